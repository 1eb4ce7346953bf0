//! How every surface asks a method: inputs by name, a variant, options, a seed; tables come back.

use std::collections::BTreeMap;
use std::sync::Arc;

use agglo_core::{
    Absent, Activity, Cancelled, Completed, Control, Frame, FrameError, GapPolicy, Note, Panel,
    PanelError, Period, Seed,
};

use crate::catalog::{ACTIVITY, Method, OptionSpec};

/// Why a method gave no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MethodError {
    /// A table that the method needs is not there.
    #[error("`{method}` needs the table `{table}`")]
    NoTable {
        /// The method.
        method: &'static str,
        /// The table.
        table: String,
    },
    /// A variant that the method does not have.
    #[error("`{method}` has no variant `{found}`; it has {allowed}")]
    Variant {
        /// The method.
        method: &'static str,
        /// What was asked for.
        found: String,
        /// What there is.
        allowed: String,
    },
    /// An option that the method does not have, or with a value it does not accept.
    #[error("`{method}` does not take `{option} = {found}`; allowed: {allowed}")]
    Option {
        /// The method.
        method: &'static str,
        /// The option.
        option: String,
        /// Its value.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// The cells do not make a panel.
    #[error(transparent)]
    Panel(#[from] PanelError),
    /// A table lacks a column or has the wrong kind in it.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The data contradict themselves or the method; the text says where and what to do.
    #[error("{what}")]
    Data {
        /// What is wrong and what to do.
        what: String,
    },
    /// The data are sound and too few, or cannot answer this question: an honest refusal.
    #[error("{what}")]
    NotIdentified {
        /// What is lacking.
        what: String,
    },
    /// The run was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The tables given to a method, under the names its catalogue row uses.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    frames: BTreeMap<String, Arc<Frame>>,
    panels: BTreeMap<String, Arc<Panel>>,
}

impl Inputs {
    /// No table yet.
    pub fn new() -> Inputs {
        Inputs::default()
    }

    /// With `frame` as table `name`.
    pub fn with(mut self, name: &str, frame: impl Into<Arc<Frame>>) -> Inputs {
        self.frames.insert(name.to_owned(), frame.into());
        self
    }

    /// With `panel` as table `name`, for callers that hold one already.
    pub fn with_panel(mut self, name: &str, panel: impl Into<Arc<Panel>>) -> Inputs {
        self.panels.insert(name.to_owned(), panel.into());
        self
    }

    /// Whether table `name` is there.
    pub fn has(&self, name: &str) -> bool {
        self.frames.contains_key(name) || self.panels.contains_key(name)
    }
}

/// Options as given; what is not given has the catalogue's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// No option given.
    pub fn new() -> Options {
        Options::default()
    }

    /// With `name` set to `value`.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Options {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Those given, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All options of `method` with the value that holds.
    pub fn resolved(&self, method: &Method) -> BTreeMap<&'static str, String> {
        let value = |spec: &OptionSpec| {
            self.0.get(spec.name).cloned().unwrap_or_else(|| spec.default.to_owned())
        };
        method.options.iter().map(|spec| (spec.name, value(spec))).collect()
    }
}

/// One question to one method.
pub struct Call<'a> {
    method: &'static Method,
    variant: &'static str,
    inputs: &'a Inputs,
    options: &'a Options,
    seed: Seed,
    control: Control<'a>,
}

