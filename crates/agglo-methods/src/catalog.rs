//! The catalogue: one row per method. `agglo list`, `measure`, `explain`, the documentation pages
//! and every binding are generated from it.
//!
//! A new method is one module, one row in its family's `METHODS`, one page and its reference
//! numbers; nothing else is written by hand.

use agglo_core::Text;

use crate::call::{Answer, Call, MethodError};

/// The chapters of a study, in the report's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chapter {
    /// How concentrated, how specialized, since when, at what stage.
    Status,
    /// What moved from where to where.
    Transfer,
    /// Where the clusters are.
    Identify,
    /// By which model they grow.
    Classify,
    /// What holds them back.
    Diagnose,
    /// Who leads, and how sure that is.
    Rank,
    /// What each region should grow, complete, receive.
    Plan,
    /// Whether a policy worked.
    Evaluate,
}

impl Chapter {
    /// All chapters in order.
    pub const ALL: [Chapter; 8] = [
        Chapter::Status,
        Chapter::Transfer,
        Chapter::Identify,
        Chapter::Classify,
        Chapter::Diagnose,
        Chapter::Rank,
        Chapter::Plan,
        Chapter::Evaluate,
    ];

    /// The chapter's id.
    pub const fn id(self) -> &'static str {
        match self {
            Chapter::Status => "status",
            Chapter::Transfer => "transfer",
            Chapter::Identify => "identify",
            Chapter::Classify => "classify",
            Chapter::Diagnose => "diagnose",
            Chapter::Rank => "rank",
            Chapter::Plan => "plan",
            Chapter::Evaluate => "evaluate",
        }
    }

    /// The chapter's title.
    pub const fn title(self) -> Text {
        match self {
            Chapter::Status => Text::new("Status", "现状"),
            Chapter::Transfer => Text::new("Transfer", "转移"),
            Chapter::Identify => Text::new("Clusters", "集群识别"),
            Chapter::Classify => Text::new("Development models", "发展模式"),
            Chapter::Diagnose => Text::new("Diagnosis", "问题诊断"),
            Chapter::Rank => Text::new("Ranking", "竞争力排名"),
            Chapter::Plan => Text::new("Plan", "规划"),
            Chapter::Evaluate => Text::new("Evaluation", "政策评估"),
        }
    }
}

/// How sure the formula is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Compared with the named source.
    Verified,
    /// Derived and confirmed numerically by an independent computation.
    Derived,
    /// Taken from the named publication without its text at hand: needs confirmation.
    Memory,
    /// agglo's own convention: no publication defines it, and the user may change it.
    Convention,
}

impl Mark {
    /// What the mark means.
    pub const fn title(self) -> Text {
        match self {
            Mark::Verified => Text::new("compared with the source", "已与来源核对"),
            Mark::Derived => Text::new("derived and checked numerically", "推导并经数值验证"),
            Mark::Memory => Text::new("needs confirmation against the source", "有待与原文核对"),
            Mark::Convention => Text::new("a convention of agglo", "agglo 约定"),
        }
    }
}

/// What a column of an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A code that must be there.
    Key,
    /// A label or code that may be absent.
    Label,
    /// A whole number of a year.
    Period,
    /// A number, or a gap.
    Number,
    /// Number columns that the user names, in the option of the same name: a list `a,b,c`.
    Listed,
}

/// A column that a method reads.
#[derive(Clone, Copy, Debug)]
pub struct InputColumn {
    /// Its canonical name; also the flag of `agglo measure`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether the method cannot do without.
    pub required: bool,
    /// What it means.
    pub help: Text,
}

/// A table that a method reads.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The canonical table, such as `activity`. The first input is the one `agglo measure` takes
    /// as its positional file; others are given with `--table NAME=FILE`.
    pub table: &'static str,
    /// Whether the method cannot do without.
    pub required: bool,
    /// The columns read.
    pub columns: &'static [InputColumn],
}

