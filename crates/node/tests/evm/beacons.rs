//! Rounds whose seeds come from drand and from RANDAO, on a node whose clock the test sets.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use alloy_primitives::{B256, b256};
use nets_chain::{Arena, DrandBeacon, IArena, IBeacon};
use nets_core::{Seed, Tag, hash_tagged, sha256};
use nets_node::{
    AgentEntry, ArenaNode, BeaconKind, FinalitySetting, LeagueSettings, NewChain, NodeError,
    Progress, RoundReport, deploy_contracts, found_elsewhere, run_round, verify,
};
use nets_testkit::anvil::{Anvil, CHAIN_ID, ask};
use nets_testkit::web::{Answer, WebServer, nobody};
use serde_json::json;

use super::{ENOUGH, LEAGUE, folder};
use crate::support::{GO_ON, Silent, module, short_league, two_threads};

/// When round 1000 of quicknet was the twelfth that nobody could know: the tenth after the margin of
/// ten, and the one after.
const TWELVE_BEFORE_ROUND_1000: u64 = 1_692_803_367 + 3 * 987;

/// What quicknet published for rounds 1000 to 1002.
const SIGNATURES: [&str; 3] = [
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41",
    "ab066f9c12dd6de1336fca0f925192fb0c72a771c3e4c82ede1fd362c1a770f9eb05843c6308ce2530b53a99c0281a6e",
];
const RANDOMNESS_1000: B256 =
    b256!("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd");

/// Keeps what is noted.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// A node that makes a block for each transaction, a second after the one before, and no other; the
/// test makes one whenever something waits for it.
fn chain(options: &[&str]) -> Option<Anvil> {
    let anvil = Anvil::start(&[&["--timestamp", "1692804000"], options].concat())?;
    anvil.ask("anvil_setBlockTimestampInterval", &json!([1]));
    Some(anvil)
}

/// An arena with its contracts and two agents' owners, but no league yet.
fn arena(root: &Path, anvil: &Anvil) -> ArenaNode {
    let finality = FinalitySetting::Depth(0);
    let chain = NewChain { url: anvil.url(), finality, fee_max: None };
    let operator = found_elsewhere(folder(root), Some(Seed([3; 32])), &chain).unwrap();
    change(&root.join("arena.toml"), "finality = 0\n", "finality = 0\npoll-milliseconds = 10\n");
    anvil.set_balance(&operator.to_string(), ENOUGH);
    deploy_contracts(folder(root), &GO_ON, |_| {}).unwrap();
    let mut node = ArenaNode::open(folder(root)).unwrap();
    node.deposit("operator", 1_000_000).unwrap();
    for owner in ["ada", "bo"] {
        node.create_account(owner, Some(sha256(owner.as_bytes()).0)).unwrap();
        node.fund_outside(owner, ENOUGH / 100).unwrap();
        node.deposit(owner, 1_000).unwrap();
    }
    node
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Has the league in the middle of the file take its seeds from this beacon.
fn name_beacon(leagues: &Path, beacon: &str) {
    let named = format!("system = \"rps\"\nbeacon = \"{beacon}\"\n");
    change(leagues, "system = \"rps\"\n", &named);
    let windows = "unbond-blocks = 16\nvoid-blocks = 8\n\n[[league]]\nname = \"gold\"";
    let longer = "unbond-blocks = 500\nvoid-blocks = 400\n\n[[league]]\nname = \"gold\"";
    change(leagues, windows, longer);
}

fn league_on(node: &ArenaNode, beacon: BeaconKind) -> LeagueSettings {
    LeagueSettings { beacon, void_blocks: 400, unbond_blocks: 500, ..short_league(node) }
}

/// A league on this beacon, with the two agents in it.
fn enter(node: &mut ArenaNode, beacon: BeaconKind) {
    node.create_league(&league_on(node, beacon)).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle")] {
        let entry = AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        node.add_agent(LEAGUE, &entry).unwrap();
    }
}

/// The round's seed is the one that SPEC.md makes of this value.
fn assert_seed(node: &ArenaNode, report: &RoundReport, value: B256) {
    let round = Arena::view_of(
        node.chain(),
        node.contracts().deployment().arena,
        &IArena::roundOfCall { league: 0, round: report.round },
    );
    let members = round.unwrap().memberCount;
    let parts: [&[u8]; 6] = [
        &u64::from(u32::try_from(CHAIN_ID).unwrap()).to_le_bytes(),
        node.contracts().deployment().arena.as_slice(),
        &0u64.to_le_bytes(),
        &report.round.to_le_bytes(),
        &members.to_le_bytes(),
        value.as_slice(),
    ];
    assert_eq!(report.seed.0, hash_tagged(Tag::RoundSeed, &parts).0);
}

