//! The operator's beacon: a chain of secrets, committed to by its last link, revealed backwards.
//!
//! What it is worth: nobody can choose a value after the beacon exists, the operator included; but
//! the operator knows all of them in advance, so a league on it is fair only if the operator does
//! not enter agents of its own.

use nets_core::{Digest, Tag, hash_tagged};

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
