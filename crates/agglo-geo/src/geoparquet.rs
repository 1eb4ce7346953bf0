//! GeoParquet: a Parquet file whose metadata name the column of shapes, their encoding and system.
//!
//! Source: OGC GeoParquet 1.1.0.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::codes;
use crate::error::GeoError;
use crate::json::{id, property, tree};
use crate::raw::{Declared, Layer, Property, RawFeature, RawShape};
use crate::wkb;

/// What the metadata say of the shapes.
struct Shapes {
    column: Option<String>,
    crs: Declared,
}

fn damaged(error: &dyn std::fmt::Display) -> GeoError {
    GeoError::damaged(format!("the Parquet file cannot be read: {error}"))
}

/// The layer of a GeoParquet file.
pub(crate) fn layer(file: File, name: &str, with_shapes: bool) -> Result<Layer, GeoError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(&e))?;
    let metadata = builder.metadata().file_metadata().key_value_metadata();
    let geo = metadata.into_iter().flatten().find(|pair| pair.key == "geo");
    let shapes = match geo.and_then(|pair| pair.value.as_deref()) {
        Some(text) => shapes(&tree(text.as_bytes())?)?,
        None => undeclared(builder.schema()),
    };
    if with_shapes && shapes.column.is_none() {
        return Err(GeoError::new(
            codes::UNKNOWN_FORMAT,
            "this Parquet file has no column of shapes",
            "write it as GeoParquet, or name a file with boundaries",
        ));
    }
    let schema = builder.schema().clone();
    let place = match &shapes.column {
        Some(column) => Some(
            schema.fields().iter().position(|field| field.name() == column).ok_or_else(|| {
                GeoError::damaged(format!("the column of shapes, `{column}`, is not in the file"))
            })?,
        ),
        None => None,
    };
    let reader = builder.with_batch_size(1024).build().map_err(|error| damaged(&error))?;
    let mut features = Vec::new();
    for batch in reader {
        read_batch(&batch.map_err(|error| damaged(&error))?, place, &mut features)?;
    }
    let names = schema
        .fields()
        .iter()
        .enumerate()
        .filter(|(at, field)| Some(*at) != place && !field.data_type().is_nested());
    Ok(Layer {
        name: name.to_owned(),
        crs: shapes.crs,
        names: names.map(|(_, field)| Arc::from(field.name().as_str())).collect(),
        features,
        counterclockwise_rule: false,
        encoding: None,
    })
}

/// Parquet without GeoParquet's metadata: a binary column with a usual name holds WKB, as many
/// programs write it.
fn undeclared(schema: &arrow::datatypes::Schema) -> Shapes {
    let field = schema.fields().iter().find(|field| {
        matches!(field.data_type(), DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
            && ["geometry", "geom", "wkb_geometry", "wkb"]
                .contains(&field.name().to_ascii_lowercase().as_str())
    });
    Shapes { column: field.map(|field| field.name().clone()), crs: Declared::Nothing }
}

fn shapes(geo: &Value) -> Result<Shapes, GeoError> {
    let column = geo["primary_column"].as_str().unwrap_or("geometry").to_owned();
    let info = &geo["columns"][column.as_str()];
    match info["encoding"].as_str() {
        Some("WKB") | None => {}
        Some(other) => {
            return Err(GeoError::new(
                codes::UNSUPPORTED,
                format!("the shapes are in the encoding `{other}`"),
                "write the file with the encoding WKB",
            ));
        }
    }
    if info["edges"].as_str() == Some("spherical") {
        return Err(GeoError::new(
            codes::UNSUPPORTED,
            "the edges of the shapes are arcs on a sphere",
            "write the file with planar edges",
        ));
    }
    let crs = match info.get("crs") {
        None => Declared::Standard("GeoParquet"),
        Some(Value::Null) => Declared::Nothing,
        Some(crs) => {
            let authority = crs["id"]["authority"].as_str().unwrap_or_default();
            let code = id(&crs["id"]["code"]);
            match (authority, code) {
                ("OGC", Some(code)) if &*code == "CRS84" => Declared::Epsg(4326),
                ("EPSG", Some(code)) if code.parse::<u32>().is_ok() => {
                    Declared::Epsg(code.parse().unwrap_or_default())
                }
                (_, Some(code)) => Declared::Name(format!("{authority}:{code}")),
                (_, None) => match property(&crs["name"]).key() {
                    Some(name) => Declared::Name(name.to_string()),
                    None => Declared::Nothing,
                },
            }
        }
    };
    Ok(Shapes { column: Some(column), crs })
}

fn read_batch(
    batch: &RecordBatch,
    place: Option<usize>,
    features: &mut Vec<RawFeature>,
) -> Result<(), GeoError> {
    let first = features.len();
    let shapes = match place {
        Some(place) => {
            Some(cast(batch.column(place), &DataType::LargeBinary).map_err(|e| damaged(&e))?)
        }
        None => None,
    };
    let shapes = shapes.as_ref().map(AsArray::as_binary::<i64>);
    for row in 0..batch.num_rows() {
        let shape = match shapes {
            Some(shapes) if !shapes.is_null(row) => wkb::shape(shapes.value(row)),
            _ => Ok(RawShape::Empty),
        };
        features.push(RawFeature { id: None, values: Vec::new(), shape });
    }
    for (at, column) in batch.columns().iter().enumerate() {
        if Some(at) == place || column.data_type().is_nested() {
            continue;
        }
        let values = column_values(column.as_ref());
        for (feature, value) in features[first..].iter_mut().zip(values) {
            feature.values.push(value);
        }
    }
    Ok(())
}

fn column_values(column: &dyn Array) -> Vec<Property> {
    let n = column.len();
    let missing = || vec![Property::Missing; n];
    let to = match column.data_type() {
        DataType::Boolean => DataType::Boolean,
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_floating() || kind.is_decimal() => DataType::Float64,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => return missing(),
        _ => DataType::Utf8,
    };
    // A value that does not fit, such as an unsigned number above 2^63, becomes missing.
    let Ok(column) = cast(column, &to) else { return missing() };
    let rows = 0..n;
    let value = |row: usize| -> Property {
        if column.is_null(row) {
            return Property::Missing;
        }
        match &to {
            DataType::Boolean => Property::Flag(column.as_boolean().value(row)),
            DataType::Int64 => Property::Integer(column.as_primitive::<Int64Type>().value(row)),
            DataType::Float64 => Property::number(column.as_primitive::<Float64Type>().value(row)),
            _ => Property::text(column.as_string::<i32>().value(row)),
        }
    };
    rows.map(value).collect()
}
