//! A ranking under weights of one's own, with its intervals.

use std::collections::BTreeMap;

use agglo_core::{Datum, Frame, Gap};
use agglo_study::address::cell_text;
use agglo_study::run::Question;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answers::{ask, more, provenance};
use super::compute::weights;
use super::study::indicators;
use super::{Asked, Shared, seed};
use crate::app::Asking;
use crate::dto::{Ranked, Ranking, Value, Weighed, Words};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// Which weights, and how sure.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RankQuery {
    /// The weight of an indicator, as `CODE=NUMBER`; indicators that are not named have none. The study's
    /// own weights when absent.
    #[serde(default)]
    weight: Vec<String>,
    /// How many regions make the top; as the study says when absent.
    #[param(minimum = 1, maximum = 1_000_000)]
    top: Option<u32>,
    /// Random rankings; 1000 when absent.
    #[param(minimum = 1, maximum = 1_000_000)]
    replicates: Option<u32>,
    /// `minmax` or `z`.
    normalization: Option<String>,
    /// `weighted-sum`, `topsis-vector` or `topsis-minmax`.
    aggregation: Option<String>,
    /// `entropy`, `equal` or `given`.
    weights: Option<String>,
    /// The period ranked; the last when absent.
    period: Option<i32>,
    /// The seed; the study's when absent.
    seed: Option<u64>,
    /// Whether intervals are drawn too; they are when absent.
    intervals: Option<bool>,
}

/// Scores and ranks under weights of one's own, and how sure they are.
#[utoipa::path(
    get, path = "/rank", tag = "compute", params(RankQuery),
    responses((status = 200, body = Ranking), Problems),
)]
pub(super) async fn rank(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<RankQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&of(snapshot, &query)?)).await
}

fn of(snapshot: &Snapshot, query: &RankQuery) -> Result<Ranking, Problem> {
    let mut options: BTreeMap<String, String> = BTreeMap::new();
    let chosen = [
        ("normalization", &query.normalization),
        ("aggregation", &query.aggregation),
        ("weights", &query.weights),
    ];
    for (name, value) in chosen {
        if let Some(value) = value {
            options.insert(name.to_owned(), value.clone());
        }
    }
    let scores = Question {
        what: "indicator-ranking".to_owned(),
        options: options.clone(),
        seed: seed(query.seed)?,
        weights: weights(&query.weight)?,
        ..Question::default()
    };
    let scored = ask(snapshot, &scores)?;
    let ranking = scored.answer.main();
    let period = query.period.map(i64::from).or_else(|| last_period(ranking));
    let top = query.top.or(snapshot.spec()?.rank.top).unwrap_or(15);
    let mut drawn = None;
    let mut refused = None;
    if query.intervals.unwrap_or(true) {
        options.insert("top".to_owned(), top.to_string());
        if let Some(replicates) = query.replicates {
            options.insert("replicates".to_owned(), replicates.to_string());
        }
        if let Some(period) = period {
            options.insert("year".to_owned(), period.to_string());
        }
        let question = Question { what: "rank-intervals".to_owned(), options, ..scores.clone() };
        match ask(snapshot, &question) {
            Ok(answer) => drawn = Some(answer),
            Err(problem) if matches!(problem.status, 403 | 422) => refused = Some(problem.detail),
            Err(problem) => return Err(problem),
        }
    }
    let intervals = drawn.as_ref().map(|answer| answer.answer.main());
    let mut regions = regions(ranking, period, intervals);
    if regions.is_empty() {
        return Err(Problem::refused("no region has a rank in this period"));
    }
    regions.sort_by(|a, b| place(a).total_cmp(&place(b)).then_with(|| a.code.cmp(&b.code)));
    let in_top = regions.iter().filter(|region| place(region) <= f64::from(top));
    let shares: Vec<f64> = in_top
        .filter_map(|region| match region.p_top {
            Value::Number(share) => Some(share),
            Value::Gap { .. } => None,
        })
        .collect();
    let more = more(&scores);
    Ok(Ranking {
        period,
        weights: weighed(snapshot, scored.answer.table("weights"))?,
        top: top as usize,
        top_holds_least: shares.iter().copied().reduce(f64::min),
        top_holds_mean: (!shares.is_empty()).then(|| shares.iter().sum()),
        provenance: provenance(snapshot, &scored.record, scored.method, "ranking")?,
        provenance_intervals: match &drawn {
            Some(answer) => Some(provenance(snapshot, &answer.record, answer.method, "intervals")?),
            None => None,
        },
        refused_intervals: refused,
        command: scored.command(snapshot, &scores),
        python: words::measure(&snapshot.root, &scored.record, "ranking", &more),
        regions,
    })
}

/// The rank of a region; what has none comes last.
fn place(region: &Ranked) -> f64 {
    match region.rank {
        Value::Number(rank) => rank,
        Value::Gap { .. } => f64::INFINITY,
    }
}

fn last_period(frame: &Frame) -> Option<i64> {
    (0..frame.n_rows()).filter_map(|row| cell_text(frame, "period", row)?.parse().ok()).max()
}

fn regions(ranking: &Frame, period: Option<i64>, intervals: Option<&Frame>) -> Vec<Ranked> {
    let own = |frame: &Frame, row: usize| {
        let text = cell_text(frame, "period", row);
        text.is_none() || text.and_then(|text| text.parse().ok()) == period
    };
    let cells = |frame: &Frame, column: &str| frame.numbers(column).unwrap_or_default();
    let none = Datum::Gap(Gap::NotApplicable);
    let cell = |cells: &[Datum], row: Option<usize>| -> Value {
        row.and_then(|row| cells.get(row)).copied().unwrap_or(none).into()
    };
    let (score, rank) = (cells(ranking, "score"), cells(ranking, "rank"));
    let drawn: BTreeMap<String, usize> = intervals.map_or_else(BTreeMap::new, |frame| {
        (0..frame.n_rows())
            .filter(|&row| own(frame, row))
            .filter_map(|row| Some((cell_text(frame, "region", row)?, row)))
            .collect()
    });
    let ends = ["median", "lower", "upper", "p_top"]
        .map(|column| intervals.map(|frame| cells(frame, column)).unwrap_or_default());
    (0..ranking.n_rows())
        .filter(|&row| own(ranking, row))
        .filter_map(|row| {
            let code = cell_text(ranking, "region", row)?;
            let place = drawn.get(&code).copied();
            Some(Ranked {
                score: cell(&score, Some(row)),
                rank: cell(&rank, Some(row)),
                median: cell(&ends[0], place),
                lower: cell(&ends[1], place),
                upper: cell(&ends[2], place),
                p_top: cell(&ends[3], place),
                code,
            })
        })
        .collect()
}

fn weighed(snapshot: &Snapshot, frame: Option<&Frame>) -> Result<Vec<Weighed>, Problem> {
    let Some(frame) = frame else { return Ok(Vec::new()) };
    let values = snapshot.table("indicator")?;
    let meta = snapshot.table("indicator_meta").ok();
    let known = indicators(&values.frame, meta.as_ref().map(|table| &*table.frame));
    let cells = frame.numbers("weight").unwrap_or_default();
    let form = |row: usize| {
        let code = cell_text(frame, "indicator", row)?;
        let about = known.iter().find(|known| known.code == code);
        Some(Weighed {
            name: about.map_or_else(|| Words::same(&code), |about| about.name.clone()),
            dimension: about.and_then(|about| about.dimension.clone()),
            weight: cells.get(row).copied().unwrap_or(Datum::Gap(Gap::Missing)).into(),
            indicator: code,
        })
    };
    Ok((0..frame.n_rows()).filter_map(form).collect())
}
