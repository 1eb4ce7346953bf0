//! What a file looks like, with a proposal how to read it and the reasons for it.

mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_core::Status;

use crate::diagnostic::DataError;
use crate::number::{NumberFormat, year_in_heading};
use crate::reader::{Look, Opened, RowKind, fold, open, split};
use crate::source::{Cell, Source, SourceFormat};
use crate::spec::ReadSpec;
use crate::table::{Kind, TableSpec, table_spec};
use seen::Seen;

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// The file says so.
    Certain,
    /// Everything seen agrees with it.
    Likely,
    /// Somebody should look.
    Guess,
}

/// One thing proposed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What is proposed.
    pub what: String,
    /// Why.
    pub why: String,
    /// How sure that is.
    pub sureness: Sureness,
}

/// One heading and what stands under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// The heading as in the file.
    pub name: String,
    /// What its cells hold, as far as seen.
    pub kind: Kind,
    /// A few of its cells.
    pub examples: Vec<String>,
    /// Distinct cells among those seen.
    pub n_distinct: usize,
    /// Cells seen that are empty or a known mark of a gap.
    pub n_gaps: usize,
}

/// What a file looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Sniff {
    /// The file.
    pub path: String,
    /// Its format, told by its first bytes.
    pub format: SourceFormat,
    /// The reader proposed.
    pub reader: String,
    /// The encoding; `binary` for Parquet and workbooks.
    pub encoding: String,
    /// The sign between fields of a text file.
    pub delimiter: Option<char>,
    /// The sheet looked at.
    pub sheet: Option<String>,
    /// All sheets of a workbook.
    pub sheets: Vec<String>,
    /// The decimal sign, where it is not `.`.
    pub decimal: Option<char>,
    /// The sign between groups of three digits.
    pub thousands: Option<char>,
    /// The headings.
    pub headings: Vec<Heading>,
    /// The canonical table proposed.
    pub table: Option<String>,
    /// Canonical column → heading.
    pub columns: BTreeMap<String, String>,
    /// Wide layout: the measure that the cells hold, when the file says so.
    pub value: Option<String>,
    /// Wide layout: the headings that are periods.
    pub periods_across: Vec<String>,
    /// The level of detail, in the words of the reader.
    pub level: Option<String>,
    /// Heading → the values whose rows are kept.
    pub filter: BTreeMap<String, Vec<String>>,
    /// Heading → the values whose rows are totals.
    pub totals: BTreeMap<String, Vec<String>>,
    /// What marks and flags mean.
    pub marks: BTreeMap<String, Status>,
    /// Measure → unit, where the file says it.
    pub units: BTreeMap<String, String>,
    /// Canonical column → the one value it has in the whole file.
    pub constants: BTreeMap<String, String>,
    /// The row of the headings, where it is not the first.
    pub header_row: Option<u32>,
    /// The texts that stand alone in the first rows, above the headings.
    pub title: Option<String>,
    /// Texts among numbers that are no known mark of a gap.
    pub unknown_marks: Vec<String>,
    /// Rows looked at.
    pub n_rows_seen: usize,
    /// What is proposed and why.
    pub reasons: Vec<Reason>,
}

impl Sniff {
    /// The proposal as a source to read; the table is `activity` where none is proposed.
    pub fn to_spec(&self) -> ReadSpec {
        let table = self.table.clone().unwrap_or_else(|| "activity".to_owned());
        let wide = self.reader == "wide";
        ReadSpec {
            filter: self.filter.clone(),
            totals: self.totals.clone(),
            marks: self.marks.clone(),
            units: self.units.clone(),
            constants: self.constants.clone(),
            level: self.level.clone(),
            header_row: self.header_row,
            reader: Some(self.reader.clone()),
            columns: self.columns.clone(),
            periods_across: wide.then(|| self.periods_across.clone()),
            value: self.value.clone(),
            decimal: self.decimal,
            thousands: self.thousands,
            encoding: (self.encoding != "binary")
                .then(|| self.encoding.split(' ').next().unwrap_or_default().to_owned()),
            delimiter: self.delimiter,
            sheet: self.sheet.clone(),
            ..ReadSpec::new(table, &self.path)
        }
    }
}

