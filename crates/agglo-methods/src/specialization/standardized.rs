//! Standardized location quotient: which regions stand out in an industry, judged by the spread
//! of its quotients over the regions.
//!
//! z_r = (u_r − ū) / sd(u), divisor n − 1, u = LQ, or ln LQ where LQ is not close to normal
//!
//! | symbol | meaning                                            | shape | range    | unit |
//! |--------|----------------------------------------------------|-------|----------|------|
//! | LQ     | location quotients of one industry                 | R     | ≥ 0      | none |
//! | z      | their standard scores                              | R     | any real | none |
//! | cutoff | score from which a region is flagged               | 1     | any real | none |
//!
//! `odonoghue-gleave` takes a fixed cut-off and a normality test at 5 %: LQ, else ln LQ of the
//! regions with LQ > 0, else the bootstrap. `bootstrap` needs no normality: regions are drawn
//! anew, and the cut-off is the mean of the replicates' 95th percentiles of z.
//! Gaps: settled first, by the option `gaps`. Cost: O(I·R); bootstrap O(B·I·R).
//! Source: O'Donoghue and Gleave (2004), Regional Studies 38(4), 419–427; Tian (2013), Journal of
//! Regional Analysis and Policy 43(2). Both from memory beyond Tian's abstract.

use agglo_core::{Column, Datum, Frame, Key, Note, Text, Undefined, Values, mean, sum};
use rand::{Rng, RngExt};

use super::location_quotient::location_quotient;
use super::normality::{jarque_bera, shapiro_wilk};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION, OptionKind,
    OptionSpec, OutputTable, Variant, out,
};
use crate::concentration::{Margins, each_industry};
use crate::inference::standard_deviation;

/// Below this p the quotients do not pass for normal.
const SIGNIFICANCE: f64 = 0.05;

/// The percentile of the replicates' scores whose mean is the bootstrap's cut-off.
const BOOTSTRAP_PERCENTILE: f64 = 0.95;

/// Which test the quotients must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormalityTest {
    /// Skewness and kurtosis.
    JarqueBera,
    /// Order statistics; up to 5,000 regions.
    ShapiroWilk,
}

impl NormalityTest {
    /// Whether `values` pass; too few or equal ones do not.
    pub fn passes(self, values: &[f64]) -> bool {
        let p = match self {
            NormalityTest::JarqueBera => jarque_bera(values),
            NormalityTest::ShapiroWilk => shapiro_wilk(values),
        };
        p.is_some_and(|p| p >= SIGNIFICANCE)
    }
}

/// Standard scores of `values`, divisor n − 1.
///
/// # Errors
/// [`Undefined::TooFew`] for fewer than three values, [`Undefined::NoVariation`] for equal ones.
pub fn standard_scores(values: &[f64]) -> Result<Vec<f64>, Undefined> {
    if values.len() < 3 {
        return Err(Undefined::TooFew);
    }
    match (mean(values), standard_deviation(values, 1)) {
        (Some(center), Some(sd)) if sd > f64::EPSILON * center.abs() => {
            Ok(values.iter().map(|value| (value - center) / sd).collect())
        }
        _ => Err(Undefined::NoVariation),
    }
}

/// Mean over `replicates` of the 95th percentile of the standard scores of `values` drawn anew;
/// replicate k draws from its own stream.
///
/// # Errors
/// As [`standard_scores`].
pub fn bootstrap_cutoff<R: Rng>(
    values: &[f64],
    replicates: u32,
    mut stream: impl FnMut(u32) -> R,
) -> Result<f64, Undefined> {
    standard_scores(values)?;
    let mut drawn = vec![0.0; values.len()];
    let cutoffs: Vec<f64> = (0..replicates)
        .filter_map(|replicate| {
            let mut rng = stream(replicate);
            for value in &mut drawn {
                *value = values[rng.random_range(0..values.len())];
            }
            // Draws that are all alike have no scores; they leave the mean.
            let center = sum(drawn.iter().copied()) / drawn.len() as f64;
            let sd =
                standard_deviation(&drawn, 1).filter(|sd| *sd > f64::EPSILON * center.abs())?;
            Some((quantile_in_place(&mut drawn, BOOTSTRAP_PERCENTILE) - center) / sd)
        })
        .collect();
    mean(&cutoffs).ok_or(Undefined::NoVariation)
}

