//! Formulas with the numbers put in: how one number of an answer comes about, term by term.
//!
//! The arithmetic here is written out once more, apart from the methods', so that the two check each
//! other: `explain` compares the result with the answer and says whether they agree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use agglo_core::{Activity, GapPolicy, Panel, Period};

/// Terms of a sum that the text shows: the first ones and the last.
const SHOWN: usize = 4;

/// A formula with the numbers of one case put in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worked {
    /// One step a line, in order.
    pub lines: Vec<String>,
    /// Where the steps lead.
    pub result: f64,
}

/// What a number is asked of: the panel its method read, and what was chosen.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The panel in the method's table `activity`.
    pub panel: &'a Panel,
    /// What was done with gaps.
    pub gaps: GapPolicy,
    /// The variant.
    pub variant: &'a str,
    /// The keys of the number's row.
    pub keys: &'a BTreeMap<String, String>,
    /// The column of the number.
    pub column: &'a str,
}

/// The methods whose numbers can be worked out here.
pub const WORKED: [&str; 6] =
    ["composite-gini", "gini", "herfindahl", "hoover", "krugman", "location-quotient"];

/// The formula of `method` with the numbers put in; `None` where that is not written for the method,
/// variant or column, or where the row is not among the panel's.
pub fn worked(method: &str, asked: &Asked<'_>) -> Option<Worked> {
    let period: Period = asked.keys.get("period")?.parse().ok()?;
    let (panel, gapless);
    if asked.gaps == GapPolicy::DropPeriods {
        gapless = asked.panel.gapless().0;
        panel = &gapless;
    } else {
        panel = asked.panel;
    }
    let place = panel.period_idx(period).ok()?;
    let activity = panel.complete(place, asked.gaps).ok()?.activity;
    let case = Case { activity: &activity, asked, unit: panel.unit() };
    match method {
        "gini" => case.gini(),
        "composite-gini" => case.composite_gini(),
        "herfindahl" => case.herfindahl(),
        "hoover" => case.hoover(),
        "krugman" => case.krugman(),
        "location-quotient" => case.location_quotient(),
        _ => None,
    }
}

struct Case<'a> {
    activity: &'a Activity,
    asked: &'a Asked<'a>,
    unit: &'a str,
}

