//! What is known of the sizes of an industry's establishments.

use agglo_core::{Undefined, sum};

/// Sizes one by one, or what a register was reduced to.
#[derive(Clone, Debug, PartialEq)]
pub enum Sizes {
    /// Each size, all above zero; none where they are not known.
    Each(Vec<f64>),
    /// Their number, sum and sum of squares.
    Sums {
        /// Establishments.
        n: u64,
        /// Σ x.
        total: f64,
        /// Σ x².
        squares: f64,
    },
}

impl Sizes {
    /// How many establishments there are.
    pub fn len(&self) -> usize {
        match self {
            Sizes::Each(sizes) => sizes.len(),
            Sizes::Sums { n, .. } => usize::try_from(*n).unwrap_or(usize::MAX),
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Σ z², z being the shares.
    ///
    /// # Errors
    /// [`Undefined::NotEnoughEvidence`] without sizes, [`Undefined::ZeroTotal`] when all are zero and
    /// [`Undefined::SingleUnit`] when only one is not.
    pub fn herfindahl(&self) -> Result<f64, Undefined> {
        if self.is_empty() {
            return Err(Undefined::NotEnoughEvidence);
        }
        let (herfindahl, single) = match self {
            Sizes::Each(sizes) => {
                let total = sum(sizes.iter().copied());
                let herfindahl = sum(sizes.iter().map(|size| (size / total).powi(2)));
                (herfindahl, sizes.iter().filter(|size| **size > 0.0).count() < 2)
            }
            Sizes::Sums { n, total, squares } => {
                if *total <= 0.0 {
                    return Err(Undefined::ZeroTotal);
                }
                let herfindahl = squares / (total * total);
                // Two sizes above zero make (Σ x)² larger than Σ x², by 2 x₁ x₂ at least.
                (herfindahl, *n < 2 || herfindahl >= 1.0)
            }
        };
        if single { Err(Undefined::SingleUnit) } else { Ok(herfindahl) }
    }

    /// Σ z³.
    ///
    /// # Errors
    /// [`Undefined::NotEnoughEvidence`] where only sums are known.
    pub fn third_powers(&self) -> Result<f64, Undefined> {
        self.powers(3)
    }

    /// Σ z⁴.
    ///
    /// # Errors
    /// [`Undefined::NotEnoughEvidence`] where only sums are known.
    pub fn fourth_powers(&self) -> Result<f64, Undefined> {
        self.powers(4)
    }

    fn powers(&self, exponent: i32) -> Result<f64, Undefined> {
        match self {
            Sizes::Each(sizes) => {
                let total = sum(sizes.iter().copied());
                Ok(sum(sizes.iter().map(|size| (size / total).powi(exponent))))
            }
            Sizes::Sums { .. } => Err(Undefined::NotEnoughEvidence),
        }
    }
}

impl From<&[f64]> for Sizes {
    fn from(sizes: &[f64]) -> Sizes {
        Sizes::Each(sizes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_say_what_the_sizes_say() {
        let each = Sizes::from(&[3.0, 1.0, 4.0, 0.0][..]);
        let sums = Sizes::Sums { n: 4, total: 8.0, squares: 26.0 };
        assert_eq!(each.herfindahl(), Ok(26.0 / 64.0));
        assert_eq!(sums.herfindahl(), Ok(26.0 / 64.0));
        assert_eq!(sums.fourth_powers(), Err(Undefined::NotEnoughEvidence));
    }

    #[test]
    fn one_establishment_among_empty_ones_is_a_single_one() {
        let sums = Sizes::Sums { n: 3, total: 5.0, squares: 25.0 };
        assert_eq!(sums.herfindahl(), Err(Undefined::SingleUnit));
        assert_eq!(Sizes::from(&[5.0, 0.0, 0.0][..]).herfindahl(), Err(Undefined::SingleUnit));
        let nothing = Sizes::Sums { n: 3, total: 0.0, squares: 0.0 };
        assert_eq!(nothing.herfindahl(), Err(Undefined::ZeroTotal));
        assert_eq!(Sizes::Each(Vec::new()).herfindahl(), Err(Undefined::NotEnoughEvidence));
    }
}
