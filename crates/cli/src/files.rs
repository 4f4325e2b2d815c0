//! Files that a person names: every failure says which file, and what to try.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;

/// The whole content of a file; `-` is stdin.
pub(crate) fn read(what: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let content = match path.as_os_str() == "-" {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        false => fs::read(path),
    };
    content.map_err(|error| failure(format!("cannot read {what} {}", path.display()), &error))
}

/// Makes `content` the whole content of a file.
pub(crate) fn write(what: &str, path: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(path, content)
        .map_err(|error| failure(format!("cannot write {what} {}", path.display()), &error))
}

fn failure(message: String, error: &io::Error) -> Failure {
    use io::ErrorKind as Kind;
    let hint = match error.kind() {
        Kind::NotFound => "check the path; its folder must be there",
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => "choose a file you may use",
        Kind::IsADirectory | Kind::NotADirectory => "name a file inside a folder",
        Kind::StorageFull | Kind::QuotaExceeded => "make room, or write to another disk",
        _ => "check the file and the disk it is on",
    };
    Failure::new(format!("{message}: {error}")).hint(hint)
}
