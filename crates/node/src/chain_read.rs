//! A chain that is only read, beside whoever writes it: nothing is locked and nothing is kept.

use nets_chain::{Arena, ChainAdapter, EmbeddedChain};
#[cfg(feature = "evm")]
use nets_chain_evm::EvmChain;

use crate::error::NodeError;
#[cfg(feature = "evm")]
use crate::evm::read_elsewhere;
use crate::folder::ArenaFolder;
use crate::settings::Settings;

/// The chain of an arena's folder.
#[derive(Debug)]
pub(crate) enum ChainRead {
    /// It is in the folder, and executed again at each look.
    Embedded(ArenaFolder),
    /// It is elsewhere.
    #[cfg(feature = "evm")]
    Elsewhere(Box<EvmChain>, Arena),
}

impl ChainRead {
    /// The chain that an arena's settings name.
    ///
    /// # Errors
    /// When it is elsewhere and cannot be used.
    pub(crate) fn open(folder: &ArenaFolder, settings: &Settings) -> Result<Self, NodeError> {
        match &settings.chain {
            None => Ok(Self::Embedded(folder.clone())),
            #[cfg(feature = "evm")]
            Some(chain) => {
                let (deployment, chain) = read_elsewhere(folder, chain, &settings.beacons)?;
                Ok(Self::Elsewhere(Box::new(chain), Arena::new(deployment)))
            }
            #[cfg(not(feature = "evm"))]
            Some(chain) => {
                let url = chain.url.clone();
                Err(NodeError::EmbeddedOnly { url, action: "read" })
            }
        }
    }

    /// Looks at the chain as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn look<T>(
        &self,
        look: impl FnOnce(&Arena, &dyn ChainAdapter) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        match self {
            Self::Embedded(folder) => {
                let chain = EmbeddedChain::replay(&folder.chain(), |_| Ok::<(), NodeError>(()))?;
                look(&Arena::new(chain.deployment()?), &chain)
            }
            #[cfg(feature = "evm")]
            Self::Elsewhere(chain, arena) => look(arena, chain.as_ref()),
        }
    }
}
