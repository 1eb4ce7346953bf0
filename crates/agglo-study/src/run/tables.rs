//! The study's tables: read once, kept as Parquet beside a key, read again only when a file or its
//! block in the study file has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agglo_core::{Absent, Control, Frame, Key};
use agglo_data::reduce::Engine;
use agglo_data::{Coverage, Diagnostic, ReadSpec, Severity, Table};
use agglo_geo::Boundaries;
use serde::{Deserialize, Serialize};

use super::register;
use super::used::{Loaded, use_table, used_file};
use super::world::World;
use super::{CODE, TABLES};
use crate::boundaries;
use crate::error::StudyError;
use crate::harmonize::{Withheld, to_codes};
use crate::plan::{Facts, Plan};
use crate::record::{DataRecord, NoteRecord};
use crate::space;
use crate::spec::{DataSpec, SpaceSpec, Spec};

/// What stands beside a kept table.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Hash of the files, their blocks and the program.
    key: String,
    /// Hash of the table's content: what the steps' keys are made of.
    content: String,
    records: Vec<DataRecord>,
}

/// The tables of a study, with what reading them brought to light.
#[derive(Default)]
pub struct Tables {
    tables: BTreeMap<String, Loaded>,
    groups: BTreeMap<String, (Arc<Frame>, String)>,
    records: Vec<DataRecord>,
    diagnostics: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
    n_read: usize,
    coverage: Vec<Coverage>,
}

impl Tables {
    /// Which cells of each table hold a number.
    pub fn coverage(&self) -> &[Coverage] {
        &self.coverage
    }

    /// The frames by table.
    pub fn frames(&self) -> BTreeMap<String, Arc<Frame>> {
        self.tables.iter().map(|(name, table)| (name.clone(), table.frame.clone())).collect()
    }

    /// The frame of one table.
    pub fn frame(&self, name: &str) -> Option<Arc<Frame>> {
        self.tables.get(name).map(|table| table.frame.clone())
    }

    /// The cells that must not leave, where the study says which; looked for in the register.
    ///
    /// # Errors
    /// [`StudyError::Unsound`] where there is no register to look in, or a cell cannot be protected.
    pub(crate) fn withheld(&self, spec: &Spec) -> Result<Option<Withheld>, StudyError> {
        let Some(disclosure) = &spec.disclosure else { return Ok(None) };
        let refuse = |message: String, remedy: &str| {
            let message = format!("[disclosure] {message}");
            let found = Diagnostic::new(agglo_data::BAD_SETTING, message, remedy);
            StudyError::Unsound(vec![found])
        };
        let plants = self.frame("plant").ok_or_else(|| {
            refuse(
                "needs the table `plant`: who stands behind a cell".to_owned(),
                "add the register, or leave [disclosure] out where no data are confidential",
            )
        })?;
        let value = register::MEASURES.into_iter().find(|measure| plants.has(measure));
        let value = value.ok_or_else(|| {
            refuse(
                "finds no measure in the table `plant`".to_owned(),
                "map `employment` or `value`",
            )
        })?;
        let withheld = Withheld::of(disclosure, &plants, value).map_err(|message| {
            refuse(
                message,
                "use coarser regions or industries, or a lower bar; nothing was published",
            )
        })?;
        Ok(Some(withheld))
    }

    /// The frame of one table in a world.
    pub(super) fn frame_in(&self, world: World, name: &str) -> Option<Arc<Frame>> {
        let table = self.tables.get(name)?;
        let other = match world {
            World::Main => None,
            World::Completion(place) => table.completions.get(place),
            World::Without => table.without.as_ref(),
        };
        Some(other.unwrap_or(&table.frame).clone())
    }

    pub(super) fn has_completions(&self, name: &str) -> bool {
        self.tables.get(name).is_some_and(|table| !table.completions.is_empty())
    }

    pub(super) fn n_completions(&self) -> usize {
        self.tables.values().map(|table| table.completions.len()).max().unwrap_or(0)
    }

    /// Whether the study also counts withheld cells as nothing.
    pub(super) fn compares(&self) -> bool {
        self.tables.values().any(|table| table.without.is_some())
    }

    /// A grouping, as `region, group`.
    pub fn group(&self, name: &str) -> Option<Arc<Frame>> {
        self.groups.get(name).map(|(frame, _)| frame.clone())
    }

