//! Rock-paper-scissors, thrown many times: two seats, both at once, no chance.
//!
//! Start here: this is the smallest System. It has a [`Descriptor`] (the facts), a [`System`] (the
//! rules with their parameters) and a [`State`] (one moment of one match). All that the outside
//! sees of a state is the 12 bytes that `write_bytes` makes; everything else follows from them.
//!
//! Bytes, packed observation and scores are those of SPEC.md section 8.2. Invariant: the points of
//! both seats together are twice the throws played.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DecodeError, Descriptor, Ending, Information, ParameterSpec, ParameterValues,
    Reader, RestoreError, Score, Seat, SeatSet, State, Status, StepError, System,
};

use crate::action_names;
use crate::drawing::Drawing;

/// The facts of rock-paper-scissors.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "rps",
    version: 1,
    summary: "Rock-paper-scissors over many throws: find the pattern, show none.",
    rules: "\
Both seats throw at the same time, again and again: rock beats scissors, scissors beats paper,
paper beats rock. A win is 2 points, a tie 1 each, a loss 0. After the last throw the points are
the scores. A seat that forfeits scores 0 and its opponent 2 for each throw of the match.

Source: the children's play known as roshambo; repeated throws between programs follow the First
International RoShamBo Programming Competition (Billings, 1999).",
    seat_count: 2,
    information: Information::Perfect,
    parameters: &[ParameterSpec {
        name: "throws",
        meaning: "throws in a match",
        min: 1,
        max: 10_000,
        default: 100,
    }],
    data: None,
    packed_layout: "\
bits  0-15  throws played
bits 16-31  throws left
bits 32-33  own last throw: 0 rock, 1 paper, 2 scissors, 3 none yet
bits 34-35  the opponent's last throw
others      zero",
    observation_layout: "\
bytes 0-1   throws played, u16
bytes 2-5   points of seat 0, u32
bytes 6-9   points of seat 1, u32
byte  10    last throw of seat 0: 0 rock, 1 paper, 2 scissors, 3 none yet
byte  11    last throw of seat 1",
    tensor_planes: None,
    tensor_layout: "\
[6], 1 where it is so, else 0; the same for both seats, all 0 before the first throw
0-2  seat 0 threw rock, paper, scissors last
3-5  seat 1 threw rock, paper, scissors last
This is the observation tensor of OpenSpiel's repeated_game(stage_game=matrix_rps()).",
};

const STATE_BYTES: usize = 12;
const NAMES: [&str; 3] = ["rock", "paper", "scissors"];
/// What stands for the last throw before the first.
const NO_THROW: u8 = 3;
const BOTH: SeatSet = SeatSet(0b11);

/// The rules with their parameter.
#[derive(Debug)]
pub(crate) struct RockPaperScissors {
    parameters: ParameterValues,
    throws: u16,
}

impl RockPaperScissors {
    /// The System with these values of [`DESCRIPTOR`]'s parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let throws = parameters.values()[0] as u16;
        Self { parameters, throws }
    }
}

