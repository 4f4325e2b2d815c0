//! The step contracts say what the Systems say, byte for byte, over matches at random.
//!
//! Each match is played by both at once: start, status, legality of every action and of some that
//! there are none of, the state after each step, scores of every ending. The contracts run in the
//! same EVM as the embedded chain's. Nothing here knows leagues or money.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, Bytes, FixedBytes};
use alloy_sol_types::{SolCall, sol};
use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, State, Status, System};
use revm::context::TxEnv;
use revm::context_interface::result::ExecutionResult;
use revm::database::{CacheDB, EmptyDB};
use revm::state::{AccountInfo, Bytecode};
use revm::{Context, ExecuteEvm, MainBuilder, MainContext};

sol!(SnakeSystem, "../../contracts/artifacts/SnakeSystem.json");
sol!(RpsSystem, "../../contracts/artifacts/RpsSystem.json");
sol!(ConnectFourSystem, "../../contracts/artifacts/ConnectFourSystem.json");

// All step contracts have one interface, so a call of one serves all.
use RpsSystem::forfeitScoresCall;
use SnakeSystem::{startCall, statusCall, stepCall};

const MATCHES: u32 = 1_000;
const RUNNING: u8 = 255;
const GAS_LIMIT: u64 = 5_000_000;

type Evm = revm::MainnetEvm<revm::handler::MainnetContext<CacheDB<EmptyDB>>>;

/// A step contract with the parameters of one System.
struct Contract {
    evm: Evm,
    parameters: Bytes,
    /// The dearest step so far, in gas without the transaction's own.
    step_gas_max: u64,
}

impl Contract {
    const ADDRESS: Address = Address::repeat_byte(0x51);

    fn new(code: &Bytes) -> Self {
        let mut state = CacheDB::new(EmptyDB::default());
        let code = Bytecode::new_raw(code.clone());
        state.insert_account_info(Self::ADDRESS, AccountInfo::from_bytecode(code));
        let evm = Context::mainnet()
            .with_db(state)
            .modify_cfg_chained(|cfg| cfg.disable_nonce_check = true)
            .build_mainnet();
        Self { evm, parameters: Bytes::new(), step_gas_max: 0 }
    }

    /// What the contract answers; none where it reverts.
    fn ask<C: SolCall>(&mut self, call: &C) -> Option<(C::Return, u64)> {
        let tx = TxEnv::builder()
            .to(Self::ADDRESS)
            .data(call.abi_encode().into())
            .gas_limit(GAS_LIMIT)
            .build()
            .expect("a well-formed transaction");
        match self.evm.transact(tx).expect("a valid transaction").result {
            ExecutionResult::Success { output, gas, .. } => {
                let answer = C::abi_decode_returns(output.data()).expect("the declared types");
                Some((answer, gas.total_gas_spent()))
            }
            ExecutionResult::Revert { .. } => None,
            ExecutionResult::Halt { reason, .. } => panic!("the contract halted: {reason:?}"),
        }
    }

    fn start(&mut self, seed: &Seed) -> Bytes {
        let call = startCall { parameters: self.parameters.clone(), matchSeed: seed.0.into() };
        self.ask(&call).expect("a start").0
    }

    /// The state after a step; none where the contract says that it is not legal.
    fn step(
        &mut self,
        seed: &Seed,
        state: &Bytes,
        acting: SeatSet,
        actions: &[Action],
    ) -> Option<Bytes> {
        let call = stepCall {
            parameters: self.parameters.clone(),
            matchSeed: FixedBytes(seed.0),
            state: state.clone(),
            acting: acting.0,
            actions: actions.iter().map(|action| action.0).collect(),
        };
        let (said, gas) = self.ask(&call).expect("a verdict on a state that play reached");
        self.step_gas_max = self.step_gas_max.max(gas);
        assert_eq!(said.legal, !said.next.is_empty(), "a state after legal steps only");
        said.legal.then_some(said.next)
    }
}

/// A stream of numbers that is the same in every run.
struct Dice {
    chance: Chance,
    thrown: u32,
}

impl Dice {
    fn new(number: u32) -> Self {
        let mut seed = [0xd1; 32];
        seed[..4].copy_from_slice(&number.to_le_bytes());
        Self { chance: Chance::from_seed(&Seed(seed)), thrown: 0 }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.thrown += 1;
        self.chance.draw(self.thrown, bound)
    }
}

