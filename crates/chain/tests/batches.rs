//! Batches of registrations: what the crates make of one is what the contract takes, and what it
//! costs is in `contracts/README.md`.

use std::fmt::Write as _;
use std::path::Path;

use alloy_primitives::{Address, B256, keccak256};
use alloy_sol_types::{SolCall, SolConstructor, SolInterface, SolValue};
use nets_chain::clocks::IClocks;
use nets_chain::{
    Account, BatchDomain, BatchFault, IArena, IBeacon, ICourt, IMAGE, registration_proof,
};
use nets_core::{AgentId, sha256};
use nets_league::{Registration, RegistrationBatch};
use nets_testkit::blessed;

use crate::machine::{Answer, Machine, demands_creation};

const SPONSOR: Address = Address::repeat_byte(0x59);
const WATCHER: Address = Address::repeat_byte(0x3a);
const CHALLENGE_BLOCKS: u32 = 20;

const BEGIN: &str =
    "<!-- gas of batches: written by the test the_gas_of_a_batch_does_not_grow -->\n";
const END: &str = "<!-- end of gas of batches -->\n";

/// An arena with a league, and a sponsor in it.
struct Stage {
    machine: Machine,
    arena: Address,
    court: Address,
}

impl Stage {
    fn new() -> Self {
        let mut machine = Machine::new(&[SPONSOR, WATCHER]);
        let court = machine.create(SPONSOR, ICourt::BYTECODE.to_vec());
        let demands = machine.create(SPONSOR, demands_creation(IMAGE));
        let clocks = machine.create(SPONSOR, IClocks::BYTECODE.to_vec());
        let arguments = IArena::constructorCall { court, demands, clocks }.abi_encode();
        let arena = machine.create(SPONSOR, [IArena::BYTECODE.to_vec(), arguments].concat());
        let arguments = IBeacon::constructorCall { tip: B256::ZERO }.abi_encode();
        let beacon = machine.create(SPONSOR, [IBeacon::BYTECODE.to_vec(), arguments].concat());
        let terms = IArena::LeagueTerms {
            rulesId: B256::repeat_byte(1),
            parameters: Vec::new().into(),
            system: Address::ZERO,
            seats: 1,
            matchesPerRound: 1,
            slotsPerOwnerMax: 1,
            payoutMultiplier: 1,
            clockBlocks: 0,
            beacon,
            entryBlocks: 0,
            unbondBlocks: 40,
            voidBlocks: 20,
            minimumStake: 100,
            claimBond: 0,
            entryPrice: 3,
            slotCapital: 0,
            assertionBond: 1000,
            claimBlocks: 10,
            challengeBlocks: CHALLENGE_BLOCKS,
            demandBlocks: 1,
            codeBlocks: 0,
            demandBond: 1,
            assertionPayout: 0,
            payouts: Vec::new(),
        };
        let mut stage = Self { machine, arena, court };
        stage.send(SPONSOR, 0, &IArena::createLeagueCall { terms });
        stage.send(SPONSOR, 1 << 60, &IArena::depositCall {});
        stage.send(WATCHER, 1 << 20, &IArena::depositCall {});
        stage
    }

    fn send<C: SolCall>(&mut self, from: Address, value: u128, call: &C) -> u64 {
        self.machine.send(from, self.arena, value, call.abi_encode()).1
    }

    fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        let answer = self.machine.try_call(WATCHER, self.arena, call.abi_encode());
        let Answer::Done(output, _) = answer else { panic!("{answer:?}") };
        C::abi_decode_returns(&output).unwrap()
    }

    fn domain(&mut self) -> BatchDomain {
        let nonce = self.view(&IArena::batchNonceCall { league: 0, sponsor: SPONSOR });
        BatchDomain { chain_id: 1, arena: self.arena, league: 0, sponsor: SPONSOR, nonce }
    }

    fn propose(&mut self, batch: &RegistrationBatch) -> (u32, u64) {
        let number = self.view(&IArena::batchCountCall { league: 0 });
        let (root, count) = (B256::new(batch.root().0), batch.count());
        let call = IArena::proposeBatchCall { league: 0, root, count, rounds: 1 };
        (number, self.send(SPONSOR, 0, &call))
    }

    fn accept(&mut self, batch: u32) -> u64 {
        self.machine.pass(u64::from(CHALLENGE_BLOCKS) + 1);
        self.send(WATCHER, 0, &IArena::acceptBatchCall { league: 0, batch })
    }

    /// Makes a call of the arena as whoever proves something: committed to in the block before.
    fn prove(&mut self, data: Vec<u8>) -> Answer {
        let commitment = keccak256((WATCHER, keccak256(&data)).abi_encode());
        let commit = ICourt::commitCall { commitment }.abi_encode();
        self.machine.send(WATCHER, self.court, 0, commit);
        self.machine.pass(1);
        self.machine.try_call(WATCHER, self.arena, data)
    }
}

fn owner(number: u32) -> Account {
    Account::from_phrase(&format!("owner {number}")).unwrap()
}

fn signed(domain: &BatchDomain, count: u32) -> Vec<Registration> {
    let sign = |number: u32| domain.sign(&owner(number), sha256(&number.to_le_bytes())).unwrap();
    RegistrationBatch::sorted((0..count).map(sign).collect()).registrations().to_vec()
}

