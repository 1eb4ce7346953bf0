//! Runs of a study that `agglo serve` has seen, kept below `runs/` so that two of them can be compared.
//!
//! A kept run is `run.json` with the answers it names. Answers are never changed in place (a run writes a
//! step beside and renames it), so that they can be linked instead of copied.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use agglo_study::record::RunRecord;
use agglo_study::run::{FINDINGS, RUN_FILE};

/// The folder of kept runs in a study.
pub const RUNS: &str = "runs";
/// Runs that are kept.
const MOST_RUNS: usize = 10;
/// Characters of a run's id.
const ID: usize = 12;

/// A run that can be looked back on.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) record: RunRecord,
    pub(crate) time: Option<SystemTime>,
    pub(crate) folder: PathBuf,
}

/// The id of the run whose record is these bytes: the same content is the same run.
pub(crate) fn id_of(record: &[u8]) -> String {
    blake3::hash(record).to_hex()[..ID].to_owned()
}

/// Keeps the last run of the study in `root`, and forgets the oldest of those kept.
///
/// # Errors
/// When the folder cannot be written; the study itself is not touched.
pub(crate) fn keep(root: &Path) -> io::Result<()> {
    let file = root.join(RUN_FILE);
    let bytes = match fs::read(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let Ok(record) = serde_json::from_slice::<RunRecord>(&bytes) else { return Ok(()) };
    let place = root.join(RUNS).join(id_of(&bytes));
    if place.join(RUN_FILE).exists() {
        return Ok(());
    }
    let beside = root.join(RUNS).join(format!(".new-{}", id_of(&bytes)));
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    for step in &record.steps {
        let (from, to) =
            (root.join(FINDINGS).join(&step.step), beside.join(FINDINGS).join(&step.step));
        fs::create_dir_all(&to)?;
        for table in &step.tables {
            let name = format!("{}.parquet", table.name);
            let (from, to) = (from.join(&name), to.join(&name));
            if fs::hard_link(&from, &to).is_ok() {
                continue;
            }
            match fs::copy(&from, &to) {
                // An answer that somebody took away cannot be compared with.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return fs::remove_dir_all(&beside);
                }
                copied => copied?,
            };
        }
    }
    fs::write(beside.join(RUN_FILE), &bytes)?;
    let time = fs::metadata(&file)?.modified()?;
    fs::File::options().write(true).open(beside.join(RUN_FILE))?.set_modified(time)?;
    fs::rename(&beside, &place)?;
    for old in kept(root).into_iter().skip(MOST_RUNS) {
        fs::remove_dir_all(&old.folder)?;
    }
    Ok(())
}

/// The runs kept below `root`, newest first.
pub(crate) fn kept(root: &Path) -> Vec<Kept> {
    let Ok(entries) = fs::read_dir(root.join(RUNS)) else { return Vec::new() };
    let mut runs: Vec<Kept> = entries
        .flatten()
        .filter_map(|entry| {
            let (id, folder) = (entry.file_name().into_string().ok()?, entry.path());
            if id.len() != ID || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            read(id, folder)
        })
        .collect();
    runs.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.id.cmp(&b.id)));
    runs
}

fn read(id: String, folder: PathBuf) -> Option<Kept> {
    let file = folder.join(RUN_FILE);
    let record = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
    let time = fs::metadata(&file).and_then(|about| about.modified()).ok();
    Some(Kept { id, record, time, folder })
}

/// The last run of the study and those kept, newest first, each once.
pub(crate) fn all(root: &Path) -> Vec<Kept> {
    let bytes = fs::read(root.join(RUN_FILE)).ok();
    let current = bytes.and_then(|bytes| read(id_of(&bytes), root.to_path_buf()));
    let mut runs: Vec<Kept> = current.into_iter().collect();
    let id = runs.first().map(|run| run.id.clone());
    runs.extend(kept(root).into_iter().filter(|run| Some(&run.id) != id.as_ref()));
    runs
}

/// A time as `2026-11-24T19:02:00Z`.
pub(crate) fn written(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let (days, rest) = ((seconds / 86_400) as i64, seconds % 86_400);
    // Days since 1 March of the year 0 in the proleptic Gregorian calendar (Hinnant, chrono-Compatible
    // Low-Level Date Algorithms).
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_are_written_as_calendars_have_them() {
        // From `date -u -d @SECONDS +%FT%TZ`.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_210_096, "2024-02-29T12:34:56Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(written(time).unwrap(), text);
        }
    }
}
