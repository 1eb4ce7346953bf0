//! Points on two axes, with quadrants and labels that keep out of each other's way.

use agglo_core::{Column, Datum, Key, Lang, Values};

use crate::plot::Plot;
use crate::scale::{Linear, drawable, extent, number, told};
use crate::sheet::{
    Anchor, LABEL, MARGIN, SMALL, Sheet, Swatch, category, line, path, polyline, symbol,
};
use crate::text::{width, wrap};
use crate::theme::Theme;
use crate::words::{Axis, Group, Heading, Words};

/// A scatter plot.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Groups whose color and symbol the points carry; may be empty.
    pub groups: Vec<Group>,
    /// The points; those with a gap are only in the table.
    pub points: Vec<Point>,
    /// Lines that cut the plot into four.
    pub quadrants: Option<Quadrants>,
}

/// One point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Key of the region or industry.
    pub key: String,
    /// Its name.
    pub name: Words,
    /// Horizontal value.
    pub x: Datum,
    /// Vertical value.
    pub y: Datum,
    /// Place of its group in `groups`.
    pub group: Option<usize>,
    /// Whether its name is written beside it.
    pub label: PointLabel,
}

/// Whether a point's name is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PointLabel {
    /// Only in the tooltip.
    #[default]
    Hidden,
    /// Beside the point, if there is room.
    Shown,
}

/// Two lines and the names of the four fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrants {
    /// Where the vertical line stands.
    pub x: f64,
    /// Where the horizontal line stands.
    pub y: f64,
    /// Names: upper right, upper left, lower left, lower right; empty for none.
    pub names: [Words; 4],
}

#[derive(Clone, Copy)]
struct Spot {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
}

impl Spot {
    fn meets(&self, other: &Spot) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }
}

impl ScatterFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let known: Vec<(&Point, f64, f64)> =
            self.points.iter().filter_map(|p| Some((p, number(p.x)?, number(p.y)?))).collect();
        let lines = self.quadrants.as_ref();
        let x = extent(known.iter().map(|p| p.1).chain(lines.map(|q| q.x)));
        let y = extent(known.iter().map(|p| p.2).chain(lines.map(|q| q.y)));
        let (Some(x), Some(y), false) = (x, y, known.is_empty()) else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        let legend: Vec<_> = self
            .groups
            .iter()
            .enumerate()
            .map(|(which, g)| (Swatch::Symbol(which), g.name.get(lang).to_owned()))
            .collect();
        sheet.legend(&legend);
        sheet.caption(&format!("↑ {}", self.y.title.get(lang)));
        let height = if theme.narrow() { 290.0 } else { 400.0 };
        let formats = (self.x.format, self.y.format);
        let plot = Plot::numbers(&mut sheet, x, y, formats, height);
        let mut taken = Vec::new();
        let spots: Vec<Spot> = known
            .iter()
            .map(|&(_, x, y)| {
                let (x, y) = (plot.x.at(x), plot.y.at(y));
                Spot { x0: x - 4.5, y0: y - 4.5, x1: x + 4.5, y1: y + 4.5 }
            })
            .collect();
        if let Some(quadrants) = lines {
            quadrant_lines(&mut sheet, &plot, quadrants, &spots, &mut taken);
        }
        for &(point, x, y) in &known {
            let (x, y) = (plot.x.at(x), plot.y.at(y));
            let which = point.group.filter(|g| *g < self.groups.len()).unwrap_or(0);
            let tip = format!(
                "{}: {}, {}",
                point.name.get(lang),
                told(point.x, self.x.format, lang),
                told(point.y, self.y.format, lang)
            );
            let tag = symbol(which, x, y, 4.4).paint("fill", category(which));
            let tag = tag.set("fill-opacity", "0.85").set("stroke", "#ffffff");
            sheet.add(tag.set("stroke-width", "0.8").mark(&point.key, &tip));
        }
        for (place, &(point, _, _)) in known.iter().enumerate() {
            if point.label == PointLabel::Shown {
                write_label(&mut sheet, &plot, point.name.get(lang), place, &spots, &mut taken);
            }
        }
        sheet.y = plot.bottom;
        for text in wrap(&format!("{} →", self.x.title.get(lang)), SMALL, sheet.room()) {
            sheet.y += 13.0;
            sheet.text(sheet.right(), sheet.y, SMALL, Anchor::End, theme.muted, &text);
        }
        sheet.finish(&self.describe(lang))
    }

    fn describe(&self, lang: Lang) -> String {
        let n = self.points.len();
        match lang {
            Lang::En => {
                format!("Scatter of {n} points: {} against {}.", self.y.title.en, self.x.title.en)
            }
            Lang::Zh => {
                format!("散点图，{n}个点：横轴{}，纵轴{}。", self.x.title.zh, self.y.title.zh)
            }
        }
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let points = &self.points;
        let group = |point: &Point| {
            let found = point.group.and_then(|g| self.groups.get(g));
            found.map(|g| Key::from(g.name.get(lang)))
        };
        vec![
            Column::text("key", points.iter().map(|p| Key::from(p.key.as_str()))),
            Column::text("name", points.iter().map(|p| Key::from(p.name.get(lang)))),
            Column::new("group", "", Values::Text(points.iter().map(group).collect())),
            Column::number("x", "", points.iter().map(|p| p.x)),
            Column::number("y", "", points.iter().map(|p| p.y)),
        ]
    }
}

