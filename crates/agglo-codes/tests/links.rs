//! The built-in links: their ends, their weights, known splits, and the way back.
#![expect(clippy::unwrap_used, reason = "a test that meets nothing fails")]

use std::collections::BTreeSet;

use agglo_codes::{
    ApplyOptions, CodesError, Crosswalk, Link, Validity, classification, classifications,
    crosswalk, crosswalk_by, crosswalks,
};
use agglo_core::{Column, Datum, Frame};
use agglo_testkit::assert_close;

fn targets(walk: &Crosswalk, code: &str) -> Vec<String> {
    walk.of(code).iter().map(|link| link.to.clone()).collect()
}

fn weight(walk: &Crosswalk, from: &str, to: &str) -> f64 {
    let link = walk.of(from).iter().find(|link| link.to == to);
    link.unwrap_or_else(|| panic!("no link from {from} to {to}")).weight.unwrap()
}

/// Whether the code is listed in the edition or year that the name of the crosswalk's end means.
fn listed(end: &str, code: &str) -> bool {
    match end.strip_prefix("fips-county-") {
        Some(year) => {
            let year: i32 = year.parse().unwrap();
            classification("fips-county").unwrap().is_valid(code, year) == Validity::Valid
        }
        // The Census Bureau's own code for establishments without an industry.
        None if end.starts_with("naics") && code.starts_with("99") => true,
        None => classification(end).unwrap().code(code).is_some_and(|known| known.code == code),
    }
}

#[test]
fn both_ends_of_every_link_are_listed_in_their_editions_and_years() {
    for walk in crosswalks() {
        for link in &walk.links {
            assert!(listed(&walk.from, &link.from), "{}: {}", walk.id, link.from);
            assert!(listed(&walk.to, &link.to), "{}: {}", walk.id, link.to);
        }
    }
}

#[test]
fn every_code_of_an_edition_has_a_way_to_the_next_but_for_what_left() {
    for (from, to) in [
        ("sic1987", "naics2002"),
        ("nuts2010", "nuts2013"),
        ("nuts2013", "nuts2016"),
        ("nuts2016", "nuts2021"),
        ("nuts2021", "nuts2024"),
    ] {
        let walk = crosswalk(from, to).unwrap();
        let codes = classification(from).unwrap().codes();
        let without: Vec<&str> =
            codes.iter().map(|code| code.code).filter(|code| walk.of(code).is_empty()).collect();
        // Since 2024 Eurostat publishes no regions of the United Kingdom.
        assert!(
            without.iter().all(|code| to == "nuts2024" && code.starts_with("UK")),
            "{from}: {without:?}"
        );
    }
}

#[test]
fn every_crosswalk_forth_has_each_of_its_links_back() {
    for walk in crosswalks() {
        let back = walk.invert();
        let there: BTreeSet<(&str, &str)> =
            back.links.iter().map(|link| (link.to.as_str(), link.from.as_str())).collect();
        for link in walk.links.iter().filter(|link| link.weight != Some(0.0)) {
            assert!(there.contains(&(&*link.from, &*link.to)), "{}: {link:?}", walk.id);
        }
        for code in back.links.chunk_by(|a, b| a.from == b.from).filter(|links| links.len() == 1) {
            assert_eq!(code[0].weight, Some(1.0), "{}", walk.id);
        }
    }
}

#[test]
fn the_sic_has_as_many_codes_as_its_manual_says() {
    let sic = classification("sic1987").unwrap();
    let count = |level: &str| sic.codes().iter().filter(|code| code.level == level).count();
    assert_eq!(count("division"), 11);
    assert_eq!(count("major group"), 83);
    assert_eq!(count("industry group"), 416);
    assert_eq!(count("industry"), 1005);
    assert_eq!(sic.code("2011").unwrap().title.en, "Meat Packing Plants");
    assert_eq!(sic.parent("9999").unwrap().code, "999");
    assert_eq!(sic.parent("99").unwrap().code, "K");
}

