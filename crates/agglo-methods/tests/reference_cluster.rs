//! Clusters against published numbers and other software.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use agglo_core::{Column, Datum, Frame, Values};
use agglo_methods::call::ask;
use agglo_methods::cluster::{ClusterIndexParts, cluster_index, star_cut};
use agglo_methods::{Answer, Inputs, MethodError, Options};
use agglo_testkit::assert_close;

use answers::{frame, number_at, numbers, text_at};

#[test]
fn ten_sizes_give_two_stars_at_p80_and_one_at_p90() {
    let sizes = [5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 80.0, 120.0, 300.0];
    assert_close(star_cut(&sizes, 80.0).unwrap(), 88.0, 1e-12);
    assert_close(star_cut(&sizes, 90.0).unwrap(), 138.0, 1e-12);
}

// Farhauer and Kröll (2013), in the manual of REAT 3.0.3: 21.87491, seven digits printed.
#[test]
fn the_cluster_index_is_that_of_reat() {
    let parts = ClusterIndexParts {
        activity: (1743.0, 5740.0),
        area: (50.0, 576.0),
        population: (488.0, 4621.0),
        plants: (35.0, 53.0),
    };
    assert_close(cluster_index(&parts).unwrap(), 21.874_91, 5e-6);
}

/// Ten regions with the sizes of the example in industry `c`, and a large other industry `o`.
fn ten_regions() -> Inputs {
    let sizes = [5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 80.0, 120.0, 300.0];
    let regions: Vec<String> = (0..10).map(|r| format!("r{r}")).collect();
    let twice = || regions.iter().chain(&regions).cloned();
    let activity = frame(vec![
        Column::text("region", twice()),
        Column::text("industry", (0..20).map(|k| if k < 10 { "c" } else { "o" })),
        Column::numbers("value", "persons", sizes.into_iter().chain([1000.0; 10])),
    ]);
    let plants = frame(vec![
        Column::text("region", regions.iter().cloned()),
        Column::text("industry", ["c"; 10]),
        Column::integer("n_plants", "establishments", [1, 1, 2, 3, 4, 5, 6, 7, 8, 4]),
    ]);
    Inputs::new().with("activity", activity).with("plants", plants)
}

