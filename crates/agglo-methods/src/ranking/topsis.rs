//! TOPSIS: how near is a region to the best of everything, and how far from the worst?
//!
//! v_ij = w_j y_ij,  C_i = d⁻_i / (d⁺_i + d⁻_i),  d± the distances from the ideal and its opposite
//!
//! | symbol | meaning                                                 | shape | range | unit |
//! |--------|---------------------------------------------------------|-------|-------|------|
//! | y      | indicator over √Σ x² (vector) or min–max normalized     | m × n | real  | none |
//! | w      | weights                                                 | n     | sum 1 | none |
//! | C      | 1 best in everything, 0 worst in everything             | m     | 0 … 1 | none |
//!
//! In a panel the ideal is that of all years. A region that enters or leaves can swap the ranks of
//! two others: the table `leave_one_out` says how often.
//! Gaps: none, as constant indicators are left out. Cost: O(m n), and O(m² n) for leave-one-out.
//! Source: Hwang and Yoon (1981), Multiple Attribute Decision Making; min–max form as in pymcdm.

use agglo_core::{Column, Frame, Text, Undefined, sum};

use super::indicators::{GAPS, INDICATOR, INDICATOR_META, Indicators};
use super::normalize::Normalization;
use super::tree::Direction;
use super::weights::{WEIGHTS, Weighting, entropy_note, normalized, weights_table};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OutputTable, Variant, out, out_key,
};
use crate::inference::{discordant_pairs, dot, ranks_descending};

/// Closeness to the ideal, with the two distances it is made of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Topsis {
    /// C, one per row.
    pub closeness: Vec<f64>,
    /// d⁺, one per row.
    pub to_ideal: Vec<f64>,
    /// d⁻, one per row.
    pub to_anti_ideal: Vec<f64>,
}

/// TOPSIS of `columns`, normalized already, with the direction of each.
///
/// # Errors
/// [`Undefined::NoVariation`] when no column with a weight varies.
pub fn topsis(
    columns: &[Vec<f64>],
    directions: &[Direction],
    weights: &[f64],
) -> Result<Topsis, Undefined> {
    let m = columns.first().map_or(0, Vec::len);
    let (mut near, mut far) = (vec![0.0; m], vec![0.0; m]);
    for ((column, direction), weight) in columns.iter().zip(directions).zip(weights) {
        let low = column.iter().copied().fold(f64::INFINITY, f64::min);
        let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (best, worst) = match direction {
            Direction::Benefit => (high, low),
            Direction::Cost => (low, high),
        };
        for (row, y) in column.iter().enumerate() {
            near[row] += (weight * (y - best)).powi(2);
            far[row] += (weight * (y - worst)).powi(2);
        }
    }
    let to_ideal: Vec<f64> = near.iter().map(|d| d.sqrt()).collect();
    let to_anti_ideal: Vec<f64> = far.iter().map(|d| d.sqrt()).collect();
    if to_ideal.iter().zip(&to_anti_ideal).any(|(a, b)| a + b == 0.0) {
        return Err(Undefined::NoVariation);
    }
    let closeness = to_ideal.iter().zip(&to_anti_ideal).map(|(near, far)| far / (near + far));
    Ok(Topsis { closeness: closeness.collect(), to_ideal, to_anti_ideal })
}

/// Every column over its length √Σ x².
pub fn vector_normalized(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let by_length = |column: &Vec<f64>| {
        let length = dot(column, column).sqrt();
        column.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect()
    };
    columns.iter().map(by_length).collect()
}

/// How TOPSIS normalizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TopsisForm {
    Vector,
    MinMax,
}

