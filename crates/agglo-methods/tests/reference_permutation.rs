//! p-values by permutation against esda 2.8.2 and giddy 2.3.8 on the incomes of 48 states, with `df`, `w`,
//! x (1960) and y (1990) as in `reference_space.rs`. Both sides draw, so they agree within chance.
#![expect(clippy::unwrap_used, reason = "a test fails where a table is not as expected")]

mod answers;
mod states;

use agglo_core::{Column, Frame};
use agglo_methods::Options;

use answers::{numbers, texts};
use states::states;

/// Five standard errors of the difference of two shares of 9,999 draws; a folded share near one moves
/// with the draws' mean besides, by 5 % of itself for five of that one's errors.
#[track_caller]
fn agree(found: &[Option<f64>], expected: &[f64], of_mean: f64) {
    for (place, (found, p)) in found.iter().zip(expected).enumerate() {
        let reach = 5.0 * (2.0 * p * (1.0 - p) / 9999.0).sqrt() + 2e-4 + of_mean * p;
        let found = found.unwrap();
        assert!((found - p).abs() <= reach, "state {place}: {found} is not {p}");
    }
}

fn many(tail: &str) -> Options {
    Options::new().with("permutations", "9999").with("tail", tail)
}

// np.random.seed(1); Spatial_Pearson_Local(connectivity=w.sparse, permutations=9999)
//     .fit(x.reshape(-1, 1), y.reshape(-1, 1)).significance_
#[test]
fn the_p_of_local_lee_is_that_of_esda() {
    let Some(states) = states() else { return };
    let values = Frame::new(vec![
        Column::text("region", states.names.iter().map(String::as_str)),
        Column::numbers("value", "usd", states.income("1960").iter().copied()),
        Column::numbers("other", "usd", states.income("1990").iter().copied()),
    ])
    .unwrap();
    let answer = states.ask("lee", "lee", values, &many("pseudo"));
    let expected = [
        0.0822, 0.2140, 0.0192, 0.4238, 0.4400, 0.0171, 0.0278, 0.2148, 0.0808, 0.0004, 0.4528,
        0.2638, 0.2452, 0.1239, 0.2735, 0.0141, 0.3610, 0.3550, 0.0178, 0.0526, 0.3959, 0.0101,
        0.1802, 0.2929, 0.0586, 0.0053, 0.2079, 0.0219, 0.4877, 0.0027, 0.2775, 0.4339, 0.4917,
        0.2887, 0.1746, 0.0138, 0.0049, 0.3606, 0.3486, 0.0048, 0.0223, 0.0025, 0.0321, 0.1954,
        0.2642, 0.3299, 0.3720, 0.4129,
    ];
    agree(&numbers(&answer, "local", "p_value"), &expected, 0.0);
}

// ml = Moran_Local(y, w, permutations=9999, keep_simulations=True, seed=1)
// calculate_significance(ml.Is, ml.sim, alternative="folded"), and "directed"
#[test]
fn folded_and_directed_p_of_local_moran_are_those_of_esda() {
    let Some(states) = states() else { return };
    let folded = [
        0.2340, 0.9792, 0.0247, 0.8428, 0.1106, 0.0047, 0.0088, 0.4335, 0.3013, 0.5982, 0.3563,
        0.9769, 0.9764, 0.7085, 0.7073, 0.0271, 0.4897, 0.5566, 0.0033, 0.8766, 0.2746, 0.0240,
        0.1726, 0.1407, 0.6155, 0.5483, 0.4786, 0.0333, 0.2538, 0.0003, 0.6360, 0.4501, 0.3702,
        0.2117, 0.4207, 0.0154, 0.0037, 0.6337, 0.3732, 0.0382, 0.0180, 0.4860, 0.0144, 0.4546,
        0.5249, 0.4115, 0.5622, 0.1257,
    ];
    let directed = [
        0.1119, 0.4945, 0.0056, 0.3955, 0.0488, 0.0043, 0.0084, 0.2232, 0.1502, 0.3061, 0.1805,
        0.4719, 0.4743, 0.3690, 0.3648, 0.0068, 0.1747, 0.2659, 0.0032, 0.4619, 0.1344, 0.0044,
        0.0837, 0.0590, 0.3188, 0.2860, 0.2288, 0.0262, 0.1211, 0.0003, 0.3320, 0.2346, 0.1862,
        0.1024, 0.2071, 0.0113, 0.0037, 0.3413, 0.1887, 0.0150, 0.0039, 0.2475, 0.0131, 0.2333,
        0.2860, 0.2030, 0.2705, 0.0571,
    ];
    for (tail, expected, of_mean) in [("folded", folded, 0.05), ("pseudo", directed, 0.0)] {
        let panel = states.panel(|year| year == "1990");
        let answer = states.ask("local-moran", "divisor-n-1", panel, &many(tail));
        agree(&numbers(&answer, "local_moran", "p_value"), &expected, of_mean);
    }
}

