//! The instructions that the program may have: RV32IM, and `ecall`.
//!
//! The compiler marks places that must not be reached by `unimp`, which is an instruction of control
//! registers and therefore none of the machine's; each becomes a jump to where the program ends.

use crate::image::ImageError;

/// What the compiler writes where nothing must come.
const UNIMP: u32 = 0xc000_1073;

/// The call of the machine.
const ECALL: u32 = 0x0000_0073;

/// How far a jump leads back, in bytes.
const JUMP_BYTES_MAX: u32 = 1 << 20;

/// Puts jumps to the place `trap` where the program traps, and refuses instructions of others kinds.
pub(crate) fn make_plain(rom: &mut [u8], trap: u32) -> Result<(), ImageError> {
    let mut last = trap;
    for (address, bytes) in (0..).step_by(4).zip(rom.as_chunks_mut().0) {
        let instruction = u32::from_le_bytes(*bytes);
        if instruction == UNIMP {
            // What is too far away jumps to another such jump.
            let target = if address - trap <= JUMP_BYTES_MAX { trap } else { last };
            if address - target > JUMP_BYTES_MAX {
                return Err(ImageError::TrapTooFar { address });
            }
            *bytes = jump_back(address - target).to_le_bytes();
            last = address;
        } else if !is_plain(instruction) {
            return Err(ImageError::Instruction { address, instruction });
        }
    }
    Ok(())
}

/// `jal x0, -distance`.
fn jump_back(distance: u32) -> u32 {
    let offset = distance.wrapping_neg();
    let bits = |from: u32, count: u32| offset >> from & ((1 << count) - 1);
    bits(20, 1) << 31 | bits(1, 10) << 21 | bits(11, 1) << 20 | bits(12, 8) << 12 | 0x6f
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
    fn traps_become_jumps_to_the_end() {
        // nop, unimp, unimp: `j .-4`, `j .-8`.
        let mut code = rom(&[0x13, UNIMP, UNIMP]);
        assert!(make_plain(&mut code, 0).is_ok());
        assert_eq!(code, rom(&[0x13, 0xffdf_f06f, 0xff9f_f06f]));
    }

    #[test]
    fn a_trap_too_far_from_the_end_jumps_by_way_of_another() {
        let mut code = rom(&vec![0x13; 400_000]);
        for at in [200_000, 399_999] {
            code[4 * at..4 * at + 4].copy_from_slice(&UNIMP.to_le_bytes());
        }
        assert!(make_plain(&mut code, 0).is_ok());
        assert_eq!(code[1_599_996..], jump_back(4 * 199_999).to_le_bytes());
        code[800_000..800_004].copy_from_slice(&0x13_u32.to_le_bytes());
        code[1_599_996..].copy_from_slice(&UNIMP.to_le_bytes());
        assert!(matches!(make_plain(&mut code, 0), Err(ImageError::TrapTooFar { .. })));
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
            let refused = make_plain(&mut rom(&[instruction]), 0);
            assert!(matches!(refused, Err(ImageError::Instruction { .. })), "{instruction:#x}");
        }
        assert!(make_plain(&mut rom(&[ECALL, 0x0220_8033, 0x4010_5013]), 0).is_ok());
    }
}
