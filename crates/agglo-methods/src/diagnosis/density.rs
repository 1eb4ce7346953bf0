//! Income density: what shape does the distribution of income over regions have, and how many peaks?
//!
//! f_t(x) = Σ w_r φ((x − x_rt)/h) / (h Σ w_r),  x_rt = y_rt over the mean (or another center) of t
//!
//! | symbol | meaning                                                 | shape | range | unit |
//! |--------|---------------------------------------------------------|-------|-------|------|
//! | x      | income relative to the center of its period, or its log | R × T | > 0   | none |
//! | w      | weight, such as population                              | R     | ≥ 0   | none |
//! | h      | bandwidth, by the rule of the variant                   | T     | > 0   | none |
//!
//! | rule           | h                                                                            |
//! |----------------|------------------------------------------------------------------------------|
//! | nrd0           | 0.9 min(s, IQR/1.34) n^(−1/5), R's `density` (Silverman's rule of thumb)      |
//! | nrd            | 1.06 min(s, IQR/1.34) n^(−1/5), R's `bw.nrd` (Scott)                          |
//! | scott          | s n^(−1/5), SciPy's default                                                  |
//! | silverman      | s (3n/4)^(−1/5), SciPy's `silverman`                                         |
//! | sheather-jones | the root of the plug-in equation, R's `bw.SJ` without binning                |
//!
//! s divides by n − 1. A peak of f is a mode; one more bump may be nothing but chance, so the
//! bandwidth is printed and its share `bandwidth` can be changed, and `mode_test` asks how many peaks
//! there are beyond chance (see `modality`). Cost: O(R · points · T).
//! Source: Silverman (1986), Density Estimation; Sheather and Jones (1991), JRSS B 53, 683–690;
//! Quah (1997), Journal of Economic Growth 2, 27–59 (twin peaks).

use agglo_core::{Column, Datum, Frame, Text, Undefined, mean, sum};

use super::modality::{ModeTest, mode_test};
use super::panel::{Balanced, REGION_GAPS, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::inference::{median, percentile, standard_deviation};
use crate::interval::REPLICATES;
use crate::table::Rows;

/// How a bandwidth is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bandwidth {
    /// 0.9 min(s, IQR/1.34) n^(−1/5).
    Nrd0,
    /// 1.06 min(s, IQR/1.34) n^(−1/5).
    Nrd,
    /// s n^(−1/5).
    Scott,
    /// s (3n/4)^(−1/5).
    Silverman,
    /// Sheather and Jones.
    SheatherJones,
}

impl Bandwidth {
    /// The bandwidth for `values`.
    ///
    /// # Errors
    /// [`Undefined::TooFew`] for fewer than two values, [`Undefined::NoVariation`] when all are
    /// equal, [`Undefined::NotIdentified`] when the plug-in equation has no root.
    pub fn of(self, values: &[f64]) -> Result<f64, Undefined> {
        let n = values.len() as f64;
        let sd = standard_deviation(values, 1).ok_or(Undefined::TooFew)?;
        if sd <= 0.0 {
            return Err(Undefined::NoVariation);
        }
        let quartiles = percentile(values, 0.75).zip(percentile(values, 0.25));
        let range = quartiles.map_or(0.0, |(high, low)| (high - low) / 1.34);
        // Where half of the regions are equal the quartiles say nothing.
        let robust = if range > 0.0 { sd.min(range) } else { sd };
        match self {
            Bandwidth::Nrd0 => Ok(0.9 * robust * n.powf(-0.2)),
            Bandwidth::Nrd => Ok(1.06 * robust * n.powf(-0.2)),
            Bandwidth::Scott => Ok(sd * n.powf(-0.2)),
            Bandwidth::Silverman => Ok(sd * (n * 0.75).powf(-0.2)),
            // R divides by 1.349 here and by 1.34 there.
            Bandwidth::SheatherJones => {
                let range = range * 1.34 / 1.349;
                sheather_jones(values, if range > 0.0 { sd.min(range) } else { sd })
            }
        }
    }
}

