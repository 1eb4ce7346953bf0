//! Cluster index of Litzenberger and Sternberg: is an industry dense, large for the people, and made of
//! many firms in a region?
//!
//! CI = ID · IS / PS
//!
//! ID = (e_ir/a_r)/(e_i/a)      IS = (e_ir/p_r)/(e_i/p)      PS = (e_ir/b_ir)/(e_i/b_i)
//!
//! | symbol  | meaning                                             | shape | range | unit   |
//! |---------|-----------------------------------------------------|-------|-------|--------|
//! | e       | persons employed                                    | R × I | ≥ 0   | any    |
//! | b       | firms                                               | R × I | ≥ 0   | number |
//! | a, p    | area and population of the regions                  | R     | > 0   | any    |
//! | ID      | relative density                                    | R × I | ≥ 0   | none   |
//! | IS      | relative stock                                      | R × I | ≥ 0   | none   |
//! | PS      | relative size of the firms                          | R × I | > 0   | none   |
//! | CI      | 1 as elsewhere; 0 without employment or firms       | R × I | ≥ 0   | none   |
//!
//! Put together, CI = (e_ir/e_i)(b_ir/b_i)/((a_r/a)(p_r/p)), which has a value where PS has none.
//! Gaps: those of employment by the option `gaps`; where it allows them, a cell without a number of
//! firms leaves the sums of both, as REAT does. Intervals keep a region as it is and draw the regions it
//! is compared with anew, or leave each out once. Cost: O(R·I).
//! Source: Litzenberger and Sternberg (2006), Zeitschrift für Wirtschaftsgeographie 50(3–4),
//! 209–224; REAT `litzenberger`, `litzenberger2` (Wieland 2019), their code compared.

use std::collections::BTreeMap;

use agglo_core::{Activity, Datum, Frame, Gap, Key, Lang, Note, Panel, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, INDUSTRY, Input, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION,
    OutputTable, PERIOD, REGION, Variant, number, out,
};
use crate::concentration::{ColumnSums, data, once};
use crate::inference::Spread;
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES,
};
use crate::table::Rows;

/// The index with its three parts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClusterIndex {
    /// CI.
    pub index: Result<f64, Undefined>,
    /// ID: how dense the industry is.
    pub density: Result<f64, Undefined>,
    /// IS: how large it is for the population.
    pub stock: Result<f64, Undefined>,
    /// PS: how large its firms are.
    pub firm_size: Result<f64, Undefined>,
}

/// What an industry or a region has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stock {
    /// Persons employed in the industry.
    pub employment: f64,
    /// Its firms.
    pub firms: f64,
    /// Area of the region, or of all.
    pub area: f64,
    /// Population of the region, or of all.
    pub population: f64,
}

/// The index of an industry `here` in a region, against `all` regions together.
///
/// All parts are [`Undefined::ZeroTotal`] when the industry has no employment anywhere;
/// [`Undefined::ZeroDenominator`] says that a region has no area, population or firms.
pub fn cluster_index(here: Stock, all: Stock) -> ClusterIndex {
    let ratio = |part: f64, whole: f64, own: f64, total: f64| {
        if all.employment <= 0.0 || whole <= 0.0 || total <= 0.0 {
            Err(Undefined::ZeroTotal)
        } else if own <= 0.0 {
            Err(Undefined::ZeroDenominator)
        } else {
            Ok((part / whole) / (own / total))
        }
    };
    let density = ratio(here.employment, all.employment, here.area, all.area);
    let stock = ratio(here.employment, all.employment, here.population, all.population);
    let firm_size = ratio(here.employment, all.employment, here.firms, all.firms);
    let firms = ratio(here.firms, all.firms, here.population, all.population);
    let index = density.and_then(|density| Ok(density * firms?));
    ClusterIndex { index, density, stock, firm_size }
}

/// Intervals of a region's and industry's index.
const CELL_INTERVALS: OutputTable = OutputTable {
    name: "intervals",
    columns: &[OUT_PERIOD, OUT_REGION, OUT_INDUSTRY, OUT_ERROR, OUT_LOWER, OUT_UPPER],
};

