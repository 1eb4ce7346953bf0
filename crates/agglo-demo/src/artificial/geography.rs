//! Twenty-four regions in four groups on a grid of tiles.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

/// A group of regions that shares a stage of development.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Coast,
    North,
    Heart,
    West,
}

impl Group {
    pub(super) const ALL: [Group; 4] = [Group::Coast, Group::North, Group::Heart, Group::West];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Group::Coast => "coast",
            Group::North => "north",
            Group::Heart => "heart",
            Group::West => "west",
        }
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Group::Coast => ("Coast", "海岸"),
            Group::North => ("North", "北部"),
            Group::Heart => ("Heartland", "腹地"),
            Group::West => ("West", "西部"),
        }
    }
}

pub(super) struct Region {
    pub(super) code: &'static str,
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
    pub(super) group: Group,
    /// Tile column from the west and row from the north.
    pub(super) tile: (u32, u32),
    /// Share in all plants, in parts of [`TOTAL_SIZE`].
    pub(super) size: u32,
}

const fn region(
    code: &'static str,
    en: &'static str,
    zh: &'static str,
    group: Group,
    tile: (u32, u32),
    size: u32,
) -> Region {
    Region { code, en, zh, group, tile, size }
}

use Group::{Coast, Heart, North, West};

pub(super) const N_REGIONS: usize = 24;

pub(super) static REGIONS: [Region; N_REGIONS] = [
    region("R01", "Port Amber", "珀港", Coast, (5, 1), 8),
    region("R02", "Saltmere", "盐泽", Coast, (5, 2), 7),
    region("R03", "Gullhaven", "鸥湾", Coast, (5, 3), 6),
    region("R04", "Lanternby", "灯汊", Coast, (4, 2), 6),
    region("R05", "Brackwater", "咸浦", Coast, (4, 3), 5),
    region("R06", "Tidefall", "潮落", Coast, (5, 0), 5),
    region("R07", "Frostmoor", "霜原", North, (0, 0), 3),
    region("R08", "Pinewick", "松镇", North, (1, 0), 3),
    region("R09", "Coldspring", "冷泉", North, (2, 0), 3),
    region("R10", "Ironfell", "铁岗", North, (3, 0), 4),
    region("R11", "Slatehill", "板岩", North, (4, 0), 4),
    region("R12", "Northgate", "朔门", North, (4, 1), 3),
    region("R13", "Millbrook", "磨溪", Heart, (3, 1), 5),
    region("R14", "Goldfield", "金田", Heart, (3, 2), 4),
    region("R15", "Crossways", "通衢", Heart, (2, 1), 4),
    region("R16", "Oakplain", "橡原", Heart, (2, 2), 4),
    region("R17", "Riverside", "河畔", Heart, (3, 3), 3),
    region("R18", "Claybridge", "陶桥", Heart, (2, 3), 3),
    region("R19", "Redmesa", "赤台", West, (1, 1), 3),
    region("R20", "Drywell", "旱井", West, (0, 1), 2),
    region("R21", "Highpass", "高关", West, (1, 2), 3),
    region("R22", "Copperdale", "铜谷", West, (0, 2), 2),
    region("R23", "Sandrun", "沙川", West, (1, 3), 2),
    region("R24", "Stonegate", "岩门", West, (0, 3), 2),
];

/// Sum of the sizes.
pub(super) const TOTAL_SIZE: u32 = 94;

/// Side of a tile.
pub(super) const TILE_KM: f64 = 100.0;

/// The region that a draw `u` in [0, 1) falls into when places are drawn by size.
pub(super) fn by_size(u: f64) -> usize {
    let mut left = u * f64::from(TOTAL_SIZE);
    REGIONS
        .iter()
        .position(|region| {
            left -= f64::from(region.size);
            left < 0.0
        })
        .unwrap_or(N_REGIONS - 1)
}

/// Center of the region's tile, north up.
pub(super) fn center_km(r: usize) -> (f64, f64) {
    let (column, row) = REGIONS[r].tile;
    ((f64::from(column) + 0.5) * TILE_KM, (3.5 - f64::from(row)) * TILE_KM)
}

/// Regions of `group`.
pub(super) fn of(group: Group) -> impl Iterator<Item = usize> {
    (0..N_REGIONS).filter(move |&r| REGIONS[r].group == group)
}

pub(super) fn write(sink: &mut dyn Sink) -> Result<(), DemoError> {
    let mut regions = Table::create(
        sink,
        "data/regions.csv",
        &["region", "name_en", "name_zh", "x_km", "y_km", "area_km2"],
    )?;
    let mut tiles = Table::create(
        sink,
        "geo/tiles.csv",
        &["code", "row", "col", "en", "zh", "short_en", "short_zh"],
    )?;
    let mut groups =
        Table::create(sink, "geo/groups.csv", &["region", "group", "name", "name_zh", "weight"])?;
    for (r, region) in REGIONS.iter().enumerate() {
        let (x, y) = center_km(r);
        regions.row(cells![region.code, region.en, region.zh, x, y, TILE_KM * TILE_KM])?;
        let (column, row) = region.tile;
        tiles.row(cells![region.code, row, column, region.en, region.zh, region.en, region.zh])?;
        let (en, zh) = region.group.names();
        groups.row(cells![region.code, region.group.code(), en, zh, 1])?;
    }
    regions.finish()?;
    tiles.finish()?;
    groups.finish()
}
