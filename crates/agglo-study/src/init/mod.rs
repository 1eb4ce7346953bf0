//! A study started from files: what each file looks like, written down as a commented study file.

mod group;
mod write;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use agglo_core::{Frame, Values};
use agglo_data::{ReadSpec, Sniff, Sureness};

use crate::error::StudyError;
use group::{Group, alike};
use write::{block, document, remark};

/// A study file, not yet written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The text of `study.toml`.
    pub text: String,
    /// What was understood and how sure that is, one line each, for people.
    pub understood: Vec<String>,
}

/// A study file for `files`, with paths as seen from the folder `root`; a folder stands for the files
/// in it, of which those that cannot be read are named and left out.
///
/// # Errors
/// [`StudyError::Data`] when a file that was named cannot be read.
pub fn from_files(root: &Path, files: &[PathBuf]) -> Result<Draft, StudyError> {
    let mut understood = Vec::new();
    let files = &in_folders(files, &mut understood)?;
    let mut blocks = String::new();
    let mut names = BTreeSet::new();
    let mut boundaries = None;
    let mut regions = BTreeSet::new();
    let mut policy = Policy { gaps: "error", why: "no cell of the activity is empty".to_owned() };
    let mut measure = None;
    let mut n_withheld = 0;
    for Group { file, in_place_of, regions: kind } in alike(files)? {
        if is_boundaries(&file) {
            boundaries = Some(file);
            continue;
        }
        let first = agglo_data::files(&ReadSpec::new("activity", &file), Path::new(""))?;
        let Some(first) = first.first() else { continue };
        let sniff = agglo_data::sniff(first)?;
        let mut spec = sniff.to_spec();
        spec.file.clone_from(&file);
        let from_root = relative(root, &file);
        understood.extend(sniff.reasons.iter().map(|reason| {
            let sure = match reason.sureness {
                Sureness::Certain => "certain",
                Sureness::Likely => "likely",
                Sureness::Guess => "a guess: please check",
            };
            format!("{from_root}: {} ({}; {sure})", reason.what, reason.why)
        }));
        let name = distinct_name(&file, &mut names);
        if let Some(other) = in_place_of.filter(|_| sniff.table.as_deref() == Some("activity")) {
            let other = relative(root, &other);
            let kind = kind.map_or_else(String::new, |kind| format!(" ({})", kind.words()));
            let why = format!("regions of another kind{kind}: take it in place of {other}");
            understood.push(format!("{from_root}: {why}; a study has one kind"));
            blocks.push_str(&remark(&block(&name, &from_root, &sniff, &spec), &why));
            continue;
        }
        if sniff.table.as_deref() == Some("activity") {
            measure = measure.or_else(|| first_measure(&sniff));
        }
        let reading = agglo_data::read(&spec, Path::new("")).ok();
        if let Some(reading) = &reading {
            understood.extend(keep_totals_apart(&from_root, &reading.frame, &mut spec));
        }
        let text = block(&name, &from_root, &sniff, &spec);
        if let Some(why) = reading.as_ref().and_then(|reading| no_list(&spec, reading)) {
            understood.push(format!("{from_root}: {why}"));
            blocks.push_str(&remark(&text, &why));
            continue;
        }
        blocks.push_str(&text);
        let Some(reading) = reading else { continue };
        if let Ok(codes) = reading.frame.text("region") {
            regions.extend(codes.iter().flatten().map(ToString::to_string));
        }
        if sniff.table.as_deref() == Some("activity") && measure.is_none() {
            let is_number = |c: &&agglo_core::Column| matches!(c.values(), Values::Number(_));
            let first = reading.frame.columns().iter().find(is_number);
            measure = first.map(|column| column.name().to_owned());
        }
        if let Some(measure) = &measure {
            n_withheld += n_suppressed(&reading.frame, measure);
        }
        if sniff.table.as_deref() == Some("activity")
            && let Some(found) = measure.as_deref().and_then(|m| gap_policy(&reading.frame, m))
        {
            policy = found;
        }
    }
    let id = root
        .canonicalize()
        .ok()
        .and_then(|root| Some(root.file_name()?.to_str()?.to_owned()))
        .map_or_else(|| "study".to_owned(), |name| slug(&name));
    let geo = match &boundaries {
        Some(file) => geo_block(root, file, &regions, &mut understood)?,
        None => "# boundaries = \"geo/regions.geojson\"   # or .shp, .gpkg, .fgb, GeoParquet; unlocks maps\n"
            .to_owned(),
    };
    if n_withheld > 0 {
        understood.push(format!(
            "{n_withheld} cells are withheld by the source: see [suppression] in study.toml"
        ));
    }
    let text = document(&id, &geo, &blocks, &policy, measure.as_deref(), n_withheld);
    Ok(Draft { text, understood })
}

