//! What Python has to say: ONNX's own cases, onnxruntime, and networks that others trained.
//!
//! All of it needs a Python that has the packages: `NETS_PEERS_PYTHON` names it. Without it the tests say
//! that nothing was compared.

mod cases;
mod onnxruntime;
mod trained;

use std::env;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const PYTHON: &str = "NETS_PEERS_PYTHON";

/// A Python that runs the scripts of this folder.
struct Python(std::ffi::OsString);

impl Python {
    fn named() -> Option<Self> {
        let named = env::var_os(PYTHON).map(Self);
        if named.is_none() {
            #[allow(clippy::print_stderr, reason = "a test that tests nothing says so")]
            {
                eprintln!("not compared, {PYTHON} is not set: cargo xtask test --only peers sets it");
            }
        }
        named
    }

    /// Runs a script, whose last argument is a folder for what it writes.
    fn run(&self, script: &str, arguments: &[&Path]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
        let mut command = Command::new(&self.0);
        command.arg("-W").arg("ignore").arg(&script).args(arguments).arg(folder.path());
        assert!(command.status().unwrap().success(), "{} failed", script.display());
        folder
    }
}
