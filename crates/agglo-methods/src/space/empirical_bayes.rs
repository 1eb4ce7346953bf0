//! Rates of small populations: drawn toward the mean of all, or standardized, before they are mapped.
//!
//! b = Σ e / Σ n      s² = Σ n (p − b)² / Σ n      a = s² − b / (Σ n / m)      p = e / n
//! θ = b + (a / (a + b/n)) (p − b), a at least 0      z = (p − b) / √(a + b/n), b/n alone where a + b/n < 0
//!
//! | symbol | meaning                                                | shape | range | unit        |
//! |--------|--------------------------------------------------------|-------|-------|-------------|
//! | e, n   | events, and those at risk                              | m     | ≥ 0, > 0 | counts   |
//! | a      | variance between the true rates of regions             | 1     | real  | rate²       |
//! | θ      | the rate drawn toward b, or toward the neighborhood's b | m    | ≥ 0   | rate        |
//! | z      | Assunção and Reis's standardized rate                  | m     | real  | none        |
//!
//! In the variant `local` b and a are those of a region and its neighbors.
//! Moran's I of z tests whether rates depend on neighbors where populations are unequal.
//! Gaps and islands: by the options. Cost: O(m) and O(B × edges) for the permutations.
//! Source: Marshall (1991), Applied Statistics 40, 283–294; Assunção and Reis (1999), Statistics in
//! Medicine 18, 2147–2162; esda `Empirical_Bayes`, `Moran_Rate`; spdep `EBest`, `EBlocal`, `EBImoran.mc`.

use agglo_core::{Datum, Text, Undefined, Weights, sum};

use super::local::Scheme;
use super::moments::Assumption;
use super::moran::{cross_products, moran};
use super::null::Null;
use super::options::{
    ISLANDS, OUT_EXPECTATION, OUT_MEAN_PERMUTED, OUT_N, OUT_P, OUT_PERMUTATIONS, OUT_SD_PERMUTED,
    plan,
};
use super::read::{GAPS, Map, TRANSFORM, Transform, WEIGHTS, data, maps, values_with};
use super::significance::{PERMUTATIONS, Tail};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OUT_PERIOD, OUT_REGION, OutputTable, PERIOD, REGION, Variant,
    number, out,
};
use crate::table::Rows;

/// The common rate and the variance between regions.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prior {
    /// Events over those at risk.
    pub rate: f64,
    /// Variance between the true rates, as estimated; below zero where chance alone explains more.
    pub variance: f64,
}

/// The prior of regions with `events` among `base`.
///
/// # Errors
/// [`Undefined::TooFew`] without a region and [`Undefined::ZeroTotal`] without anyone at risk.
///
/// # Panics
/// When the slices have different lengths.
pub fn rate_prior(events: &[f64], base: &[f64]) -> Result<Prior, Undefined> {
    assert_eq!(events.len(), base.len(), "events and base of each region");
    if events.is_empty() {
        return Err(Undefined::TooFew);
    }
    let at_risk = sum(base.iter().copied());
    if at_risk <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    let rate = sum(events.iter().copied()) / at_risk;
    let squares = events.iter().zip(base).map(|(e, n)| n * (e / n - rate).powi(2));
    let spread = sum(squares) / at_risk;
    Ok(Prior { rate, variance: spread - rate / (at_risk / events.len() as f64) })
}

impl Prior {
    /// The share of its own rate that a region with `base` at risk keeps.
    ///
    /// # Errors
    /// [`Undefined::ZeroDenominator`] when there is no event at all.
    pub fn kept(&self, base: f64) -> Result<f64, Undefined> {
        let between = self.variance.max(0.0);
        let all = between + self.rate / base;
        if all > 0.0 { Ok(between / all) } else { Err(Undefined::ZeroDenominator) }
    }

    /// The rate of a region drawn toward the common one.
    ///
    /// # Errors
    /// As [`Prior::kept`].
    pub fn smoothed(&self, events: f64, base: f64) -> Result<f64, Undefined> {
        Ok(self.rate + self.kept(base)? * (events / base - self.rate))
    }

