//! A table carried over a crosswalk, every number with its trace.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use agglo_core::{Absent, Column, Datum, Frame, Gap, Key, Values, sum};

use crate::audit::{Audit, Crossing, UnmappedCode};
use crate::classification::classification;
use crate::crosswalk::{Crosswalk, Link, TOLERANCE};
use crate::error::CodesError;

/// What is done with a row whose code the crosswalk does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmapped {
    /// The conversion is refused, and the codes are named.
    Refuse,
    /// The row is left out; its code and values stand in the audit.
    SetAside,
    /// The row stays as it is, under its old code; code and values stand in the audit.
    Keep,
}

/// How a table is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// What is done with codes that the crosswalk does not know.
    pub unmapped: Unmapped,
    /// What it means when one of the codes that merge has no row beside the others.
    pub absent: Absent,
    /// The key column by whose values the audit is broken down, usually the period.
    pub period: Option<String>,
}

impl ApplyOptions {
    /// Refuses unknown codes; an absent row is zero, as in tables that list only what is there.
    pub fn strict() -> ApplyOptions {
        ApplyOptions { unmapped: Unmapped::Refuse, absent: Absent::Zero, period: None }
    }

    /// Sets unknown codes aside and accounts for them; otherwise as [`ApplyOptions::strict`].
    pub fn set_aside() -> ApplyOptions {
        ApplyOptions { unmapped: Unmapped::SetAside, ..ApplyOptions::strict() }
    }

    /// The same with the audit broken down by this key column.
    pub fn by(mut self, period: impl Into<String>) -> ApplyOptions {
        self.period = Some(period.into());
        self
    }
}

/// A table in the codes of the other classification.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Converted {
    /// The code column, the key columns and the measures, in the order of first appearance.
    pub frame: Frame,
    /// For each row of `frame`, the rows it was made from (counted from 0) and the share of each.
    pub trace: Vec<Vec<(usize, f64)>>,
    /// What was renamed, merged, split and left out.
    pub audit: Audit,
}

struct Row {
    to: Key,
    first: usize,
    parts: Vec<(usize, f64)>,
}

impl Crosswalk {
    /// Carries `measures` of `frame` over, from the codes in `column`, within each combination of
    /// `key_columns`. Other columns are left out.
    ///
    /// A renamed code keeps its values and gaps. A split multiplies by the weight; a gap that splits
    /// is that gap in every part. A merge adds; a sum with a gap in it is a gap: suppressed when only
    /// suppressed values are in it, missing otherwise, never a smaller number. Where one of the codes
    /// that merge has no row, [`ApplyOptions::absent`] says what that means. Totals are conserved when
    /// every code is mapped. Measures must be quantities that add up (jobs, tonnes), not ratios.
    ///
    /// Codes are taken as the built-in classification of the crosswalk's start writes them, if there
    /// is one ([`crate::Classification::normalize`]).
    ///
    /// # Errors
    /// [`CodesError::Frame`] for a column that is not there, holds no text (codes) or no numbers
    /// (measures), or an empty code; [`CodesError::Unmapped`]; [`CodesError::SplitWithoutWeight`];
    /// [`CodesError::Unbalanced`].
    pub fn apply(
        &self,
        frame: &Frame,
        column: &str,
        key_columns: &[&str],
        measures: &[&str],
        options: &ApplyOptions,
    ) -> Result<Converted, CodesError> {
        let raw = frame.keys(column)?;
        for key in key_columns {
            frame.column(key)?;
        }
        if let Some(period) = &options.period {
            frame.column(period)?;
        }
        let values: Vec<Vec<Datum>> =
            measures.iter().map(|measure| frame.numbers(measure)).collect::<Result<_, _>>()?;
        let codes = self.normalized(&raw);
        self.refuse(&raw, &codes, options)?;

        let keys: Vec<Vec<String>> = row_keys(frame, key_columns)?;
        let mut rows: Vec<Row> = Vec::new();
        let mut place: HashMap<(&[String], Key), usize> = HashMap::new();
        for (row, code) in codes.iter().enumerate() {
            let links = self.live(code);
            if links.is_empty() && options.unmapped != Unmapped::Keep {
                continue;
            }
            let kept = [Link::new(code.clone(), raw[row].to_string(), Some(1.0))];
            let targets: Vec<&Link> = if links.is_empty() { vec![&kept[0]] } else { links };
            for link in targets {
                let to: Key = link.to.as_str().into();
                let at = *place.entry((&keys[row], to.clone())).or_insert_with(|| {
                    rows.push(Row { to, first: row, parts: Vec::new() });
                    rows.len() - 1
                });
                rows[at].parts.push((row, link.weight.unwrap_or(1.0)));
            }
        }

        let incomplete = self.incomplete(&rows, &codes);
        let gap_rows = options.absent == Absent::Missing;
        let mut columns = vec![Column::text(column, rows.iter().map(|row| row.to.clone()))];
        let first: Vec<usize> = rows.iter().map(|row| row.first).collect();
        for key in key_columns.iter().filter(|key| **key != column) {
            let old = frame.column(key)?;
            columns.push(Column::new(*key, old.unit(), old.values().take(&first)));
        }
        let mut gaps_summed = 0;
        for (measure, values) in measures.iter().zip(&values) {
            let cells = rows.iter().enumerate().map(|(place, row)| {
                let absent = gap_rows && incomplete[place];
                let cell = combine(&row.parts, values, absent);
                gaps_summed += usize::from(row.parts.len() > 1 && cell.gap().is_some());
                cell
            });
            let unit = frame.column(measure)?.unit();
            columns.push(Column::number(*measure, unit, cells.collect::<Vec<_>>()));
        }

        let mut audit = self.account(frame, &raw, &codes, measures, &values, options)?;
        audit.sums_with_gaps = gaps_summed;
        audit.incomplete = incomplete.iter().filter(|&&short| short).count();
        Ok(Converted {
            frame: Frame::new(columns)?,
            trace: rows.into_iter().map(|row| row.parts).collect(),
            audit,
        })
    }

