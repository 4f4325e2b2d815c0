//! What is no question, no trace, no match that is known, or no agent.

use nets_core::{
    Digest, FuelClock, Link, MatchId, MerkleTree, Seat, SeatSet, Tag, Termination, sha256,
};
use nets_judge::{Beyond, False, Hashes, Messages, Question, Verdict, judge};

use crate::stage::{Random, Stage, Told, ask, digest_of, random_steps};

fn stage() -> (Stage, Told) {
    let system = nets_systems::build("tic-tac-toe", &Default::default()).unwrap();
    let steps = random_steps(system.as_ref(), 2, &mut Random(2), 4);
    let stage = Stage::scripted(system, 2, &steps);
    let told = Told::of(&stage.play());
    (stage, told)
}

fn question(stage: &Stage, trace_root: Digest, told: &Told) -> Question {
    let step_count = told.steps.len() as u32;
    Question { match_id: stage.spec.id(), trace_root, step_count, seat: Seat(0) }
}

#[test]
fn what_is_no_trace_is_false() {
    let (stage, told) = stage();
    let (leaves, count) = (told.leaves(), told.leaves().len() as u32);
    let hashes: Vec<_> = leaves.iter().map(|leaf| sha256(leaf)).collect();
    let tree = |hashes: &[Digest]| MerkleTree::new(hashes.to_vec()).root();
    let with_root = |match_id: MatchId, leaf_count: u32, tree_root: Digest, more: &[Vec<u8>]| {
        let mut messages = stage.messages();
        messages.insert_trace(&stage.spec.id(), more);
        let parts: [&[u8]; 3] = [&match_id.0, &leaf_count.to_le_bytes(), &tree_root.0];
        let root = messages.insert_tagged(Tag::TraceRoot, &parts);
        ask(&question(&stage, root, &told), messages)
    };
    let own = stage.spec.id();
    assert_eq!(with_root(own, count, tree(&hashes), &leaves), Verdict::Stands);
    let other = with_root(MatchId([1; 32]), count, tree(&hashes), &leaves);
    assert_eq!(other, Verdict::False(False::OtherMatch));
    let more = with_root(own, count + 1, tree(&hashes), &leaves);
    assert_eq!(more, Verdict::False(False::LeafCount));
    // Five leaves and one more have trees of one height.
    let longer = [leaves.clone(), vec![b"hidden".to_vec()]].concat();
    let hidden: Vec<_> = longer.iter().map(|leaf| sha256(leaf)).collect();
    assert_eq!((count, tree(&hashes) == tree(&hidden)), (5, false));
    assert_eq!(with_root(own, count, tree(&hidden), &longer), Verdict::False(False::Tree));
    assert_eq!(with_root(own, count, digest_of(0), &[]), Verdict::False(False::Tree));
    // A leaf, a state or anything else in the place of the tree or of its root.
    assert_eq!(with_root(own, count, hashes[0], &leaves), Verdict::False(False::Tree));
    let mut messages = stage.messages();
    let root = messages.insert(b"no trace root");
    assert_eq!(ask(&question(&stage, root, &told), messages), Verdict::False(False::TraceRoot));
    let mut leaves = leaves;
    leaves[1].push(0);
    assert_eq!(stage.verdict(&leaves, 0), Verdict::False(False::Leaf));
}

#[test]
fn what_is_asked_in_vain_stands() {
    let (stage, told) = stage();
    let mut messages = stage.messages();
    let root = messages.insert_trace(&stage.spec.id(), &told.leaves());
    let right = question(&stage, root, &told);
    assert_eq!(
        ask(&Question { seat: Seat(2), ..right }, messages.clone()),
        Verdict::Beyond(Beyond::NoSeat)
    );
    let digest = messages.insert(b"no question");
    assert_eq!(judge(&digest, &mut messages), Ok(Verdict::Beyond(Beyond::NoQuestion)));
    let match_id = MatchId(messages.insert_tagged(Tag::Match, &[b"no match"]).0);
    assert_eq!(ask(&Question { match_id, ..right }, messages), Verdict::Beyond(Beyond::Match));
}

