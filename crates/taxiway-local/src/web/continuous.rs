//! Continuous web jobs: `App_Data/jobs/continuous/<name>/run.sh` of the content that a slot serves, kept running beside it.
//!
//! Invariants: the jobs of a slot are those of one launch; those of the one before have ended before the next ones start, so that
//! a scheduler never runs twice; they end with the slot. Source: projectkudu/kudu wiki, "WebJobs"; Azure App Service, "How WebJobs
//! run": an ended job is started again, `settings.job` says how long one may take to end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::{
    identity_endpoint::Admission,
    jobs::{self, Job},
    launch::Launch,
    slot_id::SlotId,
};
use crate::{
    cloud::Cloud,
    process::{Log, Process, Program, Readiness, RestartPolicy, State, StopPlan},
};

/// What a job has to end in when its `settings.job` does not say. Source: projectkudu/kudu wiki, "WebJobs".
const STOPPING_WAIT: u64 = 5;

/// The most that is waited for a job's end.
const LONGEST_WAIT: u64 = 120;

/// The jobs of one slot as they run.
#[derive(Debug)]
pub(super) struct Running {
    launch: Launch,
    jobs: Vec<RunningJob>,
    _admission: Admission,
}

#[derive(Debug)]
struct RunningJob {
    job: Job,
    process: Process,
    /// Its presence tells the job to end.
    shutdown_file: Utf8PathBuf,
}

/// A job as people are told of it.
#[derive(Clone, Debug)]
pub(super) struct Described {
    pub job: Job,
    pub status: &'static str,
    pub detailed_status: String,
    pub settings: Value,
}

impl Running {
    /// Starts the jobs of a launch.
    pub(super) fn start(cloud: &Cloud, slot: &SlotId, launch: &Launch) -> Self {
        let admission = cloud.sites.identities().admit(slot);
        let is_stopped = launch
            .environment
            .get("WEBJOBS_STOPPED")
            .is_some_and(|value| value.trim() == "1");
        let jobs = if is_stopped {
            Vec::new()
        } else {
            list(&launch.directory)
        };
        let started = jobs.into_iter().filter_map(|job| {
            let name = job.name.clone();
            start(cloud, slot, launch, job, &admission)
                .inspect_err(|error| {
                    log(cloud, slot, &name)
                        .line(&format!("[SYS ERR ] Job could not be started: {error}"));
                })
                .ok()
        });
        Self {
            jobs: started.collect(),
            launch: launch.clone(),
            _admission: admission,
        }
    }

    pub(super) fn is_of(&self, launch: &Launch) -> bool {
        self.launch == *launch
    }

    /// Ends all jobs, at once, and waits for their ends.
    pub(super) async fn stop(self) {
        let mut ends: tokio::task::JoinSet<()> = self
            .jobs
            .into_iter()
            .map(|running| async move {
                if let Err(error) = std::fs::write(&running.shutdown_file, "") {
                    tracing::warn!(%error, "a web job could not be told by its file to end");
                }
                running.process.stop().await;
                std::fs::remove_file(&running.shutdown_file).ok();
            })
            .collect();
        while ends.join_next().await.is_some() {}
    }

    fn state(&self, name: &str) -> Option<State> {
        let running = self.jobs.iter().find(|running| running.job.name == name)?;
        Some(running.process.state().borrow().clone())
    }
}

/// The jobs of a published application.
pub(super) fn list(application: &Utf8Path) -> Vec<Job> {
    jobs::below(&application.join("App_Data/jobs/continuous"))
}

/// The jobs of what a slot serves, and how they are doing.
pub(super) fn describe(application: &Utf8Path, running: Option<&Running>) -> Vec<Described> {
    let describe = |job: Job| {
        let state = running.and_then(|running| running.state(&job.name));
        let (status, detailed_status) = match state {
            Some(State::Ready { pid }) => ("Running", format!("process {pid}")),
            Some(State::Starting) => ("Starting", String::new()),
            Some(State::Exited(failure)) => ("PendingRestart", failure.cause.to_string()),
            Some(State::Crashed(failure)) => ("Stopped", failure.cause.to_string()),
            Some(State::Stopped) | None => ("Stopped", String::new()),
        };
        Described {
            settings: settings(&job),
            job,
            status,
            detailed_status,
        }
    };
    list(application).into_iter().map(describe).collect()
}

/// The log of a job in a slot.
pub(super) fn log(cloud: &Cloud, slot: &SlotId, job: &str) -> Log {
    let jobs = slot.folder(&cloud.paths).join("jobs/continuous");
    Log::new(&jobs.join(job.to_ascii_lowercase()).join("job_log.txt"))
}

fn start(
    cloud: &Cloud,
    slot: &SlotId,
    launch: &Launch,
    job: Job,
    admission: &Admission,
) -> std::io::Result<RunningJob> {
    let log = log(cloud, slot, &job.name);
    let folder = log.path().with_file_name("data");
    std::fs::create_dir_all(&folder)?;
    let shutdown_file = folder.join("shutdown");
    if shutdown_file.exists() {
        std::fs::remove_file(&shutdown_file)?;
    }
    let mut environment = launch.environment.clone();
    admission.tell(&mut environment);
    environment.extend(variables(&job, launch, &folder, &shutdown_file));
    if let Some(home) = environment.get("HOME") {
        std::fs::create_dir_all(home)?;
    }
    let program = Program {
        name: format!("web job {} of {}", job.name, slot.label()),
        executable: jobs::interpreter(&job.script).into(),
        arguments: vec![job.script.to_string()],
        environment,
        directory: launch.directory.clone(),
        account: None,
        stop: StopPlan::term(stopping_wait(&settings(&job))),
    };
    // Nothing asks a job whether it works: running is all that is known of it.
    let readiness = Readiness {
        probe: Arc::new(|| Box::pin(async { Ok(()) })),
        interval: Duration::from_millis(50),
        limit: Duration::from_secs(5),
    };
    log.line(&format!(
        "[SYS INFO] Run script 'run.sh' of the continuous job '{}'",
        job.name
    ));
    let records = cloud.sites.records(cloud);
    Ok(RunningJob {
        process: Process::start(program, readiness, RestartPolicy::WEB_JOB, log, records),
        shutdown_file,
        job,
    })
}

fn variables(
    job: &Job,
    launch: &Launch,
    data: &Utf8Path,
    shutdown_file: &Utf8Path,
) -> BTreeMap<String, String> {
    let mut variables = jobs::variables(job, "continuous", launch);
    for (name, value) in [
        ("WEBJOBS_DATA_PATH", data),
        ("WEBJOBS_SHUTDOWN_FILE", shutdown_file),
    ] {
        variables.insert(name.to_owned(), value.to_string());
    }
    variables
}

/// What the job's `settings.job` says; nothing where there is none, or none that can be read.
fn settings(job: &Job) -> Value {
    let path = job.script.with_file_name("settings.job");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_else(|_| Value::Object(serde_json::Map::new()))
}

fn stopping_wait(settings: &Value) -> Duration {
    let seconds = settings["stopping_wait_time"].as_u64();
    Duration::from_secs(seconds.unwrap_or(STOPPING_WAIT).min(LONGEST_WAIT))
}
