//! Connect Four as columns of stones.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

#[derive(Default)]
struct Model {
    columns: [Vec<usize>; 7],
    ply: usize,
    status: u8,
}

impl Model {
    fn stone(&self, column: i32, row: i32) -> Option<usize> {
        let column = self.columns.get(usize::try_from(column).ok()?)?;
        column.get(usize::try_from(row).ok()?).copied()
    }

    fn has_four(&self, seat: usize) -> bool {
        let is_line = |column: i32, row: i32, (right, up): (i32, i32)| {
            (0..4).all(|k| self.stone(column + k * right, row + k * up) == Some(seat))
        };
        let cells = (0..7).flat_map(|column| (0..6).map(move |row| (column, row)));
        let directions = [(0, 1), (1, 0), (1, 1), (1, -1)];
        cells.into_iter().any(|(c, r)| directions.into_iter().any(|d| is_line(c, r, d)))
    }

    fn is_legal(&self, column: usize) -> bool {
        self.status == 0 && self.columns[column].len() < 6
    }

    fn drop_stone(&mut self, column: usize) {
        let seat = self.ply % 2;
        self.columns[column].push(seat);
        self.ply += 1;
        if self.has_four(seat) {
            self.status = 1 + seat as u8;
        } else if self.columns.iter().all(|column| column.len() == 6) {
            self.status = 3;
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let stones = |seat: usize| -> u64 {
            let column_bits = |(c, column): (usize, &Vec<usize>)| {
                let own = column.iter().enumerate().filter(|(_, stone)| **stone == seat);
                own.map(|(row, _)| 1u64 << (7 * c + row)).sum::<u64>()
            };
            self.columns.iter().enumerate().map(column_bits).sum()
        };
        let mut bytes = vec![self.ply as u8, self.status];
        bytes.extend(stones(0).to_le_bytes());
        bytes.extend(stones(1).to_le_bytes());
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        let mut packed = (self.ply as u64) << 49;
        for (c, column) in self.columns.iter().enumerate() {
            packed |= 1 << (7 * c + column.len());
            for (row, stone) in column.iter().enumerate() {
                packed |= u64::from(*stone == seat) << (7 * c + row);
            }
        }
        packed
    }

    fn expected_status(&self) -> Status {
        match self.status {
            0 => Status::Acting(SeatSet::only(Seat((self.ply % 2) as u8))),
            _ => Status::Terminal(Ending::Finished),
        }
    }
}

proptest! {
    #[test]
    fn connect_four_is_what_its_model_says(choices in prop::collection::vec(0usize..7, 42)) {
        let system = crate::system("connect-four", &[]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model::default();
        // A choice that is not legal stands for the next column that is.
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            prop_assert_eq!(state.status(), model.expected_status());
            let mover = Seat((model.ply % 2) as u8);
            for column in 0..7 {
                let legal = state.is_legal(mover, Action(column as u64));
                prop_assert_eq!(legal, model.is_legal(column));
            }
            for seat in 0..2 {
                let packed = state.packed_observation(Seat(seat as u8));
                prop_assert_eq!(packed, model.packed(seat));
            }
            let Some(column) = (0..7).map(|k| (choice + k) % 7).find(|&c| model.is_legal(c)) else {
                break;
            };
            model.drop_stone(column);
            state.step(&[Action(column as u64)]).unwrap();
        }
        prop_assert_eq!(state.bytes(), model.bytes());
        prop_assert_eq!(state.status(), model.expected_status());
        let expected = [[1, 1], [2, 0], [0, 2], [1, 1]][usize::from(model.status)];
        prop_assert_eq!(state.scores(), expected);
    }
}
