//! Rows as comma-separated values.

use std::io::{self, Write};

use super::part::Rows;
use super::world::{Row, World};
use super::{COLUMNS, ORIGINS};

pub(super) struct CsvRows<W> {
    out: W,
    line: Vec<u8>,
    regions: Vec<String>,
    industries: Vec<String>,
    year: i32,
}

impl<W: Write> CsvRows<W> {
    pub(super) fn new(world: &World, t: usize, mut out: W) -> io::Result<CsvRows<W>> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        Ok(CsvRows {
            out,
            line: Vec::new(),
            regions: world.country.regions.iter().map(|region| region.code.clone()).collect(),
            industries: world.industries.all.iter().map(|industry| industry.code.clone()).collect(),
            year: world.plan.year(t),
        })
    }
}

impl<W: Write + Send> Rows for CsvRows<W> {
    /// Codes and numbers need no quotes.
    fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let text = &mut self.line;
        text.clear();
        for row in rows {
            whole(text, row.plant as u64, b',');
            whole(text, row.firm as u64, b',');
            whole(text, self.year as u64, b',');
            code(text, &self.regions[usize::from(row.region)]);
            code(text, &self.industries[usize::from(row.industry)]);
            whole(text, row.jobs as u64, b',');
            parts(text, row.output as u64, 100);
            parts(text, row.value_added as u64, 100);
            parts(text, row.x_m as u64, 1000);
            parts(text, row.y_m as u64, 1000);
            whole(text, row.opened_year as u64, b',');
            match row.closed_year {
                Some(year) => whole(text, year as u64, b','),
                None => text.push(b','),
            }
            match row.previous {
                Some(region) => code(text, &self.regions[usize::from(region)]),
                None => text.push(b','),
            }
            text.extend_from_slice(ORIGINS[usize::from(row.previous.is_some())].as_bytes());
            text.push(b'\n');
        }
        self.out.write_all(text)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

fn code(text: &mut Vec<u8>, code: &str) {
    text.extend_from_slice(code.as_bytes());
    text.push(b',');
}

fn whole(text: &mut Vec<u8>, value: u64, end: u8) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut left = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[at..]);
    text.push(end);
}

/// `value` in parts of `one`, which is a power of ten.
fn parts(text: &mut Vec<u8>, value: u64, one: u64) {
    whole(text, value / one, b'.');
    let start = text.len();
    // A leading one keeps the zeros behind the point and is taken out again.
    whole(text, value % one + one, b',');
    text.remove(start);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_zeros() {
        for (value, one, wanted) in [
            (0, 100, "0.00,"),
            (5, 100, "0.05,"),
            (12_340, 100, "123.40,"),
            (7_002, 1000, "7.002,"),
        ] {
            let mut text = Vec::new();
            parts(&mut text, value, one);
            assert_eq!(String::from_utf8(text).unwrap(), wanted);
        }
    }
}
