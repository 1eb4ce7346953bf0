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
use agglo_methods::catalog::Output;

use crate::address::cell_text;
use crate::spec::DisclosureSpec;

/// All regions, or all industries.
const ALL: &str = "*";

/// The cells that are withheld: region, industry, period; `*` stands for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Withheld {
    cells: BTreeSet<[String; 3]>,
    /// The codes of regions and of industries that the register has, by which columns of codes are known.
    regions: BTreeSet<String>,
    industries: BTreeSet<String>,
}

/// The tables whose rows are single firms or establishments, or may be; none of their numbers leaves.
pub(crate) const SINGLE: [&str; 9] = [
    "plant",
    "firm",
    "relocation",
    "leader_purchase",
    "project",
    "top_unit",
    "size_class",
    "grid",
    "flow",
];

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
        let codes = |name: &str| -> Result<BTreeSet<String>, String> {
            let keys = plants.keys(name).map_err(|error| error.to_string())?;
            Ok(keys.iter().map(ToString::to_string).collect())
        };
        let mut withheld = Withheld {
            cells: BTreeSet::new(),
            regions: codes("region")?,
            industries: codes("industry")?,
        };
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

    /// Whether a row of these keys speaks of a cell that is withheld: whatever its keys are called, the codes
    /// of regions and industries among their values count.
    pub(crate) fn holds_any(&self, keys: &[(String, String)]) -> bool {
        let codes = |kind: &str, known: &BTreeSet<String>| -> Vec<&str> {
            let found =
                keys.iter().filter(|(name, code)| is_named(name, kind) || known.contains(code));
            let found: Vec<&str> = found.map(|(_, code)| code.as_str()).collect();
            if found.is_empty() { vec![ALL] } else { found }
        };
        let (regions, industries) =
            (codes("region", &self.regions), codes("industry", &self.industries));
        let period = keys.iter().find(|(name, _)| name == "period").map(|(_, year)| year.as_str());
        regions.iter().any(|region| industries.iter().any(|i| self.holds(region, i, period)))
    }

    /// `frame` without what it says of cells that are withheld, and how many rows lost it.
    ///
    /// A row speaks of every cell that its columns of codes name together: `region_a` and `region_b`, or
    /// the two ends of a flow, name two. `columns` is what the catalogue says of them: keys are kept.
    pub(crate) fn mask(&self, frame: &Frame, columns: &[Output]) -> (Frame, usize) {
        let names_single = ["plant", "firm", "firm_id", "parent_id"].iter().any(|c| frame.has(c));
        let of_regions = code_columns(frame, columns, "region", &self.regions);
        let of_industries = code_columns(frame, columns, "industry", &self.industries);
        if !names_single && of_regions.is_empty() && of_industries.is_empty() {
            return (frame.clone(), 0);
        }
        let codes = |names: &[&str], row: usize| -> BTreeSet<String> {
            let known = names.iter().filter_map(|name| cell_text(frame, name, row));
            let known: BTreeSet<String> = known.collect();
            if known.is_empty() { BTreeSet::from([ALL.to_owned()]) } else { known }
        };
        let hidden: Vec<bool> = (0..frame.n_rows())
            .map(|row| {
                let (regions, industries) = (codes(&of_regions, row), codes(&of_industries, row));
                let period = cell_text(frame, "period", row);
                let holds = |region: &String| {
                    industries.iter().any(|i| self.holds(region, i, period.as_deref()))
                };
                names_single || regions.iter().any(holds)
            })
            .collect();
        let n = hidden.iter().filter(|hidden| **hidden).count();
        if n == 0 {
            return (frame.clone(), 0);
        }
        let is_key = |name: &str| match columns.iter().find(|column| column.name == name) {
            Some(known) => known.key,
            None => name == "period" || of_regions.contains(&name) || of_industries.contains(&name),
        };
        let masked = |column: &Column| {
            let name = column.name();
            let shown = || hidden.iter().map(|hidden| !hidden);
            let values = match column.values() {
                Values::Number(cells) if !is_key(name) => {
                    let secret = Datum::Gap(Gap::Suppressed);
                    let cells = cells.iter().zip(shown());
                    Values::Number(cells.map(|(c, show)| if show { *c } else { secret }).collect())
                }
                Values::Integer(cells) if !is_key(name) => {
                    let cells = cells.iter().zip(shown());
                    Values::Integer(cells.map(|(c, show)| c.filter(|_| show)).collect())
                }
                // A class or a reading tells between which limits the number lies.
                Values::Text(cells) if columns.iter().any(|c| c.name == name && !c.key) => {
                    let cells = cells.iter().zip(shown());
                    Values::Text(cells.map(|(c, show)| c.clone().filter(|_| show)).collect())
                }
                other => other.clone(),
            };
            Column::new(name, column.unit(), values)
        };
        let columns = frame.columns().iter().map(masked).collect();
        (Frame::new(columns).unwrap_or_default(), n)
    }
}

/// The columns of `frame` that hold codes of `kind`: by their names in the catalogue (`region`,
/// `region_a`, `from_region`), and, whatever they are called, those that mostly hold such codes: a flow
/// may come from elsewhere.
fn code_columns<'f>(
    frame: &'f Frame,
    columns: &[Output],
    kind: &str,
    known: &BTreeSet<String>,
) -> Vec<&'f str> {
    let holds_codes = |column: &&Column| {
        let name = column.name();
        let (Values::Text(_) | Values::Integer(_)) = column.values() else { return false };
        if is_named(name, kind) {
            return columns.iter().all(|c| c.name != name || c.key || c.unit.is_empty());
        }
        let Values::Text(cells) = column.values() else { return false };
        let values: BTreeSet<&str> = cells.iter().flatten().map(|cell| &**cell).collect();
        let n_known = values.iter().filter(|value| known.contains(**value)).count();
        n_known > 0 && 2 * n_known >= values.len()
    };
    frame.columns().iter().filter(holds_codes).map(Column::name).collect()
}

