//! F tests of breaks that stand errors of unequal size and errors that depend on each other.
//!
//! F(m) = (T − (m + 1) q)/(T m q) · δ'R' (R V R')⁻¹ R δ, R the differences of neighboring segments' q
//! coefficients δ, V their covariance by the quadratic spectral kernel.
//!
//! Source: Bai and Perron (1998), Econometrica 66, 47–78, section 4.1; Andrews (1991), Econometrica
//! 59(3), 817–858; `kernHAC` of sandwich (R).

use agglo_core::{Column, Datum, Frame, Gap, Undefined};

use super::design::{Candidate, Design, Shape, segments};
use crate::call::MethodError;
use crate::inference::{least_squares, long_run_covariance, wald};

/// F of `candidate` against no break, with the kernel's bandwidth; `None` where the segments leave
/// nothing to estimate the covariance from.
pub(super) fn robust_f(
    design: &Design<'_>,
    y: &[f64],
    candidate: &Candidate,
) -> Option<(f64, f64)> {
    let (n, m) = (y.len(), candidate.breaks.len());
    let q = if design.shape == Shape::Level { 1 } else { 2 };
    // Lines are written about the middle of the series: their heights there are compared.
    let mut columns = Vec::with_capacity(q * (m + 1));
    for (a, b) in segments(&candidate.breaks, n) {
        let inside = |t: usize| a <= t && t < b;
        columns.push((0..n).map(|t| f64::from(u8::from(inside(t)))).collect::<Vec<f64>>());
        if q == 2 {
            let middle = f64::midpoint(design.x[0], design.x[n - 1]);
            let slope = |t: usize| if inside(t) { design.x[t] - middle } else { 0.0 };
            columns.push((0..n).map(slope).collect());
        }
    }
    let scales: Vec<f64> = columns.iter().map(|column| norm(column)).collect();
    let fit = least_squares(&columns, &scales, y).ok()?;
    let k = columns.len();
    let scores: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| column.iter().zip(&fit.residuals).map(|(x, u)| x * u).collect())
        .collect();
    let (bandwidth, meat) = long_run_covariance(&scores)?;
    let times = |left: &[f64], right: &[f64]| -> Vec<f64> {
        (0..k * k)
            .map(|place| (0..k).map(|l| left[place / k * k + l] * right[l * k + place % k]).sum())
            .collect()
    };
    let covariance = times(&times(&fit.bread, &meat), &fit.bread);
    let difference = |row: usize| (row, row + q);
    let jumps: Vec<f64> = (0..m * q)
        .map(|row| fit.coefficients[difference(row).1] - fit.coefficients[difference(row).0])
        .collect();
    let of_jumps: Vec<f64> = (0..m * q * m * q)
        .map(|place| {
            let ((a0, a1), (b0, b1)) = (difference(place / (m * q)), difference(place % (m * q)));
            let cell = |i: usize, j: usize| covariance[i * k + j];
            cell(a1, b1) - cell(a1, b0) - cell(a0, b1) + cell(a0, b0)
        })
        .collect();
    let statistic = wald(&jumps, &of_jumps)?;
    let free = n as f64 - k as f64;
    Some((free / (n as f64 * (m * q) as f64) * statistic, bandwidth))
}

fn norm(column: &[f64]) -> f64 {
    column.iter().map(|x| x * x).sum::<f64>().sqrt()
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
}
