//! F tests of breaks, and errors of segments, that stand errors of unequal size and errors that depend on each other.
//!
//! F(m) = (T − (m + 1) q)/(T m q) · δ'R' (R V R')⁻¹ R δ, R the differences of neighboring segments' q
//! coefficients δ, V their covariance by the quadratic spectral kernel.
//!
//! Source: Bai and Perron (1998), Econometrica 66, 47–78, section 4.1; Andrews (1991), Econometrica
//! 59(3), 817–858; `kernHAC` of sandwich (R).

use agglo_core::{Column, Datum, Frame, Gap, Undefined};

use super::design::{Candidate, Design, Shape, segments};
use crate::call::MethodError;
use crate::inference::{
    Kernel, LeastSquares, andrews_bandwidth, dependent_covariance, least_squares, norms,
    student_critical, wald,
};

/// The segments of a candidate in one regression, with the covariance of all its coefficients.
struct Joint {
    fit: LeastSquares,
    covariance: Vec<f64>,
    bandwidth: f64,
    /// Coefficients of each segment: its height and, with trends, its slope.
    per_segment: usize,
}

impl Joint {
    /// `None` where the segments leave nothing to estimate the covariance from.
    fn new(design: &Design<'_>, y: &[f64], candidate: &Candidate) -> Option<Joint> {
        let n = y.len();
        let per_segment = if design.shape == Shape::Level { 1 } else { 2 };
        // Lines are written about the middle of the series: their heights there are compared.
        let middle = f64::midpoint(design.x[0], design.x[n - 1]);
        let mut columns = Vec::with_capacity(per_segment * (candidate.breaks.len() + 1));
        for (a, b) in segments(&candidate.breaks, n) {
            let inside = |t: usize| a <= t && t < b;
            columns.push((0..n).map(|t| f64::from(u8::from(inside(t)))).collect::<Vec<f64>>());
            if per_segment == 2 {
                let slope = |t: usize| if inside(t) { design.x[t] - middle } else { 0.0 };
                columns.push((0..n).map(slope).collect());
            }
        }
        let fit = least_squares(&columns, &norms(&columns), y).ok()?;
        let bandwidth = andrews_bandwidth(&fit, &columns)?;
        let kernel = Kernel::QuadraticSpectral { bandwidth };
        let covariance = dependent_covariance(&fit, &columns, &[n], kernel);
        Some(Joint { fit, covariance, bandwidth, per_segment })
    }

    fn n_coefficients(&self) -> usize {
        self.fit.coefficients.len()
    }

    /// F against no break; `None` where the differences do not vary.
    fn f(&self) -> Option<f64> {
        let (k, q) = (self.n_coefficients(), self.per_segment);
        let n_jumps = k - q;
        let jumps: Vec<f64> = (0..n_jumps)
            .map(|row| self.fit.coefficients[row + q] - self.fit.coefficients[row])
            .collect();
        let of_jumps: Vec<f64> = (0..n_jumps * n_jumps)
            .map(|place| {
                let (a, b) = (place / n_jumps, place % n_jumps);
                let cell = |i: usize, j: usize| self.covariance[i * k + j];
                cell(a + q, b + q) - cell(a + q, b) - cell(a, b + q) + cell(a, b)
            })
            .collect();
        let statistic = wald(&jumps, &of_jumps)?;
        let n = self.fit.residuals.len() as f64;
        Some((n - k as f64) / (n * n_jumps as f64) * statistic)
    }
}

/// The levels or slopes of the chosen segments, with errors that stand what the F tests stand, times
/// T/(T − k), and intervals by Student's t with T − k degrees of freedom.
pub(super) fn segment_frame(
    design: &Design<'_>,
    y: &[f64],
    chosen: &Candidate,
    unit: &str,
    confidence: f64,
) -> Result<Frame, MethodError> {
    let joint = Joint::new(design, y, chosen);
    let places = 0..chosen.breaks.len() + 1;
    let of = |place: usize| -> Option<[f64; 4]> {
        let joint = joint.as_ref()?;
        let (n, k) = (y.len() as f64, joint.n_coefficients());
        let at = place * joint.per_segment + joint.per_segment - 1;
        let free = n - k as f64;
        let error = (joint.covariance[at * k + at] * n / free).sqrt();
        let (estimate, reach) = (joint.fit.coefficients[at], student_critical(confidence, free));
        Some([estimate, error, estimate - reach * error, estimate + reach * error])
    };
    let column = |which: usize| {
        let datum = |place: usize| match of(place) {
            Some(values) => Datum::finite(values[which], Undefined::NoVariation),
            None => Datum::undefined(Undefined::NoVariation),
        };
        places.clone().map(datum).collect::<Vec<_>>()
    };
    let term = if design.shape == Shape::Level { "level" } else { "slope" };
    Ok(Frame::new(vec![
        Column::integer("segment", "", places.clone().map(|place| place as i64 + 1)),
        Column::text("term", places.clone().map(|_| term)),
        Column::number("estimate", unit, column(0)),
        Column::number("se_hac", unit, column(1)),
        Column::number("lower", unit, column(2)),
        Column::number("upper", unit, column(3)),
    ])?)
}

