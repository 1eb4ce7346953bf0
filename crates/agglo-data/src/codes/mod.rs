//! Every diagnostic code with its title and explanation; `agglo explain A0101` prints one.

mod list;

use crate::diagnostic::Severity;

use list::CODES;
pub use list::*;

/// One diagnostic code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The stable code, such as `A0101`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What happened, why it matters, and what to do.
    pub explanation: &'static str,
}

/// Every diagnostic code, in order.
pub fn codes() -> &'static [CodeInfo] {
    CODES
}

/// The code of this name, whatever its case.
pub fn code(name: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code.eq_ignore_ascii_case(name))
}

/// All codes as the page `docs/errors.md`.
pub fn codes_markdown() -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         Every message about data carries one of these codes; `agglo explain A0302` prints its entry.\n\
         An error rejects the row, or the file where no row can be read.\n\
         A warning keeps the row.\n\
         A note says what was done.\n\
         This page is written by a test from the list in `crates/agglo-data/src/codes.rs`.\n",
    );
    for info in CODES {
        let severity = info.severity.word();
        page.extend(["\n## ", info.code, " · ", info.title, " (", severity, ")\n\n"]);
        for sentence in info.explanation.split_inclusive(". ") {
            page += sentence.trim();
            page.push('\n');
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_distinct() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn the_page_of_codes_says_what_the_list_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        if std::env::var_os("AGGLO_BLESS").is_some() {
            std::fs::write(path, codes_markdown()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(page, codes_markdown(), "renew with AGGLO_BLESS=1 cargo test -p agglo-data");
    }
}
