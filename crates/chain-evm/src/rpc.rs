//! JSON-RPC over HTTP: one request, one answer, and words for what goes wrong.
//!
//! Reads are tried again, with longer and longer pauses; what is sent is tried again by whoever
//! knows that the same bytes may be sent twice.

use std::thread::sleep;
use std::time::Duration;

use alloy_primitives::Bytes;
use serde_json::{Value, json};

use crate::endpoint::Endpoint;
use crate::error::EvmError;
use crate::settings::EvmSettings;
use crate::wire::read_bytes;

/// How often a read is tried.
const TRIES: u32 = 6;

/// The pause after the first try; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause, whatever the node asks for.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// The longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// How much of an unexpected answer a message quotes.
const QUOTED_CHARS: usize = 120;

const TOO_MANY_REQUESTS: u16 = 429;

/// A node that is asked.
#[derive(Debug)]
pub(crate) struct Rpc {
    agent: ureq::Agent,
    endpoint: Endpoint,
}

/// What came of one try.
enum Tried {
    /// The request's answer or its final error.
    Done(Result<Value, EvmError>),
    /// Something that may be gone at the next try, and how long the node wants to be left alone.
    Again(EvmError, Option<Duration>),
}

impl Rpc {
    pub(crate) fn new(settings: &EvmSettings) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(settings.timeout))
            .http_status_as_error(false)
            .build();
        Self { agent: config.into(), endpoint: settings.endpoint.clone() }
    }

    /// The node as it may be shown.
    pub(crate) fn shown(&self) -> String {
        self.endpoint.text().to_owned()
    }

    /// Asks until there is an answer or there have been enough tries.
    pub(crate) fn read(&self, method: &'static str, params: Value) -> Result<Value, EvmError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            match self.attempt(method, &params) {
                Tried::Done(result) => return result,
                Tried::Again(_, wanted) => sleep(wanted.unwrap_or(pause).min(PAUSE_MAX)),
            }
            pause *= 2;
        }
        self.once(method, params)
    }

    /// Asks once.
    pub(crate) fn once(&self, method: &'static str, params: Value) -> Result<Value, EvmError> {
        match self.attempt(method, &params) {
            Tried::Done(result) => result,
            Tried::Again(error, _) => Err(error),
        }
    }

    /// Asks, and reads the answer by `decode`.
    pub(crate) fn read_as<T>(
        &self,
        method: &'static str,
        params: Value,
        expected: &'static str,
        decode: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, EvmError> {
        let value = self.read(method, params)?;
        decode(&value).ok_or_else(|| self.unexpected(method, expected, &value.to_string()))
    }

    /// As [`Rpc::read_as`]; none where the node answers null.
    pub(crate) fn read_maybe<T>(
        &self,
        method: &'static str,
        params: Value,
        expected: &'static str,
        decode: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, EvmError> {
        self.read_as(method, params, expected, |value| match value {
            Value::Null => Some(None),
            value => decode(value).map(Some),
        })
    }

    fn unexpected(&self, method: &'static str, expected: &'static str, got: &str) -> EvmError {
        let quoted: String = got.chars().take(QUOTED_CHARS).collect();
        let more = if quoted.len() < got.len() { " …" } else { "" };
        EvmError::Answer { url: self.shown(), method, expected, got: format!("{quoted}{more}") }
    }

    fn attempt(&self, method: &'static str, params: &Value) -> Tried {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let unreachable = |error: ureq::Error| {
            // The address that was dialled may hold a key; what is wrong with it does not.
            let reason = error.to_string().replace(self.endpoint.url(), self.endpoint.text());
            Tried::Again(EvmError::Unreachable { url: self.shown(), method, reason }, None)
        };
        let request = self.agent.post(self.endpoint.url());
        let request = request.header("content-type", "application/json");
        let mut response = match request.send(body.to_string()) {
            Ok(response) => response,
            Err(error) => return unreachable(error),
        };
        let status = response.status().as_u16();
        if status == TOO_MANY_REQUESTS {
            let wanted = response.headers().get("retry-after");
            let wanted = wanted.and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let error = EvmError::RateLimited { url: self.shown(), tries: TRIES };
            return Tried::Again(error, wanted.map(Duration::from_secs));
        }
        let text = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let text = match text {
            Ok(text) => text,
            Err(error) => return unreachable(error),
        };
        match serde_json::from_str::<Value>(&text) {
            Ok(answer) if answer["error"].is_object() => self.refusal(method, &answer["error"]),
            Ok(mut answer) if answer.get("result").is_some() => {
                Tried::Done(Ok(answer["result"].take()))
            }
            _ => {
                let got = format!("status {status} and {text:?}");
                let error = self.unexpected(method, "an answer of JSON-RPC", &got);
                if status >= 500 { Tried::Again(error, None) } else { Tried::Done(Err(error)) }
            }
        }
    }

    fn refusal(&self, method: &'static str, error: &Value) -> Tried {
        let code = error["code"].as_i64().unwrap_or_default();
        let message = error["message"].as_str().unwrap_or("no message").to_owned();
        let words = message.to_ascii_lowercase();
        if let Some(output) = reverted_with(error, code, &words) {
            return Tried::Done(Err(EvmError::Reverted { output }));
        }
        // What providers answer in JSON rather than by status.
        let is_limit = code == -32005 || code == i64::from(TOO_MANY_REQUESTS);
        if is_limit && (words.contains("limit") || words.contains("too many")) {
            let error = EvmError::RateLimited { url: self.shown(), tries: TRIES };
            return Tried::Again(error, None);
        }
        let error = EvmError::Refused { url: self.shown(), method, code, message };
        // Of several nodes behind one URL, one may not have a block yet that another told of.
        let passing = ["timeout", "timed out", "header not found", "unknown block"];
        if passing.iter().any(|phrase| words.contains(phrase)) {
            return Tried::Again(error, None);
        }
        Tried::Done(Err(error))
    }
}

/// What a contract said in an error about it; none where the error is about something else.
fn reverted_with(error: &Value, code: i64, words: &str) -> Option<Bytes> {
    if code != 3 && !words.contains("revert") {
        return None;
    }
    // Nodes nest it differently.
    let data = [&error["data"], &error["data"]["data"], &error["data"]["result"]];
    Some(data.into_iter().find_map(read_bytes).unwrap_or_default())
}
