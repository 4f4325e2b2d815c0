//! Hostile play: a million actions on each System, every second of them a try at something else.
//!
//! What is tried: numbers beyond the last action, numbers that a careless conversion would take for
//! a legal one, another seat's action, too few and too many actions, and going on after the end.
//! Nothing may panic, what is not legal must be refused and leave the bytes as they were, and every
//! match must end within its bound.

use std::sync::{Arc, Mutex};
use std::thread;

use nets_core::{Action, Chance, Descriptor, Seat, Seed, State, Status, StepError, System};
use nets_systems::{Blueprint, BuildError, Given};

/// Actions tried on each System.
const ACTIONS: u64 = 1_000_000;

/// Tries to go on after the end of a match.
const TRIES_AFTER_THE_END: u64 = 4;

#[test]
fn a_million_hostile_actions_on_each_system_change_nothing_they_should_not() {
    let left = Mutex::new(nets_systems::all().iter());
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(descriptor) = next() {
                    play(descriptor);
                }
            });
        }
    });
}

/// Plays matches with parameters from all over their ranges.
fn play(descriptor: &'static Descriptor) {
    let mut random = Random(0);
    let (mut actions, mut refused) = (0, 0);
    for number in 0.. {
        let mut table = Table::new(descriptor, number, &mut random);
        while table.is_going() {
            let tried = table.attempt(&mut random);
            refused += table.step(&tried);
            actions += tried.len().max(1) as u64;
            if actions >= ACTIONS {
                let share = refused * 100 / actions;
                assert!((10..=90).contains(&share), "{}: {share} % refused", table.place());
                return;
            }
        }
        for _ in 0..TRIES_AFTER_THE_END {
            let tried = vec![Action(random.below(4)); random.below(3) as usize];
            assert_eq!(table.state.step(&tried), Err(StepError::Terminal), "{}", table.place());
            table.assert_unchanged(&tried);
        }
    }
}

/// One match.
struct Table {
    system: Arc<dyn System>,
    number: u32,
    state: Box<dyn State>,
    bytes: Vec<u8>,
    steps: u32,
}

impl Table {
    fn new(descriptor: &'static Descriptor, number: u32, random: &mut Random) -> Self {
        let blueprint = loop {
            let given = descriptor.parameters.iter().map(|spec| {
                let value = match random.below(4) {
                    0 => spec.default,
                    1 => spec.min,
                    2 => spec.max,
                    _ => spec.min + random.below(spec.max - spec.min + 1),
                };
                (spec.name.to_owned(), Given::Number(value))
            });
            match Blueprint::named(descriptor.name, &given.collect()) {
                Ok(blueprint) => break blueprint,
                // Each is in its range, but not all of them may go together.
                Err(BuildError::Contradictory { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        };
        let system = blueprint.build_for_trial().unwrap();
        let seed = Seed([0x40; 32]).for_match(number);
        let state = system.start(Chance::from_seed(&seed));
        let bytes = state.bytes();
        Self { system, number, state, bytes, steps: 0 }
    }

    fn is_going(&self) -> bool {
        matches!(self.state.status(), Status::Acting(_))
    }

    /// One action for each acting seat, all legal in every second attempt.
    fn attempt(&self, random: &mut Random) -> Vec<Action> {
        let Status::Acting(acting) = self.state.status() else { return Vec::new() };
        let choose = |seat| {
            // Lists of tens of thousands take long; where all are legal, none is needed.
            let any = Action(random.below(self.system.action_count()));
            let is_legal = self.state.is_legal(seat, any);
            if is_legal { any } else { chosen(&self.state.legal_actions(seat), random) }
        };
        let mut actions: Vec<_> = acting.iter().map(choose).collect();
        if random.below(2) == 0 {
            return actions;
        }
        let place = random.below(actions.len() as u64) as usize;
        let legal = actions[place].0;
        match random.below(8) {
            0 => actions.truncate(place),
            1 => actions.push(Action(legal)),
            2 => actions[place] = Action(self.system.action_count() + random.below(3)),
            3 => actions[place] = Action(legal.wrapping_add(1 << (8 * (1 + random.below(7))))),
            4 => actions[place] = Action(random.next()),
            5 => actions[place] = Action(!legal),
            6 => {
                let seat = Seat(random.below(u64::from(self.system.seat_count()) + 1) as u8);
                actions[place] = chosen(&self.state.legal_actions(seat), random);
            }
            _ => actions[place] = Action(random.below(self.system.action_count())),
        }
        actions
    }

    /// Tries a step; 1 where it was refused, as it should be.
    fn step(&mut self, tried: &[Action]) -> u64 {
        let Status::Acting(acting) = self.state.status() else { return 0 };
        let is_legal = tried.len() == acting.count()
            && acting
                .iter()
                .zip(tried)
                .all(|(seat, action)| self.state.legal_actions(seat).contains(action));
        let result = self.state.step(tried);
        assert_eq!(result.is_ok(), is_legal, "{tried:?} gives {result:?}, {}", self.place());
        if !is_legal {
            self.assert_unchanged(tried);
            return 1;
        }
        self.bytes.clear();
        self.state.write_bytes(&mut self.bytes);
        self.steps += 1;
        let most = self.system.step_count_max();
        assert!(self.steps < most || !self.is_going(), "not over at {most}, {}", self.place());
        0
    }

    fn assert_unchanged(&self, tried: &[Action]) {
        let place = self.place();
        assert_eq!(self.state.bytes(), self.bytes, "refused {tried:?} changed them, {place}");
    }

    fn place(&self) -> String {
        let (id, parameters) = (self.system.id(), self.system.parameters().values());
        format!("{id} {parameters:?}, match {}, step {}", self.number, self.steps)
    }
}

/// One of the actions; a number that is never legal where there are none.
fn chosen(legal: &[Action], random: &mut Random) -> Action {
    let index = random.below(legal.len().max(1) as u64) as usize;
    legal.get(index).copied().unwrap_or(Action(u64::MAX))
}

/// Numbers that look random, the same for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
