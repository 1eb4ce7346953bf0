//! LISA Markov: do regions and their neighbors move together over the Moran scatter plot?
//!
//! P(a, b) = n(a, b) / Σ_b n(a, b) over the quadrants HH, LH, LL, HL
//! χ² = Σ (n − E)² / E      E(a, b) = n(a, ·) P_own(a → b) P_neighbors(a → b)      df = 12 − 4 = 8
//!
//! | symbol       | meaning                                                 | shape | range | unit |
//! |--------------|---------------------------------------------------------|-------|-------|------|
//! | n            | moves from quadrant a to quadrant b                     | 4 × 4 | ≥ 0   | none |
//! | P_own        | probability that a region goes from high or low to high or low | 2 × 2 | 0–1 | none |
//! | P_neighbors  | the same of the neighbors' mean                         | 2 × 2 | 0–1   | none |
//!
//! The 12 free probabilities of the chain come from 2 + 2 where own and neighbors' moves are
//! independent, which leaves 8 degrees of freedom; giddy counts 9. A region or a lag of exactly the
//! mean, and a region without neighbors, is in no quadrant. Cost: O(T m).
//! Source: Rey (2001), Geographical Analysis 33(3), 194–214; giddy `LISA_Markov`.

use agglo_core::{Datum, Key, Text};

use super::chain::{ChiSquare, Counts, probabilities, transitions};
use super::tables::{CHAINS, STEADY, TESTS, TRANSITIONS, Tables};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, Mark, Method, OUT_REGION, OptionKind, OptionSpec, OutputTable, Variant, out, out_key,
};
use crate::space::local::lag_tallies;
use crate::space::local_moran::{Conditioning, Divisor, LocalMoran, local_moran};
use crate::space::options::{DRAWS, ISLAND, plan, scheme, z_score};
use crate::space::read::{GAPS, Map, TRANSFORM, Transform, VALUES, WEIGHTS, maps};
use crate::space::significance::{ALPHA, PERMUTATIONS, Tail};
use crate::table::Rows;

/// The quadrants in Rey's order, region first.
const QUADRANTS: [&str; 4] = ["HH", "LH", "LL", "HL"];

/// Whether own and neighbors' moves are independent, from counts of moves between the quadrants HH,
/// LH, LL, HL.
///
/// # Panics
/// When there are not four quadrants.
pub fn joint_moves(counts: &Counts) -> ChiSquare {
    assert_eq!(counts.len(), 4, "HH, LH, LL, HL");
    let is_high = |quadrant: usize, letter: usize| {
        usize::from(QUADRANTS[quadrant].as_bytes()[letter] == b'H')
    };
    let cells = || (0..4).flat_map(|from| (0..4).map(move |to| (from, to)));
    let side = |letter: usize| {
        let mut sums = vec![vec![0.0; 2]; 2];
        for (from, to) in cells() {
            sums[is_high(from, letter)][is_high(to, letter)] += counts[from][to];
        }
        probabilities(&sums)
    };
    let (own, neighbors) = (side(0), side(1));
    let mut statistic = 0.0;
    for (from, to) in cells() {
        let left: f64 = counts[from].iter().sum();
        let (Ok(p), Ok(q)) =
            (own[is_high(from, 0)][is_high(to, 0)], neighbors[is_high(from, 1)][is_high(to, 1)])
        else {
            continue;
        };
        let expected = left * p * q;
        if expected > 0.0 {
            statistic += (counts[from][to] - expected).powi(2) / expected;
        }
    }
    ChiSquare { statistic, df: 8 }
}

const TABLES: &[OutputTable] = &[
    TRANSITIONS,
    STEADY,
    CHAINS,
    TESTS,
    OutputTable {
        name: "moves",
        columns: &[
            out_key("from", "From", "起始年"),
            out_key("to", "To", "终止年"),
            OUT_REGION,
            out("from_class", "", "From", "起始象限"),
            out("to_class", "", "To", "终止象限"),
            out("moved", "", "Moved", "变动方"),
            out("from_p", "1", "p before", "起始 p 值"),
            out("to_p", "1", "p after", "终止 p 值"),
            out("significant", "", "Significant", "显著端"),
        ],
    },
    OutputTable {
        name: "significant_moves",
        columns: &[
            out_key("from_class", "From", "起始象限"),
            out_key("to_class", "To", "终止象限"),
            out_key("significant", "Significant", "显著端"),
            out("n", "1", "Moves", "变动次数"),
        ],
    },
];

/// Which ends of a move are significant, in the order of giddy's `significant_moves`.
const ENDS: [&str; 4] = ["both", "before", "after", "neither"];

pub(in crate::space) static LISA_MARKOV: Method = Method {
    id: "lisa-markov",
    chapter: Chapter::Status,
    title: Text::new("LISA Markov chain", "LISA 马尔可夫链"),
    help: Text::new(
        "Do regions and their neighbors move together over the Moran scatter plot?",
        "地区与其邻近地区在莫兰散点图上是否同步变动？",
    ),
    inputs: &[VALUES, WEIGHTS],
    options: &[
        GAPS,
        TRANSFORM,
        OptionSpec {
            name: "significance",
            kind: OptionKind::Choice(&["none", "normal", "permutation"]),
            default: "none",
            help: Text::new(
                "p of the local Moran at both ends of a move: none, by its conditional mean and \
                 variance (with tail = pseudo the limit of giddy's p_z_sim), or by permutation",
                "变动两端局部莫兰指数的 p 值：不计算、按条件均值与方差（tail = pseudo 时为 giddy p_z_sim \
                 的极限）、或按置换",
            ),
        },
        PERMUTATIONS,
        DRAWS,
        Tail::OPTION,
        ALPHA,
    ],
    variants: &[Variant {
        id: "quadrants",
        help: Text::new(
            "all quadrants, significant or not, as giddy LISA_Markov; its χ² has 9 degrees of \
             freedom, here 8",
            "全部象限，不论显著与否，同 giddy LISA_Markov；其 χ² 自由度为 9，此处为 8",
        ),
    }],
    outputs: TABLES,
    formula: "P(a,b) = n(a,b)/Σ n(a,·)   χ² = Σ (n − E)²/E   E(a,b) = n(a,·) P of the region's own move \
              × P of its neighbors' move   n: moves between the quadrants HH, LH, LL, HL",
    source: "Rey (2001), Geographical Analysis 33(3), 194–214; giddy LISA_Markov",
    mark: Mark::Verified,
    run,
};

