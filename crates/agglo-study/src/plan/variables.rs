//! Variables that the study file names: columns of tables, ratios, totals, and what other steps find.

use std::collections::BTreeSet;

use agglo_core::Period;

use super::{Facts, Step};
use crate::address::Address;
use crate::binding::{Binding, Source, Take};

/// The word for the regions' totals of the measure.
const TOTAL: &str = "total";
/// Tables whose columns may be named, the first that has the column.
const TABLES: [&str; 2] = ["region_year", "region"];

/// A variable as the study file names it.
#[derive(Clone, Debug, PartialEq)]
enum Variable {
    /// The regions' totals of the measure.
    Total,
    /// Columns of tables: one, or one over another.
    Columns(Vec<(&'static str, String)>),
    /// What a step finds, and whether its rows have periods.
    Step { address: Address, table: String, has_period: bool },
}

/// The name of a variable as a column of the method's table.
pub(super) fn role(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A table of regions with the column `roles[i].0` for the variable `roles[i].1`, in `period`, or in the last
/// year in which the tables hold numbers for all.
///
/// # Errors
/// Which variable is unknown, and what there is.
pub(super) fn table(
    facts: &Facts<'_>,
    steps: &[Step],
    roles: &[(String, &str)],
    period: Option<(Period, Period)>,
) -> Result<Binding, String> {
    let mut variables = Vec::new();
    for (_, text) in roles {
        variables.push(variable(facts, steps, text)?);
    }
    let span = period.or_else(|| latest(facts, &variables).map(|year| (year, year)));
    let mut binding = base(facts, &variables)?.between(span);
    let has_period = binding.columns.iter().any(|(role, _)| role == "period");
    let keys =
        |other: bool| if has_period && other { vec!["region", "period"] } else { vec!["region"] };
    let mut complete = Vec::new();
    for ((role, text), variable) in roles.iter().zip(&variables) {
        let take = match variable {
            Variable::Total => Take::Column("value".to_owned()),
            Variable::Columns(columns) => {
                for (table, column) in columns {
                    let place = place(table, column);
                    if binding.columns.iter().any(|(known, _)| *known == place) {
                        continue;
                    }
                    if binding.source == Source::Table((*table).to_owned()) {
                        binding = binding.take(&place, column);
                    } else {
                        let on = keys(facts.has_column(table, "period"));
                        let source = Source::Table((*table).to_owned());
                        binding = binding.join(source, &on, &[(&place, column)]);
                    }
                }
                let place = |at: usize| place(columns[at].0, &columns[at].1);
                match columns.len() {
                    1 => Take::Column(place(0)),
                    _ => Take::Ratio(place(0), place(1)),
                }
            }
            Variable::Step { address, table, has_period: dated } => {
                let source = Source::Step { step: address.step.clone(), table: table.clone() };
                let keep: Vec<(&str, &str)> =
                    address.keys.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                let columns = [(*text, address.column.as_str())];
                binding = binding.join_where(source, &keys(*dated), &columns, &keep);
                complete.push(role.as_str());
                Take::Column((*text).to_owned())
            }
        };
        binding = binding.make(role, take);
    }
    // A step need not have every region and year; a gap in a table is the method's to settle.
    Ok(binding.complete(&complete))
}

/// The name of a table's column beside those of other tables.
fn place(table: &str, column: &str) -> String {
    format!("{table}.{column}")
}

fn variable(facts: &Facts<'_>, steps: &[Step], text: &str) -> Result<Variable, String> {
    let text = text.trim();
    if text == TOTAL {
        return match facts.region_totals() {
            Some(_) => Ok(Variable::Total),
            None => Err("`total` needs the table activity".to_owned()),
        };
    }
    if let Some(address) = Address::parse(text) {
        return step_variable(steps, text, address);
    }
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    if parts.len() > 2 {
        return Err(format!("`{text}` divides more than once; write one column over another"));
    }
    let column = |name: &str| {
        let table = TABLES.into_iter().find(|table| facts.has_column(table, name));
        table.map(|table| (table, name.to_owned())).ok_or_else(|| unknown(facts, steps, name))
    };
    Ok(Variable::Columns(parts.into_iter().map(column).collect::<Result<_, _>>()?))
}

/// That there is no such variable, and the nearest there are.
fn unknown(facts: &Facts<'_>, steps: &[Step], name: &str) -> String {
    let numbers = |table: &'static str| {
        let columns = facts.tables.get(table).map(|frame| frame.columns()).unwrap_or_default();
        let is_number =
            |c: &&agglo_core::Column| matches!(c.values(), agglo_core::Values::Number(_));
        columns.iter().filter(is_number).map(|c| c.name().to_owned()).collect::<Vec<_>>()
    };
    let mut known: BTreeSet<String> = TABLES.into_iter().flat_map(numbers).collect();
    known.insert(TOTAL.to_owned());
    let known: Vec<String> = known.into_iter().collect();
    let hint = if steps.iter().any(|step| step.id == name) {
        format!("; what the step finds is written `{name}.COLUMN` or `{name}:TABLE.COLUMN`")
    } else {
        String::new()
    };
    format!("there is no variable `{name}`: there are {}, and STEP.COLUMN{hint}", known.join(", "))
}

fn step_variable(steps: &[Step], text: &str, address: Address) -> Result<Variable, String> {
    let Some(step) = steps.iter().find(|step| step.id == address.step) else {
        return Err(format!(
            "`{text}`: this study has no step `{}`; `agglo list steps` shows those there are",
            address.step
        ));
    };
    let outputs = step.method.outputs;
    let wanted = address.table.as_deref().unwrap_or(outputs[0].name);
    let Some(output) = outputs.iter().find(|output| output.name == wanted) else {
        let tables: Vec<&str> = outputs.iter().map(|output| output.name).collect();
        return Err(format!(
            "`{text}`: `{}` answers with the tables {}",
            step.method.id,
            tables.join(", ")
        ));
    };
    let has = |name: &str| output.columns.iter().any(|column| column.name == name);
    if !has(&address.column) {
        let columns: Vec<&str> = output.columns.iter().filter(|c| !c.key).map(|c| c.name).collect();
        return Err(format!(
            "`{text}`: the table `{wanted}` has the columns {}",
            columns.join(", ")
        ));
    }
    if !has("region") {
        return Err(format!("`{text}`: the table `{wanted}` has no rows by region"));
    }
    let open = output.columns.iter().find(|column| {
        let is_free = !matches!(column.name, "region" | "period");
        column.key && is_free && !address.keys.contains_key(column.name)
    });
    if let Some(open) = open {
        return Err(format!(
            "`{text}` has several rows for a region: say which, as in `{text}@{}=…`",
            open.name
        ));
    }
    let table = wanted.to_owned();
    Ok(Variable::Step { address, table, has_period: has("period") })
}

/// The table whose rows are the observations, with its keys.
fn base(facts: &Facts<'_>, variables: &[Variable]) -> Result<Binding, String> {
    if variables.contains(&Variable::Total) {
        return facts.region_totals().ok_or_else(|| "`total` needs the table activity".to_owned());
    }
    let uses = |name: &str| {
        variables.iter().any(|variable| {
            matches!(variable, Variable::Columns(columns) if columns.iter().any(|(t, _)| *t == name))
        })
    };
    if let Some(table) = TABLES.into_iter().find(|table| uses(table)) {
        return Ok(Binding::table(table).all(&facts.present(table, &["region", "period"])));
    }
    let from_step = variables.iter().find_map(|variable| match variable {
        Variable::Step { address, table, has_period } => {
            let keys: &[&str] = if *has_period { &["region", "period"] } else { &["region"] };
            let mut rows = Binding::step(&address.step, table).all(keys);
            for (key, value) in &address.keys {
                rows = rows.keep(key, &[value]);
            }
            Some(rows)
        }
        _ => None,
    });
    from_step.ok_or_else(|| "there is no variable".to_owned())
}

/// The last year in which every column of a table with years, and the totals, hold a number.
fn latest(facts: &Facts<'_>, variables: &[Variable]) -> Option<Period> {
    let mut common: Option<BTreeSet<Period>> = None;
    let mut meet = |years: BTreeSet<Period>| {
        common = Some(match common.take() {
            Some(before) => before.intersection(&years).copied().collect(),
            None => years,
        });
    };
    for variable in variables {
        match variable {
            Variable::Total => {
                let measure = facts.totals_measure()?;
                meet(facts.known_periods("activity", &[&measure]).into_keys().collect());
            }
            Variable::Columns(columns) => {
                for (table, column) in columns.iter().filter(|(t, _)| facts.has_column(t, "period"))
                {
                    meet(facts.known_periods(table, &[column]).into_keys().collect());
                }
            }
            Variable::Step { .. } => {}
        }
    }
    common?.last().copied()
}
