//! What a register is reduced to besides its cells, in the same scan.

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic};

/// Sums of a register by something more than region, industry and period, or something more than sums.
///
/// | statistic     | table        | told apart by                    | columns                                 |
/// |---------------|--------------|----------------------------------|-----------------------------------------|
/// | size-classes  | `size_class` | region, industry, period, class  | lower, upper, n_plants, the measure     |
/// | turnover      | `turnover`   | region, industry, period         | n, entries, exits, leaving, Σx of each  |
/// | grid          | `grid`       | industry, period, gx, gy         | n, sum, sum_sq                          |
/// | flows         | `flow`       | from, to, industry, period       | n, sum                                  |
/// | top-units     | `top_unit`   | region, industry, period, rank   | x, n, sum                               |
#[derive(Clone, Debug, PartialEq)]
pub enum Statistic {
    /// By class of size: the smallest size of each class in units of the measure, rising.
    SizeClasses(Vec<u32>),
    /// By whether an establishment opened in the period (`opened_year`), closed in it (`closed_year`), or
    /// closes in the next.
    Turnover,
    /// By square of so many kilometers a side, counted from the origin of `x_km` and `y_km`.
    Grid(f64),
    /// By the region an establishment came from (`previous_region`) and the one where it is.
    Flows,
    /// The eight largest.
    TopUnits,
}

/// The classes that a register is put into when none are named: those of the structural business statistics
/// of Eurostat and the OECD, with the smallest class told apart.
pub const SIZE_CLASSES: [u32; 5] = [1, 10, 20, 50, 250];

/// Kilometers a side of a square when none are named.
pub const GRID_KM: f64 = 1.0;

impl Statistic {
    /// Every statistic in its usual form.
    pub fn all() -> [Statistic; 5] {
        let classes = Statistic::SizeClasses(SIZE_CLASSES.to_vec());
        let grid = Statistic::Grid(GRID_KM);
        [classes, Statistic::Turnover, grid, Statistic::Flows, Statistic::TopUnits]
    }

    /// Its id.
    pub fn id(&self) -> &'static str {
        match self {
            Statistic::SizeClasses(_) => "size-classes",
            Statistic::Turnover => "turnover",
            Statistic::Grid(_) => "grid",
            Statistic::Flows => "flows",
            Statistic::TopUnits => "top-units",
        }
    }

    /// The canonical table that it becomes.
    pub fn table(&self) -> &'static str {
        match self {
            Statistic::SizeClasses(_) => "size_class",
            Statistic::Turnover => "turnover",
            Statistic::Grid(_) => "grid",
            Statistic::Flows => "flow",
            Statistic::TopUnits => "top_unit",
        }
    }

    /// The columns of a register that it needs besides region, industry and the measure.
    pub fn columns(&self) -> &'static [&'static str] {
        match self {
            Statistic::SizeClasses(_) | Statistic::TopUnits => &[],
            Statistic::Turnover => &["period", "opened_year", "closed_year"],
            Statistic::Grid(_) => &["x_km", "y_km"],
            Statistic::Flows => &["previous_region"],
        }
    }

    /// Whether its settings make sense.
    pub(super) fn check(&self) -> Result<(), DataError> {
        let problem = match self {
            Statistic::SizeClasses(lower)
                if lower.is_empty() || !lower.is_sorted_by(|a, b| a < b) =>
            {
                "the smallest sizes of the classes must rise, and there must be one"
            }
            Statistic::Grid(km) if !(km.is_finite() && *km > 0.0) => {
                "the side of a square must be a number of kilometers above 0"
            }
            _ => return Ok(()),
        };
        let remedy = "name sizes such as 1, 10, 50, 250, or a side such as 5";
        Err(Diagnostic::new(codes::BAD_SETTING, format!("{}: {problem}", self.id()), remedy).into())
    }

    /// Why the register cannot give it.
    pub(super) fn lacks(&self, column: &str) -> DataError {
        let message = format!("the statistic `{}` needs the column `{column}`", self.id());
        let remedy = format!("map `{column}` in `columns`, or leave `{}` out", self.id());
        Diagnostic::new(codes::BAD_SETTING, message, remedy).into()
    }
}
