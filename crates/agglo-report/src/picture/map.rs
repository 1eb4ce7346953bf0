//! Findings by region as maps: boundaries where the study has them, else a grid of tiles.

use std::path::Path;

use agglo_core::Datum;
use agglo_figure::{
    AreaNames, Areas, Axis, Classes, Figure, MapFigure, MapShape, Tile, Words, china_province_tiles,
};
use agglo_study::spec::GeoSpec;

use super::{block, heading};
use crate::context::{Context, TableView};
use crate::document::Block;

/// Classes of a map when the study names no number.
const CLASSES: usize = 5;

/// What the study's maps color; nothing where it has neither boundaries nor tiles.
///
/// # Errors
/// When the file cannot be read: the text says which and why.
pub fn shape(root: &Path, geo: &GeoSpec) -> Result<Option<MapShape>, String> {
    let read = |file: &str| {
        let path = root.join(file);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    if let Some(file) = &geo.boundaries {
        let path = agglo_study::boundaries::file(root);
        let text = std::fs::read_to_string(&path)
            .map_err(|_| format!("{file} could not be read; `agglo check` says why"))?;
        let areas = Areas::read(&text, &AreaNames::default());
        let areas = areas.map_err(|error| format!("{file}: {error}"))?;
        return Ok(Some(MapShape::Areas(areas)));
    }
    Ok(match geo.tiles.as_deref() {
        None => None,
        Some("builtin:cn-province") => Some(MapShape::Tiles(china_province_tiles())),
        Some(file) => Some(MapShape::Tiles(Tile::parse(&read(file)?))),
    })
}

/// What the maps of these findings color.
pub(super) fn shape_of(context: Context<'_>) -> Result<Option<MapShape>, String> {
    shape(&context.findings.root, &context.findings.spec.geo)
}

/// A map of `values`, if the study has something to color.
pub(super) fn map(
    context: Context<'_>,
    id: &str,
    title: Words,
    subtitle: Words,
    axis: Axis,
    values: Vec<(String, Datum)>,
    around: Option<f64>,
) -> Option<Figure> {
    let shape = shape_of(context).ok().flatten()?;
    let spec = &context.findings.spec.map;
    let k = spec.k.unwrap_or(CLASSES).clamp(2, 9);
    let classes = match (around, spec.scheme.as_deref()) {
        (Some(center), _) => Classes::Around { center, per_side: k.div_ceil(2) },
        (None, Some("fisher-jenks")) => Classes::Jenks(k),
        (None, _) => Classes::Quantiles(k),
    };
    Some(Figure::Map(MapFigure {
        heading: heading(id, title, subtitle),
        axis,
        shape,
        values,
        classes,
        flows: Vec::new(),
        flow_axis: Axis::default(),
    }))
}

/// A column of a finding by region: a map, or bars where there is none.
pub(crate) fn region_figure(
    context: Context<'_>,
    view: TableView<'_>,
    column: &'static str,
    id: &str,
    title: Words,
    axis: Words,
) -> Option<Block> {
    let rows = view.sorted((0..view.n_rows()).collect(), column);
    if !rows.iter().any(|&row| view.number(row, column).is_some()) {
        return None;
    }
    let values = rows.iter().map(|&row| (view.text(row, "region"), view.datum(row, column)));
    let figure = map(
        context,
        id,
        title.clone(),
        axis.clone(),
        Axis::new(axis.clone()),
        values.collect(),
        None,
    );
    match figure {
        Some(figure) => block(id, figure, view),
        None => super::region_rows_figure(context, view, &rows, column, id, title, axis),
    }
}

/// How many strong clusters each region has.
pub(crate) fn cluster_map(
    context: Context<'_>,
    counts: &[(String, usize)],
    clusters: TableView<'_>,
) -> Option<Block> {
    let mut values: std::collections::BTreeMap<String, Datum> = (0..clusters.n_rows())
        .map(|row| (clusters.text(row, "region"), Datum::Number(0.0)))
        .collect();
    for (code, n) in counts {
        values.insert(code.clone(), Datum::Number(*n as f64));
    }
    let title = Words::new("Strong clusters by region", "各地区强集群数");
    let axis = Words::new("Number of strong clusters", "强集群数");
    let figure = map(
        context,
        "map-clusters",
        title,
        axis.clone(),
        Axis::new(axis),
        values.into_iter().collect(),
        None,
    )?;
    block("map-clusters", figure, clusters)
}

/// The change of each region's share of the focus industry, else of the industry that moved most.
pub(crate) fn share_change_map(context: Context<'_>, changes: TableView<'_>) -> Option<Block> {
    let focus = context.findings.spec.industry.focus.clone();
    let industry =
        focus.filter(|code| changes.row(&[("industry", code)]).is_some()).or_else(|| {
            let industries = context.table("share-change", "industries")?;
            let order = industries.sorted((0..industries.n_rows()).collect(), "mobility");
            order.first().map(|&row| industries.text(row, "industry"))
        })?;
    let rows = changes.rows(&[("industry", &industry)]);
    let first = *rows.first()?;
    let values = rows
        .iter()
        .map(|&row| {
            let points = changes.datum(row, "delta_share").map(|d| d * 100.0);
            (changes.text(row, "region"), points)
        })
        .collect();
    let name = context.industry(&industry);
    let (from, to) = (changes.text(first, "from"), changes.text(first, "to"));
    let figure = map(
        context,
        "map-share-change",
        Words::new(
            format!("Where the share of {} rose and fell", name.en),
            format!("{}份额的升降", name.zh),
        ),
        Words::new(
            format!("Change of the region's share, {from}–{to}, percentage points"),
            format!("{from}—{to} 年各地区份额的变化（百分点）"),
        ),
        Axis::new(Words::new("Percentage points", "百分点")),
        values,
        Some(0.0),
    )?;
    block("map-share-change", figure, changes)
}
