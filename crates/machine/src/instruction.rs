//! What 32 bits of code mean: the RV32I base and the M extension, version 2.1 and 2.0 of the
//! unprivileged specification.
//!
//! Code is decoded once, before it runs. What is no instruction of these two decodes to one that
//! traps; so do `ebreak` and everything about control registers.

/// The most code that a program may have, in bytes.
pub const CODE_BYTES_MAX: u32 = 4 << 20;

/// The height of the tree over the code, whose leaves are words of 32 bytes.
pub const CODE_WORDS_HEIGHT: usize = 17;

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Lui,
    Auipc,
    Jal,
    Jalr,
    Beq,
    Bne,
    Blt,
    Bge,
    Bltu,
    Bgeu,
    Lb,
    Lh,
    Lw,
    Lbu,
    Lhu,
    Sb,
    Sh,
    Sw,
    Addi,
    Slti,
    Sltiu,
    Xori,
    Ori,
    Andi,
    Slli,
    Srli,
    Srai,
    Add,
    Sub,
    Sll,
    Slt,
    Sltu,
    Xor,
    Srl,
    Sra,
    Or,
    And,
    Mul,
    Mulh,
    Mulhsu,
    Mulhu,
    Div,
    Divu,
    Rem,
    Remu,
    Fence,
    Ecall,
    Illegal,
}

/// A decoded instruction. Fields that it does not have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub(crate) operation: Operation,
    /// The register that is written.
    pub(crate) rd: u8,
    pub(crate) rs1: u8,
    pub(crate) rs2: u8,
    /// The immediate, sign-extended; a shift amount for shifts.
    pub(crate) immediate: i32,
}

impl Instruction {
    const ILLEGAL: Self =
        Self { operation: Operation::Illegal, rd: 0, rs1: 0, rs2: 0, immediate: 0 };

    /// Decodes 32 bits of code.
    pub(crate) fn decode(word: u32) -> Self {
        let opcode = word & 0x7f;
        let found = match opcode {
            0x37 => Some((Operation::Lui, upper(word))),
            0x17 => Some((Operation::Auipc, upper(word))),
            0x6f => Some((Operation::Jal, jump_offset(word))),
            0x67 if funct3(word) == 0 => Some((Operation::Jalr, (word as i32) >> 20)),
            0x63 => branch(word).map(|operation| (operation, branch_offset(word))),
            0x03 => load(word).map(|operation| (operation, (word as i32) >> 20)),
            0x23 => store(word).map(|operation| (operation, store_offset(word))),
            0x13 => with_immediate(word),
            0x33 => with_register(word).map(|operation| (operation, 0)),
            0x0f if funct3(word) == 0 => Some((Operation::Fence, 0)),
            0x73 if word == 0x73 => Some((Operation::Ecall, 0)),
            _ => None,
        };
        let Some((operation, immediate)) = found else { return Self::ILLEGAL };
        let register = |shift: u32| (word >> shift) as u8 & 31;
        let has_rd = !matches!(opcode, 0x63 | 0x23 | 0x0f | 0x73);
        let rd = if has_rd { register(7) } else { 0 };
        Self { operation, rd, rs1: register(15), rs2: register(20), immediate }
    }
}

fn funct3(word: u32) -> u32 {
    word >> 12 & 7
}

fn funct7(word: u32) -> u32 {
    word >> 25
}

fn upper(word: u32) -> i32 {
    (word & 0xffff_f000) as i32
}

fn jump_offset(word: u32) -> i32 {
    let sign = (word as i32 >> 31) << 20;
    sign | (word & 0x000f_f000 | word >> 9 & 0x800 | word >> 20 & 0x7fe) as i32
}

fn branch_offset(word: u32) -> i32 {
    let sign = (word as i32 >> 31) << 12;
    sign | (word << 4 & 0x800 | word >> 20 & 0x7e0 | word >> 7 & 0x1e) as i32
}

fn store_offset(word: u32) -> i32 {
    (word as i32 >> 25) << 5 | (word >> 7 & 31) as i32
}

fn branch(word: u32) -> Option<Operation> {
    Some(match funct3(word) {
        0 => Operation::Beq,
        1 => Operation::Bne,
        4 => Operation::Blt,
        5 => Operation::Bge,
        6 => Operation::Bltu,
        7 => Operation::Bgeu,
        _ => return None,
    })
}

fn load(word: u32) -> Option<Operation> {
    Some(match funct3(word) {
        0 => Operation::Lb,
        1 => Operation::Lh,
        2 => Operation::Lw,
        4 => Operation::Lbu,
        5 => Operation::Lhu,
        _ => return None,
    })
}

fn store(word: u32) -> Option<Operation> {
    Some(match funct3(word) {
        0 => Operation::Sb,
        1 => Operation::Sh,
        2 => Operation::Sw,
        _ => return None,
    })
}

fn with_immediate(word: u32) -> Option<(Operation, i32)> {
    let amount = (word >> 20 & 31) as i32;
    let immediate = (word as i32) >> 20;
    Some(match (funct3(word), funct7(word)) {
        (0, _) => (Operation::Addi, immediate),
        (2, _) => (Operation::Slti, immediate),
        (3, _) => (Operation::Sltiu, immediate),
        (4, _) => (Operation::Xori, immediate),
        (6, _) => (Operation::Ori, immediate),
        (7, _) => (Operation::Andi, immediate),
        (1, 0x00) => (Operation::Slli, amount),
        (5, 0x00) => (Operation::Srli, amount),
        (5, 0x20) => (Operation::Srai, amount),
        _ => return None,
    })
}

fn with_register(word: u32) -> Option<Operation> {
    Some(match (funct7(word), funct3(word)) {
        (0x00, 0) => Operation::Add,
        (0x20, 0) => Operation::Sub,
        (0x00, 1) => Operation::Sll,
        (0x00, 2) => Operation::Slt,
        (0x00, 3) => Operation::Sltu,
        (0x00, 4) => Operation::Xor,
        (0x00, 5) => Operation::Srl,
        (0x20, 5) => Operation::Sra,
        (0x00, 6) => Operation::Or,
        (0x00, 7) => Operation::And,
        (0x01, 0) => Operation::Mul,
        (0x01, 1) => Operation::Mulh,
        (0x01, 2) => Operation::Mulhsu,
        (0x01, 3) => Operation::Mulhu,
        (0x01, 4) => Operation::Div,
        (0x01, 5) => Operation::Divu,
        (0x01, 6) => Operation::Rem,
        (0x01, 7) => Operation::Remu,
        _ => return None,
    })
}
