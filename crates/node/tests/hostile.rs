//! Twelve watchers, eleven of them hostile, and one honest assertion.
//!
//! The eleven refute what is right, demand without end and to the last block, leave demands open,
//! copy proofs, assert lies and refute them themselves. The honest outcome is final within the bound
//! that the contracts state, and who is honest loses nothing.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::{Address, B256, keccak256};
use alloy_sol_types::{SolCall, SolEventInterface, SolValue};
use nets_chain::demands::ICourt::{NodeProof, Target};
use nets_chain::demands::IDemands::{self, Demand, IDemandsEvents};
use nets_chain::{
    Account, Arena, Call, ChainAdapter, EmbeddedChain, IArena, ICourt, Log, Operation,
    SignedTransaction, Signer,
};
use nets_core::{Digest, EMPTY_NODE, MerkleTree, path_length};
use nets_node::{
    ArenaNode, DeedKind, LeagueFile, LeagueSettings, Standing, WatchOptions, Watcher, open_round,
    verify,
};

use crate::support::{GO_ON, Silent, arena, copy, two_threads};

const LEAGUE: &str = "bronze";
const WANDA: &str = "wanda";
const COIN: u128 = 100_000;

/// Demands that one of those who demand without end keeps open at once.
const OPEN_MAX: usize = 6;

const AGENTS: [(&str, &str); 6] = [
    ("ada", "snake-greedy"),
    ("bo", "snake-scout"),
    ("chen", "snake-drifter"),
    ("dora", "snake-wanderer"),
    ("emil", "snake-prudent"),
    ("fay", "trapper"),
];

fn league(node: &ArenaNode, move_blocks: u32) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    LeagueSettings {
        parameters: [("width", 6), ("height", 6), ("step-limit", 80)]
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
        claim_blocks: 1,
        demand_blocks: move_blocks,
        challenge_blocks: 34 * move_blocks,
        void_blocks: 10_000,
        unbond_blocks: 20_000,
        ..file.league(LEAGUE).unwrap().clone()
    }
}

/// What a hostile watcher is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Malice {
    /// Commits to refutations of what is right, and sends them.
    Refutes,
    /// Demands everything it can pay for, and answers with the last block of each move.
    Demands,
    /// Demands, and never goes on.
    Leaves,
    /// Sends the refutation that another committed to.
    Copies,
    /// Asserts nonsense, and refutes it itself.
    Recycles,
    /// Asserts nonsense, and hides it.
    Hides,
    /// Answers with nonsense, and ends demands that are not its own.
    Meddles,
}

const ELEVEN: [Malice; 11] = [
    Malice::Refutes,
    Malice::Refutes,
    Malice::Demands,
    Malice::Demands,
    Malice::Demands,
    Malice::Leaves,
    Malice::Leaves,
    Malice::Copies,
    Malice::Recycles,
    Malice::Hides,
    Malice::Meddles,
];

struct Hostile {
    malice: Malice,
    account: Account,
}

/// The eleven, and what they see of the chain.
struct Mob {
    members: Vec<Hostile>,
    /// The refutations that the honest watcher has sent.
    seen: Vec<Vec<u8>>,
    /// Whether they send what is refused, too, and pay for it.
    sends_all: bool,
    /// How much of what they sent was refused, and how much taken.
    refused: usize,
    taken: usize,
}

/// The chain as the mob uses it, in one turn.
struct Turn<'a> {
    chain: &'a mut EmbeddedChain,
    arena: Arena,
    /// The demands that are open, with the nodes that were given last.
    open: BTreeMap<B256, (Demand, Vec<B256>)>,
    asserted: IArena::Assertion,
    /// All assertions of the round.
    posted: Vec<IArena::Assertion>,
    block: u64,
}

fn address(account: &Account) -> Address {
    Address::new(account.address().0)
}

fn target(arena: &Arena, assertion: u32) -> Target {
    Target { arena: arena.deployment().arena, league: 0, round: 0, assertion }
}

