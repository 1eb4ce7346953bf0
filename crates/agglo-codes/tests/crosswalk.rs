//! Crosswalks: weights, chains, units in common, and tables carried over.
#![expect(clippy::unwrap_used, reason = "a test that meets nothing fails")]

use agglo_codes::{
    ApplyOptions, CodesError, Crosswalk, Link, Unmapped, crosswalk, crosswalk_by, crosswalks,
};
use agglo_core::{Absent, Column, Datum, Frame, Gap};
use proptest::prelude::*;

fn walk(links: &[(&str, &str, Option<f64>)]) -> Crosswalk {
    let links = links.iter().map(|&(from, to, weight)| Link::new(from, to, weight));
    Crosswalk::from_links("a-b", "a", "b", "jobs", "by hand", links)
}

fn table(rows: &[(&str, Datum)]) -> Frame {
    Frame::new(vec![
        Column::text("code", rows.iter().map(|row| row.0)),
        Column::number("jobs", "persons", rows.iter().map(|row| row.1)),
    ])
    .unwrap()
}

fn jobs(frame: &Frame, code: &str) -> Datum {
    let place = frame.keys("code").unwrap().iter().position(|cell| &**cell == code).unwrap();
    frame.numbers("jobs").unwrap()[place]
}

const N: fn(f64) -> Datum = Datum::Number;

#[test]
fn a_split_multiplies_a_merge_adds_and_the_audit_says_how_much_crossed() {
    let walk =
        walk(&[("1", "x", Some(0.25)), ("1", "y", Some(0.75)), ("2", "y", None), ("3", "z", None)]);
    let table = table(&[("1", N(100.0)), ("2", N(40.0)), ("3", N(60.0))]);
    let done = walk.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap();
    assert_eq!(jobs(&done.frame, "x"), N(25.0));
    assert_eq!(jobs(&done.frame, "y"), N(115.0));
    assert_eq!(jobs(&done.frame, "z"), N(60.0));
    assert_eq!(done.trace[1], [(0, 0.75), (1, 1.0)]);
    assert_eq!(done.audit.split, ["1"]);
    assert_eq!(done.audit.merged, ["2"]);
    assert_eq!(done.audit.one_to_one, ["3"]);
    assert_eq!(done.audit.hanging, ["x", "y"]);
    assert_eq!(done.audit.crossing[0].share(), N(0.5));
    let audit = done.audit.audit_frame();
    assert_eq!(audit.n_rows(), 4 + 2 + 2);
}

#[test]
fn a_split_whose_weights_nobody_knows_is_refused_with_the_two_ways_out() {
    let walk = walk(&[("1", "x", None), ("1", "y", None), ("2", "y", None)]);
    let table = table(&[("1", N(100.0))]);
    let error = walk.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap_err();
    assert!(matches!(&error, CodesError::SplitWithoutWeight { codes, .. } if codes[0].0 == "1"));
    let said = error.to_string();
    assert!(said.contains("1 into x, y") && said.contains("give weights"), "{said}");
    assert!(said.contains("common units"), "{said}");
    let units = walk.common_units();
    let done =
        units.from_units.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap();
    assert_eq!(jobs(&done.frame, "x+y"), N(100.0));
    assert_eq!(units.members["x+y"].0, ["1", "2"]);
}

#[test]
fn a_split_that_the_table_does_not_touch_needs_no_weight() {
    let walk = walk(&[("1", "x", None), ("1", "y", None), ("2", "y", None)]);
    let table = table(&[("2", N(7.0))]);
    let done = walk.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap();
    assert_eq!(jobs(&done.frame, "y"), N(7.0));
}