/// The type-7 quantile, by selection: a percentile of scores is the score of the percentile.
fn quantile_in_place(values: &mut [f64], p: f64) -> f64 {
    let place = p * (values.len() - 1) as f64;
    let below = place.floor() as usize;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + (place - place.floor()) * (high - low)
}

pub(super) static STANDARDIZED: Method = Method {
    id: "standardized-location-quotient",
    chapter: Chapter::Status,
    title: Text::new("Standardized location quotient", "标准化区位商"),
    help: Text::new(
        "In which regions is an industry's location quotient out of the ordinary?",
        "某行业的区位商在哪些地区显著偏高或偏低？",
    ),
    inputs: &[ACTIVITY],
    options: &[
        OptionSpec {
            name: "test",
            kind: OptionKind::Choice(&["jarque-bera", "shapiro-wilk"]),
            default: "jarque-bera",
            help: Text::new("normality test, at 5 %", "正态性检验（5% 水平）"),
        },
        OptionSpec {
            name: "cutoff",
            kind: OptionKind::Number(0.0, 10.0),
            default: "1.96",
            help: Text::new(
                "|z| from which a region is flagged: 1.96, or 1.65 one-sided",
                "标记地区的 |z| 下限：1.96，单侧可用 1.65",
            ),
        },
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(99, 99_999),
            default: "999",
            help: Text::new("draws of the bootstrap", "自助法抽样次数"),
        },
        GAPS,
    ],
    variants: &[
        Variant {
            id: "odonoghue-gleave",
            help: Text::new(
                "fixed cut-off; LQ, ln LQ, or the bootstrap, by a normality test",
                "固定临界值；按正态性检验依次用 LQ、ln LQ 或自助法",
            ),
        },
        Variant {
            id: "bootstrap",
            help: Text::new(
                "cut-off from regions drawn anew (Tian)",
                "临界值由地区重抽样得到（Tian）",
            ),
        },
    ],
    outputs: &[OutputTable {
        name: "standardized",
        columns: &[
            OUT_PERIOD,
            OUT_REGION,
            OUT_INDUSTRY,
            out("lq", "1", "Location quotient", "区位商"),
            out("z", "1", "Standard score", "标准分"),
            out("flagged", "", "Flagged", "是否标记"),
            out("basis", "", "Basis", "依据"),
            out("cutoff", "1", "Cut-off", "临界值"),
        ],
    }],
    formula: "z = (u − ū)/sd(u)   u: location quotients of an industry over the regions, or their \
              logarithms; sd with n − 1",
    source: "O'Donoghue and Gleave (2004), Regional Studies 38(4), 419–427; Tian (2013), Journal of \
             Regional Analysis and Policy 43(2)",
    mark: Mark::Memory,
    run,
};

/// The scores of one industry.
struct Scores {
    /// By region; a gap where the region has no quotient or no logarithm.
    z: Vec<Datum>,
    basis: Option<&'static str>,
    cutoff: Datum,
    two_sided: bool,
    not_normal: bool,
}

struct Rules {
    bootstrap: bool,
    test: NormalityTest,
    cutoff: f64,
    replicates: u32,
}

