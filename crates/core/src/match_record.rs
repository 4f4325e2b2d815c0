//! The portable file of a match: what it was played by, what was done, how it ended.
//!
//! A record is a statement, not a truth: replaying it says whether it is right. Its own checksum
//! only tells a damaged file from a false one.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::encoding::{DecodeError, Reader, Writer};
use crate::hash::{Digest, sha256};
use crate::id::{Address, AgentId};
use crate::match_spec::MatchSpec;
use crate::outcome::{Outcome, Termination};
use crate::seat::SeatSet;
use crate::signed_action::{Signature, Venue};
use crate::system::Action;

const MAGIC: &[u8; 8] = b"NETSREC1";
const CHECKSUM_BYTES: usize = 32;

/// Where in a code hash the address of a key begins.
const KEY_OFFSET: usize = 12;

/// The most steps that a record may have, so that reading a hostile one takes bounded memory. It is
/// far beyond the step limit of any System.
const STEPS_MAX: u32 = 1 << 20;

/// Who sits in a seat: what its agent id is the hash of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatIdentity {
    /// The account the agent belongs to; all zeros where there is none.
    pub owner: Address,
    /// The SHA-256 of the agent's module; in a signed match the address of its key, after twelve
    /// bytes of zeros.
    pub code_hash: Digest,
}

impl SeatIdentity {
    /// The agent of a signed match that is this key.
    pub fn of_key(owner: Address, key: Address) -> Self {
        let mut code_hash = Digest::default();
        code_hash.0[KEY_OFFSET..].copy_from_slice(&key.0);
        Self { owner, code_hash }
    }

    /// The address of the key that the agent is in a signed match; none where it can be no key.
    pub fn key(&self) -> Option<Address> {
        let (zeros, key) = self.code_hash.0.split_at(KEY_OFFSET);
        let key = Address(key.try_into().ok()?);
        zeros.iter().all(|&byte| byte == 0).then_some(key)
    }

    /// The id of the agent.
    pub fn agent_id(&self) -> AgentId {
        AgentId::new(&self.owner, &self.code_hash)
    }
}

/// One step as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedStep {
    /// The seats that acted.
    pub acting: SeatSet,
    /// The action of each, in ascending order of seats.
    pub actions: Vec<Action>,
    /// The signature of each, in a signed match; none otherwise.
    pub signatures: Vec<Signature>,
}

/// A match as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRecord {
    /// Everything the match depends on.
    pub spec: MatchSpec,
    /// Who sits in each seat.
    pub seats: Vec<SeatIdentity>,
    /// Where it was played, if it was signed: that is in what was signed.
    pub venue: Option<Venue>,
    /// What was done.
    pub steps: Vec<RecordedStep>,
    /// How it ended.
    pub outcome: Outcome,
    /// Agents' modules by hash, so that the file can be replayed on its own; may be left out where
    /// they are kept elsewhere.
    pub modules: BTreeMap<Digest, Vec<u8>>,
}

/// A file that is no record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The bytes do not decode.
    #[error("not a match record: {0}")]
    Encoding(#[from] DecodeError),
    /// The bytes were altered or cut.
    #[error("damaged: the checksum is {stored}, the content's is {computed}")]
    Checksum {
        /// The last 32 bytes of the file.
        stored: Digest,
        /// The SHA-256 of all before.
        computed: Digest,
    },
    /// The spec names another agent than the seats.
    #[error("seat {seat} is agent {spec} in the spec, but its owner and code make {identity}")]
    Agent {
        /// The seat.
        seat: usize,
        /// The agent in the spec.
        spec: AgentId,
        /// The agent that the seat's owner and code make.
        identity: AgentId,
    },
}

