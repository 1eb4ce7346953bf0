//! How far the sheets of an `.xls` file reach, told before the library that reads it makes room for all
//! cells in between. Layout of the container: [MS-CFB] 2; of the records: [MS-XLS] 2.1.4 and 2.4.90.

use super::limits::too_far;
use crate::diagnostic::{DataError, Place};

/// Cells between the first and the last corner of all sheets that any file may have.
const ALWAYS: u64 = 1 << 22;
/// Cells of the largest sheet that the format knows: 65,536 rows of 256.
const LARGEST_SHEET: u64 = 1 << 24;

/// Refuses sheets that reach absurdly far for the size of their file.
pub(super) fn check(bytes: &[u8], place: &Place) -> Result<(), DataError> {
    // What cannot be followed here is not understood by the library either.
    let Some(stream) = workbook(bytes) else { return Ok(()) };
    let reach = reach(&stream);
    if reach.declared > LARGEST_SHEET || reach.seen > ALWAYS.max(bytes.len() as u64) {
        return Err(too_far(place));
    }
    Ok(())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The numbers in a piece of the file.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

/// Sectors one after the other as `table` chains them, each cut from `whole`.
fn chain(whole: &[u8], first: u32, table: &[u32], size: usize, skip: usize) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = first;
    // A chain that bites its own tail must end, too.
    for _ in 0..=table.len() {
        let start = (at as usize).saturating_mul(size).saturating_add(skip);
        let Some(rest) = whole.get(start..) else { break };
        found.extend_from_slice(&rest[..size.min(rest.len())]);
        let Some(&next) = table.get(at as usize) else { break };
        at = next;
    }
    found
}

/// The stream that holds the workbook.
fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    const SMALL: usize = 64;
    let size = 1usize << u16_at(bytes, 30)?.min(16);
    let sector = |at: u32| {
        let start = (at as usize).checked_add(1)?.checked_mul(size)?;
        bytes.get(start..start + size)
    };
    let mut table = Vec::new();
    let mut lists: Vec<u32> = numbers(bytes.get(76..512)?).collect();
    let mut next = u32_at(bytes, 68)?;
    // Each sector lists more sectors of the table, and last the next such list.
    for _ in 0..u32_at(bytes, 72)?.min(1 << 12) {
        let Some(list) = sector(next) else { break };
        let mut more: Vec<u32> = numbers(list).collect();
        next = more.pop()?;
        lists.extend(more);
    }
    for part in lists.into_iter().map_while(sector) {
        table.extend(numbers(part));
    }
    let folder = chain(bytes, u32_at(bytes, 48)?, &table, size, size);
    let entry = |wanted: &[&str]| {
        folder.chunks_exact(128).find(|entry| {
            let name = entry[..64].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
            let name: Vec<u16> = name.take_while(|&sign| sign != 0).collect();
            wanted.iter().any(|wanted| wanted.encode_utf16().eq(name.iter().copied()))
        })
    };
    let stream = entry(&["Workbook", "WORKBOOK", "Book", "BOOK"])?;
    let (first, length) = (u32_at(stream, 116)?, u32_at(stream, 120)? as usize);
    let mut found = if length < 4096 {
        let root = chain(bytes, u32_at(&folder, 116)?, &table, size, size);
        let small: Vec<u32> =
            numbers(&chain(bytes, u32_at(bytes, 60)?, &table, size, size)).collect();
        chain(&root, first, &small, SMALL, 0)
    } else {
        chain(bytes, first, &table, size, size)
    };
    found.truncate(length);
    Some(found)
}

/// How far sheets reach.
#[derive(Debug, Default, PartialEq)]
struct Reach {
    /// The most cells that a sheet declares.
    declared: u64,
    /// Cells between the corners of what there is, all sheets together.
    seen: u64,
}

fn reach(stream: &[u8]) -> Reach {
    let mut reach = Reach::default();
    let mut corners: Option<[u64; 4]> = None;
    let mut at = 0;
    let area = |[top, left, bottom, right]: [u64; 4]| (bottom - top + 1) * (right - left + 1);
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let Some(data) = stream.get(at + 4..at + 4 + usize::from(length)) else { break };
        at += 4 + data.len();
        match kind {
            // BOF: what was before is of another sheet.
            0x0809 => reach.seen += corners.take().map_or(0, area),
            // Dimensions: of four bytes a row since Excel 97.
            0x0200 => {
                let two = |at| u16_at(data, at).map(u64::from);
                let four = |at| u32_at(data, at).map(u64::from);
                let sides = if length >= 14 {
                    [four(0), four(4), two(8), two(10)]
                } else {
                    [two(0), two(2), two(4), two(6)]
                };
                if let [Some(top), Some(bottom), Some(left), Some(right)] = sides {
                    let n = bottom.saturating_sub(top) * right.saturating_sub(left);
                    reach.declared = reach.declared.max(n);
                }
            }
            // Numbers, labels, truth values, runs of numbers and formulas.
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x00BD | 0x0006 => {
                let (Some(row), Some(left)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                let (row, left) = (u64::from(row), u64::from(left));
                // A run ends with its last column.
                let right = if kind == 0x00BD { u16_at(data, data.len() - 2) } else { None };
                let right = right.map_or(left, |right| u64::from(right).max(left));
                let now = corners.unwrap_or([row, left, row, right]);
                corners =
                    Some([now[0].min(row), now[1].min(left), now[2].max(row), now[3].max(right)]);
            }
            _ => {}
        }
    }
    reach.seen += corners.map_or(0, area);
    reach
}
