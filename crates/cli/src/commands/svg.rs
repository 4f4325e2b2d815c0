//! `--svg FILE`: where a command writes the picture of a state.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::files::{self, Target};

/// Where the picture goes: known before there is one. `read` are the files that the command reads.
pub(super) fn target<'a>(
    path: &Path,
    read: impl Iterator<Item = &'a PathBuf>,
) -> Result<Target<'static>, Failure> {
    if files::is_stream(path) {
        return Err(Failure::new("--svg - would mix the picture with what is shown on stdout")
            .hint("name a file for the picture"));
    }
    Target::new(&files::PICTURE, path, read)
}
