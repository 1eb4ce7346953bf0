//! Diagnosis against published numbers and other software.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;

use std::path::PathBuf;

use agglo_core::{Column, Undefined};
use agglo_methods::call::ask;
use agglo_methods::cluster::star_cut;
use agglo_methods::diagnosis::{
    Speed, Spread, beta_convergence, hypergeometric_tails, spread, structural_similarity,
};
use agglo_methods::{Inputs, MethodError, Options};
use agglo_testkit::{assert_close, shared_data};

use answers::{frame, number_at, numbers, text_at, texts};

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
