//! Growth of a series: nominal, real, and their yearly means.
//!
//! nominal = V_t/V_{t−1} − 1     real = (V_t/P_t)/(V_{t−1}/P_{t−1}) − 1
//! yearly mean = (V_T/V_0)^{1/T} − 1
//!
//! | symbol | meaning                                          | shape | range    | unit  |
//! |--------|--------------------------------------------------|-------|----------|-------|
//! | V      | value in current prices                          | T     | any real | money |
//! | P      | price index, of any base                         | T     | > 0      | none  |
//! | growth | 0.05 is five percent                             | T     | ≥ −1     | none  |
//!
//! Real growth needs the price index and is never read off current values. Growth compares with
//! the year before; where that year is not in the table there is none. Without growth are also a
//! year after zero or less and a year whose value or price is a gap.
//! Cost: O(T log T). Source: a convention of agglo.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Gap, Key, Text, Undefined};

use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_PERIOD, Output, OutputTable, PERIOD,
    Variant, number, optional, out, out_key,
};

/// Growth from `before` to `after` over `years`, per year.
///
/// # Errors
/// [`Undefined::ZeroDenominator`] from zero or less, [`Undefined::Negative`] to a negative value
/// over more than one year.
pub fn growth_rate(before: f64, after: f64, years: u32) -> Result<f64, Undefined> {
    if before <= 0.0 || years == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    let ratio = after / before;
    if years == 1 {
        return Ok(ratio - 1.0);
    }
    if ratio < 0.0 {
        return Err(Undefined::Negative);
    }
    Ok(ratio.powf(1.0 / f64::from(years)) - 1.0)
}

const NOMINAL: Output = out("nominal_growth", "1", "Nominal growth", "名义增长率");
const REAL: Output = out("real_growth", "1", "Real growth", "实际增长率");
const SERIES: Output = out_key("series", "Series", "序列");

pub(super) static GROWTH: Method = Method {
    id: "growth",
    chapter: Chapter::Status,
    title: Text::new("Growth", "增长率"),
    help: Text::new(
        "How fast does a series grow, in current and in constant prices?",
        "序列按现价与不变价各增长多快？",
    ),
    inputs: &[Input {
        table: "series",
        required: true,
        columns: &[
            InputColumn {
                name: "series",
                kind: ColumnKind::Label,
                required: false,
                help: Text::new("name of the series, such as a region", "序列名称（如地区）"),
            },
            InputColumn { required: true, ..PERIOD },
            number("value", "value in current prices", "现价数值"),
            optional(number("price_index", "price index of any base", "价格指数（任意基期）")),
        ],
    }],
    options: &[],
    variants: &[Variant {
        id: "yearly",
        help: Text::new("against the year before; means compound", "与上年相比；均值为复合增长率"),
    }],
    outputs: &[
        OutputTable {
            name: "growth",
            columns: &[SERIES, OUT_PERIOD, out("value", "value", "Value", "数值"), NOMINAL, REAL],
        },
        OutputTable {
            name: "mean",
            columns: &[
                SERIES,
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                NOMINAL,
                REAL,
            ],
        },
    ],
    formula: "nominal = V(t)/V(t−1) − 1   real = (V(t)/P(t))/(V(t−1)/P(t−1)) − 1   mean = \
              (V(T)/V(0))^(1/T) − 1   V: value in current prices; P: price index",
    source: "a convention of agglo",
    mark: Mark::Convention,
    run,
};

/// A year of a series.
#[derive(Clone, Copy)]
struct Year {
    value: Datum,
    price: Datum,
}

impl Year {
    fn constant(self) -> Datum {
        match (self.value, self.price) {
            (Datum::Number(value), Datum::Number(price)) if price > 0.0 => {
                Datum::Number(value / price)
            }
            (Datum::Number(_), Datum::Number(_)) => Datum::undefined(Undefined::ZeroDenominator),
            (Datum::Number(_), Datum::Gap(Gap::Undefined(Undefined::NotEnoughEvidence))) => {
                self.price
            }
            _ => Datum::undefined(Undefined::FromGap),
        }
    }
}

fn growth(before: Datum, after: Datum, years: u32) -> Datum {
    let unknown = Gap::Undefined(Undefined::NotEnoughEvidence);
    match (before, after) {
        (Datum::Number(before), Datum::Number(after)) => {
            Datum::from(growth_rate(before, after, years))
        }
        (Datum::Gap(gap), _) | (_, Datum::Gap(gap)) if gap == unknown => Datum::Gap(unknown),
        _ => Datum::undefined(Undefined::FromGap),
    }
}