#[test]
fn matches_by_other_rules_are_beyond_this_program() {
    type Change = (fn(&mut Stage), Beyond);
    let changes: [Change; 7] = [
        (|stage| stage.spec.rules.protocol_version += 1, Beyond::Rules),
        (|stage| stage.spec.rules.metering_version += 1, Beyond::Metering),
        (|stage| stage.spec.rules.metering_version = 0, Beyond::Signed),
        (|stage| stage.spec.rules.system.version += 1, Beyond::System),
        (|stage| stage.spec.rules.system.name = "no-such".to_owned(), Beyond::System),
        (|stage| stage.spec.rules.parameters.push(0), Beyond::System),
        (|stage| stage.spec.agents.truncate(1), Beyond::SeatCount),
    ];
    for (change, reason) in changes {
        let (mut stage, told) = stage();
        stage.spec.rules.fuel_clock = FuelClock::NONE;
        change(&mut stage);
        assert_eq!(stage.verdict(&told.leaves(), 0), Verdict::Beyond(reason));
    }
}

#[test]
fn a_data_set_that_does_not_go_with_the_rules_is_beyond_this_program() {
    let system = nets_systems::build("forecast", &Default::default()).unwrap();
    let steps = random_steps(system.as_ref(), 1, &mut Random(1), 2);
    let mut stage = Stage::scripted(system, 1, &steps);
    let told = Told::of(&stage.play());
    assert_eq!(stage.verdict(&told.leaves(), 0), Verdict::Stands);
    let mut messages = stage.messages();
    let data = messages.insert(b"not,a,series\n");
    let parameters = &mut stage.spec.rules.parameters;
    let at = parameters.len() - 32;
    parameters[at..].copy_from_slice(&data.0);
    messages.insert_spec(&stage.spec);
    let trace_root = messages.insert_trace(&stage.spec.id(), &told.leaves());
    let verdict = ask(&question(&stage, trace_root, &told), messages);
    assert_eq!(verdict, Verdict::Beyond(Beyond::DataSet));
}

/// Knows what a store knows, and one thing more.
struct Except(Messages, Digest, Link);

impl Hashes for Except {
    type Unknown = nets_judge::UnknownMessage;

    fn previous(&mut self, digest: &Digest) -> Result<Link, Self::Unknown> {
        if *digest == self.1 { Ok(self.2) } else { self.0.previous(digest) }
    }
}

#[test]
fn a_module_that_was_made_up_is_no_agents_and_one_too_long_is_inadmissible() {
    let (stage, told) = stage();
    let code_hash = sha256(&stage.modules[0]);
    let mut forfeited = told.clone();
    forfeited.steps.clear();
    forfeited.end.step_count = 0;
    forfeited.end.state_hash = told.steps[0].state_hash;
    forfeited.end.termination = Termination::Forfeit(SeatSet::only(Seat(0)));
    forfeited.end.scores = stage.system.forfeit_scores(SeatSet::only(Seat(0)));
    forfeited.end.fuel_used = vec![0, 0];
    let verdict = |told: &Told, length_bytes: [u8; 8]| {
        let mut messages = stage.messages();
        let trace_root = messages.insert_trace(&stage.spec.id(), &told.leaves());
        let digest = messages.insert_question(&question(&stage, trace_root, told));
        let mut block = [0; 64];
        block[0] = 0x80;
        block[56..].copy_from_slice(&length_bytes);
        let link = Link { before: digest_of(9), block };
        judge(&digest, &mut Except(messages, code_hash, link)).unwrap()
    };
    assert_eq!(verdict(&told, [0; 8]), Verdict::False(False::NoAgent));
    let huge = [0, 0, 1, 0, 0, 0, 0, 0];
    assert_eq!(verdict(&forfeited, huge), Verdict::Stands);
    assert_eq!(verdict(&told, huge), Verdict::False(False::FaultDenied));
    assert_eq!(stage.verdict(&forfeited.leaves(), 0), Verdict::False(False::FaultInvented));
}

#[test]
fn without_a_message_there_is_no_verdict() {
    let (stage, told) = stage();
    let mut messages = Messages::default();
    let digest = messages.insert_question(&question(&stage, digest_of(3), &told));
    let missing = judge(&digest, &mut messages).unwrap_err();
    assert_eq!(missing.digest.0, stage.spec.id().0);
}

#[test]
fn numbers_of_verdicts_stay() {
    assert_eq!((Verdict::Stands.code(), Verdict::Stands.exit_code()), (0, 0));
    let beyond = Verdict::Beyond(Beyond::Failed);
    assert_eq!((beyond.code(), beyond.exit_code()), (0x109, 0));
    let lie = Verdict::False(False::NoAgent);
    assert_eq!((lie.code(), lie.exit_code()), (19, 19));
    assert_eq!(Verdict::False(False::TraceRoot).exit_code(), 1);
}
