//! Why the contract refuses what an owner or operator asks, in words that can be acted on.
//!
//! The rules are the contract's; here its errors are only translated.

use nets_chain::ArenaError;
use nets_chain::IArena::IArenaErrors as Error;

use crate::batches::BatchStatus;
use crate::error::NodeError;

/// What the contract has against a call of an owner or operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// A term of a league names something that is no contract.
    #[error("its {term} is {got}, which is no contract")]
    NoContract {
        /// The term.
        term: String,
        /// The address.
        got: String,
    },
    /// An amount that the contract does not take.
    #[error("an amount of {got} is above {limit}, the most there can be")]
    AmountTooLarge {
        /// The amount.
        got: String,
        /// The most.
        limit: String,
    },
    /// The league has as many members as there can be.
    #[error("it has {limit} members, as many as a league may have")]
    LeagueFull {
        /// The most.
        limit: u32,
    },
    /// There is no such member.
    #[error("it has no member {got}: there are {count}, counted from 0")]
    UnknownMember {
        /// The number given.
        got: u32,
        /// How many there are.
        count: u32,
    },
    /// Too few agents for a round.
    #[error("the next round has {got} entries, it needs {needed}")]
    TooFewEntries {
        /// How many there are.
        got: u32,
        /// How many it takes.
        needed: u32,
    },
    /// Too few agents whose code is known.
    #[error("only {got} entries have shown their code, a match needs {needed}")]
    TooFewShown {
        /// How many there are.
        got: u32,
        /// How many it takes.
        needed: u32,
    },
    /// Too many agents for a round.
    #[error("the next round has {got} entries, at most {limit} fit")]
    TooManyEntries {
        /// How many there are.
        got: u32,
        /// The most.
        limit: u32,
    },
    /// The purse does not cover the payouts.
    #[error("with all entry prices its purse holds {held}, a round pays {needed}")]
    PurseTooLow {
        /// What it holds.
        held: u128,
        /// What a round pays.
        needed: u128,
    },
    /// The seed is not known yet.
    #[error("the beacon has not given the round's seed yet")]
    SeedUnknown,
    /// The round is at another point.
    #[error("the round is {got}, expected {expected}")]
    WrongStatus {
        /// How far it is.
        got: &'static str,
        /// How far it would have to be.
        expected: &'static str,
    },
    /// The member is not in the round.
    #[error("it is not in round {round}")]
    NotActive {
        /// The round.
        round: u32,
    },
    /// The code was shown.
    #[error("its module was shown before, and nobody can demand it any more")]
    CodeKnown,
    /// A claim is there and stays.
    #[error("its claim for round {round} is posted, and a claim never changes")]
    AlreadyClaimed {
        /// The round.
        round: u32,
    },
    /// A claim with too few or too many scores.
    #[error("the claim has {got} scores, expected {expected}")]
    ScoreCount {
        /// How many it has.
        got: String,
        /// How many it takes.
        expected: String,
    },
    /// A total where matches have several seats.
    #[error("a total is claimed, but matches have {seats} seats")]
    TotalNotTaken {
        /// How many.
        seats: u8,
    },
    /// An earlier assertion stands.
    #[error("assertion {earlier}, which came before, still stands")]
    EarlierAssertion {
        /// Its number.
        earlier: u32,
    },
    /// An account is not to be paid.
    #[error("{payee} did not take {amount} coin")]
    PaymentRefused {
        /// Who.
        payee: String,
        /// How much.
        amount: u128,
    },
    /// Somebody else may do this.
    #[error("only {expected} can do this, not {got}")]
    NotOwner {
        /// Who may.
        expected: String,
        /// Who asked.
        got: String,
    },
    /// The stake is not the owner's.
    #[error("its stake is its sponsor's, {sponsor}, and takes no payouts")]
    StakeOfSponsor {
        /// Whose it is.
        sponsor: String,
    },
    /// The member has no record of its own.
    #[error("it came with a batch and is not enrolled")]
    NotEnrolled,
    /// Registrations of a batch are demanded.
    #[error("{count} demands for its registrations are open")]
    DemandsOpen {
        /// How many.
        count: u32,
    },
    /// A batch was not in the round before the next.
    #[error(
        "it was paid up to round {to} and the next one is {next}; a batch that paused is renewed \
         one agent after another"
    )]
    BatchPaused {
        /// The first round it is not paid for.
        to: u32,
        /// The round that opens next.
        next: u32,
    },
    /// The batch is at another point.
    #[error("it is {got}, expected {expected}")]
    WrongBatchStatus {
        /// How far it is.
        got: &'static str,
        /// How far it would have to be.
        expected: &'static str,
    },
    /// It is too late.
    #[error(
        "it is too late: block {block} is next, block {latest} was the last that would have done"
    )]
    TooLate {
        /// The block that the call would be in.
        block: u64,
        /// The last block that could have held it.
        latest: u64,
    },
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
    /// The refusal in an error of the contract, if it is one that a user can run into.
    pub(crate) fn of(error: &ArenaError) -> Option<Self> {
        let ArenaError::Refused { error: Some(error), .. } = error else { return None };
        Self::of_entering(error)
            .or_else(|| Self::of_batch(error))
            .or_else(|| Self::of_round(error))
            .or_else(|| Self::of_terms(error))
    }

    /// What sponsors and those who came with them run into.
    fn of_batch(error: &Error) -> Option<Self> {
        Some(match error {
            Error::StakeOfSponsor(e) => Self::StakeOfSponsor { sponsor: e.sponsor.to_string() },
            Error::NotEnrolled(_) => Self::NotEnrolled,
            Error::DemandsOpen(e) => Self::DemandsOpen { count: e.count },
            Error::BatchPaused(e) => Self::BatchPaused { to: e.to, next: e.next },
            Error::WrongBatchStatus(e) => Self::WrongBatchStatus {
                got: BatchStatus::name_of(e.received),
                expected: BatchStatus::name_of(e.expected),
            },
            _ => return None,
        })
    }

    /// What owners and their agents run into.
    fn of_entering(error: &Error) -> Option<Self> {
        Some(match error {
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
            Error::AmountTooLarge(e) => {
                let (got, limit) = (e.received.to_string(), e.limit.to_string());
                Self::AmountTooLarge { got, limit }
            }
            Error::LeagueFull(e) => Self::LeagueFull { limit: e.limit },
            Error::UnknownMember(e) => Self::UnknownMember { got: e.received, count: e.count },
            Error::PaymentRefused(e) => {
                Self::PaymentRefused { payee: e.payee.to_string(), amount: e.amount }
            }
            Error::NotOwner(e) => {
                let (expected, got) = (e.expected.to_string(), e.received.to_string());
                Self::NotOwner { expected, got }
            }
            _ => return None,
        })
    }

    /// What a round runs into on its way.
    fn of_round(error: &Error) -> Option<Self> {
        let block = |number: alloy_primitives::U256| u64::try_from(number).unwrap_or(u64::MAX);
        Some(match error {
            Error::TooFewEntries(e) => {
                Self::TooFewEntries { got: e.bought, needed: e.needed.into() }
            }
            Error::TooManyEntries(e) => Self::TooManyEntries { got: e.received, limit: e.limit },
            Error::PurseTooLow(e) => Self::PurseTooLow { held: e.held, needed: e.needed },
            Error::SeedUnknown(_) => Self::SeedUnknown,
            Error::WrongRoundStatus(e) => {
                Self::WrongStatus { got: status(e.received), expected: status(e.expected) }
            }
            Error::NotActive(e) => Self::NotActive { round: e.round },
            Error::CodeKnown(_) => Self::CodeKnown,
            Error::AlreadyClaimed(e) => Self::AlreadyClaimed { round: e.round },
            Error::ScoreCountMismatch(e) => {
                let (got, expected) = (e.received.to_string(), e.expected.to_string());
                Self::ScoreCount { got, expected }
            }
            Error::TotalNotTaken(e) => Self::TotalNotTaken { seats: e.seats },
            Error::AssertionLive(_) => Self::AssertionStands,
            Error::EarlierAssertionLive(e) => Self::EarlierAssertion { earlier: e.earlier },
            Error::TooEarly(e) => {
                Self::TooEarly { block: block(e.blockNumber), earliest: block(e.earliest) }
            }
            Error::TooLate(e) => {
                Self::TooLate { block: block(e.blockNumber), latest: block(e.latest) }
            }
            _ => return None,
        })
    }

    /// What the terms of a league run into.
    fn of_terms(error: &Error) -> Option<Self> {
        Some(match error {
            Error::TermOutOfRange(e) => {
                let (got, range) = (e.received.to_string(), format!("{} to {}", e.least, e.most));
                Self::TermOutOfRange { term: term_in_words(&e.term.0), got, range }
            }
            Error::NoContract(e) => {
                Self::NoContract { term: term_in_words(&e.term.0), got: e.received.to_string() }
            }
            Error::OddMatchCount(e) => Self::OddMatches { got: e.received },
            Error::NothingToLose(_) => Self::NothingToLose,
            _ => return None,
        })
    }
}

/// How far a round is, by the contract's number for it.
fn status(number: u8) -> &'static str {
    match number {
        0 => "not opened",
        1 => "open",
        2 => "seeded",
        3 => "final",
        4 => "void",
        5 => "waiting for code to be shown",
        _ => "at a point that this release does not know",
    }
}

/// A term's name in the contract, as leagues.toml writes it.
fn term_in_words(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let name = match name.trim_end_matches('\0') {
        "payouts" => return "the number of payouts".to_owned(),
        // A limit is named by what it limits there.
        name => name.strip_suffix("Max").unwrap_or(name),
    };
    let mut words = String::new();
    for letter in name.chars() {
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
