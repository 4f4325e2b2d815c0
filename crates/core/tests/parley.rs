//! Parley: the smallest System in which seats act together and in turn and see different things.
//!
//! Two seats hold a card each. In even steps both say a word, in odd ones only one does; the match
//! ends after a given number of steps, which may be none. A seat scores its words times its card.

use std::collections::BTreeMap;

use nets_core::{
    Action, Chance, DecodeError, Descriptor, Digest, Ending, FuelClock, Information, MatchRecord,
    MatchSpec, Outcome, PROTOCOL_VERSION, ParameterSpec, ParameterValues, Reader, RecordedStep,
    RestoreError, Rules, Score, Seat, SeatIdentity, SeatSet, Seed, State, Status, StepError,
    System, SystemId, Termination, Trace, TraceBuilder, sha256,
};

const WORDS: u64 = 3;
const CARDS: u64 = 5;
const PARAMETERS: &[ParameterSpec] =
    &[ParameterSpec { name: "steps", meaning: "steps", min: 0, max: 1_000, default: 7 }];

static PRIVATE: Descriptor = Descriptor {
    name: "parley",
    version: 1,
    summary: "Say words worth your card.",
    rules: "See the file's header. Source: made for tests.",
    seat_count: 2,
    information: Information::Private,
    parameters: PARAMETERS,
    data: None,
    packed_layout: "bits 0-31 step, 32-39 own card",
    observation_layout: "step u32, own card u8",
    tensor_planes: None,
    tensor_layout: "[1]: nothing but a zero",
};
static PERFECT: Descriptor = Descriptor { information: Information::Perfect, ..PRIVATE };

/// The rules for a number of steps.
#[derive(Debug)]
pub(crate) struct Parley {
    parameters: ParameterValues,
    information: Information,
}

impl Parley {
    /// Parley over this many steps, with hidden or open cards.
    pub(crate) fn new(steps: u32, information: Information) -> Self {
        let given = BTreeMap::from([("steps".to_owned(), u64::from(steps))]);
        Self { parameters: ParameterValues::new(PARAMETERS, &given).unwrap(), information }
    }

    fn steps(&self) -> u32 {
        self.parameters.values()[0] as u32
    }
}

impl System for Parley {
    fn descriptor(&self) -> &'static Descriptor {
        if self.information == Information::Private { &PRIVATE } else { &PERFECT }
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        WORDS
    }

    fn step_count_max(&self) -> u32 {
        self.steps()
    }

    fn observation_bytes_max(&self) -> u32 {
        if self.information == Information::Private { 5 } else { 14 }
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        (0..2).map(|seat| if forfeits.contains(Seat(seat)) { 0 } else { 99 }).collect()
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        let cards = [0, 1].map(|event| chance.draw(event, CARDS) as u8);
        let (information, limit) = (self.information, self.steps());
        Box::new(Table { information, limit, step: 0, cards, points: [0, 0] })
    }

    fn restore(&self, bytes: &[u8], _: Chance) -> Result<Box<dyn State>, RestoreError> {
        let mut reader = Reader::new(bytes);
        let step = reader.u32("step")?;
        let cards = reader.array("cards")?;
        let points = [reader.u32("points")?, reader.u32("points")?];
        reader.finish()?;
        if step > self.steps() {
            return Err(DecodeError::value("step", self.steps(), step).into());
        }
        let (information, limit) = (self.information, self.steps());
        Ok(Box::new(Table { information, limit, step, cards, points }))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![1]
    }

    fn write_tensor(&self, _: Seat, _: &[u8], tensor: &mut Vec<f32>) -> Result<(), RestoreError> {
        tensor.push(0.0);
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        let step = Reader::new(observation).u32("step")?;
        let (information, limit) = (self.information, self.steps());
        let table = Table { information, limit, step, cards: [0; 2], points: [0; 2] };
        Ok(table.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action.to_string()
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        name.parse().ok().map(Action)
    }
}

#[derive(Clone, Debug)]
struct Table {
    information: Information,
    limit: u32,
    step: u32,
    cards: [u8; 2],
    points: [u32; 2],
}

impl Table {
    fn acting(&self) -> SeatSet {
        match self.step % 4 {
            1 => SeatSet::only(Seat(0)),
            3 => SeatSet::only(Seat(1)),
            _ => SeatSet::first(2),
        }
    }
}

