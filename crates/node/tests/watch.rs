//! A watcher alone against liars: every lie dies, whether its asserter answers or hides, and the
//! honest outcome becomes final.

use nets_node::{
    ArenaNode, AssertedTree, DeedKind, LeagueFile, LeagueSettings, Liar, Lie, Watcher,
    longest_match, open_round, resume_round, verify,
};

use crate::lies::{MALLORY, Manner, WANDA, finish, kill};
use crate::support::{GO_ON, Silent, arena, two_threads};

fn league(node: &ArenaNode, name: &str, parameters: &[(&str, u64)]) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    LeagueSettings {
        parameters: parameters.iter().map(|&(key, value)| (key.to_owned(), value)).collect(),
        matches_per_round: 4,
        claim_blocks: 1,
        demand_blocks: 2,
        challenge_blocks: 80,
        void_blocks: 10_000,
        unbond_blocks: 20_000,
        ..file.league(name).unwrap().clone()
    }
}

/// An arena in which assertions are taken, with a liar and a watcher that have coin.
fn stage(
    root: &std::path::Path,
    name: &str,
    parameters: &[(&str, u64)],
    agents: &[(&str, &str)],
) -> ArenaNode {
    stage_with(root, name, |node| league(node, name, parameters), agents)
}

fn stage_with(
    root: &std::path::Path,
    name: &str,
    league: impl FnOnce(&ArenaNode) -> LeagueSettings,
    agents: &[(&str, &str)],
) -> ArenaNode {
    let mut node = arena(root, league, agents);
    for account in [MALLORY, WANDA] {
        node.create_account(account, Some(nets_core::sha256(account.as_bytes()).0)).unwrap();
        node.fund_account(account, 100_000).unwrap();
    }
    open_round(&mut node, name, two_threads(), &Silent).unwrap();
    node.advance(2).unwrap();
    node
}

fn byte(tree: AssertedTree, leaf: u32, offset: usize) -> Lie {
    Lie::Byte { tree, leaf, offset }
}

/// Lies of every kind, in a round of at least two entries and two matches.
fn lies(longest: u32, steps: u32, seats: usize) -> Vec<Lie> {
    let trace = AssertedTree::Trace(longest);
    let mut lies = vec![
        Lie::Score { match_index: longest, seat: 0, more: 1 },
        Lie::Score { match_index: longest, seat: seats as u8 - 1, more: -1 },
        Lie::Step { match_index: longest, step: 0 },
        Lie::Step { match_index: longest, step: steps / 2 },
        Lie::Ranks { rank: 0 },
        Lie::Totals,
        Lie::Missing,
    ];
    lies.extend((2..50).step_by(9).map(|offset| byte(AssertedTree::Entries, 1, offset)));
    lies.extend((2..40 + 16 * seats).step_by(9).map(|at| byte(AssertedTree::Matches, 1, at)));
    lies.extend((2..15).step_by(4).map(|offset| byte(AssertedTree::Ranks, 0, offset)));
    lies.extend([0, 3, 6, 7, 38].map(|offset| byte(trace, steps / 3, offset)));
    lies.extend([0, 3, 7, 8, 9, 41].map(|offset| byte(trace, steps, offset)));
    lies
}

fn every_lie_dies(name: &str, seats: usize, parameters: &[(&str, u64)], agents: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root, name, parameters, agents);
    let mut watcher = Watcher::default();
    let (longest, steps) = longest_match(&node, name, two_threads(), &Silent).unwrap();
    assert!(steps > 2, "{name}");
    for (number, lie) in lies(longest, steps, seats).into_iter().enumerate() {
        // Silence ends all lies alike; only some asserters are silent.
        let manner = if number % 4 == 3 { Manner::Silent } else { Manner::Answers };
        let mut liar = Liar::assert(&mut node, MALLORY, name, lie, two_threads(), &Silent).unwrap();
        let deeds = kill(&mut node, &mut watcher, &mut liar, (lie, manner), pass);
        // Who changed a hash has nothing to answer with.
        let ends = [DeedKind::Refute, DeedKind::Expire];
        assert!(ends.contains(&deeds[deeds.len() - 1]), "{lie:?} {deeds:?}");
    }
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    let (free, _) = node.capital(&node.account(WANDA).unwrap().address()).unwrap();
    assert!(free > 100_000, "watching has paid: {free}");
    let deeds = finish(&mut node, &mut watcher, pass);
    assert!(deeds.contains(&DeedKind::Assert), "{name}: {deeds:?}");
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}

/// A block passes.
fn pass(node: &mut ArenaNode) {
    node.advance(1).unwrap();
}

const SNAKES: [(&str, &str); 4] = [
    ("ada", "snake-greedy"),
    ("bo", "snake-scout"),
    ("chen", "snake-drifter"),
    ("dora", "snake-wanderer"),
];

