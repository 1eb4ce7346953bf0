//! Numbers of two years of cells: what changed between them.

use agglo_core::{Activity, Panel};

use super::unequal::gini_of;
use super::{Asked, Worked, show};
use crate::transfer::over_common_axes;

pub(super) fn worked(method: &str, panel: &Panel, asked: &Asked<'_>) -> Option<Worked> {
    let year = |key: &str| {
        let place = panel.period_idx(asked.year(key)?).ok()?;
        Some(panel.complete(place, asked.gaps).ok()?.activity)
    };
    let years = over_common_axes(&[year("from")?, year("to")?])?;
    let [before, after] = &years[..] else { return None };
    let case = Case { before, after, asked, unit: panel.unit() };
    match method {
        "share-change" => case.share_change(),
        "location-quotient-change" => case.quotient_change(),
        "shift-share" => case.shift_share(),
        _ => None,
    }
}

struct Case<'a> {
    before: &'a Activity,
    after: &'a Activity,
    asked: &'a Asked<'a>,
    unit: &'a str,
}

/// A cell and its totals in the first and in the last year.
#[derive(Clone, Copy)]
struct Cell {
    own: [f64; 2],
    region: [f64; 2],
    industry: [f64; 2],
    all: [f64; 2],
}

impl Case<'_> {
    fn region(&self) -> Option<usize> {
        self.before.regions().place(self.asked.keys.get("region")?)
    }

    fn industry(&self) -> Option<usize> {
        self.before.industries().place(self.asked.keys.get("industry")?)
    }

    fn cell(&self, r: usize, i: usize) -> Cell {
        let both = |of: &dyn Fn(&Activity) -> f64| [of(self.before), of(self.after)];
        Cell {
            own: both(&|year| year.value(r, i)),
            region: both(&|year| year.region(r).iter().sum()),
            industry: both(&|year| year.industry(i).iter().sum()),
            all: both(&|year| year.values().iter().sum()),
        }
    }

    fn share_change(&self) -> Option<Worked> {
        let i = self.industry()?;
        let mut worked = Worked::default();
        if (self.asked.table, self.asked.column) == ("industries", "mobility") {
            let (before, after) = (self.before.industry(i), self.after.industry(i));
            let all = [before.iter().sum::<f64>(), after.iter().sum::<f64>()];
            if all[0] <= 0.0 || all[1] <= 0.0 {
                return None;
            }
            let shares = || before.iter().zip(&after).map(|(a, b)| (a / all[0], b / all[1]));
            let terms: Vec<String> = shares()
                .enumerate()
                .map(|(r, (a, b))| {
                    format!("|{} − {}| [{}]", show(b), show(a), self.before.regions().code(r))
                })
                .collect();
            let sum: f64 = shares().map(|(a, b)| (b - a).abs()).sum();
            worked.sum("Σ|ΔP|", &terms, sum);
            worked.say(format!("V = ½ · {}", show(sum)));
            return worked.ending(sum / 2.0);
        }
        if self.asked.table != "changes" {
            return None;
        }
        let cell = self.cell(self.region()?, i);
        let share = [cell.own[0] / cell.industry[0], cell.own[1] / cell.industry[1]];
        let unit = self.unit;
        let say_share = |worked: &mut Worked, year: usize| {
            worked.say(format!(
                "s(t{year}) = {}/{} {unit} = {}",
                show(cell.own[year]),
                show(cell.industry[year]),
                show(share[year])
            ));
        };
        match self.asked.column {
            "share_from" => {
                say_share(&mut worked, 0);
                worked.ending(share[0])
            }
            "share_to" => {
                say_share(&mut worked, 1);
                worked.ending(share[1])
            }
            "delta_share" | "excess_volume" => {
                say_share(&mut worked, 0);
                say_share(&mut worked, 1);
                let delta = share[1] - share[0];
                worked.say(format!(
                    "ΔP = {} − {} = {}",
                    show(share[1]),
                    show(share[0]),
                    show(delta)
                ));
                if self.asked.column == "delta_share" {
                    return worked.ending(delta);
                }
                let volume = cell.industry[1];
                worked.say(format!("M = Q(t1)·ΔP = {}·{} {unit}", show(volume), show(delta)));
                worked.ending(volume * delta)
            }
            _ => None,
        }
    }

    fn quotient_change(&self) -> Option<Worked> {
        let i = self.industry()?;
        let mut worked = Worked::default();
        if self.asked.table == "gini" {
            let name = |r: usize| self.before.regions().code(r).to_string();
            let mut gini =
                |year: &Activity| gini_of(&year.industry(i), &name, self.unit, &mut worked);
            let result = match self.asked.column {
                "gini_from" => gini(self.before)?,
                "gini_to" => gini(self.after)?,
                "delta_gini" => {
                    let (before, after) = (gini(self.before)?, gini(self.after)?);
                    worked.say(format!("ΔG = {} − {}", show(after), show(before)));
                    after - before
                }
                _ => return None,
            };
            return worked.ending(result);
        }
        let cell = self.cell(self.region()?, i);
        let share = [0, 1].map(|year| cell.own[year] / cell.industry[year]);
        let part = [0, 1].map(|year| cell.region[year] / cell.all[year]);
        let inverse = part.map(|x| 1.0 / x);
        let quotient = [0, 1].map(|year| share[year] * inverse[year]);
        for year in [0, 1] {
            worked.say(format!(
                "t{year}: s = {}/{} = {}, x = {}/{} = {}, LQ = s/x = {}",
                show(cell.own[year]),
                show(cell.industry[year]),
                show(share[year]),
                show(cell.region[year]),
                show(cell.all[year]),
                show(part[year]),
                show(quotient[year])
            ));
        }
        let result = match self.asked.column {
            "lq_from" => quotient[0],
            "lq_to" => quotient[1],
            "delta_lq" => {
                worked.say(format!("ΔLQ = {} − {}", show(quotient[1]), show(quotient[0])));
                quotient[1] - quotient[0]
            }
            "moved" => {
                worked.say(format!(
                    "Δs·mean(1/x) = ({} − {})·({} + {})/2",
                    show(share[1]),
                    show(share[0]),
                    show(inverse[0]),
                    show(inverse[1])
                ));
                (share[1] - share[0]) * (inverse[0] + inverse[1]) / 2.0
            }
            "rest" => {
                worked.say(format!(
                    "mean(s)·Δ(1/x) = ({} + {})/2·({} − {})",
                    show(share[0]),
                    show(share[1]),
                    show(inverse[1]),
                    show(inverse[0])
                ));
                f64::midpoint(share[0], share[1]) * (inverse[1] - inverse[0])
            }
            _ => return None,
        };
        worked.ending(result)
    }

    fn shift_share(&self) -> Option<Worked> {
        let national = self.asked.options.get("nation").is_none_or(String::is_empty);
        if self.asked.variant == "dynamic" || !national {
            return None;
        }
        let r = self.region()?;
        let mut worked = Worked::default();
        if self.asked.table == "cells" {
            let i = self.industry()?;
            let (term, result) = part_of(self.asked.column, self.cell(r, i))?;
            say_rates(self.cell(r, i), &mut worked);
            worked.say(format!("{} = {term} {}", symbol(self.asked.column), self.unit));
            return worked.ending(result);
        }
        let (mut terms, mut sum) = (Vec::new(), 0.0);
        for (i, code) in self.before.industries().codes().iter().enumerate() {
            let (term, value) = part_of(self.asked.column, self.cell(r, i))?;
            terms.push(format!("{term} [{code}]"));
            sum += value;
        }
        let all = self.cell(r, 0).all;
        worked.say(format!(
            "g = {}/{} − 1 = {}",
            show(all[1]),
            show(all[0]),
            show(all[1] / all[0] - 1.0)
        ));
        worked.sum(&format!("Σ {}", symbol(self.asked.column)), &terms, sum);
        worked.ending(sum)
    }
}

