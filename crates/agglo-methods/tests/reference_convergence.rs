//! Convergence, clubs and densities against R and Python.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;
mod columbus;

use agglo_core::{Column, Frame};
use agglo_methods::call::ask;
use agglo_methods::diagnosis::{Bandwidth, kernel_density};
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::{assert_close, shared_data};

use answers::{frame, numbers, texts};

/// A wide table as `regions`: columns `PREFIX + year` for the years asked.
fn wide(
    file: &str,
    key: &str,
    prefix: &str,
    years: std::ops::RangeInclusive<i64>,
) -> Option<Frame> {
    let mut reader = csv::Reader::from_path(shared_data(file)?).unwrap();
    let headings = reader.headers().unwrap().clone();
    let at = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let columns: Vec<(i64, usize)> =
        years.map(|year| (year, at(&format!("{prefix}{year}")))).collect();
    let key = at(key);
    let (mut region, mut period, mut value) = (vec![], vec![], vec![]);
    for record in reader.records() {
        let record = record.unwrap();
        for (year, column) in &columns {
            region.push(record[key].to_owned());
            period.push(*year);
            value.push(record[*column].parse::<f64>().unwrap());
        }
    }
    Some(frame(vec![
        Column::text("region", region),
        Column::integer("period", "", period),
        Column::numbers("value", "EUR", value),
    ]))
}

fn counties(years: std::ops::RangeInclusive<i64>) -> Option<Frame> {
    wide("germany_reat/G.counties.gdp.csv", "region_code_EU", "gdppc", years)
}

fn one(answer: &Answer, table: &str, column: &str) -> f64 {
    numbers(answer, table, column)[0].unwrap()
}

// REAT's betaconv.nls is nls(gr ~ a - ((1 - exp(-b*T))/T) * log(y0)); with a tolerance of 1e-10 R's
// nls gives b = 0.0075139827133319, se 0.0010981287704401 on the German counties, 2000 to 2014.
#[test]
fn the_speed_and_its_error_are_those_of_nonlinear_least_squares() {
    let Some(regions) = counties(2000..=2014) else { return };
    let inputs = Inputs::new().with("regions", regions);
    let found = ask("beta-convergence", None, &inputs, &Options::new()).unwrap();
    assert_close(one(&found, "beta", "slope"), -0.007_132_264_853_589_9, 1e-15);
    assert_close(one(&found, "beta", "se"), 0.000_988_478_750_694_96, 1e-15);
    assert_close(one(&found, "beta", "p_value"), 2.719_258_225_498_5e-12, 1e-20);
    assert_close(one(&found, "beta", "speed"), 0.007_513_982_713_331_9, 3e-10);
    assert_close(one(&found, "beta", "speed_se"), 0.001_098_128_770_440_1, 1e-10);
}

// R: lm(gr ~ log(y0) + pop2000), and nls with + c * pop2000.
#[test]
fn a_control_gives_the_conditional_speed_of_r() {
    let Some(regions) = counties(2000..=2014) else { return };
    let Some(people) =
        wide("germany_reat/G.counties.gdp.csv", "region_code_EU", "pop", 2000..=2014)
    else {
        return;
    };
    let people = people.column("value").unwrap().renamed("people");
    let inputs = Inputs::new().with("regions", regions.with(people).unwrap());
    let options = Options::new().with("controls", "people");
    let found = ask("beta-convergence", None, &inputs, &options).unwrap();
    assert_close(one(&found, "beta", "slope"), -6.962_975_161_126_4e-3, 1e-14);
    assert_close(one(&found, "beta", "se"), 1.001_463_217_682_1e-3, 1e-14);
    assert_close(one(&found, "beta", "speed"), 7.326_161_359_245_4e-3, 1e-9);
    assert_close(one(&found, "beta", "speed_se"), 1.109_631_993_458_6e-3, 1e-9);
    assert_eq!(texts(&found, "terms", "term"), ["people"]);
    assert_close(one(&found, "terms", "estimate"), -1.734_173_025_365_5e-6, 1e-17);
    assert_close(one(&found, "terms", "se"), 1.654_300_644_712_3e-6, 1e-17);
    assert_close(one(&found, "terms", "p_value"), 0.295_143_418_210_97, 1e-10);
}

