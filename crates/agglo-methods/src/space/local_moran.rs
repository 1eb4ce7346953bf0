//! Local Moran's I: where do like values lie beside each other, and where do unlike ones?
//!
//! Iᵢ = (zᵢ / m₂) Σⱼ wᵢⱼ zⱼ      m₂ = Σ z² / n  or  Σ z² / (n − 1)
//!
//! E = −zᵢ² Wᵢ / ((n − 1) m₂)                                            (conditional)
//! Var = (zᵢ/m₂)² (n/(n − 2)) (Qᵢ − Wᵢ²/(n − 1)) (m₂ − zᵢ²/(n − 1))      (conditional, m₂ = Σ z²/n)
//! E = −Wᵢ/(n − 1)                                                       (total)
//! Var = Qᵢ (n − b₂)/(n − 1) + (Wᵢ² − Qᵢ)(2 b₂ − n)/((n − 1)(n − 2)) − E²  (total)
//!
//! | symbol | meaning                                                    | shape | range | unit |
//! |--------|------------------------------------------------------------|-------|-------|------|
//! | z      | values less their mean                                     | n     | real  | any  |
//! | w      | weight of neighbor j for region i                          | n × n | ≥ 0   | none |
//! | W, Q   | sum of a row's weights, and of their squares               | n     | ≥ 0   | none |
//! | b₂     | kurtosis n Σ z⁴ / (Σ z²)²                                  | 1     | ≥ 1   | none |
//! | Iᵢ     | above 0 like its neighbors, below 0 unlike them            | n     | real  | none |
//!
//! Conditional: region i keeps its value and the others are dealt anew; total: all are dealt anew.
//! With m₂ = Σ z²/n the sum of Iᵢ is S0 times Moran's I. A quadrant names the region first: `HL` is a
//! high value among low ones; a value or a lag of exactly the mean lies in none.
//! Gaps and islands: by the options. Cost and memory: see `space/local/mod.rs`.
//! Source: Anselin (1995), Geographical Analysis 27(2), 93–115; Sokal, Oden and Thomson (1998),
//! Geographical Analysis 30(4), 331–354; spdep `localmoran`; esda `Moran_Local`.

use agglo_core::{Datum, Text, Undefined, Weights};

use super::local::lag_tallies;
use super::moments::{deviations, kurtosis};
use super::options::{
    DRAWS, ISLANDS, OUT_CLUSTER, OUT_EXPECTATION, OUT_N, OUT_N_NEIGHBORS, OUT_P, OUT_P_ADJUSTED,
    OUT_P_NORMAL, OUT_QUADRANT, OUT_VARIANCE, OUT_Z, plan, scheme, z_score,
};
use super::read::{GAPS, TRANSFORM, Transform, VALUES, WEIGHTS, maps};
use super::significance::{ALPHA, Correction, PERMUTATIONS, Tail};
use super::verdict::{Judgment, local_number, local_word};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_PERIOD, OUT_REGION, OptionKind, OptionSpec, OutputTable, Variant,
    out, out_key,
};
use crate::table::Rows;

/// What the sum of squares is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divisor {
    /// n, as Anselin and spdep.
    N,
    /// n − 1, as PySAL and GeoDa.
    NLessOne,
}

impl Divisor {
    pub(super) fn of(self, n: usize) -> f64 {
        match self {
            Divisor::N => n as f64,
            Divisor::NLessOne => n as f64 - 1.0,
        }
    }
}

/// Whose values are dealt anew in expectation and variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditioning {
    /// All but the region's own.
    Conditional,
    /// All.
    Total,
}

/// Local Moran's I of one region, with the parts it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LocalMoran {
    /// The value less the mean.
    pub z: f64,
    /// Σ w z over the neighbors.
    pub lag: f64,
    /// The statistic.
    pub statistic: f64,
    /// Its expectation.
    pub expectation: f64,
    /// Its variance.
    pub variance: f64,
}

impl LocalMoran {
    /// The quadrant of the Moran scatter plot, the region first.
    pub fn quadrant(&self) -> &'static str {
        quadrant(self.z, self.lag)
    }
}

/// The signs of a region's deviation and of its neighbors', in letters.
pub(super) fn quadrant(z: f64, lag: f64) -> &'static str {
    match (z > 0.0, z < 0.0, lag > 0.0, lag < 0.0) {
        (true, _, true, _) => "HH",
        (true, _, _, true) => "HL",
        (_, true, true, _) => "LH",
        (_, true, _, true) => "LL",
        _ => "on-mean",
    }
}