/// The demands that are open, from the events of the contract.
fn open_demands(logs: &[Log]) -> BTreeMap<B256, (Demand, Vec<B256>)> {
    let mut open: BTreeMap<B256, (Demand, Vec<B256>)> = BTreeMap::new();
    for log in logs {
        let Ok(event) = IDemandsEvents::decode_raw_log(&log.topics, &log.data) else { continue };
        match event {
            IDemandsEvents::Demanded(event) => {
                open.insert(event.id, (event.demand, Vec::new()));
            }
            IDemandsEvents::NodesAnswered(event) => {
                let (demand, nodes) = open.get_mut(&event.id).unwrap();
                demand.answerer = event.answerer;
                demand.answererLeft = event.answererLeft;
                demand.bonds -= 1;
                demand.movedAt = log.block;
                *nodes = event.nodes;
            }
            IDemandsEvents::Picked(event) => {
                let (demand, _) = open.get_mut(&event.id).unwrap();
                demand.answerer = Address::ZERO;
                demand.demanderLeft = event.demanderLeft;
                demand.height -= 5;
                demand.position = event.position;
                demand.node = event.node;
                demand.movedAt = log.block;
            }
            IDemandsEvents::LeavesAnswered(event) => drop(open.remove(&event.id)),
            IDemandsEvents::PreimageAnswered(event) => drop(open.remove(&event.id)),
            IDemandsEvents::Closed(event) => drop(open.remove(&event.id)),
            IDemandsEvents::Expired(event) => drop(open.remove(&event.id)),
        }
    }
    open
}

impl Turn<'_> {
    /// The roots of the three trees as nodes to demand.
    fn roots(&self) -> [(u8, NodeProof); 3] {
        let count = self.asserted.entryCount;
        let whole = |count: u32, node| {
            let height = path_length(count) as u8;
            NodeProof { height, position: 0, node, path: vec![] }
        };
        [
            (0, whole(count, self.asserted.entriesRoot)),
            (1, whole(count * 8, self.asserted.matchesRoot)),
            (2, whole(count, self.asserted.ranksRoot)),
        ]
    }

    fn demand(&self, tree: u8, node: NodeProof) -> Call {
        let target = target(&self.arena, 0);
        self.arena.demands_call(&IDemands::demandNodeCall { target, tree, node })
    }

    /// The last block in which the side that is to move may move.
    fn latest(demand: &Demand) -> u64 {
        let is_due = demand.answerer.is_zero();
        let left = if is_due { demand.answererLeft } else { demand.demanderLeft };
        demand.movedAt + u64::from(demand.moveBlocks) + u64::from(left)
    }

    /// Goes on with a demand to its first node.
    fn pick(&self, id: B256, demand: &Demand, nodes: &[B256]) -> Call {
        let mut filled: Vec<_> = nodes.iter().map(|node| Digest(node.0)).collect();
        filled.resize(32, EMPTY_NODE);
        let path = MerkleTree::new(filled).path(0).unwrap();
        let path = path.into_iter().map(|node| B256::new(node.0)).collect();
        let (given, position, node) = (demand.clone(), demand.position << 5, nodes[0]);
        self.arena.demands_call(&IDemands::pickCall { id, given, position, node, path })
    }

    fn commit(&self, account: &Account, data: &[u8]) -> Call {
        let commitment = keccak256((address(account), keccak256(data)).abi_encode());
        self.arena.court_call(&ICourt::commitCall { commitment })
    }

    fn judged(&self, data: Vec<u8>) -> Call {
        Call { to: Some(self.arena.deployment().court), value: 0, data: data.into() }
    }

    /// What shows that the entries of an assertion are none, if its root says so.
    fn no_entries(&self, assertion: u32) -> Vec<u8> {
        let Target { arena, league, round, assertion } = target(&self.arena, assertion);
        let height = path_length(self.asserted.entryCount) as u8;
        let node = ICourt::NodeProof { height, position: 0, node: B256::ZERO, path: vec![] };
        let target = ICourt::Target { arena, league, round, assertion };
        ICourt::badShapeCall { target, tree: 0, node }.abi_encode()
    }

    fn nonsense(&self, root: B256) -> Call {
        self.arena.call(&IArena::assertResultCall {
            league: 0,
            round: 0,
            entryCount: self.asserted.entryCount,
            entriesRoot: root,
            matchesRoot: root,
            ranksRoot: root,
        })
    }
}

