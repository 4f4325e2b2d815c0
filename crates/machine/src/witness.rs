//! One instruction with all that is needed to judge it elsewhere.
//!
//! The state before it is known by its digest alone. What an instruction touches is at most one word
//! of code and two of memory, and each comes with its path. Whoever checks them needs nothing else.

use nets_core::{Digest, Link};

use crate::instruction::{CODE_BYTES_MAX, Instruction, Operation};
use crate::oracle::Oracle;
use crate::processor::{Halt, Machine, State, Unknown};
use crate::ram::{RAM_BYTES, RAM_START, WORD_BYTES};

/// A word with its siblings, lowest first. Without siblings where an instruction touches none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordProof {
    /// The word.
    pub word: Digest,
    /// Its siblings.
    pub path: Vec<Digest>,
}

/// A step with what it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The state before.
    pub state: State,
    /// The word of code with the instruction.
    pub code: WordProof,
    /// The word of memory that is read: by a load, or the chaining value asked about.
    pub read: WordProof,
    /// The word of memory that is written, as it was before.
    pub written: WordProof,
    /// What led to the chaining value that is asked about.
    pub link: Option<Link>,
}

impl Witness {
    /// How the machine had halted before, if it had: then the step is none.
    pub fn halt(&self) -> Option<Halt> {
        self.state.halt()
    }

    /// The 32 bits of the instruction; 0 where there is no code.
    pub fn instruction(&self) -> u32 {
        let start = (self.state.pc as usize % WORD_BYTES) & !3;
        let bytes = &self.code.word.0[start..start + 4];
        bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
    }
}

impl Witness {
    /// What the instruction is called in assembly; `illegal` where it is none.
    pub fn mnemonic(&self) -> String {
        format!("{:?}", Instruction::decode(self.instruction()).operation).to_lowercase()
    }

    /// How many words of code and memory it touches: all that a chain sees of them.
    pub fn words(&self) -> usize {
        [&self.code, &self.read, &self.written].iter().filter(|it| !it.path.is_empty()).count()
    }
}

impl Machine {
    /// The next step with what it touches; of a machine that has halted, its state alone.
    ///
    /// # Errors
    /// When the step asks the oracle for what it does not know.
    pub fn witness(&mut self, oracle: &dyn Oracle) -> Result<Witness, Unknown> {
        let state = self.state();
        let mut witness = Witness {
            state,
            code: WordProof::default(),
            read: WordProof::default(),
            written: WordProof::default(),
            link: None,
        };
        if state.halt().is_some() || !state.pc.is_multiple_of(4) || state.pc >= CODE_BYTES_MAX {
            return Ok(witness);
        }
        let (word, path) = self.image.code_word(state.pc / WORD_BYTES as u32);
        witness.code = WordProof { word, path };
        let instruction = Instruction::decode(witness.instruction());
        let address = state.registers[instruction.rs1 as usize];
        let address = address.wrapping_add(instruction.immediate as u32);
        use Operation as O;
        match instruction.operation {
            O::Lb | O::Lh | O::Lw | O::Lbu | O::Lhu => witness.read = self.word_proof(address),
            O::Sb | O::Sh | O::Sw => witness.written = self.word_proof(address),
            O::Ecall => self.witness_call(&mut witness, oracle)?,
            _ => {}
        }
        Ok(witness)
    }

    /// What a system call touches, if it is one that reads.
    fn witness_call(&mut self, witness: &mut Witness, oracle: &dyn Oracle) -> Result<(), Unknown> {
        let Some([digest, target]) = self.chaining_call() else { return Ok(()) };
        witness.read = self.word_proof(digest);
        witness.written = self.word_proof(target);
        let value = witness.read.word;
        let unknown = Unknown { value, step: self.steps() };
        witness.link = Some(oracle.link(&value).ok_or(unknown)?);
        Ok(())
    }

    /// The word that an address lies in; none where it is outside the RAM.
    fn word_proof(&mut self, address: u32) -> WordProof {
        match address.checked_sub(RAM_START).filter(|offset| *offset < RAM_BYTES) {
            Some(offset) => {
                let (word, path) = self.ram.word(offset / WORD_BYTES as u32);
                WordProof { word, path }
            }
            None => WordProof::default(),
        }
    }
}
