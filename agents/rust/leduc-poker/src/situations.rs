//! The situations in which a seat of Leduc hold'em acts, numbered: what it knows of the hand, with
//! cards of one rank taken for the same.

use nets_agent_sdk::poker::leduc::{Betting, Rank};

/// How many situations there are: six bettings and three ranks in each of 16 rounds, which are the
/// first, and the second after five bettings in the first and with three ranks open.
pub const COUNT: usize = 16 * BETTINGS.len() * RANKS;

/// How many ranks there are.
pub const RANKS: usize = 3;

/// The numbers of a round's bettings after which somebody acts: nothing, call, raise, call raise,
/// raise raise, call raise raise.
pub const BETTINGS: [u8; 6] = [1, 4, 5, 14, 17, 44];

/// The numbers of the bettings that end a round: those after which a call may come, with it.
pub const ENDS: [u8; 5] = [13, 16, 43, 52, 133];

/// The number of a situation: one's own rank, the open one, and the betting of both rounds.
///
/// A betting that cannot be counts as the first one.
pub fn number(own: Rank, open: Option<Rank>, [first, second]: [Betting; 2]) -> usize {
    let place = |numbers: &[u8], betting: Betting| {
        numbers.iter().position(|&number| number == betting.number()).unwrap_or(0)
    };
    let (round, betting) = match open {
        None => (0, first),
        Some(open) => (1 + place(&ENDS, first) * RANKS + open as usize, second),
    };
    (round * BETTINGS.len() + place(&BETTINGS, betting)) * RANKS + own as usize
}
