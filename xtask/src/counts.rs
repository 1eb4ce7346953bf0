//! How many tests ran, read from what the runners print when they end.

use std::fmt;
use std::ops::AddAssign;

/// Tests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// The closing lines of libtest, nextest, unittest, vitest and node's runner anywhere in `said`.
    pub(crate) fn read(said: &str) -> Counts {
        let mut counts = Counts::default();
        let mut unittests = 0;
        for line in said.lines().map(without_colors) {
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("test result:") {
                counts += labeled(rest);
            } else if line.starts_with("Summary [") {
                counts +=
                    line.split_once("run:").map(|(_, rest)| labeled(rest)).unwrap_or_default();
            } else if let Some(rest) = line.strip_prefix("Tests ") {
                counts += labeled(rest);
            } else if let Some(rest) = line.strip_prefix("Ran ") {
                unittests = first_number(rest);
            } else if unittests > 0 && (line.starts_with("OK") || line.starts_with("FAILED (")) {
                counts += unittest(unittests, line);
                unittests = 0;
            } else if let Some(rest) = line.strip_prefix("# ") {
                counts += node(rest);
            }
        }
        counts
    }

    /// The same, with one failure more where the runner failed and named none: it did not build.
    pub(crate) fn of_run(success: bool, said: &str) -> Counts {
        let mut counts = Counts::read(said);
        if !success && counts.failed == 0 {
            counts.failed = 1;
        }
        counts
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

/// `3 passed, 1 failed, 2 skipped`, `ok. 3 passed; 1 failed; 2 ignored` and `1 failed | 3 passed (4)`.
fn labeled(text: &str) -> Counts {
    let mut counts = Counts::default();
    for part in text.split([',', ';', '.', '(', '|']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(label)) = (words.next(), words.next()) else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match label {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            "skipped" | "ignored" => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// `OK`, `OK (skipped=1)` or `FAILED (failures=1, errors=2, skipped=1)` after `ran` tests.
fn unittest(ran: u64, line: &str) -> Counts {
    let mut counts = Counts::default();
    for part in line.split(['(', ')', ',']) {
        match part.trim().split_once('=') {
            Some(("failures" | "errors", n)) => counts.failed += first_number(n),
            Some(("skipped", n)) => counts.skipped += first_number(n),
            _ => {}
        }
    }
    counts.passed = ran.saturating_sub(counts.failed + counts.skipped);
    counts
}

/// `pass 3`, `fail 1`, `skipped 2`.
fn node(rest: &str) -> Counts {
    let mut counts = Counts::default();
    match rest.split_once(' ') {
        Some(("pass", n)) => counts.passed = first_number(n),
        Some(("fail", n)) => counts.failed = first_number(n),
        Some(("skipped", n)) => counts.skipped = first_number(n),
        _ => {}
    }
    counts
}

fn first_number(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// `line` without the escapes that color a terminal.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            // An escape ends at its first letter.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, passed: u64, failed: u64, skipped: u64) {
        assert_eq!(Counts::read(said), Counts { passed, failed, skipped });
    }

    #[test]
    fn libtest_lines_add_up() {
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
             test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out\n",
            7,
            3,
            1,
        );
    }

    #[test]
    fn nextest_closes_with_a_summary() {
        check("     Summary [   0.005s] 25 tests run: 25 passed, 2 skipped", 25, 0, 2);
        check(
            "     Summary [  12.1s] 9/25 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 0 skipped",
            6,
            3,
            0,
        );
    }

    #[test]
    fn colors_are_no_part_of_a_line() {
        check(
            "\u{1b}[32;1m     Summary\u{1b}[0m [ 1s] \u{1b}[1m3\u{1b}[0m tests run: 3 passed",
            3,
            0,
            0,
        );
    }

    #[test]
    fn unittest_counts_errors_as_failures() {
        check("Ran 7 tests in 0.1s\n\nOK (skipped=2)\n", 5, 0, 2);
        check("Ran 7 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n", 4, 3, 0);
    }

    #[test]
    fn node_counts_in_comments() {
        check("# tests 4\n# pass 3\n# fail 1\n# skipped 0\n", 3, 1, 0);
    }

    #[test]
    fn a_run_that_fails_without_a_failing_test_did_not_build() {
        assert_eq!(
            Counts::of_run(false, "error: could not compile").to_string(),
            "0 passed, 1 failed"
        );
    }
}
