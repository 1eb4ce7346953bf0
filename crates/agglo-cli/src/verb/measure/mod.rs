//! `agglo measure ID`: one method on a table from a file or stdin, no study needed.
//!
//! Subcommands, flags and help are made from the catalogue.

mod neighbors;
mod register;

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agglo_core::{Absent, Column, Control, Frame, Lang, Seed};
use agglo_data::{ColumnSpec, Kind, ReadSpec, Reading, Sign, TableSpec};
use agglo_methods::catalog::{ColumnKind, Input, InputColumn, Method, OptionKind, OptionSpec};
use agglo_methods::{Answer, Call, Inputs, Options, methods};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use crate::args::TableFormat;
use crate::failure::{Failure, listed};
use crate::output;
use crate::settings::Settings;

/// The verb, with one subcommand per method.
pub(crate) fn command() -> Command {
    Command::new("measure")
        .about("Run one method on a table from a file or stdin, no study needed")
        .subcommand_required(true)
        .subcommand_value_name("ID")
        .subcommand_help_heading("Methods")
        .after_long_help(
            "Examples:\n  \
             agglo measure gini cells.csv --region province --value output\n  \
             agglo measure locational-gini cells.csv --def krugman-half --json\n  \
             cat cells.csv | agglo measure herfindahl --region r --industry i --value jobs\n  \
             agglo measure locational-gini --register plants/ --period year --value jobs\n  \
             agglo measure ellison-glaeser --register 'plants/*.parquet' --value jobs\n  \
             agglo measure location-quotient --help      its columns, options and variants",
        )
        .subcommands(methods().into_iter().map(method_command))
}

fn method_command(method: &'static Method) -> Command {
    let variants: Vec<String> = method
        .variants
        .iter()
        .map(|variant| format!("  {:24} {}", variant.id, variant.help.en))
        .collect();
    let tables: Vec<String> = method
        .inputs
        .iter()
        .map(|input| {
            let need = if input.required { "" } else { " (optional)" };
            let columns: Vec<String> = input
                .columns
                .iter()
                .map(|c| if c.required { c.name.to_owned() } else { format!("[{}]", c.name) })
                .collect();
            format!("  {}{need}: {}", input.table, columns.join(", "))
        })
        .collect();
    let mut command = Command::new(method.id)
        .about(method.title.en)
        .long_about(format!("{}\n\n{}", method.title.en, method.help.en))
        .after_long_help(format!(
            "Formula:\n  {}\n\nVariants (--def), the first is the default:\n{}\n\nTables:\n{}\n\n\
             Source: {} ({})",
            method.formula,
            variants.join("\n"),
            tables.join("\n"),
            method.source,
            method.mark.title().en
        ))
        .arg(Arg::new("input").value_name("FILE").help(format!(
            "The table `{}`: CSV, TSV, Parquet or Excel; - or nothing reads CSV from stdin",
            method.inputs[0].table
        )));
    let mut seen = BTreeSet::new();
    let columns = method.inputs.iter().flat_map(|input| input.columns);
    for column in columns.filter(|column| column.kind != ColumnKind::Listed) {
        if seen.insert(column.name) {
            command = command.arg(
                Arg::new(format!("column:{}", column.name))
                    .long(flag(column.name))
                    .value_name("COLUMN")
                    .help_heading("Columns, when named otherwise")
                    .help(format!("Column with the {}", column.help.en)),
            );
        }
    }
    for option in method.options {
        let arg = Arg::new(format!("option:{}", option.name))
            .long(flag(option.name))
            .help_heading("Options")
            .help(format!("{} [default: {}]", option.help.en, default_text(option)));
        command = command.arg(match option.kind {
            OptionKind::Choice(words) => arg.value_parser(words.to_vec()),
            _ => arg.value_name("VALUE").allow_negative_numbers(true),
        });
    }
    if method.variants.len() > 1 {
        let ids: Vec<&str> = method.variants.iter().map(|variant| variant.id).collect();
        command = command.arg(
            Arg::new("def")
                .long("def")
                .help_heading("Options")
                .help("Which of the competing definitions")
                .value_parser(ids),
        );
    }
    let of_register = method.inputs.iter().filter(|input| register::gives(input.table));
    for column in of_register.clone().flat_map(|input| register::columns(input.table)) {
        if seen.insert(column) {
            command = command.arg(
                Arg::new(format!("column:{column}"))
                    .long(flag(column))
                    .value_name("COLUMN")
                    .help_heading("Columns of a register, when named otherwise")
                    .help(format!("Column of the register that is its `{column}`")),
            );
        }
    }
    if of_register.count() > 0 {
        command = command.arg(
            Arg::new("register")
                .long("register")
                .action(ArgAction::SetTrue)
                .help_heading("Reading")
                .help(
                    "FILE is a register of establishments, of any size: a file, a pattern or a folder; \
                     sum it to cells first",
                ),
        );
    }
    if method.inputs.len() > 1 {
        command = command.arg(
            Arg::new("table")
                .long("table")
                .value_name("NAME=FILE")
                .action(ArgAction::Append)
                .help_heading("Reading")
                .help("A further table of the method"),
        );
    }
    reading_args(neighbors::with_flags(command, method))
}

