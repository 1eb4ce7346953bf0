//! A register in parts, each of which can be reduced alone and kept.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use agglo_core::Frame;
use datafusion::common::DataFusionError;
use serde_json::{Value, json};

use super::engine::Engine;
use super::groups::Cells;
use super::job::{Job, Measured, Rows};
use super::{MAX_SCALE, engine_error, is_about_rows};
use crate::diagnostic::{DataError, Diagnostic, Place, Severity};
use crate::source::{SourceFormat, expand, is_address};
use crate::spec::ReadSpec;
use crate::store;

/// Where a file of cells says what they measure.
const MEASURED: &str = "agglo.measured";

/// A register that is not read into memory.
pub struct Register {
    spec: ReadSpec,
    root: PathBuf,
    scale: u8,
    /// The engine's way, where it can take the files as they are.
    job: Option<Job>,
    parts: Vec<RegisterPart>,
}

/// Files that are reduced together: those of one folder of Hive, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterPart {
    /// Each file, with the name that messages give it.
    pub files: Vec<(PathBuf, String)>,
}

impl Register {
    /// The register that `source` names, its measure kept to `measure_scale` decimal places.
    ///
    /// Cost: the headings of every file; of text files one pass to see that they are UTF-8.
    ///
    /// # Errors
    /// When a file is missing or its columns are not what `source` says.
    pub fn open(source: &ReadSpec, root: &Path, measure_scale: u8) -> Result<Register, DataError> {
        let scale = measure_scale.min(MAX_SCALE);
        // A register repeats its keys, which only this table allows.
        let spec = ReadSpec { table: "plant".to_owned(), ..source.clone() };
        let job = Job::plain(&spec, root, scale)?;
        let parts = match &job {
            Some(job) => job
                .parts
                .iter()
                .map(|part| {
                    let paths = match &part.rows {
                        Rows::Files { paths, .. } => paths.as_slice(),
                        Rows::Memory(_) => &[],
                    };
                    let files = paths.iter().map(PathBuf::from).zip(part.shown.iter().cloned());
                    RegisterPart { files: files.collect() }
                })
                .collect(),
            // The careful reader holds one file at a time.
            None => expand(&spec.file, root)?
                .into_iter()
                .map(|file| RegisterPart { files: vec![file] })
                .collect(),
        };
        Ok(Register { spec, root: root.to_owned(), scale, job, parts })
    }

    /// Its parts, in the order of their names.
    pub fn parts(&self) -> &[RegisterPart] {
        &self.parts
    }

    /// The cells of each part in `wanted`, by place.
    ///
    /// Cost: one pass over their rows; memory for the groups, not for the rows.
    ///
    /// # Errors
    /// Any row that [`read`](crate::read) would reject, named as it names it; sums beyond 38 digits; and
    /// what stopped the engine.
    pub fn reduce(&self, wanted: &[usize], engine: &Engine) -> Result<Vec<Cells>, DataError> {
        if let Some(job) = &self.job {
            match job.run(engine, wanted) {
                Ok(Some(cells)) => return Ok(cells),
                Ok(None) => {}
                Err(error) if is_about_rows(&error) && job.format == SourceFormat::Text => {}
                Err(error) => return Err(engine_error(&error)),
            }
        }
        wanted.iter().map(|&part| self.carefully(&self.parts[part], engine)).collect()
    }

    /// The cells of `part` by the careful reader, which says of every bad row what is wrong where.
    fn carefully(&self, part: &RegisterPart, engine: &Engine) -> Result<Cells, DataError> {
        let embedded = Engine { cluster: None, ..engine.clone() };
        let mut cells = Vec::new();
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
            let job = Job::read(&spec, &reading.frame, self.scale)?;
            match job.run(&embedded, &[0]) {
                Ok(Some(found)) => cells.extend(found),
                Ok(None) => {
                    let message = format!(
                        "{shown}: a row that was read could not be summed; is the value beyond 18 digits?"
                    );
                    return Err(engine_error(&DataFusionError::Execution(message)));
                }
                Err(error) => return Err(engine_error(&error)),
            }
        }
        Cells::joined(cells).map_err(|error| engine_error(&error))
    }
}

impl Cells {
    /// The cells of all `parts` as one table, its columns as the [module](super) says.
    ///
    /// # Errors
    /// When a sum does not fit into 38 digits.
    pub fn table(parts: Vec<Cells>) -> Result<Frame, DataError> {
        let frame = Cells::joined(parts).and_then(|cells| cells.frame());
        frame.map_err(|error| engine_error(&error))
    }

    /// Writes the exact cells to a Parquet file; the same cells give the same bytes.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let columns = self.columns().map_err(|error| engine_error(&error))?;
        let Measured { name, unit, scale, by_period } = &self.measured;
        let about = json!({ "name": name, "unit": unit, "scale": scale, "by_period": by_period });
        let about = HashMap::from([(MEASURED.to_owned(), about.to_string())]);
        let schema = columns.schema().as_ref().clone().with_metadata(about);
        store::write(path, schema, columns.columns().to_vec())
    }

    /// Reads what [`write`](Cells::write) wrote; `None` where that cannot be had.
    pub fn read(path: &Path) -> Option<Cells> {
        let place = Place { file: path.display().to_string(), sheet: None };
        let (schema, batches) = store::load(path, &place).ok()?;
        let about: Value = serde_json::from_str(schema.metadata().get(MEASURED)?).ok()?;
        let measured = Measured {
            name: about["name"].as_str()?.to_owned(),
            unit: about["unit"].as_str()?.to_owned(),
            scale: about["scale"].as_u64()?.try_into().ok()?,
            by_period: about["by_period"].as_bool()?,
        };
        Cells::from_columns(&batches, measured)
    }
}

#[cfg(test)]
mod tests {
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
        Register::open(&spec, root, 1).unwrap()
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
        let both = register.reduce(&[0, 1], &engine).unwrap();
        let second = register.reduce(&[1], &engine).unwrap();
        assert_eq!(second[0], both[1]);
        let file = root.join("kept.parquet");
        both[0].write(&file).unwrap();
        assert_eq!(Cells::read(&file).as_ref(), Some(&both[0]));
        let table = Cells::table(both).unwrap();
        assert_eq!(table.integers("period").unwrap(), [2019, 2020, 2019]);
        let sums: Vec<_> = table.numbers("sum").unwrap();
        assert_eq!(sums.iter().map(|s| s.number().unwrap()).collect::<Vec<_>>(), [3.5, 7.0, 4.0]);
        let squares = table.numbers("sum_sq").unwrap();
        assert_eq!(squares[0].number(), Some(6.25));
    }
}
