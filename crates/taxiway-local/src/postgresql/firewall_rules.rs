//! Firewall rules: kept and answered.
//!
//! A server listens on loopback only, so no rule opens or closes anything here.

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

pub(super) fn handle(cloud: &Cloud, request: &Request, server: &ResourceId) -> Outcome {
    match request.method {
        Method::PUT => {
            flexible_server::require_running(cloud, server)?;
            let properties = firewall_rule(&request.body["properties"])?;
            let body = record::shape(&request.id, &Value::Null, properties);
            record::save(cloud, &request.id, &request.api_version, body.clone())?;
            let result = body.clone();
            let kind = format!("{TYPE}/firewallRules/write");
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
            let kind = format!("{TYPE}/firewallRules/delete");
            cloud
                .operations
                .start(cloud, request, &kind, None, async { Ok(None) })
        }
        _ => Err(record::method_not_allowed(request)),
    }
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

pub(super) fn invalid(parameter: &str, reason: &str) -> ArmError {
    ArmError::bad_request(
        "InvalidParameterValue",
        format!("Invalid value given for parameter {parameter}. {reason}"),
    )
}
