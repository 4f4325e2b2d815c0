//! What the program asks of the machine: to end it, and what hashes are of.
//!
//! A call is the instruction `ecall` with its number in `a7` and its arguments from `a0` on. The
//! machine reads and writes 32 bytes at a time, at addresses that are multiples of 32.

use core::arch::asm;
use core::convert::Infallible;

use nets_core::{Digest, Link};
use nets_judge::Hashes;

/// The call that ends the program with the code in `a0`.
const EXIT: u32 = 0;

/// The call that writes to `a2` part `a1` of what leads to the digest at `a0`.
const HASH: u32 = 1;

/// The chaining value before the block.
const BEFORE: u32 = 0;
/// The first half of the block; the second half is the part after it.
const FIRST_HALF: u32 = 1;

/// Ends the program.
pub(crate) fn exit(code: u32) -> ! {
    // SAFETY: the machine executes nothing after this call, and touches no memory.
    unsafe { asm!("ecall", in("a7") EXIT, in("a0") code, options(noreturn, nostack)) }
}

/// Whoever follows the program, as one who knows what hashes are of.
#[derive(Debug)]
pub(crate) struct Machine;

/// As much as the machine reads or writes at once, where it can.
#[repr(C, align(32))]
struct Piece([u8; 32]);

impl Hashes for Machine {
    type Unknown = Infallible;

    fn previous(&mut self, digest: &Digest) -> Result<Link, Infallible> {
        let digest = Piece(digest.0);
        let mut block = [0; 64];
        for (half, part) in block.as_chunks_mut().0.iter_mut().zip(FIRST_HALF..) {
            *half = ask(&digest, part);
        }
        Ok(Link { before: Digest(ask(&digest, BEFORE)), block })
    }
}

fn ask(digest: &Piece, part: u32) -> [u8; 32] {
    let mut answer = Piece([0; 32]);
    // SAFETY: both pieces are 32 bytes at multiples of 32, and the machine writes the answer alone.
    unsafe {
        asm!(
            "ecall",
            in("a7") HASH,
            in("a0") digest,
            in("a1") part,
            in("a2") &raw mut answer,
            options(nostack),
        );
    }
    answer.0
}
