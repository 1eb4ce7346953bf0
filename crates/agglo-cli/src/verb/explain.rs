//! `agglo explain`: a method, a reader, a table, an error code, or where a number comes from.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use agglo_core::{Bounds, Datum, Lang, Status};
use agglo_methods::Method;
use agglo_study::Findings;
use agglo_study::address::{self, Address, Explanation};
use serde_json::json;

use crate::args::TableFormat;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// Source cells that the text shows; `--json` has all of them.
const MAX_CELLS: usize = 40;

pub(crate) fn run(what: &str, settings: &Settings) -> Result<ExitCode, Failure> {
    let lang = settings.lang();
    if let Some(method) = agglo_methods::find(what) {
        return show(&method_text(method, lang), &method_json(method, lang), settings);
    }
    if let Some(code) = agglo_data::codes().iter().find(|code| code.code == what) {
        let (title, text) = (code.title, code.explanation);
        let value = json!({ "code": code.code, "title": title, "explanation": text });
        return show(&format!("{}: {title}\n\n{text}\n", code.code), &value, settings);
    }
    if let Some(code) = agglo_study::geo_codes().iter().find(|code| code.code == what) {
        let (title, text) = (code.title, code.explanation);
        let value = json!({ "code": code.code, "title": title, "explanation": text });
        return show(&format!("{}: {title}\n\n{text}\n", code.code), &value, settings);
    }
    if let Some(code) = agglo_server::codes().iter().find(|code| code.code == what) {
        let (title, text) = (code.title, code.explanation);
        let value = json!({ "code": code.code, "title": title, "explanation": text });
        return show(&format!("{}: {title}\n\n{text}\n", code.code), &value, settings);
    }
    if let Some(reader) = agglo_data::readers().into_iter().find(|reader| reader.id == what) {
        let text = reader.help.get(lang);
        let value = json!({ "reader": reader.id, "help": text });
        return show(&format!("reader {}\n\n{text}\n", reader.id), &value, settings);
    }
    if let Some(table) = agglo_data::table_spec(what) {
        let mut text = format!("table {}\n\n{}\n\n", table.name, table.help.get(lang));
        for (word, columns) in [("key", table.keys), ("column", table.measures)] {
            for column in columns {
                let _ = writeln!(text, "{word:7} {:20} {}", column.name, column.help.get(lang));
            }
        }
        let value = json!({ "table": table.name, "help": table.help.get(lang) });
        return show(&text, &value, settings);
    }
    if let Some(address) = Address::parse(what) {
        let findings = Findings::load(Path::new("."))?;
        let explanation = address::explain(&findings, &address)?;
        let form = serde_json::to_value(explanation.form(lang)).unwrap_or_default();
        return show(&number_text(&explanation, lang), &form, settings);
    }
    let known: Vec<&str> = agglo_methods::methods().iter().map(|method| method.id).collect();
    let near = known
        .iter()
        .map(|id| (strsim::jaro_winkler(what, id), id))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.7)
        .map_or(String::new(), |(_, id)| format!("; did you mean `{id}`?"));
    Err(Failure::usage(format!(
        "`{what}` is no method, reader, table, error code, or address STEP.COLUMN@KEY=VALUE{near}"
    )))
}