pub(super) static CLUSTER_INDEX: Method = Method {
    id: "cluster-index",
    chapter: Chapter::Status,
    title: Text::new("Litzenberger–Sternberg cluster index", "利岑贝格尔—施特恩贝格集群指数"),
    help: Text::new(
        "Where is an industry dense, large for the people, and made of many firms?",
        "某行业在何处密度高、人均规模大且企业众多？",
    ),
    inputs: &[
        ACTIVITY,
        Input {
            table: "firms",
            required: true,
            columns: &[REGION, INDUSTRY, PERIOD, number("value", "number of firms", "企业数")],
        },
        Input {
            table: "region",
            required: true,
            columns: &[
                REGION,
                number("area_km2", "area", "面积"),
                number("population", "population", "人口"),
            ],
        },
    ],
    options: &[INTERVAL, REPLICATES, CONFIDENCE, GAPS],
    variants: &[Variant {
        id: "litzenberger-sternberg",
        help: Text::new(
            "as REAT litzenberger and litzenberger2",
            "同 REAT litzenberger、litzenberger2",
        ),
    }],
    outputs: &[
        OutputTable {
            name: "cluster_index",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                OUT_INDUSTRY,
                out("cluster_index", "1", "Cluster index", "集群指数"),
                out("density", "1", "Relative density", "相对密度"),
                out("stock", "1", "Relative stock", "相对存量"),
                out("firm_size", "1", "Relative size of firms", "相对企业规模"),
            ],
        },
        CELL_INTERVALS,
    ],
    formula: "CI = ID · IS/PS   ID = (e_ir/a_r)/(e_i/a)   IS = (e_ir/p_r)/(e_i/p)   PS = \
              (e_ir/b_ir)/(e_i/b_i)   e: employment; b: firms; a: area; p: population of region r, \
              industry i",
    source: "Litzenberger and Sternberg (2006), Zeitschrift für Wirtschaftsgeographie 50(3–4), \
             209–224; REAT litzenberger (Wieland 2019)",
    mark: Mark::Verified,
    run,
};

/// Area and population of each region of a period.
struct Sizes {
    area: Vec<f64>,
    population: Vec<f64>,
}

impl Sizes {
    fn of(frame: &Frame, activity: &Activity) -> Result<Sizes, MethodError> {
        let (codes, areas) = (frame.keys("region")?, frame.numbers("area_km2")?);
        let populations = frame.numbers("population")?;
        once("region", &codes)?;
        let mut sizes = Sizes { area: vec![], population: vec![] };
        let rows: BTreeMap<&Key, usize> = codes.iter().zip(0..).collect();
        for region in activity.regions().codes() {
            let row = *rows.get(region).ok_or_else(|| {
                data(format!("the table `region` lacks region `{region}`; add its row"))
            })?;
            for (values, own, name) in [
                (&areas, &mut sizes.area, "area_km2"),
                (&populations, &mut sizes.population, "population"),
            ] {
                own.push(match values[row] {
                    Datum::Number(value) if value >= 0.0 => value,
                    Datum::Number(value) => {
                        return Err(data(format!("`{name}` of region `{region}` is {value}")));
                    }
                    Datum::Gap(gap) => {
                        let reason = gap.reason(Lang::En);
                        return Err(data(format!(
                            "`{name}` of region `{region}` holds no number: {reason}"
                        )));
                    }
                });
            }
        }
        Ok(sizes)
    }
}

