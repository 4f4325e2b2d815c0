//! The tree over the memory.

use nets_core::{Digest, EMPTY_NODE, parent};
use nets_machine::{Machine, RAM_START, RAM_WORDS_HEIGHT, Witness};

use crate::support::{program, sw, writer};

fn climb(word: Digest, position: u32, path: &[Digest]) -> Digest {
    path.iter().enumerate().fold(word, |node, (height, sibling)| match position >> height & 1 {
        0 => parent(&node, sibling),
        _ => parent(sibling, &node),
    })
}

/// The root over these words at their positions, everything else being zero, computed from the top.
fn root(height: usize, words: &[(u32, Digest)]) -> Digest {
    match (words, height) {
        ([], _) => EMPTY_NODE,
        ([(_, word)], 0) => *word,
        _ => {
            let half = |side| {
                let of_side = words.iter().filter(|(at, _)| at >> (height - 1) & 1 == side);
                root(height - 1, &of_side.copied().collect::<Vec<_>>())
            };
            parent(&half(0), &half(1))
        }
    }
}

#[test]
fn the_root_is_that_of_all_words_that_were_written() {
    let turns = 50_i32;
    let mut machine = Machine::new(writer(turns, 2036), &[0; 32]);
    machine.run(u64::MAX, &()).unwrap();
    let mut bytes = std::collections::BTreeMap::new();
    bytes.extend((0..).zip(*b"memory that is there at first"));
    for turn in 0..50_u32 {
        let at = turn * 2036 + 8;
        bytes.extend((at..).zip((turns as u32 - turn).to_le_bytes()));
    }
    let mut words = std::collections::BTreeMap::<u32, Digest>::new();
    for (at, byte) in bytes {
        words.entry(at / 32).or_default().0[at as usize % 32] = byte;
    }
    let words: Vec<_> = words.into_iter().collect();
    assert_eq!(machine.state().ram, root(RAM_WORDS_HEIGHT, &words));
}

#[test]
fn a_word_that_is_touched_is_proven_and_so_is_what_it_becomes() {
    let mut machine = Machine::new(writer(20, 2036), &[0; 32]);
    let mut stores = 0;
    while machine.halt().is_none() {
        let Witness { state, written, .. } = machine.witness(&()).unwrap();
        machine.run(machine.steps() + 1, &()).unwrap();
        if written.path.is_empty() {
            assert_eq!(machine.state().ram, state.ram);
            continue;
        }
        stores += 1;
        let at = state.registers[5] + 8 - RAM_START;
        assert_eq!(written.path.len(), RAM_WORDS_HEIGHT);
        assert_eq!(climb(written.word, at / 32, &written.path), state.ram);
        let mut word = written.word;
        let place = at as usize % 32;
        word.0[place..place + 4].copy_from_slice(&state.registers[6].to_le_bytes());
        assert_eq!(climb(word, at / 32, &written.path), machine.state().ram);
    }
    assert_eq!(stores, 20);
}

#[test]
fn memory_written_to_zero_again_is_as_if_never_written() {
    // x10 is what the machine is given first.
    let code = [sw(10, 0, 11), sw(0, 0, 11)];
    let mut input = [0; 32];
    input[..8].copy_from_slice(&[7, 7, 7, 7, 0, 0, 0x45, 0x80]);
    let mut machine = Machine::new(program(&code, &[]), &input);
    let before = machine.state().ram;
    assert_eq!(before, EMPTY_NODE);
    machine.run(1, &()).unwrap();
    assert_ne!(machine.state().ram, before);
    machine.run(2, &()).unwrap();
    assert_eq!(machine.state().ram, before);
}
