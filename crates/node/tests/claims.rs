//! Claims: what `nets round claim` computes holds, whatever others claim.

use std::path::Path;

use nets_node::{
    AgentEntry, ArenaNode, Claim, ClaimKind, LeagueFile, MatchStatus, open_round, own_scores,
    post_claims, run_round,
};

use crate::support::{Silent, two_threads};

const LEAGUE: &str = "silver";
const LIAR: u32 = 3;

/// Five agents of rock-paper-scissors, the first two of one owner; each meets each, and each has a
/// bye.
fn five_agents(folder: &Path) -> ArenaNode {
    let mut node = ArenaNode::init(folder, Some(nets_core::Seed([9; 32]))).unwrap();
    let mut file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let league = file.leagues.iter_mut().find(|league| league.name == LEAGUE).unwrap();
    league.matches_per_round = 10;
    league.claim_blocks = 5;
    node.create_league(league).unwrap();
    node.fund_league(LEAGUE, 1_000).unwrap();
    for owner in ["ada", "bruno", "chen", "dora"] {
        node.create_account(owner, None).unwrap();
        node.fund_account(owner, 2_000).unwrap();
    }
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents/wasm");
    let agents = ["rps-rock", "rps-cycle", "rps-historian", "rps-avenger", "rps-mixer"];
    for (owner, agent) in ["ada", "ada", "bruno", "chen", "dora"].into_iter().zip(agents) {
        let module = modules.join(format!("{agent}.wasm"));
        let entry = AgentEntry { owner, module: &module, stake: None, rounds: 1 };
        node.add_agent(LEAGUE, &entry).unwrap();
    }
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node
}

#[test]
fn computed_claims_hold_beside_byes_agents_of_one_owner_and_a_liar() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = five_agents(folder.path());
    let mut lies = own_scores(&node, LEAGUE, LIAR, two_threads(), &Silent).unwrap();
    lies.iter_mut().skip(2).for_each(|score| *score += 1);
    let claim = |member| match member {
        LIAR => (member, ClaimKind::Given(Claim::EachMatch(lies.clone()))),
        _ => (member, ClaimKind::Computed),
    };
    let claims = (0..5).map(claim).collect();
    post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(report.slashed, [LIAR]);
    for status in [MatchStatus::Bye, MatchStatus::SameOwner, MatchStatus::Walkover] {
        assert!(report.matches.iter().any(|line| line.status == status), "no {status:?}");
    }
}

#[test]
fn a_total_is_refused_where_others_make_walkovers() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = five_agents(folder.path());
    let claims = [(0, ClaimKind::Given(Claim::Total(0)))].into();
    let refused = post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap_err();
    assert!(refused.to_string().contains("matches have 2 seats"), "{refused}");
}
