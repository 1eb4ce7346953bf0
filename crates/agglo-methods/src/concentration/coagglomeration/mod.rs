//! Coagglomeration: do the establishments of two industries, or of a group of them, share regions
//! more often than by chance?
//!
//! γᶜᵢⱼ = Σᵣ (sᵢᵣ − xᵣ)(sⱼᵣ − xᵣ) / (1 − X)        X = Σᵣ xᵣ²
//!
//! γᶜ(group) = {G/(1 − X) − H − Σᵢ γᵢ wᵢ² (1 − Hᵢ)} / (1 − Σᵢ wᵢ²)
//!
//! | symbol | meaning                                                | shape | range      | unit |
//! |--------|--------------------------------------------------------|-------|------------|------|
//! | sᵢ, x  | shares of the regions in industry i, in the benchmark  | R     | ≥ 0, sum 1 | none |
//! | w      | share of each industry in its group                    | m     | > 0, sum 1 | none |
//! | G      | Σᵣ (Σᵢ wᵢ sᵢᵣ − xᵣ)²                                   | 1     | ≥ 0        | none |
//! | Hᵢ, H  | Herfindahl of i's establishments; Σ wᵢ² Hᵢ             | m, 1  | 0 to 1     | none |
//! | γᵢ     | Ellison–Glaeser index of i                             | m     | any real   | none |
//! | γᶜ     | 0 as by chance, above together, below apart            | I × I | any real   | none |
//!
//! Hᵢ + γᵢ (1 − Hᵢ) is Gᵢ/(1 − X), so the group's index is the mean of its pairs' with weights
//! wᵢwⱼ and needs no establishment sizes. Those serve the test: if all establishments chose regions
//! with probabilities x, E γᶜ = 0, Var γᶜᵢⱼ = HᵢHⱼ (X − 2 Σx³ + X²)/(1 − X)², and no two pairs
//! are correlated.
//! Gaps: refused or left out, by the option `gaps`. Cost: one product of an R × I matrix with
//! itself, O(I²·R); the random test B times that.
//! Source: Ellison, Glaeser and Kerr (2010), American Economic Review 100(3), 1195–1213; group
//! index Ellison and Glaeser (1997), Journal of Political Economy 105(5), 889–927. The moments are
//! derived here and confirmed by simulation.

use agglo_core::{Column, Datum, Frame, Key, Text, Undefined};

use super::benchmark::BENCHMARK;
use super::chance::{ALTERNATIVE, Alternative, REPLICATES, TEST};
use super::plants::{ACTIVITY_ONLY, PLANT, PeriodPlants, SIZE_CLASS, VARIANTS, collect};
use super::reduced::CELL;
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, INDUSTRY, Input, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec, Output,
    OutputTable, key, out, out_key,
};

mod chance;
mod groups;
mod pairs;

pub use chance::{PairMoments, random_coagglomeration};
pub use groups::{GroupCoagglomeration, group_coagglomeration};
pub use pairs::{Coagglomeration, coagglomeration};

use chance::{Counts, Tested};
use groups::Groups;

/// Industries that belong together.
const INDUSTRY_GROUP: Input = Input {
    table: "industry_group",
    required: false,
    columns: &[INDUSTRY, key("group", "group of industries", "行业组")],
};

const GAMMA: Output = out("gamma", "1", "Coagglomeration γ", "协同集聚指数 γ");
const Z: Output = out("z", "1", "Standard score", "标准分");
const P_VALUE: Output = out("p_value", "1", "p-value", "p 值");

/// What to do with what holds no number: cells of the activity, or establishments.
const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&[
        "error",
        "drop",
        "drop-regions",
        "drop-industries",
        "drop-periods",
        "zero",
    ]),
    default: "error",
    help: Text::new(
        "without a number: refuse; leave out establishments (drop); of the activity leave out regions, \
         industries or periods, or count as zero",
        "无数值时：报错；剔除企业单位（drop）；对活动量剔除所在地区、行业或年份，或按零计",
    ),
};

pub(super) static COAGGLOMERATION: Method = Method {
    id: "coagglomeration",
    chapter: Chapter::Status,
    title: Text::new("Coagglomeration index", "协同集聚指数"),
    help: Text::new(
        "Which industries share regions more often than by chance?",
        "哪些行业同处一地的程度高于随机？",
    ),
    inputs: &[
        Input { required: false, ..ACTIVITY },
        INDUSTRY_GROUP,
        PLANT,
        SIZE_CLASS,
        CELL,
        BENCHMARK,
    ],
    options: &[
        TEST,
        ALTERNATIVE,
        REPLICATES,
        OptionSpec {
            name: "partners",
            kind: OptionKind::Integer(0, 1_000_000),
            default: "0",
            help: Text::new(
                "keep pairs in which one is among the other's closest, this many; 0 keeps all",
                "仅保留互为最接近伙伴之一的行业对（个数）；0 为全部保留",
            ),
        },
        GAPS,
    ],
    variants: &[ACTIVITY_ONLY, VARIANTS[0], VARIANTS[1], VARIANTS[2], VARIANTS[3]],
    outputs: &[
        OutputTable {
            name: "pairs",
            columns: &[
                OUT_PERIOD,
                out_key("industry_a", "Industry", "行业甲"),
                out_key("industry_b", "Other industry", "行业乙"),
                GAMMA,
                Z,
                P_VALUE,
            ],
        },
        OutputTable {
            name: "groups",
            columns: &[
                OUT_PERIOD,
                out_key("group", "Group", "行业组"),
                GAMMA,
                out("raw_g", "1", "Raw concentration G", "原始集中度 G"),
                out("herfindahl", "1", "Herfindahl of establishments", "企业单位赫芬达尔指数"),
                Z,
                P_VALUE,
                out("n_industries", "1", "Industries", "行业数"),
            ],
        },
    ],
    formula: "γ(i,j) = Σ (s_i − x)(s_j − x)/(1 − X)   X = Σ x²   group: γ = (G/(1 − X) − H − \
              Σ γ_i w_i² (1 − H_i))/(1 − Σ w²)   G = Σ (Σ w_i s_i − x)²   H = Σ w² H_i   s, x: \
              shares of the regions in the industry and in the benchmark; w: shares of the \
              industries in the group; H_i, γ_i: Herfindahl of its plants, Ellison–Glaeser index",
    source: "Ellison, Glaeser and Kerr (2010), American Economic Review 100(3), 1195–1213; \
             Ellison and Glaeser (1997), Journal of Political Economy 105(5), 889–927",
    mark: Mark::Derived,
    run,
};

