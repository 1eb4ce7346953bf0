//! `agglo list`.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::{Column, Frame, Lang};
use agglo_methods::methods;
use agglo_study::Findings;

use crate::args::{Listed, TableFormat};
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(what: Listed, settings: &Settings) -> Result<ExitCode, Failure> {
    let lang = settings.lang();
    let frame = match what {
        Listed::Methods => of(&["id", "chapter", "title", "variants"], list_methods(lang)),
        Listed::Readers => of(
            &["reader", "reads"],
            agglo_data::readers()
                .iter()
                .map(|reader| vec![reader.id.to_owned(), reader.help.get(lang).to_owned()])
                .collect(),
        ),
        Listed::Tables => of(
            &["table", "keys", "columns", "holds"],
            agglo_data::tables()
                .iter()
                .map(|table| {
                    let names = |columns: &[agglo_data::ColumnSpec]| {
                        columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
                    };
                    vec![
                        table.name.to_owned(),
                        names(table.keys),
                        names(table.measures),
                        table.help.get(lang).to_owned(),
                    ]
                })
                .collect(),
        ),
        Listed::Figures => {
            let findings = Findings::load(Path::new("."))?;
            let figures = agglo_report::picture::all(&findings);
            of(
                &["id", "title"],
                figures
                    .into_iter()
                    .map(|(id, figure)| vec![id, figure.heading().title.get(lang).to_owned()])
                    .collect(),
            )
        }
        Listed::Steps => {
            let run = agglo_study::run::last_run(Path::new("."))?;
            of(
                &["step", "method", "variant", "status", "tables"],
                run.steps
                    .into_iter()
                    .map(|step| {
                        let tables = step
                            .tables
                            .iter()
                            .map(|table| format!("{} ({})", table.name, table.rows))
                            .collect::<Vec<_>>()
                            .join(", ");
                        let status = step.reason.unwrap_or_else(|| "answered".to_owned());
                        vec![step.step, step.method, step.variant, status, tables]
                    })
                    .collect(),
            )
        }
        Listed::Templates => of(
            &["template", "starts"],
            super::init::TEMPLATES
                .iter()
                .map(|template| vec![template.name.to_owned(), template.help.get(lang).to_owned()])
                .collect(),
        ),
        Listed::Demos => of(
            &["demo", "title"],
            agglo_demo::studies()
                .iter()
                .map(|study| vec![study.name.to_owned(), study.title.get(lang).to_owned()])
                .collect(),
        ),
    };
    let output = settings.output.as_deref();
    let format =
        if settings.json { TableFormat::Json } else { output::format_for(settings.format, output) };
    output::table(&frame, format, output, lang)?;
    Ok(ExitCode::SUCCESS)
}

fn list_methods(lang: Lang) -> Vec<Vec<String>> {
    methods()
        .into_iter()
        .map(|method| {
            let variants = method.variants.iter().map(|v| v.id).collect::<Vec<_>>().join(", ");
            vec![
                method.id.to_owned(),
                method.chapter.id().to_owned(),
                method.title.get(lang).to_owned(),
                variants,
            ]
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "callers make the rows for this table")]
fn of(headings: &[&str], rows: Vec<Vec<String>>) -> Frame {
    let columns = headings
        .iter()
        .enumerate()
        .map(|(place, heading)| Column::text(*heading, rows.iter().map(|row| row[place].clone())));
    Frame::new(columns.collect()).unwrap_or_default()
}
