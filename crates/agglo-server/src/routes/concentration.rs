//! Definitions of concentration side by side, and the curve behind two of them.

use std::collections::BTreeMap;

use agglo_core::Datum;
use agglo_methods::Method;
use agglo_study::address::cell_text;
use agglo_study::run::Question;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answers::{Asked as Answered, ask, more, provenance};
use super::{Asked, Shared, year};
use crate::app::Asking;
use crate::dto::{Definition, Definitions, Lorenz, LorenzPoints, Value};
use crate::names::codes_of;
use crate::problem::{Problem, Problems};
use crate::query::{self, Condition};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// Methods that give one number of concentration per industry and period: id, table, column.
const NUMBERS: [(&str, &str, &str); 6] = [
    ("gini", "gini", "gini"),
    ("locational-gini", "locational_gini", "gini"),
    ("hoover", "industries", "hoover"),
    ("herfindahl", "industries", "herfindahl"),
    ("krugman", "industries", "krugman"),
    ("ellison-glaeser", "industries", "gamma"),
];

/// Which industry, when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichQuery {
    /// The industry.
    industry: String,
    /// The period; the last one with a number when absent.
    period: Option<i64>,
}

/// Every definition of concentration that the study's tables allow, each with its number.
#[utoipa::path(
    get, path = "/definitions", tag = "compute", params(WhichQuery),
    responses((status = 200, body = Definitions), Problems),
)]
pub(super) async fn definitions(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<WhichQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let (industry, period) = which(snapshot, &query.industry, query.period)?;
        let mut definitions = Vec::new();
        for (id, table, column) in NUMBERS {
            let Some(method) = agglo_methods::find(id) else { continue };
            if snapshot.desk()?.allows(method).is_err() {
                continue;
            }
            for variant in method.variants {
                definitions.push(definition(
                    snapshot,
                    method,
                    variant.id,
                    (table, column),
                    (&industry, period),
                )?);
            }
        }
        Reply::json(&Definitions {
            industry,
            period,
            definitions,
            command: "agglo list methods".to_owned(),
        })
    })
    .await
}

/// The industry, and the period asked for or the last in which the measure has a number.
fn which(
    snapshot: &Snapshot,
    industry: &str,
    period: Option<i64>,
) -> Result<(String, i64), Problem> {
    let activity = snapshot.table("activity")?;
    let known = codes_of(&activity.frame, "industry");
    if !known.contains(industry) {
        let problem = Problem::unknown("industry", industry, known.iter().map(String::as_str));
        return Err(Problem { parameter: Some("industry".to_owned()), ..problem });
    }
    if let Some(period) = period {
        year(period)?;
        return Ok((industry.to_owned(), period));
    }
    let measure = measure(snapshot)?;
    let rows = query::rows(&activity, &[Condition::is("industry", industry)])?;
    let cells = activity.frame.numbers(&measure).map_err(|e| Problem::internal(e.to_string()))?;
    let last = rows
        .iter()
        .filter(|&&row| cells[row as usize].number().is_some())
        .filter_map(|&row| cell_text(&activity.frame, "period", row as usize)?.parse().ok())
        .max();
    let last =
        last.ok_or_else(|| Problem::refused(format!("`{industry}` has no number in any period")))?;
    Ok((industry.to_owned(), last))
}

/// The measure studied.
fn measure(snapshot: &Snapshot) -> Result<String, Problem> {
    let planned = snapshot.desk()?;
    let step = planned.plan().steps.iter().find(|step| step.method.id == "gini");
    let binding = step.and_then(|step| step.inputs.first());
    let column = binding.and_then(|(_, binding)| {
        binding.columns.iter().find_map(|(role, take)| match take {
            agglo_study::binding::Take::Column(name) if role == "value" => Some(name.clone()),
            _ => None,
        })
    });
    column.ok_or_else(|| Problem::refused("the study has no measure of activity"))
}

