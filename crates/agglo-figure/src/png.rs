//! From SVG to pixels, with the fonts of the system.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Group, Node, Options, Tree, fontdb};

/// Why a figure cannot be turned into pixels.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The text is no SVG that can be drawn.
    #[error("this is no drawable SVG: {reason}")]
    Svg {
        /// What the reader of SVG said.
        reason: String,
    },
    /// The picture would be empty or too large.
    #[error("a picture of {width} × {height} pixels cannot be made; choose another scale")]
    Size {
        /// Pixels across.
        width: f32,
        /// Pixels down.
        height: f32,
    },
    /// The system has no font at all, so every text would be left out.
    #[error("no font is installed; install one, such as Noto Sans CJK, or use the SVG")]
    NoFont,
    /// Some characters have no glyph in any installed font.
    #[error(
        "no installed font can show {sample:?}; install a Chinese font, such as Noto Sans CJK SC \
         (package fonts-noto-cjk), or use the SVG"
    )]
    NoGlyph {
        /// The first of these characters.
        sample: String,
    },
    /// The pixels could not be written as PNG.
    #[error("the picture could not be written as PNG: {reason}")]
    Encode {
        /// What the writer said.
        reason: String,
    },
}

/// Pixels per side beyond which memory, not the reader, is served.
const LARGEST_SIDE: f32 = 20_000.0;

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

fn options(fonts: Arc<fontdb::Database>) -> Options<'static> {
    // The last resort when no family of the list is installed: any face the system has.
    let family = fonts.faces().find_map(|face| face.families.first()).map(|name| name.0.clone());
    Options {
        font_family: family.unwrap_or_else(|| "sans-serif".into()),
        fontdb: fonts,
        ..Options::default()
    }
}

/// Whether an installed font can show Chinese; without one a Chinese figure is SVG only.
pub fn has_chinese_font() -> bool {
    let probe = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\
                 <text y=\"9\" font-size=\"9\">国</text></svg>";
    let fonts = fonts();
    !fonts.is_empty()
        && Tree::from_str(probe, &options(fonts))
            .is_ok_and(|tree| tree.root().has_children() && without_glyph(tree.root()).is_none())
}

/// The first text cluster that got no glyph.
fn without_glyph(group: &Group) -> Option<String> {
    group.children().iter().find_map(|node| match node {
        Node::Group(inner) => without_glyph(inner),
        Node::Text(text) => text
            .layouted()
            .iter()
            .flat_map(|span| &span.positioned_glyphs)
            .find(|glyph| glyph.id.0 == 0)
            .map(|glyph| glyph.text.clone()),
        Node::Path(_) | Node::Image(_) => None,
    })
}

/// The SVG as a PNG, `scale` pixels for each of its units.
///
/// # Errors
/// [`PngError`]: a broken SVG, a size that cannot be, or characters no installed font has.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let fonts = fonts();
    if fonts.is_empty() && svg.contains("<text") {
        return Err(PngError::NoFont);
    }
    let tree = Tree::from_str(svg, &options(fonts))
        .map_err(|error| PngError::Svg { reason: error.to_string() })?;
    if let Some(sample) = without_glyph(tree.root()) {
        return Err(PngError::NoGlyph { sample });
    }
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let possible = |side: f32| (1.0..=LARGEST_SIDE).contains(&side);
    if !possible(width) || !possible(height) {
        return Err(PngError::Size { width, height });
    }
    let mut pixels = Pixmap::new(width.ceil() as u32, height.ceil() as u32)
        .ok_or(PngError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PngError::Encode { reason: error.to_string() })
}
