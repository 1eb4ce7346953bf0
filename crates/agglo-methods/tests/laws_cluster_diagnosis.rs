//! What holds for every table of clusters and diagnosis.

use agglo_core::{Activity, Control, Datum, Seed};
use agglo_methods::cluster::{Evidence, Label, Model, Ramp, Rule, label, robustness, scores};
use agglo_methods::diagnosis::{
    Choice, Speed, Spread, beta_convergence, duplication, hypergeometric_tails, spread,
    structural_similarity,
};
use proptest::prelude::*;

const RULE: Rule = Rule { min_weight: 0.6, min_score: 0.5, min_margin: 0.15 };

fn indicators() -> Vec<String> {
    let mut names: Vec<String> = Ramp::defaults().iter().map(|r| r.indicator.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Any subset of the indicators with any values.
fn evidence() -> impl Strategy<Value = Evidence> {
    let names = indicators();
    proptest::collection::vec(proptest::option::of(-0.2..2.0_f64), names.len()).prop_map(
        move |values| {
            let known = names.iter().cloned().zip(values);
            known.filter_map(|(name, v)| v.map(|v| (name, Datum::Number(v)))).collect()
        },
    )
}

fn structure() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(0.0..100.0_f64, 6).prop_map(|mut values| {
        values[0] += 1.0;
        values
    })
}

fn pair() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (3_usize..12).prop_flat_map(|n| {
        let positive = || proptest::collection::vec(1.0..100.0_f64, n);
        (positive(), positive())
    })
}

