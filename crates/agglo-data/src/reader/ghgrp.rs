//! `epa-ghgrp`: facilities of the Greenhouse Gas Reporting Program, Environmental Protection Agency.
//!
//! Workbooks of one year (three title lines, headings in row 4, eleven sheets) and tables with a
//! column per year. Source: EPA GHGRP, data sets `ghgp_data_YYYY.xlsx` and
//! `ghgp_data_by_year.xlsx`.

use agglo_core::{Note, Text};

use super::plan::{Binding, Plan, Request, RowKind};
use super::shape::{Shaped, Shaper};
use super::wide::bind_periods;
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::DataError;
use crate::sniff::{Proposal, Sureness};
use crate::source::Row;

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "epa-ghgrp",
        help: Text::new(
            "facilities of the Greenhouse Gas Reporting Program, US EPA",
            "美国环保署温室气体报告设施",
        ),
    },
    recognize,
    sheet: Some(sheet),
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: Some(encoding_rs::WINDOWS_1252),
};

const SHEETS: [&str; 2] = ["Direct Point Emitters", "Direct Emitters"];
const UNIT: &str = "t CO2e";

fn sheet(sheets: &[String]) -> Option<String> {
    SHEETS.iter().find_map(|known| sheets.iter().find(|sheet| sheet.trim() == *known).cloned())
}

/// The headings of the facilities, wherever their row is.
struct Layout {
    /// Row in the file, counted from 1.
    row: u32,
    headings: Vec<String>,
    id: usize,
    industry: usize,
    years: Vec<(usize, i64)>,
    /// The emissions of the one year of the file.
    total: Option<usize>,
    /// The year in the title lines.
    period: Option<i64>,
}

impl Layout {
    fn find(look: &Look<'_>) -> Option<Layout> {
        let named = |cells: &[String], names: &[&str]| {
            cells.iter().position(|cell| names.contains(&fold(cell).as_str()))
        };
        let is_head = |cells: &[String]| {
            named(cells, &["facility_id"]).zip(named(cells, &["primary_naics_code", "naics"]))
        };
        let (at, (id, industry)) =
            look.head.iter().enumerate().find_map(|(at, row)| Some((at, is_head(&row.cells)?)))?;
        let headings = look.head[at].cells.clone();
        let is_total = |heading: &String| {
            let heading = fold(heading);
            heading.contains("total_reported_direct_emissions") || heading.starts_with("co2e_t")
        };
        let totals = headings.iter().enumerate().filter(|(_, heading)| is_total(heading));
        let years: Vec<(usize, i64)> = totals
            .clone()
            .filter_map(|(column, heading)| Some((column, year_in(heading)?)))
            .collect();
        let total = totals.map(|(column, _)| column).next().filter(|_| years.is_empty());
        let mut titles = look.head[..at].iter().filter_map(|row| row.cells.first());
        let period = titles.find_map(|title| year_in(title));
        (total.is_some() || !years.is_empty()).then_some(Layout {
            row: look.head[at].number,
            headings,
            id,
            industry,
            years,
            total,
            period,
        })
    }
}

/// The first year in a text.
fn year_in(text: &str) -> Option<i64> {
    let runs = text.split(|sign: char| !sign.is_ascii_digit()).filter(|run| run.len() == 4);
    runs.filter_map(|run| run.parse().ok()).find(|year| (2000..2100).contains(year))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let layout = Layout::find(look)?;
    let (id, industry) = (&layout.headings[layout.id], &layout.headings[layout.industry]);
    let why = format!("row {} heads `{id}`, `{industry}` and emissions", layout.row);
    Recognized::new(Sureness::Certain, why)
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let layout = Layout::find(look).ok_or_else(|| {
        let message = "no row heads facilities, NAICS codes and direct emissions";
        let remedy = format!("name the sheet: sheet = \"{}\"", SHEETS[1]);
        look.refuse(codes::NO_HEADING, message, remedy)
    })?;
    let by_year = !layout.years.is_empty();
    let period = if by_year { "" } else { "period" };
    let mut headings = ["plant", "industry", period].map(str::to_owned).to_vec();
    headings.extend(layout.years.iter().map(|(_, year)| year.to_string()));
    headings.extend(layout.total.map(|_| "value".to_owned()));
    headings.extend(layout.headings.iter().cloned());
    Ok(Box::new(Rows { headings, layout, shaped: Shaped::default() }))
}

