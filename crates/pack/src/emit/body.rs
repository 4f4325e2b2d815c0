//! The body of a function while it is written.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

/// A parameter or local of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Local(u32);

/// Instructions and the locals that they use. All parameters are addresses, and nothing is returned.
#[derive(Debug)]
pub(super) struct Body {
    parameters: u32,
    locals: Vec<ValType>,
    code: Vec<u8>,
}

impl Body {
    pub(super) fn new(parameters: u32) -> Self {
        Self { parameters, locals: Vec::new(), code: Vec::new() }
    }

    pub(super) fn parameter(&self, number: u32) -> Local {
        debug_assert!(number < self.parameters);
        Local(number)
    }

    /// The function as it stands in a module.
    pub(super) fn finish(self) -> Function {
        let mut function = Function::new_with_locals_types(self.locals);
        function.raw(self.code);
        function.instructions().end();
        function
    }

    pub(super) fn op(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    fn local(&mut self, kind: ValType) -> Local {
        self.locals.push(kind);
        Local(self.parameters + self.locals.len() as u32 - 1)
    }

    /// A new local for an address or a count.
    pub(super) fn word(&mut self) -> Local {
        self.local(ValType::I32)
    }

    /// A new local for four numbers.
    pub(super) fn vector(&mut self) -> Local {
        self.local(ValType::V128)
    }

    pub(super) fn get(&mut self, local: Local) -> InstructionSink<'_> {
        let mut op = self.op();
        op.local_get(local.0);
        op
    }

    pub(super) fn set(&mut self, local: Local) {
        self.op().local_set(local.0);
    }

    /// A new local that begins as a copy of another.
    pub(super) fn copy(&mut self, local: Local) -> Local {
        let copy = self.word();
        self.get(local);
        self.set(copy);
        copy
    }

    /// Moves an address by so many bytes, which may be less than none.
    pub(super) fn advance(&mut self, pointer: Local, bytes: isize) {
        if bytes != 0 {
            self.get(pointer).i32_const(bytes as i32).i32_add();
            self.set(pointer);
        }
    }

    /// Writes what is to be done `count` times.
    pub(super) fn repeat(&mut self, count: usize, turn: impl FnOnce(&mut Self)) {
        match count {
            0 => {}
            1 => turn(self),
            _ => {
                self.op().i32_const(count as i32);
                self.repeat_word(turn);
            }
        }
    }

    /// Writes what is to be done as often as the word on the stack says, which is not 0.
    pub(super) fn repeat_word(&mut self, turn: impl FnOnce(&mut Self)) {
        let left = self.word();
        self.set(left);
        self.op().loop_(BlockType::Empty);
        turn(self);
        self.get(left).i32_const(1).i32_sub().local_tee(left.0).br_if(0).end();
    }

    /// Writes what is to be done if the word on the stack is not 0.
    pub(super) fn if_so(&mut self, then: impl FnOnce(&mut Self)) {
        self.op().if_(BlockType::Empty);
        then(self);
        self.op().end();
    }

    /// Reads four numbers that stand together into a new local.
    pub(super) fn load(&mut self, pointer: Local, bytes: usize) -> Local {
        self.get(pointer).v128_load(at(bytes));
        self.kept()
    }

    /// Reads one number into each lane of a new local.
    pub(super) fn load_splat(&mut self, pointer: Local, bytes: usize) -> Local {
        self.get(pointer).v128_load32_splat(at(bytes));
        self.kept()
    }

    /// The vector on the stack in a new local.
    pub(super) fn kept(&mut self) -> Local {
        let kept = self.vector();
        self.set(kept);
        kept
    }

    /// Writes the first `lanes` of four numbers, and nothing beside them.
    pub(super) fn store(&mut self, pointer: Local, bytes: usize, vector: Local, lanes: usize) {
        debug_assert!((1..=LANES).contains(&lanes));
        if lanes == LANES {
            self.get(pointer).local_get(vector.0).v128_store(at(bytes));
            return;
        }
        let mut lane = 0;
        if lanes >= 2 {
            self.get(pointer).local_get(vector.0).v128_store64_lane(at(bytes), 0);
            lane = 2;
        }
        if lane < lanes {
            let place = at(bytes + lane * 4);
            self.get(pointer).local_get(vector.0).v128_store32_lane(place, lane as u8);
        }
    }

    /// Cuts a row of `len` numbers into fours: whole ones in a loop, and the rest. `four` is told how
    /// many lanes count; pointers that it reads or writes move along.
    pub(super) fn fours(
        &mut self,
        len: usize,
        pointers: &[Local],
        mut four: impl FnMut(&mut Self, usize),
    ) {
        let (whole, rest) = (len / LANES, len % LANES);
        self.repeat(whole, |body| {
            four(body, LANES);
            for &pointer in pointers {
                body.advance(pointer, 16);
            }
        });
        if rest > 0 {
            four(self, rest);
            for &pointer in pointers {
                self.advance(pointer, rest as isize * 4);
            }
        }
    }
}

/// How many `f32` a vector holds.
pub(super) const LANES: usize = 4;

/// A place so many bytes behind an address. Nothing is said of its alignment, which changes no result.
pub(super) fn at(bytes: usize) -> MemArg {
    MemArg { offset: bytes as u64, align: 0, memory_index: 0 }
}
