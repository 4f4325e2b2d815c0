//! The leaves of a round's three trees: matches, entries, ranks.

use nets_core::{AgentId, DecodeError, Digest, Reader, Score, Tag, Writer, sha256};

const KIND_ENTRY: u8 = 0x03;
const KIND_MATCH: u8 = 0x04;
const KIND_RANK: u8 = 0x05;

/// Where an entry that was never disqualified was disqualified.
pub const NEVER: u32 = u32::MAX;

/// Whether and why a match was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchStatus {
    /// Played; its scores are the outcome's.
    Played,
    /// Not played: a seat's agent was disqualified before; its opponent wins.
    Walkover,
    /// Not played: the number of entries is odd and this one has no opponent; it wins.
    Bye,
    /// Not played: both agents have one owner; nobody scores.
    SameOwner,
}

impl MatchStatus {
    /// The byte in a match leaf.
    pub fn encode(self) -> u8 {
        match self {
            Self::Played => 0,
            Self::Walkover => 1,
            Self::Bye => 2,
            Self::SameOwner => 3,
        }
    }

    fn decode(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            0 => Ok(Self::Played),
            1 => Ok(Self::Walkover),
            2 => Ok(Self::Bye),
            3 => Ok(Self::SameOwner),
            _ => Err(DecodeError::value("match status", "0 to 3", byte)),
        }
    }
}

/// What a match did to the entry in one seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatLine {
    /// Its score in this match.
    pub score: Score,
    /// Its total over its matches so far, this one included.
    pub running_total: Score,
}

/// A match of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchLeaf {
    /// Whether it was played.
    pub status: MatchStatus,
    /// The root of its trace; zero where it was not played.
    pub trace_root: Digest,
    /// How many steps it had; zero where it was not played.
    pub step_count: u32,
    /// One line for each seat.
    pub seats: Vec<SeatLine>,
}

/// An agent's result in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryLeaf {
    /// The member it is.
    pub member: u32,
    /// Its agent.
    pub agent: AgentId,
    /// The sum of its scores.
    pub total: Score,
    /// The match that contradicts its owner's claim; [`NEVER`] where none does.
    pub disqualified_at: u32,
}

/// A place in the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankLeaf {
    /// The entry in this place.
    pub entry: u32,
    /// Its total.
    pub total: Score,
    /// Whether it was disqualified; such entries come last and are not paid.
    pub is_disqualified: bool,
}

fn leaf(kind: u8) -> Writer {
    let mut writer = Writer::new();
    writer.u8(Tag::Leaf as u8).u8(kind);
    writer
}

fn read_kind(reader: &mut Reader<'_>, kind: u8) -> Result<(), DecodeError> {
    let got: [u8; 2] = reader.array("leaf kind")?;
    if got != [Tag::Leaf as u8, kind] {
        return Err(DecodeError::value("leaf kind", format!("0 {kind}"), format!("{got:?}")));
    }
    Ok(())
}

impl MatchLeaf {
    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = leaf(KIND_MATCH);
        writer.u8(self.status.encode()).raw(&self.trace_root.0).u32(self.step_count);
        writer.u8(self.seats.len() as u8);
        for seat in &self.seats {
            writer.i64(seat.score).i64(seat.running_total);
        }
        writer.finish()
    }

    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no match leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        read_kind(&mut reader, KIND_MATCH)?;
        let status = MatchStatus::decode(reader.u8("match status")?)?;
        let trace_root = Digest(reader.array("trace root")?);
        let step_count = reader.u32("step count")?;
        let seat_count = reader.u8("seat count")?;
        let mut seats = Vec::new();
        for _ in 0..seat_count {
            let score = reader.i64("score")?;
            let running_total = reader.i64("running total")?;
            seats.push(SeatLine { score, running_total });
        }
        reader.finish()?;
        Ok(Self { status, trace_root, step_count, seats })
    }
}

impl EntryLeaf {
    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = leaf(KIND_ENTRY);
        writer.u32(self.member).raw(&self.agent.0).i64(self.total).u32(self.disqualified_at);
        writer.finish()
    }

    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no entry leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        read_kind(&mut reader, KIND_ENTRY)?;
        let member = reader.u32("member")?;
        let agent = AgentId(reader.array("agent id")?);
        let total = reader.i64("total")?;
        let disqualified_at = reader.u32("disqualified at")?;
        reader.finish()?;
        Ok(Self { member, agent, total, disqualified_at })
    }

    /// Whether the owner's claim was contradicted.
    pub fn is_disqualified(&self) -> bool {
        self.disqualified_at != NEVER
    }
}

impl RankLeaf {
    /// The bytes that are hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = leaf(KIND_RANK);
        writer.u32(self.entry).i64(self.total).u8(u8::from(self.is_disqualified));
        writer.finish()
    }

    /// Reads the bytes that are hashed.
    ///
    /// # Errors
    /// When they are no rank leaf.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        read_kind(&mut reader, KIND_RANK)?;
        let entry = reader.u32("entry")?;
        let total = reader.i64("total")?;
        let is_disqualified = match reader.u8("disqualified")? {
            0 => false,
            1 => true,
            byte => return Err(DecodeError::value("disqualified", "0 or 1", byte)),
        };
        reader.finish()?;
        Ok(Self { entry, total, is_disqualified })
    }
}

/// The hash of a leaf's bytes.
pub(crate) fn leaf_hash(bytes: &[u8]) -> Digest {
    sha256(bytes)
}
