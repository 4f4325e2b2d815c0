//! What a network remembers from one decision to the next: outputs that are given back to it as inputs.
//!
//! At the start of a match they are zeros. A module's instance lives for one seat of one match, so what
//! is kept in its memory is kept exactly as long.

use crate::program::{Buffer, BufferId, Content, Element, Kernel, Program, View};

/// An input that is zeros at first, and from then on what an output was the time before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The input's name.
    pub input: String,
    /// The output's name.
    pub output: String,
}

/// Makes the inputs that are remembered a program's own. `names` are those of all of its inputs.
pub(super) fn keep(
    program: &mut Program,
    mut names: Vec<String>,
    remembered: &[Remembered],
) -> Result<(), String> {
    let mut pairs = Vec::new();
    for (place, pair) in remembered.iter().enumerate() {
        if let Some(other) = remembered[..place].iter().find(|other| other.output == pair.output) {
            return Err(format!(
                "{} is given to two inputs, {} and {}; each needs an output of its own",
                pair.output, other.input, pair.input
            ));
        }
        let listed = names.join(", ");
        let number = names.iter().position(|name| *name == pair.input);
        let number = number.ok_or_else(|| {
            format!("no input left is named {:?}; there are {listed}", pair.input)
        })?;
        pairs.push((taken(program, number), source(program, number, pair)?));
        program.inputs.remove(number);
        names.remove(number);
    }
    let is_kept = |buffer: BufferId| pairs.iter().any(|(input, _)| *input == buffer);
    // What is given on as it was given must be read before it is written.
    let mut first = Vec::new();
    let mut last = Vec::new();
    for &(input, source) in &pairs {
        let len = program.buffers[input.0].len;
        if is_kept(source) {
            let between = program.buffer(len, Element::F32, Content::Working);
            first.push(copy(len, source, between));
            last.push(copy(len, between, input));
        } else {
            last.push(copy(len, source, input));
        }
    }
    program.kernels.extend(first);
    program.kernels.extend(last);
    // They say nothing of the position.
    program.outputs.retain(|output| remembered.iter().all(|pair| pair.output != output.name));
    Ok(())
}

/// The buffer of an input, which is kept from now on; later inputs move up.
fn taken(program: &mut Program, number: usize) -> BufferId {
    let mut found = BufferId(0);
    for (place, Buffer { content, .. }) in program.buffers.iter_mut().enumerate() {
        match content {
            Content::Input(own) if *own == number => {
                *content = Content::Kept;
                found = BufferId(place);
            }
            Content::Input(own) if *own > number => *own -= 1,
            _ => {}
        }
    }
    found
}

/// The buffer of the output that an input is given, which must be of the input's shape.
fn source(program: &Program, number: usize, pair: &Remembered) -> Result<BufferId, String> {
    let output = program.outputs.iter().find(|output| output.name == pair.output);
    let Some(output) = output else {
        let names: Vec<&str> = program.outputs.iter().map(|it| it.name.as_str()).collect();
        let listed = names.join(", ");
        return Err(format!("no output is named {:?}; there are {listed}", pair.output));
    };
    if output.shape != program.inputs[number] {
        return Err(format!(
            "{} has the shape {:?} and {} {:?}; what is remembered keeps its shape",
            pair.input, program.inputs[number], pair.output, output.shape
        ));
    }
    Ok(output.buffer)
}

fn copy(len: usize, from: BufferId, to: BufferId) -> Kernel {
    let view = |buffer| View { buffer, offset: 0, strides: vec![1] };
    Kernel::Copy { shape: vec![len], from: view(from), to: view(to) }
}
