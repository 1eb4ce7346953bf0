//! A register of plants as cells: reduced part by part, each part kept beside what it was made of, so that a
//! further year costs one part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use agglo_core::{Absent, Column, Control, Frame, Note};
use agglo_data::reduce::{Engine, Reduced, Register, RegisterPart, Statistic};
use agglo_data::{DataError, Diagnostic, Table};
use serde::{Deserialize, Serialize};

use super::tables::Tables;
use super::{CODE, TABLES};
use crate::error::StudyError;
use crate::record::{DataRecord, NoteRecord};
use crate::spec::{DataSpec, Spec};

/// The measures that a register of plants is reduced by, the likeliest first.
pub(super) const MEASURES: [&str; 5] = ["employment", "value", "output", "value_added", "revenue"];

/// Decimal places that a register's measure is summed to, exactly.
const SCALE: u8 = 3;

/// A register of more bytes is kept as cells and not as rows.
const ROWS_UP_TO: u64 = 256 << 20;

/// Where parts are kept.
const FOLDER: &str = "register";

/// A table with the hash of its content.
type Hashed = (Table, String);

/// Whether the rows of `block` are left on the disk.
pub(super) fn in_cells(root: &Path, block: &DataSpec) -> bool {
    block.reduce.unwrap_or_else(|| {
        let files = agglo_data::files(&block.read_spec(), root).unwrap_or_default();
        let size =
            |file: &PathBuf| std::fs::metadata(root.join(file)).map_or(0, |about| about.len());
        files.iter().map(size).sum::<u64>() > ROWS_UP_TO
    })
}

/// The tables `activity` and, for a register that is left on the disk, `cell`, and those of the statistics
/// asked for, but those that are `known` already: one pass of the engine over what was not seen before, whatever
/// its size. None where the study has no register.
pub(super) fn reduced(
    root: &Path,
    spec: &Spec,
    keep: bool,
    engine: &Engine,
    control: &Control<'_>,
    known: &dyn Fn(&str) -> bool,
    tables: &mut Tables,
) -> Result<Vec<(&'static str, Hashed)>, StudyError> {
    let mut registers = spec.data.iter().filter(|data| data.table_name() == "plant");
    let (Some(block), None) = (registers.next(), registers.next()) else { return Ok(Vec::new()) };
    let in_cells = in_cells(root, block);
    let mut source = block.read_spec();
    let named = source.value.clone().filter(|value| MEASURES.contains(&value.as_str()));
    let found =
        || MEASURES.into_iter().find(|m| source.columns.contains_key(*m)).map(str::to_owned);
    let Some(measure) = named.or_else(found) else {
        if in_cells {
            let message = format!("[[data]] {}: no column is bound to a measure", block.name);
            let remedy =
                "map `employment`, `output` or another measure of the register in `columns`";
            tables.found([Diagnostic::new(agglo_data::BAD_SETTING, message, remedy)]);
        }
        return Ok(Vec::new());
    };
    let statistics = block.statistics();
    let keys = ["region", "industry", "period", &measure];
    let further = || statistics.iter().flat_map(Statistic::columns);
    source
        .columns
        .retain(|role, _| keys.contains(&role.as_str()) || further().any(|column| column == role));
    source.value = Some(measure.clone());
    let folder = root.join(TABLES).join(FOLDER);
    let kept = Keep { folder: keep.then_some(folder), block: format!("{CODE}{block:?}") };
    let parts = match Register::open(&source, root, SCALE, &statistics)
        .and_then(|register| kept.parts(&register, &statistics, engine, control))
    {
        Ok(parts) => parts,
        Err(error) => {
            tables.found(error.diagnostics().to_vec());
            return Ok(Vec::new());
        }
    };
    if parts.n_reduced > 0 {
        tables.read_one_more();
    }
    if in_cells {
        tables.records_of(record(block, &parts));
    }
    let wanted = ["region", "industry", "period", "n", "sum", "sum_sq", "max"];
    let reduced = Reduced::joined(parts.reduced);
    let cells = reduced.cells.table(&wanted)?;
    let unit = source.units.get(&measure).cloned().unwrap_or_default();
    let rename = |column: &Column| match column.name() {
        "sum" => Some(Column::new(&measure, unit.clone(), column.values().clone())),
        "n" => Some(Column::new("n_firms", "count", column.values().clone())),
        name if keys.contains(&name) => Some(column.clone()),
        _ => None,
    };
    let mut made = vec![("activity", frame_of(block, cells.columns().iter().filter_map(rename))?)];
    if in_cells {
        made.push(("cell", cells));
    }
    made.extend(reduced.tables()?);
    for (name, _) in made.extract_if(.., |(name, _)| known(name)) {
        if name != "activity" {
            let message = format!(
                "[[data]] {}: the study brings a table `{name}`, and asks the register for it",
                block.name
            );
            let remedy = "leave one of them out";
            tables.found([Diagnostic::new(agglo_data::BAD_SETTING, message, remedy)]);
        }
    }
    let mut tables = Vec::new();
    for (name, frame) in made {
        // A register lists what is there: a cell without plants is zero.
        let (name_owned, absent) = (name.to_owned(), Absent::Zero);
        let table = Table { name: name_owned, frame, absent, ..Table::default() };
        let content = agglo_data::hash_frame(&table.frame);
        if keep {
            agglo_data::create_folder(&root.join(TABLES))?;
            agglo_data::write_table(&root.join(TABLES).join(format!("{name}.parquet")), &table)?;
        }
        tables.push((name, (table, content)));
    }
    Ok(tables)
}

