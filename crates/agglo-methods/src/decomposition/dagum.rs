//! Gini coefficient by groups of regions: inside the groups, between them, and where they overlap.
//!
//! G = Σⱼ Gⱼⱼ pⱼ sⱼ + Σⱼ≠ₕ Gⱼₕ pⱼ sₕ Dⱼₕ + Σⱼ≠ₕ Gⱼₕ pⱼ sₕ (1 − Dⱼₕ)
//!
//! Gⱼₕ = E|yⱼ − yₕ| / (μⱼ + μₕ)     D = (d − p)/(d + p)     d = E max(yⱼ − yₕ, 0)     p = E max(yₕ − yⱼ, 0)
//!
//! | symbol | meaning                                                 | shape | range      | unit  |
//! |--------|---------------------------------------------------------|-------|------------|-------|
//! | y      | value per unit of weight, as income per head            | R     | ≥ 0        | value |
//! | p, s   | share of a group in the weight, in the value            | k     | ≥ 0, sum 1 | none  |
//! | μ      | mean of a group; j is the group of the larger one in D  | k     | > 0        | value |
//! | Gⱼₕ    | Gini of two groups                                      | k × k | 0 ≤ G ≤ 1  | none  |
//! | D      | 1 the groups do not overlap, 0 their means are equal    | k × k | 0 ≤ D ≤ 1  | none  |
//!
//! Dagum's second part is the net inequality between groups, the third the transvariation: poorer
//! members of the richer group against richer ones of the poorer. `pyatt` takes the Gini of the
//! groups' means for what lies between, and what remains for overlap; inside the groups both agree.
//! Groups of equal mean have D = 0. Gaps: refused, left out or counted as zero, by option.
//! Cost: O(R log R + k R) for R regions in k groups, by merging sorted groups.
//! Source: Dagum (1997), Empirical Economics 22, 515–531; Pyatt (1976), Economic Journal 86,
//! 243–255. The identities are derived; weights are an extension.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Text, Undefined, sum};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, InputColumn, Mark, Method, OUT_PERIOD, OutputTable, Variant, out, out_key,
};
use crate::inequality::{
    GAPS_OF_REGIONS, GROUP, Places, REGIONS, Zeros, read_places, weighted_gini,
};
use crate::inference::Spread;
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES,
};

/// A group's part.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupGini {
    /// The group.
    pub group: Key,
    /// How many regions it has.
    pub n_regions: usize,
    /// Its mean.
    pub mean: f64,
    /// Its share in the weight (pⱼ).
    pub weight_share: f64,
    /// Its share in the value (sⱼ).
    pub value_share: f64,
    /// The Gini inside it; zero where nothing in it has any value.
    pub gini: f64,
    /// What that adds to the total.
    pub contribution: f64,
}

/// Two groups' part; the first is the one with the larger mean.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairGini {
    /// The group with the larger mean, the first in order where they are equal.
    pub richer: Key,
    /// The other.
    pub poorer: Key,
    /// Gini of the two.
    pub gini: f64,
    /// D: how far they do not overlap.
    pub distance: f64,
    /// What adds to the net inequality between groups.
    pub between: f64,
    /// What adds to the transvariation.
    pub overlap: f64,
}

/// A Gini coefficient with its parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DagumGini {
    /// The Gini of all regions.
    pub total: f64,
    /// Inside the groups.
    pub within: f64,
    /// Dagum's net inequality between groups.
    pub between: f64,
    /// Dagum's transvariation.
    pub overlap: f64,
    /// The Gini of the groups' means, each with the group's weight (Pyatt).
    pub between_means: f64,
    /// The groups in order.
    pub groups: Vec<GroupGini>,
    /// Every two of them.
    pub pairs: Vec<PairGini>,
}

/// Values of a group, ascending, with their weights as shares of all.
struct Sorted {
    y: Vec<f64>,
    b: Vec<f64>,
    weight: f64,
    mean: f64,
}

