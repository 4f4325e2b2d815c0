//! Boards for people: stones as characters, and pictures in SVG.
//!
//! A picture has a ground and colours of its own, so it reads the same on a light page and on a
//! dark one, and it refers to nothing outside itself. Nothing here knows a rule. Invariant: only
//! whole numbers are drawn with, so a picture is the same text on every machine.

use std::fmt::Write;

use nets_core::Seat;

use crate::duel::Outcome;

/// A stone on a board, and whether it is one of those that won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stone {
    pub(crate) seat: Seat,
    pub(crate) has_won: bool,
}

impl Stone {
    /// The stone on the cell with the number `cell`, where a bit of the `stones` of each seat says
    /// so; `winning` are those that won.
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

/// A board of `columns` by `rows` square cells as text, with the names of both.
pub(crate) fn text_grid(columns: u8, rows: u8, symbol: impl Fn(u8) -> char) -> String {
    let mut text = String::from(" ");
    (0..columns).for_each(|column| text.extend([' ', ' ', ' ', column_name(column)]));
    text.push('\n');
    for row in 0..rows {
        // Writing to a String cannot fail.
        let _ = write!(text, "{} ", row + 1);
        for column in 0..columns {
            text.extend(['│', ' ', symbol(row * columns + column), ' ']);
        }
        text.push_str("│\n");
    }
    text
}

/// The letter of a column.
pub(crate) fn column_name(column: u8) -> char {
    char::from(b'a' + column)
}

/// The ground of every picture.
const GROUND: &str = "#f6f4ef";
/// What is written, and the edge of what is drawn.
const INK: &str = "#2b2b2b";
/// The stones of each seat.
const SEATS: [&str; 2] = ["#2b2b2b", "#ffffff"];
/// What marks the stones that won.
const MARK: &str = "#d64541";
/// The side of a square cell; pictures have no unit.
const SQUARE: u32 = 40;
/// The room around a board, for the names of rows and columns.
const MARGIN: u32 = 30;

/// A picture being drawn; later things lie on earlier ones.
#[derive(Debug)]
pub(crate) struct Drawing {
    width: u32,
    height: u32,
    elements: String,
}

impl Drawing {
    /// An empty picture of this size, and room for its caption below.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height: height + MARGIN, elements: String::new() }
    }

    /// A board of square cells with the names of columns and rows.
    pub(crate) fn of_squares(columns: u8, rows: u8, colour: &str) -> Self {
        let (across, down) = (u32::from(columns) * SQUARE, u32::from(rows) * SQUARE);
        let mut drawing = Self::new(across + 2 * MARGIN, down + 2 * MARGIN);
        for cell in 0..columns * rows {
            let (x, y) = (u32::from(cell % columns) * SQUARE, u32::from(cell / columns) * SQUARE);
            drawing.element(format_args!(
                r#"<rect x="{}" y="{}" width="{SQUARE}" height="{SQUARE}" fill="{colour}" stroke="{INK}"/>"#,
                x + MARGIN,
                y + MARGIN,
            ));
        }
        for column in 0..columns {
            let x = MARGIN + u32::from(column) * SQUARE + SQUARE / 2;
            drawing.text(x, MARGIN - 10, column_name(column));
        }
        for row in 0..rows {
            let y = MARGIN + u32::from(row) * SQUARE + SQUARE / 2;
            drawing.text(MARGIN / 2, y + 5, row + 1);
        }
        drawing
    }

    /// A stone in the middle of a square cell of a board with so many columns.
    pub(crate) fn stone_on_square(&mut self, cell: u8, columns: u8, stone: Stone) {
        let middle = |number: u8| MARGIN + u32::from(number) * SQUARE + SQUARE / 2;
        self.stone(middle(cell % columns), middle(cell / columns), stone);
    }

    /// A dot in the middle of a square cell of a board with so many columns.
    pub(crate) fn dot_on_square(&mut self, cell: u8, columns: u8) {
        let middle = |number: u8| MARGIN + u32::from(number) * SQUARE + SQUARE / 2;
        self.circle(middle(cell % columns), middle(cell / columns), 3, INK);
    }

    /// A stone around a point.
    pub(crate) fn stone(&mut self, x: u32, y: u32, stone: Stone) {
        self.circle(x, y, 15, SEATS[stone.seat.index() & 1]);
        if stone.has_won {
            self.circle(x, y, 5, MARK);
        }
    }

    fn circle(&mut self, x: u32, y: u32, radius: u32, colour: &str) {
        self.element(format_args!(
            r#"<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" stroke="{INK}"/>"#
        ));
    }

    /// A closed area between points.
    pub(crate) fn polygon(&mut self, points: &[(u32, u32)], colour: &str) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let points = points.join(" ");
        self.element(format_args!(
            r#"<polygon points="{points}" fill="{colour}" stroke="{INK}"/>"#
        ));
    }

    /// A bar in the colour of a seat's stones, from point to point.
    pub(crate) fn bar(&mut self, from: (u32, u32), to: (u32, u32), seat: Seat) {
        let ((x1, y1), (x2, y2)) = (from, to);
        for (width, colour) in [(10, INK), (8, SEATS[seat.index() & 1])] {
            self.element(format_args!(
                r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>"#
            ));
        }
    }

    /// Words around a point.
    pub(crate) fn text(&mut self, x: u32, y: u32, text: impl std::fmt::Display) {
        self.element(format_args!(
            r#"<text x="{x}" y="{y}" text-anchor="middle" fill="{INK}">{text}</text>"#
        ));
    }

    /// The picture with its caption.
    pub(crate) fn finish(mut self, caption: &str) -> String {
        self.text(self.width / 2, self.height - MARGIN / 2, caption);
        let Self { width, height, elements } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             font-family=\"sans-serif\" font-size=\"14\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{GROUND}\"/>\n{elements}</svg>\n"
        )
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.elements, "{element}");
    }
}
