//! Inputs, options and outputs that the methods of the family share.

use agglo_core::Text;

use crate::catalog::{
    ColumnKind, Input, InputColumn, OptionKind, OptionSpec, Output, OutputTable, PERIOD, REGION,
    key, listed, number, out, out_key,
};

pub(super) const OBSERVATIONS: Input = Input {
    table: "observations",
    required: true,
    columns: &[
        REGION,
        PERIOD,
        number("y", "what is to be explained", "被解释变量"),
        listed("x", "the columns that explain it", "解释变量所在列"),
        InputColumn {
            name: "cluster",
            kind: ColumnKind::Label,
            required: false,
            help: Text::new(
                "group whose members move together; the region when absent",
                "共同波动的群组；缺省为地区",
            ),
        },
    ],
};

/// Edges of a neighborhood; a region that names no neighbor is an island.
pub(crate) const WEIGHTS: Input = Input {
    table: "weights",
    required: false,
    columns: &[
        REGION,
        key("neighbor", "its neighbor", "相邻地区"),
        number("weight", "how much the neighbor counts", "相邻权重"),
    ],
};

pub(super) const X: OptionSpec = OptionSpec {
    name: "x",
    kind: OptionKind::Text,
    default: "",
    help: Text::new("columns that explain y: a list a,b,c", "解释变量列名，逗号分隔"),
};
pub(super) const LOG: OptionSpec = OptionSpec {
    name: "log",
    kind: OptionKind::Text,
    default: "",
    help: Text::new("columns to take the logarithm of, y among them", "取对数的列，可含 y"),
};
pub(super) const GAPS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-rows"]),
    default: "error",
    help: Text::new("rows without a number: refuse, or leave them out", "无数值的行：报错或剔除"),
};
pub(crate) const CONFIDENCE: OptionSpec = OptionSpec {
    name: "confidence",
    kind: OptionKind::Number(0.5, 0.999_999),
    default: "0.95",
    help: Text::new("confidence of the intervals", "置信水平"),
};
pub(crate) const STANDARDIZE: OptionSpec = OptionSpec {
    name: "standardize",
    kind: OptionKind::Choice(&["row", "none"]),
    default: "row",
    help: Text::new(
        "weights of a region made to sum to one, or as given",
        "权重按行标准化，或保持原值",
    ),
};
pub(crate) const LOGDET: OptionSpec = OptionSpec {
    name: "logdet",
    kind: OptionKind::Choice(&["auto", "eigen", "lu", "chebyshev", "monte-carlo"]),
    default: "auto",
    help: Text::new(
        "log-determinant: eigenvalues, sparse elimination, or an approximation; auto: eigenvalues \
         where every part has at most 1,000 regions, elimination beyond",
        "对数行列式：特征值、稀疏消元或近似；auto：各连通部分不超过 1000 个地区时用特征值，否则用消元",
    ),
};

pub(super) const COEFFICIENTS: OutputTable = OutputTable {
    name: "coefficients",
    columns: &[
        out_key("term", "Term", "项"),
        out("estimate", "y/term", "Coefficient", "系数"),
        out("se", "y/term", "Standard error", "标准误"),
        out("statistic", "1", "t or z", "t 或 z 值"),
        out("p_value", "1", "p", "p 值"),
        out("lower", "y/term", "Lower bound", "下限"),
        out("upper", "y/term", "Upper bound", "上限"),
    ],
};
pub(super) const FIT: OutputTable = OutputTable {
    name: "fit",
    columns: &[out_key("measure", "Measure", "指标"), out("value", "1", "Value", "数值")],
};
const OUT_PERIOD_OR_ZERO: Output =
    out_key("period", "Year, 0 when there is none", "年份，无则为 0");
pub(super) const RESIDUALS: OutputTable = OutputTable {
    name: "residuals",
    columns: &[
        out_key("region", "Region", "地区"),
        OUT_PERIOD_OR_ZERO,
        out("fitted", "y", "Fitted", "拟合值"),
        out("residual", "y", "Residual", "残差"),
    ],
};
pub(super) const TESTS: OutputTable = OutputTable {
    name: "tests",
    columns: &[
        out_key("test", "Test", "检验"),
        out("statistic", "1", "Statistic", "统计量"),
        out("df", "1", "Degrees of freedom", "自由度"),
        out("p_value", "1", "p", "p 值"),
        out("reading", "", "Reading", "判读"),
    ],
};
