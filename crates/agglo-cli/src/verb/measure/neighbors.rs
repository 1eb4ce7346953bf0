//! Neighbors as a table of a method: from a file of weights, or from boundaries by a rule.

use std::path::Path;

use agglo_core::{Frame, Key};
use agglo_data::{Reading, SourceFile};
use agglo_methods::catalog::{Input, Method};
use agglo_study::space::{Given, GivenRule, is_neighbor_file, read_given};
use clap::{Arg, ArgMatches, Command};

use crate::failure::Failure;

/// Tables that say who is whose neighbor.
const TABLES: [&str; 2] = ["weights", "edges"];
/// The id of the flag with the rule; a method may have an option or a column of the name itself.
const RULE: &str = "neighbors:rule";
const TOLERANCE: &str = "neighbors:tolerance";
const CODE: &str = "neighbors:code";
const LAYER: &str = "neighbors:layer";

/// The command with the flags for neighbors, where the method reads any.
pub(super) fn with_flags(command: Command, method: &Method) -> Command {
    if !method.inputs.iter().any(|input| TABLES.contains(&input.table)) {
        return command;
    }
    let arg = |id: &'static str, long: &'static str, value: &'static str, help: &'static str| {
        Arg::new(id).long(long).value_name(value).help_heading("Neighbors").help(help)
    };
    command
        .arg(
            arg(
                RULE,
                "weights",
                "RULE",
                "How neighbors are found where the table is a boundary file: queen, rook, nearest:6, \
                 band:200km [default: queen]",
            )
            .value_parser(str::parse::<GivenRule>),
        )
        .arg(
            arg(
                TOLERANCE,
                "tolerance",
                "METERS",
                "How far apart two borders may lie and still be one [default: 0]",
            )
            .value_parser(clap::value_parser!(f64)),
        )
        .arg(arg(CODE, "code-property", "NAME", "Property of the boundaries with the region code"))
        .arg(arg(LAYER, "layer", "NAME", "Layer of the boundary file"))
}

/// Whether `file` gives the table `input` as weights or boundaries and not as a table of edges.
pub(super) fn is_given(input: &Input, file: &Path) -> bool {
    TABLES.contains(&input.table) && is_neighbor_file(file)
}

/// The table that a file of weights or boundaries goes to, among those that are `free`.
pub(super) fn table(
    method: &'static Method,
    file: &str,
    free: impl Fn(&Input) -> bool,
) -> Option<&'static Input> {
    method.inputs.iter().find(|input| free(input) && is_given(input, Path::new(file)))
}

/// The neighbors that `file` gives the table `input`, among the regions of the tables read before.
pub(super) fn read(
    input: &Input,
    file: &Path,
    before: &[(&str, Reading)],
    matches: &ArgMatches,
) -> Result<Reading, Failure> {
    let regions = regions(before);
    let text = |id: &str| matches.get_one::<String>(id).map(String::as_str);
    let found = read_given(&Given {
        path: file,
        rule: matches.get_one::<GivenRule>(RULE).copied(),
        tolerance_m: matches.get_one::<f64>(TOLERANCE).copied().unwrap_or_default(),
        code_property: text(CODE),
        layer: text(LAYER),
        regions: regions.as_deref(),
    })?;
    let n = found.frame.n_rows() as u64;
    Ok(Reading {
        frame: columns_of(input, &found.frame),
        rows_read: n,
        rows_used: n,
        reader: found.rule,
        encoding: "binary".to_owned(),
        files: vec![SourceFile {
            path: file.display().to_string(),
            blake3: found.hash,
            sheet: None,
        }],
        notes: found.notes,
        ..Reading::default()
    })
}

/// Those columns of `frame` that the table has.
fn columns_of(input: &Input, frame: &Frame) -> Frame {
    let has = |name: &str| input.columns.iter().any(|column| column.name == name);
    let columns = frame.columns().iter().filter(|column| has(column.name())).cloned().collect();
    Frame::new(columns).unwrap_or_else(|_| frame.clone())
}

/// The regions of the first table that names any.
fn regions(before: &[(&str, Reading)]) -> Option<Vec<Key>> {
    let mut codes = before.iter().find_map(|(_, reading)| reading.frame.keys("region").ok())?;
    codes.sort_unstable();
    codes.dedup();
    Some(codes)
}
