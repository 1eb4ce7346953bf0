//! The tables as they are, and as they could be: every completion of withheld cells is a world of its
//! own, in which the same questions are asked again.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Datum, Frame, Gap, Undefined, Values};
use agglo_methods::catalog::Method;

use crate::binding::Source;
use crate::plan::Plan;

use super::tables::Tables;

/// One state of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum World {
    /// The tables as the study uses them.
    Main,
    /// Withheld cells as one completion has them.
    Completion(usize),
    /// Withheld cells as if there were nothing in them.
    Without,
}

/// The worlds besides the main one.
pub(super) fn others(tables: &Tables) -> Vec<World> {
    let completions = (0..tables.n_completions()).map(World::Completion);
    completions.chain(tables.compares().then_some(World::Without)).collect()
}

/// The steps whose answers differ between worlds: those that draw on a table with completions, or on
/// another such step.
pub(super) fn affected(plan: &Plan, tables: &Tables) -> BTreeSet<String> {
    let mut affected = BTreeSet::new();
    // A step stands after those it draws on.
    for step in &plan.steps {
        let mut sources = step.inputs.iter().flat_map(|(_, binding)| binding.sources());
        let touches = sources.any(|source| match source {
            Source::Table(name) => tables.has_completions(name),
            Source::Step { step, .. } => affected.contains(step),
            Source::Group(_) => false,
        });
        if touches {
            affected.insert(step.id.clone());
        }
    }
    affected
}

/// The name of the table of intervals beside the table `name`.
pub fn interval_table(name: &str) -> String {
    format!("{name}-intervals")
}

/// The range of every number of `main` over its completions, by the keys of the table: columns
/// `X.lower` and `X.upper`, `X.without` where withheld cells were also counted as nothing, and `X.holds`
/// where X is a rank or can be of either sign: in how many completions it is the same.
///
/// The range holds the number itself too, which need not lie among the completions: an imputed table
/// is more even than any of them. Numbers that differ by less than sums are held to are the same.
/// A gap that every completion has a number for has the range of these. `None` where no number differs. A
/// number that some completion does not have has no range.
pub(super) fn intervals(
    method: &Method,
    name: &str,
    main: &Frame,
    completions: &[&Frame],
    without: Option<&Frame>,
) -> Option<Frame> {
    let output = method.outputs.iter().find(|table| table.name == name)?;
    let is_key = |column: &Column| {
        output.columns.iter().any(|known| known.key && known.name == column.name())
    };
    let keys: Vec<&str> = main.columns().iter().filter(|c| is_key(c)).map(Column::name).collect();
    let places: Vec<BTreeMap<Vec<String>, usize>> =
        completions.iter().map(|frame| rows_by_key(frame, &keys)).collect();
    let place_without = without.map(|frame| rows_by_key(frame, &keys));
    let main_keys = row_keys(main, &keys);
    let mut columns: Vec<Column> = main.columns().iter().filter(|c| is_key(c)).cloned().collect();
    let mut differs = false;
    for column in main.columns().iter().filter(|c| !is_key(c)) {
        if matches!(column.values(), Values::Text(_)) {
            continue;
        }
        let cells: Option<Vec<Vec<Datum>>> =
            completions.iter().map(|frame| frame.numbers(column.name()).ok()).collect();
        let Some(cells) = cells else { continue };
        let Ok(own) = main.numbers(column.name()) else { continue };
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for (row, key) in main_keys.iter().enumerate() {
            let values: Option<Vec<f64>> = places
                .iter()
                .zip(&cells)
                .map(|(places, cells)| cells[*places.get(key)?].number())
                .collect();
            let ends = values.and_then(|mut values| {
                values.extend(own[row].number());
                range(&values)
            });
            differs |= ends.is_some_and(|(low, high)| low < high || own[row].number().is_none());
            let gap = Datum::undefined(Undefined::NotIdentified);
            lower.push(ends.map_or(gap, |ends| Datum::Number(ends.0)));
            upper.push(ends.map_or(gap, |ends| Datum::Number(ends.1)));
        }
        let unit = column.unit();
        if let Some(holds) = holds(column.name(), &main_keys, &own, &places, &cells) {
            let holds = Values::Integer(holds);
            columns.push(Column::new(format!("{}.holds", column.name()), "count", holds));
        }
        columns.push(Column::number(format!("{}.lower", column.name()), unit, lower));
        columns.push(Column::number(format!("{}.upper", column.name()), unit, upper));
        if let (Some(places), Some(frame)) = (&place_without, without)
            && let Ok(cells) = frame.numbers(column.name())
        {
            let cell = |key| places.get(key).map_or(Datum::Gap(Gap::Missing), |&row| cells[row]);
            let values: Vec<Datum> = main_keys.iter().map(cell).collect();
            columns.push(Column::number(format!("{}.without", column.name()), unit, values));
            differs = true;
        }
    }
    differs.then(|| Frame::new(columns).ok()).flatten()
}

