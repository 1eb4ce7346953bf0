//! From any coordinate system to longitude and latitude on WGS 84.

use proj4rs::Proj;
use proj4rs::adaptors::transform_vertex_2d;

use crate::codes;
use crate::error::GeoError;
use crate::raw::Declared;
use crate::wkt::{self, Meaning};

/// How the coordinate system of a file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrsSource {
    /// The file itself says so.
    Declared,
    /// The .prj file beside it says so.
    Prj,
    /// The caller gave it.
    Given,
    /// The file says nothing, and the standard of its format then means longitude and latitude.
    Standard,
    /// Nothing says so; the coordinates look like degrees.
    Assumed,
}

impl CrsSource {
    /// In a few words.
    pub const fn word(self) -> &'static str {
        match self {
            CrsSource::Declared => "declared by the file",
            CrsSource::Prj => "from its .prj file",
            CrsSource::Given => "given",
            CrsSource::Standard => "assumed by the format's standard",
            CrsSource::Assumed => "assumed because the coordinates look like degrees",
        }
    }
}

/// The coordinate system that a file was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crs {
    /// `EPSG:n`, or a PROJ string.
    pub text: String,
    /// How it is known.
    pub source: CrsSource,
}

/// Turns the coordinates of one system into longitude and latitude.
#[derive(Debug)]
pub(crate) struct Transformer {
    pub(crate) crs: Crs,
    /// `None` where coordinates are longitude and latitude already.
    projected: Option<(Proj, Proj)>,
    /// What a reader should know of its accuracy.
    pub(crate) note: Option<&'static str>,
}

const REMEDY: &str = "give the coordinate system: `crs = \"EPSG:...\"` or a PROJ string";

/// Geographic systems that agree with WGS 84 within a meter or two: nothing is computed for them.
const DEGREES: [u32; 6] = [4326, 4490, 4258, 4269, 4979, 4617];

impl Transformer {
    /// From what the caller gave, else from what the file says.
    ///
    /// `degrees` is whether the coordinates could be degrees.
    pub(crate) fn new(
        given: Option<&str>,
        declared: &Declared,
        degrees: bool,
    ) -> Result<Transformer, GeoError> {
        if let Some(text) = given {
            return from_text(text.trim(), CrsSource::Given);
        }
        match declared {
            Declared::Epsg(code) => from_epsg(*code, CrsSource::Declared),
            Declared::Name(name) => from_text(name, CrsSource::Declared),
            Declared::Wkt { text, prj } => {
                let source = if *prj { CrsSource::Prj } else { CrsSource::Declared };
                match wkt::meaning(text) {
                    Ok(Meaning::Epsg(code)) => from_epsg(code, source),
                    Ok(Meaning::Proj(text)) => from_proj(&text, source),
                    Err(reason) => {
                        let start: String = text.chars().take(60).collect();
                        Err(unknown(&format!("`{start}…`"), &reason))
                    }
                }
            }
            Declared::Standard(_) if degrees => from_epsg(4326, CrsSource::Standard),
            Declared::Nothing if degrees => from_epsg(4326, CrsSource::Assumed),
            Declared::Standard(_) | Declared::Nothing => Err(GeoError::new(
                codes::NO_CRS,
                "the file names no coordinate system, and its coordinates are no degrees",
                REMEDY,
            )),
        }
    }

    /// Whether coordinates are degrees before they are turned.
    pub(crate) fn is_degrees(&self) -> bool {
        self.projected.as_ref().is_none_or(|(from, _)| from.is_latlong())
    }

    /// Whether coordinates are lengths in meters.
    pub(crate) fn is_meters(&self) -> bool {
        let meters = |from: &Proj| !from.is_latlong() && (from.to_meter() - 1.0).abs() < 1e-9;
        self.projected.as_ref().is_some_and(|(from, _)| meters(from))
    }

    /// The longitude and latitude in degrees, or `None` where the projection has no inverse.
    pub(crate) fn apply(&self, point: [f64; 2]) -> Option<[f64; 2]> {
        let Some((from, to)) = &self.projected else { return Some(point) };
        let [x, y] = point;
        let at = if from.is_latlong() { (x.to_radians(), y.to_radians()) } else { (x, y) };
        let (lon, lat) = transform_vertex_2d(from, to, at).ok()?;
        let turned = [lon.to_degrees(), lat.to_degrees()];
        turned.iter().all(|value| value.is_finite()).then_some(turned)
    }
}

fn unknown(what: &str, reason: &str) -> GeoError {
    GeoError::new(
        codes::UNKNOWN_CRS,
        format!("the coordinate system {what} cannot be used: {reason}"),
        REMEDY,
    )
}

