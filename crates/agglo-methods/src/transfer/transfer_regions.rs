//! Transfer-in, transfer-out and transition regions, window by window.
//!
//! D = S(t₁) − S(t₀), S = Σ q(group, intensity)/Σ q(intensity)        in: D > τ, out: D < −τ, else stable
//!
//! | symbol | meaning                                                   | shape | range   | unit  |
//! |--------|-----------------------------------------------------------|-------|---------|-------|
//! | q      | activity                                                  | R × I | ≥ 0     | value |
//! | S      | share of a group of regions in a group of industries      | G × K | 0 to 1  | none  |
//! | D      | share won over a window                                   | G × K | −1 to 1 | none  |
//! | τ      | tolerance, share points                                   | 1     | ≥ 0     | none  |
//!
//! The states of the windows in order make the class. How sure: every value is multiplied by
//! lognormal noise of mean 1 and the given coefficient of variation, and the share of draws with
//! the same class is reported. Gaps: option `gaps`. Cost: O(cells · replicates).
//! Source: agglo's own rules; no publication defines them.

use std::collections::BTreeMap;

use agglo_core::{Activity, Column, Datum, Frame, Gap, Key, Note, Panel, Period, Text};
use rand::RngExt;
use rand_distr::StandardNormal;

use super::window::aligned;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, INDUSTRY, Input, InputColumn, Mark, Method, OptionKind, OptionSpec,
    OutputTable, REGION, Variant, key, number, optional, out, out_key,
};

/// Windows of the default when the panel covers them.
const WINDOWS: &str = "2004-2008,2008-2013,2013-2016,2016-2018";
/// Windows made of the panel's own periods when it does not.
const OWN_WINDOWS: usize = 4;
const ALL: &str = "all";

/// What a window did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The share grew.
    In,
    /// The share shrank.
    Out,
    /// Neither.
    Stable,
}

impl State {
    fn of(delta: f64, tolerance: f64) -> State {
        if delta > tolerance {
            State::In
        } else if delta < -tolerance {
            State::Out
        } else {
            State::Stable
        }
    }

    const fn name(self) -> &'static str {
        match self {
            State::In => "in",
            State::Out => "out",
            State::Stable => "stable",
        }
    }
}

/// The class of a sequence of states; stable windows do not count as a turn.
pub fn class_of(states: &[State]) -> &'static str {
    if let [only] = states {
        return only.name();
    }
    let moving: Vec<State> = states.iter().copied().filter(|s| *s != State::Stable).collect();
    let n_stable = states.len() - moving.len();
    if 2 * n_stable >= states.len() {
        return "stable";
    }
    let turns = moving.windows(2).filter(|pair| pair[0] != pair[1]).count();
    match (turns, moving[0], n_stable) {
        (0, State::In, 0) => "persistent-in",
        (0, State::In, _) => "mainly-in",
        (0, _, 0) => "persistent-out",
        (0, _, _) => "mainly-out",
        (1, State::In, _) => "in-to-out",
        (1, _, _) => "out-to-in",
        _ => "mixed",
    }
}

pub(super) static TRANSFER_REGIONS: Method = Method {
    id: "transfer-regions",
    chapter: Chapter::Transfer,
    title: Text::new("Transfer-in, transfer-out and transition regions", "转入、转出与过渡地区"),
    help: Text::new(
        "Which regions receive industry, which send it, which changed sign, and how sure is that?",
        "哪些地区转入、哪些转出、哪些发生逆转？有多大把握？",
    ),
    inputs: &[
        ACTIVITY,
        Input {
            table: "groups",
            required: false,
            columns: &[
                REGION,
                key("group", "group of regions", "地区分组"),
                optional(number("weight", "part of the region in the group", "地区归入该组的比例")),
            ],
        },
        Input {
            table: "intensity",
            required: false,
            columns: &[
                INDUSTRY,
                InputColumn { ..key("intensity", "group of industries", "行业分组") },
            ],
        },
    ],
    options: &[
        OptionSpec {
            name: "windows",
            kind: OptionKind::Text,
            default: "",
            help: Text::new(
                "windows a-b,b-c; empty: 2004-2008,2008-2013,2013-2016,2016-2018 where the data cover them, else up to four windows of the data's own years",
                "时间窗 a-b,b-c；留空时若数据覆盖则取 2004-2008,2008-2013,2013-2016,2016-2018，否则按数据年份分为至多四段",
            ),
        },
        OptionSpec {
            name: "tolerance",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.005",
            help: Text::new(
                "share points up to which a window is stable",
                "份额变动不超过此值视为稳定",
            ),
        },
        OptionSpec {
            name: "cv",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.03",
            help: Text::new(
                "coefficient of variation of the noise put on every value",
                "加于各数值的噪声变异系数",
            ),
        },
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(0, 99_999),
            default: "499",
            help: Text::new("draws with noise", "加噪抽样次数"),
        },
        GAPS,
    ],
    variants: &[Variant {
        id: "share-sequence",
        help: Text::new("sequence of share changes", "份额变动序列"),
    }],
    outputs: &[
        OutputTable {
            name: "windows",
            columns: &[
                out_key("group", "Region", "地区"),
                out_key("intensity", "Industries", "行业组"),
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("delta_share", "1", "Change of share", "份额变动"),
                out("state", "", "State", "状态"),
            ],
        },
        OutputTable {
            name: "classes",
            columns: &[
                out_key("group", "Region", "地区"),
                out_key("intensity", "Industries", "行业组"),
                out("class", "", "Class", "类型"),
                out("same_class_share", "1", "Draws of the same class", "同类抽样比例"),
            ],
        },
    ],
    formula: "D = S(t1) − S(t0); in: D > τ, out: D < −τ, else stable   S: share of the group of \
              regions in the group of industries; τ: tolerance",
    source: "agglo's own rules",
    mark: Mark::Convention,
    run,
};

