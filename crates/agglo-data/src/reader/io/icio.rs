//! `io-icio`: the OECD inter-country input-output tables as CSV, labels `AUS_A01_02`.
//!
//! Source of the labels: OECD, Inter-Country Input-Output tables, read-me of the releases 2018 to
//! 2023 (final demand HFCE, NPISH, GGFC, GFCF, INVNT, DPABR; rows VA or VALU, TLS or TAXSUB; OUT,
//! OUTPUT or TOTAL).

use agglo_core::Text;

use super::super::{Look, Reader, ReaderInfo, Recognized};
use super::{ALL, Label, Line, Matrix, RowIs, Sum};
use crate::diagnostic::DataError;
use crate::reader::shape::Shaper;
use crate::sniff::Sureness;
use crate::source::Row;

const UNIT: &str = "million US dollars";

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-icio",
        help: Text::new("OECD inter-country input-output table", "经合组织国家间投入产出表"),
    },
    recognize,
    sheet: None,
    shape: Some(shape),
    plan: |request| super::plan(request, UNIT),
    propose: Some(|look| super::propose(look, UNIT)),
    marks: &[],
    fallback: None,
};

const FINAL: [&str; 8] = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "DIRP", "NONRES"];
const PRIMARY: [&str; 5] = ["VA", "VALU", "TLS", "TAXSUB", "CIF"];
const TOTAL: [&str; 4] = ["OUT", "OUTPUT", "TOTAL", "X"];

/// Country and industry or use of a label.
fn split(label: &str) -> Option<Label> {
    if TOTAL.contains(&label) {
        return Some(Label::new(ALL, label, Line::Total(Sum::All)));
    }
    if PRIMARY.contains(&label) {
        return Some(Label::new(ALL, label, Line::Outer));
    }
    let (country, code) = label.split_once('_')?;
    let is_country = country.len() == 3
        && country.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let outer = FINAL.contains(&code) || PRIMARY.contains(&code);
    // Sections of ISIC revision 4: a letter, then divisions.
    let mut signs = code.chars();
    let is_industry = signs.next().is_some_and(|sign| sign.is_ascii_uppercase())
        && signs.all(|sign| sign.is_ascii_digit() || matches!(sign, '_' | 'T'));
    let line = if outer { Line::Outer } else { Line::Part };
    (is_country && (outer || is_industry)).then(|| Label::new(country, code, line))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let labels = look.headings.get(1..).filter(|labels| labels.len() > 2)?;
    labels.iter().all(|label| split(label).is_some()).then_some(())?;
    let why = format!("all headings but the first are ICIO labels, as `{}`", labels[0]);
    Recognized::new(Sureness::Certain, why)
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let columns = look.headings.iter().enumerate().skip(1);
    let columns = columns.filter_map(|(column, label)| Some((column, split(label)?)));
    let classify = |_: u32, row: &dyn Row| {
        let mut buffer = String::new();
        split(row.cell(0).text(&mut buffer)).map_or(RowIs::Head, RowIs::Line)
    };
    Matrix::new(look, columns.collect(), true, Box::new(classify)).symmetric().checked(look)
}

#[cfg(test)]
mod tests {
    use super::{ALL, Label, Line, Sum, split};

    #[test]
    fn a_label_is_a_country_and_an_industry_a_use_or_a_line_of_its_own() {
        let part = Some(Label::new("AUS", "A01_02", Line::Part));
        assert_eq!(split("AUS_A01_02"), part);
        assert_eq!(split("CN1_C10T12"), Some(Label::new("CN1", "C10T12", Line::Part)));
        assert_eq!(split("AUS_HFCE"), Some(Label::new("AUS", "HFCE", Line::Outer)));
        assert_eq!(split("AUS_TLS"), Some(Label::new("AUS", "TLS", Line::Outer)));
        assert_eq!(split("OUT"), Some(Label::new(ALL, "OUT", Line::Total(Sum::All))));
        assert_eq!(split("population"), None);
    }
}
