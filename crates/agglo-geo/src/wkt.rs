//! Well-known text of coordinate systems, as found in .prj files, to an EPSG code or a PROJ string.
//!
//! Both generations are read: `PROJCS`/`GEOGCS` and `PROJCRS`/`GEOGCRS`. An authority's code wins;
//! otherwise the projection is rebuilt from its parameters. A datum that needs a shift is accepted
//! only with its parameters (`TOWGS84`) or when it is one of those that equal WGS 84 within a meter
//! or two, or OSGB 1936.
//! Source: OGC 01-009 (WKT 1), ISO 19162 (WKT 2).

use crate::raw::MAX_NESTING;

/// What a text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// An EPSG code.
    Epsg(u32),
    /// A PROJ string.
    Proj(String),
}

/// A keyword with its arguments.
#[derive(Debug)]
struct Node {
    word: String,
    texts: Vec<String>,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, words: &[&str]) -> Option<&Node> {
        self.children.iter().find(|child| words.contains(&child.word.as_str()))
    }

    fn find(&self, words: &[&str]) -> Option<&Node> {
        self.child(words).or_else(|| self.children.iter().find_map(|child| child.find(words)))
    }

    fn name(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    fn number(&self, place: usize) -> Option<f64> {
        self.texts.get(place)?.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// What `text` means, or why that cannot be told.
pub(crate) fn meaning(text: &str) -> Result<Meaning, String> {
    let root = parse(text)?;
    if let Some(code) = authority(&root) {
        return Ok(Meaning::Epsg(code));
    }
    match root.word.as_str() {
        "COMPD_CS" | "COMPOUNDCRS" | "BOUNDCRS" => {
            let part = root.find(&["PROJCS", "PROJCRS", "GEOGCS", "GEOGCRS", "GEODCRS"]);
            let part = part.ok_or("a compound system without a horizontal part")?;
            authority(part).map_or_else(|| described(part), |code| Ok(Meaning::Epsg(code)))
        }
        _ => described(&root),
    }
}

fn parse(text: &str) -> Result<Node, String> {
    let bytes: Vec<char> = text.trim_start_matches('\u{feff}').trim().chars().collect();
    let mut place = 0;
    node(&bytes, &mut place, 0)
}

fn node(text: &[char], place: &mut usize, depth: usize) -> Result<Node, String> {
    if depth > MAX_NESTING {
        return Err("its brackets are nested too deep".into());
    }
    let start = *place;
    while text.get(*place).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        *place += 1;
    }
    let word: String = text[start..*place].iter().collect::<String>().to_ascii_uppercase();
    blanks(text, place);
    if word.is_empty() || !matches!(text.get(*place), Some('[' | '(')) {
        return Err("it is no well-known text".into());
    }
    *place += 1;
    let mut node_here = Node { word, texts: Vec::new(), children: Vec::new() };
    loop {
        blanks(text, place);
        match text.get(*place) {
            None => return Err("its brackets are not closed".into()),
            Some(']' | ')') => {
                *place += 1;
                return Ok(node_here);
            }
            Some(',') => *place += 1,
            Some('"') => node_here.texts.push(quoted(text, place)?),
            Some(_) => {
                let start = *place;
                while text.get(*place).is_some_and(|c| {
                    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':')
                }) {
                    *place += 1;
                }
                if *place == start {
                    return Err(format!("it has a stray `{}`", text[start]));
                }
                let end = *place;
                blanks(text, place);
                if matches!(text.get(*place), Some('[' | '(')) {
                    *place = start;
                    node_here.children.push(node(text, place, depth + 1)?);
                } else {
                    node_here.texts.push(text[start..end].iter().collect());
                }
            }
        }
    }
}

fn blanks(text: &[char], place: &mut usize) {
    while text.get(*place).is_some_and(|c| c.is_whitespace()) {
        *place += 1;
    }
}

fn quoted(text: &[char], place: &mut usize) -> Result<String, String> {
    *place += 1;
    let mut inside = String::new();
    loop {
        match text.get(*place) {
            None => return Err("a quotation is not closed".into()),
            Some('"') if text.get(*place + 1) == Some(&'"') => {
                inside.push('"');
                *place += 2;
            }
            Some('"') => {
                *place += 1;
                return Ok(inside);
            }
            Some(c) => {
                inside.push(*c);
                *place += 1;
            }
        }
    }
}

