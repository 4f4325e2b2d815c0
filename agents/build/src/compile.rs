//! One compiler call for each language that agents are written in.
//!
//! Owns the flags: small modules without names, a small stack, and nothing in them that tells where
//! they were built. Refuses to install anything; a missing compiler is a note, not an error.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use crate::rustc_wrapper;
use crate::sources::Source;

/// What Rust agents are compiled for.
const TARGET: &str = "wasm32-unknown-unknown";

/// The compiler that the committed C modules were built with.
const CLANG_VERSION: &str = "clang version 14.";

/// A language with agents in it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    Rust,
    C,
    Wat,
    AssemblyScript,
    /// Rust as well, but no agents: modules to which a network is added.
    Adapter,
}

/// How a module in Rust is made.
struct Settings {
    /// The profile of `Cargo.toml`.
    profile: &'static str,
    /// Room for the stack in the module's memory.
    stack_bytes: u32,
}

const AGENT: Settings = Settings { profile: "release", stack_bytes: 65_536 };

/// Half of what an agent has, so that stack and statics of most adapters share a page; the deepest
/// needs 4 KiB.
const ADAPTER: Settings = Settings { profile: "adapter", stack_bytes: 32_768 };

/// What came of a compiler call.
#[derive(Debug)]
pub(crate) enum Compiled {
    Module(Vec<u8>),
    /// Not compiled, for this reason.
    Skipped(String),
}

/// A source that does not compile, or a compiler that does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompileError {
    #[error("cannot run {program}: {source}")]
    Run { program: String, source: io::Error },
    #[error("{program} failed on {name}, see above")]
    Failed { program: String, name: String },
    #[error("{path}: {source}")]
    Output { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Wat(#[from] wat::Error),
}

impl Language {
    pub(crate) const ALL: [Self; 5] =
        [Self::Rust, Self::C, Self::Wat, Self::AssemblyScript, Self::Adapter];

    /// Compiles an agent's source; `folder` is that of all agents.
    pub(crate) fn compile(self, folder: &Path, source: &Source) -> Result<Compiled, CompileError> {
        match self {
            Self::Rust => compile_rust(folder, source, &AGENT),
            Self::Adapter => compile_rust(folder, source, &ADAPTER),
            Self::C => compile_c(folder, source),
            Self::Wat => Ok(Compiled::Module(wat::parse_file(&source.path)?)),
            Self::AssemblyScript => compile_assemblyscript(folder, source),
        }
    }
}

fn compile_rust(
    folder: &Path,
    Source { name, path }: &Source,
    Settings { profile, stack_bytes }: &Settings,
) -> Result<Compiled, CompileError> {
    let target = target_folder(folder);
    // Panic messages name files; whoever builds it, the module says only where in the project.
    let project = folder.parent().unwrap_or(folder);
    let wrapper = env::current_exe()
        .map_err(|source| CompileError::Run { program: "build-agents".to_owned(), source })?;
    let flags = format!(
        "target.wasm32-unknown-unknown.rustflags=['--remap-path-prefix={}=nets', \
         '-Clink-arg=-zstack-size={stack_bytes}']",
        project.display()
    );
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--profile", profile, "--locked", "--target", TARGET]);
    cargo.args(["--config", &flags, "--target-dir"]).arg(&target);
    cargo.env("RUSTC_WRAPPER", &wrapper).env(rustc_wrapper::SWITCH, "1").current_dir(folder);
    let modules = target.join(TARGET).join(profile);
    let (modules, krate) = if path.is_dir() {
        cargo.arg("--lib");
        (modules, path.as_path())
    } else {
        cargo.args(["--example", name]);
        (modules.join("examples"), path.ancestors().nth(2).unwrap_or(folder))
    };
    run(cargo.arg("--manifest-path").arg(krate.join("Cargo.toml")), name)?;
    read(modules.join(name.replace('-', "_")).with_extension("wasm"))
}

fn compile_c(folder: &Path, Source { name, path }: &Source) -> Result<Compiled, CompileError> {
    let Ok(version) = Command::new("clang").arg("--version").output() else {
        return Ok(Compiled::Skipped("clang is not installed (Debian: clang and lld)".into()));
    };
    if !String::from_utf8_lossy(&version.stdout).contains(CLANG_VERSION) {
        return Ok(Compiled::Skipped(format!("the committed module is of {CLANG_VERSION}x")));
    }
    let output = output_file(folder, name)?;
    run(
        Command::new("clang")
            .args(["--target=wasm32", "-std=c11", "-Wall", "-Wextra", "-Werror", "-O2"])
            .args(["-ffreestanding", "-nostdlib", "-Wl,--no-entry,--strip-all"])
            .args(["-Wl,--export=decide,--export-if-defined=nets_observation"])
            .args(["-Wl,-zstack-size=65536", "-o"])
            .arg(&output)
            .arg(path),
        name,
    )?;
    read(output)
}

fn compile_assemblyscript(folder: &Path, source: &Source) -> Result<Compiled, CompileError> {
    let name = &source.name;
    let folder_of_sources = folder.join("assemblyscript");
    let compiler = folder_of_sources.join("node_modules/.bin/asc");
    if !compiler.exists() {
        let why = "asc is not installed (npm ci in assemblyscript/)";
        return Ok(Compiled::Skipped(why.into()));
    }
    let output = output_file(folder, name)?;
    run(
        Command::new(compiler)
            .arg(format!("{name}.ts"))
            .args(["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--outFile"])
            .arg(&output)
            .current_dir(folder_of_sources),
        name,
    )?;
    read(output)
}

fn target_folder(folder: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from)
}

/// A place for a compiler's output, beside cargo's.
fn output_file(folder: &Path, name: &str) -> Result<PathBuf, CompileError> {
    let path = target_folder(folder).join("wasm");
    match fs::create_dir_all(&path) {
        Ok(()) => Ok(path.join(name).with_extension("wasm")),
        Err(source) => Err(CompileError::Output { path, source }),
    }
}

fn run(command: &mut Command, name: &str) -> Result<(), CompileError> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(CompileError::Failed { program, name: name.to_owned() }),
        Err(source) => Err(CompileError::Run { program, source }),
    }
}

fn read(path: PathBuf) -> Result<Compiled, CompileError> {
    match fs::read(&path) {
        Ok(module) => Ok(Compiled::Module(module)),
        Err(source) => Err(CompileError::Output { path, source }),
    }
}
