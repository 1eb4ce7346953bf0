//! Twelve indicators that all see the same hidden order of the regions, through noise.

use rand::RngExt;
use rand_distr::StandardNormal;

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::geography::{N_REGIONS, REGIONS};
use super::plan::Plan;

/// Regions from the most to the least competitive.
pub(super) static ORDER: [usize; N_REGIONS] =
    [0, 1, 12, 2, 3, 9, 5, 13, 4, 10, 14, 15, 16, 8, 11, 17, 7, 18, 6, 20, 22, 19, 21, 23];
/// Standard deviation of the noise, in steps between neighbors of the order.
pub(super) const NOISE_STEPS: f64 = 1.0;

/// Id, dimension, direction, unit, mean, change for one step up the order, names.
type Row = (&'static str, &'static str, char, &'static str, f64, f64, &'static str, &'static str);

static INDICATORS: [Row; 12] = [
    (
        "industrial_va",
        "scale",
        '+',
        "million crowns",
        900.0,
        30.0,
        "Industrial value added",
        "工业增加值",
    ),
    ("strong_clusters", "scale", '+', "index", 12.0, 0.4, "Strength of clusters", "集群强度"),
    (
        "technology_share",
        "structure",
        '+',
        "1",
        0.30,
        0.01,
        "Technology-intensive share",
        "技术密集型比重",
    ),
    (
        "chain_completeness",
        "structure",
        '+',
        "1",
        0.50,
        0.015,
        "Chain completeness",
        "产业链完整度",
    ),
    (
        "similarity",
        "structure",
        '-',
        "1",
        0.60,
        -0.01,
        "Similarity to neighbors",
        "与邻近地区结构相似度",
    ),
    (
        "va_per_worker",
        "efficiency",
        '+',
        "thousand crowns",
        300.0,
        8.0,
        "Value added per worker",
        "全员劳动生产率",
    ),
    ("va_rate", "efficiency", '+', "1", 0.32, 0.004, "Value added in output", "增加值率"),
    ("rd_intensity", "innovation", '+', "1", 0.025, 0.0008, "Research in revenue", "研发投入强度"),
    (
        "inventions",
        "innovation",
        '+',
        "per 1000 workers",
        6.0,
        0.25,
        "Invention patents",
        "千人发明专利数",
    ),
    ("export_share", "openness", '+', "1", 0.20, 0.006, "Exports in output", "出口占产值比重"),
    (
        "energy_intensity",
        "environment",
        '-',
        "t per million crowns",
        60.0,
        -1.5,
        "Energy per value added",
        "单位增加值能耗",
    ),
    ("headroom", "environment", '+', "1", 0.30, 0.008, "Environmental headroom", "环境容量余量"),
];

pub(super) fn write(plan: &Plan, sink: &mut dyn Sink) -> Result<(), DemoError> {
    let places: Vec<(&str, usize)> = REGIONS
        .iter()
        .enumerate()
        .map(|(r, region)| (region.code, ORDER.iter().position(|&other| other == r).unwrap_or(r)))
        .collect();
    write_ranked(plan, &places, sink)
}

/// Writes the indicators of regions whose place in the order, from 0, stands beside their code.
pub(crate) fn write_ranked(
    plan: &Plan,
    places: &[(&str, usize)],
    sink: &mut dyn Sink,
) -> Result<(), DemoError> {
    let mut meta = Table::create(
        sink,
        "data/indicator_meta.csv",
        &["indicator", "dimension", "direction", "unit", "weight", "name_en", "name_zh"],
    )?;
    let mut table =
        Table::create(sink, "data/indicators.csv", &["region", "year", "indicator", "value"])?;
    let middle = (places.len() - 1) as f64 / 2.0;
    // The steps are meant for as many regions as Artificia has.
    let width = (N_REGIONS - 1) as f64 / (places.len() - 1) as f64;
    for (j, (id, dimension, direction, unit, mean, step, en, zh)) in INDICATORS.iter().enumerate() {
        let weight = format!("{:.6}", 1.0 / INDICATORS.len() as f64);
        meta.row(cells![id, dimension, direction, unit, weight, en, zh])?;
        for (r, &(region, place)) in places.iter().enumerate() {
            let mut rng = plan.seed.stream("artificial/indicator", j as u32, r as u32);
            let noise: f64 = rng.sample(StandardNormal);
            let value = mean + step * width * (middle - place as f64 + NOISE_STEPS * noise);
            table.row(cells![region, plan.year(plan.last()), id, format!("{value:.6}")])?;
        }
    }
    meta.finish()?;
    table.finish()
}
