//! Boundaries and points of any usual format, in one coordinate system.
//!
//! | for                                                | look at                       |
//! |----------------------------------------------------|-------------------------------|
//! | what is in a file                                  | [`sniff`]                     |
//! | areas with codes, in longitude and latitude        | [`read`], [`Boundaries`]      |
//! | what became of every feature                       | [`Report`], [`RepairKind`]    |
//! | which codes of the data find a shape               | [`join`]                      |
//! | square kilometers, label points                    | [`Area`]                      |
//! | which areas border each other                      | [`contiguity()`]              |
//! | GeoJSON for the map                                | [`to_geojson`]                |
//! | points of plants or firms                          | [`read_points`]               |
//! | errors and their explanations                      | [`GeoError`], [`codes`]       |
//!
//! GeoJSON, TopoJSON, Shapefile (also zipped), GeoPackage, FlatGeobuf and GeoParquet are told apart
//! by their content. Every feature is used, or rejected with its number and the reason; a coordinate
//! system is declared, given or asked for, never guessed in silence.
//!
//! This crate must not know of the query engine, of any statistic, or of studies.
#![forbid(unsafe_code)]

mod archive;
mod area;
mod codes;
mod contact;
mod contiguity;
mod crs;
mod dbf;
mod error;
mod fgb;
mod format;
mod geoparquet;
mod gpkg;
mod join;
mod json;
mod points;
mod properties;
mod raw;
mod read;
mod repair;
mod report;
mod shapefile;
mod sniff;
mod topojson;
mod wkb;
mod wkt;

pub use area::{Area, Boundaries, to_geojson};
pub use codes::{CodeInfo, code, codes};
pub use contiguity::{Contiguity, Tolerance, contiguity};
pub use crs::{Crs, CrsSource};
pub use error::{GeoError, Severity};
pub use format::Format;
pub use join::{Join, Likeness, Suggestion, WithoutShape, join};
pub use points::{PointFeature, PointOptions, Points, read_points};
pub use properties::{CodeCandidate, PropertyInfo};
pub use raw::Property;
pub use read::{ReadOptions, read};
pub use report::{Rejected, Repair, RepairKind, Report};
pub use sniff::{Sniff, sniff};
