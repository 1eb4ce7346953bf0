//! Change of the location quotient and of the Gini coefficient, split by cause.
//!
//! LQᵢᵣ = sᵢᵣ/xᵣ        ΔLQ = Δs · mean(1/x) + mean(s) · Δ(1/x)
//!
//! | symbol | meaning                                              | shape | range  | unit |
//! |--------|------------------------------------------------------|-------|--------|------|
//! | s      | share of the region in the industry                  | R × I | 0 to 1 | none |
//! | x      | share of the region in all activity                  | R     | > 0    | none |
//! | ΔLQ    | first term: the industry moved; second: the rest did | R × I | any    | none |
//!
//! A quotient can rise because the industry came or because everything else left: read with the
//! share change. Gaps: option `gaps`; a region without activity has no quotient. Cost: O(RI).
//! Source: difference of the standard quotient; the split at midpoints is exact by algebra.

use agglo_core::{Activity, Column, Datum, Frame, Text, Undefined};

use super::window::{FROM, TO, aligned, from_to};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, Mark, Method, OUT_INDUSTRY, OUT_REGION, OutputTable, Variant, out,
    out_key,
};
use crate::concentration::gini;

/// A quotient before and after, and why it changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuotientChange {
    /// Quotient in the first year.
    pub from: Datum,
    /// Quotient in the last year.
    pub to: Datum,
    /// Their difference.
    pub delta: Datum,
    /// The part due to the region's share in the industry.
    pub moved: Datum,
    /// The part due to the region's share in all activity.
    pub rest: Datum,
}

/// Change of the quotient of one cell; `cell`, `region`, `industry` and `total` hold the volume of
/// the first and of the last year.
pub fn quotient_change(
    cell: [f64; 2],
    region: [f64; 2],
    industry: [f64; 2],
    total: [f64; 2],
) -> QuotientChange {
    let share = |year: usize| Datum::ratio(cell[year], industry[year]);
    let inverse = |year: usize| Datum::ratio(total[year], region[year]);
    let quotient = |year: usize| match (share(year), inverse(year)) {
        (Datum::Number(share), Datum::Number(inverse)) => Datum::Number(share * inverse),
        _ => Datum::undefined(Undefined::ZeroTotal),
    };
    let (from, to) = (quotient(0), quotient(1));
    let parts = [share(0), share(1), inverse(0), inverse(1)].map(Datum::number);
    let [Some(s0), Some(s1), Some(v0), Some(v1)] = parts else {
        let gap = Datum::undefined(Undefined::ZeroTotal);
        return QuotientChange { from, to, delta: gap, moved: gap, rest: gap };
    };
    let number = Datum::Number;
    QuotientChange {
        from,
        to,
        delta: number(s1 * v1 - s0 * v0),
        moved: number((s1 - s0) * f64::midpoint(v0, v1)),
        rest: number(f64::midpoint(s0, s1) * (v1 - v0)),
    }
}

