//! Which methods a study's tables allow, on which inputs: the questions of every chapter as values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agglo_core::{Coded, Column, Datum, Frame, Period, Text, Values};
use agglo_methods::catalog::{InputColumn, Method};
use agglo_methods::{Options, find};

use crate::binding::{Binding, Source};
use crate::spec::{FILE_NAME, Spec, SpecError};

mod claims;
mod diagnose;
mod evaluate;
mod identify;
pub(crate) mod own;
mod rank;
mod regression;
mod space;
mod status;
mod transfer;
mod variables;

/// One question of the study to one method.
#[derive(Clone)]
pub struct Step {
    /// The step's name, the first part of its numbers' addresses.
    pub id: String,
    /// The method asked.
    pub method: &'static Method,
    /// The variant asked for; the method's default when absent.
    pub variant: Option<String>,
    /// The options given.
    pub options: Options,
    /// The method's table = how it is cut.
    pub inputs: Vec<(String, Binding)>,
}

/// A method that the study's tables do not allow yet.
pub struct Locked {
    /// The method.
    pub method: &'static Method,
    /// What it needs.
    pub needs: Text,
}

/// What a study will compute.
#[derive(Default)]
pub struct Plan {
    /// The steps, each after those it draws on.
    pub steps: Vec<Step>,
    /// What one more table would add.
    pub locked: Vec<Locked>,
    /// Questions of the study file that cannot be asked, and why.
    pub faults: Vec<String>,
}

/// What is known of a study's tables when it is planned.
pub struct Facts<'a> {
    /// The study.
    pub spec: &'a Spec,
    /// The tables by name.
    pub tables: &'a BTreeMap<String, std::sync::Arc<Frame>>,
}

