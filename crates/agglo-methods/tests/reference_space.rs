//! Spatial statistics against spdep, esda, inequality and giddy on the incomes of 48 states.
//!
//! Every number is that of R 4.2 with spdep 1.2.7, or of Python 3.11 with libpysal 4.14.1, esda 2.8.2,
//! inequality 1.1.2 and giddy 2.3.8, by the call in the comment above it. There, with `D` the folder
//! `pysal_regional_income`:
//!
//! ```r
//! df <- read.csv(paste0(D, "us_income_usjoin.csv"), check.names = FALSE)
//! nb <- read.gal(paste0(D, "us_income_states48.gal"), override.id = TRUE)
//! lw <- nb2listw(nb, style = "W"); lb <- nb2listw(nb, style = "B")
//! y <- df[["1990"]]; x <- df[["1960"]]; e <- ((1:48) * 3) %% 17 + 2
//! ```
//!
//! ```python
//! df = pd.read_csv(D + "us_income_usjoin.csv"); w = libpysal.io.open(D + "us_income_states48.gal").read()
//! y = df["1990"].values.astype(float); x = df["1960"].values.astype(float); w.transform = "r"
//! ```

mod answers;
mod states;

use agglo_core::{Column, Frame, Weights};
use agglo_methods::Options;
use agglo_methods::space::{
    Assumption, Conditioning, Divisor, Own, Transform, bivariate_moran, geary, general_g, lee,
    local_g, local_geary, local_moran, moran, rate_prior, spatial_gini, with_largest_own,
};
use agglo_testkit::assert_close;

use answers::{number_at, numbers};
use states::{States, states};

/// Events and base of the rates: e and x above.
fn rates(states: &States) -> (Vec<f64>, Vec<f64>) {
    let events = (1..=48).map(|k| f64::from(k * 3 % 17 + 2)).collect();
    (events, states.income("1960").to_vec())
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_close(*found, *expected, tolerance);
    }
}

// moran.test(y, lw); moran.test(y, lw, randomisation = FALSE); geary.test(y, lw); globalG.test(y, lb)
// esda.Moran(y, w).VI_norm, esda.Geary(y, w).VC_norm
#[test]
fn global_statistics_are_those_of_spdep_and_esda() {
    let Some(states) = states() else { return };
    let (y, row) = (states.income("1990"), Transform::Row.apply(&states.weights()));
    for (assumption, i, c) in [
        (Assumption::Randomization, 0.009_376_390_496_33, 0.010_397_365_008_4),
        (Assumption::Normality, 0.009_461_873_997_59, 0.010_236_264_469),
    ] {
        let found = moran(y, &row, assumption).unwrap();
        assert_close(found.statistic, 0.442_676_894_744_99, 1e-13);
        assert_close(found.expectation, -0.021_276_595_744_68, 1e-14);
        assert_close(found.variance.unwrap(), i, 1e-14);
        let found = geary(y, &row, assumption).unwrap();
        assert_close(found.statistic, 0.541_938_336_568_9, 1e-13);
        assert_close(found.variance.unwrap(), c, 1e-12);
    }
    let found = general_g(y, &states.weights()).unwrap();
    assert_close(found.statistic, 9.308_941_447_57e-2, 1e-13);
    assert_close(found.expectation, 9.485_815_602_84e-2, 1e-13);
    assert_close(found.variance.unwrap(), 2.325_554_566_76e-6, 1e-14);
}

