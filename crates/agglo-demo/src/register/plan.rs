use agglo_core::Seed;

use crate::artificial::Plan;
use crate::error::DemoError;

/// How the establishment-years are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterFormat {
    /// Apache Parquet, compressed.
    Parquet,
    /// Comma-separated values with a heading in every file.
    Csv,
}

impl RegisterFormat {
    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            RegisterFormat::Parquet => "parquet",
            RegisterFormat::Csv => "csv",
        }
    }
}

/// How large a register to draw, when, from which seed, and how to write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterPlan {
    /// Plants that exist at some time; some four fifths of them in any one year.
    pub plants: u64,
    /// The first year.
    pub first_year: i32,
    /// How many years.
    pub years: u32,
    /// Where the random numbers start.
    pub seed: Seed,
    /// Regions, 24 to 3,000; twice the plants to the power of 2/5 when absent.
    pub regions: Option<u32>,
    /// Industries, 24 to 1,200; the plants to the power of 2/5 when absent.
    pub industries: Option<u32>,
    /// How the establishment-years are written.
    pub format: RegisterFormat,
    /// Plants whose rows of one year go into one file: the most rows of a file.
    pub plants_per_file: u64,
}

impl Default for RegisterPlan {
    fn default() -> RegisterPlan {
        RegisterPlan {
            plants: 100_000,
            first_year: 2009,
            years: 12,
            seed: Seed::DEFAULT,
            regions: None,
            industries: None,
            format: RegisterFormat::Parquet,
            plants_per_file: 2_000_000,
        }
    }
}

/// Regions and industries below which what is planted does not fit.
pub(super) const LEAST_REGIONS: u32 = 24;
pub(super) const LEAST_INDUSTRIES: u32 = 24;
/// Regions and industries that have names of their own.
pub(super) const MOST_REGIONS: u32 = 3000;
pub(super) const MOST_INDUSTRIES: u32 = 1200;
const LEAST_PLANTS: u64 = 1000;
const MOST_PLANTS: u64 = 2_400_000_000;
/// A turn and a programme need years on both sides.
const LEAST_YEARS: u32 = 6;
const MOST_YEARS: u32 = 100;
/// Fewer plants would leave an industry without its shape.
const PLANTS_PER_INDUSTRY: u64 = 40;
/// The giants of more plants would have more jobs than fit into 32 bits after a hundred years.
const MOST_PLANTS_PER_INDUSTRY: u64 = 2_000_000;

impl RegisterPlan {
    pub(super) fn check(&self) -> Result<(), DemoError> {
        let regions = self.n_regions() as u64;
        let industries = self.n_industries() as u64;
        let fitting = MOST_PLANTS.min(MOST_PLANTS_PER_INDUSTRY * industries);
        let wanted = LEAST_PLANTS.max(PLANTS_PER_INDUSTRY * industries);
        for (what, found, least, most) in [
            ("the number of years", self.years.into(), LEAST_YEARS.into(), MOST_YEARS.into()),
            ("the number of regions", regions, LEAST_REGIONS.into(), MOST_REGIONS.into()),
            (
                "the number of industries",
                industries,
                LEAST_INDUSTRIES.into(),
                MOST_INDUSTRIES.into(),
            ),
            ("the number of plants", self.plants, wanted, fitting),
            ("the number of plants in a file", self.plants_per_file, 1000, 100_000_000),
        ] {
            if found < least {
                return Err(DemoError::PlanTooSmall { what, found, least });
            }
            if found > most {
                return Err(DemoError::PlanTooLarge { what, found, most });
            }
        }
        if !(1000..=9000).contains(&self.first_year) {
            return Err(DemoError::YearsOutOfRange {
                first_year: self.first_year,
                years: self.years,
            });
        }
        Ok(())
    }

    pub(super) fn n_regions(&self) -> usize {
        self.regions
            .unwrap_or_else(|| power_two_fifths(self.plants, 32).clamp(LEAST_REGIONS, MOST_REGIONS))
            as usize
    }

    pub(super) fn n_industries(&self) -> usize {
        self.industries.unwrap_or_else(|| {
            power_two_fifths(self.plants, 1).clamp(LEAST_INDUSTRIES, MOST_INDUSTRIES)
        }) as usize
    }

    pub(super) fn n_years(&self) -> usize {
        self.years as usize
    }

    pub(super) fn year(&self, t: usize) -> i32 {
        self.first_year + t as i32
    }

    pub(super) fn last(&self) -> usize {
        self.n_years() - 1
    }

    /// The index of the year in which concentration is highest.
    pub(super) fn turn(&self) -> usize {
        self.last() / 2
    }

    /// The index of the programme's first year.
    pub(super) fn programme_start(&self) -> usize {
        self.n_years() / 2 + 1
    }

    pub(super) fn parts_per_year(&self) -> u64 {
        self.plants.div_ceil(self.plants_per_file)
    }

    /// The plants of a part, from the first up to the one after the last.
    pub(super) fn plants_of_part(&self, part: u64) -> std::ops::Range<u64> {
        let first = part * self.plants_per_file;
        first..(first + self.plants_per_file).min(self.plants)
    }

    /// The plan of the small country's tables that the register shares.
    pub(super) fn small(&self) -> Plan {
        Plan {
            plants: self.plants,
            first_year: self.first_year,
            years: self.years,
            seed: self.seed,
        }
    }

    /// Everything that the bytes depend on, one setting a line.
    pub(super) fn settings(&self) -> String {
        format!(
            "version = {}\nplants = {}\nfirst-year = {}\nyears = {}\nseed = {}\nregions = {}\n\
             industries = {}\nformat = {}\nplants-per-file = {}\n",
            env!("CARGO_PKG_VERSION"),
            self.plants,
            self.first_year,
            self.years,
            self.seed.0,
            self.n_regions(),
            self.n_industries(),
            self.format.extension(),
            self.plants_per_file
        )
    }
}

/// The largest r with r⁵ ≤ `factor` · n², in whole numbers so that no machine differs.
fn power_two_fifths(n: u64, factor: u128) -> u32 {
    let most = factor * u128::from(n) * u128::from(n);
    let (mut low, mut high) = (0u32, 1 << 20);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if u128::from(middle).pow(5) <= most { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_and_industries_grow_with_the_plants() {
        for (plants, regions, industries) in [
            (1_000, 31, 24),
            (100_000, 200, 100),
            (1_000_000, 502, 251),
            (10_000_000, 1261, 630),
            (100_000_000, 3000, 1200),
        ] {
            let plan = RegisterPlan { plants, ..RegisterPlan::default() };
            assert_eq!((plan.n_regions(), plan.n_industries()), (regions, industries), "{plants}");
            plan.check().unwrap();
        }
    }

    #[test]
    fn a_plan_that_cannot_hold_its_truths_is_refused() {
        let plan = RegisterPlan::default();
        for (wrong, says) in [
            (RegisterPlan { plants: 999, ..plan }, "at least 1000"),
            (RegisterPlan { industries: Some(1200), plants: 1000, ..plan }, "at least 48000"),
            (RegisterPlan { years: 5, ..plan }, "at least 6"),
            (RegisterPlan { regions: Some(23), ..plan }, "at least 24"),
            (RegisterPlan { regions: Some(3001), ..plan }, "at most 3000"),
            (RegisterPlan { plants: 2_400_000_001, ..plan }, "at most 2400000000"),
            (RegisterPlan { plants: 50_000_000, industries: Some(24), ..plan }, "at most 48000000"),
            (RegisterPlan { first_year: 9999, ..plan }, "last year"),
        ] {
            let message = wrong.check().unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
    }
}
