//! An arena on a chain elsewhere: the same rounds, by a node that answers JSON-RPC.

mod accusations;
mod beacons;
mod measured;
mod poor;
mod publication;
mod scenario;
mod signed;
mod strangers;
mod trials;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nets_core::Seed;
use nets_node::{
    AgentEntry, ArenaFolder, ArenaNode, FinalitySetting, NewChain, NodeError, VerifyError,
    deploy_contracts, found_elsewhere, round_report, run_round, verify, verify_with_head,
};
use nets_testkit::anvil::Anvil;

use crate::support::{GO_ON, Silent, module, short_league, two_threads};

const LEAGUE: &str = "silver";
const ENOUGH: u128 = 1_000_000_000_000_000_000;

/// Every account's key file has the same password here.
fn folder(root: &Path) -> ArenaFolder {
    ArenaFolder::new(root).with_passwords(|_, _| Ok("a password".to_owned()))
}

/// A node that makes a block for every transaction and one every second.
fn chain() -> Option<(Anvil, NewChain)> {
    let node = Anvil::start(&["--block-time", "1", "--mixed-mining"])?;
    let chain = NewChain { url: node.url(), finality: FinalitySetting::Depth(0), fee_max: None };
    Some((node, chain))
}

/// An arena with its contracts, which asks the node often.
fn arena(root: &Path, node: &Anvil, chain: &NewChain) -> ArenaNode {
    arena_of(root, node, chain, Seed([3; 32]))
}

