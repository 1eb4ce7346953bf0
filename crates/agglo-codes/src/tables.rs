//! The built-in tables: which there are, and how each is read from `data/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use agglo_core::Text;

use crate::classification::{Classification, Code, Codes};
use crate::normalize::{self, Scheme, TOTAL};

/// Editions of NAICS United States.
pub(crate) const NAICS_EDITIONS: [i32; 5] = [2002, 2007, 2012, 2017, 2022];
/// Editions of NUTS.
pub(crate) const NUTS_EDITIONS: [i32; 5] = [2010, 2013, 2016, 2021, 2024];

const NAICS: &str = include_str!("../data/naics.csv");
const NUTS: &str = include_str!("../data/nuts.csv");
const GBT4754: &str = include_str!("../data/gbt4754.csv");
const ISIC4: &str = include_str!("../data/isic4.csv");
const NACE2: &str = include_str!("../data/nace2.csv");
const SIC1987: &str = include_str!("../data/sic1987.csv");
const GB2260: &str = include_str!("../data/gbt2260.csv");
const FIPS_STATE: &str = include_str!("../data/fips_state.csv");
const FIPS_COUNTY: &str = include_str!("../data/fips_county.csv");

/// The level of the offices and warehouses that serve a division, which County Business Patterns
/// counts beside its major groups.
pub(crate) const AUXILIARIES: &str = "auxiliaries";

const ALL_INDUSTRIES: Text = Text::new("All industries", "全部行业");

/// Where the codes of a classification come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Naics(i32),
    Nuts(i32),
    Gbt(i32),
    Isic,
    Nace,
    Sic,
    Division,
    State,
    County,
}

impl Source {
    pub(crate) fn year(self) -> Option<i32> {
        match self {
            Source::Naics(year) | Source::Nuts(year) | Source::Gbt(year) => Some(year),
            Source::Isic | Source::Nace => Some(2008),
            Source::Sic => Some(1987),
            Source::Division | Source::State | Source::County => None,
        }
    }

    /// The first edition after `year`, or the next year where there are no editions.
    pub(crate) fn edition_after(self, year: i32) -> i32 {
        let editions: &[i32] = match self {
            Source::Naics(_) => &NAICS_EDITIONS,
            Source::Nuts(_) => &NUTS_EDITIONS,
            _ => &[],
        };
        editions.iter().copied().find(|&edition| edition > year).unwrap_or(year + 1)
    }

    pub(crate) fn load(self) -> Codes {
        match self {
            Source::Naics(year) => naics(year),
            Source::Nuts(year) => nuts(year),
            Source::Gbt(year) => {
                let edition = year.to_string();
                let rows = rows::<5>(GBT4754).filter(|row| row[0] == edition);
                leveled(rows.map(|row| [row[1], row[2], row[3], row[4]]), section_level)
            }
            Source::Isic => leveled(rows(ISIC4), section_level),
            Source::Nace => leveled(rows(NACE2), section_level),
            Source::Sic => leveled(rows(SIC1987), sic_level),
            Source::Division => {
                let provinces: BTreeMap<&str, &'static str> = rows::<6>(GB2260)
                    .map(|[code, ..]| code)
                    .filter(|code| code.ends_with("0000"))
                    .map(|code| (&code[..2], code))
                    .collect();
                dated(GB2260, |code| {
                    if code.ends_with("0000") {
                        (None, "province")
                    } else {
                        (provinces.get(&code[..2]).copied(), "prefecture")
                    }
                })
            }
            Source::State => dated(FIPS_STATE, |_| (None, "state")),
            Source::County => dated(FIPS_COUNTY, |code| (Some(&code[..2]), "county")),
        }
    }
}

/// The rows of one of our own tables, without the heading, each cell a slice of it.
///
/// Our tables quote a cell that holds a comma and hold no quote inside a cell; a test reads them
/// with the `csv` crate and compares.
pub(crate) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let mut cells = [""; N];
        let mut rest = line;
        for cell in &mut cells {
            if let Some(quoted) = rest.strip_prefix('"') {
                let end = quoted.find('"').unwrap_or(quoted.len());
                *cell = &quoted[..end];
                rest = quoted.get(end + 2..).unwrap_or("");
            } else {
                let end = rest.find(',').unwrap_or(rest.len());
                *cell = &rest[..end];
                rest = rest.get(end + 1..).unwrap_or("");
            }
        }
        cells
    })
}

/// A title in both languages; where the source has one language, that one stands for both.
fn title(en: &'static str, zh: &'static str) -> Text {
    match (en, zh) {
        ("", zh) => Text::new(zh, zh),
        (en, "") => Text::new(en, en),
        (en, zh) => Text::new(en, zh),
    }
}

