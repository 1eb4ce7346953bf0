//! What Ballista says, on stderr; it says nothing unless somebody listens.

use std::io::Write;
use std::sync::Mutex;

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// What went wrong.
    Warnings,
    /// That, and which jobs and stages ran.
    #[default]
    Jobs,
    /// Everything that helps to find a fault.
    Everything,
}

/// Writes the log of this process to stderr, a line that repeats only once and then its number.
///
/// A variable `RUST_LOG` says in detail what to write and wins over `verbosity`.
pub fn log_to_stderr(verbosity: Verbosity) {
    let filter = match verbosity {
        Verbosity::Warnings => "warn",
        Verbosity::Jobs => "warn,ballista_scheduler=info,ballista_executor=info,agglo_cluster=info",
        Verbosity::Everything => {
            "info,ballista_core=debug,ballista_scheduler=debug,ballista_executor=debug"
        }
    };
    let repeats = Mutex::new(Repeats::default());
    // A second call finds the log set up and changes nothing.
    let _ = env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(filter))
        .format(move |out, record| {
            let line = format!("{:<5} {} {}", record.level(), record.target(), record.args());
            let repeated = match repeats.lock() {
                Ok(mut repeats) => repeats.before(&line),
                Err(_) => Some(0),
            };
            let time = out.timestamp_seconds();
            match repeated {
                None => Ok(()),
                Some(0) => writeln!(out, "{time} {line}"),
                Some(n) => writeln!(out, "{time} (the line before, {n} times more)\n{time} {line}"),
            }
        })
        .try_init();
}

/// An executor whose scheduler is gone complains twenty times a second.
#[derive(Default)]
struct Repeats {
    last: String,
    n: u64,
}

impl Repeats {
    /// `None` for a line that was just said; else how often the one before it was held back.
    fn before(&mut self, line: &str) -> Option<u64> {
        if self.last == line {
            self.n += 1;
            return None;
        }
        line.clone_into(&mut self.last);
        Some(std::mem::take(&mut self.n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_said_once_and_its_repeats_are_counted() {
        let mut repeats = Repeats::default();
        let said: Vec<_> = ["a", "a", "a", "b", "a"].iter().map(|l| repeats.before(l)).collect();
        assert_eq!(said, [Some(0), None, None, Some(2), Some(0)]);
    }
}
