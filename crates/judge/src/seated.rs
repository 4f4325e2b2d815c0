//! The agent of the seat in question: read when it is first asked, then decided for by the rules.

use alloc::sync::Arc;
use alloc::vec::Vec;

use nets_core::{
    Action, Address, AgentId, DecodeError, Digest, FuelClock, OBSERVATION_HEADER_BYTES,
    ObservationHeader, Reader, Seat, State, System, Tag,
};
use nets_interpreter::admit_hashed;
use nets_interpreter::interpreter::{Decider, Module};
use nets_interpreter::limits::MODULE_SIZE;

use crate::hashes::{Hashes, Message, read};
use crate::judging::Halt;
use crate::matched::expect_tag;
use crate::verdict::{Beyond, False};

/// The bytes of an agent: tag, owner, code hash.
const AGENT_BYTES: u64 = 1 + 20 + 32;

/// The agent in question with its clock.
#[derive(Debug)]
pub(crate) struct Seated {
    seat: Seat,
    agent: AgentId,
    program: Program,
    fuel_clock: FuelClock,
    clock: u64,
    fuel_used: u64,
    observation: Vec<u8>,
}

#[derive(Debug)]
enum Program {
    Unread,
    Inadmissible,
    Ready { decider: Decider, wants_observation: bool },
}

impl Seated {
    pub(crate) fn new(seat: Seat, agent: AgentId, fuel_clock: FuelClock) -> Self {
        Self {
            seat,
            agent,
            program: Program::Unread,
            fuel_clock,
            clock: fuel_clock.base,
            fuel_used: 0,
            observation: Vec::new(),
        }
    }

    /// The fuel used over the calls that returned an action.
    pub(crate) fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// Asks for one decision before step `step`: a legal action, or none where the seat forfeits.
    pub(crate) fn ask<H: Hashes>(
        &mut self,
        hashes: &mut H,
        system: &dyn System,
        state: &dyn State,
        step: u32,
    ) -> Result<Option<Action>, Halt<H::Unknown>> {
        if matches!(self.program, Program::Unread) {
            self.program = program(hashes, &self.agent, system)?;
        }
        let Program::Ready { decider, wants_observation } = &mut self.program else {
            return Ok(None);
        };
        self.clock = self.fuel_clock.refill(self.clock);
        if *wants_observation {
            let (fuel_left, seat) = (self.clock, self.seat.0);
            let seat_count = system.seat_count();
            let header =
                ObservationHeader { fuel_left, step, seat, seat_count, observation_bytes: 0 };
            header.write(state, &mut self.observation);
            decider.write_observation(&self.observation);
        }
        let answer = match decider.decide(state.packed_observation(self.seat), self.clock) {
            Ok(answer) => answer,
            Err(failure) if failure.is_fault() => return Ok(None),
            Err(_) => return Err(Beyond::Failed.into()),
        };
        self.clock = self.clock.saturating_sub(answer.fuel_used);
        self.fuel_used = self.fuel_used.saturating_add(answer.fuel_used);
        let action = Action(answer.action);
        Ok(state.is_legal(self.seat, action).then_some(action))
    }
}

/// Reads, admits and instantiates the module of an agent.
fn program<H: Hashes>(
    hashes: &mut H,
    agent: &AgentId,
    system: &dyn System,
) -> Result<Program, Halt<H::Unknown>> {
    let bytes = read(hashes, &Digest(agent.0), AGENT_BYTES).map_err(Halt::Unknown)?;
    let code_hash = read_agent(&bytes.or(False::NoAgent)?).map_err(|_| False::NoAgent)?;
    // One that is too long is inadmissible by its length alone; nobody has to show it.
    let bytes = match read(hashes, &code_hash, MODULE_SIZE.value).map_err(Halt::Unknown)? {
        Message::Read(bytes) => bytes,
        Message::TooLong => return Ok(Program::Inadmissible),
        Message::None => return Err(False::NoAgent.into()),
    };
    let Ok(admitted) = admit_hashed(bytes, code_hash.0) else { return Ok(Program::Inadmissible) };
    let needed = OBSERVATION_HEADER_BYTES + system.observation_bytes_max();
    if !admitted.has_room_for_observation(needed) {
        return Ok(Program::Inadmissible);
    }
    let wants_observation = admitted.observation_address().is_some();
    let module = Module::decode(admitted.bytes()).map_err(|_| Beyond::Failed)?;
    // The bytes are not needed any more, and what follows takes as much memory as there may be.
    drop(admitted);
    let decider = Decider::new(Arc::new(module)).map_err(|_| Beyond::Failed)?;
    Ok(Program::Ready { decider, wants_observation })
}

/// The code hash of an agent.
fn read_agent(bytes: &[u8]) -> Result<Digest, DecodeError> {
    let mut reader = Reader::new(bytes);
    expect_tag(&mut reader, Tag::Agent)?;
    let _owner = Address(reader.array("owner")?);
    let code_hash = Digest(reader.array("code hash")?);
    reader.finish()?;
    Ok(code_hash)
}
