//! `companies-house`: the register of companies of the United Kingdom, one row per company.
//!
//! Up to four industries as code and text (`62020 - Information technology …`), dates as
//! dd/mm/yyyy, places as easting and northing in meters (EPSG:27700) where they were added.
//! Source: Companies House, free company data product.

use agglo_core::{Datum, Note, Text};

use super::plan::{Binding, Plan, Request, RowKind};
use super::shape::{OwnedCell, Shaped, Shaper};
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::DataError;
use crate::number::NumberFormat;
use crate::sniff::{Proposal, Sureness};
use crate::source::Row;

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "companies-house",
        help: Text::new(
            "register of companies, Companies House of the United Kingdom",
            "英国公司注册处（Companies House）企业名录",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: None,
};

/// What the register says of a company without an industry.
const NONE_SUPPLIED: &str = "None Supplied";

struct Columns {
    number: usize,
    industry: usize,
    opened: usize,
    closed: Option<usize>,
    easting: Option<usize>,
    northing: Option<usize>,
}

impl Columns {
    fn find(headings: &[String]) -> Option<Columns> {
        let find = |names: &[&str]| {
            headings.iter().position(|heading| names.contains(&fold(heading).as_str()))
        };
        Some(Columns {
            number: find(&["companynumber", "company_number"])?,
            industry: find(&["siccode.sictext_1", "sic1"])?,
            opened: find(&["incorporationdate", "incorporation_date", "incorporated"])?,
            closed: find(&["dissolutiondate", "dissolution_date", "dissolved"]),
            easting: find(&["easting", "eastings"]),
            northing: find(&["northing", "northings"]),
        })
    }
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let columns = Columns::find(look.headings)?;
    let names = [columns.number, columns.industry, columns.opened];
    let names = names.map(|column| format!("`{}`", look.headings[column])).join(", ");
    Recognized::new(Sureness::Certain, format!("the headings {names} are there"))
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let columns = Columns::find(look.headings).ok_or_else(|| {
        let message =
            format!("these are no headings of the register: {}", look.headings.join(", "));
        let remedy = "it needs a company number, a first SIC code and a date of incorporation";
        look.refuse(codes::NO_HEADING, message, remedy)
    })?;
    let mut headings: Vec<String> = OWN.map(str::to_owned).to_vec();
    headings.extend(look.headings.iter().cloned());
    Ok(Box::new(Rows {
        first: look.headings[0].clone(),
        n_columns: look.headings.len(),
        headings,
        columns,
        begun: false,
        n_without: 0,
        n_older: 0,
        plain: NumberFormat::new(None, None, []),
        shaped: Shaped::default(),
    }))
}

/// The columns made here; those of the file follow.
const OWN: [&str; 6] = ["plant", "industry", "opened_year", "closed_year", "x_km", "y_km"];