fn say_rates(cell: Cell, worked: &mut Worked) {
    for (name, pair) in [("g", cell.all), ("gi", cell.industry), ("gir", cell.own)] {
        if pair[0] > 0.0 {
            let rate = show(pair[1] / pair[0] - 1.0);
            worked.say(format!("{name} = {}/{} − 1 = {rate}", show(pair[1]), show(pair[0])));
        }
    }
}

fn symbol(column: &str) -> &'static str {
    match column {
        "national" => "e·g",
        "mix" => "e·(gi − g)",
        "regional" => "e·(gir − gi)",
        "competitive" => "h·(gir − gi), h = er·ei/E",
        "allocation" => "(e − h)·(gir − gi), h = er·ei/E",
        "entry" => "entry",
        _ => "Δe",
    }
}

/// A part of the change of one cell, with its numbers put in.
fn part_of(column: &str, cell: Cell) -> Option<(String, f64)> {
    let Cell { own: [from, to], region, industry, all } = cell;
    let empty = from <= 0.0 || industry[0] <= 0.0;
    let difference = || (format!("({} − {})", show(to), show(from)), to - from);
    match column {
        "change" => return Some(difference()),
        "entry" if empty => return Some(difference()),
        "national" | "mix" | "regional" | "competitive" | "allocation" if empty => {
            return Some(("0".to_owned(), 0.0));
        }
        "entry" => return Some(("0".to_owned(), 0.0)),
        _ => {}
    }
    let rate = |[from, to]: [f64; 2]| to / from - 1.0;
    let (g, gi, gir) = (rate(all), rate(industry), rate(cell.own));
    let homothetic = region[0] * industry[0] / all[0];
    let (volume, growth, text) = match column {
        "national" => (from, g, show(g)),
        "mix" => (from, gi - g, format!("({} − {})", show(gi), show(g))),
        "regional" => (from, gir - gi, format!("({} − {})", show(gir), show(gi))),
        "competitive" => (homothetic, gir - gi, format!("({} − {})", show(gir), show(gi))),
        "allocation" => (from - homothetic, gir - gi, format!("({} − {})", show(gir), show(gi))),
        _ => return None,
    };
    Some((format!("{}·{text}", show(volume)), volume * growth))
}
