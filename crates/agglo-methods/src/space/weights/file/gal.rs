//! GAL: neighbors without weights.

use agglo_core::Weights;

use super::words::{announced, lines, longest, quoted, words};
use super::{FileError, FileWeights};

struct Record {
    region: u32,
    announced: usize,
    line: usize,
    neighbors: Vec<String>,
}

pub(super) fn parse(text: &str) -> Result<FileWeights, FileError> {
    let mut lines = lines(text);
    let (heading_line, heading) = lines.next().unwrap_or((1, ""));
    let n = announced(heading_line, heading)?;
    let mut found = FileWeights::default();
    let mut records = Vec::new();
    let mut last_line = heading_line;
    let mut lines = lines.peekable();
    while let Some((line, head)) = lines.next() {
        if head.is_empty() {
            continue;
        }
        let mut head_words = words(line, head)?;
        let announced = head_words.pop().and_then(|word| word.parse::<usize>().ok());
        let (Some(announced), false) = (announced, head_words.is_empty()) else {
            let expected = "a region and its number of neighbors";
            return Err(FileError::Form { line, found: head.to_owned(), expected });
        };
        let id = head_words.join(" ");
        let region = found.place(&id, line);
        if (region as usize) < records.len() {
            return Err(FileError::Twice { line, what: id });
        }
        let (line, neighbors) = if announced > 0 {
            let (line, text) = lines.next().unwrap_or((line, ""));
            (line, words(line, text)?)
        } else {
            lines.next_if(|(_, text)| text.is_empty());
            (line, Vec::new())
        };
        last_line = line;
        records.push(Record { region, announced, line, neighbors });
    }
    if records.len() != n {
        let found = records.len();
        let line = if found < n { last_line } else { heading_line };
        return Err(FileError::Regions { line, announced: n, found });
    }
    for Record { region, announced, line, neighbors } in records {
        let bare = neighbors.len() == announced;
        let ids = if bare {
            neighbors
        } else {
            let known = |id: &str| found.places.contains_key(id);
            longest(&neighbors, known).unwrap_or(neighbors)
        };
        if ids.len() != announced {
            let region = found.ids[region as usize].to_string();
            return Err(FileError::Neighbors { line, region, announced, found: ids.len() });
        }
        for id in ids {
            let Some(&neighbor) = found.places.get(id.as_str()) else {
                return Err(FileError::Unknown { line, id, of: "the file" });
            };
            found.edge(region, neighbor, 1.0, line)?;
        }
    }
    Ok(found)
}

pub(super) fn write(weights: &Weights) -> String {
    let mut text = format!("0 {} agglo region\n", weights.len());
    let codes = weights.axis().codes();
    for (region, code) in codes.iter().enumerate() {
        let neighbors = weights.neighbors(region);
        text.push_str(&format!("{} {}\n", quoted(code), neighbors.len()));
        let ids: Vec<String> = neighbors.iter().map(|&to| quoted(&codes[to as usize])).collect();
        text.push_str(&ids.join(" "));
        text.push('\n');
    }
    text
}
