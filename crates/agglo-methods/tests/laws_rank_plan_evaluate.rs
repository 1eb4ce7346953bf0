//! Laws that hold for every table: bounds, symmetry, invariances, and the truth without noise.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use agglo_core::{Column, Datum, Frame};
use agglo_methods::call::ask;
use agglo_methods::ranking::{
    Direction, Normalization, entropy_weights, normalize, topsis, vector_normalized,
};
use agglo_methods::relatedness::{
    ComplexityScale, Diagonal, Presence, ProximityKind, economic_complexity, proximity,
    relatedness_density,
};
use agglo_methods::{Inputs, Options};
use proptest::prelude::*;

/// M of 2 to 12 regions and 2 to 10 industries.
fn presences() -> impl Strategy<Value = Presence> {
    (2_usize..13, 2_usize..11).prop_flat_map(|(regions, industries)| {
        proptest::collection::vec(any::<bool>(), regions * industries)
            .prop_map(move |cells| Presence::new(industries, cells))
    })
}

/// 3 to 10 rows of 2 to 5 columns that vary, with directions.
fn tables() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<Direction>)> {
    let column = |rows| {
        (proptest::collection::vec(0.5_f64..100.0, rows), any::<bool>())
            .prop_filter("varies", |(column, _)| {
                column.iter().any(|v| (v - column[0]).abs() > 1e-3)
            })
    };
    (3_usize..11, 2_usize..6).prop_flat_map(move |(rows, columns)| {
        proptest::collection::vec(column(rows), columns).prop_map(|columns| {
            let direction = |up: bool| if up { Direction::Benefit } else { Direction::Cost };
            columns.into_iter().map(|(column, up)| (column, direction(up))).unzip()
        })
    })
}

fn minmax(columns: &[Vec<f64>], directions: &[Direction]) -> Vec<Vec<f64>> {
    let both = columns.iter().zip(directions);
    both.map(|(c, d)| normalize(c, Normalization::MinMax, *d).unwrap()).collect()
}

fn numbers(values: &[Datum]) -> Vec<f64> {
    values.iter().filter_map(|v| v.number()).collect()
}

proptest! {
    #[test]
    fn proximity_is_symmetric_and_between_zero_and_one(m in presences()) {
        let (n, phi) = (m.n_industries(), proximity(&m, ProximityKind::MinConditional));
        for i in 0..n {
            for j in 0..n {
                prop_assert_eq!(phi[i * n + j], phi[j * n + i]);
            }
        }
        prop_assert!(numbers(&phi).iter().all(|p| (0.0..=1.0).contains(p)));
        for kind in [ProximityKind::Probability, ProximityKind::Association, ProximityKind::Cosine] {
            let phi = proximity(&m, kind);
            for i in 0..n {
                for j in 0..n {
                    match (phi[i * n + j], phi[j * n + i]) {
                        (Datum::Number(a), Datum::Number(b)) => prop_assert!((a - b).abs() < 1e-12),
                        (a, b) => prop_assert_eq!(a, b),
                    }
                }
            }
        }
    }

    #[test]
    fn density_lies_between_zero_and_one_and_own_presence_can_only_raise_it(m in presences()) {
        let phi = proximity(&m, ProximityKind::MinConditional);
        let without = relatedness_density(&m, &phi, Diagonal::Exclude);
        let with = relatedness_density(&m, &phi, Diagonal::Include);
        for (place, (a, b)) in without.iter().zip(&with).enumerate() {
            if let (Datum::Number(a), Datum::Number(b)) = (*a, *b) {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&a) && (0.0..=1.0 + 1e-12).contains(&b));
                if m.has(place / m.n_industries(), place % m.n_industries()) {
                    prop_assert!(b >= a - 1e-12);
                } else {
                    prop_assert!(b <= a + 1e-12);
                }
            }
        }
    }

    #[test]
    fn complexities_have_mean_zero_sd_one_and_rise_with_diversity(m in presences()) {
        if let Ok(found) = economic_complexity(&m, ComplexityScale::OwnZ) {
            for z in [numbers(&found.eci), numbers(&found.pci)] {
                let n = z.len() as f64;
                prop_assert!((z.iter().sum::<f64>() / n).abs() < 1e-7);
                prop_assert!((z.iter().map(|v| v * v).sum::<f64>() / n - 1.0).abs() < 1e-7);
            }
            let known = |r: &usize| found.eci[*r].number().is_some();
            let regions: Vec<usize> = (0..m.n_regions()).filter(known).collect();
            let mean = regions.iter().map(|&r| m.diversity()[r] as f64).sum::<f64>()
                / regions.len() as f64;
            let covariance: f64 = regions
                .iter()
                .map(|&r| found.eci[r].number().unwrap() * (m.diversity()[r] as f64 - mean))
                .sum();
            prop_assert!(covariance > -1e-7);
            prop_assert!(found.eigenvalues[0] <= 1.0 + 1e-9);
        }
    }

    #[test]
    fn entropy_weights_add_to_one_and_ignore_the_scale((columns, _) in tables(), scale in 0.1_f64..50.0) {
        let weights = entropy_weights(&columns).unwrap();
        prop_assert!(weights.iter().all(|w| *w >= 0.0));
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mut scaled = columns.clone();
        scaled[0].iter_mut().for_each(|v| *v *= scale);
        for (a, b) in weights.iter().zip(entropy_weights(&scaled).unwrap()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }

    #[test]
    fn topsis_lies_between_zero_and_one_and_an_ideal_row_gets_one((columns, directions) in tables()) {
        let weights = vec![1.0 / columns.len() as f64; columns.len()];
        let ideal: Vec<Vec<f64>> = columns
            .iter()
            .zip(&directions)
            .map(|(column, direction)| {
                let best = match direction {
                    Direction::Benefit => column.iter().copied().fold(f64::MIN, f64::max),
                    Direction::Cost => column.iter().copied().fold(f64::MAX, f64::min),
                };
                let mut column = column.clone();
                column.push(best);
                column
            })
            .collect();
        let found = topsis(&vector_normalized(&ideal), &directions, &weights).unwrap().closeness;
        prop_assert!(found.iter().all(|c| (0.0..=1.0).contains(c)));
        prop_assert_eq!(*found.last().unwrap(), 1.0);
        let up = vec![Direction::Benefit; columns.len()];
        let found = topsis(&minmax(&ideal, &directions), &up, &weights).unwrap().closeness;
        prop_assert_eq!(*found.last().unwrap(), 1.0);
    }
}

