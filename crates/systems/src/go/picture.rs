//! Pictures of a board of Go: stones on the crossings of lines, a1 in the lower left corner.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::Seat;

use crate::board_picture::Stone;
use crate::drawing::{Drawing, Pair};
use crate::duel::Outcome;

use super::column_name;
use super::match_state::Match;

/// Between two lines, in units of the picture.
const CELL: i32 = 22;

/// From the border of the picture to the first line.
const MARGIN: i32 = 34;

/// The stone on a cell.
fn stone(state: &Match, cell: u16) -> Option<Stone> {
    let content = state.board.content(state.board.point(cell));
    content.seat().map(Stone::of)
}

/// How the match stands.
fn caption(state: &Match) -> String {
    let [first, second] = state.board.area();
    let komi = state.rules.komi;
    let half = if komi.is_multiple_of(2) { "" } else { ".5" };
    let count = format!("{first} : {second} + {}{half}", komi / 2);
    let passed = state.history.action_before(0) == Some(state.rules.pass());
    let before = if passed { "pass, " } else { "" };
    match (state.outcome, state.mover()) {
        (Outcome::Running, Seat(0)) => format!("{before}● seat 0 to move"),
        (Outcome::Running, _) => format!("{before}○ seat 1 to move"),
        (Outcome::FirstWon, _) => format!("● seat 0 won, {count}"),
        (Outcome::SecondWon, _) => format!("○ seat 1 won, {count}"),
        (Outcome::Draw, _) => format!("a draw, {count}"),
    }
}

/// The board as text.
pub(super) fn text(state: &Match) -> String {
    let size = u16::from(state.rules.size);
    let mut text = String::new();
    for row in (0..size).rev() {
        text.push_str(&format!("{:>2}", row + 1));
        for column in 0..size {
            let stone = stone(state, row * size + column);
            text.extend([' ', stone.map_or('·', Stone::symbol)]);
        }
        text.push('\n');
    }
    text.push_str("  ");
    (0..state.rules.size).for_each(|column| text.extend([' ', column_name(column)]));
    text + "\n" + &caption(state) + "\n"
}

/// Lines of the board on which handicap stones are put by custom, counted from the edge.
fn star_lines(size: u8) -> Vec<u8> {
    let first = if size >= 12 { 3 } else { 2 };
    match size {
        0..7 => vec![],
        _ if size.is_multiple_of(2) || size < 9 => vec![first, size - 1 - first],
        _ => vec![first, size / 2, size - 1 - first],
    }
}

/// The board as SVG.
pub(super) fn svg(state: &Match) -> String {
    let (size, caption) = (state.rules.size, caption(state));
    let reach = CELL * (i32::from(size) - 1);
    // The caption of a small board is longer than the board.
    let width = (reach + 2 * MARGIN).max(230);
    let left = (width - reach) / 2;
    let at = |column: u8, row: u8| -> Pair {
        (left + CELL * i32::from(column), MARGIN + reach - CELL * i32::from(row))
    };
    let mut drawing = Drawing::new((width, reach + 2 * MARGIN + 14), &caption);
    let corner = (left - CELL / 2, MARGIN - CELL / 2);
    drawing.rect("panel", corner, (reach + CELL, reach + CELL));
    for line in 0..size {
        drawing.path("line", &format!("M0 0H{reach}"), at(0, line));
        drawing.path("line", &format!("M0 0V{reach}"), at(line, size - 1));
        let (x, y) = at(line, 0);
        drawing.text("ink", (x, y + 26), &column_name(line).to_string());
        let (x, y) = at(0, line);
        drawing.text("ink", (x - 22, y + 4), &(line + 1).to_string());
    }
    for row in star_lines(size) {
        for column in star_lines(size) {
            drawing.circle("ink", at(column, row), 2);
        }
    }
    for row in 0..size {
        for column in 0..size {
            let cell = u16::from(row) * u16::from(size) + u16::from(column);
            if let Some(stone) = stone(state, cell) {
                stone.draw(&mut drawing, at(column, row), 9);
            }
            if state.history.action_before(0) == Some(cell) {
                drawing.circle("ring", at(column, row), 4);
            }
        }
    }
    drawing.text("ink", (width / 2, reach + 2 * MARGIN + 4), &caption);
    drawing.finish()
}
