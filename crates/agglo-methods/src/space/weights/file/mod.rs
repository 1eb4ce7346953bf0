//! Weights that a file says: GAL, GWT and edge lists, as text.
//!
//! | file | a line holds                                          | written by              |
//! |------|-------------------------------------------------------|-------------------------|
//! | GAL  | a region and how many neighbors; then the neighbors   | GeoDa, libpysal, spdep  |
//! | GWT  | region, neighbor, weight                              | GeoDa, libpysal, spdep  |
//! | CSV  | region, neighbor, weight, under a heading             | anyone                  |
//!
//! GAL and GWT start with the number of regions, alone or after a zero and before the layer and the
//! property with the ids. Ids with spaces are written in double quotes. Read, they may also be bare
//! where the file or the caller says which ids there are: the longest that fits is taken.

mod csv;
mod gal;
mod gwt;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use agglo_core::{Axis, Key, Weights};

/// Why a text holds no weights, and in which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The first line is none of the known headings.
    #[error("line {line}: `{found}` is no heading; expected {expected}")]
    Heading {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A line of another form.
    #[error("line {line}: `{found}` is not {expected}")]
    Form {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A number of neighbors other than announced.
    #[error("line {line}: {region} was announced with {announced} neighbors and has {found}")]
    Neighbors {
        /// The line, counted from 1.
        line: usize,
        /// The region.
        region: String,
        /// How many were announced.
        announced: usize,
        /// How many there are.
        found: usize,
    },
    /// A number of regions other than announced.
    #[error("line {line}: {announced} regions were announced, and the file has {found}")]
    Regions {
        /// The line of the heading.
        line: usize,
        /// How many were announced.
        announced: usize,
        /// How many there are.
        found: usize,
    },
    /// A neighbor or region that is not among the regions.
    #[error("line {line}: `{id}` is no region of {of}")]
    Unknown {
        /// The line, counted from 1.
        line: usize,
        /// The id.
        id: String,
        /// Whose regions were meant.
        of: &'static str,
    },
    /// A region or neighbor said twice.
    #[error("line {line}: {what} stands there for the second time")]
    Twice {
        /// The line, counted from 1.
        line: usize,
        /// The region, or the region with its neighbor.
        what: String,
    },
    /// A weight that is no finite number, or below zero.
    #[error("line {line}: the weight `{found}` is not a finite number of zero or more")]
    Weight {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
}

/// The regions and edges of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileWeights {
    ids: Vec<Key>,
    places: HashMap<Key, u32>,
    edges: Vec<(u32, u32, f64)>,
    seen: BTreeSet<(u32, u32)>,
    /// The line in which an id stands first.
    lines: Vec<usize>,
}

impl FileWeights {
    /// The text of a GAL file; every neighbor has the weight 1.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn from_gal(text: &str) -> Result<FileWeights, FileError> {
        gal::parse(text)
    }

    /// The text of a GWT file; the third column is the weight, which GeoDa fills with distances for
    /// distance bands and nearest neighbors (see [`binary`](super::binary)). Bare ids with spaces are
    /// read where they are of `known`.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn from_gwt(text: &str, known: Option<&Axis>) -> Result<FileWeights, FileError> {
        gwt::parse(text, known)
    }

    /// A table of edges under a heading, separated by comma, semicolon or tabulator: `region` (or
    /// `focal`, `from`), `neighbor` (or `to`) and, unless all are 1, `weight`. A row
    /// without a neighbor is a region that may have none.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn from_csv(text: &str) -> Result<FileWeights, FileError> {
        csv::parse(text)
    }

    /// The ids in the order of the file.
    pub fn ids(&self) -> &[Key] {
        &self.ids
    }

    /// The weights of the regions of the file.
    pub fn weights(&self) -> Weights {
        let axis = Arc::new(Axis::new(self.ids.iter().cloned()));
        let places: Vec<u32> =
            self.ids.iter().map(|id| axis.place(id).unwrap_or_default() as u32).collect();
        super::placed(&axis, self.placed(&places))
    }

    /// The weights of the regions of `axis`, and those of them that the file does not name: they
    /// have no neighbors.
    ///
    /// # Errors
    /// [`FileError::Unknown`] for the first region of the file that is not of `axis`.
    pub fn on(&self, axis: impl Into<Arc<Axis>>) -> Result<(Weights, Vec<Key>), FileError> {
        let axis = axis.into();
        let mut places = Vec::with_capacity(self.ids.len());
        for (id, &line) in self.ids.iter().zip(&self.lines) {
            let place = axis.place(id).ok_or_else(|| FileError::Unknown {
                line,
                id: id.to_string(),
                of: "the study",
            })?;
            places.push(place as u32);
        }
        let absent =
            axis.codes().iter().filter(|code| !self.places.contains_key(*code)).cloned().collect();
        Ok((super::placed(&axis, self.placed(&places)), absent))
    }

    fn placed(&self, places: &[u32]) -> Vec<(u32, u32, f64)> {
        let place = |id: u32| places[id as usize];
        self.edges.iter().map(|&(from, to, weight)| (place(from), place(to), weight)).collect()
    }

    /// The place of an id, a new one where it has none.
    fn place(&mut self, id: &str, line: usize) -> u32 {
        if let Some(&place) = self.places.get(id) {
            return place;
        }
        let (key, place) = (Key::from(id), self.ids.len() as u32);
        self.ids.push(key.clone());
        self.lines.push(line);
        self.places.insert(key, place);
        place
    }

    fn edge(&mut self, from: u32, to: u32, weight: f64, line: usize) -> Result<(), FileError> {
        if !self.seen.insert((from, to)) {
            let (region, neighbor) = (&self.ids[from as usize], &self.ids[to as usize]);
            let what = format!("{neighbor} as neighbor of {region}");
            return Err(FileError::Twice { line, what });
        }
        self.edges.push((from, to, weight));
        Ok(())
    }
}

/// The text of a GAL file; weights are not kept, neighbors at weight zero are.
pub fn to_gal(weights: &Weights) -> String {
    gal::write(weights)
}

/// The text of a GWT file; it cannot name regions without neighbors.
pub fn to_gwt(weights: &Weights) -> String {
    gwt::write(weights)
}

/// A table of edges; a region without neighbors has a row without one.
pub fn to_csv(weights: &Weights) -> String {
    csv::write(weights)
}

fn weight(found: &str, line: usize) -> Result<f64, FileError> {
    let value = found.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
    value.ok_or_else(|| FileError::Weight { line, found: found.to_owned() })
}
