//! Exit codes, decided once for all commands.

use std::process::ExitCode;

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; what was to be verified is right.
    Done,
    /// What was to be verified is false.
    Refuted,
    /// Wrong usage, or a file or host that does not play along; an error says so.
    Failed,
}

impl Exit {
    /// What shells take for ended by Ctrl-C: the code of a process that was told to stop twice.
    pub(crate) const INTERRUPTED: i32 = 130;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refuted => 1,
            Exit::Failed => 2,
        })
    }
}
