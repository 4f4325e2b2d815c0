//! The worker's side: limit this process, compile what comes on stdin, answer on stdout, end.
//!
//! The limits are set before the first byte of the module is read. The process opens no file and
//! no connection, and serves one module.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{Tier, cache, config};
use super::{MARK, answer, limits};

/// Whether the `main` of this process would have served, had it been asked.
pub(super) static IS_OFFERED: AtomicBool = AtomicBool::new(false);

/// Serves as a compile worker if this process was started as one, and returns what to exit with.
///
/// A program that calls this first of all in its `main`, and exits if told so, can be the
/// [`CompileWorker`](super::CompileWorker) of itself and others; with the default options its
/// engines then make use of that.
pub fn serve_if_asked() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != MARK) {
        IS_OFFERED.store(true, Ordering::Relaxed);
        return None;
    }
    match serve(arguments) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(message) => {
            complain(&message);
            Some(ExitCode::from(2))
        }
    }
}

/// Tells the parent, which reads stderr, what this process could not do.
#[expect(clippy::print_stderr, reason = "a worker's stderr goes to its parent")]
fn complain(message: &str) {
    eprintln!("compile worker: {message}");
}

fn serve(mut arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let mut word = |name: &str| {
        let word = arguments.next().and_then(|word| word.into_string().ok());
        word.ok_or_else(|| format!("expected TIER SECONDS BYTES, got no {name}"))
    };
    let number =
        |word: &str| word.parse().map_err(|error| format!("{word:?} is no number: {error}"));
    let tier = word("TIER")?;
    let tier = Tier::from_word(&tier).ok_or_else(|| format!("there is no tier {tier:?}"))?;
    let (cpu_seconds, memory_bytes) = (number(&word("SECONDS")?)?, number(&word("BYTES")?)?);
    limits::limit_this_process(cpu_seconds, memory_bytes)
        .map_err(|error| format!("cannot limit itself: {error}"))?;
    let mut instrumented = Vec::new();
    io::stdin().lock().read_to_end(&mut instrumented).map_err(|error| error.to_string())?;
    compile(tier, &instrumented)
}

fn compile(tier: Tier, instrumented: &[u8]) -> Result<(), String> {
    let engine = config::compiling_engine(tier).map_err(|error| format!("{error:#}"))?;
    let mut output = io::stdout().lock();
    let unheard = |error: io::Error| format!("cannot answer: {error}");
    answer::greet(&mut output, &cache::key(&engine, instrumented)).map_err(unheard)?;
    let compiled = engine.precompile_module(instrumented).map_err(|error| format!("{error:#}"));
    let compiled = compiled.as_ref().map(Vec::as_slice).map_err(String::as_str);
    answer::answer(&mut output, compiled).map_err(unheard)
}
