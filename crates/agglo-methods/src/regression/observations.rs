//! The table as columns of numbers, one row per region and period, fixed effects taken out.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Axis, Column, Datum, Frame, Key, Note, Values};

use crate::call::{Call, MethodError};
use crate::catalog::names;
use crate::evaluation::TwoWay;

/// The name of the constant column.
pub(super) const INTERCEPT: &str = "intercept";

/// Rows sorted by region, then period.
pub(super) struct Observations {
    pub(super) regions: Vec<Key>,
    /// 0 for a table without periods.
    pub(super) periods: Vec<i64>,
    pub(super) y: Vec<f64>,
    /// The names of the columns, the constant first where there is one.
    pub(super) terms: Vec<String>,
    pub(super) columns: Vec<Vec<f64>>,
    pub(super) cluster: Vec<usize>,
    pub(super) n_clusters: usize,
    /// The column `weight`, where it was asked for.
    pub(super) weights: Option<Vec<f64>>,
    pub(super) notes: Vec<Note>,
}

/// Which effects every region, or every period, has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effects {
    None,
    Region,
    Period,
    Both,
}

impl Effects {
    pub(super) const NAMES: [&'static str; 4] = ["none", "region", "period", "both"];

    pub(super) fn named(name: &str) -> Effects {
        match name {
            "region" => Effects::Region,
            "period" => Effects::Period,
            "both" => Effects::Both,
            _ => Effects::None,
        }
    }
}

impl Observations {
    /// The table `observations`, with a constant; logarithms as the option `log` says.
    pub(super) fn read(call: &Call<'_>) -> Result<Observations, MethodError> {
        Observations::read_with(call, false)
    }

    /// The same, with the column `weight` where it is `weighed`.
    pub(super) fn read_with(call: &Call<'_>, weighed: bool) -> Result<Observations, MethodError> {
        let frame = call.frame("observations")?;
        let x = names(call.option("x"));
        let logs: BTreeSet<String> = names(call.option("log")).into_iter().collect();
        if let Some(unknown) = logs.iter().find(|name| *name != "y" && !x.contains(name)) {
            return Err(MethodError::Data {
                what: format!("`log` names `{unknown}`, which is neither y nor among `x`"),
            });
        }
        if let Some(twice) = x.iter().enumerate().find(|(at, name)| x[..*at].contains(name)) {
            return Err(MethodError::Data { what: format!("`x` names `{}` twice", twice.1) });
        }
        let regions = frame.keys("region")?;
        let periods =
            if frame.has("period") { frame.integers("period")? } else { vec![0; regions.len()] };
        let mut order: Vec<usize> = (0..regions.len()).collect();
        order.sort_by(|&a, &b| (&regions[a], periods[a]).cmp(&(&regions[b], periods[b])));
        if let Some(pair) = order.windows(2).find(|pair| {
            regions[pair[0]] == regions[pair[1]] && periods[pair[0]] == periods[pair[1]]
        }) {
            return Err(MethodError::Data {
                what: format!(
                    "two rows for region `{}`{}",
                    regions[pair[0]],
                    if frame.has("period") {
                        format!(", period {}", periods[pair[0]])
                    } else {
                        String::new()
                    }
                ),
            });
        }
        let mut cells = vec![column(frame, "y", logs.contains("y"))?];
        for name in &x {
            cells.push(column(frame, name, logs.contains(name))?);
        }
        if weighed {
            cells.push(positive(frame, "weight")?);
        }
        let whole = |row: &usize| cells.iter().all(|cells| cells[*row].number().is_some());
        let n_all = order.len();
        let gap = order.iter().find(|row| !whole(row)).copied();
        order.retain(|row| whole(row));
        let n_dropped = n_all - order.len();
        let mut notes = Vec::new();
        if let Some(row) = gap {
            if call.option("gaps") == "error" {
                let at = cells.iter().position(|cells| cells[row].number().is_none());
                let name = at.map_or("y", |at| match at.checked_sub(1) {
                    None => "y",
                    Some(place) => x.get(place).map_or("weight", String::as_str),
                });
                return Err(MethodError::Data {
                    what: format!(
                        "{n_dropped} rows hold no number, the first for region `{}` in column \
                         `{name}`; leave them out with `gaps = drop-rows`, or complete them",
                        regions[row]
                    ),
                });
            }
            notes.push(Note::new(
                "rows-dropped",
                format!("{n_dropped} rows without a number were left out"),
                format!("剔除无数值的行 {n_dropped} 行"),
            ));
        }
        let numbers = |cells: &[Datum]| -> Vec<f64> {
            order.iter().filter_map(|&row| cells[row].number()).collect()
        };
        let mut columns = vec![vec![1.0; order.len()]];
        columns.extend(cells[1..=x.len()].iter().map(|cells| numbers(cells)));
        let clusters: Vec<Key> = match frame.column("cluster").map(Column::values) {
            Ok(Values::Text(_)) => frame.keys("cluster")?,
            Ok(_) => frame.integers("cluster")?.iter().map(|c| Key::from(c.to_string())).collect(),
            Err(_) => regions.clone(),
        };
        let axis = Axis::new(order.iter().map(|&row| clusters[row].clone()));
        let term =
            |name: &String| if logs.contains(name) { format!("ln {name}") } else { name.clone() };
        Ok(Observations {
            y: numbers(&cells[0]),
            terms: std::iter::once(INTERCEPT.to_owned()).chain(x.iter().map(term)).collect(),
            columns,
            cluster: order
                .iter()
                .map(|&row| axis.place(&clusters[row]).unwrap_or_default())
                .collect(),
            n_clusters: axis.len(),
            regions: order.iter().map(|&row| regions[row].clone()).collect(),
            periods: order.iter().map(|&row| periods[row]).collect(),
            weights: weighed.then(|| numbers(&cells[x.len() + 1])),
            notes,
        })
    }

