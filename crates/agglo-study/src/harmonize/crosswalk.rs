//! Codes of one edition into those of another, with the way of every row back and an audit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_codes::{ApplyOptions, Audit, Converted, Crossing, Crosswalk, Unmapped};
use agglo_core::{
    Absent, Bounds, Column, Datum, Frame, FrameError, Key, Lang, Mark, Note, Text, Values,
};
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
    let walks = if spec.common {
        let common = walk.common_units();
        (common.from_units, Some(common.to_units))
    } else {
        (walk, None)
    };
    let unmapped = match spec.unmapped {
        UnmappedSpec::Refuse => Unmapped::Refuse,
        UnmappedSpec::SetAside => Unmapped::SetAside,
        UnmappedSpec::Keep => Unmapped::Keep,
    };
    let (frame, trace, audit) = convert(spec, &walks, unmapped, &table.frame, table.absent)?;
    let totals = totals(spec, &walks, table)?;
    let crossed = crossed(&audit);
    let n = [audit.one_to_one.len(), audit.merged.len(), audit.split.len(), audit.unmapped.len()];
    let note = Note::new(
        "crosswalk",
        format!(
            "{} of {} from {} to {}: {} codes renamed, {} merged, {} split, {} unknown; {} \
             crossed a split, and {} codes hang on one. Weights: {}. Source: {}",
            spec.column,
            spec.table,
            spec.from,
            if spec.common { "common units" } else { &spec.to },
            n[0],
            n[1],
            n[2],
            n[3],
            crossed.0,
            audit.hanging.len(),
            audit.basis,
            audit.source
        ),
        format!(
            "{} 的 {} 由 {} 转换为 {}：改名 {} 个，合并 {} 个，拆分 {} 个，未知 {} 个；经过拆分的数值：{}；\
             {} 个代码依赖拆分。权重：{}。来源：{}",
            spec.table,
            spec.column,
            spec.from,
            if spec.common { "共同单位" } else { &spec.to },
            n[0],
            n[1],
            n[2],
            n[3],
            crossed.1,
            audit.hanging.len(),
            if audit.basis == OF_THE_FILE.en { OF_THE_FILE.zh } else { &audit.basis },
            audit.source
        ),
    );
    let marks = marks(&table.frame, &table.marks, &frame, &trace);
    let origins = origins(&table.origins, &frame, &trace);
    let name = table.name.clone();
    let walked = Table { name, frame, origins, marks, totals, absent: table.absent };
    Ok(Walked { table: walked, trace, note, audit: audit.audit_frame() })
}

/// A frame in other codes, the way of its rows back, and the account.
type Carried = (Frame, Trace, Audit);

/// `frame` over the crosswalk; rows outside the periods stay, or go over the second crosswalk if there is
/// one.
fn convert(
    spec: &CrosswalkSpec,
    walks: &(Crosswalk, Option<Crosswalk>),
    unmapped: Unmapped,
    frame: &Frame,
    absent: Absent,
) -> Result<Carried, String> {
    let (inside, outside) = split(spec, frame).map_err(|error| error.to_string())?;
    let period = frame.has("period").then(|| "period".to_owned());
    let options = ApplyOptions { unmapped, absent, period };
    let apply = |walk: &Crosswalk, rows: &[usize]| {
        let part = frame.take(rows);
        let (keys, measures) = columns(&part, &spec.column);
        let converted = walk.apply(&part, &spec.column, &keys, &measures, &options);
        let Converted { frame, trace, audit, .. } = converted.map_err(|error| error.to_string())?;
        let back = |trace: Vec<(usize, f64)>| -> Vec<(u32, f64)> {
            trace.into_iter().map(|(row, share)| (rows[row] as u32, share)).collect()
        };
        Ok::<_, String>((frame, trace.into_iter().map(back).collect::<Trace>(), audit))
    };
    let (walked, trace, audit) = apply(&walks.0, &inside)?;
    if outside.is_empty() {
        return Ok((walked, trace, audit));
    }
    let (rest, rest_trace) = match &walks.1 {
        Some(second) => {
            let (rest, trace, _) = apply(second, &outside)?;
            (rest, trace)
        }
        None => {
            let trace = outside.iter().map(|&row| vec![(row as u32, 1.0)]).collect();
            (frame.take(&outside), trace)
        }
    };
    let whole = stack(&rest, &walked).map_err(|error| error.to_string())?;
    Ok((whole, rest_trace.into_iter().chain(trace).collect(), audit))
}

