//! A league in a real arena with a round up to the point where assertions are taken.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_sol_types::{SolCall, SolConstructor, SolError, SolValue};
use nets_chain::clocks::IClocks;
use nets_chain::{Account, FallenFlag, IArena, IBeacon, ICourt, ImageRoots, Log};
use nets_core::{
    Action, ActionStatement, AgentId, AgentKey, Digest, Seat, SeatIdentity, Seed, StepLeaf, System,
    Venue,
};
use nets_league::{Claim, Entry};

use super::story::{Setting, Signed, Story, TraceStory, Twist, hashes};
use crate::machine::{Answer, Machine, demands_creation};

pub(crate) const ASSERTER: Address = Address::repeat_byte(0xa5);
const WATCHER: Address = Address::repeat_byte(0x3a);
const CLAIM_BLOCKS: u32 = 10;
pub(crate) const ASSERTION_BOND: u128 = 1_000;
pub(crate) const DEMAND_BOND: u128 = 1;
pub(crate) const CHALLENGE_BLOCKS: u32 = 20;
/// The one that the machine is.
const CHAIN_ID: u64 = 1;

/// What a league of the tests is.
pub(crate) struct Terms {
    pub(crate) system: &'static str,
    pub(crate) parameters: &'static [(&'static str, u64)],
    pub(crate) step_contract: Vec<u8>,
    pub(crate) matches_per_round: u16,
    /// What each seat has on its clock, or 0 where agents are modules.
    pub(crate) clock_blocks: u32,
    /// What trials are of.
    pub(crate) image: ImageRoots,
    /// The owner of each member; the last member but one leaves before the round opens.
    pub(crate) owners: &'static [u8],
}

/// The arena and the round.
pub(crate) struct Stage {
    machine: Machine,
    arena: Address,
    court: Address,
    demands: Address,
    clocks: Address,
    clock_blocks: u32,
    pub(crate) setting: Setting,
    pub(crate) member_count: u32,
    /// The kinds of refutations that showed a lie so far.
    pub(crate) shown: BTreeSet<&'static str>,
    pub(crate) counts: Counts,
    /// The dearest refutation of each kind so far, in gas.
    pub(crate) gas: BTreeMap<&'static str, u64>,
    /// The dearest call of each function of the arena and the beacon so far, in gas.
    pub(crate) spent: BTreeMap<&'static str, u64>,
}

/// What was tried so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Calls that would refute the honest round, and were refused.
    pub(crate) attacks: usize,
    /// False rounds that the court was shown to be false.
    pub(crate) lies: usize,
    /// False rounds that the refuter found and refuted by itself, disclosed and often hidden as well.
    pub(crate) found: usize,
}

fn owner(number: u8) -> Account {
    Account::from_phrase(&format!("owner {number}")).unwrap()
}

/// What makes the round of this arena a signed one.
fn signed(arena: Address, members: usize) -> Signed {
    let arena = nets_core::Address(arena.into_array());
    let venue = Venue { chain_id: CHAIN_ID, arena, league: 0, round: 0, match_index: 0 };
    let key = |member: u32| (member, AgentKey::from_secret(&[member as u8 + 1; 32]).unwrap());
    let keys = (0..members as u32).map(key).collect();
    Signed { venue, keys, flags: BTreeMap::new() }
}

fn address(account: &Account) -> Address {
    Address::from(account.address().0)
}