#[test]
fn every_lie_about_snake_dies() {
    let parameters = [("width", 6), ("height", 6), ("step-limit", 80)];
    every_lie_dies("bronze", 1, &parameters, &SNAKES);
}

#[test]
fn every_lie_about_rock_paper_scissors_dies() {
    let agents = [("ada", "rps-rock"), ("bo", "rps-cycle"), ("chen", "rps-avenger")];
    every_lie_dies("silver", 2, &[("throws", 40)], &agents);
}

#[test]
fn every_lie_about_connect_four_dies() {
    let agents =
        [("ada", "connect-four-greedy"), ("bo", "connect-four-search"), ("chen", "outlaw")];
    every_lie_dies("gold", 2, &[], &agents);
}

/// What falls in a trial: decisions of a match changed, forfeits invented and denied, fuel that was not
/// used, all that follows from it consistent; with an asserter that defends it, and one that does not.
/// `NETS_TRIAL_DECISIONS=100` changes so many decisions of each match.
fn every_other_course_is_tried(
    name: &str,
    settings: impl Fn(LeagueSettings) -> LeagueSettings,
    agents: &[(&str, &str)],
    decisions_least: u32,
    is_forfeited: bool,
) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage_with(&root, name, |node| settings(league(node, name, &[])), agents);
    let mut watcher = Watcher::default();
    let (match_index, steps) = longest_match(&node, name, two_threads(), &Silent).unwrap();
    let seats = node.league(name).unwrap().terms.seats;
    let decisions = std::env::var("NETS_TRIAL_DECISIONS");
    let decisions = decisions.map_or(decisions_least, |text| text.parse().unwrap());
    let at = |number: u32| number * steps / decisions;
    let mut lies: Vec<_> =
        (0..decisions).map(|number| Lie::Decision { match_index, step: at(number) }).collect();
    lies.push(Lie::Forfeit { match_index, step: at(1) });
    if is_forfeited {
        lies.push(Lie::Decision { match_index, step: steps });
    }
    lies.extend((0..seats).map(|seat| Lie::Fuel {
        match_index,
        seat,
        more: i64::from(seat) * 2 - 1,
    }));
    for (number, lie) in lies.into_iter().enumerate() {
        let mut liar = Liar::assert(&mut node, MALLORY, name, lie, two_threads(), &Silent).unwrap();
        let manner = match number % 4 {
            3 => Manner::Answers,
            _ => Manner::Defends(number as u64 * 37 % 101),
        };
        let deeds = kill(&mut node, &mut watcher, &mut liar, (lie, manner), pass);
        assert_eq!(deeds.last(), Some(&DeedKind::Convict), "{lie:?} {deeds:?}");
        assert_eq!(deeds.contains(&DeedKind::Judge), manner != Manner::Answers, "{deeds:?}");
    }
    let (free, _) = node.capital(&node.account(WANDA).unwrap().address()).unwrap();
    assert!(free > 100_000, "watching has paid: {free}");
    let deeds = finish(&mut node, &mut watcher, pass);
    assert!(deeds.contains(&DeedKind::Assert), "{name}: {deeds:?}");
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}

#[test]
fn every_other_course_of_a_snake_is_tried() {
    let parameters = [("width", 6), ("height", 6), ("step-limit", 80)];
    let settings = |league: LeagueSettings| LeagueSettings {
        parameters: parameters.map(|(name, value)| (name.to_owned(), value)).into(),
        ..league
    };
    every_other_course_is_tried("bronze", settings, &SNAKES, 8, false);
}

#[test]
fn every_other_course_of_connect_four_is_tried() {
    let agents = [("ada", "connect-four-greedy"), ("bo", "trapper")];
    every_other_course_is_tried("gold", |league| league, &agents, 3, true);
    let agents = [("ada", "connect-four-greedy"), ("bo", "connect-four-neural")];
    every_other_course_is_tried("gold", |league| league, &agents, 4, false);
}

#[test]
fn every_other_course_of_agents_that_remember_is_tried() {
    let agents = [("ada", "rps-historian"), ("bo", "rps-avenger")];
    every_other_course_is_tried("silver", |league| league, &agents, 6, false);
}

#[test]
fn every_other_course_of_chess_is_tried_which_has_no_step_contract() {
    let agents = [("ada", "chess-random"), ("bo", "chess-greedy")];
    let settings = |league| LeagueSettings { system: "chess".to_owned(), ..league };
    every_other_course_is_tried("gold", settings, &agents, 3, false);
}

#[test]
fn a_round_is_run_to_its_end_although_a_lie_was_asserted_before() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root, "bronze", &[("width", 6), ("height", 6)], &SNAKES);
    let lie = Lie::Ranks { rank: 0 };
    let liar = Liar::assert(&mut node, MALLORY, "bronze", lie, two_threads(), &Silent).unwrap();
    assert_eq!(liar.assertion, 0);
    let report = resume_round(&mut node, "bronze", two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(report.payouts.len(), 3);
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}
