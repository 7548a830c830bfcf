//! Sites and slots: create, change, delete, start, stop, restart.
//!
//! A PUT merges, as Azure's does: app settings, configuration and content that a body does not mention survive.

use http::Method;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use taxiway_arm::ResourceId;

use super::{
    config, names, plan,
    record::{
        self, BasicAuth, Content, Identity, SiteRecord, SlotRecord, StickyNames, UserIdentity,
    },
    runtime::Restart,
    slot_id::SlotId,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
};

/// Properties that Azure computes; clients send back what they got.
const COMPUTED: [&str; 39] = [
    "name",
    "state",
    "hostNames",
    "webSpace",
    "selfLink",
    "repositorySiteName",
    "usageState",
    "enabledHostNames",
    "availabilityState",
    "hostNameSslStates",
    "reserved",
    "isXenon",
    "hyperV",
    "lastModifiedTimeUtc",
    "sku",
    "defaultHostName",
    "resourceGroup",
    "outboundIpAddresses",
    "possibleOutboundIpAddresses",
    "customDomainVerificationId",
    "targetSwapSlot",
    "slotSwapStatus",
    "owner",
    "adminEnabled",
    "siteProperties",
    "csrs",
    "computeMode",
    "cers",
    "siteMode",
    "siteConfig",
    "trafficManagerHostNames",
    "contentAvailabilityState",
    "runtimeAvailabilityState",
    "suspendedTill",
    "inProgressOperationId",
    "serverFarmId",
    "enabled",
    "maxNumberOfWorkers",
    "isDefaultContainer",
];

/// The site or slot as GET answers it.
pub(super) fn get(cloud: &Cloud, slot: &SlotId) -> Outcome {
    Ok(Response::ok(body(cloud, slot)?))
}

pub(super) fn body(cloud: &Cloud, slot: &SlotId) -> Result<Value, ArmError> {
    let (record, found) = record::load_slot(cloud, slot)?;
    let id = super::render::resource_id(&record, &found);
    let row = cloud.store.resource(&id)?;
    row.map(|row| row.body)
        .ok_or_else(|| record::slot_not_found(slot))
}

/// Creates or changes a site or slot.
pub(super) fn put(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let record = match record::load(cloud, &slot.site) {
        Ok(record) => Some(record),
        Err(error) if error.code == "ResourceNotFound" => None,
        Err(error) => return Err(error),
    };
    let exists = record
        .as_ref()
        .is_some_and(|record| record.slot(slot).is_some());
    if !exists && request.method == Method::PATCH {
        return Err(record::slot_not_found(slot));
    }
    match (&record, &slot.slot) {
        (None, Some(_)) => {
            return Err(record::load(cloud, &slot.site)
                .err()
                .unwrap_or_else(|| record::slot_not_found(slot)));
        }
        (None, None) => create_site(cloud, request)?,
        (Some(record), Some(_)) if !exists => create_slot(cloud, request, record, slot)?,
        (Some(_), _) => {}
    }
    let changed = change(cloud, request, slot);
    if changed.is_err() && !exists {
        // Nothing is left of what could not be created.
        forget(cloud, slot)?;
    }
    changed?;
    cloud.sites.refresh(cloud, slot, Restart::IfChanged);
    get(cloud, slot)
}

fn create_site(cloud: &Cloud, request: &Request) -> Result<(), ArmError> {
    let id = &request.id;
    check_free(cloud, &SlotId::production(id))?;
    let plan = plan_of(&request.body)?.ok_or_else(|| {
        ArmError::bad_request(
            "BadRequest",
            "properties.serverFarmId is missing: the local cloud needs the plan of a site.",
        )
    })?;
    plan::tier(cloud, &plan)?;
    let location = request.body["location"].as_str().ok_or_else(|| {
        ArmError::bad_request(
            "LocationRequired",
            "The location property is required for this definition.",
        )
    })?;
    let record = SiteRecord {
        id: id.clone(),
        location: location.to_owned(),
        plan,
        production: new_slot("production"),
        slots: std::collections::BTreeMap::new(),
        sticky: StickyNames::default(),
        swap: None,
        last_swap: None,
        api_version: request.api_version.clone(),
    };
    record::insert(cloud, &record)
}