/// What a reader proposes for a file of its layout.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) table: &'static str,
    pub(crate) value: Option<&'static str>,
    pub(crate) level: Option<&'static str>,
    /// Canonical column → heading, where the reader must be told.
    pub(crate) columns: BTreeMap<String, String>,
    pub(crate) constants: BTreeMap<String, String>,
    pub(crate) filter: BTreeMap<String, Vec<String>>,
    pub(crate) totals: BTreeMap<String, Vec<String>>,
    pub(crate) marks: BTreeMap<String, Status>,
    pub(crate) units: BTreeMap<String, String>,
    /// What is proposed, and why.
    pub(crate) reasons: Vec<(String, String)>,
}

const ROWS_SEEN: usize = 2000;
/// Known layouts are looked through further: sorted files show some values late.
const ROWS_SEEN_KNOWN: usize = 200_000;

/// Headings that usually hold a key, the likeliest first; a pattern also matches as a word of a
/// longer heading.
const KEY_HEADINGS: [(&str, &[&str]); 6] = [
    (
        "region",
        &[
            "region_code",
            "gb_code",
            "geofips",
            "fips",
            "nuts",
            "itl1",
            "itl2",
            "itl3",
            "itl",
            "lad",
            "geo",
            "area_code",
            "region",
            "county",
            "province",
            "prefecture",
            "state",
            "municipality",
            "city",
            "地区代码",
            "地区",
            "省份",
            "城市",
        ],
    ),
    (
        "industry",
        &[
            "ind_code",
            "industry_code",
            "industryclassification",
            "sic07_code",
            "sic5",
            "sic",
            "nace_r2",
            "nace",
            "naics",
            "isic",
            "gbt4754",
            "industry",
            "sector",
            "行业代码",
            "行业",
        ],
    ),
    ("period", &["period", "year", "time", "jahr", "anno", "年份", "年度", "时间"]),
    ("indicator", &["indicator", "variable", "指标"]),
    ("class", &["size_class", "size_band", "sizeclass", "sizeband", "规模组"]),
    ("plant", &["plant", "plant_id", "establishment", "establishment_id", "企业代码"]),
];

const MEASURE_HEADINGS: [(&str, &[&str]); 11] = [
    ("n_plants", &["n_plants", "plants", "establishments", "enterprises", "单位数"]),
    ("employment", &["employment", "employees", "emp", "jobs", "persons", "就业", "从业人员"]),
    ("value_added", &["value_added", "gva", "va", "增加值"]),
    ("output", &["output", "gross_output", "产值", "总产值"]),
    ("revenue", &["revenue", "turnover", "sales", "营业收入"]),
    ("n_firms", &["n_firms", "firms", "enterprises", "企业数"]),
    ("gdp", &["gdp", "grp", "地区生产总值"]),
    ("population", &["population", "pop", "人口"]),
    ("name", &["name", "region_name", "name_en", "名称"]),
    ("name_zh", &["name_zh"]),
    ("value", &["value", "obs_value", "数值"]),
];

/// Looks at the first rows of a file and proposes how to read it.
///
/// # Errors
/// When the file is missing, empty or unreadable.
pub fn sniff(path: &Path) -> Result<Sniff, DataError> {
    let shown = path.display().to_string();
    sniff_as(&ReadSpec::new("activity", path), path, &shown)
}

