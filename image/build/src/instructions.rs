//! The instructions that the program may have: RV32IM, and `ecall`.
//!
//! The compiler marks places that must not be reached by `unimp`, which is an instruction of control
//! registers and therefore none of the machine's: it is trapped there, which is no verdict.

use crate::image::ImageError;

/// What the compiler writes where nothing must come.
const UNIMP: u32 = 0xc000_1073;

/// The call of the machine.
const ECALL: u32 = 0x0000_0073;

/// Refuses instructions of other kinds.
pub(crate) fn check(rom: &[u8]) -> Result<(), ImageError> {
    for (address, bytes) in (0..).step_by(4).zip(rom.as_chunks().0) {
        let instruction = u32::from_le_bytes(*bytes);
        if instruction != UNIMP && !is_plain(instruction) {
            return Err(ImageError::Instruction { address, instruction });
        }
    }
    Ok(())
}

/// Whether an instruction is one of RV32IM or `ecall`. The fences are not among them.
fn is_plain(instruction: u32) -> bool {
    let (opcode, funct3) = (instruction & 0x7f, instruction >> 12 & 7);
    let funct7 = instruction >> 25;
    match opcode {
        // lui, auipc, jal
        0x37 | 0x17 | 0x6f => true,
        // jalr
        0x67 => funct3 == 0,
        // branches
        0x63 => !matches!(funct3, 2 | 3),
        // loads
        0x03 => matches!(funct3, 0 | 1 | 2 | 4 | 5),
        // stores
        0x23 => funct3 <= 2,
        // arithmetic with an immediate number; shifts
        0x13 => match funct3 {
            1 => funct7 == 0,
            5 => matches!(funct7, 0 | 0x20),
            _ => true,
        },
        // arithmetic; multiplication and division
        0x33 => match funct7 {
            0 | 1 => true,
            0x20 => matches!(funct3, 0 | 5),
            _ => false,
        },
        _ => instruction == ECALL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rom(instructions: &[u32]) -> Vec<u8> {
        instructions.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    #[test]
    fn instructions_of_other_kinds_are_refused() {
        // lr.w, amoadd.w, csrrs, ebreak, fence, c.nop, mret, slli by 32, orn.
        let others = [
            0x1000_a02f,
            0x0000_a02f,
            0xc000_2573,
            0x0010_0073,
            0x0ff0_000f,
            0x0001,
            0x3020_0073,
            0x0200_1013,
            0x4000_6033,
        ];
        for instruction in others {
            let refused = check(&rom(&[instruction]));
            assert!(matches!(refused, Err(ImageError::Instruction { .. })), "{instruction:#x}");
        }
        assert!(check(&rom(&[ECALL, UNIMP, 0x0220_8033, 0x4010_5013])).is_ok());
    }
}
