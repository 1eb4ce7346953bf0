//! The cluster index of Litzenberger and Sternberg.

use agglo_core::Undefined;

/// What the cluster index is made of: one region's part and the total of activity, area,
/// population and establishments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterIndexParts {
    /// Activity of the industry: in the region, in all.
    pub activity: (f64, f64),
    /// Area: of the region, of all.
    pub area: (f64, f64),
    /// Population: of the region, of all.
    pub population: (f64, f64),
    /// Establishments of the industry: in the region, in all.
    pub plants: (f64, f64),
}

/// Cluster index of Litzenberger and Sternberg: density × industrial stock ÷ relative plant size.
///
/// # Errors
/// [`Undefined::ZeroDenominator`] when one of the parts is zero.
pub fn cluster_index(parts: &ClusterIndexParts) -> Result<f64, Undefined> {
    let share = |(own, total): (f64, f64)| {
        if own > 0.0 && total > 0.0 { Ok(own / total) } else { Err(Undefined::ZeroDenominator) }
    };
    let activity = share(parts.activity)?;
    let density = activity / share(parts.area)?;
    let stock = activity / share(parts.population)?;
    let plant_size = activity / share(parts.plants)?;
    Ok(density * stock / plant_size)
}
