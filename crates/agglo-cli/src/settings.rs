//! Settings and where each came from: flag, environment, the user's file, or the default.

use std::path::{Path, PathBuf};

use agglo_core::Lang;
use agglo_data::reduce::Engine;

use crate::args::{Global, TableFormat};
use crate::failure::Failure;

/// A value and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) origin: &'static str,
}

/// The settings that hold for this call.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) langs: Setting<Vec<Lang>>,
    pub(crate) seed: Setting<Option<u64>>,
    pub(crate) threads: Setting<usize>,
    pub(crate) memory: Setting<Option<u64>>,
    pub(crate) engine: Setting<String>,
    pub(crate) json: bool,
    pub(crate) format: Option<TableFormat>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) no_input: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: u8,
    pub(crate) user_file: Option<PathBuf>,
}

/// Changes to the folder of `-C`.
pub(crate) fn change_folder(global: &Global) -> Result<(), Failure> {
    let Some(folder) = &global.directory else { return Ok(()) };
    std::env::set_current_dir(folder)
        .map_err(|error| Failure::usage(format!("-C {}: {error}", folder.display())))
}

impl Settings {
    /// The settings of `global`, with the user's file from `user_file` or its usual place.
    pub(crate) fn resolve(global: &Global, user_file: Option<&Path>) -> Result<Settings, Failure> {
        let user_file = user_file.map(Path::to_path_buf).or_else(usual_user_file);
        let user = match &user_file {
            Some(path) if path.exists() => read_user_file(path)?,
            _ => UserFile::default(),
        };
        let origin = |variable: &str| {
            if std::env::var_os(variable).is_some() { "environment" } else { "flag" }
        };
        let langs = match (&global.lang, &user.lang) {
            (Some(tags), _) => Setting { value: langs(tags)?, origin: origin("AGGLO_LANG") },
            (None, Some(tags)) => Setting { value: langs(tags)?, origin: "user file" },
            (None, None) => Setting { value: Vec::new(), origin: "default" },
        };
        let threads = match (global.threads, user.threads) {
            (Some(n), _) => Setting { value: n, origin: origin("AGGLO_THREADS") },
            (None, Some(n)) => Setting { value: n, origin: "user file" },
            (None, None) => Setting { value: 0, origin: "default: all cores" },
        };
        let memory = match (global.memory, user.memory) {
            (Some(n), _) => Setting { value: Some(n), origin: origin("AGGLO_MEMORY") },
            (None, Some(n)) => Setting { value: Some(n), origin: "user file" },
            (None, None) => Setting { value: None, origin: "default: no limit" },
        };
        let engine = match &global.engine {
            Some(engine) => Setting { value: engine.clone(), origin: origin("AGGLO_ENGINE") },
            None => Setting { value: EMBEDDED.to_owned(), origin: "default" },
        };
        let seed = match global.seed {
            Some(seed) => Setting { value: Some(seed), origin: origin("AGGLO_SEED") },
            None => Setting { value: None, origin: "the study, else the default" },
        };
        Ok(Settings {
            langs,
            seed,
            threads,
            memory,
            engine,
            json: global.json,
            format: global.format,
            output: global.output.clone(),
            no_input: global.no_input,
            quiet: global.quiet,
            verbose: global.verbose,
            user_file,
        })
    }

    /// The language of messages.
    pub(crate) fn lang(&self) -> Lang {
        self.langs.value.first().copied().unwrap_or_default()
    }

    /// The engine that reduces registers.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let threads = Some(self.threads.value).filter(|n| *n > 0);
        let engine = Engine { threads, memory: self.memory.value, ..Engine::default() };
        match self.engine.value.as_str() {
            EMBEDDED => Ok(engine),
            address if ["ballista://", "df://"].iter().any(|s| address.starts_with(s)) => {
                on_cluster(engine, address)
            }
            other => Err(Failure::usage(format!(
                "--engine {other}: write embedded, or ballista://host:port"
            ))),
        }
    }

    /// Says `message` on stderr unless asked to be quiet.
    pub(crate) fn say(&self, message: &str) {
        if !self.quiet {
            crate::output::say(message);
        }
    }
}

/// The word for this process in `--engine`.
const EMBEDDED: &str = "embedded";

#[cfg(feature = "cluster")]
use crate::cluster::on_cluster;

#[cfg(not(feature = "cluster"))]
fn on_cluster(_: Engine, address: &str) -> Result<Engine, Failure> {
    Err(Failure::usage(format!(
        "--engine {address}: this agglo was built without clusters; build it with --features cluster"
    )))
}

/// A number of bytes, as `4GiB`, `512MiB`, `2GB` or `1000000`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let power = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        _ => return Err("write a size such as 4GiB or 512MiB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "write a size such as 4GiB or 512MiB")?;
    match number.checked_mul(power) {
        Some(bytes) if bytes >= LEAST_MEMORY => Ok(bytes),
        Some(_) => Err("no work can be done in less than 16MiB".to_owned()),
        None => Err("this is more memory than there can be".to_owned()),
    }
}

const LEAST_MEMORY: u64 = 16 << 20;

#[derive(Debug, Default)]
struct UserFile {
    lang: Option<String>,
    threads: Option<usize>,
    memory: Option<u64>,
}

fn usual_user_file() -> Option<PathBuf> {
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .or_else(|| std::env::var_os("APPDATA"))
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(config.join("agglo").join("config.toml"))
}

fn read_user_file(path: &Path) -> Result<UserFile, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::data(format!("{}: {error}", path.display())))?;
    let mut user = UserFile::default();
    for (place, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let wrong = || {
            let number = place + 1;
            Failure::data(format!(
                "{}:{number}: `{line}` is none of `lang = \"en|zh\"`, `threads = N` and `memory = \"4GiB\"`",
                path.display()
            ))
        };
        let (key, value) = line.split_once('=').ok_or_else(wrong)?;
        let value = value.trim().trim_matches('"');
        match key.trim() {
            "lang" => user.lang = Some(value.to_owned()),
            "threads" => user.threads = Some(value.parse().map_err(|_| wrong())?),
            "memory" => user.memory = Some(bytes(value).map_err(|_| wrong())?),
            _ => return Err(wrong()),
        }
    }
    Ok(user)
}

fn langs(tags: &str) -> Result<Vec<Lang>, Failure> {
    tags.split(',')
        .map(|tag| {
            Lang::from_tag(tag.trim())
                .ok_or_else(|| Failure::usage(format!("--lang {tag}: only en and zh are spoken")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_write_them() {
        for (text, expected) in [("512MiB", 512 << 20), ("4 GiB", 4 << 30), ("2GB", 2_000_000_000)]
        {
            assert_eq!(bytes(text), Ok(expected));
        }
        for wrong in ["", "GiB", "4 cups", "1MiB", "99999999999TiB", "-4GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_user_file_is_read_and_its_faults_are_placed() {
        let folder = agglo_testkit::scratch();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "lang = \"zh\" # mine\nthreads = 3\n").unwrap();
        let user = read_user_file(&path).unwrap();
        assert_eq!((user.lang.as_deref(), user.threads), (Some("zh"), Some(3)));
        std::fs::write(&path, "\ncolour = red\n").unwrap();
        let message = read_user_file(&path).unwrap_err().message;
        assert!(message.contains("config.toml:2"), "{message}");
    }
}
