use agglo_core::Seed;

use crate::error::DemoError;

/// How large an artificial country to draw, when, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Plants that exist at some time; about three quarters of them in any one year.
    pub plants: u64,
    /// The first year.
    pub first_year: i32,
    /// How many years.
    pub years: u32,
    /// Where the random numbers start.
    pub seed: Seed,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { plants: 3000, first_year: 2009, years: 12, seed: Seed::DEFAULT }
    }
}

/// Fewer plants would leave industries without the shape that was planted.
const LEAST_PLANTS: u64 = 1000;
/// A turn needs years on both sides, a staggered programme needs three starts.
const LEAST_YEARS: u32 = 10;

impl Plan {
    pub(super) fn check(&self) -> Result<(), DemoError> {
        if self.plants < LEAST_PLANTS {
            return Err(DemoError::PlanTooSmall {
                what: "the number of plants",
                found: self.plants,
                least: LEAST_PLANTS,
            });
        }
        if self.years < LEAST_YEARS {
            return Err(DemoError::PlanTooSmall {
                what: "the number of years",
                found: u64::from(self.years),
                least: u64::from(LEAST_YEARS),
            });
        }
        i32::try_from(self.years).ok().and_then(|years| self.first_year.checked_add(years)).map_or(
            Err(DemoError::YearsOutOfRange { first_year: self.first_year, years: self.years }),
            |_| Ok(()),
        )
    }

    /// Number of years as an index range's end.
    pub(super) fn n_years(&self) -> usize {
        self.years as usize
    }

    /// The calendar year of index `t`.
    pub(crate) fn year(&self, t: usize) -> i32 {
        self.first_year + t as i32
    }

    /// The index of the year in which concentration is highest.
    pub(super) fn turn(&self) -> usize {
        (self.n_years() - 1) / 2
    }

    /// The index of the last year.
    pub(crate) fn last(&self) -> usize {
        self.n_years() - 1
    }
}