// localmoran(y, lw)[1:3, ]; localmoran(y, lw, conditional = FALSE)[1:3, ]; esda.Moran_Local(y, w).Is[:4]
#[test]
fn local_moran_is_that_of_spdep_by_n_and_of_esda_by_n_less_one() {
    let Some(states) = states() else { return };
    let (y, row) = (states.income("1990"), Transform::Row.apply(&states.weights()));
    let of = |divisor, conditioning| local_moran(y, &row, divisor, conditioning).unwrap();
    let conditional = &of(Divisor::N, Conditioning::Conditional)[..3];
    let parts = |of: fn(&agglo_methods::space::LocalMoran) -> f64,
                 locals: &[agglo_methods::space::LocalMoran]| {
        locals.iter().map(of).collect::<Vec<_>>()
    };
    close(
        &parts(|local| local.statistic, conditional),
        &[0.494_497_960_362_88, -0.001_740_405_808_17, 1.128_824_784_300_48],
        1e-13,
    );
    close(
        &parts(|local| local.expectation, conditional),
        &[-0.017_787_868_625_66, -0.003_925_893_472_75, -0.040_486_970_455_73],
        1e-13,
    );
    close(
        &parts(|local| local.variance, conditional),
        &[0.195_984_207_465_1, 0.034_276_214_607_5, 0.277_001_530_928_8],
        1e-12,
    );
    let total = &of(Divisor::N, Conditioning::Total)[..3];
    close(
        &parts(|local| local.variance, total),
        &[0.223_092_950_5, 0.174_548_378_912, 0.142_185_331_187],
        1e-11,
    );
    close(&parts(|local| local.expectation, total), &[-1.0 / 47.0; 3], 1e-14);
    let esda = &of(Divisor::NLessOne, Conditioning::Conditional)[..4];
    close(
        &parts(|local| local.statistic, esda),
        &[0.484_195_919_522, -0.001_704_147_354, 1.105_307_601_294, 0.117_020_957_738],
        1e-11,
    );
}

// localG(y, lb)[1:3]; localG(y, nb2listw(include.self(nb), style = "B"))[1:3], and with style = "W"
// esda.G_Local(y, w, transform = "B", star = True).Gs[:3], and star = False
#[test]
fn local_g_is_that_of_spdep_whatever_the_transform() {
    let Some(states) = states() else { return };
    let (y, plain) = (states.income("1990"), states.weights());
    let z = |weights: &Weights, own| -> Vec<f64> {
        local_g(y, weights, own).unwrap()[..3].iter().map(|local| local.z.unwrap()).collect()
    };
    let without = [-1.157_182_358_029_8, -0.011_804_617_867_5, -2.221_719_520_659_4];
    let with_self = [-1.438_951_812_034, -0.176_760_943_321, -2.545_146_356_048];
    close(&z(&plain, Own::Excluded), &without, 1e-11);
    close(&z(&plain.row_standardized(), Own::Excluded), &without, 1e-11);
    let own = with_largest_own(&plain);
    close(&z(&own, Own::Included), &with_self, 1e-11);
    close(&z(&own.row_standardized(), Own::Included), &with_self, 1e-11);
    let shares = |weights: &Weights, own| -> Vec<f64> {
        local_g(y, weights, own).unwrap()[..3].iter().map(|local| local.share.unwrap()).collect()
    };
    close(
        &shares(&own, Own::Included),
        &[0.094_272_235_521, 0.123_684_133_195, 0.125_613_430_714],
        1e-11,
    );
    close(
        &shares(&plain, Own::Excluded),
        &[0.077_770_080_074, 0.106_299_571_099, 0.111_035_783_189],
        1e-11,
    );
}

// w = W({0: [...], ..., 47: [...]}), ids being whole numbers: with the texts of the file esda sorts
// neighbors as texts and gives other regions' values.
// esda.Geary_Local(connectivity = w).fit(y).localG[:4]
#[test]
fn local_geary_is_that_of_esda() {
    let Some(states) = states() else { return };
    let row = Transform::Row.apply(&states.weights());
    let found = local_geary(states.income("1990"), &row, Divisor::N).unwrap();
    let found: Vec<f64> = found[..4].iter().map(|local| local.statistic).collect();
    close(
        &found,
        &[0.862_462_819_272, 1.237_365_354_722, 0.613_383_745_994, 1.506_988_942_061],
        1e-11,
    );
}

