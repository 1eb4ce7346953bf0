//! A table, column by column, and where it comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use agglo_core::{Column, Datum, Frame, Values};
use agglo_methods::Method;
use agglo_study::record::{DataRecord, StepRecord};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{NoteForm, Words};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Codes and labels.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers, or gaps.
    Number,
}

impl Kind {
    /// What the values of a column are.
    pub(crate) fn of(values: &Values) -> Kind {
        match values {
            Values::Text(_) => Kind::Text,
            Values::Integer(_) => Kind::Integer,
            Values::Number(_) => Kind::Number,
        }
    }
}

/// What is known of a column besides its values.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ColumnAbout {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Its unit: `1` for a pure number, empty for text.
    pub(crate) unit: String,
    /// Whether it is part of the row's key.
    pub(crate) key: bool,
    /// Its heading.
    pub(crate) title: Words,
}

/// The values of a column; `null` is an empty cell, or a number that is a gap.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Cells {
    /// Codes and labels.
    Text(Vec<Option<TextCell>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
}

// Of one kind or another as `kind` of the column says, which the shape alone cannot tell of whole numbers.
impl PartialSchema for Cells {
    fn schema() -> RefOr<Schema> {
        let kinds = [Type::String, Type::Number, Type::Null];
        let cell = ObjectBuilder::new().schema_type(SchemaType::from_iter(kinds));
        ArrayBuilder::new().items(cell).into()
    }
}

impl ToSchema for Cells {}

/// A text shared with the table it comes from.
#[derive(Clone, Debug)]
pub(crate) struct TextCell(Arc<str>);

impl Serialize for TextCell {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Place among the values = the code of the gap there.
pub(crate) type Gaps = BTreeMap<usize, &'static str>;

/// A column of a table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TableColumn {
    #[serde(flatten)]
    pub(crate) about: ColumnAbout,
    /// Its values.
    pub(crate) values: Cells,
    /// Place among the values = the code of the gap there; absent where there is none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) gaps: Gaps,
}

impl TableColumn {
    /// The cells of `rows` of a column.
    pub(crate) fn of(column: &Column, rows: &[u32], about: ColumnAbout) -> TableColumn {
        let mut gaps = Gaps::new();
        let each = || rows.iter().map(|&row| row as usize);
        let values = match column.values() {
            Values::Text(cells) => {
                Cells::Text(each().map(|r| cells[r].clone().map(TextCell)).collect())
            }
            Values::Integer(cells) => Cells::Integer(each().map(|row| cells[row]).collect()),
            Values::Number(cells) => {
                Cells::Number(numbers(each().map(|row| cells[row]), &mut gaps))
            }
        };
        TableColumn { about, values, gaps }
    }
}

/// The numbers, and the gaps between them by place.
pub(crate) fn numbers(cells: impl Iterator<Item = Datum>, gaps: &mut Gaps) -> Vec<Option<f64>> {
    let number = |(place, datum): (usize, Datum)| match datum {
        Datum::Number(value) => Some(value),
        Datum::Gap(gap) => {
            gaps.insert(place, gap.code());
            None
        }
    };
    cells.enumerate().map(number).collect()
}

/// A table, or some rows of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: String,
    /// Rows that fit, before `offset` and `limit`.
    pub(crate) n_rows: usize,
    /// Rows passed over.
    pub(crate) offset: usize,
    /// The most rows given.
    pub(crate) limit: usize,
    /// Its columns.
    pub(crate) columns: Vec<TableColumn>,
    /// Of a canonical table: the place of each row in it, for `/tables/{name}/origin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<Vec<u32>>,
    /// The table beside it with the ranges that withheld cells leave open.
    pub(crate) intervals: Option<String>,
    /// Where it comes from.
    pub(crate) provenance: Provenance,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// Rows that a method read.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct InputForm {
    /// The method's table.
    pub(crate) table: String,
    /// Where its rows come from.
    pub(crate) source: String,
    /// BLAKE3 of what they are.
    pub(crate) content: String,
    /// Column of the method's table = where it comes from.
    pub(crate) columns: BTreeMap<String, String>,
    /// First and last period kept.
    pub(crate) periods: Option<Vec<i32>>,
    /// Column = the values kept.
    pub(crate) keep: BTreeMap<String, Vec<String>>,
    /// The columns by which rows were added up.
    pub(crate) sum_by: Vec<String>,
}

/// A file that numbers come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub(crate) struct FileForm {
    /// The `[[data]]` block.
    pub(crate) block: String,
    /// The file, from the study's folder.
    pub(crate) file: String,
    /// BLAKE3 of its bytes when it was read.
    pub(crate) blake3: String,
}

/// Everything a number rests on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Provenance {
    /// The step; `null` where no step gave it.
    pub(crate) step: Option<String>,
    /// The method's id; `null` for a canonical table.
    pub(crate) method: Option<String>,
    /// The method's title.
    pub(crate) title: Words,
    /// The variant.
    pub(crate) variant: Option<String>,
    /// What distinguishes the variant, and whose it is.
    pub(crate) variant_help: Option<Words>,
    /// The formula.
    pub(crate) formula: String,
    /// Where the formula stands.
    pub(crate) source: String,
    /// How sure the formula is.
    pub(crate) mark: Words,
    /// Every option with the value that held.
    pub(crate) options: BTreeMap<String, String>,
    /// The seed.
    pub(crate) seed: u64,
    /// The program's version.
    pub(crate) version: String,
    /// The hash of the program's source.
    pub(crate) code: String,
    /// BLAKE3 of the whole table.
    pub(crate) hash: Option<String>,
    /// What the method read.
    pub(crate) inputs: Vec<InputForm>,
    /// The files behind it.
    pub(crate) files: Vec<FileForm>,
    /// What the reader must know.
    pub(crate) notes: Vec<NoteForm>,
}

