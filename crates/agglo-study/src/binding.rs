//! How a method's table is cut from a table of the study, a grouping, or another step's answer.
//!
//! A binding is a value: the plan prints it, the run hashes it into the step's key, and
//! `agglo explain` shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, FrameError, Gap, Key, Period, Undefined, Values, sum};

/// Where rows come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A canonical table.
    Table(String),
    /// A grouping of regions, as `region, group`.
    Group(String),
    /// A table of another step's answer.
    Step {
        /// The step.
        step: String,
        /// Its table.
        table: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Table(name) => write!(f, "table {name}"),
            Source::Group(name) => write!(f, "grouping {name}"),
            Source::Step { step, table } => write!(f, "step {step}:{table}"),
        }
    }
}

/// How one column of the method's table is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Take {
    /// A column as it is.
    Column(String),
    /// One column over another.
    Ratio(String, String),
    /// The same words in every row.
    Words(String),
}

/// Columns looked up in another table by key.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Where to look.
    pub source: Source,
    /// The key columns, of the same name on both sides.
    pub on: Vec<String>,
    /// Column of the method's table = column looked up.
    pub columns: Vec<(String, String)>,
    /// Column of the source = the value of the rows looked at.
    pub keep: Vec<(String, String)>,
}

/// How a method's table is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// Where rows come from.
    pub source: Source,
    /// Column of the method's table = how it is made.
    pub columns: Vec<(String, Take)>,
    /// The periods kept, both ends included; all when absent.
    pub periods: Option<(Period, Period)>,
    /// Column of the source = the values kept.
    pub keep: Vec<(String, Vec<String>)>,
    /// The columns whose rows are added up; nothing is added up when empty.
    pub sum_by: Vec<String>,
    /// Columns looked up elsewhere.
    pub joins: Vec<Join>,
    /// Columns made of those there are by then.
    pub made: Vec<(String, Take)>,
    /// Columns in which a gap leaves the row out.
    pub complete: Vec<String>,
    /// A column without any number in a whole period leaves that period out.
    pub known: Option<String>,
    /// A column with a gap anywhere in a period leaves that period out.
    pub gapless: Option<String>,
    /// A key column and a number column: keys with a gap anywhere are left out everywhere.
    pub whole: Option<(String, String)>,
}

impl Binding {
    /// All rows of `source`, no column yet.
    pub fn of(source: Source) -> Binding {
        Binding {
            source,
            columns: Vec::new(),
            periods: None,
            keep: Vec::new(),
            sum_by: Vec::new(),
            joins: Vec::new(),
            made: Vec::new(),
            complete: Vec::new(),
            known: None,
            gapless: None,
            whole: None,
        }
    }

    /// All rows of a canonical table.
    pub fn table(name: &str) -> Binding {
        Binding::of(Source::Table(name.to_owned()))
    }

    /// All rows of another step's table.
    pub fn step(step: &str, table: &str) -> Binding {
        Binding::of(Source::Step { step: step.to_owned(), table: table.to_owned() })
    }

    /// With column `role` taken from `column`.
    pub fn take(mut self, role: &str, column: &str) -> Binding {
        self.columns.push((role.to_owned(), Take::Column(column.to_owned())));
        self
    }

    /// With the columns taken under their own names.
    pub fn all(mut self, columns: &[&str]) -> Binding {
        for column in columns {
            self = self.take(column, column);
        }
        self
    }

    /// With column `role` as `over` / `under`.
    pub fn ratio(mut self, role: &str, over: &str, under: &str) -> Binding {
        self.columns.push((role.to_owned(), Take::Ratio(over.to_owned(), under.to_owned())));
        self
    }

    /// With the same words in every row.
    pub fn words(mut self, role: &str, words: &str) -> Binding {
        self.columns.push((role.to_owned(), Take::Words(words.to_owned())));
        self
    }

    /// Only these periods.
    pub fn between(mut self, periods: Option<(Period, Period)>) -> Binding {
        self.periods = periods;
        self
    }

    /// Only rows in which `column` is one of `values`.
    pub fn keep(mut self, column: &str, values: &[&str]) -> Binding {
        self.keep.push((column.to_owned(), values.iter().map(|&v| v.to_owned()).collect()));
        self
    }

    /// Numbers added up by these columns.
    pub fn sum_by(mut self, columns: &[&str]) -> Binding {
        self.sum_by = columns.iter().map(|&c| c.to_owned()).collect();
        self
    }

