//! Matches to ask about: played by the runner, told leaf by leaf.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use nets_core::{
    Action, Address, AgentId, Chance, Digest, EndLeaf, FuelClock, MatchSpec, PROTOCOL_VERSION,
    Rules, Seat, SeatIdentity, Seed, State, Status, StepLeaf, System, sha256,
};
use nets_judge::{Messages, Question, Verdict, judge};
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Engine, METERING_VERSION, on_match_stack};
use nets_runner::{PlayedMatch, SeatAgent, play};

/// Enough for agents that look ahead a little, and soon used up by one that does not end.
const FUEL_CLOCK: FuelClock = FuelClock { base: 3_000_000, increment: 300_000, cap: 4_000_000 };

/// A match with those who play it.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) system: Arc<dyn System>,
    pub(crate) spec: MatchSpec,
    pub(crate) modules: Vec<Vec<u8>>,
}

impl Stage {
    pub(crate) fn new(system: Arc<dyn System>, seed: u8, modules: Vec<Vec<u8>>) -> Self {
        let rules = Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: METERING_VERSION,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FUEL_CLOCK,
        };
        let mut stage = Self {
            system,
            spec: MatchSpec { rules, seed: Seed([seed; 32]), agents: Vec::new() },
            modules,
        };
        let seats = stage.seats();
        let agent = |seat: &SeatIdentity| AgentId::new(&seat.owner, &seat.code_hash);
        stage.spec.agents = seats.iter().map(agent).collect();
        stage
    }

    /// Seats that each play one of `steps`, and fault when there are no more.
    pub(crate) fn scripted(
        system: Arc<dyn System>,
        seed: u8,
        steps: &[Vec<(Seat, Action)>],
    ) -> Self {
        let script = |seat: u8| {
            let actions = steps.iter().flatten().filter(|(it, _)| it.0 == seat);
            script(&actions.map(|(_, action)| *action).collect::<Vec<_>>())
        };
        let modules = (0..system.seat_count()).map(script).collect();
        Self::new(system, seed, modules)
    }

    fn seats(&self) -> Vec<SeatIdentity> {
        let seat = |(owner, module): (u8, &Vec<u8>)| SeatIdentity {
            owner: Address([owner; 20]),
            code_hash: sha256(module),
        };
        (1..).zip(&self.modules).map(seat).collect()
    }

    pub(crate) fn start(&self) -> Box<dyn State> {
        self.system.start(Chance::from_seed(&self.spec.seed))
    }

    pub(crate) fn play(&self) -> PlayedMatch {
        self.play_on(&InterpreterEngine)
    }

    pub(crate) fn play_on(&self, engine: &dyn Engine) -> PlayedMatch {
        let system = self.system.as_ref();
        let load = |module: &Vec<u8>| SeatAgent::load(engine, system, module).unwrap();
        let agents: Vec<_> = self.modules.iter().map(load).collect();
        let agents: Vec<_> = agents.iter().collect();
        on_match_stack(|| play(system, &self.spec, &agents)).unwrap()
    }

    /// All that a question about this match can be about, but the trace.
    pub(crate) fn messages(&self) -> Messages {
        let mut messages = Messages::default();
        assert_eq!(messages.insert_spec(&self.spec), self.spec.id());
        self.seats().iter().for_each(|seat| messages.insert_agent(seat));
        for module in &self.modules {
            messages.insert(module);
        }
        if let Some(hash) = self.system.parameters().data() {
            let shipped = nets_systems::forecast::SHIPPED.iter();
            let data = shipped.map(|it| it.csv).find(|csv| sha256(csv) == *hash).unwrap();
            messages.insert(data);
        }
        messages
    }

    /// What the judge says of these leaves, for a seat.
    pub(crate) fn verdict(&self, leaves: &[Vec<u8>], seat: u8) -> Verdict {
        let (question, messages) = self.asked(leaves, seat);
        ask(&question, messages)
    }

    /// What is asked about these leaves, for a seat.
    pub(crate) fn asked(&self, leaves: &[Vec<u8>], seat: u8) -> (Question, Messages) {
        let mut messages = self.messages();
        let match_id = self.spec.id();
        let trace_root = messages.insert_trace(&match_id, leaves);
        let step_count = leaves.len() as u32 - 1;
        (Question { match_id, trace_root, step_count, seat: Seat(seat) }, messages)
    }

    pub(crate) fn seat_count(&self) -> u8 {
        self.system.seat_count()
    }
}

