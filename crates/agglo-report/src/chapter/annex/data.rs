//! Annex on data: every row of every file accounted for, and what the readers remarked.

use agglo_core::Lang;
use agglo_study::record::DataRecord;

use super::{note_sentence, table};
use crate::context::Context;
use crate::document::{Block, Section};
use crate::format::Format;
use crate::sentence::{Bound, Sentence};

pub(super) fn section(context: Context<'_>) -> Section {
    let mut section = Section::new("data", "data and flags", "数据与标记");
    let records = &context.findings.run.data;
    section.push(accounts(records));
    section.push(sources(context, records));
    let remarks: Vec<Sentence> = records
        .iter()
        .flat_map(|record| record.notes.iter().map(move |note| (record, note)))
        .map(|(record, note)| {
            let name = &record.name;
            note_sentence(&format!("{name}: {}", note.en), &format!("{name}：{}", note.zh))
        })
        .collect();
    if !remarks.is_empty() {
        section.heading("What was remarked and done on reading", "读入时的说明与处理");
        section.push(Block::List(remarks));
    }
    section
}

fn accounts(records: &[DataRecord]) -> Block {
    let whole = |n: u64| Bound::same(Format::Whole.number(n as f64), None);
    let rows = records.iter().map(|record| {
        vec![
            Bound::same(record.name.clone(), None),
            whole(record.rows_read),
            whole(record.rows_used),
            whole(record.rows_totals),
            whole(record.rows_rejected),
            whole(record.rows_filtered),
            whole(record.rows_notes),
        ]
    });
    table(
        "table-data",
        "Rows read = rows used, totals among them, + rows rejected; rows left aside by a filter or a \
         level and lines of remarks are counted besides",
        "读入行数 = 采用行数（含合计行）+ 拒绝行数；按筛选或层级略去的行与附注行另计",
        &[
            ("Table", "数据表", false),
            ("Rows read", "读入行", true),
            ("Used", "采用", true),
            ("of these totals", "其中合计", true),
            ("Rejected", "拒绝", true),
            ("Left aside", "略去", true),
            ("Remarks", "附注行", true),
        ],
        rows.collect(),
    )
}

fn sources(context: Context<'_>, records: &[DataRecord]) -> Block {
    let spec = &context.findings.spec;
    let rows = records.iter().map(|record| {
        let block = spec.data.iter().find(|data| data.name == record.name);
        let source = |lang| block.map_or("", |data| data.source.get(lang)).to_owned();
        let breaks = |lang: Lang, colon: &str, comma: &str| {
            let breaks = block.into_iter().flat_map(|data| &data.breaks);
            let breaks = breaks.map(|b| format!("{}{colon}{}", b.year, b.why.get(lang)));
            breaks.collect::<Vec<_>>().join(comma)
        };
        vec![
            Bound::same(record.name.clone(), None),
            Bound::same(record.files.keys().cloned().collect::<Vec<_>>().join(", "), None),
            Bound::same(format!("{}, {}", record.reader, record.encoding), None),
            Bound::name(source(Lang::En), source(Lang::Zh)),
            Bound::name(breaks(Lang::En, ": ", "; "), breaks(Lang::Zh, "：", "；")),
        ]
    });
    table(
        "table-files",
        "Files, sources and declared breaks",
        "文件、来源与已声明的口径变化",
        &[
            ("Table", "数据表", false),
            ("Files", "文件", false),
            ("Reader, encoding", "读取方式与编码", false),
            ("Source", "来源", false),
            ("Declared breaks", "已声明的口径变化", false),
        ],
        rows.collect(),
    )
}
