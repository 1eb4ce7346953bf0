//! A classification: its codes, their titles, their tree and the years they hold.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use agglo_core::Text;

use crate::normalize::{self, Scheme};
use crate::tables::{self, Source};
use crate::{bridges, names};

/// One code of a classification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// The code, as the publisher writes it.
    pub code: &'static str,
    /// What it means; the other language's title where the source has one only.
    pub title: Text,
    /// The code above it, if it is not at the top.
    pub parent: Option<&'static str>,
    /// The name of its level, one of [`Classification::levels`].
    pub level: &'static str,
    /// The first year or edition that lists it; `None` when older than the table.
    pub valid_from: Option<i32>,
    /// The last year or edition that lists it; `None` when still listed.
    pub valid_to: Option<i32>,
    /// The codes that followed it, where they are known.
    pub became: Vec<&'static str>,
}

impl Code {
    /// Whether the code is listed in `year`.
    pub fn holds_in(&self, year: i32) -> bool {
        self.valid_from.is_none_or(|from| from <= year) && self.valid_to.is_none_or(|to| year <= to)
    }
}

/// Whether a code holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It does.
    Valid,
    /// It did once.
    Retired {
        /// The first year or edition without it.
        year: i32,
        /// What it became; empty where that is not known.
        became: Vec<String>,
    },
    /// It comes later.
    NotYet,
    /// No edition lists it.
    Unknown {
        /// Up to three codes that are written nearly so, the closest first.
        nearest: Vec<&'static str>,
    },
}

/// A classification, in one edition or with its vintages.
#[derive(Debug)]
pub struct Classification {
    /// The name used in study files, such as `naics2017`.
    pub id: &'static str,
    /// The title.
    pub title: Text,
    /// Who publishes it.
    pub publisher: Text,
    /// The edition, or the span of vintages.
    pub edition: &'static str,
    /// Names of the levels, from the top.
    pub levels: &'static [&'static str],
    pub(crate) scheme: Scheme,
    pub(crate) source: Source,
    pub(crate) codes: OnceLock<Codes>,
    pub(crate) names: OnceLock<names::Index>,
}

/// The codes of a classification, with those of other editions of the family kept beside.
#[derive(Debug)]
pub(crate) struct Codes {
    /// The codes of this edition, sorted.
    pub(crate) listed: Vec<Code>,
    by_code: HashMap<&'static str, usize>,
    /// Codes of the family that this edition does not list, and former titles.
    pub(crate) others: Vec<Code>,
}

impl Codes {
    pub(crate) fn new(mut listed: Vec<Code>, others: Vec<Code>) -> Codes {
        listed.sort_by_key(|code| code.code);
        let by_code = listed.iter().enumerate().map(|(place, code)| (code.code, place)).collect();
        Codes { listed, by_code, others }
    }
}

static ALL: LazyLock<Vec<Classification>> = LazyLock::new(tables::all);

/// All built-in classifications, in a fixed order.
pub fn classifications() -> &'static [Classification] {
    &ALL
}

/// The classification with this id, such as `nace2` or `fips-county`.
pub fn classification(id: &str) -> Option<&'static Classification> {
    ALL.iter().find(|classification| classification.id == id)
}

impl Classification {
    fn loaded(&self) -> &Codes {
        self.codes.get_or_init(|| self.source.load())
    }

    pub(crate) fn others(&self) -> &[Code] {
        &self.loaded().others
    }

    /// The year of the edition; `None` for a classification with vintages of its own.
    pub fn year(&self) -> Option<i32> {
        self.source.year()
    }

    /// All codes, sorted; those of every vintage where the classification has vintages.
    pub fn codes(&self) -> &[Code] {
        &self.loaded().listed
    }

    /// The code as this classification writes it: without padding (`236///`, `------`), without the
    /// range behind a letter (`C (10-33)`), with lost zeros, with plain digits for full-width ones.
    ///
    /// A padded row of nothing is `total`. What is not understood comes back trimmed and in capital
    /// letters. Applying it twice changes nothing.
    pub fn normalize(&self, raw: &str) -> String {
        normalize::normalize(self.scheme, raw)
    }

    /// The code, however the file writes it. A hash look-up.
    pub fn code(&self, raw: &str) -> Option<&Code> {
        let codes = self.loaded();
        let exact = codes.by_code.get(raw);
        let place = exact.or_else(|| codes.by_code.get(self.normalize(raw).as_str()))?;
        Some(&codes.listed[*place])
    }

    /// The code above.
    pub fn parent(&self, raw: &str) -> Option<&Code> {
        self.code(self.code(raw)?.parent?)
    }

    /// The codes directly below, sorted.
    pub fn children(&self, raw: &str) -> Vec<&Code> {
        let Some(code) = self.code(raw) else { return Vec::new() };
        self.codes().iter().filter(|child| child.parent == Some(code.code)).collect()
    }

    /// The name of the code's level.
    pub fn level(&self, raw: &str) -> Option<&'static str> {
        self.code(raw).map(|code| code.level)
    }

    /// Whether the code holds in `vintage`, or, with `None`, in this edition (where it has vintages:
    /// in its latest).
    pub fn is_valid(&self, raw: &str, vintage: impl Into<Option<i32>>) -> Validity {
        let year = vintage.into().or(self.year()).unwrap_or(i32::MAX);
        let wanted = self.normalize(raw);
        let mut known: Vec<&Code> = self.code(&wanted).into_iter().collect();
        known.extend(self.others().iter().filter(|code| code.code == wanted));
        if known.iter().any(|code| code.holds_in(year)) {
            return Validity::Valid;
        }
        let before = known.iter().filter(|code| code.valid_to.is_some_and(|to| to < year));
        if let Some(last) = before.max_by_key(|code| code.valid_to) {
            let to = last.valid_to.unwrap_or(year);
            return Validity::Retired {
                year: self.source.edition_after(to),
                became: if last.became.is_empty() {
                    bridges::became(self.source, &wanted, to, year)
                } else {
                    last.became.iter().map(|&code| code.to_owned()).collect()
                },
            };
        }
        if known.is_empty() {
            Validity::Unknown { nearest: self.nearest(&wanted) }
        } else {
            Validity::NotYet
        }
    }

    fn nearest(&self, code: &str) -> Vec<&'static str> {
        let codes = self.codes().iter();
        let mut scored: Vec<(usize, usize, &'static str)> = codes
            .map(|known| {
                let shared =
                    known.code.bytes().zip(code.bytes()).take_while(|(a, b)| a == b).count();
                (strsim::levenshtein(known.code, code), usize::MAX - shared, known.code)
            })
            .filter(|(distance, ..)| *distance <= 2)
            .collect();
        scored.sort_unstable();
        scored.into_iter().take(3).map(|(.., code)| code).collect()
    }
}