// The lag and error models behind the options are those of the methods: on growth made of the
// crime of Columbus they find the same numbers.
#[test]
fn spatial_options_are_the_spatial_methods() {
    let regions = |column: fn(&(f64, f64, f64)) -> f64, period: i64| {
        (1..=49)
            .map(columbus::code)
            .zip(columbus::ROWS.iter().map(column))
            .map(move |(r, v)| (r, period, v))
    };
    let start: Vec<_> = regions(|row| row.1, 0).collect();
    let end: Vec<_> = regions(|row| row.1 * (row.0 / 100.0).exp(), 1).collect();
    let rows: Vec<_> = start.into_iter().chain(end).collect();
    let inputs = Inputs::new()
        .with(
            "regions",
            frame(vec![
                Column::text("region", rows.iter().map(|row| row.0.clone())),
                Column::integer("period", "", rows.iter().map(|row| row.1)),
                Column::numbers("value", "1", rows.iter().map(|row| row.2)),
            ]),
        )
        .with("weights", columbus::weights());
    let growth = frame(vec![
        Column::text("region", (1..=49).map(columbus::code)),
        Column::numbers("y", "1", columbus::ROWS.iter().map(|row| row.0 / 100.0)),
        Column::numbers("start", "1", columbus::ROWS.iter().map(|row| row.1)),
    ]);
    let plain = Inputs::new().with("observations", growth).with("weights", columbus::weights());
    let log = Options::new().with("x", "start").with("log", "start");
    for (spatial, method) in [("lag", "spatial-lag"), ("error", "spatial-error")] {
        let options = Options::new().with("spatial", spatial);
        let found = ask("beta-convergence", None, &inputs, &options).unwrap();
        let expected = ask(method, None, &plain, &log).unwrap();
        let term = |column: &str| numbers(&expected, "coefficients", column);
        assert_close(one(&found, "beta", "slope"), term("estimate")[1].unwrap(), 1e-8);
        assert_close(one(&found, "beta", "se"), term("se")[1].unwrap(), 1e-8);
        assert_close(one(&found, "terms", "estimate"), term("estimate")[2].unwrap(), 1e-7);
    }
}

// R: s <- sd of log income of the 48 states, 1980 to 2009; m <- lm(s ~ year); vcovHAC(m);
// NeweyWest(m, lag = 3, prewhite = FALSE, adjust = TRUE).
#[test]
fn the_trend_of_the_spread_has_the_errors_of_sandwich() {
    let Some(regions) = wide("pysal_regional_income/us_income_usjoin.csv", "Name", "", 1980..=2009)
    else {
        return;
    };
    let inputs = Inputs::new().with("regions", regions);
    for (named, se) in [
        ("classical", 0.000_168_984_218_646_74),
        ("andrews", 0.000_168_893_068_483_39),
        ("newey-west", 0.000_248_890_062_875_98),
    ] {
        let options = Options::new().with("trend_errors", named);
        let found = ask("sigma-convergence", None, &inputs, &options).unwrap();
        assert_close(one(&found, "trend", "slope"), 9.397_052_236_808_9e-6, 1e-13);
        assert_close(one(&found, "trend", "se"), se, 1e-9);
        assert_eq!(texts(&found, "trend", "reading"), ["no trend"]);
    }
}

/// Members and t of each club.
fn clubs(answer: &Answer) -> Vec<(f64, f64)> {
    let n = numbers(answer, "clubs", "n");
    n.into_iter()
        .zip(numbers(answer, "clubs", "t"))
        .map(|(n, t)| (n.unwrap(), t.unwrap()))
        .collect()
}

#[track_caller]
fn check_clubs(answer: &Answer, expected: &[(f64, f64)]) {
    let found = clubs(answer);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0, "{found:?} is not {expected:?}");
        assert_close(found.1, expected.1, 1e-4);
    }
}

// convergence-clubs 0.1.2 (a port of R's ConvergenceClubs 2.2.5): find_clubs(gdppc 2000 to 2014, …)
// and merge_clubs(…, 'PS').
#[test]
fn german_counties_form_the_clubs_of_the_package() {
    let Some(regions) = counties(2000..=2014) else { return };
    let inputs = Inputs::new().with("regions", regions);
    let with = |options: &Options| ask("club-convergence", None, &inputs, options).unwrap();
    // cstar_method = 'incremental', core_rule = 'max_t'
    let found = with(&Options::new());
    check_clubs(
        &found,
        &[
            (2.0, 1.053_493_23),
            (22.0, -1.396_999_51),
            (64.0, -0.221_061_96),
            (67.0, 4.229_647_91),
            (198.0, -1.573_790_09),
            (49.0, -1.207_244_76),
        ],
    );
    assert_close(numbers(&found, "clubs", "beta")[3].unwrap(), 0.746_031_380_1, 1e-9);
    // The defaults of the package: c* stays, clubs may fail their own test.
    let package = Options::new().with("raise", "never").with("core", "largest-absolute-t");
    let found = with(&package);
    check_clubs(
        &found,
        &[(2.0, 1.053_493_23), (24.0, -1.801_384_79), (62.0, -0.022_654_6), (314.0, -7.141_329_21)],
    );
    assert!(found.notes.iter().any(|note| note.code == "club-fails"));
    // hac_method = 'AQSB': two of five clubs are merged.
    let adaptive = package.clone().with("long_run", "andrews");
    check_clubs(
        &with(&adaptive.clone().with("merge", "none")),
        &[
            (2.0, 1.054_400_31),
            (24.0, -1.891_201_8),
            (20.0, 3.417_066_82),
            (56.0, 0.870_588_99),
            (300.0, -5.698_729_15),
        ],
    );
    let merged = with(&adaptive);
    check_clubs(
        &merged,
        &[(2.0, 1.054_400_31), (24.0, -1.891_201_8), (76.0, -1.075_921_22), (300.0, -5.698_729_15)],
    );
    assert_eq!(texts(&merged, "clubs", "made_of")[2], "3 + 4");
    let von_lyncker = adaptive.with("merge", "von-lyncker-thoennessen");
    assert_eq!(clubs(&with(&von_lyncker)).len(), 4);
}

