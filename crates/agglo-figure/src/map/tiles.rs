//! Squares on a grid that stand for regions where no approved boundary file is at hand.

use crate::words::Words;

/// One square.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The code that values are joined by.
    pub code: String,
    /// Row from the top.
    pub row: u16,
    /// Column from the left.
    pub column: u16,
    /// Its name.
    pub name: Words,
    /// A short form for narrow tiles.
    pub short: Words,
}

impl Tile {
    /// Tiles from CSV text with the columns `code,row,col,en,zh,short_en,short_zh`; a line that
    /// does not hold them is left out.
    pub fn parse(text: &str) -> Vec<Tile> {
        text.lines()
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.trim().split(',');
                Some(Tile {
                    code: cells.next()?.into(),
                    row: cells.next()?.parse().ok()?,
                    column: cells.next()?.parse().ok()?,
                    name: Words::new(cells.next()?, cells.next()?),
                    short: Words::new(cells.next()?, cells.next()?),
                })
            })
            .collect()
    }
}

/// The 31 provincial units that the yearbooks of the National Bureau of Statistics list, by
/// GB/T 2260 code: a readable approximation of where they lie, not a map.
pub fn china_province_tiles() -> Vec<Tile> {
    Tile::parse(include_str!("../../data/tiles_cn_province.csv"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_thirty_one_provinces_have_a_tile_each() {
        let tiles = china_province_tiles();
        assert_eq!(tiles.len(), 31);
        assert_eq!(tiles.iter().map(|t| &t.code).collect::<BTreeSet<_>>().len(), 31);
        assert_eq!(tiles.iter().map(|t| (t.row, t.column)).collect::<BTreeSet<_>>().len(), 31);
        assert!(tiles.iter().all(|t| t.code.len() == 6 && t.code.ends_with("0000")));
    }
}
