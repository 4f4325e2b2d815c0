//! What the judge comes to, and the number of each verdict.
//!
//! The numbers are the protocol's: a contract knows a verdict by nothing else. A number never changes
//! its meaning.

use thiserror::Error;

/// What becomes of an asserted trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what the rules come to for the seat.
    Stands,
    /// This program cannot say; the trace counts as standing.
    Beyond(Beyond),
    /// It is not.
    False(False),
}

/// Why this program cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[repr(u32)]
pub enum Beyond {
    /// The digest is that of no question.
    #[error("there is no question behind the digest")]
    NoQuestion = 0x100,
    /// The match has no such seat.
    #[error("the match has no such seat")]
    NoSeat = 0x101,
    /// The match id is the hash of nothing that is a match in this version of the protocol.
    #[error("the match id is of no match that is known here")]
    Match = 0x102,
    /// The rules are of another version of the protocol, or of no form known here.
    #[error("the rules are of no form that is known here")]
    Rules = 0x103,
    /// Agents are metered by another version.
    #[error("the fuel is of another metering version")]
    Metering = 0x104,
    /// Agents are keys: signatures judge them.
    #[error("the match is signed")]
    Signed = 0x105,
    /// The System, its version or its parameters are not known here.
    #[error("the System is not known here")]
    System = 0x106,
    /// The data set is none, too long, or does not go with the parameters.
    #[error("the data set cannot be played on")]
    DataSet = 0x107,
    /// The spec has not as many agents as the System has seats.
    #[error("there are not as many agents as seats")]
    SeatCount = 0x108,
    /// The program failed in a way that no agent may cause.
    #[error("the program fell short")]
    Failed = 0x109,
}

/// What is wrong with a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[repr(u32)]
pub enum False {
    /// The trace root is the hash of nothing that is one.
    #[error("the trace root is malformed")]
    TraceRoot = 1,
    /// The trace is of another match.
    #[error("the trace is of another match")]
    OtherMatch = 2,
    /// The trace has not one leaf more than the match steps.
    #[error("the trace has another count of leaves than the steps demand")]
    LeafCount = 3,
    /// The tree of the leaves is none.
    #[error("the tree of leaves is malformed")]
    Tree = 4,
    /// A leaf is none, or of a kind that has no place there.
    #[error("a leaf is malformed or of another kind")]
    Leaf = 5,
    /// A leaf is of another step.
    #[error("a leaf is of another step")]
    Step = 6,
    /// Other seats act.
    #[error("other seats act")]
    Acting = 7,
    /// The state is another.
    #[error("the state is another")]
    State = 8,
    /// The acting seats see something else.
    #[error("the observations are others")]
    Observations = 9,
    /// An action is not legal.
    #[error("an action is not legal")]
    Illegal = 10,
    /// The agent decides for another action.
    #[error("the agent decides for another action")]
    Action = 11,
    /// The agent forfeits where it is said to have acted.
    #[error("the agent forfeits, which the trace denies")]
    FaultDenied = 12,
    /// The agent decides where it is said to have forfeited.
    #[error("the agent decides, where the trace says that it forfeits")]
    FaultInvented = 13,
    /// The match goes on, or is over, where the trace says otherwise.
    #[error("the match ends elsewhere")]
    EndsElsewhere = 14,
    /// It ends in another way.
    #[error("the match ends in another way")]
    Termination = 15,
    /// The seats that forfeit are not among those that act.
    #[error("seats forfeit that do not act")]
    ForfeitSet = 16,
    /// The scores are others.
    #[error("the scores are others")]
    Scores = 17,
    /// The fuel of the seat is another.
    #[error("the agent used other fuel")]
    Fuel = 18,
    /// There is no such agent: its id, or its module's hash, was made up.
    #[error("there is no such agent or module")]
    NoAgent = 19,
}

impl Verdict {
    /// The verdict's number: 0 for [`Verdict::Stands`], the reason's otherwise.
    pub fn code(self) -> u32 {
        match self {
            Self::Stands => 0,
            Self::Beyond(reason) => reason as u32,
            Self::False(reason) => reason as u32,
        }
    }

    /// What the program ends with: the number of a false trace's reason, 0 for any other.
    pub fn exit_code(self) -> u32 {
        match self {
            Self::Stands | Self::Beyond(_) => 0,
            Self::False(_) => self.code(),
        }
    }
}

impl From<Beyond> for Verdict {
    fn from(reason: Beyond) -> Self {
        Self::Beyond(reason)
    }
}

impl From<False> for Verdict {
    fn from(reason: False) -> Self {
        Self::False(reason)
    }
}
