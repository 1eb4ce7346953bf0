//! What is asked of a table in a query: which rows, which columns, in which order, how many.

use std::cmp::Ordering;

use agglo_core::{Column, Datum, Frame, Gap, Values};

use crate::indexed::Indexed;
use crate::problem::{Problem, nearest};

/// Rows of a JSON answer when no limit is given.
pub(crate) const DEFAULT_LIMIT: usize = 1_000;
/// The most rows of a JSON answer.
pub(crate) const MOST_ROWS: usize = 200_000;
/// The most conditions.
const MOST_CONDITIONS: usize = 200;

/// How a cell is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// One `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    column: String,
    operator: Operator,
    value: String,
}

impl Condition {
    /// The condition written as `COLUMN=VALUE` and the like.
    pub(crate) fn parse(text: &str) -> Result<Condition, Problem> {
        let wrong = || {
            let detail =
                format!("`{text}` is no condition; write COLUMN=VALUE, !=, <, <=, > or >=");
            Problem::query("where", detail)
        };
        let at = text.find(['=', '!', '<', '>']).filter(|&at| at > 0).ok_or_else(wrong)?;
        let (column, rest) = text.split_at(at);
        let operators = [
            ("!=", Operator::IsNot),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Below),
            (">", Operator::Above),
            ("=", Operator::Is),
        ];
        let found = operators
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)));
        let (operator, value) = found.ok_or_else(wrong)?;
        Ok(Condition { column: column.to_owned(), operator, value: value.to_owned() })
    }

    /// All conditions.
    pub(crate) fn all(texts: &[String]) -> Result<Vec<Condition>, Problem> {
        if texts.len() > MOST_CONDITIONS {
            let detail = format!("at most {MOST_CONDITIONS} conditions");
            return Err(Problem::query("where", detail));
        }
        texts.iter().map(|text| Condition::parse(text)).collect()
    }

    /// Column and value, where the condition fixes a column.
    pub(crate) fn fixes(&self) -> Option<(&str, &str)> {
        (self.operator == Operator::Is).then_some((self.column.as_str(), self.value.as_str()))
    }

    /// The condition that `column` is `value`.
    pub(crate) fn is(column: &str, value: &str) -> Condition {
        let (column, value) = (column.to_owned(), value.to_owned());
        Condition { column, operator: Operator::Is, value }
    }
}

/// A column by its name, or a problem that names the nearest.
pub(crate) fn place_of(frame: &Frame, parameter: &str, name: &str) -> Result<usize, Problem> {
    let names = || frame.columns().iter().map(Column::name);
    names().position(|known| known == name).ok_or_else(|| {
        let have: Vec<&str> = names().collect();
        let detail = format!("there is no column `{name}`; the table has {}", have.join(", "));
        let problem = Problem::query(parameter, detail);
        match nearest(name, names()) {
            Some(near) => problem.remedy(format!("did you mean `{near}`?")),
            None => problem,
        }
    })
}

/// What one column must be for a row to fit.
enum Test<'v> {
    Text { is: Vec<&'v str>, is_not: Vec<&'v str> },
    Numbers(Vec<(Operator, Wanted)>),
}

#[derive(Clone, Copy)]
enum Wanted {
    Number(f64),
    AnyGap,
    Gap(Gap),
}

fn wanted(condition: &Condition, kind: &Values) -> Result<Wanted, Problem> {
    let text = condition.value.as_str();
    let equality = matches!(condition.operator, Operator::Is | Operator::IsNot);
    if equality && (text == "gap" || text.is_empty()) {
        return Ok(Wanted::AnyGap);
    }
    if let (true, Some(code)) = (equality, text.strip_prefix("gap:")) {
        let gap = Gap::from_code(code).ok_or_else(|| {
            let known: Vec<&str> = Gap::ALL.iter().map(|gap| gap.code()).collect();
            let detail = format!("`{code}` is no kind of gap; there is {}", known.join(", "));
            Problem::query("where", detail)
        })?;
        return Ok(Wanted::Gap(gap));
    }
    let what = if matches!(kind, Values::Integer(_)) { "a whole number" } else { "a number" };
    let wrong = || {
        Problem::query(
            "where",
            format!("`{}` holds numbers, and `{text}` is not {what}", condition.column),
        )
    };
    let value: f64 = text.parse().map_err(|_| wrong())?;
    if value.is_finite() { Ok(Wanted::Number(value)) } else { Err(wrong()) }
}

