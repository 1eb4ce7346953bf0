//! The catalogue's row: weights as tables.

mod read;
mod tables;

#[cfg(test)]
mod tests;

use agglo_core::{Note, Text, Weights};

use super::islands::few;
use super::{
    Bandwidth, Diagonal, IslandError, Islands, Kernel, LowerOrders, Settled, Sites, block,
    distance_band, higher_order, intersection, inverse_distance, kernel, nearest, settle_islands,
    smallest_band, union,
};
use crate::call::{Answer, Call, MethodError};
use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OUT_REGION, OptionKind, OptionSpec,
    OutputTable, REGION, Variant, key, number, optional, out, out_key,
};
use read::Read;

const fn label(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { name, kind: ColumnKind::Label, required: false, help: Text::new(en, zh) }
}

const POINTS: Input = Input {
    table: "points",
    required: false,
    columns: &[
        REGION,
        optional(number("longitude", "degrees east, WGS 84", "经度（度，WGS 84）")),
        optional(number("latitude", "degrees north, WGS 84", "纬度（度，WGS 84）")),
        optional(number("x", "projected coordinate to the east", "投影坐标，向东")),
        optional(number("y", "projected coordinate to the north", "投影坐标，向北")),
        label("group", "group of the region, for blocks", "所属分组，用于分块权重"),
    ],
};

const EDGES: Input = Input {
    table: "edges",
    required: false,
    columns: &[
        REGION,
        key("neighbor", "region code of a neighbor; empty for none", "邻接地区代码；无邻接则为空"),
        optional(number("weight", "weight, 1 where there is none", "权重，缺省为 1")),
    ],
};

const fn choice(
    name: &'static str,
    words: &'static [&'static str],
    default: &'static str,
    help: Text,
) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Choice(words), default, help }
}

const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "k",
        kind: OptionKind::Integer(1, 1_000_000),
        default: "6",
        help: Text::new(
            "number of nearest neighbors, also for bandwidths",
            "最近邻个数，亦用于带宽",
        ),
    },
    OptionSpec {
        name: "threshold",
        kind: OptionKind::Number(0.0, 1e12),
        default: "0",
        help: Text::new(
            "greatest distance of neighbors: kilometers, or the unit of x and y; 0 is the smallest \
             that leaves no region alone",
            "邻接的最大距离：公里，或 x、y 的单位；0 表示使每个地区都有邻接的最小距离",
        ),
    },
    OptionSpec {
        name: "power",
        kind: OptionKind::Number(0.0, 100.0),
        default: "1",
        help: Text::new("power of the inverse distance", "反距离的幂次"),
    },
    choice("kernel", &Kernel::NAMES, "triangular", Text::new("shape of the kernel", "核函数")),
    choice(
        "bandwidth-kind",
        &["fixed", "adaptive"],
        "fixed",
        Text::new(
            "one bandwidth for all, or of each region its own, to its k-th nearest",
            "统一带宽，或各地区至其第 k 近邻的自适应带宽",
        ),
    ),
    OptionSpec {
        name: "bandwidth",
        kind: OptionKind::Number(0.0, 1e12),
        default: "0",
        help: Text::new(
            "fixed bandwidth: kilometers, or the unit of x and y; 0 is the greatest distance of a \
             region from its k-th nearest",
            "固定带宽：公里，或 x、y 的单位；0 表示各地区至第 k 近邻距离的最大值",
        ),
    },
    choice(
        "diagonal",
        &["none", "kernel", "one"],
        "none",
        Text::new(
            "weight of a region for itself in kernels: none, K(0), or 1",
            "核权重中地区对自身的权重：无、K(0) 或 1",
        ),
    ),
    choice(
        "metric",
        &["auto", "geodesic", "great-circle", "planar"],
        "auto",
        Text::new(
            "distance; auto is geodesic for longitude and latitude, planar for x and y",
            "距离；auto 对经纬度取测地线距离，对 x、y 取平面距离",
        ),
    ),
    choice(
        "symmetry",
        &["as-is", "either", "both"],
        "as-is",
        Text::new(
            "neighbors as they are, or where either of two names the other, or both do",
            "邻接关系按原样、任一方认定即可、或须双方互认",
        ),
    ),
    OptionSpec {
        name: "order",
        kind: OptionKind::Integer(1, 1_000),
        default: "1",
        help: Text::new(
            "steps from neighbor to neighbor; above 1 all weights are 1",
            "邻接阶数；大于 1 时权重均为 1",
        ),
    },
    choice(
        "lower-orders",
        &["without", "with"],
        "without",
        Text::new("whether neighbors of lower orders count", "是否包含低阶邻接"),
    ),
    choice(
        "islands",
        &Islands::NAMES,
        "keep",
        Text::new(
            "regions without a neighbor: keep, refuse, attach to the nearest, or leave out",
            "无邻接的地区：保留、报错、与最近地区相连、或剔除",
        ),
    ),
    choice(
        "standardize",
        &["none", "row"],
        "none",
        Text::new("weights as they are, or each row over its sum", "权重按原样，或行标准化"),
    ),
];

