//! Plant sizes from counts by size class.

use std::collections::BTreeMap;

use agglo_core::{Frame, Key, sum};

use super::benchmark::data;
use super::plants::periods;
use crate::call::MethodError;

/// Sizes inside a class differ from its mean by at most this part of it before rounding is blamed.
const TOLERANCE: f64 = 1e-9;

/// The classes of one industry in one period.
pub(super) struct Classes {
    industry: Key,
    period: i64,
    rows: Vec<Class>,
}

struct Class {
    lower: f64,
    upper: Option<f64>,
    n_plants: usize,
    value: Option<f64>,
}

/// The table `size_class` by period and industry.
pub(super) fn class_sizes(frame: &Frame) -> Result<BTreeMap<(i64, Key), Classes>, MethodError> {
    let (industries, periods, names) =
        (frame.keys("industry")?, periods(frame)?, frame.keys("class")?);
    let bounds = if frame.has("lower") {
        Some((frame.numbers("lower")?, frame.numbers("upper")?))
    } else {
        None
    };
    let regions = if frame.has("region") { Some(frame.keys("region")?) } else { None };
    let counts = frame.numbers("n_plants")?;
    let values = if frame.has("value") { Some(frame.numbers("value")?) } else { None };
    let mut seen = std::collections::BTreeSet::new();
    let mut answer: BTreeMap<(i64, Key), Classes> = BTreeMap::new();
    for row in 0..industries.len() {
        let (industry, period, name) = (&industries[row], periods[row], &names[row]);
        let wrong = |what: &str| {
            data(format!("size class `{name}` of industry `{industry}`, period {period}: {what}"))
        };
        let region = regions.as_ref().map(|regions| regions[row].clone());
        if !seen.insert((period, industry.clone(), name.clone(), region)) {
            return Err(wrong("it stands twice"));
        }
        let (lower, upper) = match &bounds {
            Some((lower, upper)) => (lower[row].number(), upper[row].number()),
            None => bounds_in_name(name),
        };
        let lower = lower
            .filter(|bound| *bound >= 0.0)
            .ok_or_else(|| wrong("it has no lower bound of zero or more"))?;
        if upper.is_some_and(|upper| upper < lower) {
            return Err(wrong("its upper bound is below its lower one"));
        }
        let count = counts[row].number().filter(|n| *n >= 0.0 && n.fract() == 0.0);
        let n_plants = count.ok_or_else(|| wrong("its count is no whole number"))? as usize;
        let value = values.as_ref().and_then(|values| values[row].number());
        if value.is_some_and(|value| value < 0.0 || (value > 0.0 && n_plants == 0)) {
            return Err(wrong("its activity does not fit its count"));
        }
        if n_plants == 0 {
            continue;
        }
        let entry = answer.entry((period, industry.clone())).or_insert_with(|| Classes {
            industry: industry.clone(),
            period,
            rows: Vec::new(),
        });
        // The classes of an industry are those of its regions together.
        let bounds = (lower, upper);
        match entry.rows.iter_mut().find(|class| (class.lower, class.upper) == bounds) {
            Some(class) if regions.is_some() => {
                class.n_plants += n_plants;
                class.value = class.value.zip(value).map(|(a, b)| a + b);
            }
            _ => entry.rows.push(Class { lower, upper, n_plants, value }),
        }
    }
    Ok(answer)
}

/// The bounds that a class's name states, such as `0 to 4`, `5-9` or `1000+`; a name with one
/// number is an open class.
fn bounds_in_name(name: &str) -> (Option<f64>, Option<f64>) {
    let digits = name.replace(',', "");
    let mut numbers = digits
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok());
    (numbers.next(), numbers.next())
}

impl Classes {
    /// Whether an open class has to start from its lower bound, having no activity of its own.
    pub(super) fn has_bare_open_class(&self) -> bool {
        self.rows.iter().any(|class| class.upper.is_none() && class.value.is_none())
    }

