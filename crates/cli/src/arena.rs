//! What the commands on an arena share: which folder, how many threads, how to stop, what to show.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;

use clap::{Args, ValueHint};
use indicatif::ProgressBar;
use nets_node::{ArenaFolder, ArenaNode, ChosenChain, NodeError, Progress, RoundOptions};

use crate::arguments::SourceArguments;
#[cfg(feature = "evm")]
use crate::elsewhere;
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hints::hint;
use crate::output::Output;

/// Set by Ctrl-C: the matches under way are finished, then the command stops; the records of
/// those, and every block, are kept.
static STOP: AtomicBool = AtomicBool::new(false);

/// Which arena.
#[derive(Clone, Debug, Args)]
pub(crate) struct ArenaArguments {
    /// The arena's folder
    #[arg(long, value_name = "DIR", default_value = ".", env = "NETS_ARENA",
          value_hint = ValueHint::DirPath)]
    pub(crate) arena: PathBuf,
    #[command(flatten)]
    chain: ChosenChainArguments,
}

/// Which chain, for this command alone.
#[derive(Clone, Debug, Args)]
pub(crate) struct ChosenChainArguments {
    /// The chain that the arena must be on: embedded, or the URL of another node of it, which is
    /// asked this time
    #[arg(long, value_name = "CHAIN", value_hint = ValueHint::Url)]
    pub(crate) chain: Option<ChosenChain>,
}

/// How matches are played.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ThreadArguments {
    /// How many matches are played at once; as many as there are cores without it
    #[arg(long, value_name = "COUNT", value_parser = threads)]
    threads: Option<usize>,
}

impl ArenaArguments {
    /// The arena in a folder that a command may do without.
    pub(crate) fn new(arena: PathBuf, chain: ChosenChainArguments) -> Self {
        Self { arena, chain }
    }

    /// Opens the arena.
    pub(crate) fn open(&self) -> Result<ArenaNode, Failure> {
        open(self.folder())
    }

    /// Opens the arena, with further sources of what it lacks.
    pub(crate) fn open_with(&self, sources: &SourceArguments) -> Result<ArenaNode, Failure> {
        open(self.folder().with_sources(sources.sources.clone()))
    }

    /// Puts the arena's contracts on its chain.
    #[cfg(feature = "evm")]
    pub(crate) fn deploy(&self) -> Result<(), Failure> {
        stop_on_interrupt();
        nets_node::deploy_contracts(self.folder(), &STOP, elsewhere::say).map_err(failure)?;
        Ok(())
    }

    /// The arena's folder, with what belongs to its user.
    pub(crate) fn folder(&self) -> ArenaFolder {
        let folder = ArenaFolder::new(&self.arena)
            .with_compiled_code(code_cache())
            .with_chain(self.chain.chain.clone());
        #[cfg(feature = "evm")]
        let folder = folder.with_passwords(elsewhere::ask_password);
        folder
    }
}

fn open(folder: ArenaFolder) -> Result<ArenaNode, Failure> {
    #[cfg(not(feature = "evm"))]
    return ArenaNode::open(folder).map_err(failure);
    #[cfg(feature = "evm")]
    {
        let mut node = ArenaNode::open(folder).map_err(failure)?;
        node.watch(&STOP, elsewhere::say);
        Ok(node)
    }
}

impl ThreadArguments {
    /// The number of threads; Ctrl-C stops after the matches under way, a second one at once.
    pub(crate) fn options(self) -> RoundOptions<'static> {
        stop_on_interrupt();
        let cores = available_parallelism().map_or(1, usize::from);
        RoundOptions { threads: self.threads.unwrap_or(cores), stop: &STOP }
    }
}

/// What is set once somebody asks to stop.
pub(crate) fn stop_flag() -> &'static AtomicBool {
    stop_on_interrupt();
    &STOP
}

/// The password of a key file, where it comes from.
pub(crate) fn ask_password(name: &str, is_new: bool) -> Result<String, String> {
    #[cfg(feature = "evm")]
    return elsewhere::ask_password(name, is_new);
    #[cfg(not(feature = "evm"))]
    nets_node::password_from_environment(name, is_new)
}

/// Has Ctrl-C set [`STOP`], and a second one end the process.
fn stop_on_interrupt() {
    // A second handler is refused; the first does the same.
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            // An agent may take long to decide, and a process may be killed anywhere.
            std::process::exit(Exit::INTERRUPTED);
        }
    })
    .ok();
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("no thread plays nothing; leave --threads out to use all cores".to_owned()),
        Ok(count) => Ok(count),
        Err(error) => Err(error.to_string()),
    }
}

/// Has the caches of an arena on disk, too. One that cannot be written costs time, and nothing else:
/// what was done is done, and must not look as if it had to be done again.
pub(crate) fn flush(node: &mut ArenaNode, output: &Output) {
    if let Err(error) = node.flush() {
        output.warn(&format!("{error}; nothing is lost, the arena opens more slowly"));
    }
}

/// An arena's error, with what to do about it.
pub(crate) fn failure(error: NodeError) -> Failure {
    Failure::from_error(&error).hint(hint(&error))
}

/// Shows how far a round is, on a terminal.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    /// None before it is known how many matches there are.
    bar: OnceLock<ProgressBar>,
    output: &'a Output,
}

impl<'a> Shown<'a> {
    /// Progress of matches on `output`.
    pub(crate) fn new(output: &'a Output) -> Self {
        Self { bar: OnceLock::new(), output }
    }
}

impl Progress for Shown<'_> {
    fn matches(&self, done: u32, total: u32) {
        let total = u64::from(total);
        let bar = self.bar.get_or_init(|| self.output.progress("matches", Some(total)));
        bar.set_length(total);
        bar.set_position(u64::from(done));
    }

    fn note(&self, text: &str) {
        match self.bar.get() {
            Some(bar) => bar.suspend(|| self.output.note(text)),
            None => self.output.note(text),
        }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
