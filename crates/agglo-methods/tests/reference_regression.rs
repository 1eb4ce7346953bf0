//! Regression over regions against PySAL spreg 1.9.0, statsmodels 0.15.0 and R (sandwich 3.0.2,
//! spdep 1.2.7, spatialreg 1.2.6), all on Columbus with rows standardized unless said otherwise.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;
mod columbus;

use agglo_core::Column;
use agglo_methods::call::ask;
use agglo_methods::{Answer, Inputs, Options};
use agglo_testkit::assert_close;

use answers::{frame, number_at, numbers};

fn inputs() -> Inputs {
    Inputs::new()
        .with("observations", columbus::observations())
        .with("weights", columbus::weights())
}

fn x() -> Options {
    Options::new().with("x", "inc,hoval")
}

fn answer(id: &str, variant: &str, options: &Options) -> Answer {
    ask(id, Some(variant), &inputs(), options).unwrap()
}

/// Column `column` of the coefficients, one number a term.
#[track_caller]
fn check(answer: &Answer, column: &str, expected: &[f64], tolerance: f64) {
    let found = numbers(answer, "coefficients", column);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_close(found.unwrap(), *expected, tolerance * expected.abs());
    }
}

fn measure(answer: &Answer, name: &str) -> f64 {
    number_at(answer, "fit", &[("measure", name)], "value").unwrap()
}

// spreg.OLS(y, X, w=w, spat_diag=True, moran=True)
#[test]
fn least_squares_and_its_tests_are_those_of_spreg() {
    let found = answer("ols", "classical", &x());
    check(
        &found,
        "estimate",
        &[68.618_961_095_025_2, -1.597_310_834_084_695, -0.273_931_478_171_673],
        1e-12,
    );
    check(
        &found,
        "se",
        &[4.735_486_133_765_33, 0.334_130_761_780_08, 0.103_198_683_790_906],
        1e-12,
    );
    assert_close(measure(&found, "r2"), 0.552_404_040_837_423_6, 1e-13);
    assert_close(measure(&found, "r2_adjusted"), 0.532_943_346_960_789_8, 1e-13);
    assert_close(measure(&found, "sigma").powi(2), 130.758_537_734_442_68, 1e-10);
    assert_close(measure(&found, "log_likelihood"), -187.377_238_812_149_1, 1e-10);
    assert_close(measure(&found, "aic"), 380.754_477_624_298_2, 1e-10);
    assert_close(measure(&found, "bic"), 386.429_938_518_630_1, 1e-10);
    assert_close(measure(&found, "f"), 28.385_629_224_694_895, 1e-10);
    assert_close(measure(&found, "f_p_value"), 9.340_747_100_510_646e-9, 1e-18);
    for (test, statistic, p) in [
        ("jarque-bera", 1.835_752_520_075_734_5, 0.399_366_291_248_808_07),
        ("moran", 2.839_318_934_513_701, 0.004_520_994_474_334_196_5),
        ("lm-lag", 8.897_998_591_088_612, 0.002_854_833_950_731_117_3),
        ("lm-error", 5.206_213_923_882_123, 0.022_506_293_821_436_388),
        ("lm-lag-robust", 3.735_690_599_091_481, 0.053_261_645_050_738_694),
        ("lm-error-robust", 0.043_905_931_884_990_736, 0.834_028_723_931_426_4),
        ("sarma", 8.941_904_522_973_603, 0.011_436_420_201_071_036),
    ] {
        let at = |column| number_at(&found, "tests", &[("test", test)], column).unwrap();
        assert_close(at("statistic"), statistic, 1e-10);
        assert_close(at("p_value"), p, 1e-11);
    }
    // R: lmtest::bptest(m, studentize = FALSE) and TRUE; spreg regresses on the squares of the x and
    // has 7.90 and 5.69.
    for (test, statistic, p) in [
        ("breusch-pagan", 10.012_849_713_1, 0.006_694_795_426),
        ("koenker-bassett", 7.216_564_472_19, 0.027_098_355_486),
    ] {
        let at = |column| number_at(&found, "tests", &[("test", test)], column).unwrap();
        assert_close(at("statistic"), statistic, 1e-9);
        assert_close(at("p_value"), p, 1e-11);
    }
    assert_close(numbers(&found, "moran", "value")[0].unwrap(), 0.222_109_406_578_676_98, 1e-13);
}

