//! Drawing areas, tiles and arrows.

use std::collections::BTreeMap;

use agglo_core::{Datum, Gap, Lang};

use super::areas::{Area, Areas};
use super::layout::{Layout, Panel, lay_out, left_out};
use super::{ClassKey, Flow, MapFigure, MapShape, Tile};
use crate::classes::Classes;
use crate::color::{Color, ink_on};
use crate::scale::{drawable, number, short, told};
use crate::sheet::{Anchor, LABEL, MARGIN, SMALL, Sheet, Texture, measured, path, polyline, rect};
use crate::text::{width, wrap};
use crate::theme::Theme;

/// Points nearer than this to the last one drawn add bytes and nothing to see; maps of thousands of
/// areas, whose files are large, are drawn a little coarser.
fn finest(n_areas: usize) -> f64 {
    if n_areas > 400 { 0.6 } else { 0.35 }
}

type Centers = BTreeMap<String, (f64, f64)>;

/// Centers of what was drawn, the radius an arrow keeps clear of them, and the box it stays in.
struct Drawn {
    centers: Centers,
    clear: f64,
    bounds: Bounds,
}

/// A drawn tile that waits for its words.
struct Labeled<'a> {
    tile: &'a Tile,
    value: Option<f64>,
    x: f64,
    y: f64,
    w: f64,
    h: f64,
    ink: Color,
    ground: Color,
}

/// Left, top, right, bottom.
type Bounds = (f64, f64, f64, f64);