fn total() -> Code {
    Code {
        code: TOTAL,
        title: ALL_INDUSTRIES,
        parent: None,
        level: "total",
        valid_from: None,
        valid_to: None,
        became: Vec::new(),
    }
}

fn naics(year: i32) -> Codes {
    let mut listed = vec![total()];
    let mut others = Vec::new();
    for [code, first, last, en, zh] in rows(NAICS) {
        let (first, last): (i32, i32) = (first.parse().unwrap_or(0), last.parse().unwrap_or(0));
        let (parent, level) = match code.len() {
            3 => (normalize::naics_sector(&code[..2]), "subsector"),
            4 => (&code[..3], "industry group"),
            5 if code.contains('-') => (TOTAL, "sector"),
            5 => (&code[..4], "NAICS industry"),
            6 => (&code[..5], "national industry"),
            _ => (TOTAL, "sector"),
        };
        let entry = Code {
            code,
            title: title(en, zh),
            parent: Some(parent),
            level,
            valid_from: (first > NAICS_EDITIONS[0]).then_some(first),
            valid_to: (last < NAICS_EDITIONS[4]).then_some(editions_end(&NAICS_EDITIONS, last)),
            became: Vec::new(),
        };
        if (first..=last).contains(&year) { listed.push(entry) } else { others.push(entry) }
    }
    Codes::new(listed, others)
}

/// The last year in which edition `last` is the current one.
fn editions_end(editions: &[i32], last: i32) -> i32 {
    editions.iter().find(|&&edition| edition > last).map_or(last, |next| next - 1)
}

fn nuts(year: i32) -> Codes {
    let mut listed = Vec::new();
    let mut others = Vec::new();
    for [code, first, last, en, zh] in rows(NUTS) {
        let (first, last): (i32, i32) = (first.parse().unwrap_or(0), last.parse().unwrap_or(0));
        let level = ["NUTS 0", "NUTS 1", "NUTS 2", "NUTS 3"][code.len() - 2];
        let entry = Code {
            code,
            title: title(en, zh),
            parent: (code.len() > 2).then(|| &code[..code.len() - 1]),
            level,
            valid_from: (first > NUTS_EDITIONS[0]).then_some(first),
            valid_to: (last < NUTS_EDITIONS[4]).then_some(editions_end(&NUTS_EDITIONS, last)),
            became: Vec::new(),
        };
        if (first..=last).contains(&year) { listed.push(entry) } else { others.push(entry) }
    }
    Codes::new(listed, others)
}

fn leveled(
    rows: impl Iterator<Item = [&'static str; 4]>,
    level: impl Fn(&str) -> &'static str,
) -> Codes {
    let entry = |[code, parent, en, zh]: [&'static str; 4]| Code {
        code,
        title: title(en, zh),
        parent: Some(if parent.is_empty() { TOTAL } else { parent }),
        level: level(code),
        valid_from: None,
        valid_to: None,
        became: Vec::new(),
    };
    Codes::new(std::iter::once(total()).chain(rows.map(entry)).collect(), Vec::new())
}

fn section_level(code: &str) -> &'static str {
    if code.starts_with(|c: char| c.is_ascii_alphabetic()) { "section" } else { "division" }
}

fn sic_level(code: &str) -> &'static str {
    match code.len() {
        1 => "division",
        2 => "major group",
        4 if code.ends_with('\\') => AUXILIARIES,
        3 => "industry group",
        _ => "industry",
    }
}

