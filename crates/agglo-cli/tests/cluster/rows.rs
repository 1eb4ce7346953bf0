//! A generated register, its files, and its sums by three roads: by hand, here, and on a cluster.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use agglo_cluster::datafusion::arrow::array::{
    ArrayRef, AsArray, Decimal128Array, Int32Array, RecordBatch, StringArray,
};
use agglo_cluster::datafusion::arrow::compute::cast;
use agglo_cluster::datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Field, Int64Type, Schema,
};
use agglo_cluster::datafusion::common::DataFusionError;
use agglo_cluster::datafusion::parquet::arrow::ArrowWriter;
use agglo_cluster::datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionContext};

/// Rows of the register.
pub(crate) const N: u64 = 1_000_000;
const FILES: u64 = 8;

/// n, Σx, Σx² (in 10⁻³ and 10⁻⁶), largest and smallest x, rows without a number, withheld rows.
pub(crate) type Sums = (i64, i128, i128, Option<i128>, Option<i128>, i64, i64);
/// By region, industry and year.
pub(crate) type Cells = BTreeMap<(String, String, String), Sums>;

struct Row {
    region: String,
    industry: String,
    year: i32,
    /// Thousandths; `Err` holds the mark that stands in its place.
    jobs: Result<i128, &'static str>,
}

/// Row `i` of the register, from a hash of its number.
fn row(i: u64) -> Row {
    let mut z = i.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x2545_f491_4f6c_dd1d);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let jobs = match z % 97 {
        0 => Err(""),
        1 => Err("(D)"),
        // Few giants, many dwarfs, and some below zero.
        2 => Ok(i128::from(z >> 20)),
        3 => Ok(-i128::from((z >> 40) % 5_000)),
        _ => Ok(i128::from((z >> 32) % 90_000_000)),
    };
    Row {
        region: format!("R{:02}", (z >> 8) % 41),
        industry: format!("{}", 10 + (z >> 16) % 23),
        year: 2015 + ((z >> 24) % 6) as i32,
        jobs,
    }
}

fn decimal(thousandths: i128) -> String {
    let (sign, size) = (if thousandths < 0 { "-" } else { "" }, thousandths.unsigned_abs());
    format!("{sign}{}.{:03}", size / 1000, size % 1000)
}

/// The register once as Parquet and once as CSV.
pub(crate) struct Register {
    pub(crate) parquet: Vec<String>,
    pub(crate) csv: Vec<String>,
    pub(crate) cells: Cells,
    folder: tempfile::TempDir,
}

impl Register {
    /// Written once for all tests of this process.
    pub(crate) fn get() -> &'static Register {
        static REGISTER: OnceLock<Register> = OnceLock::new();
        REGISTER.get_or_init(Register::write)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn write() -> Register {
        let folder = tempfile::tempdir().unwrap();
        let mut cells = Cells::new();
        let (mut parquet, mut csv) = (Vec::new(), Vec::new());
        for file in 0..FILES {
            let rows: Vec<Row> = (0..N).filter(|i| i % FILES == file).map(row).collect();
            for row in &rows {
                add(&mut cells, row);
            }
            let path = |ending: &str| folder.path().join(format!("part-{file}.{ending}"));
            write_parquet(&path("parquet"), &rows);
            std::fs::write(path("csv"), as_csv(&rows)).unwrap();
            parquet.push(path("parquet").to_str().unwrap().to_owned());
            csv.push(path("csv").to_str().unwrap().to_owned());
        }
        Register { parquet, csv, cells, folder }
    }
}

fn add(cells: &mut Cells, row: &Row) {
    let key = (row.region.clone(), row.industry.clone(), row.year.to_string());
    let (n, s, q, hi, lo, gaps, withheld) = cells.entry(key).or_default();
    match row.jobs {
        Ok(x) => {
            *n += 1;
            *s += x;
            *q += x * x;
            *hi = Some(hi.map_or(x, |hi| hi.max(x)));
            *lo = Some(lo.map_or(x, |lo| lo.min(x)));
        }
        Err(mark) => {
            *gaps += 1;
            *withheld += i64::from(mark == "(D)");
        }
    }
}

fn as_csv(rows: &[Row]) -> String {
    let mut text = "region,industry,year,jobs\n".to_owned();
    for row in rows {
        let jobs = row.jobs.map_or_else(str::to_owned, decimal);
        writeln!(text, "{},{},{},{jobs}", row.region, row.industry, row.year).unwrap();
    }
    text
}

