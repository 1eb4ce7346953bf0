//! Ranking of regions by a tree of indicators.
//!
//! score_r = Σ_j w_j x_rj (weighted sum), or the TOPSIS closeness; rank 1 is the highest score
//!
//! | symbol | meaning                                                    | shape | range  | unit |
//! |--------|------------------------------------------------------------|-------|--------|------|
//! | x      | indicator normalized over the whole panel                  | m × n | any    | none |
//! | w      | entropy, equal, or given weights                           | n     | sum 1  | none |
//! | score  | higher is better; comparable between years, not studies    | m     | any    | none |
//!
//! Normalization and weights are those of all years together: otherwise a score could change
//! because the yardstick did. Indicators that do not vary are left out and named.
//! Gaps: refused, or their region-years or indicators left out. Cost: O(m n).
//! Source: OECD and JRC (2008), Handbook on Constructing Composite Indicators.

use agglo_core::{Column, Frame, Key, Note, Text};

use super::indicators::{GAPS, INDICATOR, INDICATOR_META, Indicators};
use super::normalize::Normalization;
use super::topsis::{TopsisForm, weighted_sum};
use super::weights::{WEIGHTS, Weighting, entropy_note, normalized, weights_table};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, OutputTable, Variant,
    out, out_key,
};
use crate::inference::ranks_descending;

/// How indicators become one score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aggregation {
    WeightedSum(Normalization),
    Topsis(TopsisForm),
}

impl Aggregation {
    pub(super) const ALL: [Aggregation; 4] = [
        Aggregation::WeightedSum(Normalization::MinMax),
        Aggregation::WeightedSum(Normalization::Z),
        Aggregation::Topsis(TopsisForm::Vector),
        Aggregation::Topsis(TopsisForm::MinMax),
    ];

    pub(super) fn of(call: &Call<'_>) -> Aggregation {
        match call.option("aggregation") {
            "topsis-vector" => Aggregation::Topsis(TopsisForm::Vector),
            "topsis-minmax" => Aggregation::Topsis(TopsisForm::MinMax),
            _ => Aggregation::WeightedSum(normalization(call)),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Aggregation::WeightedSum(Normalization::MinMax) => "weighted-sum of minmax",
            Aggregation::WeightedSum(Normalization::Z) => "weighted-sum of z",
            Aggregation::Topsis(TopsisForm::Vector) => "topsis-vector",
            Aggregation::Topsis(TopsisForm::MinMax) => "topsis-minmax",
        }
    }

    /// One score per row.
    pub(super) fn score(
        self,
        indicators: &Indicators,
        weights: &[f64],
    ) -> Result<Vec<f64>, MethodError> {
        match self {
            Aggregation::WeightedSum(kind) => {
                Ok(weighted_sum(&normalized(indicators, kind), weights))
            }
            Aggregation::Topsis(form) => Ok(form.score(indicators, weights)?.closeness),
        }
    }
}

fn normalization(call: &Call<'_>) -> Normalization {
    match call.option("normalization") {
        "z" => Normalization::Z,
        _ => Normalization::MinMax,
    }
}

pub(super) const NORMALIZATION: OptionSpec = OptionSpec {
    name: "normalization",
    kind: OptionKind::Choice(&["minmax", "z"]),
    default: "minmax",
    help: Text::new(
        "0 to 1 between the worst and the best of all years, or standard deviations from the mean",
        "按各年最差与最优归一到 0–1，或标准差标准化",
    ),
};
pub(super) const AGGREGATION: OptionSpec = OptionSpec {
    name: "aggregation",
    kind: OptionKind::Choice(&["weighted-sum", "topsis-vector", "topsis-minmax"]),
    default: "weighted-sum",
    help: Text::new(
        "how indicators become one score; TOPSIS brings its own normalization",
        "指标如何合成得分；TOPSIS 自带标准化方式",
    ),
};

