//! Readers: the layouts that agglo understands.
//!
//! A reader is one module with one [`Reader`]: how its layout is recognized, how its rows are put
//! together where they are no table yet, and how its headings answer the columns of a table. The
//! one way through a file is in `read`, the one place where cells become values in `collect`.

pub(crate) mod bea;
mod cbp;
mod collect;
mod companies;
mod eurostat;
mod flags;
mod ghgrp;
mod ibge;
mod io;
mod nbs;
mod ons;
mod plan;
mod read;
mod sdmx;
mod shape;
mod store;
mod tidy;
mod wide;

use std::collections::BTreeSet;

use agglo_core::{Gap, Text};
use encoding_rs::Encoding;

use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};
use crate::sniff::{Proposal, Sureness};
use crate::source::{HeadRow, Merged, Source};
use crate::spec::ReadSpec;

pub(crate) use flags::split;
pub(crate) use plan::{Binding, Plan, Request, RowKind, fold};
pub(crate) use read::{Opened, open, tidy_plan};
pub use read::{files, read, read_as};

/// One layout that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderInfo {
    /// Its id.
    pub id: &'static str,
    /// One line for people.
    pub help: Text,
}

/// One layout: how it is told from others, and how it is read.
pub(crate) struct Reader {
    pub(crate) info: ReaderInfo,
    /// Whether a file looks like it, how sure that is, and why.
    pub(crate) recognize: fn(&Look<'_>) -> Option<Recognized>,
    /// The sheet that holds the data, where the layout names it.
    pub(crate) sheet: Option<ChooseSheet>,
    /// Puts rows together, where the file is no table yet.
    pub(crate) shape: Option<Shape>,
    /// How the headings answer the columns of a table.
    pub(crate) plan: fn(&Request<'_>) -> Result<Plan, DataError>,
    /// What a study should say of such a file; by its headings alone when `None`.
    pub(crate) propose: Option<fn(&Look<'_>) -> Proposal>,
    /// Texts that stand for a gap, besides those that every reader knows.
    pub(crate) marks: &'static [(&'static str, Gap)],
    /// The encoding where the bytes are not UTF-8 and the source names none.
    pub(crate) fallback: Option<&'static Encoding>,
}

/// The name of the sheet to read, among those there are.
pub(crate) type ChooseSheet = fn(&[String]) -> Option<String>;

pub(crate) type Shape = fn(&Look<'_>) -> Result<Box<dyn shape::Shaper>, DataError>;

/// What is seen of a file before its layout is known.
pub(crate) struct Look<'l> {
    pub(crate) headings: &'l [String],
    pub(crate) head: &'l [HeadRow],
    pub(crate) merged: &'l [Merged],
    pub(crate) sheets: &'l [String],
    pub(crate) place: &'l Place,
    pub(crate) spec: &'l ReadSpec,
    /// The distinct cells in each column of the rows as the layout puts them together, as far as
    /// they were looked at; none before that.
    pub(crate) values: &'l [BTreeSet<String>],
}

impl<'l> Look<'l> {
    pub(crate) fn new(source: &'l Source, spec: &'l ReadSpec) -> Look<'l> {
        Look {
            headings: &source.headings,
            head: &source.head,
            merged: &source.merged,
            sheets: &source.sheets,
            place: &source.place,
            spec,
            values: &[],
        }
    }

    /// Whether all of `names` are headings, whatever their case.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.headings.iter().any(|heading| fold(heading) == fold(name)))
    }

    /// An error about this file.
    pub(crate) fn refuse(
        &self,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> DataError {
        Diagnostic::new(code, message, remedy).at(self.place).into()
    }
}

/// That a file has a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recognized {
    pub(crate) sureness: Sureness,
    pub(crate) why: String,
}

impl Recognized {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last line of functions that may not recognize"
    )]
    pub(crate) fn new(sureness: Sureness, why: impl Into<String>) -> Option<Recognized> {
        Some(Recognized { sureness, why: why.into() })
    }
}

/// The layouts, the most particular first: the first that is surest reads a file.
static READERS: &[&Reader] = &[
    &bea::READER,
    &cbp::READER,
    &companies::READER,
    &eurostat::READER,
    &ghgrp::READER,
    &ons::READER,
    &sdmx::READER,
    &nbs::ANNUAL,
    &nbs::YEARBOOK,
    &io::ICIO,
    &io::WIOD,
    &io::BEA,
    &io::CHINA,
    &io::PYMRIO,
    &io::LONG,
    &ibge::READER,
    &wide::READER,
    &tidy::READER,
];

/// The layouts that can be read.
pub fn readers() -> Vec<ReaderInfo> {
    READERS.iter().map(|reader| reader.info).collect()
}

fn find(id: &str) -> Result<&'static Reader, DataError> {
    READERS.iter().copied().find(|reader| reader.info.id == id).ok_or_else(|| {
        let hint = did_you_mean(id, READERS.iter().map(|reader| reader.info.id));
        Diagnostic::new(codes::UNKNOWN_READER, format!("there is no reader `{id}`"), hint).into()
    })
}

/// The layout that a file shows, and why.
pub(crate) fn recognize(look: &Look<'_>) -> (&'static Reader, Recognized) {
    let seen = READERS.iter().filter_map(|reader| Some((*reader, (reader.recognize)(look)?)));
    let surest = seen.min_by_key(|(_, recognized)| recognized.sureness);
    surest.unwrap_or_else(|| {
        let why = "each heading names one variable".to_owned();
        (&tidy::READER, Recognized { sureness: Sureness::Likely, why })
    })
}