/// How the matches of one System ended.
#[derive(Debug, Default)]
struct Endings {
    steps: u32,
    finished: u32,
    step_limit: u32,
    scores: BTreeMap<Vec<i64>, u32>,
}

fn check_status(contract: &mut Contract, bytes: &Bytes, state: &dyn State) {
    let call = statusCall { parameters: contract.parameters.clone(), state: bytes.clone() };
    let (said, _) = contract.ask(&call).expect("a status");
    let (acting, termination) = match state.status() {
        Status::Acting(seats) => (seats.0, RUNNING),
        Status::Terminal(Ending::Finished) => (0, 0),
        Status::Terminal(Ending::StepLimit) => (0, 1),
    };
    assert_eq!((said.acting, said.termination), (acting, termination), "{}", state.picture());
    assert_eq!(said.scores, state.scores(), "{}", state.picture());
}

/// Every action of each acting seat, beside legal ones of the others, and other seats that act.
fn check_legality(
    contract: &mut Contract,
    seed: &Seed,
    bytes: &Bytes,
    state: &dyn State,
    tried: impl Iterator<Item = u64>,
    dice: &mut Dice,
) {
    let Status::Acting(acting) = state.status() else { return };
    let legal: Vec<_> = acting.iter().map(|seat| state.legal_actions(seat)[0]).collect();
    for action in tried.map(Action) {
        for (place, seat) in acting.iter().enumerate() {
            let mut actions = legal.clone();
            actions[place] = action;
            let said = contract.step(seed, bytes, acting, &actions).is_some();
            assert_eq!(said, state.is_legal(seat, action), "{seat}, action {action}");
        }
    }
    let others = SeatSet(dice.below(8) as u8);
    if others != acting {
        let actions = vec![legal[0]; others.count()];
        assert_eq!(contract.step(seed, bytes, others, &actions), None, "{others:?} act");
    }
}

/// What hostile play sends: illegal numbers, too few actions, too many. Both must refuse it.
fn check_refusals(
    contract: &mut Contract,
    seed: &Seed,
    bytes: &Bytes,
    state: &dyn State,
    dice: &mut Dice,
) {
    let acting = match state.status() {
        Status::Acting(acting) => acting,
        Status::Terminal(_) => SeatSet(1),
    };
    let count = acting.count() as u64;
    let mut actions: Vec<_> = (0..count + dice.below(2)).map(|_| Action(dice.below(9))).collect();
    if dice.below(2) == 0 {
        actions[0] = Action(u64::MAX - dice.below(3));
    }
    let mut hostile = state.fork();
    let accepted = hostile.step(&actions).is_ok().then(|| Bytes::from(hostile.bytes()));
    assert_eq!(contract.step(seed, bytes, acting, &actions), accepted, "{actions:?}");
}

/// Plays one match on both sides.
fn check_match(
    contract: &mut Contract,
    system: &Arc<dyn System>,
    dice: &mut Dice,
    choose: fn(&dyn State, Seat, &mut Dice) -> Action,
    endings: &mut Endings,
) {
    let seed = Seed(std::array::from_fn(|_| dice.below(256) as u8));
    contract.parameters = system.parameters().encode().into();
    let mut state = system.start(Chance::from_seed(&seed));
    let mut bytes = contract.start(&seed);
    for step in 0.. {
        assert_eq!(bytes, Bytes::from(state.bytes()), "step {step}:\n{}", state.picture());
        check_status(contract, &bytes, &*state);
        if dice.below(8) == 0 {
            check_refusals(contract, &seed, &bytes, &*state, dice);
            let odd = [system.action_count(), dice.below(u64::MAX), u64::MAX];
            let all = (0..system.action_count()).chain(odd);
            check_legality(contract, &seed, &bytes, &*state, all, dice);
        }
        let acting = match state.status() {
            Status::Acting(acting) => acting,
            Status::Terminal(ending) => {
                endings.steps += step;
                *endings.scores.entry(state.scores()).or_default() += 1;
                match ending {
                    Ending::Finished => endings.finished += 1,
                    Ending::StepLimit => endings.step_limit += 1,
                }
                return;
            }
        };
        let actions: Vec<_> = acting.iter().map(|seat| choose(&*state, seat, dice)).collect();
        bytes = contract.step(&seed, &bytes, acting, &actions).expect("a step of legal actions");
        state.step(&actions).expect("legal actions");
    }
}

