//! How long a table of three thousand cells takes; the limit is many times what was measured.

use std::time::{Duration, Instant};

use agglo_balance::{
    Absent, Cell, Cost, Dimension, Hierarchy, Primary, Row, SystemBuilder, audit, complementary,
};

/// 59 × 49 inner cells and their margins: 3,000 cells; sizes are skewed as employment is.
#[test]
fn three_thousand_cells_are_protected_and_audited_in_reasonable_time() {
    let (regions, industries) = (60, 50);
    let mut table = vec![vec![0.0; industries]; regions];
    let mut state = 12_345_u64;
    for r in 1..regions {
        for i in 1..industries {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let u = (state >> 33) as f64 / (1u64 << 31) as f64;
            let value = (10.0 * (6.0 * u).exp()).floor() - 10.0;
            for (a, b) in [(r, i), (0, i), (r, 0), (0, 0)] {
                table[a][b] += value;
            }
        }
    }
    let mut rows = Vec::new();
    for (r, line) in table.iter().enumerate() {
        for (i, &value) in line.iter().enumerate() {
            rows.push(Row {
                keys: vec![r.to_string().into(), i.to_string().into()],
                cell: Cell::known(value),
            });
        }
    }
    let dimension = |name: &str| Dimension {
        name: name.into(),
        hierarchies: vec![Hierarchy::TotalOfOthers("0".into())],
    };
    let start = Instant::now();
    let system =
        SystemBuilder::new(vec![dimension("region"), dimension("industry")], Absent::Unknown)
            .from_rows(&rows)
            .unwrap();
    let built = start.elapsed();
    let asked: Vec<Primary> = (0..rows.len())
        .filter_map(|cell| {
            let value = system.cells()[cell].value?;
            (value > 0.0 && value < 20.0).then_some(Primary { cell, above: 2.0, below: 2.0 })
        })
        .collect();
    let start = Instant::now();
    let found = complementary(&system, &asked, &Cost::LogValue).unwrap();
    let protected = start.elapsed();
    let start = Instant::now();
    let seen = audit(&system, &found.positions(), &asked).unwrap();
    let audited = start.elapsed();
    eprintln!(
        "3,000 cells: {} primary, {} withheld, {} programs; built {built:?}, protected {protected:?}, audited {audited:?}",
        asked.len(),
        found.cells.len(),
        found.programs
    );
    assert!(asked.len() > 100);
    assert!(seen.iter().all(|cell| cell.is_protected != Some(false)));
    assert!(built + protected + audited < Duration::from_secs(300));
}
