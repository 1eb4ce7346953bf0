//! Rows of County Business Patterns as rows of a table: regions and codes put together, and for the
//! table `size_class` one row per class.

use agglo_core::Note;

use super::code::{Level, Scheme, read_code};
use super::{Columns, FIGURES, level, year};
use crate::codes;
use crate::diagnostic::DataError;
use crate::number::whole_number;
use crate::reader::Look;
use crate::reader::plan::{RowKind, fold};
use crate::reader::shape::{OwnedCell, Shaped, Shaper};
use crate::source::{Cell, Row};

/// One size class: its headings, its name, its smallest and largest size.
pub(super) struct Class {
    headings: &'static [&'static str],
    name: &'static str,
    lower: i64,
    upper: Option<i64>,
}

const fn class(
    headings: &'static [&'static str],
    name: &'static str,
    lower: i64,
    upper: Option<i64>,
) -> Class {
    Class { headings, name, lower, upper }
}

/// The place of the class of 1,000 and more, which the four after it divide.
const OPEN: usize = 9;

/// The classes of all years; `n<5` from 2017 counts establishments without employees too.
pub(super) const CLASSES: [Class; 14] = [
    class(&["n1_4", "s1_4"], "1-4", 1, Some(4)),
    class(&["n<5"], "<5", 0, Some(4)),
    class(&["n5_9", "s5_9"], "5-9", 5, Some(9)),
    class(&["n10_19", "s10_19"], "10-19", 10, Some(19)),
    class(&["n20_49", "s20_49"], "20-49", 20, Some(49)),
    class(&["n50_99", "s50_99"], "50-99", 50, Some(99)),
    class(&["n100_249", "s100_249"], "100-249", 100, Some(249)),
    class(&["n250_499", "s250_499"], "250-499", 250, Some(499)),
    class(&["n500_999", "s500_999"], "500-999", 500, Some(999)),
    class(&["n1000", "s1000", "gt1000"], "1000+", 1000, None),
    class(&["n1000_1"], "1000-1499", 1000, Some(1499)),
    class(&["n1000_2"], "1500-2499", 1500, Some(2499)),
    class(&["n1000_3"], "2500-4999", 2500, Some(4999)),
    class(&["n1000_4"], "5000+", 5000, None),
];

/// From 2017 no cell of fewer establishments is published.
const FEWEST_SHOWN: i64 = 3;

/// Place in [`CLASSES`] and column of every class that the file has.
pub(super) fn class_columns(headings: &[String]) -> Vec<(usize, usize)> {
    let column = |class: &Class| {
        headings.iter().position(|heading| class.headings.contains(&fold(heading).as_str()))
    };
    let classes = CLASSES.iter().enumerate();
    classes.filter_map(|(place, class)| Some((place, column(class)?))).collect()
}

/// The finest level among the first rows; files are sorted so that a code follows those it is
/// part of.
pub(super) fn finest(look: &Look<'_>, columns: &Columns) -> Level {
    if columns.scheme == Scheme::Sic {
        return Level::Four;
    }
    let cells = look.head.iter().filter_map(|row| row.cells.get(columns.code));
    let levels = cells.filter_map(|code| Some(read_code(code, columns.scheme)?.0));
    levels.max().unwrap_or(Level::Six)
}

pub(super) fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let columns = Columns::find(look.headings).ok_or_else(|| {
        let message = format!("these are no county headings: {}", look.headings.join(", "));
        let remedy = "census-cbp needs fipstate, fipscty, naics or sic, emp, est and size classes";
        look.refuse(codes::NO_HEADING, message, remedy)
    })?;
    let (level, year) = (level(look, &columns)?, year(look)?);
    let by_class = look.spec.table == "size_class";
    let own = |column: usize| look.headings[column].clone();
    let mut headings: Vec<String> =
        ["region", "industry", "period"].map(str::to_owned).into_iter().collect();
    if by_class {
        let names = ["class", "lower", "upper", "n_plants", "fewest", "most"];
        headings.extend(names.map(str::to_owned));
    } else {
        headings.extend(FIGURES.map(str::to_owned));
    }
    headings.extend([own(columns.state), own(columns.county), own(columns.code)]);
    Ok(Box::new(Rows {
        file: look.place.file.clone(),
        headings,
        first: look.headings.first().cloned().unwrap_or_default(),
        n_columns: look.headings.len(),
        columns,
        level,
        year,
        says_level: look.spec.level.is_none(),
        by_class,
        begun: false,
        n_elsewhere: 0,
        shaped: Shaped::default(),
    }))
}

