//! What the words of a head mean.

use std::sync::LazyLock;

/// A column's head: the words above it from the outermost in, in each language, and its unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) levels: Vec<Level>,
    pub(super) unit: Option<String>,
}

/// The words of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) zh: String,
    pub(super) en: String,
}

impl Level {
    /// The words of some lines: those in Chinese joined, those in English with blanks; the unit in
    /// parentheses is given apart.
    pub(super) fn of<'l>(lines: impl IntoIterator<Item = &'l str>) -> (Level, Option<String>) {
        let mut level = Level::default();
        for line in lines {
            let line = line.trim().trim_start_matches('#').trim();
            let line = line.strip_prefix("其中").unwrap_or(line).trim_start_matches(['：', ':']);
            if line.chars().any(super::is_han) {
                level.zh.extend(line.chars().filter(|sign| !sign.is_whitespace()));
            } else if !line.is_empty() {
                // A word cut by the width of the column goes on in the next line.
                match level.en.strip_suffix('-').map(str::len) {
                    Some(cut) if cut > 0 => level.en.truncate(cut),
                    _ if !level.en.is_empty() => level.en.push(' '),
                    _ => {}
                }
                level.en += line;
            }
        }
        let zh = take_unit(&mut level.zh);
        let en = take_unit(&mut level.en);
        (level, zh.or(en))
    }

    fn name(&self) -> &str {
        if self.zh.is_empty() { &self.en } else { &self.zh }
    }

    fn is(&self, word: &str) -> bool {
        let word = fold(word);
        !word.is_empty() && (fold(&self.zh) == word || fold(&self.en) == word)
    }
}

/// Takes the unit in parentheses out of `text`; other parentheses stay.
fn take_unit(text: &mut String) -> Option<String> {
    let open = text.rfind(['(', '（'])?;
    let inner = text[open..].trim_start_matches(['(', '（']);
    let inner = inner.split([')', '）']).next().unwrap_or_default().trim().to_owned();
    unit_of(&inner)?;
    text.truncate(open);
    text.truncate(text.trim_end().len());
    Some(inner)
}

const BETWEEN: char = '/';

impl Head {
    /// The heading of the rows that come out: `group/head (unit)`.
    pub(super) fn heading(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.name()),
            None => self.name(),
        }
    }

    /// The words without the unit.
    pub(super) fn name(&self) -> String {
        let names: Vec<&str> = self.levels.iter().map(Level::name).collect();
        let name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join("/");
        if name.is_empty() { "value".to_owned() } else { name }
    }

    /// The head behind a heading that [`Head::heading`] wrote.
    pub(super) fn parse(heading: &str) -> Head {
        let mut name = heading.to_owned();
        let unit = name.rfind(" (").filter(|_| name.ends_with(')')).map(|open| {
            let unit = name[open + 2..name.len() - 1].to_owned();
            name.truncate(open);
            unit
        });
        let level = |part: &str| Level::of([part]).0;
        Head { levels: name.split(BETWEEN).map(level).collect(), unit }
    }

    pub(super) fn leaf_is(&self, folded: &str) -> bool {
        self.levels.last().is_some_and(|leaf| fold(leaf.name()) == folded)
    }
}

/// Words as they are compared: no blanks, no case, parentheses of one kind.
pub(super) fn fold(text: &str) -> String {
    let plain = text.chars().filter(|sign| !sign.is_whitespace()).map(|sign| match sign {
        '（' => '(',
        '）' => ')',
        other => other,
    });
    plain.collect::<String>().to_lowercase()
}

struct Known {
    measure: &'static str,
    group: &'static str,
    words: Vec<&'static str>,
}

static HEADS: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/yearbook_heads.csv").lines().skip(1);
    let known = lines.filter_map(|line| {
        let mut fields = line.split(',');
        let (measure, group, words) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Known { measure, group, words: words.split('|').collect() })
    });
    known.collect()
});

/// The measure of a head: by its last level, which under another measure may mean a part of it.
pub(super) fn measure_of(head: &Head) -> Option<&'static str> {
    let (leaf, groups) = head.levels.split_last()?;
    let found = |group: &str| {
        let mut known = HEADS.iter().filter(|known| known.group == group);
        known.find(|known| known.words.iter().any(|word| leaf.is(word))).map(|known| known.measure)
    };
    let outer = Head { levels: groups.to_vec(), unit: None };
    let group = if groups.is_empty() { None } else { measure_of(&outer) };
    group.and_then(found).or_else(|| found(""))
}

/// The words of a measure that a title ends with or holds, the longest.
pub(super) fn measure_words(title: &str) -> Option<&'static str> {
    let title = fold(title);
    let words = HEADS.iter().filter(|known| known.group.is_empty()).flat_map(|known| &known.words);
    let held = words.filter(|word| word.len() > 4 && title.contains(&fold(word)));
    held.max_by_key(|word| word.len()).copied()
}

