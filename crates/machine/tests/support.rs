//! Small programs for the machine, written as instructions.

use std::sync::Arc;

use nets_core::{Digest, Link};
use nets_machine::{Image, Oracle, RAM_START};

/// `addi rd, rs1, immediate`
pub(crate) fn addi(rd: u32, rs1: u32, immediate: i32) -> u32 {
    (immediate as u32) << 20 | rs1 << 15 | rd << 7 | 0x13
}

/// `lui rd, upper`, of the upper 20 bits.
pub(crate) fn lui(rd: u32, upper: u32) -> u32 {
    upper << 12 | rd << 7 | 0x37
}

/// `sw rs2, immediate(rs1)`
pub(crate) fn sw(rs2: u32, immediate: u32, rs1: u32) -> u32 {
    (immediate >> 5) << 25 | rs2 << 20 | rs1 << 15 | 2 << 12 | (immediate & 31) << 7 | 0x23
}

/// `bne rs1, rs2, offset`
pub(crate) fn bne(rs1: u32, rs2: u32, offset: i32) -> u32 {
    let bits = offset as u32;
    (bits >> 12 & 1) << 31
        | (bits >> 5 & 63) << 25
        | rs2 << 20
        | rs1 << 15
        | 1 << 12
        | (bits >> 1 & 15) << 8
        | (bits >> 11 & 1) << 7
        | 0x63
}

/// `add rd, rs1, rs2`
pub(crate) fn add(rd: u32, rs1: u32, rs2: u32) -> u32 {
    rs2 << 20 | rs1 << 15 | rd << 7 | 0x33
}

pub(crate) const ECALL: u32 = 0x73;

/// A program that begins with its first instruction.
pub(crate) fn program(instructions: &[u32], memory: &[u8]) -> Arc<Image> {
    let padded = |bytes: Vec<u8>| {
        let length = bytes.len().next_multiple_of(32);
        [bytes.clone(), vec![0; length - bytes.len()]].concat()
    };
    let code = instructions.iter().flat_map(|word| word.to_le_bytes()).collect();
    Arc::new(Image::new(0, padded(code), padded(memory.to_vec())).unwrap())
}

/// A program that writes in every turn of a loop, each time to another place `stride` bytes further,
/// and ends with code 0.
pub(crate) fn writer(turns: i32, stride: i32) -> Arc<Image> {
    program(
        &[
            lui(5, RAM_START >> 12),
            addi(6, 0, turns),
            sw(6, 8, 5),
            addi(5, 5, stride),
            addi(6, 6, -1),
            bne(6, 0, -12),
            addi(10, 0, 0),
            addi(17, 0, 0),
            ECALL,
        ],
        b"memory that is there at first",
    )
}

/// An oracle that answers with what it is asked.
pub(crate) struct Echo;

impl Oracle for Echo {
    fn link(&self, value: &Digest) -> Option<Link> {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&value.0);
        block[32..].copy_from_slice(&value.0.map(|byte| !byte));
        Some(Link { before: Digest(value.0.map(|byte| byte.wrapping_add(1))), block })
    }
}
