//! A register in parts, each of which can be reduced alone and kept.

use std::path::{Path, PathBuf};

use agglo_core::Control;
use datafusion::common::DataFusionError;

use super::engine::Engine;
use super::job::{Job, Rows};
use super::reduced::Reduced;
use super::statistic::Statistic;
use super::{MAX_SCALE, engine_error, is_about_rows};
use crate::diagnostic::{DataError, Diagnostic, Severity};
use crate::source::{SourceFormat, expand, is_address};
use crate::spec::ReadSpec;

/// A register that is not read into memory.
pub struct Register {
    spec: ReadSpec,
    root: PathBuf,
    scale: u8,
    /// The engine's way, where it can take the files as they are.
    job: Option<Job>,
    parts: Vec<RegisterPart>,
    statistics: Vec<Statistic>,
}

/// Files that are reduced together: those of one folder of Hive, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterPart {
    /// Each file, with the name that messages give it.
    pub files: Vec<(PathBuf, String)>,
}

impl Register {
    /// The register that `source` names, its measure kept to `measure_scale` decimal places, of which
    /// `statistics` are asked besides cells.
    ///
    /// Cost: the headings of every file; of text files one pass to see that they are UTF-8.
    ///
    /// # Errors
    /// When a file is missing, its columns are not what `source` says, or one lacks that a statistic needs.
    pub fn open(
        source: &ReadSpec,
        root: &Path,
        measure_scale: u8,
        statistics: &[Statistic],
    ) -> Result<Register, DataError> {
        let scale = measure_scale.min(MAX_SCALE);
        // A register repeats its keys, which only this table allows.
        let spec = ReadSpec { table: "plant".to_owned(), ..source.clone() };
        let job = match Job::plain(&spec, root, scale, statistics)? {
            Some(job) => Some(job),
            None => Job::streamed(&spec, root, scale, statistics)?,
        };
        let parts = match &job {
            Some(job) => job
                .parts
                .iter()
                .map(|part| {
                    let paths = match &part.rows {
                        Rows::Files { paths, .. } => paths.iter().map(PathBuf::from).collect(),
                        Rows::Stream(stream) => vec![stream.path().to_owned()],
                        Rows::Memory(_) => Vec::new(),
                    };
                    let files = paths.into_iter().zip(part.shown.iter().cloned());
                    RegisterPart { files: files.collect() }
                })
                .collect(),
            // The careful reader holds one file at a time.
            None => expand(&spec.file, root)?
                .into_iter()
                .map(|file| RegisterPart { files: vec![file] })
                .collect(),
        };
        let statistics = statistics.to_vec();
        Ok(Register { spec, root: root.to_owned(), scale, job, parts, statistics })
    }

    /// Its parts, in the order of their names.
    pub fn parts(&self) -> &[RegisterPart] {
        &self.parts
    }

    /// The cells of each part in `wanted`, by place, and the further statistics.
    ///
    /// Cost: one pass over their rows; memory for the groups, not for the rows.
    ///
    /// # Errors
    /// Any row that [`read`](crate::read) would reject, named as it names it; sums beyond 38 digits; and
    /// what stopped the engine.
    pub fn reduce(
        &self,
        wanted: &[usize],
        engine: &Engine,
        control: &Control<'_>,
    ) -> Result<Vec<Reduced>, DataError> {
        if let Some(job) = &self.job {
            match job.run(engine, wanted, control) {
                Ok(Some(reduced)) => return Ok(reduced),
                Ok(None) => {}
                Err(error) if is_about_rows(&error) && job.format == SourceFormat::Text => {}
                Err(error) => return Err(engine_error(&error)),
            }
        }
        let mut reduced = Vec::new();
        for (n_done, &part) in wanted.iter().enumerate() {
            let stopped = |stopped| engine_error(&DataFusionError::External(Box::new(stopped)));
            control.step(n_done as u64, wanted.len() as u64).map_err(stopped)?;
            reduced.push(self.carefully(&self.parts[part], engine)?);
        }
        Ok(reduced)
    }