/// What an option accepts.
#[derive(Clone, Copy, Debug)]
pub enum OptionKind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A number between these bounds.
    Number(f64, f64),
    /// A whole number between these bounds.
    Integer(i64, i64),
    /// Free text, such as a code or a list `a,b,c`; may be empty.
    Text,
}

/// A choice the user may make.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name; also the flag of `agglo measure`.
    pub name: &'static str,
    /// What it accepts.
    pub kind: OptionKind,
    /// What holds when it is not given.
    pub default: &'static str,
    /// What it decides.
    pub help: Text,
}

impl OptionSpec {
    /// Whether `text` is allowed.
    pub fn accepts(&self, text: &str) -> bool {
        match self.kind {
            OptionKind::Choice(words) => words.contains(&text),
            OptionKind::Number(low, high) => {
                text.parse::<f64>().is_ok_and(|value| value >= low && value <= high)
            }
            OptionKind::Integer(low, high) => {
                text.parse::<i64>().is_ok_and(|value| value >= low && value <= high)
            }
            OptionKind::Text => true,
        }
    }

    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        match self.kind {
            OptionKind::Choice(words) => words.join(", "),
            OptionKind::Number(low, high) => format!("a number from {low} to {high}"),
            OptionKind::Integer(low, high) => format!("a whole number from {low} to {high}"),
            OptionKind::Text => "text".to_owned(),
        }
    }
}

/// A definition that competes under the same name.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name; the first of a method's variants is the default.
    pub id: &'static str,
    /// What distinguishes it, and whose it is.
    pub help: Text,
}

/// A column of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Its name.
    pub name: &'static str,
    /// Its unit: `1` for a pure number, `value` for the unit of the input's values, empty for text.
    pub unit: &'static str,
    /// Whether it is part of the row's key.
    pub key: bool,
    /// Its heading.
    pub title: Text,
}

/// A table of an answer.
#[derive(Clone, Copy, Debug)]
pub struct OutputTable {
    /// Its name; the first table of a method is the main one.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Output],
}

/// One row of the catalogue.
pub struct Method {
    /// The field's words in kebab-case; the same in Rust, CLI, SQL, Python and documentation.
    pub id: &'static str,
    /// The chapter of the study.
    pub chapter: Chapter,
    /// A short title.
    pub title: Text,
    /// One line of help: the question it answers.
    pub help: Text,
    /// What it reads.
    pub inputs: &'static [Input],
    /// What the user may choose.
    pub options: &'static [OptionSpec],
    /// Competing definitions; the first is the default. Never empty.
    pub variants: &'static [Variant],
    /// What it answers.
    pub outputs: &'static [OutputTable],
    /// The formula in plain characters, symbols explained.
    pub formula: &'static str,
    /// Where the formula stands.
    pub source: &'static str,
    /// How sure the formula is.
    pub mark: Mark,
    /// Computes it.
    pub run: fn(&Call<'_>) -> Result<Answer, MethodError>,
}

impl Method {
    /// The variant of this name; `None` if it has none.
    pub fn variant(&self, id: &str) -> Option<&'static Variant> {
        self.variants.iter().find(|variant| variant.id == id)
    }

    /// The output column of this name in any of its tables.
    pub fn output(&self, table: &str, column: &str) -> Option<&'static Output> {
        let table = self.outputs.iter().find(|t| t.name == table)?;
        table.columns.iter().find(|c| c.name == column)
    }
}

/// All methods, by chapter and in the order of their families.
pub fn methods() -> Vec<&'static Method> {
    let families = [
        crate::trend::METHODS,
        crate::specialization::METHODS,
        crate::concentration::METHODS,
        crate::inequality::METHODS,
        crate::decomposition::METHODS,
        crate::space::METHODS,
        crate::transfer::METHODS,
        crate::cluster::METHODS,
        crate::diagnosis::METHODS,
        crate::ranking::METHODS,
        crate::relatedness::METHODS,
        crate::evaluation::METHODS,
        crate::regression::METHODS,
    ];
    let mut methods: Vec<&'static Method> = families.concat();
    methods.sort_by_key(|method| method.chapter);
    methods
}

