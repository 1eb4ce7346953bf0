//! Files as GeoDa and libpysal write them, and files that are wrong.

use agglo_core::{Axis, Weights};
use proptest::prelude::*;

use super::{FileWeights, to_csv, to_gal, to_gwt};

fn lines(weights: &Weights) -> String {
    let codes = weights.axis().codes();
    let line = |(from, to, w): (u32, u32, f64)| {
        format!("{}>{} {w}", codes[from as usize], codes[to as usize])
    };
    weights.edges().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn gal_has_either_heading() {
    for heading in ["3", "0 3 columbus POLYID", "\u{feff}0 3 columbus POLYID\r"] {
        let text = format!("{heading}\n1 1\n2\n2 2\n1 3\n3 1\n2\n\n");
        let found = FileWeights::from_gal(&text).unwrap().weights();
        assert_eq!(lines(&found), "1>2 1, 2>1 1, 2>3 1, 3>2 1");
    }
}

#[test]
fn an_island_of_gal_has_an_empty_line_or_none() {
    for text in
        ["3\na 1\nb\nb 1\na\nc 0\n\n", "3\na 1\nb\nc 0\nb 1\na", "3\nc 0\n\na 1\nb\nb 1\na\n"]
    {
        let found = FileWeights::from_gal(text).unwrap().weights();
        assert_eq!((lines(&found).as_str(), found.islands()), ("a>b 1, b>a 1", vec![2]));
    }
}

#[test]
fn ids_with_spaces_are_quoted_or_the_longest_known() {
    let bare = "3\nNew York 2\nNew Jersey New\nNew Jersey 1\nNew York\nNew 0\n\n";
    let quoted = "3\n\"New York\" 2\n\"New Jersey\" New\n\"New Jersey\" 1\n\"New York\"\nNew 0\n\n";
    let expected = "New Jersey>New York 1, New York>New 1, New York>New Jersey 1";
    for text in [bare, quoted] {
        assert_eq!(lines(&FileWeights::from_gal(text).unwrap().weights()), expected);
    }
    let axis = Axis::new(["New York", "New Jersey", "New"]);
    let gwt = "0 3 states NAME\nNew York New Jersey 12.5\n\"New Jersey\" New 3\n";
    let (found, absent) = FileWeights::from_gwt(gwt, Some(&axis)).unwrap().on(axis).unwrap();
    assert_eq!(lines(&found), "New Jersey>New 3, New York>New Jersey 12.5");
    assert!(absent.is_empty());
    let refused = FileWeights::from_gwt(gwt, None).unwrap_err().to_string();
    assert!(refused.starts_with("line 2: `New York New Jersey 12.5` is not a region"), "{refused}");
}

#[test]
fn quotes_in_ids_come_back() {
    let axis = Axis::new(["a \"b\" c", "d\"", "", "e,f"]);
    let edges = vec![(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)];
    let weights = Weights::from_edges(axis, edges).unwrap();
    assert_eq!(FileWeights::from_gal(&to_gal(&weights)).unwrap().weights(), weights);
    assert_eq!(FileWeights::from_gwt(&to_gwt(&weights), None).unwrap().weights(), weights);
}

#[test]
fn edge_lists_have_names_separators_and_islands() {
    let texts = [
        "region,neighbor,weight\na,b,0.5\nb,a,2\n\"c, d\",,\n",
        "focal;neighbor;weight\r\na;b;0.5\r\nb;a;2\r\nc, d;;\r\n",
        "weight\tto\tfrom\n0.5\tb\ta\n2\ta\tb\n\t\tc, d\n",
    ];
    for text in texts {
        let found = FileWeights::from_csv(text).unwrap();
        assert_eq!(found.ids().len(), 3);
        assert_eq!(lines(&found.weights()), "a>b 0.5, b>a 2");
        let again = FileWeights::from_csv(&to_csv(&found.weights())).unwrap();
        assert_eq!(again.weights(), found.weights());
    }
    let plain = FileWeights::from_csv("from,to\na,b\n").unwrap().weights();
    assert_eq!(lines(&plain), "a>b 1");
}

#[test]
fn regions_that_a_file_does_not_name_are_islands_and_said() {
    let found = FileWeights::from_csv("region,neighbor\na,b\n").unwrap();
    let (weights, absent) = found.on(Axis::new(["a", "b", "c"])).unwrap();
    assert_eq!((weights.islands(), absent.len(), &*absent[0]), (vec![1, 2], 1, "c"));
    let error = found.on(Axis::new(["a", "c"])).unwrap_err().to_string();
    assert_eq!(error, "line 2: `b` is no region of the study");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let gal = |text: &str| FileWeights::from_gal(text).unwrap_err().to_string();
    let heading = "is no heading; expected the number of regions, or `0 NUMBER LAYER PROPERTY`";
    assert_eq!(gal(""), format!("line 1: `` {heading}"));
    assert_eq!(gal("1 2"), format!("line 1: `1 2` {heading}"));
    assert_eq!(gal("2\na 1\nb\n"), "line 3: 2 regions were announced, and the file has 1");
    assert_eq!(gal("1\na 0\n\nb 0\n"), "line 1: 1 regions were announced, and the file has 2");
    assert_eq!(gal("1\na 1\nb\n"), "line 3: `b` is no region of the file");
    assert_eq!(gal("1\na 2\na\n"), "line 3: a was announced with 2 neighbors and has 1");
    assert_eq!(gal("1\na 1"), "line 2: a was announced with 1 neighbors and has 0");
    assert_eq!(gal("2\na 0\n\na 0\n"), "line 4: a stands there for the second time");
    assert_eq!(gal("1\na 2\na a\n"), "line 3: a as neighbor of a stands there for the second time");
    assert_eq!(gal("1\nonly\n"), "line 2: `only` is not a region and its number of neighbors");
    assert_eq!(gal("1\n\"a 1\n"), "line 2: `\"a 1` is not complete: a quote is not closed");
    let gwt = |text: &str| FileWeights::from_gwt(text, None).unwrap_err().to_string();
    assert_eq!(gwt("2\na b x"), "line 2: the weight `x` is not a finite number of zero or more");
    assert_eq!(gwt("2\na b -1"), "line 2: the weight `-1` is not a finite number of zero or more");
    assert_eq!(gwt("1\na b 1"), "line 1: 1 regions were announced, and the file has 2");
    assert!(gwt("2\na 1").starts_with("line 2: `a 1` is not a region, a neighbor and a weight"));
    let csv = |text: &str| FileWeights::from_csv(text).unwrap_err().to_string();
    assert!(csv("a,b\n").starts_with("line 1: `a,b` is no heading; expected `region`"));
    assert_eq!(csv("region,neighbor\na\n"), "line 2: `a` is not a row as long as the heading");
    assert_eq!(csv("region,neighbor\n,a\n"), "line 2: `,a` is not a row with a region");
    let nan = "line 3: the weight `NaN` is not a finite number of zero or more";
    assert_eq!(csv("region,neighbor,weight\na,b,1\nb,a,NaN\n"), nan);
}

proptest! {
    #[test]
    fn weights_come_back_from_every_file(
        pairs in prop::collection::btree_map((0..6_u32, 0..6_u32), 0.0..10.0_f64, 0..20),
    ) {
        let axis = Axis::new(["a", "b b", "c", "ü", "e", "f \"g\""]);
        let edges = pairs.into_iter().map(|((from, to), w)| (from, to, w)).collect();
        let weights = Weights::from_edges(axis.clone(), edges).unwrap();
        let csv = FileWeights::from_csv(&to_csv(&weights)).unwrap();
        prop_assert_eq!(csv.on(axis.clone()).unwrap().0, weights.clone());
        let gwt = FileWeights::from_gwt(&to_gwt(&weights), None).unwrap();
        prop_assert_eq!(gwt.on(axis).unwrap().0, weights.clone());
        let gal = FileWeights::from_gal(&to_gal(&weights)).unwrap();
        prop_assert_eq!(gal.weights(), super::super::binary(&weights));
    }
    #[test]
    fn no_text_is_too_strange(text in "[0-9ab \n\",\t]{0,60}") {
        let _ = FileWeights::from_gal(&text);
        let _ = FileWeights::from_gwt(&text, None);
        let _ = FileWeights::from_csv(&text);
    }
}
