//! Which files of a folder are one table in several files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use agglo_data::{ReadSpec, Sniff};

use super::is_boundaries;
use crate::error::StudyError;

/// Files that are read as one block of the study.
pub(super) struct Group {
    /// The file, or the pattern that names the files.
    pub(super) file: PathBuf,
    /// A block of the same layout for regions of another kind, which a study takes in place of this one.
    pub(super) in_place_of: Option<PathBuf>,
    /// What its regions look like, where that is why it stands alone.
    pub(super) regions: Option<RegionKind>,
}

/// What most codes of regions of a table look like, which tells states from counties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RegionKind {
    /// Words.
    Names,
    /// So many letters and digits.
    Code(usize),
    /// So many digits, of which so many zeros at the end: those of a whole with its parts below it.
    Digits(usize, usize),
}

impl RegionKind {
    fn of(code: &str) -> RegionKind {
        let length = code.chars().count();
        if code.bytes().all(|byte| byte.is_ascii_digit()) {
            let zeros = length - code.trim_end_matches('0').len();
            // One zero at the end is a digit as any other.
            return RegionKind::Digits(length, if zeros > 1 { zeros } else { 0 });
        }
        let is_sign = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_.".contains(c);
        let is_word = length > 4 && !code.contains(|c: char| c.is_ascii_digit());
        if is_word || !code.chars().all(is_sign) {
            RegionKind::Names
        } else {
            RegionKind::Code(length)
        }
    }

    /// The kind of most of the regions.
    fn of_most<'c>(codes: impl Iterator<Item = &'c str>) -> Option<RegionKind> {
        let mut counts: BTreeMap<RegionKind, usize> = BTreeMap::new();
        for code in codes.collect::<BTreeSet<_>>() {
            *counts.entry(RegionKind::of(code)).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, n)| *n).map(|(kind, _)| kind)
    }

    /// In words.
    pub(super) fn words(self) -> String {
        match self {
            RegionKind::Names => "names".to_owned(),
            RegionKind::Code(length) => format!("codes of {length} signs"),
            RegionKind::Digits(length, 0) => format!("codes of {length} digits"),
            RegionKind::Digits(length, zeros) => {
                format!("codes of {length} digits that end in {zeros} zeros")
            }
        }
    }
}

/// A file with what is known of it.
struct Member {
    file: PathBuf,
    sniff: Option<Sniff>,
}

/// The files, those of one table in one folder under one pattern where it names no other file.
pub(super) fn alike(files: &[PathBuf]) -> Result<Vec<Group>, StudyError> {
    let mut layouts: Vec<(String, Vec<Member>)> = Vec::new();
    for file in files {
        let lone = is_boundaries(file) || file.to_string_lossy().contains(['*', '?']);
        let sniff = if lone { None } else { Some(agglo_data::sniff(file)?) };
        let layout = sniff.as_ref().map_or_else(
            || file.display().to_string(),
            |sniff| {
                let folder = file.parent().unwrap_or(Path::new("")).display();
                format!(
                    "{folder} {} {:?} {:?} {:?} {:?}",
                    sniff.reader, sniff.table, sniff.columns, sniff.value, sniff.level
                )
            },
        );
        let member = Member { file: file.clone(), sniff };
        match layouts.iter_mut().find(|(known, _)| *known == layout) {
            Some((_, members)) => members.push(member),
            None => layouts.push((layout, vec![member])),
        }
    }
    let mut groups = Vec::new();
    for (_, members) in layouts {
        groups.extend(tables_of(&members));
    }
    Ok(groups)
}

/// Files of one layout, split into tables: by the kind of their regions, and by their titles.
fn tables_of(members: &[Member]) -> Vec<Group> {
    if let [only] = members {
        return vec![Group { file: only.file.clone(), in_place_of: None, regions: None }];
    }
    let mut kinds: Vec<(Option<RegionKind>, Vec<&Member>)> = Vec::new();
    for member in members {
        let kind = member.sniff.as_ref().and_then(region_kind);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, members)) => members.push(member),
            None => kinds.push((kind, vec![member])),
        }
    }
    let several = kinds.len() > 1;
    let mut groups: Vec<Group> = Vec::new();
    for (kind, members) in kinds {
        let first = groups.first().map(|group| group.file.clone());
        let mut titles: Vec<(Option<String>, Vec<PathBuf>)> = Vec::new();
        for member in members {
            let title =
                member.sniff.as_ref().and_then(|sniff| Some(timeless(sniff.title.as_ref()?)));
            match titles.iter_mut().find(|(known, _)| *known == title) {
                Some((_, files)) => files.push(member.file.clone()),
                None => titles.push((title, vec![member.file.clone()])),
            }
        }
        for (_, files) in titles {
            let named = pattern(&files).map_or(files, |pattern| vec![pattern]);
            groups.extend(named.into_iter().map(|file| Group {
                file,
                in_place_of: first.clone(),
                regions: kind.filter(|_| several),
            }));
        }
    }
    groups
}

