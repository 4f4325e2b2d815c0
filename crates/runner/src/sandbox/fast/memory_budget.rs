//! How much memory the instances of an engine may have together.
//!
//! A machine that plays many matches at once can promise each instance its 32 MiB and run out. A
//! budget makes it run out early and orderly: what does not fit gets no verdict and is played
//! again when there is room, instead of the operating system choosing a process to kill.
//! Invariant: a refusal is the host's, so it never shows to an agent and nobody forfeits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wasmtime::ResourceLimiter;

/// The bytes that are left.
#[derive(Debug)]
pub(super) struct MemoryBudget(AtomicUsize);

/// What one instance has taken of the budget, and gives back when it is dropped.
#[derive(Debug, Default)]
pub(super) struct MemoryShare {
    budget: Option<Arc<MemoryBudget>>,
    taken: usize,
}

impl MemoryBudget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(AtomicUsize::new(bytes))
    }

    fn take(&self, bytes: usize) -> bool {
        let take = |left: usize| left.checked_sub(bytes);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

impl MemoryShare {
    /// Starts with nothing taken; without a budget everything is granted.
    pub(super) fn of(budget: Option<&Arc<MemoryBudget>>) -> Self {
        Self { budget: budget.cloned(), taken: 0 }
    }

    /// Says whether there is a budget to ask.
    pub(super) fn is_limited(&self) -> bool {
        self.budget.is_some()
    }
}

impl Drop for MemoryShare {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.0.fetch_add(self.taken, Ordering::Relaxed);
        }
    }
}

impl ResourceLimiter for MemoryShare {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let Some(budget) = &self.budget else { return Ok(true) };
        let more = desired.saturating_sub(current);
        let is_granted = budget.take(more);
        // If the system then refuses what the budget granted, the instance is abandoned, and gives
        // all of it back.
        self.taken += if is_granted { more } else { 0 };
        Ok(is_granted)
    }

    /// Tables cannot grow, and the pool has room for the largest.
    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
