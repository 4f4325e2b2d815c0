//! Where the sources of agents lie, by language.
//!
//! Owns the layout of the folders: `c/NAME.c`, `wat/NAME.wat`, `assemblyscript/NAME.ts`, and in
//! Rust `rust/NAME/`, a crate that is one agent, or `rust/SYSTEM/examples/NAME.rs`, one of several
//! that share a crate; and the adapters for networks, `adapter/examples/SYSTEM.rs`. Compiles nothing.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::compile::Language;

/// An agent's source.
#[derive(Debug)]
pub(crate) struct Source {
    /// The agent's name, which is its module's.
    pub(crate) name: String,
    /// The file, or the folder of the crate.
    pub(crate) path: PathBuf,
}

/// The sources of a language below the folder of all agents, in the order of their names.
pub(crate) fn sources(folder: &Path, language: Language) -> io::Result<Vec<Source>> {
    let mut paths = match language {
        Language::Rust => rust_paths(&folder.join("rust"))?,
        Language::C => files(&folder.join("c"), "c")?,
        Language::Wat => files(&folder.join("wat"), "wat")?,
        Language::AssemblyScript => files(&folder.join("assemblyscript"), "ts")?,
        Language::Adapter => files(&folder.join("adapter/examples"), "rs")?,
    };
    paths.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    Ok(paths.into_iter().filter_map(|path| Some(Source { name: stem(&path)?, path })).collect())
}

/// Where the modules of a language are committed.
pub(crate) fn modules(folder: &Path, language: Language) -> PathBuf {
    match language {
        // They are parts of what a packer makes, and nothing to play with.
        Language::Adapter => folder.join("adapter/wasm"),
        _ => folder.join("wasm"),
    }
}

/// The paths of all files with this extension in a folder, in no order.
pub(crate) fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut paths = entries(folder)?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    Ok(paths)
}

/// A path's name without its extension, if it is text.
pub(crate) fn stem(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}

/// Crates that are agents, and the examples of crates that hold several.
fn rust_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for path in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let examples = path.join("examples");
        if examples.is_dir() { paths.extend(files(&examples, "rs")?) } else { paths.push(path) }
    }
    Ok(paths)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}
