//! The drawings of a moment of the arena: the board with a letter for each snake, and a line below.
//!
//! The snake of seat 0 is `a` with the head `A`, that of seat 1 `b`, and so on; an apple is `◆`.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use super::state::{Moment, Snake};
use crate::cells::Cell;
use crate::drawing::Drawing;

/// The colours of the snakes, by seat.
const CLASSES: [&str; 4] = ["first", "second", "accent", "ink"];
/// The size of a cell in an SVG picture.
const SIDE: i32 = 20;

/// Draws the board as text.
pub(super) fn draw(moment: &Moment) -> String {
    let width = usize::from(moment.dimensions.width);
    let frame = "─".repeat(2 * width + 1);
    let mut symbols = vec!['·'; usize::from(moment.dimensions.cells())];
    for (cell, symbol) in symbols.iter_mut().enumerate() {
        if moment.apples.contains(cell as Cell) {
            *symbol = '◆';
        }
    }
    for (seat, snake) in moment.living() {
        for &cell in &snake.body {
            let is_head = snake.head() == Some(cell);
            let first = if is_head { b'A' } else { b'a' };
            symbols[usize::from(cell)] = char::from(first + seat.0);
        }
    }
    let mut picture = format!("┌{frame}┐\n");
    for row in symbols.chunks(width) {
        picture.push_str("│ ");
        row.iter().for_each(|&symbol| picture.extend([symbol, ' ']));
        picture.push_str("│\n");
    }
    picture + &format!("└{frame}┘\n  {}\n", caption(moment))
}

/// Draws the board as an SVG picture.
pub(super) fn draw_svg(moment: &Moment) -> String {
    let dimensions = moment.dimensions;
    let size = [dimensions.width, dimensions.height].map(|cells| i32::from(cells) * SIDE);
    let mut drawing = Drawing::new((size[0], size[1] + SIDE), &caption(moment));
    drawing.rect("panel", (0, 0), (size[0], size[1]));
    let corner = |cell: Cell| {
        let (x, y) = dimensions.position(cell);
        (i32::from(x) * SIDE, i32::from(y) * SIDE)
    };
    let centre = |cell: Cell| {
        let (x, y) = corner(cell);
        (x + SIDE / 2, y + SIDE / 2)
    };
    for cell in (0..dimensions.cells()).map(|cell| cell as Cell) {
        if moment.apples.contains(cell) {
            drawing.circle("ring", centre(cell), SIDE / 4);
        }
    }
    for (seat, snake) in moment.living() {
        let class = CLASSES[seat.index() % CLASSES.len()];
        for &cell in &snake.body {
            let (x, y) = corner(cell);
            drawing.rect(class, (x + 2, y + 2), (SIDE - 4, SIDE - 4));
        }
        if let Some(head) = snake.head() {
            drawing.circle("ground", centre(head), SIDE / 5);
        }
    }
    drawing.text("ink", (size[0] / 2, size[1] + 14), &caption(moment));
    drawing.finish()
}

fn caption(moment: &Moment) -> String {
    let told = |(letter, snake): (u8, &Snake)| match snake.died {
        0 => format!("{} {}", char::from(letter), snake.length),
        step => format!("{} dead in {step}", char::from(letter)),
    };
    let snakes: Vec<_> = (b'A'..).zip(&moment.snakes).map(told).collect();
    format!("step {} of {} · {}", moment.step, moment.dimensions.step_limit, snakes.join(" · "))
}
