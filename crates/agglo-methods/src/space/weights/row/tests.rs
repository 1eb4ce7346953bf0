//! Tables in, tables out.

use agglo_core::{Column, Datum, Frame, Gap, Values};

use crate::call::{Answer, Inputs, MethodError, Options, ask};

/// Four places on a line and one far off, in two groups.
fn points() -> Frame {
    Frame::new(vec![
        Column::text("region", ["d", "a", "b", "c", "far"]),
        Column::numbers("x", "m", [3.5, 0.0, 1.0, 2.0, 100.0]),
        Column::numbers("y", "m", [0.0; 5]),
        Column::new(
            "group",
            "",
            Values::Text(vec![
                Some("n".into()),
                Some("n".into()),
                Some("s".into()),
                Some("s".into()),
                None,
            ]),
        ),
    ])
    .unwrap()
}

fn answer(variant: &str, options: &[(&str, &str)]) -> Result<Answer, MethodError> {
    let given =
        options.iter().fold(Options::new(), |given, (name, value)| given.with(name, *value));
    ask("spatial-weights", Some(variant), &Inputs::new().with("points", points()), &given)
}

/// `a>b 1` for every edge.
fn edges(answer: &Answer) -> String {
    let frame = answer.main();
    let (from, to) = (frame.keys("region").unwrap(), frame.keys("neighbor").unwrap());
    let weights = frame.numbers("weight").unwrap();
    let line = |((from, to), weight): ((&agglo_core::Key, &agglo_core::Key), &Datum)| {
        format!("{from}>{to} {}", weight.number().unwrap())
    };
    from.iter().zip(&to).zip(&weights).map(line).collect::<Vec<_>>().join(", ")
}

fn summary(answer: &Answer, column: &str) -> String {
    match answer.table("summary").unwrap().column(column).unwrap().values() {
        Values::Text(cells) => cells[0].as_deref().unwrap().to_owned(),
        Values::Integer(cells) => cells[0].unwrap().to_string(),
        Values::Number(cells) => match cells[0] {
            Datum::Number(value) => value.to_string(),
            Datum::Gap(gap) => gap.code().to_owned(),
        },
    }
}

#[track_caller]
fn check(variant: &str, options: &[(&str, &str)], expected: &str) -> Answer {
    let answer = answer(variant, options).unwrap();
    assert_eq!(edges(&answer), expected);
    answer
}

