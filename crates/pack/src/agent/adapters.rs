//! The adapters, one for each System; `agents/adapter` has their sources.

macro_rules! adapters {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../../../../agents/adapter/wasm/", $name, ".wasm")))),*]
    };
}

/// Each System's adapter.
const ADAPTERS: [(&str, &[u8]); 16] = adapters![
    "acrobot",
    "cartpole",
    "chess",
    "connect-four",
    "forecast",
    "go",
    "hex",
    "kuhn-poker",
    "leduc-poker",
    "mountain-car",
    "othello",
    "pendulum",
    "rps",
    "snake",
    "snake-arena",
    "tic-tac-toe",
];

/// The adapter of a System.
pub(super) fn adapter(system: &str) -> Option<&'static [u8]> {
    ADAPTERS.iter().find(|(name, _)| *name == system).map(|(_, bytes)| *bytes)
}
