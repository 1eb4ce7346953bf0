//! Krugman's index: how far a region's industrial structure is from that of the others, and an
//! industry's map from that of the others.
//!
//! K_r = Σᵢ |σ_ir − m_i|        K_i = Σᵣ |s_ir − x_r|        K_rq = Σᵢ |σ_ir − σ_iq|
//!
//! | symbol | meaning                                            | shape | range       | unit |
//! |--------|----------------------------------------------------|-------|-------------|------|
//! | σ_ir   | share of industry i in region r                    | R × I | ≥ 0, sum 1  | none |
//! | s_ir   | share of region r in industry i                    | R × I | ≥ 0, sum 1  | none |
//! | m, x   | the same shares in what is compared with           | I, R  | ≥ 0, sum 1  | none |
//! | K      | 0 alike, 2 nothing in common (1 where halved)      | 1     | 0 ≤ K ≤ 2   | none |
//!
//! What is compared with is the variant: all regions, all others together, or the unweighted mean
//! of the others' shares. Gaps: settled first, by the option `gaps`.
//! Cost: two passes over the cells; pairs O(R²·I).
//! Source: Krugman (1991), Geography and Trade; REAT `krugman.spec2`, `krugman.conc2`, `hoover`
//! and EconGeo `spec_coeff`, their code compared.

use agglo_core::{Activity, Column, Datum, Frame, Key, Text, Undefined, sum};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, Output, OutputTable, Variant, out, out_key,
};
use crate::concentration::{ColumnSums, Margins, dissimilarity};
use crate::interval::{
    CONFIDENCE, INDUSTRY_INTERVALS, INTERVAL, Intervals, REGION_INTERVALS, REPLICATES, picked,
};

/// What a region or industry is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KrugmanBenchmark {
    /// All of them together, itself included.
    Total,
    /// As `Total`, halved: 0 to 1.
    Halved,
    /// All others together.
    Others,
    /// The unweighted mean of the others' shares.
    MeanOfOthers,
}

/// Krugman index of two structures; only the shares of each matter.
///
/// # Errors
/// [`Undefined::ZeroTotal`] when either is all zero.
///
/// # Panics
/// When the two are not of one length.
pub fn krugman(a: &[f64], b: &[f64]) -> Result<f64, Undefined> {
    assert_eq!(a.len(), b.len(), "the same industries in both");
    dissimilarity(a, b)
}

/// The index of every region, in the regions' order.
pub fn krugman_regions(
    activity: &Activity,
    benchmark: KrugmanBenchmark,
) -> Vec<Result<f64, Undefined>> {
    let margins = Margins::of(activity);
    let shares = |r: usize, e_r: f64| activity.region(r).iter().map(move |e| e / e_r);
    let active = || margins.regions.iter().enumerate().filter(|(_, e_r)| **e_r > 0.0);
    let mut mean = ColumnSums::new(activity.n_industries());
    if benchmark == KrugmanBenchmark::MeanOfOthers {
        active().for_each(|(r, e_r)| mean.add(shares(r, *e_r)));
    }
    let (mean, n_active) = (mean.finish(), active().count());
    let index = |(r, e_r): (usize, &f64)| {
        if *e_r <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        let own = || activity.region(r).iter().zip(&margins.industries);
        let rest = margins.total - e_r;
        match benchmark {
            KrugmanBenchmark::Total | KrugmanBenchmark::Halved => {
                Ok(sum(own().map(|(e, e_i)| (e / e_r - e_i / margins.total).abs())))
            }
            KrugmanBenchmark::Others | KrugmanBenchmark::MeanOfOthers if n_active < 2 => {
                Err(Undefined::SingleRegion)
            }
            KrugmanBenchmark::Others => {
                Ok(sum(own().map(|(e, e_i)| (e / e_r - (e_i - e) / rest).abs())))
            }
            KrugmanBenchmark::MeanOfOthers => {
                let others = (n_active - 1) as f64;
                let pairs = shares(r, *e_r).zip(&mean);
                Ok(sum(pairs.map(|(share, mean)| (share - (mean - share) / others).abs())))
            }
        }
    };
    halve(margins.regions.iter().enumerate().map(index).collect(), benchmark)
}