impl Hostile {
    /// What it sends in a turn.
    fn calls(&self, turn: &Turn<'_>, number: usize, seen: &[Vec<u8>]) -> Vec<Call> {
        let me = address(&self.account);
        let own = turn.open.iter().filter(|(_, (demand, _))| demand.demander == me);
        match self.malice {
            Malice::Refutes => {
                let data = turn.no_entries(0);
                vec![turn.commit(&self.account, &data), turn.judged(data)]
            }
            Malice::Demands => {
                let mut calls = Vec::new();
                for (id, (demand, nodes)) in own.clone() {
                    let is_ours = !demand.answerer.is_zero();
                    if is_ours && Turn::latest(demand) <= turn.block + 1 {
                        calls.push(turn.pick(*id, demand, nodes));
                    }
                }
                if own.count() < OPEN_MAX {
                    let roots = turn.roots();
                    let (tree, node) = roots[(turn.block as usize + number) % 3].clone();
                    calls.push(turn.demand(tree, node));
                }
                calls
            }
            Malice::Leaves => {
                let (tree, node) = turn.roots()[1].clone();
                if own.count() == 0 { vec![turn.demand(tree, node)] } else { Vec::new() }
            }
            Malice::Copies => seen.iter().map(|data| turn.judged(data.clone())).collect(),
            Malice::Recycles => {
                let is_own = |one: &&IArena::Assertion| one.asserter == me && one.is_live();
                let Some(at) = turn.posted.iter().position(|one| is_own(&one)) else {
                    return vec![turn.nonsense(B256::ZERO)];
                };
                let data = turn.no_entries(at as u32);
                vec![turn.commit(&self.account, &data), turn.judged(data)]
            }
            Malice::Hides => match turn.block % 40 < 4 {
                true => vec![turn.nonsense(B256::repeat_byte(0xff))],
                false => Vec::new(),
            },
            Malice::Meddles => {
                let meddle = |(id, (demand, _)): (&B256, &(Demand, Vec<B256>))| {
                    let given = demand.clone();
                    let nodes = vec![B256::repeat_byte(7); 2];
                    let answer = IDemands::answerNodesCall { id: *id, given: given.clone(), nodes };
                    let expire = IDemands::expireCall { id: *id, given: given.clone() };
                    let close = IDemands::closeCall { id: *id, given };
                    [
                        turn.arena.demands_call(&answer),
                        turn.arena.demands_call(&expire),
                        turn.arena.demands_call(&close),
                    ]
                };
                turn.open.iter().take(4).flat_map(meddle).collect()
            }
        }
    }
}

impl Mob {
    fn gather(sends_all: bool) -> Self {
        let member = |(number, &malice): (usize, &Malice)| Hostile {
            malice,
            account: Account::from_phrase(&format!("hostile {number}")).unwrap(),
        };
        let members = ELEVEN.iter().enumerate().map(member).collect();
        Self { members, seen: Vec::new(), sends_all, refused: 0, taken: 0 }
    }

    fn pay_in(&self, root: &Path) {
        let mut chain = EmbeddedChain::open(&root.join("chain"), 0x6e65_7473).unwrap();
        let arena = Arena::new(chain.deployment().unwrap());
        for Hostile { account, .. } in &self.members {
            let call = Call { value: COIN, ..arena.call(&IArena::depositCall {}) };
            arena.send_new_coin::<IArena::depositCall>(&mut chain, account, call).unwrap();
        }
    }