impl<'v> Test<'v> {
    fn of(column: &Column, conditions: &[&'v Condition]) -> Result<Test<'v>, Problem> {
        match column.values() {
            Values::Text(_) => {
                let (mut is, mut is_not) = (Vec::new(), Vec::new());
                for condition in conditions {
                    match condition.operator {
                        Operator::Is => is.push(condition.value.as_str()),
                        Operator::IsNot => is_not.push(condition.value.as_str()),
                        _ => {
                            let name = &condition.column;
                            let detail =
                                format!("`{name}` holds texts: only = and != compare them");
                            return Err(Problem::query("where", detail));
                        }
                    }
                }
                Ok(Test::Text { is, is_not })
            }
            kind @ (Values::Integer(_) | Values::Number(_)) => {
                let tests = conditions.iter().map(|c| Ok((c.operator, wanted(c, kind)?)));
                Ok(Test::Numbers(tests.collect::<Result<_, Problem>>()?))
            }
        }
    }

    fn fits(&self, column: &Column, row: usize) -> bool {
        match (self, column.values()) {
            (Test::Text { is, is_not }, Values::Text(cells)) => {
                let cell = cells[row].as_deref().unwrap_or_default();
                (is.is_empty() || is.contains(&cell)) && !is_not.contains(&cell)
            }
            (Test::Numbers(tests), Values::Integer(cells)) => {
                let gap = Datum::Gap(Gap::Missing);
                numbers_fit(tests, cells[row].map_or(gap, |value| Datum::Number(value as f64)))
            }
            (Test::Numbers(tests), Values::Number(cells)) => numbers_fit(tests, cells[row]),
            _ => false,
        }
    }
}

fn numbers_fit(tests: &[(Operator, Wanted)], cell: Datum) -> bool {
    let same = |wanted: Wanted| match (wanted, cell) {
        (Wanted::Number(value), Datum::Number(cell)) => cell == value,
        (Wanted::AnyGap, Datum::Gap(_)) => true,
        (Wanted::Gap(gap), Datum::Gap(cell)) => cell == gap,
        _ => false,
    };
    let mut equals = tests.iter().filter(|(operator, _)| *operator == Operator::Is).peekable();
    if equals.peek().is_some() && !equals.any(|(_, wanted)| same(*wanted)) {
        return false;
    }
    tests.iter().all(|&(operator, wanted)| match operator {
        Operator::Is => true,
        Operator::IsNot => !same(wanted),
        _ => {
            let (Wanted::Number(value), Datum::Number(cell)) = (wanted, cell) else { return false };
            match operator {
                Operator::Below => cell < value,
                Operator::AtMost => cell <= value,
                Operator::Above => cell > value,
                _ => cell >= value,
            }
        }
    })
}

/// The rows that fit, in the order of the table.
///
/// Cost: the rows of the rarest code that is asked for; all rows where none is.
///
/// # Errors
/// A query problem for a column that is not there, or a value that it cannot hold.
pub(crate) fn rows(table: &Indexed, conditions: &[Condition]) -> Result<Vec<u32>, Problem> {
    let frame = &table.frame;
    let mut by_column: Vec<(usize, Vec<&Condition>)> = Vec::new();
    for condition in conditions {
        let place = place_of(frame, "where", &condition.column)?;
        match by_column.iter_mut().find(|(known, _)| *known == place) {
            Some((_, list)) => list.push(condition),
            None => by_column.push((place, vec![condition])),
        }
    }
    let mut tests = Vec::new();
    let mut fewest: Option<Vec<u32>> = None;
    for (place, conditions) in by_column {
        let column = &frame.columns()[place];
        let test = Test::of(column, &conditions)?;
        let values: Vec<&str> =
            conditions.iter().filter_map(|c| c.fixes()).map(|(_, value)| value).collect();
        let indexed = match column.values() {
            Values::Text(_) => values.iter().all(|value| !value.is_empty()),
            Values::Integer(_) => values.iter().all(|value| value.parse::<i64>().is_ok()),
            Values::Number(_) => false,
        };
        if indexed
            && !values.is_empty()
            && let Some(postings) = table.postings(place)
        {
            let n: usize = values.iter().map(|value| postings.rows(value).len()).sum();
            if fewest.as_ref().is_none_or(|rows| n < rows.len()) {
                let mut rows: Vec<u32> =
                    values.iter().flat_map(|value| postings.rows(value)).copied().collect();
                rows.sort_unstable();
                rows.dedup();
                fewest = Some(rows);
            }
        }
        tests.push((column, test));
    }
    let mut rows = fewest.unwrap_or_else(|| (0..frame.n_rows() as u32).collect());
    rows.retain(|&row| tests.iter().all(|(column, test)| test.fits(column, row as usize)));
    Ok(rows)
}

/// Sorts `rows` by the columns in `order`, `-` before a name for the largest first; gaps come last.
///
/// # Errors
/// A query problem for a column that is not there.
pub(crate) fn sort(frame: &Frame, rows: &mut [u32], order: &str) -> Result<(), Problem> {
    let mut keys = Vec::new();
    for name in order.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let (name, descending) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (name, false),
        };
        keys.push((&frame.columns()[place_of(frame, "sort", name)?], descending));
    }
    rows.sort_by(|&a, &b| {
        let (a, b) = (a as usize, b as usize);
        let each = keys.iter().map(|(column, descending)| compare(column, a, b, *descending));
        each.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

fn compare(column: &Column, a: usize, b: usize, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    match column.values() {
        Values::Text(cells) => match (&cells[a], &cells[b]) {
            (Some(a), Some(b)) => turned(a.cmp(b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        Values::Integer(cells) => match (cells[a], cells[b]) {
            (Some(a), Some(b)) => turned(a.cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        Values::Number(cells) => match (cells[a], cells[b]) {
            (Datum::Number(a), Datum::Number(b)) => turned(a.total_cmp(&b)),
            (a, b) => b.number().is_some().cmp(&a.number().is_some()),
        },
    }
}

/// The places of the columns in the list `names`; all when there is none.
///
/// # Errors
/// A query problem for a column that is not there, or that is named twice.
pub(crate) fn columns(frame: &Frame, names: Option<&str>) -> Result<Vec<usize>, Problem> {
    let Some(names) = names else { return Ok((0..frame.columns().len()).collect()) };
    let mut places = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let place = place_of(frame, "columns", name)?;
        if places.contains(&place) {
            return Err(Problem::query("columns", format!("`{name}` is named twice")));
        }
        places.push(place);
    }
    if places.is_empty() {
        return Err(Problem::query("columns", "no column is named"));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn table() -> Indexed {
        let gap = Datum::Gap(Gap::Suppressed);
        let frame = Frame::new(vec![
            Column::text("region", ["a", "b", "c", "a"]),
            Column::integer("period", "", [2000, 2000, 2001, 2001]),
            Column::number(
                "lq",
                "1",
                [Datum::Number(1.5), gap, Datum::Number(0.0), Datum::Number(2.5)],
            ),
        ]);
        Indexed::new(Arc::new(frame.unwrap()))
    }

    #[track_caller]
    fn check(conditions: &[&str], expected: &[u32]) {
        let texts: Vec<String> = conditions.iter().map(|&text| text.to_owned()).collect();
        let found = rows(&table(), &Condition::all(&texts).unwrap()).unwrap();
        assert_eq!(found, expected, "{conditions:?}");
    }

    #[test]
    fn conditions_of_one_column_mean_any_and_of_several_mean_all() {
        check(&[], &[0, 1, 2, 3]);
        check(&["region=a"], &[0, 3]);
        check(&["region=a", "region=c"], &[0, 2, 3]);
        check(&["region=a", "period=2001"], &[3]);
        check(&["region!=a"], &[1, 2]);
        check(&["period>2000", "lq<1"], &[2]);
        check(&["region=nobody"], &[]);
        check(&["period=2000.0"], &[0, 1]);
    }

    #[test]
    fn a_gap_fits_no_comparison_and_is_no_zero() {
        check(&["lq<=2"], &[0, 2]);
        check(&["lq=0"], &[2]);
        check(&["lq=gap"], &[1]);
        check(&["lq=gap:missing"], &[]);
        check(&["lq=gap:suppressed"], &[1]);
        check(&["lq!=gap"], &[0, 2, 3]);
    }

    #[test]
    fn gaps_come_last_in_either_order() {
        let frame = &table().frame;
        let mut rows = vec![0, 1, 2, 3];
        sort(frame, &mut rows, "-lq").unwrap();
        assert_eq!(rows, [3, 0, 2, 1]);
        sort(frame, &mut rows, "lq").unwrap();
        assert_eq!(rows, [2, 0, 3, 1]);
        sort(frame, &mut rows, "period,-region").unwrap();
        assert_eq!(rows, [1, 0, 2, 3]);
    }

    #[test]
    fn what_is_not_understood_says_what_there_is() {
        let problem = Condition::parse("lq").unwrap_err();
        assert_eq!((problem.status, problem.parameter.as_deref()), (400, Some("where")));
        let asked = [Condition::is("regoin", "a")];
        let problem = rows(&table(), &asked).unwrap_err();
        assert_eq!(problem.remedy.as_deref(), Some("did you mean `region`?"));
        assert!(rows(&table(), &[Condition::parse("lq>much").unwrap()]).is_err());
        assert!(rows(&table(), &[Condition::parse("region>a").unwrap()]).is_err());
        assert!(rows(&table(), &[Condition::parse("lq=gap:unknown").unwrap()]).is_err());
        assert!(columns(&table().frame, Some("lq,lq")).is_err());
    }
}
