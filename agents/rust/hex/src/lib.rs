//! Agents for hex; each file of `examples/` makes one of them a module.
#![no_std]

pub mod bridger;
mod distances;
pub mod random;
pub mod runner;

use nets_agent_sdk::hex::Board;

/// The free cells, as lines of the agent and places in them.
fn free_cells(board: Board<'_>) -> impl Iterator<Item = (u8, u8)> {
    let cells =
        (0..board.size()).flat_map(move |line| (0..board.size()).map(move |place| (line, place)));
    cells.filter(move |&(line, place)| board.is_free(board.action(line, place)))
}

/// How far a cell is from the centre, by its line and place.
fn from_centre(board: Board<'_>, line: u8, place: u8) -> u8 {
    line.abs_diff(board.size() / 2) + place.abs_diff(board.size() / 2)
}
