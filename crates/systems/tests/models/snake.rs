//! Snake as a queue of coordinates.

use std::collections::VecDeque;

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, State, Status};
use proptest::prelude::*;

use crate::pilots;

const MOVES: [(i32, i32); 4] = [(0, -1), (1, 0), (0, 1), (-1, 0)];

struct Model {
    size: (i32, i32),
    step_limit: u64,
    chance: Chance,
    /// From tail to head.
    body: VecDeque<(i32, i32)>,
    apple: Option<(i32, i32)>,
    eaten: u32,
    step: u64,
    status: u8,
}

impl Model {
    fn new(size: (i32, i32), step_limit: u64, chance: Chance) -> Self {
        let body = VecDeque::from([(size.0 / 2, size.1 / 2)]);
        let (apple, eaten, step, status) = (None, 0, 0, 0);
        let mut model = Self { size, step_limit, chance, body, apple, eaten, step, status };
        model.draw_apple();
        model
    }

    fn draw_apple(&mut self) {
        let rows = 0..self.size.1;
        let cells = rows.flat_map(|y| (0..self.size.0).map(move |x| (x, y)));
        let free: Vec<_> = cells.filter(|cell| !self.body.contains(cell)).collect();
        let rank = self.chance.draw(self.eaten, free.len() as u64);
        self.apple = Some(free[rank as usize]);
    }

    fn target(&self, action: usize) -> (i32, i32) {
        let (x, y) = self.body[self.body.len() - 1];
        (x + MOVES[action].0, y + MOVES[action].1)
    }

    fn would_die(&self, action: usize) -> bool {
        let (x, y) = self.target(action);
        let outside = x < 0 || y < 0 || x >= self.size.0 || y >= self.size.1;
        outside || self.body.iter().skip(1).any(|&cell| cell == (x, y))
    }

    fn move_head(&mut self, action: usize) {
        self.step += 1;
        if self.would_die(action) {
            self.status = 1;
            return;
        }
        let target = self.target(action);
        self.body.push_back(target);
        if self.apple == Some(target) {
            self.eaten += 1;
            if self.body.len() as i32 == self.size.0 * self.size.1 {
                self.status = 2;
                self.apple = None;
                return;
            }
            self.draw_apple();
        } else {
            self.body.pop_front();
        }
        if self.step == self.step_limit {
            self.status = 3;
        }
    }

    fn cell(&self, (x, y): (i32, i32)) -> u16 {
        (y * self.size.0 + x) as u16
    }

    fn bytes(&self) -> Vec<u8> {
        let cells = (self.size.0 * self.size.1) as usize;
        let mut bytes = (self.step as u16).to_le_bytes().to_vec();
        bytes.push(self.status);
        bytes.extend((self.eaten as u16).to_le_bytes());
        bytes.push(self.cell(self.body[self.body.len() - 1]) as u8);
        bytes.push(self.cell(self.body[0]) as u8);
        bytes.extend(self.apple.map_or(0xffff, |apple| self.cell(apple)).to_le_bytes());
        let (mut occupancy, mut links) = (vec![0; cells.div_ceil(8)], vec![0; cells.div_ceil(4)]);
        for (index, &(x, y)) in self.body.iter().enumerate() {
            let cell = usize::from(self.cell((x, y)));
            occupancy[cell / 8] |= 1 << (cell % 8);
            if let Some(&(next_x, next_y)) = self.body.get(index + 1) {
                let action = MOVES.iter().position(|&step| step == (next_x - x, next_y - y));
                links[cell / 4] |= (action.unwrap() as u8) << (2 * (cell % 4));
            }
        }
        [bytes, occupancy, links].concat()
    }

    fn packed(&self) -> u64 {
        let (head_x, head_y) = self.body[self.body.len() - 1];
        let (apple_x, apple_y) = self.apple.unwrap_or((0, 0));
        let nibbles = [head_x, head_y, apple_x, apple_y, self.size.0 - 1, self.size.1 - 1];
        let mut packed = 0;
        for (index, nibble) in nibbles.into_iter().enumerate() {
            packed += (nibble as u64) << (4 * index);
        }
        for action in 0..4 {
            packed += u64::from(self.would_die(action)) << (24 + action);
        }
        packed + ((self.body.len() as u64) << 32) + ((self.step_limit - self.step) << 48)
    }

    fn expected_status(&self) -> Status {
        match self.status {
            0 => Status::Acting(SeatSet::only(Seat(0))),
            3 => Status::Terminal(Ending::StepLimit),
            _ => Status::Terminal(Ending::Finished),
        }
    }

    fn agrees_with(&self, state: &dyn State) -> Result<(), TestCaseError> {
        prop_assert_eq!(state.bytes(), self.bytes());
        prop_assert_eq!(state.packed_observation(Seat(0)), self.packed());
        prop_assert_eq!(state.status(), self.expected_status());
        let length = self.body.len() as i64;
        prop_assert_eq!(state.scores(), [10 * i64::from(self.eaten) + length]);
        let draws = self.eaten + u32::from(self.status != 2);
        prop_assert_eq!(state.chance_event_count(), draws);
        Ok(())
    }
}

proptest! {
    /// Mostly led by a pilot, so that long snakes are reached, and now and then by chance.
    #[test]
    fn snake_is_what_its_model_says(
        (width, height) in (2i32..=16, 2i32..=16),
        step_limit in 1u64..400,
        seed in any::<[u8; 32]>(),
        circles in any::<bool>(),
        choices in prop::collection::vec(0usize..60, 400),
    ) {
        let given =
            [("width", width as u64), ("height", height as u64), ("step-limit", step_limit)];
        let system = crate::system("snake", &given);
        let chance = Chance::from_seed(&Seed(seed));
        let mut state = system.start(chance);
        let mut model = Model::new((width, height), step_limit, chance);
        for choice in choices {
            model.agrees_with(&*state)?;
            if model.status != 0 {
                break;
            }
            let action = match choice {
                0..=3 if !model.would_die(choice) || step_limit % 5 == 0 => Action(choice as u64),
                _ if circles => pilots::circling_snake(&*state, Seat(0)),
                _ => pilots::greedy_snake(&*state, Seat(0)),
            };
            model.move_head(action.0 as usize);
            state.step(&[action]).unwrap();
        }
        model.agrees_with(&*state)?;
    }

    #[test]
    fn snake_on_small_boards_fills_them_as_its_model_says(
        width in 2i32..=6,
        height in prop::sample::select(vec![2i32, 4, 6]),
        seed in any::<[u8; 32]>(),
    ) {
        let given = [("width", width as u64), ("height", height as u64), ("step-limit", 2_000)];
        let system = crate::system("snake", &given);
        let chance = Chance::from_seed(&Seed(seed));
        let mut state = system.start(chance);
        let mut model = Model::new((width, height), 2_000, chance);
        while model.status == 0 {
            model.agrees_with(&*state)?;
            let action = pilots::circling_snake(&*state, Seat(0));
            model.move_head(action.0 as usize);
            state.step(&[action]).unwrap();
        }
        prop_assert_eq!(model.status, 2);
        model.agrees_with(&*state)?;
    }
}