fn quicknet(path: &str) -> Answer {
    let round = path.rsplit('/').next().and_then(|round| round.parse::<usize>().ok());
    let signature = round.and_then(|round| SIGNATURES.get(round.checked_sub(1000)?));
    match signature {
        Some(signature) if path.contains("52db9ba70e0cc0f6") => {
            Answer::Whole(json!({ "round": round, "signature": signature }).to_string().into())
        }
        _ => Answer::Status(404),
    }
}

/// Gives every round the signature of another.
fn lie(path: &str) -> Answer {
    let other = SIGNATURES[usize::from(path.ends_with("1000"))];
    Answer::Whole(json!({ "round": 1000, "signature": other }).to_string().into())
}

#[test]
fn a_round_takes_its_seed_from_drand_whoever_lies_about_it() {
    static URL: OnceLock<String> = OnceLock::new();
    let Some(anvil) = chain(&[]) else { return };
    URL.set(anvil.url()).unwrap();
    let mine = |text: &str| {
        if text.starts_with("final up to") {
            ask(URL.get().unwrap(), "anvil_mine", &json!(["0x1"]));
        }
    };
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path().join("arena");
    let mut node = arena(&root, &anvil);
    let missing = node.create_league(&league_on(&node, BeaconKind::Drand)).unwrap_err();
    assert!(matches!(missing, NodeError::BeaconNotDeployed { beacon: "drand", .. }), "{missing}");
    drop(node);

    let leagues = root.join("leagues.toml");
    name_beacon(&leagues, "drand");
    let deploy = || deploy_contracts(folder(&root), &GO_ON, |_| {}).unwrap();
    let settings = || fs::read_to_string(root.join("arena.toml")).unwrap();
    deploy();
    let deployed = settings();
    deploy();
    assert_eq!(settings(), deployed, "a beacon is deployed once");

    let (liar, honest) = (WebServer::start(lie), WebServer::start(quicknet));
    let named = |sources: &[&str]| format!("{sources:?}");
    let (down, nonsense) = (nobody(), WebServer::start(|_| Answer::Whole(b"{}".to_vec())));
    let wrong = named(&[&down, &liar.url(), &nonsense.url()]);
    let sources = format!("[beacons]\ndrand-sources = {wrong}\n");
    change(&root.join("arena.toml"), "[beacons]\n", &sources);
    let mut node = ArenaNode::open(folder(&root)).unwrap();
    node.watch(&GO_ON, mine);
    enter(&mut node, BeaconKind::Drand);
    let league = node.league(LEAGUE).unwrap();
    assert_eq!(node.beacon_of(&league), Some(BeaconKind::Drand));
    anvil.ask("evm_setNextBlockTimestamp", &json!([TWELVE_BEFORE_ROUND_1000]));
    let error = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap_err();
    let NodeError::NoDrandValue { round, failures } = &error else { panic!("{error}") };
    assert!((1000..=1002).contains(round), "{round}");
    assert!(failures[0].contains("did not answer"), "{failures:?}");
    assert!(failures[1].contains("is not that of round"), "{failures:?}");
    assert!(failures[2].contains("no signature of 48 bytes"), "{failures:?}");
    let round = *round;
    drop(node);

    // The same command goes on with another source beside them.
    let right = named(&[&liar.url(), &honest.url()]);
    change(&root.join("arena.toml"), &wrong, &right);
    let mut node = ArenaNode::open(folder(&root)).unwrap();
    node.watch(&GO_ON, mine);
    let notes = Notes::default();
    let report = run_round(&mut node, LEAGUE, two_threads(), &notes).unwrap();
    let told = notes.0.into_inner().unwrap().join("\n");
    assert!(told.contains(&format!("drand source {}: its signature", liar.url())), "{told}");
    assert!(told.contains(&format!("on the chain, from {}", honest.url())), "{told}");
    let call = IBeacon::valueCall { index: round };
    let value = Arena::view_of(node.chain(), league.terms.beacon, &call).unwrap();
    assert!(round != 1000 || value == RANDOMNESS_1000);
    assert_seed(&node, &report, value);
    assert_eq!(report.round, 0);
    let asked = Arena::view_of(node.chain(), league.terms.beacon, &DrandBeacon::marginCall {});
    assert_eq!(asked.unwrap(), 10);
    drop(node);
    assert_eq!(verify(&root, 2, &GO_ON, &Silent).unwrap().rounds, 1);

    // What stands where the beacon should be is looked at each time.
    let beacon = league.terms.beacon.to_string().to_lowercase();
    let text = settings().replace(&beacon, "0x0000000000000000000000000000000000000005");
    fs::write(root.join("arena.toml"), text).unwrap();
    let error = ArenaNode::open(folder(&root)).unwrap_err().to_string();
    assert!(
        error.contains("the contract drand at") && error.contains("not of this build"),
        "{error}"
    );
}

