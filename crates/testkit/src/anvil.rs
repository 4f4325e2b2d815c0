//! A node of an EVM chain for tests: anvil, as the npm packages in `contracts/` bring it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The chain's number, where no other is asked for.
pub const CHAIN_ID: u64 = 31_337;

/// Set by the command that runs all tests: anvil must be there.
const REQUIRED: &str = "NETS_REQUIRE_ANVIL";

/// A running node with the EVM that the contracts are compiled for; it is gone with this.
#[derive(Debug)]
pub struct Anvil {
    process: Child,
    address: String,
    /// Where it keeps old states; one that is killed leaves them.
    _states: TempDir,
}

/// The program, or none where it is not installed and need not be.
///
/// The package's own launcher starts it as a child that outlives a killed launcher, so the binary is
/// run itself.
fn program() -> Option<PathBuf> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let package = format!("@foundry-rs/anvil-{system}-{architecture}");
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/node_modules");
    let file = format!("anvil{}", std::env::consts::EXE_SUFFIX);
    let program = modules.join(package).join("bin").join(file);
    if program.exists() {
        return Some(program);
    }
    let advice = format!(
        "not tested, since anvil is missing ({}): `npm ci` in contracts/ brings it",
        program.display()
    );
    assert!(std::env::var_os(REQUIRED).is_none(), "{advice}");
    #[allow(clippy::print_stderr, reason = "a test that tests nothing says so")]
    {
        eprintln!("{advice}");
    }
    None
}

impl Anvil {
    /// Starts a node without accounts of its own, with another EVM where an option says so; none where anvil is not installed and
    /// `NETS_REQUIRE_ANVIL` is not set.
    ///
    /// # Panics
    /// When anvil is missing and required, or does not start.
    pub fn start(options: &[&str]) -> Option<Self> {
        let chain_id = CHAIN_ID.to_string();
        let mut command = Command::new(program()?);
        let states = tempfile::tempdir().expect("a folder for its states can be made");
        command.args(["--port", "0", "--accounts", "0", "--cache-path"]).arg(states.path());
        for (option, value) in [("--hardfork", "prague"), ("--chain-id", chain_id.as_str())] {
            if !options.contains(&option) {
                command.args([option, value]);
            }
        }
        command.args(options).stdin(Stdio::null()).stderr(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).spawn().expect("anvil can be run");
        let output = process.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned));
        // What it says later must be read, or it stops.
        std::thread::spawn(move || lines.for_each(drop));
        let address = address.expect("anvil says where it listens");
        Some(Self { process, address, _states: states })
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks it something, without anything of ours that might be wrong.
    ///
    /// # Panics
    /// When it refuses or does not answer.
    pub fn ask(&self, method: &str, params: &Value) -> Value {
        ask(&self.url(), method, params)
    }

    /// Gives an account so much coin, without a transaction; the account is `0x` and 40 hex digits.
    ///
    /// # Panics
    /// As for [`Anvil::ask`].
    pub fn set_balance(&self, account: &str, wei: u128) {
        self.ask("anvil_setBalance", &json!([account, format!("{wei:#x}")]));
    }

    /// Makes blocks.
    ///
    /// # Panics
    /// As for [`Anvil::ask`].
    pub fn mine(&self, blocks: u64) {
        self.ask("anvil_mine", &json!([format!("{blocks:#x}")]));
    }
}

/// Asks the node at `url` something.
///
/// # Panics
/// When it refuses or does not answer.
pub fn ask(url: &str, method: &str, params: &Value) -> Value {
    let address = url.trim_start_matches("http://");
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).expect("the node listens");
    stream.write_all(request.as_bytes()).expect("the node reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the node answers");
    let text = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let answer: Value = serde_json::from_str(text).expect("the answer is JSON");
    assert!(answer["error"].is_null(), "{method}: {answer}");
    answer["result"].clone()
}

impl Drop for Anvil {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
