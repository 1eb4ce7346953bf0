//! Intervals by resampling, as methods offer them: options, columns, notes.

use agglo_core::{Datum, Note, Text, Undefined};

use crate::call::{Call, MethodError};
use crate::catalog::{OptionKind, OptionSpec, Output, out};
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

    /// Whether intervals were asked for.
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