/// The number of firms of every cell of `activity`, region-major; a gap where there is none.
fn firms_of(firms: &Panel, period: i32, activity: &Activity) -> Result<Vec<Datum>, MethodError> {
    let period_idx = firms.period_idx(period)?;
    let mut cells = Vec::with_capacity(activity.values().len());
    for region in activity.regions().codes() {
        let r = firms.regions().place(region);
        for industry in activity.industries().codes() {
            cells.push(match (r, firms.industries().place(industry)) {
                (Some(r), Some(i)) => firms.cell(period_idx, r, i),
                _ => Datum::Gap(Gap::Missing),
            });
        }
    }
    Ok(cells)
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let firms = call.panel("firms")?;
    let frame = call.frame("region")?;
    let interval = Interval::of(call);
    let mut rows = Rows::new(&CLUSTER_INDEX.outputs[0]);
    let mut intervals = Rows::new(&CELL_INTERVALS);
    let mut n_without = 0;
    let notes = call.each_period(|p, activity| {
        let sizes = Sizes::of(frame, activity)?;
        let mut cells = firms_of(&firms, p, activity)?;
        settle(call, activity, &mut cells)?;
        let n_industries = activity.n_industries();
        let (mut e_i, mut b_i) = (ColumnSums::new(n_industries), ColumnSums::new(n_industries));
        for r in 0..activity.n_regions() {
            let firms = &cells[r * n_industries..(r + 1) * n_industries];
            let counted = || activity.region(r).iter().zip(firms);
            e_i.add(counted().map(|(e, b)| if b.number().is_some() { *e } else { 0.0 }));
            b_i.add(counted().map(|(_, b)| b.number().unwrap_or(0.0)));
        }
        let (e_i, b_i) = (e_i.finish(), b_i.finish());
        let area = agglo_core::sum(sizes.area.iter().copied());
        let population = agglo_core::sum(sizes.population.iter().copied());
        let here = |r: usize, i: usize| {
            let firms = cells[r * n_industries + i].number()?;
            let (area, population) = (sizes.area[r], sizes.population[r]);
            Some(Stock { employment: activity.region(r)[i], firms, area, population })
        };
        for r in 0..activity.n_regions() {
            for i in 0..n_industries {
                let all = Stock { employment: e_i[i], firms: b_i[i], area, population };
                let row = if let Some(here) = here(r, i) {
                    let found = cluster_index(here, all);
                    [found.index, found.density, found.stock, found.firm_size].map(Datum::from)
                } else {
                    n_without += 1;
                    [Datum::undefined(Undefined::FromGap); 4]
                };
                let [index, density, stock, firm_size] = row;
                rows.push([
                    i64::from(p).into(),
                    activity.regions().code(r).into(),
                    activity.industries().code(i).into(),
                    index.into(),
                    density.into(),
                    stock.into(),
                    firm_size.into(),
                ]);
            }
        }
        for i in (0..n_industries).filter(|_| interval.is_asked()) {
            let stocks: Vec<Option<Stock>> =
                (0..activity.n_regions()).map(|r| here(r, i)).collect();
            let spreads = spreads(call, interval, p, i as u32, &stocks, &sizes)?;
            for (r, spread) in spreads.into_iter().enumerate() {
                intervals.push([
                    i64::from(p).into(),
                    activity.regions().code(r).into(),
                    activity.industries().code(i).into(),
                    spread.standard_error.into(),
                    spread.lower.into(),
                    spread.upper.into(),
                ]);
            }
        }
        Ok(())
    })?;
    let without = (n_without > 0).then(|| {
        Note::new(
            "cells-without-firms",
            format!("{n_without} cells without a number of firms were left out of all sums"),
            format!("{n_without} 个单元格无企业数，已从各项合计中剔除"),
        )
    });
    let answer = Answer::one("cluster_index", rows.frame()?).noting(notes).noting(without);
    if !interval.is_asked() {
        return Ok(answer);
    }
    Ok(answer.and("intervals", intervals.frame()?).noting(interval.note()))
}

/// The spreads of an industry's index in every region, which stays as it is while the regions that it
/// is compared with are drawn anew or left out.
fn spreads(
    call: &Call<'_>,
    interval: Interval,
    period: i32,
    unit: u32,
    stocks: &[Option<Stock>],
    sizes: &Sizes,
) -> Result<Vec<Spread>, MethodError> {
    let name = format!("cluster-index/{period}");
    interval.spreads(call, &name, unit, &vec![0; stocks.len()], |picks| {
        let total = |of: &dyn Fn(usize) -> f64| agglo_core::sum(picks.iter().map(|&r| of(r)));
        let all = Stock {
            employment: total(&|r| stocks[r].map_or(0.0, |stock| stock.employment)),
            firms: total(&|r| stocks[r].map_or(0.0, |stock| stock.firms)),
            area: total(&|r| sizes.area[r]),
            population: total(&|r| sizes.population[r]),
        };
        let index = |stock: &Option<Stock>| match stock {
            Some(here) => cluster_index(*here, all).index,
            None => Err(Undefined::FromGap),
        };
        stocks.iter().map(index).collect()
    })
}