/// Whether a head holds a rate, an index or a share, which adds up over nothing.
pub(super) fn is_rate(head: &Head) -> bool {
    const WORDS: [&str; 15] = [
        "指数",
        "增长",
        "增速",
        "发展速度",
        "比上年",
        "比重",
        "构成",
        "占",
        "率",
        "indices",
        "index",
        "growth",
        "proportion",
        "composition",
        "rate",
    ];
    let is_percent = head.unit.as_deref().and_then(unit_of).is_some_and(|u| u.unit == "percent");
    is_percent
        || head.levels.iter().any(|level| {
            let (zh, en) = (fold(&level.zh), level.en.to_lowercase());
            let mut words = en.split(|sign: char| !sign.is_alphabetic());
            WORDS.iter().any(|word| zh.contains(word)) || words.any(|have| WORDS.contains(&have))
        })
}

/// A unit of the yearbooks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) unit: &'static str,
    /// The canonical unit that `factor` leads to; empty where none does.
    pub(super) base: &'static str,
    pub(super) factor: f64,
}

static UNITS: LazyLock<Vec<(String, Unit)>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/yearbook_units.csv").lines().skip(1);
    let units = lines.filter_map(|line| {
        let mut fields = line.split(',');
        let (word, unit, base) = (fields.next()?, fields.next()?, fields.next()?);
        let factor = fields.next()?.parse().unwrap_or(1.0);
        Some((fold(word), Unit { unit, base, factor }))
    });
    units.collect()
});

/// The unit of these words.
pub(super) fn unit_of(word: &str) -> Option<Unit> {
    let word = fold(word);
    UNITS.iter().find(|(known, _)| *known == word).map(|(_, unit)| *unit)
}

static GROUPS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/yearbook_groups.csv").lines().skip(1);
    lines.filter_map(|line| line.split(',').next()).map(fold).collect()
});

/// Whether a name is that of a total or of a group of regions.
pub(super) fn is_group(name: &str) -> bool {
    GROUPS.contains(&fold(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(levels: &[&[&str]]) -> Head {
        let mut unit = None;
        let levels = levels.iter().map(|lines| {
            let (level, own) = Level::of(lines.iter().copied());
            unit = own.or(unit.take());
            level
        });
        Head { levels: levels.collect(), unit }
    }

    #[test]
    fn lines_of_two_languages_make_one_head_with_its_unit() {
        let gdp =
            head(&[&["生产总值", "(亿元)", "Gross Domestic", "Product", "(100 million yuan)"]]);
        assert_eq!(gdp.heading(), "生产总值 (亿元)");
        assert_eq!(gdp.levels[0].en, "Gross Domestic Product");
        assert_eq!(measure_of(&gdp), Some("gdp"));
        let cut = head(&[&["建筑业", "Constr-", "uction"]]);
        assert_eq!(cut.levels[0].en, "Construction");
        assert_eq!(head(&[&["一般公共预算收入 （亿元"]]).heading(), "一般公共预算收入 (亿元)");
    }

    #[test]
    fn what_a_head_means_depends_on_the_head_above_it() {
        assert_eq!(measure_of(&head(&[&["生产总值"], &["第一产业"]])), Some("va_primary"));
        assert_eq!(measure_of(&head(&[&["就业人员"], &["第一产业"]])), Some("employed_primary"));
        assert_eq!(
            measure_of(&head(&[&["生产总值"], &["第二产业"], &["#工业"]])),
            Some("va_industry")
        );
        assert_eq!(measure_of(&head(&[&["第一产业"]])), None);
        assert_eq!(measure_of(&Head::parse("生产总值/第三产业 (亿元)")), Some("va_tertiary"));
        assert_eq!(
            measure_of(&Head::parse("Gross Regional Product (100 million yuan)")),
            Some("gdp")
        );
    }

    #[test]
    fn indices_and_shares_are_no_levels() {
        assert!(is_rate(&Head::parse("地区生产总值指数")));
        assert!(is_rate(&Head::parse("Indices of GRP")));
        assert!(is_rate(&Head::parse("比上年增长 (%)")));
        assert!(!is_rate(&Head::parse("人均生产总值 (元)")));
        assert!(!is_rate(&Head::parse("Per Capita GDP (yuan)")));
    }

    #[test]
    fn a_title_tells_the_measure() {
        assert_eq!(measure_words("2-7 各市(州)地区生产总值"), Some("地区生产总值"));
        assert_eq!(measure_words("2-14 续表 continued"), None);
    }

    #[test]
    fn every_head_has_a_measure_words_and_a_source() {
        let lines = include_str!("../../../data/yearbook_heads.csv").lines().skip(1);
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), 4, "{line}");
            assert!(!fields[0].is_empty() && !fields[2].is_empty() && !fields[3].is_empty());
        }
    }
}
