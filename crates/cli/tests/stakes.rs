//! What an owner does with an agent that is in a league: pay, stake, leave, take everything out.

use std::path::Path;

use serde_json::Value;

use crate::arena::{agent, arena, assert_done, assert_refused, nets};

/// The lines of JSON that a command prints.
fn json(root: &Path, words: &[&str]) -> Vec<Value> {
    let output = nets(root, &[words, &["--json"]].concat());
    assert_done(&output);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What an account holds: free, as stakes, outside.
fn held(root: &Path, account: &str) -> [u64; 3] {
    let accounts = json(root, &["account", "list"]);
    let line = accounts.iter().find(|line| line["name"] == account).unwrap();
    ["free", "stakes", "outside"].map(|key| line[key].as_u64().unwrap())
}

/// Two agents of ada, one of bo, of which one name is common.
fn arena_with_agents(root: &Path) {
    arena(root);
    assert_done(&nets(root, &["account", "new", "bo", "--fund", "100"]));
    let (greedy, scout) = (agent("snake-greedy"), agent("snake-scout"));
    let league = ["--league", "bronze", "--owner"];
    let ada = [&["agent", "add", &greedy, &scout][..], &league, &["ada"]].concat();
    let added = json(root, &ada);
    assert_eq!((&added[1]["member"], &added[1]["name"]), (&1.into(), &"snake-scout".into()));
    assert_done(&nets(root, &[&["agent", "add", &greedy][..], &league, &["bo"]].concat()));
}

fn on_agent<'a>(verb: &'a str, name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["agent", verb, name], more, &["--league", "bronze"]].concat()
}

#[test]
fn an_owner_takes_out_every_coin_that_it_paid_in() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    assert_eq!(held(&root, "bo"), [89, 10, 0]);
    let renewed = json(&root, &on_agent("renew", "2", &["--rounds", "4"]));
    assert_eq!((&renewed[0]["from"], &renewed[0]["to"]), (&0.into(), &5.into()));
    let staked = json(&root, &on_agent("stake", "2", &["30"]));
    assert_eq!((&staked[0]["stake"], &staked[0]["amount"]), (&40.into(), &30.into()));
    assert_eq!(held(&root, "bo"), [55, 40, 0]);
    let left = json(&root, &on_agent("unbond", "2", &[]));
    assert_eq!(left[0]["amount"], 5, "five rounds were paid for and are not played");
    let free_at = left[0]["free_at"].as_u64().unwrap();
    let list = json(&root, &["agent", "list", "--owner", "bo"]);
    assert_eq!((list.len(), &list[0]["state"]), (1, &"leaving".into()));
    assert_eq!((&list[0]["free_at"], &list[0]["blocks_left"]), (&free_at.into(), &15.into()));
    let early = nets(&root, &on_agent("withdraw", "2", &[]));
    assert_refused(&early, &format!("block {free_at} the first that will do, 15 blocks left"));
    assert_refused(&early, "`nets chain advance 15`");
    assert_done(&nets(&root, &["chain", "advance", "14"]));
    assert_refused(&nets(&root, &on_agent("withdraw", "2", &[])), "1 block left");
    assert_eq!(json(&root, &["chain", "advance", "1"])[0]["head"], free_at - 1);
    assert_eq!(json(&root, &on_agent("withdraw", "2", &[]))[0]["amount"], 40);
    assert_eq!(held(&root, "bo"), [100, 0, 0]);
    assert_eq!(json(&root, &["agent", "list", "--owner", "bo"])[0]["state"], "left");
    assert_done(&nets(&root, &["account", "withdraw", "bo", "100"]));
    assert_eq!(held(&root, "bo"), [0, 0, 100]);
    assert_done(&nets(&root, &["account", "deposit", "bo", "60"]));
    assert_eq!(held(&root, "bo"), [60, 0, 40]);
    let more = nets(&root, &["account", "deposit", "bo", "41"]);
    assert_refused(&more, "bo holds 40 coin outside the arena, 41 are needed");
    assert_refused(&more, "hint: `nets chain fund");
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
}

#[test]
fn who_left_is_not_entered_again_until_it_stakes_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    assert_done(&nets(&root, &on_agent("unbond", "2", &[])));
    let run = ["round", "run", "bronze"];
    // The line after the places is the round's own.
    let places = |root: &Path| json(root, &run).len() - 1;
    assert_eq!(places(&root), 2, "it left before the round opened");
    assert_done(&nets(&root, &["chain", "advance", "16"]));
    assert_done(&nets(&root, &on_agent("withdraw", "2", &[])));
    let output = nets(&root, &run);
    assert_done(&output);
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!notes.contains("fades out"), "{notes}");
    assert_done(&nets(&root, &on_agent("stake", "2", &["10"])));
    assert_done(&nets(&root, &on_agent("renew", "2", &[])));
    assert_eq!(places(&root), 3);
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
}

