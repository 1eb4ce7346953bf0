//! Which industries belong together, and what a region could grow next.

use agglo_core::{Activity, Text};

use crate::call::Call;
use crate::catalog::{Method, OptionKind, OptionSpec};

mod complexity;
mod density;
mod opportunity;
mod presence;
mod proximity;

pub use complexity::{Complexity, ComplexityScale, economic_complexity};
pub use density::{Diagonal, relatedness_density};
pub use opportunity::outlook_gain;
pub use presence::{Cutoff, Presence, revealed_comparative_advantage};
pub use proximity::{ProximityKind, proximity};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &proximity::PROXIMITY,
    &density::RELATEDNESS_DENSITY,
    &complexity::ECONOMIC_COMPLEXITY,
    &opportunity::OPPORTUNITY_MAP,
];

const THRESHOLD: OptionSpec = OptionSpec {
    name: "threshold",
    kind: OptionKind::Number(0.0, 1e6),
    default: "1",
    help: Text::new("RCA from which an industry counts as present", "行业视为具备的 RCA 下限"),
};
const CUTOFF: OptionSpec = OptionSpec {
    name: "cutoff",
    kind: OptionKind::Choice(&["at-least", "above"]),
    default: "at-least",
    help: Text::new(
        "whether an RCA that equals the threshold counts (EconGeo: above)",
        "RCA 恰等于下限时是否计入（EconGeo 为 above）",
    ),
};
const PROXIMITY_KIND: OptionSpec = OptionSpec {
    name: "proximity",
    kind: OptionKind::Choice(&ProximityKind::NAMES),
    default: "min-conditional",
    help: Text::new("which proximity links industries", "采用哪种邻近度"),
};

/// M of `activity` by the options of `call`.
fn presence_of(call: &Call<'_>, activity: &Activity) -> Presence {
    let cutoff = match call.option("cutoff") {
        "above" => Cutoff::Above,
        _ => Cutoff::AtLeast,
    };
    Presence::of(activity, call.option_number("threshold"), cutoff)
}
