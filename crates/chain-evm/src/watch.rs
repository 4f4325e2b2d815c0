//! Watching: who may stop a transaction on its way, and who wants to know how far it is.

/// Where the sending of transactions is. Between any two of these a process may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They were tried and would succeed; nothing is stored.
    Tried,
    /// They are signed and in the outbox; the node has not seen them.
    Stored,
    /// The node has been given them.
    Sent,
    /// Some of them are not final yet.
    Waiting {
        /// How many are final.
        done: usize,
        /// How many there are.
        total: usize,
        /// The latest block.
        latest: u64,
        /// The latest final block.
        last_final: u64,
    },
    /// All of them are final; the outbox does not say so yet.
    Final,
    /// A block is waited for, whatever is in it.
    Passing {
        /// The latest final block.
        last_final: u64,
    },
}

/// Somebody who watches over what is sent and waited for.
pub trait Watch: Send + Sync {
    /// Whether to go on after this step. If not, everything stays as it is at this point, and who
    /// asks for the same calls again goes on from there.
    fn goes_on(&self, step: Step) -> bool;
}

/// Nobody: everything goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn goes_on(&self, _: Step) -> bool {
        true
    }
}
