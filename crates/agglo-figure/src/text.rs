//! How wide a text is and where it may break, without asking a font.
//!
//! Widths are those of Arial, which is wider than Noto Sans CJK's Latin; Chinese glyphs and
//! punctuation are one em. A figure laid out with them leaves room in every font of the list.

/// Widths of the printable ASCII characters in thousandths of an em, from the space on.
const ASCII: [u16; 95] = [
    278, 278, 400, 556, 556, 889, 690, 260, 340, 340, 480, 584, 278, 350, 278, 390, 560, 560, 560,
    560, 560, 560, 560, 560, 560, 560, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 730, 290, 540, 667, 570, 833, 730, 778, 667, 778, 722, 667, 611, 730, 667, 944, 667,
    667, 611, 340, 390, 340, 584, 556, 560, 560, 610, 510, 610, 560, 330, 570, 610, 280, 280, 550,
    290, 920, 610, 600, 610, 610, 390, 500, 380, 610, 540, 800, 520, 540, 500, 350, 270, 350, 584,
];

/// Widening of bold over regular letters.
const BOLD: f64 = 1.06;

fn is_wide(c: char) -> bool {
    matches!(
        c as u32,
        0x2014..=0x201F | 0x2026 | 0x2030 | 0x00B7 | 0x2103 | 0x2190..=0x21FF | 0x2460..=0x24FF
        | 0x25A0..=0x27BF | 0x2E80..=0x9FFF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF
        | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x20000..=0x3_FFFD
    )
}

fn char_width(c: char) -> f64 {
    let code = c as usize;
    if (32..127).contains(&code) {
        f64::from(ASCII[code - 32]) / 1000.0
    } else if is_wide(c) {
        1.0
    } else if ('⁰'..='⁹').contains(&c) || matches!(c, '¹' | '²' | '³' | '⁻') {
        0.4
    } else {
        0.62
    }
}

/// The width of `text` at a font size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(char_width).sum::<f64>() * size
}

/// The width of bold `text`.
pub(crate) fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size) * BOLD
}

/// Whether every character is a Chinese glyph, so that the text may be set from top to bottom.
pub(crate) fn stacks(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c as u32, 0x2E80..=0x9FFF | 0x20000..))
}

const CLOSING: &str = "，：；！？）。、》」』】”’％〉…,.;:!?)]%";
const OPENING: &str = "（《「『【“‘〈([";

/// The pieces between which a line may break.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut glue = false;
    for c in text.chars() {
        let wide = is_wide(c);
        let last = pieces.last().and_then(|piece| piece.chars().last());
        let joins = match last {
            None => false,
            Some(last) => {
                glue || CLOSING.contains(c)
                    || c == ' '
                    || (!wide && !is_wide(last) && last != ' ' && !matches!(last, '–' | '-'))
            }
        };
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.into()),
        }
        glue = OPENING.contains(c);
    }
    pieces
}

/// `text` in lines no wider than `room`; a single piece that is wider breaks between letters.
pub(crate) fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if width((line.clone() + &piece).trim_end(), size) <= room {
            line.push_str(&piece);
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(line.trim().to_owned());
        }
        line = String::new();
        for c in piece.chars() {
            if !line.is_empty() && width(&line, size) + char_width(c) * size > room && c != ' ' {
                lines.push(line.trim().to_owned());
                line = String::new();
            }
            line.push(c);
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim().to_owned());
    }
    lines
}

/// The widest of `lines`.
pub(crate) fn widest(lines: &[String], size: f64) -> f64 {
    lines.iter().map(|line| width(line, size)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_glyph_is_as_wide_as_the_font_is_high() {
        assert_eq!(width("基尼系数", 10.0), 40.0);
    }

    #[test]
    fn latin_breaks_at_spaces_and_chinese_between_glyphs() {
        assert_eq!(wrap("gross domestic product", 10.0, 70.0), ["gross", "domestic", "product"]);
        assert_eq!(wrap("工业增加值。按现价", 10.0, 50.0), ["工业增加", "值。按现价"]);
    }

    #[test]
    fn no_line_is_wider_than_its_room() {
        let text = "Unterwellenborn-Saalfeld, GDP （百万元） supercalifragilistic 中文";
        for room in [30.0, 55.0, 90.0, 200.0] {
            let lines = wrap(text, 10.0, room);
            assert!(lines.iter().all(|line| width(line, 10.0) <= room + 1e-9), "{lines:?}");
            let letters = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(text));
        }
    }
}
