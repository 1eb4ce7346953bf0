//! Numbers of other programs on real tables, each with program, version and call.
//!
//! Where the folder of shared data is absent, a test says so and passes.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use std::path::Path;

use agglo_core::{Absent, Column, Datum, Frame, Gap, Panel};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::{assert_close, shared_data};

/// The cells of a CSV file by heading.
struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Table {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let headings = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        Table { headings, rows }
    }

    fn column(&self, heading: &str) -> Vec<&str> {
        let place = self.headings.iter().position(|h| h == heading).unwrap();
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }

    fn numbers(&self, heading: &str) -> Vec<f64> {
        self.column(heading).iter().map(|cell| cell.parse().unwrap()).collect()
    }
}

/// The number in `column` of the row of `frame` whose `key` is `code`.
#[track_caller]
fn number(frame: &Frame, key: &str, code: &str, column: &str) -> f64 {
    let row = frame.keys(key).unwrap().iter().position(|k| **k == *code).unwrap();
    frame.numbers(column).unwrap()[row].number().unwrap()
}

// ---- Relatedness and complexity ---------------------------------------------------------------

/// Cells that are not listed are zero in these tables.
fn activity(cells: impl Iterator<Item = (String, String, f64)>) -> Inputs {
    let cells: Vec<(String, String, f64)> = cells.collect();
    let frame = Frame::new(vec![
        Column::text("region", cells.iter().map(|c| c.0.as_str())),
        Column::text("industry", cells.iter().map(|c| c.1.as_str())),
        Column::numbers("value", "1", cells.iter().map(|c| c.2)),
    ]);
    Inputs::new().with_panel("activity", Panel::from_frame(&frame.unwrap(), Absent::Zero).unwrap())
}

fn long_table(path: &Path) -> Inputs {
    let table = Table::read(path);
    let (loc, prod, val) = (table.column("loc"), table.column("prod"), table.column("val"));
    activity(
        (0..loc.len()).map(|row| {
            (loc[row].to_owned(), prod[row].to_owned(), val[row].parse().unwrap_or(0.0))
        }),
    )
}

// ecomplexity 0.5.3 (Python), `ecomplexity(data, cols)` on the exports of 53 provinces of Spain by 22
// products, and of 226 countries by 21 in the test below. Tolerance: its eigenvectors come from an
// unsymmetric solver, good to 1e-10.
#[test]
fn py_ecomplexity_agrees_on_the_provinces_of_spain() {
    let Some(path) = shared_data("peer_inputs/py/ecomplexity_spain_provinces/long.csv") else {
        return;
    };
    let inputs = long_table(&path);
    let answer = ask("economic-complexity", Some("eci-scale"), &inputs, &Options::new()).unwrap();
    let regions = answer.table("regions").unwrap();
    for (code, eci, diversity) in [
        ("1", 0.037_287_310_219_8, 4.0),
        ("10", 0.172_383_569_267, 8.0),
        ("11", -0.617_022_769_233, 3.0),
        ("12", -0.412_118_546_597, 4.0),
        ("13", 0.763_421_799_348, 6.0),
        ("14", 0.054_624_699_766, 6.0),
    ] {
        assert_close(number(regions, "region", code, "eci"), eci, 1e-9);
        assert_close(number(regions, "region", code, "diversity"), diversity, 0.0);
    }
    let industries = answer.table("industries").unwrap();
    for (code, pci, ubiquity) in [
        ("1", 0.938_122_784_174, 23.0),
        ("10", -0.251_531_708_506, 13.0),
        ("11", 0.895_531_550_957, 9.0),
        ("13", 1.737_716_134_12, 15.0),
        ("14", -2.731_949_601_95, 5.0),
    ] {
        assert_close(number(industries, "industry", code, "pci"), pci, 1e-9);
        assert_close(number(industries, "industry", code, "ubiquity"), ubiquity, 0.0);
    }
    let density =
        ask("relatedness-density", Some("include-self"), &inputs, &Options::new()).unwrap();
    // The rows of region 1 come first.
    for (industry, expected) in [
        ("1", 0.168_552_853_359),
        ("10", 0.247_073_149_934),
        ("11", 0.119_494_781_56),
        ("15", 0.307_537_836_117),
    ] {
        assert_close(number(density.main(), "industry", industry, "density"), expected, 1e-11);
    }
    assert_close(number(density.main(), "industry", "15", "rca"), 2.388_952_696_79, 1e-10);
    let proximity = ask("proximity", None, &inputs, &Options::new()).unwrap();
    for (other, expected) in [("10", 5.0 / 23.0), ("11", 6.0 / 23.0), ("12", 7.0 / 23.0)] {
        let found = number(proximity.main(), "industry_b", other, "proximity");
        assert_close(found, expected, 1e-14);
    }
}