/// How pairs and groups are tested, and which pairs are kept.
struct Rules {
    monte_carlo: Option<u32>,
    alternative: Alternative,
    partners: usize,
}

#[derive(Default)]
struct PairRows {
    period: Vec<i64>,
    a: Vec<Option<Key>>,
    b: Vec<Option<Key>>,
    numbers: [Vec<Datum>; 3],
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let rules = Rules {
        monte_carlo: (call.option("test") == "monte-carlo")
            .then(|| call.option_integer("replicates") as u32),
        alternative: Alternative::from_name(call.option("alternative")),
        partners: call.option_integer("partners"),
    };
    let groups = Groups::read(call)?;
    let (periods, mut notes) = collect(call)?;
    let (mut rows, mut group_rows) = (PairRows::default(), groups::Rows::default());
    for plants in &periods {
        one_period(call, plants, groups.as_ref(), &rules, &mut rows, &mut group_rows)?;
    }
    if let Some(groups) = &groups {
        notes.extend(groups.unmatched_note(&periods));
    }
    let mut answer = Answer::one("pairs", rows.frame()?);
    if groups.is_some() {
        answer = answer.and("groups", group_rows.frame()?);
    }
    Ok(answer.noting(notes))
}

fn one_period(
    call: &Call<'_>,
    plants: &PeriodPlants,
    groups: Option<&Groups>,
    rules: &Rules,
    rows: &mut PairRows,
    group_rows: &mut groups::Rows,
) -> Result<(), MethodError> {
    let Some(first) = plants.industries.first() else { return Ok(()) };
    let period = first.period;
    let by_region: Vec<&[f64]> =
        plants.industries.iter().map(|one| one.by_region.as_slice()).collect();
    let index = coagglomeration(&by_region, &plants.benchmark);
    let moments = PairMoments::of(&plants.benchmark);
    let herfindahls: Vec<Result<f64, Undefined>> =
        plants.industries.iter().map(|one| chance::herfindahl(&one.sizes)).collect();
    let members = groups.map(|groups| groups.of(plants)).unwrap_or_default();
    let counts = match (&index, rules.monte_carlo) {
        (Ok(index), Some(replicates)) => {
            Some(Counts::simulate(call, plants, index, &members, replicates)?)
        }
        _ => None,
    };
    let tested = Tested { moments, herfindahls, counts, alternative: rules.alternative };
    rows.extend(period, plants, &index, &tested, rules.partners);
    for (place, group) in members.iter().enumerate() {
        group_rows.push(period, group, place, plants, &tested);
    }
    Ok(())
}

impl PairRows {
    fn extend(
        &mut self,
        period: i64,
        plants: &PeriodPlants,
        index: &Result<Coagglomeration, Undefined>,
        tested: &Tested,
        partners: usize,
    ) {
        let n = plants.industries.len();
        let codes: Vec<Option<Key>> =
            plants.industries.iter().map(|one| Some(one.industry.clone())).collect();
        let kept = match index {
            Ok(index) if partners > 0 => Some(index.closest(partners)),
            _ => None,
        };
        for a in 0..n {
            for b in a + 1..n {
                if kept.as_ref().is_some_and(|kept| !kept[a * n + b]) {
                    continue;
                }
                let gamma = index.as_ref().map_err(|why| *why).and_then(|index| index.gamma(a, b));
                let z = gamma.and_then(|gamma| tested.z(gamma, a, b));
                let p = gamma.and_then(|_| tested.p_value(z, a, b));
                self.period.push(period);
                self.a.push(codes[a].clone());
                self.b.push(codes[b].clone());
                for (column, value) in self.numbers.iter_mut().zip([gamma, z, p]) {
                    column.push(Datum::from(value));
                }
            }
        }
    }

    fn frame(self) -> Result<Frame, MethodError> {
        let [gamma, z, p_value] = self.numbers;
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::new("industry_a", "", agglo_core::Values::Text(self.a)),
            Column::new("industry_b", "", agglo_core::Values::Text(self.b)),
            Column::number("gamma", "1", gamma),
            Column::number("z", "1", z),
            Column::number("p_value", "1", p_value),
        ])?)
    }
}

#[cfg(test)]
mod tests;
