//! Location quotient: how much more of an industry a region has than its size would suggest.
//!
//! LQ = (e_ir/e_r) / (e_i/e)    RSCA = (LQ − 1)/(LQ + 1)    additive = s_ir − x_r
//! Var(ln LQ) = 1/e_ir − 1/e_i − 1/e_r + 2 e_ir/(e_i e_r) − 1/e
//!
//! | symbol        | meaning                                          | shape | range      | unit |
//! |---------------|--------------------------------------------------|-------|------------|------|
//! | e_ir          | activity of industry i in region r               | R × I | ≥ 0        | any  |
//! | e_i, e_r, e   | totals over regions, over industries, over both  |       | ≥ 0        | any  |
//! | LQ            | 1 as elsewhere                                   | R × I | ≥ 0        | none |
//! | RSCA          | the same, symmetric about 0                      | R × I | −1 to 1    | none |
//! | additive      | share of the industry beyond the region's size   | R × I | −1 to 1    | none |
//!
//! The variance takes the units of activity for independent draws, which establishments are and
//! jobs are not: with jobs the interval is too narrow. The variant `plant-bootstrap` draws the
//! establishments of table `plant` anew instead. With `haldane`, a cell at zero gets ½ in each of
//! the four cells of its two-by-two table, for the logarithm and the interval only.
//! Gaps: settled first, by the option `gaps`. Cost: O(R·I); bootstrap O(B·K) more.
//! Source: REAT `locq` (Wieland 2019); RSCA Dalum, Laursen and Villumsen (1998), International
//! Review of Applied Economics 12(3), 423–443; the variance by the delta method, here.

use agglo_core::{Activity, Column, Datum, Frame, Key, Note, Text, Undefined, Values};

use super::plant_bootstrap::{PLANT, PlantBootstrap};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, OutputTable, Variant, out,
};
use crate::concentration::Margins;
use crate::inference::normal_quantile;

/// Location quotient of a cell `e_ir` with totals `e_i` of its industry, `e_r` of its region and
/// `e` of all.
///
/// # Errors
/// [`Undefined::ZeroTotal`] when the region or the industry has no activity.
pub fn location_quotient(e_ir: f64, e_i: f64, e_r: f64, e: f64) -> Result<f64, Undefined> {
    if e_i <= 0.0 || e_r <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    Ok((e_ir / e_r) / (e_i / e))
}

/// The quotient made symmetric: −1 none, 0 as elsewhere, towards 1 all.
pub fn revealed_symmetric_advantage(lq: f64) -> f64 {
    (lq - 1.0) / (lq + 1.0)
}

/// Variance of the logarithm of the quotient, the units of activity taken for independent draws.
///
/// # Errors
/// [`Undefined::LogOfZero`] for an empty cell, and as [`location_quotient`].
pub fn log_variance(e_ir: f64, e_i: f64, e_r: f64, e: f64) -> Result<f64, Undefined> {
    if e_i <= 0.0 || e_r <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    if e_ir <= 0.0 {
        return Err(Undefined::LogOfZero);
    }
    let variance = 1.0 / e_ir - 1.0 / e_i - 1.0 / e_r + 2.0 * e_ir / (e_i * e_r) - 1.0 / e;
    Ok(variance.max(0.0))
}

/// Location quotients of all cells, region-major.
pub fn location_quotients(activity: &Activity) -> Vec<Result<f64, Undefined>> {
    let margins = Margins::of(activity);
    let mut quotients = Vec::with_capacity(activity.values().len());
    for (r, e_r) in margins.regions.iter().enumerate() {
        let row = activity.region(r).iter().zip(&margins.industries);
        quotients
            .extend(row.map(|(e_ir, e_i)| location_quotient(*e_ir, *e_i, *e_r, margins.total)));
    }
    quotients
}

const CONFIDENCE: OptionSpec = OptionSpec {
    name: "confidence",
    kind: OptionKind::Number(0.5, 0.999),
    default: "0.95",
    help: Text::new("coverage of the interval", "置信水平"),
};

