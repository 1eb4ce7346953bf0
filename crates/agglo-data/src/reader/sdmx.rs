//! `sdmx-csv`: SDMX-CSV 1.0 and 2.0 of any agency.
//!
//! `DATAFLOW` or `STRUCTURE` first, a column per dimension, `TIME_PERIOD`, `OBS_VALUE`, then
//! attributes. Source: SDMX technical standards, SDMX-CSV field guide, versions 1.0 and 2.0.0.

use agglo_core::{Datum, Gap, Text};

use super::eurostat::{
    LEVELS, bind_dimensions, fix_dimensions, key_headings, kind_of, measure_in_name, nuts_level,
    unit_words, wanted_level,
};
use super::flags::{self, List};
use super::plan::{Binding, Plan, Request, RowKind};
use super::shape::{OwnedCell, Shaped, Shaper};
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::DataError;
use crate::number::whole_number;
use crate::sniff::{Proposal, Sureness};
use crate::source::{Cell, Row};

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "sdmx-csv",
        help: Text::new("SDMX-CSV 1.0 and 2.0 of any agency", "SDMX-CSV 1.0 与 2.0（任何机构）"),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: None,
};

/// The column made of unit and multiplier, for people.
const UNIT_WORDS: &str = "unit in words";
/// What stands before the dimensions, as compared.
const STRUCTURE: [&str; 7] = [
    "dataflow",
    "structure",
    "structure_id",
    "structure_name",
    "action",
    "last_update",
    "last_updated",
];
const ATTRIBUTES: [&str; 5] = ["obs_status", "obs_flag", "conf_status", "unit_mult", "decimals"];

/// A heading without its label: `GEO: Geopolitical entity` is `GEO`.
fn id(heading: &str) -> String {
    heading.split(':').next().unwrap_or_default().trim().to_owned()
}

fn find(headings: &[String], name: &str) -> Option<usize> {
    headings.iter().position(|heading| fold(&id(heading)) == name)
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    find(look.headings, "time_period").and(find(look.headings, "obs_value"))?;
    let first = fold(&id(look.headings.first()?));
    let sureness =
        if STRUCTURE.contains(&first.as_str()) { Sureness::Certain } else { Sureness::Likely };
    Recognized::new(sureness, "the headings TIME_PERIOD and OBS_VALUE are there")
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let unit = find(look.headings, "unit_measure").or_else(|| find(look.headings, "unit"));
    let multiplier = find(look.headings, "unit_mult");
    let mut headings: Vec<String> = look.headings.iter().map(|heading| id(heading)).collect();
    if unit.or(multiplier).is_some() {
        headings.push(UNIT_WORDS.to_owned());
    }
    let mut names = key_headings("region").iter();
    let given = look.spec.columns.get("region").and_then(|name| find(look.headings, &fold(name)));
    Ok(Box::new(Rows {
        labeled: look.headings.iter().map(|heading| heading.contains(':')).collect(),
        region: given.or_else(|| names.find_map(|name| find(look.headings, name))),
        action: find(look.headings, "action"),
        wanted: wanted_level(look)?,
        headings,
        unit,
        multiplier,
        begun: false,
        shaped: Shaped::default(),
    }))
}

struct Rows {
    headings: Vec<String>,
    /// Whether a column holds codes with their labels.
    labeled: Vec<bool>,
    region: Option<usize>,
    action: Option<usize>,
    unit: Option<usize>,
    multiplier: Option<usize>,
    wanted: Option<usize>,
    begun: bool,
    shaped: Shaped,
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        if !self.begun {
            let first =
                row.cell(0).text(&mut String::new()).trim_start_matches('\u{feff}').to_owned();
            self.begun = id(&first) == self.headings[0];
            return;
        }
        self.shaped.clear();
        for column in 0..row.len() {
            let cell = match row.cell(column) {
                Cell::Text(text) if self.labeled.get(column) == Some(&true) => {
                    OwnedCell::Text(id(text))
                }
                cell => cell.into(),
            };
            self.shaped.put(cell, number, column);
        }
        let whole = row.len() == self.labeled.len();
        if whole && self.unit.or(self.multiplier).is_some() {
            let text = |column: Option<usize>| {
                column.map(|column| self.shaped.cell_text(column)).unwrap_or_default()
            };
            let unit = unit_with(&text(self.unit), &text(self.multiplier));
            self.shaped.text(unit);
        }
        let deleted = self.action.is_some_and(|column| self.shaped.cell_text(column) == "D");
        let kind = match self.region {
            _ if deleted => RowKind::Aside,
            Some(region) => kind_of(&self.shaped.cell_text(region), self.wanted),
            None => RowKind::Data,
        };
        emit(kind, &self.shaped);
    }
}

/// Unit and power of ten in words: nothing is multiplied, the unit says it.
fn unit_with(unit: &str, multiplier: &str) -> String {
    let unit = unit_words(unit);
    let power = match whole_number(Cell::Text(multiplier)) {
        _ if multiplier.is_empty() => return unit,
        Some(0) => return unit,
        Some(3) => "thousand".to_owned(),
        Some(6) => "million".to_owned(),
        Some(9) => "billion".to_owned(),
        _ => format!("10^{multiplier}"),
    };
    format!("{power} {unit}").trim_end().to_owned()
}

