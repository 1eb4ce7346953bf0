//! Regions with their values and their neighbors, period by period.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agglo_core::{Axis, Datum, Frame, Key, Lang, Note, Text, Weights};

use crate::call::{Call, MethodError};
use crate::catalog::{
    Input, InputColumn, OptionKind, OptionSpec, PERIOD, REGION, key, number, optional,
};

/// The table of neighbors that every method of this family reads.
pub(super) const WEIGHTS: Input = Input {
    table: "weights",
    required: true,
    columns: &[
        REGION,
        key("neighbor", "code of a neighbor of the region", "邻近地区代码"),
        optional(number("weight", "weight of the neighbor; 1 when absent", "邻近权重；缺省为 1")),
    ],
};

/// The table of one value per region and period.
pub(super) const VALUES: Input = values_with(&[REGION, PERIOD, VALUE]);

/// The value of a row.
pub(super) const VALUE: InputColumn = number("value", "the value of the region", "地区数值");

/// The table `values` with these columns.
pub(super) const fn values_with(columns: &'static [InputColumn]) -> Input {
    Input { table: "values", required: true, columns }
}

/// What to do with regions that hold no number.
pub(super) const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-regions"]),
    default: "error",
    help: Text::new(
        "regions without a number in a period, and neighbors the values do not know: refuse, or leave \
         them out of that period with their edges",
        "某期无数值的地区及数值表中没有的邻近地区：报错，或在该期连同其邻接关系一并剔除",
    ),
};

/// How the given weights are used, rows standardized unless said otherwise.
pub(super) const TRANSFORM: OptionSpec = transform("row");

/// How the given weights are used, each neighbor counting one unless said otherwise.
pub(super) const TRANSFORM_BINARY: OptionSpec = transform("binary");

const fn transform(default: &'static str) -> OptionSpec {
    OptionSpec {
        name: "transform",
        kind: OptionKind::Choice(&["row", "binary", "given"]),
        default,
        help: Text::new(
            "the weights: each row divided by its sum, one for every neighbor, or as given",
            "权重：按行标准化、一律取 1、或按给定值",
        ),
    }
}

/// How a row of weights is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Each row divided by its sum.
    Row,
    /// One for every neighbor.
    Binary,
    /// As given.
    Given,
}

impl Transform {
    pub(super) fn of(call: &Call<'_>) -> Transform {
        match call.option("transform") {
            "binary" => Transform::Binary,
            "given" => Transform::Given,
            _ => Transform::Row,
        }
    }

    /// `weights` in this form.
    #[must_use]
    pub fn apply(self, weights: &Weights) -> Weights {
        match self {
            Transform::Row => weights.row_standardized(),
            Transform::Given => weights.clone(),
            Transform::Binary => {
                let edges = weights.edges().map(|(from, to, _)| (from, to, 1.0)).collect();
                Weights::from_edges(weights.axis().clone(), edges)
                    .unwrap_or_else(|_| weights.clone())
            }
        }
    }
}

/// The table of neighbors as numbers, before it is cut to the regions of a period.
pub(super) struct Neighbors {
    codes: Vec<Key>,
    edges: Vec<(u32, u32, f64)>,
    n_own: usize,
}

impl Neighbors {
    /// The rows of `frame`; a region's weight for itself is counted and left out.
    ///
    /// # Errors
    /// [`MethodError::Data`] for a weight that is none, and what [`Frame`] refuses.
    pub(super) fn read(frame: &Frame) -> Result<Neighbors, MethodError> {
        let cells = frame.text("region")?.iter().chain(frame.text("neighbor")?);
        let coded = agglo_core::Coded::new(cells.map(Option::as_ref));
        let (codes, places) = coded.into_parts();
        let (from, to) = places.split_at(frame.n_rows());
        // The frame says which cell is empty, with its row.
        if places.contains(&agglo_core::Coded::NONE) {
            frame.coded("region")?;
            frame.coded("neighbor")?;
        }
        let weights = if frame.has("weight") { Some(frame.numbers("weight")?) } else { None };
        let (mut edges, mut n_own) = (Vec::with_capacity(from.len()), 0);
        for (row, (&from, &to)) in from.iter().zip(to).enumerate() {
            let weight = match weights.as_ref().map_or(Datum::Number(1.0), |weights| weights[row]) {
                Datum::Number(weight) if weight >= 0.0 => weight,
                Datum::Number(weight) => {
                    let (region, other) = (&codes[from as usize], &codes[to as usize]);
                    return Err(data(format!(
                        "table `weights`, row {}: the weight of `{other}` for `{region}` is \
                         {weight}; weights are zero or more",
                        row + 1
                    )));
                }
                Datum::Gap(gap) => {
                    let (region, other) = (&codes[from as usize], &codes[to as usize]);
                    return Err(data(format!(
                        "table `weights`, row {}: the weight of `{other}` for `{region}` holds no \
                         number: {}",
                        row + 1,
                        gap.reason(Lang::En)
                    )));
                }
            };
            if from == to {
                n_own += 1;
            } else {
                edges.push((from, to, weight));
            }
        }
        Ok(Neighbors { codes, edges, n_own })
    }