fn create_slot(
    cloud: &Cloud,
    request: &Request,
    record: &SiteRecord,
    slot: &SlotId,
) -> Result<(), ArmError> {
    let name = request.id.name();
    names::check_slot(record.id.name(), name)?;
    check_free(cloud, slot)?;
    let tier = plan::tier(cloud, &record.plan)?;
    if record.slots.len() >= tier.slots as usize {
        return Err(ArmError::conflict(
            "Conflict",
            format!(
                "Cannot complete the operation because the site will exceed the number of slots allowed for the '{}' SKU ({}).",
                tier.name, tier.slots
            ),
        ));
    }
    record::update(cloud, &slot.site, |record| {
        let mut fresh = new_slot(name);
        // A slot runs on the stack of its site unless it says otherwise.
        if let Some(stack) = record.production.web.get("linuxFxVersion") {
            fresh.web.insert("linuxFxVersion".to_owned(), stack.clone());
        }
        record.slots.insert(slot.name().to_owned(), fresh);
        Ok(())
    })
}

/// Host names are unique in all of Azure, also between a site `a-b` and the slot `b` of a site `a`.
fn check_free(cloud: &Cloud, slot: &SlotId) -> Result<(), ArmError> {
    let label = slot.label();
    let owner = label_owner(cloud, &label)?;
    match owner {
        Some(owner) => Err(ArmError::conflict(
            "Conflict",
            format!(
                "Website with given name {label} already exists ({}).",
                owner.site
            ),
        )),
        None => Ok(()),
    }
}

/// The slot that has this host label.
pub(super) fn label_owner(cloud: &Cloud, label: &str) -> Result<Option<SlotId>, ArmError> {
    let sites = record::all(cloud)?;
    let mut slots = sites.iter().flat_map(SiteRecord::slot_ids);
    Ok(slots.find(|slot| slot.label() == label))
}

fn new_slot(name: &str) -> SlotRecord {
    let now = Timestamp::now();
    SlotRecord {
        name: name.to_owned(),
        created: now,
        modified: now,
        kind: "app,linux".to_owned(),
        tags: None,
        identity: None,
        properties: Map::new(),
        web: Map::new(),
        app_settings: std::collections::BTreeMap::new(),
        connection_strings: std::collections::BTreeMap::new(),
        documents: std::collections::BTreeMap::new(),
        basic_auth: BasicAuth {
            ftp: true,
            scm: true,
        },
        publishing_password: uuid::Uuid::new_v4().simple().to_string()
            + &uuid::Uuid::new_v4().simple().to_string(),
        is_stopped: false,
        preview: None,
        content: Content::new(),
    }
}

fn plan_of(body: &Value) -> Result<Option<ResourceId>, ArmError> {
    let id = body
        .pointer("/properties/serverFarmId")
        .and_then(Value::as_str);
    id.map(|id| {
        ResourceId::parse(id).map_err(|_| {
            ArmError::bad_request(
                "BadRequest",
                format!("The serverFarmId '{id}' is not a resource id."),
            )
        })
    })
    .transpose()
}

fn change(cloud: &Cloud, request: &Request, slot: &SlotId) -> Result<(), ArmError> {
    let body = &request.body;
    let identity = requested_identity(cloud, slot, body)?;
    let plan = plan_of(body)?;
    let record = record::load(cloud, &slot.site)?;
    let tier = plan::tier(cloud, plan.as_ref().unwrap_or(&record.plan))?;
    if let (Some(location), None) = (body["location"].as_str(), &slot.slot)
        && !same_location(location, &record.location)
    {
        return Err(ArmError::conflict(
            "InvalidResourceLocation",
            format!(
                "The site '{}' already exists in location '{}'.",
                slot.site.name(),
                record.location
            ),
        ));
    }
    record::update(cloud, &slot.site, |record| {
        record.api_version.clone_from(&request.api_version);
        if let (Some(plan), None) = (plan, &slot.slot) {
            record.plan = plan;
        }
        let found = record
            .slot_mut(slot)
            .ok_or_else(|| record::slot_not_found(slot))?;
        found.modified = Timestamp::now();
        if let Some(kind) = body["kind"].as_str() {
            kind.clone_into(&mut found.kind);
        }
        if body["tags"].is_object() {
            found.tags = Some(body["tags"].clone());
        }
        if let Some(identity) = identity {
            found.identity = identity;
        }
        if let Some(properties) = body["properties"].as_object() {
            change_properties(found, properties)?;
        }
        config::check_web(found, tier)
    })
}

