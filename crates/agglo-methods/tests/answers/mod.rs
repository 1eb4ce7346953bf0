//! Looking into the tables of an answer.
#![allow(dead_code, reason = "each test file uses some of them")]
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

use agglo_core::{Column, Datum, Frame};
use agglo_methods::Answer;

pub(crate) fn numbers(answer: &Answer, table: &str, column: &str) -> Vec<Option<f64>> {
    let frame = answer.table(table).unwrap_or_else(|| panic!("no table {table}"));
    frame.numbers(column).unwrap().into_iter().map(Datum::number).collect()
}

pub(crate) fn texts(answer: &Answer, table: &str, column: &str) -> Vec<String> {
    let frame = answer.table(table).unwrap_or_else(|| panic!("no table {table}"));
    frame.text(column).unwrap().iter().map(|t| t.as_deref().unwrap_or("").to_owned()).collect()
}

/// The row in which the text columns hold the given words.
pub(crate) fn row(answer: &Answer, table: &str, keys: &[(&str, &str)]) -> usize {
    let columns: Vec<Vec<String>> = keys.iter().map(|k| texts(answer, table, k.0)).collect();
    (0..columns[0].len())
        .find(|&r| keys.iter().zip(&columns).all(|(key, column)| column[r] == key.1))
        .unwrap_or_else(|| panic!("no row {keys:?} in {table}"))
}

pub(crate) fn number_at(
    answer: &Answer,
    table: &str,
    keys: &[(&str, &str)],
    column: &str,
) -> Option<f64> {
    numbers(answer, table, column)[row(answer, table, keys)]
}

pub(crate) fn text_at(answer: &Answer, table: &str, keys: &[(&str, &str)], column: &str) -> String {
    texts(answer, table, column)[row(answer, table, keys)].clone()
}

pub(crate) fn frame(columns: Vec<Column>) -> Frame {
    Frame::new(columns).unwrap()
}

// Star clusters, methods 3.2.
