//! A file of leagues is read wholly or refused with what is wrong and what to do.

use nets_core::FuelClock;
use nets_judge::instructions_max;
use nets_machine::RUN_MAX;
use nets_node::{BeaconKind, DEFAULT_LEAGUES, LeagueFile, LeagueSettings};

fn read(text: &str) -> Result<LeagueFile, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leagues.toml");
    std::fs::write(&path, text).unwrap();
    LeagueFile::read(&path).map_err(|error| error.to_string())
}

fn assert_refused(from: &str, to: &str, reason: &str) {
    let text = DEFAULT_LEAGUES.replacen(from, to, 1);
    assert_ne!(text, DEFAULT_LEAGUES, "{from} is not in the file");
    let refused = read(&text).unwrap_err();
    assert!(refused.contains(reason), "expected {reason:?} in: {refused}");
}

#[test]
fn the_default_leagues_are_as_they_should_be_and_their_examples_can_be_used() {
    assert_eq!(read(DEFAULT_LEAGUES).unwrap().leagues.len(), 3);
    let examples = DEFAULT_LEAGUES.lines().filter_map(|line| line.strip_prefix("#   "));
    let examples = examples.collect::<Vec<_>>().join("\n");
    let bronze = DEFAULT_LEAGUES.replacen(
        "system = \"snake\"",
        &format!("system = \"snake\"\n{examples}"),
        1,
    );
    let windows = "unbond-blocks = 16\nvoid-blocks = 8";
    let bronze = bronze.replacen(windows, "unbond-blocks = 500\nvoid-blocks = 400", 1);
    let league = &read(&bronze).unwrap().leagues[0];
    assert_eq!((league.parameters["width"], league.beacon), (8, BeaconKind::Drand));
    league.blueprint().unwrap().build().unwrap();
}

#[test]
fn no_match_of_a_default_league_is_too_long_for_a_trial() {
    let file = read(DEFAULT_LEAGUES).unwrap();
    for (name, decisions) in [("bronze", 300), ("silver", 100), ("gold", 21)] {
        let league = file.league(name).unwrap();
        let (base, increment, cap) = (league.fuel_base, league.fuel_increment, league.fuel_cap);
        let most = instructions_max(&FuelClock { base, increment, cap }, decisions);
        assert!(most <= RUN_MAX, "{name}: {most} instructions");
    }
}

#[test]
fn a_slot_of_the_upper_leagues_takes_more_than_the_stake_that_it_locks() {
    let file = read(DEFAULT_LEAGUES).unwrap();
    for league in ["silver", "gold"].map(|name| file.league(name).unwrap()) {
        let stake = league.minimum_stake.max(league.claim_bond);
        assert!(league.slot_capital > stake, "{}: every owner has its stakes", league.name);
    }
}

#[test]
fn payouts_descend_and_a_clock_holds_what_it_starts_with() {
    assert_refused("[100, 50, 25]", "[25, 50, 100]", "league bronze: payouts has 25 before 50");
    assert_refused("fuel-cap = 20_000_000", "fuel-cap = 9", "expected at most fuel-cap, 9");
    let equal = DEFAULT_LEAGUES.replacen("[100, 50, 25]", "[50, 50]", 1);
    assert_eq!(read(&equal).unwrap().leagues[0].payouts, [50, 50]);
    let none = DEFAULT_LEAGUES.replacen("[100, 50, 25]", "[]", 1);
    assert!(read(&none).unwrap().leagues[0].payouts.is_empty());
}

#[test]
fn a_system_that_cannot_be_built_is_told_with_its_league() {
    let file = read(&DEFAULT_LEAGUES.replacen("\"rps\"", "\"rqs\"", 1)).unwrap();
    let refused = file.league("silver").unwrap().rules().unwrap_err().to_string();
    assert!(refused.starts_with("league silver: no System \"rqs\""), "{refused}");
}

#[test]
fn names_are_checked_and_unique() {
    assert_refused("\"silver\"", "\"bronze\"", "two leagues are called \"bronze\"");
    assert_refused("\"silver\"", "\"a b\\u001b[31m\"", "is no name");
    assert_refused("\"silver\"", "\"\"", "is no name");
}

#[test]
fn windows_and_amounts_are_bounded() {
    let largest = u128::MAX.to_string();
    assert_refused("entry-price = 1", &format!("entry-price = {largest}"), "league bronze");
    assert_refused(
        "entry-blocks = 1",
        "entry-blocks = 4000000",
        "entry-blocks is 4000000, expected at most 100000",
    );
    assert_refused(
        "unbond-blocks = 16",
        "unbond-blocks = 3",
        "at least challenge-blocks + void-blocks",
    );
    let file = read(DEFAULT_LEAGUES).unwrap();
    let league = LeagueSettings { entry_price: u128::MAX, ..file.leagues[0].clone() };
    assert!(league.rules().unwrap_err().to_string().contains("entry-price"));
}

#[test]
fn a_table_of_parameters_in_the_middle_of_a_league_is_explained() {
    let table = "matches-per-round = 8\n[league.parameters]\nwidth = 8";
    assert_refused("matches-per-round = 8", table, "put that table last in its league");
}
