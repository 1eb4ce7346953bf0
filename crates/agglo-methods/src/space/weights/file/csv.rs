//! Edge lists: a table with a row for each edge.

use agglo_core::Weights;
use csv::{ReaderBuilder, StringRecord, WriterBuilder};

use super::{FileError, FileWeights, weight};

const EXPECTED: &str = "`region`, `neighbor` and `weight`, the last of which may be absent";

pub(super) fn parse(text: &str) -> Result<FileWeights, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';'].into_iter().find(|&mark| heading.contains(char::from(mark)));
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let column = |allowed: &[&str]| names.iter().position(|name| allowed.contains(&name));
    let heading = || FileError::Heading { line: 1, found: heading.to_owned(), expected: EXPECTED };
    let region_column = column(&["region", "focal", "from"]).ok_or_else(heading)?;
    let neighbor_column = column(&["neighbor", "to"]).ok_or_else(heading)?;
    let weight_column = column(&["weight"]);
    let mut found = FileWeights::default();
    let mut record = StringRecord::new();
    loop {
        let more = reader.read_record(&mut record).map_err(|error| FileError::Form {
            line: error.position().map_or(1, |at| at.line() as usize),
            found: error.to_string(),
            expected: "text separated as in the heading",
        })?;
        if !more {
            return Ok(found);
        }
        let line = record.position().map_or(1, |at| at.line() as usize);
        if record.len() != names.len() {
            let found = record.iter().collect::<Vec<_>>().join(",");
            return Err(FileError::Form { line, found, expected: "a row as long as the heading" });
        }
        let region = &record[region_column];
        if region.is_empty() {
            let found = record.iter().collect::<Vec<_>>().join(",");
            return Err(FileError::Form { line, found, expected: "a row with a region" });
        }
        let from = found.place(region, line);
        let neighbor = &record[neighbor_column];
        if neighbor.is_empty() {
            continue;
        }
        let value = weight_column.map_or(Ok(1.0), |column| weight(&record[column], line))?;
        let to = found.place(neighbor, line);
        found.edge(from, to, value, line)?;
    }
}

pub(super) fn write(weights: &Weights) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let codes = weights.axis().codes();
    let mut row = |cells: [&str; 3]| {
        // Writing to memory does not fail.
        let _ = writer.write_record(cells);
    };
    row(["region", "neighbor", "weight"]);
    for (region, code) in codes.iter().enumerate() {
        if weights.neighbors(region).is_empty() {
            row([code, "", ""]);
        }
        for (to, value) in weights.row(region) {
            row([code, &codes[to], &value.to_string()]);
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
