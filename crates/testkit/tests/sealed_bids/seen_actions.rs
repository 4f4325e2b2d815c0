//! What a seat of sealed bids may do by what it sees, and what can be wrong with that.

use nets_core::{Action, Reader, RestoreError, Seat};

use super::{BIDS, Fault};

pub(super) fn list(
    fault: Fault,
    rounds: u8,
    seat: Seat,
    observation: &[u8],
) -> Result<Vec<Action>, RestoreError> {
    if fault == Fault::SeenActionsPanicOnShortObservation {
        assert!(observation.len() > 4, "too short");
    }
    if fault == Fault::SeenActionsRefuseOwn && observation.first() == Some(&2) {
        return Err(RestoreError::Inconsistent("round 2".to_owned()));
    }
    let mut reader = Reader::new(observation);
    let [round, _, _, own, others]: [u8; 5] = reader.array("round, prize, card and coins")?;
    reader.raw("points", 4)?;
    if fault != Fault::SeenActionsReadLeftOverBytes {
        reader.finish()?;
    }
    let is_seat = seat.0 < 2 || fault == Fault::SeenActionsOfAnySeat;
    let is_acting = is_seat && round < rounds && [own, others] != [0, 0];
    let bids = match fault {
        Fault::SeenActionsForgetCoins => BIDS,
        // No match shows so many coins, only an observation that is damaged.
        Fault::SeenActionsBeyondTheLast if own > 6 => BIDS + 1,
        _ => BIDS.min(u64::from(own) + 1),
    };
    Ok((0..if is_acting { bids } else { 0 }).map(Action).collect())
}
