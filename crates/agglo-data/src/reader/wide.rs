//! Wide layout: one row per key, one column per period.

use agglo_core::Text;

use super::plan::{Binding, Plan, Request, fold};
use super::{Look, Reader, ReaderInfo, Recognized};
use crate::codes;
use crate::diagnostic::DataError;
use crate::number::year_in_heading;
use crate::sniff::Sureness;

pub(super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "wide",
        help: Text::new("one row per key, one column per period", "每行一个键、每列一个年份"),
    },
    recognize,
    sheet: None,
    shape: None,
    plan,
    propose: None,
    marks: &[],
    fallback: None,
};

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    if look.spec.periods_across.is_some() {
        return Recognized::new(Sureness::Certain, "`periods_across` is given");
    }
    let years: Vec<&String> =
        look.headings.iter().filter(|heading| year_in_heading(heading).is_some()).collect();
    let mapped =
        look.spec.columns.contains_key("period") || look.spec.constants.contains_key("period");
    let named = |heading: &String| matches!(fold(heading).as_str(), "period" | "year");
    if years.len() < 2 || mapped || look.headings.iter().any(named) {
        return None;
    }
    let (first, last) = (years[0], years[years.len() - 1]);
    let why = format!("{} headings are years, {first} to {last}", years.len());
    Recognized::new(Sureness::Likely, why)
}

fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let mut plan = Plan::new(request);
    request.bind_keys(&mut plan, &["period"])?;
    let default = request.table.measures.iter().find(|column| column.required);
    let measure = match (&request.spec.value, default) {
        (Some(measure), _) => measure.clone(),
        (None, Some(column)) => column.name.to_owned(),
        (None, None) => {
            let message = "the wide layout must be told which measure the cells hold";
            let remedy = "for instance value = \"employment\"";
            return Err(request.refuse(codes::NO_MEASURE, message, remedy));
        }
    };
    bind_periods(request, &mut plan, &measure)?;
    request.bind_filters(&mut plan)?;
    Ok(plan)
}

/// Binds `period` and `measure` to the period columns.
pub(super) fn bind_periods(
    request: &Request<'_>,
    plan: &mut Plan,
    measure: &str,
) -> Result<(), DataError> {
    let Some(place) = request.table.keys.iter().position(|key| key.name == "period") else {
        let message = format!("the table `{}` has no periods", request.table.name);
        return Err(request.refuse(codes::BAD_SETTING, message, "set reader = \"tidy\""));
    };
    let taken: Vec<usize> = plan
        .bindings
        .iter()
        .filter_map(|binding| match binding {
            Binding::Column(column) => Some(*column),
            _ => None,
        })
        .collect();
    plan.periods = match &request.spec.periods_across {
        Some(headings) => {
            let period = |heading: &String| {
                let column = request.heading(heading, "periods_across")?;
                let digits: String = heading.chars().filter(char::is_ascii_digit).collect();
                digits.parse().map(|period| (column, period)).map_err(|_| {
                    let message = format!("the heading `{heading}` holds no whole number");
                    request.refuse(codes::NO_PERIODS, message, "name headings such as `2019`")
                })
            };
            headings.iter().map(period).collect::<Result<_, _>>()?
        }
        None => request
            .headings
            .iter()
            .enumerate()
            .filter(|(column, _)| !taken.contains(column))
            .filter_map(|(column, heading)| Some((column, year_in_heading(heading)?)))
            .collect(),
    };
    if plan.periods.is_empty() {
        let message = format!("no heading is a year: {}", request.headings.join(", "));
        let remedy = "name them: periods_across = [\"…\"], or set reader = \"tidy\"";
        return Err(request.refuse(codes::NO_PERIODS, message, remedy));
    }
    for (place, (_, period)) in plan.periods.iter().enumerate() {
        if plan.periods[..place].iter().any(|(_, earlier)| earlier == period) {
            let message = format!("two headings stand for the period {period}");
            let remedy = "name the ones you mean: periods_across = [\"…\"]";
            return Err(request.refuse(codes::HEADING_TWICE, message, remedy));
        }
    }
    // Keys stand in the table's order in every frame.
    let before = request.table.keys[..place].iter().map(|key| key.name);
    let before: Vec<&str> = before.collect();
    let at = plan.targets.iter().filter(|t| before.contains(&t.name.as_str())).count();
    plan.targets.insert(at, request.target("period")?);
    plan.bindings.insert(at, Binding::Across);
    plan.bind(request.target(measure)?, Binding::Across);
    Ok(())
}
