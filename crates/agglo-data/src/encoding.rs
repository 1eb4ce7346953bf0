//! Which encoding a text file has, and the file as UTF-8.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// What one pass over the bytes of a file found.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) blake3: String,
    pub(crate) n_bytes: u64,
    pub(crate) encoding: &'static Encoding,
    /// Whether the encoding is a guess from character frequencies.
    pub(crate) guessed: bool,
    pub(crate) byte_order_mark: bool,
    /// Whether a quote occurs, so that a line break may be inside a field.
    pub(crate) quotes: bool,
    /// The first bytes, which tell the format.
    pub(crate) magic: [u8; 8],
}

const BLOCK: usize = 1 << 18;
/// Character frequencies settle long before this.
const DETECT_AT_MOST: usize = 1 << 22;

/// What the first bytes say of a file that holds no text and is read without its hash; `None` for any
/// other, which must be [scanned](scan).
pub(crate) fn peek(file: &mut (impl Read + Seek)) -> io::Result<Option<Scan>> {
    file.seek(SeekFrom::Start(0))?;
    let mut magic = [0u8; 8];
    let whole = file.read_exact(&mut magic).is_ok() && magic.starts_with(b"PAR1");
    let n_bytes = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(whole.then(|| Scan {
        blake3: String::new(),
        n_bytes,
        encoding: UTF_8,
        guessed: false,
        byte_order_mark: false,
        quotes: false,
        magic,
    }))
}

/// Reads all of `reader` once: hash, format and encoding.
pub(crate) fn scan(mut reader: impl Read) -> io::Result<Scan> {
    let mut hasher = blake3::Hasher::new();
    let mut utf8 = Utf8Check::default();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut fed, mut last, mut quotes, mut n_bytes) = (0, 0, false, 0u64);
    let mut head: Vec<u8> = Vec::new();
    let mut block = vec![0u8; BLOCK];
    loop {
        let n = match reader.read(&mut block) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = &block[..n];
        n_bytes += n as u64;
        hasher.update(bytes);
        utf8.feed(bytes);
        quotes = quotes || bytes.contains(&b'"');
        if head.len() < 4096 {
            head.extend_from_slice(&bytes[..n.min(4096)]);
        }
        last = n;
        // Text of another encoding breaks UTF-8 at its first letters, so nothing before counts.
        if utf8.broken && fed < DETECT_AT_MOST && !is_binary(&head) && !bytes.is_ascii() {
            detector.feed(bytes, false);
            fed += n;
        }
    }
    let mut magic = [0u8; 8];
    for (slot, byte) in magic.iter_mut().zip(&head) {
        *slot = *byte;
    }
    let marked = Encoding::for_bom(&head).map(|(encoding, _)| encoding);
    let (encoding, guessed) = if let Some(encoding) = marked {
        (encoding, false)
    } else if is_binary(&head) {
        (UTF_8, false)
    } else if let Some(encoding) = utf16_without_mark(&head) {
        (encoding, true)
    } else if utf8.is_valid() {
        (UTF_8, false)
    } else {
        // Where only the end is broken, the last block has not been looked at.
        detector.feed(if fed == 0 { &block[..last] } else { b"" }, true);
        (guess(&detector), true)
    };
    Ok(Scan {
        blake3: hasher.finalize().to_hex().to_string(),
        n_bytes,
        encoding,
        guessed,
        byte_order_mark: marked.is_some(),
        quotes,
        magic,
    })
}

/// Whether a file begins as a format does that holds no text.
fn is_binary(head: &[u8]) -> bool {
    const FORMATS: [&[u8]; 4] = [b"PAR1", b"PK\x03\x04", b"\x1F\x8B", b"SQLite format 3\0"];
    FORMATS.iter().any(|magic| head.starts_with(magic))
}

/// GB18030 holds all of GBK, and is what Chinese official files declare.
fn guess(detector: &EncodingDetector) -> &'static Encoding {
    let encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding == GBK { GB18030 } else { encoding }
}

/// UTF-16 without a mark shows as zero bytes at every other place of Latin text.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |offset: usize| head.chunks_exact(2).filter(|pair| pair[offset] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 3 > pairs && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 3 > pairs && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The name to show and to put into `encoding`.
pub(crate) fn label(encoding: &'static Encoding, byte_order_mark: bool) -> String {
    let name = encoding.name().to_ascii_lowercase();
    if byte_order_mark && encoding == UTF_8 { format!("{name} with byte order mark") } else { name }
}

/// Whether a stream of blocks is UTF-8, characters across block ends included.
#[derive(Default)]
struct Utf8Check {
    pending: Vec<u8>,
    broken: bool,
}

