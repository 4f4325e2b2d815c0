//! Chains elsewhere, on a terminal: passwords are asked for, and what is waited for is shown.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use nets_node::password_from_environment;

/// Whether nothing but results and errors is to be shown.
static IS_SILENT: AtomicBool = AtomicBool::new(false);

/// What is shown while something is waited for.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Shows nothing from now on.
pub(crate) fn silence() {
    IS_SILENT.store(true, Ordering::Relaxed);
}

/// Shows what is waited for; an empty text takes it away.
pub(crate) fn say(text: &str) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if text.is_empty() || IS_SILENT.load(Ordering::Relaxed) {
        if let Some(bar) = shown.take() {
            bar.finish_and_clear();
        }
        return;
    }
    let bar = shown.get_or_insert_with(spinner);
    bar.set_message(text.to_owned());
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} waiting for the chain: {msg}, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}

/// The password of an account's key file: from the environment, or from whoever sits there.
pub(crate) fn ask_password(account: &str, is_new: bool) -> Result<String, String> {
    let given = password_from_environment(account, is_new);
    if given.is_ok() || !io::stdin().is_terminal() {
        return given;
    }
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt).map_err(|error| format!("no password: {error}"))
    };
    let password = ask(format!("password of {account}: "))?;
    if is_new && ask(format!("password of {account} again: "))? != password {
        return Err("the two passwords differ".to_owned());
    }
    Ok(password)
}
