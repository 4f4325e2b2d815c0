//! A model that is any program: it reads a question a line and answers a line.
//!
//! The program runs as long as it behaves. One that dies, takes too long or writes more than an answer
//! is ended and started again; it never had a key to lose.

use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use nets_core::{Action, State, System};
use serde::Serialize;

use super::model::{Model, ModelQuestion, ModelSource};
use crate::error::NodeError;

/// The most bytes of an answer.
const ANSWER_BYTES_MAX: usize = 4 << 10;

/// A program to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelProgram {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take for an answer.
    pub patience: Duration,
}

/// A question as it is written.
#[derive(Serialize)]
struct QuestionLine {
    #[serde(rename = "match")]
    id: String,
    system: String,
    version: u16,
    parameters: serde_json::Map<String, serde_json::Value>,
    seat: u8,
    step: u32,
    /// All that the seat sees, as hex digits.
    observation: String,
    /// The same in 64 bits, as hex digits.
    packed: String,
    legal: Vec<LegalAction>,
}

#[derive(Serialize)]
struct LegalAction {
    action: u64,
    name: String,
}

impl QuestionLine {
    fn new(question: &ModelQuestion) -> Self {
        let ModelQuestion { id, system, state, seat, step, .. } = question;
        let (state, seat): (&dyn State, _) = (state.as_ref(), *seat);
        let named = system.id();
        let legal = state.legal_actions(seat).into_iter();
        let legal =
            legal.map(|it| LegalAction { action: it.0, name: system.action_name(it) }).collect();
        let parameters = system.parameters().iter();
        Self {
            id: id.to_string(),
            system: named.name,
            version: named.version,
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            seat: seat.0,
            step: *step,
            observation: alloy_primitives::hex::encode(state.observation(seat)),
            packed: format!("{:016x}", state.packed_observation(seat)),
            legal,
        }
    }
}

impl ModelSource for ModelProgram {
    fn start(&self) -> Result<Box<dyn Model>, NodeError> {
        let running = Running::start(&self.command).map_err(NodeError::Model)?;
        Ok(Box::new(ProgramModel { program: self.clone(), running: Some(running) }))
    }
}

/// A program that answers.
#[derive(Debug)]
struct ProgramModel {
    program: ModelProgram,
    running: Option<Running>,
}

impl Model for ProgramModel {
    fn decide(&mut self, question: &ModelQuestion) -> Result<Action, String> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.program.command)?,
        };
        let line = serde_json::to_string(&QuestionLine::new(question));
        let line = line.map_err(|error| error.to_string())?;
        let answer = running.ask(&line, self.program.patience)?;
        // Only a program that has answered, be it wrongly, is asked again.
        self.running = Some(running);
        // A System may call its actions by other numbers than theirs.
        let system: &dyn System = question.system.as_ref();
        let number = answer.trim().parse().ok().map(Action);
        let action = number.or_else(|| system.action_by_name(answer.trim()));
        action.ok_or_else(|| format!("it answered {answer:?}, expected an action's number or name"))
    }
}

/// A process, which ends when this is dropped.
#[derive(Debug)]
struct Running {
    process: Child,
    questions: ChildStdin,
    answers: Receiver<Result<String, String>>,
}

impl Running {
    fn start(command: &[String]) -> Result<Self, String> {
        let (program, arguments) = command.split_first().ok_or("no program was named")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = command.spawn();
        let mut process = started.map_err(|error| format!("cannot run {program}: {error}"))?;
        let pipes = (process.stdin.take(), process.stdout.take());
        let (Some(questions), Some(answers)) = pipes else {
            return Err(format!("cannot speak with {program}"));
        };
        // One answer and what follows it are all that is ever waited for.
        let (heard, hears) = sync_channel(1);
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            loop {
                let line = read_answer(&mut answers);
                let is_last = line.is_err();
                if heard.send(line).is_err() || is_last {
                    break;
                }
            }
        });
        Ok(Self { process, questions, answers: hears })
    }

    fn ask(&mut self, line: &str, patience: Duration) -> Result<String, String> {
        if let Ok(said) = self.answers.try_recv() {
            return Err(match said {
                Ok(said) => format!("it wrote {said:?} before it was asked"),
                Err(reason) => reason,
            });
        }
        let written = self.questions.write_all(format!("{line}\n").as_bytes());
        written
            .and_then(|()| self.questions.flush())
            .map_err(|error| format!("it does not read its questions: {error}"))?;
        match self.answers.recv_timeout(patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                Err(format!("it gave no answer within {} s", patience.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => Err("it has ended".to_owned()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already needs nothing more than to be waited for.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn read_answer(answers: &mut BufReader<impl Read>) -> Result<String, String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match answers.read(&mut byte) {
            Ok(0) => return Err("it has ended".to_owned()),
            Ok(_) if byte[0] == b'\n' => return Ok(String::from_utf8_lossy(&line).into_owned()),
            Ok(_) if line.len() == ANSWER_BYTES_MAX => {
                return Err(format!("it answered more than {ANSWER_BYTES_MAX} bytes"));
            }
            Ok(_) => line.push(byte[0]),
            Err(error) => return Err(format!("its answer cannot be read: {error}")),
        }
    }
}
