//! Tables that a register of establishments is reduced to.

use super::{INDUSTRY, MAYBE_PERIOD, REGION, TableSpec, any, count, key, required, table, whole};
use agglo_core::Text;

pub(super) const TURNOVER: TableSpec = table!(
    "turnover",
    [REGION, INDUSTRY, MAYBE_PERIOD],
    [
        required(count("n", "count", "establishments", "单位数")),
        required(count("entries", "count", "those of them that opened", "新设单位数")),
        required(count("exits", "count", "those that closed in the year", "当年关闭单位数")),
        required(count("leaving", "count", "those that close in the next", "次年关闭单位数")),
        count("sum", "", "sum of their sizes", "规模之和"),
        count("sum_entries", "", "sum of the sizes of those that opened", "新设单位规模之和"),
        count("sum_exits", "", "sum of the sizes of those that closed", "当年关闭单位规模之和"),
        count("sum_leaving", "", "and of those that close in the next", "次年关闭单位规模之和")
    ],
    false,
    "establishments that opened and closed",
    "新设与关闭的单位"
);

pub(super) const TOP_UNIT: TableSpec = table!(
    "top_unit",
    [REGION, INDUSTRY, MAYBE_PERIOD, required(whole("rank", "1 is the largest", "名次"))],
    [
        required(any("x", "", "its size", "规模")),
        required(count("n", "count", "establishments of the cell", "单元格单位数")),
        required(any("sum", "", "sum of their sizes", "规模之和"))
    ],
    false,
    "the largest establishments of each cell",
    "各单元格规模最大的单位"
);

pub(super) const GRID: TableSpec = table!(
    "grid",
    [
        INDUSTRY,
        MAYBE_PERIOD,
        whole("gx", "square counted eastward; none where the place is not known", "东向网格号"),
        whole("gy", "square counted northward", "北向网格号")
    ],
    [
        required(count("n", "count", "establishments", "单位数")),
        required(count("sum", "", "sum of their sizes", "规模之和")),
        count("sum_sq", "", "sum of the squares of their sizes", "规模平方和")
    ],
    false,
    "establishments by square of a grid",
    "网格内的单位"
);

pub(super) const FLOW: TableSpec = table!(
    "flow",
    [
        key("from", "the region left", "迁出地"),
        key("to", "the region entered", "迁入地"),
        INDUSTRY,
        MAYBE_PERIOD
    ],
    [
        required(count("n", "count", "establishments", "单位数")),
        required(count("sum", "", "sum of their sizes", "规模之和"))
    ],
    false,
    "what came from one region to another",
    "地区之间的流动"
);
