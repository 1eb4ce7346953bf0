//! The answer's tables and what the reader must know.

use agglo_core::{Column, Datum, Frame, Note, Undefined, Values};

use super::bootstrap::Draws;
use super::design::{Candidate, Design, Shape};
use super::interval::date_interval;
use super::series::Series;
use super::test::Choices;
use crate::call::MethodError;
use crate::inference::percentile;

pub(super) fn fit_columns(
    series: &Series,
    design: &Design<'_>,
    candidates: &[Candidate],
    chosen: usize,
    scale: f64,
) -> Vec<Column> {
    let criterion = |f: &dyn Fn(&Candidate) -> f64| -> Vec<Datum> {
        candidates
            .iter()
            .map(|candidate| {
                if candidate.ssr <= scale {
                    Datum::undefined(Undefined::LogOfZero)
                } else {
                    Datum::finite(f(candidate), Undefined::TooFew)
                }
            })
            .collect()
    };
    let periods = candidates.iter().map(|candidate| series.years(candidate));
    let marks = (0..candidates.len()).map(|m| if m == chosen { "yes" } else { "no" });
    vec![
        Column::integer("n_breaks", "1", (0..candidates.len() as i64).collect::<Vec<_>>()),
        Column::text("periods", periods),
        Column::numbers("ssr", format!("({})²", series.unit), candidates.iter().map(|c| c.ssr)),
        Column::number("bic", "1", criterion(&|c| design.bic(c))),
        Column::number("lwz", "1", criterion(&|c| design.lwz(c))),
        Column::text("chosen", marks),
    ]
}

pub(super) fn breaks_frame(
    series: &Series,
    design: &Design<'_>,
    chosen: &Candidate,
    draws: Option<&Draws>,
    confidence: f64,
) -> Result<Frame, MethodError> {
    let tail = (1.0 - confidence) / 2.0;
    let mut columns: [Vec<Option<i64>>; 4] = Default::default();
    for place in 0..chosen.breaks.len() {
        let interval = (design.shape != Shape::Kink)
            .then(|| {
                let (x, y, shape) = (&series.x, &series.y, design.shape);
                date_interval(x, y, shape, &chosen.breaks, place, confidence)
            })
            .flatten();
        columns[0].push(interval.map(|interval| series.period_after(interval.lower)));
        columns[1].push(interval.map(|interval| series.period_after(interval.upper)));
        let drawn: Vec<f64> =
            draws.map_or(Vec::new(), |d| d.dates.iter().map(|dates| dates[place] as f64).collect());
        let at = |p: f64| percentile(&drawn, p);
        columns[2].push(at(tail).map(|k| series.period_after(k.floor() as i64)));
        columns[3].push(at(1.0 - tail).map(|k| series.period_after(k.ceil() as i64)));
    }
    let names = ["lower", "upper", "bootstrap_lower", "bootstrap_upper"];
    let mut frame = vec![
        Column::integer("break", "", (1..=chosen.breaks.len() as i64).collect::<Vec<_>>()),
        Column::integer("period", "", chosen.breaks.iter().map(|&k| series.period_after(k as i64))),
    ];
    frame.extend(
        names
            .into_iter()
            .zip(columns)
            .map(|(name, values)| Column::new(name, "", Values::Integer(values))),
    );
    Ok(Frame::new(frame)?)
}

pub(super) fn interval_note(breaks: &Frame, shape: Shape) -> Option<Note> {
    let Ok(Values::Integer(lower)) = breaks.column("lower").map(Column::values) else {
        return None;
    };
    if shape == Shape::Kink || lower.iter().all(Option::is_some) {
        return None;
    }
    Some(Note::new(
        "no-date-interval",
        "for some breaks the limit law gives no interval (a segment fits exactly, or the two \
         sides differ too much in noise); the bootstrap interval stands",
        "部分突变点按极限分布得不到区间（某一区段完全拟合，或两侧噪声差异过大），以自助法区间为准",
    ))
}

pub(super) fn series_notes(
    series: &Series,
    candidates: &[Candidate],
    design: &Design<'_>,
    draws: &[Draws],
    any_break: Option<f64>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    if !series.left_out.is_empty() {
        let list: Vec<String> = series.left_out.iter().map(ToString::to_string).collect();
        let list = list.join(", ");
        notes.push(Note::new(
            "years-left-out",
            format!("years without a value were left out, time runs by the calendar: {list}"),
            format!("缺值年份已剔除，时间按日历计：{list}"),
        ));
    }
    if candidates.len() == 1 && design.max_breaks > 0 {
        notes.push(Note::new(
            "no-break-possible",
            "the series is too short for a break or leaves nothing to explain",
            "序列过短，或已完全拟合，无法寻找突变点",
        ));
    }
    if design.shape == Shape::Trend && candidates.len() > 1 {
        notes.push(Note::new(
            "critical-values-approximate",
            "the tabled critical values hold for long series without a trend; read the bootstrap p-value",
            "表中的临界值适用于无趋势的长序列，应以自助法 p 值为准",
        ));
    }
    if let (Some(none), Some(p)) = (draws.first(), any_break) {
        let (order, replicates) = (none.order, none.dates.len());
        notes.push(Note::new(
            "bootstrap",
            format!(
                "any break at all: p = {p:.3}, from {replicates} replicates with AR({order}) errors"
            ),
            format!("是否存在突变：p = {p:.3}，自助重复 {replicates} 次，误差为 AR({order})"),
        ));
    }
    notes
}

pub(super) fn chosen_notes(
    series: &Series,
    candidates: &[Candidate],
    choices: Choices,
    chosen: usize,
    criterion: &str,
) -> Vec<Note> {
    let list = series.years(&candidates[chosen]);
    let mut notes = vec![if chosen == 0 {
        Note::new(
            "breaks-chosen",
            format!("{criterion} chooses no break"),
            format!("按 {criterion} 不选突变点"),
        )
    } else {
        Note::new(
            "breaks-chosen",
            format!("{criterion} chooses {chosen} break(s), at the end of {list}"),
            format!("按 {criterion} 选定 {chosen} 个突变点，位于 {list} 年末"),
        )
    }];
    if !choices.agree() {
        let Choices { bic, lwz, sequential } = choices;
        let (en, zh) = match sequential {
            Some(n) => (format!(", the sequential test {n}"), format!("，序贯检验选 {n} 个")),
            None => (String::new(), String::new()),
        };
        notes.push(Note::new(
            "criteria-disagree",
            format!("the number of breaks is not sure: bic chooses {bic}, lwz {lwz}{en}"),
            format!("突变点个数不确定：bic 选 {bic} 个，lwz 选 {lwz} 个{zh}"),
        ));
    }
    notes
}