fn definition(
    snapshot: &Snapshot,
    method: &'static Method,
    variant: &str,
    (table, column): (&str, &str),
    (industry, period): (&str, i64),
) -> Result<Definition, Problem> {
    let year = year(period)?;
    let question = Question {
        what: method.id.to_owned(),
        variant: Some(variant.to_owned()),
        periods: Some((year, year)),
        ..Question::default()
    };
    let kept = snapshot.step(method.id).ok().filter(|record| record.variant == variant);
    let (value, refused, command) = match ask(snapshot, &question) {
        Ok(answer) => match number(&answer, table, column, industry, period) {
            Some(value) => (Some(Value::from(value)), None, answer.command(snapshot, &question)),
            None => (
                None,
                Some(format!("no row for {industry}, {period}")),
                answer.command(snapshot, &question),
            ),
        },
        Err(problem) if matches!(problem.status, 403 | 422) => {
            (None, Some(problem.detail), format!("agglo explain {}", method.id))
        }
        Err(problem) => return Err(problem),
    };
    let help = method.variant(variant).map_or_else(Default::default, |variant| variant.help.into());
    Ok(Definition {
        method: method.id.to_owned(),
        variant: variant.to_owned(),
        title: method.title.into(),
        variant_help: help,
        formula: method.formula.to_owned(),
        column: column.to_owned(),
        address: kept.filter(|_| value.is_some()).map(|record| {
            let step = &record.step;
            format!("{step}:{table}.{column}@industry={industry},period={period}")
        }),
        value,
        refused,
        command,
    })
}

/// The number of one industry and period in an answer.
fn number(
    answer: &Answered,
    table: &str,
    column: &str,
    industry: &str,
    period: i64,
) -> Option<Datum> {
    let frame = answer.answer.table(table)?;
    let fits = |name: &str, value: &str, row: usize| {
        !frame.has(name) || cell_text(frame, name, row).as_deref() == Some(value)
    };
    let period = period.to_string();
    let row = (0..frame.n_rows())
        .find(|&row| fits("industry", industry, row) && fits("period", &period, row))?;
    frame.numbers(column).ok()?.get(row).copied()
}

/// What a Lorenz curve runs over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Base {
    /// Every region alike: the Gini coefficient of industrial space.
    #[default]
    Equal,
    /// Regions by all activity: the locational Gini coefficient.
    Total,
}

/// Which curve.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LorenzQuery {
    /// The industry.
    industry: String,
    /// The period; the last one with a number when absent.
    period: Option<i64>,
    /// What the curve runs over.
    #[param(inline)]
    base: Option<Base>,
}

/// The Lorenz curve of an industry over the regions, with the Gini coefficient that its method gives.
#[utoipa::path(
    get, path = "/lorenz", tag = "compute", params(LorenzQuery),
    responses((status = 200, body = Lorenz), Problems),
)]
pub(super) async fn lorenz(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<LorenzQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let base = query.base.unwrap_or_default();
        Reply::json(&curve(snapshot, &query.industry, query.period, base)?)
    })
    .await
}

