//! Agents written in WebAssembly text, and how the tests run them.

use std::sync::{Arc, OnceLock};

use nets_runner::sandbox::{
    AdmittedModule, Decision, Engine, FastEngine, FastOptions, Program, admit,
};

/// Fuel that no test agent which ends can use up.
pub(crate) const PLENTY: u64 = 1_000_000_000;

/// The engine under test, one for all tests as it is one for a process.
pub(crate) fn fast() -> &'static FastEngine {
    static ENGINE: OnceLock<FastEngine> = OnceLock::new();
    ENGINE.get_or_init(|| FastEngine::new(&FastOptions::default()).expect("the engine starts"))
}

/// Admits a module written as text.
pub(crate) fn admitted(text: &str) -> Arc<AdmittedModule> {
    let bytes = wat::parse_str(text).expect("the test's text is well-formed");
    Arc::new(admit(&bytes).expect("the test's module is admitted"))
}

/// Returns a module whose `decide` has the given body, with one page of memory.
pub(crate) fn deciding(body: &str) -> Arc<AdmittedModule> {
    let text = format!(
        "(module (memory 1) (func (export \"decide\") (param $x i64) (result i64) {body}))"
    );
    admitted(&text)
}

/// Loads a module into the fast engine.
pub(crate) fn loaded(module: &Arc<AdmittedModule>) -> Arc<dyn Program> {
    fast().load(module).expect("an admitted module loads")
}

/// Makes one call on a fresh instance.
pub(crate) fn decide(module: &Arc<AdmittedModule>, packed: u64, fuel: u64) -> Decision {
    let mut instance = loaded(module).instantiate().expect("there is room for an instance");
    instance.decide(packed, fuel).expect("the host does not fail")
}