impl Stage {
    pub(crate) fn new(terms: Terms) -> Self {
        let given = terms.parameters.iter().map(|&(name, value)| (name.to_owned(), value));
        let system = nets_systems::build(terms.system, &given.collect()).unwrap();
        let mut rich: Vec<_> = terms.owners.iter().map(|&number| address(&owner(number))).collect();
        rich.push(ASSERTER);
        let mut machine = Machine::new(&rich);
        let court = machine.create(ASSERTER, ICourt::BYTECODE.to_vec());
        let demands = machine.create(ASSERTER, demands_creation(terms.image));
        let clocks = machine.create(ASSERTER, IClocks::BYTECODE.to_vec());
        let arguments = IArena::constructorCall { court, demands, clocks }.abi_encode();
        let arena = machine.create(ASSERTER, [IArena::BYTECODE.to_vec(), arguments].concat());
        let link = |secret: B256| B256::new(nets_core::sha256(&[&[0x0d], &secret[..]].concat()).0);
        let second = B256::repeat_byte(0x5e);
        let secrets = [link(second), second];
        let arguments = IBeacon::constructorCall { tip: link(secrets[0]) }.abi_encode();
        let beacon = machine.create(ASSERTER, [IBeacon::BYTECODE.to_vec(), arguments].concat());
        let step_contract = machine.create(ASSERTER, terms.step_contract.clone());
        let setting = Setting {
            system,
            matches_per_round: terms.matches_per_round,
            round_seed: Seed::default(),
            entries: Vec::new(),
            claims: BTreeMap::new(),
            signed: (terms.clock_blocks > 0).then(|| signed(arena, terms.owners.len())),
        };
        let clock_blocks = terms.clock_blocks;
        let (shown, counts, gas, spent) = Default::default();
        let mut stage = Self {
            machine,
            arena,
            court,
            demands,
            clocks,
            clock_blocks,
            setting,
            member_count: 0,
            shown,
            counts,
            gas,
            spent,
        };
        stage.create_league(step_contract, beacon);
        stage.register(terms.owners);
        stage.send(ASSERTER, &IArena::openRoundCall { league: 0 });
        for secret in secrets {
            stage.pay(ASSERTER, beacon, 0, &IBeacon::revealCall { secret });
        }
        stage.send(ASSERTER, &IArena::drawSeedCall { league: 0 });
        let round = stage.view(&IArena::roundOfCall { league: 0, round: 0 });
        stage.setting.round_seed = Seed(round.seed.0);
        stage.member_count = round.memberCount;
        stage.pay(ASSERTER, arena, 1 << 100, &IArena::depositCall {});
        stage
    }

    fn create_league(&mut self, step_contract: Address, beacon: Address) {
        let system: Arc<dyn System> = self.setting.system.clone();
        let terms = IArena::LeagueTerms {
            rulesId: B256::new(self.setting.rules().id().0),
            system: step_contract,
            parameters: system.parameters().encode().into(),
            seats: self.setting.seat_count(),
            matchesPerRound: self.setting.matches_per_round,
            beacon,
            minimumStake: 100,
            claimBond: 0,
            entryPrice: 0,
            assertionBond: ASSERTION_BOND,
            assertionPayout: 0,
            slotCapital: 0,
            slotsPerOwnerMax: 4,
            payoutMultiplier: 1,
            codeBlocks: 0,
            entryBlocks: 0,
            claimBlocks: CLAIM_BLOCKS,
            demandBond: DEMAND_BOND,
            challengeBlocks: CHALLENGE_BLOCKS,
            demandBlocks: 1,
            clockBlocks: self.clock_blocks,
            unbondBlocks: 40,
            voidBlocks: 20,
            payouts: vec![50],
        };
        self.send(ASSERTER, &IArena::createLeagueCall { terms });
        self.pay(ASSERTER, self.arena, 50, &IArena::fundCall { league: 0 });
    }

    fn register(&mut self, owners: &[u8]) {
        for (member, &number) in (0u32..).zip(owners) {
            let from = address(&owner(number));
            self.pay(from, self.arena, 100, &IArena::depositCall {});
            let code_hash = match &self.setting.signed {
                None => B256::from(alloy_primitives::U256::from(member)),
                Some(signed) => {
                    let key = signed.keys[&member].address();
                    B256::new(SeatIdentity::of_key(nets_core::Address::default(), key).code_hash.0)
                }
            };
            let call =
                IArena::registerCall { league: 0, codeHash: code_hash, stake: 100, rounds: 1 };
            self.send(from, &call);
            let line = self.view(&IArena::memberOfCall { league: 0, member });
            if member as usize == owners.len() - 2 {
                self.send(from, &IArena::unbondCall { league: 0, member });
            } else {
                let owner = nets_core::Address(from.into_array());
                let entry = Entry { member, owner, agent: AgentId(line.agentId.0) };
                self.setting.entries.push(entry);
            }
        }
    }

