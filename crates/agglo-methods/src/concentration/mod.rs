//! How concentrated an industry is over the regions.

use crate::catalog::Method;

mod benchmark;
mod chance;
mod coagglomeration;
mod composite_gini;
mod concentration_ratio;
mod ellison_glaeser;
mod gini;
mod herfindahl;
mod hoover;
mod locational_gini;
mod maurel_sedillot;
mod passes;
mod plants;
mod reduced;
mod size_class;
mod sizes;

pub use chance::Alternative;
pub use coagglomeration::{
    Coagglomeration, GroupCoagglomeration, PairMoments, coagglomeration, group_coagglomeration,
    random_coagglomeration,
};
pub use composite_gini::{GiniChange, WeightedGinis, composite_gini, composite_gini_change};
pub use concentration_ratio::concentration_ratio;
pub use ellison_glaeser::{EllisonGlaeser, ellison_glaeser, random_g};
pub use gini::gini;
pub use herfindahl::{herfindahl, normalized_herfindahl};
pub use hoover::hoover;
pub use locational_gini::{LocationalGini, locational_gini};
pub use maurel_sedillot::{MaurelSedillot, maurel_sedillot};
pub use sizes::Sizes;

pub(crate) use benchmark::{data, once};
pub(crate) use hoover::dissimilarity;
pub(crate) use passes::{ColumnSums, Margins, each_industry};

/// The family's rows of the catalogue.
pub(crate) const METHODS: &[&Method] = &[
    &herfindahl::HERFINDAHL,
    &hoover::HOOVER,
    &gini::GINI,
    &locational_gini::LOCATIONAL_GINI,
    &composite_gini::COMPOSITE_GINI,
    &ellison_glaeser::ELLISON_GLAESER,
    &maurel_sedillot::MAUREL_SEDILLOT,
    &coagglomeration::COAGGLOMERATION,
    &concentration_ratio::CONCENTRATION_RATIO,
];
