//! The report in a real browser; skipped, and said so, without one.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use agglo_testkit::scratch;
use common::agglo;

#[expect(clippy::print_stderr, reason = "a skipped test must say that it was skipped")]
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("AGGLO_CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = named.into_iter().chain(usual.map(PathBuf::from)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: needs Chromium, which is not here");
    }
    found
}

/// The page after its script has run, as the browser holds it.
fn page(chromium: &Path, report: &Path, query: &str) -> String {
    let profile = scratch();
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--virtual-time-budget=3000", "--dump-dom"])
        .arg(format!("file://{}{query}", report.display()))
        .output()
        .expect("the browser starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_report_opens_in_either_language_and_its_numbers_can_be_asked() {
    let Some(chromium) = chromium() else { return };
    let folder = scratch();
    agglo(folder.path(), &["demo", "china", "study", "-q"]).ended(0);
    let report = folder.path().join("study/report/report.html");
    let english = page(&chromium, &report, "");
    assert!(english.contains("data-lang=\"en\""), "the English page opens in English");
    let chinese = page(&chromium, &report, "?lang=zh");
    assert!(chinese.contains("data-lang=\"zh\""), "the script changes the language");
    // The script has made every number focusable.
    assert!(chinese.contains("tabindex=\"0\"") && chinese.contains("data-address=\"gini-focus"));
    assert!(chinese.matches("<svg").count() >= 10);
}
