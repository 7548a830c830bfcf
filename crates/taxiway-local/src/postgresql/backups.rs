//! Base backups: physical copies of a running server, from which it can be brought back to any later time.
//!
//! Each is a folder that is there as a whole or not at all. The first is made when the server is, further ones once a day;
//! what is older than the retention goes, with the write-ahead log that only it needed.

use camino::Utf8PathBuf;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::{
    TYPE, flexible_server,
    folders::{self, Folders},
    programs::Run,
    record::ServerRecord,
    session::SUPERUSER,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
};

/// Source: Azure documentation, "Perform on-demand backups".
const MOST_ON_DEMAND: usize = 7;

const ON_DEMAND: &str = "Customer On-Demand";
const AUTOMATIC: &str = "Full";

/// How old the newest automatic backup may become. Source: Azure documentation, "Backup and restore": one a day.
const INTERVAL: SignedDuration = SignedDuration::from_hours(24);

/// A finished backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Backup {
    pub id: ResourceId,
    pub completed: Timestamp,
    pub is_automatic: bool,
}

fn backup_type() -> String {
    format!("{TYPE}/backups")
}

/// A call on one backup.
pub(super) fn handle(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request, server),
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => delete(cloud, request, server),
        _ => Err(record::method_not_allowed(request)),
    }
}

/// The finished backups of a server.
pub(super) fn list(cloud: &Cloud, server: &ResourceId) -> Outcome {
    flexible_server::find(cloud, server)?;
    let backups = cloud.store.resources_of_type(server, &backup_type())?;
    Ok(Response::list(
        backups.into_iter().map(|stored| stored.body).collect(),
    ))
}

fn put(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    flexible_server::require_running(cloud, server)?;
    check_name(request.id.name())?;
    let body = flexible_server::find(cloud, server)?.body;
    if body["sku"]["tier"] == "Burstable" {
        return Err(ArmError::bad_request(
            "OnDemandBackupNotSupported",
            "On-demand backups are not supported on servers of the Burstable tier.",
        ));
    }
    if body["properties"]["storage"]["type"] == "PremiumV2_LRS" {
        return Err(ArmError::bad_request(
            "OnDemandBackupNotSupported",
            "On-demand backups are not supported on servers with Premium SSD v2.",
        ));
    }
    if cloud.store.resource(&request.id)?.is_some() {
        return Err(ArmError::conflict(
            "BackupAlreadyExists",
            format!(
                "The server '{}' already has a backup '{}'.",
                server.name(),
                request.id.name()
            ),
        ));
    }
    let (cloud_of_work, id, server) = (cloud.clone(), request.id.clone(), server.clone());
    let work = async move {
        let cloud = cloud_of_work;
        let body = flexible_server::with_turn(&cloud, &server, async |record| {
            let kept = all(&cloud, &server)?;
            if kept.iter().filter(|backup| !backup.is_automatic).count() >= MOST_ON_DEMAND {
                return Err(ArmError::conflict(
                    "OnDemandBackupLimitReached",
                    format!(
                        "A server keeps at most {MOST_ON_DEMAND} on-demand backups. Delete one first."
                    ),
                ));
            }
            take(&cloud, record, &id, ON_DEMAND).await
        });
        body.await.map(Some)
    };
    let kind = format!("{TYPE}/backups/write");
    cloud.operations.start(cloud, request, &kind, None, work)
}

/// Names become folders. Source: type definition of backups.
fn check_name(name: &str) -> Result<(), ArmError> {
    let fits = (1..=128).contains(&name.len())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
        && !name.starts_with('.')
        && !name.ends_with(".partial");
    if fits {
        return Ok(());
    }
    Err(ArmError::bad_request(
        "InvalidResourceName",
        format!(
            "The name '{name}' is not possible for a backup: it takes 1 to 128 letters, digits, hyphens, underscores and dots."
        ),
    ))
}

fn delete(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    let Some(stored) = cloud.store.resource(&request.id)? else {
        return Ok(Response::no_content());
    };
    if stored.body["properties"]["backupType"] != ON_DEMAND {
        return Err(ArmError::bad_request(
            "InvalidParameterValue",
            "Automatic backups go by themselves when the retention has passed.",
        ));
    }
    let (cloud_of_work, id, server) = (cloud.clone(), request.id.clone(), server.clone());
    let work = async move {
        let turns = cloud_of_work.servers.server(&server);
        let _turn = turns.turn.lock().await;
        remove(&cloud_of_work, &id)?;
        Ok(None)
    };
    let kind = format!("{TYPE}/backups/delete");
    cloud.operations.start(cloud, request, &kind, None, work)
}

