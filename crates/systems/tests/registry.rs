//! The registry: names, versions and parameters that exist, and messages for those that do not.

use std::collections::BTreeMap;

use nets_core::{ParameterError, SystemId};
use nets_systems::{BuildError, all, build, build_canonical};

fn id(name: &str, version: u16) -> SystemId {
    SystemId { name: name.to_owned(), version }
}

#[test]
fn every_system_is_built_by_name_and_again_from_its_id_and_bytes() {
    for descriptor in all() {
        let by_name = build(descriptor.name, &BTreeMap::new()).unwrap();
        let bytes = by_name.parameters().encode();
        let by_id = build_canonical(&by_name.id(), &bytes).unwrap();
        assert_eq!(by_id.id(), id(descriptor.name, descriptor.version));
        assert_eq!(by_id.parameters(), by_name.parameters());
    }
}

#[test]
fn names_and_versions_are_unique() {
    let mut ids: Vec<_> = all().iter().map(|d| (d.name, d.version)).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all().len());
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_one() {
    let message = |name| build(name, &BTreeMap::new()).unwrap_err().to_string();
    let names: Vec<_> = all().iter().map(|descriptor| descriptor.name).collect();
    let known = names.join(", ");
    assert_eq!(
        message("snek"),
        format!("no System \"snek\"; did you mean \"snake\"?; there are: {known}")
    );
    assert!(
        message("connect4").starts_with("no System \"connect4\"; did you mean \"connect-four\"")
    );
    let unlike = "nothing-at-all-like-it";
    assert_eq!(message(unlike), format!("no System {unlike:?}; there are: {known}"));
}

#[test]
fn an_unknown_version_is_an_error_with_expected_and_got() {
    let error = build_canonical(&id("snake", 7), &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "System snake has version 1, got 7; another release of nets may have it"
    );
    assert!(matches!(
        build_canonical(&id("Snake", 1), &[]),
        Err(BuildError::UnknownName { suggestion: Some("snake"), .. })
    ));
}

#[test]
fn parameters_out_of_range_or_of_the_wrong_length_are_refused() {
    let wide = BTreeMap::from([("width".to_owned(), 17)]);
    let error = build("snake", &wide).unwrap_err();
    assert_eq!(error.to_string(), "System snake: parameter width is 17, expected 2 to 16");
    for bytes in [&[][..], &[0; 23], &[3; 25]] {
        let error = build_canonical(&id("snake", 1), bytes).unwrap_err();
        let BuildError::Parameters { name: "snake", source } = error else { panic!("{error}") };
        assert!(matches!(source, ParameterError::Encoding(_)), "{source}");
    }
    assert!(build_canonical(&id("connect-four", 1), &[0]).is_err());
}

#[test]
fn parameters_beyond_what_a_state_holds_are_refused() {
    for (name, parameter) in [
        ("snake", "step-limit"),
        ("rps", "throws"),
        ("kuhn-poker", "hands"),
        ("leduc-poker", "hands"),
    ] {
        for value in [0, 10_001, 65_536, u64::MAX] {
            let given = BTreeMap::from([(parameter.to_owned(), value)]);
            assert!(build(name, &given).is_err(), "{name} {parameter} {value}");
        }
    }
}

#[test]
fn a_mask_has_a_place_for_each_action_and_marks_the_legal_ones() {
    let chance = nets_core::Chance::from_seed(&nets_core::Seed::default());
    for descriptor in all() {
        let system = crate::system(descriptor.name, &[]);
        let state = system.start(chance);
        for seat in [nets_core::Seat(0), nets_core::Seat(1)] {
            let mask = system.legal_mask(&*state, seat);
            assert_eq!(mask.len() as u64, system.action_count(), "{}", descriptor.name);
            let marked = mask.iter().enumerate().filter(|(_, is_legal)| **is_legal);
            let legal: Vec<_> = marked.map(|(it, _)| nets_core::Action(it as u64)).collect();
            assert_eq!(legal, state.legal_actions(seat), "{}", descriptor.name);
        }
    }
}

#[test]
fn actions_are_read_by_name() {
    let snake = crate::system("snake", &[]);
    assert_eq!(snake.action_by_name("left"), Some(nets_core::Action(3)));
    assert_eq!(snake.action_by_name("3"), Some(nets_core::Action(3)));
    let stones = crate::system("connect-four", &[]);
    assert_eq!(stones.action_by_name("4"), Some(nets_core::Action(3)));
    assert_eq!(stones.action_by_name("0"), None);
    assert_eq!(stones.action_name(nets_core::Action(7)), "#7");
    let discs = crate::system("othello", &[]);
    assert_eq!(discs.action_by_name("d3"), Some(nets_core::Action(19)));
    assert_eq!(discs.action_name(nets_core::Action(64)), "pass");
    let hexagons = crate::system("hex", &[("size", 5)]);
    assert_eq!(hexagons.action_by_name("b3"), Some(nets_core::Action(11)));
    assert_eq!(hexagons.action_by_name("f1"), None);
}
