//! `io-long`: input-output tables with one flow per row, under the headings of their publishers.

use agglo_core::Text;

use super::super::plan::{Plan, Request};
use super::super::{Look, Reader, ReaderInfo, Recognized, tidy};
use super::year_in_name;
use crate::diagnostic::DataError;
use crate::sniff::{Proposal, Sureness};

pub(in super::super) static READER: Reader = Reader {
    info: ReaderInfo {
        id: "io-long",
        help: Text::new("input-output table with one flow per row", "每行一个流量的投入产出表"),
    },
    recognize,
    sheet: None,
    shape: None,
    plan,
    propose: Some(propose),
    marks: &[],
    fallback: None,
};

/// One publisher's headings.
struct Form {
    /// Canonical column and heading.
    columns: &'static [(&'static str, &'static str)],
    /// Heading and the values whose rows are totals.
    totals: &'static [(&'static str, &'static [&'static str])],
    unit: &'static str,
}

static FORMS: [Form; 3] = [
    // Regional tables of Finland (ALTA, Honkatukia et al. 2019).
    Form {
        columns: &[
            ("to_region", "REG"),
            ("from_industry", "COM"),
            ("to_use", "IND"),
            ("value", "value"),
        ],
        totals: &[
            (
                "COM",
                &[
                    "SUM",
                    "Tuotteet yhteensä",
                    "Välituotekäyttö/loppukäyttö yhteensä ostajanhintaan",
                    "Arvonlisäys, brutto perushintaan",
                    "Tuotos perushintaan",
                ],
            ),
            (
                "IND",
                &[
                    "SUM",
                    "0 Toimialat yhteensä",
                    "FUSE_PH Loppukäyttö perushintaan",
                    "USE_PH Käyttö yhteensä perushintaan",
                ],
            ),
        ],
        unit: "million euros",
    },
    // The R package iotables, in the codes of Eurostat.
    Form {
        columns: &[("from_industry", "prod_na"), ("to_use", "induse"), ("value", "values")],
        totals: &[
            ("prod_na", &["TOTAL", "CPA_TOTAL", "P2", "B1G", "P1", "TS_BP", "TU_PP", "EMP"]),
            ("induse", &["TOTAL", "CPA_TOTAL", "TFU", "TU", "P3"]),
        ],
        unit: "",
    },
    // Analytical tables of the Office for National Statistics, as iotables gives them.
    Form {
        columns: &[("from_industry", "uk_row"), ("to_use", "uk_col"), ("value", "values")],
        totals: &[
            ("uk_row", &["Total consumption", "Total output"]),
            ("uk_col", &["Total intermediate demand", "Total demand"]),
        ],
        unit: "million pounds",
    },
];

fn form_of(has: impl Fn(&str) -> bool) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.columns.iter().all(|(_, heading)| has(heading)))
}

fn recognize(look: &Look<'_>) -> Option<Recognized> {
    let form = form_of(|heading| look.has(&[heading]))?;
    let headings: Vec<&str> = form.columns.iter().map(|(_, heading)| *heading).collect();
    Recognized::new(Sureness::Certain, format!("the headings {} are there", headings.join(", ")))
}

fn propose(look: &Look<'_>) -> Proposal {
    let mut proposal = super::propose(look, "");
    let Some(form) = form_of(|heading| look.has(&[heading])) else { return proposal };
    for (column, heading) in form.columns {
        proposal.columns.insert((*column).to_owned(), (*heading).to_owned());
    }
    for (heading, values) in form.totals {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        proposal.totals.insert((*heading).to_owned(), values);
    }
    if !form.unit.is_empty() {
        proposal.units.insert("value".to_owned(), form.unit.to_owned());
    }
    if year_in_name(&look.place.file).is_none() {
        let why = "no year stands in the file's name".to_owned();
        proposal.reasons.push(("constants = { period = ? }".to_owned(), why));
    }
    proposal
}

/// As any tidy table, with the publisher's headings where the source names none.
fn plan(request: &Request<'_>) -> Result<Plan, DataError> {
    let has = |name: &str| request.headings.iter().any(|heading| heading == name);
    let Some(form) = form_of(has) else { return (tidy::READER.plan)(request) };
    let mut spec = request.spec.clone();
    for (column, heading) in form.columns {
        if request.table.column(column).is_some() && !spec.constants.contains_key(*column) {
            spec.columns.entry((*column).to_owned()).or_insert_with(|| (*heading).to_owned());
        }
    }
    for (heading, values) in form.totals {
        let values = || values.iter().map(|value| (*value).to_owned()).collect();
        spec.totals.entry((*heading).to_owned()).or_insert_with(values);
    }
    let request = Request { spec: &spec, ..*request };
    let mut plan = (tidy::READER.plan)(&request)?;
    for target in plan.targets.iter_mut().filter(|target| target.name == "value") {
        if target.unit.is_empty() {
            form.unit.clone_into(&mut target.unit);
        }
    }
    Ok(plan)
}