#[test]
fn gaps_stay_gaps_of_their_kind_and_never_make_a_sum_smaller() {
    let walk = walk(&[
        ("1", "x", None),
        ("2", "x", None),
        ("3", "y", None),
        ("4", "z", Some(0.5)),
        ("4", "w", Some(0.5)),
    ]);
    let with = |one, two| {
        let table = table(&[
            ("1", one),
            ("2", two),
            ("3", Datum::Gap(Gap::BelowUnit)),
            ("4", Datum::Gap(Gap::Suppressed)),
        ]);
        walk.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap().frame
    };
    let suppressed = Datum::Gap(Gap::Suppressed);
    let missing = Datum::Gap(Gap::Missing);
    assert_eq!(jobs(&with(N(1.0), suppressed), "x"), suppressed);
    assert_eq!(jobs(&with(missing, suppressed), "x"), missing);
    assert_eq!(jobs(&with(N(1.0), missing), "x"), missing);
    assert_eq!(jobs(&with(N(0.0), N(0.0)), "x"), N(0.0));
    let frame = with(N(1.0), N(2.0));
    assert_eq!(jobs(&frame, "y"), Datum::Gap(Gap::BelowUnit));
    assert_eq!(jobs(&frame, "z"), suppressed);
}

#[test]
fn an_absent_row_of_a_merge_is_zero_or_missing_as_the_options_say() {
    let walk = walk(&[("1", "x", None), ("2", "x", None)]);
    let table = Frame::new(vec![
        Column::text("code", ["1", "2", "1"]),
        Column::integer("year", "", [2010, 2010, 2011]),
        Column::numbers("jobs", "persons", [1.0, 2.0, 4.0]),
    ])
    .unwrap();
    let mut options = ApplyOptions::strict().by("year");
    let done = walk.apply(&table, "code", &["year"], &["jobs"], &options).unwrap();
    assert_eq!(done.frame.numbers("jobs").unwrap(), [N(3.0), N(4.0)]);
    assert_eq!(done.audit.incomplete, 1);
    assert_eq!(done.audit.crossing[1].period.as_deref(), Some("2011"));
    options.absent = Absent::Missing;
    let done = walk.apply(&table, "code", &["year"], &["jobs"], &options).unwrap();
    assert_eq!(done.frame.numbers("jobs").unwrap()[1], Datum::Gap(Gap::Missing));
}

#[test]
fn codes_that_the_crosswalk_does_not_know_are_refused_set_aside_or_kept() {
    let walk = walk(&[("1", "x", None)]);
    let table = table(&[("1", N(1.0)), ("9", N(5.0))]);
    let apply = |options| walk.apply(&table, "code", &[], &["jobs"], &options);
    assert!(
        matches!(apply(ApplyOptions::strict()), Err(CodesError::Unmapped { codes, .. }) if codes == ["9"])
    );
    let aside = apply(ApplyOptions::set_aside()).unwrap();
    assert_eq!(aside.frame.n_rows(), 1);
    assert_eq!(aside.audit.unmapped[0].values, [("jobs".to_owned(), 5.0)]);
    let kept = apply(ApplyOptions { unmapped: Unmapped::Keep, ..ApplyOptions::strict() }).unwrap();
    assert_eq!(jobs(&kept.frame, "9"), N(5.0));
}

#[test]
fn weights_that_do_not_add_up_are_named() {
    let walk = walk(&[("1", "x", Some(0.5)), ("1", "y", Some(0.4)), ("2", "x", Some(1.0))]);
    let found = walk.check();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from, "1");
    let table = table(&[("1", N(1.0))]);
    let error = walk.apply(&table, "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap_err();
    assert!(matches!(error, CodesError::Unbalanced { .. }));
}

#[test]
fn a_crosswalk_of_ones_own_is_read_with_its_faults_named_by_line() {
    let read = |text| Crosswalk::from_csv("own", "a", "b", "jobs", "mine", text);
    let own = read("\u{feff}from,to,weight\n1,x,0.25\n1,y,0.75\n2,y,\n").unwrap();
    assert_eq!(own.links.len(), 3);
    assert_eq!(own.of("2")[0].weight, Some(1.0));
    assert!(own.check().is_empty());
    assert!(matches!(read("a,b\n1,2\n"), Err(CodesError::Columns { .. })));
    assert!(matches!(read("from,to,weight\n1,x,2\n"), Err(CodesError::Link { line: 2, .. })));
    assert!(matches!(
        read("from,to,weight\n1,x,0.5\n1,x,0.4\n"),
        Err(CodesError::Link { line: 3, .. })
    ));
}

