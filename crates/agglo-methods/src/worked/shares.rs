//! Numbers of one year of cells: shares, quotients and what they are compared with.

use agglo_core::{Activity, Panel};

use super::unequal::{gini_of, lorenz};
use super::{Asked, Worked, show};

pub(super) fn worked(method: &str, panel: &Panel, asked: &Asked<'_>) -> Option<Worked> {
    let place = panel.period_idx(asked.year("period")?).ok()?;
    let activity = panel.complete(place, asked.gaps).ok()?.activity;
    let case = Case { activity: &activity, asked, unit: panel.unit() };
    let benchmarked = asked.tables.contains_key("benchmark");
    match method {
        "gini" => case.gini(),
        "composite-gini" => case.composite_gini(),
        "herfindahl" => case.herfindahl(),
        "hoover" if !benchmarked => case.hoover(),
        "krugman" => case.krugman(),
        "location-quotient" => case.location_quotient(),
        "locational-gini" if !benchmarked => case.locational_gini(),
        "regional-gini" => case.regional_gini(),
        "standardized-location-quotient" => case.standardized(),
        "structural-similarity" => case.similarity(),
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

    fn name_industries(&self, place: usize) -> String {
        self.activity.industries().code(place).to_string()
    }

    fn gini(&self) -> Option<Worked> {
        let values = self.activity.industry(self.industry()?);
        let mut worked = Worked::default();
        let name = |place| self.name_regions(place);
        let result = gini_of(&values, &name, self.unit, &mut worked)?;
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

    fn composite_gini(&self) -> Option<Worked> {
        if (self.asked.table, self.asked.column) != ("composite", "gini") {
            return None;
        }
        let name = |place| self.name_regions(place);
        let mut worked = Worked::default();
        if self.asked.variant == "pooled" {
            let totals = self.activity.region_totals();
            let gini = gini_of(&totals, &name, self.unit, &mut worked)?;
            return worked.ending(gini);
        }
        let totals = self.activity.industry_totals();
        let all: f64 = totals.iter().sum();
        let n_active = totals.iter().filter(|total| **total > 0.0).count() as f64;
        let weight = |total: f64| match self.asked.variant {
            "current" => Some(total / all),
            "equal" => Some(1.0 / n_active),
            _ => None,
        };
        let (mut terms, mut result) = (Vec::new(), 0.0);
        for (i, total) in totals.iter().enumerate().filter(|(_, total)| **total > 0.0) {
            let gini = gini_of(&self.activity.industry(i), &name, "", &mut Worked::default())?;
            let weight = weight(*total)?;
            let code = self.name_industries(i);
            terms.push(format!("{} · {} [{code}]", show(weight), show(gini)));
            result += weight * gini;
        }
        worked.say(match self.asked.variant {
            "current" => format!("G = Σ ω_i·G_i, ω_i = e_i/e, e = {} {}", show(all), self.unit),
            _ => format!("G = Σ ω_i·G_i, ω_i = 1/{n_active}"),
        });
        worked.sum("G", &terms, result);
        worked.ending(result)
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
        worked.sum("H = Σ s²", &terms, raw);
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
        let benchmark = match self.asked.variant {
            "equal-shares" => vec![1.0; industry.len()],
            _ => self.activity.region_totals(),
        };
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
        if self.asked.column != "krugman" {
            return None;
        }
        let mut worked = Worked::default();
        let regions = |place| self.name_regions(place);
        let industries = |place| self.name_industries(place);
        let own_and_all = match self.asked.table {
            "regions" => {
                let own = self.activity.region(self.region()?).to_vec();
                Some((own, self.activity.industry_totals()))
            }
            "industries" => {
                let own = self.activity.industry(self.industry()?);
                Some((own, self.activity.region_totals()))
            }
            "pairs" => None,
            _ => return None,
        };
        let distance = match own_and_all {
            Some((own, mut benchmark)) => {
                match self.asked.variant {
                    "against-total" | "halved" => {}
                    "exclude-own" => {
                        benchmark.iter_mut().zip(&own).for_each(|(all, own)| *all -= own);
                    }
                    _ => return None,
                }
                if self.asked.table == "regions" {
                    self.distance(&own, &benchmark, industries, &mut worked)?
                } else {
                    self.distance(&own, &benchmark, regions, &mut worked)?
                }
            }
            None => {
                let (a, b) = self.pair()?;
                self.distance(a, b, industries, &mut worked)?
            }
        };
        let result = if self.asked.variant == "halved" { distance / 2.0 } else { distance };
        worked.say(format!("K = {}", show(result)));
        worked.ending(result)
    }

    /// The two regions of a row of pairs.
    fn pair(&self) -> Option<(&[f64], &[f64])> {
        let region = |key: &str| {
            let place = self.activity.regions().place(self.asked.keys.get(key)?)?;
            Some(self.activity.region(place))
        };
        Some((region("region_a")?, region("region_b")?))
    }

    fn locational_gini(&self) -> Option<Worked> {
        let values = self.activity.industry(self.industry()?);
        let benchmark = self.activity.region_totals();
        self.relative_gini(&values, &benchmark, &|place| self.name_regions(place))
    }

    fn regional_gini(&self) -> Option<Worked> {
        let values = self.activity.region(self.region()?);
        let benchmark = self.activity.industry_totals();
        self.relative_gini(values, &benchmark, &|place| self.name_industries(place))
    }

    fn relative_gini(
        &self,
        values: &[f64],
        benchmark: &[f64],
        name: &dyn Fn(usize) -> String,
    ) -> Option<Worked> {
        if self.asked.column != "gini" {
            return None;
        }
        let mut worked = Worked::default();
        let result = match self.asked.variant {
            "lorenz" => lorenz(values, benchmark, name, &mut worked)?,
            "krugman-half" => {
                let whole = lorenz(values, benchmark, name, &mut worked)?;
                worked.say(format!("½ · {}", show(whole)));
                whole / 2.0
            }
            "lq-unweighted" => {
                let places: Vec<usize> =
                    (0..values.len()).filter(|&k| benchmark[k] > 0.0).collect();
                let ratios: Vec<f64> = places.iter().map(|&k| values[k] / benchmark[k]).collect();
                worked.say("e(k) = value over benchmark".to_owned());
                gini_of(&ratios, &|place| name(places[place]), "", &mut worked)?
            }
            _ => return None,
        };
        worked.ending(result)
    }

    /// The quotients of one industry, a gap where a region has no activity.
    fn quotients(&self, industry: usize) -> Vec<Option<f64>> {
        let (rows, all) = (self.activity.region_totals(), self.activity.total());
        let column = self.activity.industry_totals()[industry];
        let quotient = |(r, row): (usize, &f64)| {
            let cell = self.activity.value(r, industry);
            (*row > 0.0 && column > 0.0).then(|| (cell / row) / (column / all))
        };
        rows.iter().enumerate().map(quotient).collect()
    }

    fn standardized(&self) -> Option<Worked> {
        if self.asked.column == "lq" {
            return self.location_quotient();
        }
        if self.asked.column != "z" {
            return None;
        }
        let own = self.region()?;
        let logarithms = self.asked.row.get("basis").is_some_and(|basis| basis == "ln_lq");
        let quotients = self.quotients(self.industry()?);
        let taken = |value: Option<f64>| match value {
            Some(value) if logarithms => (value > 0.0).then(|| value.ln()),
            other => other,
        };
        let known: Vec<(usize, f64)> = quotients
            .into_iter()
            .enumerate()
            .filter_map(|(r, quotient)| Some((r, taken(quotient)?)))
            .collect();
        let u = known.iter().find(|(r, _)| *r == own)?.1;
        let n = known.len() as f64;
        let center = known.iter().map(|(_, value)| value).sum::<f64>() / n;
        let squares: f64 = known.iter().map(|(_, value)| (value - center).powi(2)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        let mut worked = Worked::default();
        let word = if logarithms { "ln LQ" } else { "LQ" };
        let terms = |of: &dyn Fn(f64) -> String| -> Vec<String> {
            let term =
                |(r, value): &(usize, f64)| format!("{} [{}]", of(*value), self.name_regions(*r));
            known.iter().map(term).collect()
        };
        worked.sum(&format!("Σ u, u = {word}"), &terms(&show), center * n);
        worked.say(format!("ū = {}/{n} = {}", show(center * n), show(center)));
        let square = |value| format!("({} − {})²", show(value), show(center));
        worked.sum("Σ (u − ū)²", &terms(&square), squares);
        worked.say(format!("sd = √({}/{}) = {}", show(squares), n - 1.0, show(sd)));
        worked.say(format!("z = ({} − {})/{}", show(u), show(center), show(sd)));
        worked.ending((u - center) / sd)
    }

    fn similarity(&self) -> Option<Worked> {
        let mut worked = Worked::default();
        let name = |place| self.name_industries(place);
        match (self.asked.table, self.asked.column) {
            ("pairs", "krugman") => {
                let (a, b) = self.pair()?;
                let distance = self.distance(a, b, name, &mut worked)?;
                worked.ending(distance)
            }
            ("pairs", "similarity") => {
                let (a, b) = self.pair()?;
                let cosine = self.cosine(a, b, &mut worked)?;
                worked.ending(cosine)
            }
            ("pairs", "overlap") => {
                let (a, b) = self.pair()?;
                let (all_a, all_b) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
                let shares = || a.iter().zip(b).map(|(x, y)| (x / all_a, y / all_b));
                let terms: Vec<String> = shares()
                    .enumerate()
                    .map(|(i, (x, y))| format!("min({}, {}) [{}]", show(x), show(y), name(i)))
                    .collect();
                let overlap: f64 = shares().map(|(x, y)| x.min(y)).sum();
                worked.sum("Σ min(σ_a, σ_b)", &terms, overlap);
                worked.ending(overlap)
            }
            ("regions", "mean_similarity") => {
                let own = self.region()?;
                let (mut terms, mut sum) = (Vec::new(), 0.0);
                for other in (0..self.activity.n_regions()).filter(|other| *other != own) {
                    let (a, b) = (self.activity.region(own), self.activity.region(other));
                    let Some(cosine) = self.cosine(a, b, &mut Worked::default()) else { continue };
                    terms.push(format!("{} [{}]", show(cosine), self.name_regions(other)));
                    sum += cosine;
                }
                let n = terms.len() as f64;
                worked.sum("Σ S", &terms, sum);
                worked.say(format!("mean = {}/{n} = {}", show(sum), show(sum / n)));
                worked.ending(sum / n)
            }
            _ => None,
        }
    }

    /// Σ σ_a σ_b / √(Σ σ_a² Σ σ_b²).
    fn cosine(&self, a: &[f64], b: &[f64], worked: &mut Worked) -> Option<f64> {
        let (all_a, all_b) = (a.iter().sum::<f64>(), b.iter().sum::<f64>());
        if all_a <= 0.0 || all_b <= 0.0 {
            return None;
        }
        let shares: Vec<(f64, f64)> =
            a.iter().zip(b).map(|(x, y)| (x / all_a, y / all_b)).collect();
        let terms: Vec<String> = shares
            .iter()
            .enumerate()
            .map(|(i, (x, y))| format!("{}·{} [{}]", show(*x), show(*y), self.name_industries(i)))
            .collect();
        let product: f64 = shares.iter().map(|(x, y)| x * y).sum();
        let squares =
            |of: fn(&(f64, f64)) -> f64| shares.iter().map(of).map(|s| s * s).sum::<f64>();
        let (square_a, square_b) = (squares(|s| s.0), squares(|s| s.1));
        worked.sum("Σ σ_a·σ_b", &terms, product);
        worked.say(format!("Σ σ_a² = {}, Σ σ_b² = {}", show(square_a), show(square_b)));
        let cosine = (product / (square_a * square_b).sqrt()).min(1.0);
        worked.say(format!(
            "S = {}/√({}·{}) = {}",
            show(product),
            show(square_a),
            show(square_b),
            show(cosine)
        ));
        Some(cosine)
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
        worked.sum("Σ|s − x|", &terms, sum);
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
