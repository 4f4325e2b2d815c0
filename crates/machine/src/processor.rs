//! Executes instructions.
//!
//! Every state has exactly one that follows it, whatever the program does: what cannot be executed
//! halts the machine, and a machine that has halted stays as it is. So two that begin alike can differ
//! only from some step on, and there is such a thing as the first one.

use std::sync::Arc;

use nets_core::{Digest, Tag, hash_tagged};
use thiserror::Error;

use crate::image::Image;
use crate::instruction::{Instruction, Operation};
use crate::oracle::Oracle;
use crate::ram::{Ram, Saved, WORD_BYTES};

/// The program counter of a program that ended. No instruction is at an odd address.
const PC_EXITED: u32 = 1;

/// The program counter of a program that did what cannot be done.
const PC_TRAPPED: u32 = 3;

/// The system call that ends the program, by its number in x17.
const CALL_EXIT: u32 = 0;

/// The system call that asks the oracle.
const CALL_CHAINING: u32 = 1;

/// The register of a system call's number; its arguments are in the registers from x10 on.
const CALL_NUMBER: usize = 17;
const ARGUMENT: usize = 10;

/// Why a machine does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The program ended with this code.
    Exited(u32),
    /// It did what cannot be done: no such instruction, or an address that is not aligned or is not
    /// there.
    Trapped,
}

/// The program reads a message that the oracle does not know. No verdict on the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "step {step}: nothing is known here of what led to {value}; it is a digest of something that the program reads"
)]
pub struct Unknown {
    /// The chaining value.
    pub value: Digest,
    /// The step at which it was asked for, from 0.
    pub step: u64,
}

/// What the machine's digest is over, but for the memory behind its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The program counter.
    pub pc: u32,
    /// The registers; x0 is 0.
    pub registers: [u32; 32],
    /// The root of the tree over the RAM.
    pub ram: Digest,
}

impl State {
    /// The program counter and the registers from x1 on, a u32 each: 128 bytes.
    pub fn register_bytes(&self) -> [u8; 128] {
        let mut bytes = [0; 128];
        let words = [self.pc].into_iter().chain(self.registers[1..].iter().copied());
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        bytes
    }

    /// `H(0x10, program counter ‖ x1 … x31 ‖ root of the RAM)`.
    pub fn digest(&self) -> Digest {
        hash_tagged(Tag::Machine, &[&self.register_bytes(), &self.ram.0])
    }

    /// Whether and how the machine has halted.
    pub fn halt(&self) -> Option<Halt> {
        halt(self.pc, &self.registers)
    }
}

fn halt(pc: u32, registers: &[u32; 32]) -> Option<Halt> {
    match pc {
        PC_EXITED => Some(Halt::Exited(registers[ARGUMENT])),
        PC_TRAPPED => Some(Halt::Trapped),
        _ => None,
    }
}

/// A machine between two instructions.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(crate) image: Arc<Image>,
    instructions: Arc<[Instruction]>,
    pub(crate) pc: u32,
    pub(crate) registers: [u32; 32],
    pub(crate) ram: Ram,
    steps: u64,
}

/// A machine's state that it can be brought back to.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) steps: u64,
    pc: u32,
    registers: [u32; 32],
    pub(crate) ram: Saved,
}

/// What follows an instruction.
enum Next {
    /// The instruction behind it.
    Following,
    Jump(u32),
    Exit,
    Trap,
}

impl Machine {
    /// A machine that is about to begin a program, with 32 bytes for it: they are in x10 to x17, each
    /// register four of them, the first one lowest.
    pub fn new(image: Arc<Image>, input: &[u8; 32]) -> Self {
        let mut registers = [0; 32];
        for (register, bytes) in registers[ARGUMENT..].iter_mut().zip(input.as_chunks().0) {
            *register = u32::from_le_bytes(*bytes);
        }
        Self {
            instructions: image.instructions().into(),
            pc: image.entry(),
            registers,
            ram: Ram::new(image.memory()),
            image,
            steps: 0,
        }
    }

