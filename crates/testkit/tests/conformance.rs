//! The kit on a sound System and on the same System with each of its faults.

use std::sync::Arc;

use nets_core::{Action, Seat, State, System};
use nets_testkit::system_conformance::{Checked, Rule, Twins, Violations, check, check_private};

use crate::sealed_bids::{FAULTS, Fault, SealedBids, twins};

fn run(fault: Fault) -> Result<Checked, Violations> {
    check_private(&|| Arc::new(SealedBids::new(fault)), &[], 4, twins)
}

#[test]
fn a_sound_system_conforms() {
    let checked = run(Fault::None).unwrap_or_else(|violations| panic!("{violations}"));
    assert_eq!(checked.matches, 16);
    assert!(checked.steps > 60, "{checked:?}");
}

#[test]
fn every_fault_is_found_under_its_rule() {
    let mut missed = Vec::new();
    for &(fault, rule) in FAULTS {
        match run(fault) {
            Err(violations) if violations.0.iter().any(|found| found.rule == rule) => {}
            result => missed.push(format!("{fault:?}, expected {rule:?}: {result:?}")),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_rule_has_a_fault_that_breaks_it() {
    let rules = [
        Rule::Declaration,
        Rule::NoPanic,
        Rule::Termination,
        Rule::Determinism,
        Rule::Restoring,
        Rule::HostileBytes,
        Rule::LegalActions,
        Rule::IllegalSteps,
        Rule::TerminalStates,
        Rule::Scores,
        Rule::Observations,
        Rule::SeenActions,
        Rule::Tensor,
        Rule::Picture,
        Rule::SeedLeak,
        Rule::PrivateLeak,
    ];
    for rule in rules {
        assert!(FAULTS.iter().any(|(_, broken)| *broken == rule), "{rule:?}");
    }
}

#[test]
fn a_violation_says_where_and_on_which_seed() {
    let violations = run(Fault::PackedLeaksPrize).unwrap_err();
    let text = violations.to_string();
    assert!(text.contains("SeedLeak: chance event 2 shows before it is drawn"), "{text}");
    assert!(text.contains("packed observation of seat 0"), "{text}");
    assert!(text.contains("at step 0 of the match played Random(0) on seed "), "{text}");
}

#[test]
fn a_pilot_that_breaks_the_rules_is_reported() {
    let illegal = |_: &dyn State, _: Seat| Action(99);
    let result = check(&|| Arc::new(SealedBids::new(Fault::None)), &[illegal], 1);
    assert!(result.unwrap_err().to_string().contains("action 99 is not legal for seat 0"));
}

#[test]
fn twins_that_are_none_are_reported() {
    let build = || -> Arc<dyn System> { Arc::new(SealedBids::new(Fault::None)) };
    let reported = |twins: Twins| check_private(&build, &[], 1, twins).unwrap_err().to_string();
    let text = reported(|_, _| Vec::new());
    assert!(text.contains("PrivateLeak: no state has a twin for seat 0"), "{text}");
    let text = reported(|state, _| vec![state.bytes()]);
    assert!(text.contains("a twin for seat 0 is the state itself"), "{text}");
    let text = reported(|_, _| vec![vec![0xff; 10]]);
    assert!(text.contains("for seat 0 is no state"), "{text}");
}
