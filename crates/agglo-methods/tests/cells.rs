//! What a register says, reduced to cells.

use agglo_core::{Column, Control, Frame, Seed};
use agglo_methods::{Call, Inputs, Options, find};
use agglo_testkit::assert_close;

/// A register and the same register reduced to cells give one γ, one H and one G; the cells give no
/// variance.
#[test]
fn ellison_glaeser_of_cells_is_that_of_the_plants() {
    let plants = [
        ("r1", "x", 120.0),
        ("r1", "x", 30.0),
        ("r2", "x", 50.0),
        ("r3", "y", 10.0),
        ("r2", "y", 0.0),
        ("r1", "y", 25.0),
        ("r3", "y", 40.0),
    ];
    let texts = |of: fn(&(&'static str, &'static str, f64)) -> &'static str| plants.iter().map(of);
    let register = Frame::new(vec![
        Column::text("region", texts(|plant| plant.0)),
        Column::text("industry", texts(|plant| plant.1)),
        Column::numbers("value", "persons", plants.iter().map(|plant| plant.2)),
    ])
    .unwrap();
    let keys = [("r1", "x"), ("r2", "x"), ("r3", "y"), ("r2", "y"), ("r1", "y")];
    let of = |key: &(&str, &str), power: i32| -> f64 {
        let own = plants.iter().filter(|plant| (plant.0, plant.1) == *key);
        own.map(|plant| plant.2.powi(power)).sum()
    };
    let cells = Frame::new(vec![
        Column::text("region", keys.iter().map(|key| key.0)),
        Column::text("industry", keys.iter().map(|key| key.1)),
        Column::numbers("n", "rows", keys.iter().map(|key| of(key, 0))),
        Column::numbers("sum", "persons", keys.iter().map(|key| of(key, 1))),
        Column::numbers("sum_sq", "persons²", keys.iter().map(|key| of(key, 2))),
    ])
    .unwrap();
    for method in ["ellison-glaeser", "maurel-sedillot"] {
        let method = find(method).unwrap();
        let answer = |variant, table: &str, frame: &Frame| {
            let inputs = Inputs::new().with(table, frame.clone());
            let options = Options::new();
            let call =
                Call::new(method, Some(variant), &inputs, &options, Seed::DEFAULT, Control::none());
            call.unwrap().run().unwrap().table("industries").unwrap().clone()
        };
        let (one, other) = (answer("plants", "plant", &register), answer("cells", "cell", &cells));
        for column in ["gamma", "herfindahl"] {
            let (a, b) = (one.numbers(column).unwrap(), other.numbers(column).unwrap());
            for (a, b) in a.iter().zip(&b) {
                assert_close(a.number().unwrap(), b.number().unwrap(), 1e-12);
            }
        }
        if other.has("variance_g") {
            assert!(other.numbers("variance_g").unwrap().iter().all(|v| v.number().is_none()));
        }
    }
}