    /// What was read, by `[[data]]` block.
    pub fn records(&self) -> &[DataRecord] {
        &self.records
    }

    /// Everything found while reading, errors included.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The findings that forbid a run.
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    pub(super) fn key(&self, name: &str) -> &str {
        self.tables.get(name).map_or("", |table| &table.content)
    }

    pub(super) fn group_key(&self, name: &str) -> &str {
        self.groups.get(name).map_or("", |(_, key)| key)
    }

    pub(crate) fn absent(&self, name: &str) -> Absent {
        self.tables.get(name).map_or(Absent::Missing, |table| table.absent)
    }

    pub(super) fn n_read(&self) -> usize {
        self.n_read
    }

    /// Takes the account of a block.
    pub(super) fn records_of(&mut self, record: DataRecord) {
        self.records.push(record);
    }

    pub(super) fn read_one_more(&mut self) {
        self.n_read += 1;
    }

    pub(super) fn found(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            if diagnostic.severity == Severity::Error {
                self.errors.push(diagnostic.clone());
            }
            self.diagnostics.push(diagnostic);
        }
    }
}

/// What `agglo check` reports.
pub struct CheckReport {
    /// The tables with all findings.
    pub tables: Tables,
    /// What they allow, and what one more table would add.
    pub plan: Plan,
}

/// Reads everything and computes nothing.
///
/// # Errors
/// When the study file or a folder cannot be read; findings in the data are in the report.
pub fn check(
    root: &Path,
    engine: &Engine,
    control: &Control<'_>,
) -> Result<CheckReport, StudyError> {
    let spec = Spec::load(root)?;
    let tables = read_all(root, &spec, false, engine, control)?;
    let frames = tables.frames();
    let plan = Plan::sound(&Facts { spec: &spec, tables: &frames }, root)?;
    Ok(CheckReport { tables, plan })
}

/// The study's tables, from `tables/` where the files have not changed.
///
/// # Errors
/// As [`check`].
pub fn load(
    root: &Path,
    spec: &Spec,
    engine: &Engine,
    control: &Control<'_>,
) -> Result<Tables, StudyError> {
    read_all(root, spec, true, engine, control)
}

/// The study's tables as the last run saw them, whatever became of the files since; read as [`load`] does
/// where one was not kept.
///
/// # Errors
/// As [`check`].
pub fn stored(root: &Path, spec: &Spec) -> Result<Tables, StudyError> {
    let mut names: BTreeSet<String> = spec.data.iter().map(DataSpec::table_name).collect();
    if names.contains("plant") {
        names.insert("activity".to_owned());
        if spec.data.iter().any(|d| d.table_name() == "plant" && register::in_cells(root, d)) {
            names.remove("plant");
            names.insert("cell".to_owned());
        }
    }
    if root.join(TABLES).join(format!("{}.parquet", space::TABLE)).exists() {
        names.insert(space::TABLE.to_owned());
    }
    let mut tables = Tables::default();
    for name in names {
        let used = used_file(root, &name);
        let read = root.join(TABLES).join(format!("{name}.parquet"));
        let kept = if used.exists() { used } else { read };
        if name == "activity" && !kept.exists() && !spec.data.iter().any(|d| d.table == "activity")
        {
            continue;
        }
        let Ok(table) = agglo_data::read_table(&kept) else {
            return load(root, spec, &Engine::default(), &Control::none());
        };
        tables.tables.insert(name, Loaded::as_read(table, String::new()));
    }
    read_groups(root, spec, &mut tables);
    Ok(tables)
}

/// The study's tables, read from its files without a look at `tables/`.
///
/// # Errors
/// As [`check`].
pub(super) fn read_only(root: &Path, spec: &Spec, engine: &Engine) -> Result<Tables, StudyError> {
    read_all(root, spec, false, engine, &Control::none())
}

