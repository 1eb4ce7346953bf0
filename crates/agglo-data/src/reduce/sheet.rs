//! Groups of rows: runs in the order of their places, merged whenever they are looked at.

use std::cmp::Reverse;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::sync::Arc;

use agglo_core::Key;
use datafusion::common::DataFusionError;

use super::entry::{Place, Record};
use super::job::Measured;
use super::spill::{Cursor, Entries};
use crate::intern::Interner;

/// Groups in the order of period, region and industry, the latter two being whatever texts they are told
/// apart by.
#[derive(Clone, Debug)]
pub(super) struct Sheet<R> {
    pub(super) regions: Vec<Key>,
    pub(super) industries: Vec<Key>,
    runs: Vec<Run<R>>,
    pub(super) measured: Measured,
    /// Rows counted, those without a number included.
    pub(super) n_rows: u64,
}

impl<R> Default for Sheet<R> {
    fn default() -> Sheet<R> {
        let (regions, industries, runs) = (Vec::new(), Vec::new(), Vec::new());
        Sheet { regions, industries, runs, measured: Measured::default(), n_rows: 0 }
    }
}

/// Entries in order, whose codes are numbers of their own.
#[derive(Clone, Debug)]
pub(super) struct Run<R> {
    pub(super) entries: Arc<Entries<R>>,
    /// The place among the cells' regions of each region here.
    pub(super) regions: Arc<[u32]>,
    /// The place among the cells' industries of each industry here.
    pub(super) industries: Arc<[u32]>,
}

/// What one thread found: texts as they came, and its runs.
pub(super) struct Found<R> {
    pub(super) regions: Interner,
    pub(super) industries: Interner,
    pub(super) runs: Vec<FoundRun<R>>,
}

impl<R> Default for Found<R> {
    fn default() -> Found<R> {
        Found { regions: Interner::default(), industries: Interner::default(), runs: Vec::new() }
    }
}

/// A run of one part.
pub(super) struct FoundRun<R> {
    pub(super) part: usize,
    pub(super) entries: Entries<R>,
    pub(super) about: About,
}

/// What is known of a run without reading it.
#[derive(Default)]
pub(super) struct About {
    /// The numbers of its regions and industries, once each.
    regions: Vec<u32>,
    industries: Vec<u32>,
    n_rows: u64,
}

impl About {
    pub(super) fn of<R: Record>(entries: &[R]) -> About {
        let mut about = About::default();
        let (mut regions, mut industries) = (Vec::new(), Vec::new());
        let mark = |seen: &mut Vec<bool>, list: &mut Vec<u32>, code: u32| {
            if seen.len() <= code as usize {
                seen.resize(code as usize + 1, false);
            }
            if !std::mem::replace(&mut seen[code as usize], true) {
                list.push(code);
            }
        };
        for entry in entries {
            let (_, region, industry) = entry.place();
            mark(&mut regions, &mut about.regions, region);
            mark(&mut industries, &mut about.industries, industry);
            about.n_rows += entry.n_rows();
        }
        about
    }
}

impl<R: Record> Sheet<R> {
    /// The groups of `part` in what all threads found.
    pub(super) fn of<'f>(
        found: impl Iterator<Item = &'f mut Found<R>>,
        part: usize,
        measured: &Measured,
    ) -> Sheet<R>
    where
        R: 'f,
    {
        let mut sheet = Sheet { measured: measured.clone(), ..Sheet::default() };
        let (mut regions, mut industries, mut runs) = (Vec::new(), Vec::new(), Vec::new());
        for one in found {
            let texts = |texts: &Interner, codes: &[u32]| -> Vec<(u32, Key)> {
                codes.iter().filter_map(|&code| Some((code, texts.text(code)?.clone()))).collect()
            };
            for run in one.runs.extract_if(.., |run| run.part == part) {
                regions.push(texts(&one.regions, &run.about.regions));
                industries.push(texts(&one.industries, &run.about.industries));
                sheet.n_rows += run.about.n_rows;
                runs.push(Arc::new(run.entries));
            }
        }
        let (regions, industries) = (ranked(&regions), ranked(&industries));
        let places = regions.1.into_iter().zip(industries.1);
        (sheet.regions, sheet.industries) = (regions.0, industries.0);
        let run = |(entries, (regions, industries))| Run { entries, regions, industries };
        sheet.runs = runs.into_iter().zip(places).map(run).collect();
        sheet
    }

    /// Groups that are in order already.
    pub(super) fn of_entries(
        regions: Interner,
        industries: Interner,
        entries: Vec<R>,
        measured: &Measured,
    ) -> Sheet<R> {
        let about = About::of(&entries);
        let runs = vec![FoundRun { part: 0, entries: Entries::Memory(entries), about }];
        Sheet::of([Found { regions, industries, runs }].iter_mut(), 0, measured)
    }

    /// The groups of several parts as one. Cost: nothing per group.
    pub(super) fn joined(parts: Vec<Sheet<R>>) -> Sheet<R> {
        let measured = parts.first().map(|part| part.measured.clone()).unwrap_or_default();
        let numbered = |codes: &[Key]| -> Vec<(u32, Key)> {
            codes.iter().enumerate().map(|(at, code)| (at as u32, code.clone())).collect()
        };
        let regions = parts.iter().map(|part| numbered(&part.regions)).collect::<Vec<_>>();
        let industries = parts.iter().map(|part| numbered(&part.industries)).collect::<Vec<_>>();
        let (regions, industries) = (ranked(&regions), ranked(&industries));
        let n_rows = parts.iter().map(|part| part.n_rows).sum();
        let through = |first: &[u32], then: &[u32]| -> Arc<[u32]> {
            first.iter().map(|&at| then.get(at as usize).copied().unwrap_or(UNUSED)).collect()
        };
        let runs = parts.into_iter().enumerate().flat_map(|(at, part)| {
            let (regions, industries) = (regions.1[at].clone(), industries.1[at].clone());
            part.runs.into_iter().map(move |run| Run {
                entries: run.entries,
                regions: through(&run.regions, &regions),
                industries: through(&run.industries, &industries),
            })
        });
        Sheet {
            runs: runs.collect(),
            regions: regions.0,
            industries: industries.0,
            measured,
            n_rows,
        }
    }

    /// Every group, its codes by their place in `regions` and `industries`.
    pub(super) fn entries(&self) -> Result<Merge<'_, R>, DataFusionError> {
        Merge::new(&self.runs)
    }

    /// The texts that tell `record` apart.
    pub(super) fn texts(&self, record: &R) -> (&Key, &Key) {
        let (_, region, industry) = record.place();
        (&self.regions[region as usize], &self.industries[industry as usize])
    }
}

