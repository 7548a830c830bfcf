//! Triggered web jobs: `App_Data/jobs/triggered/<name>/run.sh` of the content that a slot serves.
//!
//! A job runs in the environment and the folder of the application. Its runs are remembered before they start, so that one that
//! broke off with the cloud is reported as aborted.

use std::{collections::BTreeMap, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    deployment::Folder,
    launch::Launch,
    record::{SiteRecord, SlotRecord},
    runtime,
    slot_id::SlotId,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Child, Exit, Log, Program, StopPlan},
};

const KIND: &str = "web-job-runs";

/// The runs of a job that are kept. Source: projectkudu/kudu, `WEBJOBS_HISTORY_SIZE`.
const KEPT: usize = 50;

/// A job that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub name: String,
    pub(super) script: Utf8PathBuf,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RunStatus {
    Initializing,
    Running,
    Success,
    Failed,
    Aborted,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JobRun {
    pub id: String,
    pub job: String,
    pub status: RunStatus,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub exit_code: Option<i32>,
}

impl RunStatus {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Initializing => "Initializing",
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::Aborted => "Aborted",
        }
    }

    const fn is_over(self) -> bool {
        match self {
            Self::Initializing | Self::Running => false,
            Self::Success | Self::Failed | Self::Aborted => true,
        }
    }
}

/// The jobs of what a slot serves.
pub(super) fn list(cloud: &Cloud, slot: &SlotId, found: &SlotRecord) -> Vec<Job> {
    let folder = jobs_folder(cloud, slot, found);
    folder.map(|folder| below(&folder)).unwrap_or_default()
}

/// The jobs of a folder that has one in each of its folders.
pub(super) fn below(folder: &Utf8Path) -> Vec<Job> {
    let entries = folder
        .read_dir_utf8()
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut jobs: Vec<Job> = entries
        .map(|entry| Job {
            name: entry.file_name().to_owned(),
            script: entry.path().join("run.sh"),
        })
        .filter(|job| job.script.is_file())
        .collect();
    jobs.sort_by(|one, other| one.name.cmp(&other.name));
    jobs
}

pub(super) fn find(cloud: &Cloud, slot: &SlotId, found: &SlotRecord, name: &str) -> Option<Job> {
    list(cloud, slot, found)
        .into_iter()
        .find(|job| job.name.eq_ignore_ascii_case(name))
}

fn jobs_folder(cloud: &Cloud, slot: &SlotId, found: &SlotRecord) -> Option<Utf8PathBuf> {
    let deployment = found.content.active.as_ref()?;
    let root = Folder::new(&cloud.paths, slot, deployment).application();
    Some(root.join("App_Data/jobs/triggered"))
}

/// The runs of a job in a slot, oldest first.
pub(super) fn history(cloud: &Cloud, slot: &SlotId, job: &str) -> Result<Vec<JobRun>, ArmError> {
    Ok(cloud
        .store
        .document(KIND, &key(slot, job))?
        .unwrap_or_default())
}

fn key(slot: &SlotId, job: &str) -> String {
    format!(
        "{}/{}/{}",
        slot.site.key(),
        slot.name(),
        job.to_ascii_lowercase()
    )
}

/// What a run printed.
pub(super) fn output(cloud: &Cloud, slot: &SlotId, run: &JobRun) -> String {
    std::fs::read_to_string(log_path(cloud, slot, &run.job, &run.id)).unwrap_or_default()
}

fn log_path(cloud: &Cloud, slot: &SlotId, job: &str, run: &str) -> Utf8PathBuf {
    let jobs = slot.folder(&cloud.paths).join("jobs/triggered");
    jobs.join(job.to_ascii_lowercase())
        .join(run)
        .join("output_log.txt")
}

/// Starts a job in the background.
///
/// # Errors
/// 409 while it already runs.
pub(super) fn start(
    cloud: &Cloud,
    record: &SiteRecord,
    slot: &SlotId,
    found: &SlotRecord,
    job: &Job,
) -> Result<JobRun, ArmError> {
    let run = JobRun {
        id: format!(
            "{}{:03}",
            Timestamp::now().strftime("%Y%m%d%H%M%S%6f"),
            rand::random::<u8>()
        ),
        job: job.name.clone(),
        status: RunStatus::Initializing,
        started: Timestamp::now(),
        ended: None,
        exit_code: None,
    };
    let key = key(slot, &job.name);
    cloud.store.transaction(|batch| {
        let mut runs: Vec<JobRun> = batch.document(KIND, &key)?.unwrap_or_default();
        if runs.iter().any(|run| !run.status.is_over()) {
            return Err(ArmError::conflict(
                "Conflict",
                format!(
                    "Cannot start a new run since job '{}' is already running.",
                    job.name
                ),
            ));
        }
        runs.push(run.clone());
        let surplus = runs.len().saturating_sub(KEPT);
        runs.drain(..surplus);
        batch.put_document(KIND, &key, &runs)?;
        Ok(())
    })?;
    let work = Work {
        cloud: cloud.clone(),
        record: record.clone(),
        slot: slot.clone(),
        found: found.clone(),
        job: job.clone(),
        run: run.clone(),
    };
    cloud.sites.spawn(work.run());
    Ok(run)
}

