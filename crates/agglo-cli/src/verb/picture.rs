//! `agglo map` and `agglo plot`.

use std::path::Path;
use std::process::ExitCode;

use agglo_report::picture::{self, Kind};
use agglo_study::Findings;

use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// Pixels per unit of the drawing: sharp on paper at a column's width.
const PNG_SCALE: f32 = 2.0;

pub(crate) fn run(what: &str, kind: Kind, settings: &Settings) -> Result<ExitCode, Failure> {
    let findings = Findings::load(Path::new("."))?;
    let figure = picture::find(&findings, what, kind).map_err(Failure::usage)?;
    if settings.json {
        let table = agglo_figure::table(&figure, settings.lang());
        output::print(&format!("{:#}\n", output::rows(&table)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let svg = agglo_figure::svg(&figure, settings.lang(), &agglo_figure::Theme::default());
    let is_png = settings
        .output
        .as_deref()
        .and_then(Path::extension)
        .is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if is_png {
        let png =
            agglo_figure::png(&svg, PNG_SCALE).map_err(|error| Failure::data(error.to_string()))?;
        output::deliver(&png, settings.output.as_deref())?;
    } else {
        output::deliver(svg.as_bytes(), settings.output.as_deref())?;
    }
    if let Some(path) = &settings.output {
        settings.say(&path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
