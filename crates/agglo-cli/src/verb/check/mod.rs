//! `agglo check`: what is wrong with the data of a study, for people and for machines.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::Lang;
use agglo_data::{Diagnostic, Severity};
use agglo_study::run::CheckReport;

use crate::args::TableFormat;
use crate::failure::{Failure, code};
use crate::output;
use crate::progress;
use crate::settings::Settings;

mod coverage;
mod edit;
mod fix;
mod github;
mod json;
mod sarif;
mod text;

/// What is asked of `agglo check`.
pub(crate) struct Asked<'a> {
    /// Show the coverage: on stdout for `-`, else in this file.
    pub(crate) coverage: Option<&'a Path>,
    /// Settle what a setting settles.
    pub(crate) fix: bool,
    /// Show what would be written, and write nothing.
    pub(crate) dry_run: bool,
    /// The folder of `-C`, which paths for other programs start with.
    pub(crate) folder: Option<&'a Path>,
}

pub(crate) fn run(asked: &Asked<'_>, settings: &Settings) -> Result<ExitCode, Failure> {
    let root = Path::new(".");
    let engine = settings.engine()?;
    let check =
        || progress::watched(settings, |control| agglo_study::run::check(root, &engine, &control));
    let mut report = check()?;
    if asked.fix {
        let plan = fix::plan(root, report.tables.diagnostics())?;
        if asked.dry_run {
            output::print(&plan.diff())?;
            return Ok(ending(report.tables.diagnostics()));
        }
        if plan.write(root, settings)? {
            report = check()?;
        }
    }
    let found = report.tables.diagnostics();
    match asked.coverage {
        Some(path) if path != Path::new("-") => coverage::draw(&report, path, settings)?,
        _ => output::deliver(
            written(asked, &report, settings)?.as_bytes(),
            settings.output.as_deref(),
        )?,
    }
    Ok(ending(found))
}

/// The report in the format asked for.
fn written(
    asked: &Asked<'_>,
    report: &CheckReport,
    settings: &Settings,
) -> Result<String, Failure> {
    let found = report.tables.diagnostics();
    let lang = settings.lang();
    let format = match settings.format {
        _ if settings.json => TableFormat::Json,
        Some(format) => format,
        None => TableFormat::Text,
    };
    match format {
        TableFormat::Json => Ok(format!("{:#}\n", json::report(report, lang))),
        TableFormat::Sarif => Ok(format!("{:#}\n", sarif::report(found, asked.folder))),
        TableFormat::Github => Ok(github::report(found, asked.folder)),
        TableFormat::Text if asked.coverage.is_some() => {
            Ok(coverage::text(report.tables.coverage(), lang))
        }
        TableFormat::Text => Ok(text::report(report, lang)),
        _ => Err(Failure::usage("`agglo check` writes text, json, sarif or github")),
    }
}

fn ending(found: &[Diagnostic]) -> ExitCode {
    let clean = found.iter().all(|diagnostic| diagnostic.severity == Severity::Note);
    if clean { ExitCode::SUCCESS } else { ExitCode::from(code::FOUND) }
}

/// A path for other programs: from where agglo was called, with `/` between the names; an address as it
/// is.
fn relative(file: &str, folder: Option<&Path>) -> String {
    if file.contains("://") {
        return file.to_owned();
    }
    let path = match folder.filter(|folder| folder.is_relative()) {
        Some(folder) => folder.join(file),
        None => Path::new(file).to_path_buf(),
    };
    let path = path.to_string_lossy().replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_owned()
}

/// The message with what other programs have no place for.
fn whole_message(diagnostic: &Diagnostic) -> String {
    let mut message = diagnostic.message.clone();
    if let Some(found) = &diagnostic.found {
        message.push_str(&format!(" (found: \"{found}\")"));
    }
    if !diagnostic.remedy.is_empty() {
        message.push_str(&format!("\nhelp: {}", diagnostic.remedy));
    }
    if diagnostic.count > 0 {
        message.push_str(&format!("\n{} more like this", diagnostic.count));
    }
    message
}

/// How often each code was found, counted and listed ones together, by code.
fn counts(found: &[Diagnostic]) -> Vec<(&'static str, Severity, u64)> {
    let mut counts: Vec<(&'static str, Severity, u64)> = Vec::new();
    for diagnostic in found {
        let n = 1 + diagnostic.count;
        match counts.iter_mut().find(|(code, ..)| *code == diagnostic.code) {
            Some((.., count)) => *count += n,
            None => counts.push((diagnostic.code, diagnostic.severity, n)),
        }
    }
    counts.sort_unstable_by_key(|(code, ..)| *code);
    counts
}

/// One of two texts.
fn either(lang: Lang, en: impl Into<String>, zh: impl Into<String>) -> String {
    match lang {
        Lang::En => en.into(),
        Lang::Zh => zh.into(),
    }
}
