//! Polarization: do regions gather about poles that are far from each other?
//!
//! ER = Σᵢ Σⱼ πᵢ^(1+α) πⱼ |yᵢ − yⱼ|/μ        EGR = ER − β (G − G of the poles)
//!
//! DER = ½ μ^(α−1) Σ b f(y)^α E|y − y'|       W = 4 (μ/m)(½ − L(½) − G/2)       ZK = between/within
//!
//! | symbol | meaning                                                        | shape | range      |
//! |--------|----------------------------------------------------------------|-------|------------|
//! | y      | value per unit of weight; μ its mean, m its median             | R     | ≥ 0        |
//! | b      | `weighted`: share of the weight; `unweighted`: 1/n             | R     | > 0, sum 1 |
//! | π      | share of each pole: a group, or a region where there are none  | k     | > 0, sum 1 |
//! | α      | identification: 0 is inequality, ER allows up to 1.6, DER 0.25–1 | 1   | 0 to 1.6   |
//! | f      | Gaussian density, bandwidth 4.7 n^(−1/2) σ α^0.1               |       | ≥ 0        |
//! | G, L   | Gini coefficient, Lorenz curve                                 |       | 0 to 1     |
//!
//! `wolfson-pysal` is half of W, as PySAL inequality has it. between, within: the parts of Theil's T by
//! groups. Gaps: refused, left out or counted as zero.
//! Cost: O(R²) for the density, else O(R log R).
//! Source: Esteban and Ray (1994), Econometrica 62(4), 819–851; Esteban, Gradín and Ray (2007),
//! Journal of Economic Inequality 5, 1–19; Duclos, Esteban and Ray (2004), Econometrica 72(6),
//! 1737–1772; Wolfson (1994), American Economic Review 84(2), 353–358; Zhang and Kanbur (2001),
//! Journal of Development Studies 37(3), 85–98. From memory of the publications.

use std::collections::BTreeMap;

use agglo_core::{Key, Text, Undefined};

use super::index::{VALUES, per_weight};
use super::measures::{Population, wolfson};
use super::places::{Places, Zeros, read};
use super::poles::{duclos_esteban_ray, duclos_esteban_ray_bandwidth, esteban_ray, pole_spread};
use super::{GAPS_OF_REGIONS, GROUP, REGIONS};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Input, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, OutputTable, Variant, out,
    out_key,
};
use crate::decomposition::decompose_entropy;
use crate::interval::{
    CONFIDENCE, INTERVAL, Interval, OUT_ERROR, OUT_LOWER, OUT_UPPER, REPLICATES,
};
use crate::table::Rows;

const MEASURES: [&str; 6] = [
    "esteban-ray",
    "esteban-gradin-ray",
    "duclos-esteban-ray",
    "wolfson",
    "wolfson-pysal",
    "zhang-kanbur",
];

pub(super) static POLARIZATION: Method = Method {
    id: "polarization",
    chapter: Chapter::Status,
    title: Text::new("Polarization", "极化指数"),
    help: Text::new(
        "Do regions gather about poles that are far from each other?",
        "地区是否向彼此远离的若干极点聚拢？",
    ),
    inputs: &[Input {
        columns: &[
            REGIONS.columns[0],
            REGIONS.columns[1],
            REGIONS.columns[2],
            REGIONS.columns[3],
            GROUP,
        ],
        ..REGIONS
    }],
    options: &[
        VALUES,
        OptionSpec {
            name: "alpha",
            kind: OptionKind::Number(0.0, 1.6),
            default: "1",
            help: Text::new(
                "identification inside a pole in esteban-ray, above 0 and up to 1.6",
                "esteban-ray 的极内认同参数，0 至 1.6",
            ),
        },
        OptionSpec {
            name: "beta",
            kind: OptionKind::Number(0.0, 10.0),
            default: "1",
            help: Text::new(
                "weight of what the poles leave out in esteban-gradin-ray",
                "esteban-gradin-ray 中极点近似误差的权重",
            ),
        },
        OptionSpec {
            name: "density_alpha",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.5",
            help: Text::new(
                "identification in duclos-esteban-ray, 0.25 to 1; 0 is the Gini coefficient",
                "duclos-esteban-ray 的认同参数，0.25 至 1；0 为基尼系数",
            ),
        },
        INTERVAL,
        REPLICATES,
        CONFIDENCE,
        GAPS_OF_REGIONS,
    ],
    variants: &[
        Variant {
            id: "weighted",
            help: Text::new("regions count by their weight", "地区按权重计"),
        },
        Variant {
            id: "unweighted", help: Text::new("every region counts once", "各地区等权")
        },
    ],
    outputs: &[OutputTable {
        name: "polarization",
        columns: &[
            OUT_PERIOD,
            out_key("measure", "Measure", "指数"),
            out("value", "1", "Value", "数值"),
            OUT_ERROR,
            OUT_LOWER,
            OUT_UPPER,
            out("n_poles", "1", "Poles", "极点数"),
            out("n_regions", "1", "Regions", "地区数"),
        ],
    }],
    formula: "esteban-ray: Σ Σ π_i^(1+α) π_j |y_i − y_j|/μ   esteban-gradin-ray: that − β (G − G of \
              the poles)   duclos-esteban-ray: ½ μ^(α−1) Σ b f(y)^α E|y − y'|   wolfson: 4 (μ/m)(½ \
              − L(½) − G/2)   zhang-kanbur: between/within of Theil's T   π, y: shares and means of \
              the poles; f: density; G: Gini; L: Lorenz curve; m: median",
    source: "Esteban and Ray (1994), Econometrica 62(4), 819–851; Esteban, Gradín and Ray (2007), \
             Journal of Economic Inequality 5, 1–19; Duclos, Esteban and Ray (2004), Econometrica \
             72(6), 1737–1772; Wolfson (1994), American Economic Review 84(2), 353–358; Zhang and \
             Kanbur (2001), Journal of Development Studies 37(3), 85–98",
    mark: Mark::Memory,
    run,
};