    /// Registers two agents in a league of the same terms without limits on slots, and notes the second, which is not
    /// the first of its round.
    pub(crate) fn register_without_limits(&mut self) {
        let mut terms = self.view(&IArena::termsOfCall { league: 0 });
        terms.slotsPerOwnerMax = u16::MAX;
        let league = self.send(ASSERTER, &IArena::createLeagueCall { terms });
        for (number, name) in [(0, "register"), (1, "register (a further one, no limits)")] {
            let code_hash = B256::repeat_byte(number);
            let call = IArena::registerCall { league, codeHash: code_hash, stake: 100, rounds: 1 };
            self.pay_as(name, ASSERTER, self.arena, 0, &call);
        }
    }

    /// Posts an owner's claim.
    pub(crate) fn claim(&mut self, entry: usize, owner_number: u8, claim: Claim) {
        let member = self.setting.entries[entry].member;
        let (kind, scores) = (claim.kind(), claim.scores().to_vec());
        let digest =
            IArena::claimDigestCall { league: 0, round: 0, member, kind, scores: scores.clone() };
        let digest = self.view(&digest);
        let signature = owner(owner_number).sign(&digest).unwrap().as_bytes().to_vec().into();
        let call = IArena::postClaimCall { league: 0, round: 0, member, kind, scores, signature };
        self.send(WATCHER, &call);
        self.setting.claims.insert(member, claim);
    }

    /// Lets the claim window pass, and all clocks run out.
    pub(crate) fn close_claims(&mut self) {
        let clocks = self.setting.seat_count() as u32 * self.clock_blocks;
        let story = self.tell(&Twist::Honest);
        let is_forfeited =
            |trace: &TraceStory| clocks > 0 && trace.leaves.last().is_some_and(|leaf| leaf[6] == 2);
        let forfeited = story.traces.iter().filter(|(_, trace)| is_forfeited(trace));
        let forfeited: Vec<_> = forfeited.map(|(&q, trace)| (q, trace)).collect();
        for &(q, trace) in &forfeited {
            // In several calls, so that each goes on from where the one before has led.
            self.advance(q, trace, 0..0);
            self.advance(q, trace, 0..1);
            self.advance(q, trace, 1..2);
            self.advance(q, trace, 2..trace.leaves.len() - 1);
        }
        self.machine.pass(u64::from(CLAIM_BLOCKS + clocks) + 1);
        for &(q, _) in &forfeited {
            let flag = self.flag_of(q);
            self.setting.signed.as_mut().unwrap().flags.insert(q, flag);
        }
    }

    /// Brings some plays of a match to its clocks, if there are any or it is the start: from there,
    /// or from the position kept.
    fn advance(&mut self, q: u32, trace: &TraceStory, steps: Range<usize>) {
        let name = match steps.len() {
            0 if steps.start > 0 => return,
            0 => "advance (to the start)",
            1 if steps.start > 0 => "advance (by one play)",
            _ => "advance (by several plays)",
        };
        let state = if steps.start == 0 { Vec::new() } else { trace.states[steps.start].clone() };
        let play = |leaf: &Vec<u8>| {
            let leaf = StepLeaf::decode(leaf).unwrap();
            let signature = leaf.signatures.unwrap()[0].0.to_vec().into();
            IClocks::Play { action: leaf.actions[0].0, signature }
        };
        let entries = self.seated(q);
        let call = IClocks::advanceCall {
            played: IClocks::Match {
                arena: self.arena,
                league: 0,
                round: 0,
                matchIndex: q,
                agents: entries.iter().map(|entry| B256::new(entry.agent.0)).collect(),
                owners: entries.iter().map(|entry| Address::from(entry.owner.0)).collect(),
            },
            state: state.into(),
            plays: trace.leaves[steps].iter().map(play).collect(),
        };
        let (_, gas) = self.machine.send(WATCHER, self.clocks, 0, call.abi_encode());
        let dearest = self.spent.entry(name).or_default();
        *dearest = gas.max(*dearest);
    }