// np.random.seed(10); lm = LISA_Markov(pci, w, permutations=9999), whose p is the upper tail of a normal
// with the permutations' mean and deviation: lm.p_values[:4, :3];
// np.unique(lm.significant_moves, return_counts=True)
#[test]
fn significant_moves_are_those_of_giddy() {
    let Some(states) = states() else { return };
    let options = Options::new().with("significance", "normal").with("tail", "pseudo");
    let answer = states.ask("lisa-markov", "quadrants", states.panel(|_| true), &options);
    let p = numbers(&answer, "moves", "from_p");
    for (state, expected) in [
        [0.011_978, 0.010_478, 0.015_947],
        [0.217_574, 0.175_416, 0.261_624],
        [0.014_322, 0.009_408, 0.018_177],
        [0.198_254, 0.147_861, 0.216_076],
    ]
    .iter()
    .enumerate()
    {
        for (year, expected) in expected.iter().enumerate() {
            let found = p[year * 48 + state].unwrap();
            assert!((found - expected).abs() < 0.006, "state {state}, year {year}: {found}");
        }
    }
    let giddy: [(usize, i64); 38] = [
        (1, 521),
        (2, 6),
        (5, 4),
        (6, 52),
        (11, 618),
        (12, 2),
        (15, 3),
        (16, 13),
        (17, 29),
        (18, 4),
        (22, 6),
        (27, 31),
        (28, 1),
        (31, 1),
        (32, 6),
        (33, 31),
        (37, 3),
        (38, 5),
        (43, 25),
        (44, 1),
        (47, 1),
        (48, 7),
        (49, 506),
        (50, 34),
        (51, 4),
        (52, 34),
        (53, 34),
        (54, 407),
        (55, 36),
        (56, 1),
        (57, 5),
        (58, 34),
        (59, 748),
        (60, 35),
        (61, 30),
        (62, 1),
        (63, 35),
        (64, 526),
    ];
    let mut expected = [0_i64; 65];
    for (code, n) in giddy {
        expected[code] = n;
    }
    let classes = ["HH", "LH", "LL", "HL"];
    let ends = ["both", "before", "after", "neither"];
    let place = |of: &[&str], name: &str| of.iter().position(|have| *have == name).unwrap();
    let column = |name| texts(&answer, "significant_moves", name);
    let (from, to, significant) = (column("from_class"), column("to_class"), column("significant"));
    let n: Vec<i64> = answer.table("significant_moves").unwrap().integers("n").unwrap();
    assert_eq!(n.iter().sum::<i64>(), 48 * 80);
    let mut n_apart = 0;
    for row in 0..n.len() {
        let code = 4 * place(&classes, &from[row])
            + place(&classes, &to[row])
            + 1
            + 16 * place(&ends, &significant[row]);
        n_apart += (n[row] - expected[code]).abs();
    }
    // 75 of giddy's 3,888 p-values lie within .003 of the level, where its draws decide.
    assert!(n_apart < 75, "{n_apart}");
}

#[test]
fn permuted_ends_of_moves_agree_with_normal_ones_on_the_whole() {
    let Some(states) = states() else { return };
    let by = |way: &str| {
        let options = Options::new().with("significance", way).with("tail", "two-sided");
        let panel = states.panel(|year| year > "1999");
        let answer = states.ask("lisa-markov", "quadrants", panel, &options);
        texts(&answer, "moves", "significant")
    };
    let (normal, permuted) = (by("normal"), by("permutation"));
    let n_apart = normal.iter().zip(&permuted).filter(|(a, b)| a != b).count();
    assert!(n_apart * 10 < normal.len(), "{n_apart} of {}", normal.len());
    assert!(by("none").iter().all(|end| end == "not-tested"));
}
