//! The contracts' interfaces and bytecode, from the committed artifacts.
//!
//! `contracts/build.mjs --check` proves in CI that the artifacts are what the sources compile to.

#![allow(missing_docs, clippy::too_many_arguments)]

use alloy_sol_types::sol;

sol!(
    #[derive(Debug, PartialEq, Eq, serde::Serialize)]
    IArena,
    "../../contracts/artifacts/Arena.json"
);
sol!(
    #[derive(Debug, PartialEq, Eq)]
    ICourt,
    "../../contracts/artifacts/Court.json"
);
sol!(
    #[derive(Debug, PartialEq, Eq)]
    IBeacon,
    "../../contracts/artifacts/HashChainBeacon.json"
);
sol!(
    #[derive(Debug, PartialEq, Eq)]
    DrandBeacon,
    "../../contracts/artifacts/DrandBeacon.json"
);
sol!(
    #[derive(Debug, PartialEq, Eq)]
    RandaoBeacon,
    "../../contracts/artifacts/RandaoBeacon.json"
);
sol!(
    #[derive(Debug, PartialEq, Eq)]
    SharedBeacon,
    "../../contracts/artifacts/SharedBeacon.json"
);
/// In a module of its own, because its ABI names types of the court's once more.
pub mod demands {
    use alloy_sol_types::sol;

    sol!(
        #[derive(Debug, PartialEq, Eq)]
        IDemands,
        "../../contracts/artifacts/Demands.json"
    );
}

/// In a module of its own, because its ABI names types of the arena's once more.
pub mod clocks {
    use alloy_sol_types::sol;

    sol!(
        #[derive(Debug, PartialEq, Eq)]
        IClocks,
        "../../contracts/artifacts/Clocks.json"
    );
}

// The parts that an arena creates for itself; their calls are the arena's.
sol!(ArenaExits, "../../contracts/artifacts/ArenaExits.json");
sol!(ArenaMembers, "../../contracts/artifacts/ArenaMembers.json");
sol!(LeagueCreation, "../../contracts/artifacts/LeagueCreation.json");

/// The part of the demands contract that is for trials, whose calls are made to that contract; in a
/// module of its own, because its ABI names types of the court's once more.
pub mod trials {
    use alloy_sol_types::sol;

    sol!(
        #[derive(Debug, PartialEq, Eq)]
        ITrials,
        "../../contracts/artifacts/Trials.json"
    );
}

/// One instruction of the machine that trials are about.
pub mod machine {
    use alloy_sol_types::sol;

    sol!(
        #[derive(Debug, PartialEq, Eq)]
        IMachine,
        "../../contracts/artifacts/Machine.json"
    );
}

sol!(SnakeSystem, "../../contracts/artifacts/SnakeSystem.json");
sol!(RpsSystem, "../../contracts/artifacts/RpsSystem.json");
sol!(ConnectFourSystem, "../../contracts/artifacts/ConnectFourSystem.json");

/// How far a round is; the ABI knows only its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundStatus {
    /// Never opened.
    None,
    /// Entries are frozen, and their code may be demanded.
    Publishing,
    /// Entries are settled, the seed is unknown.
    Open,
    /// Claims, then assertions, are taken.
    Seeded,
    /// An assertion stands.
    Final,
    /// It has no outcome.
    Void,
}

impl IArena::Round {
    /// How far the round is.
    pub fn progress(&self) -> RoundStatus {
        match self.status {
            1 => RoundStatus::Open,
            2 => RoundStatus::Seeded,
            3 => RoundStatus::Final,
            4 => RoundStatus::Void,
            5 => RoundStatus::Publishing,
            _ => RoundStatus::None,
        }
    }
}

impl IArena::Assertion {
    /// Whether the assertion stands and its bond is held.
    pub fn is_live(&self) -> bool {
        self.status == 1
    }
}
