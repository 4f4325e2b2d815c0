//! Why the contract refuses what an owner asks, in words an owner can act on.
//!
//! The rules are the contract's; here its errors are only translated.

use nets_chain::{ArenaError, IArena};
use thiserror::Error;

use crate::error::NodeError;

/// What the contract has against a call of an owner.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The account does not hold enough.
    #[error("its account holds {held} free coin, {needed} are needed")]
    TooPoor {
        /// What it holds.
        held: u128,
        /// What the call takes.
        needed: u128,
    },
    /// Account and stakes do not carry so many entries.
    #[error("its account and stakes come to {owned}, so many entries need {needed}")]
    CapitalTooLow {
        /// What the owner has.
        owned: String,
        /// What it needs.
        needed: String,
    },
    /// The stake is below the required one.
    #[error("a stake of {got} is below the {required} that the league requires")]
    StakeTooLow {
        /// The stake.
        got: u128,
        /// The least.
        required: u128,
    },
    /// The agent is in the league.
    #[error("it is a member already, number {member}")]
    AlreadyMember {
        /// Its number.
        member: u32,
    },
    /// The owner's slots are used up.
    #[error("its owner has {limit} entries in round {round}, as many as the league allows")]
    SlotsExhausted {
        /// The round.
        round: u32,
        /// The most entries of an owner.
        limit: u16,
    },
    /// Too many rounds at once, or none.
    #[error("{got} rounds were asked for, 1 to {limit} can be bought now")]
    RoundsOutOfRange {
        /// The number asked for.
        got: String,
        /// The most.
        limit: String,
    },
    /// The member was slashed.
    #[error("it was slashed for a false claim and is banned")]
    Banned,
    /// The member is on its way out.
    #[error("it is leaving already: its stake was asked back")]
    Leaving,
    /// The member is not on its way out.
    #[error("its stake was not asked back")]
    NotLeaving,
    /// There is no stake.
    #[error("nothing is staked on it")]
    NothingStaked,
    /// A round holds the stake.
    #[error(
        "its stake is held until round {round} has ended, and for the league's window after it"
    )]
    RoundUnderWay {
        /// The round.
        round: u32,
    },
    /// A round has an outcome that may become final.
    #[error("an assertion of its outcome stands")]
    AssertionStands,
    /// A term of a league that cannot be.
    #[error("{term} is {got}, expected {range}")]
    TermOutOfRange {
        /// The term, as leagues.toml calls it.
        term: String,
        /// What it is.
        got: String,
        /// What it may be.
        range: String,
    },
    /// Matches of two seats come in pairs.
    #[error("matches-per-round is {got}, expected an even number, since seats are swapped")]
    OddMatches {
        /// What it is.
        got: u16,
    },
    /// A false claim would be free.
    #[error("minimum-stake and claim-bond are both 0, so a false claim would cost nothing")]
    NothingToLose,
    /// It is too early.
    #[error("it is too early: block {block} is next, block {earliest} the first that will do, {} left",
            in_blocks(earliest.saturating_sub(*block)))]
    TooEarly {
        /// The block that the call would be in.
        block: u64,
        /// The first block that may hold it.
        earliest: u64,
    },
}

/// A count of blocks in words.
pub(crate) fn in_blocks(count: u64) -> String {
    if count == 1 { "1 block".to_owned() } else { format!("{count} blocks") }
}

impl Refusal {
    /// The refusal in an error of the contract, if it is one that an owner can act on.
    pub(crate) fn of(error: &ArenaError) -> Option<Self> {
        use IArena::IArenaErrors as Error;
        let ArenaError::Refused { error: Some(error), .. } = error else { return None };
        let block = |number: alloy_primitives::U256| u64::try_from(number).unwrap_or(u64::MAX);
        Some(match error.as_ref() {
            Error::BalanceTooLow(e) => Self::TooPoor { held: e.held, needed: e.needed },
            Error::CapitalTooLow(e) => {
                let (owned, needed) = (e.owned.to_string(), e.needed.to_string());
                Self::CapitalTooLow { owned, needed }
            }
            Error::StakeTooLow(e) => Self::StakeTooLow { got: e.received, required: e.required },
            Error::AlreadyMember(e) => Self::AlreadyMember { member: e.member },
            Error::SlotsExhausted(e) => Self::SlotsExhausted { round: e.round, limit: e.limit },
            Error::RoundsOutOfRange(e) => {
                let (got, limit) = (e.received.to_string(), e.limit.to_string());
                Self::RoundsOutOfRange { got, limit }
            }
            Error::MemberBanned(_) => Self::Banned,
            Error::MemberUnbonding(_) => Self::Leaving,
            Error::MemberNotUnbonding(_) => Self::NotLeaving,
            Error::RoundNotEnded(e) => Self::RoundUnderWay { round: e.round },
            Error::AssertionLive(_) => Self::AssertionStands,
            Error::TermOutOfRange(e) => {
                let (got, range) = (e.received.to_string(), format!("{} to {}", e.least, e.most));
                Self::TermOutOfRange { term: term_in_words(&e.term.0), got, range }
            }
            Error::OddMatchCount(e) => Self::OddMatches { got: e.received },
            Error::NothingToLose(_) => Self::NothingToLose,
            Error::TooEarly(e) => {
                Self::TooEarly { block: block(e.blockNumber), earliest: block(e.earliest) }
            }
            _ => return None,
        })
    }
}

/// A term's name in the contract, as leagues.toml writes it.
fn term_in_words(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let mut words = String::new();
    for letter in name.trim_end_matches('\0').chars() {
        if letter.is_ascii_uppercase() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

impl NodeError {
    /// An error of the contract about `subject`: as a refusal in words where it is one.
    pub(crate) fn about(subject: impl FnOnce() -> String, error: ArenaError) -> Self {
        match Refusal::of(&error) {
            Some(refusal) => Self::Refused { subject: subject(), refusal },
            None => error.into(),
        }
    }
}
