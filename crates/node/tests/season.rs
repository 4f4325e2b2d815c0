//! The demonstration season: played, settled, verified.

use nets_league::MatchStatus;
use nets_node::{CoinUse, RoundReport, demo_season, verify};

use crate::support::{GO_ON, Silent, two_threads};

fn owner_of(report: &RoundReport, node: &nets_node::ArenaNode, rank: usize) -> String {
    node.account_name(&report.standings[rank].owner).unwrap()
}

#[test]
fn the_demonstration_season_is_what_it_says_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let season = demo_season(folder.path(), two_threads(), &Silent).unwrap();
    let bronze = &season.rounds[0];
    assert_eq!(owner_of(bronze, &season.node, 0), "bruno", "the scout wins");
    let liar = bronze.standings.iter().find(|line| line.disqualified_at.is_some()).unwrap();
    assert_eq!(season.node.account_name(&liar.owner).unwrap(), "gil");
    assert_eq!(bronze.slashed, [liar.member]);
    let skipped = bronze.matches.iter().filter(|line| line.status == MatchStatus::Walkover);
    assert_eq!(skipped.count(), 5, "three of eight matches were played");
    let forfeits = bronze.matches.iter().filter(|line| !line.faults.is_empty()).count();
    assert_eq!(forfeits, 16, "the one that traps and the one that burns lose all matches");
    let paid: u128 = bronze.payouts.iter().map(|line| line.amount).sum();
    assert_eq!(paid, 175);
    let second = &season.rounds[3];
    assert_eq!((second.league.as_str(), second.round), ("bronze", 1));
    assert!(second.standings.iter().all(|line| line.member != liar.member), "banned for good");
    let gold = &season.rounds[2];
    assert_eq!(owner_of(gold, &season.node, 0), "hana", "the network wins gold");
    let coin = season.node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    let burnt = coin.held.iter().find(|held| held.held_for == CoinUse::Burnt).unwrap();
    assert_eq!(burnt.amount, 5, "half of the liar's stake");
    drop(season);
    let report = verify(folder.path(), 2, &GO_ON, &Silent).unwrap();
    assert_eq!((report.rounds, report.slashings), (6, 1));
    assert_eq!(report.payouts, 18);
}
