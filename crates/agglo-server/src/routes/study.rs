//! The study as a whole, and what its numbers run along.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Frame, Gap, Lang, Values};
use agglo_methods::Chapter;
use agglo_study::address::cell_text;
use agglo_study::record::{RunRecord, Status};
use agglo_study::spec::Spec;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{Asked, Shared};
use crate::app::Asking;
use crate::dto::{
    Axes, Block, ChapterForm, Disclosure, DominanceForm, FileForm, GapForm, Geo, Grouping,
    Indicator, Industry, LastRun, Locked, MeasureForm, Measured, Named, Next, NoteForm, Region,
    Study, Unanswered, Words, Years, gap_group,
};
use crate::names::codes_of;
use crate::problem::{Problem, Problems};
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::{watch, words};

/// No parameter at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The study: what it is, how its last run ended, what to do next.
#[utoipa::path(get, path = "/study", tag = "study", responses((status = 200, body = Study), Problems))]
pub(super) async fn study(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| Reply::json(&of(snapshot)?)).await
}

fn of(snapshot: &Snapshot) -> Result<Study, Problem> {
    let spec = snapshot.spec()?;
    let run = snapshot.run.as_ref();
    let last = run.map(|run| last_run(snapshot, spec, run));
    let count = |status: Status, chapter: Chapter| {
        run.map_or(0, |run| {
            run.steps
                .iter()
                .filter(|s| s.status == status && chapter_of(&s.method) == Some(chapter))
                .count()
        })
    };
    let chapters = Chapter::ALL.into_iter().map(|chapter| ChapterForm {
        id: chapter.id().to_owned(),
        title: chapter.title().into(),
        answered: count(Status::Answered, chapter),
        refused: count(Status::Refused, chapter),
        failed: count(Status::Failed, chapter),
        locked: run.map_or(0, |run| {
            run.locked.iter().filter(|l| chapter_of(&l.method) == Some(chapter)).count()
        }),
        steps: run.map_or_else(Vec::new, |run| {
            let own = run.steps.iter().filter(|s| chapter_of(&s.method) == Some(chapter));
            own.map(|step| step.step.clone()).collect()
        }),
    });
    let measure = measured(snapshot, spec);
    Ok(Study {
        id: spec.study.id.clone(),
        title: (&spec.study.title).into(),
        authors: spec.study.authors.clone(),
        period: spec.study.period.map(|period| Years { from: period.from, to: period.to }),
        seed: spec.study.seed,
        artificial: spec.study.artificial,
        remarks: spec.study.remarks.iter().map(Words::from).collect(),
        geo: Geo {
            system: spec.geo.system.clone(),
            vintage: spec.geo.vintage.clone(),
            level: spec.geo.level.clone(),
            map: match (&spec.geo.boundaries, &spec.geo.tiles) {
                (Some(_), _) => "areas".to_owned(),
                (None, Some(_)) => "tiles".to_owned(),
                (None, None) => "none".to_owned(),
            },
            notice: spec.geo.map_notice.as_ref().map(Words::from),
            main_group: spec.main_group().map(str::to_owned),
        },
        industry: Industry {
            system: spec.industry.system.clone(),
            version: spec.industry.version.clone(),
            level: spec.industry.level.clone(),
            focus: spec.industry.focus.clone(),
        },
        measure,
        langs: spec.langs().into_iter().map(|lang| lang.tag().to_owned()).collect(),
        chapters: chapters.collect(),
        data: run.map_or_else(Vec::new, |run| blocks(spec, run)),
        locked: run.map_or_else(Vec::new, locked),
        refused: run.map_or_else(Vec::new, unanswered),
        notes: run.map_or_else(Vec::new, notes),
        disclosure: spec.disclosure.as_ref().map(|rules| Disclosure {
            minimum_count: rules.minimum_count,
            dominance: rules.dominance.map(|rule| DominanceForm { n: rule.n, k: rule.k }),
            p_percent: rules.p_percent,
            complementary: rules.complementary,
        }),
        next: next(run, last.as_ref()),
        run: last,
        command: "agglo run".to_owned(),
        python: words::study(&snapshot.root),
    })
}

