//! Where the program begins and ends.

use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

use nets_core::Digest;
use nets_judge::judge;

use crate::machine::{self, Machine};
use crate::memory::STACK_TOP;

// Memory is zero, and the arguments are where a function of eight numbers expects them: only the stack
// is missing.
global_asm!(
    ".section .text.entry, \"ax\"",
    ".global _start",
    "_start:",
    "lui sp, {stack_top}",
    "j {main}",
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

/// What must not happen is no verdict on anybody: the machine is trapped.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: the machine executes nothing after this.
    unsafe { asm!("unimp", options(noreturn, nomem, nostack)) }
}
