//! An explanation as a value for programs: what `agglo explain ADDRESS --format json` prints.

use std::collections::BTreeMap;

use agglo_core::{Datum, Lang};
use serde::Serialize;

use super::{Explanation, SourceCell};
use crate::record::{DataRecord, StepRecord};

/// A number with everything it rests on, its texts in one language.
///
/// A number is a JSON number with all its digits; a gap is `{ "gap": CODE }`.
#[derive(Clone, Debug, Serialize)]
pub struct Explained<'a> {
    /// The address, in full.
    pub address: String,
    value: Value,
    unit: &'a str,
    row: BTreeMap<&'a str, &'a str>,
    method: MethodForm,
    step: &'a StepRecord,
    version: &'a str,
    code: &'a str,
    data: &'a [DataRecord],
    range: Option<Range>,
    without: Option<Value>,
    holds: Option<Holds>,
    worked: Option<WorkedForm<'a>>,
    unreadable: Vec<Unreadable<'a>>,
    cells: Vec<CellForm<'a>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum Value {
    Number(f64),
    Gap { gap: &'static str },
}

impl From<Datum> for Value {
    fn from(datum: Datum) -> Value {
        match datum {
            Datum::Number(value) => Value::Number(value),
            Datum::Gap(gap) => Value::Gap { gap: gap.code() },
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct MethodForm {
    id: &'static str,
    chapter: &'static str,
    title: &'static str,
    help: &'static str,
    formula: &'static str,
    source: &'static str,
    mark: &'static str,
}

/// Over the completions of withheld cells.
#[derive(Clone, Copy, Debug, Serialize)]
struct Range {
    lower: f64,
    upper: f64,
}

/// In how many completions the rank or the sign is the same.
#[derive(Clone, Copy, Debug, Serialize)]
struct Holds {
    completions: u64,
    of: usize,
}

#[derive(Clone, Debug, Serialize)]
struct WorkedForm<'a> {
    lines: &'a [String],
    result: f64,
    agrees: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
struct Unreadable<'a> {
    file: &'a str,
    why: &'a str,
}

#[derive(Clone, Debug, Serialize)]
struct CellForm<'a> {
    place: String,
    file: &'a str,
    sheet: Option<&'a str>,
    blake3: &'a str,
    row: u32,
    column: u32,
    table: &'a str,
    measure: &'a str,
    text: Option<&'a str>,
    flag: Option<&'a str>,
    share: f64,
    value: Value,
    status: &'static str,
    lower: Option<f64>,
    /// `None` where nothing bounds it from above.
    upper: Option<f64>,
    keys: BTreeMap<&'a str, &'a str>,
}

impl Explanation<'_> {
    /// The explanation as a value, its texts in `lang`.
    pub fn form(&self, lang: Lang) -> Explained<'_> {
        let method = self.method;
        Explained {
            address: self.address.to_string(),
            value: self.value.into(),
            unit: &self.unit,
            row: pairs(&self.row),
            method: MethodForm {
                id: method.id,
                chapter: method.chapter.id(),
                title: method.title.get(lang),
                help: method.help.get(lang),
                formula: method.formula,
                source: method.source,
                mark: method.mark.title().get(lang),
            },
            step: self.record,
            version: &self.run.version,
            code: &self.run.code,
            data: &self.run.data,
            range: self
                .interval
                .and_then(|interval| interval.range)
                .map(|(lower, upper)| Range { lower, upper }),
            without: self.interval.and_then(|interval| interval.without).map(Value::from),
            holds: self
                .interval
                .and_then(|interval| interval.holds)
                .map(|completions| Holds { completions, of: self.n_completions }),
            worked: self.worked.as_ref().map(|worked| WorkedForm {
                lines: &worked.whole,
                result: worked.result,
                agrees: self.agrees(),
            }),
            unreadable: self
                .unreadable
                .iter()
                .map(|(file, why)| Unreadable { file, why })
                .collect(),
            cells: self.cells.iter().map(cell_form).collect(),
        }
    }
}

fn pairs(pairs: &[(String, String)]) -> BTreeMap<&str, &str> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn cell_form(cell: &SourceCell) -> CellForm<'_> {
    CellForm {
        place: cell.place(),
        file: &cell.file.path,
        sheet: cell.file.sheet.as_deref(),
        blake3: &cell.file.blake3,
        row: cell.row,
        column: cell.column,
        table: &cell.table,
        measure: &cell.measure,
        text: cell.text.as_deref(),
        flag: cell.flag.as_deref(),
        share: cell.share,
        value: cell.value.into(),
        status: cell.status.code(),
        lower: cell.bounds.map(|bounds| bounds.lower),
        upper: cell.bounds.map(|bounds| bounds.upper).filter(|upper| upper.is_finite()),
        keys: pairs(&cell.keys),
    }
}
