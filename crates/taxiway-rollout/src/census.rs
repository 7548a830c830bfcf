//! Counts who has answered: every worker of every instance has to, with the right release and ready.
//!
//! Pure. Invariant: a worker that answered badly counts only after it has answered well again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{release::ReleaseId, target::Roll};

/// What the app's readiness endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Health {
    /// `ok` or `failing`.
    pub(crate) status: String,
    /// The running release; empty outside a package.
    #[serde(default)]
    pub(crate) release: String,
    /// The worker's process.
    #[serde(default)]
    pub(crate) worker: u64,
    /// How many workers the instance has.
    #[serde(default)]
    pub(crate) workers: usize,
    /// The instance.
    #[serde(default)]
    pub(crate) instance: String,
    /// What was looked at, each `ok` or the reason.
    #[serde(default)]
    pub(crate) checks: BTreeMap<String, String>,
}

/// One answer, or the lack of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The overlay answered.
    Health(Health),
    /// Something else answered: the platform's error page, or an app without the overlay.
    Other {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing answered.
    None {
        /// Why.
        reason: String,
    },
}

impl Health {
    pub(crate) fn is_ready(&self) -> bool {
        self.status == "ok"
    }

    /// The checks that failed.
    fn failing(&self) -> String {
        let failing: Vec<String> = self
            .checks
            .iter()
            .filter(|(_, state)| *state != "ok")
            .map(|(check, state)| format!("{check}: {state}"))
            .collect();
        if failing.is_empty() {
            self.status.clone()
        } else {
            failing.join(", ")
        }
    }
}

/// Who has answered so far.
#[derive(Debug)]
pub(crate) struct Census<'a> {
    release: &'a ReleaseId,
    instances: usize,
    ready: BTreeMap<String, Workers>,
    streak: usize,
    last_bad: Option<String>,
    any_health: bool,
}

#[derive(Debug, Default)]
struct Workers {
    expected: usize,
    ready: BTreeSet<u64>,
}

impl<'a> Census<'a> {
    /// Nobody yet, of at least `instances` instances.
    pub(crate) fn new(release: &'a ReleaseId, instances: usize) -> Self {
        Self {
            release,
            instances: instances.max(1),
            ready: BTreeMap::new(),
            streak: 0,
            last_bad: None,
            any_health: false,
        }
    }

    pub(crate) fn record(&mut self, answer: &Answer) {
        let bad = match answer {
            Answer::Health(health) => {
                self.any_health |= health.release == self.release.as_str();
                let workers = self.ready.entry(health.instance.clone()).or_default();
                if health.release == self.release.as_str() && health.is_ready() {
                    workers.expected = health.workers.max(1);
                    workers.ready.insert(health.worker);
                    self.streak += 1;
                    return;
                }
                workers.ready.remove(&health.worker);
                if health.release == self.release.as_str() {
                    format!(
                        "worker {} is not ready ({})",
                        health.worker,
                        health.failing()
                    )
                } else {
                    format!("release {} answered", health.release)
                }
            }
            Answer::Other { status } => format!("/healthz/ready answered {status}"),
            Answer::None { reason } => format!("/healthz/ready did not answer ({reason})"),
        };
        self.streak = 0;
        self.last_bad = Some(bad);
    }

    /// Everybody, once all have answered and nobody has answered badly since.
    pub(crate) fn complete(&self) -> Option<Roll> {
        let counted: Vec<&Workers> = self
            .ready
            .values()
            .filter(|workers| !workers.ready.is_empty())
            .collect();
        let all_there = counted.len() >= self.instances
            && counted
                .iter()
                .all(|workers| workers.ready.len() >= workers.expected);
        let workers = counted.iter().map(|workers| workers.expected).sum();
        (all_there && self.streak >= workers).then_some(Roll {
            instances: counted.len(),
            workers,
        })
    }

    /// Whether the release has answered at all.
    pub(crate) fn has_answered(&self) -> bool {
        self.any_health
    }

    /// What the last bad answer was.
    pub(crate) fn last_bad(&self) -> Option<&str> {
        self.last_bad.as_deref()
    }

    /// How many have answered, for a line of progress.
    pub(crate) fn summary(&self) -> String {
        let ready: usize = self
            .ready
            .values()
            .map(|workers| workers.ready.len().min(workers.expected))
            .sum();
        let expected: usize = self.ready.values().map(|workers| workers.expected).sum();
        let missing = self.instances.saturating_sub(
            self.ready
                .values()
                .filter(|workers| workers.expected > 0)
                .count(),
        );
        let instances = if missing > 0 {
            format!(", {missing} of {} instances silent", self.instances)
        } else {
            String::new()
        };
        format!("{ready} of {expected} workers ready{instances}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `a1` (release a, worker 1), `a1!` (not ready), `500`, `-` (no answer); `@i` names an instance.
    fn answer(word: &str) -> Answer {
        if word == "-" {
            return Answer::None {
                reason: "refused".to_owned(),
            };
        }
        if let Ok(status) = word.parse() {
            return Answer::Other { status };
        }
        let (worker, instance) = word.split_once('@').unwrap_or((word, "i"));
        let (worker, failing) = worker
            .strip_suffix('!')
            .map_or((worker, false), |worker| (worker, true));
        let (release, worker) = worker.split_at(1);
        Answer::Health(Health {
            status: if failing { "failing" } else { "ok" }.to_owned(),
            release: release.repeat(12),
            worker: worker.parse().unwrap(),
            workers: 2,
            instance: instance.to_owned(),
            checks: [(
                "database".to_owned(),
                if failing { "OperationalError" } else { "ok" }.to_owned(),
            )]
            .into(),
        })
    }

    #[test]
    fn everybody_has_to_answer_well_and_last() {
        let release = "a".repeat(12).parse().unwrap();
        for (answers, instances, expected) in [
            ("a1", 1, "1 of 2 workers ready"),
            ("a1 a1 a1", 1, "1 of 2 workers ready"),
            ("a1 a2", 1, "2 workers on 1 instance"),
            (
                "a1 a2 b9",
                1,
                "2 of 2 workers ready; release bbbbbbbbbbbb answered",
            ),
            ("a1 a2 b9 a1 a2", 1, "2 workers on 1 instance"),
            (
                "a1 a2 a2!",
                1,
                "1 of 2 workers ready; worker 2 is not ready (database: OperationalError)",
            ),
            ("500 a1 a2", 1, "2 workers on 1 instance"),
            (
                "a1 a2 -",
                1,
                "2 of 2 workers ready; /healthz/ready did not answer (refused)",
            ),
            ("a1 a2", 2, "2 of 2 workers ready, 1 of 2 instances silent"),
            ("a1 a2 a1@j a2@j", 2, "4 workers on 2 instances"),
            ("", 1, "0 of 0 workers ready, 1 of 1 instances silent"),
        ] {
            let mut census = Census::new(&release, instances);
            for word in answers.split_whitespace() {
                census.record(&answer(word));
            }
            let shown = match (census.complete(), census.last_bad()) {
                (Some(roll), _) => roll.to_string(),
                (None, Some(bad)) => format!("{}; {bad}", census.summary()),
                (None, None) => census.summary(),
            };
            assert_eq!(shown, expected, "{answers}");
        }
    }
}
