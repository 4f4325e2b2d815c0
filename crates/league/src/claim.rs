//! Claims: what an owner says its agent scored, before anybody else has computed it.

use nets_core::{Digest, Score, Tag, hash_tagged};

/// The scores an owner claims for its agent in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The sum over all its matches. Taken only where the System has one seat: with two, a walkover,
    /// which another owner's lie makes, would turn a true total false, or excuse a false one.
    Total(Score),
    /// One score for each of its matches, in the order of their numbers.
    EachMatch(Vec<Score>),
}

impl Claim {
    /// The claim of a kind byte and its scores; none where they do not go together.
    pub fn from_parts(kind: u8, scores: &[Score]) -> Option<Self> {
        match (kind, scores) {
            (0, &[total]) => Some(Self::Total(total)),
            (1, scores) => Some(Self::EachMatch(scores.to_vec())),
            _ => None,
        }
    }

    /// The kind byte.
    pub fn kind(&self) -> u8 {
        match self {
            Self::Total(_) => 0,
            Self::EachMatch(_) => 1,
        }
    }

    /// The scores in order.
    pub fn scores(&self) -> &[Score] {
        match self {
            Self::Total(total) => std::slice::from_ref(total),
            Self::EachMatch(scores) => scores,
        }
    }

    /// What the contract keeps of it.
    pub fn hash(&self) -> Digest {
        let scores: Vec<u8> = self.scores().iter().flat_map(|score| score.to_le_bytes()).collect();
        hash_tagged(Tag::ClaimScores, &[&[self.kind()], &scores])
    }
}