/// In how many completions the rank, or the sign, of every number of `own` is the same; `None` for a
/// column that holds no ranks and no number below zero, a gap for a row that has no number.
fn holds(
    name: &str,
    keys: &[Vec<String>],
    own: &[Datum],
    places: &[BTreeMap<Vec<String>, usize>],
    cells: &[Vec<Datum>],
) -> Option<Vec<Option<i64>>> {
    let is_rank = name == "rank" || name.ends_with("_rank");
    let below_zero = |cells: &[Datum]| cells.iter().any(|c| c.number().is_some_and(|v| v < 0.0));
    if !is_rank && !below_zero(own) && !cells.iter().any(|cells| below_zero(cells)) {
        return None;
    }
    let kept = |key: &Vec<String>, own: f64| {
        let others = places.iter().zip(cells);
        let same = others.filter(|(places, cells)| {
            let other = places.get(key).and_then(|&row| cells[row].number());
            other.is_some_and(|other| {
                if is_rank { other == own } else { sign(other, own) == sign(own, other) }
            })
        });
        same.count() as i64
    };
    let row = |(key, own): (&Vec<String>, &Datum)| own.number().map(|own| kept(key, own));
    Some(keys.iter().zip(own).map(row).collect())
}

/// −1, 0 or 1; 0 for what is nothing beside `other`.
fn sign(value: f64, other: f64) -> i8 {
    match value {
        _ if value.abs() <= CLOSE * other.abs() => 0,
        _ if value > 0.0 => 1,
        _ if value < 0.0 => -1,
        _ => 0,
    }
}

/// Sums of completions are held to this part of themselves.
pub(crate) const CLOSE: f64 = 1e-6;

/// The smallest and the largest of `values`, the last of which stands for all where they are close.
fn range(values: &[f64]) -> Option<(f64, f64)> {
    let own = *values.last()?;
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let same = high - low <= CLOSE * high.abs().max(low.abs());
    Some(if same { (own, own) } else { (low, high) })
}

fn rows_by_key(frame: &Frame, keys: &[&str]) -> BTreeMap<Vec<String>, usize> {
    row_keys(frame, keys).into_iter().enumerate().map(|(row, key)| (key, row)).collect()
}

