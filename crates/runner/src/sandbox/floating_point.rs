//! The host's floating-point control register, held at its default while an agent runs.
//!
//! A library built for speed may leave "flush denormals to zero" set for its thread, which changes
//! results on every engine. Engines call [`with_default_floats`] around each call of an agent, so
//! nothing a host does before can change a result.
//! Invariant: the register is as it was before once the closure has returned or unwound.

#![allow(unsafe_code)]

/// Runs `call` under IEEE default rounding, denormals kept and exceptions masked.
///
/// Costs a read of the register if it already is as it should be.
pub(crate) fn with_default_floats<R>(call: impl FnOnce() -> R) -> R {
    let _restored = Restore::after_setting_default();
    call()
}

/// Puts the register back when dropped, if it had to be changed.
struct Restore {
    before: Option<register::Value>,
}

impl Restore {
    fn after_setting_default() -> Self {
        let before = register::read();
        if register::is_default(before) {
            return Self { before: None };
        }
        register::write(register::DEFAULT);
        Self { before: Some(before) }
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            register::write(before);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod register {
    use std::arch::asm;

    pub(super) type Value = u32;

    /// All exceptions masked, round to nearest, no flushing.
    pub(super) const DEFAULT: Value = 0x1f80;
    /// Flags that operations raise and that change no result.
    const STATUS: Value = 0x3f;

    pub(super) fn is_default(value: Value) -> bool {
        value & !STATUS == DEFAULT
    }

    pub(super) fn read() -> Value {
        let mut value: Value = 0;
        // SAFETY: `stmxcsr` stores four bytes to the address of `value`, which is four bytes.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags)) };
        value
    }

    pub(super) fn write(value: Value) {
        // SAFETY: `ldmxcsr` loads four bytes; each value written is `DEFAULT` or was read before,
        // so no reserved bit is set.
        unsafe {
            asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags))
        };
    }
}

#[cfg(target_arch = "aarch64")]
mod register {
    use std::arch::asm;

    pub(super) type Value = u64;

    /// Round to nearest, no flushing, no default NaN, no traps.
    pub(super) const DEFAULT: Value = 0;

    pub(super) fn is_default(value: Value) -> bool {
        value == DEFAULT
    }

    pub(super) fn read() -> Value {
        let value: Value;
        // SAFETY: reading FPCR has no effect.
        unsafe { asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack, preserves_flags)) };
        value
    }

    pub(super) fn write(value: Value) {
        // SAFETY: each value written is `DEFAULT` or was read before.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nostack, preserves_flags)) };
    }
}
