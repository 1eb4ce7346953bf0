//! Strong regional clusters by stars.
//!
//! LQ = (e_cr/e_r) / (e_c/e)      focus = e_cr/e_r      growth = CAGR of e_cr − CAGR of e_c
//! CI = (e_cr/a_r)/(e_c/a) · (e_cr/p_r)/(e_c/p) / ((e_cr/b_cr)/(e_c/b_c))
//!
//! | symbol  | meaning                                          | shape | range | unit        |
//! |---------|--------------------------------------------------|-------|-------|-------------|
//! | e       | activity of region and industry, and its totals  | R × C | ≥ 0   | any         |
//! | b       | establishments                                   | R × C | ≥ 0   | number      |
//! | a, p    | area and population                              | R     | > 0   | km², persons |
//! | CI      | cluster index of Litzenberger and Sternberg      | R × C | ≥ 0   | none        |
//!
//! A star is given where a value reaches the percentile of the regions that have the industry
//! (type 7, ties included), the fixed minimum, or both where both are set. A criterion that cannot
//! be computed gives no star and is not counted in `max_stars`. Cost: O(R C log R) per period.
//! Source: European Cluster Observatory (2007); European Cluster Panorama; U.S. Cluster Mapping
//! Project; Litzenberger and Sternberg (2006), with REAT `litzenberger`.

use agglo_core::{Column, Datum, Frame, Key, Note, Period};

use self::measure::{Cell, Extras, Star, measure};
use self::profile::{Criterion, Profile};
use self::rate::{Cut, rate};
use crate::call::{Answer, Call, MethodError, gap_notes};
use crate::catalog::{
    ACTIVITY, Chapter, GAPS, INDUSTRY, Input, Mark, Method, OUT_INDUSTRY, OUT_PERIOD, OUT_REGION,
    OptionKind, OptionSpec, OutputTable, PERIOD, REGION, Variant, number, optional, out, out_key,
};
use crate::diagnosis::thresholds::yes_no;
use agglo_core::Text;

mod index;
mod measure;
mod profile;
mod rate;

pub use index::{ClusterIndexParts, cluster_index};
pub use rate::star_cut;

const fn changed(name: &'static str, help: Text) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Text, default: "", help }
}

const PLANTS: Input = Input {
    table: "plants",
    required: false,
    columns: &[REGION, INDUSTRY, PERIOD, number("n_plants", "number of establishments", "单位数")],
};

