//! Intervals by resampling, as methods offer them: options, columns, notes.

use agglo_core::{Column, Datum, Frame, Key, Note, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, Output, OutputTable, out,
};
use crate::inference::{Resampling, Spread, resample};

/// Whether and how intervals are computed.
pub(crate) const INTERVAL: OptionSpec = OptionSpec {
    name: "interval",
    kind: OptionKind::Choice(&["none", "bootstrap", "jackknife"]),
    default: "none",
    help: Text::new(
        "standard error and interval: none, by drawing regions anew, or by leaving each out once",
        "标准误与区间：不计算、地区重抽样（自助法）或逐一剔除（刀切法）",
    ),
};

/// How many draws.
pub(crate) const REPLICATES: OptionSpec = OptionSpec {
    name: "replicates",
    kind: OptionKind::Integer(99, 99_999),
    default: "999",
    help: Text::new("draws of the bootstrap", "自助法抽样次数"),
};

/// The coverage asked for.
pub(crate) const CONFIDENCE: OptionSpec = OptionSpec {
    name: "confidence",
    kind: OptionKind::Number(0.5, 0.999),
    default: "0.95",
    help: Text::new("coverage of the interval", "置信水平"),
};

/// The standard error of an answer's row.
pub(crate) const OUT_ERROR: Output = out("standard_error", "1", "Standard error", "标准误");
/// The lower bound of an answer's row.
pub(crate) const OUT_LOWER: Output = out("lower", "1", "Lower bound", "下限");
/// The upper bound of an answer's row.
pub(crate) const OUT_UPPER: Output = out("upper", "1", "Upper bound", "上限");

/// Intervals of industries' indices.
pub(crate) const INDUSTRY_INTERVALS: OutputTable = OutputTable {
    name: "intervals",
    columns: &[OUT_PERIOD, OUT_INDUSTRY, OUT_ERROR, OUT_LOWER, OUT_UPPER],
};

/// Intervals of regions' indices.
pub(crate) const REGION_INTERVALS: OutputTable = OutputTable {
    name: "region_intervals",
    columns: &[OUT_PERIOD, OUT_REGION, OUT_ERROR, OUT_LOWER, OUT_UPPER],
};

/// What the options of a call ask for.
#[derive(Clone, Copy)]
pub(crate) struct Interval {
    resampling: Option<Resampling>,
    confidence: f64,
}

impl Interval {
    /// The options [`INTERVAL`], [`REPLICATES`] and [`CONFIDENCE`] of `call`.
    pub(crate) fn of(call: &Call<'_>) -> Interval {
        let resampling = match call.option("interval") {
            "bootstrap" => Some(Resampling::Bootstrap(call.option_integer("replicates") as u32)),
            "jackknife" => Some(Resampling::Jackknife),
            _ => None,
        };
        Interval { resampling, confidence: call.option_number("confidence") }
    }

    /// Whether the options ask for intervals.
    pub(crate) fn is_asked(self) -> bool {
        self.resampling.is_some()
    }

    /// The spreads of some statistics, each replicate of `unit` of its own stream; not applicable
    /// where none are asked for.
    ///
    /// # Errors
    /// [`MethodError::Cancelled`].
    pub(crate) fn spreads(
        self,
        call: &Call<'_>,
        name: &str,
        unit: u32,
        strata: &[usize],
        mut statistics: impl FnMut(&[usize]) -> Vec<Result<f64, Undefined>>,
    ) -> Result<Vec<Spread>, MethodError> {
        let Some(resampling) = self.resampling else {
            let gap = Datum::Gap(agglo_core::Gap::NotApplicable);
            let none = Spread { standard_error: gap, lower: gap, upper: gap };
            let n = statistics(&(0..strata.len()).collect::<Vec<_>>()).len();
            return Ok(vec![none; n]);
        };
        let stream = |replicate| call.seed().stream(name, unit, replicate);
        let total = match resampling {
            Resampling::Bootstrap(asked) => u64::from(asked),
            Resampling::Jackknife => strata.len() as u64,
        };
        let mut done = 0;
        let step = || {
            done += 1;
            call.control().step(done, total)
        };
        Ok(resample(strata, resampling, self.confidence, stream, step, statistics)?)
    }

