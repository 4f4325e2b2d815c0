//! The conformance kit: what every System must pass, whoever wrote it.
//!
//! [`check`] plays matches at random, stubbornly (always the first, the last, the same action) and
//! as given pilots do, and holds each moment of them against the [`Rule`]s. The kit knows no
//! concrete System; its own tests break a sound one in every way it claims to find. A panic of the
//! System is a violation, not a failure of the kit.

mod actions;
mod bytes;
mod damage;
mod declaration;
mod endings;
mod hidden;
mod leaks;
mod pictures;
mod recording;
mod seen_actions;
mod tensors;
mod view;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use nets_core::{Action, Seat, State, System};
use thiserror::Error;

use recording::Recorded;

/// Builds the System under test, anew at each call.
pub type Build<'a> = &'a dyn Fn() -> Arc<dyn System>;

/// A player for the System under test, so that the kit gets further than by chance. It answers
/// with a legal action of the seat.
pub type Pilot = fn(&dyn State, Seat) -> Action;

/// States, as canonical bytes, that the seat must not be able to tell from this one: they differ in
/// nothing but what is hidden from it.
pub type Twins = fn(&dyn State, Seat) -> Vec<Vec<u8>>;

/// What a System must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Descriptor, parameters, limits, action names and forfeit scores fit together.
    Declaration,
    /// Nothing panics, whatever actions, seats and bytes it is given.
    NoPanic,
    /// Every match is over within the declared number of steps, however it is played.
    Termination,
    /// Same seed and actions, same everything; and a fork goes its own way.
    Determinism,
    /// The bytes of a state are all there is to it: restored, it goes on in the same way.
    Restoring,
    /// Bytes that are no state are refused, and a state has one encoding only.
    HostileBytes,
    /// The legal actions are sorted, unique, in range and exactly those that are accepted.
    LegalActions,
    /// A step that is not legal is an error and changes nothing.
    IllegalSteps,
    /// A match that is over accepts nothing.
    TerminalStates,
    /// One score for each seat, within ±2^40 and within the forfeit scores.
    Scores,
    /// Observations keep to their size, and are the state where information is perfect.
    Observations,
    /// What a seat may do follows from its observation alone.
    SeenActions,
    /// The tensor has the shape it says and follows from the observation alone.
    Tensor,
    /// The SVG picture is well-formed, needs nothing else and runs nothing.
    Picture,
    /// Nothing an agent could see depends on a chance event that is not drawn yet.
    SeedLeak,
    /// What a seat sees does not depend on what is hidden from it.
    PrivateLeak,
}

/// A rule that a System breaks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{rule:?}: {detail}")]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// Where and how it is broken.
    pub detail: String,
}

/// All the rules that a System breaks, the first violation of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the System does not conform:")?;
        self.0.iter().try_for_each(|violation| writeln!(f, "- {violation}"))
    }
}

impl std::error::Error for Violations {}

/// How much was played for a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many matches.
    pub matches: usize,
    /// How many steps they had together.
    pub steps: usize,
}

/// What the separate checks work on.
struct Subject<'a> {
    build: Build<'a>,
    system: Arc<dyn System>,
    recorded: Vec<Recorded>,
    twins: Option<Twins>,
}

type Check = fn(&Subject<'_>) -> Result<(), Violation>;

/// Every check but termination, which is found out while recording.
const CHECKS: &[(&str, Check)] = &[
    ("declaration", declaration::check),
    ("determinism", bytes::determinism),
    ("restoring", bytes::restoring),
    ("hostile bytes", bytes::hostile_bytes),
    ("observations", bytes::observations),
    ("seen actions", seen_actions::check),
    ("tensors", tensors::check),
    ("pictures", pictures::check),
    ("legal actions", actions::legal_actions),
    ("illegal steps", actions::illegal_steps),
    ("terminal states", endings::terminal_states),
    ("scores", endings::scores),
    ("seed leak", leaks::check),
    ("private leak", hidden::check),
];

/// Plays the System under test on `seed_count` seeds for each way of playing and checks all rules.
///
/// # Errors
/// The rules it breaks.
pub fn check(build: Build<'_>, pilots: &[Pilot], seed_count: u32) -> Result<Checked, Violations> {
    check_all(build, pilots, seed_count, None)
}

/// The same of a System with private information: `twins` says what is hidden from each seat.
///
/// # Errors
/// The rules it breaks.
pub fn check_private(
    build: Build<'_>,
    pilots: &[Pilot],
    seed_count: u32,
    twins: Twins,
) -> Result<Checked, Violations> {
    check_all(build, pilots, seed_count, Some(twins))
}

fn check_all(
    build: Build<'_>,
    pilots: &[Pilot],
    seed_count: u32,
    twins: Option<Twins>,
) -> Result<Checked, Violations> {
    let mut violations = Vec::new();
    let mut subject = match guarded("building", || Ok(build())) {
        Ok(system) => Subject { build, system, recorded: Vec::new(), twins },
        Err(violation) => return Err(Violations(vec![violation])),
    };
    for (seed, style) in recording::plan(pilots, seed_count) {
        match guarded("playing", || recording::record(&*subject.system, seed, style)) {
            Ok(recorded) => subject.recorded.push(recorded),
            Err(violation) => {
                violations.push(violation);
                break;
            }
        }
    }
    for (name, check) in CHECKS {
        violations.extend(guarded(name, || check(&subject)).err());
    }
    if violations.is_empty() {
        let steps = subject.recorded.iter().map(|recorded| recorded.steps.len()).sum();
        Ok(Checked { matches: subject.recorded.len(), steps })
    } else {
        Err(Violations(violations))
    }
}

/// Runs `check`; a panic in it is a violation.
fn guarded<T>(name: &str, check: impl FnOnce() -> Result<T, Violation>) -> Result<T, Violation> {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        violation(Rule::NoPanic, format!("while checking {name}: {}", text.unwrap_or("a panic")))
    })
}

fn violation<T>(rule: Rule, detail: String) -> Result<T, Violation> {
    Err(Violation { rule, detail })
}

/// An error unless `holds`.
fn ensure(holds: bool, rule: Rule, detail: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { violation(rule, detail()) }
}
