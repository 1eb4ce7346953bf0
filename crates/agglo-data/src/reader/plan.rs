//! How the headings of one file answer the columns of a table.

use agglo_core::{Bounds, Datum, Gap, Mark, Note, Status};

use super::flags;
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};
use crate::number::{NotANumber, NumberFormat, whole_number};
use crate::source::{Cell, Row};
use crate::spec::ReadSpec;
use crate::table::{ColumnSpec, GROUP_PREFIXES, Kind, Sign, TableSpec};

/// A column of the result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) is_key: bool,
    pub(crate) sign: Sign,
    pub(crate) unit: String,
    /// Whether a row without it is an error.
    pub(crate) filled: bool,
}

/// Where a column's cells come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Binding {
    Column(usize),
    Constant(String),
    /// The heading of each period column, and the cell under it.
    Across,
}

/// What a row is before its cells are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKind {
    Data,
    /// A total of other rows, kept apart from them.
    Total,
    /// A level that was not asked for.
    Aside,
    /// A remark of the publisher.
    Remark,
}

impl RowKind {
    /// Whether the row holds data, and is no total.
    pub(crate) fn is_data(self) -> bool {
        self == RowKind::Data
    }
}

type Classify = Box<dyn Fn(&dyn Row) -> RowKind>;

/// A cell with what its flags say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marked {
    pub(crate) datum: Datum,
    pub(crate) mark: Mark,
}

impl Marked {
    /// `datum` with `mark`, which stands over it where it says that there is no number.
    pub(crate) fn new(datum: Datum, mark: Mark) -> Marked {
        let gap = mark.status.and_then(Status::gap);
        Marked { datum: gap.map_or(datum, Datum::Gap), mark }
    }
}

/// What the flags of a row say of the measure in a column; `None` where they say nothing and the
/// cell is read as it stands.
pub(crate) type Marker =
    Box<dyn Fn(&dyn Row, &str, usize, &NumberFormat) -> Option<Result<Marked, NotANumber>>>;

/// What to do with every row of one file.
pub(crate) struct Plan {
    pub(crate) targets: Vec<Target>,
    /// One per target.
    pub(crate) bindings: Vec<Binding>,
    /// Wide layout: column and period.
    pub(crate) periods: Vec<(usize, i64)>,
    pub(crate) filters: Vec<(usize, Vec<String>)>,
    /// Column and the values whose rows are totals.
    pub(crate) totals: Vec<(usize, Vec<String>)>,
    pub(crate) marker: Option<Marker>,
    /// The column that names the unit of the row.
    pub(crate) unit: Option<usize>,
    /// The columns that must hold one value throughout: dimensions that are no key.
    pub(crate) single: Vec<usize>,
    pub(crate) classify: Option<Classify>,
    /// Signs to remove from the ends of text cells, besides blanks.
    pub(crate) strip: &'static [char],
    pub(crate) width: usize,
    pub(crate) notes: Vec<Note>,
}

