//! The directions in which the unknowns of a component can move without breaking an equation.

use crate::component::Row;

/// Reduced equations: each pivot variable as a sum of free ones.
///
/// Variables are the cells, then for each equation with room one variable that is its sum.
pub(crate) struct NullSpace {
    /// Variables that can be moved at will, in order.
    pub(crate) free: Vec<usize>,
    /// A variable, and what it moves by for each free variable that moves by 1.
    pivots: Vec<(usize, Vec<(usize, f64)>)>,
}

impl NullSpace {
    /// Gauss–Jordan elimination with partial pivoting; O(rows² · cells).
    pub(crate) fn of(cells: usize, rows: &[Row]) -> NullSpace {
        let rooms = rows.iter().filter(|row| row.lower < row.upper).count();
        let n = cells + rooms;
        let mut room = cells;
        let mut matrix: Vec<Vec<f64>> = Vec::with_capacity(rows.len());
        for row in rows {
            let mut line = vec![0.0; n];
            for &(x, coefficient) in &row.terms {
                line[x] = coefficient;
            }
            if row.lower < row.upper {
                line[room] = -1.0;
                room += 1;
            }
            matrix.push(line);
        }
        let mut pivot_of_row = Vec::new();
        let mut free = Vec::new();
        for x in 0..n {
            let done = pivot_of_row.len();
            let best = (done..matrix.len())
                .max_by(|&a, &b| matrix[a][x].abs().total_cmp(&matrix[b][x].abs()));
            // Coefficients are small whole numbers: what is below 1e-9 is a rounding error.
            let Some(best) = best.filter(|&row| matrix[row][x].abs() > 1e-9) else {
                free.push(x);
                continue;
            };
            matrix.swap(done, best);
            let lead = matrix[done][x];
            matrix[done].iter_mut().for_each(|value| *value /= lead);
            let line = matrix[done].clone();
            for (number, other) in matrix.iter_mut().enumerate() {
                let times = other[x];
                if number != done && times != 0.0 {
                    for (value, by) in other.iter_mut().zip(&line) {
                        *value -= times * by;
                    }
                }
            }
            pivot_of_row.push(x);
        }
        let moves = |(row, &x): (usize, &usize)| {
            let by = |&f: &usize| (matrix[row][f].abs() > 1e-9).then(|| (f, -matrix[row][f]));
            (x, free.iter().filter_map(by).collect())
        };
        let pivots = pivot_of_row.iter().enumerate().map(moves).collect();
        NullSpace { free, pivots }
    }

    /// A table of the cells with the sums of the equations that have room.
    pub(crate) fn extend(table: &[f64], rows: &[Row]) -> Vec<f64> {
        let mut extended = table.to_vec();
        for row in rows.iter().filter(|row| row.lower < row.upper) {
            extended.push(row.terms.iter().map(|&(x, coefficient)| coefficient * table[x]).sum());
        }
        extended
    }

    /// Sets the pivots of a direction from its free variables.
    pub(crate) fn complete(&self, direction: &mut [f64]) {
        for (x, moves) in &self.pivots {
            direction[*x] = moves.iter().map(|&(free, by)| by * direction[free]).sum();
        }
    }
}
