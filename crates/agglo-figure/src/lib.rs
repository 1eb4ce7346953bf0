//! Figure values to sharp SVG and PNG.
//!
//! A [`Figure`] is plain data with texts in both languages; [`svg`] draws it, [`png`] turns the
//! drawing into pixels, [`table`] gives its numbers. This crate must not know of studies, methods
//! or files.
#![forbid(unsafe_code)]

mod bar;
mod classes;
mod color;
mod curve;
mod event;
mod figure;
mod heat;
mod interval;
mod line;
mod map;
mod plot;
mod png;
mod ribbon;
mod rows;
mod scale;
mod scatter;
mod sheet;
mod tag;
mod text;
mod theme;
mod words;

pub use bar::{BarFigure, BarLayout, BarRow, Order};
pub use classes::{Classes, Tone, cuts};
pub use color::Color;
pub use curve::{Curve, CurveFigure, Shades};
pub use event::{EventFigure, EventPoint};
pub use figure::{Figure, svg, table};
pub use heat::{HeatFigure, HeatScale};
pub use interval::{IntervalFigure, IntervalRow};
pub use line::{Baseline, Break, LineFigure, Series, Window, YearRange};
pub use map::{
    Area, AreaNames, Areas, Flow, MapError, MapFigure, MapShape, Tile, Unmatched,
    china_province_tiles,
};
pub use png::{PngError, has_chinese_font, png};
pub use scatter::{Point, PointLabel, Quadrants, ScatterFigure};
pub use theme::{FONTS, Theme};
pub use words::{Axis, Format, Group, Heading, Reference, Words};