impl<R: Record + PartialEq> PartialEq for Sheet<R> {
    fn eq(&self, other: &Sheet<R>) -> bool {
        let same = || -> Result<bool, DataFusionError> {
            let (mut one, mut two) = (self.entries()?, other.entries()?);
            loop {
                let (a, b) = match (one.next()?, two.next()?) {
                    (Some(a), Some(b)) => (a, b),
                    (a, b) => return Ok(a.is_none() && b.is_none()),
                };
                let place = (a.place().0, 0, 0);
                if a.at(place) != b.at(place) || self.texts(&a) != other.texts(&b) {
                    return Ok(false);
                }
            }
        };
        self.measured == other.measured && same().unwrap_or(false)
    }
}

/// The place of a number that no entry has.
const UNUSED: u32 = u32::MAX;

/// All texts in order, and for each list the places there of its numbers.
fn ranked(lists: &[Vec<(u32, Key)>]) -> (Vec<Key>, Vec<Arc<[u32]>>) {
    let mut all = Interner::default();
    for (_, text) in lists.iter().flatten() {
        all.place(text);
    }
    let places = all.ranks();
    let rank = |list: &Vec<(u32, Key)>| -> Arc<[u32]> {
        let n = list.iter().map(|(code, _)| *code as usize + 1).max().unwrap_or(0);
        let mut ranks = vec![UNUSED; n];
        for (code, text) in list {
            ranks[*code as usize] = all.find(text).map_or(UNUSED, |at| places[at as usize]);
        }
        ranks.into()
    };
    let ranks = lists.iter().map(rank).collect();
    (all.sorted().0, ranks)
}

/// Runs read side by side, entries of one place joined.
pub(super) struct Merge<'c, R> {
    runs: Vec<(Cursor<'c, R>, &'c Run<R>)>,
    heads: BinaryHeap<Reverse<(Place, usize)>>,
    /// The entry of each run that its place in `heads` stands for.
    entries: Vec<R>,
}

impl<'c, R: Record> Merge<'c, R> {
    fn new(runs: &'c [Run<R>]) -> Result<Merge<'c, R>, DataFusionError> {
        let mut merge = Merge { runs: Vec::new(), heads: BinaryHeap::new(), entries: Vec::new() };
        for run in runs {
            let mut cursor = run.entries.cursor()?;
            if let Some(entry) = run.next(&mut cursor)? {
                merge.heads.push(Reverse((entry.place(), merge.runs.len())));
                merge.entries.push(entry);
                merge.runs.push((cursor, run));
            }
        }
        Ok(merge)
    }

    pub(super) fn next(&mut self) -> Result<Option<R>, DataFusionError> {
        let mut found: Option<R> = None;
        loop {
            let Some(mut head) = self.heads.peek_mut() else { break };
            let Reverse((place, at)) = *head;
            match &mut found {
                None => found = Some(self.entries[at]),
                Some(entry) if entry.place() == place => entry.join(&self.entries[at])?,
                Some(_) => break,
            }
            let (cursor, run) = &mut self.runs[at];
            match run.next(cursor)? {
                Some(entry) => {
                    *head = Reverse((entry.place(), at));
                    self.entries[at] = entry;
                }
                None => {
                    PeekMut::pop(head);
                }
            }
        }
        found.map(R::checked).transpose()
    }
}

impl<R: Record> Run<R> {
    fn next(&self, cursor: &mut Cursor<'_, R>) -> Result<Option<R>, DataFusionError> {
        let ranked = |entry: R| {
            let (period, region, industry) = entry.place();
            let (region, industry) =
                (self.regions[region as usize], self.industries[industry as usize]);
            entry.at((period, region, industry))
        };
        Ok(cursor.next()?.map(ranked))
    }
}
