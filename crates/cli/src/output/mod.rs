//! What a command says, and where.
//!
//! Results go to stdout: for people as lines, tables and pictures, with `--json` as one object a
//! line. Notes, warnings, errors and progress go to stderr. Colours and progress are for terminals;
//! `--color` and `NO_COLOR` overrule. The keys of each command's JSON are those of the structs
//! that derive `Serialize` in its file: keys may be added, none is renamed or removed.

mod number;
mod picture;
mod progress;
mod table;

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;
use clap::ColorChoice;
use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

pub(crate) use number::{grouped, plural};
pub(crate) use picture::Film;
pub(crate) use table::Table;

use crate::arguments::GlobalOptions;
use crate::exit::Exit;
use crate::failure::Failure;

/// Text that names what follows.
pub(crate) const HEADING: Style = Style::new().bold();
/// Text that says yes.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Text that says no.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// Stdout and stderr of one run.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    color: anstream::ColorChoice,
    stdout: AutoStream<io::Stdout>,
}

/// An error as JSON.
#[derive(Serialize)]
struct FailureLine<'a> {
    error: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    causes: &'a [String],
    hint: &'a str,
}

impl Output {
    /// Output as the options of all commands ask for it.
    pub(crate) fn new(options: &GlobalOptions) -> Self {
        let color = match options.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let stdout = AutoStream::new(io::stdout(), color);
        Self { json: options.json, quiet: options.quiet, color, stdout }
    }

    /// Output for an error that comes before the options are known.
    pub(crate) fn for_errors() -> Self {
        let json = std::env::args_os().any(|argument| argument == "--json");
        Self::new(&GlobalOptions { json, color: ColorChoice::Auto, quiet: false })
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result line for people.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.stdout, "{text}").map_err(|error| Failure::output(&error))
    }

    /// Prints a result as one line of JSON.
    pub(crate) fn json(&mut self, result: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(result)?;
        self.line(&line)
    }

    /// Prints a result that is a whole text, as it is.
    pub(crate) fn text(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.stdout.write_all(text).map_err(|error| Failure::output(&error))
    }

    /// Prints a result that is no text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        // What writes text leaves out what is none.
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        written.map_err(|error| Failure::output(&error))
    }

    /// Prints a table for people.
    pub(crate) fn table(&mut self, table: &Table) -> Result<(), Failure> {
        table.lines().iter().try_for_each(|line| self.line(line))
    }

    /// Says something that is no result.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            self.stderr(&printable(text));
        }
    }

    /// Says what did not work although the command goes on.
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            self.stderr(&format!("{WARNING}warning{WARNING:#}: {}", printable(text)));
        }
    }

    /// Says why the command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            let (error, causes) = (failure.message(), failure.causes());
            let line = FailureLine { error, causes, hint: failure.hint_text() };
            return self.stderr(&serde_json::to_string(&line).unwrap_or_default());
        }
        self.stderr(&format!("{BAD}error{BAD:#}: {}", printable(failure.message())));
        if !failure.causes().is_empty() {
            self.stderr("caused by:");
        }
        for (number, cause) in failure.causes().iter().enumerate() {
            self.stderr(&format!("  {number}: {}", printable(cause)));
        }
        self.hint_line(failure.hint_text());
    }

    /// Says what to do about a result that says no.
    pub(crate) fn hint(&self, text: &str) {
        if !self.quiet && !self.json {
            self.hint_line(text);
        }
    }

    fn hint_line(&self, text: &str) {
        self.stderr(&format!("{HINT}hint{HINT:#}: {}", printable(text)));
    }

    /// Answers arguments that do not parse: help and version are asked for that way, too.
    pub(crate) fn usage(&self, error: &clap::Error) -> Exit {
        let is_error = error.use_stderr();
        if is_error && self.json {
            self.failure(&usage_failure(&error.render().to_string()));
            return Exit::Failed;
        }
        match error.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.failure(&Failure::output(&error));
                Exit::Failed
            }
            _ if is_error => Exit::Failed,
            _ => Exit::Done,
        }
    }

    /// Ends the results.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.stdout.flush().map_err(|error| Failure::output(&error))
    }

    /// Nothing can be said about a stderr that does not take it.
    fn stderr(&self, line: &str) {
        writeln!(AutoStream::new(io::stderr(), self.color), "{line}").ok();
    }

    fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }
}

/// The parser's complaint as a failure: its first line and the indented ones right after it, which
/// name what is missing, are what failed; the rest says what to do.
fn usage_failure(text: &str) -> Failure {
    let message = text.strip_prefix("error: ").unwrap_or(text);
    let first = message.lines().take(1);
    let named = message.lines().skip(1).take_while(|line| line.starts_with("  "));
    let count = first.clone().count() + named.clone().count();
    let joined = |lines: &mut dyn Iterator<Item = &str>| {
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    };
    let failure = Failure::new(joined(&mut first.chain(named)));
    match joined(&mut message.lines().skip(count)) {
        hint if hint.is_empty() => failure.hint("try --help"),
        hint => failure.hint(hint),
    }
}

/// Text without control characters, which files and agents may smuggle into a message to lead a
/// terminal astray.
fn printable(text: &str) -> String {
    let escape = |character: char| match character.is_control() && character != '\n' {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(escape).collect()
}

/// The same on one line, where a parser's message or a file's name has several.
pub(crate) fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
