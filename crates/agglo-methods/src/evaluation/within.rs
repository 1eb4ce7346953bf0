//! Taking unit and period effects out of a panel.
//!
//! x̃_it = x_it − x̄_i − x̄_t + x̄ when every unit is there in every period. Otherwise unit means and
//! period means are taken out in turn until neither is left (alternating projections).
//!
//! Cost: O(N) per sweep; one sweep when balanced, more the more loosely units share periods.
//! Source: Halperin (1962), Acta Sci. Math. 23, 96–99; Gaure (2013), Computational Statistics and
//! Data Analysis 66, 8–18.

use crate::inference::dot;

/// How large what is left of the effects may be, relative to what varies within units.
const TOLERANCE: f64 = 1e-13;
/// And relative to the values, whose rounding cannot be undone.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
const MOST_SWEEPS: usize = 100_000;

/// Which unit and which period each observation belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoWay {
    unit: Vec<usize>,
    period: Vec<usize>,
    n_units: usize,
    n_periods: usize,
}

/// The sweeps did not settle: units share too few periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSettled;

impl TwoWay {
    /// Places of the observations; `unit[k] < n_units`, `period[k] < n_periods`, all of them used.
    pub fn new(unit: Vec<usize>, period: Vec<usize>, n_units: usize, n_periods: usize) -> TwoWay {
        TwoWay { unit, period, n_units, n_periods }
    }

    /// Number of observations.
    pub fn n(&self) -> usize {
        self.unit.len()
    }

    /// Number of units.
    pub fn n_units(&self) -> usize {
        self.n_units
    }

    /// Number of periods.
    pub fn n_periods(&self) -> usize {
        self.n_periods
    }

    /// The unit of each observation.
    pub fn unit(&self) -> &[usize] {
        &self.unit
    }

    /// Parts of the panel that share neither unit nor period: one effect is redundant in each.
    pub fn n_parts(&self) -> usize {
        let mut parent: Vec<usize> = (0..self.n_units + self.n_periods).collect();
        let mut parts = parent.len();
        for (unit, period) in self.unit.iter().zip(&self.period) {
            let a = root(&mut parent, *unit);
            let b = root(&mut parent, self.n_units + period);
            if a != b {
                parent[a] = b;
                parts -= 1;
            }
        }
        parts
    }

    /// Whether each of `groups` (units or periods) lies within one cluster.
    fn nested(groups: &[usize], n_groups: usize, cluster: &[usize]) -> bool {
        let mut of = vec![None; n_groups];
        groups.iter().zip(cluster).all(|(&group, &c)| *of[group].get_or_insert(c) == c)
    }

    /// Effects that are not nested in the clusters, as pyfixest counts them.
    pub fn n_free_effects(&self, cluster: &[usize]) -> usize {
        let free = |groups: &[usize], n: usize| {
            if TwoWay::nested(groups, n, cluster) { 0 } else { n }
        };
        let units = free(&self.unit, self.n_units);
        let periods = free(&self.period, self.n_periods);
        if units > 0 && periods > 0 { units + periods - self.n_parts() } else { units + periods }
    }

    /// All effects less the redundant ones.
    pub fn n_effects(&self) -> usize {
        self.n_units + self.n_periods - self.n_parts()
    }

    /// `values` without unit and period effects.
    ///
    /// # Errors
    /// [`NotSettled`].
    pub fn within(&self, values: &[f64]) -> Result<Vec<f64>, NotSettled> {
        let mut left = values.to_vec();
        let typical = |values: &[f64]| (dot(values, values) / values.len().max(1) as f64).sqrt();
        let mut before = f64::INFINITY;
        take_means(&mut left, &self.unit, self.n_units);
        let (settled, rounding) = (TOLERANCE * typical(&left), ROUNDING * typical(values));
        for _ in 0..MOST_SWEEPS {
            take_means(&mut left, &self.period, self.n_periods);
            let moved = take_means(&mut left, &self.unit, self.n_units);
            // Sweeps shrink what is left by a steady ratio; all that is still to come is bounded
            // by the geometric series of that ratio.
            let ratio = (moved / before).min(1.0 - 1e-9);
            if moved <= rounding || moved.max(moved * ratio / (1.0 - ratio)) <= settled {
                return Ok(left);
            }
            before = moved;
        }
        Err(NotSettled)
    }
}

/// The representative of a part, paths shortened on the way.
fn root(parent: &mut [usize], mut of: usize) -> usize {
    while parent[of] != of {
        parent[of] = parent[parent[of]];
        of = parent[of];
    }
    of
}

/// Takes the groups' means out of `values`; the largest of these means.
fn take_means(values: &mut [f64], group: &[usize], n_groups: usize) -> f64 {
    let mut sums = vec![0.0; n_groups];
    let mut counts = vec![0.0; n_groups];
    for (value, &g) in values.iter().zip(group) {
        sums[g] += *value;
        counts[g] += 1.0;
    }
    for (sum, count) in sums.iter_mut().zip(&counts) {
        *sum /= *count;
    }
    for (value, &g) in values.iter_mut().zip(group) {
        *value -= sums[g];
    }
    sums.iter().fold(0.0, |most: f64, mean| most.max(mean.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balanced_table_loses_row_and_column_means() {
        let panel = TwoWay::new(vec![0, 0, 1, 1], vec![0, 1, 0, 1], 2, 2);
        let found = panel.within(&[1.0, 2.0, 3.0, 8.0]).unwrap();
        for (found, expected) in found.iter().zip([1.0, -1.0, -1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-14);
        }
        assert_eq!((panel.n_parts(), panel.n_effects()), (1, 3));
    }

    // Unit a in periods 1 and 2, unit b in 1, 2 and 3: any unit + period pattern vanishes.
    #[test]
    fn an_unbalanced_table_of_pure_effects_vanishes() {
        let panel = TwoWay::new(vec![0, 0, 1, 1, 1], vec![0, 1, 0, 1, 2], 2, 3);
        let left = panel.within(&[11.0, 15.0, 21.0, 25.0, 28.0]).unwrap();
        assert!(left.iter().all(|v| v.abs() < 1e-11));
    }

    #[test]
    fn units_that_share_no_period_are_two_parts() {
        let panel = TwoWay::new(vec![0, 0, 1, 1], vec![0, 1, 2, 3], 2, 4);
        assert_eq!(panel.n_parts(), 2);
        assert_eq!(panel.n_free_effects(&[0, 0, 1, 1]), 0);
        assert_eq!(panel.n_free_effects(&[0, 1, 2, 3]), 2);
    }
}
