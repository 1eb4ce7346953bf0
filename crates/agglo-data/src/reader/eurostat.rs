//! `eurostat-tsv`: the bulk download of Eurostat.
//!
//! The first column holds the codes of all dimensions, set apart by commas, under a heading such as
//! `unit,nace_r2,age,geo\time`; a column per year follows, the newest first; flags stand behind the
//! number. Source: Eurostat, bulk download facility, TSV format.

use agglo_core::Text;

use super::flags::{self, List, split};
use super::plan::{Binding, Plan, Request, RowKind};
use super::shape::{OwnedCell, Shaped, Shaper};
use super::wide::bind_periods;
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::{DataError, did_you_mean};
use crate::number::year_in_heading;
use crate::sniff::{Proposal, Sureness};
use crate::source::{Cell, Row};

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "eurostat-tsv",
        help: Text::new("bulk download of Eurostat, TSV", "欧盟统计局批量下载 TSV"),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: None,
};

/// The column made of the unit's code, for people.
const UNIT_WORDS: &str = "unit in words";

/// The dimensions that the first heading names.
fn dimensions(headings: &[String]) -> Option<Vec<String>> {
    let (names, time) = headings.first()?.rsplit_once('\\')?;
    let is_time = fold(time).starts_with("time");
    is_time.then(|| names.split(',').map(|name| name.trim().to_owned()).collect())
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let first = look.headings.first()?;
    // Split at commas, the first heading would be torn.
    let torn = look.headings.iter().any(|heading| fold(heading).contains("\\time"));
    let whole = dimensions(look.headings).is_some();
    let why = format!("the first heading `{first}` names dimensions and the time");
    (whole || torn).then(|| Recognized::new(Sureness::Certain, why)).flatten()
}

/// The NUTS level of a code: 0 for countries; `None` for what is no such code.
pub(super) fn nuts_level(code: &str) -> Option<usize> {
    let letters = code.len() >= 2 && code.as_bytes()[..2].iter().all(u8::is_ascii_uppercase);
    let rest = code.bytes().skip(2).all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    (letters && rest && code.len() <= 5 && !is_aggregate(code)).then(|| code.len() - 2)
}

/// Whether a code stands for several countries.
pub(super) fn is_aggregate(code: &str) -> bool {
    let starts = |prefix: &str| {
        code.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| !c.is_alphabetic()))
    };
    ["EU", "EA", "EEA", "EFTA"].into_iter().any(starts)
}

pub(super) const LEVELS: [&str; 4] = ["nuts0", "nuts1", "nuts2", "nuts3"];

/// The NUTS level that the source asks for.
pub(super) fn wanted_level(look: &Look<'_>) -> Result<Option<usize>, DataError> {
    let Some(word) = &look.spec.level else { return Ok(None) };
    let found = LEVELS.iter().position(|level| level == word);
    found.map(Some).ok_or_else(|| {
        let message = format!("this reader has no level `{word}`");
        look.refuse(codes::BAD_SETTING, message, did_you_mean(word, LEVELS))
    })
}

/// What a row is by its region, where regions of level `wanted` are read.
pub(super) fn kind_of(code: &str, wanted: Option<usize>) -> RowKind {
    let Some(wanted) = wanted else { return RowKind::Data };
    match nuts_level(code) {
        Some(level) if level == wanted => RowKind::Data,
        Some(level) if level > wanted => RowKind::Aside,
        Some(_) => RowKind::Total,
        None if is_aggregate(code) => RowKind::Total,
        None => RowKind::Aside,
    }
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let Some(dimensions) = dimensions(look.headings) else {
        let message = "the first heading names no dimensions and time, such as `unit,geo\\time`";
        let remedy = "set delimiter = \"\\t\", or another reader";
        return Err(look.refuse(codes::NO_HEADING, message, remedy));
    };
    let geo = dimensions.iter().position(|name| fold(name) == "geo");
    let unit = dimensions.iter().position(|name| fold(name) == "unit");
    let mut wanted = wanted_level(look)?;
    if let (None, Some(geo)) = (wanted, geo) {
        let keys = look.head.iter().filter_map(|row| row.cells.first()?.split(',').nth(geo));
        wanted = keys.filter_map(|code| nuts_level(code.trim())).max();
        if let (Some(level), true) = (wanted, look.spec.strict) {
            let message = "the NUTS level is not declared, and strict reading guesses none";
            let remedy = format!("level = \"{}\" is the finest in the first rows", LEVELS[level]);
            return Err(look.refuse(codes::BAD_SETTING, message, remedy));
        }
    }
    let mut headings = dimensions.clone();
    headings.extend(unit.map(|_| UNIT_WORDS.to_owned()));
    headings.extend(look.headings[1..].iter().cloned());
    Ok(Box::new(Rows {
        n_dimensions: dimensions.len(),
        n_columns: look.headings.len(),
        headings,
        geo,
        unit,
        wanted,
        begun: false,
        shaped: Shaped::default(),
    }))
}

