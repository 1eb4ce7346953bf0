//! `agglo check --fix`: what a setting of the study file settles. Files of data are never written.

use std::collections::BTreeMap;
use std::path::Path;

use agglo_core::Lang;
use agglo_data::Diagnostic;
use agglo_study::spec::{FILE_NAME, Spec};
use serde_json::Value;

use super::edit::{Insertion, apply, insertion};
use super::either;
use crate::failure::Failure;
use crate::settings::Settings;

/// Lines around a change that a diff shows.
const AROUND: usize = 3;

/// One setting of one block.
struct Change {
    block: String,
    key: String,
    insertion: Insertion,
}

/// What would be changed in the study file.
pub(super) struct FixPlan {
    text: String,
    changes: Vec<Change>,
}

/// The settings that `found` offers, where the study file has room for them.
pub(super) fn plan(root: &Path, found: &[Diagnostic]) -> Result<FixPlan, Failure> {
    let text = std::fs::read_to_string(root.join(FILE_NAME))?;
    // Block and key → value; `None` where two findings ask for different ones.
    let mut wanted: BTreeMap<(&str, &str), Option<&str>> = BTreeMap::new();
    for fix in found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
        for setting in &fix.settings {
            let value = Some(setting.value.as_str());
            wanted
                .entry((&fix.block, &setting.key))
                .and_modify(|have| *have = have.filter(|_| *have == value))
                .or_insert(value);
        }
    }
    let mut changes = Vec::new();
    for ((block, key), value) in wanted {
        if let Some(insertion) = value.and_then(|value| insertion(&text, block, key, value)) {
            let (block, key) = (block.to_owned(), key.to_owned());
            changes.push(Change { block, key, insertion });
        }
    }
    Ok(FixPlan { text, changes })
}

impl FixPlan {
    fn edited(&self) -> String {
        let insertions: Vec<Insertion> =
            self.changes.iter().map(|change| change.insertion.clone()).collect();
        apply(&self.text, &insertions)
    }

    /// The changes as a unified diff; empty when there are none.
    pub(super) fn diff(&self) -> String {
        let mut added: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for change in &self.changes {
            let before = self.text[..change.insertion.at].lines().count();
            let lines = change.insertion.lines.lines().filter(|line| !line.is_empty());
            added.entry(before).or_default().extend(lines);
        }
        let old: Vec<&str> = self.text.lines().collect();
        let places: Vec<usize> = added.keys().copied().collect();
        let mut diff = String::new();
        let mut shift = 0;
        for hunk in places.chunk_by(|a, b| b - a <= 2 * AROUND) {
            let from = hunk[0].saturating_sub(AROUND);
            let to = (hunk[hunk.len() - 1] + AROUND).min(old.len());
            let n_added: usize = hunk.iter().map(|place| added[place].len()).sum();
            if diff.is_empty() {
                diff.push_str(&format!("--- {FILE_NAME}\n+++ {FILE_NAME}\n"));
            }
            let n = to - from;
            diff.push_str(&format!(
                "@@ -{},{n} +{},{} @@\n",
                from + 1,
                from + 1 + shift,
                n + n_added
            ));
            for place in from..=to {
                for line in
                    added.get(&place).filter(|_| hunk.contains(&place)).into_iter().flatten()
                {
                    diff.push_str(&format!("+{line}\n"));
                }
                if let Some(line) = old[..to].get(place) {
                    diff.push_str(&format!(" {line}\n"));
                }
            }
            shift += n_added;
        }
        diff
    }

    /// Writes the study file; whether there was anything to write.
    pub(super) fn write(&self, root: &Path, settings: &Settings) -> Result<bool, Failure> {
        let lang = settings.lang();
        if self.changes.is_empty() {
            settings.say(&either(lang, "nothing that a setting settles", "没有可由设置处理的问题"));
            return Ok(false);
        }
        let edited = self.edited();
        self.prove(root, &edited)?;
        agglo_data::write_atomic(&root.join(FILE_NAME), edited.as_bytes())?;
        for change in &self.changes {
            let line = change.insertion.lines.trim();
            settings.say(&match lang {
                Lang::En => format!("{FILE_NAME}, block {}: {line}", change.block),
                Lang::Zh => format!("{FILE_NAME}，数据块 {}：{line}", change.block),
            });
        }
        Ok(true)
    }

    /// Fails unless the edited file says what the old one says, but for the settings added.
    fn prove(&self, root: &Path, edited: &str) -> Result<(), Failure> {
        let beside = tempfile::tempdir()?;
        std::fs::write(beside.path().join(FILE_NAME), edited)?;
        let (old, new) = (Spec::load(root)?, Spec::load(beside.path())?);
        if self.without_changes(&old) == self.without_changes(&new) {
            return Ok(());
        }
        Err(Failure::data(format!(
            "{FILE_NAME} is laid out in a way that cannot be edited here; nothing was written. \
             `agglo check --fix --dry-run` shows the settings to add by hand"
        )))
    }

    /// The study as JSON, without the settings that are added.
    fn without_changes(&self, spec: &Spec) -> Value {
        let mut value = serde_json::to_value(spec).unwrap_or_default();
        for block in value["data"].as_array_mut().into_iter().flatten() {
            let name = block["name"].clone();
            if let Some(block) = block.as_object_mut() {
                for change in self.changes.iter().filter(|change| name == *change.block) {
                    block.remove(&change.key);
                }
            }
        }
        value
    }
}
