//! Figures and the report, drawn as for paper.

use std::sync::Arc;

use agglo_core::Lang;
use agglo_data::Format;
use agglo_figure::{Figure, Theme};
use agglo_report::picture::{self, Kind};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::lineage::Tongue;
use super::study::Nothing;
use super::tabular::{bytes, safe};
use super::{Asked, Named, Shared};
use crate::app::{App, Asking};
use crate::dto::{FigureAbout, FigureList, Words};
use crate::problem::{Problem, Problems};
use crate::reply::{Policy, Reply};
use crate::snapshot::Snapshot;

/// Every figure of the report.
#[utoipa::path(get, path = "/figures", tag = "figures", responses((status = 200, body = FigureList), Problems))]
pub(super) async fn figures(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| {
        let figures = snapshot.figures()?;
        let about = figures.iter().map(|drawn| {
            let heading = drawn.figure.heading();
            FigureAbout {
                id: drawn.id.clone(),
                title: Words::from(&heading.title),
                subtitle: Words::from(&heading.subtitle),
                section: drawn.section.clone(),
                steps: drawn.steps.clone(),
                command: format!("agglo {} {} -o {}.svg", verb(&drawn.figure), drawn.id, drawn.id),
            }
        });
        Reply::json(&FigureList { figures: about.collect() })
    })
    .await
}

fn verb(figure: &Figure) -> &'static str {
    if matches!(figure, Figure::Map(_)) { "map" } else { "plot" }
}

/// How a figure is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum FigureFormat {
    /// A sharp drawing.
    #[default]
    Svg,
    /// Pixels.
    Png,
    /// Its numbers, as a list of objects.
    Json,
    /// Its numbers.
    Csv,
    /// Its numbers, as a workbook.
    Xlsx,
}

/// In which language and format.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FigureQuery {
    /// The language of texts.
    #[param(inline)]
    lang: Option<Tongue>,
    /// The format.
    #[param(inline)]
    format: Option<FigureFormat>,
    /// Of pixels: how many to a unit of the drawing; 2 when absent.
    #[param(minimum = 1, maximum = 4)]
    scale: Option<f32>,
    /// Whether browsers save the answer under a name.
    download: Option<bool>,
}

/// A figure of the report.
#[utoipa::path(
    get, path = "/figures/{id}", tag = "figures",
    params(("id" = String, Path, description = "The figure's id"), FigureQuery),
    responses(
        (status = 200, content(
            (String = "image/svg+xml"), (Vec<u8> = "image/png"), (Object = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Problems,
    ),
)]
pub(super) async fn figure(
    State(app): Shared,
    asking: Asking,
    Named([id]): Named<1>,
    Asked(query): Asked<FigureQuery>,
) -> Response {
    let asked = query.clone();
    drawn(&app, &asking, &query, move |snapshot| {
        let figures = snapshot.figures()?;
        let drawn = figures.iter().find(|drawn| drawn.id == id).ok_or_else(|| {
            let names = figures.iter().map(|drawn| drawn.id.as_str());
            Problem::unknown("figure", &id, names)
        })?;
        given(&drawn.figure, &id, &asked)
    })
    .await
}

/// What is drawn of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PictureKind {
    /// Numbers by region.
    #[default]
    Map,
    /// Numbers over time or by rank.
    Plot,
}

/// Which column, in which language and format.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PictureQuery {
    /// The address of a column of a finding.
    #[param(example = "gini.gini@industry=industry")]
    address: String,
    /// What is drawn.
    #[param(inline)]
    kind: Option<PictureKind>,
    /// The language of texts.
    #[param(inline)]
    lang: Option<Tongue>,
    /// The format.
    #[param(inline)]
    format: Option<FigureFormat>,
    /// Of pixels: how many to a unit of the drawing; 2 when absent.
    #[param(minimum = 1, maximum = 4)]
    scale: Option<f32>,
    /// Whether browsers save the answer under a name.
    download: Option<bool>,
}

