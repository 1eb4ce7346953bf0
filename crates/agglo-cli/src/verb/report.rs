//! `agglo report`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agglo_core::Lang;
use agglo_study::Findings;

use crate::failure::Failure;
use crate::settings::Settings;

/// Where the report goes when no file is named.
pub(crate) const REPORT: &str = "report/report.html";

pub(crate) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let path = write(Path::new("."), settings)?;
    settings.say(&match settings.lang() {
        Lang::En => format!("report: {}", path.display()),
        Lang::Zh => format!("报告：{}", path.display()),
    });
    Ok(ExitCode::SUCCESS)
}

/// Writes the report of the study in `root`.
pub(crate) fn write(root: &Path, settings: &Settings) -> Result<PathBuf, Failure> {
    let findings = Findings::load(root)?;
    let langs = if settings.langs.value.is_empty() {
        findings.spec.langs()
    } else {
        settings.langs.value.clone()
    };
    let document = agglo_report::chapter::report(&findings);
    let page = agglo_report::render::html(&document, &langs);
    let path = settings.output.clone().unwrap_or_else(|| root.join(REPORT));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        agglo_data::create_folder(folder)?;
    }
    agglo_data::write_atomic(&path, page.as_bytes())?;
    Ok(path)
}
