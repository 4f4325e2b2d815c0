//! Where everything stands in memory.
//!
//! Constants and what has to stay zero have places of their own; of the others, those share a place that
//! are never needed at once.

use crate::program::{BufferId, Content, Element, Program};

/// Every buffer begins at a multiple of this many bytes, as vectors are read quickest there.
const ALIGNMENT: usize = 16;

/// The address of each buffer, and where the room behind them begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    addresses: Vec<usize>,
    lens: Vec<usize>,
    /// Whether any kernel or output knows of it.
    used: Vec<bool>,
    /// The first address that no buffer uses.
    pub(super) end: usize,
}

impl Places {
    /// Finds places from `base` on.
    pub(super) fn of(program: &Program, base: usize) -> Self {
        let lives = lives(program);
        let mut places = Self {
            addresses: vec![0; program.buffers.len()],
            lens: program.buffers.iter().map(|buffer| buffer.len).collect(),
            used: lives.iter().map(Option::is_some).collect(),
            end: aligned(base),
        };
        for (number, buffer) in program.buffers.iter().enumerate() {
            let has_own = match buffer.content {
                Content::Working => false,
                Content::Input(_) => true,
                Content::Kept | Content::Constant(_) => places.used[number],
            };
            if has_own {
                places.addresses[number] = places.end;
                places.end += room(program, number);
            }
        }
        let shared = places.end;
        let mut placed: Vec<usize> = Vec::new();
        for (number, life) in lives.iter().enumerate() {
            let Some(life) = life else { continue };
            if !matches!(program.buffers[number].content, Content::Working) {
                continue;
            }
            let mut taken: Vec<(usize, usize)> = placed
                .iter()
                .filter(|&&other| lives[other].as_ref().is_some_and(|other| meet(life, other)))
                .map(|&other| (places.addresses[other], room(program, other)))
                .collect();
            taken.sort_unstable();
            let address = first_gap(shared, room(program, number), &taken);
            places.addresses[number] = address;
            places.end = places.end.max(address + room(program, number));
            placed.push(number);
        }
        places
    }

    pub(super) fn len(&self, buffer: BufferId) -> usize {
        self.lens[buffer.0]
    }

    pub(super) fn is_used(&self, buffer: BufferId) -> bool {
        self.used[buffer.0]
    }

    pub(super) fn address(&self, buffer: BufferId) -> usize {
        self.addresses[buffer.0]
    }
}

/// The bytes of a buffer and of what may be read, and is not used, behind it.
fn room(program: &Program, number: usize) -> usize {
    let buffer = &program.buffers[number];
    let bytes = match buffer.element {
        Element::F32 => 4,
        Element::I16 => 2,
    };
    aligned(buffer.len * bytes) + ALIGNMENT
}

fn aligned(address: usize) -> usize {
    address.next_multiple_of(ALIGNMENT)
}

/// From the kernel that first writes each buffer to the one that last reads it; outputs live on.
fn lives(program: &Program) -> Vec<Option<(usize, usize)>> {
    let mut lives: Vec<Option<(usize, usize)>> = vec![None; program.buffers.len()];
    let mut touch = |buffer: BufferId, time: usize| {
        let life = &mut lives[buffer.0];
        *life = Some(life.map_or((time, time), |(from, _)| (from, time)));
    };
    for (time, kernel) in program.kernels.iter().enumerate() {
        for buffer in kernel.inputs().into_iter().chain(kernel.outputs()) {
            touch(buffer, time);
        }
    }
    for output in &program.outputs {
        touch(output.buffer, program.kernels.len());
    }
    lives
}

fn meet(one: &(usize, usize), other: &(usize, usize)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

/// The first address with so much room between what is taken, which is sorted.
fn first_gap(from: usize, room: usize, taken: &[(usize, usize)]) -> usize {
    let mut address = from;
    for &(begin, len) in taken {
        if address + room <= begin {
            break;
        }
        address = address.max(begin + len);
    }
    address
}
