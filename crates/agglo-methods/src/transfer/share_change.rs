//! Share change: by how much did each region's part in an industry grow or shrink?
//!
//! ΔPᵢᵣ = sᵢᵣ(t₁) − sᵢᵣ(t₀)        Mᵢᵣ = qᵢᵣ(t₁) − qᵢᵣ(t₀) qᵢ(t₁)/qᵢ(t₀) = qᵢ(t₁) ΔPᵢᵣ        Vᵢ = ½ Σᵣ |ΔPᵢᵣ|
//!
//! | symbol | meaning                                             | shape | range   | unit  |
//! |--------|-----------------------------------------------------|-------|---------|-------|
//! | q      | activity of industry i in region r                  | R × I | ≥ 0     | value |
//! | s      | share of the region in the industry                 | R × I | 0 to 1  | none  |
//! | ΔP     | net share won (above 0) or lost                     | R × I | −1 to 1 | none  |
//! | M      | volume above what standing still would have given   | R × I | any     | value |
//! | V      | part of the industry that changed region            | I     | 0 to 1  | none  |
//!
//! A region that loses share although its own volume grew is a *relative* sender, one whose volume
//! fell too an *absolute* one. Flows are spread pro rata over the winners: a description, not an
//! observation. Gaps: option `gaps`. An industry without activity in either year has no share then.
//! Cost: O(RI), flows O(R²I).
//! Source: net-flow index as in Sun, Guo and Wang (2018), Management World 34(5); absolute and
//! relative transfer Feng, Liu and Jiang (2010), both from memory; M = q ΔP derived.

use agglo_core::{Activity, Column, Datum, Frame, Key, Note, Panel, Text, Undefined, Values, sum};

use super::window::{FROM, TO, aligned, from_to};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_REGION, OptionKind, OptionSpec,
    OutputTable, Variant, out, out_key,
};

/// Up to which change a share counts as stable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// In share points.
    pub absolute: f64,
    /// As a part of the first share.
    pub relative: f64,
}

/// What happened to one industry.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareChange {
    /// Shares in the first year, by region.
    pub share_from: Vec<Datum>,
    /// Shares in the last year.
    pub share_to: Vec<Datum>,
    /// Their difference.
    pub delta_share: Vec<Datum>,
    /// Volume above what an unchanged share would have given.
    pub excess_volume: Vec<Datum>,
    /// Class of each region.
    pub class: Vec<&'static str>,
    /// Half the sum of absolute share changes.
    pub mobility: Datum,
}

/// Share change of one industry from the volumes `from` to the volumes `to`, region by region.
pub fn share_change(from: &[f64], to: &[f64], tolerance: Tolerance) -> ShareChange {
    let (total_from, total_to) = (sum(from.iter().copied()), sum(to.iter().copied()));
    let share = |value: f64, total: f64| match Datum::ratio(value, total) {
        Datum::Gap(_) => Datum::undefined(Undefined::ZeroTotal),
        number @ Datum::Number(_) => number,
    };
    let share_from: Vec<Datum> = from.iter().map(|q| share(*q, total_from)).collect();
    let share_to: Vec<Datum> = to.iter().map(|q| share(*q, total_to)).collect();
    let delta_share: Vec<Datum> =
        share_from.iter().zip(&share_to).map(|(from, to)| difference(*from, *to)).collect();
    let excess_volume = delta_share.iter().map(|delta| delta.map(|d| d * total_to)).collect();
    let class = (0..from.len())
        .map(|r| match (share_from[r], delta_share[r]) {
            (Datum::Number(share), Datum::Number(delta)) => {
                let volumes = [from[r], to[r], total_from, total_to];
                classify(share, delta, volumes, tolerance)
            }
            _ if total_from <= 0.0 && total_to > 0.0 => "new-industry",
            _ if total_from > 0.0 => "vanished-industry",
            _ => "no-activity",
        })
        .collect();
    let moved: Option<Vec<f64>> = delta_share.iter().map(|d| d.number().map(f64::abs)).collect();
    let mobility = match moved {
        Some(moved) => Datum::Number(sum(moved) / 2.0),
        None => Datum::undefined(Undefined::ZeroTotal),
    };
    ShareChange { share_from, share_to, delta_share, excess_volume, class, mobility }
}

