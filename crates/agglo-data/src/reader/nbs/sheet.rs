//! From the cells of a yearbook sheet to rows of region and year.
//!
//! A sheet is one block or several, one below the other ("continued"). A block has lines above it
//! (title, unit), a head that begins with a word for the region, and rows. In the head, a cell that
//! is blank belongs to the nearest text on its left, unless a text in a row above begins in between.

use std::collections::{BTreeSet, HashMap};

use super::super::plan::RowKind;
use super::super::shape::{OwnedCell, Shaped};
use super::heads::{Head, Level, fold, is_group, measure_words, unit_of};
use super::{clean_name, is_han, year};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};
use crate::source::Merged;

/// Where the year of a table without years in its head stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum YearFrom {
    Title,
    SheetName,
    FileName,
}

impl YearFrom {
    pub(super) fn en(self) -> &'static str {
        match self {
            YearFrom::Title => "title",
            YearFrom::SheetName => "sheet's name",
            YearFrom::FileName => "file's name",
        }
    }

    pub(super) fn zh(self) -> &'static str {
        match self {
            YearFrom::Title => "标题",
            YearFrom::SheetName => "工作表名",
            YearFrom::FileName => "文件名",
        }
    }
}

/// One row that comes out.
pub(super) struct Out {
    /// The row of the file where it begins.
    pub(super) number: u32,
    pub(super) kind: RowKind,
    pub(super) row: Shaped,
}

/// A sheet that was understood.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Out>,
    pub(super) remarks: BTreeSet<u32>,
    pub(super) years: BTreeSet<String>,
    pub(super) year_source: Option<(String, YearFrom)>,
    pub(super) groups: Vec<String>,
    pub(super) of_which: Vec<String>,
}

/// Whether a text heads the column of regions.
pub(super) fn is_corner(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "地区",
        "地区别",
        "市别",
        "城市",
        "市",
        "市(县)",
        "市(州)",
        "市县",
        "县(市)",
        "市地",
        "地市",
        "区域",
        "省份",
        "地区名称",
        "市(地)",
        "region",
        "city",
        "city(county)",
        "province",
        "area",
    ];
    let first = text.lines().map(fold).find(|line| !line.is_empty()).unwrap_or_default();
    let first = first.replace("_x000d_", "");
    WORDS.contains(&first.as_str())
}

fn text(row: &[OwnedCell], column: usize) -> String {
    match row.get(column) {
        Some(OwnedCell::Text(text)) => text.replace("_x000D_", "").trim().to_owned(),
        Some(OwnedCell::Integer(value)) => value.to_string(),
        Some(OwnedCell::Number(value)) => value.to_string(),
        Some(OwnedCell::Unusable(_, text)) => text.clone(),
        None | Some(OwnedCell::Empty) => String::new(),
    }
}

/// What one column of a block holds.
struct ColumnIs {
    column: usize,
    heading: String,
    year: Option<String>,
}

/// The lines above a block.
#[derive(Default)]
struct Above {
    unit: Option<String>,
    measure: Option<String>,
    year: Option<String>,
}

impl Above {
    fn take(&mut self, row: &[OwnedCell]) {
        for column in 0..row.len() {
            let line = text(row, column);
            if line.is_empty() {
                continue;
            }
            self.unit = unit_in_line(&line).or(self.unit.take());
            if let Some(words) = measure_words(&line) {
                // The first line, in Chinese, names it best.
                self.measure.get_or_insert_with(|| words.to_owned());
            }
            if let Some(year) = year_in_title(&line) {
                self.year.get_or_insert(year);
            }
        }
    }
}

/// The unit that a line gives: `单位：亿元`, `(at current price, 100 million yuan)`.
fn unit_in_line(line: &str) -> Option<String> {
    if let Some(at) = line.find("单位") {
        let rest = line[at + "单位".len()..].trim_start_matches(['：', ':', ' ', '\u{3000}']);
        let word = rest.split(['，', ',', ' ', '。', ')', '）', '\n']).next().unwrap_or_default();
        return unit_of(word).map(|_| word.to_owned());
    }
    let inner = line.trim_matches(['(', ')', '（', '）', ' ']);
    let inner = inner.strip_prefix("Unit:").or(inner.strip_prefix("unit:")).unwrap_or(inner).trim();
    let last = inner.rsplit([',', '，']).next().unwrap_or_default().trim();
    [inner, last].into_iter().find(|word| unit_of(word).is_some()).map(str::to_owned)
}

