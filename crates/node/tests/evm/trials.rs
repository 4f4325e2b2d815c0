//! Trials on a chain elsewhere: lies that nothing but a trial ends, about four Systems, one after another;
//! then an honest assertion under attack, which becomes final.
//!
//! A few of each by default. `NETS_TRIAL_DECISIONS=48` tells so many false decisions of each System, in
//! several rounds, with a false forfeit and false fuel of every match beside them, and prints what they
//! came to.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use nets_chain::IArena;
use nets_core::{Chance, Seed, sha256};
use nets_node::{
    AgentEntry, ArenaNode, DeedKind, FinalitySetting, LeagueFile, LeagueSettings, Liar, Lie,
    NewChain, Watcher, match_lengths, open_round, verify,
};
use nets_testkit::anvil::Anvil;
use serde_json::json;
use tempfile::TempDir;

use super::accusations::{Withstood, accuse};
use super::measured::{Columns, latest, sent};
use super::{ENOUGH, arena_of, folder};
use crate::lies::{MALLORY, Manner, WANDA, finish, kill, options};
use crate::support::{GO_ON, Silent, module, two_threads};

/// Who is up to no good where an assertion is honest.
pub(super) const EVE: &str = "eve";

/// What everybody has in the arena.
const COIN: u128 = 1_000_000;

/// The time of a move, in blocks. Each transaction makes one here, and several may be sent at once.
pub(super) const MOVE_BLOCKS: u32 = 6;

/// The window, in which what is hidden is disclosed; each attack takes some of it, and all of them begin
/// in it.
const CHALLENGE_BLOCKS: u32 = 300;
const ATTACK_BLOCKS: u32 = 80;

/// False decisions of one round: a chain that grows long is read again and again.
const DECISIONS_PER_ROUND: u32 = 12;

/// Defences that a liar makes who does not give up when its first has fallen.
const DEFENCES_MAX: u32 = 4;

/// A lie, what its asserter does about it, and in how many defences.
type Told = (Lie, Manner, u32);

/// What is played, and by whom.
pub(super) struct Played {
    system: &'static str,
    /// The league of the file that it is a variant of.
    like: &'static str,
    parameters: &'static [(&'static str, u64)],
    agents: [&'static str; 2],
}

const SNAKE: Played = Played {
    system: "snake",
    like: "bronze",
    parameters: &[("width", 6), ("height", 6), ("step-limit", 40)],
    agents: ["snake-scout", "snake-neural"],
};

const CONNECT_FOUR: Played = Played {
    system: "connect-four",
    like: "gold",
    parameters: &[],
    agents: ["connect-four-greedy", "connect-four-neural"],
};

/// It has no step contract.
const CHESS: Played = Played {
    system: "chess",
    like: "gold",
    parameters: &[],
    agents: ["chess-random", "chess-greedy"],
};

/// The historian counts, from decision to decision, what its opponent did, and the trapper the decisions
/// that it made; most other agents, the avenger too, remember nothing and see all in an observation.
const ROCK_PAPER_SCISSORS: Played = Played {
    system: "rps",
    like: "silver",
    parameters: &[("throws", 40)],
    agents: ["rps-historian", "rps-avenger"],
};

/// An arena on a node of its own, with a round of which assertions are taken, and a watcher.
pub(super) struct Scene {
    pub(super) anvil: Anvil,
    pub(super) node: ArenaNode,
    pub(super) watcher: Watcher,
    pub(super) league: &'static str,
    pub(super) terms: IArena::LeagueTerms,
    /// How many steps each match has.
    pub(super) lengths: BTreeMap<u32, u32>,
    place: TempDir,
}

impl Scene {
    fn new(played: &Played, seed: Seed, attacks: u32) -> Option<Self> {
        // Blocks come by themselves until the round is open, and after that with transactions alone.
        // Who plays everything again asks for states of long ago.
        let place = tempfile::tempdir().unwrap();
        let often = ["--block-time", "0.1", "--mixed-mining"];
        let anvil = Anvil::start(&[&often[..], &["--max-persisted-states", "100000"]].concat())?;
        let finality = FinalitySetting::Depth(0);
        let chain = NewChain { url: anvil.url(), finality, fee_max: None };
        let root = place.path().join("arena");
        let mut node = arena_of(&root, &anvil, &chain, seed);
        node.deposit("operator", COIN).unwrap();
        let settings = league(&node, played, attacks);
        node.create_league(&settings).unwrap();
        node.fund_league(played.system, 10_000).unwrap();
        for name in [MALLORY, WANDA, EVE] {
            // A key without a password: to open one takes a second.
            let key = format!("{}\n", sha256(name.as_bytes()));
            fs::write(root.join(format!("keys/{name}.key")), key).unwrap();
            node.fund_outside(name, ENOUGH / 10).unwrap();
            node.deposit(name, COIN).unwrap();
        }
        for (owner, agent) in [MALLORY, EVE].into_iter().zip(played.agents) {
            let entry = AgentEntry { owner, module: &module(agent), stake: None, rounds: 1 };
            node.add_agent(played.system, &entry).unwrap();
        }
        open_round(&mut node, played.system, two_threads(), &Silent).unwrap();
        anvil.ask("evm_setIntervalMining", &json!([0]));
        anvil.ask("evm_setAutomine", &json!([true]));
        anvil.mine(u64::from(settings.claim_blocks) + 1);
        let league = played.system;
        let terms = node.league(league).unwrap().terms;
        let lengths = match_lengths(&node, league, two_threads(), &Silent).unwrap();
        Some(Self { anvil, node, watcher: Watcher::default(), league, terms, lengths, place })
    }

