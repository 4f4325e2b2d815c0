//! Lies and their ends: a liar and an ordinary watcher move in turn, until the lie is dead, and the
//! watcher brings the round to its true end.

use nets_node::{ArenaNode, DeedKind, Liar, Lie, Standing, WatchOptions, WatchTurn, Watcher};

use crate::support::{GO_ON, Silent};

pub(crate) const MALLORY: &str = "mallory";
pub(crate) const WANDA: &str = "wanda";

/// Turns in which a lie has to be dead.
const TURNS_MAX: usize = 60;

/// What an asserter of a lie does about what is asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Silent,
    /// Answers demands, and is silent in a trial.
    Answers,
    /// Answers, and says of the image's run what is false from so many hundredths of it on, again
    /// and again as long as it may.
    Defends(u64),
}

pub(crate) fn options(account: &str, asserts: bool) -> WatchOptions<'_> {
    WatchOptions { account, leagues: &[], asserts, threads: 2, stop: &GO_ON }
}

/// How an assertion stands, as of a turn; none where it stands no longer.
pub(crate) fn assertion(turn: &WatchTurn, number: u32) -> Option<Standing> {
    let one = turn.standing.iter().find(|one| one.judged.assertion == number)?;
    Some(one.judged.standing)
}

/// What kills a lie: lets the watcher and the liar move in turn, until it is dead; where neither has
/// anything to do, time passes.
pub(crate) fn kill(
    node: &mut ArenaNode,
    watcher: &mut Watcher,
    liar: &mut Liar,
    (lie, manner): (Lie, Manner),
    pass: impl Fn(&mut ArenaNode),
) -> Vec<DeedKind> {
    let mut deeds = Vec::new();
    for _ in 0..TURNS_MAX {
        let turn = watcher.turn(node, options(WANDA, false), &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{:?}", turn.problems);
        assert!(turn.refused.is_empty(), "{:?}", turn.refused);
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        match assertion(&turn, liar.assertion) {
            None => return deeds,
            Some(Standing::Right) => panic!("{lie:?} is none"),
            Some(Standing::Beyond(q)) => panic!("beyond, in match {q}"),
            Some(_) => {}
        }
        let mut answered = manner != Manner::Silent && !liar.answer(node).unwrap().is_empty();
        if let Manner::Defends(hundredths) = manner {
            answered |= !liar.defend(node, hundredths).unwrap().is_empty();
        }
        if turn.done.is_empty() && !answered {
            pass(node);
        }
    }
    let turn = watcher.turn(node, options(WANDA, false), &Silent).unwrap();
    panic!("{lie:?} stands still after {deeds:?}: {:?}", assertion(&turn, liar.assertion));
}

/// The watcher asserts the outcome, if nobody has, and brings the round to its end; what it did.
pub(crate) fn finish(
    node: &mut ArenaNode,
    watcher: &mut Watcher,
    pass: impl Fn(&mut ArenaNode),
) -> Vec<DeedKind> {
    let mut deeds = Vec::new();
    while !deeds.contains(&DeedKind::Payout) {
        let turn = watcher.turn(node, options(WANDA, true), &Silent).unwrap();
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        if turn.done.is_empty() {
            pass(node);
        }
    }
    assert!(deeds.contains(&DeedKind::Finalize), "{deeds:?}");
    deeds
}
