//! From names in English and Chinese to codes.

use std::collections::{BTreeMap, HashMap};

use agglo_core::Lang;

use crate::classification::{Classification, Code};

/// A code that goes by the name asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameMatch<'c> {
    /// The code.
    pub code: &'c Code,
    /// Whether the whole title was given, and not a short form of it.
    pub whole: bool,
    /// Whether the name is that of the code today, and not a former one.
    pub current: bool,
}

/// What became of a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamesFound {
    /// One code for each name, in the order given; `None` where there is none or more than one.
    pub codes: Vec<Option<String>>,
    /// Names that several codes go by, with those codes.
    pub ambiguous: Vec<(String, Vec<String>)>,
    /// Names that no code goes by, with the titles written most nearly so.
    pub unknown: Vec<(String, Vec<String>)>,
}

#[derive(Debug)]
struct Entry {
    other: bool,
    place: usize,
    lang: Lang,
    whole: bool,
}

/// Every form of every name.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_name: HashMap<String, Vec<Entry>>,
}

impl Classification {
    fn index(&self) -> &Index {
        self.names.get_or_init(|| {
            let mut index = Index::default();
            for (other, codes) in [(false, self.codes()), (true, self.others())] {
                for (place, code) in codes.iter().enumerate() {
                    if other && self.year().is_some() {
                        continue;
                    }
                    for lang in Lang::ALL {
                        let title = code.title.get(lang);
                        for (form, whole) in forms(title, self.state(code).as_deref()) {
                            let entries = index.by_name.entry(form).or_default();
                            if !entries
                                .iter()
                                .any(|e| e.other == other && e.place == place && e.lang == lang)
                            {
                                entries.push(Entry { other, place, lang, whole });
                            }
                        }
                    }
                }
            }
            index
        })
    }

    /// The name of the state that a county's name may be followed by.
    fn state(&self, code: &Code) -> Option<String> {
        let states = (self.id == "fips-county").then(|| crate::classification("fips-state"))??;
        Some(states.code(code.parent?)?.title.en.to_owned())
    }

    /// The codes that go by `name` in `lang`, or in either with `None`.
    ///
    /// Capitals, accents and spaces do not count; `内蒙古` finds what `内蒙古自治区` finds, and
    /// `Bedford, Virginia` what `Bedford` finds there. More than one answer means that the name is
    /// ambiguous. Names in use stand before former ones, whole titles before short forms.
    pub fn find_name(&self, name: &str, lang: impl Into<Option<Lang>>) -> Vec<NameMatch<'_>> {
        let lang = lang.into();
        let mut found: Vec<NameMatch<'_>> = Vec::new();
        for (form, whole) in forms(name, None) {
            for entry in self.index().by_name.get(&form).into_iter().flatten() {
                if lang.is_some_and(|lang| lang != entry.lang) {
                    continue;
                }
                let list = if entry.other { self.others() } else { self.codes() };
                let code = &list[entry.place];
                let seen = found.iter().any(|earlier| earlier.code.code == code.code);
                if !seen {
                    let current = code.valid_to.is_none() || self.year().is_some();
                    found.push(NameMatch { code, whole: whole && entry.whole, current });
                }
            }
            // A whole title does not mean the others that only share its short form.
            if whole && found.iter().any(|m| m.whole) {
                found.retain(|m| m.whole);
                break;
            }
        }
        found.sort_by_key(|m| (!m.current, !m.whole, m.code.code));
        found
    }

    /// One code for each of `names`, with the names that are ambiguous or unknown named.
    ///
    /// A name in use stands before a former one. Of several codes the one is taken that lies on the
    /// level of the names that are clear, if there is exactly one such code.
    pub fn codes_of_names<S: AsRef<str>>(&self, names: &[S]) -> NamesFound {
        let matches: Vec<Vec<NameMatch<'_>>> = names
            .iter()
            .map(|name| {
                let all = self.find_name(name.as_ref(), None);
                let current: Vec<_> = all.iter().copied().filter(|m| m.current).collect();
                if current.is_empty() { all } else { current }
            })
            .collect();
        let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
        for clear in matches.iter().filter(|matches| matches.len() == 1) {
            *levels.entry(clear[0].code.level).or_default() += 1;
        }
        let level = (levels.len() == 1).then(|| levels.into_keys().next()).flatten();
        let mut found = NamesFound::default();
        for (name, matches) in names.iter().zip(&matches) {
            let on_level: Vec<_> = matches
                .iter()
                .filter(|m| level.is_some_and(|level| level == m.code.level))
                .collect();
            let one = match (matches.as_slice(), on_level.as_slice()) {
                ([one], _) => Some(one),
                (_, [one]) => Some(*one),
                _ => None,
            };
            found.codes.push(one.map(|m| m.code.code.to_owned()));
            if one.is_none() {
                let name = name.as_ref().to_owned();
                if matches.is_empty() {
                    let near = self.nearest_titles(&name);
                    found.unknown.push((name, near));
                } else {
                    let codes = matches.iter().map(|m| m.code.code.to_owned()).collect();
                    found.ambiguous.push((name, codes));
                }
            }
        }
        found
    }

    fn nearest_titles(&self, name: &str) -> Vec<String> {
        let wanted = fold(name);
        let mut scored: Vec<(f64, &str)> = self
            .codes()
            .iter()
            .flat_map(|code| [code.title.en, code.title.zh])
            .map(|title| (strsim::normalized_levenshtein(&wanted, &fold(title)), title))
            .filter(|(likeness, _)| *likeness >= 0.6)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        scored.dedup_by_key(|(_, title)| *title);
        scored.into_iter().take(3).map(|(_, title)| title.to_owned()).collect()
    }
}

