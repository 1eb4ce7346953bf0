//! Texts in both languages, and the heading every figure has.

use agglo_core::{Lang, Text};

/// The same words in English and Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Words {
    /// Words in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Words {
        Words { en: en.into(), zh: zh.into() }
    }

    /// Words that read the same in both languages, such as a code.
    pub fn same(both: impl Into<String>) -> Words {
        let both = both.into();
        Words { en: both.clone(), zh: both }
    }

    /// The words in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Words {
        Words::new(text.en, text.zh)
    }
}

/// What stands above and below a figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// A key that is unique on the page; ids inside the SVG start with it.
    pub key: String,
    /// The finding in one line; wraps.
    pub title: Words,
    /// What is drawn, its unit and years; wraps.
    pub subtitle: Words,
    /// Source, method and remarks below the figure; wraps; empty for none.
    pub source: Words,
}

/// How the numbers of an axis are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As they are.
    #[default]
    Number,
    /// Shares from 0 to 1, written as percentages.
    Percent,
    /// Whole numbers without thousands separators: years, ranks, event time.
    Ordinal,
}

/// What an axis or a legend measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Name and unit.
    pub title: Words,
    /// How its numbers are written.
    pub format: Format,
}

impl Axis {
    /// An axis of plain numbers.
    pub fn new(title: Words) -> Axis {
        Axis { title, format: Format::Number }
    }

    /// An axis of shares written as percentages.
    pub fn percent(title: Words) -> Axis {
        Axis { title, format: Format::Percent }
    }

    /// An axis of whole numbers without separators.
    pub fn ordinal(title: Words) -> Axis {
        Axis { title, format: Format::Ordinal }
    }
}

/// A named line across the figure at one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Where it stands.
    pub value: f64,
    /// What it is.
    pub label: Words,
}

/// A series or a group of marks, told apart by color and by shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Words,
}

impl Group {
    /// A group.
    pub fn new(key: impl Into<String>, name: Words) -> Group {
        Group { key: key.into(), name }
    }
}
