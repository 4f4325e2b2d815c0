//! Deeds: calls that are worth sending, tried before they are sent.

use std::fmt;

use alloy_primitives::Address;
use nets_chain::{Account, Arena, Call, ChainAdapter, ChainError, Receipt, Signer};
use serde::Serialize;

use crate::error::NodeError;
use crate::node::ArenaNode;

/// What a deed does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeedKind {
    /// Asserts the outcome of a round.
    Assert,
    /// Gives what was demanded of a right assertion.
    Answer,
    /// Demands what a wrong assertion hides.
    Demand,
    /// Goes on with a demand.
    Pick,
    /// Ends a demand that is not needed any more.
    Close,
    /// Ends a demand that nobody answered, and the assertion with it.
    Expire,
    /// Commits to a refutation.
    Commit,
    /// Refutes an assertion.
    Refute,
    /// Puts a seat on trial of which an assertion tells falsely.
    Try,
    /// Says which part of a defence is not believed.
    Object,
    /// Has an instruction judged, with which a defence falls.
    Judge,
    /// Ends a defence whose defender is silent.
    Fail,
    /// Ends a trial that nobody defends any more, and the assertion with it.
    Convict,
    /// Defends a seat on trial of which an assertion tells rightly.
    Defend,
    /// Cuts the part in question of a defence.
    Cut,
    /// Ends a trial whose challenger is silent.
    Acquit,
    /// Makes an assertion final.
    Finalize,
    /// Takes back the bond of an assertion that was right and not needed, or of a demand for code that
    /// nobody answered.
    Reclaim,
    /// Slashes an agent whose owner lied.
    Slash,
    /// Claims the payout of a rank.
    Payout,
    /// Demands the code of an entry.
    DemandCode,
    /// Shows the code that was demanded.
    ShowCode,
    /// Brings back an entry whose code was shown for another one.
    Readmit,
    /// Ends the time in which code is shown.
    ClosePublication,
    /// Gives a member of a batch a record of its own.
    Enroll,
    /// Makes the registrations of a batch members.
    Accept,
    /// Shows how a match went on whose clock was started.
    Advance,
    /// Reports an agent that signed two actions for one step.
    Report,
}

/// Something that was done, or is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// What it does.
    pub kind: DeedKind,
    /// The league.
    pub league: String,
    /// The round, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// The batch of registrations, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// The assertion it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion: Option<u32>,
    /// What exactly.
    pub about: String,
    /// The gas it used, once it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas: Option<u64>,
}

impl Deed {
    /// A deed about a round that is to be done.
    pub(crate) fn new(
        kind: DeedKind,
        league: String,
        round: u32,
        assertion: Option<u32>,
        about: String,
    ) -> Self {
        Self { kind, league, round: Some(round), batch: None, assertion, about, gas: None }
    }

    /// A deed about a batch that is to be done.
    pub(crate) fn about_batch(kind: DeedKind, league: String, batch: u32, about: String) -> Self {
        Self { kind, league, round: None, batch: Some(batch), assertion: None, about, gas: None }
    }
}

impl DeedKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assert => "assert",
            Self::Answer => "answer",
            Self::Demand => "demand",
            Self::Pick => "pick",
            Self::Close => "close",
            Self::Expire => "expire",
            Self::Commit => "commit",
            Self::Refute => "refute",
            Self::Try => "try",
            Self::Object => "object",
            Self::Judge => "judge",
            Self::Fail => "fail",
            Self::Convict => "convict",
            Self::Defend => "defend",
            Self::Cut => "cut",
            Self::Acquit => "acquit",
            Self::Finalize => "finalize",
            Self::Reclaim => "reclaim",
            Self::Slash => "slash",
            Self::Payout => "payout",
            Self::DemandCode => "demand-code",
            Self::ShowCode => "show-code",
            Self::Readmit => "readmit",
            Self::ClosePublication => "close-publication",
            Self::Enroll => "enroll",
            Self::Accept => "accept",
            Self::Advance => "advance",
            Self::Report => "report",
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, league, round, batch, assertion, about, gas } = self;
        write!(formatter, "{league}")?;
        if let Some(round) = round {
            write!(formatter, ", round {round}")?;
        }
        if let Some(batch) = batch {
            write!(formatter, ", batch {batch}")?;
        }
        if let Some(assertion) = assertion {
            write!(formatter, ", assertion {assertion}")?;
        }
        write!(formatter, ": {}", kind.name())?;
        if !about.is_empty() {
            write!(formatter, " {about}")?;
        }
        gas.map_or(Ok(()), |gas| write!(formatter, " ({gas} gas)"))
    }
}

