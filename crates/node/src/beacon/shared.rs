//! The operator's other chain of secrets, whose values are mixed with shares of whoever wants.
//!
//! A share follows from its owner's key, so nothing of it has to be kept: whoever has the key can
//! show it again. Owners whose keys are in this folder commit and show by themselves while a round is
//! run; others do it with commands of their own.

use std::sync::atomic::AtomicBool;

use alloy_primitives::{Address, B256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use nets_chain::{Account, Arena, Call, ChainAdapter, SharedBeacon};
use nets_core::{Digest, Writer, sha256};

use super::offline::SecretChain;
use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::keys::read_secret;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{Progress, check_stop};
use crate::round::wait_until;

/// The secrets behind the beacon's values: not those of the arena's other beacon, which would give
/// them away.
pub(crate) fn secrets(folder: &ArenaFolder) -> Result<SecretChain, NodeError> {
    let secret = read_secret(&folder.beacon_secret())?;
    Ok(SecretChain::new(sha256(&[b"nets shared beacon".as_slice(), &secret.0].concat())))
}

/// Brings the value at `index` onto the chain: reveals secrets up to it, with the shares of local
/// owners, and settles it once all shares are shown or the time for them is over.
pub(super) fn bring(
    node: &mut ArenaNode,
    league: &League,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let beacon = league.terms.beacon;
    loop {
        check_stop(stop)?;
        let next = view(node, beacon, &SharedBeacon::nextIndexCall {})?;
        if let Some(latest) = next.checked_sub(1) {
            show_all(node, beacon, latest, progress)?;
        }
        if !view(node, beacon, &SharedBeacon::valueCall { index })?.is_zero() {
            return Ok(());
        }
        if next > index {
            return settle(node, beacon, index, stop, progress);
        }
        commit_all(node, league, index, progress)?;
        let ready = view(node, beacon, &SharedBeacon::readyBlockCall {})?;
        let ready = u64::try_from(ready).unwrap_or(u64::MAX);
        wait_until(node, ready.saturating_sub(1), stop)?;
        let secret = secrets(&node.folder)?.reveal(next).ok_or_else(|| NodeError::Round {
            league: league.name.clone(),
            reason: "the beacon has revealed all its secrets; deploy another".to_owned(),
        })?;
        let reveal = SharedBeacon::revealCall { secret: B256::new(secret.0) };
        send(node, beacon, OPERATOR, 0, &reveal)?;
    }
}

/// Waits for shares that are not shown yet, and settles the value without those that never are.
fn settle(
    node: &mut ArenaNode,
    beacon: Address,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let last = view(node, beacon, &SharedBeacon::drawOfCall { index })?.lastShareBlock;
    while node.chain.call_block()? <= last {
        check_stop(stop)?;
        node.chain.pass()?;
        if !view(node, beacon, &SharedBeacon::valueCall { index })?.is_zero() {
            return Ok(());
        }
    }
    let open = view(node, beacon, &SharedBeacon::drawOfCall { index })?.open;
    send(node, beacon, OPERATOR, 0, &SharedBeacon::settleCall { index })?;
    progress.note(&format!("seed {index} comes without shares that were not shown: {open}"));
    Ok(())
}

fn view<C: SolCall>(node: &ArenaNode, beacon: Address, call: &C) -> Result<C::Return, NodeError> {
    Ok(Arena::view_of(&node.chain, beacon, call)?)
}

fn send<C: SolCall>(
    node: &mut ArenaNode,
    beacon: Address,
    name: &str,
    value: u128,
    call: &C,
) -> Result<C::Return, NodeError> {
    let account = node.keys.account(name)?;
    let call = Call { to: Some(beacon), value, data: call.abi_encode().into() };
    Ok(node.arena.send::<C>(&mut node.chain, &account, call)?)
}

/// An owner's share of a value: nobody can tell it without the owner's key.
fn share(account: &Account, beacon: Address, index: u64) -> B256 {
    let mut writer = Writer::new();
    writer.raw(b"nets share").raw(&account.secret()).raw(beacon.as_slice()).u64(index);
    B256::new(sha256(&writer.finish()).0)
}

fn address(account: &Account) -> Address {
    Address::new(account.address().0)
}

fn commitment_of(
    node: &ArenaNode,
    beacon: Address,
    index: u64,
    owner: Address,
) -> Result<B256, NodeError> {
    view(node, beacon, &SharedBeacon::commitmentOfCall { index, owner })
}

/// Commits for every local owner with an agent in the league that holds the bond outside the arena.
fn commit_all(
    node: &mut ArenaNode,
    league: &League,
    index: u64,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let names = node.owner_names()?;
    let members = node.members(&league.name)?;
    let mut owners: Vec<_> = members.iter().filter_map(|line| names.get(&line.owner)).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        match commit(node, league.terms.beacon, index, owner) {
            Ok(true) => progress.note(&format!("{owner} committed to a share of seed {index}")),
            Ok(false) => {}
            Err(NodeError::Interrupted) => return Err(NodeError::Interrupted),
            // A round does not wait for who cannot or will not take part.
            Err(error) => progress.note(&format!("{owner} adds no share: {error}")),
        }
    }
    Ok(())
}