/// The h with h = (R(K) / (n S_D(α₂(h))))^(1/5), by bisection.
fn sheather_jones(values: &[f64], scale: f64) -> Result<f64, Undefined> {
    let n = values.len() as f64;
    // Σ over all pairs of the fourth or sixth derivative of φ, over n (n − 1) h^order.
    let pairs = |h: f64, of: fn(f64) -> f64, diagonal: f64, order: i32| {
        let off = sum(values.iter().enumerate().map(|(i, a)| {
            sum(values[..i].iter().map(|b| {
                let squared = ((a - b) / h).powi(2);
                // Beyond, the normal density is nothing.
                if squared >= 1000.0 { 0.0 } else { of(squared) * (-squared / 2.0).exp() }
            }))
        }));
        let root = (2.0 * std::f64::consts::PI).sqrt();
        (2.0 * off + n * diagonal) / (n * (n - 1.0) * h.powi(order) * root)
    };
    let fourth = |h: f64| pairs(h, |s| s * s - 6.0 * s + 3.0, 3.0, 5);
    let sixth = |h: f64| pairs(h, |s| s * s * s - 15.0 * s * s + 45.0 * s - 15.0, -15.0, 7);
    let (a, b) = (1.24 * scale * n.powf(-1.0 / 7.0), 1.23 * scale * n.powf(-1.0 / 9.0));
    let curvature = -sixth(b);
    if !(curvature.is_finite() && curvature > 0.0) {
        return Err(Undefined::NotIdentified);
    }
    let alpha = 1.357 * (fourth(a) / curvature).powf(1.0 / 7.0);
    let roughness = 1.0 / (2.0 * std::f64::consts::PI.sqrt() * n);
    let miss = |h: f64| (roughness / fourth(alpha * h.powf(5.0 / 7.0))).powf(0.2) - h;
    let most = 1.144 * scale * n.powf(-0.2);
    let (mut low, mut high) = (0.1 * most, most);
    for _ in 0..60 {
        if miss(low) * miss(high) <= 0.0 {
            break;
        }
        low /= 1.2;
        high *= 1.2;
    }
    let at_low = miss(low);
    if !(at_low.is_finite() && at_low * miss(high) <= 0.0) {
        return Err(Undefined::NotIdentified);
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if miss(middle) * at_low > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::midpoint(low, high))
}

/// The density of weighted `values` at `x` with bandwidth `h`.
pub fn kernel_density(values: &[f64], weights: &[f64], h: f64, x: f64) -> f64 {
    let total = sum(weights.iter().copied());
    let bumps = values.iter().zip(weights).map(|(v, w)| w * (-((x - v) / h).powi(2) / 2.0).exp());
    sum(bumps) / (total * h * (2.0 * std::f64::consts::PI).sqrt())
}

/// The places of the peaks of the density and its height there, lowest place first.
pub fn modes(values: &[f64], weights: &[f64], h: f64) -> Vec<(f64, f64)> {
    const CELLS: usize = 1000;
    let (low, high) = ends(values, 0.0);
    let place = |cell: usize| low + (high - low) * cell as f64 / CELLS as f64;
    let height = |x: f64| kernel_density(values, weights, h, x);
    let heights: Vec<f64> = (0..=CELLS).map(|cell| height(place(cell))).collect();
    let rises = |cell: usize| cell == 0 || heights[cell] > heights[cell - 1];
    let falls = |cell: usize| cell == CELLS || heights[cell] >= heights[cell + 1];
    (0..=CELLS)
        .filter(|&cell| rises(cell) && falls(cell))
        .map(|cell| {
            // Thirds of the two cells around the highest grid point.
            let (mut a, mut b) = (place(cell.saturating_sub(1)), place((cell + 1).min(CELLS)));
            for _ in 0..80 {
                let (left, right) = (a + (b - a) / 3.0, b - (b - a) / 3.0);
                if height(left) < height(right) { a = left } else { b = right }
            }
            let top = f64::midpoint(a, b);
            (top, height(top))
        })
        .collect()
}

/// The least and the largest value, `reach` further out.
fn ends(values: &[f64], reach: f64) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low - reach, high + reach)
}

