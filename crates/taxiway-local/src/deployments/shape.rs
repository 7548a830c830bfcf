//! What a deployment looks like from outside. Values of secure parameters and outputs are left out.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use taxiway_arm::{DEPLOYMENT_TYPE, Deployment, Mode, Output, Parameter};

use super::plan::Plan;

/// The whole answer; `properties` gets the state and times by the caller.
pub(super) fn deployment(plan: &Plan, properties: Value) -> Value {
    let mut shaped = json!({
        "id": plan.id.as_str(),
        "name": plan.id.name(),
        "type": DEPLOYMENT_TYPE,
        "properties": properties,
    });
    if let Some(location) = &plan.location {
        shaped["location"] = json!(location);
    }
    if !plan.tags.is_null() {
        shaped["tags"] = plan.tags.clone();
    }
    shaped
}

/// The properties that are known before anything has run.
pub(super) fn properties(plan: &Plan) -> Value {
    json!({
        "templateHash": template_hash(&plan.template),
        "parameters": parameters(plan.deployment.parameters()),
        "mode": match plan.mode {
            Mode::Incremental => "Incremental",
            Mode::Complete => "Complete",
        },
        "correlationId": plan.context.guid_seed.to_string(),
        "providers": providers(&plan.deployment),
        "dependencies": dependencies(&plan.deployment),
    })
}

/// The answer of validate.
pub(super) fn validated(plan: &Plan) -> Value {
    let mut properties = properties(plan);
    properties["provisioningState"] = json!("Succeeded");
    properties["timestamp"] = json!(plan.context.utc_now.to_string());
    properties["duration"] = json!("PT0S");
    properties["validatedResources"] = plan
        .deployment
        .resources()
        .iter()
        .filter(|resource| resource.condition && !resource.existing)
        .map(|resource| json!({"id": resource.id.as_str()}))
        .collect();
    deployment(plan, properties)
}

fn parameters(parameters: &IndexMap<String, Parameter>) -> Value {
    parameters
        .iter()
        .map(|(name, parameter)| {
            let shaped = typed(
                &parameter.parameter_type,
                &parameter.value,
                parameter.secure,
            );
            (name.clone(), shaped)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// `outputs` as GET answers them.
pub(super) fn outputs(outputs: &IndexMap<String, Output>) -> Value {
    outputs
        .iter()
        .map(|(name, output)| {
            let shaped = typed(&output.output_type, &output.value, output.secure);
            (name.clone(), shaped)
        })
        .collect::<Map<_, _>>()
        .into()
}

fn typed(name: &str, value: &Value, secure: bool) -> Value {
    if secure {
        json!({"type": name})
    } else {
        json!({"type": name, "value": value})
    }
}

fn providers(deployment: &Deployment) -> Value {
    let mut namespaces: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for resource in deployment.resources() {
        if let Some((namespace, name)) = resource.resource_type.split_once('/') {
            let types = namespaces.entry(namespace).or_default();
            if !types.contains(&name) {
                types.push(name);
            }
        }
    }
    namespaces
        .into_iter()
        .map(|(namespace, types)| {
            let types: Vec<Value> = types
                .into_iter()
                .map(|name| json!({"resourceType": name, "locations": [null]}))
                .collect();
            json!({"namespace": namespace, "resourceTypes": types})
        })
        .collect()
}

fn dependencies(deployment: &Deployment) -> Value {
    let resources = deployment.resources();
    let shaped = |index: usize| {
        resources.get(index).map(|resource| {
            json!({
                "id": resource.id.as_str(),
                "resourceType": resource.resource_type,
                "resourceName": resource.id.full_name(),
            })
        })
    };
    (0..resources.len())
        .filter(|index| !resources[*index].dependencies.is_empty())
        .filter_map(|index| {
            let mut entry = shaped(index)?;
            entry["dependsOn"] = resources[index]
                .dependencies
                .iter()
                .filter_map(|dependency| shaped(*dependency))
                .collect();
            Some(entry)
        })
        .collect()
}

/// The same for the same template; not the number that Azure computes.
fn template_hash(template: &Value) -> String {
    let digest = Sha256::digest(template.to_string().as_bytes());
    let mut bytes = [0_u8; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(bytes).to_string()
}
