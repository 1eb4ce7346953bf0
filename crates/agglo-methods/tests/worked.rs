//! Formulas with the numbers put in lead to the numbers of the methods, whatever the variant.
#![expect(clippy::unwrap_used, reason = "a value that is not there fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agglo_core::{Absent, Column, Datum, Frame, GapPolicy, Panel, Values};
use agglo_methods::call::{Inputs, Options, ask};
use agglo_methods::worked::{Asked, WORKED, worked};
use agglo_methods::{find, methods};

const YEARS: [i64; 4] = [2000, 2001, 2003, 2004];

/// Five regions × four industries × four years, with an empty cell that is filled later and a region
/// that one industry leaves.
fn cells() -> Frame {
    let (mut region, mut industry, mut period, mut value) = (vec![], vec![], vec![], vec![]);
    for (y, &year) in YEARS.iter().enumerate() {
        for (r, code) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
            for (i, sector) in ["w", "x", "y", "z"].into_iter().enumerate() {
                region.push(code);
                industry.push(sector);
                period.push(year);
                let grown = 11.0 + ((r * 17 + i * 29 + y * 7 + r * i * 5) % 23) as f64;
                value.push(match (r, i, y) {
                    (0, 0, 0) | (4, 3, 2 | 3) => 0.0,
                    _ => grown + (y * (i + 1)) as f64 / 4.0,
                });
            }
        }
    }
    Frame::new(vec![
        Column::text("region", region),
        Column::text("industry", industry),
        Column::integer("period", "", period),
        Column::numbers("value", "persons", value),
    ])
    .unwrap()
}

/// Two series with prices; the year 2002 is not there.
fn series() -> Frame {
    let rows = || ["north", "south"].into_iter().flat_map(|name| YEARS.map(|year| (name, year)));
    let place = |(name, year): (&str, i64)| (year - 1999) as f64 + name.len() as f64 / 7.0;
    Frame::new(vec![
        Column::text("series", rows().map(|row| row.0)),
        Column::integer("period", "", rows().map(|row| row.1)),
        Column::numbers("value", "yuan", rows().map(|row| 100.0 + place(row).powi(2))),
        Column::numbers("price_index", "1", rows().map(|row| 1.0 + place(row) / 50.0)),
    ])
    .unwrap()
}

/// Income by region, with a region that lacks one year.
fn regions() -> Frame {
    let rows = || ["a", "b", "c", "d", "e"].into_iter().flat_map(|code| YEARS.map(|y| (code, y)));
    let value = |(code, year): (&str, i64)| {
        let r = f64::from(code.as_bytes()[0] - b'a');
        match (code, year) {
            ("e", 2003) => Datum::Gap(agglo_core::Gap::Missing),
            _ => Datum::Number(20.0 + 7.0 * r * r + (year - 2000) as f64 * (6.0 - r)),
        }
    };
    Frame::new(vec![
        Column::text("region", rows().map(|row| row.0)),
        Column::integer("period", "", rows().map(|row| row.1)),
        Column::number("value", "yuan", rows().map(value)),
        Column::numbers("weight", "persons", rows().map(|row| f64::from(row.0.as_bytes()[0]))),
    ])
    .unwrap()
}

/// Plants of three industries in three regions.
fn plants() -> Frame {
    let rows: Vec<(String, &str, &str, f64)> = (0..24usize)
        .map(|k| {
            let region = ["a", "b", "c"][(k * k + k / 5) % 3];
            let industry = ["w", "x", "y"][k % 3];
            (format!("p{k}"), region, industry, 3.0 + ((k * 13) % 19) as f64)
        })
        .collect();
    Frame::new(vec![
        Column::text("plant", rows.iter().map(|row| row.0.as_str())),
        Column::text("region", rows.iter().map(|row| row.1)),
        Column::text("industry", rows.iter().map(|row| row.2)),
        Column::integer("period", "", rows.iter().map(|_| 2000)),
        Column::numbers("value", "persons", rows.iter().map(|row| row.3)),
    ])
    .unwrap()
}

fn text(frame: &Frame, column: &str, row: usize) -> Option<String> {
    match frame.column(column).ok()?.values() {
        Values::Text(cells) => cells[row].as_deref().map(str::to_owned),
        Values::Integer(cells) => cells[row].map(|cell| cell.to_string()),
        Values::Number(cells) => cells[row].number().map(|number| number.to_string()),
    }
}

