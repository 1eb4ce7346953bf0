//! Chapter 1 against numbers from elsewhere: the specification's oracles, REAT 3.0.3, PySAL,
//! EconGeo, and tables printed in textbooks.
//!
//! Every tolerance is half a unit of the last digit the source prints, or a few of the last bits
//! of a double where the source prints more.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::collections::BTreeMap;
use std::path::Path;

use agglo_core::{Activity, Axis, Column, Datum, Frame, Key, Values};
use agglo_methods::call::ask;
use agglo_methods::concentration::{
    LocationalGini, Sizes, ellison_glaeser, gini, herfindahl, hoover, locational_gini,
    maurel_sedillot, normalized_herfindahl,
};
use agglo_methods::decomposition::{decompose_entropy, generalized_entropy};
use agglo_methods::specialization::{
    KrugmanBenchmark, krugman, krugman_industries, krugman_regions, location_quotient,
    location_quotients, log_variance, regional_gini, standard_scores,
};
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::{assert_close, shared_data};

const E5: [[f64; 5]; 5] = [
    [100.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 15.0, 5.0, 70.0, 10.0],
    [0.0, 20.0, 10.0, 20.0, 50.0],
    [0.0, 25.0, 30.0, 5.0, 40.0],
    [0.0, 40.0, 55.0, 5.0, 0.0],
];

fn activity_frame(cells: impl IntoIterator<Item = (String, String, f64)>) -> Frame {
    let cells: Vec<_> = cells.into_iter().collect();
    Frame::new(vec![
        Column::text("region", cells.iter().map(|cell| cell.0.as_str())),
        Column::text("industry", cells.iter().map(|cell| cell.1.as_str())),
        Column::numbers("value", "persons", cells.iter().map(|cell| cell.2)),
    ])
    .unwrap()
}

fn e5() -> Inputs {
    let cells = (0..5).flat_map(|r| {
        (0..5).map(move |i| (format!("R{}", r + 1), format!("I{}", i + 1), E5[r][i]))
    });
    Inputs::new().with("activity", activity_frame(cells))
}

fn answer(id: &str, variant: &str, inputs: &Inputs) -> Answer {
    ask(id, Some(variant), inputs, &Options::new()).unwrap()
}

/// A column of a table, as numbers.
fn column(answer: &Answer, table: &str, name: &str) -> Vec<f64> {
    let data = answer.table(table).unwrap().numbers(name).unwrap();
    data.iter().map(|datum| datum.number().unwrap()).collect()
}

#[track_caller]
fn all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_close(*found, *expected, tolerance);
    }
}

// ---- the specification's oracles, 12 significant digits ----

#[test]
fn location_quotients_of_the_five_by_five_example() {
    let answer = answer("location-quotient", "counts", &e5());
    let expected = [
        [5.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.75, 0.25, 3.5, 0.5],
        [0.0, 1.0, 0.5, 1.0, 2.5],
        [0.0, 1.25, 1.5, 0.25, 2.0],
        [0.0, 2.0, 2.75, 0.25, 0.0],
    ];
    all_close(&column(&answer, "location_quotient", "lq"), expected.as_flattened(), 1e-12);
    let rsca = column(&answer, "location_quotient", "rsca");
    assert_close(rsca[8], 0.555_555_555_556, 1e-12);
    assert_close(rsca[1], -1.0, 0.0);
    let additive = column(&answer, "location_quotient", "additive");
    assert_close(additive[0], 0.8, 1e-12);
}

#[test]
fn interval_of_a_location_quotient() {
    assert_close(location_quotient(30.0, 500.0, 200.0, 10_000.0).unwrap(), 3.0, 1e-12);
    let variance = log_variance(30.0, 500.0, 200.0, 10_000.0).unwrap();
    assert_close(variance, 0.026_833_333_333_3, 1e-13);
    // With z = 1.96 exactly, as the specification's text has it.
    let reach = (1.96 * variance.sqrt()).exp();
    all_close(&[3.0 / reach, 3.0 * reach], &[2.176_128, 4.135_787], 5e-7);
}

