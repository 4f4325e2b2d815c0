//! Hex as lists of stones, searched for a chain from stone to stone.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

/// Column and row.
type Cell = (usize, usize);

struct Model {
    size: usize,
    stones: [Vec<Cell>; 2],
    winner: Option<usize>,
}

fn touch(one: Cell, other: Cell) -> bool {
    let right = other.0 as i32 - one.0 as i32;
    let down = other.1 as i32 - one.1 as i32;
    matches!((right, down), (1, 0) | (-1, 0) | (0, 1) | (0, -1) | (1, -1) | (-1, 1))
}

impl Model {
    fn to_move(&self) -> usize {
        (self.stones[0].len() + self.stones[1].len()) % 2
    }

    /// How far a cell is from the first edge of a seat.
    fn depth(seat: usize, cell: Cell) -> usize {
        if seat == 0 { cell.1 } else { cell.0 }
    }

    fn has_connected(&self, seat: usize) -> bool {
        let mut rest = self.stones[seat].clone();
        let is_first = |cell: &Cell| Self::depth(seat, *cell) == 0;
        let mut found: Vec<Cell> = rest.iter().copied().filter(is_first).collect();
        rest.retain(|cell| !is_first(cell));
        let mut next = 0;
        while next < found.len() {
            let from = found[next];
            found.extend(rest.iter().copied().filter(|cell| touch(from, *cell)));
            rest.retain(|cell| !touch(from, *cell));
            next += 1;
        }
        found.into_iter().any(|cell| Self::depth(seat, cell) == self.size - 1)
    }

    fn is_free(&self, cell: Cell) -> bool {
        !self.stones.iter().any(|stones| stones.contains(&cell))
    }

    fn cell(&self, action: usize) -> Cell {
        (action % self.size, action / self.size)
    }

    fn put(&mut self, action: usize) {
        let seat = self.to_move();
        let cell = self.cell(action);
        self.stones[seat].push(cell);
        if self.has_connected(seat) {
            self.winner = Some(seat);
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.winner.map_or(0, |seat| 1 + seat as u8)];
        for stones in &self.stones {
            let mut set = vec![0; (self.size * self.size).div_ceil(8)];
            for (column, row) in stones {
                let cell = row * self.size + column;
                set[cell / 8] |= 1 << (cell % 8);
            }
            bytes.extend(set);
        }
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        let mut packed = (self.size as u64) << 55;
        for line in 0..11 {
            let cell = |k: usize| if seat == 0 { (k, line) } else { (line, k) };
            let is_there = line < self.size;
            // From the middle outwards, the lower side first.
            let middle = self.size / 2;
            let outwards = (0..self.size).flat_map(|d| [middle.checked_sub(d), Some(middle + d)]);
            let mut inside = outwards.flatten().filter(|k| *k < self.size);
            let nearest = inside.find(|k| is_there && self.is_free(cell(*k)));
            packed |= nearest.unwrap_or(15) as u64 * (1 << (4 * line));
            let own = (0..self.size).any(|k| self.stones[seat].contains(&cell(k)));
            packed |= u64::from(own) << (44 + line);
        }
        packed
    }

    fn expected_status(&self) -> Status {
        match self.winner {
            None => Status::Acting(SeatSet::only(Seat(self.to_move() as u8))),
            Some(_) => Status::Terminal(Ending::Finished),
        }
    }
}

proptest! {
    #[test]
    fn hex_is_what_its_model_says(
        size in 3usize..=11,
        choices in prop::collection::vec(0usize..121, 121),
    ) {
        let system = crate::system("hex", &[("size", size as u64)]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model { size, stones: [vec![], vec![]], winner: None };
        let cells = size * size;
        // A choice that is not legal stands for the next cell that is.
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            prop_assert_eq!(state.status(), model.expected_status());
            for seat in 0..2 {
                prop_assert_eq!(state.packed_observation(Seat(seat as u8)), model.packed(seat));
                for action in 0..cells {
                    let legal = state.is_legal(Seat(seat as u8), Action(action as u64));
                    let is_free = model.is_free(model.cell(action));
                    let expected = model.winner.is_none() && model.to_move() == seat && is_free;
                    prop_assert_eq!(legal, expected);
                }
            }
            if model.winner.is_some() {
                break;
            }
            let is_free = |action: &usize| model.is_free(model.cell(*action));
            let action = (0..cells).map(|k| (choice + k) % cells).find(is_free).unwrap();
            model.put(action);
            state.step(&[Action(action as u64)]).unwrap();
        }
        let expected = [2, 0].map(|score| if model.winner == Some(0) { score } else { 2 - score });
        prop_assert_eq!(state.scores(), expected);
    }
}
