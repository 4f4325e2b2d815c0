//! Trials of seats in a real round, about a small image: it writes to memory in a loop and then calls
//! a trace false by the lowest bit of the question, so that there are questions of either sort.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{SolCall, SolInterface, sol};
use nets_chain::trial_calls::{ICourt, IMachine, ITrials};
use nets_chain::{Following, ImageRoots, Objection, OpenDefence, OpenTrial, Side};
use nets_core::{Chance, Digest, MerkleTree, Seed};
use nets_machine::{Image, RAM_START, RUN_MAX, Segment, State, Trajectory};

use super::stage::{ASSERTER, ASSERTION_BOND, CHALLENGE_BLOCKS, DEMAND_BOND, Stage, Terms};
use super::story::{Story, Twist, hashes};

sol!(SnakeSystem, "../../contracts/artifacts/SnakeSystem.json");

use ITrials::ITrialsErrors as Refusal;

const CHALLENGER: Address = Address::repeat_byte(0xc4);
const STRANGER: Address = Address::repeat_byte(0x57);

/// The bonds of a trial, each of the league's for a demand.
const BONDS: u128 = 7 * DEMAND_BOND;

/// The blocks in which a defence may begin after the trial was opened: a move and what a side may
/// spare, the league's move being one block.
const DEFENCE_BLOCKS: u32 = 8;

/// Everything that may follow from a demand is over so many blocks after the challenge window.
const BOUND_BLOCKS: u32 = 28;

fn image(turns: u32) -> Arc<Image> {
    let code = [
        RAM_START | 5 << 7 | 0x37,
        turns << 20 | 6 << 7 | 0x13,
        // sw x6, 8(x5); addi x5, x5, 64; addi x6, x6, -1; bne x6, x0, -12
        0x0062_a423,
        64 << 20 | 5 << 15 | 5 << 7 | 0x13,
        0xfff << 20 | 6 << 15 | 6 << 7 | 0x13,
        0xfe03_1ae3,
        // andi x10, x10, 1; addi x17, x0, 0; ecall
        1 << 20 | 10 << 15 | 7 << 12 | 10 << 7 | 0x13,
        17 << 7 | 0x13,
        0x73,
    ];
    let code: Vec<u8> = code.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    let padding = vec![0; code.len().next_multiple_of(32) - code.len()];
    Arc::new(Image::new(0, [code, padding].concat(), vec![3; 64]).unwrap())
}

fn word(digest: Digest) -> B256 {
    B256::new(digest.0)
}

/// An asserted round whose seats can be put on trial.
struct Hall {
    stage: Stage,
    image: Arc<Image>,
    story: Story,
    target: ICourt::Target,
    following: Following,
    gas: BTreeMap<&'static str, u64>,
}

impl Hall {
    fn new(turns: u32) -> Self {
        let image = image(turns);
        let (code, ram) = (word(image.code_root()), word(image.ram_root()));
        let mut stage = Stage::new(Terms {
            system: "snake",
            parameters: &[("width", 4), ("height", 3), ("step-limit", 12)],
            step_contract: SnakeSystem::BYTECODE.to_vec(),
            matches_per_round: 6,
            clock_blocks: 0,
            image: ImageRoots { entry: 0, code, ram },
            owners: &[0, 1, 2, 3],
        });
        stage.close_claims();
        stage.enrich(CHALLENGER);
        stage.enrich(STRANGER);
        let story = stage.tell(&Twist::Honest);
        let target = stage.assert(&story);
        let target = ICourt::Target {
            arena: target.arena,
            league: target.league,
            round: target.round,
            assertion: target.assertion,
        };
        let following = Following::new(target.arena);
        Self { stage, image, story, target, following, gas: BTreeMap::new() }
    }

    fn opening(&self, q: u32) -> ITrials::openTrialCall {
        let tree = MerkleTree::new(hashes(&self.story.matches));
        let path = tree.path(q).unwrap().into_iter().map(word).collect();
        let leaf = self.story.matches[q as usize].clone().into();
        let trace = &self.story.traces[&q];
        ITrials::openTrialCall {
            target: self.target.clone(),
            matchProof: ICourt::Proof { index: q, leaf, path },
            trace: ICourt::Trace {
                matchId: word(trace.match_id),
                leafCount: trace.leaves.len() as u32,
                treeRoot: word(MerkleTree::new(hashes(&trace.leaves)).root()),
            },
            seat: 0,
        }
    }

