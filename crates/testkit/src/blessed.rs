//! Blessed files: text that the code produced once, that a person read, and that must not change.
//!
//! A test compares what the code produces now with the file. Where the change is meant, the test
//! run again with `BLESS=1` writes the file, and the difference is read in the commit. Where several
//! tests write a part each of one file, between marks, it is locked meanwhile: tests run at once, and
//! none may write back what it read before another wrote.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
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
    /// The file has no such part.
    #[error("{}: expected a part between {begin:?} and {end:?}; put both marks in", path.display())]
    NoPart {
        /// The file.
        path: PathBuf,
        /// The mark before the part.
        begin: String,
        /// The mark after it.
        end: String,
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
    same(path, &fs::read_to_string(path).map_err(io_error)?, text)
}

/// Compares what the file at `path` has between two marks with `part`, or writes it when blessing
/// and leaves the rest as it is.
///
/// # Errors
/// When the file cannot be read or written, does not have both marks, or has something else there.
pub fn compare_part(
    path: &Path,
    (begin, end): (&str, &str),
    part: &str,
) -> Result<(), BlessedError> {
    if is_blessing() {
        return write_part(path, (begin, end), part);
    }
    let blessed = fs::read_to_string(path)
        .map_err(|source| BlessedError::Io { path: path.to_owned(), source })?;
    same(path, &blessed, &with_part(path, &blessed, (begin, end), part)?)
}

/// Writes a part of a file while nobody else writes one.
fn write_part(path: &Path, marks: (&str, &str), part: &str) -> Result<(), BlessedError> {
    let io_error = |source| BlessedError::Io { path: path.to_owned(), source };
    let mut file = File::options().read(true).write(true).open(path).map_err(io_error)?;
    file.lock().map_err(io_error)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io_error)?;
    let text = with_part(path, &text, marks, part)?;
    file.rewind().and_then(|()| file.set_len(0)).map_err(io_error)?;
    file.write_all(text.as_bytes()).map_err(io_error)
}

/// The text with another part between two marks.
fn with_part(
    path: &Path,
    text: &str,
    (begin, end): (&str, &str),
    part: &str,
) -> Result<String, BlessedError> {
    let around = text.split_once(begin).and_then(|(before, rest)| {
        rest.split_once(end).map(|(_, after)| [before, begin, part, end, after].concat())
    });
    around.ok_or_else(|| BlessedError::NoPart {
        path: path.to_owned(),
        begin: begin.trim_end().to_owned(),
        end: end.trim_end().to_owned(),
    })
}

/// Whether both texts are the same; if not, the first line that differs.
fn same(path: &Path, blessed: &str, text: &str) -> Result<(), BlessedError> {
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn parts_that_are_written_at_once_all_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parts.md");
        let marks = |part: usize| (format!("<{part}>\n"), format!("</{part}>\n"));
        let text = |line: &str| -> String {
            let part = |part| [marks(part).0, line.to_owned(), marks(part).1].concat();
            (0..8).map(part).collect()
        };
        fs::write(&path, text("old\n")).unwrap();
        thread::scope(|scope| {
            for part in 0..8 {
                let (path, (begin, end)) = (&path, marks(part));
                scope.spawn(move || write_part(path, (&begin, &end), "new\n").unwrap());
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), text("new\n"));
    }
}