    /// The weights among `regions`; edges to or from others are left out, and those others named.
    ///
    /// # Errors
    /// [`MethodError::Data`] for a neighbor that stands twice.
    pub(super) fn among(&self, regions: &Arc<Axis>) -> Result<(Weights, Vec<Key>), MethodError> {
        let places: Vec<Option<u32>> =
            self.codes.iter().map(|code| regions.place(code).map(|place| place as u32)).collect();
        let place = |code: u32| places[code as usize];
        let edges = self
            .edges
            .iter()
            .filter_map(|&(from, to, weight)| Some((place(from)?, place(to)?, weight)))
            .collect();
        let weights = Weights::from_edges(regions.clone(), edges)
            .map_err(|error| data(format!("table `weights`: {error}")))?;
        let unknown = self.codes.iter().zip(&places).filter(|(_, place)| place.is_none());
        Ok((weights, unknown.map(|(code, _)| code.clone()).collect()))
    }
}

/// The regions of one period that hold numbers, and who of them is whose neighbor.
#[derive(Clone)]
pub(super) struct Map {
    pub(super) period: i64,
    pub(super) weights: Arc<Weights>,
    /// The numbers asked for, by column, then region.
    pub(super) columns: Vec<Vec<f64>>,
}

impl Map {
    pub(super) fn regions(&self) -> &Axis {
        self.weights.axis()
    }

    pub(super) fn n(&self) -> usize {
        self.weights.len()
    }