/// The index of every industry, in the industries' order; one pass by regions.
pub fn krugman_industries(
    activity: &Activity,
    benchmark: KrugmanBenchmark,
) -> Vec<Result<f64, Undefined>> {
    let margins = Margins::of(activity);
    let totals = &margins.industries;
    let n_active = totals.iter().filter(|e_i| **e_i > 0.0).count();
    let share = |e: f64, e_i: f64| if e_i > 0.0 { e / e_i } else { 0.0 };
    let mut distances = ColumnSums::new(activity.n_industries());
    for (r, e_r) in margins.regions.iter().enumerate() {
        let row = || activity.region(r).iter().zip(totals);
        match benchmark {
            KrugmanBenchmark::Total | KrugmanBenchmark::Halved => {
                let x = e_r / margins.total;
                distances.add(row().map(|(e, e_i)| (share(*e, *e_i) - x).abs()));
            }
            KrugmanBenchmark::Others => distances.add(
                row().map(|(e, e_i)| (share(*e, *e_i) - share(e_r - e, margins.total - e_i)).abs()),
            ),
            KrugmanBenchmark::MeanOfOthers => {
                let all = sum(row().map(|(e, e_i)| share(*e, *e_i)));
                let others = n_active as f64 - 1.0;
                distances.add(row().map(|(e, e_i)| {
                    let own = share(*e, *e_i);
                    (own - (all - own) / others).abs()
                }));
            }
        }
    }
    let against_others =
        matches!(benchmark, KrugmanBenchmark::Others | KrugmanBenchmark::MeanOfOthers);
    let index = |(distance, e_i): (f64, &f64)| {
        if activity.n_regions() < 2 {
            Err(Undefined::SingleRegion)
        } else if *e_i <= 0.0 {
            Err(Undefined::ZeroTotal)
        } else if against_others && n_active < 2 {
            Err(Undefined::TooFew)
        } else {
            Ok(distance)
        }
    };
    halve(distances.finish().into_iter().zip(totals).map(index).collect(), benchmark)
}

fn halve(
    indices: Vec<Result<f64, Undefined>>,
    benchmark: KrugmanBenchmark,
) -> Vec<Result<f64, Undefined>> {
    if benchmark != KrugmanBenchmark::Halved {
        return indices;
    }
    indices.into_iter().map(|index| index.map(|index| index / 2.0)).collect()
}

const KRUGMAN_OUT: Output = out("krugman", "1", "Krugman index", "克鲁格曼指数");

pub(super) static KRUGMAN: Method = Method {
    id: "krugman",
    chapter: Chapter::Status,
    title: Text::new("Krugman specialization index", "克鲁格曼专业化指数"),
    help: Text::new(
        "How far is a region's structure, or an industry's map, from that of the others?",
        "一个地区的产业结构或一个行业的空间分布与其他相差多大？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        OptionSpec {
            name: "pairs",
            kind: OptionKind::Choice(&["no", "yes"]),
            default: "no",
            help: Text::new("compare every two regions as well", "同时比较每两个地区"),
        },
        INTERVAL,
        REPLICATES,
        CONFIDENCE,
        GAPS,
    ],
    variants: &[
        Variant {
            id: "against-total",
            help: Text::new(
                "against all together, itself included: 0–2",
                "对照包含自身的总体：0–2",
            ),
        },
        Variant {
            id: "exclude-own",
            help: Text::new(
                "against all others together (Midelfart-Knarvik and others): 0–2",
                "对照其他合计（Midelfart-Knarvik 等）：0–2",
            ),
        },
        Variant {
            id: "halved",
            help: Text::new(
                "half of against-total: 0–1 (EconGeo spec_coeff; H in REAT spec and conc)",
                "against-total 的一半：0–1（EconGeo spec_coeff；REAT spec、conc 的 H）",
            ),
        },
        Variant {
            id: "mean-of-others",
            help: Text::new(
                "against the unweighted mean of the others (REAT krugman.spec2, krugman.conc2)",
                "对照其他的不加权平均（REAT krugman.spec2、krugman.conc2）",
            ),
        },
    ],
    outputs: &[
        OutputTable { name: "regions", columns: &[OUT_PERIOD, OUT_REGION, KRUGMAN_OUT] },
        OutputTable { name: "industries", columns: &[OUT_PERIOD, OUT_INDUSTRY, KRUGMAN_OUT] },
        OutputTable {
            name: "pairs",
            columns: &[
                OUT_PERIOD,
                out_key("region_a", "Region", "地区甲"),
                out_key("region_b", "Other region", "地区乙"),
                KRUGMAN_OUT,
            ],
        },
        INDUSTRY_INTERVALS,
        REGION_INTERVALS,
    ],
    formula: "K(r) = Σ |σ(i,r) − m(i)|   K(i) = Σ |s(i,r) − x(r)|   K(r,q) = Σ |σ(i,r) − σ(i,q)|   \
              σ: shares of the industries in a region; s: shares of the regions in an industry; m, \
              x: the same in what is compared with",
    source: "Krugman (1991), Geography and Trade; REAT krugman.spec2, krugman.conc2 (Wieland \
             2019); EconGeo spec_coeff (Balland 2017)",
    mark: Mark::Verified,
    run,
};

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    code: Vec<Key>,
    other: Vec<Key>,
    index: Vec<Datum>,
}

