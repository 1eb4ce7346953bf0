//! Forty industries: where each is found is its kind.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

/// Three industries that buy from each other and share their home regions.
pub(super) struct Chain {
    pub(super) name: &'static str,
    /// Home regions, the first one strongest.
    pub(super) homes: [usize; 3],
}

pub(super) static CHAINS: [Chain; 3] = [
    Chain { name: "textiles", homes: [0, 1, 4] },
    Chain { name: "electronics", homes: [2, 12, 3] },
    Chain { name: "metal", homes: [9, 10, 18] },
];

/// Share of a localized industry's plants in its three home regions; the others follow size.
pub(crate) const HOME_SHARES: [f64; 3] = [0.40, 0.20, 0.12];
/// Share of a granular industry's jobs in its three giants, at the start and in expectation.
pub(crate) const GIANT_SHARES: [f64; 3] = [0.20, 0.15, 0.10];

/// How the plants of an industry choose their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the home regions of a chain.
    Localized(usize),
    /// As by chance, but with a few giants.
    Granular,
    /// More evenly than chance would.
    Dispersed,
    /// As by chance.
    Neutral,
}

impl Kind {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Kind::Localized(_) => "localized",
            Kind::Granular => "granular",
            Kind::Dispersed => "dispersed",
            Kind::Neutral => "neutral",
        }
    }
}

pub(super) struct Industry {
    pub(super) code: &'static str,
    en: &'static str,
    zh: &'static str,
    pub(super) kind: Kind,
    /// L, C or T: labor, capital or technology intensive.
    pub(super) intensity: char,
}

const fn industry(
    code: &'static str,
    en: &'static str,
    zh: &'static str,
    kind: Kind,
    intensity: char,
) -> Industry {
    Industry { code, en, zh, kind, intensity }
}

use Kind::{Dispersed, Granular, Localized, Neutral};

pub(super) const N_INDUSTRIES: usize = 40;

pub(super) static INDUSTRIES: [Industry; N_INDUSTRIES] = [
    industry("I01", "Fibers", "化学纤维", Localized(0), 'L'),
    industry("I02", "Cloth", "织布", Localized(0), 'L'),
    industry("I03", "Dyeing", "印染", Localized(0), 'L'),
    industry("I04", "Apparel", "服装", Localized(0), 'L'),
    industry("I05", "Components", "电子元件", Localized(1), 'T'),
    industry("I06", "Displays", "显示器件", Localized(1), 'T'),
    industry("I07", "Computers", "计算机", Localized(1), 'T'),
    industry("I08", "Instruments", "仪器仪表", Localized(1), 'T'),
    industry("I09", "Ores", "选矿", Localized(2), 'C'),
    industry("I10", "Steel", "钢铁", Localized(2), 'C'),
    industry("I11", "Castings", "铸件", Localized(2), 'C'),
    industry("I12", "Machine tools", "机床", Localized(2), 'C'),
    industry("I13", "Aircraft", "飞机", Granular, 'T'),
    industry("I14", "Shipyards", "造船", Granular, 'C'),
    industry("I15", "Refining", "炼油", Granular, 'C'),
    industry("I16", "Tires", "轮胎", Granular, 'C'),
    industry("I17", "Rail vehicles", "轨道车辆", Granular, 'T'),
    industry("I18", "Household appliances", "家用电器", Granular, 'T'),
    industry("I19", "Bread", "面包糕点", Dispersed, 'L'),
    industry("I20", "Dairy", "乳制品", Dispersed, 'L'),
    industry("I21", "Printing", "印刷", Dispersed, 'L'),
    industry("I22", "Ready-mixed concrete", "预拌混凝土", Dispersed, 'C'),
    industry("I23", "Bricks", "砖瓦", Dispersed, 'L'),
    industry("I24", "Soft drinks", "软饮料", Dispersed, 'L'),
    industry("I25", "Packaging", "包装", Dispersed, 'L'),
    industry("I26", "Joinery", "木制品", Dispersed, 'L'),
    industry("I27", "Furniture", "家具", Neutral, 'L'),
    industry("I28", "Toys", "玩具", Neutral, 'L'),
    industry("I29", "Paints", "涂料", Neutral, 'C'),
    industry("I30", "Plastics", "塑料制品", Neutral, 'L'),
    industry("I31", "Glass", "玻璃", Neutral, 'C'),
    industry("I32", "Pumps", "泵与阀门", Neutral, 'T'),
    industry("I33", "Pharmaceuticals", "药品", Neutral, 'T'),
    industry("I34", "Medical devices", "医疗器械", Neutral, 'T'),
    industry("I35", "Batteries", "电池", Neutral, 'T'),
    industry("I36", "Cables", "电线电缆", Neutral, 'C'),
    industry("I37", "Fasteners", "紧固件", Neutral, 'L'),
    industry("I38", "Paper", "纸制品", Neutral, 'C'),
    industry("I39", "Cosmetics", "化妆品", Neutral, 'L'),
    industry("I40", "Auto parts", "汽车零部件", Neutral, 'C'),
];

