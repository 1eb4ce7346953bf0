//! Regions with their value, weight and groups, by period: what measures of inequality read.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Key, Lang, Note};

use crate::call::{Call, MethodError};
use crate::concentration::data;

/// The columns of groups, from the widest to the narrowest.
pub(crate) const LEVELS: [&str; 3] = ["group", "subgroup", "subsubgroup"];

/// Between the names of a group and of a group inside it.
pub(crate) const INSIDE: &str = " / ";

/// What regions with a value of zero mean to a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zeros {
    /// A value like any other.
    Fine,
    /// There is no result.
    Undefined,
    /// They are left out.
    Dropped,
}

/// The regions of a period that count.
#[derive(Clone, Default)]
pub(crate) struct Places {
    pub(crate) values: Vec<f64>,
    pub(crate) weights: Vec<f64>,
    /// The groups of each region by level, each with the names of those around it; one level, all
    /// regions in one group, where the table has none.
    pub(crate) levels: Vec<Vec<Key>>,
}

impl Places {
    /// The places `picks` of these.
    pub(crate) fn picked(&self, picks: &[usize]) -> Places {
        let levels = self.levels.iter();
        Places {
            values: picks.iter().map(|k| self.values[*k]).collect(),
            weights: picks.iter().map(|k| self.weights[*k]).collect(),
            levels: levels.map(|level| picks.iter().map(|k| level[*k].clone()).collect()).collect(),
        }
    }

    /// The widest groups.
    pub(crate) fn groups(&self) -> &[Key] {
        &self.levels[0]
    }

    /// The place of each region's group among the groups in order: strata for drawing anew.
    pub(crate) fn strata(&self) -> Vec<usize> {
        let axis = agglo_core::Axis::new(self.groups().iter().cloned());
        self.groups().iter().map(|group| axis.place(group).unwrap_or_default()).collect()
    }
}

/// What was left out or changed, by reason.
#[derive(Default)]
struct Left {
    gaps: Vec<Key>,
    weightless: Vec<Key>,
    zeros: Vec<Key>,
    negative: Vec<Key>,
    zeroed: Vec<Key>,
}

/// The table `regions` by period, with notes on what was left out.
pub(crate) fn read(
    call: &Call<'_>,
    zeros: Zeros,
    notes: &mut Vec<Note>,
) -> Result<BTreeMap<i64, Places>, MethodError> {
    let frame = call.frame("regions")?;
    let (regions, values) = (frame.keys("region")?, frame.numbers("value")?);
    let n = regions.len();
    let periods = if frame.has("period") { frame.integers("period")? } else { vec![0; n] };
    let weights = if frame.has("weight") {
        frame.numbers("weight")?
    } else {
        notes.push(Note::new(
            "equal-weights",
            "no weights were given: every region weighs the same",
            "未给出权重：各地区等权",
        ));
        vec![Datum::Number(1.0); n]
    };
    let mut levels: Vec<Vec<Key>> = Vec::new();
    for name in LEVELS.into_iter().filter(|name| frame.has(name)) {
        let own = frame.keys(name)?;
        levels.push(match levels.last() {
            None => own,
            Some(around) => {
                let pairs = around.iter().zip(&own);
                pairs.map(|(around, own)| format!("{around}{INSIDE}{own}").into()).collect()
            }
        });
    }
    if levels.is_empty() {
        levels.push(vec![Key::from("all"); n]);
    }
    let mut answer: BTreeMap<i64, Places> = BTreeMap::new();
    let mut left: BTreeMap<i64, Left> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in 0..n {
        let (period, region) = (periods[row], &regions[row]);
        if !seen.insert((period, region)) {
            return Err(data(format!("region `{region}` stands twice in period {period}")));
        }
        let left = left.entry(period).or_default();
        let places = answer.entry(period).or_insert_with(|| Places {
            levels: vec![Vec::new(); levels.len()],
            ..Places::default()
        });
        let (value, weight) = match (values[row], weights[row]) {
            (Datum::Number(value), Datum::Number(weight)) => (value, weight),
            (Datum::Gap(_), Datum::Number(weight)) if call.option("gaps") == "zero" => {
                left.zeroed.push(region.clone());
                (0.0, weight)
            }
            _ if call.option("gaps") == "drop-regions" => {
                left.gaps.push(region.clone());
                continue;
            }
            (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) => {
                let reason = gap.reason(Lang::En);
                return Err(data(format!(
                    "region `{region}`, period {period} holds no number: {reason}; the option \
                     `gaps` can leave it out"
                )));
            }
        };
        if weight < 0.0 {
            return Err(data(format!("the weight of region `{region}` is {weight}")));
        }
        if weight == 0.0 {
            left.weightless.push(region.clone());
            continue;
        }
        if value < 0.0 {
            left.negative.push(region.clone());
        }
        if value == 0.0 && zeros != Zeros::Fine {
            left.zeros.push(region.clone());
            if zeros == Zeros::Dropped {
                continue;
            }
        }
        places.values.push(value);
        places.weights.push(weight);
        for (own, level) in places.levels.iter_mut().zip(&levels) {
            own.push(level[row].clone());
        }
    }
    let dropped = zeros == Zeros::Dropped;
    notes.extend(left.iter().flat_map(|(period, left)| left.notes(*period, dropped)));
    Ok(answer)
}

impl Left {
    fn notes(&self, period: i64, zeros_dropped: bool) -> Vec<Note> {
        let zeros = if zeros_dropped {
            ("zeros-dropped", "a value of zero and were left out", "数值为零，已剔除")
        } else {
            ("zeros-undefined", "a value of zero, so there is no result", "数值为零，结果无定义")
        };
        [
            (&self.gaps, ("regions-dropped", "gaps and were left out", "含缺口，已剔除")),
            (&self.zeroed, ("gaps-as-zero", "gaps and count as zero", "含缺口，按零计")),
            (
                &self.weightless,
                ("regions-weightless", "no weight and were left out", "权重为零，已剔除"),
            ),
            (
                &self.negative,
                (
                    "negative-values",
                    "negative values, so there is no result",
                    "数值为负，结果无定义",
                ),
            ),
            (&self.zeros, zeros),
        ]
        .into_iter()
        .filter(|(regions, _)| !regions.is_empty())
        .map(|(regions, (code, en, zh))| {
            let list: Vec<&str> = regions.iter().take(5).map(AsRef::as_ref).collect();
            let (n, list) = (regions.len(), list.join(", "));
            let more = if n > 5 { ", …" } else { "" };
            Note::new(
                code,
                format!("{period}: {n} regions have {en} ({list}{more})"),
                format!("{period} 年：{n} 个地区{zh}（{list}{more}）"),
            )
        })
        .collect()
    }
}
