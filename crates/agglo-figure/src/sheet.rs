//! The page a figure is drawn on: tags, texts, heading, legend, source.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use agglo_core::{Gap, Lang};

use crate::color::{CATEGORIES, Color};
pub(crate) use crate::tag::{N_SHAPES, Tag, line, path, polyline, rect, symbol};
use crate::tag::{cut, escape};
use crate::text::{bold_width, width, wrap};
use crate::theme::Theme;
use crate::words::Heading;

/// Font sizes in pixels.
pub(crate) const TITLE: f64 = 17.0;
pub(crate) const SUBTITLE: f64 = 13.0;
pub(crate) const LABEL: f64 = 12.0;
pub(crate) const SMALL: f64 = 11.0;
/// Space around everything.
pub(crate) const MARGIN: f64 = 12.0;

/// Where a text starts, centers or ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// The mark of a sum: an open diamond, in no category's color.
pub(crate) fn sum_mark(x: f64, y: f64, theme: &Theme) -> Tag {
    let tag = symbol(3, x, y, 4.2).paint("fill", theme.paper).paint("stroke", theme.ink);
    tag.set("stroke-width", "1.4")
}

/// The color of category `which`.
pub(crate) fn category(which: usize) -> Color {
    CATEGORIES[which % CATEGORIES.len()]
}

/// Patterns that stand for something other than a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Texture {
    Missing,
    Suppressed,
    BelowUnit,
    Other,
}

impl Texture {
    pub(crate) fn of(gap: Gap) -> Texture {
        match gap {
            Gap::Missing => Texture::Missing,
            Gap::Suppressed => Texture::Suppressed,
            Gap::BelowUnit => Texture::BelowUnit,
            Gap::NotApplicable | Gap::Undefined(_) => Texture::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Texture::Missing => "missing",
            Texture::Suppressed => "suppressed",
            Texture::BelowUnit => "below-unit",
            Texture::Other => "no-value",
        }
    }

    fn definition(self, id: &str) -> String {
        let (size, ground, marks) = match self {
            Texture::Missing => (
                6,
                "#ffffff",
                "<path d=\"M-1,7L7,-1M-1,1L1,-1M5,7L7,5\" stroke=\"#8b929b\" stroke-width=\"1.1\"/>",
            ),
            Texture::Suppressed => (
                5,
                "#f2f2f2",
                "<circle cx=\"1.25\" cy=\"1.25\" r=\"0.95\" fill=\"#4d4d4d\"/>\
                 <circle cx=\"3.75\" cy=\"3.75\" r=\"0.95\" fill=\"#4d4d4d\"/>",
            ),
            Texture::BelowUnit => {
                (5, "#ffffff", "<path d=\"M0,2.5H5\" stroke=\"#9aa1a9\" stroke-width=\"1\"/>")
            }
            Texture::Other => {
                (6, "#ececec", "<path d=\"M0,3H6M3,0V6\" stroke=\"#c3c7cc\" stroke-width=\"0.8\"/>")
            }
        };
        format!(
            "<pattern id=\"{id}\" width=\"{size}\" height=\"{size}\" \
             patternUnits=\"userSpaceOnUse\"><rect width=\"{size}\" height=\"{size}\" \
             fill=\"{ground}\"/>{marks}</pattern>"
        )
    }
}

/// What a legend entry shows before its words.
pub(crate) enum Swatch {
    Fill(Color),
    Striped(Color),
    Texture(Texture),
    Symbol(usize),
    /// A line with the band of its ranges.
    Band(Color),
    /// A line, with its dashes.
    Line(Color, &'static str),
    /// The symbol of a sum.
    Sum,
}

/// The page with the place where the next thing goes.
pub(crate) struct Sheet<'a> {
    pub(crate) theme: &'a Theme,
    pub(crate) lang: Lang,
    /// Top of the free space.
    pub(crate) y: f64,
    heading: &'a Heading,
    id: String,
    body: String,
    textures: BTreeSet<Texture>,
    stripes: bool,
}

