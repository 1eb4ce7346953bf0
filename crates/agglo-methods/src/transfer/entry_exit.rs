//! Entry and exit: how many establishments of an industry open, and how many close?
//!
//! entry = Eₜ/Nₜ    exit = Xₜ/Nₜ        or        entry = Eₜ/Nₜ₋₁    exit = Lₜ₋₁/Nₜ₋₁
//! net = entry − exit        churn = entry + exit
//!
//! | symbol | meaning                                              | shape | range  | unit  |
//! |--------|------------------------------------------------------|-------|--------|-------|
//! | N      | establishments listed in the year                    | 1     | ≥ 0    | count |
//! | E      | those of them that opened in it                      | 1     | ≤ N    | count |
//! | X      | those that closed in it                              | 1     | ≤ N    | count |
//! | L      | those listed for the last time, closed in the next   | 1     | ≤ N    | count |
//!
//! A register lists an establishment in the year of its closing, or for the last time in the year before; the
//! first kind is for `active-population`, the second, with a day of reference, for `previous-population`.
//! Weighted rates put sizes in place of counts.
//! Gaps: a year without the one before has no rates of the second kind; none without establishments.
//! Cost: one pass over the table.
//! Source: Eurostat and OECD (2007), Manual on Business Demography Statistics, chapters 5 and 7; Dunne, Roberts
//! and Samuelson (1988), RAND Journal of Economics 19(4), 495-515.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Note, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, INDUSTRY, Input, InputColumn, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION,
    Output, OutputTable, PERIOD, REGION, Variant, number, optional, out,
};

const TURNOVER: Input = Input {
    table: "turnover",
    required: true,
    columns: &[
        REGION,
        INDUSTRY,
        InputColumn { required: true, ..PERIOD },
        number("n", "establishments listed", "单位数"),
        number("entries", "those of them that opened in the year", "当年新设单位数"),
        number("exits", "those that closed in the year", "当年关闭单位数"),
        number("leaving", "those listed for the last time", "次年关闭单位数"),
        optional(number("sum", "sum of their sizes", "规模之和")),
        optional(number("sum_entries", "of those that opened", "新设单位规模之和")),
        optional(number("sum_exits", "of those that closed", "当年关闭单位规模之和")),
        optional(number(
            "sum_leaving",
            "of those listed for the last time",
            "次年关闭单位规模之和",
        )),
    ],
};

const RATES: [Output; 6] = [
    out("entry_rate", "1", "Entry rate", "进入率"),
    out("exit_rate", "1", "Exit rate", "退出率"),
    out("net_rate", "1", "Net entry rate", "净进入率"),
    out("churn", "1", "Churn", "更替率"),
    out("weighted_entry_rate", "1", "Entry rate by size", "按规模加权进入率"),
    out("weighted_exit_rate", "1", "Exit rate by size", "按规模加权退出率"),
];
const COUNTS: [Output; 3] = [
    out("n", "count", "Establishments", "单位数"),
    out("entries", "count", "Entries", "进入数"),
    out("exits", "count", "Exits", "退出数"),
];

macro_rules! columns {
    ($($key:expr),*) => {
        &[
            OUT_PERIOD, $($key,)* COUNTS[0], COUNTS[1], COUNTS[2], RATES[0], RATES[1], RATES[2],
            RATES[3], RATES[4], RATES[5],
        ]
    };
}

pub(super) static ENTRY_EXIT: Method = Method {
    id: "entry-exit",
    chapter: Chapter::Transfer,
    title: Text::new("Entry and exit", "进入与退出"),
    help: Text::new(
        "How many establishments open and close, where and in which industry?",
        "各地区各行业有多少单位新设、多少关闭？",
    ),
    inputs: &[TURNOVER],
    options: &[],
    variants: &[
        Variant {
            id: "active-population",
            help: Text::new(
                "over the establishments of the year, which lists those that closed in it (Eurostat–OECD)",
                "除以当年单位数，名录含当年关闭单位（欧统局—经合组织）",
            ),
        },
        Variant {
            id: "previous-population",
            help: Text::new(
                "over those of the year before, which lists those closed since for the last time (Dunne, \
                 Roberts and Samuelson)",
                "除以上年单位数，上年为末次在册（Dunne–Roberts–Samuelson）",
            ),
        },
    ],
    outputs: &[
        OutputTable { name: "industries", columns: columns!(OUT_INDUSTRY) },
        OutputTable { name: "regions", columns: columns!(OUT_REGION) },
        OutputTable { name: "cells", columns: columns!(OUT_REGION, OUT_INDUSTRY) },
        OutputTable { name: "total", columns: columns!() },
    ],
    formula: "entry = Eₜ/Nₜ, exit = Xₜ/Nₜ; or entry = Eₜ/Nₜ₋₁, exit = Lₜ₋₁/Nₜ₋₁   E, X: opened, closed in the \
              year; L: listed for the last time; N: all listed",
    source: "Eurostat and OECD (2007), Manual on Business Demography Statistics; Dunne, Roberts and Samuelson \
             (1988), RAND Journal of Economics 19(4)",
    mark: Mark::Memory,
    run,
};

