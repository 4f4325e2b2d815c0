//! The module's side: its imports as a network, and the adapter kept between decisions.

use std::slice;

use nets_agent_sdk::Observation;
use nets_core::System;

use crate::settings::HEAD_BYTES;
use crate::{Adapter, Network, Settings};

/// The adapter of this match, of whatever System it is; none before the first decision.
pub type Memory = Option<Box<dyn Decide>>;

/// The network that was packed into this module.
struct Imported {
    /// How many policy numbers it gives.
    action_count: usize,
}

/// An adapter with the network of its module.
pub trait Decide: Send {
    /// The action for what is seen.
    fn decide(&mut self, seen: Observation<'_>) -> u64;
}

struct Linked<S> {
    adapter: Adapter<S>,
    network: Imported,
}

/// The action for what is seen; 0 where the settings are none that the System accepts.
pub fn decide<S: System + 'static, E>(
    seen: Observation<'_>,
    memory: &mut Memory,
    build: fn(&[u8]) -> Result<S, E>,
) -> u64 {
    if memory.is_none() {
        *memory = linked(build);
    }
    memory.as_mut().map_or(0, |linked| linked.decide(seen))
}

fn linked<S: System + 'static, E>(build: fn(&[u8]) -> Result<S, E>) -> Memory {
    let Settings { choice, parameters } = imported_settings()?;
    let system = build(&parameters).ok()?;
    let network = Imported { action_count: usize::try_from(system.action_count()).ok()? };
    Some(Box::new(Linked { adapter: Adapter::new(system, choice), network }))
}

impl<S: System> Decide for Linked<S> {
    fn decide(&mut self, seen: Observation<'_>) -> u64 {
        self.adapter.decide(seen, &mut self.network).0
    }
}

mod nets {
    #[link(wasm_import_module = "nets")]
    unsafe extern "C" {
        pub(super) safe fn settings() -> *const u8;
        pub(super) safe fn network(tensor: *const f32) -> *const f32;
        pub(super) safe fn value() -> f32;
    }
}

fn imported_settings() -> Option<Settings> {
    let block = nets::settings();
    // SAFETY: a block of settings begins there, which nobody writes to.
    let head = unsafe { slice::from_raw_parts(block, HEAD_BYTES) };
    let length: [u8; 4] = head[HEAD_BYTES - 4..].try_into().ok()?;
    let length = u32::from_le_bytes(length) as usize;
    // SAFETY: as above; the length is that of the block.
    let block = unsafe { slice::from_raw_parts(block, HEAD_BYTES + length) };
    Settings::decode(block).ok()
}

impl Network for Imported {
    fn policy(&mut self, tensor: &[f32]) -> &[f32] {
        let policy = nets::network(tensor.as_ptr());
        // SAFETY: the network gives so many numbers, and writes to them only when it is called
        // again, which needs this network.
        unsafe { slice::from_raw_parts(policy, self.action_count) }
    }

    fn value(&self) -> f32 {
        nets::value()
    }
}
