//! Sparse elimination of I − ρW = L U, without pivots, in an order that keeps it sparse.
//!
//! Regions are eliminated by minimum degree in the graph of neighbors. Pivots are not needed where
//! |ρ| times the largest row sum is below one (the matrix is dominated by its diagonal) and where
//! ρ > 0 is below one over the largest eigenvalue (an M-matrix); a vanishing pivot is refused.
//!
//! Cost: the fill, about n log n for neighborhoods in the plane.
//! Source: George and Liu (1981), Computer Solution of Large Sparse Positive Definite Systems;
//! Berman and Plemmons (1994), Nonnegative Matrices in the Mathematical Sciences, chapter 6.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Weights, sum};

/// A pivot smaller than this counts as zero.
const VANISHING: f64 = 1e-13;

/// L U of I − ρW.
pub struct Elimination {
    /// Region at each step.
    order: Vec<usize>,
    /// Rows of L below its unit diagonal, by step, columns ascending.
    lower: Vec<Vec<(usize, f64)>>,
    /// Rows of U from its diagonal on, by step, columns ascending.
    upper: Vec<Vec<(usize, f64)>>,
}

/// The order of minimum degree over the neighbors both ways; the lower place of equals first.
pub(super) fn minimum_degree(weights: &Weights) -> Vec<usize> {
    let n = weights.len();
    let mut graph: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); n];
    for (from, to, _) in weights.edges() {
        if from != to {
            graph[from as usize].insert(to as usize);
            graph[to as usize].insert(from as usize);
        }
    }
    let mut queue: BTreeSet<(usize, usize)> = (0..n).map(|v| (graph[v].len(), v)).collect();
    let mut order = Vec::with_capacity(n);
    while let Some((_, v)) = queue.pop_first() {
        order.push(v);
        let around: Vec<usize> = std::mem::take(&mut graph[v]).into_iter().collect();
        for &a in &around {
            queue.remove(&(graph[a].len(), a));
            graph[a].remove(&v);
        }
        for (at, &a) in around.iter().enumerate() {
            for &b in &around[at + 1..] {
                graph[a].insert(b);
                graph[b].insert(a);
            }
        }
        for &a in &around {
            queue.insert((graph[a].len(), a));
        }
    }
    order
}

impl Elimination {
    /// I − `rho` W; `None` when a pivot vanishes.
    pub fn new(weights: &Weights, rho: f64) -> Option<Elimination> {
        Elimination::in_order(weights, rho, minimum_degree(weights))
    }

    pub(super) fn in_order(weights: &Weights, rho: f64, order: Vec<usize>) -> Option<Elimination> {
        let n = order.len();
        let mut step_of = vec![0; n];
        for (step, &region) in order.iter().enumerate() {
            step_of[region] = step;
        }
        let mut lower = Vec::with_capacity(n);
        let mut upper: Vec<Vec<(usize, f64)>> = Vec::with_capacity(n);
        for (step, &region) in order.iter().enumerate() {
            let mut row: BTreeMap<usize, f64> = BTreeMap::from([(step, 1.0)]);
            for (to, w) in weights.row(region) {
                *row.entry(step_of[to]).or_insert(0.0) -= rho * w;
            }
            let mut below = Vec::new();
            while let Some((&k, &value)) = row.first_key_value() {
                if k >= step {
                    break;
                }
                row.pop_first();
                let pivots = &upper[k];
                let factor = value / pivots[0].1;
                for &(column, u) in &pivots[1..] {
                    *row.entry(column).or_insert(0.0) -= factor * u;
                }
                below.push((k, factor));
            }
            let above: Vec<(usize, f64)> = row.into_iter().collect();
            if above.first().is_none_or(|&(at, pivot)| at != step || pivot.abs() < VANISHING) {
                return None;
            }
            lower.push(below);
            upper.push(above);
        }
        Some(Elimination { order, lower, upper })
    }

    /// ln |det|.
    pub fn log_determinant(&self) -> f64 {
        sum(self.upper.iter().map(|row| row[0].1.abs().ln()))
    }

    /// x with (I − ρW) x = `b`.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.order.len();
        let mut x: Vec<f64> = self.order.iter().map(|&region| b[region]).collect();
        for step in 0..n {
            let known: f64 = self.lower[step].iter().map(|&(k, l)| l * x[k]).sum();
            x[step] -= known;
        }
        for step in (0..n).rev() {
            let row = &self.upper[step];
            let known: f64 = row[1..].iter().map(|&(k, u)| u * x[k]).sum();
            x[step] = (x[step] - known) / row[0].1;
        }
        self.placed(&x)
    }

    /// x with (I − ρW)' x = `b`.
    pub fn solve_transposed(&self, b: &[f64]) -> Vec<f64> {
        let n = self.order.len();
        let mut x: Vec<f64> = self.order.iter().map(|&region| b[region]).collect();
        for step in 0..n {
            let row = &self.upper[step];
            x[step] /= row[0].1;
            let value = x[step];
            for &(k, u) in &row[1..] {
                x[k] -= u * value;
            }
        }
        for step in (0..n).rev() {
            let value = x[step];
            for &(k, l) in &self.lower[step] {
                x[k] -= l * value;
            }
        }
        self.placed(&x)
    }

    fn placed(&self, by_step: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; by_step.len()];
        for (step, &region) in self.order.iter().enumerate() {
            x[region] = by_step[step];
        }
        x
    }
}
