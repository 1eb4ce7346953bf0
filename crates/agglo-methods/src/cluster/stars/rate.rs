//! Which stars a cell gets, from which values on, and whether it is strong.

use agglo_core::{Datum, Gap, Key, Period, Undefined};

use super::measure::{Cell, Star};
use super::profile::{Criterion, Profile, Threshold};
use crate::call::Call;
use crate::inference::percentile;

/// The value from which `percentile_cut` (0 to 100) of `values` gives a star.
///
/// # Errors
/// [`Undefined::TooFew`] when there are no values.
pub fn star_cut(values: &[f64], percentile_cut: f64) -> Result<f64, Undefined> {
    percentile(values, percentile_cut / 100.0).ok_or(Undefined::TooFew)
}

/// Whether `value` reaches `cut`; interpolation between equal values must not put the cut above
/// them, so a rounding error below still reaches it.
fn reaches(value: f64, cut: f64) -> bool {
    value >= cut - 1e-12 * cut.abs()
}

/// From which value on a criterion gives its star.
pub(super) struct Cut {
    pub(super) period: Period,
    pub(super) industry: Key,
    pub(super) criterion: &'static str,
    pub(super) percentile: Datum,
    pub(super) minimum: Datum,
    pub(super) value: Datum,
    pub(super) n_regions: i64,
    pub(super) mark: String,
    pub(super) source: String,
}

/// Gives the stars of one industry and says from which values on.
pub(super) fn rate(
    call: &Call<'_>,
    profile: &Profile,
    cells: &mut [Cell],
    period: Period,
    industry: &Key,
) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for criterion in Criterion::ALL {
        let rule = profile.rule(criterion);
        if !rule.holds() {
            continue;
        }
        let known: Vec<f64> = cells.iter().filter_map(|c| c.measure(criterion).number()).collect();
        let from_percentile = rule.percentile.map(|p| star_cut(&known, p.value));
        let cut = match (from_percentile, rule.minimum) {
            (Some(Err(why)), _) => Datum::undefined(why),
            (Some(Ok(cut)), Some(minimum)) => Datum::Number(cut.max(minimum.value)),
            (Some(Ok(cut)), None) => Datum::Number(cut),
            (None, Some(minimum)) => Datum::Number(minimum.value),
            (None, None) => Datum::Gap(Gap::NotApplicable),
        };
        for cell in &mut *cells {
            let star = cell.measure(criterion).number().zip(cut.number());
            cell.stars[criterion as usize] = match star {
                None => Star::Unknown,
                Some((value, cut)) if reaches(value, cut) => Star::Yes,
                Some(_) => Star::No,
            };
        }
        let set = [rule.percentile, rule.minimum];
        let joined = |of: fn(&Threshold) -> &'static str| {
            let mut words: Vec<&str> = set.iter().flatten().map(of).collect();
            words.dedup();
            words.join(" / ")
        };
        let datum = |t: Option<Threshold>| {
            t.map_or(Datum::Gap(Gap::NotApplicable), |t| Datum::Number(t.value))
        };
        cuts.push(Cut {
            period,
            industry: industry.clone(),
            criterion: criterion.id(),
            percentile: datum(rule.percentile),
            minimum: datum(rule.minimum),
            value: cut,
            n_regions: known.len() as i64,
            mark: joined(|t| t.mark),
            source: joined(|t| t.source),
        });
    }
    for (name, threshold) in profile.fixed() {
        cuts.push(Cut {
            period,
            industry: industry.clone(),
            criterion: name,
            percentile: Datum::Gap(Gap::NotApplicable),
            minimum: Datum::Number(threshold.value),
            value: Datum::Number(threshold.value),
            n_regions: cells.len() as i64,
            mark: threshold.mark.to_owned(),
            source: threshold.source.to_owned(),
        });
    }
    let few = cells.len() < call.option_integer("few_regions");
    for cell in &mut *cells {
        cell.few_regions = few;
        judge(profile, cell, call.has("plants"));
    }
    cuts
}

fn judge(profile: &Profile, cell: &mut Cell, has_plants: bool) {
    let starred = |criterion: &Criterion| cell.stars[*criterion as usize] == Star::Yes;
    let mut failed = Vec::new();
    let mut open = false;
    if (cell.n_stars(|star| star == Star::Yes) as f64) < profile.min_stars.value {
        failed.push("stars");
    }
    if !profile.among.is_empty() && !profile.among.iter().any(starred) {
        failed.push("anchor");
    }
    if profile.floor_share.is_some_and(|floor| !reaches(cell.share, floor.value)) {
        failed.push("floor_share");
    }
    if profile.floor_value.is_some_and(|floor| !reaches(cell.value, floor.value)) {
        failed.push("floor_value");
    }
    if let (Some(floor), true) = (profile.floor_plants, has_plants) {
        match cell.n_plants {
            Datum::Number(plants) if plants < floor.value => failed.push("floor_plants"),
            Datum::Number(_) => {}
            Datum::Gap(_) => open = true,
        }
    }
    cell.strong = if !failed.is_empty() {
        Some(false)
    } else if open {
        None
    } else {
        Some(true)
    };
    cell.failed = failed;
}