struct Rows {
    file: String,
    headings: Vec<String>,
    /// The first heading of the file, which ends its head.
    first: String,
    n_columns: usize,
    columns: Columns,
    level: Level,
    year: Option<i64>,
    says_level: bool,
    by_class: bool,
    begun: bool,
    /// Rows that no county is given for.
    n_elsewhere: u64,
    shaped: Shaped,
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        if !self.begun {
            let cell =
                row.cell(0).text(&mut String::new()).trim_start_matches('\u{feff}').to_owned();
            self.begun = cell == self.first;
            return;
        }
        if row.len() != self.n_columns {
            // Fewer cells than headings: it is rejected with their number.
            self.shaped.clear();
            Shaped::cell(&mut self.shaped, number, row, self.columns.state);
            emit(RowKind::Data, &self.shaped);
            return;
        }
        let mut buffer = String::new();
        let code = row.cell(self.columns.code).text(&mut buffer);
        let (level, industry) = match read_code(code, self.columns.scheme) {
            Some((level, industry)) => (level, industry),
            // Checked against the list of industries, as any code is.
            None => (self.level, code.to_owned()),
        };
        let kind = match level.cmp(&self.level) {
            std::cmp::Ordering::Less => RowKind::Total,
            std::cmp::Ordering::Equal => RowKind::Data,
            std::cmp::Ordering::Greater => RowKind::Aside,
        };
        let region = self.region(row);
        self.n_elsewhere += u64::from(region.ends_with("999") && kind == RowKind::Data);
        if self.by_class {
            self.classes(number, row, kind, (&region, &industry), emit);
        } else {
            self.begin(number, &region, &industry);
            for column in &self.columns.figures {
                match column {
                    Some(column) => Shaped::cell(&mut self.shaped, number, row, *column),
                    None => self.shaped.text(""),
                }
            }
            self.end(number, row);
            emit(kind, &self.shaped);
        }
    }

    fn notes(&self) -> Vec<Note> {
        let file = &self.file;
        let mut notes = Vec::new();
        if let Some(year) = self.year {
            notes.push(Note::new(
                "cbp-year",
                format!("{file}: the year {year} is taken from the name of the file"),
                format!("{file}：年份 {year} 取自文件名"),
            ));
        }
        if self.says_level {
            let word = self.level.word();
            notes.push(Note::new(
                "cbp-level",
                format!("{file}: industries at level `{word}` were read; coarser rows are totals"),
                format!("{file}：读入 {word} 级行业，更粗的行业作为合计另存"),
            ));
        }
        if self.columns.scheme == Scheme::Sic {
            notes.push(Note::new(
                "cbp-sic",
                format!("{file}: industries are coded in SIC 1987, not in NAICS"),
                format!("{file}：行业采用 SIC 1987 编码，而非 NAICS"),
            ));
        }
        if self.n_elsewhere > 0 {
            let n = self.n_elsewhere;
            notes.push(Note::new(
                "cbp-not-distributed",
                format!("{file}: {n} rows are of no county (FIPS 999) and stand as a region of their own"),
                format!("{file}：{n} 行未分配到县（FIPS 999），作为单独地区保留"),
            ));
        }
        notes
    }
}

impl Rows {
    /// State and county as one code of five digits.
    fn region(&self, row: &dyn Row) -> String {
        let (mut one, mut two) = (String::new(), String::new());
        let state = row.cell(self.columns.state).text(&mut one);
        let county = row.cell(self.columns.county).text(&mut two);
        if state.is_empty() || county.is_empty() {
            return String::new();
        }
        format!("{state:0>2}{county:0>3}")
    }

    fn begin(&mut self, number: u32, region: &str, industry: &str) {
        let text = |text: &str| OwnedCell::Text(text.to_owned());
        self.shaped.clear();
        self.shaped.put(text(region), number, self.columns.county);
        self.shaped.put(text(industry), number, self.columns.code);
        self.shaped.text(self.year.map(|year| year.to_string()).unwrap_or_default());
    }