impl Rows {
    fn extend(&mut self, period: i64, codes: &[Key], indices: Vec<Result<f64, Undefined>>) {
        self.period.resize(self.period.len() + codes.len(), period);
        self.code.extend(codes.iter().cloned());
        self.index.extend(indices.into_iter().map(Datum::from));
    }

    fn frame(self, key: &str) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text(key, self.code),
            Column::number("krugman", "1", self.index),
        ])?)
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let benchmark = match call.variant() {
        "exclude-own" => KrugmanBenchmark::Others,
        "halved" => KrugmanBenchmark::Halved,
        "mean-of-others" => KrugmanBenchmark::MeanOfOthers,
        _ => KrugmanBenchmark::Total,
    };
    let with_pairs = call.option("pairs") == "yes";
    let scale = if benchmark == KrugmanBenchmark::Halved { 0.5 } else { 1.0 };
    let (mut regions, mut industries, mut pairs) =
        (Rows::default(), Rows::default(), Rows::default());
    let mut of_industries = Intervals::new(call, &INDUSTRY_INTERVALS);
    let mut of_regions = Intervals::new(call, &REGION_INTERVALS);
    let notes = call.each_period(|p, activity| {
        let period = i64::from(p);
        intervals(activity, period, benchmark, &mut of_regions)?;
        if of_industries.are_asked() {
            intervals(&turned(activity), period, benchmark, &mut of_industries)?;
        }
        let codes = activity.regions().codes();
        regions.extend(period, codes, krugman_regions(activity, benchmark));
        let indices = krugman_industries(activity, benchmark);
        industries.extend(period, activity.industries().codes(), indices);
        for a in (0..activity.n_regions()).filter(|_| with_pairs) {
            call.control().step(a as u64, activity.n_regions() as u64)?;
            for b in a + 1..activity.n_regions() {
                let index = krugman(activity.region(a), activity.region(b));
                pairs.period.push(period);
                pairs.code.push(codes[a].clone());
                pairs.other.push(codes[b].clone());
                pairs.index.push(Datum::from(index.map(|index| index * scale)));
            }
        }
        Ok(())
    })?;
    let mut answer = Answer::one("regions", regions.frame("region")?)
        .and("industries", industries.frame("industry")?)
        .noting(notes);
    if with_pairs {
        let frame = Frame::new(vec![
            Column::integer("period", "", pairs.period),
            Column::text("region_a", pairs.code),
            Column::text("region_b", pairs.other),
            Column::number("krugman", "1", pairs.index),
        ])?;
        answer = answer.and("pairs", frame);
    }
    of_regions.and(of_industries.and(answer)?)
}

/// The matrix with industries in the place of regions.
fn turned(activity: &Activity) -> Activity {
    let columns = (0..activity.n_industries()).flat_map(|i| activity.industry(i)).collect();
    Activity::new(activity.industries().clone(), activity.regions().clone(), columns)
}

