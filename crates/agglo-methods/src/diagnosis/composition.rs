//! Composition of the top of a ranking: does a group of regions hold more places than its number
//! of regions explains?
//!
//! X ~ hypergeometric(N, K, n)      expected = n K / N      ratio = (x/n) / (K/N)
//!
//! | symbol | meaning                                | shape | range    | unit    |
//! |--------|----------------------------------------|-------|----------|---------|
//! | N, K   | regions ranked, regions of the group   | 1     | K ≤ N    | regions |
//! | n, x   | places at the top, held by the group   | 1     | x ≤ n, K | regions |
//! | p      | P(X ≥ x) and P(X ≤ x)                  | 1     | 0 to 1   | none    |
//!
//! Both tails are one-sided and count x itself. Ties at the last place are all taken in, and n is
//! what was taken. Cost: O(min(n, K)) per group.
//! Source: derived; the probabilities are those of drawing n of N regions without returning any.

use std::collections::BTreeMap;

use agglo_core::{Column, Datum, Frame, Key, Note, sum};

use super::thresholds::{THRESHOLDS, by_convention};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_PERIOD, OptionKind, OptionSpec,
    OutputTable, PERIOD, REGION, Variant, key, number, optional, out, out_key,
};
use agglo_core::Text;

/// P(X ≤ x) and P(X ≥ x) for X hypergeometric: `drawn` of `total` items of which `marked` are
/// marked.
///
/// # Panics
/// When `marked` or `drawn` exceeds `total`, or `x` cannot occur.
pub fn hypergeometric_tails(total: u64, marked: u64, drawn: u64, x: u64) -> (f64, f64) {
    assert!(marked <= total && drawn <= total, "no more marked or drawn than there are");
    let (least, most) = ((marked + drawn).saturating_sub(total), marked.min(drawn));
    assert!((least..=most).contains(&x), "{x} lies outside {least} to {most}");
    // Relative to the mode, so that no term overflows and the far ones fade to zero.
    let mode = ((marked + 1) * (drawn + 1) / (total + 2)).clamp(least, most);
    let mut weights = vec![1.0; (most - least + 1) as usize];
    let up = |k: u64| {
        let (k, marked, drawn, total) = (k as f64, marked as f64, drawn as f64, total as f64);
        (marked - k) * (drawn - k) / ((k + 1.0) * (total - marked - drawn + k + 1.0))
    };
    for k in mode..most {
        weights[(k + 1 - least) as usize] = weights[(k - least) as usize] * up(k);
    }
    for k in (least..mode).rev() {
        weights[(k - least) as usize] = weights[(k + 1 - least) as usize] / up(k);
    }
    let place = (x - least) as usize;
    let all = sum(weights.iter().copied());
    let at_most = sum(weights[..=place].iter().copied()) / all;
    let at_least = sum(weights[place..].iter().copied()) / all;
    (at_most, at_least)
}

pub(super) static COMPOSITION: Method = Method {
    id: "top-composition",
    chapter: Chapter::Diagnose,
    title: Text::new("Composition of the top of a ranking", "排名前列的地区构成"),
    help: Text::new(
        "Does a group of regions hold more of the top places than chance would give it?",
        "某类地区在排名前列中所占席位是否超出偶然？",
    ),
    inputs: &[Input {
        table: "ranking",
        required: true,
        columns: &[
            REGION,
            PERIOD,
            optional(number("rank", "rank, 1 is best", "名次，1 为最佳")),
            optional(number("score", "score, more is better", "得分，越高越好")),
            InputColumn {
                kind: ColumnKind::Label,
                ..key("group", "group of the region", "地区所属分组")
            },
        ],
    }],
    options: &[
        OptionSpec {
            name: "top",
            kind: OptionKind::Integer(1, 100_000),
            default: "15",
            help: Text::new("how many places count as the top", "前列席位数"),
        },
        OptionSpec {
            name: "alpha",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.05",
            help: Text::new(
                "one-sided probability from which a share is called more or fewer than chance",
                "判定多于或少于偶然的单侧概率",
            ),
        },
    ],
    variants: &[Variant {
        id: "hypergeometric",
        help: Text::new(
            "the top drawn from all regions without returning any",
            "前列视为从全部地区中不放回抽取",
        ),
    }],
    outputs: &[
        OutputTable {
            name: "groups",
            columns: &[
                OUT_PERIOD,
                out_key("group", "Group", "分组"),
                out("n_regions", "1", "Regions", "地区数"),
                out("n_top", "1", "Among the top", "前列席位"),
                out("expected", "1", "Expected by chance", "随机期望"),
                out("ratio", "1", "Representation ratio", "代表性比率"),
                out("p_at_least", "1", "P(at least so many)", "不少于该数的概率"),
                out("p_at_most", "1", "P(at most so many)", "不多于该数的概率"),
                out("reading", "", "Reading", "判读"),
            ],
        },
        THRESHOLDS,
    ],
    formula: "X ~ hypergeometric(N, K, n)   N: regions; K: regions of the group; n: places at the top",
    source: "derived; exact probabilities of drawing without returning",
    mark: Mark::Derived,
    run,
};