/// Parquet has no marks: the number and the mark stand in two columns.
fn write_parquet(path: &Path, rows: &[Row]) {
    let text = |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    let years: Int32Array = rows.iter().map(|row| Some(row.year)).collect();
    let jobs: Decimal128Array = rows.iter().map(|row| row.jobs.ok()).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("region", text(&|row| Some(row.region.clone()))),
        ("industry", text(&|row| Some(row.industry.clone()))),
        ("year", Arc::new(years)),
        ("jobs", Arc::new(jobs.with_precision_and_scale(18, 3).unwrap())),
        ("mark", text(&|row| row.jobs.err().filter(|mark| !mark.is_empty()).map(str::to_owned))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// What to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Parquet,
    Csv,
}

/// The reduction in the words that agglo says it in.
fn sql(kind: Kind) -> String {
    let names = ["region", "industry", "year"];
    let (gap, withheld) = match kind {
        Kind::Parquet => ("(\"jobs\" IS NULL)", "(\"mark\" IS NOT NULL AND \"mark\" IN ('(D)'))"),
        Kind::Csv => (
            "(\"c3\" IS NULL OR (\"c3\" IS NOT NULL AND \"c3\" IN ('', '(D)')))",
            "(\"c3\" IS NOT NULL AND \"c3\" IN ('(D)'))",
        ),
    };
    let column = |place: usize| match kind {
        Kind::Parquet => (*names.get(place).unwrap_or(&"jobs")).to_owned(),
        Kind::Csv => format!("c{place}"),
    };
    let keys: Vec<String> =
        (0..3).map(|k| format!("CAST(\"{}\" AS VARCHAR) AS k{k}", column(k))).collect();
    format!(
        "SELECT k0, k1, k2, count(x) AS n, sum(x) AS s, sum(x * x) AS q, max(x) AS hi, min(x) AS lo, \
         sum(CASE WHEN gap THEN 1 ELSE 0 END) AS gaps, \
         sum(CASE WHEN suppressed THEN 1 ELSE 0 END) AS suppressed, \
         sum(CASE WHEN x IS NULL AND NOT gap THEN 1 ELSE 0 END) AS bad \
         FROM (SELECT {}, TRY_CAST(\"{}\" AS DECIMAL(18, 3)) AS x, {gap} AS gap, \
         {withheld} AS suppressed FROM t) GROUP BY k0, k1, k2",
        keys.join(", "),
        column(3),
    )
}

/// The register's cells as `context` computes them.
pub(crate) async fn reduce(
    context: &SessionContext,
    kind: Kind,
    paths: &[String],
) -> Result<Cells, DataFusionError> {
    let rows = match kind {
        Kind::Parquet => {
            context.read_parquet(paths.to_vec(), ParquetReadOptions::default()).await?
        }
        Kind::Csv => {
            let field = |column| Field::new(format!("c{column}"), DataType::Utf8, true);
            let schema = Schema::new((0..4).map(field).collect::<Vec<_>>());
            let options = CsvReadOptions::new().has_header(true).schema(&schema);
            context.read_csv(paths.to_vec(), options).await?
        }
    };
    context.register_table("t", rows.into_view())?;
    let batches = context.sql(&sql(kind)).await?.collect().await?;
    context.deregister_table("t")?;
    let mut cells = Cells::new();
    for batch in &batches {
        read(batch, &mut cells);
    }
    Ok(cells)
}

fn read(batch: &RecordBatch, cells: &mut Cells) {
    let text = |at: usize| cast(batch.column(at), &DataType::Utf8).unwrap();
    let decimal =
        |at: usize, scale: i8| cast(batch.column(at), &DataType::Decimal128(38, scale)).unwrap();
    let count = |at: usize| cast(batch.column(at), &DataType::Int64).unwrap();
    let keys = [text(0), text(1), text(2)];
    let counts = [count(3), count(8), count(9), count(10)];
    let decimals = [decimal(4, 3), decimal(5, 6), decimal(6, 3), decimal(7, 3)];
    for row in 0..batch.num_rows() {
        let key = |at: usize| keys[at].as_string::<i32>().value(row).to_owned();
        let n = |at: usize| counts[at].as_primitive::<Int64Type>().value(row);
        let x = |at: usize| {
            let values = decimals[at].as_primitive::<Decimal128Type>();
            (!agglo_cluster::datafusion::arrow::array::Array::is_null(values, row))
                .then(|| values.value(row))
        };
        assert_eq!(n(3), 0, "a row was not understood");
        let sums = (n(0), x(0).unwrap_or(0), x(1).unwrap_or(0), x(2), x(3), n(1), n(2));
        let twice = cells.insert((key(0), key(1), key(2)), sums);
        assert!(twice.is_none(), "a cell came twice");
    }
}

/// A folder with one of the register's files under another name, for paths that go away.
pub(crate) fn copy_of_one(register: &Register) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("only.parquet");
    std::fs::copy(&register.parquet[0], &path).unwrap();
    (folder, path)
}
