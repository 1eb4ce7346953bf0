//! The agglo program: words typed in, tables, figures and exit codes out.
//!
//! This crate must not know how a number is computed; it calls [`agglo_study`], [`agglo_methods`]
//! and [`agglo_report`] and shows what they answer.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

mod args;
#[cfg(feature = "cluster")]
mod cluster;
mod failure;
mod output;
mod progress;
mod settings;
mod verb;

use args::{Cli, Verb};
use failure::Failure;
use settings::Settings;

fn main() -> ExitCode {
    let matches = command().get_matches();
    let measure = matches.subcommand_matches("measure").cloned();
    let result = match measure {
        Some(matches) => measure_verb(&matches),
        None => match Cli::from_arg_matches(&matches) {
            Ok(cli) => other_verb(cli),
            Err(error) => error.exit(),
        },
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            output::say(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

/// The whole command line; `measure` has one subcommand per method, made from the catalogue.
pub(crate) fn command() -> clap::Command {
    Cli::command().subcommand(verb::measure::command())
}

fn measure_verb(matches: &clap::ArgMatches) -> Result<ExitCode, Failure> {
    let global = args::Global::from_arg_matches(matches)?;
    settings::change_folder(&global)?;
    let settings = Settings::resolve(&global, None)?;
    limit_threads(&settings);
    verb::measure::run(matches, &settings)
}

/// Lets methods that work on several threads have as many as the user says; zero is as many as there are cores.
fn limit_threads(settings: &Settings) {
    // A pool that exists already stays as it is.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(settings.threads.value).build_global();
}

fn other_verb(cli: Cli) -> Result<ExitCode, Failure> {
    settings::change_folder(&cli.global)?;
    let settings = Settings::resolve(&cli.global, None)?;
    limit_threads(&settings);
    match cli.verb {
        Verb::Demo { name, dir } => verb::demo::run(&name, dir, &settings),
        Verb::Init { files, dir, template, force } => {
            verb::init::run(&files, &dir, template.as_deref(), force, &settings)
        }
        Verb::Check { coverage, fix, dry_run } => {
            let folder = cli.global.directory.as_deref();
            let asked = verb::check::Asked { coverage: coverage.as_deref(), fix, dry_run, folder };
            verb::check::run(&asked, &settings)
        }
        Verb::Run => verb::run::run(&settings),
        Verb::Report => verb::report::run(&settings),
        Verb::Map { what } => {
            verb::picture::run(&what, agglo_report::picture::Kind::Map, &settings)
        }
        Verb::Plot { what } => {
            verb::picture::run(&what, agglo_report::picture::Kind::Plot, &settings)
        }
        Verb::Serve { study, port, open, watch, host, token, allow_host } => {
            let allowed_hosts = allow_host;
            let asked = verb::serve::Asked { study, host, port, token, allowed_hosts, open, watch };
            verb::serve::run(asked, &settings)
        }
        Verb::Explain { what } => verb::explain::run(&what, &settings),
        Verb::Diff { before, after, tolerance, all } => {
            verb::diff::run(&before, &after, tolerance, all, &settings)
        }
        Verb::Verify { study, stored_only } => verb::verify::run(&study, stored_only, &settings),
        Verb::List { what } => verb::list::run(what, &settings),
        Verb::Generate { plants, years, first_year, regions, industries } => {
            let plan = agglo_demo::RegisterPlan {
                plants,
                years,
                first_year,
                regions,
                industries,
                ..agglo_demo::RegisterPlan::default()
            };
            verb::generate::run(plan, &settings)
        }
        #[cfg(feature = "cluster")]
        Verb::Cluster { role } => cluster::run(role, &settings),
        Verb::Doctor => verb::doctor::run(&settings),
        Verb::Completions { shell } => verb::shell::completions(shell),
        Verb::Man { dir } => verb::shell::man(dir.as_deref()),
    }
}
