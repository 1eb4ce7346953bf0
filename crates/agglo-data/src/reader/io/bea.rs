//! `io-bea`: make and use tables of the Bureau of Economic Analysis, summary and detail.

use agglo_core::Text;

use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::{Label, Line, Matrix, RowIs, Sum};
use crate::diagnostic::DataError;
use crate::reader::shape::Shaper;
use crate::sniff::Sureness;
use crate::source::Row;

const UNIT: &str = "million US dollars";

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-bea",
        help: Text::new(
            "make or use table, Bureau of Economic Analysis",
            "美国经济分析局供给表或使用表",
        ),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan: |request| super::plan(request, UNIT),
    propose: Some(|look| super::propose(look, UNIT)),
    marks: &[],
    fallback: None,
};

/// What a code or a name in the head or the first column is.
///
/// `NA` and `NA.1` are T004 and T007 in files that went through R, which lost their names; the
/// balance of each row confirms them.
fn line(label: &str) -> Line {
    let outer = |sign: char| {
        label.strip_prefix(sign).is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (2..=5).contains(&digits) && rest.len() <= 5
        })
    };
    match label {
        "Total Intermediate" | "T001" | "T005" => Line::Total(Sum::Intermediate),
        "Total Value Added"
        | "T006"
        | "VABAS"
        | "VAPRO"
        | "Total Final Uses (GDP)"
        | "T004"
        | "NA" => Line::Total(Sum::Outer),
        "Total Industry Output"
        | "Total Commodity Output"
        | "T008"
        | "T007"
        | "T017"
        | "T018"
        | "T019"
        | "NA.1" => Line::Total(Sum::All),
        _ if outer('F') || outer('V') => Line::Outer,
        _ => Line::Part,
    }
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let has = |label: &str| look.headings.iter().any(|heading| heading == label);
    let detail = has("1111A0") && has("S00203");
    let summary = has("111CA") && has("113FF") && has("GSLE");
    let use_table = has("F010") || has("F01000");
    let make = has("Total Industry Output") || has("T008");
    if !(detail || summary) || !(use_table || make) {
        return None;
    }
    let what = if use_table { "final uses F…" } else { "industry output" };
    Recognized::new(Sureness::Certain, format!("the codes of BEA industries and {what} are heads"))
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let labels = look.headings.iter().enumerate().skip(1).filter(|(_, label)| !label.is_empty());
    let columns = labels.map(|(column, label)| (column, Label::new("", label, line(label))));
    let first = look.head.first().map_or(0, |row| row.number);
    let classify = move |number: u32, row: &dyn Row| {
        let mut buffer = String::new();
        let label = row.cell(0).text(&mut buffer);
        if number <= first || label.is_empty() {
            return RowIs::Head;
        }
        RowIs::Line(Label::new("", label, line(label)))
    };
    Matrix::new(look, columns.collect(), false, Box::new(classify)).checked(look)
}

#[cfg(test)]
mod tests {
    use super::{Line, Sum, line};

    #[test]
    fn codes_tell_industries_from_final_uses_value_added_and_totals() {
        assert_eq!(line("111CA"), Line::Part);
        assert_eq!(line("S00300"), Line::Part);
        assert_eq!(line("F010"), Line::Outer);
        assert_eq!(line("F02S"), Line::Outer);
        assert_eq!(line("F06C00"), Line::Outer);
        assert_eq!(line("V00100"), Line::Outer);
        assert_eq!(line("T008"), Line::Total(Sum::All));
        assert_eq!(line("Total Value Added"), Line::Total(Sum::Outer));
    }
}