#[test]
fn py_ecomplexity_agrees_on_the_countries_of_the_world() {
    let Some(path) = shared_data("peer_inputs/py/ecomplexity_world_sections/long.csv") else {
        return;
    };
    let inputs = long_table(&path);
    let answer = ask("economic-complexity", Some("eci-scale"), &inputs, &Options::new()).unwrap();
    for (code, eci) in [
        ("afago", -2.099_943_452_46),
        ("afbdi", 0.071_981_785_218_1),
        ("afben", -0.513_267_632_134),
        ("afbwa", -1.690_544_341_64),
        ("afcaf", 0.412_962_421_926),
    ] {
        let found = number(answer.table("regions").unwrap(), "region", code, "eci");
        assert_close(found, eci, 1e-9);
    }
    for (code, pci) in [("1", -0.401_542_890_177), ("13", 1.836_924_411_64)] {
        let found = number(answer.table("industries").unwrap(), "industry", code, "pci");
        assert_close(found, pci, 1e-9);
    }
}

// Great Britain, 40 regions, 251 three-digit industries of divisions 05–96 with employment in 2019:
// every number of the table of reference values. ECI is z-scored with n, PCI on its scale.
#[test]
fn ecomplexity_agrees_on_the_regions_of_great_britain() {
    let (Some(data), Some(checks)) = (
        shared_data("uk_bres_itl2/bres_itl2_sic5_2019.csv"),
        shared_data("published_checks/reference_values_py.csv"),
    ) else {
        return;
    };
    let table = Table::read(&data);
    let (region, sic, jobs) =
        (table.column("itl2_code"), table.column("sic5"), table.numbers("employment"));
    let mut sums = std::collections::BTreeMap::new();
    for row in 0..region.len() {
        if ("05"..="96").contains(&&sic[row][..2]) {
            *sums.entry((region[row].to_owned(), sic[row][..3].to_owned())).or_insert(0.0) +=
                jobs[row];
        }
    }
    let inputs = activity(sums.into_iter().map(|((r, i), jobs)| (r, i, jobs)));
    let answer = ask("economic-complexity", Some("eci-scale"), &inputs, &Options::new()).unwrap();
    let (regions, industries) =
        (answer.table("regions").unwrap(), answer.table("industries").unwrap());
    let density = ask("relatedness-density", None, &inputs, &Options::new()).unwrap();
    let cells = density.main();
    let (cell_r, cell_i) = (cells.keys("region").unwrap(), cells.keys("industry").unwrap());
    let rca = cells.numbers("rca").unwrap();

    let checks = Table::read(&checks);
    let (quantity, place, value) =
        (checks.column("quantity"), checks.column("where").clone(), checks.numbers("value"));
    let mut n_checked = 0;
    for row in 0..value.len() {
        let found = match quantity[row] {
            q if q.starts_with("ECI 2019") => number(regions, "region", place[row], "eci"),
            q if q.starts_with("diversity") => number(regions, "region", place[row], "diversity"),
            q if q.starts_with("PCI 2019") => number(industries, "industry", place[row], "pci"),
            q if q.starts_with("RCA") => {
                let (r, i) = place[row].split_once(' ').unwrap();
                let cell = (0..rca.len()).find(|&c| *cell_r[c] == *r && *cell_i[c] == *i);
                rca[cell.unwrap()].number().unwrap()
            }
            _ => continue,
        };
        assert_close(found, value[row], 1e-9);
        n_checked += 1;
    }
    assert_eq!(n_checked, 100);
}

