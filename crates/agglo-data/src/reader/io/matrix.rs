//! A matrix of flows, taken apart cell by cell while it streams.

use std::collections::BTreeSet;

use agglo_core::Note;

use super::super::Look;
use super::super::plan::RowKind;
use super::super::shape::Shaper;
use super::balance::{Balance, RowSums};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};
use crate::source::{Cell, Row};

/// What a total line adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Sum {
    /// Intermediate uses along a row, intermediate inputs down a column.
    Intermediate,
    /// Final uses along a row, value added down a column.
    Outer,
    /// Everything: output, supply or use.
    All,
    /// Something that this file alone does not let one check.
    Unchecked,
}

/// What a row or a column of the matrix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Line {
    /// An industry or a product.
    Part,
    /// A primary input (a row) or a final use (a column).
    Outer,
    /// A column that enters the sum of its row with a minus, such as imports in a competitive table.
    Subtracted,
    Total(Sum),
    /// A line in another unit, or one without a meaning of its own.
    Aside,
}

/// A row or a column of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Label {
    pub(in super::super) region: String,
    pub(in super::super) code: String,
    pub(in super::super) line: Line,
}

impl Label {
    pub(in super::super) fn new(region: &str, code: &str, line: Line) -> Label {
        Label { region: region.to_owned(), code: code.to_owned(), line }
    }
}

/// What a row of the file is.
pub(in super::super) enum RowIs {
    /// A row of the head.
    Head,
    Remark,
    Line(Label),
}

type Classify = Box<dyn Fn(u32, &dyn Row) -> RowIs>;

/// A heading of the rows that come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Period,
    Unit,
    FromRegion,
    From,
    ToRegion,
    To,
    Value,
}

/// The shaper of all matrices; a layout says what its lines are.
pub(in super::super) struct Matrix {
    fields: Vec<Field>,
    headings: Vec<String>,
    columns: Vec<(usize, Label)>,
    classify: Classify,
    period: Option<String>,
    unit_column: Option<usize>,
    /// Columns sell to rows, as in a table of production by product and activity.
    transposed: bool,
    balance: Balance,
    primary: BTreeSet<String>,
}

impl Matrix {
    /// A matrix whose `columns` hold flows and whose rows `classify` names.
    pub(in super::super) fn new(
        look: &Look<'_>,
        columns: Vec<(usize, Label)>,
        from_regions: bool,
        classify: Classify,
    ) -> Matrix {
        let given =
            |name| look.spec.constants.contains_key(name) || look.spec.columns.contains_key(name);
        let period = if given("period") { None } else { year_in_name(&look.place.file) };
        let to_regions = columns.iter().any(|(_, label)| !label.region.is_empty());
        let mut matrix = Matrix {
            fields: Vec::new(),
            headings: Vec::new(),
            balance: Balance::new(&columns),
            columns,
            classify,
            period,
            unit_column: None,
            transposed: false,
            primary: BTreeSet::new(),
        };
        matrix.name_fields(from_regions, to_regions);
        matrix
    }

    fn name_fields(&mut self, from_regions: bool, to_regions: bool) {
        let all = [
            (Field::Period, "period", self.period.is_some()),
            (Field::Unit, "unit", self.unit_column.is_some()),
            (Field::FromRegion, "from_region", from_regions),
            (Field::From, "from_industry", true),
            (Field::ToRegion, "to_region", to_regions),
            (Field::To, "to_use", true),
            (Field::Value, "value", true),
        ];
        let there = all.iter().filter(|(_, _, there)| *there);
        (self.fields, self.headings) =
            there.map(|(field, name, _)| (*field, (*name).to_owned())).unzip();
    }

    /// The shaper, unless the file has no column of this layout.
    pub(in super::super) fn checked(self, look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
        if self.columns.is_empty() {
            let message = "no heading is a label of this layout";
            return Err(look.refuse(codes::NO_HEADING, message, "name another reader, or none"));
        }
        Ok(Box::new(self))
    }

    /// With the unit of each row in `column`.
    pub(in super::super) fn unit_in(mut self, column: usize) -> Matrix {
        self.unit_column = Some(column);
        let has = |field| self.fields.contains(&field);
        let (from_regions, to_regions) = (has(Field::FromRegion), has(Field::ToRegion));
        self.name_fields(from_regions, to_regions);
        self
    }

    /// With the same codes in rows and columns, so that both totals of a code are its output.
    pub(in super::super) fn symmetric(mut self) -> Matrix {
        self.balance.compare_outputs();
        self
    }

    /// With columns that sell to rows.
    pub(in super::super) fn transposed(mut self) -> Matrix {
        self.transposed = true;
        self
    }
}

