//! Where fuel is charged: one charge for each region, at the region's first instruction.
//!
//! A region is code that executes equally often as long as nothing faults. A block, loop or if
//! that no branch inside leaves past its own end is always left through that end, so the code
//! after it belongs to the region in which it began. Calls do not end regions: a callee returns or
//! the whole call faults. Of the two arms of an `if` exactly one runs, so what both cost at least is
//! paid before them. In a loop, a branch that would leave it mostly does not: what comes after it
//! is paid ahead, and paid back by the branch if it is taken.
//! Invariant: for a run that succeeds, the charges passed less what was paid back sum to the fuel
//! of the instructions executed; wherever fuel is checked or handed to a callee, nothing is paid
//! ahead that may yet be paid back.

use wasmparser::{BlockType, Operator};

use crate::sandbox::cost::instruction_fuel;

/// The charges of one function body.
pub(super) struct Charges {
    /// For each instruction, the fuel to charge right before it.
    before: Vec<u64>,
    /// For each instruction, the fuel to charge there for what comes after branches out of a loop.
    ahead: Vec<u64>,
    /// For each branch out of a loop, the fuel to pay back if it is taken.
    back: Vec<u64>,
}

impl Charges {
    /// Returns the fuel to charge right before the instruction with this index.
    pub(super) fn before(&self, index: usize) -> u64 {
        self.before[index]
    }

    /// Returns the fuel to charge there besides, but only after any check.
    pub(super) fn ahead(&self, index: usize) -> u64 {
        self.ahead[index]
    }

    /// Returns the fuel that the `br_if` with this index pays back if it is taken.
    pub(super) fn back(&self, index: usize) -> u64 {
        self.back[index]
    }

    /// Returns the sum of all charges of the body.
    pub(super) fn total(&self) -> u64 {
        self.before.iter().chain(&self.ahead).sum()
    }

    /// Moves what comes after each of these branches ahead of it.
    ///
    /// Later branches come first, so that what was moved to them is moved on.
    fn pay_ahead(&mut self, exits: &[Exit]) {
        for &Exit { branch, region } in exits.iter().rev() {
            let after = branch + 1;
            let moved = self.before[after] + self.ahead[after];
            (self.before[after], self.ahead[after]) = (0, 0);
            self.ahead[region] += moved;
            self.back[branch] = moved;
        }
    }
}

/// Computes the charges of a body; `entry_fuel` is added to the region in which it begins.
pub(super) fn charges(operators: &[Operator<'_>], entry_fuel: u32) -> Charges {
    let mut walk = Walk::new(operators.len());
    walk.charge(u64::from(entry_fuel));
    for (index, operator) in operators.iter().enumerate() {
        walk.charge(u64::from(instruction_fuel(operator)));
        walk.step(index, operator);
    }
    let none = vec![0; operators.len()];
    let mut charges = Charges { before: walk.before, ahead: none.clone(), back: none };
    charges.pay_ahead(&walk.exits);
    charges
}

/// A region is named by the index of its first instruction; `None` is unreachable code.
type Region = Option<usize>;

/// A `br_if` that leaves the innermost loop.
struct Exit {
    /// The index of the branch.
    branch: usize,
    /// The region that it ends.
    region: usize,
}

/// What a branch to a block's label does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    /// Goes to the block's end.
    Forward,
    /// Goes to the loop's start.
    Backward,
    /// Takes values along, to the block's end.
    WithValues,
}

impl Label {
    fn of_block(ty: BlockType) -> Self {
        if ty == BlockType::Empty { Self::Forward } else { Self::WithValues }
    }
}

struct Frame {
    /// The region in which the block began.
    outer: Region,
    label: Label,
    /// Whether a branch inside leaves past the block's end.
    escaped: bool,
    /// The first regions of an `if`'s arms, once they have begun.
    then_arm: Region,
    else_arm: Region,
}

