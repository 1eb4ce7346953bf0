//! A register in a bucket: scheduler, executor and client each open it with their own environment.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use agglo_cluster::connect;

use crate::processes::{Cluster, impatient, within};
use crate::rows::{Kind, Register, reduce};

/// A server that speaks S3, in memory; ended when dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// `None` where the package is not installed.
    fn start(folder: &Path) -> Option<Server> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut server = Server { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if server.child.try_wait().unwrap().is_some() {
                return None;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "moto_server does not listen");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(server)
    }

    fn put(&self, path: &str, body: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "PUT /{path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "PUT {path}: {answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Set for the second run of the test below, which has the bucket's variables in its environment as a
/// user's program would.
const SECOND_RUN: &str = "AGGLO_TEST_BUCKET";

#[test]
fn a_register_in_a_bucket_has_the_same_sums() {
    if std::env::var_os(SECOND_RUN).is_some() {
        return reduce_the_bucket();
    }
    let register = Register::get();
    let Some(server) = Server::start(register.folder()) else {
        println!("SKIPPED: no moto_server here, which comes with `pip install moto[server]`");
        return;
    };
    server.put("registers", b"");
    for path in &register.parquet {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        server.put(&format!("registers/plants/{name}"), &std::fs::read(path).unwrap());
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bucket::a_register_in_a_bucket_has_the_same_sums", "--nocapture"])
        .env(SECOND_RUN, "1")
        .env("AWS_ENDPOINT", format!("http://127.0.0.1:{}", server.port))
        .env("AWS_ALLOW_HTTP", "true")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

fn reduce_the_bucket() {
    let register = Register::get();
    let cluster = Cluster::start(1, &[]);
    let address = cluster.address.clone();
    let cells = within(Duration::from_secs(120), move |runtime| {
        runtime.block_on(async {
            let context = connect(&address, &impatient()).await.unwrap();
            reduce(&context, Kind::Parquet, &["s3://registers/plants/".to_owned()]).await
        })
    });
    assert!(cells.unwrap() == register.cells);
}
