//! The Kudu host of a site or slot: publish, deployments, logs, web jobs.
//!
//! Source: projectkudu/kudu wiki, "REST API", and what the az CLI sends. A call needs a token for Resource Manager whose principal
//! may publish, or the publishing credentials where the site allows them.

mod continuous_web_jobs;
mod credentials;
mod deployments;
mod logs;
mod web_jobs;

use std::collections::BTreeMap;

use http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::{
    record::{self, SiteRecord, SlotRecord},
    site,
    slot_id::SlotId,
};
use crate::{
    body::{self, HttpBody},
    cloud::Cloud,
    error::ArmError,
};

/// One call after its credentials were checked.
struct Call<'a> {
    cloud: &'a Cloud,
    slot: SlotId,
    record: SiteRecord,
    found: SlotRecord,
    /// Who calls, for the history.
    author: String,
    query: BTreeMap<String, String>,
    /// `https://` and the host by which the client came.
    base: String,
}

type Answer = Result<Response<HttpBody>, ArmError>;

/// Answers a call to `https://<site>[-<slot>].scm.localhost`.
pub(crate) async fn handle(
    cloud: &Cloud,
    label: &str,
    request: Request<Incoming>,
) -> Response<HttpBody> {
    match answer(cloud, label, request).await {
        Ok(response) => response,
        Err(error) => refusal(&error),
    }
}

async fn answer(cloud: &Cloud, label: &str, request: Request<Incoming>) -> Answer {
    let label = label.to_ascii_lowercase();
    let slot = site::label_owner(cloud, &label)?.ok_or_else(|| {
        ArmError::not_found(
            "NotFound",
            format!("No site has the SCM host of '{label}'."),
        )
    })?;
    let (record, found) = record::load_slot(cloud, &slot)?;
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let author = credentials::check(cloud, &slot, &found, request.headers(), is_read)?;
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let base = format!(
        "https://{}",
        host.map_or_else(|| cloud.endpoints.scm_host(&label), ToOwned::to_owned)
    );
    let query = request.uri().query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let call = Call {
        cloud,
        slot,
        record,
        found,
        author,
        query,
        base,
    };
    call.route(request).await
}

impl Call<'_> {
    async fn route(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().trim_matches('/').to_owned();
        let path = path.strip_prefix("api/").unwrap_or(&path);
        let segments: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        match (request.method().as_str(), segments.as_slice()) {
            ("POST" | "PUT", ["publish" | "zipdeploy"]) => self.publish(request).await,
            ("GET", ["deployments"]) => Ok(self.deployments()),
            ("GET", ["deployments", id]) => self.deployment(id),
            ("PUT", ["deployments", id]) => self.redeploy(id).await,
            ("GET", ["deployments", id, "log"]) => self.deployment_log(id),
            ("GET", ["deployments", id, "log", entry]) => self.deployment_log_entry(id, entry),
            ("GET", ["isdeploying"]) => Ok(ok(&json!({"value": self.is_deploying()}))),
            ("GET", ["logstream", ..]) => Ok(self.log_stream()),
            ("GET", ["logs", "docker"]) => Ok(ok(&self.log_list())),
            ("GET", ["vfs", "LogFiles", rest @ ..]) => self.log_file(rest),
            ("GET", ["vfs", "data", "jobs", "continuous", name, "job_log.txt"]) => {
                self.continuous_web_job_log(name)
            }
            ("GET", ["dump"]) => self.dump().await,
            ("GET", ["settings"]) => Ok(ok(&json!(self.found.app_settings))),
            ("GET", ["settings", name]) => self.setting(name),
            ("GET", ["environment"]) => Ok(ok(&self.environment())),
            ("GET", ["app", "warmup"]) => Ok(ok(&json!({}))),
            ("GET", ["webjobs"]) => self.all_web_jobs().await,
            ("GET", ["continuouswebjobs"]) => self.continuous_web_jobs().await,
            ("GET", ["continuouswebjobs", name]) => self.continuous_web_job(name).await,
            ("GET", ["triggeredwebjobs"]) => self.web_jobs(),
            ("GET", ["triggeredwebjobs", name]) => self.web_job(name),
            ("POST", ["triggeredwebjobs", name, "run"]) => self.run_web_job(name),
            ("GET", ["triggeredwebjobs", name, "history"]) => self.web_job_history(name),
            ("GET", ["triggeredwebjobs", name, "history", run]) => self.web_job_run(name, run),
            ("GET", ["triggeredwebjobs", name, "history", run, file]) => {
                self.web_job_output(name, run, file)
            }
            (method, _) => Err(ArmError::not_found(
                "NotFound",
                format!("The local cloud's Kudu does not have {method} /{path}."),
            )),
        }
    }

    fn setting(&self, name: &str) -> Answer {
        let value = self.found.setting(name);
        let value = value.ok_or_else(|| {
            ArmError::not_found("NotFound", format!("There is no setting '{name}'."))
        })?;
        Ok(ok(&json!(value)))
    }

    fn environment(&self) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "siteLastModified": self.found.modified,
            "name": "Taxiway local cloud",
        })
    }

    fn scm(&self) -> &str {
        self.base.trim_start_matches("https://")
    }
}

fn ok(value: &Value) -> Response<HttpBody> {
    with_status(StatusCode::OK, value)
}

fn with_status(status: StatusCode, value: &Value) -> Response<HttpBody> {
    let mut response = Response::new(body::json(value));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}

fn text(content: String) -> Response<HttpBody> {
    let mut response = Response::new(body::full(content));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

fn set_header(response: &mut Response<HttpBody>, name: &'static str, value: &str) {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Kudu's own shape of an error.
fn refusal(error: &ArmError) -> Response<HttpBody> {
    let mut response = with_status(
        error.status,
        &json!({"Message": error.message, "ExceptionMessage": error.code}),
    );
    if error.status == StatusCode::UNAUTHORIZED {
        set_header(&mut response, "www-authenticate", "Basic realm=\"site\"");
    }
    response
}
