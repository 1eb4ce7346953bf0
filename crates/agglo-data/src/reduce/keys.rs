//! The texts of a column as numbers.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use datafusion::common::DataFusionError;
use hashbrown::HashTable;

use super::groups::spread;
use crate::intern::Interner;

/// The numbers of a column's texts.
#[derive(Default)]
pub(super) struct Codes {
    /// Texts of up to twelve bytes as the engine holds them, beside their number.
    short: HashTable<(u128, u32)>,
    last: Option<(u128, u32)>,
    whole: HashTable<(i64, u32)>,
    /// Of the rows at hand.
    pub(super) codes: Vec<u32>,
}

/// The longest text that an Arrow view holds itself.
const INLINE: u32 = 12;

impl Codes {
    /// The numbers in `texts` of every row of `column`; blanks at the ends do not count, and no text is the
    /// empty one.
    pub(super) fn read(
        &mut self,
        column: &ArrayRef,
        texts: &mut Interner,
    ) -> Result<(), DataFusionError> {
        self.codes.clear();
        match column.data_type() {
            DataType::Utf8View => self.views(column, texts),
            DataType::Dictionary(keys, _) if **keys == DataType::Int32 => {
                let dictionary = column.as_dictionary::<Int32Type>();
                let mut inner = Codes::default();
                inner.read(&cast(dictionary.values(), &DataType::Utf8View)?, texts)?;
                let empty = texts.place("");
                let code = |key: Option<i32>| key.map_or(empty, |key| inner.codes[key as usize]);
                self.codes.extend(dictionary.keys().iter().map(code));
            }
            kind if kind.is_integer() => {
                let column = cast(column, &DataType::Int64)?;
                let values = column.as_primitive::<Int64Type>();
                self.codes.extend(values.iter().map(|value| match value {
                    Some(value) => whole_code(&mut self.whole, value, texts),
                    None => texts.place(""),
                }));
            }
            _ => self.views(&cast(column, &DataType::Utf8View)?, texts),
        }
        Ok(())
    }

    fn views(&mut self, column: &ArrayRef, texts: &mut Interner) {
        let views = column.as_string_view();
        for (row, &view) in views.views().iter().enumerate() {
            let code = if views.is_null(row) {
                texts.place("")
            } else if view as u32 > INLINE {
                texts.place(views.value(row).trim())
            } else if let Some((_, code)) = self.last.filter(|(last, _)| *last == view) {
                code
            } else {
                let mix = |view: u128| spread(view as u64 ^ spread((view >> 64) as u64));
                let found = self.short.find(mix(view), |(other, _)| *other == view);
                let code = if let Some(&(_, code)) = found {
                    code
                } else {
                    let code = texts.place(views.value(row).trim());
                    self.short.insert_unique(mix(view), (view, code), |(view, _)| mix(*view));
                    code
                };
                self.last = Some((view, code));
                code
            };
            self.codes.push(code);
        }
    }
}

fn whole_code(whole: &mut HashTable<(i64, u32)>, value: i64, texts: &mut Interner) -> u32 {
    let mix = |value: i64| spread(value.cast_unsigned());
    if let Some(&(_, code)) = whole.find(mix(value), |(other, _)| *other == value) {
        return code;
    }
    let code = texts.place(&value.to_string());
    whole.insert_unique(mix(value), (value, code), |(value, _)| mix(*value));
    code
}