#[test]
fn standardized_location_quotients_of_industry_2() {
    let answer = answer("standardized-location-quotient", "odonoghue-gleave", &e5());
    let table = answer.main();
    let rows = table.keys("industry").unwrap();
    let z = table.numbers("z").unwrap();
    let found: Vec<f64> = (0..rows.len())
        .filter(|&row| &*rows[row] == "I2")
        .map(|row| z[row].number().unwrap())
        .collect();
    let expected =
        [-1.371_988_681_14, -0.342_997_170_285, 0.0, 0.342_997_170_285, 1.371_988_681_14];
    all_close(&found, &expected, 1e-11);
    all_close(&standard_scores(&[0.0, 0.75, 1.0, 1.25, 2.0]).unwrap(), &expected, 1e-11);
}

#[test]
fn indices_of_the_five_by_five_example() {
    let inputs = e5();
    let herfindahl = answer("herfindahl", "raw", &inputs);
    let geographic = [1.0, 0.285, 0.405, 0.535, 0.42];
    all_close(&column(&herfindahl, "industries", "herfindahl"), &geographic, 1e-12);
    assert_close(column(&herfindahl, "regions", "herfindahl")[3], 0.315, 1e-12);
    let hoover = answer("hoover", "relative", &inputs);
    all_close(&column(&hoover, "industries", "hoover"), &[0.8, 0.25, 0.45, 0.5, 0.5], 1e-12);
    let krugman = [1.6, 1.0, 0.6, 0.7, 1.1];
    let total = answer("krugman", "against-total", &inputs);
    all_close(&column(&total, "regions", "krugman"), &krugman, 1e-12);
    let halved = answer("krugman", "halved", &inputs);
    all_close(&column(&halved, "regions", "krugman"), &krugman.map(|k| k / 2.0), 1e-12);
    let gini = [0.8, 0.36, 0.54, 0.62, 0.56];
    all_close(&column(&answer("gini", "absolute", &inputs), "gini", "gini"), &gini, 1e-12);
    for variant in ["lorenz", "lq-unweighted"] {
        let locational = answer("locational-gini", variant, &inputs);
        all_close(&column(&locational, "locational_gini", "gini"), &gini, 1e-12);
    }
    let half = answer("locational-gini", "krugman-half", &inputs);
    all_close(&column(&half, "locational_gini", "gini"), &gini.map(|g| g / 2.0), 1e-12);
    for variant in ["current", "equal", "fixed", "chain"] {
        let composite = answer("composite-gini", variant, &inputs);
        assert_close(column(&composite, "composite", "gini")[0], 0.576, 1e-12);
    }
    // All regions are of one size, so their totals are not concentrated at all.
    let pooled = answer("composite-gini", "pooled", &inputs);
    assert_close(column(&pooled, "composite", "gini")[0], 0.0, 1e-12);
}

#[test]
fn four_ginis_and_a_hoover_of_three_unequal_regions() {
    let (e, b) = ([10.0, 20.0, 70.0], [50.0, 30.0, 20.0]);
    let found = |kind| locational_gini(kind, &e, &b).unwrap();
    assert_close(found(LocationalGini::Lorenz), 0.57, 1e-12);
    assert_close(found(LocationalGini::LqUnweighted), 0.503_816_793_893, 1e-12);
    assert_close(found(LocationalGini::KrugmanHalf), 0.285, 1e-12);
    assert_close(gini(&e).unwrap(), 0.4, 1e-12);
    assert_close(hoover(&e, &b).unwrap(), 0.5, 1e-12);
}

#[test]
fn entropies_of_four_regions_in_two_groups() {
    let groups = ["0", "0", "1", "1"].map(Key::from);
    for (alpha, expected) in [
        (1.0, [0.052_324_814_376_5, 0.021_600_854_143_5, 0.030_723_960_232_9]),
        (0.0, [0.057_536_414_490_4, 0.022_582_421_084_4, 0.034_953_993_406]),
        (2.0, [0.05, 0.020_833_333_333_3, 0.029_166_666_666_7]),
    ] {
        let found =
            decompose_entropy(&[10.0, 20.0, 30.0, 40.0], &[2.0, 2.0, 2.0, 4.0], &groups, alpha)
                .unwrap();
        all_close(&[found.total, found.between, found.within], &expected, 1e-12);
    }
}

