//! What the agents are worth, and that the committed modules are what they claim to be.

mod abi;
mod chess;
mod connect_four;
mod duel;
mod forecast;
mod go;
mod hex;
mod kuhn_poker;
mod leduc_poker;
mod modules;
mod othello;
mod simulations;
mod snake_arena;
mod strength;
mod tic_tac_toe;

use std::path::{Path, PathBuf};

use trial::{Module, Player};

/// The committed module of an agent.
fn module_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm").join(name).with_extension("wasm")
}

/// A player of an agent's committed module.
fn module(name: &str) -> Player<'static> {
    Module::read(&module_path(name)).expect("a committed module").player()
}

/// The names of all committed modules, in order.
fn module_names() -> Vec<String> {
    let folder = std::fs::read_dir(module_path("x").with_file_name("")).expect("the modules");
    let mut names: Vec<_> = folder
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}
