//! Sponsoring: registrations are signed, collected, proposed as one batch, and paid by one account.
//!
//! What a sponsor has collected is a file of one JSON object a line, so that owners can send it in
//! any way; nothing in it is believed before its signature was checked.

use std::path::Path;

use alloy_primitives::{Address as ChainAddress, B256};
use alloy_sol_types::SolCall;
use nets_chain::{BatchFault, IArena};
use nets_core::{Address, AgentId, Digest, SeatIdentity, sha256};
use nets_league::{Registration, RegistrationBatch};
use serde::{Deserialize, Serialize};

use super::{BatchStatus, all_batches, domain};
use crate::entering::local_name;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};

/// A registration on its way to its sponsor: a line of the sponsor's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRegistration {
    /// The number of the league in the contract.
    pub league: u64,
    /// The sponsor's address.
    pub sponsor: String,
    /// Which of the sponsor's batches it is for, counted from 0.
    pub nonce: u64,
    /// The owner's address.
    pub owner: String,
    /// The SHA-256 of the module, or in a signed league the key.
    pub code_hash: String,
    /// The owner's signature, 65 bytes in hex.
    pub signature: String,
}

/// A batch that is ready to be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBatch {
    /// The root of its registrations, by which it is named.
    pub root: Digest,
    /// How many there are.
    pub count: u32,
    /// The sponsor's nonce that they were signed for.
    pub nonce: u64,
    /// Its agents, in the order of their numbers.
    pub agents: Vec<AgentId>,
}

/// What a sponsor buys or asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchTerm {
    /// Further rounds for those that are not enrolled.
    Renew(u32),
    /// Their stakes back, after the unbonding time.
    Unbond,
    /// The stakes that were asked back.
    WithdrawStakes,
    /// A proposal back that is not wanted any more.
    Withdraw,
}

/// A batch as the contract has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchLine {
    /// Its number in the league.
    pub batch: u32,
    /// Who pays.
    pub sponsor: Address,
    /// How far it is.
    pub status: BatchStatus,
    /// How many members it has.
    pub count: u32,
    /// How many of them are enrolled.
    pub enrolled: u32,
    /// The root of its registrations.
    pub root: Digest,
    /// The number of its first member, once it is accepted.
    pub first: u32,
    /// The first round its members are active in, once it is accepted.
    pub from: u32,
    /// The first round they are not active in any more; how many are paid for before it is accepted.
    pub to: u32,
    /// The stake of each member that is not enrolled.
    pub stake: u128,
    /// The first block in which it may be accepted, as long as nothing of it is demanded.
    pub acceptable_at: u64,
    /// How many demands for its registrations are open.
    pub open_demands: u32,
    /// Whether its registrations are in this folder.
    pub is_here: bool,
    /// Whether its sponsor asked its stakes back.
    pub is_leaving: bool,
}

impl ArenaNode {
    /// Signs the registration of an agent with the next batch of a sponsor; its module is kept here.
    ///
    /// # Errors
    /// When the module is not admissible or the league takes none, the sponsor's address is none, or the
    /// chain cannot be read.
    pub fn sign_registration(
        &mut self,
        league: &str,
        owner: &str,
        sponsor: &str,
        module: &Path,
    ) -> Result<SignedRegistration, NodeError> {
        let league = self.league(league)?;
        if league.rules.is_signed() {
            return Err(NodeError::KeysOnly { league: league.name });
        }
        let (bytes, _) = self.admissible(&league, module)?;
        let (agent, signed) = self.signed(&league, owner, sponsor, sha256(&bytes))?;
        self.artifacts.put_module(&bytes)?;
        self.names.add(&[(agent, local_name(module))])?;
        Ok(signed)
    }

    /// Signs the registration of an agent that is a key with the next batch of a sponsor.
    ///
    /// # Errors
    /// When the league takes modules, the sponsor's address is none, or the chain cannot be read.
    pub fn sign_key_registration(
        &self,
        league: &str,
        owner: &str,
        sponsor: &str,
        key: Address,
    ) -> Result<SignedRegistration, NodeError> {
        let league = self.league(league)?;
        if !league.rules.is_signed() {
            return Err(NodeError::ModulesOnly { league: league.name });
        }
        let code_hash = SeatIdentity::of_key(self.account(owner)?.address(), key).code_hash;
        Ok(self.signed(&league, owner, sponsor, code_hash)?.1)
    }