    /// Lets each of them do its worst.
    fn act(&mut self, root: &Path) {
        let mut chain = EmbeddedChain::open(&root.join("chain"), 0x6e65_7473).unwrap();
        let arena = Arena::new(chain.deployment().unwrap());
        let call = IArena::assertionOfCall { league: 0, round: 0, assertion: 0 };
        let asserted = arena.view(&chain, &call).unwrap();
        let round = arena.view(&chain, &IArena::roundOfCall { league: 0, round: 0 }).unwrap();
        let posted = |assertion| {
            let call = IArena::assertionOfCall { league: 0, round: 0, assertion };
            arena.view(&chain, &call).unwrap()
        };
        let posted = (0..round.assertionCount).map(posted).collect();
        let demands = arena.deployment().demands;
        let logs: Vec<_> =
            chain.logs(0).unwrap().into_iter().filter(|log| log.address == demands).collect();
        let block = chain.head().unwrap().number;
        let open = open_demands(&logs);
        let turn = Turn { chain: &mut chain, arena, open, asserted, posted, block };
        let mut calls: Vec<(&Account, Call)> = Vec::new();
        for (number, member) in self.members.iter().enumerate() {
            let own = member.calls(&turn, number, &self.seen);
            calls.extend(own.into_iter().map(|call| (&member.account, call)));
        }
        if self.sends_all {
            let (taken, sent) = self.send_all(turn.chain, &calls);
            self.taken += taken;
            self.refused += sent - taken;
            return;
        }
        let tried: Vec<_> =
            calls.iter().map(|(account, call)| (address(account), call.clone())).collect();
        let answers = turn.chain.call_in_turn(&tried).unwrap();
        let sent = calls.iter().zip(&answers).filter(|(_, answer)| answer.is_ok());
        let sent: Vec<_> =
            sent.map(|((account, call), _)| (*account as &dyn Signer, call.clone())).collect();
        self.refused += calls.len() - sent.len();
        self.taken += sent.len();
        if !sent.is_empty() {
            turn.chain.send(&sent).unwrap();
        }
    }

    /// Sends everything; gives how much was taken, of how much.
    fn send_all(&self, chain: &mut EmbeddedChain, calls: &[(&Account, Call)]) -> (usize, usize) {
        let mut transactions = Vec::new();
        for account in self.members.iter().map(|member| &member.account) {
            let own = calls.iter().filter(|(of, _)| address(of) == address(account));
            let own = own.map(|(_, call)| call.clone()).collect();
            transactions.extend(chain.sign(account, own).unwrap());
        }
        let receipts = chain.submit(&transactions).unwrap();
        let taken = receipts.iter().filter(|receipt| receipt.is_success).count();
        (taken, receipts.len())
    }
}

/// What the honest watcher is going to send to the court next, seen as in a pool of transactions:
/// it sends it in a copy of the arena.
fn refutation_on_its_way(root: &Path) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("arena");
    copy(root, &copied);
    let mut node = ArenaNode::open(&copied).unwrap();
    let turn = Watcher::default().turn(&mut node, options(), &Silent).unwrap();
    turn.done.iter().find(|deed| deed.kind == DeedKind::Refute)?;
    let court = node.contracts().deployment().court;
    drop(node);
    let blocks = EmbeddedChain::read(&copied.join("chain")).unwrap();
    let operations = blocks.blocks().iter().flat_map(|block| &block.operations);
    let transactions = operations.filter_map(|operation| match operation {
        Operation::Transaction(raw) => Some(SignedTransaction::decode(raw).unwrap()),
        Operation::Grant { .. } => None,
    });
    let is_refutation =
        |call: &Call| call.to == Some(court) && call.data[..4] != ICourt::commitCall::SELECTOR;
    let calls: Vec<_> = transactions.map(|transaction| transaction.call().clone()).collect();
    calls.into_iter().rfind(|call| is_refutation(call)).map(|call| call.data.to_vec())
}

