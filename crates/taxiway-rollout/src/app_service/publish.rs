//! Publishing to the candidate slot: upload, the site's own build, the first answer.

use jiff::Timestamp;
use taxiway_azure::{Kudu, KuduDeployment, KuduStatus, LogEntry, pause};
use tokio::time::Instant;

use super::AppService;
use crate::{
    census::Answer,
    crash,
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
            return Err(build_failure(&deployment, &log));
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
            summary: build_summary(&log),
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

fn first_of<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() {
        otherwise
    } else {
        text.trim()
    }
}

/// Why a build failed: the error of pip, uv, or the post-build command.
fn build_failure(deployment: &KuduDeployment, log: &[LogEntry]) -> Failure {
    let text: String = log
        .iter()
        .map(|entry| format!("{}\n", entry.message))
        .collect();
    if text.contains("No space left on device")
        || deployment.status_text.contains("No space left on device")
    {
        return Failure::new(FailureKind::Disk, "the site's disk is full");
    }
    let failure = Failure::new(FailureKind::Build, "the site's build failed");
    let cause = crash::last_error(&text, None)
        .map(|error| match static_file(&text) {
            Some(file) => format!("{file}: {error}"),
            None => error,
        })
        .or_else(|| telling_line(&text))
        .or_else(|| {
            let errors = log
                .iter()
                .rev()
                .find(|entry| entry.is_error && !entry.message.trim().is_empty());
            errors.map(|entry| entry.message.trim().to_owned())
        });
    match cause {
        Some(cause) => failure.because(cause),
        None => failure.because(first_of(&deployment.status_text, "its log tells no reason")),
    }
}

/// The static file that Django was at when it failed. Source: Django, `collectstatic`, "Post-processing '…' failed!".
fn static_file(text: &str) -> Option<&str> {
    text.split_once("Post-processing '")?
        .1
        .split_once('\'')
        .map(|(file, _)| file)
}

/// The first line that says what went wrong, in the words of the tools that build; uv's reason is on
/// the line below.
fn telling_line(text: &str) -> Option<String> {
    let words = ["ERROR:", "error:", "CommandError:", "× ", "fatal:"];
    let lines: Vec<&str> = text.lines().collect();
    let first = lines
        .iter()
        .position(|line| words.iter().any(|word| line.contains(word)))?;
    let below = lines.get(first + 1).copied().unwrap_or_default();
    let reason = below
        .split_once("╰─▶ ")
        .or_else(|| below.split_once("cause: "));
    let told = reason.map_or(lines[first], |(_, reason)| reason);
    Some(told.trim().chars().take(300).collect())
}

/// How many packages the build has installed.
fn build_summary(log: &[LogEntry]) -> String {
    let count = log
        .iter()
        .flat_map(|entry| entry.message.lines())
        .find_map(installed);
    match count {
        Some(1) => "1 package installed".to_owned(),
        Some(count) => format!("{count} packages installed"),
        None => "built".to_owned(),
    }
}

/// `Installed 38 packages in 20ms` (uv), `Successfully installed a-1 b-2` (pip).
fn installed(line: &str) -> Option<usize> {
    if let Some((_, rest)) = line.split_once("Successfully installed ") {
        return Some(rest.split_whitespace().count());
    }
    let (_, rest) = line.split_once("Installed ")?;
    let mut words = rest.split_whitespace();
    let count = words.next()?.parse().ok()?;
    words.next()?.starts_with("package").then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(message: &str, is_error: bool) -> LogEntry {
        LogEntry {
            id: "1".to_owned(),
            message: message.to_owned(),
            is_error,
            has_details: false,
        }
    }

    fn deployment() -> KuduDeployment {
        KuduDeployment {
            id: "d".to_owned(),
            status: KuduStatus::Failed,
            status_text: String::new(),
            progress: String::new(),
            active: false,
            complete: true,
            start_time: None,
            end_time: None,
        }
    }

    #[test]
    fn a_failed_build_names_its_cause() {
        let traceback = "Traceback (most recent call last):\n  File \"/tmp/zipdeploy/app/shop/settings.py\", line 4, in <module>\nImportError: no catalog";
        for (log, expected) in [
            (
                vec![
                    entry("Running build", false),
                    entry("ERROR: No matching distribution found for djang0", true),
                ],
                "the site's build failed: ERROR: No matching distribution found for djang0",
            ),
            (
                vec![entry(traceback, true)],
                "the site's build failed: shop/settings.py:4  ImportError: no catalog",
            ),
            (
                vec![entry("OSError: [Errno 28] No space left on device", true)],
                "the site's disk is full",
            ),
            (
                vec![
                    entry("  × No solution found when resolving dependencies:", false),
                    entry("  ╰─▶ Because djang0 was not found", false),
                ],
                "the site's build failed: Because djang0 was not found",
            ),
            (
                vec![entry("it broke", true)],
                "the site's build failed: it broke",
            ),
            (vec![], "the site's build failed: its log tells no reason"),
        ] {
            assert_eq!(build_failure(&deployment(), &log).line(), expected);
        }
    }

    #[test]
    fn installed_packages_are_counted() {
        for (line, expected) in [
            ("Installed 38 packages in 21ms", "38 packages installed"),
            ("  Installed 1 package in 3ms", "1 package installed"),
            (
                "Successfully installed asgiref-3.8 django-5.2",
                "2 packages installed",
            ),
            ("Installed the thing", "built"),
        ] {
            assert_eq!(build_summary(&[entry(line, false)]), expected);
        }
    }
}