#[test]
fn a_stake_stays_until_the_round_under_way_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    assert_done(&nets(&root, &["round", "open", "bronze"]));
    let left = json(&root, &on_agent("unbond", "2", &[]));
    assert_eq!((&left[0]["after_round"], left[0].get("free_at")), (&0.into(), None));
    assert_done(&nets(&root, &["chain", "advance", "30"]));
    let held = nets(&root, &on_agent("withdraw", "2", &[]));
    assert_refused(&held, "held until round 0 has ended");
    assert_refused(&held, "hint: `nets round run LEAGUE`");
    assert_done(&nets(&root, &["round", "run", "bronze"]));
    assert_refused(&nets(&root, &on_agent("withdraw", "2", &[])), "blocks left");
}

#[test]
fn an_agent_is_named_by_file_number_or_id_and_a_wrong_name_gets_help() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    let list = json(&root, &["agent", "list"]);
    let id = list[1]["agent"].as_str().unwrap();
    for name in ["snake-scout", "1", id, &id[..8], &format!("0x{}", &id[..6].to_uppercase())] {
        assert_done(&nets(&root, &on_agent("stake", name, &["1"])));
    }
    assert_eq!(json(&root, &["agent", "list"])[1]["stake"], 15);
    let ambiguous = nets(&root, &on_agent("stake", "snake-greedy", &["1"]));
    assert_refused(&ambiguous, "means 2 agents of league bronze: snake-greedy (member 0, id ");
    assert_done(&nets(&root, &on_agent("stake", "snake-greedy", &["1", "--owner", "bo"])));
    assert_eq!(json(&root, &["agent", "list"])[2]["stake"], 11);
    let unknown = nets(&root, &on_agent("renew", "snake-scot", &[]));
    assert_refused(&unknown, "no agent \"snake-scot\"; did you mean \"snake-scout\"?; it has ");
    assert_refused(&nets(&root, &on_agent("renew", "9", &[])), "no agent \"9\"");
    let stranger = nets(&root, &on_agent("unbond", "snake-scout", &["--owner", "bo"]));
    assert_refused(&stranger, "(member 1 of bronze) belongs to ada, not to bo");
    assert_refused(&nets(&root, &["agent", "list", "--league", "brnze"]), "leagues: bronze");
}

#[test]
fn what_an_owner_may_not_do_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    let before = nets(&root, &["agent", "list", "--json"]).stdout;
    let head = nets(&root, &["log", "--json"]).stdout;
    let refused = |words: Vec<&str>, message| assert_refused(&nets(&root, &words), message);
    refused(on_agent("withdraw", "2", &[]), "its stake was not asked back");
    refused(on_agent("stake", "2", &["500"]), "holds 89 free coin, 500 are needed");
    refused(on_agent("renew", "2", &["--rounds", "0"]), "1 to 31 can be bought now");
    refused(on_agent("renew", "2", &["--rounds", "33"]), "33 rounds were asked for");
    let key = root.join("keys").join("bo.key");
    let hidden = folder.path().join("bo.key");
    std::fs::rename(&key, &hidden).unwrap();
    refused(on_agent("unbond", "2", &[]), "whose key is not in this arena");
    std::fs::rename(&hidden, &key).unwrap();
    let module = agent("snake-scout");
    let again = ["agent", "add", &module, "--league", "bronze", "--owner", "ada"];
    refused(again.to_vec(), "is a member already, number 1");
    // One that cannot enter keeps the others of the same command out.
    let drifter = agent("snake-drifter");
    let both = ["agent", "add", &drifter, &module, "--league", "bronze", "--owner", "ada"];
    refused(both.to_vec(), "is a member already, number 1");
    assert_eq!(nets(&root, &["agent", "list", "--json"]).stdout, before);
    assert_eq!(nets(&root, &["log", "--json"]).stdout, head, "a refusal leaves no trace");
    assert_done(&nets(&root, &on_agent("unbond", "2", &[])));
    refused(on_agent("unbond", "2", &[]), "it is leaving already");
    refused(on_agent("renew", "2", &[]), "it is leaving already");
    assert_done(&nets(&root, &["chain", "advance", "16"]));
    assert_done(&nets(&root, &on_agent("withdraw", "2", &[])));
    refused(on_agent("withdraw", "2", &[]), "nothing is staked");
    refused(on_agent("renew", "2", &[]), "a stake of 0 is below the 10");
}

fn assert_all_coin_is_held_for_something(root: &Path, uses: &[&str]) {
    let lines = json(root, &["coin"]);
    let (sum, held) = lines.split_last().unwrap();
    let amounts = held.iter().map(|line| line["amount"].as_u64().unwrap());
    assert_eq!(sum["balance"].as_u64(), Some(amounts.sum()), "{lines:?}");
    let mut found: Vec<_> = held.iter().map(|line| line["held_for"].as_str().unwrap()).collect();
    found.sort_unstable();
    found.dedup();
    let mut expected = uses.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn the_matches_of_a_round_are_listed_with_records_that_replay() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    let places = json(&root, &["round", "run", "bronze"]);
    let round = places.last().unwrap();
    let matches = json(&root, &["round", "matches", "bronze", "--round", "0"]);
    assert_eq!(round["played"].as_u64(), Some(matches.len() as u64));
    assert_eq!(round["paid_now"].as_array().unwrap().len(), 3);
    let first = &matches[0];
    assert_eq!(
        first["seats"][0]["name"],
        places.iter().find(|p| p["member"] == 0).unwrap()["name"]
    );
    let total = |member: u64| {
        let of_member = matches.iter().filter(|line| line["seats"][0]["member"] == member);
        of_member.map(|line| line["scores"][0].as_i64().unwrap()).sum::<i64>()
    };
    for place in &places[..places.len() - 1] {
        assert_eq!(place["total"].as_i64(), Some(total(place["member"].as_u64().unwrap())));
    }
    assert_done(&nets(&root, &["replay", first["record"].as_str().unwrap()]));
}