pub(crate) fn ask(question: &Question, mut messages: Messages) -> Verdict {
    let digest = messages.insert_question(question);
    assert_eq!(digest, question.digest());
    judge(&digest, &mut messages).unwrap()
}

/// A match leaf by leaf, to be changed.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) steps: Vec<StepLeaf>,
    pub(crate) end: EndLeaf,
}

impl Told {
    pub(crate) fn of(played: &PlayedMatch) -> Self {
        Self { steps: played.trace.steps().collect(), end: played.trace.end().clone() }
    }

    pub(crate) fn leaves(&self) -> Vec<Vec<u8>> {
        self.steps.iter().map(StepLeaf::encode).chain([self.end.encode()]).collect()
    }
}

/// SplitMix64.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[(self.next() % from.len() as u64) as usize]
    }
}

/// Legal actions at random, for so many steps at most.
pub(crate) fn random_steps(
    system: &dyn System,
    seed: u8,
    random: &mut Random,
    steps_max: usize,
) -> Vec<Vec<(Seat, Action)>> {
    let mut state = system.start(Chance::from_seed(&Seed([seed; 32])));
    let mut steps = Vec::new();
    while let Status::Acting(acting) = state.status() {
        if steps.len() == steps_max {
            break;
        }
        let step: Vec<_> =
            acting.iter().map(|seat| (seat, *random.pick(&state.legal_actions(seat)))).collect();
        state.step(&step.iter().map(|(_, action)| *action).collect::<Vec<_>>()).unwrap();
        steps.push(step);
    }
    steps
}

/// A module that answers these actions one after the other and then traps. It counts in a global and
/// in its memory, and traps also where the two differ.
fn script(actions: &[Action]) -> Vec<u8> {
    let mut data = String::new();
    for byte in actions.iter().flat_map(|action| action.0.to_le_bytes()) {
        write!(data, "\\{byte:02x}").unwrap();
    }
    let pages = (8 + 8 * actions.len()) / 65_536 + 1;
    let count = actions.len();
    let text = format!(
        r#"(module (memory {pages}) (data (i32.const 8) "{data}")
        (global $told (mut i32) (i32.const 0))
        (func (export "decide") (param i64) (result i64)
            (if (i32.ne (global.get $told) (i32.load (i32.const 0))) (then (unreachable)))
            (if (i32.ge_u (global.get $told) (i32.const {count})) (then (unreachable)))
            (global.set $told (i32.add (global.get $told) (i32.const 1)))
            (i32.store (i32.const 0) (global.get $told))
            (i64.load (i32.shl (global.get $told) (i32.const 3)))))"#
    );
    wat::parse_str(text).unwrap()
}

/// The agents that ship for a System, by name.
pub(crate) fn shipped_agents(system: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let other = |name: &str| system == "snake" && name.starts_with("snake-arena");
    let mut names: Vec<_> =
        names.filter(|it| it.starts_with(&format!("{system}-")) && !other(it)).collect();
    names.sort();
    let read = |name: String| (name.clone(), std::fs::read(folder.join(name)).unwrap());
    names.into_iter().map(read).collect()
}

/// Every System with its defaults.
pub(crate) fn systems() -> impl Iterator<Item = Arc<dyn System>> {
    let build = |name: &str| nets_systems::build(name, &Default::default()).unwrap();
    nets_systems::all().iter().map(move |descriptor| build(descriptor.name))
}

pub(crate) fn digest_of(byte: u8) -> Digest {
    Digest([byte; 32])
}
