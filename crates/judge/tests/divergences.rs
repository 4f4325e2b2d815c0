//! Whole other matches: from some step on a seat does something else, and all that follows fits.

use nets_core::{Action, Seat, SeatSet, State, Status, Termination, TraceBuilder};
use nets_judge::{False, Verdict};
use proptest::prelude::*;

use crate::stage::{Random, Stage, Told, random_steps, shipped_agents, systems};

/// So many steps a match goes on after it has parted from the true one.
const STEPS_AFTER: usize = 6;

/// The leaves of the match in which the seat takes another action at a step, and everybody legal ones
/// afterwards; none where the seat has no choice there.
fn diverged(
    stage: &Stage,
    told: &Told,
    at: usize,
    seat: Seat,
    random: &mut Random,
) -> Option<Vec<Vec<u8>>> {
    let information = stage.system.descriptor().information;
    let mut trace = TraceBuilder::new(stage.system.step_count_max());
    let mut state = stage.start();
    let mut step = |state: &mut Box<dyn State>, acting: SeatSet, actions: &[Action]| {
        trace.begin_step(state.as_ref(), acting, information);
        trace.end_step(actions);
        state.step(actions).unwrap();
    };
    for leaf in &told.steps[..at] {
        step(&mut state, leaf.acting, &leaf.actions);
    }
    let Status::Acting(acting) = state.status() else { return None };
    let (index, _) = acting.iter().enumerate().find(|(_, it)| *it == seat)?;
    let true_actions = told.steps.get(at).map(|leaf| leaf.actions.clone());
    let mut actions: Vec<_> = match &true_actions {
        Some(actions) => actions.clone(),
        None => acting.iter().map(|it| *random.pick(&state.legal_actions(it))).collect(),
    };
    let mut others = state.legal_actions(seat);
    others.retain(|action| true_actions.as_ref().is_none_or(|it| it[index] != *action));
    if others.is_empty() {
        return None;
    }
    actions[index] = *random.pick(&others);
    step(&mut state, acting, &actions);
    for _ in 0..STEPS_AFTER {
        let Status::Acting(acting) = state.status() else { break };
        let actions: Vec<_> =
            acting.iter().map(|it| *random.pick(&state.legal_actions(it))).collect();
        step(&mut state, acting, &actions);
    }
    let (termination, scores) = match state.status() {
        Status::Terminal(ending) => (ending.into(), state.scores()),
        Status::Acting(acting) => {
            (Termination::Forfeit(acting), stage.system.forfeit_scores(acting))
        }
    };
    let fuel_used = vec![1_000; usize::from(stage.seat_count())];
    let trace = trace.finish(stage.spec.id(), state.as_ref(), termination, &scores, &fuel_used);
    let steps = trace.steps().collect();
    Some(Told { steps, end: trace.end().clone() }.leaves())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_match_in_which_a_seat_did_something_else_is_found(choice: u64) {
        let mut random = Random(choice);
        let systems: Vec<_> = systems().collect();
        let system = random.pick(&systems).clone();
        let seed = random.next() as u8;
        let count = 1 + random.next() as usize % 12;
        let steps = random_steps(system.as_ref(), seed, &mut random, count);
        let stage = Stage::scripted(system, seed, &steps);
        let told = Told::of(&stage.play());
        for seat in 0..stage.seat_count() {
            let at = random.next() as usize % (told.steps.len() + 1);
            let Some(leaves) = diverged(&stage, &told, at, Seat(seat), &mut random) else { continue };
            // Where the match had ended by a fault of the seat, the fault is what is denied.
            let reason = if at == told.steps.len() { False::FaultDenied } else { False::Action };
            prop_assert_eq!(stage.verdict(&leaves, seat), Verdict::False(reason));
        }
    }
}

#[test]
fn a_network_that_is_said_to_have_moved_otherwise_is_found() {
    let system = nets_systems::build("connect-four", &Default::default()).unwrap();
    let agents = shipped_agents("connect-four");
    let module = |name: &str| agents.iter().find(|(it, _)| it.contains(name)).unwrap().1.clone();
    let stage = Stage::new(system, 5, vec![module("neural"), module("random")]);
    let told = Told::of(&stage.play());
    assert!(told.steps.len() > 6, "{} steps", told.steps.len());
    for at in (0..told.steps.len()).step_by(2) {
        let leaves = diverged(&stage, &told, at, Seat(0), &mut Random(at as u64));
        let Some(leaves) = leaves else { continue };
        assert_eq!(stage.verdict(&leaves, 0), Verdict::False(False::Action), "step {at}");
        // The trace says nothing false about the other until it is asked something else.
        assert_ne!(stage.verdict(&leaves, 1), Verdict::False(False::State), "step {at}");
    }
}