    /// What `part` is reduced to by the careful reader, which says of every bad row what is wrong where.
    fn carefully(&self, part: &RegisterPart, engine: &Engine) -> Result<Reduced, DataError> {
        let embedded = Engine { cluster: None, ..engine.clone() };
        let mut reduced = Vec::new();
        for (path, shown) in &part.files {
            // What is no file is known by what was asked for.
            let asked = path.as_os_str() == "-" || is_address(&path.to_string_lossy());
            let file = if asked { path.clone() } else { PathBuf::from(shown) };
            let spec = ReadSpec { file, ..self.spec.clone() };
            let reading = crate::read(&spec, &self.root)?;
            let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
            let errors: Vec<Diagnostic> =
                reading.diagnostics.iter().filter(is_error).cloned().collect();
            if !errors.is_empty() {
                return Err(errors.into());
            }
            let job = Job::read(&spec, &reading.frame, self.scale, &self.statistics)?;
            match job.run(&embedded, &[0], &Control::none()) {
                Ok(Some(found)) => reduced.extend(found),
                Ok(None) => {
                    let message = format!(
                        "{shown}: a row that was read could not be summed; is the value beyond 18 digits?"
                    );
                    return Err(engine_error(&DataFusionError::Execution(message)));
                }
                Err(error) => return Err(engine_error(&error)),
            }
        }
        Ok(Reduced::joined(reduced))
    }
}

#[cfg(test)]
mod tests {
    use agglo_core::Frame;

    use super::super::cells::COLUMNS;
    use super::*;

    fn register(root: &Path) -> Register {
        let spec = ReadSpec {
            value: Some("employment".to_owned()),
            ..ReadSpec::new("plant", "register/year=*/part.csv")
        }
        .column("region", "region")
        .column("industry", "industry")
        .column("period", "year")
        .column("employment", "employment");
        Register::open(&spec, root, 1, &[]).unwrap()
    }

    #[test]
    fn each_folder_is_a_part_that_can_be_reduced_and_kept_alone() {
        let folder = agglo_testkit::scratch();
        let root = folder.path();
        for (year, rows) in [(2019, "a,x,1.5\na,x,2\nb,y,4\n"), (2020, "a,x,7\n")] {
            let path = root.join(format!("register/year={year}"));
            std::fs::create_dir_all(&path).unwrap();
            std::fs::write(path.join("part.csv"), format!("region,industry,employment\n{rows}"))
                .unwrap();
        }
        let register = register(root);
        assert_eq!(register.parts().len(), 2);
        let engine = Engine::default();
        let both = register.reduce(&[0, 1], &engine, &Control::none()).unwrap();
        let second = register.reduce(&[1], &engine, &Control::none()).unwrap();
        assert_eq!(second[0], both[1]);
        both[0].write(root, "kept").unwrap();
        assert_eq!(Reduced::read(root, "kept", &[]).as_ref(), Some(&both[0]));
        let cells = Reduced::joined(both).cells;
        assert_eq!(cells.n_rows(), 4);
        let table = cells.table(&COLUMNS).unwrap();
        assert_eq!(table.integers("period").unwrap(), [2019, 2019, 2020]);
        let sums: Vec<_> = table.numbers("sum").unwrap();
        assert_eq!(sums.iter().map(|s| s.number().unwrap()).collect::<Vec<_>>(), [3.5, 4.0, 7.0]);
        let squares = table.numbers("sum_sq").unwrap();
        assert_eq!(squares[0].number(), Some(6.25));
        let mut years = Vec::new();
        let each = |frame: Frame| {
            years.push((frame.integers("period").unwrap()[0], frame.n_rows()));
            Ok::<(), DataError>(())
        };
        cells.each_period(&["region", "period"], each).unwrap();
        assert_eq!(years, [(2019, 2), (2020, 1)]);
    }
}
