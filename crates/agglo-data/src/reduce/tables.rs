//! Further statistics as canonical tables.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Values};
use datafusion::common::DataFusionError;

use super::cells::{Cells, number};
use super::entry::{Entry, Record as _, decimal_to_f64};
use super::job::Measured;
use super::lens::split;
use super::sheet::Sheet;
use super::statistic::Statistic;
use super::top::Top;

/// The table of `statistic`.
pub(super) fn sums(statistic: &Statistic, sheet: &Sheet<Entry>) -> Result<Frame, DataFusionError> {
    let mut groups = Vec::new();
    let mut entries = sheet.entries()?;
    while let Some(entry) = entries.next()? {
        let (region, industry) = sheet.texts(&entry);
        groups.push(Group { region, industry, entry });
    }
    let measured = &sheet.measured;
    let mut table = Table::new(measured);
    match statistic {
        Statistic::SizeClasses(lower) => size_classes(&mut table, groups, lower),
        Statistic::Turnover => turnover(&mut table, &groups),
        Statistic::Grid(_) => grid(&mut table, groups),
        Statistic::Flows | Statistic::TopUnits => flows(&mut table, &groups),
    }
    Ok(table.finish())
}

struct Group<'s> {
    region: &'s Key,
    industry: &'s Key,
    entry: Entry,
}

/// A table row by row.
struct Table<'m> {
    measured: &'m Measured,
    columns: Vec<Column>,
}

impl Table<'_> {
    fn new(measured: &Measured) -> Table<'_> {
        Table { measured, columns: Vec::new() }
    }

    fn text<'k>(&mut self, name: &str, texts: impl Iterator<Item = &'k str>) {
        let mut known: BTreeMap<&str, Key> = BTreeMap::new();
        let key = |text: &'k str| Some(known.entry(text).or_insert_with(|| text.into()).clone());
        self.columns.push(Column::new(name, "", Values::Text(texts.map(key).collect())));
    }

    fn whole(&mut self, name: &str, unit: &str, values: impl Iterator<Item = i64>) {
        self.columns.push(Column::new(name, unit, Values::Integer(values.map(Some).collect())));
    }

    fn number(&mut self, name: &str, unit: &str, values: impl Iterator<Item = Datum>) {
        self.columns.push(Column::new(name, unit, Values::Number(values.collect())));
    }

    fn periods(&mut self, groups: &[Group<'_>]) {
        if self.measured.by_period {
            self.whole("period", "", groups.iter().map(|group| i64::from(group.entry.period)));
        }
    }

    fn count(&mut self, name: &str, counts: impl Iterator<Item = u32>) {
        self.number(name, "count", counts.map(|n| Datum::Number(f64::from(n))));
    }

    /// Σx of every group.
    fn sums(&mut self, name: &str, groups: &[Group<'_>]) {
        let (scale, unit) = (u32::from(self.measured.scale), self.measured.unit.clone());
        let sum = |group: &Group<'_>| number(&group.entry, group.entry.sum, scale);
        self.number(name, &unit, groups.iter().map(sum));
    }

    fn finish(self) -> Frame {
        Frame::new(self.columns).unwrap_or_default()
    }
}

fn size_classes(table: &mut Table<'_>, mut groups: Vec<Group<'_>>, lower: &[u32]) {
    // A row without a number has no size, and stands among the gaps of the cells.
    groups.retain(|group| group.entry.n > 0);
    let scale = table.measured.scale;
    let unit = 10i128.pow(u32::from(scale));
    // Between 9 and 10 there is room only where sizes have decimals.
    let whole = groups.iter().all(|group| { group.entry.sum } % unit == 0);
    let class = |group: &Group<'_>| split(group.industry).1.parse::<usize>().ok();
    let end = |next: u32| if whole { next.saturating_sub(1) } else { next };
    let upper = |class: Option<usize>| match class {
        Some(class) => lower.get(class + 1).map(|next| end(*next)),
        None => Some(end(lower[0])),
    };
    let name = |group: &Group<'_>| match (class(group), upper(class(group))) {
        (None, _) => format!("<{}", lower[0]),
        (Some(class), None) => format!("{}+", lower[class]),
        (Some(class), Some(upper)) => format!("{}-{upper}", lower[class]),
    };
    groups.sort_by_cached_key(|group| {
        let industry = split(group.industry).0.to_owned();
        (group.entry.period, group.region.clone(), industry, class(group))
    });
    let names: Vec<String> = groups.iter().map(name).collect();
    table.text("region", groups.iter().map(|group| group.region.as_ref()));
    table.text("industry", groups.iter().map(|group| split(group.industry).0));
    table.periods(&groups);
    table.text("class", names.iter().map(String::as_str));
    let bound = |value: Option<u32>| value.map_or(NOT_APPLICABLE, |x| Datum::Number(x.into()));
    let measure_unit = table.measured.unit.clone();
    let lowest = |class: Option<usize>| bound(Some(class.map_or(0, |class| lower[class])));
    table.number("lower", &measure_unit, groups.iter().map(|group| lowest(class(group))));
    table.number("upper", &measure_unit, groups.iter().map(|group| bound(upper(class(group)))));
    table.count("n_plants", groups.iter().map(|group| group.entry.n));
    table.sums("value", &groups);
}

/// The open class has no upper bound.
const NOT_APPLICABLE: Datum = Datum::Gap(agglo_core::Gap::NotApplicable);

