//! The account of a conversion: what was renamed, merged, split and left out.

use agglo_core::{Column, Datum, Frame, Gap, Key, Values};

use crate::crosswalk::Crosswalk;

/// A code that the crosswalk does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct UnmappedCode {
    /// The code as the table writes it.
    pub code: String,
    /// Its number of rows.
    pub rows: usize,
    /// The sum of its numbers, for each measure.
    pub values: Vec<(String, f64)>,
}

/// How much of a measure crossed a split.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The measure.
    pub measure: String,
    /// The period; `None` where the audit is not broken down.
    pub period: Option<String>,
    /// The sum of the numbers under codes that split.
    pub split: f64,
    /// The sum of the numbers under codes that the crosswalk does not know.
    pub unmapped: f64,
    /// The sum of all numbers of the table.
    pub total: f64,
}

impl Crossing {
    /// The share of the total that crossed a split, 0 to 1.
    pub fn share(&self) -> Datum {
        Datum::ratio(self.split, self.total)
    }
}

/// What happened to the codes and the values of a table.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Audit {
    /// The crosswalk.
    pub crosswalk: String,
    /// What its weights are shares of.
    pub basis: String,
    /// Who says so.
    pub source: String,
    /// Codes that went whole to a code that took nothing else.
    pub one_to_one: Vec<String>,
    /// Codes that went whole to a code that took others too.
    pub merged: Vec<String>,
    /// Codes that were split.
    pub split: Vec<String>,
    /// Codes that the crosswalk does not know.
    pub unmapped: Vec<UnmappedCode>,
    /// Value and share that crossed a split, by measure and period.
    pub crossing: Vec<Crossing>,
    /// Target codes that hang on a split: their values rest on the weights.
    pub hanging: Vec<String>,
    /// Sums that are gaps because a gap went into them.
    pub sums_with_gaps: usize,
    /// Rows that lack one of the codes which merge into them.
    pub incomplete: usize,
}

impl Audit {
    pub(crate) fn new(crosswalk: &Crosswalk) -> Audit {
        Audit {
            crosswalk: crosswalk.id.clone(),
            basis: crosswalk.basis.clone(),
            source: crosswalk.source.clone(),
            ..Audit::default()
        }
    }

    /// What crossed a split by measure, over all periods together.
    pub fn crossing_by_measure(&self) -> Vec<Crossing> {
        let mut whole: Vec<Crossing> = Vec::new();
        for part in &self.crossing {
            match whole.iter_mut().find(|known| known.measure == part.measure) {
                Some(known) => {
                    known.split += part.split;
                    known.unmapped += part.unmapped;
                    known.total += part.total;
                }
                None => whole.push(Crossing { period: None, ..part.clone() }),
            }
        }
        whole
    }

    /// The account as a table: `what`, `code`, `measure`, `period`, `codes`, `value`, `share`.
    ///
    /// | `what`                                   | filled in                                       |
    /// |------------------------------------------|-------------------------------------------------|
    /// | `one_to_one`, `merged`, `split`, `unmapped` | `codes`, their number                        |
    /// | `crossed_split`, `unmapped_value`        | `measure`, `period`, `value`, `share` of the total |
    /// | `unmapped_code`                          | `code`, `measure`, `value`                      |
    /// | `hangs_on_split`                         | `code`, a target whose values rest on weights   |
    pub fn audit_frame(&self) -> Frame {
        let mut what: Vec<&str> = Vec::new();
        let mut measure: Vec<Option<Key>> = Vec::new();
        let mut period: Vec<Option<Key>> = Vec::new();
        let mut code: Vec<Option<Key>> = Vec::new();
        let mut codes: Vec<Option<i64>> = Vec::new();
        let mut value: Vec<Datum> = Vec::new();
        let mut share: Vec<Datum> = Vec::new();
        let none = Datum::Gap(Gap::NotApplicable);
        for (name, n) in [
            ("one_to_one", self.one_to_one.len()),
            ("merged", self.merged.len()),
            ("split", self.split.len()),
            ("unmapped", self.unmapped.len()),
        ] {
            what.push(name);
            measure.push(None);
            period.push(None);
            code.push(None);
            codes.push(Some(n as i64));
            value.push(none);
            share.push(none);
        }
        for crossing in &self.crossing {
            for (name, part) in
                [("crossed_split", crossing.split), ("unmapped_value", crossing.unmapped)]
            {
                what.push(name);
                measure.push(Some(crossing.measure.as_str().into()));
                period.push(crossing.period.as_deref().map(Into::into));
                code.push(None);
                codes.push(None);
                value.push(Datum::Number(part));
                share.push(Datum::ratio(part, crossing.total));
            }
        }
        for unmapped in &self.unmapped {
            for (name, amount) in &unmapped.values {
                what.push("unmapped_code");
                measure.push(Some(name.as_str().into()));
                period.push(None);
                code.push(Some(unmapped.code.as_str().into()));
                codes.push(None);
                value.push(Datum::Number(*amount));
                share.push(none);
            }
        }
        for target in &self.hanging {
            what.push("hangs_on_split");
            measure.push(None);
            period.push(None);
            code.push(Some(target.as_str().into()));
            codes.push(None);
            value.push(none);
            share.push(none);
        }
        let columns = vec![
            Column::text("what", what),
            Column::new("code", "", Values::Text(code)),
            Column::new("measure", "", Values::Text(measure)),
            Column::new("period", "", Values::Text(period)),
            Column::new("codes", "1", Values::Integer(codes)),
            Column::number("value", "", value),
            Column::number("share", "1", share),
        ];
        Frame::new(columns).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crossed_a_split_is_added_up_over_periods_and_never_over_measures() {
        let part = |measure: &str, period: &str, split, unmapped, total| Crossing {
            measure: measure.to_owned(),
            period: Some(period.to_owned()),
            split,
            unmapped,
            total,
        };
        let crossing = vec![
            part("jobs", "2000", 1.0, 0.0, 10.0),
            part("jobs", "2001", 2.0, 4.0, 20.0),
            part("wages", "2000", 300.0, 0.0, 400.0),
        ];
        let audit = Audit { crossing, ..Audit::default() };
        let whole = audit.crossing_by_measure();
        let jobs = (whole[0].split, whole[0].unmapped, whole[0].total, whole[0].period.as_deref());
        assert_eq!(jobs, (3.0, 4.0, 30.0, None));
        assert_eq!(whole[0].share(), Datum::Number(0.1));
        assert_eq!((whole.len(), whole[1].share()), (2, Datum::Number(0.75)));
    }
}