fn chapter_of(method: &str) -> Option<Chapter> {
    agglo_methods::find(method).map(|method| method.chapter)
}

fn title_of(method: &str) -> Words {
    agglo_methods::find(method).map_or_else(|| Words::same(method), |method| method.title.into())
}

fn last_run(snapshot: &Snapshot, spec: &Spec, run: &RunRecord) -> LastRun {
    let stale_because = watch::stale(&snapshot.root, spec, run);
    let count = |status| run.steps.iter().filter(|step| step.status == status).count();
    LastRun {
        version: run.version.clone(),
        code: run.code.clone(),
        seed: run.seed,
        id: snapshot.run_id.clone().unwrap_or_default(),
        answered: count(Status::Answered),
        refused: count(Status::Refused),
        failed: count(Status::Failed),
        stale: !stale_because.is_empty(),
        stale_because,
    }
}

/// The measure studied, as the run took it.
fn measured(snapshot: &Snapshot, spec: &Spec) -> Measured {
    let read = |step: &str| {
        let run = snapshot.run.as_ref()?;
        let record = run.steps.iter().find(|record| record.step == step)?;
        record.inputs.get("activity")?.columns.get("value").cloned()
    };
    let value = spec.measure.value.clone().or_else(|| read("gini"));
    let focus_value = spec.measure.focus_value.clone().or_else(|| read("gini-focus"));
    // The unit is where the study writes it; the table itself may be large and is not read for it.
    let unit = value.as_ref().and_then(|value| {
        let mut blocks = spec.data.iter().filter(|block| block.table == "activity");
        let written = blocks.find_map(|block| block.units.get(value).cloned());
        let usual = || agglo_data::table_spec("activity")?.column(value).map(|c| c.unit.to_owned());
        written.or_else(usual)
    });
    Measured { value, focus_value, unit: unit.unwrap_or_default() }
}

fn blocks(spec: &Spec, run: &RunRecord) -> Vec<Block> {
    let block = |record: &agglo_study::record::DataRecord| {
        let written = spec.data.iter().find(|block| block.name == record.name);
        Block {
            name: record.name.clone(),
            table: record.table.clone(),
            files: record
                .files
                .iter()
                .map(|(file, hash)| FileForm {
                    block: record.name.clone(),
                    file: file.clone(),
                    blake3: hash.clone(),
                })
                .collect(),
            reader: record.reader.clone(),
            encoding: record.encoding.clone(),
            rows_read: record.rows_read,
            rows_used: record.rows_used,
            rows_rejected: record.rows_rejected,
            rows_totals: record.rows_totals,
            rows_filtered: record.rows_filtered,
            rows_notes: record.rows_notes,
            source: written.map_or_else(Words::default, |block| (&block.source).into()),
            license: written.map_or_else(String::new, |block| block.license.clone()),
            notes: record.notes.iter().map(NoteForm::from).collect(),
        }
    };
    run.data.iter().map(block).collect()
}

fn locked(run: &RunRecord) -> Vec<Locked> {
    let form = |locked: &agglo_study::record::LockedRecord| Locked {
        method: locked.method.clone(),
        title: title_of(&locked.method),
        chapter: chapter_of(&locked.method).map_or("", Chapter::id).to_owned(),
        needs: Words::new(locked.en.clone(), locked.zh.clone()),
    };
    run.locked.iter().map(form).collect()
}

fn unanswered(run: &RunRecord) -> Vec<Unanswered> {
    let steps = run.steps.iter().filter(|step| step.status != Status::Answered);
    steps
        .map(|step| Unanswered {
            step: step.step.clone(),
            method: step.method.clone(),
            title: title_of(&step.method),
            status: status_word(step.status).to_owned(),
            reason: step.reason.clone().unwrap_or_default(),
        })
        .collect()
}

/// A status as JSON has it.
pub(super) const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Answered => "answered",
        Status::Refused => "refused",
        Status::Failed => "failed",
    }
}

fn notes(run: &RunRecord) -> Vec<NoteForm> {
    let mut seen = BTreeSet::new();
    let all = run.steps.iter().flat_map(|step| &step.notes);
    all.filter(|note| seen.insert(&note.en)).map(NoteForm::from).collect()
}

