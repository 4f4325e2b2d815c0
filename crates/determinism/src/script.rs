//! A match as one line of text: System, version, parameters, seed, and the actions of each step.
//!
//! As in `acrobot 1 f401000000000000 01…01 0 2 1` or, where several seats act,
//! `rps 1 0200000000000000 01…01 0/1 2/2`. A System without parameters has `-` in their place.

use std::fmt;
use std::str::FromStr;

use nets_core::{Action, ParseHexError, Seed, SystemId};
use thiserror::Error;

/// How a System without parameters is written.
const NONE: &str = "-";

/// What is to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The System.
    pub system: SystemId,
    /// Its parameters as canonical bytes.
    pub parameters: Vec<u8>,
    /// The match seed.
    pub seed: Seed,
    /// The actions of each step, one for each acting seat. They need not lead to an end.
    pub steps: Vec<Vec<Action>>,
}

/// A line that is no script.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScriptError {
    /// A field that is not there.
    #[error("a script begins with {expected:?}, {missing} is missing")]
    Missing {
        /// The fields in their order.
        expected: &'static str,
        /// The first that is not there.
        missing: &'static str,
    },
    /// A field that does not parse.
    #[error("{field} {got:?} is not {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        got: String,
    },
    /// The seed is no seed.
    #[error("seed: {0}")]
    Seed(#[from] ParseHexError),
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.system.name, self.system.version)?;
        if self.parameters.is_empty() {
            f.write_str(NONE)?;
        }
        self.parameters.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        write!(f, " {}", self.seed)?;
        for step in &self.steps {
            for (index, action) in step.iter().enumerate() {
                write!(f, "{}{action}", if index == 0 { ' ' } else { '/' })?;
            }
        }
        Ok(())
    }
}

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(line: &str) -> Result<Self, ScriptError> {
        let mut words = line.split_whitespace();
        let mut next = |missing| {
            let expected = "name version parameters seed";
            words.next().ok_or(ScriptError::Missing { expected, missing })
        };
        let name = next("name")?.to_owned();
        let version = number("version", next("version")?)?;
        let parameters = bytes(next("parameters")?)?;
        let seed = next("seed")?.parse()?;
        let action = |word| number("action", word).map(Action);
        let steps = words.map(|step| step.split('/').map(action).collect());
        let steps = steps.collect::<Result<_, _>>()?;
        Ok(Self { system: SystemId { name, version }, parameters, seed, steps })
    }
}

fn number<T: FromStr>(field: &'static str, word: &str) -> Result<T, ScriptError> {
    let wrong = || ScriptError::Field { field, expected: "a number in range", got: word.into() };
    word.parse().map_err(|_| wrong())
}

fn bytes(word: &str) -> Result<Vec<u8>, ScriptError> {
    let wrong = || ScriptError::Field {
        field: "parameters",
        expected: "pairs of hex digits, or - for none",
        got: word.to_owned(),
    };
    if word == NONE {
        return Ok(Vec::new());
    }
    let pairs = (0..word.len()).step_by(2).map(|start| word.get(start..start + 2));
    let byte = |pair: Option<&str>| pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
    pairs.map(|pair| byte(pair).ok_or_else(wrong)).collect()
}
