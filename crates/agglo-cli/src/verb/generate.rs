//! `agglo generate`.

use std::path::Path;
use std::process::ExitCode;

use agglo_core::{Lang, Seed};

use crate::failure::Failure;
use crate::settings::Settings;

pub(crate) fn run(
    plants: u64,
    years: u32,
    dir: &Path,
    settings: &Settings,
) -> Result<ExitCode, Failure> {
    let seed = settings.seed.value.map_or(Seed::DEFAULT, Seed);
    agglo_data::create_folder(dir)?;
    let plan = agglo_demo::Plan { plants, years, seed, ..agglo_demo::Plan::default() };
    agglo_demo::write_artificial(&plan, dir)
        .map_err(|error| Failure::data(format!("{}: {error}", dir.display())))?;
    let dir = dir.display();
    settings.say(&match settings.lang() {
        Lang::En => format!(
            "{dir}: an artificial country; truth.json says what is true\nnext: agglo -C {dir} run"
        ),
        Lang::Zh => format!("{dir}：人造国数据；真值见 truth.json\n下一步：agglo -C {dir} run"),
    });
    Ok(ExitCode::SUCCESS)
}
