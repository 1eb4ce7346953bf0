//! Passes over a region-major matrix that read memory in order.

use agglo_core::{Activity, Note, sum};

use crate::call::MethodError;

/// Row, column and grand totals of a period.
pub(crate) struct Margins {
    /// Totals of the regions (`e_r`).
    pub(crate) regions: Vec<f64>,
    /// Totals of the industries (`e_i`).
    pub(crate) industries: Vec<f64>,
    /// The grand total (`e`).
    pub(crate) total: f64,
}

impl Margins {
    /// The totals of `activity`, all of them compensated.
    pub(crate) fn of(activity: &Activity) -> Margins {
        let mut industries = ColumnSums::new(activity.n_industries());
        let mut regions = Vec::with_capacity(activity.n_regions());
        for r in 0..activity.n_regions() {
            let row = activity.region(r);
            regions.push(sum(row.iter().copied()));
            industries.add(row.iter().copied());
        }
        let total = sum(regions.iter().copied());
        Margins { regions, industries: industries.finish(), total }
    }
}

/// Compensated sums of many columns at once, fed row by row.
pub(crate) struct ColumnSums {
    totals: Vec<f64>,
    lost: Vec<f64>,
}

impl ColumnSums {
    /// Sums of `n` columns, all zero.
    pub(crate) fn new(n: usize) -> ColumnSums {
        ColumnSums { totals: vec![0.0; n], lost: vec![0.0; n] }
    }

    /// Adds one row.
    pub(crate) fn add(&mut self, row: impl Iterator<Item = f64>) {
        for ((total, lost), value) in self.totals.iter_mut().zip(&mut self.lost).zip(row) {
            // Knuth's exact error of an addition: the same bits as `sum`, without a branch.
            let next = *total + value;
            let added = next - *total;
            *lost += (*total - (next - added)) + (value - added);
            *total = next;
        }
    }

    /// The sums.
    pub(crate) fn finish(self) -> Vec<f64> {
        self.totals.into_iter().zip(self.lost).map(|(total, lost)| total + lost).collect()
    }
}

/// Calls `each` with every industry's values over the regions, in order; the matrix is turned in
/// blocks of columns, so that memory is read in order and little more of it is needed.
pub(crate) fn each_industry(
    activity: &Activity,
    mut each: impl FnMut(usize, &[f64]) -> Result<(), MethodError>,
) -> Result<(), MethodError> {
    const BLOCK: usize = 64;
    let (n_regions, n_industries) = (activity.n_regions(), activity.n_industries());
    let mut block = vec![0.0; n_regions * BLOCK.min(n_industries)];
    for start in (0..n_industries).step_by(BLOCK) {
        let width = BLOCK.min(n_industries - start);
        for r in 0..n_regions {
            for (k, value) in activity.region(r)[start..start + width].iter().enumerate() {
                block[k * n_regions + r] = *value;
            }
        }
        for k in 0..width {
            each(start + k, &block[k * n_regions..(k + 1) * n_regions])?;
        }
    }
    Ok(())
}

/// Tells when the number of regions changes between periods: a Gini depends on it.
pub(crate) fn regions_vary_note(n_regions: impl IntoIterator<Item = usize>) -> Option<Note> {
    let mut counts: Vec<usize> = n_regions.into_iter().collect();
    counts.sort_unstable();
    let (least, most) = (*counts.first()?, *counts.last()?);
    (least != most).then(|| {
        Note::new(
            "regions-vary",
            format!(
                "the number of regions runs from {least} to {most} between the periods, and the \
                 index depends on it"
            ),
            format!("各期地区数在 {least} 至 {most} 之间变动，而该指数取决于地区数"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_and_columns_are_those_of_the_matrix() {
        let rows: Vec<[f64; 70]> =
            (0..9).map(|r| std::array::from_fn(|i| (r * 70 + i) as f64 / 7.0)).collect();
        let activity = Activity::from_rows(&rows);
        let margins = Margins::of(&activity);
        assert_eq!(margins.regions, activity.region_totals());
        assert_eq!(margins.industries, activity.industry_totals());
        assert!((margins.total / activity.total() - 1.0).abs() < 1e-15);
        let mut n_seen = 0;
        each_industry(&activity, |i, values| {
            assert_eq!(values, activity.industry(i));
            n_seen += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(n_seen, 70);
    }
}
