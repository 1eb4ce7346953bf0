//! `io-china`: national tables of China with 42 sectors, competitive (column `IM`) or not (rows
//! `Domestic` and `Imports`).
//!
//! Source of the codes: National Bureau of Statistics, Input-Output Tables of China (TII total
//! intermediate inputs, TVA total value added, TI total inputs, TIU total intermediate use, TFU
//! total final use, GO gross output).

use agglo_core::Text;

use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::{Label, Line, Matrix, RowIs, Sum};
use crate::diagnostic::DataError;
use crate::reader::shape::Shaper;
use crate::sniff::Sureness;
use crate::source::Row;

const UNIT: &str = "10 thousand yuan";

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-china",
        help: Text::new("national input-output table of China", "中国全国投入产出表"),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan: |request| super::plan(request, UNIT),
    propose: Some(|look| super::propose(look, UNIT)),
    marks: &[],
    fallback: None,
};

fn line(code: &str) -> Option<Line> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(match code {
        "TII" | "TIU" => Line::Total(Sum::Intermediate),
        "TVA" | "TFU" => Line::Total(Sum::Outer),
        "TI" | "GO" => Line::Total(Sum::All),
        "IM" => Line::Subtracted,
        "EX" | "ERR" | "TC" => Line::Outer,
        _ if code.len() <= 3 && digits(code) => Line::Part,
        _ if code.strip_prefix("FU").or(code.strip_prefix("VA")).is_some_and(digits) => Line::Outer,
        _ => return None,
    })
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let named = look.has(&["Code", "TIU", "EX", "GO", "01"]);
    let kind = if look.has(&["Origin"]) { "non-competitive" } else { "competitive" };
    let why = format!("the headings Code, TIU, EX and GO are there: a {kind} table");
    named.then(|| Recognized::new(Sureness::Certain, why)).flatten()
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let place = |name: &str| look.headings.iter().position(|heading| heading == name);
    let columns = look.headings.iter().enumerate();
    let columns =
        columns.filter_map(|(column, code)| Some((column, Label::new("", code, line(code)?))));
    let (code_at, origin_at) = (place("Code").unwrap_or_default(), place("Origin"));
    let classify = move |_: u32, row: &dyn Row| {
        let (mut buffer, mut origin) = (String::new(), String::new());
        let code = row.cell(code_at).text(&mut buffer);
        let origin = origin_at.map_or("", |column| row.cell(column).text(&mut origin));
        match line(code) {
            Some(line) => RowIs::Line(Label::new(origin, code, line)),
            None => RowIs::Head,
        }
    };
    Matrix::new(look, columns.collect(), origin_at.is_some(), Box::new(classify))
        .symmetric()
        .checked(look)
}

#[cfg(test)]
mod tests {
    use super::{Line, Sum, line};

    #[test]
    fn codes_tell_sectors_from_uses_value_added_and_totals() {
        assert_eq!(line("01"), Some(Line::Part));
        assert_eq!(line("IM"), Some(Line::Subtracted));
        assert_eq!(line("FU201"), Some(Line::Outer));
        assert_eq!(line("VA001"), Some(Line::Outer));
        assert_eq!(line("TI"), Some(Line::Total(Sum::All)));
        assert_eq!(line("Description"), None);
    }
}
