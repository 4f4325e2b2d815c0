//! The contract that judges one instruction says what the machine does, over the official tests of
//! RISC-V and programs at random, step by step.
//!
//! `NETS_MACHINE_STEPS=2000000` makes the random programs that long.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use alloy_primitives::{Address, B256};
use alloy_sol_types::{SolCall, SolConstructor, SolInterface};
use nets_chain::machine::IMachine;
use nets_chain::{IMAGE, ImageRoots};
use nets_core::{Digest, Link, compressions, sha256};
use nets_machine::{Halt, Image, Machine, Oracle, RAM_START, Witness, WordProof};

use crate::machine::{Answer, Machine as Evm};

const CALLER: Address = Address::repeat_byte(0xca);

/// How many steps random programs have together.
const STEPS: u64 = 12_000;

/// A program in the machine, and the contract of the same image.
struct Pair {
    evm: Evm,
    contract: Address,
    machine: Machine,
    /// The dearest step of those that touch code alone, one word of memory, and the oracle.
    gas: [u64; 3],
}

fn word(digest: Digest) -> B256 {
    B256::new(digest.0)
}

impl Pair {
    fn new(image: &Arc<Image>, input: [u8; 32]) -> Self {
        let mut evm = Evm::new(&[CALLER]);
        let arguments = IMachine::constructorCall {
            entry: image.entry(),
            codeRoot: word(image.code_root()),
            ramRoot: word(image.ram_root()),
        };
        let code = [&IMachine::BYTECODE[..], &arguments.abi_encode()].concat();
        let contract = evm.create(CALLER, code);
        let machine = Machine::new(Arc::clone(image), &input);
        let mut pair = Self { evm, contract, machine, gas: [0; 3] };
        let start = pair.ask(&IMachine::startCall { input: B256::new(input) }).unwrap();
        assert_eq!(start.0, word(pair.machine.state().digest()), "another start");
        pair
    }

    /// What the contract answers and for how much gas; what it refuses with where it does.
    fn ask<C: SolCall>(&mut self, call: &C) -> Result<(C::Return, u64), IMachine::IMachineErrors> {
        match self.evm.try_call(CALLER, self.contract, call.abi_encode()) {
            Answer::Done(output, gas) => Ok((C::abi_decode_returns(&output).unwrap(), gas)),
            Answer::Refused(output) => Err(IMachine::IMachineErrors::abi_decode(&output).unwrap()),
        }
    }

    /// Makes one step in both.
    fn step(&mut self, oracle: &dyn Oracle) {
        let witness = self.machine.witness(oracle).unwrap();
        let call = call(&witness);
        let looked = IMachine::lookCall { state: call.state.clone() };
        let looked = self.ask(&looked).unwrap().0;
        let before = self.machine.state();
        assert_eq!(looked.digest, word(before.digest()));
        assert_eq!((looked.pc.to(), looked.code), (before.pc, before.registers[10]));

        self.machine.run(self.machine.steps() + 1, oracle).unwrap();
        let (found, gas) = self.ask(&call).unwrap_or_else(|error| panic!("{error:?}: {before:x?}"));
        assert_eq!(
            found,
            word(self.machine.state().digest()),
            "{:08x} in {before:x?} leads to {:x?}",
            witness.instruction(),
            self.machine.state(),
        );
        let touched = [&witness.read, &witness.written].map(|it| usize::from(!it.path.is_empty()));
        let dearest = &mut self.gas[touched[0] + touched[1]];
        *dearest = (*dearest).max(gas);
    }

    /// Makes steps in both until the program halts, or so many; how many were made.
    fn run(&mut self, limit: u64, oracle: &dyn Oracle) -> u64 {
        while self.machine.halt().is_none() && self.machine.steps() < limit {
            self.step(oracle);
        }
        self.machine.steps()
    }
}

fn call(witness: &Witness) -> IMachine::nextCall {
    let proof = |proof: &WordProof| IMachine::WordProof {
        word: word(proof.word),
        path: proof.path.iter().copied().map(word).collect(),
    };
    let registers = witness.state.register_bytes();
    let link = witness.link.unwrap_or(Link { before: Digest::default(), block: [0; 64] });
    IMachine::nextCall {
        state: IMachine::State {
            registers: std::array::from_fn(|index| {
                B256::from_slice(&registers[32 * index..][..32])
            }),
            ram: word(witness.state.ram),
        },
        step: IMachine::Step {
            code: proof(&witness.code),
            read: proof(&witness.read),
            written: proof(&witness.written),
            previous: B256::new(link.before.0),
            firstHalf: B256::from_slice(&link.block[..32]),
            secondHalf: B256::from_slice(&link.block[32..]),
        },
    }
}