impl Case<'_> {
    fn region(&self) -> Option<usize> {
        self.activity.regions().place(self.asked.keys.get("region")?)
    }

    fn industry(&self) -> Option<usize> {
        self.activity.industries().place(self.asked.keys.get("industry")?)
    }

    fn name_regions(&self, place: usize) -> String {
        self.activity.regions().code(place).to_string()
    }

    fn gini(&self) -> Option<Worked> {
        let values = self.activity.industry(self.industry()?);
        let mut worked = Worked::default();
        let result = self.gini_of(&values, &mut worked)?;
        let n = values.len() as f64;
        worked.result = match (self.asked.column, self.asked.variant) {
            ("gini", "absolute") => result,
            ("gini", "normalized") => {
                worked.say(format!("G · n/(n−1) = {result} · {n}/{}", n - 1.0));
                result * n / (n - 1.0)
            }
            _ => return None,
        };
        Some(worked)
    }

    /// The Gini coefficient of `values`, by pairs of places rather than by ranks.
    fn gini_of(&self, values: &[f64], worked: &mut Worked) -> Option<f64> {
        let (n, total) = (values.len() as f64, values.iter().sum::<f64>());
        if total <= 0.0 || n < 2.0 {
            return None;
        }
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        worked.say(format!("Σ e_r = {} {}", show(total), self.unit));
        worked.say(format!("s̄ = 1/{n} = {}", show(1.0 / n)));
        let terms: Vec<String> = order
            .iter()
            .enumerate()
            .map(|(l, &r)| {
                let share = show(values[r] / total);
                format!("{}·({share} − {}) [{}]", l + 1, show(1.0 / n), self.name_regions(r))
            })
            .collect();
        let sum: f64 = order
            .iter()
            .enumerate()
            .map(|(l, &r)| (l + 1) as f64 * (values[r] / total - 1.0 / n))
            .sum();
        worked.say(format!("Σ l·(s(l) − s̄) = {} = {}", brief(&terms), show(sum)));
        let gini = 2.0 * sum / n;
        worked.say(format!("G = 2/({n}² · {}) · {} = {}", show(1.0 / n), show(sum), show(gini)));
        Some(gini)
    }

    fn composite_gini(&self) -> Option<Worked> {
        if self.asked.column != "gini" || self.asked.variant != "current" {
            return None;
        }
        let totals = self.activity.industry_totals();
        let all: f64 = totals.iter().sum();
        let mut worked = Worked::default();
        let (mut terms, mut result) = (Vec::new(), 0.0);
        for (i, total) in totals.iter().enumerate().filter(|(_, total)| **total > 0.0) {
            let gini = self.gini_of(&self.activity.industry(i), &mut Worked::default())?;
            let code = self.activity.industries().code(i);
            terms.push(format!("{} · {} [{code}]", show(total / all), show(gini)));
            result += total / all * gini;
        }
        worked.say(format!("G = Σ ω_i·G_i, ω_i = e_i/e, e = {} {}", show(all), self.unit));
        worked.say(format!("G = {} = {}", brief(&terms), show(result)));
        worked.result = result;
        Some(worked)
    }

    fn herfindahl(&self) -> Option<Worked> {
        let (values, names): (Vec<f64>, Vec<String>) = if self.asked.keys.contains_key("region") {
            let codes = self.activity.industries().codes().iter().map(ToString::to_string);
            (self.activity.region(self.region()?).to_vec(), codes.collect())
        } else {
            let codes = self.activity.regions().codes().iter().map(ToString::to_string);
            (self.activity.industry(self.industry()?), codes.collect())
        };
        let (n, total) = (values.len() as f64, values.iter().sum::<f64>());
        if total <= 0.0 {
            return None;
        }
        let mut worked = Worked::default();
        let shares = || values.iter().map(|value| value / total);
        let terms: Vec<String> = shares()
            .zip(&names)
            .map(|(share, name)| format!("{}² [{name}]", show(share)))
            .collect();
        let raw: f64 = shares().map(|share| share * share).sum();
        worked.say(format!("Σ e = {} {}", show(total), self.unit));
        worked.say(format!("H = Σ s² = {} = {}", brief(&terms), show(raw)));
        worked.result = match (self.asked.column, self.asked.variant) {
            ("herfindahl", "raw") => raw,
            ("herfindahl", "normalized") if n > 1.0 => {
                worked.say(format!("(H − 1/n)/(1 − 1/n), n = {n}"));
                (raw - 1.0 / n) / (1.0 - 1.0 / n)
            }
            ("effective_number", _) => {
                worked.say("1/H".to_owned());
                1.0 / raw
            }
            _ => return None,
        };
        Some(worked)
    }

    fn hoover(&self) -> Option<Worked> {
        let industry = self.activity.industry(self.industry()?);
        let benchmark = self.activity.region_totals();
        if self.asked.column != "hoover" {
            return None;
        }
        let mut worked = Worked::default();
        let name = |place| self.name_regions(place);
        let distance = self.distance(&industry, &benchmark, name, &mut worked)?;
        worked.result = distance / 2.0;
        worked.say(format!("HL = ½ · {} = {}", show(distance), show(worked.result)));
        Some(worked)
    }

    fn krugman(&self) -> Option<Worked> {
        let own = self.activity.region(self.region()?).to_vec();
        if self.asked.column != "krugman" || self.asked.keys.contains_key("industry") {
            return None;
        }
        let mut benchmark = self.activity.industry_totals();
        match self.asked.variant {
            "against-total" | "halved" => {}
            "exclude-own" => benchmark.iter_mut().zip(&own).for_each(|(all, own)| *all -= own),
            _ => return None,
        }
        let mut worked = Worked::default();
        let name = |place: usize| self.activity.industries().code(place).to_string();
        let distance = self.distance(&own, &benchmark, name, &mut worked)?;
        worked.result = if self.asked.variant == "halved" { distance / 2.0 } else { distance };
        worked.say(format!("K = {}", show(worked.result)));
        Some(worked)
    }

    /// Σ|a/Σa − b/Σb|.
    fn distance(
        &self,
        a: &[f64],
        b: &[f64],
        name: impl Fn(usize) -> String,
        worked: &mut Worked,
    ) -> Option<f64> {
        let (all_a, all_b) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
        if all_a <= 0.0 || all_b <= 0.0 {
            return None;
        }
        worked.say(format!(
            "own total {}, benchmark total {} {}",
            show(all_a),
            show(all_b),
            self.unit
        ));
        let terms: Vec<String> = a
            .iter()
            .zip(b)
            .enumerate()
            .map(|(k, (x, y))| format!("|{} − {}| [{}]", show(x / all_a), show(y / all_b), name(k)))
            .collect();
        let sum: f64 = a.iter().zip(b).map(|(x, y)| (x / all_a - y / all_b).abs()).sum();
        worked.say(format!("Σ|s − x| = {} = {}", brief(&terms), show(sum)));
        Some(sum)
    }

    fn location_quotient(&self) -> Option<Worked> {
        let (r, i) = (self.region()?, self.industry()?);
        let cell = self.activity.value(r, i);
        let (row, column) = (self.activity.region_totals()[r], self.activity.industry_totals()[i]);
        let all = self.activity.total();
        if row <= 0.0 || column <= 0.0 {
            return None;
        }
        let mut worked = Worked::default();
        let unit = self.unit;
        worked.say(format!(
            "e_ir = {}, e_r = {}, e_i = {}, e = {} {unit}",
            show(cell),
            show(row),
            show(column),
            show(all)
        ));
        let quotient = (cell / row) / (column / all);
        let put_in = format!(
            "({}/{})/({}/{}) = {}",
            show(cell),
            show(row),
            show(column),
            show(all),
            show(quotient)
        );
        worked.say(format!("LQ = {put_in}"));
        worked.result = match self.asked.column {
            "lq" => quotient,
            "rsca" => {
                worked.say(format!("RSCA = ({0} − 1)/({0} + 1)", show(quotient)));
                (quotient - 1.0) / (quotient + 1.0)
            }
            "ln_lq" if quotient > 0.0 => quotient.ln(),
            "additive" => {
                worked.say(format!(
                    "e_ir/e_i − e_r/e = {} − {}",
                    show(cell / column),
                    show(row / all)
                ));
                cell / column - row / all
            }
            _ => return None,
        };
        Some(worked)
    }
}