fn read_all(
    root: &Path,
    spec: &Spec,
    keep: bool,
    engine: &Engine,
    control: &Control<'_>,
) -> Result<Tables, StudyError> {
    let mut tables = Tables::default();
    let mut read = BTreeMap::new();
    let mut names: Vec<String> = spec.data.iter().map(DataSpec::table_name).collect();
    names.sort_unstable();
    names.dedup();
    let reduces = |data: &&DataSpec| data.reduce.is_some() || !data.statistics.is_empty();
    for block in spec.data.iter().filter(reduces).filter(|data| data.table != "plant") {
        let setting = if block.reduce.is_some() { "reduce" } else { "statistics" };
        let message = format!("[[data]] {}: `{setting}` is for the table `plant`", block.name);
        let remedy = "leave it out: only a register of establishments is reduced to cells";
        tables.found([Diagnostic::new(agglo_data::BAD_SETTING, message, remedy)]);
    }
    for name in names {
        let blocks: Vec<&DataSpec> =
            spec.data.iter().filter(|data| data.table_name() == name).collect();
        if name == "plant" && blocks.iter().any(|block| register::in_cells(root, block)) {
            continue;
        }
        if let Some(table) = read_one(root, &name, &blocks, keep, &mut tables)? {
            read.insert(name, table);
        }
    }
    let asks = spec.data.iter().any(|data| !data.statistics.is_empty());
    if !read.contains_key("activity") || asks {
        let known = |name: &str| read.contains_key(name);
        let made = register::reduced(root, spec, keep, engine, control, &known, &mut tables)?;
        read.extend(made.into_iter().map(|(name, table)| (name.to_owned(), table)));
    }
    read_groups(root, spec, &mut tables);
    if !keep {
        let checked = super::checks::check(spec, &read);
        tables.found(checked.diagnostics);
        tables.coverage = checked.coverage;
    }
    let mut shapes = None;
    if let (Some(file), Some(boundaries)) =
        (&spec.geo.boundaries, boundaries::read(root, &spec.geo))
    {
        let regions = read.get("activity").map(|(table, _)| regions_of(&table.frame));
        tables.found(boundaries::check(file, &boundaries, &regions.unwrap_or_default()));
        shapes = boundaries.ok();
        if let (true, Some(boundaries)) = (keep, &shapes) {
            agglo_data::create_folder(&root.join(TABLES))?;
            let text = agglo_geo::to_geojson(boundaries);
            agglo_data::write_if_changed(&boundaries::file(root), text.as_bytes())?;
        }
    }
    let deflator = read.get("deflator").map(|(table, _)| table.frame.clone());
    for (name, table) in read {
        match use_table(root, spec, &name, table, deflator.as_ref(), keep) {
            Ok((loaded, notes)) => {
                tables.tables.insert(name.clone(), loaded);
                if let Some(record) = tables.records.iter_mut().find(|r| r.fills(&name)) {
                    record.notes.extend(notes.iter().map(NoteRecord::from));
                }
            }
            Err(error) => tables.found(error.diagnostics().to_vec()),
        }
    }
    neighbors(root, spec, keep, shapes.as_ref(), &mut tables)?;
    Ok(tables)
}

fn regions_of(frame: &Frame) -> Vec<Key> {
    frame
        .text("region")
        .map_or_else(|_| Vec::new(), |codes| codes.iter().flatten().cloned().collect())
}

/// Adds the table of neighbors, where the study does not bring its own.
fn neighbors(
    root: &Path,
    spec: &Spec,
    keep: bool,
    boundaries: Option<&Boundaries>,
    tables: &mut Tables,
) -> Result<(), StudyError> {
    let Some(activity) = tables.frame("activity").filter(|_| tables.frame(space::TABLE).is_none())
    else {
        return Ok(());
    };
    let regions = tables.frame("region");
    let places = space::Places { boundaries, regions: regions.as_deref() };
    match space::neighbors(root, spec, &places, &regions_of(&activity), keep) {
        Ok(None) => {}
        Ok(Some(neighbors)) => {
            let name = space::TABLE.to_owned();
            let table = Table { name: name.clone(), frame: neighbors.frame, ..Table::default() };
            if keep {
                agglo_data::create_folder(&root.join(TABLES))?;
                let file = root.join(TABLES).join(format!("{name}.parquet"));
                agglo_data::write_table(&file, &table)?;
            }
            let content = agglo_data::hash_frame(&table.frame);
            tables.records.push(neighbors.record);
            tables.tables.insert(name, Loaded::as_read(table, content));
        }
        Err(error) => {
            let asked = spec.space != SpaceSpec::default();
            tables.found(error.diagnostics().iter().cloned().map(|mut found| {
                // Nobody asked for neighbors, so lacking them forbids nothing.
                if !asked {
                    found.severity = Severity::Note;
                }
                found
            }));
        }
    }
    Ok(())
}

