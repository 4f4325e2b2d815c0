//! Declarations: what a System says about itself before anything is played.

use nets_core::{Action, MAX_SEATS, ParameterValues, SeatSet};

use super::{Rule, Subject, Violation, ensure};

/// No score is further from 0 than this.
pub(super) const SCORE_MAX: i64 = 1 << 40;

/// Descriptor, parameters, limits, action names and forfeit scores fit together.
pub(super) fn check(subject: &Subject<'_>) -> Result<(), Violation> {
    descriptor(subject)?;
    parameters(subject)?;
    action_names(subject)?;
    forfeit_scores(subject)
}

fn descriptor(subject: &Subject<'_>) -> Result<(), Violation> {
    let descriptor = subject.system.descriptor();
    let name = descriptor.name;
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let named = (1..=32).contains(&name.len()) && name.bytes().all(letters);
    ensure(named, Rule::Declaration, || {
        format!("name {name:?}, expected 1 to 32 of a-z, 0-9 and -")
    })?;
    let id = subject.system.id();
    ensure(
        id.name == name && id.version == descriptor.version && id.version >= 1,
        Rule::Declaration,
        || format!("id {id}, descriptor {name} v{}, versions from 1", descriptor.version),
    )?;
    ensure((1..=MAX_SEATS).contains(&subject.system.seat_count()), Rule::Declaration, || {
        format!("{} seats, expected 1 to {MAX_SEATS}", subject.system.seat_count())
    })?;
    let texts = [
        descriptor.summary,
        descriptor.rules,
        descriptor.packed_layout,
        descriptor.observation_layout,
        descriptor.tensor_layout,
    ];
    ensure(texts.iter().all(|text| !text.trim().is_empty()), Rule::Declaration, || {
        "summary, rules and the three layouts must say something".to_owned()
    })?;
    let system = &subject.system;
    ensure(system.action_count() > 0 && system.step_count_max() > 0, Rule::Declaration, || {
        "no actions or no steps".to_owned()
    })?;
    // The header before an observation gives its length as u16.
    let longest = system.observation_bytes_max();
    ensure(longest <= u16::MAX.into(), Rule::Declaration, || {
        format!("observations of up to {longest} bytes, expected at most {}", u16::MAX)
    })
}

fn parameters(subject: &Subject<'_>) -> Result<(), Violation> {
    let descriptor = subject.system.descriptor();
    let (specs, values) = (descriptor.parameters, subject.system.parameters());
    let decoded = match descriptor.data {
        None => ParameterValues::decode(specs, &values.encode()),
        Some(_) => ParameterValues::decode_on_data(specs, &values.encode()),
    };
    ensure(decoded.as_ref() == Ok(values), Rule::Declaration, || {
        format!("parameters {values:?} are not those of the descriptor")
    })?;
    for spec in specs {
        ensure((spec.min..=spec.max).contains(&spec.default), Rule::Declaration, || {
            format!("the default of {} is outside its range", spec.name)
        })?;
    }
    Ok(())
}

fn action_names(subject: &Subject<'_>) -> Result<(), Violation> {
    let count = subject.system.action_count();
    let beyond = [count, count.saturating_add(1), u64::MAX];
    for number in (0..count.min(4_096)).chain(beyond) {
        let name = subject.system.action_name(Action(number));
        let read = subject.system.action_by_name(&name);
        ensure(read == Some(Action(number)), Rule::Declaration, || {
            format!("action {number} is named {name:?}, which reads as {read:?}")
        })?;
    }
    let read = subject.system.action_by_name("no such action");
    ensure(read.is_none(), Rule::Declaration, || {
        format!("the name \"no such action\" reads as {read:?}")
    })
}

fn forfeit_scores(subject: &Subject<'_>) -> Result<(), Violation> {
    let seat_count = subject.system.seat_count();
    for forfeits in (1..=SeatSet::first(seat_count).0).map(SeatSet) {
        let scores = subject.system.forfeit_scores(forfeits);
        let fits = scores.len() == usize::from(seat_count)
            && scores.iter().all(|score| (-SCORE_MAX..=SCORE_MAX).contains(score));
        ensure(fits, Rule::Scores, || {
            format!("forfeit scores {scores:?} for {forfeits:?}, expected {seat_count} in ±2^40")
        })?;
    }
    Ok(())
}
