//! The chain that a user names for one command: it must be the one that the arena is on, and may be
//! reached by another node. Nothing of it is kept.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::settings::ChainSettings;

/// What an embedded chain is called where a URL could stand.
const EMBEDDED: &str = "embedded";

/// A chain by what a user calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChosenChain {
    /// The one in the arena's folder.
    Embedded,
    /// One elsewhere, by the URL of a node of it.
    Elsewhere(String),
}

impl FromStr for ChosenChain {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            EMBEDDED => Self::Embedded,
            url => Self::Elsewhere(url.to_owned()),
        })
    }
}

impl fmt::Display for ChosenChain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => formatter.write_str(EMBEDDED),
            Self::Elsewhere(url) => formatter.write_str(url),
        }
    }
}

impl ChosenChain {
    /// Says whether an arena with this chain in its settings can be meant. Whether a node is of the
    /// same chain is found out when it is asked.
    pub(crate) fn check(
        &self,
        folder: &ArenaFolder,
        stored: Option<&ChainSettings>,
    ) -> Result<(), NodeError> {
        let path = folder.root().to_owned();
        match (self, stored) {
            (Self::Embedded, Some(chain)) => {
                Err(NodeError::NotEmbedded { path, id: chain.id, url: chain.url.clone() })
            }
            (Self::Elsewhere(url), None) => Err(NodeError::NotElsewhere { path, url: url.clone() }),
            (Self::Embedded, None) | (Self::Elsewhere(_), Some(_)) => Ok(()),
        }
    }
}
