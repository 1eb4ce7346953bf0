//! What a reader must know though the computation went on.

use crate::lang::Lang;

/// A remark that travels with a result to every surface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A stable kebab-case code, such as `regions-dropped`.
    pub code: String,
    /// The remark in English.
    pub en: String,
    /// The remark in Chinese.
    pub zh: String,
}

impl Note {
    /// A remark in both languages.
    pub fn new(code: impl Into<String>, en: impl Into<String>, zh: impl Into<String>) -> Note {
        Note { code: code.into(), en: en.into(), zh: zh.into() }
    }

    /// The remark in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}
