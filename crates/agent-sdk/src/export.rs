//! How a Rust function becomes the exports of an agent's module.
//!
//! Owns the [`agent!`](crate::agent) macro, the memory behind it and the panic handler; all of
//! SPEC.md's ABI that an author would otherwise write by hand. Names are exported on `wasm32` only,
//! so that any number of agents can be linked into one native test.

use core::cell::UnsafeCell;

/// Exports a function as the agent of this module.
///
/// The function's first argument is what the agent sees, its result the action: any type that
/// turns into `u64`, such as [`Direction`](crate::snake::Direction).
///
/// | form | the function |
/// |---|---|
/// | `agent!(decide);` | `fn decide(seen: Packed) -> Action` |
/// | `agent!(decide, memory: Notes = Notes::new());` | `fn decide(seen: Packed, notes: &mut Notes) -> Action` |
/// | `agent!(decide, observation: BYTES);` | `fn decide(seen: Observation<'_>) -> Action` |
/// | `agent!(decide, observation: BYTES, memory: Notes = Notes::new());` | both |
///
/// `Packed` is any type that is `From<u64>`. `BYTES` is room for the longest observation of the
/// System, such as [`snake::OBSERVATION_BYTES_MAX`](crate::snake::OBSERVATION_BYTES_MAX). The
/// memory starts as given in every match and lasts until its end.
#[macro_export]
macro_rules! agent {
    ($decide:path) => {
        $crate::agent!(@export [] |packed| $decide(packed.into()));
    };
    ($decide:path, memory: $memory:ty = $initial:expr) => {
        $crate::agent!(@export [
            static MEMORY: $crate::Shared<$memory> = $crate::Shared::new($initial);
        ] |packed| $decide(
            packed.into(),
            // SAFETY: a module has one thread, `decide` is entered by the host alone and does not
            // call itself: this is the only reference.
            unsafe { MEMORY.get() },
        ));
    };
    ($decide:path, observation: $bytes:expr) => {
        $crate::agent!(@export [$crate::agent!(@buffer $bytes);] |packed| $decide(
            // SAFETY: as for the memory; the host writes only between calls.
            $crate::Observation::new(packed, unsafe { OBSERVATION.get() }),
        ));
    };
    ($decide:path, observation: $bytes:expr, memory: $memory:ty = $initial:expr) => {
        $crate::agent!(@export [
            $crate::agent!(@buffer $bytes);
            static MEMORY: $crate::Shared<$memory> = $crate::Shared::new($initial);
        ] |packed| $decide(
            // SAFETY: as below; the host writes only between calls.
            $crate::Observation::new(packed, unsafe { OBSERVATION.get() }),
            // SAFETY: a module has one thread, `decide` is entered by the host alone and does not
            // call itself: this is the only reference.
            unsafe { MEMORY.get() },
        ));
    };
    // The linker exports a static as an immutable i32 global that holds its address.
    (@buffer $bytes:expr) => {
        #[cfg_attr(target_arch = "wasm32", unsafe(export_name = "nets_observation"))]
        static OBSERVATION: $crate::Shared<[u8; $crate::HEADER_BYTES + $bytes]> =
            $crate::Shared::new([0; $crate::HEADER_BYTES + $bytes]);
    };
    (@export [$($statics:tt)*] |$packed:ident| $action:expr) => {
        const _: () = {
            $($statics)*

            #[cfg_attr(target_arch = "wasm32", unsafe(export_name = "decide"))]
            #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
            extern "C" fn export(packed: i64) -> i64 {
                let $packed = packed as u64;
                let action: u64 = $action.into();
                action as i64
            }
        };
    };
}

/// A static that the host, or an earlier decision, may have written.
#[doc(hidden)]
#[repr(C, align(8))]
#[derive(Debug)]
pub struct Shared<T>(UnsafeCell<T>);

impl<T> Shared<T> {
    /// Wraps the first value.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The value as it is now.
    ///
    /// # Safety
    /// No other reference to it may exist while the result lives.
    #[allow(unsafe_code, clippy::mut_from_ref)]
    pub unsafe fn get(&self) -> &mut T {
        // SAFETY: the caller promises that this is the only reference.
        unsafe { &mut *self.0.get() }
    }
}

// SAFETY: the value is reached through `get` alone, whose caller promises to be the only one.
#[allow(unsafe_code)]
unsafe impl<T: Send> Sync for Shared<T> {}

/// Turns a panic into the trap instruction, without a message: nobody could read it.
#[cfg(all(target_arch = "wasm32", feature = "panic-trap"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
