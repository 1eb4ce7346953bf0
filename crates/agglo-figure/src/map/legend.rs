//! The legend of a map: classes with ranges and counts, gaps, and arrow widths.

use std::collections::BTreeMap;

use agglo_core::{Datum, Gap, Lang};

use super::{ClassKey, MapFigure};
use crate::scale::{distinct, short};
use crate::sheet::{Anchor, MARGIN, SMALL, Sheet, Swatch, Texture, rect};
use crate::text::width;

impl ClassKey {
    /// The range of each class in words.
    pub(super) fn ranges(&self, figure: &MapFigure, lang: Lang) -> Vec<String> {
        if let Some(names) = &self.names {
            return names.iter().map(|name| name.get(lang).to_owned()).collect();
        }
        let texts = distinct(&self.cuts, figure.axis.format, lang);
        let write = |v| short(v, figure.axis.format, lang);
        let (low, high) = self.range.unwrap_or((0.0, 0.0));
        let n = self.colors.len();
        (0..n)
            .map(|class| {
                let first = class.checked_sub(1).map(|k| texts[k].as_str());
                let last = texts.get(class).map(String::as_str);
                match (first, last) {
                    (Some(a), Some(b)) => format!("{a} – <{b}"),
                    (None, Some(b)) if self.open || self.counts[class] == 0 => format!("<{b}"),
                    (None, Some(b)) => format!("{} – <{b}", write(low)),
                    (Some(a), None) if self.open || self.counts[class] == 0 => format!("≥{a}"),
                    (Some(a), None) => format!("{a} – {}", write(high)),
                    (None, None) if low == high => write(low),
                    (None, None) => format!("{} – {}", write(low), write(high)),
                }
            })
            .collect()
    }
}

impl MapFigure {
    /// Draws the legend above the map.
    pub(super) fn legend(&self, sheet: &mut Sheet, key: &ClassKey, shown: &[Datum]) {
        let lang = sheet.lang;
        sheet.caption(self.axis.title.get(lang));
        let ranges = key.ranges(self, lang);
        if key.range.is_some() && !ramp(sheet, self, key, &ranges) {
            let entries: Vec<_> = ranges
                .iter()
                .zip(&key.colors)
                .zip(&key.counts)
                .map(|((range, color), n)| (Swatch::Fill(*color), format!("{range} ({n})")))
                .collect();
            sheet.legend(&entries);
        }
        let mut gaps: BTreeMap<Texture, (usize, Vec<Gap>)> = BTreeMap::new();
        for gap in shown.iter().filter_map(|d| d.gap()) {
            let entry = gaps.entry(Texture::of(gap)).or_default();
            entry.0 += 1;
            if !entry.1.contains(&gap) {
                entry.1.push(gap);
            }
        }
        let entries: Vec<_> = gaps
            .into_iter()
            .map(|(texture, (n, reasons))| {
                let words: Vec<&str> = reasons.iter().map(|g| g.reason(lang)).collect();
                let glue = if lang == Lang::Zh { "、" } else { ", " };
                (Swatch::Texture(texture), format!("{} ({n})", words.join(glue)))
            })
            .collect();
        sheet.legend(&entries);
    }
}

/// Classes side by side with their limits below and their counts above; `false` when the limits
/// would run into each other.
fn ramp(sheet: &mut Sheet, figure: &MapFigure, key: &ClassKey, ranges: &[String]) -> bool {
    if key.names.is_some() {
        return false;
    }
    let lang = sheet.lang;
    let n = key.colors.len();
    let limits = distinct(&key.cuts, figure.axis.format, lang);
    let write = |v| short(v, figure.axis.format, lang);
    let widest = limits.iter().map(|t| width(t, SMALL)).fold(0.0, f64::max);
    let step = (sheet.room() / n as f64).min(72.0);
    let ends = key.range.filter(|_| !key.open).map(|(low, high)| (write(low), write(high)));
    let end_room = ends.as_ref().map_or(0.0, |(a, b)| width(a, SMALL).max(width(b, SMALL)));
    if widest + 6.0 > step || end_room + widest / 2.0 + 6.0 > step {
        return false;
    }
    let note = match lang {
        Lang::En => "regions",
        Lang::Zh => "个地区",
    };
    sheet.y += SMALL;
    for (class, range) in ranges.iter().enumerate() {
        let x = MARGIN + step * class as f64;
        let count = key.counts[class];
        let tip = format!("{range}: {count} {note}");
        let own = format!("class-{}", class + 1);
        let tag = rect(x, sheet.y + 3.0, step, 12.0).paint("fill", key.colors[class]);
        sheet.add(tag.set("stroke", "#ffffff").set("stroke-width", "0.8").mark(&own, &tip));
        let text = if class == 0 { format!("n = {count}") } else { count.to_string() };
        let text = if width(&text, SMALL - 1.0) + 4.0 < step { text } else { count.to_string() };
        let muted = sheet.theme.muted;
        sheet.text(x + step / 2.0, sheet.y, SMALL - 1.0, Anchor::Middle, muted, &text);
    }
    let base = sheet.y + 27.0;
    let ink = sheet.theme.ink;
    for (k, text) in limits.iter().enumerate() {
        sheet.text(MARGIN + step * (k + 1) as f64, base, SMALL, Anchor::Middle, ink, text);
    }
    if let Some((low, high)) = ends {
        let last = MARGIN + step * n as f64;
        if key.counts[0] > 0 || n == 1 {
            sheet.text(MARGIN, base, SMALL, Anchor::Start, ink, &low);
        }
        if n > 1 && key.counts[n - 1] > 0 {
            sheet.text(last, base, SMALL, Anchor::End, ink, &high);
        }
    }
    sheet.y = base + 12.0;
    true
}
