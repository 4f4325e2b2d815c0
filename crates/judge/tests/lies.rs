//! One thing in a true trace is changed, and whoever is asked about finds it.

use nets_core::{Action, Digest, Ending, Information, Seat, SeatSet, Status, Termination};
use nets_judge::{False, Verdict};
use proptest::prelude::*;

use crate::stage::{Random, Stage, Told, random_steps, systems};

/// A match of some System, random for a while.
fn stage(choice: u64) -> (Stage, Told) {
    let mut random = Random(choice);
    let systems: Vec<_> = systems().collect();
    let system = random.pick(&systems).clone();
    let (seed, steps) = (random.next() as u8, 1 + random.next() as usize % 12);
    let steps = random_steps(system.as_ref(), seed, &mut random, steps);
    let stage = Stage::scripted(system, seed, &steps);
    let told = Told::of(&stage.play());
    assert_eq!(told.steps.len(), steps.len());
    (stage, told)
}

fn flipped(hash: &Digest, random: &mut Random) -> Digest {
    let mut hash = *hash;
    hash.0[random.next() as usize % 32] ^= 1 << (random.next() % 8);
    hash
}

fn is_false(stage: &Stage, told: &Told, seat: u8, reason: False) -> Result<(), TestCaseError> {
    prop_assert_eq!(stage.verdict(&told.leaves(), seat), Verdict::False(reason));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_changed_step_leaf_is_found(choice: u64) {
        let (stage, told) = stage(choice);
        let mut random = Random(!choice);
        let seat = (random.next() % u64::from(stage.seat_count())) as u8;
        let at = random.next() as usize % told.steps.len();

        let mut lie = told.clone();
        lie.steps[at].state_hash = flipped(&told.steps[at].state_hash, &mut random);
        is_false(&stage, &lie, seat, False::State)?;

        let mut lie = told.clone();
        lie.steps[at].step += 1;
        is_false(&stage, &lie, seat, False::Step)?;

        let mut lie = told.clone();
        lie.steps[at].acting = SeatSet(told.steps[at].acting.0 << 1 | u8::from(told.steps[at].acting.0 >= 0x80));
        is_false(&stage, &lie, seat, False::Acting)?;

        let mut lie = told.clone();
        match &mut lie.steps[at].observations_hash {
            Some(hash) => {
                *hash = flipped(hash, &mut random);
                is_false(&stage, &lie, seat, False::Observations)?;
                lie.steps[at].observations_hash = None;
                is_false(&stage, &lie, seat, False::Leaf)?;
            }
            none => {
                *none = Some(Digest([1; 32]));
                is_false(&stage, &lie, seat, False::Leaf)?;
            }
        }

        // No System has as many actions; the seat in question does not decide so, others must not.
        for (index, acting) in told.steps[at].acting.iter().enumerate() {
            let mut lie = told.clone();
            lie.steps[at].actions[index] = Action(u64::MAX);
            let own = acting == Seat(seat);
            is_false(&stage, &lie, seat, if own { False::Action } else { False::Illegal })?;
        }
    }

    #[test]
    fn a_changed_end_is_found(choice: u64) {
        let (stage, told) = stage(choice);
        let mut random = Random(!choice);
        for seat in 0..stage.seat_count() {
            let mut lie = told.clone();
            lie.end.state_hash = flipped(&told.end.state_hash, &mut random);
            is_false(&stage, &lie, seat, False::State)?;

            let mut lie = told.clone();
            lie.end.step_count += 1;
            is_false(&stage, &lie, seat, False::Step)?;

            let mut lie = told.clone();
            *random_score(&mut lie, &mut random) += 1;
            is_false(&stage, &lie, seat, False::Scores)?;

            let mut lie = told.clone();
            lie.end.scores.push(0);
            lie.end.fuel_used.push(0);
            is_false(&stage, &lie, seat, False::Scores)?;

            for more in [1, u64::MAX] {
                let mut lie = told.clone();
                let fuel = &mut lie.end.fuel_used[usize::from(seat)];
                *fuel = fuel.wrapping_add(more);
                is_false(&stage, &lie, seat, False::Fuel)?;
                // Nobody else can know.
                for other in (0..stage.seat_count()).filter(|other| *other != seat) {
                    prop_assert_eq!(stage.verdict(&lie.leaves(), other), Verdict::Stands);
                }
            }
        }
    }

    #[test]
    fn another_ending_is_found(choice: u64) {
        let (stage, told) = stage(choice);
        let mut state = stage.start();
        told.steps.iter().for_each(|step| state.step(&step.actions).unwrap());
        for seat in 0..stage.seat_count() {
            let (mut finished, mut limited) = (told.clone(), told.clone());
            finished.end.termination = Termination::Finished;
            limited.end.termination = Termination::StepLimit;
            let mut forfeited = told.clone();
            forfeited.end.termination = Termination::Forfeit(SeatSet::only(Seat(seat)));
            match state.status() {
                Status::Terminal(ending) => {
                    let other = if ending == Ending::Finished { &limited } else { &finished };
                    is_false(&stage, other, seat, False::Termination)?;
                    is_false(&stage, &forfeited, seat, False::Termination)?;
                }
                Status::Acting(acting) => {
                    is_false(&stage, &finished, seat, False::EndsElsewhere)?;
                    is_false(&stage, &limited, seat, False::EndsElsewhere)?;
                    forfeits(&stage, &told, seat, acting)?;
                }
            }
        }
    }

    #[test]
    fn a_trace_that_is_cut_or_goes_on_is_found(choice: u64) {
        let (stage, told) = stage(choice);
        let seat = (choice % u64::from(stage.seat_count())) as u8;
        let mut longer = told.clone();
        let mut state = stage.start();
        told.steps.iter().for_each(|step| state.step(&step.actions).unwrap());
        if let Status::Terminal(_) = state.status() {
            longer.steps.push(told.steps[0].clone());
            longer.end.step_count += 1;
            is_false(&stage, &longer, seat, False::EndsElsewhere)?;
        }
        // Cut before a step in which the seat decides: it is said to have forfeited there.
        let decides = |step: &nets_core::StepLeaf| step.acting.contains(Seat(seat));
        if let Some(at) = told.steps.iter().position(decides) {
            let mut cut = told.clone();
            cut.end.state_hash = told.steps[at].state_hash;
            cut.end.step_count = at as u32;
            cut.end.termination = Termination::Forfeit(SeatSet::only(Seat(seat)));
            cut.end.scores = stage.system.forfeit_scores(SeatSet::only(Seat(seat)));
            cut.steps.truncate(at);
            is_false(&stage, &cut, seat, False::FaultInvented)?;
        }
    }
}

