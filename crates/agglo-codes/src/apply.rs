//! A table carried over a crosswalk, every number with its trace.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use agglo_core::{Absent, Column, Datum, Frame, Gap, Key, Values, sum};

use crate::audit::{Audit, Crossing, UnmappedCode};
use crate::classification::classification;
use crate::crosswalk::{Crosswalk, TOLERANCE};
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
    to: usize,
    first: usize,
    parts: Vec<(usize, f64)>,
}

/// The codes of a table, each once, with where it goes.
struct Plan {
    /// The code of each row, as a place in the lists below.
    of_row: Vec<usize>,
    /// As the crosswalk writes it.
    codes: Vec<String>,
    /// As the table writes it first.
    written: Vec<Key>,
    /// Target and weight of each link along which something goes.
    live: Vec<Vec<(usize, Option<f64>)>>,
    /// The codes gone to, each once.
    targets: Vec<Key>,
}

impl Plan {
    fn new(walk: &Crosswalk, raw: &[Key]) -> Plan {
        let is_county = walk.from.starts_with("fips-county-");
        let built_in = classification(if is_county { "fips-county" } else { &walk.from });
        let mut plan = Plan {
            of_row: Vec::with_capacity(raw.len()),
            codes: Vec::new(),
            written: Vec::new(),
            live: Vec::new(),
            targets: Vec::new(),
        };
        let mut by_raw: HashMap<&str, usize> = HashMap::new();
        let mut by_code: HashMap<String, usize> = HashMap::new();
        let mut by_target: HashMap<&str, usize> = HashMap::new();
        for cell in raw {
            if let Some(&known) = by_raw.get(&**cell) {
                plan.of_row.push(known);
                continue;
            }
            let trimmed = cell.trim();
            let code = match built_in {
                Some(built_in) if walk.of(trimmed).is_empty() => built_in.normalize(trimmed),
                _ => trimmed.to_owned(),
            };
            let id = *by_code.entry(code).or_insert_with_key(|code| {
                let links = walk.of(code).iter().filter(|link| link.weight != Some(0.0));
                let live = links.map(|link| {
                    let target = *by_target.entry(&link.to).or_insert_with(|| {
                        plan.targets.push(link.to.as_str().into());
                        plan.targets.len() - 1
                    });
                    (target, link.weight)
                });
                let live = live.collect();
                plan.live.push(live);
                plan.codes.push(code.clone());
                plan.written.push(cell.clone());
                plan.codes.len() - 1
            });
            by_raw.insert(cell, id);
            plan.of_row.push(id);
        }
        plan
    }

    fn names(&self, code: usize) -> Vec<String> {
        self.live[code].iter().map(|&(target, _)| self.targets[target].to_string()).collect()
    }