// esda.Moran_BV(x, y, w).I; esda.Moran_Local_BV(x, y, w).Is[:3]
// Spatial_Pearson(connectivity = w.sparse).fit(x, y).association_; lee(x, y, lw, 48)
#[test]
fn two_variables_are_as_in_esda_and_spdep() {
    let Some(states) = states() else { return };
    let (x, y) = (states.income("1960"), states.income("1990"));
    let row = Transform::Row.apply(&states.weights());
    assert_close(bivariate_moran(x, y, &row).unwrap(), 0.370_456_191_889, 1e-12);
    let found = lee(x, y, &row).unwrap();
    assert_close(found.l, 0.452_359_319_083, 1e-12);
    assert_close(found.smoothing_x, 0.546_307_148_84, 1e-11);
    assert_close(found.smoothing_y, 0.562_371_192_641, 1e-12);
    let values = Frame::new(vec![
        Column::text("region", states.names.iter().map(String::as_str)),
        Column::numbers("value", "usd", x.iter().copied()),
        Column::numbers("other", "usd", y.iter().copied()),
    ])
    .unwrap();
    let options = Options::new().with("permutations", "99");
    let answer = states.ask("bivariate-moran", "divisor-n-1", values.clone(), &options);
    let locals = numbers(&answer, "local", "local_moran");
    let locals: Vec<f64> = locals[..3].iter().map(|local| local.unwrap()).collect();
    close(&locals, &[0.723_246_947_323, -0.000_544_568_865, 1.394_953_115_345], 1e-11);
    let answer = states.ask("lee", "lee", values, &options);
    let locals: Vec<f64> =
        numbers(&answer, "local", "local_lee")[..3].iter().map(|local| local.unwrap()).collect();
    close(&locals, &[0.624_586_703_564_8, 0.002_776_058_038_79, 0.708_282_414_139], 1e-11);
}

// hi <- factor(ifelse(y > quantile(y, 2/3), "c", ifelse(y > quantile(y, 1/3), "b", "a")))
// joincount.multi(hi, lb)
#[test]
fn join_counts_of_three_classes_are_those_of_spdep() {
    let Some(states) = states() else { return };
    let y = states.income("1990");
    let bound = |p| agglo_methods::inference::percentile(y, p).unwrap();
    let class = |y: &f64| match *y {
        y if y > bound(2.0 / 3.0) => "c",
        y if y > bound(1.0 / 3.0) => "b",
        _ => "a",
    };
    let values = Frame::new(vec![
        Column::text("region", states.names.iter().map(String::as_str)),
        Column::text("class", y.iter().map(class)),
    ])
    .unwrap();
    let options = Options::new().with("permutations", "0");
    let answer = states.ask("join-count", "non-free", values, &options);
    for (r, s, joins, expectation, variance, z) in [
        ("a", "a", 19.0, 11.382_978_723, 7.698_532_354, 2.745_25),
        ("b", "b", 15.0, 11.382_978_723, 7.698_532_354, 1.303_61),
        ("a", "b", 28.0, 24.283_687_943, 15.381_747_484, 0.947_57),
        ("a", "c", 14.0, 24.283_687_943, 15.381_747_484, -2.622_08),
        ("b", "c", 16.0, 24.283_687_943, 15.381_747_484, -2.112_13),
    ] {
        let at = |column| number_at(&answer, "join_count", &[("class", r), ("other", s)], column);
        assert_eq!(at("joins"), Some(joins));
        assert_close(at("expectation").unwrap(), expectation, 1e-9);
        assert_close(at("variance").unwrap(), variance, 1e-9);
        assert_close(at("z").unwrap(), z, 1e-5);
    }
}

// EBest(e, x)[1:3, ]; EBlocal(e, x, nb, geoda = TRUE)[1:3, ]; esda.Moran_Rate(e, x, w).I
#[test]
fn rates_are_drawn_in_as_in_spdep_and_tested_as_in_esda() {
    let Some(states) = states() else { return };
    let (events, base) = rates(&states);
    let prior = rate_prior(&events, &base).unwrap();
    assert_close(prior.rate, 0.004_718_328_588_74, 1e-14);
    assert_close(prior.variance, 4.219_387_104_42e-6, 1e-16);
    let values = Frame::new(vec![
        Column::text("region", states.names.iter().map(String::as_str)),
        Column::numbers("events", "1", events),
        Column::numbers("base", "1", base),
    ])
    .unwrap();
    let options = Options::new().with("permutations", "0");
    let smoothed = |variant| {
        let answer = states.ask("empirical-bayes-rates", variant, values.clone(), &options);
        let moran = numbers(&answer, "moran", "moran")[0].unwrap();
        assert_close(moran, 0.001_076_381_204, 1e-11);
        let smoothed = numbers(&answer, "rates", "smoothed");
        smoothed[..3].iter().map(|rate| rate.unwrap()).collect::<Vec<_>>()
    };
    close(
        &smoothed("global"),
        &[0.003_839_802_233_59, 0.004_178_541_446_6, 0.006_450_518_724_51],
        1e-13,
    );
    close(
        &smoothed("local"),
        &[0.003_805_161_239_67, 0.004_504_610_928_98, 0.007_288_393_474_77],
        1e-13,
    );
}

