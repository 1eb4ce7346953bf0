//! Plants: born, growing, moving, closing.
//!
//! Jobs of plant k in year t: sₖ · (1 + g)ᵗ · exp(c · (T − |t − T|)) · exp(0.02 · zₖₜ), rounded; the
//! second exponential only while the plant stands on the coast, T the turning year.

use rand::RngExt;
use rand_distr::StandardNormal;

use crate::error::DemoError;
use crate::sink::{Sink, Table, cells};

use super::clusters;
use super::geography::{self, Group, N_REGIONS, REGIONS, TILE_KM};
use super::industries::{self, CHAINS, GIANT_SHARES, HOME_SHARES, INDUSTRIES, Kind, N_INDUSTRIES};
use super::plan::Plan;
use super::totals::Totals;

/// Growth of the coast's plants relative to the others' before the turn, and their loss after it.
pub(super) const COAST_GROWTH: f64 = 0.06;
/// Growth of every plant.
const GROWTH: f64 = 0.02;
/// Share of the coast's textile plants that move inland after the turn, if still open.
pub(super) const MOVING_SHARE: f64 = 0.25;
/// Regions that receive them.
pub(super) const RECEIVERS: [usize; 2] = [13, 15];
/// Share of plants that stand in the first year.
const STANDING_SHARE: f64 = 0.65;
/// Yearly probability of closing.
const CLOSING: f64 = 0.015;
/// Log size of ordinary plants.
const LOG_SIZE: (f64, f64) = (3.6, 0.8);

/// Everything that happens to one plant.
struct Life {
    industry: usize,
    region: usize,
    opened: usize,
    opened_year: i32,
    /// The first year without it.
    closed: usize,
    size: f64,
    giant: bool,
    moved: Option<(usize, usize)>,
    offset_km: (f64, f64),
    noise: Vec<f64>,
}

impl Life {
    fn draw(plan: &Plan, k: u64) -> Life {
        let mut rng = plan.seed.stream("artificial/plant", (k >> 32) as u32, k as u32);
        let mut uniform = || rng.random::<f64>();
        let (industry, ordinal) = industries::place_in_industry(k);
        let kind = INDUSTRIES[industry].kind;
        let giant = kind == Kind::Granular && ordinal < GIANT_SHARES.len() as u64;
        let chosen = place(kind, industry, ordinal, uniform());
        // The largest of a granular industry that has a cluster stands in that cluster.
        let region = match clusters::home_of(industry) {
            Some(home) if giant && ordinal == 0 => home,
            _ => chosen,
        };
        let standing = uniform();
        let (opened, opened_year) = if giant || standing < STANDING_SHARE {
            (0, plan.first_year - (uniform() * 20.0) as i32)
        } else {
            let t = 1 + (uniform() * plan.last() as f64) as usize;
            (t, plan.year(t))
        };
        let closed = (opened + 1..plan.n_years())
            .find(|_| uniform() < CLOSING && !giant)
            .unwrap_or(plan.n_years());
        let moves = uniform() < MOVING_SHARE;
        let when = plan.turn() + 1 + (uniform() * (plan.last() - plan.turn()) as f64) as usize;
        let receiver = RECEIVERS[usize::from(uniform() < 0.5)];
        let textile = kind == Kind::Localized(0);
        let coastal = REGIONS[region].group == Group::Coast;
        let moved = (textile && coastal && moves && opened < when && when < closed)
            .then_some((when, receiver));
        let offset_km = ((uniform() - 0.5) * 0.9 * TILE_KM, (uniform() - 0.5) * 0.9 * TILE_KM);
        let size = if giant {
            giant_size(industry, ordinal, plan.plants)
        } else {
            let young = if opened > 0 { 0.5 } else { 1.0 };
            let (mean, sd) = LOG_SIZE;
            let ordinary: f64 = rng.sample(StandardNormal);
            young * (mean + sd * ordinary.clamp(-3.0, 3.0)).exp()
        };
        let noise = (0..plan.n_years()).map(|_| rng.sample(StandardNormal)).collect();
        Life { industry, region, opened, opened_year, closed, size, giant, moved, offset_km, noise }
    }

    fn region_at(&self, t: usize) -> usize {
        match self.moved {
            Some((when, to)) if t >= when => to,
            _ => self.region,
        }
    }