/// Mean of max(y − y', 0) over y in `upper`, y' in `lower`, not divided by their weights.
fn excess(upper: &Sorted, lower: &Sorted) -> f64 {
    let (mut below, mut weight, mut value) = (0, 0.0, 0.0);
    let terms = upper.y.iter().zip(&upper.b).map(|(y, b)| {
        while below < lower.y.len() && lower.y[below] < *y {
            weight += lower.b[below];
            value += lower.b[below] * lower.y[below];
            below += 1;
        }
        // Σ b'(y − y') may come out a shade below zero when all y' are near y.
        b * (y * weight - value).max(0.0)
    });
    sum(terms)
}

/// The Gini of `values` per unit of `weights`, decomposed by the group of each place. `values` are
/// totals; with all weights equal they are what is unequal.
///
/// # Errors
/// [`Undefined::Negative`] for a negative value, [`Undefined::ZeroTotal`] when there is none,
/// [`Undefined::SingleRegion`] for fewer than two places.
///
/// # Panics
/// When the three are not of one length or a weight is not above zero.
pub fn dagum_gini(values: &[f64], weights: &[f64], groups: &[Key]) -> Result<DagumGini, Undefined> {
    assert_eq!(values.len(), groups.len(), "a group for every value");
    let total = weighted_gini(values, weights)?;
    let weight_total = sum(weights.iter().copied());
    let mean = sum(values.iter().copied()) / weight_total;
    let mut members: BTreeMap<&Key, Vec<(f64, f64)>> = BTreeMap::new();
    for ((value, weight), group) in values.iter().zip(weights).zip(groups) {
        members.entry(group).or_default().push((value / weight, weight / weight_total));
    }
    let sorted: Vec<(&Key, Sorted)> = members
        .into_iter()
        .map(|(group, mut places)| {
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (y, b): (Vec<f64>, Vec<f64>) = places.into_iter().unzip();
            let weight = sum(b.iter().copied());
            let mean = sum(y.iter().zip(&b).map(|(y, b)| y * b)) / weight;
            (group, Sorted { y, b, weight, mean })
        })
        .collect();
    // In units of twice the mean, differences of all ordered pairs sum to the Gini.
    let unit = mean;
    let groups: Vec<GroupGini> = sorted
        .iter()
        .map(|(group, own)| {
            let contribution = excess(own, own) / unit;
            let (weight_share, value_share) = (own.weight, own.weight * own.mean / mean);
            let room = weight_share * value_share;
            GroupGini {
                group: (*group).clone(),
                n_regions: own.y.len(),
                mean: own.mean,
                weight_share,
                value_share,
                gini: if room > 0.0 { contribution / room } else { 0.0 },
                contribution,
            }
        })
        .collect();
    let mut pairs = Vec::new();
    for (j, (group, own)) in sorted.iter().enumerate() {
        for (other_group, other) in &sorted[j + 1..] {
            let swap = other.mean > own.mean;
            let (richer, poorer) = if swap { (other, own) } else { (own, other) };
            let (up, down) = (excess(richer, poorer), excess(poorer, richer));
            let (all, net) = (up + down, if own.mean == other.mean { 0.0 } else { up - down });
            let distance = if all > 0.0 { (net / all).clamp(0.0, 1.0) } else { 0.0 };
            let means = richer.mean + poorer.mean;
            let gini = if means > 0.0 { all / (own.weight * other.weight) / means } else { 0.0 };
            let (richer, poorer) = if swap { (other_group, group) } else { (group, other_group) };
            pairs.push(PairGini {
                richer: (*richer).clone(),
                poorer: (*poorer).clone(),
                gini,
                distance,
                between: all * distance / unit,
                overlap: all * (1.0 - distance) / unit,
            });
        }
    }
    let (means, shares): (Vec<f64>, Vec<f64>) =
        groups.iter().map(|group| (group.value_share, group.weight_share)).unzip();
    let between_means = if groups.len() < 2 { 0.0 } else { weighted_gini(&means, &shares)? };
    Ok(DagumGini {
        total,
        within: sum(groups.iter().map(|group| group.contribution)),
        between: sum(pairs.iter().map(|pair| pair.between)),
        overlap: sum(pairs.iter().map(|pair| pair.overlap)),
        between_means,
        groups,
        pairs,
    })
}