fn authority(node: &Node) -> Option<u32> {
    let own = node.child(&["AUTHORITY", "ID"])?;
    if !own.name().eq_ignore_ascii_case("EPSG") {
        return None;
    }
    own.texts.get(1)?.parse().ok()
}

fn described(node: &Node) -> Result<Meaning, String> {
    if let Some(code) = by_name(node.name()) {
        return Ok(Meaning::Epsg(code));
    }
    let geographic = ["GEOGCS", "GEOGCRS", "GEODCRS", "BASEGEOGCRS", "BASEGEODCRS"];
    let base = if geographic.contains(&node.word.as_str()) {
        node
    } else {
        node.child(&geographic).ok_or("it has no geographic system")?
    };
    let datum = datum(base)?;
    if std::ptr::eq(base, node) {
        return Ok(Meaning::Proj(format!("+proj=longlat {datum} +no_defs")));
    }
    if !matches!(node.word.as_str(), "PROJCS" | "PROJCRS") {
        return Err(format!("{} is no projected or geographic system", node.word));
    }
    let projection = projection(node)?;
    let unit = node.child(&["UNIT", "LENGTHUNIT"]).and_then(|unit| unit.number(1)).unwrap_or(1.0);
    if unit <= 0.0 {
        return Err("its unit of length is not positive".into());
    }
    Ok(Meaning::Proj(format!("{projection} {datum} +to_meter={unit} +no_defs")))
}

/// Letters and digits only, in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names without a code that are common in .prj files.
fn by_name(name: &str) -> Option<u32> {
    let name = plain(name);
    let code = match name.as_str() {
        "gcswgs1984" | "wgs84" | "wgs1984" => 4326,
        "gcschinageodeticcoordinatesystem2000"
        | "chinageodeticcoordinatesystem2000"
        | "cgcs2000" => 4490,
        "gcsetrs1989" | "etrs89" => 4258,
        "gcsnorthamerican1983" | "nad83" => 4269,
        "wgs1984webmercatorauxiliarysphere" | "wgs84pseudomercator" => 3857,
        "etrs1989laea" | "etrs89laeaeurope" | "etrs89extendedlaeaeurope" => 3035,
        "britishnationalgrid" | "osgb1936britishnationalgrid" | "osgb36britishnationalgrid" => {
            27700
        }
        "nad1983contiguoususaalbers" | "nad1983albers" | "nad83conusalbers" => 5070,
        "rgf1993lambert93" | "rgf93lambert93" => 2154,
        _ => return utm(&name),
    };
    Some(code)
}

/// `WGS_1984_UTM_Zone_50N` and its ETRS 1989 and NAD 1983 sisters.
fn utm(name: &str) -> Option<u32> {
    let (north, south, zone) = [
        ("wgs1984utmzone", Some((32600, 32700))),
        ("wgs84utmzone", Some((32600, 32700))),
        ("etrs1989utmzone", None),
        ("etrs89utmzone", None),
        ("nad1983utmzone", None),
        ("nad83utmzone", None),
    ]
    .into_iter()
    .find_map(|(start, both)| {
        let zone = name.strip_prefix(start)?;
        let (north, south) = match both {
            Some((north, south)) => (north, Some(south)),
            None if start.starts_with("etrs") => (25800, None),
            None => (26900, None),
        };
        Some((north, south, zone))
    })?;
    let (number, side) = zone.split_at_checked(zone.len().checked_sub(1)?)?;
    let number: u32 = number.parse().ok().filter(|n| (1..=60).contains(n))?;
    // Zones outside these have no code of this pattern.
    let known = match north {
        25800 => (28..=38).contains(&number),
        26900 => (1..=23).contains(&number),
        _ => true,
    };
    match (side, south) {
        ("n", _) if known => Some(north + number),
        ("s", Some(south)) => Some(south + number),
        _ => None,
    }
}

/// Datums that agree with WGS 84 within a meter or two.
const SAME: [&str; 16] = [
    "wgs1984",
    "wgs84",
    "worldgeodeticsystem1984",
    "worldgeodeticsystem1984ensemble",
    "northamerican1983",
    "northamericandatum1983",
    "etrs1989",
    "europeanterrestrialreferencesystem1989",
    "europeanterrestrialreferencesystem1989ensemble",
    "china2000",
    "gda1994",
    "geocentricdatumofaustralia1994",
    "geocentricdatumofaustralia2020",
    "nzgd2000",
    "jgd2011",
    "rgf1993",
];