#[test]
fn ellison_glaeser_and_maurel_sedillot_of_four_plants() {
    let (sizes, by_region, x) = ([100.0, 50.0, 30.0, 20.0], [150.0, 50.0, 0.0], [0.3, 0.3, 0.4]);
    let found = ellison_glaeser(&Sizes::from(&sizes[..]), &by_region, &x).unwrap();
    let found =
        [found.herfindahl, found.raw_g, found.gamma, found.variance_g.unwrap(), found.z().unwrap()];
    let expected = [0.345, 0.365, 0.317_603_516_077, 0.023_487_21, 0.895_890_274_007];
    all_close(&found, &expected, 1e-12);
    let maurel_sedillot = maurel_sedillot(&Sizes::from(&sizes[..]), &by_region, &x).unwrap();
    assert_close(maurel_sedillot.gamma, 0.132_546_842_471, 1e-12);
}

// H of {2 plants with 150, 2 plants with 50}: 2·(.375)² + 2·(.125)² = .3125, below the true .345.
#[test]
fn size_classes_give_a_lower_bound_of_the_herfindahl() {
    let classes = Frame::new(vec![
        Column::text("industry", ["i", "i"]),
        Column::text("class", ["20-49", "50+"]),
        Column::numbers("lower", "persons", [20.0, 50.0]),
        Column::number(
            "upper",
            "persons",
            [Datum::Number(49.0), Datum::Gap(agglo_core::Gap::NotApplicable)],
        ),
        Column::numbers("n_plants", "1", [2.0, 2.0]),
        Column::numbers("value", "persons", [50.0, 150.0]),
    ])
    .unwrap();
    let cells = [("a", 150.0), ("b", 50.0), ("c", 0.0)];
    let benchmark = Frame::new(vec![
        Column::text("region", ["a", "b", "c"]),
        Column::numbers("benchmark", "1", [0.3, 0.3, 0.4]),
    ])
    .unwrap();
    let inputs = Inputs::new()
        .with("size_class", classes)
        .with("benchmark", benchmark)
        .with("activity", activity_frame(cells.map(|(r, e)| (r.into(), "i".into(), e))));
    let uniform = answer("ellison-glaeser", "size-class-uniform", &inputs);
    assert_close(column(&uniform, "industries", "herfindahl")[0], 0.3125, 1e-12);
    assert!(column(&uniform, "industries", "gamma")[0] > 0.317_603_516_077);
    let linear = answer("ellison-glaeser", "size-class-schmalensee", &inputs);
    // 25 ± 5 and 75 ± 25: (20² + 30² + 50² + 100²)/200² = .345.
    assert_close(column(&linear, "industries", "herfindahl")[0], 0.345, 1e-12);
    assert_close(column(&linear, "industries", "gamma")[0], 0.317_603_516_077, 1e-11);
}

// ---- printed in textbooks and manuals ----

#[test]
fn farhauer_and_kroell_ellison_glaeser_of_ten_firms() {
    let sizes =
        [200.0, 650.0, 12_000.0, 100.0, 50.0, 16_000.0, 13_000.0, 1_500.0, 1_500.0, 25_000.0];
    let by_region = [13_000.0, 32_000.0, 25_000.0];
    let found =
        ellison_glaeser(&Sizes::from(&sizes[..]), &by_region, &[500_000.0, 400_000.0, 100_000.0])
            .unwrap();
    assert_close(found.gamma, 0.059_906_28, 5e-9);
}

fn matrix<const R: usize>(columns: &[[f64; R]]) -> Activity {
    let regions = Axis::new((0..R).map(|r| format!("r{r}")));
    let industries = Axis::new((0..columns.len()).map(|i| format!("i{i}")));
    let values = (0..R).flat_map(|r| columns.iter().map(move |column| column[r])).collect();
    Activity::new(regions.into(), industries.into(), values)
}