pub(super) static DAGUM: Method = Method {
    id: "dagum",
    chapter: Chapter::Status,
    title: Text::new("Gini coefficient by groups", "Dagum 基尼系数分解"),
    help: Text::new(
        "How much of an inequality lies inside groups of regions, between them, in their overlap?",
        "不平等有多少来自组内、组间与超变密度？",
    ),
    inputs: &[Input {
        columns: &[
            REGIONS.columns[0],
            REGIONS.columns[1],
            REGIONS.columns[2],
            REGIONS.columns[3],
            InputColumn { required: true, ..GROUP },
        ],
        ..REGIONS
    }],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS_OF_REGIONS],
    variants: &[
        Variant {
            id: "dagum",
            help: Text::new(
                "net inequality between groups and transvariation (Dagum 1997)",
                "组间净差距与超变密度（Dagum 1997）",
            ),
        },
        Variant {
            id: "pyatt",
            help: Text::new(
                "Gini of the groups' means, and the rest as overlap (Pyatt 1976)",
                "各组均值的基尼系数，余量为重叠项（Pyatt 1976）",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "total",
            columns: &[
                OUT_PERIOD,
                out_key("part", "Part", "组成部分"),
                out("gini", "1", "Gini", "基尼系数"),
                out("share", "1", "Share", "占比"),
                OUT_ERROR,
                OUT_LOWER,
                OUT_UPPER,
            ],
        },
        OutputTable {
            name: "groups",
            columns: &[
                OUT_PERIOD,
                out_key("group", "Group", "分组"),
                out("n_regions", "1", "Regions", "地区数"),
                out("mean", "value", "Mean", "均值"),
                out("weight_share", "1", "Share of the weight", "权重占比"),
                out("value_share", "1", "Share of the value", "数值占比"),
                out("gini", "1", "Gini inside", "组内基尼系数"),
                out("contribution", "1", "Contribution", "贡献"),
            ],
        },
        OutputTable {
            name: "pairs",
            columns: &[
                OUT_PERIOD,
                out_key("group_a", "Richer group", "较高组"),
                out_key("group_b", "Poorer group", "较低组"),
                out("gini", "1", "Gini between", "组间基尼系数"),
                out("distance", "1", "Relative affluence D", "相对富裕度 D"),
                out("between", "1", "Contribution, net", "净差距贡献"),
                out("overlap", "1", "Contribution, overlap", "超变密度贡献"),
            ],
        },
    ],
    formula: "G = Σ G_jj p_j s_j + Σ G_jh (p_j s_h + p_h s_j) D_jh + Σ G_jh (p_j s_h + p_h s_j)(1 − D_jh)   \
              G_jh = mean|y_j − y_h|/(μ_j + μ_h)   D = (d − p)/(d + p)   d = mean max(y_j − y_h, 0)   \
              p = mean max(y_h − y_j, 0), μ_j > μ_h   p_j, s_j: shares of the group in the weight and \
              in the value",
    source: "Dagum (1997), Empirical Economics 22, 515–531; Pyatt (1976), Economic Journal 86, \
             243–255",
    mark: Mark::Memory,
    run,
};

const PARTS: [&str; 4] = ["total", "within-groups", "between-groups", "overlap"];

impl DagumGini {
    /// The numbers of [`PARTS`].
    fn parts(&self, pyatt: bool) -> [f64; 4] {
        if pyatt {
            let overlap = self.total - self.within - self.between_means;
            [self.total, self.within, self.between_means, overlap]
        } else {
            [self.total, self.within, self.between, self.overlap]
        }
    }
}