fn reading_args(command: Command) -> Command {
    let arg = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help_heading("Reading").help(help)
    };
    command
        .arg(arg("sheet", "NAME", "Sheet of a workbook; the first when absent"))
        .arg(arg("encoding", "NAME", "Encoding; detected when absent"))
        .arg(arg("delimiter", "CHAR", "Delimiter; detected when absent"))
        .arg(arg("decimal", "CHAR", "Decimal mark, when not a point"))
        .arg(arg("thousands", "CHAR", "Thousands mark, when there is one"))
        .arg(
            arg("absent", "WHAT", "What a cell is that the table does not list")
                .value_parser(["missing", "zero"])
                .default_value("missing"),
        )
}

fn flag(name: &str) -> String {
    name.replace('_', "-")
}

fn default_text(option: &OptionSpec) -> &'static str {
    if option.default.is_empty() { "none" } else { option.default }
}

/// Runs the method named on the command line.
pub(crate) fn run(matches: &ArgMatches, settings: &Settings) -> Result<ExitCode, Failure> {
    let Some((id, matches)) = matches.subcommand() else {
        return Err(Failure::usage("name a method; `agglo list` shows them"));
    };
    let Some(method) = agglo_methods::find(id) else {
        return Err(Failure::usage(format!("there is no method `{id}`")));
    };
    let mut sources = sources(method, matches)?;
    // Neighbors are sought among the regions of the other tables.
    sources.sort_by_key(|(input, file)| neighbors::is_given(input, file));
    let edges_alone = matches!(sources[..], [(input, _)] if input.table == "edges");
    let mut inputs = Inputs::new();
    let mut readings = Vec::new();
    let mut summed = None;
    for (input, file) in sources {
        if neighbors::is_given(input, &file) {
            let reading = neighbors::read(input, &file, &readings, matches)?;
            inputs = inputs.with(input.table, reading.frame.clone());
            for note in &reading.notes {
                settings.say(&format!("note: {}", note.get(settings.lang())));
            }
            readings.push((input.table, reading));
            continue;
        }
        let spec = read_spec(input, file, matches)?;
        let reading = if is_register(matches) && register::gives(input.table) {
            let spec = ReadSpec { columns: register_columns(input, matches), ..spec };
            let (register, reading) = register::read(input, &spec, settings)?;
            summed = Some(register);
            reading
        } else {
            let reading = agglo_data::read_as(
                table_of(input, &columns_listed(input, matches)),
                &spec,
                Path::new(""),
            )?;
            inputs = give(inputs, input, &reading, spec.absent)?;
            reading
        };
        say_remarks(&reading, settings)?;
        readings.push((input.table, reading));
    }
    let mut options = Options::new();
    for option in method.options {
        if let Some(value) = matches.get_one::<String>(&format!("option:{}", option.name)) {
            options = options.with(option.name, value.clone());
        }
    }
    let variant = (method.variants.len() > 1)
        .then(|| matches.get_one::<String>("def").map(String::as_str))
        .flatten()
        .or_else(|| is_register(matches).then(|| variant_of(method, "cells")).flatten())
        .or_else(|| edges_alone.then(|| variant_of(method, "edges")).flatten());
    let seed = settings.seed.value.map_or(Seed::DEFAULT, Seed);
    let answer = match &summed {
        Some(register) => {
            register::Question { method, variant, inputs, options: &options, seed }.ask(register)?
        }
        None => Call::new(method, variant, &inputs, &options, seed, Control::none())?.run()?,
    };
    let variant = variant.unwrap_or(method.variants[0].id);
    let asked = Asked { method, variant, options: &options, seed, readings };
    show(&as_named(answer, matches), &asked, settings)?;
    Ok(ExitCode::SUCCESS)
}