#[test]
fn farhauer_and_kroell_krugman_against_the_mean_of_the_others() {
    let industries = matrix(&[
        [4_320.0, 7_811.0, 3_900.0, 2_300.0, 47_560.0],
        [20_000.0, 11_000.0, 31_000.0, 8_000.0, 20_000.0],
        [40_000.0, 10_000.0, 25_000.0, 9_000.0, 16_000.0],
        [10_000.0, 11_000.0, 14_000.0, 14_000.0, 13_000.0],
        [7_000.0, 7_500.0, 11_000.0, 1_500.0, 36_000.0],
    ]);
    let mining = krugman_industries(&industries, KrugmanBenchmark::MeanOfOthers)[0].unwrap();
    assert_close(mining, 0.8619, 5e-5);
    let countries = Activity::from_rows(&[
        [45_000.0, 15_000.0, 32_000.0, 10_000.0, 30_000.0],
        [35_000.0, 12_000.0, 30_000.0, 8_000.0, 22_000.0],
        [40_000.0, 10_000.0, 25_000.0, 9_000.0, 18_000.0],
        [30_000.0, 11_000.0, 18_000.0, 3_000.0, 13_000.0],
        [40_000.0, 6_000.0, 11_000.0, 2_000.0, 12_000.0],
    ]);
    let sweden = krugman_regions(&countries, KrugmanBenchmark::MeanOfOthers)[0].unwrap();
    assert_close(sweden, 0.1595, 5e-5);
}

#[test]
fn farhauer_and_kroell_ginis_of_concentration_and_specialization() {
    let industry = [500.0, 500.0, 1_000.0, 7_000.0, 1_000.0];
    let regions = [20_000.0, 15_000.0, 20_000.0, 40_000.0, 5_000.0];
    let found = locational_gini(LocationalGini::LqUnweighted, &industry, &regions).unwrap();
    assert_close(found, 0.406_896_6, 5e-8);
    let region = [700.0, 600.0, 500.0, 10_000.0, 40_000.0];
    let nation = [30_000.0, 15_000.0, 10_000.0, 60_000.0, 50_000.0];
    let found = regional_gini(LocationalGini::LqUnweighted, &region, &nation).unwrap();
    assert_close(found, 0.622_222_2, 5e-8);
}

#[test]
fn farhauer_and_kroell_location_quotient() {
    let found = location_quotient(1_714.0, 879_213.0, 79_006.0, 15_593_224.0).unwrap();
    assert_close(found, 0.384_762_3, 5e-8);
}

#[test]
fn doersam_gini_and_herfindahl_and_stoermann_theil() {
    let shares = [20.0, 50.0, 20.0, 10.0];
    assert_close(gini(&shares).unwrap(), 0.3, 1e-12);
    assert_close(gini(&shares).unwrap() * 4.0 / 3.0, 0.4, 1e-12);
    assert_close(herfindahl(&shares).unwrap(), 0.34, 1e-12);
    assert_close(normalized_herfindahl(&shares).unwrap(), 0.12, 1e-12);
    let laender = [
        460.69, 549.19, 124.16, 65.29, 31.59, 109.27, 263.44, 39.87, 258.53, 645.59, 131.95, 35.03,
        112.66, 56.22, 85.61, 56.81,
    ];
    assert_close(herfindahl(&laender).unwrap(), 0.125, 5e-4);
    let incomes = [10.0, 10.0, 10.0, 20.0, 50.0];
    assert_close(generalized_entropy(&incomes, &[1.0; 5], 0.0).unwrap(), 0.232_630_2, 5e-8);
    assert_close(generalized_entropy(&incomes, &[1.0; 5], 1.0).unwrap(), 0.250_201, 5e-7);
}

// The printed .5278 is the Gini of a grouped distribution: 5,000 cases, each at its class mean.
#[test]
fn doersam_gini_of_classes_is_the_gini_of_their_members() {
    let classes = [
        (500.0, 1_000),
        (1_500.0, 1_200),
        (2_500.0, 1_600),
        (4_000.0, 400),
        (7_500.0, 200),
        (15_000.0, 600),
    ];
    let members: Vec<f64> =
        classes.iter().flat_map(|(mean, n)| std::iter::repeat_n(*mean, *n)).collect();
    assert_close(gini(&members).unwrap(), 0.5278, 5e-5);
}

