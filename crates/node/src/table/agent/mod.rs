//! An agent's client: it sits at a host's table with a key, asks a model, and signs.
//!
//! It believes the host nothing: what a match is is checked by a referee, what the others did by their
//! signatures, and the state is computed here. So a host can keep it from playing, and no more. Its
//! journal sees to it that it never signs two actions for one step.

mod answering;
mod journal;
mod model;
mod module;
mod program;
mod referee;
mod seated;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use nets_core::{AgentKey, Greeting, MatchId};

pub use self::answering::ChainAnswers;
use self::answering::Summons;
use self::journal::Journal;
use self::model::{ModelAnswer, ModelSource, Models};
pub use self::module::ModelModule;
pub use self::program::ModelProgram;
use self::referee::NotReal;
pub use self::referee::Referee;
use self::seated::{SeatedMatch, Told};
use crate::error::NodeError;
use crate::play::{Progress, check_stop};
use crate::table::wire::{
    FromAgent, FromHost, LineReader, OfferedMatch, Plays, TABLE_PROTOCOL, write_line,
};

/// The most matches that a host may offer; a round with more for one agent is none.
const MATCHES_MAX: usize = 4096;

/// How long a host may be silent: it is to ping three times meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a host may take to let somebody in.
const GREETING_PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked whether somebody asks to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// How long is waited before a host is called again: at first, and at most.
const CALL_AGAIN: Duration = Duration::from_millis(200);
const CALL_AGAIN_MAX: Duration = Duration::from_secs(10);

/// What decides for an agent.
#[derive(Clone, Debug)]
pub enum AgentModel {
    /// A program that answers lines.
    Program(ModelProgram),
    /// A WASM module.
    Module(ModelModule),
}

impl AgentModel {
    fn source(&self) -> &dyn ModelSource {
        match self {
            Self::Program(program) => program,
            Self::Module(module) => module,
        }
    }
}

/// How an agent is served.
#[derive(Debug)]
pub struct AgentService<'a> {
    /// Its key.
    pub key: AgentKey,
    /// Where its host listens, as `arena.example:8550`.
    pub host: &'a str,
    /// The file of what the key has signed.
    pub journal: &'a Path,
    /// What decides.
    pub model: AgentModel,
    /// How many of it decide at once.
    pub jobs: usize,
    /// Who says which matches are real.
    pub referee: Referee,
    /// How matches go on whose clocks run on the chain; without it only the host brings plays there.
    pub answers: Option<ChainAnswers>,
    /// Set from outside to stop.
    pub stop: &'a AtomicBool,
}

/// What an agent did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentCounts {
    /// The matches that it took part in.
    pub matches: u64,
    /// The actions that it signed.
    pub signed: u64,
    /// How often its model gave no legal action.
    pub failed: u64,
    /// How often its host said what was not so.
    pub false_words: u64,
}

/// What an agent's one loop waits for.
enum Event {
    /// The host of so-manieth connection said something, or is gone.
    Host(u64, io::Result<FromHost>),
    /// A model answered.
    Model(ModelAnswer),
}

impl From<ModelAnswer> for Event {
    fn from(answer: ModelAnswer) -> Self {
        Self::Model(answer)
    }
}

/// Serves an agent until `stop` is set: connects to its host again and again, and plays.
///
/// # Errors
/// When its journal cannot be used, or its model not be started.
pub fn serve_agent(
    service: AgentService<'_>,
    progress: &dyn Progress,
) -> Result<AgentCounts, NodeError> {
    let journal = Journal::open(service.journal)?;
    let (sender, events) = channel();
    let models = Models::start(service.model.source(), service.jobs, &sender)?;
    let (matches, counts) = Default::default();
    let mut client =
        Client { service, journal, models, matches, counts, sender, line: None, progress };
    match client.run(&events) {
        Err(NodeError::Interrupted) | Ok(()) => Ok(client.counts),
        Err(error) => Err(error),
    }
}

struct Client<'a> {
    service: AgentService<'a>,
    journal: Journal,
    models: Models,
    matches: BTreeMap<MatchId, SeatedMatch>,
    counts: AgentCounts,
    sender: Sender<Event>,
    /// The connection, while there is one.
    line: Option<TcpStream>,
    progress: &'a dyn Progress,
}