#[derive(Clone, Copy)]
struct Settings {
    weighted: bool,
    per_weight: bool,
    has_groups: bool,
    alpha: f64,
    beta: f64,
    density_alpha: f64,
}

impl Settings {
    /// All of [`MEASURES`].
    fn measures(self, places: &Places) -> Vec<Result<f64, Undefined>> {
        let y = per_weight(places, self.per_weight);
        let ones = vec![1.0; y.len()];
        let weights = if self.weighted { &places.weights } else { &ones };
        let all = match Population::new(&y, weights) {
            Ok(all) => all,
            Err(why) => return vec![Err(why); MEASURES.len()],
        };
        let poles = self.poles(&y, weights, places.groups());
        let er = poles.as_ref().map_err(|why| *why).map(|poles| esteban_ray(poles, self.alpha));
        let egr = poles
            .as_ref()
            .map_err(|why| *why)
            .and_then(|poles| er.map(|er| er - self.beta * pole_spread(&all, poles)));
        let bandwidth = duclos_esteban_ray_bandwidth(&all, self.density_alpha);
        let ratio = if self.has_groups {
            let totals: Vec<f64> = y.iter().zip(weights).map(|(y, weight)| y * weight).collect();
            decompose_entropy(&totals, weights, places.groups(), 1.0).and_then(|parts| {
                let any = parts.within > f64::EPSILON * parts.total.max(f64::MIN_POSITIVE);
                if any { Ok(parts.between / parts.within) } else { Err(Undefined::ZeroDenominator) }
            })
        } else {
            Err(Undefined::NotEnoughEvidence)
        };
        let der = duclos_esteban_ray(&all, self.density_alpha, bandwidth);
        let bipolar = wolfson(&all);
        vec![er, egr, der, bipolar, bipolar.map(|index| index / 2.0), ratio]
    }

    /// The groups with their means, or the regions where there are no groups.
    fn poles(self, y: &[f64], weights: &[f64], groups: &[Key]) -> Result<Population, Undefined> {
        if !self.has_groups {
            return Population::new(y, weights);
        }
        let mut totals: BTreeMap<&Key, (f64, f64)> = BTreeMap::new();
        for ((y, weight), group) in y.iter().zip(weights).zip(groups) {
            let total = totals.entry(group).or_default();
            total.0 += y * weight;
            total.1 += weight;
        }
        let (means, shares): (Vec<f64>, Vec<f64>) =
            totals.into_values().map(|(total, weight)| (total / weight, weight)).unzip();
        match Population::new(&means, &shares) {
            Err(Undefined::SingleRegion) => Err(Undefined::TooFew),
            other => other,
        }
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let settings = Settings {
        weighted: call.variant() == "weighted",
        per_weight: call.option("values") == "per-weight",
        has_groups: call.frame("regions")?.has("group"),
        alpha: call.option_number("alpha"),
        beta: call.option_number("beta"),
        density_alpha: call.option_number("density_alpha"),
    };
    let interval = Interval::of(call);
    let mut notes = Vec::new();
    let mut rows = Rows::new(&POLARIZATION.outputs[0]);
    for (place, (period, places)) in read(call, Zeros::Fine, &mut notes)?.into_iter().enumerate() {
        let values = settings.measures(&places);
        let strata =
            if settings.has_groups { places.strata() } else { vec![0; places.values.len()] };
        let n = if settings.has_groups {
            strata.iter().max().map_or(0, |last| last + 1)
        } else {
            strata.len()
        };
        let spreads = interval.spreads(call, "polarization", place as u32, &strata, |picks| {
            settings.measures(&places.picked(picks))
        })?;
        for ((name, value), spread) in MEASURES.iter().zip(values).zip(spreads) {
            rows.push([
                period.into(),
                (*name).into(),
                value.into(),
                spread.standard_error.into(),
                spread.lower.into(),
                spread.upper.into(),
                n.into(),
                places.values.len().into(),
            ]);
        }
    }
    Ok(Answer::one("polarization", rows.frame()?).noting(notes).noting(interval.note()))
}
