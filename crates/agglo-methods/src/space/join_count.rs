//! Join counts: do regions of one class touch each other more often than by chance?
//!
//! J(r, r) = ½ Σᵢⱼ wᵢⱼ [i, j of class r]      J(r, s) = ½ Σᵢⱼ wᵢⱼ [one of class r, one of s]
//!
//! E(r, r) = S0 n_r⁽²⁾ / (2 n⁽²⁾)      E(r, s) = S0 n_r n_s / n⁽²⁾
//! Var(r, r) = ¼ (S1 n_r⁽²⁾/n⁽²⁾ + (S2 − 2 S1) n_r⁽³⁾/n⁽³⁾ + (S0² + S1 − S2) n_r⁽⁴⁾/n⁽⁴⁾) − E²
//! Var(r, s) = ¼ (2 S1 n_r n_s/n⁽²⁾ + (S2 − 2 S1) n_r n_s (n_r + n_s − 2)/n⁽³⁾
//!             + 4 (S0² + S1 − S2) n_r⁽²⁾ n_s⁽²⁾/n⁽⁴⁾) − E²
//!
//! with n⁽ᵏ⁾ = n (n − 1) … (n − k + 1).
//!
//! | symbol     | meaning                                        | shape | range | unit |
//! |------------|------------------------------------------------|-------|-------|------|
//! | n, n_r     | regions, and those of class r                  | 1     | ≥ 1   | none |
//! | S0, S1, S2 | sums over the weights, see [`WeightSums`]      | 1     | ≥ 0   | none |
//! | J          | weight of the joins, each pair once            | 1     | ≥ 0   | none |
//!
//! Non-free sampling: the classes are given, and every order of them is as likely as the others.
//! Cost: O(B m). Gaps and islands: by the options.
//! Source: Cliff and Ord (1981), Spatial Processes; Upton and Fingleton (1985), 158–170; spdep
//! `joincount.multi`.

use agglo_core::{Column, Datum, Gap, Key, Text, Undefined, Values, Weights};

use super::local::Scheme;
use super::moments::{Tested, WeightSums};
use super::null::Null;
use super::options::{
    ISLANDS, OUT_EXPECTATION, OUT_MEAN_PERMUTED, OUT_P, OUT_P_NORMAL, OUT_PERMUTATIONS,
    OUT_SD_PERMUTED, OUT_VARIANCE, OUT_Z, plan, z_score,
};
use super::read::{GAPS, TRANSFORM_BINARY, Transform, WEIGHTS, maps_of, values_with};
use super::significance::{PERMUTATIONS, Tail};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_PERIOD, OutputTable, PERIOD, REGION,
    Variant, out, out_key,
};
use crate::table::Rows;

/// Joins between classes `r` ≤ `s`, of regions whose classes are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Joins {
    /// The first class.
    pub r: usize,
    /// The second, at least the first.
    pub s: usize,
    /// Their joins with the moments over all orders of the classes.
    pub tested: Tested,
}

/// Weight of the joins of every pair of `n_classes` classes, (0, 0), (0, 1), … (1, 1), …
fn counts(classes: &[usize], weights: &Weights, n_classes: usize) -> Vec<f64> {
    let mut square = vec![0.0; n_classes * n_classes];
    for region in 0..classes.len() {
        for (to, w) in weights.row(region) {
            let (a, b) = (classes[region].min(classes[to]), classes[region].max(classes[to]));
            square[a * n_classes + b] += w / 2.0;
        }
    }
    pairs(n_classes).map(|(r, s)| square[r * n_classes + s]).collect()
}

fn pairs(n_classes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_classes).flat_map(move |r| (r..n_classes).map(move |s| (r, s)))
}

/// Joins of every pair of classes, each pair once.
///
/// # Panics
/// When `classes` has not one class below `n_classes` per region.
pub fn join_counts(classes: &[usize], weights: &Weights, n_classes: usize) -> Vec<Joins> {
    let mut sizes = vec![0.0; n_classes];
    for &class in classes {
        sizes[class] += 1.0;
    }
    let WeightSums { s0, s1, s2 } = WeightSums::of(weights);
    let n = classes.len() as f64;
    let falling = |n: f64, k: i32| (0..k).map(|j| n - f64::from(j)).product::<f64>();
    let (two, three, four) = (falling(n, 2), falling(n, 3), falling(n, 4));
    let (paired, apart) = (s2 - 2.0 * s1, s0 * s0 + s1 - s2);
    let found = counts(classes, weights, n_classes);
    let joins = pairs(n_classes).zip(found).map(|((r, s), statistic)| {
        let (a, b) = (sizes[r], sizes[s]);
        let (expectation, squares) = if r == s {
            let terms = s1 * falling(a, 2) / two
                + paired * falling(a, 3) / three
                + apart * falling(a, 4) / four;
            (s0 * falling(a, 2) / (2.0 * two), terms / 4.0)
        } else {
            let terms = 2.0 * s1 * a * b / two
                + paired * a * b * (a + b - 2.0) / three
                + 4.0 * apart * falling(a, 2) * falling(b, 2) / four;
            (s0 * a * b / two, terms / 4.0)
        };
        let variance = if classes.len() < 4 {
            Err(Undefined::TooFew)
        } else {
            Ok((squares - expectation * expectation).max(0.0))
        };
        Joins { r, s, tested: Tested { statistic, expectation, variance } }
    });
    joins.collect()
}