fn random_score<'a>(told: &'a mut Told, random: &mut Random) -> &'a mut i64 {
    let index = random.next() as usize % told.end.scores.len();
    &mut told.end.scores[index]
}

/// Lies about who forfeits in a match whose script has ended: all acting seats do.
fn forfeits(stage: &Stage, told: &Told, seat: u8, acting: SeatSet) -> Result<(), TestCaseError> {
    let with = |seats: SeatSet| {
        let mut lie = told.clone();
        lie.end.termination = Termination::Forfeit(seats);
        lie.end.scores = stage.system.forfeit_scores(seats);
        lie
    };
    prop_assert_eq!(told.end.termination, Termination::Forfeit(acting));
    let without = SeatSet(acting.0 & !SeatSet::only(Seat(seat)).0);
    if acting.contains(Seat(seat)) && !without.is_empty() {
        is_false(stage, &with(without), seat, False::FaultDenied)?;
        prop_assert_eq!(
            stage.verdict(&with(SeatSet::only(Seat(seat))).leaves(), seat),
            Verdict::Stands
        );
    }
    if !acting.contains(Seat(seat)) {
        is_false(stage, &with(SeatSet::only(Seat(seat))), seat, False::ForfeitSet)?;
    }
    is_false(stage, &with(SeatSet(0xff)), seat, False::ForfeitSet)
}

#[test]
fn a_forfeit_of_nobody_does_not_decode() {
    let (stage, told) = stage(3);
    let mut leaves = told.leaves();
    let end = leaves.last_mut().unwrap();
    // Tag, kind, step count, then the two bytes of the termination.
    end[6..8].copy_from_slice(&[2, 0]);
    assert_eq!(stage.verdict(&leaves, 0), Verdict::False(False::Leaf));
    let is_private =
        |it: &dyn nets_core::System| it.descriptor().information == Information::Private;
    assert!(systems().any(|system| is_private(system.as_ref())));
}
