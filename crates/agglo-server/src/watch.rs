//! Whether a file that the study reads changed: times and lengths, looked at every second.
//!
//! Looking works on every file system, network shares included, where messages of the system do not come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use agglo_study::record::RunRecord;
use agglo_study::run::{FINDINGS, RUN_FILE};
use agglo_study::spec::{FILE_NAME, Spec};

use crate::app::App;
use crate::events::Event;

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Time and length of a file; `None` where it is not there.
type Seen = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

fn look(path: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The files that the study names, from its folder.
fn inputs(root: &Path, spec: &Spec) -> Vec<PathBuf> {
    let mut files = vec![root.join(FILE_NAME)];
    for block in &spec.data {
        if !block.file.contains("://") {
            files.extend(agglo_data::files(&block.read_spec(), root).unwrap_or_default());
        }
    }
    let tiles = spec.geo.tiles.iter().filter(|tiles| !tiles.starts_with("builtin:"));
    let named = spec.geo.boundaries.iter().chain(tiles).chain(&spec.space.file);
    let groups = spec.geo.groups.values().map(|group| &group.file);
    files.extend(named.chain(groups).map(|file| root.join(file)));
    files.sort();
    files.dedup();
    files
}

fn seen(root: &Path) -> Seen {
    let files = match Spec::load(root) {
        Ok(spec) => inputs(root, &spec),
        Err(_) => vec![root.join(FILE_NAME)],
    };
    files.into_iter().map(|path| (path.clone(), look(&path))).collect()
}

fn names(root: &Path, before: &Seen, after: &Seen) -> Vec<String> {
    let changed = after.iter().filter(|(path, now)| before.get(*path) != Some(now));
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let changed = changed.map(|(path, _)| path).chain(gone);
    changed
        .map(|path| path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned())
        .collect()
}

/// Looks for as long as the program runs: tells of changes, and runs the study where it is asked to.
pub(crate) fn watch(app: &Arc<App>) {
    let root = app.config.root.clone();
    let mut inputs = seen(&root);
    let mut run = look(&root.join(RUN_FILE));
    let mut settled = true;
    loop {
        std::thread::sleep(EVERY);
        let now = seen(&root);
        let changed = names(&root, &inputs, &now);
        inputs = now;
        if !changed.is_empty() {
            settled = false;
            let generation = app.reload();
            app.events.send(Event::Changed { generation, files: changed });
        } else if !settled {
            // A file that is being written is left alone until it rests for one look.
            settled = !app.config.watch || app.start_run().is_ok();
        }
        let (last, running) = (look(&root.join(RUN_FILE)), app.run_state().state == "running");
        if last != run && !running {
            run = last;
            let id =
                std::fs::read(root.join(RUN_FILE)).ok().map(|bytes| crate::history::id_of(&bytes));
            // A run of our own was looked at when it ended.
            if id != app.snapshot().run_id {
                let generation = app.reload();
                app.events.send(Event::Reloaded { generation });
            }
        }
    }
}

/// The files that changed since the last run.
pub(crate) fn stale(root: &Path, spec: &Spec, record: &RunRecord) -> Vec<String> {
    let time = |path: PathBuf| look(&path).map(|seen| seen.0);
    let ran = time(root.join(RUN_FILE)).max(time(root.join(FINDINGS).join(".lock")));
    let known: BTreeMap<&str, &str> = record
        .data
        .iter()
        .flat_map(|block| &block.files)
        .map(|(file, hash)| (file.as_str(), hash.as_str()))
        .collect();
    let mut stale = Vec::new();
    for path in inputs(root, spec) {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        match look(&path) {
            None => stale.push(format!("{name} is gone")),
            Some((changed, _)) if Some(changed) > ran => {
                // A copy of the same bytes is no change.
                let same = known.get(name.as_str()).is_some_and(|known| {
                    agglo_data::hash_file(&path).is_ok_and(|hash| hash == *known)
                });
                if !same {
                    stale.push(format!("{name} was saved after the last run"));
                }
            }
            Some(_) => {}
        }
    }
    stale
}
