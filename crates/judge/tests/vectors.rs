//! `questions.json`: what questions are the hashes of.

use std::fs;
use std::path::Path;

use nets_core::{Digest, MatchId, Seat, sha256};
use nets_judge::Question;
use nets_testkit::blessed;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Vector {
    match_id: String,
    trace_root: String,
    step_count: u32,
    seat: u8,
    question: String,
    digest: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn vector((match_id, trace_root, step_count, seat): (u8, u8, u32, u8)) -> Vector {
    let (match_id, trace_root) = (MatchId([match_id; 32]), Digest([trace_root; 32]));
    let question = Question { match_id, trace_root, step_count, seat: Seat(seat) };
    assert_eq!(Question::decode(&question.encode()), Ok(question));
    Vector {
        match_id: hex(&match_id.0),
        trace_root: hex(&trace_root.0),
        step_count,
        seat,
        question: hex(&question.encode()),
        digest: hex(&question.digest().0),
    }
}

#[test]
fn questions_are_as_the_file_says() {
    let vectors: Vec<_> =
        [(1, 2, 0, 0), (0xab, 0xcd, 300, 1), (0, 0xff, u32::MAX, 7)].map(vector).into();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/questions.json");
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    blessed::compare(&path, &text).unwrap_or_else(|error| panic!("{error}"));
    let read: Vec<Vector> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for it in read {
        // The file alone: match id, root, numbers in four bytes and one, and the tag before all.
        let mut bytes = [unhex(&it.match_id), unhex(&it.trace_root)].concat();
        bytes.extend(it.step_count.to_le_bytes());
        bytes.push(it.seat);
        assert_eq!(hex(&bytes), it.question);
        assert_eq!(hex(&sha256(&[vec![0x11], bytes].concat()).0), it.digest);
    }
    assert!(Question::decode(&[0; 68]).is_err() && Question::decode(&[0; 70]).is_err());
}
