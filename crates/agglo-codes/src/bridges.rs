//! The built-in crosswalks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::classification::classification;
use crate::crosswalk::{Crosswalk, Link};
use crate::normalize::naics_sector;
use crate::tables::{AUXILIARIES, NAICS_EDITIONS, NUTS_EDITIONS, Source, rows};

const SIC_LINKS: &str = include_str!("../data/sic_links.csv");
const NAICS_LINKS: &str = include_str!("../data/naics_links.csv");
const NUTS_LINKS: &str = include_str!("../data/nuts_links.csv");
const INDUSTRY_LINKS: &str = include_str!("../data/industry_links.csv");
const FIPS_LINKS: &str = include_str!("../data/fips_links.csv");

const CENSUS_SIC: &str = "United States Census Bureau, 1987 SIC matched to 2002 NAICS";
const CENSUS: &str = "United States Census Bureau, NAICS concordances";
const JRC: &str = "European Commission, Joint Research Centre, NUTS converter matrices, CC BY 4.0";
const CENSUS_COUNTIES: &str = "United States Census Bureau, changes to counties";
const TITLES: &str =
    "the divisions' titles read side by side by the agglo authors; no official table";
const MANUAL: &str = "Eurostat, NACE Rev. 2 introductory guidelines (2008)";

/// What the weights of the NUTS crosswalks are shares of; the first is what [`crosswalk`] takes.
const NUTS_BASES: [&str; 3] = ["population 2018", "population 2011", "area"];
/// What stands for the first of [`NUTS_BASES`] from 2021 on.
const NUTS_POPULATION_2021: &str = "population 2021";

/// Years in which the counties changed; the county codes after each are called by its year.
const COUNTY_YEARS: [i32; 10] = [1992, 1995, 1997, 2001, 2007, 2008, 2013, 2015, 2019, 2022];
const FIRST_COUNTY_YEAR: i32 = 1990;
const COUNTIES: &str = "fips-county-";

static ALL: LazyLock<Vec<Crosswalk>> = LazyLock::new(all);

/// The built-in crosswalks, one edition to the next or the one before; [`crosswalk`] chains them.
pub fn crosswalks() -> &'static [Crosswalk] {
    &ALL
}

/// The built-in crosswalk, chained over the editions between where there are any.
///
/// Codes that keep their meaning go to themselves with weight 1. The FIPS counties of a year, from
/// 1990 on, are called `fips-county-2012` and so on. For NUTS the weights are shares of the
/// population of 2018, and of 2021 on the way to the edition of 2024; [`crosswalk_by`] takes others.
pub fn crosswalk(from: &str, to: &str) -> Option<Crosswalk> {
    crosswalk_by(from, to, NUTS_BASES[0])
}

/// As [`crosswalk`], with the basis of the weights: `population 2018`, `population 2011` or `area`
/// where NUTS is crossed; any other crosswalk has one basis and is found under each.
pub fn crosswalk_by(from: &str, to: &str, basis: &str) -> Option<Crosswalk> {
    let population = |basis: &str| basis == NUTS_BASES[0] || basis == NUTS_POPULATION_2021;
    let fits = |link: &&Crosswalk| {
        let other = !population(&link.basis) && !NUTS_BASES.contains(&link.basis.as_str());
        other || link.basis == basis || (population(&link.basis) && population(basis))
    };
    let (asked_from, asked_to) = (from, to);
    let (from, to) = (&*county_vintage(from)?, &*county_vintage(to)?);
    if from == to && from.starts_with(COUNTIES) {
        return Some(unchanged_counties(asked_from, asked_to, from));
    }
    let steps: Vec<&Crosswalk> = ALL.iter().filter(fits).collect();
    // Breadth first: the shortest chain; the built-in ones have only one.
    let mut reached: BTreeMap<&str, Vec<&Crosswalk>> = BTreeMap::from([(from, Vec::new())]);
    let mut front = vec![from];
    while !front.is_empty() && !reached.contains_key(to) {
        let mut next = Vec::new();
        for place in front {
            let so_far = reached.get(place)?.clone();
            for step in steps.iter().filter(|step| step.from == place) {
                if !reached.contains_key(step.to.as_str()) {
                    let mut way = so_far.clone();
                    way.push(step);
                    reached.insert(&step.to, way);
                    next.push(step.to.as_str());
                }
            }
        }
        front = next;
    }
    let mut way = reached.get(to)?.iter();
    let mut chained = (*way.next()?).clone();
    for step in way {
        chained = chained.then(step).ok()?;
    }
    if (from, to) != (asked_from, asked_to) {
        chained = Crosswalk {
            id: format!("{asked_from}-{asked_to}"),
            from: asked_from.to_owned(),
            to: asked_to.to_owned(),
            ..chained
        };
    }
    Some(chained)
}

