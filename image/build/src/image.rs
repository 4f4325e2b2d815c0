//! An image of a linked program.

use nets_machine::{RAM_START, WORD_BYTES};
use object::elf::FileHeader32;
use object::read::elf::ElfFile;
use object::{Endianness, Object as _, ObjectSegment as _};

use crate::instructions;

/// Where memory begins.
const RAM: u64 = RAM_START as u64;

/// Why a linked program makes no image.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("no linked program: {0}")]
    Elf(#[from] object::Error),
    #[error("a segment begins at {address:#x}, expected one after the other from 0 and {RAM:#x}")]
    Segment { address: u64 },
    #[error("the instruction {instruction:#010x} at {address:#x} is none of RV32IM")]
    Instruction { address: u32, instruction: u32 },
    #[error(transparent)]
    Image(#[from] nets_machine::ImageError),
}

/// The image of a program that the linker made.
pub(crate) fn of_linked(linked: &[u8]) -> Result<nets_machine::Image, ImageError> {
    let elf = ElfFile::<FileHeader32<Endianness>>::parse(linked)?;
    let (mut code, mut memory) = (Vec::new(), Vec::new());
    for segment in elf.segments() {
        let address = segment.address();
        let (start, part) = if address < RAM { (0, &mut code) } else { (RAM, &mut memory) };
        let at = (address - start) as usize;
        if at < part.len() {
            return Err(ImageError::Segment { address });
        }
        part.resize(at, 0);
        part.extend(segment.data()?);
    }
    instructions::check(&code)?;
    for part in [&mut code, &mut memory] {
        part.resize(part.len().next_multiple_of(WORD_BYTES), 0);
    }
    Ok(nets_machine::Image::new(elf.entry() as u32, code, memory)?)
}
