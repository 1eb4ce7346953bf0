//! What must not leave the program: cells of a register that tell too much of one firm, and those that
//! would give them away.
//!
//! Per period the table of regions × industries with its margins is looked at as an outsider sees it.
//! Cells that break a rule are withheld, then others until no sum gives one of the first away; findings
//! keep their rows and lose the numbers of cells that are withheld.

use std::collections::{BTreeMap, BTreeSet};

use agglo_balance::{
    Absent, Contributions, Cost, CountProtection, Dimension, Hierarchy, Row, Rules, SystemBuilder,
    ZeroPolicy, complementary, primary,
};
use agglo_core::{Column, Datum, Frame, Gap, Key, Values};

use crate::address::cell_text;
use crate::spec::DisclosureSpec;

/// All regions, or all industries.
const ALL: &str = "*";

/// The cells that are withheld: region, industry, period; `*` stands for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Withheld {
    cells: BTreeSet<[String; 3]>,
}

/// The tables whose rows are single firms or establishments; none of their numbers leaves.
pub(crate) const SINGLE: [&str; 5] = ["plant", "firm", "relocation", "leader_purchase", "project"];

impl Withheld {
    /// The cells of the register `plants` that `spec` withholds.
    ///
    /// `value` is the measure looked at. Contributions of one `parent_id` are one. Cost: per period the
    /// linear programs of [`complementary`].
    ///
    /// # Errors
    /// In words, when the rules are out of range or a cell cannot be protected: nothing may leave then.
    pub(crate) fn of(
        spec: &DisclosureSpec,
        plants: &Frame,
        value: &str,
    ) -> Result<Withheld, String> {
        let rules = Rules {
            minimum_count: Some(spec.minimum_count),
            dominance: spec.dominance.map(|rule| (rule.n as usize, 100.0 * rule.k)),
            p_percent: spec.p_percent,
            prior_posterior: None,
            count_protection: CountProtection { share: 0.1, floor: 1e-6 },
            zeros: ZeroPolicy::PublishEmpty,
        };
        let mut withheld = Withheld::default();
        for (period, cells) in contributions(plants, value)? {
            let (keys, found): (Vec<[String; 2]>, Vec<Contributions>) = cells.into_iter().unzip();
            let verdicts = primary(&found, &rules).map_err(|error| error.to_string())?;
            let unsafe_cells: Vec<_> =
                verdicts.iter().enumerate().filter_map(|(at, v)| v.primary(at)).collect();
            let mut places: BTreeSet<usize> = unsafe_cells.iter().map(|found| found.cell).collect();
            if spec.complementary && !unsafe_cells.is_empty() {
                let rows: Vec<Row> = keys
                    .iter()
                    .zip(&found)
                    .map(|(key, cell)| Row {
                        keys: key.iter().map(|code| Key::from(code.as_str())).collect(),
                        cell: agglo_balance::Cell::known(cell.total),
                    })
                    .collect();
                let total = || vec![Hierarchy::TotalOfOthers(Key::from(ALL))];
                let dimensions = ["region", "industry"]
                    .map(|name| Dimension { name: name.to_owned(), hierarchies: total() });
                // Sums of floats are taken in another order than their totals.
                let largest = found.iter().map(|cell| cell.total).fold(0.0, f64::max);
                let builder =
                    SystemBuilder::new(dimensions.to_vec(), Absent::Zero).tolerance(1e-9 * largest);
                let protect = builder
                    .from_rows(&rows)
                    .and_then(|system| complementary(&system, &unsafe_cells, &Cost::LogValue));
                let protect = protect.map_err(|error| format!("period {period}: {error}"))?;
                places.extend(protect.positions());
            }
            for at in places {
                let [region, industry] = keys[at].clone();
                withheld.cells.insert([region, industry, period.clone()]);
            }
        }
        Ok(withheld)
    }

    /// Whether the cell of these keys is withheld: of any period where none is given.
    pub(crate) fn holds(&self, region: &str, industry: &str, period: Option<&str>) -> bool {
        match period {
            Some(period) => {
                self.cells.contains(&[region, industry, period].map(str::to_owned))
                    || self.cells.contains(&[region, industry, ""].map(str::to_owned))
            }
            None => {
                let from = [region, industry, ""].map(str::to_owned);
                let next = self.cells.range(from..).next();
                next.is_some_and(|cell| cell[0] == region && cell[1] == industry)
            }
        }
    }

