//! Examples, playthroughs, vectors and blessed files.

use std::sync::Arc;

use nets_core::{Action, Seat, Seed, State, System};
use nets_testkit::blessed::{self, BlessedError};
use nets_testkit::example::{Example, ExampleError};
use nets_testkit::playthrough;
use nets_testkit::system_vectors::{SystemVectors, VectorError};

use crate::sealed_bids::{Fault, SealedBids};

fn system() -> Arc<dyn System> {
    Arc::new(SealedBids::new(Fault::None))
}

fn example() -> Example {
    Example::scripted("all spent", system(), Seed([4; 32]), "3/1 0/2 2/3 1/0").unwrap()
}

fn spend_little(state: &dyn State, seat: Seat) -> Action {
    state.legal_actions(seat).get(1).copied().unwrap_or(Action(0))
}

#[test]
fn a_script_must_be_a_whole_legal_match() {
    let scripted = |script| Example::scripted("", system(), Seed([4; 32]), script).unwrap_err();
    assert_eq!(scripted("3/1 all/1"), ExampleError::Word { word: "all".to_owned() });
    assert_eq!(scripted("3/1 1/1"), ExampleError::Unfinished { steps: 2 });
    assert_eq!(
        scripted("3/3 3/3 1/0").to_string(),
        "step 2: the match is over, no action is possible"
    );
    assert_eq!(scripted("4/0").to_string(), "step 0: action 4 is not legal for seat 0");
    assert_eq!(scripted("1").to_string(), "step 0: 2 seats act, got 1 actions");
}

#[test]
fn a_playthrough_shows_private_observations_and_the_scores() {
    let text = playthrough::render(&example()).unwrap();
    let last = example().last_state().unwrap();
    assert!(text.starts_with("nets playthrough, format 1\nsystem      sealed-bids v1\n"));
    assert_eq!(text.matches("\n== step ").count(), 5);
    assert_eq!(text.matches("\nobservation seat 1: ").count(), 5);
    assert!(text.contains("\naction      seat 0: 3 (3)\naction      seat 1: 1 (1)\n"));
    assert!(text.ends_with(&format!("\nscores      {:?}\n", last.scores())), "{text}");
}

#[test]
fn vectors_read_back_and_replay() {
    let piloted = Example::piloted("little", system(), Seed([9; 32]), spend_little).unwrap();
    let steps = piloted.steps.len() + 4;
    let vectors = SystemVectors::of(&system().id(), &[example(), piloted]).unwrap();
    let read = SystemVectors::from_json(&vectors.to_json().unwrap()).unwrap();
    assert_eq!(read, vectors);
    assert_eq!(read.matches[0].steps[0].observations.len(), 2);
    assert_eq!(read.replay(|_, _| system()).unwrap(), steps);
}

#[test]
fn vectors_that_differ_anywhere_do_not_replay() {
    let vectors = SystemVectors::of(&system().id(), &[example()]).unwrap();
    let changes: [fn(&mut SystemVectors); 7] = [
        |v| v.matches[0].steps[1].state.push('0'),
        |v| v.matches[0].steps[2].legal[0].clear(),
        |v| v.matches[0].steps[3].observations[1].clear(),
        |v| v.matches[0].end.scores[0] += 1,
        |v| v.matches[0].end.termination = [1, 0],
        |v| v.matches[0].chance_key.clear(),
        |v| v.matches[0].forfeit_scores[2][0] = 7,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut changed = vectors.clone();
        change(&mut changed);
        let result = changed.replay(|_, _| system());
        assert!(matches!(result, Err(VectorError::Different { .. })), "change {index}: {result:?}");
    }
    let mut longer = vectors.clone();
    let extra = longer.matches[0].steps[0].clone();
    longer.matches[0].steps.push(extra);
    assert!(matches!(longer.replay(|_, _| system()), Err(VectorError::Example { .. })));
    let mut no_hex = vectors;
    no_hex.matches[0].seed = "0xgg".to_owned();
    assert!(matches!(no_hex.replay(|_, _| system()), Err(VectorError::Hex { .. })));
}

#[test]
fn a_blessed_file_that_differs_is_shown_by_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blessed.txt");
    let missing = blessed::compare(&path, "one\n").unwrap_err();
    assert!(missing.to_string().contains("run the test with BLESS=1"), "{missing}");
    std::fs::write(&path, "one\ntwo\nthree\n").unwrap();
    blessed::compare(&path, "one\ntwo\nthree\n").unwrap();
    let error = blessed::compare(&path, "one\n2\nthree\n").unwrap_err();
    let BlessedError::Different { line: 2, expected, got, .. } = error else { panic!("{error}") };
    assert_eq!((expected.as_str(), got.as_str()), ("two", "2"));
    let cut = blessed::compare(&path, "one\ntwo").unwrap_err();
    assert!(cut.to_string().contains("line 3"), "{cut}");
}

#[test]
fn a_part_of_a_file_is_compared_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parts.md");
    let marks = ("<a>\n", "</a>\n");
    std::fs::write(&path, "# Title\n<a>\none\n</a>\nrest\n").unwrap();
    blessed::compare_part(&path, marks, "one\n").unwrap();
    let error = blessed::compare_part(&path, marks, "two\n").unwrap_err();
    assert!(matches!(error, BlessedError::Different { line: 3, .. }), "{error}");
    let error = blessed::compare_part(&path, ("<b>\n", "</b>\n"), "one\n").unwrap_err();
    assert!(error.to_string().contains(r#"a part between "<b>" and "</b>""#), "{error}");
}
