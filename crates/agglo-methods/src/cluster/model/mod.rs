//! Development model of a cluster, from evidence.
//!
//! ramp(v; lo, hi) = min(1, max(0, (v − lo)/(hi − lo)))      score_m = Σⱼ wⱼ ramp(vⱼ) / Σⱼ wⱼ, j known
//!
//! | symbol | meaning                                            | shape | range  | unit |
//! |--------|----------------------------------------------------|-------|--------|------|
//! | v      | indicators of the cluster                          | J     | real   | see `data/development_models.csv` |
//! | w      | weight of an indicator in the model                | J × 4 | 0 to 1 | none |
//! | score  | 0 nothing speaks for the model, 1 all does         | 4     | 0 to 1 | none |
//!
//! A model is scored only if known indicators carry `min_weight` of its weight. The best one holds
//! from `min_score` on and with a lead of `min_margin`, else it is mixed with the second, else
//! undetermined, and what evidence is lacking is said. The robustness table repeats this with every
//! lo, hi and weight changed at random by up to ± `perturbation`; which models can be scored is a
//! question of evidence and does not change with them. A perturbed lo above its hi trades places
//! with it. Cost: O(B J) per cluster.
//! Source: agglo's own; thresholds anchored on the paper's examples.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Key, Note, Seed};
use rand::RngExt;

use self::score::known;
use crate::call::{Answer, Call, MethodError};

mod frames;
mod row;
mod score;

pub(super) use row::MODEL;
pub use score::{Evidence, Form, Label, Model, Ramp, Rule, Score, label, ranked, scores};

/// How often each label comes out when every ramp is changed at random by up to ± `perturbation`,
/// as shares of `replicates`; they sum to 1.
pub fn robustness(
    ramps: &[Ramp],
    evidence: &Evidence,
    rule: &Rule,
    perturbation: f64,
    replicates: u32,
    seed: Seed,
    unit: u32,
) -> BTreeMap<Label, f64> {
    let scored: Vec<bool> =
        scores(ramps, evidence, rule.min_weight).iter().map(|s| s.score.is_some()).collect();
    let mut counts: BTreeMap<Label, u32> = BTreeMap::new();
    for replicate in 0..replicates {
        let mut rng = seed.stream("development-model", unit, replicate);
        let mut factor = || 1.0 + perturbation * (2.0 * rng.random::<f64>() - 1.0);
        let changed: Vec<Ramp> = ramps
            .iter()
            .map(|ramp| {
                let (lo, hi) = (ramp.lo * factor(), ramp.hi * factor());
                let weight = ramp.weight * factor();
                Ramp { lo: lo.min(hi), hi: lo.max(hi), weight, ..ramp.clone() }
            })
            .collect();
        let mut found = scores(&changed, evidence, 0.0);
        for (score, scored) in found.iter_mut().zip(&scored) {
            score.score = score.score.filter(|_| *scored);
        }
        *counts.entry(label(&found, rule)).or_default() += 1;
    }
    let share = |count: u32| f64::from(count) / f64::from(replicates.max(1));
    counts.into_iter().map(|(label, count)| (label, share(count))).collect()
}

/// One cluster's verdict.
struct Verdict {
    cluster: Key,
    evidence: Evidence,
    scores: [Score; 4],
    label: Label,
    /// The label with what it needs.
    text: String,
    flags: Vec<&'static str>,
    natural: Option<bool>,
    supply: Option<bool>,
    robustness: BTreeMap<Label, f64>,
}

impl Verdict {
    /// Indicators of `model` without a number.
    fn lacking<'r>(&self, ramps: &'r [Ramp], model: Model) -> Vec<&'r str> {
        ramps
            .iter()
            .filter(|r| r.model == model && known(&self.evidence, &r.indicator).is_none())
            .map(|r| r.indicator.as_str())
            .collect()
    }

    fn is_scored(&self, model: Model) -> bool {
        self.scores.iter().any(|s| s.model == model && s.score.is_some())
    }
}

/// Values and sources of a cluster's indicators.
type Sources = BTreeMap<(Key, String), Key>;

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let rule = Rule {
        min_weight: call.option_number("min_weight"),
        min_score: call.option_number("min_score"),
        min_margin: call.option_number("min_margin"),
    };
    let ramps = read_ramps(call)?;
    let (clusters, sources) = read_evidence(call)?;
    let used: BTreeSet<&str> = ramps.iter().map(|ramp| ramp.indicator.as_str()).collect();
    let unused: BTreeSet<&str> = clusters
        .values()
        .flat_map(Evidence::keys)
        .map(String::as_str)
        .filter(|indicator| !used.contains(indicator))
        .collect();
    let mut notes = vec![convention(call)];
    if !unused.is_empty() {
        let list = unused.into_iter().collect::<Vec<_>>().join(", ");
        notes.push(Note::new(
            "indicators-unused",
            format!("indicators that no model asks for: {list}"),
            format!("任何模式均未使用的指标：{list}"),
        ));
    }
    let n_clusters = clusters.len() as u64;
    let mut verdicts = Vec::new();
    for (unit, (cluster, evidence)) in clusters.into_iter().enumerate() {
        call.control().step(unit as u64, n_clusters)?;
        verdicts.push(judge(call, &ramps, &rule, cluster, evidence, unit as u32));
    }
    notes.push(Note::new(
        "random",
        format!("robustness from seed {}", call.seed().0),
        format!("稳健性检验种子 {}", call.seed().0),
    ));
    Ok(Answer::one("models", frames::models(&verdicts)?)
        .and("scores", frames::scores(&verdicts)?)
        .and("evidence", frames::evidence(&verdicts, &ramps, &sources)?)
        .and("needs", frames::needs(&verdicts, &ramps)?)
        .and("robustness", frames::robustness(&verdicts)?)
        .and("thresholds", frames::thresholds(call, &ramps)?)
        .noting(notes))
}

