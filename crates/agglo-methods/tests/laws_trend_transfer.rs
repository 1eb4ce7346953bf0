//! Laws that hold for every data set, for the trend and transfer families.

use agglo_core::Datum;
use agglo_methods::transfer::{
    Parts, State, Tolerance, class_of, quotient_change, share_change, shift_share,
};
use agglo_methods::trend::{Design, Shape, StageScale};
use proptest::collection::vec;
use proptest::prelude::*;

fn times(n: usize) -> Vec<f64> {
    (0..n).map(|t| t as f64).collect()
}

fn dates(y: &[f64], shape: Shape) -> Vec<Vec<usize>> {
    let x = times(y.len());
    let design = Design { x: &x, shape, shortest: 4, max_breaks: 2 };
    design.candidates(y).into_iter().map(|candidate| candidate.breaks).collect()
}

proptest! {
    // One more break can only lower the sum of squares where some segment is long enough to split.
    #[test]
    fn one_more_break_never_fits_worse_while_a_segment_can_be_split(y in vec(-10.0..10.0_f64, 20..40)) {
        let x = times(y.len());
        for shape in [Shape::Level, Shape::Trend] {
            let design = Design { x: &x, shape, shortest: 4, max_breaks: 5 };
            let found = design.candidates(&y);
            for pair in found.windows(2) {
                let mut edges = vec![0];
                edges.extend(&pair[0].breaks);
                edges.push(y.len());
                if edges.windows(2).any(|edge| edge[1] - edge[0] >= 8) {
                    prop_assert!(pair[1].ssr <= pair[0].ssr + 1e-9);
                }
            }
        }
    }

    #[test]
    fn the_best_dates_are_no_worse_than_any_other(y in vec(-10.0..10.0_f64, 12..24), cut in 4_usize..8) {
        let x = times(y.len());
        let one = |a: usize, b: usize| {
            let design = Design { x: &x[a..b], shape: Shape::Trend, shortest: 4, max_breaks: 0 };
            design.candidates(&y[a..b])[0].ssr
        };
        let design = Design { x: &x, shape: Shape::Trend, shortest: 4, max_breaks: 1 };
        let best = &design.candidates(&y)[1];
        prop_assert!(best.ssr <= one(0, cut) + one(cut, y.len()) + 1e-9);
        let at = best.breaks[0];
        prop_assert!((best.ssr - one(0, at) - one(at, y.len())).abs() < 1e-8);
        let residuals = design.fitted(&y, &best.breaks);
        let direct: f64 = y.iter().zip(residuals).map(|(y, fit)| (y - fit).powi(2)).sum();
        prop_assert!((best.ssr - direct).abs() < 1e-8, "recursive and direct sums of squares agree");
    }

    #[test]
    fn a_linear_trend_added_moves_no_date(y in vec(-10.0..10.0_f64, 16..30), slope in -5.0..5.0_f64) {
        let tilted: Vec<f64> = y.iter().enumerate().map(|(t, y)| y + slope * t as f64).collect();
        prop_assert_eq!(dates(&y, Shape::Trend), dates(&tilted, Shape::Trend));
    }

    #[test]
    fn time_run_backwards_mirrors_the_dates(y in vec(-10.0..10.0_f64, 16..30)) {
        let backwards: Vec<f64> = y.iter().rev().copied().collect();
        for shape in [Shape::Level, Shape::Trend] {
            let mirrored: Vec<Vec<usize>> = dates(&backwards, shape)
                .into_iter()
                .map(|breaks| breaks.into_iter().rev().map(|k| y.len() - k).collect())
                .collect();
            prop_assert_eq!(dates(&y, shape), mirrored);
        }
    }

    #[test]
    fn the_stage_scores_are_monotone(usd in 0.0..20_000.0_f64, share in 0.0..1.0_f64, step in 0.0..0.5_f64) {
        let scale = StageScale::of("2004").unwrap();
        prop_assert!(scale.income(usd + 1000.0 * step) >= scale.income(usd));
        prop_assert!(scale.urban((share + step).min(1.0)) >= scale.urban(share));
        prop_assert!(scale.manufacturing((share + step).min(1.0)) >= scale.manufacturing(share));
        prop_assert!(scale.primary_employment((share + step).min(1.0)) <= scale.primary_employment(share));
    }

    #[test]
    fn the_income_score_is_continuous_but_for_its_last_step(at in 0_usize..4, below in 1e-9..1e-6_f64) {
        let scale = StageScale::of("2004").unwrap();
        let threshold = [1440.0, 2880.0, 5760.0, 10_810.0][at];
        let step = scale.income(threshold + below) - scale.income(threshold - below);
        let expected = if at == 3 { 1.0 } else { 0.0 };
        prop_assert!((step - expected).abs() < 1e-6);
    }

    #[test]
    fn share_changes_cancel_and_mobility_is_a_share(
        volumes in vec((0.0..100.0_f64, 0.0..100.0_f64), 2..9),
    ) {
        let from: Vec<f64> = volumes.iter().map(|pair| pair.0 + 0.1).collect();
        let to: Vec<f64> = volumes.iter().map(|pair| pair.1 + 0.1).collect();
        let found = share_change(&from, &to, Tolerance { absolute: 0.002, relative: 0.02 });
        let total = |data: &[Datum]| data.iter().filter_map(|d| d.number()).sum::<f64>();
        prop_assert!(total(&found.delta_share).abs() < 1e-12);
        prop_assert!(total(&found.excess_volume).abs() < 1e-9);
        let mobility = found.mobility.number().unwrap();
        prop_assert!((0.0..=1.0).contains(&mobility));
        let growth = to.iter().sum::<f64>() / from.iter().sum::<f64>();
        for (r, excess) in found.excess_volume.iter().enumerate() {
            prop_assert!((excess.number().unwrap() - (to[r] - from[r] * growth)).abs() < 1e-9);
        }
    }

    #[test]
    fn the_parts_of_a_quotient_change_add_up(
        cell in [0.1..50.0_f64, 0.1..50.0_f64],
        others in [0.1..50.0_f64, 0.1..50.0_f64],
        elsewhere in [0.1..50.0_f64, 0.1..50.0_f64],
        far in [0.1..50.0_f64, 0.1..50.0_f64],
    ) {
        let pair = |f: &dyn Fn(usize) -> f64| [f(0), f(1)];
        let found = quotient_change(
            cell,
            pair(&|y| cell[y] + others[y]),
            pair(&|y| cell[y] + elsewhere[y]),
            pair(&|y| cell[y] + others[y] + elsewhere[y] + far[y]),
        );
        let number = |datum: Datum| datum.number().unwrap();
        prop_assert!((number(found.moved) + number(found.rest) - number(found.delta)).abs() < 1e-9);
        prop_assert!((number(found.to) - number(found.from) - number(found.delta)).abs() < 1e-9);
    }

    #[test]
    fn shift_share_parts_add_up_to_the_change(
        cells in vec((prop_oneof![Just(0.0), 1.0..100.0_f64], 0.0..100.0_f64), 2..6),
        rest in vec((1.0..100.0_f64, 0.0..100.0_f64), 6),
    ) {
        let region: f64 = cells.iter().map(|cell| cell.0).sum();
        let industry = |i: usize| [cells[i].0 + rest[i].0, cells[i].1 + rest[i].1];
        let nation = (0..cells.len()).fold([0.0, 0.0], |total, i| {
            let [from, to] = industry(i);
            [total[0] + from, total[1] + to]
        });
        let mut total = Parts::default();
        for (i, cell) in cells.iter().enumerate() {
            total += shift_share([cell.0, cell.1], region, industry(i), nation);
        }
        let parts = total.national + total.mix + total.regional + total.entry;
        prop_assert!((parts - total.change).abs() < 1e-9);
        prop_assert!((total.competitive + total.allocation - total.regional).abs() < 1e-8);
    }

    #[test]
    fn turning_every_window_around_turns_the_class(codes in vec(0_u8..3, 2..7)) {
        let state = |code: &u8, flip: bool| match (code, flip) {
            (0, _) => State::Stable,
            (1, false) | (2, true) => State::In,
            _ => State::Out,
        };
        let of = |flip: bool| class_of(&codes.iter().map(|code| state(code, flip)).collect::<Vec<_>>());
        let turned = match of(false) {
            "persistent-in" => "persistent-out",
            "persistent-out" => "persistent-in",
            "mainly-in" => "mainly-out",
            "mainly-out" => "mainly-in",
            "in-to-out" => "out-to-in",
            "out-to-in" => "in-to-out",
            same => same,
        };
        prop_assert_eq!(of(true), turned);
    }
}
