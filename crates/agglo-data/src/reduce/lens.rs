//! Rows told apart by something more than region, industry and period.

use std::collections::HashMap;

use agglo_core::Key;
use datafusion::common::DataFusionError;

use super::entry::{Entry, Place, Record};
use super::facet::Further;
use super::groups::Groups;
use super::keys::Codes;
use super::scan::{Value, slot};
use super::sheet::Found;
use super::statistic::Statistic;
use super::top::Top;
use crate::intern::Interner;

/// Between the texts that one slot of a place is made of.
const BETWEEN: char = '\u{1f}';

/// What `text` was made of.
pub(super) fn split(text: &Key) -> (&str, &str) {
    text.split_once(BETWEEN).unwrap_or((text, ""))
}

/// Groups at hand, and those that were set down.
pub(super) struct Grouping<R> {
    pub(super) found: Found<R>,
    pub(super) groups: Groups<R>,
}

impl<R: Record> Default for Grouping<R> {
    fn default() -> Grouping<R> {
        Grouping { found: Found::default(), groups: Groups::default() }
    }
}

impl<R: Record> Grouping<R> {
    /// The groups at hand in the order of their places; none are left.
    pub(super) fn sorted(&mut self) -> Vec<R> {
        let ranks = |texts: &Interner| texts.ranks();
        self.groups.sorted(&ranks(&self.found.regions), &ranks(&self.found.industries))
    }
}

/// A further statistic at work.
pub(super) struct Lens {
    shape: Shape,
    pub(super) kind: Kind,
    /// The lens's own numbers of texts of the scan, and of pairs of them.
    regions: Vec<Option<u32>>,
    industries: Vec<Option<u32>>,
    pairs: HashMap<(u32, u32), u32>,
    /// Rows that have a place, and the places.
    rows: Vec<u32>,
    places: Vec<Place>,
}

pub(super) enum Kind {
    Sums(Grouping<Entry>),
    Tops(Grouping<Top>),
}

/// How a place is made of what is told of a row.
#[derive(Clone, Copy)]
enum Shape {
    /// The facet goes with the industry.
    Industry,
    /// Two facets stand in for the region.
    Square,
    /// The facet goes before the region; rows where it is blank or the same have no place.
    From,
    /// As cells.
    Plain,
}

/// Texts of regions, of industries, and of anything else by their numbers.
pub(super) type Texts<'t> = (&'t Interner, &'t Interner, &'t Interner);

impl Lens {
    pub(super) fn of(further: &Further) -> Lens {
        let shape = match further.statistic {
            Statistic::SizeClasses(_) | Statistic::Turnover => Shape::Industry,
            Statistic::Grid(_) => Shape::Square,
            Statistic::Flows => Shape::From,
            Statistic::TopUnits => Shape::Plain,
        };
        let kind = if further.is_top() {
            Kind::Tops(Grouping::default())
        } else {
            Kind::Sums(Grouping::default())
        };
        Lens {
            shape,
            kind,
            regions: Vec::new(),
            industries: Vec::new(),
            pairs: HashMap::new(),
            rows: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Takes rows at these places of cells: `kept` are their numbers among the rows that `facets` tell of.
    pub(super) fn rows(
        &mut self,
        places: &[Place],
        kept: &[u32],
        facets: &[Codes],
        texts: Texts<'_>,
        values: &[Value],
    ) -> Result<(), DataFusionError> {
        self.find(places, kept, facets, texts);
        match &mut self.kind {
            Kind::Sums(all) => {
                let value = |row: usize| values[self.rows[row] as usize];
                all.groups.take(&self.places, |row, entry| value(row).add_to(entry))
            }
            Kind::Tops(all) => {
                let number = |row: u32| match values[row as usize] {
                    Value::Number(x) => Some(x),
                    Value::Gap { .. } => None,
                };
                let known = self.rows.iter().zip(&self.places);
                let known = known.filter_map(|(&row, &place)| Some((number(row)?, place)));
                let (numbers, places): (Vec<i64>, Vec<Place>) = known.unzip();
                all.groups.take(&places, |row, top| {
                    top.add(numbers[row]);
                    Ok(())
                })
            }
        }
    }

    /// Takes sums at these places, as [`rows`](Lens::rows) takes rows.
    pub(super) fn sums(
        &mut self,
        places: &[Place],
        kept: &[u32],
        facets: &[Codes],
        texts: Texts<'_>,
        sums: &[Entry],
    ) -> Result<(), DataFusionError> {
        self.find(places, kept, facets, texts);
        match &mut self.kind {
            Kind::Sums(all) => all
                .groups
                .take(&self.places, |row, entry| entry.join(&sums[self.rows[row] as usize])),
            Kind::Tops(_) => Ok(()),
        }
    }

    /// Bytes of the groups at hand.
    pub(super) fn bytes(&self) -> usize {
        match &self.kind {
            Kind::Sums(all) => all.groups.bytes(),
            Kind::Tops(all) => all.groups.bytes(),
        }
    }

    /// Finds the places of rows that have one.
    fn find(&mut self, places: &[Place], kept: &[u32], facets: &[Codes], texts: Texts<'_>) {
        self.rows.clear();
        self.places.clear();
        let (regions, industries, others) = texts;
        let found = match &mut self.kind {
            Kind::Sums(all) => (&mut all.found.regions, &mut all.found.industries),
            Kind::Tops(all) => (&mut all.found.regions, &mut all.found.industries),
        };
        let text = |texts: &Interner, code: u32| texts.text(code).cloned().unwrap_or_default();
        let one = |known: &mut Vec<Option<u32>>, from: &Interner, into: &mut Interner, code| {
            *slot(known, code).get_or_insert_with(|| into.place(&text(from, code)))
        };
        for (row, (&(period, region, industry), &kept)) in places.iter().zip(kept).enumerate() {
            let facet = |at: usize| facets[at].codes[kept as usize];
            let mut pair = |into: &mut Interner, from: [&Interner; 2], codes: (u32, u32)| {
                *self.pairs.entry(codes).or_insert_with(|| {
                    let (first, second) = (text(from[0], codes.0), text(from[1], codes.1));
                    into.place(&format!("{first}{BETWEEN}{second}"))
                })
            };
            let (region, industry) = match self.shape {
                Shape::Plain => (
                    one(&mut self.regions, regions, found.0, region),
                    one(&mut self.industries, industries, found.1, industry),
                ),
                Shape::Industry => (
                    one(&mut self.regions, regions, found.0, region),
                    pair(found.1, [industries, others], (industry, facet(0))),
                ),
                Shape::Square => (
                    pair(found.0, [others, others], (facet(0), facet(1))),
                    one(&mut self.industries, industries, found.1, industry),
                ),
                Shape::From => {
                    let from = text(others, facet(0));
                    if from.is_empty() || Some(&from) == regions.text(region) {
                        continue;
                    }
                    (
                        pair(found.0, [others, regions], (facet(0), region)),
                        one(&mut self.industries, industries, found.1, industry),
                    )
                }
            };
            self.rows.push(row as u32);
            self.places.push((period, region, industry));
        }
    }
}
