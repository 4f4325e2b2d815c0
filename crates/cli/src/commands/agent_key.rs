//! `nets agent key`: the key that an agent of signed leagues is.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use nets_node::create_agent_key;
use serde::Serialize;

use crate::arena::{ask_password, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets agent key castle.key
  nets agent add --key 0x… --league signed --owner ada

Whoever has the file can play for the agent, and sign away its stake. Keep it where the agent runs,
and its journal beside it.";

/// Arguments of `nets agent key`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The new file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Have a password open it, asked for or taken from NETS_PASSWORD_FILE
    #[arg(long)]
    encrypt: bool,
}

/// A key in JSON.
#[derive(Serialize)]
struct KeyLine<'a> {
    file: &'a PathBuf,
    key: String,
}

/// Makes the key.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let Arguments { file, encrypt } = arguments;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let password = encrypt.then(|| ask_password(&name, true)).transpose();
    let password = password.map_err(|reason| {
        Failure::new(reason).hint("leave out --encrypt for a file that needs no password")
    })?;
    let made = create_agent_key(file, password.as_deref()).map_err(failure)?;
    let key = made.address().to_string();
    match output.is_json() {
        true => output.json(&KeyLine { file, key })?,
        false => output.line(&format!("{key} is the key in {}", file.display()))?,
    }
    Ok(Exit::Done)
}
