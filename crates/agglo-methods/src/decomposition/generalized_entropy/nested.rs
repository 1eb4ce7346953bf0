//! Generalized entropy over groups inside groups, to any depth.
//!
//! GE = Σ over all groups g of B_g (A_g/B_g)^α GE(between the parts of g), the whole being a group
//! and the parts of the narrowest groups the regions themselves.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Undefined, sum};

use super::generalized_entropy;
use crate::call::MethodError;

/// A group with what lies between its parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EntropyNode {
    /// The group with the names of those around it.
    pub group: Key,
    /// 1 for the widest groups.
    pub depth: usize,
    /// Its share of the value.
    pub value_share: f64,
    /// Its share of the weight.
    pub weight_share: f64,
    /// The inequality of all places inside it.
    pub inner: Result<f64, Undefined>,
    /// The inequality between its parts: the groups of the next level, or its places.
    pub between: Result<f64, Undefined>,
    /// What that adds to the total.
    pub contribution: f64,
}

/// An inequality by levels of groups.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NestedEntropy {
    /// The inequality of all places.
    pub total: f64,
    /// Between the widest groups; then, for every further level, between its groups inside one of
    /// the level above; last, inside the narrowest groups. They sum to the total.
    pub levels: Vec<f64>,
    /// All groups, by level and in order.
    pub nodes: Vec<EntropyNode>,
}

/// The places of a group at one level.
#[derive(Default)]
struct Members {
    values: Vec<f64>,
    weights: Vec<f64>,
    /// Totals of its parts by name.
    parts: BTreeMap<Key, (f64, f64)>,
}

/// GE(α) of `values` with `weights`, decomposed by `levels` of groups, the widest first; the names of
/// groups inside different groups must differ.
///
/// # Errors
/// As [`generalized_entropy`].
///
/// # Panics
/// As [`generalized_entropy`], when there is no level, or when a place has no group.
pub fn nested_entropy(
    values: &[f64],
    weights: &[f64],
    levels: &[Vec<Key>],
    alpha: f64,
) -> Result<NestedEntropy, Undefined> {
    assert!(!levels.is_empty(), "one level of groups or more");
    let total = generalized_entropy(values, weights, alpha)?;
    let (value_total, weight_total) = (sum(values.iter().copied()), sum(weights.iter().copied()));
    let mut nodes = Vec::new();
    let mut contributions = Vec::with_capacity(levels.len() + 1);
    let widest = totals_by(values, weights, &levels[0]);
    contributions.push(between(&widest, alpha)?);
    for (depth, level) in levels.iter().enumerate() {
        assert_eq!(level.len(), values.len(), "a group for every value");
        let deeper = levels.get(depth + 1);
        let mut groups: BTreeMap<&Key, Members> = BTreeMap::new();
        for (place, group) in level.iter().enumerate() {
            let members = groups.entry(group).or_default();
            members.values.push(values[place]);
            members.weights.push(weights[place]);
            if let Some(deeper) = deeper {
                let part = members.parts.entry(deeper[place].clone()).or_default();
                part.0 += values[place];
                part.1 += weights[place];
            }
        }
        let mut own = Vec::with_capacity(groups.len());
        for (group, members) in groups {
            let value_share = sum(members.values.iter().copied()) / value_total;
            let weight_share = sum(members.weights.iter().copied()) / weight_total;
            let inner = generalized_entropy(&members.values, &members.weights, alpha);
            let between = if deeper.is_some() { between(&members.parts, alpha) } else { inner };
            let factor = weight_share * (value_share / weight_share).powf(alpha);
            let contribution = between.map_or(0.0, |between| factor * between);
            own.push(contribution);
            nodes.push(EntropyNode {
                group: group.clone(),
                depth: depth + 1,
                value_share,
                weight_share,
                inner,
                between,
                contribution,
            });
        }
        contributions.push(sum(own));
    }
    Ok(NestedEntropy { total, levels: contributions, nodes })
}

fn totals_by(values: &[f64], weights: &[f64], groups: &[Key]) -> BTreeMap<Key, (f64, f64)> {
    let mut totals: BTreeMap<Key, (f64, f64)> = BTreeMap::new();
    for ((value, weight), group) in values.iter().zip(weights).zip(groups) {
        let total = totals.entry(group.clone()).or_default();
        total.0 += value;
        total.1 += weight;
    }
    totals
}

fn between(parts: &BTreeMap<Key, (f64, f64)>, alpha: f64) -> Result<f64, Undefined> {
    let (values, weights): (Vec<f64>, Vec<f64>) = parts.values().copied().unzip();
    generalized_entropy(&values, &weights, alpha)
}

impl NestedEntropy {
    /// The names of [`NestedEntropy::levels`], for up to three levels of groups.
    pub(super) fn level_names(&self) -> Vec<&'static str> {
        const BETWEEN: [&str; 3] = ["between-groups", "between-subgroups", "between-subsubgroups"];
        const WITHIN: [&str; 3] = ["within-groups", "within-subgroups", "within-subsubgroups"];
        let depth = (self.levels.len() - 1).min(BETWEEN.len());
        BETWEEN[..depth].iter().copied().chain([WITHIN[depth - 1]]).collect()
    }
}

#[derive(Default)]
pub(super) struct Nodes {
    period: Vec<i64>,
    nodes: Vec<EntropyNode>,
}

impl Nodes {
    pub(super) fn extend(&mut self, period: i64, nodes: Vec<EntropyNode>) {
        self.period.resize(self.period.len() + nodes.len(), period);
        self.nodes.extend(nodes);
    }

    pub(super) fn frame(self) -> Result<Frame, MethodError> {
        let nodes = &self.nodes;
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("group", nodes.iter().map(|node| node.group.clone())),
            Column::integer("depth", "", nodes.iter().map(|node| node.depth as i64)),
            Column::numbers("value_share", "1", nodes.iter().map(|node| node.value_share)),
            Column::numbers("weight_share", "1", nodes.iter().map(|node| node.weight_share)),
            Column::number("inner", "1", nodes.iter().map(|node| Datum::from(node.inner))),
            Column::number("between", "1", nodes.iter().map(|node| Datum::from(node.between))),
            Column::numbers("contribution", "1", nodes.iter().map(|node| node.contribution)),
        ])?)
    }
}
