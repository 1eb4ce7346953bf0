//! Files are written beside their target, synced, and renamed: whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};

/// Writes `bytes` to `path`, whole or not at all.
///
/// # Errors
/// When the folder cannot be written or the disk is full; an old file is then untouched.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    atomic(path, |writer| writer.write_all(bytes))
}

/// Writes what `fill` writes to `path`, whole or not at all.
///
/// # Errors
/// As [`write_atomic`], and what `fill` itself reports.
pub fn atomic(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> Result<(), DataError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let write = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".agglo-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What a plain new file gets; the process's umask still applies.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut beside = builder.tempfile_in(folder)?;
        let mut writer = BufWriter::new(beside.as_file_mut());
        fill(&mut writer)?;
        writer.flush()?;
        drop(writer);
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| write_error(path, &error))
}

/// Writes `bytes` to `path` unless it holds them already.
///
/// # Errors
/// As [`write_atomic`].
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    match std::fs::read(path) {
        Ok(old) if old == bytes => Ok(()),
        _ => write_atomic(path, bytes),
    }
}

/// Makes the folder `path` and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn create_folder(path: &Path) -> Result<(), DataError> {
    std::fs::create_dir_all(path).map_err(|error| write_error(path, &error))
}

/// Why `path` could not be written.
pub(crate) fn write_error(path: &Path, error: &io::Error) -> DataError {
    let full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    );
    let (code, message, remedy) = if full {
        (codes::DISK_FULL, "no space left".to_owned(), "free some space and run again")
    } else {
        let remedy = "check that the folder exists and that you may write to it";
        (codes::UNWRITABLE, format!("cannot write: {error}"), remedy)
    };
    Diagnostic::new(code, message, remedy).file(path.display().to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("run.json");
        write_atomic(&path, b"old").unwrap();
        let error = atomic(&path, |writer| {
            writer.write_all(b"half of the new")?;
            // What a full disk says in the middle of a file.
            File::options().write(true).open("/dev/full")?.write_all(b"x")
        })
        .unwrap_err();
        assert!(error.is_disk_full() && error.is_unwritable(), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said_to_be_unwritable() {
        let folder = agglo_testkit::scratch();
        let error = write_atomic(&folder.path().join("none/run.json"), b"x").unwrap_err();
        assert!(error.is_unwritable() && !error.is_disk_full(), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = agglo_testkit::scratch();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write_atomic(&ours, b"x").unwrap();
        fs::write(&plain, b"x").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(ours), mode(plain));
    }
}
