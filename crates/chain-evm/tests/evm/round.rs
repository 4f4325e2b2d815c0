//! A whole round, call by call, on an embedded chain and on a node: status, gas, logs and answers of
//! both must be the same.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::SolCall;
use nets_chain::{
    Account, Arena, Call, ChainAdapter, Deployment, DeploymentPlan, EmbeddedChain, IArena, IBeacon,
    Judges, Log, Receipt,
};
use nets_chain_evm::check_code;
use nets_core::{Digest, Seed, hash_tagged, sha256};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NextMatch, RoundResult, RoundScorer, Schedule,
};
use nets_testkit::anvil::CHAIN_ID;

use super::stage::{self, account, address};

/// What is compared of a receipt.
type Told = (bool, u64, Option<Address>, Vec<Log>);

const MATCHES: u16 = 2;
const CLAIM_BLOCKS: u32 = 3;
const CHALLENGE_BLOCKS: u32 = 2;

/// A chain on which the round is told, and everything that it said.
struct Stage<'a> {
    chain: &'a mut dyn ChainAdapter,
    told: Vec<Told>,
    answers: Vec<Bytes>,
    contracts: Arena,
}

impl<'a> Stage<'a> {
    /// Deploys contract by contract, each in a block.
    fn new(chain: &'a mut dyn ChainAdapter, operator: &Account) -> Self {
        let secrets = secrets();
        let plan = DeploymentPlan { beacon_tip: B256::new(secrets[0].0) };
        let judges = Judges::created_by(address(operator), 0);
        let mut contracts = BTreeMap::new();
        let mut told = Vec::new();
        for (name, creation) in plan.creations(judges) {
            let receipts = chain.send(&[(operator, creation)]).unwrap();
            contracts.insert(name.to_owned(), receipts[0].created.unwrap());
            told.extend(receipts.into_iter().map(tell));
        }
        let contracts = Arena::new(Deployment::of_named(contracts).unwrap());
        Self { chain, told, answers: Vec::new(), contracts }
    }

    fn send<C: SolCall>(&mut self, from: &Account, value: u128, call: &C) {
        let call = Call { value, ..self.contracts.call(call) };
        self.answers.push(self.chain.call(address(from), &call).unwrap());
        let receipts = self.chain.send(&[(from, call)]).unwrap();
        self.told.extend(receipts.into_iter().map(tell));
    }

    fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        self.contracts.view(self.chain, call).unwrap()
    }

    fn pass(&mut self, blocks: u32) {
        for _ in 0..blocks {
            self.chain.pass().unwrap();
        }
    }
}

fn tell(receipt: Receipt) -> Told {
    (receipt.is_success, receipt.gas_used, receipt.created, receipt.logs)
}

/// The beacon's tip, its first value and its second.
fn secrets() -> [Digest; 3] {
    let link = |secret: Digest| hash_tagged(nets_core::Tag::BeaconLink, &[&secret.0]);
    let second = Digest([0x5e; 32]);
    let first = link(second);
    [link(first), first, second]
}

fn terms(contracts: &Arena) -> IArena::LeagueTerms {
    let system = nets_systems::build("rps", &BTreeMap::new()).unwrap();
    let deployment = contracts.deployment();
    IArena::LeagueTerms {
        rulesId: B256::repeat_byte(7),
        system: deployment.systems["rps"],
        parameters: system.parameters().encode().into(),
        seats: 2,
        matchesPerRound: MATCHES,
        beacon: deployment.beacon,
        minimumStake: 100,
        claimBond: 10,
        entryPrice: 5,
        assertionBond: 1_000,
        assertionPayout: 3,
        slotCapital: 0,
        slotsPerOwnerMax: 4,
        payouts: vec![50, 20],
        codeBlocks: 0,
        payoutMultiplier: 1,
        entryBlocks: 0,
        claimBlocks: CLAIM_BLOCKS,
        demandBond: 1,
        demandBlocks: 1,
        clockBlocks: 0,
        challengeBlocks: CHALLENGE_BLOCKS,
        unbondBlocks: 40,
        voidBlocks: 20,
    }
}