#[test]
fn each_profile_stars_the_regions_its_thresholds_reach() {
    let stars = |variant: &str, column: &str| {
        let answer = ask("star-clusters", Some(variant), &ten_regions(), &Options::new()).unwrap();
        (0..10)
            .filter(|r| {
                let keys = [("region", &*format!("r{r}")), ("industry", "c")];
                text_at(&answer, "clusters", &keys, column) == "yes"
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(stars("agglo", "size_star"), [8, 9]);
    assert_eq!(stars("eco-2007", "size_star"), [9]);
    assert_eq!(stars("panorama", "size_star"), [8, 9]);
    // e_c/e = 680/10680; LQ of r8 = (120/1120)/0.06367 = 1.683, of r9 = 3.625, of r7 = 1.163.
    assert_eq!(stars("agglo", "lq_star"), [8, 9]);
    assert_eq!(stars("eco-2007", "lq_star"), [9]);
    assert_eq!(stars("uscm", "lq_star"), [7, 8, 9]);
    // r9 has both stars and four establishments, one fewer than the floor asks for.
    assert_eq!(stars("agglo", "strong"), [8]);
    assert_eq!(stars("eco-2007", "strong"), [9]);
}

#[test]
fn a_threshold_set_by_the_user_holds_and_is_printed_as_the_users() {
    let options = Options::new().with("size_percentile", "90").with("floor_plants", "none");
    let answer = ask("star-clusters", None, &ten_regions(), &options).unwrap();
    let keys = [("industry", "c"), ("criterion", "size")];
    assert_close(number_at(&answer, "thresholds", &keys, "cut").unwrap(), 138.0, 1e-12);
    assert_eq!(text_at(&answer, "thresholds", &keys, "mark"), "option");
    let r9 = [("region", "r9"), ("industry", "c")];
    assert_eq!(text_at(&answer, "clusters", &r9, "strong"), "yes");
    let refused = Options::new().with("size_percentile", "many");
    assert!(matches!(
        ask("star-clusters", None, &ten_regions(), &refused),
        Err(MethodError::Option { .. })
    ));
}

#[test]
fn a_missing_criterion_shortens_the_scale_and_is_no_failing() {
    let answer = ask("star-clusters", None, &ten_regions(), &Options::new()).unwrap();
    let r8 = [("region", "r8"), ("industry", "c")];
    assert_eq!(number_at(&answer, "clusters", &r8, "stars"), Some(2.0));
    assert_eq!(number_at(&answer, "clusters", &r8, "max_stars"), Some(2.0));
    assert_eq!(text_at(&answer, "clusters", &r8, "productivity_star"), "unknown");
    assert!(answer.notes.iter().any(|note| note.code == "no-productivity"));
    assert!(answer.notes.iter().any(|note| note.code == "no-base-period"));
}

// Two regions over five years: r0 from 100 to 200, r1 from 100 to 100; the industry from 200 to 300.
#[test]
fn growth_is_above_that_of_the_industry() {
    let activity = frame(vec![
        Column::text("region", ["r0", "r1", "r0", "r1"]),
        Column::text("industry", ["c"; 4]),
        Column::integer("period", "", [2015, 2015, 2020, 2020]),
        Column::numbers("value", "persons", [100.0, 100.0, 200.0, 100.0]),
    ]);
    let inputs = Inputs::new().with("activity", activity);
    let answer = ask("star-clusters", None, &inputs, &Options::new()).unwrap();
    let growth = numbers(&answer, "clusters", "growth");
    assert_eq!(growth[0], None);
    assert_close(growth[2].unwrap(), 2.0_f64.powf(0.2) - 1.5_f64.powf(0.2), 1e-12);
    assert_close(growth[3].unwrap(), 1.0 - 1.5_f64.powf(0.2), 1e-12);
}

// Development models, methods 4.1.

fn evidence(cluster: &str, values: &[(&str, f64)]) -> Frame {
    frame(vec![
        Column::text("cluster", values.iter().map(|_| cluster.to_owned())),
        Column::text("indicator", values.iter().map(|v| v.0)),
        Column::numbers("value", "", values.iter().map(|v| v.1)),
    ])
}

const LIUSHI: [(&str, f64); 12] = [
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
];

fn classify(values: &[(&str, f64)]) -> Answer {
    let inputs = Inputs::new().with("evidence", evidence("x", values));
    ask("development-model", None, &inputs, &Options::new()).unwrap()
}

#[test]
fn a_cluster_like_liushi_rests_on_its_supply_and_not_on_nature() {
    let answer = classify(&LIUSHI);
    let x = [("cluster", "x")];
    assert_eq!(text_at(&answer, "models", &x, "label"), "resource-driven");
    assert_close(number_at(&answer, "models", &x, "best_score").unwrap(), 0.743_75, 1e-12);
    assert_close(number_at(&answer, "models", &x, "second_score").unwrap(), 0.3875, 1e-12);
    assert_eq!(text_at(&answer, "models", &x, "natural"), "no");
    assert_eq!(text_at(&answer, "models", &x, "supply"), "yes");
    assert!(number_at(&answer, "models", &x, "frequency").unwrap() > 0.9);
    assert_eq!(answer.table("needs").unwrap().n_rows(), 0);
}

#[test]
fn missing_evidence_is_named_and_only_what_is_missing() {
    let answer = classify(&LIUSHI[..3]);
    let label = text_at(&answer, "models", &[("cluster", "x")], "label");
    // The market's turnover, its size and the number of firms carry 80 % of that model: .325 − .1
    // over .8 is below one half, and nothing else can be scored.
    assert_eq!(
        label,
        "undetermined (needs: cr4, local_procurement_share, resource_lq, \
         outside_supplier_office_share, cr1, leader_local_purchase_share, \
         transferred_growth_share, transferred_stock_share, delta_share)"
    );
    let blocking = |model, indicator| {
        text_at(&answer, "needs", &[("model", model), ("indicator", indicator)], "blocking")
    };
    assert_eq!(blocking("professional-radiation", "cr4"), "no");
    assert_eq!(blocking("leading-enterprise", "cr4"), "yes");
    let score = numbers(&answer, "scores", "score");
    assert_close(score[0].unwrap(), (0.325 - 0.1) / 0.8, 1e-12);
    assert_eq!(score[1..], [None; 3]);
}

#[test]
fn a_single_firm_can_only_be_led_and_is_flagged() {
    let answer = classify(&[("n_firms", 1.0), ("cr1", 1.0), ("cr4", 1.0), ("resource_lq", 3.0)]);
    let x = [("cluster", "x")];
    assert_eq!(text_at(&answer, "models", &x, "label"), "leading-enterprise");
    assert_eq!(text_at(&answer, "models", &x, "flags"), "only-one-model-scored, single-firm");
    assert_eq!(number_at(&answer, "models", &x, "margin"), None);
    assert_eq!(text_at(&answer, "models", &x, "natural"), "yes");
}

#[test]
fn a_users_ramp_takes_the_place_of_the_default() {
    let ramp = frame(vec![
        Column::text("model", ["resource-driven"]),
        Column::text("indicator", ["local_procurement_share"]),
        Column::numbers("lo", "", [0.7]),
        Column::numbers("hi", "", [0.9]),
        Column::numbers("weight", "1", [0.5]),
    ]);
    let inputs = Inputs::new().with("evidence", evidence("x", &LIUSHI)).with("ramp", ramp);
    let answer = ask("development-model", None, &inputs, &Options::new()).unwrap();
    let keys = [("cluster", "x"), ("model", "resource-driven")];
    assert_close(number_at(&answer, "scores", &keys, "score").unwrap(), 0.243_75, 1e-12);
    let keys = [("model", "resource-driven"), ("criterion", "local_procurement_share")];
    assert_eq!(text_at(&answer, "thresholds", &keys, "mark"), "user");
}

// Evidence from tables. Groups of 2020: A = 30 + 10 (a subsidiary), B = 25, C = 20, D = 10, E = 5;
// total 100. CR1 = .40, CR4 = .95, HHI = .16 + .0625 + .04 + .01 + .0025 = .275. In 2015 the total
// was 60; C and E came since then: (20 + 5)/(100 − 60) = .625; of the stock, .25.
fn tables() -> Inputs {
    let firm = frame(vec![
        Column::text("firm_id", ["A", "A1", "B", "C", "D", "E", "A", "B"]),
        Column::integer("period", "", [2020, 2020, 2020, 2020, 2020, 2020, 2015, 2015]),
        Column::text("cluster_id", ["k"; 8]),
        Column::numbers("output", "million", [30.0, 10.0, 25.0, 20.0, 10.0, 5.0, 40.0, 20.0]),
        Column::new(
            "parent_id",
            "",
            Values::Text((0..8).map(|row| (row == 1).then(|| "A".into())).collect()),
        ),
        Column::text(
            "origin",
            ["local", "local", "local", "transferred", "local", "transferred", "local", "local"],
        ),
    ]);
    let market = frame(vec![
        Column::text("market_id", ["m1", "m1", "m2"]),
        Column::integer("period", "", [2020; 3]),
        Column::text("cluster_id", ["k"; 3]),
        Column::numbers("turnover", "million", [30.0, 20.0, 10.0]),
    ]);
    let procurement = frame(vec![
        Column::text("cluster_id", ["k"; 3]),
        Column::integer("period", "", [2019; 3]),
        Column::text("input_class", ["i1", "i2", "i3"]),
        Column::numbers("total", "million", [100.0, 70.0, 30.0]),
        Column::numbers("local", "million", [70.0, 63.0, 7.0]),
        Column::numbers("local_office", "million", [20.0, 1.0, 6.0]),
    ]);
    let leader = frame(vec![
        Column::text("firm_id", ["A", "B"]),
        Column::integer("period", "", [2020; 2]),
        Column::numbers("total", "million", [10.0, 10.0]),
        Column::numbers("from_local", "million", [8.0, 3.0]),
    ]);
    let register = frame(vec![
        Column::text("cluster_id", ["k"]),
        Column::text("regions", ["r1 r2"]),
        Column::text("industries", ["i2"]),
    ]);
    let activity = frame(vec![
        Column::text("region", ["r1", "r1", "r2", "r2", "r3", "r3"].repeat(2)),
        Column::text("industry", ["i1", "i2"].repeat(6)),
        Column::integer("period", "", [2015_i64, 2020].into_iter().flat_map(|p| [p; 6])),
        Column::numbers(
            "value",
            "persons",
            [5.0, 5.0, 5.0, 5.0, 10.0, 10.0, 30.0, 20.0, 10.0, 20.0, 10.0, 10.0],
        ),
    ]);
    Inputs::new()
        .with("firm", firm)
        .with("market", market)
        .with("procurement", procurement)
        .with("leader_purchase", leader)
        .with("cluster_register", register)
        .with("activity", activity)
}

#[test]
fn evidence_is_what_the_tables_say() {
    let answer = ask("cluster-evidence", None, &tables(), &Options::new()).unwrap();
    let check = |indicator: &str, expected: f64| {
        let keys = [("cluster", "k"), ("indicator", indicator)];
        let found = number_at(&answer, "evidence", &keys, "value");
        assert_close(found.unwrap_or(f64::NAN), expected, 1e-12);
    };
    check("n_firms", 5.0);
    check("cr1", 0.4);
    check("cr4", 0.95);
    check("hhi", 0.275);
    check("transferred_growth_share", 0.625);
    check("transferred_stock_share", 0.25);
    check("market_turnover_ratio", 0.6);
    check("largest_market_bn", 0.05);
    // The purchases of methods 3.5: 70/100, 63/70, 7/30 make .70.
    check("local_procurement_share", 0.7);
    check("outside_supplier_office_share", 27.0 / 60.0);
    check("leader_local_purchase_share", 0.55);
    // Main input i1: (40/80)/(50/100) = 1; share of i2: 40/50 − 10/20.
    check("resource_lq", 1.0);
    check("delta_share", 0.3);
}

#[test]
fn evidence_goes_straight_into_the_model() {
    let evidence = ask("cluster-evidence", None, &tables(), &Options::new()).unwrap();
    let inputs = Inputs::new().with("evidence", evidence.main().clone());
    let answer = ask("development-model", None, &inputs, &Options::new()).unwrap();
    assert_eq!(answer.table("needs").unwrap().n_rows(), 0);
    let keys = [("cluster", "k"), ("model", "industry-undertaking")];
    // .5·1 + .3·.5 + .2·1
    assert_close(number_at(&answer, "scores", &keys, "score").unwrap(), 0.85, 1e-12);
}

#[test]
fn what_a_table_would_add_is_said() {
    let register = frame(vec![Column::text("cluster_id", ["k"])]);
    let inputs = Inputs::new().with("cluster_register", register);
    let answer = ask("cluster-evidence", None, &inputs, &Options::new()).unwrap();
    let source = |i| text_at(&answer, "evidence", &[("indicator", i)], "source");
    assert_eq!(source("local_procurement_share"), "needs table procurement");
    assert_eq!(source("cr4"), "needs table firm");
    let inputs = Inputs::new().with("evidence", answer.main().clone());
    let answer = ask("development-model", None, &inputs, &Options::new()).unwrap();
    let label = text_at(&answer, "models", &[("cluster", "k")], "label");
    assert!(label.starts_with("undetermined (needs: market_turnover_ratio, "), "{label}");
}

#[test]
fn a_firm_without_a_size_leaves_shares_without_a_value_until_it_is_dropped() {
    let firm = frame(vec![
        Column::text("firm_id", ["a", "b", "c"]),
        Column::text("cluster_id", ["k"; 3]),
        Column::number(
            "output",
            "million",
            [Datum::Number(3.0), Datum::Number(1.0), Datum::Gap(agglo_core::Gap::Suppressed)],
        ),
    ]);
    let inputs = Inputs::new().with("firm", firm);
    let cr1 = |options: &Options| {
        let answer = ask("cluster-evidence", None, &inputs, options).unwrap();
        number_at(&answer, "evidence", &[("indicator", "cr1")], "value")
    };
    assert_eq!(cr1(&Options::new()), None);
    assert_eq!(cr1(&Options::new().with("firm_gaps", "drop")), Some(0.75));
}
