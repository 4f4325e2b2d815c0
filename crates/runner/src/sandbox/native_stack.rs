//! The native stack that an agent's logical stack needs.
//!
//! A native frame is at most about as large as its logical one, on every engine measured, so four
//! times the logical bytes are never what runs out first. A call of an agent checks what its
//! thread has left and moves to a larger stack if that is too little, which is always right and
//! costs tens of microseconds; whoever runs many calls starts on [`on_match_stack`] or on a thread
//! of [`MATCH_THREAD_STACK_BYTES`].

use super::limits::STACK_BYTES;

/// Native bytes for each logical byte of stack.
const NATIVE_PER_LOGICAL: usize = 4;

/// Native bytes for the host's own frames around and below a call.
const HOST_BYTES: usize = 1024 * 1024;

/// The native stack that engines let an agent use at most, in bytes.
pub(crate) const NATIVE_STACK_BYTES: usize = STACK_BYTES as usize * NATIVE_PER_LOGICAL;

/// The stack a thread needs so that any agent can run on it directly, in bytes.
pub const MATCH_THREAD_STACK_BYTES: usize = NATIVE_STACK_BYTES + 16 * HOST_BYTES;

/// Runs `matches` on a stack that is large enough for any agent, a new one if need be.
pub fn on_match_stack<R>(matches: impl FnOnce() -> R) -> R {
    let needed = NATIVE_STACK_BYTES + 8 * HOST_BYTES;
    stacker::maybe_grow(needed, MATCH_THREAD_STACK_BYTES, matches)
}

/// Returns the native bytes that a call needs whose logical stack is at most `logical` bytes.
pub(crate) fn native_bytes(logical: u32) -> usize {
    logical as usize * NATIVE_PER_LOGICAL + HOST_BYTES
}

/// Runs one call of an agent that needs `bytes` of native stack.
pub(crate) fn with_stack<R>(bytes: usize, call: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(bytes, MATCH_THREAD_STACK_BYTES, call)
}
