//! Which total a code is part of, by the codes alone.
//!
//! Codes of most classifications are written so that a total begins its parts: `31` stands over
//! `311`, `01000` over `01001`, `DE1` over `DE11`. Signs that only fill a code up do not count.

use std::collections::{BTreeMap, BTreeSet};

use agglo_core::Key;

/// Each code → the total it is part of, the nearest one. A code that no total begins belongs to the
/// one total that begins nothing, such as `TOTAL`, where there is exactly one.
pub(super) fn parents(parts: &BTreeSet<Key>, totals: &BTreeSet<Key>) -> BTreeMap<Key, Key> {
    let stems: BTreeMap<&Key, String> =
        totals.iter().map(|code| (code, stem(code, true))).collect();
    let part_stems: BTreeMap<&Key, String> =
        parts.iter().map(|code| (code, stem(code, false))).collect();
    let all = || part_stems.iter().chain(&stems);
    let begins = |total: &str, code: &str| code.len() > total.len() && code.starts_with(total);
    // A total whose stem begins no code stands over everything, if it is the only one.
    let tops: Vec<&Key> = stems
        .iter()
        .filter(|(_, stem)| stem.is_empty() || !all().any(|(_, code)| begins(stem, code)))
        .map(|(code, _)| *code)
        .collect();
    let top = if let [top] = tops[..] { Some(top) } else { None };
    let mut parents = BTreeMap::new();
    for (code, own) in all() {
        if Some(*code) == top {
            continue;
        }
        let over = stems
            .iter()
            .filter(|(total, stem)| *total != code && !stem.is_empty() && begins(stem, own));
        let nearest = over.max_by_key(|(_, stem)| stem.len()).map(|(total, _)| *total);
        if let Some(parent) = nearest.or(top) {
            parents.insert((*code).clone(), parent.clone());
        }
    }
    parents
}

/// The part of a code that says something: without signs that fill it up, and for a total without
/// the zeros of a FIPS code (`01000`) or a Chinese one (`110000`, `440100`).
fn stem(code: &str, is_total: bool) -> String {
    let stem = code.trim_end_matches(['-', '/', ' ']);
    let numeric = stem.bytes().all(|byte| byte.is_ascii_digit());
    let filled_up: &[&str] = match (is_total && numeric, stem.len()) {
        (true, 5) => &["00000", "000"],
        (true, 6) => &["000000", "0000", "00"],
        _ => &[],
    };
    let short = filled_up.iter().find_map(|zeros| stem.strip_suffix(zeros));
    short.unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parts: &[&str], totals: &[&str], expected: &[(&str, &str)]) {
        let expected: BTreeMap<&str, &str> = expected.iter().copied().collect();
        let keys = |codes: &[&str]| codes.iter().map(|&code| Key::from(code)).collect();
        let found = parents(&keys(parts), &keys(totals));
        let found: BTreeMap<&str, &str> =
            found.iter().map(|(code, parent)| (code.as_ref(), parent.as_ref())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn padded_industry_codes_lie_under_their_beginnings() {
        check(
            &["236115", "236220", "238110"],
            &["------", "23----", "236///", "2361//"],
            &[
                ("2361//", "236///"),
                ("236115", "2361//"),
                ("236220", "236///"),
                ("236///", "23----"),
                ("238110", "23----"),
                ("23----", "------"),
            ],
        );
    }

    #[test]
    fn counties_lie_under_their_state_and_states_under_the_nation() {
        check(
            &["01001", "01003", "10001", "12001"],
            &["00000", "01000", "10000"],
            &[
                ("01000", "00000"),
                ("01001", "01000"),
                ("01003", "01000"),
                ("10000", "00000"),
                ("10001", "10000"),
                ("12001", "00000"),
            ],
        );
    }

    #[test]
    fn a_word_stands_over_all_only_where_it_is_the_only_one() {
        check(&["a", "b"], &["Total"], &[("a", "Total"), ("b", "Total")]);
        check(&["a", "b"], &["East", "West"], &[]);
        check(
            &["DE11", "DE12"],
            &["DE1", "DE"],
            &[("DE1", "DE"), ("DE11", "DE1"), ("DE12", "DE1")],
        );
    }
}
