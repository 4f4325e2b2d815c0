//! The snake arena as lists of coordinates.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, State, Status};
use proptest::prelude::*;

use crate::pilots;

type Place = (i32, i32);

const MOVES: [Place; 4] = [(0, -1), (1, 0), (0, 1), (-1, 0)];

#[derive(Clone)]
struct Snake {
    /// From the end of the tail to the head; kept as it was when the snake died.
    cells: Vec<Place>,
    grows: u32,
    died: Option<u64>,
}

struct Model {
    size: Place,
    limit: u64,
    chance: Chance,
    step: u64,
    put: u32,
    apples: Vec<Place>,
    snakes: Vec<Snake>,
}

impl Model {
    fn new(size: Place, snakes: usize, limit: u64, chance: Chance) -> Self {
        let (right, bottom) = (size.0 - 2, size.1 - 2);
        let corners = [(1, 1), (right, bottom), (right, 1), (1, bottom)];
        let snake = |&place: &Place| Snake { cells: vec![place], grows: 2, died: None };
        let snakes = corners[..snakes].iter().map(snake).collect();
        let mut model = Self { size, limit, chance, step: 0, put: 0, apples: Vec::new(), snakes };
        model.put_apples();
        model
    }

    fn board(&self) -> Vec<Place> {
        (0..self.size.1).flat_map(|y| (0..self.size.0).map(move |x| (x, y))).collect()
    }

    fn living(&self) -> Vec<usize> {
        (0..self.snakes.len()).filter(|&seat| self.snakes[seat].died.is_none()).collect()
    }

    fn lies_at(&self, place: Place) -> bool {
        self.living().iter().any(|&seat| self.snakes[seat].cells.contains(&place))
    }

    fn put_apples(&mut self) {
        while self.apples.len() < self.snakes.len() {
            let is_free = |place: &Place| !self.apples.contains(place) && !self.lies_at(*place);
            let free: Vec<_> = self.board().into_iter().filter(is_free).collect();
            if free.is_empty() {
                return;
            }
            let rank = self.chance.draw(self.put, free.len() as u64);
            self.apples.push(free[rank as usize]);
            self.put += 1;
        }
    }

    fn target(&self, seat: usize, action: usize) -> Place {
        let (x, y) = self.snakes[seat].cells[self.snakes[seat].cells.len() - 1];
        (x + MOVES[action].0, y + MOVES[action].1)
    }

    fn is_outside(&self, (x, y): Place) -> bool {
        x < 0 || y < 0 || x >= self.size.0 || y >= self.size.1
    }

    fn step(&mut self, actions: &[usize]) {
        self.step += 1;
        let living = self.living();
        for (&seat, &action) in living.iter().zip(actions) {
            let target = self.target(seat, action);
            let eats = self.apples.contains(&target);
            let snake = &mut self.snakes[seat];
            snake.cells.push(target);
            snake.grows += u32::from(eats);
            if snake.grows > 0 {
                snake.grows -= 1;
            } else {
                snake.cells.remove(0);
            }
        }
        let heads = |seat: usize| self.snakes[seat].cells[self.snakes[seat].cells.len() - 1];
        let dies = |&&seat: &&usize| {
            let head = heads(seat);
            let bitten = |&other: &usize| {
                let cells = &self.snakes[other].cells;
                cells[..cells.len() - 1].contains(&head)
            };
            let met = |&other: &usize| {
                let lengths = [other, seat].map(|seat| self.snakes[seat].cells.len());
                other != seat && heads(other) == head && lengths[0] >= lengths[1]
            };
            self.is_outside(head) || living.iter().any(bitten) || living.iter().any(met)
        };
        let dead: Vec<usize> = living.iter().filter(dies).copied().collect();
        let eaten: Vec<Place> = living.iter().map(|&seat| heads(seat)).collect();
        self.apples.retain(|apple| !eaten.contains(apple));
        for seat in dead {
            self.snakes[seat].died = Some(self.step);
        }
        self.put_apples();
    }

    fn status(&self) -> Status {
        let living = self.living();
        match living.len() {
            0 | 1 => Status::Terminal(Ending::Finished),
            _ if self.step == self.limit => Status::Terminal(Ending::StepLimit),
            _ => Status::Acting(SeatSet(living.iter().fold(0, |set, seat| set | 1 << seat))),
        }
    }

    fn scores(&self) -> Vec<i64> {
        let worth = |seat: usize| {
            let snake = &self.snakes[seat];
            (snake.died.unwrap_or(u64::MAX), snake.cells.len())
        };
        let seats = 0..self.snakes.len();
        let score = |own: usize| {
            let points = seats.clone().filter(|&other| other != own).map(|other| {
                1 + i64::from(worth(own) > worth(other)) - i64::from(worth(own) < worth(other))
            });
            points.sum()
        };
        seats.clone().map(score).collect()
    }

