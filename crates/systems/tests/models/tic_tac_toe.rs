//! Tic-tac-toe as a list of nine cells.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

#[derive(Default)]
struct Model {
    cells: [Option<usize>; 9],
    moves: usize,
    status: u8,
}

impl Model {
    fn has_three(&self, seat: usize) -> bool {
        let own = |column: usize, row: usize| self.cells[3 * row + column] == Some(seat);
        (0..3).any(|row| (0..3).all(|column| own(column, row)))
            || (0..3).any(|column| (0..3).all(|row| own(column, row)))
            || (0..3).all(|k| own(k, k))
            || (0..3).all(|k| own(k, 2 - k))
    }

    fn is_legal(&self, cell: usize) -> bool {
        self.status == 0 && self.cells[cell].is_none()
    }

    fn put(&mut self, cell: usize) {
        let seat = self.moves % 2;
        self.cells[cell] = Some(seat);
        self.moves += 1;
        if self.has_three(seat) {
            self.status = 1 + seat as u8;
        } else if self.moves == 9 {
            self.status = 3;
        }
    }

    /// One bit for each cell that has this content.
    fn set(&self, content: Option<usize>) -> u64 {
        (0..9).filter(|&cell| self.cells[cell] == content).map(|cell| 1 << cell).sum()
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.status];
        bytes.extend((self.set(Some(0)) as u16).to_le_bytes());
        bytes.extend((self.set(Some(1)) as u16).to_le_bytes());
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        self.set(Some(seat)) + (self.set(Some(1 - seat)) << 9) + (self.set(None) << 18)
    }

    fn expected_status(&self) -> Status {
        match self.status {
            0 => Status::Acting(SeatSet::only(Seat((self.moves % 2) as u8))),
            _ => Status::Terminal(Ending::Finished),
        }
    }
}

proptest! {
    #[test]
    fn tic_tac_toe_is_what_its_model_says(choices in prop::collection::vec(0usize..9, 9)) {
        let system = crate::system("tic-tac-toe", &[]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model::default();
        // A choice that is not legal stands for the next cell that is.
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            prop_assert_eq!(state.status(), model.expected_status());
            for seat in 0..2 {
                prop_assert_eq!(state.packed_observation(Seat(seat as u8)), model.packed(seat));
                for cell in 0..9 {
                    let legal = state.is_legal(Seat(seat as u8), Action(cell as u64));
                    prop_assert_eq!(legal, model.moves % 2 == seat && model.is_legal(cell));
                }
            }
            let Some(cell) = (0..9).map(|k| (choice + k) % 9).find(|&cell| model.is_legal(cell))
            else { break };
            model.put(cell);
            state.step(&[Action(cell as u64)]).unwrap();
        }
        prop_assert_eq!(state.bytes(), model.bytes());
        prop_assert_eq!(state.status(), model.expected_status());
        let expected = [[1, 1], [2, 0], [0, 2], [1, 1]][usize::from(model.status)];
        prop_assert_eq!(state.scores(), expected);
    }
}