const MODE_TESTS: OutputTable = OutputTable {
    name: "mode_tests",
    columns: &[
        OUT_PERIOD,
        out_key("at_most", "Peaks at most", "峰数上限"),
        out("critical_bandwidth", "1", "Least bandwidth with so many", "临界带宽"),
        out("p_value", "1", "p (bootstrap)", "p 值（自助法）"),
    ],
};

pub(super) static DENSITY: Method = Method {
    id: "income-density",
    chapter: Chapter::Diagnose,
    title: Text::new("Density of income over regions", "地区收入的核密度"),
    help: Text::new(
        "What shape does the distribution of income over regions have, and how many peaks?",
        "地区收入分布呈何形状，有几个峰？",
    ),
    inputs: &[REGIONS],
    options: &[
        REGION_GAPS,
        OptionSpec {
            name: "center",
            kind: OptionKind::Choice(&["mean", "weighted-mean", "median", "none"]),
            default: "mean",
            help: Text::new("what each value is divided by", "各数值所除的基准"),
        },
        OptionSpec {
            name: "scale",
            kind: OptionKind::Choice(&["value", "log"]),
            default: "value",
            help: Text::new("relative values, or their logarithms", "相对值，或其对数"),
        },
        OptionSpec {
            name: "weigh",
            kind: OptionKind::Choice(&["no", "yes"]),
            default: "no",
            help: Text::new(
                "count regions by the column `weight`; bandwidths do not",
                "按 weight 列加权；带宽不加权",
            ),
        },
        OptionSpec {
            name: "bandwidth",
            kind: OptionKind::Number(0.01, 100.0),
            default: "1",
            help: Text::new("the rule's bandwidth times this", "规则带宽的倍数"),
        },
        OptionSpec {
            name: "points",
            kind: OptionKind::Integer(2, 10_000),
            default: "128",
            help: Text::new("places at which the density is printed", "输出密度的点数"),
        },
        OptionSpec {
            name: "mode_test",
            kind: OptionKind::Choice(&["none", "silverman", "hall-york"]),
            default: "none",
            help: Text::new(
                "bootstrap test that there are no more than 1, 2, … peaks, every region of one weight: \
                 Silverman's, or Hall and York's for one peak",
                "检验峰数不超过 1、2……（自助法，各地区等权）：Silverman 检验，或单峰的 Hall–York 校正",
            ),
        },
        OptionSpec {
            name: "max_modes",
            kind: OptionKind::Integer(1, 9),
            default: "3",
            help: Text::new(
                "most peaks that Silverman's test asks for",
                "Silverman 检验的最多峰数",
            ),
        },
        REPLICATES,
    ],
    variants: &[
        Variant {
            id: "nrd0",
            help: Text::new(
                "Silverman's rule of thumb, R's density",
                "Silverman 经验法则，同 R density",
            ),
        },
        Variant { id: "nrd", help: Text::new("Scott's variation, R's bw.nrd", "同 R bw.nrd") },
        Variant { id: "scott", help: Text::new("SciPy's default", "SciPy 默认") },
        Variant { id: "silverman", help: Text::new("SciPy's silverman", "SciPy silverman") },
        Variant {
            id: "sheather-jones",
            help: Text::new("plug-in, R's bw.SJ without binning", "插入法，同 R bw.SJ（不分箱）"),
        },
    ],
    outputs: &[
        OutputTable {
            name: "shape",
            columns: &[
                OUT_PERIOD,
                out("n", "1", "Regions", "地区数"),
                out("bandwidth", "1", "Bandwidth", "带宽"),
                out("n_modes", "1", "Peaks", "峰数"),
                out("center", "value", "What values are divided by", "基准值"),
                out("sd", "1", "Standard deviation", "标准差"),
            ],
        },
        OutputTable {
            name: "modes",
            columns: &[
                OUT_PERIOD,
                out_key("mode", "Peak", "峰"),
                out("at", "1", "Place", "位置"),
                out("density", "1", "Density", "密度"),
            ],
        },
        OutputTable {
            name: "density",
            columns: &[
                OUT_PERIOD,
                out_key("point", "Point", "点"),
                out("at", "1", "Place", "位置"),
                out("density", "1", "Density", "密度"),
            ],
        },
        MODE_TESTS,
    ],
    formula: "f(x) = Σ w φ((x − x(r))/h) / (h Σ w), x(r) = y(r)/center; h by the variant; mode test: \
              P(replicates drawn with the least bandwidth h(k) of k peaks have more than k at h(k)), \
              Hall–York: least α with P(h* ≤ λ(α) h) ≥ 1 − α",
    source: "Silverman (1986), Density Estimation; Sheather and Jones (1991), JRSS B 53(3), \
             683–690; Quah (1997), Journal of Economic Growth 2(1), 27–59; Silverman (1981), JRSS B \
             43(1), 97–99; Hall and York (2001), Statistica Sinica 11, 515–536",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let rule = match call.variant() {
        "nrd" => Bandwidth::Nrd,
        "scott" => Bandwidth::Scott,
        "silverman" => Bandwidth::Silverman,
        "sheather-jones" => Bandwidth::SheatherJones,
        _ => Bandwidth::Nrd0,
    };
    let weighs = call.option("weigh") == "yes";
    let by_weight = call.option("center") == "weighted-mean";
    let data = Balanced::read(call, None, weighs || by_weight)?;
    let mut shapes = Vec::new();
    for (period, points) in data.periods.iter().zip(&data.points) {
        let values: Vec<f64> = points.iter().map(|p| p.value).collect();
        let weights: Vec<f64> = points.iter().map(|p| p.weight).collect();
        let total = sum(weights.iter().copied());
        let center = match call.option("center") {
            "none" => Some(1.0),
            "median" => median(&values),
            "weighted-mean" if total > 0.0 => {
                Some(sum(values.iter().zip(&weights).map(|(v, w)| v * w)) / total)
            }
            "weighted-mean" => None,
            _ => mean(&values),
        };
        let Some(center) = center.filter(|_| !weighs || total > 0.0) else {
            return Err(MethodError::NotIdentified {
                what: format!("period {period} has no region with a weight"),
            });
        };
        let is_log = call.option("scale") == "log";
        let x = values.iter().map(|v| if is_log { (v / center).ln() } else { v / center });
        shapes.push(Shape {
            period: *period,
            bandwidth: Err(Undefined::TooFew),
            weights: if weighs { weights } else { vec![1.0; values.len()] },
            values: x.collect(),
            center,
        });
    }
    let share = call.option_number("bandwidth");
    for shape in &mut shapes {
        shape.bandwidth = rule.of(&shape.values).map(|h| h * share);
    }
    let whole: Vec<&Shape> = shapes.iter().filter(|shape| shape.bandwidth.is_ok()).collect();
    // One axis for all periods, three bandwidths beyond the outermost regions.
    let (low, high) =
        whole.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), shape| {
            let (a, b) = ends(&shape.values, 3.0 * shape.bandwidth.unwrap_or(0.0));
            (low.min(a), high.max(b))
        });
    let n_points = call.option_integer("points");
    let place = |at: usize| low + (high - low) * at as f64 / (n_points - 1) as f64;
    let mut rows = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut peaks = Vec::new();
    for (done, shape) in whole.iter().enumerate() {
        call.control().step(done as u64, whole.len() as u64)?;
        let h = shape.bandwidth.unwrap_or(1.0);
        for at in 0..n_points {
            rows.0.push(shape.period);
            rows.1.push(at as i64 + 1);
            rows.2.push(place(at));
            rows.3.push(kernel_density(&shape.values, &shape.weights, h, place(at)));
        }
        peaks.push((shape.period, modes(&shape.values, &shape.weights, h)));
    }
    let n_modes = |shape: &Shape| {
        let found = peaks.iter().find(|(period, _)| *period == shape.period);
        found.map_or(Datum::from(shape.bandwidth), |(_, modes)| Datum::Number(modes.len() as f64))
    };
    let shape_frame = Frame::new(vec![
        Column::integer("period", "", shapes.iter().map(|s| s.period)),
        Column::integer("n", "1", shapes.iter().map(|s| s.values.len() as i64)),
        Column::number("bandwidth", "1", shapes.iter().map(|s| Datum::from(s.bandwidth))),
        Column::number("n_modes", "1", shapes.iter().map(n_modes)),
        Column::numbers("center", "value", shapes.iter().map(|s| s.center)),
        Column::number(
            "sd",
            "1",
            shapes
                .iter()
                .map(|s| Datum::from(standard_deviation(&s.values, 1).ok_or(Undefined::TooFew))),
        ),
    ])?;
    let each = || {
        peaks.iter().flat_map(|(period, modes)| {
            modes.iter().enumerate().map(move |(at, mode)| (*period, at as i64 + 1, mode))
        })
    };
    let mode_frame = Frame::new(vec![
        Column::integer("period", "", each().map(|row| row.0)),
        Column::integer("mode", "", each().map(|row| row.1)),
        Column::numbers("at", "1", each().map(|row| row.2.0)),
        Column::numbers("density", "1", each().map(|row| row.2.1)),
    ])?;
    let density_frame = Frame::new(vec![
        Column::integer("period", "", rows.0),
        Column::integer("point", "", rows.1),
        Column::numbers("at", "1", rows.2),
        Column::numbers("density", "1", rows.3),
    ])?;
    let answer = Answer::one("shape", shape_frame)
        .and("modes", mode_frame)
        .and("density", density_frame)
        .noting(data.notes);
    Ok(match tests(call, &shapes)? {
        Some(tests) => answer.and("mode_tests", tests),
        None => answer,
    })
}

