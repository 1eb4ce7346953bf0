//! ln det(I − ρW), in four ways.
//!
//! | way         | value                                                                     |
//! |-------------|---------------------------------------------------------------------------|
//! | eigen       | Σ ln |1 − ρ ωᵢ|, ω the eigenvalues, part by part of the neighborhood      |
//! | lu          | Σ ln |uᵢᵢ| of a sparse elimination, anew for each ρ                       |
//! | chebyshev   | the polynomial of degree five that fits ln(1 − ρω) on [−1, 1], of tr(Wᵏ)  |
//! | monte-carlo | −n Σ ρᵏ mean(z'Wᵏz / z'z) / k over 30 terms and 64 normal draws z         |
//!
//! The first two are exact, the others approximate and meant for weights whose rows sum to one;
//! their range is −1 to 1. Where W = D B with B symmetric and D diagonal, as after standardizing
//! rows, its eigenvalues are those of the symmetric matrix of √(w_ij w_ji).
//! Cost: n³ of the largest part once; the fill for each ρ; O(edges) once.
//! Source: Ord (1975), JASA 70, 120–126; Pace and LeSage (2004), Computational Statistics and Data
//! Analysis 45, 179–196; Barry and Pace (1999), Linear Algebra and its Applications 289, 41–54.

use agglo_core::{Seed, Undefined, Weights, sum};
use faer::{Mat, Side};
use rand_distr::{Distribution, StandardNormal};

use super::elimination::{Elimination, minimum_degree};
use crate::inference::dot;

/// The largest part of a neighborhood for which eigenvalues are the way by default.
const DENSE: usize = 1000;
const CHEBYSHEV_DEGREE: usize = 5;
const TERMS: usize = 30;
const DRAWS: u32 = 64;

/// How the log-determinant is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Eigenvalues up to 1,000 regions in the largest part, elimination beyond.
    Auto,
    /// Eigenvalues.
    Eigen,
    /// Sparse elimination.
    Elimination,
    /// Chebyshev polynomial of the first five powers.
    Chebyshev,
    /// Series of random quadratic forms.
    MonteCarlo,
}

impl Way {
    /// The way with this name; [`Way::Auto`] for any other word.
    pub fn named(name: &str) -> Way {
        match name {
            "eigen" => Way::Eigen,
            "lu" => Way::Elimination,
            "chebyshev" => Way::Chebyshev,
            "monte-carlo" => Way::MonteCarlo,
            _ => Way::Auto,
        }
    }
}

/// ln det(I − ρW) for any ρ in its range.
pub struct LogDeterminant<'w> {
    weights: &'w Weights,
    form: Form,
    /// Between which ρ must lie.
    pub range: (f64, f64),
}

enum Form {
    /// Real and imaginary parts.
    Eigen(Vec<(f64, f64)>),
    Elimination(Vec<usize>),
    /// tr(Wᵏ) for k = 0, 1, …
    Chebyshev(Vec<f64>),
    /// n times the mean quadratic form of Wᵏ, k = 1, 2, …
    Series(Vec<f64>),
}

impl<'w> LogDeterminant<'w> {
    /// Prepares the way; `seed` matters to [`Way::MonteCarlo`] only.
    ///
    /// # Errors
    /// [`Undefined::ZeroTotal`] without weights, [`Undefined::NotIdentified`] when the eigenvalues
    /// cannot be found.
    pub fn new(weights: &'w Weights, way: Way, seed: Seed) -> Result<Self, Undefined> {
        let most = (0..weights.len())
            .map(|region| weights.values(region).iter().sum::<f64>())
            .fold(0.0, f64::max);
        if most <= 0.0 {
            return Err(Undefined::ZeroTotal);
        }
        let parts = parts(weights);
        let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
        let dense = largest <= DENSE;
        let (form, range) = match way {
            Way::Eigen => eigen(weights, &parts)?,
            Way::Auto if dense => eigen(weights, &parts)?,
            Way::Auto | Way::Elimination => {
                (Form::Elimination(minimum_degree(weights)), (-1.0 / most, 1.0 / most))
            }
            Way::Chebyshev => (Form::Chebyshev(traces(weights)), (-1.0, 1.0)),
            Way::MonteCarlo => (Form::Series(series(weights, seed)), (-1.0, 1.0)),
        };
        Ok(LogDeterminant { weights, form, range })
    }