pub(in crate::cluster) static STARS: Method = Method {
    id: "star-clusters",
    chapter: Chapter::Identify,
    title: Text::new("Strong regional clusters", "星级产业集群"),
    help: Text::new(
        "Where is an industry large, specialized, productive and growing enough to be a cluster?",
        "某行业在哪些地区规模大、专业化、效率高、增长快，足以称为集群？",
    ),
    inputs: &[
        ACTIVITY,
        Input {
            table: "productivity",
            required: false,
            columns: &[
                REGION,
                INDUSTRY,
                PERIOD,
                number("productivity", "value added or wage per worker", "劳均增加值或工资"),
            ],
        },
        PLANTS,
        Input {
            table: "region",
            required: false,
            columns: &[
                REGION,
                optional(number("area_km2", "area", "面积")),
                optional(number("population", "population", "人口")),
            ],
        },
    ],
    options: &[
        GAPS,
        changed(
            "size_percentile",
            Text::new("size star from this percentile; empty: as the profile", "规模星的百分位"),
        ),
        changed(
            "lq_percentile",
            Text::new("LQ star from this percentile; empty: as the profile", "区位商星的百分位"),
        ),
        changed(
            "lq_minimum",
            Text::new("LQ star from this LQ; empty: as the profile", "区位商星的下限"),
        ),
        changed(
            "focus_percentile",
            Text::new("focus star from this percentile; empty: as the profile", "专注度星的百分位"),
        ),
        changed(
            "productivity_percentile",
            Text::new(
                "productivity star from this percentile; empty: as the profile",
                "生产率星的百分位",
            ),
        ),
        changed(
            "growth_percentile",
            Text::new("growth star from this percentile; empty: as the profile", "增长星的百分位"),
        ),
        changed(
            "min_stars",
            Text::new("stars that make a cluster strong; empty: as the profile", "强集群所需星数"),
        ),
        changed(
            "anchor",
            Text::new(
                "criteria of which one star is needed, as `size,lq`; empty: as the profile",
                "必须至少获得其一的准则，如 size,lq",
            ),
        ),
        changed(
            "floor_share",
            Text::new(
                "least share of the industry's activity; empty: as the profile",
                "占全行业的最低份额",
            ),
        ),
        changed("floor_value", Text::new("least activity; empty: as the profile", "活动量下限")),
        changed(
            "floor_plants",
            Text::new("least establishments; empty: as the profile", "单位数下限"),
        ),
        OptionSpec {
            name: "growth_years",
            kind: OptionKind::Integer(1, 100),
            default: "5",
            help: Text::new("periods over which growth is measured", "增长率跨度（年）"),
        },
        OptionSpec {
            name: "few_regions",
            kind: OptionKind::Integer(0, 1000),
            default: "10",
            help: Text::new(
                "below so many regions with the industry, percentiles are flagged",
                "拥有该行业的地区数低于此值时标记百分位不可靠",
            ),
        },
    ],
    variants: &[
        Variant {
            id: "agglo",
            help: Text::new(
                "size P80, LQ ≥ 1.5, productivity P80, growth P80; strong from 2 stars with one of \
                 size or LQ, 0.1 % of the industry and 5 establishments",
                "规模、生产率、增长取前 20%，区位商 ≥ 1.5；至少两星且含规模或区位商星",
            ),
        },
        Variant {
            id: "eco-2007",
            help: Text::new(
                "European Cluster Observatory 2007: size P90, LQ ≥ 2, focus P90",
                "欧洲集群观察站 2007：规模、专注度前 10%，区位商 ≥ 2",
            ),
        },
        Variant {
            id: "panorama",
            help: Text::new(
                "European Cluster Panorama: size, specialization (and LQ ≥ 1.5), productivity, \
                 growth P80",
                "欧洲集群全景：规模、专业化（且区位商 ≥ 1.5）、生产率、增长前 20%",
            ),
        },
        Variant {
            id: "uscm",
            help: Text::new(
                "U.S. Cluster Mapping: LQ P75, with floors of activity and establishments",
                "美国集群地图：区位商前 25%，并设规模与单位数下限",
            ),
        },
    ],
    outputs: &[
        OutputTable {
            name: "clusters",
            columns: &[
                OUT_PERIOD,
                OUT_REGION,
                OUT_INDUSTRY,
                out("value", "value", "Activity", "活动量"),
                out("share", "1", "Share of the industry", "占全行业份额"),
                out("size_percentile", "1", "Percentile of size", "规模百分位"),
                out("lq", "1", "Location quotient", "区位商"),
                out("focus", "1", "Share of the region", "占本地份额"),
                out("productivity", "", "Productivity", "生产率"),
                out("growth", "1/period", "Growth above the industry's", "超行业增长率"),
                out("n_plants", "1", "Establishments", "单位数"),
                out("cluster_index", "1", "Cluster index", "集群指数"),
                out("stars", "1", "Stars", "星数"),
                out("max_stars", "1", "Stars that could be judged", "可评星数"),
                out("strong", "", "Strong", "强集群"),
                out("failed", "", "Why not strong", "未达标原因"),
                out("size_star", "", "Size star", "规模星"),
                out("lq_star", "", "LQ star", "区位商星"),
                out("focus_star", "", "Focus star", "专注度星"),
                out("productivity_star", "", "Productivity star", "生产率星"),
                out("growth_star", "", "Growth star", "增长星"),
                out("few_regions", "", "Percentiles unreliable", "百分位不可靠"),
            ],
        },
        OutputTable {
            name: "thresholds",
            columns: &[
                OUT_PERIOD,
                OUT_INDUSTRY,
                out_key("criterion", "Criterion", "准则"),
                out("percentile", "1", "Percentile", "百分位"),
                out("minimum", "", "Fixed minimum", "固定下限"),
                out("cut", "", "Value that gives the star", "得星界值"),
                out("n_regions", "1", "Regions compared", "比较地区数"),
                out("mark", "", "Mark", "标记"),
                out("source", "", "Source", "来源"),
            ],
        },
    ],
    formula: "LQ = (e(c,r)/e(r))/(e(c)/e);  focus = e(c,r)/e(r);  growth = CAGR e(c,r) − CAGR e(c);  \
              star where a value reaches the percentile of the regions with c, or the minimum",
    source: "European Cluster Observatory (2007); European Cluster Panorama; U.S. Cluster Mapping \
             Project; index of Litzenberger and Sternberg (2006)",
    mark: Mark::Memory,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let profile = Profile::of(call)?;
    let extras = Extras::read(call)?;
    let panel = call.panel("activity")?;
    let years = call.option_integer("growth_years") as Period;
    let mut notes = notes(call, &profile, &extras);
    let mut cells: Vec<(Period, Key, Cell)> = Vec::new();
    let mut cuts: Vec<Cut> = Vec::new();
    let mut without_base: Vec<String> = Vec::new();
    for (place, &period) in panel.periods().iter().enumerate() {
        call.control().step(place as u64, panel.periods().len() as u64)?;
        let completed = panel.complete(place, call.gap_policy())?;
        notes.extend(gap_notes(period, &completed));
        let base = match panel.period_idx(period - years) {
            Ok(base) => Some(panel.complete(base, call.gap_policy())?.activity),
            Err(_) => None,
        };
        if base.is_none() && profile.rule(Criterion::Growth).holds() {
            without_base.push(period.to_string());
        }
        let now = &completed.activity;
        for i in 0..now.n_industries() {
            let code = now.industries().code(i).clone();
            let mut rated = measure(now, i, base.as_ref(), years, period, &extras);
            let found = rate(call, &profile, &mut rated, period, &code);
            cuts.extend(found);
            cells.extend(rated.into_iter().map(|cell| (period, code.clone(), cell)));
        }
    }
    if !without_base.is_empty() {
        let list = without_base.join(", ");
        notes.push(Note::new(
            "no-base-period",
            format!("no growth for {list}: the table has no period {years} earlier"),
            format!("{list} 年无增长率：表中没有 {years} 年之前的数据"),
        ));
    }
    let value_unit = panel.unit().to_owned();
    Ok(Answer::one("clusters", clusters_frame(&cells, &value_unit)?)
        .and("thresholds", thresholds_frame(&cuts)?)
        .noting(notes))
}

