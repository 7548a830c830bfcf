//! A running server: its process, its port, and the turns of those who change it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use camino::Utf8Path;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::{interval, timeout};

use super::{
    cluster,
    folders::{self, Folders},
    programs,
    record::{ServerRecord, WELL_KNOWN_PORT},
    session::Session,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{
        Cause, Failure, Log, Port, Process, Readiness, RestartPolicy, State, command_output,
    },
};

/// Recovery after a crash included.
const READY_LIMIT: Duration = Duration::from_secs(300);
const PROBE_INTERVAL: Duration = Duration::from_millis(50);

/// How often another port is tried when a stranger took ours.
const PORT_ATTEMPTS: u32 = 5;

/// The running side of a server.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// One change at a time; Azure answers `ServerIsBusy` where this waits.
    pub turn: tokio::sync::Mutex<()>,
    running: Mutex<Option<Running>>,
    /// The cloud ends; nothing starts any more.
    is_shut_down: AtomicBool,
}

#[derive(Clone, Debug)]
struct Running {
    process: Arc<Process>,
    _port: Arc<Port>,
}

impl Server {
    /// Where the process stands; `None` when there is none.
    pub(super) fn state(&self) -> Option<State> {
        let running = self.lock().clone();
        running.map(|running| running.process.state().borrow().clone())
    }

    /// Starts the process unless it runs, and waits until it answers. The caller has the turn.
    ///
    /// Address and port in `record` are kept; when a stranger took them, `record` gets others and is saved.
    pub(super) async fn start(
        &self,
        cloud: &Cloud,
        record: &mut ServerRecord,
    ) -> Result<(), ArmError> {
        if matches!(self.state(), Some(State::Ready { .. })) {
            return Ok(());
        }
        self.start_with(cloud, record, &[], RestartPolicy::DATABASE)
            .await
    }

