//! A small study with withheld cells and a crosswalk: what its report says of both, in both languages.

#![expect(clippy::unwrap_used, reason = "a study that does not run fails the test")]

use std::fmt::Write as _;
use std::path::Path;

use agglo_core::{Control, Lang};
use agglo_figure::Figure;
use agglo_report::Document;
use agglo_report::chapter::report;
use agglo_report::document::{Block, TableBlock};
use agglo_study::Findings;
use agglo_study::run::{RunOptions, crosswalk_audits, run};

const REGIONS: [&str; 4] = ["North", "South", "East", "West"];
const INDUSTRIES: [&str; 4] = ["31", "32", "33", "34"];
const DRAWS: usize = 6;

/// Four regions × four old industries × six years; 33 is split in the first three years, 34 is unknown to
/// the crosswalk, four cells a year are withheld, and the totals over the regions are published.
fn write_study(folder: &Path) {
    let mut text = String::from("region,industry,year,jobs,flag\n");
    for year in 2010..2016u32 {
        for (i, industry) in INDUSTRIES.into_iter().enumerate() {
            let mut total = 0;
            for (r, region) in REGIONS.into_iter().enumerate() {
                let jobs = 60 + 45 * ((r * 3 + i * 5) % 4) as u32 + (year - 2010) * (2 + r as u32);
                total += jobs;
                let secret = r < 2 && matches!(i, 0 | 2);
                let cell = if secret { String::new() } else { jobs.to_string() };
                let flag = if secret { "c" } else { "" };
                writeln!(text, "{region},{industry},{year},{cell},{flag}").unwrap();
            }
            writeln!(text, "all,{industry},{year},{total},").unwrap();
        }
    }
    // A line that cannot be used, and one that the filter leaves aside.
    text.push_str("North,35,2010,12,\n");
    std::fs::write(folder.join("jobs.csv"), text).unwrap();
    let walk = "from,to,weight\n31,A,1\n32,A,1\n33,B,0.25\n33,C,0.75\n";
    std::fs::write(folder.join("walk.csv"), walk).unwrap();
    let names = "industry,name_en,name_zh\nB,Chemicals,化工\nC,Metals,金属\n";
    std::fs::write(folder.join("names.csv"), names).unwrap();
    let study = format!(
        "[study]\nid = \"small\"\ntitle = {{ en = \"Small\", zh = \"小\" }}\n\n\
         [[data]]\nname = \"jobs\"\ntable = \"activity\"\nfile = \"jobs.csv\"\nreader = \"tidy\"\n\
         columns = {{ region = \"region\", industry = \"industry\", period = \"year\", \
         employment = \"jobs\" }}\nunits = {{ employment = \"persons\" }}\n\
         totals = {{ region = [\"all\"] }}\nflags = {{ employment = \"flag\" }}\n\
         marks = {{ c = \"suppressed\" }}\n\
         filter = {{ industry = [\"31\", \"32\", \"33\", \"34\"] }}\n\n\
         [[data]]\nname = \"names\"\ntable = \"industry\"\nfile = \"names.csv\"\nreader = \"tidy\"\n\
         columns = {{ industry = \"industry\", name = \"name_en\", name_zh = \"name_zh\" }}\n\n\
         [suppression]\npolicy = \"maximum-entropy\"\ncompare = true\ndraws = {DRAWS}\n\n\
         [[crosswalk]]\ncolumn = \"industry\"\nfrom = \"old\"\nto = \"new\"\nfile = \"walk.csv\"\n\
         unmapped = \"keep\"\n"
    );
    std::fs::write(folder.join("study.toml"), study).unwrap();
}

fn written() -> (agglo_testkit::TempDir, Findings, Document) {
    let folder = agglo_testkit::scratch();
    write_study(folder.path());
    let engine = agglo_study::run::Engine::default();
    let options = RunOptions { threads: 0, seed: None, engine: &engine, control: Control::none() };
    run(folder.path(), &options).unwrap();
    let findings = Findings::load(folder.path()).unwrap();
    let document = report(&findings);
    (folder, findings, document)
}

#[track_caller]
fn table<'d>(document: &'d Document, id: &str) -> &'d TableBlock {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let mut tables = blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    tables.find(|table| table.id == id).unwrap_or_else(|| panic!("the report has no table {id}"))
}

