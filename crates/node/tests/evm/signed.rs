//! A signed round on a chain elsewhere: an agent whose host does not answer plays on the chain.

use std::fs;
use std::net::SocketAddr;

use nets_node::{
    ArenaNode, ChainAnswers, KeyEntry, LeagueSettings, Referee, join_elsewhere, verify,
};

use super::{ENOUGH, arena, chain, folder};
use crate::support::{GO_ON, Silent};
use crate::table::stage::{Agent, HASTY, Host, LEAGUE, key, signed_league};

/// Snake that is over after some steps, with clocks of real blocks.
fn league(node: &ArenaNode) -> LeagueSettings {
    LeagueSettings {
        parameters: [("step-limit".to_owned(), 3)].into(),
        matches_per_round: 1,
        clock_blocks: 30,
        claim_blocks: 20,
        unbond_blocks: 400,
        ..signed_league(node, "snake")
    }
}

#[test]
fn an_agent_without_a_host_answers_on_the_chain_and_a_silent_one_loses_its_flag() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let [there, here] = ["operator", "agent"].map(|name| place.path().join(name));
    let mut node = arena(&there, &anvil, &new);
    node.deposit("operator", 1_000_000).unwrap();
    let league = league(&node);
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    for owner in ["ada", "bo"] {
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        node.fund_outside(owner, ENOUGH / 100).unwrap();
        node.deposit(owner, 10_000).unwrap();
        let key = key(owner).address();
        let entry = KeyEntry { owner, key, name: Some(owner), stake: None, rounds: 1 };
        node.add_keys(LEAGUE, &[entry]).unwrap();
    }
    let owner = node.account("ada").unwrap().address();
    let card = place.path().join("card.json");
    fs::write(&card, node.card().unwrap()).unwrap();
    let host = Host::run(node, HASTY);

    let account = join_elsewhere(folder(&here), &new, &card, &[]).unwrap();
    anvil.set_balance(&account.to_string(), ENOUGH);
    let answers = ChainAnswers::new(ArenaNode::open(folder(&here)).unwrap(), "operator").unwrap();
    let referee = Referee::host(owner);
    // Nobody listens there.
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let knows = (referee, Some(answers));
    let ada = Agent::with(place.path(), "ada", nowhere, "snake-prudent", knows);
    let (node, report) = host.finish();
    assert_eq!(ada.finish().signed, 3);
    let name = |line: &nets_node::MatchLine| {
        node.agent_name(&node.members(LEAGUE).unwrap()[line.members[0].unwrap() as usize].agent)
    };
    for line in &report.matches {
        let (steps, faults) = if name(line) == "ada" { (3, 0) } else { (0, 1) };
        assert_eq!((line.steps, line.faults.len()), (steps, faults), "{line:?}");
    }
    drop(node);
    let report = verify(&there, 2, &GO_ON, &Silent).unwrap();
    assert_eq!((report.rounds, report.matches), (1, 2));
}