#[test]
fn what_splits_and_comes_together_again_needs_no_weight() {
    let first = walk(&[("1", "x", None), ("1", "y", None)]);
    let mut second = walk(&[("x", "q", None), ("y", "q", None)]);
    second.from = "b".into();
    second.to = "c".into();
    assert_eq!(first.then(&second).unwrap().links, [Link::new("1", "q", Some(1.0))]);
    assert!(matches!(second.then(&first), Err(CodesError::DoNotMeet { .. })));
}

#[test]
fn every_built_in_crosswalk_is_balanced_but_for_splits_that_nobody_can_weigh() {
    for walk in crosswalks() {
        assert!(!walk.links.is_empty(), "{}", walk.id);
        for found in walk.check() {
            assert_eq!(found.sum, None, "{}: {}", walk.id, found.from);
            assert!(walk.of(&found.from).len() > 1, "{}: {}", walk.id, found.from);
        }
    }
}

#[test]
fn built_in_crosswalks_chain_both_ways() {
    let far = crosswalk("naics2002", "naics2022").unwrap();
    let near: Crosswalk = ["naics2007", "naics2012", "naics2017", "naics2022"]
        .windows(2)
        .map(|pair| crosswalk(pair[0], pair[1]).unwrap())
        .fold(crosswalk("naics2002", "naics2007").unwrap(), |a, b| a.then(&b).unwrap());
    assert_eq!(far.links, near.links);
    assert_eq!(far.of("111110")[0], Link::new("111110", "111110", Some(1.0)));
    assert!(crosswalk("naics2022", "naics2002").is_some());
    assert!(crosswalk("gbt4754-2002", "nace2").is_some());
    assert!(crosswalk("nuts2021", "nuts2010").is_some());
    assert!(crosswalk("fips-county-2012", "fips-county-2022").is_some());
    assert!(crosswalk("naics2017", "nuts2016").is_none());
}

#[test]
fn counties_that_changed_lead_where_they_went() {
    let walk = crosswalk("fips-county-2012", "fips-county-2019").unwrap();
    assert_eq!(walk.of("46113"), [Link::new("46113", "46102", Some(1.0))]);
    assert_eq!(walk.of("02270"), [Link::new("02270", "02158", Some(1.0))]);
    assert_eq!(walk.of("51515"), [Link::new("51515", "51019", Some(1.0))]);
    assert_eq!(walk.of("51019"), [Link::new("51019", "51019", Some(1.0))]);
    let parts: Vec<_> = walk.of("02261").iter().map(|link| (&*link.to, link.weight)).collect();
    assert_eq!(parts, [("02063", None), ("02066", None)]);
}

#[test]
fn a_county_table_of_half_a_million_cells_crosses_in_seconds() {
    let walk = crosswalk("naics2012", "naics2017").unwrap();
    let whole: Vec<&str> = walk
        .links
        .iter()
        .filter(|link| link.weight == Some(1.0))
        .map(|link| link.from.as_str())
        .collect();
    let n = 500_000;
    let table = Frame::new(vec![
        Column::text("code", (0..n).map(|row| whole[row % whole.len()])),
        Column::integer("county", "", (0..n).map(|row| (row / whole.len()) as i64)),
        Column::numbers("jobs", "persons", (0..n).map(|row| (row % 97) as f64)),
    ])
    .unwrap();
    let start = std::time::Instant::now();
    let done = walk.apply(&table, "code", &["county"], &["jobs"], &ApplyOptions::strict()).unwrap();
    let took = start.elapsed();
    let total = |frame: &Frame| -> f64 {
        frame.numbers("jobs").unwrap().iter().filter_map(|cell| cell.number()).sum()
    };
    assert_eq!(total(&table), total(&done.frame));
    assert!(took.as_secs() < 20, "{took:?}");
}