fn turnover(table: &mut Table<'_>, groups: &[Group<'_>]) {
    let mut cells: BTreeMap<(i32, &str, &str), [Entry; STATES]> = BTreeMap::new();
    for group in groups {
        let (industry, state) = split(group.industry);
        let key = (group.entry.period, group.region.as_ref(), industry);
        let state: usize = state.parse().unwrap_or(0);
        cells.entry(key).or_default()[state % STATES] = group.entry;
    }
    let scale = u32::from(table.measured.scale);
    let of = |entries: &[Entry; STATES], mark: usize| -> Vec<Entry> {
        (0..STATES).filter(|state| state & mark == mark).map(|state| entries[state]).collect()
    };
    let count = |entries: Vec<Entry>| entries.iter().map(|entry| entry.n).sum();
    let sum = |entries: Vec<Entry>| {
        let exact: i128 = entries.iter().map(|entry| entry.sum).sum();
        let any = |wanted: fn(&Entry) -> u32| entries.iter().map(wanted).sum::<u32>();
        if any(|entry| entry.n) == 0 && any(|entry| entry.gaps) == 0 {
            return Datum::Number(0.0);
        }
        let all = Entry { n: any(|e| e.n), suppressed: any(|e| e.suppressed), ..Entry::default() };
        number(&all, exact, scale)
    };
    table.text("region", cells.keys().map(|key| key.1));
    table.text("industry", cells.keys().map(|key| key.2));
    if table.measured.by_period {
        table.whole("period", "", cells.keys().map(|key| i64::from(key.0)));
    }
    let unit = table.measured.unit.clone();
    for (name, mark) in MARKS {
        table.count(name, cells.values().map(|entries| count(of(entries, mark))));
    }
    for (name, mark) in MARKS {
        let name = if name == "n" { "sum".to_owned() } else { format!("sum_{name}") };
        table.number(&name, &unit, cells.values().map(|entries| sum(of(entries, mark))));
    }
}

/// The columns of `turnover`, and the mark of the states that each counts; see
/// [`What::State`](super::facet::What::State).
const MARKS: [(&str, usize); 4] = [("n", 0), ("entries", 1), ("exits", 2), ("leaving", 4)];
/// How many states there are.
const STATES: usize = 8;

fn grid(table: &mut Table<'_>, mut groups: Vec<Group<'_>>) {
    let at = |group: &Group<'_>| {
        let (x, y) = split(group.region);
        Some((x.parse::<i64>().ok()?, y.parse::<i64>().ok()?))
    };
    groups.sort_by_cached_key(|group| (group.entry.period, group.industry.clone(), at(group)));
    table.text("industry", groups.iter().map(|group| group.industry.as_ref()));
    table.periods(&groups);
    let places: Vec<Option<(i64, i64)>> = groups.iter().map(at).collect();
    let column = |of: fn((i64, i64)) -> i64| places.iter().map(|at| at.map(of)).collect();
    for (name, of) in [("gx", (|at| at.0) as fn((i64, i64)) -> i64), ("gy", |at| at.1)] {
        table.columns.push(Column::new(name, "", Values::Integer(column(of))));
    }
    table.count("n", groups.iter().map(|group| group.entry.n));
    table.sums("sum", &groups);
    let scale = 2 * u32::from(table.measured.scale);
    let square = |group: &Group<'_>| number(&group.entry, group.entry.sum_sq.cast_signed(), scale);
    let unit = &table.measured.unit;
    let unit = if unit.is_empty() { String::new() } else { format!("{unit}²") };
    table.number("sum_sq", &unit, groups.iter().map(square));
}

fn flows(table: &mut Table<'_>, groups: &[Group<'_>]) {
    table.text("from", groups.iter().map(|group| split(group.region).0));
    table.text("to", groups.iter().map(|group| split(group.region).1));
    table.text("industry", groups.iter().map(|group| group.industry.as_ref()));
    table.periods(groups);
    table.count("n", groups.iter().map(|group| group.entry.n));
    table.sums("sum", groups);
}

/// The table of the largest, each cell's number and sum beside them.
pub(super) fn tops(sheet: &Sheet<Top>, cells: &Cells) -> Result<Frame, DataFusionError> {
    let mut table = Table::new(&sheet.measured);
    let scale = u32::from(sheet.measured.scale);
    let (mut tops, mut entries) = (sheet.entries()?, cells.0.entries()?);
    let mut rows = Vec::new();
    while let Some(top) = tops.next()? {
        let texts = sheet.texts(&top);
        // Both are in the order of their texts, and every place of a top is a cell.
        let cell = loop {
            let Some(entry) = entries.next()? else { return Ok(Frame::default()) };
            if entry.period == top.place().0 && cells.0.texts(&entry) == texts {
                break entry;
            }
        };
        for (rank, &x) in top.values().iter().enumerate() {
            rows.push((
                rank as i64 + 1,
                x,
                Group { region: texts.0, industry: texts.1, entry: cell },
            ));
        }
    }
    table.text("region", rows.iter().map(|row| row.2.region.as_ref()));
    table.text("industry", rows.iter().map(|row| row.2.industry.as_ref()));
    if sheet.measured.by_period {
        table.whole("period", "", rows.iter().map(|row| i64::from(row.2.entry.period)));
    }
    table.whole("rank", "", rows.iter().map(|row| row.0));
    let unit = sheet.measured.unit.clone();
    let value = |x: i128| Datum::Number(decimal_to_f64(x, scale));
    table.number("x", &unit, rows.iter().map(|row| value(row.1.into())));
    table.count("n", rows.iter().map(|row| row.2.entry.n));
    table.number("sum", &unit, rows.iter().map(|row| value(row.2.entry.sum)));
    Ok(table.finish())
}