/// Two names for the counties of one `vintage`.
fn unchanged_counties(from: &str, to: &str, vintage: &str) -> Crosswalk {
    let year = vintage.trim_start_matches(COUNTIES).parse().unwrap_or(FIRST_COUNTY_YEAR);
    let codes = classification("fips-county").map_or(&[][..], |c| c.codes());
    let holding = codes.iter().filter(|code| code.holds_in(year)).map(|code| code.code);
    let links = holding.map(|code| Link::new(code, code, Some(1.0)));
    step(from, to, "none", CENSUS_COUNTIES, links)
}

/// The year of the last change of the counties before the year in the name; any other name as it is.
fn county_vintage(id: &str) -> Option<String> {
    let Some(year) = id.strip_prefix(COUNTIES) else { return Some(id.to_owned()) };
    let year: i32 = year.parse().ok().filter(|&year| year >= FIRST_COUNTY_YEAR)?;
    let changed = COUNTY_YEARS.iter().rev().find(|&&changed| changed <= year);
    Some(format!("{COUNTIES}{}", changed.unwrap_or(&FIRST_COUNTY_YEAR)))
}

/// What a code of edition `last` had become by edition `year`.
pub(crate) fn became(source: Source, code: &str, last: i32, year: i32) -> Vec<String> {
    let (prefix, editions): (&str, &[i32]) = match source {
        Source::Naics(_) => ("naics", &NAICS_EDITIONS),
        Source::Nuts(_) => ("nuts", &NUTS_EDITIONS),
        _ => return Vec::new(),
    };
    let at = |year: i32| editions.iter().rev().find(|&&edition| edition <= year);
    let (Some(last), Some(now)) = (at(last), at(year)) else { return Vec::new() };
    let walk = crosswalk(&format!("{prefix}{last}"), &format!("{prefix}{now}"));
    walk.map_or_else(Vec::new, |walk| walk.of(code).iter().map(|link| link.to.clone()).collect())
}

fn all() -> Vec<Crosswalk> {
    let forth = sic();
    let back = forth.invert();
    let mut all = vec![forth, back];
    for pair in NAICS_EDITIONS.windows(2) {
        let forth = naics(pair[0], pair[1]);
        let back = forth.invert();
        all.extend([forth, back]);
    }
    let gbt = ["gbt4754-2002", "gbt4754-2011", "gbt4754-2017", "isic4"];
    for pair in gbt.windows(2) {
        let links = rows::<4>(INDUSTRY_LINKS)
            .filter(|[from, to, ..]| *from == pair[0] && *to == pair[1])
            .map(|[_, _, from, to]| Link::new(from, to, None));
        let total = Link::new("total", "total", Some(1.0));
        let forth = step(pair[0], pair[1], "none", TITLES, links.chain([total]));
        let back = forth.invert();
        all.extend([forth, back]);
    }
    if let Some(isic) = classification("isic4") {
        let links = isic.codes().iter().map(|code| Link::new(code.code, code.code, Some(1.0)));
        let forth = step("isic4", "nace2", "none", MANUAL, links);
        let back = forth.invert();
        all.extend([forth, back]);
    }
    for basis in 0..NUTS_BASES.len() {
        for pair in NUTS_EDITIONS.windows(2) {
            all.push(nuts(pair[0], pair[1], basis, false));
            all.push(nuts(pair[0], pair[1], basis, true));
        }
    }
    let mut before = FIRST_COUNTY_YEAR;
    for year in COUNTY_YEARS {
        let forth = counties(before, year);
        let back = forth.invert();
        all.extend([forth, back]);
        before = year;
    }
    all
}

fn step(
    from: &str,
    to: &str,
    basis: &str,
    source: &str,
    links: impl IntoIterator<Item = Link>,
) -> Crosswalk {
    Crosswalk::from_links(format!("{from}-{to}"), from, to, basis, source, links)
}

/// The links of industries as the Census publishes them, and those of the levels above that follow:
/// division to sector, major group to subsector, industry group to industry group.
fn sic() -> Crosswalk {
    let sic = classification("sic1987");
    let division = |code: &str| sic.and_then(|sic| sic.parent(&code[..2])).map_or("", |d| d.code);
    let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::from([("total", "total")]);
    // Establishments without an industry stand under 99 in official files of both kinds.
    for [a, b] in rows::<2>(SIC_LINKS).chain([["9999", "999999"]]) {
        pairs.extend([(a, b), (&a[..3], &b[..4]), (&a[..2], &b[..3])]);
        pairs.insert((division(a), naics_sector(&b[..2])));
    }
    // The same table sends the auxiliaries of every division to 551114.
    let codes = sic.map_or(&[][..], |sic| sic.codes());
    for code in codes.iter().filter(|code| code.level == AUXILIARIES) {
        pairs.insert((code.code, "551"));
        pairs.extend(code.parent.map(|parent| (parent, "55")));
    }
    let links = pairs.into_iter().map(|(a, b)| Link::new(a, b, None));
    step("sic1987", "naics2002", "none", CENSUS_SIC, links)
}

