//! Batches of registrations: a season with one, from signatures to payouts; and watchers, whom no
//! false batch gets past.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::B256;
use nets_chain::{Account, Arena, BatchDomain, Call, ChainAdapter, EmbeddedChain, IArena};
use nets_core::{Digest, sha256};
use nets_league::{Registration, RegistrationBatch};
use nets_node::{
    ArenaNode, AssertedTree, BatchStatus, BatchTerm, Claim, ClaimKind, DeedKind, LeagueSettings,
    Liar, Lie, MadeBatch, NodeError, SignedRegistration, StakeRelease, WatchOptions, WatchTurn,
    Watcher, open_round, post_claims, run_round, verify, void_round,
};

use crate::support::{GO_ON, Silent, arena, copy, module, short_league, two_threads};

const LEAGUE: &str = "silver";
const SPONSOR: &str = "house";
const WANDA: &str = "wanda";
const BATCH: [(&str, &str); 3] =
    [("ben", "rps-cycle"), ("cal", "rps-historian"), ("dee", "rps-mixer")];

fn league(node: &ArenaNode) -> LeagueSettings {
    LeagueSettings {
        challenge_blocks: 30,
        void_blocks: 40,
        unbond_blocks: 100,
        ..short_league(node)
    }
}

/// An arena with one agent that registered alone, and accounts for a batch beside it.
fn stage(root: &Path) -> ArenaNode {
    stage_in(root, league)
}

fn stage_in(root: &Path, league: impl FnOnce(&ArenaNode) -> LeagueSettings) -> ArenaNode {
    let node = arena(root, league, &[("ada", "rps-rock")]);
    for name in [SPONSOR, WANDA, "ben", "cal", "dee"] {
        node.create_account(name, Some(sha256(name.as_bytes()).0)).unwrap();
    }
    let mut node = node;
    node.fund_account(SPONSOR, 50_000).unwrap();
    node.fund_account(WANDA, 50_000).unwrap();
    node
}

fn collected(node: &mut ArenaNode) -> Vec<SignedRegistration> {
    let sign = |&(owner, name): &(&str, &str)| {
        node.sign_registration(LEAGUE, owner, SPONSOR, &module(name)).unwrap()
    };
    BATCH.iter().map(sign).collect()
}

fn made(node: &mut ArenaNode) -> MadeBatch {
    let collected = collected(node);
    node.make_batch(LEAGUE, SPONSOR, &collected, 2).unwrap()
}

fn assert_balanced(node: &ArenaNode) {
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance, "{:?}", coin.held);
}

/// A batch that was accepted, whose members are 1 to 3.
fn admitted(node: &mut ArenaNode, rounds: u32) -> u32 {
    let made = made(node);
    let batch = node.propose_batch(LEAGUE, SPONSOR, &made.root, rounds).unwrap();
    assert_balanced(node);
    node.advance(30).unwrap();
    let line = node.accept_batch(LEAGUE, batch).unwrap();
    assert_eq!((line.status, line.first, line.count), (BatchStatus::Accepted, 1, 3));
    assert_balanced(node);
    batch
}

fn member_of(node: &ArenaNode, owner: &str) -> u32 {
    let owner = node.account(owner).unwrap().address();
    let members = node.members(LEAGUE).unwrap();
    members.iter().find(|line| line.owner == owner).unwrap().member
}