struct Ranked {
    group: Option<Key>,
    /// Smaller is better.
    order: f64,
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let frame = call.frame("ranking")?;
    let regions = frame.keys("region")?;
    let groups = frame.text("group")?;
    let (values, sign) = if frame.has("rank") {
        (frame.numbers("rank")?, 1.0)
    } else {
        (frame.numbers("score")?, -1.0)
    };
    let periods =
        if frame.has("period") { frame.integers("period")? } else { vec![0; regions.len()] };
    let mut by_period: BTreeMap<i64, Vec<Ranked>> = BTreeMap::new();
    let mut unplaced: Vec<&str> = Vec::new();
    for row in 0..regions.len() {
        match values[row] {
            Datum::Number(value) => by_period
                .entry(periods[row])
                .or_default()
                .push(Ranked { group: groups[row].clone(), order: sign * value }),
            Datum::Gap(_) => unplaced.push(&regions[row]),
        }
    }
    let mut notes = Vec::new();
    if !unplaced.is_empty() {
        let list = unplaced.join(", ");
        notes.push(Note::new(
            "regions-dropped",
            format!("regions without a rank or score are left out: {list}"),
            format!("无名次或得分的地区已剔除：{list}"),
        ));
    }
    let (top, alpha) = (call.option_integer("top"), call.option_number("alpha"));
    let mut rows = Rows::default();
    for (period, mut ranked) in by_period {
        ranked.sort_by(|a, b| a.order.total_cmp(&b.order));
        if ranked.len() <= top {
            return Err(MethodError::NotIdentified {
                what: format!(
                    "the top {top} of {} ranked regions is all of them; choose a smaller `top`",
                    ranked.len()
                ),
            });
        }
        let last = ranked[top - 1].order;
        let drawn = ranked.partition_point(|r| r.order <= last);
        if drawn > top {
            notes.push(Note::new(
                "ties-at-the-cut",
                format!("{period}: ties at place {top}, so {drawn} regions count as the top"),
                format!("{period} 年：第 {top} 位并列，前列共计 {drawn} 个地区"),
            ));
        }
        rows.add_period(period, &ranked, drawn, alpha);
    }
    let (thresholds, note) = by_convention(call, &["top", "alpha"])?;
    notes.push(note);
    Ok(Answer::one("groups", rows.frame()?).and("thresholds", thresholds).noting(notes))
}

#[derive(Default)]
struct Rows {
    period: Vec<i64>,
    group: Vec<Key>,
    n_regions: Vec<i64>,
    n_top: Vec<i64>,
    expected: Vec<f64>,
    ratio: Vec<f64>,
    p_at_least: Vec<f64>,
    p_at_most: Vec<f64>,
    reading: Vec<&'static str>,
}

impl Rows {
    fn add_period(&mut self, period: i64, ranked: &[Ranked], drawn: usize, alpha: f64) {
        let mut groups: BTreeMap<Key, (u64, u64)> = BTreeMap::new();
        for (place, region) in ranked.iter().enumerate() {
            let group = region.group.clone().unwrap_or_else(|| Key::from("(none)"));
            let (n_regions, n_top) = groups.entry(group).or_default();
            *n_regions += 1;
            *n_top += u64::from(place < drawn);
        }
        let total = ranked.len();
        for (group, (n_regions, n_top)) in groups {
            let expected = drawn as f64 * n_regions as f64 / total as f64;
            let (at_most, at_least) =
                hypergeometric_tails(total as u64, n_regions, drawn as u64, n_top);
            self.period.push(period);
            self.group.push(group);
            self.n_regions.push(n_regions as i64);
            self.n_top.push(n_top as i64);
            self.expected.push(expected);
            self.ratio.push(n_top as f64 / expected);
            self.p_at_least.push(at_least);
            self.p_at_most.push(at_most);
            self.reading.push(if at_least <= alpha {
                "more"
            } else if at_most <= alpha {
                "fewer"
            } else {
                "as by chance"
            });
        }
    }

    fn frame(self) -> Result<Frame, MethodError> {
        Ok(Frame::new(vec![
            Column::integer("period", "", self.period),
            Column::text("group", self.group),
            Column::integer("n_regions", "1", self.n_regions),
            Column::integer("n_top", "1", self.n_top),
            Column::numbers("expected", "1", self.expected),
            Column::numbers("ratio", "1", self.ratio),
            Column::numbers("p_at_least", "1", self.p_at_least),
            Column::numbers("p_at_most", "1", self.p_at_most),
            Column::text("reading", self.reading),
        ])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    // Two of four are drawn; two of the four are marked: 1/6, 4/6, 1/6.
    #[test]
    fn two_of_four_are_counted_by_hand() {
        let (at_most, at_least) = hypergeometric_tails(4, 2, 2, 1);
        close(at_most, 5.0 / 6.0);
        close(at_least, 5.0 / 6.0);
        let (at_most, at_least) = hypergeometric_tails(4, 2, 2, 2);
        close(at_most, 1.0);
        close(at_least, 1.0 / 6.0);
    }

    #[test]
    fn eight_five_two_of_fifteen_have_the_published_tails() {
        close(hypergeometric_tails(31, 11, 15, 8).1, 0.050_236_172_236_5);
        close(hypergeometric_tails(31, 12, 15, 2).0, 0.006_435_491_931_45);
    }
}
