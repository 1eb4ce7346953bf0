//! Cells that must not be published, by how many stand behind them and how large the largest are.
//!
//! | rule | a cell is unsafe where |
//! |---|---|
//! | minimum count | it has contributors, and fewer than `n_min` |
//! | dominance (n, k) | its `n` largest contributors hold more than the share `k` of it |
//! | p percent | `x − x₁ − x₂ < p/100 · x₁`: the second largest can estimate the largest that well |
//!
//! A cell without contributors is zero and safe. Source: Hundepool et al. 2012, Statistical Disclosure
//! Control, Wiley, chapter 4.

/// What stands behind a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contributions {
    /// How many contributors.
    pub count: u64,
    /// Their sum.
    pub total: f64,
    /// The largest, in falling order; as many as the dominance rule asks for, and two at least.
    pub largest: Vec<f64>,
}

impl Contributions {
    /// Of all contributions, in any order.
    pub fn of(values: &[f64]) -> Contributions {
        let mut largest: Vec<f64> = values.to_vec();
        largest.sort_by(|a, b| b.total_cmp(a));
        Contributions { count: values.len() as u64, total: values.iter().sum(), largest }
    }
}

/// The (n, k) rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dominance {
    /// How many of the largest.
    pub n: usize,
    /// Their share, from 0 to 1.
    pub k: f64,
}

/// Which cells are unsafe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The fewest contributors.
    pub minimum_count: u64,
    /// The (n, k) rule.
    pub dominance: Option<Dominance>,
    /// The p% rule, in percent.
    pub p_percent: Option<f64>,
}

/// Whether a cell is safe, and which rule says that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It may be published.
    Safe,
    /// Too few contributors.
    TooFew,
    /// Too much of it belongs to the largest.
    Dominated,
    /// The second largest contributor could estimate the largest.
    Estimable,
}

impl Rules {
    /// The verdict on one cell.
    pub fn verdict(&self, cell: &Contributions) -> Verdict {
        if cell.count == 0 {
            return Verdict::Safe;
        }
        if cell.count < self.minimum_count {
            return Verdict::TooFew;
        }
        if let Some(Dominance { n, k }) = self.dominance {
            let held: f64 = cell.largest.iter().take(n).sum();
            if held > k * cell.total {
                return Verdict::Dominated;
            }
        }
        if let Some(p) = self.p_percent {
            let first = cell.largest.first().copied().unwrap_or_default();
            let second = cell.largest.get(1).copied().unwrap_or_default();
            if cell.total - first - second < p / 100.0 * first {
                return Verdict::Estimable;
            }
        }
        Verdict::Safe
    }

    /// How wide the interval of an unsafe cell must stay on either side, as a part of the cell: the p%
    /// rule's own, a tenth where it is not used.
    pub fn width(&self) -> f64 {
        self.p_percent.unwrap_or(10.0) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_finds_its_cell() {
        let rules = Rules {
            minimum_count: 3,
            dominance: Some(Dominance { n: 1, k: 0.75 }),
            p_percent: Some(10.0),
        };
        let verdict = |values: &[f64]| rules.verdict(&Contributions::of(values));
        assert_eq!(verdict(&[]), Verdict::Safe);
        assert_eq!(verdict(&[5.0, 5.0]), Verdict::TooFew);
        assert_eq!(verdict(&[80.0, 10.0, 10.0]), Verdict::Dominated);
        // 100 − 50 − 46 = 4 < 5
        assert_eq!(verdict(&[50.0, 46.0, 4.0]), Verdict::Estimable);
        assert_eq!(verdict(&[50.0, 40.0, 10.0]), Verdict::Safe);
    }
}
