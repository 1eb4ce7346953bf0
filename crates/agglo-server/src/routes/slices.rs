//! One number per region of a finding or a measure, with the classes of a legend.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Datum, Gap, Values};
use agglo_figure::Classes;
use agglo_study::address::{Address, cell_text};
use agglo_study::run::interval_table;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answers::{self};
use super::tabular::Found;
use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{ClassForm, ColumnAbout, Gaps, SeriesForm, Slice, numbers};
use crate::indexed::Indexed;
use crate::problem::{Problem, Problems};
use crate::query::{self, Condition};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::words;

/// Values from which the least squared deviation is searched for.
const MOST_JENKS: usize = 4_000;

/// How values are put into classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scheme {
    /// About equally many values in each.
    #[default]
    Quantiles,
    /// Least squared deviation inside them.
    FisherJenks,
    /// Equally wide.
    Equal,
    /// Quantiles on each side of `center`.
    Around,
    /// At the limits in `cuts`.
    Pinned,
}

/// Which values the limits are found from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Breaks {
    /// Those that are shown.
    #[default]
    Own,
    /// Those of all periods.
    Pooled,
}

/// Which numbers, along what, in which classes.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SliceQuery {
    /// `STEP[:TABLE].COLUMN`, or `table:NAME.COLUMN` for a measure of a canonical table.
    #[param(example = "location-quotient.lq")]
    of: String,
    /// The key that the numbers run along.
    by: Option<String>,
    /// A key that is fixed, as `COLUMN=VALUE`; all others must be.
    #[serde(default, rename = "where")]
    #[param(rename = "where")]
    conditions: Vec<String>,
    /// The industry, as `where=industry=…`.
    industry: Option<String>,
    /// The period, as `where=period=…`.
    period: Option<i64>,
    /// How values are put into classes.
    #[param(inline)]
    scheme: Option<Scheme>,
    /// How many classes.
    #[param(minimum = 2, maximum = 9)]
    k: Option<usize>,
    /// Which values the limits are found from.
    #[param(inline)]
    breaks: Option<Breaks>,
    /// Of `around`: the value with a meaning; 0 when absent.
    center: Option<f64>,
    /// Of `pinned`: the limits, separated by commas.
    cuts: Option<String>,
}

/// One number per region (industry, period) with the classes of a legend.
#[utoipa::path(
    get, path = "/slice", tag = "maps", params(SliceQuery),
    responses((status = 200, body = Slice), Problems),
)]
pub(super) async fn slice(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<SliceQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&one(snapshot, &query)?)).await
}

/// The same for all periods at once, with classes pooled over them: for a time slider.
#[utoipa::path(
    get, path = "/series", tag = "maps", params(SliceQuery),
    responses((status = 200, body = SeriesForm), Problems),
)]
pub(super) async fn series(
    State(app): Shared,
    asking: Asking,
    Asked(query): Asked<SliceQuery>,
) -> Response {
    app.answer(&asking, move |snapshot| Reply::json(&all(snapshot, &query)?)).await
}

/// The column asked for, in its table.
struct Cut {
    found: Found,
    step: Option<String>,
    place: usize,
    by: String,
    conditions: Vec<Condition>,
}

fn cut(snapshot: &Snapshot, query: &SliceQuery) -> Result<Cut, Problem> {
    let wrong = || {
        let detail = format!("`{}` is neither STEP[:TABLE].COLUMN nor table:NAME.COLUMN", query.of);
        Problem::query("of", detail)
    };
    let address = Address::parse(&query.of).filter(|a| a.keys.is_empty()).ok_or_else(wrong)?;
    let canonical = address.step == "table";
    let (found, step) = if canonical {
        let name = address.table.as_deref().ok_or_else(wrong)?;
        (answers::canonical(snapshot, name)?, None)
    } else {
        let table = address.table.as_deref().unwrap_or("main");
        (answers::kept(snapshot, &address.step, table)?, Some(address.step.clone()))
    };
    let frame = &found.table.frame;
    let place = query::place_of(frame, "of", &address.column)?;
    if matches!(frame.columns()[place].values(), Values::Text(_)) {
        let detail = format!("`{}` holds texts and no numbers", address.column);
        return Err(Problem::query("of", detail));
    }
    let by = query.by.clone().unwrap_or_else(|| "region".to_owned());
    query::place_of(frame, "by", &by)?;
    if by == address.column {
        return Err(Problem::query("by", "a column does not run along itself"));
    }
    let mut conditions = Condition::all(&query.conditions)?;
    if let Some(industry) = &query.industry {
        conditions.push(Condition::is("industry", industry));
    }
    if let Some(period) = query.period {
        conditions.push(Condition::is("period", &period.to_string()));
    }
    Ok(Cut { found, step, place, by, conditions })
}

