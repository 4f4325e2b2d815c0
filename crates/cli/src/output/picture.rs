//! Pictures of states, one after the other: redrawn in place on a terminal, else plainly listed.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use super::{HEADING, Output};
use crate::failure::Failure;

/// A match that is being shown.
#[derive(Debug)]
pub(crate) struct Film {
    delay: Duration,
    /// How many lines the last picture took; none before the first.
    drawn: Option<usize>,
}

impl Film {
    /// A film with this pause after each picture on a terminal.
    pub(crate) fn new(delay: Duration) -> Self {
        Self { delay, drawn: None }
    }

    /// Shows the next picture under its caption.
    pub(crate) fn show(
        &mut self,
        output: &mut Output,
        caption: &str,
        picture: &str,
    ) -> Result<(), Failure> {
        let picture = picture.trim_end_matches('\n');
        let text = format!("{HEADING}{caption}{HEADING:#}\n{picture}");
        let lines = text.lines().count();
        match self.drawn.replace(lines) {
            Some(_) if !output.stdout_is_terminal() => output.line("")?,
            Some(lines) => {
                thread::sleep(self.delay);
                // Up to where the last picture began, and clear from there on.
                write!(io::stdout(), "\x1b[{lines}A\x1b[J")
                    .map_err(|error| Failure::output(&error))?;
            }
            None => {}
        }
        output.line(&text)
    }
}
