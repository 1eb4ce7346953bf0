//! Withheld cells: bounds from the sums they stand in, one value where the study asks for it, and
//! completions from which every number takes its range.

use std::collections::BTreeSet;
use std::sync::Arc;

use agglo_balance::{
    Absent, BoundsOptions, Cell, Deviation, Dimension, Hierarchy, How, Row, System, SystemBuilder,
};
use agglo_core::{Bounds, Column, Datum, Frame, Gap, Key, Mark, Note, Seed, Status, Values};
use agglo_data::Table;

use super::hierarchy;
use crate::spec::{SuppressionPolicy, SuppressionSpec};

/// A table whose withheld cells were looked at.
pub(crate) struct Completed {
    /// The table as the methods see it.
    pub(crate) table: Table,
    /// It with all withheld cells filled in, once for each completion.
    pub(crate) completions: Vec<Arc<Frame>>,
    /// It with withheld cells counted as nothing, where the study compares.
    pub(crate) without: Option<Arc<Frame>>,
    pub(crate) notes: Vec<Note>,
}

/// `table` with the withheld cells of every measure treated as `spec` says; `None` where none is
/// withheld or the policy leaves gaps as they are.
pub(crate) fn complete(spec: &SuppressionSpec, table: &Table, seed: Seed) -> Option<Completed> {
    if spec.policy == SuppressionPolicy::Gap {
        return None;
    }
    let measures: Vec<String> = table
        .frame
        .columns()
        .iter()
        .filter(|column| match column.values() {
            Values::Number(cells) => cells.iter().any(|cell| is_withheld(*cell)),
            _ => false,
        })
        .map(|column| column.name().to_owned())
        .collect();
    if measures.is_empty() {
        return None;
    }
    let mut completed = Completed {
        table: table.clone(),
        completions: Vec::new(),
        without: None,
        notes: Vec::new(),
    };
    let mut completions = vec![table.frame.clone(); spec.draws];
    let mut without = table.frame.clone();
    for measure in &measures {
        let tied = Tied::new(table, measure)?;
        completed.notes.push(tied.complete(spec, measure, seed, &mut completed.table));
        let drawn = agglo_balance::draws(&tied.system, spec.draws, seed);
        for (frame, values) in completions.iter_mut().zip(drawn.values) {
            tied.fill(frame, measure, &|at| values[at]);
        }
        tied.fill(&mut without, measure, &|_| Some(0.0));
    }
    completed.completions = completions.into_iter().map(Arc::new).collect();
    completed.without = spec.compare.then(|| Arc::new(without));
    Some(completed)
}

fn is_withheld(cell: Datum) -> bool {
    matches!(cell, Datum::Gap(Gap::Suppressed | Gap::BelowUnit))
}

/// One measure of a table and its totals as a system of sums.
struct Tied {
    system: System,
    /// The rows of the frame that are withheld, by place in the system.
    withheld: Vec<(usize, usize)>,
}

impl Tied {
    fn new(table: &Table, measure: &str) -> Option<Tied> {
        let keys: Vec<&str> = ["region", "industry", "period", "class"]
            .into_iter()
            .filter(|key| table.frame.has(key))
            .collect();
        let codes = |frame: &Frame, key: &str| -> BTreeSet<Key> {
            frame.text(key).map(|c| c.iter().flatten().cloned().collect()).unwrap_or_default()
        };
        let dimension = |key: &&str| {
            let parts = codes(&table.frame, key);
            let mut totals = codes(&table.totals.frame, key);
            totals.retain(|code| !parts.contains(code));
            let parents = hierarchy::parents(&parts, &totals);
            let hierarchies =
                if parents.is_empty() { Vec::new() } else { vec![Hierarchy::Parents(parents)] };
            Dimension { name: (*key).to_owned(), hierarchies }
        };
        let absent = match table.absent {
            agglo_core::Absent::Missing => Absent::Unknown,
            agglo_core::Absent::Zero => Absent::Zero,
        };
        let mut rows = Vec::new();
        let mut withheld = Vec::new();
        let totals = &table.totals;
        let sides = [(&table.frame, &table.marks), (&totals.frame, &totals.marks)];
        for (side, (frame, marks)) in sides.into_iter().enumerate() {
            let Ok(cells) = frame.numbers(measure) else { continue };
            let marks = marks.get(measure);
            for (row, cell) in cells.into_iter().enumerate() {
                let mark = marks.and_then(|marks| marks.get(&(row as u32)));
                let Some(known) = system_cell(cell, mark) else { continue };
                if side == 0 && is_withheld(cell) {
                    withheld.push((rows.len(), row));
                }
                rows.push(Row { keys: row_keys(frame, &keys, row), cell: known });
            }
        }
        let builder = SystemBuilder::new(keys.iter().map(dimension).collect(), absent);
        Some(Tied { system: builder.from_rows(&rows).ok()?, withheld })
    }