/// The one year in a title, such as `（2012年）` or `(2017)`.
fn year_in_title(line: &str) -> Option<String> {
    let runs = line.split(|sign: char| !sign.is_ascii_digit());
    let years: BTreeSet<&str> = runs.filter(|run| year(run).is_some()).collect();
    (years.len() == 1).then(|| years.iter().map(|year| (*year).to_owned()).collect())
}

/// What a row without numbers is.
#[derive(PartialEq)]
enum Bare {
    Title,
    Remark,
    Group(String),
}

fn bare(row: &[OwnedCell]) -> Bare {
    let line = text(row, 0);
    let name = clean_name(&line);
    let starts = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    let numbered = name.split_once(['-', '－', '–']).is_some_and(|(before, after)| {
        let digits = |text: &str| text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
        digits(before) && before.len() <= 2 && digits(after)
    });
    if numbered
        || starts(&["续表", "Continued", "continued", "表"])
        || unit_in_line(&line).is_some()
    {
        return Bare::Title;
    }
    let is_note = starts(&[
        "注",
        "Note",
        "note",
        "资料来源",
        "数据来源",
        "Source",
        "本表",
        "Data in",
        "*",
        "①",
    ]) || line.chars().nth(1) == Some(')');
    if is_note || name.is_empty() || name.chars().count() > 16 {
        return Bare::Remark;
    }
    Bare::Group(name)
}

/// Reads all blocks of a sheet.
pub(super) fn survey(
    grid: &[(u32, Vec<OwnedCell>)],
    level: Option<&str>,
    merged: &[Merged],
    place: &Place,
) -> Result<Sheet, DataError> {
    let mut sheet = Sheet::default();
    let mut table = Table::default();
    let mut above = Above::default();
    let mut at = 0;
    let mut last_measure: Option<String> = None;
    while let Some((number, row)) = grid.get(at) {
        if !(is_corner(&text(row, 0)) && (1..row.len()).any(|column| !text(row, column).is_empty()))
        {
            above.take(row);
            sheet.remarks.insert(*number);
            at += 1;
            continue;
        }
        let n_head = head_length(&grid[at..]);
        let head = &grid[at..at + n_head];
        at += n_head;
        let end = at
            + grid[at..]
                .iter()
                .position(|(_, row)| {
                    is_corner(&text(row, 0)) || (bare_row(row) && bare(row) == Bare::Title)
                })
                .unwrap_or(grid.len() - at);
        above.measure = above.measure.or(last_measure.take());
        let columns = columns_of(head, merged, &above);
        last_measure.clone_from(&above.measure);
        let dated = columns.iter().any(|column| column.year.is_some());
        if !dated && sheet.year_source.is_none() {
            sheet.year_source = year_of(&above, place);
        }
        let year = sheet.year_source.as_ref().map(|(year, _)| year.clone());
        table.block(&grid[at..end], &columns, year.as_deref(), level, &mut sheet);
        above = Above::default();
        at = end;
    }
    if table.headings.is_empty() {
        let message = "no row begins with a word for the region, such as 地区 or City";
        let remedy = "name the sheet that holds the table, or another reader";
        return Err(Diagnostic::new(codes::NO_HEADING, message, remedy).at(place).into());
    }
    table.finish(&mut sheet);
    Ok(sheet)
}

fn bare_row(row: &[OwnedCell]) -> bool {
    (1..row.len()).all(|column| !is_value(&row[column]))
}

/// Whether a cell may be a value: a number, or a text with a digit or a mark.
fn is_value(cell: &OwnedCell) -> bool {
    match cell {
        OwnedCell::Empty => false,
        OwnedCell::Integer(_) | OwnedCell::Number(_) | OwnedCell::Unusable(..) => true,
        OwnedCell::Text(text) => {
            let text = text.trim();
            !text.is_empty() && !text.chars().any(|sign| sign.is_alphabetic() || is_han(sign))
        }
    }
}

