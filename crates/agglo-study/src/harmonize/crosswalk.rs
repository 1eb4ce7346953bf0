//! Codes of one edition into those of another, with the way of every row back and an audit.

use std::collections::BTreeMap;
use std::path::Path;

use agglo_codes::{ApplyOptions, CodesError, Converted, Crosswalk, Unmapped};
use agglo_core::{Bounds, Column, Datum, Frame, FrameError, Mark, Note, Values};
use agglo_data::{Marks, Origin, Origins, Rows, Table};

use super::Trace;
use crate::spec::{CrosswalkSpec, UnmappedSpec};

/// A table in other codes.
pub(super) struct Walked {
    pub(super) table: Table,
    pub(super) trace: Trace,
    pub(super) note: Note,
    pub(super) audit: Frame,
}

/// `table` with the codes of `spec` turned into those wanted; rows outside its periods stay.
///
/// Measures must be quantities that add up; text columns that are no keys are left behind.
pub(super) fn walk(spec: &CrosswalkSpec, root: &Path, table: &Table) -> Result<Walked, String> {
    let walk = crosswalk(spec, root)?;
    let (inside, outside) = split(spec, &table.frame).map_err(|error| error.to_string())?;
    let (first, second) = if spec.common {
        let common = walk.common_units();
        (common.from_units, Some(common.to_units))
    } else {
        (walk, None)
    };
    let options = ApplyOptions {
        unmapped: match spec.unmapped {
            UnmappedSpec::Refuse => Unmapped::Refuse,
            UnmappedSpec::SetAside => Unmapped::SetAside,
            UnmappedSpec::Keep => Unmapped::Keep,
        },
        absent: table.absent,
        period: table.frame.has("period").then(|| "period".to_owned()),
    };
    let apply = |walk: &Crosswalk, rows: &[usize], frame: &Frame| {
        let part = frame.take(rows);
        let (keys, measures) = columns(&part, &spec.column);
        let converted = walk.apply(&part, &spec.column, &keys, &measures, &options)?;
        let back = |trace: Vec<(usize, f64)>| -> Vec<(u32, f64)> {
            trace.into_iter().map(|(row, share)| (rows[row] as u32, share)).collect()
        };
        let Converted { frame, trace, audit, .. } = converted;
        Ok::<_, CodesError>((frame, trace.into_iter().map(back).collect::<Trace>(), audit))
    };
    let message = |error: CodesError| error.to_string();
    let (mut frame, mut trace, audit) = apply(&first, &inside, &table.frame).map_err(message)?;
    if !outside.is_empty() {
        let (rest, rest_trace) = match &second {
            Some(second) => {
                let (rest, trace, _) = apply(second, &outside, &table.frame).map_err(message)?;
                (rest, trace)
            }
            None => {
                let trace = outside.iter().map(|&row| vec![(row as u32, 1.0)]).collect();
                (table.frame.take(&outside), trace)
            }
        };
        frame = stack(&rest, &frame).map_err(|error| error.to_string())?;
        trace = rest_trace.into_iter().chain(trace).collect();
    }
    let crossed: f64 = audit.crossing.iter().map(|crossing| crossing.split).sum();
    let total: f64 = audit.crossing.iter().map(|crossing| crossing.total).sum();
    let share = if total > 0.0 { 100.0 * crossed / total } else { 0.0 };
    let n = [audit.one_to_one.len(), audit.merged.len(), audit.split.len(), audit.unmapped.len()];
    let note = Note::new(
        "crosswalk",
        format!(
            "{} of {} from {} to {}: {} codes renamed, {} merged, {} split, {} unknown; {share:.2} % of \
             the value crossed a split, and {} codes hang on one. Weights: {}. Source: {}",
            spec.column,
            spec.table,
            spec.from,
            if spec.common { "common units" } else { &spec.to },
            n[0],
            n[1],
            n[2],
            n[3],
            audit.hanging.len(),
            audit.basis,
            audit.source
        ),
        format!(
            "{} 的 {} 由 {} 转换为 {}：改名 {} 个，合并 {} 个，拆分 {} 个，未知 {} 个；{share:.2}% \
             的数值经过拆分，{} 个代码依赖拆分。权重：{}。来源：{}",
            spec.table,
            spec.column,
            spec.from,
            spec.to,
            n[0],
            n[1],
            n[2],
            n[3],
            audit.hanging.len(),
            audit.basis,
            audit.source
        ),
    );
    let marks = marks(table, &frame, &trace);
    let origins = origins(&table.origins, &frame, &trace);
    // Totals of other codes would no longer stand over these parts.
    let walked = Table {
        name: table.name.clone(),
        frame,
        origins,
        marks,
        totals: Rows::default(),
        absent: table.absent,
    };
    Ok(Walked { table: walked, trace, note, audit: audit.audit_frame() })
}

