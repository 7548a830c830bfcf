//! What a deployment would change. A long-running operation, so that also a bad template is an answer that clients can read.

use http::Method;
use serde_json::{Value, json};
use taxiway_arm::{Arguments, Context, Evaluation, Mode, ResourceId, evaluate, what_if};

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
    let mut before = existing(cloud, caller, &evaluation).await;
    // Names that are made of what exists, such as the principal of an identity.
    let evaluation = evaluation.named_by(&before);
    before.extend(existing(cloud, caller, &named_late(&evaluation, &before)).await);
    let declared: Vec<&ResourceId> = evaluation
        .resources
        .iter()
        .map(|resource| &resource.id)
        .collect();
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

/// The evaluation without the resources that are in `before`.
fn named_late(evaluation: &Evaluation, before: &[Value]) -> Evaluation {
    let is_known = |id: &ResourceId| before.iter().any(|body| body["id"] == id.as_str());
    let mut late = evaluation.clone();
    late.resources.retain(|resource| !is_known(&resource.id));
    late
}

/// What exists of the resources of a template, through calls that its caller could make.
async fn existing(cloud: &Cloud, caller: &Caller, evaluation: &Evaluation) -> Vec<Value> {
    let mut found = Vec::new();
    for resource in &evaluation.resources {
        if resource.unresolved.is_some() {
            continue;
        }
        // A site does not show its configuration; that is a resource of its own.
        let is_site = ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"]
            .iter()
            .any(|kind| resource.id.is_type(kind));
        let configuration = is_site
            .then(|| resource.id.child("config", "web").ok())
            .flatten();
        for id in std::iter::once(resource.id.clone()).chain(configuration) {
            let call = request(caller, Method::GET, &id, &resource.api_version, Value::Null);
            if let Ok(response) = provider::dispatch(cloud, call).await
                && let Some(mut body) = response.body
            {
                body["id"] = json!(id.as_str());
                body["apiVersion"] = json!(resource.api_version);
                found.push(body);
            }
        }
    }
    found
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
