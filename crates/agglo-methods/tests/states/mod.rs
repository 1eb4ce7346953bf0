//! Incomes per head of 48 states, 1929 to 2009, with the states' neighbors (PySAL's example data).
#![allow(dead_code, reason = "each test file uses some of them")]
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

use agglo_core::{Axis, Column, Frame, Weights};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::shared_data;

/// The states with their incomes of all years, and their neighbors.
pub(crate) struct States {
    pub(crate) names: Vec<String>,
    pub(crate) years: Vec<String>,
    pub(crate) incomes: Vec<Vec<f64>>,
    pub(crate) edges: Vec<(u32, u32, f64)>,
}

pub(crate) fn states() -> Option<States> {
    let folder = shared_data("pysal_regional_income")?;
    let mut reader = csv::Reader::from_path(folder.join("us_income_usjoin.csv")).unwrap();
    let years: Vec<String> = reader.headers().unwrap().iter().skip(2).map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let names = rows.iter().map(|row| row[0].to_owned()).collect();
    let incomes = (0..years.len())
        .map(|year| rows.iter().map(|row| row[year + 2].trim().parse().unwrap()).collect())
        .collect();
    let gal = std::fs::read_to_string(folder.join("us_income_states48.gal")).unwrap();
    let mut numbers = gal.split_whitespace().map(|word| word.parse::<u32>().unwrap());
    let n = numbers.next().unwrap();
    let mut edges = Vec::new();
    for _ in 0..n {
        let (from, degree) = (numbers.next().unwrap(), numbers.next().unwrap());
        edges.extend(numbers.by_ref().take(degree as usize).map(|to| (from, to, 1.0)));
    }
    Some(States { names, years, incomes, edges })
}

impl States {
    /// Names are sorted as the file has them, so places in the file are places in the axis.
    pub(crate) fn weights(&self) -> Weights {
        let axis = Axis::new(self.names.iter().map(String::as_str));
        assert_eq!(axis.codes()[47].as_ref(), self.names[47]);
        Weights::from_edges(axis, self.edges.clone()).unwrap()
    }

    pub(crate) fn income(&self, year: &str) -> &[f64] {
        &self.incomes[self.years.iter().position(|have| have == year).unwrap()]
    }

    pub(crate) fn edge_frame(&self) -> Frame {
        let names = |place: fn(&(u32, u32, f64)) -> u32| {
            self.edges.iter().map(move |edge| self.names[place(edge) as usize].as_str())
        };
        Frame::new(vec![
            Column::text("region", names(|edge| edge.0)),
            Column::text("neighbor", names(|edge| edge.1)),
        ])
        .unwrap()
    }

    /// Incomes of the years wanted, one row each.
    pub(crate) fn panel(&self, wanted: impl Fn(&str) -> bool) -> Frame {
        let years: Vec<&String> = self.years.iter().filter(|year| wanted(year)).collect();
        let rows = || years.iter().flat_map(|year| (0..self.names.len()).map(move |r| (year, r)));
        Frame::new(vec![
            Column::text("region", rows().map(|(_, r)| self.names[r].as_str())),
            Column::integer("period", "", rows().map(|(year, _)| year.parse().unwrap())),
            Column::numbers("value", "usd", rows().map(|(year, r)| self.income(year)[r])),
        ])
        .unwrap()
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        variant: &str,
        values: Frame,
        options: &Options,
    ) -> Answer {
        let inputs = Inputs::new().with("values", values).with("weights", self.edge_frame());
        ask(method, Some(variant), &inputs, options).unwrap()
    }
}
