//! Clusters and diagnosis against published numbers and other software.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

use std::path::PathBuf;

use agglo_core::{Column, Datum, Frame, Undefined, Values};
use agglo_methods::call::ask;
use agglo_methods::cluster::{ClusterIndexParts, cluster_index, star_cut};
use agglo_methods::diagnosis::{
    Speed, Spread, beta_convergence, hypergeometric_tails, spread, structural_similarity,
};
use agglo_methods::{Answer, Inputs, MethodError, Options};
use agglo_testkit::{assert_close, shared_data};

fn numbers(answer: &Answer, table: &str, column: &str) -> Vec<Option<f64>> {
    let frame = answer.table(table).unwrap_or_else(|| panic!("no table {table}"));
    frame.numbers(column).unwrap().into_iter().map(Datum::number).collect()
}

fn texts(answer: &Answer, table: &str, column: &str) -> Vec<String> {
    let frame = answer.table(table).unwrap_or_else(|| panic!("no table {table}"));
    frame.text(column).unwrap().iter().map(|t| t.as_deref().unwrap_or("").to_owned()).collect()
}

/// The row in which the text columns hold the given words.
fn row(answer: &Answer, table: &str, keys: &[(&str, &str)]) -> usize {
    let columns: Vec<Vec<String>> = keys.iter().map(|k| texts(answer, table, k.0)).collect();
    (0..columns[0].len())
        .find(|&r| keys.iter().zip(&columns).all(|(key, column)| column[r] == key.1))
        .unwrap_or_else(|| panic!("no row {keys:?} in {table}"))
}

fn number_at(answer: &Answer, table: &str, keys: &[(&str, &str)], column: &str) -> Option<f64> {
    numbers(answer, table, column)[row(answer, table, keys)]
}

fn text_at(answer: &Answer, table: &str, keys: &[(&str, &str)], column: &str) -> String {
    texts(answer, table, column)[row(answer, table, keys)].clone()
}

fn frame(columns: Vec<Column>) -> Frame {
    Frame::new(columns).unwrap()
}

// Star clusters, methods 3.2.

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

// Diagnosis, methods 5.

#[test]
fn similarity_overlap_and_krugman_are_those_published() {
    let found = structural_similarity(&[0.5, 0.3, 0.2], &[0.4, 0.4, 0.2]).unwrap();
    assert_close(found.cosine, 0.973_329, 5e-7);
    assert_close(found.krugman, 0.2, 1e-12);
    assert_close(found.overlap, 0.9, 1e-12);
}

#[test]
fn two_regions_that_grow_alike_are_seen_by_the_change() {
    let activity = frame(vec![
        Column::text("region", ["a", "a", "b", "b"].repeat(2)),
        Column::text("industry", ["x", "y"].repeat(4)),
        Column::integer("period", "", [2010_i64, 2020].into_iter().flat_map(|p| [p; 4])),
        Column::numbers("value", "1", [9.0, 1.0, 1.0, 9.0, 5.0, 5.0, 5.0, 5.0]),
    ]);
    let inputs = Inputs::new().with("activity", activity);
    let answer = ask("structural-similarity", None, &inputs, &Options::new()).unwrap();
    // (9·1 + 1·9)/(81 + 1) = 18/82.
    let change = numbers(&answer, "change", "change")[0].unwrap();
    assert_close(change, 1.0 - 18.0 / 82.0, 1e-12);
    assert_eq!(texts(&answer, "change", "severity"), ["problem"]);
    assert_eq!(texts(&answer, "pairs", "severity"), ["none", "problem"]);
    assert!(answer.notes.iter().any(|note| note.code == "few-industries"));
}

// The paper: of the top 15 clusters 8 lie in the East, 5 in the Center and 2 in the West, which
// have 11, 8 and 12 of the 31 provinces.
#[test]
fn eight_five_two_of_fifteen_leave_the_west_behind() {
    let groups: Vec<&str> = [("East", 8), ("Central", 5), ("West", 2)]
        .into_iter()
        .chain([("East", 3), ("Central", 3), ("West", 10)])
        .flat_map(|(group, n)| vec![group; n])
        .collect();
    let ranking = frame(vec![
        Column::text("region", (1..=31).map(|r| format!("p{r:02}"))),
        Column::integer("rank", "1", 1..=31),
        Column::text("group", groups),
    ]);
    let inputs = Inputs::new().with("ranking", ranking);
    let answer = ask("top-composition", None, &inputs, &Options::new()).unwrap();
    let check = |group: &str, column: &str, expected: f64, tolerance: f64| {
        let found = number_at(&answer, "groups", &[("group", group)], column);
        assert_close(found.unwrap(), expected, tolerance);
    };
    for (group, expected, ratio) in
        [("East", 5.32, 1.503), ("Central", 3.87, 1.292), ("West", 5.81, 0.344)]
    {
        check(group, "expected", expected, 5e-3);
        check(group, "ratio", ratio, 5e-4);
    }
    check("East", "p_at_least", 0.050_236_172_236_5, 1e-12);
    check("West", "p_at_most", 0.006_435_491_931_45, 1e-12);
    let reading = |group| text_at(&answer, "groups", &[("group", group)], "reading");
    assert_eq!(reading("East"), "as by chance");
    assert_eq!(reading("West"), "fewer");
}

