//! Microsoft.DBforPostgreSQL: flexible servers, each a real PostgreSQL on loopback.
//!
//! The resource is in the store as GET answers it; a [`record::ServerRecord`] beside it says where and how the server runs and
//! exists only when its data folder is complete. Where the system lets it, each has a loopback address of its own and PostgreSQL's
//! port, so that a host name is all that a client needs, as in Azure. [`servers`] holds what runs. Every change of a server waits for its turn.
//! Absent: virtual networks, replicas, standbys, PgBouncer; firewall rules are kept and open or close nothing. Of Entra there are
//! the tokens of managed identities: see [`entra`].

mod administrator;
mod backups;
mod body;
mod certificate;
mod cluster;
mod configurations;
mod databases;
mod deletion;
mod entra;
mod extensions;
mod firewall_rules;
mod flexible_server;
mod folders;
mod locations;
mod programs;
mod record;
mod restore;
mod rules;
mod server;
mod servers;
mod session;
mod sizes;

pub(crate) use entra::admit;
pub(crate) use servers::Servers;

use http::Method;
use taxiway_arm::ResourceId;

use crate::{
    cloud::Cloud,
    provider::{Outcome, Request, Response, rules as provider_rules},
};

/// The type of a server.
const TYPE: &str = "Microsoft.DBforPostgreSQL/flexibleServers";

/// Answers a call.
pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    match &request.action {
        Some(action) => {
            let action = action.to_ascii_lowercase();
            handle_action(cloud, &request, &action).await
        }
        None if request.id.is_type(TYPE) => flexible_server::handle(cloud, &request),
        None => handle_child(cloud, &request).await,
    }
}

/// Collections and verbs.
async fn handle_action(cloud: &Cloud, request: &Request, action: &str) -> Outcome {
    let id = &request.id;
    let is_server = id.is_type(TYPE);
    match (&request.method, action) {
        (&Method::GET, "flexibleservers") if id.is_scope() => flexible_server::list(cloud, id),
        (&Method::POST, "checknameavailability") if locations::is_location(id) => {
            locations::check_name(cloud, &request.body)
        }
        (&Method::GET, "capabilities") if is_server => {
            flexible_server::find(cloud, id)?;
            locations::capabilities()
        }
        (&Method::GET, "capabilities") if locations::is_location(id) => locations::capabilities(),
        (&Method::POST, "restart" | "start" | "stop") if is_server => {
            flexible_server::act(cloud, request, action)
        }
        (&Method::GET, "databases") if is_server => databases::list(cloud, id).await,
        (&Method::GET, "configurations") if is_server => configurations::list(cloud, id).await,
        (&Method::GET, "backups") if is_server => backups::list(cloud, id),
        (&Method::GET, "firewallrules") if is_server => list_children(cloud, id, "firewallRules"),
        (&Method::GET, "administrators") if is_server => list_children(cloud, id, "administrators"),
        _ => Err(unknown(request, Some(action))),
    }
}

/// What is below a server.
async fn handle_child(cloud: &Cloud, request: &Request) -> Outcome {
    let Some(server) = request.id.parent().filter(|parent| parent.is_type(TYPE)) else {
        return Err(unknown(request, None));
    };
    let resource_type = request.id.resource_type().to_ascii_lowercase();
    match resource_type.rsplit('/').next().unwrap_or_default() {
        "databases" => databases::handle(cloud, request, &server).await,
        "configurations" => configurations::handle(cloud, request, &server).await,
        "backups" => backups::handle(cloud, request, &server),
        "firewallrules" => firewall_rules::handle(cloud, request, &server),
        "administrators" => entra::handle(cloud, request, &server),
        _ => Err(unknown(request, None)),
    }
}

/// What is kept below a server.
fn list_children(cloud: &Cloud, server: &ResourceId, kind: &str) -> Outcome {
    flexible_server::find(cloud, server)?;
    let kept = cloud
        .store
        .resources_of_type(server, &format!("{TYPE}/{kind}"))?;
    let bodies = kept.into_iter().map(|stored| stored.body);
    Ok(Response::list(bodies.collect()))
}

fn unknown(request: &Request, action: Option<&str>) -> crate::error::ArmError {
    let resource_type = match action {
        Some(action) => format!("{}/{action}", request.id.resource_type()),
        None => request.id.resource_type(),
    };
    provider_rules::unknown_type(&resource_type, &request.api_version)
}
