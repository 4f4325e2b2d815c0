//! Where the program keeps things: data at the beginning of memory, the heap, the stack at its end.
//!
//! `link.ld` has the same numbers, and refuses data that would reach the heap.

use talc::TalcCell;
use talc::base::binning::DefaultBinning;
use talc::cell::TalcSyncCell;
use talc::source::Claim;

/// Where memory begins.
const MEMORY: usize = 0x8000_0000;

/// The bytes of memory: enough for a module at the limits, and for the System beside it.
const MEMORY_BYTES: usize = 256 << 20;

/// The bytes before the heap, for constants and data.
const DATA_BYTES: usize = 8 << 20;

/// The bytes after the heap. Nothing calls itself without a bound.
const STACK_BYTES: usize = 8 << 20;

/// Where the stack begins, growing downwards.
pub(crate) const STACK_TOP: usize = MEMORY + MEMORY_BYTES;

const HEAP: usize = MEMORY + DATA_BYTES;
const HEAP_BYTES: usize = MEMORY_BYTES - DATA_BYTES - STACK_BYTES;

// SAFETY: the program has one thread and no interrupts, and nothing else uses this part of memory.
#[global_allocator]
static HEAP_ALLOCATOR: TalcSyncCell<Claim, DefaultBinning> =
    unsafe { TalcSyncCell::new(TalcCell::new(Claim::new(HEAP as *mut u8, HEAP_BYTES))) };
