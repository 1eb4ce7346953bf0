//! `io-ibge`: resource and use tables (TRU) of the Brazilian statistics office, one sheet a part.
//!
//! Sheets: `oferta` (supply), `producao` (make), `importacao` (imports), `CI` (use), `demanda`
//! (final uses), `VA` (value added).

use agglo_core::Text;

use super::io::{self, Label, Line, Matrix, RowIs, Sum};
use super::shape::Shaper;
use super::{Look, Reader, ReaderInfo, Recognized};
use crate::codes;
use crate::diagnostic::DataError;
use crate::sniff::{Proposal, Sureness};
use crate::source::Row;

const UNIT: &str = "million reais";

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-ibge",
        help: Text::new(
            "resource and use tables of Brazil, one sheet",
            "巴西供给与使用表（单个工作表）",
        ),
    },
    recognize,
    sheet: Some(sheet),
    shape: Some(shape),
    plan: |request| io::plan(request, UNIT),
    propose: Some(propose),
    marks: &[],
    fallback: None,
};

/// The main sheet of a workbook of uses, or of resources.
fn sheet(sheets: &[String]) -> Option<String> {
    ["CI", "producao"].iter().find_map(|main| sheets.iter().find(|name| name == main).cloned())
}

fn is_title(text: &str) -> bool {
    text.starts_with("Tabela")
        && (text.contains("Recursos de bens") || text.contains("Usos de bens"))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let title = look.head.first()?.cells.first()?;
    let why = format!("the first row is `{title}`");
    is_title(title).then(|| Recognized::new(Sureness::Certain, why)).flatten()
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = io::propose(look, UNIT);
    let why = "each sheet is a part of the tables; read the others with entries of their own";
    proposal.reasons.push((format!("sheet, of {}", look.sheets.join(", ")), why.to_owned()));
    proposal
}

/// The label without line ends: the activity's code where it has one.
fn code_of(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_code = |word: &&str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    match words.first() {
        Some(first) if is_code(first) => (*first).to_owned(),
        _ => words.join(" "),
    }
}

fn column_line(text: &str, group: &str) -> Line {
    let label = code_of(text).to_lowercase();
    if group.starts_with("Oferta") {
        // Supply at purchasers' prices less margins and taxes is supply at basic prices.
        return if label.contains("total") { Line::Total(Sum::Unchecked) } else { Line::Outer };
    }
    match label.as_str() {
        "demanda final" => Line::Total(Sum::Outer),
        "demanda total" => Line::Total(Sum::Unchecked),
        _ if label.contains("total") => Line::Total(Sum::All),
        _ if group.starts_with("Demanda") => Line::Outer,
        _ => Line::Part,
    }
}

fn operation_line(text: &str) -> Line {
    match text.trim() {
        label if label.starts_with("Fator trabalho") => Line::Aside,
        label if label.starts_with("Valor adicionado bruto") => Line::Total(Sum::Unchecked),
        label if label.starts_with("Valor da produ") => Line::Total(Sum::Unchecked),
        "Remunerações" | "Contribuições sociais efetivas" => Line::Total(Sum::Unchecked),
        label if label.starts_with("Excedente operacional bruto e") => Line::Total(Sum::Unchecked),
        _ => Line::Outer,
    }
}

fn shape(look: &Look<'_>) -> Result<Box<dyn Shaper>, DataError> {
    let mut rows = look.head.iter().skip_while(|row| {
        let first = row.cells.first().map(|cell| code_of(cell));
        !matches!(first.as_deref(), Some("Código do produto" | "Operações"))
    });
    let (Some(groups), Some(labels)) = (rows.next(), rows.next()) else {
        let message = "no row begins with `Código do produto` or `Operações`";
        let remedy = "name one of the sheets oferta, producao, importacao, CI, demanda, VA";
        return Err(look.refuse(codes::NO_HEADING, message, remedy));
    };
    let by_operation = groups.cells[0].starts_with("Opera");
    let n_lead = if by_operation { 1 } else { 2 };
    let group = groups.cells.get(n_lead).cloned().unwrap_or_default();
    let columns: Vec<(usize, Label)> = labels
        .filled()
        .filter(|(column, _)| *column >= n_lead)
        .map(|(column, text)| (column, Label::new("", &code_of(text), column_line(text, &group))))
        .collect();
    let (first, last) = (groups.number, labels.number);
    let classify = move |number: u32, row: &dyn Row| {
        let mut buffer = String::new();
        let text = row.cell(0).text(&mut buffer);
        let n_filled = (1..row.len()).filter(|&column| !row.cell(column).is_blank()).count();
        if number < first || n_filled == 0 {
            return RowIs::Remark;
        }
        if number <= last {
            return RowIs::Head;
        }
        let line = match text {
            // A row of zeros without a product stands above the total.
            "" => Line::Aside,
            "Total" => Line::Total(Sum::All),
            _ if by_operation => operation_line(text),
            _ => Line::Part,
        };
        RowIs::Line(Label::new("", text, line))
    };
    let matrix = Matrix::new(look, columns, false, Box::new(classify));
    // Activities make products: the column sells what the row names.
    let is_make = group.starts_with("Produção");
    let matrix = if is_make { matrix.transposed() } else { matrix };
    matrix.checked(look)
}

#[cfg(test)]
mod tests {
    use super::{Line, Sum, code_of, column_line, operation_line};

    #[test]
    fn lines_are_told_by_code_and_by_word() {
        assert_eq!(code_of("0191\nAgricultura, inclusive"), "0191");
        assert_eq!(code_of("Demanda\nfinal"), "Demanda final");
        assert_eq!(column_line("Demanda\nfinal", "Demanda final (…)"), Line::Total(Sum::Outer));
        assert_eq!(column_line("Total\ndo produto", "Consumo"), Line::Total(Sum::All));
        assert_eq!(operation_line("   Salários"), Line::Outer);
        assert_eq!(operation_line("Fator trabalho (ocupações)"), Line::Aside);
    }
}