    /// As [`Server::start`], with further settings for this start.
    pub(super) async fn start_with(
        &self,
        cloud: &Cloud,
        record: &mut ServerRecord,
        extra: &[(String, String)],
        restart: RestartPolicy,
    ) -> Result<(), ArmError> {
        self.stop().await;
        let folders = Folders::of(cloud, &record.id);
        let account = folders::account()?;
        folders.prepare(account)?;
        if let Some(account) = account {
            folders::let_pass(&record.programs, account)?;
        }
        end_stray(&folders.data).await?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let port = self.port(cloud, record)?;
            // The certificate names the address.
            cluster::write_config(cloud, &folders, record, account)?;
            let process = Process::start(
                cluster::program(&folders, record, account, extra),
                readiness(&folders, record.port),
                restart.clone(),
                Log::new(&folders.log),
                programs::records(cloud),
            );
            let running = Running {
                process: Arc::new(process),
                _port: Arc::new(port),
            };
            *self.lock() = Some(running.clone());
            if self.is_shut_down.load(Ordering::SeqCst) {
                self.stop().await;
            }
            match settled(&running.process).await {
                Ok(()) => return Ok(()),
                Err(failure) if is_port_taken(&failure) && attempt < PORT_ATTEMPTS => {
                    self.stop().await;
                    drop(running);
                    self.another_port(cloud, record, attempt)?;
                }
                Err(failure) => return Err(did_not_start(record, &failure)),
            }
        }
    }

    /// Ends the process and waits until it is gone.
    pub(super) async fn stop(&self) {
        let running = self.lock().take();
        if let Some(running) = running {
            running.process.stop().await;
        }
    }

    /// Ends the process for good: the cloud ends.
    pub(super) async fn shut_down(&self) {
        self.is_shut_down.store(true, Ordering::SeqCst);
        self.stop().await;
    }

    /// The port of the record if it is free, else another, which is written down.
    fn port(&self, cloud: &Cloud, record: &mut ServerRecord) -> Result<Port, ArmError> {
        let kept = match record.port {
            0 => None,
            number => cloud.servers.ports().claim(record.address, number),
        };
        match kept {
            Some(port) => Ok(port),
            None => self.another_port(cloud, record, 0),
        }
    }

    /// PostgreSQL's port on an address of the server's own, so that clients may imply it. Where that can't be had, or was taken
    /// twice, any port of 127.0.0.1.
    fn another_port(
        &self,
        cloud: &Cloud,
        record: &mut ServerRecord,
        failures: u32,
    ) -> Result<Port, ArmError> {
        let ports = cloud.servers.ports();
        let own = (failures < 2)
            .then(|| ports.take_on_own_address(WELL_KNOWN_PORT))
            .flatten();
        let port = match own {
            Some(port) => port,
            None => ports.take().map_err(|error| {
                ArmError::internal(format!(
                    "There is no port for a PostgreSQL server: {error}."
                ))
            })?,
        };
        if record.port != 0 {
            tracing::warn!(
                server = record.id.name(),
                taken = format!("{}:{}", record.address, record.port),
                now = format!("{}:{}", port.address, port.number),
                "the port of a PostgreSQL server was taken; it has another one now"
            );
        }
        record.address = port.address;
        record.port = port.number;
        if ServerRecord::load(cloud, &record.id)?.is_some() {
            record.save(cloud)?;
        }
        Ok(port)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn readiness(folders: &Folders, port: u16) -> Readiness {
    let folders = folders.clone();
    Readiness {
        probe: Arc::new(move || {
            let folders = folders.clone();
            Box::pin(async move {
                let session = Session::open(&folders, port, "postgres").await;
                let session = session.map_err(|error| error.to_string())?;
                let answer = session.value("SELECT 1").await;
                answer.map(|_| ()).map_err(|error| error.to_string())
            })
        }),
        interval: PROBE_INTERVAL,
        limit: READY_LIMIT,
    }
}

/// Waits until the process is ready or will not become so. A first failure may pass: what an ended server left in shared
/// memory goes a moment later.
async fn settled(process: &Process) -> Result<(), Failure> {
    let mut state = process.state();
    let settled = state
        .wait_for(|state| match state {
            State::Starting => false,
            State::Exited(failure) => is_port_taken(failure),
            State::Ready { .. } | State::Crashed(_) | State::Stopped => true,
        })
        .await
        .map(|state| state.clone());
    match settled {
        Ok(State::Ready { .. }) => Ok(()),
        Ok(State::Exited(failure) | State::Crashed(failure)) => Err(failure),
        Ok(State::Starting | State::Stopped) | Err(_) => Err(Failure {
            cause: Cause::NotStarted("it was stopped meanwhile".to_owned()),
            last_lines: Vec::new(),
        }),
    }
}

fn is_port_taken(failure: &Failure) -> bool {
    failure
        .last_lines
        .iter()
        .any(|line| line.contains("Address already in use"))
}

fn did_not_start(record: &ServerRecord, failure: &Failure) -> ArmError {
    let lines = &failure.last_lines[failure.last_lines.len().saturating_sub(5)..];
    tracing::error!(server = record.id.name(), cause = %failure.cause, ?lines, "a PostgreSQL server does not run");
    ArmError::internal(format!(
        "The PostgreSQL server '{}' does not run: it {}. It said: {}",
        record.id.name(),
        failure.cause,
        lines.join("; ")
    ))
}

/// Ends a postmaster that still serves this folder though no record of ours knows it, and forgets the file of one that is gone.
///
/// Source: PostgreSQL documentation, "Database File Layout": the first line of `postmaster.pid` is the process id.
async fn end_stray(data: &Utf8Path) -> Result<(), ArmError> {
    let path = data.join("postmaster.pid");
    let Some(pid) = std::fs::read_to_string(&path)
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse::<i32>().ok())
    else {
        return Ok(());
    };
    if serves_folder(pid, data) {
        tracing::warn!(pid, "a PostgreSQL server of an earlier cloud is stopped");
        kill(Pid::from_raw(pid), Signal::SIGINT).ok();
        let gone = async {
            let mut ticks = interval(PROBE_INTERVAL);
            while serves_folder(pid, data) {
                ticks.tick().await;
            }
        };
        if timeout(READY_LIMIT, gone).await.is_err() {
            return Err(ArmError::internal(format!(
                "The process {pid} still holds the data of a PostgreSQL server."
            )));
        }
    }
    // A pid that belongs to another program by now would keep the server from starting.
    std::fs::remove_file(&path).ok();
    Ok(())
}

/// Whether the process is a server of this folder, by its command line.
fn serves_folder(pid: i32, data: &Utf8Path) -> bool {
    let is_linux = Utf8Path::new("/proc/self/cmdline").exists();
    let command = if is_linux {
        std::fs::read(format!("/proc/{pid}/cmdline"))
            .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
            .ok()
    } else {
        command_output("ps", &["-o", "args=", "-p", &pid.to_string()])
    };
    command.is_some_and(|command| command.contains(&format!(" -D {data} -c ")))
}
