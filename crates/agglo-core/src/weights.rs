//! Who is whose neighbor, and by how much: a sparse n × n matrix in rows.

use std::sync::Arc;

use crate::Axis;

/// Spatial weights over the regions of `axis`; row i holds the neighbors of region i in their order.
///
/// Memory: 12 bytes per neighbor and 8 per region.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    axis: Arc<Axis>,
    starts: Vec<usize>,
    neighbors: Vec<u32>,
    values: Vec<f64>,
}

/// Why some edges are no weights.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// A place beyond the regions.
    #[error("an edge from place {from} to {to} lies beyond the {n} regions")]
    Beyond {
        /// The region's place.
        from: u32,
        /// The neighbor's place.
        to: u32,
        /// Number of regions.
        n: usize,
    },
    /// A weight that is no finite number, or below zero.
    #[error("the weight {value} of {neighbor} for {region} is not a finite number of zero or more")]
    Value {
        /// The region.
        region: String,
        /// Its neighbor.
        neighbor: String,
        /// The weight.
        value: f64,
    },
    /// One neighbor twice.
    #[error("{region} has the neighbor {neighbor} twice")]
    Twice {
        /// The region.
        region: String,
        /// Its neighbor.
        neighbor: String,
    },
}

impl Weights {
    /// Weights from edges (region, neighbor, weight), places in `axis`, in any order. An edge of a
    /// region with itself is kept; a weight of zero is kept too, for its pair are neighbors.
    ///
    /// # Errors
    /// [`WeightsError`] names the first edge that is none. Cost: O(m log m) for m edges.
    pub fn from_edges(
        axis: impl Into<Arc<Axis>>,
        mut edges: Vec<(u32, u32, f64)>,
    ) -> Result<Weights, WeightsError> {
        let axis = axis.into();
        let n = axis.len();
        let code = |place: u32| axis.codes()[place as usize].to_string();
        edges.sort_unstable_by_key(|&(from, to, _)| (from, to));
        let mut starts = Vec::with_capacity(n + 1);
        starts.push(0);
        for (at, &(from, to, value)) in edges.iter().enumerate() {
            if from.max(to) as usize >= n {
                return Err(WeightsError::Beyond { from, to, n });
            }
            if !(value.is_finite() && value >= 0.0) {
                return Err(WeightsError::Value { region: code(from), neighbor: code(to), value });
            }
            if at > 0 && (edges[at - 1].0, edges[at - 1].1) == (from, to) {
                return Err(WeightsError::Twice { region: code(from), neighbor: code(to) });
            }
            while starts.len() <= from as usize {
                starts.push(at);
            }
        }
        starts.resize(n + 1, edges.len());
        let neighbors = edges.iter().map(|edge| edge.1).collect();
        let values = edges.iter().map(|edge| edge.2).collect();
        Ok(Weights { axis, starts, neighbors, values })
    }

    /// Symmetric weights of 1 from pairs of places in `axis`, each in either order and any number of
    /// times; a place paired with itself is left out.
    ///
    /// Cost: O(m) for m pairs, and sorting each row.
    ///
    /// # Panics
    /// When a place lies beyond the axis.
    pub fn from_pairs(
        axis: impl Into<Arc<Axis>>,
        pairs: impl Iterator<Item = (u32, u32)> + Clone,
    ) -> Weights {
        let axis = axis.into();
        let pairs = pairs.filter(|(one, other)| one != other);
        let mut ends = vec![0_usize; axis.len()];
        for (one, other) in pairs.clone() {
            ends[one as usize] += 1;
            ends[other as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            total += *end;
            *end = total - *end;
        }
        let mut all = vec![0_u32; total];
        for (one, other) in pairs {
            for (from, to) in [(one, other), (other, one)] {
                all[ends[from as usize]] = to;
                ends[from as usize] += 1;
            }
        }
        let mut starts = Vec::with_capacity(ends.len() + 1);
        starts.push(0);
        let mut neighbors: Vec<u32> = Vec::with_capacity(total);
        let mut start = 0;
        for end in ends {
            let row = &mut all[start..end];
            row.sort_unstable();
            for &to in &*row {
                if neighbors.len() == starts[starts.len() - 1] || neighbors.last() != Some(&to) {
                    neighbors.push(to);
                }
            }
            starts.push(neighbors.len());
            start = end;
        }
        let values = vec![1.0; neighbors.len()];
        Weights { axis, starts, neighbors, values }
    }

    /// The regions.
    pub fn axis(&self) -> &Arc<Axis> {
        &self.axis
    }

    /// Number of regions.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no region.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of neighbors of all regions together, those at weight zero included.
    pub fn n_edges(&self) -> usize {
        self.neighbors.len()
    }

    /// The neighbors of a region, ascending.
    pub fn neighbors(&self, region: usize) -> &[u32] {
        &self.neighbors[self.starts[region]..self.starts[region + 1]]
    }

    /// The weights of the [`neighbors`](Weights::neighbors) of a region.
    pub fn values(&self, region: usize) -> &[f64] {
        &self.values[self.starts[region]..self.starts[region + 1]]
    }

    /// Neighbors and weights of a region.
    pub fn row(&self, region: usize) -> impl Iterator<Item = (usize, f64)> {
        let values = self.values(region).iter().copied();
        self.neighbors(region).iter().map(|&to| to as usize).zip(values)
    }

    /// Every edge (region, neighbor, weight), row by row.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, f64)> {
        (0..self.len()).flat_map(move |region| {
            self.row(region).map(move |(to, value)| (region as u32, to as u32, value))
        })
    }

