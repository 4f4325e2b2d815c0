//! The chain that an arena is on: embedded in this process, or elsewhere.
//!
//! Everything but new coin is the same on both; what only one of them can do is asked for by name.

use alloy_primitives::{Address, Bytes, U256};
use nets_chain::{Call, ChainAdapter, ChainError, EmbeddedChain, Head, Log, Receipt, Signer};
#[cfg(feature = "evm")]
use nets_chain_evm::EvmChain;

use crate::error::NodeError;
use crate::members::{MemberLine, members};
use crate::node::{ArenaNode, OPERATOR};

/// A chain of either sort.
#[derive(Debug)]
pub(crate) enum ArenaChain {
    /// In this process.
    Embedded(Box<EmbeddedChain>),
    /// By a node that answers JSON-RPC.
    #[cfg(feature = "evm")]
    Elsewhere(Box<EvmChain>),
}

impl ArenaChain {
    fn adapter(&self) -> &dyn ChainAdapter {
        match self {
            Self::Embedded(chain) => chain.as_ref(),
            #[cfg(feature = "evm")]
            Self::Elsewhere(chain) => chain.as_ref(),
        }
    }

    fn adapter_mut(&mut self) -> &mut dyn ChainAdapter {
        match self {
            Self::Embedded(chain) => chain.as_mut(),
            #[cfg(feature = "evm")]
            Self::Elsewhere(chain) => chain.as_mut(),
        }
    }

    /// The chain, if it is embedded.
    pub(crate) fn embedded(&self) -> Option<&EmbeddedChain> {
        match self {
            Self::Embedded(chain) => Some(chain),
            #[cfg(feature = "evm")]
            Self::Elsewhere(_) => None,
        }
    }

    /// The chain, if it is embedded.
    pub(crate) fn embedded_mut(&mut self) -> Option<&mut EmbeddedChain> {
        match self {
            Self::Embedded(chain) => Some(chain),
            #[cfg(feature = "evm")]
            Self::Elsewhere(_) => None,
        }
    }
}

impl ChainAdapter for ArenaChain {
    fn chain_id(&self) -> u64 {
        self.adapter().chain_id()
    }

    fn head(&self) -> Result<Head, ChainError> {
        self.adapter().head()
    }

    fn send(&mut self, calls: &[(&dyn Signer, Call)]) -> Result<Vec<Receipt>, ChainError> {
        self.adapter_mut().send(calls)
    }

    fn pass(&mut self) -> Result<Head, ChainError> {
        self.adapter_mut().pass()
    }

    fn call_block(&self) -> Result<u64, ChainError> {
        self.adapter().call_block()
    }

    fn call(&self, from: Address, call: &Call) -> Result<Bytes, ChainError> {
        self.adapter().call(from, call)
    }

    fn call_in_turn(
        &self,
        calls: &[(Address, Call)],
    ) -> Result<Vec<Result<Bytes, Bytes>>, ChainError> {
        self.adapter().call_in_turn(calls)
    }

    fn refusals_now(&self, calls: &[(Address, Call)]) -> Result<Vec<Option<Bytes>>, ChainError> {
        self.adapter().refusals_now(calls)
    }

    fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError> {
        self.adapter().logs(first)
    }

    fn balance(&self, address: Address) -> Result<U256, ChainError> {
        self.adapter().balance(address)
    }
}

/// How an arena's chain stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStatus {
    /// The node that is asked, as it was written; none for an embedded chain.
    pub url: Option<String>,
    /// The number of the chain.
    pub chain_id: u64,
    /// The latest block.
    pub latest: u64,
    /// The latest final block: what everything is read at.
    pub last_final: Head,
    /// The contracts by name.
    pub contracts: Vec<(String, nets_core::Address)>,
    /// The operator's address.
    pub operator: nets_core::Address,
    /// What the operator holds outside the arena, where gas is paid from.
    pub coin_outside: u128,
    /// What the operator holds in the arena.
    pub coin_inside: u128,
    /// How many transactions are on their way, of how many that were ever sent; none for an embedded
    /// chain, which is done with each at once.
    pub outbox: Option<(usize, usize)>,
}

