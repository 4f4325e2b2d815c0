//! How fuel and stack go from function to function.
//!
//! Every rewritten function gives the fuel that is left as its last result. What it may spend, and
//! the stack it may take where that is counted, come as parameters as long as engines pass those
//! in registers; in functions of more parameters they come in globals, which is cheaper than
//! parameters in memory. Added parameters follow the original ones, so that the original's locals
//! move up by as many.
//! Invariant: caller and callee agree, since both ask about the callee's type.

use wasmparser::ValType;

use crate::sandbox::module::Signature;

/// Parameters that are passed in registers: six on x86-64, of which engines take two.
const REGISTERS: usize = 4;

/// Which counters come as parameters in functions of one type.
#[derive(Clone, Copy)]
pub(super) struct Carried {
    pub(super) fuel: bool,
    pub(super) stack: bool,
    /// Parameters of the original.
    params: u32,
}

impl Carried {
    /// Decides for an original type.
    pub(super) fn by(original: &Signature, counts_stack: bool) -> Self {
        let params = original.params.len();
        let (fuel, stack) = (params < REGISTERS, counts_stack && params + 1 < REGISTERS);
        Self { fuel, stack, params: u32::try_from(params).unwrap_or(u32::MAX) }
    }

    /// Returns the type of a rewritten function.
    pub(super) fn signature(self, original: &Signature) -> Signature {
        let fuel = self.fuel.then_some(ValType::I64);
        let stack = self.stack.then_some(ValType::I32);
        let params = original.params.iter().copied().chain(fuel).chain(stack);
        let results = original.results.iter().copied().chain([ValType::I64]);
        Signature { params: params.collect(), results: results.collect() }
    }

    /// Returns how many parameters are added.
    pub(super) fn count(self) -> u32 {
        u32::from(self.fuel) + u32::from(self.stack)
    }

    /// Returns the parameter that the fuel comes in, if it comes in one.
    pub(super) fn fuel_param(self) -> Option<u32> {
        self.fuel.then_some(self.params)
    }

    /// Returns the parameter that the stack comes in, if it comes in one.
    pub(super) fn stack_param(self) -> Option<u32> {
        self.stack.then_some(self.params + u32::from(self.fuel))
    }

    /// Returns the index of an original local in the rewritten function.
    pub(super) fn local(self, original: u32) -> u32 {
        if original < self.params { original } else { original + self.count() }
    }
}