#[test]
fn a_season_with_a_batch_is_played_claimed_paid_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    let sponsor = node.account(SPONSOR).unwrap().address();
    admitted(&mut node, 1);
    let members = node.members(LEAGUE).unwrap();
    assert_eq!(members.iter().filter(|line| line.batch == Some(0)).count(), 3);
    assert!(members[1..].iter().all(|line| line.payer() == sponsor && line.owner != sponsor));
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();

    // Two of the batch claim, one of them falsely; nobody was enrolled before.
    let (honest, liar) = (member_of(&node, "ben"), member_of(&node, "cal"));
    let lie = ClaimKind::Given(Claim::EachMatch(vec![77, 78]));
    let claims = BTreeMap::from([(honest, ClaimKind::Computed), (liar, lie)]);
    post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap();
    assert_eq!(node.batch(LEAGUE, 0).unwrap().enrolled, 2, "who claims has a record");
    drop(node);
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(report.standings.len(), 4);
    assert_eq!(report.slashed, [liar]);
    for paid in report.payouts.iter().filter(|paid| paid.member != 0 && paid.amount > 0) {
        let owner = node.member(LEAGUE, paid.member).unwrap().owner;
        assert_eq!(
            node.capital(&owner).unwrap(),
            (paid.amount, 0),
            "the owner's, not the sponsor's"
        );
    }
    assert_balanced(&node);

    // The sponsor's batch goes on with the next round, without who was slashed.
    let second = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(second.standings.len(), 3);
    drop(node);
    let verified = verify(root.as_path(), 2, &GO_ON, &Silent).unwrap();
    assert_eq!((verified.rounds, verified.slashings), (2, 1));

    // A copy without the registrations says what it lacks, and takes them from one that has them.
    let poor = folder.path().join("poor");
    copy(&root, &poor);
    std::fs::remove_dir_all(poor.join("artifacts/batches")).unwrap();
    let missing = verify(poor.as_path(), 2, &GO_ON, &Silent).unwrap_err().to_string();
    assert!(missing.contains("is missing"), "{missing}");
    let with = nets_node::ArenaFolder::new(&poor).with_sources(vec![root.display().to_string()]);
    verify(with, 2, &GO_ON, &Silent).unwrap();
}

#[test]
fn a_member_of_a_batch_that_hides_its_code_is_enrolled_and_does_not_play() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage_in(&root, |node| LeagueSettings { code_blocks: 3, ..league(node) });
    admitted(&mut node, 2);
    let hiding = node.member(LEAGUE, member_of(&node, "cal")).unwrap();
    let path = root.join(format!("artifacts/modules/{}.wasm", hiding.code_hash));
    let code = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(report.standings.len(), 3);
    assert!(report.standings.iter().all(|line| line.member != hiding.member));
    let hid = node.member(LEAGUE, hiding.member).unwrap();
    assert_eq!((hid.batch, hid.from, hid.to), (None, 1, 2), "out of the first round, alone");
    assert_eq!(hid.stake, hiding.stake, "hiding is no lie");
    assert_balanced(&node);

    // Once its module is there it plays, with the others of its batch.
    std::fs::write(&path, code).unwrap();
    let second = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(second.standings.len(), 4);
    assert_balanced(&node);
    drop(node);
    let verified = verify(root.as_path(), 2, &GO_ON, &Silent).unwrap();
    assert_eq!(verified.rounds, 2);
}

#[test]
fn a_sponsor_has_back_all_that_it_paid() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = stage(&folder.path().join("arena"));
    let sponsor = node.account(SPONSOR).unwrap().address();
    let before = node.capital(&sponsor).unwrap().0;
    let batch = admitted(&mut node, 2);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node.enroll(LEAGUE, 2).unwrap();
    void_round(&mut node, LEAGUE, &GO_ON).unwrap();
    node.change_batch(LEAGUE, batch, BatchTerm::Unbond).unwrap();
    let waiting = node.member(LEAGUE, 1).unwrap();
    let release = node.stake_release(LEAGUE, &waiting).unwrap();
    assert!(matches!(release, StakeRelease::At { .. }), "{release:?}");
    node.unbond(LEAGUE, 2).unwrap();
    assert_balanced(&node);
    let early = node.change_batch(LEAGUE, batch, BatchTerm::WithdrawStakes).unwrap_err();
    assert!(early.to_string().contains("too early"), "{early}");
    node.advance(100).unwrap();
    node.change_batch(LEAGUE, batch, BatchTerm::WithdrawStakes).unwrap();
    node.withdraw_stake(LEAGUE, 2).unwrap();
    assert_eq!(node.capital(&sponsor).unwrap().0, before, "stakes and entry prices");
    assert_balanced(&node);
}

