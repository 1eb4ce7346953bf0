//! The built program, used as a person would.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::needless_pass_by_value, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a call printed and how it ended.
pub(crate) struct Call {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
    /// The exit code.
    pub(crate) code: i32,
}

impl Call {
    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}\nstdout: {}\nstderr: {}", self.out, self.err))
    }

    /// Fails with everything printed unless the call ended with `code`.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Call {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agglo"));
    command.current_dir(folder).env_remove("AGGLO_LANG").env_remove("AGGLO_SEED");
    command.env("XDG_CONFIG_HOME", folder.join("no-config")).env("NO_COLOR", "1");
    command
}

fn call(output: Output) -> Call {
    Call {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Calls agglo in `folder`.
pub(crate) fn agglo(folder: &Path, words: &[&str]) -> Call {
    call(program(folder).args(words).stdin(Stdio::null()).output().expect("agglo can be started"))
}

/// Calls agglo in `folder` with keys of object stores from `environment` and no others.
pub(crate) fn agglo_with(folder: &Path, words: &[&str], environment: &[(&str, String)]) -> Call {
    let mut command = program(folder);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|store| text.starts_with(store)) {
            command.env_remove(name);
        }
    }
    command.env("HOME", folder).envs(environment.iter().map(|(name, value)| (name, value)));
    call(command.args(words).stdin(Stdio::null()).output().expect("agglo can be started"))
}

/// Calls agglo in `folder` with `input` on stdin.
pub(crate) fn agglo_piped(folder: &Path, words: &[&str], input: &str) -> Call {
    use std::io::Write;
    let mut child = program(folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("agglo can be started");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || {
        // The program may stop reading early, and that is its right.
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("agglo ends");
    feeder.join().expect("the feeder ends");
    call(output)
}

/// The program as a child of its own, for tests that end it early.
pub(crate) fn start(folder: &Path, words: &[&str]) -> std::process::Child {
    program(folder)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("agglo can be started")
}
