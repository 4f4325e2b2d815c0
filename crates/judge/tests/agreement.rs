//! Three who say what a seat did: the engine that plays, the second one, and the image on the machine.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use nets_core::Digest;
use nets_judge::{False, Verdict};
use nets_machine::{Halt, Image, RUN_MAX, Trajectory};
use nets_runner::sandbox::{FastEngine, FastOptions};

use crate::stage::{Stage, Told};

static IMAGE: LazyLock<Arc<Image>> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../image/nets.image");
    Arc::new(Image::decode(&fs::read(file).unwrap()).unwrap())
});

static FAST: LazyLock<FastEngine> =
    LazyLock::new(|| FastEngine::new(&FastOptions::default()).unwrap());

/// Sees to it that all three say the same of every seat: each action, each fault, all fuel. Gives what
/// they say, and how many instructions the image took.
pub(crate) fn all_agree(stage: &Stage, what: &str) -> (Told, u64) {
    let told = Told::of(&stage.play());
    let fast = fast_told(stage);
    assert_eq!(fast.leaves(), told.leaves(), "the engines differ: {what}");
    let mut instructions = 0;
    for seat in 0..stage.seat_count() {
        let mut says = |told: &Told| {
            let (code, steps) = exit_code(stage, told, seat);
            instructions += steps;
            code
        };
        assert_eq!(says(&told), Verdict::Stands.code(), "seat {seat} of {what}");
        // What the image cannot judge stands, too: that it has come to the end, a lie there shows.
        let mut more = told.clone();
        more.end.fuel_used[usize::from(seat)] += 1;
        assert_eq!(says(&more), Verdict::False(False::Fuel).code(), "seat {seat} of {what}");
    }
    (told, instructions)
}

/// The match as the engine that plays has it.
pub(crate) fn fast_told(stage: &Stage) -> Told {
    Told::of(&stage.play_on(&*FAST))
}

/// What the image ends with, asked about a seat in the match as it is told, and after how many
/// instructions.
pub(crate) fn exit_code(stage: &Stage, told: &Told, seat: u8) -> (u32, u64) {
    let (question, mut messages) = stage.asked(&told.leaves(), seat);
    let question = messages.insert_question(&question);
    let known = move |value: &Digest| messages.link(value);
    let mut run = Trajectory::new(Arc::clone(&IMAGE), &question.0, Arc::new(known));
    match run.run(RUN_MAX, |_| true).unwrap() {
        (Some(Halt::Exited(code)), steps) => (code, steps),
        (halt, steps) => panic!("after {steps} instructions the image has come to {halt:?}"),
    }
}