/// Six-digit links as the Census publishes them, and the shorter codes that follow from them.
fn naics(from: i32, to: i32) -> Crosswalk {
    let (old, new) = (format!("naics{from}"), format!("naics{to}"));
    let (years_from, years_to) = (from.to_string(), to.to_string());
    let changed: Vec<(&str, &str)> = rows::<4>(NAICS_LINKS)
        .filter(|[a, b, ..]| *a == years_from && *b == years_to)
        .map(|[_, _, a, b]| (a, b))
        .collect();
    let listed: BTreeSet<&str> = changed.iter().map(|&(a, _)| a).collect();
    let six = |code: &&'static str| code.len() == 6;
    let codes = classification(&old).map_or(&[][..], |c| c.codes());
    let kept = codes.iter().map(|c| c.code).filter(six).filter(|code| !listed.contains(code));
    let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::from([("total", "total")]);
    for (a, b) in changed.iter().copied().chain(kept.map(|code| (code, code))) {
        pairs.extend((3..=6).map(|digits| (&a[..digits], &b[..digits])));
        pairs.insert((naics_sector(&a[..2]), naics_sector(&b[..2])));
    }
    // Official files count establishments without an industry under 99, which no edition lists.
    pairs.extend((2..=6).map(|digits| (&"999999"[..digits], &"999999"[..digits])));
    let links = pairs.into_iter().map(|(a, b)| Link::new(a, b, None));
    step(&old, &new, "none", CENSUS, links)
}

fn nuts(from: i32, to: i32, basis: usize, back: bool) -> Crosswalk {
    let (old, new) = (format!("nuts{from}"), format!("nuts{to}"));
    let (years_from, years_to) = (from.to_string(), to.to_string());
    let size = |row: &[&str; 7]| -> f64 { row[[6, 5, 4][basis]].parse().unwrap_or(0.0) };
    let changed: Vec<(&str, &str, f64)> = rows::<7>(NUTS_LINKS)
        .filter(|row| row[0] == years_from && row[1] == years_to)
        .map(|row| if back { (row[3], row[2], size(&row)) } else { (row[2], row[3], size(&row)) })
        .collect();
    let mut totals: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for &(code, _, size) in &changed {
        let (total, links) = totals.entry(code).or_default();
        *total += size;
        *links += 1;
    }
    let arrived: BTreeSet<&str> = changed.iter().map(|&(_, to, _)| to).collect();
    let shares = changed.iter().map(|&(a, b, size)| {
        let (total, links) = totals[a];
        // A code that goes whole needs no size.
        let weight = if links == 1 { Some(1.0) } else { (total > 0.0).then(|| size / total) };
        Link::new(a, b, weight)
    });
    let (start, end) = if back { (&new, &old) } else { (&old, &new) };
    let (first, second) = (classification(start), classification(end));
    let codes = first.map_or(&[][..], |c| c.codes());
    let kept = codes.iter().map(|code| code.code).filter(|code| {
        !totals.contains_key(code)
            && !arrived.contains(code)
            && second.is_some_and(|second| second.code(code).is_some())
    });
    let links = shares.chain(kept.map(|code| Link::new(code, code, Some(1.0))));
    let latest = basis == 0 && to > 2021;
    let basis = if latest { NUTS_POPULATION_2021 } else { NUTS_BASES[basis] };
    step(start, end, basis, JRC, links.collect::<Vec<_>>())
}

fn counties(before: i32, year: i32) -> Crosswalk {
    let written = year.to_string();
    let changed: Vec<(&str, &str)> = rows::<3>(FIPS_LINKS)
        .filter(|[when, ..]| *when == written)
        .map(|[_, from, to]| (from, to))
        .collect();
    let left: BTreeSet<&str> = changed.iter().map(|&(from, _)| from).collect();
    let codes = classification("fips-county").map_or(&[][..], |c| c.codes());
    let kept = codes
        .iter()
        .filter(|code| code.holds_in(before) && code.holds_in(year) && !left.contains(code.code))
        .map(|code| (code.code, code.code));
    let links = changed.iter().copied().chain(kept).map(|(from, to)| Link::new(from, to, None));
    let name = |year: i32| format!("{COUNTIES}{year}");
    step(&name(before), &name(year), "none", CENSUS_COUNTIES, links.collect::<Vec<_>>())
}