/// Counts, or sums of sizes, of one group in one year.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: f64,
    entries: f64,
    exits: f64,
    leaving: f64,
    /// Whether one of them is not known.
    unknown: bool,
}

impl Counts {
    fn add(&mut self, row: [Datum; 4]) {
        let [all, entries, exits, leaving] = row.map(Datum::number);
        self.unknown |= row.iter().any(|datum| datum.gap().is_some());
        self.all += all.unwrap_or(0.0);
        self.entries += entries.unwrap_or(0.0);
        self.exits += exits.unwrap_or(0.0);
        self.leaving += leaving.unwrap_or(0.0);
    }

    fn over(&self, part: f64, all: f64) -> Datum {
        if self.unknown { Datum::undefined(Undefined::FromGap) } else { Datum::ratio(part, all) }
    }
}

/// By year, the counts and the sums of sizes of each group.
type Groups = BTreeMap<(i64, Vec<Key>), [Counts; 2]>;

/// The rate of entry and that of exit, and how many left.
fn rates(now: &Counts, before: Option<&Counts>, previous: bool) -> (Datum, Datum, Datum) {
    if !previous {
        let exits = Datum::Number(now.exits);
        return (now.over(now.entries, now.all), now.over(now.exits, now.all), exits);
    }
    let Some(before) = before else {
        let none = Datum::undefined(Undefined::NotEnoughEvidence);
        return (none, none, none);
    };
    let entry = if now.unknown { now.over(0.0, 1.0) } else { before.over(now.entries, before.all) };
    (entry, before.over(before.leaving, before.all), Datum::Number(before.leaving))
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("turnover")?;
    let previous = call.variant() == "previous-population";
    let (regions, industries) = (frame.keys("region")?, frame.keys("industry")?);
    let periods = frame.integers("period")?;
    let columns = |names: [&str; 4]| -> Result<Vec<Vec<Datum>>, MethodError> {
        names.iter().map(|name| Ok(frame.numbers(name)?.clone())).collect()
    };
    let counts = columns(["n", "entries", "exits", "leaving"])?;
    let has_sizes = ["sum", "sum_entries", "sum_exits", "sum_leaving"];
    let sizes = has_sizes.iter().all(|name| frame.has(name)).then(|| columns(has_sizes));
    let sizes = sizes.transpose()?;
    let mut tables: [Groups; 4] = Default::default();
    for row in 0..regions.len() {
        let (region, industry) = (regions[row].clone(), industries[row].clone());
        let keys =
            [vec![industry.clone()], vec![region.clone()], vec![region, industry], Vec::new()];
        let four = |columns: &[Vec<Datum>]| std::array::from_fn(|at| columns[at][row]);
        for (table, key) in tables.iter_mut().zip(keys) {
            let [count, size] = table.entry((periods[row], key)).or_default();
            count.add(four(&counts));
            if let Some(sizes) = &sizes {
                size.add(four(sizes));
            }
        }
    }
    let all = &tables[3];
    let any = |of: fn(&Counts) -> f64| all.values().any(|[count, _]| of(count) > 0.0);
    let mut notes = Vec::new();
    if !previous && !any(|count| count.exits) && any(|count| count.leaving) {
        notes.push(Note::new(
            "no-closing-year",
            "no establishment is listed in the year in which it closed: exits are found by \
             `previous-population`",
            "名录未列出当年关闭的单位：退出率请用 `previous-population`",
        ));
    }
    let names: [(&str, &[&str]); 4] = [
        ("industries", &["industry"]),
        ("regions", &["region"]),
        ("cells", &["region", "industry"]),
        ("total", &[]),
    ];
    let mut answer = Answer::default();
    for ((name, keys), groups) in names.into_iter().zip(&tables) {
        answer = answer.and(name, table(keys, groups, previous, sizes.is_some())?);
    }
    Ok(answer.noting(notes))
}

