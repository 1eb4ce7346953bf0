//! The numbers printed in docs/guide/suppression.md and docs/guide/disclosure.md.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use agglo_balance::{
    BoundsOptions, Cell, Contributions, Cost, CountProtection, Equation, Rules, SensitiveBy,
    System, ZeroPolicy, audit, bounds, complementary, draws, interval, maximum_entropy, primary,
};
use agglo_core::Seed;
use agglo_testkit::assert_close;

fn page(name: &str) -> String {
    let guide = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    std::fs::read_to_string(guide.join(name)).unwrap()
}

#[track_caller]
fn says(page: &str, line: &str) {
    assert!(page.contains(line), "the page does not say: {line}");
}

#[test]
fn the_page_on_suppression_prints_what_is_computed() {
    let page = page("suppression.md");
    let cells = vec![
        Cell::known(100.0),
        Cell::known(55.0),
        Cell::between(0.0, 19.0).with_prior(10.0),
        Cell::between(20.0, 99.0).with_prior(20.0),
    ];
    let system = System::new(cells, vec![Equation::new("all", 0, vec![1, 2, 3])]).unwrap();
    let found = bounds(&system, &BoundsOptions::default());
    let filled = maximum_entropy(&system);
    let drawn = draws(&system, 1_000, Seed(1));
    for (cell, name) in [(2, "food"), (3, "textiles")] {
        let values: Vec<f64> = drawn.values.iter().map(|table| table[cell].unwrap()).collect();
        let most = interval(&values, 0.9).unwrap();
        let line = format!(
            "| {name} | {} to {} | {:.0} | {:.1} to {:.1} |",
            found.lower[cell],
            found.upper[cell],
            filled.values[cell].unwrap(),
            most.lower,
            most.upper
        );
        says(&page, &line);
    }
    assert_close(filled.values[2].unwrap(), 15.0, 1e-6);
    assert_eq!(
        (found.lower[2], found.upper[2], found.lower[3], found.upper[3]),
        (0.0, 19.0, 26.0, 45.0)
    );
}

#[test]
fn the_page_on_disclosure_prints_what_is_computed() {
    let page = page("disclosure.md");
    let rules = Rules {
        minimum_count: Some(3),
        dominance: None,
        p_percent: Some(15.0),
        prior_posterior: None,
        count_protection: CountProtection { share: 0.1, floor: 0.5 },
        zeros: ZeroPolicy::PublishEmpty,
    };
    let cell = Contributions { count: 4, total: 20.0, largest: vec![16.0, 3.0] };
    let verdict = primary(&[cell], &rules).unwrap().remove(0);
    assert_eq!(verdict.sensitive_by, [SensitiveBy::PPercent]);
    assert_close(verdict.protection, 1.4, 1e-12);
    says(&page, "0.15 × 16 − 1 = 1.4");
    let inner = [20.0, 50.0, 10.0, 8.0, 19.0, 22.0, 17.0, 32.0, 12.0];
    let mut values = inner.to_vec();
    values.extend([80.0, 49.0, 61.0, 45.0, 101.0, 44.0, 190.0]);
    let mut equations: Vec<Equation> = (0..3)
        .map(|r| Equation::new(format!("row {r}"), 9 + r, vec![3 * r, 3 * r + 1, 3 * r + 2]))
        .collect();
    equations.extend(
        (0..3).map(|c| Equation::new(format!("column {c}"), 12 + c, vec![c, c + 3, c + 6])),
    );
    equations.push(Equation::new("rows", 15, vec![9, 10, 11]));
    equations.push(Equation::new("columns", 15, vec![12, 13, 14]));
    let system = System::new(values.into_iter().map(Cell::known).collect(), equations).unwrap();
    let asked = [verdict.primary(0).unwrap()];
    let alone = audit(&system, &[0], &asked).unwrap();
    assert_eq!((alone[0].feasible.exact(), alone[0].is_protected), (Some(20.0), Some(false)));
    says(&page, "80 − 50 − 10 = 20");
    let found = complementary(&system, &asked, &Cost::Value).unwrap();
    assert_eq!(found.positions(), [0, 2, 6, 8]);
    let seen = audit(&system, &found.positions(), &asked).unwrap();
    says(&page, &format!("between {} and {}", seen[0].feasible.lower, seen[0].feasible.upper));
    assert_eq!(seen[0].is_protected, Some(true));
    says(&page, "| North | (D) | 50 | (D) | 80 |");
    says(&page, "| South | (D) | 32 | (D) | 61 |");
}
