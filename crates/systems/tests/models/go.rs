//! Go as a list of positions, each a map of stones, with every group searched for anew.

use std::collections::{BTreeMap, BTreeSet};

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

/// Row and column.
type Cell = (i32, i32);

/// The seat of each stone.
type Position = BTreeMap<Cell, usize>;

struct Model {
    size: i32,
    komi: u64,
    ply_limit: usize,
    /// All positions so far, the start first.
    positions: Vec<Position>,
    actions: Vec<usize>,
}

impl Model {
    fn pass(&self) -> usize {
        (self.size * self.size) as usize
    }

    fn to_move(&self) -> usize {
        self.actions.len() % 2
    }

    fn now(&self) -> &Position {
        self.positions.last().unwrap()
    }

    fn cell(&self, action: usize) -> Cell {
        (action as i32 / self.size, action as i32 % self.size)
    }

    fn neighbours(&self, (row, column): Cell) -> Vec<Cell> {
        let all = [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)];
        let inside = 0..self.size;
        all.into_iter().filter(|(r, c)| inside.contains(r) && inside.contains(c)).collect()
    }

    /// The cells that are reached from `first` over cells with the same on them, and what is on the
    /// cells around them.
    fn region(&self, position: &Position, first: Cell) -> (BTreeSet<Cell>, Vec<Option<usize>>) {
        let (mut inside, mut around) = (BTreeSet::from([first]), Vec::new());
        let mut open = vec![first];
        while let Some(cell) = open.pop() {
            for neighbour in self.neighbours(cell) {
                if position.get(&neighbour) != position.get(&first) {
                    around.push(position.get(&neighbour).copied());
                } else if inside.insert(neighbour) {
                    open.push(neighbour);
                }
            }
        }
        (inside, around)
    }

    /// The position after a stone of `seat`, if it is legal but for what was there before.
    fn after(&self, seat: usize, cell: Cell) -> Option<Position> {
        let mut position = self.now().clone();
        if position.insert(cell, seat).is_some() {
            return None;
        }
        for neighbour in self.neighbours(cell) {
            if position.get(&neighbour) == Some(&(1 - seat)) {
                let (group, around) = self.region(&position, neighbour);
                if !around.contains(&None) {
                    position.retain(|cell, _| !group.contains(cell));
                }
            }
        }
        let (_, around) = self.region(&position, cell);
        around.contains(&None).then_some(position)
    }

    fn is_over(&self) -> bool {
        self.both_passed() || self.actions.len() == self.ply_limit
    }

    fn both_passed(&self) -> bool {
        self.actions.ends_with(&[self.pass(), self.pass()])
    }

    fn is_legal(&self, seat: usize, action: usize) -> bool {
        if self.is_over() || seat != self.to_move() {
            return false;
        }
        action == self.pass()
            || self
                .after(seat, self.cell(action))
                .is_some_and(|position| !self.positions.contains(&position))
    }

    fn play(&mut self, action: usize) {
        let position = if action == self.pass() {
            self.now().clone()
        } else {
            self.after(self.to_move(), self.cell(action)).unwrap()
        };
        self.positions.push(position);
        self.actions.push(action);
    }

    fn area(&self, seat: usize) -> u64 {
        let owns = |cell: Cell| match self.now().get(&cell) {
            Some(&owner) => owner == seat,
            None => {
                let (_, around) = self.region(self.now(), cell);
                around.contains(&Some(seat)) && !around.contains(&Some(1 - seat))
            }
        };
        (0..self.pass()).filter(|&action| owns(self.cell(action))).count() as u64
    }

    fn scores(&self) -> [i64; 2] {
        if !self.is_over() {
            return [1, 1];
        }
        let difference = (2 * self.area(0)).cmp(&(2 * self.area(1) + self.komi)) as i64;
        [1 + difference, 1 - difference]
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = (self.actions.len() as u16).to_le_bytes().to_vec();
        bytes.push(match (self.is_over(), self.scores()) {
            (false, _) => 0,
            (true, [2, _]) => 1,
            (true, [0, _]) => 2,
            _ => 3,
        });
        for seat in 0..2 {
            let mut set = vec![0; self.pass().div_ceil(8)];
            for (&(row, column), _) in self.now().iter().filter(|(_, owner)| **owner == seat) {
                let cell = (row * self.size + column) as usize;
                set[cell / 8] |= 1 << (cell % 8);
            }
            bytes.extend(set);
        }
        for &action in &self.actions {
            let bytes_of = (action as u16).to_le_bytes();
            bytes.extend(if self.size > 15 { &bytes_of[..] } else { &bytes_of[..1] });
        }
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        let legal: Vec<_> = (0..self.pass()).filter(|&point| self.is_legal(seat, point)).collect();
        let count = |position: &Position| position.values().filter(|&&owner| owner != seat).count();
        let taken = |action: usize| {
            count(self.now()) - count(&self.after(seat, self.cell(action)).unwrap())
        };
        let most = legal.iter().map(|&action| taken(action)).max().filter(|&most| most > 0);
        let best = most.and_then(|most| legal.iter().find(|&&action| taken(action) == most));
        let is_plain = |action: &&usize| {
            let neighbours = self.neighbours(self.cell(**action));
            neighbours.iter().any(|cell| self.now().get(cell) != Some(&seat))
        };
        let plain: Vec<_> = legal.iter().filter(is_plain).copied().collect();
        let last = self.actions.last().copied();
        let [best, one, two, last] = [
            best.copied(),
            plain.get(plain.len() / 3).copied(),
            plain.get(plain.len() * 2 / 3).copied(),
            last,
        ]
        .map(|action| action.unwrap_or(511) as u64);
        let left = (self.ply_limit - self.actions.len()) as u64;
        best | one << 9
            | two << 18
            | last << 27
            | (self.size as u64) << 36
            | left << 41
            | self.komi << 52
    }

    fn expected_status(&self) -> Status {
        match (self.is_over(), self.both_passed()) {
            (false, _) => Status::Acting(SeatSet::only(Seat(self.to_move() as u8))),
            (true, true) => Status::Terminal(Ending::Finished),
            (true, false) => Status::Terminal(Ending::StepLimit),
        }
    }
}

