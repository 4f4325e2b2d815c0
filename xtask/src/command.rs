//! Running other programs: their output goes to the terminal as it comes.
//!
//! `RUSTUP_TOOLCHAIN` is never handed on. Cargo sets it for what it runs, and it would outrank the
//! `rust-toolchain.toml` of the folder a command runs in, which for `agents/` names a toolchain of
//! its own. Nor is `CARGO`, by which maturin would find the cargo of that toolchain without rustup.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a command line in `folder`; what it prints is shown.
///
/// # Errors
/// When the program is not there or fails; the message has the whole command line.
pub(crate) fn run(folder: &Path, line: &[&str]) -> Result<(), String> {
    run_with(folder, line, &[])
}

/// Runs a command line with additional environment variables.
///
/// # Errors
/// When the program is not there or fails.
pub(crate) fn run_with(
    folder: &Path,
    line: &[&str],
    environment: &[(&str, &str)],
) -> Result<(), String> {
    let variables = environment.iter().map(|(name, value)| format!("{name}='{value}' "));
    println!("$ {}{}", variables.collect::<String>(), line.join(" "));
    let status = command(folder, line).envs(environment.iter().copied()).status();
    let status = status.map_err(|error| format!("cannot run {}: {error}", line.join(" ")))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` in {} failed: {status}", line.join(" "), folder.display()))
}

/// What a command line prints.
///
/// # Errors
/// When the program is not there or fails; what it complains about is shown.
pub(crate) fn capture(folder: &Path, line: &[&str]) -> Result<String, String> {
    let output = command(folder, line).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot run {}: {error}", line.join(" ")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("`{}` in {} failed: {}", line.join(" "), folder.display(), output.status))
}

/// Whether a command line runs without complaint; nothing is shown.
pub(crate) fn works(folder: &Path, line: &[&str]) -> bool {
    let status = command(folder, line).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn command(folder: &Path, line: &[&str]) -> Command {
    let (program, arguments) = line.split_first().unwrap_or((&"", &[]));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_in_full() {
        let folder = tempfile::tempdir().unwrap();
        let message = run(folder.path(), &["cargo", "no-such-command"]).unwrap_err();
        assert!(message.starts_with("`cargo no-such-command` in "), "{message}");
        assert!(!works(folder.path(), &["cargo", "no-such-command"]));
        assert!(works(folder.path(), &["cargo", "--version"]));
    }

    #[test]
    fn a_missing_program_is_an_error_not_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let message = run(folder.path(), &["no-such-program"]).unwrap_err();
        assert!(message.starts_with("cannot run no-such-program: "), "{message}");
    }
}
