//! Figures asked for on the command line: by id, or any column of a finding by its address.

use agglo_core::{Lang, Values};
use agglo_figure::{
    Axis, BarFigure, BarLayout, BarRow, Baseline, Figure, Group, LineFigure, Order, Series, Words,
};
use agglo_study::Findings;
use agglo_study::address::Address;

use super::{all, heading, map, words};
use crate::context::{Context, TableView};

/// Lines that can be told apart in one plot.
const MOST_LINES: usize = 8;

/// What kind of picture is wanted of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Values by region.
    Map,
    /// Values over time or by rank.
    Plot,
}

/// The figure with this id, or a picture of the column at this address.
///
/// # Errors
/// Why there is none, for people.
pub fn find(findings: &Findings, what: &str, kind: Kind) -> Result<Figure, String> {
    let context = Context { findings };
    if let Some((_, figure)) = all(findings).into_iter().find(|(id, _)| id == what) {
        return Ok(figure);
    }
    let address = Address::parse(what).ok_or_else(|| {
        format!("`{what}` is neither a figure (`agglo list figures`) nor an address STEP.COLUMN")
    })?;
    let view = context
        .table(&address.step, address.table.as_deref().unwrap_or_default())
        .ok_or_else(|| format!("no answered step holds `{what}`; `agglo list steps` shows them"))?;
    view.frame().column(&address.column).map_err(|error| error.to_string())?;
    let keys: Vec<(&str, &str)> =
        address.keys.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let rows = view.rows(&keys);
    if rows.is_empty() {
        return Err(format!("no row fits `{what}`"));
    }
    match kind {
        Kind::Map => by_region(context, view, &address, &rows),
        Kind::Plot => plot(context, view, &address, rows),
    }
}

fn title(view: TableView<'_>, address: &Address) -> (Words, Words) {
    let column = view
        .finding()
        .method
        .outputs
        .iter()
        .flat_map(|table| table.columns)
        .find(|output| output.name == address.column);
    let title = column.map_or(Words::same(address.column.clone()), |output| output.title.into());
    let keys: Vec<String> = address.keys.iter().map(|(k, v)| format!("{k} {v}")).collect();
    let method = view.finding().method.title;
    let variant = &view.finding().record.variant;
    let subtitle = Words::new(
        [format!("{} [{variant}]", method.en), keys.join(", ")].join("; "),
        [format!("{} [{variant}]", method.zh), keys.join("，")].join("；"),
    );
    (title, subtitle)
}

fn by_region(
    context: Context<'_>,
    view: TableView<'_>,
    address: &Address,
    rows: &[usize],
) -> Result<Figure, String> {
    if !view.frame().has("region") {
        return Err(format!("`{address}` has no rows by region; `agglo plot` draws it"));
    }
    let mut values = std::collections::BTreeMap::new();
    for &row in rows {
        let region = view.text(row, "region");
        if values.insert(region.clone(), view.datum(row, &address.column)).is_some() {
            return Err(format!(
                "`{address}` has several rows for region {region}; add keys, such as industry=… or \
                 period=…"
            ));
        }
    }
    if map::shape_of(context)?.is_none() {
        return Err("the study has neither [geo] boundaries nor [geo] tiles".to_owned());
    }
    let (title, subtitle) = title(view, address);
    let around = view
        .frame()
        .numbers(&address.column)
        .is_ok_and(|cells| cells.iter().any(|cell| cell.number().is_some_and(|v| v < 0.0)))
        .then_some(0.0)
        .or((address.column == "lq").then_some(1.0));
    let id = "asked";
    map::map(
        context,
        id,
        title.clone(),
        subtitle,
        Axis::new(title),
        values.into_iter().collect(),
        around,
    )
    .ok_or_else(|| "the study has neither [geo] boundaries nor [geo] tiles".to_owned())
}

fn plot(
    context: Context<'_>,
    view: TableView<'_>,
    address: &Address,
    rows: Vec<usize>,
) -> Result<Figure, String> {
    let (title, subtitle) = title(view, address);
    let others: Vec<&str> = view
        .frame()
        .columns()
        .iter()
        .filter(|column| matches!(column.values(), Values::Text(_)))
        .map(agglo_core::Column::name)
        .filter(|name| !address.keys.contains_key(*name))
        .collect();
    let label = |row: usize| {
        let parts: Vec<Words> = others
            .iter()
            .map(|&name| {
                let code = view.text(row, name);
                match name {
                    "region" => words(&context.region(&code)),
                    "industry" => words(&context.industry(&code)),
                    _ => Words::same(code),
                }
            })
            .collect();
        let join = |lang| parts.iter().map(|w| w.get(lang)).collect::<Vec<_>>().join(" · ");
        Words::new(join(Lang::En), join(Lang::Zh))
    };
    let key = |row: usize| others.iter().map(|o| view.text(row, o)).collect::<Vec<_>>().join("/");
    let over_time = view.frame().has("period") && !address.keys.contains_key("period");
    if over_time {
        let mut series: Vec<Series> = Vec::new();
        let mut rows_of: Vec<Vec<usize>> = Vec::new();
        for row in rows {
            let Ok(year) = view.text(row, "period").parse() else { continue };
            let key = key(row);
            let place = match series.iter().position(|s| s.group.key == key) {
                Some(place) => place,
                None => {
                    let group = Group::new(key, label(row));
                    series.push(Series { group, points: Vec::new(), ranges: Vec::new() });
                    rows_of.push(Vec::new());
                    series.len() - 1
                }
            };
            series[place].points.push((year, view.datum(row, &address.column)));
            rows_of[place].push(row);
        }
        if series.len() > MOST_LINES {
            return Err(format!(
                "`{address}` is {} lines; at most {MOST_LINES} can be told apart: add keys from {}",
                series.len(),
                others.join(", ")
            ));
        }
        for (series, rows) in series.iter_mut().zip(&rows_of) {
            series.ranges = super::ranges(view, rows, &address.column);
        }
        return Ok(Figure::Line(LineFigure {
            heading: heading("asked", title.clone(), subtitle),
            axis: Axis::new(title),
            baseline: Baseline::Data,
            series,
            ranges: view.context().range_label(),
            breaks: Vec::new(),
            windows: Vec::new(),
            reference: None,
        }));
    }
    let rows = view.sorted(rows, &address.column);
    Ok(Figure::Bar(BarFigure {
        heading: heading("asked", title.clone(), subtitle),
        axis: Axis::new(title.clone()),
        series: vec![Group::new(address.column.clone(), title)],
        rows: rows
            .into_iter()
            .take(super::MAX_BARS)
            .map(|row| BarRow {
                key: key(row),
                name: label(row),
                values: vec![view.datum(row, &address.column)],
            })
            .collect(),
        layout: BarLayout::Grouped,
        order: Order::Given,
        reference: None,
    }))
}