    /// With columns looked up elsewhere.
    pub fn join(self, source: Source, on: &[&str], columns: &[(&str, &str)]) -> Binding {
        self.join_where(source, on, columns, &[])
    }

    /// With columns looked up elsewhere, in the rows whose columns have these values.
    pub fn join_where(
        mut self,
        source: Source,
        on: &[&str],
        columns: &[(&str, &str)],
        keep: &[(&str, &str)],
    ) -> Binding {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
        };
        self.joins.push(Join {
            source,
            on: on.iter().map(|&c| c.to_owned()).collect(),
            columns: owned(columns),
            keep: owned(keep),
        });
        self
    }

    /// With a column made of those there are after all looking up.
    pub fn make(mut self, role: &str, take: Take) -> Binding {
        self.made.push((role.to_owned(), take));
        self
    }

    /// Leaves out the rows with a gap in one of these columns.
    pub fn complete(mut self, columns: &[&str]) -> Binding {
        self.complete = columns.iter().map(|&c| c.to_owned()).collect();
        self
    }

    /// Leaves out the periods in which `column` holds no number at all: the table covers them with
    /// another measure.
    pub fn known(mut self, column: &str) -> Binding {
        self.known = Some(column.to_owned());
        self
    }

    /// Leaves out the periods in which `column` holds a gap, so that every period left has the same
    /// rows.
    pub fn gapless(mut self, column: &str) -> Binding {
        self.gapless = Some(column.to_owned());
        self
    }

    /// Leaves out the values of `key` for which `column` holds a gap anywhere.
    pub fn whole(mut self, key: &str, column: &str) -> Binding {
        self.whole = Some((key.to_owned(), column.to_owned()));
        self
    }

    /// Everything the rows come from.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.source).chain(self.joins.iter().map(|join| &join.source))
    }

    /// The rows.
    ///
    /// # Errors
    /// [`FrameError`] when a source lacks a column.
    pub fn cut(
        &self,
        fetch: &dyn Fn(&Source) -> Result<Arc<Frame>, FrameError>,
    ) -> Result<Frame, FrameError> {
        let source = fetch(&self.source)?;
        let rows = self.rows(&source)?;
        let source =
            if rows.len() == source.n_rows() { source } else { Arc::new(source.take(&rows)) };
        let mut frame = self.project(&source)?;
        if let Some(column) = &self.known {
            frame = keep_periods(frame, column, |n_known, _| n_known > 0)?;
        }
        if let Some((key, column)) = &self.whole {
            frame = keep_whole(&frame, key, column)?;
        }
        if !self.sum_by.is_empty() {
            frame = add_up(&frame, &self.sum_by)?;
        }
        if let Some(column) = &self.gapless {
            frame = keep_periods(frame, column, |n_known, n_rows| n_known == n_rows)?;
        }
        for join in &self.joins {
            frame = look_up(frame, &*fetch(&join.source)?, join)?;
        }
        if !self.made.is_empty() {
            let new = self.made.iter().map(|(role, take)| made(&frame, role, take));
            let new: Vec<Column> = new.collect::<Result<_, _>>()?;
            let is_made =
                |column: &&Column| self.made.iter().any(|(role, _)| role == column.name());
            let kept = frame.columns().iter().filter(|column| !is_made(column)).cloned();
            frame = Frame::new(kept.chain(new).collect())?;
        }
        for column in &self.complete {
            let whole: Vec<usize> = match frame.column(column)?.values() {
                Values::Text(cells) => (0..cells.len()).filter(|&r| cells[r].is_some()).collect(),
                Values::Integer(cells) => {
                    (0..cells.len()).filter(|&r| cells[r].is_some()).collect()
                }
                Values::Number(cells) => {
                    (0..cells.len()).filter(|&r| cells[r].number().is_some()).collect()
                }
            };
            if whole.len() < frame.n_rows() {
                frame = frame.take(&whole);
            }
        }
        Ok(frame)
    }

    fn rows(&self, source: &Frame) -> Result<Vec<usize>, FrameError> {
        let mut kept = vec![true; source.n_rows()];
        if let Some((from, to)) = self.periods
            && source.has("period")
        {
            for (row, period) in source.integers("period")?.into_iter().enumerate() {
                kept[row] = i64::from(from) <= period && period <= i64::from(to);
            }
        }
        for (column, values) in &self.keep {
            for (row, cell) in source.text(column)?.iter().enumerate() {
                kept[row] &= cell.as_deref().is_some_and(|c| values.iter().any(|v| v == c));
            }
        }
        Ok((0..kept.len()).filter(|&row| kept[row]).collect())
    }

    fn project(&self, source: &Frame) -> Result<Frame, FrameError> {
        let columns = self.columns.iter().map(|(role, take)| made(source, role, take));
        Frame::new(columns.collect::<Result<_, _>>()?)
    }
}

