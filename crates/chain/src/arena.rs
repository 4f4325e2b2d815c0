//! The arena as typed calls: what is asked before it is sent, and why it refuses, in words.

use std::fmt::Debug;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::{SolCall, SolInterface};
use thiserror::Error;

use crate::adapter::{ChainAdapter, ChainError, Receipt};
use crate::bindings::clocks::IClocks;
use crate::bindings::demands::IDemands;
use crate::bindings::trials::ITrials;
use crate::bindings::{DrandBeacon, IArena, IBeacon, ICourt, RandaoBeacon, SharedBeacon};
use crate::deployment::Deployment;
use crate::embedded::EmbeddedChain;
use crate::signer::Signer;
use crate::transaction::Call;

/// An arena that did not do what was asked.
#[derive(Debug, Error)]
pub enum ArenaError {
    /// The chain could not be used.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contract refused.
    #[error("the arena refused {function}: {reason}")]
    Refused {
        /// The function called.
        function: &'static str,
        /// The contract's error with its values, as text.
        reason: String,
        /// The arena contract's error, where it is one of its own.
        error: Option<Box<IArena::IArenaErrors>>,
    },
    /// The contract answered something that does not decode.
    #[error("the arena's answer to {function} does not decode: {reason}")]
    Answer {
        /// The function called.
        function: &'static str,
        /// Why not.
        reason: String,
    },
}

/// The contracts of an arena on some chain.
#[derive(Clone, Debug)]
pub struct Arena {
    deployment: Deployment,
}

impl Arena {
    /// The arena deployed here.
    pub fn new(deployment: Deployment) -> Self {
        Self { deployment }
    }

    /// Where its contracts are.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// A call of the arena contract.
    pub fn call<C: SolCall>(&self, call: &C) -> Call {
        Call { to: Some(self.deployment.arena), value: 0, data: call.abi_encode().into() }
    }

    /// A call of the arena's own beacon.
    pub fn beacon_call<C: SolCall>(&self, call: &C) -> Call {
        Call { to: Some(self.deployment.beacon), value: 0, data: call.abi_encode().into() }
    }

    /// A call of the demands contract.
    pub fn demands_call<C: SolCall>(&self, call: &C) -> Call {
        Call { to: Some(self.deployment.demands), value: 0, data: call.abi_encode().into() }
    }

    /// A call of the contract that has the clocks of signed matches.
    pub fn clocks_call<C: SolCall>(&self, call: &C) -> Call {
        Call { to: Some(self.deployment.clocks), value: 0, data: call.abi_encode().into() }
    }

    /// A call of the court contract.
    pub fn court_call<C: SolCall>(&self, call: &C) -> Call {
        Call { to: Some(self.deployment.court), value: 0, data: call.abi_encode().into() }
    }

    /// Asks the arena contract, without changing anything.
    ///
    /// # Errors
    /// When it refuses, or the chain cannot be read.
    pub fn view<C: SolCall>(
        &self,
        chain: &dyn ChainAdapter,
        call: &C,
    ) -> Result<C::Return, ArenaError> {
        decode::<C>(chain.call(Address::ZERO, &self.call(call)))
    }

    /// Asks the arena's own beacon, without changing anything.
    ///
    /// # Errors
    /// When it refuses, or the chain cannot be read.
    pub fn view_beacon<C: SolCall>(
        &self,
        chain: &dyn ChainAdapter,
        call: &C,
    ) -> Result<C::Return, ArenaError> {
        Self::view_of(chain, self.deployment.beacon, call)
    }

    /// Asks any contract, without changing anything.
    ///
    /// # Errors
    /// When it refuses, or the chain cannot be read.
    pub fn view_of<C: SolCall>(
        chain: &dyn ChainAdapter,
        contract: Address,
        call: &C,
    ) -> Result<C::Return, ArenaError> {
        let call = Call { to: Some(contract), value: 0, data: call.abi_encode().into() };
        decode::<C>(chain.call(Address::ZERO, &call))
    }

    /// What a contract said when it refused a call, as text.
    pub fn refusal_in_words(output: &[u8]) -> String {
        in_words::<IArena::IArenaErrors>(output)
            .or_else(|| in_words::<ICourt::ICourtErrors>(output))
            .or_else(|| in_words::<IBeacon::IBeaconErrors>(output))
            .or_else(|| in_words::<IDemands::IDemandsErrors>(output))
            .or_else(|| in_words::<ITrials::ITrialsErrors>(output))
            .or_else(|| in_words::<IClocks::IClocksErrors>(output))
            .or_else(|| in_words::<SharedBeacon::SharedBeaconErrors>(output))
            .or_else(|| in_words::<DrandBeacon::DrandBeaconErrors>(output))
            .or_else(|| in_words::<RandaoBeacon::RandaoBeaconErrors>(output))
            .or_else(|| alloy_sol_types::decode_revert_reason(output))
            .unwrap_or_else(|| format!("with data {}", Bytes::copy_from_slice(output)))
    }