    /// The standardized rate of Assunção and Reis.
    ///
    /// # Errors
    /// As [`Prior::kept`].
    pub fn standardized(&self, events: f64, base: f64) -> Result<f64, Undefined> {
        let chance = self.rate / base;
        let variance = self.variance + chance;
        let variance = if variance < 0.0 { chance } else { variance };
        if variance > 0.0 {
            Ok((events / base - self.rate) / variance.sqrt())
        } else {
            Err(Undefined::ZeroDenominator)
        }
    }
}

const RATES: Input = values_with(&[
    REGION,
    PERIOD,
    number("events", "events, such as patents or closures", "事件数，如专利或倒闭数"),
    number("base", "those at risk, such as employees or firms", "基数，如从业人员或企业数"),
]);

const TABLES: &[OutputTable] = &[
    OutputTable {
        name: "rates",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            out("rate", "1", "Rate", "原始比率"),
            out("smoothed", "1", "Smoothed rate", "平滑比率"),
            out("kept", "1", "Share of its own rate kept", "自身比率保留份额"),
            out("standardized", "1", "Standardized rate", "标准化比率"),
        ],
    },
    OutputTable {
        name: "moran",
        columns: &[
            OUT_PERIOD,
            out("moran", "1", "Moran's I of standardized rates", "标准化比率的莫兰指数"),
            OUT_EXPECTATION,
            OUT_MEAN_PERMUTED,
            OUT_SD_PERMUTED,
            OUT_P,
            OUT_PERMUTATIONS,
            out("prior_rate", "1", "Common rate", "总体比率"),
            out("prior_variance", "1", "Variance between regions", "地区间方差"),
            OUT_N,
        ],
    },
];

pub(super) static EMPIRICAL_BAYES: Method = Method {
    id: "empirical-bayes-rates",
    chapter: Chapter::Status,
    title: Text::new("Empirical Bayes rates", "经验贝叶斯比率"),
    help: Text::new(
        "What is a region's rate once chance in small populations is allowed for?",
        "剔除小样本随机波动后，地区比率是多少？",
    ),
    inputs: &[RATES, WEIGHTS],
    options: &[GAPS, ISLANDS, TRANSFORM, PERMUTATIONS, Tail::OPTION],
    variants: &[
        Variant {
            id: "global",
            help: Text::new(
                "drawn toward the rate of all regions, as esda Empirical_Bayes and spdep EBest; a \
                 variance below zero counts as zero",
                "向全体比率收缩，同 esda Empirical_Bayes 与 spdep EBest；负方差按零计",
            ),
        },
        Variant {
            id: "local",
            help: Text::new(
                "drawn toward the rate of the region and its neighbors, as spdep EBlocal(geoda = TRUE)",
                "向本地区及邻近地区比率收缩，同 spdep EBlocal(geoda = TRUE)",
            ),
        },
    ],
    outputs: TABLES,
    formula: "θ = b + (a/(a + b/n))(e/n − b)   z = (e/n − b)/√(a + b/n)   e: events; n: base; b: Σ e/Σ \
              n; a: Σ n(e/n − b)²/Σ n − b/mean n",
    source: "Marshall (1991), Applied Statistics 40, 283–294; Assunção and Reis (1999), Statistics in \
             Medicine 18, 2147–2162; esda Empirical_Bayes, Moran_Rate; spdep EBest, EBlocal",
    mark: Mark::Verified,
    run,
};

/// Refuses what is no count of events or no base.
fn checked(map: &Map) -> Result<(), MethodError> {
    for region in 0..map.n() {
        let (events, base) = (map.columns[0][region], map.columns[1][region]);
        if events < 0.0 || base <= 0.0 {
            return Err(data(format!(
                "region `{}`, period {}: {events} events among {base}; events are zero or more and \
                 the base is above zero: correct the row or leave it out",
                map.regions().code(region),
                map.period
            )));
        }
    }
    Ok(())
}