// e = np.array([30, 25, 25, 15, 33, 21, 30, 20]); b = np.array([100, 100, 110, 90, 100, 90, 110, 90])
// esda.smoothing.assuncao_rate(e, b)
#[test]
fn standardized_rates_are_those_of_esda() {
    let events = [30.0, 25.0, 25.0, 15.0, 33.0, 21.0, 30.0, 20.0];
    let base = [100.0, 100.0, 110.0, 90.0, 100.0, 90.0, 110.0, 90.0];
    let prior = rate_prior(&events, &base).unwrap();
    let of = |(e, n): (&f64, &f64)| prior.standardized(*e, *n).unwrap();
    let found: Vec<f64> = events.iter().zip(&base).map(of).collect();
    let expected = [
        1.038_435_944_372,
        -0.040_990_892_541,
        -0.562_503_752_028,
        -1.730_618_613_121,
        1.686_092_046_52,
        -0.376_966_430_581,
        0.475_762_519_239,
        -0.602_575_127_671,
    ];
    close(&found, &expected, 1e-11);
}

// gs = inequality.gini.Gini_Spatial(y, w, permutations = 0), w binary;
// gs.g, gs.wg / gs.den, gs.wcg_share, gs.polarization
#[test]
fn the_spatial_gini_is_that_of_inequality() {
    let Some(states) = states() else { return };
    let found = spatial_gini(states.income("1990"), &states.weights()).unwrap();
    assert_close(found.gini, 0.085_608_197_763, 1e-12);
    assert_close(found.near, 0.006_134_589_694, 1e-12);
    assert_close(found.far, 0.079_473_608_069, 1e-12);
    assert_close(found.polarization.unwrap(), 1.357_673_825_032, 1e-11);
}

// pci = df[years].values; rp = pci / pci.mean(axis = 0); w.transform = "r"
// sm = Spatial_Markov(rp, w, fixed = True, k = 5, m = 5)
// sm.cutoffs, sm.lag_cutoffs, sm.transitions, sm.T[0], sm.s, sm.S[4], sm.Q, sm.LR, sm.dof_hom, sm.chi2[0]
// giddy.mobility.markov_mobility(sm.p, measure = "P")
#[test]
fn spatial_markov_is_that_of_giddy() {
    let Some(states) = states() else { return };
    let options = Options::new().with("classes", "5").with("lag_classes", "5");
    let answer = states.ask("spatial-markov", "pooled", states.panel(|_| true), &options);
    let counts = numbers(&answer, "transitions", "n");
    let all = [
        707.0, 58.0, 7.0, 1.0, 0.0, 50.0, 629.0, 80.0, 1.0, 1.0, 4.0, 79.0, 610.0, 73.0, 2.0, 0.0,
        7.0, 72.0, 650.0, 37.0, 0.0, 0.0, 0.0, 48.0, 724.0,
    ];
    assert_eq!(counts[..25], all.map(Some));
    let poor_neighbors = [
        474.0, 15.0, 3.0, 0.0, 0.0, 9.0, 124.0, 16.0, 0.0, 0.0, 0.0, 14.0, 74.0, 12.0, 0.0, 0.0,
        1.0, 9.0, 16.0, 2.0, 0.0, 0.0, 0.0, 1.0, 5.0,
    ];
    assert_eq!(counts[25..50], poor_neighbors.map(Some));
    let shares: Vec<f64> =
        numbers(&answer, "steady", "share").into_iter().map(Option::unwrap).collect();
    let steady = [
        0.179_573_762_997,
        0.216_314_431_924,
        0.214_999_418_73,
        0.211_346_624_138,
        0.177_765_762_21,
    ];
    close(&shares[..5], &steady, 1e-10);
    let rich = [
        0.017_767_810_937,
        0.199_643_493_761,
        0.190_098_326_721,
        0.255_246_966_822,
        0.337_243_401_76,
    ];
    close(&shares[25..], &rich, 1e-10);
    let bounds = numbers(&answer, "classes", "upper");
    let expected = [
        0.839_991_327_886_634_4,
        0.947_075_445_424_133_8,
        1.032_426_966_519_696,
        1.149_111_535_364_489_6,
    ];
    let found: Vec<f64> = bounds[..4].iter().map(|bound| bound.unwrap()).collect();
    close(&found, &expected, 1e-12);
    assert_eq!(bounds[4], None);
    let test = |name, column| number_at(&answer, "tests", &[("test", name)], column).unwrap();
    assert_close(test("Q", "statistic"), 200.623_727_630_768, 1e-9);
    assert_close(test("LR", "statistic"), 170.658_828_430_843, 1e-9);
    assert_close(test("LR", "p_value"), 1.0e-12, 5e-13);
    assert_eq!(test("Q", "df"), 60.0);
    assert_close(test("Q of lag 1", "statistic"), 40.559_854_126_076, 1e-9);
}

