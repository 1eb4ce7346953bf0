//! Tables of the National Bureau of Statistics of China and of the provincial bureaus.
//!
//! Their heads are words, so what a column measures is looked up in `data/yearbook_heads.csv`, and
//! what its unit is in `data/yearbook_units.csv`. Both readers here give rows of region and year
//! whose headings are `head (unit)`, and share one plan.

mod annual;
mod heads;
mod sheet;
mod yearbook;

pub(super) use annual::READER as ANNUAL;
pub(super) use yearbook::READER as YEARBOOK;

use std::collections::HashMap;

use agglo_core::{Datum, Gap, Mark, Note, Status};

use self::heads::{Head, is_rate, measure_of, unit_of};
use super::plan::{Binding, Marked, Plan, Request};
use crate::codes;
use crate::diagnostic::DataError;
use crate::number::{NotANumber, NumberFormat};
use crate::source::Cell;

/// Marks of Chinese yearbooks: their readers' guides define `…` as too little for the unit.
const MARKS: [(&str, Gap); 7] = [
    ("…", Gap::BelowUnit),
    ("...", Gap::BelowUnit),
    ("……", Gap::BelowUnit),
    ("-", Gap::Missing),
    ("－", Gap::Missing),
    ("—", Gap::Missing),
    ("–", Gap::Missing),
];

/// Headings that are no measures.
const KEYS: [&str; 3] = ["region", "region_en", "period"];

/// Binds the region, the year and every head that is known or that the source names.
fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    request.bind_keys(&mut plan, &[])?;
    let heads: Vec<(usize, Head)> = request
        .headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| !KEYS.contains(&heading.as_str()))
        .map(|(column, heading)| (column, Head::parse(heading)))
        .collect();
    let mut columns = named(request, &heads)?;
    let (mut rates, mut unknown) = (Vec::new(), Vec::new());
    for (column, head) in &heads {
        if columns.iter().any(|(_, taken)| taken == column) {
            continue;
        }
        let known = measure_of(head).filter(|measure| {
            let fits = request.table.open || request.table.column(measure).is_some();
            fits && columns.iter().all(|(name, _)| name != measure)
        });
        match known {
            _ if is_rate(head) => rates.push(head.name()),
            Some(measure) => columns.push((measure.to_owned(), *column)),
            None if heads.len() == 1 && request.spec.value.is_some() => {
                columns.extend(request.spec.value.iter().map(|name| (name.clone(), *column)));
            }
            None if heads.len() == 1 && head.name() != "value" => {
                columns.push(("value".to_owned(), *column));
            }
            None => unknown.push(head.name()),
        }
    }
    if columns.is_empty() {
        let heads: Vec<String> = heads.iter().map(|(_, head)| head.name()).collect();
        let only_years = heads.iter().all(|head| head == "value");
        let (message, remedy) = if only_years {
            let message = "the head holds years only, and no title says what the cells measure";
            (message.to_owned(), "say it: value = \"gdp\"")
        } else {
            let message = format!("no head is a known measure: {}", heads.join(", "));
            (message, "name one: columns = { gdp = \"…\" }")
        };
        return Err(request.refuse(codes::NO_MEASURE, message, remedy));
    }
    let mut factors = HashMap::new();
    for (measure, column) in columns {
        let mut target = request.target(&measure)?;
        let head = heads.iter().find(|(at, _)| *at == column).map(|(_, head)| head);
        let word = head.and_then(|head| head.unit.as_deref());
        let unit = word.and_then(unit_of);
        if !request.spec.units.contains_key(&measure) {
            match (unit, word) {
                (Some(unit), _) if unit.base == target.unit && !unit.base.is_empty() => {
                    factors.insert(column, unit.factor);
                    if unit.factor != 1.0 {
                        plan.notes.push(converted(&measure, unit.unit, unit.factor, unit.base));
                    }
                }
                (Some(unit), _) => unit.unit.clone_into(&mut target.unit),
                (None, Some(word)) => word.clone_into(&mut target.unit),
                (None, None) => {}
            }
        }
        plan.bind(target, Binding::Column(column));
    }
    if !rates.is_empty() {
        plan.notes.push(Note::new(
            "rates-left-out",
            format!("rates, indices and shares were left out: {}", rates.join(", ")),
            format!("增长率、指数与比重未读入：{}", rates.join("、")),
        ));
    }
    if !unknown.is_empty() {
        let list = unknown.join(", ");
        plan.notes.push(Note::new(
            "heads-unknown",
            format!(
                "heads that no measure is known for: {list}; columns = {{ name = \"…\" }} reads one"
            ),
            format!("未识别的指标：{}；可用 columns 指定", unknown.join("、")),
        ));
    }
    request.bind_filters(&mut plan)?;
    let own = plan.marker.take();
    plan.marker = Some(Box::new(move |row, measure, column, format| {
        if let Some(marked) = own.as_ref().and_then(|own| own(row, measure, column, format)) {
            return Some(marked);
        }
        Some(marked(row.cell(column), factors.get(&column).copied(), format))
    }));
    Ok(plan)
}

