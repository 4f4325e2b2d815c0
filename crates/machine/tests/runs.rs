//! Runs as a whole, and in the parts that a dispute cuts them into.

use std::sync::Arc;

use nets_core::Digest;
use nets_machine::{FAN_OUT, Halt, Machine, RAM_START, Segment, Trajectory, Unknown};
use proptest::prelude::*;

use crate::support::{ECALL, Echo, add, addi, lui, program, writer};

/// The digest of the state after each number of steps, one step at a time.
fn digests(mut machine: Machine) -> Vec<Digest> {
    let mut digests = vec![machine.state().digest()];
    while machine.halt().is_none() {
        machine.run(machine.steps() + 1, &()).unwrap();
        digests.push(machine.state().digest());
    }
    digests
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_run_is_found_again_at_any_step_in_any_order(
        turns in 1..60_i32,
        stride in prop::sample::select(vec![4, 32, 512, 2044]),
        wanted in prop::collection::vec(0..400_u64, 1..60),
        kept in prop::sample::select(vec![1_usize, 8, 1 << 19]),
    ) {
        let image = writer(turns, stride);
        let digests = digests(Machine::new(image.clone(), &[0; 32]));
        let last = digests.len() as u64 - 1;
        let mut run = Trajectory::new(image, &[0; 32], Arc::new(())).keeping(kept);
        for step in wanted {
            let expected = digests[step.min(last) as usize];
            prop_assert_eq!(run.state(step).unwrap().digest(), expected);
        }
        prop_assert_eq!(run.run(u64::MAX, |_| true).unwrap(), (Some(Halt::Exited(0)), last));
    }

    #[test]
    fn two_runs_are_told_apart_down_to_the_first_step_that_differs(
        turns in 4..1000_i32,
        differs in 0..4000_u64,
    ) {
        // The same program, begun with another register that it never reads: from `differs` on the
        // defender claims the states of that one.
        let (image, other) = (writer(turns, 8), [9; 32]);
        let mut right = Trajectory::new(image.clone(), &[0; 32], Arc::new(()));
        let mut wrong = Trajectory::new(image, &other, Arc::new(()));
        let claimed = |right: &mut Trajectory, wrong: &mut Trajectory, step: u64| {
            let state = if step > differs { wrong.state(step) } else { right.state(step) };
            state.unwrap().digest()
        };
        let mut segment = Segment { height: 3, position: 0 };
        while segment.height > 0 {
            let is_wrong = |index: &u64| {
                let end = segment.part(*index).start() + segment.part(*index).length();
                claimed(&mut right, &mut wrong, end) != right.state(end).unwrap().digest()
            };
            let index = (0..FAN_OUT).find(is_wrong).unwrap();
            segment = segment.part(index);
        }
        prop_assert_eq!(segment.start(), differs);
    }
}

#[test]
fn the_parts_lead_down_to_a_step() {
    for (steps, height) in [(0, 1), (64, 1), (65, 2), (4096, 2), (4097, 3), (1 << 40, 6)] {
        assert_eq!(Segment::covering(steps), Segment { height, position: 0 }, "{steps}");
    }
    let whole = Segment::covering(1_000_000);
    for step in [0, 1, 63, 64, 123_456, 999_999] {
        let path = whole.path_to(step);
        let last = path.iter().fold(whole, |segment, part| segment.part(*part));
        assert_eq!((last.height, last.start(), path.len()), (0, step, 4));
    }
}

#[test]
fn a_segment_is_cut_at_the_starts_of_its_parts() {
    let image = writer(1000, 4);
    let digests = digests(Machine::new(image.clone(), &[0; 32]));
    let mut run = Trajectory::new(image, &[0; 32], Arc::new(()));
    let cut = run.cut(Segment { height: 2, position: 0 }).unwrap();
    assert_eq!(cut.len(), 63);
    let at = |step: usize| digests[step.min(digests.len() - 1)];
    let expected: Vec<_> = (1..64).map(|index| at(index * 64)).collect();
    assert_eq!(cut, expected);
    let cut = run.cut(Segment { height: 1, position: 5 }).unwrap();
    let expected: Vec<_> = (1..64).map(|index| at(5 * 64 + index)).collect();
    assert_eq!(cut, expected);
}

#[test]
fn a_machine_that_cannot_go_on_halts_and_stays() {
    let cases: [(&[u32], Halt, u64); 7] = [
        // No such instruction, and none at all.
        (&[0xffff_ffff], Halt::Trapped, 1),
        (&[addi(1, 0, 1)], Halt::Trapped, 2),
        // A load from code, and a store to an address that is not aligned.
        (&[0x0000_2083], Halt::Trapped, 1),
        (&[lui(5, RAM_START >> 12), 0x0052_a123 | 1 << 7], Halt::Trapped, 2),
        // ebreak, and a system call that is none.
        (&[0x0010_0073], Halt::Trapped, 1),
        (&[addi(17, 0, 7), ECALL], Halt::Trapped, 2),
        (&[addi(10, 0, 77), ECALL], Halt::Exited(77), 2),
    ];
    for (code, halt, steps) in cases {
        let mut machine = Machine::new(program(code, &[]), &[0; 32]);
        assert_eq!(machine.run(10, &()).unwrap(), Some(halt), "{code:x?}");
        assert_eq!(machine.steps(), steps, "{code:x?}");
        let state = machine.state();
        assert_eq!(machine.run(1000, &()).unwrap(), Some(halt));
        assert_eq!((machine.steps(), machine.state()), (steps, state));
    }
}

#[test]
fn a_program_reads_what_led_to_a_chaining_value() {
    let word = |code: &[u32]| {
        let ask = [addi(17, 0, 1), lui(10, RAM_START >> 12), addi(12, 10, 64)];
        let image = program(&[&ask[..], code, &[ECALL]].concat(), &[5; 32]);
        let mut machine = Machine::new(image, &[0; 32]);
        machine.run(5, &Echo).unwrap();
        let witness = machine.witness(&Echo).unwrap();
        assert_eq!(witness.link, None);
        machine
    };
    for (part, byte) in [(0, 6), (1, 5), (2, !5_u8)] {
        let mut machine = word(&[addi(11, 0, part)]);
        let expected = program(&[], &[[5; 32], [0; 32], [byte; 32]].concat()).ram_root();
        assert_eq!(machine.state().ram, expected);
        assert_eq!(machine.halt(), None);
    }
    let mut machine = word(&[addi(11, 0, 3)]);
    machine.run(100, &Echo).unwrap();
    assert_eq!(machine.halt(), Some(Halt::Trapped));
}

#[test]
fn what_an_oracle_does_not_know_is_no_verdict() {
    let code = [addi(17, 0, 1), lui(10, RAM_START >> 12), add(12, 10, 0), ECALL];
    let mut machine = Machine::new(program(&code, &[5; 32]), &[0; 32]);
    let unknown = Unknown { value: Digest([5; 32]), step: 3 };
    assert_eq!(machine.run(100, &()).unwrap_err(), unknown);
    assert_eq!((machine.steps(), machine.halt()), (3, None));
    assert_eq!(machine.witness(&()).unwrap_err(), unknown);
    assert_eq!(machine.run(4, &Echo).unwrap(), None);
}
