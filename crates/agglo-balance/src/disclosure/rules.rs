//! Primary suppression: the cells that tell too much about one contributor.
//!
//! | rule                | a cell is sensitive if                   | its value must be able to rise by   |
//! |---------------------|------------------------------------------|-------------------------------------|
//! | minimum count m     | 0 < contributors < m                     | the share of X given in [`CountProtection`] |
//! | (n, k) dominance    | x₁ + … + xₙ > k/100 · X                  | 100/k · (x₁ + … + xₙ) − X           |
//! | p %                 | X − x₁ − x₂ < p/100 · x₁                 | p/100 · x₁ − (X − x₁ − x₂)          |
//! | (p, q) prior–posterior | X − x₁ − x₂ < p/q · x₁                | p/q · x₁ − (X − x₁ − x₂)            |
//!
//! X is the cell's value, x₁ ≥ x₂ ≥ … its contributions, none negative.
//! The p % rule is the (p, q) rule with q = 100: it supposes that the second largest contributor
//! knows nothing of the others but that they are not negative.
//! European offices mostly use (n, k) or p % with a minimum count of 3 or 4 ("threshold rule",
//! "minimum frequency rule"); in the United States the p % rule prevails and the Census Bureau's
//! name for primary cells is "sensitive" or "P cells", for the others "complementary" or "C cells";
//! in Europe these are "secondary" [M].
//! Where several rules hold, the largest of their protections is asked for; it is asked for below
//! as well as above, as τ-ARGUS does [M], but no value need be able to go below its lower bound.
//! Source: Hundepool et al. (2012), Statistical Disclosure Control, Wiley, ch. 4 [M]; formulas of
//! the protection levels: the same, table of upper protection levels [M].

use agglo_core::sum;

use crate::system::BalanceError;

/// Which cells are sensitive; a rule that is `None` is not applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// Fewer contributors than this are too few.
    pub minimum_count: Option<u32>,
    /// (n, k): the n largest must not have more than k percent (0 < k < 100).
    pub dominance: Option<(usize, f64)>,
    /// p: the second largest must not come closer to the largest than p percent (p > 0).
    pub p_percent: Option<f64>,
    /// (p, q): the same where outsiders already know each contribution within q percent (0 < p < q).
    pub prior_posterior: Option<(f64, f64)>,
    /// What is asked for a cell that only its count makes sensitive.
    pub count_protection: CountProtection,
    /// What happens to cells with no contributors, or with contributions that sum to 0.
    pub zeros: ZeroPolicy,
}

/// How far the value of a cell with too few contributors must be able to move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountProtection {
    /// Share of the cell's value, above 0.
    pub share: f64,
    /// At least this, in the unit of the table, above 0; it is also the least for every other rule.
    pub floor: f64,
}

/// What happens to empty cells and to zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZeroPolicy {
    /// Both are published: an empty cell tells of nobody, and a zero is what the rule on counts says.
    PublishEmpty,
    /// An empty cell is published; a zero with contributors is sensitive: all of them are known to have nothing.
    ProtectZeroSums,
    /// Both are sensitive.
    ProtectAll,
}

/// What a cell is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// How many contribute.
    pub count: u32,
    /// The cell's value.
    pub total: f64,
    /// The largest contributions, largest first; as many as the rules need, or all.
    pub largest: Vec<f64>,
}

/// The rule that makes a cell sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SensitiveBy {
    /// Too few contributors.
    MinimumCount,
    /// The (n, k) rule.
    Dominance,
    /// The p % rule.
    PPercent,
    /// The (p, q) rule.
    PriorPosterior,
    /// The policy on zeros.
    Zero,
}

/// What the rules say of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The rules that it breaks; none if it may be published.
    pub sensitive_by: Vec<SensitiveBy>,
    /// How far its value must be able to move; 0 if it may be published.
    pub protection: f64,
}

/// A cell that must not leave, and how far an outsider must stay from its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Primary {
    /// Position of the cell in its system.
    pub cell: usize,
    /// How far above its value the outsider's upper bound must be; above 0.
    pub above: f64,
    /// How far below its value the lower bound must be, where its own lower bound leaves room; from 0.
    pub below: f64,
}

impl Verdict {
    /// The cell as a primary one, unless it may be published.
    pub fn primary(&self, cell: usize) -> Option<Primary> {
        (!self.sensitive_by.is_empty()).then_some(Primary {
            cell,
            above: self.protection,
            below: self.protection,
        })
    }
}

