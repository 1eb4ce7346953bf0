//! `agglo generate`.

use std::process::ExitCode;

use agglo_core::{Lang, Seed};
use agglo_data::{DISK_FULL, DataError, Diagnostic, UNWRITABLE};
use agglo_demo::{DemoError, RegisterFormat, RegisterPlan, write_register};

use crate::args::TableFormat;
use crate::failure::Failure;
use crate::output;
use crate::progress;
use crate::settings::Settings;

pub(crate) fn run(mut plan: RegisterPlan, settings: &Settings) -> Result<ExitCode, Failure> {
    let Some(dir) = &settings.output else {
        return Err(Failure::usage("-o DIR is missing: the folder to write the register to"));
    };
    plan.seed = settings.seed.value.map_or(Seed::DEFAULT, Seed);
    plan.format = match settings.format {
        None | Some(TableFormat::Parquet) => RegisterFormat::Parquet,
        Some(TableFormat::Csv) => RegisterFormat::Csv,
        Some(_) => return Err(Failure::usage("--format: a register is parquet or csv")),
    };
    let written = progress::watched(settings, |control| {
        write_register(&plan, dir, settings.threads.value, &control)
    });
    let shown = dir.display();
    let summary = written.map_err(|error| failure(&error, &shown.to_string()))?;
    let (rows, files, kept) = (summary.rows, summary.files, summary.kept);
    if settings.json {
        let json = serde_json::json!({
            "folder": shown.to_string(), "rows": rows, "files": files, "kept": kept
        });
        output::print(&format!("{json:#}\n"))?;
    } else {
        settings.say(&match settings.lang() {
            Lang::En => format!(
                "{shown}: {rows} establishment-years in {files} files, {kept} of them from an earlier \
                 run; truth.json says what is true\nnext: agglo -C {shown} run"
            ),
            Lang::Zh => format!(
                "{shown}：{files} 个文件共 {rows} 个单位年，其中 {kept} 个文件沿用上次运行；真值见 \
                 truth.json\n下一步：agglo -C {shown} run"
            ),
        });
    }
    Ok(ExitCode::SUCCESS)
}

fn failure(error: &DemoError, dir: &str) -> Failure {
    let (code, remedy) = match error {
        DemoError::Write { .. } if error.is_disk_full() => {
            (DISK_FULL, "free some space and run again: it goes on where it stopped")
        }
        DemoError::Write { .. } => {
            (UNWRITABLE, "check that the folder exists and that you may write to it")
        }
        _ => return Failure::usage(error.to_string()),
    };
    DataError::from(Diagnostic::new(code, format!("{dir}: {error}"), remedy)).into()
}