fn difference(from: Datum, to: Datum) -> Datum {
    match (from, to) {
        (Datum::Number(from), Datum::Number(to)) => Datum::Number(to - from),
        (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
    }
}

fn classify(share: f64, delta: f64, volumes: [f64; 4], tolerance: Tolerance) -> &'static str {
    let [from, to, total_from, total_to] = volumes;
    if delta.abs() < tolerance.absolute || delta.abs() < tolerance.relative * share {
        "stable"
    } else if delta > 0.0 {
        if total_to < total_from { "defensive-in" } else { "in" }
    } else if to > from {
        "relative-out"
    } else {
        "absolute-out"
    }
}

pub(super) const TOLERANCE: OptionSpec = OptionSpec {
    name: "tolerance",
    kind: OptionKind::Number(0.0, 1.0),
    default: "0.002",
    help: Text::new("share points up to which a region is stable", "份额变动不超过此值视为稳定"),
};

pub(super) static SHARE_CHANGE: Method = Method {
    id: "share-change",
    chapter: Chapter::Transfer,
    title: Text::new("Share change and transfer class", "份额变动与转移类型"),
    help: Text::new(
        "Which regions won and which lost share in each industry?",
        "各行业中哪些地区份额上升、哪些下降？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        FROM,
        TO,
        TOLERANCE,
        OptionSpec {
            name: "relative_tolerance",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.02",
            help: Text::new(
                "part of the first share up to which a region is stable",
                "变动不超过期初份额的此比例视为稳定",
            ),
        },
        GAPS,
    ],
    variants: &[Variant {
        id: "net-flow",
        help: Text::new("difference of the regions' shares", "地区份额之差（净流量指数）"),
    }],
    outputs: &[
        OutputTable {
            name: "changes",
            columns: &[
                OUT_REGION,
                OUT_INDUSTRY,
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("share_from", "1", "Share before", "期初份额"),
                out("share_to", "1", "Share after", "期末份额"),
                out("delta_share", "1", "Change of share", "份额变动"),
                out("excess_volume", "value", "Excess volume", "净转移量"),
                out("class", "", "Class", "类型"),
            ],
        },
        OutputTable {
            name: "industries",
            columns: &[
                OUT_INDUSTRY,
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("mobility", "1", "Mobility", "流动性"),
            ],
        },
        OutputTable {
            name: "flows",
            columns: &[
                out_key("from_region", "From region", "转出地区"),
                out_key("to_region", "To region", "转入地区"),
                OUT_INDUSTRY,
                out("volume", "value", "Volume (pro rata)", "转移量（按比例推算）"),
            ],
        },
    ],
    formula: "ΔP = s(t1) − s(t0); M = q(t1) − q(t0)·Q(t1)/Q(t0) = Q(t1)·ΔP; V = ½ Σ |ΔP|   \
              s: share of the region in the industry; q: its volume; Q: the industry's volume",
    source: "Sun, Guo and Wang (2018), Management World 34(5); Feng, Liu and Jiang (2010), \
             Contemporary Economic Science 32(2)",
    mark: Mark::Memory,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let panel = call.panel("activity")?;
    let (from_idx, to_idx) = from_to(call, &panel)?;
    let (years, notes) = aligned(call, &[(&panel, from_idx), (&panel, to_idx)])?;
    let [before, after] = &years[..] else { unreachable!("two periods were asked for") };
    let periods = [panel.periods()[from_idx], panel.periods()[to_idx]].map(i64::from);
    let tolerance = Tolerance {
        absolute: call.option_number("tolerance"),
        relative: call.option_number("relative_tolerance"),
    };
    let changes: Vec<ShareChange> = (0..before.n_industries())
        .map(|i| share_change(&before.industry(i), &after.industry(i), tolerance))
        .collect();
    Ok(Answer::one("changes", changes_frame(before, &changes, periods, &panel)?)
        .and("industries", industries_frame(before, &changes, periods)?)
        .and("flows", flows_frame(before, &changes, panel.unit())?)
        .noting(notes)
        .noting([Note::new(
            "flows-not-observed",
            "flows are the lost volumes spread over the winning regions pro rata; no movement of a \
             firm was observed",
            "转移流量系将流失量按比例分摊给份额上升地区，并非实际观测到的企业迁移",
        )]))
}

