//! The regions: tiles of 50 km, a crowded coast in the east, three parts inland.

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::names;
use super::plan::RegisterPlan;
use super::random::{Purpose, below, shuffled};

/// Side of a region's tile.
pub(super) const TILE_KM: u32 = 50;

/// A part of the country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Coast,
    North,
    Heart,
    West,
}

impl Part {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Part::Coast => ("coast", "Coast", "海岸"),
            Part::North => ("north", "North", "北部"),
            Part::Heart => ("heart", "Heartland", "腹地"),
            Part::West => ("west", "West", "西部"),
        }
    }
}

pub(super) struct Region {
    pub(super) code: String,
    pub(super) en: String,
    pub(super) zh: String,
    pub(super) part: Part,
    /// Tile column from the west and row from the north.
    tile: (u32, u32),
    /// Its share in all places drawn by size is in proportion to this.
    weight: u64,
}

pub(super) struct Country {
    pub(super) regions: Vec<Region>,
    rows: u32,
    /// Sums of the weights up to and with each region.
    cumulative: Vec<u64>,
    /// Where to begin looking, by the first bits of a draw.
    guide: Vec<u16>,
    /// Regions on the coast and inland, each in an order of its own.
    pub(super) coast: Vec<usize>,
    pub(super) inland: Vec<usize>,
}

const GUIDE_BITS: u32 = 12;

impl Country {
    pub(super) fn draw(plan: &RegisterPlan) -> Country {
        let n = plan.n_regions();
        let columns = (1..n).find(|c| c * c * 2 >= n * 3).unwrap_or(n) as u32;
        let rows = (n as u32).div_ceil(columns);
        let purpose = Purpose::new(plan.seed, "register/region");
        let width = if n > 999 { 4 } else { 3 };
        let regions: Vec<Region> = (0..n)
            .map(|r| {
                let tile = (r as u32 % columns, r as u32 / columns);
                let part = match tile {
                    (column, _) if column * 3 >= columns * 2 => Part::Coast,
                    (_, row) if row * 3 < rows => Part::North,
                    (column, _) if column * 3 < columns => Part::West,
                    _ => Part::Heart,
                };
                let (least, room) = if part == Part::Coast { (200, 200) } else { (50, 100) };
                let weight = least + below(purpose.of(r as u64).at(0), room);
                let (en, zh) = names::region(r);
                Region { code: format!("R{:0width$}", r + 1), en, zh, part, tile, weight }
            })
            .collect();
        let cumulative: Vec<u64> = regions
            .iter()
            .scan(0, |sum, region| {
                *sum += region.weight;
                Some(*sum)
            })
            .collect();
        let total = cumulative[n - 1];
        let guide = (0..1u64 << GUIDE_BITS)
            .map(|bits| {
                let place = below(bits << (64 - GUIDE_BITS), total);
                cumulative.partition_point(|&sum| sum <= place) as u16
            })
            .collect();
        let order = shuffled(Purpose::new(plan.seed, "register/order").of(0), n);
        let (coast, inland) = order.into_iter().partition(|&r| regions[r].part == Part::Coast);
        Country { regions, rows, cumulative, guide, coast, inland }
    }

    /// The region that a draw falls on when places are drawn by size.
    #[inline]
    pub(super) fn by_size(&self, draw: u64) -> usize {
        let place = below(draw, self.cumulative[self.cumulative.len() - 1]);
        let mut r = usize::from(self.guide[(draw >> (64 - GUIDE_BITS)) as usize]);
        while self.cumulative[r] <= place {
            r += 1;
        }
        r
    }

    /// Center of the region's tile in meters, north up.
    #[inline]
    pub(super) fn center_m(&self, r: usize) -> (i32, i32) {
        let (column, row) = self.regions[r].tile;
        let half = TILE_KM * 500;
        (
            (column * TILE_KM * 1000 + half) as i32,
            ((self.rows - 1 - row) * TILE_KM * 1000 + half) as i32,
        )
    }

    pub(super) fn codes(&self, regions: &[usize]) -> Vec<&str> {
        regions.iter().map(|&r| self.regions[r].code.as_str()).collect()
    }

    /// Regions from the most to the least competitive: the largest first.
    pub(super) fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.regions.len()).collect();
        order.sort_by_key(|&r| std::cmp::Reverse(self.regions[r].weight));
        order
    }

    pub(super) fn write(&self, sink: &mut dyn Sink) -> Result<(), DemoError> {
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
        let mut groups = Table::create(
            sink,
            "geo/groups.csv",
            &["region", "group", "name", "name_zh", "weight"],
        )?;
        for (r, region) in self.regions.iter().enumerate() {
            let Region { code, en, zh, tile: (column, row), .. } = region;
            let (x, y) = self.center_m(r);
            regions.row(cells![code, en, zh, x / 1000, y / 1000, TILE_KM * TILE_KM])?;
            tiles.row(cells![code, row, column, en, zh, en, zh])?;
            let (group, en, zh) = region.part.names();
            groups.row(cells![code, group, en, zh, 1])?;
        }
        regions.finish()?;
        tiles.finish()?;
        groups.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_drawn_by_size_follow_the_weights() {
        let plan = RegisterPlan { regions: Some(30), ..RegisterPlan::default() };
        let country = Country::draw(&plan);
        let n = 200_000u64;
        let mut found = vec![0u64; 30];
        for k in 0..n {
            // A grid over [0, 1): every share is right to the width of a step.
            found[country.by_size(k * (u64::MAX / n))] += 1;
        }
        let total: u64 = country.regions.iter().map(|region| region.weight).sum();
        for (region, found) in country.regions.iter().zip(found) {
            let wanted = n as f64 * region.weight as f64 / total as f64;
            assert!((found as f64 - wanted).abs() <= 2.0, "{}: {found} {wanted}", region.code);
        }
        assert_eq!(country.by_size(u64::MAX), 29);
    }

    #[test]
    fn a_third_of_the_country_is_coast_at_any_size() {
        for regions in [24, 25, 100, 777, 3000] {
            let plan = RegisterPlan { regions: Some(regions), ..RegisterPlan::default() };
            let country = Country::draw(&plan);
            let share = country.coast.len() as f64 / f64::from(regions);
            assert!((0.2..0.4).contains(&share), "{regions}: {share}");
            assert_eq!(country.coast.len() + country.inland.len(), regions as usize);
        }
    }
}