// ---- REAT 3.0.3 on official German data ----

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// REAT's values of the quantities that begin so, by place.
fn reat(dataset: &str, quantity: &str) -> Option<BTreeMap<String, f64>> {
    let path = shared_data("published_checks/reference_values_R.csv")?;
    let rows = rows(&path)
        .into_iter()
        .filter(|row| row["dataset"].starts_with(dataset) && row["quantity"].starts_with(quantity));
    Some(rows.map(|row| (row["where"].clone(), number(&row, "value"))).collect())
}

fn german_regions() -> Option<Inputs> {
    let path = shared_data("germany_reat/G.regions.industries.csv")?;
    let cells = rows(&path);
    let cells = cells
        .iter()
        .map(|row| (row["region_code"].clone(), row["ind_code"].clone(), number(row, "emp_all")));
    Some(Inputs::new().with("activity", activity_frame(cells)))
}

/// Compares a column with REAT's values, which it prints with ten digits.
fn check_reat(quantity: &str, n: usize, id: &str, variant: &str, [table, key, name]: [&str; 3]) {
    let (Some(inputs), Some(expected)) =
        (german_regions(), reat("germany_reat/G.regions.industries.csv", quantity))
    else {
        return;
    };
    assert_eq!(expected.len(), n, "{quantity}");
    let answer = answer(id, variant, &inputs);
    let found = column(&answer, table, name);
    let keys = answer.table(table).unwrap().keys(key).unwrap();
    for (key, found) in keys.iter().zip(found) {
        assert_close(found, expected[&**key], 1e-9);
    }
}

const INDUSTRIES: [&str; 2] = ["industries", "industry"];

// The list of reference values calls "H i" a Herfindahl index; REAT's `conc` puts `hoover` there,
// of the industry against all employment, and its numbers say so.
#[test]
fn reat_conc_h_is_the_hoover_index() {
    let [table, key] = INDUSTRIES;
    check_reat("Herfindahl-type", 17, "hoover", "relative", [table, key, "hoover"]);
    check_reat("Herfindahl-type", 17, "krugman", "halved", [table, key, "krugman"]);
}

// As above: REAT's `spec` puts `hoover` into "H j", which is half of Krugman's index.
#[test]
fn reat_spec_h_is_half_of_krugman() {
    check_reat("H j", 16, "krugman", "halved", ["regions", "region", "krugman"]);
}

#[test]
fn reat_conc_g_is_the_gini_of_unweighted_location_quotients() {
    let table = ["locational_gini", "industry", "gini"];
    check_reat("Gini concentration", 17, "locational-gini", "lq-unweighted", table);
}

#[test]
fn reat_spec_g_is_the_gini_of_specialization() {
    let table = ["regions", "region", "gini"];
    check_reat("G j", 16, "regional-gini", "lq-unweighted", table);
}

#[test]
fn reat_krugman_is_against_the_mean_of_the_others() {
    let [table, key] = INDUSTRIES;
    check_reat("Krugman concentration", 17, "krugman", "mean-of-others", [table, key, "krugman"]);
    check_reat("K j", 16, "krugman", "mean-of-others", ["regions", "region", "krugman"]);
}

#[test]
fn reat_location_quotients_of_the_ten_largest() {
    let quantity = "location quotient, ten largest";
    let (Some(inputs), Some(expected)) =
        (german_regions(), reat("germany_reat/G.regions.industries.csv", quantity))
    else {
        return;
    };
    assert_eq!(expected.len(), 10);
    let answer = answer("location-quotient", "counts", &inputs);
    let table = answer.main();
    let (regions, industries) = (table.keys("region").unwrap(), table.keys("industry").unwrap());
    let places = regions.iter().zip(&industries).map(|(r, i)| format!("{r} {i}"));
    let mut found: Vec<(f64, String)> =
        column(&answer, "location_quotient", "lq").into_iter().zip(places).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (lq, place) in &found[..10] {
        assert_close(*lq, expected[place], 1e-9);
    }
}