/// Intervals of the rows of `activity`: its columns are drawn anew in a row and in what it is compared
/// with.
fn intervals(
    activity: &Activity,
    period: i64,
    benchmark: KrugmanBenchmark,
    rows: &mut Intervals<'_>,
) -> Result<(), MethodError> {
    if !rows.are_asked() {
        return Ok(());
    }
    let margins = Margins::of(activity);
    let indices = krugman_regions(activity, benchmark);
    let mut shares = ColumnSums::new(activity.n_industries());
    for (r, e_r) in margins.regions.iter().enumerate().filter(|(_, e_r)| **e_r > 0.0) {
        shares.add(activity.region(r).iter().map(|e| e / e_r));
    }
    let shares = shares.finish();
    let scale = if benchmark == KrugmanBenchmark::Halved { 0.5 } else { 1.0 };
    for (r, e_r) in margins.regions.iter().enumerate() {
        let own = activity.region(r);
        let others = match benchmark {
            KrugmanBenchmark::Total | KrugmanBenchmark::Halved => margins.industries.clone(),
            KrugmanBenchmark::Others => {
                margins.industries.iter().zip(own).map(|(e_i, e)| e_i - e).collect()
            }
            KrugmanBenchmark::MeanOfOthers => {
                shares.iter().zip(own).map(|(all, e)| all - e / e_r).collect::<Vec<f64>>()
            }
        };
        rows.add(period, activity.regions().code(r), own.len(), |picks| {
            indices[r]?;
            krugman(&picked(own, picks), &picked(&others, picks)).map(|index| index * scale)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<const I: usize>(
        rows: &[[f64; I]],
        benchmark: KrugmanBenchmark,
        regions: &[Result<f64, Undefined>],
    ) {
        let found = krugman_regions(&Activity::from_rows(rows), benchmark);
        assert_eq!(found.len(), regions.len());
        for (found, expected) in found.into_iter().zip(regions) {
            match (found, expected) {
                (Ok(found), Ok(expected)) => {
                    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
                }
                (found, expected) => assert_eq!(found, *expected),
            }
        }
    }

    // Shares (1, 0), (0, 1), (.5, .5) in regions of 1, 3 and 4: m = (3/8, 5/8).
    const ROWS: [[f64; 2]; 3] = [[1.0, 0.0], [0.0, 3.0], [2.0, 2.0]];

    #[test]
    fn four_benchmarks_give_four_numbers() {
        check(&ROWS, KrugmanBenchmark::Total, &[Ok(1.25), Ok(0.75), Ok(0.25)]);
        check(&ROWS, KrugmanBenchmark::Halved, &[Ok(0.625), Ok(0.375), Ok(0.125)]);
        // The others together: (2/7, 5/7), (3/5, 2/5), (1/4, 3/4).
        check(&ROWS, KrugmanBenchmark::Others, &[Ok(10.0 / 7.0), Ok(1.2), Ok(0.5)]);
        // The others' mean: (.25, .75), (.75, .25), (.5, .5).
        check(&ROWS, KrugmanBenchmark::MeanOfOthers, &[Ok(1.5), Ok(1.5), Ok(0.0)]);
    }

    #[test]
    fn a_region_without_activity_has_no_structure_and_is_no_other() {
        let rows = [[1.0, 0.0], [0.0, 0.0], [0.0, 3.0]];
        let expected = [Ok(2.0), Err(Undefined::ZeroTotal), Ok(2.0)];
        check(&rows, KrugmanBenchmark::Others, &expected);
        check(&rows, KrugmanBenchmark::MeanOfOthers, &expected);
    }

    #[test]
    fn a_single_region_is_like_the_total_and_has_no_others() {
        check(&[[1.0, 2.0]], KrugmanBenchmark::Total, &[Ok(0.0)]);
        check(&[[1.0, 2.0]], KrugmanBenchmark::Others, &[Err(Undefined::SingleRegion)]);
    }

    #[test]
    fn industries_are_regions_of_the_turned_matrix() {
        let turned = Activity::from_rows(&[[1.0, 0.0, 2.0], [0.0, 3.0, 2.0]]);
        for benchmark in [
            KrugmanBenchmark::Total,
            KrugmanBenchmark::Halved,
            KrugmanBenchmark::Others,
            KrugmanBenchmark::MeanOfOthers,
        ] {
            let by_industry = krugman_industries(&turned, benchmark);
            let by_region = krugman_regions(&Activity::from_rows(&ROWS), benchmark);
            for (a, b) in by_industry.into_iter().zip(by_region) {
                assert!((a.unwrap() - b.unwrap()).abs() < 1e-12);
            }
        }
    }
}
