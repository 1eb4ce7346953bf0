//! A server on this machine that speaks S3, for tests of object stores.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::python_with;

/// moto's server on a port of its own; ended when dropped.
#[derive(Debug)]
pub struct ObjectServer {
    child: Child,
    port: u16,
}

impl ObjectServer {
    /// Starts one; `None`, said on stderr, where it cannot be had.
    #[expect(clippy::print_stderr, reason = "a skipped test must say that it was skipped")]
    pub fn start() -> Option<ObjectServer> {
        let python = python_with("moto.server")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let child = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut server = ObjectServer { child, port };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if server.ask("GET", "/moto-api/", b"").is_some() {
                return Some(server);
            }
            if server.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        eprintln!("SKIPPED: moto's server did not start");
        None
    }

    /// Its address, without encryption.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The environment in which programs find it, with keys that it takes.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT", self.endpoint()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "tester".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "hidden-secret".to_owned()),
        ]
    }

    /// Makes a bucket.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn make_bucket(&self, bucket: &str) {
        let answer = self.ask("PUT", &format!("/{bucket}"), b"");
        assert_eq!(answer, Some(200), "the bucket {bucket} is made");
    }

    /// Puts an object into a bucket.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let mut path = format!("/{bucket}/");
        for byte in key.bytes() {
            match byte {
                b'/' | b'-' | b'.' | b'_' => path.push(char::from(byte)),
                byte if byte.is_ascii_alphanumeric() => path.push(char::from(byte)),
                byte => path.push_str(&format!("%{byte:02X}")),
            }
        }
        let answer = self.ask("PUT", &path, bytes);
        assert_eq!(answer, Some(200), "the object {key} is put");
    }

    /// From now on, keys must be those of an account, and there is none.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn ask_for_accounts(&self) {
        assert_eq!(self.ask("POST", "/moto-api/reset-auth", b"0"), Some(200));
    }

    /// Sends one request; the status of the answer.
    fn ask(&self, method: &str, path: &str, body: &[u8]) -> Option<u16> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=tester/20260101/us-east-1/s3/aws4_request, \
             SignedHeaders=host, Signature=0\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let text = String::from_utf8_lossy(&answer);
        text.split(' ').nth(1)?.parse().ok()
    }
}

impl Drop for ObjectServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
