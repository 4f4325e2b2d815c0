//! Everything a match depends on, and its id.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::encoding::{DecodeError, Reader, Writer};
use crate::hash::{Tag, hash_tagged};
use crate::id::{AgentId, MatchId, RulesId, Seed};
use crate::seat::MAX_SEATS;
use crate::system::{System, SystemId};

/// The version of SPEC.md that this code implements.
pub const PROTOCOL_VERSION: u16 = 1;

/// The metering version of signed matches: nobody else runs their agents, so nothing is metered.
pub const SIGNED_METERING_VERSION: u16 = 0;

/// The fuel an agent may use: like a chess clock, with an increment before each decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuelClock {
    /// What the clock holds at the start of the match.
    pub base: u64,
    /// What is added before each decision.
    pub increment: u64,
    /// What the clock holds at most.
    pub cap: u64,
}

impl FuelClock {
    /// The clock of a signed match, in which no fuel is counted.
    pub const NONE: Self = Self { base: 0, increment: 0, cap: 0 };

    /// What the clock holds for a decision after `left` was left over by the one before.
    #[inline]
    pub fn refill(&self, left: u64) -> u64 {
        left.saturating_add(self.increment).min(self.cap)
    }
}

impl Default for FuelClock {
    fn default() -> Self {
        Self { base: 10_000_000, increment: 1_000_000, cap: 20_000_000 }
    }
}

/// What a match is played by: all of its spec but seed and seats. A league fixes it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The version of the protocol.
    pub protocol_version: u16,
    /// The version of the fuel and stack rules.
    pub metering_version: u16,
    /// The System.
    pub system: SystemId,
    /// The System's parameters as canonical bytes.
    pub parameters: Vec<u8>,
    /// The fuel clock of each seat.
    pub fuel_clock: FuelClock,
}

impl Rules {
    /// The rules of signed matches of a System.
    pub fn signed(system: &dyn System) -> Self {
        Self {
            protocol_version: PROTOCOL_VERSION,
            metering_version: SIGNED_METERING_VERSION,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FuelClock::NONE,
        }
    }

    /// Whether agents are keys that sign their actions, and not modules.
    pub fn is_signed(&self) -> bool {
        self.metering_version == SIGNED_METERING_VERSION && self.fuel_clock == FuelClock::NONE
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(self.protocol_version).u16(self.metering_version);
        writer.u8(self.system.name.len() as u8).raw(self.system.name.as_bytes());
        writer.u16(self.system.version);
        writer.u16(self.parameters.len() as u16).raw(&self.parameters);
        let FuelClock { base, increment, cap } = self.fuel_clock;
        writer.u64(base).u64(increment).u64(cap);
        writer.finish()
    }

    /// Reads the canonical bytes.
    ///
    /// # Errors
    /// When they do not decode.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let protocol_version = reader.u16("protocol version")?;
        let metering_version = reader.u16("metering version")?;
        let name_bytes = usize::from(reader.u8("System name length")?);
        let name = reader.raw("System name", name_bytes)?;
        let name = match core::str::from_utf8(name) {
            Ok(name) if is_system_name(name) => name.to_owned(),
            _ => {
                let got = String::from_utf8_lossy(name);
                return Err(DecodeError::value("System name", "1 to 32 of a-z, 0-9, -", got));
            }
        };
        let version = reader.u16("System version")?;
        let parameter_bytes = usize::from(reader.u16("parameters length")?);
        let parameters = reader.raw("parameters", parameter_bytes)?.to_vec();
        let fuel_clock = FuelClock {
            base: reader.u64("fuel base")?,
            increment: reader.u64("fuel increment")?,
            cap: reader.u64("fuel cap")?,
        };
        let system = SystemId { name, version };
        Ok(Self { protocol_version, metering_version, system, parameters, fuel_clock })
    }

    /// The id that leagues and match ids are built on.
    pub fn id(&self) -> RulesId {
        RulesId(hash_tagged(Tag::Rules, &[&self.encode()]).0)
    }
}

fn is_system_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Everything a match depends on. Nothing else may influence its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchSpec {
    /// What it is played by.
    pub rules: Rules,
    /// Where its chance comes from.
    pub seed: Seed,
    /// The agent in each seat.
    pub agents: Vec<AgentId>,
}

impl MatchSpec {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(&self.rules.encode()).raw(&self.seed.0).u8(self.agents.len() as u8);
        for agent in &self.agents {
            writer.raw(&agent.0);
        }
        writer.finish()
    }

    /// Reads the canonical bytes.
    ///
    /// # Errors
    /// When they do not decode.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let rules = Rules::read(reader)?;
        let seed = Seed(reader.array("seed")?);
        let seat_count = reader.u8("seat count")?;
        if !(1..=MAX_SEATS).contains(&seat_count) {
            return Err(DecodeError::value("seat count", "1 to 8", seat_count));
        }
        let agents = (0..seat_count).map(|_| reader.array("agent id").map(AgentId));
        Ok(Self { rules, seed, agents: agents.collect::<Result<_, _>>()? })
    }

    /// The hash that names this match.
    pub fn id(&self) -> MatchId {
        let mut writer = Writer::new();
        writer.raw(&self.rules.id().0).raw(&self.seed.0).u8(self.agents.len() as u8);
        for agent in &self.agents {
            writer.raw(&agent.0);
        }
        MatchId(hash_tagged(Tag::Match, &[&writer.finish()]).0)
    }
}
