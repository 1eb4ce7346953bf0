//! One table in every encoding and with every line end that offices use, read to the same rows.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]

use agglo_core::{Datum, Key};
use agglo_data::{ReadSpec, Reading, read};
use agglo_testkit::scratch;

/// `encoding` is declared where it is given.
fn read_bytes(bytes: &[u8], encoding: Option<&str>) -> Reading {
    let folder = scratch();
    std::fs::write(folder.path().join("a.csv"), bytes).unwrap();
    let encoding = encoding.map(str::to_owned);
    read(&ReadSpec { encoding, ..ReadSpec::new("activity", "a.csv") }, folder.path()).unwrap()
}

fn table(names: [&str; 3]) -> String {
    let rows = names.iter().enumerate().map(|(row, name)| format!("{name},C,2019,{row}.5\r\n"));
    format!("region,industry,period,employment\r\n{}", rows.collect::<String>())
}

#[track_caller]
fn check(bytes: &[u8], encoding: Option<&str>, names: [&str; 3]) {
    let reading = read_bytes(bytes, encoding);
    assert_eq!(reading.frame.keys("region").unwrap(), names.map(Key::from));
    assert_eq!(reading.frame.numbers("employment").unwrap(), [0.5, 1.5, 2.5].map(Datum::Number));
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

const EAST: [&str; 3] = ["北京市", "上海市", "广东省"];
const WEST: [&str; 3] = ["Köln", "Málaga", "Orléans"];

#[test]
fn utf_16_is_read_in_both_orders_with_a_mark_and_without() {
    for names in [EAST, WEST] {
        let (bare, marked) = (table(names), format!("\u{feff}{}", table(names)));
        for (order, name) in
            [(u16::to_le_bytes as fn(u16) -> [u8; 2], "utf-16le"), (u16::to_be_bytes, "utf-16be")]
        {
            check(&utf16(&marked, order), None, names);
            check(&utf16(&bare, order), None, names);
            check(&utf16(&bare, order), Some(name), names);
            check(&utf16(&marked, order), Some(name), names);
        }
    }
}

#[test]
fn utf_8_is_read_with_a_mark_and_without() {
    for names in [EAST, WEST] {
        check(table(names).as_bytes(), None, names);
        let marked = format!("\u{feff}{}", table(names));
        check(marked.as_bytes(), None, names);
        check(marked.as_bytes(), Some("utf-8"), names);
    }
}

#[test]
fn gb18030_is_read_with_its_signs_of_four_bytes() {
    // U+3400 and U+4DB5 lie outside GBK.
    let names = ["㐀村", "䶵乡", "北京市"];
    let text = table(names);
    let (bytes, _, broken) = encoding_rs::GB18030.encode(&text);
    assert!(!broken);
    check(&bytes, Some("gb18030"), names);
    check(&bytes, None, names);
}

#[test]
fn windows_1252_and_latin_1_are_read() {
    let bytes = encoding_rs::WINDOWS_1252.encode(&table(WEST)).0.into_owned();
    // The letters of Latin-1 have the same bytes.
    assert!(bytes.contains(&0xF6));
    for encoding in [None, Some("windows-1252"), Some("latin1"), Some("iso-8859-1")] {
        check(&bytes, encoding, WEST);
    }
    let euro = table(["€-Zone", "Œuvre", "“Nord”"]);
    let bytes = encoding_rs::WINDOWS_1252.encode(&euro).0.into_owned();
    check(&bytes, Some("windows-1252"), ["€-Zone", "Œuvre", "“Nord”"]);
}

#[test]
fn lines_may_end_in_any_way() {
    for end in ["\n", "\r\n", "\r"] {
        let text = table(EAST).replace("\r\n", end);
        check(text.as_bytes(), None, EAST);
        check(&utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), None, EAST);
        check(text.trim_end().as_bytes(), None, EAST);
    }
}