fn read(call: &Call<'_>) -> Result<BTreeMap<Key, BTreeMap<i64, Year>>, MethodError> {
    let frame = call.frame("series")?;
    let (periods, values) = (frame.integers("period")?, frame.numbers("value")?);
    let names = if frame.has("series") {
        frame.keys("series")?
    } else {
        vec![Key::from("all"); values.len()]
    };
    let prices = if frame.has("price_index") {
        frame.numbers("price_index")?
    } else {
        vec![Datum::undefined(Undefined::NotEnoughEvidence); values.len()]
    };
    let mut series: BTreeMap<Key, BTreeMap<i64, Year>> = BTreeMap::new();
    for row in 0..values.len() {
        let year = Year { value: values[row], price: prices[row] };
        let years = series.entry(names[row].clone()).or_default();
        if years.insert(periods[row], year).is_some() {
            let (name, period) = (&names[row], periods[row]);
            let what = format!("series `{name}` has two rows for {period}; keep one");
            return Err(MethodError::Data { what });
        }
    }
    Ok(series)
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let series = read(call)?;
    let unit = call.frame("series")?.column("value")?.unit().to_owned();
    let (mut name, mut period, mut value) = (vec![], vec![], vec![]);
    let (mut nominal, mut real) = (vec![], vec![]);
    let (mut mean_name, mut from, mut to) = (vec![], vec![], vec![]);
    let (mut mean_nominal, mut mean_real) = (vec![], vec![]);
    for (series, years) in &series {
        let first = years.keys().next().copied();
        for (&p, year) in years {
            name.push(series.clone());
            period.push(p);
            value.push(year.value);
            let growths = match years.get(&(p - 1)) {
                Some(before) => [
                    growth(before.value, year.value, 1),
                    growth(before.constant(), year.constant(), 1),
                ],
                None if Some(p) == first => [Datum::Gap(Gap::NotApplicable); 2],
                None => [Datum::Gap(Gap::Missing); 2],
            };
            nominal.push(growths[0]);
            real.push(growths[1]);
        }
        let mut known = years.iter().filter(|(_, year)| year.value.number().is_some());
        if let (Some((&p0, start)), Some((&p1, end))) = (known.next(), known.next_back()) {
            let span = u32::try_from(p1 - p0).unwrap_or_default();
            mean_name.push(series.clone());
            from.push(p0);
            to.push(p1);
            mean_nominal.push(growth(start.value, end.value, span));
            mean_real.push(growth(start.constant(), end.constant(), span));
        }
    }
    let yearly = Frame::new(vec![
        Column::text("series", name),
        Column::integer("period", "", period),
        Column::number("value", unit, value),
        Column::number("nominal_growth", "1", nominal),
        Column::number("real_growth", "1", real),
    ])?;
    let mean = Frame::new(vec![
        Column::text("series", mean_name),
        Column::integer("from", "", from),
        Column::integer("to", "", to),
        Column::number("nominal_growth", "1", mean_nominal),
        Column::number("real_growth", "1", mean_real),
    ])?;
    Ok(Answer::one("growth", yearly).and("mean", mean))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Inputs, Options, ask};

    /// Nominal and real growth by year, and the two means.
    #[track_caller]
    fn check(rows: &[(i64, Datum, f64)], nominal: &[Datum], real: &[Datum], means: [Datum; 2]) {
        let frame = Frame::new(vec![
            Column::integer("period", "", rows.iter().map(|row| row.0)),
            Column::number("value", "yuan", rows.iter().map(|row| row.1)),
            Column::numbers("price_index", "1", rows.iter().map(|row| row.2)),
        ]);
        let inputs = Inputs::new().with("series", frame.unwrap());
        let answer = ask("growth", None, &inputs, &Options::new()).unwrap();
        let mean = answer.table("mean").unwrap();
        for (frame, column, expected) in [
            (answer.main(), "nominal_growth", nominal),
            (answer.main(), "real_growth", real),
            (mean, "nominal_growth", &means[..1]),
            (mean, "real_growth", &means[1..]),
        ] {
            let found = frame.numbers(column).unwrap();
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.into_iter().zip(expected) {
                match (found, expected) {
                    (Datum::Number(found), Datum::Number(expected)) => {
                        assert!((found - expected).abs() < 1e-12, "{column}: {found}");
                    }
                    (found, expected) => assert_eq!(found, *expected, "{column}"),
                }
            }
        }
    }

    const FIRST: Datum = Datum::Gap(Gap::NotApplicable);

    // 100 → 110 → 121 in current prices, prices 100 → 105 → 110.25: real 4.76 % a year.
    #[test]
    fn real_growth_takes_the_prices_out() {
        let real = Datum::Number(1.1 / 1.05 - 1.0);
        let nominal = Datum::Number(0.1);
        check(
            &[
                (2001, Datum::Number(100.0), 100.0),
                (2002, Datum::Number(110.0), 105.0),
                (2003, Datum::Number(121.0), 110.25),
            ],
            &[FIRST, nominal, nominal],
            &[FIRST, real, real],
            [nominal, real],
        );
    }

    #[test]
    fn a_year_that_is_not_there_a_gap_and_a_zero_have_no_growth() {
        let from_gap = Datum::undefined(Undefined::FromGap);
        let missing = Datum::Gap(Gap::Missing);
        let over_zero = Datum::undefined(Undefined::ZeroDenominator);
        let expected = [FIRST, from_gap, from_gap, over_zero, missing];
        let mean = Datum::Number(2.0_f64.powf(1.0 / 5.0) - 1.0);
        check(
            &[
                (2000, Datum::Number(4.0), 1.0),
                (2001, Datum::Gap(Gap::Suppressed), 1.0),
                (2002, Datum::Number(0.0), 1.0),
                (2003, Datum::Number(2.0), 1.0),
                (2005, Datum::Number(8.0), 1.0),
            ],
            &expected,
            &expected,
            [mean, mean],
        );
    }

    #[test]
    fn without_prices_there_is_no_real_growth() {
        let frame = Frame::new(vec![
            Column::integer("period", "", [1, 2]),
            Column::numbers("value", "yuan", [1.0, 2.0]),
        ]);
        let inputs = Inputs::new().with("series", frame.unwrap());
        let answer = ask("growth", None, &inputs, &Options::new()).unwrap();
        let real = answer.main().numbers("real_growth").unwrap();
        assert_eq!(real[1], Datum::undefined(Undefined::NotEnoughEvidence));
    }
}
