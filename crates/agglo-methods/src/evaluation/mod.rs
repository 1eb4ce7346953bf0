//! Whether a policy worked.

use agglo_core::Text;

use crate::call::Call;
use crate::catalog::{Method, Variant};
use crate::inference::SmallSample;

mod event_study;
mod outcome;
mod two_way_fixed_effects;
mod within;

pub use within::{NotSettled, TwoWay};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] =
    &[&two_way_fixed_effects::TWO_WAY_FIXED_EFFECTS, &event_study::EVENT_STUDY];

const SE_VARIANTS: &[Variant] = &[
    Variant {
        id: "cr1",
        help: Text::new(
            "clustered, times G/(G−1), t with G−1 degrees",
            "聚类稳健标准误，乘以 G/(G−1)，t 自由度 G−1",
        ),
    },
    Variant {
        id: "cr0",
        help: Text::new("clustered, no small-sample factor", "聚类稳健标准误，无小样本修正"),
    },
    Variant {
        id: "pyfixest",
        help: Text::new(
            "G/(G−1) · (N−1)/(N−k), effects nested in clusters not counted (pyfixest, fixest)",
            "G/(G−1) · (N−1)/(N−k)，嵌套于聚类的效应不计入（pyfixest、fixest）",
        ),
    },
    Variant {
        id: "linearmodels",
        help: Text::new(
            "N/(N−k) with every effect counted, t with N−k degrees (linearmodels PanelOLS)",
            "N/(N−k)，全部效应计入，t 自由度 N−k（linearmodels PanelOLS）",
        ),
    },
];

/// The small-sample factor of the variant asked for.
fn small_sample(call: &Call<'_>) -> SmallSample {
    match call.variant() {
        "cr0" => SmallSample::Cr0,
        "pyfixest" => SmallSample::Pyfixest,
        "linearmodels" => SmallSample::Linearmodels,
        _ => SmallSample::Cr1,
    }
}