impl Worked {
    fn say(&mut self, line: String) {
        self.lines.push(line);
    }
}

/// A number with what is needed of its digits.
fn show(value: f64) -> String {
    let mut text = String::new();
    let _ = if value != 0.0 && (value.abs() < 1e-4 || value.abs() >= 1e12) {
        write!(text, "{value:.6e}")
    } else {
        write!(text, "{}", (value * 1e8).round() / 1e8)
    };
    text
}

/// The terms of a sum: all where they are few, else the first ones and the last.
fn brief(terms: &[String]) -> String {
    if terms.len() <= SHOWN + 1 {
        return terms.join(" + ");
    }
    let first = terms[..SHOWN - 1].join(" + ");
    let n_between = terms.len() - SHOWN;
    format!("{first} + … ({n_between} more) … + {}", terms[terms.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::{Absent, Column, Frame};

    /// Shares .1, .2 and .7 of industry x, even shares of y.
    fn panel() -> Panel {
        let cells = [(1.0, 4.0), (2.0, 4.0), (7.0, 4.0)];
        let mut rows = Vec::new();
        for (r, (x, y)) in cells.into_iter().enumerate() {
            rows.push((["a", "b", "c"][r], "x", x));
            rows.push((["a", "b", "c"][r], "y", y));
        }
        let frame = Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row.0)),
            Column::text("industry", rows.iter().map(|row| row.1)),
            Column::integer("period", "", rows.iter().map(|_| 2000)),
            Column::numbers("value", "persons", rows.iter().map(|row| row.2)),
        ]);
        Panel::from_frame(&frame.unwrap(), Absent::Missing).unwrap()
    }

    fn check(method: &str, variant: &str, column: &str, keys: &[(&str, &str)], expected: f64) {
        let panel = panel();
        let keys: BTreeMap<String, String> = keys
            .iter()
            .chain(&[("period", "2000")])
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let asked = Asked { panel: &panel, gaps: GapPolicy::Error, variant, keys: &keys, column };
        let worked = worked(method, &asked).unwrap();
        assert!((worked.result - expected).abs() < 1e-12, "{method} {worked:?}");
        assert!(!worked.lines.is_empty());
    }

    #[test]
    fn formulas_are_worked_out_as_by_hand() {
        let x = [("industry", "x")];
        // 2/3 · (1·(.1−⅓) + 2·(.2−⅓) + 3·(.7−⅓)) = .4
        check("gini", "absolute", "gini", &x, 0.4);
        check("gini", "normalized", "gini", &x, 0.6);
        check("herfindahl", "raw", "herfindahl", &x, 0.54);
        // Benchmark shares 5/22, 6/22, 11/22.
        let hoover = 0.5 * ((0.1f64 - 5.0 / 22.0).abs() + (0.2f64 - 6.0 / 22.0).abs() + 0.2);
        check("hoover", "all-activity", "hoover", &x, hoover);
        let cell = [("region", "c"), ("industry", "x")];
        check("location-quotient", "", "lq", &cell, (7.0 / 11.0) / (10.0 / 22.0));
        check("krugman", "against-total", "krugman", &[("region", "a")], 2.0 * (10.0 / 22.0 - 0.2));
        // 10/22 · .4 + 12/22 · 0
        check("composite-gini", "current", "gini", &[], 4.0 / 22.0);
    }

    #[test]
    fn long_sums_show_their_first_terms_and_the_last() {
        let terms: Vec<String> = (1..=31).map(|n| n.to_string()).collect();
        assert_eq!(brief(&terms), "1 + 2 + 3 + … (27 more) … + 31");
        assert_eq!(brief(&terms[..5]), "1 + 2 + 3 + 4 + 5");
    }
}
