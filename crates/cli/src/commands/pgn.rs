//! `--pgn FILE`: a recorded match of chess as other chess programs read it.

use std::path::{Path, PathBuf};

use nets_core::MatchRecord;
use nets_systems::chess::{self, PgnError};

use crate::failure::Failure;
use crate::files::{self, Target};

/// A game that is written once the record has proven right.
pub(super) struct Game {
    target: Target<'static>,
    /// Only a false record has none.
    text: Result<String, PgnError>,
}

impl Game {
    /// The game of `record`, and where it goes. `read` are the files that the command reads.
    pub(super) fn new<'a>(
        record: &MatchRecord,
        path: &Path,
        read: impl Iterator<Item = &'a PathBuf>,
    ) -> Result<Self, Failure> {
        if files::is_stream(path) {
            return Err(Failure::new("--pgn - would mix the game with what is shown on stdout")
                .hint("name a file for the game"));
        }
        let text = chess::pgn(record);
        if let Err(error @ PgnError::System { .. }) = &text {
            return Err(Failure::from_error(error).hint("--svg pictures a match of any System"));
        }
        Ok(Self { target: Target::new(&files::GAME, path, read)?, text })
    }

    /// Writes it.
    pub(super) fn write(self) -> Result<(), Failure> {
        self.target.write(self.text?.as_bytes())
    }
}
