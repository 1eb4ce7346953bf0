//! Numbers of tables that are no cells: series and values by region and year.

use std::collections::BTreeMap;

use agglo_core::{Datum, Frame, Key};

use super::{Asked, Worked, show};

pub(super) fn growth(asked: &Asked<'_>) -> Option<Worked> {
    let real = match asked.column {
        "nominal_growth" => false,
        "real_growth" => true,
        _ => return None,
    };
    let (first, last) = match asked.table {
        "growth" => (asked.year("period")? - 1, asked.year("period")?),
        "mean" => (asked.year("from")?, asked.year("to")?),
        _ => return None,
    };
    let frame = asked.tables.get("series")?;
    let series = frame.has("series").then(|| frame.keys("series").ok()).flatten();
    let own = asked.keys.get("series")?;
    let periods = frame.integers("period").ok()?;
    let row = |year: i32| {
        (0..frame.n_rows()).find(|&row| {
            periods[row] == i64::from(year)
                && series.as_ref().is_none_or(|series| *series[row] == **own)
        })
    };
    let number = |column: &str, year: i32| frame.numbers(column).ok()?[row(year)?].number();
    let mut worked = Worked::default();
    let mut level = |name: &str, year: i32| -> Option<f64> {
        let value = number("value", year)?;
        if !real {
            worked.say(format!("V({year}) = {}", show(value)));
            return Some(value);
        }
        let price = number("price_index", year)?;
        let level = value / price;
        worked.say(format!("{name}: V/P = {}/{} = {}", show(value), show(price), show(level)));
        Some(level)
    };
    let (before, after) = (level(&first.to_string(), first)?, level(&last.to_string(), last)?);
    let years = f64::from(last - first);
    if before <= 0.0 {
        return None;
    }
    if last - first == 1 {
        worked.say(format!("{}/{} − 1", show(after), show(before)));
        return worked.ending(after / before - 1.0);
    }
    worked.say(format!("({}/{})^(1/{years}) − 1", show(after), show(before)));
    worked.ending((after / before).powf(1.0 / years) - 1.0)
}

/// Values by region of each year, of the regions with a positive value in all of them; `None` unless
/// these are `n`.
fn balanced(frame: &Frame, n: f64, years: &[i64]) -> Option<BTreeMap<i64, BTreeMap<Key, f64>>> {
    let (region, period) = (frame.keys("region").ok()?, frame.integers("period").ok()?);
    let value = frame.numbers("value").ok()?;
    let mut by_region: BTreeMap<Key, BTreeMap<i64, f64>> = BTreeMap::new();
    for row in 0..frame.n_rows() {
        if let (Datum::Number(value), true) = (value[row], years.contains(&period[row]))
            && value > 0.0
        {
            by_region.entry(region[row].clone()).or_default().insert(period[row], value);
        }
    }
    by_region.retain(|_, cells| cells.len() == years.len());
    let of = |year: i64| by_region.iter().map(move |(code, cells)| (code.clone(), cells[&year]));
    (by_region.len() as f64 == n)
        .then(|| years.iter().map(|&year| (year, of(year).collect())).collect())
}