/// The whole name and its short forms, folded.
fn forms(name: &str, state: Option<&str>) -> Vec<(String, bool)> {
    let mut forms = vec![(fold(name), true)];
    let mut add = |form: String| {
        if !form.is_empty() && !forms.iter().any(|(known, _)| *known == form) {
            forms.push((form, false));
        }
    };
    let short = short_chinese(name.trim());
    if let Some(short) = &short {
        add(fold(short));
    }
    let (head, tail) = name.split_once(',').map_or((name, ""), |(head, tail)| (head, tail));
    let county = short_english(head);
    if county != head {
        add(fold(&format!("{county}{tail}")));
    }
    if let Some(state) = state {
        add(fold(&format!("{name}{state}")));
        add(fold(&format!("{county}{state}")));
    }
    forms
}

/// The name without capitals, accents, spaces and punctuation.
fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
            'ç' | 'ć' | 'č' => 'c',
            'ď' | 'đ' => 'd',
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ǐ' => 'i',
            'ł' => 'l',
            'ñ' | 'ń' | 'ň' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'ǒ' => 'o',
            'ř' => 'r',
            'ś' | 'š' | 'ş' | 'ș' => 's',
            'ť' | 'ţ' | 'ț' => 't',
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' | 'ǔ' => 'u',
            'ý' | 'ÿ' => 'y',
            'ź' | 'ż' | 'ž' => 'z',
            other => other,
        })
        .collect()
}

fn short_english(name: &str) -> &str {
    const ENDINGS: [&str; 8] = [
        " City and Borough",
        " Planning Region",
        " Census Area",
        " Municipality",
        " Municipio",
        " Borough",
        " County",
        " Parish",
    ];
    let name = name.trim();
    let lower = name.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|ending| lower.ends_with(&ending.to_ascii_lowercase()));
    ending.map_or(name, |ending| &name[..name.len() - ending.len()])
}

/// The short form of a Chinese division's name: `内蒙古` for `内蒙古自治区`, `延边` for
/// `延边朝鲜族自治州`.
fn short_chinese(name: &str) -> Option<String> {
    const ENDINGS: [&str; 8] = ["特别行政区", "自治区", "自治州", "地区", "省", "市", "盟", "林区"];
    const PEOPLES: [&str; 22] = [
        "维吾尔",
        "哈萨克",
        "柯尔克孜",
        "布依族",
        "土家族",
        "朝鲜族",
        "蒙古族",
        "哈尼族",
        "傈僳族",
        "景颇族",
        "壮族",
        "回族",
        "藏族",
        "彝族",
        "苗族",
        "侗族",
        "羌族",
        "白族",
        "傣族",
        "黎族",
        "瑶族",
        "蒙古",
    ];
    let mut stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    let region = name.ends_with("自治区") || name.ends_with("自治州");
    while region
        && let Some(shorter) = PEOPLES.iter().find_map(|people| stem.strip_suffix(people))
        && shorter.chars().count() >= 2
    {
        stem = shorter;
    }
    (stem.chars().count() >= 2).then(|| stem.to_owned())
}