/// A table with vintages; of a code with several titles the latest is listed.
fn dated(
    table: &'static str,
    place: impl Fn(&'static str) -> (Option<&'static str>, &'static str),
) -> Codes {
    let mut listed: Vec<Code> = Vec::new();
    let mut others = Vec::new();
    for [code, first, last, en, zh, became] in rows(table) {
        let (parent, level) = place(code);
        let entry = Code {
            code,
            title: title(en, zh),
            parent,
            level,
            valid_from: first.parse().ok(),
            valid_to: last.parse().ok(),
            became: became.split_whitespace().collect(),
        };
        if listed.last().is_some_and(|earlier| earlier.code == code) {
            others.extend(listed.pop());
        }
        listed.push(entry);
    }
    Codes::new(listed, others)
}

pub(crate) fn all() -> Vec<Classification> {
    let census = Text::new("United States Census Bureau", "美国人口普查局");
    let eurostat = Text::new("Eurostat", "欧盟统计局");
    let nbs = Text::new("National Bureau of Statistics of China", "中国国家统计局");
    let new = |id, title, publisher, edition, levels, scheme, source| Classification {
        id,
        title,
        publisher,
        edition,
        levels,
        scheme,
        source,
        codes: OnceLock::new(),
        names: OnceLock::new(),
    };
    let industries: &[&str] = &["total", "section", "division"];
    let six_digit: &[&str] =
        &["total", "sector", "subsector", "industry group", "NAICS industry", "national industry"];
    let nuts_levels: &[&str] = &["NUTS 0", "NUTS 1", "NUTS 2", "NUTS 3"];
    let mut all = vec![new(
        "gbt2260",
        Text::new(
            "GB/T 2260 administrative divisions of China",
            "GB/T 2260 中华人民共和国行政区划代码",
        ),
        Text::new("Ministry of Civil Affairs of China", "中国民政部"),
        "1980 to 2019",
        &["province", "prefecture"],
        Scheme::Division,
        Source::Division,
    )];
    for (id, edition, year) in [
        ("gbt4754-2002", "GB/T 4754-2002", 2002),
        ("gbt4754-2011", "GB/T 4754-2011", 2011),
        ("gbt4754-2017", "GB/T 4754-2017", 2017),
    ] {
        all.push(new(
            id,
            Text::new(
                "Industrial classification for national economic activities",
                "国民经济行业分类",
            ),
            nbs,
            edition,
            industries,
            Scheme::Section,
            Source::Gbt(year),
        ));
    }
    all.push(new(
        "isic4",
        Text::new(
            "International Standard Industrial Classification of All Economic Activities",
            "所有经济活动的国际标准行业分类",
        ),
        Text::new("United Nations Statistics Division", "联合国统计司"),
        "Rev. 4",
        industries,
        Scheme::Section,
        Source::Isic,
    ));
    all.push(new(
        "nace2",
        Text::new(
            "Statistical classification of economic activities in the European Community",
            "欧盟经济活动统计分类",
        ),
        eurostat,
        "Rev. 2",
        industries,
        Scheme::Section,
        Source::Nace,
    ));
    for (id, edition, year) in [
        ("naics2002", "2002", 2002),
        ("naics2007", "2007", 2007),
        ("naics2012", "2012", 2012),
        ("naics2017", "2017", 2017),
        ("naics2022", "2022", 2022),
    ] {
        all.push(new(
            id,
            Text::new(
                "North American Industry Classification System, United States",
                "北美产业分类体系（美国）",
            ),
            census,
            edition,
            six_digit,
            Scheme::Naics,
            Source::Naics(year),
        ));
    }
    all.push(new(
        "sic1987",
        Text::new("Standard Industrial Classification", "标准产业分类（美国）"),
        Text::new("United States Office of Management and Budget", "美国管理和预算办公室"),
        "1987",
        &["total", "division", AUXILIARIES, "major group", "industry group", "industry"],
        Scheme::Sic,
        Source::Sic,
    ));
    for (id, edition, year) in [
        ("nuts2010", "2010", 2010),
        ("nuts2013", "2013", 2013),
        ("nuts2016", "2016", 2016),
        ("nuts2021", "2021", 2021),
        ("nuts2024", "2024", 2024),
    ] {
        all.push(new(
            id,
            Text::new("Nomenclature of territorial units for statistics", "欧盟地域统计单元命名法"),
            eurostat,
            edition,
            nuts_levels,
            Scheme::Nuts,
            Source::Nuts(year),
        ));
    }
    all.push(new(
        "fips-state",
        Text::new("FIPS codes of states and equivalent areas", "美国州级 FIPS 代码"),
        census,
        "current",
        &["state"],
        Scheme::State,
        Source::State,
    ));
    all.push(new(
        "fips-county",
        Text::new("FIPS codes of counties and equivalent areas", "美国县级 FIPS 代码"),
        census,
        "1990 to 2022",
        &["county"],
        Scheme::County,
        Source::County,
    ));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_reading_of_our_tables_is_that_of_the_csv_crate() {
        fn check<const N: usize>(table: &'static str) {
            let mut reader = csv::ReaderBuilder::new().from_reader(table.as_bytes());
            let theirs: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let ours: Vec<Vec<String>> =
                rows::<N>(table).map(|row| row.iter().map(|&s| s.to_owned()).collect()).collect();
            assert_eq!(theirs, ours);
        }
        check::<5>(NAICS);
        check::<5>(NUTS);
        check::<5>(GBT4754);
        check::<4>(ISIC4);
        check::<4>(NACE2);
        check::<4>(SIC1987);
        check::<6>(GB2260);
        check::<6>(FIPS_STATE);
        check::<6>(FIPS_COUNTY);
    }

    #[test]
    fn the_naics_table_is_read_in_less_than_five_milliseconds() {
        let start = std::time::Instant::now();
        let codes = naics(2017);
        let took = start.elapsed();
        // Sectors to national industries, and the total.
        assert_eq!(codes.listed.len(), 17 + 99 + 311 + 712 + 1057 + 1);
        // A busy machine may be slow; ten times the target still means that it is not quadratic.
        assert!(took.as_millis() < 50, "{took:?}");
    }
}