impl Cut {
    /// Column = value, for the keys that are fixed.
    fn fixed(&self) -> BTreeMap<String, String> {
        let fixed = self.conditions.iter().filter_map(Condition::fixes);
        fixed.map(|(column, value)| (column.to_owned(), value.to_owned())).collect()
    }

    fn address(&self, query: &SliceQuery) -> String {
        let pairs: Vec<String> = self.fixed().iter().map(|(k, v)| format!("{k}={v}")).collect();
        if pairs.is_empty() {
            query.of.clone()
        } else {
            format!("{}@{}", query.of, pairs.join(","))
        }
    }

    fn about(&self) -> ColumnAbout {
        self.found.about[self.place].clone()
    }

    fn datum(&self, row: u32) -> Datum {
        datum(&self.found.table, self.place, row)
    }

    fn code(&self, row: u32) -> Option<String> {
        cell_text(&self.found.table.frame, &self.by, row as usize)
    }

    /// The command and the Python call that draw the same.
    fn words(&self, snapshot: &Snapshot, address: &str) -> (String, String) {
        let verb = if self.by == "region" { "map" } else { "plot" };
        let command = match &self.step {
            Some(_) => format!("agglo {verb} {} -o figure.svg", words::quoted(address)),
            None => self.found.command.clone(),
        };
        (command, format!("{}.slice({})", words::study(&snapshot.root), words::literal(address)))
    }

    /// Refuses rows that a code has several of, and says which keys are open.
    fn open(&self, rows: &[u32], along: &[&str]) -> Problem {
        let frame = &self.found.table.frame;
        let fixed = self.fixed();
        let keys = self.found.about.iter().filter(|about| {
            let name = about.name.as_str();
            about.key && !along.contains(&name) && !fixed.contains_key(name)
        });
        let mut open = Vec::new();
        for about in keys {
            let mut values: Vec<String> = Vec::new();
            for &row in rows {
                if let Some(value) = cell_text(frame, &about.name, row as usize)
                    && !values.contains(&value)
                {
                    values.push(value);
                }
                if values.len() > 12 {
                    break;
                }
            }
            if values.len() > 1 {
                let more = if values.len() > 12 { ", …" } else { "" };
                values.truncate(12);
                open.push(format!("{} ({}{more})", about.name, values.join(", ")));
            }
        }
        let detail = format!(
            "several rows fit one {}; fix with `where`: {}",
            self.by,
            if open.is_empty() { "another key".to_owned() } else { open.join("; ") }
        );
        Problem::query("where", detail)
    }
}

fn datum(table: &Indexed, place: usize, row: u32) -> Datum {
    match table.frame.columns()[place].values() {
        Values::Number(cells) => cells[row as usize],
        Values::Integer(cells) => cells[row as usize]
            .map_or(Datum::Gap(Gap::Missing), |value| Datum::Number(value as f64)),
        Values::Text(_) => Datum::Gap(Gap::NotApplicable),
    }
}

