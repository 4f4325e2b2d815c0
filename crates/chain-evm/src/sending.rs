//! The life of a transaction: tried, signed, stored, sent, sent again until it is final.
//!
//! Nothing is stored before all calls were tried, so that a refusal leaves no trace and no nonce is
//! taken in vain; nothing is sent before it is stored, so that it is known after a crash; and an
//! action stays open until its caller is told, so that who asks again gets what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;

use alloy_primitives::{Address, U256};
use nets_chain::{Call, Envelope, Receipt, SignedTransaction, Signer};
use serde_json::json;

use crate::chain::EvmChain;
use crate::error::EvmError;
use crate::fees::Fees;
use crate::outbox::{Action, ActionKey, Outbox, Progress};
use crate::watch::Step;
use crate::wire::{Included, call_object, read_hash, read_u64};

/// What is added to an estimate: the state may be another when the transaction is included.
const GAS_MARGIN_DIVISOR: u64 = 4;
const GAS_MARGIN: u64 = 20_000;

/// How often in a row a transaction must be seen to have lost its nonce before that is believed: of
/// several nodes behind one URL, one may be behind the others.
const SUPERSEDED_POLLS: u32 = 3;

/// A call, by whom, and what keeps it from being made twice.
pub(crate) type Keyed<'a> = (ActionKey, &'a dyn Signer, Call);

/// A call that would succeed.
struct Draft<'a> {
    key: ActionKey,
    signer: &'a dyn Signer,
    call: Call,
    gas_limit: u64,
}

/// What is known of transactions on their way, as long as one command waits for them.
#[derive(Default)]
struct Patience {
    /// The block at which each was last offered.
    offered: BTreeMap<ActionKey, u64>,
    /// How often in a row each seemed superseded.
    lost: BTreeMap<ActionKey, u32>,
}

pub(crate) fn address(signer: &dyn Signer) -> Address {
    Address::new(signer.address().0)
}

impl EvmChain {
    /// Makes the calls, each at most once by its key, and waits until all are final. One that was
    /// made before is given again.
    ///
    /// # Errors
    /// When a contract refuses one before any is stored, the chain or the outbox cannot be used, or
    /// the watch stops it.
    pub(crate) fn send_keyed(&mut self, calls: &[Keyed<'_>]) -> Result<Vec<Included>, EvmError> {
        self.outbox()?;
        let is_new = |(key, ..): &&Keyed<'_>| {
            let action = self.outbox.as_ref().and_then(|outbox| outbox.action(key));
            action.is_none_or(|action| action.progress == Progress::Superseded)
        };
        let new: Vec<_> = calls.iter().filter(is_new).collect();
        if !new.is_empty() {
            let drafts = new.into_iter().map(|call| self.tried(call)).collect::<Result<_, _>>()?;
            self.step(Step::Tried)?;
            self.store(drafts)?;
        }
        self.step(Step::Stored)?;
        let signers = calls.iter().map(|(_, signer, _)| (address(*signer), *signer)).collect();
        let keys: Vec<_> = calls.iter().map(|(key, ..)| *key).collect();
        let found = self.wait(&keys, &signers)?;
        self.step(Step::Final)?;
        let outbox = self.outbox()?;
        let is_open = |key: &ActionKey| {
            outbox.action(key).is_some_and(|action| action.progress == Progress::Open)
        };
        let done = keys.iter().zip(&found).filter(|(key, _)| is_open(key));
        let done: Vec<_> = done.map(|(key, it)| (*key, it.receipt.transaction)).collect();
        if !done.is_empty() {
            self.outbox()?.tell(&done)?;
        }
        found.into_iter().map(|found| self.with_reason(found)).collect()
    }

    fn outbox(&mut self) -> Result<&mut Outbox, EvmError> {
        self.outbox.as_mut().ok_or(EvmError::ReadOnly)
    }