    /// How many instructions were executed. One that halts counts; a machine that has halted executes
    /// none.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether and how it has halted.
    pub fn halt(&self) -> Option<Halt> {
        halt(self.pc, &self.registers)
    }

    /// The state, its memory hashed.
    pub fn state(&mut self) -> State {
        State { pc: self.pc, registers: self.registers, ram: self.ram.root() }
    }

    /// Executes until so many steps were done since the beginning, or it has halted.
    ///
    /// # Errors
    /// When the oracle does not know what it is asked. The machine is as before that instruction.
    pub fn run(&mut self, until: u64, oracle: &dyn Oracle) -> Result<Option<Halt>, Unknown> {
        let instructions = Arc::clone(&self.instructions);
        while self.steps < until {
            // An address that is not a multiple of four is beyond all code when it is turned so.
            let Some(&instruction) = instructions.get(self.pc.rotate_right(2) as usize) else {
                if self.halt().is_none() {
                    self.pc = PC_TRAPPED;
                    self.steps += 1;
                }
                return Ok(self.halt());
            };
            let next = match instruction.operation {
                Operation::Ecall => self.system_call(oracle)?,
                _ => self.execute(instruction),
            };
            self.steps += 1;
            match next {
                Next::Following => self.pc = self.pc.wrapping_add(4),
                Next::Jump(target) => self.pc = target,
                Next::Exit => self.pc = PC_EXITED,
                Next::Trap => self.pc = PC_TRAPPED,
            }
        }
        Ok(self.halt())
    }

    pub(crate) fn save(&mut self) -> Snapshot {
        let ram = self.ram.save();
        Snapshot { steps: self.steps, pc: self.pc, registers: self.registers, ram }
    }

    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        (self.steps, self.pc) = (snapshot.steps, snapshot.pc);
        self.registers = snapshot.registers;
        self.ram.restore(&snapshot.ram);
    }

    /// What the program asks of the world.
    fn system_call(&mut self, oracle: &dyn Oracle) -> Result<Next, Unknown> {
        if self.registers[CALL_NUMBER] == CALL_EXIT {
            return Ok(Next::Exit);
        }
        let Some([digest, target]) = self.chaining_call() else { return Ok(Next::Trap) };
        let Some(value) = self.ram.read::<WORD_BYTES>(digest) else { return Ok(Next::Trap) };
        let value = Digest(value);
        let link = oracle.link(&value).ok_or(Unknown { value, step: self.steps })?;
        let (first, second) = link.block.split_at(WORD_BYTES);
        let part = match self.registers[ARGUMENT + 1] {
            0 => &link.before.0,
            1 => first,
            _ => second,
        };
        let word = part.try_into().unwrap_or([0; WORD_BYTES]);
        Ok(self.ram.write(target, word).map_or(Next::Trap, |()| Next::Following))
    }

    /// The addresses of the chaining value and of what the answer is written to, if the system call
    /// asks for it as it must.
    pub(crate) fn chaining_call(&self) -> Option<[u32; 2]> {
        let [digest, part, target] = [0, 1, 2].map(|index| self.registers[ARGUMENT + index]);
        let is_one = self.registers[CALL_NUMBER] == CALL_CHAINING && part < 3;
        let is_word = |address| self.ram.read::<WORD_BYTES>(address).is_some();
        (is_one && is_word(digest) && is_word(target)).then_some([digest, target])
    }

    /// Executes one instruction that asks nothing.
    #[inline(always)]
    fn execute(&mut self, instruction: Instruction) -> Next {
        use Operation as O;
        let Instruction { operation, rd, rs1, rs2, immediate } = instruction;
        let a = self.registers[rs1 as usize & 31];
        let b = self.registers[rs2 as usize & 31];
        let constant = immediate as u32;
        let address = a.wrapping_add(constant);
        let pc = self.pc;
        let result = match operation {
            O::Lui => constant,
            O::Auipc => pc.wrapping_add(constant),
            O::Jal | O::Jalr => {
                let target =
                    if operation == O::Jal { pc.wrapping_add(constant) } else { address & !1 };
                self.set(rd, pc.wrapping_add(4));
                return Next::Jump(target);
            }
            O::Beq | O::Bne | O::Blt | O::Bge | O::Bltu | O::Bgeu => {
                let is_taken = is_taken(operation, a, b);
                return if is_taken {
                    Next::Jump(pc.wrapping_add(constant))
                } else {
                    Next::Following
                };
            }
            O::Lb | O::Lh | O::Lw | O::Lbu | O::Lhu => match self.load(operation, address) {
                Some(value) => value,
                None => return Next::Trap,
            },
            O::Sb | O::Sh | O::Sw => {
                return self.store(operation, address, b).map_or(Next::Trap, |()| Next::Following);
            }
            O::Fence => return Next::Following,
            O::Ecall | O::Illegal => return Next::Trap,
            O::Addi => address,
            O::Slti => u32::from((a as i32) < immediate),
            O::Sltiu => u32::from(a < constant),
            O::Xori => a ^ constant,
            O::Ori => a | constant,
            O::Andi => a & constant,
            O::Slli => a << (constant & 31),
            O::Srli => a >> (constant & 31),
            O::Srai => (a as i32 >> (constant & 31)) as u32,
            _ => arithmetic(operation, a, b),
        };
        self.set(rd, result);
        Next::Following
    }

    #[inline(always)]
    fn set(&mut self, rd: u8, value: u32) {
        self.registers[rd as usize & 31] = value;
        self.registers[0] = 0;
    }

    #[inline(always)]
    fn load(&self, operation: Operation, address: u32) -> Option<u32> {
        Some(match operation {
            Operation::Lb => self.ram.read(address).map(i8::from_le_bytes)? as u32,
            Operation::Lbu => self.ram.read(address).map(u8::from_le_bytes)?.into(),
            Operation::Lh => self.ram.read(address).map(i16::from_le_bytes)? as u32,
            Operation::Lhu => self.ram.read(address).map(u16::from_le_bytes)?.into(),
            _ => self.ram.read(address).map(u32::from_le_bytes)?,
        })
    }

    #[inline(always)]
    fn store(&mut self, operation: Operation, address: u32, value: u32) -> Option<()> {
        match operation {
            Operation::Sb => self.ram.write(address, [value as u8]),
            Operation::Sh => self.ram.write(address, (value as u16).to_le_bytes()),
            _ => self.ram.write(address, value.to_le_bytes()),
        }
    }
}