/// The same, with keys and rounds of another seed.
fn arena_of(root: &Path, node: &Anvil, chain: &NewChain, seed: Seed) -> ArenaNode {
    let operator = found_elsewhere(folder(root), Some(seed), chain).unwrap();
    let settings = root.join("arena.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let quick = text.replace("finality = 0\n", "finality = 0\npoll-milliseconds = 20\n");
    assert_ne!(quick, text);
    fs::write(&settings, quick).unwrap();
    node.set_balance(&operator.to_string(), ENOUGH);
    assert_eq!(deploy_contracts(folder(root), &GO_ON, |_| {}).unwrap(), operator);
    ArenaNode::open(folder(root)).unwrap()
}

#[test]
fn rounds_on_a_chain_elsewhere_come_to_what_they_come_to_on_an_embedded_one() {
    let Some((anvil, chain)) = chain() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = arena(&root, &anvil, &chain);
    node.deposit("operator", 1_000_000).unwrap();
    let league = short_league(&node);
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle")] {
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        assert!(matches!(node.fund_account(owner, 5), Err(NodeError::EmbeddedOnly { .. })));
        node.fund_outside(owner, ENOUGH / 100).unwrap();
        node.deposit(owner, 1_000).unwrap();
        let entry = AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        node.add_agent(LEAGUE, &entry).unwrap();
    }
    let reports = [0, 1].map(|_| run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap());
    assert_eq!(reports.each_ref().map(|report| report.round), [0, 1]);
    assert!(!reports[0].payouts.is_empty());
    drop(node);

    // Another process finds everything again; an earlier round's members are those of its block.
    let mut node = ArenaNode::open(self::folder(&root)).unwrap();
    let again = round_report(&node, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(again.standings, reports[0].standings);
    let status = node.chain_status().unwrap();
    assert_eq!((status.url, status.outbox.map(|(open, _)| open)), (Some(chain.url), Some(0)));
    let ada = node.account("ada").unwrap().address();
    let (free, _) = node.capital(&ada).unwrap();
    let outside = node.coin_outside(&ada).unwrap();
    node.withdraw("ada", free).unwrap();
    assert_eq!(node.capital(&ada).unwrap().0, 0);
    let gained = node.coin_outside(&ada).unwrap();
    assert!(gained < outside + free, "gas costs something: {outside} and {free} are {gained}");

    // Everything that was played is played again, beside who sends.
    let report = verify(&root, 2, &GO_ON, &Silent).unwrap();
    assert_eq!((report.rounds, report.payouts), (2, 2 * reports[0].payouts.len() as u32));
    let there = Some(nets_core::Digest(report.head.hash.0));
    verify_with_head(&root, there, 2, &GO_ON, &Silent).unwrap();
    let elsewhere = verify_with_head(&root, Some(nets_core::Digest([1; 32])), 2, &GO_ON, &Silent);
    assert!(matches!(elsewhere, Err(VerifyError::Altered(_))));
    let records = fs::read_dir(root.join("artifacts/records")).unwrap().flatten();
    let record = records.map(|entry| entry.path()).next().unwrap();
    let whole = fs::read(&record).unwrap();
    fs::write(&record, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(verify(&root, 2, &GO_ON, &Silent), Err(VerifyError::Altered(_))));
    fs::write(&record, whole).unwrap();

    // The same rounds on an embedded chain: another seed for its rounds, so other matches, but the
    // same agents are entered and paid by the same table.
    let embedded = crate::support::arena(
        &folder.path().join("embedded"),
        short_league,
        &[("ada", "rps-rock"), ("bo", "rps-cycle")],
    );
    let mut embedded = embedded;
    let report = run_round(&mut embedded, LEAGUE, two_threads(), &Silent).unwrap();
    let paid = |report: &nets_node::RoundReport| {
        report.payouts.iter().map(|line| (line.rank, line.amount)).collect::<Vec<_>>()
    };
    assert_eq!(paid(&report), paid(&reports[0]));
}

#[test]
fn who_waits_for_a_chain_can_be_stopped_and_keys_are_no_plain_text() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let Some((anvil, chain)) = chain() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let operator = found_elsewhere(self::folder(&root), Some(Seed([3; 32])), &chain).unwrap();
    let again = found_elsewhere(self::folder(&root), Some(Seed([3; 32])), &chain).unwrap();
    assert_eq!(again, operator);
    assert!(matches!(ArenaNode::open(self::folder(&root)), Err(NodeError::NotDeployed { .. })));
    let poor = deploy_contracts(self::folder(&root), &GO_ON, |_| {}).unwrap_err().to_string();
    assert!(poor.contains("holds 0 wei"), "{poor}");
    anvil.set_balance(&operator.to_string(), ENOUGH);
    deploy_contracts(self::folder(&root), &GO_ON, |_| {}).unwrap();

    let mut node = ArenaNode::open(self::folder(&root)).unwrap();
    node.watch(&STOP, |_| {});
    let stopper = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(300));
        STOP.store(true, Ordering::Relaxed);
    });
    assert!(matches!(node.advance(1_000), Err(NodeError::Interrupted)));
    stopper.join().unwrap();
    drop(node);

    let secret = nets_core::sha256(&[b"operator".as_slice(), &[3; 32]].concat()).to_string();
    let key = fs::read_to_string(root.join("keys/operator.json")).unwrap();
    assert!(!key.contains(&secret) && !root.join("keys/operator.key").exists());
    let wrong = ArenaFolder::new(&root).with_passwords(|_, _| Ok("another".to_owned()));
    let wrong = ArenaNode::open(wrong).unwrap().account("operator").unwrap_err();
    assert!(wrong.to_string().contains("the password is wrong"), "{wrong}");
    let report = verify(&root, 1, &GO_ON, &Silent).unwrap();
    assert_eq!((report.rounds, report.coin), (0, None));
}

#[test]
fn an_arena_of_another_chain_or_with_other_contracts_is_refused() {
    let Some((anvil, chain)) = chain() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    drop(arena(&root, &anvil, &chain));
    let settings = fs::read_to_string(root.join("arena.toml")).unwrap();
    let (other, _) = self::chain().unwrap();
    let elsewhere = settings.replace(&chain.url, &other.url());
    fs::write(root.join("arena.toml"), elsewhere).unwrap();
    let error = ArenaNode::open(self::folder(&root)).unwrap_err().to_string();
    assert!(error.contains("begins with block"), "{error}");
    fs::write(root.join("arena.toml"), settings).unwrap();
    let path = root.join("chain/deployment.json");
    let text = fs::read_to_string(&path).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let court = file["contracts"]["court"].as_str().unwrap();
    let arena = file["contracts"]["arena"].as_str().unwrap();
    fs::write(&path, text.replace(court, arena)).unwrap();
    let error = ArenaNode::open(self::folder(&root)).unwrap_err().to_string();
    assert!(error.contains("is not of this build"), "{error}");
}
