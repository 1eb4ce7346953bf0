//! Measures of inequality on a population: values of its members with the share each has of it.

use agglo_core::{Undefined, sum};

/// Values in ascending order with their shares of the population.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    y: Vec<f64>,
    b: Vec<f64>,
    mean: f64,
}

impl Population {
    /// Members with `values` each and these `weights`, of which only the shares matter.
    ///
    /// # Errors
    /// [`Undefined::Negative`] for a negative value, [`Undefined::ZeroTotal`] when all are zero,
    /// [`Undefined::SingleRegion`] for fewer than two.
    ///
    /// # Panics
    /// When the two are not of one length or a weight is not above zero.
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Population, Undefined> {
        assert_eq!(values.len(), weights.len(), "a weight for every value");
        assert!(weights.iter().all(|weight| *weight > 0.0), "weights above zero");
        if values.iter().any(|value| *value < 0.0) {
            return Err(Undefined::Negative);
        }
        if values.len() < 2 {
            return Err(Undefined::SingleRegion);
        }
        let total = sum(weights.iter().copied());
        let mut members: Vec<(f64, f64)> =
            values.iter().zip(weights).map(|(y, weight)| (*y, weight / total)).collect();
        members.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (y, b): (Vec<f64>, Vec<f64>) = members.into_iter().unzip();
        let mean = sum(y.iter().zip(&b).map(|(y, b)| y * b));
        if mean <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        Ok(Population { y, b, mean })
    }

    /// The values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.y
    }

    /// The shares of the population, in the values' order, sum 1.
    pub fn shares(&self) -> &[f64] {
        &self.b
    }

    /// The mean, above zero.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Σ b f(y).
    pub fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        sum(self.y.iter().zip(&self.b).map(|(y, b)| b * f(*y)))
    }

    fn all_above_zero(&self) -> Result<(), Undefined> {
        if self.y[0] > 0.0 { Ok(()) } else { Err(Undefined::LogOfZero) }
    }

    /// Gini coefficient, Σ Σ b b'|y − y'| / (2 μ).
    pub fn gini(&self) -> f64 {
        let mut below = 0.0;
        let covered = sum(self.y.iter().zip(&self.b).map(|(y, b)| {
            let part = b * y * (2.0 * below + b);
            below += b;
            part
        }));
        (covered / self.mean - 1.0).max(0.0)
    }

    /// The value below which half of the population lies; the middle of two where it lies between.
    pub fn median(&self) -> f64 {
        let mut below = 0.0;
        for (place, b) in self.b.iter().enumerate() {
            below += b;
            if below > 0.5 + 1e-12 {
                return self.y[place];
            }
            if below >= 0.5 - 1e-12 {
                let next = self.y.get(place + 1).copied().unwrap_or(self.y[place]);
                return f64::midpoint(self.y[place], next);
            }
        }
        self.y[self.y.len() - 1]
    }

    /// The share of the value that the poorer half has.
    pub fn poorer_half(&self) -> f64 {
        let mut left = 0.5;
        sum(self.y.iter().zip(&self.b).map(|(y, b)| {
            let counted = b.min(left);
            left -= counted;
            counted * y
        })) / self.mean
    }
}

/// Gini coefficient of totals `values` per unit of `weights`, weighted by those.
///
/// # Errors
/// As [`Population::new`].
///
/// # Panics
/// As [`Population::new`].
pub fn weighted_gini(values: &[f64], weights: &[f64]) -> Result<f64, Undefined> {
    let each: Vec<f64> = values.iter().zip(weights).map(|(value, weight)| value / weight).collect();
    Ok(Population::new(&each, weights)?.gini())
}

/// Atkinson's index, 1 − (Σ b (y/μ)^(1−ε))^(1/(1−ε)), and 1 − the geometric over the arithmetic mean
/// for ε = 1.
///
/// # Errors
/// [`Undefined::LogOfZero`] for a value of zero when ε ≥ 1.
pub fn atkinson(population: &Population, epsilon: f64) -> Result<f64, Undefined> {
    let mean = population.mean();
    if epsilon == 0.0 {
        return Ok(0.0);
    }
    if epsilon >= 1.0 {
        population.all_above_zero()?;
    }
    let equal = if epsilon == 1.0 {
        population.average(|y| (y / mean).ln()).exp()
    } else {
        population.average(|y| (y / mean).powf(1.0 - epsilon)).powf(1.0 / (1.0 - epsilon))
    };
    Ok(1.0 - equal)
}

/// Kolm's absolute index, (1/α) ln Σ b e^(α (μ − y)), in the unit of the values.
pub fn kolm(population: &Population, alpha: f64) -> f64 {
    let mean = population.mean();
    // The largest exponent is that of the smallest value; taken out, nothing overflows.
    let most = alpha * (mean - population.values()[0]);
    (most + population.average(|y| (alpha * (mean - y) - most).exp()).ln()) / alpha
}

/// Coulter's coefficient, √(½ Σ (a − b)²), a and b the shares in the value and the population.
pub fn coulter(population: &Population) -> f64 {
    let pairs = population.values().iter().zip(population.shares());
    (sum(pairs.map(|(y, b)| (b * y / population.mean() - b).powi(2))) / 2.0).sqrt()
}

