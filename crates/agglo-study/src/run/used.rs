//! A table as the methods see it: harmonized once, kept beside the table as it was read, and made again
//! only when what it is made of has changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Absent, Column, Datum, Frame, Note, Values};
use agglo_data::{DataError, Table};
use serde::{Deserialize, Serialize};

use super::{CODE, TABLES, answer};
use crate::harmonize::{Harmonized, harmonize, trace_frame};
use crate::record::NoteRecord;
use crate::spec::Spec;

/// A table in use.
pub(super) struct Loaded {
    pub(super) frame: Arc<Frame>,
    pub(super) absent: Absent,
    /// Hash of all its cells, in every completion.
    pub(super) content: String,
    /// The frame with withheld cells filled in, once for each completion.
    pub(super) completions: Vec<Arc<Frame>>,
    /// The frame with withheld cells counted as nothing, where the study compares.
    pub(super) without: Option<Arc<Frame>>,
}

impl Loaded {
    /// The table as it was read.
    pub(super) fn as_read(table: Table, content: String) -> Loaded {
        let (completions, without) = (Vec::new(), None);
        let absent = table.absent;
        Loaded { frame: Arc::new(table.frame), absent, content, completions, without }
    }
}

/// What stands beside a table in use.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Hash of the table read, of what the study says of it, and of the program.
    key: String,
    content: String,
    n_completions: usize,
    notes: Vec<NoteRecord>,
}

/// The files of the table `name`.
struct Files {
    folder: PathBuf,
    name: String,
}

impl Files {
    fn new(root: &Path, name: &str) -> Files {
        Files { folder: root.join(TABLES), name: name.to_owned() }
    }

    fn file(&self, end: &str) -> PathBuf {
        self.folder.join(format!("{}.{end}", self.name))
    }

    fn used(&self) -> PathBuf {
        self.file("used.parquet")
    }

    fn kept(&self) -> PathBuf {
        self.file("used.json")
    }

    fn worlds(&self) -> PathBuf {
        self.file("completions.parquet")
    }

    fn trace(&self) -> PathBuf {
        self.file("trace.parquet")
    }

    fn audit(&self, n: usize) -> PathBuf {
        self.folder.join(answer::audit_file(&self.name, n))
    }

    fn remove(&self) -> Result<(), DataError> {
        let audits = (1..).map(|n| self.audit(n)).take_while(|file| file.exists());
        let others = [self.kept(), self.used(), self.worlds(), self.trace()];
        for file in audits.chain(others).filter(|file| file.exists()).collect::<Vec<_>>() {
            std::fs::remove_file(&file).map_err(|error| DataError::io(&file, &error))?;
        }
        Ok(())
    }

    /// What was kept under `key`, whole.
    fn load(&self, key: &str) -> Option<(Loaded, Vec<Note>)> {
        let text = std::fs::read_to_string(self.kept()).ok()?;
        let kept: Kept = serde_json::from_str(&text).ok().filter(|kept: &Kept| kept.key == key)?;
        let table = agglo_data::read_table(&self.used()).ok()?;
        let worlds = agglo_data::read_frame(&self.worlds()).ok()?;
        let (completions, without) = completed(&table.frame, &worlds, kept.n_completions)?;
        let (frame, absent) = (Arc::new(table.frame), table.absent);
        let notes = kept.notes.iter().map(Note::from).collect();
        Some((Loaded { frame, absent, content: kept.content, completions, without }, notes))
    }

    /// Writes all; the account of it last, so that a killed run leaves nothing that passes for whole.
    fn keep(&self, key: String, content: &str, harmonized: &Harmonized) -> Result<(), DataError> {
        agglo_data::create_folder(&self.folder)?;
        agglo_data::write_table(&self.used(), &harmonized.table)?;
        agglo_data::write_frame(&self.worlds(), &worlds(harmonized))?;
        if let Some(rows) = &harmonized.trace {
            agglo_data::write_frame(&self.trace(), &trace_frame(rows))?;
        }
        for (place, frame) in harmonized.audits.iter().enumerate() {
            agglo_data::write_frame(&self.audit(place + 1), frame)?;
        }
        let kept = Kept {
            key,
            content: content.to_owned(),
            n_completions: harmonized.completions.len(),
            notes: harmonized.notes.iter().map(NoteRecord::from).collect(),
        };
        let json = serde_json::to_string_pretty(&kept).unwrap_or_default();
        agglo_data::write_atomic(&self.kept(), json.as_bytes())
    }
}

/// The file of a table as the methods see it, where that is not as it was read.
pub(super) fn used_file(root: &Path, name: &str) -> PathBuf {
    Files::new(root, name).used()
}

