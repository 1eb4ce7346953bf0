//! What tells the groups of a further statistic apart, beside region, industry and period.

use super::job::Text;
use super::statistic::Statistic;
use crate::diagnostic::DataError;

/// A statistic, and where it finds what it needs.
pub(super) struct Further {
    pub(super) statistic: Statistic,
    pub(super) facets: Vec<Facet>,
}

/// Something told of a row.
pub(super) struct Facet {
    pub(super) what: What,
    /// Its column in an answer.
    pub(super) column: String,
}

pub(super) enum What {
    /// The number of its class, from 0, by the smallest sizes of the classes.
    Class(Vec<u32>),
    /// 1 where it opened in the period, and 2 where it closed in it or 4 where it closes in the next.
    State { opened: Text, closed: Text, period: Text },
    /// Which square, counted in one direction.
    Square { at: Text, km: f64 },
    /// A code.
    Code(Text),
}

/// What the column of a facet holds where the engine does not understand a row.
pub(super) const BAD: i64 = -9_000_000_000_000_000_000;

/// What `statistics` need, where `bound` finds columns by their names.
pub(super) fn further(
    statistics: &[Statistic],
    bound: impl Fn(&str) -> Option<Text>,
) -> Result<Vec<Further>, DataError> {
    let mut n = 0;
    let mut all = Vec::new();
    for statistic in statistics {
        statistic.check()?;
        let column = |name: &str| bound(name).ok_or_else(|| statistic.lacks(name));
        let what = match statistic {
            Statistic::SizeClasses(lower) => vec![What::Class(lower.clone())],
            Statistic::Turnover => vec![What::State {
                opened: column("opened_year")?,
                closed: column("closed_year")?,
                period: column("period")?,
            }],
            Statistic::Grid(km) => vec![
                What::Square { at: column("x_km")?, km: *km },
                What::Square { at: column("y_km")?, km: *km },
            ],
            Statistic::Flows => vec![What::Code(column("previous_region")?)],
            Statistic::TopUnits => Vec::new(),
        };
        let facets = what.into_iter().map(|what| {
            n += 1;
            Facet { what, column: format!("f{n}") }
        });
        all.push(Further { statistic: statistic.clone(), facets: facets.collect() });
    }
    Ok(all)
}