/// All finished backups, oldest first.
pub(super) fn all(cloud: &Cloud, server: &ResourceId) -> Result<Vec<Backup>, ArmError> {
    let mut backups: Vec<Backup> = cloud
        .store
        .resources_of_type(server, &backup_type())?
        .into_iter()
        .filter_map(|stored| {
            let properties = &stored.body["properties"];
            Some(Backup {
                completed: properties["completedTime"].as_str()?.parse().ok()?,
                is_automatic: properties["backupType"] == AUTOMATIC,
                id: stored.id,
            })
        })
        .collect();
    backups.sort_by_key(|backup| backup.completed);
    Ok(backups)
}

/// The earliest time to which the server can be restored.
pub(super) fn earliest(cloud: &Cloud, server: &ResourceId) -> Result<Option<Timestamp>, ArmError> {
    Ok(all(cloud, server)?.first().map(|backup| backup.completed))
}

/// Where the files of a backup are.
pub(super) fn folder(cloud: &Cloud, backup: &ResourceId) -> Option<Utf8PathBuf> {
    let server = backup.parent()?;
    let folders = Folders::of(cloud, &server);
    Some(folders.backups.join(backup.name().to_ascii_lowercase()))
}

/// An automatic backup, named after its time.
pub(super) async fn take_automatic(cloud: &Cloud, record: &ServerRecord) -> Result<(), ArmError> {
    let name = format!("backup_{}", Timestamp::now().as_millisecond());
    let id = record
        .id
        .child("backups", &name)
        .map_err(|error| ArmError::internal(error.to_string()))?;
    take(cloud, record, &id, AUTOMATIC).await.map(|_| ())
}

/// Copies the running server. The caller has its turn.
async fn take(
    cloud: &Cloud,
    record: &ServerRecord,
    id: &ResourceId,
    kind: &str,
) -> Result<Value, ArmError> {
    let folders = Folders::of(cloud, &record.id);
    let target = folder(cloud, id).ok_or_else(|| record::not_found(id))?;
    let partial = Utf8PathBuf::from(format!("{target}.partial"));
    remove_folder(&partial)?;
    // Left by a stop of the cloud between the copy and its record.
    remove_folder(&target)?;
    let copy = Run {
        cloud,
        folders: &folders,
        account: folders::account()?,
        executable: record.programs.join("pg_basebackup"),
        arguments: [
            format!("--pgdata={partial}"),
            format!("--host={}", folders.sockets),
            format!("--port={}", record.port),
            format!("--username={SUPERUSER}"),
            "--no-password".to_owned(),
            "--checkpoint=fast".to_owned(),
            "--wal-method=stream".to_owned(),
            "--format=plain".to_owned(),
        ]
        .to_vec(),
    };
    copy.output().await?;
    std::fs::rename(&partial, &target)
        .map_err(|error| folders::failed("rename", &partial, &error))?;
    let body = json!({
        "id": id.as_str(),
        "name": id.name(),
        "type": id.resource_type(),
        "properties": {
            "backupType": kind,
            "completedTime": Timestamp::now().to_string(),
            "source": if kind == AUTOMATIC { "Automatic" } else { "Customer Initiated" },
        },
    });
    record::save(cloud, id, "2025-08-01", body.clone())?;
    tracing::info!(
        server = record.id.name(),
        backup = id.name(),
        "a backup is complete"
    );
    Ok(body)
}

fn remove(cloud: &Cloud, id: &ResourceId) -> Result<(), ArmError> {
    // The record first: a backup that is listed can be restored.
    cloud.store.delete_resource(id)?;
    match folder(cloud, id) {
        Some(folder) => remove_folder(&folder),
        None => Ok(()),
    }
}

fn remove_folder(folder: &Utf8PathBuf) -> Result<(), ArmError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(folders::failed("remove", folder, &error))
        }
        _ => Ok(()),
    }
}

