//! Progress: a bar or a spinner on a terminal, nothing anywhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;

impl Output {
    /// Shows that work is under way: a bar where `total` is known, else a spinner. It is gone when
    /// it is dropped or finished.
    pub(crate) fn progress(&self, label: &'static str, total: Option<u64>) -> ProgressBar {
        let target = match self.quiet || self.json {
            true => ProgressDrawTarget::hidden(),
            // This target draws on terminals only.
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(total, target).with_message(label);
        let template = match total {
            Some(_) => "{msg} {wide_bar} {pos}/{len} {eta}",
            None => "{spinner} {msg} {elapsed}",
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        bar
    }
}