    fn jobs(&self, plan: &Plan, t: usize) -> u64 {
        let coast = if REGIONS[self.region_at(t)].group == Group::Coast {
            let turn = plan.turn() as f64;
            COAST_GROWTH * (turn - (t as f64 - turn).abs())
        } else {
            0.0
        };
        let noise = if self.giant { 0.0 } else { 0.02 * self.noise[t] };
        let grown = self.size * (1.0 + GROWTH).powi(t as i32) * (coast + noise).exp();
        (grown.round() as u64).max(1)
    }
}

/// The region that a plant of `kind` chooses with the draw `u`.
fn place(kind: Kind, industry: usize, ordinal: u64, u: f64) -> usize {
    match kind {
        Kind::Localized(chain) => {
            let mut left = u;
            for (home, share) in CHAINS[chain].homes.iter().zip(HOME_SHARES) {
                if left < share {
                    return *home;
                }
                left -= share;
            }
            geography::by_size(left / (1.0 - HOME_SHARES.iter().sum::<f64>()))
        }
        // Steps of the golden ratio cover [0, 1) more evenly than chance.
        Kind::Dispersed => {
            let step = (ordinal % (1 << 40)) as f64 * 0.618_033_988_749_894_9;
            geography::by_size((step + industry as f64 * 0.37).fract())
        }
        Kind::Granular | Kind::Neutral => geography::by_size(u),
    }
}

/// Jobs that give a giant its share of the industry, given the expected jobs of the others.
fn giant_size(industry: usize, ordinal: u64, plants: u64) -> f64 {
    let (mean, sd) = LOG_SIZE;
    let ordinary = (mean + sd * sd / 2.0).exp();
    let others = industries::plants_of(industry, plants).saturating_sub(3) as f64;
    let giants: f64 = GIANT_SHARES.iter().sum();
    GIANT_SHARES[ordinal as usize] / (1.0 - giants) * others * STANDING_SHARE * ordinary
}

/// Jobs and plants that moved from one region to another.
pub(super) type Moves = std::collections::BTreeMap<(usize, usize, usize), (u64, u64)>;

/// Writes plants and relocations in one pass and adds them up.
pub(super) fn write(plan: &Plan, sink: &mut dyn Sink) -> Result<(Totals, Moves), DemoError> {
    let mut plants = Table::create(
        sink,
        "data/plants.csv",
        &[
            "plant",
            "year",
            "region",
            "industry",
            "x_km",
            "y_km",
            "employment",
            "output",
            "value_added",
            "opened_year",
            "closed_year",
            "previous_region",
            "origin",
        ],
    )?;
    let mut relocations = Table::create(
        sink,
        "data/relocations.csv",
        &["firm", "year", "from", "to", "industry", "employment"],
    )?;
    let mut totals = Totals::new(N_REGIONS, N_INDUSTRIES, plan.n_years());
    let mut moves = Moves::new();
    for k in 0..plan.plants {
        let life = Life::draw(plan, k);
        let id = format!("P{:07}", k + 1);
        let industry = &INDUSTRIES[life.industry];
        let closed_year = if life.closed < plan.n_years() {
            plan.year(life.closed).to_string()
        } else {
            String::new()
        };
        for t in life.opened..life.closed {
            let r = life.region_at(t);
            let jobs = life.jobs(plan, t);
            let output = jobs * industry.output_per_job();
            let value_added = output * industry.value_added_percent() / 100;
            let arrived = r != life.region;
            let (x, y) = geography::center_km(r);
            plants.row(&[
                id.clone(),
                plan.year(t).to_string(),
                REGIONS[r].code.to_owned(),
                industry.code.to_owned(),
                format!("{:.3}", x + life.offset_km.0),
                format!("{:.3}", y + life.offset_km.1),
                jobs.to_string(),
                output.to_string(),
                value_added.to_string(),
                life.opened_year.to_string(),
                closed_year.clone(),
                if arrived { REGIONS[life.region].code.to_owned() } else { String::new() },
                if arrived { "transferred" } else { "local" }.to_owned(),
            ])?;
            totals.add(r, life.industry, t, jobs, output, value_added);
            if let Some((when, to)) = life.moved
                && when == t
            {
                relocations.row(cells![
                    id,
                    plan.year(t),
                    REGIONS[life.region].code,
                    REGIONS[to].code,
                    industry.code,
                    jobs
                ])?;
                let (n, moved_jobs) = moves.entry((life.region, to, life.industry)).or_default();
                *n += 1;
                *moved_jobs += jobs;
            }
        }
    }
    plants.finish()?;
    relocations.finish()?;
    Ok((totals, moves))
}
