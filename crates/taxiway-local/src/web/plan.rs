//! App Service plans. Linux only: the local cloud runs Python.

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use taxiway_arm::{
    ResourceId,
    catalogue::{PlanTier, plan_tier},
};

use super::record;
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
    store::StoredResource,
};

pub(super) const TYPE: &str = "Microsoft.Web/serverfarms";

/// Answers a call on a plan.
pub(super) async fn handle(cloud: &Cloud, request: &Request) -> Outcome {
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    match (request.method.as_str(), action.as_deref()) {
        ("GET", None) => {
            let mut body = read(cloud, &request.id)?.body;
            body["properties"]["numberOfSites"] = json!(sites_on(cloud, &request.id)?.len());
            Ok(Response::ok(body))
        }
        ("PUT" | "PATCH", None) => put(cloud, request),
        ("DELETE", None) => delete(cloud, &request.id),
        ("GET", Some("sites")) => {
            let sites = sites_on(cloud, &request.id)?;
            let rows = sites
                .iter()
                .filter_map(|id| cloud.store.resource(id).ok().flatten());
            Ok(Response::list(rows.map(|row| row.body).collect()))
        }
        ("POST", Some("restartsites")) => {
            for site in sites_on(cloud, &request.id)? {
                super::site::restart_all(cloud, &site)?;
            }
            Ok(Response::no_content())
        }
        _ => Err(super::unsupported(request)),
    }
}

/// The plans below a scope.
pub(super) fn list(cloud: &Cloud, scope: &ResourceId) -> Outcome {
    let plans = cloud.store.resources_of_type(scope, TYPE)?;
    Ok(Response::list(
        plans.into_iter().map(|plan| plan.body).collect(),
    ))
}

/// The tier of a plan that a site names.
///
/// # Errors
/// 404 where there is no such plan.
pub(super) fn tier(cloud: &Cloud, plan: &ResourceId) -> Result<&'static PlanTier, ArmError> {
    let found = cloud.store.resource(plan)?.ok_or_else(|| {
        ArmError::not_found(
            "NotFound",
            format!("Cannot find AppServicePlan with name {}.", plan.name()),
        )
    })?;
    let size = found.body["sku"]["name"].as_str().unwrap_or_default();
    plan_tier(size).ok_or_else(|| {
        ArmError::internal(format!("The plan {plan} has the unknown size '{size}'."))
    })
}

/// Removes a plan that no site is left on.
pub(super) fn remove_if_empty(cloud: &Cloud, plan: &ResourceId) -> Result<(), ArmError> {
    if sites_on(cloud, plan)?.is_empty() {
        cloud.store.delete_resource(plan)?;
    }
    Ok(())
}

fn read(cloud: &Cloud, id: &ResourceId) -> Result<StoredResource, ArmError> {
    cloud.store.resource(id)?.ok_or_else(|| {
        ArmError::not_found(
            "ResourceNotFound",
            format!(
                "The Resource 'Microsoft.Web/serverfarms/{}' under resource group '{}' was not found.",
                id.name(),
                id.resource_group().unwrap_or_default()
            ),
        )
    })
}

fn sites_on(cloud: &Cloud, plan: &ResourceId) -> Result<Vec<ResourceId>, ArmError> {
    let sites = record::all(cloud)?;
    Ok(sites
        .into_iter()
        .filter(|site| site.plan == *plan)
        .map(|site| site.id)
        .collect())
}

fn delete(cloud: &Cloud, id: &ResourceId) -> Outcome {
    if !sites_on(cloud, id)?.is_empty() {
        return Err(ArmError::conflict(
            "Conflict",
            format!(
                "Server farm '{}' cannot be deleted because it has web app(s) assigned to it.",
                id.name()
            ),
        ));
    }
    match cloud.store.delete_resource(id)? {
        true => Ok(Response::done()),
        false => Ok(Response::no_content()),
    }
}

fn put(cloud: &Cloud, request: &Request) -> Outcome {
    let id = &request.id;
    let existing = cloud.store.resource(id)?;
    if existing.is_none() && request.method == Method::PATCH {
        return Err(read(cloud, id)
            .err()
            .unwrap_or_else(|| ArmError::internal("The plan appeared meanwhile.")));
    }
    let old = existing
        .as_ref()
        .map(|plan| plan.body.clone())
        .unwrap_or(Value::Null);
    let body = rendered(id, &request.body, &old)?;
    check_slots(cloud, id, &body)?;
    let now = Timestamp::now();
    cloud.store.put_resource(&StoredResource {
        id: existing
            .as_ref()
            .map_or_else(|| id.clone(), |plan| plan.id.clone()),
        api_version: request.api_version.clone(),
        body: body.clone(),
        created: existing.map_or(now, |plan| plan.created),
        changed: now,
    })?;
    for site in sites_on(cloud, id)? {
        // The sites show the tier.
        record::update(cloud, &site, |_| Ok(()))?;
    }
    Ok(Response::ok(body))
}