fn german_plants() -> Option<Inputs> {
    let path = shared_data("germany_reat/FK2014_EGC.csv")?;
    let rows = rows(&path);
    let text = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    let plants = Frame::new(vec![
        Column::text("plant", text("firm")),
        Column::text("region", text("region")),
        Column::text("industry", text("industry")),
        Column::numbers("value", "persons", rows.iter().map(|row| number(row, "emp_firm"))),
    ]);
    Some(Inputs::new().with("plant", plants.unwrap()))
}

// `ellison.a2` takes for its benchmark the employment of all firms it is given, by region, and not
// the column `emp_region` that the textbook prints beside them.
#[test]
fn reat_ellison_glaeser_has_the_plants_themselves_for_its_benchmark() {
    let Some(inputs) = german_plants() else { return };
    let answer = answer("ellison-glaeser", "plants", &inputs);
    let keys = answer.main().keys("industry").unwrap();
    for (quantity, name) in [
        ("Gamma i", "gamma"),
        ("G i", "raw_g"),
        ("z Gi", "z"),
        ("K i", "n_plants"),
        ("HHI i", "herfindahl"),
    ] {
        let quantity = format!("Ellison-Glaeser ellison.a2: {quantity}");
        let Some(expected) = reat("germany_reat/FK2014_EGC.csv", &quantity) else { return };
        assert_eq!(expected.len(), 4);
        for (key, found) in keys.iter().zip(column(&answer, "industries", name)) {
            assert_close(found, expected[&**key], 1e-9);
        }
    }
}

#[test]
fn the_textbook_regions_as_benchmark_give_other_numbers() {
    let Some(inputs) = german_plants() else { return };
    let benchmark = Frame::new(vec![
        Column::text("region", ["1", "2", "3"]),
        Column::numbers("benchmark", "persons", [360_000.0, 108_000.0, 132_000.0]),
    ]);
    let own = column(&answer("ellison-glaeser", "plants", &inputs), "industries", "gamma");
    let inputs = inputs.with("benchmark", benchmark.unwrap());
    let given = column(&answer("ellison-glaeser", "plants", &inputs), "industries", "gamma");
    assert!(own.iter().zip(given).all(|(own, given)| (own - given).abs() > 1e-3));
}

#[test]
fn reat_inequalities_of_the_402_german_counties() {
    let Some(path) = shared_data("germany_reat/G.counties.gdp.csv") else { return };
    let rows = rows(&path);
    let column = |name: &str| rows.iter().map(|row| number(row, name)).collect::<Vec<_>>();
    let (gdp, people, per_head) = (column("gdp2014"), column("pop2014"), column("gdppc2014"));
    for (quantity, found) in [
        ("Gini of gdppc2014", gini(&per_head).unwrap()),
        ("REAT theil", generalized_entropy(&per_head, &vec![1.0; 402], 0.0).unwrap()),
        ("Herfindahl of gdp2014", herfindahl(&gdp).unwrap()),
        ("Hoover of gdp2014", hoover(&gdp, &people).unwrap()),
    ] {
        let expected = reat("germany_reat/G.counties.gdp.csv", quantity).unwrap();
        assert_eq!(expected.len(), 1, "{quantity}");
        assert_close(found, expected[""], 1e-9);
    }
}

#[test]
fn reat_specializations_of_freiburg_and_goettingen() {
    let (Some(freiburg), Some(goettingen)) =
        (shared_data("germany_reat/Freiburg.csv"), shared_data("germany_reat/Goettingen.csv"))
    else {
        return;
    };
    let of = |rows: &[BTreeMap<String, String>], name: &str| -> Vec<f64> {
        rows.iter().map(|row| number(row, name)).collect()
    };
    let kind = LocationalGini::LqUnweighted;
    let rows_f = rows(&freiburg);
    let (city, nation) = (of(&rows_f, "e_Freiburg2014"), of(&rows_f, "e_Germany2014"));
    assert_close(regional_gini(kind, &city, &nation).unwrap(), 0.208_900_9, 5e-8);
    let rows_g = rows(&goettingen).split_off(1);
    let (city, nation) = (of(&rows_g, "Goettingen2017"), of(&rows_g, "BRD2017"));
    assert_close(regional_gini(kind, &city, &nation).unwrap(), 0.359_852, 5e-7);
    assert_close(krugman(&city, &nation).unwrap(), 0.450_846_9, 5e-8);
}

