//! Curves over any number, such as densities of several years.

use agglo_core::{Column, Datum, Key, Lang};

use crate::color::{Color, SEQUENTIAL, along};
use crate::plot::Plot;
use crate::scale::{drawable, extent, told};
use crate::sheet::{Anchor, SMALL, Sheet, Swatch, category, line, path, polyline};
use crate::text::wrap;
use crate::theme::Theme;
use crate::words::{Axis, Group, Heading, Reference};

/// Curves on two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveFigure {
    /// Title, subtitle, source.
    pub heading: Heading,
    /// What runs to the right.
    pub x: Axis,
    /// What the height is; the axis starts at zero.
    pub y: Axis,
    /// The curves.
    pub curves: Vec<Curve>,
    /// How the curves are told apart.
    pub shades: Shades,
    /// An upright line at a value of `x`.
    pub reference: Option<Reference>,
}

/// One curve; points that are not finite are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Key and name.
    pub group: Group,
    /// Points in the order of the curve.
    pub points: Vec<(f64, f64)>,
}

/// How curves are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shades {
    /// A color for each: they have no order.
    #[default]
    Categories,
    /// From light to dark, and the last one broadest: they follow each other in time.
    Order,
}

/// Dashes that go with the shades, so that these are told apart without color.
const DASHES: [&str; 4] = ["2 3", "6 3", "9 3 2 3", ""];

impl CurveFigure {
    pub(crate) fn draw(&self, lang: Lang, theme: &Theme) -> String {
        let mut sheet = Sheet::new(&self.heading, lang, theme);
        let curves: Vec<Vec<(f64, f64)>> = self.curves.iter().map(drawn).collect();
        let points = || curves.iter().flatten();
        let reference = self.reference.iter().filter_map(|r| drawable(r.value));
        let across = extent(points().map(|point| point.0).chain(reference));
        let up = extent(points().map(|point| point.1).chain([0.0]));
        let (Some(x), Some(y), false) = (across, up, points().next().is_none()) else {
            sheet.nothing();
            return sheet.finish(&self.describe(lang));
        };
        let entries: Vec<_> = (0..curves.len())
            .map(|which| {
                let name = self.curves[which].group.name.get(lang).to_owned();
                (Swatch::Line(self.color(which), self.dash(which)), name)
            })
            .collect();
        sheet.legend(&entries);
        sheet.caption(self.y.title.get(lang));
        let height = if theme.narrow() { 210.0 } else { 270.0 };
        let plot = Plot::numbers(&mut sheet, x, y, (self.x.format, self.y.format), height);
        if let Some(reference) = &self.reference
            && let Some(value) = drawable(reference.value)
        {
            let at = plot.x.at(value);
            let (bottom, top) = plot.y.range;
            let tag = line(at, top, at, bottom).paint("stroke", theme.ink);
            sheet.add(tag.set("stroke-width", "1").set("stroke-dasharray", "2 3"));
            let label = reference.label.get(lang);
            sheet.halo(at + 4.0, top + 12.0, SMALL, Anchor::Start, theme.ink, label);
        }
        for (which, points) in curves.iter().enumerate() {
            if points.len() < 2 {
                continue;
            }
            let places: Vec<(f64, f64)> =
                points.iter().map(|&(x, y)| (plot.x.at(x), plot.y.at(y))).collect();
            let is_last = which + 1 == curves.len() && self.shades == Shades::Order;
            let mut tag = path(&polyline(&places))
                .set("fill", "none")
                .paint("stroke", self.color(which))
                .set("stroke-width", if is_last { "2.6" } else { "1.8" })
                .set("stroke-linejoin", "round");
            let dash = self.dash(which);
            if !dash.is_empty() {
                tag = tag.set("stroke-dasharray", dash);
            }
            let group = &self.curves[which].group;
            let top = points.iter().max_by(|a, b| a.1.total_cmp(&b.1));
            let tip = top.map_or(String::new(), |&(x, _)| {
                let at = told(Datum::Number(x), self.x.format, lang);
                match lang {
                    Lang::En => format!("{}: highest at {at}", group.name.en),
                    Lang::Zh => format!("{}：最高处 {at}", group.name.zh),
                }
            });
            sheet.add(tag.mark(&group.key, &tip).of(&group.key));
        }
        sheet.y = plot.bottom;
        for text in wrap(&format!("{} →", self.x.title.get(lang)), SMALL, sheet.room()) {
            sheet.y += 13.0;
            sheet.text(sheet.right(), sheet.y, SMALL, Anchor::End, theme.muted, &text);
        }
        sheet.finish(&self.describe(lang))
    }

    fn color(&self, which: usize) -> Color {
        match (self.shades, self.curves.len()) {
            (Shades::Categories, _) | (Shades::Order, 1) => category(which),
            (Shades::Order, n) => {
                let part = which as f64 / (n - 1) as f64;
                along(&SEQUENTIAL, 0.4 + 0.6 * part)
            }
        }
    }

    fn dash(&self, which: usize) -> &'static str {
        let from_end = self.curves.len() - 1 - which;
        DASHES[DASHES.len() - 1 - from_end.min(DASHES.len() - 1)]
    }

    fn describe(&self, lang: Lang) -> String {
        let names: Vec<&str> = self.curves.iter().map(|c| c.group.name.get(lang)).collect();
        match lang {
            Lang::En => format!("Curves of {}: {}.", self.y.title.en, names.join(", ")),
            Lang::Zh => format!("曲线图，{}：{}。", self.y.title.zh, names.join("、")),
        }
    }

    pub(crate) fn table(&self, lang: Lang) -> Vec<Column> {
        let rows: Vec<(&Group, (f64, f64))> = self
            .curves
            .iter()
            .flat_map(|curve| drawn(curve).into_iter().map(|point| (&curve.group, point)))
            .collect();
        vec![
            Column::text("curve", rows.iter().map(|row| Key::from(row.0.key.as_str()))),
            Column::text("name", rows.iter().map(|row| Key::from(row.0.name.get(lang)))),
            Column::numbers("x", "", rows.iter().map(|row| row.1.0)),
            Column::numbers("y", "", rows.iter().map(|row| row.1.1)),
        ]
    }
}

/// The points that can be drawn.
fn drawn(curve: &Curve) -> Vec<(f64, f64)> {
    curve.points.iter().filter_map(|&(x, y)| Some((drawable(x)?, drawable(y)?))).collect()
}