/// The variant `id`, which takes the one table there is, where the method has it.
fn variant_of(method: &Method, id: &str) -> Option<&'static str> {
    method.variants.iter().find(|variant| variant.id == id).map(|variant| variant.id)
}

/// Whether the file is a register.
fn is_register(matches: &ArgMatches) -> bool {
    matches.try_get_one::<bool>("register").ok().flatten() == Some(&true)
}

/// The tables and their files: the positional one is the first that `--table` does not name.
fn sources(
    method: &'static Method,
    matches: &ArgMatches,
) -> Result<Vec<(&'static Input, PathBuf)>, Failure> {
    let mut named: BTreeMap<&str, PathBuf> = BTreeMap::new();
    let pairs = matches.try_get_many::<String>("table").ok().flatten().into_iter().flatten();
    for pair in pairs {
        let known = || method.inputs.iter().map(|i| i.table).collect::<Vec<_>>().join(", ");
        let split = pair.split_once('=').and_then(|(name, file)| {
            Some((method.inputs.iter().find(|input| input.table == name)?.table, file))
        });
        let Some((name, file)) = split else {
            return Err(Failure::usage(format!(
                "--table {pair}: write NAME=FILE with NAME one of {}",
                known()
            )));
        };
        named.insert(name, PathBuf::from(file));
    }
    let positional = matches.get_one::<String>("input");
    let fits = |input: &&Input| !is_register(matches) || register::gives(input.table);
    let free = |input: &&Input| !named.contains_key(input.table);
    let mut fitting: Vec<&Input> = method.inputs.iter().filter(fits).filter(free).collect();
    if is_register(matches) {
        // What cells are enough for is not asked of size classes.
        fitting.sort_by_key(|input| !register::CELLS.contains(&input.table));
    }
    let by_ending = positional
        .and_then(|file| neighbors::table(method, file, |input| !named.contains_key(input.table)));
    let first = by_ending.or_else(|| fitting.first().copied());
    if let (Some(input), true) = (first, positional.is_some() || named.is_empty()) {
        let file = positional.map_or("-", String::as_str);
        if file == "-" && std::io::stdin().is_terminal() {
            return Err(Failure::usage(format!(
                "name a file for the table `{}`, or send one on stdin; `agglo measure {} --help` \
                 shows the columns",
                input.table, method.id
            )));
        }
        named.insert(input.table, PathBuf::from(file));
    }
    Ok(method.inputs.iter().filter_map(|input| Some((input, named.remove(input.table)?))).collect())
}

fn read_spec(
    input: &'static Input,
    file: PathBuf,
    matches: &ArgMatches,
) -> Result<ReadSpec, Failure> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let mark = |name: &'static str| -> Result<Option<char>, Failure> {
        let Some(value) = text(name) else { return Ok(None) };
        let mut chars = value.chars();
        match (chars.next(), chars.next()) {
            (Some(mark), None) => Ok(Some(mark)),
            _ if value == "\\t" || value == "tab" => Ok(Some('\t')),
            _ => Err(Failure::usage(format!("--{name} takes one character"))),
        }
    };
    let absent = match text("absent").as_deref() {
        Some("zero") => Absent::Zero,
        _ => Absent::Missing,
    };
    let mut columns: BTreeMap<String, String> = BTreeMap::new();
    for column in input.columns.iter().filter(|column| column.kind != ColumnKind::Listed) {
        if let Some(name) = text(&format!("column:{}", column.name)) {
            columns.insert(column.name.to_owned(), name);
        }
    }
    columns.extend(columns_listed(input, matches).into_iter().map(|name| (name.clone(), name)));
    Ok(ReadSpec {
        name: input.table.to_owned(),
        table: input.table.to_owned(),
        file,
        reader: Some("tidy".to_owned()),
        columns,
        sheet: text("sheet"),
        encoding: text("encoding"),
        delimiter: mark("delimiter")?,
        decimal: mark("decimal")?,
        thousands: mark("thousands")?,
        absent,
        ..ReadSpec::default()
    })
}

