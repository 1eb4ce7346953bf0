//! The text of a study file.

use std::collections::BTreeMap;
use std::fmt::Write;

use agglo_data::{ReadSpec, Sniff};

use super::Policy;

/// The whole file.
pub(super) fn document(
    id: &str,
    geo: &str,
    blocks: &str,
    policy: &Policy,
    measure: Option<&str>,
    n_withheld: usize,
) -> String {
    let Policy { gaps, why } = policy;
    let suppression = if n_withheld > 0 {
        format!(
            "# {n_withheld} cells are withheld. gap treats them as [missing] says; keep gives intervals;\n\
             # maximum-entropy and linear-program impute them under the sums they stand in.\n\
             [suppression]\npolicy = \"gap\"\n\n"
        )
    } else {
        String::new()
    };
    let value = match measure {
        Some(measure) => format!(
            "value = \"{measure}\"                  # the column of activity that the indices use\n"
        ),
        None => {
            "# value = \"employment\"               # the column of activity that the indices use\n"
                .to_owned()
        }
    };
    format!(
        "# A study of industrial clusters. `agglo check` reads it, `agglo run` computes it,\n\
         # `agglo report` writes it up. Lines that begin with # are remarks.\n\n\
         [study]\nid    = \"{id}\"\ntitle = {{ en = \"{id}\", zh = \"{id}\" }}\n\
         # period = {{ from = 2010, to = 2020 }}   # all years there are when absent\n\n\
         [geo]\n# level = \"province\"                  # printed beside every index, which depends on it\n{geo}\
         # [geo.groups.belts]                  # a grouping of regions: columns region, group\n\
         # file = \"geo/belts.csv\"\n\n{blocks}\
         [missing]\n# error | drop-regions | drop-industries | drop-periods | zero\n# {why}\ngaps = \"{gaps}\"\n\n{suppression}\
         [measure]\n{value}\
         \n# [[measure.regression]]               # columns, ratios, `total`, or what a step finds\n\
         # id    = \"specialization-and-income\"\n\
         # y     = \"krugman:regions.krugman\"\n\
         # x     = [\"gdp / population\"]\n\
         # log   = [\"gdp / population\"]\n\
         # model = \"ols\"                       # ols | spatial-lag | spatial-error\n"
    )
}

/// One table, with the reasons for what is said of it.
pub(super) fn block(name: &str, file: &str, sniff: &Sniff, spec: &ReadSpec) -> String {
    let mut text = String::new();
    for reason in &sniff.reasons {
        let _ = writeln!(text, "# {}: {}", reason.what, reason.why);
    }
    let _ = writeln!(text, "[[data]]\nname    = {name:?}\ntable   = {:?}", spec.table);
    let _ = writeln!(text, "file    = {file:?}");
    if let Some(reader) = &spec.reader {
        let _ = writeln!(text, "reader  = {reader:?}");
    }
    if let Some(level) = &spec.level {
        let _ = writeln!(text, "level   = {level:?}");
    }
    if !spec.columns.is_empty() {
        let _ = writeln!(text, "columns = {{ {} }}", pairs(&spec.columns));
    }
    if !spec.constants.is_empty() {
        let _ = writeln!(text, "constants = {{ {} }}", pairs(&spec.constants));
    }
    if !spec.units.is_empty() {
        let _ = writeln!(text, "units   = {{ {} }}", pairs(&spec.units));
    }
    if let Some(value) = &spec.value {
        let _ = writeln!(text, "value   = {value:?}");
    }
    if let Some(periods) = spec.periods_across.as_ref().filter(|periods| !periods.is_empty()) {
        let _ = writeln!(text, "periods_across = {periods:?}");
    }
    for (key, lists) in [("filter ", &spec.filter), ("totals ", &spec.totals)] {
        if !lists.is_empty() {
            let lists =
                lists.iter().map(|(heading, values)| format!("{} = {values:?}", key_text(heading)));
            let _ = writeln!(text, "{key} = {{ {} }}", lists.collect::<Vec<_>>().join(", "));
        }
    }
    if !spec.marks.is_empty() {
        let marks =
            spec.marks.iter().map(|(mark, status)| format!("{mark:?} = {:?}", status.code()));
        let _ = writeln!(text, "marks   = {{ {} }}", marks.collect::<Vec<_>>().join(", "));
    }
    if let Some(row) = spec.header_row {
        let _ = writeln!(text, "header_row = {row}");
    }
    for (key, mark) in [("decimal", spec.decimal), ("thousands", spec.thousands)] {
        if let Some(mark) = mark {
            let _ = writeln!(text, "{key} = {:?}", mark.to_string());
        }
    }
    if let Some(sheet) = &spec.sheet {
        let _ = writeln!(text, "sheet   = {sheet:?}");
    }
    if !sniff.unknown_marks.is_empty() {
        let _ = writeln!(
            text,
            "# marks = {{ {} }}   # what do these mean?",
            sniff
                .unknown_marks
                .iter()
                .map(|mark| format!("{mark:?} = \"missing\""))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    text.push_str("# source = { en = \"who published it\", zh = \"数据来源\" }\n\n");
    text
}

/// A key as TOML takes it: bare where it can be.
fn key_text(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { format!("{key:?}") }
}

fn pairs(columns: &BTreeMap<String, String>) -> String {
    columns
        .iter()
        .map(|(role, heading)| format!("{} = {heading:?}", key_text(role)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A block that stands there as a remark, and why.
pub(super) fn remark(block: &str, why: &str) -> String {
    let mut text = format!("# {why}\n");
    for line in block.lines() {
        let line = format!("# {line}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
    text
}
