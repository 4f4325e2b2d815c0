//! Where the program begins and ends.

use core::arch::global_asm;
use core::panic::PanicInfo;

use nets_core::Digest;
use nets_judge::judge;

use crate::machine::{self, Machine};
use crate::memory::STACK_TOP;

/// What the program ends with where it should not: no verdict has this number.
const PANICKED: u32 = 0xffff_ffff;

// Memory is zero, and the arguments are where a function of eight numbers expects them: only the stack
// is missing. What would be a trap instruction is made a jump to `trap` when the image is built.
global_asm!(
    ".section .text.entry, \"ax\"",
    ".global _start",
    "_start:",
    "lui sp, {stack_top}",
    "j {main}",
    ".global trap",
    "trap:",
    "li a0, -1",
    "li a7, 0",
    "ecall",
    "j trap",
    stack_top = const STACK_TOP >> 12,
    main = sym main,
);

/// Judges the question whose digest is in the first eight argument registers.
#[allow(clippy::too_many_arguments, reason = "they are the machine's registers")]
extern "C" fn main(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32) -> ! {
    let mut digest = Digest::default();
    for (bytes, word) in digest.0.as_chunks_mut().0.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *bytes = word.to_le_bytes();
    }
    let Ok(verdict) = judge(&digest, &mut Machine);
    machine::exit(verdict.exit_code())
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    machine::exit(PANICKED)
}
