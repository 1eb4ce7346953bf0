//! The study as a whole.

use serde::Serialize;
use utoipa::ToSchema;

use super::{FileForm, NoteForm, RunState, Words};

/// The server.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Server {
    /// The program's version.
    pub(crate) version: String,
    /// The hash of the source that decides numbers.
    pub(crate) code: String,
    /// The version of this interface.
    pub(crate) api: u32,
    /// Whether a change of a file starts a run.
    pub(crate) watching: bool,
    /// Whether reading needs the token too.
    pub(crate) token_needed: bool,
    /// Whether the dashboard's page is in this program.
    pub(crate) page: bool,
    /// Seconds since the start.
    pub(crate) uptime_s: u64,
    /// Counts the states of the study that this server has seen.
    pub(crate) generation: u64,
    /// What is being run.
    pub(crate) run: RunState,
    /// The languages spoken.
    pub(crate) langs: Vec<String>,
}

/// Whether the server is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`.
    pub(crate) status: String,
}

/// The years studied.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Years {
    /// First.
    pub(crate) from: i32,
    /// Last.
    pub(crate) to: i32,
}

/// The regions of a study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Geo {
    /// The code system.
    pub(crate) system: String,
    /// The date or edition of the codes.
    pub(crate) vintage: String,
    /// The level.
    pub(crate) level: String,
    /// `areas`, `tiles` or `none`.
    pub(crate) map: String,
    /// The approval number of the map and similar notices.
    pub(crate) notice: Option<Words>,
    /// The grouping used where one is needed.
    pub(crate) main_group: Option<String>,
}

/// The industries of a study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Industry {
    /// The classification.
    pub(crate) system: String,
    /// Its edition.
    pub(crate) version: String,
    /// The level.
    pub(crate) level: String,
    /// The industry whose concentration is followed over time.
    pub(crate) focus: Option<String>,
}

/// The measure studied.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Measured {
    /// The column of `activity` that the indices use.
    pub(crate) value: Option<String>,
    /// The column of `activity` that the long series uses.
    pub(crate) focus_value: Option<String>,
    /// The unit of the first.
    pub(crate) unit: String,
}

/// How the last run ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LastRun {
    /// The program's version.
    pub(crate) version: String,
    /// The hash of the source that decides numbers.
    pub(crate) code: String,
    /// The seed.
    pub(crate) seed: u64,
    /// Its id.
    pub(crate) id: String,
    /// Steps with an answer.
    pub(crate) answered: usize,
    /// Steps with an honest refusal.
    pub(crate) refused: usize,
    /// Steps with an error.
    pub(crate) failed: usize,
    /// Whether files changed since.
    pub(crate) stale: bool,
    /// Which.
    pub(crate) stale_because: Vec<String>,
}

/// A chapter with what became of its questions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ChapterForm {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: Words,
    /// Steps with an answer.
    pub(crate) answered: usize,
    /// Steps with an honest refusal.
    pub(crate) refused: usize,
    /// Steps with an error.
    pub(crate) failed: usize,
    /// Methods that the tables do not allow yet.
    pub(crate) locked: usize,
    /// Its steps.
    pub(crate) steps: Vec<String>,
}

/// One `[[data]]` block as read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Block {
    /// Its name.
    pub(crate) name: String,
    /// The canonical table it fills.
    pub(crate) table: String,
    /// Its files.
    pub(crate) files: Vec<FileForm>,
    /// The reader.
    pub(crate) reader: String,
    /// The encoding.
    pub(crate) encoding: String,
    /// Rows in the files.
    pub(crate) rows_read: u64,
    /// Rows that became part of the table.
    pub(crate) rows_used: u64,
    /// Rows that did not.
    pub(crate) rows_rejected: u64,
    /// Rows used that are totals.
    pub(crate) rows_totals: u64,
    /// Rows that the filter left aside.
    pub(crate) rows_filtered: u64,
    /// Lines with remarks of the publisher.
    pub(crate) rows_notes: u64,
    /// Who published the figures.
    pub(crate) source: Words,
    /// What may be done with them.
    pub(crate) license: String,
    /// What the reader remarked.
    pub(crate) notes: Vec<NoteForm>,
}

/// A method that the tables do not allow yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Locked {
    /// The method.
    pub(crate) method: String,
    /// Its title.
    pub(crate) title: Words,
    /// Its chapter.
    pub(crate) chapter: String,
    /// What it needs.
    pub(crate) needs: Words,
}

/// A step without an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Unanswered {
    /// The step.
    pub(crate) step: String,
    /// Its method.
    pub(crate) method: String,
    /// The method's title.
    pub(crate) title: Words,
    /// `refused` or `failed`.
    pub(crate) status: String,
    /// Why.
    pub(crate) reason: String,
}