/// Refuses cells without a number of firms, counts them as zero, or leaves them, by the option.
fn settle(call: &Call<'_>, activity: &Activity, cells: &mut [Datum]) -> Result<(), MethodError> {
    let n_industries = activity.n_industries();
    for (place, cell) in cells.iter_mut().enumerate() {
        match *cell {
            Datum::Number(firms) if firms < 0.0 => {
                return Err(data(format!("a cell of the table `firms` holds {firms}")));
            }
            Datum::Gap(_) if call.option("gaps") == "zero" => *cell = Datum::Number(0.0),
            Datum::Gap(gap) if call.option("gaps") == "error" => {
                let region = activity.regions().code(place / n_industries);
                let industry = activity.industries().code(place % n_industries);
                let reason = gap.reason(Lang::En);
                return Err(data(format!(
                    "the table `firms` has no number for region `{region}`, industry \
                     `{industry}`: {reason}; the option `gaps` can leave the cell out"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use agglo_core::Column;

    use super::*;
    use crate::call::{Inputs, Options, ask};

    const ALL: Stock = Stock { employment: 100.0, firms: 50.0, area: 10.0, population: 1000.0 };

    // Half of the jobs and a fifth of the firms on a tenth of the land with a quarter of the people:
    // ID 5, IS 2, PS 2.5, CI 4.
    #[test]
    fn the_index_is_density_times_stock_over_firm_size() {
        let here = Stock { employment: 50.0, firms: 10.0, area: 1.0, population: 250.0 };
        let found = cluster_index(here, ALL);
        assert_eq!(found.density, Ok(5.0));
        assert_eq!(found.stock, Ok(2.0));
        assert_eq!(found.firm_size, Ok(2.5));
        assert!((found.index.unwrap() - 4.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_there_is_an_index_of_zero_and_no_firm_has_no_size() {
        let here = Stock { employment: 0.0, firms: 0.0, area: 1.0, population: 250.0 };
        let found = cluster_index(here, ALL);
        assert_eq!(found.index, Ok(0.0));
        assert_eq!(found.firm_size, Err(Undefined::ZeroDenominator));
        let none = cluster_index(here, Stock { employment: 0.0, firms: 0.0, ..ALL });
        assert_eq!(none.index, Err(Undefined::ZeroTotal));
        let empty = cluster_index(Stock { population: 0.0, ..here }, ALL);
        assert_eq!(empty.index, Err(Undefined::ZeroDenominator));
    }

    #[test]
    fn a_cell_without_firms_is_refused_left_out_or_counts_as_none() {
        let table = |values: [Datum; 3]| {
            Frame::new(vec![
                Column::text("region", ["a", "b", "c"]),
                Column::text("industry", ["i", "i", "i"]),
                Column::number("value", "1", values),
            ])
            .unwrap()
        };
        let region = Frame::new(vec![
            Column::text("region", ["a", "b", "c"]),
            Column::numbers("area_km2", "km2", [1.0, 2.0, 1.0]),
            Column::numbers("population", "persons", [5.0, 10.0, 5.0]),
        ])
        .unwrap();
        let inputs = Inputs::new()
            .with("activity", table([30.0, 20.0, 50.0].map(Datum::Number)))
            .with(
                "firms",
                table([Datum::Number(3.0), Datum::Number(2.0), Datum::Gap(Gap::Suppressed)]),
            )
            .with("region", region);
        let ask =
            |gaps: &str| ask("cluster-index", None, &inputs, &Options::new().with("gaps", gaps));
        assert!(ask("error").unwrap_err().to_string().contains("`c`"));
        // Without region c: (30/50)(3/5)/((1/4)(5/20)) = 5.76.
        let left_out = ask("drop-regions").unwrap();
        let found = left_out.main().numbers("cluster_index").unwrap();
        assert!((found[0].number().unwrap() - 5.76).abs() < 1e-12);
        assert_eq!(found[2], Datum::undefined(Undefined::FromGap));
        assert!(left_out.notes.iter().any(|note| note.code == "cells-without-firms"));
        let zero = ask("zero").unwrap();
        let found = zero.main().numbers("cluster_index").unwrap();
        assert!((found[0].number().unwrap() - 0.3 * 0.6 * 16.0).abs() < 1e-12);
        assert_eq!(found[2], Datum::Number(0.0));
    }
}