pub(super) static LOCATION_QUOTIENT: Method = Method {
    id: "location-quotient",
    chapter: Chapter::Status,
    title: Text::new("Location quotient", "区位商"),
    help: Text::new(
        "Which region has more of an industry than its size would suggest?",
        "哪个地区在某行业上的份额超过其规模应有的水平？",
    ),
    inputs: &[ACTIVITY, PLANT],
    options: &[
        CONFIDENCE,
        OptionSpec {
            name: "haldane",
            kind: OptionKind::Choice(&["no", "yes"]),
            default: "no",
            help: Text::new(
                "add ½ around cells at zero, so that they have a logarithm and an interval",
                "为零单元格加 ½，使其对数与区间有定义",
            ),
        },
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(99, 99_999),
            default: "999",
            help: Text::new("draws of the plant bootstrap", "企业单位自助法抽样次数"),
        },
        GAPS,
    ],
    variants: &[
        Variant {
            id: "counts",
            help: Text::new(
                "quotient as REAT locq; interval from counts by the delta method",
                "区位商同 REAT locq；区间按计数用 delta 法",
            ),
        },
        Variant {
            id: "plant-bootstrap",
            help: Text::new(
                "interval from the establishments of table `plant`, drawn anew",
                "区间由 `plant` 表的企业单位重抽样得到",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "location_quotient",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            OUT_INDUSTRY,
            out("lq", "1", "Location quotient", "区位商"),
            out("rsca", "1", "Symmetric quotient", "对称区位商"),
            out("additive", "1", "Additive quotient", "加法区位商"),
            out("ln_lq", "1", "Logarithm", "对数区位商"),
            out("lower", "1", "Lower bound", "下限"),
            out("upper", "1", "Upper bound", "上限"),
        ],
    }],
    formula: "LQ = (e_ir/e_r)/(e_i/e)   RSCA = (LQ − 1)/(LQ + 1)   additive = e_ir/e_i − e_r/e   \
              interval: LQ·exp(±z·√(1/e_ir − 1/e_i − 1/e_r + 2 e_ir/(e_i e_r) − 1/e))   e: \
              activity of region r, industry i",
    source: "REAT locq (Wieland 2019); Dalum, Laursen and Villumsen (1998), International Review \
             of Applied Economics 12(3), 423–443; variance derived by the delta method",
    mark: Mark::Verified,
    run,
};

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    region: Vec<Option<Key>>,
    industry: Vec<Option<Key>>,
    lq: Vec<Datum>,
    rsca: Vec<Datum>,
    additive: Vec<Datum>,
    ln_lq: Vec<Datum>,
    lower: Vec<Datum>,
    upper: Vec<Datum>,
}

/// Logarithm, lower and upper bound of a cell.
fn interval(cell: [f64; 4], haldane: bool, z: f64) -> [Datum; 3] {
    let [mut e_ir, mut e_i, mut e_r, mut e] = cell;
    if haldane && e_ir <= 0.0 {
        (e_ir, e_i, e_r, e) = (0.5, e_i + 1.0, e_r + 1.0, e + 2.0);
    }
    match (location_quotient(e_ir, e_i, e_r, e), log_variance(e_ir, e_i, e_r, e)) {
        (Ok(lq), Ok(variance)) => bounds(lq, variance, z),
        (Err(why), _) | (_, Err(why)) => [Datum::undefined(why); 3],
    }
}

fn bounds(lq: f64, variance: f64, z: f64) -> [Datum; 3] {
    let reach = (z * variance.sqrt()).exp();
    [lq.ln(), lq / reach, lq * reach].map(|x| Datum::finite(x, Undefined::NotIdentified))
}

/// What the cells of a region have in common.
struct OfRegion {
    total: f64,
    /// e_r/e.
    share: f64,
    inverse: f64,
}

/// What the cells of an industry have in common.
struct OfIndustry {
    total: f64,
    /// e_i/e.
    share: f64,
    inverse: f64,
}

