//! One period of a panel without gaps and without negative values: what index formulas take.

use std::sync::Arc;

use crate::axis::Axis;
use crate::frame::Key;
use crate::gap::{Datum, Gap};
use crate::lang::Lang;
use crate::panel::{Panel, PanelError};
use crate::sum::sum;

/// What to do with the gaps of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GapPolicy {
    /// Refuse.
    #[default]
    Error,
    /// Leave out every region with a gap, and say which.
    DropRegions,
    /// Leave out every industry with a gap, and say which.
    DropIndustries,
    /// Leave out every period with a gap, and say which: what is left has the same regions and
    /// industries in every period. Settled by [`Panel::gapless`] before a period is asked for.
    DropPeriods,
    /// Count a gap as zero, and say how many.
    Zero,
}

impl GapPolicy {
    /// The policies by name, default first.
    pub const NAMES: [&'static str; 5] =
        ["error", "drop-regions", "drop-industries", "drop-periods", "zero"];

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<GapPolicy> {
        match name {
            "error" => Some(GapPolicy::Error),
            "drop-regions" => Some(GapPolicy::DropRegions),
            "drop-industries" => Some(GapPolicy::DropIndustries),
            "drop-periods" => Some(GapPolicy::DropPeriods),
            "zero" => Some(GapPolicy::Zero),
            _ => None,
        }
    }
}

/// A complete period, with what the policy did to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Completed {
    /// The values.
    pub activity: Activity,
    /// Regions left out.
    pub dropped_regions: Vec<Key>,
    /// Industries left out.
    pub dropped_industries: Vec<Key>,
    /// Gaps counted as zero.
    pub n_zeroed: usize,
}

/// Regions × industries, every value finite and zero or more (`e_ir`).
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    regions: Arc<Axis>,
    industries: Arc<Axis>,
    /// Region-major.
    values: Vec<f64>,
}

impl Activity {
    /// A matrix of `values`, region-major. For formulas and their tests; data enter by [`Panel`].
    ///
    /// # Panics
    /// When the number of values is not regions × industries, or one is negative or not finite.
    pub fn new(regions: Arc<Axis>, industries: Arc<Axis>, values: Vec<f64>) -> Activity {
        assert_eq!(values.len(), regions.len() * industries.len(), "regions × industries values");
        assert!(values.iter().all(|v| v.is_finite() && *v >= 0.0), "finite values of zero or more");
        Activity { regions, industries, values }
    }

    /// A matrix from rows of regions, with codes `r1…` and `i1…`, for worked examples.
    pub fn from_rows<const I: usize>(rows: &[[f64; I]]) -> Activity {
        let width = rows.len().max(I).to_string().len();
        let codes = |letter: char, n: usize| {
            Arc::new(Axis::new((1..=n).map(|k| format!("{letter}{k:0width$}"))))
        };
        Activity::new(codes('r', rows.len()), codes('i', I), rows.concat())
    }

    pub(crate) fn from_panel(
        panel: &Panel,
        period_idx: usize,
        policy: GapPolicy,
    ) -> Result<Completed, PanelError> {
        let (n_regions, n_industries) = (panel.regions().len(), panel.industries().len());
        let cell = |r: usize, i: usize| panel.cell(period_idx, r, i);
        let mut gaps: Vec<(usize, usize, Gap)> = Vec::new();
        for r in 0..n_regions {
            for i in 0..n_industries {
                match cell(r, i) {
                    Datum::Gap(gap) => gaps.push((r, i, gap)),
                    Datum::Number(value) if value < 0.0 => {
                        return Err(PanelError::Negative {
                            region: panel.regions().code(r).clone(),
                            industry: panel.industries().code(i).clone(),
                            period: panel.periods()[period_idx],
                            value,
                        });
                    }
                    Datum::Number(_) => {}
                }
            }
        }
        let mut keep_region = vec![true; n_regions];
        let mut keep_industry = vec![true; n_industries];
        match policy {
            GapPolicy::Error | GapPolicy::DropPeriods => {
                if let Some(&(r, i, gap)) = gaps.first() {
                    return Err(PanelError::Gaps {
                        n_gaps: gaps.len(),
                        period: panel.periods()[period_idx],
                        region: panel.regions().code(r).clone(),
                        industry: panel.industries().code(i).clone(),
                        reason: gap.reason(Lang::En),
                    });
                }
            }
            GapPolicy::DropRegions => {
                for &(r, _, _) in &gaps {
                    keep_region[r] = false;
                }
            }
            GapPolicy::DropIndustries => {
                for &(_, i, _) in &gaps {
                    keep_industry[i] = false;
                }
            }
            GapPolicy::Zero => {}
        }
        let n_zeroed = if policy == GapPolicy::Zero { gaps.len() } else { 0 };
        let mut values = Vec::with_capacity(n_regions * n_industries);
        for r in (0..n_regions).filter(|&r| keep_region[r]) {
            for i in (0..n_industries).filter(|&i| keep_industry[i]) {
                values.push(cell(r, i).number().unwrap_or(0.0));
            }
        }
        let split = |axis: &Arc<Axis>, keep: &[bool]| {
            let (kept, dropped): (Vec<_>, Vec<_>) =
                axis.codes().iter().cloned().zip(keep).partition(|(_, keep)| **keep);
            let dropped: Vec<Key> = dropped.into_iter().map(|(code, _)| code).collect();
            let kept = if dropped.is_empty() {
                axis.clone()
            } else {
                Arc::new(Axis::new(kept.into_iter().map(|(code, _)| code)))
            };
            (kept, dropped)
        };
        let (regions, dropped_regions) = split(panel.regions(), &keep_region);
        let (industries, dropped_industries) = split(panel.industries(), &keep_industry);
        Ok(Completed {
            activity: Activity { regions, industries, values },
            dropped_regions,
            dropped_industries,
            n_zeroed,
        })
    }

