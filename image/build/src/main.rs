//! Rebuilds the committed image, or checks that it is what the sources give.
//!
//! Usage: `cargo run -p build-image` writes `nets.image`; with `--check` nothing is written: the
//! program is built and compared with what is committed, with `--check-elsewhere` from a copy of the
//! sources in a folder of another name and depth.
//!
//! How the program is compiled, `compile` knows, what an image is, `image`, and which instructions it
//! may have, `instructions`.

mod compile;
mod image;
mod instructions;
// Equal sources give equal programs wherever they are, in agents as here.
#[path = "../../../agents/build/src/rustc_wrapper.rs"]
mod rustc_wrapper;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use compile::CompileError;
use image::ImageError;
use nets_machine::Image;

/// Why the image could not be built.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("unknown argument {0:?}: there are --check and --check-elsewhere")]
    Argument(String),
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("{0}: {1}")]
    Image(PathBuf, #[source] ImageError),
    #[error("{0} is not what the sources give, built in {1}: run without --check and commit it")]
    Stale(PathBuf, PathBuf),
}

fn main() -> ExitCode {
    if env::var_os(rustc_wrapper::SWITCH).is_some() {
        return rustc_wrapper::run();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let result = folder
        .canonicalize()
        .map_err(|error| BuildError::File(folder.clone(), error))
        .and_then(|folder| run(&folder));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), BuildError> {
    let committed = folder.join("nets.image");
    match env::args().nth(1).as_deref() {
        None => {
            let image = build(folder)?;
            println!("built {}", summary(&image));
            let bytes = image.encode();
            fs::write(&committed, bytes).map_err(|error| BuildError::File(committed, error))
        }
        Some("--check") => check(folder, &committed),
        Some("--check-elsewhere") => {
            let elsewhere = compile::copy_elsewhere(folder)?;
            check(&elsewhere.path().join("image"), &committed)
        }
        Some(other) => Err(BuildError::Argument(other.to_owned())),
    }
}

/// Builds the program in a folder of sources.
fn build(folder: &Path) -> Result<Image, BuildError> {
    let program = compile::compile(folder)?;
    let linked = fs::read(&program).map_err(|error| BuildError::File(program.clone(), error))?;
    image::of_linked(&linked).map_err(|error| BuildError::Image(program, error))
}

fn check(folder: &Path, committed: &Path) -> Result<(), BuildError> {
    let image = build(folder)?;
    let expected =
        fs::read(committed).map_err(|error| BuildError::File(committed.to_owned(), error))?;
    if image.encode() != expected {
        return Err(BuildError::Stale(committed.to_owned(), folder.to_owned()));
    }
    println!("same  {}, built in {}", summary(&image), folder.display());
    Ok(())
}

/// What an image is, and what the contracts know it by (`crates/chain/src/image.rs`).
fn summary(image: &Image) -> String {
    let (entry, code, ram) = (image.entry(), image.code_root(), image.ram_root());
    let bytes = image.encode().len();
    format!("nets.image: {bytes} bytes, entry {entry:#x}, code {code}, ram {ram}")
}