fn from_text(text: &str, source: CrsSource) -> Result<Transformer, GeoError> {
    if text.starts_with('+') {
        return from_proj(text, source);
    }
    let upper = text.to_ascii_uppercase();
    if upper.ends_with("CRS84") || upper == "WGS84" {
        return from_epsg(4326, source);
    }
    let code =
        upper.strip_prefix("EPSG").and_then(|rest| rest.trim_start_matches(':').parse().ok());
    let urn = || upper.contains("EPSG").then(|| upper.rsplit([':', '/']).next()?.parse().ok())?;
    match code.or_else(urn) {
        Some(code) => from_epsg(code, source),
        None => match wkt::meaning(text) {
            Ok(Meaning::Epsg(code)) => from_epsg(code, source),
            Ok(Meaning::Proj(text)) => from_proj(&text, source),
            Err(_) => {
                Err(unknown(&format!("`{text}`"), "it is no `EPSG:` code and no PROJ string"))
            }
        },
    }
}

fn from_epsg(code: u32, source: CrsSource) -> Result<Transformer, GeoError> {
    let crs = Crs { text: format!("EPSG:{code}"), source };
    if DEGREES.contains(&code) {
        return Ok(Transformer { crs, projected: None, note: None });
    }
    let fail = |reason: &str| unknown(&format!("EPSG:{code}"), reason);
    let code = u16::try_from(code).map_err(|_| fail("its code is not in the EPSG list"))?;
    let definition = proj4rs_definition(code).ok_or_else(|| fail("its code is not in the list"))?;
    let mut transformer =
        from_proj(&definition, source).map_err(|_| fail("it is not supported"))?;
    transformer.crs = crs;
    Ok(transformer)
}

/// The PROJ string of a code, checked.
fn proj4rs_definition(code: u16) -> Option<String> {
    crs_definitions::from_code(code).map(|definition| definition.proj4.to_owned())
}

fn from_proj(text: &str, source: CrsSource) -> Result<Transformer, GeoError> {
    let fail = |reason: String| unknown(&format!("`{text}`"), &reason);
    let from = Proj::from_proj_string(text).map_err(|error| fail(error.to_string()))?;
    let to = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs")
        .map_err(|error| fail(error.to_string()))?;
    if !from.has_inverse() || from.is_geocent() {
        return Err(fail("it has no way back to longitude and latitude".into()));
    }
    let crs = Crs { text: text.to_owned(), source };
    Ok(Transformer { crs, note: accuracy(text), projected: Some((from, to)) })
}

/// What the datum of a PROJ string means for accuracy.
fn accuracy(text: &str) -> Option<&'static str> {
    let has = |word: &str| text.contains(word);
    if has("OSGB36") || has("446.448") {
        return Some(
            "the datum OSGB 1936 was changed with seven parameters; against OSTN15 the result may \
             be off by up to about 5 m",
        );
    }
    if has("+nadgrids") && !has("@null") || has("+datum=NAD27") {
        return Some(
            "the datum needs a grid file that is not used here; the result may be off by up to 200 m",
        );
    }
    let shift = text.split_once("+towgs84=").map(|(_, rest)| {
        let numbers = rest.split_whitespace().next().unwrap_or_default();
        numbers.split(',').any(|number| number.parse::<f64>().is_ok_and(|value| value != 0.0))
    });
    match shift {
        Some(true) => Some(
            "the datum was changed with the parameters of the EPSG list; the result may be off by \
             some meters",
        ),
        Some(false) => None,
        None if ["WGS84", "GRS80", "NAD83", "6378137"].iter().any(|known| has(known)) => None,
        None => Some(
            "the shift of the datum is not known and was taken for zero; the result may be off by \
             some hundred meters",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<Transformer, GeoError> {
        Transformer::new(Some(text), &Declared::Nothing, true)
    }

    #[test]
    fn the_forms_of_a_code_mean_the_same() {
        for text in ["EPSG:3035", "epsg:3035", "urn:ogc:def:crs:EPSG::3035", "EPSG3035"] {
            assert_eq!(given(text).unwrap().crs.text, "EPSG:3035", "{text}");
        }
        assert!(given("urn:ogc:def:crs:OGC:1.3:CRS84").unwrap().is_degrees());
    }

    #[test]
    fn what_is_not_known_is_an_error_with_a_remedy() {
        for text in ["EPSG:1", "EPSG:99999", "EPSG:102003", "nonsense", "+proj=nonsense", "+", ""] {
            let error = given(text).unwrap_err();
            assert_eq!(error.code, codes::UNKNOWN_CRS, "{text}");
            assert!(error.remedy.contains("EPSG:"), "{text}");
        }
    }

    #[test]
    fn no_system_and_no_degrees_asks() {
        let error = Transformer::new(None, &Declared::Nothing, false).unwrap_err();
        assert_eq!(error.code, codes::NO_CRS);
        let assumed = Transformer::new(None, &Declared::Nothing, true).unwrap();
        assert_eq!(assumed.crs.source, CrsSource::Assumed);
    }

    #[test]
    fn doubtful_datums_are_said() {
        assert!(given("EPSG:27700").unwrap().note.unwrap().contains("OSTN15"));
        assert!(given("EPSG:2333").unwrap().note.unwrap().contains("hundred meters"));
        for text in ["EPSG:3035", "EPSG:3857", "EPSG:4549", "EPSG:5070", "EPSG:25832"] {
            assert_eq!(given(text).unwrap().note, None, "{text}");
        }
    }
}
