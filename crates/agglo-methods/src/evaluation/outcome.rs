//! The outcome panel of a policy: units, periods, outcomes, and clusters that move together.

use std::collections::BTreeMap;

use agglo_core::{Axis, Datum, Frame, Key, Note, Text, Undefined};

use super::within::TwoWay;
use crate::call::{Call, MethodError};
use crate::catalog::{InputColumn, OptionKind, OptionSpec, key, number, optional};
use crate::inference::{
    Counts, LeastSquares, SmallSample, clustered_covariance, dot, least_squares, student_critical,
    student_two_sided,
};

pub(super) const UNIT: InputColumn = key("unit", "unit observed over time", "观测单位");
pub(super) const PERIOD: InputColumn = InputColumn { required: true, ..crate::catalog::PERIOD };
pub(super) const OUTCOME: InputColumn =
    number("outcome", "what the policy should change", "政策所要影响的结果变量");
pub(super) const CLUSTER: InputColumn = optional(key(
    "cluster",
    "group whose members move together; the unit when absent",
    "共同波动的群组；缺省为观测单位",
));

pub(super) const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-rows"]),
    default: "error",
    help: Text::new("rows without a number: refuse, or leave them out", "无数值的行：报错或剔除"),
};
pub(super) const CONFIDENCE: OptionSpec = OptionSpec {
    name: "confidence",
    kind: OptionKind::Number(0.5, 0.999_999),
    default: "0.95",
    help: Text::new("confidence of the intervals", "置信水平"),
};

/// Clusters below which a cluster-robust interval is not to be trusted.
const FEW_CLUSTERS: usize = 12;

/// A panel with one more column of numbers, the rows it could not use left out.
pub(super) struct Outcomes {
    pub(super) panel: TwoWay,
    pub(super) units: Axis,
    /// Period of each observation.
    pub(super) when: Vec<i64>,
    pub(super) outcome: Vec<f64>,
    /// The other column, as given.
    pub(super) other: Vec<Datum>,
    pub(super) cluster: Vec<usize>,
    pub(super) n_clusters: usize,
    pub(super) notes: Vec<Note>,
}

impl Outcomes {
    /// The panel of table `outcome` with column `other`; `keep` says which of its values are used.
    pub(super) fn read(
        call: &Call<'_>,
        other: &str,
        keep: impl Fn(&Key, i64, Datum) -> bool,
    ) -> Result<Outcomes, MethodError> {
        let frame = call.frame("outcome")?;
        let rows = Rows::of(frame, other)?;
        let mut notes = Vec::new();
        let mut used = Vec::new();
        let mut n_gaps = 0_usize;
        let mut seen: BTreeMap<(Key, i64), usize> = BTreeMap::new();
        for row in 0..frame.n_rows() {
            let (unit, period) = (&rows.unit[row], rows.period[row]);
            if let Some(first) = seen.insert((unit.clone(), period), row) {
                return Err(MethodError::Data {
                    what: format!(
                        "two rows for unit `{unit}`, period {period} (rows {} and {} of the data)",
                        first + 1,
                        row + 1
                    ),
                });
            }
            if !keep(unit, period, rows.other[row]) {
                if rows.other[row].gap().is_some() {
                    n_gaps += 1;
                }
                continue;
            }
            if rows.outcome[row].gap().is_some() {
                n_gaps += 1;
            } else {
                used.push(row);
            }
        }
        if n_gaps > 0 && call.option("gaps") == "error" {
            return Err(MethodError::Data {
                what: format!(
                    "{n_gaps} rows hold no number; leave them out with `gaps = drop-rows`, or \
                     complete them"
                ),
            });
        }
        if n_gaps > 0 {
            notes.push(Note::new(
                "rows-dropped",
                format!("{n_gaps} rows without a number were left out"),
                format!("剔除无数值的行 {n_gaps} 行"),
            ));
        }
        let n_lonely = drop_lonely(&mut used, &rows);
        if n_lonely > 0 {
            notes.push(Note::new(
                "singletons-dropped",
                format!(
                    "{n_lonely} observations alone in their unit or period say nothing and were \
                     left out"
                ),
                format!("单位或时期内仅有一个观测的 {n_lonely} 行不含信息，已剔除"),
            ));
        }
        if used.is_empty() {
            return Err(MethodError::NotIdentified {
                what: "no unit is observed in two periods that others share".to_owned(),
            });
        }
        let units = Axis::new(used.iter().map(|&row| rows.unit[row].clone()));
        let clusters = Axis::new(used.iter().map(|&row| rows.cluster[row].clone()));
        let mut periods: Vec<i64> = used.iter().map(|&row| rows.period[row]).collect();
        periods.sort_unstable();
        periods.dedup();
        let place = |axis: &Axis, code: &Key| axis.place(code).unwrap_or_default();
        let panel = TwoWay::new(
            used.iter().map(|&row| place(&units, &rows.unit[row])).collect(),
            used.iter().map(|&row| periods.partition_point(|p| *p < rows.period[row])).collect(),
            units.len(),
            periods.len(),
        );
        if clusters.len() < FEW_CLUSTERS {
            let n = clusters.len();
            notes.push(Note::new(
                "few-clusters",
                format!(
                    "{n} clusters: intervals from fewer than {FEW_CLUSTERS} are too narrow; \
                     compare with a randomization test"
                ),
                format!(
                    "仅有 {n} 个聚类：少于 {FEW_CLUSTERS} 个时置信区间过窄，应与随机化检验对照"
                ),
            ));
        }
        Ok(Outcomes {
            panel,
            when: used.iter().map(|&row| rows.period[row]).collect(),
            outcome: used.iter().filter_map(|&row| rows.outcome[row].number()).collect(),
            other: used.iter().map(|&row| rows.other[row]).collect(),
            cluster: used.iter().map(|&row| place(&clusters, &rows.cluster[row])).collect(),
            n_clusters: clusters.len(),
            units,
            notes,
        })
    }

