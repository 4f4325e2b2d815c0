//! Blessed files: text that the code produced once, that a person read, and that must not change.
//!
//! A test compares what the code produces now with the file. Where the change is meant, the test
//! run again with `BLESS=1` writes the file, and the difference is read in the commit.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file that is not as the code would write it.
#[derive(Debug, Error)]
pub enum BlessedError {
    /// The file cannot be read or written.
    #[error("{}: {source}; run the test with BLESS=1 to write it", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The file says something else.
    #[error(
        "{} line {line}: the file has\n  {expected}\nand the code gives\n  {got}\nIf that is \
         meant, run the test with BLESS=1 and read the difference.",
        path.display()
    )]
    Different {
        /// The file.
        path: PathBuf,
        /// The first line that differs, counted from 1.
        line: usize,
        /// That line of the file.
        expected: String,
        /// That line as the code gives it.
        got: String,
    },
}

/// Whether files are to be written rather than compared: `BLESS=1` in the environment.
pub fn is_blessing() -> bool {
    std::env::var("BLESS").is_ok_and(|value| value == "1")
}

/// Compares the file at `path` with `text`, or writes it when blessing.
///
/// # Errors
/// When the file cannot be read or written, or is different.
pub fn compare(path: &Path, text: &str) -> Result<(), BlessedError> {
    let io_error = |source| BlessedError::Io { path: path.to_owned(), source };
    if is_blessing() {
        return fs::write(path, text).map_err(io_error);
    }
    let blessed = fs::read_to_string(path).map_err(io_error)?;
    if blessed == text {
        return Ok(());
    }
    let (mut old, mut new) = (blessed.split('\n'), text.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        let (expected, got) = (old.next(), new.next());
        if expected != got || expected.is_none() {
            let shown = |text: Option<&str>| text.unwrap_or("(end of file)").to_owned();
            let (expected, got) = (shown(expected), shown(got));
            return Err(BlessedError::Different { path: path.to_owned(), line, expected, got });
        }
    }
}
