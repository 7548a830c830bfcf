//! The local cloud as a process of its own: found, started, stopped.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use taxiway_local::Ports;

use crate::arguments::CloudPorts;
use crate::failure::Failure;
use crate::surroundings::{Surroundings, variable};

/// What stands in `<state>/cloud.json` while the local cloud runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Running {
    /// Its process.
    pub(crate) pid: i32,
    /// Its version.
    pub(crate) version: String,
    /// Its ports.
    pub(crate) ports: RunningPorts,
}

/// The ports it is bound to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RunningPorts {
    /// Azure's API.
    pub(crate) front_door: u16,
    /// The applications.
    pub(crate) sites: u16,
    /// The proxy for stock clients.
    pub(crate) proxy: u16,
}

/// How long it may take to stop: sites finish their requests, PostgreSQL its checkpoint.
const STOP_LIMIT: Duration = Duration::from_secs(60);

fn status_path(surroundings: &Surroundings) -> Utf8PathBuf {
    surroundings.state.join("cloud.json")
}

fn log_path(surroundings: &Surroundings) -> Utf8PathBuf {
    surroundings.state.join("cloud.log")
}

/// What its last start left behind, be it running or not.
pub(crate) fn last(surroundings: &Surroundings) -> Option<Running> {
    serde_json::from_str(&std::fs::read_to_string(status_path(surroundings)).ok()?).ok()
}

/// The local cloud, if it runs.
pub(crate) fn running(surroundings: &Surroundings) -> Option<Running> {
    last(surroundings).filter(|running| is_ours(running.pid))
}

/// Whether the process exists and is a local cloud: a number alone may belong to somebody else by now.
fn is_ours(pid: i32) -> bool {
    let command = std::fs::read(format!("/proc/{pid}/cmdline"));
    match command {
        Ok(command) => command
            .split(|byte| *byte == 0)
            .any(|word| word == b"serve"),
        Err(_) if std::path::Path::new("/proc/self").exists() => false,
        Err(_) => kill(Pid::from_raw(pid), None).is_ok(),
    }
}

/// The ports to bind: as asked, as the environment says, as at the last start (addresses of sites and vaults hold them), as usual.
pub(crate) fn ports(asked: &CloudPorts, surroundings: &Surroundings) -> Ports {
    let usual = Ports::default();
    let last = last(surroundings).map(|running| running.ports);
    let said = |name: &str| variable(name).and_then(|port| port.parse::<u16>().ok());
    let choose = |asked: Option<u16>, name: &str, last: Option<u16>, usual: u16| {
        asked.or_else(|| said(name)).or(last).unwrap_or(usual)
    };
    Ports {
        front_door: choose(
            asked.port,
            "TAXIWAY_CLOUD_PORT",
            last.map(|ports| ports.front_door),
            usual.front_door,
        ),
        sites: choose(
            asked.sites_port,
            "TAXIWAY_SITES_PORT",
            last.map(|ports| ports.sites),
            usual.sites,
        ),
        proxy: choose(
            asked.proxy_port,
            "TAXIWAY_PROXY_PORT",
            last.map(|ports| ports.proxy),
            usual.proxy,
        ),
    }
}

/// The local cloud, started if it does not run. The second value says whether it was.
///
/// # Errors
/// [`Failure`] with the last lines of its log where it does not come up.
pub(crate) fn ensure(
    asked: &CloudPorts,
    surroundings: &Surroundings,
) -> Result<(Running, bool), Failure> {
    if let Some(running) = running(surroundings) {
        return Ok((running, false));
    }
    start(asked, surroundings)?;
    running(surroundings)
        .map(|running| (running, true))
        .ok_or_else(|| did_not_start(surroundings))
}

#[expect(
    clippy::disallowed_methods,
    reason = "starts the local cloud, which then owns its own children"
)]
fn start(asked: &CloudPorts, surroundings: &Surroundings) -> Result<(), Failure> {
    let prepare = |error: std::io::Error| {
        Failure::lacking(format!(
            "the folder of the local cloud, `{}`, cannot be used",
            surroundings.state
        ))
        .because(&error)
        .next("take another", "export TAXIWAY_HOME=FOLDER")
    };
    std::fs::create_dir_all(&surroundings.state).map_err(prepare)?;
    let log = File::options()
        .create(true)
        .append(true)
        .open(log_path(surroundings))
        .map_err(prepare)?;
    let program = std::env::current_exe().map_err(prepare)?;
    let ports = ports(asked, surroundings);
    let mut child = Command::new(program)
        .args(["cloud", "serve", "--port", &ports.front_door.to_string()])
        .args([
            "--sites-port",
            &ports.sites.to_string(),
            "--proxy-port",
            &ports.proxy.to_string(),
        ])
        .env("TAXIWAY_HOME", &surroundings.state)
        .env("TAXIWAY_CACHE", &surroundings.cache)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .process_group(0)
        .spawn()
        .map_err(prepare)?;
    let output = child.stdout.take().expect("stdout is piped above");
    let mut line = String::new();
    // It says `ready` when it answers, and closes its output when it ends before that.
    let read = BufReader::new(output).read_line(&mut line);
    if read.is_ok() && line.trim_end() == "ready" {
        Ok(())
    } else {
        Err(did_not_start(surroundings))
    }
}

fn did_not_start(surroundings: &Surroundings) -> Failure {
    let log = std::fs::read_to_string(log_path(surroundings)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    let tail = lines[lines.len().saturating_sub(6)..]
        .iter()
        .map(|line| (*line).to_owned());
    Failure::lacking("the local cloud does not start")
        .details(tail)
        .detail(format!("its log: {}", log_path(surroundings)))
        .next(
            "with other ports",
            "taxiway cloud start --port 9443 --sites-port 9080 --proxy-port 9081",
        )
}

/// Stops the local cloud and waits until it is gone; says whether it ran.
///
/// # Errors
/// [`Failure`] where it does not end in time, or belongs to somebody else.
pub(crate) fn stop(surroundings: &Surroundings) -> Result<bool, Failure> {
    let Some(running) = running(surroundings) else {
        return Ok(false);
    };
    let pid = Pid::from_raw(running.pid);
    kill(pid, Signal::SIGTERM)
        .map_err(|error| Failure::failed("the local cloud cannot be stopped").because(&error))?;
    let deadline = Instant::now() + STOP_LIMIT;
    while is_ours(running.pid) {
        if Instant::now() > deadline {
            return Err(
                Failure::failed(format!("the local cloud (process {pid}) does not end"))
                    .next("end it at once; nothing is lost", format!("kill -9 {pid}")),
            );
        }
        wait_a_moment();
    }
    Ok(true)
}

/// A pause between two looks at a process that is no child of ours.
#[expect(
    clippy::disallowed_methods,
    reason = "the end of a process that is not our child can only be polled"
)]
fn wait_a_moment() {
    std::thread::sleep(Duration::from_millis(20));
}
