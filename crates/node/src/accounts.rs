//! Local accounts: their keys' names, and coin on its way in and out of the arena.

use std::collections::BTreeMap;

use alloy_primitives::Address as ChainAddress;
use nets_chain::{Account, Call, ChainAdapter, IArena};
use nets_core::Address;

use crate::error::NodeError;
use crate::keys::random_secret;
use crate::node::ArenaNode;

impl ArenaNode {
    /// Makes a local account, from a secret or from the machine's randomness.
    ///
    /// # Errors
    /// When the name is taken or none, or the key cannot be written.
    pub fn create_account(
        &self,
        name: &str,
        secret: Option<[u8; 32]>,
    ) -> Result<Account, NodeError> {
        let secret = secret.map_or_else(random_secret, Ok)?;
        self.keys.create(name, secret)
    }

    /// The local account of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn account(&self, name: &str) -> Result<Account, NodeError> {
        self.keys.account(name)
    }

    /// The names of all local accounts.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn account_names(&self) -> Result<Vec<String>, NodeError> {
        self.keys.names()
    }

    /// The name of a local account by its address.
    pub fn account_name(&self, address: &Address) -> Option<String> {
        self.keys.by_address().ok()?.remove(address)
    }

    /// The names of all local accounts by their addresses: for more than one question, since each
    /// key is read for it.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn owner_names(&self) -> Result<BTreeMap<Address, String>, NodeError> {
        self.keys.by_address()
    }

    /// What an owner holds in the arena: free, and as stakes.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn capital(&self, owner: &Address) -> Result<(u128, u128), NodeError> {
        let owner = ChainAddress::new(owner.0);
        let free = self.arena.view(&self.chain, &IArena::balanceOfCall { owner })?;
        let stakes = self.arena.view(&self.chain, &IArena::stakesOfCall { owner })?;
        Ok((free, stakes))
    }

    /// What an account holds outside the arena, where it can be paid in again.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn coin_outside(&self, owner: &Address) -> Result<u128, NodeError> {
        let coin = self.chain.balance(ChainAddress::new(owner.0))?;
        Ok(u128::try_from(coin).unwrap_or(u128::MAX))
    }

    /// Gives an account new coin of the embedded chain, in its account with the arena.
    ///
    /// # Errors
    /// When all coin together would be too much, the chain is no embedded one, or it cannot be
    /// written.
    pub fn fund_account(&mut self, name: &str, amount: u128) -> Result<(), NodeError> {
        self.check_grantable(amount)?;
        let account = self.keys.account(name)?;
        let call = Call { value: amount, ..self.arena.call(&IArena::depositCall {}) };
        if let Some(chain) = self.chain.embedded_mut() {
            self.arena.send_new_coin::<IArena::depositCall>(chain, &account, call)?;
        }
        Ok(())
    }

    /// Says whether so much new coin can be given out: all of it together is less than 2^128, and
    /// only an embedded chain has any.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check_grantable(&self, amount: u128) -> Result<(), NodeError> {
        match (self.chain.embedded(), &self.settings.chain) {
            (Some(chain), _) if amount > chain.grantable() => {
                Err(NodeError::TooMuchCoin { amount, rest: chain.grantable() })
            }
            (None, Some(chain)) if amount > 0 => {
                let url = chain.url.clone();
                Err(NodeError::EmbeddedOnly { url, action: "given new coin" })
            }
            _ => Ok(()),
        }
    }

    /// Says whether an account holds so much outside the arena.
    pub(crate) fn check_outside(
        &self,
        name: &str,
        account: &Account,
        amount: u128,
    ) -> Result<(), NodeError> {
        match self.coin_outside(&account.address())? {
            held if held < amount => {
                Err(NodeError::TooPoorOutside { name: name.to_owned(), held, needed: amount })
            }
            _ => Ok(()),
        }
    }

    /// Pays coin that an account holds outside into the arena.
    ///
    /// # Errors
    /// When it holds less, or the chain cannot be written.
    pub fn deposit(&mut self, name: &str, amount: u128) -> Result<(), NodeError> {
        let account = self.keys.account(name)?;
        self.check_outside(name, &account, amount)?;
        let call = IArena::depositCall {};
        let call = Call { value: amount, ..self.arena.call(&call) };
        self.arena.send::<IArena::depositCall>(&mut self.chain, &account, call)?;
        Ok(())
    }

    /// Takes coin out of the arena to the account's own.
    ///
    /// # Errors
    /// When the account holds less, or the chain cannot be written.
    pub fn withdraw(&mut self, name: &str, amount: u128) -> Result<(), NodeError> {
        let account = self.keys.account(name)?;
        let call = self.arena.call(&IArena::withdrawCall { amount });
        let sent = self.arena.send::<IArena::withdrawCall>(&mut self.chain, &account, call);
        sent.map_err(|error| NodeError::about(|| format!("account {name}"), error)).map(|_| ())
    }
}