// ---- PySAL inequality 1.1.2: `Gini(y).g` and `TheilD(y, group)` ----

fn check_pysal(file: &str, value: &str, group: &str, gini_g: f64, theil: [f64; 3]) {
    let Some(path) = shared_data(file) else { return };
    let rows = rows(&path);
    let regions = rows.iter().enumerate().map(|(row, _)| format!("{row:03}"));
    let frame = Frame::new(vec![
        Column::text("region", regions),
        Column::numbers("value", "money per head", rows.iter().map(|row| number(row, value))),
        Column::text("group", rows.iter().map(|row| row[group].as_str())),
    ]);
    let frame = frame.unwrap();
    let values: Vec<f64> =
        frame.numbers("value").unwrap().iter().map(|value| value.number().unwrap()).collect();
    assert_close(gini(&values).unwrap(), gini_g, 1e-12);
    let inputs = Inputs::new().with("regions", frame);
    let answer = answer("generalized-entropy", "theil-t", &inputs);
    for (name, expected) in ["total", "between", "within"].into_iter().zip(theil) {
        assert_close(column(&answer, "total", name)[0], expected, 5e-9);
    }
}

#[test]
fn pysal_theil_of_german_counties_and_mexican_states() {
    check_pysal(
        "peer_inputs/r/ic2_theil_decomposition/counties.csv",
        "gdppc",
        "group",
        0.202_606_589_639_791_26,
        [0.076_494_031_767_119_7, 0.007_609_59, 0.068_884_44],
    );
    check_pysal(
        "pysal_regional_income/mexico_mexico.csv",
        "pcgdp2000",
        "hanson98",
        0.258_113_082_488_279_1,
        [0.106_608_323_495_880_23, 0.036_358_72, 0.070_249_6],
    );
}

// ---- the series behind the paper's figure, from provincial value added ----

#[test]
fn the_gini_of_chinese_industry_peaks_in_2004_and_rises_again_after_2013() {
    for (file, expected) in [
        (
            "china_province/industry_panel_1990_2020.csv",
            vec![(1992, 0.4384), (2003, 0.4859), (2004, 0.4835), (2013, 0.4385), (2016, 0.4722)],
        ),
        (
            "china_province/industrial_value_added_2013_2022.csv",
            vec![(2013, 0.4502), (2016, 0.4772), (2018, 0.4734), (2020, 0.4723), (2022, 0.4544)],
        ),
    ] {
        let Some(path) = shared_data(file) else { return };
        let rows: Vec<_> = rows(&path)
            .into_iter()
            .filter(|row| !row["industrial_va_100m_yuan"].is_empty())
            .collect();
        let frame = Frame::new(vec![
            Column::text("region", rows.iter().map(|row| row["gb_code"].as_str())),
            Column::new(
                "period",
                "",
                Values::Integer(rows.iter().map(|row| row["year"].parse().ok()).collect()),
            ),
            Column::numbers(
                "value",
                "100m yuan",
                rows.iter().map(|row| number(row, "industrial_va_100m_yuan")),
            ),
        ]);
        let inputs = Inputs::new().with("activity", frame.unwrap());
        let answer = answer("gini", "absolute", &inputs);
        let periods = answer.main().integers("period").unwrap();
        let gini = column(&answer, "gini", "gini");
        for (year, value) in expected {
            let place = periods.iter().position(|period| *period == year).unwrap();
            assert_close(gini[place], value, 5e-5);
        }
    }
}

// ---- two roads to one number ----

#[test]
fn pure_functions_and_methods_agree_on_quotients() {
    let frame = answer("location-quotient", "counts", &e5());
    let direct: Vec<f64> =
        location_quotients(&Activity::from_rows(&E5)).into_iter().map(Result::unwrap).collect();
    all_close(&column(&frame, "location_quotient", "lq"), &direct, 0.0);
}