struct Rows {
    n_dimensions: usize,
    n_columns: usize,
    headings: Vec<String>,
    geo: Option<usize>,
    unit: Option<usize>,
    wanted: Option<usize>,
    begun: bool,
    shaped: Shaped,
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let mut buffer = String::new();
        let key = row.cell(0).text(&mut buffer);
        if !self.begun {
            self.begun = key.contains('\\');
            return;
        }
        self.shaped.clear();
        let codes: Vec<&str> = key.split(',').map(str::trim).collect();
        for code in &codes {
            self.shaped.put(OwnedCell::Text((*code).to_owned()), number, 0);
        }
        // A row of another width is rejected with its number of fields.
        if codes.len() != self.n_dimensions || row.len() != self.n_columns {
            emit(RowKind::Data, &self.shaped);
            return;
        }
        if let Some(unit) = self.unit {
            self.shaped.text(unit_words(codes[unit]));
        }
        for column in 1..self.n_columns {
            Shaped::cell(&mut self.shaped, number, row, column);
        }
        let kind = self.geo.map_or(RowKind::Data, |geo| kind_of(codes[geo], self.wanted));
        emit(kind, &self.shaped);
    }
}

/// A unit's code in words, where it is one that needs them.
pub(super) fn unit_words(code: &str) -> String {
    let words = match code {
        "THS" | "THS_PER" | "THS_PERS" => "thousand persons",
        "PER" | "PERS" => "persons",
        "NR" => "number",
        "EUR" => "EUR",
        "THS_EUR" => "thousand EUR",
        "MIO_EUR" | "CP_MEUR" => "million EUR",
        "MIO_PPS" | "MIO_PPS_EU27_2020" => "million PPS",
        "EUR_HAB" => "EUR per inhabitant",
        "PPS_HAB" => "PPS per inhabitant",
        "PC" => "percent",
        other => other,
    };
    words.to_owned()
}

/// The dimension that holds a key of the table.
pub(super) fn key_headings(key: &str) -> &'static [&'static str] {
    match key {
        "region" => &["geo", "ref_area"],
        "industry" => &["nace_r2", "nace_r1", "nace", "activity", "isic4", "economic_activity"],
        "class" => &["size_emp", "sizeclas"],
        _ => &[],
    }
}

/// Binds the keys, all but those in `except`, to the dimensions that usually hold them.
pub(super) fn bind_dimensions(
    request: &Request<'_>,
    plan: &mut Plan,
    except: &[&str],
) -> Result<(), DataError> {
    for key in request.table.keys.iter().filter(|key| !except.contains(&key.name)) {
        let usual = || {
            let names = key_headings(key.name).iter();
            let mut found = names.filter_map(|name| {
                request.headings.iter().position(|heading| fold(heading) == *name)
            });
            found.next().map(Binding::Column)
        };
        match request.binding(key.name)?.or_else(usual) {
            Some(binding) => plan.bind(request.target(key.name)?, binding),
            None if key.required => return Err(request.no_column(key).into()),
            None => {}
        }
    }
    Ok(())
}

/// Lets the dimensions in `columns` that are neither a key nor declared as totals hold one value.
pub(super) fn fix_dimensions(plan: &mut Plan, columns: impl Iterator<Item = usize>) {
    for column in columns {
        let is_key = plan.bindings.contains(&Binding::Column(column));
        let has_totals = plan.totals.iter().any(|(known, _)| *known == column);
        if !is_key && !has_totals {
            plan.single.push(column);
        }
    }
}

