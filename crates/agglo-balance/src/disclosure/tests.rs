use super::*;
use crate::{BalanceError, Cell, Equation, System};

fn rules() -> Rules {
    Rules {
        minimum_count: None,
        dominance: None,
        p_percent: None,
        prior_posterior: None,
        count_protection: CountProtection { share: 0.1, floor: 1.0 },
        zeros: ZeroPolicy::PublishEmpty,
    }
}

fn cell(count: u32, total: f64, largest: &[f64]) -> Contributions {
    Contributions { count, total, largest: largest.to_vec() }
}

fn one(cell: Contributions, rules: &Rules) -> Verdict {
    primary(&[cell], rules).unwrap().remove(0)
}

#[test]
fn a_cell_of_one_hundred_with_fifty_and_forty_five_breaks_the_p_percent_rule() {
    // 100 − 50 − 45 = 5 < 15 % of 50 = 7.5: it must be able to rise by 2.5.
    let p = |p| Rules { p_percent: Some(p), ..rules() };
    let found = one(cell(6, 100.0, &[50.0, 45.0]), &p(15.0));
    assert_eq!((found.sensitive_by, found.protection), (vec![SensitiveBy::PPercent], 2.5));
    assert_eq!(one(cell(6, 100.0, &[50.0, 45.0]), &p(10.0)).sensitive_by, []);
    // 5 < 3/10 · 50 with q = 50: the others are known within half.
    let pq = Rules { prior_posterior: Some((15.0, 50.0)), ..rules() };
    assert_eq!(one(cell(6, 100.0, &[50.0, 45.0]), &pq).protection, 10.0);
}

#[test]
fn two_with_ninety_percent_dominate_at_k_80_and_not_at_k_90() {
    let nk = |k| Rules { dominance: Some((2, k)), ..rules() };
    let found = one(cell(5, 200.0, &[100.0, 80.0]), &nk(80.0));
    // 180 · 100/80 − 200 = 25.
    assert_eq!((found.sensitive_by, found.protection), (vec![SensitiveBy::Dominance], 25.0));
    assert_eq!(one(cell(5, 200.0, &[100.0, 80.0]), &nk(90.0)).sensitive_by, []);
}

#[test]
fn two_contributors_are_fewer_than_three_and_empty_cells_follow_their_policy() {
    let count = |zeros| Rules { minimum_count: Some(3), zeros, ..rules() };
    let found = one(cell(2, 50.0, &[]), &count(ZeroPolicy::PublishEmpty));
    assert_eq!((found.sensitive_by, found.protection), (vec![SensitiveBy::MinimumCount], 5.0));
    let empty = |zeros| one(cell(0, 0.0, &[]), &count(zeros)).sensitive_by;
    assert_eq!(empty(ZeroPolicy::PublishEmpty), []);
    assert_eq!(empty(ZeroPolicy::ProtectZeroSums), []);
    assert_eq!(empty(ZeroPolicy::ProtectAll), [SensitiveBy::Zero]);
    let zeros = |zeros| one(cell(9, 0.0, &[]), &count(zeros)).sensitive_by;
    assert_eq!(zeros(ZeroPolicy::PublishEmpty), []);
    assert_eq!(zeros(ZeroPolicy::ProtectZeroSums), [SensitiveBy::Zero]);
}

#[test]
fn a_rule_that_lacks_contributions_refuses_rather_than_passes() {
    let p = Rules { p_percent: Some(10.0), ..rules() };
    let found = primary(&[cell(6, 100.0, &[50.0])], &p);
    assert!(matches!(found, Err(BalanceError::TooFewContributors { needed: 2, found: 1, .. })));
    let nk = Rules { dominance: Some((1, 120.0)), ..rules() };
    assert!(matches!(primary(&[], &nk), Err(BalanceError::Option { .. })));
}

