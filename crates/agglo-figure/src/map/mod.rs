//! Choropleths: areas or tiles colored by class, with flows above them.

mod areas;
mod draw;
mod layout;
mod legend;
mod projection;
mod tiles;

pub use areas::{Area, AreaNames, Areas, MapError};
pub use layout::{Placed, PlacedArea};
pub use tiles::{Tile, china_province_tiles};

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::{Column, Datum, Gap, Key, Lang};

use crate::classes::{Classes, class_of, cuts};
use crate::color::{Color, DIVERGING, along, diverging, sequential, tone};
use crate::scale::{number, told};
use crate::words::{Axis, Heading, Words};

/// Values by area.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What is mapped.
    pub axis: Axis,
    /// The areas or tiles.
    pub shape: MapShape,
    /// A value or a gap by code; an area without an entry is missing.
    pub values: Vec<(String, Datum)>,
    /// How values are put into classes.
    pub classes: Classes,
    /// Arrows between areas.
    pub flows: Vec<Flow>,
    /// What the width of an arrow measures.
    pub flow_axis: Axis,
}

/// What is colored.
#[derive(Clone, Debug, PartialEq)]
pub enum MapShape {
    /// Areas from a boundary file.
    Areas(Areas),
    /// Squares on a grid.
    Tiles(Vec<Tile>),
}

/// An arrow from one area to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Code of the area it leaves.
    pub from: String,
    /// Code of the area it reaches.
    pub to: String,
    /// Its size; arrows are as wide as they are large, and only positive ones are drawn.
    pub volume: f64,
}

/// Codes that found no partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmatched {
    /// Codes with a value or a flow but without an area.
    pub without_area: Vec<String>,
    /// Areas without a value.
    pub without_value: Vec<String>,
    /// Areas with a value that the map leaves out, such as islands an ocean away.
    pub not_drawn: Vec<String>,
}

impl MapFigure {
    /// Codes and names of the areas.
    fn places(&self) -> Vec<(&str, &Words)> {
        match &self.shape {
            MapShape::Areas(areas) => {
                areas.areas.iter().map(|a| (a.code.as_str(), &a.name)).collect()
            }
            MapShape::Tiles(tiles) => tiles.iter().map(|t| (t.code.as_str(), &t.name)).collect(),
        }
    }

    fn by_code(&self) -> BTreeMap<&str, Datum> {
        self.values.iter().map(|(code, datum)| (code.as_str(), *datum)).collect()
    }

    /// The codes that found no partner, sorted.
    pub fn unmatched(&self) -> Unmatched {
        let places: BTreeSet<&str> = self.places().into_iter().map(|p| p.0).collect();
        let values = self.by_code();
        let flows = self.flows.iter().flat_map(|f| [f.from.as_str(), f.to.as_str()]);
        let wanted: BTreeSet<&str> = values.keys().copied().chain(flows).collect();
        let own = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect();
        let not_drawn = match &self.shape {
            MapShape::Areas(areas) => layout::left_out(areas)
                .into_iter()
                .filter(|code| values.contains_key(code))
                .collect(),
            MapShape::Tiles(_) => Vec::new(),
        };
        Unmatched {
            without_area: own(wanted.difference(&places).copied().collect()),
            without_value: own(places
                .iter()
                .copied()
                .filter(|code| !values.contains_key(code))
                .collect()),
            not_drawn: own(not_drawn),
        }
    }

    /// Classes and colors of the values that have an area.
    fn key(&self) -> ClassKey {
        let values = self.by_code();
        let known: Vec<f64> = self
            .places()
            .iter()
            .filter_map(|(code, _)| values.get(code).copied().and_then(number))
            .collect();
        ClassKey::new(&known, &self.classes)
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let values = self.by_code();
        let key = self.key();
        let mut places = self.places();
        places.sort_by_key(|p| p.0);
        let datum = |code: &str| values.get(code).copied().unwrap_or(Datum::Gap(Gap::Missing));
        let class = |code: &str| {
            let value = number(datum(code))?;
            Some(class_of(value, &key.cuts) as i64 + 1)
        };
        vec![
            Column::text("region", places.iter().map(|p| Key::from(p.0))),
            Column::text("name", places.iter().map(|p| Key::from(p.1.get(lang)))),
            Column::number("value", "", places.iter().map(|p| datum(p.0))),
            Column::new(
                "class",
                "1",
                agglo_core::Values::Integer(places.iter().map(|p| class(p.0)).collect()),
            ),
        ]
    }
}

/// The limits, colors and counts of the classes.
struct ClassKey {
    cuts: Vec<f64>,
    colors: Vec<Color>,
    counts: Vec<usize>,
    range: Option<(f64, f64)>,
    /// Whether the outer classes are open, because the limits were given and not found.
    open: bool,
    /// The names of the classes, where they are kinds.
    names: Option<Vec<Words>>,
}

impl ClassKey {
    fn new(known: &[f64], classes: &Classes) -> ClassKey {
        let cuts = cuts(known, classes);
        let n = cuts.len() + 1;
        let colors = match classes {
            Classes::Around { center, .. } => {
                let below = cuts.iter().position(|c| c == center).map_or(0, |p| p + 1);
                two_sided(below, n - below)
            }
            Classes::Pinned(_) if cuts.iter().any(|c| *c < 0.0) && cuts.contains(&0.0) => {
                let below = cuts.iter().position(|c| *c == 0.0).map_or(0, |p| p + 1);
                two_sided(below, n - below)
            }
            Classes::Named(kinds) => kinds.iter().map(|(_, own)| tone(*own)).collect(),
            _ => sequential(n),
        };
        let mut counts = vec![0; n];
        for &value in known {
            counts[class_of(value, &cuts)] += 1;
        }
        let range = crate::scale::extent(known.iter().copied());
        let names = match classes {
            Classes::Named(kinds) => Some(kinds.iter().map(|(name, _)| name.clone()).collect()),
            _ => None,
        };
        ClassKey { cuts, colors, counts, range, open: matches!(classes, Classes::Pinned(_)), names }
    }

    /// What a value is called: its kind, or its number.
    fn told(&self, figure: &MapFigure, datum: Datum, lang: Lang) -> String {
        let kind = |names: &Vec<Words>| {
            let name = names.get(class_of(number(datum)?, &self.cuts))?;
            Some(name.get(lang).to_owned())
        };
        self.names.as_ref().and_then(kind).unwrap_or_else(|| told(datum, figure.axis.format, lang))
    }

    fn color(&self, value: f64) -> Color {
        self.colors[class_of(value, &self.cuts)]
    }
}

/// Colors for classes below and above a center, as far from it as their side has classes.
fn two_sided(below: usize, above: usize) -> Vec<Color> {
    if below == above {
        return diverging(below + above);
    }
    let most = below.max(above) as f64;
    let low = (0..below).map(|k| along(&DIVERGING, 0.5 - 0.5 * (below - k) as f64 / most));
    let high = (0..above).map(|k| along(&DIVERGING, 0.5 + 0.5 * (k + 1) as f64 / most));
    low.chain(high).collect()
}