    /// Sends a call that must succeed.
    fn send<C: SolCall>(&mut self, from: Address, call: &C) {
        let name = C::SIGNATURE.split('(').next().unwrap();
        match self.stage.demand(from, call) {
            Ok((gas, logs)) => {
                let dearest = self.gas.entry(name).or_default();
                *dearest = gas.max(*dearest);
                logs.iter().for_each(|log| self.following.note(log));
            }
            Err(output) => panic!("{name}: {:?}", refusal(&output)),
        }
    }

    /// What a call is refused with, which must be.
    fn refused<C: SolCall>(&mut self, from: Address, call: &C) -> Refusal {
        match self.stage.demand(from, call) {
            Ok(_) => panic!("{} was not refused", C::SIGNATURE),
            Err(output) => refusal(&output),
        }
    }

    /// Opens the trial of the first match of which the image says this.
    fn open(&mut self, is_false: bool) -> OpenTrial {
        let matches: Vec<_> = self.story.traces.keys().copied().collect();
        for q in matches {
            let call = self.opening(q);
            let leaf_count = call.trace.leafCount - 1;
            let root = nets_core::trace_root(
                &nets_core::MatchId(call.trace.matchId.0),
                call.trace.leafCount,
                &Digest(call.trace.treeRoot.0),
            );
            let parts: [&[u8]; 4] =
                [&call.trace.matchId.0, &root.0, &leaf_count.to_le_bytes(), &[0]];
            let question = nets_core::hash_tagged(nets_core::Tag::Question, &parts);
            if (question.0[0] & 1 == 1) == is_false {
                self.send(CHALLENGER, &call);
                let open = self.trial();
                assert_eq!(open.trial.question, word(question));
                return open;
            }
        }
        panic!("no such match among {}", self.story.traces.len());
    }

    fn trial(&self) -> OpenTrial {
        let mut open = self.following.open();
        let found = open.next().map(|(id, open)| (*id, open.clone())).unwrap();
        assert_eq!((found.1.id(), open.next()), (found.0, None));
        found.1
    }

    fn defence(&self) -> (B256, OpenDefence) {
        let trial = self.trial();
        let (id, open) = trial.defences.iter().next().unwrap();
        (*id, open.clone())
    }

    fn run(&self, question: B256) -> Trajectory {
        Trajectory::new(Arc::clone(&self.image), &question.0, Arc::new(()))
    }

    fn side(&self, question: B256) -> Side {
        Side::new(self.run(question), RUN_MAX, |_| true).unwrap().unwrap()
    }
}

