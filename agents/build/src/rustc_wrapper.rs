//! This program as cargo's wrapper around rustc: crates are told apart by name alone.
//!
//! Cargo tells rustc a hash of where a crate's sources lie, for crates outside the workspace the
//! whole path, and the order of functions in a module follows from it. With the crate's name in its
//! place, equal sources give equal modules wherever the checkout is. Crates from a registry have their
//! version as well, since there may be two of one name, and panics name their files by the same. The
//! files of the standard library are called what they are where its sources are not installed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

/// The environment variable that makes this program a wrapper.
pub(crate) const SWITCH: &str = "NETS_BUILD_AGENTS_WRAPS_RUSTC";

/// Runs rustc as the arguments say, but for the crate's metadata.
pub(crate) fn run() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next().unwrap_or_else(|| "rustc".into());
    let mut arguments: Vec<OsString> = arguments.collect();
    let name = arguments.iter().position(|argument| argument == "--crate-name");
    let name = name.and_then(|at| arguments.get(at + 1)).cloned().unwrap_or_default();
    let published = published();
    for argument in &mut arguments {
        if argument.to_string_lossy().starts_with("metadata=") {
            *argument = "metadata=".into();
            argument.push(published.as_ref().map_or(&name, |(identity, _)| identity));
        }
    }
    if let Some((identity, folder)) = published {
        let mut remap: OsString = "--remap-path-prefix=".into();
        remap.push(folder);
        remap.push("=");
        remap.push(identity);
        arguments.push(remap);
    }
    arguments.extend(library(&rustc));
    match Command::new(&rustc).args(arguments).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run {}: {error}", rustc.display());
            ExitCode::FAILURE
        }
    }
}

/// The argument that keeps the folder of the standard library's sources, where they are installed, out
/// of what is compiled.
fn library(rustc: &OsStr) -> Option<OsString> {
    let printed = |arguments: &[&str]| {
        let output = Command::new(rustc).args(arguments).output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let version = printed(&["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "))?;
    let sysroot = printed(&["--print", "sysroot"])?;
    let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    let mut remap: OsString = "--remap-path-prefix=".into();
    remap.push(sources);
    remap.push(format!("=/rustc/{commit}"));
    Some(remap)
}

/// Name and version of the crate that is compiled, and its folder, if it is from a registry: cargo
/// unpacks those into folders that are called so.
fn published() -> Option<(OsString, OsString)> {
    let folder = env::var_os("CARGO_MANIFEST_DIR")?;
    let [name, version] = ["CARGO_PKG_NAME", "CARGO_PKG_VERSION"].map(|key| env::var(key).ok());
    let identity = OsString::from(format!("{}-{}", name?, version?));
    let is_published = Path::new(&folder).file_name() == Some(&identity);
    is_published.then_some((identity, folder))
}
