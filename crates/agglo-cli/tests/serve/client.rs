//! A server of the built program, and a client as plain as can be.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// `agglo serve`, ended when it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Serves the study in `folder`, on any free port.
    pub(crate) fn start(folder: &Path, words: &[&str]) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_agglo"))
            .current_dir(folder)
            .env_remove("AGGLO_LANG")
            .env_remove("AGGLO_SEED")
            .env_remove("AGGLO_TOKEN")
            .env("XDG_CONFIG_HOME", folder.join("no-config"))
            .args(["serve", "--port", "0"])
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("agglo can be started");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the address is printed");
        let url =
            line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("no address: {line}"));
        let (address, token) = url.split_once("/#token=").expect("the token stands behind #");
        let address = address.parse().expect("an address");
        Served { child, address, token: token.to_owned() }
    }

    /// Ends it at once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the server runs");
        self.child.wait().expect("the server ends");
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Sends exactly these bytes, and takes what comes until the server closes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout can be set");
        // A server that refuses early may close before all is sent.
        let _ = stream.write_all(bytes);
        let mut found = Vec::new();
        let _ = stream.read_to_end(&mut found);
        Answer::parse(&found)
    }

    /// Asks with these further headers.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            text += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        self.raw(text.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    /// The JSON of an answer that must be good.
    #[track_caller]
    pub(crate) fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// Asks with the token.
    pub(crate) fn change(&self, method: &str, path: &str) -> Answer {
        self.ask(method, path, &[("Authorization", &format!("Bearer {}", self.token))])
    }

    /// The events from now on.
    pub(crate) fn events(&self) -> Events {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout can be set");
        write!(stream, "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address)
            .expect("the server reads");
        Events { lines: BufReader::new(stream) }
    }
}

/// Events as they come.
pub(crate) struct Events {
    lines: BufReader<TcpStream>,
}

impl Events {
    /// The next event: its name and its data.
    pub(crate) fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        loop {
            let mut line = String::new();
            let n = self.lines.read_line(&mut line).expect("an event comes in time");
            assert!(n > 0, "the server closed the line");
            if let Some(event) = line.strip_prefix("event: ") {
                event.trim().clone_into(&mut name);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data.trim()).expect("JSON"));
            }
        }
    }

    /// The data of the next event of this name; others are passed over.
    pub(crate) fn wait(&mut self, wanted: &str) -> Value {
        loop {
            let (name, data) = self.next();
            if name == wanted {
                return data;
            }
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
        Answer { status: status.unwrap_or(0), headers: headers.collect(), body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of a refusal, which must be a problem document of this status.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(
            problem["type"],
            format!("urn:agglo:{}", problem["code"].as_str().unwrap_or_default())
        );
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}