impl Facts<'_> {
    fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|frame| frame.has(column))
    }

    fn has_columns(&self, table: &str, columns: &[&str]) -> bool {
        columns.iter().all(|column| self.has_column(table, column))
    }

    /// Those of `columns` that the table has.
    fn present<'c>(&self, table: &str, columns: &[&'c str]) -> Vec<&'c str> {
        columns.iter().copied().filter(|column| self.has_column(table, column)).collect()
    }

    /// The measure studied: as the study file says, else the first number column of `activity`.
    pub fn measure(&self) -> Option<String> {
        let activity = self.tables.get("activity")?;
        self.spec.measure.value.clone().or_else(|| {
            let numbers = |c: &&agglo_core::Column| matches!(c.values(), Values::Number(_));
            activity.columns().iter().find(numbers).map(|c| c.name().to_owned())
        })
    }

    /// The measure of the focus industry's long series.
    fn focus_measure(&self) -> Option<String> {
        self.spec.measure.focus_value.clone().or_else(|| self.measure())
    }

    /// The periods of a table within the study's period in which one of `columns` holds a number;
    /// every period when no column is named.
    fn known_periods(&self, table: &str, columns: &[&str]) -> BTreeMap<Period, usize> {
        let mut known = BTreeMap::new();
        let Some(frame) = self.tables.get(table) else { return known };
        let Ok(Values::Integer(periods)) = frame.column("period").map(Column::values) else {
            return known;
        };
        let Some(periods) = periods.iter().copied().collect::<Option<Vec<i64>>>() else {
            return known;
        };
        let cells: Vec<&Values> =
            columns.iter().filter_map(|c| frame.column(c).ok()).map(Column::values).collect();
        let holds_number = |column: &&&Values, row: usize| match column {
            Values::Number(cells) => cells[row].number().is_some(),
            Values::Integer(cells) => cells[row].is_some(),
            Values::Text(_) => false,
        };
        let chosen = self.spec.study.period;
        let mut row = 0;
        // Rows mostly stand period by period.
        for same in periods.chunk_by(|a, b| a == b) {
            let (rows, period) = (row..row + same.len(), same[0] as Period);
            row = rows.end;
            if chosen.is_some_and(|c| period < c.from || c.to < period) {
                continue;
            }
            let n: usize =
                rows.map(|row| cells.iter().filter(|c| holds_number(c, row)).count()).sum();
            if columns.is_empty() || n > 0 {
                *known.entry(period).or_insert(0) += n;
            }
        }
        known
    }

    /// The first and last period of a table in which one of `columns` holds a number.
    fn span(&self, table: &str, columns: &[&str]) -> Option<(Period, Period)> {
        let known = self.known_periods(table, columns);
        Some((*known.keys().next()?, *known.keys().next_back()?))
    }

    /// The first and last period of a table, within the study's period.
    pub fn periods(&self, table: &str) -> Option<(Period, Period)> {
        self.span(table, &[])
    }

    /// The last period of a table, as a span.
    fn latest(&self, table: &str) -> Option<(Period, Period)> {
        self.periods(table).map(|(_, to)| (to, to))
    }

    /// The period in which `columns` hold the most numbers, the later of equals, as a span.
    fn fullest(&self, table: &str, columns: &[&str]) -> Option<(Period, Period)> {
        let known = self.known_periods(table, columns);
        known.into_iter().max_by_key(|&(period, n)| (n, period)).map(|(period, _)| (period, period))
    }

    fn n_distinct(&self, table: &str, column: &str) -> usize {
        let cells = self.tables.get(table).and_then(|frame| frame.text(column).ok());
        cells.map_or(0, |cells| Coded::new(cells.iter().map(Option::as_ref)).codes().len())
    }

    /// Whether a number of this column is above 0.
    fn any_above_zero(&self, table: &str, column: &str) -> bool {
        let numbers = self.tables.get(table).and_then(|frame| frame.numbers(column).ok());
        let mut numbers = numbers.into_iter().flatten().filter_map(Datum::number);
        numbers.any(|number| number > 0.0)
    }

    /// The periods of the measure studied.
    fn measure_span(&self) -> Option<(Period, Period)> {
        self.span("activity", &[self.measure()?.as_str()])
    }

    /// The last period of the measure studied, as a span.
    fn measure_latest(&self) -> Option<(Period, Period)> {
        self.measure_span().map(|(_, to)| (to, to))
    }

    /// Cells of the measure studied, in these periods.
    fn cells(&self, periods: Option<(Period, Period)>) -> Option<Binding> {
        let measure = self.measure()?;
        let keys = self.present("activity", &["region", "industry", "period"]);
        let cells = Binding::table("activity").all(&keys).take("value", &measure);
        Some(cells.between(periods).known("value"))
    }

    /// Cells of the focus industry in its own measure, where the study has a focus.
    fn focus_cells(&self) -> Option<Binding> {
        let focus = self.spec.industry.focus.as_deref()?;
        let measure = self.focus_measure()?;
        let keys = self.present("activity", &["region", "industry", "period"]);
        let cells = Binding::table("activity").all(&keys).take("value", &measure);
        let span = self.span("activity", &[&measure]);
        Some(cells.keep("industry", &[focus]).between(span).known("value"))
    }

    /// Totals of the regions: the focus industry, or all industries together.
    fn region_totals(&self) -> Option<Binding> {
        let keys = self.present("activity", &["region", "period"]);
        let cells = self.focus_cells().or_else(|| self.cells(self.measure_span()))?;
        let has_industry = cells.columns.iter().any(|(role, _)| role == "industry");
        Some(match self.spec.missing.gaps.as_str() {
            "drop-periods" => cells.sum_by(&keys).gapless("value"),
            "drop-industries" if has_industry => cells.whole("industry", "value").sum_by(&keys),
            _ => cells.sum_by(&keys),
        })
    }

    /// The measure of the regions' totals: that of the focus industry, where there is one.
    fn totals_measure(&self) -> Option<String> {
        self.focus_cells().and(self.focus_measure()).or_else(|| self.measure())
    }

    /// The periods of the regions' totals.
    fn totals_span(&self) -> Option<(Period, Period)> {
        self.span("activity", &[self.totals_measure()?.as_str()])
    }

    /// How many periods the regions' totals have.
    fn n_total_periods(&self) -> usize {
        let measure = self.totals_measure();
        measure.map_or(0, |measure| self.known_periods("activity", &[&measure]).len())
    }

    /// Income per head of the regions, where it is known.
    fn income(&self) -> Option<Binding> {
        self.has_columns("region_year", &["gdp", "population", "period"]).then(|| {
            Binding::table("region_year")
                .all(&["region", "period"])
                .ratio("value", "gdp", "population")
                .take("weight", "population")
                .between(self.periods("region_year"))
        })
    }

    /// A canonical table as `method` reads it: the columns of the method's row that the table has;
    /// `None` where the table is absent or lacks one the method cannot do without.
    fn own(&self, method: &str, table: &str) -> Option<Binding> {
        let method = find(method)?;
        let input = method.inputs.iter().find(|input| input.table == table)?;
        let lacks = |column: &InputColumn| column.required && !self.has_column(table, column.name);
        if !self.has(table) || input.columns.iter().any(lacks) {
            return None;
        }
        let names: Vec<&str> = input.columns.iter().map(|column| column.name).collect();
        Some(Binding::table(table).all(&self.present(table, &names)))
    }

    fn grouping(&self, name: Option<&str>) -> Option<Source> {
        name.or(self.spec.main_group()).map(|name| Source::Group(name.to_owned()))
    }
}

