use super::*;
use crate::call::{Inputs, Options, ask};

const PLACES: [(f64, f64); 5] = [(0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.0, 2.0), (2.0, 1.0)];
const WEIGHTS: [f64; 5] = [1.0, 1.0, 3.0, 1.0, 2.0];

fn regions(east: &str, north: &str, places: &[(f64, f64)]) -> Frame {
    Frame::new(vec![
        Column::text("region", (0..places.len()).map(|r| format!("r{r}"))),
        Column::numbers(east, "1", places.iter().map(|place| place.0)),
        Column::numbers(north, "1", places.iter().map(|place| place.1)),
    ])
    .unwrap()
}

/// Industry a holds `WEIGHTS` in both years, b holds one region and leaves it for the next.
fn activity() -> Frame {
    let (mut region, mut industry, mut period, mut value) = (vec![], vec![], vec![], vec![]);
    for year in [2000, 2010] {
        for r in 0..5 {
            for code in ["a", "b"] {
                region.push(format!("r{r}"));
                industry.push(code);
                period.push(year);
                value.push(match (code, year, r) {
                    ("a", _, _) => WEIGHTS[r],
                    (_, 2000, 0) | (_, 2010, 1) => 5.0,
                    _ => 0.0,
                });
            }
        }
    }
    Frame::new(vec![
        Column::text("region", region),
        Column::text("industry", industry),
        Column::integer("period", "", period),
        Column::numbers("value", "persons", value),
    ])
    .unwrap()
}

fn inputs(region: Frame) -> Inputs {
    Inputs::new().with("activity", activity()).with("region", region)
}

fn cell(frame: &Frame, column: &str, row: usize) -> Datum {
    frame.numbers(column).unwrap()[row]
}

#[track_caller]
fn close(found: Datum, expected: f64, tolerance: f64) {
    let found = found.number().unwrap();
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[test]
fn centers_in_a_plane_move_along_it() {
    let options = Options::new().with("of", "both");
    let inputs = inputs(regions("x_km", "y_km", &PLACES));
    let answer = ask("center-of-gravity", None, &inputs, &options).unwrap();
    let centers = answer.main();
    let rows = centers.keys("industry").unwrap();
    let a = rows.iter().position(|code| &**code == "a").unwrap();
    close(cell(centers, "x_km", a), 2.5, 1e-12);
    close(cell(centers, "azimuth", a), 80.008_446_739_1, 1e-9);
    assert_eq!(cell(centers, "lon", a), Datum::Gap(Gap::NotApplicable));
    let motion = answer.table("motion").unwrap();
    assert_eq!(motion.keys("industry").unwrap(), ["(all)".into(), "a".into(), "b".into()]);
    // Industry a stays, b goes four east; of both together the center goes 4 · 5/13.
    close(cell(motion, "distance_km", 1), 0.0, 1e-12);
    assert_eq!(cell(motion, "bearing", 1), Datum::undefined(Undefined::NoVariation));
    close(cell(motion, "overlap", 1), 1.0, 1e-9);
    close(cell(motion, "area_ratio", 1), 1.0, 1e-12);
    close(cell(motion, "distance_km", 2), 4.0, 1e-12);
    close(cell(motion, "bearing", 2), 90.0, 1e-12);
    assert_eq!(cell(motion, "overlap", 2), Datum::undefined(Undefined::NoVariation));
    close(cell(motion, "distance_km", 0), 20.0 / 13.0, 1e-12);
    let shape = centers.text("shape").unwrap();
    let b = rows.iter().position(|code| &**code == "b").unwrap();
    assert_eq!(shape[b].as_deref(), Some("degenerate"));
}

// Four hundredths of a degree of longitude at the equator are 4.4528 km.
#[test]
fn centers_on_the_globe_come_back_to_it_and_move_over_the_ellipsoid() {
    let degrees = PLACES.map(|(x, y)| (100.0 + x / 100.0, y / 100.0));
    let options = Options::new().with("of", "industries");
    let inputs = inputs(regions("lon", "lat", &degrees));
    let answer = ask("center-of-gravity", None, &inputs, &options).unwrap();
    let centers = answer.main();
    close(cell(centers, "lon", 0), 100.025, 1e-6);
    close(cell(centers, "lat", 0), 0.0125, 1e-6);
    let motion = answer.table("motion").unwrap();
    close(cell(motion, "distance_km", 1), 6_378.137 * 0.04_f64.to_radians(), 1e-6);
    close(cell(motion, "bearing", 1), 90.0, 1e-3);
    assert!(answer.notes.iter().any(|note| note.code == "projected"));
}

#[test]
fn intervals_are_given_where_they_are_asked_for() {
    let inputs = inputs(regions("x_km", "y_km", &PLACES));
    let options = Options::new().with("interval", "jackknife");
    let answer = ask("center-of-gravity", None, &inputs, &options).unwrap();
    let intervals = answer.table("intervals").unwrap();
    assert_eq!(intervals.n_rows(), 10);
    assert!(cell(intervals, "standard_error", 0).number().unwrap() > 0.0);
}

#[test]
fn a_region_without_a_place_and_a_projection_that_is_none_are_refused() {
    let four = inputs(regions("x_km", "y_km", &PLACES[..4]));
    let error = ask("center-of-gravity", None, &four, &Options::new()).unwrap_err();
    assert!(error.to_string().contains("`r4`"), "{error}");
    let twice = Frame::new(vec![
        Column::text("region", ["r0", "r0"]),
        Column::numbers("x_km", "km", [0.0, 1.0]),
        Column::numbers("y_km", "km", [0.0, 1.0]),
    ]);
    let error = ask("center-of-gravity", None, &inputs(twice.unwrap()), &Options::new());
    assert!(error.unwrap_err().to_string().contains("twice"));
    let globe = inputs(regions("lon", "lat", &PLACES));
    let options = Options::new().with("projection", "25,47");
    let error = ask("center-of-gravity", None, &globe, &options).unwrap_err();
    assert!(matches!(error, MethodError::Option { .. }));
    let off = inputs(regions("lon", "lat", &PLACES.map(|(x, y)| (x, y + 89.5))));
    let error = ask("center-of-gravity", None, &off, &Options::new()).unwrap_err();
    assert!(error.to_string().contains("globe"), "{error}");
}