/// The daily backup when it is due, and the end of what the retention no longer needs.
pub(super) async fn maintain(cloud: &Cloud, server: &ResourceId) -> Result<(), ArmError> {
    let Some(record) = ServerRecord::load(cloud, server)?.filter(|record| !record.is_stopped)
    else {
        return Ok(());
    };
    let now = Timestamp::now();
    let newest = all(cloud, server)?
        .into_iter()
        .rfind(|backup| backup.is_automatic);
    if newest.is_some_and(|newest| now.duration_since(newest.completed) < INTERVAL) {
        return Ok(());
    }
    flexible_server::with_turn(cloud, &record.id, async |record| {
        take_automatic(cloud, record).await?;
        prune(cloud, record, now)?;
        flexible_server::settle(cloud, record).map(|_| ())
    })
    .await
}

fn prune(cloud: &Cloud, record: &ServerRecord, now: Timestamp) -> Result<(), ArmError> {
    let body = flexible_server::find(cloud, &record.id)?.body;
    let days = body["properties"]["backup"]["backupRetentionDays"]
        .as_i64()
        .unwrap_or(7);
    let start = now.saturating_sub(SignedDuration::from_hours(24 * days));
    let start = start.map_err(|error| ArmError::internal(error.to_string()))?;
    let backups = all(cloud, &record.id)?;
    for backup in no_longer_needed(&backups, start) {
        remove(cloud, &backup.id)?;
    }
    let folders = Folders::of(cloud, &record.id);
    let first = all(cloud, &record.id)?
        .first()
        .and_then(|oldest| folder(cloud, &oldest.id))
        .and_then(|folder| {
            first_segment(&std::fs::read_to_string(folder.join("backup_label")).ok()?)
        });
    let Some(first) = first else {
        return Ok(());
    };
    let entries = folders
        .archive
        .read_dir_utf8()
        .map_err(|error| folders::failed("read", &folders.archive, &error))?;
    for entry in entries.flatten() {
        if is_older(entry.file_name(), &first) {
            std::fs::remove_file(entry.path()).ok();
        }
    }
    Ok(())
}

/// Automatic ones from before the window, but for the newest of them: with it the window's first moment is reached.
fn no_longer_needed(backups: &[Backup], start: Timestamp) -> Vec<&Backup> {
    let mut old: Vec<&Backup> = backups
        .iter()
        .filter(|backup| backup.is_automatic && backup.completed < start)
        .collect();
    old.pop();
    old
}

/// `START WAL LOCATION: 0/2000028 (file 000000010000000000000002)` → the file's name.
fn first_segment(label: &str) -> Option<String> {
    let (_, rest) = label.lines().next()?.split_once("(file ")?;
    Some(rest.trim_end_matches(')').to_owned())
}

/// Names of segments are a timeline of eight digits and a number of sixteen.
fn is_older(segment: &str, first: &str) -> bool {
    segment.len() == 24
        && segment.chars().all(|digit| digit.is_ascii_hexdigit())
        && segment.get(8..) < first.get(8..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_keeps_the_backup_before_it() {
        let server: ResourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers/db"
            .parse()
            .unwrap();
        let backup = |name: &str, completed: &str, is_automatic| Backup {
            id: server.child("backups", name).unwrap(),
            completed: completed.parse().unwrap(),
            is_automatic,
        };
        let backups = [
            backup("a", "2026-01-01T00:00:00Z", true),
            backup("mine", "2026-01-01T12:00:00Z", false),
            backup("b", "2026-01-02T00:00:00Z", true),
            backup("c", "2026-01-03T00:00:00Z", true),
        ];
        let names = |start: &str| -> Vec<String> {
            no_longer_needed(&backups, start.parse().unwrap())
                .iter()
                .map(|backup| backup.id.name().to_owned())
                .collect()
        };
        assert_eq!(names("2026-01-02T12:00:00Z"), ["a"]);
        assert_eq!(names("2026-01-01T12:00:00Z"), Vec::<String>::new());
        assert_eq!(names("2026-02-01T00:00:00Z"), ["a", "b"]);
    }

    #[test]
    fn segments_are_compared_without_their_timeline() {
        let label = "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2000060\n";
        let first = first_segment(label).unwrap();
        assert_eq!(first, "000000010000000000000002");
        assert!(is_older("000000020000000000000001", &first));
        assert!(!is_older("000000010000000000000002", &first));
        assert!(!is_older("00000002.history", &first));
    }
}
