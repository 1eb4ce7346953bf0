//! Hashes that tell whether a file or a table is still the same.

use std::path::Path;

use agglo_core::{Datum, Frame, Values};

use crate::diagnostic::{DataError, Place};
use crate::source::{open_file, unreadable};

/// BLAKE3 of a file's bytes, in hexadecimal.
///
/// # Errors
/// When the file is missing or unreadable.
pub fn hash_file(path: &Path) -> Result<String, DataError> {
    let place = Place { file: path.display().to_string(), sheet: None };
    let mut hasher = blake3::Hasher::new();
    let file = open_file(path, &place.file)?;
    hasher.update_reader(file).map_err(|error| unreadable(&place, &error))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// BLAKE3 of a table's names, units and values, in hexadecimal; the order of rows and columns
/// counts.
pub fn hash_frame(frame: &Frame) -> String {
    let mut hasher = blake3::Hasher::new();
    let text = |hasher: &mut blake3::Hasher, text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    hasher.update(&(frame.n_rows() as u64).to_le_bytes());
    for column in frame.columns() {
        text(&mut hasher, column.name());
        text(&mut hasher, column.unit());
        match column.values() {
            Values::Text(values) => {
                hasher.update(b"t");
                for value in values {
                    hasher.update(&[u8::from(value.is_some())]);
                    text(&mut hasher, value.as_deref().unwrap_or_default());
                }
            }
            Values::Integer(values) => {
                hasher.update(b"i");
                for value in values {
                    hasher.update(&[u8::from(value.is_some())]);
                    hasher.update(&value.unwrap_or_default().to_le_bytes());
                }
            }
            Values::Number(values) => {
                hasher.update(b"n");
                for value in values {
                    match value {
                        Datum::Number(value) => {
                            hasher.update(b"\x01");
                            hasher.update(&value.to_bits().to_le_bytes());
                        }
                        Datum::Gap(gap) => {
                            hasher.update(b"\x00");
                            text(&mut hasher, gap.code());
                        }
                    }
                }
            }
        }
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::{Column, Gap};

    #[test]
    fn zero_and_a_gap_hash_apart_and_names_count() {
        let frame = |name: &str, datum| Frame::new(vec![Column::number(name, "1", [datum])]);
        let hash = |name, datum| hash_frame(&frame(name, datum).unwrap());
        let zero = hash("x", Datum::Number(0.0));
        assert_eq!(zero, hash("x", Datum::Number(0.0)));
        assert_ne!(zero, hash("x", Datum::Gap(Gap::Missing)));
        assert_ne!(zero, hash("y", Datum::Number(0.0)));
        assert_ne!(hash("x", Datum::Gap(Gap::Suppressed)), hash("x", Datum::Gap(Gap::Missing)));
    }
}
