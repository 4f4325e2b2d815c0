//! `traces.json`: leaves, roots, proofs and records of small matches, and proofs that do not hold.

use nets_core::{
    Digest, EndLeaf, InclusionProof, Information, MatchId, MatchRecord, MerkleTree, Seed, StepLeaf,
    Trace, sha256, trace_root,
};
use serde::{Deserialize, Serialize};

use super::{blessed_file, hex, unhex, unhex_array};
use crate::parley::{Played, play};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Traces {
    traces: Vec<TraceVector>,
    refused: Vec<Refused>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct TraceVector {
    about: String,
    match_id: String,
    steps: Vec<StepVector>,
    end: EndVector,
    tree_root: String,
    trace_root: String,
    proofs: Vec<String>,
    record: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct StepVector {
    step: u32,
    acting: u8,
    state_hash: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    observations_hash: Option<String>,
    actions: Vec<u64>,
    leaf: String,
    leaf_hash: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct EndVector {
    step_count: u32,
    termination: [u8; 2],
    state_hash: String,
    scores: Vec<i64>,
    fuel_used: Vec<u64>,
    leaf: String,
    leaf_hash: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Refused {
    about: String,
    proof: String,
    trace_root: String,
}

impl StepVector {
    fn of(leaf: &StepLeaf) -> Self {
        let bytes = leaf.encode();
        Self {
            step: leaf.step,
            acting: leaf.acting.0,
            state_hash: hex(&leaf.state_hash.0),
            observations_hash: leaf.observations_hash.map(|hash| hex(&hash.0)),
            actions: leaf.actions.iter().map(|action| action.0).collect(),
            leaf: hex(&bytes),
            leaf_hash: hex(&sha256(&bytes).0),
        }
    }
}

impl EndVector {
    fn of(leaf: &EndLeaf) -> Self {
        let bytes = leaf.encode();
        Self {
            step_count: leaf.step_count,
            termination: leaf.termination.encode(),
            state_hash: hex(&leaf.state_hash.0),
            scores: leaf.scores.clone(),
            fuel_used: leaf.fuel_used.clone(),
            leaf: hex(&bytes),
            leaf_hash: hex(&sha256(&bytes).0),
        }
    }
}

impl TraceVector {
    fn of(about: &str, Played { trace, record }: &Played) -> Self {
        let steps: Vec<_> = trace.steps().map(|leaf| StepVector::of(&leaf)).collect();
        let end = EndVector::of(trace.end());
        let hashes = steps.iter().map(|step| &step.leaf_hash).chain([&end.leaf_hash]);
        let tree = MerkleTree::new(hashes.map(|hash| Digest(unhex_array(hash))).collect());
        let proof = |index| hex(&trace.prove(index).unwrap().encode());
        Self {
            about: about.to_owned(),
            match_id: hex(&trace.match_id().0),
            tree_root: hex(&tree.root().0),
            trace_root: hex(&trace.root().0),
            proofs: (0..trace.leaf_count()).map(proof).collect(),
            record: hex(&record.encode()),
            steps,
            end,
        }
    }

    /// Checks everything that follows from the file alone.
    fn check(&self) {
        let steps: Vec<_> =
            self.steps.iter().map(|step| StepLeaf::decode(&unhex(&step.leaf)).unwrap()).collect();
        assert_eq!(steps.iter().map(StepVector::of).collect::<Vec<_>>(), self.steps);
        let end = EndLeaf::decode(&unhex(&self.end.leaf)).unwrap();
        assert_eq!(EndVector::of(&end), self.end);
        let root = Digest(unhex_array(&self.trace_root));
        let match_id = MatchId(unhex_array(&self.match_id));
        let tree_root = Digest(unhex_array(&self.tree_root));
        assert_eq!(trace_root(&match_id, end.step_count + 1, &tree_root), root);
        for proof in &self.proofs {
            InclusionProof::decode(&unhex(proof)).unwrap().verify(&root).unwrap();
        }
        let record = MatchRecord::decode(&unhex(&self.record)).unwrap();
        assert_eq!(hex(&record.encode()), self.record);
        assert_eq!(record.spec.id(), match_id);
        assert_eq!(record.outcome.trace_root, root);
        let actions = |actions: &[nets_core::Action]| actions.iter().map(|a| a.0).collect();
        let recorded: Vec<Vec<u64>> = record.steps.iter().map(|s| actions(&s.actions)).collect();
        assert!(recorded.iter().zip(&self.steps).all(|(got, step)| *got == step.actions));
        assert_eq!(recorded.len(), self.steps.len());
    }
}

/// A proof of the third of six leaves, wrong in one thing each.
fn refused(trace: &Trace) -> Vec<Refused> {
    let good = trace.prove(2).unwrap();
    let of = |about: &str, proof: Vec<u8>| Refused {
        about: about.to_owned(),
        proof: hex(&proof),
        trace_root: hex(&trace.root().0),
    };
    let bytes = good.encode();
    let changed = |change: fn(&mut InclusionProof)| {
        let mut proof = good.clone();
        change(&mut proof);
        proof.encode()
    };
    let end_as_step = InclusionProof { leaf: trace.end().encode(), ..good.clone() };
    vec![
        of("another magic", [b"NETSPRF2", &bytes[8..]].concat()),
        of("another match", changed(|proof| proof.match_id.0[0] ^= 1)),
        of("a larger count of the same height", changed(|proof| proof.leaf_count += 1)),
        of("another index", changed(|proof| proof.index = 3)),
        of("an index beyond the count", changed(|proof| proof.index = 6)),
        of("another action", changed(|proof| proof.leaf[39] ^= 1)),
        of("another step in the leaf", changed(|proof| proof.leaf[2] ^= 1)),
        of("a leaf with a byte more", changed(|proof| proof.leaf.push(0))),
        of("an end leaf where a step is", end_as_step.encode()),
        of("another sibling", changed(|proof| proof.siblings[0].0[31] ^= 0x80)),
        of("a sibling less", bytes[..bytes.len() - 32].to_vec()),
        of("a byte more", [&bytes[..], &[0]].concat()),
    ]
}

#[test]
fn trace_vectors_hold() {
    let perfect = play(5, Information::Perfect, Seed([0x21; 32]));
    let traces = vec![
        TraceVector::of("perfect information, five steps", &perfect),
        TraceVector::of(
            "private information, four steps",
            &play(4, Information::Private, Seed([0x22; 32])),
        ),
        TraceVector::of("no step at all", &play(0, Information::Perfect, Seed([0x23; 32]))),
    ];
    let read = blessed_file("traces", &Traces { traces, refused: refused(&perfect.trace) });
    read.traces.iter().for_each(TraceVector::check);
    for case in read.refused {
        let root = Digest(unhex_array(&case.trace_root));
        let proof = InclusionProof::decode(&unhex(&case.proof));
        let holds = proof.is_ok_and(|proof| proof.verify(&root).is_ok());
        assert!(!holds, "{}", case.about);
    }
}
