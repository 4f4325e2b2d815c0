//! Each System built by itself is the one that the registry builds.

use nets_core::{Chance, Seat, Seed, System};
use nets_systems::{BuildError, alone};

type Build = fn(&[u8]) -> Result<Box<dyn System>, BuildError>;

macro_rules! boxed {
    ($($name:literal: $build:ident),* $(,)?) => {
        [$(($name, |bytes| Ok(Box::new(alone::$build(bytes)?)))),*]
    };
}

const ALONE: [(&str, Build); 16] = boxed![
    "snake": snake,
    "rps": rps,
    "snake-arena": snake_arena,
    "connect-four": connect_four,
    "tic-tac-toe": tic_tac_toe,
    "othello": othello,
    "hex": hex,
    "go": go,
    "chess": chess,
    "kuhn-poker": kuhn_poker,
    "leduc-poker": leduc_poker,
    "cartpole": cartpole,
    "mountain-car": mountain_car,
    "acrobot": acrobot,
    "pendulum": pendulum,
    "forecast": forecast,
];

#[test]
fn a_system_by_itself_reads_an_observation_as_the_registered_one() {
    for (name, build) in ALONE {
        let registered = crate::system(name, &[]);
        let parameters = registered.parameters().encode();
        let by_itself = build(&parameters).unwrap();
        assert_eq!(by_itself.id(), registered.id());
        assert_eq!(by_itself.parameters(), registered.parameters());
        let state = registered.start(Chance::from_seed(&Seed([7; 32])));
        let read = |system: &dyn System, seat| {
            let (observation, mut tensor) = (state.observation(seat), Vec::new());
            system.write_tensor(seat, &observation, &mut tensor).unwrap();
            (tensor, system.legal_actions(seat, &observation).unwrap())
        };
        for seat in (0..registered.seat_count()).map(Seat) {
            assert_eq!(read(&*by_itself, seat), read(&*registered, seat), "{name}, {seat}");
        }
    }
}

#[test]
fn parameters_that_are_none_are_refused_with_the_name_of_the_system() {
    for (name, build) in ALONE {
        let mut parameters = crate::system(name, &[]).parameters().encode();
        parameters.push(0);
        let error = build(&parameters).unwrap_err();
        assert!(matches!(error, BuildError::Parameters { name: its, .. } if its == name));
    }
    // The naive forecast would be of a value before the first.
    let mut parameters = crate::system("forecast", &[]).parameters().encode();
    parameters[3 * 8..4 * 8].copy_from_slice(&201u64.to_le_bytes());
    assert!(matches!(alone::forecast(&parameters), Err(BuildError::Contradictory { .. })));
}
