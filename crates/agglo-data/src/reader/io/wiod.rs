//! `io-wiod`: the World Input-Output Database as matrices with labels `AUS.c1`.

use agglo_core::Text;

use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::{Label, Line, Matrix, RowIs};
use crate::diagnostic::DataError;
use crate::reader::shape::Shaper;
use crate::sniff::Sureness;
use crate::source::Row;

const UNIT: &str = "million US dollars";

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-wiod",
        help: Text::new(
            "World Input-Output Database, flows or final demand",
            "世界投入产出数据库，中间或最终使用",
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

/// Country and industry (`c1`) or final use (`f1`) of a label.
fn split(label: &str) -> Option<(&str, &str, Line)> {
    let (country, code) = label.split_once('.')?;
    let number = code.strip_prefix(['c', 'f'])?;
    let is_country = country.len() == 3 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let line = if code.starts_with('c') { Line::Part } else { Line::Outer };
    (is_country && is_number).then_some((country, code, line))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let labels = look.headings.get(1..).filter(|labels| labels.len() > 1)?;
    let why = format!("all headings but the first are country.industry, as `{}`", labels[0]);
    labels.iter().all(|label| split(label).is_some()).then_some(())?;
    Recognized::new(Sureness::Certain, why)
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let columns = look.headings.iter().enumerate().skip(1).filter_map(|(column, label)| {
        let (country, code, line) = split(label)?;
        Some((column, Label::new(country, code, line)))
    });
    // A text file gives its headings as a row of their own, Parquet does not.
    let classify = |_: u32, row: &dyn Row| {
        let mut buffer = String::new();
        match split(row.cell(0).text(&mut buffer)) {
            Some((country, code, line)) => RowIs::Line(Label::new(country, code, line)),
            None => RowIs::Head,
        }
    };
    Matrix::new(look, columns.collect(), true, Box::new(classify)).checked(look)
}

#[cfg(test)]
mod tests {
    use super::{Line, split};

    #[test]
    fn a_label_is_a_country_and_an_industry_or_a_final_use() {
        assert_eq!(split("AUS.c1"), Some(("AUS", "c1", Line::Part)));
        assert_eq!(split("RoW.f5"), Some(("RoW", "f5", Line::Outer)));
        assert_eq!(split("AUS_c1"), None);
        assert_eq!(split("a.c"), None);
    }
}