    /// A registration signed by a local owner, and its agent.
    fn signed(
        &self,
        league: &League,
        owner: &str,
        sponsor: &str,
        code_hash: Digest,
    ) -> Result<(AgentId, SignedRegistration), NodeError> {
        let number = league.id;
        let sponsor = self.address_of(sponsor)?;
        let nonce = self.next_nonce(number, &sponsor)?;
        let account = self.account(owner)?;
        let domain = domain(&self.arena, &self.chain, number, &sponsor, nonce);
        let signed = domain.sign(&account, code_hash);
        let signed = signed.map_err(|_| NodeError::Key { path: self.folder.keys() })?;
        let registration = SignedRegistration {
            league: number,
            sponsor: sponsor.to_string(),
            nonce,
            owner: signed.owner.to_string(),
            code_hash: signed.code_hash.to_string(),
            signature: alloy_primitives::hex::encode_prefixed(signed.signature),
        };
        Ok((signed.agent(), registration))
    }

    /// Makes the next batch of a local sponsor out of what it collected, and keeps it in the folder.
    ///
    /// # Errors
    /// With the first line that is for another batch or not signed; when an agent is there twice, or
    /// files cannot be written.
    pub fn make_batch(
        &self,
        league: &str,
        sponsor: &str,
        collected: &[SignedRegistration],
        threads: usize,
    ) -> Result<MadeBatch, NodeError> {
        let number = self.league_id(league)?;
        let sponsor = self.account(sponsor)?.address();
        let nonce = self.next_nonce(number, &sponsor)?;
        let line = |(line, signed): (usize, &SignedRegistration)| {
            let reason = |reason: String| NodeError::Registration { line: line + 1, reason };
            let is_for = (signed.league, signed.nonce) == (number, nonce)
                && signed.sponsor.parse() == Ok(sponsor);
            if !is_for {
                return Err(reason(format!(
                    "it is for batch {} of {} in league {}, expected batch {nonce} of {sponsor} in \
                     league {number}",
                    signed.nonce, signed.sponsor, signed.league
                )));
            }
            signed.read().map_err(reason)
        };
        let registrations =
            collected.iter().enumerate().map(line).collect::<Result<Vec<_>, _>>()?;
        let batch = RegistrationBatch::sorted(registrations);
        let domain = domain(&self.arena, &self.chain, number, &sponsor, nonce);
        if let Some(fault) = domain.fault(&batch, threads) {
            let (BatchFault::Unsigned(index) | BatchFault::Disorder(index)) = fault;
            let owner = batch.registrations()[index as usize].owner.to_string();
            let code = batch.registrations()[index as usize].code_hash.to_string();
            let of_it =
                |signed: &SignedRegistration| signed.owner == owner && signed.code_hash == code;
            let at = collected.iter().rposition(of_it).unwrap_or_default();
            let reason = match fault {
                BatchFault::Unsigned(_) => "its owner did not sign this".to_owned(),
                BatchFault::Disorder(_) => "this agent is there twice".to_owned(),
            };
            return Err(NodeError::Registration { line: at + 1, reason });
        }
        self.artifacts.put_batch(&batch)?;
        let agents = batch.registrations().iter().map(Registration::agent).collect();
        Ok(MadeBatch { root: batch.root(), count: batch.count(), nonce, agents })
    }

    /// Proposes a batch that was made here, for so many rounds; gives its number.
    ///
    /// # Errors
    /// When it is not here, the sponsor cannot pay, or the chain cannot be written.
    pub fn propose_batch(
        &mut self,
        league: &str,
        sponsor: &str,
        root: &Digest,
        rounds: u32,
    ) -> Result<u32, NodeError> {
        let number = self.league_id(league)?;
        let count = self.artifacts.batch_count(root)?;
        let root = B256::new(root.0);
        let call = IArena::proposeBatchCall { league: number, root, count, rounds };
        let subject = || format!("a batch of {count} agents in league {league}");
        let address = self.account(sponsor)?.address();
        if let Some(error) = self.refusal(&address, &call)? {
            return Err(NodeError::about(subject, error));
        }
        let (_, proposed): (_, IArena::BatchProposed) = self.send_for_event(sponsor, &call)?;
        Ok(proposed.batch)
    }

    /// Accepts a batch that stood.
    ///
    /// # Errors
    /// When it did not stand yet, leaves of it are demanded, or the chain cannot be written.
    pub fn accept_batch(&mut self, league: &str, batch: u32) -> Result<BatchLine, NodeError> {
        let id = self.league_id(league)?;
        self.send_about_batch(
            league,
            batch,
            OPERATOR,
            &IArena::acceptBatchCall { league: id, batch },
        )?;
        self.batch(league, batch)
    }