impl TopsisForm {
    /// TOPSIS of `indicators`, normalized in this form.
    pub(super) fn score(
        self,
        indicators: &Indicators,
        weights: &[f64],
    ) -> Result<Topsis, MethodError> {
        let found = match self {
            TopsisForm::Vector => {
                topsis(&vector_normalized(&indicators.columns), &indicators.directions, weights)
            }
            TopsisForm::MinMax => {
                let columns = normalized(indicators, Normalization::MinMax);
                topsis(&columns, &vec![Direction::Benefit; columns.len()], weights)
            }
        };
        found.map_err(|_| MethodError::NotIdentified {
            what: "no indicator with a weight varies over the regions".to_owned(),
        })
    }
}

pub(super) static TOPSIS: Method = Method {
    id: "topsis",
    chapter: Chapter::Rank,
    title: Text::new("TOPSIS", "TOPSIS 法"),
    help: Text::new(
        "How near is each region to the best of every indicator?",
        "各地区与各项指标最优状态的接近程度如何？",
    ),
    inputs: &[INDICATOR, INDICATOR_META],
    options: &[GAPS, WEIGHTS],
    variants: &[
        Variant {
            id: "vector",
            help: Text::new(
                "vector normalization of the values as given (scikit-criteria)",
                "对原始值做向量归一化（scikit-criteria）",
            ),
        },
        Variant {
            id: "minmax",
            help: Text::new(
                "min–max normalization (pymcdm; usual in Chinese studies)",
                "极差标准化（pymcdm；中文研究中常用）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "topsis",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("closeness", "1", "Closeness", "贴近度"),
                out("rank", "1", "Rank", "排名"),
                out("to_ideal", "1", "Distance from the best", "与正理想解距离"),
                out("to_anti_ideal", "1", "Distance from the worst", "与负理想解距离"),
            ],
        },
        OutputTable {
            name: "weights",
            columns: &[
                out_key("indicator", "Indicator", "指标"),
                out("dimension", "", "Dimension", "维度"),
                out("weight", "1", "Weight", "权重"),
            ],
        },
        OutputTable {
            name: "leave_one_out",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("n_reversals", "1", "Pairs that swap without it", "剔除后逆序的地区对数"),
            ],
        },
    ],
    formula: "C = d⁻ / (d⁺ + d⁻)   d⁺, d⁻: Euclidean distances of w·y from the best and the worst \
              of each indicator; y: x / √Σ x² or min–max",
    source: "Hwang and Yoon (1981), Multiple Attribute Decision Making; scikit-criteria; pymcdm",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (indicators, notes) = Indicators::read(call)?;
    let form = if call.variant() == "minmax" { TopsisForm::MinMax } else { TopsisForm::Vector };
    let weighting = Weighting::of(call);
    let weights = weighting.weigh(&indicators)?;
    let found = form.score(&indicators, &weights)?;

    let mut order = Vec::new();
    let mut ranks = vec![0.0; indicators.rows.len()];
    for period in indicators.periods() {
        let rows = indicators.rows_of(period);
        let scores: Vec<f64> = rows.iter().map(|&row| found.closeness[row]).collect();
        for (row, rank) in rows.iter().zip(ranks_descending(&scores)) {
            ranks[*row] = rank;
        }
        let mut sorted = rows;
        sorted.sort_by(|&a, &b| ranks[a].total_cmp(&ranks[b]));
        order.extend(sorted);
    }
    let take = |values: &[f64]| -> Vec<f64> { order.iter().map(|&row| values[row]).collect() };
    let frame = Frame::new(vec![
        Column::integer("period", "", order.iter().map(|&row| indicators.rows[row].0)),
        Column::text("region", order.iter().map(|&row| indicators.rows[row].1.clone())),
        Column::numbers("closeness", "1", take(&found.closeness)),
        Column::numbers("rank", "1", take(&ranks)),
        Column::numbers("to_ideal", "1", take(&found.to_ideal)),
        Column::numbers("to_anti_ideal", "1", take(&found.to_anti_ideal)),
    ])?;
    let mut reversals = Vec::new();
    for row in 0..indicators.rows.len() {
        call.control().step(row as u64, indicators.rows.len() as u64)?;
        reversals.push(n_reversals(&indicators, &weights, form, &found.closeness, row));
    }
    let leave_one_out = Frame::new(vec![
        Column::integer("period", "", indicators.rows.iter().map(|row| row.0)),
        Column::text("region", indicators.rows.iter().map(|row| row.1.clone())),
        Column::integer("n_reversals", "1", reversals),
    ])?;
    let answer = Answer::one("topsis", frame)
        .and("weights", weights_table(&indicators, &weights)?)
        .and("leave_one_out", leave_one_out)
        .noting(notes);
    Ok(if weighting == Weighting::Entropy { answer.noting([entropy_note()]) } else { answer })
}