#[inline(always)]
fn is_taken(operation: Operation, a: u32, b: u32) -> bool {
    match operation {
        Operation::Beq => a == b,
        Operation::Bne => a != b,
        Operation::Blt => (a as i32) < b as i32,
        Operation::Bge => a as i32 >= b as i32,
        Operation::Bltu => a < b,
        _ => a >= b,
    }
}

/// Register with register. Division by zero and its overflow have results, and do not trap.
#[inline(always)]
fn arithmetic(operation: Operation, a: u32, b: u32) -> u32 {
    use Operation as O;
    let (signed_a, signed_b) = (a as i32, b as i32);
    let high = |product: i64| (product >> 32) as u32;
    match operation {
        O::Add => a.wrapping_add(b),
        O::Sub => a.wrapping_sub(b),
        O::Sll => a << (b & 31),
        O::Slt => u32::from(signed_a < signed_b),
        O::Sltu => u32::from(a < b),
        O::Xor => a ^ b,
        O::Srl => a >> (b & 31),
        O::Sra => (signed_a >> (b & 31)) as u32,
        O::Or => a | b,
        O::And => a & b,
        O::Mul => a.wrapping_mul(b),
        O::Mulh => high(i64::from(signed_a) * i64::from(signed_b)),
        O::Mulhsu => high(i64::from(signed_a) * i64::from(b)),
        O::Mulhu => ((u64::from(a) * u64::from(b)) >> 32) as u32,
        O::Div if b == 0 => u32::MAX,
        O::Div => signed_a.wrapping_div(signed_b) as u32,
        O::Divu => a.checked_div(b).unwrap_or(u32::MAX),
        O::Rem if b == 0 => a,
        O::Rem => signed_a.wrapping_rem(signed_b) as u32,
        _ => a.checked_rem(b).unwrap_or(a),
    }
}
