//! Claims: what local owners vouch for, signed and posted while the window is open.
//!
//! Invariant: no claim is signed on the word of a record; the claimed matches are played for it.

use std::collections::BTreeMap;

use nets_chain::{ChainAdapter, IArena, RoundStatus};
use nets_core::{Address, Score};
use nets_league::Claim;

use super::RoundOptions;
use super::plan::{current_round, latest_plan};
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{Progress, Records, play_entry};
use crate::seals::Seals;

/// What an owner claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimKind {
    /// The scores its own computation gives, one for each match.
    Computed,
    /// These scores, whatever they are.
    Given(Claim),
}

/// Posts claims of local owners for their agents, by member, in the round under way: all of them in
/// one block, since a window is only so many blocks long.
///
/// # Errors
/// [`NodeError::TooLateToClaim`] when the window is over; others when no round is under way, an agent
/// is not in it, or the chain refuses one of the claims: then none is posted.
pub fn post_claims(
    node: &mut ArenaNode,
    league: &str,
    claims: &BTreeMap<u32, ClaimKind>,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<BTreeMap<u32, Claim>, NodeError> {
    let league = node.league(league)?;
    let (number, round) = current_round(node, &league)?;
    let (next, latest) =
        (node.chain.head()?.number + 1, round.seededAt + u64::from(league.terms.claimBlocks));
    if round.progress() == RoundStatus::Seeded && next > latest {
        return Err(NodeError::TooLateToClaim { league: league.name, round: number, latest, next });
    }
    // A block less for the window, but only where somebody who claims has no record yet.
    node.enroll_waiting(league.id, claims.keys().copied())?;
    let operator = node.keys.account(OPERATOR)?;
    let (mut posted, mut calls) = (BTreeMap::new(), Vec::new());
    for (&member, kind) in claims {
        let claim = match kind {
            ClaimKind::Given(claim) => claim.clone(),
            ClaimKind::Computed => {
                Claim::EachMatch(own_scores(node, &league.name, member, options, progress)?)
            }
        };
        let subject = || format!("member {member} of league {}", league.name);
        let call = signed_claim(node, &league, number, member, &claim)?;
        node.view_about(subject, &call)?;
        calls.push((&operator, node.arena.call(&call)));
        posted.insert(member, claim);
    }
    node.arena.send_all::<IArena::postClaimCall>(&mut node.chain, &calls)?;
    Ok(posted)
}

/// The call that posts a claim, signed by the member's owner.
fn signed_claim(
    node: &ArenaNode,
    league: &League,
    round: u32,
    member: u32,
    claim: &Claim,
) -> Result<IArena::postClaimCall, NodeError> {
    let subject = || format!("league {}", league.name);
    let line = node.view_about(subject, &IArena::memberOfCall { league: league.id, member })?;
    let (league, kind, scores) = (league.id, claim.kind(), claim.scores().to_vec());
    let digest = IArena::claimDigestCall { league, round, member, kind, scores: scores.clone() };
    let digest = node.view(&digest)?;
    let owner = node.account_name(&Address(line.owner.into_array()));
    let owner = owner.ok_or_else(|| NodeError::UnknownAccount {
        name: line.owner.to_string(),
        known: node.account_names().unwrap_or_default().join(", "),
    })?;
    let signature = node.keys.account(&owner)?.sign(&digest);
    let signature = signature.map_err(|_| NodeError::Key { path: node.folder.keys() })?;
    let signature = signature.as_bytes().to_vec().into();
    Ok(IArena::postClaimCall { league, round, member, kind, scores, signature })
}

/// The scores of an agent's matches in the round under way, as its owner computes them before any
/// claim is known: by playing them, whatever records there are.
///
/// # Errors
/// When no round is under way, the agent is not in it, or a match has no verdict.
pub fn own_scores(
    node: &ArenaNode,
    league: &str,
    member: u32,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Score>, NodeError> {
    let league = node.league(league)?;
    let (number, round) = current_round(node, &league)?;
    let plan = latest_plan(node, &league, number, &round)?;
    let not_in = || NodeError::NotInRound { league: league.name.clone(), member, round: number };
    let entry = plan.entries.iter().position(|entry| entry.member == member);
    let entry = entry.ok_or_else(not_in)? as u32;
    let seals = Seals::open(&node.folder)?;
    let options = options.play_options(Records::Renew(&seals));
    play_entry(&node.artifacts, node.folder.compiled(), &plan, entry, options, progress)
}
