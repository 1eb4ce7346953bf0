//! A progress bar with the time left, on a terminal only.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::settings::Settings;

/// A bar of steps; invisible unless stderr is a terminal and the user wants to hear.
pub(crate) fn bar(settings: &Settings) -> ProgressBar {
    let bar = ProgressBar::no_length();
    if settings.quiet || settings.json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) =
        ProgressStyle::with_template("{bar:32} {pos}/{len} steps  {elapsed} gone, {eta} left")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