// sm.OLS(y, sm.add_constant(X)).fit().get_robustcov_results('HC0' …).bse, and for clusters of
// seven rows each 'cluster' without and with use_correction.
#[test]
fn errors_by_name_are_those_of_statsmodels() {
    for (variant, expected) in [
        ("hc0", [4.101_458_136_375_411, 0.446_636_836_868_484, 0.157_515_892_052_469]),
        ("hc1", [4.233_089_075_002_266, 0.460_971_062_431_075, 0.162_571_158_747_898]),
        ("hc2", [4.296_234_400_311_514, 0.494_373_115_427_694, 0.177_538_125_988_824]),
        ("hc3", [4.513_900_235_790_858, 0.549_277_400_502_016, 0.200_876_663_312_301]),
    ] {
        check(&answer("ols", variant, &x()), "se", &expected, 1e-12);
    }
    let clusters = Column::text("cluster", (0..49).map(|row| format!("g{}", row / 7)));
    let observations = columbus::observations().with(clusters).unwrap();
    let inputs = Inputs::new().with("observations", observations);
    for (variant, expected) in [
        ("cr0", [3.853_303_278_685_734, 0.515_723_114_103_536, 0.156_522_607_868_077]),
        ("cr1s", [4.251_559_777_258_461, 0.569_025_454_148_245, 0.172_699_934_501_519]),
    ] {
        check(&ask("ols", Some(variant), &inputs, &x()).unwrap(), "se", &expected, 1e-12);
    }
}

// R: m <- lm(Employed ~ GNP, longley); vcovHAC(m); NeweyWest(m, lag = 2, prewhite = FALSE,
// adjust = FALSE). Data: Longley (1967), Employed in millions.
#[test]
fn errors_under_dependence_in_time_are_those_of_sandwich() {
    const EMPLOYED: [f64; 16] = [
        60.323, 61.122, 60.171, 61.187, 63.221, 63.639, 64.989, 63.761, 66.019, 67.857, 68.169,
        66.513, 68.655, 69.564, 69.331, 70.551,
    ];
    const GNP: [f64; 16] = [
        234.289, 259.426, 258.054, 284.599, 328.975, 346.999, 365.385, 363.112, 397.469, 419.18,
        442.769, 444.546, 482.704, 502.601, 518.173, 554.894,
    ];
    let observations = frame(vec![
        Column::text("region", ["us"; 16]),
        Column::integer("period", "", 1947..=1962),
        Column::numbers("y", "1e6", EMPLOYED),
        Column::numbers("gnp", "1e9", GNP),
    ]);
    let inputs = Inputs::new().with("observations", observations);
    let options = Options::new().with("x", "gnp").with("lags", "2");
    let found = ask("ols", Some("andrews"), &inputs, &options).unwrap();
    check(&found, "estimate", &[51.843_589_781_884_1, 0.034_752_294_347_6], 1e-12);
    check(&found, "se", &[0.573_543_361_565_17, 0.001_529_818_365_95], 1e-9);
    let found = ask("ols", Some("newey-west"), &inputs, &options).unwrap();
    check(&found, "se", &[0.505_349_957_611_17, 0.001_351_252_324_02], 1e-11);
}

// spreg.ML_Lag(y, X, w=w, method='full'), whose search stops at 1e-7; impacts and their errors: R,
// impacts(lagsarlm(...), listw), simulated from 20,000 draws.
#[test]
fn the_lag_model_by_likelihood_is_that_of_spreg_and_spatialreg() {
    let found = answer("spatial-lag", "ml", &x());
    let expected = [45.603_249, -1.048_728_16, -0.266_334_808_3, 0.423_325_42];
    check(&found, "estimate", &expected, 3e-8);
    let errors = [7.257_403_896, 0.307_405_916_66, 0.089_096_290_92, 0.119_510_445_92];
    check(&found, "se", &errors, 2e-7);
    assert_close(measure(&found, "sigma2"), 96.857_181, 2e-6);
    assert_close(measure(&found, "log_likelihood"), -182.673_972_010_134, 1e-9);
    assert_close(measure(&found, "aic"), 373.347_944_020, 1e-8);
    // 2 (182.67397 − 187.37724) with its sign turned.
    assert_close(measure(&found, "lr_ols"), 9.406_533_604, 1e-8);
    let simulated = x().with("impact_errors", "simulated").with("draws", "20000");
    let simulated = answer("spatial-lag", "ml", &simulated);
    for (term, impact, estimate, se) in [
        ("inc", "direct", -1.100_895_449_90, 0.316),
        ("inc", "indirect", -0.717_683_353_414, 0.405),
        ("inc", "total", -1.818_578_803_309, 0.599),
        ("hoval", "direct", -0.279_583_205_69, 0.0942),
        ("hoval", "indirect", -0.182_262_732_249, 0.127),
        ("hoval", "total", -0.461_845_937_939, 0.197),
    ] {
        let keys = [("term", term), ("impact", impact)];
        for found in [&found, &simulated] {
            let at = |column| number_at(found, "impacts", &keys, column).unwrap();
            assert_close(at("estimate"), estimate, 2e-7);
        }
        let drawn = number_at(&simulated, "impacts", &keys, "se").unwrap();
        assert!((drawn / se - 1.0).abs() < 0.05, "{term} {impact}: {drawn} is far from {se}");
        let delta = number_at(&found, "impacts", &keys, "se").unwrap();
        // The distribution of the spillovers is skewed; the delta method does not see its tail.
        assert!((delta / se - 1.0).abs() < 0.2, "{term} {impact}: {delta} is far from {se}");
    }
}

