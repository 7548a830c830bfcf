//! From a call to the part that answers it.

use serde_json::{Value, json};

use super::{
    config, plan, record, render, site,
    slot_id::{Address, SlotId},
    stacks::stacks,
    swap::{self, Swap},
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
};

/// Answers a call on Microsoft.Web.
pub(crate) async fn handle(cloud: &Cloud, request: Request) -> Outcome {
    match Address::parse(&request.id) {
        Some(address) if address.types.is_empty() => on_site(cloud, &request, &address.slot).await,
        Some(address) => below_site(cloud, &request, &address),
        None if request.id.is_type(plan::TYPE) => plan::handle(cloud, &request).await,
        None => on_scope(cloud, &request),
    }
}

/// The refusal of what the local cloud does not have.
pub(super) fn unsupported(request: &Request) -> ArmError {
    let action = request
        .action
        .as_deref()
        .map(|action| format!("/{action}"))
        .unwrap_or_default();
    ArmError::not_found(
        "LocalCloudUnsupported",
        format!(
            "The local cloud does not have {} {}{action}.",
            request.method, request.id
        ),
    )
}

async fn on_site(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let action = request.action.as_deref().map(str::to_ascii_lowercase);
    match (request.method.as_str(), action.as_deref()) {
        ("GET", None) => site::get(cloud, slot),
        ("PUT" | "PATCH", None) => site::put(cloud, request, slot),
        ("DELETE", None) => site::delete(cloud, request, slot).await,
        ("POST", Some("start" | "restart")) => site::set_running(cloud, request, slot, false).await,
        ("POST", Some("stop")) => site::set_running(cloud, request, slot, true).await,
        ("GET", Some("slots")) if slot.slot.is_none() => {
            record::load(cloud, &slot.site)?;
            site::list(cloud, &slot.site, "Microsoft.Web/sites/slots")
        }
        ("GET", Some("instances")) => site::instances(cloud, slot),
        ("GET", Some("config")) => config::list(cloud, slot),
        ("GET", Some("basicpublishingcredentialspolicies")) => config::policies(cloud, slot),
        ("GET", Some("deploymentstatus")) => deployment_statuses(cloud, slot),
        ("GET", Some("hostnamebindings")) => recorded_list(cloud, slot, "hostnamebindings"),
        ("POST", Some("slotsswap")) => swap_slots(cloud, request, slot),
        ("POST", Some("slotsdiffs")) => slot_differences(cloud, request, slot),
        ("POST", Some("applyslotconfig")) => {
            swap::preview(cloud, slot, &target(request, slot)?)?;
            Ok(Response::done())
        }
        ("POST", Some("resetslotconfig")) => {
            swap::reset(cloud, slot)?;
            Ok(Response::done())
        }
        ("POST", Some("publishxml")) => publish_profile(cloud, slot),
        _ => Err(unsupported(request)),
    }
}

fn below_site(cloud: &Cloud, request: &Request, address: &Address) -> Outcome {
    match (address.types[0].as_str(), request.method.as_str()) {
        ("deploymentstatus", "GET") => deployment_status(cloud, address),
        ("instances", "GET") => {
            // The warm-up of Kudu, and one instance by name.
            site::instances(cloud, &address.slot)
        }
        _ => config::handle(cloud, request, address),
    }
}

fn on_scope(cloud: &Cloud, request: &Request) -> Outcome {
    let action = request
        .action
        .as_deref()
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    let action = action.rsplit('/').next().unwrap_or_default();
    match (request.method.as_str(), action) {
        ("GET", "sites") => site::list(cloud, &request.id, "Microsoft.Web/sites"),
        ("GET", "serverfarms") => plan::list(cloud, &request.id),
        ("GET", "webappstacks") => Ok(Response::ok(stacks())),
        ("POST", "checknameavailability") => check_name(cloud, request),
        _ => Err(unsupported(request)),
    }
}

fn check_name(cloud: &Cloud, request: &Request) -> Outcome {
    let name = request.body["name"].as_str().unwrap_or_default();
    if let Some(objection) = crate::provider::names::objection("Microsoft.Web/sites", name) {
        return Ok(Response::ok(
            json!({"nameAvailable": false, "reason": "Invalid", "message": objection}),
        ));
    }
    let is_taken = site::label_owner(cloud, &name.to_ascii_lowercase())?.is_some();
    Ok(Response::ok(match is_taken {
        true => json!({
            "nameAvailable": false,
            "reason": "AlreadyExists",
            "message": format!("Hostname '{name}' already exists. Please select a different name."),
        }),
        false => json!({"nameAvailable": true, "reason": "", "message": ""}),
    }))
}

