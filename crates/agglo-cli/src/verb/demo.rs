//! `agglo demo`.

use std::path::PathBuf;
use std::process::ExitCode;

use agglo_core::Lang;

use super::{report, run};
use crate::failure::Failure;
use crate::settings::Settings;

pub(crate) fn run(
    name: &str,
    dir: Option<PathBuf>,
    settings: &Settings,
) -> Result<ExitCode, Failure> {
    let known: Vec<&str> = agglo_demo::studies().iter().map(|study| study.name).collect();
    if !known.contains(&name) {
        return Err(Failure::usage(format!(
            "there is no demo `{name}`; there are {}",
            known.join(" and ")
        )));
    }
    let dir = dir.unwrap_or_else(|| PathBuf::from(format!("agglo-{name}")));
    agglo_data::create_folder(&dir)?;
    agglo_demo::write(name, &dir)
        .map_err(|error| Failure::data(format!("{}: {error}", dir.display())))?;
    let outcome = run::study(&dir, settings)?;
    run::say(&outcome, settings);
    let path = report::write(&dir, settings)?;
    let (path, dir) = (path.display(), dir.display());
    settings.say(&match settings.lang() {
        Lang::En => format!(
            "report: {path}\n\nnext:\n  open the report in a browser: both languages are inside\n  \
             agglo -C {dir} list steps\n  agglo -C {dir} list figures\n  \
             agglo init your-own-file.xlsx"
        ),
        Lang::Zh => format!(
            "报告：{path}\n\n下一步：\n  用浏览器打开报告（中英文均在其中）\n  agglo -C {dir} list steps\n  \
             agglo -C {dir} list figures\n  agglo init 您自己的文件.xlsx"
        ),
    });
    Ok(ExitCode::SUCCESS)
}