    /// Sends one call, after asking whether it would be refused, so that a refusal leaves no trace on
    /// the chain; gives what the call was going to return when it was asked.
    ///
    /// # Errors
    /// When the contract refuses, or the chain cannot be used.
    pub fn send<C: SolCall>(
        &self,
        chain: &mut dyn ChainAdapter,
        signer: &impl Signer,
        call: Call,
    ) -> Result<C::Return, ArenaError> {
        let (answer, _) = self.send_for_receipts::<C>(chain, signer, call)?;
        Ok(answer)
    }

    /// As [`Arena::send`], and gives the receipt, in a list of its own: on a chain that others use
    /// too, what the call was going to return may be another's by the time that it is made.
    ///
    /// # Errors
    /// As [`Arena::send`].
    pub fn send_for_receipts<C: SolCall>(
        &self,
        chain: &mut dyn ChainAdapter,
        signer: &impl Signer,
        call: Call,
    ) -> Result<(C::Return, Vec<Receipt>), ArenaError> {
        let from = Address::new(signer.address().0);
        let answer = decode::<C>(chain.call(from, &call))?;
        let receipts = self.send_all::<C>(chain, &[(signer, call)])?;
        Ok((answer, receipts))
    }

    /// Sends one call from `account` with new coin of an embedded chain as its value: both or
    /// neither.
    ///
    /// # Errors
    /// When the contract refuses, all coin together would be too much, or the chain cannot be used.
    pub fn send_new_coin<C: SolCall>(
        &self,
        chain: &mut EmbeddedChain,
        account: &dyn Signer,
        call: Call,
    ) -> Result<(), ArenaError> {
        chain.grant_and_call(account, call).map_err(|error| match error {
            ChainError::Reverted { output } => refusal::<C>(&output),
            error => error.into(),
        })
    }

    /// What each of these calls of one function would come to if the next block held all of them.
    ///
    /// # Errors
    /// When the chain cannot be used; what the contract refuses is in the answers.
    pub fn try_all<C: SolCall>(
        &self,
        chain: &dyn ChainAdapter,
        calls: &[(Address, Call)],
    ) -> Result<Vec<Result<C::Return, ArenaError>>, ArenaError> {
        let answers = chain.call_in_turn(calls)?.into_iter();
        Ok(answers
            .map(|answer| decode::<C>(answer.map_err(|output| ChainError::Reverted { output })))
            .collect())
    }

    /// Sends calls of one function, in this order and in one block of an embedded chain.
    ///
    /// # Errors
    /// When the chain cannot be used, or the contract refused one of the calls; the others stand.
    pub fn send_all<C: SolCall>(
        &self,
        chain: &mut dyn ChainAdapter,
        calls: &[(&impl Signer, Call)],
    ) -> Result<Vec<Receipt>, ArenaError> {
        let calls: Vec<_> =
            calls.iter().map(|(signer, call)| (*signer as &dyn Signer, call.clone())).collect();
        let receipts = chain.send(&calls).map_err(|error| match error {
            ChainError::Reverted { output } => refusal::<C>(&output),
            error => error.into(),
        })?;
        match receipts.iter().find(|receipt| !receipt.is_success) {
            Some(refused) => Err(refusal::<C>(&refused.output)),
            None => Ok(receipts),
        }
    }
}

/// An error of this interface as `Name: field value, field value`, from the debug text that the
/// bindings have for it, `Name(Name { field: value, field: value })`.
fn in_words<E: SolInterface + Debug>(output: &[u8]) -> Option<String> {
    let debug = format!("{:?}", E::abi_decode(output).ok()?);
    let inner = debug.split_once('(').map_or(&*debug, |(_, inner)| inner);
    let inner = inner.strip_suffix(')').unwrap_or(inner);
    Some(match inner.split_once(" { ") {
        Some((name, fields)) => {
            let fields = fields.strip_suffix(" }").unwrap_or(fields);
            format!("{name}: {}", fields.replace(": ", " "))
        }
        None => inner.to_owned(),
    })
}

fn decode<C: SolCall>(answer: Result<Bytes, ChainError>) -> Result<C::Return, ArenaError> {
    let output = match answer {
        Ok(output) => output,
        Err(ChainError::Reverted { output }) => return Err(refusal::<C>(&output)),
        Err(error) => return Err(error.into()),
    };
    C::abi_decode_returns(&output)
        .map_err(|error| ArenaError::Answer { function: C::SIGNATURE, reason: error.to_string() })
}

fn refusal<C: SolCall>(output: &[u8]) -> ArenaError {
    let reason = Arena::refusal_in_words(output);
    let error = IArena::IArenaErrors::abi_decode(output).ok().map(Box::new);
    ArenaError::Refused { function: C::SIGNATURE, reason, error }
}
