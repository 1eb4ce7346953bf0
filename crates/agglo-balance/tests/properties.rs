//! Laws that hold for every table: the truth is inside, exact bounds lie within outer ones, the
//! entropy table is the best, and no outsider undoes a suppression.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use agglo_balance::{
    Absent, BoundsOptions, Cell, Cost, Deviation, Dimension, Equation, Hierarchy, How, Primary,
    Row, System, SystemBuilder, audit, bounds, check, complementary, draws, linear_program,
    maximum_entropy,
};
use agglo_core::Seed;
use proptest::collection::vec;
use proptest::prelude::*;

/// A table over `sides` with a total in every dimension, filled from `values` (used in turn).
fn cube(sides: &[usize], values: &[u32]) -> System {
    let mut rows = Vec::new();
    let cells: usize = sides.iter().map(|side| side + 1).product();
    for number in 0..cells {
        let mut rest = number;
        let place: Vec<usize> = sides
            .iter()
            .map(|side| {
                let at = rest % (side + 1);
                rest /= side + 1;
                at
            })
            .collect();
        rows.push((place, 0.0));
    }
    let inner: Vec<Vec<usize>> = rows
        .iter()
        .map(|(place, _)| place.clone())
        .filter(|place| place.iter().all(|&at| at > 0))
        .collect();
    for (number, place) in inner.iter().enumerate() {
        let value = f64::from(values[number % values.len()]);
        for (other, total) in &mut rows {
            if other.iter().zip(place).all(|(&o, &p)| o == 0 || o == p) {
                *total += value;
            }
        }
    }
    let dimension = |d: usize| Dimension {
        name: format!("d{d}"),
        hierarchies: vec![Hierarchy::TotalOfOthers("0".into())],
    };
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(place, value)| Row {
            keys: place.iter().map(|at| at.to_string().into()).collect(),
            cell: Cell::known(value),
        })
        .collect();
    SystemBuilder::new((0..sides.len()).map(dimension).collect(), Absent::Unknown)
        .from_rows(&rows)
        .unwrap()
}

/// Regions × industries where industries nest: all > {A, B} > {A1, A2, A3}, {B1, B2}.
fn nested(regions: usize, values: &[u32]) -> System {
    let industries = ["A1", "A2", "A3", "B1", "B2", "A", "B", "all"];
    let parents = [
        ("A1", "A"),
        ("A2", "A"),
        ("A3", "A"),
        ("B1", "B"),
        ("B2", "B"),
        ("A", "all"),
        ("B", "all"),
    ];
    let mut table = vec![[0.0; 8]; regions + 1];
    for region in 1..=regions {
        for leaf in 0..5 {
            let value = f64::from(values[(region * 5 + leaf) % values.len()]);
            let middle = if leaf < 3 { 5 } else { 6 };
            for at in [leaf, middle, 7] {
                table[region][at] += value;
                table[0][at] += value;
            }
        }
    }
    let row = |region: usize, at: usize| Row {
        keys: vec![format!("r{region}").into(), industries[at].into()],
        cell: Cell::known(table[region][at]),
    };
    let rows: Vec<Row> = (0..=regions)
        .flat_map(|r| (0..8).map(move |at| (r, at)))
        .map(|(r, at)| row(r, at))
        .collect();
    let dimensions = vec![
        Dimension {
            name: "region".into(),
            hierarchies: vec![Hierarchy::TotalOfOthers("r0".into())],
        },
        Dimension {
            name: "industry".into(),
            hierarchies: vec![Hierarchy::Parents(
                parents.map(|(a, b)| (a.into(), b.into())).into(),
            )],
        },
    ];
    SystemBuilder::new(dimensions, Absent::Unknown).from_rows(&rows).unwrap()
}

fn any_table() -> impl Strategy<Value = System> {
    let values = || vec(prop_oneof![1 => Just(0u32), 4 => 1u32..200], 5..30);
    prop_oneof![
        (2usize..6, 2usize..6, values()).prop_map(|(a, b, values)| cube(&[a, b], &values)),
        (2usize..4, 2usize..4, 2usize..4, values())
            .prop_map(|(a, b, c, values)| cube(&[a, b, c], &values)),
        (2usize..5, values()).prop_map(|(regions, values)| nested(regions, &values)),
    ]
}

fn value(system: &System, cell: usize) -> f64 {
    system.cells()[cell].value.unwrap()
}