/// Units 0 to n − 1 over five years; odd units start in `start`.
fn panel(effect: f64, shift: &[f64], start: i64, hole: usize) -> Inputs {
    let rows: Vec<(usize, i64)> = (0..shift.len())
        .flat_map(|u| (1..=5).map(move |t| (u, t)))
        .enumerate()
        .filter(|(row, _)| hole == 0 || row % hole != hole / 2)
        .map(|(_, cell)| cell)
        .collect();
    let treated = |u: usize, t: i64| u % 2 == 1 && t >= start;
    let year = [0.0, 3.0, -1.0, 2.0, 0.5];
    let frame = Frame::new(vec![
        Column::text("unit", rows.iter().map(|(u, _)| format!("u{u:02}"))),
        Column::integer("period", "", rows.iter().map(|(_, t)| *t)),
        Column::numbers(
            "outcome",
            "1",
            rows.iter().map(|&(u, t)| {
                shift[u] + year[t as usize - 1] + if treated(u, t) { effect } else { 0.0 }
            }),
        ),
        Column::numbers(
            "treated",
            "1",
            rows.iter().map(|&(u, t)| f64::from(u8::from(treated(u, t)))),
        ),
        Column::number(
            "start",
            "",
            rows.iter().map(|(u, _)| match u % 2 {
                1 => Datum::Number(start as f64),
                _ => Datum::Gap(agglo_core::Gap::NotApplicable),
            }),
        ),
    ]);
    Inputs::new().with("outcome", frame.unwrap())
}

