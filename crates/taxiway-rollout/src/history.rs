//! The releases of an environment, in the order in which they came.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    journal::RolloutKind,
    migration::{self, MigrationRecord},
    phase::Refusal,
    release::ReleaseId,
};

/// What became of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ReleaseState {
    /// It serves, or served until the next one came.
    Served,
    /// It served, and somebody went back to an earlier one.
    Withdrawn,
    /// It never served.
    Rejected {
        /// Why.
        reason: String,
    },
}

/// One entry: a rollout that came to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRecord {
    /// The release.
    pub release: ReleaseId,
    /// The rollout's id.
    pub rollout: String,
    /// What the rollout was for.
    pub kind: RolloutKind,
    /// When it ended.
    pub time: Timestamp,
    /// The commit of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The release's migrations.
    pub migrations: Vec<MigrationRecord>,
    /// The platform's id of the deployment that it came by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// What became of it.
    #[serde(flatten)]
    pub state: ReleaseState,
}

/// All entries, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// `taxiway.releases/v1`.
    pub schema: String,
    /// The entries.
    pub releases: Vec<ReleaseRecord>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            schema: "taxiway.releases/v1".to_owned(),
            releases: Vec::new(),
        }
    }
}

impl History {
    /// The entry of the release that serves, as far as this machine knows.
    pub fn serving(&self) -> Option<&ReleaseRecord> {
        self.releases
            .iter()
            .rev()
            .find(|record| record.state == ReleaseState::Served)
    }

    /// The latest entry of a release that has served.
    pub fn served(&self, release: &ReleaseId) -> Option<&ReleaseRecord> {
        self.releases.iter().rev().find(|record| {
            record.release == *release && !matches!(record.state, ReleaseState::Rejected { .. })
        })
    }

    /// Adds an entry; the same rollout's entry is replaced, so that a replay changes nothing.
    pub(crate) fn record(&mut self, record: ReleaseRecord) {
        if record.kind == RolloutKind::Rollback && record.state == ReleaseState::Served {
            self.withdraw_after(&record);
        }
        self.releases
            .retain(|known| known.rollout != record.rollout);
        self.releases.push(record);
    }

    /// What served after the release that is brought back is withdrawn.
    fn withdraw_after(&mut self, back: &ReleaseRecord) {
        let Some(position) = self.releases.iter().rposition(|record| {
            record.release == back.release
                && record.rollout != back.rollout
                && !matches!(record.state, ReleaseState::Rejected { .. })
        }) else {
            return;
        };
        for record in &mut self.releases[position + 1..] {
            if record.state == ReleaseState::Served && record.release != back.release {
                record.state = ReleaseState::Withdrawn;
            }
        }
    }

    /// The release to go back to from `current`: the one asked for, or the one that served before.
    ///
    /// # Errors
    /// When there is none, or it never served, or the schema of `current` does not suit it.
    pub(crate) fn way_back(
        &self,
        current: &ReleaseId,
        to: Option<&ReleaseId>,
        allowed: &[String],
    ) -> Result<&ReleaseRecord, Refusal> {
        let target = match to {
            Some(wanted) => self.named(current, wanted)?,
            None => self.before(current)?,
        };
        let newer = self
            .served(current)
            .map(|record| record.migrations.as_slice())
            .unwrap_or_default();
        let since = migration::added(newer, &target.migrations);
        let forbidden = migration::forbidden(&since, allowed);
        if forbidden.is_empty() {
            return Ok(target);
        }
        Err(schema_refusal(&target.release, &forbidden))
    }

    fn before(&self, current: &ReleaseId) -> Result<&ReleaseRecord, Refusal> {
        let position = self
            .releases
            .iter()
            .rposition(|record| record.release == *current && record.state == ReleaseState::Served);
        let earlier = &self.releases[..position.unwrap_or(self.releases.len())];
        earlier
            .iter()
            .rev()
            .find(|record| record.state == ReleaseState::Served && record.release != *current)
            .ok_or_else(|| {
                Refusal::new(format!(
                    "there is no release before {current} to go back to"
                ))
            })
    }

    fn named(&self, current: &ReleaseId, wanted: &ReleaseId) -> Result<&ReleaseRecord, Refusal> {
        if wanted == current {
            return Err(Refusal::new(format!("release {wanted} serves already")));
        }
        self.served(wanted).ok_or_else(|| {
            let rejected = self
                .releases
                .iter()
                .rev()
                .find_map(|record| match &record.state {
                    ReleaseState::Rejected { reason } if record.release == *wanted => Some(reason),
                    ReleaseState::Rejected { .. }
                    | ReleaseState::Served
                    | ReleaseState::Withdrawn => None,
                });
            match rejected {
                Some(reason) => Refusal::new(format!("release {wanted} was rejected: {reason}")),
                None => Refusal::new(format!("release {wanted} has never served here")),
            }
        })
    }
}