fn datum(base: &Node) -> Result<String, String> {
    let datum = base
        .child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])
        .ok_or("its geographic system has no datum")?;
    let meridian = base.child(&["PRIMEM", "PRIMEMERIDIAN"]).and_then(|m| m.number(1));
    let meridian = match meridian {
        Some(offset) if offset != 0.0 => format!(" +pm={offset}"),
        _ => String::new(),
    };
    let name = plain(datum.name());
    let name = name.strip_prefix('d').filter(|_| datum.name().starts_with("D_")).unwrap_or(&name);
    if name == "osgb1936" || name == "ordnancesurveyofgreatbritain1936" {
        return Ok(format!("+datum=OSGB36{meridian}"));
    }
    let ellipsoid = datum.child(&["SPHEROID", "ELLIPSOID"]).ok_or("its datum has no ellipsoid")?;
    let axis = ellipsoid.number(1).filter(|a| *a > 1e6).ok_or("its ellipsoid has no axis")?;
    let flattening = ellipsoid.number(2).ok_or("its ellipsoid has no flattening")?;
    let shape = if flattening == 0.0 {
        format!("+a={axis} +b={axis}")
    } else {
        format!("+a={axis} +rf={flattening}")
    };
    let shift = datum.child(&["TOWGS84"]).or_else(|| base.child(&["TOWGS84"]));
    if let Some(shift) = shift {
        let numbers: Vec<&str> = shift.texts.iter().map(String::as_str).collect();
        if matches!(numbers.len(), 3 | 7) && numbers.iter().all(|n| n.parse::<f64>().is_ok()) {
            return Ok(format!("{shape} +towgs84={}{meridian}", numbers.join(",")));
        }
    }
    if SAME.contains(&name) {
        return Ok(format!("{shape} +towgs84=0,0,0{meridian}"));
    }
    Err(format!("its datum `{}` has no shift to WGS 84 that is known here", datum.name()))
}