fn notes(call: &Call<'_>, profile: &Profile, extras: &Extras) -> Vec<Note> {
    let mut notes = vec![Note::new(
        "profile",
        format!(
            "stars by the profile `{}`; every threshold with its mark (V compared with the source, \
             M from memory, A agglo's own) stands in the table `thresholds`",
            call.variant()
        ),
        format!(
            "按 `{}` 方案评星；各阈值及其标记（V 已核对、M 凭记忆、A 本软件约定）见 `thresholds` 表",
            call.variant()
        ),
    )];
    if profile.floor_plants.is_some() && extras.plants.is_none() {
        notes.push(Note::new(
            "plants-unchecked",
            "the floor of establishments was not checked: there is no table `plants`",
            "未检查单位数下限：没有 `plants` 表",
        ));
    }
    if profile.rule(Criterion::Productivity).holds() && extras.productivity.is_none() {
        notes.push(Note::new(
            "no-productivity",
            "no productivity star: there is no table `productivity`",
            "没有 `productivity` 表，不评生产率星",
        ));
    }
    notes
}

fn clusters_frame(cells: &[(Period, Key, Cell)], unit: &str) -> Result<Frame, MethodError> {
    let number = |name: &str, unit: &str, of: fn(&Cell) -> Datum| {
        Column::number(name, unit, cells.iter().map(|(_, _, cell)| of(cell)))
    };
    let text = |name: &str, of: &dyn Fn(&Cell) -> String| {
        Column::text(name, cells.iter().map(|(_, _, cell)| of(cell)).collect::<Vec<_>>())
    };
    let star = |criterion: Criterion| {
        text(&format!("{criterion}_star"), &|cell| cell.stars[criterion as usize].id().to_owned())
    };
    let count = |name: &str, wanted: fn(Star) -> bool| {
        Column::integer(name, "1", cells.iter().map(|(_, _, cell)| cell.n_stars(wanted)))
    };
    let mut columns = vec![
        Column::integer("period", "", cells.iter().map(|(period, ..)| i64::from(*period))),
        Column::text("region", cells.iter().map(|(_, _, cell)| cell.region.clone())),
        Column::text("industry", cells.iter().map(|(_, industry, _)| industry.clone())),
        number("value", unit, |cell| Datum::Number(cell.value)),
        number("share", "1", |cell| Datum::Number(cell.share)),
        number("size_percentile", "1", |cell| cell.size_percentile),
        number("lq", "1", |cell| cell.lq),
        number("focus", "1", |cell| cell.focus),
        number("productivity", "", |cell| cell.productivity),
        number("growth", "1/period", |cell| cell.growth),
        number("n_plants", "1", |cell| cell.n_plants),
        number("cluster_index", "1", |cell| cell.cluster_index),
        count("stars", |star| star == Star::Yes),
        count("max_stars", |star| matches!(star, Star::No | Star::Yes)),
        text("strong", &|cell| yes_no(cell.strong).to_owned()),
        text("failed", &|cell| cell.failed.join(", ")),
    ];
    columns.extend(Criterion::ALL.map(star));
    columns.push(text("few_regions", &|cell| yes_no(Some(cell.few_regions)).to_owned()));
    Ok(Frame::new(columns)?)
}

fn thresholds_frame(cuts: &[Cut]) -> Result<Frame, MethodError> {
    Ok(Frame::new(vec![
        Column::integer("period", "", cuts.iter().map(|cut| i64::from(cut.period))),
        Column::text("industry", cuts.iter().map(|cut| cut.industry.clone())),
        Column::text("criterion", cuts.iter().map(|cut| cut.criterion)),
        Column::number("percentile", "1", cuts.iter().map(|cut| cut.percentile)),
        Column::number("minimum", "", cuts.iter().map(|cut| cut.minimum)),
        Column::number("cut", "", cuts.iter().map(|cut| cut.value)),
        Column::integer("n_regions", "1", cuts.iter().map(|cut| cut.n_regions)),
        Column::text("mark", cuts.iter().map(|cut| cut.mark.clone())),
        Column::text("source", cuts.iter().map(|cut| cut.source.clone())),
    ])?)
}
