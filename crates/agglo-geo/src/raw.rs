//! What every format's reader hands over, before codes, coordinate systems and repairs.

use std::sync::Arc;

use crate::codes;

/// A ring of points as in the file, closed or not.
pub(crate) type Ring = Vec<[f64; 2]>;

/// Files above this are refused.
pub(crate) const MAX_FILE: u64 = 2 << 30;
/// What one member of a zip may unfold to.
pub(crate) const MAX_MEMBER: u64 = 1 << 30;
/// Collections inside collections.
pub(crate) const MAX_NESTING: usize = 32;

/// The value of one property of a feature.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// Absent, null or blank.
    Missing,
    /// Text as in the file, blanks at its ends left out.
    Text(Arc<str>),
    /// A whole number.
    Integer(i64),
    /// Any other finite number.
    Number(f64),
    /// True or false.
    Flag(bool),
}

impl Property {
    pub(crate) fn text(text: &str) -> Property {
        match text.trim_matches(|c: char| c.is_whitespace() || c == '\0') {
            "" => Property::Missing,
            text => Property::Text(text.into()),
        }
    }

    pub(crate) fn number(number: f64) -> Property {
        if !number.is_finite() {
            return Property::Missing;
        }
        // A table without a type for whole numbers writes the code 1001 as 1001.0.
        if number.fract() == 0.0 && number.abs() < 9e15 {
            Property::Integer(number as i64)
        } else {
            Property::Number(number)
        }
    }

    /// The value as a key: text as it is, whole numbers in decimal digits; `None` where missing.
    pub fn key(&self) -> Option<Arc<str>> {
        match self {
            Property::Missing => None,
            Property::Text(text) => Some(text.clone()),
            Property::Integer(number) => Some(number.to_string().into()),
            Property::Number(number) => Some(number.to_string().into()),
            Property::Flag(flag) => Some(flag.to_string().into()),
        }
    }
}

/// Why a feature is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Reject {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Reject {
        Reject { code, reason: reason.into() }
    }

    pub(crate) fn damaged(reason: impl Into<String>) -> Reject {
        Reject::new(codes::FEATURE_DAMAGED, reason)
    }
}

/// The geometry of a feature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RawShape {
    /// No geometry, or one without parts.
    Empty,
    /// Polygons, each an outer ring and its holes.
    Polygons(Vec<Vec<Ring>>),
    /// Rings whose direction tells outer ones (clockwise) from holes, as in a Shapefile.
    Rings(Vec<Ring>),
    /// Points.
    Points(Vec<[f64; 2]>),
    /// Anything else, by its name.
    Other(&'static str),
}

impl RawShape {
    /// Adds another part of a collection; areas win over points and lines.
    pub(crate) fn absorb(&mut self, part: RawShape) {
        match (&mut *self, part) {
            (_, RawShape::Empty) => {}
            (RawShape::Polygons(all), RawShape::Polygons(more)) => all.extend(more),
            (RawShape::Points(all), RawShape::Points(more)) => all.extend(more),
            (RawShape::Empty, part) | (_, part @ RawShape::Polygons(_)) => *self = part,
            _ => {}
        }
    }

    pub(crate) fn coordinates_mut(&mut self) -> Box<dyn Iterator<Item = &mut [f64; 2]> + '_> {
        match self {
            RawShape::Polygons(polygons) => Box::new(polygons.iter_mut().flatten().flatten()),
            RawShape::Rings(rings) => Box::new(rings.iter_mut().flatten()),
            RawShape::Points(points) => Box::new(points.iter_mut()),
            RawShape::Empty | RawShape::Other(_) => Box::new(std::iter::empty()),
        }
    }

    pub(crate) fn coordinates(&self) -> Box<dyn Iterator<Item = &[f64; 2]> + '_> {
        match self {
            RawShape::Polygons(polygons) => Box::new(polygons.iter().flatten().flatten()),
            RawShape::Rings(rings) => Box::new(rings.iter().flatten()),
            RawShape::Points(points) => Box::new(points.iter()),
            RawShape::Empty | RawShape::Other(_) => Box::new(std::iter::empty()),
        }
    }
}

/// One feature of a file.
#[derive(Clone, Debug)]
pub(crate) struct RawFeature {
    /// The id beside the properties, where the format has one.
    pub(crate) id: Option<Arc<str>>,
    /// Values in the order of [`Layer::names`]; missing ones may be left off at the end.
    pub(crate) values: Vec<Property>,
    /// Its geometry, or why it has none that can be used.
    pub(crate) shape: Result<RawShape, Reject>,
}

/// What a file says about its coordinate system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    /// Nothing.
    Nothing,
    /// Nothing, and the format's standard then means longitude and latitude.
    Standard(&'static str),
    /// An EPSG code.
    Epsg(u32),
    /// Well-known text, and whether it came from a .prj file.
    Wkt {
        /// The text.
        text: String,
        /// Whether it came from a .prj file.
        prj: bool,
    },
    /// A name that is none of these.
    Name(String),
}

/// A layer of a file.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) crs: Declared,
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) features: Vec<RawFeature>,
    /// Whether the format's rule says that outer rings run counterclockwise.
    pub(crate) counterclockwise_rule: bool,
    /// The encoding of text that was decoded, where the format leaves it open.
    pub(crate) encoding: Option<String>,
}

/// Property names in the order in which they first appear.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: Vec<Arc<str>>,
    places: std::collections::BTreeMap<Arc<str>, usize>,
}

impl Names {
    pub(crate) fn place(&mut self, name: &str) -> usize {
        if let Some(&place) = self.places.get(name) {
            return place;
        }
        let name: Arc<str> = name.into();
        self.names.push(name.clone());
        self.places.insert(name, self.names.len() - 1);
        self.names.len() - 1
    }

    pub(crate) fn into_vec(self) -> Vec<Arc<str>> {
        self.names
    }
}

/// Sets `values[place]`.
pub(crate) fn set(values: &mut Vec<Property>, place: usize, value: Property) {
    if values.len() <= place {
        values.resize(place + 1, Property::Missing);
    }
    values[place] = value;
}
