//! A new server out of the backups of another: `createMode: PointInTimeRestore`.
//!
//! The newest base backup before the wanted time is copied, and the write-ahead log replayed over it up to that time. Replay
//! only stops at a commit after the time, so the source makes one and finishes its current segment first.

use std::{net::Ipv4Addr, time::Duration};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;
use taxiway_arm::{ResourceId, catalogue::PostgresqlTier};
use tokio::time::{interval, timeout};

use super::{
    TYPE, backups, cluster, flexible_server,
    folders::{self, Folders},
    programs::Run,
    record::ServerRecord,
    server::Server,
    session,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    process::{Account, RestartPolicy},
};

const ARCHIVE_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// From which server, and as it was when.
#[derive(Clone, Debug)]
pub(super) struct RestorePoint {
    source: ResourceId,
    time: Timestamp,
}

impl RestorePoint {
    /// What a PUT says; `None` when it is not about a restore.
    pub(super) fn of(
        cloud: &Cloud,
        id: &ResourceId,
        body: &Value,
    ) -> Result<Option<Self>, ArmError> {
        let properties = &body["properties"];
        let is_restore = properties["createMode"]
            .as_str()
            .is_some_and(|mode| mode.eq_ignore_ascii_case("PointInTimeRestore"));
        if !is_restore {
            return Ok(None);
        }
        let source = properties["sourceServerResourceId"]
            .as_str()
            .and_then(|text| text.parse::<ResourceId>().ok())
            .filter(|source| source.is_type(TYPE) && source != id)
            .ok_or_else(|| {
                invalid(
                    "sourceServerResourceId",
                    "A restore needs the id of another server.",
                )
            })?;
        flexible_server::require_running(cloud, &source)?;
        let time = properties["pointInTimeUTC"]
            .as_str()
            .and_then(time)
            .ok_or_else(|| {
                invalid(
                    "pointInTimeUTC",
                    "A restore needs a time such as 2026-01-31T12:00:00Z.",
                )
            })?;
        let (earliest, now) = (backups::earliest(cloud, &source)?, Timestamp::now());
        match earliest {
            Some(earliest) if (earliest..=now).contains(&time) => Ok(Some(Self { source, time })),
            Some(earliest) => Err(invalid(
                "pointInTimeUTC",
                &format!(
                    "The server '{}' can be restored to a time between {earliest} and {now}.",
                    source.name()
                ),
            )),
            None => Err(invalid(
                "sourceServerResourceId",
                "The server has no backup yet.",
            )),
        }
    }

    /// What the new server takes over from the source.
    pub(super) fn template(&self, cloud: &Cloud) -> Result<Value, ArmError> {
        let mut body = flexible_server::find(cloud, &self.source)?.body;
        if let Some(members) = body.as_object_mut() {
            members.retain(|name, _| ["sku", "location", "properties"].contains(&name.as_str()));
        }
        if let Some(backup) = body["properties"]["backup"].as_object_mut() {
            backup.remove("earliestRestoreDate");
        }
        Ok(body)
    }

    /// Source: Azure CLI, validation of `restore`; Azure documentation, "Backup and restore".
    pub(super) fn check_target(&self, cloud: &Cloud, wanted: &Value) -> Result<(), ArmError> {
        let source = flexible_server::find(cloud, &self.source)?.body;
        let rank = |body: &Value| {
            let tier = body["sku"]["tier"].as_str().unwrap_or_default();
            PostgresqlTier::of(tier)
        };
        if rank(wanted) < rank(&source) {
            return Err(invalid(
                "sku",
                "A restored server may not have a lower tier than its source.",
            ));
        }
        let region = |body: &Value| {
            body["location"]
                .as_str()
                .map(crate::resources::location::normal)
        };
        if region(wanted) != region(&source) {
            return Err(invalid(
                "location",
                "A restored server is in the region of its source.",
            ));
        }
        Ok(())
    }
}

fn invalid(parameter: &str, reason: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidParameterValue",
        format!("Invalid value given for parameter {parameter}. {reason}"),
    )
}