    /// Regions without a neighbor besides themselves.
    pub fn islands(&self) -> Vec<usize> {
        let alone = |&region: &usize| self.row(region).all(|(to, _)| to == region);
        (0..self.len()).filter(alone).collect()
    }

    /// Σ over the neighbors of w·x, for every region; 0 where there is none.
    ///
    /// # Panics
    /// When `x` has not one number per region.
    pub fn lag(&self, x: &[f64]) -> Vec<f64> {
        assert_eq!(x.len(), self.len(), "one number per region");
        (0..self.len()).map(|region| self.row(region).map(|(to, w)| w * x[to]).sum()).collect()
    }

    /// Each row divided by its sum; rows that sum to zero stay as they are.
    #[must_use]
    pub fn row_standardized(&self) -> Weights {
        let mut standardized = self.clone();
        for row in self.starts.windows(2) {
            let values = &mut standardized.values[row[0]..row[1]];
            let total: f64 = values.iter().sum();
            if total > 0.0 {
                for value in values {
                    *value /= total;
                }
            }
        }
        standardized
    }

    /// With the weight `own` of every region for itself, in place of what it had.
    #[must_use]
    pub fn with_own(&self, own: f64) -> Weights {
        let others = self.edges().filter(|(from, to, _)| from != to);
        let edges = others.chain((0..self.len() as u32).map(|region| (region, region, own)));
        Weights::from_edges(self.axis.clone(), edges.collect()).unwrap_or_else(|_| self.clone())
    }

    /// The matrix turned: row i holds those whose neighbor i is.
    #[must_use]
    pub fn transposed(&self) -> Weights {
        let edges = self.edges().map(|(from, to, value)| (to, from, value)).collect();
        Weights::from_edges(self.axis.clone(), edges).unwrap_or_else(|_| self.clone())
    }

    /// Whether every neighbor has the region as a neighbor, with the same weight.
    pub fn is_symmetric(&self) -> bool {
        *self == self.transposed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Weights {
        let axis = Axis::new(["a", "b", "c", "d"]);
        let edges = vec![(2, 1, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0)];
        Weights::from_edges(axis, edges).unwrap()
    }

    #[test]
    fn rows_hold_neighbors_in_order_and_islands_none() {
        let weights = line();
        assert_eq!(weights.neighbors(1), [0, 2]);
        assert_eq!(weights.islands(), [3]);
        assert!(weights.is_symmetric());
        assert_eq!(weights.lag(&[1.0, 10.0, 100.0, 1000.0]), [10.0, 101.0, 10.0, 0.0]);
        assert_eq!(weights.row_standardized().values(1), [0.5, 0.5]);
        assert_eq!(weights.with_own(1.0).neighbors(3), [3]);
        assert_eq!(weights.with_own(1.0).islands(), [3]);
    }

    #[test]
    fn pairs_count_once_whatever_their_order() {
        let axis = Axis::new(["a", "b", "c", "d"]);
        let weights = Weights::from_pairs(axis, [(1, 0), (1, 2), (2, 1), (3, 3)].into_iter());
        assert_eq!(weights, line());
    }

    #[test]
    fn what_is_no_weight_is_named() {
        let axis = Arc::new(Axis::new(["a", "b"]));
        let of = |edges: Vec<_>| Weights::from_edges(axis.clone(), edges).unwrap_err().to_string();
        assert!(of(vec![(0, 2, 1.0)]).contains("beyond the 2 regions"));
        assert!(of(vec![(0, 1, f64::NAN)]).contains("the weight NaN of b for a"));
        assert!(of(vec![(0, 1, 1.0), (0, 1, 1.0)]).contains("a has the neighbor b twice"));
    }
}
