//! Continuous web jobs: which there are, and how they are doing.

use serde_json::{Value, json};

use super::{Answer, Call, ok, text};
use crate::{
    error::ArmError,
    web::{
        continuous::{self, Described},
        deployment::Folder,
    },
};

impl Call<'_> {
    /// `GET /api/webjobs`: of both kinds.
    pub(super) async fn all_web_jobs(&self) -> Answer {
        let mut jobs = self.continuous_values().await;
        jobs.extend(self.triggered_values()?);
        Ok(ok(&Value::Array(jobs)))
    }

    /// `GET /api/continuouswebjobs`.
    pub(super) async fn continuous_web_jobs(&self) -> Answer {
        Ok(ok(&Value::Array(self.continuous_values().await)))
    }

    /// `GET /api/continuouswebjobs/{name}`.
    pub(super) async fn continuous_web_job(&self, name: &str) -> Answer {
        let jobs = self.continuous_values().await;
        let found = jobs.into_iter().find(|job| {
            job["name"]
                .as_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        let found = found.ok_or_else(|| {
            ArmError::not_found(
                "NotFound",
                format!("There is no continuous web job '{name}'."),
            )
        })?;
        Ok(ok(&found))
    }

    /// `GET /api/vfs/data/jobs/continuous/{name}/job_log.txt`.
    pub(super) fn continuous_web_job_log(&self, name: &str) -> Answer {
        let is_name = !matches!(name, "." | "..");
        let log = continuous::log(self.cloud, &self.slot, name);
        let content = is_name.then(|| std::fs::read(log.path()).ok()).flatten();
        let content = content.ok_or_else(|| {
            ArmError::not_found(
                "NotFound",
                format!("There is no log of a continuous web job '{name}'."),
            )
        })?;
        Ok(text(String::from_utf8_lossy(&content).into_owned()))
    }

    async fn continuous_values(&self) -> Vec<Value> {
        let Some(deployment) = &self.found.content.active else {
            return Vec::new();
        };
        let folder = Folder::new(&self.cloud.paths, &self.slot, deployment);
        let runtime = self.cloud.sites.runtime(self.cloud, &self.slot);
        let jobs = runtime.describe_jobs(&folder.application()).await;
        jobs.iter().map(|job| self.continuous_value(job)).collect()
    }

    fn continuous_value(&self, described: &Described) -> Value {
        let name = &described.job.name;
        json!({
            "name": name,
            "status": described.status,
            "detailed_status": described.detailed_status,
            "log_url": format!("{}/api/vfs/data/jobs/continuous/{name}/job_log.txt", self.base),
            "run_command": "run.sh",
            "url": format!("{}/api/continuouswebjobs/{name}", self.base),
            "extra_info_url": format!("{}/azurejobs/#/jobs/continuous/{name}", self.base),
            "type": "continuous",
            "error": null,
            "using_sdk": false,
            "settings": described.settings,
        })
    }
}