/// The method with this id.
pub fn find(id: &str) -> Option<&'static Method> {
    methods().into_iter().find(|method| method.id == id)
}

/// A required key column.
pub const fn key(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Key, required: true, help: Text::new(en, zh) }
}

/// A required number column.
pub const fn number(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Number, required: true, help: Text::new(en, zh) }
}

/// The same column, not required.
pub const fn optional(column: InputColumn) -> InputColumn {
    InputColumn { required: false, ..column }
}

/// The names in a list `a, b,c`, empty ones left out.
pub fn names(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Number columns that the user names in the option `name`.
pub const fn listed(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Listed, required: false, help: Text::new(en, zh) }
}

/// The region of a row.
pub const REGION: InputColumn = key("region", "region code", "地区代码");
/// The industry of a row.
pub const INDUSTRY: InputColumn = key("industry", "industry code", "行业代码");
/// The period of a row; a table without one is a single period.
pub const PERIOD: InputColumn = InputColumn {
    name: "period",
    kind: ColumnKind::Period,
    required: false,
    help: Text::new("year", "年份"),
};
/// The activity of a row.
pub const VALUE: InputColumn = number(
    "value",
    "employment, output, value added or another count of activity",
    "就业、产出、增加值或其他活动量",
);

/// Region × industry × period cells of one measure.
pub const ACTIVITY: Input =
    Input { table: "activity", required: true, columns: &[REGION, INDUSTRY, PERIOD, VALUE] };

/// What to do with cells that hold no number.
pub const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&agglo_core::GapPolicy::NAMES),
    default: "error",
    help: Text::new(
        "cells without a number: refuse, leave out their regions, industries or periods, or count as zero",
        "无数值的单元格：报错、剔除所在地区、行业或年份、或按零计",
    ),
};

/// A key column of an answer.
pub const fn out_key(name: &'static str, en: &'static str, zh: &'static str) -> Output {
    Output { name, unit: "", key: true, title: Text::new(en, zh) }
}

/// A column of an answer.
pub const fn out(
    name: &'static str,
    unit: &'static str,
    en: &'static str,
    zh: &'static str,
) -> Output {
    Output { name, unit, key: false, title: Text::new(en, zh) }
}

/// The region of an answer's row.
pub const OUT_REGION: Output = out_key("region", "Region", "地区");
/// The industry of an answer's row.
pub const OUT_INDUSTRY: Output = out_key("industry", "Industry", "行业");
/// The period of an answer's row.
pub const OUT_PERIOD: Output = out_key("period", "Year", "年份");

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_distinct_and_kebab_case() {
        let mut seen = BTreeSet::new();
        for method in methods() {
            assert!(seen.insert(method.id), "{} stands twice", method.id);
            assert!(
                method.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{}",
                method.id
            );
        }
    }

    #[test]
    fn every_row_is_filled_in() {
        for method in methods() {
            let id = method.id;
            assert!(!method.variants.is_empty(), "{id} names no variant");
            assert!(!method.inputs.is_empty(), "{id} names no input");
            assert!(!method.outputs.is_empty(), "{id} names no output");
            assert!(!method.formula.is_empty(), "{id} has no formula");
            assert!(!method.source.is_empty(), "{id} has no source");
            for column in method.inputs.iter().flat_map(|input| input.columns) {
                let name = column.name;
                let is_option = method.options.iter().any(|option| option.name == name);
                assert!(
                    (column.kind == ColumnKind::Listed) == is_option,
                    "{id}: listed columns, and no others, are named by an option: {name}"
                );
            }
            for option in method.options {
                let name = option.name;
                assert!(option.accepts(option.default), "{id}: the default of {name} is refused");
            }
            let mut tables = BTreeSet::new();
            for table in method.outputs {
                assert!(tables.insert(table.name), "{id}: table {} stands twice", table.name);
            }
        }
    }
}