impl ArenaNode {
    /// The members of a league as they were in a block.
    pub(crate) fn members_in(
        &self,
        block: u64,
        league: u64,
        count: u32,
    ) -> Result<Vec<MemberLine>, NodeError> {
        let (arena, artifacts) = (&self.arena, &self.artifacts);
        match &self.chain {
            ArenaChain::Embedded(_) => {
                let mut found = Vec::new();
                EmbeddedChain::replay(&self.folder.chain(), |chain| -> Result<(), NodeError> {
                    if chain.head()?.number == block {
                        found = members(arena, chain, artifacts, league, count)?;
                    }
                    Ok(())
                })?;
                Ok(found)
            }
            #[cfg(feature = "evm")]
            ArenaChain::Elsewhere(chain) => {
                let then = chain.as_of(block).map_err(ChainError::from)?;
                members(arena, &then, artifacts, league, count)
            }
        }
    }

    /// How the chain stands.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn chain_status(&self) -> Result<ChainStatus, NodeError> {
        let operator = self.keys.account(OPERATOR)?.address();
        let last_final = self.chain.head()?;
        let named = self.arena.deployment().named();
        let beacons = self.settings.beacons.named().map(|(kind, address)| (kind.name(), address));
        let contracts = named
            .chain(beacons)
            .map(|(name, address)| (name.to_owned(), nets_core::Address(address.into_array())));
        let contracts = contracts.collect();
        let (url, latest, outbox) = match &self.chain {
            ArenaChain::Embedded(_) => (None, last_final.number, None),
            #[cfg(feature = "evm")]
            ArenaChain::Elsewhere(chain) => {
                let status = chain.status().map_err(ChainError::from)?;
                let url = chain.settings().endpoint.text().to_owned();
                (Some(url), status.latest, Some((status.open_actions, status.actions)))
            }
        };
        Ok(ChainStatus {
            url,
            chain_id: self.chain.chain_id(),
            latest,
            last_final,
            contracts,
            operator,
            coin_outside: self.coin_outside(&operator)?,
            coin_inside: self.capital(&operator)?.0,
            outbox,
        })
    }

    /// Lets blocks pass: an embedded chain makes them with nothing in them, since otherwise only
    /// what happens makes one; on a chain elsewhere they are waited for.
    ///
    /// # Errors
    /// When the chain cannot be used, or somebody asks to stop.
    pub fn advance(&mut self, blocks: u64) -> Result<Head, NodeError> {
        let mut head = self.chain.head()?;
        let end = head.number.saturating_add(blocks);
        while head.number < end {
            head = self.chain.pass()?;
        }
        Ok(head)
    }

    /// Moves coin that an account holds outside the arena to any address, without the contracts.
    ///
    /// # Errors
    /// When the account holds less, or the chain cannot be used.
    pub fn transfer(
        &mut self,
        name: &str,
        to: &nets_core::Address,
        amount: u128,
    ) -> Result<(), NodeError> {
        let account = self.keys.account(name)?;
        let to = Some(Address::new(to.0));
        let call = Call { to, value: amount, data: Bytes::new() };
        self.check_outside(name, &account, amount)?;
        let receipts = self.chain.send(&[(&account, call)])?;
        match receipts.first() {
            Some(receipt) if receipt.is_success => Ok(()),
            _ => Err(ChainError::Reverted { output: Bytes::new() }.into()),
        }
    }

    /// New coin for an account outside the arena on an embedded chain; on a chain elsewhere, coin of
    /// the operator, so that the account can pay for gas.
    ///
    /// # Errors
    /// When there is not so much, or the chain cannot be used.
    pub fn fund_outside(&mut self, name: &str, amount: u128) -> Result<(), NodeError> {
        let to = self.keys.account(name)?.address();
        match self.chain.embedded_mut() {
            Some(chain) => {
                let rest = chain.grantable();
                if amount > rest {
                    return Err(NodeError::TooMuchCoin { amount, rest });
                }
                Ok(chain.grant(to, amount)?)
            }
            None => self.transfer(OPERATOR, &to, amount),
        }
    }
}
