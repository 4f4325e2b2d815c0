//! Playthroughs: a whole match as text, everything that can be seen at every step.
//!
//! The text is kept beside the System's tests. A change of behaviour shows in it as a difference
//! that a person can read and judge, whether or not a test had thought of it.

use std::fmt::Write;

use nets_core::{Action, DATA, Information, Seat, State, Status, Tag, Termination, hash_tagged};

use crate::example::{Example, ExampleError};

/// Renders `example`.
///
/// # Errors
/// When the example is no whole match.
pub fn render(example: &Example) -> Result<String, ExampleError> {
    let mut text = header(example);
    let mut state = example.start();
    for (step, actions) in example.steps.iter().enumerate() {
        text.push_str(&moment(example, step, &*state));
        if let Status::Acting(acting) = state.status() {
            for (seat, action) in acting.iter().zip(actions) {
                let name = example.system.action_name(*action);
                line(&mut text, "action", &format!("{seat}: {name} ({action})"));
            }
        }
        state.step(actions).map_err(|source| ExampleError::Step { step, source })?;
    }
    text.push_str(&moment(example, example.steps.len(), &*state));
    line(&mut text, "scores", &format!("{:?}", state.scores()));
    example.last_state()?;
    Ok(text)
}

fn header(example: &Example) -> String {
    let parameters = example.system.parameters();
    let data = parameters.data().map(|hash| format!("{DATA} {hash}"));
    let numbers = parameters.iter().map(|(name, value)| format!("{name} {value}"));
    let parameters: Vec<_> = numbers.chain(data).collect();
    let mut text = String::from("nets playthrough, format 1\n");
    line(&mut text, "system", &example.system.id().to_string());
    line(&mut text, "parameters", &parameters.join(", "));
    line(&mut text, "seed", &example.seed.to_string());
    line(&mut text, "about", example.about);
    text
}

fn moment(example: &Example, step: usize, state: &dyn State) -> String {
    let descriptor = example.system.descriptor();
    let bytes = state.bytes();
    let mut text = format!("\n== step {step}\n{}", state.picture());
    line(&mut text, "status", &status(state));
    for seat in (0..example.system.seat_count()).map(Seat) {
        let legal = state.legal_actions(seat);
        if !legal.is_empty() {
            line(&mut text, "legal", &format!("{seat}: {}", names(example, &legal)));
        }
        line(&mut text, "packed", &format!("{seat}: {:#018x}", state.packed_observation(seat)));
        if descriptor.information == Information::Private {
            line(&mut text, "observation", &format!("{seat}: {}", hex(&state.observation(seat))));
        }
    }
    line(&mut text, "chance", &format!("{} events", state.chance_event_count()));
    line(&mut text, "state", &hex(&bytes));
    line(&mut text, "hash", &hash_tagged(Tag::State, &[&bytes]).to_string());
    text
}

/// The names of actions, or, of very many without a gap, the first and the last.
fn names(example: &Example, legal: &[Action]) -> String {
    let name = |&action: &Action| example.system.action_name(action);
    match legal {
        [first, .., last] if legal.len() > 128 && last.0 - first.0 + 1 == legal.len() as u64 => {
            format!("{} to {}, all {}", name(first), name(last), legal.len())
        }
        legal => legal.iter().map(name).collect::<Vec<_>>().join(" "),
    }
}

fn status(state: &dyn State) -> String {
    match state.status() {
        Status::Acting(acting) => {
            let seats: Vec<_> = acting.iter().map(|seat| seat.to_string()).collect();
            format!("{} to act", seats.join(" and "))
        }
        Status::Terminal(ending) => format!("over: {}", Termination::from(ending)),
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    let line = format!("{name:<12}{value}");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", line.trim_end());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
