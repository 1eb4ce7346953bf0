//! Columns by what they hold.

use agglo_core::Text;

use super::{ColumnSpec, Kind, Sign};

pub(super) const fn text(name: &'static str, en: &'static str, zh: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        kind: Kind::Text,
        required: false,
        sign: Sign::Any,
        unit: "",
        help: Text::new(en, zh),
    }
}

pub(super) const fn key(name: &'static str, en: &'static str, zh: &'static str) -> ColumnSpec {
    let mut column = text(name, en, zh);
    column.required = true;
    column
}

pub(super) const fn whole(name: &'static str, en: &'static str, zh: &'static str) -> ColumnSpec {
    let mut column = text(name, en, zh);
    column.kind = Kind::Integer;
    column
}

pub(super) const fn count(
    name: &'static str,
    unit: &'static str,
    en: &'static str,
    zh: &'static str,
) -> ColumnSpec {
    let mut column = text(name, en, zh);
    column.kind = Kind::Number;
    column.sign = Sign::Count;
    column.unit = unit;
    column
}

pub(super) const fn amount(name: &'static str, en: &'static str, zh: &'static str) -> ColumnSpec {
    let mut column = count(name, "", en, zh);
    column.sign = Sign::Amount;
    column
}

pub(super) const fn any(
    name: &'static str,
    unit: &'static str,
    en: &'static str,
    zh: &'static str,
) -> ColumnSpec {
    let mut column = count(name, unit, en, zh);
    column.sign = Sign::Any;
    column
}

pub(super) const fn required(mut column: ColumnSpec) -> ColumnSpec {
    column.required = true;
    column
}
