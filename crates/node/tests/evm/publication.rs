//! A league on a chain elsewhere in which code may be demanded: a stranger without any module has
//! those that play from the chain itself, and who hides its module does not play.

use std::fs;
use std::time::Duration;

use nets_chain::IArena::IArenaEvents;
use nets_node::{
    AgentEntry, ArenaNode, DeedKind, LeagueSettings, NodeError, WatchOptions, Watcher, events,
    join_elsewhere, open_round, resume_round, round_report, verify,
};

use super::strangers::quick;
use super::{ENOUGH, LEAGUE, arena, chain, folder};
use crate::support::{GO_ON, Silent, module, short_league, two_threads};

/// Turns in which everything has to be over.
const TURNS_MAX: usize = 2_000;

/// Whose module is in nobody's folder.
const HIDING: u32 = 2;

#[test]
fn modules_that_play_are_on_the_chain_and_one_that_is_hidden_does_not() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let [there, here] = ["operator", "stranger"].map(|name| place.path().join(name));
    let mut operator = arena(&there, &anvil, &new);
    operator.deposit("operator", 1_000_000).unwrap();
    let league = LeagueSettings {
        code_blocks: 40,
        void_blocks: 2_000,
        unbond_blocks: 4_000,
        ..short_league(&operator)
    };
    operator.create_league(&league).unwrap();
    operator.fund_league(LEAGUE, 10_000).unwrap();
    let large = place.path().join("large.wasm");
    fs::write(&large, with_custom_section(&fs::read(module("rps-rock")).unwrap(), 128_000))
        .unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle"), ("mallory", "rps-avenger")] {
        operator.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        operator.fund_outside(owner, ENOUGH / 100).unwrap();
        operator.deposit(owner, 10_000).unwrap();
        let entry = AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        operator.add_agent(LEAGUE, &entry).unwrap();
    }
    let entry = AgentEntry { owner: "ada", module: &large, stake: None, rounds: 1 };
    let refused = operator.add_agent(LEAGUE, &entry).unwrap_err();
    assert!(matches!(refused, NodeError::TooLargeToShow { limit: 128_000, .. }), "{refused}");
    let hidden = nets_core::sha256(&fs::read(module("rps-avenger")).unwrap());
    fs::remove_file(there.join(format!("artifacts/modules/{hidden}.wasm"))).unwrap();

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
        let turn = watcher.turn(&mut stranger, options, &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{:?}", turn.problems);
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        if opening.is_finished() {
            break;
        }
        // Who is to show has its time: then only the chain itself makes blocks.
        let said = events(&stranger, 0).unwrap();
        let count = |is: fn(&IArenaEvents) -> bool| said.iter().filter(|(_, it)| is(it)).count();
        let demanded = count(|it| matches!(it, IArenaEvents::CodeDemanded(_)));
        let shown = count(|it| matches!(it, IArenaEvents::CodeShown(_)));
        match turn.done.is_empty() && (demanded == 0 || shown == 2) {
            true => anvil.mine(1),
            false => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    let mut operator = opening.join().unwrap();
    let report = resume_round(&mut operator, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(deeds.iter().filter(|kind| **kind == DeedKind::DemandCode).count(), 2, "{deeds:?}");
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