    /// Tries a call on the state that the next block begins with.
    fn tried<'a>(&self, (key, signer, call): &Keyed<'a>) -> Result<Draft<'a>, EvmError> {
        let from = address(*signer);
        let params = json!([call_object(from, call), "pending"]);
        let estimate = self.rpc.read_as("eth_estimateGas", params, "an amount of gas", read_u64);
        let gas = estimate.map_err(|error| self.in_words(error, from, call))?;
        let gas_limit = gas.saturating_add(gas / GAS_MARGIN_DIVISOR).saturating_add(GAS_MARGIN);
        Ok(Draft { key: *key, signer: *signer, call: call.clone(), gas_limit })
    }

    /// An error about missing coin says how much is missing.
    fn in_words(&self, error: EvmError, address: Address, call: &Call) -> EvmError {
        let is_poor = matches!(&error, EvmError::Refused { message, .. }
            if message.to_ascii_lowercase().contains("insufficient"));
        match self.latest_balance(address) {
            Ok(held) if is_poor => {
                let value = U256::from(call.value);
                EvmError::Insufficient { address, held, needed: value, value }
            }
            _ => error,
        }
    }

    /// Takes nonces, signs and stores, once it is clear that everything can be paid.
    fn store(&mut self, drafts: Vec<Draft<'_>>) -> Result<(), EvmError> {
        let fees = Fees::suggested(&self.rpc, self.settings.fee_max)?;
        let senders: BTreeSet<_> = drafts.iter().map(|draft| address(draft.signer)).collect();
        let mut nonces = BTreeMap::new();
        for sender in senders {
            self.check_payable(sender, &drafts, fees)?;
            let on_chain = self.nonce(sender, json!("latest"))?;
            nonces.insert(sender, on_chain.max(self.outbox()?.next_nonce(sender)));
        }
        for Draft { key, signer, call, gas_limit } in drafts {
            let Some(next) = nonces.get_mut(&address(signer)) else { continue };
            let envelope = self.envelope(*next, gas_limit, fees);
            let transaction = SignedTransaction::sign(signer, call, envelope)?;
            self.outbox()?.store(key, transaction)?;
            *next += 1;
        }
        Ok(())
    }

    fn envelope(&self, nonce: u64, gas_limit: u64, fees: Fees) -> Envelope {
        let (gas_price, priority_fee) = (fees.max, fees.priority);
        Envelope { chain_id: self.settings.chain_id, nonce, gas_limit, gas_price, priority_fee }
    }

    /// Everything that a sender has on its way, and what comes to it now, at its dearest.
    fn check_payable(
        &self,
        sender: Address,
        drafts: &[Draft<'_>],
        fees: Fees,
    ) -> Result<(), EvmError> {
        let gas = |limit: u64, price: u128| U256::from(limit).saturating_mul(U256::from(price));
        let own = drafts.iter().filter(|draft| address(draft.signer) == sender);
        let new = own.map(|it| (U256::from(it.call.value), gas(it.gas_limit, fees.max)));
        let open = self.outbox.iter().flat_map(Outbox::open_actions).map(Action::latest);
        let open = open.filter(|it| it.signer() == sender && !self.is_included(it));
        let open =
            open.map(|it| (U256::from(it.call().value), gas(it.gas_limit(), it.gas_price())));
        let (value, gas) = new.chain(open).fold((U256::ZERO, U256::ZERO), |sum, (value, gas)| {
            (sum.0.saturating_add(value), sum.1.saturating_add(gas))
        });
        let (held, needed) = (self.latest_balance(sender)?, value.saturating_add(gas));
        if held < needed {
            return Err(EvmError::Insufficient { address: sender, held, needed, value });
        }
        Ok(())
    }

    fn is_included(&self, transaction: &SignedTransaction) -> bool {
        matches!(self.receipt(&transaction.hash()), Ok(Some(_)))
    }

    /// Sends what is to be sent and waits until these actions are final.
    fn wait(
        &mut self,
        keys: &[ActionKey],
        signers: &BTreeMap<Address, &dyn Signer>,
    ) -> Result<Vec<Included>, EvmError> {
        let mut patience = Patience::default();
        let mut is_first = true;
        loop {
            self.tend(signers, &mut patience)?;
            if std::mem::take(&mut is_first) {
                self.step(Step::Sent)?;
            }
            let (latest, last_final) = self.poll()?;
            let found = keys.iter().map(|key| self.final_inclusion(key, last_final.number));
            let found: Vec<_> = found.collect::<Result<_, _>>()?;
            let (done, total) = (found.iter().flatten().count(), found.len());
            if done == total {
                return Ok(found.into_iter().flatten().collect());
            }
            self.step(Step::Waiting { done, total, latest, last_final: last_final.number })?;
            sleep(self.settings.poll);
        }
    }

    /// The final block that one of an action's transactions is in, and what it did.
    fn final_inclusion(
        &self,
        key: &ActionKey,
        last_final: u64,
    ) -> Result<Option<Included>, EvmError> {
        let Some(action) = self.outbox.as_ref().and_then(|outbox| outbox.action(key)) else {
            return Ok(None);
        };
        for attempt in action.attempts.iter().rev() {
            if let Some(found) = self.receipt(&attempt.hash())? {
                let is_final =
                    found.block.number <= last_final && self.is_on_chain(&found.block)?;
                return Ok(is_final.then_some(found));
            }
        }
        Ok(None)
    }

    /// Sees to everything that is not on the chain: sends what the node does not know, as after a
    /// reorganisation, and what is stuck with higher fees.
    fn tend(
        &mut self,
        signers: &BTreeMap<Address, &dyn Signer>,
        patience: &mut Patience,
    ) -> Result<(), EvmError> {
        let open = self.outbox.iter().flat_map(Outbox::open_actions);
        let mut senders: Vec<_> = open.map(|action| action.latest().signer()).collect();
        senders.sort_unstable();
        senders.dedup();
        for sender in senders {
            let next = self.nonce(sender, json!("latest"))?;
            for action in self.outbox()?.to_tend(sender, next) {
                if action.latest().nonce() >= next {
                    self.offer(&action, signers.get(&sender).copied(), patience)?;
                } else if action.progress == Progress::Open {
                    self.check_not_superseded(&action, patience)?;
                }
            }
        }
        Ok(())
    }

    /// Offers a transaction that is not in a block to the node, unless it has it.
    fn offer(
        &mut self,
        action: &Action,
        signer: Option<&dyn Signer>,
        patience: &mut Patience,
    ) -> Result<(), EvmError> {
        let latest = self.latest();
        let offered = patience.offered.get(&action.key).copied();
        let is_late = offered.is_some_and(|block| latest >= block + self.settings.stuck_blocks);
        let hash = action.latest().hash();
        let is_known = self.rpc.read("eth_getTransactionByHash", json!([hash]))?.is_object();
        let mut is_taken = is_known || self.send_raw(action.latest())?;
        patience.offered.entry(action.key).or_insert(latest);
        // One that its caller was told of is only put back.
        if action.progress == Progress::Open && (is_late || !is_taken) {
            let Some(dearer) = self.dearer(action, signer)? else { return Ok(()) };
            self.outbox()?.store(action.key, dearer.clone())?;
            patience.offered.insert(action.key, latest);
            is_taken = self.send_raw(&dearer)?;
        }
        if !is_taken {
            // Fees rose meanwhile; it is dearer at the next look.
            patience.offered.remove(&action.key);
        }
        Ok(())
    }

    /// The same transaction with higher fees; none where nobody can sign it or it would cost too much.
    fn dearer(
        &self,
        action: &Action,
        signer: Option<&dyn Signer>,
    ) -> Result<Option<SignedTransaction>, EvmError> {
        let limit = self.settings.fee_max;
        let suggested = match Fees::suggested(&self.rpc, limit) {
            Err(EvmError::FeeTooHigh { .. }) => return Ok(None),
            suggested => suggested?,
        };
        let was = action.latest();
        let fees = Fees { max: was.gas_price(), priority: was.priority_fee() };
        let (Some(fees), Some(signer)) = (fees.raised(suggested, limit), signer) else {
            return Ok(None);
        };
        let envelope = self.envelope(was.nonce(), was.gas_limit(), fees);
        Ok(Some(SignedTransaction::sign(signer, was.call().clone(), envelope)?))
    }

    /// Gives the node a transaction, which it may have already; whether it takes it for what it pays.
    fn send_raw(&self, transaction: &SignedTransaction) -> Result<bool, EvmError> {
        // The same bytes may be sent any number of times.
        let sent = self.rpc.read_as(
            "eth_sendRawTransaction",
            json!([transaction.raw()]),
            "a transaction's hash",
            read_hash,
        );
        let error = match sent {
            Ok(_) => return Ok(true),
            Err(error) => error,
        };
        let EvmError::Refused { message, .. } = &error else { return Err(error) };
        let words = message.to_ascii_lowercase();
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
        // It is there, or one that takes its place: the receipts tell which.
        if says(&["already known", "already imported", "already exists", "known transaction"])
            || says(&["nonce too low", "nonce is too low", "oldnonce"])
            || says(&["replacement"])
        {
            return Ok(true);
        }
        if says(&["underpriced", "base fee", "fee too low", "feetoolow", "max fee per gas"]) {
            return Ok(false);
        }
        Err(self.in_words(error, transaction.signer(), transaction.call()))
    }

    /// An open action whose nonce is used up must be in a block.
    fn check_not_superseded(
        &mut self,
        action: &Action,
        patience: &mut Patience,
    ) -> Result<(), EvmError> {
        let was = action.latest();
        for attempt in &action.attempts {
            if self.receipt(&attempt.hash())?.is_some() {
                patience.lost.remove(&action.key);
                return Ok(());
            }
        }
        let (_, last_final) = self.poll()?;
        let block = json!({ "blockHash": last_final.hash });
        if self.nonce(was.signer(), block)? <= was.nonce() {
            return Ok(());
        }
        let lost = patience.lost.entry(action.key).or_default();
        *lost += 1;
        if *lost < SUPERSEDED_POLLS {
            return Ok(());
        }
        self.outbox()?.supersede(action.key)?;
        let (sender, nonce, transaction) = (was.signer(), was.nonce(), was.hash());
        Err(EvmError::Superseded { sender, nonce, transaction })
    }

    /// A receipt does not say why a call reverted; making it again on the state before does.
    fn with_reason(&self, found: Included) -> Result<Included, EvmError> {
        if found.receipt.is_success {
            return Ok(found);
        }
        let hash = found.receipt.transaction;
        let actions = self.outbox.iter().flat_map(Outbox::all_actions);
        let mut attempts = actions.flat_map(|action| &action.attempts);
        let Some(sent) = attempts.find(|attempt| attempt.hash() == hash) else {
            return Ok(found);
        };
        let before = json!(format!("{:#x}", found.block.number.saturating_sub(1)));
        let again = json!([call_object(sent.signer(), sent.call()), before]);
        let output = match self.rpc.read("eth_call", again) {
            Err(EvmError::Reverted { output }) => output,
            // The state before may be forgotten, or another transaction of the block was the cause.
            _ => return Ok(found),
        };
        Ok(Included { receipt: Receipt { output, ..found.receipt }, ..found })
    }
}
