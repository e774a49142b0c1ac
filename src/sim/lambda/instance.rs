//! One process of a function, which takes one event after another.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::code;
use super::completion::Failure;
use super::environment::Blueprint;
use super::queue::Invocation;
use super::runtime_api::{Event, Report, RuntimeApi};

/// How long a function may take to start before its own timeout begins (Lambda
/// developer guide, "Lambda execution environment").
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// How often, and after what pause, a program is started again that another
/// thread of the simulator still holds open for writing.
const BUSY: (usize, Duration) = (100, Duration::from_millis(20));

/// What becomes of a process that ran a function once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It can take another event.
    Warm,
    /// It is dead, or has to be.
    Dead,
}

/// A process and what belongs to it. The process is killed when this is
/// dropped.
#[derive(Debug)]
pub(super) struct Instance {
    child: Child,
    api: RuntimeApi,
    /// Reads on where it stopped; the process appends to the file.
    log: File,
    _log_file: NamedTempFile,
    timeout: Duration,
    // The program runs from here.
    _code: Arc<TempDir>,
}

impl Instance {
    /// Starts the program `bootstrap` in a folder.
    ///
    /// # Errors
    /// As Lambda describes a program that it cannot start.
    pub(super) async fn start(
        blueprint: &Blueprint,
        folder: Arc<TempDir>,
        id: &str,
    ) -> Result<Self, Failure> {
        let invalid = |reason: String| {
            Failure::described("Runtime.InvalidEntrypoint", format!("RequestId: {id} Error: {reason}"))
        };
        let program = folder.path().join("bootstrap");
        check_program(&program, &blueprint.architecture).map_err(&invalid)?;
        let unable = |error: std::io::Error| invalid(format!("cannot prepare the sandbox: {error}"));
        let api = RuntimeApi::listen().await.map_err(unable)?;
        let log_file = NamedTempFile::new().map_err(unable)?;
        let output = OpenOptions::new().append(true).open(log_file.path()).map_err(unable)?;
        let mut command = Command::new(&program);
        command
            .current_dir(folder.path())
            .env_clear()
            .envs(blueprint.variables(folder.path(), &api.address()))
            .stdin(Stdio::null())
            .stdout(output.try_clone().map_err(unable)?)
            .stderr(output)
            .kill_on_drop(true);
        let child = spawn(&mut command)
            .await
            .map_err(|error| invalid(format!("fork/exec /var/task/bootstrap: {}", reason(&error))))?;
        let log = log_file.reopen().map_err(unable)?;
        Ok(Self { child, api, log, _log_file: log_file, timeout: blueprint.timeout, _code: folder })
    }

    /// Whether the process is still there.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Lets the process answer an invocation.
    pub(super) async fn run(&mut self, invocation: &Invocation) -> (Result<String, Failure>, Afterwards) {
        self.api.give(Event {
            id: invocation.id.clone(),
            function: invocation.function.clone(),
            payload: invocation.payload.clone(),
            timeout: self.timeout,
        });
        let mut deadline = Instant::now() + START_TIMEOUT + self.timeout;
        loop {
            // An answer counts even if the process has ended since.
            let report = tokio::select! {
                biased;
                report = self.api.report() => report,
                ended = self.child.wait() => return (Err(exited(&invocation.id, ended)), Afterwards::Dead),
                () = tokio::time::sleep_until(deadline) => {
                    return (Err(timed_out(&invocation.id, self.timeout)), Afterwards::Dead);
                }
            };
            match report {
                Some(Report::Taken) => deadline = Instant::now() + self.timeout,
                Some(Report::Answered { id, payload }) if id == invocation.id => {
                    return (Ok(payload), Afterwards::Warm);
                }
                Some(Report::Failed { id, payload }) if id == invocation.id => {
                    return (Err(Failure::Function(payload)), Afterwards::Warm);
                }
                Some(Report::NotStarted { payload }) => {
                    return (Err(Failure::Function(payload)), Afterwards::Dead);
                }
                // An answer to an earlier request comes too late.
                Some(Report::Answered { .. } | Report::Failed { .. }) => {}
                None => return (Err(timed_out(&invocation.id, self.timeout)), Afterwards::Dead),
            }
        }
    }

    /// What the process wrote since this was last asked, line by line.
    pub(super) fn written(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        if let Err(error) = self.log.read_to_end(&mut bytes) {
            tracing::debug!(%error, "read what a function wrote");
        }
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }

    /// Kills the process and waits for its end.
    pub(super) async fn stop(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "kill a function's process");
        }
    }
}

/// Refuses a program that Lambda would not find, or not understand.
fn check_program(program: &Path, architecture: &str) -> Result<(), String> {
    let mut head = Vec::new();
    let read = File::open(program).and_then(|file| file.take(64).read_to_end(&mut head));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".to_owned())
        }
        Err(error) => Err(format!("fork/exec /var/task/bootstrap: {}", reason(&error))),
        Ok(_) if code::runs_on(&head, architecture) == Some(false) => {
            Err("fork/exec /var/task/bootstrap: exec format error".to_owned())
        }
        Ok(_) => Ok(()),
    }
}

async fn spawn(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..BUSY.0 {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => tokio::time::sleep(BUSY.1).await,
            other => return other,
        }
    }
    command.spawn()
}

/// An error in the words of the C library: `exec format error`.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn exited(id: &str, ended: std::io::Result<ExitStatus>) -> Failure {
    let how = match ended {
        Ok(status) if status.success() => "Runtime exited without providing a reason".to_owned(),
        Ok(status) => format!("Runtime exited with error: {}", status.to_string().replace(':', "")),
        Err(error) => format!("Runtime exited with error: {error}"),
    };
    Failure::described("Runtime.ExitError", format!("RequestId: {id} Error: {how}"))
}

fn timed_out(id: &str, timeout: Duration) -> Failure {
    let message = format!("RequestId: {id} Error: Task timed out after {:.2} seconds", timeout.as_secs_f64());
    Failure::described("Sandbox.Timedout", message)
}
