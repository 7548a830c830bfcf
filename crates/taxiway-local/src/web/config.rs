//! The configuration children of sites and slots.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use taxiway_arm::catalogue::PlanTier;

use super::{
    record::{self, ConnectionString, Document, SlotRecord},
    references, render,
    runtime::Restart,
    slot_id::{Address, SlotId},
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    provider::{Outcome, Request, Response},
};

/// Children that are recorded and do nothing here, by type and name; an empty name stands for any.
const RECORDED: [(&str, &str); 7] = [
    ("config", "logs"),
    ("config", "metadata"),
    ("config", "authsettings"),
    ("config", "authsettingsv2"),
    ("config", "azurestorageaccounts"),
    ("config", "pushsettings"),
    ("hostnamebindings", ""),
];

/// Takes over what a `siteConfig` mentions.
pub(super) fn merge_site_config(
    slot: &mut SlotRecord,
    config: &Map<String, Value>,
) -> Result<(), ArmError> {
    for (name, value) in config.iter().filter(|(_, value)| !value.is_null()) {
        match name.to_ascii_lowercase().as_str() {
            "appsettings" => slot.app_settings = settings_of_list(value)?,
            "connectionstrings" => slot.connection_strings = connection_strings_of_list(value)?,
            "metadata" | "publishingpassword" => {}
            lower => {
                let known = slot
                    .web
                    .keys()
                    .find(|known| known.eq_ignore_ascii_case(lower))
                    .cloned();
                slot.web
                    .insert(known.unwrap_or_else(|| name.clone()), value.clone());
            }
        }
    }
    Ok(())
}

fn settings_of_list(value: &Value) -> Result<BTreeMap<String, String>, ArmError> {
    let list = value.as_array().into_iter().flatten();
    list.map(|setting| {
        let name = setting["name"].as_str().filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| ArmError::bad_request("BadRequest", "An app setting has no name."))?;
        Ok((name.to_owned(), text_of(name, &setting["value"])?))
    })
    .collect()
}

fn connection_strings_of_list(
    value: &Value,
) -> Result<BTreeMap<String, ConnectionString>, ArmError> {
    let list = value.as_array().into_iter().flatten();
    list.map(|string| {
        let name = string["name"].as_str().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| {
            ArmError::bad_request("BadRequest", "A connection string has no name.")
        })?;
        let text = text_of(name, &string["connectionString"])?;
        let kind = string["type"].as_str().unwrap_or("Custom").to_owned();
        Ok((name.to_owned(), ConnectionString { value: text, kind }))
    })
    .collect()
}

/// Settings are texts; Azure refuses anything else.
fn text_of(name: &str, value: &Value) -> Result<String, ArmError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(ArmError::bad_request(
                "BadRequest",
                format!("The value of the setting '{name}' is not a string."),
            ))
        }
    }
}

/// What the tier or the local cloud does not allow.
pub(super) fn check_web(slot: &SlotRecord, tier: &PlanTier) -> Result<(), ArmError> {
    let get = |name: &str| slot.web.get(name).unwrap_or(&Value::Null);
    if get("alwaysOn") == &json!(true) && !tier.has_always_on {
        return Err(ArmError::conflict(
            "Conflict",
            format!(
                "AlwaysOn cannot be set for this site as the plan does not allow it: it needs Basic or higher, the plan is {}.",
                tier.name
            ),
        ));
    }
    let stack = slot.web_text("linuxFxVersion").unwrap_or_default();
    if !stack.is_empty() && !stack.to_ascii_uppercase().starts_with("PYTHON|3.") {
        return Err(ArmError::bad_request(
            "LocalCloudUnsupported",
            format!("The local cloud runs the stack PYTHON|3.x; linuxFxVersion is '{stack}'."),
        ));
    }
    if slot.web_text("autoSwapSlotName").is_some() {
        return Err(ArmError::bad_request(
            "BadRequest",
            "Auto swap is not supported for web apps on Linux.",
        ));
    }
    let rules = get("experiments")
        .get("rampUpRules")
        .and_then(Value::as_array);
    if rules.is_some_and(|rules| !rules.is_empty()) {
        return Err(ArmError::bad_request(
            "LocalCloudUnsupported",
            "The local cloud does not split traffic between slots (experiments.rampUpRules); use a swap.",
        ));
    }
    Ok(())
}