// R: phyper(7, 11, 20, 15, lower.tail = FALSE); phyper(1200, 2000, 3000, 3000)
#[test]
fn hypergeometric_tails_are_those_of_r() {
    assert_close(hypergeometric_tails(31, 11, 15, 8).1, 0.050_236_172_236_462_26, 1e-14);
    assert_close(hypergeometric_tails(5000, 2000, 3000, 1200).0, 0.511_595_413_557_307, 1e-12);
}

#[test]
fn ties_at_the_cut_are_all_taken_in() {
    let ranking = frame(vec![
        Column::text("region", ["a", "b", "c", "d"]),
        Column::numbers("score", "1", [9.0, 5.0, 5.0, 1.0]),
        Column::text("group", ["g", "g", "h", "h"]),
    ]);
    let inputs = Inputs::new().with("ranking", ranking);
    let options = Options::new().with("top", "2");
    let answer = ask("top-composition", None, &inputs, &options).unwrap();
    assert_eq!(numbers(&answer, "groups", "n_top"), [Some(2.0), Some(1.0)]);
    assert!(answer.notes.iter().any(|note| note.code == "ties-at-the-cut"));
    let all = Options::new().with("top", "4");
    assert!(matches!(
        ask("top-composition", None, &inputs, &all),
        Err(MethodError::NotIdentified { .. })
    ));
}

#[test]
fn four_regions_converge_as_published() {
    let regions = frame(vec![
        Column::text("region", ["a", "b", "c", "d"].repeat(2)),
        Column::integer("period", "", [0_i64, 10].into_iter().flat_map(|p| [p; 4])),
        Column::numbers("value", "1", [10.0, 20.0, 40.0, 80.0, 20.0, 34.0, 60.0, 110.0]),
    ]);
    let inputs = Inputs::new().with("regions", regions);
    let beta = ask("beta-convergence", None, &inputs, &Options::new()).unwrap();
    let at = |column: &str| numbers(&beta, "beta", column)[0].unwrap();
    assert_close(at("intercept"), 0.108_930, 5e-7);
    assert_close(at("slope"), -0.018_023, 5e-7);
    assert_close(at("speed"), 0.019_873, 5e-7);
    assert_close(at("half_life"), 34.879, 5e-4);
    let sigma = ask("sigma-convergence", None, &inputs, &Options::new()).unwrap();
    let sd = numbers(&sigma, "sigma", "sd_log");
    assert_close(sd[0].unwrap(), 0.894_849, 5e-7);
    assert_close(sd[1].unwrap(), 0.733_896, 5e-7);
    assert_eq!(texts(&sigma, "trend", "reading"), ["not enough periods"]);
}

#[test]
fn a_region_without_a_logarithm_is_refused_or_left_out_of_all_periods() {
    let regions = frame(vec![
        Column::text("region", ["a", "b", "c", "d"].repeat(2)),
        Column::integer("period", "", [0_i64, 1].into_iter().flat_map(|p| [p; 4])),
        Column::numbers("value", "1", [1.0, 2.0, 3.0, 4.0, 0.0, 2.0, 3.0, 5.0]),
    ]);
    let inputs = Inputs::new().with("regions", regions);
    assert!(matches!(
        ask("sigma-convergence", None, &inputs, &Options::new()),
        Err(MethodError::Data { .. })
    ));
    let options = Options::new().with("gaps", "drop-regions");
    let answer = ask("sigma-convergence", None, &inputs, &options).unwrap();
    assert_eq!(numbers(&answer, "sigma", "n"), [Some(3.0), Some(3.0)]);
}

/// Columns of the German counties as REAT ships them.
fn counties(columns: [&str; 4]) -> Option<[Vec<f64>; 4]> {
    let path: PathBuf = shared_data("germany_reat/G.counties.gdp.csv")?;
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let places = columns.map(|name| headings.iter().position(|h| h == name).unwrap());
    let mut values: [Vec<f64>; 4] = Default::default();
    for record in reader.records() {
        let record = record.unwrap();
        for (values, place) in values.iter_mut().zip(places) {
            values.push(record[place].parse().unwrap());
        }
    }
    Some(values)
}