fn number(text: &str) -> f64 {
    let text = text.replace('−', "-").replace(',', "");
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

#[test]
fn the_report_shows_every_kind_of_number_with_and_without_the_withheld_cells() {
    let (_folder, findings, document) = written();
    let block = table(&document, "table-withheld");
    assert!(block.rows.iter().any(|row| row[0].en == "gini"), "{:#?}", block.rows);
    for row in &block.rows {
        // The number at the address is the one of the row, and so is what is left open of it.
        let address = row[3].address.as_deref().unwrap();
        let address = agglo_study::address::Address::parse(address).unwrap();
        let explained = agglo_study::address::explain(&findings, &address).unwrap();
        let interval = explained.interval.unwrap();
        let near = |text: &str, value: f64| {
            let step = 0.5 * 10f64.powi(-(text.split_once('.').map_or(0, |p| p.1.len()) as i32));
            assert!((number(text) - value).abs() <= step * 1.001, "{address}: {text} for {value}");
        };
        let value = explained.value.number();
        if let Some(value) = value {
            near(&row[3].en, value);
        }
        match (interval.range, value) {
            (Some((lower, upper)), _) => {
                near(&row[4].en, lower);
                near(&row[5].en, upper);
                assert!(value.is_none_or(|value| lower <= value && value <= upper), "{address}");
            }
            (None, Some(_)) => assert_eq!(row[4].zh, "并非每次补全都有"),
            (None, None) => assert_eq!(row[4].zh, ""),
        }
        if let Some(without) = interval.without.and_then(agglo_core::Datum::number) {
            near(&row[6].en, without);
        }
        let holds = interval.holds.map_or(String::new(), |n| format!("{n} of {DRAWS}"));
        assert_eq!(row[7].en, holds);
        for cell in row {
            assert_eq!(cell.en.is_empty(), cell.zh.is_empty(), "{address}: {cell:?}");
        }
    }
    assert!(block.rows.iter().any(|row| !row[7].en.is_empty()), "no rank and no sign is counted");
}

#[test]
fn a_number_that_rests_on_withheld_cells_never_stands_alone() {
    let (_folder, findings, document) = written();
    let mut n_open = 0;
    for sentence in document.sentences() {
        assert!(sentence.faults().is_empty(), "{:?}", sentence.faults());
        let (en, zh) = (sentence.text(Lang::En), sentence.text(Lang::Zh));
        if en.contains("; without ") {
            n_open += 1;
            assert!(zh.contains("；不计 "), "{zh}");
        }
    }
    assert!(n_open > 0, "no sentence names a range");
    let page = agglo_report::render::html(&document, &[Lang::En, Lang::Zh], "..");
    for words in [
        "In brackets after such a number",
        "方括号内为数据表",
        "with and without the withheld cells",
        "计入与不计未公布单元格",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // The band of the figure is the interval of the finding.
    let figure = document.figures().find(|figure| figure.id == "fig-gini").unwrap();
    let Figure::Line(line) = &figure.figure else { panic!("{:?}", figure.figure) };
    let ranges = &line.series[0].ranges;
    assert_eq!(ranges.len(), 6);
    assert!(ranges.iter().any(|range| range.lower < range.upper));
    assert!(line.ranges.en.contains(&DRAWS.to_string()) && findings.spec.suppression.compare);
}

#[test]
fn the_report_shows_what_crossed_a_split_and_what_hangs_on_it() {
    let (folder, findings, document) = written();
    let audits = crosswalk_audits(&findings.root, &findings.spec).unwrap();
    assert_eq!((audits.len(), audits[0].file.as_str()), (1, "tables/activity.crosswalk-1.parquet"));
    assert!(folder.path().join(&audits[0].file).exists());

    let block = table(&document, "table-crosswalk-1");
    assert_eq!((block.rows.len(), block.origin.file.as_str()), (6, audits[0].file.as_str()));
    let shares: Vec<f64> =
        block.rows.iter().map(|row| number(row[3].en.trim_end_matches('%'))).collect();
    assert!(shares.is_sorted_by(|a, b| a >= b), "{shares:?}");
    // 33 in the two regions that publish it, and 34, of what is published of all in 2010: the regions
    // have 60 + 45 ((3 r + 5 i) mod 4), and North and South withhold 31 and 33.
    let jobs = |r: u32, i: u32| f64::from(60 + 45 * ((r * 3 + i * 5) % 4));
    let published: f64 = (0..4)
        .flat_map(|r| (0..4).map(move |i| (r, i)))
        .filter(|&(r, i)| !(r < 2 && (i == 0 || i == 2)))
        .map(|(r, i)| jobs(r, i))
        .sum();
    let split = jobs(2, 2) + jobs(3, 2);
    let row = block.rows.iter().find(|row| row[1].en == "2010").unwrap();
    assert!((number(&row[2].en) - split).abs() < 0.5, "{row:?}");
    assert_eq!(row[3].en, format!("{:.2}%", 100.0 * split / published));

    let unknown = table(&document, "table-crosswalk-1-unknown");
    assert_eq!(unknown.rows[0][0].en, "34");
    let results = table(&document, "table-crosswalk-1-results");
    let of = |step: &str| results.rows.iter().find(|row| row[0].en == step).unwrap()[2].en.clone();
    // B and C of A, B, C and 34: in four regions in the last year, and in six years.
    assert_eq!(of("location-quotient"), "8 of 16 rows");
    assert_eq!(of("gini"), "12 of 24 rows");
    let page = agglo_report::render::html(&document, &[Lang::En, Lang::Zh], "../study");
    assert!(page.contains("href=\"../study/tables/activity.crosswalk-1.parquet\""));
    assert!(page.contains("B Chemicals") && page.contains("B 化工"), "names stand beside codes");
}

#[test]
fn the_annex_on_data_accounts_for_every_row() {
    let (_folder, findings, document) = written();
    let block = table(&document, "table-data");
    let cells = |name: &str| -> Vec<f64> {
        let row = block.rows.iter().find(|row| row[0].en == name).unwrap();
        row[1..].iter().map(|cell| number(&cell.en)).collect()
    };
    let jobs = cells("jobs");
    // Four regions and their total, four industries, six years; one row is left aside.
    assert_eq!(jobs, [120.0, 120.0, 24.0, 0.0, 1.0, 0.0]);
    for record in &findings.run.data {
        let row = cells(&record.name);
        assert_eq!(row[0], row[1] + row[3], "read = used + rejected");
    }
    let said: Vec<String> = document.sentences().map(|sentence| sentence.text(Lang::En)).collect();
    for record in &findings.run.data {
        for note in &record.notes {
            assert!(said.iter().any(|text| text.contains(&note.en)), "{} is not said", note.en);
        }
    }
    assert!(said.iter().any(|text| text.contains("crossed a split")), "{said:#?}");
}