/// Any finding as `agglo map` and `agglo plot` draw it.
#[utoipa::path(
    get, path = "/picture", tag = "figures", params(PictureQuery),
    responses(
        (status = 200, content(
            (String = "image/svg+xml"), (Vec<u8> = "image/png"), (Object = "application/json"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Problems,
    ),
)]
pub(super) async fn picture(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<PictureQuery>,
) -> Response {
    let asked = FigureQuery {
        lang: query.lang,
        format: query.format,
        scale: query.scale,
        download: query.download,
    };
    let form = asked.clone();
    drawn(&app, &asking, &asked, move |snapshot| {
        let kind = match query.kind.unwrap_or_default() {
            PictureKind::Map => Kind::Map,
            PictureKind::Plot => Kind::Plot,
        };
        let findings = snapshot.findings()?;
        let figure = picture::find(&findings, &query.address, kind);
        let figure = figure.map_err(|why| Problem::query("address", why))?;
        given(&figure, &query.address, &form)
    })
    .await
}

async fn drawn(
    app: &Arc<App>,
    asking: &Asking,
    query: &FigureQuery,
    draw: impl FnOnce(&Snapshot) -> Result<Reply, Problem> + Send + 'static,
) -> Response {
    if query.scale.is_some_and(|scale| !(1.0..=4.0).contains(&scale)) {
        return Problem::query("scale", "1 to 4 pixels to a unit").into_response();
    }
    app.answer(asking, draw).await
}

fn given(figure: &Figure, id: &str, query: &FigureQuery) -> Result<Reply, Problem> {
    let lang: Lang = query.lang.unwrap_or_default().into();
    let format = query.format.unwrap_or_default();
    let ending = match format {
        FigureFormat::Svg => "svg",
        FigureFormat::Png => "png",
        FigureFormat::Json => "json",
        FigureFormat::Csv => "csv",
        FigureFormat::Xlsx => "xlsx",
    };
    let name = query.download.unwrap_or_default().then(|| format!("{}.{ending}", safe(id)));
    let svg = || agglo_figure::svg(figure, lang, &Theme::default());
    let table = || agglo_figure::table(figure, lang);
    let reply = match format {
        FigureFormat::Svg => Reply::new("image/svg+xml", svg()).allowing(Policy::Drawing),
        FigureFormat::Png => {
            let pixels = agglo_figure::png(&svg(), query.scale.unwrap_or(2.0));
            Reply::new("image/png", pixels.map_err(|error| Problem::internal(error.to_string()))?)
        }
        FigureFormat::Json => {
            let rows = bytes(&table(), Format::Json)?;
            let rows: serde_json::Value = serde_json::from_slice(&rows).unwrap_or_default();
            Reply::json(&json!({ "rows": rows }))?
        }
        FigureFormat::Csv => Reply::new("text/csv; charset=utf-8", bytes(&table(), Format::Csv)?),
        FigureFormat::Xlsx => Reply::new(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            bytes(&table(), Format::Xlsx)?,
        ),
    };
    Ok(reply.saved_as(name))
}

/// In which languages.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportQuery {
    /// The languages, separated by commas, the first shown first; as the study says when absent.
    #[param(example = "en,zh")]
    lang: Option<String>,
    /// Whether browsers save the answer under a name.
    download: Option<bool>,
}

/// The report's page.
#[utoipa::path(
    get, path = "/report", tag = "figures", params(ReportQuery),
    responses((status = 200, body = String, content_type = "text/html"), Problems),
)]
pub(super) async fn report(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<ReportQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let findings = snapshot.findings()?;
        let langs = match &query.lang {
            None => findings.spec.langs(),
            Some(tags) => {
                let lang = |tag: &str| {
                    let wrong = || Problem::query("lang", format!("`{tag}` is neither en nor zh"));
                    Lang::from_tag(tag.trim()).ok_or_else(wrong)
                };
                let langs: Vec<Lang> = tags.split(',').map(lang).collect::<Result<_, _>>()?;
                let twice = (1..langs.len()).any(|at| langs[..at].contains(&langs[at]));
                if twice {
                    return Err(Problem::query("lang", "a language stands twice"));
                }
                langs
            }
        };
        let document = agglo_report::chapter::report(&findings);
        let page = agglo_report::render::html(&document, &langs, ".");
        let policy = policy(&page);
        let name = query.download.unwrap_or_default().then(|| "report.html".to_owned());
        let reply = Reply::new("text/html; charset=utf-8", page);
        Ok(reply.allowing(Policy::Own(policy)).saved_as(name))
    })
    .await
}

/// What the report's page may do: run the script it was written with, and nothing that anything in it
/// might bring along.
fn policy(page: &str) -> String {
    let scripts = page.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next());
    let hashes: Vec<String> = scripts
        .map(|script| format!("'sha256-{}'", base64(&Sha256::digest(script.as_bytes()))))
        .collect();
    let scripts = if hashes.is_empty() { "'none'".to_owned() } else { hashes.join(" ") };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
    )
}

/// Base 64 (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let word = part.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= part.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_of_base_64_are_met() {
        // RFC 4648, section 10.
        for (plain, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), text);
        }
    }

    #[test]
    fn only_scripts_that_stand_in_the_page_may_run() {
        // The example of the Content Security Policy Level 3, section 8.3: printf "alert('Hello, world.');".
        let policy = policy("<script>alert('Hello, world.');</script>");
        let hash = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert!(policy.contains(&format!("script-src {hash};")), "{policy}");
        assert!(super::policy("<p>").contains("script-src 'none';"));
    }
}
