//! `agglo completions` and `agglo man`.

use std::path::Path;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::output;

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut crate::command(), "agglo", &mut script);
    output::deliver(&script, None)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(dir: Option<&Path>) -> Result<ExitCode, Failure> {
    match dir {
        Some(dir) => {
            agglo_data::create_folder(dir)?;
            clap_mangen::generate_to(crate::command(), dir)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(crate::command()).render(&mut page)?;
            output::deliver(&page, None)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
