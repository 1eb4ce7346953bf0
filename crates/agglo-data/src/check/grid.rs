//! A table laid out as series: one per value of its text keys, in the order of the periods.

use std::collections::HashMap;

use agglo_core::{Coded, Datum, Frame, Key, Period, Values};

use crate::store::Table;
use crate::table::{Sign, table_spec};

/// The distinct codes of a key, sorted, and the place of each row's code among them.
#[derive(Debug)]
pub(super) struct Labels {
    /// The column, or the columns joined.
    pub(super) name: String,
    pub(super) codes: Vec<Key>,
    pub(super) ids: Vec<u32>,
}

impl Labels {
    fn of(frame: &Frame, columns: &[&str]) -> Labels {
        let name = columns.join(", ");
        let columns: Vec<Coded> = columns
            .iter()
            .filter_map(|column| frame.text(column).ok())
            .map(|texts| Coded::new(texts.iter().map(Option::as_ref)))
            .collect();
        if let [only] = &columns[..]
            && !only.places().contains(&Coded::NONE)
        {
            return Labels { name, codes: only.codes().to_vec(), ids: only.places().to_vec() };
        }
        // Rows are numbered by their combination; each combination is put into words once.
        let mut combinations: HashMap<Vec<u32>, Key> = HashMap::new();
        let mut combination = vec![Coded::NONE; columns.len()];
        let keys: Vec<Key> = (0..frame.n_rows())
            .map(|row| {
                for (slot, column) in combination.iter_mut().zip(&columns) {
                    *slot = column.places()[row];
                }
                if let Some(key) = combinations.get(&combination) {
                    return key.clone();
                }
                let text = |(column, &place): (&Coded, &u32)| {
                    column.codes().get(place as usize).map_or("", AsRef::as_ref).to_owned()
                };
                let words: Vec<String> = columns.iter().zip(&combination).map(text).collect();
                let key = Key::from(words.join(" / "));
                combinations.insert(combination.clone(), key.clone());
                key
            })
            .collect();
        let (codes, ids) = Coded::new(keys.iter().map(Some)).into_parts();
        Labels { name, codes, ids }
    }

    /// The code of `row`.
    pub(super) fn code(&self, row: usize) -> &str {
        self.codes.get(self.ids[row] as usize).map_or("", AsRef::as_ref)
    }
}

/// A column of numbers.
#[derive(Debug)]
pub(super) struct Measure<'a> {
    pub(super) name: &'a str,
    pub(super) unit: &'a str,
    pub(super) cells: &'a [Datum],
    /// Whether it counts things one by one.
    pub(super) counts: bool,
    /// The smallest step between its values that the source shows, such as 0.01.
    pub(super) quantum: f64,
}

/// A table laid out as series.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    pub(super) table: &'a Table,
    /// The first text key: the region where there is one.
    pub(super) unit: Labels,
    /// All other text keys; one empty code where there is none.
    pub(super) group: Labels,
    /// The period of each row, `None` where it is not known.
    pub(super) period: Vec<Option<Period>>,
    /// The distinct periods in order.
    pub(super) periods: Vec<Period>,
    /// The usual distance between periods.
    pub(super) stride: Period,
    pub(super) measures: Vec<Measure<'a>>,
    /// Rows by unit, group and period; rows without a period are left out.
    order: Vec<u32>,
    /// Where each series starts in `order`, and the end.
    starts: Vec<usize>,
    names_things: bool,
}

/// Keys that name single things: their series are lives, not statistics.
const THINGS: [&str; 5] = ["plant", "firm_id", "market_id", "cluster_id", "cluster"];

