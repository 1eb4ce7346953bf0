//! The indicator table as columns of complete numbers, with direction, dimension and weight.

use std::collections::BTreeMap;

use agglo_core::{Axis, Datum, Frame, Gap, Key, Note, Text, Values};

use super::tree::{Direction, indicator_tree, tree_note};
use crate::call::{Call, MethodError};
use crate::catalog::{
    ColumnKind, Input, InputColumn, OptionKind, OptionSpec, PERIOD, REGION, VALUE, key, number,
    optional,
};

const fn label(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Label, required: false, help: Text::new(en, zh) }
}

pub(super) const INDICATOR: Input = Input {
    table: "indicator",
    required: true,
    columns: &[REGION, PERIOD, key("indicator", "indicator code", "指标代码"), VALUE],
};
pub(super) const INDICATOR_META: Input = Input {
    table: "indicator_meta",
    required: false,
    columns: &[
        key("indicator", "indicator code", "指标代码"),
        label("dimension", "what it is part of", "所属维度"),
        InputColumn {
            required: true,
            ..label("direction", "+ more is better, - less is better", "+ 正向，- 逆向")
        },
        label("unit", "unit", "单位"),
        optional(number("weight", "weight, for weights = given", "权重（weights = given 时使用）")),
        label("transform", "log, or nothing", "log 或留空"),
    ],
};
pub(super) const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-regions", "drop-indicators"]),
    default: "error",
    help: Text::new(
        "indicators without a number: refuse, or leave out their regions or indicators",
        "无数值的指标：报错、剔除所在地区或指标",
    ),
};

/// Rows (region and period) × indicators, complete.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Indicators {
    pub(super) rows: Vec<(i64, Key)>,
    pub(super) names: Vec<Key>,
    pub(super) dimensions: Vec<Option<Key>>,
    pub(super) directions: Vec<Direction>,
    pub(super) given: Vec<Option<f64>>,
    /// One column per indicator.
    pub(super) columns: Vec<Vec<f64>>,
}

/// What is known of an indicator.
struct Meta {
    dimension: Option<Key>,
    direction: Direction,
    weight: Option<f64>,
    log: bool,
}

impl Indicators {
    /// The tables `indicator` and `indicator_meta` of `call`, constant indicators left out.
    pub(super) fn read(call: &Call<'_>) -> Result<(Indicators, Vec<Note>), MethodError> {
        let mut notes = Vec::new();
        let meta = if call.has("indicator_meta") {
            given_meta(call.frame("indicator_meta")?)?
        } else {
            notes.push(tree_note());
            default_meta()
        };
        let (axis, rows, cells) = cells(call.frame("indicator")?)?;
        let unknown: Vec<&str> =
            axis.codes().iter().filter(|c| !meta.contains_key(*c)).map(AsRef::as_ref).collect();
        if !unknown.is_empty() {
            let list = unknown.join(", ");
            notes.push(Note::new(
                "indicators-unknown",
                format!("without a direction, and so left out: {list}"),
                format!("因未给出方向而剔除：{list}"),
            ));
        }
        let mut columns: Vec<(usize, Vec<Datum>)> = Vec::new();
        for (place, code) in axis.codes().iter().enumerate() {
            if let Some(meta) = meta.get(code) {
                let column = cells.iter().map(|row| row[place]).collect();
                columns.push((place, transformed(column, meta.log, code)?));
            }
        }
        let rows = settle_gaps(call.option("gaps"), rows, &mut columns, &axis, &mut notes)?;

        let mut found = Indicators {
            rows,
            names: vec![],
            dimensions: vec![],
            directions: vec![],
            given: vec![],
            columns: vec![],
        };
        for (place, column) in columns {
            let code = axis.code(place);
            let values: Vec<f64> = column.into_iter().filter_map(Datum::number).collect();
            if values.windows(2).all(|pair| pair[0] == pair[1]) {
                notes.push(Note::new(
                    "indicator-constant",
                    format!("indicator `{code}` is the same everywhere and was left out"),
                    format!("指标 `{code}` 处处相同，已剔除"),
                ));
                continue;
            }
            let Some(meta) = meta.get(code) else { continue };
            found.names.push(code.clone());
            found.dimensions.push(meta.dimension.clone());
            found.directions.push(meta.direction);
            found.given.push(meta.weight);
            found.columns.push(values);
        }
        if found.names.is_empty() {
            return Err(MethodError::NotIdentified {
                what: "no complete indicator with a direction varies over the regions".to_owned(),
            });
        }
        Ok((found, notes))
    }

