//! The default indicator tree: dimension and direction of the indicators agglo knows by name.
//!
//! A convention of agglo; the table `indicator_meta` replaces it.

use std::sync::LazyLock;

use agglo_core::Note;

/// Which end of an indicator is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Benefit,
    /// Less is better.
    Cost,
}

impl Direction {
    /// The direction written as `+`, `-`, `1` or `-1`.
    pub fn from_text(text: &str) -> Option<Direction> {
        match text.trim() {
            "+" | "1" | "+1" => Some(Direction::Benefit),
            "-" | "−" | "-1" | "−1" => Some(Direction::Cost),
            _ => None,
        }
    }
}

/// An indicator of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeIndicator {
    /// Its code.
    pub indicator: &'static str,
    /// What it is part of.
    pub dimension: &'static str,
    /// Which end is good.
    pub direction: Direction,
}

static TREE: LazyLock<Vec<TreeIndicator>> = LazyLock::new(|| {
    let lines = include_str!("../../data/indicator_tree.csv").lines().skip(1);
    lines
        .filter_map(|line| {
            let mut cells = line.split(',');
            let (indicator, dimension) = (cells.next()?, cells.next()?);
            let direction = Direction::from_text(cells.next()?)?;
            Some(TreeIndicator { indicator, dimension, direction })
        })
        .collect()
});

/// The default tree.
pub fn indicator_tree() -> &'static [TreeIndicator] {
    &TREE
}

/// That the default tree was used, and whose it is.
pub(super) fn tree_note() -> Note {
    Note::new(
        "indicator-tree",
        "dimensions and directions are those of the default indicator tree, a convention of agglo \
         [A]; a table `indicator_meta` replaces it",
        "维度与方向取自默认指标体系，属 agglo 约定 [A]；可用 `indicator_meta` 表替换",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tree_is_read() {
        let n_lines = include_str!("../../data/indicator_tree.csv").lines().count() - 1;
        assert_eq!(indicator_tree().len(), n_lines);
        let similar = indicator_tree().iter().find(|i| i.indicator == "neighbor_similarity");
        assert_eq!(similar.unwrap().direction, Direction::Cost);
    }
}