/// What all cells of a period have in common.
struct OfAll {
    industries: Vec<OfIndustry>,
    total: f64,
    inverse: f64,
    haldane: bool,
    z: f64,
}

impl Rows {
    /// Room for all cells of a period at once: this is the largest table of the chapter.
    fn reserve(&mut self, n_cells: usize) {
        self.period.reserve(n_cells);
        self.region.reserve(n_cells);
        self.industry.reserve(n_cells);
        for column in [
            &mut self.lq,
            &mut self.rsca,
            &mut self.additive,
            &mut self.ln_lq,
            &mut self.lower,
            &mut self.upper,
        ] {
            column.reserve(n_cells);
        }
    }

    /// A region's row of cells; what a bound of the bootstrap is, is put in afterwards.
    fn push_region(&mut self, row: &[f64], region: &OfRegion, all: &OfAll) {
        for (e_ir, industry) in row.iter().zip(&all.industries) {
            let why = Datum::undefined(Undefined::ZeroTotal);
            if industry.total <= 0.0 || region.total <= 0.0 {
                let additive = if industry.total > 0.0 {
                    Datum::Number(e_ir / industry.total - region.share)
                } else {
                    why
                };
                self.put([why, why, additive], [why; 3]);
                continue;
            }
            let lq = (e_ir / region.total) / industry.share;
            let numbers =
                [lq, revealed_symmetric_advantage(lq), e_ir / industry.total - region.share];
            let bounds = if *e_ir > 0.0 {
                let both = 2.0 * e_ir / (industry.total * region.total);
                let variance = 1.0 / e_ir - industry.inverse - region.inverse + both - all.inverse;
                bounds(lq, variance.max(0.0), all.z)
            } else {
                interval([*e_ir, industry.total, region.total, all.total], all.haldane, all.z)
            };
            let finite = |value: f64| Datum::finite(value, Undefined::NotIdentified);
            self.put(numbers.map(finite), bounds);
        }
    }

    fn put(&mut self, [lq, rsca, additive]: [Datum; 3], [ln_lq, lower, upper]: [Datum; 3]) {
        self.lq.push(lq);
        self.rsca.push(rsca);
        self.additive.push(additive);
        self.ln_lq.push(ln_lq);
        self.lower.push(lower);
        self.upper.push(upper);
    }