impl MatchRecord {
    /// Whether a file begins as a record does, be it whole or not.
    pub fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// The bytes of the file, whose form follows from the rules: where they are those of signed
    /// matches the record has a venue and signatures, elsewhere none.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(MAGIC).raw(&self.spec.encode());
        for seat in &self.seats {
            writer.raw(&seat.owner.0).raw(&seat.code_hash.0);
        }
        if let Some(venue) = &self.venue {
            venue.write(&mut writer);
        }
        writer.u32(self.steps.len() as u32);
        for step in &self.steps {
            writer.u8(step.acting.0);
            for action in &step.actions {
                writer.u64(action.0);
            }
            for signature in &step.signatures {
                writer.raw(&signature.0);
            }
        }
        writer.raw(&self.outcome.termination.encode());
        for &score in &self.outcome.scores {
            writer.i64(score);
        }
        for &fuel in &self.outcome.fuel_used {
            writer.u64(fuel);
        }
        writer.raw(&self.outcome.trace_root.0);
        writer.u8(self.modules.len() as u8);
        for module in self.modules.values() {
            writer.u32(module.len() as u32).raw(module);
        }
        let mut bytes = writer.finish();
        let checksum = sha256(&bytes);
        bytes.extend(checksum.0);
        bytes
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// When they are damaged or contradict themselves.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut reader = Reader::new(bytes);
        let magic = reader.raw("magic", MAGIC.len())?;
        if magic != MAGIC {
            let got = String::from_utf8_lossy(magic);
            return Err(DecodeError::value("magic", "NETSREC1 (a match record)", got).into());
        }
        let content = reader.left().checked_sub(CHECKSUM_BYTES).ok_or_else(|| {
            let (offset, left) = (MAGIC.len(), reader.left());
            DecodeError::Truncated { field: "checksum", offset, needed: CHECKSUM_BYTES, left }
        })?;
        let (content, stored) = bytes.split_at(MAGIC.len() + content);
        let computed = sha256(content);
        if stored != computed.0 {
            let stored = Digest(stored.try_into().unwrap_or_default());
            return Err(RecordError::Checksum { stored, computed });
        }
        let mut reader = Reader::new(&content[MAGIC.len()..]);
        let record = Self::read_content(&mut reader)?;
        reader.finish()?;
        record.check_agents()?;
        Ok(record)
    }

    fn read_content(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let spec = MatchSpec::read(reader)?;
        let seat_count = spec.agents.len();
        let seats = (0..seat_count).map(|_| {
            let owner = Address(reader.array("owner")?);
            Ok(SeatIdentity { owner, code_hash: Digest(reader.array("code hash")?) })
        });
        let seats = seats.collect::<Result<_, DecodeError>>()?;
        let venue = spec.rules.is_signed().then(|| Venue::read(reader)).transpose()?;
        let step_count = reader.u32("step count")?;
        if step_count > STEPS_MAX {
            return Err(DecodeError::value(
                "step count",
                format!("at most {STEPS_MAX}"),
                step_count,
            ));
        }
        let steps = (0..step_count).map(|_| read_step(reader, seat_count, venue.is_some()));
        let steps = steps.collect::<Result<_, _>>()?;
        let termination = Termination::decode(reader.array("termination")?)?;
        let scores = (0..seat_count).map(|_| reader.i64("score")).collect::<Result<_, _>>()?;
        let fuel_used = (0..seat_count).map(|_| reader.u64("fuel")).collect::<Result<_, _>>()?;
        let trace_root = Digest(reader.array("trace root")?);
        let outcome = Outcome { scores, termination, step_count, fuel_used, trace_root };
        let module_count = reader.u8("module count")?;
        let mut modules: BTreeMap<Digest, Vec<u8>> = BTreeMap::new();
        for _ in 0..module_count {
            let size = reader.u32("module length")? as usize;
            let module = reader.raw("module", size)?.to_vec();
            let hash = sha256(&module);
            if let Some((last, _)) = modules.last_key_value().filter(|(last, _)| **last >= hash) {
                return Err(DecodeError::value("module hash", format!("above {last}"), hash));
            }
            modules.insert(hash, module);
        }
        Ok(Self { spec, seats, venue, steps, outcome, modules })
    }

    fn check_agents(&self) -> Result<(), RecordError> {
        let pairs = self.spec.agents.iter().zip(&self.seats).enumerate();
        for (seat, (&spec, identity)) in pairs {
            let identity = identity.agent_id();
            if spec != identity {
                return Err(RecordError::Agent { seat, spec, identity });
            }
        }
        Ok(())
    }
}

fn read_step(
    reader: &mut Reader<'_>,
    seat_count: usize,
    is_signed: bool,
) -> Result<RecordedStep, DecodeError> {
    let acting = SeatSet(reader.u8("acting seats")?);
    if acting.is_empty() || acting.iter().any(|seat| seat.index() >= seat_count) {
        let expected = format!("a set of some of the {seat_count} seats");
        return Err(DecodeError::value("acting seats", expected, format!("{:#04x}", acting.0)));
    }
    let mut actions = Vec::with_capacity(acting.count());
    for _ in acting.iter() {
        actions.push(Action(reader.u64("action")?));
    }
    let signed = if is_signed { acting } else { SeatSet::EMPTY };
    let signatures = signed.iter().map(|_| reader.array("signature").map(Signature));
    Ok(RecordedStep { acting, actions, signatures: signatures.collect::<Result<_, _>>()? })
}
