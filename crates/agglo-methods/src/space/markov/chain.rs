//! Chains between classes: counts, probabilities, where they settle, and whether several are one.

use agglo_core::Undefined;
use statrs::function::gamma::gamma_ur;

/// How often each class was followed by each: `counts[from][to]`.
pub type Counts = Vec<Vec<f64>>;

/// Counts of `moves`, each (from, to) below `n_classes`.
pub fn transitions(moves: impl IntoIterator<Item = (usize, usize)>, n_classes: usize) -> Counts {
    let mut counts = vec![vec![0.0; n_classes]; n_classes];
    for (from, to) in moves {
        counts[from][to] += 1.0;
    }
    counts
}

fn row_total(row: &[f64]) -> f64 {
    row.iter().sum()
}

/// The share of each class's moves that led to each; [`Undefined::ZeroTotal`] where a class was never
/// left.
pub fn probabilities(counts: &Counts) -> Vec<Vec<Result<f64, Undefined>>> {
    let row = |row: &Vec<f64>| {
        let total = row_total(row);
        let share = |n: &f64| if total > 0.0 { Ok(n / total) } else { Err(Undefined::ZeroTotal) };
        row.iter().map(share).collect()
    };
    counts.iter().map(row).collect()
}

/// The shares π = π P in which a chain settles.
///
/// # Errors
/// [`Undefined::ZeroTotal`] where a class was never left, [`Undefined::NotIdentified`] where the chain
/// can settle in more than one way.
pub fn steady_state(counts: &Counts) -> Result<Vec<f64>, Undefined> {
    let n = counts.len();
    // Pᵀ − I with its last equation replaced by Σ π = 1, and the right side as a last column.
    let mut rows = vec![vec![0.0; n + 1]; n];
    for (from, line) in probabilities(counts).into_iter().enumerate() {
        for (to, p) in line.into_iter().enumerate() {
            rows[to][from] = p? - f64::from(u8::from(from == to));
        }
    }
    rows[n - 1] = vec![1.0; n + 1];
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
            .unwrap_or(column);
        if rows[pivot][column].abs() < 1e-12 {
            return Err(Undefined::NotIdentified);
        }
        rows.swap(column, pivot);
        let leading = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(place, _)| *place != column) {
            let factor = row[column] / leading[column];
            if factor != 0.0 {
                row.iter_mut().zip(&leading).for_each(|(cell, lead)| *cell -= factor * lead);
            }
        }
    }
    Ok((0..n).map(|class| (rows[class][n] / rows[class][class]).max(0.0)).collect())
}

/// Shorrocks's mobility (k − tr P)/(k − 1): 0 where no one moves.
///
/// # Errors
/// [`Undefined::ZeroTotal`] where a class was never left.
pub fn shorrocks(counts: &Counts) -> Result<f64, Undefined> {
    let k = counts.len() as f64;
    let trace: f64 = probabilities(counts)
        .iter()
        .enumerate()
        .map(|(class, row)| row[class])
        .sum::<Result<f64, Undefined>>()?;
    Ok((k - trace) / (k - 1.0))
}

/// A χ² test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: u32,
}

impl ChiSquare {
    /// P(χ² ≥ statistic).
    ///
    /// # Errors
    /// [`Undefined::TooFew`] without a degree of freedom.
    pub fn p_value(self) -> Result<f64, Undefined> {
        match self.df {
            0 => Err(Undefined::TooFew),
            _ if self.statistic <= 0.0 => Ok(1.0),
            df => Ok(gamma_ur(f64::from(df) / 2.0, self.statistic / 2.0)),
        }
    }
}

/// Whether chains under several conditions are one chain (Bickenbach and Bode 2003).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Homogeneity {
    /// Pearson's statistic.
    pub pearson: ChiSquare,
    /// The likelihood ratio.
    pub likelihood_ratio: ChiSquare,
    /// What each condition adds to Pearson's statistic.
    pub contributions: Vec<f64>,
}

