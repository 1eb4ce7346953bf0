//! Codes meet shapes exactly; what nearly meets is suggested and never taken.
#![expect(clippy::unwrap_used, reason = "what a helper cannot read fails its test")]

mod fixtures;

use agglo_core::Key;
use agglo_geo::{Boundaries, Likeness, ReadOptions, join, read};
use agglo_testkit::scratch;
use fixtures::{feature, square};

fn shapes(areas: &[(&str, &str)]) -> Boundaries {
    let folder = scratch();
    let path = folder.path().join("a.geojson");
    let features: Vec<_> = areas
        .iter()
        .enumerate()
        .map(|(at, (code, name))| feature(code, name, square(at as f64 * 2.0, 0.0, 1.0)))
        .collect();
    std::fs::write(&path, fixtures::geojson(&features)).unwrap();
    read(&path, &ReadOptions { code_property: Some("code".into()), ..ReadOptions::default() })
        .unwrap()
}

fn keys(codes: &[&str]) -> Vec<Key> {
    codes.iter().map(|code| Key::from(*code)).collect()
}

#[test]
fn every_code_and_every_shape_is_in_one_of_three_places() {
    let shapes = shapes(&[("01001", "Autauga"), ("01003", "Baldwin"), ("02013", "Aleutians East")]);
    let found = join(&keys(&["01001", "1003", "99999", "01001"]), &shapes);
    assert_eq!(found.matched, keys(&["01001"]));
    let missing: Vec<&str> = found.codes_without_shape.iter().map(|c| &*c.code).collect();
    assert_eq!(missing, ["1003", "99999"]);
    assert_eq!(found.shapes_without_code, keys(&["01003", "02013"]));
    let table = found.table();
    assert_eq!(table.n_rows(), 5);
    assert_eq!(table.columns().len(), 4);
}

#[test]
fn what_was_meant_is_suggested_with_the_reason() {
    let cases = [
        ("1003", "01003", Likeness::LeadingZeros),
        ("es30", "ES30", Likeness::Case),
        ("11", "110000", Likeness::TrailingZeros),
        ("42", "CN-42", Likeness::Prefix),
        ("GR30", "EL30", Likeness::Country),
        ("Wuhan", "420100", Likeness::Name),
    ];
    let areas = [
        ("01003", "Baldwin"),
        ("ES30", "Madrid"),
        ("110000", "Beijing"),
        ("CN-42", "Hubei"),
        ("EL30", "Attiki"),
        ("420100", "Wuhan"),
    ];
    let shapes = shapes(&areas);
    for (code, meant, likeness) in cases {
        let found = join(&keys(&[code]), &shapes);
        let suggestion = found.codes_without_shape[0].suggestion.clone();
        let suggestion = suggestion.unwrap_or_else(|| panic!("nothing for {code}"));
        assert_eq!((&*suggestion.code, suggestion.likeness), (meant, likeness), "{code}");
    }
    assert_eq!(join(&keys(&["zz"]), &shapes).codes_without_shape[0].suggestion, None);
}

#[test]
fn a_suggestion_that_could_be_two_is_none_and_a_common_one_is_a_pattern() {
    let twice = shapes(&[("1", "Neustadt"), ("2", "Neustadt"), ("0011", "a"), ("0012", "b")]);
    let found = join(&keys(&["Neustadt", "11", "12"]), &twice);
    assert_eq!(found.codes_without_shape[2].suggestion, None);
    assert_eq!(found.pattern(), Some((Likeness::LeadingZeros, 2)));
}
