//! Connected components of unknown cells, and interval propagation inside them.

use agglo_core::sum;

use crate::system::{Relation, System};

/// lower ≤ Σ coefficient · x ≤ upper over the unknowns of a component.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Unknown (position in the component) and its coefficient, 1 or −1.
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    pub(crate) equation: usize,
}

/// Unknown cells that equations tie to each other, and those equations.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) cells: Vec<usize>,
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
    pub(crate) rows: Vec<Row>,
}

/// The components, in the order of their first cells.
pub(crate) fn components(system: &System) -> Vec<Component> {
    let cells = system.cells();
    let mut parent: Vec<usize> = (0..cells.len()).collect();
    let unknown = |cell: &usize| cells[*cell].value.is_none();
    for equation in system.equations() {
        let mut tied = equation.cells().filter(unknown);
        if let Some(first) = tied.next() {
            for other in tied {
                let (a, b) = (root(&mut parent, first), root(&mut parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut number = vec![usize::MAX; cells.len()];
    let mut place = vec![usize::MAX; cells.len()];
    let mut found: Vec<Component> = Vec::new();
    for cell in (0..cells.len()).filter(unknown) {
        let top = root(&mut parent, cell);
        if number[top] == usize::MAX {
            number[top] = found.len();
            found.push(Component { cells: vec![], lower: vec![], upper: vec![], rows: vec![] });
        }
        number[cell] = number[top];
        let component = &mut found[number[top]];
        place[cell] = component.cells.len();
        component.cells.push(cell);
        component.lower.push(cells[cell].lower);
        component.upper.push(cells[cell].upper);
    }
    for (equation_number, equation) in system.equations().iter().enumerate() {
        let Some(first) = equation.cells().find(unknown) else { continue };
        let sign = |cell: usize| if cell == equation.total { 1.0 } else { -1.0 };
        let terms =
            equation.cells().filter(unknown).map(|cell| (place[cell], sign(cell))).collect();
        let fixed = sum(equation.cells().filter_map(|cell| Some(sign(cell) * cells[cell].value?)));
        let allowed = system.allowed(equation);
        let upper = match equation.relation {
            Relation::Equal => -fixed + allowed,
            Relation::AtLeast => f64::INFINITY,
        };
        let row = Row { terms, lower: -fixed - allowed, upper, equation: equation_number };
        found[number[first]].rows.push(row);
    }
    found
}

fn root(parent: &mut [usize], mut cell: usize) -> usize {
    while parent[cell] != cell {
        parent[cell] = parent[parent[cell]];
        cell = parent[cell];
    }
    cell
}

impl Component {
    /// The largest finite number among bounds and sums; at least 1.
    pub(crate) fn scale(&self) -> f64 {
        let rows = self.rows.iter().flat_map(|row| [row.lower, row.upper]);
        let numbers = self.lower.iter().chain(&self.upper).copied().chain(rows);
        numbers.filter(|number| number.is_finite()).fold(1.0, |most, number| most.max(number.abs()))
    }

    /// The equations of the component, by name.
    pub(crate) fn labels(&self, system: &System) -> Vec<String> {
        self.rows.iter().map(|row| system.equations()[row.equation].label.clone()).collect()
    }

    /// Tightens the bounds, row by row, until no row tightens any: the fixpoint of
    /// `coefficient · x ≤ upper − Σ least of the others` and its mirror image.
    ///
    /// A cycle of rows can go on tightening by ever less, so a step counts only above 1e-9 of the
    /// scale, and 1,000 passes end it; what is left is still an outer bound.
    /// Gives the position of a row without a solution, where there is one.
    pub(crate) fn propagate(&mut self) -> Result<(), usize> {
        let tiny = 1e-9 * self.scale();
        for _ in 0..1_000 {
            let mut moved = false;
            for (number, row) in self.rows.iter().enumerate() {
                let (least, most) = activity(row, &self.lower, &self.upper);
                for &(x, coefficient) in &row.terms {
                    let (low, high) = signed(coefficient, self.lower[x], self.upper[x]);
                    // What the others leave for this term.
                    let new_high = row.upper - least.without(low);
                    let new_low = row.lower - most.without(high);
                    let (new_low, new_high) = signed(coefficient, new_low, new_high);
                    if new_low > self.upper[x] + tiny || new_high < self.lower[x] - tiny {
                        return Err(number);
                    }
                    // A step below `tiny` is taken, so that a sum that fixes a cell fixes it
                    // exactly, and does not count as movement.
                    if new_low > self.lower[x] {
                        moved |= new_low > self.lower[x] + tiny || self.lower[x].is_infinite();
                        self.lower[x] = new_low.min(self.upper[x]);
                    }
                    if new_high < self.upper[x] {
                        moved |= new_high < self.upper[x] - tiny || self.upper[x].is_infinite();
                        self.upper[x] = new_high.max(self.lower[x]);
                    }
                }
                let (least, most) = activity(row, &self.lower, &self.upper);
                if least.total() > row.upper + tiny || most.total() < row.lower - tiny {
                    return Err(number);
                }
            }
            if !moved {
                break;
            }
        }
        Ok(())
    }
}

/// A sum of terms of which some may be infinite, all of the same sign.
struct Activity {
    finite: f64,
    infinite: usize,
    sign: f64,
}

impl Activity {
    fn total(&self) -> f64 {
        if self.infinite > 0 { self.sign * f64::INFINITY } else { self.finite }
    }

    fn without(&self, term: f64) -> f64 {
        match (term.is_infinite(), self.infinite) {
            (false, 0) => self.finite - term,
            (true, 1) => self.finite,
            _ => self.sign * f64::INFINITY,
        }
    }
}

/// Least and most that a row's sum can be within the bounds.
fn activity(row: &Row, lower: &[f64], upper: &[f64]) -> (Activity, Activity) {
    let gather = |sign: f64, ends: &dyn Fn(usize, f64) -> f64| {
        let ends: Vec<f64> = row.terms.iter().map(|&(x, c)| ends(x, c)).collect();
        let finite = sum(ends.iter().copied().filter(|end| end.is_finite()));
        Activity { finite, infinite: ends.iter().filter(|end| end.is_infinite()).count(), sign }
    };
    let least = gather(-1.0, &|x, c| signed(c, lower[x], upper[x]).0);
    let most = gather(1.0, &|x, c| signed(c, lower[x], upper[x]).1);
    (least, most)
}

/// The interval times 1 or −1.
fn signed(coefficient: f64, lower: f64, upper: f64) -> (f64, f64) {
    if coefficient > 0.0 { (lower, upper) } else { (-upper, -lower) }
}

impl Component {
    /// By how much `values` miss a row or a bound at most.
    pub(crate) fn worst(&self, values: &[f64]) -> f64 {
        let row = |row: &Row| {
            let found = sum(row.terms.iter().map(|&(x, coefficient)| coefficient * values[x]));
            (row.lower - found).max(found - row.upper)
        };
        let bound = |x: usize| (self.lower[x] - values[x]).max(values[x] - self.upper[x]);
        let rows = self.rows.iter().map(row).fold(0.0, f64::max);
        (0..values.len()).map(bound).fold(rows, f64::max)
    }
}