/// Half the mean relative deviation, ½ Σ |a − b|: Ricci–Schutz, Hoover, Robin Hood, Pietra.
pub fn ricci_schutz(population: &Population) -> f64 {
    population.average(|y| (y / population.mean() - 1.0).abs()) / 2.0
}

/// Standard deviation over the mean, members weighted by their shares: with equal shares the
/// coefficient of variation.
pub fn williamson(population: &Population) -> f64 {
    let mean = population.mean();
    population.average(|y| (y - mean).powi(2)).sqrt() / mean
}

/// Rosenbluth's index of members of one weight, 1/(2 Σ k s₍ₖ₎ − 1), the largest being first.
///
/// # Errors
/// [`Undefined::NotIdentified`] when members weigh differently.
pub fn rosenbluth(population: &Population) -> Result<f64, Undefined> {
    let n = population.shares().len() as f64;
    if population.shares().iter().any(|b| (b * n - 1.0).abs() > 1e-9) {
        return Err(Undefined::NotIdentified);
    }
    Ok(1.0 / (n * (1.0 - population.gini())))
}

/// Variance of the logarithms about the logarithm's mean.
///
/// # Errors
/// [`Undefined::LogOfZero`] for a value of zero.
pub fn log_variance(population: &Population) -> Result<f64, Undefined> {
    population.all_above_zero()?;
    let center = population.average(f64::ln);
    Ok(population.average(|y| (y.ln() - center).powi(2)))
}

/// Wolfson's index of bipolarization, 4 (μ/m)(½ − L(½) − G/2), m the median.
///
/// # Errors
/// [`Undefined::ZeroDenominator`] when the median is zero.
pub fn wolfson(population: &Population) -> Result<f64, Undefined> {
    let median = population.median();
    if median <= 0.0 {
        return Err(Undefined::ZeroDenominator);
    }
    let gap = 0.5 - population.poorer_half() - population.gini() / 2.0;
    Ok(4.0 * population.mean() / median * gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(values: &[f64]) -> Population {
        Population::new(values, &vec![1.0; values.len()]).unwrap()
    }

    #[track_caller]
    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    // 1, 2, 3, 6: mean 3, differences 1+2+5+1+4+3 = 16, Gini 2·16/(2·16·3) = 1/3.
    #[test]
    fn four_incomes_have_the_measures_of_the_textbook() {
        let population = equal(&[6.0, 2.0, 1.0, 3.0]);
        check(population.gini(), 1.0 / 3.0);
        check(population.median(), 2.5);
        check(population.poorer_half(), 0.25);
        check(wolfson(&population).unwrap(), 4.0 * 3.0 / 2.5 * (0.25 - 1.0 / 6.0));
        check(ricci_schutz(&population), 0.25);
        check(williamson(&population), (3.5_f64).sqrt() / 3.0);
        check(atkinson(&population, 1.0).unwrap(), 1.0 - 6.0_f64.sqrt() / 3.0);
        check(atkinson(&population, 2.0).unwrap(), 1.0 - 4.0 / 2.0 / 3.0);
        // Shares ½ ¼ 1/6 1/12: 1/(2(½ + ½ + ½ + ⅓) − 1).
        check(rosenbluth(&population).unwrap(), 0.375);
        check(coulter(&population), (7.0_f64 / 144.0).sqrt());
    }

    #[test]
    fn a_weight_of_three_is_a_member_three_times() {
        let heavy = Population::new(&[1.0, 5.0], &[3.0, 1.0]).unwrap();
        let thrice = equal(&[1.0, 1.0, 1.0, 5.0]);
        for (a, b) in [
            (heavy.gini(), thrice.gini()),
            (heavy.median(), thrice.median()),
            (heavy.poorer_half(), thrice.poorer_half()),
            (kolm(&heavy, 0.7), kolm(&thrice, 0.7)),
            (atkinson(&heavy, 0.5).unwrap(), atkinson(&thrice, 0.5).unwrap()),
        ] {
            check(a, b);
        }
        assert_eq!(rosenbluth(&heavy), Err(Undefined::NotIdentified));
    }

    #[test]
    fn kolm_adds_nothing_when_all_gain_the_same_and_stands_large_values() {
        let (poor, rich) = (equal(&[1.0, 2.0, 4.0]), equal(&[101.0, 102.0, 104.0]));
        check(kolm(&poor, 1.0), kolm(&rich, 1.0));
        let large = kolm(&equal(&[10_000.0, 90_000.0]), 1.0);
        check(large / (40_000.0 - 2.0_f64.ln()), 1.0);
    }

    #[test]
    fn zeros_negatives_and_one_region_say_why() {
        assert_eq!(atkinson(&equal(&[0.0, 1.0]), 1.0), Err(Undefined::LogOfZero));
        check(atkinson(&equal(&[0.0, 1.0]), 0.5).unwrap(), 0.5);
        assert_eq!(wolfson(&equal(&[0.0, 0.0, 1.0])), Err(Undefined::ZeroDenominator));
        assert_eq!(Population::new(&[1.0], &[1.0]), Err(Undefined::SingleRegion));
        assert_eq!(Population::new(&[-1.0, 3.0], &[1.0, 1.0]), Err(Undefined::Negative));
        assert_eq!(Population::new(&[0.0, 0.0], &[1.0, 1.0]), Err(Undefined::ZeroTotal));
    }
}