/// Commits for an owner, unless it has committed or holds less than the bond.
fn commit(
    node: &mut ArenaNode,
    beacon: Address,
    index: u64,
    name: &str,
) -> Result<bool, NodeError> {
    let account = node.keys.account(name)?;
    let bond = view(node, beacon, &SharedBeacon::bondCall {})?;
    let bond = u128::try_from(bond).unwrap_or(u128::MAX);
    let is_committed = !commitment_of(node, beacon, index, address(&account))?.is_zero();
    if is_committed || node.coin_outside(&account.address())? < bond {
        return Ok(false);
    }
    let share = share(&account, beacon, index);
    let commitment = keccak256((index, address(&account), share).abi_encode());
    send(node, beacon, name, bond, &SharedBeacon::commitCall { index, commitment })?;
    Ok(true)
}

/// Shows the share of every local account that has one to show.
fn show_all(
    node: &mut ArenaNode,
    beacon: Address,
    index: u64,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let draw = view(node, beacon, &SharedBeacon::drawOfCall { index })?;
    if draw.open == 0 || node.chain.call_block()? > draw.lastShareBlock {
        return Ok(());
    }
    for (owner, name) in node.owner_names()? {
        if commitment_of(node, beacon, index, Address::new(owner.0))?.is_zero() {
            continue;
        }
        let share = share(&node.keys.account(&name)?, beacon, index);
        match send(node, beacon, &name, 0, &SharedBeacon::showCall { index, share }) {
            Ok(_) => progress.note(&format!("{name} showed its share of seed {index}")),
            Err(NodeError::Interrupted) => return Err(NodeError::Interrupted),
            Err(error) => progress.note(&format!("the share of {name} is not shown: {error}")),
        }
    }
    Ok(())
}

/// What an owner does about its share of a league's next seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareStep {
    /// Commits to it, with the bond.
    Commit,
    /// Shows it, once the operator's secret is known, and has the bond back.
    Show,
    /// Takes the commitment and the bond back, before that.
    TakeBack,
}

impl ArenaNode {
    /// Does a step about a local account's share; gives the number of the beacon's value.
    ///
    /// # Errors
    /// When the league's beacon takes no shares, the account cannot pay, or the contract refuses: it
    /// is too early or too late for the step.
    pub fn share_seed(
        &mut self,
        league: &str,
        name: &str,
        step: ShareStep,
    ) -> Result<u64, NodeError> {
        let league = self.league(league)?;
        let beacon = league.terms.beacon;
        if self.beacon_of(&league) != Some(nets_chain::BeaconKind::OfflineShared) {
            return Err(NodeError::TakesNoShares { league: league.name });
        }
        let account = self.keys.account(name)?;
        let next = view(self, beacon, &SharedBeacon::nextIndexCall {})?;
        let bond = view(self, beacon, &SharedBeacon::bondCall {})?;
        match step {
            ShareStep::Commit => {
                self.check_outside(name, &account, u128::try_from(bond).unwrap_or(u128::MAX))?;
                let index = self.open_index(&league)?.filter(|index| *index >= next);
                // The next round to open is played on the second value that is not known.
                let index = index.unwrap_or(next + 1);
                commit(self, beacon, index, name)?;
                Ok(index)
            }
            ShareStep::Show => {
                let index = next.saturating_sub(1);
                let share = share(&account, beacon, index);
                send(self, beacon, name, 0, &SharedBeacon::showCall { index, share })?;
                Ok(index)
            }
            ShareStep::TakeBack => {
                let mut index = next;
                if commitment_of(self, beacon, index, address(&account))?.is_zero() {
                    index += 1;
                }
                send(self, beacon, name, 0, &SharedBeacon::takeBackCall { index })?;
                Ok(index)
            }
        }
    }

    /// The beacon's value that an open round of the league waits for.
    fn open_index(&self, league: &League) -> Result<Option<u64>, NodeError> {
        let rounds = self.rounds(&league.name)?;
        let is_open =
            |round: &&crate::round::RoundLine| round.status == nets_chain::RoundStatus::Open;
        Ok(rounds.last().filter(is_open).map(|round| round.beacon_index))
    }
}

/// The tip of the operator's chain.
pub(crate) fn tip(folder: &ArenaFolder) -> Result<B256, NodeError> {
    let Digest(tip) = secrets(folder)?.tip();
    Ok(B256::new(tip))
}