    /// What such intervals mean, for the reader.
    pub(crate) fn note(self) -> Option<Note> {
        self.resampling.map(|resampling| {
            let (en, zh) = match resampling {
                Resampling::Bootstrap(_) => ("drawing the regions anew", "地区重抽样"),
                Resampling::Jackknife => ("leaving each region out once", "逐一剔除地区"),
            };
            Note::new(
                "intervals-of-regions",
                format!(
                    "intervals by {en} say how far an index hangs on which regions there are; a \
                     country's regions are no sample, and errors of the data are not in them"
                ),
                format!(
                    "区间由{zh}得到，反映指数对地区构成的依赖；一国的地区并非样本，数据误差未计入"
                ),
            )
        })
    }
}

impl Interval {
    /// What intervals of a region's index over its industries mean.
    fn industries_note(self) -> Option<Note> {
        self.resampling.map(|resampling| {
            let (en, zh) = match resampling {
                Resampling::Bootstrap(_) => ("drawing the industries anew", "行业重抽样"),
                Resampling::Jackknife => ("leaving each industry out once", "逐一剔除行业"),
            };
            Note::new(
                "intervals-of-industries",
                format!(
                    "intervals by {en} say how far a region's index hangs on which industries there \
                     are; errors of the data are not in them"
                ),
                format!("区间由{zh}得到，反映地区指数对行业构成的依赖；数据误差未计入"),
            )
        })
    }
}

/// A table of intervals, one row an index; empty and left out unless the options ask for it.
pub(crate) struct Intervals<'a> {
    call: &'a Call<'a>,
    interval: Interval,
    table: &'static OutputTable,
    period: Vec<i64>,
    code: Vec<Key>,
    spreads: Vec<Spread>,
}

impl<'a> Intervals<'a> {
    /// The table `table`, without rows.
    pub(crate) fn new(call: &'a Call<'a>, table: &'static OutputTable) -> Intervals<'a> {
        let interval = Interval::of(call);
        Intervals { call, interval, table, period: vec![], code: vec![], spreads: vec![] }
    }

    /// Whether the options ask for intervals.
    pub(crate) fn are_asked(&self) -> bool {
        self.interval.is_asked()
    }

    /// Adds the row of `code`: what `statistic` becomes when the `n` observations that it rests on are
    /// drawn anew or left out; it is given their places.
    ///
    /// # Errors
    /// [`MethodError::Cancelled`].
    pub(crate) fn add(
        &mut self,
        period: i64,
        code: &Key,
        n: usize,
        mut statistic: impl FnMut(&[usize]) -> Result<f64, Undefined>,
    ) -> Result<(), MethodError> {
        if !self.are_asked() {
            return Ok(());
        }
        let name = format!("{}/{}/{period}", self.call.method().id, self.table.name);
        let unit = self.code.len() as u32;
        let of = |picks: &[usize]| vec![statistic(picks)];
        self.spreads.extend(self.interval.spreads(self.call, &name, unit, &vec![0; n], of)?);
        self.period.push(period);
        self.code.push(code.clone());
        Ok(())
    }

    /// `answer` with this table and what it means, where the options ask for it.
    ///
    /// # Errors
    /// None but a bug's.
    pub(crate) fn and(self, answer: Answer) -> Result<Answer, MethodError> {
        if !self.are_asked() {
            return Ok(answer);
        }
        let spreads = || self.spreads.iter();
        let frame = Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text(self.table.columns[1].name, self.code),
            Column::number("standard_error", "1", spreads().map(|spread| spread.standard_error)),
            Column::number("lower", "1", spreads().map(|spread| spread.lower)),
            Column::number("upper", "1", spreads().map(|spread| spread.upper)),
        ])?;
        let note = if self.table.name == REGION_INTERVALS.name {
            self.interval.industries_note()
        } else {
            self.interval.note()
        };
        Ok(answer.and(self.table.name, frame).noting(note))
    }
}

/// The values at these places.
pub(crate) fn picked(values: &[f64], picks: &[usize]) -> Vec<f64> {
    picks.iter().map(|place| values[*place]).collect()
}