    /// The periods there are, in order.
    pub(super) fn periods(&self) -> Vec<i64> {
        let mut periods: Vec<i64> = self.rows.iter().map(|(period, _)| *period).collect();
        periods.dedup();
        periods
    }

    /// The places of the rows of `period`.
    pub(super) fn rows_of(&self, period: i64) -> Vec<usize> {
        (0..self.rows.len()).filter(|&row| self.rows[row].0 == period).collect()
    }

    /// The same table with one row left out.
    pub(super) fn without(&self, row: usize) -> Indicators {
        let mut rest = self.clone();
        rest.rows.remove(row);
        rest.columns.iter_mut().for_each(|column| {
            column.remove(row);
        });
        rest
    }
}

fn default_meta() -> BTreeMap<Key, Meta> {
    indicator_tree()
        .iter()
        .map(|known| {
            let meta = Meta {
                dimension: Some(Key::from(known.dimension)),
                direction: known.direction,
                weight: None,
                log: false,
            };
            (Key::from(known.indicator), meta)
        })
        .collect()
}

/// The cells of a label column as text, whatever kind it was read as.
fn labels(frame: &Frame, name: &str) -> Result<Vec<Option<String>>, MethodError> {
    if !frame.has(name) {
        return Ok(vec![None; frame.n_rows()]);
    }
    Ok(match frame.column(name)?.values() {
        Values::Text(cells) => cells.iter().map(|c| c.as_ref().map(ToString::to_string)).collect(),
        Values::Integer(cells) => cells.iter().map(|c| c.map(|c| c.to_string())).collect(),
        Values::Number(cells) => cells.iter().map(|c| c.number().map(|c| c.to_string())).collect(),
    })
}

fn given_meta(frame: &Frame) -> Result<BTreeMap<Key, Meta>, MethodError> {
    frame.column("direction")?;
    let directions = labels(frame, "direction")?;
    let (dimensions, transforms) = (labels(frame, "dimension")?, labels(frame, "transform")?);
    let weights = if frame.has("weight") {
        frame.numbers("weight")?.into_iter().map(Datum::number).collect()
    } else {
        vec![None; frame.n_rows()]
    };
    let mut all = BTreeMap::new();
    for (row, code) in frame.keys("indicator")?.into_iter().enumerate() {
        let wrong = |column: &str, found: &str, allowed: &str| MethodError::Data {
            what: format!(
                "indicator `{code}`: {column} is `{found}`; allowed: {allowed} (row {} of \
                 indicator_meta)",
                row + 1
            ),
        };
        let written = directions[row].clone().unwrap_or_default();
        let direction = Direction::from_text(&written)
            .ok_or_else(|| wrong("direction", &written, "+ and -"))?;
        let log = match transforms[row].as_deref().unwrap_or_default() {
            "" | "none" => false,
            "log" => true,
            other => return Err(wrong("transform", other, "log, none, or empty")),
        };
        if let Some(weight) = weights[row].filter(|w| *w < 0.0) {
            return Err(wrong("weight", &weight.to_string(), "zero or more"));
        }
        let dimension = dimensions[row].clone().map(Key::from);
        let meta = Meta { dimension, direction, weight: weights[row], log };
        if all.insert(code.clone(), meta).is_some() {
            return Err(MethodError::Data {
                what: format!("indicator `{code}` stands twice in indicator_meta"),
            });
        }
    }
    Ok(all)
}

type Cells = (Axis, Vec<(i64, Key)>, Vec<Vec<Datum>>);