// The same package on twelve paths of three levels, one that rises and one that falls.
#[test]
fn three_levels_are_three_clubs_as_in_the_package() {
    let (mut region, mut period, mut value) = (vec![], vec![], vec![]);
    for r in 0..14_u32 {
        for t in 1..=30 {
            let time = f64::from(t);
            let y = match r {
                12 => 20.0 * 1.06_f64.powf(time),
                13 => 200.0 * 0.99_f64.powf(time),
                _ => {
                    let (level, pace) = [(100.0, 1.0), (60.0, 0.6), (30.0, 0.3)][r as usize % 3];
                    let a = (f64::from((r * 7) % 11) - 5.0) / 12.0;
                    let wave = 0.01 * (time * (1.0 + f64::from(r) * 0.37)).sin();
                    level * 1.02_f64.powf(time).powf(pace) * (1.0 + (a + wave) / time)
                }
            };
            region.push(format!("r{r:02}"));
            period.push(i64::from(t));
            value.push(y);
        }
    }
    let regions = frame(vec![
        Column::text("region", region),
        Column::integer("period", "", period),
        Column::numbers("value", "1", value),
    ]);
    let inputs = Inputs::new().with("regions", regions);
    let found = ask("club-convergence", None, &inputs, &Options::new()).unwrap();
    check_clubs(&found, &[(6.0, 13.095_393_409), (4.0, 22.468_160_328), (4.0, 24.752_792_102)]);
    assert_eq!(texts(&found, "clubs", "reading"), ["convergence"; 3]);
    let club = texts(&found, "members", "club");
    assert_eq!(club[..6], ["1", "2", "3", "1", "2", "3"]);
    assert_eq!(club[12..], ["1", "1"]);
}

// R: bw.nrd0(x), bw.nrd(x), bw.SJ(x, nb = 2000000, tol = 1e-13), mean(dnorm(1, x, bw.nrd0(x))); SciPy:
// gaussian_kde(x, bw_method).factor * x.std(ddof=1), kde(1.0).
#[test]
fn bandwidths_are_those_of_r_and_scipy() {
    let x = [0.31, 0.42, 0.48, 0.55, 0.7, 0.9, 1.0, 1.05, 1.3, 1.8, 2.4, 2.6];
    for (rule, expected, tolerance) in [
        (Bandwidth::Nrd0, 0.364_678_102_705_76, 1e-13),
        (Bandwidth::Nrd, 0.429_509_765_409_01, 1e-13),
        (Bandwidth::Scott, 0.465_775_106_994_534_35, 1e-13),
        (Bandwidth::Silverman, 0.493_360_097_895_673_2, 1e-13),
        (Bandwidth::SheatherJones, 0.330_070_487_356_233, 2e-6),
    ] {
        assert_close(rule.of(&x).unwrap(), expected, tolerance);
    }
    let at_one = |h: f64| kernel_density(&x, &[1.0; 12], h, 1.0);
    assert_close(at_one(0.364_678_102_705_76), 0.524_059_600_658_49, 1e-13);
    assert_close(at_one(0.465_775_106_994_534_35), 0.485_135_090_039_123_3, 1e-13);
}

// R on the counties of 2014 over their mean: bw.nrd0 0.073272010864826, bw.SJ(nb = 2000000,
// tol = 1e-13) 0.0648141856437682, densities at .5, 1 and 2 by the first.
#[test]
fn german_counties_have_one_peak_and_a_tail() {
    let Some(regions) = counties(2014..=2014) else { return };
    let inputs = Inputs::new().with("regions", regions);
    let found = ask("income-density", None, &inputs, &Options::new()).unwrap();
    assert_close(one(&found, "shape", "bandwidth"), 0.073_272_010_864_826, 1e-13);
    let plug_in = ask("income-density", Some("sheather-jones"), &inputs, &Options::new()).unwrap();
    assert_close(one(&plug_in, "shape", "bandwidth"), 0.064_814_185_643_768_2, 1e-7);
    let at = numbers(&found, "density", "at");
    let height = numbers(&found, "density", "density");
    let step = at[1].unwrap() - at[0].unwrap();
    let mass: f64 = height.iter().flatten().sum::<f64>() * step;
    assert_close(mass, 1.0, 1e-3);
    let first = one(&found, "modes", "at");
    assert!(first > 0.6 && first < 1.0, "{first}");
}