fn frame_of(block: &DataSpec, columns: impl Iterator<Item = Column>) -> Result<Frame, StudyError> {
    Frame::new(columns.collect())
        .map_err(|error| StudyError::Record { file: block.file.clone(), why: error.to_string() })
}

fn record(block: &DataSpec, parts: &Parts) -> DataRecord {
    let n_rows = parts.reduced.iter().map(|part| part.cells.n_rows()).sum();
    let n_parts = parts.reduced.len();
    let note = Note::new(
        "register-in-cells",
        format!(
            "the register stays on the disk, being larger than {} MB or asked to: what is measured rests on its \
             cells (number, Σx, Σx², largest) in {n_parts} parts; methods that need single establishments \
             are not run",
            ROWS_UP_TO >> 20
        ),
        format!(
            "名录大于 {} MB 或按设置不载入原始行：结果依据其单元格（个数、Σx、Σx²、最大值），共 {n_parts} 部分；\
             需逐个企业的方法不运行",
            ROWS_UP_TO >> 20
        ),
    );
    DataRecord {
        name: block.name.clone(),
        table: block.table.clone(),
        files: parts.files.clone(),
        reader: "tidy".to_owned(),
        encoding: String::new(),
        rows_read: n_rows,
        rows_used: n_rows,
        rows_rejected: 0,
        rows_totals: 0,
        rows_filtered: 0,
        rows_notes: 0,
        notes: vec![NoteRecord::from(&note)],
    }
}

/// What every part was reduced to, and the hashes of all files.
struct Parts {
    reduced: Vec<Reduced>,
    files: BTreeMap<String, String>,
    /// Parts that were not known.
    n_reduced: usize,
}

/// What stands beside the cells of a part.
#[derive(Serialize, Deserialize)]
struct KeptPart {
    key: String,
    files: BTreeMap<String, String>,
}

/// Where parts are kept, if anywhere, and what the study says of the register.
struct Keep {
    folder: Option<PathBuf>,
    block: String,
}

impl Keep {
    fn parts(
        &self,
        register: &Register,
        statistics: &[Statistic],
        engine: &Engine,
        control: &Control<'_>,
    ) -> Result<Parts, DataError> {
        let keys: Vec<Option<String>> =
            register.parts().iter().map(|part| self.key(part)).collect();
        let mut found: Vec<Option<(Reduced, BTreeMap<String, String>)>> =
            keys.iter().map(|key| self.load(key.as_deref()?, statistics)).collect();
        let wanted: Vec<usize> = (0..found.len()).filter(|&at| found[at].is_none()).collect();
        for (&at, reduced) in wanted.iter().zip(register.reduce(&wanted, engine, control)?) {
            let mut files = BTreeMap::new();
            for (path, shown) in &register.parts()[at].files {
                // What lies at an address has no hash but that of its rows.
                let hash = if path.exists() { agglo_data::hash_file(path)? } else { String::new() };
                files.insert(shown.clone(), hash);
            }
            if let (Some(folder), Some(key)) = (&self.folder, &keys[at]) {
                agglo_data::create_folder(folder)?;
                reduced.write(folder, key)?;
                let kept = KeptPart { key: key.clone(), files: files.clone() };
                let json = serde_json::to_string_pretty(&kept).unwrap_or_default();
                agglo_data::write_atomic(&folder.join(format!("{key}.json")), json.as_bytes())?;
            }
            found[at] = Some((reduced, files));
        }
        self.forget(&keys.into_iter().flatten().collect())?;
        let mut parts =
            Parts { reduced: Vec::new(), files: BTreeMap::new(), n_reduced: wanted.len() };
        for (reduced, files) in found.into_iter().flatten() {
            parts.reduced.push(reduced);
            parts.files.extend(files);
        }
        Ok(parts)
    }

    /// A name for what a part is made of: the block, and name, size and time of every file; `None` for
    /// what is no file.
    fn key(&self, part: &RegisterPart) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.block.as_bytes());
        for (path, shown) in &part.files {
            let about = std::fs::metadata(path).ok()?;
            let time = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
            hasher.update(format!("{shown}\0{}\0{time}\0", about.len()).as_bytes());
        }
        Some(hasher.finalize().to_hex()[..32].to_owned())
    }

    fn load(
        &self,
        key: &str,
        statistics: &[Statistic],
    ) -> Option<(Reduced, BTreeMap<String, String>)> {
        let folder = self.folder.as_ref()?;
        let text = std::fs::read_to_string(folder.join(format!("{key}.json"))).ok()?;
        let kept: KeptPart =
            serde_json::from_str(&text).ok().filter(|k: &KeptPart| k.key == key)?;
        Some((Reduced::read(folder, key, statistics)?, kept.files))
    }

    /// Removes the parts that are no longer part of the register.
    fn forget(&self, current: &BTreeSet<String>) -> Result<(), DataError> {
        let Some(folder) = self.folder.as_ref().filter(|folder| folder.exists()) else {
            return Ok(());
        };
        let entries = std::fs::read_dir(folder).map_err(|error| DataError::io(folder, &error))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let key = name.as_ref().and_then(|name| name.split('.').next());
            if key.is_none_or(|key| !current.contains(key)) {
                std::fs::remove_file(&path).map_err(|error| DataError::io(&path, &error))?;
            }
        }
        Ok(())
    }
}
