//! The shapes of answers: what the OpenAPI document and the page's types are generated from.

mod catalog;
mod compute;
mod data;
mod finding;
mod map;
mod run;
mod study;
mod table;

use agglo_core::{Datum, Gap, Note, Text};
use agglo_study::record::NoteRecord;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use catalog::*;
pub(crate) use compute::*;
pub(crate) use data::*;
pub(crate) use finding::*;
pub(crate) use map::*;
pub(crate) use run::*;
pub(crate) use study::*;
pub(crate) use table::*;

/// The same words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Words {
    /// English.
    pub(crate) en: String,
    /// Chinese.
    pub(crate) zh: String,
}

impl Words {
    /// The same text for both.
    pub(crate) fn same(text: &str) -> Words {
        Words { en: text.to_owned(), zh: text.to_owned() }
    }

    /// A text in both.
    pub(crate) fn new(en: impl Into<String>, zh: impl Into<String>) -> Words {
        Words { en: en.into(), zh: zh.into() }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Words {
        Words::new(text.en, text.zh)
    }
}

impl From<&agglo_study::spec::Words> for Words {
    fn from(words: &agglo_study::spec::Words) -> Words {
        let [en, zh] = agglo_core::Lang::ALL.map(|lang| words.get(lang).to_owned());
        Words { en, zh }
    }
}

impl From<&agglo_figure::Words> for Words {
    fn from(words: &agglo_figure::Words) -> Words {
        Words::new(words.en.clone(), words.zh.clone())
    }
}

/// What a reader must know though the computation went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NoteForm {
    /// A stable code.
    pub(crate) code: String,
    /// English.
    pub(crate) en: String,
    /// Chinese.
    pub(crate) zh: String,
}

impl From<&NoteRecord> for NoteForm {
    fn from(note: &NoteRecord) -> NoteForm {
        NoteForm { code: note.code.clone(), en: note.en.clone(), zh: note.zh.clone() }
    }
}

impl From<&Note> for NoteForm {
    fn from(note: &Note) -> NoteForm {
        NoteForm { code: note.code.clone(), en: note.en.clone(), zh: note.zh.clone() }
    }
}

/// A number, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Value {
    /// The number.
    Number(f64),
    /// The code of the gap.
    Gap {
        /// One of the codes that `/axes` lists.
        gap: &'static str,
    },
}

impl From<Datum> for Value {
    fn from(datum: Datum) -> Value {
        match datum {
            Datum::Number(value) => Value::Number(value),
            Datum::Gap(gap) => Value::Gap { gap: gap.code() },
        }
    }
}

/// The group of gaps that a map draws alike.
pub(crate) fn gap_group(gap: Gap) -> &'static str {
    match gap {
        Gap::Missing => "missing",
        Gap::Suppressed => "suppressed",
        Gap::BelowUnit => "below_unit",
        Gap::NotApplicable => "not_applicable",
        Gap::Undefined(_) => "undefined",
    }
}
