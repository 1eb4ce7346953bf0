//! What became of every feature.

use agglo_core::{Key, Text};

use crate::codes;
use crate::error::GeoError;

/// Something done to a shape, or to be known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// Rings that were not closed.
    Closed,
    /// Points that repeat the one before.
    RepeatedPoints,
    /// Rings of too few corners or without area, left out.
    RingsWithoutArea,
    /// Rings that ran the wrong way, in a format that has a rule.
    Turned,
    /// Shapes whose edges crossed or overlapped, rebuilt.
    Rebuilt,
    /// Holes wholly outside their ring.
    HoleOutside,
    /// Shapes that cross the 180th meridian; nothing is done.
    Antimeridian,
    /// Shapes too large to be checked for crossings; nothing is done.
    Unchecked,
    /// Further features of the same code, united with the first.
    United,
    /// Features with a name and no code, kept under `#` and their number.
    WithoutCode,
}

impl RepairKind {
    /// Its code in [`crate::codes`].
    pub const fn code(self) -> &'static str {
        match self {
            RepairKind::Closed
            | RepairKind::RepeatedPoints
            | RepairKind::RingsWithoutArea
            | RepairKind::Turned => codes::RING_REPAIRED,
            RepairKind::Rebuilt => codes::CROSSING,
            RepairKind::HoleOutside => codes::HOLE_OUTSIDE,
            RepairKind::Antimeridian => codes::ANTIMERIDIAN,
            RepairKind::Unchecked => codes::UNCHECKED,
            RepairKind::United => codes::UNITED,
            RepairKind::WithoutCode => codes::NO_CODE,
        }
    }

    /// In a few words.
    pub const fn text(self) -> Text {
        match self {
            RepairKind::Closed => Text::new("rings closed", "闭合的环"),
            RepairKind::RepeatedPoints => Text::new("repeated points dropped", "删去的重复点"),
            RepairKind::RingsWithoutArea => {
                Text::new("rings without area left out", "略去的无面积环")
            }
            RepairKind::Turned => Text::new("rings turned", "改正方向的环"),
            RepairKind::Rebuilt => Text::new("crossing shapes rebuilt", "重建的自相交图形"),
            RepairKind::HoleOutside => Text::new("holes outside their ring", "位于外环之外的孔"),
            RepairKind::Antimeridian => {
                Text::new("shapes across the 180th meridian", "跨越180度经线的图形")
            }
            RepairKind::Unchecked => {
                Text::new("shapes too large to be checked", "过大而未检查的图形")
            }
            RepairKind::United => {
                Text::new("further features of one code united", "合并的同代码要素")
            }
            RepairKind::WithoutCode => {
                Text::new("features without a code kept for drawing", "无代码而仅供绘图的要素")
            }
        }
    }
}

/// What was done to one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What.
    pub kind: RepairKind,
    /// The feature, counted from 1 in the order of the file.
    pub feature: u64,
    /// Its code.
    pub area: Key,
    /// How often.
    pub count: u64,
}

/// A feature that was not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The feature, counted from 1 in the order of the file.
    pub feature: u64,
    /// Its code where it has one.
    pub area: Option<Key>,
    /// The code of the reason in [`crate::codes`].
    pub code: &'static str,
    /// Why.
    pub reason: String,
}

/// The account of a file: used and rejected features add up to those read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Features in the layer.
    pub features_read: u64,
    /// Features that are in an area or are a point.
    pub features_used: u64,
    /// Those that are not, each with its reason.
    pub rejected: Vec<Rejected>,
    /// What was done to shapes, in the order of the file.
    pub repairs: Vec<Repair>,
    /// What holds for the whole file: an assumed coordinate system, a chosen property.
    pub notes: Vec<GeoError>,
}

impl Report {
    /// Features that were not used.
    pub fn features_rejected(&self) -> u64 {
        self.rejected.len() as u64
    }

    /// How often something was done in the whole file.
    pub fn count(&self, kind: RepairKind) -> u64 {
        self.repairs.iter().filter(|repair| repair.kind == kind).map(|repair| repair.count).sum()
    }

    /// The reasons for rejection with how often each occurs, most frequent first.
    pub fn reasons(&self) -> Vec<(String, u64)> {
        let mut counts = std::collections::BTreeMap::<&str, u64>::new();
        for rejected in &self.rejected {
            *counts.entry(&rejected.reason).or_default() += 1;
        }
        let mut reasons: Vec<(String, u64)> =
            counts.into_iter().map(|(reason, n)| (reason.to_owned(), n)).collect();
        reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        reasons
    }
}