fn judge(
    call: &Call<'_>,
    ramps: &[Ramp],
    rule: &Rule,
    cluster: Key,
    evidence: Evidence,
    unit: u32,
) -> Verdict {
    let scores = scores(ramps, &evidence, rule.min_weight);
    let n_scored = scores.iter().filter(|s| s.score.is_some()).count();
    let mut flags = Vec::new();
    if n_scored == 1 {
        flags.push("only-one-model-scored");
    }
    if known(&evidence, "n_firms") == Some(1.0) {
        flags.push("single-firm");
    }
    let above = |indicator: &str, option: &str| {
        known(&evidence, indicator).map(|value| value >= call.option_number(option))
    };
    let (natural, supply) =
        (above("resource_lq", "natural_lq"), above("local_procurement_share", "supply_share"));
    let robustness = robustness(
        ramps,
        &evidence,
        rule,
        call.option_number("perturbation"),
        call.option_integer("replicates") as u32,
        call.seed(),
        unit,
    );
    let label = label(&scores, rule);
    let mut verdict = Verdict {
        cluster,
        evidence,
        scores,
        label,
        text: String::new(),
        flags,
        natural,
        supply,
        robustness,
    };
    verdict.text = match label {
        Label::Undetermined => {
            let mut needs: Vec<&str> = Vec::new();
            for need in Model::ALL.iter().flat_map(|model| verdict.lacking(ramps, *model)) {
                if !needs.contains(&need) {
                    needs.push(need);
                }
            }
            if needs.is_empty() {
                "undetermined (no model reaches the score)".to_owned()
            } else {
                format!("undetermined (needs: {})", needs.join(", "))
            }
        }
        label => label.id(),
    };
    verdict
}

/// The default ramps, with those of the table `ramp` put in their place.
fn read_ramps(call: &Call<'_>) -> Result<Vec<Ramp>, MethodError> {
    let mut ramps = Ramp::defaults().to_vec();
    if !call.has("ramp") {
        return Ok(ramps);
    }
    let frame = call.frame("ramp")?;
    let (model, indicator) = (frame.keys("model")?, frame.keys("indicator")?);
    let [lo, hi, weight] = ["lo", "hi", "weight"].map(|name| frame.numbers(name));
    let (lo, hi, weight) = (lo?, hi?, weight?);
    let forms = if frame.has("form") { Some(frame.text("form")?) } else { None };
    for row in 0..model.len() {
        let refuse = |what: &str| MethodError::Data {
            what: format!("table `ramp`, row {}, `{}`: {what}", row + 1, indicator[row]),
        };
        let model = Model::from_id(&model[row])
            .ok_or_else(|| refuse(&format!("there is no model `{}`", model[row])))?;
        let (Some(lo), Some(hi), Some(weight)) =
            (lo[row].number(), hi[row].number(), weight[row].number())
        else {
            return Err(refuse("lo, hi and weight must all be numbers"));
        };
        if lo >= hi || weight < 0.0 {
            return Err(refuse("lo must lie below hi, and the weight must not be negative"));
        }
        let place = ramps.iter().position(|r| r.model == model && *r.indicator == *indicator[row]);
        let form = match forms.and_then(|forms| forms[row].as_deref()) {
            None => place.map_or(Form::Value, |place| ramps[place].form),
            Some("value") => Form::Value,
            Some("one-minus") => Form::OneMinus,
            Some(_) => return Err(refuse("form must be `value` or `one-minus`")),
        };
        let ramp = Ramp { model, indicator: indicator[row].to_string(), form, lo, hi, weight };
        match place {
            Some(place) => ramps[place] = ramp,
            None => ramps.push(ramp),
        }
    }
    ramps.sort_by_key(|ramp| ramp.model);
    Ok(ramps)
}

fn read_evidence(call: &Call<'_>) -> Result<(BTreeMap<Key, Evidence>, Sources), MethodError> {
    let frame = call.frame("evidence")?;
    let (cluster, indicator) = (frame.keys("cluster")?, frame.keys("indicator")?);
    let value = frame.numbers("value")?;
    let source = if frame.has("source") { Some(frame.text("source")?) } else { None };
    let mut clusters: BTreeMap<Key, Evidence> = BTreeMap::new();
    let mut sources = BTreeMap::new();
    for row in 0..cluster.len() {
        let name = indicator[row].to_string();
        if let Some(Some(source)) = source.map(|source| &source[row]) {
            sources.insert((cluster[row].clone(), name.clone()), source.clone());
        }
        let evidence = clusters.entry(cluster[row].clone()).or_default();
        if evidence.insert(name, value[row]).is_some() {
            return Err(MethodError::Data {
                what: format!(
                    "two rows for cluster `{}`, indicator `{}`",
                    cluster[row], indicator[row]
                ),
            });
        }
    }
    Ok((clusters, sources))
}

fn convention(call: &Call<'_>) -> Note {
    let list = row::CUTS
        .iter()
        .map(|name| format!("{name} = {}", call.option(name)))
        .collect::<Vec<_>>()
        .join(", ");
    Note::new(
        "convention",
        format!(
            "ramps, weights and cuts are agglo's own convention [A], anchored on examples and not \
             calibrated: {list}; ramps in the table `thresholds`"
        ),
        format!(
            "各阈值、权重均为 agglo 约定 [A]，以案例为据、未经标定：{list}；详见 `thresholds` 表"
        ),
    )
}

/// A datum for something that may not have been computed.
fn or_no_evidence(value: Option<f64>) -> Datum {
    value.map_or(Datum::undefined(agglo_core::Undefined::NotEnoughEvidence), Datum::Number)
}
