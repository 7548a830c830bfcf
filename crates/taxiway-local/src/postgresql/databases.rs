//! The databases of a server: those that are really there, whoever made them.

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::{
    TYPE, administrator, extensions, flexible_server,
    record::ServerRecord,
    session::{self, Session, identifier, literal},
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
};

/// Databases of the service itself.
const SYSTEM: [&str; 3] = ["postgres", "azure_maintenance", "azure_sys"];

const DEFAULT_CHARSET: &str = "UTF8";
const DEFAULT_COLLATION: &str = "en_US.utf8";

/// What Azure calls a wrong locale and PostgreSQL, by version, one of these.
const UNKNOWN_LOCALE: [&str; 3] = ["42809", "22023", "42602"];

/// A call on one database.
pub(super) async fn handle(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request, server),
        Method::GET | Method::HEAD => {
            flexible_server::find(cloud, server)?;
            let found = existing(cloud, server).await?;
            found
                .into_iter()
                .find(|body| body["name"].as_str() == Some(request.id.name()))
                .map(Response::ok)
                .ok_or_else(|| record::not_found(&request.id))
        }
        Method::DELETE => delete(cloud, request, server),
        _ => Err(record::method_not_allowed(request)),
    }
}

/// All databases.
pub(super) async fn list(cloud: &Cloud, server: &ResourceId) -> Outcome {
    flexible_server::find(cloud, server)?;
    Ok(Response::list(existing(cloud, server).await?))
}

/// The databases of a running server; of a stopped one those that were made through Resource Manager.
async fn existing(cloud: &Cloud, server: &ResourceId) -> Result<Vec<Value>, ArmError> {
    let running = ServerRecord::load(cloud, server)?.filter(|record| !record.is_stopped);
    let session = match &running {
        Some(record) => flexible_server::open(cloud, record, "postgres").await.ok(),
        None => None,
    };
    let Some(session) = session else {
        let kept = cloud
            .store
            .resources_of_type(server, &format!("{TYPE}/databases"))?;
        return Ok(kept.into_iter().map(|stored| stored.body).collect());
    };
    let rows = session
        .rows("SELECT datname, pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE NOT datistemplate ORDER BY datname")
        .await
        .map_err(|error| session::broken(&error))?;
    let mut bodies = Vec::new();
    for row in rows {
        let name = row.get(0).unwrap_or_default();
        let Ok(id) = server.child("databases", name) else {
            continue;
        };
        let kept = cloud.store.resource(&id)?;
        bodies.push(match kept {
            Some(kept) => kept.body,
            None => body(
                &id,
                row.get(1).unwrap_or_default(),
                row.get(2).unwrap_or_default(),
                None,
            ),
        });
    }
    Ok(bodies)
}

fn body(id: &ResourceId, charset: &str, collation: &str, note: Option<&str>) -> Value {
    let mut body = json!({
        "id": id.as_str(),
        "name": id.name(),
        "type": id.resource_type(),
        "properties": {"charset": charset, "collation": collation},
    });
    if let Some(note) = note {
        body["properties"]["taxiway"] = json!({"notes": [note]});
    }
    body
}

fn put(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    flexible_server::require_running(cloud, server)?;
    let text = |name: &str, default: &str| {
        request.body["properties"][name]
            .as_str()
            .unwrap_or(default)
            .to_owned()
    };
    let (charset, collation) = (
        text("charset", DEFAULT_CHARSET),
        text("collation", DEFAULT_COLLATION),
    );
    let preview = body(&request.id, &charset, &collation, None);
    let (cloud_of_work, id, server) = (cloud.clone(), request.id.clone(), server.clone());
    let work = async move {
        let cloud = cloud_of_work;
        let body = flexible_server::with_turn(&cloud, &server, async |record| {
            let note = create(&cloud, record, id.name(), &charset, &collation).await?;
            if let (None, Some(kept)) = (&note, cloud.store.resource(&id)?) {
                return Ok(kept.body);
            }
            let body = body(&id, &charset, &collation, note.as_deref());
            record::save(&cloud, &id, "2025-08-01", body.clone())?;
            extensions::ensure(&cloud, record, &[id.name().to_owned()]).await?;
            Ok(body)
        });
        body.await.map(Some)
    };
    let kind = format!("{TYPE}/databases/write");
    cloud
        .operations
        .start(cloud, request, &kind, Some(preview), work)
}

/// Makes the database unless it is there. The note tells where its collation is not the wanted one.
async fn create(
    cloud: &Cloud,
    record: &ServerRecord,
    name: &str,
    charset: &str,
    collation: &str,
) -> Result<Option<String>, ArmError> {
    let session = flexible_server::open(cloud, record, "postgres").await?;
    let known = format!(
        "SELECT 1 FROM pg_database WHERE datname = {}",
        literal(name)
    );
    let is_there = session
        .value(&known)
        .await
        .map_err(|error| session::broken(&error))?;
    if is_there.is_some() {
        return Ok(None);
    }
    let owner = record.login.as_deref().unwrap_or(administrator::GROUP);
    let owner = format!(" OWNER {}", identifier(owner));
    let start = format!(
        "CREATE DATABASE {} TEMPLATE template0 ENCODING {}{owner}",
        identifier(name),
        literal(charset)
    );
    let asked = format!("{start} LC_COLLATE {0} LC_CTYPE {0}", literal(collation));
    let Err(error) = session.run(&asked).await else {
        return Ok(None);
    };
    let is_locale = error
        .code()
        .is_some_and(|code| UNKNOWN_LOCALE.contains(&code.code()))
        && error
            .as_db_error()
            .is_some_and(|error| error.message().contains("locale"));
    if !is_locale {
        return Err(session::refused(&error));
    }
    substitute(&session, &start, collation).await.map(Some)
}

/// With the next best collation: the same language of ICU, else that of the server.
async fn substitute(session: &Session, start: &str, collation: &str) -> Result<String, ArmError> {
    let language = collation
        .split(['.', '@'])
        .next()
        .unwrap_or_default()
        .replace('_', "-");
    let icu = format!(
        "{start} LOCALE_PROVIDER icu ICU_LOCALE {}",
        literal(&language)
    );
    if language.len() > 1 && session.run(&icu).await.is_ok() {
        return Ok(format!(
            "This machine has no locale {collation}; the database uses {language} of ICU."
        ));
    }
    session
        .run(start)
        .await
        .map_err(|error| session::refused(&error))?;
    Ok(format!(
        "This machine has no locale {collation}; the database sorts as the server does, by code point."
    ))
}

fn delete(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    if cloud.store.resource(server)?.is_none() {
        return Ok(Response::no_content());
    }
    let name = request.id.name().to_owned();
    if SYSTEM.contains(&name.as_str()) {
        return Err(ArmError::bad_request(
            "InvalidParameterValue",
            format!("The database '{name}' belongs to the service and cannot be dropped."),
        ));
    }
    flexible_server::require_running(cloud, server)?;
    let (cloud_of_work, id, server) = (cloud.clone(), request.id.clone(), server.clone());
    let work = async move {
        let cloud = cloud_of_work;
        flexible_server::with_turn(&cloud, &server, async |record| {
            let session = flexible_server::open(&cloud, record, "postgres").await?;
            session
                .run(&format!(
                    "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                    identifier(&name)
                ))
                .await
                .map_err(|error| session::refused(&error))?;
            cloud.store.delete_resource(&id)?;
            Ok(None)
        })
        .await
    };
    let kind = format!("{TYPE}/databases/delete");
    cloud.operations.start(cloud, request, &kind, None, work)
}
