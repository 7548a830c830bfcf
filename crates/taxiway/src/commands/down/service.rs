//! One service out of several, which `taxiway.toml` names no more.
//!
//! What was made for it has a tag that says so. Its data stay unless they are asked for: the database, the identity, whose name
//! is the role that owns it, the secrets of the vault and the containers of the storage account.

use serde_json::json;
use taxiway_azure::ResourceSummary;
use taxiway_platform::{Environment, Platform};

use crate::arguments::Down;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::left_behind;
use crate::progress::Progress;
use crate::project::Project;
use crate::terminal::Terminal;
use crate::wording::counted;

/// What is made for a service, in the order in which it goes, and how each is asked for. Alerts watch the site, and endpoints
/// lead to it. Source: `site.bicep`, `site-alerts.bicep`, `redis.bicep` and the endpoints.
const TYPES: [(&str, &str); 7] = [
    ("Microsoft.Insights/metricAlerts", "2018-03-01"),
    ("Microsoft.Insights/scheduledQueryRules", "2023-12-01"),
    ("Microsoft.Insights/webtests", "2022-06-15"),
    ("Microsoft.Network/privateEndpoints", "2025-05-01"),
    ("Microsoft.Web/sites", "2025-03-01"),
    ("Microsoft.Web/certificates", "2025-03-01"),
    ("Microsoft.Cache/redisEnterprise", "2025-07-01"),
];

const IDENTITIES: (&str, &str) = (
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "2024-11-30",
);
const SERVERS: &str = "Microsoft.DBforPostgreSQL/flexibleServers";
const SERVER_API_VERSION: &str = "2025-08-01";

/// The name is part of a folder's. A service that `taxiway.toml` names would come again with the next deployment.
pub(super) fn refuse(project: &Project, service: &str) -> Result<(), Failure> {
    let is_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if service.is_empty() || !service.chars().all(is_of_a_name) {
        return Err(Failure::usage(format!(
            "`{service}` is no name of a service"
        )));
    }
    let mut services = project.platform.services();
    if !services.any(|it| it.service.title() == service) {
        return Ok(());
    }
    let failure = Failure::refused(format!(
        "taxiway.toml names the service `{service}`, so that the next deployment would make it again"
    ));
    Err(failure.next(
        "take it out first",
        format!("[services.{service}] in taxiway.toml"),
    ))
}

/// Removes it, and forgets its releases.
pub(super) async fn run(
    (arguments, service): (&Down, &str),
    project: &Project,
    environment: &Environment,
    connection: &Connection,
    progress: &mut Progress,
    terminal: &Terminal,
) -> Outcome {
    let step = progress.start("remove");
    let azure = &connection.azure;
    let all = azure.resources(&connection.group).await;
    let all = all.map_err(|error| failed(service).because(&error))?;
    let platform = &project.platform;
    let own = |kind: &str| -> Vec<&ResourceSummary> {
        let own = all.iter().filter(|it| it.kind.eq_ignore_ascii_case(kind));
        own.filter(|it| left_behind::is_of(it, platform, service))
            .collect()
    };
    let mut removed = Vec::new();
    for (kind, version) in TYPES {
        for resource in own(kind) {
            delete(connection, &resource.id, version, service).await?;
            removed.push(resource.name.clone());
        }
    }
    if arguments.with_database {
        let servers = all
            .iter()
            .filter(|it| it.kind.eq_ignore_ascii_case(SERVERS));
        for server in servers {
            let database = database(platform, service);
            let path = format!("{}/databases/{database}", server.id);
            let is_there = azure.exists(&path, SERVER_API_VERSION).await;
            if is_there.map_err(|error| failed(service).because(&error))? {
                delete(connection, &path, SERVER_API_VERSION, service).await?;
                removed.push(database);
            }
            for identity in own(IDENTITIES.0) {
                dismiss(connection, &server.id, identity, service).await?;
            }
        }
        for identity in own(IDENTITIES.0) {
            delete(connection, &identity.id, IDENTITIES.1, service).await?;
            removed.push(identity.name.clone());
        }
    }
    progress.finish(
        step,
        match removed.len() {
            0 => "nothing is there".to_owned(),
            count => counted(count, "resource"),
        },
    );
    forget(project, environment, service)?;
    if terminal.is_json() {
        terminal.print_json(&json!({
            "schema": "taxiway.down/v1",
            "environment": environment.name,
            "service": service,
            "removed": !removed.is_empty(),
            "resources": removed,
        }));
    } else if !removed.is_empty() {
        let kept = if arguments.with_database {
            "its secrets and files"
        } else {
            "its database, identity, secrets and files"
        };
        terminal.say(format_args!("kept: {kept}, where it has any"));
    }
    Ok(Exit::Done)
}

/// The database that was made for it. Source: `taxiway_platform`, the names of further databases.
fn database(platform: &Platform, service: &str) -> String {
    format!("{}_{service}", platform.workload).replace('-', "_")
}

/// An identity that is gone can't be told from the server's other administrators any more.
async fn dismiss(
    connection: &Connection,
    server: &str,
    identity: &ResourceSummary,
    service: &str,
) -> Result<(), Failure> {
    let found = connection.azure.get(&identity.id, IDENTITIES.1).await;
    let found = found.map_err(|error| failed(service).because(&error))?;
    let Some(principal) = found["properties"]["principalId"].as_str() else {
        return Ok(());
    };
    let path = format!("{server}/administrators/{principal}");
    delete(connection, &path, SERVER_API_VERSION, service).await
}

async fn delete(
    connection: &Connection,
    id: &str,
    version: &str,
    service: &str,
) -> Result<(), Failure> {
    let deleted = connection.azure.delete(id, version).await;
    deleted.map_err(|error| failed(service).because(&error).detail(id.to_owned()))
}

fn failed(service: &str) -> Failure {
    Failure::failed(format!("the service `{service}` cannot be removed"))
}

/// The releases of a service that is gone are no releases to go back to.
fn forget(project: &Project, environment: &Environment, service: &str) -> Result<(), Failure> {
    let folder = project
        .root
        .join(".taxiway/state")
        .join(&environment.name)
        .join("services")
        .join(service);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::failed(format!("`{folder}` cannot be removed")).because(&error))
        }
        _ => Ok(()),
    }
}
