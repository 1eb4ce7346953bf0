//! Colors that color-blind readers can tell apart, and their mixing.

use std::fmt;

use crate::classes::Tone;

/// An sRGB color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

const fn hex(rgb: u32) -> Color {
    Color((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// Okabe and Ito's colors, the strongest first; yellow, too pale on white, comes last and darker.
pub(crate) const CATEGORIES: [Color; 8] = [
    hex(0x00_72_B2),
    hex(0xD5_5E_00),
    hex(0x00_9E_73),
    hex(0xCC_79_A7),
    hex(0xE6_9F_00),
    hex(0x56_B4_E9),
    hex(0x4D_4D_4D),
    hex(0xB8_A8_00),
];

/// Where there is nothing to speak of, and still something that differs from the paper.
const NEUTRAL: Color = hex(0xE3_E3_E6);

/// The color of a kind: warm where the place itself is high, pale where it is unlike its neighbors.
pub(crate) const fn tone(tone: Tone) -> Color {
    match tone {
        Tone::High => CATEGORIES[1],
        Tone::Low => CATEGORIES[0],
        Tone::HighAmongLow => hex(0xF5_C2_6B),
        Tone::LowAmongHigh => hex(0x9F_D3_F0),
        Tone::Neutral => NEUTRAL,
    }
}

/// ColorBrewer YlGnBu without its palest end, so that the lowest class differs from the paper.
pub(crate) const SEQUENTIAL: [Color; 7] = [
    hex(0xED_F8_B1),
    hex(0xC7_E9_B4),
    hex(0x7F_CD_BB),
    hex(0x41_B6_C4),
    hex(0x1D_91_C0),
    hex(0x22_5E_A8),
    hex(0x0C_2C_84),
];

/// ColorBrewer PuOr, orange low and purple high.
pub(crate) const DIVERGING: [Color; 9] = [
    hex(0xB3_58_06),
    hex(0xE0_82_14),
    hex(0xFD_B8_63),
    hex(0xFE_E0_B6),
    hex(0xF3_F3_F5),
    hex(0xD8_DA_EB),
    hex(0xB2_AB_D2),
    hex(0x80_73_AC),
    hex(0x54_27_88),
];

/// The color at `place` in 0 to 1 along a ramp.
pub(crate) fn along(ramp: &[Color], place: f64) -> Color {
    let place = place.clamp(0.0, 1.0) * (ramp.len() - 1) as f64;
    let low = (place.floor() as usize).min(ramp.len() - 1);
    let high = (low + 1).min(ramp.len() - 1);
    mix(ramp[low], ramp[high], place - low as f64)
}

/// A share `part` of `b` in `a`.
pub(crate) fn mix(a: Color, b: Color, part: f64) -> Color {
    let one = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    Color(one(a.0, b.0), one(a.1, b.1), one(a.2, b.2))
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(color: Color) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

/// Black or white, whichever is read better on `paper`.
pub(crate) fn ink_on(paper: Color) -> Color {
    let light = luminance(paper);
    let on_white = 1.05 / (light + 0.05);
    let on_black = (light + 0.05) / (luminance(hex(0x1F_23_28)) + 0.05);
    if on_white > on_black { hex(0xFF_FF_FF) } else { hex(0x1F_23_28) }
}

/// `n` colors of the sequential ramp, light to dark.
pub(crate) fn sequential(n: usize) -> Vec<Color> {
    spread(&SEQUENTIAL, n, 0.55)
}

/// `n` colors of the diverging ramp.
pub(crate) fn diverging(n: usize) -> Vec<Color> {
    spread(&DIVERGING, n, 0.5)
}

fn spread(ramp: &[Color], n: usize, alone: f64) -> Vec<Color> {
    match n {
        1 => vec![along(ramp, alone)],
        n => (0..n).map(|k| along(ramp, k as f64 / (n - 1) as f64)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_readable_on_every_ramp_color() {
        for paper in SEQUENTIAL.into_iter().chain(DIVERGING) {
            let ink = ink_on(paper);
            let (a, b) = (luminance(paper), luminance(ink));
            assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) >= 4.0, "{paper} {ink}");
        }
    }

    #[test]
    fn a_ramp_starts_and_ends_at_its_ends() {
        assert_eq!(sequential(5)[0], SEQUENTIAL[0]);
        assert_eq!(sequential(5)[4], SEQUENTIAL[6]);
        assert_eq!(diverging(1), [DIVERGING[4]]);
        assert!(sequential(0).is_empty());
    }
}
