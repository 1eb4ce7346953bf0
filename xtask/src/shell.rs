//! Other programs: whether they are there, running them, and reading what they say as they say it.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

/// Whether `program arguments` can be run and succeeds.
pub(crate) fn present(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Standard output of a program that must succeed.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let said = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run `{program}`"))?;
    if !said.status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    String::from_utf8(said.stdout).with_context(|| format!("`{program}` did not answer in UTF-8"))
}

/// Runs `command` in sight of the user.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    announce(command);
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("`{}` failed", line(command));
    }
    Ok(())
}

/// Runs `command` in sight of the user; whether it succeeded, and all it said.
pub(crate) fn tee(command: &mut Command) -> Result<(bool, String)> {
    announce(command);
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {command:?}"))?;
    let said = Mutex::new(String::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        scope.spawn(|| pass_on(out, std::io::stdout(), &said));
        scope.spawn(|| pass_on(err, std::io::stderr(), &said));
    });
    let status = child.wait()?;
    Ok((status.success(), said.into_inner().unwrap_or_default()))
}

fn pass_on(from: Option<impl Read>, mut to: impl Write, said: &Mutex<String>) {
    let Some(from) = from else { return };
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // A closed terminal must not keep the tests from finishing.
        let _ = writeln!(to, "{line}");
        if let Ok(mut said) = said.lock() {
            said.push_str(&line);
            said.push('\n');
        }
    }
}

fn announce(command: &Command) {
    eprintln!("$ {}", line(command));
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Whether cargo has this subcommand, such as `nextest` or `clippy`.
pub(crate) fn cargo_has(subcommand: &str) -> bool {
    present("cargo", &[subcommand, "--version"])
}

/// The name Python 3 has here; `None` when there is none.
pub(crate) fn python() -> Option<&'static str> {
    let three = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
    ["python3", "python"].into_iter().find(|name| present(name, &three))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_exist_is_not_present() {
        assert!(!present("no-such-program-here", &[]));
    }

    #[test]
    fn what_a_command_says_on_both_channels_is_kept() {
        let (success, said) = tee(cargo().arg("--version")).unwrap();
        assert!(success && said.starts_with("cargo "), "{said}");
        let (success, said) = tee(cargo().arg("no-such-subcommand")).unwrap();
        assert!(!success && said.contains("no-such-subcommand"), "{said}");
    }
}