/// The column `role` as `take` makes it of the columns of `source`.
fn made(source: &Frame, role: &str, take: &Take) -> Result<Column, FrameError> {
    match take {
        Take::Column(name) => Ok(source.column(name)?.renamed(role)),
        Take::Words(words) => {
            let words = Key::from(words.as_str());
            Ok(Column::text(role, std::iter::repeat_n(words, source.n_rows())))
        }
        Take::Ratio(over, under) => {
            let unit = format!("{}/{}", source.column(over)?.unit(), source.column(under)?.unit());
            let pairs = source.numbers(over)?.into_iter().zip(source.numbers(under)?);
            Ok(Column::number(role, unit, pairs.map(|(a, b)| divide(a, b))))
        }
    }
}

/// The rows of the periods that `keep` by the numbers known in `column` and the rows there are; all rows where there is no period.
fn keep_periods(
    frame: Frame,
    column: &str,
    keep: impl Fn(usize, usize) -> bool,
) -> Result<Frame, FrameError> {
    if !frame.has("period") {
        return Ok(frame);
    }
    let mut by_period: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (row, period) in frame.integers("period")?.into_iter().enumerate() {
        by_period.entry(period).or_default().push(row);
    }
    let cells = frame.numbers(column)?;
    let mut rows: Vec<usize> = by_period
        .into_values()
        .filter(|rows| {
            let n_known = rows.iter().filter(|&&row| cells[row].number().is_some()).count();
            keep(n_known, rows.len())
        })
        .flatten()
        .collect();
    rows.sort_unstable();
    Ok(if rows.len() == frame.n_rows() { frame } else { frame.take(&rows) })
}

/// The rows whose `key` has no gap in `column` in any row.
fn keep_whole(frame: &Frame, key: &str, column: &str) -> Result<Frame, FrameError> {
    let (keys, cells) = (frame.keys(key)?, frame.numbers(column)?);
    let gappy: BTreeSet<&Key> = keys
        .iter()
        .zip(&cells)
        .filter(|(_, cell)| cell.number().is_none())
        .map(|(key, _)| key)
        .collect();
    let rows: Vec<usize> = (0..keys.len()).filter(|&row| !gappy.contains(&keys[row])).collect();
    Ok(frame.take(&rows))
}

fn divide(over: Datum, under: Datum) -> Datum {
    match (over, under) {
        (Datum::Number(a), Datum::Number(b)) => Datum::ratio(a, b),
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => Datum::Gap(gap),
    }
}

/// Key cells of a row as text, for grouping and looking up.
fn row_keys(frame: &Frame, columns: &[String]) -> Result<Vec<Vec<Key>>, FrameError> {
    let mut keys = vec![Vec::with_capacity(columns.len()); frame.n_rows()];
    for name in columns {
        match frame.column(name)?.values() {
            Values::Integer(cells) => {
                for (row, cell) in cells.iter().enumerate() {
                    keys[row].push(cell.map_or(Key::from(""), |c| Key::from(c.to_string())));
                }
            }
            _ => {
                for (row, cell) in frame.text(name)?.iter().enumerate() {
                    keys[row].push(cell.clone().unwrap_or_else(|| Key::from("")));
                }
            }
        }
    }
    Ok(keys)
}

