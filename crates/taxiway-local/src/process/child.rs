//! One run of a program: spawned into its own process group, drained, and ended with term, grace, kill, reap.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use camino::Utf8PathBuf;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    task::JoinSet,
    time::timeout,
};

use super::{
    log::{Lines, Log},
    records::{RecordGuard, Records},
};

/// The lines of a run that are kept for the report of its failure.
const TAIL_LINES: usize = 60;

/// How long output may still come after the leader has ended; a grandchild can hold the pipe open for ever.
const DRAIN: Duration = Duration::from_secs(1);

/// What to run.
#[derive(Clone)]
pub(crate) struct Program {
    /// For logs and records, such as `site shop`.
    pub name: String,
    pub executable: Utf8PathBuf,
    /// Never holds a secret: everybody on the machine can read it.
    pub arguments: Vec<String>,
    /// The whole environment of the child.
    pub environment: BTreeMap<String, String>,
    pub directory: Utf8PathBuf,
    /// Another account to run under, when we are root.
    pub account: Option<Account>,
    pub stop: StopPlan,
}

impl std::fmt::Debug for Program {
    /// Without the environment, which holds secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Program")
            .field("name", &self.name)
            .field("executable", &self.executable)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

/// A user and a group of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub user: u32,
    pub group: u32,
}

/// The signals that end a child, each with the time it has after them; kill comes last by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StopPlan(pub Vec<(Signal, Duration)>);

impl StopPlan {
    /// Term, then `grace`.
    pub(crate) fn term(grace: Duration) -> Self {
        Self(vec![(Signal::SIGTERM, grace)])
    }

    pub(super) fn first_signal(&self) -> Signal {
        self.0
            .first()
            .map_or(Signal::SIGTERM, |(signal, _)| *signal)
    }
}

impl Default for StopPlan {
    /// Term, then five seconds.
    fn default() -> Self {
        Self::term(Duration::from_secs(5))
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit {
    pub code: Option<i32>,
    pub signal: Option<i32>,
}

impl Exit {
    pub(crate) fn is_success(self) -> bool {
        self.code == Some(0)
    }
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        Self {
            code: status.code(),
            signal: std::os::unix::process::ExitStatusExt::signal(&status),
        }
    }
}

impl std::fmt::Display for Exit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(formatter, "exited with code {code}"),
            (None, Some(signal)) => match Signal::try_from(signal) {
                Ok(name) => write!(formatter, "was ended by {name}"),
                Err(_) => write!(formatter, "was ended by signal {signal}"),
            },
            (None, None) => formatter.write_str("ended"),
        }
    }
}

/// A running child. When it is dropped, its whole group is killed.
#[derive(Debug)]
pub(crate) struct Child {
    child: tokio::process::Child,
    group: Group,
    readers: JoinSet<()>,
    tail: Tail,
    _record: Option<RecordGuard>,
}

impl Child {
    /// Starts the program; its output goes to `log`.
    ///
    /// # Errors
    /// When the executable or the directory is not there, or the system refuses.
    pub(crate) fn spawn(program: &Program, log: &Log, records: &Records) -> io::Result<Self> {
        let mut child = command(program).spawn()?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .ok_or_else(|| io::Error::other("the child has no process id"))?;
        let group = Group {
            leader: Pid::from_raw(pid),
            is_reaped: false,
        };
        let record = records.write(&program.name, pid, program.stop.first_signal())?;
        let tail = Tail::default();
        let mut readers = JoinSet::new();
        if let Some(output) = child.stdout.take() {
            readers.spawn(drain(output, log.clone(), tail.clone()));
        }
        if let Some(output) = child.stderr.take() {
            readers.spawn(drain(output, log.clone(), tail.clone()));
        }
        Ok(Self {
            child,
            group,
            readers,
            tail,
            _record: Some(record),
        })
    }

    /// The process id of the group's leader.
    pub(crate) fn pid(&self) -> i32 {
        self.group.leader.as_raw()
    }

    /// The last lines of this run.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.tail.lines()
    }

    /// Waits until the leader ends. May be cancelled and called again.
    pub(crate) async fn wait(&mut self) -> io::Result<Exit> {
        let status = self.child.wait().await?;
        self.group.kill();
        self.group.is_reaped = true;
        timeout(DRAIN, async {
            while self.readers.join_next().await.is_some() {}
        })
        .await
        .ok();
        Ok(status.into())
    }

    /// Ends the child: each signal of the plan with its grace, then kill.
    pub(crate) async fn stop(&mut self, plan: &StopPlan) -> io::Result<Exit> {
        for (signal, grace) in &plan.0 {
            self.group.signal(*signal);
            if let Ok(exit) = timeout(*grace, self.wait()).await {
                return exit;
            }
        }
        self.group.kill();
        self.wait().await
    }
}

/// A process group that dies with its value.
#[derive(Debug)]
struct Group {
    leader: Pid,
    /// Then its number may belong to somebody else.
    is_reaped: bool,
}

impl Group {
    fn signal(&self, signal: Signal) {
        if !self.is_reaped {
            // An error means that nobody is left.
            killpg(self.leader, signal).ok();
        }
    }

    fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Clone, Debug, Default)]
struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    fn push(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == TAIL_LINES {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }

    fn lines(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

async fn drain(mut output: impl AsyncRead + Unpin, log: Log, tail: Tail) {
    let mut lines = Lines::default();
    let mut buffer = vec![0; 8 * 1024];
    let take = |line: &str| {
        log.line(line);
        tail.push(line);
    };
    while let Ok(count) = output.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        lines.push(&buffer[..count], take);
    }
    lines.finish(take);
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where the local cloud's children are made"
)]
fn command(program: &Program) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(&program.executable);
    command
        .args(&program.arguments)
        .env_clear()
        .envs(&program.environment)
        .current_dir(&program.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    if let Some(account) = program.account {
        command.uid(account.user).gid(account.group);
    }
    command
}

/// The output of a system tool that answers at once; none when it fails or is not there. Blocks.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where the local cloud's children are made"
)]
pub(crate) fn command_output(executable: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(executable)
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
