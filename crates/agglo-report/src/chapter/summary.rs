//! The summary: what a reader with one minute must know.

use super::{agglomeration, leaders, transfer};
use crate::context::Context;
use crate::document::{Block, Section};
use crate::sentence::{Bound, Sentence};

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("summary", "Summary", "摘要");
    let mut sentences = agglomeration::course(context);
    sentences.extend(agglomeration::break_sentences(context).into_iter().take(3));
    sentences.extend(transfer::class_sentences(context));
    sentences.extend(leaders::leader_sentences(context));
    sentences.extend(leaders::composition_sentences(context));
    if !sentences.is_empty() {
        section.push(Block::List(sentences));
    }
    let (en, zh) = remarks(context);
    for (en, zh) in en.into_iter().zip(zh) {
        section.push(Block::Callout(Sentence::new(en, zh)));
    }
    let locked = &context.findings.run.locked;
    if !locked.is_empty() {
        section.heading("What one more table would add", "再加一张表可以得到什么");
        let sentences = locked
            .iter()
            .filter_map(|locked| {
                let method = agglo_methods::find(&locked.method)?;
                Some(
                    Sentence::new("{method} needs {needs}.", "{method}需要{needs}。")
                        .bind("method", Bound::name(method.title.en, method.title.zh))
                        .bind("needs", Bound::name(locked.en.clone(), locked.zh.clone())),
                )
            })
            .collect();
        section.push(Block::List(sentences));
    }
    section
}

fn remarks(context: Context<'_>) -> (Vec<String>, Vec<String>) {
    let remarks = &context.findings.spec.study.remarks;
    let get = |lang| remarks.iter().map(|words| words.get(lang).to_owned()).collect();
    (get(agglo_core::Lang::En), get(agglo_core::Lang::Zh))
}
