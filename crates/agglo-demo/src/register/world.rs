//! The life of every plant, in whole numbers, so that no machine's exponential function matters.
//!
//! Jobs of plant k in year t: sₖ · gᵗ · cᵗ · (1 + 0.02 zₖₜ), rounded, at least 1; c only on the
//! coast, z even on (−1, 1). Sizes s are log-logistic, Fisk (1961), "The graduation of income
//! distributions", Econometrica 29(2): s(u) = 25 (u / (1 − u))^0.44, cut at 0.1 % on both sides.
//! Output in hundredths of a thousand crowns: jobs · output per job of the industry · aₖ · 1.01ᵗ ·
//! (1 + 0.03 zₖₜ) · (1 + effect); a even on (0.8, 1.2).

use agglo_core::Seed;

use crate::artificial::{GIANT_SHARES, HOME_SHARES};

use super::country::{Country, TILE_KM};
use super::industries::{Industries, Kind, N_GIANTS};
use super::plan::RegisterPlan;
use super::random::{Draws, Purpose, STEP, below, shuffled, threshold};

/// Log growth of the coast relative to the others before the turn, and its loss after it.
pub(super) const COAST_GROWTH: f64 = 0.04;
/// Share of a moving group's plants in its strongest home that leave it after the turn.
pub(super) const MOVING_SHARE: f64 = 0.25;
/// What the programme adds to the output of its regions' plants, percent.
pub(super) const EFFECT_PERCENT: u64 = 8;
/// Regions for each one in the programme.
const REGIONS_PER_PROGRAMME_REGION: usize = 6;
const GROWTH: f64 = 0.02;
const OUTPUT_GROWTH: f64 = 0.01;
/// Share of plants that stand in the first year.
const STANDING_SHARE: f64 = 0.65;
/// Share of plants still open a year later.
const SURVIVAL: f64 = 0.985;
/// Share of plants that belong to the firm of an earlier plant.
const BRANCH_SHARE: f64 = 0.12;
/// Plants with consecutive numbers that one firm may own.
const FIRM_SPAN: u64 = 32;
/// Middle and spread of the log-logistic sizes.
const SIZE: (f64, f64) = (25.0, 0.44);
/// Steps of the table of sizes.
const SIZE_BITS: u32 = 10;
/// Share cut from the sizes at both ends.
const SIZE_CUT: f64 = 0.001;
/// Plants that open within the years are this much smaller, in halves.
const YOUNG_SHIFT: u32 = 1;
/// Years before the first one in which the plants that stand then may have opened.
const OLDEST: u64 = 20;

/// Binary places of the fixed-point factors.
const POINT: u32 = 16;
const ONE: u64 = 1 << POINT;

fn fixed(value: f64) -> u64 {
    (value * ONE as f64).round() as u64
}

#[inline]
const fn times(value: u64, factor: u64) -> u64 {
    (value * factor) >> POINT
}

/// Everything that the lives of all plants share.
pub(super) struct World {
    pub(super) plan: RegisterPlan,
    pub(super) country: Country,
    pub(super) industries: Industries,
    /// Whether a region is in the programme.
    pub(super) programme: Vec<bool>,
    on_coast: Vec<bool>,
    lives: Purpose,
    moving: u64,
    branch: u64,
    standing: u64,
    homes: [u64; HOME_SHARES.len()],
    sizes: Vec<u64>,
    giants: Vec<[u64; N_GIANTS as usize]>,
    growth: Vec<u64>,
    coast_growth: Vec<u64>,
    output_growth: Vec<u64>,
    /// Draws below are still open so many years after the opening.
    surviving: Vec<u64>,
}

/// Places of a plant's draws; those of the years follow.
mod place {
    pub(super) const HOME: u64 = 0;
    pub(super) const SITE: u64 = 1;
    pub(super) const OPENING: u64 = 2;
    pub(super) const OPENED: u64 = 3;
    pub(super) const CLOSING: u64 = 4;
    pub(super) const MOVING: u64 = 5;
    pub(super) const MOVED: u64 = 6;
    pub(super) const OFFSET: u64 = 7;
    pub(super) const SIZE: u64 = 8;
    pub(super) const PRODUCTIVITY: u64 = 9;
    pub(super) const FIRM: u64 = 10;
    pub(super) const YEARS: u64 = 16;
}

