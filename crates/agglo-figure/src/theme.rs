//! Width, font and colors of a figure.

use crate::color::Color;

/// Fonts tried in order; each Chinese system has one of them.
pub const FONTS: &str = "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', \
    'Microsoft YaHei', 'PingFang SC', Arial, sans-serif";

/// Narrowest page a figure is laid out for.
const NARROWEST: f64 = 280.0;

/// How a figure looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub(crate) width: f64,
    /// Font families in CSS notation.
    pub fonts: String,
    /// Background.
    pub paper: Color,
    /// Titles and values.
    pub ink: Color,
    /// Subtitles, axis labels, sources.
    pub muted: Color,
    /// Grid lines.
    pub grid: Color,
}

impl Theme {
    /// The light theme at a width in pixels; below 280 it is 280.
    pub fn new(width: f64) -> Theme {
        Theme {
            width: if width.is_finite() { width.max(NARROWEST) } else { 720.0 },
            fonts: FONTS.to_owned(),
            paper: Color(255, 255, 255),
            ink: Color(0x1F, 0x23, 0x28),
            muted: Color(0x5B, 0x62, 0x6B),
            grid: Color(0xE1, 0xE4, 0xE8),
        }
    }

    /// The width in pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Whether the page is as narrow as a phone's or a text column's.
    pub(crate) fn narrow(&self) -> bool {
        self.width < 520.0
    }
}

impl Default for Theme {
    /// A page 720 pixels wide.
    fn default() -> Theme {
        Theme::new(720.0)
    }
}