fn curve(
    snapshot: &Snapshot,
    industry: &str,
    period: Option<i64>,
    base: Base,
) -> Result<Lorenz, Problem> {
    let (industry, period) = which(snapshot, industry, period)?;
    let measure = measure(snapshot)?;
    let activity = snapshot.table("activity")?;
    let frame = &activity.frame;
    let mut conditions = Vec::new();
    if frame.has("period") {
        conditions.push(Condition::is("period", &period.to_string()));
    }
    let rows = query::rows(&activity, &conditions)?;
    let cells = frame.numbers(&measure).map_err(|error| Problem::internal(error.to_string()))?;
    let mut own: BTreeMap<String, f64> = BTreeMap::new();
    let mut all: BTreeMap<String, f64> = BTreeMap::new();
    let mut gaps = BTreeMap::new();
    for row in rows.into_iter().map(|row| row as usize) {
        let Some(region) = cell_text(frame, "region", row) else { continue };
        let is_own = cell_text(frame, "industry", row).is_none_or(|code| code == industry);
        match cells[row] {
            Datum::Number(value) => {
                *all.entry(region.clone()).or_default() += value;
                if is_own {
                    own.insert(region, value);
                }
            }
            Datum::Gap(gap) => {
                // A region whose cell or whose total is not known has no place on the curve.
                if is_own || base == Base::Total {
                    gaps.insert(region, gap.code());
                }
            }
        }
    }
    let points: Vec<(String, f64, f64)> = own
        .into_iter()
        .filter(|(region, _)| !gaps.contains_key(region))
        .map(|(region, value)| {
            let weight = if base == Base::Equal { 1.0 } else { all[&region] };
            (region, weight, value)
        })
        .filter(|(_, weight, _)| *weight > 0.0)
        .collect();
    if points.iter().any(|(_, _, value)| *value < 0.0) {
        return Err(Problem::refused("shares need values of zero or more, and one is negative"));
    }
    let points = accumulate(points)?;
    let (id, variant) = match base {
        Base::Equal => ("gini", "absolute"),
        Base::Total => ("locational-gini", "lorenz"),
    };
    let year = year(period)?;
    let question = Question {
        what: id.to_owned(),
        variant: Some(variant.to_owned()),
        periods: Some((year, year)),
        ..Question::default()
    };
    let answer = ask(snapshot, &question)?;
    let table = answer.method.outputs[0].name;
    let gini = number(&answer, table, "gini", &industry, period);
    let gini = gini.ok_or_else(|| {
        Problem::refused(format!("`{id}` gives no number for {industry} in {period}"))
    })?;
    Ok(Lorenz {
        industry,
        period,
        base: if base == Base::Equal { "equal" } else { "total" }.to_owned(),
        points,
        gini: gini.into(),
        gaps,
        provenance: provenance(snapshot, &answer.record, answer.method, table)?,
        command: answer.command(snapshot, &question),
        python: words::measure(&snapshot.root, &answer.record, table, &more(&question)),
    })
}

/// Regions by rising ratio of value to weight, with both shares added up.
fn accumulate(mut points: Vec<(String, f64, f64)>) -> Result<LorenzPoints, Problem> {
    points.sort_by(|a, b| (a.2 / a.1).total_cmp(&(b.2 / b.1)).then_with(|| a.0.cmp(&b.0)));
    let weights: f64 = points.iter().map(|point| point.1).sum();
    let values: f64 = points.iter().map(|point| point.2).sum();
    if values <= 0.0 {
        return Err(Problem::refused("the industry has no activity here"));
    }
    let (mut x, mut y) = (0.0, 0.0);
    let mut curve = LorenzPoints { region: vec![None], x: vec![0.0], y: vec![0.0] };
    for (region, weight, value) in points {
        x += weight;
        y += value;
        curve.region.push(Some(region));
        curve.x.push(x / weights);
        curve.y.push(y / values);
    }
    Ok(curve)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_runs_from_the_origin_to_one_and_below_the_diagonal() {
        let point = |region: &str, weight, value| (region.to_owned(), weight, value);
        let curve =
            accumulate(vec![point("a", 1.0, 6.0), point("b", 1.0, 1.0), point("c", 2.0, 1.0)]);
        let curve = curve.unwrap();
        // By value over weight: c (0.5), b (1), a (6).
        assert_eq!(curve.region, [None, Some("c".into()), Some("b".into()), Some("a".into())]);
        assert_eq!(curve.x, [0.0, 0.5, 0.75, 1.0]);
        assert_eq!(curve.y, [0.0, 0.125, 0.25, 1.0]);
        assert!(accumulate(vec![point("a", 1.0, 0.0)]).is_err());
    }
}