fn check_forfeits(contract: &mut Contract, system: &Arc<dyn System>) {
    for set in 1..1u8 << system.seat_count() {
        let parameters = contract.parameters.clone();
        let (said, _) =
            contract.ask(&forfeitScoresCall { parameters, forfeits: set }).expect("scores");
        assert_eq!(said, system.forfeit_scores(SeatSet(set)), "forfeits {set:#b}");
    }
}

fn any_action(state: &dyn State, seat: Seat, dice: &mut Dice) -> Action {
    let legal = state.legal_actions(seat);
    legal[dice.below(legal.len() as u64) as usize]
}

/// Towards the apple and not into death, as long as there is a way: so that full boards are met.
fn hungry(state: &dyn State, seat: Seat, dice: &mut Dice) -> Action {
    let seen = state.packed_observation(seat);
    let field = |shift: u32, bits: u32| seen >> shift & ((1 << bits) - 1);
    let (head_x, head_y, apple_x, apple_y) = (field(0, 4), field(4, 4), field(8, 4), field(12, 4));
    let deadly = field(24, 4);
    let wanted = [apple_y < head_y, apple_x > head_x, apple_y > head_y, apple_x < head_x];
    let safe: Vec<u64> = (0..4).filter(|action| deadly >> action & 1 == 0).collect();
    let eager = safe.iter().copied().filter(|&action| wanted[action as usize]).collect::<Vec<_>>();
    let among = match (eager.is_empty() || dice.below(10) == 0, safe.is_empty()) {
        (false, _) => eager,
        (true, false) => safe,
        (true, true) => vec![0, 1, 2, 3],
    };
    Action(among[dice.below(among.len() as u64) as usize])
}

fn system(name: &str, parameters: &[(&str, u64)]) -> Arc<dyn System> {
    let given = parameters.iter().map(|&(name, value)| (name.to_owned(), value)).collect();
    nets_systems::build(name, &given).expect("parameters in range")
}

#[test]
fn snake_contract_equals_the_system_over_a_thousand_matches() {
    let mut contract = Contract::new(&SnakeSystem::DEPLOYED_BYTECODE);
    let mut endings = Endings::default();
    let mut full_boards = 0;
    for number in 0..MATCHES {
        let mut dice = Dice::new(number);
        // Small boards get full, large ones reach the limits of the bytes.
        let side = if number % 2 == 0 { 3 } else { 15 };
        let (width, height) = (2 + dice.below(side), 2 + dice.below(side));
        let limit = 10 + dice.below(120);
        let parameters = [("width", width), ("height", height), ("step-limit", limit)];
        let system = system("snake", &parameters);
        let choose = if number % 4 == 3 { any_action } else { hungry };
        check_match(&mut contract, &system, &mut dice, choose, &mut endings);
        check_forfeits(&mut contract, &system);
        let won = 11 * (width * height) as i64 - 10;
        full_boards += endings.scores.remove(&vec![won]).unwrap_or_default();
    }
    assert!(full_boards > 50 && endings.step_limit > 50, "{full_boards} full, {endings:?}");
    assert!(endings.finished > full_boards + 50, "{full_boards} full, {endings:?}");
    assert!(contract.step_gas_max < 80_000, "a step costs {} gas", contract.step_gas_max);
}

#[test]
fn rps_contract_equals_the_system_over_a_thousand_matches() {
    let mut contract = Contract::new(&RpsSystem::DEPLOYED_BYTECODE);
    let mut endings = Endings::default();
    for number in 0..MATCHES {
        let mut dice = Dice::new(number);
        let system = system("rps", &[("throws", 1 + dice.below(20))]);
        check_match(&mut contract, &system, &mut dice, any_action, &mut endings);
        check_forfeits(&mut contract, &system);
    }
    assert_eq!(endings.finished, MATCHES);
    assert!(endings.scores.len() > 50, "{} different scores", endings.scores.len());
    assert!(contract.step_gas_max < 40_000, "a step costs {} gas", contract.step_gas_max);
}

#[test]
fn connect_four_contract_equals_the_system_over_a_thousand_matches() {
    let mut contract = Contract::new(&ConnectFourSystem::DEPLOYED_BYTECODE);
    let mut endings = Endings::default();
    let system = system("connect-four", &[]);
    for number in 0..MATCHES {
        check_match(&mut contract, &system, &mut Dice::new(number), any_action, &mut endings);
    }
    check_forfeits(&mut contract, &system);
    assert_eq!(endings.scores.keys().collect::<Vec<_>>(), [&[0, 2], &[1, 1], &[2, 0]]);
    assert!(contract.step_gas_max < 40_000, "a step costs {} gas", contract.step_gas_max);
}
