//! Which sheet of a workbook is read, and which are passed over.
#![expect(clippy::unwrap_used, reason = "a file that cannot be written fails the test")]

use std::path::Path;

use agglo_data::{ReadSpec, read};
use agglo_testkit::scratch;
use rust_xlsxwriter::{Workbook, Worksheet};

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Yes,
    No,
    /// Not even the program's menu names it.
    Never,
}

/// A workbook with a table of one row in each sheet, whose region is the name of the sheet.
fn workbook(path: &Path, sheets: &[(&str, Shown)]) {
    let mut workbook = Workbook::new();
    let first = sheets.iter().position(|(_, shown)| *shown == Shown::Yes);
    for (at, (name, shown)) in sheets.iter().enumerate() {
        let mut sheet = Worksheet::new();
        sheet.set_name(*name).unwrap();
        for (column, text) in ["region", "industry", "year", "employment"].iter().enumerate() {
            sheet.write(0, column as u16, *text).unwrap();
        }
        sheet.write(1, 0, *name).unwrap();
        sheet.write(1, 1, "C").unwrap();
        sheet.write(1, 2, 2019).unwrap();
        sheet.write(1, 3, 5).unwrap();
        match shown {
            Shown::Yes => {
                sheet.set_active(first == Some(at));
                sheet.set_first_tab(first == Some(at));
            }
            Shown::No => {
                sheet.set_hidden(true);
            }
            Shown::Never => {
                sheet.set_very_hidden(true);
            }
        }
        workbook.push_worksheet(sheet);
    }
    workbook.save(path).unwrap();
}

#[test]
fn the_sheet_read_and_those_passed_over_are_said_hidden_ones_by_name() {
    let folder = scratch();
    let path = folder.path().join("jobs.xlsx");
    let sheets = [
        ("lists", Shown::No),
        ("2019", Shown::Yes),
        ("2020", Shown::Yes),
        ("draft", Shown::No),
        ("macros", Shown::Never),
    ];
    workbook(&path, &sheets);
    let reading = read(&ReadSpec::new("activity", "jobs.xlsx"), folder.path()).unwrap();
    // The first sheet is hidden, so the table is that of the first that is shown.
    assert_eq!(reading.frame.keys("region").unwrap()[0].as_ref(), "2019");
    assert_eq!(reading.files[0].sheet.as_deref(), Some("2019"));
    let [said] = &reading.diagnostics[..] else { panic!("{:?}", reading.diagnostics) };
    assert_eq!(said.code, "A0112");
    assert_eq!(
        said.message,
        "5 sheets; `2019` was read; passed over: `2020`; hidden and passed over: `lists`, `draft`, \
         `macros`"
    );
    assert_eq!(said.remedy, "name another: lists, 2020, draft, macros");

    let named = ReadSpec { sheet: Some("draft".into()), ..ReadSpec::new("activity", "jobs.xlsx") };
    let reading = read(&named, folder.path()).unwrap();
    assert_eq!(reading.frame.keys("region").unwrap()[0].as_ref(), "draft");
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
}

#[test]
fn a_workbook_of_one_sheet_has_nothing_to_say() {
    let folder = scratch();
    workbook(&folder.path().join("jobs.xlsx"), &[("only", Shown::Yes)]);
    let reading = read(&ReadSpec::new("activity", "jobs.xlsx"), folder.path()).unwrap();
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
}
