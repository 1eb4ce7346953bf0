//! The method's row of the catalogue.

use agglo_core::Text;

use crate::catalog::{
    Chapter, ColumnKind, Input, InputColumn, Mark, Method, OptionKind, OptionSpec, Output,
    OutputTable, Variant, key, number, optional, out, out_key,
};

/// The options that are cuts, for the note.
pub(super) const CUTS: [&str; 6] =
    ["min_weight", "min_score", "min_margin", "natural_lq", "supply_share", "perturbation"];

const fn cut(name: &'static str, high: f64, default: &'static str, help: Text) -> OptionSpec {
    OptionSpec { name, kind: OptionKind::Number(0.0, high), default, help }
}

const fn label(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { kind: ColumnKind::Label, ..optional(key(name, en, zh)) }
}

const CLUSTER: Output = out_key("cluster", "Cluster", "集群");
const MODEL_KEY: Output = out_key("model", "Model", "模式");

pub(in crate::cluster) static MODEL: Method = Method {
    id: "development-model",
    chapter: Chapter::Classify,
    title: Text::new("Development model of a cluster", "集群发展模式"),
    help: Text::new(
        "By which model does a cluster grow, how clearly, and what evidence is lacking?",
        "集群属于哪种发展模式，把握多大，尚缺哪些证据？",
    ),
    inputs: &[
        Input {
            table: "evidence",
            required: true,
            columns: &[
                key("cluster", "code of the cluster", "集群代码"),
                key("indicator", "indicator", "指标"),
                number("value", "its value", "取值"),
                label("source", "where it comes from", "来源"),
            ],
        },
        Input {
            table: "ramp",
            required: false,
            columns: &[
                key("model", "model", "模式"),
                key("indicator", "indicator", "指标"),
                number("lo", "up to here it says nothing", "下限"),
                number("hi", "from here on it says all it can", "上限"),
                number("weight", "its weight in the model", "权重"),
                label("form", "value or one-minus", "取原值或 1 减原值"),
            ],
        },
    ],
    options: &[
        cut(
            "min_weight",
            1.0,
            "0.6",
            Text::new(
                "part of a model's weight that must be known for it to be scored",
                "评分所需的已知权重比例",
            ),
        ),
        cut(
            "min_score",
            1.0,
            "0.5",
            Text::new("score from which a model may hold", "模式成立的最低得分"),
        ),
        cut(
            "min_margin",
            1.0,
            "0.15",
            Text::new("lead over the second from which it holds alone", "领先第二位的最小差距"),
        ),
        cut(
            "natural_lq",
            1000.0,
            "2",
            Text::new(
                "LQ of the main resource industry from which a cluster rests on natural resources",
                "视为依托自然资源的资源行业区位商",
            ),
        ),
        cut(
            "supply_share",
            1.0,
            "0.6",
            Text::new(
                "local procurement share from which a cluster rests on dense local supply",
                "视为依托本地配套的本地采购比重",
            ),
        ),
        cut(
            "perturbation",
            1.0,
            "0.2",
            Text::new(
                "part by which ramps and weights are changed at random",
                "稳健性检验中阈值与权重的扰动幅度",
            ),
        ),
        OptionSpec {
            name: "replicates",
            kind: OptionKind::Integer(1, 1_000_000),
            default: "999",
            help: Text::new("random changes", "扰动次数"),
        },
    ],
    variants: &[Variant {
        id: "ramps",
        help: Text::new(
            "weighted mean of ramps, models of section III of the paper",
            "分段线性得分加权平均，模式取自论文第三节",
        ),
    }],
    outputs: &[
        OutputTable {
            name: "models",
            columns: &[
                CLUSTER,
                out("label", "", "Development model", "发展模式"),
                out("class", "", "The same without what it needs", "模式代码"),
                out("best", "", "Best model", "得分最高模式"),
                out("best_score", "1", "Its score", "最高得分"),
                out("second", "", "Second model", "次高模式"),
                out("second_score", "1", "Its score", "次高得分"),
                out("margin", "1", "Lead", "领先幅度"),
                out("natural", "", "Rests on natural resources", "依托自然资源"),
                out("supply", "", "Rests on dense local supply", "依托本地配套"),
                out(
                    "frequency",
                    "1",
                    "How often the class holds when perturbed",
                    "扰动下的保持频率",
                ),
                out("flags", "", "Flags", "提示"),
            ],
        },
        OutputTable {
            name: "scores",
            columns: &[
                CLUSTER,
                MODEL_KEY,
                out("score", "1", "Score", "得分"),
                out("weight_present", "1", "Weight that is known", "已知权重"),
            ],
        },
        OutputTable {
            name: "evidence",
            columns: &[
                CLUSTER,
                MODEL_KEY,
                out_key("indicator", "Indicator", "指标"),
                out("value", "", "Value", "取值"),
                out("ramp", "1", "Place on the ramp", "分段得分"),
                out("weight", "1", "Weight", "权重"),
                out("source", "", "Source", "来源"),
            ],
        },
        OutputTable {
            name: "needs",
            columns: &[
                CLUSTER,
                MODEL_KEY,
                out_key("indicator", "Missing indicator", "缺失指标"),
                out("blocking", "", "The model cannot be scored without more", "是否导致无法评分"),
            ],
        },
        OutputTable {
            name: "robustness",
            columns: &[
                CLUSTER,
                out_key("label", "Development model", "发展模式"),
                out("frequency", "1", "Frequency", "频率"),
            ],
        },
        OutputTable {
            name: "thresholds",
            columns: &[
                MODEL_KEY,
                out_key("criterion", "Criterion", "准则"),
                out("form", "", "Form", "取值方式"),
                out("lo", "", "Lower end of the ramp, or the cut", "下限或界值"),
                out("hi", "", "Upper end of the ramp", "上限"),
                out("weight", "1", "Weight", "权重"),
                out("mark", "", "Mark", "标记"),
            ],
        },
    ],
    formula: "ramp(v) = min(1, max(0, (v − lo)/(hi − lo)));  score = Σ w ramp(v)/Σ w over the known \
              indicators of a model",
    source: "agglo's convention, anchored on the paper's examples",
    mark: Mark::Convention,
    run: super::run,
};
