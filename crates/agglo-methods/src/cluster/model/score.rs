//! Ramps, scores and the rule that turns scores into a label.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use agglo_core::{Datum, Text, sum};

use crate::diagnosis::thresholds::{constant, rows};

/// A way in which a cluster grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// A professional market radiates.
    ProfessionalRadiation,
    /// Resources or dense local supply drive.
    ResourceDriven,
    /// Leading enterprises drive.
    LeadingEnterprise,
    /// Industry comes from elsewhere.
    IndustryUndertaking,
}

impl Model {
    /// All, in the paper's order.
    pub const ALL: [Model; 4] = [
        Model::ProfessionalRadiation,
        Model::ResourceDriven,
        Model::LeadingEnterprise,
        Model::IndustryUndertaking,
    ];

    /// The model's id.
    pub const fn id(self) -> &'static str {
        match self {
            Model::ProfessionalRadiation => "professional-radiation",
            Model::ResourceDriven => "resource-driven",
            Model::LeadingEnterprise => "leading-enterprise",
            Model::IndustryUndertaking => "industry-undertaking",
        }
    }

    /// The model's name.
    pub const fn title(self) -> Text {
        match self {
            Model::ProfessionalRadiation => Text::new("professional radiation", "专业市场辐射型"),
            Model::ResourceDriven => Text::new("resource driven", "资源驱动型"),
            Model::LeadingEnterprise => Text::new("leading enterprise", "龙头企业带动型"),
            Model::IndustryUndertaking => Text::new("industry undertaking", "产业承接型"),
        }
    }

    /// The model with this id.
    pub fn from_id(id: &str) -> Option<Model> {
        Model::ALL.into_iter().find(|model| model.id() == id)
    }
}

/// Whether an indicator counts as it is or by what it leaves of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// v.
    Value,
    /// 1 − v.
    OneMinus,
}

/// How an indicator speaks for a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    /// The model.
    pub model: Model,
    /// The indicator.
    pub indicator: String,
    /// v or 1 − v.
    pub form: Form,
    /// Up to here it says nothing.
    pub lo: f64,
    /// From here on it says all it can.
    pub hi: f64,
    /// Its weight in the model.
    pub weight: f64,
}

impl Ramp {
    /// The default ramps, from `data/development_models.csv`.
    pub fn defaults() -> &'static [Ramp] {
        static RAMPS: LazyLock<Vec<Ramp>> = LazyLock::new(|| {
            rows(include_str!("../../../data/development_models.csv"))
                .filter_map(|cells| {
                    Some(Ramp {
                        model: Model::from_id(cells[0])?,
                        indicator: cells[1].to_owned(),
                        form: if cells[2] == "one-minus" { Form::OneMinus } else { Form::Value },
                        lo: constant(cells[3]),
                        hi: constant(cells[4]),
                        weight: constant(cells[5]),
                    })
                })
                .collect()
        });
        &RAMPS
    }

    /// How far up the ramp `value` stands, 0 to 1.
    pub fn height(&self, value: f64) -> f64 {
        let value = match self.form {
            Form::Value => value,
            Form::OneMinus => 1.0 - value,
        };
        ((value - self.lo) / (self.hi - self.lo)).clamp(0.0, 1.0)
    }
}

/// Cuts of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Part of a model's weight that must be known for it to be scored.
    pub min_weight: f64,
    /// Score from which a model may hold.
    pub min_score: f64,
    /// Lead over the second from which it holds alone.
    pub min_margin: f64,
}

/// A model's score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// The model.
    pub model: Model,
    /// Weighted mean of the known ramps; `None` when too little is known.
    pub score: Option<f64>,
    /// Part of the model's weight that is known.
    pub weight_present: f64,
}

/// What a cluster is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// One model.
    One(Model),
    /// Two models too close to part, in the paper's order.
    Mixed(Model, Model),
    /// None holds, or none can be scored.
    Undetermined,
}

impl Label {
    /// The words printed.
    pub fn id(self) -> String {
        match self {
            Label::One(model) => model.id().to_owned(),
            Label::Mixed(a, b) => format!("mixed({}+{})", a.id(), b.id()),
            Label::Undetermined => "undetermined".to_owned(),
        }
    }
}

/// Values of a cluster's indicators.
pub type Evidence = BTreeMap<String, Datum>;

/// Number of `indicator`, where there is one.
pub(super) fn known(evidence: &Evidence, indicator: &str) -> Option<f64> {
    evidence.get(indicator).and_then(|value| value.number())
}