impl<'a> Sheet<'a> {
    /// A page with the heading written.
    pub(crate) fn new(heading: &'a Heading, lang: Lang, theme: &'a Theme) -> Sheet<'a> {
        let id: String =
            heading.key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let id = if id.is_empty() { "figure".into() } else { id };
        let mut sheet = Sheet {
            theme,
            lang,
            y: MARGIN,
            heading,
            id,
            body: String::new(),
            textures: BTreeSet::new(),
            stripes: false,
        };
        let room = sheet.room();
        let size = if theme.narrow() { TITLE - 2.0 } else { TITLE };
        for text in wrap(heading.title.get(lang), size * 1.07, room) {
            sheet.y += size;
            sheet.bold(MARGIN, sheet.y, size, Anchor::Start, theme.ink, &text);
            sheet.y += size * 0.35;
        }
        for text in wrap(heading.subtitle.get(lang), SUBTITLE, room) {
            sheet.y += SUBTITLE + 1.0;
            sheet.text(MARGIN, sheet.y, SUBTITLE, Anchor::Start, theme.muted, &text);
            sheet.y += SUBTITLE * 0.3;
        }
        sheet.y += 10.0;
        sheet
    }

    /// The full width.
    pub(crate) fn width(&self) -> f64 {
        self.theme.width
    }

    /// The width between the margins.
    pub(crate) fn room(&self) -> f64 {
        self.theme.width - 2.0 * MARGIN
    }

    /// Right end of the space between the margins.
    pub(crate) fn right(&self) -> f64 {
        self.theme.width - MARGIN
    }

    pub(crate) fn add(&mut self, tag: Tag) {
        tag.finish(&mut self.body);
    }

    /// Opens a group; ends with [`Sheet::close`].
    pub(crate) fn open(&mut self, attributes: &str) {
        let _ = writeln!(self.body, "<g {attributes}>");
    }

    pub(crate) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// A text on its baseline.
    pub(crate) fn text(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        color: Color,
        text: &str,
    ) {
        self.write(x, y, size, anchor, color, text, "");
    }

    /// A bold text.
    pub(crate) fn bold(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        color: Color,
        text: &str,
    ) {
        self.write(x, y, size, anchor, color, text, " font-weight=\"700\"");
    }

    /// A text with a rim of the paper's color, for use over lines.
    pub(crate) fn halo(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        color: Color,
        text: &str,
    ) {
        let extra = format!(
            " stroke=\"{}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
            self.theme.paper
        );
        self.write(x, y, size, anchor, color, text, &extra);
    }

    /// A centered bold text with a rim of its ground's color.
    pub(crate) fn rimmed(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        color: Color,
        ground: Color,
        text: &str,
    ) {
        let extra = format!(
            " font-weight=\"700\" stroke=\"{ground}\" stroke-width=\"2.5\" \
             stroke-linejoin=\"round\" paint-order=\"stroke\""
        );
        self.write(x, y, size, Anchor::Middle, color, text, &extra);
    }

    /// A text turned about its anchor, in degrees clockwise.
    pub(crate) fn turned(&mut self, x: f64, y: f64, size: f64, degrees: f64, text: &str) {
        let extra = format!(" transform=\"rotate({} {} {})\"", cut(degrees), cut(x), cut(y));
        let color = self.theme.muted;
        self.write(x, y, size, Anchor::Start, color, text, &extra);
    }

    #[expect(clippy::too_many_arguments, reason = "the one place that all texts go through")]
    fn write(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        color: Color,
        text: &str,
        extra: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor} fill=\"{color}\"{extra}>{}</text>",
            cut(x),
            cut(y),
            cut(size),
            escape(text),
        );
    }

    /// The `fill` of a texture, which is then defined.
    pub(crate) fn texture(&mut self, texture: Texture) -> String {
        self.textures.insert(texture);
        format!("url(#{}-{})", self.id, texture.name())
    }

    /// The `fill` of thin white stripes laid over a color.
    pub(crate) fn stripes(&mut self) -> String {
        self.stripes = true;
        format!("url(#{}-stripes)", self.id)
    }

    /// Entries from left to right, in as many rows as they need.
    pub(crate) fn legend(&mut self, entries: &[(Swatch, String)]) {
        if entries.is_empty() {
            return;
        }
        let mut x = MARGIN;
        for (swatch, words) in entries {
            let lines = wrap(words, LABEL, self.room() - 22.0);
            let wide = 22.0 + crate::text::widest(&lines, LABEL);
            if x > MARGIN && x + wide > self.right() {
                x = MARGIN;
                self.y += 19.0;
            }
            self.swatch(swatch, x, self.y + 7.0);
            for (place, text) in lines.iter().enumerate() {
                if place > 0 {
                    self.y += 15.0;
                }
                let ink = self.theme.ink;
                self.text(x + 20.0, self.y + 11.5, LABEL, Anchor::Start, ink, text);
            }
            x += wide + 16.0;
        }
        self.y += 26.0;
    }

    fn swatch(&mut self, swatch: &Swatch, x: f64, y: f64) {
        let frame = |tag: Tag| tag.set("stroke", "#8b929b").set("stroke-width", "0.6");
        match swatch {
            Swatch::Fill(color) => self.add(rect(x, y - 6.0, 15.0, 12.0).paint("fill", *color)),
            Swatch::Striped(color) => {
                let stripes = self.stripes();
                self.add(rect(x, y - 6.0, 15.0, 12.0).paint("fill", *color));
                self.add(rect(x, y - 6.0, 15.0, 12.0).set("fill", &stripes));
            }
            Swatch::Texture(texture) => {
                let fill = self.texture(*texture);
                self.add(frame(rect(x, y - 6.0, 15.0, 12.0).set("fill", &fill)));
            }
            Swatch::Symbol(which) => {
                let tag = symbol(*which, x + 8.0, y, 4.5).paint("fill", category(*which));
                self.add(tag);
            }
            Swatch::Band(color) => crate::ribbon::swatch(self, x, y, *color),
            Swatch::Line(color, dash) => {
                let tag = line(x, y, x + 16.0, y).paint("stroke", *color).set("stroke-width", "2");
                self.add(if dash.is_empty() { tag } else { tag.set("stroke-dasharray", dash) });
            }
            Swatch::Sum => self.add(sum_mark(x + 8.0, y, self.theme)),
        }
    }

    /// A small line of words above a plot: what its vertical axis measures.
    pub(crate) fn caption(&mut self, words: &str) {
        for text in wrap(words, SMALL, self.room()) {
            self.y += SMALL;
            self.text(MARGIN, self.y, SMALL, Anchor::Start, self.theme.muted, &text);
            self.y += 3.0;
        }
        self.y += 5.0;
    }

    /// Words that stand where there is nothing to draw.
    pub(crate) fn nothing(&mut self) {
        let words = match self.lang {
            Lang::En => "No data to show",
            Lang::Zh => "没有可显示的数据",
        };
        let box_height = 90.0;
        let (x, y, room) = (MARGIN, self.y, self.room());
        let tag = rect(x, y, room, box_height).set("fill", "none").paint("stroke", self.theme.grid);
        self.add(tag);
        let middle = self.width() / 2.0;
        let muted = self.theme.muted;
        self.text(middle, y + box_height / 2.0 + 4.0, LABEL, Anchor::Middle, muted, words);
        self.y += box_height + 4.0;
    }

    /// The page as a self-contained SVG.
    pub(crate) fn finish(mut self, description: &str) -> String {
        let source = self.heading.source.get(self.lang);
        if !source.is_empty() {
            self.y += 8.0;
            for text in wrap(source, SMALL, self.room()) {
                self.y += SMALL + 1.0;
                self.text(MARGIN, self.y, SMALL, Anchor::Start, self.theme.muted, &text);
                self.y += 3.0;
            }
        }
        let height = (self.y + MARGIN).ceil();
        let (id, w, h) = (&self.id, cut(self.theme.width), cut(height));
        let mut defs = String::new();
        for texture in &self.textures {
            defs += &texture.definition(&format!("{id}-{}", texture.name()));
        }
        if self.stripes {
            let _ = write!(
                defs,
                "<pattern id=\"{id}-stripes\" width=\"5\" height=\"5\" \
                 patternUnits=\"userSpaceOnUse\"><path d=\"M-1,6L6,-1M-1,1L1,-1M4,6L6,4\" \
                 stroke=\"#ffffff\" stroke-opacity=\"0.55\" stroke-width=\"1\"/></pattern>"
            );
        }
        if !defs.is_empty() {
            defs = format!("<defs>{defs}</defs>\n");
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
             height=\"{h}\" role=\"img\" lang=\"{lang}\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"{fonts}\">\n<title id=\"{id}-title\">{title}</title>\n\
             <desc id=\"{id}-desc\">{desc}</desc>\n{defs}\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{paper}\"/>\n{body}</svg>\n",
            lang = match self.lang {
                Lang::En => "en",
                Lang::Zh => "zh-Hans",
            },
            fonts = escape(&self.theme.fonts),
            title = escape(self.heading.title.get(self.lang)),
            desc = escape(description),
            paper = self.theme.paper,
            body = self.body,
        )
    }
}

/// Centers for boxes of `heights` as near to `wanted` as they go without overlap within a range.
///
/// Returned in the order given.
pub(crate) fn spread(wanted: &[f64], heights: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
    let mut places = wanted.to_vec();
    let mut edge = low;
    for &k in &order {
        places[k] = places[k].max(edge + heights[k] / 2.0);
        edge = places[k] + heights[k] / 2.0;
    }
    let mut edge = high;
    for &k in order.iter().rev() {
        places[k] = places[k].min(edge - heights[k] / 2.0);
        edge = places[k] - heights[k] / 2.0;
    }
    places
}

/// The width of a legend entry's or label's words in bold or not.
pub(crate) fn measured(text: &str, size: f64, bold: bool) -> f64 {
    if bold { bold_width(text, size) } else { width(text, size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_labels_keep_their_order_and_do_not_overlap() {
        let places = spread(&[10.0, 11.0, 95.0], &[12.0, 12.0, 12.0], 0.0, 100.0);
        assert!(places[1] - places[0] >= 12.0 && places[2] <= 94.0, "{places:?}");
    }
}