const CLASSES: Input = values_with(&[
    REGION,
    PERIOD,
    InputColumn {
        name: "class",
        kind: ColumnKind::Label,
        required: true,
        help: Text::new(
            "class of the region, such as winner or loser",
            "地区类别，如承接地或转出地",
        ),
    },
]);

const TABLES: &[OutputTable] = &[OutputTable {
    name: "join_count",
    columns: &[
        OUT_PERIOD,
        out_key("class", "Class", "类别"),
        out_key("other", "Other class", "另一类别"),
        out("joins", "1", "Joins", "邻接数"),
        OUT_EXPECTATION,
        OUT_VARIANCE,
        OUT_Z,
        OUT_P_NORMAL,
        OUT_MEAN_PERMUTED,
        OUT_SD_PERMUTED,
        OUT_P,
        OUT_PERMUTATIONS,
        out("n_class", "1", "Regions of the class", "该类地区数"),
        out("n_other", "1", "Regions of the other class", "另一类地区数"),
    ],
}];

pub(super) static JOIN_COUNT: Method = Method {
    id: "join-count",
    chapter: Chapter::Status,
    title: Text::new("Join counts", "邻接计数"),
    help: Text::new(
        "Do regions of one class touch each other more often than by chance?",
        "同类地区彼此相邻是否多于随机情形？",
    ),
    inputs: &[CLASSES, WEIGHTS],
    options: &[GAPS, ISLANDS, TRANSFORM_BINARY, PERMUTATIONS, Tail::OPTION],
    variants: &[Variant {
        id: "non-free",
        help: Text::new(
            "the classes are given and dealt anew, as spdep joincount.multi and esda Join_Counts",
            "类别给定并重新分配，同 spdep joincount.multi 与 esda Join_Counts",
        ),
    }],
    outputs: TABLES,
    formula: "J(r,r) = ½ Σ w(i,j) over i, j of class r   J(r,s) = ½ Σ w(i,j) over pairs of class r \
              and s   w: weights",
    source: "Cliff and Ord (1981), Spatial Processes; spdep joincount.multi; esda Join_Counts",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("values")?;
    let labels = frame.text("class")?;
    let (names, places) = agglo_core::Coded::new(labels.iter().map(Option::as_ref)).into_parts();
    let numbers = places.iter().map(|&place| match place {
        agglo_core::Coded::NONE => Datum::Gap(Gap::Missing),
        place => Datum::Number(f64::from(place)),
    });
    let values = frame.clone().with(Column::new("class", "", Values::Number(numbers.collect())))?;
    let (maps, notes) = maps_of(call, &values, &["class"])?;
    let (transform, tail) = (Transform::of(call), Tail::of(call));
    let mut rows = Rows::new(&TABLES[0]);
    for map in &maps {
        let map = map.settled(call);
        let weights = transform.apply(&map.weights);
        let classes: Vec<usize> = map.columns[0].iter().map(|class| *class as usize).collect();
        let plan = plan(call, "join-count", map.period, Scheme::Shared);
        let null = Null::draw(&classes, &plan, |classes| counts(classes, &weights, names.len()))?;
        let size = |class: usize| classes.iter().filter(|own| **own == class).count();
        for (place, joins) in join_counts(&classes, &weights, names.len()).into_iter().enumerate() {
            let Tested { statistic, expectation, variance } = joins.tested;
            let z = variance.and_then(|variance| z_score(statistic, expectation, variance));
            let permuted = null.summary(place, statistic, tail);
            let name = |class: usize| -> &Key { &names[class] };
            rows.push([
                map.period.into(),
                name(joins.r).into(),
                name(joins.s).into(),
                Datum::Number(statistic).into(),
                Datum::finite(expectation, Undefined::TooFew).into(),
                variance.into(),
                z.into(),
                z.map_or_else(Datum::from, |z| tail.normal(z)).into(),
                permuted.mean.into(),
                permuted.sd.into(),
                permuted.p_value.into(),
                permuted.n.into(),
                size(joins.r).into(),
                size(joins.s).into(),
            ]);
        }
    }
    Ok(Answer::one(TABLES[0].name, rows.frame()?).noting(notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::testing::line;

    // b b w w b in a line: joins bb, bw, ww, wb.
    #[test]
    fn five_regions_in_a_line() {
        let found = join_counts(&[0, 0, 1, 1, 0], &line(5), 2);
        let joins: Vec<f64> = found.iter().map(|joins| joins.tested.statistic).collect();
        assert_eq!(joins, [1.0, 2.0, 1.0]);
    }

    // Mean and variance over all orders of seven classes on lopsided weights, by counting them.
    #[test]
    fn the_moments_are_those_of_all_orders() {
        let edges =
            vec![(0, 1, 1.0), (1, 0, 2.0), (1, 2, 0.5), (3, 4, 1.5), (5, 6, 1.0), (6, 2, 3.0)];
        let weights = Weights::from_edges(line(7).axis().clone(), edges).unwrap();
        let classes = [0, 0, 1, 2, 1, 0, 2];
        let plan = crate::space::testing::plan(1);
        let null = Null::draw(&classes, &plan, |c| counts(c, &weights, 3)).unwrap();
        for (place, joins) in join_counts(&classes, &weights, 3).iter().enumerate() {
            let summary = null.summary(place, 0.0, Tail::Greater);
            let (mean, sd) = (summary.mean.number().unwrap(), summary.sd.number().unwrap());
            assert!((joins.tested.expectation - mean).abs() < 1e-12, "{joins:?} {mean}");
            assert!((joins.tested.variance.unwrap() - sd * sd).abs() < 1e-12, "{joins:?} {sd}");
        }
    }
}
