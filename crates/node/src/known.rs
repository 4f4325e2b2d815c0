//! The names that an arena's files hold, read without opening it: for completing what a user types.

use crate::folder::ArenaFolder;
use crate::keys::Keys;
use crate::names::AgentNames;
use crate::settings::Settings;

/// The names in an arena, each kind in ascending order. What cannot be read has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// Its leagues.
    pub leagues: Vec<String>,
    /// Its local accounts.
    pub accounts: Vec<String>,
    /// What local users call agents.
    pub agents: Vec<String>,
}

impl KnownNames {
    /// Reads the files. They need no lock: each is whole, or a line of it is missing.
    pub fn read(folder: &ArenaFolder) -> Self {
        let Ok(settings) = Settings::read(folder) else { return Self::default() };
        let names = AgentNames::read(folder.agent_names(), &settings.agents);
        let mut agents: Vec<_> =
            names.iter().flat_map(AgentNames::all).map(str::to_owned).collect();
        agents.sort_unstable();
        agents.dedup();
        Self {
            leagues: settings.leagues.into_keys().collect(),
            accounts: Keys::new(folder).names().unwrap_or_default(),
            agents,
        }
    }
}