/// Whether a column called so holds codes of `kind`: `region`, `region_a`, `from_region`.
fn is_named(name: &str, kind: &str) -> bool {
    name.split('_').any(|word| word == kind)
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
        let columns = agglo_methods::find("location-quotient").unwrap().outputs[0].columns;
        let (masked, n) = withheld.mask(&finding, columns);
        assert_eq!(n, 1);
        let cells = masked.numbers("lq").unwrap();
        assert_eq!(cells, [Datum::Gap(Gap::Suppressed), Datum::Number(1.3)]);
        assert_eq!(masked.integers("period").unwrap(), [2020, 2020]);
        assert!(masked.integers("rank").is_err());
        let firms =
            Frame::new(vec![Column::text("firm", ["f"]), Column::numbers("output", "CNY", [5.0])])
                .unwrap();
        assert_eq!(withheld.mask(&firms, &[]).0.numbers("output").unwrap()[0].number(), None);
    }

    fn numbers(frame: &Frame, name: &str) -> Vec<Option<f64>> {
        frame.numbers(name).unwrap().iter().map(|cell| cell.number()).collect()
    }

    #[test]
    fn a_number_of_a_withheld_cell_does_not_leave_through_a_flow() {
        let withheld = Withheld::of(&spec(false), &register(), "employment").unwrap();
        // What moved into the withheld cell is what it holds, were it empty before.
        let flows = Frame::new(vec![
            Column::text("from", ["b", "abroad", "a"]),
            Column::text("to", ["a", "c", "c"]),
            Column::text("industry", ["x", "x", "y"]),
            Column::integer("period", "", [2020, 2020, 2020]),
            Column::numbers("volume", "persons", [10.0, 3.0, 4.0]),
        ])
        .unwrap();
        let (masked, n) = withheld.mask(&flows, &[]);
        assert_eq!((n, numbers(&masked, "volume")), (1, vec![None, Some(3.0), Some(4.0)]));
        assert_eq!(masked.text("to").unwrap(), flows.text("to").unwrap());
    }

    #[test]
    fn the_keys_of_a_source_cell_name_withheld_cells_whatever_they_are_called() {
        let withheld = Withheld::of(&spec(false), &register(), "employment").unwrap();
        let keys = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect()
        };
        for hidden in [
            keys(&[("region", "a"), ("industry", "x"), ("period", "2020")]),
            keys(&[("from", "b"), ("to", "a"), ("industry", "x"), ("period", "2020")]),
            keys(&[("origin", "a"), ("product", "x")]),
        ] {
            assert!(withheld.holds_any(&hidden), "{hidden:?}");
        }
        for shown in [
            keys(&[("region", "a"), ("industry", "x"), ("period", "2019")]),
            keys(&[("from", "b"), ("to", "c"), ("industry", "x")]),
            keys(&[("region", "a"), ("period", "2020")]),
        ] {
            assert!(!withheld.holds_any(&shown), "{shown:?}");
        }
    }

    #[test]
    fn a_pair_of_industries_or_regions_speaks_of_both() {
        let withheld = Withheld::of(&spec(false), &register(), "employment").unwrap();
        let pairs = |first: &str, second: &str, other: &str, codes: [&str; 3]| {
            Frame::new(vec![
                Column::text(first, [codes[0], codes[1]]),
                Column::text(second, [codes[1], codes[2]]),
                Column::text(other, if other == "region" { ["a", "a"] } else { ["x", "x"] }),
                Column::numbers("proximity", "1", [0.5, 0.25]),
            ])
            .unwrap()
        };
        let industries = pairs("industry_a", "industry_b", "region", ["x", "y", "z"]);
        let (masked, _) = withheld.mask(&industries, &[]);
        assert_eq!(numbers(&masked, "proximity"), [None, Some(0.25)]);
        let regions = pairs("region_a", "region_b", "industry", ["c", "b", "a"]);
        let (masked, _) = withheld.mask(&regions, &[]);
        assert_eq!(numbers(&masked, "proximity"), [Some(0.5), None]);
    }

    #[test]
    fn a_class_goes_with_its_number_and_a_key_of_years_stays() {
        let withheld = Withheld::of(&spec(false), &register(), "employment").unwrap();
        let method = agglo_methods::find("share-change").unwrap();
        let table = &method.outputs[0];
        let keys = [("from", 2019), ("to", 2020)];
        let mut columns =
            vec![Column::text("region", ["a", "b"]), Column::text("industry", ["x", "x"])];
        columns.extend(keys.map(|(name, year)| Column::integer(name, "", [year, year])));
        columns.push(Column::numbers("delta_share", "1", [0.5, 0.25]));
        columns.push(Column::text("class", ["absolute-out", "stable"]));
        let (masked, n) = withheld.mask(&Frame::new(columns).unwrap(), table.columns);
        assert_eq!((n, numbers(&masked, "delta_share")), (1, vec![None, Some(0.25)]));
        assert_eq!(masked.text("class").unwrap(), [None, Some("stable".into())]);
        let years = table.columns.iter().filter(|c| matches!(c.name, "from" | "to") && c.key);
        for column in years {
            assert!(masked.integers(column.name).is_ok(), "{}", column.name);
        }
    }
}
