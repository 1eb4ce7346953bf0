//! `agglo init`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agglo_core::{Lang, Text};

use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// A study file to start from.
pub(crate) struct Template {
    pub(crate) name: &'static str,
    pub(crate) help: Text,
    text: &'static str,
}

/// The templates there are.
pub(crate) static TEMPLATES: [Template; 2] = [
    Template {
        name: "blank",
        help: Text::new(
            "every section with its choices, to fill in by hand",
            "列出全部章节与选项，供手工填写",
        ),
        text: include_str!("../../templates/blank.toml"),
    },
    Template {
        name: "china-provinces",
        help: Text::new(
            "31 provinces with the tile grid; your own tables of value added by industry",
            "31 个省级地区与方格地图；填入自己的分行业增加值",
        ),
        text: include_str!("../../templates/china-provinces.toml"),
    },
];

pub(crate) fn run(
    files: &[PathBuf],
    dir: &Path,
    template: Option<&str>,
    force: bool,
    settings: &Settings,
) -> Result<ExitCode, Failure> {
    let path = dir.join(agglo_study::spec::FILE_NAME);
    if path.exists() && !force {
        return Err(Failure::usage(format!(
            "{} is already there; --force replaces it, --dir names another folder",
            path.display()
        )));
    }
    agglo_data::create_folder(dir)?;
    let text = match template {
        Some(name) => {
            let template = TEMPLATES.iter().find(|template| template.name == name);
            template.map(|template| template.text.to_owned()).ok_or_else(|| {
                let known: Vec<&str> = TEMPLATES.iter().map(|template| template.name).collect();
                Failure::usage(format!("no template `{name}`; there are {}", known.join(", ")))
            })?
        }
        None if files.is_empty() => {
            return Err(Failure::usage(
                "name the files of the study, or a --template; `agglo init --help` shows both",
            ));
        }
        None => {
            let draft = agglo_study::init::from_files(dir, files)?;
            for line in &draft.understood {
                settings.say(line);
            }
            draft.text
        }
    };
    agglo_data::write_atomic(&path, text.as_bytes())?;
    let place =
        if dir == Path::new(".") { String::new() } else { format!(" -C {}", dir.display()) };
    settings.say(&match settings.lang() {
        Lang::En => {
            format!("{} is written; read it once, then: agglo{place} check", path.display())
        }
        Lang::Zh => format!("已写入 {}；请先查看，然后运行：agglo{place} check", path.display()),
    });
    if settings.json {
        output::print(&format!(
            "{}\n",
            serde_json::json!({ "study": path.display().to_string() })
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
