//! Which format a file has: by its first bytes and its content, whatever it is called.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::GeoError;
use crate::raw::{Layer, MAX_FILE};
use crate::shapefile::Parts;
use crate::{archive, codes, fgb, geoparquet, gpkg, json, shapefile, topojson};

/// A format that boundaries and points are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// TopoJSON 1.0.
    TopoJson,
    /// A Shapefile with the files beside it.
    Shapefile,
    /// A zip with Shapefiles in it.
    ZippedShapefile,
    /// OGC GeoPackage.
    GeoPackage,
    /// FlatGeobuf 3.
    FlatGeobuf,
    /// GeoParquet 1.
    GeoParquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] = [
        Format::GeoJson,
        Format::TopoJson,
        Format::Shapefile,
        Format::ZippedShapefile,
        Format::GeoPackage,
        Format::FlatGeobuf,
        Format::GeoParquet,
    ];

    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Format::GeoJson => "GeoJSON",
            Format::TopoJson => "TopoJSON",
            Format::Shapefile => "Shapefile",
            Format::ZippedShapefile => "zipped Shapefile",
            Format::GeoPackage => "GeoPackage",
            Format::FlatGeobuf => "FlatGeobuf",
            Format::GeoParquet => "GeoParquet",
        }
    }

    /// The format of a file.
    ///
    /// # Errors
    /// `A0901` to `A0905`: not there, not readable, not a format that is known, too large.
    pub fn of(path: &Path) -> Result<Format, GeoError> {
        Opened::new(path).map(|opened| opened.format).map_err(|error| error.in_file(path))
    }
}

fn io(error: &std::io::Error) -> GeoError {
    if error.kind() == std::io::ErrorKind::NotFound {
        GeoError::new(codes::NO_FILE, "there is no such file", "check the path and its spelling")
    } else {
        GeoError::new(codes::UNREADABLE, format!("the file cannot be read: {error}"), "")
    }
}

/// A file whose format is known.
pub(crate) struct Opened {
    path: PathBuf,
    pub(crate) format: Format,
    content: Content,
}

enum Content {
    Json(serde_json::Value),
    Bytes(Vec<u8>),
    OnDisk,
}

