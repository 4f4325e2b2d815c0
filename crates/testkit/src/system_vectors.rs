//! Vectors of Systems: matches step by step as JSON, for implementations in other languages.
//!
//! `vectors/README.md` describes the format. Hex has the prefix `0x`; a packed observation is the
//! 64-bit number in 16 digits. What is written can be read back and replayed with nothing but the
//! file and a way to build the System.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{
    Action, Information, ParseHexError, Seat, SeatSet, Seed, State, Status, System, SystemId, Tag,
    Termination, hash_tagged,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::example::{Example, ExampleError};

/// The vectors of one System.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemVectors {
    /// The System's name.
    pub system: String,
    /// The System's version.
    pub version: u16,
    /// The matches.
    pub matches: Vec<MatchVector>,
}

/// One match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchVector {
    /// What it shows.
    pub about: String,
    /// The parameters by name.
    pub parameters: BTreeMap<String, u64>,
    /// The parameters as canonical bytes, hex.
    pub parameter_bytes: String,
    /// The match seed, hex.
    pub seed: String,
    /// The key of the chance events, hex.
    pub chance_key: String,
    /// The scores in a match that the seats lose by forfeit, for each set of seats from 1.
    pub forfeit_scores: Vec<Vec<i64>>,
    /// Every step in order.
    pub steps: Vec<StepVector>,
    /// The last state.
    pub end: EndVector,
}

/// One step: the state before it, and the actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepVector {
    /// The state's bytes, hex.
    pub state: String,
    /// The state's hash, hex.
    pub state_hash: String,
    /// How many chance events were drawn so far.
    pub chance_events: u32,
    /// The seats that act, as a set: seat i is bit i.
    pub acting: u8,
    /// The packed observation of each seat, hex.
    pub packed: Vec<String>,
    /// The observation of each seat, hex; left out where it is the state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<String>,
    /// The legal actions of each acting seat.
    pub legal: Vec<Vec<u64>>,
    /// The action of each acting seat.
    pub actions: Vec<u64>,
}

/// The last state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndVector {
    /// The state's bytes, hex.
    pub state: String,
    /// The state's hash, hex.
    pub state_hash: String,
    /// How many chance events were drawn in the match.
    pub chance_events: u32,
    /// The two bytes of the termination.
    pub termination: [u8; 2],
    /// The score of each seat.
    pub scores: Vec<i64>,
}

/// Vectors that do not hold.
#[derive(Debug, Error)]
pub enum VectorError {
    /// The text is no vector file.
    #[error("vector file: {0}")]
    Json(#[from] serde_json::Error),
    /// A field that should be hex.
    #[error("match {about:?}: {source}")]
    Hex {
        /// The match.
        about: String,
        /// What is wrong.
        source: ParseHexError,
    },
    /// The actions are no whole match.
    #[error("match {about:?}: {source}")]
    Example {
        /// The match.
        about: String,
        /// What is wrong.
        source: ExampleError,
    },
    /// The match plays differently.
    #[error("match {about:?} is different from {place} on; the file has\n{expected}\ngot\n{got}")]
    Different {
        /// The match.
        about: String,
        /// The first place that differs.
        place: String,
        /// What the file has.
        expected: String,
        /// What the System does.
        got: String,
    },
}

impl SystemVectors {
    /// The vectors of `examples`, all of one System.
    ///
    /// # Errors
    /// When an example is no whole match.
    pub fn of(id: &SystemId, examples: &[Example]) -> Result<Self, VectorError> {
        let matches = examples.iter().map(MatchVector::of).collect::<Result<_, _>>()?;
        Ok(Self { system: id.name.clone(), version: id.version, matches })
    }

    /// Reads what [`SystemVectors::to_json`] writes.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_json(text: &str) -> Result<Self, VectorError> {
        Ok(serde_json::from_str(text)?)
    }

    /// JSON with one line for each step, so that differences can be read.
    ///
    /// # Errors
    /// When JSON cannot hold a value, which no field of these types has.
    pub fn to_json(&self) -> Result<String, VectorError> {
        let matches: Vec<_> =
            self.matches.iter().map(MatchVector::to_json).collect::<Result<_, _>>()?;
        Ok(format!(
            "{{\n\"system\": {},\n\"version\": {},\n\"matches\": [\n{}\n]\n}}\n",
            serde_json::to_string(&self.system)?,
            self.version,
            matches.join(",\n")
        ))
    }

    /// Plays every match again; gives the count of steps.
    ///
    /// `build` makes the System of a match from its parameter bytes.
    ///
    /// # Errors
    /// When a match plays differently.
    pub fn replay(
        &self,
        build: impl Fn(&SystemId, &[u8]) -> Arc<dyn System>,
    ) -> Result<usize, VectorError> {
        for (expected, example) in self.matches.iter().zip(self.examples(build)?) {
            MatchVector::of(&example)?.compare(expected)?;
        }
        Ok(self.matches.iter().map(|vector| vector.steps.len()).sum())
    }