impl Provenance {
    /// Of a step's answer, its table `table`.
    pub(crate) fn of_step(
        record: &StepRecord,
        method: &'static Method,
        table: &str,
        (version, code): (&str, &str),
        data: &[DataRecord],
    ) -> Provenance {
        let tables: Vec<&str> = record
            .inputs
            .values()
            .flat_map(|input| {
                let joined = input.columns.values().filter_map(|from| from.split_once(": "));
                std::iter::once(input.source.as_str()).chain(joined.map(|(source, _)| source))
            })
            .filter_map(|source| source.strip_prefix("table "))
            .collect();
        let hash = record.tables.iter().find(|known| known.name == table);
        Provenance {
            step: Some(record.step.clone()),
            method: Some(method.id.to_owned()),
            title: method.title.into(),
            variant: Some(record.variant.clone()),
            variant_help: method.variant(&record.variant).map(|variant| variant.help.into()),
            formula: method.formula.to_owned(),
            source: method.source.to_owned(),
            mark: method.mark.title().into(),
            options: record.options.clone(),
            seed: record.seed,
            version: version.to_owned(),
            code: code.to_owned(),
            hash: hash.map(|table| table.hash.clone()),
            inputs: record
                .inputs
                .iter()
                .map(|(table, input)| InputForm {
                    table: table.clone(),
                    source: input.source.clone(),
                    content: input.content.clone(),
                    columns: input.columns.clone(),
                    periods: input.periods.map(|(from, to)| vec![from, to]),
                    keep: input.keep.clone(),
                    sum_by: input.sum_by.clone(),
                })
                .collect(),
            files: files_of(data, |table| tables.is_empty() || tables.contains(&table)),
            notes: record.notes.iter().map(NoteForm::from).collect(),
        }
    }

    /// Of a canonical table.
    pub(crate) fn of_table(
        name: &str,
        help: Words,
        (version, code): (&str, &str),
        seed: u64,
        data: &[DataRecord],
    ) -> Provenance {
        let base = name.split('-').next().unwrap_or(name);
        let read = data.iter().filter(|record| record.table == base);
        Provenance {
            step: None,
            method: None,
            title: help,
            variant: None,
            variant_help: None,
            formula: String::new(),
            source: String::new(),
            mark: Words::same(""),
            options: BTreeMap::new(),
            seed,
            version: version.to_owned(),
            code: code.to_owned(),
            hash: None,
            inputs: Vec::new(),
            files: files_of(data, |table| table == base),
            notes: read.flat_map(|record| &record.notes).map(NoteForm::from).collect(),
        }
    }
}

fn files_of(data: &[DataRecord], wanted: impl Fn(&str) -> bool) -> Vec<FileForm> {
    let blocks = data.iter().filter(|record| wanted(&record.table));
    blocks
        .flat_map(|record| {
            record.files.iter().map(|(file, hash)| FileForm {
                block: record.name.clone(),
                file: file.clone(),
                blake3: hash.clone(),
            })
        })
        .collect()
}

/// What is known of the columns of a table of a method's answer; ranges stand beside their column.
pub(crate) fn columns_of(method: &Method, table: &str, frame: &Frame) -> Vec<ColumnAbout> {
    let base = table.strip_suffix("-intervals").unwrap_or(table);
    let about = |column: &Column| {
        let name = column.name();
        let own = method.output(table, name).or_else(|| method.output(base, name));
        let part = name.rsplit_once('.').and_then(|(column, part)| {
            let words = match part {
                "lower" => Words::new("lower end", "下限"),
                "upper" => Words::new("upper end", "上限"),
                "without" => Words::new("without withheld cells", "未公布单元格按零计"),
                "holds" => Words::new("completions in which it holds", "成立的补全次数"),
                _ => return None,
            };
            let title = method.output(base, column)?.title;
            Some(Words::new(
                format!("{}: {}", title.en, words.en),
                format!("{}：{}", title.zh, words.zh),
            ))
        });
        ColumnAbout {
            name: name.to_owned(),
            kind: Kind::of(column.values()),
            unit: column.unit().to_owned(),
            key: own.is_some_and(|output| output.key),
            title: own
                .map(|output| output.title.into())
                .or(part)
                .unwrap_or_else(|| Words::same(name)),
        }
    };
    frame.columns().iter().map(about).collect()
}

/// What is known of the columns of a canonical table.
pub(crate) fn columns_of_canonical(name: &str, frame: &Frame) -> Vec<ColumnAbout> {
    let base = name.split('-').next().unwrap_or(name);
    let spec = agglo_data::table_spec(base);
    let about = |column: &Column| {
        let name = column.name();
        let known = spec.and_then(|spec| spec.column(name));
        ColumnAbout {
            name: name.to_owned(),
            kind: Kind::of(column.values()),
            unit: column.unit().to_owned(),
            key: spec.is_some_and(|spec| spec.is_key(name)),
            title: known.map_or_else(|| Words::same(name), |column| column.help.into()),
        }
    };
    frame.columns().iter().map(about).collect()
}