    /// What an account has free in the arena.
    pub(super) fn coin(&self, name: &str) -> u128 {
        self.node.capital(&self.node.account(name).unwrap().address()).unwrap().0
    }

    /// Lets a watcher that has nothing to do take back what it put up for a lie that is dead.
    pub(super) fn settle(&mut self) {
        let mut turn = || self.watcher.turn(&mut self.node, options(WANDA, false), &Silent);
        while !turn().unwrap().done.is_empty() {}
    }

    /// Has a lie asserted and killed, and adds what it came to.
    fn kill(&mut self, (lie, manner, defences): Told, costs: &mut Columns) -> String {
        let anvil = &self.anvil;
        let (began, first) = (Instant::now(), latest(anvil) + 1);
        let before = [self.coin(MALLORY), self.coin(WANDA)];
        let node = &mut self.node;
        let mut liar =
            Liar::assert(node, MALLORY, self.league, lie, two_threads(), &Silent).unwrap();
        liar.defences_left = defences;
        let pass = |_: &mut ArenaNode| self.anvil.mine(MOVE_BLOCKS.into());
        let deeds = kill(node, &mut self.watcher, &mut liar, (lie, manner), pass);
        let (seconds, dead) = (began.elapsed().as_secs_f64(), latest(&self.anvil));
        self.settle();
        let end = match manner {
            Manner::Silent => DeedKind::Expire,
            Manner::Answers | Manner::Defends(_) => DeedKind::Convict,
        };
        assert!(deeds.contains(&end), "{lie:?} {manner:?} {deeds:?}");
        assert_eq!(deeds.contains(&DeedKind::Judge), matches!(manner, Manner::Defends(_)));
        let (round, assertion) = (0, liar.assertion);
        let call = IArena::assertionOfCall { league: 0, round, assertion };
        let posted = self.node.contracts().view(self.node.chain(), &call).unwrap();
        assert!(!posted.is_live(), "{lie:?}");

        let sent = sent(&self.anvil, first..=latest(&self.anvil));
        let of = |name: &str| {
            let address = self.node.account(name).unwrap().address();
            sent.get(&address.0).cloned().unwrap_or_default()
        };
        let (liars, watchers) = (of(MALLORY), of(WANDA));
        // The bond is gone: half is the watcher's, the rest burnt. Each answer was paid for.
        let earned = u128::from(liars.disclosures) * self.terms.demandBond;
        let bond = self.terms.assertionBond;
        let after = [self.coin(MALLORY), self.coin(WANDA)];
        let right = [before[0] + earned - bond, before[1] + bond / 2 - earned];
        assert_eq!(after, right, "{lie:?} {manner:?}: {sent:?}");
        let row = [
            ("gas of the watcher, thousand", watchers.gas as f64 / 1e3),
            ("gas of the liar, thousand", liars.gas as f64 / 1e3),
            ("transactions of the watcher", watchers.transactions as f64),
            ("transactions of the liar", liars.transactions as f64),
            ("answers to demands", liars.disclosures as f64),
            ("answers in trials", liars.cuts as f64),
            ("objections in trials", watchers.objections as f64),
            ("blocks", (dead - first) as f64),
            ("seconds", seconds),
        ];
        costs.add(&row);
        row.map(|(name, value)| format!("{name} {value:.1}")).join(", ")
    }

    /// Ends the round truly, and plays all of it again from what is on disk and on the chain.
    fn end(mut self) {
        let pass = |_: &mut ArenaNode| self.anvil.mine(500);
        finish(&mut self.node, &mut self.watcher, pass);
        drop(self.node);
        verify(folder(&self.place.path().join("arena")), 2, &GO_ON, &Silent).unwrap();
    }
}

