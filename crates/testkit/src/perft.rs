//! Perft: how many sequences of legal actions there are, as those who write rules have counted them.

use nets_core::{State, Status};

/// How many sequences of `depth` legal actions lead on from `state`; those of the last step are
/// counted without being taken.
///
/// # Panics
/// When `depth` is zero, a legal action is refused, or several seats act at once.
pub fn perft(state: &dyn State, depth: u32) -> u64 {
    assert!(depth > 0, "the sequences of no action are none to count");
    let Status::Acting(acting) = state.status() else { return 0 };
    assert_eq!(acting.count(), 1, "seats that act at once have no sequence: {acting:?}");
    let legal = acting.iter().flat_map(|seat| state.legal_actions(seat));
    if depth == 1 {
        return legal.count() as u64;
    }
    let after = |action| {
        let mut next = state.fork();
        next.step(&[action]).expect("a legal action");
        perft(&*next, depth - 1)
    };
    legal.map(after).sum()
}