/// The table as the methods see it, with what was done to it; `content` is the hash of its frame.
pub(super) fn use_table(
    root: &Path,
    spec: &Spec,
    name: &str,
    (table, content): (Table, String),
    deflator: Option<&Frame>,
    keep: bool,
) -> Result<(Loaded, Vec<Note>), DataError> {
    let files = Files::new(root, name);
    let key = key(root, spec, name, &table, deflator);
    if keep && let Some(known) = files.load(&key) {
        return Ok(known);
    }
    let harmonized = harmonize(root, spec, name, &table, deflator)?;
    if keep {
        files.remove()?;
    }
    let Some(harmonized) = harmonized else {
        return Ok((Loaded::as_read(table, content), Vec::new()));
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(agglo_data::hash_frame(&harmonized.table.frame).as_bytes());
    for frame in harmonized.completions.iter().chain(&harmonized.without) {
        hasher.update(agglo_data::hash_frame(frame).as_bytes());
    }
    let content = hasher.finalize().to_hex().to_string();
    if keep {
        files.keep(key, &content, &harmonized)?;
    }
    let Harmonized { table, completions, without, notes, .. } = harmonized;
    let (frame, absent) = (Arc::new(table.frame), table.absent);
    Ok((Loaded { frame, absent, content, completions, without }, notes))
}

/// Hash of everything that [`harmonize`] looks at.
fn key(root: &Path, spec: &Spec, name: &str, table: &Table, deflator: Option<&Frame>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(CODE.as_bytes());
    for frame in [Some(&table.frame), Some(&table.totals.frame), deflator].into_iter().flatten() {
        hasher.update(agglo_data::hash_frame(frame).as_bytes());
    }
    let marks = (&table.marks, &table.totals.marks, table.absent);
    let deflate: Vec<_> = spec.deflate.iter().filter(|section| section.table == name).collect();
    let said = (marks, deflate, &spec.suppression, spec.study.seed);
    hasher.update(format!("{said:?}").as_bytes());
    for section in spec.crosswalk.iter().filter(|section| section.table == name) {
        hasher.update(format!("{section:?}").as_bytes());
        let file = section.file.as_ref().and_then(|f| agglo_data::hash_file(&root.join(f)).ok());
        hasher.update(file.unwrap_or_default().as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The world in which withheld cells count as nothing.
const WITHOUT: i64 = -1;

/// The cells in which the completions differ from the table: world, measure, row, value.
fn worlds(harmonized: &Harmonized) -> Frame {
    let main = &harmonized.table.frame;
    let (mut world, mut measure, mut row, mut value) = (vec![], vec![], vec![], vec![]);
    let numbered = harmonized.completions.iter().enumerate().map(|(n, frame)| (n as i64, frame));
    for (number, frame) in numbered.chain(harmonized.without.iter().map(|frame| (WITHOUT, frame))) {
        for (column, other) in main.columns().iter().zip(frame.columns()) {
            let (Values::Number(cells), Values::Number(others)) = (column.values(), other.values())
            else {
                continue;
            };
            for (at, (cell, other)) in cells.iter().zip(others).enumerate() {
                if cell != other {
                    world.push(number);
                    measure.push(column.name());
                    row.push(at as i64);
                    value.push(*other);
                }
            }
        }
        // A world without any difference is a world all the same.
        world.push(number);
        measure.push("");
        row.push(0);
        value.push(Datum::Number(0.0));
    }
    Frame::new(vec![
        Column::integer("world", "", world),
        Column::text("measure", measure),
        Column::integer("row", "", row),
        Column::number("value", "", value),
    ])
    .unwrap_or_default()
}

type Completions = (Vec<Arc<Frame>>, Option<Arc<Frame>>);

/// What [`worlds`] took apart, put together; `None` when it does not fit.
fn completed(main: &Frame, worlds: &Frame, n_completions: usize) -> Option<Completions> {
    let (world, row) = (worlds.integers("world").ok()?, worlds.integers("row").ok()?);
    let (measure, value) = (worlds.text("measure").ok()?, worlds.numbers("value").ok()?);
    let mut completions = Vec::new();
    let mut without = None;
    let mut start = 0;
    for same in world.chunk_by(|a, b| a == b) {
        let rows = start..start + same.len();
        start = rows.end;
        let mut columns = main.columns().to_vec();
        for (place, column) in main.columns().iter().enumerate() {
            let Values::Number(cells) = column.values() else { continue };
            let mut cells = cells.clone();
            for at in rows.clone().filter(|&at| measure[at].as_deref() == Some(column.name())) {
                *cells.get_mut(usize::try_from(row[at]).ok()?)? = value[at];
            }
            columns[place] = Column::number(column.name(), column.unit(), cells);
        }
        let frame = Arc::new(Frame::new(columns).ok()?);
        if same[0] == WITHOUT {
            without = Some(frame);
        } else {
            completions.push(frame);
        }
    }
    (completions.len() == n_completions).then_some((completions, without))
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Gap;

    fn frame(cells: [Datum; 3]) -> Frame {
        Frame::new(vec![
            Column::text("region", ["a", "b", "c"]),
            Column::number("employment", "persons", cells),
        ])
        .unwrap()
    }

    #[test]
    fn completions_are_put_together_from_the_cells_in_which_they_differ() {
        let (n, gap) = (Datum::Number, Datum::Gap(Gap::Suppressed));
        let harmonized = Harmonized {
            table: Table { frame: frame([n(1.0), gap, gap]), ..Table::default() },
            completions: vec![
                Arc::new(frame([n(1.0), n(2.0), n(3.5)])),
                Arc::new(frame([n(1.0), gap, gap])),
            ],
            without: Some(Arc::new(frame([n(1.0), n(0.0), n(0.0)]))),
            trace: None,
            audits: Vec::new(),
            notes: Vec::new(),
        };
        let taken = worlds(&harmonized);
        let (completions, without) = completed(&harmonized.table.frame, &taken, 2).unwrap();
        assert_eq!(completions, harmonized.completions);
        assert_eq!(without, harmonized.without);
        assert!(completed(&harmonized.table.frame, &taken, 3).is_none());
    }
}
