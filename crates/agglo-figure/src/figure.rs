//! The one value every figure is, and what can be made of it.

use agglo_core::{Column, Frame, Lang};

use crate::bar::BarFigure;
use crate::curve::CurveFigure;
use crate::event::EventFigure;
use crate::heat::HeatFigure;
use crate::interval::IntervalFigure;
use crate::line::LineFigure;
use crate::map::MapFigure;
use crate::scatter::ScatterFigure;
use crate::theme::Theme;
use crate::words::Heading;

/// A figure of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// Series over years.
    Line(LineFigure),
    /// Curves over any number.
    Curve(CurveFigure),
    /// Horizontal bars.
    Bar(BarFigure),
    /// A matrix.
    Heat(HeatFigure),
    /// A choropleth or a tile grid.
    Map(MapFigure),
    /// Points on two axes.
    Scatter(ScatterFigure),
    /// Rows with intervals.
    Interval(IntervalFigure),
    /// Coefficients by event time.
    Event(EventFigure),
}

impl Figure {
    /// The title, subtitle and source.
    pub fn heading(&self) -> &Heading {
        match self {
            Figure::Line(figure) => &figure.heading,
            Figure::Curve(figure) => &figure.heading,
            Figure::Bar(figure) => &figure.heading,
            Figure::Heat(figure) => &figure.heading,
            Figure::Map(figure) => &figure.heading,
            Figure::Scatter(figure) => &figure.heading,
            Figure::Interval(figure) => &figure.heading,
            Figure::Event(figure) => &figure.heading,
        }
    }
}

/// The figure as a self-contained SVG: the same bytes for the same figure, language and theme.
pub fn svg(figure: &Figure, lang: Lang, theme: &Theme) -> String {
    match figure {
        Figure::Line(figure) => figure.draw(lang, theme),
        Figure::Curve(figure) => figure.draw(lang, theme),
        Figure::Bar(figure) => figure.draw(lang, theme),
        Figure::Heat(figure) => figure.draw(lang, theme),
        Figure::Map(figure) => figure.draw(lang, theme),
        Figure::Scatter(figure) => figure.draw(lang, theme),
        Figure::Interval(figure) => figure.draw(lang, theme),
        Figure::Event(figure) => figure.draw(lang, theme),
    }
}

/// The numbers a figure shows, gaps included, with the names in `lang`.
pub fn table(figure: &Figure, lang: Lang) -> Frame {
    let columns = match figure {
        Figure::Line(figure) => figure.table(lang),
        Figure::Curve(figure) => figure.table(lang),
        Figure::Bar(figure) => figure.table(lang),
        Figure::Heat(figure) => figure.table(lang),
        Figure::Map(figure) => figure.table(lang),
        Figure::Scatter(figure) => figure.table(lang),
        Figure::Interval(figure) => figure.table(lang),
        Figure::Event(figure) => figure.table(),
    };
    frame(columns)
}

/// A frame of columns of one length; a name used twice gets a number.
fn frame(columns: Vec<Column>) -> Frame {
    let mut kept: Vec<Column> = Vec::new();
    for column in columns {
        let taken = |name: &str| kept.iter().any(|k| k.name() == name);
        let mut name = column.name().to_owned();
        let mut count = 2;
        while taken(&name) {
            name = format!("{}_{count}", column.name());
            count += 1;
        }
        kept.push(column.renamed(name));
    }
    #[expect(clippy::expect_used, reason = "lengths and names were made equal and distinct above")]
    Frame::new(kept).expect("a figure's columns have one length and distinct names")
}
