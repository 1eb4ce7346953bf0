//! "Stronger clusters where more industrialized": Spearman's ρ of two scores over regions, and the
//! regions that stand against it.
//!
//! Both tables in their last common period. ρ is compared with all orders of the regions up to
//! seven, with draws beyond; the observed order counts among them. Regions at or above the quantile
//! `high` of industrialization and at or below the quantile `low` of clusters are exceptions: as
//! the paper has it of Beijing and Shanghai.
//! Source: Spearman (1904), American Journal of Psychology 15, 72–101; Phipson and Smyth (2010),
//! Statistical Applications in Genetics and Molecular Biology 9, article 39 (permutation p).

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::Key;
use rand::seq::SliceRandom;

use super::{Finding, Verdict};
use crate::call::{Call, MethodError};
use crate::inference::{percentile, ranks_descending, spearman};

const LEAST: usize = 5;
/// 7! = 5,040 orders.
const ENUMERATED: usize = 7;

/// A region with its industrialization and the strength of its clusters.
pub(super) type Row = (Key, f64, f64);

pub(super) fn answer(call: &Call<'_>) -> Result<Finding, MethodError> {
    let rows = joined(call)?;
    let n = rows.len();
    let too_few = |reason| Ok(Finding { n: Some(n), ..Finding::none(reason) });
    if n < LEAST {
        return too_few("too-few-regions");
    }
    let stage = ranks_descending(&rows.iter().map(|row| row.1).collect::<Vec<f64>>());
    let clusters = ranks_descending(&rows.iter().map(|row| row.2).collect::<Vec<f64>>());
    let Some(rho) = spearman(&stage, &clusters) else { return too_few("no-variation") };
    let (mut up, mut down, mut all) = (0_usize, 0_usize, 0_usize);
    let mut count = |order: &[f64]| {
        let drawn = spearman(&stage, order).unwrap_or(0.0);
        up += usize::from(drawn >= rho - 1e-12);
        down += usize::from(drawn <= rho + 1e-12);
        all += 1;
    };
    if n <= ENUMERATED {
        orders(&mut clusters.clone(), 0, &mut count);
    } else {
        count(&clusters);
        for draw in 0..call.option_integer("draws") {
            let mut rng = call.seed().stream("claims", 1, draw as u32);
            let mut order = clusters.clone();
            order.shuffle(&mut rng);
            count(&order);
        }
    }
    let finding = Finding::one_sided(
        call.option_number("alpha"),
        (up as f64 / all as f64, "positive-rank-correlation"),
        (down as f64 / all as f64, "negative-rank-correlation"),
    );
    Ok(Finding {
        test: "Spearman, permutations",
        statistic: Some(rho),
        n: Some(n),
        estimate: Some(rho),
        ..finding
    })
}

/// Every order of `items` from place `from` on.
fn orders(items: &mut Vec<f64>, from: usize, each: &mut dyn FnMut(&[f64])) {
    if from + 1 >= items.len() {
        each(items);
        return;
    }
    for at in from..items.len() {
        items.swap(from, at);
        orders(items, from + 1, each);
        items.swap(from, at);
    }
}

/// The regions that are industrialized without strong clusters. Listing them is no test.
pub(super) fn exceptions(call: &Call<'_>) -> Result<(Finding, Vec<Row>), MethodError> {
    let rows = joined(call)?;
    let n = rows.len();
    let cut = |of: fn(&Row) -> f64, option: &str| {
        percentile(&rows.iter().map(of).collect::<Vec<f64>>(), call.option_number(option))
    };
    let (Some(high), Some(low), true) =
        (cut(|row| row.1, "high"), cut(|row| row.2, "low"), n >= LEAST)
    else {
        return Ok((Finding { n: Some(n), ..Finding::none("too-few-regions") }, Vec::new()));
    };
    let listed: Vec<Row> = rows.into_iter().filter(|row| row.1 >= high && row.2 <= low).collect();
    let (verdict, reason) = if listed.is_empty() {
        (Verdict::No, "no-such-region")
    } else {
        (Verdict::Yes, "regions-listed")
    };
    let finding = Finding {
        verdict,
        test: "listing by quantiles",
        statistic: Some(listed.len() as f64),
        n: Some(n),
        ..Finding::none(reason)
    };
    Ok((finding, listed))
}

/// The regions with both scores in the last period in which both tables have any.
fn joined(call: &Call<'_>) -> Result<Vec<Row>, MethodError> {
    let (stage, clusters) = (scores(call, "stage")?, scores(call, "clusters")?);
    let periods = |table: &Scores| table.keys().map(|key| key.0).collect::<BTreeSet<i64>>();
    let (of_stage, of_clusters) = (periods(&stage), periods(&clusters));
    // A table without periods goes with any.
    let timeless = BTreeSet::from([0]);
    let pair = if of_stage == timeless || of_clusters == timeless {
        of_stage.last().copied().zip(of_clusters.last().copied())
    } else {
        of_stage.intersection(&of_clusters).last().map(|period| (*period, *period))
    };
    let Some((of_stage, of_clusters)) = pair else { return Ok(Vec::new()) };
    let of_period = |at: i64| stage.iter().filter(move |(key, _)| key.0 == at);
    Ok(of_period(of_stage)
        .filter_map(|((_, region), score)| {
            let other = clusters.get(&(of_clusters, region.clone()))?;
            Some((region.clone(), *score, *other))
        })
        .collect())
}

type Scores = BTreeMap<(i64, Key), f64>;

fn scores(call: &Call<'_>, table: &str) -> Result<Scores, MethodError> {
    let frame = call.frame(table)?;
    let regions = frame.keys("region")?;
    let periods =
        if frame.has("period") { frame.integers("period")? } else { vec![0; regions.len()] };
    let mut scores = Scores::new();
    for ((region, period), score) in regions.into_iter().zip(periods).zip(frame.numbers("score")?) {
        let Some(score) = score.number() else { continue };
        if scores.insert((period, region.clone()), score).is_some() {
            return Err(MethodError::Data {
                what: format!("`{table}` has two rows for `{region}`, period {period}"),
            });
        }
    }
    Ok(scores)
}
