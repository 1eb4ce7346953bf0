//! Answers of steps, kept or made now, as tables with all that is known of them.

use std::sync::Arc;

use agglo_core::Frame;
use agglo_methods::{Answer, Method};
use agglo_study::address::{Address, cell_text};
use agglo_study::record::{RunRecord, StepRecord};
use agglo_study::run::{Question, interval_table};

use super::tabular::Found;
use crate::dto::{Provenance, columns_of, columns_of_canonical};
use crate::indexed::Indexed;
use crate::problem::Problem;
use crate::snapshot::Snapshot;
use crate::words;

/// The program that made the run.
pub(super) fn program(run: &RunRecord) -> (&str, &str) {
    (&run.version, &run.code)
}

/// Where a table of the last run comes from.
pub(super) fn provenance(
    snapshot: &Snapshot,
    record: &StepRecord,
    method: &'static Method,
    table: &str,
) -> Result<Provenance, Problem> {
    let run = snapshot.run()?;
    Ok(Provenance::of_step(record, method, table, program(run), &run.data))
}

/// The command that gives the numbers of a step: the method asked of the canonical tables where that is all
/// there is to it, else the way back from the first of them.
pub(super) fn command(snapshot: &Snapshot, record: &StepRecord, method: &'static Method) -> String {
    let measured = words::measured(&snapshot.root, record, method);
    measured
        .or_else(|| first_number(snapshot, record, method, "main"))
        .unwrap_or_else(|| format!("agglo explain {}", words::quoted(&record.method)))
}

/// `agglo explain` of the first number of a table of the last run.
fn first_number(
    snapshot: &Snapshot,
    record: &StepRecord,
    method: &'static Method,
    table: &str,
) -> Option<String> {
    let (name, indexed) = snapshot.finding(&record.step, table).ok()?;
    let output = method.outputs.iter().find(|output| output.name == name)?;
    let frame = &indexed.frame;
    let (row, column) = output.columns.iter().filter(|c| !c.key).find_map(|column| {
        let cells = frame.numbers(column.name).ok()?;
        Some((cells.iter().position(|cell| cell.number().is_some())?, column.name))
    })?;
    let keys =
        output.columns.iter().filter(|column| column.key).filter_map(|column| {
            Some((column.name.to_owned(), cell_text(frame, column.name, row)?))
        });
    let address = Address {
        step: record.step.clone(),
        table: Some(name),
        column: column.to_owned(),
        keys: keys.collect(),
    };
    Some(format!("agglo explain {}", words::quoted(&address.to_string())))
}

/// A table of the last run.
pub(super) fn kept(snapshot: &Snapshot, step: &str, table: &str) -> Result<Found, Problem> {
    let (record, method) = snapshot.answered(step)?;
    let (name, indexed) = snapshot.finding(step, table)?;
    let beside = interval_table(&name);
    Ok(Found {
        about: columns_of(method, &name, &indexed.frame),
        intervals: record.tables.iter().any(|t| t.name == beside).then_some(beside),
        provenance: provenance(snapshot, record, method, &name)?,
        command: words::measured(&snapshot.root, record, method)
            .or_else(|| first_number(snapshot, record, method, &name))
            .unwrap_or_else(|| command(snapshot, record, method)),
        python: words::finding(&snapshot.root, step, &name),
        places: false,
        file: format!("{step}-{name}"),
        table: indexed,
        name,
    })
}

/// A canonical table of the study.
pub(super) fn canonical(snapshot: &Snapshot, name: &str) -> Result<Found, Problem> {
    let indexed = snapshot.table(name)?;
    let run = snapshot.run()?;
    let base = name.split('-').next().unwrap_or(name);
    let help = agglo_data::table_spec(base)
        .map_or_else(|| crate::dto::Words::same(name), |spec| spec.help.into());
    Ok(Found {
        about: columns_of_canonical(name, &indexed.frame),
        intervals: None,
        provenance: Provenance::of_table(name, help, program(run), run.seed, &run.data),
        command: format!("agglo explain {}", words::quoted(base)),
        python: format!("{}.table({})", words::study(&snapshot.root), words::literal(name)),
        places: true,
        file: name.to_owned(),
        table: indexed,
        name: name.to_owned(),
    })
}

/// A question asked now.
pub(super) struct Asked {
    pub(super) record: StepRecord,
    pub(super) method: &'static Method,
    pub(super) answer: Answer,
}

/// Asks the study's tables.
pub(super) fn ask(snapshot: &Snapshot, question: &Question) -> Result<Asked, Problem> {
    let (record, answer) = snapshot.desk()?.ask(question)?;
    let method = agglo_methods::find(&record.method)
        .ok_or_else(|| Problem::internal("a method answered that is not in the catalogue"))?;
    Ok(Asked { record, method, answer })
}

/// What differs of a question from what the plan asks, as Python has it.
pub(super) fn more(question: &Question) -> Vec<String> {
    let mut more = Vec::new();
    if let Some((from, to)) = question.periods {
        more.push(format!("periods=({from}, {to})"));
    }
    if !question.keep.is_empty() {
        let pairs = question.keep.iter().map(|(column, values)| {
            let values: Vec<String> = values.iter().map(|value| words::literal(value)).collect();
            format!("{}: [{}]", words::literal(column), values.join(", "))
        });
        more.push(format!("keep={{{}}}", pairs.collect::<Vec<_>>().join(", ")));
    }
    if !question.weights.is_empty() {
        let pairs =
            question.weights.iter().map(|(code, w)| format!("{}: {w}", words::literal(code)));
        more.push(format!("weights={{{}}}", pairs.collect::<Vec<_>>().join(", ")));
    }
    more
}

impl Asked {
    /// One of the tables.
    pub(super) fn found(
        &self,
        snapshot: &Snapshot,
        question: &Question,
        table: Option<&str>,
    ) -> Result<Found, Problem> {
        let tables = &self.answer.tables;
        let found = match table {
            None | Some("main") => tables.first(),
            Some(name) => tables.iter().find(|(known, _)| known == name),
        };
        let (name, frame) = found.ok_or_else(|| {
            let names = tables.iter().map(|(name, _)| name.as_str());
            let what = format!("table of `{}`", self.record.method);
            Problem {
                parameter: Some("table".to_owned()),
                ..Problem::unknown(&what, table.unwrap_or("main"), names)
            }
        })?;
        let frame: Arc<Frame> = Arc::new(frame.clone());
        let python = words::measure(&snapshot.root, &self.record, name, &more(question));
        Ok(Found {
            about: columns_of(self.method, name, &frame),
            intervals: None,
            provenance: provenance(snapshot, &self.record, self.method, name)?,
            command: self.command(snapshot, question),
            python,
            places: false,
            file: format!("{}-{name}", self.record.step),
            table: Arc::new(Indexed::new(frame)),
            name: name.clone(),
        })
    }

    /// The command that gives the same: the method asked of the canonical tables where that is all there is
    /// to it, else this server asked again.
    pub(super) fn command(&self, snapshot: &Snapshot, question: &Question) -> String {
        words::measured(&snapshot.root, &self.record, self.method)
            .unwrap_or_else(|| words::asked(&snapshot.url, question))
    }
}