fn next(run: Option<&RunRecord>, last: Option<&LastRun>) -> Vec<Next> {
    let step = |code: &str, en: &str, zh: &str, command: &str| Next {
        code: code.to_owned(),
        en: en.to_owned(),
        zh: zh.to_owned(),
        command: command.to_owned(),
    };
    let Some(run) = run else {
        return vec![step("run", "Run the study", "运行研究", "agglo run")];
    };
    let mut next = Vec::new();
    if last.is_some_and(|last| last.stale) {
        next.push(step(
            "run",
            "Files changed: run the study again",
            "文件有变动：请重新运行",
            "agglo run",
        ));
    }
    if last.is_some_and(|last| last.failed > 0)
        || run.data.iter().any(|data| data.rows_rejected > 0)
    {
        let (en, zh) = ("See what is wrong with the data", "查看数据中的问题");
        next.push(step("check", en, zh, "agglo check"));
    }
    next.push(step("report", "Write the report", "生成报告", "agglo report"));
    if let Some(locked) = run.locked.first() {
        let en = format!("One more table would add {}: {}", title_of(&locked.method).en, locked.en);
        let zh = format!("增加一张表即可得到{}：{}", title_of(&locked.method).zh, locked.zh);
        let command = format!("agglo explain {}", locked.method);
        next.push(step("add-table", &en, &zh, &command));
    }
    next
}

/// Regions, industries, periods, groupings, measures, indicators, and kinds of gaps.
#[utoipa::path(get, path = "/axes", tag = "study", responses((status = 200, body = Axes), Problems))]
pub(super) async fn axes(
    State(app): Shared,
    asking: Asking,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    app.answer(&asking, |snapshot| Reply::json(&all_axes(snapshot)?)).await
}

fn all_axes(snapshot: &Snapshot) -> Result<Axes, Problem> {
    let spec = snapshot.spec()?;
    let frame = |name: &str| -> Option<std::sync::Arc<Frame>> {
        Some(snapshot.table(name).ok()?.frame.clone())
    };
    let (activity, region, indicator) = (frame("activity"), frame("region"), frame("indicator"));
    let codes = |kind: &str, named: Vec<String>| -> Vec<String> {
        let own = activity.as_ref().map_or_else(BTreeSet::new, |frame| codes_of(frame, kind));
        if own.is_empty() { named } else { own.into_iter().collect() }
    };
    let named = |names: &crate::names::Names| names.codes().map(str::to_owned).collect();
    let regions = codes("region", named(snapshot.regions()));
    let industries = codes("industry", named(snapshot.industries()));
    let places = region.as_deref().map(places).unwrap_or_default();
    let groups = groups(snapshot)?;
    Ok(Axes {
        regions: regions
            .into_iter()
            .map(|code| {
                let (lon, lat) = places.get(&code).copied().unwrap_or_default();
                let own = groups.iter().filter_map(|(grouping, members)| {
                    let own = members.get(&code)?.iter().cloned().collect();
                    Some((grouping.clone(), own))
                });
                Region { name: snapshot.regions().of(&code), lon, lat, groups: own.collect(), code }
            })
            .collect(),
        industries: industries
            .into_iter()
            .map(|code| Named { name: snapshot.industries().of(&code), code })
            .collect(),
        periods: activity.as_deref().map(periods).unwrap_or_default(),
        groupings: groupings(snapshot, spec, &groups)?,
        measures: activity.as_deref().map(measures).unwrap_or_default(),
        indicators: indicator
            .as_deref()
            .map_or_else(Vec::new, |values| indicators(values, frame("indicator_meta").as_deref())),
        gaps: Gap::ALL
            .into_iter()
            .map(|gap| GapForm {
                code: gap.code().to_owned(),
                reason: Words::new(gap.reason(Lang::En), gap.reason(Lang::Zh)),
                group: gap_group(gap).to_owned(),
            })
            .collect(),
    })
}