/// The kind of a table's regions; `None` where it has none or cannot be read.
fn region_kind(sniff: &Sniff) -> Option<RegionKind> {
    let reading = agglo_data::read(&sniff.to_spec(), Path::new("")).ok()?;
    let codes = reading.frame.text("region").ok()?;
    RegionKind::of_most(codes.iter().flatten().map(AsRef::as_ref))
}

/// A title without years: tables of several years are one table.
fn timeless(title: &str) -> String {
    let signs: Vec<char> = title.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    while at < signs.len() {
        let digits = signs[at..].iter().take_while(|sign| sign.is_ascii_digit()).count();
        let number: String = signs[at..at + digits].iter().collect();
        let is_year = digits == 4 && (number.starts_with("19") || number.starts_with("20"));
        if digits == 0 {
            text.push(signs[at]);
        } else if !is_year {
            text.push_str(&number);
        }
        at += digits.max(1);
    }
    text
}

/// A pattern that names exactly these files.
fn pattern(files: &[PathBuf]) -> Option<PathBuf> {
    let names: Vec<&str> = files.iter().filter_map(|f| f.file_name()?.to_str()).collect();
    let (first, rest) = names.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let shared = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let back = |text: &str| text.bytes().rev().map(char::from).collect::<String>();
    let start = rest.iter().map(|name| shared(first, name)).min()?;
    let end = rest.iter().map(|name| shared(&back(first), &back(name))).min()?;
    if start + end >= names.iter().map(|name| name.len()).min()? || !first.is_ascii() {
        return None;
    }
    let wanted: BTreeSet<&PathBuf> = files.iter().collect();
    let middles: BTreeSet<usize> = names.iter().map(|name| name.len() - start - end).collect();
    let signs = if let Some(&n) = middles.first().filter(|_| middles.len() == 1) {
        vec!["*".to_owned(), "?".repeat(n)]
    } else {
        vec!["*".to_owned()]
    };
    signs.into_iter().find_map(|sign| {
        let name = format!("{}{sign}{}", &first[..start], &first[first.len() - end..]);
        let pattern = files[0].with_file_name(name);
        let named = agglo_data::files(&ReadSpec::new("activity", &pattern), Path::new("")).ok()?;
        (named.iter().collect::<BTreeSet<_>>() == wanted).then_some(pattern)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_the_kind_of_a_region() {
        let kind = |codes: &[&str]| RegionKind::of_most(codes.iter().copied());
        assert_eq!(kind(&["TLC", "TLD", "TLN"]), Some(RegionKind::Code(3)));
        assert_eq!(kind(&["TLC11", "TLC12", "TLN0A"]), Some(RegionKind::Code(5)));
        assert_eq!(kind(&["110000", "120000"]), Some(RegionKind::Digits(6, 4)));
        assert_eq!(kind(&["320100", "320200", "321000"]), Some(RegionKind::Digits(6, 2)));
        assert_eq!(kind(&["01001", "01003", "01010"]), Some(RegionKind::Digits(5, 0)));
        assert_eq!(kind(&["江苏", "浙江"]), Some(RegionKind::Names));
        assert_eq!(kind(&["Kent", "ENGLAND", "WALES"]), Some(RegionKind::Names));
        assert_eq!(kind(&[]), None);
    }

    #[test]
    fn the_year_in_a_title_tells_no_tables_apart() {
        assert_eq!(timeless("表3-1 2019年工业"), timeless("表3-1 2020年工业"));
        assert_ne!(timeless("Table 1c: ITL1, 2019"), timeless("Table 3c: ITL3, 2019"));
        assert_eq!(timeless("12019 x"), "12019 x");
    }
}
