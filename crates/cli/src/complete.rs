//! Completion of names that only an arena knows: its leagues, accounts and agents.
//!
//! A shell asks at every Tab, so this reads files only: it never opens the chain, takes no lock and
//! says nothing when there is no arena. Which arena is meant is read off the line being completed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use nets_node::{ArenaFolder, KnownNames, LeagueFile};

/// Leagues that the arena has.
pub(crate) fn leagues() -> ArgValueCompleter {
    ArgValueCompleter::new(|start: &OsStr| candidates(start, known().leagues))
}

/// Leagues that the arena's file describes, whether or not they were created.
pub(crate) fn described_leagues() -> ArgValueCompleter {
    ArgValueCompleter::new(|start: &OsStr| {
        let file = LeagueFile::read(&ArenaFolder::new(&arena()).league_file());
        let leagues = file.map(|file| file.leagues).unwrap_or_default();
        candidates(start, leagues.into_iter().map(|league| league.name))
    })
}

/// Local accounts.
pub(crate) fn accounts() -> ArgValueCompleter {
    ArgValueCompleter::new(|start: &OsStr| candidates(start, known().accounts))
}

/// Agents that were entered here.
pub(crate) fn agents() -> ArgValueCompleter {
    ArgValueCompleter::new(|start: &OsStr| candidates(start, known().agents))
}

fn known() -> KnownNames {
    KnownNames::read(&ArenaFolder::new(&arena()))
}

fn candidates(start: &OsStr, names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let start = start.to_string_lossy();
    let names = names.into_iter().filter(|name| name.starts_with(start.as_ref()));
    names.map(CompletionCandidate::new).collect()
}

/// The folder that the line names with `--arena`, else the one that commands use without it.
fn arena() -> PathBuf {
    let named = named_arena(env::args_os());
    let usual = || env::var_os("NETS_ARENA").filter(|folder| !folder.is_empty());
    named.or_else(usual).map_or_else(|| PathBuf::from("."), PathBuf::from)
}

fn named_arena(words: impl IntoIterator<Item = OsString>) -> Option<OsString> {
    let mut words = words.into_iter();
    // The first `--` is the shell's: what follows is the line.
    words.by_ref().find(|word| word == "--")?;
    let mut named = None;
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--arena") => named = words.next(),
            Some(word) => {
                named = word.strip_prefix("--arena=").map(OsString::from).or(named);
            }
            None => {}
        }
    }
    named.filter(|folder| !folder.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(line: &str) -> Option<String> {
        named_arena(line.split(' ').map(OsString::from))?.into_string().ok()
    }

    #[test]
    fn the_arena_of_the_line_is_found_however_it_is_written() {
        assert_eq!(named("nets -- nets log --arena a --from").as_deref(), Some("a"));
        assert_eq!(named("nets -- nets --arena=a log --arena=b").as_deref(), Some("b"));
        assert_eq!(named("nets -- nets log --arena"), None);
        assert_eq!(named("nets log --arena a"), None);
    }
}