/// The dimensions: what stands before the value and is neither structure, time nor attribute.
fn dimensions(headings: &[String]) -> Vec<usize> {
    let end = find(headings, "obs_value").unwrap_or(headings.len());
    let is_dimension = |column: &usize| {
        let name = fold(&id(&headings[*column]));
        let name = name.as_str();
        !STRUCTURE.contains(&name) && !ATTRIBUTES.contains(&name) && name != "time_period"
    };
    (0..end).filter(is_dimension).collect()
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    bind_dimensions(request, &mut plan, &["period"])?;
    if let Some(place) = request.table.keys.iter().position(|key| key.name == "period") {
        let time = request.heading("TIME_PERIOD", "reader sdmx-csv")?;
        let binding = request.binding("period")?.unwrap_or(Binding::Column(time));
        let before: Vec<&str> = request.table.keys[..place].iter().map(|key| key.name).collect();
        let at = plan.targets.iter().filter(|t| before.contains(&t.name.as_str())).count();
        plan.targets.insert(at, request.target("period")?);
        plan.bindings.insert(at, binding);
    }
    let required = request.table.measures.iter().find(|column| column.required);
    let measure = request.spec.value.as_deref().or_else(|| required.map(|column| column.name));
    let Some(measure) = measure else {
        let message = "the file does not say what OBS_VALUE measures";
        let remedy = "for instance value = \"employment\"";
        return Err(request.refuse(codes::NO_MEASURE, message, remedy));
    };
    let mut target = request.target(measure)?;
    let words = request.headings.iter().position(|heading| heading == UNIT_WORDS);
    if !request.spec.units.contains_key(measure) && words.is_some() {
        // The unit in the file holds, not the one the table would expect.
        target.unit.clear();
        plan.unit = words;
    }
    let value = request.heading("OBS_VALUE", "reader sdmx-csv")?;
    plan.bind(target, Binding::Column(value));
    request.bind_filters(&mut plan)?;
    fix_dimensions(&mut plan, dimensions(request.headings).into_iter());
    let lists = [
        (find(request.headings, "obs_status"), List::SdmxStatus),
        (find(request.headings, "obs_flag"), List::Eurostat),
        (find(request.headings, "conf_status"), List::SdmxConfidentiality),
    ];
    let lists: Vec<(usize, List)> =
        lists.into_iter().filter_map(|(column, list)| Some((column?, list))).collect();
    let given = request.spec.marks.clone();
    plan.marker = Some(Box::new(move |row, _, column, format| {
        let text = |column: usize| row.cell(column).text(&mut String::new()).to_owned();
        let texts: Vec<(String, List)> =
            lists.iter().map(|(column, list)| (text(*column), *list)).collect();
        let flags: Vec<(&str, List)> = texts
            .iter()
            .map(|(text, list)| {
                // Eurostat writes its own letters, which are small, under either heading.
                let small = text.chars().any(|letter| letter.is_ascii_lowercase());
                (text.as_str(), if small { List::Eurostat } else { *list })
            })
            .collect();
        let datum = match row.cell(column) {
            Cell::Text(text) if text.trim() == "NaN" => Ok(Datum::Gap(Gap::Missing)),
            cell => format.datum(cell),
        };
        Some(datum.and_then(|datum| flags::mark(datum, &flags, &given)))
    }));
    Ok(plan)
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "region_year", ..Proposal::default() };
    let is_key = |key: &str, name: &str| key_headings(key).contains(&name);
    for column in dimensions(look.headings) {
        let name = id(&look.headings[column]);
        let (folded, Some(values)) = (fold(&name), look.values.get(column)) else { continue };
        if is_key("region", &folded) {
            let levels: Vec<usize> = values.iter().filter_map(|code| nuts_level(code)).collect();
            let finest = levels.iter().max().filter(|_| levels.iter().any(|l| *l != levels[0]));
            if let Some(level) = finest.map(|level| LEVELS[*level]) {
                proposal.level = Some(level);
                let why = "the finest regions; coarser ones and the Union are totals of them";
                proposal.reasons.push((format!("level = {level}"), why.to_owned()));
            }
        } else if is_key("industry", &folded) {
            proposal.table = "activity";
            let all = ["TOTAL", "_T"].into_iter().find(|code| values.contains(*code));
            if let Some(all) = all.filter(|_| values.len() > 1) {
                proposal.totals.insert(name.clone(), vec![all.to_owned()]);
                let why = "it is the sum of the other industries".to_owned();
                proposal.reasons.push((format!("totals = {name} {all}"), why));
            }
        } else if values.len() > 1 {
            let usual = ["TOTAL", "_T", "T", "A", "Y_GE15"];
            let usual = usual.into_iter().find(|value| values.contains(*value));
            let value = usual.or(values.first().map(String::as_str)).unwrap_or_default();
            proposal.filter.insert(name.clone(), vec![value.to_owned()]);
            let all: Vec<&str> = values.iter().map(String::as_str).collect();
            let why = format!("`{name}` is no key and must hold one of {}", all.join(", "));
            proposal.reasons.push((format!("filter = {name} {value}"), why));
        }
    }
    let flow = look.values.first().and_then(|values| values.first()).map_or("", String::as_str);
    let measure = measure_in_name(flow).or_else(|| measure_in_name(&look.place.file));
    proposal.value = Some(measure.unwrap_or("value"));
    proposal.reasons.push(match measure {
        Some(measure) => {
            (format!("value = {measure}"), "the name of the data set says so".to_owned())
        }
        None => {
            let why = "the file does not say what it measures: give it the right name";
            ("value = value".to_owned(), why.to_owned())
        }
    });
    proposal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_of_ten_goes_into_the_unit() {
        assert_eq!(unit_with("EUR", "6"), "million EUR");
        assert_eq!(unit_with("PS", "3"), "thousand PS");
        assert_eq!(unit_with("EUR", "0"), "EUR");
        assert_eq!(unit_with("EUR", ""), "EUR");
        assert_eq!(unit_with("EUR", "-2"), "10^-2 EUR");
        assert_eq!(unit_with("", "3"), "thousand");
    }
}