fn changes_frame(
    before: &Activity,
    changes: &[ShareChange],
    [from, to]: [i64; 2],
    panel: &Panel,
) -> Result<Frame, MethodError> {
    let cells = || {
        (0..before.n_regions())
            .flat_map(|r| changes.iter().enumerate().map(move |(i, change)| (r, i, change)))
    };
    let n = cells().count();
    Ok(Frame::new(vec![
        Column::text("region", cells().map(|(r, _, _)| before.regions().code(r).clone())),
        Column::text("industry", cells().map(|(_, i, _)| before.industries().code(i).clone())),
        Column::integer("from", "", vec![from; n]),
        Column::integer("to", "", vec![to; n]),
        Column::number("share_from", "1", cells().map(|(r, _, c)| c.share_from[r])),
        Column::number("share_to", "1", cells().map(|(r, _, c)| c.share_to[r])),
        Column::number("delta_share", "1", cells().map(|(r, _, c)| c.delta_share[r])),
        Column::number("excess_volume", panel.unit(), cells().map(|(r, _, c)| c.excess_volume[r])),
        Column::text("class", cells().map(|(r, _, c)| c.class[r])),
    ])?)
}

fn industries_frame(
    before: &Activity,
    changes: &[ShareChange],
    [from, to]: [i64; 2],
) -> Result<Frame, MethodError> {
    Ok(Frame::new(vec![
        Column::text("industry", before.industries().codes().iter().cloned()),
        Column::integer("from", "", vec![from; changes.len()]),
        Column::integer("to", "", vec![to; changes.len()]),
        Column::number("mobility", "1", changes.iter().map(|change| change.mobility)),
    ])?)
}

fn flows_frame(
    before: &Activity,
    changes: &[ShareChange],
    unit: &str,
) -> Result<Frame, MethodError> {
    let (mut senders, mut receivers, mut industries) =
        (Vec::<Key>::new(), Vec::<Key>::new(), Vec::<Key>::new());
    let mut volumes = Vec::new();
    for (i, change) in changes.iter().enumerate() {
        let excess: Vec<f64> =
            change.excess_volume.iter().map(|m| m.number().unwrap_or(0.0)).collect();
        let won = sum(excess.iter().map(|m| m.max(0.0)));
        for (r, lost) in excess.iter().enumerate().filter(|(_, m)| **m < 0.0) {
            for (p, gain) in excess.iter().enumerate().filter(|(_, m)| **m > 0.0) {
                senders.push(before.regions().code(r).clone());
                receivers.push(before.regions().code(p).clone());
                industries.push(before.industries().code(i).clone());
                volumes.push(-lost * gain / won);
            }
        }
    }
    Ok(Frame::new(vec![
        Column::text("from_region", senders),
        Column::text("to_region", receivers),
        Column::new("industry", "", Values::Text(industries.into_iter().map(Some).collect())),
        Column::numbers("volume", unit, volumes),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: Tolerance = Tolerance { absolute: 0.002, relative: 0.02 };

    #[track_caller]
    fn check(from: &[f64], to: &[f64], deltas: &[f64], classes: &[&str], mobility: f64) {
        let found = share_change(from, to, DEFAULT);
        for (delta, expected) in found.delta_share.iter().zip(deltas) {
            assert!((delta.number().unwrap() - expected).abs() < 1e-12, "{delta:?}");
        }
        assert_eq!(found.class, classes);
        assert!((found.mobility.number().unwrap() - mobility).abs() < 1e-12);
    }

    #[test]
    fn the_worked_example_has_a_relative_sender_that_grew_by_three() {
        check(
            &[60.0, 25.0, 15.0],
            &[63.0, 45.0, 42.0],
            &[-0.18, 0.05, 0.13],
            &["relative-out", "in", "in"],
            0.18,
        );
        check(
            &[30.0, 40.0, 30.0],
            &[50.0, 40.0, 60.0],
            &[1.0 / 30.0, -2.0 / 15.0, 0.1],
            &["in", "absolute-out", "in"],
            2.0 / 15.0,
        );
    }

    #[test]
    fn winning_share_of_a_shrinking_industry_is_defensive() {
        check(&[50.0, 50.0], &[40.0, 10.0], &[0.3, -0.3], &["defensive-in", "absolute-out"], 0.3);
    }

    #[test]
    fn a_small_change_is_stable_and_an_empty_region_is_fine() {
        check(&[0.0, 100.0], &[0.0, 50.0], &[0.0, 0.0], &["stable", "stable"], 0.0);
    }

    #[test]
    fn a_new_industry_has_no_change_of_share() {
        let found = share_change(&[0.0, 0.0], &[1.0, 3.0], DEFAULT);
        assert_eq!(found.class, ["new-industry", "new-industry"]);
        assert_eq!(found.delta_share[0], Datum::undefined(Undefined::ZeroTotal));
        assert_eq!(found.share_to[1], Datum::Number(0.75));
        assert_eq!(found.mobility, Datum::undefined(Undefined::ZeroTotal));
    }
}