// ---- Rankings ---------------------------------------------------------------------------------

fn states(weights: [f64; 6]) -> Option<Inputs> {
    let folder = "peer_inputs/py/mcdm_us_states_natregimes";
    let matrix = Table::read(&shared_data(&format!("{folder}/matrix.csv"))?);
    let types = Table::read(&shared_data(&format!("{folder}/types.csv"))?);
    let states = matrix.column("alternative");
    let names = &matrix.headings[1..];
    let cells = || {
        let states = &states;
        let rows = &matrix.rows;
        (0..rows.len()).flat_map(move |row| {
            names.iter().enumerate().map(move |(place, name)| {
                (states[row], name.as_str(), rows[row][place + 1].parse::<f64>().unwrap())
            })
        })
    };
    let indicator = Frame::new(vec![
        Column::text("region", cells().map(|c| c.0)),
        Column::text("indicator", cells().map(|c| c.1)),
        Column::numbers("value", "1", cells().map(|c| c.2)),
    ]);
    let meta = Frame::new(vec![
        Column::text("indicator", types.column("criterion")),
        Column::text("direction", types.column("type")),
        Column::numbers("weight", "1", weights),
    ]);
    let inputs = Inputs::new().with("indicator", indicator.unwrap());
    Some(inputs.with("indicator_meta", meta.unwrap()))
}

#[track_caller]
fn check_topsis(variant: &str, weights: [f64; 6], expected: [f64; 5]) {
    let Some(inputs) = states(weights) else { return };
    let options = Options::new().with("weights", "given");
    let answer = ask("topsis", Some(variant), &inputs, &options).unwrap();
    let first = ["Alabama", "Arizona", "Arkansas", "California", "Colorado"];
    for (state, expected) in first.iter().zip(expected) {
        assert_close(number(answer.main(), "region", state, "closeness"), expected, 1e-11);
    }
}

// scikit-criteria 0.10: VectorScaler(target="matrix"), then TOPSIS; pymcdm 1.4.0
// TOPSIS(vector_normalization) prints the same. Six criteria of 49 states, equal weights.
#[test]
fn scikit_criteria_agrees_on_vector_topsis() {
    let expected = [
        0.568_376_000_735,
        0.573_790_193_078,
        0.563_147_267_046,
        0.867_588_819_293,
        0.595_273_270_335,
    ];
    check_topsis("vector", [1.0; 6], expected);
}

// pymcdm 1.4.0, TOPSIS() with its default normalization.
#[test]
fn pymcdm_agrees_on_minmax_topsis() {
    let expected = [
        0.440_606_987_69,
        0.390_703_678_709,
        0.423_387_312_727,
        0.634_341_722_807,
        0.516_785_964_004,
    ];
    check_topsis("minmax", [1.0; 6], expected);
    let expected = [
        0.508_218_680_542,
        0.508_290_195_431,
        0.492_095_174_737,
        0.749_466_577_692,
        0.569_606_865_647,
    ];
    check_topsis("minmax", [0.3, 0.1, 0.2, 0.2, 0.1, 0.1], expected);
}

// pymcdm 1.4.0, weights.entropy_weights(matrix): shares of the raw values, no direction.
#[test]
fn pymcdm_agrees_on_entropy_weights_of_raw_values() {
    let Some(inputs) = states([1.0; 6]) else { return };
    let answer = ask("entropy-weights", Some("raw"), &inputs, &Options::new()).unwrap();
    for (indicator, expected) in [
        ("HR90", 0.459_304_581_552),
        ("UE90", 0.034_846_435_382_2),
        ("PO90", 0.484_564_426_71),
        ("MFIL89", 0.000_184_374_590_498),
        ("GI89", 0.002_447_614_816_97),
        ("DV90", 0.018_652_566_949),
    ] {
        assert_close(number(answer.main(), "indicator", indicator, "weight"), expected, 1e-11);
    }
}

// ---- Policy evaluation ------------------------------------------------------------------------

