//! How a match of poker is shown: packed, as a tensor, as text and as a picture.
//!
//! The packed observation and the tensor are made of what a seat may see, never of the whole table;
//! the text and the picture are for people who watch, and show both cards.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt::Write;

use nets_core::Seat;

use super::Game;
use super::hand::{Hand, NO_CARD, Progress, Stage};
use super::table::Table;
use crate::drawing::Drawing;

/// A card in three bits: 7 where there is none.
fn three_bits(card: u8) -> u64 {
    u64::from(card & 7)
}

/// An open card in three bits, zero in a game that has none.
fn open_bits<G: Game>(card: u8) -> u64 {
    if G::ROUNDS > 1 { three_bits(card) } else { 0 }
}

/// The betting of a second round, zero in a game that has none.
fn second_round<G: Game>(bets: u8) -> u64 {
    if G::ROUNDS > 1 { bets.into() } else { 0 }
}

/// The packed observation of `seat`, which sees `table`.
pub(super) fn packed<G: Game>(table: &Table<G>, seat: Seat) -> u64 {
    let position = table.position(seat);
    let Table { hand, last, .. } = table;
    three_bits(hand.cards[position])
        | open_bits::<G>(hand.open) << 3
        | u64::from(position == 0) << 6
        | u64::from(hand.bets[0]) << 8
        | second_round::<G>(hand.bets[1]) << 16
        | u64::from(last.bets[0]) << 24
        | second_round::<G>(last.bets[1]) << 32
        | three_bits(last.cards[1 - position]) << 40
        | three_bits(last.cards[position]) << 43
        | open_bits::<G>(last.open) << 46
        | u64::from(table.hands - table.played) << 50
}

/// How many values a tensor has.
pub(super) fn tensor_length<G: Game>() -> u32 {
    let deck = u32::from(G::DECK);
    let open = if G::ROUNDS > 1 { deck } else { 0 };
    let betting = (G::ROUNDS * G::BETS * 2) as u32;
    (2 + deck + open + betting) + 2 + (2 * deck + open + betting) + 3
}

fn push_one_hot(tensor: &mut Vec<f32>, count: usize, index: Option<usize>) {
    tensor.extend((0..count).map(|i| if Some(i) == index { 1.0 } else { 0.0 }));
}

fn push_card<G: Game>(tensor: &mut Vec<f32>, card: u8) {
    push_one_hot(tensor, G::DECK.into(), Some(card.into()));
}

fn push_betting<G: Game>(tensor: &mut Vec<f32>, hand: &Hand<G>) {
    let rounds = hand.actions().unwrap_or_default();
    for actions in &rounds[..G::ROUNDS] {
        for bet in 0..G::BETS {
            push_one_hot(tensor, 2, actions.get(bet).and_then(|&action| G::column(action)));
        }
    }
}

/// Appends the tensor of `seat`, which sees `table`.
pub(super) fn write_tensor<G: Game>(table: &Table<G>, seat: Seat, tensor: &mut Vec<f32>) {
    let position = table.position(seat);
    let Table { hand, last, .. } = table;
    push_one_hot(tensor, 2, Some(position));
    push_card::<G>(tensor, hand.cards[position]);
    if G::ROUNDS > 1 {
        push_card::<G>(tensor, hand.open);
    }
    push_betting(tensor, hand);
    let paid = hand.progress().map_or([0; 2], |progress| progress.paid);
    tensor.extend(paid.map(|chips| chips as f32));
    push_card::<G>(tensor, last.cards[1 - position]);
    push_card::<G>(tensor, last.cards[position]);
    if G::ROUNDS > 1 {
        push_card::<G>(tensor, last.open);
    }
    push_betting(tensor, last);
    let own = if seat.0 & 1 == 0 { table.chips } else { table.chips.saturating_neg() };
    tensor.extend([own as f32, f32::from(table.played), f32::from(table.hands - table.played)]);
}

