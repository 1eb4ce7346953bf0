//! `agglo doctor`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let langs = settings.langs.value.iter().map(|lang| lang.tag()).collect::<Vec<_>>().join(",");
    let study = match agglo_study::spec::Spec::load(Path::new(".")) {
        Ok(spec) => spec.study.id,
        Err(error) => format!("none: {error}"),
    };
    let writable = tempfile_in_here();
    let rows: Vec<(&str, String, &str)> = vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned(), "program"),
        ("code", agglo_study::run::CODE.to_owned(), "program"),
        (
            "lang",
            if langs.is_empty() { "en, reports in en,zh".to_owned() } else { langs },
            settings.langs.origin,
        ),
        (
            "threads",
            if settings.threads.value == 0 {
                cores.to_string()
            } else {
                settings.threads.value.to_string()
            },
            settings.threads.origin,
        ),
        (
            "memory",
            settings
                .memory
                .value
                .map_or("all there is".to_owned(), |bytes| format!("{bytes} bytes")),
            settings.memory.origin,
        ),
        ("engine", settings.engine.value.clone(), settings.engine.origin),
        (
            "seed",
            settings.seed.value.map_or("as the study says".to_owned(), |seed| seed.to_string()),
            settings.seed.origin,
        ),
        (
            "user file",
            settings.user_file.as_ref().map_or("none".to_owned(), |p| p.display().to_string()),
            if settings.user_file.as_ref().is_some_and(|p| p.exists()) { "read" } else { "absent" },
        ),
        ("cores", cores.to_string(), "machine"),
        ("study", study, "this folder"),
        ("folder can be written", writable, "this folder"),
        (
            "Chinese font for PNG",
            if agglo_figure::has_chinese_font() {
                "yes"
            } else {
                "no: PNG shows boxes; SVG and HTML are fine"
            }
            .to_owned(),
            "machine",
        ),
        ("network", "never used".to_owned(), "program"),
        (
            "questions",
            "none are ever asked".to_owned(),
            if settings.no_input { "--no-input" } else { "program" },
        ),
    ];
    if settings.json {
        let value: serde_json::Map<String, serde_json::Value> = rows
            .into_iter()
            .map(|(name, value, from)| (name.to_owned(), json!({ "value": value, "from": from })))
            .collect();
        output::print(&format!("{:#}\n", serde_json::Value::Object(value)))?;
    } else {
        let lines = rows.iter().map(|(name, value, from)| format!("{name:22} {value}  ({from})\n"));
        output::print(&lines.collect::<String>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tempfile_in_here() -> String {
    match tempfile::NamedTempFile::new_in(".") {
        Ok(_) => "yes".to_owned(),
        Err(error) => format!("no: {error}"),
    }
}
