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
    let path = settings.output.clone().unwrap_or_else(|| root.join(REPORT));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        agglo_data::create_folder(folder)?;
    }
    let page = agglo_report::render::html(&document, &langs, &way(folder, root));
    agglo_data::write_atomic(&path, page.as_bytes())?;
    Ok(path)
}

/// The way from the folder of a page to the folder of the study, as a link has it.
fn way(folder: Option<&Path>, root: &Path) -> String {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (from, to) = (whole(folder.unwrap_or(Path::new("."))), whole(root));
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down =
        to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_finds_the_files_of_its_study_from_wherever_it_is_written() {
        let folder = agglo_testkit::scratch();
        let (study, beside) = (folder.path().join("study"), folder.path().join("pages"));
        for made in [&study.join("report"), &beside] {
            std::fs::create_dir_all(made).expect("a folder can be made");
        }
        assert_eq!(way(Some(&study.join("report")), &study), "..");
        assert_eq!(way(Some(&study), &study), ".");
        assert_eq!(way(Some(&beside), &study), "../study");
    }
}
