//! How far a number reaches: which rows of the tables its method read it rests on.
//!
//! A location quotient is one cell over three totals, so it rests on every cell of its year; a Gini
//! coefficient rests on the cells of its industry. What is said here is never too little: where a
//! method is not listed, all of its rows are meant.

/// The years of its input that a number of a row rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Years {
    /// The year of the row.
    Own,
    /// The year of the row and the one before.
    OwnAndBefore,
    /// The first and the last year of the row, in its columns `from` and `to`.
    Ends,
    /// All years from the row's `from` to its `to`.
    Between,
    /// Every year.
    All,
}

/// Which rows of its input a number rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The keys of its row beyond which the method does not look; the year apart.
    pub keys: &'static [&'static str],
    /// The years.
    pub years: Years,
}

/// The reach of the numbers of `method` in its `variant`.
pub fn reach(method: &str, variant: &str) -> Reach {
    let (keys, years): (&'static [&'static str], Years) = match method {
        "gini" => (&["industry"], Years::Own),
        // Its rows are of an industry or of a region, and the other key is not there.
        "herfindahl" => (&["industry", "region"], Years::Own),
        "industrialization-stage" => (&["region"], Years::Own),
        "growth" => (&["series"], Years::OwnAndBefore),
        "entry-exit" => (&["region", "industry"], Years::OwnAndBefore),
        "share-change" => (&["industry"], Years::Ends),
        "location-quotient-change" => (&[], Years::Ends),
        "shift-share" if variant != "dynamic" => (&[], Years::Ends),
        "shift-share" => (&[], Years::Between),
        "location-quotient"
        | "standardized-location-quotient"
        | "krugman"
        | "regional-gini"
        | "hoover"
        | "locational-gini"
        | "ellison-glaeser"
        | "maurel-sedillot"
        | "coagglomeration"
        | "cluster-index"
        | "concentration-ratio"
        | "inequality"
        | "polarization"
        | "dagum"
        | "relatedness-density"
        | "economic-complexity"
        | "moran"
        | "geary"
        | "getis-ord"
        | "local-moran"
        | "local-geary"
        | "getis-ord-local"
        | "join-count"
        | "bivariate-moran"
        | "lee"
        | "empirical-bayes-rates"
        | "spatial-gini" => (&[], Years::Own),
        _ => (&[], Years::All),
    };
    Reach { keys, years }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Inputs, Options, ask};
    use agglo_core::{Column, Datum, Frame, Values};

    const REGIONS: [&str; 4] = ["a", "b", "c", "d"];
    const INDUSTRIES: [&str; 3] = ["x", "y", "z"];
    const YEARS: [i64; 4] = [2000, 2001, 2002, 2003];

    /// A table of cells of which one, region d, industry z, year 2001, holds `odd`.
    fn cells(odd: f64) -> Frame {
        let (mut region, mut industry, mut period, mut value) = (vec![], vec![], vec![], vec![]);
        for (y, &year) in YEARS.iter().enumerate() {
            for (r, &code) in REGIONS.iter().enumerate() {
                for (i, &sector) in INDUSTRIES.iter().enumerate() {
                    region.push(code);
                    industry.push(sector);
                    period.push(year);
                    let is_odd = (r, i, y) == (3, 2, 1);
                    let even = 10.0 + ((r * 7 + i * 5 + y * 3) % 11) as f64 + (r * i) as f64;
                    value.push(if is_odd { odd } else { even });
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

    fn text(frame: &Frame, column: &str, row: usize) -> Option<String> {
        match frame.column(column).ok()?.values() {
            Values::Text(cells) => cells[row].as_deref().map(str::to_owned),
            Values::Integer(cells) => cells[row].map(|cell| cell.to_string()),
            Values::Number(_) => None,
        }
    }

    /// Whether the odd cell is within the reach of a row.
    fn reaches(reach: Reach, frame: &Frame, row: usize) -> bool {
        let odd = [("region", "d"), ("industry", "z")];
        let by_key = reach.keys.iter().all(|key| {
            let own = text(frame, key, row);
            odd.iter()
                .all(|(name, value)| name != key || own.as_deref().is_none_or(|own| own == *value))
        });
        let year = |column: &str| text(frame, column, row).and_then(|y| y.parse::<i64>().ok());
        let by_year = match reach.years {
            Years::Own => year("period").is_none_or(|own| own == 2001),
            Years::OwnAndBefore => year("period").is_none_or(|own| own == 2001 || own == 2002),
            Years::Ends => [year("from"), year("to")].contains(&Some(2001)),
            Years::Between => year("from") <= Some(2001) && year("to") >= Some(2001),
            Years::All => true,
        };
        by_key && by_year
    }

    /// Nothing outside the reach of a number moves it: two answers that differ in one cell are the
    /// same in every row that does not reach it.
    fn check(method: &str, variant: Option<&str>, options: &Options) {
        let answer = |odd: f64| {
            let inputs = Inputs::new().with("activity", cells(odd));
            ask(method, variant, &inputs, options).unwrap_or_else(|e| panic!("{method}: {e}"))
        };
        let (one, two) = (answer(13.0), answer(31.0));
        let reach = reach(method, variant.unwrap_or_default());
        let (mut n_moved, mut n_outside) = (0, 0);
        for ((name, before), (_, after)) in one.tables.iter().zip(&two.tables) {
            // Rows may come and go only with the cells they rest on; the flows between regions do.
            if before.n_rows() != after.n_rows() {
                continue;
            }
            for column in before.columns() {
                let Values::Number(old) = column.values() else { continue };
                let new = after.numbers(column.name()).unwrap();
                for (row, (old, new)) in old.iter().zip(&new).enumerate() {
                    let same = match (old, new) {
                        (Datum::Number(a), Datum::Number(b)) => (a - b).abs() <= 1e-12,
                        (a, b) => a == b,
                    };
                    n_moved += usize::from(!same);
                    if !reaches(reach, before, row) {
                        n_outside += 1;
                        assert!(same, "{method}:{name}.{} row {row}", column.name());
                    }
                }
            }
        }
        assert!(n_moved > 0, "{method}: the odd cell moves nothing");
        assert!(reach.years != Years::Own || n_outside > 0, "{method}: nothing outside");
    }

    #[test]
    fn nothing_beyond_its_reach_moves_a_number() {
        let none = Options::new();
        for method in [
            "gini",
            "herfindahl",
            "composite-gini",
            "hoover",
            "locational-gini",
            "location-quotient",
            "krugman",
            "regional-gini",
            "relatedness-density",
            "economic-complexity",
            "standardized-location-quotient",
            "coagglomeration",
        ] {
            check(method, None, &none);
        }
        let window = |from: &str, to: &str| Options::new().with("from", from).with("to", to);
        for method in ["share-change", "location-quotient-change", "shift-share"] {
            check(method, None, &window("2000", "2001"));
        }
        check("shift-share", Some("dynamic"), &window("2000", "2003"));
    }

    #[test]
    fn a_year_between_the_ends_moves_no_change_from_end_to_end() {
        let options = Options::new().with("from", "2000").with("to", "2003");
        for method in ["share-change", "location-quotient-change", "shift-share"] {
            let answer = |odd: f64| {
                ask(method, None, &Inputs::new().with("activity", cells(odd)), &options).unwrap()
            };
            assert_eq!(reach(method, "").years, Years::Ends);
            assert_eq!(answer(13.0).tables, answer(31.0).tables, "{method}");
        }
    }

    #[test]
    fn a_method_that_is_not_listed_reaches_everything() {
        assert_eq!(reach("event-study", ""), Reach { keys: &[], years: Years::All });
    }
}
