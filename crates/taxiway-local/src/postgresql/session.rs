//! Our own connection to a server: as its superuser, over the Unix socket, which only the owner of the cloud can reach.

use std::time::Duration;

use postgres_protocol::escape::{escape_identifier, escape_literal};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, SimpleQueryRow};

use super::folders::Folders;
use crate::error::ArmError;

/// The superuser. Source: Azure documentation, which names Azure's own so.
pub(super) const SUPERUSER: &str = "azuresu";

const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// An open connection.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    connection: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

impl Session {
    pub(super) async fn open(
        folders: &Folders,
        port: u16,
        database: &str,
    ) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = Config::new()
            .host_path(&folders.sockets)
            .port(port)
            .user(SUPERUSER)
            .dbname(database)
            .application_name("taxiway")
            .connect_timeout(CONNECT_DEADLINE)
            .connect(NoTls)
            .await?;
        let connection = tokio::spawn(async move {
            // The client's calls report what went wrong.
            connection.await.ok();
        });
        Ok(Self { client, connection })
    }

    /// Runs statements that answer nothing of interest.
    pub(super) async fn run(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(sql).await
    }

    /// The rows of a query.
    pub(super) async fn rows(
        &self,
        sql: &str,
    ) -> Result<Vec<SimpleQueryRow>, tokio_postgres::Error> {
        let messages = self.client.simple_query(sql).await?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.collect())
    }

    /// The first column of the first row.
    pub(super) async fn value(&self, sql: &str) -> Result<Option<String>, tokio_postgres::Error> {
        let rows = self.rows(sql).await?;
        Ok(rows.first().and_then(|row| row.get(0)).map(str::to_owned))
    }
}

/// `name` → `"name"`.
pub(super) fn identifier(name: &str) -> String {
    escape_identifier(name)
}

/// `it's` → `'it''s'`.
pub(super) fn literal(text: &str) -> String {
    escape_literal(text).trim_start().to_owned()
}

/// What the server says about a statement that a caller is to blame for.
pub(super) fn refused(error: &tokio_postgres::Error) -> ArmError {
    match error.as_db_error() {
        Some(error) => ArmError::bad_request("InvalidParameterValue", error.message()),
        None => broken(error),
    }
}

/// A failure that no caller is to blame for.
pub(super) fn broken(error: &tokio_postgres::Error) -> ArmError {
    let reason = match error.as_db_error() {
        Some(error) => error.message().to_owned(),
        None => {
            use std::error::Error;
            error
                .source()
                .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
        }
    };
    tracing::error!(reason, "a PostgreSQL server did not do its work");
    ArmError::internal(format!(
        "The PostgreSQL server did not answer as it should: {reason}."
    ))
}
