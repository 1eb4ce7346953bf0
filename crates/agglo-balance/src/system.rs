//! Cells and the sums that tie them.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::Key;

/// One cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its value, where it is known.
    pub value: Option<f64>,
    /// The smallest it can be.
    pub lower: f64,
    /// The largest it can be; may be infinite.
    pub upper: f64,
    /// What it would be by other evidence, such as the middle of its size class; above zero.
    pub prior: Option<f64>,
    /// The step to which a known value was rounded; 0 where it is exact.
    pub rounding: f64,
}

impl Cell {
    /// A cell whose value is known exactly.
    pub const fn known(value: f64) -> Cell {
        Cell { value: Some(value), lower: value, upper: value, prior: None, rounding: 0.0 }
    }

    /// A withheld cell between two values.
    pub const fn unknown(lower: f64, upper: f64) -> Cell {
        Cell { value: None, lower, upper, prior: None, rounding: 0.0 }
    }
}

/// `total = Σ parts`, or `total ≥ Σ parts` where not all parts are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// What it says, for people.
    pub label: String,
    /// The place of the total.
    pub total: usize,
    /// The places of the parts.
    pub parts: Vec<usize>,
    /// Whether the parts are all there are.
    pub whole: bool,
}

/// Cells and equations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct System {
    /// The cells.
    pub cells: Vec<Cell>,
    /// The sums.
    pub equations: Vec<Equation>,
}

impl System {
    /// By how much the known values of an equation may miss its sum through rounding: half a step of
    /// every cell, and a part of 10⁻⁹ for arithmetic.
    pub fn tolerance(&self, equation: &Equation) -> f64 {
        let cells = || equation.parts.iter().chain([&equation.total]).map(|&at| &self.cells[at]);
        let rounding: f64 = cells().map(|cell| cell.rounding / 2.0).sum();
        let size: f64 = cells().filter_map(|cell| cell.value).map(f64::abs).sum();
        rounding + 1e-9 * size
    }

    /// The places of the cells that are not known.
    pub fn unknown(&self) -> Vec<usize> {
        (0..self.cells.len()).filter(|&at| self.cells[at].value.is_none()).collect()
    }
}

/// Builds the equations of a table with totals from the hierarchies of its keys.
///
/// A row is a cell under one code per dimension. In every dimension with a hierarchy a code with parts
/// is the sum of the cells of its parts, the other codes the same.
#[derive(Clone, Debug, Default)]
pub struct SystemBuilder {
    parents: Vec<BTreeMap<Key, Key>>,
    names: Vec<String>,
    rows: Vec<(Vec<Key>, Cell)>,
}

impl SystemBuilder {
    /// A table with these dimensions: each with its name, and the code above every code that has one.
    pub fn new(dimensions: Vec<(String, BTreeMap<Key, Key>)>) -> SystemBuilder {
        let (names, parents) = dimensions.into_iter().unzip();
        SystemBuilder { parents, names, rows: Vec::new() }
    }

    /// Adds a row and gives its place among the cells.
    pub fn row(&mut self, keys: Vec<Key>, cell: Cell) -> usize {
        debug_assert_eq!(keys.len(), self.names.len(), "one code per dimension");
        self.rows.push((keys, cell));
        self.rows.len() - 1
    }

    /// The system: one equation per total, dimension and other codes.
    ///
    /// A total of which some part is listed nowhere beside it gets a sum that its parts must not
    /// exceed, where `listed_only` is false; where it is true the source lists what there is, and what
    /// is not listed is zero. Cost: O(rows · dimensions · log rows).
    pub fn build(self, listed_only: bool) -> System {
        let places: BTreeMap<&[Key], usize> =
            self.rows.iter().enumerate().map(|(at, (keys, _))| (&keys[..], at)).collect();
        let mut equations = Vec::new();
        for (dimension, parents) in self.parents.iter().enumerate() {
            let mut children: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
            for (code, parent) in parents {
                children.entry(parent).or_default().insert(code);
            }
            let mut parts: BTreeMap<Vec<Key>, Vec<usize>> = BTreeMap::new();
            for (at, (keys, _)) in self.rows.iter().enumerate() {
                if let Some(parent) = parents.get(&keys[dimension]) {
                    let mut above = keys.clone();
                    above[dimension] = parent.clone();
                    parts.entry(above).or_default().push(at);
                }
            }
            for (above, parts) in parts {
                let Some(&total) = places.get(&above[..]) else { continue };
                let all = children.get(&above[dimension]).map_or(0, BTreeSet::len);
                let label =
                    above.iter().zip(&self.names).map(|(code, name)| format!("{name} {code}"));
                let label = label.collect::<Vec<_>>().join(", ");
                let name = &self.names[dimension];
                let label = format!("{label}: sum over {name}");
                let whole = listed_only || parts.len() == all;
                equations.push(Equation { label, total, parts, whole });
            }
        }
        System { cells: self.rows.into_iter().map(|(_, cell)| cell).collect(), equations }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::from(text)
    }

    #[test]
    fn a_table_with_margins_has_an_equation_per_row_and_column() {
        let under = |codes: &[&str]| codes.iter().map(|&code| (key(code), key("all"))).collect();
        let mut builder = SystemBuilder::new(vec![
            ("region".into(), under(&["a", "b"])),
            ("industry".into(), under(&["x", "y"])),
        ]);
        for region in ["a", "b", "all"] {
            for industry in ["x", "y", "all"] {
                builder.row(vec![key(region), key(industry)], Cell::known(1.0));
            }
        }
        let system = builder.build(false);
        assert_eq!(system.equations.len(), 6);
        assert!(system.equations.iter().all(|e| e.whole && e.parts.len() == 2));
        assert_eq!(system.equations[0].label, "region all, industry all: sum over region");
    }

    #[test]
    fn a_part_that_is_listed_nowhere_makes_a_ceiling_of_the_total() {
        let parents = [("a", "all"), ("b", "all")].map(|(a, b)| (key(a), key(b)));
        let build = |listed_only| {
            let mut builder = SystemBuilder::new(vec![("region".into(), parents.clone().into())]);
            builder.row(vec![key("a")], Cell::known(1.0));
            builder.row(vec![key("all")], Cell::known(3.0));
            builder.build(listed_only)
        };
        assert!(!build(false).equations[0].whole);
        assert!(build(true).equations[0].whole);
    }
}
