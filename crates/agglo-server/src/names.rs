//! The regions, industries, periods and groups that a study's numbers run along, with their names.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Frame, Key, Values};

use crate::dto::Words;

/// Names by code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Words>);

impl Names {
    /// The names that the table `frame` gives the codes in its column `kind`.
    pub(crate) fn read(kind: &str, frame: &Frame) -> Names {
        let text = |column: &str| match frame.column(column).map(agglo_core::Column::values) {
            Ok(Values::Text(cells)) => Some(cells),
            _ => None,
        };
        let Some(codes) = text(kind) else { return Names::default() };
        let [plain, en, zh] = [text("name"), text("name_en"), text("name_zh")];
        let mut names = BTreeMap::new();
        for (row, code) in codes.iter().enumerate() {
            let Some(code) = code else { continue };
            let plain = cell(plain, row).unwrap_or(code);
            let word = |own| cell(own, row).unwrap_or(plain).to_owned();
            names.insert(code.to_string(), Words { en: word(en), zh: word(zh) });
        }
        Names(names)
    }

    /// The name of a code, the code itself where there is none.
    pub(crate) fn of(&self, code: &str) -> Words {
        self.0.get(code).cloned().unwrap_or_else(|| Words::same(code))
    }

    /// The codes named.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn cell(cells: Option<&Vec<Option<Key>>>, row: usize) -> Option<&str> {
    cells.and_then(|cells| cells[row].as_deref()).filter(|name| !name.is_empty())
}

/// The codes in a column of a table, sorted.
pub(crate) fn codes_of(frame: &Frame, column: &str) -> BTreeSet<String> {
    match frame.column(column).map(agglo_core::Column::values) {
        Ok(Values::Text(cells)) => {
            let coded = agglo_core::Coded::new(cells.iter().map(Option::as_ref));
            coded.codes().iter().map(ToString::to_string).collect()
        }
        _ => BTreeSet::new(),
    }
}
