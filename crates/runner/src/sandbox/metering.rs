//! Metering: writes the protocol's rules into a module as plain instructions.
//!
//! [`instrument`] turns an admitted module into one that counts its own fuel and stack, grows its
//! memory by rule and makes every NaN canonical, so any correct engine gives the same result. One
//! file for each question: `regions` decides where fuel is charged, `call_graph` whether stack
//! must be counted at all, `carried` how both go from function to function, `nan` which results
//! need canonicalising, `function` writes a body, `restart` has a module begin anew, `assembly`
//! writes the module around the bodies.
//!
//! Charges may be merged and moved because every failure is one fault: a run that overspends
//! faults wherever that is noticed, and a run that succeeds has spent exactly the sum.
//! Invariant: the instrumented module returns the original's action and fuel, or faults with it.

mod assembly;
mod call_graph;
mod carried;
mod function;
mod nan;
mod regions;
mod restart;
mod scratch;

pub use assembly::{Instrumented, instrument};

/// Name of the instrumented module's entry: `(observation i64, fuel i64) -> (action i64, left
/// i64)`, where a negative `left` is a fault.
pub const DECIDE_EXPORT: &str = "nets:decide";

/// Name of the instrumented module's memory, exported if there is one.
pub const MEMORY_EXPORT: &str = "nets:memory";

/// Name of the function that makes an instance as it was before its first call, in modules that
/// write no memory and want no observation written there: `() -> ()`.
pub const RESTART_EXPORT: &str = "nets:restart";

/// Name of the i32 global that tells after a trap why the pass trapped: one of the `TRAPPED`
/// constants.
pub const TRAPPED_EXPORT: &str = "nets:trapped";

/// The agent's own code trapped.
pub const TRAPPED_BY_AGENT: i32 = 0;
/// The fuel had run out.
pub const TRAPPED_FUEL: i32 = 1;
/// The logical stack had run out.
pub const TRAPPED_STACK: i32 = 2;
/// The host refused memory that the rule grants: no verdict.
pub const TRAPPED_HOST_MEMORY: i32 = 3;