/// County teen employment 2003–2007; a start of 0 means never.
fn mpdta(keep: impl Fn(i64, i64) -> bool) -> Option<Inputs> {
    let table = Table::read(&shared_data("peer_inputs/py/did_twfe_mpdta/mpdta.csv")?);
    let county = table.column("countyreal");
    let whole = |heading: &str| -> Vec<i64> {
        table.column(heading).iter().map(|cell| cell.parse().unwrap()).collect()
    };
    let (year, start) = (whole("year"), whole("first_treat"));
    let (outcome, post) = (table.numbers("lemp"), table.numbers("post"));
    let rows: Vec<usize> =
        (0..year.len()).filter(|&row| keep(county[row].parse().unwrap(), year[row])).collect();
    let frame = Frame::new(vec![
        Column::text("unit", rows.iter().map(|&row| county[row])),
        Column::integer("period", "", rows.iter().map(|&row| year[row])),
        Column::numbers("outcome", "log", rows.iter().map(|&row| outcome[row])),
        Column::numbers("treated", "1", rows.iter().map(|&row| post[row])),
        Column::number(
            "start",
            "",
            rows.iter().map(|&row| match start[row] {
                0 => Datum::Gap(Gap::NotApplicable),
                start => Datum::Number(start as f64),
            }),
        ),
    ]);
    Some(Inputs::new().with("outcome", frame.unwrap()))
}

#[track_caller]
fn check_effect(inputs: &Inputs, variant: &str, expected: &[(&str, f64)]) {
    let answer = ask("two-way-fixed-effects", Some(variant), inputs, &Options::new()).unwrap();
    for (column, value) in expected {
        let found = answer.main().numbers(column).unwrap()[0].number().unwrap();
        assert!((found - value).abs() < 1e-11, "{variant} {column}: {found} is not {value}");
    }
}

// One table, two standard errors of the same estimate:
// pyfixest 0.60.0, feols("lemp ~ post | countyreal + year", vcov={"CRV1": "countyreal"}): 0.01327;
// linearmodels 7.1, PanelOLS(entity_effects, time_effects).fit(cov_type="clustered",
// cluster_entity=True): 0.01482. The first does not count the 500 county effects, which are nested
// in the clusters; the second does, and has t with 1,995 instead of 499 degrees of freedom.
// CR0 was computed with NumPy.
#[test]
fn pyfixest_and_linearmodels_differ_by_what_they_count() {
    let Some(inputs) = mpdta(|_, _| true) else { return };
    let estimate = ("estimate", -0.036_548_936_674_1);
    let fixest = [
        estimate,
        ("se", 0.013_265_155_429_3),
        ("t", -2.755_258_833_47),
        ("p_value", 0.006_078_952_163_61),
        ("lower", -0.062_611_377_422_1),
        ("upper", -0.010_486_495_926),
        ("n", 2500.0),
        ("n_clusters", 500.0),
        ("share_negative_weights", 20.0 / 291.0),
    ];
    check_effect(&inputs, "pyfixest", &fixest);
    let every_effect = [estimate, ("se", 0.014_819_763_208_5), ("p_value", 0.013_737_920_572_8)];
    check_effect(&inputs, "linearmodels", &every_effect);
    check_effect(&inputs, "cr0", &[("se", 0.013_238_619_810_3)]);
    check_effect(&inputs, "cr1", &[("se", 0.013_251_878_321_2)]);
}

// The same calls after leaving out 223 rows by a rule, with fixef_rm="none", fixef_tol=1e-12: at
// its default tolerance pyfixest stops at 0.0141504190678, while dummy variables in NumPy give
// 0.0141504190838 as well.
#[test]
fn pyfixest_agrees_on_an_unbalanced_panel() {
    let Some(inputs) = mpdta(|county, year| (county * 7 + year * 3) % 11 != 0) else { return };
    let expected = [("estimate", -0.031_379_596_167_8), ("se", 0.014_150_419_083_8), ("n", 2277.0)];
    check_effect(&inputs, "pyfixest", &expected);
}