fn show(text: &str, value: &serde_json::Value, settings: &Settings) -> Result<ExitCode, Failure> {
    let text = match settings.format {
        _ if settings.json => format!("{value:#}\n"),
        Some(TableFormat::Json) => format!("{value:#}\n"),
        None | Some(TableFormat::Text) => text.to_owned(),
        Some(_) => return Err(Failure::usage("`agglo explain` writes text or json")),
    };
    output::deliver(text.as_bytes(), settings.output.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

fn method_text(method: &Method, lang: Lang) -> String {
    let mut text = format!(
        "{} ({})\n{}\n\n{}\n\n",
        method.title.get(lang),
        method.id,
        method.help.get(lang),
        method.formula
    );
    for variant in method.variants {
        let _ = writeln!(text, "variant {:22} {}", variant.id, variant.help.get(lang));
    }
    for input in method.inputs {
        let need = if input.required { "" } else { "optional " };
        let _ = writeln!(text, "reads   {need}table {}", input.table);
        for column in input.columns {
            let need = if column.required { "" } else { "optional; " };
            let _ = writeln!(text, "          {:20} {need}{}", column.name, column.help.get(lang));
        }
    }
    for option in method.options {
        let _ = writeln!(
            text,
            "option  {:22} {} [{}; default {}]",
            option.name,
            option.help.get(lang),
            option.allowed(),
            option.default
        );
    }
    for table in method.outputs {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| match column.unit {
                "" | "1" => column.name.to_owned(),
                unit => format!("{} [{unit}]", column.name),
            })
            .collect();
        let _ = writeln!(text, "answers table {}: {}", table.name, columns.join(", "));
    }
    let _ = writeln!(text, "\n{} ({})", method.source, method.mark.title().get(lang));
    text
}

fn method_json(method: &Method, lang: Lang) -> serde_json::Value {
    json!({
        "id": method.id,
        "chapter": method.chapter.id(),
        "title": method.title.get(lang),
        "help": method.help.get(lang),
        "formula": method.formula,
        "source": method.source,
        "mark": method.mark.title().get(lang),
        "variants": method.variants.iter()
            .map(|v| json!({ "id": v.id, "help": v.help.get(lang) })).collect::<Vec<_>>(),
        "inputs": method.inputs.iter().map(|input| json!({
            "table": input.table,
            "required": input.required,
            "columns": input.columns.iter().map(|c| json!({
                "name": c.name, "required": c.required, "help": c.help.get(lang),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "options": method.options.iter().map(|option| json!({
            "name": option.name, "default": option.default, "allowed": option.allowed(),
            "help": option.help.get(lang),
        })).collect::<Vec<_>>(),
        "outputs": method.outputs.iter().map(|table| json!({
            "table": table.name,
            "columns": table.columns.iter().map(|c| json!({
                "name": c.name, "unit": c.unit, "key": c.key, "title": c.title.get(lang),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn number_text(explanation: &Explanation<'_>, lang: Lang) -> String {
    let Explanation { address, value, unit, method, record, run, row, worked, cells, .. } =
        explanation;
    let written = match value {
        Datum::Number(value) => value.to_string(),
        Datum::Gap(gap) => format!("({})", gap.reason(lang)),
    };
    let mut text = format!("{address} = {written}");
    if !matches!(unit.as_str(), "" | "1") {
        let _ = write!(text, " {unit}");
    }
    text.push_str(&left_open(explanation, lang));
    let _ = writeln!(text, "\n\n{} [{}]", method.title.get(lang), record.variant);
    let _ = writeln!(text, "{}", method.formula);
    let _ = writeln!(text, "{} ({})\n", method.source, method.mark.title().get(lang));
    for (name, cell) in row {
        let _ = writeln!(text, "  {name} = {cell}");
    }
    if let Some(worked) = worked {
        text.push('\n');
        for line in &worked.lines {
            let _ = writeln!(text, "  {line}");
        }
        let agrees = match (explanation.agrees(), lang) {
            (Some(true), Lang::En) => "agrees with the number above",
            (Some(true), Lang::Zh) => "与上列数值一致",
            (_, Lang::En) => "DISAGREES with the number above: please report this",
            (_, Lang::Zh) => "与上列数值不一致：请反馈此问题",
        };
        let _ = writeln!(text, "  = {} ({agrees})\n", worked.result);
    }
    for (name, value) in &record.options {
        let _ = writeln!(text, "option  {name} = {value}");
    }
    let _ = writeln!(text, "seed    {}", record.seed);
    let _ = writeln!(text, "version {} {}", run.version, run.code);
    for (table, input) in &record.inputs {
        let _ = writeln!(text, "input   {table} from {}", input.source);
        for (role, from) in &input.columns {
            let _ = writeln!(text, "          {role} <- {from}");
        }
        if let Some((from, to)) = input.periods {
            let _ = writeln!(text, "          period {from} to {to}");
        }
        for (column, values) in &input.keep {
            let _ = writeln!(text, "          only {column} = {}", values.join(", "));
        }
    }
    for data in &run.data {
        for (file, hash) in &data.files {
            let _ = writeln!(text, "file    {file} blake3 {}", &hash[..hash.len().min(16)]);
        }
    }
    for note in &record.notes {
        let note = if lang == Lang::Zh { &note.zh } else { &note.en };
        let _ = writeln!(text, "note    {note}");
    }
    let _ = writeln!(text, "\n{} source cells", cells.len());
    for cell in cells.iter().take(MAX_CELLS) {
        let keys: Vec<String> = cell.keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let value = match cell.value {
            Datum::Number(value) => value.to_string(),
            Datum::Gap(gap) => format!("({})", gap.reason(lang)),
        };
        let _ = write!(text, "  {}  {} = {value}", cell.place(), cell.measure);
        if let Some(found) = &cell.text {
            let _ = write!(text, "  \"{found}\"");
        }
        if cell.share != 1.0 {
            let _ = write!(text, "  × {}", cell.share);
        }
        if let Some(flag) = &cell.flag {
            let _ = write!(text, "  flag {flag}");
        }
        if !matches!(cell.status, Status::Observed | Status::Zero) && cell.value.number().is_some()
        {
            let _ = write!(text, "  ({})", cell.status.title(lang));
        }
        match (cell.bounds, lang) {
            (Some(Bounds { lower, upper }), _) if upper.is_finite() => {
                let _ = write!(text, "  [{lower}, {upper}]");
            }
            (Some(Bounds { lower, .. }), Lang::En) => {
                let _ = write!(text, "  [at least {lower}]");
            }
            (Some(Bounds { lower, .. }), Lang::Zh) => {
                let _ = write!(text, "  [不少于 {lower}]");
            }
            (None, _) => {}
        }
        let _ = writeln!(text, "  {}", keys.join(", "));
    }
    if cells.len() > MAX_CELLS {
        let _ = writeln!(text, "  … {} more; --json has all", cells.len() - MAX_CELLS);
    }
    for (file, why) in &explanation.unreadable {
        let _ = writeln!(text, "texts of {file} are not shown: {why}");
    }
    text
}

/// What withheld cells leave open of the number, a line each.
fn left_open(explanation: &Explanation<'_>, lang: Lang) -> String {
    let mut text = String::new();
    let Some(interval) = explanation.interval else { return text };
    let n = explanation.n_completions;
    if let Some((lower, upper)) = interval.range {
        let words = match lang {
            Lang::En => format!("over {n} completions of withheld cells"),
            Lang::Zh => format!("未公布单元格 {n} 次补全的范围"),
        };
        let _ = write!(text, "\n  [{lower}, {upper}] {words}");
    }
    if interval.range.is_none() && explanation.value.number().is_some() {
        let words = match lang {
            Lang::En => {
                format!("not every one of {n} completions of withheld cells has this number")
            }
            Lang::Zh => format!("未公布单元格的 {n} 次补全并非都有此数值"),
        };
        let _ = write!(text, "\n  {words}");
    }
    if let Some(without) = interval.without {
        let written = match without {
            Datum::Number(value) => value.to_string(),
            Datum::Gap(gap) => format!("({})", gap.reason(lang)),
        };
        let words = match lang {
            Lang::En => "with withheld cells counted as nothing",
            Lang::Zh => "未公布单元格按零计",
        };
        let _ = write!(text, "\n  {written} {words}");
    }
    if let Some(holds) = interval.holds {
        let words = match lang {
            Lang::En => format!("the rank or sign is the same in {holds} of {n} completions"),
            Lang::Zh => format!("{n} 次补全中有 {holds} 次名次或符号相同"),
        };
        let _ = write!(text, "\n  {words}");
    }
    text
}