/// The plan after a request; what the request leaves out stays.
fn rendered(id: &ResourceId, body: &Value, old: &Value) -> Result<Value, ArmError> {
    let given = |path: &str| {
        let value = body.pointer(path).filter(|value| !value.is_null());
        value.or_else(|| old.pointer(path)).cloned()
    };
    let size = given("/sku/name").or_else(|| given("/sku/size"));
    let size = size.as_ref().and_then(Value::as_str).unwrap_or("F1");
    let spelled = plan_tier(size).and_then(|tier| Some((tier.size(size)?, tier)));
    let (size, tier) = spelled.ok_or_else(|| {
        ArmError::bad_request(
            "BadRequest",
            format!("The pricing tier '{size}' is not one that App Service plans on Linux have."),
        )
    })?;
    if given("/properties/reserved") != Some(json!(true)) {
        return Err(ArmError::bad_request(
            "LocalCloudUnsupported",
            "The local cloud runs Linux plans only. Set kind to 'linux' and properties.reserved to true; without reserved Azure makes a Windows plan.",
        ));
    }
    let location = given("/location").ok_or_else(|| {
        ArmError::bad_request(
            "LocationRequired",
            "The location property is required for this definition.",
        )
    })?;
    let capacity = given("/sku/capacity")
        .and_then(|capacity| capacity.as_u64())
        .unwrap_or(1)
        .max(1);
    if capacity > u64::from(tier.instances) {
        return Err(ArmError::conflict(
            "Conflict",
            format!(
                "The {} tier has at most {} instances; {capacity} are asked for.",
                tier.name, tier.instances
            ),
        ));
    }
    let is_zone_redundant = given("/properties/zoneRedundant") == Some(json!(true));
    if is_zone_redundant && !tier.has_zones {
        return Err(ArmError::bad_request(
            "BadRequest",
            format!("The {} tier has no zone redundancy.", tier.name),
        ));
    }
    let mut plan = json!({
        "id": id,
        "name": id.name(),
        "type": TYPE,
        "kind": given("/kind").unwrap_or_else(|| json!("linux")),
        "location": location,
        "sku": {"name": size, "tier": tier.name, "size": size, "family": tier.family, "capacity": capacity},
        "properties": {
            "serverFarmId": 1,
            "name": id.name(),
            "reserved": true,
            "status": "Ready",
            "provisioningState": "Succeeded",
            "numberOfWorkers": capacity,
            "currentNumberOfWorkers": 1,
            "maximumNumberOfWorkers": tier.instances,
            "numberOfSites": 0,
            "perSiteScaling": given("/properties/perSiteScaling").unwrap_or_else(|| json!(false)),
            "elasticScaleEnabled": given("/properties/elasticScaleEnabled").unwrap_or_else(|| json!(false)),
            "maximumElasticWorkerCount": given("/properties/maximumElasticWorkerCount").unwrap_or_else(|| json!(1)),
            "zoneRedundant": is_zone_redundant,
            "resourceGroup": id.resource_group(),
        },
    });
    if let Some(tags) = given("/tags") {
        plan["tags"] = tags;
    }
    Ok(plan)
}

/// Scaling down below the slots in use is refused. Source: App Service limits.
fn check_slots(cloud: &Cloud, id: &ResourceId, body: &Value) -> Result<(), ArmError> {
    let size = body["sku"]["name"].as_str().unwrap_or_default();
    let Some(tier) = plan_tier(size) else {
        return Ok(());
    };
    let sites = record::all(cloud)?;
    match sites
        .iter()
        .find(|site| site.plan == *id && site.slots.len() > tier.slots as usize)
    {
        Some(site) => Err(ArmError::conflict(
            "Conflict",
            format!(
                "Cannot change to the {} tier: it allows {} slots, and the site '{}' has {}.",
                tier.name,
                tier.slots,
                site.id.name(),
                site.slots.len()
            ),
        )),
        None => Ok(()),
    }
}