#[test]
fn a_batch_that_is_not_wanted_is_taken_back_and_its_signatures_are_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = stage(&folder.path().join("arena"));
    let sponsor = node.account(SPONSOR).unwrap().address();
    let before = node.capital(&sponsor).unwrap();
    let signed = collected(&mut node);
    let made = node.make_batch(LEAGUE, SPONSOR, &signed, 1).unwrap();
    let batch = node.propose_batch(LEAGUE, SPONSOR, &made.root, 1).unwrap();
    let again = node.make_batch(LEAGUE, SPONSOR, &signed, 1).unwrap_err();
    assert!(again.to_string().contains("line 1: it is for batch 0 of"), "{again}");
    node.advance(30).unwrap();
    let line = node.change_batch(LEAGUE, batch, BatchTerm::Withdraw).unwrap();
    assert_eq!(line.status, BatchStatus::Withdrawn);
    assert_eq!(node.capital(&sponsor).unwrap(), before);
}

#[test]
fn what_is_wrong_with_a_collected_line_is_said_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = stage(&folder.path().join("arena"));
    let signed = collected(&mut node);
    let refused = |node: &ArenaNode, lines: &[SignedRegistration]| match node
        .make_batch(LEAGUE, SPONSOR, lines, 2)
    {
        Err(NodeError::Registration { line, reason }) => (line, reason),
        other => panic!("{other:?}"),
    };
    let mut forged = signed.clone();
    forged[1].code_hash = forged[2].code_hash.clone();
    let (line, reason) = refused(&node, &forged);
    assert_eq!((line, reason.as_str()), (2, "its owner did not sign this"));
    let twice: Vec<_> = signed.iter().chain([&signed[0]]).cloned().collect();
    let (line, reason) = refused(&node, &twice);
    assert_eq!((line, reason.as_str()), (4, "this agent is there twice"));
    let mut torn = signed.clone();
    torn[2].signature.truncate(40);
    assert_eq!(refused(&node, &torn).0, 3);
}

/// Somebody who proposes what no honest node would.
struct Forger {
    chain: EmbeddedChain,
    arena: Arena,
    account: Account,
}

impl Forger {
    fn at(root: &Path) -> Self {
        let chain = EmbeddedChain::open(&root.join("chain"), 0x6e65_7473).unwrap();
        let arena = Arena::new(chain.deployment().unwrap());
        let account = Account::from_phrase("a forger").unwrap();
        let mut forger = Self { chain, arena, account };
        let call = Call { value: 60_000, ..forger.arena.call(&IArena::depositCall {}) };
        let Self { chain, arena, account } = &mut forger;
        arena.send_new_coin::<IArena::depositCall>(chain, account, call).unwrap();
        forger
    }

    fn domain(&self) -> BatchDomain {
        let sponsor = alloy_primitives::Address::new(self.account.address().0);
        let nonce = IArena::batchNonceCall { league: 0, sponsor };
        let nonce = self.arena.view(&self.chain, &nonce).unwrap();
        let arena = self.arena.deployment().arena;
        BatchDomain { chain_id: self.chain.chain_id(), arena, league: 0, sponsor, nonce }
    }

    /// So many registrations, all signed.
    fn registrations(&self, count: u32) -> Vec<Registration> {
        let domain = self.domain();
        let signed = |number: u32| {
            let owner = Account::from_phrase(&format!("owner {number}")).unwrap();
            domain.sign(&owner, sha256(&number.to_le_bytes())).unwrap()
        };
        RegistrationBatch::sorted((0..count).map(signed).collect()).registrations().to_vec()
    }