struct Rows {
    headings: Vec<String>,
    first: String,
    n_columns: usize,
    columns: Columns,
    begun: bool,
    /// Companies without an industry.
    n_without: u64,
    /// Companies coded in four digits, as SIC 2003 is.
    n_older: u64,
    plain: NumberFormat,
    shaped: Shaped,
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let text = |column: usize| row.cell(column).text(&mut String::new()).to_owned();
        if !self.begun {
            self.begun = text(0).trim_start_matches('\u{feff}') == self.first;
            return;
        }
        let columns = &self.columns;
        self.shaped.clear();
        Shaped::cell(&mut self.shaped, number, row, columns.number);
        if row.len() != self.n_columns {
            emit(RowKind::Data, &self.shaped);
            return;
        }
        let supplied = text(columns.industry);
        let code = supplied.split(" - ").next().unwrap_or_default().trim().to_owned();
        let has_none = code.is_empty() || code == NONE_SUPPLIED;
        self.n_older += u64::from(code.len() == 4);
        self.n_without += u64::from(has_none);
        self.shaped.put(OwnedCell::Text(code), number, columns.industry);
        for column in [Some(columns.opened), columns.closed] {
            match column {
                Some(column) => {
                    self.shaped.put(OwnedCell::Text(year_of(&text(column))), number, column);
                }
                None => self.shaped.text(""),
            }
        }
        for column in [columns.easting, columns.northing] {
            match column {
                Some(column) => {
                    let meters = self.plain.datum(row.cell(column)).ok().and_then(Datum::number);
                    let cell = meters.map_or_else(
                        || row.cell(column).into(),
                        |meters| OwnedCell::Number(meters / 1000.0),
                    );
                    self.shaped.put(cell, number, column);
                }
                None => self.shaped.text(""),
            }
        }
        for column in 0..self.n_columns {
            Shaped::cell(&mut self.shaped, number, row, column);
        }
        emit(if has_none { RowKind::Aside } else { RowKind::Data }, &self.shaped);
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.n_without > 0 {
            let n = self.n_without;
            notes.push(Note::new(
                "companies-without-industry",
                format!("{n} companies supplied no industry and were left aside"),
                format!("{n} 家企业未填报行业，未读入"),
            ));
        }
        if self.n_older > 0 {
            let n = self.n_older;
            notes.push(Note::new(
                "companies-older-codes",
                format!("{n} companies carry codes of four digits, which are of SIC 2003"),
                format!("{n} 家企业使用四位代码，属 SIC 2003 分类"),
            ));
        }
        notes
    }
}

/// The year of a date such as 31/12/2019 or 2019-12-31; the text as it stands where it is none.
fn year_of(date: &str) -> String {
    let parts: Vec<&str> = date.split(['/', '-']).collect();
    let all_digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let ends = [parts.first(), parts.last()].into_iter().flatten();
    let year = ends.copied().find(|part| part.len() == 4);
    let year = year.filter(|_| parts.len() == 3 && all_digits);
    year.unwrap_or(date).to_owned()
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    request.bind_keys(&mut plan, &[])?;
    let region = match request.spec.columns.get("region") {
        Some(_) => request.binding("region")?,
        None => ["lad_code", "region", "regaddress.county"].into_iter().find_map(|name| {
            request.headings.iter().position(|h| fold(h) == name).map(Binding::Column)
        }),
    };
    for column in request.table.measures {
        let found = if column.name == "region" { region.clone() } else { None };
        let Some(binding) = found.map_or_else(|| request.binding(column.name), |b| Ok(Some(b)))?
        else {
            if column.required {
                return Err(request.no_column(column).into());
            }
            continue;
        };
        plan.bind(request.target(column.name)?, binding);
    }
    let own = request.spec.columns.keys().filter(|name| request.table.column(name).is_none());
    for name in own.filter(|name| *name != "unit") {
        if let Some(binding) = request.binding(name)? {
            plan.bind(request.target(name)?, binding);
        }
    }
    request.bind_filters(&mut plan)?;
    plan.notes.push(Note::new(
        "companies-registered-offices",
        "Places are registered offices, not workplaces; easting and northing are given in \
         kilometers; only the first of up to four industries is read",
        "位置为注册地址而非经营地点；东向与北向坐标换算为千米；至多四个行业中只读入第一个",
    ));
    Ok(plan)
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "plant", ..Proposal::default() };
    if !look.headings.iter().any(|heading| fold(heading) == "lad_code") {
        let why = "the register has addresses and no codes of regions; join them by postcode";
        proposal.reasons.push(("columns.region = ?".to_owned(), why.to_owned()));
    }
    proposal
}

#[cfg(test)]
mod tests {
    use super::year_of;

    #[test]
    fn a_date_gives_its_year_and_anything_else_stays() {
        assert_eq!(year_of("13/10/2010"), "2010");
        assert_eq!(year_of("2010-10-13"), "2010");
        assert_eq!(year_of("13/10/10"), "13/10/10");
        assert_eq!(year_of(""), "");
    }
}
