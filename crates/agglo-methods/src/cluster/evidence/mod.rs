//! Evidence on how clusters grow, from lists of firms, markets, purchases and a register.
//!
//! CRₙ = Σ of the n largest groups' q / Σ q      HHI = Σ (q_g/Σ q)²
//! transferred growth share = Σ_{transferred in since t₀} q(t₁) / (q(t₁) − q(t₀))
//!
//! | symbol | meaning                                                      | shape | range | unit  |
//! |--------|--------------------------------------------------------------|-------|-------|-------|
//! | q      | output, revenue or employment of a firm; g its group         | firms | ≥ 0   | any   |
//! | t₁, t₀ | the year described and the one `window` years before         | 1     |       | years |
//!
//! Firms with one parent count as one, however long the chain of parents. An indicator whose
//! tables or columns are absent becomes a row with a gap whose source says what is needed. Each
//! table speaks with its latest year not after the one described and not older than `max_age`.
//! Cost: O(n log n) in the rows.
//! Source: agglo's own definitions of the evidence that the paper names.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Datum, Frame, Gap, Key, Note};

use self::firms::Firms;
use self::places::Places;
use self::purchases::Purchases;
use crate::call::{Answer, Call, MethodError};

mod firms;
mod places;
mod purchases;
mod row;

pub(super) use row::EVIDENCE;

/// One indicator of a cluster.
struct Fact {
    indicator: &'static str,
    value: Datum,
    source: String,
}

impl Fact {
    fn new(indicator: &'static str, value: Datum, source: impl Into<String>) -> Fact {
        Fact { indicator, value, source: source.into() }
    }

    /// An indicator that cannot be computed for want of `what`.
    fn needs(indicator: &'static str, what: &str) -> Fact {
        Fact::new(indicator, Datum::Gap(Gap::Missing), format!("needs {what}"))
    }
}

/// Which year is described, and how far a table may lie behind it.
#[derive(Clone, Copy)]
struct When {
    period: i64,
    max_age: i64,
    window: i64,
}

impl When {
    /// The latest of `periods` that may speak for the year described.
    fn latest(self, periods: impl Iterator<Item = i64>) -> Option<i64> {
        periods.filter(|p| *p == 0 || (self.period - self.max_age..=self.period).contains(p)).max()
    }
}

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let tables = ["firm", "market", "procurement", "leader_purchase", "cluster_register"];
    if !tables.iter().any(|table| call.has(table)) {
        return Err(MethodError::Data {
            what: format!(
                "`cluster-evidence` needs at least one of the tables {}",
                tables.join(", ")
            ),
        });
    }
    let when = when(call)?;
    let mut notes = Vec::new();
    let firms = Firms::read(call, &mut notes)?;
    let purchases = Purchases::read(call, &firms, &mut notes)?;
    let places = Places::read(call)?;
    let clusters: BTreeSet<Key> =
        firms.clusters().chain(purchases.clusters()).chain(places.clusters()).cloned().collect();
    let mut rows: Vec<(Key, Fact)> = Vec::new();
    for cluster in clusters {
        let mut facts = firms.facts(call, when, &cluster);
        facts.extend(purchases.facts(when, &cluster, firms.output(call, when, &cluster)));
        facts.extend(places.facts(when, &cluster, purchases.main_input(when, &cluster)));
        rows.extend(facts.into_iter().map(|fact| (cluster.clone(), fact)));
    }
    let measure = call.option("measure");
    notes.push(Note::new(
        "convention",
        format!(
            "definitions of the evidence are agglo's own convention [A]: size by {measure}, year {}, \
             window = {}, max_age = {}, max_unknown = {}, money_per_billion = {}",
            when.period,
            when.window,
            when.max_age,
            call.option("max_unknown"),
            call.option("money_per_billion"),
        ),
        format!(
            "证据指标的定义为 agglo 约定 [A]：规模按 {measure}，年份 {}，window = {}，max_age = {}，\
             max_unknown = {}，money_per_billion = {}",
            when.period,
            when.window,
            when.max_age,
            call.option("max_unknown"),
            call.option("money_per_billion"),
        ),
    ));
    let frame = Frame::new(vec![
        Column::text("cluster", rows.iter().map(|(cluster, _)| cluster.clone())),
        Column::text("indicator", rows.iter().map(|(_, fact)| fact.indicator)),
        Column::number("value", "", rows.iter().map(|(_, fact)| fact.value)),
        Column::text("source", rows.iter().map(|(_, fact)| fact.source.clone())),
    ])?;
    Ok(Answer::one("evidence", frame).noting(notes))
}

fn when(call: &Call<'_>) -> Result<When, MethodError> {
    let mut latest = 0;
    for table in ["firm", "market", "procurement", "leader_purchase"] {
        if call.has(table) {
            latest = latest.max(periods(call.frame(table)?)?.into_iter().max().unwrap_or(0));
        }
    }
    let text = call.option("year");
    let period = if text.is_empty() {
        latest
    } else {
        text.parse().map_err(|_| MethodError::Option {
            method: EVIDENCE.id,
            option: "year".to_owned(),
            found: text.to_owned(),
            allowed: "a year, or empty for the latest".to_owned(),
        })?
    };
    Ok(When {
        period,
        max_age: call.option_integer("max_age") as i64,
        window: call.option_integer("window") as i64,
    })
}

/// The periods of a table; zero in every row where it has no period column.
fn periods(frame: &Frame) -> Result<Vec<i64>, MethodError> {
    Ok(if frame.has("period") { frame.integers("period")? } else { vec![0; frame.n_rows()] })
}

/// A text column, empty where the table does not have it.
fn text(frame: &Frame, name: &str) -> Result<Vec<Option<Key>>, MethodError> {
    if !frame.has(name) {
        return Ok(vec![None; frame.n_rows()]);
    }
    let blank = |cell: &Option<Key>| cell.clone().filter(|cell| !cell.trim().is_empty());
    Ok(frame.text(name)?.iter().map(blank).collect())
}

/// A number column, missing where the table does not have it.
fn numbers(frame: &Frame, name: &str) -> Result<Vec<Datum>, MethodError> {
    if frame.has(name) {
        Ok(frame.numbers(name)?)
    } else {
        Ok(vec![Datum::Gap(Gap::Missing); frame.n_rows()])
    }
}

/// Sum of `values`, a gap as soon as one of them is.
fn total(values: impl Iterator<Item = Datum>) -> Datum {
    let mut numbers = Vec::new();
    for value in values {
        match value {
            Datum::Number(value) => numbers.push(value),
            gap @ Datum::Gap(_) => return gap,
        }
    }
    Datum::Number(agglo_core::sum(numbers))
}

fn over(numerator: Datum, denominator: Datum) -> Datum {
    match (numerator, denominator) {
        (Datum::Number(a), Datum::Number(b)) => Datum::ratio(a, b),
        (gap @ Datum::Gap(_), _) | (_, gap @ Datum::Gap(_)) => gap,
    }
}

/// Rows by cluster and period.
type ByCluster<T> = BTreeMap<Key, BTreeMap<i64, Vec<T>>>;
