//! Every code of this crate with its title and explanation.

use crate::error::Severity;

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The stable code, such as `A0901`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// What happened, why it matters, and what to do.
    pub explanation: &'static str,
}

const fn error(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Error, title, explanation }
}

const fn warning(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Warning, title, explanation }
}

const fn note(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, severity: Severity::Note, title, explanation }
}

pub(crate) const NO_FILE: &str = "A0901";
pub(crate) const UNREADABLE: &str = "A0902";
pub(crate) const UNKNOWN_FORMAT: &str = "A0903";
pub(crate) const DAMAGED: &str = "A0904";
pub(crate) const TOO_LARGE: &str = "A0905";
pub(crate) const NO_LAYER: &str = "A0906";
pub(crate) const NO_CRS: &str = "A0907";
pub(crate) const UNKNOWN_CRS: &str = "A0908";
pub(crate) const NOT_DEGREES: &str = "A0909";
pub(crate) const NO_CODE_PROPERTY: &str = "A0910";
pub(crate) const NOTHING_USABLE: &str = "A0911";
pub(crate) const UNKNOWN_ENCODING: &str = "A0912";
pub(crate) const NO_TABLE: &str = "A0913";
pub(crate) const UNSUPPORTED: &str = "A0914";
pub(crate) const NO_GEOMETRY: &str = "A0915";
pub(crate) const WRONG_KIND: &str = "A0916";
pub(crate) const BAD_COORDINATE: &str = "A0917";
pub(crate) const DEGENERATE: &str = "A0918";
pub(crate) const NO_CODE: &str = "A0919";
pub(crate) const UNITED: &str = "A0920";
pub(crate) const RING_REPAIRED: &str = "A0921";
pub(crate) const CROSSING: &str = "A0922";
pub(crate) const ANTIMERIDIAN: &str = "A0923";
pub(crate) const CRS_ASSUMED: &str = "A0924";
pub(crate) const CODE_CHOSEN: &str = "A0925";
pub(crate) const HOLE_OUTSIDE: &str = "A0926";
pub(crate) const UNCHECKED: &str = "A0927";
pub(crate) const NOT_REPROJECTED: &str = "A0928";
pub(crate) const DATUM_ACCURACY: &str = "A0929";
pub(crate) const FEATURE_DAMAGED: &str = "A0930";