fn same_location(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.replace(' ', "").to_ascii_lowercase();
    plain(one) == plain(other)
}

fn change_properties(
    slot: &mut SlotRecord,
    properties: &Map<String, Value>,
) -> Result<(), ArmError> {
    if properties.get("reserved") == Some(&json!(false)) {
        return Err(ArmError::bad_request(
            "LocalCloudUnsupported",
            "The local cloud runs Linux sites only; properties.reserved is false.",
        ));
    }
    if let Some(enabled) = properties.get("enabled").and_then(Value::as_bool) {
        slot.is_stopped = !enabled;
    }
    if let Some(config) = properties.get("siteConfig").and_then(Value::as_object) {
        config::merge_site_config(slot, config)?;
    }
    let plain = properties.iter().filter(|(name, value)| {
        !value.is_null()
            && !COMPUTED
                .iter()
                .any(|computed| computed.eq_ignore_ascii_case(name))
    });
    for (name, value) in plain {
        slot.properties.insert(name.clone(), value.clone());
    }
    Ok(())
}

/// The identity after a request; the outer none: not mentioned.
fn requested_identity(
    cloud: &Cloud,
    slot: &SlotId,
    body: &Value,
) -> Result<Option<Option<Identity>>, ArmError> {
    let wanted = &body["identity"];
    let Some(kind) = wanted["type"].as_str() else {
        return Ok(None);
    };
    let kind = kind.to_ascii_lowercase();
    let principals = cloud.tokens.principals();
    let resource = match &slot.slot {
        Some(name) => slot
            .site
            .child("slots", name)
            .map_err(|error| ArmError::bad_request("BadRequest", error.to_string()))?,
        None => slot.site.clone(),
    };
    let mut identity = Identity {
        system: None,
        tenant_id: cloud.tokens.tenant_id().to_owned(),
        user: std::collections::BTreeMap::new(),
    };
    if kind.contains("systemassigned") {
        identity.system = Some(principals.ensure_managed_identity(&resource)?.object_id);
    } else {
        principals.delete_of_resource(&resource)?;
    }
    if kind.contains("userassigned") {
        let ids = wanted["userAssignedIdentities"].as_object();
        let kept = ids
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_null());
        for (id, _) in kept {
            identity.user.insert(id.clone(), user_identity(cloud, id)?);
        }
    }
    let is_empty = identity.system.is_none() && identity.user.is_empty();
    if is_empty && kind != "none" {
        return Err(ArmError::bad_request(
            "FailedIdentityOperation",
            format!("The identity type '{kind}' names no identity."),
        ));
    }
    Ok(Some((!is_empty).then_some(identity)))
}

fn user_identity(cloud: &Cloud, id: &str) -> Result<UserIdentity, ArmError> {
    let missing = || {
        ArmError::bad_request(
            "FailedIdentityOperation",
            format!("The user-assigned identity '{id}' was not found."),
        )
    };
    let id = ResourceId::parse(id).map_err(|_| missing())?;
    let principal = cloud
        .tokens
        .principals()
        .of_resource(&id)?
        .ok_or_else(missing)?;
    Ok(UserIdentity {
        principal_id: principal.object_id,
        client_id: principal.app_id,
    })
}

/// Deletes a site with its slots, or a slot.
pub(super) async fn delete(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let record = match record::load(cloud, &slot.site) {
        Ok(record) => record,
        Err(error) if error.code == "ResourceNotFound" => return Ok(Response::no_content()),
        Err(error) => return Err(error),
    };
    if record.slot(slot).is_none() {
        return Ok(Response::no_content());
    }
    let gone = match slot.slot {
        Some(_) => vec![slot.clone()],
        None => record.slot_ids(),
    };
    for gone in &gone {
        super::jobs::forget(cloud, gone)?;
        forget(cloud, gone)?;
        cloud.sites.remove(gone).await;
    }
    remove_files(cloud, slot, &record);
    let keeps_plan = request
        .query
        .get("deleteemptyserverfarm")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    if slot.slot.is_none() && !keeps_plan {
        plan::remove_if_empty(cloud, &record.plan)?;
    }
    Ok(Response::done())
}

