//! What a report is made of, in both languages at once and free of any page format.

use agglo_figure::{Figure, Words};

use crate::sentence::{Bound, Sentence};

/// A report.
#[derive(Clone, Debug)]
pub struct Document {
    /// The title.
    pub title: Words,
    /// What stands under the title.
    pub subtitle: Words,
    /// What must be said on every page, such as that the data are artificial.
    pub banner: Option<Words>,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The lines at the foot: versions, seed, sources.
    pub colophon: Vec<Words>,
}

/// A numbered section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id, for links.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Section {
    /// An empty section.
    pub fn new(id: &str, en: &str, zh: &str) -> Section {
        Section { id: id.to_owned(), title: Words::new(en, zh), blocks: Vec::new() }
    }

    /// With one more block.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// With a paragraph, unless there is nothing to say.
    pub fn paragraph(&mut self, sentences: Vec<Sentence>) {
        if !sentences.is_empty() {
            self.blocks.push(Block::Paragraph(sentences));
        }
    }

    /// With a heading inside the section.
    pub fn heading(&mut self, en: &str, zh: &str) {
        self.blocks.push(Block::Heading(Words::new(en, zh)));
    }
}

/// A piece of a section.
#[expect(clippy::large_enum_variant, reason = "a report has some hundred blocks, not millions")]
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading inside the section.
    Heading(Words),
    /// Sentences that run on.
    Paragraph(Vec<Sentence>),
    /// Sentences, each on its own line.
    List(Vec<Sentence>),
    /// What must not be overlooked.
    Callout(Sentence),
    /// A figure with its table, formula, source and command.
    Figure(Box<FigureBlock>),
    /// A table.
    Table(TableBlock),
}

/// Where the numbers of a figure or table come from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The steps drawn on, as in `findings/`.
    pub steps: Vec<String>,
    /// The formula, with the variant named.
    pub formula: String,
    /// The options that held, and the seed where numbers were drawn.
    pub choices: Words,
    /// The source of the formula, and how sure it is.
    pub method_source: Words,
    /// The source of the data.
    pub data_source: Words,
    /// The command that prints these numbers.
    pub command: String,
    /// A file of the study with all of them, from the study's folder; empty where there is none.
    pub file: String,
}

/// A figure with what belongs to it.
#[derive(Clone, Debug)]
pub struct FigureBlock {
    /// Its id, for links and `agglo plot`.
    pub id: String,
    /// The figure.
    pub figure: Figure,
    /// Where its numbers come from.
    pub origin: Origin,
}

/// A table.
#[derive(Clone, Debug)]
pub struct TableBlock {
    /// Its id, for links.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Headings, and whether the column holds numbers.
    pub columns: Vec<(Words, bool)>,
    /// Cells by row.
    pub rows: Vec<Vec<Bound>>,
    /// Rows left out below.
    pub n_more: usize,
    /// Where its numbers come from.
    pub origin: Origin,
}

impl Document {
    /// Every sentence of the document.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.sections.iter().flat_map(|section| &section.blocks).flat_map(|block| match block {
            Block::Paragraph(sentences) | Block::List(sentences) => sentences.as_slice(),
            Block::Callout(sentence) => std::slice::from_ref(sentence),
            Block::Heading(_) | Block::Figure(_) | Block::Table(_) => &[],
        })
    }

    /// Every figure of the document.
    pub fn figures(&self) -> impl Iterator<Item = &FigureBlock> {
        self.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
            Block::Figure(figure) => Some(figure.as_ref()),
            _ => None,
        })
    }
}
