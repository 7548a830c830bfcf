//! The settings of a server, as PostgreSQL has them, and the two that are Azure's own.
//!
//! What the owner sets goes through `ALTER SYSTEM`, so PostgreSQL itself says what is possible and keeps it.

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::{
    TYPE, cluster, extensions, flexible_server,
    folders::{self, Folders},
    record::ServerRecord,
    session::{self, Session, identifier, literal},
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
};

const EXTENSIONS: &str = "azure.extensions";
const TLS: &str = "require_secure_transport";

/// Settings whose value is a list of names. Source: PostgreSQL source, GUC_LIST_QUOTE.
const LISTS: [&str; 5] = [
    "shared_preload_libraries",
    "session_preload_libraries",
    "local_preload_libraries",
    "search_path",
    "temp_tablespaces",
];

/// One row per setting; the value that waits for a restart stands in the file already.
const QUERY: &str = "
SELECT s.name, s.setting, s.vartype, coalesce(s.boot_val, ''), s.context, s.short_desc, s.pending_restart,
       s.min_val, s.max_val, array_to_string(s.enumvals, ','), s.unit, f.setting
FROM pg_settings s
LEFT JOIN LATERAL (
    SELECT setting FROM pg_file_settings
    WHERE name = s.name AND sourcefile LIKE '%/postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1
) f ON true
ORDER BY s.name";

/// A call on one setting.
pub(super) async fn handle(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    match request.method {
        Method::PUT | Method::PATCH => put(cloud, request, server),
        Method::GET | Method::HEAD => {
            let record = flexible_server::require_running(cloud, server)?;
            find(cloud, &record, request.id.name())
                .await
                .map(Response::ok)
        }
        _ => Err(record::method_not_allowed(request)),
    }
}

/// All settings.
pub(super) async fn list(cloud: &Cloud, server: &ResourceId) -> Outcome {
    let record = flexible_server::require_running(cloud, server)?;
    all(cloud, &record).await.map(Response::list)
}

async fn find(cloud: &Cloud, record: &ServerRecord, name: &str) -> Result<Value, ArmError> {
    let found = all(cloud, record).await?.into_iter().find(|body| {
        body["name"]
            .as_str()
            .is_some_and(|known| known.eq_ignore_ascii_case(name))
    });
    found.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ArmError {
    ArmError::not_found(
        "ConfigurationNotExists",
        format!("The configuration '{name}' does not exist for this server."),
    )
}

async fn all(cloud: &Cloud, record: &ServerRecord) -> Result<Vec<Value>, ArmError> {
    let session = flexible_server::open(cloud, record, "postgres").await?;
    let rows = session
        .rows(QUERY)
        .await
        .map_err(|error| session::broken(&error))?;
    let mut bodies = vec![
        own(
            record,
            EXTENSIONS,
            &record.extensions.join(","),
            "",
            "Set",
            "Extensions that may be created.",
        ),
        own(
            record,
            TLS,
            if record.requires_tls { "on" } else { "off" },
            if record.has_tls { "on" } else { "off" },
            "Boolean",
            "Whether clients have to connect with TLS.",
        ),
    ];
    for row in rows {
        let column = |index: usize| row.get(index).unwrap_or_default();
        let name = column(0);
        let override_value = row.get(11);
        let data_type = match column(2) {
            "bool" => "Boolean",
            "integer" => "Integer",
            "real" => "Numeric",
            "enum" => "Enumeration",
            _ => "String",
        };
        let allowed = match column(2) {
            "bool" => "on,off".to_owned(),
            "integer" | "real" => format!("{}-{}", column(7), column(8)),
            "enum" => column(9).to_owned(),
            _ => String::new(),
        };
        let context = column(4);
        let mut properties = json!({
            "value": override_value.unwrap_or(column(1)),
            "description": column(5),
            "defaultValue": column(3),
            "dataType": data_type,
            "allowedValues": allowed,
            "source": if override_value.is_some() { "user-override" } else { "system-default" },
            "isDynamicConfig": context != "postmaster" && context != "internal",
            "isReadOnly": context == "internal" || cluster::DECIDED.contains(&name),
            "isConfigPendingRestart": column(6) == "t",
        });
        if let Some(unit) = row.get(10) {
            properties["unit"] = json!(unit);
        }
        bodies.push(body(record, name, properties));
    }
    Ok(bodies)
}

/// A setting that PostgreSQL does not know.
fn own(
    record: &ServerRecord,
    name: &str,
    value: &str,
    default: &str,
    data_type: &str,
    description: &str,
) -> Value {
    let properties = json!({
        "value": value,
        "description": description,
        "defaultValue": default,
        "dataType": data_type,
        "allowedValues": if data_type == "Boolean" { "on,off" } else { "" },
        "source": if value == default { "system-default" } else { "user-override" },
        "isDynamicConfig": true,
        "isReadOnly": false,
        "isConfigPendingRestart": false,
    });
    body(record, name, properties)
}

fn body(record: &ServerRecord, name: &str, properties: Value) -> Value {
    json!({
        "id": format!("{}/configurations/{name}", record.id),
        "name": name,
        "type": format!("{TYPE}/configurations"),
        "properties": properties,
    })
}

fn put(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    flexible_server::require_running(cloud, server)?;
    let name = request.id.name().to_ascii_lowercase();
    let properties = &request.body["properties"];
    let value = match &properties["value"] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_on) => Some(if *is_on { "on" } else { "off" }.to_owned()),
        _ => None,
    };
    let value = value.filter(|_| properties["source"] != "system-default");
    if cluster::DECIDED.contains(&name.as_str()) {
        return Err(read_only(&name));
    }
    let (cloud_of_work, server) = (cloud.clone(), server.clone());
    let work = async move {
        let cloud = cloud_of_work;
        let body = flexible_server::with_turn(&cloud, &server, async |record| {
            match name.as_str() {
                EXTENSIONS => allow_extensions(&cloud, record, value.as_deref()).await?,
                TLS => require_tls(&cloud, record, value.as_deref()).await?,
                _ => set(&cloud, record, &name, value.as_deref()).await?,
            }
            find(&cloud, record, &name).await
        });
        body.await.map(Some)
    };
    let kind = format!("{TYPE}/configurations/write");
    cloud.operations.start(cloud, request, &kind, None, work)
}