/// Scores of all models, in the paper's order.
pub fn scores(ramps: &[Ramp], evidence: &Evidence, min_weight: f64) -> [Score; 4] {
    Model::ALL.map(|model| {
        let own = || ramps.iter().filter(move |ramp| ramp.model == model);
        let present = || {
            own().filter_map(|ramp| {
                known(evidence, &ramp.indicator).map(|value| (ramp.weight, ramp.height(value)))
            })
        };
        let all = sum(own().map(|ramp| ramp.weight));
        let weight = sum(present().map(|(weight, _)| weight));
        let weight_present = if all > 0.0 { weight / all } else { 0.0 };
        // 0.2 + 0.2 + 0.2 must be enough for 0.6 whatever its last bit.
        let enough = weight > 0.0 && weight_present >= min_weight - 1e-9;
        let score = enough.then(|| sum(present().map(|(w, height)| w * height)) / weight);
        Score { model, score, weight_present }
    })
}

/// The models that can be scored, best first; ties in the paper's order.
pub fn ranked(scores: &[Score; 4]) -> Vec<(Model, f64)> {
    let mut ranked: Vec<(Model, f64)> =
        scores.iter().filter_map(|s| s.score.map(|score| (s.model, score))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

/// The label that `scores` earn under `rule`.
pub fn label(scores: &[Score; 4], rule: &Rule) -> Label {
    let ranked = ranked(scores);
    match ranked.as_slice() {
        [(best, score), ..] if *score >= rule.min_score => match ranked.get(1) {
            Some((second, near)) if score - near < rule.min_margin => {
                Label::Mixed(*best.min(second), *best.max(second))
            }
            _ => Label::One(*best),
        },
        _ => Label::Undetermined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { min_weight: 0.6, min_score: 0.5, min_margin: 0.15 };

    fn evidence(values: &[(&str, f64)]) -> Evidence {
        values.iter().map(|(name, v)| ((*name).to_owned(), Datum::Number(*v))).collect()
    }

    fn check(values: &[(&str, f64)], expected: [Option<f64>; 4], expected_label: Label) {
        let found = scores(Ramp::defaults(), &evidence(values), RULE.min_weight);
        for (found, expected) in found.iter().zip(expected) {
            match (found.score, expected) {
                (Some(found), Some(expected)) => {
                    assert!((found - expected).abs() < 5e-5, "{found} is not {expected}");
                }
                (found, expected) => assert_eq!(found, expected),
            }
        }
        assert_eq!(label(&found, &RULE), expected_label);
    }

    #[test]
    fn a_cluster_like_liushi_is_driven_by_its_supply() {
        check(
            &[
                ("market_turnover_ratio", 0.25),
                ("largest_market_bn", 3.0),
                ("n_firms", 400.0),
                ("cr4", 0.35),
                ("local_procurement_share", 0.7),
                ("resource_lq", 1.1),
                ("outside_supplier_office_share", 0.45),
                ("cr1", 0.15),
                ("leader_local_purchase_share", 0.5),
                ("transferred_growth_share", 0.05),
                ("transferred_stock_share", 0.03),
                ("delta_share", 0.0),
            ],
            [Some(0.325), Some(0.74375), Some(0.3875), Some(0.0)],
            Label::One(Model::ResourceDriven),
        );
    }

    #[test]
    fn a_cluster_like_qingdao_is_led_by_its_enterprises() {
        check(
            &[
                ("market_turnover_ratio", 0.05),
                ("largest_market_bn", 0.5),
                ("n_firms", 90.0),
                ("cr4", 0.72),
                ("local_procurement_share", 0.45),
                ("resource_lq", 0.8),
                ("outside_supplier_office_share", 0.2),
                ("cr1", 0.38),
                ("leader_local_purchase_share", 0.55),
                ("transferred_growth_share", 0.1),
                ("transferred_stock_share", 0.1),
                ("delta_share", 0.01),
            ],
            [Some(0.017_78), Some(0.25), Some(0.93), Some(0.04)],
            Label::One(Model::LeadingEnterprise),
        );
    }

    // Sixty percent of the weight is enough, less is not.
    #[test]
    fn a_model_with_too_little_evidence_has_no_score() {
        check(
            &[("cr1", 0.4), ("cr4", 0.7), ("resource_lq", 2.0)],
            [None, None, Some(1.0), None],
            Label::One(Model::LeadingEnterprise),
        );
        check(&[("cr1", 0.4)], [None; 4], Label::Undetermined);
    }

    #[test]
    fn two_models_within_the_margin_are_mixed() {
        check(
            &[
                ("cr1", 0.4),
                ("cr4", 0.7),
                ("local_procurement_share", 0.7),
                ("outside_supplier_office_share", 0.5),
            ],
            [None, Some(1.0), Some(1.0), None],
            Label::Mixed(Model::ResourceDriven, Model::LeadingEnterprise),
        );
    }

    #[test]
    fn the_weights_of_every_model_sum_to_one() {
        for model in Model::ALL {
            let weights = Ramp::defaults().iter().filter(|r| r.model == model).map(|r| r.weight);
            assert!((sum(weights) - 1.0).abs() < 1e-12, "{}", model.id());
        }
    }
}
