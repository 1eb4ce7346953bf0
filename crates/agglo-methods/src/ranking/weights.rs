//! Entropy weights: indicators count by how unequally they are spread.
//!
//! P_ij = x_ij / Σ_i x_ij,  E_j = −(1/ln m) Σ_i P_ij ln P_ij,  w_j = (1 − E_j) / Σ_j (1 − E_j)
//!
//! | symbol | meaning                                            | shape | range      | unit |
//! |--------|----------------------------------------------------|-------|------------|------|
//! | x      | indicator, min–max normalized, more is better      | m × n | ≥ 0        | none |
//! | E      | evenness of an indicator: 1 all rows alike         | n     | 0 … 1      | none |
//! | w      | weight                                             | n     | ≥ 0, sum 1 | none |
//!
//! m counts the rows: regions, or region-years of a panel. 0 ln 0 = 0 and nothing is added to the
//! normalized values: the customary small shift changes the weights. Entropy rewards dispersion,
//! which need not be importance. The variant `raw` takes shares of the values as given (pymcdm,
//! which also refuses zeros).
//! Cost: O(m n).
//! Source: Zeleny (1982), Multiple Criteria Decision Making; code of objective-weights-for-mcda and
//! pymcdm.

use agglo_core::{Column, Datum, Frame, Note, Text, Undefined, sum};

use super::indicators::{GAPS, INDICATOR, INDICATOR_META, Indicators};
use super::normalize::{Normalization, normalize};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};

/// Evenness E of one column of values of zero or more.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two rows, [`Undefined::Negative`] for a value below zero,
/// [`Undefined::ZeroTotal`] when all are zero.
pub fn entropy(column: &[f64]) -> Result<f64, Undefined> {
    if column.len() < 2 {
        return Err(Undefined::TooFew);
    }
    if column.iter().any(|x| *x < 0.0) {
        return Err(Undefined::Negative);
    }
    let total = sum(column.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let terms = column.iter().filter(|x| **x > 0.0).map(|x| x / total * (x / total).ln());
    Ok(-sum(terms) / (column.len() as f64).ln())
}

/// Entropy weights of `columns`.
///
/// # Errors
/// As [`entropy`], and [`Undefined::NoVariation`] when every column is even.
pub fn entropy_weights(columns: &[Vec<f64>]) -> Result<Vec<f64>, Undefined> {
    let spread: Vec<f64> = columns
        .iter()
        .map(|column| entropy(column).map(|e| (1.0 - e).max(0.0)))
        .collect::<Result<_, _>>()?;
    let total = sum(spread.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    Ok(spread.iter().map(|d| d / total).collect())
}

/// Where weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weighting {
    Entropy,
    Equal,
    Given,
}

pub(super) const WEIGHTS: OptionSpec = OptionSpec {
    name: "weights",
    kind: OptionKind::Choice(&["entropy", "equal", "given"]),
    default: "entropy",
    help: Text::new(
        "entropy of the indicators, all alike, or the column `weight` of indicator_meta",
        "熵权、等权，或 indicator_meta 中的 `weight` 列",
    ),
};

impl Weighting {
    pub(super) fn of(call: &Call<'_>) -> Weighting {
        match call.option("weights") {
            "equal" => Weighting::Equal,
            "given" => Weighting::Given,
            _ => Weighting::Entropy,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Weighting::Entropy => "entropy",
            Weighting::Equal => "equal",
            Weighting::Given => "given",
        }
    }

    /// Weights of `indicators`, sum 1.
    pub(super) fn weigh(self, indicators: &Indicators) -> Result<Vec<f64>, MethodError> {
        let n = indicators.names.len();
        match self {
            Weighting::Equal => Ok(vec![1.0 / n as f64; n]),
            Weighting::Entropy => {
                let columns = normalized(indicators, Normalization::MinMax);
                entropy_weights(&columns).map_err(|why| MethodError::NotIdentified {
                    what: format!("no entropy weights: {}", reason(why)),
                })
            }
            Weighting::Given => {
                let missing = indicators.names.iter().zip(&indicators.given);
                if let Some((code, _)) = missing.clone().find(|(_, weight)| weight.is_none()) {
                    return Err(MethodError::Data {
                        what: format!(
                            "`weights = given` needs a weight for indicator `{code}` in \
                             indicator_meta"
                        ),
                    });
                }
                let given: Vec<f64> = indicators.given.iter().flatten().copied().collect();
                let total = sum(given.iter().copied());
                if total <= 0.0 {
                    return Err(MethodError::Data {
                        what: "the weights in indicator_meta are all zero".to_owned(),
                    });
                }
                Ok(given.iter().map(|weight| weight / total).collect())
            }
        }
    }
}

fn reason(why: Undefined) -> &'static str {
    agglo_core::Gap::Undefined(why).reason(agglo_core::Lang::En)
}

