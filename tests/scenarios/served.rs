//! The binary as a service, and whoever asks it over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::Stage;

/// How long anything may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a process writes, as it comes.
type Written = Arc<Mutex<String>>;

/// A service that runs.
pub struct Served {
    child: Child,
    address: String,
    log: Written,
    output: Written,
    /// They end with the process, once they have read all that it wrote.
    readers: Vec<JoinHandle<()>>,
}

/// What an endpoint answers.
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON: {error}\n{}", self.body))
    }
}

impl Served {
    /// `foghorn run` on this fleet, with these arguments, on a port of its own.
    pub fn start(stage: &Stage, fleet: &str, arguments: &[&str]) -> Self {
        Self::spawn(stage.command(fleet, &[&["run", "--listen", "127.0.0.1:0"], arguments].concat()))
    }

    /// A command that runs the service.
    pub fn spawn(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let (log, log_reader) = written(child.stderr.take().expect("a log"));
        let (output, output_reader) = written(child.stdout.take().expect("an output"));
        let address = wait_for(|| {
            let log = read(&log);
            let line = log.lines().find(|line| line.contains("\"address\""))?;
            let line: Value = serde_json::from_str(line).expect("a log line is JSON");
            Some(line["address"].as_str().expect("an address").to_owned())
        });
        Self { child, address, log, output, readers: vec![log_reader, output_reader] }
    }

    /// Waits until the log says something: it comes through a pipe, and so later
    /// than what an endpoint answers.
    pub fn logs(&self, text: &str) {
        self.wait_until(|served| served.log().contains(text));
    }

    /// What was logged so far.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    /// What was printed so far.
    pub fn output(&self) -> String {
        read(&self.output)
    }

    /// Where it is served.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks as a program on this machine does.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[("Host", &self.address)])
    }

    /// Asks for a sweep, as a program on this machine does.
    pub fn reconcile(&self) -> u16 {
        self.ask("POST", "/reconcile", &[("Host", &self.address)]).status
    }

    /// Asks with these headers.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, headers: headers.to_lowercase(), body: body.to_owned() }
    }

    /// Waits until something is so.
    pub fn wait_until(&self, what: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !what(self) {
            assert!(start.elapsed() < PATIENCE, "it never came to be; the log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The same service, once its first sweep is over.
    pub fn ready(self) -> Self {
        self.wait_until(|served| served.get("/readyz").status == 200);
        self
    }

    /// The figure of one series; `None` where there is no such series.
    pub fn figure(&self, series: &str) -> Option<f64> {
        let metrics = self.get("/metrics").body;
        let line = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
        Some(line.parse().expect("a number"))
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits until it has ended and all that it wrote is read, and gives its exit
    /// code.
    pub fn end(&mut self) -> i32 {
        let status: ExitStatus = wait_for(|| self.child.try_wait().expect("a process to wait for"));
        self.readers.drain(..).for_each(|reader| reader.join().expect("a reader ends"));
        status.code().unwrap_or(-1)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "it never came to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn written(from: impl Read + Send + 'static) -> (Written, JoinHandle<()>) {
    let written = Written::default();
    let kept = Arc::clone(&written);
    let reader = std::thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
            line.clear();
        }
    });
    (written, reader)
}

fn read(written: &Written) -> String {
    written.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
