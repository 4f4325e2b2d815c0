//! Pictures of boards: stones as characters and as circles, on square cells.
//!
//! Nothing here knows a rule. Invariant: the text and the SVG picture of a board show the same
//! stones.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use nets_core::Seat;

use crate::drawing::{Drawing, Pair};
use crate::duel::Outcome;

/// A stone on a board, and whether it is one of those that won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stone {
    seat: Seat,
    has_won: bool,
}

impl Stone {
    /// A stone of `seat` that has not won.
    pub(crate) fn of(seat: Seat) -> Self {
        Self { seat, has_won: false }
    }

    /// The stone on the cell with the number `cell`, where a bit of the `stones` of a seat says so;
    /// `winning` are those that won.
    pub(crate) fn on(cell: u8, stones: [u128; 2], winning: [u128; 2]) -> Option<Self> {
        let is_in = |set: u128| set >> cell & 1 == 1;
        let seat = stones.into_iter().position(is_in)?;
        Some(Self { seat: Seat(seat as u8), has_won: is_in(winning[seat]) })
    }

    /// The stone as a character.
    pub(crate) fn symbol(self) -> char {
        match (self.seat, self.has_won) {
            (Seat(0), false) => '●',
            (Seat(0), true) => '◆',
            (_, false) => '○',
            (_, true) => '◇',
        }
    }

    /// Draws the stone around `centre`.
    pub(crate) fn draw(self, drawing: &mut Drawing, centre: Pair, radius: i32) {
        let class = if self.seat == Seat(0) { "first" } else { "second" };
        drawing.circle(class, centre, radius);
        if self.has_won {
            drawing.circle("ring", centre, radius);
        }
    }
}

/// How a match of putting stones stands, after `stone_count` of them.
pub(crate) fn caption(outcome: Outcome, to_move: Seat, stone_count: u32) -> String {
    match outcome {
        Outcome::Running if to_move == Seat(0) => "● seat 0 to move".to_owned(),
        Outcome::Running => "○ seat 1 to move".to_owned(),
        Outcome::FirstWon => format!("◆ seat 0 won with stone {stone_count}"),
        Outcome::SecondWon => format!("◇ seat 1 won with stone {stone_count}"),
        Outcome::Draw => "a draw: the board is full".to_owned(),
    }
}

/// The letter of a column.
pub(crate) fn column_name(column: u8) -> char {
    char::from(b'a' + column)
}

/// A board of `side` by `side` square cells as text.
pub(crate) fn text(side: u8, symbol: impl Fn(u8) -> char) -> String {
    let mut text = String::from(" ");
    (0..side).for_each(|column| text.extend([' ', ' ', ' ', column_name(column)]));
    text.push('\n');
    for row in 0..side {
        text.push_str(&format!("{} ", row + 1));
        for column in 0..side {
            text.extend(['│', ' ', symbol(row * side + column), ' ']);
        }
        text.push_str("│\n");
    }
    text
}

/// A board of `side` by `side` square cells as SVG; a cell with neither stone nor dot is free.
pub(crate) fn svg(
    side: u8,
    caption: &str,
    stone: impl Fn(u8) -> Option<Stone>,
    has_dot: impl Fn(u8) -> bool,
) -> String {
    const CELL: i32 = 22;
    const EDGE: i32 = 20;
    let length = i32::from(side) * CELL;
    // The caption of a small board is longer than the board.
    let width = (length + 2 * EDGE).max(190);
    let left = (width - length) / 2;
    let mut drawing = Drawing::new((width, length + 2 * EDGE + 12), caption);
    drawing.rect("panel", (left, EDGE), (length, length));
    for cell in 0..side * side {
        let (column, row) = (i32::from(cell % side), i32::from(cell / side));
        let corner = (left + column * CELL, EDGE + row * CELL);
        let centre = (corner.0 + CELL / 2, corner.1 + CELL / 2);
        drawing.rect("line", corner, (CELL, CELL));
        match stone(cell) {
            Some(stone) => stone.draw(&mut drawing, centre, 9),
            None if has_dot(cell) => drawing.circle("accent", centre, 3),
            None => {}
        }
    }
    for k in 0..side {
        let middle = i32::from(k) * CELL + CELL / 2;
        drawing.text("ink", (left + middle, EDGE - 6), &column_name(k).to_string());
        drawing.text("ink", (left - 10, EDGE + middle + 4), &(k + 1).to_string());
    }
    drawing.text("ink", (width / 2, length + EDGE + 20), caption);
    drawing.finish()
}