    /// Reports the agent of an entry that signed two actions of one step.
    pub(crate) fn report_equivocation(&mut self, entry: usize) {
        let Entry { member, .. } = self.setting.entries[entry];
        let signed = self.setting.signed.as_ref().unwrap();
        let said = |action: u64| {
            let (venue, seat, step) = (signed.venue, Seat(0), 3);
            let statement = ActionStatement {
                venue,
                seat,
                step,
                state_hash: Digest([5; 32]),
                action: Action(action),
            };
            let signature = signed.keys[&member].sign(&statement.digest()).unwrap();
            IArena::SignedAction {
                stateHash: B256::new(statement.state_hash.0),
                action,
                signature: signature.0.to_vec().into(),
            }
        };
        let call = IArena::slashEquivocationCall {
            league: 0,
            member,
            round: 0,
            matchIndex: 0,
            seat: 0,
            step: 3,
            first: said(1),
            second: said(2),
        };
        self.send(WATCHER, &call);
    }

    fn seated(&self, q: u32) -> Vec<Entry> {
        let entries = &self.setting.entries;
        let pairing = self.setting.schedule(entries.len()).pairing(q).unwrap();
        pairing.seats.iter().flatten().map(|&entry| entries[entry as usize]).collect()
    }

    fn flag_of(&mut self, q: u32) -> FallenFlag {
        let agents = self.seated(q).iter().map(|entry| B256::new(entry.agent.0)).collect();
        let call =
            IClocks::flagOfCall { arena: self.arena, league: 0, round: 0, matchIndex: q, agents };
        let Answer::Done(output, _) =
            self.machine.try_call(WATCHER, self.clocks, call.abi_encode())
        else {
            panic!("the clocks refuse to say")
        };
        let flag = IClocks::flagOfCall::abi_decode_returns(&output).unwrap();
        assert!(flag.fallen, "the flag of match {q}");
        let state_hash = Digest(flag.stateHash.0);
        FallenFlag { seat: Seat(flag.seat), step: flag.step, state_hash }
    }

    /// Tells the round.
    pub(crate) fn tell(&self, twist: &Twist) -> Story {
        self.setting.tell(twist)
    }

    /// Asserts a story and returns what refutations of it aim at.
    pub(crate) fn assert(&mut self, story: &Story) -> ICourt::Target {
        let root = |leaves: &[Vec<u8>]| nets_core::MerkleTree::new(hashes(leaves)).root();
        let root = |leaves: &[Vec<u8>]| B256::new(root(leaves).0);
        let (entries, matches) = (root(&story.entries), root(&story.matches));
        self.assert_roots(story.entries.len() as u32, entries, matches, root(&story.ranks))
    }

    pub(crate) fn assert_roots(
        &mut self,
        entry_count: u32,
        entries: B256,
        matches: B256,
        ranks: B256,
    ) -> ICourt::Target {
        let call = IArena::assertResultCall {
            league: 0,
            round: 0,
            entryCount: entry_count,
            entriesRoot: entries,
            matchesRoot: matches,
            ranksRoot: ranks,
        };
        let assertion = self.send(ASSERTER, &call);
        ICourt::Target { arena: self.arena, league: 0, round: 0, assertion }
    }

    /// Whether the call shows a lie: all that the court has against it is that nobody committed to
    /// it. The assertion stays alive for the next try.
    pub(crate) fn refutes(&mut self, kind: &'static str, call: &[u8]) -> bool {
        let shows = match self.machine.try_call(WATCHER, self.court, call.to_vec()) {
            Answer::Done(..) => panic!("{kind}: nobody committed to the call"),
            Answer::Refused(output) => output.starts_with(&ICourt::NotCommitted::SELECTOR),
        };
        if shows {
            self.shown.insert(kind);
        }
        shows
    }

    /// Kills an assertion for good, and notes the gas.
    pub(crate) fn kill(&mut self, kind: &'static str, call: &[u8]) {
        let parts = (WATCHER, keccak256(call));
        let commitment = keccak256(parts.abi_encode());
        self.pay(WATCHER, self.court, 0, &ICourt::commitCall { commitment });
        self.machine.pass(1);
        let (_, gas) = self.machine.send(WATCHER, self.court, 0, call.to_vec());
        let dearest = self.gas.entry(kind).or_default();
        *dearest = gas.max(*dearest);
    }

