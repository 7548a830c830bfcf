//! A deployment inside a deployment: its own record, the same caller, the same cancellation.

use std::{pin::Pin, sync::PoisonError};

use taxiway_arm::{Deployment, Mode, NestedDeployment, ResourceId};

use super::{
    Plan,
    journal::Journal,
    plan::{invalid_template, scope, with_secrets},
    run::{Parts, Run},
};
use crate::{access, error::ArmError, provider::rules};

/// Runs it to the end; returns the resources that it made. Boxed, because it may hold further ones.
pub(super) fn execute(
    parts: Parts,
    nested: NestedDeployment,
) -> Pin<Box<dyn Future<Output = Result<Vec<ResourceId>, ArmError>> + Send>> {
    Box::pin(run(parts, nested))
}

async fn run(parts: Parts, nested: NestedDeployment) -> Result<Vec<ResourceId>, ArmError> {
    let plan = plan(&parts, nested)?;
    let journal = Journal::begin(&parts.cloud, &plan)?;
    let id = plan.id.clone();
    let outputs = parts.nested.clone();
    let parts = Parts {
        context: plan.context.clone(),
        ..parts
    };
    let (made_outputs, made) = Run::new(parts, plan, journal).execute().await?;
    outputs
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(id.key().to_owned(), made_outputs);
    Ok(made)
}

fn plan(parts: &Parts, nested: NestedDeployment) -> Result<Plan, ArmError> {
    let Parts { cloud, caller, .. } = parts;
    rules::require_subscription(cloud, &nested.id)?;
    access::require(
        cloud,
        caller,
        "Microsoft.Resources/deployments/write",
        &nested.id,
    )?;
    let context = nested.context(&parts.context, scope(cloud, &nested.scope)?);
    let arguments = with_secrets(cloud, caller, nested.arguments)?;
    let deployment = Deployment::prepare(&nested.template, &arguments, &context)
        .map_err(|diagnostics| invalid_template(&diagnostics))?;
    let plan = Plan {
        id: nested.id,
        api_version: "2025-04-01".to_owned(),
        mode: Mode::Incremental,
        location: nested.location,
        tags: serde_json::Value::Null,
        template: nested.template,
        context,
        deployment,
    };
    plan.preflight(cloud, caller)?;
    Ok(plan)
}
