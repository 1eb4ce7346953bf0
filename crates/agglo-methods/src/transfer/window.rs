//! Two periods of a panel, made comparable: the same regions and industries in both.

use std::sync::Arc;

use agglo_core::{Activity, Axis, Note, Panel, Period, Text};

use crate::call::{Call, MethodError, gap_notes};
use crate::catalog::{OptionKind, OptionSpec};

pub(super) const FROM: OptionSpec = OptionSpec {
    name: "from",
    kind: OptionKind::Text,
    default: "",
    help: Text::new("first year; empty: the first there is", "起始年份；留空取最早一年"),
};
pub(super) const TO: OptionSpec = OptionSpec {
    name: "to",
    kind: OptionKind::Text,
    default: "",
    help: Text::new("last year; empty: the last there is", "终止年份；留空取最晚一年"),
};

/// The first and last period asked for by `from` and `to`.
pub(super) fn from_to(call: &Call<'_>, panel: &Panel) -> Result<(usize, usize), MethodError> {
    let last = panel.periods().len() - 1;
    let from = asked(call, panel, "from", 0)?;
    let to = asked(call, panel, "to", last)?;
    if from >= to {
        let (from, to) = (panel.periods()[from], panel.periods()[to]);
        return Err(MethodError::NotIdentified {
            what: format!(
                "a change needs two years, the first before the last; got {from} and {to}"
            ),
        });
    }
    Ok((from, to))
}

fn asked(
    call: &Call<'_>,
    panel: &Panel,
    option: &str,
    otherwise: usize,
) -> Result<usize, MethodError> {
    let text = call.option(option).trim();
    if text.is_empty() {
        return Ok(otherwise);
    }
    let period: Period = text
        .parse()
        .map_err(|_| MethodError::Data { what: format!("`{option} = {text}` is not a year") })?;
    Ok(panel.period_idx(period)?)
}

/// Periods of panels over the regions and industries that are left in every one of them.
pub(super) fn aligned(
    call: &Call<'_>,
    periods: &[(&Panel, usize)],
) -> Result<(Vec<Activity>, Vec<Note>), MethodError> {
    let mut activities = Vec::with_capacity(periods.len());
    let mut notes = Vec::new();
    for &(panel, period_idx) in periods {
        let completed = panel.complete(period_idx, call.gap_policy())?;
        notes.extend(gap_notes(panel.periods()[period_idx], &completed));
        activities.push(completed.activity);
    }
    let kept = over_common_axes(&activities).ok_or_else(|| MethodError::NotIdentified {
        what: "no region and industry is without gaps in all the years compared".to_owned(),
    })?;
    Ok((kept, notes))
}

/// The activities over the regions and industries that all of them have; `None` when there is no such
/// region or industry.
pub(crate) fn over_common_axes(activities: &[Activity]) -> Option<Vec<Activity>> {
    let regions = common(activities.iter().map(Activity::regions));
    let industries = common(activities.iter().map(Activity::industries));
    let any = !regions.is_empty() && !industries.is_empty();
    any.then(|| activities.iter().map(|a| restricted(a, &regions, &industries)).collect())
}

fn common<'a>(mut axes: impl Iterator<Item = &'a Arc<Axis>>) -> Arc<Axis> {
    let Some(first) = axes.next() else { return Arc::new(Axis::new(Vec::<Arc<str>>::new())) };
    axes.fold(first.clone(), |kept, axis| {
        if &kept == axis {
            return kept;
        }
        let both = kept.codes().iter().filter(|code| axis.place(code).is_some()).cloned();
        Arc::new(Axis::new(both))
    })
}

fn restricted(activity: &Activity, regions: &Arc<Axis>, industries: &Arc<Axis>) -> Activity {
    if activity.regions() == regions && activity.industries() == industries {
        return activity.clone();
    }
    let places = |axis: &Arc<Axis>, kept: &Arc<Axis>| -> Vec<usize> {
        kept.codes().iter().filter_map(|code| axis.place(code)).collect()
    };
    let columns = places(activity.industries(), industries);
    let values = places(activity.regions(), regions)
        .into_iter()
        .flat_map(|r| columns.iter().map(move |&i| activity.value(r, i)))
        .collect();
    Activity::new(regions.clone(), industries.clone(), values)
}
