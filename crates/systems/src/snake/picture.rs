//! The drawing of a state of Snake for a terminal: a framed board and a line of numbers below it.
//!
//! A cell is two characters wide, so that the board looks square. The head is `@` (`X` once dead),
//! the body a pipe, the apple `◆`, a free cell `·`.

use super::cells::Cell;
use super::state::{Life, Moment};

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