/// A result in which the first seat wins everything; entry 0 claimed what is not so.
fn result(seed: Seed, entries: Vec<Entry>, claims: BTreeMap<u32, Claim>) -> RoundResult {
    let schedule = Schedule::new(2, MATCHES, entries.len() as u32, &seed).unwrap();
    let mut scorer = RoundScorer::new(schedule, 2, entries, claims, |_| vec![0, 0]);
    while let Some(NextMatch { index, status, .. }) = scorer.next_match() {
        let result =
            MatchResult { scores: vec![1, 0], trace_root: sha256(&[index as u8]), step_count: 3 };
        scorer.score((status == MatchStatus::Played).then_some(result)).unwrap();
    }
    scorer.finish().unwrap()
}

fn proof(leaf: Vec<u8>, path: Vec<Digest>) -> IArena::Proof {
    let path = path.into_iter().map(|sibling| B256::new(sibling.0)).collect();
    IArena::Proof { leaf: leaf.into(), path }
}

/// From the first contract to the last coin taken out.
fn play(stage: &mut Stage<'_>) {
    let [operator, ada, bo] = ["operator", "ada", "bo"].map(account);
    let league = 0;
    let terms = terms(&stage.contracts);
    stage.send(&operator, 0, &IArena::createLeagueCall { terms });
    stage.send(&operator, 500, &IArena::fundCall { league });
    stage.send(&operator, 5_000, &IArena::depositCall {});
    for (number, owner) in (1..).zip([&ada, &bo]) {
        stage.send(owner, 1_000, &IArena::depositCall {});
        let code = B256::repeat_byte(number);
        let call = IArena::registerCall { league, codeHash: code, stake: 200, rounds: 1 };
        stage.send(owner, 0, &call);
    }
    stage.send(&operator, 0, &IArena::openRoundCall { league });
    for secret in &secrets()[1..] {
        let call =
            stage.contracts.beacon_call(&IBeacon::revealCall { secret: B256::new(secret.0) });
        let receipts = stage.chain.send(&[(&operator, call)]).unwrap();
        stage.told.extend(receipts.into_iter().map(tell));
    }
    stage.send(&operator, 0, &IArena::drawSeedCall { league });
    let claim = Claim::EachMatch(vec![7, 7]);
    let (kind, scores) = (claim.kind(), claim.scores().to_vec());
    let digest =
        IArena::claimDigestCall { league, round: 0, member: 0, kind, scores: scores.clone() };
    let signature = ada.sign(&stage.view(&digest)).unwrap().as_bytes().to_vec().into();
    let post = IArena::postClaimCall { league, round: 0, member: 0, kind, scores, signature };
    stage.send(&operator, 0, &post);
    stage.pass(CLAIM_BLOCKS + 1);
    settle(stage, &operator, claim);
    for owner in [&ada, &bo] {
        let free = stage.view(&IArena::balanceOfCall { owner: address(owner) });
        stage.send(owner, 0, &IArena::withdrawCall { amount: free });
    }
}

fn settle(stage: &mut Stage<'_>, operator: &Account, claim: Claim) {
    let (league, round) = (0, 0);
    let seed = Seed(stage.view(&IArena::roundOfCall { league, round }).seed.0);
    let member = |stage: &mut Stage<'_>, member| {
        let line = stage.view(&IArena::memberOfCall { league, member });
        let owner = nets_core::Address(line.owner.into_array());
        Entry { member, owner, agent: nets_core::AgentId(line.agentId.0) }
    };
    let entries = [0, 1].map(|number| member(stage, number)).to_vec();
    let result = result(seed, entries, [(0, claim)].into());
    let roots = result.assertion();
    let asserted = IArena::assertResultCall {
        league,
        round,
        entryCount: roots.entry_count,
        entriesRoot: B256::new(roots.entries_root.0),
        matchesRoot: B256::new(roots.matches_root.0),
        ranksRoot: B256::new(roots.ranks_root.0),
    };
    stage.send(operator, 0, &asserted);
    stage.pass(CHALLENGE_BLOCKS + 1);
    stage.send(operator, 0, &IArena::finalizeCall { league, round, assertion: 0 });
    let entry_proof = |entry: u32| {
        proof(result.entries()[entry as usize].encode(), result.entry_path(entry).unwrap())
    };
    assert!(result.entries()[0].is_disqualified());
    stage.send(
        operator,
        0,
        &IArena::slashCall { league, round, entry: 0, entryProof: entry_proof(0) },
    );
    for rank in 0..2 {
        let leaf = result.ranks()[rank as usize];
        let rank_proof = proof(leaf.encode(), result.rank_path(rank).unwrap());
        stage.send(
            operator,
            0,
            &IArena::claimPayoutCall {
                league,
                round,
                rank,
                rankProof: rank_proof,
                entryProof: entry_proof(leaf.entry),
                restake: false,
            },
        );
    }
}

