//! Accusations: hostile trials of honest seats. The watcher defends each, the assertion stands, and who
//! attacked it has lost its bonds, or was silent towards a false defence of its own.

use std::time::Instant;

use alloy_sol_types::SolEvent;
use nets_chain::trial_calls::ITrials;
use nets_core::{Chance, Seat, Seed};
use nets_node::{Accuser, DeedKind, Malice, Standing};

use super::measured::{Columns, latest, sent};
use super::trials::{EVE, MOVE_BLOCKS, Scene};
use crate::lies::{WANDA, assertion, options};
use crate::support::{Silent, two_threads};

/// Demand bonds that a trial holds.
const BONDS: u128 = 7;

/// Trials that are open at once, at most. Each transaction makes a block here, so more of them would
/// take the blocks of a move.
const AT_ONCE: u64 = 3;

/// Turns in which all trials that were opened together have to be over.
const TURNS_MAX: usize = 60;

fn malice(number: u32, dice: &Chance) -> Malice {
    match number % 5 {
        0 => Malice::Dice,
        1 => Malice::FalseRun(dice.draw(5_000 + number, 101)),
        2 => Malice::Straw,
        3 => Malice::Silence(dice.draw(6_000 + number, 5) as u32),
        _ => Malice::Escape,
    }
}

/// An attack: the match and the seat that are put on trial, and how.
type Attack = ((u32, Seat), Malice);

/// Attacks that an honest assertion withstood.
#[derive(Debug, Default)]
pub(super) struct Withstood {
    attacks: usize,
    /// Whose bonds came back, the attacker having been silent towards a defence of its own.
    escaped: u128,
    /// What the contracts refused: convictions, ends of defences, judgements.
    convictions_refused: usize,
    failures_refused: usize,
    judgements_refused: usize,
}

/// Has the watcher assert the round and the assertion attacked so often.
pub(super) fn accuse(
    scene: &mut Scene,
    attacks: u32,
    seed: Seed,
    withstood: &mut Withstood,
    costs: &mut Columns,
) {
    let dice = Chance::from_seed(&seed);
    let turn = scene.watcher.turn(&mut scene.node, options(WANDA, true), &Silent).unwrap();
    assert_eq!(turn.done.iter().map(|deed| deed.kind).collect::<Vec<_>>(), [DeedKind::Assert]);
    let turn = scene.watcher.turn(&mut scene.node, options(WANDA, true), &Silent).unwrap();
    let [standing] = &turn.standing[..] else { panic!("{turn:?}") };
    let number = standing.judged.assertion;
    let mut accuser =
        Accuser::new(&scene.node, EVE, scene.league, seed, two_threads(), &Silent).unwrap();
    let matches: Vec<_> = scene.lengths.keys().copied().collect();
    let mut begun = 0;
    while begun < attacks {
        let together = (1 + dice.draw(7_000 + begun, AT_ONCE) as u32).min(attacks - begun);
        // The same trial can be opened once in a block, so they are of several matches.
        let first = dice.draw(8_000 + begun, matches.len() as u64) as usize;
        let drawn = (begun..begun + together).map(|attack| {
            let q = matches[(first + (attack - begun) as usize) % matches.len()];
            let seat = Seat(dice.draw(9_000 + attack, scene.terms.seats.into()) as u8);
            ((q, seat), malice(attack, &dice))
        });
        let drawn: Vec<_> = drawn.collect();
        withstand(scene, &mut accuser, (number, &drawn), withstood, costs);
        begun += together;
    }
}

