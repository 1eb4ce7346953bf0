//! One table of a study: its file, its layout, and what must be printed beside its numbers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use agglo_core::{Absent, Status};
use agglo_data::ReadSpec;
use agglo_data::reduce::{GRID_KM, SIZE_CLASSES, Statistic};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, Words};

/// One `[[data]]` block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// A short name for messages and the report.
    pub name: String,
    /// The canonical table it fills, such as `activity`.
    pub table: String,
    /// A name that keeps this block apart from others of the same table; blocks without one are
    /// joined by their keys.
    #[serde(default)]
    pub part: Option<String>,
    /// The file, from the study's folder; may hold `*` and `?`.
    pub file: String,
    /// The reader; sniffed when absent.
    #[serde(default)]
    pub reader: Option<String>,
    /// Whether whatever would be guessed, and every row rejected, is an error.
    #[serde(default)]
    pub strict: bool,
    /// The level of detail read, in the words of the reader: finer rows are left aside, coarser ones
    /// kept apart as totals.
    #[serde(default)]
    pub level: Option<String>,
    /// Canonical column = heading in the file.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Canonical column = the classification whose names it holds, such as `gbt2260`: they become codes.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Canonical column = the same value in every row.
    #[serde(default)]
    pub constants: BTreeMap<String, Scalar>,
    /// Wide layout: the headings that are periods; sniffed when absent.
    #[serde(default)]
    pub periods_across: Option<Vec<String>>,
    /// Wide layout: the measure that the cells hold.
    #[serde(default)]
    pub value: Option<String>,
    /// Heading = the values whose rows are read.
    #[serde(default)]
    pub filter: BTreeMap<String, Vec<String>>,
    /// Measure = its unit.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// The decimal mark, when not `.`.
    #[serde(default)]
    pub decimal: Option<char>,
    /// The thousands mark, when there is one.
    #[serde(default)]
    pub thousands: Option<char>,
    /// The encoding; detected when absent.
    #[serde(default)]
    pub encoding: Option<String>,
    /// The delimiter; detected when absent.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// The sheet of a workbook or the table of a database; the first when absent.
    #[serde(default)]
    pub sheet: Option<String>,
    /// For a register of plants: whether its rows stay on the disk and only its cells are used; by its size
    /// when absent, beyond 256 MB.
    #[serde(default)]
    pub reduce: Option<bool>,
    /// For a register of plants: what it is reduced to besides cells, in the same scan.
    #[serde(default)]
    pub statistics: Vec<StatisticSpec>,
    /// For `size-classes`: the smallest size of each class, rising; 1, 10, 20, 50, 250 when absent.
    #[serde(default)]
    pub size_classes: Option<Vec<u32>>,
    /// For `grid`: kilometers a side of a square; 1 when absent.
    #[serde(default)]
    pub grid_km: Option<f64>,
    /// The row of the headings, counted from 1; the first that is not blank when absent.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// The query that a database answers, in place of a table.
    #[serde(default)]
    pub query: Option<String>,
    /// What a cell is that the file does not list: `missing` or `zero`.
    #[serde(default)]
    pub absent: AbsentSpec,
    /// Mark in a cell, or flag beside it = what it means: `missing`, `suppressed`, `below_unit`,
    /// `not_applicable`, `estimated_by_source`, `imputed` or `break`.
    #[serde(default)]
    pub marks: BTreeMap<String, String>,
    /// Heading = the values whose rows are totals, kept apart from their parts.
    #[serde(default)]
    pub totals: BTreeMap<String, Vec<String>>,
    /// Whether flags stand behind the numbers in their cells, as in `219 d`; `marks` says what they
    /// mean.
    #[serde(default)]
    pub glued_flags: bool,
    /// Measure = the heading of its flags.
    #[serde(default)]
    pub flags: BTreeMap<String, String>,
    /// Measure = the headings of its lower and upper bound.
    #[serde(default)]
    pub bounds: BTreeMap<String, (String, String)>,
    /// Current or constant prices.
    #[serde(default)]
    pub price: Option<Price>,
    /// What the figures cover.
    #[serde(default)]
    pub scope: String,
    /// Declared breaks of the series.
    #[serde(default)]
    pub breaks: Vec<SeriesBreak>,
    /// Who published the figures.
    #[serde(default)]
    pub source: Words,
    /// What may be done with them.
    #[serde(default)]
    pub license: String,
}

