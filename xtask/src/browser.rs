//! The browser that checks of pages drive, the fonts it needs to show Chinese, and the server of
//! databases that tests start.

use std::path::PathBuf;
use std::process::Command;

use crate::shell;

/// Where the tests look for the browser.
pub(crate) const VARIABLE: &str = "AGGLO_CHROMIUM";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PACKAGES: [&str; 2] = ["chromium", "fonts-noto-cjk"];

/// The browser; `None` when there is none.
pub(crate) fn find() -> Option<PathBuf> {
    let given = std::env::var_os(VARIABLE).map(PathBuf::from);
    given.or_else(|| NAMES.iter().find_map(|name| on_path(name))).filter(|path| path.is_file())
}

/// Installs with `apt-get` what is missing of the browser with its fonts and of a PostgreSQL server,
/// which tests start by themselves; what came of each, if anything.
pub(crate) fn install() -> Vec<String> {
    let browser = (find().is_none() || !has_chinese_font()).then(|| with_apt("browser", &PACKAGES));
    let server = (!has_postgresql()).then(|| with_apt("PostgreSQL", &["postgresql"]));
    browser.into_iter().chain(server).collect()
}

/// Whether a server is installed, where Debian puts it.
fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
}

fn with_apt(what: &str, packages: &[&str]) -> String {
    if !shell::present("apt-get", &["--version"]) {
        return format!("{what}: not installed, there is no apt-get here");
    }
    if !shell::output("id", &["-u"]).is_ok_and(|id| id.trim() == "0") {
        return format!(
            "{what}: not installed, `apt-get install {}` needs root",
            packages.join(" ")
        );
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.args(["-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=30"]);
        command
    };
    let done = shell::run(apt().arg("update")).and_then(|()| {
        shell::run(apt().args(["install", "-y", "--no-install-recommends"]).args(packages))
    });
    match done {
        Ok(()) => format!("{what}: installed"),
        Err(error) => format!("{what}: not installed, {error:#}"),
    }
}

fn has_chinese_font() -> bool {
    shell::output("fc-list", &[":lang=zh", "family"]).is_ok_and(|fonts| !fonts.trim().is_empty())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(on_path("cargo").is_some_and(|path| path.is_file()));
        assert_eq!(on_path("no-such-program-here"), None);
    }
}