fn betting<G: Game>(hand: &Hand<G>) -> String {
    let rounds = hand.actions().unwrap_or_default();
    let words = |actions: &Vec<u8>| {
        let names = actions.iter().map(|&action| G::NAMES[usize::from(action)]);
        names.collect::<Vec<_>>().join(" ")
    };
    let rounds: Vec<_> = rounds.iter().filter(|actions| !actions.is_empty()).map(words).collect();
    if rounds.is_empty() { "-".to_owned() } else { rounds.join(" / ") }
}

/// What `seat` has in front of it: its card and the chips it has put in.
fn holding<G: Game>(table: &Table<G>, seat: Seat) -> (&'static str, i32) {
    let position = table.position(seat);
    let paid = table.hand.progress().map_or([0; 2], |Progress { paid, .. }| paid);
    let paid = if table.hand.cards[position] == NO_CARD { 0 } else { paid[position] };
    (G::card_name(table.hand.cards[position]), paid)
}

/// The last hand in two lines: its cards, and how it ended.
fn last_lines<G: Game>(table: &Table<G>) -> Vec<String> {
    let Some(Progress { stage, .. }) = table.last.progress().filter(|_| table.played > 0) else {
        return vec!["no hand played".to_owned()];
    };
    let position = 1 - table.position(Seat(0));
    let cards = [position, 1 - position].map(|p| G::card_name(table.last.cards[p]));
    let end = match stage {
        Stage::Folded(_) => "a fold",
        Stage::Showdown | Stage::Acts(_) => "a showdown",
    };
    let open = table.last.open_card().map(|card| format!(", open {}", G::card_name(card)));
    vec![
        format!("last hand: {} against {}{}", cards[0], cards[1], open.unwrap_or_default()),
        format!("{}: {end}, {:+} for seat 0", betting(&table.last), table.last_won()),
    ]
}

fn turn_line<G: Game>(table: &Table<G>) -> String {
    let open = table.hand.open_card().map(|card| format!("open {}, ", G::card_name(card)));
    match table.mover() {
        Some(seat) => {
            let bets = betting(&table.hand);
            format!("{}betting {bets}; {seat} to act", open.unwrap_or_default())
        }
        None => "the match is over".to_owned(),
    }
}

/// The table as text.
pub(super) fn picture<G: Game>(table: &Table<G>) -> String {
    let mut text = String::new();
    for seat in [Seat(0), Seat(1)] {
        let (card, paid) = holding(table, seat);
        let chips = if seat.0 == 0 { table.chips } else { -table.chips };
        let begins = if table.position(seat) == 0 { ", begins" } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{seat}  {card:<2}  {paid} in the pot, {chips:+} in all{begins}");
    }
    let _ = writeln!(text, "{}", turn_line(table));
    let _ = writeln!(text, "{}", last_lines(table).join(", "));
    let _ = writeln!(text, "{} of {} hands played", table.played, table.hands);
    text
}

/// The table as an SVG picture.
pub(super) fn svg<G: Game>(table: &Table<G>) -> String {
    let mut drawing = Drawing::new((520, 236), &turn_line(table));
    for (seat, class, x) in [(Seat(0), "first", 120), (Seat(1), "second", 400)] {
        let (name, paid) = holding(table, seat);
        let chips = if seat.0 == 0 { table.chips } else { -table.chips };
        drawing.text("ink", (x, 18), &seat.to_string());
        card(&mut drawing, x, name);
        // One disc for each chip in the pot, seven in a row.
        for chip in 0..paid {
            drawing.circle(class, (x - 36 + 12 * (chip % 7), 116 + 12 * (chip / 7)), 4);
        }
        drawing.text("ink", (x, 150), &format!("{chips:+}"));
    }
    if let Some(open) = table.hand.open_card() {
        card(&mut drawing, 260, G::card_name(open));
    }
    drawing.text("ink", (260, 174), &turn_line(table));
    for (y, line) in [194, 208].into_iter().zip(last_lines(table)) {
        drawing.text("ink", (260, y), &line);
    }
    let caption = format!("{} of {} hands played", table.played, table.hands);
    drawing.text("ink", (260, 228), &caption);
    drawing.finish()
}

fn card(drawing: &mut Drawing, x: i32, name: &str) {
    drawing.rect("panel", (x - 27, 26), (54, 76));
    drawing.text("ink", (x, 68), name);
}