/// The slot that a swap names as the other one.
fn target(request: &Request, slot: &SlotId) -> Result<SlotId, ArmError> {
    let name = request.body["targetSlot"].as_str().unwrap_or_default();
    if name.is_empty() {
        return Err(ArmError::bad_request(
            "BadRequest",
            "The body has no targetSlot.",
        ));
    }
    let target = SlotId::of(&slot.site, name);
    match target == *slot {
        true => Err(ArmError::bad_request(
            "BadRequest",
            format!("The slot '{name}' can't be swapped with itself."),
        )),
        false => Ok(target),
    }
}

fn swap_slots(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let swap = Swap::new(slot, &target(request, slot)?);
    swap.begin(cloud)?;
    cloud.operations.start(
        cloud,
        request,
        swap::OPERATION,
        None,
        swap.run(cloud.clone()),
    )
}

fn slot_differences(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let other = target(request, slot)?;
    let (record, own) = record::load_slot(cloud, slot)?;
    let (_, other) = record::load_slot(cloud, &other)?;
    let mut names: Vec<&String> = own
        .app_settings
        .keys()
        .chain(other.app_settings.keys())
        .collect();
    names.sort();
    names.dedup();
    let differing = names
        .into_iter()
        .filter(|name| own.app_settings.get(*name) != other.app_settings.get(*name));
    let differences = differing.map(|name| {
        let is_sticky = record.sticky.has_setting(name);
        // Values may be secrets; that they differ is all that is told.
        let shown = |has: bool| if has { "(set)" } else { "" };
        json!({
            "name": name,
            "properties": {
                "level": "Information",
                "settingType": "AppSetting",
                "diffRule": if is_sticky { "SettingsStickToSlot" } else { "SettingsWillBeSwapped" },
                "settingName": name,
                "valueInCurrentSlot": shown(own.app_settings.contains_key(name)),
                "valueInTargetSlot": shown(other.app_settings.contains_key(name)),
                "description": "",
            },
        })
    });
    Ok(Response::list(differences.collect()))
}

fn deployment_status(cloud: &Cloud, address: &Address) -> Outcome {
    let (record, found) = record::load_slot(cloud, &address.slot)?;
    let id = address
        .names
        .first()
        .map(String::as_str)
        .unwrap_or_default();
    let deployment = found
        .content
        .deployments
        .iter()
        .find(|known| known.id.eq_ignore_ascii_case(id));
    let deployment = deployment.ok_or_else(|| {
        ArmError::not_found(
            "NotFound",
            format!(
                "Deployment '{id}' of {} was not found.",
                address.slot.label()
            ),
        )
    })?;
    let status = deployment.to_status();
    Ok(Response::ok(render::child(
        &record,
        &found,
        "deploymentStatus",
        &deployment.id,
        status,
    )))
}

fn deployment_statuses(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let statuses = found.content.deployments.iter().rev().map(|deployment| {
        render::child(
            &record,
            &found,
            "deploymentStatus",
            &deployment.id,
            deployment.to_status(),
        )
    });
    Ok(Response::list(statuses.collect()))
}

fn recorded_list(cloud: &Cloud, slot: &SlotId, kind: &str) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let prefix = format!("{kind}/");
    let documents = found
        .documents
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix));
    let rows = documents.map(|(_, document)| {
        render::child(
            &record,
            &found,
            "hostNameBindings",
            &document.name,
            document.properties.clone(),
        )
    });
    Ok(Response::list(rows.collect()))
}

/// The publish profile, which is XML: the body is a text with its own content type.
fn publish_profile(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (_, found) = record::load_slot(cloud, slot)?;
    let label = slot.label();
    let scm = cloud.endpoints.scm_host(&label);
    let user = config::publishing_user(slot);
    let password = if found.basic_auth.scm {
        found.publishing_password.as_str()
    } else {
        ""
    };
    let url = format!("http://{}", cloud.endpoints.site_host(&label));
    let xml = format!(
        "<publishData><publishProfile profileName=\"{label} - Zip Deploy\" publishMethod=\"ZipDeploy\" publishUrl=\"{scm}\" \
         userName=\"{user}\" userPWD=\"{password}\" destinationAppUrl=\"{url}\"/></publishData>"
    );
    Ok(Response::ok(Value::String(xml)).with_header("Content-Type", "application/xml"))
}
