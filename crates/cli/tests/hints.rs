//! Every error says what to do next.

use std::fs;
use std::path::Path;

use crate::arena::{agent, arena, assert_done, nets};

/// Runs a command that must fail with exit code 2; gives its error and its hint.
fn refused(root: &Path, words: &[&str]) -> (String, String) {
    let output = nets(root, &[words, &["--json"]].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {text}");
    let line = text.lines().last().unwrap();
    let line: serde_json::Value = serde_json::from_str(line).expect(line);
    let field = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let causes = line["causes"].as_array().into_iter().flatten().filter_map(|it| it.as_str());
    let error = std::iter::once(&*field("error")).chain(causes).collect::<Vec<_>>().join(": ");
    (error, field("hint"))
}

/// The error must say `message`, and the hint be one of its own.
fn assert_hint(root: &Path, words: &[&str], message: &str) {
    let (error, hint) = refused(root, words);
    assert!(error.contains(message), "{words:?}: expected {message:?} in: {error}");
    assert!(!hint.is_empty() && !hint.contains("report this"), "{words:?}: {error}: {hint:?}");
    assert!(!error.contains(" { "), "{words:?}: {error}");
}

#[test]
fn what_an_owner_and_an_operator_run_into_has_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("snake-greedy");
    let add = |more: &[&'static str]| -> Vec<String> {
        let words = ["agent", "add", &module, "--league", "bronze", "--owner", "ada"];
        words.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let assert_add = |more: &[&'static str], message| {
        let words = add(more);
        assert_hint(&root, &words.iter().map(String::as_str).collect::<Vec<_>>(), message);
    };
    assert_hint(&root, &["round", "open", "bronze"], "it needs 1");
    assert_add(&["--rounds", "0"], "0 rounds");
    assert_add(&["--rounds", "100"], "100 rounds");
    assert_hint(&root, &["account", "new", "ada"], "already");
    assert_hint(&root, &["account", "new", "Ada!"], "is no name");
    assert_hint(&root, &["account", "fund", "ada", &u128::MAX.to_string()], "cannot be given out");
    assert_hint(&root, &["account", "fund", "ada", "0"], "0 changes nothing");
    assert_hint(&root, &["league", "fund", "bronze", "0"], "0 changes nothing");
    assert_hint(&root, &["account", "fund", "ada", "1e3"], "expected a whole number");
    let much = format!("{}0", u128::MAX);
    assert_hint(&root, &["account", "fund", "ada", &much], "expected at most 340282366920938");
    assert_hint(&root, &["account", "deposit", "ada", "9"], "ada holds 0 coin outside the arena");
    assert_hint(&root, &["seed", "commit", "bronze", "--owner", "ada"], "takes no shares");
    assert_hint(&root, &["fetch", "--source", "ftp://a"], "expected a URL that begins with http");
    assert_hint(&root, &["chain", "deploy"], "has its contracts");
    assert_add(&[&*agent("snake-greedy").leak()], "is the same agent as");
    let words = add(&[]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    assert_done(&nets(&root, &words));
    assert_add(&[], "a member already");
    assert_hint(&root, &["agent", "stake", "0", "0", "--league", "bronze"], "0 changes nothing");
    assert_hint(&root, &["agent", "withdraw", "0", "--league", "bronze"], "was not asked back");
    assert_done(&nets(&root, &["round", "open", "bronze"]));
    let claim = |more: &[&'static str]| [&["round", "claim", "bronze"][..], more].concat();
    assert_hint(&root, &claim(&["--member", "7", "--each", "1"]), "no member 7");
    assert_hint(&root, &claim(&["--member", "0", "--each", "1,2"]), "has 2 scores, expected 8");
    assert_done(&nets(&root, &claim(&["--member", "0", "--total", "3"])));
    assert_hint(&root, &claim(&["--member", "0", "--total", "3"]), "a claim never changes");
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    assert_hint(&root, &["agent", "renew", "0", "--league", "bronze"], "banned");
}

#[test]
fn a_purse_that_is_too_small_and_slots_that_are_used_up_have_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    assert_done(&nets(&root, &["init", root.to_str().unwrap()]));
    assert_done(&nets(&root, &["league", "create", "bronze"]));
    assert_done(&nets(&root, &["account", "new", "ada", "--fund", "1000"]));
    let names = ["snake-greedy", "snake-scout", "snake-drifter", "snake-wanderer", "snake-prudent"];
    for (number, name) in names.iter().enumerate() {
        let module = agent(name);
        let words = ["agent", "add", &module, "--league", "bronze", "--owner", "ada"];
        match number {
            4 => assert_hint(&root, &words, "as many as the league allows"),
            _ => assert_done(&nets(&root, &words)),
        }
    }
    assert_hint(&root, &["round", "open", "bronze"], "its purse holds 4, a round pays 175");
}

#[test]
fn a_mistake_in_the_leagues_file_names_its_league_and_has_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    assert_done(&nets(&root, &["init", root.to_str().unwrap()]));
    let file = root.join("leagues.toml");
    let good = fs::read_to_string(&file).unwrap();
    for (from, to, message) in [
        ("\"snake\"", "\"nake\"", "league bronze: no System \"nake\""),
        ("\"snake\"", "\"snake\"\nparameters = { width = 99 }", "league bronze: System snake"),
        ("[100, 50, 25]", "[25, 50, 100]", "league bronze: payouts has 25 before 50"),
        (
            "[100, 50, 25]",
            &"[100]".replace("100", &["9"; 17].join(",")),
            "the number of payouts is 17",
        ),
        ("slots-per-owner = 4", "slots-per-owner = 0", "league bronze: slots-per-owner is 0"),
        ("\"snake\"", "\"snake\"\nbeacon = \"drand\"", "toml: league bronze: void-blocks is 8"),
        ("fuel-cap = 20_000_000", "fuel-cap = 2", "league bronze: fuel-base is 10000000"),
        ("payout-multiplier = 1", "payout-multiplier = 0", "league bronze: payout-multiplier"),
    ] {
        fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let (error, hint) = refused(&root, &["league", "create", "bronze"]);
        assert!(error.contains(message), "expected {message:?} in: {error}");
        assert!(!hint.is_empty() && !hint.contains("report this"), "{error}: {hint:?}");
    }
    fs::write(&file, b"# caf\xe9").unwrap();
    let (error, hint) = refused(&root, &["league", "create", "bronze"]);
    assert!(
        error.contains("leagues.toml: expected text in UTF-8") && hint.contains("correct"),
        "{error}"
    );
}

#[test]
fn damaged_keys_and_logs_have_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let key = root.join("keys").join("ada.key");
    let good = fs::read(&key).unwrap();
    fs::write(&key, "no key").unwrap();
    assert_hint(&root, &["account", "withdraw", "ada", "1"], "does not hold a key");
    fs::write(&key, b"\xff").unwrap();
    assert_hint(&root, &["account", "withdraw", "ada", "1"], "does not hold a key");
    fs::write(&key, good).unwrap();
    // Without the right secret behind seals everything is played again.
    let module = agent("snake-greedy");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    let before = nets(&root, &["standings", "bronze"]).stdout;
    fs::write(root.join("keys").join("seals.secret"), "no secret").unwrap();
    assert_eq!(nets(&root, &["standings", "bronze"]).stdout, before);
    let log = root.join("chain").join("blocks.log");
    let good = fs::read(&log).unwrap();
    let mut flipped = good.clone();
    flipped[40] ^= 1;
    let commands: [&[&str]; 4] =
        [&["coin"], &["log"], &["round", "run", "bronze"], &["account", "list"]];
    for words in commands {
        fs::write(&log, &flipped).unwrap();
        let (error, hint) = refused(&root, words);
        assert!(error.contains("the chain's log") && hint.contains("copy"), "{error}: {hint}");
        fs::write(&log, &good[..16]).unwrap();
        let (error, hint) = refused(&root, words);
        assert!(error.contains("acknowledged") || error.contains("contracts"), "{error}");
        assert!(!hint.is_empty(), "{error}");
        fs::remove_file(&log).unwrap();
        let (error, hint) = refused(&root, words);
        assert!(error.contains("is missing") && hint.contains("copy"), "{error}: {hint}");
    }
}

