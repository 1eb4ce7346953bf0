//! What becomes of regions without a neighbor.

use agglo_core::{Axis, Key, Weights};

use super::sites::Sites;

/// A policy for regions without a neighbor besides themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Islands {
    /// They stay without neighbors.
    Keep,
    /// They are an error.
    Error,
    /// They and the region nearest to them become neighbors of each other.
    Nearest,
    /// They are left out, and so is who is alone without them.
    Drop,
}

impl Islands {
    /// The names, in the order of the variants.
    pub const NAMES: [&str; 4] = ["keep", "error", "nearest", "drop"];

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Islands> {
        let all = [Islands::Keep, Islands::Error, Islands::Nearest, Islands::Drop];
        Islands::NAMES.iter().position(|known| *known == name).map(|place| all[place])
    }
}

/// Why islands could not be settled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IslandError {
    /// There are some, and none may be.
    #[error(
        "{n} regions have no neighbor ({shown}); keep them, drop them, or attach each to the nearest",
        n = .regions.len(), shown = few(.regions)
    )]
    Alone {
        /// Their codes.
        regions: Vec<Key>,
    },
    /// The nearest is not known without places.
    #[error("{region} has no neighbor, and without coordinates the nearest is not known")]
    NoPlaces {
        /// The first of them.
        region: Key,
    },
}

pub(super) fn few(codes: &[Key]) -> String {
    let shown = codes.iter().take(5).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if codes.len() > 5 { format!("{shown}, …") } else { shown }
}

/// Weights whose islands are settled, and what was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The weights; with [`Islands::Drop`] on an axis without the islands.
    pub weights: Weights,
    /// The regions that had no neighbor.
    pub islands: Vec<Key>,
    /// Island and nearest region, for those that were attached.
    pub attached: Vec<(Key, Key)>,
}

/// Settles the islands of `weights`; the weight of an attached pair is `weight` of its distance.
///
/// `sites` must be of the same regions. Attaching is symmetric, and where the nearest is at equal
/// distance the smaller code is taken. A single region stays alone.
///
/// # Errors
/// [`IslandError`].
///
/// # Panics
/// When `sites` are of other regions.
pub fn settle_islands(
    weights: &Weights,
    policy: Islands,
    sites: Option<&Sites>,
    weight: impl Fn(f64) -> f64,
) -> Result<Settled, IslandError> {
    let alone = weights.islands();
    let codes: Vec<Key> = alone.iter().map(|&region| weights.axis().code(region).clone()).collect();
    let kept = |islands| Settled { weights: weights.clone(), islands, attached: Vec::new() };
    if alone.is_empty() {
        return Ok(kept(codes));
    }
    match policy {
        Islands::Keep => Ok(kept(codes)),
        Islands::Error => Err(IslandError::Alone { regions: codes }),
        Islands::Drop => Ok(dropped(weights)),
        Islands::Nearest => {
            let no_places = || IslandError::NoPlaces { region: codes[0].clone() };
            let sites = sites.ok_or_else(no_places)?;
            assert_eq!(sites.axis(), weights.axis(), "places of the same regions");
            Ok(attached(weights, &alone, sites, weight))
        }
    }
}

fn attached(
    weights: &Weights,
    alone: &[usize],
    sites: &Sites,
    weight: impl Fn(f64) -> f64,
) -> Settled {
    let mut edges: Vec<(u32, u32, f64)> = weights.edges().collect();
    let mut pairs = Vec::new();
    for &region in alone {
        if let Some(&(other, distance)) = sites.nearest(region, 1).first() {
            let weight = weight(distance);
            edges.extend([(region as u32, other, weight), (other, region as u32, weight)]);
            pairs.push((region, other as usize));
        }
    }
    // Two islands may be nearest to each other; one may be the neighbor of another all the same.
    edges.sort_by_key(|&(from, to, _)| (from, to));
    edges.dedup_by_key(|&mut (from, to, _)| (from, to));
    let code = |place: usize| weights.axis().code(place).clone();
    Settled {
        weights: super::placed(weights.axis(), edges),
        islands: alone.iter().map(|&region| code(region)).collect(),
        attached: pairs.into_iter().map(|(region, other)| (code(region), code(other))).collect(),
    }
}

fn dropped(weights: &Weights) -> Settled {
    let (mut left, mut islands) = (weights.clone(), Vec::new());
    loop {
        let alone = left.islands();
        if alone.is_empty() {
            islands.sort_unstable();
            return Settled { weights: left, islands, attached: Vec::new() };
        }
        islands.extend(alone.iter().map(|&region| left.axis().code(region).clone()));
        left = without(&left, &alone);
    }
}

/// The weights of the other regions; `regions` ascending.
fn without(weights: &Weights, regions: &[usize]) -> Weights {
    let mut places = Vec::with_capacity(weights.len());
    let mut codes = Vec::with_capacity(weights.len());
    for (region, code) in weights.axis().codes().iter().enumerate() {
        let stays = regions.binary_search(&region).is_err();
        places.push(stays.then_some(codes.len() as u32));
        if stays {
            codes.push(code.clone());
        }
    }
    let edges = weights.edges().filter_map(|(from, to, weight)| {
        Some((places[from as usize]?, places[to as usize]?, weight))
    });
    super::placed(&Axis::new(codes).into(), edges.collect())
}

/// For every region, the number of its component: regions that are joined by neighbors, in whatever
/// direction, have the same; counted from 0 in the order of their first regions.
pub fn components(weights: &Weights) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..weights.len()).collect();
    for (from, to, _) in weights.edges() {
        let (one, other) = (root(&mut parents, from as usize), root(&mut parents, to as usize));
        parents[one.max(other)] = one.min(other);
    }
    let mut numbers = vec![usize::MAX; weights.len()];
    let mut n_components = 0;
    for region in 0..weights.len() {
        let root = root(&mut parents, region);
        if root == region {
            numbers[region] = n_components;
            n_components += 1;
        }
        numbers[region] = numbers[root];
    }
    numbers
}

fn root(parents: &mut [usize], mut region: usize) -> usize {
    while parents[region] != region {
        parents[region] = parents[parents[region]];
        region = parents[region];
    }
    region
}