/// How many rows the head takes: those below its first whose region is blank or that hold words.
fn head_length(rows: &[(u32, Vec<OwnedCell>)]) -> usize {
    let goes_on = |row: &[OwnedCell]| {
        let words = (2..row.len())
            .filter(|&column| !is_value(&row[column]) && !text(row, column).is_empty());
        let n_values = (1..row.len()).filter(|&column| is_value(&row[column])).count();
        text(row, 0).is_empty() || (words.count() >= 2 && n_values == 0)
    };
    1 + rows[1..].iter().take_while(|(_, row)| goes_on(row)).count()
}

fn year_of(above: &Above, place: &Place) -> Option<(String, YearFrom)> {
    let title = above.year.clone().map(|year| (year, YearFrom::Title));
    let sheet = || {
        let name = place.sheet.as_deref()?;
        Some((year_in_title(name)?, YearFrom::SheetName))
    };
    let file = || {
        let name = place.file.rsplit(['/', '\\']).next()?;
        Some((year_in_title(name)?, YearFrom::FileName))
    };
    title.or_else(sheet).or_else(file)
}

/// The columns of a block with their heads and years.
fn columns_of(head: &[(u32, Vec<OwnedCell>)], merged: &[Merged], above: &Above) -> Vec<ColumnIs> {
    let width = head.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let own = |row: usize, column: usize| text(&head[row].1, column);
    // Names stand in the first column and in a second one headed in English or not at all.
    let is_name = |column: usize| {
        column == 0
            || (column == 1
                && (0..head.len()).all(|row| {
                    let word = own(row, 1);
                    word.is_empty() || is_corner(&word)
                }))
    };
    let mut units: HashMap<usize, String> = HashMap::new();
    let mut columns = Vec::new();
    for column in (0..width).filter(|&column| !is_name(column)) {
        let Some(top) = (0..head.len()).find(|&row| !own(row, column).is_empty()) else { continue };
        let mut levels = Vec::new();
        let mut unit = None;
        let mut from = 0;
        for (row, (number, _)) in head.iter().enumerate().take(top) {
            let left =
                (from..column).rev().find(|&left| !is_name(left) && !own(row, left).is_empty());
            let Some(left) = left.filter(|&left| reaches(merged, *number, left, column)) else {
                continue;
            };
            let cell = own(row, left);
            let (level, own_unit) = Level::of(cell.lines());
            unit = own_unit.or(units.get(&left).cloned()).or(unit);
            levels.push(level);
            from = left;
        }
        let lines: Vec<String> = (top..head.len())
            .flat_map(|row| own(row, column).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let year = lines.iter().find_map(|line| year(line)).map(str::to_owned);
        let words = lines.iter().map(String::as_str).filter(|line| super::year(line).is_none());
        let (level, own_unit) = Level::of(words);
        unit = own_unit.or(unit);
        if level != Level::default() {
            levels.push(level);
        }
        if let Some(unit) = &unit {
            units.insert(column, unit.clone());
        }
        if levels.is_empty() {
            let words = above.measure.as_deref().unwrap_or_default();
            levels.push(Level::of([words]).0);
        }
        let head = Head { levels, unit: unit.or_else(|| above.unit.clone()) };
        columns.push(ColumnIs { column, heading: head.heading(), year });
    }
    columns
}

/// Whether the text in column `left` stands above `column` too: unless it is merged with cells that
/// end before.
fn reaches(merged: &[Merged], row: u32, left: usize, column: usize) -> bool {
    let holds =
        |m: &&Merged| (m.rows.0..=m.rows.1).contains(&row) && usize::from(m.columns.0) == left;
    let end = merged.iter().find(holds).map(|m| usize::from(m.columns.1));
    end.is_none_or(|end| end == left || end >= column)
}

type Key = (String, Option<String>);

/// The rows of all blocks so far.
#[derive(Default)]
struct Table {
    headings: Vec<String>,
    rows: Vec<Entry>,
    places: HashMap<Key, usize>,
    has_english: bool,
    has_period: bool,
}

struct Entry {
    number: u32,
    kind: RowKind,
    name: String,
    english: String,
    period: Option<String>,
    cells: HashMap<usize, (OwnedCell, u32, usize)>,
}

impl Table {
    fn block(
        &mut self,
        rows: &[(u32, Vec<OwnedCell>)],
        columns: &[ColumnIs],
        year: Option<&str>,
        level: Option<&str>,
        sheet: &mut Sheet,
    ) {
        let first_value = columns.iter().map(|column| column.column).min().unwrap_or(1);
        let slots: Vec<usize> = columns.iter().map(|column| self.slot(&column.heading)).collect();
        let mut group: Option<String> = None;
        let mut first: Option<Option<String>> = None;
        for (number, row) in rows {
            let has_values = columns.iter().any(|column| {
                row.get(column.column).is_some_and(|cell| *cell != OwnedCell::Empty && !blank(cell))
            });
            let raw = text(row, 0);
            let name = clean_name(&raw);
            let heads_group = name.starts_with('按') && name.ends_with('分');
            if !has_values || heads_group {
                sheet.remarks.insert(*number);
                if let (Bare::Group(label), true) = (bare(row), !name.is_empty()) {
                    group = Some(label.clone());
                    if !sheet.groups.contains(&label) {
                        sheet.groups.push(label);
                    }
                }
                continue;
            }
            let first = first.get_or_insert_with(|| group.clone());
            let wanted = level.map_or(first.as_deref(), Some);
            let of_which = name.starts_with("其中") || name.starts_with('#');
            let name =
                name.trim_start_matches("其中").trim_start_matches(['：', ':', '#']).to_owned();
            let by_region = |label: &str| label.contains("区域") || label.contains("Region");
            let kind = if of_which {
                if !sheet.of_which.contains(&name) {
                    sheet.of_which.push(name.clone());
                }
                RowKind::Aside
            } else if is_group(&name) {
                RowKind::Total
            } else if group.as_deref() == wanted {
                RowKind::Data
            } else if group.as_deref().is_some_and(by_region) {
                RowKind::Total
            } else {
                RowKind::Aside
            };
            let english = if first_value > 1 { clean_name(&text(row, 1)) } else { String::new() };
            for (column, slot) in columns.iter().zip(&slots) {
                let period = column.year.clone().or(year.map(str::to_owned));
                let cell = row.get(column.column).cloned().unwrap_or_default();
                let entry = self.entry((name.clone(), period), *slot, *number, kind, &english);
                entry.cells.insert(*slot, (cell, *number, column.column));
            }
        }
    }

    fn slot(&mut self, heading: &str) -> usize {
        let found = self.headings.iter().position(|known| known == heading);
        found.unwrap_or_else(|| {
            self.headings.push(heading.to_owned());
            self.headings.len() - 1
        })
    }

    /// The row of a key that has no cell in `slot` yet; a key given twice makes two rows.
    fn entry(
        &mut self,
        key: Key,
        slot: usize,
        number: u32,
        kind: RowKind,
        english: &str,
    ) -> &mut Entry {
        let known = self.places.get(&key).copied();
        let free = known.filter(|&place| !self.rows[place].cells.contains_key(&slot));
        let place = free.unwrap_or_else(|| {
            let (name, period) = key.clone();
            self.has_period |= period.is_some();
            self.has_english |= !english.is_empty();
            let (english, cells) = (english.to_owned(), HashMap::new());
            self.rows.push(Entry { number, kind, name, english, period, cells });
            self.rows.len() - 1
        });
        self.places.insert(key, place);
        &mut self.rows[place]
    }

    fn finish(self, sheet: &mut Sheet) {
        let keys = [("region", true), ("region_en", self.has_english), ("period", self.has_period)];
        let there = keys.iter().filter(|(_, there)| *there).map(|(name, _)| (*name).to_owned());
        sheet.headings = there.chain(self.headings.iter().cloned()).collect();
        for entry in self.rows {
            let mut row = Shaped::default();
            row.text(entry.name);
            if self.has_english {
                row.text(entry.english);
            }
            if self.has_period {
                row.text(entry.period.clone().unwrap_or_default());
            }
            sheet.years.extend(entry.period);
            for slot in 0..self.headings.len() {
                match entry.cells.get(&slot) {
                    Some((cell, number, column)) => row.put(cell.clone(), *number, *column),
                    None => row.text(""),
                }
            }
            sheet.rows.push(Out { number: entry.number, kind: entry.kind, row });
        }
        sheet.rows.sort_by_key(|out| out.number);
    }
}

fn blank(cell: &OwnedCell) -> bool {
    matches!(cell, OwnedCell::Text(text) if text.trim().is_empty())
}
