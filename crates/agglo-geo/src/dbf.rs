//! dBASE tables: the properties of a Shapefile.
//!
//! Source: dBASE III table structure; language drivers as ESRI and dBASE use them.

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::codes;
use crate::error::GeoError;
use crate::raw::Property;

/// A table in memory.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) rows: Vec<Vec<Property>>,
    pub(crate) encoding: &'static str,
}

struct Field {
    kind: u8,
    start: usize,
    end: usize,
}

/// Reads a table; text is decoded as `given`, else as the .cpg or the table's own mark says, else as
/// UTF-8 where all of it is, and as Windows-1252 otherwise.
pub(crate) fn read(
    bytes: &[u8],
    cpg: Option<&[u8]>,
    given: Option<&str>,
) -> Result<Table, GeoError> {
    let header_error = || GeoError::damaged("the .dbf ends in its header");
    let short =
        |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let n_rows = bytes.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let n_rows = n_rows.ok_or_else(header_error)? as usize;
    let start = short(8).ok_or_else(header_error)?;
    let width = short(10).ok_or_else(header_error)?;
    let body = bytes.get(start..).ok_or_else(header_error)?;
    if width == 0 || n_rows.checked_mul(width).is_none_or(|size| size > body.len()) {
        return Err(GeoError::damaged(format!(
            "the .dbf says that it has {n_rows} records of {width} bytes, and it has not"
        )));
    }
    let mut raw_names = Vec::new();
    let mut fields = Vec::new();
    let mut at = 32;
    let mut offset = 1;
    while at + 32 <= start && bytes.get(at).is_some_and(|first| *first != 0x0d) {
        let field = bytes.get(at..at + 32).ok_or_else(header_error)?;
        let name = &field[..11];
        raw_names.push(&name[..name.iter().position(|byte| *byte == 0).unwrap_or(11)]);
        let end = offset + usize::from(field[16]);
        if end > width {
            return Err(GeoError::damaged("the fields of the .dbf are wider than its records"));
        }
        fields.push(Field { kind: field[11], start: offset, end });
        offset = end;
        at += 32;
    }
    let records: Vec<&[u8]> = body.chunks_exact(width).take(n_rows).collect();
    let encoding = encoding(bytes.get(29).copied(), cpg, given, &raw_names, &records, &fields)?;
    let names =
        raw_names.iter().map(|name| encoding.decode_without_bom_handling(name).0.trim().into());
    Ok(Table {
        names: names.collect(),
        rows: records
            .iter()
            .map(|record| {
                fields.iter().map(|f| value(f.kind, &record[f.start..f.end], encoding)).collect()
            })
            .collect(),
        encoding: encoding.name(),
    })
}

fn value(kind: u8, cell: &[u8], encoding: &'static Encoding) -> Property {
    let text = encoding.decode_without_bom_handling(cell).0;
    match kind {
        b'N' | b'F' | b'I' | b'O' if kind == b'N' || kind == b'F' => {
            match Property::text(&text) {
                // Stars stand for a number that did not fit.
                Property::Text(text) => match text.parse::<i64>() {
                    Ok(whole) => Property::Integer(whole),
                    Err(_) => text.parse().map_or(Property::Missing, Property::number),
                },
                _ => Property::Missing,
            }
        }
        b'I' => cell.try_into().map_or(Property::Missing, |cell| {
            Property::Integer(i64::from(i32::from_le_bytes(cell)))
        }),
        b'O' => cell
            .try_into()
            .map_or(Property::Missing, |cell| Property::number(f64::from_le_bytes(cell))),
        b'L' => match cell.first() {
            Some(b'T' | b't' | b'Y' | b'y') => Property::Flag(true),
            Some(b'F' | b'f' | b'N' | b'n') => Property::Flag(false),
            _ => Property::Missing,
        },
        _ => Property::text(&text),
    }
}

fn encoding(
    driver: Option<u8>,
    cpg: Option<&[u8]>,
    given: Option<&str>,
    names: &[&[u8]],
    records: &[&[u8]],
    fields: &[Field],
) -> Result<&'static Encoding, GeoError> {
    let remedy = "give the encoding of its text: `encoding = \"gb18030\"`";
    if let Some(label) = given {
        return labelled(label).ok_or_else(|| {
            let message = format!("the encoding `{label}` is not known");
            GeoError::new(codes::UNKNOWN_ENCODING, message, remedy)
        });
    }
    let cpg = cpg.map(|text| String::from_utf8_lossy(text).trim().to_owned());
    if let Some(label) = cpg.filter(|label| !label.is_empty()) {
        return labelled(&label).ok_or_else(|| {
            let message = format!("the .cpg names the encoding `{label}`, which is not known");
            GeoError::new(codes::UNKNOWN_ENCODING, message, remedy)
        });
    }
    let marked = match driver {
        Some(0x4d) => Some("gb18030"),
        Some(0x4f) => Some("big5"),
        Some(0x13 | 0x7b) => Some("shift_jis"),
        Some(0x4e) => Some("euc-kr"),
        Some(0xc8) => Some("windows-1250"),
        Some(0xc9) => Some("windows-1251"),
        Some(0xcb) => Some("windows-1253"),
        Some(0xca) => Some("windows-1254"),
        _ => None,
    };
    if let Some(encoding) = marked.and_then(labelled) {
        return Ok(encoding);
    }
    let text = |record: &&[u8]| {
        let mut cells = fields.iter().filter(|field| field.kind == b'C');
        cells.all(|field| std::str::from_utf8(&record[field.start..field.end]).is_ok())
    };
    let utf8 =
        names.iter().all(|name| std::str::from_utf8(name).is_ok()) && records.iter().all(text);
    Ok(if utf8 { UTF_8 } else { WINDOWS_1252 })
}

/// The encoding of a label: WHATWG names, and the code page numbers that .cpg files hold.
fn labelled(label: &str) -> Option<&'static Encoding> {
    let lower = label.trim().to_ascii_lowercase();
    let number = lower.trim_start_matches(|c: char| !c.is_ascii_digit());
    Encoding::for_label(lower.as_bytes()).or_else(|| {
        let name = match number {
            "936" | "54936" => "gb18030",
            "950" => "big5",
            "932" => "shift_jis",
            "949" => "euc-kr",
            "65001" => "utf-8",
            "88591" => "windows-1252",
            "1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257" | "1258" => {
                return Encoding::for_label(format!("windows-{number}").as_bytes());
            }
            _ => return None,
        };
        Encoding::for_label(name.as_bytes())
    })
}
