//! Weighted least squares against statsmodels 0.15.0; fixed effects in spatial models and the test of
//! Anselin and Kelejian against PySAL spreg 1.9.0; all on Columbus with rows standardized, `X` the columns
//! inc and hoval, `w` the neighbors.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;
mod columbus;

use agglo_core::{Column, Frame};
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::assert_close;

use answers::{number_at, numbers};

#[track_caller]
fn check(answer: &Answer, column: &str, expected: &[f64], tolerance: f64) {
    let found = numbers(answer, "coefficients", column);
    for (found, expected) in found.iter().zip(expected) {
        assert_close(found.unwrap(), *expected, tolerance * expected.abs());
    }
}

fn measure(answer: &Answer, name: &str) -> f64 {
    number_at(answer, "fit", &[("measure", name)], "value").unwrap()
}

fn numbers_of(frame: &Frame, name: &str) -> Vec<f64> {
    frame.numbers(name).unwrap().into_iter().map(|datum| datum.number().unwrap()).collect()
}

// spreg.GM_Lag(y, X, w=w, w_lags=1 or 2, spat_diag=True).ak_test; robust='white' changes nothing
#[test]
fn dependence_left_after_two_stages_is_tested_as_in_spreg() {
    let inputs = Inputs::new()
        .with("observations", columbus::observations())
        .with("weights", columbus::weights());
    for (variant, lags, statistic, p) in [
        ("2sls", "1", 0.024_325_651_397_315_493, 0.876_059_168_710_122_2),
        ("2sls", "2", 0.017_080_256_416_444_86, 0.896_019_392_267_281_1),
        ("2sls-robust", "1", 0.024_325_651_397_315_493, 0.876_059_168_710_122_2),
    ] {
        let options = Options::new().with("x", "inc,hoval").with("instruments", lags);
        let answer = ask("spatial-lag", Some(variant), &inputs, &options).unwrap();
        let test =
            |column| number_at(&answer, "tests", &[("test", "anselin-kelejian")], column).unwrap();
        assert_close(test("statistic"), statistic, 1e-10);
        assert_close(test("p_value"), p, 1e-9);
    }
}

// W = sm.WLS(y, sm.add_constant(X), weights=[1 + k % 5 for k in range(49)])
// W.fit(), W.fit(cov_type="HC0"), "HC1", "HC3"
#[test]
fn weighted_least_squares_are_those_of_statsmodels() {
    let plain = columbus::observations();
    let mut columns: Vec<Column> = plain.columns().to_vec();
    columns.push(Column::numbers("weight", "1", (0..49).map(|k| f64::from(1 + k % 5))));
    let inputs = Inputs::new().with("observations", Frame::new(columns).unwrap());
    let options = Options::new().with("x", "inc,hoval").with("weigh", "yes");
    let estimates = [68.589_942_137_221_67, -1.606_914_141_592_087, -0.226_670_841_276_779_1];
    for (variant, errors) in [
        ("classical", [4.603_143_308_400_021, 0.327_284_766_993_327, 0.102_352_770_735_379_99]),
        ("hc0", [4.688_164_564_616_552, 0.410_312_015_915_074_8, 0.137_743_690_393_241_64]),
        ("hc1", [4.838_625_079_281_952, 0.423_480_443_822_645_66, 0.142_164_394_117_018_42]),
        ("hc3", [5.374_514_247_771_74, 0.516_744_764_734_153_6, 0.191_366_368_494_222_17]),
    ] {
        let answer = ask("ols", Some(variant), &inputs, &options).unwrap();
        check(&answer, "estimate", &estimates, 1e-12);
        check(&answer, "se", &errors, 1e-12);
        assert_close(measure(&answer, "r2"), 0.547_986_367_275_778_8, 1e-13);
        assert_close(measure(&answer, "r2_adjusted"), 0.528_333_600_635_595_2, 1e-13);
        assert_close(measure(&answer, "sigma").powi(2), 402.679_962_520_013_93, 1e-9);
        assert_close(measure(&answer, "log_likelihood"), -191.801_846_944_837_45, 1e-10);
        assert_close(measure(&answer, "aic"), 389.603_693_889_674_9, 1e-10);
        assert_close(measure(&answer, "bic"), 395.279_154_784_006_8, 1e-10);
        if variant == "classical" {
            assert_close(measure(&answer, "f"), 27.883_421_062_728_36, 1e-10);
            assert_close(measure(&answer, "f_p_value"), 1.170_806_881_721_082_1e-8, 1e-18);
        }
        // What is left is y less what is fitted, whatever the weights.
        let residual = numbers(&answer, "residuals", "residual")[0].unwrap();
        let fitted = numbers(&answer, "residuals", "fitted")[0].unwrap();
        let (y, inc) = (numbers_of(&plain, "y")[0], numbers_of(&plain, "inc")[0]);
        let by_hand =
            estimates[0] + estimates[1] * inc + estimates[2] * numbers_of(&plain, "hoval")[0];
        assert_close(fitted, by_hand, 1e-10);
        assert_close(residual, y - by_hand, 1e-10);
    }
}

#[test]
fn weights_of_one_change_nothing_and_effects_refuse_them() {
    let plain = columbus::observations();
    let mut columns: Vec<Column> = plain.columns().to_vec();
    columns.push(Column::numbers("weight", "1", [1.0; 49]));
    let inputs = Inputs::new().with("observations", Frame::new(columns).unwrap());
    let options = Options::new().with("x", "inc,hoval");
    let of = |options: &Options| ask("ols", Some("hc1"), &inputs, options).unwrap();
    let (weighed, not) = (of(&options.clone().with("weigh", "yes")), of(&options));
    for column in ["estimate", "se", "p_value"] {
        let expected = numbers(&not, "coefficients", column);
        assert_eq!(numbers(&weighed, "coefficients", column), expected);
    }
    let refused = options.with("weigh", "yes").with("effects", "region");
    let error = ask("ols", Some("hc1"), &inputs, &refused).unwrap_err().to_string();
    assert!(error.contains("weigh"), "{error}");
}

