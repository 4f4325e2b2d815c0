//! A store of messages for those who have them: who asks a question, and who tests.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use nets_core::{Digest, EMPTY_NODE, Link, MatchId, MatchSpec, SeatIdentity, Tag, compressions};
use thiserror::Error;

use crate::hashes::Hashes;
use crate::question::Question;

/// Messages by the chaining values of SHA-256 on the way through them.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    links: BTreeMap<Digest, Link>,
}

/// A hash that no message of a store leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no message is known that leads to {digest}; put in all that the question is about")]
pub struct UnknownMessage {
    /// The hash, or a chaining value on the way to one.
    pub digest: Digest,
}

impl Hashes for Messages {
    type Unknown = UnknownMessage;

    fn previous(&mut self, digest: &Digest) -> Result<Link, UnknownMessage> {
        self.link(digest).ok_or(UnknownMessage { digest: *digest })
    }
}

impl Messages {
    /// The step that leads to a chaining value; none where no message is known that has it.
    pub fn link(&self, digest: &Digest) -> Option<Link> {
        self.links.get(digest).copied()
    }

    /// Puts in a message, as a module or a data set, and gives its SHA-256.
    pub fn insert(&mut self, message: &[u8]) -> Digest {
        let mut last = Digest::default();
        for step in compressions(message) {
            self.links.insert(step.after, step.link);
            last = step.after;
        }
        last
    }

    /// Puts in what a hash under a tag is of.
    pub fn insert_tagged(&mut self, tag: Tag, parts: &[&[u8]]) -> Digest {
        let message: Vec<u8> = [&[tag as u8], parts.concat().as_slice()].concat();
        self.insert(&message)
    }

    /// Puts in what a match id is the hash of, its rules included.
    pub fn insert_spec(&mut self, spec: &MatchSpec) -> MatchId {
        let rules = self.insert_tagged(Tag::Rules, &[&spec.rules.encode()]);
        let agents: Vec<u8> = spec.agents.iter().flat_map(|agent| agent.0).collect();
        let seat_count = [spec.agents.len() as u8];
        let parts: [&[u8]; 4] = [&rules.0, &spec.seed.0, &seat_count, &agents];
        MatchId(self.insert_tagged(Tag::Match, &parts).0)
    }

    /// Puts in what the agent id of a seat is the hash of.
    pub fn insert_agent(&mut self, seat: &SeatIdentity) {
        self.insert_tagged(Tag::Agent, &[&seat.owner.0, &seat.code_hash.0]);
    }

    /// Puts in the leaves of a trace, its tree and its root, and gives the root.
    pub fn insert_trace(&mut self, match_id: &MatchId, leaves: &[Vec<u8>]) -> Digest {
        let mut level: Vec<Digest> = leaves.iter().map(|leaf| self.insert(leaf)).collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|pair| self.insert_node(pair)).collect();
        }
        let root = level.first().copied().unwrap_or(EMPTY_NODE);
        let leaf_count = leaves.len() as u32;
        self.insert_tagged(Tag::TraceRoot, &[&match_id.0, &leaf_count.to_le_bytes(), &root.0])
    }

    fn insert_node(&mut self, pair: &[Digest]) -> Digest {
        let right = pair.get(1).copied().unwrap_or(EMPTY_NODE);
        match (pair[0], right) {
            (EMPTY_NODE, EMPTY_NODE) => EMPTY_NODE,
            (left, right) => self.insert_tagged(Tag::Node, &[&left.0, &right.0]),
        }
    }

    /// Puts in a question and gives its digest.
    pub fn insert_question(&mut self, question: &Question) -> Digest {
        self.insert_tagged(Tag::Question, &[&question.encode()])
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use nets_core::{MerkleTree, hash_tagged, sha256, trace_root};

    use super::*;

    #[test]
    fn roots_of_traces_of_all_sizes_are_those_of_the_tree() {
        for count in 1..=9_u8 {
            let leaves: Vec<Vec<u8>> = (0..count).map(|leaf| vec![0, leaf]).collect();
            let match_id = MatchId([3; 32]);
            let tree = MerkleTree::new(leaves.iter().map(|leaf| sha256(leaf)).collect());
            let expected = trace_root(&match_id, count.into(), &tree.root());
            assert_eq!(Messages::default().insert_trace(&match_id, &leaves), expected);
        }
        let tagged = Messages::default().insert_tagged(Tag::State, &[b"a", b"b"]);
        assert_eq!(tagged, hash_tagged(Tag::State, &[b"ab"]));
    }
}