pub(super) static LOCATION_QUOTIENT_CHANGE: Method = Method {
    id: "location-quotient-change",
    chapter: Chapter::Transfer,
    title: Text::new("Change of location quotient and Gini", "区位商与基尼系数变动"),
    help: Text::new(
        "Where did specialization rise, because the industry came or because the rest left?",
        "哪些地区专业化上升？是行业迁入还是其他行业收缩所致？",
    ),
    inputs: &[ACTIVITY],
    options: &[FROM, TO, GAPS],
    variants: &[Variant {
        id: "midpoint",
        help: Text::new("causes split at the mean of both years", "按两年均值分解原因"),
    }],
    outputs: &[
        OutputTable {
            name: "changes",
            columns: &[
                OUT_REGION,
                OUT_INDUSTRY,
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("lq_from", "1", "LQ before", "期初区位商"),
                out("lq_to", "1", "LQ after", "期末区位商"),
                out("delta_lq", "1", "Change of LQ", "区位商变动"),
                out("moved", "1", "Industry moved", "行业迁移部分"),
                out("rest", "1", "Rest of region changed", "地区其余变动部分"),
            ],
        },
        OutputTable {
            name: "gini",
            columns: &[
                OUT_INDUSTRY,
                out_key("from", "From", "起始年"),
                out_key("to", "To", "终止年"),
                out("gini_from", "1", "Gini before", "期初基尼系数"),
                out("gini_to", "1", "Gini after", "期末基尼系数"),
                out("delta_gini", "1", "Change of Gini", "基尼系数变动"),
            ],
        },
    ],
    formula: "ΔLQ = s1/x1 − s0/x0 = Δs·mean(1/x) + mean(s)·Δ(1/x)   s: share of the region in the \
              industry; x: its share in all activity; ΔG = G1 − G0",
    source: "difference of the location quotient; the split is algebra",
    mark: Mark::Derived,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let panel = call.panel("activity")?;
    let (from_idx, to_idx) = from_to(call, &panel)?;
    let (years, notes) = aligned(call, &[(&panel, from_idx), (&panel, to_idx)])?;
    let [before, after] = &years[..] else { unreachable!("two periods were asked for") };
    let [from, to] = [panel.periods()[from_idx], panel.periods()[to_idx]].map(i64::from);
    let regions = [before.region_totals(), after.region_totals()];
    let industries = [before.industry_totals(), after.industry_totals()];
    let total = [before.total(), after.total()];

    let (mut region, mut industry, mut change) = (vec![], vec![], vec![]);
    let year = |totals: &[Vec<f64>; 2], place: usize| [totals[0][place], totals[1][place]];
    for r in 0..before.n_regions() {
        for i in 0..before.n_industries() {
            region.push(before.regions().code(r).clone());
            industry.push(before.industries().code(i).clone());
            change.push(quotient_change(
                [before.value(r, i), after.value(r, i)],
                year(&regions, r),
                year(&industries, i),
                total,
            ));
        }
    }
    let changes = Frame::new(vec![
        Column::text("region", region),
        Column::text("industry", industry),
        Column::integer("from", "", vec![from; change.len()]),
        Column::integer("to", "", vec![to; change.len()]),
        Column::number("lq_from", "1", change.iter().map(|c| c.from)),
        Column::number("lq_to", "1", change.iter().map(|c| c.to)),
        Column::number("delta_lq", "1", change.iter().map(|c| c.delta)),
        Column::number("moved", "1", change.iter().map(|c| c.moved)),
        Column::number("rest", "1", change.iter().map(|c| c.rest)),
    ])?;
    Ok(Answer::one("changes", changes)
        .and("gini", gini_frame(before, after, [from, to])?)
        .noting(notes))
}

fn gini_frame(
    before: &Activity,
    after: &Activity,
    [from, to]: [i64; 2],
) -> Result<Frame, MethodError> {
    let n = before.n_industries();
    let of = |year: &Activity| -> Vec<Datum> {
        (0..n).map(|i| Datum::from(gini(&year.industry(i)))).collect()
    };
    let (first, last) = (of(before), of(after));
    let delta = first.iter().zip(&last).map(|(first, last)| match (first, last) {
        (Datum::Number(first), Datum::Number(last)) => Datum::Number(last - first),
        _ => Datum::undefined(Undefined::FromGap),
    });
    let delta: Vec<Datum> = delta.collect();
    Ok(Frame::new(vec![
        Column::text("industry", before.industries().codes().iter().cloned()),
        Column::integer("from", "", vec![from; n]),
        Column::integer("to", "", vec![to; n]),
        Column::number("gini_from", "1", first),
        Column::number("gini_to", "1", last),
        Column::number("delta_gini", "1", delta),
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Region 1 of the example: 60 of 90 become 63 of 113; nation 100 of 200 becomes 150 of 300.
    #[test]
    fn the_quotient_of_the_worked_example_falls_by_0_218289() {
        let found = quotient_change([60.0, 63.0], [90.0, 113.0], [100.0, 150.0], [200.0, 300.0]);
        let number = |datum: Datum| datum.number().unwrap();
        assert!((number(found.delta) + 0.218_289).abs() < 5e-7, "{found:?}");
        assert!((number(found.moved) + number(found.rest) - number(found.delta)).abs() < 1e-12);
    }

    #[test]
    fn a_region_without_activity_has_no_quotient() {
        let found = quotient_change([0.0, 5.0], [0.0, 5.0], [10.0, 10.0], [20.0, 20.0]);
        assert_eq!(found.from, Datum::undefined(Undefined::ZeroTotal));
        assert_eq!(found.to, Datum::Number(2.0));
        assert_eq!(found.delta, Datum::undefined(Undefined::ZeroTotal));
    }
}
