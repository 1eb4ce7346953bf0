//! The canonical tables: which columns make a row's key, and which it may carry.

mod columns;
mod register;

use agglo_core::Text;

use columns::{amount, any, count, key, required, text, whole};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Codes and labels, exactly as in the file.
    Text,
    /// Whole numbers, such as years.
    Integer,
    /// Numbers with their gaps.
    Number,
}

/// Which signs a number may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Zero or more: a negative value is an error.
    Count,
    /// Usually zero or more: a negative value is kept with a warning.
    Amount,
    /// Any.
    Any,
}

/// One column of a canonical table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnSpec {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether the table makes no sense without it.
    pub required: bool,
    /// Which signs it may have.
    pub sign: Sign,
    /// The unit when the source declares none; empty when it must be declared.
    pub unit: &'static str,
    /// One line for people.
    pub help: Text,
}

/// One canonical table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableSpec {
    /// Its name.
    pub name: &'static str,
    /// The columns that together name a row.
    pub keys: &'static [ColumnSpec],
    /// All other columns.
    pub measures: &'static [ColumnSpec],
    /// Whether further number columns are welcome.
    pub open: bool,
    /// Rows may repeat their keys in a source without this key column.
    pub repeats_without: Option<&'static str>,
    /// One line for people.
    pub help: Text,
}

impl TableSpec {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static ColumnSpec> {
        self.keys.iter().chain(self.measures).find(|column| column.name == name)
    }

    /// Whether `name` is one of the keys.
    pub fn is_key(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.name == name)
    }

    /// All columns, keys first.
    pub fn columns(&self) -> impl Iterator<Item = &'static ColumnSpec> + use<> {
        self.keys.iter().chain(self.measures)
    }
}

/// A column whose name starts so holds a region's or an industry's group, as text.
pub(crate) const GROUP_PREFIXES: [&str; 2] = ["macro_", "group_"];

const REGION: ColumnSpec = key("region", "code of the region", "地区代码");
const INDUSTRY: ColumnSpec = key("industry", "code of the industry", "行业代码");
const PERIOD: ColumnSpec = required(whole("period", "year", "年份"));
const MAYBE_PERIOD: ColumnSpec = whole("period", "year", "年份");
const EMPLOYMENT: ColumnSpec = count("employment", "persons", "persons employed", "从业人员");
const VALUE_ADDED: ColumnSpec = amount("value_added", "value added", "增加值");
const OUTPUT: ColumnSpec = amount("output", "gross output", "总产值");
const REVENUE: ColumnSpec = amount("revenue", "operating revenue", "营业收入");
const N_FIRMS: ColumnSpec = count("n_firms", "firms", "number of firms", "企业数");
const N_PLANTS: ColumnSpec = count("n_plants", "establishments", "establishments", "单位数");
const FIXED_ASSETS: ColumnSpec = amount("fixed_assets", "fixed assets", "固定资产");
const RD: ColumnSpec = amount("rd_expenditure", "expenditure on R&D", "研发经费");
const VALUE: ColumnSpec = amount("value", "the value", "数值");
const NAME: ColumnSpec = text("name", "name", "名称");
const NAME_ZH: ColumnSpec = text("name_zh", "name in Chinese", "中文名称");
const GROUP: ColumnSpec = text("group", "the group it belongs to", "所属分组");
const INTENSITY: ColumnSpec =
    text("intensity", "labor, capital or technology intensive", "要素密集类型");
const X_KM: ColumnSpec = any("x_km", "km", "easting", "东向坐标");
const Y_KM: ColumnSpec = any("y_km", "km", "northing", "北向坐标");
const LON: ColumnSpec = any("lon", "degrees", "longitude", "经度");
const LAT: ColumnSpec = any("lat", "degrees", "latitude", "纬度");
const CLUSTER_ID: ColumnSpec = key("cluster_id", "code of the cluster", "集群代码");
const FIRM_ID: ColumnSpec = key("firm_id", "code of the firm", "企业代码");

macro_rules! table {
    ($name:literal, [$($key:expr),*], [$($measure:expr),*], $open:literal, $en:literal, $zh:literal) => {
        TableSpec {
            name: $name,
            keys: &[$($key),*],
            measures: &[$($measure),*],
            open: $open,
            repeats_without: None,
            help: Text::new($en, $zh),
        }
    };
}

use table;