fn league(node: &ArenaNode, played: &Played, attacks: u32) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let parameters = played.parameters.iter();
    LeagueSettings {
        name: played.system.to_owned(),
        system: played.system.to_owned(),
        parameters: parameters.map(|&(key, value)| (key.to_owned(), value)).collect(),
        matches_per_round: 4,
        claim_blocks: 2,
        demand_blocks: MOVE_BLOCKS,
        challenge_blocks: CHALLENGE_BLOCKS + ATTACK_BLOCKS * attacks,
        void_blocks: 40_000,
        unbond_blocks: 90_000,
        ..file.league(played.like).unwrap().clone()
    }
}

/// Lies about a round whose traces follow throughout, and what their asserter does about each.
fn lies(scene: &Scene, decisions: u32, dice: &Chance) -> Vec<Told> {
    let matches: Vec<_> = scene.lengths.iter().map(|(&q, &steps)| (q, steps)).collect();
    let told = (0..decisions).map(|number| {
        let (match_index, steps) = matches[number as usize % matches.len()];
        // Of the last decisions some have no other that would lead elsewhere.
        let step = dice.draw(number, u64::from(steps).div_ceil(2) + u64::from(steps) / 3) as u32;
        Lie::Decision { match_index, step }
    });
    let mut lies: Vec<_> = told.collect();
    for &(match_index, steps) in matches.iter().take(decisions as usize) {
        let step = dice.draw(1_000 + match_index, steps.into()) as u32;
        lies.push(Lie::Forfeit { match_index, step });
        let seat = dice.draw(2_000 + match_index, scene.terms.seats.into()) as u8;
        let more = [-1, 1, 1_000][dice.draw(3_000 + match_index, 3) as usize];
        lies.push(Lie::Fuel { match_index, seat, more });
    }
    let manner = |number: u32| match number % 8 {
        3 => Manner::Answers,
        7 => Manner::Silent,
        _ => Manner::Defends(dice.draw(4_000 + number, 101)),
    };
    let told = |(number, lie): (u32, Lie)| {
        let defences = if number % 8 == 5 { DEFENCES_MAX } else { 1 };
        (lie, manner(number), defences)
    };
    (0..).zip(lies).map(told).collect()
}

fn every_other_course_is_tried(played: &Played) {
    let decisions = wanted().unwrap_or(1);
    let (mut costs, mut cost_of_attacks) = (Columns::default(), Columns::default());
    let (mut lie_count, mut withstood) = (0, Withstood::default());
    for (round, first) in (0..decisions).step_by(DECISIONS_PER_ROUND as usize).enumerate() {
        let told = DECISIONS_PER_ROUND.min(decisions - first);
        let attacks = wanted().map_or(2, |_| 2 * told);
        let seed = sha256(&[played.system.as_bytes(), &[round as u8]].concat());
        let Some(mut scene) = Scene::new(played, Seed(seed.0), attacks) else { return };
        let dice = Chance::from_seed(&Seed(seed.0));
        for told in lies(&scene, told, &dice) {
            lie_count += 1;
            let came_to = scene.kill(told, &mut costs);
            say(&format!("{}, lie {lie_count}: {told:?}: {came_to}", played.system));
        }
        accuse(&mut scene, attacks, Seed(seed.0), &mut withstood, &mut cost_of_attacks);
        scene.end();
    }
    let title = format!("{}: {lie_count} lies, all of them dead", played.system);
    say(&costs.table(&title));
    let title = format!("{}: {withstood:?}", played.system);
    say(&cost_of_attacks.table(&title));
}

/// Says what came of many cases, where somebody asked for so many.
#[allow(clippy::print_stdout, reason = "whoever asks for hundreds of cases wants to see them")]
fn say(text: &str) {
    if wanted().is_some() {
        println!("{text}");
    }
}

/// How many false decisions of each System somebody asked for.
fn wanted() -> Option<u32> {
    let text = std::env::var("NETS_TRIAL_DECISIONS").ok()?;
    Some(text.parse().unwrap())
}

#[test]
fn every_other_course_of_a_snake_is_tried_on_a_chain_elsewhere() {
    every_other_course_is_tried(&SNAKE);
}

#[test]
fn every_other_course_of_connect_four_is_tried_on_a_chain_elsewhere() {
    every_other_course_is_tried(&CONNECT_FOUR);
}

#[test]
fn every_other_course_of_chess_is_tried_on_a_chain_elsewhere() {
    every_other_course_is_tried(&CHESS);
}

#[test]
fn every_other_course_of_agents_that_remember_is_tried_on_a_chain_elsewhere() {
    every_other_course_is_tried(&ROCK_PAPER_SCISSORS);
}
