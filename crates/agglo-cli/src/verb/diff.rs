//! `agglo diff`: what moved between two runs, and why.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::Lang;
use agglo_study::diff::{Cause, Diff, diff};

use crate::failure::{Failure, code};
use crate::output;
use crate::settings::Settings;

/// Numbers shown for a step; `--all` and `--json` show every one.
const SHOWN: usize = 5;

pub(crate) fn run(
    before: &Path,
    after: &Path,
    tolerance: f64,
    all: bool,
    settings: &Settings,
) -> Result<ExitCode, Failure> {
    let found = diff(&study(before), &study(after), tolerance)?;
    let text = if settings.json {
        format!("{:#}\n", serde_json::json!({ "by_cause": found.by_cause(), "diff": found }))
    } else {
        text(&found, all, settings.lang())
    };
    output::deliver(text.as_bytes(), settings.output.as_deref())?;
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(code::FOUND) })
}

/// The study's folder, where one of its files was named.
fn study(path: &Path) -> std::path::PathBuf {
    let file = path.is_file().then(|| path.parent().unwrap_or(Path::new(".")));
    file.unwrap_or(path).to_path_buf()
}

fn text(found: &Diff, all: bool, lang: Lang) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let short = |hash: &Option<String>| {
        hash.as_ref().map_or("—".to_owned(), |hash| hash[..hash.len().min(12)].to_owned())
    };
    for file in &found.files {
        let (before, after) = (short(&file.before), short(&file.after));
        say(format!("file  {} ({}): {before} → {after}", file.file, file.block));
    }
    if let Some((before, after)) = &found.code {
        say(format!("code  {before} → {after}"));
    }
    for step in &found.steps {
        let n = step.moved.len();
        say(match lang {
            Lang::En => format!("\n{}: {n} of {} numbers moved", step.step, step.n_compared),
            Lang::Zh => format!("\n{}：{} 个数值中有 {n} 个变动", step.step, step.n_compared),
        });
        for cause in &step.causes {
            say(format!("  {}", cause_text(cause)));
        }
        let shown = if all { n } else { n.min(SHOWN) };
        for moved in &step.moved[..shown] {
            say(format!("  {}: {} → {}", moved.address, moved.before, moved.after));
        }
        if n > shown {
            say(format!("  … {} more; --all shows them", n - shown));
        }
    }
    for (word, steps) in [("added", &found.added), ("removed", &found.removed)] {
        if !steps.is_empty() {
            say(format!("\n{word}: {}", steps.join(", ")));
        }
    }
    let causes: Vec<String> =
        found.by_cause().iter().map(|(cause, n)| format!("{cause} {n}")).collect();
    say(match (found.is_empty(), lang) {
        (true, Lang::En) => format!("no number moved in {} steps", found.n_same),
        (true, Lang::Zh) => format!("{} 步的数值均未变动", found.n_same),
        (false, Lang::En) => {
            format!(
                "\nnumbers moved by cause: {}; {} steps are the same",
                causes.join(", "),
                found.n_same
            )
        }
        (false, Lang::Zh) => {
            format!("\n按原因统计变动数值：{}；{} 步相同", causes.join("，"), found.n_same)
        }
    });
    text
}

fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::Data { source } => format!("data: {source} holds other rows"),
        Cause::Setting { name, before, after } => format!("setting: {name} {before} → {after}"),
        Cause::Code { before, after } => format!("code: {before} → {after}"),
        Cause::Step { step } => format!("step: {step} moved"),
    }
}
