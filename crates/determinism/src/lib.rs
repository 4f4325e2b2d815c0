//! The determinism gate: matches of every System, digested alike wherever they are played.
//!
//! A [`Script`] is a match as one line of text. Playing it gives [`Digests`] of all that anybody
//! can see of its states. The same code is built for tests, optimised for this very processor, and
//! for WebAssembly; `cargo xtask test --only determinism` plays the same scripts in all of them,
//! and the digests must be equal. Nothing here knows where the scripts come from.

mod digests;
mod script;
#[cfg(target_arch = "wasm32")]
mod wasm;

use std::fmt::Write;

pub use digests::{Digests, PlayError};
pub use script::{Script, ScriptError};

/// Plays the scripts in `text`, one on each line, and gives a line for each: its digests, or what
/// went wrong.
pub fn answers(text: &str) -> String {
    let mut answers = String::new();
    for line in text.lines() {
        // Writing to a String cannot fail.
        let _ = match line.parse::<Script>() {
            Ok(script) => match script.play() {
                Ok(digests) => writeln!(answers, "{digests}"),
                Err(error) => writeln!(answers, "{}: {error}", script.system),
            },
            Err(error) => writeln!(answers, "{error}"),
        };
    }
    answers
}
