//! The study's boundaries, of whatever format and coordinate system, as one GeoJSON in degrees, and
//! which regions they give a shape.

use std::path::{Path, PathBuf};

use agglo_core::Key;
use agglo_data::{Diagnostic, Severity, UNMATCHED_BOUNDARIES as UNMATCHED};
use agglo_geo::{Boundaries, GeoError, ReadOptions};

use crate::run::TABLES;
use crate::spec::GeoSpec;

/// The boundaries as the study's maps take them: areas whose id is the code of a region.
pub fn file(root: &Path) -> PathBuf {
    root.join(TABLES).join("boundaries.geojson")
}

/// The boundaries that `geo` names, read; `None` where it names none.
///
/// # Errors
/// What [`agglo_geo::read`] says.
pub(crate) fn read(root: &Path, geo: &GeoSpec) -> Option<Result<Boundaries, GeoError>> {
    let file = geo.boundaries.as_ref()?;
    let options = ReadOptions {
        layer: geo.boundary_layer.clone(),
        code_property: geo.boundary_code.clone(),
        crs: geo.boundary_crs.clone(),
        ..ReadOptions::default()
    };
    Some(agglo_geo::read(&root.join(file), &options))
}

/// What must be said of boundaries: regions without a shape, features left out, shapes repaired.
///
/// A map is never needed to compute, so nothing here forbids a run.
pub(crate) fn check(
    file: &str,
    read: &Result<Boundaries, GeoError>,
    regions: &[Key],
) -> Vec<Diagnostic> {
    let say = |code: &'static str, message: String, remedy: &str, severity: Severity| {
        let mut diagnostic = Diagnostic::new(code, message, remedy);
        diagnostic.severity = severity;
        diagnostic.file = Some(file.to_owned());
        diagnostic
    };
    let boundaries = match read {
        Ok(boundaries) => boundaries,
        Err(error) => {
            let message = error.message.to_string();
            return vec![say(error.code, message, &error.remedy, Severity::Warning)];
        }
    };
    let report = &boundaries.report;
    let mut found = Vec::new();
    for rejected in report.rejected.iter().take(5) {
        let message = format!("feature {} is left out: {}", rejected.feature, rejected.reason);
        found.push(say(rejected.code, message, "correct it in the file", Severity::Warning));
    }
    let note =
        |note: &GeoError| say(note.code, note.message.to_string(), &note.remedy, Severity::Note);
    found.extend(report.notes.iter().map(note));
    if !report.repairs.is_empty() {
        let n: u64 = report.repairs.iter().map(|repair| repair.count).sum();
        let message = format!("{n} rings of {} areas were repaired", report.repairs.len());
        found.push(say(UNMATCHED, message, "", Severity::Note));
    }
    if regions.is_empty() {
        return found;
    }
    let join = agglo_geo::join(regions, boundaries);
    if !join.codes_without_shape.is_empty() {
        let shown: Vec<String> = join
            .codes_without_shape
            .iter()
            .take(10)
            .map(|code| match &code.suggestion {
                Some(suggestion) => format!("{} (perhaps {})", code.code, suggestion.code),
                None => code.code.to_string(),
            })
            .collect();
        let message = format!(
            "{} of {} regions have no shape: {}{}",
            join.codes_without_shape.len(),
            join.codes_without_shape.len() + join.matched.len(),
            shown.join(", "),
            if join.codes_without_shape.len() > shown.len() { ", …" } else { "" }
        );
        let remedy = "name the property with their codes as boundary_code, or the right vintage";
        found.push(say(UNMATCHED, message, remedy, Severity::Warning));
    }
    if !join.shapes_without_code.is_empty() {
        let n = join.shapes_without_code.len();
        let message = format!("{n} shapes belong to no region of the study");
        found.push(say(UNMATCHED, message, "", Severity::Note));
    }
    found
}
