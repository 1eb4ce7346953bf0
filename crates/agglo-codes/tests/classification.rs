//! Codes and names as files write them.
#![expect(clippy::unwrap_used, reason = "a test that meets nothing fails")]

use agglo_codes::{Validity, classification, classifications};
use agglo_core::Lang;
use proptest::prelude::*;

#[track_caller]
fn check(id: &str, raw: &str, expected: &str) {
    let found = classification(id).unwrap();
    assert_eq!(found.normalize(raw), expected);
    assert!(found.code(raw).is_some_and(|code| code.code == expected), "{id} lacks {raw}");
}

#[test]
fn padding_ranges_letters_and_full_width_digits_are_understood() {
    check("naics2017", "236///", "236");
    check("naics2017", "------", "total");
    check("naics2017", "31----", "31-33");
    check("naics2017", "３１－３３", "31-33");
    check("naics2017", "44–45", "44-45");
    check("naics2017", " 236115.0 ", "236115");
    check("nace2", "C (10-33)", "C");
    check("nace2", "C10", "10");
    check("nace2", "1", "01");
    check("gbt4754-2017", "C13", "13");
    check("gbt2260", "11", "110000");
    check("gbt2260", "1301", "130100");
    check("gbt2260", "130100000000", "130100");
    check("sic1987", "07--", "A");
    check("sic1987", "0700", "07");
    check("sic1987", "2000", "20");
    check("fips-county", "1001", "01001");
    check("fips-state", "1000", "01");
    check("nuts2016", "GR30", "EL30");
}

#[test]
fn each_code_has_a_parent_on_a_level_above_and_is_among_its_children() {
    for classification in classifications() {
        assert!(!classification.codes().is_empty(), "{}", classification.id);
        for code in classification.codes() {
            let level = |name| classification.levels.iter().position(|level| *level == name);
            assert!(level(code.level).is_some(), "{} {}", classification.id, code.code);
            if classification.id == "fips-county" {
                continue;
            }
            if let Some(parent) = classification.parent(code.code) {
                assert!(level(parent.level) < level(code.level), "{}", code.code);
            } else {
                assert_eq!(code.parent, None, "{} {}", classification.id, code.code);
            }
        }
    }
    let naics = classification("naics2017").unwrap();
    let children: Vec<_> = naics.children("31-33").iter().map(|code| code.code).collect();
    assert_eq!(children.len(), 21);
    assert!(children.contains(&"336"));
}

#[test]
fn the_editions_have_as_many_codes_as_their_publishers_say() {
    let count = |id: &str, level: &str| {
        classification(id).unwrap().codes().iter().filter(|code| code.level == level).count()
    };
    assert_eq!(count("naics2012", "national industry"), 1065);
    assert_eq!(count("naics2017", "national industry"), 1057);
    assert_eq!(count("naics2022", "national industry"), 1012);
    assert_eq!(count("gbt4754-2002", "division"), 95);
    assert_eq!(count("gbt4754-2011", "division"), 96);
    assert_eq!(count("gbt4754-2017", "division"), 97);
    assert_eq!(count("isic4", "division"), 88);
    assert_eq!(count("sic1987", "major group"), 83);
}

#[test]
fn a_code_that_is_gone_says_since_when_and_what_it_became() {
    let naics = classification("naics2017").unwrap();
    assert_eq!(naics.is_valid("111110", None), Validity::Valid);
    let Validity::Retired { year, became } = naics.is_valid("454111", None) else { panic!() };
    assert_eq!((year, became), (2017, vec!["454110".to_owned()]));
    assert_eq!(naics.is_valid("454111", 2012), Validity::Valid);
    assert!(matches!(naics.is_valid("999999", None), Validity::Unknown { .. }));
    assert!(
        matches!(naics.is_valid("111111", None), Validity::Unknown { nearest } if nearest.contains(&"111110"))
    );
    assert_eq!(naics.is_valid("454110", 2012), Validity::NotYet);

    let counties = classification("fips-county").unwrap();
    assert_eq!(counties.is_valid("46113", 2014), Validity::Valid);
    let gone = Validity::Retired { year: 2015, became: vec!["46102".into()] };
    assert_eq!(counties.is_valid("46113", 2015), gone);
    assert_eq!(counties.is_valid("09110", 2021), Validity::NotYet);
    let divisions = classification("gbt2260").unwrap();
    assert_eq!(divisions.is_valid("500000", 1996), Validity::NotYet);
    assert_eq!(divisions.is_valid("500000", None), Validity::Valid);
    let laiwu = Validity::Retired { year: 2019, became: vec!["370100".into()] };
    assert_eq!(divisions.is_valid("371200", None), laiwu);
    let nuts = classification("nuts2016").unwrap();
    let gone = Validity::Retired { year: 2016, became: vec!["FRF2".into()] };
    assert_eq!(nuts.is_valid("FR21", None), gone);
}

#[test]
fn names_in_both_languages_long_and_short_lead_to_the_same_code() {
    let divisions = classification("gbt2260").unwrap();
    for name in ["内蒙古", "内蒙古自治区", "Inner Mongolia", "INNER MONGOLIA", " inner mongolia "]
    {
        let found = divisions.find_name(name, None);
        assert_eq!(found[0].code.code, "150000", "{name}");
    }
    assert_eq!(divisions.find_name("新疆", Lang::Zh)[0].code.code, "650000");
    assert_eq!(divisions.find_name("广西", None)[0].code.code, "450000");
    assert_eq!(divisions.find_name("香港", None)[0].code.code, "810000");
    assert!(divisions.find_name("内蒙古", Lang::En).is_empty());
    assert_eq!(divisions.find_name("延边", None)[0].code.code, "222400");
}

#[test]
fn an_ambiguous_name_is_said_and_settled_by_the_level_of_the_others() {
    let divisions = classification("gbt2260").unwrap();
    let found = divisions.codes_of_names(&["吉林"]);
    assert_eq!(found.codes, [None]);
    assert_eq!(found.ambiguous[0].1.len(), 2);
    let found = divisions.codes_of_names(&["吉林", "辽宁", "黑龙江"]);
    assert_eq!(found.codes[0].as_deref(), Some("220000"));
    let found = divisions.codes_of_names(&["辽宁", "Inner Mongol"]);
    assert_eq!(found.unknown[0].1[0], "Inner Mongolia");
    let counties = classification("fips-county").unwrap();
    assert!(counties.find_name("Washington County", None).len() > 20);
    assert_eq!(counties.find_name("Washington County, Oregon", None)[0].code.code, "41067");
    assert_eq!(counties.find_name("Dona Ana", None)[0].code.code, "35013");
}

proptest! {
    #[test]
    fn normalizing_twice_changes_nothing(raw in "[ -~０-９－]{0,9}") {
        for classification in classifications() {
            let once = classification.normalize(&raw);
            prop_assert_eq!(classification.normalize(&once), once.clone(), "{}", classification.id);
        }
    }

    #[test]
    fn normalizing_a_padded_number_twice_changes_nothing(raw in "[A-C]?[0-9]{0,6}[-/.]{0,4}[0-9]{0,2}") {
        for classification in classifications() {
            let once = classification.normalize(&raw);
            prop_assert_eq!(classification.normalize(&once), once.clone(), "{}", classification.id);
        }
    }
}