fn row_keys(frame: &Frame, keys: &[&str]) -> Vec<Vec<String>> {
    let cell = |name: &&str, row| crate::address::cell_text(frame, name, row).unwrap_or_default();
    (0..frame.n_rows()).map(|row| keys.iter().map(|name| cell(name, row)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gini(values: [f64; 2]) -> Frame {
        Frame::new(vec![
            Column::integer("period", "", [2000, 2000]),
            Column::text("industry", ["x", "y"]),
            Column::numbers("gini", "1", values),
            Column::integer("n_regions", "", [3, 3]),
        ])
        .unwrap()
    }

    #[test]
    fn a_number_has_the_range_of_its_completions() {
        let method = agglo_methods::find("gini").unwrap();
        let (a, b) = (gini([0.1, 0.5]), gini([0.3, 0.4]));
        let without = gini([0.7, 0.5]);
        let table =
            intervals(method, "gini", &gini([0.2, 0.5]), &[&a, &b], Some(&without)).unwrap();
        let numbers = |name: &str| -> Vec<f64> {
            table.numbers(name).unwrap().iter().filter_map(|d| d.number()).collect()
        };
        assert_eq!(numbers("gini.lower"), [0.1, 0.4]);
        assert_eq!(numbers("gini.upper"), [0.3, 0.5]);
        // A number outside its completions widens the range.
        let high = intervals(method, "gini", &gini([0.9, 0.5]), &[&a, &b], None).unwrap();
        assert_eq!(high.numbers("gini.upper").unwrap()[0], Datum::Number(0.9));
        assert_eq!(numbers("gini.without"), [0.7, 0.5]);
    }

    #[test]
    fn a_gap_has_the_range_of_its_completions_and_a_number_that_one_lacks_has_none() {
        let method = agglo_methods::find("gini").unwrap();
        let own = |first: Datum| {
            let cells = [first, Datum::Number(0.5)];
            let mut columns = gini([0.0, 0.5]).columns().to_vec();
            columns[2] = Column::number("gini", "1", cells);
            Frame::new(columns).unwrap()
        };
        let gap = Datum::Gap(Gap::Suppressed);
        let (a, b) = (gini([0.1, 0.5]), gini([0.3, 0.5]));
        let kept = intervals(method, "gini", &own(gap), &[&a, &b], None).unwrap();
        assert_eq!(kept.numbers("gini.lower").unwrap()[0], Datum::Number(0.1));
        assert_eq!(kept.numbers("gini.upper").unwrap()[0], Datum::Number(0.3));
        let lacking = own(gap);
        let main = gini([0.2, 0.4]);
        let table = intervals(method, "gini", &main, &[&a, &lacking], None).unwrap();
        assert!(table.numbers("gini.lower").unwrap()[0].number().is_none());
        assert_eq!(table.numbers("gini.upper").unwrap()[1], Datum::Number(0.5));
    }

    #[test]
    fn a_rank_and_a_sign_are_counted_over_the_completions() {
        let method = agglo_methods::find("topsis").unwrap();
        let frame = |score: [f64; 2], rank: [f64; 2]| {
            Frame::new(vec![
                Column::text("region", ["a", "b"]),
                Column::numbers("rank", "1", rank),
                Column::numbers("score", "1", score),
            ])
            .unwrap()
        };
        let main = frame([0.5, -0.1], [1.0, 2.0]);
        let (a, b) = (frame([0.6, 0.2], [1.0, 2.0]), frame([0.1, -0.3], [2.0, 1.0]));
        // A region that a completion does not have keeps nothing there.
        let c = Frame::new(vec![
            Column::text("region", ["b"]),
            Column::numbers("rank", "1", [2.0]),
            Column::numbers("score", "1", [-0.2]),
        ])
        .unwrap();
        let name = method.outputs[0].name;
        let table = intervals(method, name, &main, &[&a, &b, &c], None).unwrap();
        assert_eq!(table.integers("rank.holds").unwrap(), [1, 2]);
        assert_eq!(table.integers("score.holds").unwrap(), [2, 2]);
        let gini_method = agglo_methods::find("gini").unwrap();
        let (a, b) = (gini([0.1, 0.5]), gini([0.3, 0.4]));
        let table = intervals(gini_method, "gini", &a, &[&b], None).unwrap();
        assert!(!table.has("gini.holds"), "a number that is never below zero has no sign to hold");
    }

    #[test]
    fn numbers_that_do_not_move_need_no_interval() {
        let method = agglo_methods::find("gini").unwrap();
        let same = gini([0.1, 0.5]);
        assert_eq!(intervals(method, "gini", &same, &[&same, &same], None), None);
    }
}