fn projection(node: &Node) -> Result<String, String> {
    let conversion = node.child(&["CONVERSION"]);
    let holder = conversion.unwrap_or(node);
    let method = holder.child(&["PROJECTION", "METHOD"]).ok_or("it names no projection")?;
    let parameter = |names: &[&str]| -> Option<f64> {
        holder
            .children
            .iter()
            .filter(|child| child.word == "PARAMETER")
            .find(|child| names.contains(&plain(child.name()).as_str()))?
            .number(1)
    };
    let lon = parameter(&[
        "centralmeridian",
        "longitudeofcenter",
        "longitudeofnaturalorigin",
        "longitudeoffalseorigin",
    ])
    .unwrap_or(0.0);
    let lat = parameter(&[
        "latitudeoforigin",
        "latitudeofcenter",
        "latitudeofnaturalorigin",
        "latitudeoffalseorigin",
    ])
    .unwrap_or(0.0);
    let scale = parameter(&["scalefactor", "scalefactoratnaturalorigin"]).unwrap_or(1.0);
    let first = parameter(&["standardparallel1", "latitudeof1ststandardparallel"]);
    let second = parameter(&["standardparallel2", "latitudeof2ndstandardparallel"]);
    // Both are in the unit of the system; a PROJ string wants meters.
    let unit = node.child(&["UNIT", "LENGTHUNIT"]).and_then(|unit| unit.number(1)).unwrap_or(1.0);
    let x = parameter(&["falseeasting", "eastingatfalseorigin"]).unwrap_or(0.0) * unit;
    let y = parameter(&["falsenorthing", "northingatfalseorigin"]).unwrap_or(0.0) * unit;
    let offset = format!("+lon_0={lon} +x_0={x} +y_0={y}");
    let text = match plain(method.name()).as_str() {
        "transversemercator" | "gausskruger" | "gausskrüger" => {
            format!("+proj=tmerc +lat_0={lat} +k={scale} {offset}")
        }
        "lambertconformalconic"
        | "lambertconformalconic2sp"
        | "lambertconicconformal2sp"
        | "lambertconformalconic1sp"
        | "lambertconicconformal1sp" => match (first, second) {
            (Some(first), Some(second)) => {
                format!("+proj=lcc +lat_1={first} +lat_2={second} +lat_0={lat} {offset}")
            }
            _ => {
                let first = first.unwrap_or(lat);
                format!("+proj=lcc +lat_1={first} +lat_0={lat} +k_0={scale} {offset}")
            }
        },
        "albers" | "albersconicequalarea" | "albersequalarea" => {
            let first = first.ok_or("its conic projection has no standard parallel")?;
            let second = second.unwrap_or(first);
            format!("+proj=aea +lat_1={first} +lat_2={second} +lat_0={lat} {offset}")
        }
        "lambertazimuthalequalarea" => format!("+proj=laea +lat_0={lat} {offset}"),
        "mercator" | "mercator1sp" | "mercatorvarianta" => {
            format!("+proj=merc +k={scale} {offset}")
        }
        "mercator2sp" | "mercatorvariantb" => {
            format!("+proj=merc +lat_ts={} {offset}", first.unwrap_or(0.0))
        }
        "equidistantconic" => {
            let first = first.ok_or("its conic projection has no standard parallel")?;
            let second = second.unwrap_or(first);
            format!("+proj=eqdc +lat_1={first} +lat_2={second} +lat_0={lat} {offset}")
        }
        "azimuthalequidistant" => format!("+proj=aeqd +lat_0={lat} {offset}"),
        "sinusoidal" => format!("+proj=sinu {offset}"),
        "mollweide" => format!("+proj=moll {offset}"),
        "robinson" => format!("+proj=robin {offset}"),
        "cylindricalequalarea" => {
            format!("+proj=cea +lat_ts={} {offset}", first.unwrap_or(0.0))
        }
        "equidistantcylindrical" | "platecarree" | "equirectangular" => {
            format!("+proj=eqc +lat_ts={} {offset}", first.unwrap_or(0.0))
        }
        _ => return Err(format!("its projection `{}` is not known here", method.name())),
    };
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_wins_and_names_are_known() {
        let text = r#"PROJCS["x",GEOGCS["y",AUTHORITY["EPSG","4258"]],AUTHORITY["EPSG","3035"]]"#;
        assert_eq!(meaning(text), Ok(Meaning::Epsg(3035)));
        let text = r#"PROJCS["WGS_1984_UTM_Zone_50N",GEOGCS["GCS_WGS_1984"]]"#;
        assert_eq!(meaning(text), Ok(Meaning::Epsg(32650)));
        let text = r#"PROJCS["ETRS_1989_UTM_Zone_32N",GEOGCS["GCS_ETRS_1989"]]"#;
        assert_eq!(meaning(text), Ok(Meaning::Epsg(25832)));
        let text = r#"GEOGCRS["WGS 84",DATUM["x"],ID["EPSG",4326]]"#;
        assert_eq!(meaning(text), Ok(Meaning::Epsg(4326)));
    }

    #[test]
    fn a_projection_without_a_code_is_rebuilt_from_its_parameters() {
        let text = r#"PROJCS["Provincial_Albers",GEOGCS["GCS_WGS_1984x",DATUM["D_WGS_1984",
            SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],
            UNIT["Degree",0.0174532925199433]],PROJECTION["Albers"],PARAMETER["False_Easting",4000.0],
            PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],
            PARAMETER["Standard_Parallel_1",25.0],PARAMETER["Standard_Parallel_2",47.0],
            PARAMETER["Latitude_Of_Origin",0.0],UNIT["Kilometer",1000.0]]"#;
        let expected = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +x_0=4000000 +y_0=0 \
                        +a=6378137 +rf=298.257223563 +towgs84=0,0,0 +to_meter=1000 +no_defs";
        assert_eq!(meaning(text), Ok(Meaning::Proj(expected.into())));
    }

    #[test]
    fn a_datum_that_moves_things_is_not_ignored() {
        let text = r#"GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",
            SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0]]"#;
        assert!(meaning(text).unwrap_err().contains("D_Beijing_1954"));
    }

    #[test]
    fn damaged_texts_are_refused() {
        for text in ["", "abc", "PROJCS[", "PROJCS[\"x", "PROJCS[]]", "GEOGCS[\"x\"]", "A[*]"] {
            assert!(meaning(text).is_err(), "{text}");
        }
        let deep = "A[".repeat(100_000);
        assert!(meaning(&deep).unwrap_err().contains("nested"));
    }
}
