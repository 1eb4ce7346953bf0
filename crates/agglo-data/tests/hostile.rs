//! Files that lie, never end, change, lead elsewhere or are broken: an error that says what is wrong,
//! bounded memory, and no panic. `docs/robustness.md` has the table of what is tried here.
#![expect(clippy::unwrap_used, reason = "a file that cannot be made fails the test")]

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use agglo_core::{Datum, Gap, Key};
use agglo_data::{DataError, ReadSpec, Reading, read, sniff};
use agglo_testkit::scratch;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

const JOBS: &str = "region,industry,period,employment\n01,C,2019,10\n02,C,2019,(D)\n03,C,2019,30\n";

fn put(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn read_in(folder: &Path, name: &str) -> Result<Reading, DataError> {
    read(&ReadSpec::new("activity", name), folder)
}

/// The first finding's code and text.
#[track_caller]
fn refused(result: Result<Reading, DataError>, code: &str) -> String {
    let error = result.expect_err("this must not be read");
    assert_eq!(error.diagnostics()[0].code, code, "{error}");
    error.to_string()
}

fn zipped(entry: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in JOBS.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            match cell.parse::<f64>() {
                Ok(number) if row > 0 && column > 1 => {
                    sheet.write(row as u32, column as u16, number).unwrap();
                }
                _ => {
                    sheet.write(row as u32, column as u16, cell).unwrap();
                }
            }
        }
    }
    book.save(path).unwrap();
}

fn database(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE jobs (region TEXT, industry TEXT, period INTEGER, employment);
             INSERT INTO jobs VALUES ('01', 'C', 2019, 10), ('02', 'C', 2019, NULL),
                                     ('03', 'C', 2019, 30.5);
             CREATE VIEW \"a view\" AS SELECT * FROM jobs WHERE region < '03';",
        )
        .unwrap();
}

#[test]
fn packed_texts_are_read_as_the_texts_in_them() {
    let folder = scratch();
    put(folder.path(), "a.csv.gz", gzipped(JOBS.as_bytes()));
    put(folder.path(), "a.zip", zipped("a.csv", JOBS.as_bytes()));
    for name in ["a.csv.gz", "a.zip"] {
        let reading = read_in(folder.path(), name).unwrap();
        assert_eq!(reading.rows_used, 3, "{name}");
        assert_eq!(sniff(&folder.path().join(name)).unwrap().reader, "tidy");
    }
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for entry in ["a.csv", "b.csv"] {
        archive.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(JOBS.as_bytes()).unwrap();
    }
    put(folder.path(), "two.zip", archive.finish().unwrap().into_inner());
    let text = refused(read_in(folder.path(), "two.zip"), "A0105");
    assert!(text.contains("2 files"), "{text}");
    let whole = gzipped(JOBS.as_bytes());
    put(folder.path(), "cut.csv.gz", &whole[..whole.len() / 2]);
    refused(read_in(folder.path(), "cut.csv.gz"), "A0105");
}