/// Every column normalized; columns of [`Indicators`] vary, so each has its values.
pub(super) fn normalized(indicators: &Indicators, kind: Normalization) -> Vec<Vec<f64>> {
    let columns = indicators.columns.iter().zip(&indicators.directions);
    columns.filter_map(|(column, direction)| normalize(column, kind, *direction)).collect()
}

/// The table of weights, as every method of the family prints it.
pub(super) fn weights_table(
    indicators: &Indicators,
    weights: &[f64],
) -> Result<Frame, MethodError> {
    Ok(Frame::new(vec![
        Column::text("indicator", indicators.names.iter().cloned()),
        Column::new("dimension", "", agglo_core::Values::Text(indicators.dimensions.clone())),
        Column::numbers("weight", "1", weights.iter().copied()),
    ])?)
}

/// What entropy weights do not mean.
pub(super) fn entropy_note() -> Note {
    Note::new(
        "entropy-is-dispersion",
        "entropy weights reward indicators that differ much between regions, whether or not they \
         matter more",
        "熵权偏重地区间差异大的指标，差异大并不等于更重要",
    )
}

pub(super) static ENTROPY_WEIGHTS: Method = Method {
    id: "entropy-weights",
    chapter: Chapter::Rank,
    title: Text::new("Entropy weights", "熵权法"),
    help: Text::new(
        "How much would each indicator count if dispersion decided?",
        "若以离散程度定权，各指标权重为多少？",
    ),
    inputs: &[INDICATOR, INDICATOR_META],
    options: &[GAPS],
    variants: &[
        Variant {
            id: "minmax",
            help: Text::new(
                "of min–max normalized indicators, no shift",
                "对极差标准化后的指标计算，不平移",
            ),
        },
        Variant {
            id: "raw",
            help: Text::new(
                "of the values as given (pymcdm entropy_weights)",
                "直接对原始值计算（pymcdm entropy_weights）",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "weights",
        columns: &[
            out_key("indicator", "Indicator", "指标"),
            out("dimension", "", "Dimension", "维度"),
            out("weight", "1", "Weight", "权重"),
            out("entropy", "1", "Evenness", "信息熵"),
        ],
    }],
    formula: "w(j) = (1 − E(j)) / Σ (1 − E);  E(j) = −Σ P ln P / ln m,  P = x / Σ x   x: indicator, \
              min–max normalized; m: rows",
    source: "Zeleny (1982), Multiple Criteria Decision Making; objective-weights-for-mcda; pymcdm",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (indicators, notes) = Indicators::read(call)?;
    let columns = match call.variant() {
        "raw" => indicators.columns.clone(),
        _ => normalized(&indicators, Normalization::MinMax),
    };
    let weights = entropy_weights(&columns).map_err(|why| MethodError::NotIdentified {
        what: format!("no entropy weights: {}", reason(why)),
    })?;
    let evenness = columns.iter().map(|column| Datum::from(entropy(column)));
    let frame =
        weights_table(&indicators, &weights)?.with(Column::number("entropy", "1", evenness))?;
    Ok(Answer::one("weights", frame).noting(notes).noting([entropy_note()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::tree::Direction;

    #[track_caller]
    fn check(columns: &[Vec<f64>], expected: &[f64]) {
        for (found, expected) in entropy_weights(columns).unwrap().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn the_four_region_example_has_the_published_weights() {
        let (more, less) = (Direction::Benefit, Direction::Cost);
        let columns: Vec<Vec<f64>> = [
            ([80.0, 60.0, 90.0, 40.0], more),
            ([0.3, 0.5, 0.2, 0.4], more),
            ([5.0, 4.0, 7.0, 2.0], less),
            ([60.0, 90.0, 30.0, 75.0], more),
        ]
        .iter()
        .filter_map(|(column, direction)| normalize(column, Normalization::MinMax, *direction))
        .collect();
        let expected = [0.248_812_753_637, 0.266_434_206_868, 0.253_464_829_688, 0.231_288_209_808];
        check(&columns, &expected);
        let evenness = [0.747_459, 0.729_574, 0.742_738, 0.765_247];
        for (column, expected) in columns.iter().zip(evenness) {
            assert!((entropy(column).unwrap() - expected).abs() < 5e-7);
        }
    }

    #[test]
    fn what_only_one_row_has_counts_most() {
        check(&[vec![0.0, 1.0], vec![1.0, 1.0]], &[1.0, 0.0]);
    }

    #[test]
    fn columns_without_shares_have_no_entropy() {
        assert_eq!(entropy(&[1.0]), Err(Undefined::TooFew));
        assert_eq!(entropy(&[1.0, -1.0]), Err(Undefined::Negative));
        assert_eq!(entropy_weights(&[vec![2.0, 2.0]]), Err(Undefined::NoVariation));
    }
}
