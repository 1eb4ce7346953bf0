//! Constants that stand in data files beside the code: comma-separated, quoted where a cell holds a
//! comma, one header line.

use std::collections::BTreeMap;

/// A line of a data file, cell by heading.
pub(crate) type Row<'a> = BTreeMap<&'a str, String>;

/// The lines of a data file of this crate.
pub(crate) fn rows(text: &'static str) -> Vec<Row<'static>> {
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    lines.map(|line| headings.iter().copied().zip(cells(line)).collect()).collect()
}

/// The cell as a number; an empty cell is none.
pub(crate) fn number(row: &Row<'_>, heading: &str) -> Option<f64> {
    row.get(heading)?.parse().ok()
}

/// The cell as text; an empty or absent cell is an empty text.
pub(crate) fn text<'r>(row: &'r Row<'_>, heading: &str) -> &'r str {
    row.get(heading).map_or("", String::as_str)
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_comma_stays_in_its_cell() {
        let rows = rows("code,name,weight\n11,\"drinks, tea\",0.5\n12,tobacco,\n");
        assert_eq!(text(&rows[0], "name"), "drinks, tea");
        assert_eq!(number(&rows[0], "weight"), Some(0.5));
        assert_eq!(number(&rows[1], "weight"), None);
    }
}
