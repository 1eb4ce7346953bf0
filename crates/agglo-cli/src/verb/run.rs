//! `agglo run`.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::Lang;
use agglo_study::record::Status;
use agglo_study::run::{Outcome, RunOptions};
use serde_json::json;

use crate::failure::{Failure, code};
use crate::output;
use crate::progress;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let outcome = study(Path::new("."), settings)?;
    let failed = outcome.count(Status::Failed);
    if settings.json {
        output::print(&format!("{:#}\n", json(&outcome)))?;
    } else {
        say(&outcome, settings);
        settings.say(match settings.lang() {
            Lang::En => "next: agglo report",
            Lang::Zh => "下一步：agglo report",
        });
    }
    Ok(if failed > 0 { ExitCode::from(code::DATA) } else { ExitCode::SUCCESS })
}

/// Runs the study in `root` with a progress bar.
pub(crate) fn study(root: &Path, settings: &Settings) -> Result<Outcome, Failure> {
    let engine = settings.engine()?;
    let outcome = progress::watched(settings, |control| {
        let (threads, seed) = (settings.threads.value, settings.seed.value);
        agglo_study::run::run(root, &RunOptions { threads, seed, engine: &engine, control })
    });
    Ok(outcome?)
}

/// Says on stderr what a run did.
pub(crate) fn say(outcome: &Outcome, settings: &Settings) {
    let n_steps = outcome.record.steps.len();
    for data in &outcome.record.data {
        let (read, used, rejected) = (data.rows_read, data.rows_used, data.rows_rejected);
        settings.say(&match settings.lang() {
            Lang::En => {
                format!("{}: {read} rows read = {used} used + {rejected} rejected", data.name)
            }
            Lang::Zh => {
                format!("{}：读入 {read} 行 = 采用 {used} 行 + 拒绝 {rejected} 行", data.name)
            }
        });
    }
    for step in &outcome.record.steps {
        let Some(reason) = &step.reason else { continue };
        let word = match (step.status, settings.lang()) {
            (Status::Refused, Lang::En) => "no answer",
            (Status::Refused, Lang::Zh) => "无法回答",
            (_, Lang::En) => "failed",
            (_, Lang::Zh) => "失败",
        };
        settings.say(&format!("{word}: {}: {reason}", step.step));
    }
    let (answered, refused, failed) = (
        outcome.count(Status::Answered),
        outcome.count(Status::Refused),
        outcome.count(Status::Failed),
    );
    let n = outcome.n_computed;
    settings.say(&match settings.lang() {
        Lang::En => format!(
            "{n} of {n_steps} steps computed, the others were known; {answered} answered, \
             {refused} without an answer, {failed} failed"
        ),
        Lang::Zh => format!(
            "共 {n_steps} 步，本次计算 {n} 步，其余沿用；{answered} 步有结果，{refused} \
             步无法回答，{failed} 步失败"
        ),
    });
}

fn json(outcome: &Outcome) -> serde_json::Value {
    json!({
        "computed": outcome.n_computed,
        "tables_read": outcome.n_tables_read,
        "run": outcome.record,
    })
}