    /// ln det(I − `rho` W); `None` outside the range.
    pub fn at(&self, rho: f64) -> Option<f64> {
        if rho <= self.range.0 || rho >= self.range.1 {
            return None;
        }
        match &self.form {
            Form::Eigen(values) => Some(sum(values.iter().map(|(re, im)| {
                let (a, b) = (1.0 - rho * re, rho * im);
                if *im == 0.0 { a.abs().ln() } else { (a * a + b * b).ln() / 2.0 }
            }))),
            Form::Elimination(order) => {
                let found = Elimination::in_order(self.weights, rho, order.clone())?;
                Some(found.log_determinant())
            }
            Form::Chebyshev(traces) => Some(chebyshev(rho, traces)),
            Form::Series(forms) => {
                let term = |(at, form): (usize, &f64)| {
                    let k = at as i32 + 1;
                    -rho.powi(k) * form / f64::from(k)
                };
                Some(sum(forms.iter().enumerate().map(term)))
            }
        }
    }

    /// The eigenvalues of W as (real, imaginary), where that is the way.
    pub fn eigenvalues(&self) -> Option<&[(f64, f64)]> {
        match &self.form {
            Form::Eigen(values) => Some(values),
            _ => None,
        }
    }

    /// The name of the way taken.
    pub fn way(&self) -> &'static str {
        match &self.form {
            Form::Eigen(_) => "eigen",
            Form::Elimination(_) => "lu",
            Form::Chebyshev(_) => "chebyshev",
            Form::Series(_) => "monte-carlo",
        }
    }
}