// REAT 3.0.3 on 402 counties, ten digits printed.
#[test]
fn german_counties_converge_as_in_reat() {
    let Some([gdp2000, gdp2014, population, _]) =
        counties(["gdppc2000", "gdppc2014", "pop2014", "gdp2014"])
    else {
        return;
    };
    let beta = beta_convergence(&gdp2000, &gdp2014, 14.0, Speed::Annual).unwrap();
    assert_close(beta.line.intercept, 0.095_456_378_15, 5e-12);
    assert_close(beta.line.intercept_se, 0.009_908_690_634, 5e-13);
    assert_close(beta.line.slope, -0.007_132_264_854, 5e-13);
    assert_close(beta.line.slope_se, 0.000_988_478_750_7, 5e-14);
    assert_close(beta.line.slope_p().unwrap(), 2.719_258_225e-12, 5e-21);
    // REAT leaves the T out of 1 + bT; agglo's own speed is the one of Barro and Sala-i-Martin.
    let reat = beta_convergence(&gdp2000, &gdp2014, 14.0, Speed::Reat).unwrap();
    assert_close(reat.speed.unwrap(), 0.000_511_272_931_6, 5e-14);
    assert_close(reat.half_life.unwrap(), 1_355.728_296, 5e-7);
    let own = -(1.0 + 14.0 * beta.line.slope).ln() / 14.0;
    assert_close(beta.speed.unwrap(), own, 1e-15);
    assert!(own > 0.0075 && own < 0.0076, "{own}");

    let cv = |how| {
        let (sd, mean) = spread(&gdp2014, &population, how).unwrap();
        sd / mean
    };
    assert_close(cv(Spread::Sample), 0.437_711_567_1, 5e-11);
    assert_close(cv(Spread::WeightedAboutPlainMean), 0.438_287_104, 5e-10);
}

// R 4.2: sd with n of the logarithms and lm on the year, which is what REAT sigmaconv.t does.
#[test]
fn the_spread_of_german_counties_shrinks_as_in_r() {
    let periods = [2000, 2010, 2011, 2012, 2013, 2014];
    let expected = [
        0.364_621_186_000_35,
        0.349_777_395_588_78,
        0.348_373_474_349_94,
        0.344_758_016_789_71,
        0.342_069_919_984_81,
        0.343_377_696_521_09,
    ];
    let names: Vec<String> = periods.iter().map(|p| format!("gdppc{p}")).collect();
    let half = |a: usize| counties([&names[a], &names[a + 1], &names[a + 2], "pop2014"]);
    let (Some([a, b, c, _]), Some([d, e, f, _])) = (half(0), half(3)) else { return };
    let n = a.len();
    let regions = frame(vec![
        Column::text("region", (0..6 * n).map(|k| format!("{:04}", k % n))),
        Column::integer("period", "", (0..6 * n).map(|k| periods[k / n])),
        Column::numbers("value", "EUR", [a, b, c, d, e, f].concat()),
    ]);
    let inputs = Inputs::new().with("regions", regions);
    let answer = ask("sigma-convergence", Some("population"), &inputs, &Options::new()).unwrap();
    for (found, expected) in numbers(&answer, "sigma", "sd_log").into_iter().zip(expected) {
        assert_close(found.unwrap(), expected, 1e-13);
    }
    let trend = |column: &str| numbers(&answer, "trend", column)[0].unwrap();
    assert_close(trend("slope"), -0.001_604_629_277_195, 1e-14);
    assert_close(trend("se"), 0.000_122_052_207_786_35, 1e-14);
    assert_close(trend("p_value"), 0.000_193_315_719_474_70, 1e-12);
    assert_eq!(texts(&answer, "trend", "reading"), ["convergence"]);
}