fn table(
    keys: &[&str],
    groups: &Groups,
    previous: bool,
    has_sizes: bool,
) -> Result<Frame, MethodError> {
    let mut columns = vec![Column::integer("period", "", groups.keys().map(|key| key.0))];
    for (at, key) in keys.iter().enumerate() {
        columns.push(Column::text(*key, groups.keys().map(|group| group.1[at].clone())));
    }
    let mut numbers: [Vec<Datum>; 9] = Default::default();
    for ((period, group), [count, size]) in groups {
        let before = groups.get(&(period - 1, group.clone()));
        let (entry, exit, exits) = rates(count, before.map(|two| &two[0]), previous);
        let pair = |of: fn(f64, f64) -> f64| match (entry, exit) {
            (Datum::Number(entry), Datum::Number(exit)) => Datum::Number(of(entry, exit)),
            (gap @ Datum::Gap(_), _) | (_, gap) => gap,
        };
        let (by_size, out_by_size) = if has_sizes {
            let (entry, exit, _) = rates(size, before.map(|two| &two[1]), previous);
            (entry, exit)
        } else {
            (Datum::Gap(agglo_core::Gap::NotApplicable), Datum::Gap(agglo_core::Gap::NotApplicable))
        };
        let row = [
            Datum::Number(count.all),
            Datum::Number(count.entries),
            exits,
            entry,
            exit,
            pair(|entry, exit| entry - exit),
            pair(|entry, exit| entry + exit),
            by_size,
            out_by_size,
        ];
        numbers.iter_mut().zip(row).for_each(|(column, datum)| column.push(datum));
    }
    for (output, values) in COUNTS.iter().chain(&RATES).zip(numbers) {
        columns.push(Column::number(output.name, output.unit, values));
    }
    Ok(Frame::new(columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Inputs, Options, ask};

    fn turnover(rows: &[(&str, i64, [f64; 4])]) -> Frame {
        let number = |name: &str, at: usize| {
            Column::numbers(name, "count", rows.iter().map(|row| row.2[at]).collect::<Vec<_>>())
        };
        Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row.0)),
            Column::text("industry", rows.iter().map(|_| "c")),
            Column::integer("period", "", rows.iter().map(|row| row.1)),
            number("n", 0),
            number("entries", 1),
            number("exits", 2),
            number("leaving", 3),
        ])
        .unwrap()
    }

    fn total(variant: &str, rows: &[(&str, i64, [f64; 4])]) -> Vec<[Datum; 4]> {
        let inputs = Inputs::new().with("turnover", turnover(rows));
        let answer = ask("entry-exit", Some(variant), &inputs, &Options::new()).unwrap();
        let frame = answer.table("total").unwrap();
        let column = |name: &str| frame.numbers(name).unwrap().clone();
        let columns = ["entry_rate", "exit_rate", "net_rate", "churn"].map(column);
        (0..frame.n_rows()).map(|row| std::array::from_fn(|at| columns[at][row])).collect()
    }

    #[test]
    fn rates_are_over_those_of_the_year_or_of_the_year_before() {
        let rows = [
            ("a", 2018, [60.0, 5.0, 0.0, 4.0]),
            ("b", 2018, [40.0, 5.0, 0.0, 6.0]),
            ("a", 2019, [105.0, 15.0, 21.0, 0.0]),
        ];
        let numbers = |row: [f64; 4]| row.map(Datum::Number);
        let active = total("active-population", &rows);
        assert_eq!(active[0], numbers([0.1, 0.0, 0.1, 0.1]));
        assert_eq!(active[1][1], Datum::Number(0.2));
        let none = Datum::undefined(Undefined::NotEnoughEvidence);
        let previous = total("previous-population", &rows);
        assert_eq!(previous[0], [none; 4]);
        assert_eq!(previous[1], numbers([0.15, 0.1, 0.15 - 0.1, 0.25]));
    }

    #[test]
    fn a_group_without_establishments_has_no_rates() {
        let none = Datum::undefined(Undefined::ZeroDenominator);
        assert_eq!(total("active-population", &[("a", 2018, [0.0; 4])]), [[none; 4]]);
    }
}