    /// `frame` without the numbers of cells that are withheld, and how many rows lost theirs.
    pub(crate) fn mask(&self, frame: &Frame) -> (Frame, usize) {
        let names_single = ["plant", "firm", "firm_id", "parent_id"].iter().any(|c| frame.has(c));
        let (by_region, by_industry) = (frame.has("region"), frame.has("industry"));
        if !names_single && !by_region && !by_industry {
            return (frame.clone(), 0);
        }
        let code = |name: &str, has: bool, row: usize| {
            let own = if has { cell_text(frame, name, row) } else { None };
            own.unwrap_or_else(|| ALL.to_owned())
        };
        let hidden: Vec<bool> = (0..frame.n_rows())
            .map(|row| {
                let region = code("region", by_region, row);
                let industry = code("industry", by_industry, row);
                let period = cell_text(frame, "period", row);
                names_single || self.holds(&region, &industry, period.as_deref())
            })
            .collect();
        let n = hidden.iter().filter(|hidden| **hidden).count();
        if n == 0 {
            return (frame.clone(), 0);
        }
        let masked = |column: &Column| {
            let values = match column.values() {
                Values::Number(cells) => {
                    let secret = Datum::Gap(Gap::Suppressed);
                    let cells = cells.iter().zip(&hidden);
                    Values::Number(cells.map(|(c, hide)| if *hide { secret } else { *c }).collect())
                }
                Values::Integer(cells) if column.name() != "period" => {
                    let cells = cells.iter().zip(&hidden);
                    Values::Integer(cells.map(|(c, hide)| if *hide { None } else { *c }).collect())
                }
                other => other.clone(),
            };
            Column::new(column.name(), column.unit(), values)
        };
        let columns = frame.columns().iter().map(masked).collect();
        (Frame::new(columns).unwrap_or_default(), n)
    }
}

type Cells = BTreeMap<[String; 2], Contributions>;

/// What every cell and margin of each period is made of.
fn contributions(plants: &Frame, value: &str) -> Result<BTreeMap<String, Cells>, String> {
    let words = |error: agglo_core::FrameError| error.to_string();
    let regions = plants.keys("region").map_err(words)?;
    let industries = plants.keys("industry").map_err(words)?;
    let values = plants.numbers(value).map_err(words)?;
    let text = |name: &str, row: usize| cell_text(plants, name, row);
    // Period, cell → firm → what it contributes; an establishment without a firm is one of its own.
    let mut firms: BTreeMap<(String, [String; 2]), BTreeMap<String, f64>> = BTreeMap::new();
    for row in 0..plants.n_rows() {
        let Some(amount) = values[row].number() else { continue };
        if amount < 0.0 {
            return Err(format!("`{value}` is negative in row {} of the register", row + 1));
        }
        let period = text("period", row).unwrap_or_default();
        let firm = text("parent_id", row).unwrap_or_else(|| format!("row {row}"));
        let (region, industry) = (regions[row].to_string(), industries[row].to_string());
        for r in [region.as_str(), ALL] {
            for i in [industry.as_str(), ALL] {
                let cell = (period.clone(), [r.to_owned(), i.to_owned()]);
                *firms.entry(cell).or_default().entry(firm.clone()).or_insert(0.0) += amount;
            }
        }
    }
    let mut periods: BTreeMap<String, Cells> = BTreeMap::new();
    for ((period, key), firms) in firms {
        let mut largest: Vec<f64> = firms.into_values().collect();
        largest.sort_by(|a, b| b.total_cmp(a));
        let (count, total) = (largest.len() as u32, largest.iter().sum());
        periods.entry(period).or_default().insert(key, Contributions { count, total, largest });
    }
    Ok(periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three regions × three industries with five firms of ten persons each, but one in region a,
    /// industry x.
    fn register() -> Frame {
        let mut rows = Vec::new();
        for region in ["a", "b", "c"] {
            for industry in ["x", "y", "z"] {
                let n = if (region, industry) == ("a", "x") { 1 } else { 5 };
                rows.extend(std::iter::repeat_n((region, industry), n));
            }
        }
        Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row.0)),
            Column::text("industry", rows.iter().map(|row| row.1)),
            Column::integer("period", "", rows.iter().map(|_| 2020)),
            Column::numbers("employment", "persons", rows.iter().map(|_| 10.0)),
        ])
        .unwrap()
    }

    fn spec(complementary: bool) -> DisclosureSpec {
        DisclosureSpec { minimum_count: 3, dominance: None, p_percent: None, complementary }
    }

    #[test]
    fn a_cell_of_one_firm_is_withheld_with_three_others_that_protect_it() {
        let alone = Withheld::of(&spec(false), &register(), "employment").unwrap();
        assert_eq!(alone.cells.len(), 1);
        let all = Withheld::of(&spec(true), &register(), "employment").unwrap();
        assert!(all.holds("a", "x", Some("2020")) && all.holds("a", "x", None));
        assert!(all.cells.len() >= 4, "{all:?}");
        assert!(!all.holds("a", "x", Some("2019")));
    }

    #[test]
    fn rows_of_withheld_cells_stay_and_lose_their_numbers() {
        let withheld = Withheld::of(&spec(false), &register(), "employment").unwrap();
        let finding = Frame::new(vec![
            Column::text("region", ["a", "b"]),
            Column::text("industry", ["x", "x"]),
            Column::integer("period", "", [2020, 2020]),
            Column::numbers("lq", "1", [0.2, 1.3]),
            Column::integer("rank", "", [2, 1]),
        ])
        .unwrap();
        let (masked, n) = withheld.mask(&finding);
        assert_eq!(n, 1);
        let cells = masked.numbers("lq").unwrap();
        assert_eq!(cells, [Datum::Gap(Gap::Suppressed), Datum::Number(1.3)]);
        assert_eq!(masked.integers("period").unwrap(), [2020, 2020]);
        assert!(masked.integers("rank").is_err());
        let firms =
            Frame::new(vec![Column::text("firm", ["f"]), Column::numbers("output", "CNY", [5.0])])
                .unwrap();
        assert_eq!(withheld.mask(&firms).0.numbers("output").unwrap()[0].number(), None);
    }
}
