//! The point to which the database can go back, proven before a migration runs.

use jiff::Timestamp;
use taxiway_azure::{Backup, PostgresqlServerId, pause};
use tokio::time::Instant;

use super::AppService;
use crate::{
    failure::{Failure, FailureKind},
    target::{Note, RestorePoint},
};

/// How many backups on demand a server keeps. Source: "Backup and restore in Azure Database for PostgreSQL".
const KEPT_BACKUPS: usize = 7;

/// How the names of our own backups begin.
const PREFIX: &str = "taxiway-";

impl AppService {
    /// A backup on demand where the server's size allows it, otherwise the point in time of now.
    pub(super) async fn prove_restore_point(
        &self,
        rollout: &str,
        note: Note<'_>,
    ) -> Result<RestorePoint, Failure> {
        let fail = |message: String| Failure::new(FailureKind::RestorePoint, message);
        let id = self
            .database
            .as_ref()
            .ok_or_else(|| fail("there is no database server to restore".to_owned()))?;
        let server = self
            .azure
            .postgresql_server(id)
            .await?
            .ok_or_else(|| fail(format!("the database server {} does not exist", id.name)))?;
        if server.takes_backups_on_demand() {
            return self.back_up(id, rollout, note).await;
        }
        let now = Timestamp::now();
        match server.earliest_restore {
            Some(earliest) if earliest <= now => {
                let days = server
                    .retention_days
                    .map(|days| format!(", kept for {days} days"))
                    .unwrap_or_default();
                let proof = format!(
                    "point in time of {}, restorable since {earliest}{days}",
                    id.name
                );
                Ok(RestorePoint {
                    time: now,
                    backup: None,
                    proof,
                })
            }
            Some(earliest) => Err(fail(format!(
                "the database can't be restored before {earliest}"
            ))
            .hint(
                "its first backup is still being made: run the same command again after that time",
            )),
            None => Err(
                fail(format!("the database server {} has no backup yet", id.name))
                    .hint("its first backup takes some minutes: run the same command again then"),
            ),
        }
    }

    async fn back_up(
        &self,
        id: &PostgresqlServerId,
        rollout: &str,
        note: Note<'_>,
    ) -> Result<RestorePoint, Failure> {
        let name = format!("{PREFIX}{}", rollout.to_ascii_lowercase());
        let backups = self.azure.backups(id).await?;
        if !backups.iter().any(|backup| backup.name == name) {
            if let Some(oldest) = surplus(&backups) {
                note(&format!(
                    "dropping backup {oldest}, as only {KEPT_BACKUPS} are kept"
                ));
                self.azure.delete_backup(id, &oldest).await?;
            }
            note("backing up the database");
            self.azure.back_up(id, &name).await?;
        }
        let deadline = Instant::now() + self.patience.backup;
        loop {
            let backups = self.azure.backups(id).await?;
            let completed = backups
                .into_iter()
                .find(|backup| backup.name == name)
                .and_then(|backup| backup.completed);
            if let Some(time) = completed {
                let proof = format!("backup {name}, complete");
                return Ok(RestorePoint {
                    time,
                    backup: Some(name),
                    proof,
                });
            }
            if Instant::now() > deadline {
                let minutes = self.patience.backup.as_secs() / 60;
                return Err(Failure::new(
                    FailureKind::RestorePoint,
                    format!("backup {name} was not complete after {minutes} minutes"),
                ));
            }
            pause(self.patience.look).await;
        }
    }
}

/// The oldest backup of our own, if there is no room for another one.
fn surplus(backups: &[Backup]) -> Option<String> {
    if backups
        .iter()
        .filter(|backup| backup.is_on_demand())
        .count()
        < KEPT_BACKUPS
    {
        return None;
    }
    backups
        .iter()
        .filter(|backup| backup.is_on_demand() && backup.name.starts_with(PREFIX))
        .min_by_key(|backup| backup.completed)
        .map(|backup| backup.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_oldest_backup_makes_room() {
        let backup = |name: String, kind: &str, second: i64| Backup {
            name,
            kind: Some(kind.to_owned()),
            completed: Some(Timestamp::from_second(second).unwrap()),
        };
        let mut backups = vec![
            backup("mine".to_owned(), "Customer On-Demand", 1),
            backup("auto".to_owned(), "Full", 0),
        ];
        backups.extend((2..7).map(|second| {
            backup(
                format!("taxiway-{second}"),
                "Customer On-Demand",
                10 - second,
            )
        }));
        assert_eq!(surplus(&backups), None);
        backups.push(backup("taxiway-7".to_owned(), "Customer On-Demand", 20));
        assert_eq!(surplus(&backups).as_deref(), Some("taxiway-6"));
    }
}
