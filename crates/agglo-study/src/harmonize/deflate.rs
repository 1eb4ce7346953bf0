//! Current prices into those of one year: `real = nominal · index(base) / index(period)`.
//!
//! The index is a series of the table `deflator`; where it has no number for a period, or the base,
//! the real value is a gap and never the nominal one. Source: methods' handbook 1.0, after System of
//! National Accounts 2008, chapter 15.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, FrameError, Note, Undefined};
use agglo_data::Marks;

use crate::spec::DeflateSpec;

/// `frame` with the measures of `spec` in prices of its base year, their bounds with them.
pub(super) fn deflate(
    spec: &DeflateSpec,
    frame: &Frame,
    marks: &mut Marks,
    deflator: &Frame,
) -> Result<(Frame, Note), FrameError> {
    let index = index(deflator, &spec.series)?;
    let periods = frame.integers("period")?;
    let base = index.get(&i64::from(spec.base)).copied();
    let factor = |period: i64| match (base, index.get(&period)) {
        (Some(Datum::Number(base)), Some(Datum::Number(now))) => Datum::ratio(base, *now),
        (None | Some(Datum::Gap(_)), _) | (_, None | Some(Datum::Gap(_))) => {
            Datum::undefined(Undefined::FromGap)
        }
    };
    let mut real = frame.clone();
    for measure in &spec.measures {
        let column = frame.column(measure)?;
        let cells = frame.numbers(measure)?;
        let values =
            cells.iter().zip(&periods).map(|(cell, period)| match (cell, factor(*period)) {
                (Datum::Number(value), Datum::Number(factor)) => Datum::Number(value * factor),
                (Datum::Number(_), gap @ Datum::Gap(_)) => gap,
                (gap @ Datum::Gap(_), _) => *gap,
            });
        let unit = format!("{}, prices of {}", column.unit(), spec.base);
        real = real.with(Column::number(measure, unit, values.collect::<Vec<_>>()))?;
        for (row, mark) in marks.get_mut(measure).into_iter().flatten() {
            if let (Some(bounds), Datum::Number(factor)) =
                (&mut mark.bounds, factor(periods[*row as usize]))
            {
                bounds.lower *= factor;
                bounds.upper *= factor;
            }
        }
    }
    let measures = spec.measures.join(", ");
    let note = Note::new(
        "deflated",
        format!("{measures}: prices of {}, by the index `{}`", spec.base, spec.series),
        format!("{measures}：按指数“{}”折算为 {} 年价格", spec.series, spec.base),
    );
    Ok((in_order(&real, frame)?, note))
}

/// The index by period.
fn index(deflator: &Frame, series: &str) -> Result<BTreeMap<i64, Datum>, FrameError> {
    let names = deflator.keys("series")?;
    let periods = deflator.integers("period")?;
    let cells = deflator.numbers("index")?;
    let rows = (0..deflator.n_rows()).filter(|&row| names[row].as_ref() == series);
    let index: BTreeMap<i64, Datum> = rows.map(|row| (periods[row], cells[row])).collect();
    if index.is_empty() {
        let have: std::collections::BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
        let have = have.into_iter().collect::<Vec<_>>().join(", ");
        return Err(FrameError::NoColumn { column: format!("deflator {series}"), have });
    }
    Ok(index)
}

/// The columns of `changed` in the order of `like`.
fn in_order(changed: &Frame, like: &Frame) -> Result<Frame, FrameError> {
    let columns = like.columns().iter().map(|column| changed.column(column.name()).cloned());
    Frame::new(columns.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::{Bounds, Gap, Mark};

    fn nominal() -> Frame {
        Frame::new(vec![
            Column::text("region", ["a", "a", "a"]),
            Column::integer("period", "", [2000, 2010, 2020]),
            Column::number(
                "value_added",
                "m CNY",
                [Datum::Number(100.0), Datum::Number(300.0), Datum::Gap(Gap::Suppressed)],
            ),
        ])
        .unwrap()
    }

    fn prices(index: [f64; 2]) -> Frame {
        Frame::new(vec![
            Column::text("series", ["gdp", "gdp"]),
            Column::integer("period", "", [2000, 2010]),
            Column::numbers("index", "", index),
        ])
        .unwrap()
    }

    fn spec(series: &str) -> DeflateSpec {
        DeflateSpec {
            table: "activity".into(),
            measures: vec!["value_added".into()],
            series: series.into(),
            base: 2010,
        }
    }

    #[test]
    fn values_are_in_prices_of_the_base_year_and_gaps_stay_what_they_are() {
        let bounds = Bounds::new(10.0, 20.0);
        let mark = Mark { bounds, ..Mark::default() };
        let mut marks = Marks::from([("value_added".to_owned(), BTreeMap::from([(0, mark)]))]);
        let (real, note) =
            deflate(&spec("gdp"), &nominal(), &mut marks, &prices([80.0, 120.0])).unwrap();
        // 100 · 120 / 80 = 150
        assert_eq!(
            real.numbers("value_added").unwrap(),
            [Datum::Number(150.0), Datum::Number(300.0), Datum::Gap(Gap::Suppressed)]
        );
        assert_eq!(marks["value_added"][&0].bounds, Bounds::new(15.0, 30.0));
        assert_eq!(real.column("value_added").unwrap().unit(), "m CNY, prices of 2010");
        assert_eq!(real.columns()[2].name(), "value_added");
        assert!(note.en.contains("2010"));
    }

    #[test]
    fn without_an_index_there_is_no_real_value() {
        let one_year = prices([80.0, 120.0]).take(&[1]);
        let (real, _) = deflate(&spec("gdp"), &nominal(), &mut Marks::new(), &one_year).unwrap();
        assert_eq!(real.numbers("value_added").unwrap()[0], Undefined::FromGap.into());
    }

    #[test]
    fn an_unknown_series_is_answered_with_those_there_are() {
        let result = deflate(&spec("cpi"), &nominal(), &mut Marks::new(), &prices([1.0, 1.0]));
        let message = result.unwrap_err().to_string();
        assert!(message.contains("gdp"), "{message}");
    }
}