    /// The size of every plant: the class mean for all, or linear about it within the bounds.
    ///
    /// Classes without activity start from their midpoint, an open one from its lower bound, and
    /// share what `total` leaves them.
    pub(super) fn sizes(&self, total: f64, linear: bool) -> Result<Vec<f64>, MethodError> {
        // Without any activity there is no size to share out; the index is undefined, not wrong.
        if total <= 0.0 {
            return Ok(Vec::new());
        }
        let midpoint = |class: &Class| {
            let middle = class.upper.map_or(class.lower, |upper| f64::midpoint(class.lower, upper));
            middle * class.n_plants as f64
        };
        let mut unknown = Vec::new();
        for class in self.rows.iter().filter(|class| class.value.is_none()) {
            unknown.push(midpoint(class));
        }
        let known = sum(self.rows.iter().filter_map(|class| class.value));
        let scale = if unknown.is_empty() {
            1.0
        } else {
            let left = total - known;
            if left <= 0.0 {
                return Err(
                    self.wrong("nothing of its total is left for the classes without a `value`")
                );
            }
            left / sum(unknown.iter().copied())
        };
        let mut sizes = Vec::new();
        for class in &self.rows {
            let value = match class.value {
                Some(value) => value,
                None => midpoint(class) * scale,
            };
            class.push_sizes(value / class.n_plants as f64, linear, &mut sizes);
        }
        sizes.retain(|size| *size > 0.0);
        Ok(sizes)
    }

    fn wrong(&self, what: &str) -> MethodError {
        data(format!(
            "size classes of industry `{}`, period {}: {what}",
            self.industry, self.period
        ))
    }
}

impl Class {
    fn push_sizes(&self, mean: f64, linear: bool, sizes: &mut Vec<f64>) {
        let room = (mean - self.lower).min(self.upper.map_or(f64::INFINITY, |upper| upper - mean));
        if !linear || self.n_plants < 2 || room <= TOLERANCE * mean {
            sizes.extend(std::iter::repeat_n(mean, self.n_plants));
            return;
        }
        let last = (self.n_plants - 1) as f64;
        sizes.extend((0..self.n_plants).map(|k| mean + room * (2.0 * k as f64 / last - 1.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(rows: Vec<Class>) -> Classes {
        Classes { industry: "i".into(), period: 0, rows }
    }

    fn class(lower: f64, upper: Option<f64>, n_plants: usize, value: Option<f64>) -> Class {
        Class { lower, upper, n_plants, value }
    }

    #[test]
    fn plants_of_a_class_are_alike_or_spread_evenly_about_its_mean() {
        let pair = classes(vec![class(50.0, Some(99.0), 3, Some(180.0))]);
        assert_eq!(pair.sizes(180.0, false).unwrap(), [60.0, 60.0, 60.0]);
        assert_eq!(pair.sizes(180.0, true).unwrap(), [50.0, 60.0, 70.0]);
    }

    // Midpoints 5 and 15: 2·5 + 1·15 = 25, scaled to the 50 that the industry has.
    #[test]
    fn counts_alone_take_midpoints_scaled_to_the_total() {
        let counts =
            classes(vec![class(0.0, Some(10.0), 2, None), class(10.0, Some(20.0), 1, None)]);
        assert_eq!(counts.sizes(50.0, false).unwrap(), [10.0, 10.0, 30.0]);
    }

    // Midpoint 5 of two plants and the bound 10 of the open one: 20, scaled to the 60 there are.
    #[test]
    fn an_open_class_without_activity_starts_from_its_lower_bound() {
        let open = classes(vec![class(0.0, Some(10.0), 2, None), class(10.0, None, 1, None)]);
        assert!(open.has_bare_open_class());
        assert_eq!(open.sizes(60.0, false).unwrap(), [15.0, 15.0, 30.0]);
    }

    #[test]
    fn bounds_are_read_from_the_name_of_a_class() {
        for (name, bounds) in [
            ("0 to 4", (Some(0.0), Some(4.0))),
            ("250-499", (Some(250.0), Some(499.0))),
            ("1,000+", (Some(1000.0), None)),
            ("all", (None, None)),
        ] {
            assert_eq!(bounds_in_name(name), bounds, "{name}");
        }
    }
}