/// Pairs of other rows of the same period that swap when `left_out` is gone, weights kept.
fn n_reversals(
    indicators: &Indicators,
    weights: &[f64],
    form: TopsisForm,
    closeness: &[f64],
    left_out: usize,
) -> i64 {
    let rest = indicators.without(left_out);
    let Ok(again) = form.score(&rest, weights) else { return 0 };
    let before: Vec<f64> =
        (0..closeness.len()).filter(|&r| r != left_out).map(|r| closeness[r]).collect();
    let rows = rest.rows_of(indicators.rows[left_out].0);
    let of_rows = |all: &[f64]| -> Vec<f64> { rows.iter().map(|&row| all[row]).collect() };
    discordant_pairs(&of_rows(&before), &of_rows(&again.closeness)) as i64
}

/// Σ w y of every row.
pub fn weighted_sum(columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let m = columns.first().map_or(0, Vec::len);
    (0..m).map(|row| sum(columns.iter().zip(weights).map(|(c, w)| w * c[row]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::normalize::normalize;

    fn example() -> (Vec<Vec<f64>>, [Direction; 4]) {
        let columns = vec![
            vec![80.0, 60.0, 90.0, 40.0],
            vec![0.3, 0.5, 0.2, 0.4],
            vec![5.0, 4.0, 7.0, 2.0],
            vec![60.0, 90.0, 30.0, 75.0],
        ];
        let (more, less) = (Direction::Benefit, Direction::Cost);
        (columns, [more, more, less, more])
    }

    const WEIGHTS: [f64; 4] =
        [0.248_812_753_637, 0.266_434_206_868, 0.253_464_829_688, 0.231_288_209_808];

    #[track_caller]
    fn check(found: &[f64], expected: &[f64], tolerance: f64) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_four_region_example_has_the_published_closeness() {
        let (columns, directions) = example();
        let found = topsis(&vector_normalized(&columns), &directions, &WEIGHTS).unwrap();
        let expected = [0.474_561_916_288, 0.698_332_382_237, 0.308_467_896_097, 0.629_119_036_267];
        check(&found.closeness, &expected, 1e-11);
        let normalized: Vec<Vec<f64>> = columns
            .iter()
            .zip(directions)
            .filter_map(|(column, direction)| normalize(column, Normalization::MinMax, direction))
            .collect();
        let found = topsis(&normalized, &[Direction::Benefit; 4], &WEIGHTS).unwrap();
        check(&found.closeness, &[0.501_118, 0.687_429, 0.364_167, 0.567_462], 5e-7);
    }

    #[test]
    fn a_row_that_is_best_in_everything_has_closeness_one() {
        let found = topsis(&[vec![1.0, 0.0, 0.5]], &[Direction::Benefit], &[1.0]).unwrap();
        check(&found.closeness, &[1.0, 0.0, 0.5], 1e-15);
        assert_eq!(
            topsis(&[vec![1.0, 1.0]], &[Direction::Benefit], &[1.0]),
            Err(Undefined::NoVariation)
        );
    }

    #[test]
    fn a_weighted_sum_adds_what_it_weighs() {
        check(
            &weighted_sum(&[vec![1.0, 0.0], vec![0.5, 1.0]], &[0.25, 0.75]),
            &[0.625, 0.75],
            1e-15,
        );
    }
}
