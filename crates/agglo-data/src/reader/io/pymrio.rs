//! `io-pymrio`: the tab-separated files of pymrio, with regions above sectors in the head.

use agglo_core::Text;

use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::{Label, Line, Matrix, RowIs};
use crate::diagnostic::DataError;
use crate::reader::shape::Shaper;
use crate::sniff::Sureness;
use crate::source::Row;

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-pymrio",
        help: Text::new(
            "pymrio: flows, final demand or factor inputs",
            "pymrio 文件：中间使用、最终需求或要素投入",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan: |request| super::plan(request, ""),
    propose: Some(|look| super::propose(look, "")),
    marks: &[],
    fallback: None,
};

struct Head {
    /// How many columns stand before the numbers.
    n_lead: usize,
    columns: Vec<(usize, String, String)>,
    /// The last row of the head.
    last: u32,
    has_unit: bool,
}

/// The two-level head, where the file has one.
fn head(look: &Look<'_>) -> Option<Head> {
    let [regions, sectors, rest @ ..] = look.head else { return None };
    let width = regions.cells.len();
    if sectors.cells.len() != width || width < 3 {
        return None;
    }
    // Index names such as `region` and `sector` may stand before the labels, with blanks between.
    let named = |cell: &String| matches!(cell.as_str(), "" | "region" | "sector" | "category");
    let n_lead = regions.cells.iter().take_while(|cell| named(cell)).count();
    let leads = sectors.cells.iter().take(n_lead).all(named);
    let filled = |cells: &[String]| cells[n_lead..].iter().all(|cell| !cell.is_empty());
    if !(1..=3).contains(&n_lead)
        || n_lead >= width
        || !leads
        || !filled(&regions.cells)
        || !filled(&sectors.cells)
    {
        return None;
    }
    let numeric = |text: &String| text.parse::<f64>().is_ok();
    if sectors.cells[n_lead..].iter().any(numeric) || regions.cells[n_lead..].iter().any(numeric) {
        return None;
    }
    // A third row of the head names the index of the rows and holds nothing else.
    let names = rest
        .first()
        .filter(|row| row.cells.get(n_lead..).is_some_and(|c| c.iter().all(String::is_empty)));
    let first = if names.is_some() { rest.get(1) } else { rest.first() }?;
    if !first.cells.get(n_lead).is_some_and(numeric) {
        return None;
    }
    let labels = regions.cells.iter().zip(&sectors.cells).enumerate().skip(n_lead);
    let columns = labels.map(|(column, (region, sector))| (column, region.clone(), sector.clone()));
    let last = names.map_or(sectors.number, |row| row.number);
    // Repeated leads tell a unit: two labels and a unit, or one label of a factor and its unit.
    let data = || rest.iter().filter(|row| row.number > last);
    let last_lead = |row: &crate::source::HeadRow| row.cells.get(n_lead - 1).cloned();
    let mut leads: Vec<Option<String>> = data().map(last_lead).collect();
    leads.sort_unstable();
    leads.dedup();
    let is_sector =
        |lead: &Option<String>| sectors.cells[n_lead..].iter().any(|s| Some(s) == lead.as_ref());
    let has_unit = n_lead == 3
        || (n_lead == 2 && !leads.iter().any(is_sector) && regions_not_rows(look, n_lead, last));
    Some(Head { n_lead, columns: columns.collect(), last, has_unit })
}

/// Whether the first label of the rows is no region of the head: a factor input.
fn regions_not_rows(look: &Look<'_>, n_lead: usize, last: u32) -> bool {
    let regions = &look.head[0].cells[n_lead..];
    let mut rows = look.head.iter().filter(|row| row.number > last);
    rows.all(|row| row.cells.first().is_some_and(|label| !regions.contains(label)))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let head = head(look)?;
    let why = format!("{} columns have a region and a sector above them", head.columns.len());
    Recognized::new(Sureness::Certain, why)
}

/// Uses that are final, by the words of the system of national accounts and of EXIOBASE.
fn is_final(label: &str) -> bool {
    let label = label.to_lowercase();
    [
        "final consumption",
        "gross fixed capital",
        "changes in inventories",
        "changes in valuables",
        "export",
        "final demand",
    ]
    .iter()
    .any(|word| label.starts_with(word))
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let Some(head) = head(look) else {
        let message = "there is no head of regions over sectors";
        return Err(look.refuse(crate::codes::NO_HEADING, message, "name another reader"));
    };
    let Head { n_lead, columns, last, has_unit } = head;
    let columns = columns.into_iter().map(|(column, region, sector)| {
        let line = if is_final(&sector) { Line::Outer } else { Line::Part };
        (column, Label { region, code: sector, line })
    });
    let n_labels = n_lead - usize::from(has_unit);
    let classify = move |number: u32, row: &dyn Row| {
        if number <= last {
            return RowIs::Head;
        }
        let (mut first, mut second) = (String::new(), String::new());
        let first = row.cell(0).text(&mut first);
        RowIs::Line(if n_labels == 1 {
            Label::new("", first, Line::Outer)
        } else {
            Label::new(first, row.cell(1).text(&mut second), Line::Part)
        })
    };
    let matrix = Matrix::new(look, columns.collect(), n_labels > 1, Box::new(classify));
    let matrix = if has_unit { matrix.unit_in(n_lead - 1) } else { matrix };
    matrix.checked(look)
}
