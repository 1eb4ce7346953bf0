//! What is wrong with data, where, why, and what to do: shaped like a compiler's message.

use std::collections::BTreeMap;
use std::fmt;

use crate::codes;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A row or file could not be used.
    Error,
    /// Used, and worth a look.
    Warning,
    /// For the record.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One finding about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The file, as the user named it.
    pub file: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The line of a text file, the row of a sheet or Parquet file, counted from 1.
    pub row: Option<u64>,
    /// The heading of the column, as in the file.
    pub column: Option<String>,
    /// The text found.
    pub found: Option<String>,
    /// Why it is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// How many further ones of the same code were counted and are not listed.
    pub count: u64,
    /// What `agglo check --fix` may write into the study file, where that is safe.
    pub fix: Option<Fix>,
}

/// Settings of one `[[data]]` block that make a finding go away and lose nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The block's name.
    pub block: String,
    /// The settings to add.
    pub settings: Vec<Setting>,
}

/// One setting as the study file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value, in TOML.
    pub value: String,
}

impl Diagnostic {
    /// A finding of `code`, with why it is wrong and what to do.
    pub fn new(
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Diagnostic {
        let severity = codes::code(code).map_or(Severity::Error, |info| info.severity);
        Diagnostic {
            code,
            severity,
            file: None,
            sheet: None,
            row: None,
            column: None,
            found: None,
            message: message.into(),
            remedy: remedy.into(),
            count: 0,
            fix: None,
        }
    }

    pub(crate) fn at(mut self, place: &Place) -> Diagnostic {
        self.file = Some(place.file.clone());
        self.sheet.clone_from(&place.sheet);
        self
    }

    pub(crate) fn file(mut self, file: impl Into<String>) -> Diagnostic {
        self.file = Some(file.into());
        self
    }

    pub(crate) fn row(mut self, row: u32) -> Diagnostic {
        self.row = (row > 0).then_some(u64::from(row));
        self
    }

    pub(crate) fn column(mut self, column: impl Into<String>) -> Diagnostic {
        self.column = Some(column.into());
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Diagnostic {
        let found = found.into();
        // A broken quote can make one cell of half a file.
        self.found = Some(if found.chars().count() > 80 {
            found.chars().take(79).chain(['…']).collect()
        } else {
            found
        });
        self
    }

    /// `file, sheet s, row 3, column c`, as far as known.
    pub fn place(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.file.clone());
        parts.extend(self.sheet.as_ref().map(|sheet| format!("sheet {sheet}")));
        parts.extend(self.row.map(|row| format!("row {row}")));
        parts.extend(self.column.as_ref().map(|column| format!("column {column}")));
        parts.join(", ")
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity.word(), self.code, self.message)?;
        let place = self.place();
        if !place.is_empty() {
            write!(f, "\n  --> {place}")?;
        }
        if let Some(found) = &self.found {
            write!(f, "\n   | found: \"{found}\"")?;
        }
        if !self.remedy.is_empty() {
            write!(f, "\n   = help: {}", self.remedy)?;
        }
        if self.count > 0 {
            write!(f, "\n   = {} more like this", self.count)?;
        }
        write!(f, "\n   = more: agglo explain {}", self.code)
    }
}

/// The file and sheet that diagnostics speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) sheet: Option<String>,
}

/// How many diagnostics of one code are listed before they are only counted.
const LISTED_PER_CODE: u64 = 5;

/// Collects diagnostics in bounded memory: the first few of each code, then a count.
#[derive(Debug)]
pub(crate) struct Sink {
    listed: Vec<Diagnostic>,
    seen: BTreeMap<&'static str, (u64, usize)>,
    per_code: u64,
}

impl Default for Sink {
    fn default() -> Sink {
        Sink::listing(LISTED_PER_CODE)
    }
}

impl Sink {
    /// A sink that lists up to `per_code` diagnostics of each code.
    pub(crate) fn listing(per_code: u64) -> Sink {
        Sink { listed: Vec::new(), seen: BTreeMap::new(), per_code }
    }

