//! Axes, grid and shaded bands shared by the figures with two axes.

use agglo_core::Lang;

use crate::color::Color;
use crate::scale::{Linear, Ticks, tick, ticks};
use crate::sheet::{Anchor, MARGIN, SMALL, Sheet, line, rect};
use crate::text::width;
use crate::words::Format;

/// A shaded stretch of the horizontal axis with its label above.
pub(crate) struct Band {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// A line inside the stretch.
    pub(crate) line: Option<f64>,
    pub(crate) label: String,
    pub(crate) fill: Color,
    pub(crate) ink: Color,
}

/// Space a figure asks for.
pub(crate) struct Room {
    /// To the right of the plot.
    pub(crate) right: f64,
    /// Height of the plot.
    pub(crate) height: f64,
}

/// A drawn pair of axes.
pub(crate) struct Plot {
    pub(crate) x: Linear,
    pub(crate) y: Linear,
    /// Below the axis and its labels.
    pub(crate) bottom: f64,
}

/// Labels of vertical ticks and the room they need.
pub(crate) fn labels(found: &Ticks, format: Format, lang: Lang) -> (Vec<String>, f64) {
    let texts: Vec<String> =
        found.values.iter().map(|&v| tick(v, found.step, format, lang)).collect();
    let room = texts.iter().map(|t| width(t, SMALL)).fold(0.0, f64::max);
    (texts, room)
}

impl Plot {
    /// Axes over years or event times: the horizontal axis ends where the data end.
    pub(crate) fn years(
        sheet: &mut Sheet,
        x: (f64, f64),
        y: (f64, f64),
        format: Format,
        bands: &[Band],
        room: &Room,
    ) -> Plot {
        let x = if x.0 == x.1 { (x.0 - 1.0, x.1 + 1.0) } else { x };
        let y_ticks = ticks(y.0, y.1, 5, format);
        let (y_labels, left) = labels(&y_ticks, format, sheet.lang);
        let left = (MARGIN + left + 8.0).max(MARGIN + 18.0);
        let right = sheet.right() - room.right.max(16.0);
        let pad = 6.0;
        let x_scale = Linear::new(x, (left + pad, right - pad));
        let lanes = lanes(sheet, bands, &x_scale, left, sheet.right());
        let n_lanes = lanes.iter().map(|l| l.1 + 1).max().unwrap_or(0);
        let top = sheet.y + n_lanes as f64 * 14.0 + 6.0;
        let bottom = top + room.height;
        for (band, &(center, lane)) in bands.iter().zip(&lanes) {
            let (x0, x1) = (x_scale.at(band.from), x_scale.at(band.to));
            let (x0, x1) = if x1 - x0 < 2.0 { (x0 - 1.0, x1 + 1.0) } else { (x0, x1) };
            sheet.add(rect(x0, top, x1 - x0, room.height).paint("fill", band.fill));
            if let Some(at) = band.line {
                let at = x_scale.at(at);
                let tag = line(at, top - 3.0, at, bottom).paint("stroke", band.ink);
                sheet.add(tag.set("stroke-width", "1.2").set("stroke-dasharray", "4 2"));
            }
            let base = sheet.y + lane as f64 * 14.0 + 10.0;
            sheet.text(center, base, SMALL, Anchor::Middle, band.ink, &band.label);
        }
        let y_scale = Linear::new((y_ticks.low, y_ticks.high), (bottom, top));
        horizontal_grid(sheet, &y_ticks, &y_labels, &y_scale, left, right);
        let wanted = ((right - left) / 52.0).floor().max(1.0) as usize;
        let x_ticks = ticks(x.0, x.1, wanted, Format::Ordinal);
        for &value in x_ticks.values.iter().filter(|v| x_scale.holds(**v)) {
            let at = x_scale.at(value);
            sheet.add(line(at, bottom, at, bottom + 4.0).paint("stroke", sheet.theme.muted));
            let text = tick(value, x_ticks.step, Format::Ordinal, sheet.lang);
            sheet.text(at, bottom + 16.0, SMALL, Anchor::Middle, sheet.theme.muted, &text);
        }
        Plot { x: x_scale, y: y_scale, bottom: bottom + 22.0 }
    }