fn sniff_as(spec: &ReadSpec, path: &Path, shown: &str) -> Result<Sniff, DataError> {
    let mut opened = open(spec, path, shown, None)?;
    let width = opened.headings.len();
    let mut seen = vec![Seen::default(); width];
    let mut n_rows_seen = 0;
    let known = opened.reader.propose.is_some();
    opened.each_row(&mut |_, kind, row| {
        // Lines with one field below a wide head are remarks.
        if row.len() == width && kind.is_none_or(RowKind::is_data) {
            for (column, seen) in seen.iter_mut().enumerate() {
                seen.take(row.cell(column));
            }
            n_rows_seen += 1;
        }
        n_rows_seen < if known { ROWS_SEEN_KNOWN } else { ROWS_SEEN }
    })?;
    let Opened { source, reader, headings, recognized, .. } = &opened;
    let mut sniff = Sniff {
        path: shown.to_owned(),
        format: source.format,
        reader: String::new(),
        encoding: source.encoding.clone(),
        delimiter: source.delimiter.map(char::from),
        sheet: source.place.sheet.clone(),
        sheets: source.sheets.clone(),
        decimal: None,
        thousands: None,
        headings: Vec::new(),
        table: None,
        columns: BTreeMap::new(),
        value: None,
        periods_across: Vec::new(),
        level: None,
        filter: BTreeMap::new(),
        totals: BTreeMap::new(),
        marks: BTreeMap::new(),
        units: BTreeMap::new(),
        constants: BTreeMap::new(),
        header_row: None,
        title: title(source, width),
        unknown_marks: Vec::new(),
        n_rows_seen,
        reasons: Vec::new(),
    };
    let certain = !source.scan.guessed;
    if source.encoding != "binary" {
        sniff.reason(
            &format!("encoding = {}", source.encoding),
            if certain { "the bytes say so" } else { "inferred from the frequency of characters" },
            if certain { Sureness::Certain } else { Sureness::Guess },
        );
    }
    if let Some(delimiter) = sniff.delimiter {
        let what = format!("delimiter = {delimiter:?}");
        sniff.reason(&what, "it splits the first lines into equally many fields", Sureness::Likely);
    }
    let format = sniff.number_format(&seen);
    sniff.headings =
        headings.iter().zip(&seen).map(|(name, seen)| seen.heading(name, &format)).collect();
    reader.info.id.clone_into(&mut sniff.reader);
    if let Some(recognized) = recognized {
        let what = format!("reader = {}", reader.info.id);
        sniff.reason(&what, &recognized.why, recognized.sureness);
    }
    match reader.propose {
        Some(propose) => {
            let values: Vec<_> = seen.iter().map(|seen| seen.distinct.clone()).collect();
            let look = Look { values: &values, ..Look::new(source, spec) };
            sniff.take_proposal(propose(&look));
        }
        None => sniff.propose_columns(),
    }
    let mut marks: BTreeSet<&String> = BTreeSet::new();
    for (heading, seen) in sniff.headings.iter().zip(&seen) {
        // A reader that knows its layout knows its marks.
        if heading.kind != Kind::Text && !known {
            let unknown = |text: &&String| format.datum(Cell::Text(text)).is_err();
            marks.extend(seen.distinct.iter().filter(unknown));
        }
    }
    sniff.unknown_marks = marks.into_iter().take(10).cloned().collect();
    let glued = sniff.unknown_marks.iter().map(|mark| split(mark));
    let glued: BTreeSet<String> = glued
        .filter(|(value, flag)| !flag.is_empty() && format.datum(Cell::Text(value)).is_ok())
        .map(|(_, flag)| flag.to_owned())
        .collect();
    if !glued.is_empty() {
        let flags: Vec<&str> = glued.iter().map(String::as_str).collect();
        let what = format!("glued_flags = true, with marks for {}", flags.join(" "));
        sniff.reason(&what, "these stand behind numbers in their cells", Sureness::Guess);
    }
    if !sniff.unknown_marks.is_empty() {
        let what = format!("declare in marks: {}", sniff.unknown_marks.join(" "));
        sniff.reason(&what, "these stand among numbers and mean different things", Sureness::Guess);
    }
    Ok(sniff)
}

/// What stands alone in the first rows of a table of several columns.
fn title(source: &Source, width: usize) -> Option<String> {
    let alone = source.head.iter().map_while(|row| {
        let mut cells = row.filled();
        let (_, only) = cells.next()?;
        cells.next().is_none().then_some(only)
    });
    let lines: Vec<&str> = alone.collect();
    (width > 1 && !lines.is_empty()).then(|| lines.join("; "))
}