pub(super) static INDICATOR_RANKING: Method = Method {
    id: "indicator-ranking",
    chapter: Chapter::Rank,
    title: Text::new("Ranking by indicators", "指标综合排名"),
    help: Text::new("Which regions lead, all indicators together?", "综合各项指标，哪些地区领先？"),
    inputs: &[INDICATOR, INDICATOR_META],
    options: &[GAPS, NORMALIZATION, WEIGHTS, AGGREGATION],
    variants: &[Variant {
        id: "pooled",
        help: Text::new("normalized and weighted over all years together", "各年合并标准化与定权"),
    }],
    outputs: &[
        OutputTable {
            name: "ranking",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out("score", "1", "Score", "得分"),
                out("rank", "1", "Rank", "排名"),
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
            name: "normalized",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                out_key("indicator", "Indicator", "指标"),
                out("value", "1", "Normalized value", "标准化值"),
            ],
        },
    ],
    formula: "score(r) = Σ w(j) x(r,j), or TOPSIS d⁻ / (d⁺ + d⁻)   x: indicators normalized over \
              all years; w: weights, sum 1",
    source: "OECD and JRC (2008), Handbook on Constructing Composite Indicators; Hwang and Yoon \
             (1981), Multiple Attribute Decision Making; the default tree is a convention of agglo",
    mark: Mark::Convention,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (indicators, notes) = Indicators::read(call)?;
    let (weighting, aggregation) = (Weighting::of(call), Aggregation::of(call));
    let weights = weighting.weigh(&indicators)?;
    let scores = aggregation.score(&indicators, &weights)?;

    let (mut period, mut region, mut score, mut rank) = (vec![], vec![], vec![], vec![]);
    for p in indicators.periods() {
        let rows = indicators.rows_of(p);
        let of_period: Vec<f64> = rows.iter().map(|&row| scores[row]).collect();
        let ranks = ranks_descending(&of_period);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| ranks[a].total_cmp(&ranks[b]));
        for place in order {
            period.push(p);
            region.push(indicators.rows[rows[place]].1.clone());
            score.push(of_period[place]);
            rank.push(ranks[place]);
        }
    }
    let ranking = Frame::new(vec![
        Column::integer("period", "", period),
        Column::text("region", region),
        Column::numbers("score", "1", score),
        Column::numbers("rank", "1", rank),
    ])?;
    let answer = Answer::one("ranking", ranking)
        .and("weights", weights_table(&indicators, &weights)?)
        .and("normalized", normalized_table(&indicators, normalization(call))?)
        .noting(notes)
        .noting(scheme_notes(weighting, aggregation, call));
    Ok(answer)
}

/// What the reader must know of the scheme chosen.
fn scheme_notes(weighting: Weighting, aggregation: Aggregation, call: &Call<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    if weighting == Weighting::Entropy {
        notes.push(entropy_note());
    }
    if matches!(aggregation, Aggregation::Topsis(_)) && normalization(call) == Normalization::Z {
        notes.push(Note::new(
            "normalization-unused",
            "TOPSIS brings its own normalization: z holds for the table of normalized values only",
            "TOPSIS 自带标准化方式：z 标准化仅用于标准化值表",
        ));
    }
    notes
}

fn normalized_table(indicators: &Indicators, kind: Normalization) -> Result<Frame, MethodError> {
    let columns = normalized(indicators, kind);
    let cells = || (0..indicators.rows.len()).flat_map(|r| (0..columns.len()).map(move |i| (r, i)));
    Ok(Frame::new(vec![
        Column::integer("period", "", cells().map(|(r, _)| indicators.rows[r].0)),
        Column::text("region", cells().map(|(r, _)| Key::clone(&indicators.rows[r].1))),
        Column::text("indicator", cells().map(|(_, i)| Key::clone(&indicators.names[i]))),
        Column::numbers("value", "1", cells().map(|(r, i)| columns[i][r])),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Inputs, Options, ask};

    fn inputs() -> Inputs {
        let codes = ["a", "b", "c", "d"];
        let cells = [
            ("industrial_value_added", [80.0, 60.0, 90.0, 40.0]),
            ("rd_intensity", [0.3, 0.5, 0.2, 0.4]),
            ("energy_per_value_added", [5.0, 4.0, 7.0, 2.0]),
            ("land_productivity", [60.0, 90.0, 30.0, 75.0]),
            ("export_share", [0.1, 0.1, 0.1, 0.1]),
        ];
        let rows = || cells.iter().flat_map(|(i, v)| (0..4).map(move |r| (codes[r], *i, v[r])));
        let frame = Frame::new(vec![
            Column::text("region", rows().map(|r| r.0)),
            Column::text("indicator", rows().map(|r| r.1)),
            Column::numbers("value", "1", rows().map(|r| r.2)),
        ]);
        Inputs::new().with("indicator", frame.unwrap())
    }

    #[track_caller]
    fn check(options: &Options, expected: [f64; 4]) -> Answer {
        let answer = ask("indicator-ranking", None, &inputs(), options).unwrap();
        let ranking = answer.main();
        let regions: Vec<String> =
            ranking.keys("region").unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(regions, ["b", "d", "a", "c"]);
        for (found, expected) in ranking.numbers("score").unwrap().iter().zip(expected) {
            let found = found.number().unwrap();
            assert!((found - expected).abs() < 1e-11, "{found} is not {expected}");
        }
        answer
    }

    #[test]
    fn the_four_region_example_has_the_published_scores() {
        let expected = [0.749_326_415_943, 0.604_553_791_622, 0.504_891_641_978, 0.248_812_753_637];
        let answer = check(&Options::new(), expected);
        let codes: Vec<&str> = answer.notes.iter().map(|note| note.code.as_str()).collect();
        assert_eq!(codes, ["indicator-tree", "indicator-constant", "entropy-is-dispersion"]);
        let expected = [0.698_332_382_237, 0.629_119_036_267, 0.474_561_916_288, 0.308_467_896_097];
        check(&Options::new().with("aggregation", "topsis-vector"), expected);
    }

    #[test]
    fn given_weights_without_a_table_of_them_are_refused() {
        let options = Options::new().with("weights", "given");
        let error = ask("indicator-ranking", None, &inputs(), &options).unwrap_err();
        assert!(matches!(error, MethodError::Data { .. }));
    }
}