impl Opened {
    pub(crate) fn new(path: &Path) -> Result<Opened, GeoError> {
        let mut file = File::open(path).map_err(|error| io(&error))?;
        let about = file.metadata().map_err(|error| io(&error))?;
        if about.is_dir() {
            return Err(GeoError::new(
                codes::UNREADABLE,
                "this is a folder",
                "name the file in it; of a Shapefile, the .shp",
            ));
        }
        if about.len() > MAX_FILE {
            return Err(GeoError::new(
                codes::TOO_LARGE,
                format!(
                    "the file has {} MiB; up to {} are read",
                    about.len() >> 20,
                    MAX_FILE >> 20
                ),
                "cut it to the layer and area needed, or simplify it",
            ));
        }
        let mut head = Vec::new();
        (&mut file).take(64).read_to_end(&mut head).map_err(|error| io(&error))?;
        let opened = |format, content| Opened { path: path.to_owned(), format, content };
        if head.starts_with(b"SQLite format 3\0") {
            return Ok(opened(Format::GeoPackage, Content::OnDisk));
        }
        if head.starts_with(b"PAR1") {
            return Ok(opened(Format::GeoParquet, Content::OnDisk));
        }
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Ok(opened(Format::ZippedShapefile, Content::OnDisk));
        }
        let shp = shapefile::is_shp(&head);
        let fgb = fgb::is_fgb(&head);
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
        if !shp && !fgb && !text.starts_with(b"{") {
            return Err(unknown(path, &head));
        }
        let mut bytes = head;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(|error| io(&error))?;
        if shp {
            return Ok(opened(Format::Shapefile, Content::Bytes(bytes)));
        }
        if fgb {
            return Ok(opened(Format::FlatGeobuf, Content::Bytes(bytes)));
        }
        let tree = json::tree(&bytes)?;
        match tree["type"].as_str() {
            Some("Topology") => Ok(opened(Format::TopoJson, Content::Json(tree))),
            Some(
                "FeatureCollection" | "Feature" | "GeometryCollection" | "Polygon" | "MultiPolygon"
                | "Point" | "MultiPoint" | "LineString" | "MultiLineString",
            ) => Ok(opened(Format::GeoJson, Content::Json(tree))),
            _ => Err(GeoError::new(
                codes::UNKNOWN_FORMAT,
                "this is JSON, and neither GeoJSON nor TopoJSON",
                "name the file with the boundaries",
            )),
        }
    }

    fn stem(&self) -> String {
        self.path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
    }

    fn file(&self) -> Result<File, GeoError> {
        File::open(&self.path).map_err(|error| io(&error))
    }

    /// The layers by name.
    pub(crate) fn layers(&self) -> Result<Vec<String>, GeoError> {
        let names = |layers: Vec<(String, usize)>| layers.into_iter().map(|(name, _)| name);
        match (self.format, &self.content) {
            (Format::TopoJson, Content::Json(tree)) => Ok(names(topojson::layers(tree)).collect()),
            (Format::GeoPackage, _) => Ok(names(gpkg::layers(&self.path)?).collect()),
            (Format::ZippedShapefile, _) => archive::layers(self.file()?),
            _ => Ok(vec![self.stem()]),
        }
    }

    /// One layer, by name or the main one; a Parquet file need not have a column of shapes unless
    /// they are wanted.
    pub(crate) fn layer(
        &self,
        wanted: Option<&str>,
        encoding: Option<&str>,
        with_shapes: bool,
    ) -> Result<Layer, GeoError> {
        match (self.format, &self.content) {
            (Format::TopoJson, Content::Json(tree)) => topojson::layer(tree, wanted),
            (_, Content::Json(tree)) => json::layer(tree, &self.stem()),
            (Format::FlatGeobuf, Content::Bytes(bytes)) => fgb::layer(bytes, &self.stem()),
            (_, Content::Bytes(bytes)) => shapefile::layer(&self.beside(bytes)?, encoding),
            (Format::GeoPackage, _) => gpkg::layer(&self.path, wanted),
            (Format::GeoParquet, _) => geoparquet::layer(self.file()?, &self.stem(), with_shapes),
            (_, Content::OnDisk) => {
                shapefile::layer(&archive::parts(self.file()?, wanted)?, encoding)
            }
        }
    }

    /// The files of a Shapefile, whatever the case of their extensions.
    fn beside(&self, shp: &[u8]) -> Result<Parts, GeoError> {
        let read = |extension: &str| -> Result<Option<Vec<u8>>, GeoError> {
            let tries = [extension.to_owned(), extension.to_ascii_uppercase()];
            for path in tries.map(|extension| self.path.with_extension(extension)) {
                let Ok(file) = File::open(path) else { continue };
                let mut bytes = Vec::new();
                file.take(MAX_FILE).read_to_end(&mut bytes).map_err(|error| io(&error))?;
                return Ok(Some(bytes));
            }
            Ok(None)
        };
        Ok(Parts {
            name: self.stem(),
            shp: shp.to_vec(),
            dbf: read("dbf")?,
            prj: read("prj")?,
            cpg: read("cpg")?,
        })
    }
}

fn unknown(path: &Path, head: &[u8]) -> GeoError {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    let remedy = match extension.as_deref() {
        Some("dbf" | "shx" | "prj" | "cpg") => "of a Shapefile, name the .shp",
        _ if head.is_empty() => "the file is empty; get it again from its source",
        _ => {
            "known are GeoJSON, TopoJSON, Shapefile, GeoPackage, FlatGeobuf and GeoParquet; \
              convert others with `ogr2ogr out.gpkg in.xxx`"
        }
    };
    GeoError::new(codes::UNKNOWN_FORMAT, "this is no boundary format that is known", remedy)
}