impl<'a> Grid<'a> {
    pub(super) fn new(table: &'a Table) -> Grid<'a> {
        let frame = &table.frame;
        let spec = table_spec(&table.name);
        let is_key = |name: &str| match spec {
            Some(spec) => spec.is_key(name),
            None => matches!(name, "region" | "industry"),
        };
        let is_text = |name: &str| frame.text(name).is_ok();
        let keys: Vec<&str> = frame
            .columns()
            .iter()
            .map(agglo_core::Column::name)
            .filter(|name| is_key(name) && is_text(name))
            .collect();
        let first = keys.iter().position(|key| *key == "region").unwrap_or(0);
        let unit_key: Vec<&str> = keys.get(first).copied().into_iter().collect();
        let others: Vec<&str> =
            keys.iter().copied().filter(|key| !unit_key.contains(key)).collect();
        let (unit, group) = (Labels::of(frame, &unit_key), Labels::of(frame, &others));
        let period: Vec<Option<Period>> = match frame
            .column("period")
            .map(agglo_core::Column::values)
        {
            Ok(Values::Integer(values)) => values.iter().map(|v| v.map(|v| v as Period)).collect(),
            _ => vec![None; frame.n_rows()],
        };
        let mut periods: Vec<Period> = period.iter().copied().flatten().collect();
        periods.sort_unstable();
        periods.dedup();
        let mut order: Vec<u32> =
            (0..frame.n_rows() as u32).filter(|&row| period[row as usize].is_some()).collect();
        let key = |row: u32| {
            let row = row as usize;
            (unit.ids[row], group.ids[row], period[row])
        };
        order.sort_by_key(|&row| key(row));
        let mut starts: Vec<usize> = (0..order.len())
            .filter(|&at| {
                at == 0 || {
                    let (now, before) = (key(order[at]), key(order[at - 1]));
                    (now.0, now.1) != (before.0, before.1)
                }
            })
            .collect();
        starts.push(order.len());
        let measures = frame.columns().iter().filter_map(|column| {
            let Values::Number(cells) = column.values() else { return None };
            let column_spec = spec.and_then(|spec| spec.column(column.name()));
            let quantum = quantum(cells);
            Some(Measure {
                name: column.name(),
                unit: column.unit(),
                cells,
                counts: column_spec.is_some_and(|c| c.sign == Sign::Count) && quantum >= 1.0,
                quantum,
            })
        });
        let names_things = keys.iter().any(|key| THINGS.contains(key));
        Grid {
            table,
            measures: measures.collect(),
            stride: stride(&periods),
            unit,
            group,
            period,
            periods,
            order,
            starts,
            names_things,
        }
    }

    /// Whether the table holds statistics over time.
    pub(super) fn is_series(&self) -> bool {
        self.periods.len() > 1 && !self.names_things
    }

    /// Whether the rows stand for statistics of regions, industries and the like.
    pub(super) fn is_statistics(&self) -> bool {
        !self.names_things
    }

    /// The rows of each series, in the order of the periods.
    pub(super) fn series(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|pair| &self.order[pair[0]..pair[1]])
    }

    /// How many firms or establishments are behind each row, where the table says so.
    pub(super) fn firms(&self) -> Option<&Measure<'a>> {
        ["n_firms", "n_plants"].into_iter().find_map(|name| self.measure(name))
    }

    /// The measure of this name.
    pub(super) fn measure(&self, name: &str) -> Option<&Measure<'a>> {
        self.measures.iter().find(|measure| measure.name == name)
    }
}

/// The commonest distance between neighboring periods; the smaller one when two are as common.
fn stride(periods: &[Period]) -> Period {
    let mut gaps: Vec<Period> = periods.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let count = |gap: Period| gaps.iter().filter(|g| **g == gap).count();
    gaps.iter().copied().max_by_key(|&gap| (count(gap), std::cmp::Reverse(gap))).unwrap_or(1)
}

/// The smallest decimal step that the values need, found on a part of them.
fn quantum(cells: &[Datum]) -> f64 {
    const LOOKED_AT: usize = 4096;
    let every = cells.len() / LOOKED_AT + 1;
    let mut quantum: f64 = 1.0;
    for value in cells.iter().step_by(every).filter_map(|cell| cell.number()) {
        // A value of many digits was computed and not published; it says nothing about the step.
        while quantum > 1e-4
            && ((value / quantum).round() * quantum - value).abs() > 1e-9 * value.abs()
        {
            quantum /= 10.0;
        }
    }
    quantum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_distance_of_census_years_is_five() {
        assert_eq!(stride(&[2000, 2005, 2010, 2011, 2015]), 5);
        assert_eq!(stride(&[1999, 2000, 2001, 2019, 2020]), 1);
        assert_eq!(stride(&[2000]), 1);
    }

    #[test]
    fn the_step_of_published_values_is_the_last_decimal_shown() {
        let cells =
            |values: &[f64]| -> Vec<Datum> { values.iter().map(|&v| Datum::Number(v)).collect() };
        assert_eq!(quantum(&cells(&[3.0, 1200.0])), 1.0);
        assert_eq!(quantum(&cells(&[3.0, 12.5, 7.25])), 0.01);
    }
}
