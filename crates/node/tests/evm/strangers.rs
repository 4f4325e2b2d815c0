//! Strangers: one joins an arena on a chain by its card, with nothing else of the operator's than the
//! agents' modules, and keeps a round true alone.

use std::fs;
use std::path::Path;

use nets_node::{
    ArenaNode, DeedKind, LeagueSettings, Liar, Lie, NodeError, WatchOptions, Watcher,
    join_elsewhere, longest_match, open_round, round_report,
};
use nets_testkit::anvil::Anvil;

use super::{ENOUGH, LEAGUE, arena, chain, folder};
use crate::support::{GO_ON, Silent, copy, module, short_league, two_threads};

/// Turns in which everything has to be over.
const TURNS_MAX: usize = 200;

pub(super) fn quick(root: &Path) {
    let settings = root.join("arena.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let text = text.replace("finality = 0\n", "finality = 0\npoll-milliseconds = 20\n");
    fs::write(&settings, text).unwrap();
}

/// A round in which assertions are taken, with a liar who has coin.
pub(super) fn stage(root: &Path, anvil: &Anvil, new: &nets_node::NewChain) -> ArenaNode {
    let mut node = arena(root, anvil, new);
    node.deposit("operator", 1_000_000).unwrap();
    let league = LeagueSettings {
        demand_blocks: 20,
        challenge_blocks: 400,
        void_blocks: 2_000,
        unbond_blocks: 4_000,
        ..short_league(&node)
    };
    node.create_league(&league).unwrap();
    node.fund_league(LEAGUE, 10_000).unwrap();
    for (owner, name) in [("ada", "rps-rock"), ("bo", "rps-cycle"), ("mallory", "rps-avenger")] {
        node.create_account(owner, Some(nets_core::sha256(owner.as_bytes()).0)).unwrap();
        node.fund_outside(owner, ENOUGH / 20).unwrap();
        node.deposit(owner, 10_000).unwrap();
        let entry = nets_node::AgentEntry { owner, module: &module(name), stake: None, rounds: 1 };
        node.add_agent(LEAGUE, &entry).unwrap();
    }
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    anvil.mine(4);
    node
}

#[test]
fn a_stranger_who_joins_by_a_card_ends_a_lie_and_the_round() {
    let lie = |match_index| Lie::Score { match_index, seat: 0, more: 1 };
    a_stranger_ends(lie, DeedKind::Refute);
}

#[test]
fn a_stranger_has_a_decision_judged_that_no_agent_made() {
    let lie = |match_index| Lie::Decision { match_index, step: 1 };
    a_stranger_ends(lie, DeedKind::Judge);
}

/// A lie, whose asserter answers and defends whatever it is asked, and the round after it; what was
/// shown has to be shown in this way.
fn a_stranger_ends(lie: impl Fn(u32) -> Lie, shown: DeedKind) {
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
    assert_eq!(stranger.league_names(), [LEAGUE]);
    stranger.deposit("operator", 10_000).unwrap();
    let options =
        WatchOptions { account: "operator", leagues: &[], asserts: true, threads: 2, stop: &GO_ON };
    let mut watcher = Watcher::default();
    let turn = watcher.turn(&mut stranger, options, &Silent).unwrap();
    assert!(matches!(turn.problems[..], [(_, NodeError::MissingArtifact { .. })]), "{turn:?}");
    copy(&there.join("artifacts/modules"), &here.join("artifacts/modules"));

    let (match_index, steps) = longest_match(&operator, LEAGUE, two_threads(), &Silent).unwrap();
    assert!(steps > 1);
    let lie = lie(match_index);
    let mut liar =
        Liar::assert(&mut operator, "mallory", LEAGUE, lie, two_threads(), &Silent).unwrap();
    let mut deeds = Vec::new();
    for _ in 0..TURNS_MAX {
        let turn = watcher.turn(&mut stranger, options, &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{:?}", turn.problems);
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        if deeds.contains(&DeedKind::Finalize) {
            break;
        }
        let answers = liar.answer(&mut operator).unwrap();
        let defends = liar.defend(&mut operator, 50).unwrap();
        if [answers, defends, turn.done].concat().is_empty() {
            anvil.mine(20);
        }
    }
    for kind in [DeedKind::Assert, shown, DeedKind::Finalize] {
        assert!(deeds.contains(&kind), "{kind:?} is not in {deeds:?}");
    }
    // The operator finds what is final to be what it computes.
    let report = round_report(&operator, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(report.standings.len(), 3);
}

#[test]
fn a_card_that_says_what_is_not_so_is_refused() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let operator = stage(&place.path().join("operator"), &anvil, &new);
    let whole = operator.card().unwrap();
    let card = place.path().join("card.json");
    let refused = |text: &str| {
        fs::write(&card, text).unwrap();
        let here = tempfile::tempdir_in(place.path()).unwrap();
        let here = folder(&here.path().join("stranger"));
        join_elsewhere(here, &new, &card, &[]).unwrap_err().to_string()
    };
    let other_rules = whole.replace("\"rules\": \"0", "\"rules\": \"1");
    assert_ne!(other_rules, whole);
    for (text, said) in [
        ("{}", "missing field"),
        (&whole.replace("\"number\": 0", "\"number\": 7"), "UnknownLeague"),
        (&whole.replace("\"court\"", "\"count\""), "court is missing"),
        (&other_rules, "rules of league silver"),
    ] {
        let error = refused(text);
        assert!(error.contains(said), "{error}");
    }
}
