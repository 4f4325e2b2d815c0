//! No byte of a proof or a record can be changed, cut off or added without somebody noticing.

use nets_core::{
    Digest, EndLeaf, InclusionProof, Information, MatchRecord, MatchSpec, Reader, Rules, Seed,
    StepLeaf, sha256,
};

use crate::parley::{Played, play, replay};

const SEED: Seed = Seed([3; 32]);
const INFORMATION: [Information; 2] = [Information::Perfect, Information::Private];
const CHECKSUM_BYTES: usize = 32;

/// Every text that differs from `bytes` in one byte, by one bit and by all.
fn one_byte_changed(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let changes = (0..bytes.len()).flat_map(|at| [0x01, 0x80, 0xff].map(|mask| (at, mask)));
    changes.map(|(at, mask)| {
        let mut changed = bytes.to_vec();
        changed[at] ^= mask;
        (at, changed)
    })
}

fn proof_holds(bytes: &[u8], root: &Digest) -> bool {
    InclusionProof::decode(bytes).is_ok_and(|proof| proof.verify(root).is_ok())
}

#[test]
fn a_proof_with_any_byte_changed_does_not_hold() {
    for information in INFORMATION {
        let Played { trace, .. } = play(9, information, SEED);
        for index in 0..trace.leaf_count() {
            let bytes = trace.prove(index).unwrap().encode();
            assert!(proof_holds(&bytes, &trace.root()));
            for (at, changed) in one_byte_changed(&bytes) {
                assert!(!proof_holds(&changed, &trace.root()), "leaf {index}, byte {at}");
            }
        }
    }
}

#[test]
fn a_record_with_any_byte_changed_is_damaged() {
    for information in INFORMATION {
        let bytes = play(5, information, SEED).record.encode();
        assert!(MatchRecord::decode(&bytes).is_ok());
        for (at, changed) in one_byte_changed(&bytes) {
            assert!(MatchRecord::decode(&changed).is_err(), "byte {at}");
        }
    }
}

/// What a reader checks of a record of a match that it knows by id.
fn is_true(record: &MatchRecord, original: &MatchRecord, information: Information) -> bool {
    let is_of_a_seat = |hash: &Digest| record.seats.iter().any(|seat| seat.code_hash == *hash);
    let is_of_its_end = |trace: nets_core::Trace| {
        let (end, outcome) = (trace.end(), &record.outcome);
        trace.root() == outcome.trace_root
            && end.scores == outcome.scores
            && end.termination == outcome.termination
            && end.step_count == outcome.step_count
    };
    record.spec.id() == original.spec.id()
        && record.modules.keys().all(is_of_a_seat)
        && replay(record, information).is_some_and(is_of_its_end)
}

#[test]
fn a_record_forged_in_any_byte_under_a_fresh_checksum_does_not_replay() {
    for information in INFORMATION {
        let Played { record, .. } = play(5, information, SEED);
        assert!(is_true(&record, &record, information));
        let bytes = record.encode();
        let content = &bytes[..bytes.len() - CHECKSUM_BYTES];
        for (at, mut forged) in one_byte_changed(content) {
            forged.extend(sha256(&forged).0);
            let found = MatchRecord::decode(&forged);
            let is_believed = found.is_ok_and(|forged| is_true(&forged, &record, information));
            assert!(!is_believed, "byte {at}");
        }
    }
}

#[test]
fn nothing_decodes_when_cut_at_any_length_or_followed_by_a_byte() {
    for information in INFORMATION {
        let Played { trace, record } = play(6, information, SEED);
        let proof = trace.prove(2).unwrap();
        let end = trace.end().encode();
        let refuses = |bytes: &[u8], decodes: fn(&[u8]) -> bool| {
            assert!(decodes(bytes));
            assert!((0..bytes.len()).all(|length| !decodes(&bytes[..length])));
            assert!((0..=255).all(|byte| !decodes(&[bytes, &[byte]].concat())));
        };
        refuses(&proof.encode(), |bytes| InclusionProof::decode(bytes).is_ok());
        refuses(&proof.leaf, |bytes| StepLeaf::decode(bytes).is_ok());
        refuses(&end, |bytes| EndLeaf::decode(bytes).is_ok());
        refuses(&record.encode(), |bytes| MatchRecord::decode(bytes).is_ok());
        refuses(&record.spec.encode(), |bytes| {
            let mut reader = Reader::new(bytes);
            MatchSpec::read(&mut reader).is_ok() && reader.finish().is_ok()
        });
        refuses(&record.spec.rules.encode(), |bytes| {
            let mut reader = Reader::new(bytes);
            Rules::read(&mut reader).is_ok() && reader.finish().is_ok()
        });
    }
}

#[test]
fn a_record_cut_under_a_fresh_checksum_does_not_decode() {
    let bytes = play(6, Information::Perfect, SEED).record.encode();
    for length in 0..bytes.len() - CHECKSUM_BYTES {
        let mut cut = bytes[..length].to_vec();
        cut.extend(sha256(&cut).0);
        assert!(MatchRecord::decode(&cut).is_err(), "cut at {length}");
    }
}