#[test]
fn the_contract_finds_wrong_what_the_crates_find_wrong_and_nothing_else() {
    let mut stage = Stage::new();
    let domain = stage.domain();
    let honest = signed(&domain, 5);
    let batch = RegistrationBatch::new(honest.clone());
    assert_eq!(domain.fault(&batch, 3), None);
    let (number, _) = stage.propose(&batch);
    for fault in (0..5).map(BatchFault::Unsigned).chain((0..4).map(BatchFault::Disorder)) {
        let data = fault.refutation(0, number, &batch).unwrap();
        let Answer::Refused(output) = stage.prove(data) else { panic!("{fault:?} was taken") };
        let error = IArena::IArenaErrors::abi_decode(&output).unwrap();
        assert!(matches!(error, IArena::IArenaErrors::NothingWrongInBatch(_)), "{error:?}");
    }
    // Every byte of a leaf but its tag and kind, which no file of registrations can have otherwise.
    for position in (2..119).step_by(3) {
        let domain = stage.domain();
        let mut registrations = signed(&domain, 5);
        let mut leaf = registrations[2].encode();
        leaf[position] ^= 0x40;
        registrations[2] = Registration::decode(&leaf).unwrap();
        let batch = RegistrationBatch::new(registrations);
        let fault = domain.fault(&batch, 2);
        assert_eq!(fault, Some(BatchFault::Unsigned(2)), "byte {position}");
        let (number, _) = stage.propose(&batch);
        let data = BatchFault::Unsigned(2).refutation(0, number, &batch).unwrap();
        let answer = stage.prove(data);
        assert!(matches!(answer, Answer::Done(..)), "byte {position}: {answer:?}");
    }
    let domain = stage.domain();
    let mut twice = signed(&domain, 5);
    twice[4] = twice[3];
    let batch = RegistrationBatch::new(twice);
    let fault = domain.fault(&batch, 2).unwrap();
    assert_eq!(fault, BatchFault::Disorder(3));
    let (number, _) = stage.propose(&batch);
    let answer = stage.prove(fault.refutation(0, number, &batch).unwrap());
    assert!(matches!(answer, Answer::Done(..)), "{answer:?}");
}

#[test]
fn a_member_is_enrolled_as_the_agent_of_its_registration() {
    let mut stage = Stage::new();
    let domain = stage.domain();
    let batch = RegistrationBatch::new(signed(&domain, 5));
    let (number, _) = stage.propose(&batch);
    stage.accept(number);
    for (member, registration) in (0..).zip(batch.registrations()) {
        let proof = registration_proof(&batch, member).unwrap();
        stage.send(WATCHER, 0, &IArena::enrollCall { league: 0, member, registration: proof });
        let found = stage.view(&IArena::memberOfCall { league: 0, member });
        assert_eq!(AgentId(found.agentId.0), registration.agent());
        assert_eq!(found.owner.into_array(), registration.owner.0);
    }
}

/// What a batch of so many costs, by call. All but one of its registrations are signed by nobody,
/// which no call of these looks at.
fn costs(count: u32) -> Vec<(&'static str, u64)> {
    let mut stage = Stage::new();
    let domain = stage.domain();
    let unsigned = |number: u32| {
        let code_hash = sha256(&number.to_le_bytes());
        let owner = nets_core::Address(SPONSOR.into_array());
        Registration { owner, code_hash, signature: [0xff; 65] }
    };
    let mut registrations: Vec<_> = (1..count).map(unsigned).collect();
    registrations.push(domain.sign(&owner(0), sha256(b"module")).unwrap());
    let batch = RegistrationBatch::sorted(registrations);
    let (number, propose) = stage.propose(&batch);
    let height = nets_core::path_length(count).min(5) as u8;
    let (league, position) = (0, 0);
    let call = IArena::demandRegistrationsCall { league, batch: number, height, position };
    let demand = stage.send(WATCHER, 0, &call);
    let leaves = batch.registrations().iter().take(32).flat_map(|registration| {
        let leaf = registration.encode();
        [&(leaf.len() as u16).to_le_bytes()[..], &leaf].concat()
    });
    let call = IArena::answerRegistrationsCall {
        league,
        batch: number,
        height,
        position,
        leaves: leaves.collect::<Vec<_>>().into(),
        path: batch.node_path(height.into(), 0).iter().map(|node| B256::new(node.0)).collect(),
    };
    let answer = stage.send(SPONSOR, 0, &call);
    let accept = stage.accept(number);
    let registration = registration_proof(&batch, 0).unwrap();
    let call = IArena::enrollCall { league: 0, member: 0, registration };
    let enroll = stage.send(WATCHER, 0, &call);
    // A batch that is wrong in its first registration.
    let (number, _) = stage.propose(&batch);
    let data = BatchFault::Unsigned(0).refutation(0, number, &batch).unwrap();
    let Answer::Done(_, refute) = stage.prove(data) else { panic!("it was right") };
    vec![
        ("proposeBatch", propose),
        ("acceptBatch", accept),
        ("demandRegistrations", demand),
        ("answerRegistrations", answer),
        ("refuteRegistration", refute),
        ("enroll", enroll),
    ]
}

#[test]
fn the_gas_of_a_batch_does_not_grow() {
    let [few, many, most] = [10, 1_000, 100_000].map(costs);
    let mut table = "| call | 10 agents | 1,000 | 100,000 |\n|---|---|---|---|\n".to_owned();
    for (((name, few), (_, many)), (_, most)) in few.iter().zip(&many).zip(&most) {
        writeln!(table, "| `{name}` | {few} | {many} | {most} |").unwrap();
    }
    let registering = |costs: &[(&str, u64)]| costs[0].1 + costs[1].1;
    assert!(registering(&most) < registering(&many) * 11 / 10, "{table}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/README.md");
    blessed::compare_part(&file, (BEGIN, END), &table).unwrap_or_else(|error| panic!("{error}"));
}
