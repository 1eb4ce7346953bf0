//! Input–output tables: a matrix becomes the rows of table `io`, one per cell.
//!
//! Labels stay as they stand in the file. A cell is a part where it holds a flow between a seller
//! and a user; cells of a total line are totals; a blank where primary inputs meet final uses is no
//! cell. What the table's own totals contradict is reported line by line.

mod balance;
mod bea;
mod china;
mod icio;
mod long;
mod matrix;
mod pymrio;
mod wiod;

pub(super) use bea::READER as BEA;
pub(super) use china::READER as CHINA;
pub(super) use icio::READER as ICIO;
pub(super) use long::READER as LONG;
pub(super) use matrix::{Label, Line, Matrix, RowIs, Sum, year_in_name};
pub(super) use pymrio::READER as PYMRIO;
pub(super) use wiod::READER as WIOD;

use super::Look;
use super::plan::{Plan, Request};
use super::tidy;
use crate::diagnostic::DataError;
use crate::sniff::Proposal;

/// The region of a line that is none country's, such as value added; the word is that of the tables
/// of China.
pub(super) const ALL: &str = "TOT";

/// Binds the headings of a matrix, which are the table's own, with `unit` for its values.
pub(super) fn plan(request: &Request<'_>, unit: &str) -> Result<Plan, DataError> {
    let mut plan = (tidy::READER.plan)(request)?;
    for target in plan.targets.iter_mut().filter(|target| target.name == "value") {
        if target.unit.is_empty() {
            unit.clone_into(&mut target.unit);
        }
    }
    let unit_column = request.headings.iter().position(|heading| heading == "unit");
    if plan.unit.is_none() {
        plan.unit = unit_column;
    }
    Ok(plan)
}

/// What every matrix proposes: table `io` and the year in the file's name.
pub(super) fn propose(look: &Look<'_>, unit: &str) -> Proposal {
    let mut proposal = Proposal { table: "io", ..Proposal::default() };
    if let Some(year) = year_in_name(&look.place.file) {
        proposal.constants.insert("period".to_owned(), year.clone());
        let what = format!("constants = {{ period = {year} }}");
        proposal.reasons.push((what, "the file's name holds this year".to_owned()));
    }
    if !unit.is_empty() {
        proposal.units.insert("value".to_owned(), unit.to_owned());
        let why = "the publisher gives this table in it".to_owned();
        proposal.reasons.push((format!("units = {{ value = {unit:?} }}"), why));
    }
    proposal
}
