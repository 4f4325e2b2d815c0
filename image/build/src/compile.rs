//! How the program is compiled and linked, and how its sources get elsewhere.
//!
//! Nothing of the machine it is built on may be in it: no path, and no order that follows from one.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, io, str};

use tempfile::TempDir;

use crate::rustc_wrapper;

/// The nearest target that Rust has: the machine has no atomic instructions, and needs none, since it
/// has one thread; what would be such is made plain.
const TARGET: &str = "riscv32ima-unknown-none-elf";

/// What the program is compiled with besides its profile.
///
/// There is no library built for the target, so it is built with the program. A panic says nothing
/// that anybody could read, so it is not written.
const FLAGS: [&str; 4] = [
    "-Cpasses=lower-atomic",
    "-Crelocation-model=static",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
];

/// The files that the program is made of, from the root of the project.
const SOURCES: [&str; 4] = ["Cargo.toml", "crates", "image", "agents/build/src"];

/// Why the program could not be compiled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("cannot run {program}: {source}")]
    Run { program: String, source: io::Error },
    #[error("{program} failed, see above")]
    Failed { program: String },
    #[error("cannot copy {path}: {source}")]
    Copy { path: PathBuf, source: io::Error },
}

/// Compiles and links the program of a folder; gives where it then is.
pub(crate) fn compile(folder: &Path) -> Result<PathBuf, CompileError> {
    let target = folder.join("target");
    let project = folder.parent().unwrap_or(folder);
    let script = folder.join("program/link.ld");
    let mut flags = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("-Clink-arg=-T{}", script.display()));
    flags.push(format!("--remap-path-prefix={}=nets", project.display()));
    let flags: Vec<_> = flags.iter().map(|flag| format!("'{flag}'")).collect();
    let flags = format!("target.{TARGET}.rustflags=[{}]", flags.join(", "));
    let wrapper = env::current_exe()
        .map_err(|source| CompileError::Run { program: "build-image".to_owned(), source })?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", "image"]);
    cargo.args(["-Zbuild-std=core,alloc", "--target", TARGET, "--config", &flags]);
    cargo.arg("--target-dir").arg(&target).current_dir(folder);
    // The pinned toolchain, and what of it is not promised for later ones.
    cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS");
    cargo.env("RUSTC_WRAPPER", wrapper).env(rustc_wrapper::SWITCH, "1");
    let status = cargo.status().map_err(|source| run_error(&cargo, source))?;
    if !status.success() {
        return Err(CompileError::Failed { program: name(&cargo) });
    }
    Ok(target.join(TARGET).join("release/image"))
}

/// Copies the sources into a folder of another name and depth, which goes when it is dropped.
pub(crate) fn copy_elsewhere(folder: &Path) -> Result<TempDir, CompileError> {
    let project = folder.parent().unwrap_or(folder);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| CompileError::Copy { path, source }
    };
    let elsewhere = TempDir::with_prefix("nets-elsewhere-").map_err(failed(project))?;
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--"]).args(SOURCES);
    let files = printed(git.current_dir(project))?;
    for file in files.split('\0').filter(|file| !file.is_empty()) {
        let (from, to) = (project.join(file), elsewhere.path().join(file));
        fs::create_dir_all(to.parent().unwrap_or(&to)).map_err(failed(&to))?;
        fs::copy(&from, &to).map_err(failed(&from))?;
    }
    Ok(elsewhere)
}

/// What a command prints.
fn printed(command: &mut Command) -> Result<String, CompileError> {
    let output = command.output().map_err(|source| run_error(command, source))?;
    match output {
        Output { status, stdout, .. } if status.success() => {
            Ok(String::from_utf8_lossy(&stdout).into_owned())
        }
        _ => Err(CompileError::Failed { program: name(command) }),
    }
}

fn run_error(command: &Command, source: io::Error) -> CompileError {
    CompileError::Run { program: name(command), source }
}

fn name(command: &Command) -> String {
    OsStr::to_string_lossy(command.get_program()).into_owned()
}