/// A run under way.
struct Work {
    cloud: Cloud,
    record: SiteRecord,
    slot: SlotId,
    found: SlotRecord,
    job: Job,
    run: JobRun,
}

impl Work {
    async fn run(self) {
        let log = Log::new(&log_path(
            &self.cloud,
            &self.slot,
            &self.run.job,
            &self.run.id,
        ));
        self.change(|run| run.status = RunStatus::Running);
        log.line(&format!(
            "[SYS INFO] Run script 'run.sh' of the job '{}'",
            self.job.name
        ));
        let outcome = self.execute(&log).await;
        let (status, exit_code) = match outcome {
            Ok(exit) if exit.is_success() => (RunStatus::Success, exit.code),
            Ok(exit) => {
                log.line(&format!("[SYS ERR ] Job failed: it {exit}"));
                (RunStatus::Failed, exit.code)
            }
            Err(reason) => {
                log.line(&format!("[SYS ERR ] Job could not be run: {reason}"));
                (RunStatus::Failed, None)
            }
        };
        log.line(&format!("[SYS INFO] Status changed to {}", status.name()));
        self.change(|run| {
            run.status = status;
            run.exit_code = exit_code;
            run.ended = Some(Timestamp::now());
        });
    }

    async fn execute(&self, log: &Log) -> Result<Exit, String> {
        let launch = runtime::prepare(&self.cloud, &self.record, &self.slot, &self.found)
            .await
            .map_err(|problem| format!("the site {problem}"))?;
        let mut environment = launch.environment.clone();
        environment.extend(variables(&self.job, "triggered", &launch));
        let admission = self.cloud.sites.identities().admit(&self.slot);
        admission.tell(&mut environment);
        environment.insert("WEBJOBS_RUN_ID".to_owned(), self.run.id.clone());
        if let Some(home) = environment.get("HOME") {
            std::fs::create_dir_all(home).map_err(|error| error.to_string())?;
        }
        let program = Program {
            name: format!("web job {} of {}", self.job.name, self.slot.label()),
            executable: interpreter(&self.job.script).into(),
            arguments: vec![self.job.script.to_string()],
            environment,
            directory: launch.directory,
            account: None,
            stop: StopPlan::term(Duration::from_secs(5)),
        };
        let records = self.cloud.sites.records(&self.cloud);
        let mut child = Child::spawn(&program, log, &records).map_err(|error| error.to_string())?;
        child.wait().await.map_err(|error| error.to_string())
    }

    fn change(&self, change: impl FnOnce(&mut JobRun)) {
        change_run(
            &self.cloud,
            &key(&self.slot, &self.run.job),
            &self.run.id,
            change,
        );
    }
}

fn change_run(cloud: &Cloud, key: &str, id: &str, change: impl FnOnce(&mut JobRun)) {
    let changed = cloud.store.transaction(|batch| {
        let mut runs: Vec<JobRun> = batch.document(KIND, key)?.unwrap_or_default();
        if let Some(run) = runs.iter_mut().find(|run| run.id == id) {
            change(run);
            batch.put_document(KIND, key, &runs)?;
        }
        Ok::<_, ArmError>(())
    });
    if let Err(error) = changed {
        tracing::error!(%error, "the state of a web job could not be kept");
    }
}

/// What a job is told about itself.
pub(super) fn variables(job: &Job, kind: &str, launch: &Launch) -> BTreeMap<String, String> {
    let folder = job.script.parent().map(ToString::to_string);
    let variables = [
        ("WEBJOBS_NAME", job.name.clone()),
        ("WEBJOBS_TYPE", kind.to_owned()),
        ("WEBJOBS_PATH", folder.unwrap_or_default()),
        ("WEBROOT_PATH", launch.directory.to_string()),
    ];
    variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A script without a first line that says otherwise is run by the shell.
pub(super) fn interpreter(script: &Utf8Path) -> &'static str {
    let text = std::fs::read(script).unwrap_or_default();
    match text.starts_with(b"#!/bin/bash") || text.starts_with(b"#!/usr/bin/env bash") {
        true => "/bin/bash",
        false => "/bin/sh",
    }
}

/// Reports the runs that broke off with an earlier cloud.
pub(super) fn recover(cloud: &Cloud) -> Result<(), ArmError> {
    for (key, mut runs) in cloud.store.documents::<Vec<JobRun>>(KIND)? {
        let mut has_changed = false;
        for run in runs.iter_mut().filter(|run| !run.status.is_over()) {
            run.status = RunStatus::Aborted;
            run.ended = Some(Timestamp::now());
            has_changed = true;
        }
        if has_changed {
            cloud.store.put_document(KIND, &key, &runs)?;
        }
    }
    Ok(())
}

/// Forgets the runs of a slot that is deleted.
pub(super) fn forget(cloud: &Cloud, slot: &SlotId) -> Result<(), ArmError> {
    let prefix = format!("{}/{}/", slot.site.key(), slot.name());
    for (key, _) in cloud.store.documents::<Vec<JobRun>>(KIND)? {
        if key.starts_with(&prefix) {
            cloud.store.delete_document(KIND, &key)?;
        }
    }
    Ok(())
}