/// Plays both to the end: a choice is the number of a legal stone, or one time in 64 a pass; says how
/// many stones were not legal only because of what was there before.
fn compare(size: u64, komi: u64, choices: &[usize]) -> Result<usize, TestCaseError> {
    let given = [("size", size), ("komi", komi), ("ply-limit", choices.len() as u64)];
    let system = crate::system("go", &given);
    let mut state = system.start(Chance::from_seed(&Seed::default()));
    let mut model = Model {
        size: size as i32,
        komi,
        ply_limit: choices.len(),
        positions: vec![Position::new()],
        actions: vec![],
    };
    let count = model.pass() + 1;
    let mut repeats = 0;
    for choice in choices {
        prop_assert_eq!(state.bytes(), model.bytes());
        prop_assert_eq!(state.status(), model.expected_status());
        for seat in 0..2 {
            let (place, packed) = (Seat(seat as u8), model.packed(seat));
            prop_assert_eq!(state.packed_observation(place), packed, "{}", state.picture());
            let legal: Vec<_> = state.legal_actions(place).iter().map(|a| a.0 as usize).collect();
            let expected: Vec<_> = (0..count).filter(|&a| model.is_legal(seat, a)).collect();
            prop_assert_eq!(&legal, &expected, "{}", state.picture());
            if model.to_move() == seat && !model.is_over() {
                let cells = (0..model.pass()).map(|action| model.cell(action));
                let possible = cells.filter(|&cell| model.after(seat, cell).is_some()).count();
                repeats += possible + 1 - expected.len();
            }
        }
        if model.is_over() {
            break;
        }
        let seat = model.to_move();
        let stones: Vec<_> = (0..model.pass()).filter(|&a| model.is_legal(seat, a)).collect();
        let passes = choice % 64 == 0 || stones.is_empty();
        let action = if passes { model.pass() } else { stones[choice % stones.len()] };
        model.play(action);
        state.step(&[Action(action as u64)]).unwrap();
    }
    prop_assert_eq!(state.bytes(), model.bytes());
    prop_assert_eq!(state.status(), model.expected_status());
    prop_assert_eq!(state.scores(), model.scores());
    Ok(repeats)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn go_is_what_its_model_says(
        size in 5u64..=9,
        komi in 0u64..=16,
        choices in prop::collection::vec(any::<usize>(), 1..170),
    ) {
        compare(size, komi, &choices)?;
    }
}

#[test]
fn go_on_a_board_of_more_than_255_points_is_what_its_model_says() {
    let choices: Vec<_> = (0..40).map(|k| k * 7_919 % 257).collect();
    compare(16, 15, &choices).unwrap();
}

#[test]
fn positions_come_up_that_may_not_be_made_again() {
    let repeats = (1..=8).map(|first: usize| {
        let wander = |number: &usize| Some(number * 75 % 65_537);
        let choices: Vec<_> = std::iter::successors(Some(first), wander).take(200).collect();
        compare(5, 15, &choices).unwrap()
    });
    let repeats: usize = repeats.sum();
    assert!(repeats > 5, "{repeats}");
}