const fn repeating(mut table: TableSpec, without: &'static str) -> TableSpec {
    table.repeats_without = Some(without);
    table
}

const TABLES: &[TableSpec] = &[
    table!(
        "activity",
        [REGION, INDUSTRY, MAYBE_PERIOD],
        [
            EMPLOYMENT,
            VALUE_ADDED,
            OUTPUT,
            REVENUE,
            N_FIRMS,
            FIXED_ASSETS,
            RD,
            any("profit", "", "profit", "利润")
        ],
        true,
        "what each region does in each industry and year",
        "各地区分行业分年份的经济活动"
    ),
    table!(
        "region",
        [REGION],
        [
            NAME,
            NAME_ZH,
            GROUP,
            X_KM,
            Y_KM,
            LON,
            LAT,
            count("area_km2", "km²", "area", "面积"),
            count("population", "persons", "population", "人口")
        ],
        true,
        "the regions, with names, groups and places",
        "地区名称、分组与位置"
    ),
    table!(
        "industry",
        [INDUSTRY],
        [
            NAME,
            NAME_ZH,
            GROUP,
            INTENSITY,
            text("parent", "the industry above it", "上级行业"),
            whole("level", "level in the classification", "分类层级"),
            FIXED_ASSETS,
            EMPLOYMENT,
            RD,
            REVENUE
        ],
        true,
        "the industries, with names and groups",
        "行业名称与分组"
    ),
    table!(
        "region_year",
        [REGION, PERIOD],
        [
            amount("gdp", "gross domestic product", "地区生产总值"),
            any("gdp_per_capita_usd", "USD", "GDP per head in US dollars", "人均 GDP（美元）"),
            amount("va_primary", "value added of primary industry", "第一产业增加值"),
            amount("va_secondary", "value added of secondary industry", "第二产业增加值"),
            amount("va_tertiary", "value added of tertiary industry", "第三产业增加值"),
            amount("va_goods", "value added of goods production", "物质生产部门增加值"),
            amount("va_manufacturing", "value added of manufacturing", "制造业增加值"),
            count("population", "persons", "population", "常住人口"),
            count("urban_population", "persons", "urban population", "城镇人口"),
            count("employed_total", "persons", "persons employed", "就业人员"),
            count(
                "employed_primary",
                "persons",
                "employed in primary industry",
                "第一产业就业人员"
            ),
            EMPLOYMENT,
            count("fx_rate", "", "exchange rate", "汇率"),
            count("ppp_rate", "", "purchasing power parity", "购买力平价"),
            amount("wage", "mean wage", "平均工资"),
            amount("exports", "exports", "出口"),
            amount("fdi", "foreign direct investment", "外商直接投资"),
            REVENUE,
            RD,
            count("rd_personnel", "persons", "persons in R&D", "研发人员"),
            count("patents", "patents", "patents", "专利数"),
            count("invention_patents", "patents", "invention patents", "发明专利数"),
            count("joint_patents", "patents", "joint patents", "合作专利数"),
            amount("new_product_sales", "sales of new products", "新产品销售收入"),
            amount("env_load", "environmental load", "环境负荷"),
            amount("env_capacity", "environmental capacity", "环境容量")
        ],
        true,
        "figures of a region and year as a whole",
        "地区年度指标"
    ),
    table!(
        "regions",
        [REGION, MAYBE_PERIOD],
        [required(VALUE), amount("weight", "weight", "权重"), GROUP],
        true,
        "one value per region",
        "各地区一个数值"
    ),
    table!(
        "series",
        [text("series", "name of the series", "序列名称"), PERIOD],
        [
            required(any("value", "", "the value", "数值")),
            count("price_index", "", "price index", "价格指数")
        ],
        true,
        "a series over time",
        "时间序列"
    ),
    repeating(
        table!(
            "plant",
            [text("plant", "code of the establishment", "单位代码"), MAYBE_PERIOD],
            [
                required(text("region", "code of the region", "地区代码")),
                required(text("industry", "code of the industry", "行业代码")),
                VALUE,
                EMPLOYMENT,
                OUTPUT,
                VALUE_ADDED,
                REVENUE,
                X_KM,
                Y_KM,
                LON,
                LAT,
                text("parent_id", "the firm it belongs to", "所属企业"),
                whole("opened_year", "year of opening", "开业年份"),
                whole("closed_year", "year of closing", "关闭年份"),
                text("previous_region", "the region it came from", "迁出地区"),
                text("origin", "local, transferred or foreign", "来源"),
                text("ownership", "ownership", "所有制")
            ],
            true,
            "establishments one by one",
            "企业单位名录"
        ),
        "plant",
    ),
    table!(
        "size_class",
        [
            text("region", "code of the region", "地区代码"),
            INDUSTRY,
            MAYBE_PERIOD,
            key("class", "name of the size class", "规模组")
        ],
        [
            count("lower", "persons", "smallest size in the class", "下限"),
            count("upper", "persons", "largest size in the class", "上限"),
            required(N_PLANTS),
            VALUE,
            EMPLOYMENT
        ],
        true,
        "how many establishments of each size",
        "按规模分组的单位数"
    ),
    table!(
        "cell",
        [REGION, INDUSTRY, MAYBE_PERIOD],
        [
            required(count("n", "rows", "establishments with a number", "有数值的单位数")),
            required(count("sum", "", "sum of their sizes", "规模之和")),
            required(count("sum_sq", "", "sum of the squares of their sizes", "规模平方和")),
            count("max", "", "the largest size", "最大规模")
        ],
        false,
        "what a register of establishments was reduced to",
        "企业单位名录归并后的单元格"
    ),
    register::TURNOVER,
    register::TOP_UNIT,
    register::GRID,
    register::FLOW,
    table!(
        "benchmark",
        [REGION, MAYBE_PERIOD],
        [required(count("benchmark", "", "the benchmark", "基准"))],
        false,
        "what to compare regions with",
        "比较基准"
    ),
    table!(
        "weights",
        [REGION, key("neighbor", "code of a neighbor of the region", "邻近地区代码")],
        [count("weight", "1", "weight of the neighbor; 1 when absent", "邻近权重；缺省为 1")],
        false,
        "who is whose neighbor",
        "地区邻近关系"
    ),
    table!(
        "groups",
        [REGION, key("group", "name of the group", "分组名称")],
        [count("weight", "1", "share of the region in the group", "权重"), NAME, NAME_ZH],
        false,
        "which region belongs to which group",
        "地区分组"
    ),
    table!(
        "relocation",
        [FIRM_ID, MAYBE_PERIOD],
        [
            required(text("from", "the region left", "迁出地")),
            required(text("to", "the region entered", "迁入地")),
            text("industry", "code of the industry", "行业代码"),
            EMPLOYMENT
        ],
        true,
        "firms that moved",
        "企业迁移"
    ),
    table!(
        "cluster_register",
        [CLUSTER_ID],
        [
            NAME,
            NAME_ZH,
            text("field", "its field", "领域"),
            text("regions", "its regions, separated by blanks", "所含地区"),
            text("industries", "its industries, separated by blanks", "所含行业"),
            text("source", "who lists it", "来源")
        ],
        true,
        "clusters somebody has named",
        "集群名录"
    ),
    table!(
        "firm",
        [FIRM_ID, MAYBE_PERIOD],
        [
            text("cluster_id", "code of the cluster", "集群代码"),
            REVENUE,
            OUTPUT,
            EMPLOYMENT,
            text("parent_id", "the firm above it", "母公司"),
            whole("opened_year", "year of opening", "开业年份"),
            text("origin", "local, transferred, foreign or unknown", "来源"),
            text("previous_region", "the region it came from", "迁出地区"),
            count("exits", "firms", "firms that closed", "退出企业数")
        ],
        true,
        "firms of the clusters",
        "集群企业"
    ),
    table!(
        "market",
        [key("market_id", "code of the market", "市场代码"), MAYBE_PERIOD],
        [
            text("cluster_id", "code of the cluster", "集群代码"),
            text("product", "what is sold", "商品"),
            amount("turnover", "turnover", "成交额"),
            count("outside_share", "1", "share sold outside the region", "外销比重")
        ],
        true,
        "professional markets",
        "专业市场"
    ),
    table!(
        "procurement",
        [CLUSTER_ID, MAYBE_PERIOD, key("input_class", "class of inputs", "投入品类别")],
        [
            amount("total", "all purchases", "采购总额"),
            amount("local", "local purchases", "本地采购额"),
            amount("local_office", "purchases from local offices of others", "本地办事处采购额")
        ],
        true,
        "what clusters buy and where",
        "集群采购"
    ),
    table!(
        "leader_purchase",
        [FIRM_ID, MAYBE_PERIOD],
        [
            text("cluster_id", "code of the cluster", "集群代码"),
            amount("total", "all purchases", "采购总额"),
            amount("from_local", "purchases from local firms", "向本地企业采购额")
        ],
        true,
        "what leading enterprises buy",
        "龙头企业采购"
    ),
    table!(
        "evidence",
        [key("cluster", "code of the cluster", "集群代码"), key("indicator", "indicator", "指标")],
        [
            required(any("value", "", "the value", "数值")),
            text("source", "where it comes from", "来源")
        ],
        false,
        "evidence on how a cluster grows",
        "发展模式证据"
    ),
    table!(
        "indicator",
        [REGION, MAYBE_PERIOD, key("indicator", "name of the indicator", "指标")],
        [required(any("value", "", "the value", "数值"))],
        false,
        "indicators of a region",
        "地区指标"
    ),
    table!(
        "indicator_meta",
        [key("indicator", "name of the indicator", "指标")],
        [
            text("dimension", "the dimension it belongs to", "维度"),
            text("direction", "1 or -1: more is better, or less", "方向"),
            text("unit", "its unit", "单位"),
            count("weight", "1", "its weight", "权重"),
            text("transform", "none or log", "变换")
        ],
        false,
        "what the indicators mean",
        "指标说明"
    ),
    table!(
        "ranking",
        [REGION, MAYBE_PERIOD],
        [count("rank", "1", "rank, 1 is best", "名次"), any("score", "1", "score", "得分"), GROUP],
        false,
        "a ranking of regions",
        "地区排名"
    ),
    table!(
        "project",
        [key("project_id", "code of the project", "项目代码")],
        [
            required(text("unit", "the unit treated", "处理单位")),
            required(whole("start", "first year", "起始年份")),
            amount("amount", "money granted", "金额"),
            text("type", "kind of project", "类型")
        ],
        true,
        "subsidies, parks and programs",
        "补贴、园区与项目"
    ),
    table!(
        "outcome",
        [key("unit", "the unit", "单位"), PERIOD],
        [
            required(any("outcome", "", "the outcome", "结果变量")),
            any("treated", "1", "1 where treated, else 0", "是否处理"),
            whole("start", "first year of treatment", "处理起始年"),
            text("cluster", "units whose errors go together", "聚类")
        ],
        true,
        "what a policy was meant to change",
        "政策结果变量"
    ),
    table!(
        "intensity",
        [INDUSTRY],
        [required(INTENSITY), NAME],
        false,
        "factor intensity of industries",
        "行业要素密集类型"
    ),
    table!(
        "productivity",
        [REGION, INDUSTRY, MAYBE_PERIOD],
        [required(amount("productivity", "productivity", "劳动生产率"))],
        false,
        "productivity of a region's industry",
        "地区行业劳动生产率"
    ),
    table!(
        "gradient",
        [REGION, INDUSTRY, MAYBE_PERIOD],
        [required(VALUE_ADDED), required(EMPLOYMENT)],
        false,
        "value added and employment together",
        "增加值与就业"
    ),
    table!(
        "region_industry",
        [REGION, INDUSTRY, PERIOD],
        [
            OUTPUT,
            VALUE_ADDED,
            EMPLOYMENT,
            FIXED_ASSETS,
            amount("rd", "expenditure on R&D", "研发经费")
        ],
        false,
        "accounts of a region's industry",
        "地区行业账户"
    ),
    table!(
        "deflator",
        [key("series", "what it deflates", "序列名称"), PERIOD],
        [required(count("index", "", "price index", "价格指数"))],
        false,
        "price indices",
        "价格指数"
    ),
    table!(
        "io",
        [
            MAYBE_PERIOD,
            text("from_region", "selling region", "供给地区"),
            key("from_industry", "selling industry", "供给行业"),
            text("to_region", "buying region", "使用地区"),
            key("to_use", "buying industry or final use", "使用行业或最终使用")
        ],
        [required(any("value", "", "the flow", "流量"))],
        false,
        "who sells how much to whom",
        "投入产出表"
    ),
];

/// The canonical tables.
pub fn tables() -> &'static [TableSpec] {
    TABLES
}

/// The canonical table of this name.
pub fn table_spec(name: &str) -> Option<&'static TableSpec> {
    TABLES.iter().find(|table| table.name == name)
}

#[cfg(test)]
mod tests;