// pyfixest 0.60.0, feols("lemp ~ i(rel, ref=-1) | countyreal + year"), never-treated at −1; the
// joint test is b'V⁻¹b / 3 of its covariance against F(3, 499).
#[test]
fn pyfixest_agrees_on_the_event_study() {
    let Some(inputs) = mpdta(|_, _| true) else { return };
    let answer = ask("event-study", Some("pyfixest"), &inputs, &Options::new()).unwrap();
    let event = answer.main();
    let times = event.integers("event_time").unwrap();
    let cell = |column: &str, time: i64| {
        event.numbers(column).unwrap()[times.iter().position(|t| *t == time).unwrap()]
    };
    for (time, estimate, se) in [
        (-4, 0.003_549_326_919_43, 0.022_828_581_446_3),
        (-3, 0.024_623_501_986_5, 0.017_679_371_172_7),
        (-2, 0.023_354_814_886_4, 0.013_436_699_377_2),
        (0, -0.018_143_926_966_6, 0.010_982_218_280_9),
        (1, -0.043_472_372_628_6, 0.017_576_946_994_4),
        (2, -0.131_794_857_754, 0.028_837_407_390_1),
        (3, -0.092_246_794_181_9, 0.032_336_193_163_1),
    ] {
        assert_close(cell("estimate", time).number().unwrap(), estimate, 1e-11);
        assert_close(cell("se", time).number().unwrap(), se, 1e-11);
    }
    assert_eq!(cell("se", -1), Datum::Gap(Gap::NotApplicable));
    let pretrend = answer.table("pretrend").unwrap();
    let one = |column: &str| pretrend.numbers(column).unwrap()[0].number().unwrap();
    assert_close(one("statistic"), 1.631_565_611_49, 1e-9);
    assert_close(one("p_value"), 0.181_127_102_534, 1e-10);
    assert_eq!((one("df1"), one("df2")), (3.0, 499.0));
}

// Six units over five years, effect 2 + (t − G) from G on, and fixed noise: the worked example of
// the specification, confirmed there by an independent computation to six decimals.
#[test]
fn the_six_unit_example_has_the_published_effect() {
    let base = [10.0, 12.0, 11.0, 9.0, 13.0, 10.0];
    let start = [3.0, 3.0, 4.0, f64::INFINITY, f64::INFINITY, f64::INFINITY];
    let noise = [
        [0.0, 0.1, -0.1, 0.2, 0.0],
        [0.1, 0.0, 0.2, -0.1, 0.1],
        [0.0, -0.1, 0.1, 0.0, 0.2],
        [0.1, 0.0, 0.0, 0.1, -0.1],
        [-0.1, 0.1, 0.0, 0.0, 0.1],
        [0.0, 0.0, 0.1, -0.1, 0.0],
    ];
    let cells = || (0..6).flat_map(|u| (0..5).map(move |t| (u, t)));
    let treated = |u: usize, t: usize| (t + 1) as f64 >= start[u];
    let outcome = |u: usize, t: usize| {
        let effect = if treated(u, t) { 2.0 + (t + 1) as f64 - start[u] } else { 0.0 };
        base[u] + t as f64 + noise[u][t] + effect
    };
    let frame = Frame::new(vec![
        Column::text("unit", cells().map(|(u, _)| format!("u{u}"))),
        Column::integer("period", "", cells().map(|(_, t)| t as i64 + 1)),
        Column::numbers("outcome", "1", cells().map(|(u, t)| outcome(u, t))),
        Column::numbers("treated", "1", cells().map(|(u, t)| f64::from(u8::from(treated(u, t))))),
    ]);
    let inputs = Inputs::new().with("outcome", frame.unwrap());
    let check = |variant: &str, se: f64| {
        let answer: Answer =
            ask("two-way-fixed-effects", Some(variant), &inputs, &Options::new()).unwrap();
        let one = |column: &str| answer.main().numbers(column).unwrap()[0].number().unwrap();
        assert_close(one("estimate"), 2.690_323, 5e-7);
        assert_close(one("se"), se, 5e-7);
        assert_eq!(one("share_negative_weights"), 0.0);
        assert!(answer.notes.iter().any(|note| note.code == "few-clusters"));
    };
    check("cr0", 0.208_404);
    check("cr1", 0.228_295);
}
