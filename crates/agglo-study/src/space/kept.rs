//! Weights of an earlier run, with the hash of what they rest on: they are made anew only where it differs.

use std::path::{Path, PathBuf};

use agglo_data::DataError;
use serde::{Deserialize, Serialize};

use super::{Neighbors, TABLE};
use crate::record::DataRecord;
use crate::run::TABLES;

/// The weights of an earlier run.
pub(super) struct Kept {
    weights: PathBuf,
    note: PathBuf,
}

/// What stands beside weights that are kept.
#[derive(Serialize, Deserialize)]
struct KeptNote {
    key: String,
    /// The hash of the weights.
    content: String,
    record: DataRecord,
}

impl Kept {
    pub(super) fn of(root: &Path) -> Kept {
        let folder = root.join(TABLES);
        Kept {
            weights: folder.join(format!("{TABLE}.parquet")),
            note: folder.join(format!("{TABLE}.json")),
        }
    }

    /// The weights, where they are whole and rest on what `key` says.
    pub(super) fn take(&self, key: &str) -> Option<Neighbors> {
        let text = std::fs::read_to_string(&self.note).ok()?;
        let note: KeptNote = serde_json::from_str(&text).ok()?;
        let frame = (note.key == key).then(|| agglo_data::read_table(&self.weights).ok())??.frame;
        (agglo_data::hash_frame(&frame) == note.content)
            .then_some(Neighbors { frame, record: note.record })
    }

    pub(super) fn note(&self, key: &str, made: &Neighbors) -> Result<(), DataError> {
        let note = KeptNote {
            key: key.to_owned(),
            content: agglo_data::hash_frame(&made.frame),
            record: made.record.clone(),
        };
        if let Some(folder) = self.note.parent() {
            agglo_data::create_folder(folder)?;
        }
        let text = serde_json::to_string_pretty(&note).unwrap_or_default() + "\n";
        agglo_data::write_if_changed(&self.note, text.as_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use agglo_core::{Column, Frame};
    use agglo_data::Table;

    use super::*;

    fn made(weight: f64) -> Neighbors {
        let frame = Frame::new(vec![
            Column::text("region", ["a"]),
            Column::text("neighbor", ["b"]),
            Column::numbers("weight", "1", [weight]),
        ]);
        let record = serde_json::from_value(serde_json::json!({
            "name": "space", "table": "weights", "files": {}, "reader": "queen", "encoding": "",
            "rows_read": 1, "rows_used": 1, "rows_rejected": 0, "rows_totals": 0, "rows_filtered": 0,
            "rows_notes": 0, "notes": [],
        }));
        Neighbors { frame: frame.unwrap(), record: record.unwrap() }
    }

    #[test]
    fn weights_are_taken_again_only_where_they_rest_on_the_same_and_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::of(folder.path());
        assert!(kept.take("key").is_none());
        kept.note("key", &made(1.0)).unwrap();
        assert!(kept.take("key").is_none(), "a killed run leaves the note without the weights");
        let write = |weight: f64| {
            let table =
                Table { name: TABLE.to_owned(), frame: made(weight).frame, ..Table::default() };
            agglo_data::write_table(&folder.path().join("tables/weights.parquet"), &table).unwrap();
        };
        write(1.0);
        assert_eq!(
            kept.take("key").map(|neighbors| neighbors.record.reader),
            Some("queen".to_owned())
        );
        assert!(kept.take("other").is_none());
        write(2.0);
        assert!(kept.take("key").is_none(), "weights of another run are not taken for these");
    }
}
