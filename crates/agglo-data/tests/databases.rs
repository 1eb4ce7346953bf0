//! A real PostgreSQL server on this machine, started and stopped by the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agglo_core::{Datum, Gap};
use agglo_data::{ReadSpec, read};
use agglo_testkit::scratch;

/// The programs of an installed server, newest first.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// A server of its own cluster; stopped when dropped.
struct Server {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// A command as the account that may run the server, which is never root.
    fn command(program: &Path) -> Command {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        command
    }

    fn start(bin: PathBuf, folder: &Path) -> Option<Server> {
        // The account of the server must be able to write here.
        let _ = Command::new("chown").arg("postgres").arg(folder).status();
        let data = folder.join("data");
        let made = Server::command(&bin.join("initdb"))
            .args(["-A", "trust", "-U", "tester", "-D"])
            .arg(&data)
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return None;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let settings = format!("-p {port} -h 127.0.0.1 -k {}", folder.display());
        let started = Server::command(&bin.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .args(["-w", "-t", "60", "-o", &settings, "-l", "/dev/null", "start"])
            .status();
        let server = Server { bin, folder: folder.to_path_buf(), port };
        started.is_ok_and(|status| status.success()).then_some(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Server::command(&self.bin.join("pg_ctl"))
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-m", "immediate", "stop"])
            .status();
    }
}

#[test]
fn a_table_of_postgresql_is_read_in_a_transaction_that_cannot_write() {
    let folder = scratch();
    let Some(server) = programs().and_then(|bin| Server::start(bin, folder.path())) else {
        eprintln!("SKIPPED: no PostgreSQL server could be started here (Debian: postgresql)");
        return;
    };
    let address = format!("postgres://tester:hidden@127.0.0.1:{}/postgres", server.port);
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    client
        .batch_execute(
            "CREATE SCHEMA work;
             CREATE TABLE work.\"Jobs\" (region text, industry text, year int, employment numeric);
             INSERT INTO work.\"Jobs\" VALUES ('01', 'C, \"x\"', 2019, 10.5), ('02', 'C', 2019, NULL);",
        )
        .unwrap();
    let spec = |sheet: Option<&str>, query: Option<&str>| ReadSpec {
        sheet: sheet.map(str::to_owned),
        query: query.map(str::to_owned),
        ..ReadSpec::new("activity", &address)
    };
    let reading = read(&spec(Some("work.Jobs"), None), Path::new("")).unwrap();
    let cells = reading.frame.numbers("employment").unwrap();
    assert_eq!(cells, [Datum::Number(10.5), Datum::Gap(Gap::Missing)]);
    assert_eq!(reading.frame.keys("industry").unwrap()[0].as_ref(), "C, \"x\"");
    assert!(!reading.files[0].path.contains("hidden"));
    let first = reading.files[0].blake3.clone();

    let query = "SELECT region, industry, year, 2 * employment AS employment FROM work.\"Jobs\"";
    let doubled = read(&spec(None, Some(query)), Path::new("")).unwrap();
    assert_eq!(doubled.frame.numbers("employment").unwrap()[0], Datum::Number(21.0));

    let write = "INSERT INTO work.\"Jobs\" VALUES ('03', 'C', 2019, 1) RETURNING *";
    let error = read(&spec(None, Some(write)), Path::new("")).unwrap_err().to_string();
    assert!(error.contains("A0116") && !error.contains("hidden"), "{error}");
    let error = read(&spec(Some("work.nothing"), None), Path::new("")).unwrap_err().to_string();
    assert!(error.contains("nothing"), "{error}");

    // The folder is the server's own, so a program that it starts could write here.
    let proof = folder.path().join("data").join("proof");
    for attack in [
        format!("SELECT 1) TO PROGRAM 'touch {}' --", proof.display()),
        format!(
            "SELECT 1 AS a) TO PROGRAM 'touch {}' WITH (FORMAT csv); SELECT (2",
            proof.display()
        ),
        format!("SELECT 1; COPY (SELECT 1) TO PROGRAM 'touch {}'", proof.display()),
        format!("COPY (SELECT 1) TO PROGRAM 'touch {}'", proof.display()),
        String::new(),
    ] {
        let error = read(&spec(None, Some(&attack)), Path::new("")).unwrap_err().to_string();
        assert!(error.contains("A0116") || error.contains("A0210"), "{error}");
        assert!(!proof.exists(), "{attack}");
    }
    let remark = "SELECT region, industry, year, employment FROM work.\"Jobs\"; -- all";
    assert!(read(&spec(None, Some(remark)), Path::new("")).is_err());
    let remark = "SELECT region, industry, year, employment FROM work.\"Jobs\" -- all";
    assert_eq!(read(&spec(None, Some(remark)), Path::new("")).unwrap().rows_used, 2);

    // The server moves a row that was written to the end; the table is the same.
    client.batch_execute("UPDATE work.\"Jobs\" SET year = 2019 WHERE region = '01'").unwrap();
    let moved = read(&spec(Some("work.Jobs"), None), Path::new("")).unwrap();
    assert_eq!(moved.files[0].blake3, first);

    // A register of any size is streamed from it.
    let register = ReadSpec { table: "plant".to_owned(), ..spec(Some("work.Jobs"), None) };
    let sums = agglo_data::reduce::cells(&register, Path::new(""), 1).unwrap();
    assert_eq!(sums.numbers("sum").unwrap(), [Datum::Number(10.5), Datum::Gap(Gap::Missing)]);
    assert_eq!(sums.integers("n").unwrap(), [1, 0]);

    client.batch_execute("UPDATE work.\"Jobs\" SET employment = 11 WHERE region = '01'").unwrap();
    let again = read(&spec(Some("work.Jobs"), None), Path::new("")).unwrap();
    assert_ne!(again.files[0].blake3, first);
}
