//! The contracts' interfaces and bytecode, from the committed artifacts.
//!
//! `contracts/build.mjs --check` proves in CI that the artifacts are what the sources compile to.

#![allow(missing_docs, clippy::too_many_arguments)]

use alloy_sol_types::sol;

sol!(
    #[derive(Debug, PartialEq, Eq)]
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
sol!(SnakeSystem, "../../contracts/artifacts/SnakeSystem.json");
sol!(RpsSystem, "../../contracts/artifacts/RpsSystem.json");
sol!(ConnectFourSystem, "../../contracts/artifacts/ConnectFourSystem.json");
