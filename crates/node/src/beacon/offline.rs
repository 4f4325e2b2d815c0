//! The operator's beacon: a chain of secrets, committed to by its last link, revealed backwards.
//!
//! What it is worth: nobody can choose a value after the beacon exists, the operator included; but
//! the operator knows all of them in advance, so a league on it is fair only if the operator does
//! not enter agents of its own.

use alloy_primitives::B256;
use nets_chain::IBeacon;
use nets_core::{Digest, Tag, hash_tagged};

use crate::error::NodeError;
use crate::keys::read_secret;
use crate::node::{ArenaNode, League, OPERATOR};

/// How many values a beacon has.
pub(crate) const BEACON_VALUES: u64 = 4_096;

/// The links that follow from a secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretChain {
    secret: Digest,
}

impl SecretChain {
    pub(crate) fn new(secret: Digest) -> Self {
        Self { secret }
    }

    /// The link that the contract is deployed with.
    pub(crate) fn tip(&self) -> Digest {
        self.link(BEACON_VALUES)
    }

    /// The secret that reveals value `index`; none beyond the last.
    pub(crate) fn reveal(&self, index: u64) -> Option<Digest> {
        Some(self.link((BEACON_VALUES - 1).checked_sub(index)?))
    }

    fn link(&self, height: u64) -> Digest {
        (0..height).fold(self.secret, |link, _| hash_tagged(Tag::BeaconLink, &[&link.0]))
    }
}

/// Reveals the operator's secrets up to the value at `index`, as far as they are still secret.
pub(super) fn reveal(node: &mut ArenaNode, league: &League, index: u64) -> Result<(), NodeError> {
    let secrets = SecretChain::new(read_secret(&node.folder.beacon_secret())?);
    loop {
        let next = node.arena.view_beacon(&node.chain, &IBeacon::nextIndexCall {})?;
        if next > index {
            return Ok(());
        }
        let secret = secrets.reveal(next).ok_or_else(|| NodeError::Round {
            league: league.name.clone(),
            reason: "the beacon has revealed all its values; deploy another".to_owned(),
        })?;
        let reveal = IBeacon::revealCall { secret: B256::new(secret.0) };
        let operator = node.keys.account(OPERATOR)?;
        let call = node.arena.beacon_call(&reveal);
        node.arena.send::<IBeacon::revealCall>(&mut node.chain, &operator, call)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_hashes_to_the_one_revealed_before() {
        let chain = SecretChain::new(Digest([7; 32]));
        let next = |secret: Digest| hash_tagged(Tag::BeaconLink, &[&secret.0]);
        assert_eq!(chain.reveal(0).map(next), Some(chain.tip()));
        assert_eq!(chain.reveal(1).map(next), chain.reveal(0));
        assert_eq!(chain.reveal(BEACON_VALUES - 1), Some(Digest([7; 32])));
        assert_eq!(chain.reveal(BEACON_VALUES), None);
    }
}