/// Sums of the chains' counts, cell by cell.
pub fn pooled(chains: &[Counts]) -> Counts {
    let n = chains.first().map_or(0, Vec::len);
    let cell = |from: usize, to: usize| chains.iter().map(|chain| chain[from][to]).sum();
    (0..n).map(|from| (0..n).map(|to| cell(from, to)).collect()).collect()
}

/// The test of the chains against their pooled one. A class counts for the conditions that left it and
/// for the classes it was ever followed by: df = Σ (bᵢ − 1)(aᵢ − 1).
pub fn homogeneity(chains: &[Counts]) -> Homogeneity {
    let all = pooled(chains);
    let (mut ratio, mut df) = (0.0, 0);
    let mut contributions = vec![0.0; chains.len()];
    for (from, row) in all.iter().enumerate() {
        let total = row_total(row);
        let n_reached = row.iter().filter(|n| **n > 0.0).count();
        let n_left = chains.iter().filter(|chain| row_total(&chain[from]) > 0.0).count();
        df += n_left.saturating_sub(1) * n_reached.saturating_sub(1);
        for (chain, contribution) in chains.iter().zip(&mut contributions) {
            let own_total = row_total(&chain[from]);
            for (n, &all) in chain[from].iter().zip(row).filter(|(_, all)| **all > 0.0) {
                let expected = own_total * all / total;
                if expected > 0.0 {
                    *contribution += (n - expected).powi(2) / expected;
                }
                if *n > 0.0 {
                    ratio += 2.0 * n * (n / expected).ln();
                }
            }
        }
    }
    let df = df as u32;
    Homogeneity {
        pearson: ChiSquare { statistic: contributions.iter().sum(), df },
        likelihood_ratio: ChiSquare { statistic: ratio, df },
        contributions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_classes_settle_where_flows_balance() {
        // P = (.9 .1; .3 .7): π₁ .1 = π₂ .3.
        let counts = vec![vec![9.0, 1.0], vec![3.0, 7.0]];
        let steady = steady_state(&counts).unwrap();
        assert!((steady[0] - 0.75).abs() < 1e-14 && (steady[1] - 0.25).abs() < 1e-14);
        assert!((shorrocks(&counts).unwrap() - 0.4).abs() < 1e-14);
    }

    #[test]
    fn a_chain_that_never_mixes_settles_nowhere_in_particular() {
        let counts = vec![vec![4.0, 0.0], vec![0.0, 5.0]];
        assert_eq!(steady_state(&counts), Err(Undefined::NotIdentified));
        let unseen = vec![vec![4.0, 1.0], vec![0.0, 0.0]];
        assert_eq!(steady_state(&unseen), Err(Undefined::ZeroTotal));
    }

    #[test]
    fn a_trap_takes_everyone() {
        let counts = vec![vec![1.0, 1.0, 0.0], vec![0.0, 1.0, 1.0], vec![0.0, 0.0, 3.0]];
        let steady = steady_state(&counts).unwrap();
        assert!(steady[0].abs() < 1e-14 && (steady[2] - 1.0).abs() < 1e-14);
    }

    // Rows (8 2) and (2 8) against (10 10): each cell is 5 expected, (3² × 4)/5 = 7.2.
    #[test]
    fn two_conditions_that_differ() {
        let one = vec![vec![8.0, 2.0], vec![0.0, 0.0]];
        let other = vec![vec![2.0, 8.0], vec![0.0, 0.0]];
        let found = homogeneity(&[one, other]);
        assert!((found.pearson.statistic - 7.2).abs() < 1e-12);
        assert_eq!(found.pearson.df, 1);
        assert_eq!(found.contributions, [3.6, 3.6]);
        let expected = 4.0 * (8.0 * 1.6_f64.ln() + 2.0 * 0.4_f64.ln());
        assert!((found.likelihood_ratio.statistic - expected).abs() < 1e-12);
        // P(χ²₁ ≥ 3.841458820694124) = .05.
        let five = ChiSquare { statistic: 3.841_458_820_694_124, df: 1 };
        assert!((five.p_value().unwrap() - 0.05).abs() < 1e-12);
    }
}
