//! Regions with their value, weight and groups, by period.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Key, Lang, Note};

use crate::call::{Call, MethodError};
use crate::concentration::data;

/// The regions of a period that count.
#[derive(Default)]
pub(super) struct Places {
    pub(super) values: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) groups: Vec<Key>,
    /// Group and subgroup in one.
    pub(super) subgroups: Vec<Key>,
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
pub(super) fn read(
    call: &Call<'_>,
    alpha: f64,
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
    let label = |name: &str| -> Result<Vec<Key>, MethodError> {
        Ok(if frame.has(name) { frame.keys(name)? } else { vec![Key::from("all"); n] })
    };
    let (groups, subgroups) = (label("group")?, label("subgroup")?);
    let mut answer: BTreeMap<i64, Places> = BTreeMap::new();
    let mut left: BTreeMap<i64, Left> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in 0..n {
        let (period, region) = (periods[row], &regions[row]);
        if !seen.insert((period, region)) {
            return Err(data(format!("region `{region}` stands twice in period {period}")));
        }
        let left = left.entry(period).or_default();
        let places = answer.entry(period).or_default();
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
        if value == 0.0 && alpha <= 0.0 {
            left.zeros.push(region.clone());
            if call.option("zeros") == "drop" {
                continue;
            }
        }
        places.values.push(value);
        places.weights.push(weight);
        places.groups.push(groups[row].clone());
        places.subgroups.push(format!("{}\u{1f}{}", groups[row], subgroups[row]).into());
    }
    let dropped = call.option("zeros") == "drop";
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