impl System for RockPaperScissors {
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
        self.throws.into()
    }

    fn observation_bytes_max(&self) -> u32 {
        STATE_BYTES as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let most = 2 * Score::from(self.throws);
        BOTH.iter().map(|seat| if forfeits.contains(seat) { 0 } else { most }).collect()
    }

    fn start(&self, _chance: Chance) -> Box<dyn State> {
        let throws = self.throws;
        Box::new(Throws { throws, played: 0, points: [0; 2], last: [NO_THROW; 2] })
    }

    fn restore(&self, bytes: &[u8], _chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        Ok(Box::new(Throws::decode(self.throws, bytes)?))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![2 * NAMES.len() as u32]
    }

    fn write_tensor(
        &self,
        _seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        let state = Throws::decode(self.throws, observation)?;
        for last in state.last {
            tensor.extend((0..NO_THROW).map(|throw| f32::from(throw == last)));
        }
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        Ok(Throws::decode(self.throws, observation)?.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(&NAMES, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(&NAMES, name)
    }
}

/// The points of both seats for one throw of each.
fn points_of(throws: [u8; 2]) -> [u32; 2] {
    // Each throw beats the one before it in the circle rock, paper, scissors.
    match (3 + throws[0] - throws[1]) % 3 {
        0 => [1, 1],
        1 => [2, 0],
        _ => [0, 2],
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
struct Throws {
    throws: u16,
    played: u16,
    points: [u32; 2],
    last: [u8; 2],
}

impl Throws {
    fn decode(throws: u16, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let state = Self {
            throws,
            played: reader.u16("throws played")?,
            points: [reader.u32("points of seat 0")?, reader.u32("points of seat 1")?],
            last: [reader.u8("last throw of seat 0")?, reader.u8("last throw of seat 1")?],
        };
        reader.finish()?;
        state.check()?;
        Ok(state)
    }

    /// Refuses bytes that no sequence of throws leads to.
    fn check(&self) -> Result<(), RestoreError> {
        let Self { throws, played, points, last } = *self;
        if played > throws {
            let got = DecodeError::value("throws played", format!("0 to {throws}"), played);
            return Err(got.into());
        }
        let together = u64::from(points[0]) + u64::from(points[1]);
        if together != 2 * u64::from(played) {
            return Err(RestoreError::Inconsistent(format!(
                "{played} throws give {} points together, got {together}",
                2 * u64::from(played)
            )));
        }
        if played == 0 && last == [NO_THROW; 2] {
            return Ok(());
        }
        if played == 0 || last.iter().any(|&throw| throw >= NO_THROW) {
            return Err(RestoreError::Inconsistent(format!(
                "the last throws are {last:?} after {played} throws, expected 0 to 2 each, or 3 \
                 before the first"
            )));
        }
        let gained = points_of(last);
        if points[0] < gained[0] || points[1] < gained[1] {
            return Err(RestoreError::Inconsistent(format!(
                "the last throws {last:?} give {gained:?} points, got {points:?} in all"
            )));
        }
        Ok(())
    }
}

impl State for Throws {
    fn status(&self) -> Status {
        if self.played < self.throws {
            Status::Acting(BOTH)
        } else {
            Status::Terminal(Ending::Finished)
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..NAMES.len() as u64).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.played < self.throws && BOTH.contains(seat) && action.0 < NAMES.len() as u64
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if self.played >= self.throws {
            return Err(StepError::Terminal);
        }
        let &[first, second] = actions else {
            return Err(StepError::Count { expected: 2, got: actions.len() });
        };
        for (seat, action) in [(Seat(0), first), (Seat(1), second)] {
            if !self.is_legal(seat, action) {
                return Err(StepError::Illegal { seat, action });
            }
        }
        self.last = [first.0 as u8, second.0 as u8];
        let gained = points_of(self.last);
        self.points[0] += gained[0];
        self.points[1] += gained[1];
        self.played += 1;
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.points.map(Score::from).to_vec()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let own = seat.index() & 1;
        u64::from(self.played)
            | u64::from(self.throws - self.played) << 16
            | u64::from(self.last[own]) << 32
            | u64::from(self.last[1 - own]) << 34
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.played.to_le_bytes());
        bytes.extend(self.points[0].to_le_bytes());
        bytes.extend(self.points[1].to_le_bytes());
        bytes.extend(self.last);
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        let throw = |seat: usize| NAMES.get(usize::from(self.last[seat])).copied().unwrap_or("-");
        let verdict = match (self.played, points_of(self.last)) {
            (0, _) => String::new(),
            (_, [2, 0]) => format!("  {} beats {}", throw(0), throw(1)),
            (_, [0, 2]) => format!("  {} beats {}", throw(1), throw(0)),
            _ => "  a tie".to_owned(),
        };
        format!(
            "\
┌─ seat 0 ─────┬─ seat 1 ─────┐
│ {:<12} │ {:<12} │{verdict}
│ points {:>5} │ points {:>5} │
└──────────────┴──────────────┘
  {} of {} throws played
",
            throw(0),
            throw(1),
            self.points[0],
            self.points[1],
            self.played,
            self.throws
        )
    }

    fn svg(&self) -> String {
        let caption = format!("{} of {} throws played", self.played, self.throws);
        let mut drawing = Drawing::new((220, 120), &caption);
        for (seat, class, x) in [(0, "first", 56), (1, "second", 164)] {
            drawing.rect("panel", (x - 50, 6), (100, 88));
            match self.last[seat] {
                0 => drawing.circle(class, (x, 36), 16),
                1 => drawing.rect(class, (x - 12, 20), (24, 32)),
                2 => drawing.path(
                    &format!("{class} stroke"),
                    "M-11 -16L11 16M11 -16L-11 16",
                    (x, 36),
                ),
                _ => {}
            }
            let name = NAMES.get(usize::from(self.last[seat])).copied().unwrap_or("-");
            drawing.text("ink", (x, 70), name);
            drawing.text("ink", (x, 86), &format!("points {}", self.points[seat]));
        }
        drawing.text("ink", (110, 112), &caption);
        drawing.finish()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