    /// Marks the withheld cells with their bounds and, where the policy says so, with a value.
    fn complete(
        &self,
        spec: &SuppressionSpec,
        measure: &str,
        seed: Seed,
        table: &mut Table,
    ) -> Note {
        let options = BoundsOptions { max_component: spec.max_component };
        let found = agglo_balance::bounds(&self.system, &options);
        let imputed = match spec.policy {
            SuppressionPolicy::LinearProgram => {
                Some(agglo_balance::linear_program(&self.system, Deviation::Sum))
            }
            SuppressionPolicy::MaximumEntropy => Some(agglo_balance::maximum_entropy(&self.system)),
            SuppressionPolicy::Gap | SuppressionPolicy::Keep => None,
        };
        let marks = table.marks.entry(measure.to_owned()).or_default();
        let mut n_imputed = 0;
        for &(at, row) in &self.withheld {
            let mark = marks.entry(row as u32).or_default();
            mark.bounds = match found.how[at] {
                How::Infeasible => None,
                _ => Bounds::new(found.lower[at], found.upper[at]),
            };
            if imputed.as_ref().is_some_and(|imputed| imputed.values[at].is_some()) {
                mark.status = Some(Status::Imputed);
                n_imputed += 1;
            }
        }
        if let Some(imputed) = &imputed {
            self.fill(&mut table.frame, measure, &|at| imputed.values[at]);
        }
        let n = self.withheld.len();
        let exact = |(at, _): &&(usize, usize)| found.how[*at] == How::Exact;
        let n_exact = self.withheld.iter().filter(exact).count();
        let broken = found.infeasible.len();
        let (en, zh) = match spec.policy {
            SuppressionPolicy::LinearProgram => ("imputed by a linear program", "以线性规划插补"),
            SuppressionPolicy::MaximumEntropy => ("imputed by maximum entropy", "以最大熵插补"),
            SuppressionPolicy::Gap | SuppressionPolicy::Keep => ("imputed", "插补"),
        };
        let (contradicting_en, contradicting_zh) = match broken {
            0 => (String::new(), String::new()),
            n => (
                format!("; {n} sums contradict each other and leave their cells open"),
                format!("；{n} 条加总关系互相矛盾，其单元格未定"),
            ),
        };
        let (n_sums, draws, seed) = (self.system.equations().len(), spec.draws, seed.0);
        Note::new(
            "withheld-cells-completed",
            format!(
                "{measure}: of {n} cells withheld by the source, {n_imputed} are {en}, and {n_exact} have \
                 exact bounds, under {n_sums} sums{contradicting_en}; {draws} completions, seed {seed}"
            ),
            format!(
                "{measure}：来源未公布 {n} 个单元格，依据 {n_sums} 条加总关系，{n_imputed} 个{zh}，{n_exact} \
                 个有精确界限{contradicting_zh}；补全 {draws} 次，种子 {seed}"
            ),
        )
    }

    /// Puts `value` of every withheld cell into the frame; one without a value stays a gap.
    fn fill(&self, frame: &mut Frame, measure: &str, value: &dyn Fn(usize) -> Option<f64>) {
        let Ok(column) = frame.column(measure).cloned() else { return };
        let Values::Number(mut cells) = column.values().clone() else { return };
        for &(at, row) in &self.withheld {
            if let Some(value) = value(at) {
                cells[row] = Datum::Number(value);
            }
        }
        let order: Vec<Column> = frame
            .columns()
            .iter()
            .map(|known| {
                if known.name() == measure {
                    Column::number(measure, column.unit(), cells.clone())
                } else {
                    known.clone()
                }
            })
            .collect();
        *frame = Frame::new(order).unwrap_or_default();
    }
}