/// Why a file is no list of regions or industries though its headings look like one: a lookup of finer
/// codes repeats the coarser ones.
fn no_list(spec: &ReadSpec, reading: &agglo_data::Reading) -> Option<String> {
    let is_list = ["region", "industry"].contains(&spec.table.as_str());
    (is_list && reading.rows_rejected * 2 > reading.rows_read).then(|| {
        let first = reading.diagnostics.iter().find(|d| d.severity == agglo_data::Severity::Error);
        let example = first.map_or_else(String::new, |first| format!(" ({})", first.message));
        format!(
            "no list of each {} once, {} of {} rows would be rejected{example}",
            spec.table, reading.rows_rejected, reading.rows_read
        )
    })
}

/// What a study writes itself.
const OWN: [&str; 6] = ["tables", "findings", "report", "study.toml", "run.json", "agglo.lock"];

/// `files`, with those in folders in place of the folders, as far as they can be read.
fn in_folders(files: &[PathBuf], understood: &mut Vec<String>) -> Result<Vec<PathBuf>, StudyError> {
    let mut found = Vec::new();
    for file in files {
        if !file.is_dir() {
            found.push(file.clone());
            continue;
        }
        let mut inside = Vec::new();
        list(file, &mut inside).map_err(|error| agglo_data::DataError::io(file, &error))?;
        inside.sort_unstable();
        for file in inside {
            let file = file.strip_prefix(".").map_or(file.clone(), Path::to_path_buf);
            let why = match (is_boundaries(&file), agglo_data::sniff(&file)) {
                (true, _) => None,
                (false, Ok(sniff)) if sniff.table.is_some() => None,
                (false, Ok(_)) => Some("nothing in it answers a table".to_owned()),
                (false, Err(error)) => {
                    Some(error.diagnostics().first().map_or(String::new(), |d| d.message.clone()))
                }
            };
            match why {
                None => found.push(file),
                Some(why) => understood.push(format!("{}: left out, {why}", file.display())),
            }
        }
    }
    Ok(found)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(['.', '~']) || OWN.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Keeps a region or industry apart that is the sum of the others, and says so.
fn keep_totals_apart(file: &str, frame: &Frame, spec: &mut ReadSpec) -> Vec<String> {
    let mut said = Vec::new();
    for key in ["region", "industry"] {
        let Some(heading) = spec.columns.get(key) else { continue };
        let totals = agglo_data::totals_among_parts(frame, key);
        if totals.is_empty() || spec.filter.contains_key(heading) {
            continue;
        }
        let names = totals.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        said.push(format!("{file}: {key} {names} is the sum of the others and is kept apart"));
        let totals = totals.iter().map(ToString::to_string).collect();
        spec.totals.insert(heading.clone(), totals);
    }
    said
}

/// What to do with cells that hold no number, and why.
struct Policy {
    gaps: &'static str,
    why: String,
}

/// The policy that leaves out the smallest part of the cells; `None` where there is no gap.
fn gap_policy(frame: &Frame, measure: &str) -> Option<Policy> {
    let cells = frame.numbers(measure).ok()?;
    let lost = |column: &str| -> Option<(usize, usize)> {
        let keys: Vec<String> = match frame.column(column).ok()?.values() {
            Values::Text(keys) => {
                keys.iter().map(|key| key.as_deref().unwrap_or("").to_owned()).collect()
            }
            Values::Integer(keys) => keys.iter().map(|key| format!("{key:?}")).collect(),
            Values::Number(_) => return None,
        };
        let all: BTreeSet<&String> = keys.iter().collect();
        let gaps = keys.iter().zip(&cells).filter(|(_, cell)| cell.number().is_none());
        Some((gaps.map(|(key, _)| key).collect::<BTreeSet<_>>().len(), all.len()))
    };
    let n_gaps = cells.iter().filter(|cell| cell.number().is_none()).count();
    if n_gaps == 0 {
        return None;
    }
    [("industry", "drop-industries"), ("region", "drop-regions"), ("period", "drop-periods")]
        .into_iter()
        .filter_map(|(column, gaps)| Some((lost(column)?, column, gaps)))
        .filter(|((n, all), _, _)| n < all)
        .min_by(|a, b| {
            let part = |(n, all): (usize, usize)| n as f64 / all as f64;
            part(a.0).total_cmp(&part(b.0))
        })
        .map(|((n, all), column, gaps)| Policy {
            gaps,
            why: format!(
                "{n_gaps} cells hold no number; they lie in {n} of {all} values of {column}"
            ),
        })
}

/// Cells that the source withheld.
fn n_suppressed(frame: &Frame, measure: &str) -> usize {
    let cells = frame.numbers(measure).unwrap_or_default();
    cells.iter().filter(|cell| cell.gap() == Some(agglo_core::Gap::Suppressed)).count()
}

fn first_measure(sniff: &Sniff) -> Option<String> {
    if sniff.value.is_some() {
        return sniff.value.clone();
    }
    let likely = ["employment", "value_added", "output", "revenue", "n_firms", "value"];
    let keys = ["region", "industry", "period"];
    let known = likely.iter().find(|role| sniff.columns.contains_key(**role));
    known
        .map(|role| (*role).to_owned())
        .or_else(|| sniff.columns.keys().find(|role| !keys.contains(&role.as_str())).cloned())
}

/// Whether a file holds areas.
fn is_boundaries(file: &Path) -> bool {
    const ENDINGS: [&str; 8] =
        ["geojson", "topojson", "json", "shp", "gpkg", "fgb", "parquet", "zip"];
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        && agglo_geo::sniff(file, None).is_ok_and(|sniff| sniff.n_areas > 0)
}

/// The property that holds the region codes: the one with most of them.
fn geo_block(
    root: &Path,
    file: &Path,
    regions: &BTreeSet<String>,
    understood: &mut Vec<String>,
) -> Result<String, StudyError> {
    let refuse = |error: agglo_geo::GeoError| StudyError::Record {
        file: file.display().to_string(),
        why: error.to_string(),
    };
    let sniff = agglo_geo::sniff(file, None).map_err(refuse)?;
    let from_root = relative(root, file);
    let codes: Vec<agglo_core::Key> = regions.iter().map(|code| code.as_str().into()).collect();
    let n_found = |property: &str| {
        let options = agglo_geo::ReadOptions {
            code_property: Some(property.to_owned()),
            ..agglo_geo::ReadOptions::default()
        };
        let read = agglo_geo::read(file, &options).ok()?;
        Some(agglo_geo::join(&codes, &read).matched.len())
    };
    let many = |property: &&agglo_geo::PropertyInfo| property.n_distinct * 2 > sniff.n_features;
    let best = sniff
        .properties
        .iter()
        .filter(many)
        .filter_map(|property| Some((n_found(&property.name)?, &property.name)))
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)));
    let mut block = format!("boundaries = {from_root:?}\n");
    understood.push(match &sniff.crs {
        Ok(crs) => format!("{from_root}: {} areas, {crs:?}", sniff.n_areas),
        Err(why) => format!(
            "{from_root}: {} areas; boundary_crs must be named: {}",
            sniff.n_areas, why.message
        ),
    });
    if let Some((n, name)) = best {
        understood.push(format!(
            "{from_root}: {n} of {} region codes are found in {name}",
            regions.len()
        ));
        let _ =
            writeln!(block, "boundary_code = {name:?}   # holds {n} of {} codes", regions.len());
    }
    Ok(block)
}

