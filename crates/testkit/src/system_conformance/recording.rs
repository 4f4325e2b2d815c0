//! Recording: matches of the System under test, as actions that every check plays again.
//!
//! Ways of playing that a System's author did not think of matter most: always the first legal
//! action, always the last, the same as long as it is legal. The random player is seeded, so that
//! a violation can be reproduced.

use nets_core::{Action, Chance, Seat, Seed, State, Status, System};

use super::{Pilot, Rule, Subject, Violation, violation};

/// How a match is played.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    Random(u64),
    First,
    Last,
    Repeat,
    Pilot(Pilot),
}

/// One match.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) seed: Seed,
    pub(super) style: Style,
    /// The actions of each step, one for each acting seat.
    pub(super) steps: Vec<Vec<Action>>,
}

impl Recorded {
    /// What a violation says about where it is.
    pub(super) fn at(&self, step: usize) -> String {
        format!("at step {step} of the match played {:?} on seed {}", self.style, self.seed)
    }

    /// Plays the match again and hands every moment, the last included, to `visit`.
    pub(super) fn visit(
        &self,
        subject: &Subject<'_>,
        mut visit: impl FnMut(usize, &dyn State) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        let mut state = subject.system.start(Chance::from_seed(&self.seed));
        for (step, actions) in self.steps.iter().enumerate() {
            visit(step, &*state)?;
            if let Err(error) = state.step(actions) {
                let place = self.at(step);
                return violation(
                    Rule::Determinism,
                    format!("{actions:?} was legal once and is refused now: {error}, {place}"),
                );
            }
        }
        visit(self.steps.len(), &*state)
    }
}

/// Which matches are played: each style on seeds of its own.
pub(super) fn plan(pilots: &[Pilot], seed_count: u32) -> Vec<(Seed, Style)> {
    let mut plan = Vec::new();
    for index in 0..seed_count {
        let mut styles =
            vec![Style::Random(u64::from(index)), Style::First, Style::Last, Style::Repeat];
        styles.extend(pilots.iter().copied().map(Style::Pilot));
        for style in styles {
            plan.push((Seed([0x5e; 32]).for_match(plan.len() as u32), style));
        }
    }
    plan
}

/// Plays one match to its end.
pub(super) fn record(system: &dyn System, seed: Seed, style: Style) -> Result<Recorded, Violation> {
    let mut state = system.start(Chance::from_seed(&seed));
    let mut recorded = Recorded { seed, style, steps: Vec::new() };
    let mut player = Player { style, random: 0, last: None };
    while let Status::Acting(acting) = state.status() {
        let step = recorded.steps.len();
        if step >= system.step_count_max() as usize {
            let detail =
                format!("not over after {step} steps, the declared maximum, {}", recorded.at(step));
            return violation(Rule::Termination, detail);
        }
        let mut actions = Vec::new();
        for seat in acting.iter() {
            let Some(action) = player.choose(&*state, seat) else {
                let detail = format!("{seat} acts and has no legal action, {}", recorded.at(step));
                return violation(Rule::LegalActions, detail);
            };
            actions.push(action);
        }
        if actions.is_empty() {
            let detail = format!("nobody acts and the match goes on, {}", recorded.at(step));
            return violation(Rule::LegalActions, detail);
        }
        if let Err(error) = state.step(&actions) {
            let detail = format!("legal {actions:?} refused: {error}, {}", recorded.at(step));
            return violation(Rule::LegalActions, detail);
        }
        recorded.steps.push(actions);
    }
    Ok(recorded)
}

struct Player {
    style: Style,
    random: u64,
    last: Option<Action>,
}

impl Player {
    fn choose(&mut self, state: &dyn State, seat: Seat) -> Option<Action> {
        let legal = state.legal_actions(seat);
        let action = match self.style {
            Style::Random(seed) => {
                self.random += 1;
                *legal
                    .get((mixed(seed << 32 | self.random) % legal.len().max(1) as u64) as usize)?
            }
            Style::First => *legal.first()?,
            Style::Last => *legal.last()?,
            Style::Repeat => self
                .last
                .filter(|last| legal.contains(last))
                .or_else(|| legal.get(legal.len() / 2).copied())?,
            Style::Pilot(pilot) => pilot(state, seat),
        };
        self.last = Some(action);
        Some(action)
    }
}

/// A number that looks random, the same for the same `number` (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
