//! How unequal regions are, and how polarized.

use agglo_core::Text;

use crate::catalog::{
    ColumnKind, Input, InputColumn, Method, OptionKind, OptionSpec, PERIOD, REGION, number,
    optional,
};

mod index;
mod measures;
mod places;
mod polarization;
mod poles;

pub use measures::{
    Population, atkinson, coulter, kolm, log_variance, ricci_schutz, rosenbluth, weighted_gini,
    williamson, wolfson,
};
pub(crate) use places::{Places, Zeros, read as read_places};
pub use poles::{duclos_esteban_ray, duclos_esteban_ray_bandwidth, esteban_ray, pole_spread};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[&index::INEQUALITY, &polarization::POLARIZATION];

/// The group of a region.
pub(crate) const GROUP: InputColumn = InputColumn {
    name: "group",
    kind: ColumnKind::Label,
    required: false,
    help: Text::new("group of the region, such as a macro-region", "地区所属分组（如大区）"),
};

/// Regions with what is unequal between them.
pub(crate) const REGIONS: Input = Input {
    table: "regions",
    required: true,
    columns: &[
        REGION,
        PERIOD,
        number(
            "value",
            "what is unequal: a total such as income, or income per head without a weight",
            "所考察的量：总量（如收入）；无权重时可为人均量",
        ),
        optional(number("weight", "population or employment", "人口或就业")),
    ],
};

/// What to do with regions without a number.
pub(crate) const GAPS_OF_REGIONS: OptionSpec = OptionSpec {
    name: "gaps",
    kind: OptionKind::Choice(&["error", "drop-regions", "zero"]),
    default: "error",
    help: Text::new(
        "regions without a number: refuse, leave out, or count as zero",
        "无数值的地区：报错、剔除或按零计",
    ),
};
