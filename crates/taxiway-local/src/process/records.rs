//! Which children are alive, written down for the case that the cloud itself is killed.
//!
//! A record holds the pid and the start time of a group's leader; a pid that was given to another program since has another start
//! time. A group whose leader is gone counts as ours when its members started after the record's leader did.

use std::{
    io,
    time::{Duration, Instant},
};

use camino::{Utf8Path, Utf8PathBuf};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde::{Deserialize, Serialize};

use super::child::command_output;

/// How long an orphan may take after the polite signal.
const ORPHAN_GRACE: Duration = Duration::from_secs(5);

/// A folder of records.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    folder: Utf8PathBuf,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: String,
    pid: i32,
    started: String,
    boot: String,
    signal: i32,
}

/// A record that goes when this goes.
#[derive(Debug)]
pub(super) struct RecordGuard {
    path: Utf8PathBuf,
}

impl Drop for RecordGuard {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}

impl Records {
    pub(crate) fn new(folder: &Utf8Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Writes down that `pid` lives.
    pub(super) fn write(&self, name: &str, pid: i32, signal: Signal) -> io::Result<RecordGuard> {
        let started = start_time(pid).unwrap_or_default();
        let record = Record {
            name: name.to_owned(),
            pid,
            started,
            boot: boot(),
            signal: signal as i32,
        };
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(format!("{pid}.json"));
        crate::files::write_private(&path, &serde_json::to_vec(&record)?)?;
        Ok(RecordGuard { path })
    }

    /// Stops every child that an earlier cloud left behind, and forgets it. Blocks until they are gone.
    ///
    /// Returns the names of those that were still alive.
    pub(crate) fn stop_orphans(&self) -> io::Result<Vec<String>> {
        let mut orphans = Vec::new();
        for path in self.paths()? {
            let record = std::fs::read(&path)
                .ok()
                .and_then(|text| serde_json::from_slice::<Record>(&text).ok());
            if let Some(record) = record.filter(is_alive) {
                signal_group(&record, Signal::try_from(record.signal).ok());
                orphans.push((path, record));
            } else {
                std::fs::remove_file(path)?;
            }
        }
        let patience = Instant::now() + ORPHAN_GRACE;
        wait_until_gone(&orphans, patience);
        for (path, record) in &orphans {
            signal_group(record, Some(Signal::SIGKILL));
            std::fs::remove_file(path)?;
        }
        wait_until_gone(&orphans, Instant::now() + ORPHAN_GRACE);
        Ok(orphans.into_iter().map(|(_, record)| record.name).collect())
    }

    fn paths(&self) -> io::Result<Vec<Utf8PathBuf>> {
        let entries = match self.folder.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        entries
            .map(|entry| entry.map(|entry| entry.path().to_owned()))
            .filter(|path| {
                path.as_ref()
                    .map_or(true, |path| path.extension() == Some("json"))
            })
            .collect()
    }
}

fn signal_group(record: &Record, signal: Option<Signal>) {
    if is_alive(record) {
        // It may have ended since.
        killpg(Pid::from_raw(record.pid), signal.unwrap_or(Signal::SIGTERM)).ok();
    }
}

fn wait_until_gone(orphans: &[(Utf8PathBuf, Record)], deadline: Instant) {
    while orphans.iter().any(|(_, record)| is_alive(record)) && Instant::now() < deadline {
        // A blocking wait before the cloud serves anything.
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn is_alive(record: &Record) -> bool {
    if record.boot != boot() {
        return false;
    }
    match start_time(record.pid) {
        Some(started) => started == record.started,
        None => members(record.pid)
            .iter()
            .any(|started| later(started, &record.started)),
    }
}

/// Start times are ticks since boot on Linux; where they are words, membership alone decides.
fn later(member: &str, leader: &str) -> bool {
    match (member.parse::<u64>(), leader.parse::<u64>()) {
        (Ok(member), Ok(leader)) => member >= leader,
        _ => true,
    }
}

fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// When the process started, in the system's own words; none when there is no such process, or only its exit status is left.
pub(super) fn start_time(pid: i32) -> Option<String> {
    if Utf8Path::new("/proc/self/stat").exists() {
        return linux_stat(pid).map(|stat| stat.started);
    }
    let output = command_output("ps", &["-o", "stat=,lstart=", "-p", &pid.to_string()])?;
    let (state, started) = output.trim().split_once(char::is_whitespace)?;
    (!state.starts_with('Z')).then(|| started.trim().to_owned())
}

/// The start times of the living members of a process group.
fn members(group: i32) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter_map(linux_stat)
        .filter(|stat| stat.group == group)
        .map(|stat| stat.started)
        .collect()
}

struct Stat {
    group: i32,
    started: String,
}

/// Source: proc(5), `/proc/pid/stat`: fields 3 (state), 5 (group) and 22 (start time), after the name in parentheses.
fn linux_stat(pid: i32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    (*fields.first()? != "Z").then_some(())?;
    Some(Stat {
        group: fields.get(2)?.parse().ok()?,
        started: (*fields.get(19)?).to_owned(),
    })
}
