//! Systems on data sets: what ships, what is looked up by hash, what does not fit, and that nobody
//! sees a value before it comes to light.

use std::collections::BTreeMap;

use nets_core::{Action, Chance, Seat, Seed, Status, System, sha256};
use nets_systems::forecast::SHIPPED;
use nets_systems::{Blueprint, BuildError, Given, build_canonical};

/// A blueprint of forecast on these bytes, with short matches of small values.
fn on(csv: &[u8], given: &[(&str, u64)]) -> Result<Blueprint, BuildError> {
    let small = [("from", 2), ("count", 3), ("window", 4), ("decimals", 0), ("levels", 10)];
    let mut all: BTreeMap<String, Given> =
        small.iter().chain(given).map(|&(name, value)| (name.to_owned(), value.into())).collect();
    all.insert("data".to_owned(), Given::Text(format!("0x{}", sha256(csv))));
    Blueprint::named("forecast", &all)
}

const SERIES: &[u8] = b"year,value\n1,3\n2,1\n3,4\n4,1\n5,5\n";

fn chance() -> Chance {
    Chance::from_seed(&Seed::default())
}

#[test]
fn every_data_set_that_ships_is_played_by_its_name_with_values_that_suit_it() {
    for shipped in SHIPPED {
        let system = crate::on_data("forecast", shipped.name, &[]);
        assert_eq!(system.parameters().data(), Some(&shipped.hash()));
        let mut state = system.start(chance());
        while let Status::Acting(_) = state.status() {
            // The naive forecast of the only quantile is worth nothing.
            let naive = state.packed_observation(Seat(0)) >> 32 & 0xffff;
            state.step(&[Action(naive)]).unwrap();
        }
        assert_eq!(state.scores(), [0], "{}", shipped.name);
        let again = build_canonical(&system.id(), &system.parameters().encode()).unwrap();
        assert_eq!(again.parameters(), system.parameters());
    }
}

#[test]
fn a_data_set_that_is_not_here_is_named() {
    let blueprint = on(SERIES, &[]).unwrap();
    assert_eq!(blueprint.missing_data(), Some(&sha256(SERIES)));
    let missing = blueprint.build().unwrap_err();
    assert_eq!(
        missing.to_string(),
        format!(
            "System forecast: data set {} does not come with nets, and nobody gave it",
            sha256(SERIES)
        )
    );
    let other = [SERIES, b"\n"].concat();
    assert!(matches!(blueprint.build_on(&other), Err(BuildError::OtherData { .. })));
    let system = blueprint.build_on(SERIES).unwrap();
    assert_eq!((system.step_count_max(), system.action_count()), (3, 10));
}

#[test]
fn names_and_parameters_that_cannot_be_are_refused() {
    let text = |given: &[(&str, &str)]| {
        let given = given.iter().map(|&(n, text)| (n.to_owned(), Given::Text(text.to_owned())));
        Blueprint::named("forecast", &given.collect()).unwrap_err().to_string()
    };
    assert_eq!(
        text(&[("data", "sunpsots")]),
        "no data set \"sunpsots\"; expected a SHA-256 of 64 hex digits, or one of sunspots, co2, \
         el-nino"
    );
    assert!(text(&[("window", "wide")]).contains("window is \"wide\", expected a number"));
    let error = on(SERIES, &[("season", 3)]).unwrap_err().to_string();
    assert!(error.contains("parameter season is 3, expected at most from, 2"), "{error}");
    let other = BTreeMap::from([("data".to_owned(), Given::Text("co2".to_owned()))]);
    let error = Blueprint::named("snake", &other).unwrap_err().to_string();
    assert!(error.contains("no parameter \"data\"; this System has width, height"), "{error}");
}

#[test]
fn a_data_set_that_does_not_fit_is_refused_with_its_line() {
    let refused = |csv: &[u8], given: &[(&str, u64)]| {
        on(csv, given).unwrap().build_on(csv).unwrap_err().to_string()
    };
    let short = refused(SERIES, &[("count", 4)]);
    assert!(short.ends_with("it has 5 values, expected at least from + count, 6"), "{short}");
    let narrow = refused(SERIES, &[("levels", 5)]);
    assert!(narrow.ends_with("line 6: 5 is outside of 0 to 4"), "{narrow}");
    let gap = refused(b"v\n1\n\n3\n", &[]);
    assert!(gap.ends_with("line 3: \"\" is no decimal number, as -12.5 is"), "{gap}");
}

#[test]
fn values_below_zero_are_played() {
    let csv = b"v\n-5\n-4.5\n0\n1.5\n-0.5\n";
    let given = [("decimals", 1), ("low", 50), ("low-minus", 1), ("levels", 101)];
    let system = on(csv, &given).unwrap().build_on(csv).unwrap();
    assert_eq!(system.action_by_name("-4.5"), Some(Action(5)));
    assert_eq!(system.action_name(Action(5)), "-4.5");
    assert_eq!(system.start(chance()).packed_observation(Seat(0)) & 0xffff, 5);
}

#[test]
fn a_trial_has_the_sizes_of_the_match_and_other_values() {
    let blueprint = on(SERIES, &[("quantiles", 3)]).unwrap();
    let (real, trial) = (blueprint.build_on(SERIES).unwrap(), blueprint.build_for_trial().unwrap());
    let sizes = |system: &dyn System| {
        let counts = (system.action_count(), u64::from(system.step_count_max()));
        (counts, system.observation_bytes_max(), system.tensor_shape())
    };
    assert_eq!(sizes(&*real), sizes(&*trial));
    assert_eq!(trial.parameters().values(), real.parameters().values());
    assert_ne!(trial.parameters().data(), real.parameters().data());
}

/// Two series that are equal up to a value look equal until that value comes to light.
#[test]
fn nothing_shows_a_value_before_it_comes_to_light() {
    let other: &[u8] = b"year,value\n1,3\n2,1\n3,4\n4,9\n5,0\n";
    for quantiles in [1, 3] {
        let start = |csv: &[u8]| {
            let blueprint = on(csv, &[("quantiles", quantiles)]).unwrap();
            blueprint.build_on(csv).unwrap().start(chance())
        };
        let (mut one, mut two) = (start(SERIES), start(other));
        // The value before the last is the first that differs.
        for step in 0..2 * quantiles {
            assert_eq!(one.bytes(), two.bytes(), "step {step}");
            assert_eq!(one.observation(Seat(0)), two.observation(Seat(0)), "step {step}");
            assert_eq!(one.packed_observation(Seat(0)), two.packed_observation(Seat(0)));
            assert_eq!((one.picture(), one.svg()), (two.picture(), two.svg()));
            assert_eq!(one.scores(), two.scores());
            one.step(&[Action(step)]).unwrap();
            two.step(&[Action(step)]).unwrap();
        }
        assert_ne!(one.observation(Seat(0)), two.observation(Seat(0)));
    }
}
