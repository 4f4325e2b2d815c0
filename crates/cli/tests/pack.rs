//! What `nets pack` says of an agent, and what the agent then does.

use std::path::Path;

use serde_json::Value;

use crate::arena::{assert_done, nets};

const MODEL: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/othello-positions.onnx");

/// What the command prints for the network of the guide with these options.
fn packed(root: &Path, options: &[&str]) -> String {
    let agent = root.join("agent.wasm").display().to_string();
    let words = ["pack", MODEL, "--system", "othello", "-o", &agent, "--positions", "64"];
    let output = nets(root, &[&words[..], options].concat());
    assert_done(&output);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_line_of_the_fuel_clock_counts_what_a_small_clock_can_pay() {
    let folder = tempfile::tempdir().unwrap();
    let facts: Value = serde_json::from_str(&packed(folder.path(), &["--json"])).unwrap();
    let number = |name: &str| facts[name].as_u64().unwrap();
    let (first, each) = (number("fuel_first"), number("fuel_per_decision"));
    let line = |base: u64, increment: u64, cap: u64| {
        let [base, increment, cap] = [base, increment, cap].map(|it| it.to_string());
        let clock = ["--fuel-base", &base, "--fuel-increment", &increment, "--fuel-cap", &cap];
        let text = packed(folder.path(), &clock);
        let line = text.lines().find(|line| line.starts_with("fuel clock")).unwrap();
        line.trim_start_matches("fuel clock").trim().to_owned()
    };
    let of =
        |count: &str| format!("{count} in a row, at 0 for each; a match has 120 steps at most");
    assert_eq!(line(0, 0, 0), of("0 decisions"));
    assert_eq!(line(first - 1, 0, first), of("0 decisions"));
    assert_eq!(line(first, 0, first), of("1 decision"));
    assert_eq!(line(first + 5 * each - 1, 0, first + 5 * each), of("5 decisions"));
    assert_eq!(line(first + 119 * each, 0, u64::MAX), "all decisions of a match, at 0 for each");
    // What is added beyond the cap is lost.
    let little = each / 2;
    let lost = line(first, little, first + 1);
    assert!(lost.starts_with("1 decision in a row, at "), "{lost}");
    let kept = line(first, each, first + each);
    assert!(kept.starts_with("all decisions of a match, at "), "{kept}");
}

#[test]
fn an_agent_of_every_choice_is_checked_by_it() {
    let folder = tempfile::tempdir().unwrap();
    for choice in ["best", "sampled"] {
        let text = packed(folder.path(), &["--choice", choice, "--check"]);
        assert!(text.contains("as the reference  64 of 64 decisions"), "{choice}: {text}");
    }
}
