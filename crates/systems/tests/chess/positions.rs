//! Matches that begin at the positions of a data set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nets_core::{Chance, DATA, Seat, SeatSet, Seed, Status, System, sha256};
use nets_systems::{Blueprint, BuildError, Given, build_canonical};
use nets_testkit::system_conformance::check;

use super::{fen_of, play};

const LADDER: &str = "8/8/8/4k3/8/8/8/R3K2R w KQ - 0 40";
const BLACK_TO_MOVE: &str = "4k3/4p3/8/8/8/8/8/4K3 b - - 0 1";

/// The bytes of a data set of these positions.
fn lines(positions: &[&str]) -> Vec<u8> {
    positions.iter().flat_map(|fen| [fen, "\n"]).collect::<String>().into_bytes()
}

fn on(data: &[u8], given: &[(&str, u64)]) -> Result<Blueprint, BuildError> {
    let given = given.iter().map(|&(name, value)| (name.to_owned(), value.into()));
    let hash = (DATA.to_owned(), Given::Text(sha256(data).to_string()));
    Blueprint::named("chess", &given.chain([hash]).collect())
}

fn built(positions: &[&str], given: &[(&str, u64)]) -> Result<Arc<dyn System>, BuildError> {
    let data = lines(positions);
    on(&data, given)?.build_on(&data)
}

#[test]
fn a_match_begins_at_a_position_that_chance_draws() {
    let system = built(&[LADDER, BLACK_TO_MOVE], &[]).unwrap();
    let start = |byte| fen_of(&*system.start(Chance::from_seed(&Seed([byte; 32]))));
    let starts: BTreeSet<_> = (0..20).map(start).collect();
    assert_eq!(starts, BTreeSet::from([LADDER.to_owned(), BLACK_TO_MOVE.to_owned()]));
    let alone = built(&[BLACK_TO_MOVE], &[]).unwrap();
    let mut state = alone.start(Chance::from_seed(&Seed([1; 32])));
    assert_eq!(state.status(), Status::Acting(SeatSet::only(Seat(1))));
    play(&mut *state, "e7e5 e1e2");
    assert_eq!(fen_of(&*state), "4k3/8/8/4p3/8/8/4K3/8 b - - 1 2");
}

#[test]
fn plies_before_the_position_count() {
    let system = built(&[LADDER], &[("ply-limit", 80)]).unwrap();
    let mut state = system.start(Chance::from_seed(&Seed::default()));
    play(&mut *state, "a1a4 e5d5");
    assert!(matches!(state.status(), Status::Terminal(_)), "{}", state.picture());
}

#[test]
fn the_parameters_name_the_data_set_and_without_it_they_are_as_before() {
    let data = lines(&[LADDER]);
    let blueprint = on(&data, &[]).unwrap();
    assert_eq!(blueprint.missing_data(), Some(&sha256(&data)));
    assert!(matches!(blueprint.build(), Err(BuildError::MissingData { .. })));
    let plain = Blueprint::named("chess", &BTreeMap::new()).unwrap().build().unwrap();
    assert_eq!(plain.parameters().encode().len(), 16);
    let again = build_canonical(&plain.id(), &plain.parameters().encode()).unwrap();
    assert_eq!(again.parameters(), plain.parameters());
    let named = Blueprint::canonical(&plain.id(), &blueprint.parameters().encode()).unwrap();
    let system = named.build_on(&data).unwrap();
    assert_eq!(system.parameters(), blueprint.parameters());
    assert_ne!(system.parameters().encode(), plain.parameters().encode());
    let trial = blueprint.build_for_trial().unwrap();
    assert_eq!(trial.tensor_shape(), system.tensor_shape());
}

#[test]
fn what_no_match_can_begin_at_is_refused_with_its_line() {
    let refused = |positions: &[&str]| built(positions, &[]).unwrap_err().to_string();
    for (positions, reason) in [
        (&[][..], "it has 0 lines, expected 1 to 10000, a FEN in each"),
        (&[LADDER, ""], "line 2: FEN: "),
        (
            &["rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1"],
            "is spelled otherwise, expected \"rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq - 0 1\"",
        ),
        (&["7k/5Q2/6K1/8/8/8/8/8 b - - 0 60"], "line 1: the match is over in it (Stalemate)"),
        (&["4k3/4p3/8/8/8/8/8/4K3 w - - 0 201"], "line 1: it is ply 400, expected one before"),
    ] {
        let error = refused(positions);
        assert!(error.contains(reason), "{error}");
    }
    let both = on(&lines(&[LADDER]), &[("openings", 3)]).unwrap_err().to_string();
    assert!(both.contains("parameter openings is 3, expected 0 with data"), "{both}");
    let name = BTreeMap::from([(DATA.to_owned(), Given::Text("sunspots".to_owned()))]);
    let error = Blueprint::named("chess", &name).unwrap_err().to_string();
    assert!(error.ends_with("\"sunspots\"; expected a SHA-256 of 64 hex digits"), "{error}");
}

#[test]
fn chess_on_positions_conforms() {
    let system = || built(&[LADDER, BLACK_TO_MOVE], &[("ply-limit", 100)]).unwrap();
    check(&system, &[], 2).unwrap_or_else(|error| panic!("{error}"));
}
