//! From the rows of a table to its equations: one for each total whose parts stand beside it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use agglo_core::Key;

use crate::system::{BalanceError, Cell, Equation, Relation, System};

/// Which keys of a dimension are totals of which others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hierarchy {
    /// From each key to the key that it is a part of.
    Parents(BTreeMap<Key, Key>),
    /// This key is the total of all the others that the table has in this dimension.
    TotalOfOthers(Key),
}

/// One key column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// Its name, for the names of equations.
    pub name: String,
    /// Its ways of adding up; more than one where the same cells are added in several ways, none
    /// where nothing adds up (periods).
    pub hierarchies: Vec<Hierarchy>,
}

/// One row of a table: where it stands and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// One key per dimension.
    pub keys: Vec<Key>,
    /// Its cell.
    pub cell: Cell,
}

/// What it means that a part of a total has no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nothing is known of it: the total is at least the parts that are there, if none is negative.
    Unknown,
    /// The source leaves out zeros: the parts that are there are all.
    Zero,
}

/// Rows in, a [`System`] out: cell k is row k.
#[derive(Clone, Debug)]
pub struct SystemBuilder {
    dimensions: Vec<Dimension>,
    absent: Absent,
    tolerance: f64,
}

impl SystemBuilder {
    /// A builder for tables of these dimensions.
    pub fn new(dimensions: Vec<Dimension>, absent: Absent) -> SystemBuilder {
        SystemBuilder { dimensions, absent, tolerance: 0.0 }
    }

    /// Lets every equation be off by `tolerance` beyond rounding.
    pub fn tolerance(mut self, tolerance: f64) -> SystemBuilder {
        self.tolerance = tolerance;
        self
    }

    /// The cells of `rows`, and an equation for each total among them of which at least one part
    /// is among them too; equations stand in the order of dimension, hierarchy, total.
    ///
    /// Where parts are absent, see [`Absent`]; a total with absent parts and a part that can be
    /// negative gives nothing. Cost: O(rows · dimensions · hierarchies) look-ups.
    ///
    /// # Errors
    /// [`BalanceError::Keys`], [`BalanceError::SameKeys`], [`BalanceError::Cycle`], and those of
    /// [`System::new`].
    pub fn from_rows(&self, rows: &[Row]) -> Result<System, BalanceError> {
        let table = Table::index(rows, self.dimensions.len())?;
        let mut equations = Vec::new();
        for (place, dimension) in self.dimensions.iter().enumerate() {
            for hierarchy in &dimension.hierarchies {
                let ladder = table.ladder(place, hierarchy, &dimension.name)?;
                let mut parts: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
                let mut wanted = Vec::new();
                for (row, keys) in table.keys.iter().enumerate() {
                    let Some(parent) = ladder.parent[keys[place] as usize] else { continue };
                    wanted.clone_from(keys);
                    wanted[place] = parent;
                    if let Some(&total) = table.rows.get(&wanted) {
                        parts[total].push(row);
                    }
                }
                for (total, parts) in parts.into_iter().enumerate().filter(|(_, p)| !p.is_empty()) {
                    let expected = ladder.children[table.keys[total][place] as usize];
                    let all = parts.len() == expected || self.absent == Absent::Zero;
                    if !all && parts.iter().any(|&part| rows[part].cell.range().lower < 0.0) {
                        continue;
                    }
                    equations.push(Equation {
                        label: label(&self.dimensions, &rows[total], place, all),
                        total,
                        parts,
                        tolerance: self.tolerance,
                        relation: if all { Relation::Equal } else { Relation::AtLeast },
                    });
                }
            }
        }
        System::new(rows.iter().map(|row| row.cell).collect(), equations)
    }
}

/// `year 2016, region Total: sum over region`.
fn label(dimensions: &[Dimension], total: &Row, place: usize, all: bool) -> String {
    let mut text = String::new();
    for (dimension, key) in dimensions.iter().zip(&total.keys) {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing into a String cannot fail.
        let _ = write!(text, "{comma}{} {key}", dimension.name);
    }
    let which = if all { "sum" } else { "sum of the listed parts" };
    let _ = write!(text, ": {which} over {}", dimensions[place].name);
    text
}

/// Rows with their keys as numbers.
struct Table {
    keys: Vec<Vec<u32>>,
    rows: HashMap<Vec<u32>, usize>,
    names: Vec<BTreeMap<Key, u32>>,
}

/// Per key of a dimension: its total, and how many parts it has.
struct Ladder {
    parent: Vec<Option<u32>>,
    children: Vec<usize>,
}

impl Table {
    fn index(rows: &[Row], dimensions: usize) -> Result<Table, BalanceError> {
        let mut names: Vec<BTreeMap<Key, u32>> = vec![BTreeMap::new(); dimensions];
        let mut table = Table { keys: vec![], rows: HashMap::new(), names: vec![] };
        for (number, row) in rows.iter().enumerate() {
            if row.keys.len() != dimensions {
                let found = row.keys.len();
                return Err(BalanceError::Keys { row: number, found, expected: dimensions });
            }
            let place = |(names, key): (&mut BTreeMap<Key, u32>, &Key)| {
                let next = names.len() as u32;
                *names.entry(key.clone()).or_insert(next)
            };
            let keys: Vec<u32> = names.iter_mut().zip(&row.keys).map(place).collect();
            if let Some(first) = table.rows.insert(keys.clone(), number) {
                let keys = row.keys.join(", ");
                return Err(BalanceError::SameKeys { first, second: number, keys });
            }
            table.keys.push(keys);
        }
        table.names = names;
        Ok(table)
    }

