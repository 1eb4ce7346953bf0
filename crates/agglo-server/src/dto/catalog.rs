//! The catalogue of methods, and codes.

use agglo_methods::catalog::{ColumnKind, Mark, OptionKind};
use agglo_methods::{Chapter, Method};
use serde::Serialize;
use utoipa::ToSchema;

use super::Words;

/// A chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChapterTitle {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: Words,
}

/// How sure a formula is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MarkForm {
    /// `verified`, `derived`, `memory` or `convention`.
    pub(crate) code: String,
    /// What that means.
    pub(crate) title: Words,
}

/// A definition that competes under the same name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VariantForm {
    /// Its name.
    pub(crate) id: String,
    /// What distinguishes it, and whose it is.
    pub(crate) help: Words,
}

/// A column that a method reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InputColumnForm {
    /// Its name.
    pub(crate) name: String,
    /// `key`, `label`, `period`, `number` or `listed`.
    pub(crate) kind: String,
    /// Whether the method cannot do without.
    pub(crate) required: bool,
    /// What it means.
    pub(crate) help: Words,
}

/// A table that a method reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InputTable {
    /// Its name.
    pub(crate) table: String,
    /// Whether the method cannot do without.
    pub(crate) required: bool,
    /// Its columns.
    pub(crate) columns: Vec<InputColumnForm>,
}

/// A choice the user may make.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OptionForm {
    /// Its name.
    pub(crate) name: String,
    /// What holds when it is not given.
    pub(crate) default: String,
    /// What it decides.
    pub(crate) help: Words,
    /// `choice`, `number`, `integer` or `text`.
    pub(crate) kind: String,
    /// Of a choice: the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<Vec<String>>,
    /// Of a number: the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<f64>,
    /// Of a number: the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<f64>,
}

/// A column of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutputColumn {
    /// Its name.
    pub(crate) name: String,
    /// Its unit.
    pub(crate) unit: String,
    /// Whether it is part of the row's key.
    pub(crate) key: bool,
    /// Its heading.
    pub(crate) title: Words,
}

impl From<&agglo_methods::catalog::Output> for OutputColumn {
    fn from(column: &agglo_methods::catalog::Output) -> OutputColumn {
        OutputColumn {
            name: column.name.to_owned(),
            unit: column.unit.to_owned(),
            key: column.key,
            title: column.title.into(),
        }
    }
}

/// A table of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutputForm {
    /// Its name.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) columns: Vec<OutputColumn>,
}

/// A method.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MethodForm {
    /// Its id.
    pub(crate) id: String,
    /// Its chapter.
    pub(crate) chapter: String,
    /// A short title.
    pub(crate) title: Words,
    /// The question it answers.
    pub(crate) help: Words,
    /// The formula.
    pub(crate) formula: String,
    /// Where the formula stands.
    pub(crate) source: String,
    /// How sure the formula is.
    pub(crate) mark: MarkForm,
    /// Competing definitions; the first is the default.
    pub(crate) variants: Vec<VariantForm>,
    /// What it reads.
    pub(crate) inputs: Vec<InputTable>,
    /// What the user may choose.
    pub(crate) options: Vec<OptionForm>,
    /// What it answers.
    pub(crate) outputs: Vec<OutputForm>,
    /// The steps of this study that ask it.
    pub(crate) steps: Vec<String>,
    /// Whether the study's tables allow it.
    pub(crate) computable: bool,
    /// What it needs, where they do not.
    pub(crate) needs: Option<Words>,
}

/// The catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Catalogue {
    /// The chapters, in order.
    pub(crate) chapters: Vec<ChapterTitle>,
    /// The methods, by chapter.
    pub(crate) methods: Vec<MethodForm>,
}

/// An error code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CodeForm {
    /// The code.
    pub(crate) code: String,
    /// One line.
    pub(crate) title: String,
    /// What happened, why it matters, and what to do.
    pub(crate) explanation: String,
}

/// Every error code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Codes {
    /// The codes, in order.
    pub(crate) codes: Vec<CodeForm>,
}

impl ChapterTitle {
    /// Every chapter.
    pub(crate) fn all() -> Vec<ChapterTitle> {
        let form = |chapter: Chapter| {
            let (id, title) = (chapter.id().to_owned(), chapter.title().into());
            ChapterTitle { id, title }
        };
        Chapter::ALL.into_iter().map(form).collect()
    }
}

impl MethodForm {
    /// A row of the catalogue; nothing is said yet of what the study allows.
    pub(crate) fn of(method: &'static Method) -> MethodForm {
        let mark = match method.mark {
            Mark::Verified => "verified",
            Mark::Derived => "derived",
            Mark::Memory => "memory",
            Mark::Convention => "convention",
        };
        MethodForm {
            id: method.id.to_owned(),
            chapter: method.chapter.id().to_owned(),
            title: method.title.into(),
            help: method.help.into(),
            formula: method.formula.to_owned(),
            source: method.source.to_owned(),
            mark: MarkForm { code: mark.to_owned(), title: method.mark.title().into() },
            variants: method
                .variants
                .iter()
                .map(|v| VariantForm { id: v.id.to_owned(), help: v.help.into() })
                .collect(),
            inputs: method.inputs.iter().map(input).collect(),
            options: method.options.iter().map(option).collect(),
            outputs: method
                .outputs
                .iter()
                .map(|table| OutputForm {
                    name: table.name.to_owned(),
                    columns: table.columns.iter().map(OutputColumn::from).collect(),
                })
                .collect(),
            steps: Vec::new(),
            computable: false,
            needs: None,
        }
    }
}

fn input(input: &agglo_methods::catalog::Input) -> InputTable {
    let column = |column: &agglo_methods::catalog::InputColumn| {
        let kind = match column.kind {
            ColumnKind::Key => "key",
            ColumnKind::Label => "label",
            ColumnKind::Period => "period",
            ColumnKind::Number => "number",
            ColumnKind::Listed => "listed",
        };
        InputColumnForm {
            name: column.name.to_owned(),
            kind: kind.to_owned(),
            required: column.required,
            help: column.help.into(),
        }
    };
    InputTable {
        table: input.table.to_owned(),
        required: input.required,
        columns: input.columns.iter().map(column).collect(),
    }
}

fn option(option: &agglo_methods::catalog::OptionSpec) -> OptionForm {
    let (kind, words, low, high) = match option.kind {
        OptionKind::Choice(words) => {
            ("choice", Some(words.iter().map(|&word| word.to_owned()).collect()), None, None)
        }
        OptionKind::Number(low, high) => ("number", None, Some(low), Some(high)),
        OptionKind::Integer(low, high) => ("integer", None, Some(low as f64), Some(high as f64)),
        OptionKind::Text => ("text", None, None, None),
    };
    // JSON has no infinity: an end that is open is left out.
    let finite = |end: Option<f64>| end.filter(|end| end.is_finite());
    OptionForm {
        name: option.name.to_owned(),
        default: option.default.to_owned(),
        help: option.help.into(),
        kind: kind.to_owned(),
        words,
        low: finite(low),
        high: finite(high),
    }
}
