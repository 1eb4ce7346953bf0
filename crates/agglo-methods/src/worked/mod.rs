//! Formulas with the numbers put in: how one number of an answer comes about, term by term.
//!
//! The arithmetic here is written out once more, apart from the methods', so that the two check each
//! other: `explain` compares the result with the answer and says whether they agree.
//!
//! | numbers of                                   | module     |
//! |----------------------------------------------|------------|
//! | one year of cells: shares, quotients, Ginis  | `shares`   |
//! | two years of cells: what moved between them  | `window`   |
//! | tables that are no cells: growth, convergence | `series`  |
//! | parts that stand in the same row             | `parts`    |
//! | Gini coefficients, plain and against another  | `unequal` |

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use agglo_core::{Frame, GapPolicy, Panel};

mod parts;
mod series;
mod shares;
mod unequal;
mod window;

/// Terms of a sum that the text shows: the first ones and the last.
const SHOWN: usize = 4;

/// A formula with the numbers of one case put in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worked {
    /// One step a line, in order; long sums with their first terms and the last.
    pub lines: Vec<String>,
    /// The same with every term.
    pub whole: Vec<String>,
    /// Where the steps lead.
    pub result: f64,
}

/// What a number is asked of: the tables its method read, and what was chosen.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The panel in the method's table `activity`.
    pub panel: Option<&'a Panel>,
    /// The other tables it read, by name.
    pub tables: &'a BTreeMap<String, Arc<Frame>>,
    /// What was done with gaps.
    pub gaps: GapPolicy,
    /// The variant.
    pub variant: &'a str,
    /// All options with the value that held.
    pub options: &'a BTreeMap<String, String>,
    /// The table of the answer.
    pub table: &'a str,
    /// The keys of the number's row.
    pub keys: &'a BTreeMap<String, String>,
    /// The other cells of the row, as text.
    pub row: &'a BTreeMap<String, String>,
    /// The column of the number.
    pub column: &'a str,
}

impl Asked<'_> {
    fn year(&self, key: &str) -> Option<i32> {
        self.keys.get(key)?.parse().ok()
    }

    /// A number of the same row.
    fn beside(&self, column: &str) -> Option<f64> {
        self.row.get(column)?.parse().ok()
    }
}

/// The methods whose numbers can be worked out here.
pub const WORKED: [&str; 17] = [
    "beta-convergence",
    "composite-gini",
    "ellison-glaeser",
    "gini",
    "growth",
    "herfindahl",
    "hoover",
    "krugman",
    "location-quotient",
    "location-quotient-change",
    "locational-gini",
    "regional-gini",
    "share-change",
    "shift-share",
    "sigma-convergence",
    "standardized-location-quotient",
    "structural-similarity",
];

/// The formula of `method` with the numbers put in; `None` where that is not written for the method,
/// variant or column, or where the row is not among what the method read.
pub fn worked(method: &str, asked: &Asked<'_>) -> Option<Worked> {
    match method {
        "growth" => return series::growth(asked),
        "sigma-convergence" => return series::sigma(asked),
        "beta-convergence" => return series::beta(asked),
        "ellison-glaeser" => return parts::ellison_glaeser(asked),
        _ => {}
    }
    let gapless;
    let panel = if asked.gaps == GapPolicy::DropPeriods {
        gapless = asked.panel?.gapless().0;
        &gapless
    } else {
        asked.panel?
    };
    match method {
        "location-quotient-change" | "share-change" | "shift-share" => {
            window::worked(method, panel, asked)
        }
        _ => shares::worked(method, panel, asked),
    }
}

impl Worked {
    fn say(&mut self, line: String) {
        self.whole.push(line.clone());
        self.lines.push(line);
    }

    /// `head` terms `= total`.
    fn sum(&mut self, head: &str, terms: &[String], total: f64) {
        let total = show(total);
        self.lines.push(format!("{head} = {} = {total}", brief(terms)));
        self.whole.push(format!("{head} = {} = {total}", terms.join(" + ")));
    }

    fn ending(mut self, result: f64) -> Option<Worked> {
        self.result = result;
        result.is_finite().then_some(self)
    }
}

/// A number with what is needed of its digits.
fn show(value: f64) -> String {
    let mut text = String::new();
    let _ = if value != 0.0 && (value.abs() < 1e-4 || value.abs() >= 1e12) {
        write!(text, "{value:.6e}")
    } else {
        write!(text, "{}", (value * 1e8).round() / 1e8)
    };
    text
}

/// The terms of a sum: all where they are few, else the first ones and the last.
fn brief(terms: &[String]) -> String {
    if terms.len() <= SHOWN + 1 {
        return terms.join(" + ");
    }
    let first = terms[..SHOWN - 1].join(" + ");
    let n_between = terms.len() - SHOWN;
    format!("{first} + … ({n_between} more) … + {}", terms[terms.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_show_their_first_terms_and_the_last_and_the_whole_has_all() {
        let terms: Vec<String> = (1..=31).map(|n| n.to_string()).collect();
        assert_eq!(brief(&terms), "1 + 2 + 3 + … (27 more) … + 31");
        assert_eq!(brief(&terms[..5]), "1 + 2 + 3 + 4 + 5");
        let mut worked = Worked::default();
        worked.sum("Σ k", &terms, 496.0);
        assert!(worked.whole[0].contains(" 17 + 18 + ") && worked.whole[0].ends_with("= 496"));
    }
}