#[test]
fn a_region_at_the_low_end_shows_its_signs() {
    let cells = frame(vec![
        Column::text("region", ["low", "low", "high", "high"]),
        Column::text("industry", ["l", "t", "l", "t"]),
        Column::numbers("output", "million", [80.0, 20.0, 40.0, 160.0]),
        Column::numbers("value_added", "million", [16.0, 4.0, 12.0, 64.0]),
        Column::numbers("employment", "persons", [80.0, 20.0, 20.0, 80.0]),
        Column::numbers("rd", "million", [0.2, 0.2, 0.8, 8.0]),
    ]);
    let intensity = frame(vec![
        Column::text("industry", ["l", "t"]),
        Column::text("intensity", ["labor", "technology"]),
    ]);
    let inputs = Inputs::new().with("region_industry", cells).with("intensity", intensity);
    let answer = ask("primary-stage", None, &inputs, &Options::new()).unwrap();
    let low = |column: &str| number_at(&answer, "regions", &[("region", "low")], column).unwrap();
    assert_close(low("labor_share"), 0.8, 1e-12);
    assert_close(low("labor_share_gap"), 0.8 - 0.4, 1e-12);
    // National rates 28/120 and 68/180; own .2 in both: .8(.2 − .23333) + .2(.2 − .37778).
    assert_close(low("va_rate_gap"), 0.2 - 0.8 * 28.0 / 120.0 - 0.2 * 68.0 / 180.0, 1e-12);
    assert_close(low("productivity_ratio"), 0.2 / (96.0 / 200.0), 1e-12);
    assert_close(low("rd_ratio"), 0.004 / (9.2 / 300.0), 1e-12);
    let text = |region, column| text_at(&answer, "regions", &[("region", region)], column);
    assert_eq!(text("low", "signs"), "labor, value_added, productivity, rd");
    assert_eq!(text("low", "unknown"), "emerging");
    assert_eq!((text("low", "flag"), text("high", "flag")), ("yes".into(), "no".into()));
}

#[test]
fn too_few_known_signs_leave_the_stage_unknown() {
    let cells = frame(vec![
        Column::text("region", ["a", "b"]),
        Column::text("industry", ["x", "x"]),
        Column::numbers("output", "million", [10.0, 10.0]),
        Column::numbers("value_added", "million", [1.0, 5.0]),
        Column::numbers("employment", "persons", [10.0, 5.0]),
    ]);
    let inputs = Inputs::new().with("region_industry", cells);
    let answer = ask("primary-stage", None, &inputs, &Options::new()).unwrap();
    let a = [("region", "a")];
    assert_eq!(number_at(&answer, "regions", &a, "n_signs"), Some(2.0));
    assert_eq!(text_at(&answer, "regions", &a, "flag"), "unknown");
    assert_eq!(number_at(&answer, "regions", &a, "labor_share"), None);
}

#[test]
fn a_region_below_seven_tenths_of_the_nation_has_a_problem() {
    let years = frame(vec![
        Column::text("region", ["a", "b"]),
        Column::numbers("revenue", "million", [100.0, 100.0]),
        Column::numbers("rd_expenditure", "million", [1.0, 3.0]),
        Column::numbers("patents", "patents", [10.0, 10.0]),
        Column::numbers("invention_patents", "patents", [2.0, 8.0]),
    ]);
    let inputs = Inputs::new().with("region_year", years);
    let answer = ask("innovation-scorecard", None, &inputs, &Options::new()).unwrap();
    let a = |indicator| [("region", "a"), ("indicator", indicator)];
    let ratio = |indicator| number_at(&answer, "scores", &a(indicator), "ratio");
    assert_close(ratio("rd_intensity").unwrap(), 0.5, 1e-12);
    // Imitation: 8/2 = 4 against 10/10 = 1, and less is better.
    assert_close(ratio("imitation_ratio").unwrap(), 0.25, 1e-12);
    assert_eq!(ratio("rd_staff_share"), None);
    let severity = |indicator| text_at(&answer, "scores", &a(indicator), "severity");
    assert_eq!(severity("rd_intensity"), "problem");
    assert_eq!(severity("rd_staff_share"), "unknown");
    assert_eq!(number_at(&answer, "regions", &[("region", "a")], "n_problem"), Some(2.0));
}

#[test]
fn a_row_of_the_nation_is_the_benchmark_and_no_region() {
    let years = frame(vec![
        Column::text("region", ["a", "CN"]),
        Column::numbers("revenue", "million", [100.0, 100.0]),
        Column::numbers("rd_expenditure", "million", [2.0, 2.5]),
    ]);
    let inputs = Inputs::new().with("region_year", years);
    let options = Options::new().with("national_region", "CN");
    let answer = ask("innovation-scorecard", None, &inputs, &options).unwrap();
    assert_eq!(answer.table("regions").unwrap().n_rows(), 1);
    let keys = [("region", "a"), ("indicator", "rd_intensity")];
    assert_close(number_at(&answer, "scores", &keys, "ratio").unwrap(), 0.8, 1e-12);
    assert_eq!(text_at(&answer, "scores", &keys, "severity"), "watch");
}

#[test]
fn an_index_over_nothing_is_undefined() {
    assert_eq!(spread(&[], &[], Spread::Sample), Err(Undefined::TooFew));
    assert_eq!(structural_similarity(&[], &[]), Err(Undefined::ZeroTotal));
    assert_eq!(star_cut(&[], 80.0), Err(Undefined::TooFew));
}