/// The tests of the number of peaks, `None` where none is asked for.
fn tests(call: &Call<'_>, shapes: &[Shape]) -> Result<Option<Frame>, MethodError> {
    let mut rows = Rows::new(&MODE_TESTS);
    let (test, most) = match call.option("mode_test") {
        "silverman" => (ModeTest::Silverman, call.option_integer("max_modes")),
        "hall-york" => (ModeTest::HallYork, 1),
        _ => return Ok(None),
    };
    let replicates = call.option_integer("replicates") as u32;
    for (done, shape) in shapes.iter().enumerate() {
        for k in 1..=most {
            call.control().step((done * most + k) as u64, (shapes.len() * most) as u64)?;
            let unit = (call.seed(), shape.period as u32);
            let found = mode_test(&shape.values, k, test, replicates, unit);
            rows.push([
                shape.period.into(),
                k.into(),
                found.map(|found| found.0).into(),
                found.map(|found| found.1).into(),
            ]);
        }
    }
    Ok(Some(rows.frame()?))
}

/// One period.
struct Shape {
    period: i64,
    values: Vec<f64>,
    weights: Vec<f64>,
    center: f64,
    bandwidth: Result<f64, Undefined>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_heaps_have_two_peaks_until_the_bandwidth_joins_them() {
        let values = [0.5, 0.52, 0.55, 1.5, 1.52, 1.55];
        let weights = [1.0; 6];
        let found = modes(&values, &weights, 0.1);
        assert_eq!(found.len(), 2);
        assert!((found[0].0 - 0.523).abs() < 0.01);
        assert_eq!(modes(&values, &weights, 1.0).len(), 1);
        // Without weight the upper heap is not there.
        let lower = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(modes(&values, &lower, 0.1).len(), 1);
    }

    #[test]
    fn one_region_has_no_bandwidth_and_equal_ones_neither() {
        assert_eq!(Bandwidth::Nrd0.of(&[1.0]), Err(Undefined::TooFew));
        assert_eq!(Bandwidth::Scott.of(&[1.0, 1.0, 1.0]), Err(Undefined::NoVariation));
    }

    // One region at 0: the density is the kernel itself.
    #[test]
    fn the_density_of_one_region_is_the_kernel() {
        let expected = 1.0 / (2.0 * (2.0 * std::f64::consts::PI).sqrt());
        assert!((kernel_density(&[0.0], &[3.0], 2.0, 0.0) - expected).abs() < 1e-15);
    }
}