    fn normalized(&self, raw: &[Key]) -> Vec<String> {
        let built_in = classification(&self.from).or_else(|| {
            self.from.starts_with("fips-county-").then(|| classification("fips-county"))?
        });
        raw.iter()
            .map(|code| {
                let trimmed = code.trim();
                match built_in {
                    Some(built_in) if self.of(trimmed).is_empty() => built_in.normalize(trimmed),
                    _ => trimmed.to_owned(),
                }
            })
            .collect()
    }

    /// The links of a code along which something goes.
    fn live(&self, code: &str) -> Vec<&Link> {
        self.of(code).iter().filter(|link| link.weight != Some(0.0)).collect()
    }

    fn refuse(
        &self,
        raw: &[Key],
        codes: &[String],
        options: &ApplyOptions,
    ) -> Result<(), CodesError> {
        let used: BTreeMap<&str, &Key> = codes.iter().map(String::as_str).zip(raw).collect();
        let crosswalk = self.id.clone();
        let (mut unknown, mut splits, mut unbalanced) = (Vec::new(), Vec::new(), Vec::new());
        for (code, written) in used {
            let links = self.live(code);
            if links.is_empty() {
                unknown.push(written.to_string());
            } else if links.iter().any(|link| link.weight.is_none()) {
                splits.push((code.to_owned(), links.iter().map(|link| link.to.clone()).collect()));
            } else {
                let total: f64 = links.iter().filter_map(|link| link.weight).sum();
                if (total - 1.0).abs() > TOLERANCE {
                    unbalanced.push((code.to_owned(), total));
                }
            }
        }
        if !splits.is_empty() {
            return Err(CodesError::SplitWithoutWeight { crosswalk, codes: splits });
        }
        if !unbalanced.is_empty() {
            return Err(CodesError::Unbalanced { crosswalk, codes: unbalanced });
        }
        if options.unmapped == Unmapped::Refuse && !unknown.is_empty() {
            return Err(CodesError::Unmapped { crosswalk, codes: unknown });
        }
        Ok(())
    }

    /// Which rows lack one of the codes that the table has elsewhere and that merge into them.
    fn incomplete(&self, rows: &[Row], codes: &[String]) -> Vec<bool> {
        let used: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        let mut sources: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for code in &used {
            for link in self.live(code) {
                sources.entry(link.to.as_str()).or_default().insert(code);
            }
        }
        rows.iter()
            .map(|row| {
                let there: BTreeSet<&str> =
                    row.parts.iter().map(|&(part, _)| codes[part].as_str()).collect();
                sources.get(&*row.to).is_some_and(|wanted| wanted.len() > there.len())
            })
            .collect()
    }

