//! `nbs-annual`: "Annual by Province" as data.stats.gov.cn gives it, one indicator by region or one
//! region by indicator.

use agglo_core::{Note, Text};

use super::super::plan::{Plan, Request, RowKind};
use super::super::shape::{Shaped, Shaper};
use super::super::{Look, Reader, ReaderInfo, Recognized, tidy};
use super::heads::{Head, Level, is_group, measure_of};
use super::{MARKS, clean_name, year};
use crate::codes;
use crate::diagnostic::DataError;
use crate::sniff::{Proposal, Sureness};
use crate::source::{HeadRow, Row};

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "nbs-annual",
        help: Text::new(
            "annual data by province, National Bureau of Statistics of China",
            "国家统计局分省年度数据",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan,
    propose: Some(propose),
    marks: &MARKS,
    fallback: Some(encoding_rs::GB18030),
};

/// What the title lines and the head say.
struct Layout {
    head_row: u32,
    /// Column and year.
    years: Vec<(usize, String)>,
    /// Rows are indicators of one region.
    by_indicator: bool,
    indicator: Option<String>,
    region: Option<String>,
}

/// The text behind one of `names` and a colon, which some files hold in a wrong encoding.
fn titled(row: &HeadRow, names: &[&str]) -> Option<String> {
    let text = row.cells.first()?;
    let rest = names.iter().find_map(|name| text.strip_prefix(name))?;
    let rest = rest.trim_start();
    let colons = ["：", ":", "ï¼\u{9a}", "ï¼š", "ï¼"];
    colons.iter().find_map(|colon| rest.strip_prefix(colon)).map(|text| text.trim().to_owned())
}

fn layout(look: &Look<'_>) -> Option<Layout> {
    let is_corner =
        |text: &str| matches!(text, "地区" | "Region" | "指标" | "Indicators" | "Indicator");
    let head = look.head.iter().find(|row| {
        let corner = row.cells.first().is_some_and(|cell| is_corner(&clean_name(cell)));
        let n_filled = row.filled().count();
        corner && n_filled > 1 && row.filled().skip(1).all(|(_, text)| year(text).is_some())
    })?;
    let above = look.head.iter().take_while(|row| row.number < head.number);
    let find = |names: &[&str]| above.clone().find_map(|row| titled(row, names));
    find(&["数据库", "Database"])?;
    let years =
        head.filled().skip(1).filter_map(|(column, text)| Some((column, year(text)?.to_owned())));
    Some(Layout {
        head_row: head.number,
        years: years.collect(),
        by_indicator: !matches!(clean_name(&head.cells[0]).as_str(), "地区" | "Region"),
        indicator: find(&["指标", "Indicators", "Indicator"]),
        region: find(&["地区", "Region"]),
    })
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let layout = layout(look)?;
    let rows = if layout.by_indicator { "indicators" } else { "regions" };
    let why = format!("title lines of data.stats.gov.cn, years across and {rows} down");
    Recognized::new(Sureness::Certain, why)
}

/// The head that an indicator with its unit in parentheses stands for.
fn head_of(indicator: &str) -> Head {
    let (level, unit) = Level::of([indicator]);
    Head { levels: vec![level], unit }
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = Proposal { table: "region_year", ..Proposal::default() };
    let Some(layout) = layout(look) else { return proposal };
    if layout.by_indicator {
        proposal.table = "indicator";
        if let Some(region) = layout.region {
            let what = format!("region = {region}");
            proposal.reasons.push((what, "the title names this one region".to_owned()));
        }
        return proposal;
    }
    let indicator = layout.indicator.unwrap_or_default();
    let measure = measure_of(&head_of(&indicator)).unwrap_or("value");
    let why = "the title names this indicator".to_owned();
    proposal.reasons.push((format!("{measure} = {indicator:?}"), why));
    proposal
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let Some(layout) = layout(look) else {
        let message = "there are no title lines of data.stats.gov.cn above a head of years";
        return Err(look.refuse(codes::NO_PERIODS, message, "name another reader"));
    };
    let head = head_of(layout.indicator.as_deref().unwrap_or_default()).heading();
    let has_region = layout.region.is_some() && !look.spec.constants.contains_key("region");
    let headings: Vec<String> = match (layout.by_indicator, has_region) {
        (false, _) => vec!["region".to_owned(), "period".to_owned(), head],
        (true, true) => ["region", "indicator", "period", "value"].map(str::to_owned).to_vec(),
        (true, false) => ["indicator", "period", "value"].map(str::to_owned).to_vec(),
    };
    let region = layout.region.clone().filter(|_| has_region);
    Ok(Box::new(Annual { layout, region, headings, buffer: Shaped::default() }))
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    if request.headings.iter().any(|heading| heading == "indicator") {
        return (tidy::READER.plan)(request);
    }
    super::plan(request)
}

struct Annual {
    layout: Layout,
    region: Option<String>,
    headings: Vec<String>,
    buffer: Shaped,
}

impl Shaper for Annual {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn row(&mut self, number: u32, row: &dyn Row, emit: &mut dyn FnMut(RowKind, &dyn Row)) {
        let mut buffer = String::new();
        let name = clean_name(row.cell(0).text(&mut buffer));
        let filled = self.layout.years.iter().any(|(column, _)| !row.cell(*column).is_blank());
        let is_note =
            ["数据来源", "Data Source", "注", "Note"].iter().any(|word| name.starts_with(word));
        if number == self.layout.head_row {
            return;
        }
        if number < self.layout.head_row || (is_note && !filled) {
            return emit(RowKind::Remark, row);
        }
        let is_total = !self.layout.by_indicator && is_group(&name);
        let kind = if is_total { RowKind::Total } else { RowKind::Data };
        for (column, year) in &self.layout.years {
            self.buffer.clear();
            if let Some(region) = &self.region {
                self.buffer.text(region.clone());
            }
            self.buffer.text(name.clone());
            self.buffer.text(year.clone());
            Shaped::cell(&mut self.buffer, number, row, *column);
            emit(kind, &self.buffer);
        }
    }

    fn notes(&self) -> Vec<Note> {
        let indicator = self.layout.indicator.as_deref().unwrap_or("no indicator in the title");
        vec![Note::new(
            "indicator-from-title",
            format!("the title says: {indicator}"),
            format!("标题中的指标：{indicator}"),
        )]
    }
}