impl Sniff {
    fn reason(&mut self, what: &str, why: &str, sureness: Sureness) {
        self.reasons.push(Reason { what: what.to_owned(), why: why.to_owned(), sureness });
    }

    /// The way of writing numbers that makes numbers of most cells.
    fn number_format(&mut self, seen: &[Seen]) -> NumberFormat {
        let plain = NumberFormat::new(None, None, []);
        let n_numbers =
            |format: &NumberFormat| -> usize { seen.iter().map(|seen| seen.tally(format).0).sum() };
        let mut best = (plain.clone(), n_numbers(&plain), None, None);
        for (decimal, thousands) in [
            (None, Some(',')),
            (Some(','), None),
            (Some(','), Some('.')),
            (None, Some(' ')),
            (None, Some('\u{a0}')),
            (Some(','), Some(' ')),
        ] {
            let format = NumberFormat::new(decimal, thousands, []);
            let n = n_numbers(&format);
            if n > best.1 {
                best = (format, n, decimal, thousands);
            }
        }
        (self.decimal, self.thousands) = (best.2, best.3);
        if let Some(thousands) = self.thousands {
            let why = "it makes numbers of cells that are none without it";
            self.reason(&format!("thousands = {thousands:?}"), why, Sureness::Likely);
        }
        if let Some(decimal) = self.decimal {
            let why = "it makes numbers of cells that are none without it";
            self.reason(&format!("decimal = {decimal:?}"), why, Sureness::Likely);
        }
        best.0
    }

    /// What the reader of this layout proposes; it knows its own headings.
    fn take_proposal(&mut self, proposal: Proposal) {
        self.table = Some(proposal.table.to_owned());
        self.value = proposal.value.map(str::to_owned);
        self.level = proposal.level.map(str::to_owned);
        self.columns = proposal.columns;
        self.constants = proposal.constants;
        self.filter = proposal.filter;
        self.totals = proposal.totals;
        self.marks = proposal.marks;
        self.units = proposal.units;
        for (what, why) in proposal.reasons {
            self.reason(&what, &why, Sureness::Likely);
        }
    }

    fn propose_columns(&mut self) {
        let mut taken = BTreeSet::new();
        if self.reader == "wide" {
            let years = self.headings.iter().map(|heading| heading.name.clone());
            self.periods_across = years.filter(|name| year_in_heading(name).is_some()).collect();
            taken.extend(self.periods_across.iter().cloned());
        }
        for (key, patterns) in KEY_HEADINGS {
            let wide = !self.periods_across.is_empty();
            if key == "period" && wide {
                continue;
            }
            let found = self.best_heading(patterns, &taken);
            let found = found.map(|(name, exact)| {
                let sureness = if exact { Sureness::Likely } else { Sureness::Guess };
                (name, "the heading is a usual one for it", sureness)
            });
            let Some((heading, why, sureness)) = found else { continue };
            self.reason(&format!("{key} = {heading:?}"), why, sureness);
            taken.insert(heading.clone());
            self.columns.insert(key.to_owned(), heading);
        }
        let Some(table) = self.propose_table() else { return };
        self.table = Some(table.name.to_owned());
        self.columns.retain(|key, _| table.column(key).is_some());
        if self.periods_across.is_empty() {
            self.propose_measures(table, &mut taken);
        } else if table.measures.iter().all(|column| !column.required) {
            self.reason(
                "value = ?",
                "the file does not say what its cells measure",
                Sureness::Guess,
            );
        }
    }