#[test]
fn the_worked_example_of_the_page_holds() {
    let walk = crosswalk("nuts2013", "nuts2016").unwrap();
    let hungary: Vec<_> = walk.of("HU10").iter().map(|link| link.weight.unwrap()).collect();
    let table = Frame::new(vec![
        Column::text("code", ["HU10", "FR21"]),
        Column::integer("year", "", [2015, 2015]),
        Column::numbers("jobs", "thousand", [1000.0, 500.0]),
    ])
    .unwrap();
    let options = ApplyOptions::strict().by("year");
    let done = walk.apply(&table, "code", &["year"], &["jobs"], &options).unwrap();
    let page = include_str!("../../../docs/classifications/README.md");
    for (code, weight) in ["HU11", "HU12"].iter().zip(hungary) {
        let line = format!("| {code} | {:.1} | 0 × {weight:.4} |", 1000.0 * weight);
        assert!(page.contains(&line), "the page lacks `{line}`");
    }
    let share = done.audit.crossing[0].share().number().unwrap();
    assert!(page.contains(&format!("{:.1} %", 100.0 * share)));
    let area = crosswalk_by("nuts2013", "nuts2016", "area").unwrap();
    let budapest = area.of("HU10")[0].weight.unwrap();
    assert!(page.contains(&format!("{budapest:.4} by area")), "{budapest}");
}

prop_compose! {
    fn any_walk()(weights in prop::collection::vec(prop::collection::vec((0..6_usize, 1..100_u32), 1..4), 1..8))
        -> Crosswalk {
        let links = weights.iter().enumerate().flat_map(|(code, parts)| {
            let mut shares = std::collections::BTreeMap::<usize, f64>::new();
            for &(to, part) in parts {
                *shares.entry(to).or_default() += f64::from(part);
            }
            let total: f64 = shares.values().sum();
            shares.into_iter().map(move |(to, part)| {
                Link::new(code.to_string(), format!("t{to}"), Some(part / total))
            }).collect::<Vec<_>>()
        });
        Crosswalk::from_links("p", "a", "b", "jobs", "random", links.collect::<Vec<_>>())
    }
}

proptest! {
    #[test]
    fn totals_are_the_same_before_and_after(
        walk in any_walk(),
        values in prop::collection::vec(0.0..1e6_f64, 8),
    ) {
        let codes: std::collections::BTreeSet<String> = walk.links.iter().map(|l| l.from.clone()).collect();
        let rows: Vec<(&str, Datum)> =
            codes.iter().map(String::as_str).zip(values.iter().map(|&v| N(v))).collect();
        let done = walk.apply(&table(&rows), "code", &[], &["jobs"], &ApplyOptions::strict()).unwrap();
        let before: f64 = rows.iter().filter_map(|row| row.1.number()).sum();
        let after: f64 = done.frame.numbers("jobs").unwrap().iter().filter_map(|d| d.number()).sum();
        prop_assert!((before - after).abs() <= 1e-9 * before.max(1.0));
    }

    #[test]
    fn a_chain_is_one_crosswalk_after_the_other(
        first in any_walk(),
        second in any_walk(),
        values in prop::collection::vec(0.0..1e6_f64, 8),
    ) {
        // The second starts from every code that the first can end in.
        let mut second = second;
        let n = second.links.iter().map(|l| l.from.clone()).collect::<std::collections::BTreeSet<_>>().len();
        let links = (0..6_usize).flat_map(|place| {
            second.of(&(place % n).to_string()).iter()
                .map(move |l| Link::new(format!("t{place}"), l.to.clone(), l.weight)).collect::<Vec<_>>()
        }).collect::<Vec<_>>();
        second = Crosswalk::from_links("q", "b", "c", "jobs", "random", links);
        let codes: std::collections::BTreeSet<String> = first.links.iter().map(|l| l.from.clone()).collect();
        let rows: Vec<(&str, Datum)> =
            codes.iter().map(String::as_str).zip(values.iter().map(|&v| N(v))).collect();
        let strict = ApplyOptions::strict();
        let middle = first.apply(&table(&rows), "code", &[], &["jobs"], &strict).unwrap().frame;
        let two = second.apply(&middle, "code", &[], &["jobs"], &strict).unwrap().frame;
        let one = first.then(&second).unwrap().apply(&table(&rows), "code", &[], &["jobs"], &strict).unwrap().frame;
        prop_assert_eq!(one.n_rows(), two.n_rows());
        for code in one.keys("code").unwrap() {
            let (a, b) = (jobs(&one, &code).number().unwrap(), jobs(&two, &code).number().unwrap());
            prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0));
        }
    }
}