#[derive(Default)]
struct Rows {
    total: (Vec<i64>, Vec<&'static str>, [Vec<Datum>; 5]),
    groups: (Vec<i64>, Vec<GroupGini>),
    pairs: (Vec<i64>, Vec<PairGini>),
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let pyatt = call.variant() == "pyatt";
    let interval = Interval::of(call);
    let (mut rows, mut notes) = (Rows::default(), Vec::new());
    let unit = call.frame("regions")?.column("value")?.unit().to_owned();
    for (unit, (period, places)) in
        read_places(call, Zeros::Fine, &mut notes)?.into_iter().enumerate()
    {
        let of = |places: &Places| dagum_gini(&places.values, &places.weights, places.groups());
        let spreads = interval.spreads(call, "dagum", unit as u32, &places.strata(), |picks| {
            match of(&places.picked(picks)) {
                Ok(found) => found.parts(pyatt).map(Ok).to_vec(),
                Err(why) => vec![Err(why); PARTS.len()],
            }
        })?;
        rows.push(period, of(&places), pyatt, &spreads);
    }
    let answer = Answer::one("total", rows.total_frame()?)
        .and("groups", rows.groups_frame(&unit)?)
        .and("pairs", rows.pairs_frame()?);
    Ok(answer.noting(notes).noting(interval.note()))
}

impl Rows {
    fn push(
        &mut self,
        period: i64,
        found: Result<DagumGini, Undefined>,
        pyatt: bool,
        spreads: &[Spread],
    ) {
        let parts = match &found {
            Ok(found) => found.parts(pyatt).map(Datum::Number),
            Err(why) => [Datum::undefined(*why); 4],
        };
        let (periods, names, numbers) = &mut self.total;
        for ((name, part), spread) in PARTS.iter().zip(parts).zip(spreads) {
            periods.push(period);
            names.push(name);
            let share = match (part, parts[0]) {
                (Datum::Number(part), Datum::Number(total)) => Datum::ratio(part, total),
                (gap, _) => gap,
            };
            let row = [part, share, spread.standard_error, spread.lower, spread.upper];
            for (column, value) in numbers.iter_mut().zip(row) {
                column.push(value);
            }
        }
        if let Ok(found) = found {
            self.groups.0.resize(self.groups.0.len() + found.groups.len(), period);
            self.groups.1.extend(found.groups);
            self.pairs.0.resize(self.pairs.0.len() + found.pairs.len(), period);
            self.pairs.1.extend(found.pairs);
        }
    }

    fn total_frame(&mut self) -> Result<Frame, MethodError> {
        let (periods, names, numbers) = std::mem::take(&mut self.total);
        let mut columns = vec![Column::integer("period", "", periods), Column::text("part", names)];
        let heads = ["gini", "share", "standard_error", "lower", "upper"];
        let numbers = heads.into_iter().zip(numbers);
        columns.extend(numbers.map(|(name, values)| Column::number(name, "1", values)));
        Ok(Frame::new(columns)?)
    }

    fn groups_frame(&self, unit: &str) -> Result<Frame, MethodError> {
        let (period, rows) = &self.groups;
        Ok(Frame::new(vec![
            Column::integer("period", "", period.iter().copied()),
            Column::text("group", rows.iter().map(|row| row.group.clone())),
            Column::integer("n_regions", "1", rows.iter().map(|row| row.n_regions as i64)),
            Column::numbers("mean", unit, rows.iter().map(|row| row.mean)),
            Column::numbers("weight_share", "1", rows.iter().map(|row| row.weight_share)),
            Column::numbers("value_share", "1", rows.iter().map(|row| row.value_share)),
            Column::numbers("gini", "1", rows.iter().map(|row| row.gini)),
            Column::numbers("contribution", "1", rows.iter().map(|row| row.contribution)),
        ])?)
    }

    fn pairs_frame(&self) -> Result<Frame, MethodError> {
        let (period, rows) = &self.pairs;
        Ok(Frame::new(vec![
            Column::integer("period", "", period.iter().copied()),
            Column::text("group_a", rows.iter().map(|row| row.richer.clone())),
            Column::text("group_b", rows.iter().map(|row| row.poorer.clone())),
            Column::numbers("gini", "1", rows.iter().map(|row| row.gini)),
            Column::numbers("distance", "1", rows.iter().map(|row| row.distance)),
            Column::numbers("between", "1", rows.iter().map(|row| row.between)),
            Column::numbers("overlap", "1", rows.iter().map(|row| row.overlap)),
        ])?)
    }
}

#[cfg(test)]
mod tests;