    /// Ends the round with the truth, pays its only payout and slashes entry 2, which lied.
    pub(crate) fn settle(&mut self) {
        let story = self.tell(&Twist::Honest);
        let assertion = self.assert(&story).assertion;
        self.machine.pass(21);
        self.send(ASSERTER, &IArena::finalizeCall { league: 0, round: 0, assertion });
        let paid = u32::from_le_bytes(story.ranks[0][2..6].try_into().unwrap());
        let proof = |leaves: &[Vec<u8>], index: u32| {
            let path = nets_core::MerkleTree::new(hashes(leaves)).path(index).unwrap();
            let path = path.iter().map(|node| B256::new(node.0)).collect();
            IArena::Proof { leaf: leaves[index as usize].clone().into(), path }
        };
        let (rank, restake) = (0, false);
        let (rank_proof, entry_proof) = (proof(&story.ranks, 0), proof(&story.entries, paid));
        let (league, round) = (0, 0);
        self.send(
            WATCHER,
            &IArena::claimPayoutCall {
                league,
                round,
                rank,
                rankProof: rank_proof,
                entryProof: entry_proof,
                restake,
            },
        );
        let entry_proof = proof(&story.entries, 2);
        self.send(WATCHER, &IArena::slashCall { league, round, entry: 2, entryProof: entry_proof });
    }

    /// Sends a call to the demands contract; gives its gas and its events, or what it was refused with.
    pub(crate) fn demand(
        &mut self,
        from: Address,
        call: &impl SolCall,
    ) -> Result<(u64, Vec<Log>), Bytes> {
        self.machine.send_for_logs(from, self.demands, call.abi_encode())
    }

    /// Lets blocks pass.
    pub(crate) fn pass(&mut self, blocks: u32) {
        self.machine.pass(blocks.into());
    }

    /// Gives somebody coin in the arena.
    pub(crate) fn enrich(&mut self, to: Address) {
        self.machine.enrich(to);
        self.pay(to, self.arena, 1_000, &IArena::depositCall {});
    }

    /// What somebody has in the arena.
    pub(crate) fn balance(&mut self, owner: Address) -> u128 {
        self.view(&IArena::balanceOfCall { owner })
    }

    /// Whether an assertion can still become final.
    pub(crate) fn is_standing(&mut self, assertion: u32) -> bool {
        self.view(&IArena::isStandingCall { league: 0, round: 0, assertion })
    }

    /// Makes an assertion final, if the arena does not refuse it.
    pub(crate) fn try_finalize(&mut self, assertion: u32) -> Result<(), Bytes> {
        let call = IArena::finalizeCall { league: 0, round: 0, assertion };
        self.machine.send_for_logs(ASSERTER, self.arena, call.abi_encode()).map(|_| ())
    }

    fn send<C: SolCall>(&mut self, from: Address, call: &C) -> C::Return {
        self.pay(from, self.arena, 0, call)
    }

    /// Sends a call with coin and notes its gas.
    fn pay<C: SolCall>(&mut self, from: Address, to: Address, value: u128, call: &C) -> C::Return {
        self.pay_as(C::SIGNATURE.split('(').next().unwrap(), from, to, value, call)
    }

    /// Sends a call with coin and notes its gas under another name.
    fn pay_as<C: SolCall>(
        &mut self,
        name: &'static str,
        from: Address,
        to: Address,
        value: u128,
        call: &C,
    ) -> C::Return {
        let (output, gas) = self.machine.send(from, to, value, call.abi_encode());
        let dearest = self.spent.entry(name).or_default();
        *dearest = gas.max(*dearest);
        C::abi_decode_returns(&output).unwrap()
    }

    fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        match self.machine.try_call(WATCHER, self.arena, call.abi_encode()) {
            Answer::Done(output, _) => C::abi_decode_returns(&output).unwrap(),
            Answer::Refused(output) => panic!("refused: {output}"),
        }
    }
}
