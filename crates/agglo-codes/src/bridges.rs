//! The built-in crosswalks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::classification::classification;
use crate::crosswalk::{Crosswalk, Link};
use crate::normalize::naics_sector;
use crate::tables::{NAICS_EDITIONS, NUTS_EDITIONS, Source, rows};

const NAICS_LINKS: &str = include_str!("../data/naics_links.csv");
const NUTS_LINKS: &str = include_str!("../data/nuts_links.csv");
const INDUSTRY_LINKS: &str = include_str!("../data/industry_links.csv");
const FIPS_LINKS: &str = include_str!("../data/fips_links.csv");

const CENSUS: &str = "United States Census Bureau, NAICS concordances";
const JRC: &str = "European Commission, Joint Research Centre, NUTS converter matrices, CC BY 4.0";
const CENSUS_COUNTIES: &str = "United States Census Bureau, changes to counties";
const TITLES: &str =
    "the divisions' titles read side by side by the agglo authors; no official table";
const MANUAL: &str = "Eurostat, NACE Rev. 2 introductory guidelines (2008)";

/// What the weights of the NUTS crosswalks are shares of; the first is what [`crosswalk`] takes.
const NUTS_BASES: [&str; 3] = ["population 2018", "population 2011", "area"];

/// Years in which the counties changed, and what the county codes are called after each.
const COUNTY_YEARS: [i32; 4] = [2013, 2015, 2019, 2022];

static ALL: LazyLock<Vec<Crosswalk>> = LazyLock::new(all);

/// The built-in crosswalks, one edition to the next or the one before; [`crosswalk`] chains them.
pub fn crosswalks() -> &'static [Crosswalk] {
    &ALL
}

/// The built-in crosswalk, chained over the editions between where there are any.
///
/// Codes that keep their meaning go to themselves with weight 1. The FIPS counties of a year are
/// called `fips-county-2012`, `-2013`, `-2015`, `-2019`, `-2022`. For NUTS (level 2) the weights are
/// shares of the population of 2018; [`crosswalk_by`] takes others.
pub fn crosswalk(from: &str, to: &str) -> Option<Crosswalk> {
    crosswalk_by(from, to, NUTS_BASES[0])
}

/// As [`crosswalk`], with the basis of the weights: `population 2018`, `population 2011` or `area`
/// where NUTS is crossed; any other crosswalk has one basis and is found under each.
pub fn crosswalk_by(from: &str, to: &str, basis: &str) -> Option<Crosswalk> {
    let fits =
        |link: &&Crosswalk| link.basis == basis || !NUTS_BASES.contains(&link.basis.as_str());
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
    Some(chained)
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
    let mut all = Vec::new();
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
    let mut before = 2012;
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
        code.len() == 4
            && !totals.contains_key(code)
            && !arrived.contains(code)
            && second.is_some_and(|second| second.code(code).is_some())
    });
    let links = shares.chain(kept.map(|code| Link::new(code, code, Some(1.0))));
    step(start, end, NUTS_BASES[basis], JRC, links.collect::<Vec<_>>())
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
    let name = |year: i32| format!("fips-county-{year}");
    step(&name(before), &name(year), "none", CENSUS_COUNTIES, links.collect::<Vec<_>>())
}