/// The columns that the source names: by the whole heading, without its unit, or by its last part.
fn named(
    request: &Request<'_>,
    heads: &[(usize, Head)],
) -> Result<Vec<(String, usize)>, DataError> {
    let mut columns = Vec::new();
    for (measure, wanted) in &request.spec.columns {
        let is_key = request.table.is_key(measure);
        if is_key || measure == "unit" {
            continue;
        }
        let folded = heads::fold(wanted);
        let by_name = heads.iter().find(|(_, head)| heads::fold(&head.name()) == folded);
        let mut by_leaf = heads.iter().filter(|(_, head)| head.leaf_is(&folded));
        let found = by_name.or_else(|| by_leaf.next().filter(|_| by_leaf.next().is_none()));
        let column = match found {
            Some((column, _)) => *column,
            None => request.heading(wanted, &format!("columns.{measure}"))?,
        };
        columns.push((measure.clone(), column));
    }
    Ok(columns)
}

fn converted(measure: &str, unit: &str, factor: f64, base: &str) -> Note {
    Note::new(
        "unit-converted",
        format!("{measure}: {unit} times {factor} are {base}"),
        format!("{measure}：以{unit}计，乘以 {factor} 换算为 {base}"),
    )
}

/// The number in a cell, with what stands beside it: `‖` is a break in the series.
fn marked(
    cell: Cell<'_>,
    factor: Option<f64>,
    format: &NumberFormat,
) -> Result<Marked, NotANumber> {
    let mut mark = Mark::default();
    let datum = match cell {
        Cell::Text(text) => {
            let raw = text.trim();
            let bare = raw.trim_matches(|sign: char| sign == '‖' || sign.is_whitespace());
            if bare.len() < raw.len() && !bare.is_empty() {
                mark.status = Some(Status::Break);
                mark.flag = Some(raw.into());
            }
            match format.datum(Cell::Text(bare)) {
                Ok(datum) => datum,
                Err(why) => {
                    let together = digits_together(bare).ok_or(why)?;
                    mark.flag = Some(raw.into());
                    format.datum(Cell::Text(&together))?
                }
            }
        }
        other => format.datum(other)?,
    };
    let datum = match (datum, factor) {
        (Datum::Number(value), Some(factor)) => Datum::Number(value * factor),
        (datum, _) => datum,
    };
    Ok(Marked::new(datum, mark))
}

/// A number without the blanks between its digits and with digits of usual width, where it had any.
fn digits_together(text: &str) -> Option<String> {
    let usual = |sign: char| match sign {
        '０'..='９' => char::from_u32(sign as u32 - '０' as u32 + '0' as u32),
        '．' => Some('.'),
        '－' => Some('-'),
        sign if sign.is_whitespace() => None,
        sign => Some(sign),
    };
    let together: String = text.chars().filter_map(usual).collect();
    (together != text && together.parse::<f64>().is_ok_and(f64::is_finite)).then_some(together)
}

/// Whether a cell holds a number that must be put together.
fn is_apart(text: &str) -> bool {
    let text = text.trim();
    text.parse::<f64>().is_err() && digits_together(text).is_some()
}

/// A region's name without the blanks that spread it; the words of other scripts keep one.
fn clean_name(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut name = String::new();
    for word in words {
        let joins =
            name.chars().last().is_some_and(is_han) || word.chars().next().is_some_and(is_han);
        if !name.is_empty() && !joins {
            name.push(' ');
        }
        name += word;
    }
    name.replace("_x000D_", "")
}

fn is_han(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{9fff}' | '（' | '）' | '：' | '、')
}

/// The year that is all of a text, such as `2019` or `2019年`.
fn year(text: &str) -> Option<&str> {
    let digits = text.trim();
    let digits = digits.strip_suffix('年').unwrap_or(digits).trim();
    let is_year = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_year && (digits.starts_with("19") || digits.starts_with("20"))).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_the_blanks_that_spread_them() {
        assert_eq!(clean_name("  南 京"), "南京");
        assert_eq!(clean_name("阿坝藏族\n羌族自治州"), "阿坝藏族羌族自治州");
        assert_eq!(clean_name("Inner  Mongolia"), "Inner Mongolia");
        assert_eq!(clean_name("\u{3000}\u{3000}广    州"), "广州");
    }

    #[test]
    fn digits_are_put_together_and_words_are_not() {
        assert_eq!(digits_together("986 1. 56").as_deref(), Some("9861.56"));
        assert_eq!(digits_together("１２３．５").as_deref(), Some("123.5"));
        assert_eq!(digits_together("12.5"), None);
        assert_eq!(digits_together("n a"), None);
    }

    #[test]
    fn a_break_keeps_its_number_and_a_mark_below_the_unit_its_meaning() {
        let format =
            NumberFormat::new(None, None, MARKS.iter().map(|&(mark, gap)| (mark.to_owned(), gap)));
        let broken = marked(Cell::Text("‖ 12.5"), None, &format).unwrap();
        assert_eq!((broken.datum, broken.mark.status), (Datum::Number(12.5), Some(Status::Break)));
        let small = marked(Cell::Text("…"), Some(10_000.0), &format).unwrap();
        assert_eq!(small.datum, Datum::Gap(Gap::BelowUnit));
        assert_eq!(
            marked(Cell::Number(2.0), Some(1e4), &format).unwrap().datum,
            Datum::Number(2e4)
        );
        assert!(marked(Cell::Text("约12"), None, &format).is_err());
    }
}
