//! What the tests of arenas share.

use std::sync::atomic::AtomicBool;

use nets_node::{Progress, RoundOptions};

/// Nobody listens.
pub(crate) struct Silent;

impl Progress for Silent {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, _text: &str) {}
}

pub(crate) static GO_ON: AtomicBool = AtomicBool::new(false);

pub(crate) fn two_threads() -> RoundOptions<'static> {
    RoundOptions { threads: 2, stop: &GO_ON }
}
