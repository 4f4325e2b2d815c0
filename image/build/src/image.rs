//! What an image is: instructions and the first contents of memory, as a machine loads them.
//!
//! `NETSIMG1 ‖ entry u32 ‖ rom length u32 ‖ rom ‖ ram length u32 ‖ ram`, little-endian; rom begins at
//! address 0, ram at 0x80000000, and both are padded with zeros to whole pieces of 32 bytes.

use object::elf::FileHeader32;
use object::read::elf::ElfFile;
use object::{Endianness, Object as _, ObjectSegment as _, ObjectSymbol as _};

use crate::instructions::make_plain;

const MAGIC: &[u8; 8] = b"NETSIMG1";

/// Where memory begins.
const RAM: u64 = 0x8000_0000;

/// What is committed to at once, in bytes.
const PIECE: usize = 32;

/// Why a linked program makes no image.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("no linked program: {0}")]
    Elf(#[from] object::Error),
    #[error("a segment begins at {address:#x}, expected one after the other from 0 and {RAM:#x}")]
    Segment { address: u64 },
    #[error("there is no symbol {name:?}; the program's entry has it")]
    Symbol { name: &'static str },
    #[error("the instruction {instruction:#010x} at {address:#x} is none of RV32IM")]
    Instruction { address: u32, instruction: u32 },
    #[error("the trap at {address:#x} is too far from all others; bring the entry nearer to it")]
    TrapTooFar { address: u32 },
}

/// A program as a machine loads it.
#[derive(Debug)]
pub(crate) struct Image {
    entry: u32,
    rom: Vec<u8>,
    ram: Vec<u8>,
}

impl Image {
    /// The image of a program that the linker made.
    pub(crate) fn of_linked(linked: &[u8]) -> Result<Self, ImageError> {
        let elf = ElfFile::<FileHeader32<Endianness>>::parse(linked)?;
        let trap = elf.symbols().find(|symbol| symbol.name() == Ok("trap"));
        let trap = trap.ok_or(ImageError::Symbol { name: "trap" })?.address() as u32;
        let (mut rom, mut ram) = (Vec::new(), Vec::new());
        for segment in elf.segments() {
            let address = segment.address();
            let (start, part) = if address < RAM { (0, &mut rom) } else { (RAM, &mut ram) };
            let at = (address - start) as usize;
            if at < part.len() {
                return Err(ImageError::Segment { address });
            }
            part.resize(at, 0);
            part.extend(segment.data()?);
        }
        make_plain(&mut rom, trap)?;
        for part in [&mut rom, &mut ram] {
            part.resize(part.len().next_multiple_of(PIECE), 0);
        }
        Ok(Self { entry: elf.entry() as u32, rom, ram })
    }

    /// The bytes of the file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.entry.to_le_bytes());
        for part in [&self.rom, &self.ram] {
            bytes.extend((part.len() as u32).to_le_bytes());
            bytes.extend(part);
        }
        bytes
    }

    /// What it is, in one line.
    pub(crate) fn summary(&self) -> String {
        let Self { rom, ram, .. } = self;
        let (instructions, bytes) = (rom.len() / 4, self.encode().len());
        format!(
            "nets.image: {bytes} bytes, {instructions} instructions, {} bytes of memory",
            ram.len()
        )
    }
}
