//! Networks that give one number instead of one for each action, as forecasters and controllers do.
//!
//! Actions in the order of their numbers stand for evenly spaced values then: 0 for the least, 1 for the
//! greatest. The number becomes a policy that likes each action the less the further it is away, so that
//! the best legal action is the nearest.

use crate::program::{Binary, Content, Element, Kernel, Output, Program, Unary, View};

/// More actions are no scale but a numbering.
pub(super) const ACTIONS_MAX: u64 = 1 << 16;

/// Puts a policy of `actions` numbers where the output `place` has one number.
pub(super) fn spread(program: &mut Program, place: usize, actions: usize) {
    let number = program.outputs[place].buffer;
    let most = actions.saturating_sub(1).max(1) as f32;
    let one = |buffer| View { buffer, offset: 0, strides: vec![0] };
    let highest = program.buffer(1, Element::F32, Content::Constant(vec![most]));
    let scaled = program.buffer(1, Element::F32, Content::Working);
    program.kernels.push(Kernel::Binary {
        function: Binary::Mul,
        shape: vec![1],
        left: one(number),
        right: one(highest),
        output: scaled,
    });
    let counted = (0..actions).map(|action| action as f32).collect();
    let counted = program.buffer(actions, Element::F32, Content::Constant(counted));
    let mut away = program.buffer(actions, Element::F32, Content::Working);
    program.kernels.push(Kernel::Binary {
        function: Binary::Sub,
        shape: vec![actions],
        left: View { buffer: counted, offset: 0, strides: vec![1] },
        right: one(scaled),
        output: away,
    });
    for function in [Unary::Abs, Unary::Neg] {
        let output = program.buffer(actions, Element::F32, Content::Working);
        program.kernels.push(Kernel::Unary { function, input: away, output });
        away = output;
    }
    let Output { shape, buffer, .. } = &mut program.outputs[place];
    (*shape, *buffer) = (vec![1, actions], away);
}