/// Numbers at random from a seed, as the matches of the other tests are.
struct Random(u64);

impl Random {
    /// Below `n`.
    fn below(&mut self, n: u64) -> u64 {
        // splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ word >> 31) % n
    }

    fn bits(&mut self) -> u32 {
        self.below(1 << 32) as u32
    }

    fn register(&mut self) -> u32 {
        self.below(32) as u32
    }

    /// A number at the edges of something, or any.
    fn number(&mut self) -> u32 {
        let edges =
            [0, 1, 2, 31, 32, 0x7ff, 0x800, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX];
        match self.below(4) {
            0 => edges[self.below(edges.len() as u64) as usize],
            1 => RAM_START + self.below(256) as u32,
            // The last words of the RAM and what is behind it.
            2 => 0x9000_0000 - 64 + self.below(80) as u32,
            _ => self.bits(),
        }
    }

    /// An instruction: of one of the known forms, mostly, with everything else at random.
    fn instruction(&mut self) -> u32 {
        const OPCODES: [u32; 11] =
            [0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x0f, 0x73];
        let any = self.bits() & !0x7f;
        match self.below(16) {
            0 => self.bits(),
            1 => 0x73,
            2..=5 => {
                let funct7 = [0, 0x20, 1, 1][self.below(4) as usize];
                any & 0x01ff_ff80 | funct7 << 25 | 0x33
            }
            // Loads and stores near the address in a register.
            6..=8 => any & 0x01ff_ff80 | if self.below(2) == 0 { 0x03 } else { 0x23 },
            _ => any | OPCODES[self.below(11) as usize],
        }
    }

    /// A program that sets every register and goes on at random.
    fn program(&mut self) -> Arc<Image> {
        let mut code = Vec::new();
        for register in 1..32 {
            let number = self.number();
            let low = number << 20;
            code.push(number.wrapping_add(0x800) & 0xffff_f000 | register << 7 | 0x37);
            code.push(low | register << 15 | register << 7 | 0x13);
        }
        // Mostly a system call that may be one.
        let target = self.register();
        let (number, part) = (self.below(2) as u32, self.below(4) as u32);
        code.push((number << 20) | 17 << 7 | 0x13);
        code.push((part << 20) | 11 << 7 | 0x13);
        code.push((0xfe0_u32 << 20) | target << 15 | 7 << 12 | 10 << 7 | 0x13);
        code.extend((0..40).map(|_| self.instruction()));
        let memory = (0..256).map(|_| self.bits() as u8).collect();
        let code: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let padding = vec![0; code.len().next_multiple_of(32) - code.len()];
        Arc::new(Image::new(0, [code, padding].concat(), memory).unwrap())
    }
}

/// A message of two blocks.
const MESSAGE: [u8; 100] = [0x5a; 100];

/// Knows that message.
struct Known;

impl Oracle for Known {
    fn link(&self, value: &Digest) -> Option<Link> {
        compressions(&MESSAGE).find(|step| step.after == *value).map(|step| step.link)
    }
}

#[test]
fn the_contract_makes_every_step_of_the_official_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../machine/tests/riscv-tests");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let images = files.filter(|file| file.extension().is_some_and(|it| it == "image"));
    let mut steps = 0;
    for file in images {
        let image = Arc::new(Image::decode(&fs::read(&file).unwrap()).unwrap());
        let mut pair = Pair::new(&image, [0; 32]);
        steps += pair.run(100_000, &());
        assert_eq!(pair.machine.halt(), Some(Halt::Exited(0)), "{}", file.display());
        pair.step(&());
        assert_eq!(pair.machine.halt(), Some(Halt::Exited(0)), "it stays as it is");
    }
    assert!(steps > 10_000, "{steps} steps");
}