    fn propose(&mut self, root: Digest, count: u32) {
        let root = B256::new(root.0);
        let call = IArena::proposeBatchCall { league: 0, root, count, rounds: 1 };
        let Self { chain, arena, account } = self;
        let call = arena.call(&call);
        arena.send::<IArena::proposeBatchCall>(chain, account, call).unwrap();
    }
}

fn turn(node: &mut ArenaNode, watcher: &mut Watcher) -> WatchTurn {
    let options =
        WatchOptions { account: WANDA, leagues: &[], asserts: false, threads: 2, stop: &GO_ON };
    let turn = watcher.turn(node, options, &Silent).unwrap();
    assert!(turn.problems.is_empty(), "{:?}", turn.problems);
    assert!(turn.refused.is_empty(), "{:?}", turn.refused);
    turn
}

/// Lets a watcher move until a batch is at its end; gives what it did.
fn watched(node: &mut ArenaNode, batch: u32) -> (BatchStatus, Vec<DeedKind>) {
    let (mut watcher, mut deeds) = (Watcher::default(), Vec::new());
    for _ in 0..200 {
        let turn = turn(node, &mut watcher);
        deeds.extend(turn.done.iter().map(|deed| deed.kind));
        let status = node.batch(LEAGUE, batch).unwrap().status;
        if status != BatchStatus::Proposed {
            return (status, deeds);
        }
        if turn.done.is_empty() {
            node.advance(1).unwrap();
        }
    }
    panic!("batch {batch} is proposed still after {deeds:?}");
}

/// Proposes a forged batch, of which `shown` is in the folder, and lets a watcher deal with it.
fn forged(
    forge: impl FnOnce(&mut Vec<Registration>),
    is_shown: bool,
) -> (BatchStatus, Vec<DeedKind>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    drop(stage(&root));
    let mut forger = Forger::at(&root);
    let mut registrations = forger.registrations(40);
    forge(&mut registrations);
    let batch = RegistrationBatch::new(registrations);
    forger.propose(batch.root(), batch.count());
    drop(forger);
    if is_shown {
        let path = root.join("artifacts/batches");
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join(format!("{}.batch", batch.root())), batch.encode()).unwrap();
    }
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let ended = watched(&mut node, 0);
    assert_balanced(&node);
    ended
}

#[test]
fn a_watcher_refutes_a_batch_with_a_false_registration() {
    let (status, deeds) = forged(|them| them[7].signature[9] ^= 1, true);
    assert_eq!(status, BatchStatus::Cancelled);
    assert_eq!(deeds, [DeedKind::Commit, DeedKind::Refute]);
    let (status, deeds) = forged(|them| them.swap(11, 12), true);
    assert_eq!(status, BatchStatus::Cancelled);
    assert_eq!(deeds, [DeedKind::Commit, DeedKind::Refute]);
}

#[test]
fn a_watcher_accepts_a_batch_that_is_right() {
    let (status, deeds) = forged(|_| (), true);
    assert_eq!((status, deeds.as_slice()), (BatchStatus::Accepted, &[DeedKind::Accept][..]));
}

#[test]
fn a_watcher_demands_what_is_hidden_and_ends_a_batch_that_does_not_show_it() {
    let (status, deeds) = forged(|_| (), false);
    assert_eq!(status, BatchStatus::Cancelled);
    let demands = deeds.iter().filter(|kind| **kind == DeedKind::Demand).count();
    assert_eq!(demands, 2, "of 32 and of 8 registrations");
    assert_eq!(deeds.last(), Some(&DeedKind::Expire));
}