    /// The map without its islands, where the option `islands` leaves them out.
    pub(super) fn settled(&self, call: &Call<'_>) -> Cow<'_, Map> {
        let islands = self.weights.islands();
        if call.option("islands") == "keep" || islands.is_empty() {
            return Cow::Borrowed(self);
        }
        let kept: Vec<usize> =
            (0..self.n()).filter(|r| islands.binary_search(r).is_err()).collect();
        let mut places = vec![0; self.n()];
        for (place, &region) in kept.iter().enumerate() {
            places[region] = place as u32;
        }
        let axis = Axis::new(kept.iter().map(|&region| self.regions().code(region).clone()));
        let place = |region: u32| places[region as usize];
        let edges = self.weights.edges().map(|(from, to, w)| (place(from), place(to), w)).collect();
        // The edges are those of weights, and no island has one.
        let weights =
            Weights::from_edges(axis, edges).map_or_else(|_| self.weights.clone(), Arc::new);
        let columns =
            self.columns.iter().map(|column| kept.iter().map(|&r| column[r]).collect()).collect();
        Cow::Owned(Map { period: self.period, weights, columns })
    }
}

type Cells = BTreeMap<i64, BTreeMap<Key, Vec<Datum>>>;

fn cells(frame: &Frame, names: &[&str]) -> Result<Cells, MethodError> {
    let regions = frame.keys("region")?;
    let periods =
        if frame.has("period") { frame.integers("period")? } else { vec![0; regions.len()] };
    let columns = names.iter().map(|name| frame.numbers(name)).collect::<Result<Vec<_>, _>>()?;
    let mut cells = Cells::new();
    for (row, region) in regions.into_iter().enumerate() {
        let numbers = columns.iter().map(|column| column[row]).collect();
        if cells.entry(periods[row]).or_default().insert(region.clone(), numbers).is_some() {
            return Err(data(format!(
                "table `values`: region `{region}` stands twice in period {}",
                periods[row]
            )));
        }
    }
    Ok(cells)
}

/// The table `values` by period with the numbers of `names` and the weights as given, gaps settled by
/// the option `gaps`.
///
/// # Errors
/// [`MethodError::Data`] names the region and the period, or the neighbor without a value.
pub(super) fn maps(call: &Call<'_>, names: &[&str]) -> Result<(Vec<Map>, Vec<Note>), MethodError> {
    maps_of(call, call.frame("values")?, names)
}

/// As [`maps`], with `values` in place of the table of that name.
///
/// # Errors
/// As [`maps`].
pub(super) fn maps_of(
    call: &Call<'_>,
    values: &Frame,
    names: &[&str],
) -> Result<(Vec<Map>, Vec<Note>), MethodError> {
    let neighbors = Neighbors::read(call.frame("weights")?)?;
    let drops = call.option("gaps") == "drop-regions";
    let mut notes = Vec::new();
    if neighbors.n_own > 0 {
        let n = neighbors.n_own;
        notes.push(Note::new(
            "own-weights-ignored",
            format!("{n} weights of a region for itself were left out"),
            format!("忽略地区对自身的权重 {n} 个"),
        ));
    }
    let mut maps: Vec<Map> = Vec::new();
    for (period, rows) in cells(values, names)? {
        let mut gaps: Vec<Key> = Vec::new();
        let mut kept: Vec<Key> = Vec::with_capacity(rows.len());
        let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(rows.len()); names.len()];
        for (region, numbers) in rows {
            let gap =
                numbers.iter().zip(names).find_map(|(datum, name)| Some((datum.gap()?, name)));
            if let Some((gap, name)) = gap {
                if !drops {
                    return Err(data(format!(
                        "region `{region}`, period {period}: `{name}` holds no number: {}; set \
                         `gaps = drop-regions` to leave such regions out",
                        gap.reason(Lang::En)
                    )));
                }
                gaps.push(region);
                continue;
            }
            for (column, number) in columns.iter_mut().zip(numbers) {
                column.extend(number.number());
            }
            kept.push(region);
        }
        let axis = Arc::new(Axis::new(kept));
        let known = maps.last().filter(|map| **map.weights.axis() == *axis && gaps.is_empty());
        let weights = match known {
            Some(map) => map.weights.clone(),
            None => {
                let (weights, unknown) = neighbors.among(&axis)?;
                let without: BTreeSet<&Key> = gaps.iter().collect();
                let strangers: Vec<Key> =
                    unknown.into_iter().filter(|code| !without.contains(code)).collect();
                if !strangers.is_empty() && !drops {
                    return Err(data(format!(
                        "table `weights` names {} regions without a row in `values` in period \
                         {period}: {}; add their values, or set `gaps = drop-regions`",
                        strangers.len(),
                        list(&strangers)
                    )));
                }
                notes.extend(left_out(
                    period,
                    "regions-dropped",
                    &gaps,
                    "hold no number",
                    "无数值",
                ));
                notes.extend(left_out(
                    period,
                    "neighbors-unknown",
                    &strangers,
                    "are neighbors without a value",
                    "为邻近地区但没有数值",
                ));
                let alone: Vec<Key> =
                    weights.islands().into_iter().map(|r| axis.code(r).clone()).collect();
                if !alone.is_empty() {
                    let (n, codes) = (alone.len(), list(&alone));
                    notes.push(Note::new(
                        "islands",
                        format!("{period}: {n} regions have no neighbor ({codes})"),
                        format!("{period} 年：{n} 个地区没有邻近地区（{codes}）"),
                    ));
                }
                Arc::new(weights)
            }
        };
        maps.push(Map { period, weights, columns });
    }
    Ok((maps, notes))
}

fn left_out(period: i64, code: &str, regions: &[Key], en: &str, zh: &str) -> Option<Note> {
    let (n, codes) = (regions.len(), list(regions));
    (n > 0).then(|| {
        Note::new(
            code,
            format!("{period}: {n} regions {en} and were left out ({codes})"),
            format!("{period} 年：{n} 个地区{zh}，已剔除（{codes}）"),
        )
    })
}

/// The first of `codes`, for a message.
pub(super) fn list(codes: &[Key]) -> String {
    let shown = codes.iter().take(5).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if codes.len() > 5 { format!("{shown}, …") } else { shown }
}

/// A [`MethodError::Data`].
pub(super) fn data(what: String) -> MethodError {
    MethodError::Data { what }
}