/// Weights of the regions in a group of regions and the industries of a group of industries.
struct Grouping {
    regions: Vec<(Key, Vec<(usize, f64)>)>,
    industries: Vec<(Key, Vec<usize>)>,
}

impl Grouping {
    fn of(
        call: &Call<'_>,
        activity: &Activity,
        notes: &mut Vec<Note>,
    ) -> Result<Grouping, MethodError> {
        let regions = if call.has("groups") {
            let frame = call.frame("groups")?;
            let weight = if frame.has("weight") {
                frame.numbers("weight")?
            } else {
                vec![Datum::Number(1.0); frame.n_rows()]
            };
            let rows = frame.keys("region")?.into_iter().zip(frame.keys("group")?).zip(weight);
            let mut groups: BTreeMap<Key, Vec<(usize, f64)>> = BTreeMap::new();
            for ((region, group), weight) in rows {
                if let Some(place) = activity.regions().place(&region) {
                    let weight = weight.number().ok_or_else(|| MethodError::Data {
                        what: format!("region `{region}` has no weight in group `{group}`"),
                    })?;
                    groups.entry(group).or_default().push((place, weight));
                }
            }
            let listed: Vec<usize> = groups.values().flatten().map(|(place, _)| *place).collect();
            notes.extend(left_out("regions", "地区", activity.regions().codes(), &listed));
            groups.into_iter().collect()
        } else {
            let codes = activity.regions().codes().iter().enumerate();
            codes.map(|(place, code)| (code.clone(), vec![(place, 1.0)])).collect()
        };
        let industries = if call.has("intensity") {
            let frame = call.frame("intensity")?;
            let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
            for (industry, group) in frame.keys("industry")?.iter().zip(frame.text("intensity")?) {
                if let (Some(place), Some(group)) = (activity.industries().place(industry), group) {
                    groups.entry(group.clone()).or_default().push(place);
                }
            }
            let listed: Vec<usize> = groups.values().flatten().copied().collect();
            notes.extend(left_out("industries", "行业", activity.industries().codes(), &listed));
            groups.into_iter().collect()
        } else {
            vec![(Key::from(ALL), (0..activity.n_industries()).collect())]
        };
        Ok(Grouping { regions, industries })
    }

    /// Shares of each group of regions in each group of industries, industries outermost.
    fn shares(&self, values: &[f64], n_industries: usize) -> Vec<Option<f64>> {
        let mut shares = Vec::with_capacity(self.regions.len() * self.industries.len());
        for (_, industries) in &self.industries {
            let in_region = |r: usize| -> f64 {
                industries.iter().map(|&i| values[r * n_industries + i]).sum()
            };
            let total: f64 = (0..values.len() / n_industries.max(1)).map(in_region).sum();
            for (_, regions) in &self.regions {
                let part: f64 = regions.iter().map(|&(r, weight)| weight * in_region(r)).sum();
                shares.push((total > 0.0).then(|| part / total));
            }
        }
        shares
    }
}

fn left_out(what: &str, zh: &str, codes: &[Key], listed: &[usize]) -> Option<Note> {
    let absent: Vec<&str> = codes
        .iter()
        .enumerate()
        .filter(|(place, _)| !listed.contains(place))
        .map(|(_, code)| code.as_ref())
        .collect();
    if absent.is_empty() {
        return None;
    }
    let (n, shown) = (absent.len(), absent[..absent.len().min(5)].join(", "));
    Some(Note::new(
        format!("{what}-in-no-group"),
        format!("{n} {what} stand in no group ({shown})"),
        format!("{n} 个{zh}不属于任何分组（{shown}）"),
    ))
}