/// Cells picked by `picks`, without repetition.
fn pick(system: &System, picks: &[usize]) -> Vec<usize> {
    let mut cells: Vec<usize> = picks.iter().map(|pick| pick % system.cells().len()).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_truth_is_inside_and_exact_bounds_lie_within_outer_ones(
        table in any_table(), picks in vec(0usize..10_000, 1..25)
    ) {
        prop_assert_eq!(check(&table), vec![]);
        let outside = table.hiding(&pick(&table, &picks)).unwrap();
        let exact = bounds(&outside, &BoundsOptions::default());
        let outer = bounds(&outside, &BoundsOptions { max_component: 0 });
        prop_assert!(exact.infeasible.is_empty() && outer.infeasible.is_empty());
        for cell in 0..table.cells().len() {
            let truth = value(&table, cell);
            let slack = 1e-6;
            prop_assert!(exact.lower[cell] <= truth + slack && truth - slack <= exact.upper[cell]);
            prop_assert!(outer.lower[cell] <= exact.lower[cell] && exact.upper[cell] <= outer.upper[cell]);
            prop_assert_ne!(exact.how[cell], How::Propagated);
        }
    }

    #[test]
    fn completed_tables_add_up_within_their_bounds(
        table in any_table(), picks in vec(0usize..10_000, 1..25), seed in 0u64..1_000
    ) {
        let outside = table.hiding(&pick(&table, &picks)).unwrap();
        let limits = bounds(&outside, &BoundsOptions::default());
        let mut tables = vec![
            maximum_entropy(&outside).values,
            linear_program(&outside, Deviation::Sum).values,
            linear_program(&outside, Deviation::Largest).values,
        ];
        tables.extend(draws(&outside, 3, Seed(seed)).values);
        for (number, values) in tables.into_iter().enumerate() {
            // A wholly withheld, unbounded block stays a gap; nothing else does.
            let bounded = limits.upper.iter().all(|upper| upper.is_finite());
            prop_assert!(!bounded || values.iter().all(Option::is_some), "table {}", number);
            for equation in outside.equations() {
                let parts: Option<Vec<f64>> = equation.parts.iter().map(|&part| values[part]).collect();
                if let (Some(total), Some(parts)) = (values[equation.total], parts) {
                    let off = total - parts.iter().sum::<f64>();
                    prop_assert!(off.abs() < 1e-4, "table {}: {} off by {}", number, equation.label, off);
                }
            }
            for (cell, value) in values.iter().enumerate() {
                let Some(value) = value else { continue };
                prop_assert!(*value >= limits.lower[cell] - 1e-4 && *value <= limits.upper[cell] + 1e-4);
            }
        }
    }

    #[test]
    fn no_outsider_comes_closer_to_a_primary_cell_than_its_protection(
        table in any_table(), picks in vec(0usize..10_000, 1..5), share in 0.05f64..0.3
    ) {
        let asked: Vec<Primary> = pick(&table, &picks)
            .into_iter()
            .map(|cell| {
                let distance = (share * value(&table, cell)).max(1.0);
                Primary { cell, above: distance, below: distance }
            })
            .collect();
        let found = complementary(&table, &asked, &Cost::LogValue).unwrap();
        let withheld = found.positions();
        for seen in audit(&table, &withheld, &asked).unwrap() {
            prop_assert_ne!(seen.is_protected, Some(false), "{:?}", seen);
        }
        for equation in table.equations() {
            let here = equation.parts.iter().chain([&equation.total]).filter(|cell| withheld.contains(cell));
            prop_assert_ne!(here.count(), 1, "{}", equation.label);
        }
    }

    #[test]
    fn the_entropy_table_is_the_best_of_a_fine_grid(
        priors in vec(1.0f64..50.0, 6), truth in vec(1u32..40, 6), uppers in vec(0u32..40, 6)
    ) {
        // Two rows, three columns, all margins known: two free cells, tried on a grid.
        let t: Vec<f64> = truth.iter().map(|&x| f64::from(x)).collect();
        let mut cells: Vec<Cell> = (0..6)
            .map(|x| Cell::between(0.0, t[x] + f64::from(uppers[x])).with_prior(priors[x]))
            .collect();
        cells.extend([t[0] + t[1] + t[2], t[3] + t[4] + t[5], t[0] + t[3], t[1] + t[4], t[2] + t[5]].map(Cell::known));
        let upper: Vec<f64> = cells[..6].iter().map(|cell| cell.upper).collect();
        let equations = vec![
            Equation::new("r1", 6, vec![0, 1, 2]), Equation::new("r2", 7, vec![3, 4, 5]),
            Equation::new("c1", 8, vec![0, 3]), Equation::new("c2", 9, vec![1, 4]), Equation::new("c3", 10, vec![2, 5]),
        ];
        let system = System::new(cells, equations).unwrap();
        let found = maximum_entropy(&system);
        prop_assert!(found.converged, "{:?}", found);
        let distance = |x: &[f64]| -> f64 {
            let term = |(&x, &q): (&f64, &f64)| if x > 0.0 { x * (x / q).ln() - x + q } else { q };
            x.iter().zip(&priors).map(term).sum()
        };
        let best: Vec<f64> = found.values[..6].iter().map(|value| value.unwrap()).collect();
        let reached = distance(&best);
        for a in 0..=80 {
            for b in 0..=80 {
                let (x0, x1) = (f64::from(a) / 80.0 * upper[0], f64::from(b) / 80.0 * upper[1]);
                let x2 = t[0] + t[1] + t[2] - x0 - x1;
                let x = [x0, x1, x2, t[0] + t[3] - x0, t[1] + t[4] - x1, t[2] + t[5] - x2];
                if x.iter().zip(&upper).all(|(x, upper)| *x >= 0.0 && x <= upper) {
                    prop_assert!(reached <= distance(&x) + 1e-7 * (1.0 + reached), "{:?} beats {:?}", x, best);
                }
            }
        }
    }
}