/// What a data set measures, by its name; none where the name does not tell.
pub(super) fn measure_in_name(path: &str) -> Option<&'static str> {
    let name = path.rsplit(['/', '\\']).next()?.to_lowercase();
    let known = [
        ("gdp", "gdp"),
        ("gva", "value_added"),
        ("lfst", "employment"),
        ("emp", "employment"),
        ("pat_", "patents"),
        ("pop", "population"),
    ];
    known.iter().find(|(part, _)| name.contains(part)).map(|(_, measure)| *measure)
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    bind_dimensions(request, &mut plan, &["period"])?;
    let guessed = || measure_in_name(&request.place.file).filter(|_| !request.spec.strict);
    let required = request.table.measures.iter().find(|column| column.required);
    let measure = request.spec.value.as_deref();
    let measure = measure.or_else(|| required.map(|column| column.name)).or_else(guessed);
    let Some(measure) = measure else {
        let message = "the file does not say what its cells measure";
        let remedy = "for instance value = \"employment\"";
        return Err(request.refuse(codes::NO_MEASURE, message, remedy));
    };
    bind_periods(request, &mut plan, measure)?;
    request.bind_filters(&mut plan)?;
    let n_dimensions = request.headings.iter().position(|h| year_in_heading(h).is_some());
    let unit = request.headings.iter().position(|heading| heading == UNIT_WORDS);
    let own = 0..n_dimensions.unwrap_or(0);
    fix_dimensions(&mut plan, own.filter(|column| Some(*column) != unit));
    if let (Some(unit), None) = (unit, request.spec.units.get(measure)) {
        plan.unit = plan.unit.or(Some(unit));
        // The unit in the file holds, not the one the table would expect.
        let places = plan.targets.iter_mut().filter(|target| target.name == measure);
        places.for_each(|target| target.unit.clear());
    }
    let given = request.spec.marks.clone();
    plan.marker = Some(Box::new(move |row, _, column, format| {
        let mut buffer = String::new();
        let (value, letters) = split(row.cell(column).text(&mut buffer));
        let datum = format.datum(Cell::Text(value));
        Some(datum.and_then(|datum| flags::mark(datum, &[(letters, List::Eurostat)], &given)))
    }));
    Ok(plan)
}

/// The value usually meant of a dimension that is no key, the likeliest first.
const USUAL: [(&str, &[&str]); 4] = [
    ("age", &["Y_GE15", "Y15-64", "Y20-64", "TOTAL"]),
    ("unit", &["MIO_EUR", "THS_PER", "THS", "PER", "NR"]),
    ("freq", &["A"]),
    ("wstatus", &["EMP"]),
];

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "region_year", ..Proposal::default() };
    let dimensions = dimensions(look.headings).unwrap_or_default();
    let say = |proposal: &mut Proposal, what: String, why: String| {
        proposal.reasons.push((what, why));
    };
    for (name, values) in dimensions.iter().zip(look.values) {
        let folded = fold(name);
        if folded == "geo" {
            let level = values.iter().filter_map(|code| nuts_level(code)).max();
            if let Some(level) = level.map(|level| LEVELS[level]) {
                proposal.level = Some(level);
                let why = "the finest regions; coarser ones and the Union are totals of them";
                say(&mut proposal, format!("level = {level}"), why.to_owned());
            }
        } else if key_headings("industry").contains(&folded.as_str()) {
            proposal.table = "activity";
            if values.contains("TOTAL") {
                proposal.totals.insert(name.clone(), vec!["TOTAL".to_owned()]);
                let why = "it is the sum of the other industries".to_owned();
                say(&mut proposal, format!("totals = {name} TOTAL"), why);
            }
        } else if values.len() > 1 {
            let usual = USUAL.iter().find(|(known, _)| *known == folded);
            let usual = usual.map_or(&["TOTAL", "T"][..], |(_, usual)| usual);
            let usual = usual.iter().find(|value| values.contains(**value));
            let first = values.first().map(String::as_str).unwrap_or_default();
            let value = usual.copied().unwrap_or(first);
            proposal.filter.insert(name.clone(), vec![value.to_owned()]);
            let all: Vec<&str> = values.iter().map(String::as_str).collect();
            let why = format!("`{name}` is no key and must hold one of {}", all.join(", "));
            say(&mut proposal, format!("filter = {name} {value}"), why);
        }
    }
    if let Some(measure) = measure_in_name(&look.place.file) {
        proposal.value = Some(measure);
        let why = "the name of the data set says so".to_owned();
        say(&mut proposal, format!("value = {measure}"), why);
    }
    proposal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_its_nuts_level_and_the_union_is_none() {
        let levels: Vec<_> = ["DE", "EE", "EL3", "AT11", "DE111"].map(nuts_level).to_vec();
        assert_eq!(levels, [Some(0), Some(0), Some(1), Some(2), Some(3)]);
        for code in ["EU28", "EU27_2020", "EA19", "EA", "EFTA", "DE_TOT", "Other", "AT001C1"] {
            assert_eq!(nuts_level(code), None, "{code}");
        }
        assert!(is_aggregate("EU27_2020") && !is_aggregate("EE0") && !is_aggregate("DE_TOT"));
    }

    #[test]
    fn coarser_regions_are_totals_and_finer_ones_aside() {
        let kind = |code| kind_of(code, Some(1));
        assert_eq!(kind("AT1"), RowKind::Data);
        assert_eq!((kind("AT"), kind("EU28")), (RowKind::Total, RowKind::Total));
        assert_eq!((kind("AT11"), kind("DE_TOT")), (RowKind::Aside, RowKind::Aside));
    }
}
