//! Tidy layout: one row per key, one column per measure.

use agglo_core::Text;

use super::plan::{Binding, Plan, Request};
use super::{Look, Reader, ReaderInfo, Recognized};
use crate::codes;
use crate::diagnostic::DataError;
use crate::table::GROUP_PREFIXES;

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "tidy",
        help: Text::new("one row per key, one column per measure", "每行一个键、每列一个指标"),
    },
    recognize: fallback,
    sheet: None,
    shape: None,
    plan,
    propose: None,
    marks: &[],
    fallback: None,
};

/// Any table that is nothing else.
fn fallback(_look: &Look<'_>) -> Option<Recognized> {
    None
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    if request.spec.periods_across.is_some() {
        let message = "`periods_across` belongs to the wide layout";
        return Err(request.refuse(codes::BAD_SETTING, message, "set reader = \"wide\""));
    }
    let mut plan = Plan::new(request);
    request.bind_keys(&mut plan, &[])?;
    let n_keys = plan.targets.len();
    for name in measures(request) {
        if let Some(binding) = binding(request, &name)? {
            plan.bind(request.target(&name)?, binding);
        } else if let Some(column) = request.table.column(&name).filter(|column| column.required) {
            return Err(request.no_column(column).into());
        } else if request.spec.value.as_deref() == Some(name.as_str()) {
            let message = format!("no heading holds the measure `{name}`");
            let remedy = format!("say which: columns = {{ {name} = \"…\" }}");
            return Err(request.refuse(codes::NO_COLUMN, message, remedy));
        }
    }
    let names_things =
        matches!(request.table.name, "region" | "industry" | "groups" | "weights" | "edges");
    if plan.targets.len() == n_keys && !names_things {
        let names: Vec<&str> = request.table.measures.iter().map(|m| m.name).take(6).collect();
        let message = format!("the table `{}` got keys and no measure", request.table.name);
        let remedy = format!(
            "map a heading ({}) to a measure ({}, …): columns = {{ {} = \"…\" }}",
            request.headings.join(", "),
            names.join(", "),
            names.first().unwrap_or(&"value"),
        );
        return Err(request.refuse(codes::NO_MEASURE, message, remedy));
    }
    request.bind_filters(&mut plan)?;
    Ok(plan)
}

/// The table's measures, then those that only this source has.
fn measures(request: &Request<'_>) -> Vec<String> {
    let mut names: Vec<String> =
        request.table.measures.iter().map(|column| column.name.to_owned()).collect();
    let spec = request.spec;
    let further = spec.columns.keys().chain(spec.constants.keys()).chain(&spec.value).cloned();
    let groups = request.headings.iter().filter(|heading| {
        matches!(request.table.name, "region" | "industry")
            && GROUP_PREFIXES.iter().any(|prefix| heading.starts_with(prefix))
    });
    for name in further.chain(groups.cloned()) {
        let is_unit = name == "unit" && request.table.column("unit").is_none();
        if !names.contains(&name) && !request.table.is_key(&name) && !is_unit {
            names.push(name);
        }
    }
    names
}

/// As for any column; the measure named by `value` may also stand under the heading `value`.
fn binding(request: &Request<'_>, name: &str) -> Result<Option<Binding>, DataError> {
    let found = request.binding(name)?;
    if found.is_none() && request.spec.value.as_deref() == Some(name) {
        return request.binding("value");
    }
    Ok(found)
}
