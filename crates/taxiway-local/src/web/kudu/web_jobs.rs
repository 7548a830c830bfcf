//! Triggered web jobs: run, and what became of the runs.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Call, ok, set_header, text, with_status};
use crate::{
    error::ArmError,
    web::jobs::{self, Job, JobRun},
};

impl Call<'_> {
    /// `GET /api/triggeredwebjobs`.
    pub(super) fn web_jobs(&self) -> Answer {
        Ok(ok(&Value::Array(self.triggered_values()?)))
    }

    pub(super) fn triggered_values(&self) -> Result<Vec<Value>, ArmError> {
        let jobs = jobs::list(self.cloud, &self.slot, &self.found);
        jobs.iter().map(|job| self.job_value(job)).collect()
    }

    /// `GET /api/triggeredwebjobs/{name}`.
    pub(super) fn web_job(&self, name: &str) -> Answer {
        Ok(ok(&self.job_value(&self.job(name)?)?))
    }

    /// `POST /api/triggeredwebjobs/{name}/run`.
    pub(super) fn run_web_job(&self, name: &str) -> Answer {
        let job = self.job(name)?;
        let run = jobs::start(self.cloud, &self.record, &self.slot, &self.found, &job)?;
        let mut response = with_status(StatusCode::ACCEPTED, &json!({}));
        set_header(&mut response, "location", &self.run_url(&job.name, &run));
        Ok(response)
    }

    /// `GET /api/triggeredwebjobs/{name}/history`, newest first.
    pub(super) fn web_job_history(&self, name: &str) -> Answer {
        let job = self.job(name)?;
        let runs = jobs::history(self.cloud, &self.slot, &job.name)?;
        let runs: Vec<Value> = runs.iter().rev().map(|run| self.run_value(run)).collect();
        Ok(ok(&json!({"runs": runs})))
    }

    /// `GET /api/triggeredwebjobs/{name}/history/{run}`.
    pub(super) fn web_job_run(&self, name: &str, run: &str) -> Answer {
        Ok(ok(&self.run_value(&self.find_run(name, run)?)))
    }

    /// `GET …/history/{run}/output_log.txt` and `…/error_log.txt`.
    pub(super) fn web_job_output(&self, name: &str, run: &str, file: &str) -> Answer {
        let run = self.find_run(name, run)?;
        match file {
            "output_log.txt" => Ok(text(jobs::output(self.cloud, &self.slot, &run))),
            // Both streams go to one log, in the order in which they came.
            "error_log.txt" => Ok(text(String::new())),
            _ => Err(ArmError::not_found(
                "NotFound",
                format!("A run has no file '{file}'."),
            )),
        }
    }

    fn job(&self, name: &str) -> Result<Job, ArmError> {
        jobs::find(self.cloud, &self.slot, &self.found, name).ok_or_else(|| {
            ArmError::not_found(
                "NotFound",
                format!("There is no triggered web job '{name}'."),
            )
        })
    }

    fn find_run(&self, name: &str, id: &str) -> Result<JobRun, ArmError> {
        let runs = jobs::history(self.cloud, &self.slot, name)?;
        runs.into_iter().find(|run| run.id == id).ok_or_else(|| {
            ArmError::not_found(
                "NotFound",
                format!("There is no run '{id}' of the web job '{name}'."),
            )
        })
    }

    fn job_value(&self, job: &Job) -> Result<Value, ArmError> {
        let runs = jobs::history(self.cloud, &self.slot, &job.name)?;
        let url = format!("{}/api/triggeredwebjobs/{}", self.base, job.name);
        Ok(json!({
            "latest_run": runs.last().map(|run| self.run_value(run)),
            "history_url": format!("{url}/history"),
            "name": job.name,
            "run_command": "run.sh",
            "url": url,
            "type": "triggered",
            "error": null,
            "using_sdk": false,
            "settings": {},
        }))
    }

    fn run_url(&self, job: &str, run: &JobRun) -> String {
        format!(
            "{}/api/triggeredwebjobs/{job}/history/{}",
            self.base, run.id
        )
    }

    fn run_value(&self, run: &JobRun) -> Value {
        let url = self.run_url(&run.job, run);
        let duration = run
            .ended
            .map(|ended| duration_text(ended.duration_since(run.started)));
        json!({
            "id": run.id,
            "name": run.id,
            "status": run.status.name(),
            "start_time": run.started,
            "end_time": run.ended,
            "duration": duration,
            "output_url": format!("{url}/output_log.txt"),
            "error_url": format!("{url}/error_log.txt"),
            "url": url,
            "job_name": run.job,
            "trigger": "External - Taxiway",
            "exit_code": run.exit_code,
        })
    }
}

/// `00:00:01.2340000`, as .NET writes it.
fn duration_text(duration: jiff::SignedDuration) -> String {
    let seconds = duration.as_secs();
    format!(
        "{:02}:{:02}:{:02}.{:07}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        duration.subsec_nanos() / 100
    )
}