/// Four periods made of Columbus: y = crime of another place and half of the own one, and so on.
fn panel() -> Inputs {
    let plain = columbus::observations();
    let [crime, inc, hoval] = ["y", "inc", "hoval"].map(|name| numbers_of(&plain, name));
    let cells = || (0..49_usize).flat_map(|i| (0..4_usize).map(move |t| (i, t)));
    let y =
        |(i, t): (usize, usize)| crime[(i + 7 * t) % 49] + 0.5 * crime[i] * (1.0 + 0.1 * t as f64);
    let first = |(i, t): (usize, usize)| inc[(3 * i + 5 * t) % 49] + 0.3 * inc[i];
    let second =
        |(i, t): (usize, usize)| hoval[(5 * i + 11 * t) % 49] + 0.2 * hoval[i] * (t + 1) as f64;
    let frame = Frame::new(vec![
        Column::text("region", cells().map(|(i, _)| columbus::code(i + 1))),
        Column::integer("period", "", cells().map(|(_, t)| 2000 + t as i64)),
        Column::numbers("y", "1", cells().map(y)),
        Column::numbers("a", "1", cells().map(first)),
        Column::numbers("b", "1", cells().map(second)),
    ])
    .unwrap();
    Inputs::new().with("observations", frame).with("weights", columbus::weights())
}

// spreg.Panel_FE_Lag(Y, np.hstack([X1, X2]), w), one column a period, and Panel_FE_Error. Its logll has
// ln e'e where the likelihood has ln e'e/(nt), so (nt/2) ln nt is added here.
#[test]
fn effects_of_regions_in_spatial_models_are_those_of_spreg() {
    let options = Options::new().with("x", "a,b").with("effects", "region");
    let missed = 196.0 / 2.0 * 196.0_f64.ln();
    let lag = ask("spatial-lag", Some("ml"), &panel(), &options).unwrap();
    let expected = [-0.035_704_100_637_876_71, 0.075_449_985_448_062_75, 0.292_511_749_909_642_07];
    check(&lag, "estimate", &expected, 2e-5);
    let expected = [0.208_562_989_794_400_72, 0.055_715_736_151_331_4, 0.089_556_769_914_323_97];
    check(&lag, "se", &expected, 2e-5);
    assert_close(measure(&lag, "sigma2"), 192.514_532_048_083_82, 1e-3);
    assert_close(measure(&lag, "log_likelihood"), -1_312.848_985_024_809 + missed, 1e-7);
    assert_close(measure(&lag, "aic"), 2_631.697_970_049_618 - 2.0 * missed, 1e-6);
    assert_close(measure(&lag, "bic"), 2_641.532_314_027_309_4 - 2.0 * missed, 1e-6);
    // A region's mean takes one of four periods.
    let ratio = measure(&lag, "sigma2_corrected") / measure(&lag, "sigma2");
    assert_close(ratio, 4.0 / 3.0, 1e-14);
    let error = ask("spatial-error", Some("ml"), &panel(), &options).unwrap();
    let expected = [-0.012_779_668_171_571_843, 0.063_518_745_199_476_55, 0.289_083_714_838_674];
    check(&error, "estimate", &expected, 2e-5);
    let expected = [0.210_068_705_833_854_79, 0.057_121_360_750_756_474, 0.090_139_574_980_562_81];
    check(&error, "se", &expected, 2e-5);
    assert_close(measure(&error, "log_likelihood"), -1_313.168_193_568_786_8 + missed, 1e-7);
    assert_close(measure(&error, "aic"), 2_630.336_387_137_573_6 - 2.0 * missed, 1e-6);
}

#[test]
fn effects_of_regions_are_columns_of_regions() {
    let options = Options::new().with("x", "a,b").with("effects", "both");
    let within = ask("spatial-lag", Some("2sls"), &panel(), &options).unwrap();
    // Effects of periods are columns; those of regions are the same as 48 columns more.
    let terms = answers::texts(&within, "coefficients", "term");
    assert_eq!(terms, ["a", "b", "period 2001", "period 2002", "period 2003", "rho"]);
    let impacts = answers::texts(&within, "impacts", "term");
    assert!(impacts.iter().all(|term| term == "a" || term == "b"));
    let inputs = panel();
    let lone = Options::new().with("x", "a,b").with("effects", "period");
    let by_period = ask("spatial-lag", Some("ml"), &inputs, &lone).unwrap();
    let terms = answers::texts(&by_period, "coefficients", "term");
    assert_eq!(terms[0], "intercept");
    assert_eq!(terms.len(), 7);
}

#[test]
fn a_region_that_lacks_a_period_is_refused_with_the_period() {
    let plain = columbus::observations();
    let rows = |name: &str| numbers_of(&plain, name)[..7].to_vec();
    let frame = Frame::new(vec![
        Column::text("region", [1, 1, 2, 2, 3, 3, 4].map(columbus::code)),
        Column::integer("period", "", [2000_i64, 2001, 2000, 2001, 2000, 2001, 2000]),
        Column::numbers("y", "1", rows("y")),
        Column::numbers("a", "1", rows("inc")),
    ])
    .unwrap();
    let inputs = Inputs::new().with("observations", frame).with("weights", columbus::weights());
    let options = Options::new().with("x", "a").with("effects", "region");
    let error = ask("spatial-lag", Some("ml"), &inputs, &options).unwrap_err().to_string();
    assert!(error.contains("period 2001 has 3 of 4"), "{error}");
}
