//! `bea-cagdp2`: GDP by county and industry as the Bureau of Economic Analysis publishes it.
//!
//! Wide over years; `GeoFIPS` quoted behind a leading blank; `(D)` withheld, `(NA)` not available,
//! `(L)` below half the unit; remarks below the data; Windows-1252 where not plain ASCII.

use std::cmp::Ordering;

use agglo_core::{Gap, Note, Text};
use encoding_rs::WINDOWS_1252;

use super::plan::{Binding, Plan, Request, RowKind};
use super::wide::bind_periods;
use super::{Look, Reader, ReaderInfo, Recognized};
use crate::codes;
use crate::diagnostic::{DataError, did_you_mean};
use crate::sniff::{Proposal, Sureness};
use crate::source::{Cell, Row};

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "bea-cagdp2",
        help: Text::new(
            "GDP by county and industry, Bureau of Economic Analysis",
            "美国经济分析局分县分行业 GDP",
        ),
    },
    recognize,
    sheet: None,
    shape: None,
    plan,
    propose: Some(propose),
    marks: &MARKS,
    fallback: Some(WINDOWS_1252),
};

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let why = format!("the headings {} are there", HEADINGS.join(", "));
    look.has(&HEADINGS).then(|| Recognized::new(Sureness::Certain, why)).flatten()
}

fn propose(_look: &Look<'_>) -> Proposal {
    let lines = SECTOR_LINES.iter().map(|line| (*line).to_owned()).collect();
    Proposal {
        table: "activity",
        value: Some("value_added"),
        filter: [("LineCode".to_owned(), lines)].into(),
        reasons: vec![(
            format!("filter = LineCode {}", SECTOR_LINES.join(", ")),
            "sums stand among their parts; these are the private sectors, each once".to_owned(),
        )],
        ..Proposal::default()
    }
}

const MARKS: [(&str, Gap); 3] =
    [("(D)", Gap::Suppressed), ("(NA)", Gap::Missing), ("(L)", Gap::BelowUnit)];

const HEADINGS: [&str; 3] = ["GeoFIPS", "LineCode", "IndustryClassification"];

/// The lines of the private sectors, each once: no line is a sum of others.
const SECTOR_LINES: [&str; 19] = [
    "3", "6", "10", "11", "12", "34", "35", "36", "45", "51", "56", "60", "64", "65", "69", "70",
    "76", "79", "82",
];

/// The finest first; the sums of each are the levels after it.
const LEVELS: [&str; 4] = ["county", "state", "bea_region", "country"];
const STRIP: &[char] = &['"', ' '];
/// The classification of lines that are sums across the classification.
const NO_CLASS: &str = "...";

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    plan.strip = STRIP;
    let region = request.heading("GeoFIPS", "reader bea-cagdp2")?;
    plan.bind(request.target("region")?, Binding::Column(region));
    let mut class = None;
    if request.table.is_key("industry") {
        let heading = request.spec.columns.get("industry");
        let heading = heading.map_or("IndustryClassification", String::as_str);
        let column = request.heading(heading, "columns.industry")?;
        if request.headings[column] == "IndustryClassification" {
            class = Some(column);
            plan.notes.push(Note::new(
                "bea-sums-aside",
                "Lines without a NAICS code (all industries, private, government, goods- and \
                 services-producing) were left aside; LineCode as the industry keeps them",
                "无 NAICS 代码的合计行未读入；以 LineCode 为行业代码可保留",
            ));
        }
        plan.bind(request.target("industry")?, Binding::Column(column));
    }
    let measure = request.spec.value.clone().unwrap_or_else(|| {
        let gdp = request.table.column("gdp").is_some();
        if gdp { "gdp" } else { "value_added" }.to_owned()
    });
    bind_periods(request, &mut plan, &measure)?;
    request.bind_filters(&mut plan)?;
    plan.unit = Some(request.heading("Unit", "reader bea-cagdp2")?);

    let wanted = request.spec.level.as_deref().unwrap_or(LEVELS[0]);
    let Some(kept) = LEVELS.iter().position(|level| *level == wanted) else {
        let message = format!("this reader has no level `{wanted}`");
        return Err(request.refuse(codes::BAD_SETTING, message, did_you_mean(wanted, LEVELS)));
    };
    if request.spec.level.is_none() {
        plan.notes.push(Note::new(
            "bea-counties",
            "Counties were read; states, BEA regions and the nation were kept apart as totals \
             (level = \"state\" reads others)",
            "读入县级地区；州、BEA 大区与全国作为合计另存",
        ));
    }
    plan.classify = Some(Box::new(move |row| {
        let mut buffer = String::new();
        let fips = row.cell(region).text(&mut buffer).trim_matches(STRIP).to_owned();
        let Some(level) = level(&fips) else { return RowKind::Remark };
        if class.is_some_and(|column| is_sum(row, column)) {
            return RowKind::Aside;
        }
        match LEVELS.iter().position(|known| *known == level).cmp(&Some(kept)) {
            Ordering::Less => RowKind::Aside,
            Ordering::Equal => RowKind::Data,
            Ordering::Greater => RowKind::Total,
        }
    }));
    Ok(plan)
}

fn is_sum(row: &dyn Row, column: usize) -> bool {
    matches!(row.cell(column), Cell::Text(text) if text.trim() == NO_CLASS)
}

/// What a FIPS code stands for; `None` for what is no code.
fn level(fips: &str) -> Option<&'static str> {
    let is_code = fips.len() == 5 && fips.bytes().all(|byte| byte.is_ascii_digit());
    if !is_code {
        return None;
    }
    Some(if fips == "00000" {
        "country"
    } else if !fips.ends_with("000") {
        "county"
    } else if fips.starts_with('9') {
        "bea_region"
    } else {
        "state"
    })
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn a_fips_code_tells_its_level() {
        assert_eq!(level("01001"), Some("county"));
        assert_eq!(level("01000"), Some("state"));
        assert_eq!(level("91000"), Some("bea_region"));
        assert_eq!(level("00000"), Some("country"));
        assert_eq!(level("Note: See the included footnote file."), None);
    }
}