/// Writes the two lines, and the name of each field in a corner of it where no point lies.
fn quadrant_lines(
    sheet: &mut Sheet,
    plot: &Plot,
    quadrants: &Quadrants,
    spots: &[Spot],
    taken: &mut Vec<Spot>,
) {
    let lang = sheet.lang;
    let (Some(x), Some(y)) = (drawable(quadrants.x), drawable(quadrants.y)) else { return };
    let (x, y) = (plot.x.at(x), plot.y.at(y));
    let Linear { range: (left, right), .. } = plot.x;
    let Linear { range: (bottom, top), .. } = plot.y;
    for tag in [line(x, top, x, bottom), line(left, y, right, y)] {
        let tag = tag.paint("stroke", sheet.theme.ink).set("stroke-width", "1");
        sheet.add(tag.set("stroke-dasharray", "4 3"));
    }
    let fields =
        [(x, right, top, y), (left, x, top, y), (left, x, y, bottom), (x, right, y, bottom)];
    for (words, (x0, x1, y0, y1)) in quadrants.names.iter().zip(fields) {
        let lines = wrap(words.get(lang), LABEL, x1 - x0 - 10.0);
        let wide = lines.iter().map(|l| width(l, LABEL)).fold(0.0, f64::max);
        let tall = 14.0 * lines.len() as f64;
        if lines.is_empty() || x1 - x0 < 40.0 || tall + 8.0 > y1 - y0 {
            continue;
        }
        // From the outer corner inward.
        let across =
            if x1 == right { [x1 - 5.0 - wide, x0 + 5.0] } else { [x0 + 5.0, x1 - 5.0 - wide] };
        let down =
            if y0 == top { [y0 + 3.0, y1 - 5.0 - tall] } else { [y1 - 5.0 - tall, y0 + 3.0] };
        let corners = [
            (across[0], down[0]),
            (across[1], down[0]),
            (across[0], down[1]),
            (across[1], down[1]),
        ];
        let own = |&(a, b): &(f64, f64)| Spot { x0: a, y0: b, x1: a + wide, y1: b + tall };
        let free = |corner: &&(f64, f64)| spots.iter().all(|spot| !own(corner).meets(spot));
        let corner = corners.iter().find(free).unwrap_or(&corners[0]);
        taken.push(own(corner));
        for (row, text) in lines.iter().enumerate() {
            let base = corner.1 + 11.5 + 14.0 * row as f64;
            sheet.halo(corner.0, base, LABEL, Anchor::Start, sheet.theme.muted, text);
        }
    }
}

/// Writes a point's name at the first place around it that is free; far ones get a leader line.
fn write_label(
    sheet: &mut Sheet,
    plot: &Plot,
    name: &str,
    place: usize,
    spots: &[Spot],
    taken: &mut Vec<Spot>,
) {
    let lines = wrap(name, SMALL, 130.0);
    let wide = lines.iter().map(|l| width(l, SMALL)).fold(0.0, f64::max);
    let tall = 13.0 * lines.len() as f64;
    let spot = spots[place];
    let (x, y) = (f64::midpoint(spot.x0, spot.x1), f64::midpoint(spot.y0, spot.y1));
    let page =
        Spot { x0: MARGIN, y0: plot.y.range.1 - 4.0, x1: sheet.right(), y1: plot.y.range.0 - 1.0 };
    let mut candidates = Vec::new();
    for far in [7.0, 16.0, 28.0] {
        candidates.extend([
            (x + far, y - tall / 2.0),
            (x - far - wide, y - tall / 2.0),
            (x - wide / 2.0, y - far - tall + 2.0),
            (x - wide / 2.0, y + far - 2.0),
            (x + far * 0.8, y - far * 0.8 - tall + 2.0),
            (x - far * 0.8 - wide, y - far * 0.8 - tall + 2.0),
            (x + far * 0.8, y + far * 0.8 - 2.0),
            (x - far * 0.8 - wide, y + far * 0.8 - 2.0),
        ]);
    }
    let free = |&(x0, y0): &(f64, f64)| {
        let own = Spot { x0, y0, x1: x0 + wide, y1: y0 + tall };
        let inside =
            own.x0 >= page.x0 && own.x1 <= page.x1 && own.y0 >= page.y0 && own.y1 <= page.y1;
        inside && spots.iter().chain(taken.iter()).all(|other| !own.meets(other))
    };
    // A leader line may not run through another text.
    let leads = |&(x0, y0): &(f64, f64)| {
        let to = (x.clamp(x0, x0 + wide), y.clamp(y0, y0 + tall));
        let way =
            Spot { x0: x.min(to.0), y0: y.min(to.1), x1: x.max(to.0) + 0.1, y1: y.max(to.1) + 0.1 };
        taken.iter().all(|other| !way.meets(other))
    };
    let found = candidates.iter().enumerate().position(|(k, c)| free(c) && (k < 8 || leads(c)));
    let Some(found) = found else { return };
    let (x0, y0) = candidates[found];
    taken.push(Spot { x0, y0, x1: x0 + wide, y1: y0 + tall });
    if found >= 8 {
        let to = (x.clamp(x0, x0 + wide), y.clamp(y0, y0 + tall));
        let d = polyline(&[(x, y), to]);
        let tag = path(&d).paint("stroke", sheet.theme.muted).set("stroke-width", "0.6");
        sheet.add(tag);
    }
    for (row, text) in lines.iter().enumerate() {
        let base = y0 + 10.0 + 13.0 * row as f64;
        sheet.halo(x0, base, SMALL, Anchor::Start, sheet.theme.ink, text);
    }
}
