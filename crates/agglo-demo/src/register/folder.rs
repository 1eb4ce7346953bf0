//! The folder of a register: what is finished, what a killed run left, and who works on it.
//!
//! Everything is written in a folder of its own beside the data and renamed when whole, so that a
//! pattern such as `data/plants/*/*.parquet` never meets half a file. That folder also says what
//! the run was asked for, and goes when all is done.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::error::DemoError;
use crate::sink::Folder;

use super::part::{self, Part, Tally};
use super::world::World;

/// The folder of an unfinished run.
const WORK: &str = ".agglo-generate";
const SETTINGS: &str = "settings";
const LOCK: &str = "lock";
const STAGE: &str = "stage";

/// A folder that a run is at work on; the lock goes with the process, however it ends.
pub(super) struct Work {
    root: PathBuf,
    work: PathBuf,
    _lock: File,
}

impl Work {
    /// Takes an empty folder, or one that a killed run of the same settings left.
    pub(super) fn open(root: &Path, settings: &str) -> Result<Work, DemoError> {
        let work = root.join(WORK);
        let failed = |path: &Path| {
            let path = path.display().to_string();
            |source| DemoError::Write { path, source }
        };
        if root.exists() {
            let entries = fs::read_dir(root).map_err(failed(root))?;
            let mut foreign =
                entries.flatten().filter(|entry| entry.file_name() != WORK).peekable();
            if foreign.peek().is_some() && !work.join(SETTINGS).exists() {
                return Err(DemoError::NotEmpty { path: root.display().to_string() });
            }
        }
        fs::create_dir_all(&work).map_err(failed(&work))?;
        let lock = File::create(work.join(LOCK)).map_err(failed(&work))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(DemoError::InUse { path: root.display().to_string() });
            }
            Err(fs::TryLockError::Error(source)) => return Err(failed(&work)(source)),
        }
        let asked = work.join(SETTINGS);
        match fs::read_to_string(&asked) {
            Ok(found) if found == settings => {}
            Ok(found) => {
                let differs = |(a, b): &(&str, &str)| a != b;
                let (found, asked) = found
                    .lines()
                    .zip(settings.lines())
                    .find(differs)
                    .unwrap_or(("no settings", "some"));
                return Err(DemoError::OtherRun {
                    path: root.display().to_string(),
                    found: found.to_owned(),
                    asked: asked.to_owned(),
                });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                whole(&work.join("settings.new"), &asked, settings).map_err(failed(&asked))?;
            }
            Err(error) => return Err(failed(&asked)(error)),
        }
        Ok(Work { root: root.to_path_buf(), work, _lock: lock })
    }

    /// What a part adds up to, if an earlier run finished it.
    pub(super) fn finished(&self, part: Part, world: &World) -> Option<Tally> {
        if !self.root.join(part.path(world)).exists() {
            return None;
        }
        self.tally(part, world)
    }

    /// What a part adds up to.
    pub(super) fn tally(&self, part: Part, world: &World) -> Option<Tally> {
        let text = fs::read_to_string(self.beside(part, world, "tally")).ok()?;
        Tally::from_text(&text, world)
    }

    /// Writes one part, whole or not at all.
    pub(super) fn write(
        &self,
        part: Part,
        world: &World,
        step: &dyn Fn(u64) -> Result<(), DemoError>,
    ) -> Result<(), DemoError> {
        let shown = part.path(world);
        let failed = |source| DemoError::Write { path: shown.clone(), source };
        let beside = self.beside(part, world, "part");
        let write = || {
            let file = File::create(&beside).map_err(failed)?;
            let synced = file.try_clone().map_err(failed)?;
            let out = BufWriter::with_capacity(1 << 18, file);
            let tally = part::write(world, part, out, step)?;
            synced.sync_all().map_err(failed)?;
            let target = self.root.join(&shown);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            // The tally first: a part that stands at its place has one.
            let named = self.beside(part, world, "tally");
            whole(&self.beside(part, world, "sums"), &named, &tally.to_text()).map_err(failed)?;
            fs::rename(&beside, target).map_err(failed)
        };
        let written = write();
        if written.is_err() {
            // Room for others on a full disk; what is left is overwritten by the next run.
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// Where the small tables are written before they go to their places.
    pub(super) fn stage(&self) -> Result<Folder, DemoError> {
        let stage = self.work.join(STAGE);
        match fs::remove_dir_all(&stage) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(DemoError::Write { path: stage.display().to_string(), source })
            }
            _ => Ok(Folder::new(stage)),
        }
    }

    /// Moves the small tables to their places, `last` after all others, and ends the work.
    pub(super) fn finish(self, last: &str) -> Result<(), DemoError> {
        let stage = self.work.join(STAGE);
        let mut paths = Vec::new();
        let listed = files(&stage, &mut paths);
        let failed = |path: &Path, source| {
            let path = path.strip_prefix(&stage).unwrap_or(path).display().to_string();
            DemoError::Write { path, source }
        };
        listed.map_err(|source| failed(&stage, source))?;
        paths.sort_by_key(|path| (path.ends_with(last), path.clone()));
        for path in &paths {
            let target = self.root.join(path.strip_prefix(&stage).unwrap_or(path));
            let moved = || {
                File::open(path)?.sync_all()?;
                if let Some(folder) = target.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::rename(path, &target)
            };
            moved().map_err(|source| failed(path, source))?;
        }
        // The settings last: while they stand, a next run finishes what is left.
        for entry in fs::read_dir(&self.work).map_err(|source| failed(&self.work, source))? {
            let path = entry.map_err(|source| failed(&self.work, source))?.path();
            if path.ends_with(SETTINGS) {
                continue;
            }
            let gone =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.map_err(|source| failed(&path, source))?;
        }
        fs::remove_dir_all(&self.work).map_err(|source| failed(&self.work, source))
    }

    fn beside(&self, part: Part, world: &World, ending: &str) -> PathBuf {
        self.work.join(format!("{}.{ending}", part.name(world)))
    }
}

/// Writes `text` beside and renames it.
fn whole(beside: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::write(beside, text)?;
    File::open(beside)?.sync_all()?;
    fs::rename(beside, path)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