fn distinct_name(file: &Path, taken: &mut BTreeSet<String>) -> String {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or("data");
    let base = slug(stem);
    let mut name = base.clone();
    let mut n = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}-{n}");
        n += 1;
    }
    name
}

fn slug(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let kept = kept.trim_matches('-').to_owned();
    if kept.is_empty() { "study".to_owned() } else { kept }
}

/// The path of `file` as seen from `root`, with forward slashes.
fn relative(root: &Path, file: &Path) -> String {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let root = whole(if root.as_os_str().is_empty() { Path::new(".") } else { root });
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = whole(folder.unwrap_or(Path::new(".")));
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (root.components().collect(), folder.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut path = PathBuf::new();
    for _ in shared..from.len() {
        path.push("..");
    }
    path.extend(&to[shared..]);
    path.push(file.file_name().unwrap_or_default());
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_seen_from_the_study() {
        let folder = agglo_testkit::scratch();
        let root = folder.path().join("study");
        let data = folder.path().join("data");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir_all(&data).unwrap();
        assert_eq!(relative(&root, &data.join("a.csv")), "../data/a.csv");
        assert_eq!(relative(&root, &root.join("a.csv")), "a.csv");
    }

    /// A table of regions of one level, in the layout of the Office for National Statistics.
    fn gross_value_added(codes: &[&str]) -> String {
        let mut text =
            "ITL region code,ITL region name,SIC07 code,SIC07 description,2019,2020\n".to_owned();
        for code in codes {
            for (industry, value) in [("Total", "1,003"), ("A (1-3)", "1,000"), ("C (10-33)", "3")]
            {
                text.extend([code, ",Name,", industry, ",x,\"", value, "\",\"", value, "\"\n"]);
            }
        }
        text
    }

    #[test]
    fn tables_of_several_levels_are_not_one_table_and_only_one_of_them_is_read() {
        let folder = agglo_testkit::scratch();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        for (name, codes) in [
            ("Table 1c ITL1 pounds million.csv", vec!["UK", "TLC", "TLD"]),
            ("Table 2c ITL2 pounds million.csv", vec!["TLC1", "TLC2", "TLD1"]),
            ("Table 3c ITL3 pounds million.csv", vec!["TLC11", "TLC12", "TLD11"]),
        ] {
            std::fs::write(data.join(name), gross_value_added(&codes)).unwrap();
        }
        let lookup = "SIC,NAME\n01,a\n01,b\n01,c\n01,d\n02,e\n";
        std::fs::write(data.join("lookup.csv"), lookup).unwrap();
        let draft = from_files(folder.path(), std::slice::from_ref(&data)).unwrap();
        let said = |text: &str| {
            let found = draft.understood.iter().any(|line| line.contains(text));
            assert!(found, "{text}: {:?}", draft.understood);
        };
        said("data/lookup.csv: no list of each industry once, 3 of 5 rows would be rejected");
        std::fs::write(folder.path().join("study.toml"), &draft.text).unwrap();
        let spec = crate::spec::Spec::load(folder.path()).unwrap();
        let files: Vec<&str> = spec.data.iter().map(|block| block.file.as_str()).collect();
        assert_eq!(files, ["data/Table 1c ITL1 pounds million.csv"]);
        for other in ["2c ITL2", "3c ITL3"] {
            let line = format!("# file    = \"data/Table {other} pounds million.csv\"\n");
            assert!(draft.text.contains(&line), "{}", draft.text);
        }
        said("codes of 5 signs): take it in place of data/Table 1c ITL1 pounds million.csv");
        // A remark becomes a block when its signs are taken away.
        let level_2: Vec<&str> = draft
            .text
            .lines()
            .skip_while(|line| !line.contains("codes of 4 signs"))
            .skip_while(|line| !line.contains("[[data]]"))
            .take_while(|line| line.starts_with('#'))
            .map(|line| line.trim_start_matches("# ").trim_start_matches('#'))
            .collect();
        let level_2 = level_2.join("\n");
        assert!(toml::from_str::<toml::Table>(&level_2).is_ok(), "{level_2}");
    }

    #[test]
    fn files_of_one_table_stay_together_and_those_with_another_title_stand_alone() {
        let folder = agglo_testkit::scratch();
        // Neither indicator is one that the reader knows, so both become `value`.
        for (name, indicator, years) in [
            ("a-2018.csv", "移动电话(万户)", "2018年,2017年"),
            ("a-2020.csv", "移动电话(万户)", "2020年,2019年"),
            ("a-phone.csv", "固定电话(万户)", "2018年,2017年"),
        ] {
            let text = format!(
                "数据库：分省年度数据\n指标：{indicator}\n时间：{}\n地区,{years}\n北京市,1,2\n河北省,3,4\n",
                &years[..4]
            );
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let files: Vec<PathBuf> =
            ["a-2018.csv", "a-2020.csv", "a-phone.csv"].map(|name| folder.path().join(name)).into();
        let groups = alike(&files).unwrap();
        let named: Vec<&Path> = groups.iter().map(|group| group.file.as_path()).collect();
        let expected = ["a-20*.csv", "a-phone.csv"].map(|name| folder.path().join(name));
        assert_eq!(named, expected.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }

    #[test]
    fn a_file_of_cells_becomes_a_study_that_can_be_read() {
        let folder = agglo_testkit::scratch();
        let file = folder.path().join("jobs.csv");
        std::fs::write(&file, "region,industry,year,employment\na,x,2020,1\nb,x,2020,2\n").unwrap();
        let draft = from_files(folder.path(), &[file]).unwrap();
        std::fs::write(folder.path().join("study.toml"), &draft.text).unwrap();
        let spec = crate::spec::Spec::load(folder.path()).unwrap();
        assert_eq!(spec.data[0].table, "activity");
        assert_eq!(spec.measure.value.as_deref(), Some("employment"));
    }
}
