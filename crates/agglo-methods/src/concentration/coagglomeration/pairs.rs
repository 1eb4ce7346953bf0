//! The pair index of all industries at once.

use agglo_core::{Undefined, sum};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, Par};

/// Coagglomeration of every two industries.
#[derive(Clone, Debug)]
pub struct Coagglomeration {
    /// Lower half: Σᵣ (sᵢᵣ − xᵣ)(sⱼᵣ − xᵣ)/(1 − X).
    matrix: Mat<f64>,
    /// Whether the industry has any activity.
    active: Vec<bool>,
}

/// Coagglomeration of all pairs of industries with this activity `by_region`, against `benchmark`;
/// only the shares of each matter.
///
/// # Errors
/// [`Undefined::ZeroTotal`] for a benchmark without activity and [`Undefined::SingleRegion`] when
/// it lies in one region. An industry without activity has no pairs.
///
/// # Panics
/// When an industry and `benchmark` are not of one length.
pub fn coagglomeration(
    by_region: &[&[f64]],
    benchmark: &[f64],
) -> Result<Coagglomeration, Undefined> {
    let total = sum(benchmark.iter().copied());
    if total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    if benchmark.iter().filter(|b| **b > 0.0).count() < 2 {
        return Err(Undefined::SingleRegion);
    }
    let x: Vec<f64> = benchmark.iter().map(|b| b / total).collect();
    let x2 = sum(x.iter().map(|x| x * x));
    let mut deviations = Mat::zeros(x.len(), by_region.len());
    let mut active = Vec::with_capacity(by_region.len());
    for (i, values) in by_region.iter().enumerate() {
        assert_eq!(values.len(), x.len(), "a benchmark value for every region");
        let own = sum(values.iter().copied());
        active.push(own > 0.0);
        if own > 0.0 {
            let column = deviations.col_as_slice_mut(i);
            for ((deviation, value), x) in column.iter_mut().zip(*values).zip(&x) {
                *deviation = value / own - x;
            }
        }
    }
    let matrix = products(&deviations, 1.0 - x2);
    Ok(Coagglomeration { matrix, active })
}

/// Products of every two columns, divided by `room`; the lower half is filled.
pub(super) fn products(deviations: &Mat<f64>, room: f64) -> Mat<f64> {
    let n = deviations.ncols();
    let mut matrix = Mat::zeros(n, n);
    let (whole, half) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
    let (left, right) = (deviations.transpose(), deviations.as_ref());
    let scale = 1.0 / room;
    matmul(matrix.as_mut(), half, Accum::Replace, left, whole, right, whole, scale, Par::Seq);
    matrix
}

/// The cell of a matrix of which the lower half is filled.
pub(super) fn cell(matrix: &Mat<f64>, a: usize, b: usize) -> f64 {
    matrix[(a.max(b), a.min(b))]
}

impl Coagglomeration {
    /// The industries.
    pub fn len(&self) -> usize {
        self.active.len()
    }

    /// Whether there is no industry.
    pub fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// γᶜ of two industries; of one with itself it is its raw concentration over 1 − X.
    ///
    /// # Errors
    /// [`Undefined::ZeroTotal`] when either has no activity.
    pub fn gamma(&self, a: usize, b: usize) -> Result<f64, Undefined> {
        if self.active[a] && self.active[b] {
            Ok(cell(&self.matrix, a, b))
        } else {
            Err(Undefined::ZeroTotal)
        }
    }

    pub(super) fn matrix(&self) -> &Mat<f64> {
        &self.matrix
    }

    /// For every pair, row-major, whether one is among the `n` closest of the other.
    pub(super) fn closest(&self, n: usize) -> Vec<bool> {
        let all = self.len();
        let mut kept = vec![false; all * all];
        for a in (0..all).filter(|a| self.active[*a]) {
            let mut others: Vec<usize> = (0..all).filter(|b| *b != a && self.active[*b]).collect();
            others.sort_by(|b, c| cell(&self.matrix, a, *c).total_cmp(&cell(&self.matrix, a, *b)));
            for b in others.into_iter().take(n) {
                kept[a * all + b] = true;
                kept[b * all + a] = true;
            }
        }
        kept
    }
}