impl Frame {
    fn new(outer: Region, label: Label) -> Self {
        Self { outer, label, escaped: false, then_arm: None, else_arm: None }
    }
}

struct Walk {
    before: Vec<u64>,
    exits: Vec<Exit>,
    frames: Vec<Frame>,
    region: Region,
    /// The index after the last instruction that checks fuel or hands it on.
    observed: usize,
}

impl Walk {
    fn new(instructions: usize) -> Self {
        Self {
            before: vec![0; instructions],
            exits: Vec::new(),
            frames: vec![Frame::new(Some(0), Label::WithValues)],
            region: Some(0),
            observed: 0,
        }
    }

    fn charge(&mut self, fuel: u64) {
        if let Some(first) = self.region {
            self.before[first] += fuel;
        }
    }

    fn step(&mut self, index: usize, operator: &Operator<'_>) {
        let fresh = Some(index + 1);
        match operator {
            Operator::Block { blockty } => {
                self.frames.push(Frame::new(self.region, Label::of_block(*blockty)));
            }
            Operator::Loop { .. } => {
                self.frames.push(Frame::new(self.region, Label::Backward));
                self.region = self.region.and(fresh);
                self.observed = index + 1;
            }
            Operator::If { blockty } => {
                let then_arm = self.region.and(fresh);
                let label = Label::of_block(*blockty);
                self.frames.push(Frame { then_arm, ..Frame::new(self.region, label) });
                self.region = then_arm;
            }
            Operator::Else => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.else_arm = frame.outer.and(fresh);
                    self.region = frame.else_arm;
                }
            }
            Operator::End => self.close(fresh),
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.region = None;
            }
            Operator::BrIf { relative_depth } => {
                self.branch(*relative_depth);
                self.note_exit(index, *relative_depth);
                self.region = self.region.and(fresh);
            }
            Operator::BrTable { targets } => {
                for depth in targets.targets().flatten().chain([targets.default()]) {
                    self.branch(depth);
                }
                self.region = None;
            }
            Operator::Return => {
                self.branch(u32::MAX);
                self.region = None;
            }
            Operator::Unreachable => self.region = None,
            Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::MemoryCopy { .. }
            | Operator::MemoryFill { .. }
            | Operator::MemoryGrow { .. } => self.observed = index + 1,
            _ => {}
        }
    }

    fn close(&mut self, fresh: Region) {
        let Some(frame) = self.frames.pop() else { return };
        if let (Some(outer), Some(then_arm), Some(else_arm)) =
            (frame.outer, frame.then_arm, frame.else_arm)
        {
            let shared = self.before[then_arm].min(self.before[else_arm]);
            self.before[then_arm] -= shared;
            self.before[else_arm] -= shared;
            self.before[outer] += shared;
        }
        self.region = if frame.escaped { frame.outer.and(fresh) } else { frame.outer };
    }

    /// Notes a `br_if` out of the innermost loop, if what comes after it can be paid ahead of it:
    /// nothing looks at the fuel in between, and it takes no values along, which would be out of
    /// reach where it pays back.
    fn note_exit(&mut self, branch: usize, depth: u32) {
        let mut inside = self.frames.iter().rev().take(depth as usize);
        let leaves_loop = inside.any(|frame| frame.label == Label::Backward);
        let target = self.frames.iter().rev().nth(depth as usize);
        let is_plain = target.is_some_and(|frame| frame.label == Label::Forward);
        if let Some(region) = self.region.filter(|&first| first >= self.observed)
            && leaves_loop
            && is_plain
        {
            self.exits.push(Exit { branch, region });
        }
    }

    /// Marks the blocks that a branch leaves past their end: all inside its target's block. The
    /// target's own block is entered again (a loop) or left through its end.
    fn branch(&mut self, depth: u32) {
        if self.region.is_none() {
            return;
        }
        let inside = (depth as usize).min(self.frames.len() - 1);
        for frame in self.frames.iter_mut().rev().take(inside) {
            frame.escaped = true;
        }
    }
}
