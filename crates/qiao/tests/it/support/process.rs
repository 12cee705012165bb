//! The program as a process of its own, which can be told to stop or be killed. Everything that it prints
//! is kept, to be shown when a test fails. A process that a test leaves behind is killed.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::wait_until;

/// A command line of the program, without what the environment may say of Qiao.
pub fn qiao(arguments: &[&str]) -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_qiao")), arguments)
}

/// The same under a limit: no file that the process writes can grow beyond so many KiB.
pub fn qiao_on_a_small_disk(kib: u64, arguments: &[&str]) -> Command {
    let mut shell = Command::new("bash");
    // Without the signal a write beyond the limit is an error like any other.
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_qiao")]);
    clean(shell, arguments)
}

/// The same, of whose log nobody reads on once it listens.
pub fn qiao_unheard(arguments: &[&str]) -> Command {
    let mut shell = Command::new("bash");
    let script = "exec \"$0\" \"$@\" 2> >(exec sed -u /listening/q >&2)";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_qiao")]);
    clean(shell, arguments)
}

fn clean(mut command: Command, arguments: &[&str]) -> Command {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("QIAO_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").args(arguments);
    command
}

/// Runs a command line to its end, which must be a good one, and gives what it printed.
pub fn run(arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = qiao(arguments).output().unwrap();
    let (stdout, stderr) = (
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    );
    assert!(
        status.success(),
        "qiao {arguments:?}: {status}\n{stdout}\n{stderr}"
    );
    stdout
}

/// A server that answers.
pub struct Server {
    /// `http://` and its address.
    pub url: String,
    child: Child,
    printed: Printed,
    readers: Vec<JoinHandle<()>>,
}

/// Lines of both outputs, in the order in which they came.
type Printed = Arc<Mutex<Vec<String>>>;

impl Server {
    /// `qiao serve` in this folder, on any free port unless the arguments name one.
    pub fn serve(data: &Path, arguments: &[&str]) -> Self {
        Self::start(qiao(&["serve"]), data, arguments)
    }

    /// `qiao demo` in this folder, on any free port.
    pub fn demo(data: &Path, arguments: &[&str]) -> Self {
        Self::start(qiao(&["demo"]), data, arguments)
    }

    /// Starts a server with this command line and waits until it answers.
    pub fn start(mut command: Command, data: &Path, arguments: &[&str]) -> Self {
        command
            .args(["--log-format", "json"])
            .arg("--data")
            .arg(data)
            .args(arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = Printed::default();
        let readers = vec![
            keep_lines(child.stdout.take().unwrap(), &printed),
            keep_lines(child.stderr.take().unwrap(), &printed),
        ];
        let mut server = Self {
            url: String::new(),
            child,
            printed,
            readers,
        };
        server.url = wait_until("the server's start", || {
            if let Some(status) = server.child.try_wait().unwrap() {
                panic!(
                    "the server ended with {status} instead of listening\n{}",
                    server.printed()
                );
            }
            let printed = server.printed.lock().unwrap();
            printed.iter().find_map(|line| address_in(line))
        });
        server
    }

    /// Its address without `http://`, for a second start in the same place.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// How much memory it has (Linux; 0 elsewhere).
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    /// Tells it to stop and waits until it did, which must be in peace. Gives what it had printed.
    pub fn stop(mut self) -> String {
        // The standard library knows no signal but SIGKILL.
        let told = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(told.success());
        let child = &mut self.child;
        let status = wait_until("the server's end", || child.try_wait().unwrap());
        self.finish_reading();
        let printed = self.printed();
        assert_eq!(status.code(), Some(0), "{printed}");
        assert_no_panic(&printed);
        printed
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.finish_reading();
        assert_no_panic(&self.printed());
    }

    /// What it printed so far.
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap().join("\n")
    }

    fn finish_reading(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it ended before, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- the server at {} printed:\n{}", self.url, self.printed());
        }
    }
}

fn keep_lines(from: impl Read + Send + 'static, printed: &Printed) -> JoinHandle<()> {
    let printed = Arc::clone(printed);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            printed.lock().unwrap().push(line.unwrap());
        }
    })
}

fn assert_no_panic(printed: &str) {
    assert!(!printed.contains("panicked at"), "{printed}");
}

/// The address in the line of the log that says that it listens, or in the demo's welcome.
fn address_in(line: &str) -> Option<String> {
    if let Some(api) = line.trim().strip_prefix("API  ") {
        return Some(api.trim().strip_suffix("/v1")?.to_owned());
    }
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let address = line["fields"]["address"]
        .as_str()
        .filter(|_| line["fields"]["message"] == "listening")?;
    Some(format!("http://{address}"))
}
