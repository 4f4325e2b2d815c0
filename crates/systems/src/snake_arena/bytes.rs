//! The canonical bytes of a moment of the arena.
//!
//! Invariant: bytes that pass are those that the moment they give is written as.

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use nets_core::{Chance, DecodeError, Reader, RestoreError};

use super::Dimensions;
use super::state::{Moment, Snake};
use crate::cells::{Cell, CellSet};

/// More than this a snake has never yet to grow: it grows by one in each step.
const GROWTH_MAX: u8 = 2;

impl Moment {
    /// Appends the bytes.
    pub(super) fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.step.to_le_bytes());
        bytes.extend(self.drawn.to_le_bytes());
        self.apples.write(self.dimensions.apple_bytes(), bytes);
        for snake in &self.snakes {
            bytes.extend(snake.died.to_le_bytes());
            bytes.extend(snake.length.to_le_bytes());
            bytes.push(snake.growth);
            bytes.extend(&snake.body);
        }
    }

    /// The moment of canonical bytes.
    pub(super) fn decode(
        dimensions: Dimensions,
        chance: Chance,
        bytes: &[u8],
    ) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let (step, drawn) = (reader.u16("step")?, reader.u16("apples drawn")?);
        let apples = CellSet::read(reader.raw("apples", dimensions.apple_bytes())?);
        let snakes = (0..dimensions.snakes).map(|_| read_snake(&mut reader, dimensions));
        let snakes = snakes.collect::<Result<_, _>>()?;
        reader.finish()?;
        let moment = Self { dimensions, chance, step, drawn, apples, snakes };
        moment.check().map_err(RestoreError::Inconsistent)?;
        Ok(moment)
    }

    /// Refuses what contradicts itself.
    fn check(&self) -> Result<(), String> {
        let Dimensions { step_limit, snakes, .. } = self.dimensions;
        if self.step > step_limit {
            return Err(format!("step {}, expected at most {step_limit}", self.step));
        }
        for (seat, snake) in self.snakes.iter().enumerate() {
            self.check_snake(snake)
                .map_err(|reason| format!("the snake of seat {seat} {reason}"))?;
        }
        let occupied = self.occupied();
        let cells: usize = self.snakes.iter().map(|snake| snake.body.len()).sum();
        if occupied.count() as usize != cells {
            return Err("snakes lie over each other".to_owned());
        }
        let board = self.dimensions.cells();
        let is_apple = |cell: u16| self.apples.contains(cell as Cell);
        if let Some(cell) = (board..256).find(|&cell| is_apple(cell)) {
            return Err(format!("an apple at {cell}, outside the board"));
        }
        if (0..board).any(|cell| is_apple(cell) && occupied.contains(cell as Cell)) {
            return Err("an apple lies on a snake".to_owned());
        }
        let due = u32::from(snakes).min(u32::from(board) - occupied.count());
        let count = self.apples.count();
        if count != due || u32::from(self.drawn) < count {
            return Err(format!("{count} apples of {} drawn, expected {due}", self.drawn));
        }
        Ok(())
    }

    fn check_snake(&self, snake: &Snake) -> Result<(), String> {
        let Snake { died, length, growth, ref body } = *snake;
        if died > self.step {
            return Err(format!("died in step {died} of {}", self.step));
        }
        let lived = if died == 0 { self.step } else { died };
        if length == 0 || u32::from(length) > u32::from(lived) + 1 {
            return Err(format!("has length {length} after {lived} steps"));
        }
        if growth > if died == 0 { GROWTH_MAX } else { 0 } {
            return Err(format!("has yet to grow by {growth}"));
        }
        let is_path = |(&cell, &next): (&Cell, &Cell)| {
            (0..4).any(|direction| self.dimensions.neighbour(cell, direction) == Some(next))
        };
        match body.iter().zip(body.iter().skip(1)).all(is_path) {
            true => Ok(()),
            false => Err("is not in one piece".to_owned()),
        }
    }
}

fn read_snake(reader: &mut Reader<'_>, dimensions: Dimensions) -> Result<Snake, DecodeError> {
    let (died, length) = (reader.u16("step of death")?, reader.u16("length")?);
    let growth = reader.u8("growth")?;
    let cells = if died == 0 { usize::from(length) } else { 0 };
    let body: VecDeque<Cell> = reader.raw("body", cells)?.iter().copied().collect();
    match body.iter().find(|&&cell| u16::from(cell) >= dimensions.cells()) {
        Some(cell) => {
            Err(DecodeError::value("body", format!("below {}", dimensions.cells()), *cell))
        }
        None => Ok(Snake { died, length, growth, body }),
    }
}
