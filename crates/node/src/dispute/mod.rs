//! Disputes over the outcome of a round: what there is to do about each assertion, by whoever has
//! computed the round.
//!
//! A right assertion is defended by answering whatever is demanded of it; of a wrong one the lie is
//! looked for, demanded where it is hidden, and shown to the court. What stands demanded and what was
//! disclosed is read from the chain's events every time, so nothing of a dispute is kept here, and
//! whoever is killed in one goes on where it was.
//!
//! Reading order: [`docket`] (what the chain says), [`case`] (what follows from it), [`descent`] (how
//! a hidden lie is reached), [`seats`] (trials, where nothing but a decision can be wrong) over
//! [`runs`] (the image's), [`deed`] (what is sent).

mod answers;
mod case;
mod deed;
mod descent;
mod docket;
mod explained;
mod runs;
mod seats;
mod told;

pub(crate) use self::answers::answer;
pub(crate) use self::case::{Case, Judged, committing};
pub use self::case::{JudgedAssertion, Standing};
pub use self::deed::{Deed, DeedKind};
pub(crate) use self::deed::{Performed, PlannedDeed, perform};
pub(crate) use self::docket::{Dockets, split_leaves};
pub use self::explained::{ClaimedDecision, ExplainedTrial, TriedMatch};
pub(crate) use self::runs::{Going, Runs, run_of};
pub(crate) use self::seats::{messages, opening, question};
pub(crate) use self::told::{Told, ToldTrace, leaves_of};

/// How many levels of a tree one answer covers.
const LEVELS: u8 = 5;

/// What demands are about, as the contract numbers it; up to `TRACE` they are trees.
mod subject {
    pub(super) const ENTRIES: u8 = 0;
    pub(super) const MATCHES: u8 = 1;
    pub(super) const RANKS: u8 = 2;
    pub(super) const TRACE: u8 = 3;
    /// What a trace root is the hash of; after it come the bytes of a state.
    pub(super) const TRACE_ROOT: u8 = 4;
}
