//! `census-cbp`: County Business Patterns, the county files of the United States Census Bureau.
//!
//! Layouts of 1998 (SIC) to 2018 and after (NAICS): codes padded to their length, employment
//! classes in place of withheld figures, noise flags from 2007, `N` in size classes from 2017.
//! Source: Census Bureau, County Business Patterns, record layouts (county file) of each year.

mod code;
mod mark;
mod rows;

use agglo_core::{Note, Text};

use self::code::{Level, Scheme, year_in_name};
use super::plan::{Binding, Plan, Request};
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::{DataError, did_you_mean};
use crate::sniff::{Proposal, Sureness};

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "census-cbp",
        help: Text::new(
            "County Business Patterns, United States Census Bureau",
            "美国人口普查局县域商业统计（CBP）",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(rows::shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: Some(encoding_rs::WINDOWS_1252),
};

/// Where the columns of a county file are, in whatever year's spelling.
struct Columns {
    state: usize,
    county: usize,
    code: usize,
    scheme: Scheme,
    establishments: usize,
    /// Heading here → column in the file, for those that the year has.
    figures: Vec<Option<usize>>,
    /// Place in [`rows::CLASSES`] and column.
    classes: Vec<(usize, usize)>,
}

/// The columns that are passed on as they stand, under these headings.
const FIGURES: [&str; 8] = ["emp", "empflag", "emp_nf", "est", "ap", "ap_nf", "qp1", "qp1_nf"];

impl Columns {
    fn find(headings: &[String]) -> Option<Columns> {
        let find = |names: &[&str]| {
            headings.iter().position(|heading| names.contains(&fold(heading).as_str()))
        };
        let (code, scheme) = match (find(&["naics"]), find(&["sic"])) {
            (Some(code), _) => (code, Scheme::Naics),
            (None, code) => (code?, Scheme::Sic),
        };
        Some(Columns {
            state: find(&["fipstate", "st"])?,
            county: find(&["fipscty", "cty"])?,
            code,
            scheme,
            establishments: find(&["est"])?,
            figures: FIGURES.iter().map(|name| find(&[name])).collect(),
            classes: rows::class_columns(headings),
        })
        .filter(|columns| columns.figures[0].is_some() && !columns.classes.is_empty())
    }
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let columns = Columns::find(look.headings)?;
    let code = &look.headings[columns.code];
    let why = format!(
        "state, county, `{code}`, employment, establishments and {} size classes are its headings",
        columns.classes.len()
    );
    Recognized::new(Sureness::Certain, why)
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "activity", ..Proposal::default() };
    if let Some(columns) = Columns::find(look.headings) {
        let level = rows::finest(look, &columns);
        proposal.level = Some(level.word());
        proposal.reasons.push((
            format!("level = {}", level.word()),
            "the finest codes in the first rows; coarser ones are their totals and kept apart"
                .to_owned(),
        ));
    }
    if let Some(year) = year_in_name(&look.place.file) {
        proposal.reasons.push((
            format!("period = {year}"),
            "the name of the file says so, and of each file of a pattern; `constants` overrides it"
                .to_owned(),
        ));
    }
    proposal
}

/// The level asked for, or the one that the table and the first rows suggest.
fn level(look: &Look<'_>, columns: &Columns) -> Result<Level, DataError> {
    let keyed = crate::table::table_spec(&look.spec.table);
    if let Some(word) = &look.spec.level {
        let level = Level::from_word(word).ok_or_else(|| {
            let words = Level::WORDS.iter().map(|(word, _)| *word);
            let message = format!("this reader has no level `{word}`");
            look.refuse(codes::BAD_SETTING, message, did_you_mean(word, words))
        })?;
        return level.within(columns.scheme).ok_or_else(|| {
            let message = format!("this file is coded in SIC, which has no level `{word}`");
            look.refuse(codes::BAD_SETTING, message, "level = \"4-digit\" is its finest")
        });
    }
    if keyed.is_some_and(|table| !table.is_key("industry")) {
        return Ok(Level::Total);
    }
    let finest = rows::finest(look, columns);
    if look.spec.strict {
        let message = "the level of detail is not declared, and strict reading guesses none";
        let remedy = format!("level = \"{}\" is the finest in the first rows", finest.word());
        return Err(look.refuse(codes::BAD_SETTING, message, remedy));
    }
    Ok(finest)
}

/// The year that the source states, or the one in the name of the file.
fn year(look: &Look<'_>) -> Result<Option<i64>, DataError> {
    if look.spec.constants.contains_key("period") {
        return Ok(None);
    }
    let found = year_in_name(&look.place.file);
    if let (Some(year), false) = (found, look.spec.strict) {
        return Ok(Some(year));
    }
    let message = match found {
        Some(_) => "the year stands in the name of the file only, and strict reading guesses none",
        None => "neither the file nor its name says the year",
    };
    let year = found.map_or_else(|| "2018".to_owned(), |year| year.to_string());
    let remedy = format!("state it: constants = {{ period = \"{year}\" }}");
    Err(look.refuse(codes::NO_YEAR, message, remedy))
}

/// Measure, heading and unit.
const MEASURES: [(&str, &str, &str); 4] = [
    ("employment", "emp", "persons"),
    ("n_plants", "est", "establishments"),
    ("payroll", "ap", "thousand USD"),
    ("q1_payroll", "qp1", "thousand USD"),
];

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    request.bind_keys(&mut plan, &[])?;
    if request.table.name == "size_class" {
        for name in ["lower", "upper", "n_plants"] {
            let column = request.heading(name, "reader census-cbp")?;
            plan.bind(request.target(name)?, Binding::Column(column));
        }
        plan.marker = Some(mark::of_classes(request)?);
    } else {
        for (name, heading, unit) in MEASURES {
            if !request.table.open && request.table.column(name).is_none() {
                continue;
            }
            let column = request.heading(heading, "reader census-cbp")?;
            let mut target = request.target(name)?;
            if target.unit.is_empty() {
                unit.clone_into(&mut target.unit);
            }
            plan.bind(target, Binding::Column(column));
        }
        plan.marker = Some(mark::of_figures(request)?);
    }
    request.bind_filters(&mut plan)?;
    plan.notes.push(Note::new(
        "cbp-noise",
        "From 2007 on figures carry noise: G up to 2 % and H up to 5 % are kept as bounds, J is \
         an estimate of the source",
        "2007 年起数据加入噪声：G（2% 以内）与 H（5% 以内）记为上下限，J 记为来源估计值",
    ));
    Ok(plan)
}
