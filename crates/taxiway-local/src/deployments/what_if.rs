//! What a deployment would change. A long-running operation, so that also a bad template is an answer that clients can read.

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::{Arguments, Context, Mode, ResourceId, evaluate, what_if};

use super::{
    plan::{context, invalid_template, template},
    state::request,
};
use crate::{
    cloud::Cloud,
    error::ArmError,
    identity::Caller,
    provider::{self, Outcome, Request},
};

/// POST {deployment}/whatIf.
pub(super) fn start(cloud: &Cloud, request: &Request) -> Outcome {
    let (of_task, body, caller) = (cloud.clone(), request.body.clone(), request.caller.clone());
    let context = context(cloud, request)?;
    cloud
        .operations
        .start(cloud, request, "what-if", None, async move {
            let changes = changes(&of_task, &body["properties"], &context, &caller).await?;
            Ok(Some(json!({
                "status": "Succeeded",
                "properties": {"correlationId": context.guid_seed.to_string(), "changes": changes},
            })))
        })
}

async fn changes(
    cloud: &Cloud,
    properties: &Value,
    context: &Context,
    caller: &Caller,
) -> Result<Value, ArmError> {
    let mode = match properties["mode"].as_str() {
        Some(mode) if mode.eq_ignore_ascii_case("complete") => Mode::Complete,
        _ => Mode::Incremental,
    };
    let template = template(properties)?;
    let arguments = Arguments::from_json(&properties["parameters"])
        .map_err(|diagnostics| invalid_template(&diagnostics))?;
    let evaluation = evaluate(&template, &arguments, context);
    if evaluation
        .diagnostics
        .iter()
        .any(taxiway_arm::TemplateDiagnostic::is_error)
    {
        return Err(invalid_template(&evaluation.diagnostics));
    }
    let mut before = Vec::new();
    let declared: Vec<&ResourceId> = evaluation
        .resources
        .iter()
        .map(|resource| &resource.id)
        .collect();
    for resource in &evaluation.resources {
        let call = request(
            caller,
            Method::GET,
            &resource.id,
            &resource.api_version,
            Value::Null,
        );
        if let Ok(response) = provider::dispatch(cloud, call).await
            && let Some(mut body) = response.body
        {
            body["id"] = json!(resource.id.as_str());
            body["apiVersion"] = json!(resource.api_version);
            before.push(body);
        }
    }
    before.extend(undeclared(cloud, &context.scope.id(), &declared)?);
    let changes = what_if(&before, &evaluation, mode);
    let ids_only = properties["whatIfSettings"]["resultFormat"] == "ResourceIdOnly";
    let changes = changes.into_iter().map(|mut change| {
        if ids_only {
            change.before = None;
            change.after = None;
            change.delta.clear();
        }
        json!(change)
    });
    Ok(changes.collect())
}

/// The other resources of the group, which stay or, in complete mode, go.
fn undeclared(
    cloud: &Cloud,
    scope: &ResourceId,
    declared: &[&ResourceId],
) -> Result<Vec<Value>, ArmError> {
    if scope.resource_group().is_none() {
        return Ok(Vec::new());
    }
    let resources = cloud.store.resources_under(scope)?;
    Ok(resources
        .into_iter()
        .filter(|resource| {
            resource.id.parent().is_none()
                && resource.id.extended().is_none()
                && resource.body.get("location").is_some()
                && !resource
                    .id
                    .namespace()
                    .eq_ignore_ascii_case("Microsoft.Resources")
                && !declared.contains(&&resource.id)
        })
        .map(|resource| {
            let mut body = resource.body;
            body["apiVersion"] = json!(resource.api_version);
            body
        })
        .collect())
}
