//! What the variances of global statistics are made of.
//!
//! S0 = Σᵢⱼ wᵢⱼ      S1 = ½ Σᵢⱼ (wᵢⱼ + wⱼᵢ)²      S2 = Σᵢ (Σⱼ wᵢⱼ + Σⱼ wⱼᵢ)²
//!
//! Source: Cliff and Ord (1981), Spatial Processes, chapters 1 and 2.

use agglo_core::{Undefined, Weights, mean, sum};

/// S0, S1 and S2 of a matrix of weights. Cost: O(m log m) for m edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightSums {
    /// Σ w.
    pub s0: f64,
    /// ½ Σ (w + w')².
    pub s1: f64,
    /// Σ (row sum + column sum)².
    pub s2: f64,
}

impl WeightSums {
    /// The sums of `weights`.
    pub fn of(weights: &Weights) -> WeightSums {
        let turned = weights.transposed();
        let (mut squares, mut products, mut margins) = (Vec::new(), Vec::new(), Vec::new());
        for region in 0..weights.len() {
            let mut back = turned.row(region).peekable();
            for (to, w) in weights.row(region) {
                squares.push(w * w);
                while back.next_if(|(from, _)| *from < to).is_some() {}
                if let Some((_, returned)) = back.next_if(|(from, _)| *from == to) {
                    products.push(w * returned);
                }
            }
            let both = weights.values(region).iter().chain(turned.values(region));
            margins.push(both.sum::<f64>().powi(2));
        }
        WeightSums {
            s0: sum(weights.edges().map(|edge| edge.2)),
            s1: sum(squares) + sum(products),
            s2: sum(margins),
        }
    }
}

/// Deviations from the mean and the sum of their squares.
pub(super) type Deviations = (Vec<f64>, f64);

/// Deviations of `x` from its mean and the sum of their squares.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than two values, [`Undefined::NoVariation`] when they are equal.
pub(super) fn deviations(x: &[f64]) -> Result<Deviations, Undefined> {
    let (Some(center), true) = (mean(x), x.len() > 1) else {
        return Err(Undefined::TooFew);
    };
    if x.iter().all(|value| *value == x[0]) {
        return Err(Undefined::NoVariation);
    }
    let z: Vec<f64> = x.iter().map(|value| value - center).collect();
    let squares = sum(z.iter().map(|z| z * z));
    if squares > 0.0 { Ok((z, squares)) } else { Err(Undefined::NoVariation) }
}

/// The fourth moment over the squared second, b₂ = n Σ z⁴ / (Σ z²)².
pub(super) fn kurtosis(z: &[f64], squares: f64) -> f64 {
    z.len() as f64 * sum(z.iter().map(|z| z.powi(4))) / (squares * squares)
}

/// A statistic with its expectation and variance under a null hypothesis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// The statistic.
    pub statistic: f64,
    /// Its expectation.
    pub expectation: f64,
    /// Its variance; a gap for fewer than four regions.
    pub variance: Result<f64, Undefined>,
}

/// The null hypothesis of an analytic variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// The values are independent draws from one normal distribution.
    Normality,
    /// The values are given, and every order of them is as likely as the others.
    Randomization,
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Axis;

    // W = [0 2; 3 0]: S0 = 5, S1 = ½(25 + 25), S2 = (2 + 3)² + (3 + 2)².
    #[test]
    fn two_regions_with_unlike_weights() {
        let edges = vec![(0, 1, 2.0), (1, 0, 3.0)];
        let weights = Weights::from_edges(Axis::new(["a", "b"]), edges).unwrap();
        assert_eq!(WeightSums::of(&weights), WeightSums { s0: 5.0, s1: 25.0, s2: 50.0 });
    }

    #[test]
    fn an_edge_one_way_counts_half_its_square_twice() {
        let weights = Weights::from_edges(Axis::new(["a", "b"]), vec![(0, 1, 2.0)]).unwrap();
        assert_eq!(WeightSums::of(&weights), WeightSums { s0: 2.0, s1: 4.0, s2: 8.0 });
    }

    #[test]
    fn equal_values_do_not_vary() {
        assert_eq!(deviations(&[0.1; 7]), Err(Undefined::NoVariation));
        assert_eq!(deviations(&[1.0]), Err(Undefined::TooFew));
    }
}