#[test]
fn a_zip_bomb_stops_at_the_limit() {
    let folder = scratch();
    // Three gigabytes of zeros in three megabytes.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..=(2 << 10) {
        packed.write_all(&zeros).unwrap();
    }
    put(folder.path(), "bomb.csv.gz", packed.finish().unwrap());
    let began = Instant::now();
    refused(read_in(folder.path(), "bomb.csv.gz"), "A0113");
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_cell_in_the_far_corner_of_a_sheet_costs_one_cell() {
    let folder = scratch();
    let path = folder.path().join("far.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["region", "industry", "period", "employment"];
    for (column, heading) in head.into_iter().enumerate() {
        sheet.write(0, column as u16, heading).unwrap();
        sheet.write(1, column as u16, ["01", "C", "2019", "5"][column]).unwrap();
    }
    sheet.write(1_048_575, 16_383, "x").unwrap();
    sheet.merge_range(2, 0, 2, 16_382, "a remark", &Format::new()).unwrap();
    book.save(&path).unwrap();
    let began = Instant::now();
    let reading = read_in(folder.path(), "far.xlsx").unwrap();
    assert_eq!(reading.rows_read, reading.rows_used + reading.rows_rejected);
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// An `.xls` file of one sheet with these records ([MS-CFB] 2.2, [MS-XLS] 2.1.4).
fn old_workbook(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let begin = |kind: u8| (0x0809, vec![0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let record = |(kind, data): &(u16, Vec<u8>)| {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    };
    // BOF, BoundSheet8 with the place of the sheet, EOF: 20 + 14 + 4 bytes.
    let sheet = vec![38, 0, 0, 0, 0, 0, 2, 0, b'a', b'b'];
    let mut all = vec![begin(5), (0x0085, sheet), (0x000A, vec![]), begin(0x10)];
    all.extend_from_slice(records);
    all.push((0x000A, vec![]));
    let mut stream: Vec<u8> = all.iter().flat_map(record).collect();
    stream.resize(4096, 0);
    // Sector 0 is the table, 1 the folder, 2 to 9 the stream.
    let mut head = vec![0u8; 512];
    head[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    head[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    head[44] = 1;
    head[48] = 1;
    head[57] = 0x10;
    head[60..64].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    head[68..72].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    head[80..].fill(0xFF);
    let mut table = [0xFFFF_FFFFu32; 128];
    (table[0], table[1], table[9]) = (0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFE);
    for (at, next) in table.iter_mut().enumerate().take(9).skip(2) {
        *next = at as u32 + 1;
    }
    let entry = |name: &str, kind: u8, first: u32, size: u32| {
        let mut entry = vec![0u8; 128];
        for (at, sign) in name.encode_utf16().enumerate() {
            entry[2 * at..2 * at + 2].copy_from_slice(&sign.to_le_bytes());
        }
        entry[64] = 2 * name.len() as u8 + 2;
        entry[66] = kind;
        entry[68..80].fill(0xFF);
        entry[116..120].copy_from_slice(&first.to_le_bytes());
        entry[120..124].copy_from_slice(&size.to_le_bytes());
        entry
    };
    let mut folder = entry("Root Entry", 5, 0xFFFF_FFFE, 0);
    folder[76] = 1;
    folder.extend(entry("Workbook", 2, 2, 4096));
    folder.resize(512, 0);
    let table: Vec<u8> = table.iter().flat_map(|next| next.to_le_bytes()).collect();
    [head, table, folder, stream].concat()
}

#[test]
fn an_old_sheet_that_claims_to_reach_absurdly_far_is_refused_before_there_is_room_for_it() {
    let folder = scratch();
    let cell = |row: u16, column: u16| {
        let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        (0x0203, [place, 5f64.to_le_bytes().to_vec()].concat())
    };
    let size = |rows: u32, columns: u16| {
        let rows = [[0; 4], rows.to_le_bytes()].concat();
        (0x0200, [rows, [[0; 2], columns.to_le_bytes(), [0; 2]].concat()].concat())
    };
    put(folder.path(), "fair.xls", old_workbook(&[size(2, 2), cell(0, 0), cell(1, 1)]));
    let error = read_in(folder.path(), "fair.xls").unwrap_err();
    // Understood, and no table.
    assert!(error.diagnostics()[0].code.starts_with("A02"), "{error}");
    put(folder.path(), "claims.xls", old_workbook(&[size(1 << 30, 256), cell(0, 0)]));
    refused(read_in(folder.path(), "claims.xls"), "A0113");
    put(folder.path(), "far.xls", old_workbook(&[cell(0, 0), cell(65_535, 65_535)]));
    refused(read_in(folder.path(), "far.xls"), "A0113");
}

#[test]
fn dates_of_a_sheet_are_texts_and_not_numbers() {
    let folder = scratch();
    let path = folder.path().join("dates.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["region", "industry", "period", "employment"];
    for (column, heading) in head.into_iter().enumerate() {
        sheet.write(0, column as u16, heading).unwrap();
    }
    sheet.write(1, 0, "01").unwrap();
    sheet.write(1, 1, "C").unwrap();
    let day = ExcelDateTime::from_ymd(2019, 1, 31).unwrap();
    sheet.write_with_format(1, 2, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write(1, 3, 5).unwrap();
    book.save(&path).unwrap();
    let reading = read_in(folder.path(), "dates.xlsx").unwrap();
    assert_eq!((reading.rows_used, reading.rows_rejected), (0, 1));
    assert_eq!(reading.diagnostics[0].found.as_deref(), Some("2019-01-31"));
}

#[test]
fn formula_errors_and_bytes_are_neither_keys_nor_numbers() {
    let folder = scratch();
    let path = folder.path().join("errors.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["region", "industry", "period", "employment"].iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
        for row in 1..5u32 {
            sheet.write(row, column as u16, ["01", "C", "2019", "5"][column]).unwrap();
        }
        // One error in each row, in another column each time.
        let row = column as u32 + 1;
        sheet.write(row, column as u16, Formula::new("=#REF!").set_result("#REF!")).unwrap();
    }
    book.save(&path).unwrap();
    let reading = read_in(folder.path(), "errors.xlsx").unwrap();
    assert_eq!((reading.rows_used, reading.rows_rejected), (0, 4));
    let mut codes: Vec<_> = reading.diagnostics.iter().map(|found| found.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["A0302", "A0305", "A0313", "A0313"]);
    assert!(reading.diagnostics.iter().all(|found| found.found.as_deref() == Some("#REF!")));
    let number = reading.diagnostics.iter().find(|found| found.code == "A0302").unwrap();
    assert!(number.remedy.contains("formula"), "{}", number.remedy);

    let connection = rusqlite::Connection::open(folder.path().join("bytes.sqlite")).unwrap();
    let rows = "CREATE TABLE jobs (region, industry, period, employment);
                INSERT INTO jobs VALUES (x'00FF', 'C', 2019, 1), ('02', 'C', 2019, x'01'),
                                        (CAST(x'FF' AS TEXT), 'C', 2019, 1), ('04', 'C', 2019, 1)";
    connection.execute_batch(rows).unwrap();
    let reading = read_in(folder.path(), "bytes.sqlite").unwrap();
    assert_eq!((reading.rows_used, reading.rows_rejected), (1, 3));
}

#[test]
fn a_quote_that_is_never_closed_ends_with_the_place_and_not_with_the_memory() {
    let folder = scratch();
    let mut text = JOBS.as_bytes().to_vec();
    text.extend_from_slice(b"04,\"C,2019,5\n");
    for _ in 0..(70 << 20) / 16 {
        text.extend_from_slice(b"05,D,2019,12345\n");
    }
    put(folder.path(), "open.csv", text);
    let text = refused(read_in(folder.path(), "open.csv"), "A0113");
    assert!(text.contains("never closed") && text.contains("row 5"), "{text}");
}

#[test]
fn a_quote_within_a_field_opens_nothing() {
    let folder = scratch();
    let mut text = b"region,industry,period,employment,name\n".to_vec();
    let n = (66 << 20) / 1024;
    let long = "x".repeat(1000);
    for row in 0..n {
        text.extend_from_slice(format!("{row},C,2019,1,5\" pipe {long}\n").as_bytes());
    }
    text.extend(std::iter::repeat_n(b'\n', 66 << 20));
    text.extend_from_slice(b"last,C,2019,1,x\n");
    put(folder.path(), "pipes.csv", text);
    assert_eq!(read_in(folder.path(), "pipes.csv").unwrap().rows_used, n + 1);
}

#[test]
fn a_database_that_another_program_still_writes_is_refused() {
    let folder = scratch();
    let path = folder.path().join("live.sqlite");
    database(&path);
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    writer.execute("INSERT INTO jobs VALUES ('04', 'C', 2019, 5)", []).unwrap();
    let spec = ReadSpec { sheet: Some("jobs".into()), ..ReadSpec::new("activity", "live.sqlite") };
    let text = refused(read(&spec, folder.path()), "A0114");
    assert!(text.contains("checkpoint"), "{text}");
    drop(writer);
    let before: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(read(&spec, folder.path()).unwrap().rows_used, 4);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before.len());
}

#[test]
fn sqlite_tables_views_and_queries_are_read_and_nothing_is_written() {
    let folder = scratch();
    let path = folder.path().join("jobs.sqlite");
    database(&path);
    let before = std::fs::read(&path).unwrap();
    let spec = |sheet: Option<&str>, query: Option<&str>| ReadSpec {
        sheet: sheet.map(str::to_owned),
        query: query.map(str::to_owned),
        ..ReadSpec::new("activity", "jobs.sqlite")
    };
    let reading = read(&spec(Some("jobs"), None), folder.path()).unwrap();
    let cells = reading.frame.numbers("employment").unwrap();
    assert_eq!(cells, [Datum::Number(10.0), Datum::Gap(Gap::Missing), Datum::Number(30.5)]);
    assert_eq!(reading.frame.keys("region").unwrap()[0], Key::from("01"));
    assert_eq!(read(&spec(Some("a view"), None), folder.path()).unwrap().rows_used, 2);
    let query = "SELECT region, industry, period, 2 * employment AS employment FROM jobs";
    let doubled = read(&spec(None, Some(query)), folder.path()).unwrap();
    assert_eq!(doubled.frame.numbers("employment").unwrap()[2], Datum::Number(61.0));
    refused(read(&spec(Some("work"), None), folder.path()), "A0106");
    refused(read(&spec(None, Some("DELETE FROM jobs")), folder.path()), "A0210");
    refused(read(&spec(None, Some("SELECT nothing FROM nowhere")), folder.path()), "A0210");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_study_is_refused_and_its_target_named() {
    let (study, elsewhere) = (scratch(), scratch());
    put(elsewhere.path(), "secret.csv", JOBS);
    let target = elsewhere.path().join("secret.csv");
    std::os::unix::fs::symlink(&target, study.path().join("jobs.csv")).unwrap();
    let text = refused(read_in(study.path(), "jobs.csv"), "A0115");
    assert!(text.contains("secret.csv"), "{text}");
    refused(read_in(study.path(), "j*.csv"), "A0115");
    put(study.path(), "real.csv", JOBS);
    std::os::unix::fs::symlink("real.csv", study.path().join("inside.csv")).unwrap();
    assert_eq!(read_in(study.path(), "inside.csv").unwrap().rows_used, 3);
    assert_eq!(read_in(study.path(), target.to_str().unwrap()).unwrap().rows_used, 3);

    // `..` changes nothing about a link, and a path that climbs out without one says so itself.
    std::fs::create_dir(study.path().join("sub")).unwrap();
    refused(read_in(study.path(), "sub/../jobs.csv"), "A0115");
    refused(read_in(&study.path().join("sub"), "../jobs.csv"), "A0115");
    assert_eq!(read_in(&study.path().join("sub"), "../real.csv").unwrap().rows_used, 3);
    std::os::unix::fs::symlink(elsewhere.path(), study.path().join("door")).unwrap();
    let name = elsewhere.path().file_name().unwrap().to_str().unwrap().to_owned();
    refused(read_in(study.path(), &format!("door/../{name}/secret.csv")), "A0115");
}

#[cfg(unix)]
#[test]
fn the_current_folder_is_a_study_as_any_other() {
    let elsewhere = scratch();
    put(elsewhere.path(), "secret.csv", JOBS);
    // Tests run in the folder of their crate.
    let link = format!("link-{}.csv", std::process::id());
    std::os::unix::fs::symlink(elsewhere.path().join("secret.csv"), &link).unwrap();
    let result = read_in(Path::new(""), &link);
    std::fs::remove_file(&link).unwrap();
    refused(result, "A0115");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file() {
    let folder = scratch();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("p.csv")).status();
    if made.is_ok_and(|status| status.success()) {
        refused(read_in(folder.path(), "p.csv"), "A0102");
    }
}

#[test]
fn a_web_server_is_read_and_one_that_is_not_there_is_named_without_its_key() {
    let folder = scratch();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        for stream in server.incoming().take(1) {
            let mut stream = stream.unwrap();
            let mut request = [0u8; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            assert!(request.starts_with(b"GET /jobs.csv?year=2019&key=hidden HTTP/1.1"));
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nLast-Modified: Tue, 24 Nov 2026 10:00:00 GMT\
                 \r\nETag: \"1\"\r\nConnection: close\r\n\r\n{JOBS}",
                JOBS.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let address = format!("http://127.0.0.1:{port}/jobs.csv");
    let asked = format!("{address}?year=2019&key=hidden");
    let reading = read_in(folder.path(), &asked).unwrap();
    assert_eq!(reading.rows_used, 3);
    assert_eq!(reading.files[0].path, address);
    serving.join().unwrap();
    let gone = "postgres://me:hidden@127.0.0.1:1/db";
    let spec = ReadSpec { sheet: Some("jobs".into()), ..ReadSpec::new("activity", gone) };
    let text = refused(read(&spec, folder.path()), "A0116");
    assert!(text.contains("me@127.0.0.1:1") && !text.contains("hidden"), "{text}");
}

/// A few thousand damaged files of every format, always the same ones.
#[test]
fn damaged_files_of_every_format_give_a_table_or_an_error_in_bounded_time() {
    let folder = scratch();
    put(folder.path(), "a.csv", JOBS);
    put(folder.path(), "a.csv.gz", gzipped(JOBS.as_bytes()));
    put(folder.path(), "a.zip", zipped("a.csv", JOBS.as_bytes()));
    workbook(&folder.path().join("a.xlsx"));
    database(&folder.path().join("a.sqlite"));
    let reading = read_in(folder.path(), "a.csv").unwrap();
    agglo_data::write_frame(&folder.path().join("a.parquet"), &reading.frame).unwrap();
    for (name, n) in [
        ("a.csv", 600),
        ("a.csv.gz", 300),
        ("a.zip", 300),
        ("a.xlsx", 300),
        ("a.sqlite", 300),
        ("a.parquet", 600),
    ] {
        let whole = std::fs::read(folder.path().join(name)).unwrap();
        let mut random = Random(0x9E37_79B9 ^ name.len() as u64);
        for round in 0..n {
            let broken = random.damage(&whole);
            put(folder.path(), "broken", &broken);
            let began = Instant::now();
            if let Ok(reading) = read_in(folder.path(), "broken") {
                assert_eq!(reading.rows_read, reading.rows_used + reading.rows_rejected);
            }
            let _ = sniff(&folder.path().join("broken"));
            assert!(began.elapsed() < Duration::from_secs(5), "{name}, round {round}");
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// Some bits turned, a piece cut off, moved or doubled, or a number made huge.
    fn damage(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self.below(5) {
            0 => {
                for _ in 0..=self.below(8) {
                    let at = self.below(bytes.len());
                    bytes[at] ^= 1 << self.below(8);
                }
            }
            1 => bytes.truncate(self.below(whole.len())),
            2 => {
                let (from, to) = (self.below(whole.len()), self.below(whole.len()));
                let n = self.below(64).min(whole.len() - from.max(to));
                bytes.copy_within(from..from + n, to);
            }
            3 => {
                let (from, at) = (self.below(whole.len()), self.below(whole.len()));
                let n = self.below(200).min(whole.len() - from);
                let piece = whole[from..from + n].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let at = self.below(whole.len());
                for byte in bytes.iter_mut().skip(at).take(4) {
                    *byte = 0xFF;
                }
            }
        }
        bytes
    }
}