    /// Takes the diagnostic that `make` builds, or only counts it.
    pub(crate) fn push(&mut self, code: &'static str, make: impl FnOnce() -> Diagnostic) {
        let (seen, last) = self.seen.entry(code).or_default();
        *seen += 1;
        if *seen <= self.per_code {
            *last = self.listed.len();
            self.listed.push(make());
        } else {
            self.listed[*last].count += 1;
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Diagnostic> {
        self.listed
    }
}

/// Why data could not be read, joined or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    diagnostics: Vec<Diagnostic>,
}

impl DataError {
    /// Why `path` could not be written or removed.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> DataError {
        crate::atomic::write_error(path, error)
    }

    /// What was found, at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    fn has(&self, codes: &[&str]) -> bool {
        self.diagnostics.iter().any(|diagnostic| codes.contains(&diagnostic.code))
    }

    /// Whether a file is not there.
    pub fn is_missing_file(&self) -> bool {
        self.has(&[codes::NO_FILE])
    }

    /// Whether a file is there and cannot be read or understood.
    pub fn is_unreadable(&self) -> bool {
        self.has(&[codes::UNREADABLE, codes::DAMAGED])
    }

    /// Whether a file holds no data.
    pub fn is_empty_file(&self) -> bool {
        self.has(&[codes::EMPTY_FILE, codes::HEADER_ONLY])
    }

    /// Whether a file could not be written, a full disk included.
    pub fn is_unwritable(&self) -> bool {
        self.has(&[codes::UNWRITABLE, codes::DISK_FULL])
    }

    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        self.has(&[codes::DISK_FULL])
    }
}

impl From<Diagnostic> for DataError {
    fn from(diagnostic: Diagnostic) -> DataError {
        DataError { diagnostics: vec![diagnostic] }
    }
}

impl From<Vec<Diagnostic>> for DataError {
    fn from(diagnostics: Vec<Diagnostic>) -> DataError {
        DataError { diagnostics }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, diagnostic) in self.diagnostics.iter().enumerate() {
            let gap = if place > 0 { "\n\n" } else { "" };
            write!(f, "{gap}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DataError {}

/// A sentence that names the candidate nearest to `name`, or lists some.
pub(crate) fn did_you_mean<'c>(name: &str, have: impl IntoIterator<Item = &'c str>) -> String {
    let have: Vec<&str> = have.into_iter().filter(|candidate| !candidate.is_empty()).collect();
    let closeness = |candidate: &str| {
        strsim::jaro_winkler(&name.to_lowercase(), &candidate.trim().to_lowercase())
    };
    let nearest = have
        .iter()
        .map(|candidate| (closeness(candidate), *candidate))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    match nearest {
        Some((closeness, candidate)) if closeness > 0.8 => format!("did you mean `{candidate}`?"),
        Some(_) => {
            let shown: Vec<String> = have.iter().take(20).map(|h| format!("`{h}`")).collect();
            let more = if have.len() > 20 { ", …" } else { "" };
            format!("there is {}{more}", shown.join(", "))
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_bad_rows_list_five_and_count_the_rest() {
        let mut sink = Sink::default();
        for row in 1..=1_000_000 {
            let make = || Diagnostic::new(codes::NOT_A_NUMBER, "not a number", "").row(row);
            sink.push(codes::NOT_A_NUMBER, make);
        }
        let listed = sink.into_vec();
        assert_eq!(listed.len(), 5);
        assert_eq!(listed[4].count, 999_995);
    }

    #[test]
    fn a_diagnostic_reads_like_a_compilers() {
        let diagnostic = Diagnostic::new(codes::NOT_A_NUMBER, "this is no number", "remove the o")
            .file("jobs.csv")
            .row(7)
            .column("emp")
            .found("12o");
        assert_eq!(
            diagnostic.to_string(),
            "error[A0302]: this is no number\n  --> jobs.csv, row 7, column emp\n   \
             | found: \"12o\"\n   = help: remove the o\n   = more: agglo explain A0302"
        );
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        assert_eq!(did_you_mean("regoin", ["year", "Region"]), "did you mean `Region`?");
        assert_eq!(did_you_mean("zzz", ["year", "emp"]), "there is `year`, `emp`");
    }
}
