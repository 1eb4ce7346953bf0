//! The table `weights` as a matrix over the rows of a regression.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Axis, Key, Note, Weights};

use crate::call::{Call, MethodError};
use crate::regression::observations::Observations;

/// The edges of the table `weights`, in its order.
pub(crate) struct Edges(Vec<(Key, Key, f64)>);

impl Edges {
    /// Reads the table.
    pub(crate) fn read(call: &Call<'_>) -> Result<Edges, MethodError> {
        let frame = call.frame("weights")?;
        let (from, to) = (frame.keys("region")?, frame.keys("neighbor")?);
        let mut edges = Vec::with_capacity(from.len());
        let mut seen = BTreeSet::new();
        for ((from, to), weight) in from.into_iter().zip(to).zip(frame.numbers("weight")?) {
            let refuse = |why: &str| MethodError::Data {
                what: format!("weights, `{from}` to `{to}`: {why}"),
            };
            let weight = weight.number().ok_or_else(|| refuse("the weight is no number"))?;
            if weight < 0.0 {
                return Err(refuse(&format!("the weight {weight} is below zero")));
            }
            if !seen.insert((from.clone(), to.clone())) {
                return Err(refuse("the pair stands twice"));
            }
            edges.push((from, to, weight));
        }
        Ok(Edges(edges))
    }

    /// The matrix over `n` rows; each of `periods` tells the row of a region. What is said: edges
    /// to regions without a row, edges of a region with itself, and islands, all of them left out.
    pub(crate) fn over(
        &self,
        n: usize,
        periods: &[BTreeMap<&Key, usize>],
        name: impl Fn(usize) -> Key,
    ) -> Result<(Weights, Vec<Note>), MethodError> {
        let mut edges = Vec::new();
        let (mut n_outside, mut n_own) = (0_usize, 0_usize);
        for (from, to, weight) in &self.0 {
            if from == to {
                n_own += 1;
                continue;
            }
            let before = edges.len();
            for rows in periods {
                if let (Some(&from), Some(&to)) = (rows.get(from), rows.get(to)) {
                    edges.push((from as u32, to as u32, *weight));
                }
            }
            n_outside += usize::from(edges.len() == before);
        }
        // Codes that sort as the rows stand.
        let width = n.to_string().len();
        let axis = Axis::new((0..n).map(|row| format!("{row:0width$}")));
        let weights = Weights::from_edges(axis, edges)
            .map_err(|error| MethodError::Data { what: error.to_string() })?;
        let mut notes = Vec::new();
        if n_outside > 0 {
            notes.push(Note::new(
                "edges-outside",
                format!("{n_outside} weights join regions that are not in the regression"),
                format!("{n_outside} 条权重所连地区不在回归样本内"),
            ));
        }
        if n_own > 0 {
            notes.push(Note::new(
                "edges-own",
                format!("{n_own} weights of a region for itself were left out"),
                format!("剔除地区自身权重 {n_own} 条"),
            ));
        }
        let islands = weights.islands();
        if islands.len() == n {
            return Err(MethodError::NotIdentified {
                what: "no two rows are neighbors: the codes in `weights` may be of another edition"
                    .to_owned(),
            });
        }
        if !islands.is_empty() {
            let n_islands = islands.len();
            let list: BTreeSet<Key> = islands.into_iter().map(name).collect();
            let shown: Vec<&str> = list.iter().take(5).map(AsRef::as_ref).collect();
            let shown = shown.join(", ");
            notes.push(Note::new(
                "islands",
                format!("{n_islands} rows have no neighbor, and a spatial lag of zero ({shown})"),
                format!("{n_islands} 行无相邻地区，其空间滞后为零（{shown}）"),
            ));
        }
        Ok((weights, notes))
    }
}

/// The weights over the rows of `data`, standardized as the option says.
pub(in crate::regression) fn neighborhood(
    call: &Call<'_>,
    data: &Observations,
) -> Result<(Weights, Vec<Note>), MethodError> {
    let periods: Vec<BTreeMap<&Key, usize>> = data.by_period().into_values().collect();
    let (weights, notes) =
        Edges::read(call)?.over(data.n(), &periods, |row| data.regions[row].clone())?;
    Ok((standardized(call, weights), notes))
}

/// `weights` as the option `standardize` says.
pub(crate) fn standardized(call: &Call<'_>, weights: Weights) -> Weights {
    if call.option("standardize") == "none" { weights } else { weights.row_standardized() }
}
