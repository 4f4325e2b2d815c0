//! Where fuel is charged: one charge for each region, at the region's first instruction.
//!
//! A region is code that executes equally often as long as nothing faults. A block, loop or if
//! that no branch inside leaves past its own end is always left through that end, so the code
//! after it belongs to the region in which it began. Calls do not end regions: a callee returns or
//! the whole call faults. Of the two arms of an `if` exactly one runs, so what both cost at least is
//! paid before them.
//! Invariant: for a run that succeeds, the charges passed sum to the fuel of the instructions
//! executed.

use wasmparser::Operator;

use crate::sandbox::cost::instruction_fuel;

/// The charges of one function body.
pub(super) struct Charges {
    /// For each instruction, the fuel to charge right before it.
    before: Vec<u64>,
}

impl Charges {
    /// Returns the fuel to charge right before the instruction with this index.
    pub(super) fn before(&self, index: usize) -> u64 {
        self.before[index]
    }

    /// Returns the sum of all charges of the body.
    pub(super) fn total(&self) -> u64 {
        self.before.iter().sum()
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
    Charges { before: walk.before }
}

/// A region is named by the index of its first instruction; `None` is unreachable code.
type Region = Option<usize>;

struct Frame {
    /// The region in which the block began.
    outer: Region,
    /// Whether a branch inside leaves past the block's end.
    escaped: bool,
    /// The first regions of an `if`'s arms, once they have begun.
    then_arm: Region,
    else_arm: Region,
}

impl Frame {
    fn in_region(outer: Region) -> Self {
        Self { outer, escaped: false, then_arm: None, else_arm: None }
    }
}

struct Walk {
    before: Vec<u64>,
    frames: Vec<Frame>,
    region: Region,
}

impl Walk {
    fn new(instructions: usize) -> Self {
        let function = Frame::in_region(Some(0));
        Self { before: vec![0; instructions], frames: vec![function], region: Some(0) }
    }

    fn charge(&mut self, fuel: u64) {
        if let Some(first) = self.region {
            self.before[first] += fuel;
        }
    }

    fn step(&mut self, index: usize, operator: &Operator<'_>) {
        let fresh = Some(index + 1);
        match operator {
            Operator::Block { .. } => self.frames.push(Frame::in_region(self.region)),
            Operator::Loop { .. } => {
                self.frames.push(Frame::in_region(self.region));
                self.region = self.region.and(fresh);
            }
            Operator::If { .. } => {
                let then_arm = self.region.and(fresh);
                self.frames.push(Frame { then_arm, ..Frame::in_region(self.region) });
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
