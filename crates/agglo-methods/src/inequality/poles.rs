//! Measures of polarization: identification inside groups against distance between them.

use agglo_core::{Undefined, sum};

use super::measures::Population;

/// Esteban and Ray's index, K Σᵢ Σⱼ πᵢ^(1+α) πⱼ |yᵢ − yⱼ|/μ with K = 1, of poles with shares π and
/// values y; the members of `poles` are the poles.
pub fn esteban_ray(poles: &Population, alpha: f64) -> f64 {
    let (y, pi) = (poles.values(), poles.shares());
    let identification: Vec<f64> = pi.iter().map(|pi| pi.powf(1.0 + alpha)).collect();
    // Poles ascend, so each distance is a difference of cumulated sums.
    let (mut shares, mut values) = (0.0, 0.0);
    let (mut identified, mut identified_values) = (0.0, 0.0);
    let total = sum((0..y.len()).map(|i| {
        let to_poorer = identification[i] * (y[i] * shares - values);
        let from_poorer = pi[i] * (y[i] * identified - identified_values);
        shares += pi[i];
        values += pi[i] * y[i];
        identified += identification[i];
        identified_values += identification[i] * y[i];
        to_poorer + from_poorer
    }));
    total / poles.mean()
}

/// What poles leave out: the Gini of the population less that of its poles.
pub fn pole_spread(population: &Population, poles: &Population) -> f64 {
    population.gini() - poles.gini()
}

/// The bandwidth of the density in Duclos, Esteban and Ray's index, 4.7 n^(−1/2) σ α^0.1.
pub fn duclos_esteban_ray_bandwidth(population: &Population, alpha: f64) -> f64 {
    let mean = population.mean();
    let sd = population.average(|y| (y - mean).powi(2)).sqrt();
    let n = 1.0 / sum(population.shares().iter().map(|b| b * b));
    4.7 / n.sqrt() * sd * alpha.powf(0.1)
}

/// Duclos, Esteban and Ray's index, ½ μ^(α−1) Σ b f(y)^α E|y − y'|, f a Gaussian density of this
/// `bandwidth`; with α = 0 it is the Gini coefficient. Cost: O(n²), O(n) for α = 0.
///
/// # Errors
/// [`Undefined::NoVariation`] when α > 0 and the bandwidth is zero: all values are equal.
pub fn duclos_esteban_ray(
    population: &Population,
    alpha: f64,
    bandwidth: f64,
) -> Result<f64, Undefined> {
    let (y, b, mean) = (population.values(), population.shares(), population.mean());
    if alpha > 0.0 && bandwidth <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    let density = |at: f64| {
        let kernel = |y: &f64| (-0.5 * ((at - y) / bandwidth).powi(2)).exp();
        let mass = sum(y.iter().zip(b).map(|(y, b)| b * kernel(y)));
        mass / (bandwidth * std::f64::consts::TAU.sqrt())
    };
    let (mut below, mut value_below) = (0.0, 0.0);
    let total = sum((0..y.len()).map(|i| {
        // Twice the way to all that are poorer, less the way to the mean of all.
        let away = mean - y[i] + 2.0 * (y[i] * below - value_below);
        below += b[i];
        value_below += b[i] * y[i];
        let weight = if alpha > 0.0 { density(y[i]).powf(alpha) } else { 1.0 };
        b[i] * weight * away
    }));
    Ok(total * mean.powf(alpha - 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(values: &[f64], weights: &[f64]) -> Population {
        Population::new(values, weights).unwrap()
    }

    #[track_caller]
    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    // Poles of ½ at 1 and 3: 2 · ½^(1+α) · ½ · 2/2.
    #[test]
    fn two_equal_poles_are_polarized_by_their_distance() {
        let poles = population(&[1.0, 3.0], &[1.0, 1.0]);
        check(esteban_ray(&poles, 1.0), 0.25);
        check(esteban_ray(&poles, 0.0), 2.0 * poles.gini());
    }

    #[test]
    fn three_poles_are_what_all_pairs_add_up_to() {
        let (y, pi) = ([2.0, 3.0, 7.0], [0.5, 0.2, 0.3]);
        let mean = 3.7;
        let mut expected = 0.0;
        for i in 0..3 {
            for j in 0..3 {
                expected += f64::powf(pi[i], 2.3) * pi[j] * f64::abs(y[i] - y[j]) / mean;
            }
        }
        check(esteban_ray(&population(&y, &pi), 1.3), expected);
    }

    #[test]
    fn without_identification_the_density_index_is_the_gini() {
        let all = population(&[1.0, 2.0, 3.0, 6.0], &[1.0, 2.0, 1.0, 1.0]);
        check(duclos_esteban_ray(&all, 0.0, 0.0).unwrap(), all.gini());
    }

    #[test]
    fn the_density_index_does_not_depend_on_the_unit() {
        let yuan = population(&[1.0, 2.0, 3.0, 6.0], &[1.0; 4]);
        let cents = population(&[100.0, 200.0, 300.0, 600.0], &[1.0; 4]);
        let of = |all: &Population| {
            duclos_esteban_ray(all, 0.5, duclos_esteban_ray_bandwidth(all, 0.5)).unwrap()
        };
        check(of(&yuan), of(&cents));
        let equal = population(&[2.0, 2.0], &[1.0, 1.0]);
        assert_eq!(duclos_esteban_ray(&equal, 0.5, 0.0), Err(Undefined::NoVariation));
    }
}