/// F of `candidate` against no break, with the kernel's bandwidth; `None` where the segments leave
/// nothing to estimate the covariance from.
pub(super) fn robust_f(
    design: &Design<'_>,
    y: &[f64],
    candidate: &Candidate,
) -> Option<(f64, f64)> {
    let joint = Joint::new(design, y, candidate)?;
    Some((joint.f()?, joint.bandwidth))
}

/// The robust F of every candidate.
pub(super) fn frame(
    design: &Design<'_>,
    y: &[f64],
    candidates: &[Candidate],
    critical: &Column,
) -> Result<Frame, MethodError> {
    let found: Vec<Option<(f64, f64)>> = candidates
        .iter()
        .map(
            |candidate| {
                if candidate.breaks.is_empty() { None } else { robust_f(design, y, candidate) }
            },
        )
        .collect();
    let column = |of: fn((f64, f64)) -> f64| {
        let datum = move |(m, value): (usize, &Option<(f64, f64)>)| match value {
            _ if m == 0 => Datum::Gap(Gap::NotApplicable),
            Some(pair) => Datum::finite(of(*pair), Undefined::NoVariation),
            None => Datum::undefined(Undefined::NoVariation),
        };
        found.iter().enumerate().map(datum).collect::<Vec<_>>()
    };
    Ok(Frame::new(vec![
        Column::integer("n_breaks", "1", 0..candidates.len() as i64),
        Column::number("sup_f_hac", "1", column(|pair| pair.0)),
        Column::number("bandwidth", "1", column(|pair| pair.1)),
        critical.clone(),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const Y: [f64; 18] =
        [1.2, 0.7, 1.9, 1.1, 2.5, 1.6, 2.2, 3.1, 1.4, 2.8, 2.0, 3.6, 2.1, 4.0, 2.9, 2.2, 3.3, 4.1];

    // R, sandwich 3.0-2: kernHAC(lm, bw = bwAndrews(lm, weights = 1, prewhite = FALSE), prewhite =
    // FALSE, adjust = FALSE) with a break after 7 of 18, and the Wald statistic of the differences.
    #[test]
    fn the_robust_f_and_its_bandwidth_are_those_of_sandwich() {
        let x: Vec<f64> = (1..=18).map(f64::from).collect();
        for (shape, bandwidth, f) in [
            (Shape::Level, 1.576_903_015_495_57, 16.917_274_447_465_6),
            (Shape::Trend, 1.464_820_820_9, 0.659_441_527_774_961),
        ] {
            let design = Design { x: &x, shape, shortest: 3, max_breaks: 1 };
            let candidate = Candidate { ssr: 0.0, breaks: vec![7] };
            let found = robust_f(&design, &Y, &candidate).unwrap();
            assert!((found.1 - bandwidth).abs() < 1e-6, "{found:?}");
            assert!((found.0 / f - 1.0).abs() < 1e-6, "{found:?}");
        }
    }

    // The same with adjust = TRUE, its diagonal's roots, and qt(.975, T − k).
    #[test]
    fn errors_of_levels_and_slopes_are_those_of_sandwich() {
        let x: Vec<f64> = (1..=18).map(f64::from).collect();
        for (shape, estimates, errors, t) in [
            (
                Shape::Level,
                [1.6, 2.863_636_363_636_36],
                [0.209_646_248_153_636, 0.227_424_663_054_163],
                2.119_905_299_221_25,
            ),
            (
                Shape::Trend,
                [0.192_857_142_857_143, 0.118_181_818_181_818],
                [0.041_706_928_224_367_4, 0.063_182_176_420_229_3],
                2.144_786_687_917_8,
            ),
        ] {
            let design = Design { x: &x, shape, shortest: 3, max_breaks: 1 };
            let candidate = Candidate { ssr: 0.0, breaks: vec![7] };
            let found = segment_frame(&design, &Y, &candidate, "1", 0.95).unwrap();
            let column = |name: &str| -> Vec<f64> {
                found.numbers(name).unwrap().iter().map(|datum| datum.number().unwrap()).collect()
            };
            for place in 0..2 {
                let (estimate, error) = (estimates[place], errors[place]);
                assert!((column("estimate")[place] - estimate).abs() < 1e-12);
                assert!((column("se_hac")[place] / error - 1.0).abs() < 1e-6);
                assert!((column("lower")[place] - (estimate - t * error)).abs() < 1e-6);
                assert!((column("upper")[place] - (estimate + t * error)).abs() < 1e-6);
            }
        }
    }
}
