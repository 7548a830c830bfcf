//! Publishing a package, and what became of it.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::Kudu;
use crate::{
    error::Error,
    transport::{Content, Request, read},
};

/// How long the upload of a package may take.
const UPLOAD_LIMIT: Duration = Duration::from_secs(30 * 60);

/// A package that Kudu has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publishing {
    /// The deployment's id, when Kudu told it.
    pub deployment: Option<String>,
}

/// How far a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KuduStatus {
    /// It waits.
    Pending,
    /// The site's build runs.
    Building,
    /// The result is put in place.
    Deploying,
    /// It failed; the former content stays.
    Failed,
    /// The new content is in place.
    Succeeded,
}

/// A deployment as Kudu keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KuduDeployment {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub status: KuduStatus,
    /// Kudu's own words about it.
    pub status_text: String,
    /// What it does now.
    pub progress: String,
    /// Whether its content is the one in place.
    pub active: bool,
    /// Whether it has ended.
    pub complete: bool,
    /// When it began.
    pub start_time: Option<jiff::Timestamp>,
    /// When it ended.
    pub end_time: Option<jiff::Timestamp>,
}

/// A line of a deployment's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its id, under which its details are.
    pub id: String,
    /// The line.
    pub message: String,
    /// Whether it is an error.
    pub is_error: bool,
    /// Whether Kudu has more lines under it.
    pub has_details: bool,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    status: u8,
    #[serde(default)]
    status_text: Option<String>,
    #[serde(default)]
    progress: Option<String>,
    #[serde(default)]
    active: bool,
    #[serde(default)]
    complete: bool,
    start_time: Option<String>,
    end_time: Option<String>,
}

#[derive(Deserialize)]
struct WireEntry {
    id: Option<String>,
    message: Option<String>,
    #[serde(rename = "type", default)]
    kind: Value,
    details_url: Option<String>,
}

impl From<Wire> for KuduDeployment {
    fn from(wire: Wire) -> Self {
        let status = match wire.status {
            0 => KuduStatus::Pending,
            1 => KuduStatus::Building,
            2 => KuduStatus::Deploying,
            4 => KuduStatus::Succeeded,
            // 3 Failed, 5 Conflict, 6 PartialSuccess.
            _ => KuduStatus::Failed,
        };
        let time = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Self {
            id: wire.id,
            status,
            status_text: wire.status_text.unwrap_or_default(),
            progress: wire.progress.unwrap_or_default(),
            active: wire.active,
            complete: wire.complete,
            start_time: time(wire.start_time),
            end_time: time(wire.end_time),
        }
    }
}

impl KuduDeployment {
    /// Whether nothing will happen to it any more.
    pub fn has_ended(&self) -> bool {
        matches!(self.status, KuduStatus::Failed | KuduStatus::Succeeded)
            && !self.id.contains("temp")
    }
}

impl Kudu {
    /// Uploads a zip package, which replaces the site's content after the site's own build.
    ///
    /// # Errors
    /// When Kudu refuses: a conflict while another deployment runs, 413 for more than 2 GiB.
    pub async fn publish_zip(&self, zip: Bytes) -> Result<Publishing, Error> {
        let url = self.at("/api/publish?type=zip&async=true&restart=true&clean=true")?;
        // Kudu puts the whole content in place anew, so the same package may be sent twice.
        let request = Request::new(Method::POST, url)
            .content(Content::Octets(zip))
            .limit(UPLOAD_LIMIT)
            .repeatable();
        let answer = self.send(&request).await?;
        let deployment = answer.header("scm-deployment-id").map(str::to_owned);
        Ok(Publishing { deployment })
    }

    /// Reads a deployment by id, or the `latest`; `None` when there is none.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn deployment(&self, id: &str) -> Result<Option<KuduDeployment>, Error> {
        let request = Request::new(Method::GET, self.at(&format!("/api/deployments/{id}"))?);
        match self.send(&request).await {
            Ok(answer) => Ok(Some(answer.read::<Wire>()?.into())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists the deployments that Kudu still has.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn deployments(&self) -> Result<Vec<KuduDeployment>, Error> {
        let request = Request::new(Method::GET, self.at("/api/deployments")?);
        let items: Vec<Wire> = self.send(&request).await?.read()?;
        Ok(items.into_iter().map(KuduDeployment::from).collect())
    }

    /// Puts the content of an earlier deployment in place again.
    ///
    /// # Errors
    /// When Kudu no longer has it, refuses or can't be reached.
    pub async fn redeploy(&self, id: &str) -> Result<(), Error> {
        let request = Request::new(Method::PUT, self.at(&format!("/api/deployments/{id}"))?)
            .json(serde_json::json!({"clean": true}))
            .limit(UPLOAD_LIMIT);
        self.send(&request).await.map(drop)
    }

    /// The log of a deployment, the lines of its build included.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn deployment_log(&self, id: &str) -> Result<Vec<LogEntry>, Error> {
        let mut entries = Vec::new();
        for entry in self
            .log_entries(&format!("/api/deployments/{id}/log"))
            .await?
        {
            let details = format!("/api/deployments/{id}/log/{}", entry.id);
            let has_details = entry.has_details;
            entries.push(entry);
            if has_details {
                entries.extend(self.log_entries(&details).await?);
            }
        }
        Ok(entries)
    }

    async fn log_entries(&self, path: &str) -> Result<Vec<LogEntry>, Error> {
        let request = Request::new(Method::GET, self.at(path)?);
        let answer = match self.send(&request).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let items: Vec<WireEntry> = match answer.json()? {
            Value::Null => Vec::new(),
            items => read(items, &answer.call)?,
        };
        Ok(items.into_iter().map(LogEntry::from).collect())
    }
}

impl From<WireEntry> for LogEntry {
    fn from(wire: WireEntry) -> Self {
        let is_error = match &wire.kind {
            Value::Number(number) => number.as_u64() == Some(2),
            Value::String(text) => text.eq_ignore_ascii_case("error"),
            _ => false,
        };
        Self {
            id: wire.id.unwrap_or_default(),
            message: wire.message.unwrap_or_default(),
            is_error,
            has_details: wire.details_url.is_some(),
        }
    }
}
