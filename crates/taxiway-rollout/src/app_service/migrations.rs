//! The migrations, run inside the candidate slot as the WebJob `migrate`.
//!
//! The job runs `python -m taxiway_runtime.migrate`, which writes one line of JSON per step.

use serde::Deserialize;
use taxiway_azure::{Kudu, WebJobStatus, pause};
use tokio::time::Instant;

use super::AppService;
use crate::{
    crash,
    failure::{Failure, FailureKind},
    target::{AppliedMigration, MigrationReport, Note},
};

/// The job's name: the folder in `App_Data/jobs/triggered`.
const JOB: &str = "migrate";

/// A line of the job. Source: `taxiway_runtime/migrate.py`.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line {
    Applied {
        migration: String,
        /// Alembic does not say it.
        seconds: Option<f64>,
    },
    Waiting {
        owner: String,
    },
    Retrying {
        migration: Option<String>,
    },
    /// Other services of the server can open this one's database.
    Shared {
        error: String,
    },
    Locked {
        owner: String,
    },
    Failed {
        migration: Option<String>,
        error: String,
        place: Option<String>,
    },
    Done,
}

impl AppService {
    /// Starts the job, or finds the run that is going on.
    pub(super) async fn start_migration_job(&self) -> Result<String, Failure> {
        let kudu = self.azure.kudu(&self.candidate).await?;
        match kudu.run_web_job(JOB).await {
            Ok(run) => Ok(run),
            Err(error) if error.is_conflict() => match running(&kudu).await? {
                Some(run) => Ok(run),
                // It has ended between the two questions.
                None => Ok(kudu.run_web_job(JOB).await?),
            },
            Err(error) if error.is_not_found() => Err(Failure::new(
                FailureKind::Migration,
                format!("the package has no job `{JOB}`"),
            )
            .hint("taxiway generate")),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for a run; `None` when the slot does not know it (any more), or stopped it before its end.
    pub(super) async fn finish_migration_job(
        &self,
        id: &str,
        note: Note<'_>,
    ) -> Result<Option<MigrationReport>, Failure> {
        let kudu = self.azure.kudu(&self.candidate).await?;
        let deadline = Instant::now() + self.patience.migrate;
        loop {
            let Some(run) = kudu.web_job_run(JOB, id).await? else {
                return Ok(None);
            };
            let output = kudu.web_job_output(&run).await?;
            if run.status == WebJobStatus::Aborted {
                return Ok(None);
            }
            if run.status != WebJobStatus::Running {
                if let Some(text) = lines(&output).find_map(shared) {
                    note(&text);
                }
                return Ok(Some(report(&output, run.status)));
            }
            if let Some(text) = latest(&output) {
                note(&text);
            }
            if Instant::now() > deadline {
                let minutes = self.patience.migrate.as_secs() / 60;
                return Err(Failure::new(
                    FailureKind::Migration,
                    format!("the migrations were not finished after {minutes} minutes"),
                ));
            }
            pause(self.patience.look).await;
        }
    }
}

async fn running(kudu: &Kudu) -> Result<Option<String>, Failure> {
    let runs = kudu.web_job_runs(JOB).await?;
    Ok(runs
        .into_iter()
        .find(|run| run.status == WebJobStatus::Running)
        .map(|run| run.id))
}

/// The JSON lines of an output; Kudu puts a time and a level before each line.
fn lines(output: &str) -> impl DoubleEndedIterator<Item = Line> + '_ {
    output
        .lines()
        .filter_map(|line| serde_json::from_str(&line[line.find('{')?..]).ok())
}

fn latest(output: &str) -> Option<String> {
    lines(output).next_back().map(|line| match line {
        Line::Applied { migration, .. } => format!("applied {migration}"),
        Line::Waiting { owner } => format!("waiting for another runner ({owner})"),
        Line::Retrying { migration } => format!("trying {} again", migration.unwrap_or_default()),
        Line::Locked { .. } | Line::Shared { .. } | Line::Failed { .. } | Line::Done => {
            "ending".to_owned()
        }
    })
}

/// What is told of a database that other services can open.
fn shared(line: Line) -> Option<String> {
    match line {
        Line::Shared { error } => Some(format!(
            "other services of the server can open this database: {error}"
        )),
        _ => None,
    }
}

/// What a run that has ended did.
fn report(output: &str, status: WebJobStatus) -> MigrationReport {
    let mut applied = Vec::new();
    let mut failure = None;
    let mut done = false;
    for line in lines(output) {
        match line {
            Line::Applied { migration, seconds } => applied.push(AppliedMigration {
                name: migration,
                seconds,
            }),
            Line::Failed {
                migration,
                error,
                place,
            } => failure = Some(failed(migration, &error, place)),
            Line::Locked { owner } => {
                let message = format!("another runner holds the migrations' lock ({owner})");
                failure = Some(
                    Failure::new(FailureKind::Migration, message)
                        .hint("wait for it, then run the same command"),
                );
            }
            Line::Done => done = true,
            Line::Shared { .. } | Line::Waiting { .. } | Line::Retrying { .. } => {}
        }
    }
    if failure.is_none() && !(done && status == WebJobStatus::Succeeded) {
        let message = "the run of the migrations ended without a result";
        let cause = crash::last_error(output, None).or_else(|| last_words(output));
        let without = Failure::new(FailureKind::Migration, message);
        failure = Some(cause.into_iter().fold(without, Failure::because));
    }
    MigrationReport { applied, failure }
}

fn failed(migration: Option<String>, error: &str, place: Option<String>) -> Failure {
    let first = error.lines().next().unwrap_or_default();
    let cause = place.map_or_else(|| first.to_owned(), |place| format!("{place}  {first}"));
    match migration {
        Some(migration) => Failure::new(
            FailureKind::Migration,
            format!("migration {migration} failed"),
        )
        .because(cause),
        None if first.contains("the environment is incomplete") => {
            let missing = first.split("; ").skip(1).collect::<Vec<_>>().join("; ");
            Failure::new(
                FailureKind::Configuration,
                "the app's configuration is incomplete",
            )
            .because(missing)
        }
        None => Failure::new(FailureKind::Migration, "the migrations did not begin").because(cause),
    }
}

fn last_words(output: &str) -> Option<String> {
    output
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str, status: WebJobStatus) -> String {
        let report = report(output, status);
        let names: Vec<&str> = report
            .applied
            .iter()
            .map(|migration| migration.name.as_str())
            .collect();
        let failure = report
            .failure
            .map_or_else(|| "well".to_owned(), |failure| failure.line());
        format!("[{}] {failure}", names.join(" "))
    }