    fn refuse(&self, walk: &Crosswalk, options: &ApplyOptions) -> Result<(), CodesError> {
        let crosswalk = walk.id.clone();
        let mut order: Vec<usize> = (0..self.codes.len()).collect();
        order.sort_by_key(|&code| &self.codes[code]);
        let (mut unknown, mut splits, mut unbalanced) = (Vec::new(), Vec::new(), Vec::new());
        for code in order {
            let weights: Option<f64> = self.live[code].iter().map(|&(_, weight)| weight).sum();
            match weights {
                _ if self.live[code].is_empty() => unknown.push(self.written[code].to_string()),
                None => splits.push((self.codes[code].clone(), self.names(code))),
                Some(total) if (total - 1.0).abs() > TOLERANCE => {
                    unbalanced.push((self.codes[code].clone(), total));
                }
                Some(_) => {}
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

    /// How many of the table's codes go to each target.
    fn arriving(&self) -> Vec<usize> {
        let mut arriving = vec![0; self.targets.len()];
        for &(target, _) in self.live.iter().flatten() {
            arriving[target] += 1;
        }
        arriving
    }

    /// Which rows lack one of the codes that the table has elsewhere and that merge into them.
    fn incomplete(&self, rows: &[Row]) -> Vec<bool> {
        let arriving = self.arriving();
        rows.iter()
            .map(|row| {
                let wanted = arriving.get(row.to).copied().unwrap_or(1);
                let mut there: Vec<usize> =
                    row.parts.iter().map(|&(part, _)| self.of_row[part]).collect();
                there.sort_unstable();
                there.dedup();
                wanted > there.len()
            })
            .collect()
    }
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
        let mut plan = Plan::new(self, &raw);
        plan.refuse(self, options)?;
        let mut audit = self.account(frame, &plan, measures, &values, options)?;
        if options.unmapped == Unmapped::Keep {
            for code in 0..plan.codes.len() {
                if plan.live[code].is_empty() {
                    let kept = plan.written[code].clone();
                    let known = plan.targets.iter().position(|target| *target == kept);
                    plan.live[code].push((known.unwrap_or(plan.targets.len()), Some(1.0)));
                    if known.is_none() {
                        plan.targets.push(kept);
                    }
                }
            }
        }

        let (groups, _) = groups(frame, key_columns)?;
        let mut rows: Vec<Row> = Vec::new();
        let mut place: HashMap<(usize, usize), usize> = HashMap::new();
        for (row, &code) in plan.of_row.iter().enumerate() {
            for &(to, weight) in &plan.live[code] {
                let at = *place.entry((groups[row], to)).or_insert_with(|| {
                    rows.push(Row { to, first: row, parts: Vec::new() });
                    rows.len() - 1
                });
                rows[at].parts.push((row, weight.unwrap_or(1.0)));
            }
        }

        let incomplete = plan.incomplete(&rows);
        let gap_rows = options.absent == Absent::Missing;
        let to = rows.iter().map(|row| plan.targets[row.to].clone());
        let mut columns = vec![Column::text(column, to)];
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

        audit.sums_with_gaps = gaps_summed;
        audit.incomplete = incomplete.iter().filter(|&&short| short).count();
        Ok(Converted {
            frame: Frame::new(columns)?,
            trace: rows.into_iter().map(|row| row.parts).collect(),
            audit,
        })
    }

    fn account(
        &self,
        frame: &Frame,
        plan: &Plan,
        measures: &[&str],
        values: &[Vec<Datum>],
        options: &ApplyOptions,
    ) -> Result<Audit, CodesError> {
        let mut audit = Audit::new(self);
        let arriving = plan.arriving();
        let mut hanging: BTreeSet<Key> = BTreeSet::new();
        for (code, live) in plan.codes.iter().zip(&plan.live) {
            match live.as_slice() {
                [] => {}
                [(only, _)] if arriving[*only] > 1 => audit.merged.push(code.clone()),
                [_] => audit.one_to_one.push(code.clone()),
                several => {
                    audit.split.push(code.clone());
                    hanging.extend(several.iter().map(|&(target, _)| plan.targets[target].clone()));
                }
            }
        }
        for list in [&mut audit.one_to_one, &mut audit.merged, &mut audit.split] {
            list.sort();
        }
        audit.hanging = hanging.iter().map(Key::to_string).collect();

        let period = options.period.as_deref();
        let (periods, firsts) = groups(frame, period.as_slice())?;
        let mut order: Vec<(String, usize)> = Vec::new();
        for (id, &row) in firsts.iter().enumerate() {
            let cell = period.map(|name| cell_text(frame, name, row)).transpose()?;
            order.push((cell.unwrap_or_default(), id));
        }
        order.sort();
        let mut unmapped: BTreeMap<&Key, UnmappedCode> = BTreeMap::new();
        for &code in &plan.of_row {
            if plan.live[code].is_empty() {
                let entry = unmapped.entry(&plan.written[code]).or_insert_with(|| UnmappedCode {
                    code: plan.written[code].to_string(),
                    rows: 0,
                    values: Vec::new(),
                });
                entry.rows += 1;
            }
        }
        for (name, values) in measures.iter().zip(values) {
            let mut parts = vec![[Vec::new(), Vec::new(), Vec::new()]; firsts.len()];
            let mut left: BTreeMap<&Key, Vec<f64>> = BTreeMap::new();
            for (row, &code) in plan.of_row.iter().enumerate() {
                let Some(number) = values[row].number() else { continue };
                let [split, unknown, all] = &mut parts[periods[row]];
                all.push(number);
                match plan.live[code].len() {
                    0 => {
                        unknown.push(number);
                        left.entry(&plan.written[code]).or_default().push(number);
                    }
                    1 => {}
                    _ => split.push(number),
                }
            }
            for (code, entry) in &mut unmapped {
                let numbers = left.remove(*code).unwrap_or_default();
                entry.values.push(((*name).to_owned(), sum(numbers)));
            }
            audit.crossing.extend(order.iter().map(|(label, id)| {
                let [split, unknown, all] = &parts[*id];
                Crossing {
                    measure: (*name).to_owned(),
                    period: period.map(|_| label.clone()),
                    split: sum(split.iter().copied()),
                    unmapped: sum(unknown.iter().copied()),
                    total: sum(all.iter().copied()),
                }
            }));
        }
        audit.unmapped = unmapped.into_values().collect();
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

/// A number for each combination of key cells, in the order of first appearance, and the first row
/// of each; an empty cell is a key of its own.
fn groups(frame: &Frame, columns: &[&str]) -> Result<(Vec<usize>, Vec<usize>), CodesError> {
    let mut ids = vec![0; frame.n_rows()];
    let mut firsts = if ids.is_empty() { Vec::new() } else { vec![0] };
    for name in columns {
        firsts.clear();
        match frame.column(name)?.values() {
            Values::Text(cells) => {
                number(&mut ids, &mut firsts, cells.iter().map(Option::as_deref));
            }
            Values::Integer(cells) => number(&mut ids, &mut firsts, cells.iter().copied()),
            Values::Number(cells) => {
                let exact = |cell: &Datum| (cell.number().map(f64::to_bits), cell.gap());
                number(&mut ids, &mut firsts, cells.iter().map(exact));
            }
        }
    }
    Ok((ids, firsts))
}

fn number<T: Hash + Eq>(
    ids: &mut [usize],
    firsts: &mut Vec<usize>,
    cells: impl Iterator<Item = T>,
) {
    let mut known: HashMap<(usize, T), usize> = HashMap::new();
    for (row, (id, cell)) in ids.iter_mut().zip(cells).enumerate() {
        *id = *known.entry((*id, cell)).or_insert_with(|| {
            firsts.push(row);
            firsts.len() - 1
        });
    }
}

fn cell_text(frame: &Frame, column: &str, row: usize) -> Result<String, CodesError> {
    Ok(match frame.column(column)?.values() {
        Values::Text(cells) => cells[row].as_ref().map_or_else(String::new, Key::to_string),
        Values::Integer(cells) => cells[row].map_or_else(String::new, |cell| cell.to_string()),
        Values::Number(cells) => match cells[row] {
            Datum::Number(number) => number.to_string(),
            Datum::Gap(gap) => gap.code().to_owned(),
        },
    })
}
