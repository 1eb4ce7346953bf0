//! A sentence whose numbers are bound to findings, so that the languages cannot disagree.

use std::collections::BTreeSet;

use agglo_core::Lang;
use agglo_figure::Words;

/// A piece of a sentence that comes from a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// As written in English.
    pub en: String,
    /// As written in Chinese.
    pub zh: String,
    /// The address of the number, for `agglo explain`.
    pub address: Option<String>,
    /// What withheld cells leave open of the number, such as `[0.789, 0.802; without 0.760]`.
    pub open: Option<Words>,
}

impl Bound {
    /// The same characters in both languages.
    pub fn same(text: impl Into<String>, address: Option<String>) -> Bound {
        let en: String = text.into();
        Bound { zh: en.clone(), en, address, open: None }
    }

    /// A name in both languages.
    pub fn name(en: impl Into<String>, zh: impl Into<String>) -> Bound {
        Bound { en: en.into(), zh: zh.into(), address: None, open: None }
    }

    /// As written in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }

    /// As written in `lang`, with what withheld cells leave open of it.
    pub fn text(&self, lang: Lang) -> String {
        match &self.open {
            Some(open) => format!("{} {}", self.get(lang), open.get(lang)),
            None => self.get(lang).to_owned(),
        }
    }
}

/// A template in both languages with `{name}` places, and what fills them.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    en: String,
    zh: String,
    bounds: Vec<(&'static str, Bound)>,
}

/// A piece of a filled sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Words of the template.
    Words(&'a str),
    /// A bound piece.
    Bound(&'a Bound),
}

impl Sentence {
    /// A sentence of these templates.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Sentence {
        Sentence { en: en.into(), zh: zh.into(), bounds: Vec::new() }
    }

    /// With `{name}` filled by `bound`.
    pub fn bind(mut self, name: &'static str, bound: Bound) -> Sentence {
        self.bounds.push((name, bound));
        self
    }

    /// The pieces in `lang`, in order.
    pub fn pieces(&self, lang: Lang) -> Vec<Piece<'_>> {
        let template = match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        };
        let mut pieces = Vec::new();
        for (words, name) in split(template) {
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            }
            if let Some((_, bound)) =
                name.and_then(|name| self.bounds.iter().find(|(n, _)| *n == name))
            {
                pieces.push(Piece::Bound(bound));
            }
        }
        pieces
    }

    /// The whole text in `lang`.
    pub fn text(&self, lang: Lang) -> String {
        self.pieces(lang)
            .into_iter()
            .map(|piece| match piece {
                Piece::Words(words) => words.to_owned(),
                Piece::Bound(bound) => bound.text(lang),
            })
            .collect()
    }

    /// What is wrong with the templates: places that nothing fills, or that one language lacks.
    pub fn faults(&self) -> Vec<String> {
        let places = |template: &str| -> BTreeSet<String> {
            split(template).filter_map(|(_, name)| name.map(str::to_owned)).collect()
        };
        let (en, zh) = (places(&self.en), places(&self.zh));
        let filled: BTreeSet<String> =
            self.bounds.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut faults = Vec::new();
        for name in en.symmetric_difference(&zh) {
            faults.push(format!("{{{name}}} stands in one language only: {}", self.en));
        }
        for name in en.symmetric_difference(&filled) {
            faults.push(format!("{{{name}}} is not filled, or fills nothing: {}", self.en));
        }
        faults
    }
}

/// Words and the place after them, for each stretch of the template.
fn split(template: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    template.split('}').map(|part| match part.split_once('{') {
        Some((words, name)) => (words, Some(name)),
        None => (part, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_show_the_same_number() {
        let sentence = Sentence::new("It peaked at {g} in {y}.", "{y} 年达到峰值 {g}。")
            .bind("g", Bound::same("0.486", Some("gini.gini@period=2003".into())))
            .bind("y", Bound::same("2003", None));
        assert_eq!(sentence.text(Lang::En), "It peaked at 0.486 in 2003.");
        assert_eq!(sentence.text(Lang::Zh), "2003 年达到峰值 0.486。");
        assert!(sentence.faults().is_empty());
    }

    #[test]
    fn a_number_that_one_language_leaves_out_is_a_fault() {
        let sentence = Sentence::new("It is {g}.", "无。").bind("g", Bound::same("1", None));
        assert_eq!(sentence.faults().len(), 1);
    }
}