fn options() -> WatchOptions<'static> {
    WatchOptions { account: WANDA, leagues: &[], asserts: true, threads: 2, stop: &GO_ON }
}

/// What everybody honest holds: free, staked, and as bonds that are held for it.
fn held(node: &ArenaNode) -> BTreeMap<String, u128> {
    let honest = AGENTS.iter().map(|(owner, _)| *owner).chain([WANDA]);
    let held = |name: &str| {
        let (free, staked) = node.capital(&node.account(name).unwrap().address()).unwrap();
        (name.to_owned(), free + staked)
    };
    honest.map(held).collect()
}

/// A round that was fought over.
pub(crate) struct Fought {
    deeds: BTreeMap<DeedKind, usize>,
    pub(crate) refused: usize,
    pub(crate) taken: usize,
}

/// Plays a round in a new arena at `root`, in which the mob does its worst, to its end.
pub(crate) fn fight(root: &Path, move_blocks: u32, sends_all: bool) -> Fought {
    let mut node = arena(root, |node| league(node, move_blocks), &AGENTS);
    node.create_account(WANDA, Some(nets_core::sha256(WANDA.as_bytes()).0)).unwrap();
    node.fund_account(WANDA, COIN).unwrap();
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node.advance(2).unwrap();
    let before = held(&node);
    let mut watcher = Watcher::default();
    let turn = watcher.turn(&mut node, options(), &Silent).unwrap();
    assert_eq!(turn.done[0].kind, DeedKind::Assert);
    let posted_at = node.head().unwrap().number;
    drop(node);

    let mut mob = Mob::gather(sends_all);
    mob.pay_in(root);
    let bound = posted_at + u64::from(34 * move_blocks) + 28 * u64::from(move_blocks) + 1;
    let mut deeds: BTreeMap<DeedKind, usize> = BTreeMap::new();
    while !deeds.contains_key(&DeedKind::Finalize) {
        mob.act(root);
        let mut node = ArenaNode::open(root).unwrap();
        let block = node.head().unwrap().number;
        assert!(block <= bound, "block {block} is beyond {bound}: {deeds:?}");
        let turn = watcher.turn(&mut node, options(), &Silent).unwrap();
        assert!(turn.problems.is_empty(), "{:?}", turn.problems);
        let own = turn.standing.iter().find(|one| one.judged.assertion == 0);
        assert!(own.is_none_or(|one| one.judged.standing == Standing::Right));
        for deed in &turn.done {
            *deeds.entry(deed.kind).or_default() += 1;
        }
        let commits = turn.done.iter().any(|deed| deed.kind == DeedKind::Commit);
        drop(node);
        mob.seen = if commits { refutation_on_its_way(root).into_iter().collect() } else { vec![] };
    }
    let mut node = ArenaNode::open(root).unwrap();
    assert!(node.head().unwrap().number <= bound + 1);
    // Bonds of demands and assertions come back, and ranks are paid.
    while !watcher.turn(&mut node, options(), &Silent).unwrap().done.is_empty() {}
    let after = held(&node);
    for (name, before) in &before {
        assert!(after[name] >= *before, "{name} had {before} and has {}", after[name]);
    }
    assert!(after[WANDA] > before[WANDA], "who watches earns: {deeds:?}");
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    Fought { deeds, refused: mob.refused, taken: mob.taken }
}

#[test]
fn the_honest_outcome_is_final_in_time_against_eleven_and_nobody_honest_loses() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let Fought { deeds, refused, taken } = fight(&root, 5, false);
    assert!(deeds[&DeedKind::Answer] > 10 && deeds[&DeedKind::Refute] > 1, "{deeds:?}");
    assert!(refused > 100 && taken > 100, "{refused} refused, {taken} taken");
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}