/// One plant in one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) plant: i64,
    pub(super) firm: i64,
    pub(super) region: u16,
    pub(super) industry: u16,
    pub(super) jobs: i32,
    /// Hundredths of a thousand crowns.
    pub(super) output: i64,
    /// Hundredths of a thousand crowns.
    pub(super) value_added: i64,
    /// Easting and northing in meters.
    pub(super) x_m: i32,
    pub(super) y_m: i32,
    pub(super) opened_year: i32,
    pub(super) closed_year: Option<i32>,
    /// The region that it came from, once it has moved.
    pub(super) previous: Option<u16>,
    /// Whether this is the year of the move.
    pub(super) arrives: bool,
}

impl World {
    pub(super) fn new(plan: &RegisterPlan) -> World {
        let country = Country::draw(plan);
        let industries = Industries::draw(plan, &country);
        let n = country.regions.len();
        let mut programme = vec![false; n];
        let order = shuffled(purpose(plan.seed, "programme").of(0), n);
        for &r in order.iter().take(n / REGIONS_PER_PROGRAMME_REGION) {
            programme[r] = true;
        }
        let mut on_coast = vec![false; n];
        for &r in &country.coast {
            on_coast[r] = true;
        }
        let sizes: Vec<u64> = (0..=1u32 << SIZE_BITS)
            .map(|step| {
                let even = f64::from(step) / f64::from(1u32 << SIZE_BITS);
                let u = SIZE_CUT + (1.0 - 2.0 * SIZE_CUT) * even;
                let (middle, spread) = SIZE;
                fixed(middle * (u / (1.0 - u)).powf(spread))
            })
            .collect();
        let mean = sizes.iter().sum::<u64>() as f64 / sizes.len() as f64 / ONE as f64;
        let giants = (0..industries.all.len())
            .map(|i| giants(industries.plants_of(i, plan.plants), mean))
            .collect();
        let years = || 0..plan.n_years();
        let turn = plan.turn() as f64;
        let mut sum = 0.0;
        let homes = HOME_SHARES.map(|share| {
            sum += share;
            threshold(sum)
        });
        World {
            plan: *plan,
            programme,
            on_coast,
            lives: purpose(plan.seed, "plant"),
            moving: threshold(MOVING_SHARE),
            branch: threshold(BRANCH_SHARE),
            standing: threshold(STANDING_SHARE),
            homes,
            sizes,
            giants,
            growth: years().map(|t| fixed((1.0 + GROWTH).powi(t as i32))).collect(),
            coast_growth: years()
                .map(|t| fixed((COAST_GROWTH * (turn - (t as f64 - turn).abs())).exp()))
                .collect(),
            output_growth: years().map(|t| fixed((1.0 + OUTPUT_GROWTH).powi(t as i32))).collect(),
            surviving: years().map(|t| threshold(SURVIVAL.powi(t as i32 + 1))).collect(),
            country,
            industries,
        }
    }