// Spatial_Markov(rp, w, fixed = False): Q, LR, dof_hom; markov_mobility(sm.p, measure = "P")
#[test]
fn quantiles_of_each_period_are_those_of_giddy() {
    let Some(states) = states() else { return };
    let answer = states.ask("spatial-markov", "by-period", states.panel(|_| true), &Options::new());
    let test = |name, column| number_at(&answer, "tests", &[("test", name)], column).unwrap();
    assert_close(test("Q", "statistic"), 88.711_474_434_069, 1e-9);
    assert_close(test("LR", "statistic"), 87.454_374_330_002, 1e-9);
    assert_eq!(test("LR", "df"), 30.0);
    let mobility = number_at(&answer, "chains", &[("condition", "all")], "mobility").unwrap();
    assert_close(mobility, 0.147_838_011_219, 1e-11);
}

// lm = LISA_Markov(pci, w): transitions, steady_state. Its chi_2 of 1058.2 takes each state's mean over
// the years and reads states as periods; the same formula on the right axes:
// r = pci / pci.mean(axis = 0); rl = lag_spatial(w, pci) / pci.mean(axis = 0)
// A = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0]])
// k = A.dot(np.kron(Markov(r < 1).p, Markov(rl < 1).p)).dot(A.T)
// giddy.markov.chi2(lm.transitions, np.diag(lm.transitions.sum(axis = 1)).dot(k))
#[test]
fn lisa_markov_is_that_of_giddy() {
    let Some(states) = states() else { return };
    let answer = states.ask("lisa-markov", "quadrants", states.panel(|_| true), &Options::new());
    let counts = numbers(&answer, "transitions", "n");
    let expected = [
        1087.0, 44.0, 4.0, 34.0, 41.0, 470.0, 36.0, 1.0, 5.0, 34.0, 1422.0, 39.0, 30.0, 1.0, 40.0,
        552.0,
    ];
    assert_eq!(counts, expected.map(Some));
    let test = |column| numbers(&answer, "tests", column)[0].unwrap();
    assert_close(test("statistic"), 60.326_901_238_887, 1e-10);
    assert_eq!(test("df"), 8.0);
    let shares: Vec<f64> =
        numbers(&answer, "steady", "share").into_iter().map(Option::unwrap).collect();
    let steady = [0.285_615_047_495, 0.141_902_258_411, 0.404_936_716_931, 0.167_545_977_163];
    close(&shares, &steady, 1e-10);
    assert_eq!(answer.table("moves").unwrap().n_rows(), 48 * 80);
}