#[test]
fn the_contract_makes_every_step_of_programs_at_random() {
    let wanted = env::var("NETS_MACHINE_STEPS").map_or(STEPS, |text| text.parse().unwrap());
    let mut random = Random(wanted);
    let (mut steps, mut gas, mut halts) = (0, [0; 3], [0; 2]);
    while steps < wanted {
        let image = random.program();
        let input = std::array::from_fn(|_| random.bits() as u8);
        let mut pair = Pair::new(&image, input);
        // A system call that asks is left to the test of those.
        while pair.machine.halt().is_none() && pair.machine.steps() < 200 {
            if pair.machine.witness(&()).is_err() {
                break;
            }
            pair.step(&());
        }
        match pair.machine.halt() {
            Some(Halt::Exited(_)) => halts[0] += 1,
            Some(Halt::Trapped) => halts[1] += 1,
            None => {}
        }
        steps += pair.machine.steps();
        gas = std::array::from_fn(|index| gas[index].max(pair.gas[index]));
    }
    println!("{steps} steps; exited and trapped {halts:?}; gas of the dearest {gas:?}");
    assert!(halts.iter().all(|halts| *halts > 5), "{halts:?}");
}

/// A program that asks for a part of what led to the digest that its memory begins with.
fn asking(part: u32) -> Arc<Image> {
    let code = [
        RAM_START | 10 << 7 | 0x37,
        (part << 20) | 11 << 7 | 0x13,
        (32 << 20) | 10 << 15 | 12 << 7 | 0x13,
        (1 << 20) | 17 << 7 | 0x13,
        0x73,
        17 << 7 | 0x13,
        0x73,
        0,
    ];
    let code = code.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    Arc::new(Image::new(0, code, sha256(&MESSAGE).0.to_vec()).unwrap())
}

#[test]
fn contracts_are_made_for_the_committed_image() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../image/nets.image");
    let image = Image::decode(&fs::read(file).unwrap()).unwrap();
    let ImageRoots { entry, code, ram } = IMAGE;
    let expected = (image.entry(), word(image.code_root()), word(image.ram_root()));
    assert_eq!((entry, code, ram), expected, "write these into crates/chain/src/image.rs");
}

#[test]
fn the_contract_takes_only_what_led_to_a_chaining_value() {
    for part in 0..3 {
        let mut pair = Pair::new(&asking(part), [0; 32]);
        assert_eq!(pair.run(100, &Known), 7);
        assert!(matches!(pair.machine.halt(), Some(Halt::Exited(_))));
        println!("gas of part {part}: {:?}", pair.gas);
    }
    let mut pair = Pair::new(&asking(1), [0; 32]);
    pair.run(4, &Known);
    let right = pair.machine.witness(&Known).unwrap();
    for index in 0..96 {
        let mut wrong = right.clone();
        let link = wrong.link.as_mut().unwrap();
        match index {
            0..32 => link.before.0[index] ^= 1,
            _ => link.block[index - 32] ^= 0x80,
        }
        let refused = pair.ask(&call(&wrong)).unwrap_err();
        assert!(matches!(refused, IMachine::IMachineErrors::ChainingMismatch(_)));
    }
}

/// A change to what is given of a step.
type Forgery = fn(&mut Witness);

#[test]
fn the_contract_takes_no_word_that_is_not_there() {
    use IMachine::IMachineErrors as Refusal;
    let mut pair = Pair::new(&asking(2), [0; 32]);
    pair.run(4, &Known);
    let right = pair.machine.witness(&Known).unwrap();
    let forgeries: [(&str, Forgery); 8] = [
        ("code", |it| it.code.word.0[31] ^= 1),
        ("path of code", |it| it.code.path[0].0[0] ^= 1),
        ("read", |it| it.read.word.0[0] ^= 1),
        ("path read", |it| it.read.path[22].0[0] ^= 1),
        ("written", |it| it.written.word.0[0] ^= 1),
        ("path written", |it| it.written.path[5].0[0] ^= 1),
        ("a longer path", |it| it.written.path.push(Digest([0; 32]))),
        ("no path", |it| it.code.path.clear()),
    ];
    for (what, forge) in forgeries {
        let mut forged = right.clone();
        forge(&mut forged);
        let refused = pair.ask(&call(&forged)).expect_err(what);
        let is_wrong = matches!(refused, Refusal::RootMismatch(_) | Refusal::PathLengthMismatch(_));
        assert!(is_wrong, "{what}: {refused:?}");
    }
    // Another state is judged as what it is: it is not the one that was committed to.
    let mut other = right.clone();
    other.state.registers[3] = 7;
    let (digest, _) = pair.ask(&call(&other)).unwrap();
    pair.step(&Known);
    assert_ne!(digest, word(pair.machine.state().digest()));
}
