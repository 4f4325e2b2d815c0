//! Positions as people see them: as text, and as SVG.
//!
//! White is at the bottom. In text, pieces are the letters of FEN. Invariant: a picture says
//! nothing that is not in the state's bytes.

use alloc::format;
use alloc::string::{String, ToString};

use cozy_chess::{Piece, Square};

use super::fen::LETTERS;
use super::position::Position;
use crate::drawing::Drawing;

/// Width and height of a square.
const SQUARE: i32 = 20;

/// Where the board begins, from the left and from the top.
const MARGIN: i32 = 14;

/// A line through each row of squares, from its first dark one; the dashes are the dark squares.
const DARK_SQUARES: &str =
    "M20 10h140M0 30h160M20 50h140M0 70h160M20 90h140M0 110h160M20 130h140M0 150h160";

/// The outline of each piece around the middle of its square.
const OUTLINES: [&str; Piece::NUM] = [
    "M-3-4a3 3 0 1 1 6 0l-1.5 2 2.5 7h2v2h-12v-2h2l2.5-7z",
    "M-5 7.5h11c0-7 0-12-6-14l-1-2-1.5 2.5c-3 1.5-5 5-5 7l1.5 1.5 4-2c0 2-3 3-3 7z",
    "M0-9l2 2c3 2 4 5 2 8l-1 2 1 1 2 1.5v2h-12v-2l2-1.5 1-1-1-2c-2-3-1-6 2-8z",
    "M-6-7h3v2h1.5v-2h3v2h1.5v-2h3v5l-2 1.5v5l2 1.5v1.5h-12v-1.5l2-1.5v-5l-2-1.5z",
    "M-8-6l4 5 1-7 3 6 3-6 1 7 4-5-2 10v3.5h-12v-3.5z",
    "M-1-9h2v2h2v2h-2v2c2-2 7-2 7 1 0 2-2 4-3 6v3.5h-10v-3.5c-1-2-3-4-3-6 0-3 5-3 7-1v-2h-2v-2h2z",
];

/// The position as text, with `caption` below.
pub(super) fn text(position: &Position, caption: &str) -> String {
    let mut picture = String::new();
    for (index, row) in position.placement().chunks(8).enumerate().rev() {
        picture.push_str(&format!("{} ", index + 1));
        for &code in row {
            picture.extend([' ', char::from(LETTERS[usize::from(code & 15)])]);
        }
        picture.push('\n');
    }
    picture + "   a b c d e f g h\n" + caption + "\n"
}

/// The position as SVG, with `caption` below.
pub(super) fn svg(position: &Position, caption: &str) -> String {
    let size = 8 * SQUARE;
    let mut drawing = Drawing::new((size + 2 * MARGIN, size + 44), caption);
    drawing.rect("light-squares", (MARGIN, 4), (size, size));
    drawing.path("dark-squares", DARK_SQUARES, (MARGIN, 4));
    for square in position.board.checkers() {
        drawing.circle("ring", middle_of(square), SQUARE / 2 - 1);
    }
    for (square, &code) in Square::ALL.into_iter().zip(&position.placement()) {
        if let Some(outline) = usize::from(code & 7).checked_sub(1).and_then(|i| OUTLINES.get(i)) {
            let class = if code & 8 == 0 { "white-piece" } else { "black-piece" };
            drawing.path(class, outline, middle_of(square));
        }
    }
    for index in 0..8 {
        let along = |from: i32| from + SQUARE / 2 + SQUARE * index;
        drawing.text("ink", (along(MARGIN), size + 16), &"abcdefgh"[index as usize..][..1]);
        drawing.text("ink", (MARGIN / 2, 4 + along(4)), &(8 - index).to_string());
    }
    drawing.text("ink", (MARGIN + size / 2, size + 36), caption);
    drawing.finish()
}

fn middle_of(square: Square) -> (i32, i32) {
    let (file, rank) = (square.file() as i32, square.rank() as i32);
    (MARGIN + SQUARE / 2 + SQUARE * file, 4 + SQUARE / 2 + SQUARE * (7 - rank))
}
