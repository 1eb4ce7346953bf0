//! The tables of the answer.

use agglo_core::{Column, Datum, Frame, Gap, Key, Values};

use super::{Form, Model, Ramp, Sources, Verdict, known, or_no_evidence, ranked, row};
use crate::call::{Call, MethodError};
use crate::diagnosis::thresholds::yes_no;

pub(super) fn models(verdicts: &[Verdict]) -> Result<Frame, MethodError> {
    let places: Vec<Vec<(Model, f64)>> = verdicts.iter().map(|v| ranked(&v.scores)).collect();
    let model = |place: usize| {
        let names = places.iter().map(|ranked| ranked.get(place).map(|m| Key::from(m.0.id())));
        Values::Text(names.collect())
    };
    let score = |place: usize| {
        places
            .iter()
            .map(|ranked| or_no_evidence(ranked.get(place).map(|m| m.1)))
            .collect::<Vec<_>>()
    };
    let margin = places.iter().map(|ranked| {
        or_no_evidence(ranked.first().zip(ranked.get(1)).map(|(best, second)| best.1 - second.1))
    });
    let frequency =
        verdicts.iter().map(|v| Datum::Number(v.robustness.get(&v.label).copied().unwrap_or(0.0)));
    Ok(Frame::new(vec![
        Column::text("cluster", verdicts.iter().map(|v| v.cluster.clone())),
        Column::text("label", verdicts.iter().map(|v| v.text.clone())),
        Column::text("class", verdicts.iter().map(|v| v.label.id())),
        Column::new("best", "", model(0)),
        Column::number("best_score", "1", score(0)),
        Column::new("second", "", model(1)),
        Column::number("second_score", "1", score(1)),
        Column::number("margin", "1", margin),
        Column::text("natural", verdicts.iter().map(|v| yes_no(v.natural))),
        Column::text("supply", verdicts.iter().map(|v| yes_no(v.supply))),
        Column::number("frequency", "1", frequency),
        Column::text("flags", verdicts.iter().map(|v| v.flags.join(", "))),
    ])?)
}

pub(super) fn scores(verdicts: &[Verdict]) -> Result<Frame, MethodError> {
    let rows: Vec<_> =
        verdicts.iter().flat_map(|v| v.scores.iter().map(move |s| (&v.cluster, s))).collect();
    Ok(Frame::new(vec![
        Column::text("cluster", rows.iter().map(|(cluster, _)| (*cluster).clone())),
        Column::text("model", rows.iter().map(|(_, s)| s.model.id())),
        Column::number("score", "1", rows.iter().map(|(_, s)| or_no_evidence(s.score))),
        Column::numbers("weight_present", "1", rows.iter().map(|(_, s)| s.weight_present)),
    ])?)
}

pub(super) fn evidence(
    verdicts: &[Verdict],
    ramps: &[Ramp],
    sources: &Sources,
) -> Result<Frame, MethodError> {
    let rows: Vec<(&Verdict, &Ramp)> =
        verdicts.iter().flat_map(|v| ramps.iter().map(move |ramp| (v, ramp))).collect();
    let value = |(verdict, ramp): &(&Verdict, &Ramp)| {
        verdict.evidence.get(&ramp.indicator).copied().unwrap_or(Datum::Gap(Gap::Missing))
    };
    let source = |(verdict, ramp): &(&Verdict, &Ramp)| {
        sources.get(&(verdict.cluster.clone(), ramp.indicator.clone())).cloned()
    };
    Ok(Frame::new(vec![
        Column::text("cluster", rows.iter().map(|(v, _)| v.cluster.clone())),
        Column::text("model", rows.iter().map(|(_, ramp)| ramp.model.id())),
        Column::text("indicator", rows.iter().map(|(_, ramp)| ramp.indicator.clone())),
        Column::number("value", "", rows.iter().map(value)),
        Column::number("ramp", "1", rows.iter().map(|row| value(row).map(|v| row.1.height(v)))),
        Column::numbers("weight", "1", rows.iter().map(|(_, ramp)| ramp.weight)),
        Column::new("source", "", Values::Text(rows.iter().map(source).collect())),
    ])?)
}

pub(super) fn needs(verdicts: &[Verdict], ramps: &[Ramp]) -> Result<Frame, MethodError> {
    let rows: Vec<(&Verdict, &Ramp)> = verdicts
        .iter()
        .flat_map(|v| ramps.iter().map(move |ramp| (v, ramp)))
        .filter(|(v, ramp)| known(&v.evidence, &ramp.indicator).is_none())
        .collect();
    Ok(Frame::new(vec![
        Column::text("cluster", rows.iter().map(|(v, _)| v.cluster.clone())),
        Column::text("model", rows.iter().map(|(_, ramp)| ramp.model.id())),
        Column::text("indicator", rows.iter().map(|(_, ramp)| ramp.indicator.clone())),
        Column::text(
            "blocking",
            rows.iter().map(|(v, ramp)| yes_no(Some(!v.is_scored(ramp.model)))),
        ),
    ])?)
}

pub(super) fn robustness(verdicts: &[Verdict]) -> Result<Frame, MethodError> {
    let rows: Vec<(&Key, String, f64)> = verdicts
        .iter()
        .flat_map(|v| v.robustness.iter().map(|(label, share)| (&v.cluster, label.id(), *share)))
        .collect();
    Ok(Frame::new(vec![
        Column::text("cluster", rows.iter().map(|row| row.0.clone())),
        Column::text("label", rows.iter().map(|row| row.1.clone())),
        Column::numbers("frequency", "1", rows.iter().map(|row| row.2)),
    ])?)
}

pub(super) fn thresholds(call: &Call<'_>, ramps: &[Ramp]) -> Result<Frame, MethodError> {
    let defaults = Ramp::defaults();
    let cuts = || row::CUTS.iter().map(|name| (*name, call.option_number(name)));
    let none = || row::CUTS.iter().map(|_| Datum::Gap(Gap::NotApplicable));
    let form = |ramp: &Ramp| match ramp.form {
        Form::Value => "value",
        Form::OneMinus => "one-minus",
    };
    let mark = |ramp: &Ramp| if defaults.contains(ramp) { "A" } else { "user" };
    let of = |value: fn(&Ramp) -> f64| ramps.iter().map(move |r| Datum::Number(value(r)));
    Ok(Frame::new(vec![
        Column::text("model", ramps.iter().map(|r| r.model.id()).chain(cuts().map(|_| "all"))),
        Column::text(
            "criterion",
            ramps.iter().map(|r| r.indicator.as_str()).chain(cuts().map(|cut| cut.0)),
        ),
        Column::text("form", ramps.iter().map(form).chain(cuts().map(|_| "value"))),
        Column::number("lo", "", of(|r| r.lo).chain(cuts().map(|cut| Datum::Number(cut.1)))),
        Column::number("hi", "", of(|r| r.hi).chain(none())),
        Column::number("weight", "1", of(|r| r.weight).chain(none())),
        Column::text("mark", ramps.iter().map(mark).chain(cuts().map(|_| "A"))),
    ])?)
}
