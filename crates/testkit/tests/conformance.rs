//! The kit on a sound System and on the same System with each of its faults.

use std::sync::Arc;

use nets_core::{Action, Seat, State};
use nets_testkit::system_conformance::{Checked, Rule, Violations, check};

use crate::sealed_bids::{FAULTS, Fault, SealedBids};

fn run(fault: Fault) -> Result<Checked, Violations> {
    check(&|| Arc::new(SealedBids::new(fault)), &[], 4)
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
        Rule::Tensor,
        Rule::Picture,
        Rule::SeedLeak,
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