/// The columns of `input` that an option lists.
fn columns_listed(input: &Input, matches: &ArgMatches) -> Vec<String> {
    let lists = input.columns.iter().filter(|column| column.kind == ColumnKind::Listed);
    let list = |column: &InputColumn| matches.get_one::<String>(&format!("option:{}", column.name));
    lists.filter_map(list).flat_map(|list| agglo_methods::catalog::names(list)).collect()
}

/// The columns of a register that are named otherwise.
fn register_columns(input: &Input, matches: &ArgMatches) -> BTreeMap<String, String> {
    let named = |column: &str| {
        let id = format!("column:{column}");
        matches.try_get_one::<String>(&id).ok().flatten().cloned()
    };
    let columns = register::columns(input.table).into_iter();
    columns.filter_map(|column| Some((column.to_owned(), named(column)?))).collect()
}

/// The table that a method reads, as the reader knows tables: its columns, those `listed` by an
/// option among them, and which it needs.
fn table_of(input: &'static Input, listed: &[String]) -> &'static TableSpec {
    let canonical = agglo_data::table_spec(input.table);
    let names_a_row = |column: &InputColumn| {
        matches!(column.kind, ColumnKind::Key | ColumnKind::Period)
            || canonical.is_some_and(|table| table.is_key(column.name))
    };
    let columns = |is_key: bool| -> &'static [ColumnSpec] {
        let mut columns: Vec<ColumnSpec> = input
            .columns
            .iter()
            .filter(|c| c.kind != ColumnKind::Listed && names_a_row(c) == is_key)
            .map(|column| ColumnSpec {
                name: column.name,
                kind: match column.kind {
                    ColumnKind::Key | ColumnKind::Label => Kind::Text,
                    ColumnKind::Period => Kind::Integer,
                    ColumnKind::Number | ColumnKind::Listed => Kind::Number,
                },
                required: column.required,
                sign: Sign::Any,
                unit: "1",
                help: column.help,
            })
            .collect();
        if !is_key {
            columns.extend(listed.iter().map(|name| ColumnSpec {
                name: Box::leak(name.clone().into_boxed_str()),
                kind: Kind::Number,
                required: true,
                sign: Sign::Any,
                unit: "1",
                help: agglo_core::Text::new("a column listed by an option", "选项所列的列"),
            }));
        }
        // One small table per call of the program lives as long as the program does.
        Box::leak(columns.into_boxed_slice())
    };
    Box::leak(Box::new(TableSpec {
        name: input.table,
        keys: columns(true),
        measures: columns(false),
        open: false,
        repeats_without: canonical.and_then(|table| table.repeats_without),
        help: agglo_core::Text::new("the table of the method", "该方法的数据表"),
    }))
}

fn give(
    inputs: Inputs,
    input: &Input,
    reading: &Reading,
    absent: Absent,
) -> Result<Inputs, Failure> {
    let is_cells = input.table == agglo_methods::catalog::ACTIVITY.table;
    if is_cells && absent == Absent::Zero {
        let panel = agglo_core::Panel::from_frame(&reading.frame, absent)
            .map_err(|error| Failure::from(agglo_methods::MethodError::from(error)))?;
        return Ok(inputs.with_panel(input.table, panel));
    }
    Ok(inputs.with(input.table, reading.frame.clone()))
}

/// Says what reading found; refuses when rows had to be rejected, since an index over what is left
/// would pass for one over the whole.
fn say_remarks(reading: &Reading, settings: &Settings) -> Result<(), Failure> {
    let (read, used, rejected) = (reading.rows_read, reading.rows_used, reading.rows_rejected);
    let count = match settings.lang() {
        Lang::En => format!("{read} rows read = {used} used + {rejected} rejected"),
        Lang::Zh => format!("读入 {read} 行 = 采用 {used} 行 + 拒绝 {rejected} 行"),
    };
    if reading.has_errors() {
        let mut failure = Failure::data(format!("{count}; nothing was computed"));
        failure.message = format!("{}\n{}", listed(&reading.diagnostics), failure.message);
        return Err(failure);
    }
    for diagnostic in &reading.diagnostics {
        settings.say(&diagnostic.to_string());
    }
    if settings.verbose > 0 {
        settings.say(&count);
    }
    Ok(())
}

