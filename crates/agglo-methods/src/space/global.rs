//! One statistic for a whole map, with its analytic and its permuted reference.

use agglo_core::{Datum, Undefined, Weights};

use super::local::Scheme;
use super::moments::{Assumption, Tested, WeightSums, deviations, kurtosis};
use super::null::Null;
use super::options::{
    ISLANDS, OUT_EXPECTATION, OUT_MEAN_PERMUTED, OUT_N, OUT_P, OUT_P_NORMAL, OUT_PERMUTATIONS,
    OUT_SD_PERMUTED, OUT_VARIANCE, OUT_Z, plan, z_score,
};
use super::read::{GAPS, Transform, maps};
use super::significance::{PERMUTATIONS, Tail};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{OUT_PERIOD, OptionSpec, Output, OutputTable};
use crate::table::Rows;

/// The options of a global statistic besides the transform.
pub(super) const fn options(transform: OptionSpec) -> [OptionSpec; 5] {
    [GAPS, ISLANDS, transform, PERMUTATIONS, Tail::OPTION]
}

/// The columns of a global statistic.
pub(super) const fn columns(statistic: Output) -> [Output; 11] {
    [
        OUT_PERIOD,
        statistic,
        OUT_EXPECTATION,
        OUT_VARIANCE,
        OUT_Z,
        OUT_P_NORMAL,
        OUT_MEAN_PERMUTED,
        OUT_SD_PERMUTED,
        OUT_P,
        OUT_PERMUTATIONS,
        OUT_N,
    ]
}

/// A statistic as a positive factor, which no order of the values changes, times a kernel.
pub(super) struct Prepared {
    /// What is dealt to the regions.
    pub(super) values: Vec<f64>,
    pub(super) factor: f64,
    pub(super) expectation: f64,
    pub(super) variance: Result<f64, Undefined>,
}

pub(super) type Kernel = fn(&[f64], &Weights) -> f64;
pub(super) type Prepare = fn(&[f64], &Weights, Assumption) -> Result<Prepared, Undefined>;

/// What the moments of a statistic of deviations are made of.
pub(super) struct Terms {
    /// How many regions.
    pub(super) n: f64,
    pub(super) sums: WeightSums,
    /// Σ z².
    pub(super) squares: f64,
    /// The kurtosis; one where it is not asked for.
    pub(super) b2: f64,
}

/// A statistic whose moments are made of [`Terms`].
pub(super) struct Moments {
    pub(super) factor: fn(&Terms) -> f64,
    pub(super) expectation: fn(&Terms) -> f64,
    pub(super) under_normality: fn(&Terms) -> f64,
    pub(super) under_randomization: fn(&Terms) -> f64,
}

impl Moments {
    /// The deviations of `x` with the moments.
    pub(super) fn prepare(
        &self,
        x: &[f64],
        weights: &Weights,
        assumption: Assumption,
    ) -> Result<Prepared, Undefined> {
        let (values, squares) = deviations(x)?;
        let sums = WeightSums::of(weights);
        if sums.s0 <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        let mut terms = Terms { n: x.len() as f64, sums, squares, b2: 1.0 };
        let variance = match assumption {
            _ if x.len() < 4 => Err(Undefined::TooFew),
            Assumption::Normality => Ok((self.under_normality)(&terms)),
            Assumption::Randomization => {
                terms.b2 = kurtosis(&values, squares);
                Ok((self.under_randomization)(&terms))
            }
        };
        Ok(Prepared {
            factor: (self.factor)(&terms),
            expectation: (self.expectation)(&terms),
            values,
            variance,
        })
    }
}

/// The statistic with its moments.
pub(super) fn tested(
    x: &[f64],
    weights: &Weights,
    assumption: Assumption,
    (prepare, kernel): (Prepare, Kernel),
) -> Result<Tested, Undefined> {
    let prepared = prepare(x, weights, assumption)?;
    Ok(Tested {
        statistic: prepared.factor * kernel(&prepared.values, weights),
        expectation: prepared.expectation,
        variance: prepared.variance,
    })
}

/// A row for each period of the table `values`.
pub(super) fn answer(
    call: &Call<'_>,
    method: &'static str,
    table: &'static OutputTable,
    (prepare, kernel): (Prepare, Kernel),
) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    let (transform, tail) = (Transform::of(call), Tail::of(call));
    let assumption = match call.variant() {
        "normality" => Assumption::Normality,
        _ => Assumption::Randomization,
    };
    let mut rows = Rows::new(table);
    for map in &maps {
        let map = map.settled(call);
        let (x, weights) = (&map.columns[0], transform.apply(&map.weights));
        let mut numbers = [Datum::undefined(Undefined::FromGap); 8];
        let mut n_permutations = 0;
        match prepare(x, &weights, assumption) {
            Err(why) => numbers.fill(Datum::undefined(why)),
            Ok(Prepared { values, factor, expectation, variance }) => {
                let statistic = |values: &[f64]| factor * kernel(values, &weights);
                let observed = statistic(&values);
                let plan = plan(call, method, map.period, Scheme::Shared);
                let null = Null::draw(&values, &plan, |values| vec![statistic(values)])?;
                let permuted = null.summary(0, observed, tail);
                let z = variance.and_then(|variance| z_score(observed, expectation, variance));
                n_permutations = permuted.n;
                numbers = [
                    Datum::Number(observed),
                    Datum::Number(expectation),
                    variance.into(),
                    z.into(),
                    z.map_or_else(Datum::from, |z| tail.normal(z)),
                    permuted.mean,
                    permuted.sd,
                    permuted.p_value,
                ];
            }
        }
        let [statistic, expectation, variance, z, p_normal, mean, sd, p_value] = numbers;
        rows.push([
            map.period.into(),
            statistic.into(),
            expectation.into(),
            variance.into(),
            z.into(),
            p_normal.into(),
            mean.into(),
            sd.into(),
            p_value.into(),
            n_permutations.into(),
            map.n().into(),
        ]);
    }
    Ok(Answer::one(table.name, rows.frame()?).noting(notes))
}