impl<'a> Call<'a> {
    /// A checked question; `variant` is the method's default when `None`.
    ///
    /// # Errors
    /// [`MethodError::Variant`], [`MethodError::Option`] and [`MethodError::NoTable`].
    pub fn new(
        method: &'static Method,
        variant: Option<&str>,
        inputs: &'a Inputs,
        options: &'a Options,
        seed: Seed,
        control: Control<'a>,
    ) -> Result<Call<'a>, MethodError> {
        let variant = match variant {
            None => method.variants[0].id,
            Some(id) => {
                method
                    .variant(id)
                    .ok_or_else(|| MethodError::Variant {
                        method: method.id,
                        found: id.to_owned(),
                        allowed: join(method.variants.iter().map(|v| v.id)),
                    })?
                    .id
            }
        };
        for (name, value) in options.iter() {
            let spec = method.options.iter().find(|spec| spec.name == name);
            if !spec.is_some_and(|spec| spec.accepts(value)) {
                return Err(MethodError::Option {
                    method: method.id,
                    option: name.to_owned(),
                    found: value.to_owned(),
                    allowed: spec.map_or_else(
                        || format!("the options {}", join(method.options.iter().map(|o| o.name))),
                        OptionSpec::allowed,
                    ),
                });
            }
        }
        for input in method.inputs.iter().filter(|input| input.required) {
            if !inputs.has(input.table) {
                return Err(MethodError::NoTable {
                    method: method.id,
                    table: input.table.to_owned(),
                });
            }
        }
        Ok(Call { method, variant, inputs, options, seed, control })
    }

    /// Asks the method.
    ///
    /// # Errors
    /// Whatever the method's module names.
    pub fn run(&self) -> Result<Answer, MethodError> {
        let answer = (self.method.run)(self)?;
        if !self.drops_periods() || !self.has(ACTIVITY.table) {
            return Ok(answer);
        }
        let (_, dropped) = self.whole_panel(ACTIVITY.table)?.gapless();
        Ok(answer.noting(periods_note(&dropped)))
    }

    fn drops_periods(&self) -> bool {
        self.method.options.iter().any(|spec| spec.name == "gaps")
            && self.gap_policy() == GapPolicy::DropPeriods
    }

    /// The method asked.
    pub fn method(&self) -> &'static Method {
        self.method
    }

    /// The variant asked for.
    pub fn variant(&self) -> &'static str {
        self.variant
    }

    /// The seed.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Progress and cancelling.
    pub fn control(&self) -> &Control<'a> {
        &self.control
    }

    /// Whether an optional table was given.
    pub fn has(&self, table: &str) -> bool {
        self.inputs.has(table)
    }

    /// A table.
    ///
    /// # Errors
    /// [`MethodError::NoTable`].
    pub fn frame(&self, table: &str) -> Result<&Frame, MethodError> {
        self.inputs
            .frames
            .get(table)
            .map(AsRef::as_ref)
            .ok_or_else(|| MethodError::NoTable { method: self.method.id, table: table.to_owned() })
    }

    /// A table of cells.
    ///
    /// # Errors
    /// [`MethodError::NoTable`] and [`MethodError::Panel`].
    pub fn panel(&self, table: &str) -> Result<Arc<Panel>, MethodError> {
        let panel = self.whole_panel(table)?;
        if !self.drops_periods() {
            return Ok(panel);
        }
        let (kept, dropped) = panel.gapless();
        if kept.periods().is_empty() {
            let n = dropped.len();
            return Err(MethodError::NotIdentified {
                what: format!("each of the {n} periods holds a cell without a number"),
            });
        }
        Ok(Arc::new(kept))
    }

    fn whole_panel(&self, table: &str) -> Result<Arc<Panel>, MethodError> {
        match self.inputs.panels.get(table) {
            Some(panel) => Ok(panel.clone()),
            None => Ok(Arc::new(Panel::from_frame(self.frame(table)?, Absent::Missing)?)),
        }
    }

    /// The value of an option.
    ///
    /// # Panics
    /// When the method's row does not name the option: a bug.
    pub fn option(&self, name: &str) -> &str {
        if let Some(value) = self.options.0.get(name) {
            return value;
        }
        match self.method.options.iter().find(|spec| spec.name == name) {
            Some(spec) => spec.default,
            None => panic!("`{}` names no option `{name}`", self.method.id),
        }
    }

    /// The value of a number option.
    ///
    /// # Panics
    /// When the option is not a number option: a bug.
    pub fn option_number(&self, name: &str) -> f64 {
        self.option(name).parse().unwrap_or_else(|_| panic!("`{name}` is no number option"))
    }

    /// The value of a whole-number option.
    ///
    /// # Panics
    /// When the option is not a whole-number option: a bug.
    pub fn option_integer(&self, name: &str) -> usize {
        self.option(name).parse().unwrap_or_else(|_| panic!("`{name}` is no whole-number option"))
    }

    /// The policy for gaps, from the option `gaps`.
    pub fn gap_policy(&self) -> GapPolicy {
        GapPolicy::from_name(self.option("gaps")).unwrap_or_default()
    }

    /// Runs `each` on every period of table `activity`, gaps settled by the option `gaps`, and
    /// returns what the policy did as notes.
    ///
    /// # Errors
    /// As [`Call::panel`], and what the policy refuses.
    pub fn each_period(
        &self,
        mut each: impl FnMut(Period, &Activity) -> Result<(), MethodError>,
    ) -> Result<Vec<Note>, MethodError> {
        let panel = self.panel("activity")?;
        let mut notes = Vec::new();
        for (period_idx, &period) in panel.periods().iter().enumerate() {
            self.control.step(period_idx as u64, panel.periods().len() as u64)?;
            let completed = panel.complete(period_idx, self.gap_policy())?;
            notes.extend(gap_notes(period, &completed));
            each(period, &completed.activity)?;
        }
        Ok(notes)
    }
}