/// Takes a slot, or a whole site, out of the store.
fn forget(cloud: &Cloud, slot: &SlotId) -> Result<(), ArmError> {
    let principals = cloud.tokens.principals();
    let Some(name) = &slot.slot else {
        principals.delete_of_resource(&slot.site)?;
        return record::remove(cloud, &slot.site);
    };
    let resource = slot
        .site
        .child("slots", name)
        .map_err(|error| ArmError::internal(error.to_string()))?;
    principals.delete_of_resource(&resource)?;
    match record::update(cloud, &slot.site, |record| Ok(record.slots.remove(name))) {
        Ok(_) => record::remove_rows(cloud, &resource),
        // Gone with its site.
        Err(error) if error.code == "ResourceNotFound" => Ok(()),
        Err(error) => Err(error),
    }
}

fn remove_files(cloud: &Cloud, slot: &SlotId, record: &SiteRecord) {
    let folders = match &slot.slot {
        None => vec![slot.site_folder(&cloud.paths)],
        Some(_) => {
            let content = record.slot(slot).map(|found| &found.content);
            let site = slot.site_folder(&cloud.paths);
            let home = content.map(|content| site.join("homes").join(&content.home));
            let deployments = content.into_iter().flat_map(|content| &content.deployments);
            let deployments =
                deployments.map(|deployment| site.join("deployments").join(&deployment.id));
            deployments
                .chain(home)
                .chain([slot.folder(&cloud.paths)])
                .collect()
        }
    };
    for folder in folders {
        if let Err(error) = std::fs::remove_dir_all(&folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%folder, %error, "files of a deleted site are left");
        }
    }
}

/// Starts, stops or restarts a slot. Answers before it is done, as Azure does, unless `synchronous` is asked for.
pub(super) async fn set_running(
    cloud: &Cloud,
    request: &Request,
    slot: &SlotId,
    is_stopped: bool,
) -> Outcome {
    record::update_slot(cloud, slot, |found| {
        found.is_stopped = is_stopped;
        Ok(())
    })?;
    let is_synchronous = request
        .query
        .get("synchronous")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let restart = match request.action.as_deref() {
        Some(action) if action.eq_ignore_ascii_case("restart") => Restart::Always,
        _ => Restart::IfChanged,
    };
    if is_synchronous {
        let runtime = cloud.sites.runtime(cloud, slot);
        runtime
            .reconcile(cloud, restart)
            .await
            .map_err(|reason| super::runtime::failed_start(slot, &reason))?;
    } else {
        cloud.sites.refresh(cloud, slot, restart);
    }
    Ok(Response::done())
}

/// Restarts a site and its slots.
pub(super) fn restart_all(cloud: &Cloud, site: &ResourceId) -> Result<(), ArmError> {
    for slot in record::load(cloud, site)?.slot_ids() {
        cloud.sites.refresh(cloud, &slot, Restart::Always);
    }
    Ok(())
}

/// The sites below a scope, or the slots of a site.
pub(super) fn list(cloud: &Cloud, scope: &ResourceId, resource_type: &str) -> Outcome {
    let rows = cloud.store.resources_of_type(scope, resource_type)?;
    Ok(Response::list(
        rows.into_iter().map(|row| row.body).collect(),
    ))
}

/// The instances of a slot: one process serves it, whatever the plan's capacity is.
pub(super) fn instances(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let runtime = cloud.sites.runtime(cloud, slot);
    let Some(instance) = runtime.instance() else {
        return Ok(Response::list(Vec::new()));
    };
    let is_ready = matches!(
        *instance.process.state().borrow(),
        crate::process::State::Ready { .. }
    );
    let state = if is_ready { "READY" } else { "UNKNOWN" };
    let name = super::instance_id(cloud);
    let mut body = super::render::child(
        &record,
        &found,
        "instances",
        &name,
        json!({
            "state": state,
            "statusUrl": null,
            "healthCheckUrl": null,
        }),
    );
    body["kind"] = json!(found.kind);
    Ok(Response::list(vec![body]))
}