    pub(super) fn n(&self) -> usize {
        self.y.len()
    }

    /// The ends of each region's rows.
    pub(super) fn region_ends(&self) -> Vec<usize> {
        let n = self.n();
        (1..=n).filter(|&end| end == n || self.regions[end] != self.regions[end - 1]).collect()
    }

    /// Takes the effects out of y and the columns; the panel they were taken out with, `None`
    /// where there are none. The constant goes with them.
    pub(super) fn take_out(&mut self, effects: Effects) -> Result<Option<TwoWay>, MethodError> {
        if effects == Effects::None {
            return Ok(None);
        }
        let region_axis = Axis::new(self.regions.iter().cloned());
        let of_region: Vec<usize> =
            self.regions.iter().map(|code| region_axis.place(code).unwrap_or_default()).collect();
        let mut when: Vec<i64> = self.periods.clone();
        when.sort_unstable();
        when.dedup();
        let of_period: Vec<usize> =
            self.periods.iter().map(|period| when.partition_point(|p| p < period)).collect();
        let one = vec![0; self.n()];
        let panel = match effects {
            Effects::Region => TwoWay::new(of_region, one, region_axis.len(), 1),
            Effects::Period => TwoWay::new(of_period, one, when.len(), 1),
            _ => TwoWay::new(of_region, of_period, region_axis.len(), when.len()),
        };
        let within = |values: &[f64]| {
            panel.within(values).map_err(|_| MethodError::NotIdentified {
                what: "region and period effects could not be separated: regions share too few \
                       periods"
                    .to_owned(),
            })
        };
        self.y = within(&self.y)?;
        self.terms.remove(0);
        self.columns.remove(0);
        for column in &mut self.columns {
            *column = within(column)?;
        }
        Ok(Some(panel))
    }

    /// A column for each period but the first, named after it.
    pub(super) fn add_periods(&mut self) -> usize {
        let mut when = self.periods.clone();
        when.sort_unstable();
        when.dedup();
        for period in when.iter().skip(1) {
            let is_then = |p: &i64| f64::from(u8::from(p == period));
            self.columns.push(self.periods.iter().map(is_then).collect());
            self.terms.push(format!("period {period}"));
        }
        when.len().saturating_sub(1)
    }

    /// How many periods every region has.
    pub(super) fn n_periods(&self) -> Result<usize, MethodError> {
        let by_period = self.by_period();
        let n_regions = self.region_ends().len();
        match by_period.iter().find(|(_, regions)| regions.len() != n_regions) {
            None => Ok(by_period.len()),
            Some((period, regions)) => Err(MethodError::NotIdentified {
                what: format!(
                    "effects of regions need every region in every period: period {period} has {} \
                     of {n_regions}",
                    regions.len()
                ),
            }),
        }
    }

    /// The error for a column that repeats others.
    pub(super) fn repeated(&self, column: usize) -> MethodError {
        let name = self.terms.get(column).map_or("", String::as_str);
        let before = self.terms[..column].join(", ");
        MethodError::NotIdentified {
            what: if before.is_empty() {
                format!("`{name}` does not vary beyond the fixed effects")
            } else {
                format!(
                    "`{name}` is a combination of {before} and the fixed effects, if any: leave \
                     one of them out"
                )
            },
        }
    }

    /// An error unless more rows than `n_parameters` are there.
    pub(super) fn need(&self, n_parameters: usize) -> Result<(), MethodError> {
        let n = self.n();
        if n > n_parameters {
            return Ok(());
        }
        Err(MethodError::NotIdentified {
            what: format!("{n} rows cannot tell {n_parameters} coefficients and an error apart"),
        })
    }

    /// The table of what was fitted and what was left, for rows as they stand.
    pub(super) fn residual_frame(
        &self,
        fitted: &[f64],
        residuals: &[f64],
    ) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::text("region", self.regions.iter().cloned()),
            Column::integer("period", "", self.periods.iter().copied()),
            Column::numbers("fitted", "y", fitted.iter().copied()),
            Column::numbers("residual", "y", residuals.iter().copied()),
        ])?)
    }

    /// The places of the rows by period, each with its regions.
    pub(super) fn by_period(&self) -> BTreeMap<i64, BTreeMap<&Key, usize>> {
        let mut rows: BTreeMap<i64, BTreeMap<&Key, usize>> = BTreeMap::new();
        for (row, (region, period)) in self.regions.iter().zip(&self.periods).enumerate() {
            rows.entry(*period).or_default().insert(region, row);
        }
        rows
    }
}

/// A number column in which every number is above zero.
fn positive(frame: &Frame, name: &str) -> Result<Vec<Datum>, MethodError> {
    let cells = frame.numbers(name)?;
    match cells.iter().position(|cell| cell.number().is_some_and(|v| v <= 0.0)) {
        None => Ok(cells),
        Some(row) => Err(MethodError::Data {
            what: format!("`{name}` is zero or less in row {}: leave the row out", row + 1),
        }),
    }
}

/// A number column, its logarithms where asked for.
fn column(frame: &Frame, name: &str, log: bool) -> Result<Vec<Datum>, MethodError> {
    let cells = frame.numbers(name)?;
    if !log {
        return Ok(cells);
    }
    if let Some(row) = cells.iter().position(|cell| cell.number().is_some_and(|v| v <= 0.0)) {
        return Err(MethodError::Data {
            what: format!("`{name}` is zero or less in row {} and has no logarithm", row + 1),
        });
    }
    Ok(cells.into_iter().map(|cell| cell.map(f64::ln)).collect())
}
