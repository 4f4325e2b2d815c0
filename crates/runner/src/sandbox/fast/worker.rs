//! Compiling a module in a process of its own, under a cap on its time and memory.
//!
//! An untrusted module can keep a compiler busy or make it hungry or crash it; in a process that
//! has limits and ends, it can do that to nobody else. This file owns the parent's side: start the
//! worker, send it the instrumented bytes, take its answer, never wait for it for ever. `serve` is
//! the worker's side, `answer` what one says to the other, `limits` what the worker may use.
//!
//! What a worker dies of is never a verdict: the module goes to the next tier, which gives the
//! same results. What is wrong with the host, such as a worker that cannot be started, is an error
//! that says so. Falling back there, too, would be just as right, but it would leave every agent of
//! a wrongly installed node slow for ever, with nobody told; and an error here costs nobody a match.
//! Invariant: code is loaded only from a process that proved to be this build's worker, whole.

mod answer;
mod limits;
mod serve;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use self::answer::Answer;
pub use self::serve::serve_if_asked;
use super::tier::Tier;

/// The argument that makes a program a compile worker.
const MARK: &str = "--compile-worker";

/// The longest answer that is read, in bytes: far above the code of the largest module.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// What of a worker's complaints is kept, in bytes.
const COMPLAINT_BYTES_MAX: u64 = 4 << 10;

/// How to start a compile worker, and what one may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileWorker {
    /// The program: one whose `main` begins with [`serve_if_asked`].
    pub program: PathBuf,
    /// What it is called with; the engine appends what it wants compiled how.
    pub arguments: Vec<OsString>,
    /// The processor time that it may use, in seconds.
    pub cpu_seconds: u32,
    /// The address space that it may use, in bytes. Each thread that loads agents may have a worker
    /// at the same time.
    pub memory_bytes: u64,
    /// How long it is waited for.
    ///
    /// A worker that computes meets its limits long before; this ends the wait for one that is
    /// stopped, or is some other program.
    pub patience: Duration,
}

/// Why a worker brought no code.
#[derive(Debug)]
pub(super) enum WorkerError {
    /// The module was too much for this compiler here, and would be again.
    TooMuch(String),
    /// The worker ended for a reason that may not come again.
    Ended(String),
    /// There is no worker of this build: the host is not set up as it should be.
    Host(String),
}

impl WorkerError {
    pub(super) fn into_reason(self) -> String {
        match self {
            Self::TooMuch(reason) | Self::Ended(reason) | Self::Host(reason) => reason,
        }
    }
}

impl CompileWorker {
    /// Returns a worker that is started as `program` and has 5 seconds and 1 GiB.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: vec![MARK.into()],
            cpu_seconds: 5,
            memory_bytes: 1 << 30,
            patience: Duration::from_secs(120),
        }
    }

    /// Returns the program that is running as a worker, if its `main` began with
    /// [`serve_if_asked`] and the system has limits to set.
    pub fn this_program() -> Option<Self> {
        let is_offered = serve::IS_OFFERED.load(Ordering::Relaxed) && limits::EXIST;
        if !is_offered {
            return None;
        }
        // Through this link the program is found even after a newer one was installed over it.
        let program = match cfg!(target_os = "linux") {
            true => Some("/proc/self/exe".into()),
            false => std::env::current_exe().ok(),
        };
        program.map(Self::new)
    }

    /// Compiles instrumented bytes for a tier and returns the code, as wasmtime serialises it.
    ///
    /// The worker must answer for `key`, which covers the bytes, the compiler and its settings.
    pub(super) fn compile(
        &self,
        tier: Tier,
        key: &str,
        instrumented: &[u8],
    ) -> Result<Vec<u8>, WorkerError> {
        let mut child = self.start(tier).map_err(|error| {
            let program = self.program.display();
            let hint = "it must be there, and the system must let this process start another";
            WorkerError::Host(format!("cannot start the compile worker {program}: {error}; {hint}"))
        })?;
        let (answer, complaint, status) = self.converse(&mut child, instrumented)?;
        let said = complaint.lines().next().unwrap_or_default();
        let ended = format!("the compile worker for {} ended: {status} {said}", tier.word());
        match Answer::read(&answer, key) {
            None => Err(self.no_worker(&format!("it ended without a greeting: {status} {said}"))),
            Some(Answer::Refused(message)) if status.success() => {
                Err(WorkerError::TooMuch(message.to_owned()))
            }
            Some(Answer::Code(code)) if status.success() => Ok(code.to_vec()),
            Some(_) if status.success() => Err(self.no_worker("its answer is not whole")),
            Some(_) if limits::is_its_own_end(status) => Err(WorkerError::TooMuch(ended)),
            Some(_) => Err(WorkerError::Ended(ended)),
        }
    }

    fn start(&self, tier: Tier) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(tier.word());
        command.arg(self.cpu_seconds.to_string()).arg(self.memory_bytes.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        limits::set_apart(&mut command);
        command.spawn()
    }

    /// Sends the bytes, reads answer and complaint, and waits for the end, all within patience.
    fn converse(
        &self,
        child: &mut Child,
        instrumented: &[u8],
    ) -> Result<(Vec<u8>, String, ExitStatus), WorkerError> {
        let deadline = Instant::now() + self.patience;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(self.no_worker("it has no pipes"));
        };
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            // On its own thread, so that this one can end the worker while the other waits for it.
            scope.spawn(move || {
                let (answer, complaint) = exchange(stdin, stdout, stderr, instrumented);
                sender.send((answer, complaint)).ok();
            });
            let heard = receiver.recv_timeout(self.patience);
            let status = heard.as_ref().ok().and_then(|_| status_by(child, deadline));
            let status = match status {
                Some(status) => status,
                None => limits::end(child).map_err(|error| self.no_worker(&error.to_string()))?,
            };
            match heard {
                Ok((answer, complaint)) => Ok((answer, complaint, status)),
                Err(RecvTimeoutError::Timeout) => Err(WorkerError::Ended(format!(
                    "the compile worker did not answer within {:?}",
                    self.patience
                ))),
                Err(RecvTimeoutError::Disconnected) => Err(self.no_worker("its pipes broke")),
            }
        })
    }

    fn no_worker(&self, reason: &str) -> WorkerError {
        WorkerError::Host(format!(
            "{} {:?} is no compile worker of this build: {}; name a program that begins with \
             `serve_if_asked`, or none",
            self.program.display(),
            self.arguments,
            reason.trim_end()
        ))
    }
}

/// Sends all, then reads all. A worker that dies breaks the pipes, and its status tells the rest.
fn exchange(
    mut stdin: impl Write,
    stdout: impl Read,
    stderr: impl Read,
    instrumented: &[u8],
) -> (Vec<u8>, String) {
    let (mut answer, mut complaint) = (Vec::new(), Vec::new());
    stdin.write_all(instrumented).ok();
    drop(stdin);
    stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).ok();
    stderr.take(COMPLAINT_BYTES_MAX).read_to_end(&mut complaint).ok();
    (answer, String::from_utf8_lossy(&complaint).into_owned())
}

/// Waits for a process that has closed its pipes, and so is about to end.
fn status_by(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(1)),
            Ok(None) | Err(_) => return None,
        }
    }
}