    fn frame(self) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::new("region", "", Values::Text(self.region)),
            Column::new("industry", "", Values::Text(self.industry)),
            Column::number("lq", "1", self.lq),
            Column::number("rsca", "1", self.rsca),
            Column::number("additive", "1", self.additive),
            Column::number("ln_lq", "1", self.ln_lq),
            Column::number("lower", "1", self.lower),
            Column::number("upper", "1", self.upper),
        ])?)
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let confidence = call.option_number("confidence");
    let haldane = call.option("haldane") == "yes";
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let bootstrap = match call.variant() {
        "plant-bootstrap" => Some(PlantBootstrap::read(call)?),
        _ => None,
    };
    let mut rows = Rows::default();
    let mut bootstrap_notes = Vec::new();
    let notes = call.each_period(|p, activity| {
        let margins = Margins::of(activity);
        let bounds = match &bootstrap {
            Some(bootstrap) => {
                let replicates = call.option_integer("replicates") as u32;
                let answer =
                    bootstrap.intervals(call, i64::from(p), activity, replicates, confidence)?;
                bootstrap_notes.extend(answer.note);
                Some(answer.bounds)
            }
            None => None,
        };
        let n_industries = activity.n_industries();
        rows.reserve(activity.values().len());
        let industries: Vec<Option<Key>> =
            activity.industries().codes().iter().cloned().map(Some).collect();
        let of =
            |e_i: &f64| OfIndustry { total: *e_i, share: e_i / margins.total, inverse: 1.0 / e_i };
        let all = OfAll {
            industries: margins.industries.iter().map(of).collect(),
            total: margins.total,
            inverse: 1.0 / margins.total,
            haldane,
            z,
        };
        for (r, e_r) in margins.regions.iter().enumerate() {
            let start = rows.period.len();
            let n_rows = start + n_industries;
            rows.period.resize(n_rows, i64::from(p));
            rows.region.resize(n_rows, Some(activity.regions().code(r).clone()));
            rows.industry.extend_from_slice(&industries);
            let region = OfRegion { total: *e_r, share: e_r / margins.total, inverse: 1.0 / e_r };
            rows.push_region(activity.region(r), &region, &all);
            if let Some(bounds) = &bounds {
                for (i, [lower, upper]) in
                    bounds[r * n_industries..(r + 1) * n_industries].iter().enumerate()
                {
                    rows.lower[start + i] = *lower;
                    rows.upper[start + i] = *upper;
                }
            }
        }
        Ok(())
    })?;
    let honest = bootstrap.is_none().then(|| {
        Note::new(
            "lq-interval-counts",
            "the intervals take every unit of activity for an independent draw; with jobs or \
             money they are too narrow: give counts of establishments, or use plant-bootstrap",
            "区间假定每一活动单位独立；若活动量为就业或金额则区间过窄，宜改用企业单位数或 plant-bootstrap",
        )
    });
    let answer = Answer::one("location_quotient", rows.frame()?);
    Ok(answer.noting(notes).noting(bootstrap_notes).noting(honest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: [f64; 4], haldane: bool, expected: [Datum; 4]) {
        let [e_ir, e_i, e_r, e] = cell;
        let [ln_lq, lower, upper] = interval(cell, haldane, 1.959_963_984_540_054);
        let found = [Datum::from(location_quotient(e_ir, e_i, e_r, e)), ln_lq, lower, upper];
        for (found, expected) in found.into_iter().zip(expected) {
            match (found, expected) {
                (Datum::Number(found), Datum::Number(expected)) => {
                    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
                }
                (found, expected) => assert_eq!(found, expected),
            }
        }
    }

    #[test]
    fn thirty_of_two_hundred_where_five_percent_is_usual_is_a_quotient_of_three() {
        let bounds = [3.0_f64.ln(), 2.176_140_463_70, 4.135_762_442_78].map(Datum::Number);
        let expected = [Datum::Number(3.0), bounds[0], bounds[1], bounds[2]];
        check([30.0, 500.0, 200.0, 10_000.0], false, expected);
    }

    #[test]
    fn a_cell_at_zero_has_a_quotient_of_zero_and_no_logarithm() {
        let none = Datum::undefined(Undefined::LogOfZero);
        check([0.0, 500.0, 200.0, 10_000.0], false, [Datum::Number(0.0), none, none, none]);
    }

    // ½ in a table of 201, 501 and 10,002: LQ = (.5/201)/(501/10002) = .049663…
    #[test]
    fn haldane_gives_a_cell_at_zero_an_interval() {
        let lq: f64 = 0.5 / 201.0 / (501.0 / 10_002.0);
        let variance: f64 =
            2.0 - 1.0 / 501.0 - 1.0 / 201.0 + 1.0 / (501.0 * 201.0) - 1.0 / 10_002.0;
        let reach = (1.959_963_984_540_054 * variance.sqrt()).exp();
        let bounds = [lq.ln(), lq / reach, lq * reach].map(Datum::Number);
        let expected = [Datum::Number(0.0), bounds[0], bounds[1], bounds[2]];
        check([0.0, 500.0, 200.0, 10_000.0], true, expected);
    }

    #[test]
    fn a_region_or_an_industry_without_activity_has_no_quotient() {
        let none = Datum::undefined(Undefined::ZeroTotal);
        check([0.0, 500.0, 0.0, 10_000.0], false, [none; 4]);
        check([0.0, 0.0, 500.0, 10_000.0], false, [none; 4]);
    }

    #[test]
    fn a_single_region_has_quotients_of_one() {
        let activity = Activity::from_rows(&[[3.0, 5.0]]);
        assert_eq!(location_quotients(&activity), [Ok(1.0), Ok(1.0)]);
    }
}
