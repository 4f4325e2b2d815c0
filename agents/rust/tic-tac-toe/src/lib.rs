//! Agents for tic-tac-toe; each file of `examples/` makes one of them a module.
#![no_std]

pub mod greedy;
pub mod perfect;
pub mod random;

/// The cells of a set, in order.
fn cells(set: u16) -> impl Iterator<Item = u8> + Clone {
    (0..nets_agent_sdk::tic_tac_toe::CELLS).filter(move |cell| set >> cell & 1 == 1)
}

/// One of the cells of a set, picked by a hash of what was seen; 0 where there is none.
fn any_cell(set: u16, seen: u64) -> u8 {
    let pick = nets_agent_sdk::scatter(seen) % u64::from(set.count_ones().max(1));
    cells(set).nth(pick as usize).unwrap_or(0)
}
