//! `agglo verify`: is everything still what the lock says?

use std::path::Path;
use std::process::ExitCode;

use agglo_core::Lang;
use agglo_study::run::RunOptions;
use agglo_study::verify::{Mismatch, Verified, verify};

use crate::failure::{Failure, code};
use crate::output;
use crate::progress;
use crate::settings::Settings;

pub(crate) fn run(
    study: &Path,
    stored_only: bool,
    settings: &Settings,
) -> Result<ExitCode, Failure> {
    let scratch = tempfile::tempdir()?;
    let engine = settings.engine()?;
    let verified = progress::watched(settings, |control| {
        let threads = settings.threads.value;
        let options = RunOptions { threads, seed: None, engine: &engine, control };
        verify(study, scratch.path(), stored_only, &options)
    });
    let verified = verified?;
    let text = if settings.json {
        format!("{:#}\n", serde_json::json!(verified))
    } else {
        text(&verified, settings.lang())
    };
    output::deliver(text.as_bytes(), settings.output.as_deref())?;
    let good = verified.mismatches.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(code::MISMATCH) })
}

fn text(verified: &Verified, lang: Lang) -> String {
    let mut lines: Vec<String> = verified.mismatches.iter().map(mismatch_text).collect();
    if let Some(program) = &verified.other_program {
        lines.push(match lang {
            Lang::En => format!("note: the lock was made by {program}"),
            Lang::Zh => format!("说明：锁文件由 {program} 生成"),
        });
    }
    let Verified { n_files, n_stored, n_recomputed, .. } = verified;
    let n = verified.mismatches.len();
    lines.push(match (n, lang) {
        (0, Lang::En) => format!(
            "verified: {n_files} files, {n_stored} tables on disk, {n_recomputed} steps recomputed; \
             nothing moved"
        ),
        (0, Lang::Zh) => {
            format!("验证通过：{n_files} 个文件，{n_stored} 张结果表，重算 {n_recomputed} 步，均未变动")
        }
        (_, Lang::En) => format!("{n} things are not what the lock says"),
        (_, Lang::Zh) => format!("共 {n} 处与锁文件不一致"),
    });
    lines.join("\n") + "\n"
}

fn mismatch_text(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::Lock => {
            "lock: agglo.lock and run.json do not agree; one of them was changed".to_owned()
        }
        Mismatch::Input { file, why } => format!("input: {file}: {why}"),
        Mismatch::Stored { step, table, why } => format!("stored: {step}:{table}: {why}"),
        Mismatch::Recomputed { step, table, why, moved } => {
            let table = table.as_ref().map_or(String::new(), |table| format!(":{table}"));
            let moved = moved.as_ref().map_or(String::new(), |moved| {
                format!("; {}: {} → {}", moved.address, moved.before, moved.after)
            });
            format!("recomputed: {step}{table}: {why}{moved}")
        }
    }
}