impl MapFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let places = self.places();
        if places.is_empty() {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        }
        let values = self.by_code();
        let key = self.key();
        let datum = |code: &str| values.get(code).copied().unwrap_or(Datum::Gap(Gap::Missing));
        let hidden = match &self.shape {
            MapShape::Areas(areas) => left_out(areas),
            MapShape::Tiles(_) => Vec::new(),
        };
        let shown: Vec<Datum> = places
            .iter()
            .filter(|(code, _)| !hidden.contains(code))
            .map(|(code, _)| datum(code))
            .collect();
        self.legend(&mut sheet, &key, &shown);
        let (drawn, labeled) = match &self.shape {
            MapShape::Areas(areas) => {
                (self.draw_areas(&mut sheet, areas, &key, &datum), Vec::new())
            }
            MapShape::Tiles(tiles) => self.draw_tiles(&mut sheet, tiles, &key, &datum),
        };
        self.draw_flows(&mut sheet, &drawn);
        // Names lie above the arrows, so that none is hidden.
        self.label_tiles(&mut sheet, &labeled);
        self.flow_legend(&mut sheet);
        sheet.finish(&self.describe(lang))
    }

    fn describe(&self, lang: Lang) -> String {
        let n = self.places().len();
        match lang {
            Lang::En => format!("Map of {} over {n} areas.", self.axis.title.en),
            Lang::Zh => format!("地图，{}：{n}个地区。", self.axis.title.zh),
        }
    }

    fn draw_areas(
        &self,
        sheet: &mut Sheet,
        areas: &Areas,
        key: &ClassKey,
        datum: &dyn Fn(&str) -> Datum,
    ) -> Drawn {
        let lang = sheet.lang;
        let tall = sheet.width() * if sheet.theme.narrow() { 1.3 } else { 0.85 };
        let top = sheet.y + 4.0;
        let Layout { panels, height } = lay_out(areas, MARGIN, top, sheet.room(), tall);
        let by_code: BTreeMap<&str, &Area> =
            areas.areas.iter().map(|a| (a.code.as_str(), a)).collect();
        let stroke = match areas.areas.len() {
            0..=60 => "0.8",
            61..=400 => "0.5",
            _ => "0.25",
        };
        let mut centers = Centers::new();
        for panel in &panels {
            if let Some((x0, y0, x1, y1)) = panel.frame {
                let tag = rect(x0, y0, x1 - x0, y1 - y0).set("fill", "none");
                sheet.add(tag.paint("stroke", sheet.theme.grid));
                let name = panel.name.get(lang);
                let fits = x0 + width(name, 10.0) <= sheet.right();
                let (at, anchor) = if fits { (x0, Anchor::Start) } else { (x1, Anchor::End) };
                sheet.text(at, y0 - 3.0, 10.0, anchor, sheet.theme.muted, name);
            }
            sheet.open(&format!(
                "stroke=\"#ffffff\" stroke-width=\"{stroke}\" stroke-linejoin=\"round\""
            ));
            for code in &panel.codes {
                let Some(area) = by_code.get(code) else { continue };
                let (d, center) = outline(area, panel, finest(areas.areas.len()));
                centers.insert((*code).to_owned(), center);
                let datum = datum(code);
                let told = key.told(self, datum, lang);
                let tip = format!("{}: {told}", area.name.get(lang));
                let tag = path(&d).set("fill-rule", "evenodd");
                let tag = match (number(datum), datum) {
                    (Some(value), _) => tag.paint("fill", key.color(value)),
                    (None, Datum::Gap(gap)) => {
                        let fill = sheet.texture(Texture::of(gap));
                        // White borders vanish between hatched areas.
                        tag.set("fill", &fill).set("stroke", "#8b929b")
                    }
                    (None, Datum::Number(_)) => tag.set("fill", "none"),
                };
                sheet.add(tag.mark(code, &tip));
            }
            sheet.close();
        }
        sheet.y = top + height + 4.0;
        Drawn { centers, clear: 0.0, bounds: (MARGIN, top, sheet.right(), sheet.y) }
    }

    fn draw_tiles<'a>(
        &self,
        sheet: &mut Sheet,
        tiles: &'a [Tile],
        key: &ClassKey,
        datum: &dyn Fn(&str) -> Datum,
    ) -> (Drawn, Vec<Labeled<'a>>) {
        let lang = sheet.lang;
        let columns = tiles.iter().map(|t| f64::from(t.column) + 1.0).fold(1.0, f64::max);
        let rows = tiles.iter().map(|t| f64::from(t.row) + 1.0).fold(1.0, f64::max);
        let wide = (sheet.room() / columns).min(86.0);
        let tall = wide.clamp(34.0, 58.0);
        let left = MARGIN + (sheet.room() - wide * columns) / 2.0;
        let mut centers = Centers::new();
        let mut labeled = Vec::new();
        for tile in tiles {
            let x = left + wide * f64::from(tile.column) + 1.5;
            let y = sheet.y + tall * f64::from(tile.row) + 1.5;
            let (w, h) = (wide - 3.0, tall - 3.0);
            // Below the name, which arrows must not cross where they start and end.
            centers.insert(tile.code.clone(), (x + w / 2.0, y + h * 0.66));
            let datum = datum(&tile.code);
            let tip = format!("{}: {}", tile.name.get(lang), key.told(self, datum, lang));
            let tag = rect(x, y, w, h).set("rx", "3");
            let value = number(datum);
            let (ink, paper) = (sheet.theme.ink, sheet.theme.paper);
            let (tag, ink, ground) = match (value, datum) {
                (Some(value), _) => {
                    let fill = key.color(value);
                    (tag.paint("fill", fill), ink_on(fill), fill)
                }
                (None, Datum::Gap(gap)) => {
                    let fill = sheet.texture(Texture::of(gap));
                    (tag.set("fill", &fill).set("stroke", "#8b929b"), ink, paper)
                }
                (None, Datum::Number(_)) => (tag.set("fill", "none"), ink, paper),
            };
            sheet.add(tag.mark(&tile.code, &tip));
            labeled.push(Labeled { tile, value, x, y, w, h, ink, ground });
        }
        let top = sheet.y;
        sheet.y += tall * rows + 4.0;
        let bounds = (MARGIN, top, sheet.right(), sheet.y);
        (Drawn { centers, clear: wide.min(tall) * 0.12, bounds }, labeled)
    }

    /// Writes the names, or the short forms when one name does not fit, and the values where there
    /// is room; below arrows only names, at the top of their tiles.
    fn label_tiles(&self, sheet: &mut Sheet, tiles: &[Labeled]) {
        let lang = sheet.lang;
        let under_arrows = !self.flows.is_empty();
        let lines_of = |tile: &Labeled| wrap(tile.tile.name.get(lang), LABEL * 1.06, tile.w - 6.0);
        let most = if under_arrows && tiles.iter().any(|t| t.h < 48.0) { 1 } else { 2 };
        let fits = tiles.iter().all(|tile| {
            let whole = |word: &str| measured(word, LABEL, true) <= tile.w - 6.0;
            let name = tile.tile.name.get(lang);
            lines_of(tile).len() <= most && (lang == Lang::Zh || name.split(' ').all(whole))
        });
        for tile in tiles {
            let lines =
                if fits { lines_of(tile) } else { vec![tile.tile.short.get(lang).to_owned()] };
            let is_number = !matches!(self.classes, Classes::Named(_));
            let text = tile.value.filter(|_| is_number);
            let text = text.map(|v| short(v, self.axis.format, lang));
            let text = text.filter(|t| {
                let tall = lines.len() as f64 * 14.0 + 15.0;
                !under_arrows && width(t, SMALL) <= tile.w - 4.0 && tall <= tile.h
            });
            let total = lines.len() as f64 * 14.0 + if text.is_some() { 13.0 } else { 0.0 };
            let free = if under_arrows { 2.0 } else { (tile.h - total) / 2.0 };
            let mut base = tile.y + free + 11.0;
            let middle = tile.x + tile.w / 2.0;
            for line in &lines {
                if tile.value.is_none() {
                    // Hatching runs through letters: a plain ground keeps them readable.
                    let half = measured(line, LABEL, true) / 2.0 + 3.0;
                    let tag = rect(middle - half, base - 11.0, half * 2.0, 14.0).set("rx", "2");
                    sheet.add(tag.paint("fill", sheet.theme.paper).set("pointer-events", "none"));
                }
                sheet.rimmed(middle, base, LABEL, tile.ink, tile.ground, line);
                base += 14.0;
            }
            if let Some(text) = text {
                sheet.text(middle, base - 0.5, SMALL, Anchor::Middle, tile.ink, &text);
            }
        }
    }

    fn draw_flows(&self, sheet: &mut Sheet, drawn: &Drawn) {
        let flows = self.sorted_flows();
        let Some(&(_, most)) = flows.first() else { return };
        let widest = widest_arrow(sheet);
        let lang = sheet.lang;
        let names: BTreeMap<&str, &str> =
            self.places().into_iter().map(|(code, name)| (code, name.get(lang))).collect();
        for &(flow, volume) in &flows {
            let center = |code: &String| drawn.centers.get(code).copied();
            let (Some(from), Some(to)) = (center(&flow.from), center(&flow.to)) else { continue };
            let wide = (volume / most * widest).max(1.0);
            let bend = Bend { part: 0.16, clear: drawn.clear, bounds: drawn.bounds };
            let Some(d) = arrow(from, to, wide, &bend) else { continue };
            let told = told(Datum::Number(volume), self.flow_axis.format, lang);
            let (a, b) = (names[flow.from.as_str()], names[flow.to.as_str()]);
            let tag = path(&d).set("fill", "#B2182B").set("fill-opacity", "0.82");
            let tag = tag.set("stroke", "#ffffff").set("stroke-width", "0.8");
            let tip = format!("{a} → {b}: {told}");
            sheet.add(tag.mark(&format!("{}>{}", flow.from, flow.to), &tip));
        }
    }

    /// The flows that can be drawn, largest first, so that small ones lie above.
    fn sorted_flows(&self) -> Vec<(&Flow, f64)> {
        let mut flows: Vec<(&Flow, f64)> = self
            .flows
            .iter()
            .filter_map(|f| Some((f, drawable(f.volume)?)))
            .filter(|f| f.1 > 0.0 && f.0.from != f.0.to)
            .collect();
        flows.sort_by(|a, b| b.1.total_cmp(&a.1));
        flows
    }

    fn flow_legend(&self, sheet: &mut Sheet) {
        let Some(most) = self.sorted_flows().first().map(|f| f.1) else { return };
        let widest = widest_arrow(sheet);
        let lang = sheet.lang;
        sheet.y += 4.0;
        sheet.caption(self.flow_axis.title.get(lang));
        let mut x = MARGIN;
        for part in [1.0, 0.5, 0.2] {
            let y = sheet.y + 8.0;
            let bounds = (x, y - 20.0, x + 34.0, y + 20.0);
            let straight = Bend { part: 0.0, clear: 0.0, bounds };
            if let Some(d) = arrow((x, y), (x + 34.0, y), (part * widest).max(1.0), &straight) {
                sheet.add(path(&d).set("fill", "#B2182B").set("fill-opacity", "0.82"));
            }
            let text = short(most * part, self.flow_axis.format, lang);
            sheet.text(x + 40.0, y + 4.0, SMALL, Anchor::Start, sheet.theme.muted, &text);
            x += 40.0 + width(&text, SMALL) + 18.0;
        }
        sheet.y += 22.0;
    }
}

