//! A failure as a person reads it: what failed, why, and what to do next.
//!
//! Every error of a library becomes one of these before it is printed. A cause that the message
//! spells out already is not repeated. Invariant: none is without a hint.

use std::error::Error;
use std::io;
use std::panic::PanicHookInfo;

/// What can be done about an error that nobody foresaw a way out of.
const UNFORESEEN: &str =
    "if nothing is wrong with the machine, please report this with the command that led to it";

/// Why a command could not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    causes: Vec<String>,
    hint: String,
    is_broken_pipe: bool,
}

impl Failure {
    /// What failed, on what, expected against got.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), UNFORESEEN.to_owned());
        Self { message, causes: Vec::new(), hint, is_broken_pipe: false }
    }

    /// A library's error with its chain of sources.
    pub(crate) fn from_error(error: &dyn Error) -> Self {
        Self::new(error.to_string()).because_of(error.source())
    }

    /// A panic: a fault of this program, whatever it was asked.
    pub(crate) fn bug(panic: &PanicHookInfo<'_>) -> Self {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        Self::new(format!("nets has a bug{place}: {message}"))
            .hint("please report this with the command that led to it")
    }

    /// Results that could not be written.
    pub(crate) fn output(error: &io::Error) -> Self {
        let is_broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { is_broken_pipe, ..Self::new(format!("cannot write the result to stdout: {error}")) }
            .hint("the result is incomplete; send it somewhere with room")
    }

    /// Adds an error and its sources as causes.
    #[must_use]
    pub(crate) fn because_of(mut self, mut error: Option<&(dyn Error + 'static)>) -> Self {
        while let Some(cause) = error {
            let text = cause.to_string();
            let is_told = std::iter::once(&self.message).chain(&self.causes);
            if !is_told.into_iter().any(|told| told.contains(&text)) {
                self.causes.push(text);
            }
            error = cause.source();
        }
        self
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// What failed.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Why, outermost first.
    pub(crate) fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What to do next.
    pub(crate) fn hint_text(&self) -> &str {
        &self.hint
    }

    /// Whether the reader of the results went away, which is its right.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.is_broken_pipe
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::from_error(&error)
    }
}