/// The (n, k) rule.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct DominanceForm {
    /// How many of the largest contributors.
    pub(crate) n: u32,
    /// The share, from 0 to 1.
    pub(crate) k: f64,
}

/// What must not leave.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Disclosure {
    /// The fewest establishments behind a published cell.
    pub(crate) minimum_count: u32,
    /// The dominance rule.
    pub(crate) dominance: Option<DominanceForm>,
    /// The p % rule.
    pub(crate) p_percent: Option<f64>,
    /// Whether further cells are withheld to protect these.
    pub(crate) complementary: bool,
}

/// What to do next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Next {
    /// `run`, `report`, `check` or `add-table`.
    pub(crate) code: String,
    /// English.
    pub(crate) en: String,
    /// Chinese.
    pub(crate) zh: String,
    /// The command.
    pub(crate) command: String,
}

/// A study.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Study {
    /// A short name.
    pub(crate) id: String,
    /// The title.
    pub(crate) title: Words,
    /// Who made it.
    pub(crate) authors: Vec<String>,
    /// The years studied; all there are when `null`.
    pub(crate) period: Option<Years>,
    /// The seed of every random draw.
    pub(crate) seed: u64,
    /// Whether the data are generated.
    pub(crate) artificial: bool,
    /// What a reader must know about the data as a whole.
    pub(crate) remarks: Vec<Words>,
    /// Regions.
    pub(crate) geo: Geo,
    /// Industries.
    pub(crate) industry: Industry,
    /// The measure studied.
    pub(crate) measure: Measured,
    /// The languages of the report.
    pub(crate) langs: Vec<String>,
    /// The last run; `null` before the first.
    pub(crate) run: Option<LastRun>,
    /// The chapters, in order.
    pub(crate) chapters: Vec<ChapterForm>,
    /// What was read.
    pub(crate) data: Vec<Block>,
    /// What one more table would add.
    pub(crate) locked: Vec<Locked>,
    /// What has no answer.
    pub(crate) refused: Vec<Unanswered>,
    /// What a reader must know, of all steps, each once.
    pub(crate) notes: Vec<NoteForm>,
    /// What must not leave.
    pub(crate) disclosure: Option<Disclosure>,
    /// What to do next.
    pub(crate) next: Vec<Next>,
    /// The command that gives the same.
    pub(crate) command: String,
    /// The Python call that gives the same.
    pub(crate) python: String,
}

/// A region.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Region {
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: Words,
    /// Longitude in degrees, where known.
    pub(crate) lon: Option<f64>,
    /// Latitude in degrees, where known.
    pub(crate) lat: Option<f64>,
    /// Grouping = the groups it belongs to.
    pub(crate) groups: std::collections::BTreeMap<String, Vec<String>>,
}

/// A code with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    /// The code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: Words,
}

/// A grouping of regions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Grouping {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: Words,
    /// Whether a region may belong to several groups.
    pub(crate) overlapping: bool,
    /// Where it comes from.
    pub(crate) source: String,
    /// Its groups.
    pub(crate) groups: Vec<Named>,
}

/// A measure of a canonical table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MeasureForm {
    /// Its name.
    pub(crate) name: String,
    /// Its unit.
    pub(crate) unit: String,
    /// The table.
    pub(crate) table: String,
}

/// An indicator of the ranking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Indicator {
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: Words,
    /// What it is part of.
    pub(crate) dimension: Option<String>,
    /// `+` more is better, `-` less is better.
    pub(crate) direction: String,
    /// Its unit.
    pub(crate) unit: String,
    /// The weight that the study gives it.
    pub(crate) weight: Option<f64>,
}

/// A kind of gap.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GapForm {
    /// Its code.
    pub(crate) code: String,
    /// The reason in words.
    pub(crate) reason: Words,
    /// What is drawn alike: `missing`, `suppressed`, `below_unit`, `not_applicable` or `undefined`.
    pub(crate) group: String,
}

/// What numbers run along.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Axes {
    /// The regions, by code.
    pub(crate) regions: Vec<Region>,
    /// The industries, by code.
    pub(crate) industries: Vec<Named>,
    /// The periods, ascending.
    pub(crate) periods: Vec<i64>,
    /// The groupings of regions.
    pub(crate) groupings: Vec<Grouping>,
    /// The measures of `activity`.
    pub(crate) measures: Vec<MeasureForm>,
    /// The indicators of the ranking.
    pub(crate) indicators: Vec<Indicator>,
    /// Every kind of gap.
    pub(crate) gaps: Vec<GapForm>,
}