    /// The matches, to be played again; what each shows is not said.
    ///
    /// `build` makes the System of a match from its parameter bytes.
    ///
    /// # Errors
    /// When a field that should be hex is not.
    pub fn examples(
        &self,
        build: impl Fn(&SystemId, &[u8]) -> Arc<dyn System>,
    ) -> Result<Vec<Example>, VectorError> {
        let id = SystemId { name: self.system.clone(), version: self.version };
        let example = |vector: &MatchVector| {
            let hex = |source| VectorError::Hex { about: vector.about.clone(), source };
            let parameters = unhex(&vector.parameter_bytes).map_err(hex)?;
            let seed = vector.seed.parse::<Seed>().map_err(hex)?;
            let steps = vector.steps.iter();
            let steps = steps.map(|step| step.actions.iter().copied().map(Action).collect());
            let system = build(&id, &parameters);
            Ok(Example { about: "", system, seed, steps: steps.collect() })
        };
        self.matches.iter().map(example).collect()
    }
}

impl MatchVector {
    fn of(example: &Example) -> Result<Self, VectorError> {
        let failed = |source| VectorError::Example { about: example.about.to_owned(), source };
        let system = &example.system;
        let mut state = example.start();
        let mut steps = Vec::new();
        for (step, actions) in example.steps.iter().enumerate() {
            steps.push(StepVector::of(&**system, &*state, actions));
            state.step(actions).map_err(|source| failed(ExampleError::Step { step, source }))?;
        }
        let Status::Terminal(ending) = state.status() else {
            return Err(failed(ExampleError::Unfinished { steps: steps.len() }));
        };
        let sets = 1..=SeatSet::first(system.seat_count()).0;
        let parameters = system.parameters();
        Ok(Self {
            about: example.about.to_owned(),
            parameters: parameters.iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            parameter_bytes: hex(&parameters.encode()),
            seed: hex(&example.seed.0),
            chance_key: hex(&hash_tagged(Tag::ChanceKey, &[&example.seed.0]).0),
            forfeit_scores: sets.map(|s| system.forfeit_scores(SeatSet(s))).collect(),
            steps,
            end: EndVector {
                state: hex(&state.bytes()),
                state_hash: state_hash(&*state),
                chance_events: state.chance_event_count(),
                termination: Termination::from(ending).encode(),
                scores: state.scores(),
            },
        })
    }

    fn to_json(&self) -> Result<String, VectorError> {
        let steps: Vec<_> =
            self.steps.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        Ok(format!(
            "{{\"about\": {},\n\"parameters\": {},\n\"parameter_bytes\": {},\n\"seed\": {},\n\
             \"chance_key\": {},\n\"forfeit_scores\": {},\n\"steps\": [\n{}\n],\n\"end\": {}}}",
            serde_json::to_string(&self.about)?,
            serde_json::to_string(&self.parameters)?,
            serde_json::to_string(&self.parameter_bytes)?,
            serde_json::to_string(&self.seed)?,
            serde_json::to_string(&self.chance_key)?,
            serde_json::to_string(&self.forfeit_scores)?,
            steps.join(",\n"),
            serde_json::to_string(&self.end)?
        ))
    }

    /// Compares what was played with what the file has.
    fn compare(&self, expected: &Self) -> Result<(), VectorError> {
        let different = |place: String, expected_text: String, got: String| {
            let about = expected.about.clone();
            Err(VectorError::Different { about, place, expected: expected_text, got })
        };
        for (step, (got, listed)) in self.steps.iter().zip(&expected.steps).enumerate() {
            if got != listed {
                return different(
                    format!("step {step}"),
                    format!("{listed:?}"),
                    format!("{got:?}"),
                );
            }
        }
        if self.end != expected.end {
            let (listed, got) = (format!("{:?}", expected.end), format!("{:?}", self.end));
            return different("the end".to_owned(), listed, got);
        }
        let head = |vector: &Self| {
            let Self { parameters, parameter_bytes, seed, chance_key, forfeit_scores, .. } = vector;
            format!("{parameters:?} {parameter_bytes} {seed} {chance_key} {forfeit_scores:?}")
        };
        if head(self) != head(expected) {
            return different("the parameters".to_owned(), head(expected), head(self));
        }
        Ok(())
    }
}

impl StepVector {
    fn of(system: &dyn System, state: &dyn State, actions: &[Action]) -> Self {
        let descriptor = system.descriptor();
        let seats = || (0..system.seat_count()).map(Seat);
        let acting = match state.status() {
            Status::Acting(acting) => acting,
            Status::Terminal(_) => SeatSet::EMPTY,
        };
        let observations = match descriptor.information {
            Information::Perfect => Vec::new(),
            Information::Private => seats().map(|seat| hex(&state.observation(seat))).collect(),
        };
        let legal = |seat| state.legal_actions(seat).iter().map(|action| action.0).collect();
        Self {
            state: hex(&state.bytes()),
            state_hash: state_hash(state),
            chance_events: state.chance_event_count(),
            acting: acting.0,
            packed: seats().map(|s| format!("{:#018x}", state.packed_observation(s))).collect(),
            observations,
            legal: acting.iter().map(legal).collect(),
            actions: actions.iter().map(|action| action.0).collect(),
        }
    }
}

fn state_hash(state: &dyn State) -> String {
    format!("0x{}", hash_tagged(Tag::State, &[&state.bytes()]))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    std::iter::once("0x".to_owned()).chain(digits).collect()
}

fn unhex(text: &str) -> Result<Vec<u8>, ParseHexError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if let Some(character) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Err(ParseHexError::Digit { character });
    }
    let pairs = (0..digits.len()).step_by(2);
    let byte = |start: usize| {
        let pair = digits.get(start..start + 2);
        let length = ParseHexError::Length { expected: digits.len() + 1, got: digits.len() };
        pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(length)
    };
    pairs.map(byte).collect()
}