#[test]
fn the_root_of_a_batch_with_another_count_blinds_no_watcher() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    drop(stage(&root));
    let mut forger = Forger::at(&root);
    let batch = RegistrationBatch::new(forger.registrations(40));
    forger.propose(batch.root(), batch.count());
    forger.propose(batch.root(), batch.count() + 1);
    forger.propose(batch.root(), batch.count() - 1);
    drop(forger);
    let path = root.join("artifacts/batches");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join(format!("{}.batch", batch.root())), batch.encode()).unwrap();
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let mut watcher = Watcher::default();
    for _ in 0..100 {
        turn(&mut node, &mut watcher);
        node.advance(1).unwrap();
    }
    let ends: Vec<_> = node.batches(LEAGUE).unwrap().iter().map(|line| line.status).collect();
    let right = BatchStatus::Accepted;
    assert_eq!(ends, [right, BatchStatus::Cancelled, BatchStatus::Cancelled]);
    assert_balanced(&node);
}

#[test]
fn what_one_demands_another_gives_and_all_have_it_then() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    drop(stage(&root));
    let mut forger = Forger::at(&root);
    let batch = RegistrationBatch::new(forger.registrations(40));
    forger.propose(batch.root(), batch.count());
    drop(forger);
    // Without the registrations they are demanded.
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let demanded = turn(&mut node, &mut Watcher::default());
    assert_eq!(demanded.done.len(), 2);
    drop(node);
    // With them, they are given, and the batch stands.
    let path = root.join("artifacts/batches");
    std::fs::create_dir_all(&path).unwrap();
    let file = path.join(format!("{}.batch", batch.root()));
    std::fs::write(&file, batch.encode()).unwrap();
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let answered = turn(&mut node, &mut Watcher::default());
    let kinds: Vec<_> = answered.done.iter().map(|deed| deed.kind).collect();
    assert_eq!(kinds, [DeedKind::Answer; 2]);
    drop(node);
    // Whoever comes later reads them off the chain.
    std::fs::remove_file(&file).unwrap();
    let mut node = ArenaNode::open(root.as_path()).unwrap();
    let (status, deeds) = watched(&mut node, 0);
    assert_eq!((status, deeds.as_slice()), (BatchStatus::Accepted, &[DeedKind::Accept][..]));
    assert_eq!(std::fs::read(&file).unwrap(), batch.encode());
    assert_balanced(&node);
}

#[test]
fn lies_about_members_that_are_not_enrolled_die() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = stage(&folder.path().join("arena"));
    node.create_account("mallory", Some(sha256(b"mallory").0)).unwrap();
    node.fund_account("mallory", 50_000).unwrap();
    admitted(&mut node, 1);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node.advance(3).unwrap();
    let mut watcher = Watcher::default();
    let (entries, matches) = (AssertedTree::Entries, AssertedTree::Matches);
    let lies = [
        // Another agent than its registration's, another member, one that is left out.
        Lie::Byte { tree: entries, leaf: 2, offset: 6 },
        Lie::Byte { tree: entries, leaf: 2, offset: 2 },
        Lie::Missing,
        // A match that is said not to have been played.
        Lie::Byte { tree: matches, leaf: 0, offset: 2 },
        Lie::Byte { tree: matches, leaf: 1, offset: 2 },
        Lie::Byte { tree: matches, leaf: 2, offset: 2 },
    ];
    let mut enrolled = 0;
    for lie in lies {
        let liar = Liar::assert(&mut node, "mallory", LEAGUE, lie, two_threads(), &Silent).unwrap();
        let is_dead = (0..60).any(|_| {
            let turn = turn(&mut node, &mut watcher);
            let kinds = turn.done.iter().filter(|deed| deed.kind == DeedKind::Enroll);
            enrolled += kinds.count();
            if turn.standing.iter().all(|one| one.judged.assertion != liar.assertion) {
                return true;
            }
            if turn.done.is_empty() && liar.answer(&mut node).unwrap().is_empty() {
                node.advance(1).unwrap();
            }
            false
        });
        assert!(is_dead, "{lie:?}");
    }
    assert!(enrolled > 0, "the court asked for a record");
    assert!(node.batch(LEAGUE, 0).unwrap().enrolled < 4);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(report.standings.len(), 4);
    assert_balanced(&node);
}
