//! A progress bar with the time left, on a terminal only.

use std::io::IsTerminal;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use agglo_core::Control;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::settings::Settings;

/// Does `work` with a bar that shows how far it is.
pub(crate) fn watched<T>(settings: &Settings, work: impl FnOnce(Control<'_>) -> T) -> T {
    let bar = bar(settings);
    let never = AtomicBool::new(false);
    let show = |done: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let done = work(Control::new(&show, &never));
    bar.finish_and_clear();
    done
}

/// A bar of steps; invisible unless stderr is a terminal and the user wants to hear.
fn bar(settings: &Settings) -> ProgressBar {
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
