//! `vectors/batches.json`: batches of registrations, for implementations in any language. What
//! signatures sign is the chain's, so here they are any bytes.

use std::fs;
use std::path::Path;

use nets_core::{Address, Digest, path_root, sha256};
use nets_league::{BatchError, Registration, RegistrationBatch};
use nets_testkit::blessed;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct BatchVector {
    /// In the order in which they came in.
    registrations: Vec<RegistrationVector>,
    /// In the order of the batch.
    leaves: Vec<String>,
    agents: Vec<String>,
    root: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct RegistrationVector {
    owner: String,
    code_hash: String,
    signature: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn registration(number: u32) -> Registration {
    let bytes = |use_: &str| sha256(format!("{use_} {number}").as_bytes()).0;
    let mut signature = [0; 65];
    signature[..32].copy_from_slice(&bytes("r"));
    signature[32..64].copy_from_slice(&bytes("s"));
    signature[64] = 27 + (number % 2) as u8;
    let owner = Address(*bytes("owner").last_chunk().unwrap());
    Registration { owner, code_hash: Digest(bytes("module")), signature }
}

fn vector(count: u32) -> BatchVector {
    let registrations: Vec<_> = (0..count).map(registration).collect();
    let batch = RegistrationBatch::sorted(registrations.clone());
    let ordered = batch.registrations().iter();
    BatchVector {
        registrations: registrations
            .iter()
            .map(|it| RegistrationVector {
                owner: hex(&it.owner.0),
                code_hash: hex(&it.code_hash.0),
                signature: hex(&it.signature),
            })
            .collect(),
        leaves: ordered.clone().map(|it| hex(&it.encode())).collect(),
        agents: ordered.map(|it| hex(&it.agent().0)).collect(),
        root: hex(&batch.root().0),
    }
}

#[test]
fn batch_vectors_hold() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/batches.json");
    let vectors: Vec<_> = [1, 2, 5].map(vector).into();
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    blessed::compare(&file, &text).unwrap_or_else(|error| panic!("{error}"));
    let read: Vec<BatchVector> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(read, vectors);
}

#[test]
fn a_file_that_is_no_batch_says_where() {
    let batch = RegistrationBatch::sorted((0..3).map(registration).collect());
    let mut bytes = batch.encode();
    bytes.pop();
    let cut = RegistrationBatch::decode(&bytes).unwrap_err();
    assert_eq!(cut, BatchError::Length { got: 3 * 119 - 1 });
    let mut bytes = batch.encode();
    bytes[119 + 1] ^= 1;
    let other = RegistrationBatch::decode(&bytes).unwrap_err();
    assert!(matches!(other, BatchError::Leaf { index: 1, .. }), "{other}");
}

proptest! {
    #[test]
    fn a_batch_reads_back_ascends_and_has_a_path_to_every_leaf(count in 1u32..70) {
        let batch = RegistrationBatch::sorted((0..count).map(registration).collect());
        prop_assert_eq!(batch.first_disorder(), None);
        let read = RegistrationBatch::decode(&batch.encode()).unwrap();
        prop_assert_eq!(read.root(), batch.root());
        for (index, leaf) in (0..).zip(batch.registrations()) {
            let path = batch.path(index).unwrap();
            let root = path_root(sha256(&leaf.encode()), index, count, &path).unwrap();
            prop_assert_eq!(root, batch.root());
            prop_assert_eq!(batch.node_path(0, index), path);
        }
    }

    #[test]
    fn disorder_is_found_where_it_begins(count in 2u32..40, at in 0u32..39) {
        let at = at % (count - 1);
        let batch = RegistrationBatch::sorted((0..count).map(registration).collect());
        let mut them = batch.registrations().to_vec();
        them[at as usize + 1] = them[at as usize];
        prop_assert_eq!(RegistrationBatch::new(them).first_disorder(), Some(at));
    }
}
