//! The sandbox: what is admitted, what it costs, and that engines agree.

mod agents;
mod code_cache;
mod compile_bombs;
mod compile_worker;
mod differential;
mod encoded_module;
mod exact_fuel;
mod faults;
mod float_environment;
mod hostile;
mod lineage;
mod metering;
mod not_a_number;
mod observations;
mod refusals;
mod restart;
mod spec_tables;