impl fmt::Debug for Client<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl Client<'_> {
    fn run(&mut self, events: &Receiver<Event>) -> Result<(), NodeError> {
        let mut pause = CALL_AGAIN;
        for number in 1.. {
            check_stop(self.service.stop)?;
            match self.connect(number) {
                Ok(()) => {
                    self.progress.note(&format!("seated at {}", self.service.host));
                    pause = CALL_AGAIN;
                    let reason = self.listen(number, events)?;
                    self.progress.note(&format!("{}: {reason}", self.service.host));
                }
                Err(error) if pause == CALL_AGAIN => {
                    let host = self.service.host;
                    self.progress.note(&format!("{host} is called again: {error}"));
                }
                Err(_) => {}
            }
            self.hang_up();
            self.wait(pause, events)?;
            pause = (2 * pause).min(CALL_AGAIN_MAX);
        }
        Ok(())
    }

    /// Ends the connection, and with it the thread that listens to it.
    fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            // One that is gone already is no worse.
            line.shutdown(Shutdown::Both).ok();
        }
    }

    fn wait(&mut self, pause: Duration, events: &Receiver<Event>) -> Result<(), NodeError> {
        let until = Instant::now() + pause;
        while Instant::now() < until {
            check_stop(self.service.stop)?;
            self.answer_chain()?;
            if let Ok(Event::Model(answer)) = events.recv_timeout(GLANCE.min(pause)) {
                // It is in the journal, and told once there is a connection, or on the chain.
                self.answer(answer)?.ok();
            }
        }
        Ok(())
    }

    /// Goes on with matches whose clocks run on the chain.
    fn answer_chain(&mut self) -> Result<(), NodeError> {
        let Some(mut answers) = self.service.answers.take() else { return Ok(()) };
        let (owner, key) = (self.service.referee.owner(), self.service.key.address());
        match answers.summons(&owner, &key) {
            Ok(summons) => {
                for one in summons {
                    self.heed(&mut answers, one)?;
                }
            }
            Err(error) => self.progress.note(&format!("the chain is looked at again: {error}")),
        }
        self.service.answers = Some(answers);
        Ok(())
    }

    fn heed(&mut self, answers: &mut ChainAnswers, summons: Summons) -> Result<(), NodeError> {
        let Summons { offered, clocked } = summons;
        let id = offered.spec.id();
        if !self.matches.contains_key(&id) {
            match SeatedMatch::new(offered, &self.journal) {
                Ok(seated) => drop(self.matches.insert(id, seated)),
                Err(reason) => self.progress.note(&format!("match {id}: {reason}")),
            }
        }
        let Some(seated) = self.matches.get_mut(&id) else { return Ok(()) };
        for told in Plays::since(id, 0, &clocked.plays) {
            // Where the chain has another history than this agent, its own is the later one.
            seated.tell(&told);
        }
        if seated.signed().step() > clocked.step() && seated.acts_at(&clocked) {
            let brought = answers.bring(seated.signed(), &clocked, self.progress);
            if let Err(error) = brought {
                self.progress.note(&format!("match {id} is brought again: {error}"));
            }
            return Ok(());
        }
        let step = seated.signed().step();
        // Where there is nobody to tell it to, it goes to the chain at the next look.
        self.turn(id, step).ok();
        Ok(())
    }

    /// Connects and is let in.
    fn connect(&mut self, number: u64) -> io::Result<()> {
        let place = self.service.host.to_socket_addrs()?.next();
        let place = place.ok_or(io::ErrorKind::NotFound)?;
        let stream = TcpStream::connect_timeout(&place, GREETING_PATIENCE)?;
        stream.set_nodelay(true)?;
        let mut ear = LineReader::new(stream.try_clone()?)?;
        let said = ear.read(GREETING_PATIENCE)?;
        let FromHost::Challenge { protocol, chain_id, arena, challenge } = said else {
            return Err(io::Error::other(format!(
                "it does not ask who this is, but says {said:?}"
            )));
        };
        if protocol != TABLE_PROTOCOL {
            let reason = format!("it speaks version {protocol}, expected {TABLE_PROTOCOL}");
            return Err(io::Error::other(reason));
        }
        let key = self.service.key.address();
        let greeting = Greeting { chain_id, arena, protocol, key, challenge };
        let signature = self.service.key.sign(&greeting.digest()).map_err(io::Error::other)?;
        write_line(&stream, &FromAgent::Greeting { protocol, key, signature })?;
        match ear.read(GREETING_PATIENCE)? {
            FromHost::Welcome {} => {}
            FromHost::Bye { reason } => return Err(io::Error::other(reason)),
            said => return Err(io::Error::other(format!("it does not let this in: {said:?}"))),
        }
        self.line = Some(stream);
        let sender = self.sender.clone();
        thread::Builder::new().spawn(move || {
            loop {
                let said = ear.read(PATIENCE);
                let is_last = said.is_err();
                if sender.send(Event::Host(number, said)).is_err() || is_last {
                    break;
                }
            }
        })?;
        Ok(())
    }

    /// Does what the host asks for until the connection ends; says why it did.
    fn listen(&mut self, number: u64, events: &Receiver<Event>) -> Result<String, NodeError> {
        loop {
            check_stop(self.service.stop)?;
            self.answer_chain()?;
            match events.recv_timeout(GLANCE) {
                Ok(Event::Host(of, said)) if of == number => match said {
                    Ok(FromHost::Bye { reason }) => return Ok(reason),
                    Ok(said) => {
                        if let Err(error) = self.hear(said)? {
                            return Ok(error.to_string());
                        }
                    }
                    Err(error) => return Ok(error.to_string()),
                },
                // What an earlier connection said is told again in this one.
                Ok(Event::Host(..)) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::Model(answer)) => {
                    if let Err(error) = self.answer(answer)? {
                        return Ok(error.to_string());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok("nobody is left".to_owned()),
            }
        }
    }

    fn send(&self, message: &FromAgent) -> io::Result<()> {
        match &self.line {
            Some(line) => write_line(line, message),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn send_plays(&self, messages: Vec<Plays>) -> io::Result<()> {
        messages.into_iter().try_for_each(|plays| self.send(&FromAgent::Plays(plays)))
    }

    /// The host said what is not so, or what this agent does not go along with.
    fn refuse(&mut self, id: MatchId, reason: String) -> io::Result<()> {
        self.counts.false_words += 1;
        self.progress.note(&format!("match {id}: {reason}"));
        self.send(&FromAgent::Refused { id, reason })
    }

    fn hear(&mut self, said: FromHost) -> Result<io::Result<()>, NodeError> {
        Ok(match said {
            FromHost::Match(offered) => self.sit_down(offered),
            FromHost::Plays(told) => {
                let Some(seated) = self.matches.get_mut(&told.id) else { return Ok(Ok(())) };
                match seated.tell(&told) {
                    Told::Fits => Ok(()),
                    Told::Differs(step) => {
                        let reason = format!(
                            "step {step} was told otherwise before; this agent stays with that"
                        );
                        self.refuse(told.id, reason)
                    }
                    Told::Wrong(refused) => self.refuse(told.id, refused.to_string()),
                }
            }
            FromHost::Turn { id, step } => self.turn(id, step),
            FromHost::Over { id, how } => {
                if self.matches.remove(&id).is_some() {
                    self.service.model.source().over(&id);
                    self.progress.note(&format!("match {id} is over: {how}"));
                }
                Ok(())
            }
            FromHost::Ping {} => self.send(&FromAgent::Pong {}),
            // Whoever asks twice who this is wants no match.
            FromHost::Challenge { .. } | FromHost::Welcome {} | FromHost::Bye { .. } => {
                Err(io::ErrorKind::InvalidData.into())
            }
        })
    }

    fn sit_down(&mut self, offered: OfferedMatch) -> io::Result<()> {
        let id = offered.spec.id();
        if self.matches.get(&id).is_some_and(|known| *known.offered() == offered) {
            return Ok(());
        }
        if self.matches.len() >= MATCHES_MAX {
            return self.refuse(id, format!("it is one of more than {MATCHES_MAX}"));
        }
        let key = self.service.key.address();
        let checked = match self.service.referee.check(&offered, &key) {
            Ok(()) => Ok(()),
            Err(NotReal::Refused(reason)) => Err(reason),
            // Another connection is offered it again.
            Err(NotReal::Unknown(error)) => return Err(io::Error::other(error)),
        };
        match checked.and_then(|()| SeatedMatch::new(offered, &self.journal)) {
            Ok(seated) => {
                self.counts.matches += 1;
                self.matches.insert(id, seated);
                Ok(())
            }
            Err(reason) => self.refuse(id, reason),
        }
    }

    /// The host asks for the play of a step.
    fn turn(&mut self, id: MatchId, step: u32) -> io::Result<()> {
        let Some(seated) = self.matches.get_mut(&id) else { return Ok(()) };
        if step < seated.signed().step() {
            // It lacks what was played: this agent has signed on, and says the same again.
            let plays = seated.plays_since(step);
            return self.send_plays(plays);
        }
        match seated.own_turn() {
            Some(turn) if turn.step == step && seated.asked != Some(step) => {
                seated.asked = Some(step);
                self.models.ask(seated.question(&turn));
            }
            _ => {}
        }
        Ok(())
    }

    /// A model has decided: the action is signed, kept, and sent.
    fn answer(&mut self, answer: ModelAnswer) -> Result<io::Result<()>, NodeError> {
        let ModelAnswer { id, step, action } = answer;
        let Some(seated) = self.matches.get_mut(&id) else { return Ok(Ok(())) };
        if seated.asked == Some(step) {
            seated.asked = None;
        }
        let Some(turn) = seated.own_turn().filter(|turn| turn.step == step) else {
            return Ok(Ok(()));
        };
        match action {
            Ok(action) => {
                let plays = seated.sign(&self.service.key, &mut self.journal, &turn, action)?;
                self.counts.signed += 1;
                Ok(self.send_plays(plays))
            }
            Err(reason) => {
                self.counts.failed += 1;
                self.progress.note(&format!("match {id}, step {step}: no action; {reason}"));
                Ok(Ok(()))
            }
        }
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        self.hang_up();
    }
}