/// Says which migrations keep an older release from serving again.
fn schema_refusal(release: &ReleaseId, forbidden: &[&MigrationRecord]) -> Refusal {
    Refusal {
        reason: format!(
            "the schema has changed since release {release} in a way that it can't work with"
        ),
        details: describe(forbidden),
        hints: vec![
            "go forward instead: mend the code, then deploy it".to_owned(),
            format!("or say: --allow {}", names(forbidden)),
        ],
    }
}

/// One line for each operation that breaks another release.
pub(crate) fn describe(migrations: &[&MigrationRecord]) -> Vec<String> {
    migrations
        .iter()
        .flat_map(|migration| {
            let breaking = migration
                .hazards
                .iter()
                .filter(|hazard| hazard.breaks_previous);
            breaking.map(|hazard| {
                format!(
                    "{}: {} ({}): {}",
                    migration.name, hazard.operation, hazard.place, hazard.reason
                )
            })
        })
        .collect()
}

/// The names of migrations, as `--allow` takes them.
pub(crate) fn names(migrations: &[&MigrationRecord]) -> String {
    let names: Vec<&str> = migrations
        .iter()
        .map(|migration| migration.name.as_str())
        .collect();
    names.join(" --allow ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::tests::record as migration;

    fn id(letter: &str) -> ReleaseId {
        letter.repeat(12).parse().unwrap()
    }

    fn entry(
        letter: &str,
        kind: RolloutKind,
        state: ReleaseState,
        migrations: &[MigrationRecord],
    ) -> ReleaseRecord {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        ReleaseRecord {
            release: id(letter),
            rollout: format!("{number}"),
            kind,
            time: Timestamp::UNIX_EPOCH,
            commit: None,
            migrations: migrations.to_vec(),
            deployment: None,
            state,
        }
    }

    /// Reads `a b !c <b`: a and b were deployed, c was rejected, then a rollback to b.
    fn history(text: &str) -> History {
        let mut history = History::default();
        for word in text.split_whitespace() {
            let rejected = ReleaseState::Rejected {
                reason: "it did not start".to_owned(),
            };
            history.record(match word.split_at(word.len() - 1) {
                ("!", letter) => entry(letter, RolloutKind::Deploy, rejected, &[]),
                ("<", letter) => entry(letter, RolloutKind::Rollback, ReleaseState::Served, &[]),
                (_, letter) => entry(letter, RolloutKind::Deploy, ReleaseState::Served, &[]),
            });
        }
        history
    }

    #[test]
    fn the_way_back_skips_what_was_rejected_or_withdrawn() {
        for (text, current, expected) in [
            ("a b", "b", Ok("a")),
            (
                "a",
                "a",
                Err("there is no release before aaaaaaaaaaaa to go back to"),
            ),
            (
                "!a b",
                "b",
                Err("there is no release before bbbbbbbbbbbb to go back to"),
            ),
            ("a b !c", "b", Ok("a")),
            (
                "a b <a",
                "a",
                Err("there is no release before aaaaaaaaaaaa to go back to"),
            ),
            ("a b c <b", "b", Ok("a")),
            ("a b c <b d", "d", Ok("b")),
            ("a b <a b", "b", Ok("a")),
        ] {
            let history = history(text);
            let found = history
                .way_back(&id(current), None, &[])
                .map(|record| record.release.clone());
            assert_eq!(
                found.map_err(|refusal| refusal.reason),
                expected.map(id).map_err(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn a_named_release_must_have_served() {
        let history = history("a b c <b !d");
        assert!(history.way_back(&id("b"), Some(&id("c")), &[]).is_ok());
        for (wanted, expected) in [
            ("d", "was rejected: it did not start"),
            ("e", "has never served here"),
            ("b", "serves already"),
        ] {
            let refusal = history
                .way_back(&id("b"), Some(&id(wanted)), &[])
                .unwrap_err();
            assert!(refusal.reason.ends_with(expected), "{}", refusal.reason);
        }
    }

    #[test]
    fn an_unsafe_schema_forbids_the_way_back_unless_allowed() {
        let mut history = History::default();
        let base = migration("orders.0001_initial", None);
        let drop = migration("orders.0002_drop", Some("the column is gone"));
        history.record(entry(
            "a",
            RolloutKind::Deploy,
            ReleaseState::Served,
            std::slice::from_ref(&base),
        ));
        history.record(entry(
            "b",
            RolloutKind::Deploy,
            ReleaseState::Served,
            &[base, drop],
        ));
        let refusal = history.way_back(&id("b"), None, &[]).unwrap_err();
        assert_eq!(
            refusal.details,
            [
                "orders.0002_drop: RemoveField order.note (orders/migrations/0007.py:8): the column is gone"
            ]
        );
        assert!(
            history
                .way_back(&id("b"), None, &["orders.0002".to_owned()])
                .is_ok()
        );
    }

    #[test]
    fn recording_twice_is_recording_once() {
        let mut history = history("a b c");
        let back = entry("b", RolloutKind::Rollback, ReleaseState::Served, &[]);
        history.record(back.clone());
        let once = history.clone();
        history.record(back);
        assert_eq!(history, once);
        assert_eq!(history.serving().unwrap().release, id("b"));
    }
}