/// The long table as rows (period, region) × indicators; what is not listed is missing.
fn cells(frame: &Frame) -> Result<Cells, MethodError> {
    let (region, indicator) = (frame.keys("region")?, frame.keys("indicator")?);
    let period =
        if frame.has("period") { frame.integers("period")? } else { vec![0; frame.n_rows()] };
    let value = frame.numbers("value")?;
    let axis = Axis::new(indicator.iter().cloned());
    let mut rows: BTreeMap<(i64, Key), Vec<Option<Datum>>> = BTreeMap::new();
    for row in 0..frame.n_rows() {
        let cells = rows
            .entry((period[row], region[row].clone()))
            .or_insert_with(|| vec![None; axis.len()]);
        let place = axis.place(&indicator[row]).unwrap_or_default();
        if cells[place].replace(value[row]).is_some() {
            return Err(MethodError::Data {
                what: format!(
                    "two rows for region `{}`, period {}, indicator `{}`",
                    region[row], period[row], indicator[row]
                ),
            });
        }
    }
    let missing = Datum::Gap(Gap::Missing);
    let (keys, cells) = rows
        .into_iter()
        .map(|(key, row)| (key, row.into_iter().map(|cell| cell.unwrap_or(missing)).collect()))
        .unzip();
    Ok((axis, keys, cells))
}

fn transformed(column: Vec<Datum>, log: bool, code: &Key) -> Result<Vec<Datum>, MethodError> {
    if !log {
        return Ok(column);
    }
    if let Some(value) = column.iter().filter_map(|cell| cell.number()).find(|v| *v <= 0.0) {
        return Err(MethodError::Data {
            what: format!("indicator `{code}` is to be logged and holds {value}"),
        });
    }
    Ok(column.into_iter().map(|cell| cell.map(f64::ln)).collect())
}

/// Leaves out what `policy` says; the rows that stay.
fn settle_gaps(
    policy: &str,
    rows: Vec<(i64, Key)>,
    columns: &mut Vec<(usize, Vec<Datum>)>,
    axis: &Axis,
    notes: &mut Vec<Note>,
) -> Result<Vec<(i64, Key)>, MethodError> {
    let is_gap = |cell: &Datum| cell.gap().is_some();
    match policy {
        "drop-regions" => {
            let keep: Vec<bool> = (0..rows.len())
                .map(|row| !columns.iter().any(|(_, column)| is_gap(&column[row])))
                .collect();
            let dropped: Vec<String> = rows
                .iter()
                .zip(&keep)
                .filter(|(_, keep)| !**keep)
                .map(|((period, region), _)| format!("{region} {period}"))
                .collect();
            if !dropped.is_empty() {
                let (n, list) = (dropped.len(), shortened(&dropped));
                notes.push(Note::new(
                    "regions-dropped",
                    format!("{n} regions with gaps were left out ({list})"),
                    format!("剔除含缺口的地区 {n} 个（{list}）"),
                ));
            }
            for (_, column) in columns.iter_mut() {
                let mut place = keep.iter();
                column.retain(|_| place.next().copied().unwrap_or(false));
            }
            Ok(rows.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(r, _)| r).collect())
        }
        "drop-indicators" => {
            let dropped: Vec<String> = columns
                .iter()
                .filter(|(_, column)| column.iter().any(is_gap))
                .map(|(place, _)| axis.code(*place).to_string())
                .collect();
            columns.retain(|(_, column)| !column.iter().any(is_gap));
            if !dropped.is_empty() {
                let (n, list) = (dropped.len(), shortened(&dropped));
                notes.push(Note::new(
                    "indicators-dropped",
                    format!("{n} indicators with gaps were left out ({list})"),
                    format!("剔除含缺口的指标 {n} 个（{list}）"),
                ));
            }
            Ok(rows)
        }
        _ => {
            for (place, column) in columns.iter() {
                if let Some(row) = column.iter().position(is_gap) {
                    return Err(MethodError::Data {
                        what: format!(
                            "indicator `{}` holds no number for region `{}`, period {}; complete \
                             it, or choose `gaps = drop-regions` or `drop-indicators`",
                            axis.code(*place),
                            rows[row].1,
                            rows[row].0
                        ),
                    });
                }
            }
            Ok(rows)
        }
    }
}

fn shortened(names: &[String]) -> String {
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown}, …") } else { shown }
}
