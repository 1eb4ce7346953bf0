//! What holds for all canonical tables.

use super::*;

#[test]
fn names_are_distinct_and_period_is_a_key_of_whole_numbers() {
    for (place, table) in TABLES.iter().enumerate() {
        assert!(TABLES[..place].iter().all(|other| other.name != table.name), "{}", table.name);
        let columns: Vec<_> = table.columns().collect();
        for (place, column) in columns.iter().enumerate() {
            assert!(
                columns[..place].iter().all(|other| other.name != column.name),
                "{}.{}",
                table.name,
                column.name
            );
            assert_eq!(column.name == "period", column.help.en == "year", "{}", table.name);
        }
        assert!(table.keys.iter().all(|key| key.kind != Kind::Number), "{}", table.name);
    }
}