#[track_caller]
fn refused(variant: &str, options: &[(&str, &str)], expected: &str) {
    let message = answer(variant, options).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn the_nearest_are_not_symmetric_unless_asked_for() {
    // b is as far from a as from c; the smaller code goes first.
    let found = check("nearest", &[("k", "1")], "a>b 1, b>a 1, c>b 1, d>c 1, far>d 1");
    assert_eq!(summary(&found, "symmetric"), "no");
    assert_eq!(summary(&found, "components"), "1");
    assert_eq!(summary(&found, "threshold"), "not_applicable");
    check("nearest", &[("k", "1"), ("symmetry", "both")], "a>b 1, b>a 1");
    let either = "a>b 1, b>a 1, b>c 1, c>b 1, c>d 1, d>c 1, d>far 1, far>d 1";
    let found = check("nearest", &[("k", "1"), ("symmetry", "either")], either);
    assert_eq!(summary(&found, "symmetric"), "yes");
    check("nearest", &[("k", "1"), ("order", "2")], "c>a 1, d>b 1, far>c 1");
    let lower = "a>b 1, b>a 1, c>a 1, c>b 1, d>b 1, d>c 1, far>c 1, far>d 1";
    check("nearest", &[("k", "1"), ("order", "2"), ("lower-orders", "with")], lower);
}

#[test]
fn a_band_has_the_islands_that_the_policy_says() {
    let line = "a>b 1, b>a 1, b>c 1, c>b 1, c>d 1, d>c 1";
    let found = check("distance-band", &[("threshold", "1.5")], line);
    assert_eq!(
        (summary(&found, "islands"), summary(&found, "components")),
        ("1".into(), "2".into())
    );
    assert_eq!(summary(&found, "mean_neighbors"), "1.2");
    assert_eq!(found.notes[0].code, "islands");
    let attached = format!("{line}, d>far 1, far>d 1");
    let nearest = [("threshold", "1.5"), ("islands", "nearest")];
    assert_eq!(check("distance-band", &nearest, &attached).notes[0].code, "islands-attached");
    let found = check("distance-band", &[("threshold", "1.5"), ("islands", "drop")], line);
    assert_eq!(
        (summary(&found, "regions"), found.notes[0].code.as_str()),
        ("4".into(), "islands-dropped")
    );
    let error = [("threshold", "1.5"), ("islands", "error")];
    refused("distance-band", &error, "1 regions have no neighbor (far)");
    let all = answer("distance-band", &[]).unwrap();
    assert_eq!((summary(&all, "threshold"), summary(&all, "islands")), ("96.5".into(), "0".into()));
}

#[test]
fn weights_of_rows_sum_to_one_where_asked_for() {
    let options = [("threshold", "2"), ("power", "2"), ("standardize", "row")];
    check(
        "inverse-distance",
        &options,
        "a>b 0.8, a>c 0.2, b>a 0.5, b>c 0.5, c>a 0.14754098360655737, c>b 0.5901639344262295, \
         c>d 0.26229508196721313, d>c 1",
    );
    let nearest = [("threshold", "1"), ("islands", "nearest")];
    let found = "a>b 1, b>a 1, b>c 1, c>b 1, c>d 0.6666666666666666, d>c 0.6666666666666666, \
                 d>far 0.010362694300518135, far>d 0.010362694300518135";
    check("inverse-distance", &nearest, found);
}

#[test]
fn kernels_have_bandwidths_and_diagonals() {
    let options = [("bandwidth", "2"), ("diagonal", "one")];
    let found = "a>a 1, a>b 0.5, a>c 0, b>a 0.5, b>b 1, b>c 0.5, c>a 0, c>b 0.5, c>c 1, c>d 0.25, \
                 d>c 0.25, d>d 1, far>far 1";
    let answer = check("kernel", &options, found);
    // Being a neighbor of oneself is not being joined to anyone.
    assert_eq!(
        (summary(&answer, "islands"), summary(&answer, "min_neighbors")),
        ("1".into(), "0".into())
    );
    let nearest = [("bandwidth", "2"), ("islands", "nearest")];
    refused("kernel", &nearest, "`bandwidth-kind = adaptive`");
}

#[test]
fn blocks_are_groups_and_who_has_none_is_alone() {
    let found = check("block", &[], "a>d 1, b>c 1, c>b 1, d>a 1");
    assert_eq!(summary(&found, "islands"), "1");
}

#[test]
fn given_edges_are_checked_against_the_points() {
    let given = |neighbors: Vec<Option<&str>>, weights: Vec<Datum>| {
        Frame::new(vec![
            Column::text("region", ["a", "b", "c"]),
            Column::new(
                "neighbor",
                "",
                Values::Text(neighbors.into_iter().map(|cell| cell.map(Into::into)).collect()),
            ),
            Column::number("weight", "1", weights),
        ])
        .unwrap()
    };
    let one = Datum::Number(1.0);
    let sound = given(vec![Some("b"), Some("a"), None], vec![one; 3]);
    let asked = |inputs: Inputs| ask("spatial-weights", Some("edges"), &inputs, &Options::new());
    let found = asked(Inputs::new().with("edges", sound.clone())).unwrap();
    assert_eq!((edges(&found).as_str(), summary(&found, "islands")), ("a>b 1, b>a 1", "1".into()));
    let found = asked(Inputs::new().with("edges", sound).with("points", points())).unwrap();
    assert_eq!((summary(&found, "regions"), summary(&found, "islands")), ("5".into(), "3".into()));
    let message = |frame: Frame| {
        asked(Inputs::new().with("edges", frame).with("points", points())).unwrap_err().to_string()
    };
    let unknown = given(vec![Some("b"), Some("z"), None], vec![one; 3]);
    assert_eq!(message(unknown), "`edges` has z in row 2, which is not in `points`");
    let gap = given(vec![Some("b"), Some("a"), None], vec![one, Datum::Gap(Gap::Missing), one]);
    assert_eq!(message(gap), "`edges` has no weight of a for b in row 2");
    let negative = given(vec![Some("b"), None, None], vec![Datum::Number(-1.0); 3]);
    assert!(message(negative).contains("the weight -1 of b for a"));
    let nothing = asked(Inputs::new()).unwrap_err().to_string();
    assert_eq!(nothing, "weights need a table `points` or a table `edges`");
}

fn places(codes: [&str; 2], x: &str, y: &str, at: [[f64; 2]; 2]) -> Inputs {
    let column = |name, axis: usize| Column::numbers(name, "", at.map(|place| place[axis]));
    let frame =
        Frame::new(vec![Column::text("region", codes), column(x, 0), column(y, 1)]).unwrap();
    Inputs::new().with("points", frame)
}

#[test]
fn longitudes_and_latitudes_are_measured_on_the_globe() {
    let lonlat = |at| places(["a", "b"], "longitude", "latitude", at);
    let threshold = |inputs: &Inputs, metric: &str| {
        let options = Options::new().with("metric", metric);
        let found = ask("spatial-weights", Some("distance-band"), inputs, &options).unwrap();
        let unit = found.table("summary").unwrap().column("threshold").unwrap().unit().to_owned();
        (summary(&found, "threshold"), unit, found.notes.len())
    };
    let fiji = lonlat([[179.5, -17.0], [-179.5, -17.0]]);
    let kilometers = |metric| threshold(&fiji, metric).0.parse::<f64>().unwrap();
    // One degree of the parallel of 17° is 106.49 km on WGS 84 and 106.34 km on the sphere; the
    // shortest line is a little shorter.
    assert!((kilometers("auto") - 106.486).abs() < 2e-3, "{}", kilometers("auto"));
    assert!((kilometers("great-circle") - 106.335).abs() < 2e-3, "{}", kilometers("great-circle"));
    assert_eq!(threshold(&fiji, "geodesic").1, "km");
    assert_eq!(threshold(&fiji, "planar"), ("359".into(), String::new(), 1));
    let message = |inputs: &Inputs, metric: &str| {
        let options = Options::new().with("metric", metric);
        ask("spatial-weights", None, inputs, &options).unwrap_err().to_string()
    };
    let wrong = lonlat([[1.0, 95.0], [0.0, 0.0]]);
    assert!(message(&wrong, "auto").contains("a lies at (1, 95)"));
    let projected = places(["a", "b"], "x", "y", [[0.0, 0.0], [1.0, 0.0]]);
    assert!(message(&projected, "geodesic").contains("needs the columns longitude and latitude"));
    let twice = places(["a", "a"], "x", "y", [[0.0, 0.0], [1.0, 0.0]]);
    assert_eq!(message(&twice, "auto"), "`points` has a for the second time in row 2");
    let one_place = places(["a", "b"], "x", "y", [[1.0, 0.0], [1.0, 0.0]]);
    let inverse = ask("spatial-weights", Some("inverse-distance"), &one_place, &Options::new());
    assert!(inverse.unwrap_err().to_string().starts_with("a and b lie at one place"));
}

#[test]
fn one_region_and_none_have_no_neighbors() {
    for n in [0, 1] {
        let frame = Frame::new(vec![
            Column::text("region", vec!["a"; n]),
            Column::numbers("x", "m", vec![0.0; n]),
            Column::numbers("y", "m", vec![0.0; n]),
        ])
        .unwrap();
        let inputs = Inputs::new().with("points", frame);
        for variant in ["nearest", "distance-band", "inverse-distance", "kernel"] {
            let found = ask("spatial-weights", Some(variant), &inputs, &Options::new()).unwrap();
            assert_eq!((edges(&found), summary(&found, "regions")), (String::new(), n.to_string()));
            assert_eq!(summary(&found, "islands"), n.to_string());
            let attached = Options::new().with("islands", "nearest");
            assert!(ask("spatial-weights", Some("nearest"), &inputs, &attached).is_ok());
        }
    }
}
