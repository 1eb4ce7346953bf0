//! Theil and generalized entropy: how unequal are regions, and how much of it lies between groups
//! of them?
//!
//! T = Σ a ln(a/b)     L = Σ b ln(b/a)     GE(α) = Σ b ((a/b)^α − 1) / (α(α − 1))
//! between: the same on the groups' (A, B)     within: Σ B (A/B)^α GE_g, so Σ A T_g and Σ B L_g
//!
//! | symbol | meaning                                          | shape | range       | unit |
//! |--------|--------------------------------------------------|-------|-------------|------|
//! | a      | share of each region in the value                | R     | ≥ 0, sum 1  | none |
//! | b      | share of each region in the weight               | R     | > 0, sum 1  | none |
//! | A, B   | the same of each group                           | G     | ≥ 0, sum 1  | none |
//! | α      | 1 Theil T, 0 mean log deviation L, 2 half CV²    | 1     | any real    | none |
//!
//! Without weights every region weighs the same. A region of weight zero is left out and named.
//! With columns `subgroup` inside `group` and `subsubgroup` inside that, the tables `levels` and
//! `nodes` carry the decomposition deeper: each level adds what lies between its groups inside one
//! group of the level above. α ≤ 0 has no value where a region has none of the value.
//! Gaps: refused, left out or counted as zero, by the option `gaps`. Cost: O(R).
//! Source: Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48(3),
//! 613–625. Unweighted forms compared with REAT `theil` (which is L) and PySAL `Theil` (T); the
//! weighted ones derived.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Text, Undefined, sum};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec,
    Output, OutputTable, PERIOD, REGION, Variant, number, optional, out, out_key,
};
use crate::inequality::{Zeros, read_places};

mod nested;

pub use nested::{EntropyNode, NestedEntropy, nested_entropy};

use nested::Nodes;

/// GE(α) of `values` with `weights`, place by place; only the shares of both matter.
///
/// # Errors
/// [`Undefined::ZeroTotal`] when either side is all zero, [`Undefined::Negative`] for a negative
/// value, [`Undefined::LogOfZero`] for a value of zero when α ≤ 0.
///
/// # Panics
/// When the two are not of one length or a weight is not above zero.
pub fn generalized_entropy(values: &[f64], weights: &[f64], alpha: f64) -> Result<f64, Undefined> {
    assert_eq!(values.len(), weights.len(), "a weight for every value");
    assert!(weights.iter().all(|weight| *weight > 0.0), "weights above zero");
    if values.iter().any(|value| *value < 0.0) {
        return Err(Undefined::Negative);
    }
    let (value_total, weight_total) = (sum(values.iter().copied()), sum(weights.iter().copied()));
    if value_total <= 0.0 {
        return Err(Undefined::ZeroTotal);
    }
    if alpha <= 0.0 && values.contains(&0.0) {
        return Err(Undefined::LogOfZero);
    }
    let shares = values.iter().zip(weights).map(|(y, n)| (y / value_total, n / weight_total));
    Ok(if alpha == 1.0 {
        sum(shares.map(|(a, b)| if a > 0.0 { a * (a / b).ln() } else { 0.0 }))
    } else if alpha == 0.0 {
        sum(shares.map(|(a, b)| b * (b / a).ln()))
    } else {
        let terms = shares.map(|(a, b)| b * ((a / b).powf(alpha) - 1.0));
        sum(terms) / (alpha * (alpha - 1.0))
    })
}

/// A group's part in an inequality.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupEntropy {
    /// The group.
    pub group: Key,
    /// Its share of the value.
    pub value_share: f64,
    /// Its share of the weight.
    pub weight_share: f64,
    /// The inequality inside it.
    pub inner: Result<f64, Undefined>,
    /// What that adds to the total.
    pub contribution: f64,
}

/// An inequality with its parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EntropyDecomposition {
    /// The inequality of all places.
    pub total: f64,
    /// The part that equal places inside every group would leave.
    pub between: f64,
    /// The rest: the sum of the groups' contributions.
    pub within: f64,
    /// The groups in order.
    pub groups: Vec<GroupEntropy>,
}