impl Utf8Check {
    fn feed(&mut self, block: &[u8]) {
        if self.broken {
            return;
        }
        let mut block = block;
        while !self.pending.is_empty() && !block.is_empty() {
            self.pending.push(block[0]);
            block = &block[1..];
            match std::str::from_utf8(&self.pending) {
                Ok(_) => self.pending.clear(),
                Err(error) if error.error_len().is_none() => {}
                Err(_) => {
                    self.broken = true;
                    return;
                }
            }
        }
        if let Err(error) = std::str::from_utf8(block) {
            if error.error_len().is_some() {
                self.broken = true;
            } else {
                self.pending = block[error.valid_up_to()..].to_vec();
            }
        }
    }

    fn is_valid(&self) -> bool {
        !self.broken && self.pending.is_empty()
    }
}

/// A file of any encoding as UTF-8, its byte order mark removed.
pub(crate) struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    input_range: std::ops::Range<usize>,
    output: Vec<u8>,
    output_range: std::ops::Range<usize>,
    at_end: bool,
    finished: bool,
    replaced: Arc<AtomicBool>,
}

impl<R: Read> Utf8Reader<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding, replaced: Arc<AtomicBool>) -> Self {
        Utf8Reader {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; BLOCK],
            input_range: 0..0,
            output: vec![0; BLOCK * 3 + 16],
            output_range: 0..0,
            at_end: false,
            finished: false,
            replaced,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.input_range.is_empty() && !self.at_end {
            let n = self.inner.read(&mut self.input)?;
            self.at_end = n == 0;
            self.input_range = 0..n;
        }
        let (result, n_read, n_written, replaced) = self.decoder.decode_to_utf8(
            &self.input[self.input_range.clone()],
            &mut self.output,
            self.at_end,
        );
        self.input_range.start += n_read;
        self.output_range = 0..n_written;
        self.finished = self.at_end && result == CoderResult::InputEmpty;
        if replaced {
            self.replaced.store(true, Relaxed);
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.output_range.is_empty() {
            if self.finished {
                return Ok(0);
            }
            self.refill()?;
        }
        let n = buffer.len().min(self.output_range.len());
        buffer[..n].copy_from_slice(&self.output[self.output_range.start..][..n]);
        self.output_range.start += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    const CHINESE: &str = "地区,行业,年份,就业\n北京,制造业,2019,120\n上海,制造业,2019,340\n";

    fn check(bytes: &[u8], encoding: &'static Encoding, text: &str) {
        let scan = scan(bytes).unwrap();
        assert_eq!(scan.encoding, encoding);
        let replaced = Arc::new(AtomicBool::new(false));
        let mut decoded = String::new();
        Utf8Reader::new(bytes, scan.encoding, replaced.clone())
            .read_to_string(&mut decoded)
            .unwrap();
        assert_eq!(decoded, text);
        assert!(!replaced.load(Relaxed));
    }

    fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn the_encodings_of_official_files_are_detected() {
        check(CHINESE.as_bytes(), UTF_8, CHINESE);
        check(&[b"\xEF\xBB\xBF", CHINESE.as_bytes()].concat(), UTF_8, CHINESE);
        check(&GB18030.encode(CHINESE).0, GB18030, CHINESE);
        check(&utf16(CHINESE, true, u16::to_le_bytes), UTF_16LE, CHINESE);
        check(&utf16(CHINESE, true, u16::to_be_bytes), UTF_16BE, CHINESE);
        check(b"caf\xE9", WINDOWS_1252, "café");
        let latin = "region,name,value\n35013,\"Doña Ana, NM\",12\n72113,\"Añasco, Mayagüez\",7\n";
        check(&utf16(latin, false, u16::to_le_bytes), UTF_16LE, latin);
        check(&WINDOWS_1252.encode(latin).0, WINDOWS_1252, latin);
    }

    #[test]
    fn a_character_across_blocks_stays_valid() {
        let mut check = Utf8Check::default();
        for byte in CHINESE.as_bytes() {
            check.feed(&[*byte]);
        }
        assert!(check.is_valid());
        check.feed(b"\xE5\x9C");
        assert!(!check.is_valid());
    }

    #[test]
    fn a_byte_the_encoding_does_not_allow_is_reported() {
        let replaced = Arc::new(AtomicBool::new(false));
        let mut decoded = String::new();
        let bytes: &[u8] = b"a\xFFb";
        Utf8Reader::new(bytes, UTF_8, replaced.clone()).read_to_string(&mut decoded).unwrap();
        assert_eq!((decoded.as_str(), replaced.load(Relaxed)), ("a\u{FFFD}b", true));
    }
}