fn read_only(name: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidParameterValue",
        format!("The configuration '{name}' is read-only."),
    )
}

async fn allow_extensions(
    cloud: &Cloud,
    record: &mut ServerRecord,
    value: Option<&str>,
) -> Result<(), ArmError> {
    let written = value.unwrap_or_default().split(',');
    record.extensions = written.map(str::to_owned).collect();
    record.save(cloud)?;
    extensions::ensure_everywhere(cloud, record).await
}

async fn require_tls(
    cloud: &Cloud,
    record: &mut ServerRecord,
    value: Option<&str>,
) -> Result<(), ArmError> {
    record.requires_tls = match value.map(str::to_ascii_lowercase).as_deref() {
        None => record.has_tls,
        Some("on" | "true" | "1") if !record.has_tls => {
            return Err(ArmError::bad_request(
                "InvalidParameterValue",
                "This machine's PostgreSQL was built without TLS, so it cannot be required.",
            ));
        }
        Some("on" | "true" | "1") => true,
        Some("off" | "false" | "0") => false,
        Some(other) => {
            return Err(ArmError::bad_request(
                "InvalidParameterValue",
                format!("'{other}' is not a value of {TLS}: it is on or off."),
            ));
        }
    };
    record.save(cloud)?;
    cluster::write_access(&Folders::of(cloud, &record.id), record, folders::account()?)?;
    let session = flexible_server::open(cloud, record, "postgres").await?;
    reload(&session).await
}

async fn set(
    cloud: &Cloud,
    record: &ServerRecord,
    name: &str,
    value: Option<&str>,
) -> Result<(), ArmError> {
    let session = flexible_server::open(cloud, record, "postgres").await?;
    let known = format!(
        "SELECT context, name FROM pg_settings WHERE lower(name) = {}",
        literal(name)
    );
    let rows = session
        .rows(&known)
        .await
        .map_err(|error| session::broken(&error))?;
    let Some(row) = rows.first() else {
        return Err(unknown(name));
    };
    if row.get(0) == Some("internal") {
        return Err(read_only(name));
    }
    let setting = identifier(row.get(1).unwrap_or(name));
    let statement = match value {
        None => format!("ALTER SYSTEM RESET {setting}"),
        Some(value) if LISTS.contains(&name) => {
            let items: Vec<String> = names_of(value);
            if name.ends_with("preload_libraries") {
                load(&session, &items).await?;
            }
            let items: Vec<String> = items.iter().map(|item| literal(item)).collect();
            let items = if items.is_empty() {
                "''".to_owned()
            } else {
                items.join(", ")
            };
            format!("ALTER SYSTEM SET {setting} = {items}")
        }
        Some(value) => format!("ALTER SYSTEM SET {setting} = {}", literal(value)),
    };
    session
        .run(&statement)
        .await
        .map_err(|error| session::refused(&error))?;
    reload(&session).await
}

fn names_of(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

/// A library that is not on this machine would keep the server from starting again.
async fn load(session: &Session, libraries: &[String]) -> Result<(), ArmError> {
    for library in libraries {
        let path = format!("$libdir/{library}");
        let check = session.run(&format!("LOAD {}", literal(&path))).await;
        if let Err(error) = check
            && error
                .as_db_error()
                .is_some_and(|error| error.message().contains("could not access file"))
        {
            return Err(ArmError::bad_request(
                "InvalidParameterValue",
                format!("The library '{library}' is not in this machine's PostgreSQL."),
            ));
        }
    }
    Ok(())
}

async fn reload(session: &Session) -> Result<(), ArmError> {
    session
        .run("SELECT pg_reload_conf()")
        .await
        .map_err(|error| session::broken(&error))
}