fn crosswalk(spec: &CrosswalkSpec, root: &Path) -> Result<Crosswalk, String> {
    let equal = spec.weights.as_deref() == Some(EQUAL);
    let basis = spec.weights.as_deref().filter(|_| !equal);
    let walk = if let Some(file) = &spec.file {
        if let Some(basis) = basis {
            return Err(format!("weights `{basis}`: a file has weights of its own, or `{EQUAL}`"));
        }
        let path = root.join(file);
        let text =
            std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let id = format!("{}-{}", spec.from, spec.to);
        Crosswalk::from_csv(&id, &spec.from, &spec.to, "as in the file", file, &text)
            .map_err(|error| error.to_string())?
    } else {
        built_in(spec, basis)?
    };
    Ok(if equal { walk.with_equal_shares() } else { walk })
}

/// The word for equal shares in `weights`.
const EQUAL: &str = "equal";

fn built_in(spec: &CrosswalkSpec, basis: Option<&str>) -> Result<Crosswalk, String> {
    let (from, to) = (&spec.from, &spec.to);
    let walk = match basis {
        Some(basis) => agglo_codes::crosswalk_by(from, to, basis),
        None => agglo_codes::crosswalk(from, to),
    };
    let walk = walk.ok_or_else(|| {
        let known = agglo_codes::crosswalks().iter().map(|walk| walk.id.as_str());
        format!(
            "there is no crosswalk from `{from}` to `{to}`; there are {}, their chains, and any file \
             of columns from, to, weight",
            known.collect::<Vec<_>>().join(", ")
        )
    })?;
    match basis.filter(|basis| !walk.basis.contains(basis)) {
        Some(basis) => Err(format!(
            "weights `{basis}`: this crosswalk has weights by {}; `{EQUAL}` assumes equal shares",
            if walk.basis.is_empty() { "nothing" } else { &walk.basis }
        )),
        None => Ok(walk),
    }
}

/// The rows of the periods whose codes change, and the others.
fn split(spec: &CrosswalkSpec, frame: &Frame) -> Result<(Vec<usize>, Vec<usize>), FrameError> {
    let Some(period) = spec.period else { return Ok(((0..frame.n_rows()).collect(), Vec::new())) };
    let years = frame.integers("period")?;
    let within =
        |row: &usize| (i64::from(period.from)..=i64::from(period.to)).contains(&years[*row]);
    Ok((0..frame.n_rows()).partition(within))
}

/// The key columns besides the one whose codes change, and the measures.
fn columns<'f>(frame: &'f Frame, changing: &str) -> (Vec<&'f str>, Vec<&'f str>) {
    let keys = ["region", "industry", "period", "class"];
    let keys = keys.into_iter().filter(|key| *key != changing && frame.has(key)).collect();
    let numbers = frame.columns().iter().filter(|c| matches!(c.values(), Values::Number(_)));
    (keys, numbers.map(Column::name).collect())
}

/// The rows of `a`, then those of `b`: the columns that both have.
fn stack(a: &Frame, b: &Frame) -> Result<Frame, FrameError> {
    let mut columns = Vec::new();
    for column in a.columns().iter().filter(|column| b.has(column.name())) {
        let values = match (column.values(), b.column(column.name())?.values()) {
            (Values::Text(x), Values::Text(y)) => Values::Text([&x[..], y].concat()),
            (Values::Integer(x), Values::Integer(y)) => Values::Integer([&x[..], y].concat()),
            _ => {
                let (x, y) = (a.numbers(column.name())?, b.numbers(column.name())?);
                Values::Number([x, y].concat())
            }
        };
        columns.push(Column::new(column.name(), column.unit(), values));
    }
    Frame::new(columns)
}

/// Bounds of cells that are gaps, from those of the rows they are made of; flags where one row is all.
fn marks(table: &Table, frame: &Frame, trace: &Trace) -> Marks {
    let mut marks = Marks::new();
    for column in frame.columns() {
        let Values::Number(cells) = column.values() else { continue };
        let (Some(known), Ok(before)) =
            (table.marks.get(column.name()), table.frame.numbers(column.name()))
        else {
            continue;
        };
        let mut own: BTreeMap<u32, Mark> = BTreeMap::new();
        for (row, sources) in trace.iter().enumerate() {
            if let [(source, 1.0)] = sources[..] {
                own.extend(known.get(&source).map(|mark| (row as u32, mark.clone())));
                continue;
            }
            if cells[row].number().is_some() || !sources.iter().any(|s| known.contains_key(&s.0)) {
                continue;
            }
            let (mut lower, mut upper) = (0.0, 0.0);
            for &(source, share) in sources {
                let bounds = known.get(&source).and_then(|mark| mark.bounds);
                let ends = match (before[source as usize], bounds) {
                    (Datum::Number(value), _) => (value, value),
                    (Datum::Gap(_), Some(bounds)) => (bounds.lower, bounds.upper),
                    (Datum::Gap(_), None) => (0.0, f64::INFINITY),
                };
                lower += share * ends.0;
                upper += share * ends.1;
            }
            let bounds = Bounds::new(lower, upper);
            own.insert(row as u32, Mark { bounds, ..Mark::default() });
        }
        if !own.is_empty() {
            marks.insert(column.name().to_owned(), own);
        }
    }
    marks
}