#[test]
fn codes_of_county_business_patterns_to_1997_are_understood() {
    let sic = classification("sic1987").unwrap();
    for (raw, code, level) in [
        ("----", "total", "total"),
        ("20--", "D", "division"),
        ("99--", "K", "division"),
        ("2000", "20", "major group"),
        ("700", "07", "major group"),
        ("0740", "074", "industry group"),
        ("2010", "201", "industry group"),
        ("205/", "205", "industry group"),
        ("740", "074", "industry group"),
        ("2011", "2011", "industry"),
        ("399\\", "399\\", "auxiliaries"),
        ("399/", "399\\", "auxiliaries"),
        ("3990", "399", "industry group"),
    ] {
        let found = sic.code(raw).unwrap_or_else(|| panic!("no {raw}"));
        assert_eq!((found.code, found.level), (code, level), "{raw}");
    }
}

#[test]
fn the_table_from_sic_to_naics_reaches_every_industry_but_three() {
    let walk = crosswalk("sic1987", "naics2002").unwrap();
    let links: Vec<_> =
        walk.links.iter().filter(|link| link.from.len() == 4 && link.to.len() == 6).collect();
    // The Census Bureau's table, and one link from code 9999 to what official files write for it.
    assert_eq!(links.len(), 2163 + 1);
    let reached: BTreeSet<&str> = links.iter().map(|link| link.to.as_str()).collect();
    let naics = classification("naics2002").unwrap();
    let missing: Vec<&str> = naics
        .codes()
        .iter()
        .filter(|code| code.level == "national industry" && !reached.contains(code.code))
        .map(|code| code.code)
        .collect();
    // Two have no establishments in the United States; head offices were auxiliaries.
    assert_eq!(missing, ["112130", "541120", "551114"]);
    let whole = |from: usize, to: usize| {
        let lengths = |link: &&Link| link.from.len() == from && link.to.len() == to;
        let links = walk.links.iter().filter(lengths);
        // Auxiliaries, and what stands for no industry at all, are no codes of the table.
        let table = links.filter(|link| !link.from.contains('\\') && !link.from.starts_with("99"));
        let table: Vec<&Link> = table.collect();
        let codes: BTreeSet<&str> = table.iter().map(|link| link.from.as_str()).collect();
        (table.iter().filter(|link| link.weight == Some(1.0)).count(), codes.len())
    };
    assert_eq!([whole(4, 6), whole(3, 4), whole(2, 3)], [(551, 1004), (202, 415), (19, 82)]);
    let page = include_str!("../../../docs/classifications/README.md");
    for said in
        ["551 of the 1,004", "202 of the 415", "19 of the 82", "2,163 pairs", "1,176 of the"]
    {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn known_industries_of_the_sic_go_where_the_census_table_sends_them() {
    let walk = crosswalk("sic1987", "naics2002").unwrap();
    for (code, expected) in [
        ("2011", &["311611"][..]),
        ("3571", &["334111"]),
        ("7371", &["541511"]),
        ("7372", &["334611", "511210"]),
        ("7373", &["541512"]),
        ("7374", &["518210"]),
        ("7375", &["518111"]),
        ("7376", &["541513"]),
        ("7377", &["532420"]),
        ("7378", &["443120", "811212"]),
        ("7379", &["518210", "541512", "541519"]),
        ("737", &["3346", "4431", "5112", "5181", "5182", "5324", "5415", "8112"]),
        ("9999", &["999999"]),
        ("99", &["999"]),
        ("K", &["99"]),
        ("399\\", &["551"]),
    ] {
        assert_eq!(targets(&walk, code), expected, "{code}");
    }
    assert_eq!(walk.of("2011")[0].weight, Some(1.0));
    assert!(walk.of("7372").iter().all(|link| link.weight.is_none()));
    let back = crosswalk("naics2002", "sic1987").unwrap();
    assert_eq!(targets(&back, "334111"), ["3571"]);
    assert_eq!(back.of("334111")[0].weight, Some(1.0));
    let slaughter = targets(&back, "311611");
    assert_eq!(slaughter, ["0751", "2011", "2048"]);
}

#[test]
fn the_sic_chains_to_every_later_edition() {
    for (edition, computers) in [(2007, "334111"), (2012, "334111"), (2022, "334111")] {
        let walk = crosswalk("sic1987", &format!("naics{edition}")).unwrap();
        assert_eq!(walk.of("3571").len(), 1, "{edition}");
        assert_eq!(weight(&walk, "3571", computers), 1.0);
        assert!(walk.source.contains("1987 SIC") && walk.source.contains("concordances"));
    }
    let walk = crosswalk("sic1987", "naics2022").unwrap();
    assert_eq!(targets(&walk, "7372"), ["334610", "513210"]);
    assert!(crosswalk("naics2022", "sic1987").is_some());
    assert!(crosswalk("sic1987", "nace2").is_none());
}

fn table(rows: &[(&str, f64)]) -> Frame {
    Frame::new(vec![
        Column::text("code", rows.iter().map(|row| row.0)),
        Column::numbers("jobs", "persons", rows.iter().map(|row| row.1)),
    ])
    .unwrap()
}

fn jobs(frame: &Frame, code: &str) -> Datum {
    let place = frame.keys("code").unwrap().iter().position(|cell| &**cell == code).unwrap();
    frame.numbers("jobs").unwrap()[place]
}

#[test]
fn a_split_of_the_sic_is_refused_until_the_user_assumes_and_the_audit_says_so() {
    let walk = crosswalk("sic1987", "naics2002").unwrap();
    let table = table(&[("2011", 30.0), ("7372", 100.0), ("20--", 0.0)]);
    let strict = ApplyOptions::strict();
    let refused = walk.apply(&table, "code", &[], &["jobs"], &strict).unwrap_err();
    let CodesError::SplitWithoutWeight { codes, .. } = refused else { panic!("{refused}") };
    assert_eq!(codes[0].0, "7372");
    let equal = walk.clone().with_equal_shares();
    assert_eq!(equal.basis, "equal shares [A]");
    assert!(equal.check().is_empty());
    let done = equal.apply(&table, "code", &[], &["jobs"], &strict);
    // A division goes to sectors beside the industries in it: the other levels are not mixed in.
    let done = done.unwrap();
    assert_eq!(jobs(&done.frame, "311611"), Datum::Number(30.0));
    assert_eq!(jobs(&done.frame, "334611"), Datum::Number(50.0));
    assert_eq!(jobs(&done.frame, "511210"), Datum::Number(50.0));
    assert_eq!(done.audit.basis, "equal shares [A]");
}

#[test]
fn equal_shares_divide_only_what_known_weights_leave() {
    let links = "from,to,weight\n1,x,0.5\n1,y,\n1,z,\n2,x,1\n";
    let walk = Crosswalk::from_csv("own", "a", "b", "jobs", "mine", links).unwrap();
    let equal = walk.with_equal_shares();
    assert_eq!(weight(&equal, "1", "x"), 0.5);
    assert_eq!(weight(&equal, "1", "y"), 0.25);
    assert_eq!(weight(&equal, "1", "z"), 0.25);
    assert_eq!(equal.basis, "equal shares [A]; jobs");
    let whole = Crosswalk::from_csv("own", "a", "b", "jobs", "mine", "from,to\n1,x\n").unwrap();
    assert_eq!(whole.with_equal_shares().basis, "jobs");
}

#[test]
fn the_common_units_of_sic_and_naics_add_up_on_both_sides() {
    let walk = crosswalk("sic1987", "naics2002").unwrap();
    let units = walk.common_units();
    let strict = ApplyOptions::strict();
    let before = table(&[("3571", 7.0), ("2011", 30.0), ("0751", 1.0), ("2048", 4.0)]);
    let after = table(&[("334111", 7.0), ("311611", 31.0), ("115210", 1.0), ("311119", 3.0)]);
    let old = units.from_units.apply(&before, "code", &[], &["jobs"], &strict).unwrap().frame;
    let new = units.to_units.apply(&after, "code", &[], &["jobs"], &strict).unwrap().frame;
    assert_eq!(jobs(&old, "334111"), jobs(&new, "334111"));
    let rest = |frame: &Frame| -> Vec<Datum> {
        let codes = frame.keys("code").unwrap();
        let values = frame.numbers("jobs").unwrap();
        codes.iter().zip(values).filter(|(code, _)| &***code != "334111").map(|c| c.1).collect()
    };
    // Slaughtering hangs together with animal services and feed, and these with much else.
    assert_eq!(rest(&old), [Datum::Number(35.0)]);
    assert_eq!(rest(&old), rest(&new));
}

#[test]
fn the_nuts_has_as_many_regions_as_eurostat_says() {
    // Member states of the time, without the codes for what lies outside every region.
    for (edition, outside, expected) in [
        (2010, &["HR"][..], [27, 97, 270, 1294]),
        (2013, &[], [28, 98, 276, 1342]),
        (2016, &[], [28, 104, 281, 1348]),
        (2021, &["UK"], [27, 92, 242, 1166]),
        (2024, &["UK"], [27, 92, 244, 1165]),
    ] {
        let regions = classification(&format!("nuts{edition}")).unwrap();
        let others = ["AL", "BA", "CH", "IS", "LI", "ME", "MK", "NO", "RS", "TR", "UA", "XK"];
        let count = |level: usize| {
            let within = |code: &&str| {
                !outside.contains(&&code[..2])
                    && !others.contains(&&code[..2])
                    && !code[2..].contains('Z')
            };
            let codes = regions.codes().iter().map(|code| code.code);
            codes.filter(|code| code.len() == level + 2).filter(within).count()
        };
        assert_eq!([count(0), count(1), count(2), count(3)], expected, "{edition}");
    }
}

#[test]
fn every_region_has_a_name_and_names_lead_to_codes() {
    for id in ["nuts2010", "nuts2013", "nuts2016", "nuts2021", "nuts2024"] {
        for code in classification(id).unwrap().codes() {
            assert!(!code.title.en.is_empty() && code.title.en != code.code, "{id} {}", code.code);
        }
    }
    let regions = classification("nuts2021").unwrap();
    assert_eq!(regions.code("DE22").unwrap().title.en, "Niederbayern");
    assert_eq!(regions.code("EL30").unwrap().title.en, "Attiki");
    assert_eq!(regions.code("DE").unwrap().title.zh, "德国");
    assert_eq!(regions.find_name("Niederbayern", None)[0].code.code, "DE22");
    assert_eq!(classification("nuts2016").unwrap().code("UKN10").unwrap().code, "UKN0A");
}

#[test]
fn known_changes_of_regions_have_their_weights() {
    let walk = crosswalk("nuts2021", "nuts2024").unwrap();
    assert_eq!(walk.basis, "population 2021");
    assert_close(weight(&walk, "PT17", "PT1A"), 2_062_246.0 / 2_869_747.0, 1e-12);
    assert_close(weight(&walk, "PT170", "PT1B0"), 807_501.0 / 2_869_747.0, 1e-12);
    assert_close(weight(&walk, "PT18", "PT1D"), 235_909.0 / 704_599.0, 1e-12);
    assert_eq!(weight(&walk, "NL33", "NL36"), 1.0);
    assert_eq!(weight(&walk, "DEG0N", "DEG0R"), 1.0);
    assert_eq!(weight(&walk, "DEG0P", "DEG0R"), 1.0);
    assert_eq!(targets(&walk, "NO082"), ["NO083", "NO084", "NO085"]);
    assert!(walk.of("UKC1").is_empty());
    let area = crosswalk_by("nuts2021", "nuts2024", "area").unwrap();
    assert_eq!(area.basis, "area");
    assert_close(weight(&area, "PT17", "PT1A"), 1352.8 / 2853.1, 1e-12);
    let far = crosswalk("nuts2010", "nuts2024").unwrap();
    assert_eq!(far.basis, "population 2018; population 2021");
    assert_eq!(weight(&far, "FR211", "FRF21"), 1.0);
    let first = crosswalk("nuts2013", "nuts2016").unwrap();
    assert_eq!(targets(&first, "FR2"), ["FRB", "FRC", "FRD", "FRE", "FRF"]);
    assert_eq!(targets(&first, "PL1"), ["PL7", "PL9"]);
    assert_eq!(weight(&first, "DE", "DE"), 1.0);
    let regions = classification("nuts2024").unwrap();
    let gone = Validity::Retired { year: 2024, became: vec!["PT1A".into(), "PT1B".into()] };
    assert_eq!(regions.is_valid("PT17", None), gone);
    assert_eq!(regions.is_valid("UKC1", 2023), Validity::Valid);
    let gone = Validity::Retired { year: 2024, became: Vec::new() };
    assert_eq!(regions.is_valid("UKC1", 2024), gone);
    // Troms was merged and came back under its old code.
    assert_eq!(regions.is_valid("NO072", 2016), Validity::Valid);
    assert!(matches!(regions.is_valid("NO072", 2021), Validity::Retired { .. }));
    assert_eq!(regions.is_valid("NO072", 2024), Validity::Valid);
}

#[test]
fn counties_that_changed_since_1990_are_links_of_their_years() {
    let walk = crosswalk("fips-county-1990", "fips-county-2022").unwrap();
    for (from, to) in [
        ("12025", "12086"),
        ("51560", "51005"),
        ("51780", "51083"),
        ("51515", "51019"),
        ("46113", "46102"),
        ("02270", "02158"),
    ] {
        assert_eq!(targets(&walk, from), [to]);
        assert_eq!(weight(&walk, from, to), 1.0);
    }
    let year = crosswalk("fips-county-2000", "fips-county-2005").unwrap();
    assert_eq!(year.id, "fips-county-2000-fips-county-2005");
    for county in ["08001", "08013", "08059"] {
        let both = BTreeSet::from([county.to_owned(), "08014".to_owned()]);
        assert_eq!(BTreeSet::from_iter(targets(&year, county)), both);
        assert!(year.of(county).iter().all(|link| link.weight.is_none()));
    }
    let same = crosswalk("fips-county-2009", "fips-county-2010").unwrap();
    assert_eq!((same.from.as_str(), same.to.as_str()), ("fips-county-2009", "fips-county-2010"));
    assert!(same.links.iter().all(|link| link.from == link.to && link.weight == Some(1.0)));
    assert!(crosswalk("fips-county-1980", "fips-county-2010").is_none());
    let regions = crosswalk("fips-county-2021", "fips-county-2022").unwrap();
    assert_eq!(targets(&regions, "09011"), ["09130", "09150", "09180"]);
    let counties = classification("fips-county").unwrap();
    assert_eq!(counties.is_valid("08014", 2000), Validity::NotYet);
    assert!(matches!(counties.is_valid("02231", 1992), Validity::Retired { .. }));
}

#[test]
fn every_table_is_named_with_its_source_and_every_classification_on_the_page() {
    let sources = include_str!("../data/SOURCES.md");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "SOURCES.md" || sources.contains(&format!("`{name}`")), "{name}");
    }
    let page = include_str!("../../../docs/classifications/README.md");
    for classification in classifications() {
        let family = classification.id.trim_end_matches(|c: char| c.is_ascii_digit());
        assert!(page.contains(&format!("`{family}")), "{}", classification.id);
    }
    for walk in crosswalks() {
        assert!(!walk.source.is_empty() && !walk.basis.is_empty(), "{}", walk.id);
    }
}