impl Industry {
    /// Plants in every [`SLOTS`] plants of the country.
    const fn slots(&self, i: usize) -> u64 {
        match self.kind {
            Neutral if i >= 34 => 2,
            Localized(_) | Neutral => 3,
            Granular | Dispersed => 2,
        }
    }

    /// Output of a job, thousand crowns a year.
    pub(super) const fn output_per_job(&self) -> u64 {
        match self.intensity {
            'T' => 900,
            'C' => 1100,
            _ => 500,
        }
    }

    /// Value added in output, percent.
    pub(super) const fn value_added_percent(&self) -> u64 {
        match self.intensity {
            'T' => 45,
            'C' => 35,
            _ => 40,
        }
    }

    /// Fixed assets of a job, thousand crowns.
    pub(super) const fn assets_per_job(&self) -> u64 {
        match self.intensity {
            'T' => 500,
            'C' => 1500,
            _ => 150,
        }
    }

    /// Research in output, hundredths of a percent.
    pub(super) const fn research_basis_points(&self) -> u64 {
        match self.intensity {
            'T' => 400,
            'C' => 120,
            _ => 50,
        }
    }
}

/// Plants after which the order of industries repeats.
const SLOTS: u64 = 100;

/// The industry of plant `k`, and its number within that industry.
pub(super) fn place_in_industry(k: u64) -> (usize, u64) {
    let (round, mut slot) = (k / SLOTS, k % SLOTS);
    for (i, industry) in INDUSTRIES.iter().enumerate() {
        let slots = industry.slots(i);
        if slot < slots {
            return (i, round * slots + slot);
        }
        slot -= slots;
    }
    unreachable!("the slots of all industries add up to {SLOTS}")
}

/// Plants of industry `i` among `plants`.
pub(super) fn plants_of(i: usize, plants: u64) -> u64 {
    plants * INDUSTRIES[i].slots(i) / SLOTS
}

pub(super) fn write(sink: &mut dyn Sink) -> Result<(), DemoError> {
    let mut table = Table::create(
        sink,
        "data/industries.csv",
        &["industry", "name_en", "name_zh", "intensity"],
    )?;
    for industry in &INDUSTRIES {
        table.row(cells![industry.code, industry.en, industry.zh, industry.intensity])?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hundred_plants_fill_the_slots() {
        let slots: u64 = INDUSTRIES.iter().enumerate().map(|(i, x)| x.slots(i)).sum();
        assert_eq!(slots, SLOTS);
        assert_eq!(place_in_industry(0), (0, 0));
        assert_eq!(place_in_industry(102), (0, 5));
        assert_eq!(place_in_industry(199).0, N_INDUSTRIES - 1);
    }
}