/// A window by places of its periods.
type Window = (usize, usize);

fn windows(
    call: &Call<'_>,
    panel: &Panel,
    notes: &mut Vec<Note>,
) -> Result<Vec<Window>, MethodError> {
    let text = call.option("windows").trim();
    if text.is_empty() {
        let (first, last) = (panel.periods()[0], panel.periods()[panel.periods().len() - 1]);
        if first <= 2004
            && last >= 2018
            && let Ok(found) = parse(WINDOWS, panel, &mut Vec::new())
        {
            return Ok(found);
        }
        return own_windows(panel);
    }
    parse(text, panel, notes)
}

fn own_windows(panel: &Panel) -> Result<Vec<Window>, MethodError> {
    let last = panel.periods().len() - 1;
    if last == 0 {
        return Err(MethodError::NotIdentified {
            what: "a window needs two years, and the table holds one".to_owned(),
        });
    }
    let n = last.min(OWN_WINDOWS);
    let edge = |k: usize| k * last / n;
    Ok((0..n).map(|k| (edge(k), edge(k + 1))).collect())
}

fn parse(text: &str, panel: &Panel, notes: &mut Vec<Note>) -> Result<Vec<Window>, MethodError> {
    let wrong = |window: &str| MethodError::Data {
        what: format!("`{window}` is no window; write first-last, as in 2004-2008,2008-2013"),
    };
    text.split(',')
        .map(|window| {
            let (from, to) = window.trim().split_once('-').ok_or_else(|| wrong(window))?;
            let year = |text: &str| text.trim().parse::<Period>().map_err(|_| wrong(window));
            let (from, to) =
                (nearest(panel, year(from)?, notes)?, nearest(panel, year(to)?, notes)?);
            if from < to { Ok((from, to)) } else { Err(wrong(window)) }
        })
        .collect()
}

/// The place of `period`, or of a neighbor at most one year away, which is said.
fn nearest(panel: &Panel, period: Period, notes: &mut Vec<Note>) -> Result<usize, MethodError> {
    let exact = panel.period_idx(period);
    let near =
        || [period - 1, period + 1].into_iter().find_map(|p| Some((p, panel.period_idx(p).ok()?)));
    match (exact, near()) {
        (Ok(idx), _) => Ok(idx),
        (Err(_), Some((taken, idx))) => {
            notes.push(Note::new(
                "nearest-year",
                format!("there is no year {period}; {taken} was taken"),
                format!("无 {period} 年数据，以 {taken} 年代替"),
            ));
            Ok(idx)
        }
        (Err(error), None) => Err(error.into()),
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let panel = call.panel("activity")?;
    let mut notes = Vec::new();
    let windows = windows(call, &panel, &mut notes)?;
    let mut places: Vec<usize> = windows.iter().flat_map(|&(from, to)| [from, to]).collect();
    places.sort_unstable();
    places.dedup();
    let wanted: Vec<(&Panel, usize)> = places.iter().map(|&place| (&*panel, place)).collect();
    let (years, remarks) = aligned(call, &wanted)?;
    notes.extend(remarks);
    let grouping = Grouping::of(call, &years[0], &mut notes)?;
    let tolerance = call.option_number("tolerance");

    let deltas_of = |shares: &[Vec<Option<f64>>]| -> Vec<Vec<Option<f64>>> {
        let year = |place: usize| places.partition_point(|&p| p < place);
        let n_groups = grouping.regions.len() * grouping.industries.len();
        (0..n_groups)
            .map(|group| {
                let share = |place: usize| shares[year(place)][group];
                windows.iter().map(|&(from, to)| Some(share(to)? - share(from)?)).collect()
            })
            .collect()
    };
    let class = |deltas: &[Option<f64>]| -> Option<&'static str> {
        let states: Option<Vec<State>> =
            deltas.iter().map(|delta| delta.map(|delta| State::of(delta, tolerance))).collect();
        states.map(|states| class_of(&states))
    };
    let shares: Vec<Vec<Option<f64>>> =
        years.iter().map(|year| grouping.shares(year.values(), year.n_industries())).collect();
    let deltas = deltas_of(&shares);
    let classes: Vec<Option<&'static str>> = deltas.iter().map(|deltas| class(deltas)).collect();

    let replicates = call.option_integer("replicates") as u32;
    let cv = call.option_number("cv");
    let mut same = vec![0_u32; deltas.len()];
    for replicate in 0..replicates {
        call.control().step(u64::from(replicate), u64::from(replicates))?;
        let noisy: Vec<Vec<Option<f64>>> = years
            .iter()
            .enumerate()
            .map(|(year, activity)| {
                let values = with_noise(call, activity.values(), cv, year as u32, replicate);
                grouping.shares(&values, activity.n_industries())
            })
            .collect();
        for (count, (drawn, class_found)) in
            same.iter_mut().zip(deltas_of(&noisy).iter().zip(&classes))
        {
            *count += u32::from(class(drawn) == *class_found);
        }
    }
    let same_share = |group: usize| match (replicates, classes[group]) {
        (0, _) => Datum::Gap(Gap::NotApplicable),
        (_, None) => Datum::undefined(agglo_core::Undefined::ZeroTotal),
        (n, Some(_)) => Datum::Number(f64::from(same[group]) / f64::from(n)),
    };
    notes.push(Note::new(
        "convention",
        "states and classes are a convention of agglo; tolerance and noise are options",
        "状态与类型的划分为 agglo 约定，容差与噪声可调",
    ));
    let years_of: Vec<[i64; 2]> = windows
        .iter()
        .map(|&(from, to)| [from, to].map(|place| i64::from(panel.periods()[place])))
        .collect();
    let windows_table = windows_frame(&grouping, &years_of, &deltas, tolerance)?;
    Ok(Answer::one("windows", windows_table)
        .and("classes", classes_frame(&grouping, &classes, same_share)?)
        .noting(notes))
}

