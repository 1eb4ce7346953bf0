//! Builds the dashboard's page from `web/` and lists its files for the program to hold.
//!
//! A build never fails for want of Node or of a network: the page is then left out with a warning, and
//! the server says how to get it. `AGGLO_WEB=require` makes that an error (releases), `AGGLO_WEB=skip`
//! leaves the page out at once (lints), `AGGLO_WEB=FOLDER` takes a page that was built elsewhere.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the page is built from, below `web/`.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];

fn main() {
    println!("cargo::rerun-if-env-changed=AGGLO_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names OUT_DIR"));
    let asked = std::env::var("AGGLO_WEB").unwrap_or_default();
    let wanted = std::env::var_os("CARGO_FEATURE_WEB").is_some() && asked != "skip";
    let page = if !wanted {
        None
    } else if asked.is_empty() || asked == "require" {
        built(&out)
            .map_err(|why| {
                assert!(asked != "require", "the dashboard's page could not be built: {why}");
                println!("cargo::warning=the dashboard's page is left out: {why}");
            })
            .ok()
    } else {
        println!("cargo::rerun-if-changed={asked}");
        Some(PathBuf::from(asked))
    };
    let mut files = Vec::new();
    if let Some(page) = &page {
        collect(page, page, &mut files);
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in &files {
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    list.push(']');
    std::fs::write(out.join("assets.rs"), list).expect("OUT_DIR can be written");
}

/// The folder of the page, built anew where its sources changed.
fn built(out: &Path) -> Result<PathBuf, String> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    if !web.join("package.json").exists() {
        return Err("there is no folder web/".to_owned());
    }
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", web.join(source).display());
    }
    let (page, mark) = (out.join("page"), out.join("page.hash"));
    let hash = hash(&web);
    if page.join("index.html").exists()
        && std::fs::read_to_string(&mark).ok().as_ref() == Some(&hash)
    {
        return Ok(page);
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let lock = web.join("package-lock.json");
    let installed = web.join("node_modules/.package-lock.json");
    let changed = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
    if changed(&installed) < changed(&lock) {
        run(Command::new(npm).current_dir(&web).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
        ]))?;
    }
    let mut build = Command::new(npm);
    build.current_dir(&web).args(["run", "--silent", "build", "--", "--emptyOutDir", "--outDir"]);
    run(build.arg(&page))?;
    std::fs::write(mark, hash).map_err(|error| error.to_string())?;
    Ok(page)
}

fn run(command: &mut Command) -> Result<(), String> {
    let words = format!("`{}`", command.get_program().to_string_lossy());
    let output = command
        .output()
        .map_err(|error| format!("{words}: {error}; Node.js 20 or newer builds it"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last: Vec<&str> =
        said.lines().filter(|line| !line.trim().is_empty()).rev().take(3).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(format!("{words} failed: {}", last.join(" / ")))
}

fn hash(web: &Path) -> String {
    let mut files = Vec::new();
    for source in SOURCES {
        let path = web.join(source);
        if path.is_dir() {
            collect(web, &path, &mut files);
        } else {
            files.push((source.to_owned(), path));
        }
    }
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for (name, path) in files {
        let bytes = std::fs::read(path).unwrap_or_default();
        hasher.update(name.as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    hasher.finalize().to_hex().to_string()
}

/// Every file below `folder`, by its way from `root`.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(way) = path.strip_prefix(root) {
            files.push((way.to_string_lossy().replace('\\', "/"), path));
        }
    }
}