    fn propose_measures(&mut self, table: &'static TableSpec, taken: &mut BTreeSet<String>) {
        for (measure, patterns) in MEASURE_HEADINGS {
            let fits = table.column(measure).is_some() || (table.open && measure == "value");
            if let (true, Some((heading, exact))) = (fits, self.best_heading(patterns, taken)) {
                let kind = table.column(measure).map_or(Kind::Number, |column| column.kind);
                let have = self.headings.iter().find(|h| h.name == heading).map(|h| h.kind);
                if (kind == Kind::Text) == (have == Some(Kind::Text)) {
                    let sureness = if exact { Sureness::Likely } else { Sureness::Guess };
                    let what = format!("{measure} = {heading:?}");
                    self.reason(&what, "the heading is a usual one for it", sureness);
                    taken.insert(heading.clone());
                    self.columns.insert(measure.to_owned(), heading);
                }
            }
        }
        if !table.open {
            return;
        }
        let names_things = matches!(table.name, "region" | "industry");
        let rest = self.headings.iter().filter(|heading| {
            heading.kind != Kind::Text && !taken.contains(&heading.name) && !names_things
        });
        let rest: Vec<String> = rest.map(|heading| heading.name.clone()).collect();
        for heading in rest {
            let name = fold(&heading);
            if !self.columns.contains_key(&name) && !table.is_key(&name) {
                self.columns.insert(name, heading);
            }
        }
    }

    fn propose_table(&mut self) -> Option<&'static TableSpec> {
        let has = |key: &str| self.columns.contains_key(key);
        let period = has("period") || !self.periods_across.is_empty();
        let (name, why) = if has("region") && has("indicator") {
            ("indicator", "there are a region and an indicator")
        } else if has("class") && has("industry") {
            ("size_class", "there are a size class and an industry")
        } else if has("plant") && has("region") && has("industry") {
            ("plant", "there are a plant, a region and an industry")
        } else if has("region") && has("industry") {
            ("activity", "there are a region and an industry")
        } else if has("region") && period {
            ("region_year", "there are a region and a year, and no industry")
        } else if has("region") {
            ("region", "there is a region, and neither industry nor year")
        } else if has("industry") {
            ("industry", "there is an industry and no region")
        } else if period {
            ("series", "there is a year, and neither region nor industry")
        } else {
            return None;
        };
        self.reason(&format!("table = {name}"), why, Sureness::Likely);
        table_spec(name)
    }

    /// The heading that fits the earliest pattern, whole headings before words of headings.
    fn best_heading(&self, patterns: &[&str], taken: &BTreeSet<String>) -> Option<(String, bool)> {
        let free = || self.headings.iter().filter(|heading| !taken.contains(&heading.name));
        let whole = patterns
            .iter()
            .find_map(|pattern| free().find(|heading| fold(&heading.name) == *pattern));
        if let Some(heading) = whole {
            return Some((heading.name.clone(), true));
        }
        patterns.iter().find_map(|pattern| {
            let has_word =
                |heading: &&Heading| fold(&heading.name).split('_').any(|word| word == *pattern);
            free().find(has_word).map(|heading| (heading.name.clone(), false))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Sniff {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("file.csv");
        std::fs::write(&path, text).unwrap();
        sniff(&path).unwrap()
    }

    #[test]
    fn a_tidy_file_is_mapped_by_its_headings() {
        let sniff = check("Jahr;NUTS;NACE_R2;emp\n2019;DE11;C;1,5\n2019;DE12;C;2,5\n");
        assert_eq!((sniff.reader.as_str(), sniff.delimiter), ("tidy", Some(';')));
        assert_eq!(sniff.decimal, Some(','));
        assert_eq!(sniff.table.as_deref(), Some("activity"));
        let mapped: Vec<_> = sniff.columns.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            mapped,
            [
                ("employment", "emp"),
                ("industry", "NACE_R2"),
                ("period", "Jahr"),
                ("region", "NUTS")
            ]
        );
    }

    #[test]
    fn years_as_headings_make_a_wide_file() {
        let sniff = check(
            "region,industry,2018,2019\n01,C,1,2\n02,C,-,4\n03,C,5,6\n04,C,9,8\n05,C,11,12\n06,C,7,3\n",
        );
        assert_eq!(sniff.reader, "wide");
        assert_eq!(sniff.periods_across, ["2018", "2019"]);
        assert_eq!(sniff.headings[0].kind, Kind::Text);
        assert_eq!(sniff.unknown_marks, ["-"]);
    }
}
