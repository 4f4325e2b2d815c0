//! What stands between a System and a neural network inside an agent.
//!
//! A network knows tensors and numbers for actions. An adapter reads what the seat sees with the
//! System's own code, makes the tensor, asks the network, and takes a legal action: [`Adapter`].
//! [`adapter!`] makes a module of it, one for each System, in `examples/`. Such a module is no agent
//! yet: it imports the network, and whoever packs one puts it there.
//!
//! | the module imports from `nets` | |
//! |---|---|
//! | `settings() -> i32` | the address of a block of [`Settings`] |
//! | `network(i32) -> i32` | takes the address of a tensor, f32 numbers in the order of the System's `tensor_shape`; gives the address of f32 policy numbers, one for each action below `action_count` |
//! | `value() -> f32` | what the last call of `network` said of the position for the seat whose tensor it was, from -1 lost to 1 won; 0 where the network says nothing of it |
//!
//! It exports what an agent does: `memory`, `decide` and `nets_observation`. Its memory begins as
//! small as it can be, and it finds whatever its allocator asks for by growing it, so data can be
//! put behind it. Everything here follows from the observation, with floats that IEEE 754 fixes to
//! the last bit.

mod adapter;
mod choice;
mod exponential;
#[cfg(target_arch = "wasm32")]
mod imported;
mod look_ahead;
mod network;
mod sampling;
mod settings;

pub use adapter::Adapter;
pub use choice::{Choice, best};
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub use imported::{Memory, decide};
pub use network::Network;
pub use sampling::sampled;
pub use settings::Settings;

/// Makes this module the adapter of a System.
///
/// `$build` makes the System of its canonical parameter bytes, as the functions of
/// [`nets_systems::alone`] do; `$bytes` is room for its longest observation with any parameters.
#[macro_export]
macro_rules! adapter {
    ($build:path, $bytes:expr) => {
        // On the host there is nothing to import.
        #[cfg(target_arch = "wasm32")]
        nets_agent_sdk::agent!(decide, observation: $bytes, memory: $crate::Memory = None);

        #[cfg(target_arch = "wasm32")]
        fn decide(seen: nets_agent_sdk::Observation<'_>, memory: &mut $crate::Memory) -> u64 {
            $crate::decide(seen, memory, $build)
        }
    };
}