proptest! {
    #[test]
    fn without_noise_both_estimators_find_the_truth(
        effect in -5.0_f64..5.0,
        shift in proptest::collection::vec(-100.0_f64..100.0, 8..14),
        start in 3_i64..5,
        hole in prop_oneof![Just(0_usize), 6_usize..10],
    ) {
        let inputs = panel(effect, &shift, start, hole);
        let answer = ask("two-way-fixed-effects", None, &inputs, &Options::new()).unwrap();
        let found = answer.main().numbers("estimate").unwrap()[0].number().unwrap();
        prop_assert!((found - effect).abs() < 1e-9, "{} is not {}", found, effect);
        let weights = answer.table("weights").unwrap().numbers("weight").unwrap();
        prop_assert!((numbers(&weights).iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let answer = ask("event-study", None, &inputs, &Options::new()).unwrap();
        let times = answer.main().integers("event_time").unwrap();
        for (time, found) in times.iter().zip(answer.main().numbers("estimate").unwrap()) {
            let truth = if *time >= 0 { effect } else { 0.0 };
            prop_assert!((found.number().unwrap() - truth).abs() < 1e-8);
        }
    }
}

/// Regions a to j in two years, three indicators.
fn indicators() -> Inputs {
    let value = |r: usize, t: usize, i: usize| ((r * 7 + t * 3 + i * 11) % 10) as f64 + 1.0;
    let names = ["industrial_value_added", "rd_intensity", "energy_per_value_added"];
    let cells = || (0..10).flat_map(|r| (0..2).flat_map(move |t| (0..3).map(move |i| (r, t, i))));
    let region = |r: usize| char::from(b'a' + r as u8).to_string();
    let frame = Frame::new(vec![
        Column::text("region", cells().map(|c| region(c.0))),
        Column::integer("period", "", cells().map(|c| 2010 + c.1 as i64)),
        Column::text("indicator", cells().map(|c| names[c.2])),
        Column::numbers("value", "1", cells().map(|(r, t, i)| value(r, t, i))),
    ]);
    let groups = Frame::new(vec![
        Column::text("region", (0..10).map(region)),
        Column::text("group", (0..10).map(|r| if r < 6 { "east" } else { "west" })),
    ]);
    Inputs::new().with("indicator", frame.unwrap()).with("groups", groups.unwrap())
}

#[test]
fn the_groups_share_the_top_and_the_same_seed_gives_the_same_intervals() {
    let options = Options::new().with("top", "4").with("replicates", "200");
    let answer = ask("rank-intervals", None, &indicators(), &options).unwrap();
    assert_eq!(answer, ask("rank-intervals", None, &indicators(), &options).unwrap());
    let table = answer.main();
    let column = |name: &str| numbers(&table.numbers(name).unwrap());
    for place in 0..10 {
        let (lower, median, upper) =
            (column("lower")[place], column("median")[place], column("upper")[place]);
        assert!(1.0 <= lower && lower <= median && median <= upper && upper <= 10.0);
        assert!((0.0..=1.0).contains(&column("p_top")[place]));
    }
    let in_top: f64 =
        numbers(&answer.table("top_groups").unwrap().numbers("count").unwrap()).iter().sum();
    assert_eq!(in_top, column("rank").iter().filter(|rank| **rank <= 4.0).count() as f64);
}

#[test]
fn weights_that_hardly_vary_leave_the_ranking_as_it_is() {
    let options = Options::new().with("kappa", "1000000000").with("replicates", "50");
    let answer = ask("rank-intervals", Some("weights"), &indicators(), &options).unwrap();
    let column = |name: &str| numbers(&answer.main().numbers(name).unwrap());
    assert_eq!(column("rank"), column("median"));
}

#[test]
fn pooled_normalization_reaches_zero_and_one_over_all_years_together() {
    let answer = ask("indicator-ranking", None, &indicators(), &Options::new()).unwrap();
    let values = numbers(&answer.table("normalized").unwrap().numbers("value").unwrap());
    let (low, high) =
        values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    assert_eq!((low, high), (0.0, 1.0));
}

/// Six regions, five industries, some cells empty, region f without any activity.
fn economy() -> Inputs {
    let rows = [
        ("a", [9.0, 7.0, 5.0, 0.0, 0.0]),
        ("b", [8.0, 6.0, 0.0, 1.0, 0.0]),
        ("c", [0.0, 5.0, 6.0, 7.0, 2.0]),
        ("d", [7.0, 0.0, 0.0, 0.0, 0.0]),
        ("e", [1.0, 2.0, 6.0, 3.0, 9.0]),
        ("f", [0.0, 0.0, 0.0, 0.0, 0.0]),
    ];
    let cells = || rows.iter().flat_map(|(r, v)| (0..5).map(move |i| (*r, i, v[i])));
    let frame = Frame::new(vec![
        Column::text("region", cells().map(|c| c.0)),
        Column::text("industry", cells().map(|c| format!("i{}", c.1))),
        Column::numbers("value", "persons", cells().map(|c| c.2)),
    ]);
    Inputs::new().with("activity", frame.unwrap())
}

#[test]
fn a_region_without_activity_has_gaps_and_not_zeros() {
    let density = ask("relatedness-density", None, &economy(), &Options::new()).unwrap();
    let regions = density.main().keys("region").unwrap();
    let values = density.main().numbers("density").unwrap();
    for (region, value) in regions.iter().zip(values) {
        assert_eq!(value.gap().is_some(), **region == *"f");
    }
    let complexity = ask("economic-complexity", None, &economy(), &Options::new()).unwrap();
    assert!(complexity.main().numbers("eci").unwrap()[5].gap().is_some());
}

#[test]
fn candidates_are_absent_industries_and_half_of_them_are_near() {
    for medians in ["all", "region"] {
        let options = Options::new().with("medians", medians);
        let map = ask("opportunity-map", None, &economy(), &options).unwrap();
        let quadrants: Vec<String> = map
            .main()
            .text("quadrant")
            .unwrap()
            .iter()
            .map(|q| q.as_deref().unwrap_or("none").to_owned())
            .collect();
        let near = quadrants.iter().filter(|q| *q == "develop" || *q == "safe").count();
        assert!(2 * near >= quadrants.len(), "{quadrants:?}");
        assert!(numbers(&map.main().numbers("rca").unwrap()).iter().all(|rca| *rca < 1.0));
        assert!(map.main().keys("region").unwrap().iter().all(|region| **region != *"f"));
    }
    let all = ask("opportunity-map", None, &economy(), &Options::new()).unwrap();
    let strict = Options::new().with("candidates-below", "0.5");
    let strict = ask("opportunity-map", None, &economy(), &strict).unwrap();
    assert!(strict.main().n_rows() < all.main().n_rows());
}

#[test]
fn the_net_outlook_deducts_density_times_complexity() {
    let gain = ask("opportunity-map", None, &economy(), &Options::new()).unwrap();
    let net = Options::new().with("outlook", "net");
    let net = ask("opportunity-map", None, &economy(), &net).unwrap();
    let column =
        |answer: &agglo_methods::Answer, name: &str| numbers(&answer.main().numbers(name).unwrap());
    let (density, pci) = (column(&gain, "density"), column(&gain, "pci"));
    for (place, (gain, net)) in
        column(&gain, "outlook_gain").iter().zip(column(&net, "outlook_gain")).enumerate()
    {
        assert!((gain - density[place] * pci[place] - net).abs() < 1e-12);
    }
}

#[test]
fn without_units_that_never_start_the_event_study_asks_for_bins() {
    let cells = || (0..6).flat_map(|u| (1..=6).map(move |t| (u, t)));
    let start = |u: i64| 3 + u % 2;
    let frame = Frame::new(vec![
        Column::text("unit", cells().map(|(u, _)| format!("u{u}"))),
        Column::integer("period", "", cells().map(|(_, t)| t)),
        Column::numbers("outcome", "1", cells().map(|(u, t)| (u * t % 5) as f64)),
        Column::integer("start", "", cells().map(|(u, _)| start(u))),
    ]);
    let inputs = Inputs::new().with("outcome", frame.unwrap());
    let error = ask("event-study", None, &inputs, &Options::new()).unwrap_err();
    assert!(error.to_string().contains("leads"), "{error}");
    let options = Options::new().with("leads", "2").with("lags", "1");
    let answer = ask("event-study", None, &inputs, &options).unwrap();
    assert_eq!(answer.main().integers("event_time").unwrap(), [-2, -1, 0, 1]);
    let codes: Vec<&str> = answer.notes.iter().map(|note| note.code.as_str()).collect();
    assert_eq!(codes, ["staggered-starts", "no-never-treated", "few-clusters"]);
}

#[test]
fn gaps_are_refused_or_dropped_and_never_filled() {
    let frame = Frame::new(vec![
        Column::text("region", ["a", "a", "b", "b", "c", "c"]),
        Column::text("indicator", ["rd_intensity", "export_share"].repeat(3)),
        Column::number(
            "value",
            "1",
            [1.0, 2.0, 3.0, 4.0, 5.0]
                .map(Datum::Number)
                .into_iter()
                .chain([Datum::Gap(agglo_core::Gap::Suppressed)]),
        ),
    ]);
    let inputs = Inputs::new().with("indicator", frame.unwrap());
    let rank =
        |gaps: &str| ask("indicator-ranking", None, &inputs, &Options::new().with("gaps", gaps));
    assert!(rank("error").unwrap_err().to_string().contains("region `c`"));
    assert_eq!(rank("drop-regions").unwrap().main().n_rows(), 2);
    let answer = rank("drop-indicators").unwrap();
    assert_eq!(answer.main().n_rows(), 3);
    assert_eq!(answer.table("weights").unwrap().n_rows(), 1);
}
