//! Any bytes as a file, in the layout they are recognized as and in one that the first byte chooses.
#![no_main]

use std::io::Write;

use agglo_data::{ReadSpec, read, readers, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file can be written");
    let _ = sniff(file.path());
    let known = readers();
    let reader = known.get(usize::from(choice)).map(|reader| reader.id.to_owned());
    let spec = ReadSpec { reader, ..ReadSpec::new("activity", file.path()) };
    if let Ok(reading) = read(&spec, std::path::Path::new("")) {
        assert_eq!(reading.rows_read, reading.rows_used + reading.rows_rejected);
    }
});
