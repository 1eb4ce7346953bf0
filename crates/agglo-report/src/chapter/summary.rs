//! The summary: what a reader with one minute must know.

use agglo_study::Finding;
use agglo_study::run::interval_table;

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
    section.blocks.extend(brackets(context).map(Block::Callout));
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

/// What the brackets after numbers mean, where the report has any.
fn brackets(context: Context<'_>) -> Option<Sentence> {
    let open = |finding: &Finding| {
        let mut tables = finding.record.tables.iter();
        tables.any(|table| finding.table(&interval_table(&table.name)).is_some())
    };
    if !context.findings.all().any(open) {
        return None;
    }
    let suppression = &context.findings.spec.suppression;
    let (en, zh) = if suppression.compare {
        (
            ", and then what it is without these cells, counted as nothing",
            "，其后为不计这些单元格（按零计）时的数值",
        )
    } else {
        ("", "")
    };
    let sentence = Sentence::new(
        format!(
            "Some numbers rest on cells that the source withheld. In brackets after such a number stand \
             the smallest and the largest that it is over {{n}} completions of the table{en}. A range is \
             no confidence interval."
        ),
        format!(
            "部分数值依赖来源未公布的单元格。此类数值后的方括号内为数据表 {{n}} 次补全中的最小值与最大值{zh}。该范围不是置信区间。"
        ),
    );
    Some(sentence.bind("n", Bound::same(suppression.draws.to_string(), None)))
}

fn remarks(context: Context<'_>) -> (Vec<String>, Vec<String>) {
    let remarks = &context.findings.spec.study.remarks;
    let get = |lang| remarks.iter().map(|words| words.get(lang).to_owned()).collect();
    (get(agglo_core::Lang::En), get(agglo_core::Lang::Zh))
}
