//! The words typed: verbs, arguments, help. No behavior.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// From official tables to a study of industrial clusters: indices, transfers, clusters, ranking,
/// evaluation, and a report in English and Chinese.
#[derive(Parser)]
#[command(
    name = "agglo",
    version,
    propagate_version = true,
    after_long_help = "\
Start here:
  agglo demo                      the built-in study of China's provinces, with its report
  agglo init data/*.csv           a study from your own files
  agglo measure gini cells.csv    one method on one table, no study needed
  agglo list                      everything there is to ask

Exit codes: 0 done, 1 a check found something, 2 usage, 3 data error, 4 lock or reproducibility
mismatch, 5 not identified or too little data, 130 interrupted.

Settings: flag, then environment (AGGLO_LANG, AGGLO_THREADS, …), then the study, then the user's
file; `agglo doctor` shows each value and where it came from."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb understands.
#[derive(Args, Clone)]
pub(crate) struct Global {
    /// Print one JSON object instead of text.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,
    /// Format of a table on stdout or in the file of -o; by the file's ending when absent.
    #[arg(long, global = true, value_enum, help_heading = "Global options")]
    pub(crate) format: Option<TableFormat>,
    /// Write to this file instead of stdout.
    #[arg(short, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(crate) output: Option<PathBuf>,
    /// Language of messages and titles; a list such as `zh,en` for reports.
    #[arg(
        long,
        global = true,
        env = "AGGLO_LANG",
        value_name = "en|zh",
        help_heading = "Global options"
    )]
    pub(crate) lang: Option<String>,
    /// Seed of random draws.
    #[arg(
        long,
        global = true,
        env = "AGGLO_SEED",
        value_name = "N",
        help_heading = "Global options"
    )]
    pub(crate) seed: Option<u64>,
    /// Threads; all cores when absent.
    #[arg(
        long,
        global = true,
        env = "AGGLO_THREADS",
        value_name = "N",
        help_heading = "Global options"
    )]
    pub(crate) threads: Option<usize>,
    /// Memory that a register's sums may take before they go to disk, such as 4GiB; all there is when
    /// absent.
    #[arg(
        long,
        global = true,
        env = "AGGLO_MEMORY",
        value_name = "SIZE",
        value_parser = crate::settings::bytes,
        help_heading = "Global options"
    )]
    pub(crate) memory: Option<u64>,
    /// Who sums a register: this process (`embedded`), or the cluster at `ballista://host:port`.
    #[arg(
        long,
        global = true,
        env = "AGGLO_ENGINE",
        value_name = "embedded|ballista://HOST:PORT",
        help_heading = "Global options"
    )]
    pub(crate) engine: Option<String>,
    /// Never ask; refuse instead.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) no_input: bool,
    /// Say less: results and errors only.
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,
    /// Say more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
    /// Work as if started in this folder.
    #[arg(short = 'C', global = true, value_name = "DIR", help_heading = "Global options")]
    pub(crate) directory: Option<PathBuf>,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// Columns for the eye.
    Table,
    /// Comma-separated values.
    Csv,
    /// One JSON object.
    Json,
    /// Apache Parquet.
    Parquet,
    /// A workbook.
    Xlsx,
    /// A Markdown table.
    Md,
    /// Sentences, from `agglo check`.
    Text,
    /// SARIF 2.1.0, from `agglo check`.
    Sarif,
    /// Annotations of a GitHub workflow, from `agglo check`.
    Github,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Write a built-in study, run it, and say where its report is.
    #[command(after_long_help = "\
Examples:
  agglo demo                      the 31 provinces of China, 1992 to 2022
  agglo demo artificial           a generated country whose truth is known
  agglo demo china ~/study        into a folder of your choice")]
    Demo {
        /// Which: china or artificial.
        #[arg(default_value = "china")]
        name: String,
        /// Where; `agglo-NAME` here when absent.
        dir: Option<PathBuf>,
    },
    /// Start a study from files: sniff layouts, encodings and years, write a commented study.toml.
    #[command(after_long_help = "\
Examples:
  agglo init employment.csv sizes.csv       a study in this folder
  agglo init .                              of all files here that can be read
  agglo init --dir study data/*.parquet     a study in another folder
  agglo init --template blank               a study.toml to fill in by hand

Files are linked to where they lie, relative to the study's folder; nothing is copied or changed.")]
    Init {
        /// The files, or folders of them: tables of any layout that `agglo list readers` names, and
        /// boundaries.
        files: Vec<PathBuf>,
        /// The study's folder.
        #[arg(long, default_value = ".")]
        dir: PathBuf,
        /// Start from a template instead: see `agglo list templates`.
        #[arg(long, conflicts_with = "files")]
        template: Option<String>,
        /// Replace a study.toml that is already there.
        #[arg(long)]
        force: bool,
    },
    /// Read everything and compute nothing: what is wrong, what is doubtful, what the tables unlock.
    #[command(after_long_help = "\
Examples:
  agglo check                              findings in the study of this folder
  agglo check --coverage                   which cells hold a number, region by year
  agglo check --coverage coverage.svg      the same as a figure
  agglo check --fix --dry-run              what could be settled in study.toml, as a diff
  agglo check --json | jq .findings        for a machine
  agglo check --format sarif -o a.sarif    for a code review
  agglo check --format github              annotations in a workflow

--fix adds settings to study.toml, keeps its comments and layout, and never touches a file of data.
Exit code 1 when anything beyond a note was found.")]
    Check {
        /// Show which cells hold a number; to a file when one is named (.svg or .png).
        #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
        coverage: Option<PathBuf>,
        /// Write settings that settle findings into study.toml, where that is safe.
        #[arg(long)]
        fix: bool,
        /// With --fix: show the difference and write nothing.
        #[arg(short = 'n', long, requires = "fix")]
        dry_run: bool,
    },
    /// Run the whole study; only what changed is computed again.
    #[command(after_long_help = "\
Examples:
  agglo run                       the study in this folder
  agglo -C study run --threads 1  another folder, one thread; the numbers are the same")]
    Run,
    /// Write the report of the last run.
    #[command(after_long_help = "\
Examples:
  agglo report                    report/report.html, both languages inside
  agglo report --lang zh -o r.html")]
    Report,
    /// Draw a map: a figure of the report, or any finding by region.
    #[command(after_long_help = "\
Examples:
  agglo list figures                                        the report's figures
  agglo map map-location-quotient -o lq.svg                 one of them
  agglo map location-quotient.lq@industry=C,period=2015 -o lq.png   any finding by region")]
    Map {
        /// A figure's id, or the address of a column of a finding.
        what: String,
    },
    /// Draw a plot: a figure of the report, or any finding over time or by rank.
    #[command(after_long_help = "\
Examples:
  agglo plot fig-gini -o gini.svg
  agglo plot gini.gini@industry=industry -o gini.png        any finding over the years")]
    Plot {
        /// A figure's id, or the address of a column of a finding.
        what: String,
    },
    /// Open the dashboard: the study as pages in a browser, on this machine only unless told otherwise.
    #[command(after_long_help = "\
Examples:
  agglo serve                                 the study in this folder
  agglo serve --open study                    another one, in the browser at once
  agglo serve --watch                         run again whenever a file of the study changes
  agglo serve --host 0.0.0.0 --port 8731      for other machines too, with the token printed

The address that is printed holds a token behind `#`. Reading from this machine needs none; starting a run
does, and so does everything from other machines. Nothing is loaded from any network.")]
    Serve {
        /// The study's folder.
        #[arg(default_value = ".")]
        study: PathBuf,
        /// The port; 8731, or any free one where it is taken, when absent.
        #[arg(long, value_name = "N")]
        port: Option<u16>,
        /// Open the dashboard in the browser.
        #[arg(long)]
        open: bool,
        /// Run the study again when study.toml or a file it names changes.
        #[arg(long)]
        watch: bool,
        /// Where to listen: an address of this machine, or 0.0.0.0 for all of them.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
        host: std::net::IpAddr,
        /// The token, at least 16 characters; a random one when absent.
        #[arg(long, env = "AGGLO_TOKEN", hide_env_values = true, value_name = "T")]
        token: Option<String>,
        /// A name under which a proxy reaches this server.
        #[arg(long, value_name = "HOST")]
        allow_host: Vec<String>,
    },
    /// Explain a method, a reader, a table, an error code, or where a number comes from.
    #[command(after_long_help = "\
Examples:
  agglo explain gini                                        a method
  agglo explain A0201                                       an error code
  agglo explain gini.gini@industry=industry,period=2004     a number of this study")]
    Explain {
        /// What to explain.
        what: String,
    },
    /// Show what moved between the last runs of two studies, and why: data, setting, code or a step before.
    #[command(after_long_help = "\
Examples:
  agglo diff old-study new-study
  agglo diff old-study . --tolerance 1e-9 --all

Exit code 1 when a number moved.")]
    Diff {
        /// The study before: its folder, or a file in it.
        before: PathBuf,
        /// The study after.
        after: PathBuf,
        /// Numbers whose relative difference is at most this are the same.
        #[arg(long, default_value_t = 0.0)]
        tolerance: f64,
        /// Show every number that moved.
        #[arg(long)]
        all: bool,
    },
    /// Compare the study with its lock: files read, answers on disk, and everything computed anew.
    #[command(after_long_help = "\
Examples:
  agglo verify                    everything; the study is not touched
  agglo verify --stored-only      files and answers on disk, nothing computed

Exit code 4 when a hash or a number moved.")]
    Verify {
        /// The study's folder.
        #[arg(default_value = ".")]
        study: PathBuf,
        /// Compare hashes only, and compute nothing.
        #[arg(long)]
        stored_only: bool,
    },
    /// List methods, readers, tables, figures, templates or demos.
    List {
        /// What to list.
        #[arg(value_enum, default_value = "methods")]
        what: Listed,
    },
    /// Generate a register of an artificial country with known truth, up to 10⁹ establishment-years.
    #[command(after_long_help = "\
Examples:
  agglo generate -o country                            100,000 plants over 12 years
  agglo generate --plants 9000000 -o country           some 80 million establishment-years
  agglo generate --format csv --seed 7 -o country      another country, as CSV
  agglo generate --regions 31 --industries 40 -o country

Writes data/plants/year=YYYY/part-NNNN.parquet, small tables, study.toml and truth.json. A run that
was stopped goes on where it was. The small country with a table for every chapter is `agglo demo
artificial`.")]
    Generate {
        /// Plants that exist at some time, at least 1000; some four fifths of them in any one year.
        #[arg(long, default_value_t = agglo_demo::RegisterPlan::default().plants)]
        plants: u64,
        /// Years, 6 to 100.
        #[arg(long, default_value_t = agglo_demo::RegisterPlan::default().years)]
        years: u32,
        /// The first year.
        #[arg(long, default_value_t = agglo_demo::RegisterPlan::default().first_year)]
        first_year: i32,
        /// Regions, 24 to 3000; they grow with the plants when absent.
        #[arg(long)]
        regions: Option<u32>,
        /// Industries, 24 to 1200; they grow with the plants when absent.
        #[arg(long)]
        industries: Option<u32>,
    },
    /// Start a process of a cluster, for `--engine ballista://host:port`.
    #[cfg(feature = "cluster")]
    Cluster {
        /// Which process.
        #[command(subcommand)]
        role: crate::cluster::Role,
    },
    /// Show the settings with their origin, and what this machine has.
    Doctor,
    /// Print a completion script.
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages.
    Man {
        /// The folder to write to; the main page goes to stdout when absent.
        dir: Option<PathBuf>,
    },
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Methods by chapter.
    Methods,
    /// Readers of file layouts.
    Readers,
    /// Canonical tables.
    Tables,
    /// Figures of this study's report.
    Figures,
    /// Steps of this study's last run.
    Steps,
    /// Templates for `agglo init`.
    Templates,
    /// Built-in studies.
    Demos,
}