/// GE(α) of `values` with `weights`, decomposed by the group of each place.
///
/// # Errors
/// As [`generalized_entropy`].
///
/// # Panics
/// As [`generalized_entropy`], and when a place has no group.
pub fn decompose_entropy(
    values: &[f64],
    weights: &[f64],
    groups: &[Key],
    alpha: f64,
) -> Result<EntropyDecomposition, Undefined> {
    assert_eq!(values.len(), groups.len(), "a group for every value");
    let total = generalized_entropy(values, weights, alpha)?;
    let mut members: BTreeMap<&Key, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((value, weight), group) in values.iter().zip(weights).zip(groups) {
        let (values, weights) = members.entry(group).or_default();
        values.push(*value);
        weights.push(*weight);
    }
    let total_of = |values: &[f64]| sum(values.iter().copied());
    let (value_total, weight_total) = (total_of(values), total_of(weights));
    let (group_values, group_weights): (Vec<f64>, Vec<f64>) =
        members.values().map(|(values, weights)| (total_of(values), total_of(weights))).unzip();
    let groups: Vec<GroupEntropy> = members
        .into_iter()
        .zip(group_values.iter().zip(&group_weights))
        .map(|((group, (values, weights)), (value, weight))| {
            let (value_share, weight_share) = (value / value_total, weight / weight_total);
            let inner = generalized_entropy(&values, &weights, alpha);
            let factor = weight_share * (value_share / weight_share).powf(alpha);
            let contribution = inner.map_or(0.0, |inner| factor * inner);
            GroupEntropy { group: group.clone(), value_share, weight_share, inner, contribution }
        })
        .collect();
    Ok(EntropyDecomposition {
        total,
        between: generalized_entropy(&group_values, &group_weights, alpha)?,
        within: sum(groups.iter().map(|group| group.contribution)),
        groups,
    })
}

const LABEL: InputColumn = InputColumn {
    name: "group",
    kind: ColumnKind::Label,
    required: false,
    help: Text::new("group of the region, such as a macro-region", "地区所属分组（如大区）"),
};

const SHARE_OUT: Output = out("share", "1", "Share", "占比");