/// A region of a map on the scatter plot.
#[derive(Clone, Copy)]
struct Place {
    /// Its place among [`QUADRANTS`].
    quadrant: Option<usize>,
    /// Of its local Moran.
    p_value: Datum,
}

/// The place of each region of a map.
fn places(call: &Call<'_>, map: &Map) -> Result<Vec<Place>, MethodError> {
    let weights = Transform::of(call).apply(&map.weights);
    let x = &map.columns[0];
    let nowhere = Place { quadrant: None, p_value: ISLAND };
    let Ok(found) = local_moran(x, &weights, Divisor::N, Conditioning::Conditional) else {
        return Ok(vec![nowhere; map.n()]);
    };
    let (tail, by) = (Tail::of(call), call.option("significance"));
    let tallies = if by == "permutation" {
        lag_tallies(x, &weights, &plan(call, "lisa-markov", map.period, scheme(call)))?
    } else {
        Vec::new()
    };
    let place = |(region, local): (usize, &LocalMoran)| Place {
        quadrant: QUADRANTS.iter().position(|name| *name == local.quadrant()),
        p_value: match by {
            _ if weights.neighbors(region).is_empty() => ISLAND,
            "permutation" => tallies[region].times(local.z).p_value(tail),
            "normal" => z_score(local.statistic, local.expectation, local.variance)
                .map_or_else(Datum::from, |z| tail.normal(z)),
            _ => ISLAND,
        },
    };
    Ok(found.iter().enumerate().map(place).collect())
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let (maps, notes) = maps(call, &["value"])?;
    if maps.len() < 2 {
        return Err(MethodError::NotIdentified {
            what: "a chain needs two periods; give the table `values` a column `period`".to_owned(),
        });
    }
    let alpha = call.option_number("alpha");
    let classes: Vec<Vec<Place>> =
        maps.iter().map(|map| places(call, map)).collect::<Result<_, _>>()?;
    let mut steps = Vec::new();
    let mut rows = Rows::new(&TABLES[4]);
    let mut by_end = [[[0_i64; 4]; 4]; 4];
    for (before, after) in (0..maps.len()).zip(1..maps.len()) {
        for (place, code) in maps[before].regions().codes().iter().enumerate() {
            let Some(later) = maps[after].regions().place(code) else { continue };
            let (first, then) = (classes[before][place], classes[after][later]);
            let (Some(from), Some(to)) = (first.quadrant, then.quadrant) else { continue };
            steps.push((from, to));
            let (a, b) = (QUADRANTS[from].as_bytes(), QUADRANTS[to].as_bytes());
            let moved = match (a[0] == b[0], a[1] == b[1]) {
                (true, true) => "none",
                (false, true) => "region",
                (true, false) => "neighbors",
                (false, false) => "both",
            };
            let ends = first.p_value.number().zip(then.p_value.number()).map(|(p, q)| {
                let end = 2 * usize::from(p > alpha) + usize::from(q > alpha);
                by_end[from][to][end] += 1;
                ENDS[end]
            });
            rows.push([
                maps[before].period.into(),
                maps[after].period.into(),
                code.into(),
                QUADRANTS[from].into(),
                QUADRANTS[to].into(),
                moved.into(),
                first.p_value.into(),
                then.p_value.into(),
                ends.unwrap_or("not-tested").into(),
            ]);
        }
    }
    let counts = transitions(steps, 4);
    let names: Vec<Key> = QUADRANTS.iter().map(|name| Key::from(*name)).collect();
    let mut tables = Tables::new(TABLES);
    tables.chain("all", &counts, &names);
    tables.test("own and neighbors' moves", joint_moves(&counts));
    let answer = tables.answer()?.and("moves", rows.frame()?).noting(notes);
    if call.option("significance") == "none" {
        return Ok(answer);
    }
    let mut tested = Rows::new(&TABLES[5]);
    for (from, to) in (0..4).flat_map(|from| (0..4).map(move |to| (from, to))) {
        for (name, n) in ENDS.into_iter().zip(by_end[from][to]) {
            tested.push([QUADRANTS[from].into(), QUADRANTS[to].into(), name.into(), n.into()]);
        }
    }
    Ok(answer.and("significant_moves", tested.frame()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Own moves H→H 3/4 whatever the neighbors do, and the neighbors likewise: counts are products.
    #[test]
    fn independent_moves_have_no_excess() {
        let p = |from: u8, to: u8| if from == to { 0.75 } else { 0.25 };
        let cell = |a: &str, b: &str| {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            64.0 * p(a[0], b[0]) * p(a[1], b[1])
        };
        let counts: Counts =
            QUADRANTS.iter().map(|a| QUADRANTS.iter().map(|b| cell(a, b)).collect()).collect();
        let found = joint_moves(&counts);
        assert!(found.statistic.abs() < 1e-12);
        assert_eq!(found.df, 8);
    }
}
