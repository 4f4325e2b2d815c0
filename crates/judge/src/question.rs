//! What is asked: is this trace what the rules come to for this seat?

use nets_core::{DecodeError, Digest, MatchId, Reader, Seat, Tag, Writer, hash_tagged};

/// The bytes of a question.
pub const QUESTION_BYTES: usize = 32 + 32 + 4 + 1;

/// A question about one seat's run in an asserted match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The match.
    pub match_id: MatchId,
    /// The root of its trace, as asserted.
    pub trace_root: Digest,
    /// How many steps it has, as asserted.
    pub step_count: u32,
    /// The seat whose agent is in question.
    pub seat: Seat,
}

impl Question {
    /// The canonical bytes.
    pub fn encode(&self) -> [u8; QUESTION_BYTES] {
        let mut writer = Writer::new();
        writer.raw(&self.match_id.0).raw(&self.trace_root.0).u32(self.step_count).u8(self.seat.0);
        let mut bytes = [0; QUESTION_BYTES];
        bytes.copy_from_slice(&writer.finish());
        bytes
    }

    /// Reads the canonical bytes. Whether the match has such a seat, only its spec says.
    ///
    /// # Errors
    /// When they are more or fewer.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let match_id = MatchId(reader.array("match id")?);
        let trace_root = Digest(reader.array("trace root")?);
        let step_count = reader.u32("step count")?;
        let seat = Seat(reader.u8("seat")?);
        reader.finish()?;
        Ok(Self { match_id, trace_root, step_count, seat })
    }

    /// The hash that names the question.
    pub fn digest(&self) -> Digest {
        hash_tagged(Tag::Question, &[&self.encode()])
    }
}