/// 3 × 3 with margins; cells 0..9 inner by rows, 9..12 row totals, 12..15 column totals, 15 all.
fn three_by_three(inner: [f64; 9]) -> System {
    let mut values = inner.to_vec();
    values.extend((0..3).map(|r| inner[3 * r..3 * r + 3].iter().sum::<f64>()));
    values.extend((0..3).map(|c| (0..3).map(|r| inner[3 * r + c]).sum::<f64>()));
    values.push(inner.iter().sum());
    let mut equations: Vec<Equation> = (0..3)
        .map(|r| Equation::new(format!("row {}", r + 1), 9 + r, vec![3 * r, 3 * r + 1, 3 * r + 2]))
        .collect();
    equations.extend(
        (0..3).map(|c| Equation::new(format!("column {}", c + 1), 12 + c, vec![c, c + 3, c + 6])),
    );
    equations.push(Equation::new("rows", 15, vec![9, 10, 11]));
    equations.push(Equation::new("columns", 15, vec![12, 13, 14]));
    System::new(values.into_iter().map(Cell::known).collect(), equations).unwrap()
}

#[test]
fn withholding_one_cell_gives_it_away_and_a_naive_rectangle_can_too() {
    let table = three_by_three([20.0, 50.0, 10.0, 8.0, 19.0, 22.0, 17.0, 32.0, 12.0]);
    let asked = [Primary { cell: 0, above: 5.0, below: 5.0 }];
    let alone = audit(&table, &[0], &asked).unwrap();
    assert_eq!((alone[0].feasible.exact(), alone[0].is_protected), (Some(20.0), Some(false)));
    // A rectangle over two zeros: each equation has two withheld cells, and nothing can rise.
    let zeros = three_by_three([20.0, 0.0, 10.0, 0.0, 19.0, 22.0, 17.0, 32.0, 12.0]);
    let naive = audit(&zeros, &[0, 1, 3, 4], &asked).unwrap();
    assert_eq!((naive[0].feasible.upper, naive[0].is_protected), (20.0, Some(false)));
    let found = complementary(&zeros, &asked, &Cost::Value).unwrap();
    let after = audit(&zeros, &found.positions(), &asked).unwrap();
    assert!(after.iter().all(|cell| cell.is_protected != Some(false)), "{after:?}");
}

#[test]
fn the_cheapest_rectangle_goes_with_the_one_cell() {
    let table = three_by_three([20.0, 50.0, 10.0, 8.0, 19.0, 22.0, 17.0, 32.0, 12.0]);
    let asked = [Primary { cell: 0, above: 5.0, below: 5.0 }];
    let found = complementary(&table, &asked, &Cost::Value).unwrap();
    // Rectangles with cell 0: 50+8+19, 50+17+32, 10+8+22 (least), 10+17+12 (39: least of all).
    assert_eq!(found.positions(), [0, 2, 6, 8]);
    let after = audit(&table, &found.positions(), &asked).unwrap();
    assert_eq!((after[0].feasible.lower, after[0].feasible.upper), (8.0, 30.0));
}

#[test]
fn a_cell_that_nothing_can_hide_is_an_error_and_a_table_that_does_not_add_up_too() {
    let cells = [10.0, 4.0, 6.0].map(Cell::known).to_vec();
    let system = System::new(cells, vec![Equation::new("t", 0, vec![1, 2])]).unwrap();
    let asked = [Primary { cell: 1, above: 2.0, below: 2.0 }];
    let cost = Cost::Given(vec![f64::INFINITY, 1.0, f64::INFINITY]);
    let found = complementary(&system, &asked, &cost);
    assert_eq!(found, Err(BalanceError::CannotProtect { cell: 1, required: 2.0 }));
    let wrong = [11.0, 4.0, 6.0].map(Cell::known).to_vec();
    let wrong = System::new(wrong, vec![Equation::new("t", 0, vec![1, 2])]).unwrap();
    let found = complementary(&wrong, &asked, &Cost::Cells);
    assert_eq!(found, Err(BalanceError::DoesNotAddUp { label: "t".into(), gap: 1.0 }));
}