/// The outline of an area on the page, and the middle of its largest polygon.
fn outline(area: &Area, panel: &Panel, finest: f64) -> (String, (f64, f64)) {
    let mut d = String::new();
    let mut center = (0.0, (0.0, 0.0));
    let mut first = None;
    for polygon in &area.polygons {
        let parts = polygon.iter().enumerate();
        for (place, points) in
            parts.flat_map(|(k, r)| panel.ring(r).into_iter().map(move |p| (k, p)))
        {
            first = first.or(points.first().copied());
            let (size, middle) = centroid(&points);
            if place == 0 && size > center.0 {
                center = (size, middle);
            }
            let mut kept: Vec<(f64, f64)> = Vec::new();
            for &(x, y) in &points {
                let far = kept.last().is_none_or(|(a, b)| (x - a).hypot(y - b) >= finest);
                if far {
                    kept.push((x, y));
                }
            }
            if kept.len() > 2 {
                d += &polyline(&kept);
                d.push('Z');
            }
        }
    }
    let Some((x, y)) = first else { return (d, (0.0, 0.0)) };
    if d.is_empty() {
        // Smaller than can be drawn: a dot, because each area has its mark.
        let dot = [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)];
        let dot = dot.map(|(dx, dy)| (x + dx, y + dy));
        return (polyline(&dot) + "Z", (x, y));
    }
    (d, if center.0 > 0.0 { center.1 } else { (x, y) })
}