fn join<'s>(words: impl Iterator<Item = &'s str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

/// The periods that were left out, for the reader.
fn periods_note(dropped: &[Period]) -> Option<Note> {
    if dropped.is_empty() {
        return None;
    }
    let list = dropped.iter().map(ToString::to_string).collect::<Vec<_>>();
    Some(Note::new(
        "periods-dropped",
        format!("periods with gaps were left out: {}", list.join(", ")),
        format!("剔除含缺口的年份：{}", list.join("、")),
    ))
}

/// What a gap policy did in one period, for the reader.
pub fn gap_notes(period: Period, completed: &Completed) -> Vec<Note> {
    let mut notes = Vec::new();
    let list = |codes: &[Arc<str>]| {
        let shown = join(codes.iter().take(5).map(AsRef::as_ref));
        if codes.len() > 5 { format!("{shown}, …") } else { shown }
    };
    let (regions, industries) = (&completed.dropped_regions, &completed.dropped_industries);
    if !regions.is_empty() {
        let (n, codes) = (regions.len(), list(regions));
        notes.push(Note::new(
            "regions-dropped",
            format!("{period}: {n} regions with gaps were left out ({codes})"),
            format!("{period} 年：剔除含缺口的地区 {n} 个（{codes}）"),
        ));
    }
    if !industries.is_empty() {
        let (n, codes) = (industries.len(), list(industries));
        notes.push(Note::new(
            "industries-dropped",
            format!("{period}: {n} industries with gaps were left out ({codes})"),
            format!("{period} 年：剔除含缺口的行业 {n} 个（{codes}）"),
        ));
    }
    if completed.n_zeroed > 0 {
        let n = completed.n_zeroed;
        notes.push(Note::new(
            "gaps-as-zero",
            format!("{period}: {n} cells without a number were counted as zero"),
            format!("{period} 年：{n} 个无数值的单元格按零计"),
        ));
    }
    notes
}

/// What a method answers: its main table first, then the others of its catalogue row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Tables by name, in the catalogue's order.
    pub tables: Vec<(String, Frame)>,
    /// What the reader must know.
    pub notes: Vec<Note>,
}

impl Answer {
    /// An answer of one table.
    pub fn one(name: &str, frame: Frame) -> Answer {
        Answer { tables: vec![(name.to_owned(), frame)], notes: Vec::new() }
    }

    /// With one more table.
    pub fn and(mut self, name: &str, frame: Frame) -> Answer {
        self.tables.push((name.to_owned(), frame));
        self
    }

    /// With these notes.
    pub fn noting(mut self, notes: impl IntoIterator<Item = Note>) -> Answer {
        self.notes.extend(notes);
        self
    }

    /// The main table.
    ///
    /// # Panics
    /// When the method answered no table: a bug.
    pub fn main(&self) -> &Frame {
        &self.tables[0].1
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Frame> {
        self.tables.iter().find(|(table, _)| table == name).map(|(_, frame)| frame)
    }
}

/// Asks `method` by id with plain frames; what tests and small callers use.
///
/// # Errors
/// As [`Call::new`] and [`Call::run`].
///
/// # Panics
/// When there is no such method.
pub fn ask(
    id: &str,
    variant: Option<&str>,
    inputs: &Inputs,
    options: &Options,
) -> Result<Answer, MethodError> {
    let Some(method) = crate::catalog::find(id) else { panic!("there is no method `{id}`") };
    Call::new(method, variant, inputs, options, Seed::DEFAULT, Control::none())?.run()
}