pub(super) static GENERALIZED_ENTROPY: Method = Method {
    id: "generalized-entropy",
    chapter: Chapter::Status,
    title: Text::new("Theil and generalized entropy", "泰尔指数与广义熵"),
    help: Text::new(
        "How unequal are regions, and how much of it lies between groups of them?",
        "地区间有多不平等？其中多少来自组间差异？",
    ),
    inputs: &[Input {
        table: "regions",
        required: true,
        columns: &[
            REGION,
            PERIOD,
            number("value", "what is unequal, such as value added", "所考察的量（如增加值）"),
            optional(number("weight", "population or employment", "人口或就业")),
            LABEL,
            InputColumn {
                name: "subgroup",
                help: Text::new("group inside the group", "组内的下级分组"),
                ..LABEL
            },
            InputColumn {
                name: "subsubgroup",
                help: Text::new("group inside the subgroup", "下级分组内的再下级分组"),
                ..LABEL
            },
        ],
    }],
    options: &[
        OptionSpec {
            name: "alpha",
            kind: OptionKind::Number(-5.0, 5.0),
            default: "0.5",
            help: Text::new("α of the variant `ge-alpha`", "`ge-alpha` 方案的 α"),
        },
        OptionSpec {
            name: "zeros",
            kind: OptionKind::Choice(&["refuse", "drop"]),
            default: "refuse",
            help: Text::new(
                "regions with a value of zero when α ≤ 0: no result, or leave them out",
                "α ≤ 0 时数值为零的地区：不给结果，或剔除",
            ),
        },
        OptionSpec {
            name: "gaps",
            kind: OptionKind::Choice(&["error", "drop-regions", "zero"]),
            default: "error",
            help: Text::new(
                "regions without a number: refuse, leave out, or count as zero",
                "无数值的地区：报错、剔除或按零计",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "theil-t",
            help: Text::new(
                "GE(1), Theil's T; unweighted as PySAL Theil",
                "GE(1)，泰尔 T 指数；不加权时同 PySAL Theil",
            ),
        },
        Variant {
            id: "theil-l",
            help: Text::new(
                "GE(0), mean log deviation; unweighted as REAT theil",
                "GE(0)，平均对数离差；不加权时同 REAT theil",
            ),
        },
        Variant {
            id: "ge2",
            help: Text::new("GE(2), half the squared CV", "GE(2)，变异系数平方的一半"),
        },
        Variant {
            id: "ge-alpha", help: Text::new("GE(α), α by option", "GE(α)，α 由选项给定")
        },
    ],
    outputs: &[
        OutputTable {
            name: "total",
            columns: &[
                OUT_PERIOD,
                out("total", "1", "Inequality", "总不平等"),
                out("between", "1", "Between groups", "组间"),
                out("within", "1", "Within groups", "组内"),
                out("between_share", "1", "Share between", "组间占比"),
                out("n_regions", "1", "Regions", "地区数"),
            ],
        },
        OutputTable {
            name: "groups",
            columns: &[
                OUT_PERIOD,
                out_key("group", "Group", "分组"),
                out("value_share", "1", "Share of the value", "数值占比"),
                out("weight_share", "1", "Share of the weight", "权重占比"),
                out("inner", "1", "Inequality inside", "组内不平等"),
                out("contribution", "1", "Contribution", "贡献"),
            ],
        },
        OutputTable {
            name: "levels",
            columns: &[
                OUT_PERIOD,
                out_key("level", "Level", "层级"),
                out("contribution", "1", "Contribution", "贡献"),
                SHARE_OUT,
            ],
        },
        OutputTable {
            name: "nodes",
            columns: &[
                OUT_PERIOD,
                out_key("group", "Group", "分组"),
                out("depth", "", "Depth", "层级深度"),
                out("value_share", "1", "Share of the value", "数值占比"),
                out("weight_share", "1", "Share of the weight", "权重占比"),
                out("inner", "1", "Inequality inside", "组内不平等"),
                out("between", "1", "Between its parts", "其下级之间"),
                out("contribution", "1", "Contribution of that", "其贡献"),
            ],
        },
    ],
    formula: "T = Σ a ln(a/b)   L = Σ b ln(b/a)   GE(α) = Σ b((a/b)^α − 1)/(α(α − 1))   a, b: \
              shares of the regions in the value and in the weight; within = Σ B(A/B)^α GE of the \
              group, A, B: its shares",
    source: "Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48(3), \
             613–625",
    mark: Mark::Derived,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let alpha = match call.variant() {
        "theil-l" => 0.0,
        "ge2" => 2.0,
        "ge-alpha" => call.option_number("alpha"),
        _ => 1.0,
    };
    let zeros = match call.option("zeros") {
        _ if alpha > 0.0 => Zeros::Fine,
        "drop" => Zeros::Dropped,
        _ => Zeros::Undefined,
    };
    let nested = call.frame("regions")?.has("subgroup");
    let mut notes = Vec::new();
    let (mut total, mut groups) = (Totals::default(), Groups::default());
    let (mut levels, mut nodes) = (Levels::default(), Nodes::default());
    for (period, places) in read_places(call, zeros, &mut notes)? {
        let answer = decompose_entropy(&places.values, &places.weights, places.groups(), alpha);
        total.push(period, places.values.len(), answer.as_ref());
        if let Ok(answer) = answer {
            groups.extend(period, answer.groups);
        }
        if nested
            && let Ok(tree) = nested_entropy(&places.values, &places.weights, &places.levels, alpha)
        {
            levels.push(period, &tree);
            nodes.extend(period, tree.nodes);
        }
    }
    let mut answer = Answer::one("total", total.frame()?).and("groups", groups.frame()?);
    if nested {
        answer = answer.and("levels", levels.frame()?).and("nodes", nodes.frame()?);
    }
    Ok(answer.noting(notes))
}

#[derive(Default)]
struct Totals {
    period: Vec<i64>,
    numbers: [Vec<Datum>; 4],
    n_regions: Vec<i64>,
}

impl Totals {
    fn push(&mut self, period: i64, n: usize, answer: Result<&EntropyDecomposition, &Undefined>) {
        let row = match answer {
            Ok(parts) => [
                Datum::Number(parts.total),
                Datum::Number(parts.between),
                Datum::Number(parts.within),
                Datum::ratio(parts.between, parts.total),
            ],
            Err(why) => [Datum::undefined(*why); 4],
        };
        self.period.push(period);
        self.n_regions.push(n as i64);
        for (column, value) in self.numbers.iter_mut().zip(row) {
            column.push(value);
        }
    }

    fn frame(self) -> Result<Frame, MethodError> {
        let mut columns = vec![Column::integer("period", "", self.period)];
        let names = ["total", "between", "within", "between_share"];
        let numbers = names.into_iter().zip(self.numbers);
        columns.extend(numbers.map(|(name, values)| Column::number(name, "1", values)));
        columns.push(Column::integer("n_regions", "1", self.n_regions));
        Ok(Frame::new(columns)?)
    }
}

#[derive(Default)]
struct Groups {
    period: Vec<i64>,
    groups: Vec<GroupEntropy>,
}

impl Groups {
    fn extend(&mut self, period: i64, groups: Vec<GroupEntropy>) {
        self.period.resize(self.period.len() + groups.len(), period);
        self.groups.extend(groups);
    }

    fn frame(self) -> Result<Frame, MethodError> {
        let groups = &self.groups;
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("group", groups.iter().map(|g| g.group.clone())),
            Column::numbers("value_share", "1", groups.iter().map(|g| g.value_share)),
            Column::numbers("weight_share", "1", groups.iter().map(|g| g.weight_share)),
            Column::number("inner", "1", groups.iter().map(|g| Datum::from(g.inner))),
            Column::numbers("contribution", "1", groups.iter().map(|g| g.contribution)),
        ])?)
    }
}

#[derive(Default)]
struct Levels {
    period: Vec<i64>,
    level: Vec<&'static str>,
    contribution: Vec<Datum>,
    share: Vec<Datum>,
}

impl Levels {
    fn push(&mut self, period: i64, tree: &NestedEntropy) {
        for (name, part) in tree.level_names().into_iter().zip(&tree.levels) {
            self.period.push(period);
            self.level.push(name);
            self.contribution.push(Datum::Number(*part));
            self.share.push(Datum::ratio(*part, tree.total));
        }
    }

    fn frame(self) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("level", self.level),
            Column::number("contribution", "1", self.contribution),
            Column::number("share", "1", self.share),
        ])?)
    }
}

#[cfg(test)]
mod tests;
