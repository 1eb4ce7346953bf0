//! Any bytes as a file of boundaries.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file can be written");
    let _ = agglo_geo::sniff(file.path(), None);
    let _ = agglo_geo::read(file.path(), &agglo_geo::ReadOptions::default());
});