impl Rules {
    fn scores<R: Rng>(
        &self,
        lq: &[Result<f64, Undefined>],
        stream: impl FnMut(u32) -> R,
    ) -> Scores {
        let known: Vec<f64> = lq.iter().filter_map(|lq| lq.ok()).collect();
        if known.len() < 3 || standard_scores(&known).is_err() {
            let why = standard_scores(&known).err().unwrap_or(Undefined::TooFew);
            let z = lq.iter().map(|lq| Datum::undefined(lq.err().unwrap_or(why))).collect();
            let cutoff = Datum::undefined(why);
            return Scores { z, basis: None, cutoff, two_sided: false, not_normal: false };
        }
        if !self.bootstrap {
            if self.test.passes(&known) {
                return self.fixed("lq", &lq.iter().map(|lq| Datum::from(*lq)).collect::<Vec<_>>());
            }
            let logarithms: Vec<Datum> = lq.iter().map(|lq| logarithm(*lq)).collect();
            let known: Vec<f64> = logarithms.iter().filter_map(|u| u.number()).collect();
            if self.test.passes(&known) {
                return self.fixed("ln_lq", &logarithms);
            }
        }
        let u: Vec<Datum> = lq.iter().map(|lq| Datum::from(*lq)).collect();
        Scores {
            z: spread(&u),
            basis: Some("bootstrap"),
            cutoff: Datum::from(bootstrap_cutoff(&known, self.replicates, stream)),
            two_sided: false,
            not_normal: !self.bootstrap,
        }
    }

    fn fixed(&self, basis: &'static str, u: &[Datum]) -> Scores {
        let cutoff = Datum::Number(self.cutoff);
        Scores { z: spread(u), basis: Some(basis), cutoff, two_sided: true, not_normal: false }
    }
}

impl Scores {
    fn flag(&self, z: Datum) -> Option<Key> {
        let (z, cutoff) = (z.number()?, self.cutoff.number()?);
        let height = if self.two_sided { z.abs() } else { z };
        let flagged = if self.two_sided { height >= cutoff } else { height > cutoff };
        Some(if flagged { "yes" } else { "no" }.into())
    }
}

fn logarithm(lq: Result<f64, Undefined>) -> Datum {
    match lq {
        Ok(lq) if lq > 0.0 => Datum::Number(lq.ln()),
        Ok(_) => Datum::undefined(Undefined::LogOfZero),
        Err(why) => Datum::undefined(why),
    }
}

/// Standard scores of the numbers of `u`; its gaps stay.
fn spread(u: &[Datum]) -> Vec<Datum> {
    let known: Vec<f64> = u.iter().filter_map(|u| u.number()).collect();
    match standard_scores(&known) {
        Ok(scores) => {
            let mut scores = scores.into_iter();
            let score = |u: &Datum| match u {
                Datum::Number(_) => scores.next().map_or(*u, Datum::Number),
                Datum::Gap(_) => *u,
            };
            u.iter().map(score).collect()
        }
        Err(why) => u.iter().map(|u| u.gap().map_or(Datum::undefined(why), Datum::Gap)).collect(),
    }
}

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    region: Vec<Key>,
    industry: Vec<Key>,
    lq: Vec<Datum>,
    z: Vec<Datum>,
    flagged: Vec<Option<Key>>,
    basis: Vec<Option<Key>>,
    cutoff: Vec<Datum>,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let rules = Rules {
        bootstrap: call.variant() == "bootstrap",
        test: match call.option("test") {
            "shapiro-wilk" => NormalityTest::ShapiroWilk,
            _ => NormalityTest::JarqueBera,
        },
        cutoff: call.option_number("cutoff"),
        replicates: call.option_integer("replicates") as u32,
    };
    let mut rows = Rows::default();
    let mut not_normal = Vec::new();
    let notes = call.each_period(|p, activity| {
        let margins = Margins::of(activity);
        let stream_name = format!("standardized-location-quotient/{p}");
        each_industry(activity, |i, values| {
            call.control().step(i as u64, activity.n_industries() as u64)?;
            let code = activity.industries().code(i);
            let cells = values.iter().zip(&margins.regions);
            let lq: Vec<Result<f64, Undefined>> = cells
                .map(|(e, e_r)| location_quotient(*e, margins.industries[i], *e_r, margins.total))
                .collect();
            let stream = |replicate| call.seed().stream(&stream_name, i as u32, replicate);
            let scores = rules.scores(&lq, stream);
            if scores.not_normal {
                not_normal.push(format!("{code} ({p})"));
            }
            for (r, (lq, z)) in lq.iter().zip(&scores.z).enumerate() {
                rows.period.push(i64::from(p));
                rows.region.push(activity.regions().code(r).clone());
                rows.industry.push(code.clone());
                rows.lq.push(Datum::from(*lq));
                rows.z.push(*z);
                rows.flagged.push(scores.flag(*z));
                rows.basis.push(scores.basis.map(Key::from));
                rows.cutoff.push(scores.cutoff);
            }
            Ok(())
        })
    })?;
    let frame = Frame::new(vec![
        Column::integer("period", "", rows.period),
        Column::text("region", rows.region),
        Column::text("industry", rows.industry),
        Column::number("lq", "1", rows.lq),
        Column::number("z", "1", rows.z),
        Column::new("flagged", "", Values::Text(rows.flagged)),
        Column::new("basis", "", Values::Text(rows.basis)),
        Column::number("cutoff", "1", rows.cutoff),
    ])?;
    Ok(Answer::one("standardized", frame).noting(notes).noting(not_normal_note(&not_normal)))
}

