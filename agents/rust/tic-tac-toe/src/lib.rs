//! Agents for tic-tac-toe; each file of `examples/` makes one of them a module.
#![no_std]

pub mod greedy;
pub mod perfect;
pub mod random;

use nets_agent_sdk::tic_tac_toe::has_three;

/// The cells of a set, in order.
fn cells(mut set: u16) -> impl Iterator<Item = u8> {
    core::iter::from_fn(move || {
        let cell = (set != 0).then_some(set.trailing_zeros() as u8)?;
        set &= set - 1;
        Some(cell)
    })
}

/// The free cells that make three in a line with these stones.
fn completing(stones: u16, free: u16) -> u16 {
    cells(free).filter(|cell| has_three(stones | 1 << cell)).fold(0, |set, cell| set | 1 << cell)
}

/// One of the cells of a set, picked by a hash of what was seen; 0 where there is none.
fn any_cell(set: u16, seen: u64) -> u8 {
    let pick = nets_agent_sdk::scatter(seen) % u64::from(set.count_ones().max(1));
    cells(set).nth(pick as usize).unwrap_or(0)
}
