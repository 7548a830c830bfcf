//! A deployment as Kudu reports it.

use camino::Utf8PathBuf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::slot_id::SlotId;
use crate::paths::Paths;

/// How far a deployment is. Source: projectkudu/kudu, `DeployStatus`, for the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pending,
    Building,
    Failed,
    Success,
}

/// What became of the application after the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Runtime {
    NotStarted,
    Starting,
    Successful,
    Failed { reason: String },
}

/// One published package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub id: String,
    pub status: Status,
    pub received: Timestamp,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub author: String,
    pub message: String,
    /// Why it failed.
    pub failure: Option<String>,
    pub runtime: Runtime,
    /// The virtual environment below the application's folder, if the build made one.
    pub has_environment: bool,
}

/// The folder of a deployment; nothing in it changes once the deployment has succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder(pub Utf8PathBuf);

impl Folder {
    pub(super) fn new(paths: &Paths, slot: &SlotId, deployment: &str) -> Self {
        Self(slot.site_folder(paths).join("deployments").join(deployment))
    }

    pub(super) fn package(&self) -> Utf8PathBuf {
        self.0.join("package.zip")
    }

    /// The root of the application.
    pub(super) fn application(&self) -> Utf8PathBuf {
        self.0.join("app")
    }

    /// The virtual environment, by the name that App Service gives it.
    pub(super) fn environment(&self) -> Utf8PathBuf {
        self.application().join("antenv")
    }

    pub(super) fn log(&self) -> Utf8PathBuf {
        self.0.join("deployment.log")
    }
}

impl Deployment {
    pub(super) fn new(author: &str, message: &str) -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            status: Status::Pending,
            received: Timestamp::now(),
            started: None,
            ended: None,
            author: author.to_owned(),
            message: message.to_owned(),
            failure: None,
            runtime: Runtime::NotStarted,
            has_environment: false,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        matches!(self.status, Status::Failed | Status::Success)
    }

    /// As `GET /api/deployments/{id}` answers it.
    pub(super) fn to_kudu(&self, scm: &str, site: &str, is_active: bool) -> Value {
        let url = format!("https://{scm}/api/deployments/{}", self.id);
        let (number, state) = match self.status {
            Status::Pending => (0, "Pending"),
            Status::Building => (1, "InProgress"),
            Status::Failed => (3, "Failed"),
            Status::Success => (4, "Succeeded"),
        };
        json!({
            "id": self.id,
            "status": number,
            "status_text": self.failure.as_deref().unwrap_or_default(),
            "author_email": "N/A",
            "author": self.author,
            "deployer": "OneDeploy",
            "message": self.message,
            "progress": if number == 1 { "Building and deploying." } else { "" },
            "received_time": self.received,
            "start_time": self.started,
            "end_time": self.ended,
            "last_success_end_time": self.ended.filter(|_| self.status == Status::Success),
            "complete": self.is_complete(),
            "active": is_active,
            "is_temp": false,
            "is_readonly": true,
            "url": url,
            "log_url": format!("{url}/log"),
            "site_name": site,
            "provisioningState": state,
        })
    }

    /// As `GET {site}/deploymentStatus/{id}` answers it below `properties`.
    pub(super) fn to_status(&self) -> Value {
        let (status, error) = match (self.status, &self.runtime) {
            (Status::Pending, _) => ("BuildRequestReceived", None),
            (Status::Building, _) => ("BuildInProgress", None),
            (Status::Failed, _) => ("BuildFailed", self.failure.as_deref()),
            (Status::Success, Runtime::NotStarted) => ("BuildSuccessful", None),
            (Status::Success, Runtime::Starting) => ("RuntimeStarting", None),
            (Status::Success, Runtime::Successful) => ("RuntimeSuccessful", None),
            (Status::Success, Runtime::Failed { reason }) => {
                ("RuntimeFailed", Some(reason.as_str()))
            }
        };
        let count = |name: &str| i32::from(status == name);
        json!({
            "deploymentId": self.id,
            "status": status,
            "numberOfInstancesInProgress": count("RuntimeStarting"),
            "numberOfInstancesSuccessful": count("RuntimeSuccessful"),
            "numberOfInstancesFailed": count("RuntimeFailed"),
            "failedInstancesLogs": null,
            "errors": error.map(|message| vec![json!({"extendedCode": null, "message": message})]),
        })
    }
}
