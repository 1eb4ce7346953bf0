//! Random order: the values of a map dealt to its regions anew, each order as likely as the others.
//!
//! With at most eight regions all orders are counted, the observed one among them.
//! Cost: O(B (n + cost of the statistics)); memory O(n) for a thread and O(B).

use agglo_core::{Cancelled, Datum, Undefined, mean};
use rayon::prelude::*;

use super::local::{ENUMERATED, Plan, below};
use super::significance::{Tail, Tally};
use crate::inference::standard_deviation;

/// Permutations between two looks at whether the run should stop.
const BATCH: usize = 256;

/// Statistics of a map under random order.
pub struct Null {
    draws: Vec<Vec<f64>>,
    exact: bool,
}

/// One statistic beside its permutations.
pub(super) struct Summary {
    pub(super) mean: Datum,
    pub(super) sd: Datum,
    pub(super) p_value: Datum,
    pub(super) n: i64,
}

impl Null {
    /// The statistics of `values` in random orders.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn draw<T: Copy + Send + Sync>(
        values: &[T],
        plan: &Plan<'_>,
        statistics: impl Fn(&[T]) -> Vec<f64> + Sync,
    ) -> Result<Null, Cancelled> {
        if plan.replicates > 0 && values.len() <= ENUMERATED {
            let mut draws = Vec::new();
            orders(&mut values.to_vec(), 0, &mut |order| draws.push(statistics(order)));
            return Ok(Null { draws, exact: true });
        }
        let n_draws = plan.replicates as usize;
        let mut draws = Vec::with_capacity(n_draws);
        for start in (0..n_draws).step_by(BATCH) {
            plan.control.step(start as u64, n_draws as u64)?;
            let batch: Vec<Vec<f64>> = (start..(start + BATCH).min(n_draws))
                .into_par_iter()
                .map_init(Vec::new, |order, replicate| {
                    order.clear();
                    order.extend_from_slice(values);
                    let mut rng = plan.seed.stream(plan.method, plan.unit, replicate as u32);
                    for place in (1..order.len()).rev() {
                        order.swap(place, below(&mut rng, place as u32 + 1) as usize);
                    }
                    statistics(order)
                })
                .collect();
            draws.extend(batch);
        }
        Ok(Null { draws, exact: false })
    }

    /// How often statistic `k` reached `observed`. Statistics within 1e-11 of the largest one are
    /// equal: orders that are equal in fact add up in different ways.
    pub fn tally(&self, k: usize, observed: f64) -> Tally {
        let largest = self.draws.iter().fold(observed.abs(), |most, draw| most.max(draw[k].abs()));
        let drawn: Vec<f64> = self.draws.iter().map(|draw| draw[k]).collect();
        let tally = Tally::of(&drawn, observed, 1e-11 * largest);
        Tally { exact: self.exact, ..tally }
    }

    /// Mean, deviation (divisor B) and p-value.
    pub(super) fn summary(&self, k: usize, observed: f64, tail: Tail) -> Summary {
        let values: Vec<f64> = self.draws.iter().map(|draw| draw[k]).collect();
        let number = |value: Option<f64>| value.map_or(Undefined::TooFew.into(), Datum::Number);
        Summary {
            mean: number(mean(&values)),
            sd: number(standard_deviation(&values, 0)),
            p_value: self.tally(k, observed).p_value(tail),
            n: self.draws.len() as i64,
        }
    }

    /// The statistics drawn, permutation by permutation.
    pub fn draws(&self) -> &[Vec<f64>] {
        &self.draws
    }
}

/// Every order of `values[fixed..]`.
fn orders<T: Copy>(values: &mut [T], fixed: usize, each: &mut impl FnMut(&[T])) {
    if fixed == values.len() {
        return each(values);
    }
    for place in fixed..values.len() {
        values.swap(fixed, place);
        orders(values, fixed + 1, each);
        values.swap(fixed, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::local::Scheme;
    use agglo_core::{Control, Seed};

    fn plan(replicates: u32) -> Plan<'static> {
        Plan {
            method: "null",
            seed: Seed(2),
            unit: 0,
            replicates,
            scheme: Scheme::Shared,
            folded: false,
            control: Control::none(),
        }
    }

    #[test]
    fn three_values_stand_in_six_orders() {
        let null = Null::draw(&[1.0, 2.0, 3.0], &plan(9), |x| vec![x[0], x[0] - x[2]]).unwrap();
        assert_eq!(null.draws().len(), 6);
        let tally = null.tally(1, 1.0);
        // −2 −1 −1 1 1 2 about their mean of zero: all are as far as 1.
        let expected = Tally { at_least: 3, at_most: 5, beyond: Some(6), draws: 6, exact: true };
        assert_eq!(tally, expected);
        assert_eq!(tally.p_value(Tail::Greater), Datum::Number(0.5));
    }

    #[test]
    fn every_value_comes_to_every_place_as_often() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        let null = Null::draw(&values, &plan(20_000), |x| vec![x[0], x[7]]).unwrap();
        for k in 0..2 {
            let summary = null.summary(k, 0.0, Tail::Less);
            assert!((summary.mean.number().unwrap() - 4.5).abs() < 0.08);
            assert!((summary.p_value.number().unwrap() - 0.1).abs() < 0.01);
        }
    }
}