/// Adds the numbers up by `columns`; a gap in any summand is a gap in the sum.
fn add_up(frame: &Frame, columns: &[String]) -> Result<Frame, FrameError> {
    let mut groups: BTreeMap<Vec<Key>, Vec<usize>> = BTreeMap::new();
    for (row, key) in row_keys(frame, columns)?.into_iter().enumerate() {
        groups.entry(key).or_default().push(row);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    let first: Vec<usize> = groups.iter().map(|rows| rows[0]).collect();
    let summed = frame.columns().iter().filter_map(|column| {
        if columns.iter().any(|name| name == column.name()) {
            let values = column.values().take(&first);
            return Some(Column::new(column.name(), column.unit(), values));
        }
        let cells = frame.numbers(column.name()).ok()?;
        let sums = groups.iter().map(|rows| total(rows.iter().map(|&row| cells[row])));
        Some(Column::number(column.name(), column.unit(), sums.collect::<Vec<_>>()))
    });
    Frame::new(summed.collect())
}

fn total(cells: impl Iterator<Item = Datum>) -> Datum {
    let mut numbers = Vec::new();
    for cell in cells {
        match cell {
            Datum::Number(value) => numbers.push(value),
            Datum::Gap(_) => return Datum::undefined(Undefined::FromGap),
        }
    }
    Datum::Number(sum(numbers))
}

fn look_up(frame: Frame, other: &Frame, join: &Join) -> Result<Frame, FrameError> {
    let mut kept: Vec<usize> = (0..other.n_rows()).collect();
    for (column, value) in &join.keep {
        let cells = row_keys(other, std::slice::from_ref(column))?;
        kept.retain(|&row| *cells[row][0] == **value);
    }
    let narrowed;
    let other = if kept.len() == other.n_rows() {
        other
    } else {
        narrowed = other.take(&kept);
        &narrowed
    };
    let places: BTreeMap<Vec<Key>, usize> =
        row_keys(other, &join.on)?.into_iter().enumerate().map(|(row, key)| (key, row)).collect();
    let found: Vec<Option<usize>> =
        row_keys(&frame, &join.on)?.iter().map(|key| places.get(key).copied()).collect();
    let mut joined = frame;
    for (role, name) in &join.columns {
        let column = other.column(name)?;
        let values = match column.values() {
            Values::Text(cells) => {
                Values::Text(found.iter().map(|row| row.and_then(|r| cells[r].clone())).collect())
            }
            Values::Integer(cells) => {
                Values::Integer(found.iter().map(|row| row.and_then(|r| cells[r])).collect())
            }
            Values::Number(cells) => Values::Number(
                found
                    .iter()
                    .map(|row| row.map_or(Datum::Gap(Gap::Missing), |r| cells[r]))
                    .collect(),
            ),
        };
        joined = joined.with(Column::new(role.clone(), column.unit(), values))?;
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetch(source: &Source) -> Result<Arc<Frame>, FrameError> {
        let frame = match source {
            Source::Group(_) => Frame::new(vec![
                Column::text("region", ["a", "b"]),
                Column::text("group", ["east", "west"]),
            ]),
            _ => Frame::new(vec![
                Column::text("region", ["a", "a", "b", "b"]),
                Column::text("industry", ["x", "y", "x", "y"]),
                Column::integer("period", "", [2000, 2000, 2000, 2001]),
                Column::number(
                    "jobs",
                    "persons",
                    [
                        Datum::Number(1.0),
                        Datum::Number(2.0),
                        Datum::Gap(Gap::Suppressed),
                        Datum::Number(4.0),
                    ],
                ),
            ]),
        };
        frame.map(Arc::new)
    }

    #[test]
    fn a_sum_over_a_withheld_cell_is_a_gap_and_not_a_smaller_sum() {
        let binding = Binding::table("activity")
            .all(&["region", "period"])
            .take("value", "jobs")
            .sum_by(&["region", "period"]);
        let frame = binding.cut(&fetch).unwrap();
        assert_eq!(
            frame.numbers("value").unwrap(),
            [Datum::Number(3.0), Undefined::FromGap.into(), Datum::Number(4.0)]
        );
    }

    #[test]
    fn rows_are_kept_by_value_and_period_and_joined_by_key() {
        let binding = Binding::table("activity")
            .all(&["region"])
            .take("value", "jobs")
            .keep("industry", &["y"])
            .between(Some((2001, 2001)))
            .join(Source::Group("belts".into()), &["region"], &[("group", "group")]);
        let frame = binding.cut(&fetch).unwrap();
        assert_eq!(frame.keys("group").unwrap(), [Key::from("west")]);
    }

    #[test]
    fn an_industry_with_a_gap_is_left_out_of_every_total() {
        let binding = Binding::table("activity")
            .all(&["region", "industry", "period"])
            .take("value", "jobs")
            .whole("industry", "value")
            .sum_by(&["region", "period"]);
        let frame = binding.cut(&fetch).unwrap();
        assert_eq!(frame.numbers("value").unwrap(), [Datum::Number(2.0), Datum::Number(4.0)]);
    }

    #[test]
    fn rows_with_gaps_are_left_out_only_where_asked() {
        let all = Binding::table("activity").all(&["region"]).take("value", "jobs");
        assert_eq!(all.cut(&fetch).unwrap().n_rows(), 4);
        assert_eq!(all.complete(&["value"]).cut(&fetch).unwrap().n_rows(), 3);
    }
}
