//! Industry codes as County Business Patterns pads them, and the year in a file's name.

/// How fine an industry is, the coarsest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Total,
    Sector,
    Two,
    Three,
    Four,
    Five,
    Six,
}

/// Which classification a file is coded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Sic,
    Naics,
}

impl Level {
    /// All of them with their words, the finest first.
    pub(super) const WORDS: [(&str, Level); 7] = [
        ("6-digit", Level::Six),
        ("5-digit", Level::Five),
        ("4-digit", Level::Four),
        ("3-digit", Level::Three),
        ("2-digit", Level::Two),
        ("sector", Level::Sector),
        ("total", Level::Total),
    ];

    pub(super) fn from_word(word: &str) -> Option<Level> {
        Level::WORDS.iter().find(|(known, _)| *known == word).map(|(_, level)| *level)
    }

    pub(super) fn word(self) -> &'static str {
        Level::WORDS.iter().find(|(_, level)| *level == self).map_or("", |(word, _)| word)
    }

    /// The level in this classification: the two digits of NAICS are its sectors. `None` for what
    /// SIC, which has four digits, does not have.
    pub(super) fn within(self, scheme: Scheme) -> Option<Level> {
        match (scheme, self) {
            (Scheme::Naics, Level::Sector) => Some(Level::Two),
            (Scheme::Sic, Level::Five | Level::Six) => None,
            (_, level) => Some(level),
        }
    }
}

/// The level of a padded code and the code without padding; `None` for what is no such code.
pub(super) fn read_code(padded: &str, scheme: Scheme) -> Option<(Level, String)> {
    let code = padded.trim();
    if code.len() >= 2 && code.bytes().all(|byte| byte == b'-') {
        return Some((Level::Total, "total".to_owned()));
    }
    let n_digits = code.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, padding) = code.split_at(n_digits);
    match scheme {
        Scheme::Sic => read_sic(digits, padding),
        Scheme::Naics => {
            let level = match n_digits {
                2 => Level::Two,
                3 => Level::Three,
                4 => Level::Four,
                5 => Level::Five,
                6 => Level::Six,
                _ => return None,
            };
            let padded = padding.bytes().all(|byte| matches!(byte, b'-' | b'/'));
            (padded && code.len() == 6).then(|| (level, digits.to_owned()))
        }
    }
}

/// `15--` is a division, `1500` two digits, `1520` three, `1521` four; a spreadsheet may have
/// dropped a leading zero. `179\` are the auxiliaries of a division, beside its two-digit codes.
fn read_sic(digits: &str, padding: &str) -> Option<(Level, String)> {
    match (digits.len(), padding) {
        (2, "--") => Some((Level::Sector, format!("{digits}--"))),
        (3, "\\" | "/") => Some((Level::Two, format!("{digits}\\"))),
        (3 | 4, "") => {
            let code = format!("{digits:0>4}");
            Some(if code.ends_with("00") {
                (Level::Two, code[..2].to_owned())
            } else if code.ends_with('0') {
                (Level::Three, code[..3].to_owned())
            } else {
                (Level::Four, code)
            })
        }
        _ => None,
    }
}

/// The year in a name such as `cbp98pr_mun.csv`, `cbp17co.txt` or `cbp_pr_mun_2018.csv`.
pub(super) fn year_in_name(path: &str) -> Option<i64> {
    let name = path.rsplit(['/', '\\']).next()?.to_lowercase();
    let rest = &name[name.find("cbp")? + 3..];
    let mut runs = rest.split(|sign: char| !sign.is_ascii_digit());
    runs.find_map(|run| match run.len() {
        4 => run.parse().ok().filter(|year| (1986..2100).contains(year)),
        2 => run.parse().ok().map(|year: i64| if year >= 86 { 1900 + year } else { 2000 + year }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_tells_the_level_and_is_taken_off() {
        let naics = |code| read_code(code, Scheme::Naics).map(|(level, code)| (level.word(), code));
        assert_eq!(naics("------"), Some(("total", "total".to_owned())));
        assert_eq!(naics("23----"), Some(("2-digit", "23".to_owned())));
        assert_eq!(naics("236///"), Some(("3-digit", "236".to_owned())));
        assert_eq!(naics("2361//"), Some(("4-digit", "2361".to_owned())));
        assert_eq!(naics("23611/"), Some(("5-digit", "23611".to_owned())));
        assert_eq!(naics("236115"), Some(("6-digit", "236115".to_owned())));
        for wrong in ["", "2361", "23611x", "1", "2361154"] {
            assert_eq!(naics(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn sic_ends_in_zeros_and_may_have_lost_its_first() {
        let sic = |code| read_code(code, Scheme::Sic).map(|(level, code)| (level.word(), code));
        assert_eq!(sic("----"), Some(("total", "total".to_owned())));
        assert_eq!(sic("15--"), Some(("sector", "15--".to_owned())));
        assert_eq!(sic("1500"), Some(("2-digit", "15".to_owned())));
        assert_eq!(sic("700"), Some(("2-digit", "07".to_owned())));
        assert_eq!(sic("740"), Some(("3-digit", "074".to_owned())));
        assert_eq!(sic("1741"), Some(("4-digit", "1741".to_owned())));
        assert_eq!(sic("179\\"), Some(("2-digit", "179\\".to_owned())));
        assert_eq!(sic("17"), None);
    }

    #[test]
    fn the_year_is_where_the_names_of_the_files_have_it() {
        assert_eq!(year_in_name("data/cbp98pr_mun.csv"), Some(1998));
        assert_eq!(year_in_name("cbp01co.txt"), Some(2001));
        assert_eq!(year_in_name("CBP17PR_CO.csv"), Some(2017));
        assert_eq!(year_in_name("cbp_pr_mun_2018.csv"), Some(2018));
        assert_eq!(year_in_name("2018/counties.csv"), None);
    }
}