    /// Axes over any two numbers, both ending at round values.
    pub(crate) fn numbers(
        sheet: &mut Sheet,
        x: (f64, f64),
        y: (f64, f64),
        formats: (Format, Format),
        height: f64,
    ) -> Plot {
        let y_ticks = ticks(y.0, y.1, 5, formats.1);
        let (y_labels, left) = labels(&y_ticks, formats.1, sheet.lang);
        let left = MARGIN + left + 8.0;
        let mut wanted = if sheet.theme.narrow() { 4 } else { 7 };
        let (x_ticks, x_labels, widest) = loop {
            let found = ticks(x.0, x.1, wanted, formats.0);
            let (texts, widest) = labels(&found, formats.0, sheet.lang);
            let step = (sheet.right() - left) / texts.len() as f64;
            if widest + 8.0 < step || wanted == 1 {
                break (found, texts, widest);
            }
            wanted -= 1;
        };
        let left = left.max(MARGIN + widest / 2.0);
        let right = sheet.right() - widest / 2.0;
        let (top, bottom) = (sheet.y + 4.0, sheet.y + 4.0 + height);
        let x_scale = Linear::new((x_ticks.low, x_ticks.high), (left, right));
        let y_scale = Linear::new((y_ticks.low, y_ticks.high), (bottom, top));
        horizontal_grid(sheet, &y_ticks, &y_labels, &y_scale, left, right);
        for (&value, text) in x_ticks.values.iter().zip(&x_labels) {
            let at = x_scale.at(value);
            sheet.add(line(at, top, at, bottom).paint("stroke", sheet.theme.grid));
            sheet.text(at, bottom + 15.0, SMALL, Anchor::Middle, sheet.theme.muted, text);
        }
        Plot { x: x_scale, y: y_scale, bottom: bottom + 20.0 }
    }

    /// A dashed line at one value of the vertical axis.
    pub(crate) fn reference_line(&self, sheet: &mut Sheet, value: f64) {
        let y = self.y.at(value);
        let tag = line(self.x.range.0 - 6.0, y, self.x.range.1 + 6.0, y);
        let tag = tag.paint("stroke", sheet.theme.ink).set("stroke-width", "1");
        sheet.add(tag.set("stroke-dasharray", "2 3"));
    }

    /// The words of a reference line, above or below it where the `lines` drawn leave most room.
    pub(crate) fn reference_words(
        &self,
        sheet: &mut Sheet,
        value: f64,
        label: &str,
        lines: &[Vec<(f64, f64)>],
    ) {
        let y = self.y.at(value);
        let (left, right) = self.x.range;
        let texts = crate::text::wrap(label, SMALL, right - left);
        let wide = texts.iter().map(|t| width(t, SMALL)).fold(0.0, f64::max);
        let tall = 13.0 * texts.len() as f64;
        let mut best: Option<(usize, f64, f64)> = None;
        for top in [y - tall - 3.0, y + 3.0] {
            if top < self.y.range.1 || top + tall > self.y.range.0 {
                continue;
            }
            for step in 0..=12 {
                let x0 = left + (right - left - wide) * f64::from(step) / 12.0;
                let covered = |p: &(f64, f64)| {
                    (x0 - 3.0..x0 + wide + 3.0).contains(&p.0)
                        && (top - 1.0..top + tall + 2.0).contains(&p.1)
                };
                let hits = lines.iter().map(|l| dense(l).filter(covered).count()).sum();
                if best.is_none_or(|(least, _, _)| hits < least) {
                    best = Some((hits, x0, top));
                }
            }
        }
        let (_, x0, top) = best.unwrap_or((0, left, y + 3.0));
        for (row, text) in texts.iter().enumerate() {
            let base = top + 10.5 + 13.0 * row as f64;
            sheet.halo(x0, base, SMALL, Anchor::Start, sheet.theme.ink, text);
        }
    }
}

/// Points close together along a line.
fn dense(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    points.windows(2).flat_map(|pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let n = ((x1 - x0).hypot(y1 - y0) / 3.0).ceil().clamp(1.0, 500.0) as u32;
        (0..=n).map(move |k| {
            let part = f64::from(k) / f64::from(n);
            (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)
        })
    })
}

fn horizontal_grid(
    sheet: &mut Sheet,
    found: &Ticks,
    texts: &[String],
    y: &Linear,
    left: f64,
    right: f64,
) {
    let crosses_zero = found.low < 0.0 && found.high > 0.0;
    for (place, (&value, text)) in found.values.iter().zip(texts).enumerate() {
        let at = y.at(value);
        let strong = (place == 0 && !crosses_zero) || (crosses_zero && value == 0.0);
        let color = if strong { sheet.theme.muted } else { sheet.theme.grid };
        sheet.add(line(left, at, right, at).paint("stroke", color));
        sheet.text(left - 6.0, at + 4.0, SMALL, Anchor::End, sheet.theme.muted, text);
    }
}

/// Center and row of each band's label, so that no two overlap.
fn lanes(sheet: &Sheet, bands: &[Band], x: &Linear, left: f64, right: f64) -> Vec<(f64, usize)> {
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut places = Vec::new();
    let left = left.min(sheet.width() / 2.0);
    for band in bands {
        let half = width(&band.label, SMALL) / 2.0;
        let wanted = band.line.map_or(f64::midpoint(x.at(band.from), x.at(band.to)), |at| x.at(at));
        let center = wanted.min(right - half).max(left + half).min(right - half);
        let span = (center - half - 4.0, center + half + 4.0);
        let free = |row: &Vec<(f64, f64)>| row.iter().all(|t| span.1 <= t.0 || span.0 >= t.1);
        let lane = taken.iter().position(free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push(span);
        places.push((center, lane));
    }
    places
}