/// The origin of cells that one row is all of; the trace leads to the others.
fn origins(old: &Origins, frame: &Frame, trace: &Trace) -> Origins {
    let mut origins = Origins { files: old.files.clone(), cells: BTreeMap::new() };
    for (measure, cells) in old.cells.iter().filter(|(measure, _)| frame.has(measure)) {
        let origin = |sources: &Vec<(u32, f64)>| match sources[..] {
            [(source, 1.0)] => cells[source as usize],
            _ => Origin::default(),
        };
        origins.cells.insert(measure.clone(), trace.iter().map(origin).collect());
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Gap;

    fn table() -> Table {
        let frame = Frame::new(vec![
            Column::text("region", ["r", "r", "r", "r"]),
            Column::text("industry", ["1", "2", "3", "B"]),
            Column::integer("period", "", [2000, 2000, 2000, 2010]),
            Column::number(
                "employment",
                "persons",
                [
                    Datum::Number(10.0),
                    Datum::Gap(Gap::Suppressed),
                    Datum::Number(40.0),
                    Datum::Number(7.0),
                ],
            ),
        ]);
        let mark = Mark { bounds: Bounds::new(20.0, 99.0), ..Mark::default() };
        Table {
            name: "activity".into(),
            frame: frame.unwrap(),
            marks: Marks::from([("employment".to_owned(), BTreeMap::from([(1, mark)]))]),
            ..Table::default()
        }
    }

    fn walked(csv: &str) -> Result<Walked, String> {
        let folder = agglo_testkit::scratch();
        std::fs::write(folder.path().join("walk.csv"), csv).unwrap();
        let spec: CrosswalkSpec = toml::from_str(
            "column = \"industry\"\nfrom = \"old\"\nto = \"new\"\nfile = \"walk.csv\"\n\
             period = { from = 2000, to = 2005 }\n",
        )
        .unwrap();
        walk(&spec, folder.path(), &table())
    }

    #[test]
    fn codes_of_old_years_merge_and_split_and_every_row_knows_its_sources() {
        let walked = walked("from,to,weight\n1,A,1\n2,A,1\n3,A,0.25\n3,B,0.75\n").unwrap();
        let frame = &walked.table.frame;
        assert_eq!(frame.n_rows(), 3);
        let cells = frame.numbers("employment").unwrap();
        // The new year first, then A = 10 + withheld + 10 and B = 30.
        assert_eq!(cells, [Datum::Number(7.0), Datum::Gap(Gap::Suppressed), Datum::Number(30.0)]);
        assert_eq!(walked.trace[1], [(0, 1.0), (1, 1.0), (2, 0.25)]);
        let mark = walked.table.mark("employment", 1).unwrap();
        assert_eq!(mark.bounds, Bounds::new(40.0, 119.0));
        assert!(walked.note.en.contains("1 split"), "{}", walked.note.en);
    }

    #[test]
    fn shares_that_nobody_publishes_are_assumed_equal_only_when_asked_and_said_so() {
        let spec = |weights: &str| -> CrosswalkSpec {
            toml::from_str(&format!(
                "column = \"industry\"\nfrom = \"sic1987\"\nto = \"naics2002\"\n{weights}"
            ))
            .unwrap()
        };
        let root = Path::new("");
        let bare = crosswalk(&spec(""), root).unwrap();
        assert!(bare.links.iter().any(|link| link.weight.is_none()));
        let equal = crosswalk(&spec("weights = \"equal\""), root).unwrap();
        assert!(equal.links.iter().all(|link| link.weight.is_some()));
        assert!(equal.basis.contains("equal shares [A]"), "{}", equal.basis);
        let error = crosswalk(&spec("weights = \"area\""), root).unwrap_err();
        assert!(error.contains("equal"), "{error}");
    }

    #[test]
    fn a_code_that_the_crosswalk_lacks_is_an_error_that_names_it() {
        let error = walked("from,to,weight\n1,A,1\n2,A,1\n").err().unwrap();
        assert!(error.contains('3'), "{error}");
    }
}
