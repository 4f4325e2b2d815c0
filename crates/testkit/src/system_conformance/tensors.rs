//! Tensors: as many numbers as the shape says, all finite, made of the observation alone.

use nets_core::{Seat, System};

use super::damage::{changed, other_lengths};
use super::recording::Recorded;
use super::{Rule, Subject, Violation, ensure, violation};

/// No tensor has more numbers than this.
const VALUES_MAX: u64 = 1 << 20;

/// Stands before the tensor, which must leave it alone.
const BEFORE: f32 = 0.625;

/// What seats see becomes numbers in one way, and what nobody could see becomes none.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    let count = value_count(&*subject.system)?;
    let (shape, planes) =
        (subject.system.tensor_shape(), subject.system.descriptor().tensor_planes);
    ensure(planes.is_some() == (shape.len() > 1), Rule::Tensor, || match planes {
        None => format!("the shape {shape:?} is no row, expected to be told where its planes are"),
        Some(planes) => format!("the shape {shape:?} is a row, in which no planes are {planes}"),
    })?;
    let seat_count = subject.system.seat_count();
    let twin = (subject.build)();
    for recorded in &subject.recorded {
        let last = recorded.steps.len();
        recorded.visit(subject, |step, state| {
            for seat in (0..seat_count).map(Seat) {
                let observation = state.observation(seat);
                of_observation(&[&*subject.system, &*twin], seat, &observation, count)
                    .or_else(|text| at(recorded, step, seat, &text))?;
                // Start, middle and end: every moment of every match would take too long.
                if step == 0 || step == last / 2 || step == last {
                    of_damaged(&*subject.system, seat, &observation, count)
                        .or_else(|text| at(recorded, step, seat, &text))?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn at(recorded: &Recorded, step: usize, seat: Seat, text: &str) -> Result<(), Violation> {
    violation(Rule::Tensor, format!("{text}, for {seat}, {}", recorded.at(step)))
}

/// How many numbers the shape asks for.
fn value_count(system: &dyn System) -> Result<usize, Violation> {
    let shape = system.tensor_shape();
    let product = |count: u64, &size: &u32| count.checked_mul(size.into());
    let count = shape.iter().try_fold(1, product).filter(|count| (1..=VALUES_MAX).contains(count));
    let fits = !shape.is_empty() && count.is_some();
    ensure(fits, Rule::Tensor, || {
        format!("the shape is {shape:?}, expected sizes from 1 with a product up to {VALUES_MAX}")
    })?;
    Ok(count.unwrap_or_default() as usize)
}

/// What the System appends for this observation, or nothing where it refuses it.
fn appended(
    system: &dyn System,
    seat: Seat,
    observation: &[u8],
    count: usize,
) -> Result<Option<Vec<f32>>, String> {
    let mut tensor = vec![BEFORE];
    let result = system.write_tensor(seat, observation, &mut tensor);
    if tensor.first() != Some(&BEFORE) {
        return Err("write_tensor does more than append".to_owned());
    }
    let values = tensor.split_off(1);
    if result.is_err() {
        let got = values.len();
        return if got == 0 { Ok(None) } else { Err(format!("refused, with {got} values")) };
    }
    if values.len() != count {
        return Err(format!("{} values, the shape asks for {count}", values.len()));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(format!("value {index} is {}", values[index])),
        None => Ok(Some(values)),
    }
}

/// Every System with these rules makes the same numbers, however often it is asked.
fn of_observation(
    systems: &[&dyn System],
    seat: Seat,
    observation: &[u8],
    count: usize,
) -> Result<(), String> {
    let first = appended(systems[0], seat, observation, count)?;
    let Some(first) = first else { return Err("the own observation is refused".to_owned()) };
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    for system in systems {
        let again = appended(*system, seat, observation, count)?;
        if again.as_deref().map(bits) != Some(bits(&first)) {
            return Err("the same observation gives other numbers".to_owned());
        }
    }
    // Seats that do not exist may be refused, but must not panic.
    for seat in [8, 64, 255].map(Seat) {
        appended(systems[0], seat, observation, count)?;
    }
    Ok(())
}

/// An observation that is cut or goes on is refused; one with other bits makes a tensor or none.
fn of_damaged(
    system: &dyn System,
    seat: Seat,
    observation: &[u8],
    count: usize,
) -> Result<(), String> {
    for wrong_length in other_lengths(observation) {
        if appended(system, seat, &wrong_length, count)?.is_some() {
            let (got, expected) = (wrong_length.len(), observation.len());
            return Err(format!("{got} bytes accepted for {expected}"));
        }
    }
    for damaged in changed(observation) {
        appended(system, seat, &damaged, count)?;
    }
    Ok(())
}