fn one(snapshot: &Snapshot, query: &SliceQuery) -> Result<Slice, Problem> {
    let cut = cut(snapshot, query)?;
    let rows = query::rows(&cut.found.table, &cut.conditions)?;
    let mut by_code: BTreeMap<String, u32> = BTreeMap::new();
    for &row in &rows {
        let Some(code) = cut.code(row) else { continue };
        if by_code.insert(code, row).is_some() {
            return Err(cut.open(&rows, &[&cut.by]));
        }
    }
    let mut gaps = Gaps::new();
    let values = numbers(by_code.values().map(|&row| cut.datum(row)), &mut gaps);
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let pooled = match query.breaks.unwrap_or_default() {
        Breaks::Own => known.clone(),
        Breaks::Pooled => {
            let others: Vec<Condition> = cut
                .conditions
                .iter()
                .filter(|condition| condition.fixes().is_none_or(|(column, _)| column != "period"))
                .cloned()
                .collect();
            let rows = query::rows(&cut.found.table, &others)?;
            rows.iter().filter_map(|&row| cut.datum(row).number()).collect()
        }
    };
    let classes = classes(snapshot, query, &pooled, &values)?;
    let (lower, upper) = ends(snapshot, &cut, &by_code, &values);
    let address = cut.address(query);
    let (command, python) = cut.words(snapshot, &address);
    Ok(Slice {
        by: cut.by.clone(),
        column: cut.about(),
        codes: by_code.into_keys().collect(),
        lower,
        upper,
        extent: extent(&known),
        n_numbers: known.len(),
        values,
        gaps,
        classes,
        provenance: cut.found.provenance,
        address,
        command,
        python,
    })
}

type Ends = Option<Vec<Option<f64>>>;

/// What withheld cells leave open of the numbers.
fn ends(
    snapshot: &Snapshot,
    cut: &Cut,
    by_code: &BTreeMap<String, u32>,
    values: &[Option<f64>],
) -> (Ends, Ends) {
    let none = (None, None);
    let (Some(step), Some(_)) = (&cut.step, &cut.found.intervals) else { return none };
    let Ok((_, beside)) = snapshot.finding(step, &interval_table(&cut.found.name)) else {
        return none;
    };
    let column = &cut.about().name;
    let place = |part: &str| beside.place(&format!("{column}.{part}"));
    let (Some(lower), Some(upper)) = (place("lower"), place("upper")) else { return none };
    // Rows of the table of ranges stand as those of the table beside it.
    if beside.frame.n_rows() != cut.found.table.frame.n_rows() {
        return none;
    }
    let end = |place: usize| -> Vec<Option<f64>> {
        by_code.values().map(|&row| datum(&beside, place, row).number()).collect()
    };
    let (lower, upper) = (end(lower), end(upper));
    let moves = lower
        .iter()
        .zip(&upper)
        .zip(values)
        .any(|((lower, upper), value)| lower != upper || lower.is_some() && value.is_none());
    if moves { (Some(lower), Some(upper)) } else { none }
}

fn extent(known: &[f64]) -> Option<Vec<f64>> {
    let low = known.iter().copied().reduce(f64::min)?;
    let high = known.iter().copied().reduce(f64::max)?;
    Some(vec![low, high])
}

fn classes(
    snapshot: &Snapshot,
    query: &SliceQuery,
    pooled: &[f64],
    values: &[Option<f64>],
) -> Result<ClassForm, Problem> {
    let spec = snapshot.spec()?;
    let k = query.k.or(spec.map.k).unwrap_or(5);
    if !(2..=9).contains(&k) {
        return Err(Problem::query("k", "a map has 2 to 9 classes"));
    }
    let own = match spec.map.scheme.as_deref() {
        Some("fisher-jenks") => Scheme::FisherJenks,
        _ => Scheme::Quantiles,
    };
    let scheme = query.scheme.unwrap_or(own);
    let center = query.center.unwrap_or_default();
    if !center.is_finite() {
        return Err(Problem::query("center", "this is no number"));
    }
    let (word, kind) = match scheme {
        Scheme::Quantiles => ("quantiles", Classes::Quantiles(k)),
        Scheme::FisherJenks => ("fisher-jenks", Classes::Jenks(k)),
        Scheme::Around => ("around", Classes::Around { center, per_side: k.div_ceil(2) }),
        Scheme::Equal => ("equal", Classes::Pinned(equal(pooled, k))),
        Scheme::Pinned => ("pinned", Classes::Pinned(pinned(query.cuts.as_deref())?)),
    };
    let cuts = agglo_figure::cuts(&thinned(pooled, scheme), &kind);
    let class = |value: f64| cuts.partition_point(|cut| *cut <= value);
    let of: Vec<Option<usize>> = values.iter().map(|value| value.map(class)).collect();
    let mut counts = vec![0; cuts.len() + 1];
    for class in of.iter().flatten() {
        counts[*class] += 1;
    }
    let breaks = match query.breaks.unwrap_or_default() {
        Breaks::Own => "own",
        Breaks::Pooled => "pooled",
    };
    Ok(ClassForm {
        scheme: word.to_owned(),
        breaks: breaks.to_owned(),
        cuts,
        counts,
        of,
        center: (scheme == Scheme::Around).then_some(center),
    })
}

