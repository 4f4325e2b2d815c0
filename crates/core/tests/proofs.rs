//! Proofs hold for their own leaf, index, count and match, and for nothing else.

use nets_core::{InclusionProof, Information, PathError, ProofError, Seed};

use crate::parley::play;

#[test]
fn every_leaf_of_traces_of_every_length_is_proven() {
    for information in [Information::Perfect, Information::Private] {
        for steps in 0..=70 {
            let trace = play(steps, information, Seed([4; 32])).trace;
            assert_eq!(trace.leaf_count(), steps + 1);
            for index in 0..=steps {
                let proof = trace.prove(index).unwrap();
                assert_eq!(proof.verify(&trace.root()), Ok(()), "{index} of {steps}");
                assert_eq!(InclusionProof::decode(&proof.encode()), Ok(proof));
            }
            let beyond = PathError::Index { index: steps + 1, count: steps + 1 };
            assert_eq!(trace.prove(steps + 1), Err(beyond));
        }
    }
}

#[test]
fn a_proof_holds_at_no_other_index_and_for_no_other_count() {
    for steps in [1, 2, 6, 7, 8] {
        let trace = play(steps, Information::Perfect, Seed([4; 32])).trace;
        for index in 0..=steps {
            let proof = trace.prove(index).unwrap();
            for other in (0..=steps + 9).filter(|&other| other != index) {
                let moved = InclusionProof { index: other, ..proof.clone() };
                assert!(moved.verify(&trace.root()).is_err(), "{index} as {other}");
            }
            for other in (0..=steps + 9).filter(|&other| other != steps + 1) {
                let resized = InclusionProof { leaf_count: other, ..proof.clone() };
                assert!(resized.verify(&trace.root()).is_err(), "{index} of {other}");
            }
        }
    }
}

#[test]
fn a_proof_holds_for_no_other_match() {
    let [one, other] = [4, 5].map(|byte| play(6, Information::Perfect, Seed([byte; 32])));
    let proof = one.trace.prove(3).unwrap();
    let stolen = InclusionProof { match_id: other.trace.match_id(), ..proof.clone() };
    assert!(matches!(stolen.verify(&one.trace.root()), Err(ProofError::Root { .. })));
    assert!(matches!(proof.verify(&other.trace.root()), Err(ProofError::Root { .. })));
}

#[test]
fn an_end_is_no_step_and_a_step_no_end() {
    let trace = play(6, Information::Perfect, Seed([4; 32])).trace;
    let [step, end] = [5, 6].map(|index| trace.prove(index).unwrap());
    let step_as_end = InclusionProof { leaf: step.leaf.clone(), ..end.clone() };
    let end_as_step = InclusionProof { leaf: end.leaf, ..step };
    for proof in [step_as_end, end_as_step] {
        assert!(matches!(proof.verify(&trace.root()), Err(ProofError::Encoding(_))));
    }
}

#[test]
fn a_path_with_a_sibling_more_or_less_does_not_fit() {
    let trace = play(6, Information::Perfect, Seed([4; 32])).trace;
    let mut proof = trace.prove(3).unwrap();
    let sibling = proof.siblings.pop().unwrap();
    let length = |got| ProofError::Path(PathError::Length { count: 7, expected: 3, got });
    assert_eq!(proof.verify(&trace.root()), Err(length(2)));
    proof.siblings.extend([sibling, sibling]);
    assert_eq!(proof.verify(&trace.root()), Err(length(4)));
}
