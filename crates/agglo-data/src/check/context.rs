//! What every check needs to say where a finding is.

use std::collections::BTreeMap;

use agglo_core::{Frame, Period};

use super::{CheckInput, Grid};
use crate::diagnostic::Diagnostic;
use crate::spec::ReadSpec;

/// One table with what is known about it.
pub(super) struct Context<'a> {
    pub(super) input: &'a CheckInput<'a>,
    pub(super) grid: &'a Grid<'a>,
    names: BTreeMap<&'a str, &'a str>,
}

impl<'a> Context<'a> {
    pub(super) fn new(input: &'a CheckInput<'a>, grid: &'a Grid<'a>) -> Context<'a> {
        let mut names = BTreeMap::new();
        for (frame, key) in [(input.regions, "region"), (input.industries, "industry")] {
            names.extend(frame.into_iter().flat_map(|frame| pairs(frame, key, "name")));
        }
        Context { input, grid, names }
    }

    /// The sources of this table.
    pub(super) fn sources(&self) -> impl Iterator<Item = &'a ReadSpec> {
        let name = &self.grid.table.name;
        self.input.sources.iter().filter(move |source| source.table == *name)
    }

    /// Whether the study declares a break of `measure` with `period` as its first new period.
    pub(super) fn declares(&self, measure: Option<&str>, period: Period) -> bool {
        self.input.breaks.iter().any(|declared| {
            let of_measure = measure.is_none_or(|measure| {
                declared.measures.is_empty() || declared.measures.iter().any(|m| m == measure)
            });
            declared.table == self.grid.table.name && declared.period == period && of_measure
        })
    }

    /// The code with its name where one is known.
    pub(super) fn label(&self, code: &str) -> String {
        match self.names.get(code) {
            Some(name) if *name != code => format!("`{code}` ({name})"),
            _ => format!("`{code}`"),
        }
    }

    /// The keys of `row` without its period, as in ``region `34` (Anhui), industry `C` ``.
    pub(super) fn keys(&self, row: usize) -> String {
        let (unit, group) = (&self.grid.unit, &self.grid.group);
        let mut text = format!("{} {}", unit.name, self.label(unit.code(row)));
        if !group.name.is_empty() {
            text = format!("{text}, {} {}", group.name, self.label(group.code(row)));
        }
        text
    }

    /// The keys of `row` with its period.
    pub(super) fn cell(&self, row: usize) -> String {
        match self.grid.period[row] {
            Some(period) => format!("{} in {period}", self.keys(row)),
            None => self.keys(row),
        }
    }

    /// A finding about `measure` in `row`, placed where the number came from.
    pub(super) fn at(
        &self,
        code: &'static str,
        measure: &str,
        row: usize,
        message: String,
        remedy: &str,
    ) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(code, message, remedy).column(measure);
        if let Some((file, origin)) = self.grid.table.origins.locate(measure, row) {
            diagnostic = diagnostic
                .file(&file.path)
                .row(origin.row)
                .column(self.heading(&file.path, measure));
            diagnostic.sheet.clone_from(&file.sheet);
        }
        match self.grid.measure(measure).and_then(|m| m.cells[row].number()) {
            Some(value) => diagnostic.found(show(value)),
            None => diagnostic,
        }
    }

    /// A finding about a key column or the table as a whole.
    pub(super) fn about(
        &self,
        code: &'static str,
        column: &str,
        row: Option<usize>,
        message: String,
        remedy: &str,
    ) -> Diagnostic {
        let origins = &self.grid.table.origins;
        let diagnostic = Diagnostic::new(code, message, remedy).column(column);
        match row.and_then(|row| origins.any(row)) {
            Some((file, origin)) => diagnostic.file(&file.path).row(origin.row),
            None => match origins.files.first() {
                Some(file) => diagnostic.file(&file.path),
                None => diagnostic,
            },
        }
    }

    /// The heading of `column` in the file at `path`.
    pub(super) fn heading(&self, path: &str, column: &str) -> String {
        let mut sources: Vec<&ReadSpec> = self.sources().collect();
        if sources.len() > 1 {
            sources.retain(|source| source.file.to_string_lossy() == path);
        }
        let heading = match sources[..] {
            [source] => source.columns.get(column),
            _ => None,
        };
        heading.map_or(column, String::as_str).to_owned()
    }
}

/// The texts of two columns, row by row, where both are there.
pub(super) fn pairs<'f>(
    frame: &'f Frame,
    key: &str,
    value: &str,
) -> impl Iterator<Item = (&'f str, &'f str)> {
    let (keys, values) =
        (frame.text(key).unwrap_or_default(), frame.text(value).unwrap_or_default());
    keys.iter().zip(values).filter_map(|(key, value)| Some((key.as_deref()?, value.as_deref()?)))
}

/// A number to six significant digits, without zeros at the end.
pub(super) fn show(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let decimals = (5 - value.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Growth `exp(log) − 1` as a signed percentage.
pub(super) fn percent(log: f64) -> String {
    let value = (log.exp() - 1.0) * 100.0;
    if value.abs() < 10.0 { format!("{value:+.1} %") } else { format!("{value:+.0} %") }
}

/// A scatter of logarithms as a percentage.
pub(super) fn spread(log: f64) -> String {
    percent(log).trim_start_matches('+').to_owned()
}

/// The median; `None` when there are no values. Reorders them.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let (n, middle) = (values.len(), values.len() / 2);
    if n == 0 {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = if n % 2 == 0 { below.iter().copied().max_by(f64::total_cmp) } else { None };
    Some(lower.map_or(upper, |lower| f64::midpoint(lower, upper)))
}

/// The median and the scatter around it: the median distance from it, scaled so that it estimates
/// the standard deviation of a normal distribution. Reorders the values.
pub(super) fn scatter(values: &mut [f64]) -> Option<(f64, f64)> {
    /// 1 over the third quartile of the standard normal distribution.
    const TO_STANDARD_DEVIATION: f64 = 1.482_602_218_505_602;
    let center = median(values)?;
    for value in values.iter_mut() {
        *value = (*value - center).abs();
    }
    Some((center, TO_STANDARD_DEVIATION * median(values)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scatter_of_one_to_five_is_one_median_distance() {
        let (center, spread) = scatter(&mut [5.0, 1.0, 4.0, 2.0, 3.0]).unwrap();
        assert_eq!(center, 3.0);
        assert!((spread - 1.482_602).abs() < 1e-6);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }

    #[test]
    fn numbers_are_shown_as_published() {
        for (value, text) in
            [(1159.8, "1159.8"), (0.0, "0"), (1_234_567.0, "1234567"), (0.012_345_678, "0.0123457")]
        {
            assert_eq!(show(value), text);
        }
        assert_eq!(percent(2f64.ln()), "+100 %");
    }
}
