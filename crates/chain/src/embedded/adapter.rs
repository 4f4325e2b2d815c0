//! The embedded chain as what nets needs of a chain.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, U256};

use super::EmbeddedChain;
use super::executor::answer;
use crate::adapter::{ChainAdapter, ChainError, Head, Log, Receipt};
use crate::signer::Signer;
use crate::transaction::Call;

impl ChainAdapter for EmbeddedChain {
    fn chain_id(&self) -> u64 {
        self.chain_id
    }

    fn head(&self) -> Result<Head, ChainError> {
        Ok(self.head)
    }

    fn send(&mut self, calls: &[(&dyn Signer, Call)]) -> Result<Vec<Receipt>, ChainError> {
        let mut by_signer: BTreeMap<_, (&dyn Signer, Vec<usize>)> = BTreeMap::new();
        for (index, (signer, _)) in calls.iter().enumerate() {
            let (_, indices) = by_signer.entry(signer.address()).or_insert((*signer, Vec::new()));
            indices.push(index);
        }
        let mut transactions = BTreeMap::new();
        for (signer, indices) in by_signer.into_values() {
            let calls = indices.iter().map(|&index| calls[index].1.clone()).collect();
            transactions.extend(indices.into_iter().zip(self.sign(signer, calls)?));
        }
        self.submit(&transactions.into_values().collect::<Vec<_>>())
    }

    fn pass(&mut self) -> Result<Head, ChainError> {
        self.advance(1)
    }

    fn call_block(&self) -> Result<u64, ChainError> {
        Ok(self.head.number + 1)
    }

    fn call(&self, from: Address, call: &Call) -> Result<Bytes, ChainError> {
        let invalid = |reason| ChainError::Invalid { index: 0, reason };
        let result = self.executor.call(self.head.number + 1, from, call).map_err(invalid)?;
        answer(result, 0)?.map_err(|output| ChainError::Reverted { output })
    }

    fn call_in_turn(
        &self,
        calls: &[(Address, Call)],
    ) -> Result<Vec<Result<Bytes, Bytes>>, ChainError> {
        let results = self.executor.call_in_turn(self.head.number + 1, calls);
        let results = results.map_err(|(index, reason)| ChainError::Invalid { index, reason })?;
        results.into_iter().enumerate().map(|(index, result)| answer(result, index)).collect()
    }

    fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError> {
        Ok(self.executor.state().logs(first).to_vec())
    }

    fn balance(&self, address: Address) -> Result<U256, ChainError> {
        Ok(self.executor.balance(address))
    }
}