    fn ladder(
        &self,
        place: usize,
        hierarchy: &Hierarchy,
        name: &str,
    ) -> Result<Ladder, BalanceError> {
        let names = &self.names[place];
        let mut parent = vec![None; names.len()];
        let mut children = vec![0; names.len()];
        match hierarchy {
            Hierarchy::TotalOfOthers(total) => {
                if let Some(&total) = names.get(total) {
                    parent.fill(Some(total));
                    parent[total as usize] = None;
                    children[total as usize] = names.len() - 1;
                }
            }
            Hierarchy::Parents(parents) => {
                acyclic(parents, name)?;
                for (child, up) in parents {
                    let Some(&up) = names.get(up) else { continue };
                    children[up as usize] += 1;
                    if let Some(&child) = names.get(child) {
                        parent[child as usize] = Some(up);
                    }
                }
            }
        }
        Ok(Ladder { parent, children })
    }
}

fn acyclic(parents: &BTreeMap<Key, Key>, dimension: &str) -> Result<(), BalanceError> {
    for start in parents.keys() {
        let mut key = start;
        // A path longer than the map has come back to where it was.
        for step in 0.. {
            match parents.get(key) {
                None => break,
                Some(up) if up == start || step > parents.len() => {
                    return Err(BalanceError::Cycle {
                        dimension: dimension.to_owned(),
                        key: start.to_string(),
                    });
                }
                Some(up) => key = up,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Absent, Dimension, Hierarchy, Row, SystemBuilder};
    use crate::{BalanceError, Cell, Relation, check};

    fn row(keys: [&str; 2], value: f64) -> Row {
        Row { keys: keys.map(Into::into).to_vec(), cell: Cell::known(value) }
    }

    fn builder(absent: Absent) -> SystemBuilder {
        let parents = [("10", "C"), ("11", "C"), ("C", "all")];
        let industries = parents.map(|(child, up)| (child.into(), up.into())).into();
        SystemBuilder::new(
            vec![
                Dimension {
                    name: "region".into(),
                    hierarchies: vec![Hierarchy::TotalOfOthers("DE".into())],
                },
                Dimension {
                    name: "industry".into(),
                    hierarchies: vec![Hierarchy::Parents(industries)],
                },
            ],
            absent,
        )
    }

    #[test]
    fn totals_over_regions_and_over_industries_become_equations() {
        let rows = [
            row(["DE", "C"], 30.0),
            row(["DE", "10"], 10.0),
            row(["DE", "11"], 20.0),
            row(["A", "C"], 12.0),
            row(["A", "10"], 4.0),
            row(["A", "11"], 8.0),
            row(["B", "C"], 18.0),
            row(["B", "10"], 6.0),
            row(["B", "11"], 12.0),
        ];
        let system = builder(Absent::Unknown).from_rows(&rows).unwrap();
        assert_eq!(system.equations().len(), 6);
        assert_eq!(system.equations()[0].label, "region DE, industry C: sum over region");
        assert_eq!(
            (system.equations()[0].total, &system.equations()[0].parts[..]),
            (0, &[3, 6][..])
        );
        assert_eq!(check(&system), []);
    }

    #[test]
    fn a_total_without_all_its_parts_is_a_floor_unless_zeros_are_left_out() {
        let rows = [row(["A", "C"], 12.0), row(["A", "10"], 4.0)];
        let open = builder(Absent::Unknown).from_rows(&rows).unwrap();
        assert_eq!(open.equations()[0].relation, Relation::AtLeast);
        assert_eq!(
            open.equations()[0].label,
            "region A, industry C: sum of the listed parts over industry"
        );
        assert_eq!(check(&open), []);
        let closed = builder(Absent::Zero).from_rows(&rows).unwrap();
        assert_eq!(check(&closed)[0].gap, 8.0);
    }

    #[test]
    fn the_same_keys_twice_and_a_circular_hierarchy_are_refused() {
        let twice = builder(Absent::Zero).from_rows(&[row(["A", "C"], 1.0), row(["A", "C"], 1.0)]);
        assert!(matches!(twice, Err(BalanceError::SameKeys { first: 0, second: 1, .. })));
        let circle = [("a", "b"), ("b", "a")].map(|(x, y)| (x.into(), y.into())).into();
        let dimension =
            Dimension { name: "d".into(), hierarchies: vec![Hierarchy::Parents(circle)] };
        let one = Row { keys: vec!["a".into()], cell: Cell::known(1.0) };
        let found = SystemBuilder::new(vec![dimension], Absent::Zero).from_rows(&[one]);
        assert!(matches!(found, Err(BalanceError::Cycle { .. })));
    }
}