const fn variant(id: &'static str, en: &'static str, zh: &'static str) -> Variant {
    Variant { id, help: Text::new(en, zh) }
}

pub(crate) static SPATIAL_WEIGHTS: Method = Method {
    id: "spatial-weights",
    chapter: Chapter::Status,
    title: Text::new("Spatial weights", "空间权重"),
    help: Text::new(
        "Which regions are whose neighbors, and by how much?",
        "哪些地区互为邻接？权重多大？",
    ),
    inputs: &[POINTS, EDGES],
    options: OPTIONS,
    variants: &[
        variant("nearest", "the k nearest regions", "最近的 k 个地区"),
        variant(
            "distance-band",
            "all regions within the threshold, as libpysal DistanceBand",
            "阈值距离内的所有地区，同 libpysal DistanceBand",
        ),
        variant(
            "inverse-distance",
            "all within the threshold, by distance to the power of −p",
            "阈值距离内的所有地区，按距离的 −p 次幂加权",
        ),
        variant(
            "kernel",
            "all within the bandwidth, by a kernel, as libpysal Kernel",
            "带宽内的所有地区，按核函数加权，同 libpysal Kernel",
        ),
        variant("block", "all regions of the same group", "同一分组的所有地区"),
        variant("edges", "those of the table `edges`", "表 `edges` 所列的邻接关系"),
    ],
    outputs: &[
        OutputTable {
            name: "edges",
            columns: &[
                OUT_REGION,
                out_key("neighbor", "Neighbor", "邻接地区"),
                out("weight", "1", "Weight", "权重"),
            ],
        },
        OutputTable {
            name: "regions",
            columns: &[
                OUT_REGION,
                out("neighbors", "1", "Neighbors", "邻接数"),
                out("component", "1", "Component", "连通分量"),
            ],
        },
        OutputTable {
            name: "summary",
            columns: &[
                out("regions", "1", "Regions", "地区数"),
                out("edges", "1", "Pairs of region and neighbor", "邻接对数"),
                out("mean_neighbors", "1", "Mean number of neighbors", "平均邻接数"),
                out("min_neighbors", "1", "Least number of neighbors", "最少邻接数"),
                out("max_neighbors", "1", "Greatest number of neighbors", "最多邻接数"),
                out("islands", "1", "Regions without a neighbor", "无邻接的地区数"),
                out("components", "1", "Connected components", "连通分量数"),
                out("symmetric", "", "Symmetric", "是否对称"),
                out("threshold", "", "Greatest distance of neighbors", "邻接的最大距离"),
            ],
        },
    ],
    formula: "nearest: w = 1 for the k smallest d, ties by code   distance-band: w = 1 for d ≤ t   \
              inverse-distance: w = d⁻ᵖ for d ≤ t   kernel: w = K(d/h)   block: w = 1 in the same \
              group   row standardized: w / Σ w of the row   d: distance in kilometers on WGS 84, \
              or in the unit of x and y; t: threshold; h: bandwidth",
    source: "libpysal 4.14 KNN, DistanceBand, Kernel, block_weights, higher_order; Karney (2013), \
             Journal of Geodesy 87, 43–55; Anselin and Smirnov (1996), Journal of Regional Science \
             36(1), 67–89",
    mark: Mark::Verified,
    run,
};