    #[test]
    fn outputs_become_reports() {
        use WebJobStatus::{Failed, Succeeded};
        let applied = r#"{"event": "applied", "migration": "orders.0001_initial", "seconds": 0.12, "fake": false}"#;
        let prefixed = format!(
            "[11/22/2026 08:00:00 > 7c1f2e: INFO] {applied}\nnoise\n{{\"event\": \"done\", \"applied\": 1, \"seconds\": 0.2}}\n"
        );
        let failed = format!(
            "{applied}\n{}\n",
            r#"{"event": "failed", "migration": "orders.0002_x", "error": "ProgrammingError: column\nLINE 1", "place": "orders/migrations/0002_x.py:9"}"#
        );
        for (output, status, expected) in [
            (
                "{\"event\": \"applied\", \"migration\": \"d0c7b8e4b57c\", \"fake\": false}\n{\"event\": \"done\", \"applied\": 1, \"seconds\": 0.2}",
                Succeeded,
                "[d0c7b8e4b57c] well",
            ),
            (prefixed.as_str(), Succeeded, "[orders.0001_initial] well"),
            (
                r#"{"event": "done", "applied": 0, "seconds": 0.1}"#,
                Succeeded,
                "[] well",
            ),
            (
                failed.as_str(),
                Failed,
                "[orders.0001_initial] migration orders.0002_x failed: orders/migrations/0002_x.py:9  ProgrammingError: column",
            ),
            (
                r#"{"event": "locked", "owner": "i/1", "waited_seconds": 300}"#,
                Failed,
                "[] another runner holds the migrations' lock (i/1)",
            ),
            (
                r#"{"event": "failed", "migration": null, "error": "ImproperlyConfigured: the environment is incomplete; not set: A, B", "place": null}"#,
                Failed,
                "[] the app's configuration is incomplete: not set: A, B",
            ),
            (
                "python: not found",
                Failed,
                "[] the run of the migrations ended without a result: python: not found",
            ),
            (
                applied,
                Succeeded,
                &format!(
                    "[orders.0001_initial] the run of the migrations ended without a result: {applied}"
                ),
            ),
        ] {
            assert_eq!(shown(output, status), expected);
        }
    }
}
