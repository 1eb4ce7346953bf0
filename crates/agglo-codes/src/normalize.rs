//! From a code as files write it to the code that the classification lists.

/// How a family writes its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Digits, two to six, with three sectors that are ranges.
    Naics,
    /// Up to four digits under a letter; four columns wide in files.
    Sic,
    /// A letter, then two digits (ISIC, NACE, GB/T 4754).
    Section,
    /// A country's two letters, then up to three characters.
    Nuts,
    /// Two digits.
    State,
    /// Five digits.
    County,
    /// Six digits.
    Division,
}

/// The code that stands for everything, in the industrial classifications.
pub(crate) const TOTAL: &str = "total";

/// What County Business Patterns writes before `\` or `/` for the auxiliaries of each division, from
/// agriculture to services.
const SIC_AUXILIARIES: [&str; 9] = ["098", "149", "179", "399", "497", "519", "599", "679", "899"];

/// The sectors of NAICS that are ranges of two-digit numbers.
pub(crate) fn naics_sector(two_digits: &str) -> &str {
    match two_digits {
        "31" | "32" | "33" => "31-33",
        "44" | "45" => "44-45",
        "48" | "49" => "48-49",
        other => other,
    }
}

/// Applies the rules of `scheme` until nothing changes.
pub(crate) fn normalize(scheme: Scheme, raw: &str) -> String {
    let mut code = clean(raw);
    // Each rule shortens a code or brings it to a fixed form, so that a few rounds settle it.
    for _ in 0..16 {
        let next = step(scheme, &code);
        if next == code {
            break;
        }
        code = next;
    }
    code
}

fn clean(raw: &str) -> String {
    raw.chars()
        .filter_map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
            '\u{feff}' | '"' | '\'' => None,
            c if c.is_whitespace() => Some(' '),
            c => Some(c),
        })
        .map(|c| c.to_ascii_uppercase())
        .collect::<String>()
        .trim()
        .to_owned()
}

fn step(scheme: Scheme, code: &str) -> String {
    let code = code.trim();
    let industrial = matches!(scheme, Scheme::Naics | Scheme::Sic | Scheme::Section);
    if industrial {
        let padding = !code.is_empty() && code.chars().all(|c| matches!(c, '-' | '/'));
        if padding || code.eq_ignore_ascii_case(TOTAL) || code == "00" {
            return TOTAL.to_owned();
        }
    }
    let code = code.strip_suffix(".0").unwrap_or(code);
    match scheme {
        Scheme::Naics => naics(code),
        Scheme::Sic => sic(code),
        Scheme::Section => section(code),
        Scheme::Nuts => nuts(code),
        Scheme::State => match digits(code) {
            Some(d) if d.len() == 1 => format!("0{d}"),
            Some(d) if d.len() == 4 && d.ends_with("000") => format!("0{}", &d[..1]),
            Some(d) if d.len() == 5 && d.ends_with("000") => d[..2].to_owned(),
            Some(d) => d.to_owned(),
            None => code.to_owned(),
        },
        Scheme::County => match digits(code) {
            Some(d) if d.len() == 4 => format!("0{d}"),
            Some(d) => d.to_owned(),
            None => code.to_owned(),
        },
        Scheme::Division => match digits(code) {
            Some(d) if d.len() == 2 => format!("{d}0000"),
            Some(d) if d.len() == 4 => format!("{d}00"),
            Some(d) if d.len() == 12 && d.ends_with("000000") => d[..6].to_owned(),
            Some(d) => d.to_owned(),
            None => code.to_owned(),
        },
    }
}

/// The digits of a code that is digits behind leading letters, or nothing else.
fn digits(code: &str) -> Option<&str> {
    let rest = code.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | ':'));
    let all = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
    all.then_some(rest)
}

fn naics(code: &str) -> String {
    let bare = code.trim_end_matches(['-', '/', ' ']);
    match digits(bare) {
        // A file that pads writes the first number of a range for the whole sector.
        Some(d @ ("31" | "44" | "48")) => naics_sector(d).to_owned(),
        Some(d) => d.to_owned(),
        None => match bare {
            "31 - 33" => "31-33".to_owned(),
            "44 - 45" => "44-45".to_owned(),
            "48 - 49" => "48-49".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn sic(code: &str) -> String {
    // The divisions of County Business Patterns to 1997: the first major group and two dashes.
    let division = match code {
        "07--" => Some("A"),
        "10--" => Some("B"),
        "15--" => Some("C"),
        "19--" | "20--" => Some("D"),
        "40--" => Some("E"),
        "50--" => Some("F"),
        "52--" => Some("G"),
        "60--" => Some("H"),
        "70--" => Some("I"),
        "99--" => Some("K"),
        _ => None,
    };
    if let Some(letter) = division {
        return letter.to_owned();
    }
    if let Some(three) = code.strip_suffix(['\\', '/'])
        && SIC_AUXILIARIES.contains(&three)
    {
        return format!("{three}\\");
    }
    let bare = code.trim_end_matches(['-', '/', ' ']);
    match digits(bare) {
        Some(d) if d.len() == 4 && d.ends_with("00") => d[..2].to_owned(),
        // No group ends in 0: a leading zero was lost.
        Some(d) if d.len() == 3 && d.ends_with("00") => format!("0{}", &d[..1]),
        Some(d) if d.len() == 3 && d.ends_with('0') => format!("0{}", &d[..2]),
        Some(d) if d.len() == 4 && d.ends_with('0') => d[..3].to_owned(),
        Some(d) if d.len() == 1 => format!("0{d}"),
        Some(d) => d.to_owned(),
        None => bare.to_owned(),
    }
}

fn section(code: &str) -> String {
    let bare = code.trim_end_matches(['-', '/', ' ']);
    // `C (10-33)`: the letter says it all.
    if let Some((letters, rest)) = bare.split_once('(')
        && rest.ends_with(')')
        && letters.trim().chars().all(|c| c.is_ascii_alphabetic())
        && !letters.trim().is_empty()
    {
        return letters.trim().to_owned();
    }
    let undotted: String = bare.chars().filter(|c| *c != '.').collect();
    match digits(&undotted) {
        Some(d) if d.len() == 1 => format!("0{d}"),
        Some(d) => d.to_owned(),
        None => bare.to_owned(),
    }
}

fn nuts(code: &str) -> String {
    match code.get(..2) {
        Some("GR") => format!("EL{}", &code[2..]),
        Some("GB") => format!("UK{}", &code[2..]),
        // Eurostat numbers the districts of Northern Ireland; the converter matrices use letters.
        _ => match code.strip_prefix("UKN1").map(str::as_bytes) {
            Some([digit @ b'0'..=b'6']) => format!("UKN0{}", char::from(digit - b'0' + b'A')),
            _ => code.to_owned(),
        },
    }
}
