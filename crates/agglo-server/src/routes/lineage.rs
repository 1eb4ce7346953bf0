//! From files to numbers, and from a number back.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::Lang;
use agglo_study::address::{self, Address};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::study::{Nothing, status_word};
use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{Edge, Lineage, Node, Words};
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// Files, blocks, tables, groupings and steps, and what gives to what.
#[utoipa::path(get, path = "/lineage", tag = "data", responses((status = 200, body = Lineage), Problems))]
pub(super) async fn lineage(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| Reply::json(&graph(snapshot)?)).await
}

fn graph(snapshot: &Snapshot) -> Result<Lineage, Problem> {
    let (run, spec) = (snapshot.run()?, snapshot.spec()?);
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    let mut edges: BTreeSet<Edge> = BTreeSet::new();
    let mut node = |kind: &str, label: &str, title: Words| -> String {
        let id = format!("{kind}:{label}");
        nodes.entry(id.clone()).or_insert_with(|| Node {
            id: id.clone(),
            kind: kind.to_owned(),
            label: label.to_owned(),
            title,
            status: None,
            chapter: None,
        });
        id
    };
    let table_title = |name: &str| {
        let base = name.split('-').next().unwrap_or(name);
        agglo_data::table_spec(base).map_or_else(|| Words::same(name), |spec| spec.help.into())
    };
    let mut link = |from: String, to: String| {
        edges.insert(Edge { from, to });
    };
    for block in &run.data {
        let own = node("block", &block.name, Words::same(&block.name));
        let written = spec.data.iter().find(|written| written.name == block.name);
        let table =
            written.map_or_else(|| block.table.clone(), agglo_study::spec::DataSpec::table_name);
        for file in block.files.keys() {
            let file = node("file", file, Words::same(file));
            link(file, own.clone());
        }
        let table = node("table", &table, table_title(&table));
        link(own, table);
    }
    for (name, group) in &spec.geo.groups {
        let file = node("file", &group.file, Words::same(&group.file));
        let title =
            if group.title.en.is_empty() { Words::same(name) } else { (&group.title).into() };
        let group = node("group", name, title);
        link(file, group);
    }
    for step in &run.steps {
        let method = agglo_methods::find(&step.method);
        let title = method.map_or_else(|| Words::same(&step.method), |method| method.title.into());
        let own = node("step", &step.step, title);
        for input in step.inputs.values() {
            let joined = input.columns.values().filter_map(|from| from.rsplit_once(": "));
            let sources = std::iter::once(input.source.as_str()).chain(joined.map(|pair| pair.0));
            for source in sources {
                let Some((kind, name)) = source.split_once(' ') else { continue };
                let giver = match kind {
                    "table" => node("table", name, table_title(name)),
                    "grouping" => node("group", name, Words::same(name)),
                    "step" => {
                        let other = name.split(':').next().unwrap_or(name);
                        node("step", other, Words::same(other))
                    }
                    _ => continue,
                };
                link(giver, own.clone());
            }
        }
    }
    for step in &run.steps {
        if let Some(node) = nodes.get_mut(&format!("step:{}", step.step)) {
            let method = agglo_methods::find(&step.method);
            node.status = Some(status_word(step.status).to_owned());
            node.chapter = method.map(|method| method.chapter.id().to_owned());
            if let Some(method) = method {
                node.title = method.title.into();
            }
        }
    }
    Ok(Lineage { nodes: nodes.into_values().collect(), edges: edges.into_iter().collect() })
}

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tongue {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl From<Tongue> for Lang {
    fn from(tongue: Tongue) -> Lang {
        match tongue {
            Tongue::En => Lang::En,
            Tongue::Zh => Lang::Zh,
        }
    }
}

/// Which number.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExplainQuery {
    /// `STEP[:TABLE].COLUMN@KEY=VALUE,…`
    #[param(example = "gini.gini@industry=industry,period=2004")]
    address: String,
    /// The language of texts.
    #[param(inline)]
    lang: Option<Tongue>,
}

/// A number with everything it rests on, down to file, sheet, row and cell: as `agglo explain ADDRESS --json`.
#[utoipa::path(
    get, path = "/explain", tag = "data", params(ExplainQuery),
    responses((status = 200, body = Object), Problems),
)]
pub(super) async fn explain(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<ExplainQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| {
        let text = &query.address;
        let address = Address::parse(text).ok_or_else(|| {
            let detail = format!("`{text}` is no address; write STEP.COLUMN@KEY=VALUE");
            Problem::query("address", detail)
        })?;
        let findings = snapshot.findings()?;
        let explanation = address::explain(&findings, &address)?;
        let form = explanation.form(query.lang.unwrap_or_default().into());
        let mut value = serde_json::to_value(form).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            let whole = explanation.address.to_string();
            let python =
                format!("{}.explain({})", words::study(&snapshot.root), words::literal(&whole));
            let command = format!("agglo explain {}", words::quoted(&whole));
            fields.insert("command".to_owned(), command.into());
            fields.insert("python".to_owned(), python.into());
        }
        Reply::json(&value)
    })
    .await
}