/// Answers a call on a child of a site or slot below `config` and its neighbours.
pub(super) fn handle(cloud: &Cloud, request: &Request, address: &Address) -> Outcome {
    let kind = address.types[0].as_str();
    let name = address
        .names
        .first()
        .map(|name| name.to_ascii_lowercase())
        .unwrap_or_default();
    let action = request
        .action
        .as_deref()
        .map(str::to_ascii_lowercase)
        .unwrap_or_default();
    let slot = &address.slot;
    match (
        kind,
        name.as_str(),
        request.method.as_str(),
        action.as_str(),
    ) {
        ("config", "appsettings", "GET", "") | ("config", "appsettings", "POST", "list") => {
            answer(cloud, slot, kind, "appsettings", |found| {
                json!(found.app_settings)
            })
        }
        ("config", "appsettings", "PUT", "") => put_app_settings(cloud, request, slot),
        ("config", "connectionstrings", "GET", "")
        | ("config", "connectionstrings", "POST", "list") => {
            answer(cloud, slot, kind, "connectionstrings", |found| {
                json!(found.connection_strings)
            })
        }
        ("config", "connectionstrings", "PUT", "") => put_connection_strings(cloud, request, slot),
        ("config", "web", "GET", "") => answer(cloud, slot, kind, "web", render::web),
        ("config", "web", "PUT" | "PATCH", "") => put_web(cloud, request, slot),
        ("config", "slotconfignames", "GET", "") => {
            let record = record::load(cloud, &slot.site)?;
            let names = json!(record.sticky);
            Ok(Response::ok(render::child(
                &record,
                &record.production,
                kind,
                "slotConfigNames",
                names,
            )))
        }
        ("config", "slotconfignames", "PUT" | "PATCH", "") => put_sticky(cloud, request, slot),
        ("config", "publishingcredentials", "POST", "list") => credentials(cloud, slot),
        ("config", "configreferences", "GET", "appsettings") => reference_list(cloud, slot),
        ("config", "configreferences", "GET", "") if address.types.len() == 2 => {
            let setting = address.names.get(1).map_or("", String::as_str);
            reference(cloud, slot, setting)
        }
        ("config", "configreferences", "POST", _) => {
            cloud.sites.refresh(cloud, slot, Restart::IfChanged);
            Ok(Response::done())
        }
        ("basicpublishingcredentialspolicies", "ftp" | "scm", _, "") => {
            policy(cloud, request, slot, &name)
        }
        _ if is_recorded(kind, &name) => recorded(cloud, request, address),
        _ => Err(super::unsupported(request)),
    }
}

/// All configuration children in one list.
pub(super) fn list(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    Ok(Response::list(vec![render::child(
        &record,
        &found,
        "config",
        "web",
        render::web(&found),
    )]))
}

/// The two publishing policies.
pub(super) fn policies(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let policy = |name: &str, allow: bool| {
        render::child(
            &record,
            &found,
            "basicPublishingCredentialsPolicies",
            name,
            json!({"allow": allow}),
        )
    };
    Ok(Response::list(vec![
        policy("ftp", found.basic_auth.ftp),
        policy("scm", found.basic_auth.scm),
    ]))
}

fn answer(
    cloud: &Cloud,
    slot: &SlotId,
    kind: &str,
    name: &str,
    properties: impl Fn(&SlotRecord) -> Value,
) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    Ok(Response::ok(render::child(
        &record,
        &found,
        kind,
        name,
        properties(&found),
    )))
}

fn properties(request: &Request) -> Result<&Map<String, Value>, ArmError> {
    request.body["properties"].as_object().ok_or_else(|| {
        ArmError::bad_request(
            "InvalidRequestContent",
            "The request body has no object 'properties'.",
        )
    })
}

fn put_app_settings(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let settings: BTreeMap<String, String> = properties(request)?
        .iter()
        .map(|(name, value)| Ok((name.clone(), text_of(name, value)?)))
        .collect::<Result<_, ArmError>>()?;
    record::update_slot(cloud, slot, |found| {
        found.app_settings = settings;
        Ok(())
    })?;
    cloud.sites.refresh(cloud, slot, Restart::IfChanged);
    answer(cloud, slot, "config", "appsettings", |found| {
        json!(found.app_settings)
    })
}

fn put_connection_strings(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let strings = Value::Object(properties(request)?.clone());
    let strings: BTreeMap<String, ConnectionString> =
        serde_json::from_value(strings).map_err(|error| {
            ArmError::bad_request(
                "BadRequest",
                format!("A connection string is not well formed: {error}."),
            )
        })?;
    record::update_slot(cloud, slot, |found| {
        found.connection_strings = strings;
        Ok(())
    })?;
    cloud.sites.refresh(cloud, slot, Restart::IfChanged);
    answer(cloud, slot, "config", "connectionstrings", |found| {
        json!(found.connection_strings)
    })
}

fn put_web(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    let config = properties(request)?;
    let plan = record::load(cloud, &slot.site)?.plan;
    let tier = super::plan::tier(cloud, &plan)?;
    record::update_slot(cloud, slot, |found| {
        merge_site_config(found, config)?;
        check_web(found, tier)
    })?;
    cloud.sites.refresh(cloud, slot, Restart::IfChanged);
    answer(cloud, slot, "config", "web", render::web)
}

fn put_sticky(cloud: &Cloud, request: &Request, slot: &SlotId) -> Outcome {
    if slot.slot.is_some() {
        return Err(ArmError::bad_request(
            "BadRequest",
            "The names that stay with their slot belong to the production site.",
        ));
    }
    let names = Value::Object(properties(request)?.clone());
    let names = serde_json::from_value(names).map_err(|error| {
        ArmError::bad_request(
            "BadRequest",
            format!("The names are not lists of strings: {error}."),
        )
    })?;
    record::update(cloud, &slot.site, |record| {
        record.sticky = names;
        Ok(())
    })?;
    let record = record::load(cloud, &slot.site)?;
    let names = json!(record.sticky);
    Ok(Response::ok(render::child(
        &record,
        &record.production,
        "config",
        "slotConfigNames",
        names,
    )))
}