    fn number(&self, (x, y): Place) -> usize {
        (y * self.size.0 + x) as usize
    }

    fn bytes(&self) -> Vec<u8> {
        let mut apples = vec![0u8; ((self.size.0 * self.size.1) as usize).div_ceil(8)];
        for &apple in &self.apples {
            apples[self.number(apple) / 8] |= 1 << (self.number(apple) % 8);
        }
        let mut bytes = (self.step as u16).to_le_bytes().to_vec();
        bytes.extend((self.put as u16).to_le_bytes());
        bytes.extend(apples);
        for snake in &self.snakes {
            bytes.extend((snake.died.unwrap_or(0) as u16).to_le_bytes());
            bytes.extend((snake.cells.len() as u16).to_le_bytes());
            if snake.died.is_some() {
                bytes.push(0);
            } else {
                bytes.push(snake.grows as u8);
                bytes.extend(snake.cells.iter().map(|&place| self.number(place) as u8));
            }
        }
        bytes
    }

    fn packed(&self, seat: usize) -> u64 {
        let own = &self.snakes[seat];
        if own.died.is_some() {
            return 0;
        }
        let (x, y) = own.cells[own.cells.len() - 1];
        let mut apples = self.apples.clone();
        apples
            .sort_by_key(|&place| ((place.0 - x).abs() + (place.1 - y).abs(), self.number(place)));
        let (apple_x, apple_y) = apples.first().copied().unwrap_or((0, 0));
        let others: Vec<_> = self.living().into_iter().filter(|&other| other != seat).collect();
        let longest = others.iter().map(|&other| self.snakes[other].cells.len()).max().unwrap_or(0);
        let nibbles = [x, y, apple_x, apple_y, self.size.0 - 1, self.size.1 - 1];
        let mut packed = 0u64;
        for (index, nibble) in nibbles.into_iter().enumerate() {
            packed += (nibble as u64) << (4 * index);
        }
        for action in 0..4 {
            let target = self.target(seat, action);
            let stays = |&other: &usize| {
                let snake = &self.snakes[other];
                let leaving = usize::from(snake.grows == 0);
                snake.cells[leaving..].contains(&target)
            };
            let is_deadly = self.is_outside(target) || self.living().iter().any(stays);
            packed += u64::from(is_deadly) << (24 + action);
            let reaches = |&other: &usize| {
                let cells = &self.snakes[other].cells;
                let (other_x, other_y) = cells[cells.len() - 1];
                let distance = (other_x - target.0).abs() + (other_y - target.1).abs();
                distance == 1 && cells.len() >= own.cells.len()
            };
            let is_contested = !self.is_outside(target) && others.iter().any(reaches);
            packed += u64::from(is_contested) << (28 + action);
        }
        packed
            + ((own.cells.len() as u64) << 32)
            + ((longest as u64) << 41)
            + ((self.limit - self.step) << 50)
    }

    fn agrees_with(&self, state: &dyn State) -> Result<(), TestCaseError> {
        prop_assert_eq!(state.bytes(), self.bytes(), "{}", state.picture());
        prop_assert_eq!(state.status(), self.status());
        prop_assert_eq!(state.scores(), self.scores());
        prop_assert_eq!(state.chance_event_count(), self.put);
        for seat in 0..self.snakes.len() {
            prop_assert_eq!(state.packed_observation(Seat(seat as u8)), self.packed(seat));
        }
        Ok(())
    }
}

proptest! {
    /// Mostly led by wary pilots, so that snakes grow long, and now and then by chance.
    #[test]
    fn the_snake_arena_is_what_its_model_says(
        (width, height) in (5i32..=16, 5i32..=16),
        snakes in 2usize..=4,
        limit in 1u64..300,
        seed in any::<[u8; 32]>(),
        daring in 1usize..40,
        choices in prop::collection::vec(any::<[usize; 4]>(), 300),
    ) {
        let given = [
            ("width", width as u64),
            ("height", height as u64),
            ("snakes", snakes as u64),
            ("step-limit", limit),
        ];
        let system = crate::system("snake-arena", &given);
        prop_assert_eq!(usize::from(system.seat_count()), snakes);
        let chance = Chance::from_seed(&Seed(seed));
        let mut state = system.start(chance);
        let mut model = Model::new((width, height), snakes, limit, chance);
        for choice in choices {
            model.agrees_with(&*state)?;
            let Status::Acting(acting) = state.status() else { break };
            let action = |seat: Seat| match choice[seat.index()] % (4 * daring) {
                action @ 0..=3 => Action(action as u64),
                _ => pilots::wary_snake(&*state, seat),
            };
            let actions: Vec<Action> = acting.iter().map(action).collect();
            let numbers: Vec<usize> = actions.iter().map(|action| action.0 as usize).collect();
            model.step(&numbers);
            state.step(&actions).unwrap();
        }
        model.agrees_with(&*state)?;
    }
}