    fn account(
        &self,
        frame: &Frame,
        raw: &[Key],
        codes: &[String],
        measures: &[&str],
        values: &[Vec<Datum>],
        options: &ApplyOptions,
    ) -> Result<Audit, CodesError> {
        let mut audit = Audit::new(self);
        let used: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
        let mut arriving: BTreeMap<&str, usize> = BTreeMap::new();
        let mut hanging: BTreeSet<String> = BTreeSet::new();
        for code in &used {
            let links = self.live(code);
            for link in &links {
                *arriving.entry(link.to.as_str()).or_default() += 1;
                if links.len() > 1 {
                    hanging.insert(link.to.clone());
                }
            }
        }
        for code in &used {
            match self.live(code).as_slice() {
                [] => {}
                [only] if arriving[only.to.as_str()] > 1 => audit.merged.push((*code).to_owned()),
                [_] => audit.one_to_one.push((*code).to_owned()),
                _ => audit.split.push((*code).to_owned()),
            }
        }
        audit.hanging = hanging.into_iter().collect();

        let period = options.period.as_deref();
        let periods: Vec<Vec<String>> = row_keys(frame, period.as_slice())?;
        let mut unmapped: BTreeMap<&str, (usize, Vec<Vec<f64>>)> = BTreeMap::new();
        let mut crossing: BTreeMap<(usize, &[String]), [Vec<f64>; 3]> = BTreeMap::new();
        for (row, code) in codes.iter().enumerate() {
            let n_links = self.live(code).len();
            if n_links == 0 {
                let entry = unmapped
                    .entry(&raw[row])
                    .or_insert_with(|| (0, vec![Vec::new(); measures.len()]));
                entry.0 += 1;
                for (sums, values) in entry.1.iter_mut().zip(values) {
                    sums.extend(values[row].number());
                }
            }
            for (measure, values) in values.iter().enumerate() {
                let [split, left, all] = crossing.entry((measure, &periods[row])).or_default();
                let number = values[row].number();
                all.extend(number);
                match n_links {
                    0 => left.extend(number),
                    1 => {}
                    _ => split.extend(number),
                }
            }
        }
        audit.unmapped = unmapped
            .into_iter()
            .map(|(code, (rows, sums))| UnmappedCode {
                code: code.to_owned(),
                rows,
                values: measures
                    .iter()
                    .zip(sums)
                    .map(|(measure, numbers)| ((*measure).to_owned(), sum(numbers)))
                    .collect(),
            })
            .collect();
        audit.crossing = crossing
            .into_iter()
            .map(|((measure, period), [split, left, all])| Crossing {
                measure: measures[measure].to_owned(),
                period: period.first().cloned(),
                split: sum(split),
                unmapped: sum(left),
                total: sum(all),
            })
            .collect();
        Ok(audit)
    }
}

/// One cell from its parts.
fn combine(parts: &[(usize, f64)], values: &[Datum], absent: bool) -> Datum {
    if let [(row, weight)] = parts
        && !absent
    {
        return if *weight == 1.0 { values[*row] } else { values[*row].map(|v| v * weight) };
    }
    let gaps: Vec<Gap> = parts.iter().filter_map(|&(row, _)| values[row].gap()).collect();
    if absent || gaps.iter().any(|gap| *gap != Gap::Suppressed) {
        return Datum::Gap(Gap::Missing);
    }
    if !gaps.is_empty() {
        return Datum::Gap(Gap::Suppressed);
    }
    Datum::Number(sum(parts.iter().filter_map(|&(row, w)| values[row].number().map(|v| v * w))))
}

/// The key cells of each row as text; an empty cell is a key of its own.
fn row_keys(frame: &Frame, columns: &[&str]) -> Result<Vec<Vec<String>>, CodesError> {
    let mut keys = vec![Vec::with_capacity(columns.len()); frame.n_rows()];
    for name in columns {
        let values = frame.column(name)?.values();
        for (row, key) in keys.iter_mut().enumerate() {
            key.push(match values {
                Values::Text(cells) => cells[row].as_ref().map_or_else(String::new, Key::to_string),
                Values::Integer(cells) => cells[row].map_or_else(String::new, |v| v.to_string()),
                Values::Number(cells) => match cells[row] {
                    Datum::Number(number) => number.to_string(),
                    Datum::Gap(gap) => gap.code().to_owned(),
                },
            });
        }
    }
    Ok(keys)
}
