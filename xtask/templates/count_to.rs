//! Count to: two seats add 1, 2 or 3 in turn, and who reaches the target wins.
//!
//! All that the outside sees of a state is the 2 bytes that `write_bytes` makes; everything else
//! follows from them. Invariant: the total is at most the target, and from 1 to 3 for each step.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, Descriptor, Ending, Information, ParameterSpec, ParameterValues, Reader,
    RestoreError, Score, Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::drawing::Drawing;

/// The facts of count-to.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "count-to",
    version: 1,
    summary: "Count to the target: add 1, 2 or 3, and be the one who gets there.",
    rules: "\
The total begins at 0. Seat 0 begins; in turn the seats add 1, 2 or 3 to it, never beyond the
target. Who reaches the target wins. A win scores 1, a loss 0; who forfeits scores 0 and the
opponent 1.

Source: the subtraction game, as the theory of impartial games begins with it.",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[ParameterSpec {
        name: "target",
        meaning: "the total to reach",
        min: 1,
        max: 200,
        default: 21,
    }],
    data: None,
    packed_layout: "\
bits 0-7   total
bits 8-15  what is missing to the target
others     zero",
    observation_layout: "\
byte 0  steps taken
byte 1  total",
    tensor_planes: None,
    tensor_layout: "\
[2]: the total, then what is missing to the target. Nobody else numbers it.",
};

const STATE_BYTES: usize = 2;
const NAMES: [&str; 3] = ["add-1", "add-2", "add-3"];

/// The rules with their parameter.
#[derive(Debug)]
pub(crate) struct CountTo {
    parameters: ParameterValues,
    target: u8,
}

impl CountTo {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let target = parameters.values()[0] as u8;
        Self { parameters, target }
    }
}

impl System for CountTo {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        NAMES.len() as u64
    }

    fn step_count_max(&self) -> u32 {
        self.target.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        STATE_BYTES as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        [Seat(0), Seat(1)].map(|seat| Score::from(!forfeits.contains(seat))).to_vec()
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        Box::new(Count { target: self.target, steps: 0, total: 0 })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Count::decode(self.target, bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![2]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let count = Count::decode(self.target, observation)?;
        tensor.extend([count.total, count.missing()].map(f32::from));
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(Count::decode(self.target, observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&NAMES, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&NAMES, name)
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Count {
    target: u8,
    steps: u8,
    total: u8,
}

impl Count {
    /// The state of canonical bytes; refuses those that no sequence of steps leads to.
    fn decode(target: u8, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let (steps, total) = (reader.u8("steps")?, reader.u8("total")?);
        reader.finish()?;
        let most = u16::from(steps) * 3;
        if total > target || total < steps || u16::from(total) > most {
            return Err(RestoreError::Inconsistent(format!(
                "{steps} steps give {steps} to {most} and at most {target}, got {total}"
            )));
        }
        Ok(Self { target, steps, total })
    }

    fn missing(&self) -> u8 {
        self.target - self.total
    }

    /// The seat whose turn it is, or would be.
    fn to_move(&self) -> Seat {
        Seat(self.steps & 1)
    }

    fn caption(&self) -> String {
        let Self { target, total, .. } = self;
        match self.missing() {
            0 => format!("{total} of {target}: seat {} won", 1 - self.to_move().0),
            _ => format!("{total} of {target}, seat {} to move", self.to_move().0),
        }
    }
}

impl State for Count {
    fn status(&self) -> Status {
        match self.missing() {
            0 => Status::Terminal(Ending::Finished),
            _ => Status::Acting(SeatSet::only(self.to_move())),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..NAMES.len() as u64).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        let most = u64::from(self.missing()).min(NAMES.len() as u64);
        seat == self.to_move() && action.0 < most
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if self.missing() == 0 {
            return Err(StepError::Terminal);
        }
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        let seat = self.to_move();
        if !self.is_legal(seat, action) {
            return Err(StepError::Illegal { seat, action });
        }
        self.total += action.0 as u8 + 1;
        self.steps += 1;
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        // Who is to move at the target has let the other one reach it.
        let won = |seat: Seat| self.missing() == 0 && seat != self.to_move();
        [Seat(0), Seat(1)].map(|seat| Score::from(won(seat))).to_vec()
    }

    fn packed_observation(&self, _seat: Seat) -> u64 {
        u64::from(self.total) | u64::from(self.missing()) << 8
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.steps, self.total]);
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        self.caption() + "\n"
    }

    fn svg(&self) -> String {
        let caption = self.caption();
        let mut drawing = Drawing::new((220, 50), &caption);
        drawing.rect("panel", (10, 8), (200, 14));
        let done = 200 * i32::from(self.total) / i32::from(self.target);
        drawing.rect("first", (10, 8), (done, 14));
        drawing.text("ink", (110, 40), &caption);
        drawing.finish()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