fn refusal(output: &Bytes) -> Refusal {
    Refusal::abi_decode(output).unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// Who says of a run that it is right up to a step and from there on that of another question.
struct Liar {
    right: Trajectory,
    wrong: Trajectory,
    from: u64,
}

impl Liar {
    fn state(&mut self, step: u64) -> State {
        let run = if step < self.from { &mut self.right } else { &mut self.wrong };
        run.state(step).unwrap()
    }

    fn cut(&mut self, segment: Segment) -> Vec<B256> {
        let starts = (1..64).map(|index| segment.part(index).start());
        starts.map(|start| word(self.state(start).digest())).collect()
    }

    fn defence(&mut self, trial: &OpenTrial, levels: u8) -> ITrials::defendCall {
        let state = self.state(1 << (6 * levels));
        let bytes = state.register_bytes();
        let words = std::array::from_fn(|index| B256::from_slice(&bytes[32 * index..][..32]));
        ITrials::defendCall {
            trialId: trial.id(),
            trial: trial.trial.clone(),
            levels,
            ending: IMachine::State { registers: words, ram: word(state.ram) },
            states: self.cut(Segment { height: levels.into(), position: 0 }),
        }
    }

    fn answer(
        &mut self,
        trial: &OpenTrial,
        (id, open): &(B256, OpenDefence),
    ) -> ITrials::cutPartCall {
        let ITrials::Defence { height, position, .. } = open.defence;
        ITrials::cutPartCall {
            id: *id,
            trial: trial.trial.clone(),
            given: open.defence.clone(),
            states: self.cut(Segment { height: height.into(), position }),
        }
    }
}

/// A defence as calls about it are made.
fn of((id, open): &(B256, OpenDefence)) -> (&B256, &OpenDefence) {
    (id, open)
}

/// Argues with a liar until its defence has fallen; how many answers it gave.
fn argue(hall: &mut Hall, liar: &mut Liar, honest: &mut Side) -> u32 {
    let mut answers = 1;
    loop {
        let (trial, defence) = (hall.trial(), hall.defence());
        if defence.1.is_defenders_turn() {
            hall.send(ASSERTER, &liar.answer(&trial, &defence));
            answers += 1;
            continue;
        }
        match honest.objection(&trial, (&defence.0, &defence.1)).unwrap().unwrap() {
            Objection::Pick(call) => hall.send(CHALLENGER, &*call),
            Objection::Judge(call) => {
                hall.send(CHALLENGER, &*call);
                assert_eq!(hall.trial().defences.len(), 0);
                return answers;
            }
        }
    }
}

#[test]
fn a_false_trace_is_convicted_wherever_its_defender_begins_to_lie() {
    // The run has 4 + 4 * 900 + ... steps, so that three answers are needed.
    let dice = Chance::from_seed(&Seed([8; 32]));
    let mut gas = BTreeMap::new();
    for number in 0..6 {
        let mut hall = Hall::new(900);
        let trial = hall.open(true);
        let mut honest = hall.side(trial.trial.question);
        assert!(honest.is_false());
        let mut other = trial.trial.question.0;
        other[0] &= 0xfe;
        let from = [0, 1, honest.steps()]
            .get(number)
            .copied()
            .unwrap_or_else(|| dice.draw(number as u32, honest.steps()));
        // Where it begins with another state, it has to admit the right one: the first is no word of its own.
        let mut liar = Liar {
            right: hall.run(trial.trial.question),
            wrong: hall.run(B256::new(other)),
            from: from.max(1),
        };
        let before = hall.stage.balance(CHALLENGER);
        hall.send(ASSERTER, &liar.defence(&trial, 2));
        assert_eq!(argue(&mut hall, &mut liar, &mut honest), 2);
        let refused = hall.refused(STRANGER, &trial.convict());
        assert!(matches!(refused, Refusal::MoveTooEarly(_)), "{refused:?}");
        hall.stage.pass(DEFENCE_BLOCKS + 1);
        assert!(hall.stage.is_standing(0));
        hall.send(STRANGER, &trial.convict());
        assert!(!hall.stage.is_standing(0));
        let gained = hall.stage.balance(CHALLENGER) - before;
        assert_eq!(gained, BONDS + ASSERTION_BOND / 2);
        assert_eq!(hall.following.open().count(), 0);
        gas.extend(hall.gas);
    }
    println!("{gas:?}");
}

#[test]
fn an_honest_defence_stands_whatever_its_challenger_picks() {
    let dice = Chance::from_seed(&Seed([9; 32]));
    for number in 0..4 {
        let mut hall = Hall::new(900);
        let trial = hall.open(false);
        let mut honest = hall.side(trial.trial.question);
        let call = honest.defence(&trial).unwrap();
        assert_eq!(call.levels, 2);
        let before = hall.stage.balance(ASSERTER);
        hall.send(ASSERTER, &call);
        let (id, open) = hall.defence();
        assert_eq!(honest.objection(&trial, (&id, &open)).unwrap().map(|_| ()), None);
        // A challenger that picks anything, and in the end has the right instruction to show.
        let index = dice.draw(number, 64) as u8;
        hall.send(CHALLENGER, &trial.pick(of(&hall.defence()), index));
        let (id, open) = hall.defence();
        let call = honest.answer(&trial, (&id, &open)).unwrap();
        hall.send(ASSERTER, &call);
        let index = dice.draw(100 + number, 64) as u8;
        let judge = judge(&trial, &hall.defence(), index, &mut hall.run(trial.trial.question));
        let refused = hall.refused(CHALLENGER, &judge);
        assert!(matches!(refused, Refusal::NothingFalse(_)), "{refused:?}");
        let refused = hall.refused(STRANGER, &trial.acquit(of(&hall.defence())));
        assert!(matches!(refused, Refusal::MoveTooEarly(_)), "{refused:?}");
        hall.stage.pass(8 + 1);
        let refused = hall.refused(STRANGER, &trial.convict());
        assert!(matches!(refused, Refusal::DefencesStand(_)), "{refused:?}");
        hall.send(STRANGER, &trial.acquit(of(&hall.defence())));
        assert_eq!(hall.stage.balance(ASSERTER), before + BONDS);
        assert!(hall.stage.is_standing(0));
        hall.stage.pass(CHALLENGE_BLOCKS);
        hall.stage.try_finalize(0).unwrap();
    }
}

/// The call that has a step of a defence judged, which is as this run has it.
fn judge(
    trial: &OpenTrial,
    (id, open): &(B256, OpenDefence),
    index: u8,
    run: &mut Trajectory,
) -> ITrials::judgeStepCall {
    let witness = run.witness(open.segment().part(index.into()).start()).unwrap();
    trial.judge((id, open), index, &witness)
}

#[test]
fn who_is_silent_loses_and_nobody_is_hurried() {
    // A defender that does not go on.
    let mut hall = Hall::new(900);
    let trial = hall.open(false);
    let mut honest = hall.side(trial.trial.question);
    hall.send(STRANGER, &honest.defence(&trial).unwrap());
    hall.send(CHALLENGER, &trial.pick(of(&hall.defence()), 5));
    hall.stage.pass(DEFENCE_BLOCKS);
    let refused = hall.refused(STRANGER, &trial.fail(of(&hall.defence())));
    assert!(matches!(refused, Refusal::MoveTooEarly(_)), "{refused:?}");
    let (id, open) = hall.defence();
    hall.stage.pass(1);
    let late = honest.answer(&trial, (&id, &open)).unwrap();
    let refused = hall.refused(STRANGER, &late);
    assert!(matches!(refused, Refusal::MoveTooLate(_)), "{refused:?}");
    hall.send(ASSERTER, &trial.fail(of(&hall.defence())));
    // Its time to defend is over for everybody, and nobody has.
    let again = honest.defence(&trial).unwrap();
    let refused = hall.refused(ASSERTER, &again);
    assert!(matches!(refused, Refusal::MoveTooLate(_)), "{refused:?}");
    hall.send(STRANGER, &trial.convict());
    assert!(!hall.stage.is_standing(0));
}

#[test]
fn false_defences_take_nothing_from_an_honest_one() {
    let mut hall = Hall::new(20);
    let trial = hall.open(false);
    let mut honest = hall.side(trial.trial.question);
    let right = honest.defence(&trial).unwrap();
    // The challenger's own, of states that are none, which it then lets fall.
    for number in 0..3 {
        let mut wrong = right.clone();
        wrong.states[number] = B256::repeat_byte(number as u8);
        hall.send(CHALLENGER, &wrong);
    }
    hall.send(ASSERTER, &right);
    assert_eq!(hall.trial().defences.len(), 4);
    let trial = hall.trial();
    let mut objections = Vec::new();
    for (id, open) in &trial.defences {
        match honest.objection(&trial, (id, open)).unwrap() {
            Some(Objection::Pick(call)) => objections.push(*call),
            Some(Objection::Judge(_)) => panic!("two answers are needed"),
            None => assert_eq!(open.defence.defender, ASSERTER),
        }
    }
    assert_eq!(objections.len(), 3);
    objections.iter().for_each(|call| hall.send(CHALLENGER, call));
    hall.stage.pass(9);
    let picked = hall.trial();
    let is_picked = |(_, open): &(&B256, &OpenDefence)| open.is_defenders_turn();
    for (id, open) in picked.defences.iter().filter(is_picked) {
        hall.send(STRANGER, &picked.fail((id, open)));
    }
    let refused = hall.refused(CHALLENGER, &trial.convict());
    assert!(matches!(refused, Refusal::DefencesStand(_)), "{refused:?}");
    let before = hall.stage.balance(ASSERTER);
    hall.send(STRANGER, &trial.acquit(of(&hall.defence())));
    assert_eq!(hall.stage.balance(ASSERTER), before + BONDS);
    assert!(hall.stage.is_standing(0));
}

#[test]
fn what_a_trial_does_not_take_is_refused() {
    let mut hall = Hall::new(20);
    let mut opening = hall.opening(0);
    opening.seat = 1;
    assert!(matches!(hall.refused(CHALLENGER, &opening), Refusal::NoSuchSeat(_)));
    let mut opening = hall.opening(0);
    opening.trace.leafCount += 1;
    assert!(matches!(hall.refused(CHALLENGER, &opening), Refusal::TraceRootMismatch(_)));
    let mut opening = hall.opening(0);
    opening.matchProof.index = 1;
    assert!(matches!(hall.refused(CHALLENGER, &opening), Refusal::RootMismatch(_)));

    let trial = hall.open(false);
    let again = hall.opening(trial.trial.matchIndex);
    assert!(matches!(hall.refused(CHALLENGER, &again), Refusal::TrialOpen(_)));
    let mut honest = hall.side(trial.trial.question);
    let right = honest.defence(&trial).unwrap();
    for levels in [0, 7] {
        let wrong = ITrials::defendCall { levels, ..right.clone() };
        assert!(matches!(hall.refused(ASSERTER, &wrong), Refusal::NoDefence(_)));
    }
    // A state that is not the last one, but of a run as long as trials go.
    let mut liar = Liar {
        right: hall.run(trial.trial.question),
        wrong: hall.run(trial.trial.question),
        from: 0,
    };
    let mut running = liar.defence(&trial, 2);
    running.ending = {
        let mut state = right.ending.clone();
        state.registers[0].0[..4].copy_from_slice(&[8, 0, 0, 0]);
        state
    };
    assert!(matches!(hall.refused(ASSERTER, &running), Refusal::NoDefence(_)));
    hall.send(STRANGER, &ITrials::defendCall { levels: 6, ..running });
    let mut short = right.clone();
    short.states.pop();
    assert!(matches!(hall.refused(ASSERTER, &short), Refusal::StateCountMismatch(_)));
    let mut other = right.clone();
    other.trial.seat = 1;
    assert!(matches!(hall.refused(ASSERTER, &other), Refusal::NoTrial(_)));

    let defence = hall.defence();
    let picked = trial.pick(of(&defence), 3);
    assert!(matches!(hall.refused(STRANGER, &picked), Refusal::NotYourMove(_)));
    let mut beyond = picked.clone();
    beyond.part.index = 64;
    assert!(matches!(hall.refused(CHALLENGER, &beyond), Refusal::PositionOutOfRange(_)));
    let mut beside = picked.clone();
    beside.part.last.path[2] = B256::repeat_byte(1);
    assert!(matches!(hall.refused(CHALLENGER, &beside), Refusal::RootMismatch(_)));
    let mut stale = picked.clone();
    stale.given.position = 1;
    assert!(matches!(hall.refused(CHALLENGER, &stale), Refusal::DefenceMismatch(_)));
    let early = judge(&trial, &defence, 3, &mut hall.run(trial.trial.question));
    assert!(matches!(hall.refused(CHALLENGER, &early), Refusal::WrongHeight(_)));
    assert!(matches!(hall.refused(STRANGER, &trial.fail(of(&defence))), Refusal::MoveNotDue(_)));
    hall.send(CHALLENGER, &picked);
    assert!(matches!(
        hall.refused(STRANGER, &trial.acquit(of(&hall.defence()))),
        Refusal::MoveNotDue(_)
    ));
    let picked = trial.pick(of(&defence), 3);
    assert!(matches!(hall.refused(CHALLENGER, &picked), Refusal::DefenceMismatch(_)));
    let answer = liar.answer(&trial, &hall.defence());
    assert!(matches!(hall.refused(ASSERTER, &answer), Refusal::NotYourMove(_)));
}

#[test]
fn everything_that_follows_is_over_within_the_bound() {
    // Opened in the last block, a defence in its last, and both sides as slow as they may be.
    let mut hall = Hall::new(900);
    hall.stage.pass(CHALLENGE_BLOCKS);
    let trial = hall.open(true);
    let mut other = trial.trial.question.0;
    other[0] &= 0xfe;
    let mut liar =
        Liar { right: hall.run(trial.trial.question), wrong: hall.run(B256::new(other)), from: 40 };
    let mut honest = hall.side(trial.trial.question);
    hall.stage.pass(DEFENCE_BLOCKS);
    // As many answers as there can be.
    let deep = liar.defence(&trial, 5);
    hall.send(ASSERTER, &deep);
    let mut blocks = DEFENCE_BLOCKS;
    let mut is_first = true;
    while !hall.trial().defences.is_empty() {
        let (trial, defence) = (hall.trial(), hall.defence());
        // What the challenger may spare it spares at once; all later moves take their block.
        let slow = if is_first { DEFENCE_BLOCKS } else { 1 };
        hall.stage.pass(slow);
        blocks += slow;
        if defence.1.is_defenders_turn() {
            hall.send(ASSERTER, &liar.answer(&trial, &defence));
            continue;
        }
        is_first = false;
        match honest.objection(&trial, (&defence.0, &defence.1)).unwrap().unwrap() {
            Objection::Pick(call) => hall.send(CHALLENGER, &*call),
            Objection::Judge(call) => hall.send(CHALLENGER, &*call),
        }
    }
    assert!(blocks < BOUND_BLOCKS, "{blocks}");
    assert!(hall.stage.try_finalize(0).is_err());
    hall.send(STRANGER, &trial.convict());
    assert!(!hall.stage.is_standing(0));
}
