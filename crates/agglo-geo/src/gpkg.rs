//! GeoPackage: a SQLite database with shapes as WKB behind a short header.
//!
//! The database is opened read-only and without its write-ahead log.
//! Source: OGC 12-128r18, GeoPackage Encoding Standard 1.3.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::error::GeoError;
use crate::raw::{Declared, Layer, Property, RawFeature, RawShape, Reject};
use crate::topojson::no_layer;
use crate::wkb;

/// A layer's table, the column of its shapes, and its spatial reference system.
struct Table {
    name: String,
    column: String,
    srs: i64,
}

fn damaged(error: &rusqlite::Error) -> GeoError {
    GeoError::damaged(format!("the GeoPackage cannot be read: {error}"))
}

fn open(path: &Path) -> Result<Connection, GeoError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| damaged(&error))?;
    // SQLite refuses a record that is larger than the whole database, and so bounds memory itself.
    for (name, value) in [("trusted_schema", "off"), ("cell_size_check", "on")] {
        connection.pragma_update(None, name, value).map_err(|error| damaged(&error))?;
    }
    Ok(connection)
}

fn tables(connection: &Connection) -> Result<Vec<Table>, GeoError> {
    let sql = "SELECT g.table_name, g.column_name, g.srs_id FROM gpkg_geometry_columns g \
               JOIN gpkg_contents c ON c.table_name = g.table_name ORDER BY g.table_name";
    let mut statement = connection.prepare(sql).map_err(|error| damaged(&error))?;
    let rows = statement
        .query_map([], |row| Ok(Table { name: row.get(0)?, column: row.get(1)?, srs: row.get(2)? }))
        .map_err(|error| damaged(&error))?;
    rows.collect::<Result<_, _>>().map_err(|error| damaged(&error))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The names of the layers with the number of their features.
pub(crate) fn layers(path: &Path) -> Result<Vec<(String, usize)>, GeoError> {
    let connection = open(path)?;
    let mut found = Vec::new();
    for table in tables(&connection)? {
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let n: i64 =
            connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| damaged(&error))?;
        found.push((table.name, usize::try_from(n).unwrap_or(0)));
    }
    Ok(found)
}

/// One layer; without a name, the only one or the one with most features.
pub(crate) fn layer(path: &Path, wanted: Option<&str>) -> Result<Layer, GeoError> {
    let connection = open(path)?;
    let all = layers(path)?;
    let name = match wanted {
        Some(name) => all.iter().find(|(have, _)| have == name),
        None => all.iter().rev().max_by_key(|(_, n)| *n),
    };
    let Some((name, _)) = name else {
        let have: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        return Err(no_layer(wanted, &have));
    };
    let table = tables(&connection)?.into_iter().find(|table| table.name == *name);
    let Some(table) = table else { return Err(no_layer(Some(name), &[])) };
    let crs = declared(&connection, table.srs).map_err(|error| damaged(&error))?;
    let mut layer = features(&connection, &table).map_err(|error| damaged(&error))?;
    layer.crs = crs;
    Ok(layer)
}

fn declared(connection: &Connection, srs: i64) -> rusqlite::Result<Declared> {
    if srs <= 0 {
        return Ok(Declared::Nothing);
    }
    let sql = "SELECT organization, organization_coordsys_id, definition \
               FROM gpkg_spatial_ref_sys WHERE srs_id = ?1";
    let row: Option<(String, i64, Option<String>)> = connection
        .query_row(sql, [srs], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(match row {
        Some((organization, code, _)) if organization.eq_ignore_ascii_case("EPSG") => {
            u32::try_from(code).map_or(Declared::Nothing, Declared::Epsg)
        }
        Some((_, _, Some(text))) if !text.trim().is_empty() && text.trim() != "undefined" => {
            Declared::Wkt { text, prj: false }
        }
        Some((organization, code, _)) => Declared::Name(format!("{organization}:{code}")),
        None => Declared::Name(format!("srs_id {srs}")),
    })
}

fn features(connection: &Connection, table: &Table) -> rusqlite::Result<Layer> {
    let sql = format!("SELECT * FROM {} ORDER BY rowid", quoted(&table.name));
    let mut statement = connection.prepare(&sql)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let shapes = columns.iter().position(|name| name.eq_ignore_ascii_case(&table.column));
    let mut features = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut shape = Ok(RawShape::Empty);
        let mut values = Vec::with_capacity(columns.len());
        for place in 0..columns.len() {
            let cell = row.get_ref(place)?;
            if Some(place) == shapes {
                shape = match cell {
                    ValueRef::Null => Ok(RawShape::Empty),
                    ValueRef::Blob(bytes) => blob(bytes),
                    _ => Err(Reject::damaged("its geometry is no binary value")),
                };
            } else {
                values.push(match cell {
                    ValueRef::Null | ValueRef::Blob(_) => Property::Missing,
                    ValueRef::Integer(whole) => Property::Integer(whole),
                    ValueRef::Real(number) => Property::number(number),
                    ValueRef::Text(text) => Property::text(&String::from_utf8_lossy(text)),
                });
            }
        }
        features.push(RawFeature { id: None, values, shape });
    }
    let names = columns.iter().enumerate().filter(|(place, _)| Some(*place) != shapes);
    Ok(Layer {
        name: table.name.clone(),
        crs: Declared::Nothing,
        names: names.map(|(_, name)| name.as_str().into()).collect(),
        features,
        counterclockwise_rule: false,
        encoding: None,
    })
}

/// WKB behind the GeoPackage header: `GP`, version, flags, system, envelope.
fn blob(bytes: &[u8]) -> Result<RawShape, Reject> {
    let damaged = || Reject::damaged("its geometry has no GeoPackage header");
    let header = bytes.get(..8).ok_or_else(damaged)?;
    if !header.starts_with(b"GP") {
        return Err(damaged());
    }
    let flags = header[3];
    if flags & 0x20 != 0 {
        return Err(Reject::new(
            crate::codes::UNSUPPORTED,
            "its geometry is of an extended GeoPackage type",
        ));
    }
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(damaged()),
    };
    if flags & 0x10 != 0 {
        return Ok(RawShape::Empty);
    }
    wkb::shape(bytes.get(8 + envelope..).ok_or_else(damaged)?)
}