/// Iᵢ of every region of `x`, islands too, which have a lag of zero.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than three regions, [`Undefined::NoVariation`] when all values are
/// equal.
///
/// # Panics
/// When `x` has not one number per region.
pub fn local_moran(
    x: &[f64],
    weights: &Weights,
    divisor: Divisor,
    conditioning: Conditioning,
) -> Result<Vec<LocalMoran>, Undefined> {
    let (z, squares) = deviations(x)?;
    if x.len() < 3 {
        return Err(Undefined::TooFew);
    }
    let n = x.len() as f64;
    let m2 = squares / n;
    let b2 = kurtosis(&z, squares);
    // Moments are those of the divisor n; another divisor rescales the statistic.
    let scale = divisor.of(x.len()) / n;
    let of = |region: usize| {
        let own = z[region];
        let lag: f64 = weights.row(region).map(|(to, w)| w * z[to]).sum();
        let total: f64 = weights.values(region).iter().sum();
        let squared: f64 = weights.values(region).iter().map(|w| w * w).sum();
        let (expectation, variance) = match conditioning {
            Conditioning::Conditional => (
                -own * own * total / ((n - 1.0) * m2),
                (own / m2).powi(2)
                    * (n / (n - 2.0))
                    * (squared - total * total / (n - 1.0))
                    * (m2 - own * own / (n - 1.0)),
            ),
            Conditioning::Total => {
                let expectation = -total / (n - 1.0);
                let cross = (2.0 * b2 - n) / ((n - 1.0) * (n - 2.0));
                let second = squared * (n - b2) / (n - 1.0) + (total * total - squared) * cross;
                (expectation, second - expectation * expectation)
            }
        };
        LocalMoran {
            z: own,
            lag,
            statistic: scale * own / m2 * lag,
            expectation: scale * expectation,
            variance: scale * scale * variance,
        }
    };
    Ok((0..x.len()).map(of).collect())
}

pub(super) static LOCAL_MORAN: Method = Method {
    id: "local-moran",
    chapter: Chapter::Status,
    title: Text::new("Local Moran's I", "局部莫兰指数"),
    help: Text::new(
        "Where do like values lie beside each other, and where do unlike ones?",
        "何处相似数值彼此相邻，何处相异数值彼此相邻？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &[
        GAPS,
        ISLANDS,
        TRANSFORM,
        PERMUTATIONS,
        DRAWS,
        Tail::OPTION,
        Correction::OPTION,
        ALPHA,
        OptionSpec {
            name: "moments",
            kind: OptionKind::Choice(&["conditional", "total"]),
            default: "conditional",
            help: Text::new(
                "expectation and variance: of the others' values dealt anew, or of all values, as \
                 spdep localmoran(conditional = FALSE)",
                "期望与方差：仅重排其他地区，或重排全部地区（同 spdep localmoran(conditional = FALSE)）",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "divisor-n",
            help: Text::new(
                "squares divided by n, as Anselin (1995) and spdep localmoran",
                "平方和除以 n，同 Anselin (1995) 与 spdep localmoran",
            ),
        },
        Variant {
            id: "divisor-n-1",
            help: Text::new(
                "squares divided by n − 1, as PySAL Moran_Local and GeoDa",
                "平方和除以 n − 1，同 PySAL Moran_Local 与 GeoDa",
            ),
        },
    ],
    outputs: TABLES,
    formula: "I(i) = (z(i)/m2) Σ w(i,j) z(j)   m2 = Σ z²/n or Σ z²/(n − 1)   z: values less their \
              mean; w: weights; n: regions; p: share of random neighborhoods with a statistic as far \
              out, see the option `tail`",
    source: "Anselin (1995), Geographical Analysis 27(2), 93–115; Sokal, Oden and Thomson (1998), \
             Geographical Analysis 30(4), 331–354; spdep localmoran; esda Moran_Local",
    mark: Mark::Verified,
    run,
};

const TABLES: &[OutputTable] = &[
    OutputTable {
        name: "local_moran",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            out("deviation", "value", "Value less the mean", "离差"),
            out("lag", "value", "Neighbors less the mean", "邻近离差"),
            out("local_moran", "1", "Local Moran's I", "局部莫兰指数"),
            OUT_EXPECTATION,
            OUT_VARIANCE,
            OUT_Z,
            OUT_P_NORMAL,
            OUT_P,
            OUT_P_ADJUSTED,
            OUT_QUADRANT,
            OUT_CLUSTER,
            OUT_N_NEIGHBORS,
        ],
    },
    OutputTable {
        name: "clusters",
        columns: &[OUT_PERIOD, out_key("cluster", "Cluster", "集聚类型"), OUT_N],
    },
];

