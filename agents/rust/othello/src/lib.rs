//! Agents for othello; each file of `examples/` makes one of them a module.
#![no_std]

mod alpha_beta;
pub mod greedy;
pub mod random;
pub mod search;

/// The four corners: discs there are never turned.
const CORNERS: u64 = 0x8100_0000_0000_0081;

/// The cells of a set, each as a set of its own, the lowest first.
fn discs(mut set: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        let lowest = set & set.wrapping_neg();
        set ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}

/// The action that puts a disc on the cell with this bit, or passes where there is none.
fn action(disc: Option<u64>) -> u64 {
    disc.map_or(nets_agent_sdk::othello::PASS.into(), |disc| disc.trailing_zeros().into())
}