/// A cell of the table as one of the system; a cell of which nothing is known is none.
fn system_cell(cell: Datum, mark: Option<&Mark>) -> Option<Cell> {
    let bounds = mark.and_then(|mark| mark.bounds);
    match cell {
        Datum::Number(value) => Some(Cell::known(value)),
        Datum::Gap(Gap::BelowUnit) => {
            let bounds = bounds.map_or((0.0, 0.5), |b| (b.lower, b.upper));
            Some(Cell::between(bounds.0, bounds.1))
        }
        Datum::Gap(Gap::Suppressed) => {
            let bounds = bounds.map_or((0.0, f64::INFINITY), |b| (b.lower, b.upper));
            Some(Cell::between(bounds.0, bounds.1))
        }
        Datum::Gap(_) => None,
    }
}

fn row_keys(frame: &Frame, keys: &[&str], row: usize) -> Vec<Key> {
    let cell = |key: &&str| crate::address::cell_text(frame, key, row).unwrap_or_default();
    keys.iter().map(|key| Key::from(cell(key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_data::{Marks, Rows};
    use std::collections::BTreeMap;

    fn n_gaps(frame: &Frame, measure: &str) -> usize {
        let cells = frame.numbers(measure).unwrap();
        cells.iter().filter(|cell| cell.number().is_none()).count()
    }

    /// Two regions × two industries and the total of each; three cells withheld.
    fn table() -> Table {
        let frame = |rows: &[(&str, &str, Datum)]| {
            Frame::new(vec![
                Column::text("region", rows.iter().map(|row| row.0)),
                Column::text("industry", rows.iter().map(|row| row.1)),
                Column::number("employment", "persons", rows.iter().map(|row| row.2)),
            ])
            .unwrap()
        };
        let secret = Datum::Gap(Gap::Suppressed);
        let n = Datum::Number;
        let parts =
            [("r1", "x", n(20.0)), ("r1", "y", secret), ("r2", "x", secret), ("r2", "y", secret)];
        let totals = [
            ("T", "x", n(50.0)),
            ("T", "y", n(40.0)),
            ("r1", "T", n(35.0)),
            ("r2", "T", n(55.0)),
            ("T", "T", n(90.0)),
        ];
        let bounds = Bounds::new(0.0, 19.0);
        let mark = Mark { bounds, flag: Some("A".into()), ..Mark::default() };
        Table {
            frame: frame(&parts),
            marks: Marks::from([("employment".to_owned(), BTreeMap::from([(1, mark)]))]),
            totals: Rows { frame: frame(&totals), ..Rows::default() },
            ..Table::default()
        }
    }

    fn spec(policy: SuppressionPolicy) -> SuppressionSpec {
        SuppressionSpec { policy, compare: true, draws: 5, ..SuppressionSpec::default() }
    }

    #[test]
    fn the_sums_give_the_withheld_cells_where_they_leave_no_choice() {
        for policy in [SuppressionPolicy::MaximumEntropy, SuppressionPolicy::LinearProgram] {
            let done = complete(&spec(policy), &table(), Seed(1)).unwrap();
            let cells = done.table.frame.numbers("employment").unwrap();
            for (cell, expected) in cells.iter().zip([20.0, 15.0, 30.0, 25.0]) {
                assert!((cell.number().unwrap() - expected).abs() < 1e-5, "{cells:?}");
            }
            let mark = done.table.mark("employment", 1).unwrap();
            assert_eq!(mark.status, Some(Status::Imputed));
            assert_eq!(mark.flag.as_deref(), Some("A"));
            assert!((mark.bounds.unwrap().lower - 15.0).abs() < 1e-5);
        }
    }

    #[test]
    fn kept_cells_stay_gaps_and_their_completions_differ() {
        let mut open = table();
        open.totals = Rows { frame: open.totals.frame.take(&[0, 1]), ..Rows::default() };
        let done = complete(&spec(SuppressionPolicy::Keep), &open, Seed(1)).unwrap();
        assert_eq!(n_gaps(&done.table.frame, "employment"), 3);
        assert_eq!(done.completions.len(), 5);
        assert!(done.completions.iter().all(|frame| n_gaps(frame, "employment") == 0));
        let second = |frame: &Frame| frame.numbers("employment").unwrap()[1].number().unwrap();
        assert_ne!(second(&done.completions[0]), second(&done.completions[1]));
        assert!(second(&done.completions[0]) <= 19.0);
        assert_eq!(second(&done.without.unwrap()), 0.0);
    }

    #[test]
    fn a_table_without_withheld_cells_is_left_alone() {
        let whole = Table { frame: table().frame.take(&[0]), ..table() };
        assert!(complete(&spec(SuppressionPolicy::Keep), &whole, Seed(1)).is_none());
        assert!(complete(&spec(SuppressionPolicy::Gap), &table(), Seed(1)).is_none());
    }
}
