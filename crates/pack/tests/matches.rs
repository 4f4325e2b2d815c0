//! Matches of agents.

use nets_core::{
    Address, FuelClock, MatchSpec, PROTOCOL_VERSION, Rules, SeatIdentity, Seed, System,
};
use nets_runner::sandbox::{METERING_VERSION, on_match_stack};
use nets_runner::{PlayedMatch, SeatAgent, play};

/// A match of these agents, one in each seat, all of one owner.
pub(crate) fn played(
    system: &dyn System,
    seats: &[&SeatAgent],
    fuel_clock: FuelClock,
    seed: Seed,
) -> PlayedMatch {
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: METERING_VERSION,
        system: system.id(),
        parameters: system.parameters().encode(),
        fuel_clock,
    };
    let identity = |seat: &&SeatAgent| {
        SeatIdentity { owner: Address::default(), code_hash: seat.code_hash() }.agent_id()
    };
    let spec = MatchSpec { rules, seed, agents: seats.iter().map(identity).collect() };
    on_match_stack(|| play(system, &spec, seats)).unwrap()
}
