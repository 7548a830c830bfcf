//! Triggered WebJobs: a command that runs once inside the site.
//!
//! Source: projectkudu wiki, "WebJobs API".

use http::Method;
use serde::Deserialize;

use super::Kudu;
use crate::{error::Error, transport::Request};

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebJobStatus {
    /// It has not begun, or runs.
    Running,
    /// It ended with exit code 0.
    Succeeded,
    /// It ended with another exit code.
    Failed,
    /// It was stopped.
    Aborted,
}

/// One run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebJobRun {
    /// Its id.
    pub id: String,
    /// How it stands.
    pub status: WebJobStatus,
    /// When it began, in the service's words.
    pub start_time: Option<String>,
    /// How long it took, in the service's words.
    pub duration: Option<String>,
    output_url: Option<String>,
    error_url: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    #[serde(default)]
    status: Option<String>,
    start_time: Option<String>,
    duration: Option<String>,
    output_url: Option<String>,
    error_url: Option<String>,
}

#[derive(Deserialize)]
struct History {
    #[serde(default)]
    runs: Vec<Wire>,
}

impl From<Wire> for WebJobRun {
    fn from(wire: Wire) -> Self {
        let status = match wire
            .status
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "success" => WebJobStatus::Succeeded,
            "failed" => WebJobStatus::Failed,
            "aborted" => WebJobStatus::Aborted,
            _ => WebJobStatus::Running,
        };
        Self {
            id: wire.id,
            status,
            start_time: wire.start_time,
            duration: wire.duration,
            output_url: wire.output_url,
            error_url: wire.error_url,
        }
    }
}

impl Kudu {
    /// Starts a job and returns the id of its run; a conflict means that it is running already.
    ///
    /// # Errors
    /// When Kudu refuses, knows no such job, or names no run.
    pub async fn run_web_job(&self, job: &str) -> Result<String, Error> {
        let request = Request::new(
            Method::POST,
            self.at(&format!("/api/triggeredwebjobs/{job}/run"))?,
        );
        let answer = self.send(&request).await?;
        answer
            .header("location")
            .and_then(|location| {
                location
                    .split('?')
                    .next()?
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
            })
            .map(str::to_owned)
            .ok_or_else(|| Error::Protocol {
                what: answer.call.clone(),
                reason: "it names no run".to_owned(),
            })
    }

    /// Reads a run, or `None` when there is none of that id (yet).
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn web_job_run(&self, job: &str, id: &str) -> Result<Option<WebJobRun>, Error> {
        let path = format!("/api/triggeredwebjobs/{job}/history/{id}");
        match self.send(&Request::new(Method::GET, self.at(&path)?)).await {
            Ok(answer) => Ok(Some(answer.read::<Wire>()?.into())),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The runs of a job, the latest first.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn web_job_runs(&self, job: &str) -> Result<Vec<WebJobRun>, Error> {
        let path = format!("/api/triggeredwebjobs/{job}/history");
        let history: History = self
            .send(&Request::new(Method::GET, self.at(&path)?))
            .await?
            .read()?;
        Ok(history.runs.into_iter().map(WebJobRun::from).collect())
    }

    /// What a run has written so far: its output, then its errors.
    ///
    /// # Errors
    /// When Kudu refuses or can't be reached.
    pub async fn web_job_output(&self, run: &WebJobRun) -> Result<String, Error> {
        let mut text = String::new();
        for url in [&run.output_url, &run.error_url]
            .into_iter()
            .flatten()
            .filter(|url| !url.is_empty())
        {
            match self.send(&Request::new(Method::GET, self.at(url)?)).await {
                Ok(answer) => text.push_str(&String::from_utf8_lossy(&answer.body)),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(text)
    }
}
