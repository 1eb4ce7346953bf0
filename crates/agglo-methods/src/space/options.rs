//! Inputs, options and output columns that several methods of the family share.

use agglo_core::{Datum, Gap, Text, Undefined};

use super::local::{Plan, Scheme};
use super::significance::Tail;
use crate::call::Call;
use crate::catalog::{OptionKind, OptionSpec, Output, out};

/// Whether regions share random draws.
pub(super) const DRAWS: OptionSpec = OptionSpec {
    name: "draws",
    kind: OptionKind::Choice(&["shared", "independent"]),
    default: "shared",
    help: Text::new(
        "random neighborhoods: one set for all regions of a period, as esda, or new ones for each \
         region",
        "随机邻域：同期所有地区共用一组（同 esda），或各地区单独抽取",
    ),
};

/// What to do with regions without neighbors.
pub(super) const ISLANDS: OptionSpec = OptionSpec {
    name: "islands",
    kind: OptionKind::Choice(&["drop", "keep"]),
    default: "drop",
    help: Text::new(
        "regions without a neighbor: leave them out of mean, variance and n, or keep them there, as \
         esda",
        "没有邻近地区的地区：不计入均值、方差与 n，或计入（同 esda）",
    ),
};

/// The permutations of the map of `period`: another period more or less does not change them.
pub(super) fn plan<'a>(
    call: &'a Call<'_>,
    method: &'static str,
    period: i64,
    scheme: Scheme,
) -> Plan<'a> {
    Plan {
        method,
        seed: call.seed(),
        unit: period as u32,
        replicates: call.option_integer("permutations") as u32,
        scheme,
        folded: Tail::of(call) == Tail::Folded,
        control: *call.control(),
    }
}

/// The scheme asked for by the option `draws`.
pub(super) fn scheme(call: &Call<'_>) -> Scheme {
    if call.option("draws") == "independent" { Scheme::Independent } else { Scheme::Shared }
}

/// A region without neighbors has no local statistic.
pub(super) const ISLAND: Datum = Datum::Gap(Gap::NotApplicable);

/// (value − expectation) / standard deviation.
pub(super) fn z_score(value: f64, expectation: f64, variance: f64) -> Result<f64, Undefined> {
    if variance > 0.0 {
        Ok((value - expectation) / variance.sqrt())
    } else {
        Err(Undefined::NoVariation)
    }
}

pub(super) const OUT_N: Output = out("n", "1", "Regions", "地区数");
pub(super) const OUT_EXPECTATION: Output = out("expectation", "1", "Expectation", "期望");
pub(super) const OUT_VARIANCE: Output = out("variance", "1", "Variance", "方差");
pub(super) const OUT_Z: Output = out("z", "1", "z", "z 值");
pub(super) const OUT_P_NORMAL: Output = out("p_normal", "1", "p (normal)", "p 值（正态）");
pub(super) const OUT_P: Output = out("p_value", "1", "p (permutation)", "p 值（置换）");
pub(super) const OUT_P_ADJUSTED: Output = out("p_adjusted", "1", "p (adjusted)", "校正后 p 值");
pub(super) const OUT_MEAN_PERMUTED: Output =
    out("mean_permuted", "1", "Mean of permutations", "置换均值");
pub(super) const OUT_SD_PERMUTED: Output =
    out("sd_permuted", "1", "Deviation of permutations", "置换标准差");
pub(super) const OUT_PERMUTATIONS: Output = out("permutations", "1", "Permutations", "置换次数");
pub(super) const OUT_N_NEIGHBORS: Output = out("n_neighbors", "1", "Neighbors", "邻近地区数");
pub(super) const OUT_CLUSTER: Output = out("cluster", "", "Cluster", "集聚类型");
pub(super) const OUT_QUADRANT: Output = out("quadrant", "", "Quadrant", "象限");