#[test]
fn what_cannot_be_packed_has_a_hint_that_fits_it() {
    let folder = tempfile::tempdir().unwrap();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/othello-positions.onnx");
    let assert_pack = |system: &str, options: &str, message: &str, expected: &str| {
        let options: Vec<&str> = options.split_whitespace().collect();
        let agent = folder.path().join("agent.wasm").display().to_string();
        let words = ["pack", model, "--system", system, "-o", &agent];
        let (error, hint) = refused(folder.path(), &[&words[..], &options].concat());
        assert!(error.contains(message), "{options:?}: expected {message:?} in: {error}");
        assert_eq!(hint, expected, "{options:?}: {error}");
    };
    assert_pack(
        "othello",
        "--temperature 0.5",
        "it is 0.5, but no action is drawn",
        "--choice sampled is what has a temperature",
    );
    assert_pack(
        "snake",
        "",
        "expected [5, 10, 10], [10, 10, 5] or [500], behind a batch of 1 or without one",
        "`nets systems snake` says what its tensor is; see also --input-layout and --state",
    );
    assert_pack(
        "cartpole",
        "--input-layout planes-first",
        "is a row of numbers",
        "--input-layout planes-first, --input-layout planes-last or neither; `nets systems cartpole` \
         says what its tensor is",
    );
    assert_pack(
        "kuhn-poker",
        "--choice value",
        "where an action leads is not known",
        "--choice best takes the greatest policy number",
    );
    assert_pack(
        "othello",
        "--choice value",
        "none is a value",
        "`nets systems othello` lists its actions; see also --policy, --value and --choice nearest",
    );
    assert_pack(
        "othello",
        "--choice value --state h=g",
        "looking ahead, it would remember positions that are not played",
        "--choice best asks the network about what is seen alone",
    );
    assert_pack(
        "othello",
        "--state h=g",
        "no input left is named \"h\"",
        "name the network's own inputs and outputs, as --state h_in=h_out",
    );
    assert!(!folder.path().join("agent.wasm").exists());
}