    /// Least squares of the outcome on `columns` within units and periods, covariance by `small`;
    /// `name` says which column is meant when one cannot be told apart.
    pub(super) fn fit(
        &self,
        columns: &[Vec<f64>],
        small: SmallSample,
        name: impl Fn(usize) -> String,
    ) -> Result<PanelFit, MethodError> {
        let within = |values: &[f64]| {
            self.panel.within(values).map_err(|_| MethodError::NotIdentified {
                what: "unit and period effects could not be separated: units share too few periods"
                    .to_owned(),
            })
        };
        let regressors: Vec<Vec<f64>> =
            columns.iter().map(|column| within(column)).collect::<Result<_, _>>()?;
        let outcome = within(&self.outcome)?;
        let scales: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
        let fit = least_squares(&regressors, &scales, &outcome).map_err(|repeated| {
            MethodError::NotIdentified {
                what: format!(
                    "{} cannot be told apart from unit, period and the other effects",
                    name(repeated.column)
                ),
            }
        })?;
        let counts = Counts {
            n: self.panel.n(),
            n_clusters: self.n_clusters,
            n_slopes: columns.len(),
            n_free_effects: self.panel.n_free_effects(&self.cluster),
            n_effects: self.panel.n_effects(),
        };
        let covariance = small.factor(counts).map(|factor| {
            clustered_covariance(&fit, &regressors, &self.cluster, self.n_clusters, factor)
        });
        Ok(PanelFit { fit, regressors, covariance, degrees: small.degrees(counts) })
    }
}

/// A fit, its regressors within units and periods, and what tests need.
pub(super) struct PanelFit {
    pub(super) fit: LeastSquares,
    pub(super) regressors: Vec<Vec<f64>>,
    /// `None` when there are too few clusters.
    pub(super) covariance: Option<Vec<f64>>,
    pub(super) degrees: Option<f64>,
}

/// A coefficient with its test and interval.
pub(super) struct Estimate {
    pub(super) se: Datum,
    pub(super) t: Datum,
    pub(super) p_value: Datum,
    pub(super) lower: Datum,
    pub(super) upper: Datum,
}

impl PanelFit {
    /// Coefficient `column` with its standard error, test and interval.
    pub(super) fn estimate(&self, column: usize, confidence: f64) -> Estimate {
        let k = self.fit.coefficients.len();
        let b = self.fit.coefficients[column];
        let known = self.covariance.as_ref().zip(self.degrees);
        let Some((se, df)) = known.map(|(v, df)| (v[column * k + column].max(0.0).sqrt(), df))
        else {
            let gap = Datum::undefined(Undefined::TooFew);
            return Estimate { se: gap, t: gap, p_value: gap, lower: gap, upper: gap };
        };
        let t = Datum::ratio(b, se);
        let reach = student_critical(confidence, df) * se;
        Estimate {
            se: Datum::Number(se),
            t,
            p_value: t.map(|t| student_two_sided(t, df)),
            lower: Datum::Number(b - reach),
            upper: Datum::Number(b + reach),
        }
    }
}

/// The columns of the table as read.
struct Rows {
    unit: Vec<Key>,
    period: Vec<i64>,
    outcome: Vec<Datum>,
    other: Vec<Datum>,
    cluster: Vec<Key>,
}

impl Rows {
    fn of(frame: &Frame, other: &str) -> Result<Rows, MethodError> {
        let unit = frame.keys("unit")?;
        let cluster = if frame.has("cluster") { frame.keys("cluster")? } else { unit.clone() };
        Ok(Rows {
            period: frame.integers("period")?,
            outcome: frame.numbers("outcome")?,
            other: frame.numbers(other)?,
            unit,
            cluster,
        })
    }
}

/// Takes out, until none is left, rows that are alone in their unit or period; how many they were.
fn drop_lonely(used: &mut Vec<usize>, rows: &Rows) -> usize {
    let before = used.len();
    loop {
        let mut units: BTreeMap<&Key, usize> = BTreeMap::new();
        let mut periods: BTreeMap<i64, usize> = BTreeMap::new();
        for &row in used.iter() {
            *units.entry(&rows.unit[row]).or_default() += 1;
            *periods.entry(rows.period[row]).or_default() += 1;
        }
        let n = used.len();
        used.retain(|&row| units[&rows.unit[row]] > 1 && periods[&rows.period[row]] > 1);
        if used.len() == n {
            return before - n;
        }
    }
}
