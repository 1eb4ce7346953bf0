//! The method's row of the catalogue.

use agglo_core::Text;

use crate::catalog::{
    ACTIVITY, Chapter, ColumnKind, Input, InputColumn, Mark, Method, OptionKind, OptionSpec,
    OutputTable, PERIOD, Variant, key, number, optional, out, out_key,
};

const fn label(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    InputColumn { kind: ColumnKind::Label, ..optional(key(name, en, zh)) }
}

const fn maybe(name: &'static str, en: &'static str, zh: &'static str) -> InputColumn {
    optional(number(name, en, zh))
}

const CLUSTER_ID: InputColumn = label("cluster_id", "code of the cluster", "集群代码");

pub(in crate::cluster) static EVIDENCE: Method = Method {
    id: "cluster-evidence",
    chapter: Chapter::Classify,
    title: Text::new("Evidence on a cluster's development model", "集群发展模式证据"),
    help: Text::new(
        "What do firms, markets and purchases say about how a cluster grows?",
        "企业、市场与采购数据对集群发展模式有何证据？",
    ),
    inputs: &[
        Input {
            table: "firm",
            required: false,
            columns: &[
                key("firm_id", "code of the firm", "企业代码"),
                PERIOD,
                CLUSTER_ID,
                maybe("output", "gross output", "总产值"),
                maybe("revenue", "operating revenue", "营业收入"),
                maybe("employment", "persons employed", "从业人员"),
                label("parent_id", "the firm above it", "母公司"),
                maybe("opened_year", "year of opening", "开业年份"),
                label("origin", "local, transferred, foreign or unknown", "来源"),
                label("previous_region", "the region it came from", "迁出地区"),
            ],
        },
        Input {
            table: "market",
            required: false,
            columns: &[
                key("market_id", "code of the market", "市场代码"),
                PERIOD,
                CLUSTER_ID,
                number("turnover", "turnover", "成交额"),
            ],
        },
        Input {
            table: "procurement",
            required: false,
            columns: &[
                key("cluster_id", "code of the cluster", "集群代码"),
                PERIOD,
                key("input_class", "class of inputs", "投入品类别"),
                maybe("total", "all purchases", "采购总额"),
                maybe("local", "purchases inside the cluster", "集群内采购额"),
                maybe(
                    "local_office",
                    "purchases from outside suppliers with a local office",
                    "向设有本地办事处的外地供应商采购额",
                ),
            ],
        },
        Input {
            table: "leader_purchase",
            required: false,
            columns: &[
                key("firm_id", "code of the firm", "企业代码"),
                PERIOD,
                CLUSTER_ID,
                maybe("total", "all purchases", "采购总额"),
                maybe("from_local", "purchases from local firms", "向本地企业采购额"),
            ],
        },
        Input {
            table: "cluster_register",
            required: false,
            columns: &[
                key("cluster_id", "code of the cluster", "集群代码"),
                label("regions", "its regions, separated by blanks", "所含地区"),
                label("industries", "its industries, separated by blanks", "所含行业"),
                label(
                    "resource_industry",
                    "industry of its main resource or input",
                    "主要资源行业",
                ),
                maybe("resource_lq", "LQ of that industry, if known", "该行业区位商"),
                maybe("delta_share", "share of the industry gained, if known", "份额变化"),
            ],
        },
        Input { required: false, ..ACTIVITY },
    ],
    options: &[
        OptionSpec {
            name: "year",
            kind: OptionKind::Text,
            default: "",
            help: Text::new("year described; the latest when empty", "描述年份，空则取最新"),
        },
        OptionSpec {
            name: "window",
            kind: OptionKind::Integer(1, 50),
            default: "5",
            help: Text::new("years over which growth is measured", "增长跨度（年）"),
        },
        OptionSpec {
            name: "max_age",
            kind: OptionKind::Integer(0, 50),
            default: "2",
            help: Text::new(
                "how many years a table may lie behind the one described",
                "各表允许滞后的年数",
            ),
        },
        OptionSpec {
            name: "measure",
            kind: OptionKind::Choice(&["output", "revenue", "employment"]),
            default: "output",
            help: Text::new("size of a firm", "企业规模口径"),
        },
        OptionSpec {
            name: "firm_gaps",
            kind: OptionKind::Choice(&["undefined", "drop"]),
            default: "undefined",
            help: Text::new(
                "firms without a size: leave shares without a value, or leave the firms out",
                "缺少规模的企业：相关比重无值，或剔除该企业",
            ),
        },
        OptionSpec {
            name: "max_unknown",
            kind: OptionKind::Number(0.0, 1.0),
            default: "0.2",
            help: Text::new(
                "largest part of unknown origin with which shares of transferred firms are given",
                "允许来源不明企业所占的最大比重",
            ),
        },
        OptionSpec {
            name: "money_per_billion",
            kind: OptionKind::Number(1e-9, 1e12),
            default: "1000",
            help: Text::new(
                "units of money to a billion yuan; 1000 for millions",
                "十亿元折合的货币单位数，百万元为 1000",
            ),
        },
    ],
    variants: &[Variant {
        id: "tables",
        help: Text::new("from whatever tables there are", "依据已有的各表"),
    }],
    outputs: &[OutputTable {
        name: "evidence",
        columns: &[
            out_key("cluster", "Cluster", "集群"),
            out_key("indicator", "Indicator", "指标"),
            out("value", "", "Value", "取值"),
            out("source", "", "Source, or what is needed", "来源或所缺数据"),
        ],
    }],
    formula: "CR(n) = Σ of the n largest groups / Σ all;  local share = Σ local/Σ total;  transferred \
              growth share = Σ(transferred in since t0) q(t1)/(q(t1) − q(t0))",
    source: "agglo's convention, after the evidence that the paper names",
    mark: Mark::Convention,
    run: super::run,
};