impl Plan {
    /// The plan of a study with these tables.
    pub fn new(facts: &Facts<'_>) -> Plan {
        let mut plan = Plan::default();
        status::plan(facts, &mut plan);
        space::plan(facts, &mut plan);
        transfer::plan(facts, &mut plan);
        identify::plan(facts, &mut plan);
        rank::plan(facts, &mut plan);
        diagnose::plan(facts, &mut plan);
        evaluate::plan(facts, &mut plan);
        claims::plan(facts, &mut plan);
        regression::plan(facts, &mut plan);
        plan.steps.retain(|step| !facts.spec.measure.skip.iter().any(|id| id == step.method.id));
        let ids: BTreeSet<String> = plan.steps.iter().map(|step| step.id.clone()).collect();
        plan.steps.retain(|step| {
            step.inputs
                .iter()
                .flat_map(|(_, binding)| binding.sources())
                .all(|source| !matches!(source, Source::Step { step, .. } if !ids.contains(step)))
        });
        plan
    }

    /// The plan of a study with these tables, whose file asks for nothing that cannot be asked.
    ///
    /// # Errors
    /// [`SpecError::Invalid`] with the questions that cannot be asked.
    pub fn sound(facts: &Facts<'_>, root: &Path) -> Result<Plan, SpecError> {
        let plan = Plan::new(facts);
        if plan.faults.is_empty() {
            return Ok(plan);
        }
        Err(SpecError::Invalid { file: root.join(FILE_NAME), message: plan.faults.join("\n") })
    }

    /// Adds a step of `method` under the name `id`, with the study's choices applied.
    fn add(&mut self, facts: &Facts<'_>, id: &str, method: &str, inputs: Vec<(&str, Binding)>) {
        self.add_with(facts, id, method, None, Options::new(), inputs);
    }

    fn add_with(
        &mut self,
        facts: &Facts<'_>,
        id: &str,
        method: &str,
        variant: Option<&str>,
        mut options: Options,
        inputs: Vec<(&str, Binding)>,
    ) {
        let Some(method) = find(method) else { panic!("the plan names no method `{method}`") };
        let measure = &facts.spec.measure;
        let gaps = &facts.spec.missing.gaps;
        if method.options.iter().any(|option| option.name == "gaps" && option.accepts(gaps)) {
            options = options.with("gaps", gaps.clone());
        }
        for (name, value) in measure.options.get(method.id).into_iter().flatten() {
            options = options.with(name, value.to_string());
        }
        let variant =
            variant.map(str::to_owned).or_else(|| measure.variants.get(method.id).cloned());
        let inputs = inputs.into_iter().map(|(table, b)| (table.to_owned(), b)).collect();
        self.steps.push(Step { id: id.to_owned(), method, variant, options, inputs });
    }

    /// The factor intensity of each industry: the study's own table, else what the step
    /// `factor-intensity` finds.
    fn intensity(&self, facts: &Facts<'_>) -> Option<Binding> {
        let binding = if facts.has_columns("intensity", &["industry", "intensity"]) {
            Binding::table("intensity")
        } else if self.steps.iter().any(|step| step.id == "factor-intensity") {
            Binding::step("factor-intensity", "intensity")
        } else {
            return None;
        };
        Some(binding.all(&["industry", "intensity"]))
    }

    /// Says what `method` needs and the study lacks.
    fn lock(&mut self, method: &str, en: &'static str, zh: &'static str) {
        let Some(method) = find(method) else { panic!("the plan names no method `{method}`") };
        self.locked.push(Locked { method, needs: Text::new(en, zh) });
    }
}