const CODES: &[CodeInfo] = &[
    error(
        NO_FILE,
        "boundary file not found",
        "The path names no file. A relative path starts at the folder of the study. \
         Check the spelling, and that the file was not moved.",
    ),
    error(
        UNREADABLE,
        "boundary file cannot be read",
        "The file is there, and the system does not let it be read: a folder, a missing right, a disk that fails.",
    ),
    error(
        UNKNOWN_FORMAT,
        "not a boundary format that is known",
        "The first bytes and the content decide, not the name. Known are GeoJSON, TopoJSON, Shapefile (also zipped), \
         GeoPackage, FlatGeobuf and GeoParquet. Of a Shapefile, name the .shp or the .zip. \
         Other formats are converted with `ogr2ogr out.gpkg in.xxx`.",
    ),
    error(
        DAMAGED,
        "boundary file is damaged",
        "The file begins as its format does and then contradicts itself: it ends too early, or a length or count in it \
         points past its end. Nothing of it is used, because what is missing cannot be told. Get it again.",
    ),
    error(
        TOO_LARGE,
        "boundary file is larger than what is read",
        "Files of more than 2 GiB, zip members that unfold to more than 1 GiB, and shapes nested more than 32 deep are refused, \
         so that a hostile file cannot fill the memory. Cut the file to the layer and area needed, or simplify it.",
    ),
    error(
        NO_LAYER,
        "no such layer",
        "A GeoPackage, a TopoJSON or a zip may hold several layers; the one asked for is not among them, or there is none with shapes. \
         The message lists those there are: `layer = \"NAME\"`.",
    ),
    error(
        NO_CRS,
        "coordinate system not known",
        "The file says nothing about its coordinate system, and its coordinates cannot be degrees. \
         No system is guessed, because a wrong one moves everything and looks right. \
         Look it up where the file came from and give it: `crs = \"EPSG:27700\"`, or a PROJ string.",
    ),
    error(
        UNKNOWN_CRS,
        "coordinate system not supported",
        "The coordinate system is named or described, and cannot be turned into longitude and latitude here: its code is not in \
         the EPSG list, its projection is not known, or its datum needs a grid file. Give the right one, \
         `crs = \"EPSG:...\"` or a PROJ string, or convert the file: `ogr2ogr -t_srs EPSG:4326 out.gpkg in.shp`.",
    ),
    error(
        NOT_DEGREES,
        "coordinates are no degrees though the coordinate system has degrees",
        "The file declares longitude and latitude (or was given such a system), and most of its features lie outside 360 by 90 degrees. \
         The coordinates were probably projected and the declaration left as it was. Give the system they are in: `crs = \"EPSG:...\"`.",
    ),
    error(
        NO_CODE_PROPERTY,
        "no property holds the codes",
        "Values are joined to shapes by a code. Either the property asked for is not in the file, \
         or none was asked for and none is a code beyond doubt. The message lists the properties: `code = \"PROPERTY\"`.",
    ),
    error(
        NOTHING_USABLE,
        "no feature could be used",
        "The file was read, and every feature in it was rejected. The message says how many for which reason.",
    ),
    error(
        UNKNOWN_ENCODING,
        "text encoding not known or wrong",
        "The encoding asked for, or named in the .cpg file or the .dbf, is not one of the WHATWG standard, or the text does not fit it. \
         Give another: `encoding = \"gb18030\"`.",
    ),
    error(
        NO_TABLE,
        "the Shapefile's table is missing",
        "A Shapefile is several files of one name; codes and names are in the .dbf, which is not beside the .shp \
         or has another number of records. Copy all of them.",
    ),
    error(
        UNSUPPORTED,
        "a variant of the format that is not read",
        "Curves, compressed or native GeoParquet encodings and the like are not read. \
         Convert: `ogr2ogr -nlt CONVERT_TO_LINEAR out.gpkg in`, or write GeoParquet with the encoding WKB.",
    ),
    warning(
        NO_GEOMETRY,
        "feature without a shape",
        "The feature has properties and an empty or absent geometry. It is counted as rejected; a value of its code finds no shape.",
    ),
    warning(
        WRONG_KIND,
        "feature of the wrong kind",
        "A point or a line is no area, an area is no point. The feature is counted as rejected. Perhaps another layer was meant.",
    ),
    warning(
        BAD_COORDINATE,
        "coordinate that is no place on Earth",
        "A coordinate is not a finite number, or lies outside the range of its system. \
         The feature is rejected as a whole, because a ring without one of its corners is another shape.",
    ),
    warning(
        DEGENERATE,
        "feature without area",
        "After duplicate points were removed no ring of at least three corners with an area was left. The feature is rejected.",
    ),
    warning(
        NO_CODE,
        "feature without a code",
        "The property with the codes is empty here. With a name, the feature is kept under `#` and its number, so that it is drawn, \
         and no value finds it; without one it is rejected.",
    ),
    note(
        UNITED,
        "several features of one code",
        "An area may be given as several features, one for each island. They become one area; \
         where they touch, the border between them is dissolved.",
    ),
    note(
        RING_REPAIRED,
        "ring repaired",
        "Rings that were not closed are closed, repeated points are dropped, rings without area are left out, \
         and rings that run the wrong way are turned. None of this changes what the shape covers.",
    ),
    warning(
        CROSSING,
        "ring that crosses itself or another",
        "The shape is not simple, as a bow tie is not. It was rebuilt: a place is inside when a ray from it crosses the border an odd number of times; \
         polygons of one feature that overlap are united. Its area may change; compare the map.",
    ),
    warning(
        ANTIMERIDIAN,
        "shape that crosses the 180th meridian",
        "A border jumps by more than 180 degrees of longitude, or lies beyond 180. On a map it runs across the whole world, and its area and center are wrong. \
         Cut the shape at the meridian: `ogr2ogr -wrapdateline out.gpkg in.gpkg`.",
    ),
    warning(
        CRS_ASSUMED,
        "coordinate system assumed",
        "The file does not name its coordinate system, and its coordinates look like degrees, so longitude and latitude (WGS 84) were assumed. \
         Say so to be sure: `crs = \"EPSG:4326\"`.",
    ),
    note(
        CODE_CHOSEN,
        "property with the codes chosen",
        "No property was asked for; the one whose values are distinct, short and named like a code was taken. Name it to be sure: `code = \"PROPERTY\"`.",
    ),
    warning(
        HOLE_OUTSIDE,
        "hole outside its ring",
        "A hole lies wholly outside the ring it is said to be in. In a Shapefile, where direction alone tells holes from rings, \
         it becomes a ring; elsewhere it is left out.",
    ),
    warning(
        UNCHECKED,
        "shape too large to be checked for crossings",
        "Looking for crossings in this shape would have taken too long; it is used as it is. Simplify it.",
    ),
    warning(
        NOT_REPROJECTED,
        "feature that cannot be turned into longitude and latitude",
        "A coordinate lies outside the area where the projection has an inverse. The feature is rejected. \
         When it happens to many, the coordinate system is probably another.",
    ),
    note(
        DATUM_ACCURACY,
        "change of datum with limited accuracy",
        "The datum was changed with seven parameters (Helmert), not with a grid. For the British National Grid the result may be off by up to about 5 m \
         against OSTN15; for maps and neighbors that is without effect, for surveying it is not.",
    ),
    warning(
        FEATURE_DAMAGED,
        "feature damaged",
        "The geometry or the record of this feature contradicts itself; the others are whole. It is rejected.",
    ),
];

/// All codes in order.
pub fn codes() -> &'static [CodeInfo] {
    CODES
}

/// The code with this name.
pub fn code(name: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_explained() {
        let names: Vec<&str> = codes().iter().map(|info| info.code).collect();
        let expected: Vec<String> = (901..=930).map(|n| format!("A{n:04}")).collect();
        assert_eq!(names, expected);
        for info in codes() {
            assert!(info.explanation.ends_with('.'), "{}", info.code);
        }
    }
}
