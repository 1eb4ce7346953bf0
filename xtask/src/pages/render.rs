//! What the catalogue knows of a method, as Markdown.

use std::fmt::Write;

use agglo_core::Lang;
use agglo_methods::catalog::{Chapter, ColumnKind, Input, Method, OutputTable};

/// The generated part of a method's page.
pub(super) fn method(method: &Method) -> String {
    let mut page = format!(
        "| | |\n|---|---|\n| id | `{}` |\n| question | {} |\n| 中文 | {}：{} |\n| chapter | {} |\n\
         | standing | {} |\n",
        method.id,
        cell(method.help.en),
        cell(method.title.zh),
        cell(method.help.zh),
        method.chapter.title().en,
        method.mark.title().en,
    );
    section(&mut page, "Formula", &formula(method.formula));
    section(&mut page, "Command", &command(method));
    section(&mut page, "Input", &join(method.inputs.iter().map(input)));
    let rows = method.variants.iter().enumerate().map(|(i, variant)| {
        let default = if i == 0 { " (default)" } else { "" };
        format!("| `{}`{default} | {} |\n", variant.id, cell(variant.help.en))
    });
    section(&mut page, "Variants", &table("| variant | definition |\n|---|---|\n", rows));
    if !method.options.is_empty() {
        let rows = method.options.iter().map(|option| {
            let default = match option.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let help = cell(option.help.en);
            format!("| `{}` | {} | {default} | {help} |\n", option.name, cell(&option.allowed()))
        });
        let head = "| option | allowed | default | what it decides |\n|---|---|---|---|\n";
        section(&mut page, "Options", &table(head, rows));
    }
    section(&mut page, "Output", &join(method.outputs.iter().map(output)));
    section(
        &mut page,
        "Source of the formula",
        &format!("{}.\n", method.source.trim_end_matches('.')),
    );
    page
}

/// The generated part of the list of all methods.
pub(super) fn index(methods: &[&Method]) -> String {
    let mut page = String::new();
    for chapter in Chapter::ALL {
        let rows: Vec<String> = methods
            .iter()
            .filter(|method| method.chapter == chapter)
            .map(|method| {
                let (id, title) = (method.id, method.title);
                let titles = Lang::ALL.map(|lang| cell(title.get(lang))).join(" · ");
                format!("| [{id}]({id}.md) | {titles} | {} |\n", cell(method.help.en))
            })
            .collect();
        if !rows.is_empty() {
            let title = chapter.title();
            let head = "| method | title | question |\n|---|---|---|\n";
            section(&mut page, &format!("{} · {}", title.en, title.zh), &table(head, rows));
        }
    }
    page
}

fn section(page: &mut String, heading: &str, body: &str) {
    // Writing to a String cannot fail.
    let _ = write!(page, "\n## {heading}\n\n{body}");
}

/// The formula and the legends of its symbols, which three blanks set apart, one a line.
fn formula(formula: &str) -> String {
    let lines: Vec<&str> = formula.split("   ").map(str::trim).filter(|l| !l.is_empty()).collect();
    format!("```text\n{}\n```\n", lines.join("\n"))
}

fn command(method: &Method) -> String {
    let mut words = format!("agglo measure {}", method.id);
    for (i, input) in method.inputs.iter().filter(|input| input.required).enumerate() {
        let table = input.table;
        let word =
            if i == 0 { format!(" {table}.csv") } else { format!(" --table {table}={table}.csv") };
        words.push_str(&word);
    }
    format!("```sh\n{words}\n```\n")
}

fn input(input: &Input) -> String {
    let need = if input.required { "required" } else { "optional" };
    let rows = input.columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::Key => "code",
            ColumnKind::Label => "label",
            ColumnKind::Period => "year",
            ColumnKind::Number => "number",
            ColumnKind::Listed => "numbers, listed",
        };
        let need = if column.required { "required" } else { "optional" };
        format!("| `{}` | {kind} | {need} | {} |\n", column.name, cell(column.help.en))
    });
    let head = "| column | kind | | meaning |\n|---|---|---|---|\n";
    format!("Table `{}`, {need}:\n\n{}", input.table, table(head, rows))
}

fn output(output: &OutputTable) -> String {
    let rows = output.columns.iter().map(|column| {
        let unit = match column.unit {
            "" if column.key => "key",
            "" => "text",
            "1" => "pure number",
            "value" => "unit of the values",
            unit => unit,
        };
        format!("| `{}` | {} | {} |\n", column.name, cell(unit), cell(column.title.en))
    });
    let head = "| column | unit | title |\n|---|---|---|\n";
    format!("Table `{}`:\n\n{}", output.name, table(head, rows))
}

fn table(head: &str, rows: impl IntoIterator<Item = String>) -> String {
    std::iter::once(head.to_owned()).chain(rows).collect()
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n")
}

/// `text` as it can stand in one cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_methods::catalog;

    #[test]
    fn a_page_lists_everything_the_catalogue_has() {
        for row in catalog::methods() {
            let page = method(row);
            let mut names: Vec<&str> = row.variants.iter().map(|variant| variant.id).collect();
            names.extend(row.options.iter().map(|option| option.name));
            names.extend(row.inputs.iter().flat_map(|i| i.columns).map(|column| column.name));
            names.extend(row.outputs.iter().flat_map(|o| o.columns).map(|column| column.name));
            for name in names {
                assert!(page.contains(&format!("`{name}`")), "{} lacks {name}", row.id);
            }
        }
    }

    #[test]
    fn the_list_links_every_method_under_its_chapter() {
        let page = index(&catalog::methods());
        let gini = page.find("[gini](gini.md)").unwrap();
        assert!(page.find("## Status · 现状").unwrap() < gini, "{page}");
    }

    #[test]
    fn legends_stand_on_lines_of_their_own() {
        assert_eq!(
            formula("y = a x   a: slope   x: place"),
            "```text\ny = a x\na: slope\nx: place\n```\n"
        );
    }

    #[test]
    fn a_bar_does_not_end_a_cell() {
        assert_eq!(cell("|s − x|"), "\\|s − x\\|");
    }
}
