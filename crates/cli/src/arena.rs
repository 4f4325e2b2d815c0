//! What the commands on an arena share: which folder, how many threads, how to stop, what to show.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;

use clap::{Args, ValueHint};
use indicatif::ProgressBar;
use nets_node::{ArenaFolder, ArenaNode, NodeError, Progress, Refusal, RoundOptions};

use crate::arguments::SourceArguments;
#[cfg(feature = "evm")]
use crate::elsewhere;
use crate::engine::code_cache;
use crate::exit::Exit;
use crate::failure::Failure;
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
}

/// How matches are played.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct ThreadArguments {
    /// How many matches are played at once; as many as there are cores without it
    #[arg(long, value_name = "COUNT", value_parser = threads)]
    threads: Option<usize>,
}

impl ArenaArguments {
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
        let folder = ArenaFolder::new(&self.arena).with_compiled_code(code_cache());
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

/// An arena's error, with what to do about it.
pub(crate) fn failure(error: NodeError) -> Failure {
    let hint = match &error {
        NodeError::NotAnArena { .. } => {
            "make one with `nets init DIR`, or name one with --arena DIR"
        }
        NodeError::Occupied { .. } => "name a folder that is not there yet",
        NodeError::TooLateToClaim { .. } => {
            "claim right after `nets round open`, for several members in one command; a league \
             created with larger claim-blocks takes claims longer"
        }
        NodeError::NotAsserted { .. } => "`nets verify` says what else is not as it should be",
        NodeError::UnknownAgent { .. } => "`nets agent list` lists the agents",
        NodeError::AmbiguousAgent { .. } => {
            "name it by its member number or its id, or add --owner"
        }
        NodeError::NotOwner { .. } => "leave out --owner, or name another agent",
        NodeError::ForeignOwner { .. } => "only who has the owner's key can do that",
        NodeError::Refused { refusal, .. } => match remedy(refusal) {
            Some(hint) => return Failure::from_error(&error).hint(hint),
            None => return Failure::from_error(&error),
        },
        NodeError::Chain { hint, .. } => return Failure::from_error(&error).hint(hint.clone()),
        NodeError::NotDeployed { .. } => {
            "send the operator coin for gas, then put them there with `nets chain deploy`"
        }
        NodeError::EmbeddedOnly { action: "given new coin", .. } => {
            "on a chain elsewhere `nets chain fund` sends an account coin of the operator's, and \
             `nets account deposit` pays it in"
        }
        NodeError::EmbeddedOnly { .. } => "use a build of nets with its feature evm",
        NodeError::Keystore { .. } => {
            "give the right password, by NETS_PASSWORD_FILE or where it is asked for"
        }
        NodeError::KeyVariable { .. } => "correct the variable, or unset it",
        NodeError::UnknownAccount { .. } => "make it with `nets account new NAME`",
        NodeError::LeagueExists { .. } => "give it another name in leagues.toml",
        NodeError::NoRound { .. } => "`nets round open LEAGUE` opens one, `nets round run` runs it",
        NodeError::NoFinalRound { .. } => {
            "`nets round list LEAGUE` lists its rounds, `nets round run LEAGUE` runs one"
        }
        NodeError::NotInRound { .. } => "`nets agent list` says which rounds a member is in",
        NodeError::UnknownLeague { .. } => "create it with `nets league create NAME`",
        NodeError::Inadmissible { .. } => "`nets agent check FILE` says more",
        NodeError::MissingArtifact { .. } => {
            "get the file back from a copy of the arena, or name who has it with --source or under \
             sources in arena.toml; `nets fetch` gets all that is missing"
        }
        NodeError::NoSource { .. } => {
            "name another source with --source or under sources in arena.toml"
        }
        NodeError::Listen { .. } => "name another address with --listen; port 0 is any free one",
        NodeError::DamagedArtifact { .. } => "replace the file by an intact copy",
        NodeError::Interrupted => "everything done so far is kept; run the same command to go on",
        NodeError::Settings { .. } => "correct the file and try again",
        NodeError::Io { .. } => "check the path, its permissions and the room on the disk",
        _ => match beacon_hint(&error) {
            Some(hint) => hint,
            None => return Failure::from_error(&error),
        },
    };
    Failure::from_error(&error).hint(hint)
}

/// What to do about a beacon.
fn beacon_hint(error: &NodeError) -> Option<&'static str> {
    Some(match error {
        NodeError::WorthlessBeacon { .. } => {
            "leave beacon out in leagues.toml, or found the arena on a public chain with \
             `nets init DIR --chain URL`"
        }
        NodeError::BeaconNotDeployed { .. } => {
            "`nets chain deploy` puts the beacons there that leagues.toml names"
        }
        NodeError::UnknownBeacon { .. } => {
            "write its address under [beacons] in arena.toml if it is one of nets, or wait until \
             somebody has brought the value"
        }
        NodeError::NoDrandValue { .. } => {
            "run the same command to go on; drand-sources under [beacons] in arena.toml names \
             other sources"
        }
        _ => return None,
    })
}

/// What an owner can do about a refusal of the contract, if anything.
fn remedy(refusal: &Refusal) -> Option<String> {
    Some(match refusal {
        Refusal::TooPoor { .. } | Refusal::CapitalTooLow { .. } => {
            "`nets account fund NAME AMOUNT` gives an account coin".to_owned()
        }
        Refusal::StakeTooLow { .. } => {
            "stake at least that; for an agent that is in, with `nets agent stake`".to_owned()
        }
        Refusal::AlreadyMember { .. } => {
            "`nets agent renew` pays for further rounds, `nets agent stake` adds to its stake"
                .to_owned()
        }
        Refusal::Leaving => {
            "`nets agent list` says when its stake is free, `nets agent withdraw` takes it"
                .to_owned()
        }
        Refusal::NotLeaving => "ask for it with `nets agent unbond` first".to_owned(),
        Refusal::NothingStaked => "`nets agent stake` adds to a stake".to_owned(),
        Refusal::RoundUnderWay { .. } | Refusal::AssertionStands => {
            "`nets round run LEAGUE` brings the round to its end".to_owned()
        }
        Refusal::TooEarly { block, earliest } => format!(
            "rounds make blocks, and so does `nets chain advance {}`",
            earliest.saturating_sub(*block)
        ),
        Refusal::TermOutOfRange { .. } | Refusal::OddMatches { .. } | Refusal::NothingToLose => {
            "correct it in leagues.toml".to_owned()
        }
        Refusal::SlotsExhausted { .. } | Refusal::RoundsOutOfRange { .. } | Refusal::Banned => {
            return None;
        }
    })
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