pub(super) fn sigma(asked: &Asked<'_>) -> Option<Worked> {
    if asked.table != "sigma" {
        return None;
    }
    let divisor = |n: f64| match asked.variant {
        "sample" => Some(n - 1.0),
        "population" => Some(n),
        _ => None,
    };
    let (n, year) = (asked.beside("n")?, asked.year("period")?);
    let frame = asked.tables.get("regions")?;
    let mut years = frame.integers("period").ok()?;
    years.sort_unstable();
    years.dedup();
    let cells = balanced(frame, n, &years)?.remove(&i64::from(year))?;
    let logarithms = match asked.column {
        "sd_log" => true,
        "cv" => false,
        _ => return None,
    };
    let taken: Vec<(&Key, f64)> = cells
        .iter()
        .map(|(region, value)| (region, if logarithms { value.ln() } else { *value }))
        .collect();
    let word = if logarithms { "ln y" } else { "y" };
    let mut worked = Worked::default();
    let total: f64 = taken.iter().map(|(_, value)| value).sum();
    let terms: Vec<String> =
        taken.iter().map(|(region, value)| format!("{} [{region}]", show(*value))).collect();
    worked.sum(&format!("Σ {word}"), &terms, total);
    let center = total / n;
    worked.say(format!("mean = {}/{n} = {}", show(total), show(center)));
    let square = |value: f64| (value - center).powi(2);
    let squares: f64 = taken.iter().map(|(_, value)| square(*value)).sum();
    let terms: Vec<String> = taken
        .iter()
        .map(|(region, value)| format!("({} − {})² [{region}]", show(*value), show(center)))
        .collect();
    worked.sum(&format!("Σ ({word} − mean)²"), &terms, squares);
    let divisor = divisor(n)?;
    let sd = (squares / divisor).sqrt();
    worked.say(format!("sd = √({}/{divisor}) = {}", show(squares), show(sd)));
    if logarithms {
        return worked.ending(sd);
    }
    worked.say(format!("cv = {}/{}", show(sd), show(center)));
    worked.ending(sd / center)
}

pub(super) fn beta(asked: &Asked<'_>) -> Option<Worked> {
    let (from, to, n) = (asked.year("from")?, asked.year("to")?, asked.beside("n")?);
    let span = f64::from(to - from);
    let mut worked = Worked::default();
    let is_plain =
        |option: &str, plain: &str| asked.options.get(option).is_none_or(|value| value == plain);
    let by_line = is_plain("controls", "") && is_plain("spatial", "none");
    if let ("speed" | "half_life", Some(slope)) = (asked.column, asked.beside("slope")) {
        let kept = match asked.variant {
            "reat" => 1.0 + slope,
            _ => 1.0 + slope * span,
        };
        let speed = -kept.ln() / span;
        worked.say(format!(
            "b = {}, T = {span}, ln({}) = {}",
            show(slope),
            show(kept),
            show(kept.ln())
        ));
        worked.say(format!("λ = −ln({})/{span} = {}", show(kept), show(speed)));
        if asked.column == "speed" {
            return worked.ending(speed);
        }
        worked.say(format!("half-life = ln 2/{}", show(speed)));
        return worked.ending(std::f64::consts::LN_2 / speed);
    }
    if !by_line {
        return None;
    }
    let ends = [i64::from(from), i64::from(to)];
    let ends = balanced(asked.tables.get("regions")?, n, &ends)?;
    let points: Vec<(&Key, f64, f64)> = ends[&i64::from(from)]
        .iter()
        .zip(ends[&i64::from(to)].values())
        .map(|((region, start), end)| (region, start.ln(), (end / start).ln() / span))
        .collect();
    let mean = |of: fn(&(&Key, f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.1), mean(|p| p.2));
    let products: f64 = points.iter().map(|p| (p.1 - x) * (p.2 - y)).sum();
    let squares: f64 = points.iter().map(|p| (p.1 - x).powi(2)).sum();
    let terms: Vec<String> = points
        .iter()
        .map(|p| format!("({} − {})·({} − {}) [{}]", show(p.1), show(x), show(p.2), show(y), p.0))
        .collect();
    worked.say(format!("x = ln y(0), mean {}; growth g, mean {}", show(x), show(y)));
    worked.sum("Σ (x − x̄)(g − ḡ)", &terms, products);
    worked.say(format!("Σ (x − x̄)² = {}", show(squares)));
    let slope = products / squares;
    worked.say(format!("b = {}/{} = {}", show(products), show(squares), show(slope)));
    match asked.column {
        "slope" => worked.ending(slope),
        "intercept" => {
            worked.say(format!("a = {} − {}·{}", show(y), show(slope), show(x)));
            worked.ending(y - slope * x)
        }
        _ => None,
    }
}