#[test]
fn forfeits_are_seats_with_reasons_and_lost_files_of_a_round_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let module = agent("trapper");
    assert_done(&nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]));
    json(&root, &["round", "run", "bronze"]);
    let matches = || json(&root, &["round", "matches", "bronze"]);
    let first = matches().remove(0);
    let fault = &first["faults"][0];
    assert_eq!((&fault["seat"], &fault["step"]), (&0.into(), &2.into()), "{first}");
    assert_eq!(first["forfeits"], serde_json::json!([0]));
    let id = first["match_id"].as_str().unwrap();
    let diagnostics = root.join("diagnostics").join(format!("{id}.txt"));
    std::fs::write(diagnostics, b"seat \xff fell asleep").unwrap();
    let fault = &matches()[0]["faults"][0];
    assert_eq!((&fault["seat"], &fault["step"]), (&Value::Null, &Value::Null), "{fault}");
    assert_eq!(fault["failure"], "seat \u{fffd} fell asleep");
    for lost in ["artifacts/records", "diagnostics", "seals"] {
        std::fs::remove_dir_all(root.join(lost)).unwrap();
        assert_done(&nets(&root, &["standings", "bronze"]));
    }
    assert_done(&nets(&root, &["verify"]));
}

#[test]
fn an_agent_that_would_forfeit_at_once_enters_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    for (name, is_warned) in [("outlaw", true), ("burner", true), ("snake-greedy", false)] {
        let module = agent(name);
        let done = nets(&root, &["agent", "add", &module, "--league", "bronze", "--owner", "ada"]);
        assert_done(&done);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(said.contains("would forfeit the first decision"), is_warned, "{name}: {said}");
    }
}

#[test]
fn a_league_that_was_created_or_funded_is_shown_alone_with_its_purse() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena(&root);
    let shown = json(&root, &["league", "create", "silver", "gold", "--fund", "7"]);
    let line = |line: &Value| (line["name"].clone(), line["purse"].clone());
    let both: Vec<_> = shown.iter().map(line).collect();
    assert_eq!(both, [("silver".into(), 7.into()), ("gold".into(), 7.into())]);
    let shown = json(&root, &["league", "fund", "gold", "3"]);
    assert_eq!(shown.iter().map(line).collect::<Vec<_>>(), [("gold".into(), 10.into())]);
    assert_eq!(json(&root, &["league", "list"]).len(), 3);
}

#[test]
fn the_log_says_in_words_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    let log = String::from_utf8(nets(&root, &["log"]).stdout).unwrap();
    let funded = "Deposited: owner ada, amount 100";
    assert!(log.contains(funded) && log.contains("Registered: league 0, member 0, owner"), "{log}");
    assert!(log.contains("matches per round 8, "), "{log}");
    assert!(!log.contains('{'), "{log}");
}

#[test]
fn a_round_that_is_given_up_pays_its_entries_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    arena_with_agents(&root);
    let void = ["round", "void", "bronze"];
    assert_refused(&nets(&root, &void), "has no round under way");
    let before = ["ada", "bo"].map(|owner| held(&root, owner));
    assert_all_coin_is_held_for_something(&root, &["account", "stake", "purse", "fees"]);
    assert_done(&nets(&root, &["round", "open", "bronze"]));
    assert_all_coin_is_held_for_something(&root, &["account", "stake", "purse", "reserve"]);
    let voided = &json(&root, &void)[0];
    let refunds = voided["refunds"].as_array().unwrap();
    assert_eq!((&voided["round"], refunds.len()), (&0.into(), 3));
    assert!(refunds.iter().all(|refund| refund["amount"] == 1), "{refunds:?}");
    let after = ["ada", "bo"].map(|owner| held(&root, owner));
    for (owner, prices) in [(0, 2), (1, 1)] {
        let [free, stakes, outside] = before[owner];
        assert_eq!(after[owner], [free + prices, stakes, outside]);
    }
    assert_refused(&nets(&root, &void), "has no round under way");
    assert_eq!(json(&root, &["round", "run", "bronze"])[0]["round"], 1);
    let status = |line: &Value| line["status"].as_str().unwrap().to_owned();
    let rounds: Vec<_> = json(&root, &["round", "list", "bronze"]).iter().map(status).collect();
    assert_eq!(rounds, ["void", "final"]);
    assert_done(&nets(&root, &["verify", root.to_str().unwrap()]));
}