/// Has these trials opened, and the watcher and who opened them move in turn until they are over.
fn withstand(
    scene: &mut Scene,
    accuser: &mut Accuser,
    (number, attacks): (u32, &[Attack]),
    withstood: &mut Withstood,
    costs: &mut Columns,
) {
    let (began, first) = (Instant::now(), latest(&scene.anvil) + 1);
    let before = [scene.coin(EVE), scene.coin(WANDA)];
    for &(seat, malice) in attacks {
        accuser.accuse(&mut scene.node, number, seat, malice).unwrap().unwrap();
    }
    let mut refused = Vec::new();
    let mut turns = 0;
    loop {
        turns += 1;
        assert!(turns < TURNS_MAX, "{attacks:?} go on and on");
        // Who attacks moves first, also where both have waited for the same block.
        let attacked = accuser.turn(&mut scene.node).unwrap();
        let turn = scene.watcher.turn(&mut scene.node, options(WANDA, false), &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{turn:?}");
        assert_eq!(assertion(&turn, number), Some(Standing::Right), "{attacks:?}");
        let taken = |kind| attacked.done.iter().any(|deed| deed.kind == kind);
        assert!(!taken(DeedKind::Convict) && !taken(DeedKind::Judge), "{attacks:?}: {attacked:?}");
        let is_said = |(_, reason): &(_, String)| !reason.starts_with("with data");
        assert!(attacked.refused.iter().all(is_said), "{:?}", attacked.refused);
        refused.extend(attacked.refused.iter().map(|(deed, _)| deed.kind));
        if attacked.open == 0 {
            break;
        }
        if turn.done.is_empty() && attacked.done.is_empty() {
            scene.anvil.mine(MOVE_BLOCKS.into());
        }
    }
    assert!(refused.contains(&DeedKind::Convict), "{refused:?}");
    let judges = |malice: &Malice| matches!(malice, Malice::Dice | Malice::FalseRun(_));
    let is_judged = attacks.iter().any(|(_, malice)| judges(malice));
    assert_eq!(refused.contains(&DeedKind::Judge), is_judged, "{attacks:?} {refused:?}");

    let last = latest(&scene.anvil);
    let paid = bonds_paid_to(scene, first, attacks.len());
    let escapes = attacks.iter().filter(|(_, malice)| *malice == Malice::Escape).count() as u128;
    // Every other attacker has lost them.
    assert_eq!(paid[0], escapes, "{attacks:?}: {paid:?}");
    let count = |kind| refused.iter().filter(|one| **one == kind).count();
    withstood.attacks += attacks.len();
    withstood.escaped += paid[0];
    withstood.convictions_refused += count(DeedKind::Convict);
    withstood.failures_refused += count(DeedKind::Fail);
    withstood.judgements_refused += count(DeedKind::Judge);
    let lost = paid[1] * BONDS * scene.terms.demandBond;
    assert_eq!([scene.coin(EVE), scene.coin(WANDA)], [before[0] - lost, before[1] + lost]);
    let sent = sent(&scene.anvil, first..=last);
    let of = |name: &str| {
        let address = scene.node.account(name).unwrap().address();
        sent.get(&address.0).cloned().unwrap_or_default()
    };
    let (attacker, watcher) = (of(EVE), of(WANDA));
    let share = |whole: u64| whole as f64 / attacks.len() as f64;
    costs.add(&[
        ("gas of the watcher for each, thousand", share(watcher.gas) / 1e3),
        ("gas of the attacker for each, thousand", share(attacker.gas) / 1e3),
        ("answers of the watcher for each", share(watcher.cuts)),
        ("objections of the attacker for each", share(attacker.objections)),
        ("blocks until all are over that were opened together", (last - first) as f64),
        ("seconds for each", began.elapsed().as_secs_f64() / attacks.len() as f64),
    ]);
}

/// How many trials ended with their bonds going to the attacker and to the watcher; none convicted.
fn bonds_paid_to(scene: &Scene, first: u64, trials: usize) -> [u128; 2] {
    let logs = scene.node.chain().logs(first).unwrap().into_iter();
    let ends = logs.filter_map(|log| {
        ITrials::TrialEnded::decode_raw_log(log.topics.iter().copied(), &log.data).ok()
    });
    let ends: Vec<_> = ends.collect();
    assert_eq!(ends.len(), trials);
    assert!(ends.iter().all(|end| !end.convicted));
    [EVE, WANDA].map(|name| {
        let address = scene.node.account(name).unwrap().address().0;
        ends.iter().filter(|end| end.payee.0 == address).count() as u128
    })
}