fn credentials(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let user = publishing_user(slot);
    let scm = cloud.endpoints.scm_host(&slot.label());
    let properties = json!({
        "name": slot.label(),
        "publishingUserName": user,
        "publishingPassword": found.publishing_password,
        "scmUri": format!("https://{user}:{}@{scm}", found.publishing_password),
    });
    Ok(Response::ok(render::child(
        &record,
        &found,
        "config",
        "publishingcredentials",
        properties,
    )))
}

/// `$shop`, or `$shop__staging` of a slot.
pub(super) fn publishing_user(slot: &SlotId) -> String {
    match &slot.slot {
        Some(name) => format!("${}__{name}", slot.site.name()),
        None => format!("${}", slot.site.name()),
    }
}

fn policy(cloud: &Cloud, request: &Request, slot: &SlotId, name: &str) -> Outcome {
    if request.method == http::Method::PUT {
        let allow = request
            .body
            .pointer("/properties/allow")
            .and_then(Value::as_bool)
            .ok_or_else(|| {
                ArmError::bad_request("BadRequest", "properties.allow is neither true nor false.")
            })?;
        record::update_slot(cloud, slot, |found| {
            match name {
                "ftp" => found.basic_auth.ftp = allow,
                _ => found.basic_auth.scm = allow,
            }
            Ok(())
        })?;
    } else if request.method != http::Method::GET {
        return Err(super::unsupported(request));
    }
    answer(
        cloud,
        slot,
        "basicPublishingCredentialsPolicies",
        name,
        |found| {
            let allow = if name == "ftp" {
                found.basic_auth.ftp
            } else {
                found.basic_auth.scm
            };
            json!({"allow": allow})
        },
    )
}

fn is_recorded(kind: &str, name: &str) -> bool {
    RECORDED
        .iter()
        .any(|(known, wanted)| *known == kind && (wanted.is_empty() || *wanted == name))
}

fn recorded(cloud: &Cloud, request: &Request, address: &Address) -> Outcome {
    let (kind, name) = (&address.types[0], &address.names[0]);
    let key = format!("{kind}/{}", name.to_ascii_lowercase());
    let slot = &address.slot;
    let written = request.id.resource_type();
    let kind = written.rsplit('/').next().unwrap_or(kind);
    match request.method.as_str() {
        "PUT" | "PATCH" => {
            let document = Document {
                name: name.clone(),
                properties: request.body["properties"].clone(),
            };
            record::update_slot(cloud, slot, |found| {
                found.documents.insert(key.clone(), document);
                Ok(())
            })?;
        }
        "DELETE" => {
            record::update_slot(cloud, slot, |found| Ok(found.documents.remove(&key)))?;
            cloud.store.delete_resource(&request.id)?;
            return Ok(Response::done());
        }
        "GET" | "POST" => {}
        _ => return Err(super::unsupported(request)),
    }
    let (record, found) = record::load_slot(cloud, slot)?;
    match found.documents.get(&key) {
        Some(document) => Ok(Response::ok(render::child(
            &record,
            &found,
            kind,
            &document.name,
            document.properties.clone(),
        ))),
        None if address.types[0] == "config" => Ok(Response::ok(render::child(
            &record,
            &found,
            kind,
            name,
            json!({}),
        ))),
        None => Err(ArmError::not_found(
            "NotFound",
            format!("'{}' was not found.", request.id),
        )),
    }
}

fn reference_list(cloud: &Cloud, slot: &SlotId) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let references = found.app_settings.iter().filter_map(|(name, value)| {
        let properties = reference_properties(cloud, &found, value)?;
        Some(render::child(
            &record,
            &found,
            "config/configreferences/appsettings",
            name,
            properties,
        ))
    });
    Ok(Response::list(references.collect()))
}

fn reference(cloud: &Cloud, slot: &SlotId, setting: &str) -> Outcome {
    let (record, found) = record::load_slot(cloud, slot)?;
    let value = found.setting(setting).unwrap_or_default();
    let properties = reference_properties(cloud, &found, value).ok_or_else(|| {
        ArmError::not_found(
            "NotFound",
            format!("The app setting '{setting}' is no Key Vault reference."),
        )
    })?;
    let kind = "config/configreferences/appsettings";
    Ok(Response::ok(render::child(
        &record, &found, kind, setting, properties,
    )))
}

fn reference_properties(cloud: &Cloud, slot: &SlotRecord, value: &str) -> Option<Value> {
    let resolution = references::resolve(cloud, slot, value)?;
    Some(json!({
        "reference": value,
        "status": resolution.status,
        "details": resolution.details,
        "identityType": resolution.identity,
        "activeVersion": resolution.version,
        "source": "KeyVault",
    }))
}
