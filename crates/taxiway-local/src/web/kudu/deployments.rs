//! Publishing, and the history of it.

use std::time::Duration;

use camino::Utf8Path;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{Answer, Call, ok, set_header, text, with_status};
use crate::{
    body::HttpBody,
    error::ArmError,
    process::Log,
    web::{
        deployment::{Deployment, Folder},
        publish::Publication,
    },
};

/// The largest package. Source: Kudu answers 413 above 2 GiB.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;

/// How long a client may pause while it sends a package.
const PATIENCE: Duration = Duration::from_secs(60);

impl Call<'_> {
    /// `POST /api/publish?type=zip` and `POST /api/zipdeploy`.
    pub(super) async fn publish(&self, request: Request<Incoming>) -> Answer {
        self.check_kind()?;
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        if is_json {
            return Err(ArmError::bad_request(
                "LocalCloudUnsupported",
                "The local cloud does not fetch packages (packageUri); send the package itself.",
            ));
        }
        let message = self.query.get("message").cloned();
        let message = message.unwrap_or_else(|| "OneDeploy".to_owned());
        let publication = Publication::begin(self.cloud, &self.slot, &self.author, &message)?;
        let id = publication.deployment.id.clone();
        let received = match publication.package(self.cloud) {
            Ok(path) => receive(request.into_body(), &path).await,
            Err(error) => Err(error.to_string()),
        };
        if let Err(reason) = received {
            let message = format!("the package could not be received: {reason}");
            publication.fail(self.cloud, &message);
            return Err(ArmError::bad_request("BadRequest", message));
        }
        let cloud = self.cloud.clone();
        // On its own, so that a client that goes away does not break the deployment off.
        let (done, finished) = tokio::sync::oneshot::channel();
        self.cloud.sites.spawn(async move {
            publication.run(&cloud).await;
            // Nobody waits for an asynchronous one.
            done.send(()).ok();
        });
        if !self.is_async() {
            finished.await.ok();
        }
        self.accepted(&id)
    }

    fn check_kind(&self) -> Result<(), ArmError> {
        match self
            .query
            .get("type")
            .map(|kind| kind.to_ascii_lowercase())
            .as_deref()
        {
            None | Some("zip") => Ok(()),
            Some(kind) => Err(ArmError::bad_request(
                "InvalidArtifactType",
                format!("The local cloud publishes packages of type zip; this one is '{kind}'."),
            )),
        }
    }

    fn is_async(&self) -> bool {
        ["async", "isasync"].iter().any(|name| {
            self.query
                .get(*name)
                .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        })
    }

    fn accepted(&self, id: &str) -> Answer {
        let deployment = self.find(id)?;
        let status = match (self.is_async(), deployment.failure.as_deref()) {
            (true, _) => StatusCode::ACCEPTED,
            (false, None) => StatusCode::OK,
            (false, Some(reason)) => return Err(ArmError::bad_request("DeploymentFailed", reason)),
        };
        let mut response = with_status(status, &self.rendered(&deployment)?);
        if status == StatusCode::ACCEPTED {
            set_header(
                &mut response,
                "location",
                &format!("{}/api/deployments/latest?deployer=OneDeploy", self.base),
            );
            set_header(&mut response, "retry-after", "0.2");
        }
        set_header(&mut response, "scm-deployment-id", id);
        Ok(response)
    }

    /// `GET /api/deployments`, newest first.
    pub(super) fn deployments(&self) -> Response<HttpBody> {
        let content = &self.found.content;
        let list = content.deployments.iter().rev().map(|deployment| {
            deployment.to_kudu(
                self.scm(),
                &self.slot.label(),
                content.active.as_deref() == Some(&deployment.id),
            )
        });
        ok(&Value::Array(list.collect()))
    }

    /// `GET /api/deployments/{id}` and `…/latest`.
    pub(super) fn deployment(&self, id: &str) -> Answer {
        let deployment = self.find(id)?;
        let status = if deployment.is_complete() {
            StatusCode::OK
        } else {
            StatusCode::ACCEPTED
        };
        Ok(with_status(status, &self.rendered(&deployment)?))
    }

    /// `PUT /api/deployments/{id}`: serves an earlier one again.
    pub(super) async fn redeploy(&self, id: &str) -> Answer {
        let known = self.find(id)?;
        let publication = Publication::again(self.cloud, &self.slot, &known.id).await?;
        let cloud = self.cloud.clone();
        let log = Log::new(&Folder::new(&cloud.paths, &self.slot, &known.id).log());
        self.cloud.sites.spawn(async move {
            publication.start(&cloud, &log).await;
        });
        Ok(with_status(StatusCode::ACCEPTED, &self.rendered(&known)?))
    }

    /// `GET /api/deployments/{id}/log`.
    pub(super) fn deployment_log(&self, id: &str) -> Answer {
        let deployment = self.find(id)?;
        let lines = self.log_lines(&deployment)?;
        let entries = lines.iter().enumerate().map(|(index, line)| {
            let (time, message) = line.split_once(' ').unwrap_or(("", line));
            let kind = match message {
                message if message.starts_with("ERROR") => 2,
                message if message.starts_with("WARNING") => 1,
                _ => 0,
            };
            json!({"log_time": time, "id": index.to_string(), "message": message, "type": kind, "details_url": null})
        });
        Ok(ok(&Value::Array(entries.collect())))
    }

    /// `GET /api/deployments/{id}/log/{entry}`: one line by its number.
    pub(super) fn deployment_log_entry(&self, id: &str, entry: &str) -> Answer {
        let lines = self.log_lines(&self.find(id)?)?;
        let line = entry
            .parse::<usize>()
            .ok()
            .and_then(|index| lines.get(index));
        let line = line.ok_or_else(|| {
            ArmError::not_found("NotFound", format!("There is no log entry '{entry}'."))
        })?;
        Ok(text(line.clone()))
    }

    /// `GET /api/isdeploying`.
    pub(super) fn is_deploying(&self) -> bool {
        self.cloud
            .sites
            .runtime(self.cloud, &self.slot)
            .is_deploying()
    }

    fn find(&self, id: &str) -> Result<Deployment, ArmError> {
        let (_, found) = crate::web::record::load_slot(self.cloud, &self.slot)?;
        let mut deployments = found.content.deployments.into_iter().rev();
        let deployment = match id {
            "latest" => deployments.next(),
            id => deployments.find(|deployment| deployment.id.eq_ignore_ascii_case(id)),
        };
        deployment
            .ok_or_else(|| ArmError::not_found("NotFound", format!("Deployment '{id}' not found.")))
    }

    fn rendered(&self, deployment: &Deployment) -> Result<Value, ArmError> {
        let (_, found) = crate::web::record::load_slot(self.cloud, &self.slot)?;
        let is_active = found.content.active.as_deref() == Some(&deployment.id);
        Ok(deployment.to_kudu(self.scm(), &self.slot.label(), is_active))
    }

    fn log_lines(&self, deployment: &Deployment) -> Result<Vec<String>, ArmError> {
        let path = Folder::new(&self.cloud.paths, &self.slot, &deployment.id).log();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(ArmError::internal(error.to_string())),
        };
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// Writes the body to a file as it comes.
async fn receive(mut body: Incoming, path: &Utf8Path) -> Result<(), String> {
    let open = tokio::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .await;
    let mut file = open.map_err(|error| error.to_string())?;
    let mut size = 0;
    loop {
        let frame = match tokio::time::timeout(PATIENCE, body.frame()).await {
            Ok(Some(frame)) => frame.map_err(|error| error.to_string())?,
            Ok(None) => break,
            Err(_) => return Err("the client stopped sending".to_owned()),
        };
        if let Ok(data) = frame.into_data() {
            size += data.len() as u64;
            if size > LARGEST {
                return Err("it is larger than 2 GiB".to_owned());
            }
            file.write_all(&data)
                .await
                .map_err(|error| error.to_string())?;
        }
    }
    file.flush().await.map_err(|error| error.to_string())?;
    match size {
        0 => Err("it is empty".to_owned()),
        _ => Ok(()),
    }
}