const CLUSTERS: [&str; 6] = ["HH", "LL", "HL", "LH", "on-mean", "not-significant"];

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    let divisor = if call.variant() == "divisor-n-1" { Divisor::NLessOne } else { Divisor::N };
    let conditioning = match call.option("moments") {
        "total" => Conditioning::Total,
        _ => Conditioning::Conditional,
    };
    let (transform, judgment) = (Transform::of(call), Judgment::of(call));
    let (tail, permutes) = (judgment.tail, call.option_integer("permutations") > 0);
    let mut rows = Rows::new(&TABLES[0]);
    let mut counts = Rows::new(&TABLES[1]);
    for map in &maps {
        let map = map.settled(call);
        let (x, weights) = (&map.columns[0], transform.apply(&map.weights));
        let found = local_moran(x, &weights, divisor, conditioning);
        let tallies = match &found {
            Ok(_) => {
                lag_tallies(x, &weights, &plan(call, "local-moran", map.period, scheme(call)))?
            }
            Err(_) => Vec::new(),
        };
        let z_of = |region: usize| -> Result<f64, Undefined> {
            let local = found.as_ref().map_err(|why| *why)?[region];
            z_score(local.statistic, local.expectation, local.variance)
        };
        let local = |region: usize| found.as_ref().map(|found| found[region]).map_err(|why| *why);
        let verdicts = judgment.verdicts(map.n(), |region| {
            local_number(&weights, region, local(region), |local| match z_of(region) {
                // The statistic grows with the lag above the mean and falls with it below.
                _ if permutes => tallies[region].times(local.z).p_value(tail),
                z => z.map_or_else(Datum::from, |z| tail.normal(z)),
            })
        });
        let mut n_in = [0_i64; CLUSTERS.len()];
        for region in 0..map.n() {
            let number = |of: fn(LocalMoran) -> f64| {
                local_number(&weights, region, local(region), |local| Datum::Number(of(local)))
            };
            let z = local_number(&weights, region, z_of(region), Datum::Number);
            let quadrant = local_word(&weights, region, local(region), |local| local.quadrant());
            let cluster = match verdicts.is_significant(region) {
                Some(true) => quadrant,
                _ => local_word(&weights, region, local(region), |_| "not-significant"),
            };
            if let Some(place) = CLUSTERS.iter().position(|name| *name == cluster) {
                n_in[place] += 1;
            }
            rows.push([
                map.period.into(),
                map.regions().code(region).into(),
                local(region).map(|local| local.z).into(),
                number(|local| local.lag).into(),
                number(|local| local.statistic).into(),
                number(|local| local.expectation).into(),
                number(|local| local.variance).into(),
                z.into(),
                z.number().map_or(z, |z| tail.normal(z)).into(),
                verdicts.p_values[region].into(),
                verdicts.adjusted[region].into(),
                quadrant.into(),
                cluster.into(),
                weights.neighbors(region).len().into(),
            ]);
        }
        for (name, n) in CLUSTERS.into_iter().zip(n_in) {
            counts.push([map.period.into(), name.into(), n.into()]);
        }
    }
    Ok(Answer::one("local_moran", rows.frame()?).and("clusters", counts.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    const X: [f64; 4] = [1.0, 2.0, 4.0, 7.0];

    fn check(divisor: Divisor, expected: [f64; 4]) {
        let weights = line(4).row_standardized();
        let found = local_moran(&X, &weights, divisor, Conditioning::Conditional).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found.statistic - expected).abs() < 5e-7, "{found:?} {expected}");
        }
    }

    // z = −2.5 −1.5 .5 3.5, m₂ = 21/4; lags −1.5 −1 1 .5.
    #[test]
    fn four_regions_in_a_line() {
        check(Divisor::N, [0.714_286, 0.285_714, 0.095_238, 0.333_333]);
        check(Divisor::NLessOne, [0.535_714, 0.214_286, 0.071_429, 0.25]);
    }

    #[test]
    fn quadrants_name_the_region_first() {
        let weights = line(4).row_standardized();
        let found = local_moran(&X, &weights, Divisor::N, Conditioning::Total).unwrap();
        let names: Vec<&str> = found.iter().map(LocalMoran::quadrant).collect();
        assert_eq!(names, ["LL", "LL", "HH", "HH"]);
        assert_eq!(quadrant(1.0, -1.0), "HL");
        assert_eq!(quadrant(-1.0, 1.0), "LH");
        assert_eq!(quadrant(0.0, 1.0), "on-mean");
    }

    // The mean and variance over all orders of the other three values, by counting them.
    #[test]
    fn conditional_moments_are_those_of_all_orders() {
        let weights = line(4).row_standardized();
        let found = local_moran(&X, &weights, Divisor::N, Conditioning::Conditional).unwrap();
        let others = [-2.5, 0.5, 3.5];
        let lags: Vec<f64> = (0..3)
            .flat_map(|a| (0..3).filter(move |b| *b != a).map(move |b| (a, b)))
            .map(|(a, b)| -1.5 / 5.25 * (others[a] + others[b]) / 2.0)
            .collect();
        let mean = lags.iter().sum::<f64>() / 6.0;
        let variance = lags.iter().map(|i| (i - mean).powi(2)).sum::<f64>() / 6.0;
        assert!((found[1].expectation - mean).abs() < 1e-15);
        assert!((found[1].variance - variance).abs() < 1e-15);
    }
}
