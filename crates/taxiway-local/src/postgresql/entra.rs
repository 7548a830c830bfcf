//! Administrators of Entra, and their tokens as passwords.
//!
//! In Azure the server itself checks tokens. Here the token that an identity is given becomes the password of its role until it
//! expires, so that a wrong or expired one is refused by PostgreSQL. The server stores a verifier, never the token. One token at
//! a time is good: whoever still holds the one before asks for a new one when it is refused.
//!
//! Only administrators have roles of their own here; `pgaadauth_create_principal` is absent.

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::{ResourceId, catalogue::is_reserved_login};

use super::{
    TYPE, administrator, firewall_rules::invalid, flexible_server, record::ServerRecord, session,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    identity::IssuedToken,
    provider::{Outcome, Request, Response},
    record,
};

/// A call on an administrator.
pub(super) fn handle(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    match request.method {
        Method::PUT => put(cloud, request, server),
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => delete(cloud, request, server),
        _ => Err(record::method_not_allowed(request)),
    }
}

fn put(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    flexible_server::require_running(cloud, server)?;
    let properties = administrator(&request.id, &request.body["properties"])?;
    if !takes_tokens(&flexible_server::find(cloud, server)?.body) {
        return Err(ArmError::bad_request(
            "InvalidParameterValue",
            format!(
                "The server '{}' takes no tokens: enable authConfig.activeDirectoryAuth first.",
                server.name()
            ),
        ));
    }
    let body = record::shape(&request.id, &Value::Null, properties);
    let (cloud_of_work, server, result) = (cloud.clone(), server.clone(), body.clone());
    let (id, api_version) = (request.id.clone(), request.api_version.clone());
    let work = async move {
        let cloud = cloud_of_work;
        flexible_server::with_turn(&cloud, &server, async |record| {
            let session = flexible_server::open(&cloud, record, "postgres").await?;
            administrator::ensure_principal(&session, name(&result))
                .await
                .map_err(|error| session::refused(&error))?;
            record::save(&cloud, &id, &api_version, result.clone())
        })
        .await?;
        Ok(Some(result))
    };
    let kind = format!("{TYPE}/administrators/write");
    cloud
        .operations
        .start(cloud, request, &kind, Some(body), work)
}

fn delete(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    let Some(stored) = cloud.store.resource(&request.id)? else {
        return Ok(Response::no_content());
    };
    flexible_server::require_running(cloud, server)?;
    let (cloud_of_work, server) = (cloud.clone(), server.clone());
    let work = async move {
        let cloud = cloud_of_work;
        flexible_server::with_turn(&cloud, &server, async |record| {
            let session = flexible_server::open(&cloud, record, "postgres").await?;
            administrator::dismiss(&session, name(&stored.body))
                .await
                .map_err(|error| session::refused(&error))?;
            cloud.store.delete_resource(&stored.id)?;
            Ok(None)
        })
        .await
    };
    let kind = format!("{TYPE}/administrators/delete");
    cloud.operations.start(cloud, request, &kind, None, work)
}

/// Source: type definition of administrators.
fn administrator(id: &ResourceId, properties: &Value) -> Result<Value, ArmError> {
    let principal_type = properties["principalType"].as_str().unwrap_or("Unknown");
    if !["Unknown", "User", "Group", "ServicePrincipal"].contains(&principal_type) {
        return Err(invalid(
            "principalType",
            "It is one of User, Group, ServicePrincipal.",
        ));
    }
    let name = properties["principalName"].as_str().unwrap_or_default();
    if name.is_empty() || name.len() > 63 || is_reserved_login(name) || name == session::SUPERUSER {
        return Err(invalid(
            "principalName",
            "It becomes a role: 1 to 63 characters, and no reserved name.",
        ));
    }
    Ok(json!({
        "principalType": principal_type,
        "principalName": name,
        "objectId": id.name(),
        "tenantId": properties["tenantId"],
    }))
}

/// The role of an administrator, which has the name of the principal.
fn name(administrator: &Value) -> &str {
    administrator["properties"]["principalName"]
        .as_str()
        .unwrap_or_default()
}

fn takes_tokens(server: &Value) -> bool {
    server["properties"]["authConfig"]["activeDirectoryAuth"] == "Enabled"
}

fn takes_passwords(server: &Value) -> bool {
    server["properties"]["authConfig"]["passwordAuth"] != "Disabled"
}

/// Lets a principal sign in with `token` on every server that it administers.
///
/// # Errors
/// When one of them does not answer; a server that is stopped is passed over.
pub(crate) async fn admit(
    cloud: &Cloud,
    object_id: &str,
    token: &IssuedToken,
) -> Result<(), ArmError> {
    for stored in cloud.store.all_of_type(&format!("{TYPE}/administrators"))? {
        let Some(server) = stored.id.parent() else {
            continue;
        };
        let is_theirs = stored.id.name().eq_ignore_ascii_case(object_id);
        if !is_theirs || !takes_tokens(&flexible_server::find(cloud, &server)?.body) {
            continue;
        }
        let Some(record) = ServerRecord::load(cloud, &server)?.filter(|record| !record.is_stopped)
        else {
            continue;
        };
        let session = flexible_server::open(cloud, &record, "postgres").await?;
        administrator::set_token(&session, name(&stored.body), token)
            .await
            .map_err(|error| session::broken(&error))?;
    }
    Ok(())
}

/// What the server no longer takes is worth nothing any more: the login's password, or the administrators' tokens.
pub(super) async fn close_what_is_off(
    cloud: &Cloud,
    record: &ServerRecord,
) -> Result<(), ArmError> {
    let server = flexible_server::find(cloud, &record.id)?.body;
    let mut closed = Vec::new();
    if !takes_passwords(&server) {
        closed.extend(record.login.clone());
    }
    if !takes_tokens(&server) {
        let administrators = cloud
            .store
            .resources_of_type(&record.id, &format!("{TYPE}/administrators"))?;
        closed.extend(administrators.iter().map(|it| name(&it.body).to_owned()));
    }
    if closed.is_empty() {
        return Ok(());
    }
    let session = flexible_server::open(cloud, record, "postgres").await?;
    for role in closed {
        administrator::forget_password(&session, &role)
            .await
            .map_err(|error| session::broken(&error))?;
    }
    Ok(())
}