    /// Plant `k` in year `t`, if it stands then: a function of the seed and these two alone.
    #[inline]
    pub(super) fn row(&self, k: u64, t: usize) -> Option<Row> {
        let draws = self.lives.of(k);
        let (i, ordinal) = self.industries.of_plant(k);
        let industry = &self.industries.all[i];
        let giant = industry.kind == Kind::Granular && ordinal < N_GIANTS;
        let plan = &self.plan;
        let (opened, opened_year) = if giant || draws.at(place::OPENING) < self.standing {
            let before = below(draws.at(place::OPENED), OLDEST) as i32;
            (0, plan.first_year - before)
        } else {
            let t = 1 + below(draws.at(place::OPENED), plan.last() as u64) as usize;
            (t, plan.year(t))
        };
        if t < opened {
            return None;
        }
        let closed = if giant { None } else { self.closed(opened, draws) };
        if closed.is_some_and(|closed| t >= closed) {
            return None;
        }
        let (home, at_home) = self.site(i, ordinal, draws);
        let moved = self.moved(i, home, at_home, opened, closed, draws);
        let region = match moved {
            Some((when, to)) if t >= when => to,
            _ => home,
        };
        let year = draws.at(place::YEARS + t as u64);
        let jobs = if giant {
            self.giants[i][ordinal as usize]
        } else {
            let size = self.size(draws.at(place::SIZE));
            if opened > 0 { size >> YOUNG_SHIFT } else { size }
        };
        let mut jobs = times(jobs, self.growth[t]);
        if self.on_coast[region] {
            jobs = times(jobs, self.coast_growth[t]);
        }
        if !giant {
            jobs = times(jobs, around_one(year, 2));
        }
        let jobs = ((jobs + ONE / 2) >> POINT).max(1);
        let mut factor = around_one(draws.at(place::PRODUCTIVITY), 20);
        factor = times(factor, self.output_growth[t]);
        factor = times(factor, around_one(year.wrapping_mul(STEP), 3));
        if self.programme[region] && t >= plan.programme_start() {
            factor = factor * (100 + EFFECT_PERCENT) / 100;
        }
        let output = jobs * times(industry.output_per_job, factor);
        let (x_m, y_m) = self.country.center_m(region);
        let (east, north) = offset_m(draws.at(place::OFFSET), at_home);
        Some(Row {
            plant: k as i64 + 1,
            firm: self.firm(k, draws) as i64 + 1,
            region: region as u16,
            industry: i as u16,
            jobs: jobs as i32,
            output: output as i64,
            value_added: (output * industry.value_added_percent / 100) as i64,
            x_m: x_m + east,
            y_m: y_m + north,
            opened_year,
            closed_year: closed.map(|closed| plan.year(closed)),
            previous: (region != home).then_some(home as u16),
            arrives: moved.is_some_and(|(when, _)| when == t),
        })
    }

    /// The first year without the plant, if within the years.
    #[inline]
    fn closed(&self, opened: usize, draws: Draws) -> Option<usize> {
        let draw = draws.at(place::CLOSING);
        let room = self.plan.last() - opened;
        if room == 0 || draw < self.surviving[room - 1] {
            return None;
        }
        let open = self.surviving[..room].partition_point(|&share| draw < share);
        Some(opened + 1 + open)
    }

    /// The region that a plant chooses, and whether as a home of its related group.
    #[inline]
    fn site(&self, i: usize, ordinal: u64, draws: Draws) -> (usize, bool) {
        let draw = draws.at(place::SITE);
        match self.industries.all[i].kind {
            Kind::Localized => {
                let group = &self.industries.groups[self.industries.all[i].group];
                let home = draws.at(place::HOME);
                match self.homes.iter().position(|&share| home < share) {
                    Some(strength) => (group.homes[strength], true),
                    None => (self.country.by_size(draw), false),
                }
            }
            // Steps of the golden ratio cover [0, 1) more evenly than chance.
            Kind::Dispersed => {
                let start = (i as u64).wrapping_mul(0x5851_f42d_4c95_7f2d);
                (self.country.by_size(ordinal.wrapping_mul(STEP).wrapping_add(start)), false)
            }
            Kind::Granular | Kind::Neutral => (self.country.by_size(draw), false),
        }
    }

    /// When and to where a plant moves, if it does.
    #[inline]
    fn moved(
        &self,
        i: usize,
        home: usize,
        at_home: bool,
        opened: usize,
        closed: Option<usize>,
        draws: Draws,
    ) -> Option<(usize, usize)> {
        if !at_home {
            return None;
        }
        let group = self.industries.related(i)?;
        let receivers = group.receivers?;
        if home != group.homes[0] || draws.at(place::MOVING) >= self.moving {
            return None;
        }
        let draw = draws.at(place::MOVED);
        let turn = self.plan.turn();
        let when = turn + 1 + below(draw, (self.plan.last() - turn) as u64) as usize;
        let stands = opened < when && closed.is_none_or(|closed| when < closed);
        // The low bits say to which of the two; the high ones have said when.
        stands.then_some((when, receivers[(draw & 1) as usize]))
    }