    fn end(&mut self, number: u32, row: &dyn Row) {
        for column in [self.columns.state, self.columns.county, self.columns.code] {
            Shaped::cell(&mut self.shaped, number, row, column);
        }
    }

    fn classes(
        &mut self,
        number: u32,
        row: &dyn Row,
        kind: RowKind,
        (region, industry): (&str, &str),
        emit: &mut dyn FnMut(RowKind, &dyn Row),
    ) {
        let divided = self.columns.classes.iter().any(|(place, _)| *place > OPEN);
        let total = whole_number(row.cell(self.columns.establishments));
        let main = hidden(row, total, self.columns.classes.iter().filter(|(p, _)| *p <= OPEN));
        let open = self.columns.classes.iter().find(|(place, _)| *place == OPEN);
        let open = open.and_then(|(_, column)| whole_number(row.cell(*column)));
        let parts = self.columns.classes.iter().filter(|(place, _)| *place > OPEN);
        // Where even their sum is withheld, the parts can be no more than it.
        let parts = match open {
            Some(open) => hidden(row, Some(open), parts),
            None => (0, main.1),
        };
        for at in 0..self.columns.classes.len() {
            let (place, column) = self.columns.classes[at];
            let class = &CLASSES[place];
            self.begin(number, region, industry);
            self.shaped.text(class.name);
            self.shaped.text(class.lower.to_string());
            // An open class has no largest size.
            self.shaped.text(class.upper.map(|upper| upper.to_string()).unwrap_or_default());
            Shaped::cell(&mut self.shaped, number, row, column);
            let (fewest, most) = if place > OPEN { parts } else { main };
            self.shaped.text(fewest.to_string());
            self.shaped.text(most.to_string());
            self.end(number, row);
            let is_sum = place == OPEN && divided && kind == RowKind::Data;
            emit(if is_sum { RowKind::Total } else { kind }, &self.shaped);
        }
    }
}

/// The fewest and most establishments that each withheld cell can hold, when all add up to `total`.
fn hidden<'c>(
    row: &dyn Row,
    total: Option<i64>,
    classes: impl Iterator<Item = &'c (usize, usize)>,
) -> (i64, i64) {
    let cells: Vec<Cell<'_>> = classes.map(|(_, column)| row.cell(*column)).collect();
    let shown: i64 = cells.iter().filter_map(|cell| whole_number(*cell)).sum();
    let n_hidden = cells.iter().filter(|cell| whole_number(**cell).is_none()).count() as i64;
    let most = FEWEST_SHOWN - 1;
    let Some(rest) = total.map(|total| (total - shown).max(0)) else { return (0, most) };
    let fewest = (rest - most * (n_hidden - 1)).clamp(0, rest);
    (fewest, most.min(rest).max(fewest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withheld_class_lies_between_what_the_others_leave() {
        let check = |cells: &[&str], total, expected| {
            let row = csv::StringRecord::from(cells);
            let columns: Vec<(usize, usize)> = (0..cells.len()).map(|at| (at, at)).collect();
            assert_eq!(hidden(&row, total, columns.iter()), expected, "{cells:?}");
        };
        // One is left for one cell; two for three cells; five for three cells of two at most.
        check(&["5", "N"], Some(6), (1, 1));
        check(&["5", "N", "N", "N"], Some(7), (0, 2));
        check(&["5", "N", "N", "N"], Some(10), (1, 2));
        check(&["5", "N"], Some(5), (0, 0));
        check(&["N", "N"], None, (0, 2));
    }

    proptest::proptest! {
        #[test]
        fn bounds_of_hidden_classes_hold_the_truth(
            counts in proptest::collection::vec(0i64..9, 1..10),
        ) {
            let shown = |count: &i64| {
                if *count < FEWEST_SHOWN { "N".to_owned() } else { count.to_string() }
            };
            let row = csv::StringRecord::from(counts.iter().map(shown).collect::<Vec<_>>());
            let columns: Vec<(usize, usize)> = (0..counts.len()).map(|at| (at, at)).collect();
            let (fewest, most) = hidden(&row, Some(counts.iter().sum()), columns.iter());
            for count in counts.into_iter().filter(|count| *count < FEWEST_SHOWN) {
                proptest::prop_assert!((fewest..=most).contains(&count));
            }
        }
    }
}