#[test]
fn a_whole_round_costs_and_says_the_same_on_a_node_as_on_an_embedded_chain() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let accounts = ["operator", "ada", "bo"].map(account);
    let mut embedded = EmbeddedChain::in_memory(CHAIN_ID);
    for account in &accounts {
        embedded.grant(account.address(), 1_000_000).unwrap();
        node.fund(account);
    }
    // Granting makes blocks, and their numbers are in events.
    node.mine(3);
    let mut evm = node.open(&folder.path().join("outbox"), 0);
    let stage = |chain| {
        let mut stage = Stage::new(chain, &accounts[0]);
        play(&mut stage);
        (stage.told, stage.answers, stage.contracts)
    };
    let (told, answers, contracts) = stage(&mut embedded);
    let deployment = contracts.deployment().clone();
    evm.set_contracts(deployment.named().map(|(_, address)| address).collect(), 0);
    let (evm_told, evm_answers, evm_contracts) = stage(&mut evm);
    assert_eq!(told.len(), 27);
    assert!(told.iter().all(|(is_success, ..)| *is_success));
    assert!(told.iter().any(|(.., logs)| !logs.is_empty()));
    assert_eq!(evm_told, told);
    assert_eq!(evm_answers, answers);
    assert_eq!(evm_contracts.deployment(), &deployment);
    check_code(&evm, &deployment).unwrap();
    assert_eq!(evm.logs(0).unwrap(), embedded.logs(0).unwrap());
    assert_eq!(evm.head().unwrap().number, embedded.head().unwrap().number);
    // One that starts now reads the same logs, by the blocks' numbers.
    let mut later = node.open(&folder.path().join("another"), 0);
    later.set_contracts(deployment.named().map(|(_, address)| address).collect(), 0);
    assert_eq!(later.logs(0).unwrap(), embedded.logs(0).unwrap());
}

#[test]
fn a_refused_call_says_the_same_on_a_node_as_on_an_embedded_chain() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let operator = account("operator");
    let mut embedded = EmbeddedChain::in_memory(CHAIN_ID);
    embedded.grant(operator.address(), 1_000_000).unwrap();
    node.fund(&operator);
    let mut evm = node.open(&folder.path().join("outbox"), 0);
    let refused = |chain: &mut dyn ChainAdapter| {
        let stage = Stage::new(chain, &operator);
        let withdraw = stage.contracts.call(&IArena::withdrawCall { amount: 5 });
        let sent = stage.contracts.send::<IArena::withdrawCall>(stage.chain, &operator, withdraw);
        let from = address(&operator);
        let calls =
            [3, 9].map(|amount| (from, stage.contracts.call(&IArena::withdrawCall { amount })));
        let deposit = Call { value: 5, ..stage.contracts.call(&IArena::depositCall {}) };
        let calls = [&[(from, deposit)], &calls[..]].concat();
        (sent.unwrap_err().to_string(), stage.chain.call_in_turn(&calls).unwrap())
    };
    let (words, answers) = refused(&mut embedded);
    assert!(words.contains("BalanceTooLow"), "{words}");
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(refused(&mut evm), (words, answers));
}
