//! SVG elements: their attributes, their escaping, and the shapes drawn with them.

use std::fmt::Write as _;

use crate::color::Color;

/// Two decimals, without trailing zeros or a negative zero.
pub(crate) fn cut(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// `text` safe between tags and in attributes; characters XML forbids are dropped.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(' '),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => safe.push(c),
        }
    }
    safe
}

/// One element under construction.
pub(crate) struct Tag {
    name: &'static str,
    attributes: String,
    inner: String,
}

impl Tag {
    pub(crate) fn new(name: &'static str) -> Tag {
        Tag { name, attributes: String::new(), inner: String::new() }
    }

    pub(crate) fn at(self, name: &str, value: f64) -> Tag {
        self.set(name, &cut(value))
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Tag {
        let _ = write!(self.attributes, " {name}=\"{}\"", escape(value));
        self
    }

    pub(crate) fn paint(self, name: &str, color: Color) -> Tag {
        self.set(name, &color.to_string())
    }

    /// Makes it a mark: a key to link by and the text a pointer shows.
    pub(crate) fn mark(mut self, key: &str, tip: &str) -> Tag {
        self = self.set("class", "mark").set("data-key", key);
        let _ = write!(self.inner, "<title>{}</title>", escape(tip));
        self
    }

    /// A second key: the series, group or column of the mark.
    pub(crate) fn of(self, series: &str) -> Tag {
        self.set("data-series", series)
    }

    pub(crate) fn finish(self, out: &mut String) {
        let Tag { name, attributes, inner } = self;
        let _ = if inner.is_empty() {
            writeln!(out, "<{name}{attributes}/>")
        } else {
            writeln!(out, "<{name}{attributes}>{inner}</{name}>")
        };
    }
}

pub(crate) fn rect(x: f64, y: f64, w: f64, h: f64) -> Tag {
    Tag::new("rect").at("x", x).at("y", y).at("width", w.max(0.0)).at("height", h.max(0.0))
}

pub(crate) fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Tag {
    Tag::new("line").at("x1", x1).at("y1", y1).at("x2", x2).at("y2", y2)
}

pub(crate) fn path(d: &str) -> Tag {
    Tag::new("path").set("d", d)
}

/// The data of a path through points.
pub(crate) fn polyline(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{},{}", if place == 0 { "M" } else { "L" }, cut(*x), cut(*y));
    }
    d
}

/// Shapes that go with the categorical colors.
pub(crate) const N_SHAPES: usize = 6;

/// The symbol of category `which`, with a circle's area of radius `r`.
pub(crate) fn symbol(which: usize, x: f64, y: f64, r: f64) -> Tag {
    let polygon = |points: &[(f64, f64)]| {
        let points: Vec<_> = points.iter().map(|(a, b)| (x + a * r, y + b * r)).collect();
        path(&(polyline(&points) + "Z"))
    };
    match which % N_SHAPES {
        0 => Tag::new("circle").at("cx", x).at("cy", y).at("r", r),
        1 => polygon(&[(0.0, -1.25), (1.2, 0.85), (-1.2, 0.85)]),
        2 => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        3 => polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
        4 => polygon(&[(0.0, 1.25), (1.2, -0.85), (-1.2, -0.85)]),
        _ => polygon(&[
            (-0.4, -1.2),
            (0.4, -1.2),
            (0.4, -0.4),
            (1.2, -0.4),
            (1.2, 0.4),
            (0.4, 0.4),
            (0.4, 1.2),
            (-0.4, 1.2),
            (-0.4, 0.4),
            (-1.2, 0.4),
            (-1.2, -0.4),
            (-0.4, -0.4),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_two_decimals_and_no_negative_zero() {
        assert_eq!(cut(1.006), "1.01");
        assert_eq!(cut(-0.0001), "0");
        assert_eq!(cut(12.0), "12");
    }

    #[test]
    fn markup_in_a_label_is_shown_and_not_obeyed() {
        assert_eq!(escape("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot;");
    }
}