/// The prior of a region and its neighbors.
fn neighborhood(map: &Map, weights: &Weights, region: usize) -> Result<Prior, Undefined> {
    let near = || std::iter::once(region).chain(weights.row(region).map(|(to, _)| to));
    let of = |column: usize| near().map(|r| map.columns[column][r]).collect::<Vec<_>>();
    rate_prior(&of(0), &of(1))
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["events", "base"])?;
    let (transform, tail) = (Transform::of(call), Tail::of(call));
    let is_local = call.variant() == "local";
    let mut rates = Rows::new(&TABLES[0]);
    let mut tests = Rows::new(&TABLES[1]);
    for map in &maps {
        checked(map)?;
        let all = rate_prior(&map.columns[0], &map.columns[1]);
        for region in 0..map.n() {
            let (events, base) = (map.columns[0][region], map.columns[1][region]);
            let prior = if is_local { neighborhood(map, &map.weights, region) } else { all };
            rates.push([
                map.period.into(),
                map.regions().code(region).into(),
                Datum::Number(events / base).into(),
                prior.and_then(|prior| prior.smoothed(events, base)).into(),
                prior.and_then(|prior| prior.kept(base)).into(),
                all.and_then(|prior| prior.standardized(events, base)).into(),
            ]);
        }
        let map = map.settled(call);
        let weights = transform.apply(&map.weights);
        let prior = rate_prior(&map.columns[0], &map.columns[1]);
        let standardized: Result<Vec<f64>, Undefined> = prior.and_then(|prior| {
            let rows = map.columns[0].iter().zip(&map.columns[1]);
            rows.map(|(events, base)| prior.standardized(*events, *base)).collect()
        });
        let found = standardized.as_ref().map_err(|why| *why);
        let found = found.and_then(|z| moran(z, &weights, Assumption::Randomization));
        let mut permuted = [Datum::from(found.map(|tested| tested.statistic)); 3];
        let mut n_permutations = 0;
        if let (Ok(z), Ok(tested)) = (&standardized, found) {
            let center = agglo_core::mean(z).unwrap_or_default();
            let z: Vec<f64> = z.iter().map(|z| z - center).collect();
            let total: f64 = weights.edges().map(|edge| edge.2).sum();
            let factor = z.len() as f64 / (total * sum(z.iter().map(|z| z * z)));
            let plan = plan(call, "empirical-bayes-rates", map.period, Scheme::Shared);
            let null = Null::draw(&z, &plan, |z| vec![factor * cross_products(z, &weights)])?;
            let summary = null.summary(0, tested.statistic, tail);
            permuted = [summary.mean, summary.sd, summary.p_value];
            n_permutations = summary.n;
        }
        let [mean, sd, p_value] = permuted;
        tests.push([
            map.period.into(),
            found.map(|tested| tested.statistic).into(),
            found.map(|tested| tested.expectation).into(),
            mean.into(),
            sd.into(),
            p_value.into(),
            n_permutations.into(),
            prior.map(|prior| prior.rate).into(),
            prior.map(|prior| prior.variance).into(),
            map.n().into(),
        ]);
    }
    Ok(Answer::one(TABLES[0].name, rates.frame()?)
        .and(TABLES[1].name, tests.frame()?)
        .noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Events 30 and 10 among 100 each: b = .2, s² = .01, a = .01 − .2/100 = .008.
    #[test]
    fn two_regions_of_one_size() {
        let prior = rate_prior(&[30.0, 10.0], &[100.0, 100.0]).unwrap();
        assert!((prior.rate - 0.2).abs() < 1e-15 && (prior.variance - 0.008).abs() < 1e-15);
        assert!((prior.kept(100.0).unwrap() - 0.8).abs() < 1e-14);
        assert!((prior.smoothed(30.0, 100.0).unwrap() - 0.28).abs() < 1e-14);
        assert!((prior.standardized(30.0, 100.0).unwrap() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn equal_rates_leave_nothing_of_their_own() {
        let prior = rate_prior(&[2.0, 4.0], &[100.0, 200.0]).unwrap();
        assert!(prior.variance < 0.0);
        assert_eq!(prior.kept(100.0), Ok(0.0));
        assert_eq!(rate_prior(&[0.0], &[5.0]).unwrap().kept(5.0), Err(Undefined::ZeroDenominator));
    }
}