/// Values times lognormal noise of mean 1.
fn with_noise(call: &Call<'_>, values: &[f64], cv: f64, year: u32, replicate: u32) -> Vec<f64> {
    let variance = (cv * cv).ln_1p();
    let mut rng = call.seed().stream("transfer-regions", year, replicate);
    let noise = |value: &f64| {
        let z: f64 = rng.sample(StandardNormal);
        value * (variance.sqrt() * z - variance / 2.0).exp()
    };
    values.iter().map(noise).collect()
}

/// Names of the groups in the order of the shares.
fn names(grouping: &Grouping) -> Vec<(Key, Key)> {
    let Grouping { regions, industries } = grouping;
    let of = |(name, _): &(Key, Vec<usize>)| {
        let name = name.clone();
        regions.iter().map(move |(region, _)| (region.clone(), name.clone()))
    };
    industries.iter().flat_map(of).collect()
}

fn windows_frame(
    grouping: &Grouping,
    years: &[[i64; 2]],
    deltas: &[Vec<Option<f64>>],
    tolerance: f64,
) -> Result<Frame, MethodError> {
    let names = names(grouping);
    let rows = || {
        names.iter().zip(deltas).flat_map(|(name, deltas)| {
            years.iter().zip(deltas).map(move |(years, delta)| (name, years, *delta))
        })
    };
    let undefined = Datum::undefined(agglo_core::Undefined::ZeroTotal);
    let states = rows().map(|(_, _, delta)| delta.map(|d| State::of(d, tolerance).name().into()));
    let states = states.collect();
    Ok(Frame::new(vec![
        Column::text("group", rows().map(|((group, _), _, _)| group.clone())),
        Column::text("intensity", rows().map(|((_, intensity), _, _)| intensity.clone())),
        Column::integer("from", "", rows().map(|(_, years, _)| years[0])),
        Column::integer("to", "", rows().map(|(_, years, _)| years[1])),
        Column::number(
            "delta_share",
            "1",
            rows().map(|(_, _, d)| d.map_or(undefined, Datum::Number)),
        ),
        Column::new("state", "", agglo_core::Values::Text(states)),
    ])?)
}

fn classes_frame(
    grouping: &Grouping,
    classes: &[Option<&'static str>],
    same_share: impl Fn(usize) -> Datum,
) -> Result<Frame, MethodError> {
    let names = names(grouping);
    let class = classes.iter().map(|class| class.map(Key::from)).collect();
    Ok(Frame::new(vec![
        Column::text("group", names.iter().map(|(group, _)| group.clone())),
        Column::text("intensity", names.iter().map(|(_, intensity)| intensity.clone())),
        Column::new("class", "", agglo_core::Values::Text(class)),
        Column::number("same_class_share", "1", (0..classes.len()).map(same_share)),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(deltas: &[f64], expected: &str) {
        let states: Vec<State> = deltas.iter().map(|delta| State::of(*delta, 0.005)).collect();
        assert_eq!(class_of(&states), expected, "{deltas:?}");
    }

    #[test]
    fn sequences_have_their_classes() {
        check(&[0.012, 0.009, -0.008], "in-to-out");
        check(&[-0.02, -0.015, -0.006], "persistent-out");
        check(&[0.02, 0.015, 0.006], "persistent-in");
        check(&[-0.02, 0.015], "out-to-in");
        check(&[-0.02, 0.015, -0.02], "mixed");
        check(&[0.02, 0.0, 0.02], "mainly-in");
        check(&[-0.02, 0.0, -0.02], "mainly-out");
        check(&[0.02, 0.0, 0.002], "stable");
        check(&[0.02], "in");
    }
}
