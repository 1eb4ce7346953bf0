//! The list of built-in studies.

use std::path::Path;

use agglo_core::Text;

use crate::artificial::{ARTIFICIAL_STUDY, Plan, generate};
use crate::error::DemoError;
use crate::sink::{Folder, put};

/// A study that comes with the program.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BuiltIn {
    /// What the user types.
    pub name: &'static str,
    /// What the study is called.
    pub title: Text,
    /// Where its files come from.
    pub files: Files,
}

/// The files of a built-in study.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Files {
    /// Inside the program: path in the study, bytes.
    Embedded(&'static [(&'static str, &'static [u8])]),
    /// Drawn afresh, always the same for the default plan.
    Generated,
}

/// The file at `demos/china/…`.
macro_rules! china {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../../demos/china/", $path)))),*]
    };
}

static STUDIES: &[BuiltIn] = &[
    BuiltIn {
        name: "china",
        title: Text::new(
            "Industrial agglomeration in China, 1992–2022",
            "中国工业集聚，1992—2022年",
        ),
        files: Files::Embedded(china![
            "study.toml",
            "SOURCES.md",
            "data/regions.csv",
            "data/industries.csv",
            "data/neighbors.csv",
            "data/industrial_value_added.csv",
            "data/structure.csv",
            "data/region_year.csv",
            "data/national.csv",
            "data/indicator.csv",
            "data/indicator_meta.csv",
            "data/clusters_2019.csv",
            "data/national_clusters_2022_by_region.csv",
            "data/national_clusters_2022_by_field.csv",
            "data/national_clusters_2022_jiangsu.csv",
            "data/paper_facts.csv",
            "data/flags.csv",
            "groups/cn3.csv",
            "groups/cn4.csv",
            "groups/cn6.csv",
            "groups/pattern_1_3_2.csv",
        ]),
    },
    BuiltIn {
        name: "artificial",
        title: Text::new("Artificia (artificial data)", "人造国（人造数据）"),
        files: Files::Generated,
    },
];

/// Every built-in study, the real one first.
pub fn studies() -> &'static [BuiltIn] {
    STUDIES
}

/// Writes the study `name` below `dir`.
///
/// # Errors
/// [`DemoError::UnknownStudy`] for any other name, [`DemoError::Write`] when a file cannot be
/// written.
pub fn write(name: &str, dir: &Path) -> Result<(), DemoError> {
    let Some(study) = STUDIES.iter().find(|study| study.name == name) else {
        return Err(DemoError::UnknownStudy {
            name: name.to_owned(),
            known: STUDIES.iter().map(|study| study.name).collect(),
        });
    };
    let mut folder = Folder::new(dir);
    match study.files {
        Files::Embedded(files) => {
            files.iter().try_for_each(|(path, bytes)| put(&mut folder, path, bytes))
        }
        Files::Generated => write_artificial(&Plan::default(), dir),
    }
}

/// Writes the artificial country of `plan` below `dir`, with the study file that goes with it.
///
/// # Errors
/// [`DemoError::PlanTooSmall`], and [`DemoError::Write`] when a file cannot be written.
pub fn write_artificial(plan: &Plan, dir: &Path) -> Result<(), DemoError> {
    let mut folder = Folder::new(dir);
    put(&mut folder, "study.toml", ARTIFICIAL_STUDY.as_bytes())?;
    generate(plan, &mut folder).map(|_| ())
}