fn run(call: &Call<'_>) -> Result<Answer, MethodError> {
    let read = Read::new(call)?;
    let (weights, threshold) = base(call, &read)?;
    let weights = match call.option("symmetry") {
        "either" => union(&weights, &weights.transposed()),
        "both" => intersection(&weights, &weights.transposed()),
        _ => weights,
    };
    let lower = if call.option("lower-orders") == "with" {
        LowerOrders::With
    } else {
        LowerOrders::Without
    };
    let weights = match call.option_integer("order") {
        1 => weights,
        order => higher_order(&weights, order, lower),
    };
    let settled = settled(call, &read, &weights)?;
    let notes = notes(&settled, call.option("islands"));
    let weights = match call.option("standardize") {
        "row" => settled.weights.row_standardized(),
        _ => settled.weights,
    };
    let unit = read.sites.as_ref().map_or("", |_| read.unit());
    Ok(Answer::one("edges", tables::edges(&weights)?)
        .and("regions", tables::regions(&weights)?)
        .and("summary", tables::summary(&weights, threshold, unit)?)
        .noting(read.notes)
        .noting(notes))
}

/// The weights that the variant asks for, and the distance up to which it looked.
fn base(call: &Call<'_>, read: &Read) -> Result<(Weights, Option<f64>), MethodError> {
    let k = call.option_integer("k");
    let threshold = |sites: &Sites| match call.option_number("threshold") {
        0.0 => smallest_band(sites).unwrap_or(0.0),
        given => given,
    };
    Ok(match call.variant() {
        "distance-band" => {
            let sites = read.sites()?;
            let threshold = threshold(sites);
            (distance_band(sites, threshold), Some(threshold))
        }
        "inverse-distance" => {
            let sites = read.sites()?;
            let threshold = threshold(sites);
            let weights = inverse_distance(sites, threshold, call.option_number("power"));
            (weights.map_err(|error| read::data(error.to_string()))?, Some(threshold))
        }
        "kernel" => {
            let shape = Kernel::from_name(call.option("kernel")).unwrap_or(Kernel::Triangular);
            let bandwidth = match (call.option("bandwidth-kind"), call.option_number("bandwidth")) {
                ("adaptive", _) => Bandwidth::Adaptive(k),
                (_, 0.0) => Bandwidth::FixedNearest(k),
                (_, width) => Bandwidth::Fixed(width),
            };
            let diagonal = match call.option("diagonal") {
                "kernel" => Diagonal::Kernel,
                "one" => Diagonal::One,
                _ => Diagonal::None,
            };
            (kernel(read.sites()?, shape, bandwidth, diagonal), None)
        }
        "block" => (block(read.axis.clone(), read.groups()?), None),
        "edges" => (read.edges(call)?, None),
        _ => (nearest(read.sites()?, k), None),
    })
}

fn settled(call: &Call<'_>, read: &Read, weights: &Weights) -> Result<Settled, MethodError> {
    let policy = Islands::from_name(call.option("islands")).unwrap_or(Islands::Keep);
    let variant = call.variant();
    if policy == Islands::Nearest && variant == "kernel" && !weights.islands().is_empty() {
        let what = "a kernel gives no weight beyond its bandwidth, so islands cannot be attached; \
                    take `bandwidth-kind = adaptive` or a greater bandwidth";
        return Err(read::data(what.to_owned()));
    }
    let power = call.option_number("power");
    let weight = |distance: f64| match variant {
        "inverse-distance" if call.option_integer("order") == 1 => libm::pow(distance, -power),
        _ => 1.0,
    };
    settle_islands(weights, policy, read.sites.as_ref(), weight).map_err(|error| match error {
        IslandError::Alone { .. } | IslandError::NoPlaces { .. } => read::data(error.to_string()),
    })
}

fn notes(settled: &Settled, policy: &str) -> Vec<Note> {
    let (n, codes) = (settled.islands.len(), few(&settled.islands));
    match policy {
        _ if n == 0 => Vec::new(),
        "nearest" => vec![Note::new(
            "islands-attached",
            format!("{n} regions without a neighbor were attached to the nearest ({codes})"),
            format!("{n} 个无邻接的地区与最近地区相连（{codes}）"),
        )],
        "drop" => vec![Note::new(
            "islands-dropped",
            format!("{n} regions without a neighbor were left out ({codes})"),
            format!("剔除无邻接的地区 {n} 个（{codes}）"),
        )],
        _ => vec![Note::new(
            "islands",
            format!("{n} regions have no neighbor ({codes})"),
            format!("{n} 个地区无邻接（{codes}）"),
        )],
    }
}