/// The answer with key columns named as the input names them.
fn as_named(answer: Answer, matches: &ArgMatches) -> Answer {
    let rename = |frame: &Frame| {
        let columns: Vec<Column> = frame
            .columns()
            .iter()
            .map(|column| {
                let id = format!("column:{}", column.name());
                match matches.try_get_one::<String>(&id).ok().flatten() {
                    Some(name) if !frame.has(name) => column.renamed(name.clone()),
                    _ => column.clone(),
                }
            })
            .collect();
        Frame::new(columns).unwrap_or_else(|_| frame.clone())
    };
    let tables = answer.tables.iter().map(|(name, frame)| (name.clone(), rename(frame))).collect();
    Answer { tables, notes: answer.notes }
}

struct Asked<'a> {
    method: &'static Method,
    variant: &'a str,
    options: &'a Options,
    seed: Seed,
    readings: Vec<(&'static str, Reading)>,
}

fn show(answer: &Answer, asked: &Asked<'_>, settings: &Settings) -> Result<(), Failure> {
    let lang = settings.lang();
    let output = settings.output.as_deref();
    if settings.json || output::format_for(settings.format, output) == TableFormat::Json {
        let text = format!("{:#}\n", json_answer(answer, asked, lang));
        return output::deliver(text.as_bytes(), output);
    }
    let format = output::format_for(settings.format, output);
    if format == TableFormat::Table {
        let mut text = String::new();
        for (place, (name, frame)) in answer.tables.iter().enumerate() {
            if place > 0 {
                text.push_str(&format!("\n{name}\n"));
            }
            text.push_str(&output::for_the_eye(frame, lang));
        }
        output::deliver(text.as_bytes(), output)?;
    } else {
        output::table(answer.main(), format, output, lang)?;
    }
    for note in &answer.notes {
        settings.say(&format!("note: {}", note.get(lang)));
    }
    settings.say(&match lang {
        Lang::En => format!(
            "{} [{}]; `agglo explain {}` has formula and sources",
            asked.method.title.en, asked.variant, asked.method.id
        ),
        Lang::Zh => format!(
            "{} [{}]；公式与来源见 `agglo explain {}`",
            asked.method.title.zh, asked.variant, asked.method.id
        ),
    });
    Ok(())
}

fn json_answer(answer: &Answer, asked: &Asked<'_>, lang: Lang) -> Value {
    let method = asked.method;
    let table = |name: &str, frame: &Frame| {
        let columns: Vec<Value> = frame
            .columns()
            .iter()
            .map(|column| {
                let title = method
                    .output(name, column.name())
                    .map_or(column.name(), |output| output.title.get(lang));
                json!({ "name": column.name(), "unit": column.unit(), "title": title })
            })
            .collect();
        json!({ "columns": columns, "rows": output::rows(frame) })
    };
    let (main_name, main) = &answer.tables[0];
    let main = table(main_name, main);
    let others: serde_json::Map<String, Value> =
        answer.tables[1..].iter().map(|(name, frame)| (name.clone(), table(name, frame))).collect();
    let inputs: Vec<Value> = asked
        .readings
        .iter()
        .flat_map(|(name, reading)| {
            reading.files.iter().map(move |file| {
                json!({
                    "table": name, "file": file.path, "blake3": file.blake3,
                    "reader": reading.reader, "encoding": reading.encoding,
                    "rows_read": reading.rows_read, "rows_used": reading.rows_used,
                    "rows_rejected": reading.rows_rejected,
                })
            })
        })
        .collect();
    json!({
        "method": method.id,
        "variant": asked.variant,
        "options": asked.options.resolved(method),
        "columns": main["columns"],
        "rows": main["rows"],
        "tables": others,
        "notes": answer.notes.iter().map(|note| json!({ "code": note.code, "text": note.get(lang) }))
            .collect::<Vec<_>>(),
        "provenance": {
            "inputs": inputs,
            "seed": asked.seed.0,
            "version": env!("CARGO_PKG_VERSION"),
            "code": agglo_study::run::CODE,
            "formula": method.formula,
            "source": method.source,
            "mark": method.mark.title().get(lang),
        },
    })
}