/// The values, of very many only every n-th in order: the exact search for the least deviation looks at pairs.
fn thinned(values: &[f64], scheme: Scheme) -> std::borrow::Cow<'_, [f64]> {
    if scheme != Scheme::FisherJenks || values.len() <= MOST_JENKS {
        return values.into();
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let nth = |n: usize| sorted[n * last / (MOST_JENKS - 1)];
    (0..MOST_JENKS).map(nth).collect()
}

/// Limits of `k` classes of one width.
fn equal(values: &[f64], k: usize) -> Vec<f64> {
    let Some(ends) = extent(values).filter(|ends| ends[0] < ends[1]) else { return Vec::new() };
    (1..k).map(|n| ends[0] + (ends[1] - ends[0]) * n as f64 / k as f64).collect()
}

fn pinned(cuts: Option<&str>) -> Result<Vec<f64>, Problem> {
    let wrong = || Problem::query("cuts", "write the limits as numbers with commas: cuts=0.5,1,2");
    let cuts = cuts.ok_or_else(wrong)?;
    let cut = |text: &str| text.trim().parse().ok().filter(|cut: &f64| cut.is_finite());
    let cuts: Vec<f64> = cuts.split(',').map(cut).collect::<Option<_>>().ok_or_else(wrong)?;
    if cuts.len() > 20 { Err(wrong()) } else { Ok(cuts) }
}

fn all(snapshot: &Snapshot, query: &SliceQuery) -> Result<SeriesForm, Problem> {
    if query.period.is_some() {
        return Err(Problem::query("period", "a series runs over all periods"));
    }
    let cut = cut(snapshot, query)?;
    if cut.by == "period" {
        return Err(Problem::query("by", "a series runs over the periods already"));
    }
    query::place_of(&cut.found.table.frame, "of", "period")?;
    let rows = query::rows(&cut.found.table, &cut.conditions)?;
    let mut cells: BTreeMap<i64, BTreeMap<String, u32>> = BTreeMap::new();
    let mut codes: BTreeSet<String> = BTreeSet::new();
    let frame = &cut.found.table.frame;
    for &row in &rows {
        let period = cell_text(frame, "period", row as usize).and_then(|text| text.parse().ok());
        let (Some(period), Some(code)) = (period, cut.code(row)) else { continue };
        codes.insert(code.clone());
        if cells.entry(period).or_default().insert(code, row).is_some() {
            return Err(cut.open(&rows, &[&cut.by, "period"]));
        }
    }
    let codes: Vec<String> = codes.into_iter().collect();
    let (mut values, mut gaps) = (Vec::new(), BTreeMap::new());
    for (place, by_code) in cells.values().enumerate() {
        let mut own = Gaps::new();
        let data = codes
            .iter()
            .map(|code| by_code.get(code).map_or(Datum::Gap(Gap::Missing), |&row| cut.datum(row)));
        values.push(numbers(data, &mut own));
        if !own.is_empty() {
            gaps.insert(place, own);
        }
    }
    let known: Vec<f64> = values.iter().flatten().flatten().copied().collect();
    let mut classes = classes(snapshot, query, &known, &[])?;
    "pooled".clone_into(&mut classes.breaks);
    let address = cut.address(query);
    let (command, python) = cut.words(snapshot, &address);
    Ok(SeriesForm {
        by: cut.by.clone(),
        column: cut.about(),
        codes,
        periods: cells.into_keys().collect(),
        extent: extent(&known),
        values,
        gaps,
        classes,
        provenance: cut.found.provenance,
        address,
        command,
        python,
    })
}