    /// Jobs of an ordinary plant, between two steps of the table.
    #[inline]
    fn size(&self, draw: u64) -> u64 {
        let step = (draw >> (64 - SIZE_BITS)) as usize;
        let (low, high) = (self.sizes[step], self.sizes[step + 1]);
        low + below(draw << SIZE_BITS, high - low)
    }

    /// The plant that gave the firm its number.
    #[inline]
    fn firm(&self, k: u64, draws: Draws) -> u64 {
        if draws.at(place::FIRM) < self.branch { k - k % FIRM_SPAN } else { k }
    }
}

fn purpose(seed: Seed, name: &str) -> Purpose {
    Purpose::new(seed, &format!("register/{name}"))
}

/// 1 plus or minus up to `percent`, evenly.
#[inline]
fn around_one(draw: u64, percent: u64) -> u64 {
    let width = 2 * ONE * percent / 100;
    ONE - width / 2 + below(draw, width)
}

/// Where in its tile a plant stands: near the center in a home, anywhere but the edge elsewhere.
#[inline]
fn offset_m(draw: u64, at_home: bool) -> (i32, i32) {
    let width = u64::from(TILE_KM) * if at_home { 200 } else { 900 };
    let along = |draw: u64| below(draw, width) as i32 - (width / 2) as i32;
    (along(draw), along(draw << 32))
}

/// Jobs that give the giants their shares of an industry, given the expected jobs of the others.
fn giants(plants: u64, mean: f64) -> [u64; N_GIANTS as usize] {
    let others = plants.saturating_sub(N_GIANTS) as f64 * STANDING_SHARE * mean;
    let giants: f64 = GIANT_SHARES.iter().sum();
    GIANT_SHARES.map(|share| fixed(share / (1.0 - giants) * others))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> World {
        World::new(&RegisterPlan::default())
    }

    #[test]
    fn a_plant_keeps_its_firm_place_and_opening_over_the_years() {
        let world = world();
        let mut seen = 0;
        for k in 0..2000 {
            let rows: Vec<Row> = (0..12).filter_map(|t| world.row(k, t)).collect();
            for pair in rows.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                assert_eq!((a.plant, a.firm, a.industry), (b.plant, b.firm, b.industry));
                assert_eq!((a.opened_year, a.closed_year), (b.opened_year, b.closed_year));
                assert_eq!(a.region != b.region, b.arrives, "a region changes in a move only");
                seen += 1;
            }
        }
        assert!(seen > 10_000);
    }

    #[test]
    fn a_plant_stands_from_its_opening_to_the_year_before_its_closing() {
        let world = world();
        for k in 0..2000 {
            let years: Vec<i32> =
                (0..12).filter(|&t| world.row(k, t).is_some()).map(|t| 2009 + t as i32).collect();
            let Some(row) = (0..12).find_map(|t| world.row(k, t)) else { continue };
            let first = row.opened_year.max(2009);
            let last = row.closed_year.unwrap_or(2021) - 1;
            assert_eq!(years, (first..=last).collect::<Vec<_>>());
        }
    }

    #[test]
    fn sizes_follow_the_log_logistic_quantiles() {
        let world = world();
        for (u, jobs) in [(0.5f64, 25.0), (0.25, 15.417), (0.9, 65.74)] {
            let inside = (u - SIZE_CUT) / (1.0 - 2.0 * SIZE_CUT);
            let size = world.size(threshold(inside)) as f64 / ONE as f64;
            assert!((size / jobs - 1.0).abs() < 1e-3, "{u}: {size}");
        }
    }

    #[test]
    fn survivors_of_n_years_are_the_yearly_share_to_the_nth_power() {
        let world = world();
        let (mut standing, mut left) = (0.0, 0.0);
        for k in 0..50_000 {
            if world.row(k, 0).is_some_and(|row| row.opened_year <= 2009) {
                standing += 1.0;
                left += f64::from(u8::from(world.row(k, 11).is_some()));
            }
        }
        // 0.985¹¹ = 0.8468; standard error 0.002 with some 32,500 plants.
        assert!((left / standing - 0.8468f64).abs() < 0.008, "{}", left / standing);
    }
}
