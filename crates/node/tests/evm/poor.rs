//! A watcher that cannot pay for everything does what it can pay for.

use nets_node::{ArenaNode, DeedKind, Liar, Lie, WatchOptions, WatchTurn, Watcher, longest_match};

use super::strangers::stage;
use super::{ENOUGH, LEAGUE, chain};
use crate::support::{GO_ON, Silent, two_threads};

const WANDA: &str = "wanda";

fn turn(watcher: &mut Watcher, node: &mut ArenaNode) -> WatchTurn {
    let options =
        WatchOptions { account: WANDA, leagues: &[], asserts: false, threads: 2, stop: &GO_ON };
    watcher.turn(node, options, &Silent).unwrap()
}

/// What the account would have to hold for a deed, in wei.
fn needed(reason: &str) -> u128 {
    let (_, after) = reason.split_once(" wei, ").unwrap_or_else(|| panic!("no amount: {reason}"));
    let (amount, _) = after.split_once(" are needed").unwrap();
    amount.parse().unwrap()
}

#[test]
fn of_two_lies_the_one_is_ended_that_it_can_pay_for() {
    let Some((anvil, new)) = chain() else { return };
    let place = tempfile::tempdir().unwrap();
    let mut node = stage(&place.path().join("arena"), &anvil, &new);
    node.create_account(WANDA, None).unwrap();
    node.fund_outside(WANDA, ENOUGH / 20).unwrap();
    node.deposit(WANDA, 10_000).unwrap();
    let wanda = node.account(WANDA).unwrap().address().to_string();
    let (match_index, _) = longest_match(&node, LEAGUE, two_threads(), &Silent).unwrap();
    for (liar, more) in [("mallory", 1), ("bo", 2)] {
        let lie = Lie::Score { match_index, seat: 0, more };
        Liar::assert(&mut node, liar, LEAGUE, lie, two_threads(), &Silent).unwrap();
    }

    let mut watcher = Watcher::default();
    anvil.set_balance(&wanda, 1_000);
    let poor = turn(&mut watcher, &mut node);
    assert!(poor.done.is_empty(), "{:?}", poor.done);
    let [(first, reason), (second, _)] = &poor.refused[..] else { panic!("{:?}", poor.refused) };
    assert_ne!(first.assertion, second.assertion);

    anvil.set_balance(&wanda, needed(reason) * 5 / 4);
    let better = turn(&mut watcher, &mut node);
    let done: Vec<_> = better.done.iter().map(|deed| (deed.kind, deed.assertion)).collect();
    assert_eq!(done, [(first.kind, first.assertion)], "{:?}", better.refused);
    assert!(
        better
            .refused
            .iter()
            .any(|(deed, why)| deed.assertion == second.assertion && why.contains("are needed")),
        "{:?}",
        better.refused
    );

    anvil.set_balance(&wanda, ENOUGH);
    let mut ended = 0;
    for _ in 0..50 {
        let done = turn(&mut watcher, &mut node).done;
        let kinds = done.iter().map(|deed| deed.kind);
        ended += kinds.filter(|kind| matches!(kind, DeedKind::Refute | DeedKind::Expire)).count();
        match done.is_empty() {
            _ if ended == 2 => return,
            true => anvil.mine(20),
            false => {}
        }
    }
    panic!("{ended} of two lies were ended");
}