    /// The regions.
    pub fn regions(&self) -> &Arc<Axis> {
        &self.regions
    }

    /// The industries.
    pub fn industries(&self) -> &Arc<Axis> {
        &self.industries
    }

    /// Number of regions.
    pub fn n_regions(&self) -> usize {
        self.regions.len()
    }

    /// Number of industries.
    pub fn n_industries(&self) -> usize {
        self.industries.len()
    }

    /// All values, region-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One value.
    pub fn value(&self, region_idx: usize, industry_idx: usize) -> f64 {
        self.values[region_idx * self.industries.len() + industry_idx]
    }

    /// The industries of one region.
    pub fn region(&self, region_idx: usize) -> &[f64] {
        let width = self.industries.len();
        &self.values[region_idx * width..(region_idx + 1) * width]
    }

    /// One industry over the regions.
    pub fn industry(&self, industry_idx: usize) -> Vec<f64> {
        (0..self.n_regions()).map(|r| self.value(r, industry_idx)).collect()
    }

    /// Totals of the regions (`e_r`).
    pub fn region_totals(&self) -> Vec<f64> {
        (0..self.n_regions()).map(|r| sum(self.region(r).iter().copied())).collect()
    }

    /// Totals of the industries (`e_i`).
    pub fn industry_totals(&self) -> Vec<f64> {
        (0..self.n_industries())
            .map(|i| sum((0..self.n_regions()).map(|r| self.value(r, i))))
            .collect()
    }

    /// The grand total (`e`).
    pub fn total(&self) -> f64 {
        sum(self.values.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Column, Frame};
    use crate::panel::Absent;

    fn panel() -> Panel {
        let frame = Frame::new(vec![
            Column::text("region", ["a", "a", "b"]),
            Column::text("industry", ["x", "y", "x"]),
            Column::numbers("value", "persons", [1.0, 2.0, 3.0]),
        ]);
        Panel::from_frame(&frame.unwrap(), Absent::Missing).unwrap()
    }

    #[test]
    fn each_policy_says_what_it_did() {
        assert!(matches!(
            panel().complete(0, GapPolicy::Error),
            Err(PanelError::Gaps { n_gaps: 1, .. })
        ));
        let regions = panel().complete(0, GapPolicy::DropRegions).unwrap();
        assert_eq!(regions.dropped_regions, [Key::from("b")]);
        assert_eq!(regions.activity.values(), [1.0, 2.0]);
        let industries = panel().complete(0, GapPolicy::DropIndustries).unwrap();
        assert_eq!(industries.dropped_industries, [Key::from("y")]);
        let zero = panel().complete(0, GapPolicy::Zero).unwrap();
        assert_eq!((zero.n_zeroed, zero.activity.value(1, 1)), (1, 0.0));
    }

    #[test]
    fn totals_add_rows_and_columns() {
        let activity = Activity::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(activity.region_totals(), [3.0, 7.0]);
        assert_eq!(activity.industry_totals(), [4.0, 6.0]);
        assert_eq!(activity.total(), 10.0);
    }
}