#[test]
fn a_round_takes_its_seed_from_the_randao_of_a_block_after_its_freeze() {
    static URL: OnceLock<String> = OnceLock::new();
    let Some(anvil) = chain(&[]) else { return };
    URL.set(anvil.url()).unwrap();
    let mine = |text: &str| {
        if text.starts_with("final up to") {
            ask(URL.get().unwrap(), "anvil_mine", &json!(["0x10"]));
        }
    };
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path().join("arena");
    drop(arena(&root, &anvil));
    let leagues = root.join("leagues.toml");
    name_beacon(&leagues, "randao");
    deploy_contracts(folder(&root), &GO_ON, |_| {}).unwrap();
    let mut node = ArenaNode::open(folder(&root)).unwrap();
    node.watch(&GO_ON, mine);
    enter(&mut node, BeaconKind::Randao);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let round = node.rounds(LEAGUE).unwrap().remove(0);
    // The second block past the lookahead of 128 that nobody could know at the freeze.
    let index = round.opened_at + 129;
    assert!(round.seeded_at.unwrap() > index);
    let block = anvil.ask("eth_getBlockByNumber", &json!([format!("{index:#x}"), false]));
    let mix: B256 = block["mixHash"].as_str().unwrap().parse().unwrap();
    assert_seed(&node, &report, mix);
    drop(node);
    assert_eq!(verify(&root, 2, &GO_ON, &Silent).unwrap().rounds, 1);
}

#[test]
fn a_round_takes_its_seed_from_shares_of_its_owners() {
    static URL: OnceLock<String> = OnceLock::new();
    let Some(anvil) = chain(&[]) else { return };
    URL.set(anvil.url()).unwrap();
    let mine = |text: &str| {
        if text.starts_with("final up to") {
            ask(URL.get().unwrap(), "anvil_mine", &json!(["0x1"]));
        }
    };
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path().join("arena");
    drop(arena(&root, &anvil));
    let settings = root.join("arena.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let terms = "[beacons]\nshared-window-blocks = 8\nshared-bond = 1000\n";
    fs::write(&settings, format!("{text}\n{terms}")).unwrap();
    name_beacon(&root.join("leagues.toml"), "offline-shared");
    deploy_contracts(folder(&root), &GO_ON, |_| {}).unwrap();
    let mut node = ArenaNode::open(folder(&root)).unwrap();
    node.watch(&GO_ON, mine);
    enter(&mut node, BeaconKind::OfflineShared);
    let notes = Notes::default();
    let report = run_round(&mut node, LEAGUE, two_threads(), &notes).unwrap();
    let told = notes.0.into_inner().unwrap().join("\n");
    assert!(
        told.contains("ada showed its share") && told.contains("bo showed its share"),
        "{told}"
    );
    let index = node.rounds(LEAGUE).unwrap()[0].beacon_index;
    let beacon = node.league(LEAGUE).unwrap().terms.beacon;
    let call = IBeacon::valueCall { index };
    assert_seed(&node, &report, Arena::view_of(node.chain(), beacon, &call).unwrap());
    assert_eq!(node.chain().balance(beacon).unwrap().to_string(), "0", "the bonds are back");
    drop(node);
    assert_eq!(verify(&root, 2, &GO_ON, &Silent).unwrap().rounds, 1);
}

#[test]
fn a_chain_without_the_curve_has_no_beacon_of_drand() {
    let Some(anvil) = chain(&["--hardfork", "cancun"]) else { return };
    let temporary = tempfile::tempdir().unwrap();
    let root = temporary.path().join("arena");
    drop(arena(&root, &anvil));
    let leagues = root.join("leagues.toml");
    name_beacon(&leagues, "drand");
    let error = deploy_contracts(folder(&root), &GO_ON, |_| {}).unwrap_err().to_string();
    assert!(error.contains("does not have the curve BLS12-381 (EIP-2537)"), "{error}");
}
