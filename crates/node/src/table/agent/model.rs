//! Models: what decides for an agent, asked one question at a time on threads of their own.
//!
//! A model never sees a key, a signature or the host; it sees a state that was computed here, and what
//! it answers is checked here. What becomes of it, a wrong answer or its death, costs at most time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nets_core::{Action, MatchId, Seat, State, System};
use nets_runner::sandbox::MATCH_THREAD_STACK_BYTES;

use crate::error::NodeError;

/// How often a model is asked the same before its agent stays silent for now.
const TRIES: u32 = 3;

/// How long is waited before a model is asked again that failed.
const PAUSE: Duration = Duration::from_millis(200);

/// A question to a model: which action, here?
#[derive(Debug)]
pub(crate) struct ModelQuestion {
    /// The match.
    pub(crate) id: MatchId,
    /// What is played.
    pub(crate) system: Arc<dyn System>,
    /// Where the match is.
    pub(crate) state: Box<dyn State>,
    /// The agent's seat.
    pub(crate) seat: Seat,
    /// The step, counted from 0.
    pub(crate) step: u32,
    /// The first state of the match, and the actions that led from there: for a model that remembers
    /// what it was asked before, and was not there.
    pub(crate) start: Box<dyn State>,
    pub(crate) actions: Vec<Action>,
}

/// What a model answered, or why it did not.
#[derive(Debug)]
pub(crate) struct ModelAnswer {
    pub(crate) id: MatchId,
    pub(crate) step: u32,
    pub(crate) action: Result<Action, String>,
}

/// Something that decides.
pub(crate) trait Model: Send {
    /// The action for a question; an error says why there is none.
    fn decide(&mut self, question: &ModelQuestion) -> Result<Action, String>;
}

/// Makes a model for each thread that asks one.
pub(crate) trait ModelSource: Send + Sync + fmt::Debug {
    /// A model.
    ///
    /// # Errors
    /// When there is none to be had.
    fn start(&self) -> Result<Box<dyn Model>, NodeError>;

    /// A match is over, and what was kept for it need not be any more.
    fn over(&self, _id: &MatchId) {}
}

/// Models at work: questions go in, answers come out at the sender that was given.
pub(crate) struct Models {
    desk: Arc<Desk>,
    threads: Vec<JoinHandle<()>>,
}

/// Where questions wait.
struct Desk {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    questions: VecDeque<ModelQuestion>,
    is_over: bool,
}

impl fmt::Debug for Models {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Models").field("threads", &self.threads.len()).finish()
    }
}

impl Models {
    /// Starts so many models; each answer becomes an event of the agent's.
    ///
    /// # Errors
    /// When one cannot be started.
    pub(crate) fn start<E: From<ModelAnswer> + Send + 'static>(
        source: &dyn ModelSource,
        count: usize,
        answers: &Sender<E>,
    ) -> Result<Self, NodeError> {
        let desk = Arc::new(Desk { waiting: Mutex::default(), changed: Condvar::new() });
        let mut models = Self { desk, threads: Vec::new() };
        for _ in 0..count.max(1) {
            let (mut model, desk, answers) =
                (source.start()?, models.desk.clone(), answers.clone());
            let work = move || {
                while let Some(question) = desk.next() {
                    let (id, step) = (question.id, question.step);
                    let action = ask(model.as_mut(), &question);
                    if answers.send(ModelAnswer { id, step, action }.into()).is_err() {
                        break;
                    }
                }
            };
            // A module runs on the stack that its engine may use up.
            let thread = thread::Builder::new().stack_size(MATCH_THREAD_STACK_BYTES).spawn(work);
            let failed = |error| NodeError::Model(format!("cannot start a thread: {error}"));
            models.threads.push(thread.map_err(failed)?);
        }
        Ok(models)
    }

    /// Asks; the answer comes when it comes.
    pub(crate) fn ask(&self, question: ModelQuestion) {
        self.desk.waiting().questions.push_back(question);
        self.desk.changed.notify_one();
    }
}

impl Drop for Models {
    fn drop(&mut self) {
        let mut waiting = self.desk.waiting();
        waiting.is_over = true;
        waiting.questions.clear();
        drop(waiting);
        self.desk.changed.notify_all();
        // A model that is thinking ends with this process; nobody waits for its thought.
    }
}

impl Desk {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next question; none once nobody wants answers any more.
    fn next(&self) -> Option<ModelQuestion> {
        let mut waiting = self.waiting();
        loop {
            if waiting.is_over {
                return None;
            }
            if let Some(question) = waiting.questions.pop_front() {
                return Some(question);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The first legal action that the model gives, in a few tries.
fn ask(model: &mut dyn Model, question: &ModelQuestion) -> Result<Action, String> {
    let mut failure = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            thread::sleep(PAUSE);
        }
        match model.decide(question) {
            Ok(action) if question.state.is_legal(question.seat, action) => return Ok(action),
            Ok(action) => {
                let name = question.system.action_name(action);
                failure = format!("it answered action {action} ({name}), which is not legal");
            }
            Err(reason) => failure = reason,
        }
    }
    Err(failure)
}