/// The totals that still stand over the new parts: those whose code in the column that changes is a
/// part's own, such as all regions of one industry; they go the parts' way. A total over old codes would
/// stand over no new ones.
fn totals(
    spec: &CrosswalkSpec,
    walks: &(Crosswalk, Option<Crosswalk>),
    table: &Table,
) -> Result<Rows, String> {
    let old = &table.totals;
    if old.frame.n_rows() == 0 || !old.frame.has(&spec.column) {
        return Ok(Rows::default());
    }
    let words = |error: FrameError| error.to_string();
    let parts: BTreeSet<Key> = table.frame.keys(&spec.column).map_err(words)?.into_iter().collect();
    let codes = old.frame.keys(&spec.column).map_err(words)?;
    let kept: Vec<usize> = (0..codes.len()).filter(|&row| parts.contains(&codes[row])).collect();
    if kept.is_empty() {
        return Ok(Rows::default());
    }
    // The parts of an unknown code are refused, kept or gone by now: its total goes with them.
    let unmapped = match spec.unmapped {
        UnmappedSpec::Keep => Unmapped::Keep,
        UnmappedSpec::Refuse | UnmappedSpec::SetAside => Unmapped::SetAside,
    };
    let chosen = old.frame.take(&kept);
    let (frame, trace, _) = convert(spec, walks, unmapped, &chosen, table.absent)?;
    let back = |sources: Vec<(u32, f64)>| -> Vec<(u32, f64)> {
        sources.into_iter().map(|(row, share)| (kept[row as usize] as u32, share)).collect()
    };
    let trace: Trace = trace.into_iter().map(back).collect();
    let marks = marks(&old.frame, &old.marks, &frame, &trace);
    let origins = origins(&old.origins, &frame, &trace);
    Ok(Rows { frame, origins, marks })
}

/// How much of each measure crossed a split, in English and in Chinese.
fn crossed(audit: &Audit) -> (String, String) {
    let measures = audit.crossing_by_measure();
    let share = |crossing: &Crossing, lang: Lang| match (crossing.share(), lang) {
        (Datum::Number(share), Lang::En) => {
            format!("{:.2} % of {}", 100.0 * share, crossing.measure)
        }
        (Datum::Number(share), Lang::Zh) => format!("{} {:.2}%", crossing.measure, 100.0 * share),
        (Datum::Gap(_), Lang::En) => {
            format!("nothing of {}, which adds up to zero,", crossing.measure)
        }
        (Datum::Gap(_), Lang::Zh) => format!("{} 合计为零", crossing.measure),
    };
    let list = |lang, comma| {
        let shares: Vec<String> = measures.iter().map(|crossing| share(crossing, lang)).collect();
        shares.join(comma)
    };
    (list(Lang::En, ", "), list(Lang::Zh, "，"))
}

/// The basis of weights that a file of the study gives.
const OF_THE_FILE: Text = Text::new("as the file has them", "见文件");

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
        Crosswalk::from_csv(&id, &spec.from, &spec.to, OF_THE_FILE.en, file, &text)
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
fn marks(old: &Frame, old_marks: &Marks, frame: &Frame, trace: &Trace) -> Marks {
    let mut marks = Marks::new();
    for column in frame.columns() {
        let Values::Number(cells) = column.values() else { continue };
        let (Some(known), Ok(before)) = (old_marks.get(column.name()), old.numbers(column.name()))
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
        walked_of(csv, &table())
    }

    fn walked_of(csv: &str, table: &Table) -> Result<Walked, String> {
        let folder = agglo_testkit::scratch();
        std::fs::write(folder.path().join("walk.csv"), csv).unwrap();
        let spec: CrosswalkSpec = toml::from_str(
            "column = \"industry\"\nfrom = \"old\"\nto = \"new\"\nfile = \"walk.csv\"\n\
             period = { from = 2000, to = 2005 }\n",
        )
        .unwrap();
        walk(&spec, folder.path(), table)
    }

    #[test]
    fn totals_over_other_keys_go_the_way_of_their_parts_and_those_over_old_codes_do_not() {
        let mut table = table();
        let total = |industry: &'static str, year, jobs| ("all", industry, year, jobs);
        let rows = [
            total("1", 2000, 100.0),
            total("2", 2000, 200.0),
            total("3", 2000, 400.0),
            total("sum", 2000, 700.0),
            total("B", 2010, 70.0),
        ];
        table.totals.frame = Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row.0)),
            Column::text("industry", rows.iter().map(|row| row.1)),
            Column::integer("period", "", rows.iter().map(|row| row.2)),
            Column::numbers("employment", "persons", rows.iter().map(|row| row.3)),
        ])
        .unwrap();
        let walked = walked_of("from,to,weight\n1,A,1\n2,A,1\n3,A,0.25\n3,B,0.75\n", &table);
        let totals = walked.unwrap().table.totals.frame;
        let codes: Vec<String> =
            totals.keys("industry").unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(codes, ["B", "A", "B"]);
        let cells: Vec<f64> =
            totals.numbers("employment").unwrap().iter().filter_map(|d| d.number()).collect();
        // A = 100 + 200 + 400/4, B = 400 · 3/4.
        assert_eq!(cells, [70.0, 400.0, 300.0]);
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
        // 40 of the 50 persons of the old years that are known, and the audit says the same.
        assert!(walked.note.en.contains("80.00 % of employment crossed"), "{}", walked.note.en);
        let what = walked.audit.text("what").unwrap();
        let row = what.iter().position(|what| what.as_deref() == Some("crossed_split")).unwrap();
        assert_eq!(walked.audit.numbers("share").unwrap()[row], Datum::Number(0.8));
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
