//! `cargo xtask dispute`: the demonstration of a dispute, on a chain that is started for it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{run, run_with};
use crate::steps::require_node;

/// The first account of every anvil that makes its own; everybody has this key.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// A chain that is gone with this.
struct Anvil(Child);

impl Drop for Anvil {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Plays the dispute in a folder of its own.
pub(crate) fn dispute(root: &Path, options: &[&str]) -> Result<(), String> {
    let program = program(root);
    if !program.exists() {
        let folder = root.join("contracts");
        require_node(&folder)?;
        run(&folder, &["npm", "ci"])?;
    }
    let (_chain, url) = start(&program)?;
    let folder = root.join("target/dispute");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let folder = folder.display().to_string();
    let line = ["cargo", "run", "--locked", "--", "demo", "--dispute", &folder];
    let chain = ["--chain", &url, "--finality", "0"];
    run_with(root, &[&line[..], &chain, options].concat(), &[("NETS_KEY_OPERATOR", KEY)])?;
    // As long as there is a chain to ask.
    run(root, &["cargo", "run", "--locked", "--", "verify", &folder])
}

/// The program itself, since the package's launcher leaves it behind when it is killed.
fn program(root: &Path) -> PathBuf {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let package = format!("@foundry-rs/anvil-{system}-{architecture}");
    root.join("contracts/node_modules").join(package).join("bin/anvil")
}

/// A chain with a block every second and one for every transaction, and where it answers.
fn start(program: &Path) -> Result<(Anvil, String), String> {
    let fixed = ["--port", "0", "--hardfork", "prague", "--accounts", "1"];
    let mut command = Command::new(program);
    command.args(fixed).args(["--block-time", "1", "--mixed-mining"]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
    let failed = |reason: String| format!("{} does not start: {reason}", program.display());
    let mut chain = Anvil(command.spawn().map_err(|error| failed(error.to_string()))?);
    let output = chain.0.stdout.take().ok_or_else(|| failed("it says nothing".to_owned()))?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned));
    let address = address.ok_or_else(|| failed("it does not say where it listens".to_owned()))?;
    // What it says later must be read, or it stops.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((chain, format!("http://{address}")))
}
