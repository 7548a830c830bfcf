//! The site of a service in an environment: its slots, its address, what is remembered of its rollouts.

use camino::Utf8Path;
use serde_json::{Map, Value};
use taxiway_azure::{PostgresqlServerId, SiteId};
use taxiway_platform::WebService;
use taxiway_rollout::{AppService, StateDirectory};

use crate::connection::Connection;
use crate::failure::Failure;

/// Where the rollouts of an environment are remembered: those of the service of `[app]`, and of further ones below.
pub(crate) fn state(root: &Utf8Path, environment: &str, web: &WebService) -> StateDirectory {
    let folder = root.join(".taxiway/state").join(environment);
    StateDirectory::new(match &web.name {
        Some(name) => folder.join("services").join(name),
        None => folder,
    })
}

/// The slots of a service, from the outputs of the template.
pub(crate) fn target(
    connection: &Connection,
    outputs: &Map<String, Value>,
    web: &WebService,
) -> Result<AppService, Failure> {
    let text = |what: &str| {
        let name = web.symbol(what);
        outputs
            .get(&name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| {
                Failure::refused(format!(
                    "infrastructure/bicep/main.bicep has no output `{name}`"
                ))
                .next("see what it should be", "taxiway generate --diff")
            })
    };
    let site = SiteId::new(connection.group.clone(), text("siteName")?);
    // Absent where there is no database, empty where it is somebody else's.
    let server = outputs
        .get("databaseServerName")
        .and_then(Value::as_str)
        .filter(|name| web.has_database && !name.is_empty())
        .map(|name| PostgresqlServerId::new(connection.group.clone(), name));
    let authority = connection.certificate_authority.as_deref();
    AppService::new(
        connection.azure.clone(),
        &site,
        &text("slotName")?,
        server,
        authority,
        connection.patience,
    )
    .map_err(|error| crate::connection::unreachable(&error))
}

/// Where people reach the site.
pub(crate) fn url(outputs: &Map<String, Value>, web: &WebService, https: bool) -> String {
    let host = outputs
        .get(&web.symbol("siteHostName"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    format!("{}://{host}", if https { "https" } else { "http" })
}
