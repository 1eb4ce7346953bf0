//! Columns that stand in the path of a file, as `year=2011/part.csv` of folders laid out for Hive.

use super::{Cell, Row};

/// Columns of a file that its path tells, each with its one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Partitions {
    /// Columns of the file itself.
    width: usize,
    /// `None` where the path says that there is none.
    values: Vec<Option<String>>,
}

/// What Hive writes for no value.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

impl Partitions {
    /// The columns that the folders of `path` tell and the file does not, put behind its `headings`.
    pub(super) fn of(path: &str, headings: &mut Vec<String>) -> Partitions {
        let mut partitions = Partitions { width: headings.len(), values: Vec::new() };
        let folders = path.rsplit_once(['/', '\\']).map_or("", |(folders, _)| folders);
        for (name, value) in folders.split(['/', '\\']).filter_map(|part| part.split_once('=')) {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let is_name = !name.is_empty() && name.chars().all(word);
            if is_name && !headings.iter().any(|heading| heading.eq_ignore_ascii_case(name)) {
                headings.push(name.to_owned());
                partitions.values.push((value != NO_VALUE).then(|| decoded(value)));
            }
        }
        partitions
    }

    /// What the path tells of `column`, where it is not one of the file itself; empty where the path says
    /// that there is none.
    pub(crate) fn told(&self, column: usize) -> Option<&str> {
        let value = self.values.get(column.checked_sub(self.width)?)?;
        Some(value.as_deref().unwrap_or_default())
    }

    /// How many columns the path tells.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// `row` with the columns of the path behind its own.
    pub(super) fn with<'r>(&'r self, row: &'r dyn Row) -> impl Row + 'r {
        Partitioned { row, partitions: self }
    }
}

/// `%XX` stands for signs that no folder can be named by.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())
}

struct Partitioned<'r> {
    row: &'r dyn Row,
    partitions: &'r Partitions,
}

impl Row for Partitioned<'_> {
    fn len(&self) -> usize {
        self.row.len() + self.partitions.values.len()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match column.checked_sub(self.partitions.width) {
            None => self.row.cell(column),
            Some(at) => match self.partitions.values.get(at) {
                Some(Some(value)) => Cell::Text(value),
                _ => Cell::Empty,
            },
        }
    }

    fn is_blank(&self) -> bool {
        self.row.is_blank()
    }

    fn number(&self) -> Option<u32> {
        self.row.number()
    }

    fn origin(&self, column: usize) -> Option<(u32, u16)> {
        self.row.origin(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_columns_that_the_file_does_not_have() {
        let mut headings = vec!["jobs".to_owned(), "Year".to_owned()];
        let path = "s3://bucket/b=c/year=2011/region=a%20b/odd name=1/sector=__HIVE_DEFAULT_PARTITION__/x=1.csv";
        let partitions = Partitions::of(path, &mut headings);
        assert_eq!(headings, ["jobs", "Year", "b", "region", "sector"]);
        assert_eq!(partitions.values, [Some("c".into()), Some("a b".into()), None]);
        assert!(Partitions::of("data/a.csv", &mut headings).is_empty());
    }

    #[test]
    fn percent_signs_that_stand_for_nothing_are_kept() {
        for (value, text) in [("a%2Fb", "a/b"), ("5%", "5%"), ("%zz", "%zz"), ("%FF", "%FF")] {
            assert_eq!(decoded(value), text);
        }
    }
}
