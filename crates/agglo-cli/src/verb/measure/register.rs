//! A register of establishments as the table of a method: summed to cells by the engine, whatever its size.

use std::path::Path;

use agglo_core::{Control, Frame, Note, PanelError, Seed};
use agglo_data::reduce::{Reduced, Register, Statistic};
use agglo_data::{ReadSpec, Reading};
use agglo_methods::catalog::{ACTIVITY, Input, Method};
use agglo_methods::reach::{Years, reach};
use agglo_methods::{Answer, Call, Inputs, MethodError, Options};

use crate::failure::Failure;
use crate::progress;
use crate::settings::Settings;

/// Decimal places that sizes are summed to, exactly.
const SCALE: u8 = 3;

/// Tables that are cells of a register.
pub(super) const CELLS: [&str; 2] = ["activity", "cell"];

/// Whether a register can be reduced to the table of this name.
pub(super) fn gives(table: &str) -> bool {
    CELLS.contains(&table) || Statistic::all().iter().any(|statistic| statistic.table() == table)
}

/// The columns of a register that the table of this name is made of.
pub(super) fn columns(table: &str) -> Vec<&'static str> {
    let mut columns = vec!["region", "industry", "period", "value"];
    let statistics = Statistic::all().into_iter().filter(|statistic| statistic.table() == table);
    columns.extend(statistics.flat_map(|statistic| statistic.columns()));
    columns
}

/// The columns of the table `cell` that methods read.
const CELL: [&str; 6] = ["region", "industry", "period", "n", "sum", "sum_sq"];

/// A register that stands for a table of a method.
pub(super) struct Summed {
    table: &'static str,
    reduced: Reduced,
}

/// The register that `spec` names as the table `input`, and what was read.
pub(super) fn read(
    input: &Input,
    spec: &ReadSpec,
    settings: &Settings,
) -> Result<(Summed, Reading), Failure> {
    let spec =
        ReadSpec { table: "plant".to_owned(), value: Some("value".to_owned()), ..spec.clone() };
    let statistics = Statistic::all().into_iter().filter(|s| s.table() == input.table);
    let statistics: Vec<Statistic> = statistics.collect();
    let register = Register::open(&spec, Path::new(""), SCALE, &statistics)?;
    let parts: Vec<usize> = (0..register.parts().len()).collect();
    let engine = settings.engine()?;
    let reduced =
        progress::watched(settings, |control| register.reduce(&parts, &engine, &control))?;
    let reduced = Reduced::joined(reduced);
    let n_rows = reduced.cells.n_rows();
    let reading = Reading { rows_read: n_rows, rows_used: n_rows, ..Reading::default() };
    Ok((Summed { table: input.table, reduced }, reading))
}

/// A question about a register.
pub(super) struct Question<'q> {
    pub(super) method: &'static Method,
    pub(super) variant: Option<&'q str>,
    /// The tables besides.
    pub(super) inputs: Inputs,
    pub(super) options: &'q Options,
    pub(super) seed: Seed,
}

impl Question<'_> {
    /// The answer from a register, whose cells that no row names are zero: period by period where no number
    /// rests on two of them, so that one period is in memory at a time.
    pub(super) fn ask(self, register: &Summed) -> Result<Answer, Failure> {
        let cells = &register.reduced.cells;
        if cells.n_rows() == 0 {
            return Err(MethodError::Panel(PanelError::Empty).into());
        }
        let table = register.table;
        let variant = self.variant.unwrap_or(self.method.variants[0].id);
        let drops =
            self.options.iter().any(|(name, value)| (name, value) == ("gaps", "drop-periods"));
        let alone = reach(self.method.id, variant).years == Years::Own && !drops;
        let mut answer = None;
        let mut take = |inputs: Inputs| -> Result<(), Failure> {
            let (seed, control) = (self.seed, Control::none());
            let call = Call::new(self.method, self.variant, &inputs, self.options, seed, control)?;
            let further = call.run()?;
            answer = Some(match answer.take() {
                Some(before) => joined(before, further),
                None => further,
            });
            Ok(())
        };
        let inputs = || self.inputs.clone();
        if !CELLS.contains(&table) {
            for (table, frame) in register.reduced.tables()? {
                take(inputs().with(table, frame))?;
            }
            return answer.ok_or_else(|| MethodError::Panel(PanelError::Empty).into());
        }
        match (table == ACTIVITY.table, alone) {
            (true, true) => cells.each_panel(|panel| take(inputs().with_panel(table, panel)))?,
            (true, false) => take(inputs().with_panel(table, cells.panel()?))?,
            (false, true) => {
                cells.each_period(&CELL, |frame: Frame| take(inputs().with(table, frame)))?;
            }
            (false, false) => take(inputs().with(table, cells.table(&CELL)?))?,
        }
        answer.ok_or_else(|| MethodError::Panel(PanelError::Empty).into())
    }
}

/// Two answers of one method as one; what both say is said once.
fn joined(mut answer: Answer, further: Answer) -> Answer {
    for (name, frame) in further.tables {
        match answer.tables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.append(frame),
            None => answer.tables.push((name, frame)),
        }
    }
    let new: Vec<Note> =
        further.notes.into_iter().filter(|note| !answer.notes.contains(note)).collect();
    answer.notes.extend(new);
    answer
}