struct Rows {
    headings: Vec<String>,
    layout: Layout,
    shaped: Shaped,
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let layout = &self.layout;
        if number < layout.row {
            emit(RowKind::Remark, row);
        }
        if number <= layout.row {
            return;
        }
        self.shaped.clear();
        Shaped::cell(&mut self.shaped, number, row, layout.id);
        if row.len() == layout.headings.len() {
            Shaped::cell(&mut self.shaped, number, row, layout.industry);
            self.shaped.text(layout.period.map(|year| year.to_string()).unwrap_or_default());
            let values = layout.years.iter().map(|(column, _)| *column).chain(layout.total);
            for column in values.chain(0..row.len()) {
                Shaped::cell(&mut self.shaped, number, row, column);
            }
        }
        emit(RowKind::Data, &self.shaped);
    }
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    let has_period = request.headings.iter().any(|heading| heading == "period");
    let across = !has_period && !request.spec.constants.contains_key("period");
    request.bind_keys(&mut plan, if across { &["period"] } else { &[] })?;
    let usual = |name: &str| {
        let names: &[&str] = match name {
            "region" => &["state"],
            "lon" => &["longitude", "lon"],
            "lat" => &["latitude", "lat"],
            _ => &[],
        };
        let found = request.headings.iter().position(|h| names.contains(&fold(h).as_str()));
        found.map(Binding::Column)
    };
    for name in ["region", "industry", "lon", "lat"] {
        match request.binding(name)?.or_else(|| usual(name)) {
            Some(binding) => plan.bind(request.target(name)?, binding),
            None => {
                let column = request.table.column(name).filter(|column| column.required);
                if let Some(column) = column {
                    return Err(request.no_column(column).into());
                }
            }
        }
    }
    let measure = request.spec.value.as_deref().unwrap_or("value");
    if across {
        bind_periods(request, &mut plan, measure)?;
    } else {
        let column = request.heading("value", "reader epa-ghgrp")?;
        plan.bind(request.target(measure)?, Binding::Column(column));
    }
    let places = plan.targets.iter_mut().filter(|target| target.name == measure);
    for target in places.filter(|target| target.unit.is_empty()) {
        UNIT.clone_into(&mut target.unit);
    }
    request.bind_filters(&mut plan)?;
    plan.notes.push(Note::new(
        "ghgrp-threshold",
        "Only facilities above the reporting threshold (25,000 t CO2e) are listed; a year without \
         a figure was not reported",
        "仅含超过报告门槛（25,000 吨二氧化碳当量）的设施；无数值的年份为未报告",
    ));
    Ok(plan)
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "plant", value: Some("value"), ..Proposal::default() };
    let by_year = Layout::find(look).is_some_and(|layout| !layout.years.is_empty());
    let why = if by_year {
        "direct emissions stand in a column per year"
    } else {
        "the column of total reported direct emissions"
    };
    proposal.reasons.push(("value = value".to_owned(), why.to_owned()));
    proposal
}

#[cfg(test)]
mod tests {
    use super::year_in;

    #[test]
    fn a_year_is_found_in_headings_and_titles() {
        assert_eq!(year_in("2016 Total reported direct emissions"), Some(2016));
        assert_eq!(year_in("co2e_t_2011"), Some(2011));
        assert_eq!(year_in("Summary data collected by the Program for 2012"), Some(2012));
        assert_eq!(year_in("Total reported direct emissions"), None);
    }
}
