//! Extensions that `azure.extensions` allows.
//!
//! Trusted ones can be created by the administrator anyway. The others need a superuser, which Azure's administrator is not
//! either; allowing one makes it in every database, so that `CREATE EXTENSION IF NOT EXISTS` finds it.

use super::{
    flexible_server,
    record::ServerRecord,
    session::{self, Session, identifier, literal},
};
use crate::{cloud::Cloud, error::ArmError};

/// The names in lower case.
fn names(written: &[String]) -> Vec<String> {
    written
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

/// Makes the allowed extensions that only a superuser can make in these databases, where this machine has them.
pub(super) async fn ensure(
    cloud: &Cloud,
    record: &ServerRecord,
    databases: &[String],
) -> Result<(), ArmError> {
    let allowed = names(&record.extensions);
    if allowed.is_empty() {
        return Ok(());
    }
    for database in databases {
        let session = flexible_server::open(cloud, record, database).await?;
        for name in untrusted(&session, &allowed).await? {
            let made = session
                .run(&format!(
                    "CREATE EXTENSION IF NOT EXISTS {} CASCADE",
                    identifier(&name)
                ))
                .await;
            if let Err(error) = made {
                tracing::warn!(extension = name, database, %error, "an allowed extension could not be made");
            }
        }
    }
    Ok(())
}

/// In every database that takes connections.
pub(super) async fn ensure_everywhere(
    cloud: &Cloud,
    record: &ServerRecord,
) -> Result<(), ArmError> {
    let session = flexible_server::open(cloud, record, "postgres").await?;
    let rows = session
        .rows("SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn")
        .await
        .map_err(|error| session::broken(&error))?;
    let databases: Vec<String> = rows
        .iter()
        .filter_map(|row| row.get(0).map(str::to_owned))
        .collect();
    ensure(cloud, record, &databases).await
}

async fn untrusted(session: &Session, allowed: &[String]) -> Result<Vec<String>, ArmError> {
    let list: Vec<String> = allowed.iter().map(|name| literal(name)).collect();
    let query = format!(
        "SELECT DISTINCT a.name FROM pg_available_extensions a
         JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
         WHERE NOT v.trusted AND v.superuser AND a.name IN ({})",
        list.join(", ")
    );
    let rows = session
        .rows(&query)
        .await
        .map_err(|error| session::broken(&error))?;
    Ok(rows
        .iter()
        .filter_map(|row| row.get(0).map(str::to_owned))
        .collect())
}
