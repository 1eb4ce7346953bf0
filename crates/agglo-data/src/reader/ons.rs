//! `ons-gva`: gross value added by region and industry, Office for National Statistics.
//!
//! A row per region and industry, a column per year, commas between thousands. Industries nest in
//! their order: `Total`, `A-E`, `C (10-33)`, `CA (10-12)`, `10`. Source: ONS, Regional gross value
//! added (balanced) by industry, tables 1c, 2c and 3c.

use agglo_core::{Mark, Note, Text};

use super::plan::{Binding, Marked, Plan, Request, RowKind};
use super::shape::{Shaped, Shaper};
use super::wide::bind_periods;
use super::{Look, Reader, ReaderInfo, Recognized, fold};
use crate::codes;
use crate::diagnostic::{DataError, did_you_mean};
use crate::number::year_in_heading;
use crate::sniff::{Proposal, Sureness};
use crate::source::Row;
use crate::spec::ReadSpec;

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "ons-gva",
        help: Text::new(
            "gross value added by region and industry, Office for National Statistics",
            "英国国家统计局分地区分行业增加值",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: Some(encoding_rs::WINDOWS_1252),
};

/// Depth of an industry in the nesting is its place here.
const LEVELS: [&str; 5] = ["total", "sector", "section", "subsection", "finest"];
const FINEST: usize = 4;
/// Regions that are sums of others: the United Kingdom with and without Extra-Regio, England.
const SUMS: [&str; 3] = ["UK", "UKX", "TLB"];

const INDUSTRY: [&str; 2] = ["sic07_code", "sic_2007_code"];

fn region_column(headings: &[String]) -> Option<usize> {
    headings.iter().position(|heading| {
        let heading = fold(heading);
        (heading.starts_with("itl") || heading.starts_with("nuts")) && heading.ends_with("code")
    })
}

fn industry_column(headings: &[String]) -> Option<usize> {
    headings.iter().position(|heading| INDUSTRY.contains(&fold(heading).as_str()))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let (region, industry) = (region_column(look.headings)?, industry_column(look.headings)?);
    let n_years = look.headings.iter().filter(|h| year_in_heading(h).is_some()).count();
    let (region, industry) = (&look.headings[region], &look.headings[industry]);
    let why = format!("the headings `{region}`, `{industry}` and {n_years} years are there");
    (n_years > 1).then(|| Recognized::new(Sureness::Certain, why)).flatten()
}

/// How deep an industry is nested.
fn depth(code: &str) -> usize {
    let letters = code.split(' ').next().unwrap_or_default();
    let n_letters = letters.chars().filter(char::is_ascii_uppercase).count();
    if code.eq_ignore_ascii_case("total") {
        0
    } else if code.starts_with(|c: char| c.is_ascii_digit()) {
        FINEST
    } else if !code.contains('(') {
        1
    } else if letters.starts_with('C') && n_letters > 1 {
        // Only manufacturing has subsections; `AB (1-9)` and `DE (35-39)` are two sections in one.
        3
    } else {
        2
    }
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let (Some(region), Some(industry)) =
        (region_column(look.headings), industry_column(look.headings))
    else {
        let message = "there is no column of region codes or no column `SIC07 code`";
        return Err(look.refuse(codes::NO_HEADING, message, "set reader = \"wide\""));
    };
    let keyed = crate::table::table_spec(&look.spec.table);
    let default =
        if keyed.is_none_or(|table| table.is_key("industry")) { "finest" } else { "total" };
    let wanted = look.spec.level.as_deref().unwrap_or(default);
    let Some(level) = LEVELS.iter().position(|level| *level == wanted) else {
        let message = format!("this reader has no level `{wanted}`");
        return Err(look.refuse(codes::BAD_SETTING, message, did_you_mean(wanted, LEVELS)));
    };
    Ok(Box::new(Rows {
        headings: look.headings.to_vec(),
        region,
        industry,
        level,
        waiting: None,
        begun: false,
    }))
}

/// Whether a row is a sum of others is seen when the next one is there.
struct Rows {
    headings: Vec<String>,
    region: usize,
    industry: usize,
    level: usize,
    waiting: Option<Waiting>,
    begun: bool,
}

