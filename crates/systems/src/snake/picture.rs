//! The drawings of a state of Snake: a framed board and a line of numbers below it.
//!
//! In a terminal, a cell is two characters wide, so that the board looks square. The head is `@` (`X` once dead),
//! the body a pipe, the apple `◆`, a free cell `·`.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use crate::drawing::Drawing;

use super::state::{Life, Moment};
use crate::cells::Cell;

const UP: u8 = 0;
const RIGHT: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 3;

/// Draws the board.
pub(super) fn draw(moment: &Moment) -> String {
    let width = usize::from(moment.dimensions.width);
    let frame = "─".repeat(2 * width + 1);
    let symbols = symbols(moment);
    let mut picture = format!("┌{frame}┐\n");
    for row in symbols.chunks(width) {
        picture.push_str("│ ");
        for &(symbol, filler) in row {
            picture.extend([symbol, filler]);
        }
        picture.push_str("│\n");
    }
    picture + &format!("└{frame}┘\n{}\n", caption(moment))
}

fn caption(moment: &Moment) -> String {
    let ending = match moment.life {
        Life::Running => "",
        Life::Dead => " · dead",
        Life::Won => " · won: the board is full",
        Life::StepLimit => " · the steps are used up",
    };
    format!(
        "  step {} of {} · length {} · score {}{ending}",
        moment.step,
        moment.dimensions.step_limit,
        moment.eaten + 1,
        moment.score()
    )
}

/// For each cell its symbol and what fills the gap to its right.
fn symbols(moment: &Moment) -> Vec<(char, char)> {
    let mut symbols = vec![('·', ' '); usize::from(moment.dimensions.cells())];
    if let Some(apple) = moment.apple {
        symbols[usize::from(apple)].0 = '◆';
    }
    let mut came_from = None;
    let mut cell = moment.tail;
    // The loop is as long as the snake, so it ends even if the links went in a circle.
    for _ in 0..moment.eaten {
        let direction = moment.links.get(cell);
        let to_the_right = direction == RIGHT || came_from == Some(RIGHT);
        place(&mut symbols, cell, pipe(came_from, direction), to_the_right);
        let Some(next) = moment.neighbour(cell, direction) else { break };
        came_from = Some((direction + 2) % 4);
        cell = next;
    }
    let head = if moment.life == Life::Dead { 'X' } else { '@' };
    place(&mut symbols, moment.head, head, came_from == Some(RIGHT));
    symbols
}

fn place(symbols: &mut [(char, char)], cell: Cell, symbol: char, to_the_right: bool) {
    if let Some(place) = symbols.get_mut(usize::from(cell)) {
        *place = (symbol, if to_the_right { '━' } else { ' ' });
    }
}

/// The piece of body that comes from one side and leads to another; a tail comes from none.
fn pipe(from: Option<u8>, to: u8) -> char {
    match (from, to) {
        (None, UP) => '╹',
        (None, RIGHT) => '╺',
        (None, DOWN) => '╻',
        (None, _) => '╸',
        (Some(UP), DOWN) | (Some(DOWN), UP) => '┃',
        (Some(RIGHT), LEFT) | (Some(LEFT), RIGHT) => '━',
        (Some(UP), RIGHT) | (Some(RIGHT), UP) => '┗',
        (Some(UP), LEFT) | (Some(LEFT), UP) => '┛',
        (Some(DOWN), RIGHT) | (Some(RIGHT), DOWN) => '┏',
        _ => '┓',
    }
}

/// The side of a cell in the SVG picture.
const SIDE: i32 = 20;
/// What is around the board there.
const MARGIN: i32 = 6;

/// Draws the board as SVG: the body is one line from the tail to the head.
pub(super) fn draw_svg(moment: &Moment) -> String {
    let (width, height) = (i32::from(moment.dimensions.width), i32::from(moment.dimensions.height));
    let caption = caption(moment);
    let size = (SIDE * width, SIDE * height);
    // The line below a narrow board is wider than the board.
    let whole = ((size.0 + 2 * MARGIN).max(7 * caption.chars().count() as i32), size.1 + 32);
    let left = (whole.0 - size.0) / 2;
    let mut drawing = Drawing::new(whole, caption.trim());
    drawing.rect("panel", (left, MARGIN), size);
    let columns = (1..width).map(|x| format!("M{} 0v{}", SIDE * x, size.1));
    let rows = (1..height).map(|y| format!("M0 {}h{}", SIDE * y, size.0));
    drawing.path("line", &columns.chain(rows).collect::<String>(), (left, MARGIN));
    let centre = |cell: Cell| {
        let (x, y) = moment.position(cell);
        let middle = |place: u8| SIDE * i32::from(place) + SIDE / 2;
        (left + middle(x), MARGIN + middle(y))
    };
    if let Some(apple) = moment.apple {
        drawing.circle("accent", centre(apple), 6);
    }
    let mut line = String::new();
    for cell in moment.body_from_tail() {
        let (x, y) = centre(cell);
        let letter = if line.is_empty() { 'M' } else { 'L' };
        line.push_str(&format!("{letter}{x} {y}"));
    }
    drawing.path("first stroke", &line, (0, 0));
    drawing.circle(if moment.life == Life::Dead { "ink" } else { "first" }, centre(moment.head), 9);
    drawing.circle("ground", centre(moment.head), 3);
    drawing.text("ink", (whole.0 / 2, size.1 + 24), caption.trim());
    drawing.finish()
}
