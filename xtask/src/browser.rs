//! The browser that checks of pages drive, and the fonts it needs to show Chinese.

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

/// Installs browser and fonts with `apt-get` where they are missing; what came of it, if anything.
pub(crate) fn install() -> Option<String> {
    if find().is_some() && has_chinese_font() {
        return None;
    }
    if !shell::present("apt-get", &["--version"]) {
        return Some("browser: not installed, there is no apt-get here".to_owned());
    }
    if !shell::output("id", &["-u"]).is_ok_and(|id| id.trim() == "0") {
        return Some(format!(
            "browser: not installed, `apt-get install {}` needs root",
            PACKAGES.join(" ")
        ));
    }
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.args(["-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=30"]);
        command
    };
    let done = shell::run(apt().arg("update")).and_then(|()| {
        shell::run(apt().args(["install", "-y", "--no-install-recommends"]).args(PACKAGES))
    });
    Some(match done {
        Ok(()) => "browser: installed".to_owned(),
        Err(error) => format!("browser: not installed, {error:#}"),
    })
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