struct Waiting {
    row: Shaped,
    region: String,
    depth: usize,
}

impl Waiting {
    /// What the row is, where the one after it is of `region` and so deep.
    fn kind(&self, level: usize, next: Option<(&str, usize)>) -> RowKind {
        if self.depth > level {
            return RowKind::Aside;
        }
        let has_parts = next.is_some_and(|(region, depth)| {
            region == self.region && depth > self.depth && depth <= level
        });
        if has_parts || SUMS.contains(&self.region.as_str()) {
            RowKind::Total
        } else {
            RowKind::Data
        }
    }
}

impl Shaper for Rows {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let text = |column: usize| row.cell(column).text(&mut String::new()).to_owned();
        if !self.begun {
            self.begun = text(self.industry) == self.headings[self.industry];
            return;
        }
        let (region, depth) = (text(self.region), depth(&text(self.industry)));
        if let Some(waiting) = self.waiting.take() {
            emit(waiting.kind(self.level, Some((&region, depth))), &waiting.row);
        }
        let mut shaped = Shaped::later(number);
        for column in 0..row.len() {
            Shaped::cell(&mut shaped, number, row, column);
        }
        self.waiting = Some(Waiting { row: shaped, region, depth });
    }

    fn finish(&mut self, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        if let Some(waiting) = self.waiting.take() {
            emit(waiting.kind(self.level, None), &waiting.row);
        }
    }
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    for key in request.table.keys.iter().filter(|key| key.name != "period") {
        let usual = match key.name {
            "region" => region_column(request.headings),
            "industry" => industry_column(request.headings),
            _ => None,
        };
        match request.binding(key.name)?.or_else(|| usual.map(Binding::Column)) {
            Some(binding) => plan.bind(request.target(key.name)?, binding),
            None if key.required => return Err(request.no_column(key).into()),
            None => {}
        }
    }
    let measure = request.spec.value.as_deref().unwrap_or("value_added");
    bind_periods(request, &mut plan, measure)?;
    let in_millions = fold(&request.place.file).contains("pounds_million");
    let places = plan.targets.iter_mut().filter(|target| target.name == measure);
    for target in places.filter(|target| target.unit.is_empty() && in_millions) {
        "million GBP".clone_into(&mut target.unit);
    }
    request.bind_filters(&mut plan)?;
    if request.spec.thousands.is_none() && plan.marker.is_none() {
        let own = ReadSpec { thousands: Some(','), ..request.spec.clone() };
        let format = Request { spec: &own, ..*request }.number_format(&[])?;
        plan.marker = Some(Box::new(move |row, _, column, _| {
            let datum = format.datum(row.cell(column));
            Some(datum.map(|datum| Marked::new(datum, Mark::default())))
        }));
    }
    plan.notes.push(Note::new(
        "ons-nested",
        "Industries of the level asked for were read; those they are parts of, the United Kingdom \
         and England were kept apart as totals",
        "读入所选层级的行业；其上级行业、联合王国与英格兰作为合计另存",
    ));
    Ok(plan)
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal {
        table: "activity",
        value: Some("value_added"),
        level: Some("finest"),
        ..Proposal::default()
    };
    let why = "each industry without parts once; sections and totals are kept apart";
    proposal.reasons.push(("level = finest".to_owned(), why.to_owned()));
    if !fold(&look.place.file).contains("pounds_million") {
        let why = "the name of the file does not say it; the tables are in million pounds";
        proposal.reasons.push(("units = ?".to_owned(), why.to_owned()));
    }
    proposal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_how_deep_it_is_nested() {
        let depths: Vec<&str> = [
            "Total",
            "A-E",
            "A (1-3)",
            "AB (1-9)",
            "C (10-33)",
            "CA (10-12)",
            "CD-CE (19-20)",
            "10",
            "68IMP",
            "5-8",
        ]
        .map(|code| LEVELS[depth(code)])
        .to_vec();
        let expected = [
            "total",
            "sector",
            "section",
            "section",
            "section",
            "subsection",
            "subsection",
            "finest",
            "finest",
            "finest",
        ];
        assert_eq!(depths, expected);
    }
}