    /// Does with a batch what only its sponsor may.
    ///
    /// # Errors
    /// When the sponsor is no account of this arena, the contract refuses, or the chain cannot be
    /// written.
    pub fn change_batch(
        &mut self,
        league: &str,
        batch: u32,
        term: BatchTerm,
    ) -> Result<BatchLine, NodeError> {
        let id = self.league_id(league)?;
        let sponsor = self.batch(league, batch)?.sponsor;
        let account = self.account_name(&sponsor).ok_or_else(|| NodeError::ForeignOwner {
            agent: format!("batch {batch} of {league}"),
            owner: sponsor,
            known: self.account_names().unwrap_or_default().join(", "),
        })?;
        match term {
            BatchTerm::Renew(rounds) => {
                let call = IArena::renewBatchCall { league: id, batch, rounds };
                self.send_about_batch(league, batch, &account, &call)?;
            }
            BatchTerm::Unbond => {
                let call = IArena::unbondBatchCall { league: id, batch };
                self.send_about_batch(league, batch, &account, &call)?;
            }
            BatchTerm::WithdrawStakes => {
                let call = IArena::withdrawBatchStakesCall { league: id, batch };
                self.send_about_batch(league, batch, &account, &call)?;
            }
            BatchTerm::Withdraw => {
                let call = IArena::withdrawBatchCall { league: id, batch };
                self.send_about_batch(league, batch, &account, &call)?;
            }
        }
        self.batch(league, batch)
    }

    /// The batches of a league.
    ///
    /// # Errors
    /// When there is no such league or the chain cannot be read.
    pub fn batches(&self, league: &str) -> Result<Vec<BatchLine>, NodeError> {
        let league = self.league(league)?;
        let batches = (0..).zip(all_batches(&self.arena, &self.chain, league.id)?);
        Ok(batches.map(|(number, batch)| self.batch_line(&league, number, &batch)).collect())
    }

    /// A batch of a league.
    ///
    /// # Errors
    /// When there is no such batch or the chain cannot be read.
    pub fn batch(&self, league: &str, batch: u32) -> Result<BatchLine, NodeError> {
        let lines = self.batches(league)?;
        let count = lines.len();
        let found = lines.into_iter().nth(batch as usize);
        found.ok_or_else(|| NodeError::UnknownBatch { league: league.to_owned(), batch, count })
    }

    fn batch_line(&self, league: &League, number: u32, batch: &IArena::Batch) -> BatchLine {
        let root = Digest(batch.root.0);
        BatchLine {
            batch: number,
            sponsor: Address(batch.sponsor.into_array()),
            status: BatchStatus::of(batch),
            count: batch.count,
            enrolled: batch.enrolled,
            root,
            first: batch.first,
            from: batch.from,
            to: batch.to,
            stake: batch.stake,
            acceptable_at: batch.proposedAt.to::<u64>()
                + u64::from(league.terms.challengeBlocks)
                + 1,
            open_demands: batch.openDemands,
            is_here: self.artifacts.batch_path(&root).exists(),
            is_leaving: !batch.unbondedAt.is_zero(),
        }
    }

    /// The address of a local account, or the address that is given instead of a name.
    fn address_of(&self, name: &str) -> Result<Address, NodeError> {
        match name.parse() {
            Ok(address) => Ok(address),
            Err(_) => Ok(self.account(name)?.address()),
        }
    }

    fn next_nonce(&self, league: u64, sponsor: &Address) -> Result<u64, NodeError> {
        let sponsor = ChainAddress::new(sponsor.0);
        self.view(&IArena::batchNonceCall { league, sponsor })
    }

    fn send_about_batch<C: SolCall>(
        &mut self,
        league: &str,
        batch: u32,
        account: &str,
        call: &C,
    ) -> Result<(), NodeError> {
        let account = self.account(account)?;
        let sent = self.arena.send::<C>(&mut self.chain, &account, self.arena.call(call));
        sent.map_err(|error| NodeError::about(|| format!("batch {batch} of {league}"), error))?;
        Ok(())
    }
}

impl SignedRegistration {
    /// The registration, or what is wrong with its text.
    fn read(&self) -> Result<Registration, String> {
        let owner = self.owner.parse().map_err(|error| format!("its owner: {error}"))?;
        let code_hash = Digest::from_hex(&self.code_hash);
        let code_hash = code_hash.map_err(|error| format!("its code hash: {error}"))?;
        let signature = alloy_primitives::hex::decode_to_array(&self.signature);
        let signature = signature.map_err(|error| format!("its signature: {error}"))?;
        Ok(Registration { owner, code_hash, signature })
    }
}