/// The regions of each part that hangs together, in order.
fn parts(weights: &Weights) -> Vec<Vec<usize>> {
    let n = weights.len();
    let turned = weights.transposed();
    let mut seen = vec![false; n];
    let mut parts = Vec::new();
    for start in 0..n {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            let region = part[next];
            next += 1;
            for &to in weights.neighbors(region).iter().chain(turned.neighbors(region)) {
                if !std::mem::replace(&mut seen[to as usize], true) {
                    part.push(to as usize);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

fn eigen(weights: &Weights, parts: &[Vec<usize>]) -> Result<(Form, (f64, f64)), Undefined> {
    let mut values: Vec<(f64, f64)> = Vec::with_capacity(weights.len());
    for part in parts {
        let mut matrix = Mat::<f64>::zeros(part.len(), part.len());
        let place = |region: usize| part.binary_search(&region).unwrap_or_default();
        for (i, &region) in part.iter().enumerate() {
            for (to, w) in weights.row(region) {
                matrix[(i, place(to))] = w;
            }
        }
        if let Some(symmetric) = symmetrized(&matrix) {
            let found = symmetric
                .self_adjoint_eigenvalues(Side::Lower)
                .map_err(|_| Undefined::NotIdentified)?;
            values.extend(found.into_iter().map(|value| (value, 0.0)));
        } else {
            let found = matrix.eigenvalues().map_err(|_| Undefined::NotIdentified)?;
            values.extend(found.into_iter().map(|value| (value.re, value.im)));
        }
    }
    // Only real eigenvalues can make the determinant vanish.
    let real = || values.iter().filter(|(_, im)| *im == 0.0).map(|(re, _)| *re);
    let (least, most) = (real().fold(0.0, f64::min), real().fold(0.0, f64::max));
    if most <= 0.0 {
        return Err(Undefined::NotIdentified);
    }
    let low = if least < 0.0 { 1.0 / least } else { -1.0 / most };
    Ok((Form::Eigen(values), (low, 1.0 / most)))
}

/// The symmetric matrix with the eigenvalues of `matrix` = D B, B symmetric; `None` when it is no
/// such product.
fn symmetrized(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let n = matrix.nrows();
    // d_i w_ij = d_j w_ji must hold with one d for all pairs.
    let mut d = vec![0.0; n];
    for start in 0..n {
        if d[start] != 0.0 {
            continue;
        }
        d[start] = 1.0;
        let mut queue = vec![start];
        while let Some(i) = queue.pop() {
            for j in 0..n {
                let (there, back) = (matrix[(i, j)], matrix[(j, i)]);
                if (there == 0.0) != (back == 0.0) {
                    return None;
                }
                if there == 0.0 || i == j {
                    continue;
                }
                let follows = d[i] * there / back;
                if d[j] == 0.0 {
                    d[j] = follows;
                    queue.push(j);
                } else if (d[j] - follows).abs() > 1e-9 * follows {
                    return None;
                }
            }
        }
    }
    Some(Mat::from_fn(n, n, |i, j| (matrix[(i, j)] * matrix[(j, i)]).sqrt()))
}

/// tr(Wᵏ) for k = 0 to 5: tr(Wᵃ⁺ᵇ) = Σ (Wᵃ)ᵢⱼ (Wᵇ)ⱼᵢ.
fn traces(weights: &Weights) -> Vec<f64> {
    let n = weights.len();
    let own = sum(weights.edges().filter(|(from, to, _)| from == to).map(|(_, _, w)| w));
    let mut found = vec![n as f64, own, 0.0, 0.0, 0.0, 0.0];
    // One row of W, W² and W³ at a time, against the columns of W and W².
    let turned = weights.transposed();
    let row_of = |weights: &Weights, region: usize, power: u32| -> Vec<(usize, f64)> {
        let mut row = std::collections::BTreeMap::from([(region, 1.0)]);
        for _ in 0..power {
            let mut next = std::collections::BTreeMap::new();
            for (from, value) in row {
                for (to, w) in weights.row(from) {
                    *next.entry(to).or_insert(0.0) += value * w;
                }
            }
            row = next;
        }
        row.into_iter().collect()
    };
    let meet = |a: &[(usize, f64)], b: &[(usize, f64)]| {
        sum(a.iter().filter_map(|(at, x)| {
            b.binary_search_by_key(at, |(place, _)| *place).ok().map(|place| x * b[place].1)
        }))
    };
    for region in 0..n {
        let (one, two, three) =
            (row_of(weights, region, 1), row_of(weights, region, 2), row_of(weights, region, 3));
        let (one_back, two_back) = (row_of(&turned, region, 1), row_of(&turned, region, 2));
        found[2] += meet(&one, &one_back);
        found[3] += meet(&two, &one_back);
        found[4] += meet(&two, &two_back);
        found[5] += meet(&three, &two_back);
    }
    found
}

/// Σ c_j tr(T_j(W)) − n c₀/2, c the Chebyshev coefficients of ln(1 − ρω) on [−1, 1].
fn chebyshev(rho: f64, traces: &[f64]) -> f64 {
    let m = CHEBYSHEV_DEGREE + 1;
    let node = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / m as f64;
    let coefficient = |j: usize| {
        let total =
            sum((0..m).map(|k| (1.0 - rho * node(k).cos()).ln() * (j as f64 * node(k)).cos()));
        2.0 / m as f64 * total
    };
    // T₀ … T₅ as polynomials of ω.
    let polynomials: [&[f64]; 6] = [
        &[1.0],
        &[0.0, 1.0],
        &[-1.0, 0.0, 2.0],
        &[0.0, -3.0, 0.0, 4.0],
        &[1.0, 0.0, -8.0, 0.0, 8.0],
        &[0.0, 5.0, 0.0, -20.0, 0.0, 16.0],
    ];
    let trace = |j: usize| sum(polynomials[j].iter().zip(traces).map(|(c, t)| c * t));
    sum((0..m).map(|j| coefficient(j) * trace(j))) - coefficient(0) / 2.0 * traces[0]
}

/// n times the mean of z'Wᵏz / z'z, the first two exact.
fn series(weights: &Weights, seed: Seed) -> Vec<f64> {
    let n = weights.len();
    let mut forms = vec![0.0; TERMS];
    for draw in 0..DRAWS {
        let mut rng = seed.stream("log-determinant", 0, draw);
        let z: Vec<f64> = (0..n).map(|_| StandardNormal.sample(&mut rng)).collect();
        let size = dot(&z, &z);
        let mut power = z.clone();
        for form in &mut forms {
            power = weights.lag(&power);
            *form += n as f64 * dot(&z, &power) / size / f64::from(DRAWS);
        }
    }
    forms[0] = sum(weights.edges().filter(|(from, to, _)| from == to).map(|(_, _, w)| w));
    forms[1] = crate::regression::residuals::product_trace(weights);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Axis;

    /// A ring of eight, its rows summing to one; ω = cos(2πk/8).
    fn ring() -> Weights {
        let n = 8_u32;
        let axis = Axis::new((0..n).map(|r| format!("{r}")));
        let edges = (0..n).flat_map(|r| [(r, (r + 1) % n, 0.5), (r, (r + n - 1) % n, 0.5)]);
        Weights::from_edges(axis, edges.collect()).unwrap()
    }

    #[test]
    fn a_ring_has_the_eigenvalues_of_its_cosines() {
        let ring = ring();
        let rho = 0.6;
        let expected = sum((0..8)
            .map(|k| (1.0 - rho * (2.0 * std::f64::consts::PI * f64::from(k) / 8.0).cos()).ln()));
        for (way, tolerance) in [
            (Way::Eigen, 1e-13),
            (Way::Elimination, 1e-13),
            (Way::Chebyshev, 0.01),
            (Way::MonteCarlo, 0.1),
        ] {
            let found = LogDeterminant::new(&ring, way, Seed::DEFAULT).unwrap();
            let value = found.at(rho).unwrap();
            assert!((value - expected).abs() < tolerance, "{way:?}: {value} is not {expected}");
            assert_eq!(found.at(1.5), None);
        }
    }

    // One way only: 0 → 1 → 2 → 0, a circulant with complex eigenvalues; det(I − ρW) = 1 − ρ³.
    #[test]
    fn a_one_way_circle_has_a_complex_pair() {
        let axis = Axis::new(["a", "b", "c"]);
        let circle =
            Weights::from_edges(axis, vec![(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)]).unwrap();
        for way in [Way::Eigen, Way::Elimination] {
            let found = LogDeterminant::new(&circle, way, Seed::DEFAULT).unwrap();
            for rho in [-0.9_f64, 0.3, 0.8] {
                let value = found.at(rho).unwrap();
                assert!((value - (1.0 - rho.powi(3)).ln()).abs() < 1e-13, "{way:?} {value}");
            }
        }
    }

    #[test]
    fn elimination_solves_both_ways() {
        let axis = Axis::new(["a", "b", "c", "d"]);
        let edges = vec![(0, 1, 0.7), (0, 3, 0.3), (1, 0, 1.0), (2, 1, 0.5), (2, 3, 0.5)];
        let weights = Weights::from_edges(axis, edges).unwrap();
        let found = Elimination::new(&weights, 0.4).unwrap();
        let b = [1.0, -2.0, 3.0, 0.5];
        let x = found.solve(&b);
        let lag = weights.lag(&x);
        let turned = found.solve_transposed(&b);
        let back = weights.transposed().lag(&turned);
        for row in 0..4 {
            assert!((x[row] - 0.4 * lag[row] - b[row]).abs() < 1e-14);
            assert!((turned[row] - 0.4 * back[row] - b[row]).abs() < 1e-14);
        }
    }
}