impl Plan {
    pub(crate) fn new(request: &Request<'_>) -> Plan {
        Plan {
            targets: Vec::new(),
            bindings: Vec::new(),
            periods: Vec::new(),
            filters: Vec::new(),
            totals: Vec::new(),
            marker: None,
            unit: None,
            single: Vec::new(),
            classify: None,
            strip: &[],
            width: request.headings.len(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn bind(&mut self, target: Target, binding: Binding) {
        self.targets.push(target);
        self.bindings.push(binding);
    }
}

/// One file's headings against what is asked of it.
pub(crate) struct Request<'r> {
    pub(crate) spec: &'r ReadSpec,
    pub(crate) table: &'static TableSpec,
    pub(crate) headings: &'r [String],
    pub(crate) place: &'r Place,
}

impl Request<'_> {
    pub(crate) fn refuse(
        &self,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> DataError {
        Diagnostic::new(code, message, remedy).at(self.place).into()
    }

    /// The column under `wanted`, which a setting names.
    pub(crate) fn heading(&self, wanted: &str, setting: &str) -> Result<usize, DataError> {
        let same = |heading: &&String| fold(heading) == fold(wanted);
        // The exact heading wins where two differ in case only.
        if let Some(exact) = self.headings.iter().position(|heading| heading == wanted.trim())
            && self.headings.iter().filter(|heading| *heading == wanted.trim()).count() == 1
        {
            return Ok(exact);
        }
        match self.headings.iter().filter(same).count() {
            1 => Ok(self.headings.iter().position(|h| same(&h)).unwrap_or_default()),
            0 => {
                let message = format!("`{setting}` names the heading `{wanted}`");
                let mut hint = did_you_mean(wanted, self.headings.iter().map(String::as_str));
                if self.headings.len() == 1 {
                    hint += "; there is only one column: is `delimiter` right?";
                }
                Err(Diagnostic::new(codes::NO_HEADING, message, hint)
                    .at(self.place)
                    .found(wanted)
                    .into())
            }
            _ => {
                let message =
                    format!("`{setting}` names the heading `{wanted}`, which is there twice");
                Err(self.refuse(codes::HEADING_TWICE, message, "rename one of the two in the file"))
            }
        }
    }

    /// The column headed by the table's own name for it.
    fn own_heading(&self, name: &str) -> Result<Option<usize>, DataError> {
        let names: &[&str] = if name == "period" { &["period", "year"] } else { &[name] };
        for name in names {
            let mut found = self.headings.iter().enumerate().filter(|(_, h)| fold(h) == *name);
            if let Some((column, _)) = found.next() {
                if found.next().is_some() {
                    let message = format!("two columns are headed `{name}`");
                    let remedy = "rename one of the two in the file";
                    return Err(self.refuse(codes::HEADING_TWICE, message, remedy));
                }
                return Ok(Some(column));
            }
        }
        Ok(None)
    }

    /// Where `name` comes from, if the source has it.
    pub(crate) fn binding(&self, name: &str) -> Result<Option<Binding>, DataError> {
        if let Some(heading) = self.spec.columns.get(name) {
            return self
                .heading(heading, &format!("columns.{name}"))
                .map(Binding::Column)
                .map(Some);
        }
        if let Some(value) = self.spec.constants.get(name) {
            return Ok(Some(Binding::Constant(value.clone())));
        }
        Ok(self.own_heading(name)?.map(Binding::Column))
    }

    /// The target of a column of the table, or of a further measure of an open table.
    pub(crate) fn target(&self, name: &str) -> Result<Target, DataError> {
        let unit = self.spec.units.get(name);
        if let Some(ColumnSpec { kind, sign, unit: own, required, .. }) = self.table.column(name) {
            let is_key = self.table.is_key(name);
            let filled = is_key || (*required && *kind == Kind::Text);
            let unit = unit.map_or(*own, String::as_str).to_owned();
            return Ok(Target {
                name: name.into(),
                kind: *kind,
                is_key,
                sign: *sign,
                unit,
                filled,
            });
        }
        let is_group = GROUP_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let names_things = matches!(self.table.name, "region" | "industry");
        let kind = if is_group && names_things { Kind::Text } else { Kind::Number };
        if !self.table.open && kind == Kind::Number {
            let message = format!("the table `{}` has no column `{name}`", self.table.name);
            let hint = did_you_mean(name, self.table.columns().map(|column| column.name));
            return Err(self.refuse(codes::UNKNOWN_COLUMN, message, hint));
        }
        let unit = unit.cloned().unwrap_or_default();
        let name = name.to_owned();
        Ok(Target { name, kind, is_key: false, sign: Sign::Amount, unit, filled: false })
    }

    /// Binds the keys, all but those in `except`.
    pub(crate) fn bind_keys(&self, plan: &mut Plan, except: &[&str]) -> Result<(), DataError> {
        let mut missing = Vec::new();
        for key in self.table.keys.iter().filter(|key| !except.contains(&key.name)) {
            match self.binding(key.name) {
                Ok(Some(binding)) => plan.bind(self.target(key.name)?, binding),
                Ok(None) if key.required => missing.push(self.no_column(key)),
                Ok(None) => {}
                Err(error) => missing.extend(error.diagnostics().iter().cloned()),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(missing.into()) }
    }

    pub(crate) fn no_column(&self, column: &ColumnSpec) -> Diagnostic {
        let what = if column.name == "period" {
            format!(
                "the year is missing: the table `{}` needs the column `period`",
                self.table.name
            )
        } else {
            format!("the table `{}` needs the column `{}`", self.table.name, column.name)
        };
        let hint = did_you_mean(column.name, self.headings.iter().map(String::as_str));
        let how = format!(
            "say which heading holds it: columns = {{ {} = \"…\" }}, or constants for one value",
            column.name
        );
        Diagnostic::new(codes::NO_COLUMN, what, format!("{hint}; {how}")).at(self.place)
    }

    /// Names in `columns`, `constants` and `units` that nothing can be done with.
    pub(crate) fn check_names(&self) -> Result<(), DataError> {
        let given = [&self.spec.columns, &self.spec.constants, &self.spec.units];
        for name in given.into_iter().flat_map(|names| names.keys()) {
            if name != "unit" || self.table.column("unit").is_some() {
                self.target(name)?;
            }
        }
        for (name, value) in &self.spec.constants {
            let whole = self.target(name)?.kind == Kind::Integer;
            if whole && whole_number(Cell::Text(value)).is_none() {
                let message = format!("constants.{name} must be a whole number");
                return Err(Diagnostic::new(
                    codes::BAD_SETTING,
                    message,
                    "write a year such as 2019",
                )
                .at(self.place)
                .found(value)
                .into());
            }
        }
        Ok(())
    }

    /// Binds the filters, the totals, the flags and bounds that stand in columns of their own, and
    /// the unit column.
    pub(crate) fn bind_filters(&self, plan: &mut Plan) -> Result<(), DataError> {
        for (heading, values) in &self.spec.filter {
            let values = values.iter().map(|value| value.trim().to_owned()).collect();
            plan.filters.push((self.heading(heading, "filter")?, values));
        }
        for (heading, values) in &self.spec.totals {
            let values = values.iter().map(|value| value.trim().to_owned()).collect();
            plan.totals.push((self.heading(heading, "totals")?, values));
        }
        if plan.marker.is_none() {
            plan.marker = self.own_marker()?;
        }
        if let Some(heading) = self.spec.columns.get("unit")
            && self.table.column("unit").is_none()
        {
            plan.unit = Some(self.heading(heading, "columns.unit")?);
        }
        Ok(())
    }

    /// The marker for flags behind numbers, and for flags and bounds in columns that the source
    /// names.
    fn own_marker(&self) -> Result<Option<Marker>, DataError> {
        let glued = self.spec.glued_flags;
        if self.spec.flags.is_empty() && self.spec.bounds.is_empty() && !glued {
            return Ok(None);
        }
        let mut flags = Vec::new();
        for (measure, heading) in &self.spec.flags {
            flags.push((measure.clone(), self.heading(heading, &format!("flags.{measure}"))?));
        }
        let mut bounds = Vec::new();
        for (measure, (lower, upper)) in &self.spec.bounds {
            let setting = format!("bounds.{measure}");
            let columns = (self.heading(lower, &setting)?, self.heading(upper, &setting)?);
            bounds.push((measure.clone(), columns));
        }
        let meanings = self.spec.marks.clone();
        Ok(Some(Box::new(move |row, measure, column, format| {
            let mut mark = Mark::default();
            if let Some((_, column)) = flags.iter().find(|(name, _)| name == measure) {
                let mut buffer = String::new();
                let flag = row.cell(*column).text(&mut buffer);
                if !flag.is_empty() {
                    mark.flag = Some(flag.into());
                    mark.status = meanings.get(flag).copied();
                }
            }
            if let Some((_, (lower, upper))) = bounds.iter().find(|(name, _)| name == measure) {
                let bound = |column: usize| format.datum(row.cell(column)).ok()?.number();
                let upper = bound(*upper).unwrap_or(f64::INFINITY);
                mark.bounds = bound(*lower).and_then(|lower| Bounds::new(lower, upper));
            }
            let (value, letters) = match row.cell(column) {
                Cell::Text(text) if glued => flags::split(text),
                cell => return Some(format.datum(cell).map(|datum| Marked::new(datum, mark))),
            };
            if letters.is_empty() {
                let datum = format.datum(row.cell(column));
                return Some(datum.map(|datum| Marked::new(datum, mark)));
            }
            mark.flag = Some(letters.into());
            Some(match meanings.get(letters) {
                Some(status) => {
                    format.datum(Cell::Text(value)).map(|d| flags::told(d, *status, mark))
                }
                None => Err(UNDECLARED_FLAG),
            })
        })))
    }

    /// How numbers are written, with the reader's own marks.
    pub(crate) fn number_format(&self, marks: &[(&str, Gap)]) -> Result<NumberFormat, DataError> {
        if self.spec.thousands.is_some_and(|sign| sign == self.spec.decimal.unwrap_or('.')) {
            let message = "decimal and thousands are the same sign";
            return Err(self.refuse(codes::BAD_SETTING, message, "give one of them another sign"));
        }
        let own = marks.iter().map(|&(mark, gap)| (mark.to_owned(), gap));
        let given = self.spec.marks.iter();
        let given =
            given.filter_map(|(mark, status)| Some((mark.trim().to_owned(), status.gap()?)));
        Ok(NumberFormat::new(self.spec.decimal, self.spec.thousands, own.chain(given)))
    }
}

const UNDECLARED_FLAG: NotANumber = NotANumber {
    remedy: "what follows the number is no flag that `marks` declares: say what it means there",
};

/// A heading as it is compared: case, blanks and hyphens do not count.
pub(crate) fn fold(heading: &str) -> String {
    heading.trim().to_lowercase().replace([' ', '-'], "_")
}