/// What `rules` say of each cell.
///
/// # Errors
/// [`BalanceError::Option`] for a rule out of its range; [`BalanceError::Cell`] for contributions
/// that are negative, not sorted or above the total; [`BalanceError::TooFewContributors`].
pub fn primary(cells: &[Contributions], rules: &Rules) -> Result<Vec<Verdict>, BalanceError> {
    rules.check()?;
    cells.iter().enumerate().map(|(cell, found)| verdict(cell, found, rules)).collect()
}

impl Rules {
    fn check(&self) -> Result<(), BalanceError> {
        let within = |option, found: f64, good: bool, allowed| {
            if good { Ok(()) } else { Err(BalanceError::Option { option, found, allowed }) }
        };
        let positive = |value: f64| value > 0.0 && value.is_finite();
        if let Some((n, k)) = self.dominance {
            within("n of the dominance rule", n as f64, n > 0, "at least 1")?;
            within("k of the dominance rule", k, k > 0.0 && k < 100.0, "between 0 and 100")?;
        }
        if let Some(p) = self.p_percent {
            within("p of the p % rule", p, positive(p), "above 0")?;
        }
        if let Some((p, q)) = self.prior_posterior {
            within("p of the (p, q) rule", p, positive(p) && p < q, "above 0 and below q")?;
            within("q of the (p, q) rule", q, positive(q), "above p")?;
        }
        let CountProtection { share, floor } = self.count_protection;
        within("share of the count protection", share, positive(share), "above 0")?;
        within("floor of the count protection", floor, positive(floor), "above 0")
    }

    /// How many of the largest contributions are needed.
    fn needed(&self) -> usize {
        let pairs = if self.p_percent.is_some() || self.prior_posterior.is_some() { 2 } else { 0 };
        self.dominance.map_or(pairs, |(n, _)| n.max(pairs))
    }
}

fn verdict(cell: usize, found: &Contributions, rules: &Rules) -> Result<Verdict, BalanceError> {
    let Contributions { count, total, ref largest } = *found;
    let wrong = |what| Err(BalanceError::Cell { cell, what });
    let sorted = largest.windows(2).all(|pair| pair[0] >= pair[1]);
    if !(total.is_finite() && total >= 0.0 && largest.iter().all(|x| x.is_finite() && *x >= 0.0)) {
        return wrong("its value and contributions must be finite and not negative");
    }
    if !sorted || sum(largest.iter().copied()) > total * (1.0 + 1e-9) {
        return wrong("its contributions must stand largest first and not exceed its value");
    }
    let needed = rules.needed();
    if largest.len() < needed.min(count as usize) {
        let found = largest.len();
        return Err(BalanceError::TooFewContributors { cell, count, needed, found });
    }
    let mut breaks = Vec::new();
    if rules.minimum_count.is_some_and(|least| count > 0 && count < least) {
        breaks.push((SensitiveBy::MinimumCount, rules.count_protection.share * total));
    }
    if let Some((n, k)) = rules.dominance {
        let top = sum(largest.iter().take(n).copied());
        if top > k / 100.0 * total {
            breaks.push((SensitiveBy::Dominance, 100.0 / k * top - total));
        }
    }
    let first = largest.first().copied().unwrap_or(0.0);
    let rest = (total - first - largest.get(1).copied().unwrap_or(0.0)).max(0.0);
    let mut close = |by, share: f64| {
        if rest < share * first {
            breaks.push((by, share * first - rest));
        }
    };
    if let Some(p) = rules.p_percent {
        close(SensitiveBy::PPercent, p / 100.0);
    }
    if let Some((p, q)) = rules.prior_posterior {
        close(SensitiveBy::PriorPosterior, p / q);
    }
    let zero = match rules.zeros {
        ZeroPolicy::PublishEmpty => false,
        ZeroPolicy::ProtectZeroSums => total == 0.0 && count > 0,
        ZeroPolicy::ProtectAll => total == 0.0,
    };
    if zero {
        breaks.push((SensitiveBy::Zero, 0.0));
    }
    let most = breaks.iter().map(|&(_, protection)| protection).fold(0.0, f64::max);
    let protection = if breaks.is_empty() { 0.0 } else { most.max(rules.count_protection.floor) };
    Ok(Verdict { sensitive_by: breaks.into_iter().map(|(by, _)| by).collect(), protection })
}