/// A time with or without an offset; without one it is UTC.
fn time(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// Makes the data folder of `id` and starts the server on it.
pub(super) async fn create(
    cloud: &Cloud,
    server: &Server,
    id: &ResourceId,
    point: &RestorePoint,
) -> Result<ServerRecord, ArmError> {
    // The source keeps its turn until the end, so that nothing we read is pruned meanwhile.
    flexible_server::with_turn(cloud, &point.source, async |source| {
        let base = backups::all(cloud, &point.source)?
            .into_iter()
            .rfind(|backup| backup.completed <= point.time)
            .and_then(|backup| backups::folder(cloud, &backup.id))
            .ok_or_else(|| {
                invalid(
                    "pointInTimeUTC",
                    "There is no backup from before this time.",
                )
            })?;
        finish_segment(cloud, source).await?;
        let account = folders::account()?;
        copy(cloud, id, &base, account).await?;
        let mut record = ServerRecord {
            id: id.clone(),
            address: Ipv4Addr::LOCALHOST,
            port: 0,
            is_stopped: false,
            ..source.clone()
        };
        replay(cloud, server, &mut record, point).await?;
        Ok(record)
    })
    .await
}

/// Makes a commit that is later than every time that may be asked for, and waits until its segment is in the archive.
async fn finish_segment(cloud: &Cloud, source: &ServerRecord) -> Result<(), ArmError> {
    let session = flexible_server::open(cloud, source, "postgres").await?;
    let broken = |error| session::broken(&error);
    session
        .run("SELECT pg_current_xact_id()")
        .await
        .map_err(broken)?;
    let segment = session
        .value("SELECT pg_walfile_name(pg_switch_wal())")
        .await
        .map_err(broken)?
        .unwrap_or_default();
    let path = Folders::of(cloud, &source.id).archive.join(&segment);
    let archived = async {
        let mut ticks = interval(POLL);
        while !path.exists() {
            ticks.tick().await;
        }
    };
    timeout(ARCHIVE_LIMIT, archived).await.map_err(|_| {
        ArmError::internal(format!(
            "The server '{}' does not archive its log (is the disk full?); its log file says why.",
            source.id.name()
        ))
    })
}

async fn copy(
    cloud: &Cloud,
    id: &ResourceId,
    base: &Utf8Path,
    account: Option<Account>,
) -> Result<(), ArmError> {
    let folders = Folders::of(cloud, id);
    folders.prepare(account)?;
    let run = Run {
        cloud,
        folders: &folders,
        account,
        executable: Utf8PathBuf::from("cp"),
        arguments: vec![
            "-Rp".to_owned(),
            "--".to_owned(),
            format!("{base}/."),
            folders.data.to_string(),
        ],
    };
    run.output().await?;
    folders::write(&folders.data.join("recovery.signal"), "", account)
}

async fn replay(
    cloud: &Cloud,
    server: &Server,
    record: &mut ServerRecord,
    point: &RestorePoint,
) -> Result<(), ArmError> {
    let archive = Folders::of(cloud, &point.source).archive;
    let settings = [
        ("restore_command", cluster::restore_command(&archive)),
        ("recovery_target_time", recovery_time(point.time)),
        ("recovery_target_action", "promote".to_owned()),
        // Nobody may come before the replay is over.
        ("hot_standby", "off".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let once = RestartPolicy {
        limit: 0,
        ..RestartPolicy::SERVICE
    };
    server.start_with(cloud, record, &settings, once).await?;
    // Again, without the settings of the replay.
    server
        .start_with(cloud, record, &[], RestartPolicy::SERVICE)
        .await
}

/// With an offset in digits: names of zones are not known yet when the server reads its settings.
fn recovery_time(time: Timestamp) -> String {
    format!("{time:.6}").replace('Z', "+00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_gets_the_time_in_digits() {
        let time = "2026-11-22T08:00:00.1234567Z".parse().unwrap();
        assert_eq!(recovery_time(time), "2026-11-22T08:00:00.123456+00");
    }

    #[test]
    fn times_come_with_and_without_an_offset() {
        let expected: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        for text in [
            "2026-11-22T08:00:00Z",
            "2026-11-22T09:00:00+01:00",
            "2026-11-22T08:00:00",
        ] {
            assert_eq!(time(text), Some(expected), "{text}");
        }
        assert_eq!(time("yesterday"), None);
    }
}
