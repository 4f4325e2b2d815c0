//! A league on a chain elsewhere in which code may be demanded: a stranger without any module has
//! those that play from the chain itself, and who hides its module does not play.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nets_chain::IArena::IArenaEvents;
use nets_node::{
    AgentEntry, ArenaNode, DeedKind, LeagueSettings, NewChain, NodeError, WatchOptions, Watcher,
    events, join_elsewhere, open_round, resume_round, round_report, verify,
};

use nets_testkit::anvil::Anvil;

use super::strangers::quick;
use super::{ENOUGH, LEAGUE, arena, chain, folder};
use crate::support::{GO_ON, Silent, module, short_league, two_threads};

/// Turns in which everything has to be over.
const TURNS_MAX: usize = 2_000;

/// Whose module is in nobody's folder.
const HIDING: u32 = 2;

/// A league in which code may be demanded, with three agents, of which one's module is nowhere.
fn stage(root: &Path, anvil: &Anvil, new: &NewChain) -> ArenaNode {
    let mut node = arena(root, anvil, new);
    node.deposit("operator", 1_000_000).unwrap();
    let league = LeagueSettings {
        code_blocks: 40,
        void_blocks: 2_000,
        unbond_blocks: 4_000,
        ..short_league(&node)
    };
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle"), ("mallory", "rps-avenger")] {
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        node.fund_outside(owner, ENOUGH / 100).unwrap();
        node.deposit(owner, 10_000).unwrap();
        let entry = AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        node.add_agent(LEAGUE, &entry).unwrap();
    }
    let hidden = nets_core::sha256(&fs::read(module("rps-avenger")).unwrap());
    fs::remove_file(root.join(format!("artifacts/modules/{hidden}.wasm"))).unwrap();
    node
}

/// Lets a watcher act on its own node until the round is opened on the other; gives what it did.
fn watch_until(node: &mut ArenaNode, anvil: &Anvil, is_over: impl Fn() -> bool) -> Vec<DeedKind> {
    let options = WatchOptions {
        account: "operator",
        leagues: &[],
        asserts: false,
        threads: 2,
        stop: &GO_ON,
    };
    let mut watcher = Watcher::default();
    let mut deeds = Vec::new();
    for _ in 0..TURNS_MAX {
        let turn = watcher.turn(node, options, &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{:?}", turn.problems);
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        if is_over() {
            break;
        }
        // Who is to show has its time: then only the chain itself makes blocks.
        let said = events(node, 0).unwrap();
        let count = |is: fn(&IArenaEvents) -> bool| said.iter().filter(|(_, it)| is(it)).count();
        let demanded = count(|it| matches!(it, IArenaEvents::CodeDemanded(_)));
        let shown = count(|it| matches!(it, IArenaEvents::CodeShown(_)));
        match turn.done.is_empty() && (demanded == 0 || shown == 2) {
            true => anvil.mine(1),
            false => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    deeds
}

#[test]
fn modules_that_play_are_on_the_chain_and_one_that_is_hidden_does_not() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let [there, here] = ["operator", "stranger"].map(|name| place.path().join(name));
    let mut operator = stage(&there, &anvil, &new);
    let card = place.path().join("card.json");
    fs::write(&card, operator.card().unwrap()).unwrap();
    let address = join_elsewhere(folder(&here), &new, &card, &[]).unwrap();
    quick(&here);
    anvil.set_balance(&address.to_string(), ENOUGH);
    let mut stranger = ArenaNode::open(folder(&here)).unwrap();
    stranger.deposit("operator", 10_000).unwrap();

    let opening = std::thread::spawn(move || {
        open_round(&mut operator, LEAGUE, two_threads(), &Silent).unwrap();
        operator
    });
    let deeds = watch_until(&mut stranger, &anvil, || opening.is_finished());
    let mut operator = opening.join().unwrap();
    let report = resume_round(&mut operator, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    let demands = deeds.iter().filter(|kind| **kind == DeedKind::DemandCode).count();
    assert!((2..=3).contains(&demands), "the operator may have demanded what is hidden: {deeds:?}");
    let members: Vec<_> = report.standings.iter().map(|line| line.member).collect();
    assert!(members.len() == 2 && !members.contains(&HIDING), "{members:?}");
    assert!(!report.payouts.is_empty());

    // The stranger has nothing but what was shown, and computes the same.
    let again = round_report(&stranger, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(again.standings, report.standings);
    let coin = stranger.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    drop((operator, stranger));
    for root in [&there, &here] {
        assert_eq!(verify(folder(root), 2, &GO_ON, &Silent).unwrap().rounds, 1);
    }
}

#[test]
fn a_module_that_no_transaction_carries_does_not_enter_where_it_may_be_demanded() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let mut node = stage(&place.path().join("operator"), &anvil, &new);
    let large = place.path().join("large.wasm");
    fs::write(&large, with_custom_section(&fs::read(module("rps-rock")).unwrap(), 128_000))
        .unwrap();
    let entry = AgentEntry { owner: "ada", module: &large, stake: None, rounds: 1 };
    let refused = node.add_agent(LEAGUE, &entry).unwrap_err();
    assert!(matches!(refused, NodeError::TooLargeToShow { limit: 128_000, .. }), "{refused}");
}

/// The module with a custom section of so many bytes more, which changes nothing of what it does.
fn with_custom_section(module: &[u8], bytes: u32) -> Vec<u8> {
    let leb = |mut value: u32| {
        let mut out = Vec::new();
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    };
    let content = [&[1, b'x'][..], &vec![7; bytes as usize]].concat();
    [module, &[0], &leb(content.len() as u32), &content].concat()
}