/// A deed with the call that does it.
#[derive(Clone, Debug)]
pub(crate) struct PlannedDeed {
    pub(crate) deed: Deed,
    pub(crate) call: Call,
}

/// What came of deeds.
#[derive(Debug, Default)]
pub(crate) struct Performed {
    /// What was done.
    pub(crate) done: Vec<Deed>,
    /// What the contracts refused, and why: most often because somebody else was first.
    pub(crate) refused: Vec<(Deed, String)>,
}

impl Performed {
    fn add(&mut self, planned: PlannedDeed, receipt: Receipt) {
        let deed = Deed { gas: Some(receipt.gas_used), ..planned.deed };
        match receipt.is_success {
            true => self.done.push(deed),
            false => self.refused.push((deed, Arena::refusal_in_words(&receipt.output))),
        }
    }
}

/// Sends what would succeed, from one account and in this order.
pub(crate) fn perform(
    node: &mut ArenaNode,
    account: &Account,
    planned: Vec<PlannedDeed>,
) -> Result<Performed, NodeError> {
    let mut performed = Performed::default();
    let from = Address::new(account.address().0);
    let calls: Vec<_> = planned.iter().map(|planned| (from, planned.call.clone())).collect();
    let answers = node.chain.call_in_turn(&calls)?;
    let mut accepted = Vec::new();
    for (planned, answer) in planned.into_iter().zip(answers) {
        match answer {
            Ok(_) => accepted.push(planned),
            Err(output) => performed.refused.push((planned.deed, Arena::refusal_in_words(&output))),
        }
    }
    carry_out(node, account, accepted, &mut performed)?;
    Ok(performed)
}

/// Sends deeds together where they go together, else those that go by themselves.
fn carry_out(
    node: &mut ArenaNode,
    account: &Account,
    mut planned: Vec<PlannedDeed>,
    performed: &mut Performed,
) -> Result<(), NodeError> {
    let mut sent = send(node, account, &planned)?;
    if matches!(sent, Sent::Refused) {
        // Somebody was first with one of them since the state that they were tried on, which on a chain
        // elsewhere is a while ago: the others are sent without it.
        planned = leave_out_refused(node, Address::new(account.address().0), planned, performed)?;
        sent = send(node, account, &planned)?;
    }
    let reason = match sent {
        Sent::Included(receipts) => {
            planned.into_iter().zip(receipts).for_each(|(it, receipt)| performed.add(it, receipt));
            return Ok(());
        }
        // Half of them may be within the account's means, and half of a defence is better than none.
        Sent::TooDear(_) if planned.len() > 1 => {
            let rest = planned.split_off(planned.len() / 2);
            carry_out(node, account, planned, performed)?;
            return carry_out(node, account, rest, performed);
        }
        Sent::TooDear(reason) => reason,
        Sent::Refused => "refused a moment after it was tried again".to_owned(),
    };
    performed.refused.extend(planned.into_iter().map(|it| (it.deed, reason.clone())));
    Ok(())
}

/// What sending calls came to.
enum Sent {
    Included(Vec<Receipt>),
    /// A contract refuses one of them; nothing was sent.
    Refused,
    /// The account cannot pay for all of them; nothing was sent.
    TooDear(String),
}

fn send(
    node: &mut ArenaNode,
    account: &Account,
    planned: &[PlannedDeed],
) -> Result<Sent, NodeError> {
    if planned.is_empty() {
        return Ok(Sent::Included(Vec::new()));
    }
    let calls = planned.iter().map(|planned| (account as &dyn Signer, planned.call.clone()));
    match node.chain.send(&calls.collect::<Vec<_>>()) {
        Err(ChainError::Reverted { .. }) => Ok(Sent::Refused),
        Err(ChainError::Insufficient { message, .. }) => Ok(Sent::TooDear(message)),
        receipts => Ok(Sent::Included(receipts?)),
    }
}

/// Those that no contract would refuse as things stand now.
fn leave_out_refused(
    node: &ArenaNode,
    from: Address,
    planned: Vec<PlannedDeed>,
    performed: &mut Performed,
) -> Result<Vec<PlannedDeed>, NodeError> {
    let calls: Vec<_> = planned.iter().map(|planned| (from, planned.call.clone())).collect();
    let mut left = Vec::new();
    for (planned, refusal) in planned.into_iter().zip(node.chain.refusals_now(&calls)?) {
        match refusal {
            None => left.push(planned),
            Some(output) => {
                performed.refused.push((planned.deed, Arena::refusal_in_words(&output)));
            }
        }
    }
    Ok(left)
}
