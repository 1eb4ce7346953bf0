//! Schedulers and executors as children, ended whatever becomes of the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agglo_cluster::{Address, Settings};

/// What a slow machine may take to start a process.
const STARTED_WITHIN: Duration = Duration::from_secs(60);

/// A child with its log, which is shown when the test fails.
pub(crate) struct Process {
    child: Child,
    role: String,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts `agglo cluster WORDS…` and leaves the reading of its log to a thread.
    pub(crate) fn start(words: &[&str]) -> Process {
        let mut child = Command::new(env!("CARGO_BIN_EXE_agglo"))
            .args(["cluster"])
            .args(words)
            .env_remove("RUST_LOG")
            .env_remove("AGGLO_THREADS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("agglo can be started");
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("stderr is piped");
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = written.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Process { child, role: words[0].to_owned(), log }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line with `words` and gives what stands behind them.
    pub(crate) fn said(&mut self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let log = self.log();
            if let Some((_, rest)) = log.split_once(words)
                && let Some((rest, _)) = rest.split_once('\n')
            {
                return rest.trim().to_owned();
            }
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none() && begun.elapsed() < STARTED_WITHIN,
                "{} did not say `{words}` (ended: {ended:?})",
                self.role
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// SIGTERM, and the exit code it ends with.
    pub(crate) fn terminate(&mut self) -> i32 {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(killed.expect("there is a kill").success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status.code().unwrap_or(-1);
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{} does not stop", self.role);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            // Into the test's captured output.
            println!("--- log of the {}\n{}", self.role, self.log());
        }
    }
}

/// A scheduler and its executors.
pub(crate) struct Cluster {
    pub(crate) scheduler: Process,
    pub(crate) executors: Vec<Process>,
    pub(crate) address: Address,
    words: Vec<String>,
    work: tempfile::TempDir,
}

impl Cluster {
    /// `n` executors of one thread each; `words` go to every process.
    pub(crate) fn start(n: usize, words: &[&str]) -> Cluster {
        let mut all = vec!["scheduler", "--port", "0", "--executor-timeout", "12"];
        all.extend(words);
        let mut scheduler = Process::start(&all);
        let address: Address = scheduler.said("scheduler listening on ").parse().unwrap();
        let mut cluster = Cluster {
            scheduler,
            executors: Vec::new(),
            address,
            words: words.iter().map(|&word| word.to_owned()).collect(),
            work: tempfile::tempdir().unwrap(),
        };
        for _ in 0..n {
            cluster.add_executor();
        }
        cluster
    }

    pub(crate) fn work_dir(&self) -> &Path {
        self.work.path()
    }

    pub(crate) fn add_executor(&mut self) {
        let (address, work) = (self.address.to_string(), self.work.path().to_str().unwrap());
        let mut words = vec!["executor", "--scheduler", &address, "--work-dir", work];
        words.extend(["--threads", "1", "--memory", "256MiB"]);
        words.extend(self.words.iter().map(String::as_str));
        let mut executor = Process::start(&words);
        executor.said("executor listening on ");
        self.executors.push(executor);
        // A cluster with certificates has pages only for those who have one.
        if self.words.is_empty() {
            self.wait_for_executors(self.executors.len());
        }
    }

    /// Waits until the scheduler knows `n` executors; it says so on a page of its own.
    fn wait_for_executors(&self, n: usize) {
        let begun = Instant::now();
        let wanted = format!("ready: {n} executors");
        loop {
            let page = page(&self.address, "/readyz");
            if page.contains(&wanted) {
                return;
            }
            assert!(begun.elapsed() < STARTED_WITHIN, "wanted `{wanted}`: {page}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn page(address: &Address, path: &str) -> String {
    let mut stream = TcpStream::connect(address.to_string()).expect("the scheduler listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Settings for tests: nothing is waited for long.
pub(crate) fn impatient() -> Settings {
    Settings { patience: Duration::from_secs(3), partitions: 4, ..Settings::default() }
}

/// Settings under which a job takes seconds, whatever the machine: Ballista's own fault injection
/// sleeps `ms` milliseconds before every batch of rows.
pub(crate) fn slow(ms: u64) -> Settings {
    let mut settings = impatient();
    settings.engine = [
        ("ballista.testing.chaos_execution.enabled", "true".to_owned()),
        ("ballista.testing.chaos_execution.probability", "1.0".to_owned()),
        ("ballista.testing.chaos_execution.fault_type", format!("delay:{ms}")),
        ("ballista.testing.chaos_execution.seed", "1".to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec();
    settings
}

/// Runs on a thread and runtime of its own, and fails when it is not done `within`.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce(&tokio::runtime::Runtime) -> T + Send + 'static,
) -> T {
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _ = send.send(work(&runtime));
    });
    match receive.recv_timeout(limit) {
        Ok(answer) => answer,
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("not done within {limit:?}"),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => panic!("no answer"),
        },
    }
}