fn places(region: &Frame) -> BTreeMap<String, (Option<f64>, Option<f64>)> {
    let numbers = |column: &str| region.numbers(column).ok();
    let (lon, lat) = (numbers("lon"), numbers("lat"));
    let cell = |cells: &Option<Vec<agglo_core::Datum>>, row: usize| cells.as_ref()?[row].number();
    let row = |row: usize| {
        let code = cell_text(region, "region", row)?;
        Some((code, (cell(&lon, row), cell(&lat, row))))
    };
    (0..region.n_rows()).filter_map(row).collect()
}

type Members = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Grouping → region → its groups.
fn groups(snapshot: &Snapshot) -> Result<Members, Problem> {
    let desk = snapshot.desk()?;
    let mut all = Members::new();
    for name in snapshot.spec()?.geo.groups.keys() {
        let Some(frame) = desk.group(name) else { continue };
        let members = all.entry(name.clone()).or_default();
        for row in 0..frame.n_rows() {
            let (region, group) =
                (cell_text(&frame, "region", row), cell_text(&frame, "group", row));
            if let (Some(region), Some(group)) = (region, group) {
                members.entry(region).or_default().insert(group);
            }
        }
    }
    Ok(all)
}

fn groupings(
    snapshot: &Snapshot,
    spec: &Spec,
    members: &Members,
) -> Result<Vec<Grouping>, Problem> {
    let desk = snapshot.desk()?;
    let mut groupings = Vec::new();
    for (id, written) in &spec.geo.groups {
        let codes: BTreeSet<&String> =
            members.get(id).into_iter().flat_map(BTreeMap::values).flatten().collect();
        let frame = desk.group(id);
        let name = |code: &str| {
            let named = |column: &str| {
                let frame = frame.as_ref()?;
                let row = (0..frame.n_rows())
                    .find(|&row| cell_text(frame, "group", row).as_deref() == Some(code))?;
                cell_text(frame, column, row).filter(|name| !name.is_empty())
            };
            let en = named("name").unwrap_or_else(|| code.to_owned());
            let zh = named("name_zh").unwrap_or_else(|| en.clone());
            Words { en, zh }
        };
        groupings.push(Grouping {
            id: id.clone(),
            title: if written.title.en.is_empty() {
                Words::same(id)
            } else {
                (&written.title).into()
            },
            overlapping: written.overlapping,
            source: written.source.clone(),
            groups: codes.into_iter().map(|c| Named { code: c.clone(), name: name(c) }).collect(),
        });
    }
    Ok(groupings)
}

fn periods(frame: &Frame) -> Vec<i64> {
    let Ok(Values::Integer(cells)) = frame.column("period").map(agglo_core::Column::values) else {
        return Vec::new();
    };
    cells.iter().flatten().copied().collect::<BTreeSet<i64>>().into_iter().collect()
}

fn measures(activity: &Frame) -> Vec<MeasureForm> {
    let numbers = activity.columns().iter().filter(|c| matches!(c.values(), Values::Number(_)));
    numbers
        .map(|column| MeasureForm {
            name: column.name().to_owned(),
            unit: column.unit().to_owned(),
            table: "activity".to_owned(),
        })
        .collect()
}

/// The indicators of a ranking, with what is known of each.
pub(super) fn indicators(values: &Frame, meta: Option<&Frame>) -> Vec<Indicator> {
    let about = |code: &str, column: &str| {
        let meta = meta?;
        let row = (0..meta.n_rows())
            .find(|&row| cell_text(meta, "indicator", row).as_deref() == Some(code))?;
        cell_text(meta, column, row).filter(|text| !text.is_empty())
    };
    let codes = codes_of(values, "indicator").into_iter();
    codes
        .map(|code| {
            let plain = about(&code, "name").unwrap_or_else(|| code.clone());
            let own = |column| about(&code, column).unwrap_or_else(|| plain.clone());
            Indicator {
                name: Words { en: own("name_en"), zh: own("name_zh") },
                dimension: about(&code, "dimension"),
                direction: about(&code, "direction").unwrap_or_else(|| "+".to_owned()),
                unit: about(&code, "unit").unwrap_or_default(),
                weight: about(&code, "weight").and_then(|text| text.parse().ok()),
                code,
            }
        })
        .collect()
}
