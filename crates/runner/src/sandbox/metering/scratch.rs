//! The locals that the pass adds to a function, each there only where something needs it.

use wasm_encoder::ValType;

use super::carried::Carried;
use super::function::Body;
use super::nan::Floats;

/// What a local that the pass adds is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ScratchUse {
    /// The fuel left, i64, if it does not come as a parameter.
    Fuel,
    /// The stack left for callees, i32, likewise.
    Stack,
    /// The last operand of an instruction that something has to come before, i32.
    Operand,
    /// A float result while it is made canonical.
    Float(Floats),
}

impl ScratchUse {
    pub(super) fn val_type(self) -> ValType {
        match self {
            Self::Fuel => ValType::I64,
            Self::Stack | Self::Operand => ValType::I32,
            Self::Float(Floats::F32) => ValType::F32,
            Self::Float(Floats::F64) => ValType::F64,
            Self::Float(Floats::F32x4 | Floats::F64x2) => ValType::V128,
        }
    }
}

/// The locals that the pass adds after the original ones.
pub(super) struct Scratch {
    first: u32,
    pub(super) uses: Vec<ScratchUse>,
}

impl Scratch {
    pub(super) fn after(body: &Body<'_>, carried: Carried) -> Self {
        let shape = body.function.shape;
        Self { first: shape.params + carried.count() + shape.locals, uses: Vec::new() }
    }

    pub(super) fn need(&mut self, wanted: ScratchUse) {
        if !self.uses.contains(&wanted) {
            self.uses.push(wanted);
        }
    }

    /// Returns the index of the local for a use that [`need`](Self::need) was told of.
    pub(super) fn local(&self, wanted: ScratchUse) -> u32 {
        let found = (self.first..).zip(&self.uses).find(|&(_, &used)| used == wanted);
        debug_assert!(found.is_some(), "a scratch local was not planned");
        found.map_or(self.first, |(local, _)| local)
    }
}
