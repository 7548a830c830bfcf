//! Firewall rules and Entra administrators: kept and answered.
//!
//! A server listens on loopback only, so no rule opens or closes anything here; Entra tokens are no passwords here.

use std::net::Ipv4Addr;

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::ResourceId;

use super::{TYPE, flexible_server};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    record,
};

/// The two types that are only kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    FirewallRule,
    Administrator,
}

impl Kept {
    const fn name(self) -> &'static str {
        match self {
            Self::FirewallRule => "firewallRules",
            Self::Administrator => "administrators",
        }
    }
}

pub(super) fn handle(cloud: &Cloud, request: &Request, server: &ResourceId, kept: Kept) -> Outcome {
    match request.method {
        Method::PUT => {
            flexible_server::require_running(cloud, server)?;
            let properties = match kept {
                Kept::FirewallRule => firewall_rule(&request.body["properties"])?,
                Kept::Administrator => administrator(&request.id, &request.body["properties"])?,
            };
            let body = record::shape(&request.id, &Value::Null, properties);
            record::save(cloud, &request.id, &request.api_version, body.clone())?;
            let result = body.clone();
            let kind = format!("{TYPE}/{}/write", kept.name());
            cloud
                .operations
                .start(cloud, request, &kind, Some(body), async move {
                    Ok(Some(result))
                })
        }
        Method::GET | Method::HEAD => record::answer_get(cloud, request),
        Method::DELETE => {
            if !cloud.store.delete_resource(&request.id)? {
                return Ok(Response::no_content());
            }
            let kind = format!("{TYPE}/{}/delete", kept.name());
            cloud
                .operations
                .start(cloud, request, &kind, None, async { Ok(None) })
        }
        _ => Err(record::method_not_allowed(request)),
    }
}

pub(super) fn list(cloud: &Cloud, server: &ResourceId, kept: Kept) -> Outcome {
    flexible_server::find(cloud, server)?;
    let rules = cloud
        .store
        .resources_of_type(server, &format!("{TYPE}/{}", kept.name()))?;
    Ok(Response::list(
        rules.into_iter().map(|stored| stored.body).collect(),
    ))
}

/// Source: type definition of firewallRules.
fn firewall_rule(properties: &Value) -> Result<Value, ArmError> {
    let address = |name: &str| -> Result<Ipv4Addr, ArmError> {
        properties[name]
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| invalid(name, "It has to be an IPv4 address."))
    };
    let (start, end) = (address("startIpAddress")?, address("endIpAddress")?);
    if end < start {
        return Err(invalid("endIpAddress", "It is before startIpAddress."));
    }
    Ok(json!({"startIpAddress": start.to_string(), "endIpAddress": end.to_string()}))
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
    Ok(json!({
        "principalType": principal_type,
        "principalName": properties["principalName"],
        "objectId": id.name(),
    }))
}

fn invalid(parameter: &str, reason: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidParameterValue",
        format!("Invalid value given for parameter {parameter}. {reason}"),
    )
}
