//! Publishing to the candidate slot: upload, the site's own build, the first answer.

use jiff::Timestamp;
use taxiway_azure::{Kudu, KuduDeployment, KuduStatus, pause};
use tokio::time::Instant;

use super::{AppService, build_log};
use crate::{
    census::Answer,
    failure::{Failure, FailureKind},
    release::ReleaseId,
    target::{Content, Note, Published},
};

impl AppService {
    pub(super) async fn publish_release(
        &self,
        release: &ReleaseId,
        content: Content,
        note: Note<'_>,
    ) -> Result<Published, Failure> {
        let kudu = self.azure.kudu(&self.candidate).await?;
        // After a crash the publishing of the former process may still be going on.
        let latest = self.quiet(&kudu, note).await?;
        let site = self.site(&self.candidate).await?;
        if let Answer::Health(health) = self.probe(&site, None).await
            && health.release == release.as_str()
        {
            let deployment = latest.map(|deployment| deployment.id);
            return Ok(Published {
                deployment,
                summary: "already in the slot".to_owned(),
                answering: true,
            });
        }
        let is_new = matches!(content, Content::Package(_));
        let sent = Timestamp::now();
        let deployment = self.send(&kudu, content, note).await?;
        let log = kudu
            .deployment_log(&deployment.id)
            .await
            .unwrap_or_default();
        if deployment.status == KuduStatus::Failed {
            return Err(build_log::failure(&deployment, &log));
        }
        note("waiting for the first answer");
        // An earlier deployment that is put in place again keeps the time of its own build.
        let built = deployment
            .end_time
            .or(deployment.start_time)
            .filter(|_| is_new);
        let since = built.unwrap_or(sent);
        let answering = self.first_answer(release, since).await?;
        Ok(Published {
            deployment: Some(deployment.id),
            summary: build_log::summary(&log),
            answering,
        })
    }

    /// Uploads, and waits until the build has ended. A slot that is busy with an earlier release, which
    /// may still be trying to start, is waited for.
    async fn send(
        &self,
        kudu: &Kudu,
        content: Content,
        note: Note<'_>,
    ) -> Result<KuduDeployment, Failure> {
        let deadline = Instant::now() + self.patience.build;
        loop {
            let (sent, id) = match &content {
                Content::Package(zip) => {
                    note(&format!("uploading {} KiB", zip.len().div_ceil(1024)));
                    match kudu.publish_zip(zip.clone()).await {
                        Ok(publishing) => (Ok(()), publishing.deployment),
                        Err(error) => (Err(error), None),
                    }
                }
                Content::Deployment(id) => {
                    note("putting an earlier deployment in place");
                    (kudu.redeploy(id).await, Some(id.clone()))
                }
            };
            match sent {
                Ok(()) => {
                    return self
                        .built(kudu, id.as_deref().unwrap_or("latest"), note)
                        .await;
                }
                Err(error) if error.is_conflict() && Instant::now() < deadline => {
                    note("the slot is busy with an earlier release");
                    self.quiet(kudu, note).await?;
                    pause(self.patience.look.saturating_mul(3)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until no deployment of the slot is under way; returns the latest.
    async fn quiet(&self, kudu: &Kudu, note: Note<'_>) -> Result<Option<KuduDeployment>, Failure> {
        match kudu.deployment("latest").await? {
            None => Ok(None),
            Some(deployment) if deployment.has_ended() => Ok(Some(deployment)),
            Some(_) => self.built(kudu, "latest", note).await.map(Some),
        }
    }

    async fn built(
        &self,
        kudu: &Kudu,
        id: &str,
        note: Note<'_>,
    ) -> Result<KuduDeployment, Failure> {
        let deadline = Instant::now() + self.patience.build;
        loop {
            if let Some(deployment) = kudu.deployment(id).await? {
                if deployment.has_ended() {
                    return Ok(deployment);
                }
                note(first_of(&deployment.progress, "building"));
            }
            if Instant::now() > deadline {
                let minutes = self.patience.build.as_secs() / 60;
                return Err(Failure::new(
                    FailureKind::Build,
                    format!("the site's build was not finished after {minutes} minutes"),
                ));
            }
            pause(self.patience.look).await;
        }
    }

    /// Waits for the first answer of the release. `false`: it can't start before its migrations have run.
    async fn first_answer(&self, release: &ReleaseId, since: Timestamp) -> Result<bool, Failure> {
        let site = self.site(&self.candidate).await?;
        let deadline = Instant::now() + self.patience.start;
        loop {
            let answer = self.probe(&site, None).await;
            if let Answer::Health(health) = &answer
                && health.release == release.as_str()
            {
                return Ok(true);
            }
            match self.crashed(&self.candidate, since).await {
                Some(failure) if failure.kind == FailureKind::Schema => return Ok(false),
                Some(failure) => return Err(failure),
                None if Instant::now() > deadline => return Err(self.silent(&answer, since).await),
                None => pause(self.patience.look.saturating_mul(3)).await,
            }
        }
    }

    async fn silent(&self, answer: &Answer, since: Timestamp) -> Failure {
        if let Some(failure) = self.misconfigured(&self.candidate).await {
            return failure;
        }
        let seconds = self.patience.start.as_secs();
        // The front end holds requests back from an app that its own probes find unwell: they know more.
        let probed = match answer {
            Answer::None { .. } | Answer::Other { .. } => {
                self.probed_status(&self.candidate, since).await
            }
            Answer::Health(_) => None,
        };
        let answer = &probed.map_or_else(|| answer.clone(), |status| Answer::Other { status });
        let failure = match answer {
            Answer::Health(health) => {
                let message = format!(
                    "the release did not start within {seconds} s; the slot still answers as {}",
                    first_of(&health.release, "unknown")
                );
                Failure::new(FailureKind::Timeout, message)
            }
            Answer::Other { status } => Failure::new(
                FailureKind::NotReady,
                format!("/healthz/ready answered {status} for {seconds} s"),
            ),
            Answer::None { reason } => Failure::new(
                FailureKind::Timeout,
                format!("nothing answered within {seconds} s ({reason})"),
            ),
        };
        match self.logged_error(&self.candidate, since).await {
            Some(error) => failure.because(error),
            None => failure,
        }
    }
}

pub(super) fn first_of<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() {
        otherwise
    } else {
        text.trim()
    }
}