impl State for Table {
    fn status(&self) -> Status {
        match self.step == self.limit {
            true => Status::Terminal(Ending::Finished),
            false => Status::Acting(self.acting()),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let words = (0..WORDS).map(Action);
        actions.extend(words.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.step < self.limit && self.acting().contains(seat) && action.0 < WORDS
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let Status::Acting(acting) = self.status() else { return Err(StepError::Terminal) };
        if actions.len() != acting.count() {
            return Err(StepError::Count { expected: acting.count(), got: actions.len() });
        }
        if let Some((seat, &action)) = acting.iter().zip(actions).find(|(_, a)| a.0 >= WORDS) {
            return Err(StepError::Illegal { seat, action });
        }
        for (seat, action) in acting.iter().zip(actions) {
            self.points[seat.index()] += action.0 as u32 * u32::from(self.cards[seat.index()]);
        }
        self.step += 1;
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.points.map(Score::from).to_vec()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        u64::from(self.step) | u64::from(self.cards[seat.index()]) << 32
    }

    fn write_observation(&self, seat: Seat, bytes: &mut Vec<u8>) {
        match self.information {
            Information::Perfect => self.write_bytes(bytes),
            Information::Private => {
                bytes.extend(self.step.to_le_bytes());
                bytes.push(self.cards[seat.index()]);
            }
        }
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.step.to_le_bytes());
        bytes.extend(self.cards);
        bytes.extend(self.points.iter().flat_map(|points| points.to_le_bytes()));
    }

    fn chance_event_count(&self) -> u32 {
        2
    }

    fn picture(&self) -> String {
        format!("{self:?}")
    }

    fn svg(&self) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>".to_owned()
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}

/// A played match.
pub(crate) struct Played {
    pub(crate) trace: Trace,
    pub(crate) record: MatchRecord,
}

/// Plays a match of Parley in which the words follow from the step and the seat.
pub(crate) fn play(steps: u32, information: Information, seed: Seed) -> Played {
    let system = Parley::new(steps, information);
    let modules = [b"first module".to_vec(), b"second, longer module".to_vec()];
    let seats = [0, 1].map(|seat| SeatIdentity {
        owner: nets_core::Address([0x11 * (seat as u8 + 1); 20]),
        code_hash: sha256(&modules[seat]),
    });
    let rules = Rules {
        protocol_version: PROTOCOL_VERSION,
        metering_version: 1,
        system: SystemId { name: "parley".to_owned(), version: 1 },
        parameters: system.parameters().encode(),
        fuel_clock: FuelClock::default(),
    };
    let agents = seats.iter().map(SeatIdentity::agent_id).collect();
    let spec = MatchSpec { rules, seed, agents };
    let word = |step: u32, seat: Seat| Action(u64::from(step + u32::from(seat.0)) % WORDS);
    let mut steps = Vec::new();
    let mut state = system.start(Chance::from_seed(&seed));
    while let Status::Acting(acting) = state.status() {
        let step = steps.len() as u32;
        let actions: Vec<_> = acting.iter().map(|seat| word(step, seat)).collect();
        state.step(&actions).unwrap();
        steps.push(RecordedStep { acting, actions, signatures: Vec::new() });
    }
    let fuel_used = vec![1_000 + steps.len() as u64, 77];
    let outcome = Outcome {
        scores: state.scores(),
        termination: Termination::Finished,
        step_count: steps.len() as u32,
        fuel_used,
        trace_root: Digest::default(),
    };
    let modules = modules.into_iter().map(|module| (sha256(&module), module)).collect();
    let mut record =
        MatchRecord { spec, seats: seats.to_vec(), venue: None, steps, outcome, modules };
    let trace = replay(&record, information).unwrap();
    record.outcome.trace_root = trace.root();
    Played { trace, record }
}

/// The trace of a record, if its steps can be taken: what any reader of a record can compute.
pub(crate) fn replay(record: &MatchRecord, information: Information) -> Option<Trace> {
    let spec = &record.spec;
    let parameters = ParameterValues::decode(PARAMETERS, &spec.rules.parameters).ok()?;
    let system = Parley { parameters, information };
    let mut state = system.start(Chance::from_seed(&spec.seed));
    let mut builder = TraceBuilder::new(16);
    for step in &record.steps {
        if state.status() != Status::Acting(step.acting) {
            return None;
        }
        builder.begin_step(&*state, step.acting, information);
        state.step(&step.actions).ok()?;
        builder.end_step(&step.actions);
    }
    let Status::Terminal(ending) = state.status() else { return None };
    let (scores, fuel_used) = (state.scores(), &record.outcome.fuel_used);
    Some(builder.finish(spec.id(), &*state, ending.into(), &scores, fuel_used))
}