/// Reads the groupings of regions.
fn read_groups(root: &Path, spec: &Spec, tables: &mut Tables) {
    for (name, group) in &spec.geo.groups {
        let read = ReadSpec {
            name: format!("geo.groups.{name}"),
            table: "groups".to_owned(),
            file: PathBuf::from(&group.file),
            reader: Some("tidy".to_owned()),
            ..ReadSpec::default()
        };
        match agglo_data::read(&read, root) {
            Ok(reading) => {
                let content = agglo_data::hash_frame(&reading.frame);
                tables.found(reading.diagnostics);
                tables.groups.insert(name.clone(), (Arc::new(reading.frame), content));
            }
            Err(error) => tables.found(error.diagnostics().to_vec()),
        }
    }
}

fn read_one(
    root: &Path,
    name: &str,
    blocks: &[&DataSpec],
    keep: bool,
    tables: &mut Tables,
) -> Result<Option<(Table, String)>, StudyError> {
    let folder = root.join(TABLES);
    let (file, beside) =
        (folder.join(format!("{name}.parquet")), folder.join(format!("{name}.json")));
    let key = block_key(root, blocks);
    if keep
        && let Some(key) = &key
        && let Some(kept) = read_kept(&beside).filter(|kept| kept.key == *key)
        && let Ok(table) = agglo_data::read_table(&file)
    {
        tables.records.extend(kept.records);
        return Ok(Some((table, kept.content)));
    }
    let mut readings = Vec::new();
    let mut records = Vec::new();
    let mut clean = true;
    for block in blocks {
        let read = block.read_spec();
        match agglo_data::read(&read, root) {
            Ok(mut reading) => {
                let named = to_codes(block, &mut reading);
                reading.diagnostics.extend(named);
                clean &= reading.diagnostics.is_empty();
                agglo_data::offer_fixes(&read, &mut reading.diagnostics);
                records.push(data_record(block, &reading));
                tables.found(reading.diagnostics.iter().cloned());
                readings.push((read, reading));
            }
            Err(error) => {
                clean = false;
                tables.found(error.diagnostics().to_vec());
            }
        }
    }
    tables.n_read += 1;
    tables.records.extend(records.iter().cloned());
    if readings.len() < blocks.len() {
        return Ok(None);
    }
    match agglo_data::assemble(&blocks[0].table, readings) {
        Ok(table) => {
            let content = agglo_data::hash_frame(&table.frame);
            if keep {
                // A table with remarks is kept for `explain` and read anew by the next run, which
                // has to make the remarks again.
                let key = key.filter(|_| clean).unwrap_or_default();
                let kept = Kept { key, content: content.clone(), records };
                agglo_data::create_folder(&folder)?;
                agglo_data::write_table(&file, &table)?;
                let json = serde_json::to_string_pretty(&kept).unwrap_or_default();
                agglo_data::write_atomic(&beside, json.as_bytes())?;
            }
            Ok(Some((table, content)))
        }
        Err(diagnostics) => {
            tables.found(diagnostics);
            Ok(None)
        }
    }
}

fn read_kept(beside: &Path) -> Option<Kept> {
    serde_json::from_str(&std::fs::read_to_string(beside).ok()?).ok()
}

/// Hash of the blocks and the files they name; `None` when a file cannot be read.
fn block_key(root: &Path, blocks: &[&DataSpec]) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(CODE.as_bytes());
    for block in blocks {
        hasher.update(format!("{block:?}").as_bytes());
        for file in agglo_data::files(&block.read_spec(), root).ok()? {
            hasher.update(file.strip_prefix(root).unwrap_or(&file).to_string_lossy().as_bytes());
            hasher.update(agglo_data::hash_file(&file).ok()?.as_bytes());
        }
    }
    Some(hasher.finalize().to_hex().to_string())
}

fn data_record(block: &DataSpec, reading: &agglo_data::Reading) -> DataRecord {
    DataRecord {
        name: block.name.clone(),
        table: block.table.clone(),
        files: reading.files.iter().map(|f| (f.path.clone(), f.blake3.clone())).collect(),
        reader: reading.reader.clone(),
        encoding: reading.encoding.clone(),
        rows_read: reading.rows_read,
        rows_used: reading.rows_used,
        rows_rejected: reading.rows_rejected,
        rows_totals: reading.rows_totals,
        rows_filtered: reading.rows_filtered,
        rows_notes: reading.rows_notes,
        notes: reading.notes.iter().map(NoteRecord::from).collect(),
    }
}