fn not_normal_note(industries: &[String]) -> Option<Note> {
    let n = industries.len();
    let (list, more) =
        (industries.iter().take(5).cloned().collect::<Vec<_>>(), if n > 5 { ", …" } else { "" });
    let list = list.join(", ");
    (n > 0).then(|| {
        Note::new(
            "not-normal",
            format!(
                "{n} industries are normal neither in LQ nor in ln LQ and were judged by the \
                 bootstrap: {list}{more}"
            ),
            format!("{n} 个行业的 LQ 与 ln LQ 均不服从正态分布，改用自助法：{list}{more}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Seed;

    const RULES: Rules =
        Rules { bootstrap: false, test: NormalityTest::JarqueBera, cutoff: 1.96, replicates: 199 };

    #[track_caller]
    fn check(lq: &[f64], basis: Option<&str>, z: &[f64]) -> Scores {
        let lq: Vec<Result<f64, Undefined>> = lq.iter().map(|lq| Ok(*lq)).collect();
        let scores = RULES.scores(&lq, |replicate| Seed(3).stream("test", 0, replicate));
        assert_eq!(scores.basis, basis);
        for (found, expected) in scores.z.iter().zip(z) {
            let found = found.number().unwrap();
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
        scores
    }

    #[test]
    fn quotients_close_to_normal_are_scored_as_they_are() {
        let z = [-1.371_988_681_14, -0.342_997_170_285, 0.0, 0.342_997_170_285, 1.371_988_681_14];
        check(&[0.0, 0.75, 1.0, 1.25, 2.0], Some("lq"), &z);
    }

    // 30 quotients evenly spaced in logarithms: skewed as they are, even once taken.
    #[test]
    fn skewed_quotients_are_scored_by_their_logarithms() {
        let lq: Vec<f64> = (0..30).map(|k| (f64::from(k) / 5.0).exp()).collect();
        let sd = 30.0_f64 * 31.0 / 12.0;
        check(&lq, Some("ln_lq"), &[-14.5 / sd.sqrt()]);
    }

    #[test]
    fn quotients_that_are_never_normal_go_to_the_bootstrap() {
        let mut lq = vec![0.001; 40];
        lq.extend([1.0, 5000.0]);
        let scores = check(&lq, Some("bootstrap"), &[]);
        assert!(scores.not_normal);
        let z = *scores.z.last().unwrap();
        assert_eq!(scores.flag(z).as_deref(), Some("yes"));
    }

    #[test]
    fn equal_quotients_and_two_regions_have_no_scores() {
        check(&[1.0, 1.0, 1.0], None, &[]);
        assert_eq!(standard_scores(&[1.0, 2.0]), Err(Undefined::TooFew));
        assert_eq!(standard_scores(&[1.0; 9]), Err(Undefined::NoVariation));
    }

    #[test]
    fn selection_finds_the_percentile_that_sorting_finds() {
        let values = [5.0, 1.0, 9.0, 3.0, 7.0, 8.0];
        let sorted = crate::inference::percentile(&values, 0.95).unwrap();
        assert_eq!(quantile_in_place(&mut values.clone(), 0.95), sorted);
    }
}