impl Shaper for Matrix {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let label = match (self.classify)(number, row) {
            RowIs::Head => return,
            RowIs::Remark => return emit(RowKind::Remark, row),
            RowIs::Line(label) => label,
        };
        if label.line == Line::Outer {
            self.primary.insert(label.code.clone());
        }
        let mut buffer = String::new();
        let unit = self.unit_column.map_or("", |column| row.cell(column).text(&mut buffer));
        let mut sums = RowSums::new(number, &label);
        for (at, (column, to)) in self.columns.iter().enumerate() {
            let cell = row.cell(*column);
            let kind = kind(&label, to, cell);
            if kind != RowKind::Aside {
                self.balance.take(&mut sums, at, cell);
            }
            let (from, to) = if self.transposed { (to, &label) } else { (&label, to) };
            let period = self.period.as_deref().unwrap_or_default();
            let (fields, column) = (&self.fields, *column as u16);
            emit(kind, &Flow { fields, period, unit, from, to, cell, place: (number, column) });
        }
        self.balance.finish(sums);
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if let Some(period) = &self.period {
            notes.push(Note::new(
                "period-from-name",
                format!("the year {period} was taken from the file's name"),
                format!("年份 {period} 取自文件名"),
            ));
        }
        let outer = self
            .columns
            .iter()
            .filter(|(_, label)| matches!(label.line, Line::Outer | Line::Subtracted));
        let finals: BTreeSet<&str> = outer.map(|(_, label)| label.code.as_str()).collect();
        let primary: BTreeSet<&str> = self.primary.iter().map(String::as_str).collect();
        let list = |codes: &BTreeSet<&str>| {
            let shown: Vec<&str> = codes.iter().copied().take(24).collect();
            let more = if codes.len() > 24 { ", …" } else { "" };
            if shown.is_empty() { "none".to_owned() } else { shown.join(", ") + more }
        };
        let (finals, primary) = (list(&finals), list(&primary));
        notes.push(Note::new(
            "io-lines",
            format!("final uses: {finals}; primary inputs: {primary}; totals were kept apart"),
            format!("最终使用：{finals}；初始投入：{primary}；合计另存"),
        ));
        notes
    }

    fn diagnostics(&self, place: &Place) -> Vec<Diagnostic> {
        self.balance.diagnostics(place)
    }
}

/// What one cell is: a part unless one of its lines is a total.
fn kind(row: &Label, column: &Label, cell: Cell<'_>) -> RowKind {
    let in_total = |line| matches!(line, Line::Total(_));
    let blank = || match cell {
        Cell::Text(text) => matches!(text.trim(), "" | "NA"),
        other => other.is_blank(),
    };
    // Primary inputs meet no final use: an empty corner is no missing flow.
    let corner = row.line != Line::Part && column.line != Line::Part;
    if row.line == Line::Aside || column.line == Line::Aside || (corner && blank()) {
        RowKind::Aside
    } else if in_total(row.line) || in_total(column.line) {
        RowKind::Total
    } else {
        RowKind::Data
    }
}

/// One cell as a row of table `io`.
struct Flow<'f> {
    fields: &'f [Field],
    period: &'f str,
    unit: &'f str,
    from: &'f Label,
    to: &'f Label,
    cell: Cell<'f>,
    place: (u32, u16),
}

impl Row for Flow<'_> {
    fn len(&self) -> usize {
        self.fields.len()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match self.fields.get(column) {
            None => Cell::Empty,
            Some(Field::Period) => Cell::Text(self.period),
            Some(Field::Unit) => Cell::Text(self.unit),
            Some(Field::FromRegion) => Cell::Text(&self.from.region),
            Some(Field::From) => Cell::Text(&self.from.code),
            Some(Field::ToRegion) => Cell::Text(&self.to.region),
            Some(Field::To) => Cell::Text(&self.to.code),
            Some(Field::Value) => self.cell,
        }
    }

    fn origin(&self, column: usize) -> Option<(u32, u16)> {
        (self.fields.get(column) == Some(&Field::Value)).then_some(self.place)
    }
}

/// The one year that a file's name holds.
pub(in super::super) fn year_in_name(file: &str) -> Option<String> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let runs = name.split(|sign: char| !sign.is_ascii_digit());
    let years: BTreeSet<&str> = runs
        .filter(|run| run.len() == 4 && (run.starts_with("19") || run.starts_with("20")))
        .collect();
    (years.len() == 1).then(|| years.iter().map(|year| (*year).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::year_in_name;

    #[test]
    fn a_year_is_taken_from_a_name_that_holds_one_and_no_other() {
        assert_eq!(year_in_name("wiod/Z_2011.parquet").as_deref(), Some("2011"));
        assert_eq!(year_in_name("Use_2019_PRO_17sch.csv").as_deref(), Some("2019"));
        assert_eq!(year_in_name("ICIO2021_2018.csv"), None);
        assert_eq!(year_in_name("1111A0.csv"), None);
    }
}
