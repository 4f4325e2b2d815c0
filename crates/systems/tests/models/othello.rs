//! Othello as a grid that is walked over cell by cell.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

const PASS: usize = 64;

struct Model {
    /// By row, then by column.
    grid: [[Option<usize>; 8]; 8],
    to_move: usize,
    is_over: bool,
}

impl Model {
    fn new() -> Self {
        let mut grid = [[None; 8]; 8];
        (grid[3][3], grid[3][4]) = (Some(1), Some(0));
        (grid[4][3], grid[4][4]) = (Some(0), Some(1));
        Self { grid, to_move: 0, is_over: false }
    }

    fn at(&self, row: i32, column: i32) -> Option<usize> {
        let row = self.grid.get(usize::try_from(row).ok()?)?;
        row.get(usize::try_from(column).ok()?).copied().flatten()
    }

    /// The cells of the discs that one of `seat` on this cell turns.
    fn turned(&self, seat: usize, cell: usize) -> Vec<(usize, usize)> {
        let (row, column) = ((cell / 8) as i32, (cell % 8) as i32);
        let mut all = Vec::new();
        for (down, right) in (-1..=1).flat_map(|down| (-1..=1).map(move |right| (down, right))) {
            let mut line = Vec::new();
            let (mut row, mut column) = (row + down, column + right);
            while self.at(row, column) == Some(1 - seat) {
                line.push((row as usize, column as usize));
                (row, column) = (row + down, column + right);
            }
            if self.at(row, column) == Some(seat) {
                all.extend(line);
            }
        }
        all
    }

    fn placements(&self, seat: usize) -> Vec<usize> {
        let is_free = |cell: &usize| self.grid[cell / 8][cell % 8].is_none();
        let turns = |cell: &usize| !self.turned(seat, *cell).is_empty();
        (0..64).filter(is_free).filter(turns).collect()
    }

    fn legal(&self, seat: usize) -> Vec<usize> {
        if self.is_over || seat != self.to_move {
            return Vec::new();
        }
        let placements = self.placements(seat);
        if placements.is_empty() { vec![PASS] } else { placements }
    }

    fn act(&mut self, action: usize) {
        let seat = self.to_move;
        if action != PASS {
            for (row, column) in self.turned(seat, action) {
                self.grid[row][column] = Some(seat);
            }
            self.grid[action / 8][action % 8] = Some(seat);
        }
        self.is_over = self.placements(0).is_empty() && self.placements(1).is_empty();
        self.to_move = if self.is_over { 0 } else { 1 - seat };
    }

    fn count(&self, seat: usize) -> usize {
        self.grid.iter().flatten().filter(|disc| **disc == Some(seat)).count()
    }

    fn status_byte(&self) -> u8 {
        match (self.is_over, self.count(0), self.count(1)) {
            (false, ..) => 0,
            (true, first, second) if first > second => 1,
            (true, first, second) if first < second => 2,
            _ => 3,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.status_byte(), self.to_move as u8];
        for seat in 0..2 {
            for row in &self.grid {
                let bit = |column: usize| u8::from(row[column] == Some(seat)) << column;
                bytes.push((0..8).map(bit).sum());
            }
        }
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        self.placements(seat).into_iter().map(|cell| 1u64 << cell).sum()
    }

    fn expected_status(&self) -> Status {
        match self.is_over {
            false => Status::Acting(SeatSet::only(Seat(self.to_move as u8))),
            true => Status::Terminal(Ending::Finished),
        }
    }
}

proptest! {
    #[test]
    fn othello_is_what_its_model_says(choices in prop::collection::vec(0usize..64, 120)) {
        let system = crate::system("othello", &[]);
        let mut state = system.start(Chance::from_seed(&Seed::default()));
        let mut model = Model::new();
        for choice in choices {
            prop_assert_eq!(state.bytes(), model.bytes());
            prop_assert_eq!(state.status(), model.expected_status());
            for seat in 0..2 {
                let legal = state.legal_actions(Seat(seat as u8));
                let expected: Vec<_> =
                    model.legal(seat).into_iter().map(|action| Action(action as u64)).collect();
                prop_assert_eq!(legal, expected);
                prop_assert_eq!(state.packed_observation(Seat(seat as u8)), model.packed(seat));
            }
            let legal = model.legal(model.to_move);
            if legal.is_empty() {
                break;
            }
            let action = legal[choice % legal.len()];
            model.act(action);
            state.step(&[Action(action as u64)]).unwrap();
        }
        prop_assert!(model.is_over);
        prop_assert_eq!(state.bytes(), model.bytes());
        prop_assert_eq!(state.status(), model.expected_status());
        let expected = [[1, 1], [2, 0], [0, 2], [1, 1]][usize::from(model.status_byte())];
        prop_assert_eq!(state.scores(), expected);
    }
}