/// Every number of the method's answer that can be worked out is; returns them as TABLE.COLUMN with
/// how often.
fn check(method: &str, variant: &str, options: &Options) -> BTreeMap<String, usize> {
    let row = find(method).unwrap();
    let mut tables: BTreeMap<String, Arc<Frame>> = BTreeMap::new();
    let mut inputs = Inputs::new();
    for input in row.inputs {
        let frame = match input.table {
            "activity" if method == "ellison-glaeser" => continue,
            "activity" => {
                inputs = inputs.with("activity", cells());
                continue;
            }
            "series" => series(),
            "regions" => regions(),
            "plant" => plants(),
            _ => continue,
        };
        let frame = Arc::new(frame);
        inputs = inputs.with(input.table, frame.clone());
        tables.insert(input.table.to_owned(), frame);
    }
    let answer = ask(method, Some(variant), &inputs, options)
        .unwrap_or_else(|error| panic!("{method} {variant}: {error}"));
    let panel = Panel::from_frame(&cells(), Absent::Missing).unwrap();
    let resolved: BTreeMap<String, String> =
        options.resolved(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let gaps = resolved.get("gaps").and_then(|name| GapPolicy::from_name(name)).unwrap_or_default();
    let mut found = BTreeMap::new();
    for (table, frame) in &answer.tables {
        let Some(output) = row.outputs.iter().find(|output| output.name == table) else { continue };
        for (column, place) in frame
            .columns()
            .iter()
            .flat_map(|column| (0..frame.n_rows()).map(move |place| (column.name(), place)))
        {
            let is_key = output.columns.iter().any(|known| known.key && known.name == column);
            let Ok(numbers) = frame.numbers(column) else { continue };
            let (false, Some(number)) = (is_key, numbers[place].number()) else { continue };
            let cell = |name: &str| Some((name.to_owned(), text(frame, name, place)?));
            let keys = output.columns.iter().filter(|known| known.key);
            let keys: BTreeMap<String, String> =
                keys.filter_map(|known| cell(known.name)).collect();
            let others = frame.columns().iter().filter(|other| other.name() != column);
            let beside: BTreeMap<String, String> =
                others.filter_map(|other| cell(other.name())).collect();
            let asked = Asked {
                panel: Some(&panel),
                tables: &tables,
                gaps,
                variant,
                options: &resolved,
                table,
                keys: &keys,
                row: &beside,
                column,
            };
            let Some(worked) = worked(method, &asked) else { continue };
            assert!(
                (worked.result - number).abs() <= 1e-9 * number.abs().max(1e-3),
                "{method} [{variant}] {table}.{column} {keys:?}: {number} but {worked:#?}"
            );
            assert!(!worked.lines.is_empty() && worked.lines.len() == worked.whole.len());
            *found.entry(format!("{table}.{column}")).or_insert(0) += 1;
        }
    }
    found
}

#[test]
fn what_is_worked_out_is_what_the_method_answers_in_every_variant() {
    let mut covered: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for method in WORKED {
        for variant in find(method).unwrap().variants {
            let mut options = Options::new();
            if matches!(method, "krugman" | "structural-similarity") {
                options = options.with("pairs", "yes");
            }
            if matches!(method, "sigma-convergence" | "beta-convergence") {
                options = options.with("gaps", "drop-regions");
            }
            if method == "ellison-glaeser" && variant.id != find(method).unwrap().variants[0].id {
                continue;
            }
            let found = check(method, variant.id, &options);
            covered.entry(method).or_default().extend(found.into_keys());
        }
    }
    let expected = [
        ("beta-convergence", "beta.half_life beta.intercept beta.slope beta.speed"),
        ("composite-gini", "composite.gini"),
        ("ellison-glaeser", "industries.gamma industries.z"),
        ("gini", "gini.gini"),
        ("growth", "growth.nominal_growth growth.real_growth mean.nominal_growth mean.real_growth"),
        (
            "herfindahl",
            "industries.effective_number industries.herfindahl regions.effective_number \
             regions.herfindahl",
        ),
        ("hoover", "industries.hoover"),
        ("krugman", "industries.krugman pairs.krugman regions.krugman"),
        ("locational-gini", "locational_gini.gini"),
        (
            "location-quotient",
            "location_quotient.additive location_quotient.ln_lq location_quotient.lq \
             location_quotient.rsca",
        ),
        (
            "location-quotient-change",
            "changes.delta_lq changes.lq_from changes.lq_to changes.moved changes.rest \
             gini.delta_gini gini.gini_from gini.gini_to",
        ),
        ("regional-gini", "regions.gini"),
        (
            "share-change",
            "changes.delta_share changes.excess_volume changes.share_from changes.share_to \
             industries.mobility",
        ),
        (
            "shift-share",
            "cells.allocation cells.change cells.competitive cells.entry cells.mix cells.national \
             cells.regional regions.allocation regions.change regions.competitive regions.entry \
             regions.mix regions.national regions.regional",
        ),
        ("sigma-convergence", "sigma.cv sigma.sd_log"),
        ("standardized-location-quotient", "standardized.lq standardized.z"),
        (
            "structural-similarity",
            "pairs.krugman pairs.overlap pairs.similarity regions.mean_similarity",
        ),
    ];
    for (method, columns) in expected {
        let columns: BTreeSet<String> = columns.split_whitespace().map(str::to_owned).collect();
        assert_eq!(covered[method], columns, "{method}");
    }
    assert!(covered.values().all(|columns| !columns.is_empty()), "{covered:#?}");
}

#[test]
fn the_methods_without_a_worked_form_are_these() {
    let without: Vec<&str> =
        methods().iter().map(|method| method.id).filter(|id| !WORKED.contains(id)).collect();
    let mut sorted = without.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "bivariate-moran",
            "center-of-gravity",
            "claims",
            "club-convergence",
            "cluster-evidence",
            "cluster-index",
            "coagglomeration",
            "concentration-ratio",
            "dagum",
            "development-model",
            "duplication",
            "economic-complexity",
            "empirical-bayes-rates",
            "entropy-weights",
            "entry-exit",
            "event-study",
            "factor-intensity",
            "geary",
            "generalized-entropy",
            "getis-ord",
            "getis-ord-local",
            "income-density",
            "indicator-ranking",
            "industrial-gradient",
            "industrialization-stage",
            "inequality",
            "innovation-scorecard",
            "join-count",
            "lee",
            "lisa-markov",
            "local-geary",
            "local-moran",
            "maurel-sedillot",
            "moran",
            "ols",
            "opportunity-map",
            "polarization",
            "primary-stage",
            "proximity",
            "rank-intervals",
            "relatedness-density",
            "spatial-error",
            "spatial-gini",
            "spatial-lag",
            "spatial-markov",
            "spatial-weights",
            "star-clusters",
            "structural-breaks",
            "top-composition",
            "topsis",
            "transfer-regions",
            "two-way-fixed-effects",
        ]
    );
}