/// What a register of plants is reduced to besides cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatisticSpec {
    /// Establishments by size: the table `size_class`.
    SizeClasses,
    /// Establishments that opened and closed: the table `turnover`.
    Turnover,
    /// Establishments by square of a grid: the table `grid`.
    Grid,
    /// Establishments by the region they came from: the table `flow`.
    Flows,
    /// The largest establishments of each cell: the table `top_unit`.
    TopUnits,
}

impl DataSpec {
    /// What a register is reduced to besides cells.
    pub fn statistics(&self) -> Vec<Statistic> {
        let classes = || self.size_classes.clone().unwrap_or_else(|| SIZE_CLASSES.to_vec());
        let statistic = |wanted: &StatisticSpec| match wanted {
            StatisticSpec::SizeClasses => Statistic::SizeClasses(classes()),
            StatisticSpec::Turnover => Statistic::Turnover,
            StatisticSpec::Grid => Statistic::Grid(self.grid_km.unwrap_or(GRID_KM)),
            StatisticSpec::Flows => Statistic::Flows,
            StatisticSpec::TopUnits => Statistic::TopUnits,
        };
        self.statistics.iter().map(statistic).collect()
    }
}

/// What a cell is that the file does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AbsentSpec {
    /// Not known.
    #[default]
    Missing,
    /// Zero: the file lists only what is there.
    Zero,
}

/// At which prices money is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// `current` or `constant`.
    pub kind: PriceKind,
    /// The year whose prices are constant.
    #[serde(default)]
    pub year: Option<i32>,
}

/// Whether prices change with the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PriceKind {
    /// The prices of each year.
    Current,
    /// The prices of one year.
    Constant,
}

/// A declared break of a series: never silent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesBreak {
    /// The first year of the new series.
    pub year: i32,
    /// Why.
    pub why: Words,
}

impl DataSpec {
    /// The name of the table this block fills: the canonical one, and the part where it has one.
    pub fn table_name(&self) -> String {
        table_name(&self.table, self.part.as_deref())
    }

    /// The reader's orders.
    pub fn read_spec(&self) -> ReadSpec {
        let constants = self.constants.iter().map(|(k, v)| (k.clone(), v.to_string())).collect();
        let marks = self.marks.iter();
        let marks = marks.filter_map(|(mark, code)| Some((mark.clone(), Status::from_code(code)?)));
        ReadSpec {
            name: self.name.clone(),
            table: self.table.clone(),
            file: PathBuf::from(&self.file),
            reader: self.reader.clone(),
            strict: self.strict,
            level: self.level.clone(),
            columns: self.columns.clone(),
            constants,
            periods_across: self.periods_across.clone(),
            value: self.value.clone(),
            filter: self.filter.clone(),
            units: self.units.clone(),
            decimal: self.decimal,
            thousands: self.thousands,
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            sheet: self.sheet.clone(),
            header_row: self.header_row,
            query: self.query.clone(),
            absent: match self.absent {
                AbsentSpec::Missing => Absent::Missing,
                AbsentSpec::Zero => Absent::Zero,
            },
            marks: marks.collect(),
            totals: self.totals.clone(),
            glued_flags: self.glued_flags,
            flags: self.flags.clone(),
            bounds: self.bounds.clone(),
        }
    }
}

/// The name of a canonical table or of a part of it, as in `outcome-common`.
pub fn table_name(table: &str, part: Option<&str>) -> String {
    match part {
        Some(part) => format!("{table}-{part}"),
        None => table.to_owned(),
    }
}