proptest! {
    #[test]
    fn evidence_for_one_model_leaves_the_others_scores_alone(found in evidence(), value in 0.0..1.0_f64) {
        let before = scores(Ramp::defaults(), &found, RULE.min_weight);
        let mut more = found.clone();
        more.insert("local_procurement_share".to_owned(), Datum::Number(value));
        let after = scores(Ramp::defaults(), &more, RULE.min_weight);
        for (before, after) in before.iter().zip(&after) {
            if before.model != Model::ResourceDriven {
                prop_assert_eq!(before, after);
            }
        }
    }

    #[test]
    fn scores_lie_between_zero_and_one_and_label_frequencies_sum_to_one(
        found in evidence(),
        seed in any::<u64>(),
    ) {
        for score in scores(Ramp::defaults(), &found, RULE.min_weight) {
            prop_assert!(score.score.is_none_or(|s| (0.0..=1.0 + 1e-12).contains(&s)));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&score.weight_present));
        }
        let shares = robustness(Ramp::defaults(), &found, &RULE, 0.2, 49, Seed(seed), 0);
        prop_assert!((shares.values().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn without_perturbation_every_draw_gives_the_same_label(found in evidence()) {
        let plain = label(&scores(Ramp::defaults(), &found, RULE.min_weight), &RULE);
        let shares = robustness(Ramp::defaults(), &found, &RULE, 0.0, 9, Seed(1), 0);
        prop_assert_eq!(shares.into_iter().collect::<Vec<_>>(), vec![(plain, 1.0)]);
    }

    #[test]
    fn nothing_known_is_undetermined_whatever_the_cuts(score in 0.0..1.0_f64) {
        let rule = Rule { min_weight: 0.0, min_score: score, min_margin: 0.0 };
        let none = Evidence::new();
        prop_assert_eq!(label(&scores(Ramp::defaults(), &none, 0.0), &rule), Label::Undetermined);
    }

    #[test]
    fn similarity_is_symmetric_bounded_and_does_not_see_the_size(
        a in structure(),
        b in structure(),
        scale in 0.01..100.0_f64,
    ) {
        let plain = structural_similarity(&a, &b).unwrap();
        let turned = structural_similarity(&b, &a).unwrap();
        let scaled: Vec<f64> = a.iter().map(|v| v * scale).collect();
        let scaled = structural_similarity(&scaled, &b).unwrap();
        prop_assert!((plain.cosine - turned.cosine).abs() < 1e-12);
        prop_assert!((plain.cosine - scaled.cosine).abs() < 1e-9);
        prop_assert!((0.0..=1.0).contains(&plain.cosine));
        prop_assert!((0.0..=2.0 + 1e-12).contains(&plain.krugman));
        prop_assert!((plain.overlap - (1.0 - plain.krugman / 2.0)).abs() < 1e-12);
        prop_assert!((structural_similarity(&a, &a).unwrap().cosine - 1.0).abs() < 1e-12);
    }

    #[test]
    fn both_tails_together_count_the_value_once_more(
        total in 2_u64..200,
        marked in 0_u64..200,
        drawn in 0_u64..200,
        place in 0.0..1.0_f64,
    ) {
        let (marked, drawn) = (marked.min(total), drawn.min(total));
        let (least, most) = ((marked + drawn).saturating_sub(total), marked.min(drawn));
        let x = least + ((most - least) as f64 * place) as u64;
        let (at_most, at_least) = hypergeometric_tails(total, marked, drawn, x);
        let here = at_most + at_least - 1.0;
        prop_assert!((-1e-12..=1.0 + 1e-12).contains(&here));
        // Drawing and marking may trade places.
        let (turned, _) = hypergeometric_tails(total, drawn, marked, x);
        prop_assert!((at_most - turned).abs() < 1e-10);
        if x > least {
            let (below, _) = hypergeometric_tails(total, marked, drawn, x - 1);
            prop_assert!((below + here - at_most).abs() < 1e-12);
        }
    }

    #[test]
    fn the_unit_of_income_changes_neither_sigma_nor_beta((start, end) in pair(), unit in 0.01..100.0_f64) {
        let logs = |values: &[f64], unit: f64| values.iter().map(|v| (v * unit).ln()).collect::<Vec<_>>();
        let ones = vec![1.0; start.len()];
        let sigma = |unit| spread(&logs(&start, unit), &ones, Spread::Sample).unwrap().0;
        prop_assert!((sigma(1.0) - sigma(unit)).abs() < 1e-9);
        let scaled = |values: &[f64]| values.iter().map(|v| v * unit).collect::<Vec<_>>();
        let plain = beta_convergence(&start, &end, 7.0, Speed::Annual);
        let other = beta_convergence(&scaled(&start), &scaled(&end), 7.0, Speed::Annual);
        if let (Ok(plain), Ok(other)) = (plain, other) {
            prop_assert!((plain.line.slope - other.line.slope).abs() < 1e-6);
        }
    }

    #[test]
    fn pillars_are_counted_once_for_each_place_and_p_values_are_never_zero(
        values in proptest::collection::vec(0.1..100.0_f64, 20),
        seed in any::<u64>(),
    ) {
        let rows: Vec<[f64; 5]> = values.chunks(5).map(|c| c.try_into().unwrap()).collect();
        let activity = Activity::from_rows(&rows);
        for choice in [Choice::Uniform, Choice::National] {
            let found =
                duplication(&Control::none(), &activity, 2, choice, 19, Seed(seed), 0).unwrap();
            let listed: u32 = found.iter().map(|d| d.n_regions).sum();
            prop_assert_eq!(listed, 8);
            prop_assert!((found.iter().map(|d| d.expected).sum::<f64>() - 8.0).abs() < 1e-9);
            prop_assert!(found.iter().all(|d| d.p_value > 0.0 && d.p_value <= 1.0));
        }
    }
}

#[test]
fn the_same_seed_draws_the_same_choices_and_another_seed_others() {
    let activity = Activity::from_rows(&[[5.0, 4.0, 3.0, 2.0, 1.0, 6.0]; 8]);
    let p = |seed| {
        duplication(&Control::none(), &activity, 3, Choice::National, 99, Seed(seed), 0)
            .unwrap()
            .iter()
            .map(|d| d.expected)
            .collect::<Vec<_>>()
    };
    assert_eq!(p(7), p(7));
    assert_ne!(p(7), p(8));
}
