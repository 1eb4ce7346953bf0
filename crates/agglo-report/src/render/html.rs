//! One self-contained HTML file: both languages inside, no address is fetched.

use agglo_core::{Datum, Frame, Lang, Values};
use agglo_figure::{Theme, Words};
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use crate::document::{Block, Document, FigureBlock, Origin, Section, TableBlock};
use crate::format::Format;
use crate::sentence::{Bound, Piece, Sentence};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Rows of a figure's table that the page shows; the findings hold all of them.
const MAX_FIGURE_ROWS: usize = 60;

/// The page, showing `langs[0]` first; `study` is the way from the page to the study's folder, such as
/// `..`, for links to its files.
pub fn html(document: &Document, langs: &[Lang], study: &str) -> String {
    let first = langs.first().copied().unwrap_or_default();
    markup! {
        (DOCTYPE)
        html lang=(first.tag()) data-lang=(first.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (words_in(&document.title, first)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { (both_text(langs, "Skip to the report", "跳至正文")) }
                @if let Some(banner) = &document.banner {
                    p.banner role="note" { (both(langs, banner)) }
                }
                header {
                    @if langs.len() > 1 {
                        nav.languages aria-label="Language 语言" {
                            @for lang in langs {
                                button type="button" data-set-lang=(lang.tag())
                                    aria-pressed=(if *lang == first { "true" } else { "false" })
                                    lang=(lang.tag()) {
                                    @if *lang == Lang::En { "English" } @else { "中文" }
                                }
                            }
                        }
                    }
                    h1 { (both(langs, &document.title)) }
                    p.subtitle { (both(langs, &document.subtitle)) }
                }
                div.layout {
                    nav.contents aria-label="Contents 目录" {
                        ol {
                            @for section in &document.sections {
                                li { a href={ "#" (section.id) } { (both(langs, &section.title)) } }
                            }
                        }
                    }
                    main id="content" {
                        @for section in &document.sections { (section_markup(langs, section, study)) }
                        footer {
                            @for line in &document.colophon { p { (both(langs, line)) } }
                        }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn section_markup(langs: &[Lang], section: &Section, study: &str) -> Markup {
    markup! {
        section id=(section.id) {
            h2 { (both(langs, &section.title)) }
            @for block in &section.blocks {
                @match block {
                    Block::Heading(words) => h3 { (both(langs, words)) },
                    Block::Paragraph(sentences) => p {
                        @for sentence in sentences { (sentence_markup(langs, sentence)) " " }
                    },
                    Block::List(sentences) => ul {
                        @for sentence in sentences { li { (sentence_markup(langs, sentence)) } }
                    },
                    Block::Callout(sentence) => p.callout { (sentence_markup(langs, sentence)) },
                    Block::Figure(figure) => (figure_markup(langs, figure, study)),
                    Block::Table(table) => (table_markup(langs, table, study)),
                }
            }
        }
    }
}

fn sentence_markup(langs: &[Lang], sentence: &Sentence) -> Markup {
    markup! {
        @for lang in langs {
            span lang=(lang.tag()) {
                @for piece in sentence.pieces(*lang) {
                    @match piece {
                        Piece::Words(words) => (words),
                        Piece::Bound(bound) => (bound_markup(bound, *lang)),
                    }
                }
            }
        }
    }
}

/// A number one can ask about; a name is just a name.
fn bound_markup(bound: &Bound, lang: Lang) -> Markup {
    markup! {
        (own_markup(bound, lang))
        @if let Some(open) = &bound.open { " " small.open { (words_in(open, lang)) } }
    }
}

fn own_markup(bound: &Bound, lang: Lang) -> Markup {
    markup! {
        @if let Some(address) = &bound.address {
            data.n value=(bound.get(lang)) data-address=(address)
                title={ "agglo explain '" (address) "'" } { (bound.get(lang)) }
        } @else {
            (bound.get(lang))
        }
    }
}

fn figure_markup(langs: &[Lang], block: &FigureBlock, study: &str) -> Markup {
    let theme = Theme::default();
    markup! {
        figure id=(block.id) {
            @for lang in langs {
                div.plot lang=(lang.tag()) {
                    (PreEscaped(agglo_figure::svg(&block.figure, *lang, &theme)))
                }
            }
            figcaption {
                (origin_markup(langs, &block.origin, Some(&block.id), study))
                details {
                    summary { (both_text(langs, "Table of this figure", "本图数据表")) }
                    @for lang in langs {
                        div.scroll lang=(lang.tag()) {
                            (frame_markup(&agglo_figure::table(&block.figure, *lang), *lang))
                        }
                    }
                }
            }
        }
    }
}

fn frame_markup(frame: &Frame, lang: Lang) -> Markup {
    let n_shown = frame.n_rows().min(MAX_FIGURE_ROWS);
    markup! {
        table {
            thead { tr {
                @for column in frame.columns() {
                    th scope="col" class=[numeric(column.values()).then_some("num")] {
                        (column.name())
                        @if !matches!(column.unit(), "" | "1") { small { " (" (column.unit()) ")" } }
                    }
                }
            } }
            tbody {
                @for row in 0..n_shown { tr {
                    @for column in frame.columns() {
                        (cell_markup(column.values(), row, lang))
                    }
                } }
            }
        }
        @if frame.n_rows() > n_shown {
            p.more { (more(lang, frame.n_rows() - n_shown)) }
        }
    }
}

fn cell_markup(values: &Values, row: usize, lang: Lang) -> Markup {
    match values {
        Values::Text(cells) => markup! { td { (cells[row].as_deref().unwrap_or("")) } },
        Values::Integer(cells) => markup! {
            td.num { (cells[row].map(|v| v.to_string()).unwrap_or_default()) }
        },
        Values::Number(cells) => markup! {
            td.num.gap[cells[row].gap().is_some()] {
                @match cells[row] {
                    Datum::Number(value) => (Format::Short.number(value)),
                    Datum::Gap(gap) => (gap.reason(lang)),
                }
            }
        },
    }
}

fn numeric(values: &Values) -> bool {
    !matches!(values, Values::Text(_))
}

fn table_markup(langs: &[Lang], block: &TableBlock, study: &str) -> Markup {
    markup! {
        figure.table id=(block.id) {
            figcaption.title { (both(langs, &block.title)) }
            @for lang in langs {
                div.scroll lang=(lang.tag()) {
                    table {
                        thead { tr {
                            @for (title, is_number) in &block.columns {
                                th scope="col" class=[is_number.then_some("num")] {
                                    (words_in(title, *lang))
                                }
                            }
                        } }
                        tbody {
                            @for row in &block.rows { tr {
                                @for ((_, is_number), cell) in block.columns.iter().zip(row) {
                                    td class=[is_number.then_some("num")] {
                                        (bound_markup(cell, *lang))
                                    }
                                }
                            } }
                        }
                    }
                    @if block.n_more > 0 { p.more { (more(*lang, block.n_more)) } }
                }
            }
            figcaption { (origin_markup(langs, &block.origin, None, study)) }
        }
    }
}

fn more(lang: Lang, n: usize) -> String {
    match lang {
        Lang::En => format!("{n} more rows are in the findings."),
        Lang::Zh => format!("另有 {n} 行，见 findings 目录。"),
    }
}

/// Formula, sources and the way to get the numbers again.
fn origin_markup(langs: &[Lang], origin: &Origin, figure: Option<&str>, study: &str) -> Markup {
    markup! {
        @if !origin.file.is_empty() {
            p { (both_text(langs, "All rows: ", "全部数据："))
                a href={ (study) "/" (origin.file) } { code { (origin.file) } } }
        }
        @if !origin.data_source.en.is_empty() {
            p.source { (both_text(langs, "Data: ", "数据来源：")) (both(langs, &origin.data_source)) }
        }
        @if !origin.formula.is_empty() {
            details {
                summary { (both_text(langs, "Formula and how to get these numbers", "公式与取数方法")) }
                p.formula { (origin.formula) }
                @if !origin.choices.en.is_empty() {
                    p { (both_text(langs, "Options: ", "选项：")) (both(langs, &origin.choices)) }
                }
                p { (both_text(langs, "Method: ", "方法来源：")) (both(langs, &origin.method_source)) }
                @if !origin.command.is_empty() { p { code { (origin.command) } } }
                @if let Some(id) = figure { p { code { "agglo plot " (id) " -o " (id) ".svg" } } }
            }
        }
    }
}

fn both(langs: &[Lang], words: &Words) -> Markup {
    markup! {
        @for lang in langs { span lang=(lang.tag()) { (words_in(words, *lang)) } }
    }
}

fn both_text(langs: &[Lang], en: &str, zh: &str) -> Markup {
    both(langs, &Words::new(en, zh))
}

fn words_in(words: &Words, lang: Lang) -> &str {
    match lang {
        Lang::Zh if !words.zh.is_empty() => &words.zh,
        _ => &words.en,
    }
}