fn centroid(points: &[(f64, f64)]) -> (f64, (f64, f64)) {
    let Some(&(ox, oy)) = points.first() else { return (0.0, (0.0, 0.0)) };
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for pair in points.windows(2) {
        let ((ax, ay), (bx, by)) =
            ((pair[0].0 - ox, pair[0].1 - oy), (pair[1].0 - ox, pair[1].1 - oy));
        let cross = ax * by - bx * ay;
        twice += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if twice.abs() < 1e-9 {
        return (0.0, (ox, oy));
    }
    (twice.abs(), (ox + x / (3.0 * twice), oy + y / (3.0 * twice)))
}

fn widest_arrow(sheet: &Sheet) -> f64 {
    if sheet.theme.narrow() { 7.0 } else { 10.0 }
}

/// How an arrow leaves the straight way.
struct Bend {
    /// Height of the arc over its length.
    part: f64,
    /// Distance kept from both ends.
    clear: f64,
    bounds: Bounds,
}

/// A curved arrow as a filled outline, bent to the right of its way so that the arrow back does
/// not cover it; `None` when the two places are the same.
fn arrow(from: (f64, f64), to: (f64, f64), wide: f64, bend: &Bend) -> Option<String> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let long = dx.hypot(dy);
    if long < 2.0 {
        return None;
    }
    let head = (wide * 1.6 + 4.0).min(long * 0.45);
    let clear = bend.clear.min(long * 0.2);
    let control = (
        f64::midpoint(from.0, to.0) - dy * bend.part,
        f64::midpoint(from.1, to.1) + dx * bend.part,
    );
    let at = |t: f64| {
        let u = 1.0 - t;
        (
            u * u * from.0 + 2.0 * u * t * control.0 + t * t * to.0,
            u * u * from.1 + 2.0 * u * t * control.1 + t * t * to.1,
        )
    };
    let (start, end) = (clear / long, 1.0 - clear / long);
    let neck = (end - head / long).max(start + 0.01);
    let mut left = Vec::new();
    let mut right = Vec::new();
    let steps = 10;
    for k in 0..=steps {
        let t = start + (neck - start) * f64::from(k) / f64::from(steps);
        let (a, b) = (at((t - 0.01).max(0.0)), at((t + 0.01).min(1.0)));
        let size = (b.0 - a.0).hypot(b.1 - a.1).max(1e-9);
        let normal = (-(b.1 - a.1) / size, (b.0 - a.0) / size);
        let (x, y) = at(t);
        let mut sides = |half: f64| {
            left.push((x + normal.0 * half, y + normal.1 * half));
            right.push((x - normal.0 * half, y - normal.1 * half));
        };
        sides(wide / 2.0);
        if k == steps {
            sides(wide * 0.95 + 1.5);
        }
    }
    left.push(at(end));
    left.extend(right.into_iter().rev());
    let (x0, y0, x1, y1) = bend.bounds;
    let inside: Vec<_> = left.iter().map(|p| (p.0.clamp(x0, x1), p.1.clamp(y0, y1))).collect();
    Some(polyline(&inside) + "Z")
}