// spreg.GM_Lag(y, X, w=w, w_lags=1 or 2, robust=None or 'white')
#[test]
fn the_lag_model_in_two_stages_is_that_of_spreg() {
    let expected = [
        43.963_190_897_590_46,
        -1.009_637_155_377_097,
        -0.265_793_483_383_187,
        0.453_490_822_696_045,
    ];
    let found = answer("spatial-lag", "2sls", &x());
    check(&found, "estimate", &expected, 1e-10);
    check(
        &found,
        "se",
        &[
            10.768_084_729_590_969,
            0.372_394_845_943_44,
            0.088_602_579_601_688,
            0.183_417_246_253_647,
        ],
        1e-10,
    );
    assert_close(measure(&found, "sigma2"), 96.253_099_227_591_82, 1e-9);
    let found = answer("spatial-lag", "2sls-robust", &x());
    check(
        &found,
        "se",
        &[
            7.747_472_470_615_104,
            0.443_726_547_398_257,
            0.174_141_456_879_68,
            0.139_947_538_408_081,
        ],
        1e-10,
    );
    let found = answer("spatial-lag", "2sls", &x().with("instruments", "2"));
    check(
        &found,
        "estimate",
        &[
            43.528_473_415_752_5,
            -0.999_275_604_320_102,
            -0.265_649_998_569_156,
            0.461_486_532_702_281,
        ],
        1e-10,
    );
    check(
        &found,
        "se",
        &[
            10.600_465_414_430_777,
            0.369_517_104_477_74,
            0.088_539_499_131_52,
            0.180_105_133_039_912,
        ],
        1e-10,
    );
}

// spreg.ML_Error(y, X, w=w, method='full')
#[test]
fn the_error_model_by_likelihood_is_that_of_spreg() {
    let found = answer("spatial-error", "ml", &x());
    check(&found, "estimate", &[60.279_469_1, -0.957_305_3, -0.304_559_259_5, 0.546_753_05], 6e-8);
    check(&found, "se", &[5.365_593_9, 0.334_230_75, 0.092_047_315, 0.138_050_775], 2e-7);
    assert_close(measure(&found, "sigma2"), 97.674_231, 5e-6);
    assert_close(measure(&found, "log_likelihood"), -183.749_428_062_057, 1e-9);
    assert_close(measure(&found, "aic"), 373.498_856_124_1, 1e-8);
}

// spreg.GM_Error(y, X, w=w) and spreg.GM_Error_Het(y, X, w=w, max_iter=1); their λ comes from
// L-BFGS with numerical derivatives, which leaves it four to six digits.
#[test]
fn the_error_model_by_moments_is_that_of_spreg() {
    let found = answer("spatial-error", "gm", &x());
    check(&found, "estimate", &[62.918_807_7, -1.150_074_58, -0.298_230_698, 0.383_454_55], 2e-5);
    let errors = numbers(&found, "coefficients", "se");
    for (found, expected) in errors.iter().zip([5.010_887_13, 0.334_716_63, 0.094_812_475]) {
        assert_close(found.unwrap(), expected, 2e-5 * expected);
    }
    assert_eq!(errors[3], None);
    let found = answer("spatial-error", "gm-het", &x());
    check(&found, "estimate", &[62.528_104_0, -1.120_935_28, -0.299_341_83, 0.548_290_98], 2e-4);
    check(&found, "se", &[4.765_530_76, 0.453_328_10, 0.166_244_92, 0.143_220_60], 2e-4);
}

// R: lagsarlm(..., method = 'Chebyshev')$rho = 0.423354576638 against 0.423325428938 exact.
#[test]
fn each_way_to_the_determinant_leads_to_the_same_rho_as_far_as_it_is_exact() {
    let rho = |way: &str| {
        let found = answer("spatial-lag", "ml", &x().with("logdet", way));
        number_at(&found, "coefficients", &[("term", "rho")], "estimate").unwrap()
    };
    let exact = rho("eigen");
    assert_close(rho("lu"), exact, 1e-7);
    assert_close(rho("auto"), exact, 0.0);
    assert_close(rho("chebyshev"), 0.423_354_576_638, 3e-5);
    assert_close(rho("monte-carlo"), exact, 0.02);
}
